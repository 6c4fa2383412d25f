/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreatePartitions (37), rows.
 */
#include "protocol/api/37_create_partitions.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_create_partitions_req_assignment
ROWS(kafc_create_partitions_req_assignment) = {
    LIST(broker_ids, "BrokerIds", SINCE(0)),
};
SCHEMA(kafc_create_partitions_req_assignment, "CreatePartitionsAssignment");
#undef MSG

#define MSG struct kafc_create_partitions_req_topic
ROWS(kafc_create_partitions_req_topic) = {
    STR(name, "Name", SINCE(0)),
    I32(count, "Count", SINCE(0)),
    ARR(assignments, kafc_create_partitions_req_assignment, "Assignments", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_create_partitions_req_topic, "CreatePartitionsTopic");
#undef MSG

#define MSG struct kafc_create_partitions_req
ROWS(kafc_create_partitions_req) = {
    ARR(topics, kafc_create_partitions_req_topic, "Topics", SINCE(0)),
    I32(timeout_ms, "TimeoutMs", SINCE(0)),
    BOOL(validate_only, "ValidateOnly", SINCE(0)),
};
MESSAGE(kafc_create_partitions_req, "CreatePartitionsRequest", 37, 0, 3, 2);
#undef MSG

#define MSG struct kafc_create_partitions_resp_topic
ROWS(kafc_create_partitions_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_create_partitions_resp_topic, "CreatePartitionsTopicResult");
#undef MSG

#define MSG struct kafc_create_partitions_resp
ROWS(kafc_create_partitions_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(results, kafc_create_partitions_resp_topic, "Results", SINCE(0)),
};
MESSAGE(kafc_create_partitions_resp, "CreatePartitionsResponse", 37, 0, 3, 2);
#undef MSG

API(kafc_create_partitions, "CreatePartitions", 37, 3, 2, 1, KAFC_TO_CONTROLLER);
