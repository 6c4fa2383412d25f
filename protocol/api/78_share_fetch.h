/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ShareFetch (78): records acquired for a member of a share group, and
 * acknowledgements with it. Version 0 was early access.
 */
#ifndef KAFC_PROTOCOL_API_SHARE_FETCH_H
#define KAFC_PROTOCOL_API_SHARE_FETCH_H

#include "protocol/types.h"

struct kafc_share_fetch_req_ack_batch {
    int64_t first_offset;
    int64_t last_offset;
    KAFC_ARRAY(int8_t) acknowledge_types; /* one for all, or one for each; see ShareAcknowledge */
    struct kafc_tags unknown;
};

struct kafc_share_fetch_req_partition {
    int32_t partition_index;
    int32_t partition_max_bytes; /* only 0 */
    KAFC_ARRAY(struct kafc_share_fetch_req_ack_batch) acknowledgement_batches;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_share_fetch_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_req_forgotten {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_req {
    kafc_str group_id;
    kafc_str member_id;
    int32_t share_session_epoch; /* 0 begins a session, -1 ends it, else it rises */
    int32_t max_wait_ms;
    int32_t min_bytes;
    int32_t max_bytes;
    int32_t max_records;       /* 0: as many as max_bytes lets through */
    int32_t batch_size;        /* records that are best acquired together */
    int8_t share_acquire_mode; /* 0 whole batches, 1 max_records is strict */
    bool is_renew_ack;         /* a renewal is among them: no records come back */
    KAFC_ARRAY(struct kafc_share_fetch_req_topic) topics;
    KAFC_ARRAY(struct kafc_share_fetch_req_forgotten) forgotten_topics_data;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_resp_leader {
    int32_t leader_id;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_resp_acquired {
    int64_t first_offset;
    int64_t last_offset;
    int16_t delivery_count; /* 1: for the first time */
    struct kafc_tags unknown;
};

struct kafc_share_fetch_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    kafc_str error_message;
    int16_t acknowledge_error_code;
    kafc_str acknowledge_error_message;
    struct kafc_share_fetch_resp_leader current_leader;
    struct kafc_records records; /* whole batches, also what is not acquired */
    KAFC_ARRAY(struct kafc_share_fetch_resp_acquired) acquired_records;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_share_fetch_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_resp_node {
    int32_t node_id;
    kafc_str host;
    int32_t port;
    kafc_str rack;
    struct kafc_tags unknown;
};

struct kafc_share_fetch_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    int32_t acquisition_lock_timeout_ms; /* until then acknowledge, or others get them */
    KAFC_ARRAY(struct kafc_share_fetch_resp_topic) responses;
    KAFC_ARRAY(struct kafc_share_fetch_resp_node) node_endpoints;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_share_fetch);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_req);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_req_forgotten);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_req_topic);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_req_partition);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_req_ack_batch);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_resp);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_resp_node);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_resp_acquired);
KAFC_DECLARE_SCHEMA(kafc_share_fetch_resp_leader);

#endif
