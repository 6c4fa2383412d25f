/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What leaders and group coordinators ask the coordinator of a transaction
 * before they take a part of it (KIP-890): is it open, and did this partition
 * or group join? Former releases did not ask.
 */
#include "mock/txn.h"

enum {
    PRODUCE_ABORTABLE = 11, /* versions from which a code or the implicit joining is known */
    PRODUCE_JOINS = 12,
    OFFSETS_ABORTABLE = 4,
    OFFSETS_JOIN = 5
};

kafc_err kafc__mtxn_code(const struct kafc_mrq *rq, int16_t since, kafc_err code)
{
    return code == KAFC_ERR_PRODUCER_FENCED && rq->version < since ? KAFC_ERR_INVALID_PRODUCER_EPOCH
                                                                   : code;
}

/* The transaction, if it is open to the producer. */
static kafc_err ask(const struct kafc_mrq *rq, kafc_str id, int64_t producer, int16_t epoch,
                    struct kafc_mtxn **out)
{
    struct kafc_cluster *c = rq->c;
    const struct kafc_mslot *s = kafc__mock_slot(c, KAFC_MOCK_TRANSACTIONS, id);
    kafc_err code = s->broker < 0          ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE
                    : s->ready_at > c->now ? KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS
                                           : kafc__mtxn_of(c, id, producer, epoch, out);

    return code == KAFC_ERR_PRODUCER_FENCED ? KAFC_ERR_INVALID_PRODUCER_EPOCH : code;
}

static kafc_err not_joined(const struct kafc_mrq *rq, int16_t abortable)
{
    return rq->version >= abortable ? KAFC_ERR_TRANSACTION_ABORTABLE : KAFC_ERR_INVALID_TXN_STATE;
}

/* In words that producers know, and repeat the request after. */
static kafc_err for_producers(const struct kafc_mrq *rq, kafc_err code)
{
    if (code == KAFC_ERR_CONCURRENT_TRANSACTIONS && rq->version >= PRODUCE_JOINS)
        return code;
    return code == KAFC_ERR_CONCURRENT_TRANSACTIONS || code == KAFC_ERR_COORDINATOR_NOT_AVAILABLE ||
                   code == KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS
               ? KAFC_ERR_NOT_ENOUGH_REPLICAS
               : code;
}

kafc_err kafc__mtxn_admits(struct kafc_mrq *rq, kafc_str id, struct kafc_mpart *p,
                           const struct kafc_mbatch *b)
{
    struct kafc_mtxn *t;
    kafc_err code;

    if (!(b->attributes & KAFC_MBATCH_TXN))
        return KAFC_OK;
    if (!id.p)
        return KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
    if (!rq->c->verifies || kafc__mlog_ongoing(&p->log, b->producer, b->epoch))
        return KAFC_OK;
    if (b->epoch < kafc__mlog_producer_epoch(&p->log, b->producer))
        return KAFC_ERR_INVALID_PRODUCER_EPOCH;
    code = ask(rq, id, b->producer, b->epoch, &t);
    if (code)
        return for_producers(rq, code);
    if (rq->version < PRODUCE_JOINS)
        return kafc__mtxn_has(t, p) ? KAFC_OK : not_joined(rq, PRODUCE_ABORTABLE);
    if (kafc__mlog_producer_epoch(&p->log, b->producer) < 0 && b->sequence != 0)
        return KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER; /* its beginning is missing */
    return kafc__mtxn_add(rq->c, t, p) ? KAFC_OK : KAFC_ERR_NOT_ENOUGH_REPLICAS;
}

kafc_err kafc__mtxn_admits_offsets(struct kafc_mrq *rq, kafc_str id, int64_t producer,
                                   int16_t epoch, struct kafc_mgroup *g)
{
    struct kafc_mtxn *t = NULL;
    kafc_err code = ask(rq, id, producer, epoch, &t);

    if (!rq->c->verifies) /* the epoch stands in the log that the offsets would go to */
        return code == KAFC_ERR_INVALID_PRODUCER_EPOCH ? code : KAFC_OK;
    if (code)
        return code;
    if (rq->version < OFFSETS_JOIN)
        return kafc__mtxn_has_group(t, g) ? KAFC_OK : not_joined(rq, OFFSETS_ABORTABLE);
    return kafc__mtxn_add_group(rq->c, t, g) ? KAFC_OK : KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
}
