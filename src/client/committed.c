/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_committed and kafc_admin_group_offsets: OffsetFetch to the
 * coordinator of a group, found anew for each attempt, for the partitions that
 * are named or for all. The attempts are the calling thread's, the answer is
 * read on the loop's.
 */
#include <stdlib.h>
#include <string.h>

#include "client/ask.h"
#include "base/str.h"
#include "client/groups.h"
#include "client/parts.h"
#include "client/seek.h"
#include "protocol/api/09_offset_fetch.h"

/* Before version 1 offsets are ZooKeeper's; from 10 on topics have ids only. */
enum { FIRST = 1, ALL = 2, GROUPS = 8, LAST = 9, STABLE = 7 };

struct fetch {
    struct kafc_ask ask;
    kafc_client *c;
    kafc_str group;
    kafc_offset *q;
    int32_t n;
    struct kafc_arena *all;  /* of what there will be of q; NULL: q is the caller's */
    struct kafc_arena arena; /* of the request */
    struct kafc_offset_fetch_req req;
    struct kafc_parts parts; /* of q, but for all */
    struct kafc_offset_fetch_req_topic *topic; /* the same, for versions before GROUPS, */
    int32_t ntopics;
    struct kafc_offset_fetch_req_group of; /* and from there on */
};

/* --- The request ------------------------------------------------------------------------ */

static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct fetch *f = ask->owner;
    bool groups = rq->version >= GROUPS;
    (void)err;
    f->req.group_id = groups ? (kafc_str){ "", 0 } : f->group;
    f->req.topics.v = f->topic;
    f->req.topics.n = groups ? 0 : f->ntopics;
    f->req.groups.v = &f->of;
    f->req.groups.n = groups;
    f->req.require_stable = rq->version >= STABLE;
    return KAFC_OK;
}

static bool build(struct fetch *f)
{
    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &f->req);
    kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &f->of);
    f->of.group_id = f->group;
    f->ntopics = f->of.topics.n = -1;
    if (f->all)
        return true;
    bool ok = kafc__parts_sorted(&f->parts, f->q, sizeof(*f->q), f->n, &f->arena) &&
              kafc__parts_put(f->parts.part, f->n, &kafc_offset_fetch_req_schema, &f->req,
                              &f->arena) &&
              kafc__parts_put(f->parts.part, f->n, &kafc_offset_fetch_req_group_schema, &f->of,
                              &f->arena);
    f->topic = f->req.topics.v;
    f->ntopics = f->req.topics.n;
    return ok;
}

/* --- The answer, on the loop thread ------------------------------------------------------- */

static void tell(kafc_offset *q, int64_t offset, int32_t epoch, int16_t code)
{
    q->result = (kafc_err)code;
    q->offset = code == 0 && offset >= 0 ? offset : KAFC_OFFSET_UNKNOWN;
    q->leader_epoch = code == 0 ? epoch : -1;
}

/* One more of all. Those of a topic stand together. */
static void add(struct fetch *f, kafc_str topic, int32_t partition, int64_t offset, int32_t epoch,
                kafc_str metadata, int16_t code)
{
    kafc_offset *q = &f->q[f->n];
    if (code == 0 && offset < 0)
        return;
    q->topic = f->n > 0 && kafc__str_is(topic, q[-1].topic) ? q[-1].topic
                                                    : kafc__piece_text(f->all, topic, "");
    q->partition = partition;
    q->metadata = metadata.len > 0 ? kafc__piece_text(f->all, metadata, NULL) : NULL;
    tell(q, offset, epoch, code);
    f->n += !f->all->failed;
}

/* *worst: a code that is worth another attempt, if there was one. */
static void take(struct fetch *f, kafc_str topic, int32_t partition, int64_t offset, int32_t epoch,
                 kafc_str metadata, int16_t code, kafc_err *worst)
{
    int32_t n = 0;
    const struct kafc_part *part = f->all ? NULL : kafc__parts_all(&f->parts, topic, partition, &n);
    if (f->all)
        add(f, topic, partition, offset, epoch, metadata, code);
    for (int32_t i = 0; i < n; i++)
        tell(&f->q[part[i].i], offset, epoch, code);
    if (kafc__ask_again(KAFC_API_OFFSET_FETCH, (kafc_err)code))
        *worst = (kafc_err)code;
}

static bool make_room(struct fetch *f, int32_t n)
{
    if (!f->all)
        return true;
    f->n = 0;
    f->q = kafc__arena_array(f->all, (size_t)n, sizeof(*f->q));
    return f->q != NULL;
}

static kafc_err take_old(struct fetch *f, const struct kafc_offset_fetch_resp *r)
{
    kafc_err worst = KAFC_OK;
    int32_t n = 0;
    for (int32_t i = 0; i < r->topics.n; i++)
        n += r->topics.v[i].partitions.n;
    if (!make_room(f, n))
        return KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; i < r->topics.n; i++)
        for (int32_t k = 0; k < r->topics.v[i].partitions.n; k++) {
            const struct kafc_offset_fetch_resp_partition *p = &r->topics.v[i].partitions.v[k];
            take(f, r->topics.v[i].name, p->partition_index, p->committed_offset,
                 p->committed_leader_epoch, p->metadata, p->error_code, &worst);
        }
    return worst;
}

static kafc_err take_group(struct fetch *f, const struct kafc_offset_fetch_resp_group *g)
{
    kafc_err worst = KAFC_OK;
    int32_t n = 0;
    for (int32_t i = 0; i < g->topics.n; i++)
        n += g->topics.v[i].partitions.n;
    if (!make_room(f, n))
        return KAFC_ERR_NO_MEMORY;
    for (int32_t i = 0; i < g->topics.n; i++)
        for (int32_t k = 0; k < g->topics.v[i].partitions.n; k++) {
            const struct kafc_offset_fetch_resp_group_partition *p =
                &g->topics.v[i].partitions.v[k];
            take(f, g->topics.v[i].name, p->partition_index, p->committed_offset,
                 p->committed_leader_epoch, p->metadata, p->error_code, &worst);
        }
    return worst;
}

void kafc__offsets_take(struct kafc_arena *a, const struct kafc_offset_fetch_resp *r, int32_t group,
                        kafc_offset **v, int32_t *n)
{
    struct fetch f = { .all = a };
    (void)(group < 0 ? take_old(&f, r) : take_group(&f, &r->groups.v[group]));
    if (f.n > 1)
        qsort(f.q, (size_t)f.n, sizeof(*f.q), kafc__parts_order);
    *v = f.q;
    *n = f.n;
}

static void forget(struct fetch *f, kafc_err code)
{
    for (int32_t i = 0; i < f->n; i++)
        tell(&f->q[i], KAFC_OFFSET_UNKNOWN, -1, (int16_t)code);
}

/* Of the group; its partitions are told of if there is none. */
static kafc_err take_answer(struct fetch *f, const struct kafc_offset_fetch_resp *r, bool groups)
{
    const struct kafc_offset_fetch_resp_group *g = groups && r->groups.n > 0 ? r->groups.v : NULL;
    kafc_err code = (kafc_err)(g ? g->error_code : groups ? KAFC_ERR_PROTOCOL : r->error_code);
    if (code != KAFC_OK)
        return code;
    forget(f, KAFC_ERR_PROTOCOL); /* what the answer leaves out */
    return g ? take_group(f, g) : take_old(f, r);
}

static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct fetch *f = ask->owner;
    struct kafc_offset_fetch_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, &f->c->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK) {
        rc = take_answer(f, &r, ask->rq.version >= GROUPS);
        if (rc != KAFC_OK)
            (void)kafc__error(err, rc, "offsets of group %.*s: %s",
                              f->group.len < 249 ? (int)f->group.len : 249, f->group.p,
                              kafc_err_text(rc));
    }
    kafc__arena_fini(&a);
    return rc;
}

/* --- Calls -------------------------------------------------------------------------------- */

kafc_err kafc__offsets_check(const char *group, const kafc_offset *q, int32_t n, kafc_error *err)
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

kafc_err kafc__offsets_error(const char *group, const kafc_offset *q, int32_t n,
                             const char *(*text)(kafc_err code), const struct kafc_ask *ask,
                             kafc_error *err)
{
    int32_t i = 0;
    while (i < n && q[i].result == KAFC_OK)
        i++;
    if (i == n)
        return KAFC_OK;
    (void)kafc__error(err, q[i].result, "group %.150s, %.249s [%d]: %s", group, q[i].topic,
                      (int)q[i].partition, text(q[i].result));
    if (err && ask) {
        err->broker = ask->err.broker;
        err->api = ask->err.api;
        err->version = ask->err.version;
    }
    return q[i].result;
}

/* What f->q says, or as much as was learned. */
static kafc_err fetch(struct fetch *f, int64_t deadline, kafc_error *err)
{
    kafc__arena_init(&f->arena, &f->c->mem, 0);
    f->ask = (struct kafc_ask){ .api = &kafc_offset_fetch_api, .msg = &f->req, .owner = f };
    f->ask.prepare = prepare;
    f->ask.answer = answer;
    f->ask.floor = f->all ? ALL : FIRST;
    f->ask.ceiling = LAST;
    forget(f, KAFC_ERR_TIMED_OUT);
    kafc_err rc = build(f) ? kafc__ask_coordinator(f->c, f->group, &f->ask, deadline, err)
                           : kafc__error(err, KAFC_ERR_NO_MEMORY,
                                         "out of memory for %d partitions", (int)f->n);
    kafc__arena_fini(&f->arena);
    if (rc == KAFC_OK)
        return kafc__offsets_error(f->group.p, f->q, f->n, kafc_err_text, &f->ask, err);
    for (int32_t i = 0; i < f->n; i++)
        if (kafc__ask_again(KAFC_API_OFFSET_FETCH, f->q[i].result)) /* the others were told */
            tell(&f->q[i], KAFC_OFFSET_UNKNOWN, -1, (int16_t)rc);
    return rc;
}

kafc_err kafc_client_committed(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                               int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__offsets_check(group, q, n, err);
    if (rc == KAFC_OK && n > 0) {
        struct fetch f = { .c = c, .group = kafc__str(group), .q = q, .n = n };
        rc = fetch(&f, kafc__deadline_in(timeout_ms), err);
    }
    kafc__ask_end(c);
    return rc;
}

kafc_err kafc_admin_group_offsets(kafc_client *c, const char *group, int timeout_ms,
                                   kafc_group_offsets **out, kafc_error *err)
{
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the offsets");
    *out = NULL;
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__offsets_check(group, NULL, 0, err);
    kafc_group_offsets *all = rc == KAFC_OK ? kafc__piece_new(&c->mem, sizeof(*all)) : NULL;
    if (all) {
        struct fetch f = { .c = c, .group = kafc__str(group), .all = kafc__piece_arena(all) };
        rc = fetch(&f, kafc__deadline_in(timeout_ms), err);
        if (f.n > 1)
            qsort(f.q, (size_t)f.n, sizeof(*f.q), kafc__parts_order);
        all->offsets = f.q;
        all->noffsets = f.n;
        if (f.all->failed)
            rc = KAFC_ERR_NO_MEMORY;
    } else if (rc == KAFC_OK) {
        rc = KAFC_ERR_NO_MEMORY;
    }
    if (rc == KAFC_ERR_NO_MEMORY)
        (void)kafc__error(err, rc, "out of memory for the offsets of group %.150s", group);
    if (rc == KAFC_OK || (all && all->noffsets > 0 && rc != KAFC_ERR_NO_MEMORY))
        *out = all;
    else
        kafc__piece_free(all);
    kafc__ask_end(c);
    return rc;
}

void kafc_group_offsets_free(kafc_group_offsets *o)
{
    kafc__piece_free(o);
}
