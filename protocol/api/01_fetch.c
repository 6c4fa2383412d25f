/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetch (1), rows.
 */
#include "protocol/api/01_fetch.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_fetch_req_replica_state
ROWS(kafc_fetch_req_replica_state) = {
    I32(replica_id, "ReplicaId", SINCE(15), DEFAULT(-1)),
    I64(replica_epoch, "ReplicaEpoch", SINCE(15), DEFAULT(-1)),
};
SCHEMA(kafc_fetch_req_replica_state, "ReplicaState");
#undef MSG

#define MSG struct kafc_fetch_req_partition
ROWS(kafc_fetch_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I32(current_leader_epoch, "CurrentLeaderEpoch", SINCE(9), DEFAULT(-1), IGNORABLE),
    I64(fetch_offset, "FetchOffset", SINCE(0)),
    I32(last_fetched_epoch, "LastFetchedEpoch", SINCE(12), DEFAULT(-1)),
    I64(log_start_offset, "LogStartOffset", SINCE(5), DEFAULT(-1), IGNORABLE),
    I32(partition_max_bytes, "PartitionMaxBytes", SINCE(0)),
    UUID(replica_directory_id, "ReplicaDirectoryId", SINCE(17), TAG(0, 17), IGNORABLE),
    I64(high_watermark, "HighWatermark", SINCE(18), TAG(1, 18), DEFAULT(INT64_MAX), IGNORABLE),
};
SCHEMA(kafc_fetch_req_partition, "FetchPartition");
#undef MSG

#define MSG struct kafc_fetch_req_topic
ROWS(kafc_fetch_req_topic) = {
    STR(topic, "Topic", RANGE(0, 12), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(13), IGNORABLE),
    ARR(partitions, kafc_fetch_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_fetch_req_topic, "FetchTopic");
#undef MSG

#define MSG struct kafc_fetch_req_forgotten
ROWS(kafc_fetch_req_forgotten) = {
    STR(topic, "Topic", RANGE(7, 12), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(13), IGNORABLE),
    LIST(partitions, "Partitions", SINCE(7)),
};
SCHEMA(kafc_fetch_req_forgotten, "ForgottenTopic");
#undef MSG

#define MSG struct kafc_fetch_req
ROWS(kafc_fetch_req) = {
    STR(cluster_id, "ClusterId", SINCE(12), TAG(0, 12), NULLABLE(12), DEFAULT_NULL, IGNORABLE),
    I32(replica_id, "ReplicaId", RANGE(0, 14), DEFAULT(-1)),
    STRUCT(replica_state, kafc_fetch_req_replica_state, "ReplicaState", SINCE(15), TAG(1, 15)),
    I32(max_wait_ms, "MaxWaitMs", SINCE(0)),
    I32(min_bytes, "MinBytes", SINCE(0)),
    I32(max_bytes, "MaxBytes", SINCE(3), DEFAULT(INT32_MAX), IGNORABLE),
    I8(isolation_level, "IsolationLevel", SINCE(4), IGNORABLE),
    I32(session_id, "SessionId", SINCE(7), IGNORABLE),
    I32(session_epoch, "SessionEpoch", SINCE(7), DEFAULT(-1), IGNORABLE),
    ARR(topics, kafc_fetch_req_topic, "Topics", SINCE(0)),
    ARR(forgotten_topics_data, kafc_fetch_req_forgotten, "ForgottenTopicsData", SINCE(7)),
    STR(rack_id, "RackId", SINCE(11), IGNORABLE),
};
MESSAGE(kafc_fetch_req, "FetchRequest", 1, 0, 18, 12);
#undef MSG

#define MSG struct kafc_fetch_resp_epoch_end
ROWS(kafc_fetch_resp_epoch_end) = {
    I32(epoch, "Epoch", SINCE(12), DEFAULT(-1)),
    I64(end_offset, "EndOffset", SINCE(12), DEFAULT(-1)),
};
SCHEMA(kafc_fetch_resp_epoch_end, "EpochEndOffset");
#undef MSG

#define MSG struct kafc_fetch_resp_leader
ROWS(kafc_fetch_resp_leader) = {
    I32(leader_id, "LeaderId", SINCE(12), DEFAULT(-1)),
    I32(leader_epoch, "LeaderEpoch", SINCE(12), DEFAULT(-1)),
};
SCHEMA(kafc_fetch_resp_leader, "LeaderIdAndEpoch");
#undef MSG

#define MSG struct kafc_fetch_resp_snapshot
ROWS(kafc_fetch_resp_snapshot) = {
    I64(end_offset, "EndOffset", SINCE(0), DEFAULT(-1)),
    I32(epoch, "Epoch", SINCE(0), DEFAULT(-1)),
};
SCHEMA(kafc_fetch_resp_snapshot, "SnapshotId");
#undef MSG

#define MSG struct kafc_fetch_resp_aborted
ROWS(kafc_fetch_resp_aborted) = {
    I64(producer_id, "ProducerId", SINCE(4)),
    I64(first_offset, "FirstOffset", SINCE(4)),
};
SCHEMA(kafc_fetch_resp_aborted, "AbortedTransaction");
#undef MSG

#define MSG struct kafc_fetch_resp_partition
ROWS(kafc_fetch_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(high_watermark, "HighWatermark", SINCE(0)),
    I64(last_stable_offset, "LastStableOffset", SINCE(4), DEFAULT(-1), IGNORABLE),
    I64(log_start_offset, "LogStartOffset", SINCE(5), DEFAULT(-1), IGNORABLE),
    STRUCT(diverging_epoch, kafc_fetch_resp_epoch_end, "DivergingEpoch", SINCE(12), TAG(0, 12)),
    STRUCT(current_leader, kafc_fetch_resp_leader, "CurrentLeader", SINCE(12), TAG(1, 12)),
    STRUCT(snapshot_id, kafc_fetch_resp_snapshot, "SnapshotId", SINCE(12), TAG(2, 12)),
    ARR(aborted_transactions, kafc_fetch_resp_aborted, "AbortedTransactions", SINCE(4), NULLABLE(4), IGNORABLE),
    I32(preferred_read_replica, "PreferredReadReplica", SINCE(11), DEFAULT(-1)),
    RECORDS(records, "Records", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_fetch_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_fetch_resp_topic
ROWS(kafc_fetch_resp_topic) = {
    STR(topic, "Topic", RANGE(0, 12), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(13), IGNORABLE),
    ARR(partitions, kafc_fetch_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_fetch_resp_topic, "FetchableTopicResponse");
#undef MSG

#define MSG struct kafc_fetch_resp_node
ROWS(kafc_fetch_resp_node) = {
    I32(node_id, "NodeId", SINCE(16)),
    STR(host, "Host", SINCE(16)),
    I32(port, "Port", SINCE(16)),
    STR(rack, "Rack", SINCE(16), NULLABLE(16), DEFAULT_NULL),
};
SCHEMA(kafc_fetch_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_fetch_resp
ROWS(kafc_fetch_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(7), IGNORABLE),
    I32(session_id, "SessionId", SINCE(7)),
    ARR(responses, kafc_fetch_resp_topic, "Responses", SINCE(0)),
    ARR(node_endpoints, kafc_fetch_resp_node, "NodeEndpoints", SINCE(16), TAG(0, 16)),
};
MESSAGE(kafc_fetch_resp, "FetchResponse", 1, 0, 18, 12);
#undef MSG

API(kafc_fetch, "Fetch", 1, 18, 12, 8, KAFC_TO_LEADER);
