/* SPDX-License-Identifier: BSD-2-Clause
 *
 * All groups: found and made, their time, what tests ask of them.
 */
#include "base/mem.h"
#include "base/str.h"
#include "mock/txn.h"

struct kafc_mgroup *kafc__mgroup_find(const struct kafc_cluster *c, kafc_str name)
{
    struct kafc_mgroup *g;

    for (g = kafc__mgroups_first(c); g; g = kafc__mgroups_next(c, g))
        if (kafc__str_same((kafc_str){ g->name, g->len }, name))
            return g;
    return NULL;
}

struct kafc_mgroup *kafc__mgroup_make(struct kafc_cluster *c, kafc_str name)
{
    struct kafc_mgroup *g = kafc__mgroup_find(c, name);

    if (g)
        return g;
    g = kafc__zalloc(&c->mem, sizeof *g + (size_t)name.len + 1);
    if (!g)
        return NULL;
    g->len = name.len;
    if (name.len)
        memcpy(g->name, name.p, (size_t)name.len);
    kafc__list_init(&g->members);
    kafc__list_init(&g->pending);
    g->join_at = g->sync_at = INT64_MAX;
    kafc__list_push(&c->groups, &g->node);
    return g;
}

static void free_members(struct kafc_cluster *c, struct kafc_list *l)
{
    struct kafc_mmember *m;

    while ((m = KAFC_LIST_FIRST(l, struct kafc_mmember, node))) {
        kafc__list_del(&m->node);
        if (m->conn)
            kafc__mmember_unpark(m->conn);
        kafc__mmember_free(c, m);
    }
}

void kafc__mgroup_free(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    free_members(c, &g->members);
    free_members(c, &g->pending);
    kafc__mgroup_forget_offsets(c, g);
    kafc__list_del(&g->node);
    kafc__free(&c->mem, g->type);
    kafc__free(&c->mem, g->protocol);
    kafc__free(&c->mem, g->saved_protocol);
    kafc__free(&c->mem, g);
}

void kafc__mgroups_free(struct kafc_cluster *c)
{
    struct kafc_mgroup *g;

    while ((g = kafc__mgroups_first(c)))
        kafc__mgroup_free(c, g);
}

kafc_err kafc__mgroup_coordinates(const struct kafc_mrq *rq, kafc_str name,
                                  kafc_acl_operation operation)
{
    kafc_err code = kafc__mock_refuses(rq, KAFC_ACL_GROUP, name, operation);

    return code ? code : kafc__mock_coordinates(rq->c, KAFC_MOCK_GROUPS, name, rq->conn->broker);
}

kafc_err kafc__mgroup_named(const struct kafc_mrq *rq, kafc_str name, kafc_acl_operation operation)
{
    return !rq->forced && name.len == 0 ? KAFC_ERR_INVALID_GROUP_ID
                                        : kafc__mgroup_coordinates(rq, name, operation);
}

/* ---- time ---- */

static const struct kafc_mslot *slot_of(const struct kafc_cluster *c, const struct kafc_mgroup *g)
{
    return kafc__mock_slot(c, KAFC_MOCK_GROUPS, (kafc_str){ g->name, g->len });
}

/* Nothing happens before the coordinator is there and has loaded. */
static int64_t due(const struct kafc_cluster *c, const struct kafc_mgroup *g)
{
    int64_t at = kafc__mgroup_due(g);
    const struct kafc_mslot *s;

    if (at == INT64_MAX)
        return at;
    s = slot_of(c, g);
    return !kafc__cluster_running(c, s->broker) ? INT64_MAX : at < s->ready_at ? s->ready_at : at;
}

int64_t kafc__mgroups_deadline(const struct kafc_cluster *c)
{
    const struct kafc_mgroup *g;
    int64_t at = INT64_MAX;

    for (g = kafc__mgroups_first(c); g; g = kafc__mgroups_next(c, g)) {
        int64_t one = due(c, g);

        at = one < at ? one : at;
    }
    return at;
}

void kafc__mgroups_tick(struct kafc_cluster *c)
{
    struct kafc_mgroup *g;

    for (g = kafc__mgroups_first(c); g; g = kafc__mgroups_next(c, g))
        if (due(c, g) <= c->now)
            kafc__mgroup_tick(c, g);
}

void kafc__mgroups_reload(struct kafc_cluster *c, const struct kafc_mslot *s)
{
    struct kafc_mgroup *g;

    for (g = kafc__mgroups_first(c); g; g = kafc__mgroups_next(c, g))
        if (slot_of(c, g) == s)
            kafc__mgroup_reload(c, g, s->ready_at);
}

/* ---- for tests ---- */

static struct kafc_mgroup *named(const struct kafc_cluster *c, const char *group)
{
    return group ? kafc__mgroup_find(c, kafc__str(group)) : NULL;
}

static void copy(char *to, size_t size, kafc_str from)
{
    size_t n = from.len < 0 ? 0 : (size_t)from.len;

    n = n < size - 1 ? n : size - 1;
    if (n)
        memcpy(to, from.p, n);
    to[n] = '\0';
}

kafc_err kafc__cluster_group(const struct kafc_cluster *c, const char *group, kafc_mock_group *out)
{
    const struct kafc_mgroup *g = named(c, group);
    const struct kafc_mmember *m;

    memset(out, 0, sizeof *out);
    out->state = g ? g->state : KAFC_MOCK_GROUP_DEAD;
    if (!g)
        return KAFC_ERR_GROUP_ID_NOT_FOUND;
    out->generation = g->generation;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m)) {
        out->members++;
        out->waiting += m->joining || m->syncing;
    }
    for (m = KAFC_LIST_FIRST(&g->pending, struct kafc_mmember, node); m;
         m = KAFC_LIST_NEXT(&g->pending, m, struct kafc_mmember, node))
        out->pending++;
    for (int32_t i = 0; i < g->n; i++)
        out->offsets += g->v[i].producer < 0;
    if (g->leader)
        copy(out->leader, sizeof out->leader, g->leader->id);
    copy(out->protocol, sizeof out->protocol, kafc__str(g->protocol));
    return KAFC_OK;
}

kafc_err kafc__cluster_kick(struct kafc_cluster *c, const char *group, const char *member)
{
    struct kafc_mgroup *g = named(c, group);
    struct kafc_mmember *m;

    if (!g)
        return KAFC_ERR_GROUP_ID_NOT_FOUND;
    while (!member && (m = kafc__mgroup_first(g)))
        kafc__mgroup_remove(c, g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
    if (member) {
        m = kafc__mmember_find(&g->members, kafc__str(member));
        if (!m)
            m = kafc__mmember_of_instance(g, kafc__str(member));
        if (!m)
            return KAFC_ERR_UNKNOWN_MEMBER_ID;
        kafc__mgroup_remove(c, g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
    }
    kafc__mgroup_left(c, g, "a member was kicked");
    return KAFC_OK;
}

kafc_err kafc__cluster_rebalance(struct kafc_cluster *c, const char *group)
{
    struct kafc_mgroup *g = named(c, group);

    if (!g)
        return KAFC_ERR_GROUP_ID_NOT_FOUND;
    kafc__mgroup_left(c, g, "a test wants it");
    return KAFC_OK;
}
