/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeQuorum (55): the KRaft quorum: leader, voters, observers, how far
 * each is.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_QUORUM_H
#define KAFC_PROTOCOL_API_DESCRIBE_QUORUM_H

#include "protocol/types.h"

struct kafc_describe_quorum_req_partition {
    int32_t partition_index;
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_req_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_describe_quorum_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_req {
    KAFC_ARRAY(struct kafc_describe_quorum_req_topic) topics; /* __cluster_metadata, partition 0 */
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_resp_replica_state {
    int32_t replica_id;
    kafc_uuid replica_directory_id;
    int64_t log_end_offset;           /* -1: unknown */
    int64_t last_fetch_timestamp;     /* ms; -1: unknown */
    int64_t last_caught_up_timestamp; /* ms; -1: unknown */
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    kafc_str error_message;
    int32_t leader_id;
    int32_t leader_epoch;
    int64_t high_watermark;
    KAFC_ARRAY(struct kafc_describe_quorum_resp_replica_state) current_voters;
    KAFC_ARRAY(struct kafc_describe_quorum_resp_replica_state) observers;
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_resp_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_describe_quorum_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_resp_listener {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_resp_node {
    int32_t node_id;
    KAFC_ARRAY(struct kafc_describe_quorum_resp_listener) listeners;
    struct kafc_tags unknown;
};

struct kafc_describe_quorum_resp {
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_describe_quorum_resp_topic) topics;
    KAFC_ARRAY(struct kafc_describe_quorum_resp_node) nodes;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_quorum);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_req);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_req_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_req_partition);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_resp_node);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_resp_listener);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_describe_quorum_resp_replica_state);

#endif
