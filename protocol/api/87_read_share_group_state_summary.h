/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ReadShareGroupStateSummary (87): brokers read how far share partitions
 * are. Its response 0 is that of 4.1 and later: before that it came without
 * LeaderEpoch and was never final.
 */
#ifndef KAFC_PROTOCOL_API_READ_SHARE_GROUP_STATE_SUMMARY_H
#define KAFC_PROTOCOL_API_READ_SHARE_GROUP_STATE_SUMMARY_H

#include "protocol/types.h"

struct kafc_read_share_group_state_summary_req_partition {
    int32_t partition;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_summary_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_read_share_group_state_summary_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_summary_req {
    kafc_str group_id;
    KAFC_ARRAY(struct kafc_read_share_group_state_summary_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_summary_resp_partition {
    int32_t partition;
    int16_t error_code;
    kafc_str error_message;
    int32_t state_epoch;
    int32_t leader_epoch;
    int64_t start_offset;            /* -1: not yet */
    int32_t delivery_complete_count; /* done at or above start_offset; -1: unknown */
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_summary_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_read_share_group_state_summary_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_read_share_group_state_summary_resp {
    KAFC_ARRAY(struct kafc_read_share_group_state_summary_resp_topic) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_read_share_group_state_summary);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_summary_req);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_summary_req_topic);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_summary_req_partition);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_summary_resp);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_summary_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_read_share_group_state_summary_resp_partition);

#endif
