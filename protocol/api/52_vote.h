/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Vote (52): a KRaft voter asks for votes; from 2 also whether it would get
 * them.
 */
#ifndef KAFC_PROTOCOL_API_VOTE_H
#define KAFC_PROTOCOL_API_VOTE_H

#include "protocol/types.h"

struct kafc_vote_req_partition {
    int32_t partition_index;
    int32_t replica_epoch;
    int32_t replica_id;
    kafc_uuid replica_directory_id;
    kafc_uuid voter_directory_id;
    int32_t last_offset_epoch;
    int64_t last_offset; /* behind the last record, and last_offset_epoch that record's */
    bool pre_vote;       /* only asks */
    struct kafc_tags unknown;
};

struct kafc_vote_req_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_vote_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_vote_req {
    kafc_str cluster_id; /* null: no check */
    int32_t voter_id;
    KAFC_ARRAY(struct kafc_vote_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_vote_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    int32_t leader_id; /* -1: unknown */
    int32_t leader_epoch;
    bool vote_granted;
    struct kafc_tags unknown;
};

struct kafc_vote_resp_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_vote_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_vote_resp_node {
    int32_t node_id;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_vote_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_vote_resp_topic) topics;
    KAFC_ARRAY(struct kafc_vote_resp_node) node_endpoints;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_vote);
KAFC_DECLARE_SCHEMA(kafc_vote_req);
KAFC_DECLARE_SCHEMA(kafc_vote_req_topic);
KAFC_DECLARE_SCHEMA(kafc_vote_req_partition);
KAFC_DECLARE_SCHEMA(kafc_vote_resp);
KAFC_DECLARE_SCHEMA(kafc_vote_resp_node);
KAFC_DECLARE_SCHEMA(kafc_vote_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_vote_resp_partition);

#endif
