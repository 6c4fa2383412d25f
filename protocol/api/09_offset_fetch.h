/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetFetch (9): what a group has committed. One group in the top fields
 * up to 7, several in Groups from 8; null topics are all of them.
 */
#ifndef KAFC_PROTOCOL_API_OFFSET_FETCH_H
#define KAFC_PROTOCOL_API_OFFSET_FETCH_H

#include "protocol/types.h"

struct kafc_offset_fetch_req_topic {
    kafc_str name;                         /* to 7 */
    KAFC_ARRAY(int32_t) partition_indexes; /* to 7 */
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_req_group_topic {
    kafc_str name; /* 8 to 9 */
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partition_indexes;
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_req_group {
    kafc_str group_id;
    kafc_str member_id;                                          /* null: not as a member */
    int32_t member_epoch;                                        /* -1: not as a member */
    KAFC_ARRAY(struct kafc_offset_fetch_req_group_topic) topics; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_req {
    kafc_str group_id;                                     /* to 7 */
    KAFC_ARRAY(struct kafc_offset_fetch_req_topic) topics; /* to 7; null: all */
    KAFC_ARRAY(struct kafc_offset_fetch_req_group) groups;
    bool require_stable; /* wait for open transactions */
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_resp_partition {
    int32_t partition_index;        /* to 7 */
    int64_t committed_offset;       /* -1: none */
    int32_t committed_leader_epoch; /* 5 to 7; -1: unknown */
    kafc_str metadata;              /* to 7 */
    int16_t error_code;             /* to 7 */
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_resp_topic {
    kafc_str name;                                                  /* to 7 */
    KAFC_ARRAY(struct kafc_offset_fetch_resp_partition) partitions; /* to 7 */
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_resp_group_partition {
    int32_t partition_index;
    int64_t committed_offset;       /* -1: none */
    int32_t committed_leader_epoch; /* -1: unknown */
    kafc_str metadata;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_resp_group_topic {
    kafc_str name; /* 8 to 9 */
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_offset_fetch_resp_group_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_resp_group {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_offset_fetch_resp_group_topic) topics;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_offset_fetch_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_offset_fetch_resp_topic) topics; /* to 7 */
    int16_t error_code;                                     /* 2 to 7 */
    KAFC_ARRAY(struct kafc_offset_fetch_resp_group) groups;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_offset_fetch);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_req);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_req_group);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_req_group_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_req_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_resp);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_resp_group);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_resp_group_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_resp_group_partition);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_fetch_resp_partition);

#endif
