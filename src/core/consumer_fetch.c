/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetching: one request per leader, and a second one while the first is parked
 * (DESIGN 8.1). Driver's thread, the consumer's lock held. Only batch headers
 * are looked at here; sums, decompression and records are the reader's.
 */
#include "core/consumer_internal.h"

#include <stdlib.h>

/* A partition is asked again while no more than this many times partition_max_bytes wait to be taken. */
enum { AHEAD = 1 };

static bool same_topic(const struct kafc_fetch_resp_topic *t, const struct kafc_consumer_partition *p, int version)
{
    if (version >= 13)
        return p->meta && memcmp(&t->topic_id, &p->meta->id, sizeof t->topic_id) == 0;
    return (size_t)t->topic.len == strlen(p->topic->s) &&
           memcmp(t->topic.p, p->topic->s, (size_t)t->topic.len) == 0;
}

/* --- Answers -------------------------------------------------------------------- */

static int compare_aborted(const void *a, const void *b)
{
    const struct kafc_aborted *x = a, *y = b;

    return (x->first_offset > y->first_offset) - (x->first_offset < y->first_offset);
}

/* Hands the records over. false: out of memory. */
static bool hand_over(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                      const struct kafc_fetch_resp_partition *r, int64_t next)
{
    const kafc_reader_options *o = &f->c->cfg.options;
    struct kafc_fetched *b = kafc__fetched_new(&f->c->cfg.mem, p->topic, p->id, f->rq.frame, r->records.p,
                                           (size_t)r->records.len);
    int32_t n = r->aborted_transactions.n;

    if (!b)
        return false;
    b->cursor.check_crcs = o->check_crcs != KAFC_OFF;
    b->cursor.read_committed = o->isolation != KAFC_READ_UNCOMMITTED;
    if (b->cursor.read_committed && n > 0) {
        b->cursor.aborted = kafc__zalloc_array(&f->c->cfg.mem, (size_t)n, sizeof *b->cursor.aborted);
        if (!b->cursor.aborted) {
            kafc_batch_free(b);
            return false;
        }
        for (int32_t i = 0; i < n; i++) {
            b->cursor.aborted[i].producer_id = r->aborted_transactions.v[i].producer_id;
            b->cursor.aborted[i].first_offset = r->aborted_transactions.v[i].first_offset;
        }
        b->cursor.naborted = n;
        qsort(b->cursor.aborted, (size_t)n, sizeof *b->cursor.aborted, compare_aborted);
    }
    b->cursor.next = p->fetch_offset;
    b->cursor.stop = p->stop_offset;
    if (p->stop.kind != KAFC_POSITION_DEFAULT) { /* a range filters by time (rule R11) */
        if (p->start.kind == KAFC_POSITION_TIME)
            b->cursor.time_from = p->start.value;
        if (p->stop.kind == KAFC_POSITION_TIME)
            b->cursor.time_to = p->stop.value - 1;
    }
    b->high_watermark = r->high_watermark;
    b->next_offset = next;
    b->size = (size_t)r->records.len;
    b->held = kafc__held_ref(f->c->held);
    kafc__held_take(b->held, b->size);
    b->cursor.held = b->held;
    b->from = p;
    p->queued += b->size;
    kafc__list_push(&f->c->ready, &b->node);
    return true;
}

/* The offset behind the last whole batch, or -1 if there is none. */
static int64_t behind(const struct kafc_fetch_resp_partition *r)
{
    struct kafc_batches it;
    struct kafc_batch b;
    int64_t next = -1;

    kafc__batches_init(&it, r->records.p, r->records.len > 0 ? (size_t)r->records.len : 0);
    while (kafc__batch_next(&it, &b, NULL) == KAFC_OK && b.p)
        next = kafc__batch_last_offset(&b) + 1;
    return next;
}

static void end_notice(struct kafc_consumer_partition *p)
{
    const kafc_reader_options *o = &p->c->cfg.options;
    int64_t end = o->isolation == KAFC_READ_UNCOMMITTED ? p->high_watermark : p->last_stable;

    if (o->notify_end != KAFC_ON || end < 0 || p->fetch_offset < end || p->end_told == p->fetch_offset)
        return;
    p->end_told = p->fetch_offset;
    kafc__cp_tell(p, KAFC_ERR_END_OF_PARTITION, p->fetch_offset, "%s [%d]: the end, offset %lld", p->topic->s,
                  p->id, (long long)p->fetch_offset);
}

static void good(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                 const struct kafc_fetch_resp_partition *r)
{
    int64_t next = behind(r);

    p->attempts = 0;
    p->retry_at = 0;
    p->told = KAFC_OK;
    p->high_watermark = r->high_watermark;
    p->last_stable = r->last_stable_offset >= 0 ? r->last_stable_offset : r->high_watermark;
    p->log_start = r->log_start_offset;
    if (r->preferred_read_replica >= 0 && r->preferred_read_replica != f->node_id)
        p->replica = r->preferred_read_replica;
    if (next < 0 && r->records.len > 0) { /* not one batch that can be told apart: let the cursor say why */
        if (hand_over(f, p, r, p->fetch_offset))
            kafc__cp_step(p, KAFC_CP_BROKEN);
        return;
    }
    if (next > p->fetch_offset) {
        if (!hand_over(f, p, r, next)) {
            kafc__cp_retry(p);
            return;
        }
        p->fetch_offset = next;
        kafc__list_del(&p->node); /* the order of a request is its priority: whoever got something goes last */
        kafc__list_push(&f->c->partitions, &p->node);
    }
    end_notice(p);
    if (p->fetch_offset >= p->stop_offset)
        kafc__cp_step(p, KAFC_CP_REACHED);
}

static void out_of_range(struct kafc_fetcher *f, struct kafc_consumer_partition *p)
{
    if (p->replica >= 0 && p->replica == f->node_id) { /* a follower may lag: ask the leader (KIP-392) */
        p->replica = -1;
        return;
    }
    p->range_reset = true;
    p->needs = KAFC_NEED_FIRST | KAFC_NEED_LAST;
    kafc__cp_step(p, KAFC_CP_UNKNOWN);
}

static void bad(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                const struct kafc_fetch_resp_partition *r)
{
    kafc_err code = (kafc_err)r->error_code;

    p->replica = -1;
    kafc__cp_retry(p);
    switch (kafc_err_class_of(code)) {
    case KAFC_CLASS_REFRESH:
        if (p->meta)
            kafc__meta_hint(f->c->core, p->meta, p->id, r->current_leader.leader_id,
                            r->current_leader.leader_epoch);
        kafc__meta_stale(f->c->core);
        break;
    case KAFC_CLASS_RETRY:
        break;
    case KAFC_CLASS_NONE:
    case KAFC_CLASS_COORDINATOR:
    case KAFC_CLASS_REJOIN:
    case KAFC_CLASS_RECONNECT:
    case KAFC_CLASS_ABORT:
    case KAFC_CLASS_FATAL:
    case KAFC_CLASS_USAGE:
        kafc__cp_tell(p, code, p->fetch_offset, "%s [%d]: offset %lld cannot be fetched from node %d: %s",
                      p->topic->s, p->id, (long long)p->fetch_offset, f->node_id, kafc_err_text(code));
        break;
    }
}

static void answer_one(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                       const struct kafc_fetch_resp_partition *r)
{
    if (r->error_code == KAFC_OK)
        good(f, p, r);
    else if (r->error_code == KAFC_ERR_OFFSET_OUT_OF_RANGE)
        out_of_range(f, p);
    else
        bad(f, p, r);
}

static const struct kafc_fetch_resp_partition *find_answer(const struct kafc_fetch_resp *resp,
                                                           const struct kafc_consumer_partition *p, int version)
{
    for (int32_t t = 0; t < resp->responses.n; t++) {
        const struct kafc_fetch_resp_topic *topic = &resp->responses.v[t];

        if (!same_topic(topic, p, version))
            continue;
        for (int32_t i = 0; i < topic->partitions.n; i++)
            if (topic->partitions.v[i].partition_index == p->id)
                return &topic->partitions.v[i];
    }
    return NULL;
}

static void fetch_done(struct kafc_request *rq)
{
    struct kafc_fetcher *f = rq->owner;
    struct kafc_consumer *c = f->c;
    struct kafc_fetch_resp resp;
    kafc_error err = { .message = "" };
    kafc_err code = rq->result;

    kafc__lock(&c->lock);
    f->busy = false;
    if (code == KAFC_OK)
        code = kafc__request_decode(rq, &resp, &f->arena, &err);
    else if (rq->why)
        err = *rq->why;
    if (code == KAFC_OK && resp.error_code != 0)
        code = kafc__error(&err, (kafc_err)resp.error_code, "node %d refused a fetch: %s", f->node_id,
                           kafc_err_text((kafc_err)resp.error_code));
    if (code != KAFC_OK) {
        kafc__log(&kafc__core_config(c->core)->log, KAFC_LOG_DEBUG, "fetch: %s", err.message);
        kafc__meta_stale(c->core);
    }
    for (int32_t i = 0; i < f->nasked; i++) {
        struct kafc_consumer_partition *p = f->asked[i].p;
        const struct kafc_fetch_resp_partition *r = code == KAFC_OK ? find_answer(&resp, p, rq->version) : NULL;

        if (!kafc__cp_answered(&f->asked[i]) || p->state != KAFC_CP_FETCH)
            continue;
        if (r) {
            answer_one(f, p, r);
        } else {
            p->replica = -1;
            kafc__cp_retry(p);
        }
    }
    f->nasked = 0;
    kafc__unlock(&c->lock);
    kafc__consumer_work(c);
}

/* --- Requests --------------------------------------------------------------------- */

static int32_t source(const struct kafc_consumer_partition *p)
{
    return p->replica >= 0 ? p->replica : kafc__meta_leader(p->meta, p->id, NULL);
}

static bool due(const struct kafc_consumer_partition *p, int64_t now)
{
    return !p->dead && !p->busy && p->state == KAFC_CP_FETCH && p->retry_at <= now && p->meta &&
           p->queued <= (size_t)p->c->cfg.options.partition_max_bytes * AHEAD && source(p) >= 0;
}

static struct kafc_fetcher *fetcher_new(struct kafc_consumer *c, int32_t node, enum kafc_purpose purpose)
{
    struct kafc_fetcher *f = kafc__zalloc(&c->cfg.mem, sizeof *f);

    if (!f)
        return NULL;
    f->c = c;
    f->node_id = node;
    f->purpose = purpose;
    f->rq.api = kafc__api(KAFC_API_FETCH);
    f->rq.msg = &f->msg;
    f->rq.done = fetch_done;
    f->rq.owner = f;
    kafc__arena_init(&f->arena, &c->cfg.mem, 0);
    kafc__list_push(&c->fetchers, &f->node);
    return f;
}

void kafc__fetcher_free(struct kafc_fetcher *f)
{
    for (int32_t i = 0; i < f->nasked; i++)
        (void)kafc__cp_answered(&f->asked[i]);
    if (f->busy)
        kafc__core_cancel(f->c->core, &f->rq);
    kafc__list_del(&f->node);
    kafc__arena_fini(&f->arena);
    kafc__free(&f->c->cfg.mem, f);
}

/* A free slot to the node: the first, or the second while the first is parked; NULL when both are busy. */
static struct kafc_fetcher *free_slot(struct kafc_consumer *c, int32_t node)
{
    struct kafc_fetcher *f = KAFC_LIST_FIRST(&c->fetchers, struct kafc_fetcher, node);
    bool first_busy = false;

    for (; f; f = KAFC_LIST_NEXT(&c->fetchers, f, struct kafc_fetcher, node)) {
        if (f->node_id != node)
            continue;
        if (!f->busy)
            return f;
        if (f->purpose == KAFC_FOR_FETCH_AHEAD)
            return NULL;
        first_busy = true;
    }
    return fetcher_new(c, node, first_busy ? KAFC_FOR_FETCH_AHEAD : KAFC_FOR_FETCH);
}

static bool add(struct kafc_fetcher *f, struct kafc_consumer_partition *p)
{
    struct kafc_fetch_req_partition *rp = kafc__arena_alloc(&f->arena, sizeof *rp);
    struct kafc_fetch_req_topic *t = &f->msg.topics.v[f->nasked];
    static const kafc_uuid none;

    if (!rp)
        return false;
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, t);
    kafc__msg_defaults(&kafc_fetch_req_partition_schema, rp);
    t->topic = (kafc_str){ p->topic->s, (int32_t)strlen(p->topic->s) };
    t->topic_id = p->meta->id;
    t->partitions.v = rp;
    t->partitions.n = 1;
    rp->partition = p->id;
    rp->fetch_offset = p->fetch_offset;
    rp->partition_max_bytes = p->c->cfg.options.partition_max_bytes;
    (void)kafc__meta_leader(p->meta, p->id, &rp->current_leader_epoch);
    if (memcmp(&p->meta->id, &none, sizeof none) == 0)
        f->rq.max_version = 12; /* by name: there is no id */
    kafc__cp_ask(&f->asked[f->nasked], p);
    f->nasked++;
    f->msg.topics.n = f->nasked;
    return true;
}

static bool begin(struct kafc_fetcher *f, size_t n)
{
    const kafc_reader_options *o = &f->c->cfg.options;
    const struct kafc_core_config *cfg = kafc__core_config(f->c->core);

    kafc__arena_reset(&f->arena);
    kafc__msg_defaults(&kafc_fetch_req_schema, &f->msg);
    f->msg.topics.v = kafc__arena_array(&f->arena, n, sizeof *f->msg.topics.v);
    f->asked = kafc__arena_array(&f->arena, n, sizeof *f->asked);
    f->nasked = 0;
    f->msg.replica_id = -1;
    f->msg.max_wait_ms = o->max_wait_ms;
    f->msg.min_bytes = o->min_bytes;
    f->msg.max_bytes = o->max_bytes;
    f->msg.isolation_level = o->isolation == KAFC_READ_UNCOMMITTED ? 0 : 1;
    f->msg.session_id = 0;
    f->msg.session_epoch = -1; /* no session (KIP-227) */
    if (cfg->rack)
        f->msg.rack_id = (kafc_str){ cfg->rack, (int32_t)strlen(cfg->rack) };
    f->rq.min_version = 4; /* record batches; isolation levels */
    f->rq.max_version = f->rq.api->max;
    f->rq.timeout_us = cfg->request_timeout_us + (int64_t)o->max_wait_ms * 1000;
    return !f->arena.failed;
}

static void ask(struct kafc_consumer *c, int32_t node)
{
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    int64_t now = kafc__core_now(c->core);
    struct kafc_fetcher *f = free_slot(c, node);
    size_t n = 0;

    if (!f)
        return;
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        n += due(p, now) && source(p) == node;
    if (!begin(f, n))
        n = 0;
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (due(p, now) && source(p) == node && (n == 0 || !add(f, p)))
            kafc__cp_retry(p);
    }
    if (f->nasked == 0)
        return;
    f->busy = true;
    kafc__core_send(c->core, node, f->purpose, &f->rq);
}

/* Is a slot of the node free, or could be made? */
static bool slot_left(struct kafc_consumer *c, int32_t node)
{
    struct kafc_fetcher *f = KAFC_LIST_FIRST(&c->fetchers, struct kafc_fetcher, node);
    int busy = 0;

    for (; f; f = KAFC_LIST_NEXT(&c->fetchers, f, struct kafc_fetcher, node))
        busy += f->node_id == node && f->busy;
    return busy < 2;
}

void kafc__consumer_fetches(struct kafc_consumer *c)
{
    int64_t now = kafc__core_now(c->core);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);

    if (kafc__held_full(c->held))
        return; /* room() pokes */
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (due(p, now) && slot_left(c, source(p)))
            ask(c, source(p));
}
