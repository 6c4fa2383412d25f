/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_remove_members: LeaveGroup on behalf of others, to the
 * coordinator.
 */
#include <string.h>

#include "base/str.h"
#include "client/admin.h"
#include "client/groups.h"
#include "protocol/api/13_leave_group.h"

/* The code of the group, then those of members. */
static bool leave_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_leave_group_resp *r = resp;
    const struct kafc_leave_group_req *q = out->req;
    if (i > r->members.n)
        return false;
    out->code = i ? r->members.v[i - 1].error_code : r->error_code;
    if (i == 0) {
        kafc__admin_name(out, "members of group", q->group_id);
        return true;
    }
    const struct kafc_leave_group_resp_member *m = &r->members.v[i - 1];
    kafc_str id = m->member_id.len > 0 ? m->member_id : m->group_instance_id;
    kafc__admin_name(out, "member", id);
    return true;
}

static const struct kafc_admin_kind leaving = {
    .api = &kafc_leave_group_api,
    .what = "removed",
    .since = "0.9",
    .too_old = "to remove others (it takes one from 2.4 on)",
    .item = leave_item,
};

static kafc_err check(const kafc_member_removal *q, int32_t n, kafc_error *err)
{
    if (n < 0 || (n > 0 && !q))
        return kafc__error(err, KAFC_ERR_USAGE, "%d members at %s", (int)n,
                           q ? "an address" : "NULL");
    for (int32_t i = 0; i < n; i++) {
        const char *id = q[i].member_id ? q[i].member_id : q[i].instance_id;
        if (!id || !*id || strlen(id) > INT16_MAX ||
            (q[i].instance_id && strlen(q[i].instance_id) > INT16_MAX))
            return kafc__error(err, KAFC_ERR_USAGE, "the id of member %d is %s", (int)i,
                               id && *id ? "too long" : "empty");
    }
    return KAFC_OK;
}

static bool is_text(kafc_str s, const char *text)
{
    return text && *text ? kafc__str_is(s, text) : s.len <= 0;
}

/* Answers come in the order of the request. */
static kafc_err tell(kafc_member_removal *q, int32_t n, const kafc_answer *answer, kafc_err rc,
                     kafc_error *err)
{
    const struct kafc_leave_group_resp *r = answer ? answer->resp : NULL;
    for (int32_t i = 0; i < n; i++) {
        bool told = r && r->error_code == 0 && i < r->members.n &&
                    is_text(r->members.v[i].member_id, q[i].member_id) &&
                    is_text(r->members.v[i].group_instance_id, q[i].instance_id);
        q[i].result = told ? (kafc_err)r->members.v[i].error_code
                           : (r && r->error_code == 0 ? KAFC_ERR_PROTOCOL : rc);
        if (rc == KAFC_OK && !told)
            rc = kafc__error(err, KAFC_ERR_PROTOCOL, "%s was answered without member %d",
                             leaving.api->name, (int)i);
    }
    return rc;
}

static kafc_err leave(struct kafc_admin *k, const char *group, kafc_member_removal *q, int32_t n,
                      const char *reason)
{
    struct kafc_leave_group_req req;
    kafc_answer *answer;
    kafc__msg_defaults(&kafc_leave_group_req_schema, &req);
    req.group_id = kafc__str(group);
    req.members.v = kafc__msg_array(&kafc_leave_group_req_member_schema, n, &k->arena);
    req.members.n = n;
    if (!req.members.v)
        return kafc__admin_no_memory("the members", k->err);
    for (int32_t i = 0; i < n; i++) {
        req.members.v[i].member_id = kafc__str(q[i].member_id ? q[i].member_id : "");
        req.members.v[i].group_instance_id = kafc__str(q[i].instance_id);
        req.members.v[i].reason = kafc__str(reason);
    }
    kafc_err rc = kafc__admin_ask(k->c, &leaving, &req, KAFC_BY_ROUTE, k->deadline, &answer,
                                  k->err);
    rc = tell(q, n, answer, rc, k->err);
    kafc_answer_free(answer);
    return rc;
}

/* Who is in it now. One who goes by himself meanwhile has gone, too. */
static kafc_err leave_all(struct kafc_admin *k, const char *group, const char *reason)
{
    kafc_group_descriptions *d;
    kafc_err rc = kafc_admin_describe_groups(k->c, &group, 1, kafc__left_ms(k->deadline), &d,
                                             k->err);
    int32_t n = rc == KAFC_OK ? d->groups[0].nmembers : 0;
    kafc_member_removal *q = kafc__arena_array(&k->arena, (size_t)n, sizeof(*q));
    if (rc == KAFC_OK && !q)
        rc = kafc__admin_no_memory("the members", k->err);
    for (int32_t i = 0; rc == KAFC_OK && i < n; i++) {
        q[i].member_id = d->groups[0].members[i].member_id;
        q[i].instance_id = d->groups[0].members[i].instance_id;
    }
    if (rc == KAFC_OK && n > 0)
        rc = leave(k, group, q, n, reason);
    kafc_group_descriptions_free(d);
    return rc;
}

kafc_err kafc_admin_remove_members(kafc_client *c, const char *group, kafc_member_removal *q,
                                   int32_t n, const char *reason, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = kafc__sweep_check("group", &group, 1, k.err);
    if (rc == KAFC_OK && reason && strlen(reason) > INT16_MAX)
        rc = kafc__error(k.err, KAFC_ERR_USAGE, "the reason is too long");
    if (rc == KAFC_OK && n == KAFC_ALL_MEMBERS && !q)
        return kafc__admin_end(&k, leave_all(&k, group, reason));
    if (rc == KAFC_OK)
        rc = check(q, n, k.err);
    return kafc__admin_end(&k, rc == KAFC_OK && n > 0 ? leave(&k, group, q, n, reason) : rc);
}
