/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Metadata: brokers, topics, leaders; topics made on demand. A topic that was
 * just made is told with KAFC_ERR_LEADER_NOT_AVAILABLE first, as real brokers
 * do. A broker whose metadata is frozen tells what it knew then.
 */
#include "mock/acl.h"
#include "protocol/api/03_metadata.h"

static bool listed(const struct kafc_mrq *rq, int32_t broker)
{
    const struct kafc_mbroker *asked = rq->conn->broker;

    if (asked->frozen)
        return asked->frozen_listed >> (broker - 1) & 1;
    return kafc__mock_in_sync(rq->c, broker);
}

static bool put_brokers(struct kafc_mrq *rq, struct kafc_metadata_resp *a)
{
    const struct kafc_cluster *c = rq->c;

    a->brokers.v = kafc__msg_array(&kafc_metadata_resp_broker_schema, c->nbrokers, &rq->arena);
    if (!a->brokers.v)
        return false;
    for (int32_t i = 0; i < c->nbrokers; i++) {
        struct kafc_metadata_resp_broker *b = &a->brokers.v[a->brokers.n];

        if (!listed(rq, c->broker[i].id))
            continue;
        b->node_id = c->broker[i].id;
        b->host = (kafc_str){ c->broker[i].host, (int32_t)strlen(c->broker[i].host) };
        b->port = c->broker[i].port;
        if (c->broker[i].rack)
            b->rack = (kafc_str){ c->broker[i].rack, (int32_t)strlen(c->broker[i].rack) };
        a->brokers.n++;
    }
    return true;
}

static bool put_partition(struct kafc_mrq *rq, const struct kafc_mpart *p,
                          struct kafc_metadata_resp_partition *one)
{
    const struct kafc_mbroker *asked = rq->conn->broker;

    one->partition_index = p->index;
    one->leader_id = asked->frozen && p->frozen ? p->frozen[asked->id - 1].leader : p->leader;
    one->leader_epoch = asked->frozen && p->frozen ? p->frozen[asked->id - 1].epoch : p->epoch;
    one->error_code = one->leader_id < 0 ? KAFC_ERR_LEADER_NOT_AVAILABLE : KAFC_OK;
    one->replica_nodes.v = p->replica;
    one->replica_nodes.n = p->nreplicas;
    one->isr_nodes.v = kafc__arena_array(&rq->arena, (size_t)p->nreplicas, sizeof(int32_t));
    one->offline_replicas.v = kafc__arena_array(&rq->arena, (size_t)p->nreplicas, sizeof(int32_t));
    if (!one->isr_nodes.v || !one->offline_replicas.v)
        return false;
    for (int32_t i = 0; i < p->nreplicas; i++)
        if (listed(rq, p->replica[i]))
            one->isr_nodes.v[one->isr_nodes.n++] = p->replica[i];
        else
            one->offline_replicas.v[one->offline_replicas.n++] = p->replica[i];
    return true;
}

static bool put_topic(struct kafc_mrq *rq, struct kafc_mtopic *t,
                      struct kafc_metadata_resp_topic *one)
{
    one->name = (kafc_str){ t->name, t->name_len };
    one->topic_id = t->id;
    if (t->fresh) {
        t->fresh = false;
        one->error_code = KAFC_ERR_LEADER_NOT_AVAILABLE;
        return true;
    }
    one->partitions.n = t->npartitions;
    one->partitions.v = kafc__msg_array(&kafc_metadata_resp_partition_schema, t->npartitions,
                                        &rq->arena);
    if (!one->partitions.v)
        return false;
    for (int32_t i = 0; i < t->npartitions; i++)
        if (!put_partition(rq, &t->part[i], &one->partitions.v[i]))
            return false;
    return true;
}

static bool put_all(struct kafc_mrq *rq, struct kafc_metadata_resp *a)
{
    struct kafc_cluster *c = rq->c;
    int32_t n = 0;

    KAFC_MOCK_EACH(&c->topics, struct kafc_mtopic, t)
        n++;
    a->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, n, &rq->arena);
    if (!a->topics.v)
        return false;
    KAFC_MOCK_EACH(&c->topics, struct kafc_mtopic, t) {
        if (kafc__macl_refuses(c, rq->conn->login.user, KAFC_ACL_TOPIC, (kafc_str){ t->name, t->name_len },
                               KAFC_ACL_DESCRIBE))
            continue; /* not even told to be there */
        t->fresh = false;
        if (!put_topic(rq, t, &a->topics.v[a->topics.n++]))
            return false;
    }
    return true;
}

/* May it be seen, or made? */
static kafc_err refuses(const struct kafc_mrq *rq, const struct kafc_mtopic *t, kafc_str name,
                        bool create)
{
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, name, KAFC_ACL_DESCRIBE);

    if (!code && !t && create && kafc__mock_refuses_cluster(rq, KAFC_ACL_CREATE))
        code = kafc__mock_refuses(rq, KAFC_ACL_TOPIC, name, KAFC_ACL_CREATE);
    return code;
}

static bool put_named(struct kafc_mrq *rq, const struct kafc_metadata_req *q,
                      const struct kafc_metadata_req_topic *w, struct kafc_metadata_resp_topic *one)
{
    struct kafc_cluster *c = rq->c;
    bool by_id = !w->name.p;
    struct kafc_mtopic *t = by_id ? kafc__mock_topic_by_id(c, &w->topic_id)
                                  : kafc__mock_topic(c, w->name);
    bool any = c->opt.blackhole || c->endless;
    bool create = any || (c->opt.auto_create != KAFC_OFF &&
                                       (rq->version < 4 || q->allow_auto_topic_creation));

    one->name = w->name;
    one->topic_id = w->topic_id;
    one->error_code = (int16_t)refuses(
        rq, t, t ? (kafc_str){ t->name, t->name_len } : w->name, !by_id && create);
    if (one->error_code)
        return true;
    if (!t && !by_id && create) {
        one->error_code = (int16_t)kafc__mock_make_topic(c, w->name, 0, 0, &t);
        if (t)
            t->fresh = !any;
        else if (one->error_code != KAFC_ERR_INVALID_TOPIC_EXCEPTION)
            return false;
        else
            return true;
    }
    if (!t) {
        one->error_code = by_id                         ? KAFC_ERR_UNKNOWN_TOPIC_ID
                          : kafc__mock_name_ok(w->name) ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION
                                                        : KAFC_ERR_INVALID_TOPIC_EXCEPTION;
        return true;
    }
    return put_topic(rq, t, one);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_metadata_req *q = req;
    struct kafc_metadata_resp *a = resp;
    bool all = q->topics.n < 0 || (rq->version == 0 && q->topics.n == 0);

    a->cluster_id = (kafc_str){ rq->c->cluster_id, (int32_t)strlen(rq->c->cluster_id) };
    a->controller_id = kafc__mock_controller(rq->c);
    if (q->include_cluster_authorized_operations)
        a->cluster_authorized_operations = KAFC_MOCK_CLUSTER_OPERATIONS;
    if (!put_brokers(rq, a))
        return KAFC_MDONE_CUT;
    if (rq->version >= 13 && rq->forced == KAFC_ERR_REBOOTSTRAP_REQUIRED)
        a->error_code = (int16_t)rq->forced;
    if (all) {
        if (!put_all(rq, a))
            return KAFC_MDONE_CUT;
        for (int32_t i = 0; i < a->topics.n; i++) {
            if (rq->forced)
                a->topics.v[i].error_code = (int16_t)rq->forced;
            if (q->include_topic_authorized_operations)
                a->topics.v[i].topic_authorized_operations = KAFC_MOCK_TOPIC_OPERATIONS;
        }
        return KAFC_MDONE_ANSWER;
    }
    a->topics.n = q->topics.n;
    a->topics.v = kafc__msg_array(&kafc_metadata_resp_topic_schema, a->topics.n, &rq->arena);
    if (!a->topics.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < a->topics.n; i++) {
        /* By id from 12 on; before, a name must be there. */
        if (!q->topics.v[i].name.p && rq->version < 12)
            return KAFC_MDONE_CUT;
        if (!put_named(rq, q, &q->topics.v[i], &a->topics.v[i]))
            return KAFC_MDONE_CUT;
        if (q->include_topic_authorized_operations && !a->topics.v[i].error_code)
            a->topics.v[i].topic_authorized_operations = KAFC_MOCK_TOPIC_OPERATIONS;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_metadata = {
    KAFC_API_METADATA, 13, serve, 0, { 1, 1, 2, 3, 5, 6, 8, 12 }
};
