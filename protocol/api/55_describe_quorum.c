/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeQuorum (55), rows.
 */
#include "protocol/api/55_describe_quorum.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_quorum_req_partition
ROWS(kafc_describe_quorum_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
};
SCHEMA(kafc_describe_quorum_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_describe_quorum_req_topic
ROWS(kafc_describe_quorum_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_describe_quorum_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_quorum_req_topic, "TopicData");
#undef MSG

#define MSG struct kafc_describe_quorum_req
ROWS(kafc_describe_quorum_req) = {
    ARR(topics, kafc_describe_quorum_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_describe_quorum_req, "DescribeQuorumRequest", 55, 0, 2, 0);
#undef MSG

#define MSG struct kafc_describe_quorum_resp_replica_state
ROWS(kafc_describe_quorum_resp_replica_state) = {
    I32(replica_id, "ReplicaId", SINCE(0)),
    UUID(replica_directory_id, "ReplicaDirectoryId", SINCE(2)),
    I64(log_end_offset, "LogEndOffset", SINCE(0)),
    I64(last_fetch_timestamp, "LastFetchTimestamp", SINCE(1), DEFAULT(-1), IGNORABLE),
    I64(last_caught_up_timestamp, "LastCaughtUpTimestamp", SINCE(1), DEFAULT(-1), IGNORABLE),
};
SCHEMA(kafc_describe_quorum_resp_replica_state, "ReplicaState");
#undef MSG

#define MSG struct kafc_describe_quorum_resp_partition
ROWS(kafc_describe_quorum_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(2), NULLABLE(2), IGNORABLE),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    I64(high_watermark, "HighWatermark", SINCE(0)),
    ARR(current_voters, kafc_describe_quorum_resp_replica_state, "CurrentVoters", SINCE(0)),
    ARR(observers, kafc_describe_quorum_resp_replica_state, "Observers", SINCE(0)),
};
SCHEMA(kafc_describe_quorum_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_describe_quorum_resp_topic
ROWS(kafc_describe_quorum_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_describe_quorum_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_quorum_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_describe_quorum_resp_listener
ROWS(kafc_describe_quorum_resp_listener) = {
    STR(name, "Name", SINCE(2)),
    STR(host, "Host", SINCE(2)),
    U16(port, "Port", SINCE(2)),
};
SCHEMA(kafc_describe_quorum_resp_listener, "Listener");
#undef MSG

#define MSG struct kafc_describe_quorum_resp_node
ROWS(kafc_describe_quorum_resp_node) = {
    I32(node_id, "NodeId", SINCE(2)),
    ARR(listeners, kafc_describe_quorum_resp_listener, "Listeners", SINCE(2)),
};
SCHEMA(kafc_describe_quorum_resp_node, "Node");
#undef MSG

#define MSG struct kafc_describe_quorum_resp
ROWS(kafc_describe_quorum_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(2), NULLABLE(2), IGNORABLE),
    ARR(topics, kafc_describe_quorum_resp_topic, "Topics", SINCE(0)),
    ARR(nodes, kafc_describe_quorum_resp_node, "Nodes", SINCE(2)),
};
MESSAGE(kafc_describe_quorum_resp, "DescribeQuorumResponse", 55, 0, 2, 0);
#undef MSG

API(kafc_describe_quorum, "DescribeQuorum", 55, 2, 0, NEVER, KAFC_TO_CONTROLLER);
