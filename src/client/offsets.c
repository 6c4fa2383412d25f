/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_offsets: queries about partitions become ListOffsets requests to
 * their leaders, all at once, in rounds until each query has its answer. The
 * rounds are the calling thread's, the answers are read on the loop's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/mem.h"
#include "client/ask.h"
#include "core/list_offsets.h"

enum { UNKNOWN_ROUNDS = 3 }; /* a topic may be so new that not every broker has heard of it */

/* One timestamp that is asked of one partition; a query has up to two. */
struct sub {
    kafc_offset_query *q;
    int64_t timestamp;
    int32_t leader;
    int32_t
        slot; /* a request holds a partition once: more questions about it go into more requests */
    bool answered;
    kafc_err code;
    int64_t offset; /* -1: none */
    int64_t told; /* the record's timestamp, or -1 */
    int32_t epoch;
};

/* What is left to find out about a query. */
struct state {
    bool done;
    bool to_end;  /* TIME: nothing is that late, ask for the end */
    kafc_err bad; /* of this round */
    bool half;    /* TAIL: one of its two ends came, … */
    int64_t tail; /* … this */
};

struct list_ask {
    struct kafc_ask ask;
    struct round *round;
    struct sub *first; /* n of them, of one leader and slot, by topic */
    size_t n;
    struct kafc_list_offsets_req req;
};

struct round {
    const struct kafc_asker *by;
    kafc_offset_query *q;
    struct state *state;
    size_t n;
    int8_t isolation; /* the wire's: 1 is read committed */
    struct sub *sub;
    size_t nsub;
    struct list_ask *ask;
    size_t nask;
    const char **topics;
    struct kafc_arena arena;
    kafc_err worst; /* of those that may be tried again */
};

/* --- Questions ------------------------------------------------------------------- */

static void add_sub(struct round *r, kafc_offset_query *q, int64_t timestamp)
{
    r->sub[r->nsub++] =
        (struct sub){ .q = q, .timestamp = timestamp, .leader = -1, .offset = -1, .told = -1, .epoch = -1 };
}

static bool is_time(kafc_position at)
{
    return at.kind == KAFC_POSITION_TIME || at.kind == KAFC_POSITION_AGO;
}

static int64_t time_of(kafc_position at)
{
    int64_t now = at.kind == KAFC_POSITION_AGO ? kafc__clock_wall_ms() : 0;
    return at.kind == KAFC_POSITION_TIME ? at.value : now > at.value ? now - at.value : 0;
}

static void add_query(struct round *r, kafc_offset_query *q, const struct state *s)
{
    switch (q->at.kind) {
    case KAFC_POSITION_LAST: add_sub(r, q, KAFC_AT_LAST); break;
    case KAFC_POSITION_AGO:
    case KAFC_POSITION_TIME: add_sub(r, q, s->to_end ? KAFC_AT_LAST : time_of(q->at)); break;
    case KAFC_POSITION_TAIL:
        add_sub(r, q, KAFC_AT_LAST);
        add_sub(r, q, KAFC_AT_FIRST);
        break;
    case KAFC_POSITION_MAX_TIMESTAMP: add_sub(r, q, KAFC_AT_MAX_TIMESTAMP); break;
    case KAFC_POSITION_FIRST_LOCAL: add_sub(r, q, KAFC_AT_FIRST_LOCAL); break;
    case KAFC_POSITION_LAST_TIERED: add_sub(r, q, KAFC_AT_LAST_TIERED); break;
    case KAFC_POSITION_DEFAULT:
    case KAFC_POSITION_FIRST:
    case KAFC_POSITION_OFFSET:
    case KAFC_POSITION_CURRENT:
    case KAFC_POSITION_COMMITTED: add_sub(r, q, KAFC_AT_FIRST); break;
    }
}

static int compare_places(const struct sub *a, const struct sub *b)
{
    int c = strcmp(a->q->topic, b->q->topic);
    return c ? c : (a->q->partition > b->q->partition) - (a->q->partition < b->q->partition);
}

static int by_place(const void *x, const void *y)
{
    return compare_places(x, y);
}

/* 0: they go into one request. What an old broker does not know is not asked beside what it does. */
static int compare_requests(const struct sub *a, const struct sub *b)
{
    int16_t x = kafc__list_offsets_version(a->timestamp), y = kafc__list_offsets_version(b->timestamp);
    if (a->leader != b->leader)
        return a->leader < b->leader ? -1 : 1;
    if (x != y)
        return x > y ? 1 : -1;
    return (a->slot > b->slot) - (a->slot < b->slot);
}

static int by_request(const void *x, const void *y)
{
    int c = compare_requests(x, y);
    return c ? c : compare_places(x, y);
}

/* The open questions, sorted by place, with their slots; and the names of their topics. */
static int32_t collect(struct round *r)
{
    r->nsub = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (!r->state[i].done)
            add_query(r, &r->q[i], &r->state[i]);
    }
    qsort(r->sub, r->nsub, sizeof(*r->sub), by_place);
    int32_t topics = 0;
    for (size_t i = 0; i < r->nsub; i++) {
        if (i > 0 && compare_places(&r->sub[i], &r->sub[i - 1]) == 0)
            r->sub[i].slot = r->sub[i - 1].slot + 1;
        if (i == 0 || strcmp(r->sub[i].q->topic, r->sub[i - 1].q->topic) != 0)
            r->topics[topics++] = r->sub[i].q->topic;
    }
    return topics;
}

/* --- Requests ----------------------------------------------------------------------- */

static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct list_ask *l = ask->owner;
    return kafc__list_offsets_fit(rq, &l->req, l->round->isolation, err);
}

struct place {
    kafc_str topic;
    int32_t partition;
};

static int compare_place(const void *key, const void *element)
{
    const struct place *k = key;
    const kafc_offset_query *q = ((const struct sub *)element)->q;
    size_t n = (size_t)k->topic.len, m = strlen(q->topic);
    int c = memcmp(k->topic.p, q->topic, n < m ? n : m);
    if (c == 0)
        c = (n > m) - (n < m);
    return c ? c : (k->partition > q->partition) - (k->partition < q->partition);
}

static struct sub *find(const struct list_ask *l, kafc_str topic, int32_t partition)
{
    struct place key = { topic, partition };
    return topic.p ? bsearch(&key, l->first, l->n, sizeof(*l->first), compare_place) : NULL;
}

static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct list_ask *l = ask->owner;
    struct kafc_list_offsets_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, l->round->by->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    for (int32_t i = 0; rc == KAFC_OK && i < r.topics.n; i++) {
        for (int32_t j = 0; j < r.topics.v[i].partitions.n; j++) {
            const struct kafc_list_offsets_resp_partition *p = &r.topics.v[i].partitions.v[j];
            struct sub *s = find(l, r.topics.v[i].name, p->partition_index);
            if (!s)
                continue;
            s->answered = true;
            s->code = (kafc_err)p->error_code;
            s->epoch = p->leader_epoch;
            s->offset = kafc__list_offsets_offset(p, ask->rq.version);
            s->told = p->timestamp;
        }
    }
    kafc__arena_fini(&a);
    return rc;
}

/* The request of the questions [first, first + n), which are sorted by topic. */
static bool fill(struct round *r, struct list_ask *l)
{
    size_t topics = 0;
    kafc__msg_defaults(&kafc_list_offsets_req_schema, &l->req);
    for (size_t i = 0; i < l->n; i++)
        topics += i == 0 || strcmp(l->first[i].q->topic, l->first[i - 1].q->topic) != 0;
    struct kafc_list_offsets_req_topic *t = kafc__msg_array(&kafc_list_offsets_req_topic_schema,
                                                            (int32_t)topics, &r->arena);
    struct kafc_list_offsets_req_partition *p = kafc__msg_array(
        &kafc_list_offsets_req_partition_schema, (int32_t)l->n, &r->arena);
    if (!t || !p)
        return false;
    l->req.replica_id = -1;
    l->req.topics.v = t--;
    l->req.topics.n = (int32_t)topics;
    for (size_t i = 0; i < l->n; i++) {
        const kafc_offset_query *q = l->first[i].q;
        if (i == 0 || strcmp(q->topic, l->first[i - 1].q->topic) != 0) {
            (++t)->name = (kafc_str){ q->topic, (int32_t)strlen(q->topic) };
            t->partitions.v = &p[i];
            t->partitions.n = 0;
        }
        t->partitions.n++;
        p[i].partition_index = q->partition;
        p[i].timestamp = l->first[i].timestamp;
        p[i].max_num_offsets = 1;
    }
    return true;
}

/* One request for each leader and slot, and kind of question; questions without a leader have their code already. */
static bool make_asks(struct round *r)
{
    qsort(r->sub, r->nsub, sizeof(*r->sub), by_request);
    r->nask = 0;
    size_t i = 0;
    while (i < r->nsub && r->sub[i].leader < 0)
        i++;
    while (i < r->nsub) {
        struct list_ask *l = &r->ask[r->nask++];
        memset(l, 0, sizeof(*l));
        l->round = r;
        l->first = &r->sub[i];
        for (l->n = 0; i < r->nsub && compare_requests(&r->sub[i], l->first) == 0; i++)
            l->n++;
        l->ask.api = &kafc_list_offsets_api;
        l->ask.msg = &l->req;
        l->ask.node = l->first->leader;
        l->ask.prepare = prepare;
        l->ask.answer = answer;
        l->ask.owner = l;
        if (!fill(r, l))
            return false;
    }
    return true;
}

/* --- Rounds ------------------------------------------------------------------------- */

/* All asks together, for a client: they stand in an array of list_ask, kafc__ask_once wants them in a row. */
static kafc_err send_asks(struct round *r, int64_t deadline, unsigned interrupts, bool *asked,
                          kafc_error *err)
{
    struct kafc_ask *v = kafc__zalloc_array(r->by->mem, r->nask, sizeof(*v));
    *asked = v != NULL;
    if (!v)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the requests");
    for (size_t i = 0; i < r->nask; i++)
        v[i] = r->ask[i].ask;
    kafc_err rc = r->by->how->once(r->by->client, v, r->nask, deadline, interrupts, err);
    for (size_t i = 0; i < r->nask; i++) {
        r->ask[i].ask.code = v[i].code;
        r->ask[i].ask.err = v[i].err;
    }
    kafc__free(r->by->mem, v);
    return rc;
}

/* One after the other, for a conn. */
static kafc_err send_each(struct round *r, int64_t deadline, bool *asked, kafc_error *err)
{
    *asked = true;
    for (size_t i = 0; i < r->nask; i++) {
        struct kafc_ask *a = &r->ask[i].ask;
        a->code = r->by->how->ask(r->by, a, deadline, err);
        if (a->code != KAFC_OK) {
            *asked = false;
            return a->code;
        }
    }
    return KAFC_OK;
}

static void fill_in_codes(struct round *r)
{
    for (size_t i = 0; i < r->nask; i++) {
        const struct list_ask *l = &r->ask[i];
        for (size_t j = 0; j < l->n; j++) {
            if (!l->first[j].answered)
                l->first[j].code = l->ask.code != KAFC_OK ? l->ask.code : KAFC_ERR_PROTOCOL;
        }
    }
}

/* The two answers to a TAIL, or the one to anything else, become the query's. */
static void settle(struct sub *s, struct state *st)
{
    kafc_offset_query *q = s->q;
    q->leader_epoch = s->epoch;
    if (is_time(q->at) && s->offset < 0 && !st->to_end) {
        st->to_end = true; /* looked at again in the next round */
        return;
    }
    if (q->at.kind == KAFC_POSITION_TAIL && !st->half) {
        st->half = true;
        st->tail = s->offset;
        return;
    }
    q->offset = s->offset;
    if (q->at.kind == KAFC_POSITION_TAIL) {
        int64_t first = s->timestamp == KAFC_AT_FIRST ? s->offset : st->tail;
        int64_t end = s->timestamp == KAFC_AT_FIRST ? st->tail : s->offset;
        q->offset = end - q->at.value > first ? end - q->at.value : first;
    }
    q->timestamp = s->timestamp >= 0 || s->timestamp == KAFC_AT_MAX_TIMESTAMP ? s->told : -1;
    q->none_later = st->to_end;
    st->done = true;
}

static struct state *state_of(struct round *r, const struct sub *s)
{
    return &r->state[s->q - r->q];
}

/* Takes the answers over; returns how many queries have an error and may be tried again. */
static size_t evaluate(struct round *r)
{
    size_t failed = 0;
    r->worst = KAFC_OK;
    for (size_t j = 0; j < r->nsub; j++) {
        state_of(r, &r->sub[j])->bad = KAFC_OK;
        state_of(r, &r->sub[j])->half = false;
    }
    for (size_t j = 0; j < r->nsub; j++) {
        if (r->sub[j].code != KAFC_OK)
            state_of(r, &r->sub[j])->bad = r->sub[j].code;
    }
    for (size_t j = 0; j < r->nsub; j++) {
        struct state *st = state_of(r, &r->sub[j]);
        r->sub[j].q->result = st->bad;
        if (st->bad == KAFC_OK) {
            settle(&r->sub[j], st);
        } else if (!kafc__ask_again(KAFC_API_LIST_OFFSETS, st->bad) &&
                   !kafc__ask_again(-1, st->bad)) {
            st->done = true;
        } else {
            failed++;
            r->worst = st->bad;
        }
    }
    return failed;
}

static bool unknown(kafc_err code)
{
    return code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION || code == KAFC_ERR_UNKNOWN_PARTITION;
}

static kafc_err find_leaders(struct round *r, int64_t deadline, kafc_error *err)
{
    kafc_metadata *m = NULL;
    int32_t topics = collect(r);
    for (size_t i = 0; i < r->nsub; i++)
        r->sub[i].leader = 0; /* a conn's only node */
    if (r->by->conn)
        return KAFC_OK;
    kafc_err rc = kafc__query_metadata(r->by, r->topics, topics, false, deadline, &m, err);
    for (size_t i = 0; rc == KAFC_OK && i < r->nsub; i++) {
        struct sub *s = &r->sub[i];
        s->leader = -1;
        s->code = kafc__leader_find(m, s->q->topic, s->q->partition, &s->leader);
    }
    kafc_metadata_free(m);
    return rc;
}

/* asked: leaders were, and every question has a code. */
static kafc_err one_round(struct round *r, int64_t deadline, unsigned interrupts, bool *asked,
                          kafc_error *err)
{
    *asked = false;
    kafc_err rc = find_leaders(r, deadline, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__arena_reset(&r->arena);
    if (!make_asks(r))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the requests");
    if (r->by->conn)
        rc = send_each(r, deadline, asked, err);
    else if (r->nask > 0)
        rc = send_asks(r, deadline, interrupts, asked, err);
    else
        *asked = true;
    fill_in_codes(r);
    return rc;
}

/* What the caller is told: the first query that failed, with the words of its leader's request if there are any. */
static kafc_err verdict(struct round *r, kafc_error *err)
{
    for (size_t i = 0; i < r->n; i++) {
        const kafc_offset_query *q = &r->q[i];
        if (q->result == KAFC_OK)
            continue;
        const char *words = kafc_err_text(q->result);
        for (size_t k = 0; k < r->nask; k++) {
            if (r->ask[k].ask.code == q->result &&
                find(&r->ask[k], (kafc_str){ q->topic, (int32_t)strlen(q->topic) }, q->partition))
                words = r->ask[k].ask.err.message;
        }
        return kafc__error(err, q->result, "offset of %.249s [%d]: %.220s", q->topic,
                           (int)q->partition, words);
    }
    return KAFC_OK;
}

static bool any_left(const struct round *r)
{
    for (size_t i = 0; i < r->n; i++) {
        if (!r->state[i].done)
            return true;
    }
    return false;
}

static kafc_err fail_rest(struct round *r, kafc_err code)
{
    for (size_t i = 0; i < r->n; i++) {
        if (!r->state[i].done)
            r->q[i].result = code;
    }
    return code;
}

/* Fails what has no answer and no error yet; true if something has an error of its own. */
static bool fail_open(struct round *r, kafc_err code)
{
    bool failed = false;
    for (size_t i = 0; i < r->n; i++) {
        failed = failed || (r->q[i].result != KAFC_OK && r->q[i].result != code);
        if (!r->state[i].done && r->q[i].result == KAFC_OK)
            r->q[i].result = code;
    }
    return failed;
}

/* What is still not known after some rounds does not exist. */
static void give_up_unknown(struct round *r)
{
    for (size_t i = 0; i < r->n; i++)
        r->state[i].done = r->state[i].done || unknown(r->q[i].result);
}

static kafc_err rounds(struct round *r, int64_t deadline, kafc_error *err)
{
    kafc_client *c = r->by->client;
    unsigned interrupts = c ? atomic_load(&c->interrupts) : 0;
    for (int failures = 0;;) {
        bool asked;
        kafc_err why, rc = one_round(r, deadline, interrupts, &asked, err);
        if (!asked && rc == KAFC_ERR_TIMED_OUT && fail_open(r, rc))
            return verdict(r, err); /* why the last round failed says more than that time ran out */
        if (!asked)
            return fail_rest(r, rc);
        size_t failed = evaluate(r);
        if (rc != KAFC_OK && rc != KAFC_ERR_TIMED_OUT)
            return fail_rest(r, rc);
        if (failed > 0 && ++failures >= UNKNOWN_ROUNDS)
            give_up_unknown(r);
        if (rc != KAFC_OK || !any_left(r) || (failed > 0 && !r->by->how->pause))
            return verdict(r, err);
        if (failed > 0 && !r->by->how->pause(c, failures - 1, r->worst, deadline, interrupts, &why))
            return why == KAFC_ERR_TIMED_OUT
                       ? verdict(r, err)
                       : kafc__error(err, fail_rest(r, why), "%s", kafc_err_text(why));
    }
}

/* A conn takes positions to go there, and what is at the end of this list may not be there. */
static bool can_ask(kafc_position at, bool conn)
{
    switch (at.kind) {
    case KAFC_POSITION_FIRST:
    case KAFC_POSITION_LAST: return true;
    case KAFC_POSITION_TIME:
    case KAFC_POSITION_AGO:
    case KAFC_POSITION_TAIL: return at.value >= 0;
    case KAFC_POSITION_MAX_TIMESTAMP:
    case KAFC_POSITION_FIRST_LOCAL:
    case KAFC_POSITION_LAST_TIERED: return !conn;
    case KAFC_POSITION_DEFAULT:
    case KAFC_POSITION_OFFSET:
    case KAFC_POSITION_COMMITTED:
    case KAFC_POSITION_CURRENT: break;
    }
    return false;
}

static kafc_err check(const struct kafc_asker *by, const kafc_offset_query *q, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !q))
        return kafc__error(err, KAFC_ERR_USAGE, "there is no query");
    for (int32_t i = 0; i < n; i++) {
        if (!q[i].topic || q[i].topic[0] == '\0' || q[i].partition < 0)
            return kafc__error(err, KAFC_ERR_USAGE, "query %d has no topic or partition", (int)i);
        if (!can_ask(q[i].at, by->conn != NULL))
            return kafc__error(
                err, KAFC_ERR_USAGE,
                "query %d must ask for KAFC_FIRST, KAFC_LAST, KAFC_AT_TIME, KAFC_AGO or KAFC_TAIL, from 0 on%s",
                (int)i, by->conn ? "" : ", KAFC_MAX_TIMESTAMP, KAFC_FIRST_LOCAL or KAFC_LAST_TIERED");
    }
    return KAFC_OK;
}

static void clear(kafc_offset_query *q, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        q[i].offset = KAFC_OFFSET_UNKNOWN;
        q[i].leader_epoch = -1;
        q[i].timestamp = -1;
        q[i].none_later = false;
        q[i].result = KAFC_ERR_TIMED_OUT;
    }
}

kafc_err kafc__query_offsets(const struct kafc_asker *by, kafc_offset_query *q, int32_t n,
                             kafc_isolation isolation, int64_t deadline, kafc_error *err)
{
    kafc_err rc = check(by, q, n, err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    size_t k = (size_t)n;
    struct round r = { .by = by, .q = q, .n = k, .isolation = isolation != KAFC_READ_UNCOMMITTED };
    clear(q, k);
    r.state = kafc__zalloc_array(by->mem, k, sizeof(*r.state));
    r.sub = kafc__zalloc_array(by->mem, k * 2, sizeof(*r.sub));
    r.ask = kafc__zalloc_array(by->mem, k * 2, sizeof(*r.ask));
    r.topics = kafc__zalloc_array(by->mem, k * 2, sizeof(*r.topics));
    kafc__arena_init(&r.arena, by->mem, 0);
    if (!r.state || !r.sub || !r.ask || !r.topics)
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the queries");
    else
        rc = rounds(&r, deadline, err);
    kafc__arena_fini(&r.arena);
    kafc__free(by->mem, r.topics);
    kafc__free(by->mem, r.ask);
    kafc__free(by->mem, r.sub);
    kafc__free(by->mem, r.state);
    return rc;
}

kafc_err kafc_client_offsets(kafc_client *c, kafc_offset_query *q, int32_t n,
                             kafc_isolation isolation, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of(c);
    rc = kafc__query_offsets(&by, q, n, isolation, kafc__deadline_in(timeout_ms), err);
    kafc__ask_end(c);
    return rc;
}
