/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListPartitionReassignments (46), rows.
 */
#include "protocol/api/46_list_partition_reassignments.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_list_partition_reassignments_req_topic
ROWS(kafc_list_partition_reassignments_req_topic) = {
    STR(name, "Name", SINCE(0)),
    LIST(partition_indexes, "PartitionIndexes", SINCE(0)),
};
SCHEMA(kafc_list_partition_reassignments_req_topic, "ListPartitionReassignmentsTopics");
#undef MSG

#define MSG struct kafc_list_partition_reassignments_req
ROWS(kafc_list_partition_reassignments_req) = {
    I32(timeout_ms, "TimeoutMs", SINCE(0), DEFAULT(60000)),
    ARR(topics, kafc_list_partition_reassignments_req_topic, "Topics", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
MESSAGE(kafc_list_partition_reassignments_req, "ListPartitionReassignmentsRequest", 46, 0, 0, 0);
#undef MSG

#define MSG struct kafc_list_partition_reassignments_resp_partition
ROWS(kafc_list_partition_reassignments_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    LIST(replicas, "Replicas", SINCE(0)),
    LIST(adding_replicas, "AddingReplicas", SINCE(0)),
    LIST(removing_replicas, "RemovingReplicas", SINCE(0)),
};
SCHEMA(kafc_list_partition_reassignments_resp_partition, "OngoingPartitionReassignment");
#undef MSG

#define MSG struct kafc_list_partition_reassignments_resp_topic
ROWS(kafc_list_partition_reassignments_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_list_partition_reassignments_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_list_partition_reassignments_resp_topic, "OngoingTopicReassignment");
#undef MSG

#define MSG struct kafc_list_partition_reassignments_resp
ROWS(kafc_list_partition_reassignments_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(topics, kafc_list_partition_reassignments_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_list_partition_reassignments_resp, "ListPartitionReassignmentsResponse", 46, 0, 0, 0);
#undef MSG

API(kafc_list_partition_reassignments, "ListPartitionReassignments", 46, 0, 0, 0, KAFC_TO_CONTROLLER);
