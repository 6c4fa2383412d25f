/* SPDX-License-Identifier: BSD-2-Clause
 *
 * InitProducerId (22), rows. 6 is not final.
 */
#include "protocol/api/22_init_producer_id.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_init_producer_id_req
ROWS(kafc_init_producer_id_req) = {
    STR(transactional_id, "TransactionalId", SINCE(0), NULLABLE(0)),
    I32(transaction_timeout_ms, "TransactionTimeoutMs", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(3), DEFAULT(-1)),
    I16(producer_epoch, "ProducerEpoch", SINCE(3), DEFAULT(-1)),
    BOOL(enable_2pc, "Enable2Pc", SINCE(6)),
    BOOL(keep_prepared_txn, "KeepPreparedTxn", SINCE(6)),
};
MESSAGE(kafc_init_producer_id_req, "InitProducerIdRequest", 22, 0, 6, 2);
#undef MSG

#define MSG struct kafc_init_producer_id_resp
ROWS(kafc_init_producer_id_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(producer_id, "ProducerId", SINCE(0), DEFAULT(-1)),
    I16(producer_epoch, "ProducerEpoch", SINCE(0)),
    I64(ongoing_txn_producer_id, "OngoingTxnProducerId", SINCE(6), DEFAULT(-1)),
    I16(ongoing_txn_producer_epoch, "OngoingTxnProducerEpoch", SINCE(6), DEFAULT(-1)),
};
MESSAGE(kafc_init_producer_id_resp, "InitProducerIdResponse", 22, 0, 6, 2);
#undef MSG

/* version 6 is not final */
API_PICK(kafc_init_producer_id, "InitProducerId", 22, 6, 2, 1, KAFC_TO_TXN, 0, 5);
