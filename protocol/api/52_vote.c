/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vote (52), rows.
 */
#include "protocol/api/52_vote.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_vote_req_partition
ROWS(kafc_vote_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(replica_epoch, "ReplicaEpoch", SINCE(0)),
    I32(replica_id, "ReplicaId", SINCE(0)),
    UUID(replica_directory_id, "ReplicaDirectoryId", SINCE(1), IGNORABLE),
    UUID(voter_directory_id, "VoterDirectoryId", SINCE(1), IGNORABLE),
    I32(last_offset_epoch, "LastOffsetEpoch", SINCE(0)),
    I64(last_offset, "LastOffset", SINCE(0)),
    BOOL(pre_vote, "PreVote", SINCE(2)),
};
SCHEMA(kafc_vote_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_vote_req_topic
ROWS(kafc_vote_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_vote_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_vote_req_topic, "TopicData");
#undef MSG

#define MSG struct kafc_vote_req
ROWS(kafc_vote_req) = {
    STR(cluster_id, "ClusterId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(voter_id, "VoterId", SINCE(1), DEFAULT(-1), IGNORABLE),
    ARR(topics, kafc_vote_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_vote_req, "VoteRequest", 52, 0, 2, 0);
#undef MSG

#define MSG struct kafc_vote_resp_partition
ROWS(kafc_vote_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    BOOL(vote_granted, "VoteGranted", SINCE(0)),
};
SCHEMA(kafc_vote_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_vote_resp_topic
ROWS(kafc_vote_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_vote_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_vote_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_vote_resp_node
ROWS(kafc_vote_resp_node) = {
    I32(node_id, "NodeId", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    U16(port, "Port", SINCE(1)),
};
SCHEMA(kafc_vote_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_vote_resp
ROWS(kafc_vote_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(topics, kafc_vote_resp_topic, "Topics", SINCE(0)),
    ARR(node_endpoints, kafc_vote_resp_node, "NodeEndpoints", SINCE(1), TAG(0, 1)),
};
MESSAGE(kafc_vote_resp, "VoteResponse", 52, 0, 2, 0);
#undef MSG

API(kafc_vote, "Vote", 52, 2, 0, NEVER, KAFC_TO_QUORUM);
