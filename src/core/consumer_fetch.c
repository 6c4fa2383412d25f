/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetching: one request per leader with a session, which the broker parks while
 * nothing is new; and a second one, which is parked for a moment at most, for
 * what became due meanwhile (DESIGN 8.1): a seek, a partition that was drained;
 * the first one takes it along when it is free. Driver's thread, the consumer's lock held. Only batch headers
 * are looked at here; sums, decompression and records are the reader's.
 */
#include "core/consumer_internal.h"

#include <stdlib.h>

#include "base/log.h"
#include "core/retry.h"

/* How long the second slot may be parked: what a seek waits for at most, while both are. */
enum { AHEAD_WAIT_MS = 50 };

/* Asked for when so little of a batch came that its size is not known. */
enum { SIZE_UNKNOWN = 4096 };

static bool same_topic(const struct kafc_fetch_resp_topic *t,
                       const struct kafc_consumer_partition *p, int version)
{
    if (version >= 13)
        return p->meta && memcmp(&t->topic_id, &p->meta->id, sizeof t->topic_id) == 0;
    return kafc__str_is(t->topic, p->topic->s);
}

/* --- Answers -------------------------------------------------------------------- */

static int compare_aborted(const void *a, const void *b)
{
    const struct kafc_aborted *x = a, *y = b;

    return (x->first_offset > y->first_offset) - (x->first_offset < y->first_offset);
}

struct looked_through {
    int64_t next;  /* the offset behind the last whole batch, or -1 if there is none */
    int32_t epoch; /* of that batch */
    bool broken;   /* something is no batch: the cursor will say why */
    size_t cut;    /* the bytes of a batch that is not there as a whole, or 0 */
    int64_t messages; /* control records left out; a compressed message set counts as one */
};

/* Hands the records over. false: out of memory. */
static bool hand_over(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                      const struct kafc_fetch_resp_partition *r,
                      const struct looked_through *l)
{
    const kafc_reader_options *o = &f->c->cfg.options;
    struct kafc_fetched *b = kafc__fetched_new(&f->c->cfg.mem, f->c->budget, p->topic, p->id,
                                               f->rq.frame, r->records.p, (size_t)r->records.len);
    int32_t n = r->aborted_transactions.n;

    if (!b)
        return false;
    b->cursor.check_crcs = o->check_crcs != KAFC_OFF;
    b->cursor.read_committed = o->isolation != KAFC_READ_UNCOMMITTED;
    if (b->cursor.read_committed && n > 0) {
        b->cursor.aborted = kafc__zalloc_array(&f->c->cfg.mem, (size_t)n,
                                               sizeof *b->cursor.aborted);
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
    b->last_stable = r->last_stable_offset;
    b->log_start = r->log_start_offset;
    b->throttle_ms = f->rq.throttle_ms;
    b->next_offset = l->next > p->fetch_offset ? l->next : p->fetch_offset;
    b->last_epoch = l->epoch;
    b->stamp = p->stamp;
    b->place = p->place ? kafc__place_ref(p->place) : NULL;
    b->messages = l->messages;
    f->messages += l->messages;
    f->bytes += r->records.len;
    b->size = (size_t)r->records.len + sizeof *b;
    kafc__frame_charge(b->frame, f->c->budget);
    kafc__cp_queue(p, b);
    return true;
}

static void look_through(const struct kafc_fetch_resp_partition *r, struct looked_through *l)
{
    struct kafc_batches it;
    struct kafc_batch b;
    kafc_err code;

    *l = (struct looked_through){ .next = -1, .epoch = -1 };
    kafc__batches_init(&it, r->records.p, r->records.len > 0 ? (size_t)r->records.len : 0);
    while ((code = kafc__batch_next(&it, &b, NULL)) == KAFC_OK && b.p) {
        l->next = kafc__batch_last_offset(&b) + 1;
        l->epoch = b.header.leader_epoch;
        l->messages += b.header.attributes & KAFC_BATCH_CONTROL ? 0 : b.header.count;
    }
    l->broken = code != KAFC_OK;
    l->cut = it.cut;
}

static void end_notice(struct kafc_consumer_partition *p)
{
    int64_t end = kafc__cp_end(p);

    if (p->c->cfg.options.notify_end != KAFC_ON || end < 0 || p->fetch_offset < end ||
        p->end_told == p->fetch_offset)
        return;
    if (kafc__cp_tell(p, KAFC_ERR_END_OF_PARTITION, p->fetch_offset,
                      "%s [%d]: the end, offset %lld", p->topic->s, p->id,
                      (long long)p->fetch_offset))
        p->end_told = p->fetch_offset;
}

static bool is_at_end(const struct kafc_consumer_partition *p)
{
    return kafc__cp_end(p) >= 0 && p->fetch_offset >= kafc__cp_end(p);
}

/* Nothing was there. A broker that was told to wait has waited; else the pause is ours. */
static void nothing_new(const struct kafc_fetcher *f, struct kafc_consumer_partition *p)
{
    const kafc_reader_options *o = &p->c->cfg.options;
    bool no_wait = f->msg.max_wait_ms == 0 || o->min_bytes == 0;
    /* Behind the end others filled the answer, if anybody got anything. */
    bool pause = is_at_end(p) ? o->max_wait_ms == 0 || o->min_bytes == 0 : no_wait && !f->got;

    if (pause || f->early)
        p->retry_at = kafc__core_now(p->c->core) + kafc__core_retry_delay(p->c->core, 0);
}

/* Only a part of a batch came: it is asked for again with room for all of it. */
static void cut_off(struct kafc_consumer_partition *p, size_t size)
{
    enum { PATIENCE = 5 };
    int32_t limit = kafc__core_config(p->c->core)->receive_max;

    if (size > (size_t)p->max_bytes && size <= (size_t)limit) {
        p->max_bytes = (int32_t)size;
        return;
    }
    kafc__cp_retry(p);
    if (size > (size_t)limit &&
        kafc__cp_tell(p, KAFC_ERR_TOO_LARGE, p->fetch_offset,
                      "%s [%d]: the batch at offset %lld has %zu bytes, %d are accepted",
                      p->topic->s, p->id, (long long)p->fetch_offset, size, limit))
        kafc__cp_step(p, KAFC_CP_BROKEN);
    else if (size <= (size_t)limit && p->attempts > PATIENCE)
        kafc__cp_tell(p, KAFC_ERR_CORRUPT, p->fetch_offset,
                      "%s [%d]: the batch at offset %lld, %zu bytes, comes cut off each time",
                      p->topic->s, p->id, (long long)p->fetch_offset, size);
}

/* false: out of memory. */
static bool good_records(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                         const struct kafc_fetch_resp_partition *r)
{
    struct looked_through l;

    look_through(r, &l);
    if (l.next > p->fetch_offset || l.broken) {
        if (!hand_over(f, p, r, &l))
            return false;
        p->max_bytes = 0;
        if (l.next > p->fetch_offset) {
            kafc__cp_fine(p);
            p->attempts = 0;
            p->fetch_offset = l.next;
            p->last_epoch = l.epoch;
        } else { /* the cursor says why and stops the partition; until then nothing is asked */
            kafc__cp_step(p, KAFC_CP_BROKEN);
        }
        kafc__list_del(
            &p->node); /* the order of a request is its priority: whoever got something goes last */
        kafc__list_push(&f->c->partitions, &p->node);
    } else if (l.cut || (l.next < 0 && r->records.len > 0)) { /* perhaps not even its size */
        cut_off(p, l.cut ? l.cut : SIZE_UNKNOWN);
    } else if (r->records.len > 0) {
        kafc__cp_retry(p); /* what was not asked for: not again in a hurry */
    } else {
        nothing_new(f, p);
    }
    return true;
}

/* What a follower says is old: it hears of its leader's watermarks with its next fetch. Where it is behind what the
 * leader said, the end is not reached yet (rule R10). */
static void watermarks(const struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                       const struct kafc_fetch_resp_partition *r)
{
    bool old = f->node_id == p->replica && kafc__meta_leader(p->meta, p->id, NULL) != p->replica;
    int64_t stable = r->last_stable_offset >= 0 ? r->last_stable_offset : r->high_watermark;

    if (!old || r->high_watermark > p->high_watermark)
        p->high_watermark = r->high_watermark;
    if (!old || stable > p->last_stable)
        p->last_stable = stable;
    if (!old || r->log_start_offset > p->log_start)
        p->log_start = r->log_start_offset;
}

/* --- Followers (KIP-392) ---------------------------------------------------------- */

static void prefer_follower(struct kafc_fetcher *f, struct kafc_consumer_partition *p, int32_t node)
{
    const struct kafc_core_config *cfg = kafc__core_config(f->c->core);

    if (node != p->replica)
        kafc__log_in(&cfg->log, KAFC_LOG_DEBUG, KAFC_DEBUG_FETCH,
                     "%s [%d]: node %d sends us to its follower, node %d", p->topic->s, p->id, f->node_id, node);
    p->replica = node;
    p->replica_until = kafc__core_now(f->c->core) + cfg->metadata_max_age_us;
}

static void back_to_leader(struct kafc_consumer_partition *p, kafc_err why)
{
    if (p->replica >= 0)
        kafc__log_in(&kafc__core_config(p->c->core)->log, KAFC_LOG_DEBUG, KAFC_DEBUG_FETCH,
                     "%s [%d]: back from node %d to the leader: %s", p->topic->s, p->id, p->replica,
                     kafc_err_text(why));
    p->replica = -1;
}

static void good(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                 const struct kafc_fetch_resp_partition *r)
{
    p->attempts = r->records.len > 0 ? p->attempts : 0; /* what came may be of no use */
    p->retry_at = 0;
    p->suspect = false;
    if (r->records.len <= 0)
        kafc__cp_fine(p);
    watermarks(f, p, r);
    if (r->preferred_read_replica >= 0 && r->preferred_read_replica != f->node_id) {
        prefer_follower(f, p, r->preferred_read_replica);
        if (r->records.len <= 0)
            return; /* go there at once */
    }
    if (!good_records(f, p, r)) {
        kafc__cp_retry(p);
        return;
    }
    if (p->state != KAFC_CP_FETCH)
        return;
    end_notice(p);
    if (kafc__cp_is_through(p))
        kafc__cp_step(p, KAFC_CP_REACHED);
}

static void out_of_range(struct kafc_fetcher *f, struct kafc_consumer_partition *p)
{
    if (p->replica >= 0 &&
        p->replica == f->node_id) { /* a follower may lag: ask the leader */
        back_to_leader(p, KAFC_ERR_OFFSET_OUT_OF_RANGE);
        kafc__cp_retry(p); /* which may send us back */
        return;
    }
    kafc__cp_out_of_range(p);
}

/* The leader that the answer names, and where it is if it says so (KIP-951). */
static void take_hint(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                      const struct kafc_fetch_resp *resp, const struct kafc_fetch_resp_partition *r)
{
    struct kafc_meta_endpoint at = { .by = &f->rq };

    for (int32_t i = 0; i < resp->node_endpoints.n && !at.port; i++)
        if (resp->node_endpoints.v[i].node_id == r->current_leader.leader_id) {
            at.host = resp->node_endpoints.v[i].host;
            at.port = resp->node_endpoints.v[i].port;
        }
    if (p->meta)
        kafc__meta_hint(f->c->core, p->meta, p->id, r->current_leader.leader_id,
                        r->current_leader.leader_epoch, at.port ? &at : NULL);
}

static void bad(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                const struct kafc_fetch_resp *resp, const struct kafc_fetch_resp_partition *r)
{
    kafc_err code = (kafc_err)r->error_code;

    back_to_leader(p, code);
    kafc__cp_retry(p);
    p->suspect = code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    switch (kafc__retry_class(KAFC_API_FETCH, code)) {
    case KAFC_CLASS_REFRESH:
        take_hint(f, p, resp, r);
        kafc__meta_stale(f->c->core);
        if (p->attempts == 1 && p->meta && kafc__meta_leader(p->meta, p->id, NULL) != f->node_id)
            p->retry_at =
                0; /* the leader is known already: there is nothing to wait for (KIP-951) */
        break;
    case KAFC_CLASS_RETRY: break;
    case KAFC_CLASS_NONE:
    case KAFC_CLASS_COORDINATOR:
    case KAFC_CLASS_REJOIN:
    case KAFC_CLASS_RECONNECT:
    case KAFC_CLASS_ABORT:
    case KAFC_CLASS_FATAL:
    case KAFC_CLASS_USAGE:
        kafc__cp_tell(p, code, p->fetch_offset,
                      "%s [%d]: offset %lld cannot be fetched from node %d: %s", p->topic->s, p->id,
                      (long long)p->fetch_offset, f->node_id, kafc_err_text(code));
        break;
    }
}

static void answer_one(struct kafc_fetcher *f, struct kafc_consumer_partition *p,
                       const struct kafc_fetch_resp *resp,
                       const struct kafc_fetch_resp_partition *r)
{
    if (r->error_code == KAFC_OK &&
        (r->diverging_epoch.epoch >= 0 || r->diverging_epoch.end_offset >= 0)) {
        /* whatever stands in its place (KIP-320) */
        p->lost = kafc__truncated;
        p->diverges = r->diverging_epoch.epoch >= 0 ? r->diverging_epoch.end_offset : -1;
        out_of_range(f, p);
        return;
    }
    if (r->error_code != KAFC_OK)
        kafc__count(&f->c->stats.errors, 1);
    if (r->error_code == KAFC_OK)
        good(f, p, r);
    else if (r->error_code == KAFC_ERR_OFFSET_OUT_OF_RANGE)
        out_of_range(f, p);
    else
        bad(f, p, resp, r);
}

/* Where the search for the next partition begins: brokers answer in the order of the request. */
struct place {
    int32_t topic, partition;
};

static const struct kafc_fetch_resp_partition *find_answer(const struct kafc_fetch_resp *resp,
                                                           struct place *at,
                                                           const struct kafc_consumer_partition *p,
                                                           int version)
{
    for (int32_t n = 0; n < resp->responses.n; n++) {
        int32_t t = (at->topic + n) % resp->responses.n;
        const struct kafc_fetch_resp_topic *topic = &resp->responses.v[t];
        int32_t from = n == 0 ? at->partition : 0;

        if (topic->partitions.n == 0 || !same_topic(topic, p, version))
            continue;
        for (int32_t k = 0; k < topic->partitions.n; k++) {
            int32_t i = (from + k) % topic->partitions.n;

            if (topic->partitions.v[i].partition_index != p->id)
                continue;
            *at = (struct place){ t, i };
            return &topic->partitions.v[i];
        }
    }
    return NULL;
}

/* A session's answer names only what has changed. */
static void no_news(const struct kafc_fetcher *f, struct kafc_consumer_partition *p)
{
    p->attempts = 0;
    kafc__cp_fine(p);
    nothing_new(f, p);
    end_notice(p);
}

/* A broker answers at once when it has something, or something to say; else it waits as it was told. Gives the bytes of
 * records in the answer. */
static size_t weigh(struct kafc_fetcher *f, const struct kafc_fetch_resp *resp)
{
    int64_t waited = kafc__core_now(f->c->core) - f->sent_at;
    bool reason = resp->throttle_time_ms > 0;
    size_t got = 0;

    for (int32_t t = 0; t < resp->responses.n; t++)
        for (int32_t i = 0; i < resp->responses.v[t].partitions.n; i++) {
            const struct kafc_fetch_resp_partition *p = &resp->responses.v[t].partitions.v[i];

            got += p->records.len > 0 ? (size_t)p->records.len : 0;
            reason = reason || p->error_code || p->preferred_read_replica >= 0 ||
                     p->diverging_epoch.epoch >= 0;
        }
    f->got = got > 0;
    f->early = !f->got && !reason && waited < (int64_t)f->msg.max_wait_ms * 1000 / 2;
    return got;
}

/* --- Size of answers ---------------------------------------------------------------- */

/* The request as a whole failed. */
static void failed(struct kafc_fetcher *f, struct kafc_consumer_partition *p, const kafc_error *err,
                   bool final)
{
    back_to_leader(p, err->code);
    kafc__cp_retry(p);
    if (final)
        kafc__cp_tell(p, err->code, p->fetch_offset, "%s [%d] cannot be fetched from node %d: %s",
                      p->topic->s, p->id, f->node_id, err->message);
}

static void count_answer(struct kafc_fetcher *f, kafc_err code)
{
    struct kafc_consumer_stats *s = &f->c->stats;

    if (code != KAFC_OK) {
        kafc__count(&s->fetch_errors, 1);
        return;
    }
    kafc__histogram_add(&s->fetch_time, f->rq.took_us);
    if (f->rq.throttle_ms > 0) {
        kafc__count(&s->throttled, 1);
        kafc__histogram_add(&s->throttle_time, (int64_t)f->rq.throttle_ms * 1000);
    }
    if (f->bytes > 0) {
        kafc__count(&s->bytes, (uint64_t)f->bytes);
        kafc__histogram_add(&s->fetch_bytes, f->bytes);
        kafc__histogram_add(&s->fetch_messages, f->messages);
    }
    f->bytes = f->messages = 0;
}

static void fetch_done(struct kafc_request *rq)
{
    struct kafc_fetcher *f = rq->owner;
    struct kafc_consumer *c = f->c;
    struct kafc_fetch_resp resp;
    struct place at = { 0, 0 };
    kafc_error err = { .message = "" };
    kafc_err code = rq->result;
    bool final = false, changes;

    kafc__lock(&c->lock);
    f->busy = false;
    c->reserved -= f->reserved;
    f->reserved = 0;
    if (code == KAFC_OK)
        code = kafc__request_decode(rq, &resp, &f->arena, &err);
    else if (rq->why)
        err = *rq->why;
    if (code == KAFC_OK && resp.error_code != 0)
        code = kafc__error(&err, (kafc_err)resp.error_code, "node %d refused a fetch: %s",
                           f->node_id, kafc_err_text((kafc_err)resp.error_code));
    changes = f->msg.session_epoch > 0;
    f->got = f->early = false;
    if (code == KAFC_OK)
        kafc__fetch_adapt(f, weigh(f, &resp));
    kafc__session_answered(f, code, code == KAFC_OK ? resp.session_id : 0);
    if (code != KAFC_OK) {
        err.broker = f->node_id;
        final = kafc__consumer_trouble(c, &err);
        kafc__meta_stale(c->core);
    } else {
        kafc__consumer_answered(c, f->node_id);
    }
    for (int32_t i = 0; i < f->nasked; i++) {
        struct kafc_consumer_partition *p = f->asked[i].p;
        const struct kafc_fetch_resp_partition *r = code == KAFC_OK
                                                        ? find_answer(&resp, &at, p, rq->version)
                                                        : NULL;

        if (!kafc__cp_answered(&f->asked[i]) || p->state != KAFC_CP_FETCH) {
            if (r && r->error_code == KAFC_OK && !p->dead)
                watermarks(f, p, r); /* which a session does not tell twice */
            continue;
        }
        if (r || (code == KAFC_OK && changes))
            kafc__cp_sense(p);
        if (r && r->error_code == KAFC_OK) {
            p->old_fetch = rq->version < 12;
            p->sure_epoch = f->asked[i].epoch;
        }
        if (r)
            answer_one(f, p, &resp, r);
        else if (code == KAFC_OK && changes)
            no_news(f, p);
        else {
            if (code == KAFC_OK)
                kafc__cp_nonsense(p, f->node_id, "does not name it in its answer to a Fetch");
            failed(f, p, &err, final);
        }
    }
    f->nasked = 0;
    count_answer(f, code);
    kafc__unlock(&c->lock);
    kafc__consumer_work(c);
}

/* --- Requests --------------------------------------------------------------------- */

static int32_t source(const struct kafc_consumer_partition *p)
{
    bool leader = p->replica < 0 || p->replica_until <= kafc__core_now(p->c->core);

    return leader ? kafc__meta_leader(p->meta, p->id, NULL) : p->replica;
}

/* By name the next topic would be taken for the one before: metadata is to say first which one it is. */
static bool is_sure(const struct kafc_consumer_partition *p)
{
    return !p->suspect || (p->meta->fresh && p->meta->error == KAFC_OK);
}

static bool due(const struct kafc_consumer_partition *p, int64_t now)
{
    return !p->dead && !p->paused && !p->busy && p->state == KAFC_CP_FETCH && p->retry_at <= now &&
           p->meta && kafc__cp_is_low(p) && source(p) >= 0 && is_sure(p) &&
           kafc__cp_is_checked(p);
}

static struct kafc_fetcher *fetcher_new(struct kafc_consumer *c, int32_t node,
                                        enum kafc_purpose purpose)
{
    struct kafc_fetcher *f = kafc__zalloc(&c->cfg.mem, sizeof *f);

    if (!f)
        return NULL;
    f->c = c;
    f->node_id = node;
    f->purpose = purpose;
    kafc__request_init(&f->rq, &kafc_fetch_api, &f->msg);
    kafc__session_init(&f->session);
    f->rq.prepare = kafc__fetch_fit;
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
    kafc__core_disown(f->c->core, f);
    f->c->reserved -= f->reserved;
    kafc__session_fini(&f->session);
    kafc__list_del(&f->node);
    kafc__arena_fini(&f->arena);
    kafc__free(&f->c->cfg.mem, f);
}

static struct kafc_fetcher *find_slot(const struct kafc_consumer *c, int32_t node,
                                      enum kafc_purpose purpose)
{
    struct kafc_fetcher *f = KAFC_LIST_FIRST(&c->fetchers, struct kafc_fetcher, node);

    while (f && (f->node_id != node || f->purpose != purpose))
        f = KAFC_LIST_NEXT(&c->fetchers, f, struct kafc_fetcher, node);
    return f;
}

/* NULL: out of memory. */
static struct kafc_fetcher *get_slot(struct kafc_consumer *c, int32_t node, enum kafc_purpose slot)
{
    struct kafc_fetcher *f = find_slot(c, node, slot);

    return f ? f : fetcher_new(c, node, slot);
}

/* The first slot brought nothing, and the second one is parked for a moment: waits for it, so that one request parks
 * all of them, and the second slot is left alone. Not for ever: its connection may be dead. */
static bool wait_for_second(struct kafc_consumer *c, const struct kafc_fetcher *first,
                            const struct kafc_fetcher *second)
{
    int64_t until;

    if (!first || first->got || !second || !second->busy || second->msg.max_wait_ms == 0)
        return false;
    until = second->sent_at + 2 * AHEAD_WAIT_MS * 1000;
    if (kafc__core_now(c->core) >= until)
        return false;
    if (c->retry_at == 0 || until < c->retry_at)
        c->retry_at = until;
    return true;
}

/* The slot to the node that is free: the first, the second while the first is parked; or KAFC_PURPOSES. */
static enum kafc_purpose free_slot(struct kafc_consumer *c, int32_t node)
{
    const struct kafc_fetcher *first = find_slot(c, node, KAFC_FOR_FETCH);
    const struct kafc_fetcher *second = find_slot(c, node, KAFC_FOR_FETCH_AHEAD);

    if (!first || !first->busy)
        return wait_for_second(c, first, second) ? KAFC_PURPOSES : KAFC_FOR_FETCH;
    return !second || !second->busy ? KAFC_FOR_FETCH_AHEAD : KAFC_PURPOSES;
}

static bool add(struct kafc_fetcher *f, struct kafc_consumer_partition *p)
{
    struct kafc_fetch_req_partition *rp = kafc__arena_alloc(&f->arena, sizeof *rp);
    struct kafc_fetch_req_topic *t = &f->msg.topics.v[f->msg.topics.n];
    enum kafc_session_word word;

    if (!rp)
        return false;
    kafc__msg_defaults(&kafc_fetch_req_partition_schema, rp);
    rp->partition = p->id;
    rp->fetch_offset = p->fetch_offset;
    rp->last_fetched_epoch = p->last_epoch;
    rp->partition_max_bytes = p->max_bytes > 0 ? p->max_bytes
                                               : p->c->cfg.options.partition_max_bytes;
    if (p->max_bytes > f->msg.max_bytes)
        f->msg.max_bytes = p->max_bytes;
    (void)kafc__meta_leader(p->meta, p->id, &rp->current_leader_epoch);
    if (kafc__uuid_is_zero(&p->topic_id))
        p->topic_id = p->meta->id;
    word = kafc__session_add(f, p, rp);
    if (word == KAFC_SESSION_NO_MEMORY)
        return false;
    kafc__cp_ask(&f->asked[f->nasked], p);
    f->asked[f->nasked++].epoch = rp->current_leader_epoch;
    if (word == KAFC_SESSION_KNOWN)
        return true;
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, t);
    t->topic = kafc__str(p->topic->s);
    t->topic_id = p->meta->id;
    t->partitions.v = rp;
    t->partitions.n = 1;
    f->msg.topics.n++;
    return true;
}

/* by_id: every topic has one. */
static bool begin(struct kafc_fetcher *f, size_t n, int32_t max_bytes, bool by_id)
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
    f->msg.max_bytes = max_bytes;
    f->msg.isolation_level = o->isolation == KAFC_READ_UNCOMMITTED ? 0 : 1;
    f->forgotten = kafc__arena_array(&f->arena, f->session.nmembers, sizeof *f->forgotten);
    if (cfg->rack)
        f->msg.rack_id = kafc__str(cfg->rack);
    f->rq.max_version = by_id ? f->rq.api->pick_max : 12;
    f->rq.timeout_us = cfg->request_timeout_us + (int64_t)o->max_wait_ms * 1000;
    return !f->arena.failed && kafc__session_begin(f, by_id);
}

/* Sends what is due at first's node, while so many others wait; false: there is no room for any node's answer. */
static bool ask(struct kafc_consumer *c, struct kafc_fetcher *first, size_t others)
{
    int32_t node = first->node_id;
    enum kafc_purpose slot = free_slot(c, node);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    int64_t now = kafc__core_now(c->core);
    struct kafc_fetcher *f;
    size_t n = 0;
    int32_t room;
    bool by_id = true, at_end = true, crowded;

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (!due(p, now) || source(p) != node)
            continue;
        n++;
        at_end = at_end && is_at_end(p);
        kafc__session_check(p, node);
        by_id = by_id && !kafc__uuid_is_zero(&p->meta->id);
    }
    f = get_slot(c, node, slot);
    room = kafc__fetch_room(c, f, n, others, &crowded);
    if (room == 0)
        return false;
    first->turn = ++c->turns;
    if (!f || !begin(f, n, room, by_id))
        n = 0;
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (due(p, now) && source(p) == node && (n == 0 || !add(f, p)))
            kafc__cp_retry(p); /* out of memory */
    }
    if (n == 0 || f->nasked == 0)
        return true;
    if ((crowded || slot == KAFC_FOR_FETCH_AHEAD) && f->msg.max_wait_ms > AHEAD_WAIT_MS)
        f->msg.max_wait_ms = AHEAD_WAIT_MS;
    if (slot == KAFC_FOR_FETCH_AHEAD && !at_end)
        f->msg.max_wait_ms = 0;
    kafc__session_forget(f);
    f->busy = true;
    kafc__count(&c->stats.fetches, 1);
    f->sent_at = now;
    f->reserved = (size_t)room;
    c->reserved += f->reserved;
    kafc__core_send_apart(c->core, node, f->purpose, f, &f->rq); /* other readers' may be parked there */
    return true;
}

/* The node whose turn it is, of those with something due and a slot for it, by its first slot; and how many others
 * wait. Nodes take turns: a request that is parked holds room that another node has waited for. */
static struct kafc_fetcher *next_turn(struct kafc_consumer *c, size_t *others)
{
    int64_t now = kafc__core_now(c->core);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    struct kafc_fetcher *f = KAFC_LIST_FIRST(&c->fetchers, struct kafc_fetcher, node), *best = NULL;
    size_t n = 0;

    for (; f; f = KAFC_LIST_NEXT(&c->fetchers, f, struct kafc_fetcher, node))
        f->wants = false;
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (!due(p, now))
            continue;
        f = get_slot(c, source(p), KAFC_FOR_FETCH);
        if (!f)
            kafc__cp_retry(p); /* out of memory */
        if (!f || f->wants || free_slot(c, f->node_id) == KAFC_PURPOSES)
            continue;
        f->wants = true;
        n++;
        if (!best || f->turn < best->turn)
            best = f;
    }
    *others = n > 0 ? n - 1 : 0;
    return best;
}

void kafc__consumer_fetches(struct kafc_consumer *c)
{
    struct kafc_fetcher *f;
    size_t others;

    c->starved = false;
    while (!c->starved && (f = next_turn(c, &others)) != NULL)
        c->starved = !ask(c, f, others);
    if (c->starved && kafc__list_empty(&c->ready) && kafc__consumer_make_room(c))
        kafc__consumer_poke(c); /* once more */
}
