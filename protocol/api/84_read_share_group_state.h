/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ReadShareGroupState (84): brokers read the state of share partitions.
 */
#ifndef KAFC_PROTOCOL_API_READ_SHARE_GROUP_STATE_H
#define KAFC_PROTOCOL_API_READ_SHARE_GROUP_STATE_H

#include "protocol/types.h"

struct kafc_read_share_group_state_req_partition {
    int32_t partition;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_read_share_group_state_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_read_share_group_state_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_resp_state_batch {
    int64_t first_offset;
    int64_t last_offset;
    int8_t delivery_state; /* 0 available, 2 acknowledged, 4 archived */
    int16_t delivery_count;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_resp_partition {
    int32_t partition;
    int16_t error_code;
    kafc_str error_message;
    int32_t state_epoch;
    int64_t start_offset; /* -1: not yet */
    KAFC_ARRAY(struct kafc_read_share_group_state_resp_state_batch) state_batches;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_read_share_group_state_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_resp {
    KAFC_ARRAY(struct kafc_read_share_group_state_resp_topic) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_read_share_group_state);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_req);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_req_topic);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_req_partition);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_resp);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_resp_state_batch);

#endif
