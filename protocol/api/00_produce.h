/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Produce (0): batches to the leaders of their partitions.
 */
#ifndef KAFC_PROTOCOL_API_PRODUCE_H
#define KAFC_PROTOCOL_API_PRODUCE_H

#include "protocol/types.h"

struct kafc_produce_req_partition {
    int32_t index;
    struct kafc_records records; /* one batch from 3 on */
    struct kafc_tags unknown;
};

struct kafc_produce_req_topic {
    kafc_str name;      /* to 12 */
    kafc_uuid topic_id; /* from 13 */
    KAFC_ARRAY(struct kafc_produce_req_partition) partition_data;
    struct kafc_tags unknown;
};

struct kafc_produce_req {
    kafc_str transactional_id; /* null: no transaction */
    int16_t acks;              /* 0 has no response, 1 leader, -1 all in sync */
    int32_t timeout_ms;        /* for the replicas that acks waits for */
    KAFC_ARRAY(struct kafc_produce_req_topic) topic_data;
    struct kafc_tags unknown;
};

struct kafc_produce_resp_record_error {
    int32_t batch_index; /* the record's place in its batch */
    kafc_str batch_index_error_message;
    struct kafc_tags unknown;
};

struct kafc_produce_resp_leader {
    int32_t leader_id;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_produce_resp_partition {
    int32_t index;
    int16_t error_code;
    int64_t base_offset;
    int64_t log_append_time_ms; /* -1: the topic keeps the producer's timestamps */
    int64_t log_start_offset;   /* -1: unknown */
    KAFC_ARRAY(struct kafc_produce_resp_record_error) record_errors;
    kafc_str error_message;
    struct kafc_produce_resp_leader current_leader; /* with error 6, from 10 */
    struct kafc_tags unknown;
};

struct kafc_produce_resp_topic {
    kafc_str name;
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_produce_resp_partition) partition_responses;
    struct kafc_tags unknown;
};

struct kafc_produce_resp_node {
    int32_t node_id;
    kafc_str host;
    int32_t port;
    kafc_str rack;
    struct kafc_tags unknown;
};

struct kafc_produce_resp {
    KAFC_ARRAY(struct kafc_produce_resp_topic) responses;
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_produce_resp_node) node_endpoints; /* of the leaders named above */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_produce);
KAFC_DECLARE_SCHEMA(kafc_produce_req);
KAFC_DECLARE_SCHEMA(kafc_produce_req_topic);
KAFC_DECLARE_SCHEMA(kafc_produce_req_partition);
KAFC_DECLARE_SCHEMA(kafc_produce_resp);
KAFC_DECLARE_SCHEMA(kafc_produce_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_produce_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_produce_resp_record_error);
KAFC_DECLARE_SCHEMA(kafc_produce_resp_leader);
KAFC_DECLARE_SCHEMA(kafc_produce_resp_node);

#endif
