/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeTopicPartitions (75), rows.
 */
#include "protocol/api/75_describe_topic_partitions.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_topic_partitions_req_topic
ROWS(kafc_describe_topic_partitions_req_topic) = {
    STR(name, "Name", SINCE(0)),
};
SCHEMA(kafc_describe_topic_partitions_req_topic, "TopicRequest");
#undef MSG

#define MSG struct kafc_describe_topic_partitions_req_cursor
ROWS(kafc_describe_topic_partitions_req_cursor) = {
    STR(topic_name, "TopicName", SINCE(0)),
    I32(partition_index, "PartitionIndex", SINCE(0)),
};
SCHEMA(kafc_describe_topic_partitions_req_cursor, "Cursor");
#undef MSG

#define MSG struct kafc_describe_topic_partitions_req
ROWS(kafc_describe_topic_partitions_req) = {
    ARR(topics, kafc_describe_topic_partitions_req_topic, "Topics", SINCE(0)),
    I32(response_partition_limit, "ResponsePartitionLimit", SINCE(0), DEFAULT(2000)),
    PTR(cursor, kafc_describe_topic_partitions_req_cursor, "Cursor", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_describe_topic_partitions_req, "DescribeTopicPartitionsRequest", 75, 0, 0, 0);
#undef MSG

#define MSG struct kafc_describe_topic_partitions_resp_partition
ROWS(kafc_describe_topic_partitions_resp_partition) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0), DEFAULT(-1), IGNORABLE),
    LIST(replica_nodes, "ReplicaNodes", SINCE(0)),
    LIST(isr_nodes, "IsrNodes", SINCE(0)),
    LIST(eligible_leader_replicas, "EligibleLeaderReplicas", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    LIST(last_known_elr, "LastKnownElr", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    LIST(offline_replicas, "OfflineReplicas", SINCE(0), IGNORABLE),
};
SCHEMA(kafc_describe_topic_partitions_resp_partition, "DescribeTopicPartitionsResponsePartition");
#undef MSG

#define MSG struct kafc_describe_topic_partitions_resp_topic
ROWS(kafc_describe_topic_partitions_resp_topic) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(name, "Name", SINCE(0), NULLABLE(0)),
    UUID(topic_id, "TopicId", SINCE(0), IGNORABLE),
    BOOL(is_internal, "IsInternal", SINCE(0), IGNORABLE),
    ARR(partitions, kafc_describe_topic_partitions_resp_partition, "Partitions", SINCE(0)),
    I32(topic_authorized_operations, "TopicAuthorizedOperations", SINCE(0), DEFAULT(-2147483648)),
};
SCHEMA(kafc_describe_topic_partitions_resp_topic, "DescribeTopicPartitionsResponseTopic");
#undef MSG

#define MSG struct kafc_describe_topic_partitions_resp_cursor
ROWS(kafc_describe_topic_partitions_resp_cursor) = {
    STR(topic_name, "TopicName", SINCE(0)),
    I32(partition_index, "PartitionIndex", SINCE(0)),
};
SCHEMA(kafc_describe_topic_partitions_resp_cursor, "Cursor");
#undef MSG

#define MSG struct kafc_describe_topic_partitions_resp
ROWS(kafc_describe_topic_partitions_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0), IGNORABLE),
    ARR(topics, kafc_describe_topic_partitions_resp_topic, "Topics", SINCE(0)),
    PTR(next_cursor, kafc_describe_topic_partitions_resp_cursor, "NextCursor", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_describe_topic_partitions_resp, "DescribeTopicPartitionsResponse", 75, 0, 0, 0);
#undef MSG

API(kafc_describe_topic_partitions, "DescribeTopicPartitions", 75, 0, 0, 0, KAFC_TO_ANY);
