/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeQuorum: every broker is a voter, and the controller leads. There is
 * no log of metadata: it ends at 0.
 */
#include "base/str.h"
#include "mock/acl.h"
#include "protocol/api/55_describe_quorum.h"

static bool put_voters(struct kafc_mrq *rq, struct kafc_describe_quorum_resp_partition *p)
{
    const struct kafc_cluster *c = rq->c;

    p->current_voters.v = kafc__msg_array(&kafc_describe_quorum_resp_replica_state_schema, c->nbrokers,
                                          &rq->arena);
    for (int32_t i = 0; p->current_voters.v && i < c->nbrokers; i++) {
        struct kafc_describe_quorum_resp_replica_state *v = &p->current_voters.v[i];
        bool there = kafc__mock_in_sync(c, c->broker[i].id);

        v->replica_id = c->broker[i].id;
        v->log_end_offset = there ? 0 : -1;
        v->last_fetch_timestamp = v->last_caught_up_timestamp = there ? c->wall_ms : -1;
    }
    p->current_voters.n = c->nbrokers;
    return p->current_voters.v != NULL;
}

static bool put_nodes(struct kafc_mrq *rq, struct kafc_describe_quorum_resp *a)
{
    const struct kafc_cluster *c = rq->c;

    a->nodes.v = kafc__msg_array(&kafc_describe_quorum_resp_node_schema, c->nbrokers, &rq->arena);
    a->nodes.n = c->nbrokers;
    for (int32_t i = 0; a->nodes.v && i < c->nbrokers; i++) {
        struct kafc_describe_quorum_resp_listener *l =
            kafc__msg_array(&kafc_describe_quorum_resp_listener_schema, 1, &rq->arena);

        if (!l)
            return false;
        a->nodes.v[i].node_id = c->broker[i].id;
        a->nodes.v[i].listeners.v = l;
        a->nodes.v[i].listeners.n = 1;
        l->name = kafc__str("CONTROLLER");
        l->host = kafc__str(c->broker[i].host);
        l->port = (uint16_t)c->broker[i].port;
    }
    return a->nodes.v != NULL;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_quorum_req *q = req;
    struct kafc_describe_quorum_resp *a = resp;
    struct kafc_describe_quorum_resp_partition *p;

    a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    if (q->topics.n != 1 || !kafc__str_is(q->topics.v[0].topic_name, "__cluster_metadata")) {
        a->error_code = KAFC_ERR_INVALID_REQUEST;
        return KAFC_MDONE_ANSWER;
    }
    a->topics.v = kafc__msg_array(&kafc_describe_quorum_resp_topic_schema, 1, &rq->arena);
    p = kafc__msg_array(&kafc_describe_quorum_resp_partition_schema, 1, &rq->arena);
    if (!a->topics.v || !p || !put_voters(rq, p) ||
        (rq->version >= 2 && !put_nodes(rq, a)))
        return KAFC_MDONE_CUT;
    a->topics.n = a->topics.v[0].partitions.n = 1;
    a->topics.v[0].topic_name = q->topics.v[0].topic_name;
    a->topics.v[0].partitions.v = p;
    p->leader_id = kafc__mock_controller(rq->c);
    p->leader_epoch = 1;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_quorum = {
    KAFC_API_DESCRIBE_QUORUM, 2, serve, 0, { 0 }
};
