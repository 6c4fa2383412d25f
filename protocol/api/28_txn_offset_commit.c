/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TxnOffsetCommit (28), rows.
 */
#include "protocol/api/28_txn_offset_commit.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_txn_offset_commit_req_partition
ROWS(kafc_txn_offset_commit_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(committed_offset, "CommittedOffset", SINCE(0)),
    I32(committed_leader_epoch, "CommittedLeaderEpoch", SINCE(2), DEFAULT(-1), IGNORABLE),
    STR(committed_metadata, "CommittedMetadata", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_txn_offset_commit_req_partition, "TxnOffsetCommitRequestPartition");
#undef MSG

#define MSG struct kafc_txn_offset_commit_req_topic
ROWS(kafc_txn_offset_commit_req_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_txn_offset_commit_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_txn_offset_commit_req_topic, "TxnOffsetCommitRequestTopic");
#undef MSG

#define MSG struct kafc_txn_offset_commit_req
ROWS(kafc_txn_offset_commit_req) = {
    STR(transactional_id, "TransactionalId", SINCE(0)),
    STR(group_id, "GroupId", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(0)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    I32(generation_id, "GenerationId", SINCE(3), DEFAULT(-1)),
    STR(member_id, "MemberId", SINCE(3)),
    STR(group_instance_id, "GroupInstanceId", SINCE(3), NULLABLE(3), DEFAULT_NULL),
    ARR(topics, kafc_txn_offset_commit_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_txn_offset_commit_req, "TxnOffsetCommitRequest", 28, 0, 5, 3);
#undef MSG

#define MSG struct kafc_txn_offset_commit_resp_partition
ROWS(kafc_txn_offset_commit_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_txn_offset_commit_resp_partition, "TxnOffsetCommitResponsePartition");
#undef MSG

#define MSG struct kafc_txn_offset_commit_resp_topic
ROWS(kafc_txn_offset_commit_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_txn_offset_commit_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_txn_offset_commit_resp_topic, "TxnOffsetCommitResponseTopic");
#undef MSG

#define MSG struct kafc_txn_offset_commit_resp
ROWS(kafc_txn_offset_commit_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(topics, kafc_txn_offset_commit_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_txn_offset_commit_resp, "TxnOffsetCommitResponse", 28, 0, 5, 3);
#undef MSG

API(kafc_txn_offset_commit, "TxnOffsetCommit", 28, 5, 3, 1, KAFC_TO_GROUP);
