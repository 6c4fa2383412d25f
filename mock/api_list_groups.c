/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListGroups: those that the broker coordinates.
 */
#include "base/str.h"
#include "mock/group.h"
#include "protocol/api/16_list_groups.h"

static const char type[] = "classic";

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 'a' - 'A') : c;
}

static bool same(kafc_str a, const char *b)
{
    if ((size_t)a.len != strlen(b))
        return false;
    for (int32_t i = 0; i < a.len; i++)
        if (lower(a.p[i]) != lower(b[i]))
            return false;
    return true;
}

/* An empty filter lets all pass. */
static bool passes(const kafc_str *v, int32_t n, const char *what)
{
    for (int32_t i = 0; i < n; i++)
        if (same(v[i], what))
            return true;
    return n <= 0;
}

static bool hidden(const struct kafc_mrq *rq, kafc_str group)
{
    return kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE) &&
           kafc__mock_refuses(rq, KAFC_ACL_GROUP, group, KAFC_ACL_DESCRIBE);
}

static kafc_err put(const struct kafc_mrq *rq, const struct kafc_list_groups_req *q,
                    const struct kafc_mgroup *g, struct kafc_list_groups_resp *a)
{
    kafc_str name = { g->name, g->len };
    kafc_err code = kafc__mock_coordinates(rq->c, KAFC_MOCK_GROUPS, name, rq->conn->broker);
    struct kafc_list_groups_resp_group *to = &a->groups.v[a->groups.n];

    if (code == KAFC_ERR_NOT_COORDINATOR || hidden(rq, name) ||
        !passes(q->states_filter.v, q->states_filter.n, kafc__mgroup_state(g)) ||
        !passes(q->types_filter.v, q->types_filter.n, type))
        return KAFC_OK;
    to->group_id = name;
    to->protocol_type = g->type ? kafc__str(g->type) : (kafc_str){ "", 0 };
    to->group_state = kafc__str(kafc__mgroup_state(g));
    to->group_type = kafc__str(type);
    a->groups.n++;
    return code;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct kafc_list_groups_resp *a = resp;
    const struct kafc_mgroup *g;
    kafc_err code = rq->forced;
    int32_t n = 0;

    for (g = kafc__mgroups_first(rq->c); g; g = kafc__mgroups_next(rq->c, g))
        n++;
    a->groups.v = kafc__msg_array(&kafc_list_groups_resp_group_schema, n, &rq->arena);
    if (!a->groups.v)
        return KAFC_MDONE_CUT;
    for (g = kafc__mgroups_first(rq->c); g && !code; g = kafc__mgroups_next(rq->c, g))
        code = put(rq, req, g, a);
    if (code)
        a->groups.n = 0;
    a->error_code = (int16_t)code;
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_list_groups = {
    KAFC_API_LIST_GROUPS, 5, serve, 0, { 0, 1, 1, 1, 2, 2, 3, 5 }
};
