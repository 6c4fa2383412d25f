/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListTransactions (66), rows.
 */
#include "protocol/api/66_list_transactions.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_list_transactions_req
ROWS(kafc_list_transactions_req) = {
    LIST(state_filters, "StateFilters", SINCE(0)),
    LIST(producer_id_filters, "ProducerIdFilters", SINCE(0)),
    I64(duration_filter, "DurationFilter", SINCE(1), DEFAULT(-1)),
    STR(transactional_id_pattern, "TransactionalIdPattern", SINCE(2), NULLABLE(2), DEFAULT_NULL),
};
MESSAGE(kafc_list_transactions_req, "ListTransactionsRequest", 66, 0, 2, 0);
#undef MSG

#define MSG struct kafc_list_transactions_resp_transaction
ROWS(kafc_list_transactions_resp_transaction) = {
    STR(transactional_id, "TransactionalId", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(0)),
    STR(transaction_state, "TransactionState", SINCE(0)),
};
SCHEMA(kafc_list_transactions_resp_transaction, "TransactionState");
#undef MSG

#define MSG struct kafc_list_transactions_resp
ROWS(kafc_list_transactions_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    LIST(unknown_state_filters, "UnknownStateFilters", SINCE(0)),
    ARR(transaction_states, kafc_list_transactions_resp_transaction, "TransactionStates", SINCE(0)),
};
MESSAGE(kafc_list_transactions_resp, "ListTransactionsResponse", 66, 0, 2, 0);
#undef MSG

API(kafc_list_transactions, "ListTransactions", 66, 2, 0, 0, KAFC_TO_ALL);
