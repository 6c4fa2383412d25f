/* SPDX-License-Identifier: BSD-2-Clause
 *
 * EndTxn: the decision; markers follow on their own. From version 5 on it
 * answers with the epoch of the next transaction.
 */
#include "mock/txn.h"
#include "protocol/api/26_end_txn.h"

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_end_txn_req *q = req;
    struct kafc_end_txn_resp *a = resp;
    kafc_str id = q->transactional_id;
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, id, KAFC_ACL_WRITE);

    a->producer_id = -1;
    a->producer_epoch = -1;
    if (!code && id.len == 0)
        code = KAFC_ERR_INVALID_REQUEST;
    if (!code)
        code = kafc__mock_coordinates(rq->c, KAFC_MOCK_TRANSACTIONS, id, rq->conn->broker);
    if (!code)
        code = kafc__mtxn_end(rq->c, id, q->producer_id, q->producer_epoch, q->committed,
                              rq->version >= 5, &a->producer_id, &a->producer_epoch);
    if (rq->version < 5)
        a->producer_id = a->producer_epoch = -1;
    a->error_code = (int16_t)kafc__mtxn_code(rq, 2, code);
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_end_txn = {
    KAFC_API_END_TXN, 5, serve, 0, { 0, 0, 0, 0, 1, 1, 2, 4 }
};
