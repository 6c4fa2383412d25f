/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists and deletes groups. The attempts are the calling thread's.
 */
#include "client/groups.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/42_delete_groups.h"

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the groups");
}

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

static int32_t count_deleted(const void *resp)
{
    return ((const struct kafc_delete_groups_resp *)resp)->results.n;
}

static void look_deleted(const void *resp, int32_t i, kafc_str *group, int16_t *code,
                         kafc_str *words)
{
    static const char members[] = "its members have to leave first";
    const struct kafc_delete_groups_resp *r = resp;
    *group = r->results.v[i].group_id;
    *code = r->results.v[i].error_code;
    if (*code == KAFC_ERR_NON_EMPTY_GROUP)
        *words = (kafc_str){ members, sizeof(members) - 1 };
}

static const struct kafc_sweep_kind deleting = {
    .api = &kafc_delete_groups_api,
    .noun = "group",
    .once = true,
    .name = name_deleted,
    .count = count_deleted,
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

static bool put_listed(struct kafc_arena *a, const struct kafc_list_groups_resp *r,
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
    return !a->failed;
}

/* A group that moves may be told by two. */
static int32_t sort_listed(kafc_listed_group *v, int32_t n)
{
    int32_t kept = n > 0;
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_name);
    for (int32_t i = 1; i < n; i++)
        if (strcmp(v[i].group, v[kept - 1].group) != 0)
            v[kept++] = v[i];
    return kept;
}

static kafc_group_list *listed(kafc_client *c, const kafc_answer *a)
{
    kafc_group_list *l = kafc__piece_new(&c->mem, sizeof(*l));
    if (!l)
        return NULL;
    int32_t n = ((const struct kafc_list_groups_resp *)a->resp)->groups.n, put = 0;
    kafc_listed_group *v = kafc__arena_array(kafc__piece_arena(l), (size_t)n, sizeof(*v));
    bool ok = v != NULL;
    for (int32_t i = 0; ok && i < a->nparts; i++)
        if (a->parts[i].resp)
            ok = put_listed(kafc__piece_arena(l), a->parts[i].resp, &a->parts[i], v, &put);
    if (!ok) {
        kafc__piece_free(l);
        return NULL;
    }
    l->groups = v;
    l->ngroups = sort_listed(v, put);
    return l;
}

/* The first broker's that has a code of its own. */
static kafc_err refused(const kafc_answer *a, kafc_error *err)
{
    for (int32_t i = 0; i < a->nparts; i++) {
        const struct kafc_list_groups_resp *r = a->parts[i].resp;
        if (!r || r->error_code == 0)
            continue;
        kafc_err rc = kafc__error(err, (kafc_err)r->error_code,
                                  "node %d does not list its groups: %s", (int)a->parts[i].broker,
                                  kafc_err_text((kafc_err)r->error_code));
        err->broker = a->parts[i].broker;
        err->api = KAFC_API_LIST_GROUPS;
        err->version = a->parts[i].version;
        return rc;
    }
    return KAFC_OK;
}

/* Once. *out may be there with an error, too. */
static kafc_err list_once(kafc_client *c, const struct kafc_list_groups_req *req, int64_t deadline,
                          kafc_group_list **out, kafc_error *err)
{
    kafc_answer *a;
    kafc_err own, rc = kafc_client_call(c, &kafc_list_groups_api, -1, req, KAFC_BY_ROUTE,
                                        kafc__left_ms(deadline), &a, err);
    if (rc == KAFC_ERR_ENCODE)
        rc = kafc__error(err, KAFC_ERR_UNSUPPORTED,
                         "node %d is too old to choose groups: by state it takes a broker from 2.6 "
                         "on, by type one from 3.8 on", (int)err->broker);
    if (!a)
        return rc;
    kafc_error why;
    own = refused(a, &why);
    if (rc == KAFC_OK && own != KAFC_OK) {
        rc = own;
        *err = why;
    }
    *out = listed(c, a);
    kafc_answer_free(a);
    return *out ? rc : no_memory(err);
}

static kafc_err list(kafc_client *c, const struct kafc_list_groups_req *req, int64_t deadline,
                     kafc_group_list **out, kafc_error *err)
{
    unsigned interrupts = atomic_load(&c->interrupts);
    for (int n = 0;; n++) {
        kafc_err why, rc = list_once(c, req, deadline, out, err);
        if (!kafc__ask_again(KAFC_API_LIST_GROUPS, rc))
            return rc;
        if (!kafc__ask_pause(c, n, rc, deadline, interrupts, &why))
            return why == KAFC_ERR_TIMED_OUT ? rc : kafc__error(err, why, "%s", kafc_err_text(why));
        kafc__piece_free(*out);
        *out = NULL;
    }
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

static kafc_str *texts(struct kafc_arena *a, const char *const *s, int32_t n)
{
    kafc_str *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++)
        v[i] = kafc__str(s[i]);
    return v;
}

kafc_err kafc_admin_list_groups(kafc_client *c, const kafc_group_filter *filter, int timeout_ms,
                                 kafc_group_list **out, kafc_error *err)
{
    static const kafc_group_filter all;
    const kafc_group_filter *f = filter ? filter : &all;
    struct kafc_list_groups_req req;
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the groups");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    rc = check_filter(f, k.err);
    if (rc == KAFC_OK) {
        kafc__msg_defaults(&kafc_list_groups_req_schema, &req);
        req.states_filter.v = texts(&k.arena, f->states, req.states_filter.n = f->nstates);
        req.types_filter.v = texts(&k.arena, f->types, req.types_filter.n = f->ntypes);
        rc = k.arena.failed ? no_memory(k.err) : list(c, &req, k.deadline, out, k.err);
    }
    return kafc__admin_end(&k, rc);
}

void kafc_group_list_free(kafc_group_list *l)
{
    kafc__piece_free(l);
}
