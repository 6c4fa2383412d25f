/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeTransactions (65): the state of transactions and their
 * partitions.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_TRANSACTIONS_H
#define KAFC_PROTOCOL_API_DESCRIBE_TRANSACTIONS_H

#include "protocol/types.h"

struct kafc_describe_transactions_req {
    KAFC_ARRAY(kafc_str) transactional_ids;
    struct kafc_tags unknown;
};

struct kafc_describe_transactions_resp_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_transactions_resp_transaction {
    int16_t error_code;
    kafc_str transactional_id;
    kafc_str transaction_state; /* "Ongoing", "PrepareCommit", "CompleteAbort"… */
    int32_t transaction_timeout_ms;
    int64_t transaction_start_time_ms; /* -1: none */
    int64_t producer_id;
    int16_t producer_epoch;
    KAFC_ARRAY(struct kafc_describe_transactions_resp_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_describe_transactions_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_describe_transactions_resp_transaction) transaction_states;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_transactions);
KAFC_DECLARE_SCHEMA(kafc_describe_transactions_req);
KAFC_DECLARE_SCHEMA(kafc_describe_transactions_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_transactions_resp_transaction);
KAFC_DECLARE_SCHEMA(kafc_describe_transactions_resp_topic);

#endif
