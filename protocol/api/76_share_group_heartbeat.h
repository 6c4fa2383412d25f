/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ShareGroupHeartbeat (76): a member of a share group (KIP-932). Version 0
 * was early access.
 */
#ifndef KAFC_PROTOCOL_API_SHARE_GROUP_HEARTBEAT_H
#define KAFC_PROTOCOL_API_SHARE_GROUP_HEARTBEAT_H

#include "protocol/types.h"

struct kafc_share_group_heartbeat_req {
    kafc_str group_id;
    kafc_str member_id;                          /* of the member's own making */
    int32_t member_epoch;                        /* 0 joins, -1 leaves */
    kafc_str rack_id;                            /* null: none, or unchanged */
    KAFC_ARRAY(kafc_str) subscribed_topic_names; /* null: unchanged */
    struct kafc_tags unknown;
};

struct kafc_share_group_heartbeat_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_heartbeat_resp_assignment {
    KAFC_ARRAY(struct kafc_share_group_heartbeat_resp_topic) topic_partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_heartbeat_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    kafc_str member_id;
    int32_t member_epoch;
    int32_t heartbeat_interval_ms;
    struct kafc_share_group_heartbeat_resp_assignment *assignment; /* null: unchanged */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_share_group_heartbeat);
KAFC_DECLARE_SCHEMA(kafc_share_group_heartbeat_req);
KAFC_DECLARE_SCHEMA(kafc_share_group_heartbeat_resp);
KAFC_DECLARE_SCHEMA(kafc_share_group_heartbeat_resp_assignment);
KAFC_DECLARE_SCHEMA(kafc_share_group_heartbeat_resp_topic);

#endif
