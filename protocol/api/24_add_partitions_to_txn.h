/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddPartitionsToTxn (24): partitions join a transaction. From 4 it is a
 * batch of transactions that brokers send; clients stop at 3.
 */
#ifndef KAFC_PROTOCOL_API_ADD_PARTITIONS_TO_TXN_H
#define KAFC_PROTOCOL_API_ADD_PARTITIONS_TO_TXN_H

#include "protocol/types.h"

struct kafc_add_partitions_to_txn_req_topic {
    kafc_str name;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_add_partitions_to_txn_req_transaction {
    kafc_str transactional_id;
    int64_t producer_id;
    int16_t producer_epoch;
    bool verify_only; /* ask, do not add */
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_add_partitions_to_txn_req {
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_req_transaction) transactions;
    kafc_str v3_and_below_transactional_id;                                      /* to 3 */
    int64_t v3_and_below_producer_id;                                            /* to 3 */
    int16_t v3_and_below_producer_epoch;                                         /* to 3 */
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_req_topic) v3_and_below_topics; /* to 3 */
    struct kafc_tags unknown;
};

struct kafc_add_partitions_to_txn_resp_partition {
    int32_t partition_index;
    int16_t partition_error_code;
    struct kafc_tags unknown;
};

struct kafc_add_partitions_to_txn_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_resp_partition) results_by_partition;
    struct kafc_tags unknown;
};

struct kafc_add_partitions_to_txn_resp_transaction {
    kafc_str transactional_id;
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_resp_topic) topic_results;
    struct kafc_tags unknown;
};

struct kafc_add_partitions_to_txn_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_resp_transaction) results_by_transaction;
    KAFC_ARRAY(struct kafc_add_partitions_to_txn_resp_topic) results_by_topic_v3_and_below; /* to 3 */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_add_partitions_to_txn);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_req);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_req_transaction);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_req_topic);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_resp);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_resp_transaction);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_add_partitions_to_txn_resp_partition);

#endif
