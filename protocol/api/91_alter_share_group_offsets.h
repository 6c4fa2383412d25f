/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterShareGroupOffsets (91): sets where a share group's partitions start.
 */
#ifndef KAFC_PROTOCOL_API_ALTER_SHARE_GROUP_OFFSETS_H
#define KAFC_PROTOCOL_API_ALTER_SHARE_GROUP_OFFSETS_H

#include "protocol/types.h"

struct kafc_alter_share_group_offsets_req_partition {
    int32_t partition_index;
    int64_t start_offset;
    struct kafc_tags unknown;
};

struct kafc_alter_share_group_offsets_req_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_alter_share_group_offsets_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_share_group_offsets_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_alter_share_group_offsets_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_alter_share_group_offsets_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_alter_share_group_offsets_resp_topic {
    kafc_str topic_name;
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_alter_share_group_offsets_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_share_group_offsets_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_alter_share_group_offsets_resp_topic) responses;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_alter_share_group_offsets);
KAFC_DECLARE_SCHEMA(kafc_alter_share_group_offsets_req);
KAFC_DECLARE_SCHEMA(kafc_alter_share_group_offsets_req_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_share_group_offsets_req_partition);
KAFC_DECLARE_SCHEMA(kafc_alter_share_group_offsets_resp);
KAFC_DECLARE_SCHEMA(kafc_alter_share_group_offsets_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_share_group_offsets_resp_partition);

#endif
