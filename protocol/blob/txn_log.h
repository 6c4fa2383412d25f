/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __transaction_state. On the wire an INT16 stands in front, of
 * keys the record type, of values their version.
 */
#ifndef KAFC_PROTOCOL_BLOB_TXN_LOG_H
#define KAFC_PROTOCOL_BLOB_TXN_LOG_H

#include "protocol/types.h"

struct kafc_transaction_log_key {
    kafc_str transactional_id;
    struct kafc_tags unknown;
};

struct kafc_transaction_log_value_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partition_ids;
    struct kafc_tags unknown;
};

struct kafc_transaction_log_value {
    int64_t producer_id;
    int64_t previous_producer_id; /* of the last transaction committed; -1: none */
    int64_t next_producer_id;     /* when the epochs of this one are used up; -1: none */
    int16_t producer_epoch;
    int16_t next_producer_epoch;
    int32_t transaction_timeout_ms;
    /* 0 empty, 1 ongoing, 2 committing, 3 aborting, 4 committed, 5 aborted, 6 dead, 7 fencing */
    int8_t transaction_status;
    KAFC_ARRAY(struct kafc_transaction_log_value_topic) transaction_partitions; /* null: none */
    int64_t transaction_last_update_timestamp_ms;
    int64_t transaction_start_timestamp_ms;
    int16_t client_transaction_version; /* 2: the epoch is bumped with every transaction */
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_transaction_log_key);
KAFC_DECLARE_SCHEMA(kafc_transaction_log_value);
KAFC_DECLARE_SCHEMA(kafc_transaction_log_value_topic);

#endif
