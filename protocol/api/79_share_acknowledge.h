/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ShareAcknowledge (79): acknowledgements alone: per offset 0 gap, 1
 * accept, 2 release, 3 reject, 4 renew. Version 0 was early access.
 */
#ifndef KAFC_PROTOCOL_API_SHARE_ACKNOWLEDGE_H
#define KAFC_PROTOCOL_API_SHARE_ACKNOWLEDGE_H

#include "protocol/types.h"

struct kafc_share_acknowledge_req_ack_batch {
    int64_t first_offset;
    int64_t last_offset;
    KAFC_ARRAY(int8_t) acknowledge_types; /* one for all, or one for each */
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_req_partition {
    int32_t partition_index;
    KAFC_ARRAY(struct kafc_share_acknowledge_req_ack_batch) acknowledgement_batches;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_share_acknowledge_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_req {
    kafc_str group_id;
    kafc_str member_id;
    int32_t share_session_epoch; /* rises; -1 ends the session */
    bool is_renew_ack;           /* a renewal is among them */
    KAFC_ARRAY(struct kafc_share_acknowledge_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_resp_leader {
    int32_t leader_id;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_share_acknowledge_resp_leader current_leader;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_share_acknowledge_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_resp_node {
    int32_t node_id;
    kafc_str host;
    int32_t port;
    kafc_str rack;
    struct kafc_tags unknown;
};

struct kafc_share_acknowledge_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    int32_t acquisition_lock_timeout_ms;
    KAFC_ARRAY(struct kafc_share_acknowledge_resp_topic) responses;
    KAFC_ARRAY(struct kafc_share_acknowledge_resp_node) node_endpoints;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_share_acknowledge);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_req);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_req_topic);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_req_partition);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_req_ack_batch);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_resp);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_resp_node);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_share_acknowledge_resp_leader);

#endif
