/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeShareGroupOffsets (90): where share groups' partitions start.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_SHARE_GROUP_OFFSETS_H
#define KAFC_PROTOCOL_API_DESCRIBE_SHARE_GROUP_OFFSETS_H

#include "protocol/types.h"

struct kafc_describe_share_group_offsets_req_topic {
    kafc_str topic_name;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_share_group_offsets_req_group {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_describe_share_group_offsets_req_topic) topics; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_describe_share_group_offsets_req {
    KAFC_ARRAY(struct kafc_describe_share_group_offsets_req_group) groups;
    struct kafc_tags unknown;
};

struct kafc_describe_share_group_offsets_resp_partition {
    int32_t partition_index;
    int64_t start_offset; /* -1: not yet */
    int32_t leader_epoch;
    int64_t lag; /* from 1: records to be delivered; -1: unknown */
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_describe_share_group_offsets_resp_topic {
    kafc_str topic_name;
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_describe_share_group_offsets_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_share_group_offsets_resp_group {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_describe_share_group_offsets_resp_topic) topics;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_describe_share_group_offsets_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_describe_share_group_offsets_resp_group) groups;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_share_group_offsets);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_req);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_req_group);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_req_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_resp_group);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_share_group_offsets_resp_partition);

#endif
