/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __share_group_state. On the wire an INT16 stands in front, of
 * keys the record type, of values their version.
 */
#ifndef KAFC_PROTOCOL_BLOB_SHARE_LOG_H
#define KAFC_PROTOCOL_BLOB_SHARE_LOG_H

#include "protocol/types.h"

struct kafc_share_snapshot_key {
    kafc_str group_id;
    kafc_uuid topic_id;
    int32_t partition;
    struct kafc_tags unknown;
};

struct kafc_share_snapshot_value_state_batch {
    int64_t first_offset;
    int64_t last_offset;
    int8_t delivery_state; /* 0 available, 2 acknowledged, 4 archived */
    int16_t delivery_count;
    struct kafc_tags unknown;
};

struct kafc_share_snapshot_value {
    int32_t snapshot_epoch; /* rises with every snapshot; updates name theirs */
    int32_t state_epoch;
    int32_t leader_epoch;
    int64_t start_offset;
    int32_t delivery_complete_count;
    int64_t create_timestamp; /* ms */
    int64_t write_timestamp;  /* ms */
    KAFC_ARRAY(struct kafc_share_snapshot_value_state_batch) state_batches;
    struct kafc_tags unknown;
};

struct kafc_share_update_key {
    kafc_str group_id;
    kafc_uuid topic_id;
    int32_t partition;
    struct kafc_tags unknown;
};

struct kafc_share_update_value_state_batch {
    int64_t first_offset;
    int64_t last_offset;
    int8_t delivery_state; /* 0 available, 2 acknowledged, 4 archived */
    int16_t delivery_count;
    struct kafc_tags unknown;
};

struct kafc_share_update_value {
    int32_t snapshot_epoch;
    int32_t leader_epoch;            /* -1: unchanged */
    int64_t start_offset;            /* -1: unchanged */
    int32_t delivery_complete_count; /* -1: unchanged */
    KAFC_ARRAY(struct kafc_share_update_value_state_batch) state_batches;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_share_snapshot_key);
KAFC_DECLARE_SCHEMA(kafc_share_snapshot_value);
KAFC_DECLARE_SCHEMA(kafc_share_snapshot_value_state_batch);
KAFC_DECLARE_SCHEMA(kafc_share_update_key);
KAFC_DECLARE_SCHEMA(kafc_share_update_value);
KAFC_DECLARE_SCHEMA(kafc_share_update_value_state_batch);

#endif
