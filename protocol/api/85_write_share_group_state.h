/* SPDX-License-Identifier: BSD-2-Clause
 *
 * WriteShareGroupState (85): brokers write the state of share partitions.
 */
#ifndef KAFC_PROTOCOL_API_WRITE_SHARE_GROUP_STATE_H
#define KAFC_PROTOCOL_API_WRITE_SHARE_GROUP_STATE_H

#include "protocol/types.h"

struct kafc_write_share_group_state_req_state_batch {
    int64_t first_offset;
    int64_t last_offset;
    int8_t delivery_state; /* 0 available, 2 acknowledged, 4 archived */
    int16_t delivery_count;
    struct kafc_tags unknown;
};

struct kafc_write_share_group_state_req_partition {
    int32_t partition;
    int32_t state_epoch;
    int32_t leader_epoch;            /* -1: no check */
    int64_t start_offset;            /* -1: unchanged */
    int32_t delivery_complete_count; /* done at or above start_offset; -1: unknown */
    KAFC_ARRAY(struct kafc_write_share_group_state_req_state_batch) state_batches;
    struct kafc_tags unknown;
};

struct kafc_write_share_group_state_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_write_share_group_state_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_write_share_group_state_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_write_share_group_state_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_write_share_group_state_resp_partition {
    int32_t partition;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_write_share_group_state_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_write_share_group_state_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_write_share_group_state_resp {
    KAFC_ARRAY(struct kafc_write_share_group_state_resp_topic) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_write_share_group_state);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_req);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_req_topic);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_req_partition);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_req_state_batch);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_resp);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_write_share_group_state_resp_partition);

#endif
