/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EndTxn (26): commits or aborts a transaction. 5 is for
 * transaction version 2 alone: its answer bumps the epoch (KIP-890).
 */
#ifndef KAFC_PROTOCOL_API_END_TXN_H
#define KAFC_PROTOCOL_API_END_TXN_H

#include "protocol/types.h"

struct kafc_end_txn_req {
    kafc_str transactional_id;
    int64_t producer_id;
    int16_t producer_epoch;
    bool committed; /* false: abort */
    struct kafc_tags unknown;
};

struct kafc_end_txn_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    int64_t producer_id;    /* from 5; -1: unchanged */
    int16_t producer_epoch; /* from 5; -1: unchanged */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_end_txn);
KAFC_DECLARE_SCHEMA(kafc_end_txn_req);
KAFC_DECLARE_SCHEMA(kafc_end_txn_resp);

#endif
