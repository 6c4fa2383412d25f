/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AddOffsetsToTxn: a group's offsets become a part of the transaction.
 */
#include "mock/txn.h"
#include "protocol/api/25_add_offsets_to_txn.h"

static kafc_err join(struct kafc_mrq *rq, const struct kafc_add_offsets_to_txn_req *q)
{
    kafc_str id = q->transactional_id;
    struct kafc_mtxn *t;
    struct kafc_mgroup *g;
    kafc_err code;

    code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, id, KAFC_ACL_WRITE);
    if (!code)
        code = kafc__mock_refuses(rq, KAFC_ACL_GROUP, q->group_id, KAFC_ACL_READ);
    if (code)
        return code;
    if (id.len == 0)
        return KAFC_ERR_INVALID_REQUEST;
    code = kafc__mock_coordinates(rq->c, KAFC_MOCK_TRANSACTIONS, id, rq->conn->broker);
    if (!code)
        code = kafc__mtxn_of(rq->c, id, q->producer_id, q->producer_epoch, &t);
    if (code)
        return code;
    g = kafc__mgroup_make(rq->c, q->group_id);
    return g && kafc__mtxn_add_group(rq->c, t, g) ? KAFC_OK : KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct kafc_add_offsets_to_txn_resp *a = resp;

    a->error_code = (int16_t)kafc__mtxn_code(rq, 2, join(rq, req));
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_add_offsets_to_txn = {
    KAFC_API_ADD_OFFSETS_TO_TXN, 4, serve, 0, { 0, 0, 0, 0, 1, 1, 2, 4 }
};
