/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BeginQuorumEpoch (53), rows.
 */
#include "protocol/api/53_begin_quorum_epoch.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_begin_quorum_epoch_req_partition
ROWS(kafc_begin_quorum_epoch_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(1), IGNORABLE),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_begin_quorum_epoch_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_req_topic
ROWS(kafc_begin_quorum_epoch_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_begin_quorum_epoch_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_begin_quorum_epoch_req_topic, "TopicData");
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_req_endpoint
ROWS(kafc_begin_quorum_epoch_req_endpoint) = {
    STR(name, "Name", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    U16(port, "Port", SINCE(1)),
};
SCHEMA(kafc_begin_quorum_epoch_req_endpoint, "LeaderEndpoint");
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_req
ROWS(kafc_begin_quorum_epoch_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(voter_id, "VoterId", SINCE(1), DEFAULT(-1), IGNORABLE),
    ARR(topics, kafc_begin_quorum_epoch_req_topic, "Topics", SINCE(0)),
    ARR(leader_endpoints, kafc_begin_quorum_epoch_req_endpoint, "LeaderEndpoints", SINCE(1), IGNORABLE),
};
MESSAGE(kafc_begin_quorum_epoch_req, "BeginQuorumEpochRequest", 53, 0, 1, 1);
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_resp_partition
ROWS(kafc_begin_quorum_epoch_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_begin_quorum_epoch_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_resp_topic
ROWS(kafc_begin_quorum_epoch_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_begin_quorum_epoch_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_begin_quorum_epoch_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_resp_node
ROWS(kafc_begin_quorum_epoch_resp_node) = {
    I32(node_id, "NodeId", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    U16(port, "Port", SINCE(1)),
};
SCHEMA(kafc_begin_quorum_epoch_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_begin_quorum_epoch_resp
ROWS(kafc_begin_quorum_epoch_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(topics, kafc_begin_quorum_epoch_resp_topic, "Topics", SINCE(0)),
    ARR(node_endpoints, kafc_begin_quorum_epoch_resp_node, "NodeEndpoints", SINCE(1), TAG(0, 1)),
};
MESSAGE(kafc_begin_quorum_epoch_resp, "BeginQuorumEpochResponse", 53, 0, 1, 1);
#undef MSG

API(kafc_begin_quorum_epoch, "BeginQuorumEpoch", 53, 1, 1, NEVER, KAFC_TO_QUORUM);
