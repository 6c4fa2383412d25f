/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_commit_offsets and kafc_admin_delete_offsets: OffsetCommit of
 * nobody's generation and OffsetDelete, to the coordinator of a group. The
 * attempts are the calling thread's, the answers are read on the loop's.
 */
#include <string.h>

#include "client/ask.h"
#include "base/str.h"
#include "client/groups.h"
#include "client/parts.h"
#include "client/seek.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/api/47_offset_delete.h"

struct change {
    struct kafc_ask ask;
    kafc_client *c;
    kafc_str group;
    kafc_offset *q;
    int32_t n;
    struct kafc_parts parts; /* of q */
    struct kafc_arena arena;
};

static void tell_all(struct change *k, kafc_err code)
{
    for (int32_t i = 0; i < k->n; i++)
        k->q[i].result = code;
}

/* A topic that is not there is told at once, not waited for. */
static bool passes(const struct change *k, kafc_err code)
{
    return code != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION && kafc__ask_again(k->ask.api->key, code);
}

/* *worst as of committed.c. */
static void tell(struct change *k, kafc_str topic, int32_t partition, int16_t code, kafc_err *worst)
{
    int32_t n;
    const struct kafc_part *part = kafc__parts_all(&k->parts, topic, partition, &n);
    for (int32_t i = 0; i < n; i++)
        k->q[part[i].i].result = (kafc_err)code;
    if (passes(k, (kafc_err)code))
        *worst = (kafc_err)code;
}

static kafc_err outcome(const struct change *k, kafc_err worst, kafc_error *err)
{
    return worst == KAFC_OK ? worst
                            : kafc__error(err, worst, "offsets of group %.150s: %s", k->group.p,
                                          kafc_err_text(worst));
}

/* The topics of a request. */
static bool put(struct change *k, const struct kafc_schema *s, void *req)
{
    return kafc__parts_sorted(&k->parts, k->q, sizeof(*k->q), k->n, &k->arena) &&
           kafc__parts_put(k->parts.part, k->n, s, req, &k->arena);
}

/* --- Commit ---------------------------------------------------------------------------------- */

static kafc_err commit_answer(struct kafc_ask *ask, kafc_error *err)
{
    struct change *k = ask->owner;
    struct kafc_offset_commit_resp r;
    struct kafc_arena a;
    kafc_err worst = KAFC_OK;
    kafc__arena_init(&a, &k->c->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK)
        tell_all(k, KAFC_ERR_PROTOCOL); /* what the answer leaves out */
    for (int32_t i = 0; rc == KAFC_OK && i < r.topics.n; i++)
        for (int32_t p = 0; p < r.topics.v[i].partitions.n; p++)
            tell(k, r.topics.v[i].name, r.topics.v[i].partitions.v[p].partition_index,
                 r.topics.v[i].partitions.v[p].error_code, &worst);
    kafc__arena_fini(&a);
    return rc == KAFC_OK ? outcome(k, worst, err) : rc;
}

/* From 10 on topics have ids only. */
enum { COMMIT_FIRST = 1, COMMIT_LAST = 9 };

static bool commit_request(struct change *k, struct kafc_offset_commit_req *req)
{
    kafc__msg_defaults(&kafc_offset_commit_req_schema, req);
    req->group_id = k->group;
    if (!put(k, &kafc_offset_commit_req_schema, req))
        return false;
    for (int32_t t = 0, at = 0; t < req->topics.n; t++)
        for (int32_t i = 0; i < req->topics.v[t].partitions.n; i++) {
            const kafc_offset *q = &k->q[k->parts.part[at++].i];
            struct kafc_offset_commit_req_partition *p = &req->topics.v[t].partitions.v[i];
            p->committed_offset = q->offset;
            p->committed_leader_epoch = q->leader_epoch == KAFC_ZERO ? 0
                                        : q->leader_epoch > 0        ? q->leader_epoch
                                                                     : -1;
            p->committed_metadata = kafc__str(q->metadata ? q->metadata : "");
        }
    return true;
}

/* --- Delete ---------------------------------------------------------------------------------- */

static kafc_err delete_answer(struct kafc_ask *ask, kafc_error *err)
{
    struct change *k = ask->owner;
    struct kafc_offset_delete_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, &k->c->mem, 0);
    kafc_err worst = KAFC_OK, rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK) {
        tell_all(k, r.error_code ? (kafc_err)r.error_code : KAFC_ERR_PROTOCOL);
        if (passes(k, (kafc_err)r.error_code))
            worst = (kafc_err)r.error_code;
        for (int32_t i = 0; i < r.topics.n; i++)
            for (int32_t p = 0; p < r.topics.v[i].partitions.n; p++)
                tell(k, r.topics.v[i].name, r.topics.v[i].partitions.v[p].partition_index,
                     r.topics.v[i].partitions.v[p].error_code, &worst);
    }
    kafc__arena_fini(&a);
    return rc == KAFC_OK ? outcome(k, worst, err) : rc;
}

static bool delete_request(struct change *k, struct kafc_offset_delete_req *req)
{
    kafc__msg_defaults(&kafc_offset_delete_req_schema, req);
    req->group_id = k->group;
    return put(k, &kafc_offset_delete_req_schema, req);
}

/* --- Both ------------------------------------------------------------------------------------- */

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

static kafc_err change(struct change *k, bool ready, int64_t deadline, kafc_error *err)
{
    kafc_err rc;
    k->ask.owner = k;
    tell_all(k, KAFC_ERR_TIMED_OUT);
    if (ready)
        rc = kafc__ask_coordinator(k->c, k->group, &k->ask, deadline, err);
    else
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d partitions", (int)k->n);
    for (int32_t i = 0; rc != KAFC_OK && i < k->n; i++)
        if (passes(k, k->q[i].result)) /* the others were told */
            k->q[i].result = rc;
    if (rc == KAFC_OK)
        rc = kafc__offsets_error(k->group.p, k->q, k->n, text, &k->ask, err);
    kafc__arena_fini(&k->arena);
    return rc;
}

kafc_err kafc_admin_commit_offsets(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                                    int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__offsets_check(group, q, n, err);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++)
        if (q[i].offset < 0 || (q[i].metadata && strlen(q[i].metadata) > INT16_MAX))
            rc = kafc__error(err, KAFC_ERR_USAGE, "offset %lld of %.200s [%d], with %zu bytes beside it",
                             (long long)q[i].offset, q[i].topic, (int)q[i].partition,
                             q[i].metadata ? strlen(q[i].metadata) : (size_t)0);
    if (rc == KAFC_OK && n > 0) {
        struct change k = { .c = c, .group = kafc__str(group), .q = q, .n = n };
        struct kafc_offset_commit_req req;
        k.ask = (struct kafc_ask){ .api = &kafc_offset_commit_api, .msg = &req };
        k.ask.answer = commit_answer;
        k.ask.floor = COMMIT_FIRST;
        k.ask.ceiling = COMMIT_LAST;
        kafc__arena_init(&k.arena, &c->mem, 0);
        rc = change(&k, commit_request(&k, &req), kafc__deadline_in(timeout_ms), err);
    }
    kafc__ask_end(c);
    return rc;
}

kafc_err kafc_admin_delete_offsets(kafc_client *c, const char *group, kafc_offset *q, int32_t n,
                                    int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__offsets_check(group, q, n, err);
    if (rc == KAFC_OK && n > 0) {
        struct change k = { .c = c, .group = kafc__str(group), .q = q, .n = n };
        struct kafc_offset_delete_req req;
        k.ask = (struct kafc_ask){ .api = &kafc_offset_delete_api, .msg = &req };
        k.ask.answer = delete_answer;
        kafc__arena_init(&k.arena, &c->mem, 0);
        rc = change(&k, delete_request(&k, &req), kafc__deadline_in(timeout_ms), err);
    }
    kafc__ask_end(c);
    return rc;
}
