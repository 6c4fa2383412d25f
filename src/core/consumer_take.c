/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Handing out what was fetched. Each partition keeps its batches in the order
 * of arrival, and partitions that have some are served in turn. A taker reads
 * its batch without the lock; who takes the batch away from it (a seek, an
 * assign) says so under the lock, and the taker looks before its next message.
 */
#include "base/attr.h"
#include "core/consumer_internal.h"

/* --- Queues ------------------------------------------------------------------------ */

void kafc__cp_offer(struct kafc_consumer_partition *p)
{
    if (kafc__list_empty(&p->batches) || p->paused)
        return;
    if (p->claim)
        p->claim->on_ready(p->claim->ctx);
    else if (!kafc__list_linked(&p->ready))
        kafc__list_push(&p->c->ready, &p->ready);
}

void kafc__cp_queue(struct kafc_consumer_partition *p, struct kafc_fetched *b)
{
    b->from = p;
    if (b->kind == KAFC_FETCHED_RECORDS)
        p->queued += b->size;
    kafc__list_push(&p->batches, &b->node);
    kafc__cp_offer(p);
}

void kafc__drop_fetched(struct kafc_list *batches)
{
    struct kafc_fetched *b;

    while ((b = KAFC_LIST_FIRST(batches, struct kafc_fetched, node)) != NULL) {
        kafc__list_del(&b->node);
        kafc_batch_free(b);
    }
}

/* The taker is not to deliver any more of the batch that it reads. */
static void take_away(struct kafc_consumer_partition *p)
{
    if (!p->taker)
        return;
    p->taker->current->from = NULL;
    atomic_store_explicit(&p->taker->look, true, memory_order_relaxed);
    p->taker = NULL;
}

void kafc__cp_drop(struct kafc_consumer_partition *p)
{
    take_away(p);
    kafc__drop_fetched(&p->batches);
    kafc__list_del(&p->ready);
    p->queued = 0;
}

void kafc__cp_pause(struct kafc_consumer_partition *p, bool on)
{
    p->paused = on;
    if (!on) {
        kafc__cp_offer(p);
        return;
    }
    kafc__list_del(&p->ready);
    if (p->taker)
        atomic_store_explicit(&p->taker->look, true, memory_order_relaxed);
}

/* What p holds behind its last notice is forgotten, and fetched again. */
static bool give_back(struct kafc_consumer_partition *p)
{
    struct kafc_fetched *b;
    bool any = false;

    while (!kafc__list_empty(&p->batches)) {
        b = KAFC_CONTAINER(p->batches.prev, struct kafc_fetched, node);
        if (b->kind != KAFC_FETCHED_RECORDS)
            break;
        p->fetch_offset = b->cursor.next;
        p->queued -= b->size;
        kafc__list_del(&b->node);
        kafc_batch_free(b);
        any = true;
    }
    if (!any)
        return false;
    p->last_epoch = -1; /* that of what stands in front is not known any more */
    p->version++;
    p->busy = false;
    kafc__cp_step(p, KAFC_CP_KNOWN);
    return true;
}

bool kafc__consumer_make_room(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    bool any = false;

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        any = (p->paused && p->queued > 0 && give_back(p)) || any;
    return any;
}

int64_t kafc__cp_position(const struct kafc_consumer_partition *p)
{
    return p->taker ? atomic_load_explicit(&p->taker->position, memory_order_relaxed) : p->position;
}

bool kafc__cp_is_done(const struct kafc_consumer_partition *p)
{
    return p->state == KAFC_CP_DONE && kafc__list_empty(&p->batches) && !p->taker;
}

/* Everything assigned has reached its stop? Nothing assigned is no end. */
bool kafc__consumer_all_done(const struct kafc_consumer *c)
{
    bool any = false;
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (p->dead)
            continue;
        if (!kafc__cp_is_done(p) || p->claim)
            return false;
        any = true;
    }
    return any && !c->idle_topic;
}

/* --- Takers ------------------------------------------------------------------------ */

struct kafc_taker *kafc__consumer_taker(struct kafc_consumer *c)
{
    return &c->taker;
}

void kafc__taker_init(struct kafc_taker *t, struct kafc_consumer *c)
{
    t->c = c;
    t->current = NULL;
    t->only = NULL;
    t->awaited = false;
    atomic_init(&t->ended, false);
    atomic_init(&t->look, false);
    atomic_init(&t->position, -1);
    kafc__decompress_init(&t->decompress, &c->cfg.mem, c->budget, KAFC_PLAIN_MAX);
}

/* Lets go of the current batch, which goes to nobody else: the position of its partition is where the taker stands. */
static struct kafc_fetched *let_go(struct kafc_taker *t, int64_t position)
{
    struct kafc_fetched *b = t->current;

    kafc__lock(&t->c->lock);
    if (b->kind == KAFC_FETCHED_RECORDS && b->from) {
        b->from->position = position;
        b->from->epoch = b->last_epoch;
        b->from->taker = NULL;
        b->from = NULL;
    }
    t->current = NULL;
    kafc__unlock(&t->c->lock);
    return b;
}

void kafc__taker_fini(struct kafc_taker *t)
{
    if (t->current)
        kafc_batch_free(let_go(t, t->current->cursor.next));
    kafc__decompress_fini(&t->decompress);
}

void kafc__taker_put_back(struct kafc_taker *t)
{
    struct kafc_fetched *b = t->current;
    struct kafc_consumer_partition *p = b->from;

    b->cursor.decompress = &b->decompress;
    p->position = b->cursor.next;
    p->queued += b->size;
    p->taker = NULL;
    kafc__list_push_front(&p->batches, &b->node);
    kafc__cp_offer(p);
    t->current = NULL;
}

/* Somebody did something to the partition of the current batch, or there is something to take in front of messages:
 * then not KAFC_OK. */
static kafc_err look(struct kafc_taker *t)
{
    struct kafc_consumer_partition *p;
    struct kafc_fetched *gone = NULL;
    kafc_err code = KAFC_OK;

    kafc__lock(&t->c->lock);
    if (!t->only && t->c->attention)
        code = KAFC_ERR_REBALANCE_IN_PROGRESS;
    else if (t->only && atomic_load_explicit(&t->ended, memory_order_relaxed))
        code = KAFC_ERR_CLAIM_ENDED;
    atomic_store_explicit(&t->look, code != KAFC_OK, memory_order_relaxed);
    p = t->current ? t->current->from : NULL;
    if (t->current && !p) {
        gone = t->current;
        t->current = NULL;
    } else if (p && (p->paused || (p->claim && p->claim != t))) {
        kafc__taker_put_back(t);
    }
    kafc__unlock(&t->c->lock);
    kafc_batch_free(gone);
    return code;
}

/* p's first batch leaves its queue: the position is where it begins. true: p has run low and can be fetched again. */
static bool leave_queue(struct kafc_taker *t, struct kafc_consumer_partition *p)
{
    struct kafc_fetched *b = KAFC_CONTAINER(p->batches.next, struct kafc_fetched, node);
    bool was_low = kafc__cp_is_low(p);

    t->current = b;
    kafc__list_del(&b->node);
    kafc__list_del(&p->ready);
    if (!t->only) /* who claimed it is here */
        kafc__cp_offer(p);
    if (b->kind == KAFC_FETCHED_NOTICE) {
        if (b->notice->code == KAFC_ERR_SKIPPED)
            p->position = b->offset;
        b->from = NULL;
        return false;
    }
    kafc__count(&p->c->stats.messages, (uint64_t)b->messages);
    p->queued -= b->size;
    p->position = b->cursor.next;
    p->delivered = true;
    p->taker = t;
    atomic_store_explicit(&t->position, p->position, memory_order_relaxed);
    b->cursor.decompress = &t->decompress;
    return !was_low && kafc__cp_is_low(p);
}

/* Where the taker's next batch lies, or NULL with the reason. */
static struct kafc_consumer_partition *next_of(const struct kafc_taker *t, kafc_err *why)
{
    struct kafc_consumer_partition *p = t->only;

    if (!p) {
        p = KAFC_LIST_FIRST(&t->c->ready, struct kafc_consumer_partition, ready);
        if (!p)
            *why = kafc__consumer_all_done(t->c) ? KAFC_ERR_END_OF_RANGE : KAFC_ERR_WOULD_BLOCK;
        return p;
    }
    if (atomic_load_explicit(&t->ended, memory_order_relaxed))
        *why = KAFC_ERR_CLAIM_ENDED;
    else if (kafc__cp_is_done(p))
        *why = KAFC_ERR_END_OF_RANGE;
    else if (p->paused || kafc__list_empty(&p->batches))
        *why = KAFC_ERR_WOULD_BLOCK;
    else
        return p;
    return NULL;
}

/* Sets the current batch, where there was none; false with the reason. */
static bool take(struct kafc_taker *t, kafc_err *why)
{
    struct kafc_consumer *c = t->c;
    struct kafc_consumer_partition *p;
    bool poke = false;

    kafc__lock(&c->lock);
    if (!t->only && c->attention) /* in front of messages */
        *why = KAFC_ERR_REBALANCE_IN_PROGRESS;
    else if (!t->only && !kafc__list_empty(&c->notices)) {
        t->current = KAFC_LIST_FIRST(&c->notices, struct kafc_fetched, node);
        kafc__list_del(&t->current->node);
    } else if ((p = next_of(t, why)) != NULL)
        poke = leave_queue(t, p);
    else if (c->starved)
        poke = kafc__consumer_make_room(c);
    kafc__unlock(&c->lock);
    if (poke)
        kafc__consumer_poke(c); /* nothing sleeps a fixed time */
    return t->current != NULL;
}

static kafc_err nothing(const struct kafc_taker *t, kafc_err why, kafc_error *err)
{
    if (why == KAFC_ERR_CLAIM_ENDED)
        return kafc__error(err, why, "%s [%d] is to be given up, or was lost: free the claim",
                           t->only->topic->s, t->only->id);
    if (why == KAFC_ERR_END_OF_RANGE && t->only)
        return kafc__error(err, why, "%s [%d] has been read to its stop", t->only->topic->s,
                           t->only->id);
    if (why == KAFC_ERR_END_OF_RANGE)
        return kafc__error(err, why, "every partition has been read to its stop");
    return kafc__error(err, why, "no message is here yet");
}

/* What stands at the position cannot be read: going on behind it would lose it, so only a seek goes on. false: nobody
 * wants to know any more. */
static bool stop_at(struct kafc_taker *t)
{
    struct kafc_fetched *b = t->current;
    struct kafc_consumer_partition *p;

    kafc__lock(&t->c->lock);
    p = b->from;
    if (p) {
        kafc__cp_drop(p);
        p->version++;
        p->position = b->cursor.next;
        kafc__cp_step(p, KAFC_CP_BROKEN);
        b->kind = KAFC_FETCHED_NOTICE; /* the message's topic borrows from it until the next call */
    }
    kafc__unlock(&t->c->lock);
    return p != NULL;
}

static kafc_err give_notice(struct kafc_fetched *b, kafc_message *m, kafc_error *err)
{
    kafc_err code = b->notice->code;

    memset(m, 0, sizeof *m);
    m->topic = b->topic->s;
    m->partition = b->partition;
    m->offset = b->offset;
    if (err)
        *err = *b->notice;
    return code;
}

static KAFC_NOINLINE kafc_err next_of_any(struct kafc_taker *t, kafc_message *m, kafc_error *err)
{
    kafc_err code;

    for (;;) {
        struct kafc_fetched *b;

        if (atomic_load_explicit(&t->look, memory_order_relaxed) && (code = look(t)) != KAFC_OK)
            return nothing(t, code, err);
        b = t->current;
        if (b && b->kind == KAFC_FETCHED_RECORDS) {
            code = kafc__fetched_next(b, m, err);
            if (code == KAFC_OK) {
                atomic_store_explicit(&t->position, b->cursor.next, memory_order_relaxed);
                return KAFC_OK;
            }
            if (code == KAFC_ERR_NO_MEMORY)
                return code; /* the next call tries again */
            if (code != KAFC_ERR_END_OF_RANGE && stop_at(t)) {
                m->offset = b->cursor.next;
                return code;
            }
        }
        if (b)
            kafc_batch_free(let_go(t, b->cursor.next));
        if (!take(t, &code))
            return nothing(t, code, err);
        if (t->current->kind == KAFC_FETCHED_NOTICE)
            return give_notice(t->current, m, err);
    }
}

kafc_err kafc__consumer_next(struct kafc_taker *t, kafc_message *m, kafc_error *err)
{
    struct kafc_fetched *b = t->current;

    if (atomic_load_explicit(&t->look, memory_order_relaxed) || !b ||
        b->kind != KAFC_FETCHED_RECORDS || !kafc__fetched_plain(b, m))
        return next_of_any(t, m, err);
    atomic_store_explicit(&t->position, b->cursor.next, memory_order_relaxed);
    return KAFC_OK;
}

kafc_err kafc__consumer_next_batch(struct kafc_taker *t, kafc_batch **out, kafc_error *err)
{
    kafc_err code;
    struct kafc_fetched *b;
    kafc_message m;

    *out = NULL;
    if (atomic_load_explicit(&t->look, memory_order_relaxed) && (code = look(t)) != KAFC_OK)
        return nothing(t, code, err);
    if (t->current && t->current->kind == KAFC_FETCHED_NOTICE)
        kafc_batch_free(let_go(t, -1));
    if (!t->current && !take(t, &code)) /* else: the rest of what next() had begun */
        return nothing(t, code, err);
    b = t->current;
    if (b->kind == KAFC_FETCHED_NOTICE)
        return give_notice(b, &m, err);
    b->cursor.decompress = &b->decompress;
    *out = let_go(t, b->next_offset < b->cursor.stop ? b->next_offset : b->cursor.stop);
    return KAFC_OK;
}
