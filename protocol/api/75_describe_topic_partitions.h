/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeTopicPartitions (75): metadata by the page, with eligible leader
 * replicas (KIP-966).
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_TOPIC_PARTITIONS_H
#define KAFC_PROTOCOL_API_DESCRIBE_TOPIC_PARTITIONS_H

#include "protocol/types.h"

struct kafc_describe_topic_partitions_req_topic {
    kafc_str name;
    struct kafc_tags unknown;
};

struct kafc_describe_topic_partitions_req_cursor {
    kafc_str topic_name;
    int32_t partition_index;
    struct kafc_tags unknown;
};

struct kafc_describe_topic_partitions_req {
    KAFC_ARRAY(struct kafc_describe_topic_partitions_req_topic) topics; /* empty: all */
    int32_t response_partition_limit;
    struct kafc_describe_topic_partitions_req_cursor *cursor; /* null: from the first */
    struct kafc_tags unknown;
};

struct kafc_describe_topic_partitions_resp_partition {
    int16_t error_code;
    int32_t partition_index;
    int32_t leader_id; /* -1: none */
    int32_t leader_epoch;
    KAFC_ARRAY(int32_t) replica_nodes;
    KAFC_ARRAY(int32_t) isr_nodes;
    KAFC_ARRAY(int32_t) eligible_leader_replicas; /* complete though not in sync; null: unknown */
    KAFC_ARRAY(int32_t) last_known_elr;           /* to choose from when none is left; null: unknown */
    KAFC_ARRAY(int32_t) offline_replicas;
    struct kafc_tags unknown;
};

struct kafc_describe_topic_partitions_resp_topic {
    int16_t error_code;
    kafc_str name;
    kafc_uuid topic_id;
    bool is_internal;
    KAFC_ARRAY(struct kafc_describe_topic_partitions_resp_partition) partitions;
    int32_t topic_authorized_operations; /* bit n: operation n of DescribeAcls; INT32_MIN: not asked */
    struct kafc_tags unknown;
};

struct kafc_describe_topic_partitions_resp_cursor {
    kafc_str topic_name;
    int32_t partition_index;
    struct kafc_tags unknown;
};

struct kafc_describe_topic_partitions_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_describe_topic_partitions_resp_topic) topics;
    struct kafc_describe_topic_partitions_resp_cursor *next_cursor; /* null: that was the last page */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_topic_partitions);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_req);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_req_cursor);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_req_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_resp_cursor);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_topic_partitions_resp_partition);

#endif
