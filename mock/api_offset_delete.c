/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetDelete: offsets of topics that no member subscribes to.
 */
#include "base/str.h"
#include "mock/group.h"
#include "protocol/api/47_offset_delete.h"
#include "protocol/blob/consumer_protocol.h"

static bool is_consumers(const struct kafc_mgroup *g)
{
    return g->type && strcmp(g->type, "consumer") == 0;
}

/* What cannot be read may name any topic. */
static bool names(const struct kafc_mprotocol *p, kafc_str topic, struct kafc_arena *arena)
{
    struct kafc_consumer_subscription s;
    struct kafc_rd r;
    kafc_error err;

    if (!p || p->metadata.len < 2)
        return true;
    kafc__rd_init(&r, (const uint8_t *)p->metadata.p + 2, (size_t)p->metadata.len - 2);
    if (kafc__msg_decode_front(&r, &kafc_consumer_subscription_schema, &s, 0, arena, &err))
        return true;
    for (int32_t i = 0; i < s.topics.n; i++)
        if (kafc__str_same(s.topics.v[i], topic))
            return true;
    return false;
}

static bool subscribed(struct kafc_mrq *rq, const struct kafc_mgroup *g, kafc_str topic)
{
    const struct kafc_mmember *m;

    if (!is_consumers(g))
        return false;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (!g->protocol ||
            names(kafc__mmember_protocol(m, kafc__str(g->protocol)), topic, &rq->arena))
            return true;
    return false;
}

static kafc_err admit(const struct kafc_mrq *rq, kafc_str name, struct kafc_mgroup **g)
{
    kafc_err code = kafc__mgroup_named(rq, name, KAFC_ACL_DELETE);

    if (code)
        return code;
    *g = kafc__mgroup_find(rq->c, name);
    if (!*g)
        return KAFC_ERR_GROUP_ID_NOT_FOUND;
    return (*g)->state == KAFC_MOCK_GROUP_EMPTY || is_consumers(*g) ? KAFC_OK
                                                                    : KAFC_ERR_NON_EMPTY_GROUP;
}

static bool delete_topic(struct kafc_mrq *rq, struct kafc_mgroup *g,
                         const struct kafc_offset_delete_req_topic *q,
                         struct kafc_offset_delete_resp_topic *a)
{
    const struct kafc_mtopic *t = kafc__mock_topic(rq->c, q->name);
    bool kept = subscribed(rq, g, q->name);

    a->name = q->name;
    a->partitions.v = kafc__msg_array(&kafc_offset_delete_resp_partition_schema, q->partitions.n,
                                      &rq->arena);
    if (!a->partitions.v)
        return false;
    for (int32_t i = 0; i < q->partitions.n; i++) {
        struct kafc_offset_delete_resp_partition *to = &a->partitions.v[a->partitions.n++];
        int32_t partition = q->partitions.v[i].partition_index;

        to->partition_index = partition;
        to->error_code = (int16_t)kafc__mock_refuses(rq, KAFC_ACL_TOPIC, q->name, KAFC_ACL_READ);
        if (to->error_code)
            continue;
        if (!t || partition < 0 || partition >= t->npartitions)
            to->error_code = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
        else if (kept)
            to->error_code = KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC;
        else
            kafc__mgroup_delete_offset(rq->c, g, t, partition);
    }
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_offset_delete_req *q = req;
    struct kafc_offset_delete_resp *a = resp;
    struct kafc_mgroup *g = NULL;

    a->error_code = (int16_t)admit(rq, q->group_id, &g);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    a->topics.v = kafc__msg_array(&kafc_offset_delete_resp_topic_schema, q->topics.n, &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (; a->topics.n < q->topics.n; a->topics.n++)
        if (!delete_topic(rq, g, &q->topics.v[a->topics.n], &a->topics.v[a->topics.n]))
            return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_offset_delete = {
    KAFC_API_OFFSET_DELETE, 0, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 1 }
};
