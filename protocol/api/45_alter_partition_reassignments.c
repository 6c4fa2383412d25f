/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterPartitionReassignments (45), rows.
 */
#include "protocol/api/45_alter_partition_reassignments.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_alter_partition_reassignments_req_partition
ROWS(kafc_alter_partition_reassignments_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    LIST(replicas, "Replicas", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_alter_partition_reassignments_req_partition, "ReassignablePartition");
#undef MSG

#define MSG struct kafc_alter_partition_reassignments_req_topic
ROWS(kafc_alter_partition_reassignments_req_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_alter_partition_reassignments_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_partition_reassignments_req_topic, "ReassignableTopic");
#undef MSG

#define MSG struct kafc_alter_partition_reassignments_req
ROWS(kafc_alter_partition_reassignments_req) = {
    I32(timeout_ms, "TimeoutMs", SINCE(0), DEFAULT(60000)),
    BOOL(allow_replication_factor_change, "AllowReplicationFactorChange", SINCE(1), DEFAULT(true)),
    ARR(topics, kafc_alter_partition_reassignments_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_alter_partition_reassignments_req, "AlterPartitionReassignmentsRequest", 45, 0, 1, 0);
#undef MSG

#define MSG struct kafc_alter_partition_reassignments_resp_partition
ROWS(kafc_alter_partition_reassignments_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_alter_partition_reassignments_resp_partition, "ReassignablePartitionResponse");
#undef MSG

#define MSG struct kafc_alter_partition_reassignments_resp_topic
ROWS(kafc_alter_partition_reassignments_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_alter_partition_reassignments_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_partition_reassignments_resp_topic, "ReassignableTopicResponse");
#undef MSG

#define MSG struct kafc_alter_partition_reassignments_resp
ROWS(kafc_alter_partition_reassignments_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    BOOL(allow_replication_factor_change, "AllowReplicationFactorChange", SINCE(1), DEFAULT(true), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(responses, kafc_alter_partition_reassignments_resp_topic, "Responses", SINCE(0)),
};
MESSAGE(kafc_alter_partition_reassignments_resp, "AlterPartitionReassignmentsResponse", 45, 0, 1, 0);
#undef MSG

API(kafc_alter_partition_reassignments, "AlterPartitionReassignments", 45, 1, 0, 0, KAFC_TO_CONTROLLER);
