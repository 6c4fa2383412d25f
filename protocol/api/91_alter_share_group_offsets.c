/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterShareGroupOffsets (91), rows.
 */
#include "protocol/api/91_alter_share_group_offsets.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_alter_share_group_offsets_req_partition
ROWS(kafc_alter_share_group_offsets_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
};
SCHEMA(kafc_alter_share_group_offsets_req_partition, "AlterShareGroupOffsetsRequestPartition");
#undef MSG

#define MSG struct kafc_alter_share_group_offsets_req_topic
ROWS(kafc_alter_share_group_offsets_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_alter_share_group_offsets_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_share_group_offsets_req_topic, "AlterShareGroupOffsetsRequestTopic");
#undef MSG

#define MSG struct kafc_alter_share_group_offsets_req
ROWS(kafc_alter_share_group_offsets_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_alter_share_group_offsets_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_alter_share_group_offsets_req, "AlterShareGroupOffsetsRequest", 91, 0, 0, 0);
#undef MSG

#define MSG struct kafc_alter_share_group_offsets_resp_partition
ROWS(kafc_alter_share_group_offsets_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_alter_share_group_offsets_resp_partition, "AlterShareGroupOffsetsResponsePartition");
#undef MSG

#define MSG struct kafc_alter_share_group_offsets_resp_topic
ROWS(kafc_alter_share_group_offsets_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_alter_share_group_offsets_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_share_group_offsets_resp_topic, "AlterShareGroupOffsetsResponseTopic");
#undef MSG

#define MSG struct kafc_alter_share_group_offsets_resp
ROWS(kafc_alter_share_group_offsets_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(responses, kafc_alter_share_group_offsets_resp_topic, "Responses", SINCE(0)),
};
MESSAGE(kafc_alter_share_group_offsets_resp, "AlterShareGroupOffsetsResponse", 91, 0, 0, 0);
#undef MSG

API(kafc_alter_share_group_offsets, "AlterShareGroupOffsets", 91, 0, 0, 0, KAFC_TO_GROUP);
