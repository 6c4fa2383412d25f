/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Claims: partitions that are taken from by one taker alone, on a thread of the
 * application's. A claim ends when its partition goes; the partition stays in
 * memory until the claim is freed.
 */
#include "core/consumer_internal.h"

void kafc__cp_end_claim(struct kafc_consumer_partition *p)
{
    struct kafc_taker *t = p->claim;

    if (!t || atomic_load_explicit(&t->ended, memory_order_relaxed))
        return;
    atomic_store_explicit(&t->ended, true, memory_order_relaxed);
    atomic_store_explicit(&t->look, true, memory_order_relaxed);
    t->awaited = true;
    p->c->ending++;
    t->on_ready(t->ctx);
}

int kafc__consumer_give_up_claims(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    int n = c->ending;

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (p->claim)
            p->claim->awaited = false;
    c->ending = 0;
    return n;
}

/* What the group brought is known to the application first, and what it takes away is claimed no more (rule R8). */
static bool can_be_claimed(const struct kafc_consumer_partition *p)
{
    const struct kafc_place *place = p->place;

    if (p->dead || p->claim || kafc__cp_is_done(p))
        return false;
    return !place || !place->since || (place->known && place->stage == KAFC_PLACE_OURS);
}

static void claim(struct kafc_taker *t, struct kafc_consumer_partition *p)
{
    p->claim = t;
    t->only = p;
    kafc__list_del(&p->node); /* who is claimed, and let go without an end, is not to keep the others waiting */
    kafc__list_push(&p->c->partitions, &p->node);
    kafc__list_del(&p->ready);
    if (p->taker ==
        &p->c->taker) /* the thread that claims reads it: it stands between two messages */
        kafc__taker_put_back(p->taker);
}

kafc_err kafc__consumer_claim(struct kafc_consumer *c, struct kafc_taker *t, kafc_error *err)
{
    struct kafc_consumer_partition *p;
    struct kafc_fetched *told = NULL;
    kafc_err code = KAFC_ERR_WOULD_BLOCK;

    kafc__taker_init(t, c);
    kafc__lock(&c->lock);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    while (p && !can_be_claimed(p))
        p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node);
    told = KAFC_LIST_FIRST(&c->notices, struct kafc_fetched, node);
    if (c->attention)
        code = KAFC_ERR_REBALANCE_IN_PROGRESS;
    else if (told)
        code = told->notice->code;
    else if (p)
        code = KAFC_OK;
    else if (kafc__consumer_all_done(c))
        code = KAFC_ERR_END_OF_RANGE;
    if (code == KAFC_OK)
        claim(t, p);
    told = !c->attention ? told : NULL;
    if (told)
        kafc__list_del(&told->node);
    kafc__unlock(&c->lock);
    if (told && err)
        *err = *told->notice;
    kafc_batch_free(told);
    if (code != KAFC_OK)
        kafc__taker_fini(t);
    if (code == KAFC_ERR_END_OF_RANGE && !told)
        return kafc__error(err, code, "every partition has been read to its stop");
    if (code == KAFC_ERR_WOULD_BLOCK)
        return kafc__error(err, code, "there is no partition to claim");
    return code;
}

void kafc__claim_fini(struct kafc_taker *t)
{
    struct kafc_consumer *c = t->c;
    struct kafc_consumer_partition *p = t->only;
    struct kafc_fetched *gone;

    kafc__lock(&c->lock);
    if (t->current && t->current->from)
        kafc__taker_put_back(t);
    gone = t->current;
    t->current = NULL;
    kafc__decompress_fini(&t->decompress);
    p->claim = NULL;
    if (!p->dead)
        kafc__cp_offer(p);
    c->ending -= t->awaited;
    kafc__consumer_poke(c); /* it can be claimed again, or freed */
    if (t->awaited && c->claim_freed)
        c->claim_freed(c->owner);
    kafc__unlock(&c->lock); /* close waits for this: there may be no consumer any more, nor a client */
    kafc_batch_free(gone);
}

kafc_topic_partition kafc__claim_of(const struct kafc_taker *t)
{
    return (kafc_topic_partition){ t->only->topic->s, t->only->id };
}

kafc_err kafc__claim_seek(struct kafc_taker *t, kafc_position to, kafc_error *err)
{
    kafc_err code = kafc__check_position(t->c, to, false, err);
    bool ended = atomic_load_explicit(&t->ended, memory_order_relaxed);

    if (code)
        return code;
    if (ended)
        return kafc__error(err, KAFC_ERR_CLAIM_ENDED,
                           "%s [%d] is to be given up, or was lost: free the claim",
                           t->only->topic->s, t->only->id);
    kafc__lock(&t->c->lock);
    if (!t->only->dead)
        kafc__cp_seek(t->only, to);
    kafc__unlock(&t->c->lock);
    kafc__consumer_poke(t->c);
    return KAFC_OK;
}

void kafc__claim_state(struct kafc_taker *t, kafc_reader_state *out)
{
    kafc__lock(&t->c->lock);
    kafc__cp_state_get(t->only, out);
    kafc__unlock(&t->c->lock);
}
