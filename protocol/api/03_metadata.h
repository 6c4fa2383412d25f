/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Metadata (3): brokers, topics, partitions and their leaders.
 */
#ifndef KAFC_PROTOCOL_API_METADATA_H
#define KAFC_PROTOCOL_API_METADATA_H

#include "protocol/types.h"

struct kafc_metadata_req_topic {
    kafc_uuid topic_id; /* zero: by name */
    kafc_str name;      /* null: by id, from 12 on */
    struct kafc_tags unknown;
};

struct kafc_metadata_req {
    KAFC_ARRAY(struct kafc_metadata_req_topic) topics; /* null: all, from 1 on; in 0 empty is all */
    bool allow_auto_topic_creation;
    bool include_cluster_authorized_operations;
    bool include_topic_authorized_operations;
    struct kafc_tags unknown;
};

struct kafc_metadata_resp_broker {
    int32_t node_id;
    kafc_str host;
    int32_t port;
    kafc_str rack;
    struct kafc_tags unknown;
};

struct kafc_metadata_resp_partition {
    int16_t error_code;
    int32_t partition_index;
    int32_t leader_id;    /* -1: none */
    int32_t leader_epoch; /* -1: unknown */
    KAFC_ARRAY(int32_t) replica_nodes;
    KAFC_ARRAY(int32_t) isr_nodes;
    KAFC_ARRAY(int32_t) offline_replicas;
    struct kafc_tags unknown;
};

struct kafc_metadata_resp_topic {
    int16_t error_code;
    kafc_str name; /* null: an id that is unknown */
    kafc_uuid topic_id;
    bool is_internal;
    KAFC_ARRAY(struct kafc_metadata_resp_partition) partitions;
    int32_t topic_authorized_operations; /* bit n: operation n of DescribeAcls; INT32_MIN: not asked */
    struct kafc_tags unknown;
};

struct kafc_metadata_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_metadata_resp_broker) brokers;
    kafc_str cluster_id;
    int32_t controller_id; /* KRaft brokers name any broker; -1: none */
    KAFC_ARRAY(struct kafc_metadata_resp_topic) topics;
    int32_t cluster_authorized_operations;
    int16_t error_code; /* from 13 */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_metadata);
KAFC_DECLARE_SCHEMA(kafc_metadata_req);
KAFC_DECLARE_SCHEMA(kafc_metadata_req_topic);
KAFC_DECLARE_SCHEMA(kafc_metadata_resp);
KAFC_DECLARE_SCHEMA(kafc_metadata_resp_broker);
KAFC_DECLARE_SCHEMA(kafc_metadata_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_metadata_resp_partition);

#endif
