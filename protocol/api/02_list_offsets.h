/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListOffsets (2): the offset at a time, at the start or at the end.
 */
#ifndef KAFC_PROTOCOL_API_LIST_OFFSETS_H
#define KAFC_PROTOCOL_API_LIST_OFFSETS_H

#include "protocol/types.h"

struct kafc_list_offsets_req_partition {
    int32_t partition_index;
    int32_t current_leader_epoch;
    int64_t timestamp;       /* ms, or -1 latest, -2 earliest, -3 max timestamp, -4 and below tiered storage */
    int32_t max_num_offsets; /* 0 only */
    struct kafc_tags unknown;
};

struct kafc_list_offsets_req_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_list_offsets_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_list_offsets_req {
    int32_t replica_id;     /* -1: a client */
    int8_t isolation_level; /* 1: latest is the last stable offset */
    KAFC_ARRAY(struct kafc_list_offsets_req_topic) topics;
    int32_t timeout_ms; /* where tiered storage is asked */
    struct kafc_tags unknown;
};

struct kafc_list_offsets_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    KAFC_ARRAY(int64_t) old_style_offsets; /* 0 only */
    int64_t timestamp;                     /* ms, of the record found; -1: none */
    int64_t offset;                        /* -1: none */
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_list_offsets_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_list_offsets_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_list_offsets_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_list_offsets_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_list_offsets);
KAFC_DECLARE_SCHEMA(kafc_list_offsets_req);
KAFC_DECLARE_SCHEMA(kafc_list_offsets_req_topic);
KAFC_DECLARE_SCHEMA(kafc_list_offsets_req_partition);
KAFC_DECLARE_SCHEMA(kafc_list_offsets_resp);
KAFC_DECLARE_SCHEMA(kafc_list_offsets_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_list_offsets_resp_partition);

#endif
