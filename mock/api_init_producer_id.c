/* SPDX-License-Identifier: BSD-2-Clause
 *
 * InitProducerId: a new producer id without a transactional id; with one its
 * id and the next epoch, from its coordinator.
 */
#include "mock/txn.h"
#include "protocol/api/22_init_producer_id.h"

static kafc_err transactional(const struct kafc_mrq *rq, const struct kafc_init_producer_id_req *q,
                              struct kafc_init_producer_id_resp *a)
{
    kafc_str id = q->transactional_id;
    kafc_err code;

    code = kafc__mock_refuses(rq, KAFC_ACL_TRANSACTIONAL_ID, id, KAFC_ACL_WRITE);
    if (code)
        return code;
    if ((q->producer_id < 0) != (q->producer_epoch < 0))
        return KAFC_ERR_INVALID_REQUEST;
    code = id.len ? kafc__mock_coordinates(rq->c, KAFC_MOCK_TRANSACTIONS, id, rq->conn->broker)
                  : KAFC_OK;
    if (code == KAFC_OK)
        code = kafc__mtxn_init(rq->c, id, q->transaction_timeout_ms, q->producer_id,
                               q->producer_epoch, &a->producer_id, &a->producer_epoch);
    return kafc__mtxn_code(rq, 4, code);
}

/* Who may write to any topic may do so with idempotence (KIP-679); before, that took a permission of its own. */
static kafc_err idempotent(const struct kafc_mrq *rq)
{
    kafc_err code = kafc__mock_refuses_cluster(rq, KAFC_ACL_IDEMPOTENT_WRITE);
    const struct kafc_mtopic *t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node);

    for (; code && !rq->forced && rq->c->features && t;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node))
        if (!kafc__mock_refuses(rq, KAFC_ACL_TOPIC, (kafc_str){ t->name, t->name_len },
                                KAFC_ACL_WRITE))
            return KAFC_OK;
    return code;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_init_producer_id_req *q = req;
    struct kafc_init_producer_id_resp *a = resp;
    kafc_err code = q->transactional_id.p ? rq->forced : idempotent(rq);

    a->producer_id = -1;
    a->producer_epoch = -1;
    if (!code && q->transactional_id.p) {
        code = transactional(rq, q, a);
    } else if (!code) {
        a->producer_id = rq->c->next_producer++;
        a->producer_epoch = 0;
    }
    a->error_code = (int16_t)code;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_init_producer_id = {
    KAFC_API_INIT_PRODUCER_ID, 5, serve, 0, { 0, 0, 0, 0, 1, 1, 2, 5 }
};
