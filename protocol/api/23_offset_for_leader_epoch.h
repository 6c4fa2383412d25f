/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetForLeaderEpoch (23): where the leaders of an epoch stopped writing:
 * how truncation is found (KIP-320).
 */
#ifndef KAFC_PROTOCOL_API_OFFSET_FOR_LEADER_EPOCH_H
#define KAFC_PROTOCOL_API_OFFSET_FOR_LEADER_EPOCH_H

#include "protocol/types.h"

struct kafc_offset_for_leader_epoch_req_partition {
    int32_t partition;
    int32_t current_leader_epoch; /* what the client believes; -1: no check */
    int32_t leader_epoch;         /* whose end is asked for */
    struct kafc_tags unknown;
};

struct kafc_offset_for_leader_epoch_req_topic {
    kafc_str topic;
    KAFC_ARRAY(struct kafc_offset_for_leader_epoch_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_for_leader_epoch_req {
    int32_t replica_id; /* -1: a client, -2: a debugging one */
    KAFC_ARRAY(struct kafc_offset_for_leader_epoch_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_offset_for_leader_epoch_resp_partition {
    int16_t error_code;
    int32_t partition;
    int32_t leader_epoch; /* the last one not above; -1: unknown */
    int64_t end_offset;   /* behind its last record; -1: unknown */
    struct kafc_tags unknown;
};

struct kafc_offset_for_leader_epoch_resp_topic {
    kafc_str topic;
    KAFC_ARRAY(struct kafc_offset_for_leader_epoch_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_for_leader_epoch_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_offset_for_leader_epoch_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_offset_for_leader_epoch);
KAFC_DECLARE_SCHEMA(kafc_offset_for_leader_epoch_req);
KAFC_DECLARE_SCHEMA(kafc_offset_for_leader_epoch_req_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_for_leader_epoch_req_partition);
KAFC_DECLARE_SCHEMA(kafc_offset_for_leader_epoch_resp);
KAFC_DECLARE_SCHEMA(kafc_offset_for_leader_epoch_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_for_leader_epoch_resp_partition);

#endif
