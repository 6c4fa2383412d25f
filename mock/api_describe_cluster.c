/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeCluster: brokers; those that are stopped are fenced. There are no
 * controllers apart.
 */
#include "base/str.h"
#include "mock/acl.h"
#include "protocol/api/60_describe_cluster.h"

enum { BROKERS = 1 };

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_cluster_req *q = req;
    struct kafc_describe_cluster_resp *a = resp;
    const struct kafc_cluster *c = rq->c;

    a->error_code = (int16_t)(rq->forced                   ? rq->forced
                              : q->endpoint_type != BROKERS ? KAFC_ERR_MISMATCHED_ENDPOINT_TYPE
                                                            : KAFC_OK);
    a->error_message = kafc__mock_words((kafc_err)a->error_code);
    a->cluster_id = kafc__str(c->cluster_id);
    a->controller_id = kafc__mock_controller(c);
    if (q->include_cluster_authorized_operations && !kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE))
        a->cluster_authorized_operations = KAFC_MOCK_CLUSTER_OPERATIONS;
    a->brokers.v = kafc__msg_array(&kafc_describe_cluster_resp_broker_schema, c->nbrokers, &rq->arena);
    if (!a->brokers.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < c->nbrokers && !a->error_code; i++) {
        struct kafc_describe_cluster_resp_broker *b = &a->brokers.v[a->brokers.n];
        bool fenced = !kafc__mock_in_sync(c, c->broker[i].id);

        if (fenced && !q->include_fenced_brokers)
            continue;
        b->broker_id = c->broker[i].id;
        b->host = kafc__str(c->broker[i].host);
        b->port = c->broker[i].port;
        b->rack = kafc__str(c->broker[i].rack);
        b->is_fenced = fenced;
        a->brokers.n++;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_cluster = {
    KAFC_API_DESCRIBE_CLUSTER, 2, serve, 0, { 0, 0, 0, 0, 0, 0, 0, 1 }
};
