/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_committed and kafc_admin_group_offsets: OffsetFetch to the
 * coordinator of a group, found anew for each attempt, for the partitions that
 * are named or for all. The attempts are the calling thread's, the answer is
 * read on the loop's.
 */
#include <string.h>

#include "base/str.h"
#include "client/groups.h"
#include "client/parts.h"
#include "client/seek.h"
#include "protocol/api/09_offset_fetch.h"

/* Before version 1 offsets are ZooKeeper's; from 10 on topics have ids only. */
enum { FIRST = 1, ALL = 2, GROUPS = 8, LAST = 9, STABLE = 7 };

struct fetch {
    struct kafc_ask ask;
    struct kafc_admin *k;
    kafc_str group;
    kafc_offset *q;
    int32_t n;
    struct kafc_arena *all; /* of what there will be of q; NULL: q is the caller's */
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
    struct kafc_arena *a = &f->k->arena;
    bool ok = kafc__parts_sorted(&f->parts, f->q, sizeof(*f->q), f->n, a) &&
              kafc__parts_put(f->parts.part, f->n, &kafc_offset_fetch_req_schema, &f->req, a) &&
              kafc__parts_put(f->parts.part, f->n, &kafc_offset_fetch_req_group_schema, &f->of, a);
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

/* a: of the metadata, if that is wanted. */
#define TAKE(name, type) \
    static void name(struct kafc_arena *a, const struct kafc_part_said *said, void *to) \
    { \
        const struct type *p = said->part; \
        kafc_offset *q = to; \
        tell(q, p->committed_offset, p->committed_leader_epoch, said->code); \
        if (a && p->metadata.len > 0) \
            q->metadata = kafc__piece_text(a, p->metadata, NULL); \
    }
TAKE(take_old, kafc_offset_fetch_resp_partition)
TAKE(take_new, kafc_offset_fetch_resp_group_partition)

/* What is said of a group: by an answer before GROUPS, and by an element from there on. */
static const struct form {
    const struct kafc_schema *schema;
    struct kafc_part_element offset;
} forms[] = {
    { &kafc_offset_fetch_resp_schema, { sizeof(kafc_offset), offsetof(kafc_offset, result), take_old } },
    { &kafc_offset_fetch_resp_group_schema, { sizeof(kafc_offset), offsetof(kafc_offset, result), take_new } },
};

void kafc__offsets_take(struct kafc_arena *a, const void *said, bool group, kafc_offset **v,
                        int32_t *n)
{
    int32_t all;
    *v = kafc__parts_copy(a, forms[group].schema, said, &forms[group].offset, &all);
    *n = 0;
    for (int32_t i = 0; *v && i < all; i++)
        if ((*v)[i].result != KAFC_OK || (*v)[i].offset != KAFC_OFFSET_UNKNOWN)
            (*v)[(*n)++] = (*v)[i];
}

static void forget(struct fetch *f, kafc_err code)
{
    for (int32_t i = 0; i < f->n; i++)
        tell(&f->q[i], KAFC_OFFSET_UNKNOWN, -1, (int16_t)code);
}

/* Of the group; its partitions are told of if there is none. Else a code that is worth another attempt. */
static kafc_err take_answer(struct fetch *f, const struct kafc_offset_fetch_resp *r, bool groups)
{
    const struct form *form = &forms[groups];
    const void *of = groups ? (const void *)r->groups.v : r;
    struct kafc_parts_walk w;
    struct kafc_part_said said;
    kafc_err worst = (kafc_err)(!groups           ? r->error_code
                                : r->groups.n > 0 ? r->groups.v->error_code
                                                  : KAFC_ERR_PROTOCOL);
    if (worst != KAFC_OK)
        return worst;
    forget(f, KAFC_ERR_PROTOCOL); /* what the answer leaves out */
    if (f->all)
        kafc__offsets_take(f->all, of, groups, &f->q, &f->n);
    if (f->all && f->all->failed)
        return KAFC_ERR_NO_MEMORY;
    kafc__parts_walk(&w, form->schema, of);
    while (kafc__parts_next(&w, &said)) {
        int32_t n = 0;
        const struct kafc_part *part =
            f->all ? NULL : kafc__parts_all(&f->parts, said.topic, said.partition, &n);
        for (int32_t i = 0; i < n; i++)
            form->offset.take(NULL, &said, &f->q[part[i].i]);
        if (kafc__ask_again(KAFC_API_OFFSET_FETCH, (kafc_err)said.code))
            worst = (kafc_err)said.code;
    }
    return worst;
}

static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct fetch *f = ask->owner;
    struct kafc_offset_fetch_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, &f->k->c->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK) {
        rc = take_answer(f, &r, ask->rq.version >= GROUPS);
        if (rc != KAFC_OK)
            (void)kafc__error(err, rc, "offsets of group %.249s: %s", f->group.p,
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
static kafc_err fetch(struct fetch *f)
{
    struct kafc_admin *k = f->k;
    f->ask = (struct kafc_ask){ .api = &kafc_offset_fetch_api, .msg = &f->req, .owner = f };
    f->ask.prepare = prepare;
    f->ask.answer = answer;
    f->ask.floor = f->all ? ALL : FIRST;
    f->ask.ceiling = LAST;
    forget(f, KAFC_ERR_TIMED_OUT);
    kafc_err rc = build(f) ? kafc__ask_coordinator(k->c, f->group, &f->ask, k->deadline, k->err)
                           : kafc__admin_no_memory("the offsets", k->err);
    if (rc == KAFC_OK)
        return kafc__offsets_error(f->group.p, f->q, f->n, kafc_err_text, &f->ask, k->err);
    for (int32_t i = 0; i < f->n; i++)
        if (kafc__ask_again(KAFC_API_OFFSET_FETCH, f->q[i].result)) /* the others were told */
            tell(&f->q[i], KAFC_OFFSET_UNKNOWN, -1, (int16_t)rc);
    return rc;
}

kafc_err kafc_client_committed(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                               int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct fetch f = { .k = &k, .group = kafc__str(group), .q = q, .n = n };
    rc = kafc__offsets_check(group, q, n, k.err);
    return kafc__admin_end(&k, rc == KAFC_OK && n > 0 ? fetch(&f) : rc);
}

static kafc_err fetch_all(struct kafc_admin *k, const char *group, kafc_group_offsets **out)
{
    struct fetch f = { .k = k, .group = kafc__str(group) };
    kafc_err rc = kafc__offsets_check(group, NULL, 0, k->err);
    if (rc != KAFC_OK)
        return rc;
    kafc_group_offsets *all = kafc__piece_new(&k->c->mem, sizeof(*all));
    f.all = all ? kafc__piece_arena(all) : NULL;
    rc = all ? fetch(&f) : KAFC_ERR_NO_MEMORY;
    if (rc == KAFC_ERR_NO_MEMORY)
        (void)kafc__error(k->err, rc, "out of memory for the offsets of group %.150s", group);
    if (rc != KAFC_OK && (rc == KAFC_ERR_NO_MEMORY || f.n == 0)) {
        kafc__piece_free(all);
        return rc;
    }
    all->offsets = f.q;
    all->noffsets = f.n;
    *out = all;
    return rc;
}

kafc_err kafc_admin_group_offsets(kafc_client *c, const char *group, int timeout_ms,
                                   kafc_group_offsets **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the offsets");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, fetch_all(&k, group, out)) : rc;
}

void kafc_group_offsets_free(kafc_group_offsets *o)
{
    kafc__piece_free(o);
}
