/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetCommit (8): the next offsets to read, for a group. Generation and
 * member are -1 and "" outside a membership; topics by id from 10.
 */
#ifndef KAFC_PROTOCOL_API_OFFSET_COMMIT_H
#define KAFC_PROTOCOL_API_OFFSET_COMMIT_H

#include "protocol/types.h"

struct kafc_offset_commit_req_partition {
    int32_t partition_index;
    int64_t committed_offset;       /* the next one to read */
    int32_t committed_leader_epoch; /* of the last record read; -1: unknown */
    int64_t commit_timestamp;       /* only 1 */
    kafc_str committed_metadata;    /* a note of the member's */
    struct kafc_tags unknown;
};

struct kafc_offset_commit_req_topic {
    kafc_str name; /* to 9 */
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_offset_commit_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_commit_req {
    kafc_str group_id;
    int32_t generation_id_or_member_epoch; /* -1: outside a membership */
    kafc_str member_id;
    kafc_str group_instance_id; /* null: no static member */
    int64_t retention_time_ms;  /* 2 to 4; -1: the broker's */
    KAFC_ARRAY(struct kafc_offset_commit_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_offset_commit_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_offset_commit_resp_topic {
    kafc_str name; /* to 9 */
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_offset_commit_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_offset_commit_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_offset_commit_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_offset_commit);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_req);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_req_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_req_partition);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_resp);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_resp_partition);

#endif
