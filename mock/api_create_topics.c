/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateTopics, by the controller. Replica assignments are honoured in their
 * number, and their first broker leads.
 */
#include "mock/acl.h"
#include "mock/configs.h"
#include "protocol/api/19_create_topics.h"

static bool twice(const struct kafc_create_topics_req *q,
                  const struct kafc_create_topics_req_topic *t)
{
    int n = 0;

    for (int32_t i = 0; i < q->topics.n; i++)
        n += kafc__str_same(q->topics.v[i].name, t->name);
    return n > 1;
}

static kafc_err check_assignments(const struct kafc_cluster *c,
                                  const struct kafc_create_topics_req_topic *t)
{
    if (t->num_partitions != -1 || t->replication_factor != -1)
        return KAFC_ERR_INVALID_REQUEST;
    for (int32_t i = 0; i < t->assignments.n; i++) {
        const struct kafc_create_topics_req_assignment *a = &t->assignments.v[i];

        if (a->partition_index < 0 || a->partition_index >= t->assignments.n ||
            a->broker_ids.n < 1 || a->broker_ids.n > KAFC_MOCK_BROKERS_MAX ||
            a->broker_ids.n != t->assignments.v[0].broker_ids.n)
            return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
        for (int32_t k = 0; k < a->broker_ids.n; k++)
            if (!kafc__mock_broker(c, a->broker_ids.v[k]))
                return KAFC_ERR_INVALID_REPLICA_ASSIGNMENT;
    }
    return KAFC_OK;
}

static void assign(const struct kafc_cluster *c, struct kafc_mtopic *t,
                   const struct kafc_create_topics_req_topic *q)
{
    for (int32_t i = 0; i < q->assignments.n; i++) {
        const struct kafc_create_topics_req_assignment *a = &q->assignments.v[i];
        struct kafc_mpart *p = &t->part[a->partition_index];

        p->leader = -1;
        for (int32_t k = 0; k < p->nreplicas; k++) {
            p->replica[k] = a->broker_ids.v[k];
            if (p->leader < 0 && kafc__mock_in_sync(c, p->replica[k]))
                p->leader = p->replica[k];
        }
    }
}

static kafc_err check_configs(const struct kafc_create_topics_req_topic *t)
{
    kafc_err code = KAFC_OK;

    for (int32_t i = 0; i < t->configs.n && !code; i++)
        code = kafc__mconfig_check(KAFC_MCONFIG_TOPIC, t->configs.v[i].name, t->configs.v[i].value);
    return code;
}

static bool tell_configs(struct kafc_mrq *rq, struct kafc_create_topics_resp_topic *one)
{
    int32_t n;
    const struct kafc_mconfig_told *t = kafc__mconfig_tell(rq->c, KAFC_MCONFIG_TOPIC, one->name, &n,
                                                           &rq->arena);

    one->configs.v = t ? kafc__msg_array(&kafc_create_topics_resp_config_schema, n, &rq->arena) : NULL;
    if (!one->configs.v)
        return false;
    one->configs.n = n;
    for (int32_t i = 0; i < n; i++) {
        one->configs.v[i].name = kafc__str(t[i].row->name);
        one->configs.v[i].value = kafc__str(t[i].from[0].value);
        one->configs.v[i].config_source = t[i].from[0].source;
    }
    return true;
}

static kafc_err create(struct kafc_mrq *rq, const struct kafc_create_topics_req *q,
                       const struct kafc_create_topics_req_topic *t, struct kafc_mtopic **out)
{
    struct kafc_cluster *c = rq->c;
    int32_t partitions = t->num_partitions, replication = t->replication_factor;
    kafc_err code;

    *out = NULL;
    if (twice(q, t))
        return KAFC_ERR_INVALID_REQUEST;
    if (t->assignments.n > 0) {
        code = check_assignments(c, t);
        if (code)
            return code;
        partitions = t->assignments.n;
        replication = t->assignments.v[0].broker_ids.n;
    }
    if (partitions == 0 || (partitions < 0 && (partitions != -1 || rq->version < 4)))
        return KAFC_ERR_INVALID_PARTITIONS;
    if (replication == 0 || (replication < 0 && (replication != -1 || rq->version < 4)))
        return KAFC_ERR_INVALID_REPLICATION_FACTOR;
    code = check_configs(t);
    if (code)
        return code;
    code = kafc__mock_make_topic(c, t->name, partitions < 0 ? 0 : partitions,
                                 replication < 0 ? 0 : replication, out);
    if (code)
        return code == KAFC_ERR_NO_MEMORY ? KAFC_ERR_UNKNOWN_SERVER_ERROR : code;
    for (int32_t i = 0; i < t->configs.n; i++)
        if (kafc__mconfig_set(c, KAFC_MCONFIG_TOPIC, t->name, t->configs.v[i].name, t->configs.v[i].value))
            return KAFC_ERR_UNKNOWN_SERVER_ERROR;
    assign(c, *out, t);
    return KAFC_OK;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_create_topics_req *q = req;
    struct kafc_create_topics_resp *a = resp;

    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_create_topics_resp_topic_schema, q->topics.n, &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->topics.n; i++) {
        struct kafc_create_topics_resp_topic *one = &a->topics.v[i];
        struct kafc_mtopic *t = NULL;
        kafc_err code = kafc__mock_controls(rq);

        one->name = q->topics.v[i].name;
        if (!code && kafc__mock_refuses_cluster(rq, KAFC_ACL_CREATE))
            code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, one->name, KAFC_ACL_CREATE);
        if (!code)
            code = create(rq, q, &q->topics.v[i], &t);
        one->error_code = (int16_t)code;
        one->error_message = kafc__mock_words(code);
        if (!t)
            continue;
        if (!tell_configs(rq, one))
            return KAFC_MDONE_CUT;
        one->topic_id = t->id;
        one->num_partitions = t->npartitions;
        one->replication_factor = (int16_t)t->replication;
        if (q->validate_only) {
            one->topic_id = (kafc_uuid){ { 0 } };
            kafc__mock_bury_topic(rq->c, t);
        }
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_create_topics = {
    KAFC_API_CREATE_TOPICS, 7, serve, 2, { 0, 0, 0, 1, 3, 3, 4, 8 }
};
