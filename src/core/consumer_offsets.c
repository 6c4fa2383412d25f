/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Positions that must be asked for: ListOffsets, one request per leader with
 * all partitions that need something, until each knows where it starts and
 * stops. Driver's thread, the consumer's lock held.
 */
#include <stdio.h>

#include "core/consumer_internal.h"
#include "core/list_offsets.h"
#include "core/retry.h"

static int64_t *found(struct kafc_consumer_partition *p, int need)
{
    switch (need) {
    case KAFC_NEED_FIRST: return &p->first;
    case KAFC_NEED_LAST: return &p->last;
    case KAFC_NEED_START_TIME: return &p->start_time;
    }
    return &p->stop_time; /* KAFC_NEED_STOP_TIME */
}

/* A time before now is a time from the first lookup on (rule R11). */
static int64_t fix_time(const struct kafc_consumer_partition *p, kafc_position *at)
{
    int64_t now = kafc__core_wall_ms(p->c->core);

    if (at->kind == KAFC_POSITION_AGO)
        *at = KAFC_AT_TIME(now > at->value ? now - at->value : 0);
    return at->value;
}

static int64_t timestamp_of(struct kafc_consumer_partition *p, int need)
{
    switch (need) {
    case KAFC_NEED_FIRST: return -2;
    case KAFC_NEED_LAST: return -1;
    case KAFC_NEED_START_TIME: return fix_time(p, p->range_reset ? &p->reset_at : &p->start);
    }
    return fix_time(p, &p->stop); /* KAFC_NEED_STOP_TIME */
}

static int64_t resolve(const struct kafc_consumer_partition *p, kafc_position at, int64_t by_time)
{
    switch (at.kind) {
    case KAFC_POSITION_FIRST: return p->first;
    case KAFC_POSITION_LAST: return p->last;
    case KAFC_POSITION_TAIL: return p->last - at.value > p->first ? p->last - at.value : p->first;
    case KAFC_POSITION_AGO: /* is a TIME by now */
    case KAFC_POSITION_TIME: return by_time >= 0 ? by_time : p->last;
    case KAFC_POSITION_OFFSET:
    case KAFC_POSITION_DEFAULT:
    case KAFC_POSITION_CURRENT:
    case KAFC_POSITION_MAX_TIMESTAMP:
    case KAFC_POSITION_FIRST_LOCAL:
    case KAFC_POSITION_LAST_TIERED:
    case KAFC_POSITION_COMMITTED: break;
    }
    return at.value;
}

/* Where `reset` leads. */
static int64_t reset_to(const struct kafc_consumer_partition *p, kafc_reset how)
{
    int64_t to = p->first;

    if (how == KAFC_RESET_LAST)
        to = p->last;
    else if (how == KAFC_RESET_START)
        to = resolve(p, p->reset_at, p->start_time);
    return to < p->first ? p->first : to > p->last ? p->last : to;
}

const char kafc__truncated[] = "it was truncated";
static const char made_again[] = "the topic was deleted and made again";

enum verdict { GO_ON, GIVE_UP, NO_MEMORY };

static bool is_other_topic(const struct kafc_consumer_partition *p)
{
    return p->meta && !kafc__uuid_is_zero(&p->topic_id) && !kafc__uuid_is_zero(&p->meta->id) &&
           memcmp(&p->topic_id, &p->meta->id, sizeof p->topic_id) != 0;
}

void kafc__cp_check_topic(struct kafc_consumer_partition *p)
{
    if (p->dead || p->state != KAFC_CP_FETCH || !is_other_topic(p))
        return;
    p->lost = made_again;
    kafc__meta_stale(p->c->core); /* asked once more before it is told: who said it may lag behind */
    kafc__cp_out_of_range(p);
}

/* Only a seek goes on. */
static enum verdict give_up(struct kafc_consumer_partition *p, kafc_err code)
{
    char why[160] = "";

    if (p->lost && p->diverges >= 0)
        (void)snprintf(why, sizeof why, " (%s: what was read is in it below %lld at most)", p->lost,
                       (long long)p->diverges);
    else if (p->lost || code == KAFC_ERR_TRUNCATED)
        (void)snprintf(why, sizeof why, " (%s)",
                       p->lost ? p->lost : "it was truncated, or was never that long");
    return kafc__cp_tell(p, code, p->fetch_offset,
                         "%s [%d]: offset %lld is not in the log, which holds %lld to %lld%s; seek "
                         "to go on",
                         p->topic->s, p->id, (long long)p->fetch_offset, (long long)p->first,
                         (long long)p->last, why)
               ? GIVE_UP
               : NO_MEMORY;
}

/* The position lay outside the log: what now? (rule R3) */
static enum verdict reset_range(struct kafc_consumer_partition *p)
{
    kafc_reset how = p->c->cfg.options.reset;
    int64_t was = p->fetch_offset, to = reset_to(p, how);

    if (p->lost == made_again && !is_other_topic(p))
        p->lost = NULL; /* it was a broker that lags behind */
    bool truncated = p->lost || was > p->last;
    if (was >= p->first && !truncated)
        return GO_ON; /* it is in the log after all: a follower lagged */
    if (how == KAFC_RESET_FAIL || (how == KAFC_RESET_DEFAULT && truncated))
        return give_up(p, truncated ? KAFC_ERR_TRUNCATED : KAFC_ERR_OFFSET_OUT_OF_RANGE);
    if (!kafc__cp_tell(p, KAFC_ERR_SKIPPED, to,
                       "%s [%d]: offset %lld is gone, went on at %lld, %lld skipped", p->topic->s,
                       p->id, (long long)was, (long long)to, (long long)(to > was ? to - was : 0)))
        return NO_MEMORY;
    p->fetch_offset = to;
    p->topic_id = (kafc_uuid){ 0 };
    return GO_ON;
}

/* true: the position is known. */
static bool settle_range(struct kafc_consumer_partition *p)
{
    switch (reset_range(p)) {
    case GO_ON: return true;
    case GIVE_UP: kafc__cp_step(p, KAFC_CP_BROKEN); return false;
    case NO_MEMORY: break;
    }
    kafc__cp_out_of_range(p); /* all over again: nothing moves without a notice */
    kafc__cp_retry(p);
    return false;
}

void kafc__cp_settle(struct kafc_consumer_partition *p)
{
    if (!p->stop_known) {
        p->stop_offset = resolve(p, p->stop, p->stop_time);
        p->stop_known = true;
    }
    if (!p->range_reset)
        p->fetch_offset = resolve(p, p->start, p->start_time);
    else if (!settle_range(p))
        return;
    p->range_reset = false;
    p->lost = NULL;
    p->diverges = -1;
    p->attempts = 0;
    if (p->position < 0)
        p->position = p->fetch_offset;
    kafc__cp_step(p, KAFC_CP_KNOWN);
    if (kafc__cp_is_through(p))
        kafc__cp_step(p, KAFC_CP_REACHED);
}

void kafc__cp_retry(struct kafc_consumer_partition *p)
{
    p->retry_at = kafc__core_now(p->c->core) + kafc__core_retry_delay(p->c->core, p->attempts);
    p->attempts++;
}

void kafc__lookup_free(struct kafc_lookup *l)
{
    for (int32_t i = 0; i < l->nasked; i++)
        (void)kafc__cp_answered(&l->asked[i]);
    kafc__core_cancel(l->c->core, &l->rq);
    kafc__list_del(&l->node);
    kafc__arena_fini(&l->arena);
    kafc__free(&l->c->cfg.mem, l);
}

static void answer_one(struct kafc_lookup *l, int32_t i,
                       const struct kafc_list_offsets_resp_partition *r)
{
    struct kafc_consumer_partition *p = l->asked[i].p;
    kafc_err code = (kafc_err)r->error_code;
    int64_t offset = kafc__list_offsets_offset(r, l->rq.version);

    if (code == KAFC_OK && offset < 0 && (l->need[i] & (KAFC_NEED_FIRST | KAFC_NEED_LAST))) {
        kafc__cp_nonsense(p, l->node_id, "tells no offset in its answer to a ListOffsets");
        kafc__cp_retry(p); /* every log has both */
        return;
    }
    kafc__cp_sense(p);
    if (code == KAFC_OK) {
        *found(p, l->need[i]) = offset;
        p->needs &= ~l->need[i];
        p->attempts = 0;
        p->told = KAFC_OK;
        if (!p->needs)
            kafc__cp_settle(p);
        return;
    }
    kafc__cp_retry(p);
    if (kafc__retry_class(KAFC_API_LIST_OFFSETS, code) == KAFC_CLASS_REFRESH)
        kafc__meta_stale(l->c->core);
    else if (kafc__retry_class(KAFC_API_LIST_OFFSETS, code) != KAFC_CLASS_RETRY)
        kafc__cp_tell(p, code, KAFC_OFFSET_UNKNOWN, "%s [%d]: its offsets cannot be read: %s",
                      p->topic->s, p->id, kafc_err_text(code));
}

static const struct kafc_list_offsets_resp_partition *find_answer(
    const struct kafc_list_offsets_resp *resp, int32_t begin,
    const struct kafc_consumer_partition *p)
{
    for (int32_t n = 0; n < resp->topics.n;
         n++) { /* brokers answer in the order of the request: begin there */
        const struct kafc_list_offsets_resp_topic *topic =
            &resp->topics.v[(begin + n) % resp->topics.n];

        if (!kafc__str_is(topic->name, p->topic->s))
            continue;
        for (int32_t i = 0; i < topic->partitions.n; i++)
            if (topic->partitions.v[i].partition_index == p->id)
                return &topic->partitions.v[i];
    }
    return NULL;
}

static void lookup_done(struct kafc_request *rq)
{
    struct kafc_lookup *l = rq->owner;
    struct kafc_consumer *c = l->c;
    struct kafc_list_offsets_resp resp;
    kafc_error err = { .message = "" };
    kafc_err code = rq->result;
    bool final = false;

    kafc__lock(&c->lock);
    if (code == KAFC_OK)
        code = kafc__request_decode(rq, &resp, &l->arena, &err);
    else if (rq->why)
        err = *rq->why;
    if (code != KAFC_OK) {
        err.broker = l->node_id;
        final = kafc__consumer_trouble(c, &err);
        kafc__meta_stale(c->core);
    } else {
        kafc__consumer_answered(c, l->node_id);
    }
    for (int32_t i = 0; i < l->nasked; i++) {
        struct kafc_consumer_partition *p = l->asked[i].p;
        const struct kafc_list_offsets_resp_partition *r = code == KAFC_OK
                                                               ? find_answer(&resp, i, p)
                                                               : NULL;

        if (!kafc__cp_answered(&l->asked[i]))
            continue;
        if (r)
            answer_one(l, i, r);
        else {
            if (code == KAFC_OK)
                kafc__cp_nonsense(p, l->node_id, "does not name it in its answer to a ListOffsets");
            kafc__cp_retry(p);
        }
        if (final)
            kafc__cp_tell(p, err.code, KAFC_OFFSET_UNKNOWN,
                          "%s [%d]: its offsets cannot be read from node %d: %s", p->topic->s,
                          p->id, l->node_id, err.message);
    }
    l->nasked = 0;
    kafc__lookup_free(l);
    kafc__unlock(&c->lock);
    kafc__consumer_work(c);
}

static bool due(const struct kafc_consumer_partition *p, int64_t now)
{
    return !p->dead && !p->busy && p->state == KAFC_CP_LOOKUP && (p->needs & ~KAFC_NEED_COMMITTED) &&
           p->retry_at <= now && p->meta && kafc__meta_leader(p->meta, p->id, NULL) >= 0;
}

bool kafc__cp_wants_committed(const struct kafc_consumer_partition *p)
{
    return !p->dead && !p->busy && p->state == KAFC_CP_LOOKUP && (p->needs & KAFC_NEED_COMMITTED) &&
           p->retry_at <= kafc__core_now(p->c->core);
}

/* One topic entry for each partition: brokers take it, and it spares sorting. */
static bool add(struct kafc_lookup *l, struct kafc_consumer_partition *p)
{
    struct kafc_list_offsets_req_topic *t = &l->msg.topics.v[l->nasked];
    struct kafc_list_offsets_req_partition *rp = kafc__arena_alloc(&l->arena, sizeof *rp);
    int need = p->needs & -p->needs;

    if (!rp)
        return false;
    kafc__msg_defaults(&kafc_list_offsets_req_topic_schema, t);
    kafc__msg_defaults(&kafc_list_offsets_req_partition_schema, rp);
    t->name = kafc__str(p->topic->s);
    t->partitions.v = rp;
    t->partitions.n = 1;
    rp->partition_index = p->id;
    rp->max_num_offsets = 1;
    rp->timestamp = timestamp_of(p, need);
    (void)kafc__meta_leader(p->meta, p->id, &rp->current_leader_epoch);
    kafc__cp_ask(&l->asked[l->nasked], p);
    l->need[l->nasked] = need;
    l->nasked++;
    l->msg.topics.n = l->nasked;
    return true;
}

static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_lookup *l = rq->owner;
    bool committed = l->c->cfg.options.isolation != KAFC_READ_UNCOMMITTED;

    return kafc__list_offsets_fit(rq, &l->msg, committed ? 1 : 0, err);
}

static struct kafc_lookup *lookup_new(struct kafc_consumer *c, size_t n)
{
    struct kafc_lookup *l = kafc__zalloc(&c->cfg.mem, sizeof *l);

    if (!l)
        return NULL;
    l->c = c;
    kafc__arena_init(&l->arena, &c->cfg.mem, 0);
    kafc__list_init(&l->node);
    kafc__msg_defaults(&kafc_list_offsets_req_schema, &l->msg);
    l->msg.topics.v = kafc__arena_array(&l->arena, n, sizeof *l->msg.topics.v);
    l->asked = kafc__arena_array(&l->arena, n, sizeof *l->asked);
    l->need = kafc__arena_array(&l->arena, n, sizeof *l->need);
    if (l->arena.failed) {
        kafc__arena_fini(&l->arena);
        kafc__free(&c->cfg.mem, l);
        return NULL;
    }
    l->msg.replica_id = -1;
    kafc__request_init(&l->rq, &kafc_list_offsets_api, &l->msg);
    l->rq.timeout_us = kafc__core_config(c->core)->request_timeout_us;
    l->rq.prepare = prepare;
    l->rq.done = lookup_done;
    l->rq.owner = l;
    return l;
}

static void ask(struct kafc_consumer *c, int32_t node)
{
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);
    int64_t now = kafc__core_now(c->core);
    struct kafc_lookup *l;
    size_t n = 0;

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        n += due(p, now) && kafc__meta_leader(p->meta, p->id, NULL) == node;
    l = lookup_new(c, n);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (!due(p, now) || kafc__meta_leader(p->meta, p->id, NULL) != node)
            continue;
        if (!l || !add(l, p))
            kafc__cp_retry(p);
    }
    if (!l)
        return;
    l->node_id = node;
    kafc__list_push(&c->lookups, &l->node);
    kafc__core_send(c->core, node, KAFC_FOR_CONTROL, &l->rq);
}

void kafc__consumer_lookups(struct kafc_consumer *c)
{
    int64_t now = kafc__core_now(c->core);
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (due(p, now)) /* marks all of that leader busy or postponed */
            ask(c, kafc__meta_leader(p->meta, p->id, NULL));
}
