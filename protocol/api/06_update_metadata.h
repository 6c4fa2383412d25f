/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateMetadata (6): a ZooKeeper controller tells a broker what clients
 * shall be told. Gone in 4.0.
 */
#ifndef KAFC_PROTOCOL_API_UPDATE_METADATA_H
#define KAFC_PROTOCOL_API_UPDATE_METADATA_H

#include "protocol/types.h"

struct kafc_update_metadata_req_partition {
    kafc_str topic_name; /* to 4 */
    int32_t partition_index;
    int32_t controller_epoch;
    int32_t leader;
    int32_t leader_epoch;
    KAFC_ARRAY(int32_t) isr;
    int32_t zk_version; /* of the partition's state */
    KAFC_ARRAY(int32_t) replicas;
    KAFC_ARRAY(int32_t) offline_replicas;
    struct kafc_tags unknown;
};

struct kafc_update_metadata_req_topic {
    kafc_str topic_name;
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_update_metadata_req_partition) partition_states;
    struct kafc_tags unknown;
};

struct kafc_update_metadata_req_endpoint {
    int32_t port;
    kafc_str host;
    kafc_str listener;
    int16_t security_protocol; /* 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL */
    struct kafc_tags unknown;
};

struct kafc_update_metadata_req_broker {
    int32_t id;
    kafc_str v0_host; /* only 0 */
    int32_t v0_port;  /* only 0 */
    KAFC_ARRAY(struct kafc_update_metadata_req_endpoint) endpoints;
    kafc_str rack;
    struct kafc_tags unknown;
};

struct kafc_update_metadata_req {
    int32_t controller_id;
    bool is_kraft_controller;
    int8_t type;
    int32_t controller_epoch;
    int64_t broker_epoch;                                                             /* -1: none */
    KAFC_ARRAY(struct kafc_update_metadata_req_partition) ungrouped_partition_states; /* to 4 */
    KAFC_ARRAY(struct kafc_update_metadata_req_topic) topic_states;
    KAFC_ARRAY(struct kafc_update_metadata_req_broker) live_brokers;
    struct kafc_tags unknown;
};

struct kafc_update_metadata_resp {
    int16_t error_code;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_update_metadata);
KAFC_DECLARE_SCHEMA(kafc_update_metadata_req);
KAFC_DECLARE_SCHEMA(kafc_update_metadata_req_broker);
KAFC_DECLARE_SCHEMA(kafc_update_metadata_req_endpoint);
KAFC_DECLARE_SCHEMA(kafc_update_metadata_req_topic);
KAFC_DECLARE_SCHEMA(kafc_update_metadata_req_partition);
KAFC_DECLARE_SCHEMA(kafc_update_metadata_resp);

#endif
