/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddOffsetsToTxn (25), rows.
 */
#include "protocol/api/25_add_offsets_to_txn.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_add_offsets_to_txn_req
ROWS(kafc_add_offsets_to_txn_req) = {
    STR(transactional_id, "TransactionalId", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(0)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    STR(group_id, "GroupId", SINCE(0)),
};
MESSAGE(kafc_add_offsets_to_txn_req, "AddOffsetsToTxnRequest", 25, 0, 4, 3);
#undef MSG

#define MSG struct kafc_add_offsets_to_txn_resp
ROWS(kafc_add_offsets_to_txn_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
MESSAGE(kafc_add_offsets_to_txn_resp, "AddOffsetsToTxnResponse", 25, 0, 4, 3);
#undef MSG

API(kafc_add_offsets_to_txn, "AddOffsetsToTxn", 25, 4, 3, 1, KAFC_TO_TXN);
