/* SPDX-License-Identifier: BSD-2-Clause
 *
 * InitProducerId: a new producer id without a transactional id, with one the
 * same id and the next epoch. Transactions themselves are not served.
 */
#include "base/mem.h"
#include "mock/state.h"
#include "protocol/api/22_init_producer_id.h"

static struct kafc_mtxn_id *find(struct kafc_cluster *c, kafc_str name)
{
    struct kafc_mtxn_id *t;

    for (t = KAFC_LIST_FIRST(&c->txn_ids, struct kafc_mtxn_id, node); t;
         t = KAFC_LIST_NEXT(&c->txn_ids, t, struct kafc_mtxn_id, node))
        if (t->len == name.len && memcmp(t->name, name.p, (size_t)name.len) == 0)
            return t;
    t = kafc__zalloc(&c->mem, sizeof *t + (size_t)name.len + 1);
    if (!t)
        return NULL;
    t->len = name.len;
    memcpy(t->name, name.p, (size_t)name.len);
    t->producer = -1;
    kafc__list_push(&c->txn_ids, &t->node);
    return t;
}

static kafc_err next_epoch(struct kafc_cluster *c, const struct kafc_init_producer_id_req *q,
                           struct kafc_init_producer_id_resp *a, int16_t version)
{
    struct kafc_mtxn_id *t;

    if (q->transactional_id.len == 0)
        return KAFC_ERR_INVALID_REQUEST;
    if (q->transaction_timeout_ms <= 0)
        return KAFC_ERR_INVALID_TRANSACTION_TIMEOUT;
    t = find(c, q->transactional_id);
    if (!t)
        return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    if (q->producer_id >= 0 && (q->producer_id != t->producer || q->producer_epoch != t->epoch))
        return version >= 4 ? KAFC_ERR_PRODUCER_FENCED : KAFC_ERR_INVALID_PRODUCER_EPOCH;
    if (t->producer < 0 || t->epoch >= INT16_MAX - 1) {
        t->producer = c->next_producer++;
        t->epoch = 0;
    } else {
        t->epoch++;
    }
    a->producer_id = t->producer;
    a->producer_epoch = t->epoch;
    return KAFC_OK;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_init_producer_id_req *q = req;
    struct kafc_init_producer_id_resp *a = resp;

    a->producer_id = -1;
    a->producer_epoch = -1;
    if (rq->forced) {
        a->error_code = (int16_t)rq->forced;
    } else if (q->transactional_id.p) {
        a->error_code = (int16_t)next_epoch(rq->c, q, a, rq->version);
    } else {
        a->producer_id = rq->c->next_producer++;
        a->producer_epoch = 0;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_init_producer_id = { KAFC_API_INIT_PRODUCER_ID, 0, 5, serve };
