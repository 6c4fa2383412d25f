/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeTransactions (65), rows.
 */
#include "protocol/api/65_describe_transactions.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_transactions_req
ROWS(kafc_describe_transactions_req) = {
    LIST(transactional_ids, "TransactionalIds", SINCE(0)),
};
MESSAGE(kafc_describe_transactions_req, "DescribeTransactionsRequest", 65, 0, 0, 0);
#undef MSG

#define MSG struct kafc_describe_transactions_resp_topic
ROWS(kafc_describe_transactions_resp_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_transactions_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_describe_transactions_resp_transaction
ROWS(kafc_describe_transactions_resp_transaction) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(transactional_id, "TransactionalId", SINCE(0)),
    STR(transaction_state, "TransactionState", SINCE(0)),
    I32(transaction_timeout_ms, "TransactionTimeoutMs", SINCE(0)),
    I64(transaction_start_time_ms, "TransactionStartTimeMs", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(0)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    ARR(topics, kafc_describe_transactions_resp_topic, "Topics", SINCE(0)),
};
SCHEMA(kafc_describe_transactions_resp_transaction, "TransactionState");
#undef MSG

#define MSG struct kafc_describe_transactions_resp
ROWS(kafc_describe_transactions_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(transaction_states, kafc_describe_transactions_resp_transaction, "TransactionStates", SINCE(0)),
};
MESSAGE(kafc_describe_transactions_resp, "DescribeTransactionsResponse", 65, 0, 0, 0);
#undef MSG

API(kafc_describe_transactions, "DescribeTransactions", 65, 0, 0, 0, KAFC_TO_TXN);
