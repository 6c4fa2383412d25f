/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeTopicPartitions: topics by name, in pages of partitions.
 */
#include <stdlib.h>

#include "mock/acl.h"
#include "protocol/api/75_describe_topic_partitions.h"

enum { PAGE_MAX = 2000 };

struct page {
    struct kafc_mrq *rq;
    struct kafc_describe_topic_partitions_resp *a;
    const struct kafc_describe_topic_partitions_req_cursor *from;
    int32_t left; /* partitions */
    bool all;     /* topics are asked for, as far as they may be seen */
};

static int by_name(const void *a, const void *b)
{
    return kafc__str_order(*(const kafc_str *)a, *(const kafc_str *)b);
}

/* What is asked for, by name. NULL: out of memory. */
static kafc_str *names(struct kafc_mrq *rq, const struct kafc_describe_topic_partitions_req *q,
                       int32_t *n)
{
    const struct kafc_mtopic *t;
    kafc_str *v;
    size_t room = (size_t)q->topics.n;

    for (t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); t && q->topics.n == 0;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node))
        room++;
    v = kafc__arena_array(&rq->arena, room, sizeof *v);
    *n = 0;
    for (int32_t i = 0; v && i < q->topics.n; i++)
        v[(*n)++] = q->topics.v[i].name;
    for (t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); v && t && q->topics.n == 0;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node)) {
        v[*n] = (kafc_str){ t->name, t->name_len };
        *n += !kafc__macl_refuses(rq->c, rq->conn->login.user, KAFC_ACL_TOPIC, v[*n], KAFC_ACL_DESCRIBE);
    }
    if (v && *n > 1)
        qsort(v, (size_t)*n, sizeof *v, by_name);
    return v;
}

static bool put_partition(struct kafc_mrq *rq, const struct kafc_mpart *p,
                          struct kafc_describe_topic_partitions_resp_partition *one)
{
    one->partition_index = p->index;
    one->leader_id = p->leader;
    one->leader_epoch = p->epoch;
    one->error_code = p->leader < 0 ? KAFC_ERR_LEADER_NOT_AVAILABLE : KAFC_OK;
    one->replica_nodes.v = p->replica;
    one->replica_nodes.n = p->nreplicas;
    one->isr_nodes.v = kafc__arena_array(&rq->arena, (size_t)p->nreplicas, sizeof(int32_t));
    one->offline_replicas.v = kafc__arena_array(&rq->arena, (size_t)p->nreplicas, sizeof(int32_t));
    if (!one->isr_nodes.v || !one->offline_replicas.v)
        return false;
    for (int32_t i = 0; i < p->nreplicas; i++)
        if (kafc__mock_in_sync(rq->c, p->replica[i]))
            one->isr_nodes.v[one->isr_nodes.n++] = p->replica[i];
        else
            one->offline_replicas.v[one->offline_replicas.n++] = p->replica[i];
    return true;
}

/* The page is full: the next one begins here. */
static bool stop(struct page *g, kafc_str name, int32_t partition)
{
    struct kafc_describe_topic_partitions_resp_cursor *c = kafc__arena_alloc(&g->rq->arena, sizeof *c);

    g->a->next_cursor = c;
    if (!c)
        return false;
    kafc__msg_defaults(&kafc_describe_topic_partitions_resp_cursor_schema, c);
    c->topic_name = name;
    c->partition_index = partition;
    return true;
}

static bool put(struct page *g, kafc_str name)
{
    const struct kafc_mtopic *t = kafc__mock_topic(g->rq->c, name);
    int32_t first = g->from && kafc__str_order(g->from->topic_name, name) == 0 ? g->from->partition_index : 0;
    int32_t rest = t && first < t->npartitions && first >= 0 ? t->npartitions - first : 0;
    int32_t n = rest < g->left ? rest : g->left;
    kafc_err refused = kafc__mock_refuses(g->rq, KAFC_ACL_TOPIC, name, KAFC_ACL_DESCRIBE);
    struct kafc_describe_topic_partitions_resp_topic *one = &g->a->topics.v[g->a->topics.n];

    if (rest > 0 && n == 0 && !refused)
        return stop(g, name, first);
    if (refused && g->all)
        return true;
    g->a->topics.n++;
    one->name = name;
    one->error_code = (int16_t)(refused                      ? refused
                                : t                          ? KAFC_OK
                                : kafc__mock_name_ok(name) ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION
                                                             : KAFC_ERR_INVALID_TOPIC_EXCEPTION);
    if (one->error_code)
        return true;
    one->topic_id = t->id;
    one->topic_authorized_operations = KAFC_MOCK_TOPIC_OPERATIONS;
    one->partitions.n = n;
    one->partitions.v = kafc__msg_array(&kafc_describe_topic_partitions_resp_partition_schema, n,
                                        &g->rq->arena);
    for (int32_t i = 0; one->partitions.v && i < n; i++)
        if (!put_partition(g->rq, &t->part[first + i], &one->partitions.v[i]))
            return false;
    g->left -= n;
    return one->partitions.v && (n == rest || stop(g, name, first + n));
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_topic_partitions_req *q = req;
    struct kafc_describe_topic_partitions_resp *a = resp;
    int32_t limit = q->response_partition_limit, n;
    struct page g = { rq, a, q->cursor, limit > 0 && limit < PAGE_MAX ? limit : PAGE_MAX,
                      q->topics.n == 0 };
    kafc_str *v = names(rq, q, &n);

    a->topics.v = v ? kafc__msg_array(&kafc_describe_topic_partitions_resp_topic_schema, n, &rq->arena)
                    : NULL;
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < n && !a->next_cursor; i++)
        if ((!q->cursor || kafc__str_order(v[i], q->cursor->topic_name) >= 0) && !put(&g, v[i]))
            return KAFC_MDONE_CUT;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_topic_partitions = {
    KAFC_API_DESCRIBE_TOPIC_PARTITIONS, 0, serve, 0, { 0 }
};
