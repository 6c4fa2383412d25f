/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteShareGroupOffsets (92), rows.
 */
#include "protocol/api/92_delete_share_group_offsets.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_delete_share_group_offsets_req_topic
ROWS(kafc_delete_share_group_offsets_req_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
};
SCHEMA(kafc_delete_share_group_offsets_req_topic, "DeleteShareGroupOffsetsRequestTopic");
#undef MSG

#define MSG struct kafc_delete_share_group_offsets_req
ROWS(kafc_delete_share_group_offsets_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_delete_share_group_offsets_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_delete_share_group_offsets_req, "DeleteShareGroupOffsetsRequest", 92, 0, 0, 0);
#undef MSG

#define MSG struct kafc_delete_share_group_offsets_resp_topic
ROWS(kafc_delete_share_group_offsets_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    UUID(topic_id, "TopicId", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_delete_share_group_offsets_resp_topic, "DeleteShareGroupOffsetsResponseTopic");
#undef MSG

#define MSG struct kafc_delete_share_group_offsets_resp
ROWS(kafc_delete_share_group_offsets_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(responses, kafc_delete_share_group_offsets_resp_topic, "Responses", SINCE(0)),
};
MESSAGE(kafc_delete_share_group_offsets_resp, "DeleteShareGroupOffsetsResponse", 92, 0, 0, 0);
#undef MSG

API(kafc_delete_share_group_offsets, "DeleteShareGroupOffsets", 92, 0, 0, 0, KAFC_TO_GROUP);
