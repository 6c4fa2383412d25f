/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreatePartitions, by the controller. Of assignments the first broker that is
 * in sync leads.
 */
#include "mock/acl.h"
#include "protocol/api/37_create_partitions.h"

static bool known(const struct kafc_cluster *c, const struct kafc_create_partitions_req_assignment *a)
{
    for (int32_t k = 0; k < a->broker_ids.n; k++)
        if (!kafc__mock_broker(c, a->broker_ids.v[k]))
            return false;
    return true;
}

static kafc_err check(const struct kafc_cluster *c, const struct kafc_mtopic *t,
                      const struct kafc_create_partitions_req_topic *q)
{
    if (q->count <= t->npartitions || q->count > KAFC_MOCK_PARTITIONS_MAX)
        return KAFC_ERR_INVALID_PARTITIONS;
    if (q->assignments.n >= 0 && q->assignments.n != q->count - t->npartitions)
        return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
    for (int32_t i = 0; i < q->assignments.n; i++)
        if (q->assignments.v[i].broker_ids.n != t->replication || !known(c, &q->assignments.v[i]))
            return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
    return KAFC_OK;
}

static void assign(const struct kafc_cluster *c, struct kafc_mpart *p,
                   const struct kafc_create_partitions_req_assignment *a)
{
    p->leader = -1;
    for (int32_t k = 0; k < p->nreplicas; k++) {
        p->replica[k] = a->broker_ids.v[k];
        if (p->leader < 0 && kafc__mock_in_sync(c, p->replica[k]))
            p->leader = p->replica[k];
    }
}

static kafc_err grow(struct kafc_mrq *rq, const struct kafc_create_partitions_req *req,
                     const struct kafc_create_partitions_req_topic *q)
{
    struct kafc_mtopic *t = kafc__mock_topic(rq->c, q->name);
    int32_t was = t ? t->npartitions : 0;
    kafc_err code = kafc__mock_controls(rq);

    if (!code)
        code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, q->name, KAFC_ACL_ALTER);
    if (!code && !t)
        code = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    if (!code)
        code = check(rq->c, t, q);
    if (code || req->validate_only)
        return code;
    code = kafc__mock_grow_topic(rq->c, t, q->count);
    for (int32_t i = 0; !code && i < q->assignments.n; i++)
        assign(rq->c, &t->part[was + i], &q->assignments.v[i]);
    return code == KAFC_ERR_NO_MEMORY ? KAFC_ERR_UNKNOWN_SERVER_ERROR : code;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_create_partitions_req *q = req;
    struct kafc_create_partitions_resp *a = resp;

    a->results.n = q->topics.n;
    a->results.v = kafc__msg_array(&kafc_create_partitions_resp_topic_schema, q->topics.n,
                                   &rq->arena);
    if (!a->results.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        kafc_err code = grow(rq, q, &q->topics.v[i]);

        a->results.v[i].name = q->topics.v[i].name;
        a->results.v[i].error_code = (int16_t)code;
        a->results.v[i].error_message = kafc__mock_words(code);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_create_partitions = {
    KAFC_API_CREATE_PARTITIONS, 3, serve, 0, { 0, 0, 0, 0, 0, 1, 2, 4 }
};
