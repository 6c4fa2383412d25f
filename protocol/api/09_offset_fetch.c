/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetFetch (9), rows.
 */
#include "protocol/api/09_offset_fetch.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_offset_fetch_req_topic
ROWS(kafc_offset_fetch_req_topic) = {
    STR(name, "Name", RANGE(0, 7)),
    LIST(partition_indexes, "PartitionIndexes", RANGE(0, 7)),
};
SCHEMA(kafc_offset_fetch_req_topic, "OffsetFetchRequestTopic");
#undef MSG

#define MSG struct kafc_offset_fetch_req_group_topic
ROWS(kafc_offset_fetch_req_group_topic) = {
    STR(name, "Name", RANGE(8, 9), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(10), IGNORABLE),
    LIST(partition_indexes, "PartitionIndexes", SINCE(8)),
};
SCHEMA(kafc_offset_fetch_req_group_topic, "OffsetFetchRequestTopics");
#undef MSG

#define MSG struct kafc_offset_fetch_req_group
ROWS(kafc_offset_fetch_req_group) = {
    STR(group_id, "GroupId", SINCE(8)),
    STR(member_id, "MemberId", SINCE(9), NULLABLE(9), DEFAULT_NULL, IGNORABLE),
    I32(member_epoch, "MemberEpoch", SINCE(9), DEFAULT(-1), IGNORABLE),
    ARR(topics, kafc_offset_fetch_req_group_topic, "Topics", SINCE(8), NULLABLE(8)),
};
SCHEMA(kafc_offset_fetch_req_group, "OffsetFetchRequestGroup");
#undef MSG

#define MSG struct kafc_offset_fetch_req
ROWS(kafc_offset_fetch_req) = {
    STR(group_id, "GroupId", RANGE(0, 7)),
    ARR(topics, kafc_offset_fetch_req_topic, "Topics", RANGE(0, 7), NULLABLE(2)),
    ARR(groups, kafc_offset_fetch_req_group, "Groups", SINCE(8)),
    BOOL(require_stable, "RequireStable", SINCE(7)),
};
MESSAGE(kafc_offset_fetch_req, "OffsetFetchRequest", 9, 0, 10, 6);
#undef MSG

#define MSG struct kafc_offset_fetch_resp_partition
ROWS(kafc_offset_fetch_resp_partition) = {
    I32(partition_index, "PartitionIndex", RANGE(0, 7)),
    I64(committed_offset, "CommittedOffset", RANGE(0, 7)),
    I32(committed_leader_epoch, "CommittedLeaderEpoch", RANGE(5, 7), DEFAULT(-1), IGNORABLE),
    STR(metadata, "Metadata", RANGE(0, 7), NULLABLE(0)),
    I16(error_code, "ErrorCode", RANGE(0, 7)),
};
SCHEMA(kafc_offset_fetch_resp_partition, "OffsetFetchResponsePartition");
#undef MSG

#define MSG struct kafc_offset_fetch_resp_topic
ROWS(kafc_offset_fetch_resp_topic) = {
    STR(name, "Name", RANGE(0, 7)),
    ARR(partitions, kafc_offset_fetch_resp_partition, "Partitions", RANGE(0, 7)),
};
SCHEMA(kafc_offset_fetch_resp_topic, "OffsetFetchResponseTopic");
#undef MSG

#define MSG struct kafc_offset_fetch_resp_group_partition
ROWS(kafc_offset_fetch_resp_group_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(8)),
    I64(committed_offset, "CommittedOffset", SINCE(8)),
    I32(committed_leader_epoch, "CommittedLeaderEpoch", SINCE(8), DEFAULT(-1), IGNORABLE),
    STR(metadata, "Metadata", SINCE(8), NULLABLE(8)),
    I16(error_code, "ErrorCode", SINCE(8)),
};
SCHEMA(kafc_offset_fetch_resp_group_partition, "OffsetFetchResponsePartitions");
#undef MSG

#define MSG struct kafc_offset_fetch_resp_group_topic
ROWS(kafc_offset_fetch_resp_group_topic) = {
    STR(name, "Name", RANGE(8, 9), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(10), IGNORABLE),
    ARR(partitions, kafc_offset_fetch_resp_group_partition, "Partitions", SINCE(8)),
};
SCHEMA(kafc_offset_fetch_resp_group_topic, "OffsetFetchResponseTopics");
#undef MSG

#define MSG struct kafc_offset_fetch_resp_group
ROWS(kafc_offset_fetch_resp_group) = {
    STR(group_id, "GroupId", SINCE(8)),
    ARR(topics, kafc_offset_fetch_resp_group_topic, "Topics", SINCE(8)),
    I16(error_code, "ErrorCode", SINCE(8)),
};
SCHEMA(kafc_offset_fetch_resp_group, "OffsetFetchResponseGroup");
#undef MSG

#define MSG struct kafc_offset_fetch_resp
ROWS(kafc_offset_fetch_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(3), IGNORABLE),
    ARR(topics, kafc_offset_fetch_resp_topic, "Topics", RANGE(0, 7)),
    I16(error_code, "ErrorCode", RANGE(2, 7), IGNORABLE),
    ARR(groups, kafc_offset_fetch_resp_group, "Groups", SINCE(8)),
};
MESSAGE(kafc_offset_fetch_resp, "OffsetFetchResponse", 9, 0, 10, 6);
#undef MSG

API(kafc_offset_fetch, "OffsetFetch", 9, 10, 6, 4, KAFC_TO_GROUP);
