/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteGroups: groups without members, with their offsets.
 */
#include "base/str.h"
#include "mock/txn.h"
#include "protocol/api/42_delete_groups.h"

static kafc_err delete_group(struct kafc_mrq *rq, kafc_str name)
{
    kafc_err code = kafc__mgroup_coordinates(rq, name, KAFC_ACL_DELETE);
    struct kafc_mgroup *g;

    if (code)
        return code;
    g = kafc__mgroup_find(rq->c, name);
    if (!g)
        return KAFC_ERR_GROUP_ID_NOT_FOUND;
    if (g->state != KAFC_MOCK_GROUP_EMPTY)
        return KAFC_ERR_NON_EMPTY_GROUP;
    kafc__mtxns_forget_group(rq->c, g);
    kafc__mgroup_free(rq->c, g);
    return KAFC_OK;
}

/* Brokers delete a group once, however often it is named. */
static bool is_told(const struct kafc_delete_groups_resp *a, kafc_str name)
{
    int32_t i = 0;

    while (i < a->results.n && !kafc__str_same(a->results.v[i].group_id, name))
        i++;
    return i < a->results.n;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_delete_groups_req *q = req;
    struct kafc_delete_groups_resp *a = resp;

    a->results.v = kafc__msg_array(&kafc_delete_groups_resp_group_schema, q->groups_names.n,
                                   &rq->arena);
    if (!a->results.v)
        return KAFC_MDONE_CUT;
    for (int32_t i = 0; i < q->groups_names.n; i++) {
        kafc_str name = q->groups_names.v[i];

        if (is_told(a, name))
            continue;
        a->results.v[a->results.n].group_id = name;
        a->results.v[a->results.n++].error_code = (int16_t)delete_group(rq, name);
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_delete_groups = {
    KAFC_API_DELETE_GROUPS, 2, serve, 0, { 0, 0, 0, 0, 0, 1, 2, 3 }
};
