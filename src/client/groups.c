/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists and deletes groups. The attempts are the calling thread's.
 */
#include "client/groups.h"

#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/42_delete_groups.h"

/* --- Delete ----------------------------------------------------------------------------- */

static bool name_deleted(const struct kafc_sweep *s, void *req, kafc_str *v, int32_t n,
                         struct kafc_arena *a)
{
    struct kafc_delete_groups_req *q = req;
    (void)s, (void)a;
    q->groups_names.v = v;
    q->groups_names.n = n;
    return true;
}

static void look_deleted(const void *said, int16_t *code, kafc_str *words)
{
    (void)said;
    if (*code == KAFC_ERR_NON_EMPTY_GROUP)
        *words = kafc__str("its members have to leave first");
}

static const struct kafc_sweep_kind deleting = {
    .api = &kafc_delete_groups_api,
    .noun = "group",
    .once = true,
    .name = name_deleted,
    .list = KAFC_SWEEP_LIST(struct kafc_delete_groups_resp, results, struct kafc_delete_groups_resp_group,
                            group_id, 0),
    .look = look_deleted,
    .what = "deleted",
};

kafc_err kafc_admin_delete_groups(kafc_client *c, const char *const *groups, int32_t n,
                                   kafc_err *results, int timeout_ms, kafc_error *err)
{
    struct kafc_admin k;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_sweep s = { .c = c, .kind = &deleting, .name = groups, .n = n,
                            .deadline = k.deadline, .spare = &k.arena };
    rc = kafc__sweep_check("group", groups, n, k.err);
    if (rc == KAFC_OK) {
        rc = kafc__sweep(&s, k.err);
        for (int32_t i = 0; results && i < n; i++)
            results[i] = s.result ? s.result[i] : rc;
    }
    return kafc__admin_end(&k, rc);
}

/* --- List --------------------------------------------------------------------------------- */

enum { BY_STATE = 4, BY_TYPE = 5 }; /* versions of ListGroups */

static int by_name(const void *a, const void *b)
{
    return strcmp(((const kafc_listed_group *)a)->group, ((const kafc_listed_group *)b)->group);
}

static const struct kafc_admin_kind listing = {
    .api = &kafc_list_groups_api,
    .what = "listed",
    .since = "0.9",
    .too_old = "to choose groups: by state it takes a broker from 2.6 on, by type one from 3.8 on",
    .whole = "groups",
};

static void put_listed(struct kafc_arena *a, const struct kafc_list_groups_resp *r,
                       const kafc_answer_part *part, kafc_listed_group *v, int32_t *n)
{
    for (int32_t i = 0; i < r->groups.n; i++) {
        const struct kafc_list_groups_resp_group *g = &r->groups.v[i];
        kafc_listed_group *to = &v[(*n)++];
        to->group = kafc__piece_text(a, g->group_id, "");
        to->protocol_type = kafc__piece_text(a, g->protocol_type, "");
        if (part->version >= BY_STATE)
            to->state = kafc__piece_text(a, g->group_state, "");
        if (part->version >= BY_TYPE)
            to->type = kafc__piece_text(a, g->group_type, "");
        to->coordinator = part->broker;
    }
}

static kafc_group_list *listed(const kafc_allocator *mem, const kafc_answer *answer)
{
    kafc_group_list *l = kafc__piece_new(mem, sizeof(*l));
    if (!l)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(l);
    int32_t n = ((const struct kafc_list_groups_resp *)answer->resp)->groups.n, put = 0;
    kafc_listed_group *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < answer->nparts; i++)
        if (answer->parts[i].resp)
            put_listed(a, answer->parts[i].resp, &answer->parts[i], v, &put);
    l->groups = v; /* one that moves may be told by two */
    l->ngroups = a->failed ? 0 : kafc__sort_once(v, put, sizeof(*v), by_name);
    return kafc__piece_done(l);
}

static kafc_err check_filter(const kafc_group_filter *f, kafc_error *err)
{
    if (f->nstates < 0 || f->ntypes < 0 || (f->nstates && !f->states) || (f->ntypes && !f->types))
        return kafc__error(err, KAFC_ERR_USAGE, "groups of %d states and %d types", (int)f->nstates,
                           (int)f->ntypes);
    for (int32_t i = 0; i < f->nstates + f->ntypes; i++)
        if (!(i < f->nstates ? f->states[i] : f->types[i - f->nstates]))
            return kafc__error(err, KAFC_ERR_USAGE, "a state or type of groups is NULL");
    return KAFC_OK;
}

static kafc_err list(struct kafc_admin *k, const kafc_group_filter *f, kafc_group_list **out)
{
    struct kafc_list_groups_req req;
    kafc_answer *answer;
    kafc_err rc = check_filter(f, k->err);
    if (rc != KAFC_OK)
        return rc;
    kafc__msg_defaults(&kafc_list_groups_req_schema, &req);
    req.states_filter.v = kafc__admin_texts(&k->arena, f->states, req.states_filter.n = f->nstates);
    req.types_filter.v = kafc__admin_texts(&k->arena, f->types, req.types_filter.n = f->ntypes);
    if (k->arena.failed)
        return kafc__admin_no_memory("the groups", k->err);
    rc = kafc__admin_ask(k->c, &listing, &req, KAFC_BY_ROUTE, k->deadline, &answer, k->err);
    if (answer && !(*out = listed(&k->c->mem, answer)))
        rc = kafc__admin_no_memory("the groups", k->err);
    kafc_answer_free(answer);
    return rc;
}

kafc_err kafc_admin_list_groups(kafc_client *c, const kafc_group_filter *filter, int timeout_ms,
                                 kafc_group_list **out, kafc_error *err)
{
    static const kafc_group_filter all;
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the groups");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, list(&k, filter ? filter : &all, out)) : rc;
}

void kafc_group_list_free(kafc_group_list *l)
{
    kafc__piece_free(l);
}
