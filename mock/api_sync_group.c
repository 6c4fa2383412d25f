/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SyncGroup: the leader's assignments, and each member's own; those that ask
 * before the leader wait.
 */
#include "base/str.h"
#include "mock/group.h"
#include "protocol/api/14_sync_group.h"

static bool differs(const char *chosen, kafc_str said)
{
    return said.p && chosen && !kafc__str_same(kafc__str(chosen), said);
}

static kafc_err admit(const struct kafc_mrq *rq, const struct kafc_sync_group_req *q,
                      struct kafc_mgroup **g, struct kafc_mmember **m)
{
    kafc_err code = kafc__mgroup_named(rq, q->group_id, KAFC_ACL_READ);

    if (code == KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS && !rq->forced && !rq->c->features)
        return KAFC_ERR_REBALANCE_IN_PROGRESS; /* as former releases call it */
    if (code)
        return code;
    *g = kafc__mgroup_find(rq->c, q->group_id);
    code = kafc__mgroup_member(*g, q->member_id, q->group_instance_id, m);
    if (code)
        return code;
    if (q->generation_id != (*g)->generation)
        return KAFC_ERR_ILLEGAL_GENERATION;
    return differs((*g)->type, q->protocol_type) || differs((*g)->protocol, q->protocol_name)
               ? KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL
               : KAFC_OK;
}

static enum kafc_mdone take_part(struct kafc_mrq *rq, const struct kafc_sync_group_req *q,
                                 struct kafc_mgroup *g, struct kafc_mmember *m)
{
    kafc__mmember_park(rq, m);
    m->syncing = m->synced = true;
    if (g->leader == m && !kafc__mgroup_assign(rq->c, g, q))
        kafc__mmember_answer_sync(rq->c, g, m, KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    return KAFC_MDONE_PARKED;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_sync_group_req *q = req;
    struct kafc_sync_group_resp *a = resp;
    struct kafc_mgroup *g = NULL;
    struct kafc_mmember *m = NULL;

    a->error_code = (int16_t)admit(rq, q, &g, &m);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    switch (g->state) {
    case KAFC_MOCK_GROUP_COMPLETING: return take_part(rq, q, g, m);
    case KAFC_MOCK_GROUP_STABLE:
        m->synced = true;
        kafc__mmember_assignment(g, m, a);
        break;
    case KAFC_MOCK_GROUP_PREPARING: a->error_code = KAFC_ERR_REBALANCE_IN_PROGRESS; break;
    case KAFC_MOCK_GROUP_EMPTY:
    case KAFC_MOCK_GROUP_DEAD: a->error_code = KAFC_ERR_UNKNOWN_MEMBER_ID; break;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_sync_group = {
    KAFC_API_SYNC_GROUP, 5, serve, 0, { 0, 1, 1, 1, 2, 2, 3, 6 }
};
