/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __transaction_state, rows.
 */
#include "protocol/blob/txn_log.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_transaction_log_key
ROWS(kafc_transaction_log_key) = {
    STR(transactional_id, "TransactionalId", SINCE(0)),
};
LOG_KEY(kafc_transaction_log_key, "TransactionLogKey", 0);
#undef MSG

#define MSG struct kafc_transaction_log_value_topic
ROWS(kafc_transaction_log_value_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partition_ids, "PartitionIds", SINCE(0)),
};
SCHEMA(kafc_transaction_log_value_topic, "PartitionsSchema");
#undef MSG

#define MSG struct kafc_transaction_log_value
ROWS(kafc_transaction_log_value) = {
    I64(producer_id, "ProducerId", SINCE(0)),
    I64(previous_producer_id, "PreviousProducerId", SINCE(1), TAG(0, 1), DEFAULT(-1)),
    I64(next_producer_id, "NextProducerId", SINCE(1), TAG(1, 1), DEFAULT(-1)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    I16(next_producer_epoch, "NextProducerEpoch", SINCE(1), TAG(3, 1), DEFAULT(-1)),
    I32(transaction_timeout_ms, "TransactionTimeoutMs", SINCE(0)),
    I8(transaction_status, "TransactionStatus", SINCE(0)),
    ARR(transaction_partitions, kafc_transaction_log_value_topic, "TransactionPartitions", SINCE(0), NULLABLE(0)),
    I64(transaction_last_update_timestamp_ms, "TransactionLastUpdateTimestampMs", SINCE(0)),
    I64(transaction_start_timestamp_ms, "TransactionStartTimestampMs", SINCE(0)),
    I16(client_transaction_version, "ClientTransactionVersion", SINCE(1), TAG(2, 1)),
};
DATA(kafc_transaction_log_value, "TransactionLogValue", 0, 1, 1);
#undef MSG
