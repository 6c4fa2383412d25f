/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BeginQuorumEpoch (53): a new KRaft leader makes itself known.
 */
#ifndef KAFC_PROTOCOL_API_BEGIN_QUORUM_EPOCH_H
#define KAFC_PROTOCOL_API_BEGIN_QUORUM_EPOCH_H

#include "protocol/types.h"

struct kafc_begin_quorum_epoch_req_partition {
    int32_t partition_index;
    kafc_uuid voter_directory_id;
    int32_t leader_id;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_req_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_begin_quorum_epoch_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_req_endpoint {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_req {
    kafc_str cluster_id; /* null: no check */
    int32_t voter_id;
    KAFC_ARRAY(struct kafc_begin_quorum_epoch_req_topic) topics;
    KAFC_ARRAY(struct kafc_begin_quorum_epoch_req_endpoint) leader_endpoints;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    int32_t leader_id; /* -1: unknown */
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_resp_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_begin_quorum_epoch_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_resp_node {
    int32_t node_id;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_begin_quorum_epoch_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_begin_quorum_epoch_resp_topic) topics;
    KAFC_ARRAY(struct kafc_begin_quorum_epoch_resp_node) node_endpoints;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_begin_quorum_epoch);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_req);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_req_endpoint);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_req_topic);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_req_partition);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_resp);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_resp_node);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_begin_quorum_epoch_resp_partition);

#endif
