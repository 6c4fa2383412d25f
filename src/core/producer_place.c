/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What each partition waits for: each is on one list, of the linger, the
 * back-off, a leader, a producer id, or its leader's turn; or on none, while
 * its requests are in flight. The driver's thread.
 */
#include "base/mem.h"
#include "core/producer_internal.h"

enum {
    REMEMBERED = 5, /* batches of a producer that a leader knows again */
};

int64_t kafc__producer_deadline(const struct kafc_producer *p, const struct kafc_batch_out *b)
{
    return b->opened_at + p->cfg.delivery_timeout_us;
}

static void adopt(struct kafc_producer *p, struct kafc_part *part, struct kafc_batch_out *b)
{
    b->serial = ++p->serial;
    if (!b->opened_at)
        b->opened_at = kafc__core_now(p->core);
    kafc__histogram_add(&p->stats.batch_queue_time, kafc__core_now(p->core) - b->opened_at);
    kafc__list_push(&part->queue, &b->node);
    kafc__list_push(&p->all, &b->all);
}

/* Takes over what senders have sealed. When something is open: when it was opened, and if somebody waits for it. */
static bool take_full(struct kafc_producer *p, struct kafc_part *part, int64_t *opened_at,
                      bool *hurry)
{
    struct kafc_list list;
    kafc__list_init(&list);
    kafc__quick_lock(&part->lock);
    kafc__list_splice(&list, &part->full);
    struct kafc_batch_out *open = part->open;
    if (open) {
        if (!open->opened_at)
            open->opened_at = kafc__core_now(p->core);
        *opened_at = open->opened_at;
        *hurry = open->hurry;
    }
    kafc__quick_unlock(&part->lock);
    struct kafc_batch_out *b;
    while ((b = KAFC_LIST_FIRST(&list, struct kafc_batch_out, node))) {
        kafc__list_del(&b->node);
        adopt(p, part, b);
    }
    return open != NULL;
}

/* Seals the open batch, full or not, outside the lock: senders open another meanwhile. */
void kafc__producer_take_open(struct kafc_producer *p, struct kafc_part *part)
{
    struct kafc_list list; /* full ones stand in front of it */
    kafc__list_init(&list);
    kafc__quick_lock(&part->lock);
    kafc__list_splice(&list, &part->full);
    struct kafc_batch_out *b = part->open;
    part->open = NULL;
    if (b) {
        atomic_fetch_add_explicit(&part->queued, 1, memory_order_relaxed);
        kafc__list_push(&list, &b->node);
    }
    kafc__quick_unlock(&part->lock);
    while ((b = KAFC_LIST_FIRST(&list, struct kafc_batch_out, node))) {
        kafc__list_del(&b->node);
        adopt(p, part, b);
        (void)kafc__batch_out_seal(&p->pool, b, NULL);
        kafc__producer_slots_give(p, b->slot_credit);
        b->slot_credit = 0;
    }
}

static struct kafc_batch_out *next_unsent(struct kafc_part *part)
{
    struct kafc_batch_out *b = KAFC_LIST_FIRST(&part->queue, struct kafc_batch_out, node);
    while (b && b->flying)
        b = KAFC_LIST_NEXT(&part->queue, b, struct kafc_batch_out, node);
    return b;
}

static bool rushing(struct kafc_producer *p)
{
    return p->rush || atomic_load_explicit(&p->refusing, memory_order_relaxed);
}

/* The next batch to send; seals the open one if nothing else is there. Batches that cannot be sent any more get their
 * verdict here. NULL: nothing. */
struct kafc_batch_out *kafc__producer_take_next(struct kafc_producer *p, struct kafc_part *part)
{
    for (;;) {
        struct kafc_batch_out *b = next_unsent(part);
        if (!b) {
            kafc__producer_take_open(p, part);
            b = next_unsent(part);
        }
        if (!b)
            return NULL;
        if (b->broken)
            kafc__producer_fail(p, b, KAFC_ERR_NO_MEMORY);
        else if (kafc__producer_deadline(p, b) <= kafc__core_now(p->core))
            kafc__producer_fail(p, b, b->cause == KAFC_OK ? KAFC_ERR_TIMED_OUT : b->cause);
        else
            return b;
    }
}

static struct kafc_node_out *node_of(struct kafc_producer *p, struct kafc_part *part, int32_t id)
{
    if (part->node && part->node->id == id)
        return part->node;
    for (struct kafc_node_out *n = p->nodes; n; n = n->next)
        if (n->id == id)
            return part->node = n;
    struct kafc_node_out *n = kafc__zalloc(&p->cfg.mem, sizeof(*n));
    if (!n)
        return NULL;
    n->id = id;
    n->p = p;
    kafc__list_init(&n->ready);
    n->next = p->nodes;
    p->nodes = n;
    return part->node = n;
}

/* The list is in order of due_at; newcomers nearly always belong to the end. */
static void wait_until(struct kafc_list *list, struct kafc_part *part, int64_t at)
{
    struct kafc_list *before = list;
    while (before->prev != list &&
           KAFC_CONTAINER(before->prev, struct kafc_part, place)->due_at > at)
        before = before->prev;
    part->due_at = at;
    kafc__list_insert(before, &part->place);
}

static void to_leader(struct kafc_producer *p, struct kafc_part *part,
                      const struct kafc_batch_out *b)
{
    int32_t leader = -1;
    if (kafc__producer_want_topic(p, part->topic))
        leader = kafc__meta_leader(part->topic->meta, part->id, NULL);
    kafc__producer_look_led(p, part);
    if (leader < 0) {
        if (kafc__list_empty(&p->homeless) && p->ask_at == INT64_MAX)
            p->ask_at = kafc__core_now(p->core) + kafc__core_retry_delay(p->core, p->asks++);
        kafc__list_push(&p->homeless, &part->place);
        return;
    }
    if (p->idempotent && !kafc__producer_id_ready(p, part, b)) {
        if (part->in_flight == 0)
            kafc__list_push(&p->without_id, &part->place);
        return;
    }
    struct kafc_node_out *n = node_of(p, part, leader);
    if (!n) {
        part->retry_at = kafc__core_now(p->core) + MEMORY_RETRY_US;
        wait_until(&p->backing_off, part, part->retry_at);
        return;
    }
    kafc__list_push(&n->ready, &part->place);
}

/* A broker that knows nothing of the producer takes any sequence for the first. So the first batch
 * of an epoch goes alone: were it lost on the way, the second would be taken in its place. */
static int32_t limit_of(const struct kafc_producer *p, const struct kafc_part *part)
{
    return p->idempotent && !part->proven ? 1 : p->max_in_flight;
}

/* A leader remembers five batches. If more were written behind one whose answer was lost, its repetition would be
 * taken for a gap, and be written again under a new epoch. So a new one waits while the first in line is too old. */
static bool outruns(const struct kafc_part *part, const struct kafc_batch_out *b)
{
    const struct kafc_batch_out *head = KAFC_LIST_FIRST(&part->queue, struct kafc_batch_out, node);
    bool fresh = !b || b->sequence < 0;
    return fresh && head && head->sequence >= 0 && part->numbered - head->nth >= REMEMBERED;
}

void kafc__producer_place(struct kafc_producer *p, struct kafc_part *part)
{
    int64_t opened_at = 0, now = kafc__core_now(p->core);
    bool hurry = false;
    kafc__list_del(&part->place);
    bool open = take_full(p, part, &opened_at, &hurry);
    struct kafc_batch_out *b = next_unsent(part);
    if (!b && !open) {
        if (kafc__list_empty(&part->queue))
            kafc__list_del(&part->busy);
        return;
    }
    if (!kafc__list_linked(&part->busy))
        kafc__list_push(&p->busy, &part->busy);
    part->topic->used_at = now;
    int64_t expires = b ? kafc__producer_deadline(p, b) : opened_at + p->cfg.delivery_timeout_us;
    p->expire_at = expires < p->expire_at ? expires : p->expire_at;
    if (p->fatal != KAFC_OK) {
        while ((b = kafc__producer_take_next(p, part))) {
            b->why = p->fatal_why;
            kafc__producer_fail(p, b, p->fatal);
        }
        if (kafc__list_empty(&part->queue))
            kafc__list_del(&part->busy);
        return;
    }
    if (part->in_flight >= limit_of(p, part) || (b && b->again && part->in_flight) ||
        outruns(part, b))
        return; /* what is in flight will come back and look again */
    if (part->retry_at > now) {
        wait_until(&p->backing_off, part, part->retry_at);
        return;
    }
    int64_t ripe_until = p->ripe_until > now ? p->ripe_until : now;
    if (!b && !hurry && !rushing(p) && opened_at + p->cfg.linger_us > ripe_until) {
        wait_until(&p->lingering, part, opened_at + p->cfg.linger_us);
        return;
    }
    to_leader(p, part, b);
}

void kafc__producer_place_list(struct kafc_producer *p, struct kafc_list *list)
{
    struct kafc_list due;
    kafc__list_init(&due);
    kafc__list_splice(&due, list);
    struct kafc_part *part;
    while ((part = KAFC_LIST_FIRST(&due, struct kafc_part, place)))
        kafc__producer_place(p, part);
}

void kafc__producer_place_busy(struct kafc_producer *p)
{
    struct kafc_list all;
    kafc__list_init(&all);
    kafc__list_splice(&all, &p->busy);
    struct kafc_part *part;
    while ((part = KAFC_LIST_FIRST(&all, struct kafc_part, busy))) {
        kafc__list_del(&part->busy);
        kafc__list_push(&p->busy, &part->busy);
        kafc__producer_place(p, part);
    }
}

/* Fails what has waited too long, in flight or not, and finds out when the next will have. */
void kafc__producer_expire(struct kafc_producer *p, int64_t now)
{
    if (now < p->expire_at)
        return;
    int64_t next = kafc__producer_flights_expire(p, now);
    struct kafc_part *part = KAFC_LIST_FIRST(&p->busy, struct kafc_part, busy), *after;
    for (; part; part = after) {
        after = KAFC_LIST_NEXT(&p->busy, part, struct kafc_part, busy);
        int64_t opened_at = 0;
        bool hurry, open = take_full(p, part, &opened_at, &hurry);
        if (open && opened_at + p->cfg.delivery_timeout_us <= now)
            kafc__producer_take_open(p, part);
        struct kafc_batch_out *b;
        while ((b = next_unsent(part)) && kafc__producer_deadline(p, b) <= now)
            kafc__producer_fail(p, b,
                                b->cause != KAFC_OK             ? b->cause
                                : part->topic->error != KAFC_OK ? part->topic->error
                                                                : KAFC_ERR_TIMED_OUT);
        int64_t at = b ? kafc__producer_deadline(p, b) : INT64_MAX;
        if (!b && open && opened_at + p->cfg.delivery_timeout_us > now)
            at = opened_at + p->cfg.delivery_timeout_us;
        next = at < next ? at : next;
        kafc__producer_place(p, part);
    }
    p->expire_at = next;
    kafc__producer_waiting_expire(p, now, &p->expire_at);
}
