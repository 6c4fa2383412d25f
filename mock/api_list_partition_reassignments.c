/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListPartitionReassignments, by the controller: those that wait for a broker.
 */
#include "mock/acl.h"
#include "protocol/api/46_list_partition_reassignments.h"

typedef struct kafc_list_partition_reassignments_resp_topic to_topic;
typedef struct kafc_list_partition_reassignments_resp_partition to_part;

static bool put(struct kafc_mrq *rq, const struct kafc_mpart *p, to_topic *to)
{
    to_part *one = &to->partitions.v[to->partitions.n];
    size_t n = (size_t)p->nreplicas;

    if (!p->before)
        return true;
    to->partitions.n++;
    one->partition_index = p->index;
    one->replicas.v = p->replica;
    one->replicas.n = p->nreplicas;
    one->adding_replicas.v = kafc__arena_array(&rq->arena, n, sizeof(int32_t));
    one->removing_replicas.v = p->replica + p->ntarget;
    one->removing_replicas.n = p->nreplicas - p->ntarget;
    for (int32_t i = 0; one->adding_replicas.v && i < p->ntarget; i++)
        if (kafc__mock_adds(p, p->replica[i]))
            one->adding_replicas.v[one->adding_replicas.n++] = p->replica[i];
    return one->adding_replicas.v != NULL;
}

/* Those of v (n -1: of all) that are on their way. */
static bool put_topic(struct kafc_mrq *rq, struct kafc_mtopic *t, const int32_t *v, int32_t n,
                      struct kafc_list_partition_reassignments_resp *a)
{
    to_topic *to = &a->topics.v[a->topics.n];
    int32_t of = n < 0 ? t->npartitions : n;

    to->name = (kafc_str){ t->name, t->name_len };
    to->partitions.v = kafc__msg_array(&kafc_list_partition_reassignments_resp_partition_schema, of,
                                       &rq->arena);
    if (!to->partitions.v)
        return false;
    for (int32_t i = 0; i < of; i++) {
        int32_t index = n < 0 ? i : v[i];

        if (index >= 0 && index < t->npartitions && !put(rq, &t->part[index], to))
            return false;
    }
    a->topics.n += to->partitions.n > 0;
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_list_partition_reassignments_req *q = req;
    struct kafc_list_partition_reassignments_resp *a = resp;
    struct kafc_mtopic *t;
    int32_t n = q->topics.n;
    bool ok;

    a->error_code = (int16_t)kafc__mock_controls(rq);
    if (!a->error_code)
        a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE);
    a->error_message = kafc__mock_words((kafc_err)a->error_code);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    for (t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); t && q->topics.n < 0;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node))
        n = n < 0 ? 1 : n + 1;
    a->topics.v = kafc__msg_array(&kafc_list_partition_reassignments_resp_topic_schema,
                                  n < 0 ? 0 : n, &rq->arena);
    ok = a->topics.v != NULL;
    for (int32_t i = 0; ok && i < q->topics.n; i++)
        if ((t = kafc__mock_topic(rq->c, q->topics.v[i].name)) != NULL)
            ok = put_topic(rq, t, q->topics.v[i].partition_indexes.v,
                           q->topics.v[i].partition_indexes.n, a);
    for (t = KAFC_LIST_FIRST(&rq->c->topics, struct kafc_mtopic, node); ok && t && q->topics.n < 0;
         t = KAFC_LIST_NEXT(&rq->c->topics, t, struct kafc_mtopic, node))
        ok = put_topic(rq, t, NULL, -1, a);
    return ok ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_list_partition_reassignments = {
    KAFC_API_LIST_PARTITION_REASSIGNMENTS, 0, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 1 }
};
