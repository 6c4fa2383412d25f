/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LeaveGroup: one member up to version 2, several from 3 on; static ones by
 * their instance ids, too.
 */
#include "mock/group.h"
#include "protocol/api/13_leave_group.h"

static kafc_err leave(struct kafc_cluster *c, struct kafc_mgroup *g, kafc_str id, kafc_str instance)
{
    struct kafc_mmember *m = NULL;
    kafc_err code;

    if (!g)
        return KAFC_ERR_UNKNOWN_MEMBER_ID;
    if (id.len > 0)
        m = kafc__mmember_find(&g->pending, id);
    else if (instance.p && !(m = kafc__mmember_of_instance(g, instance)))
        return KAFC_ERR_UNKNOWN_MEMBER_ID;
    code = m ? KAFC_OK : kafc__mgroup_member(g, id, instance, &m);
    if (!code)
        kafc__mgroup_remove(c, g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
    return code;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_leave_group_req *q = req;
    struct kafc_leave_group_resp *a = resp;
    struct kafc_leave_group_req_member one = { .member_id = q->member_id };
    const struct kafc_leave_group_req_member *v = rq->version < 3 ? &one : q->members.v;
    int32_t n = rq->version < 3 ? 1 : q->members.n, left = 0;
    struct kafc_mgroup *g;

    a->error_code = (int16_t)kafc__mgroup_named(rq, q->group_id, KAFC_ACL_READ);
    if (a->error_code)
        return KAFC_MDONE_ANSWER;
    g = kafc__mgroup_find(rq->c, q->group_id);
    a->members.v = kafc__msg_array(&kafc_leave_group_resp_member_schema, n, &rq->arena);
    if (!a->members.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_leave_group_resp_member *to = &a->members.v[a->members.n++];

        to->member_id = v[i].member_id;
        to->group_instance_id = v[i].group_instance_id;
        to->error_code = (int16_t)leave(rq->c, g, v[i].member_id, v[i].group_instance_id);
        left += to->error_code == KAFC_OK;
    }
    if (left)
        kafc__mgroup_left(rq->c, g, "members have left");
    if (rq->version < 3) {
        a->error_code = a->members.v->error_code;
        a->members.n = 0;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_leave_group = {
    KAFC_API_LEAVE_GROUP, 5, serve, 0, { 0, 1, 1, 1, 2, 2, 3, 5 }
};
