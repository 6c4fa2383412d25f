/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Heartbeat: the member's session goes on, whether the group rebalances or not.
 */
#include "mock/group.h"
#include "protocol/api/12_heartbeat.h"

static kafc_err beat(const struct kafc_mrq *rq, const struct kafc_heartbeat_req *q)
{
    kafc_err code = kafc__mgroup_named(rq, q->group_id, KAFC_ACL_READ);
    struct kafc_mmember *m;
    struct kafc_mgroup *g;

    if (code == KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS && !rq->forced)
        return KAFC_OK; /* nothing is known yet that could be wrong */
    if (code)
        return code;
    g = kafc__mgroup_find(rq->c, q->group_id);
    code = kafc__mgroup_member(g, q->member_id, q->group_instance_id, &m);
    if (code)
        return code;
    if (q->generation_id != g->generation)
        return KAFC_ERR_ILLEGAL_GENERATION;
    if (!m->joining && !m->syncing)
        kafc__mgroup_alive(rq->c, m);
    return g->state == KAFC_MOCK_GROUP_PREPARING ? KAFC_ERR_REBALANCE_IN_PROGRESS : KAFC_OK;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct kafc_heartbeat_resp *a = resp;

    a->error_code = (int16_t)beat(rq, req);
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_heartbeat = {
    KAFC_API_HEARTBEAT, 4, serve, 0, { 0, 1, 1, 1, 2, 2, 3, 5 }
};
