/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddOffsetsToTxn (25): a group's offsets join a transaction. Not needed
 * from transaction version 2 on (KIP-890).
 */
#ifndef KAFC_PROTOCOL_API_ADD_OFFSETS_TO_TXN_H
#define KAFC_PROTOCOL_API_ADD_OFFSETS_TO_TXN_H

#include "protocol/types.h"

struct kafc_add_offsets_to_txn_req {
    kafc_str transactional_id;
    int64_t producer_id;
    int16_t producer_epoch;
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_add_offsets_to_txn_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_add_offsets_to_txn);
KAFC_DECLARE_SCHEMA(kafc_add_offsets_to_txn_req);
KAFC_DECLARE_SCHEMA(kafc_add_offsets_to_txn_resp);

#endif
