/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Offsets of share groups: looked at, moved and forgotten by the coordinators.
 */
#include <string.h>

#include "base/str.h"
#include "client/groups.h"
#include "client/parts.h"
#include "protocol/api/90_describe_share_group_offsets.h"
#include "protocol/api/91_alter_share_group_offsets.h"
#include "protocol/api/92_delete_share_group_offsets.h"

/* --- Look ------------------------------------------------------------------------------------ */

static bool name_groups(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                        struct kafc_arena *a)
{
    struct kafc_describe_share_group_offsets_req *q = req;
    struct kafc_describe_share_group_offsets_req_group *group = kafc__msg_array(
        &kafc_describe_share_group_offsets_req_group_schema, n, a);
    (void)s;
    q->groups.v = group;
    q->groups.n = n;
    for (int32_t i = 0; group && i < n; i++) {
        group[i].group_id = v[i];
        group[i].topics.n = -1; /* all */
    }
    return group != NULL;
}

static void take_offset(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    const struct kafc_describe_share_group_offsets_resp_partition *p = said->part;
    kafc_share_offset *o = to;
    bool told = said->code == 0;
    (void)a;
    o->result = (kafc_err)said->code;
    o->start = told && p->start_offset >= 0 ? p->start_offset : KAFC_OFFSET_UNKNOWN;
    o->lag = told && p->lag >= 0 ? p->lag : KAFC_OFFSET_UNKNOWN;
    o->leader_epoch = told ? p->leader_epoch : -1;
}

static const struct kafc_part_element offset = { sizeof(kafc_share_offset),
                                                 offsetof(kafc_share_offset, result), take_offset };

static void take_group(struct kafc_sweep *s, int32_t at, const void *said, int32_t broker)
{
    kafc_share_group_offsets *to = &((kafc_share_group_offsets *)s->v)[at];
    (void)broker;
    to->offsets = kafc__parts_copy(s->arena, &kafc_describe_share_group_offsets_resp_group_schema, said,
                                   &offset, &to->noffsets);
}

static const struct kafc_sweep_kind looking = {
    .api = &kafc_describe_share_group_offsets_api,
    .noun = "share group",
    .what = "asked for its offsets",
    .name = name_groups,
    .list = KAFC_SWEEP_LIST(struct kafc_describe_share_group_offsets_resp, groups,
                            struct kafc_describe_share_group_offsets_resp_group, group_id,
                            offsetof(struct kafc_describe_share_group_offsets_resp_group, error_message)),
    .take = take_group,
};

static const struct kafc_sweep_element element = {
    sizeof(kafc_share_group_offsets), offsetof(kafc_share_group_offsets, result),
    &(const kafc_share_group_offsets){ .noffsets = 0 }
};

/* What partitions say, if all groups have answered. */
static kafc_err check_partitions(const kafc_share_offsets *all, kafc_error *err)
{
    for (int32_t i = 0; i < all->ngroups; i++)
        for (int32_t p = 0; p < all->groups[i].noffsets; p++) {
            const kafc_share_offset *o = &all->groups[i].offsets[p];
            if (o->result != KAFC_OK)
                return kafc__error(err, o->result, "share group %.150s, %.249s [%d]: %s",
                                   all->groups[i].group, o->topic, (int)o->partition,
                                   kafc_err_text(o->result));
        }
    return KAFC_OK;
}

kafc_err kafc_admin_share_group_offsets(kafc_client *c, const char *const *groups, int32_t n,
                                        int timeout_ms, kafc_share_offsets **out, kafc_error *err)
{
    kafc_err rc;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the offsets");
    *out = kafc__sweep_call(c, &looking, &element, groups, n, NULL, timeout_ms, &rc, err);
    return rc == KAFC_OK ? check_partitions(*out, err) : rc;
}

void kafc_share_offsets_free(kafc_share_offsets *o)
{
    kafc__piece_free(o);
}

/* --- Move ------------------------------------------------------------------------------------ */

static bool alter_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    bool more = kafc__parts_item(&kafc_alter_share_group_offsets_resp_schema, resp, i, out);
    if (i == 0)
        kafc__admin_name(out, "offsets of share group",
                         ((const struct kafc_alter_share_group_offsets_req *)out->req)->group_id);
    return more;
}

static const struct kafc_admin_kind altering = {
    .api = &kafc_alter_share_group_offsets_api,
    .what = "moved",
    .since = "4.1",
    .unknown_stands = true,
    .item = alter_item,
};

static kafc_err alter(struct kafc_admin *k, const char *group, kafc_share_offset *q, int32_t n)
{
    struct kafc_alter_share_group_offsets_req req;
    struct kafc_parts p;
    kafc_err rc = kafc__sweep_check(looking.noun, &group, 1, k->err);
    if (rc == KAFC_OK)
        rc = kafc__parts_init(&p, q, sizeof(*q), n, KAFC_PARTS_NO_NODE, &k->arena, k->err);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++)
        if (q[i].start < 0)
            rc = kafc__error(k->err, KAFC_ERR_USAGE, "topic '%.249s' [%d] to offset %lld",
                             q[i].topic, (int)q[i].partition, (long long)q[i].start);
    if (rc != KAFC_OK || n == 0)
        return rc;
    kafc__msg_defaults(&kafc_alter_share_group_offsets_req_schema, &req);
    req.group_id = kafc__str(group);
    bool made = kafc__parts_put(p.part, n, &kafc_alter_share_group_offsets_req_schema, &req, &k->arena);
    for (int32_t t = 0, at = 0; made && t < req.topics.n; t++)
        for (int32_t i = 0; i < req.topics.v[t].partitions.n; i++)
            req.topics.v[t].partitions.v[i].start_offset = q[p.part[at++].i].start;
    return kafc__parts_ask(k, &altering, made ? &req : NULL, &p, offsetof(kafc_share_offset, result));
}

kafc_err kafc_admin_alter_share_group_offsets(kafc_client *c, const char *group,
                                              kafc_share_offset *q, int32_t n, int timeout_ms,
                                              kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, alter(&k, group, q, n)) : rc;
}

/* --- Forget ---------------------------------------------------------------------------------- */

static bool delete_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const struct kafc_delete_share_group_offsets_resp *r = resp;
    if (i > r->responses.n)
        return false;
    out->code = i ? r->responses.v[i - 1].error_code : r->error_code;
    out->words = i ? r->responses.v[i - 1].error_message : r->error_message;
    if (i)
        kafc__admin_name(out, "topic", r->responses.v[i - 1].topic_name);
    else
        kafc__admin_name(out, "offsets of share group",
                         ((const struct kafc_delete_share_group_offsets_req *)out->req)->group_id);
    return true;
}

static const struct kafc_admin_kind deleting = {
    .api = &kafc_delete_share_group_offsets_api,
    .what = "forgotten",
    .since = "4.1",
    .unknown_stands = true,
    .item = delete_item,
};

static kafc_err result_of(const kafc_answer *answer, const char *topic, kafc_err rc)
{
    const struct kafc_delete_share_group_offsets_resp *r = answer ? answer->resp : NULL;
    for (int32_t i = 0; r && r->error_code == 0 && i < r->responses.n; i++)
        if (kafc__str_is(r->responses.v[i].topic_name, topic))
            return (kafc_err)r->responses.v[i].error_code;
    return r && r->error_code == 0 ? KAFC_ERR_PROTOCOL : rc;
}

static kafc_err forget(struct kafc_admin *k, const char *group, const char *const *topics,
                       int32_t n, kafc_err *results)
{
    struct kafc_delete_share_group_offsets_req req;
    kafc_answer *answer;
    kafc_err rc = kafc__sweep_check(looking.noun, &group, 1, k->err);
    if (rc == KAFC_OK)
        rc = kafc__sweep_check("topic", topics, n, k->err);
    if (rc != KAFC_OK || n == 0)
        return rc;
    kafc__msg_defaults(&kafc_delete_share_group_offsets_req_schema, &req);
    req.group_id = kafc__str(group);
    req.topics.n = n;
    req.topics.v = kafc__msg_array(&kafc_delete_share_group_offsets_req_topic_schema, n, &k->arena);
    if (!req.topics.v)
        return kafc__admin_no_memory("the topics", k->err);
    for (int32_t i = 0; i < n; i++)
        req.topics.v[i].topic_name = kafc__str(topics[i]);
    rc = kafc__admin_ask(k->c, &deleting, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    for (int32_t i = 0; i < n; i++) {
        kafc_err one = result_of(answer, topics[i], rc);
        if (results)
            results[i] = one;
        if (rc == KAFC_OK && one != KAFC_OK)
            rc = kafc__error(k->err, one, "%s was answered without topic '%.249s'",
                             deleting.api->name, topics[i]);
    }
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_delete_share_group_offsets(kafc_client *c, const char *group,
                                               const char *const *topics, int32_t n,
                                               kafc_err *results, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, forget(&k, group, topics, n, results)) : rc;
}
