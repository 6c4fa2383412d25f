/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeShareGroupOffsets (90), rows.
 */
#include "protocol/api/90_describe_share_group_offsets.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_share_group_offsets_req_topic
ROWS(kafc_describe_share_group_offsets_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_share_group_offsets_req_topic, "DescribeShareGroupOffsetsRequestTopic");
#undef MSG

#define MSG struct kafc_describe_share_group_offsets_req_group
ROWS(kafc_describe_share_group_offsets_req_group) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_describe_share_group_offsets_req_topic, "Topics", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_describe_share_group_offsets_req_group, "DescribeShareGroupOffsetsRequestGroup");
#undef MSG

#define MSG struct kafc_describe_share_group_offsets_req
ROWS(kafc_describe_share_group_offsets_req) = {
    ARR(groups, kafc_describe_share_group_offsets_req_group, "Groups", SINCE(0)),
};
MESSAGE(kafc_describe_share_group_offsets_req, "DescribeShareGroupOffsetsRequest", 90, 0, 1, 0);
#undef MSG

#define MSG struct kafc_describe_share_group_offsets_resp_partition
ROWS(kafc_describe_share_group_offsets_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    I64(lag, "Lag", SINCE(1), DEFAULT(-1), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_describe_share_group_offsets_resp_partition, "DescribeShareGroupOffsetsResponsePartition");
#undef MSG

#define MSG struct kafc_describe_share_group_offsets_resp_topic
ROWS(kafc_describe_share_group_offsets_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_describe_share_group_offsets_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_share_group_offsets_resp_topic, "DescribeShareGroupOffsetsResponseTopic");
#undef MSG

#define MSG struct kafc_describe_share_group_offsets_resp_group
ROWS(kafc_describe_share_group_offsets_resp_group) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_describe_share_group_offsets_resp_topic, "Topics", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_describe_share_group_offsets_resp_group, "DescribeShareGroupOffsetsResponseGroup");
#undef MSG

#define MSG struct kafc_describe_share_group_offsets_resp
ROWS(kafc_describe_share_group_offsets_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(groups, kafc_describe_share_group_offsets_resp_group, "Groups", SINCE(0)),
};
MESSAGE(kafc_describe_share_group_offsets_resp, "DescribeShareGroupOffsetsResponse", 90, 0, 1, 0);
#undef MSG

API(kafc_describe_share_group_offsets, "DescribeShareGroupOffsets", 90, 1, 0, 0, KAFC_TO_GROUP);
