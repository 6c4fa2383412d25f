/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetFetch: what groups have committed; one up to version 7, several from 8
 * on. Asked for stable offsets, those that a transaction may change are an
 * error.
 */
#include "mock/group.h"
#include "protocol/api/09_offset_fetch.h"

struct ask {
    struct kafc_mrq *rq;
    const struct kafc_mgroup *g; /* or NULL */
    bool stable;
};

static void put(const struct ask *k, const struct kafc_mtopic *t, int32_t partition,
                struct kafc_offset_fetch_resp_group_partition *a)
{
    bool pending = false;
    kafc_err refused = t ? kafc__mock_refuses(k->rq, KAFC_ACL_TOPIC,
                                              (kafc_str){ t->name, t->name_len }, KAFC_ACL_DESCRIBE)
                         : KAFC_OK;
    const struct kafc_moffset *o = k->g && t ? kafc__mgroup_get(k->g, t, partition, &pending)
                                             : NULL;

    a->partition_index = partition;
    a->committed_offset = -1;
    a->committed_leader_epoch = -1;
    a->metadata = (kafc_str){ "", 0 };
    if (refused) {
        a->error_code = (int16_t)refused;
    } else if (pending && k->stable) {
        a->error_code = KAFC_ERR_UNSTABLE_OFFSET_COMMIT;
    } else if (o) {
        a->committed_offset = o->offset;
        a->committed_leader_epoch = o->epoch;
        a->metadata = (kafc_str){ o->metadata ? o->metadata : "", o->metadata_len };
    }
}

/* The partitions that were named; false: out of memory. */
static bool named(const struct ask *k, const struct kafc_mtopic *t, const int32_t *v, int32_t n,
                  struct kafc_offset_fetch_resp_group_topic *a)
{
    a->partitions.n = n;
    a->partitions.v = kafc__msg_array(&kafc_offset_fetch_resp_group_partition_schema, n,
                                      &k->rq->arena);
    for (int32_t i = 0; a->partitions.v && i < n; i++)
        put(k, t, v[i], &a->partitions.v[i]);
    return a->partitions.v != NULL;
}

static int32_t offsets_in(const struct kafc_mgroup *g, const struct kafc_mtopic *t, int32_t *v)
{
    int32_t n = 0;

    for (int32_t i = 0; i < g->n; i++)
        if (g->v[i].topic == t && g->v[i].producer < 0)
            v[n++] = g->v[i].partition;
    return n;
}

/* All that the group has. */
static bool all(const struct ask *k, struct kafc_offset_fetch_resp_group *a)
{
    struct kafc_mrq *rq = k->rq;
    const struct kafc_mgroup *g = k->g;
    int32_t *v = kafc__arena_array(&rq->arena, g ? (size_t)g->n + 1 : 1, sizeof(*v));

    a->topics.v = kafc__msg_array(&kafc_offset_fetch_resp_group_topic_schema, g ? g->n : 0,
                                  &rq->arena);
    if (!v || !a->topics.v)
        return false;
    for (struct kafc_mtopic *t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); g && t;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node)) {
        int32_t n = offsets_in(g, t, v);

        if (n == 0 || kafc__mock_refuses(rq, KAFC_ACL_TOPIC, (kafc_str){ t->name, t->name_len },
                                         KAFC_ACL_DESCRIBE))
            continue;
        a->topics.v[a->topics.n].name = (kafc_str){ t->name, t->name_len };
        a->topics.v[a->topics.n].topic_id = t->id;
        if (!named(k, t, v, n, &a->topics.v[a->topics.n++]))
            return false;
    }
    return true;
}

static bool group(struct kafc_mrq *rq, const struct kafc_offset_fetch_req_group *q, bool stable,
                  struct kafc_offset_fetch_resp_group *a)
{
    struct ask k = { rq, kafc__mgroup_find(rq->c, q->group_id), stable };
    kafc_err code = kafc__mgroup_coordinates(rq, q->group_id, KAFC_ACL_DESCRIBE);

    a->group_id = q->group_id;
    a->error_code = (int16_t)code;
    if (code)
        return true;
    if (q->topics.n < 0)
        return all(&k, a);
    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_offset_fetch_resp_group_topic_schema, q->topics.n,
                                  &rq->arena);
    for (int32_t i = 0; a->topics.v && i < q->topics.n; i++) {
        const struct kafc_offset_fetch_req_group_topic *qt = &q->topics.v[i];
        const struct kafc_mtopic *t = rq->version >= 10
                                          ? kafc__mock_topic_by_id(rq->c, &qt->topic_id)
                                          : kafc__mock_topic(rq->c, qt->name);

        a->topics.v[i].name = qt->name;
        a->topics.v[i].topic_id = qt->topic_id;
        if (!named(&k, t, qt->partition_indexes.v, qt->partition_indexes.n, &a->topics.v[i]))
            return false;
        for (int32_t p = 0; !t && rq->version >= 10 && p < a->topics.v[i].partitions.n; p++)
            a->topics.v[i].partitions.v[p].error_code = KAFC_ERR_UNKNOWN_TOPIC_ID;
    }
    return a->topics.v != NULL;
}

/* The request of one group as one of several. */
static bool take_old(struct kafc_mrq *rq, const struct kafc_offset_fetch_req *q,
                     struct kafc_offset_fetch_req_group *to)
{
    kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, to);
    to->group_id = q->group_id;
    to->topics.n = q->topics.n;
    if (q->topics.n < 0)
        return true;
    to->topics.v = kafc__msg_array(&kafc_offset_fetch_req_group_topic_schema, q->topics.n,
                                   &rq->arena);
    for (int32_t i = 0; to->topics.v && i < q->topics.n; i++) {
        to->topics.v[i].name = q->topics.v[i].name;
        to->topics.v[i].partition_indexes.v = q->topics.v[i].partition_indexes.v;
        to->topics.v[i].partition_indexes.n = q->topics.v[i].partition_indexes.n;
    }
    return to->topics.v != NULL;
}

/* Version 0 and 1 have no code of the whole: it stands at each partition. */
static bool give_old(struct kafc_mrq *rq, const struct kafc_offset_fetch_req *q,
                     const struct kafc_offset_fetch_resp_group *from,
                     struct kafc_offset_fetch_resp *a)
{
    int32_t n = from->error_code ? (q->topics.n < 0 ? 0 : q->topics.n) : from->topics.n;

    a->error_code = from->error_code;
    a->topics.n = n;
    a->topics.v = kafc__msg_array(&kafc_offset_fetch_resp_topic_schema, n, &rq->arena);
    for (int32_t i = 0; a->topics.v && i < n; i++) {
        struct kafc_offset_fetch_resp_topic *at = &a->topics.v[i];
        int32_t np = from->error_code ? q->topics.v[i].partition_indexes.n
                                      : from->topics.v[i].partitions.n;

        at->name = from->error_code ? q->topics.v[i].name : from->topics.v[i].name;
        at->partitions.n = np;
        at->partitions.v = kafc__msg_array(&kafc_offset_fetch_resp_partition_schema, np,
                                           &rq->arena);
        if (!at->partitions.v)
            return false;
        for (int32_t p = 0; p < np; p++) {
            struct kafc_offset_fetch_resp_group_partition none = {
                .committed_offset = -1,
                .committed_leader_epoch = -1,
                .metadata = { "", 0 },
                .error_code = from->error_code,
            };
            const struct kafc_offset_fetch_resp_group_partition *one =
                from->error_code ? &none : &from->topics.v[i].partitions.v[p];

            at->partitions.v[p].partition_index = from->error_code
                                                      ? q->topics.v[i].partition_indexes.v[p]
                                                      : one->partition_index;
            at->partitions.v[p].committed_offset = one->committed_offset;
            at->partitions.v[p].committed_leader_epoch = one->committed_leader_epoch;
            at->partitions.v[p].metadata = one->metadata;
            at->partitions.v[p].error_code = one->error_code;
        }
    }
    return a->topics.v != NULL;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_offset_fetch_req *q = req;
    struct kafc_offset_fetch_resp *a = resp;
    struct kafc_offset_fetch_req_group one;
    struct kafc_offset_fetch_resp_group answer;

    if (rq->version < 8) {
        kafc__msg_defaults(&kafc_offset_fetch_resp_group_schema, &answer);
        return take_old(rq, q, &one) && group(rq, &one, q->require_stable, &answer) &&
                       give_old(rq, q, &answer, a)
                   ? KAFC_MDONE_ANSWER
                   : KAFC_MDONE_CUT;
    }
    a->groups.n = q->groups.n;
    a->groups.v = kafc__msg_array(&kafc_offset_fetch_resp_group_schema, q->groups.n, &rq->arena);
    if (!a->groups.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->groups.n; i++)
        if (!group(rq, &q->groups.v[i], q->require_stable, &a->groups.v[i]))
            return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_offset_fetch = {
    KAFC_API_OFFSET_FETCH, 10, serve, 1, { 2, 2, 2, 2, 4, 4, 6, 8 }
};
