/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ConsumerGroupHeartbeat (68): the one request of the KIP-848 group: joins,
 * stays, subscribes, takes and gives up partitions. Null: unchanged since
 * the last one.
 */
#ifndef KAFC_PROTOCOL_API_CONSUMER_GROUP_HEARTBEAT_H
#define KAFC_PROTOCOL_API_CONSUMER_GROUP_HEARTBEAT_H

#include "protocol/types.h"

struct kafc_consumer_group_heartbeat_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_heartbeat_req {
    kafc_str group_id;
    kafc_str member_id;   /* of the member's own making from 1 on; "" joins in 0 */
    int32_t member_epoch; /* 0 joins, -1 leaves, -2 leaves for a while (static) */
    kafc_str instance_id; /* null: no static member, or unchanged */
    kafc_str rack_id;
    int32_t rebalance_timeout_ms;                /* to give partitions up; -1: unchanged */
    KAFC_ARRAY(kafc_str) subscribed_topic_names; /* null: unchanged */
    kafc_str subscribed_topic_regex;             /* RE2; null: unchanged */
    kafc_str server_assignor;                    /* "uniform", "range"; null: unchanged */
    /* what it owns; null: unchanged */
    KAFC_ARRAY(struct kafc_consumer_group_heartbeat_req_topic) topic_partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_heartbeat_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_heartbeat_resp_assignment {
    KAFC_ARRAY(struct kafc_consumer_group_heartbeat_resp_topic) topic_partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_heartbeat_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    kafc_str member_id;
    int32_t member_epoch;
    int32_t heartbeat_interval_ms;
    struct kafc_consumer_group_heartbeat_resp_assignment *assignment; /* null: unchanged */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_consumer_group_heartbeat);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_heartbeat_req);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_heartbeat_req_topic);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_heartbeat_resp);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_heartbeat_resp_assignment);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_heartbeat_resp_topic);

#endif
