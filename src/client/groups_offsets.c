/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_commit_offsets and kafc_admin_delete_offsets: OffsetCommit of
 * nobody's generation and OffsetDelete, to the coordinator of a group. The
 * attempts are the calling thread's, the answers are read on the loop's.
 */
#include <string.h>

#include "base/str.h"
#include "client/groups.h"
#include "client/parts.h"
#include "client/seek.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/api/47_offset_delete.h"

struct change {
    struct kafc_ask ask;
    struct kafc_admin *k;
    kafc_str group;
    kafc_offset *q;
    int32_t n;
    struct kafc_parts parts; /* of q */
};

static void tell_all(struct change *g, kafc_err code)
{
    for (int32_t i = 0; i < g->n; i++)
        g->q[i].result = code;
}

/* A topic that is not there is told at once, not waited for. */
static bool passes(const struct change *g, kafc_err code)
{
    return code != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && kafc__ask_again(g->ask.api->key, code);
}

static kafc_err tell(struct change *g, const void *resp)
{
    struct kafc_parts_walk w;
    struct kafc_part_said said;
    kafc_err worst = KAFC_OK;
    kafc__parts_walk(&w, g->ask.api->resp, resp);
    while (kafc__parts_next(&w, &said)) {
        int32_t n;
        const struct kafc_part *part = kafc__parts_all(&g->parts, said.topic, said.partition, &n);
        for (int32_t i = 0; i < n; i++)
            g->q[part[i].i].result = (kafc_err)said.code;
        if (passes(g, (kafc_err)said.code))
            worst = (kafc_err)said.code;
    }
    return worst;
}

/* A code that is worth another attempt, if there is one. */
static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct change *g = ask->owner;
    union {
        struct kafc_offset_commit_resp commit;
        struct kafc_offset_delete_resp delete;
    } r;
    struct kafc_arena a;
    kafc__arena_init(&a, &g->k->c->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK) {
        kafc_err all = ask->api == &kafc_offset_delete_api ? (kafc_err)r.delete.error_code : KAFC_OK;
        tell_all(g, all != KAFC_OK ? all : KAFC_ERR_PROTOCOL); /* what the answer leaves out */
        rc = tell(g, &r);
        rc = rc == KAFC_OK && passes(g, all) ? all : rc;
        if (rc != KAFC_OK)
            (void)kafc__error(err, rc, "offsets of group %.150s: %s", g->group.p, kafc_err_text(rc));
    }
    kafc__arena_fini(&a);
    return rc;
}

/* The topics of a request. */
static bool put(struct change *g, const struct kafc_schema *s, void *req)
{
    struct kafc_arena *a = &g->k->arena;
    return kafc__parts_sorted(&g->parts, g->q, sizeof(*g->q), g->n, a) &&
           kafc__parts_put(g->parts.part, g->n, s, req, a);
}

/* From 10 on topics have ids only. */
enum { COMMIT_FIRST = 1, COMMIT_LAST = 9 };

static bool commit_request(struct change *g, struct kafc_offset_commit_req *req)
{
    kafc__msg_defaults(&kafc_offset_commit_req_schema, req);
    req->group_id = g->group;
    if (!put(g, &kafc_offset_commit_req_schema, req))
        return false;
    for (int32_t t = 0, at = 0; t < req->topics.n; t++)
        for (int32_t i = 0; i < req->topics.v[t].partitions.n; i++) {
            const kafc_offset *q = &g->q[g->parts.part[at++].i];
            struct kafc_offset_commit_req_partition *p = &req->topics.v[t].partitions.v[i];
            p->committed_offset = q->offset;
            p->committed_leader_epoch = q->leader_epoch == KAFC_ZERO ? 0
                                        : q->leader_epoch > 0        ? q->leader_epoch
                                                                     : -1;
            p->committed_metadata = kafc__str(q->metadata ? q->metadata : "");
        }
    return true;
}

static bool delete_request(struct change *g, struct kafc_offset_delete_req *req)
{
    kafc__msg_defaults(&kafc_offset_delete_req_schema, req);
    req->group_id = g->group;
    return put(g, &kafc_offset_delete_req_schema, req);
}

/* Rule R13: why, and what to do. */
static const struct {
    kafc_err code;
    const char *text;
} words[] = {
    { KAFC_ERR_UNKNOWN_MEMBER_ID, "the group has members, and its offsets are theirs alone while they are in it: "
                                  "end them first (unknown member id)" },
    { KAFC_ERR_REBALANCE_IN_PROGRESS, "the group has members, which are joining: end them first "
                                      "(rebalance in progress)" },
    { KAFC_ERR_ILLEGAL_GENERATION, "the group has members, and its offsets are theirs alone while they are in it: "
                                   "end them first (illegal generation)" },
    { KAFC_ERR_STALE_MEMBER_EPOCH, "the group has members, and its offsets are theirs alone while they are in it: "
                                   "end them first (stale member epoch)" },
    { KAFC_ERR_NON_EMPTY_GROUP, "the group has members, which have to leave first (non empty group)" },
    { KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC, "a member of the group reads the topic (group subscribed to topic)" },
};

static const char *text(kafc_err code)
{
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        if (words[i].code == code)
            return words[i].text;
    return kafc_err_text(code);
}

static kafc_err change(struct change *g, bool ready)
{
    struct kafc_admin *k = g->k;
    g->ask.owner = g;
    g->ask.answer = answer;
    tell_all(g, KAFC_ERR_TIMED_OUT);
    kafc_err rc = ready ? kafc__ask_coordinator(k->c, g->group, &g->ask, k->deadline, k->err)
                        : kafc__admin_no_memory("the offsets", k->err);
    for (int32_t i = 0; rc != KAFC_OK && i < g->n; i++)
        if (passes(g, g->q[i].result)) /* the others were told */
            g->q[i].result = rc;
    return rc == KAFC_OK ? kafc__offsets_error(g->group.p, g->q, g->n, text, &g->ask, k->err) : rc;
}

kafc_err kafc_admin_commit_offsets(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                                    int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__offsets_check(group, q, n, k.err);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++)
        if (q[i].offset < 0 || (q[i].metadata && strlen(q[i].metadata) > INT16_MAX))
            rc = kafc__error(k.err, KAFC_ERR_USAGE, "offset %lld of %.200s [%d], with %zu bytes beside it",
                             (long long)q[i].offset, q[i].topic, (int)q[i].partition,
                             q[i].metadata ? strlen(q[i].metadata) : (size_t)0);
    if (rc == KAFC_OK && n > 0) {
        struct kafc_offset_commit_req req;
        struct change g = { .k = &k, .group = kafc__str(group), .q = q, .n = n };
        g.ask = (struct kafc_ask){ .api = &kafc_offset_commit_api, .msg = &req };
        g.ask.floor = COMMIT_FIRST;
        g.ask.ceiling = COMMIT_LAST;
        rc = change(&g, commit_request(&g, &req));
    }
    return kafc__admin_end(&k, rc);
}

kafc_err kafc_admin_delete_offsets(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                                    int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__offsets_check(group, q, n, k.err);
    if (rc == KAFC_OK && n > 0) {
        struct kafc_offset_delete_req req;
        struct change g = { .k = &k, .group = kafc__str(group), .q = q, .n = n };
        g.ask = (struct kafc_ask){ .api = &kafc_offset_delete_api, .msg = &req };
        rc = change(&g, delete_request(&g, &req));
    }
    return kafc__admin_end(&k, rc);
}
