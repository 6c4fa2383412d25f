/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_committed: OffsetFetch to the coordinator of a group, found anew
 * for each attempt. The attempts are the calling thread's, the answer is read
 * on the loop's.
 */
#include <string.h>

#include "base/arena.h"
#include "client/ask.h"
#include "client/seek.h"
#include "protocol/api/09_offset_fetch.h"

/* Before version 1 offsets are ZooKeeper's; from 10 on topics have ids only. */
enum { FIRST = 1, GROUPS = 8, LAST = 9, STABLE = 7 };

struct fetch {
    struct kafc_ask ask;
    kafc_client *c;
    kafc_str group;
    kafc_offset *q;
    int32_t n;
    struct kafc_arena arena; /* of the request */
    struct kafc_offset_fetch_req req;
    struct kafc_offset_fetch_req_topic *topic; /* the same, for versions before GROUPS, */
    struct kafc_offset_fetch_req_group of;     /* and from there on */
};

static kafc_str str(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

static bool same(kafc_str a, const char *b)
{
    return (size_t)a.len == strlen(b) && memcmp(a.p, b, (size_t)a.len) == 0;
}

/* --- The request ------------------------------------------------------------------------ */

static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct fetch *f = ask->owner;
    bool groups = rq->version >= GROUPS;
    (void)err;
    f->req.group_id = groups ? (kafc_str){ "", 0 } : f->group;
    f->req.topics.v = f->topic;
    f->req.topics.n = groups ? 0 : f->of.topics.n;
    f->req.groups.v = &f->of;
    f->req.groups.n = groups;
    f->req.require_stable = rq->version >= STABLE;
    return KAFC_OK;
}

static int32_t topic_of(const struct fetch *f, int32_t query)
{
    int32_t k = 0;
    while (k < f->of.topics.n && !same(f->topic[k].name, f->q[query].topic))
        k++;
    return k;
}

static bool build(struct fetch *f)
{
    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &f->req);
    kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &f->of);
    f->topic = kafc__msg_array(&kafc_offset_fetch_req_topic_schema, f->n, &f->arena);
    f->of.topics.v = kafc__msg_array(&kafc_offset_fetch_req_group_topic_schema, f->n, &f->arena);
    int32_t *index = kafc__arena_array(&f->arena, (size_t)f->n, sizeof(*index));
    if (!f->topic || !f->of.topics.v || !index)
        return false;
    f->of.group_id = f->group;
    f->of.topics.n = 0;
    for (int32_t i = 0; i < f->n; i++) {
        int32_t k = topic_of(f, i);
        if (k < f->of.topics.n)
            continue; /* all of its partitions are there */
        f->topic[k].name = f->of.topics.v[k].name = str(f->q[i].topic);
        f->topic[k].partition_indexes.v = index;
        for (int32_t j = i; j < f->n; j++)
            if (strcmp(f->q[j].topic, f->q[i].topic) == 0)
                *index++ = f->q[j].partition;
        f->topic[k].partition_indexes.n = (int32_t)(index - f->topic[k].partition_indexes.v);
        f->of.topics.v[k].partition_indexes.v = f->topic[k].partition_indexes.v;
        f->of.topics.v[k].partition_indexes.n = f->topic[k].partition_indexes.n;
        f->of.topics.n++;
    }
    return true;
}

/* --- The answer, on the loop thread ------------------------------------------------------- */

/* *worst: a code that is worth another attempt, if there was one. */
static void take(struct fetch *f, kafc_str topic, int32_t partition, int64_t offset, int32_t epoch,
                 int16_t code, kafc_err *worst)
{
    for (int32_t i = 0; i < f->n; i++) {
        kafc_offset *q = &f->q[i];
        if (q->partition != partition || !same(topic, q->topic))
            continue;
        q->result = (kafc_err)code;
        q->offset = code == 0 && offset >= 0 ? offset : KAFC_OFFSET_UNKNOWN;
        q->leader_epoch = code == 0 ? epoch : -1;
    }
    if (kafc__ask_again(KAFC_API_OFFSET_FETCH, (kafc_err)code))
        *worst = (kafc_err)code;
}

static kafc_err take_old(struct fetch *f, const struct kafc_offset_fetch_resp *r)
{
    kafc_err worst = (kafc_err)r->error_code;
    for (int32_t i = 0; i < r->topics.n; i++)
        for (int32_t k = 0; k < r->topics.v[i].partitions.n; k++) {
            const struct kafc_offset_fetch_resp_partition *p = &r->topics.v[i].partitions.v[k];
            take(f, r->topics.v[i].name, p->partition_index, p->committed_offset,
                 p->committed_leader_epoch, p->error_code, &worst);
        }
    return worst;
}

static kafc_err take_group(struct fetch *f, const struct kafc_offset_fetch_resp_group *g)
{
    kafc_err worst = (kafc_err)g->error_code;
    for (int32_t i = 0; i < g->topics.n; i++)
        for (int32_t k = 0; k < g->topics.v[i].partitions.n; k++) {
            const struct kafc_offset_fetch_resp_group_partition *p =
                &g->topics.v[i].partitions.v[k];
            take(f, g->topics.v[i].name, p->partition_index, p->committed_offset,
                 p->committed_leader_epoch, p->error_code, &worst);
        }
    return worst;
}

static void forget(struct fetch *f, kafc_err code)
{
    for (int32_t i = 0; i < f->n; i++) {
        f->q[i].offset = KAFC_OFFSET_UNKNOWN;
        f->q[i].leader_epoch = -1;
        f->q[i].result = code;
    }
}

static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct fetch *f = ask->owner;
    struct kafc_offset_fetch_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, &f->c->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK) {
        bool groups = ask->rq.version >= GROUPS;
        forget(f, KAFC_ERR_PROTOCOL); /* what the answer leaves out */
        rc = !groups          ? take_old(f, &r)
             : r.groups.n > 0 ? take_group(f, &r.groups.v[0])
                              : KAFC_ERR_PROTOCOL;
        if (rc != KAFC_OK)
            (void)kafc__error(err, rc, "offsets of group %.*s: %s",
                              f->group.len < 249 ? (int)f->group.len : 249, f->group.p,
                              kafc_err_text(rc));
    }
    kafc__arena_fini(&a);
    return rc;
}

/* --- Attempts --------------------------------------------------------------------------------- */

static kafc_err find(struct fetch *f, int64_t deadline, kafc_error *err)
{
    struct kafc_target t = { .name = f->group };
    struct kafc_arena a;
    kafc__arena_init(&a, &f->c->mem, 0);
    struct kafc_seek s = { .c = f->c, .deadline = deadline, .arena = &a, .target = &t, .n = 1 };
    kafc_err rc = kafc__seek_coordinators(&s, KAFC_TO_GROUP, err);
    f->ask.node = t.node;
    kafc__arena_fini(&a);
    return rc;
}

static kafc_err give(const kafc_error *why, kafc_error *err)
{
    if (err)
        *err = *why;
    return why->code;
}

static kafc_err fetch(struct fetch *f, int64_t deadline, kafc_error *err)
{
    unsigned interrupts = atomic_load(&f->c->interrupts);
    for (int attempt = 0;; attempt++) {
        kafc_err why, rc = find(f, deadline, err);
        if (rc == KAFC_OK)
            rc = kafc__ask_once(f->c, &f->ask, 1, deadline, interrupts, err);
        if (rc != KAFC_OK && rc != KAFC_ERR_TIMED_OUT)
            return rc;
        if (rc == KAFC_OK && f->ask.code == KAFC_OK)
            return KAFC_OK;
        if (rc != KAFC_OK || !f->ask.again)
            return f->ask.group ? give(&f->ask.err, err) : rc;
        if (!kafc__ask_pause(f->c, attempt, f->ask.code, deadline, interrupts, &why))
            return why == KAFC_ERR_TIMED_OUT ? give(&f->ask.err, err)
                                             : kafc__error(err, why, "%s", kafc_err_text(why));
    }
}

static kafc_err check(const char *group, const kafc_offset *q, int32_t n, kafc_error *err)
{
    if (!group || !*group || strlen(group) > INT16_MAX)
        return kafc__error(err, KAFC_ERR_USAGE, "the offsets of which group?");
    if (n < 0 || (n > 0 && !q))
        return kafc__error(err, KAFC_ERR_USAGE, "%d partitions at %s", (int)n,
                           q ? "an address" : "NULL");
    for (int32_t i = 0; i < n; i++)
        if (!q[i].topic || strlen(q[i].topic) > INT16_MAX || q[i].partition < 0)
            return kafc__error(err, KAFC_ERR_USAGE, "partition %d of %.249s", (int)q[i].partition,
                               q[i].topic ? q[i].topic : "no topic");
    return KAFC_OK;
}

static kafc_err first_error(const struct fetch *f, kafc_error *err)
{
    for (int32_t i = 0; i < f->n; i++)
        if (f->q[i].result != KAFC_OK)
            return kafc__error(err, f->q[i].result, "group %.*s, %.249s [%d]: %s",
                               f->group.len < 150 ? (int)f->group.len : 150, f->group.p,
                               f->q[i].topic, (int)f->q[i].partition,
                               kafc_err_text(f->q[i].result));
    return KAFC_OK;
}

kafc_err kafc_client_committed(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                               int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = check(group, q, n, err);
    if (rc == KAFC_OK && n > 0) {
        struct fetch f = { .c = c, .group = str(group), .q = q, .n = n };
        kafc__arena_init(&f.arena, &c->mem, 0);
        f.ask = (struct kafc_ask){ .api = &kafc_offset_fetch_api, .msg = &f.req, .owner = &f };
        f.ask.prepare = prepare;
        f.ask.answer = answer;
        f.ask.floor = FIRST;
        f.ask.ceiling = LAST;
        forget(&f, KAFC_ERR_TIMED_OUT);
        if (!build(&f))
            rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d partitions", (int)n);
        if (rc == KAFC_OK)
            rc = fetch(&f, kafc__deadline_in(timeout_ms), err);
        if (rc == KAFC_OK)
            rc = first_error(&f, err);
        else
            forget(&f, rc);
        kafc__arena_fini(&f.arena);
    }
    kafc__ask_end(c);
    return rc;
}
