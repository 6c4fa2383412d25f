/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JoinGroup: a newcomer, a member again, a static member under a new id.
 * Answered when the round is complete.
 */
#include "base/str.h"
#include "mock/group.h"
#include "protocol/api/11_join_group.h"

enum { ID_REQUIRED = 4, SKIPS_ASSIGNMENT = 9 }; /* versions */

struct join {
    struct kafc_mrq *rq;
    const struct kafc_join_group_req *q;
    struct kafc_join_group_resp *a;
    struct kafc_mgroup *g;
    bool waits;
    bool broken; /* out of memory: no answer */
};

static kafc_err admit(struct kafc_mrq *rq, const struct kafc_join_group_req *q)
{
    const kafc_mock_options *o = &rq->c->opt;

    if (!rq->forced && q->group_id.len > 0 &&
        (q->session_timeout_ms < o->group_min_session_ms ||
         q->session_timeout_ms > o->group_max_session_ms))
        return KAFC_ERR_INVALID_SESSION_TIMEOUT;
    return kafc__mgroup_named(rq, q->group_id, KAFC_ACL_READ);
}

static bool has_room(struct join *j)
{
    const struct kafc_mmember *m, *self = kafc__mmember_find(&j->g->members, j->q->member_id);
    bool preparing = j->g->state == KAFC_MOCK_GROUP_PREPARING;
    int32_t n = 0;

    if (j->g->state == KAFC_MOCK_GROUP_EMPTY || (self && (!preparing || self->joining)))
        return true;
    for (m = kafc__mgroup_first(j->g); m; m = kafc__mgroup_next(j->g, m))
        n += !preparing || m->joining;
    return n < j->rq->c->opt.group_max_size;
}

/* ---- those that wait for the round ---- */

static kafc_err wait_for(struct join *j, struct kafc_mmember *m, const char *why)
{
    struct kafc_cluster *c = j->rq->c;

    if (m->syncing)
        kafc__mmember_answer_sync(c, j->g, m, KAFC_ERR_REBALANCE_IN_PROGRESS);
    kafc__mmember_park(j->rq, m);
    m->joining = true;
    j->waits = true;
    if (m->fresh)
        kafc__mgroup_alive(c, m);
    kafc__mgroup_joined(c, j->g, why);
    return KAFC_OK;
}

static kafc_err add(struct join *j, struct kafc_mmember *m)
{
    struct kafc_cluster *c = j->rq->c;
    bool ok = kafc__mmember_set(c, m, j->q);

    if (ok && kafc__list_empty(&j->g->members))
        ok = kafc__mgroup_set_type(c, j->g, j->q->protocol_type);
    kafc__list_del(&m->node);
    if (!ok) {
        kafc__mmember_free(c, m);
        return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    }
    kafc__list_push(&j->g->members, &m->node);
    if (!j->g->leader)
        j->g->leader = m;
    j->g->grown = true;
    return wait_for(j, m, "a member has come");
}

static kafc_err rejoin(struct join *j, struct kafc_mmember *m)
{
    if (!kafc__mmember_set(j->rq->c, m, j->q))
        return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    return wait_for(j, m, "a member joins again");
}

/* It has lost the answer, or tries again what has not changed. */
static kafc_err current(struct join *j, const struct kafc_mmember *m)
{
    j->broken = !kafc__mmember_generation(j->g, m, &j->rq->arena, j->a);
    return KAFC_OK;
}

/* ---- by what it is ---- */

static kafc_err newcomer(struct join *j)
{
    struct kafc_mmember *m = kafc__mmember_new(j->rq, j->q->group_instance_id);

    if (!m)
        return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    if (j->rq->version < ID_REQUIRED || m->instance.p)
        return add(j, m);
    m->expires_at = j->rq->c->now + (int64_t)j->q->session_timeout_ms * 1000;
    kafc__list_push(&j->g->pending, &m->node);
    j->a->member_id = m->id;
    return KAFC_ERR_MEMBER_ID_REQUIRED;
}

/* Its assignment goes on, and nobody need join again. */
static kafc_err returns(struct join *j, struct kafc_mmember *m, kafc_str leader)
{
    bool leads = j->g->leader == m;

    kafc__mgroup_alive(j->rq->c, m);
    j->broken = !kafc__mmember_generation(j->g, m, &j->rq->arena, j->a);
    if (j->rq->version >= SKIPS_ASSIGNMENT) {
        j->a->skip_assignment = leads;
    } else { /* it does not learn that it leads, so that it assigns nothing */
        j->a->members.n = 0;
        j->a->leader = leader;
    }
    return KAFC_OK;
}

static kafc_err replace(struct join *j, struct kafc_mmember *old)
{
    struct kafc_cluster *c = j->rq->c;
    struct kafc_mgroup *g = j->g;
    kafc_str leader = g->leader->id;
    struct kafc_mmember *m = kafc__mmember_new(j->rq, old->instance);
    char *copy = kafc__arena_dup(&j->rq->arena, leader.p, (size_t)leader.len);

    if (!m || !copy || !kafc__mmember_set(c, m, j->q)) {
        kafc__mmember_free(c, m);
        return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    }
    leader.p = copy;
    kafc__mgroup_replace(c, g, old, m);
    if (g->state == KAFC_MOCK_GROUP_STABLE && g->protocol &&
        kafc__str_same(kafc__mgroup_vote(g), kafc__str(g->protocol)))
        return returns(j, m, leader);
    return wait_for(j, m, "a static member has another id");
}

static kafc_err member(struct join *j)
{
    struct kafc_mmember *m;
    kafc_err code = kafc__mgroup_member(j->g, j->q->member_id, j->q->group_instance_id, &m);
    bool same = !code && kafc__mmember_matches(m, j->q);

    if (code)
        return code;
    switch (j->g->state) {
    case KAFC_MOCK_GROUP_PREPARING: return rejoin(j, m);
    case KAFC_MOCK_GROUP_COMPLETING: return same ? current(j, m) : rejoin(j, m);
    case KAFC_MOCK_GROUP_STABLE: return same && j->g->leader != m ? current(j, m) : rejoin(j, m);
    case KAFC_MOCK_GROUP_EMPTY:
    case KAFC_MOCK_GROUP_DEAD: break;
    }
    return KAFC_ERR_UNKNOWN_MEMBER_ID;
}

static kafc_err full(struct join *j)
{
    struct kafc_mmember *m = kafc__mmember_find(&j->g->members, j->q->member_id);

    j->a->member_id = (kafc_str){ "", 0 };
    if (m) {
        kafc__mgroup_remove(j->rq->c, j->g, m, KAFC_ERR_UNKNOWN_MEMBER_ID);
        kafc__mgroup_left(j->rq->c, j->g, "there is no room for a member");
    }
    return KAFC_ERR_GROUP_MAX_SIZE_REACHED;
}

static kafc_err join(struct join *j)
{
    const struct kafc_join_group_req *q = j->q;
    bool is_new = q->member_id.len == 0;
    struct kafc_mmember *m;

    j->g = is_new ? kafc__mgroup_make(j->rq->c, q->group_id)
                  : kafc__mgroup_find(j->rq->c, q->group_id);
    if (!j->g)
        return is_new ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_ERR_UNKNOWN_MEMBER_ID;
    if (!has_room(j))
        return full(j);
    if (!kafc__mgroup_supports(j->g, q))
        return KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL;
    if (is_new) {
        m = kafc__mmember_of_instance(j->g, q->group_instance_id);
        return m ? replace(j, m) : newcomer(j);
    }
    m = q->group_instance_id.p ? NULL : kafc__mmember_find(&j->g->pending, q->member_id);
    return m ? add(j, m) : member(j);
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct join j = { .rq = rq, .q = req, .a = resp };
    kafc_err code = admit(rq, j.q);

    j.a->member_id = j.q->member_id;
    if (!code)
        code = join(&j);
    if (j.broken)
        return KAFC_MDONE_CUT;
    if (j.waits)
        return KAFC_MDONE_PARKED;
    if (code)
        kafc__mmember_refused(rq->version, j.a->member_id, code, j.a);
    return KAFC_MDONE_ANSWER;
}

const struct kafc_mserve kafc__mock_join_group = {
    KAFC_API_JOIN_GROUP, 9, serve, 0, { 0, 1, 1, 2, 3, 3, 4, 8 }
};
