/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EndTxn (26), rows.
 */
#include "protocol/api/26_end_txn.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_end_txn_req
ROWS(kafc_end_txn_req) = {
    STR(transactional_id, "TransactionalId", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(0)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    BOOL(committed, "Committed", SINCE(0)),
};
MESSAGE(kafc_end_txn_req, "EndTxnRequest", 26, 0, 5, 3);
#undef MSG

#define MSG struct kafc_end_txn_resp
ROWS(kafc_end_txn_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(5), DEFAULT(-1), IGNORABLE),
    I16(producer_epoch, "ProducerEpoch", SINCE(5), DEFAULT(-1), IGNORABLE),
};
MESSAGE(kafc_end_txn_resp, "EndTxnResponse", 26, 0, 5, 3);
#undef MSG

API(kafc_end_txn, "EndTxn", 26, 5, 3, 1, KAFC_TO_TXN);
