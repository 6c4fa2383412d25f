/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeProducers (61): which producers a partition remembers, to find
 * hanging transactions.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_PRODUCERS_H
#define KAFC_PROTOCOL_API_DESCRIBE_PRODUCERS_H

#include "protocol/types.h"

struct kafc_describe_producers_req_topic {
    kafc_str name;
    KAFC_ARRAY(int32_t) partition_indexes;
    struct kafc_tags unknown;
};

struct kafc_describe_producers_req {
    KAFC_ARRAY(struct kafc_describe_producers_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_describe_producers_resp_producer {
    int64_t producer_id;
    int32_t producer_epoch;
    int32_t last_sequence;            /* -1: none */
    int64_t last_timestamp;           /* ms; -1: none */
    int32_t coordinator_epoch;        /* of the last marker; -1: none */
    int64_t current_txn_start_offset; /* -1: no open transaction */
    struct kafc_tags unknown;
};

struct kafc_describe_producers_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_describe_producers_resp_producer) active_producers;
    struct kafc_tags unknown;
};

struct kafc_describe_producers_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_describe_producers_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_producers_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_describe_producers_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_producers);
KAFC_DECLARE_SCHEMA(kafc_describe_producers_req);
KAFC_DECLARE_SCHEMA(kafc_describe_producers_req_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_producers_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_producers_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_producers_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_describe_producers_resp_producer);

#endif
