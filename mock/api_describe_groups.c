/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeGroups: state and members; what they have joined with only while the
 * group is stable.
 */
#include <stdio.h>

#include "base/str.h"
#include "mock/group.h"
#include "protocol/api/15_describe_groups.h"

enum {
    SAYS_UNKNOWN = 6,      /* version: before it, an unknown group is a dead one without an error */
    ALL_OPERATIONS = 0xd48 /* read, delete, describe, and of configurations describe and alter */
};

static const kafc_str none = { "", 0 };
static const kafc_bytes no_bytes = { "", 0 };

static void put_member(const struct kafc_mgroup *g, const struct kafc_mmember *m,
                       struct kafc_describe_groups_resp_member *a)
{
    const struct kafc_mprotocol *p = kafc__mmember_protocol(m, kafc__str(g->protocol));
    bool stable = g->state == KAFC_MOCK_GROUP_STABLE;

    a->member_id = m->id;
    a->group_instance_id = m->instance;
    a->client_id = m->client.p ? m->client : none;
    a->client_host = kafc__str("/127.0.0.1");
    a->member_metadata = stable && p ? p->metadata : no_bytes;
    a->member_assignment = no_bytes;
    if (!g->unassigned && m->assignment)
        a->member_assignment = (kafc_bytes){ m->assignment, m->assignment_len };
}

static bool put_group(const struct kafc_mgroup *g, struct kafc_arena *arena,
                      struct kafc_describe_groups_resp_group *a)
{
    const struct kafc_mmember *m;
    int32_t n = kafc__mgroup_size(g);

    a->protocol_type = g->type ? kafc__str(g->type) : none;
    if (g->state == KAFC_MOCK_GROUP_STABLE && g->protocol)
        a->protocol_data = kafc__str(g->protocol);
    a->members.v = kafc__msg_array(&kafc_describe_groups_resp_member_schema, n, arena);
    if (!a->members.v)
        return false;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        put_member(g, m, &a->members.v[a->members.n++]);
    return true;
}

static void put_unknown(struct kafc_mrq *rq, struct kafc_describe_groups_resp_group *a)
{
    static const char before[] = "Group ", behind[] = " not found.";
    size_t n = sizeof before + sizeof behind + (size_t)a->group_id.len;
    char *text = kafc__arena_alloc(&rq->arena, n);

    if (rq->version < SAYS_UNKNOWN)
        return;
    a->error_code = KAFC_ERR_GROUP_ID_NOT_FOUND;
    if (text)
        a->error_message = (kafc_str){
            text, snprintf(text, n, "%s%.*s%s", before, (int)a->group_id.len, a->group_id.p, behind)
        };
}

static bool describe(struct kafc_mrq *rq, const struct kafc_describe_groups_req *q,
                     struct kafc_describe_groups_resp_group *a)
{
    const struct kafc_mgroup *g;

    a->group_state = a->protocol_type = a->protocol_data = none;
    a->error_code = (int16_t)kafc__mgroup_coordinates(rq, a->group_id, KAFC_ACL_DESCRIBE);
    if (a->error_code)
        return true;
    g = kafc__mgroup_find(rq->c, a->group_id);
    a->group_state = kafc__str(kafc__mgroup_state(g));
    if (!g)
        put_unknown(rq, a);
    if (q->include_authorized_operations && !a->error_code)
        a->authorized_operations = ALL_OPERATIONS;
    return !g || put_group(g, &rq->arena, a);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    const struct kafc_describe_groups_req *q = req;
    struct kafc_describe_groups_resp *a = resp;

    a->groups.v = kafc__msg_array(&kafc_describe_groups_resp_group_schema, q->groups.n, &rq->arena);
    if (!a->groups.v)
        return KAFC_MDONE_CUT;
    for (a->groups.n = 0; a->groups.n < q->groups.n; a->groups.n++) {
        a->groups.v[a->groups.n].group_id = q->groups.v[a->groups.n];
        if (!describe(rq, q, &a->groups.v[a->groups.n]))
            return KAFC_MDONE_CUT;
    }
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_describe_groups = {
    KAFC_API_DESCRIBE_GROUPS, 6, serve, 0, { 0, 1, 1, 1, 2, 2, 3, 6 }
};
