/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteShareGroupOffsets (92): forgets the topics of a share group.
 */
#ifndef KAFC_PROTOCOL_API_DELETE_SHARE_GROUP_OFFSETS_H
#define KAFC_PROTOCOL_API_DELETE_SHARE_GROUP_OFFSETS_H

#include "protocol/types.h"

struct kafc_delete_share_group_offsets_req_topic {
    kafc_str topic_name;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_offsets_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_delete_share_group_offsets_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_offsets_resp_topic {
    kafc_str topic_name;
    kafc_uuid topic_id;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_delete_share_group_offsets_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_delete_share_group_offsets_resp_topic) responses;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_delete_share_group_offsets);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_offsets_req);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_offsets_req_topic);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_offsets_resp);
KAFC_DECLARE_SCHEMA(kafc_delete_share_group_offsets_resp_topic);

#endif
