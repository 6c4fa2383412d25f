/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EndQuorumEpoch (54), rows.
 */
#include "protocol/api/54_end_quorum_epoch.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_end_quorum_epoch_req_candidate
ROWS(kafc_end_quorum_epoch_req_candidate) = {
    I32(candidate_id, "CandidateId", SINCE(1)),
    UUID(candidate_directory_id, "CandidateDirectoryId", SINCE(1)),
};
SCHEMA(kafc_end_quorum_epoch_req_candidate, "ReplicaInfo");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_req_partition
ROWS(kafc_end_quorum_epoch_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    LIST(preferred_successors, "PreferredSuccessors", RANGE(0, 0), IGNORABLE),
    ARR(preferred_candidates, kafc_end_quorum_epoch_req_candidate, "PreferredCandidates", SINCE(1), IGNORABLE),
};
SCHEMA(kafc_end_quorum_epoch_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_req_topic
ROWS(kafc_end_quorum_epoch_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_end_quorum_epoch_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_end_quorum_epoch_req_topic, "TopicData");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_req_endpoint
ROWS(kafc_end_quorum_epoch_req_endpoint) = {
    STR(name, "Name", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    U16(port, "Port", SINCE(1)),
};
SCHEMA(kafc_end_quorum_epoch_req_endpoint, "LeaderEndpoint");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_req
ROWS(kafc_end_quorum_epoch_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(topics, kafc_end_quorum_epoch_req_topic, "Topics", SINCE(0)),
    ARR(leader_endpoints, kafc_end_quorum_epoch_req_endpoint, "LeaderEndpoints", SINCE(1), IGNORABLE),
};
MESSAGE(kafc_end_quorum_epoch_req, "EndQuorumEpochRequest", 54, 0, 1, 1);
#undef MSG

#define MSG struct kafc_end_quorum_epoch_resp_partition
ROWS(kafc_end_quorum_epoch_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_end_quorum_epoch_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_resp_topic
ROWS(kafc_end_quorum_epoch_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_end_quorum_epoch_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_end_quorum_epoch_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_resp_node
ROWS(kafc_end_quorum_epoch_resp_node) = {
    I32(node_id, "NodeId", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    U16(port, "Port", SINCE(1)),
};
SCHEMA(kafc_end_quorum_epoch_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_end_quorum_epoch_resp
ROWS(kafc_end_quorum_epoch_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(topics, kafc_end_quorum_epoch_resp_topic, "Topics", SINCE(0)),
    ARR(node_endpoints, kafc_end_quorum_epoch_resp_node, "NodeEndpoints", SINCE(1), TAG(0, 1)),
};
MESSAGE(kafc_end_quorum_epoch_resp, "EndQuorumEpochResponse", 54, 0, 1, 1);
#undef MSG

API(kafc_end_quorum_epoch, "EndQuorumEpoch", 54, 1, 1, NEVER, KAFC_TO_QUORUM);
