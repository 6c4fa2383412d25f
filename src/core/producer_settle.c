/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Verdicts: exactly one for each message (rule W1), and the ways on which they
 * are told: a callback, a queue, a waiting write. Allocates nothing. The
 * driver's thread, but for kafc__producer_reports() and what serves it.
 */
#include "base/mem.h"
#include "core/batch_slots.h"
#include "core/producer_internal.h"

void kafc__producer_event(struct kafc_producer *p)
{
    if (p->cfg.on_event)
        p->cfg.on_event(p->cfg.ctx);
}

void kafc__producer_release(struct kafc_producer *p, struct kafc_batch_out *b)
{
    kafc__producer_slots_give(p, b->slot_credit);
    b->slot_credit = 0;
    if (b->owner)
        kafc__batch_out_free(&p->pool, b);
    else
        kafc__free(&p->cfg.mem, KAFC_CONTAINER(b, struct kafc_waiting, batch));
}

/* What all messages of the batch have in common. */
static void fill_report(const struct kafc_batch_out *b, kafc_report *r)
{
    r->verdict = b->verdict;
    r->code = KAFC_OK;
    r->why = NULL;
    r->topic = b->topic;
    r->partition = b->partition;
    r->broker = b->broker;
    r->offset = KAFC_OFFSET_UNKNOWN;
    if (b->append_time >= 0)
        r->timestamp = b->append_time;
}

static void fill_record(const struct kafc_batch_out *b, int32_t record, kafc_report *r)
{
    if (b->base_offset != KAFC_OFFSET_UNKNOWN)
        r->offset = b->base_offset + record;
    if (b->code != KAFC_OK)
        kafc__batch_out_reason(b, record, r);
}

/* The entries of waiting writes; the last one may be seen and freed at once by who waits. */
static bool settle_writes(struct kafc_batch_out *b)
{
    void *word;
    bool tagged, ended = false;
    int32_t index;
    kafc__batch_out_slot_rewind(b);
    while (kafc__batch_out_slot_next(b, &word, &tagged, &index)) {
        if (!tagged)
            continue;
        struct kafc_write_entry *e = word;
        struct kafc_write *w = e->write;
        fill_report(b, &e->report);
        fill_record(b, e->record, &e->report);
        atomic_store_explicit(&e->settled, true, memory_order_release);
        ended = atomic_fetch_sub(&w->left, 1) == 1 || ended;
        kafc__producer_write_unref(w);
    }
    return ended;
}

static void count(struct kafc_producer *p, const struct kafc_batch_out *b)
{
    bool good = b->verdict == KAFC_ACKNOWLEDGED || b->verdict == KAFC_UNCONFIRMED;
    atomic_fetch_add_explicit(good ? &p->acknowledged : &p->failed, (uint64_t)b->count,
                              memory_order_relaxed);
    if (good && p->troubled) {
        p->troubled = false;
        kafc__lock(&p->lock);
        p->why[0] = '\0';
        kafc__unlock(&p->lock);
    }
    if (good)
        return;
    kafc__log_in(&p->log, p->cfg.reports == KAFC_REPORTS_NONE ? KAFC_LOG_ERROR : KAFC_LOG_DEBUG,
                 KAFC_DEBUG_MSG, "writer: %s [%d]: %d messages %s: %s", b->topic, (int)b->partition,
                 (int)b->count, b->verdict == KAFC_PERHAPS_WRITTEN ? "perhaps written" : "not written",
                 kafc_err_text(b->code));
}

/* --- The queue's watcher ------------------------------------------------------------------ */

/* With report_lock. */
static void tell_waiting(struct kafc_producer *p)
{
    bool waiting = !kafc__list_empty(&p->reports) || atomic_load(&p->closed);
    if (!p->on_waiting || waiting == p->told_waiting)
        return;
    p->told_waiting = waiting;
    p->on_waiting(p->waiting_ctx, waiting);
}

void kafc__producer_watch_reports(struct kafc_producer *p, void (*fn)(void *ctx, bool waiting),
                                  void *ctx)
{
    kafc__lock(&p->report_lock);
    p->on_waiting = fn;
    p->waiting_ctx = ctx;
    p->told_waiting = false;
    tell_waiting(p);
    kafc__unlock(&p->report_lock);
}

void kafc__producer_end(struct kafc_producer *p)
{
    kafc__lock(&p->report_lock);
    atomic_store(&p->closed, true);
    tell_waiting(p);
    kafc__unlock(&p->report_lock);
}

/* --- Settling ----------------------------------------------------------------------------- */

static void came_back(struct kafc_producer *p, struct kafc_part *part)
{
    atomic_fetch_sub_explicit(&part->queued, 1, memory_order_relaxed);
    atomic_store_explicit(&part->slow, false, memory_order_relaxed);
    struct kafc_part *crowded = atomic_load_explicit(&p->crowd.part, memory_order_relaxed);
    if (!crowded || ((int)atomic_load_explicit(&crowded->queued, memory_order_relaxed) > p->crowd.enough &&
                     atomic_fetch_sub(&p->crowd.left, 1) > 1))
        return;
    if (atomic_compare_exchange_strong(&p->crowd.part, &crowded, NULL))
        kafc__producer_event(p);
}

void kafc__producer_settle(struct kafc_producer *p, struct kafc_batch_out *b, kafc_verdict verdict,
                           kafc_err code)
{
    struct kafc_part *part = b->owner;
    bool good = verdict == KAFC_ACKNOWLEDGED || verdict == KAFC_UNCONFIRMED;
    kafc__list_del(&b->node);
    kafc__list_del(&b->all);
    if (part)
        came_back(p, part);
    if (part)
        kafc__histogram_add(&p->stats.delivery_time, kafc__core_now(p->core) - b->opened_at);
    b->verdict = verdict;
    b->code = code;
    count(p, b);
    if (p->txn && !good)
        kafc__txn_failed(p->txn, b, code);
    kafc__batch_out_drop_bytes(&p->pool, b);
    if (b->ntagged && settle_writes(b))
        kafc__producer_event(p);
    bool all = p->cfg.reports == KAFC_REPORTS_ALL || p->cfg.reports == KAFC_REPORTS_BATCHES;
    b->unread = p->cfg.reports == KAFC_REPORTS_BATCHES ? b->count - b->ntagged
                                                       : b->nslots - b->ntagged;
    bool wanted = b->unread > 0 && (all || !good);
    kafc__batch_out_slot_rewind(b);
    if (wanted && (p->cfg.on_report || p->cfg.on_batch)) {
        kafc__list_push(&p->deliveries, &b->node);
    } else if (wanted) {
        kafc__lock(&p->report_lock);
        kafc__list_push(&p->reports, &b->node);
        tell_waiting(p);
        kafc__unlock(&p->report_lock);
        kafc__producer_event(p);
    } else {
        int32_t slots = b->nslots - b->ntagged;
        kafc__producer_release(p, b);
        if (slots) {
            kafc__producer_slots_give(p, slots);
            kafc__producer_event(p);
        }
    }
}

void kafc__producer_fail(struct kafc_producer *p, struct kafc_batch_out *b, kafc_err code)
{
    struct kafc_part *part = b->owner;
    if (part && p->idempotent && b->sequence >= 0) {
        part->hole = true;
        part->ghost = part->ghost || b->astray;
    }
    kafc__producer_settle(p, b, b->doubt ? KAFC_PERHAPS_WRITTEN : KAFC_NOT_WRITTEN, code);
}

/* --- Reports --------------------------------------------------------------------------- */

static bool next_report(struct kafc_batch_out *b, kafc_report *r)
{
    void *word;
    bool tagged;
    int32_t index;
    while (kafc__batch_out_slot_next(b, &word, &tagged, &index)) {
        if (tagged)
            continue;
        r->opaque = word;
        r->timestamp = b->base_timestamp;
        fill_report(b, r);
        fill_record(b, index, r);
        return true;
    }
    return false;
}

bool kafc__producer_settled_next(kafc_settled *s, kafc_report *r)
{
    return next_report(s->batch, r);
}

static void deliver_each(struct kafc_producer *p, struct kafc_batch_out *b)
{
    kafc_report r;
    bool tagged;
    int32_t index;
    r.timestamp = b->base_timestamp;
    fill_report(b, &r);
    while (kafc__batch_out_slot_next(b, &r.opaque, &tagged, &index)) {
        if (tagged)
            continue;
        fill_record(b, index, &r);
        p->cfg.on_report(p->cfg.ctx, &r);
    }
}

static void deliver_batch(struct kafc_producer *p, struct kafc_batch_out *b)
{
    kafc_settled s = { .verdict = b->verdict,
                       .code = b->code,
                       .why = b->code == KAFC_OK ? NULL
                              : b->why           ? b->why
                                                 : kafc_err_text(b->code),
                       .topic = b->topic,
                       .partition = b->partition,
                       .broker = b->broker,
                       .count = b->unread,
                       .batch = b };
    p->cfg.on_batch(p->cfg.ctx, &s);
}

void kafc__producer_deliver(struct kafc_producer *p)
{
    if (p->delivering)
        return;
    p->delivering = true;
    struct kafc_batch_out *b;
    while ((b = KAFC_LIST_FIRST(&p->deliveries, struct kafc_batch_out, node))) {
        int64_t n = b->nslots - b->ntagged;
        if (p->cfg.on_batch)
            deliver_batch(p, b);
        else
            deliver_each(p, b);
        kafc__list_del(&b->node);
        kafc__producer_release(p, b);
        kafc__producer_slots_give(p, n);
        kafc__producer_event(p);
    }
    p->delivering = false;
}

int32_t kafc__producer_reports(struct kafc_producer *p, kafc_report *out, int32_t max)
{
    int32_t n = 0;
    struct kafc_list empty;
    kafc__list_init(&empty);
    kafc__lock(&p->report_lock);
    struct kafc_batch_out *b;
    while (n < max && (b = KAFC_LIST_FIRST(&p->reports, struct kafc_batch_out, node))) {
        n += next_report(b, &out[n]);
        if (--b->unread > 0)
            continue;
        kafc__list_del(&b->node);
        kafc__list_push(&empty, &b->node);
    }
    if (n)
        tell_waiting(p);
    kafc__unlock(&p->report_lock);
    while ((b = KAFC_LIST_FIRST(&empty, struct kafc_batch_out, node))) {
        kafc__list_del(&b->node);
        kafc__producer_release(p, b);
    }
    if (n) {
        kafc__producer_slots_give(p, n);
        kafc__producer_event(p);
    }
    return n;
}
