/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The rounds of a group: members join, one of them is the leader and hands out
 * assignments, sessions end, others take over.
 *
 *   Empty -> Preparing -> Completing -> Stable, and from each back to
 *   Preparing when a member comes, changes or goes; from Preparing to Empty
 *   when nobody is left.
 */
#include "mock/group.h"
#include "base/mem.h"
#include "base/str.h"
#include "protocol/api/11_join_group.h"
#include "protocol/api/14_sync_group.h"

enum { JOIN_MS = 300000 }; /* for a newcomer to be told of its generation */

static const char *const state_name[] = { "Empty", "PreparingRebalance", "CompletingRebalance",
                                          "Stable", "Dead" };

const char *kafc__mgroup_state(const struct kafc_mgroup *g)
{
    return state_name[g ? g->state : KAFC_MOCK_GROUP_DEAD];
}

int32_t kafc__mgroup_size(const struct kafc_mgroup *g)
{
    const struct kafc_mmember *m;
    int32_t n = 0;

    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        n++;
    return n;
}

static void go(struct kafc_cluster *c, struct kafc_mgroup *g, kafc_mock_group_state to,
               const char *why)
{
    kafc__log(&c->log, KAFC_LOG_DEBUG, "mock: group %s: %s -> %s, generation %d: %s", g->name,
              state_name[g->state], state_name[to], (int)g->generation, why);
    g->state = to;
}

static int64_t us(int32_t ms)
{
    return (int64_t)(ms > 0 ? ms : 1) * 1000;
}

static int64_t rebalance_us(const struct kafc_mgroup *g)
{
    const struct kafc_mmember *m;
    int32_t ms = 0;

    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (m->rebalance_ms > ms)
            ms = m->rebalance_ms;
    return us(ms);
}

/* ---- members ---- */

void kafc__mgroup_alive(const struct kafc_cluster *c, struct kafc_mmember *m)
{
    m->expires_at = c->now + (m->fresh ? us(JOIN_MS) : us(m->session_ms));
}

kafc_err kafc__mgroup_member(const struct kafc_mgroup *g, kafc_str id, kafc_str instance,
                             struct kafc_mmember **out)
{
    *out = g ? instance.p ? kafc__mmember_of_instance(g, instance)
                          : kafc__mmember_find(&g->members, id)
             : NULL;
    if (!*out)
        return KAFC_ERR_UNKNOWN_MEMBER_ID;
    return kafc__str_same((*out)->id, id) ? KAFC_OK : KAFC_ERR_FENCED_INSTANCE_ID;
}

void kafc__mgroup_remove(struct kafc_cluster *c, struct kafc_mgroup *g, struct kafc_mmember *m,
                         kafc_err code)
{
    if (m->joining)
        kafc__mmember_answer_join(c, g, m, code);
    if (m->syncing)
        kafc__mmember_answer_sync(c, g, m, code);
    kafc__list_del(&m->node);
    if (g->leader == m)
        g->leader = kafc__mgroup_first(g);
    g->shrunk |= m->saved;
    kafc__mmember_free(c, m);
}

void kafc__mgroup_replace(struct kafc_cluster *c, struct kafc_mgroup *g, struct kafc_mmember *old,
                          struct kafc_mmember *m)
{
    m->fresh = false;
    m->saved = old->saved;
    m->synced = old->synced;
    m->assignment = old->assignment;
    m->assignment_len = old->assignment_len;
    old->assignment = NULL;
    old->saved = false;
    kafc__list_insert(&old->node, &m->node);
    if (g->leader == old)
        g->leader = m;
    kafc__mgroup_remove(c, g, old, KAFC_ERR_FENCED_INSTANCE_ID);
}

bool kafc__mgroup_set_type(struct kafc_cluster *c, struct kafc_mgroup *g, kafc_str type)
{
    char *copy = kafc__strndup(&c->mem, type.p, (size_t)type.len);

    if (!copy)
        return false;
    kafc__free(&c->mem, g->type);
    g->type = copy;
    return true;
}

/* ---- protocols ---- */

static bool all_know(const struct kafc_mgroup *g, kafc_str name)
{
    const struct kafc_mmember *m;

    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (!kafc__mmember_protocol(m, name))
            return false;
    return true;
}

bool kafc__mgroup_supports(const struct kafc_mgroup *g, const struct kafc_join_group_req *q)
{
    if (g->state == KAFC_MOCK_GROUP_EMPTY)
        return q->protocol_type.len > 0 && q->protocols.n > 0;
    if (!g->type || !kafc__str_same(kafc__str(g->type), q->protocol_type))
        return false;
    for (int32_t i = 0; i < q->protocols.n; i++)
        if (all_know(g, q->protocols.v[i].name))
            return true;
    return false;
}

/* The member's vote goes to the first of its protocols that all know; the candidates are those of the first member. */
static void vote(const struct kafc_mmember *m, struct kafc_mmember *first)
{
    for (int32_t i = 0; i < m->nprotocols; i++)
        for (int32_t k = 0; k < first->nprotocols; k++)
            if (first->protocol[k].votes >= 0 &&
                kafc__str_same(first->protocol[k].name, m->protocol[i].name)) {
                first->protocol[k].votes++;
                return;
            }
}

kafc_str kafc__mgroup_vote(const struct kafc_mgroup *g)
{
    struct kafc_mmember *m, *first = kafc__mgroup_first(g);
    const struct kafc_mprotocol *best = NULL;

    for (int32_t i = 0; first && i < first->nprotocols; i++)
        first->protocol[i].votes = all_know(g, first->protocol[i].name) ? 0 : -1;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        vote(m, first);
    for (int32_t i = 0; first && i < first->nprotocols; i++)
        if (!best || first->protocol[i].votes > best->votes)
            best = &first->protocol[i];
    return best ? best->name : (kafc_str){ "", 0 };
}

/* ---- the round ---- */

/* What another coordinator would find. */
static void save(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    struct kafc_mmember *m;

    kafc__free(&c->mem, g->saved_protocol);
    g->saved_protocol = g->protocol ? kafc__strdup(&c->mem, g->protocol) : NULL;
    g->saved_generation = g->generation;
    g->shrunk = false;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        m->saved = true;
}

/* One who has joined leads; false: nobody has. */
static bool elect(struct kafc_mgroup *g)
{
    struct kafc_mmember *m;

    if (g->leader && g->leader->joining)
        return true;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (m->joining) {
            g->leader = m;
            return true;
        }
    return false;
}

static void drop_absent(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    struct kafc_mmember *m, *next;

    for (m = kafc__mgroup_first(g); m; m = next) {
        next = kafc__mgroup_next(g, m);
        if (!m->joining && !m->instance.p)
            kafc__mgroup_remove(c, g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
    }
}

static void next_generation(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    struct kafc_mmember *m = kafc__mgroup_first(g);
    kafc_str name = m ? kafc__mgroup_vote(g) : (kafc_str){ NULL, 0 };

    g->generation++;
    kafc__free(&c->mem, g->protocol);
    g->protocol = m ? kafc__strndup(&c->mem, name.p, (size_t)name.len) : NULL;
    if (!m) {
        go(c, g, KAFC_MOCK_GROUP_EMPTY, "nobody is left");
        save(c, g);
        return;
    }
    go(c, g, KAFC_MOCK_GROUP_COMPLETING, "all have joined");
    g->sync_at = c->now + rebalance_us(g);
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m)) {
        m->synced = false;
        if (!m->joining)
            continue;
        kafc__mmember_answer_join(c, g, m,
                                  g->protocol ? KAFC_OK : KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
        m->fresh = false;
        kafc__mgroup_alive(c, m);
    }
}

/* Those who have not joined are out; but static members stay until their session ends. */
static void complete(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    drop_absent(c, g);
    g->initial = false;
    if (!kafc__list_empty(&g->members) && !elect(g)) {
        g->join_at = c->now + rebalance_us(g);
        return;
    }
    g->join_at = INT64_MAX;
    next_generation(c, g);
}

/* An empty group waits for more, as long as more come. */
static void initial_due(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    int64_t delay = (int64_t)c->opt.group_initial_delay_ms * 1000;

    if (!g->grown || g->left_us <= 0) {
        complete(c, g);
        return;
    }
    g->grown = false;
    delay = delay < g->left_us ? delay : g->left_us;
    g->left_us -= delay;
    g->join_at = c->now + delay;
}

/* Completes a round in which all have joined. */
static void check(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    const struct kafc_mmember *m;

    if (g->state != KAFC_MOCK_GROUP_PREPARING || g->initial || !kafc__list_empty(&g->pending))
        return;
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (!m->joining)
            return;
    complete(c, g);
}

/* A round begins; no round is under way; the reason is for the log. */
static void prepare(struct kafc_cluster *c, struct kafc_mgroup *g, const char *why)
{
    int64_t delay = (int64_t)c->opt.group_initial_delay_ms * 1000, patience = rebalance_us(g);
    struct kafc_mmember *m;

    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (m->syncing) {
            kafc__mmember_answer_sync(c, g, m, KAFC_ERR_REBALANCE_IN_PROGRESS);
            kafc__mgroup_alive(c, m);
        }
    g->unassigned |= g->state == KAFC_MOCK_GROUP_COMPLETING;
    g->initial = g->state == KAFC_MOCK_GROUP_EMPTY;
    g->grown = false;
    g->left_us = patience - delay;
    g->sync_at = INT64_MAX;
    g->join_at = c->now + (g->initial ? delay : patience);
    go(c, g, KAFC_MOCK_GROUP_PREPARING, why);
    if (g->initial && delay == 0)
        complete(c, g);
    else
        check(c, g);
}

void kafc__mgroup_joined(struct kafc_cluster *c, struct kafc_mgroup *g, const char *why)
{
    if (g->state != KAFC_MOCK_GROUP_PREPARING)
        prepare(c, g, why);
    else
        check(c, g);
}

void kafc__mgroup_left(struct kafc_cluster *c, struct kafc_mgroup *g, const char *why)
{
    if (g->state != KAFC_MOCK_GROUP_EMPTY)
        kafc__mgroup_joined(c, g, why);
}

/* ---- assignments ---- */

static const struct kafc_sync_group_req_assignment *assignment_of(
    const struct kafc_sync_group_req *q, kafc_str member)
{
    for (int32_t i = q->assignments.n - 1; i >= 0; i--)
        if (kafc__str_same(q->assignments.v[i].member_id, member))
            return &q->assignments.v[i];
    return NULL;
}

static bool take_assignment(struct kafc_cluster *c, struct kafc_mmember *m,
                            const struct kafc_sync_group_req_assignment *a)
{
    size_t n = a && a->assignment.len > 0 ? (size_t)a->assignment.len : 0;
    uint8_t *copy = kafc__alloc(&c->mem, n + 1);

    if (!copy)
        return false;
    if (n)
        memcpy(copy, a->assignment.p, n);
    kafc__free(&c->mem, m->assignment);
    m->assignment = copy;
    m->assignment_len = (int32_t)n;
    return true;
}

bool kafc__mgroup_assign(struct kafc_cluster *c, struct kafc_mgroup *g,
                         const struct kafc_sync_group_req *q)
{
    struct kafc_mmember *m;

    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (!take_assignment(c, m, assignment_of(q, m->id)))
            return false;
    g->unassigned = false;
    go(c, g, KAFC_MOCK_GROUP_STABLE, "the leader has handed out assignments");
    save(c, g);
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        if (m->syncing) {
            kafc__mmember_answer_sync(c, g, m, KAFC_OK);
            kafc__mgroup_alive(c, m);
        }
    return true;
}

kafc_err kafc__mgroup_may_commit(const struct kafc_cluster *c, const struct kafc_mgroup *g,
                                 int32_t generation, kafc_str member, kafc_str instance,
                                 bool transactional)
{
    struct kafc_mmember *m;
    kafc_err code;

    if (generation < 0 && (!g || g->state == KAFC_MOCK_GROUP_EMPTY))
        return KAFC_OK;
    if (generation < 0 && member.len == 0 && !instance.p)
        return transactional ? KAFC_OK : KAFC_ERR_UNKNOWN_MEMBER_ID;
    code = kafc__mgroup_member(g, member, instance, &m);
    if (code)
        return code;
    if (generation != g->generation)
        return KAFC_ERR_ILLEGAL_GENERATION;
    if (transactional)
        return KAFC_OK;
    if (g->state == KAFC_MOCK_GROUP_COMPLETING)
        return KAFC_ERR_REBALANCE_IN_PROGRESS;
    if (!m->joining) /* a sign of life, too */
        kafc__mgroup_alive(c, m);
    return KAFC_OK;
}

/* ---- time ---- */

static int64_t first_end(const struct kafc_list *l)
{
    int64_t at = INT64_MAX;

    KAFC_MOCK_EACH(l, struct kafc_mmember, m)
        if (m->expires_at < at)
            at = m->expires_at;
    return at;
}

int64_t kafc__mgroup_due(const struct kafc_mgroup *g)
{
    int64_t at = first_end(&g->members), pending = first_end(&g->pending);

    at = pending < at ? pending : at;
    at = g->join_at < at ? g->join_at : at;
    return g->sync_at < at ? g->sync_at : at;
}

/* Whether any session has ended. */
static bool expire(struct kafc_cluster *c, struct kafc_mgroup *g, struct kafc_list *l)
{
    struct kafc_mmember *m, *next;
    bool any = false;

    for (m = KAFC_LIST_FIRST(l, struct kafc_mmember, node); m; m = next) {
        next = KAFC_LIST_NEXT(l, m, struct kafc_mmember, node);
        if (m->expires_at > c->now)
            continue;
        kafc__mgroup_remove(c, g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
        any = true;
    }
    return any;
}

static void drop_unsynced(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    struct kafc_mmember *m, *next;
    bool any = false;

    g->sync_at = INT64_MAX;
    for (m = kafc__mgroup_first(g); m; m = next) {
        next = kafc__mgroup_next(g, m);
        if (m->synced)
            continue;
        kafc__mgroup_remove(c, g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
        any = true;
    }
    if (any)
        kafc__mgroup_left(c, g, "members did not ask for their assignments");
}

void kafc__mgroup_tick(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    bool pending = expire(c, g, &g->pending);

    if (expire(c, g, &g->members))
        kafc__mgroup_left(c, g, "a session has ended");
    else if (pending)
        check(c, g);
    if (g->sync_at <= c->now)
        drop_unsynced(c, g);
    if (g->join_at > c->now)
        return;
    if (g->initial)
        initial_due(c, g);
    else
        complete(c, g);
}

/* ---- another coordinator ---- */

/* A round that was not over has not been: those it knows are in the generation before. */
static void revert(struct kafc_cluster *c, struct kafc_mgroup *g)
{
    struct kafc_mmember *m, *next;

    for (m = kafc__mgroup_first(g); m; m = next) {
        next = kafc__mgroup_next(g, m);
        if (!m->saved)
            kafc__mgroup_remove(c, g, m, KAFC_ERR_NOT_COORDINATOR);
    }
    kafc__free(&c->mem, g->protocol);
    g->protocol = g->saved_protocol ? kafc__strdup(&c->mem, g->saved_protocol) : NULL;
    g->generation = g->saved_generation;
    g->initial = g->unassigned = false;
    if (kafc__list_empty(&g->members)) {
        go(c, g, KAFC_MOCK_GROUP_EMPTY, "another coordinator");
        save(c, g);
        return;
    }
    go(c, g, KAFC_MOCK_GROUP_STABLE, "another coordinator");
    if (g->shrunk)
        prepare(c, g, "a member is gone");
}

void kafc__mgroup_reload(struct kafc_cluster *c, struct kafc_mgroup *g, int64_t ready_at)
{
    struct kafc_mmember *m;

    while ((m = KAFC_LIST_FIRST(&g->pending, struct kafc_mmember, node)))
        kafc__mgroup_remove(c, g, m, KAFC_ERR_NOT_COORDINATOR);
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m)) {
        if (m->joining)
            kafc__mmember_answer_join(c, g, m, KAFC_ERR_NOT_COORDINATOR);
        if (m->syncing)
            kafc__mmember_answer_sync(c, g, m, KAFC_ERR_NOT_COORDINATOR);
    }
    g->join_at = g->sync_at = INT64_MAX;
    if (g->state == KAFC_MOCK_GROUP_PREPARING || g->state == KAFC_MOCK_GROUP_COMPLETING)
        revert(c, g);
    for (m = kafc__mgroup_first(g); m; m = kafc__mgroup_next(g, m))
        m->expires_at = ready_at + us(m->session_ms);
    if (g->join_at != INT64_MAX)
        g->join_at += ready_at - c->now;
}
