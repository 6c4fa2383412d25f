/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetCommit (8), rows.
 */
#include "protocol/api/08_offset_commit.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_offset_commit_req_partition
ROWS(kafc_offset_commit_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(committed_offset, "CommittedOffset", SINCE(0)),
    I32(committed_leader_epoch, "CommittedLeaderEpoch", SINCE(6), DEFAULT(-1), IGNORABLE),
    I64(commit_timestamp, "CommitTimestamp", RANGE(1, 1), DEFAULT(-1)),
    STR(committed_metadata, "CommittedMetadata", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_offset_commit_req_partition, "OffsetCommitRequestPartition");
#undef MSG

#define MSG struct kafc_offset_commit_req_topic
ROWS(kafc_offset_commit_req_topic) = {
    STR(name, "Name", RANGE(0, 9), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(10), IGNORABLE),
    ARR(partitions, kafc_offset_commit_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_offset_commit_req_topic, "OffsetCommitRequestTopic");
#undef MSG

#define MSG struct kafc_offset_commit_req
ROWS(kafc_offset_commit_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    I32(generation_id_or_member_epoch, "GenerationIdOrMemberEpoch", SINCE(1), DEFAULT(-1), IGNORABLE),
    STR(member_id, "MemberId", SINCE(1), IGNORABLE),
    STR(group_instance_id, "GroupInstanceId", SINCE(7), NULLABLE(7), DEFAULT_NULL),
    I64(retention_time_ms, "RetentionTimeMs", RANGE(2, 4), DEFAULT(-1), IGNORABLE),
    ARR(topics, kafc_offset_commit_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_offset_commit_req, "OffsetCommitRequest", 8, 0, 10, 8);
#undef MSG

#define MSG struct kafc_offset_commit_resp_partition
ROWS(kafc_offset_commit_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_offset_commit_resp_partition, "OffsetCommitResponsePartition");
#undef MSG

#define MSG struct kafc_offset_commit_resp_topic
ROWS(kafc_offset_commit_resp_topic) = {
    STR(name, "Name", RANGE(0, 9), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(10), IGNORABLE),
    ARR(partitions, kafc_offset_commit_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_offset_commit_resp_topic, "OffsetCommitResponseTopic");
#undef MSG

#define MSG struct kafc_offset_commit_resp
ROWS(kafc_offset_commit_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(3), IGNORABLE),
    ARR(topics, kafc_offset_commit_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_offset_commit_resp, "OffsetCommitResponse", 8, 0, 10, 8);
#undef MSG

API(kafc_offset_commit, "OffsetCommit", 8, 10, 8, 4, KAFC_TO_GROUP);
