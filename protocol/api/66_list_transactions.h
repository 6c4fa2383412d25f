/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListTransactions (66): the transactions that the broker asked
 * coordinates.
 */
#ifndef KAFC_PROTOCOL_API_LIST_TRANSACTIONS_H
#define KAFC_PROTOCOL_API_LIST_TRANSACTIONS_H

#include "protocol/types.h"

struct kafc_list_transactions_req {
    KAFC_ARRAY(kafc_str) state_filters;      /* empty: all */
    KAFC_ARRAY(int64_t) producer_id_filters; /* empty: all */
    int64_t duration_filter;                 /* ms that it has been open at least; -1: any */
    kafc_str transactional_id_pattern;       /* RE2; null: any */
    struct kafc_tags unknown;
};

struct kafc_list_transactions_resp_transaction {
    kafc_str transactional_id;
    int64_t producer_id;
    kafc_str transaction_state;
    struct kafc_tags unknown;
};

struct kafc_list_transactions_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(kafc_str) unknown_state_filters;
    KAFC_ARRAY(struct kafc_list_transactions_resp_transaction) transaction_states;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_list_transactions);
KAFC_DECLARE_SCHEMA(kafc_list_transactions_req);
KAFC_DECLARE_SCHEMA(kafc_list_transactions_resp);
KAFC_DECLARE_SCHEMA(kafc_list_transactions_resp_transaction);

#endif
