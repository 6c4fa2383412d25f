/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The classic protocol of groups: its states, and what each transition does to
 * the membership and to what is owned. Requests are made in group_rpc.c. The
 * driver's thread.
 */
#include "core/group_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* --- What a membership is made of ------------------------------------------------------ */

static void why_lost(struct kafc_group *g, const char *why, kafc_error *out)
{
    if (g->trouble.code != KAFC_OK)
        *out = g->trouble;
    else
        (void)kafc__error(out, KAFC_ERR_UNKNOWN_MEMBER_ID, "group %.200s: %.250s", g->name, why);
}

static void drop_revoked(struct kafc_group *g)
{
    if (g->owned.n > g->owned.kept)
        g->owned.was = g->cooperative ? g->owned.kept : g->owned.n;
    g->owned.n = g->owned.kept;
}

/* Nothing is bound to a generation any more; what was owned is another member's, perhaps. */
static void lose(struct kafc_group *g, const char *why)
{
    struct kafc_group_set *s = &g->owned;
    kafc_error e;
    kafc__group_beat_cancel(g);
    if (g->settled) /* the owner was quicker */
        drop_revoked(g);
    int32_t n = s->n;
    kafc__count(&g->stats.expelled, g->generation >= 0);
    g->generation = -1;
    g->has_target = false;
    g->rejoin_at = INT64_MAX;
    if (n == 0)
        return;
    for (int32_t i = 0; i < n; i++)
        s->v[i].moves = true;
    kafc__group_set_sort(s);
    s->was = n;
    s->n = s->kept = 0;
    why_lost(g, why, &e);
    kafc__group_tell(g, KAFC_GROUP_LOST, s->v, n, &e);
}

static void forget_id(struct kafc_group *g)
{
    kafc__free(&g->cfg.mem, g->id);
    g->id = NULL;
}

static void end_round(struct kafc_group *g)
{
    kafc__frame_unref(g->frame);
    g->frame = NULL;
    g->member_v = NULL;
    g->result.n = 0;
    kafc__arena_reset(&g->round);
    kafc__arena_reset(&g->lead);
}

static void fresh_attempts(struct kafc_group *g)
{
    g->attempts = g->quick = 0;
    g->not_before = 0;
}

static enum kafc_group_state to_join(const struct kafc_group *g)
{
    return g->node < 0 ? KAFC_GROUP_FINDING : KAFC_GROUP_JOINING;
}

/* Those that move are the owner's to finish with. false: there are none. */
static bool revoke(struct kafc_group *g)
{
    struct kafc_group_set *s = &g->owned;
    kafc__group_set_sort(s);
    if (s->kept == s->n)
        return false;
    kafc__group_tell(g, KAFC_GROUP_REVOKED, s->v + s->kept, s->n - s->kept, NULL);
    return true;
}

/* Owned is what was assigned: with the stamp that each came with, and the news told. */
static void adopt(struct kafc_group *g)
{
    struct kafc_group_set old = g->owned, *s = &g->owned;
    g->stamp++;
    *s = g->target;
    kafc__group_set_init(&g->target, &g->cfg.mem);
    g->has_target = false;
    for (int32_t i = 0; i < s->n; i++) {
        const struct kafc_group_partition *was = kafc__group_set_find(&old, s->v[i].topic,
                                                                      s->v[i].partition);
        s->v[i].moves = !was;
        s->v[i].since = was ? was->since : g->stamp;
    }
    kafc__group_set_fini(&old);
    kafc__group_set_sort(s);
    s->was = s->n;
    kafc__group_tell(g, KAFC_GROUP_ASSIGNED, s->v + s->kept, s->n - s->kept, NULL);
    for (int32_t i = 0; i < s->n; i++)
        s->v[i].moves = false;
    kafc__group_set_sort(s);
}

/* --- Transitions ------------------------------------------------------------------------- */

typedef enum kafc_group_state act(struct kafc_group *g, const char *why);

static enum kafc_group_state stay(struct kafc_group *g, const char *why)
{
    (void)why;
    return g->state;
}

static enum kafc_group_state begin(struct kafc_group *g, const char *why)
{
    (void)why;
    fresh_attempts(g);
    g->fresh = false;
    g->seen_at = kafc__core_now(g->core);
    g->trouble.code = KAFC_OK;
    return to_join(g);
}

static enum kafc_group_state join(struct kafc_group *g, const char *why)
{
    (void)g, (void)why;
    return KAFC_GROUP_JOINING;
}

static enum kafc_group_state find(struct kafc_group *g, const char *why)
{
    (void)g, (void)why;
    return KAFC_GROUP_FINDING;
}

static enum kafc_group_state joined(struct kafc_group *g, const char *why)
{
    (void)why;
    g->not_before = 0;
    g->heard_at = kafc__core_now(g->core);
    g->beat_at = g->heard_at + (int64_t)g->cfg.heartbeat_interval_ms * 1000;
    return KAFC_GROUP_SYNCING;
}

static enum kafc_group_state synced(struct kafc_group *g, const char *why)
{
    (void)why;
    fresh_attempts(g);
    end_round(g);
    g->trouble.code = KAFC_OK;
    g->denied = false;
    g->has_target = true;
    for (int32_t i = 0; i < g->owned.n; i++) {
        struct kafc_group_partition *p = &g->owned.v[i];
        p->moves = !kafc__group_set_find(&g->target, p->topic, p->partition);
    }
    if (revoke(g)) /* and join again, so that they can be given to others */
        return KAFC_GROUP_REVOKING;
    adopt(g);
    return KAFC_GROUP_STABLE;
}

static enum kafc_group_state rebalance(struct kafc_group *g, const char *why)
{
    (void)why;
    end_round(g);
    g->rejoin_at = INT64_MAX;
    for (int32_t i = 0; i < g->owned.n; i++)
        g->owned.v[i].moves = !g->cooperative ||
                              !kafc__group_subscribed(g, kafc__str(g->owned.v[i].topic));
    return revoke(g) ? KAFC_GROUP_REVOKING : to_join(g);
}

static enum kafc_group_state expelled(struct kafc_group *g, const char *why)
{
    end_round(g);
    lose(g, why);
    return to_join(g);
}

static enum kafc_group_state settled(struct kafc_group *g, const char *why)
{
    (void)why;
    drop_revoked(g);
    if (g->has_target)
        adopt(g);
    return to_join(g);
}

static enum kafc_group_state goodbye(struct kafc_group *g)
{
    int64_t ms = g->cfg.session_timeout_ms;
    int64_t us = kafc__core_config(g->core)->request_timeout_us;
    fresh_attempts(g);
    g->leaving = g->instance ? g->cfg.leave_static : g->id != NULL;
    g->leave_by = kafc__core_now(g->core) + (us < ms * 1000 ? us : ms * 1000);
    return KAFC_GROUP_LEAVING;
}

static enum kafc_group_state retired(struct kafc_group *g, const char *why)
{
    (void)why;
    drop_revoked(g);
    return goodbye(g);
}

static enum kafc_group_state retire(struct kafc_group *g, const char *why)
{
    (void)why;
    end_round(g);
    g->has_target = false;
    for (int32_t i = 0; i < g->owned.n; i++)
        g->owned.v[i].moves = true;
    return revoke(g) ? KAFC_GROUP_RETIRING : goodbye(g);
}

static enum kafc_group_state lost_leave(struct kafc_group *g, const char *why)
{
    lose(g, why);
    return goodbye(g);
}

static enum kafc_group_state left(struct kafc_group *g, const char *why)
{
    (void)why;
    g->leaving = g->fresh = false;
    g->generation = -1;
    g->rejoin_at = INT64_MAX;
    forget_id(g);
    kafc__group_unwatch(g, g->watch, g->nwatch);
    g->watch = NULL;
    g->nwatch = 0;
    kafc__core_disown(g->core, g);
    if (!g->stopping) /* else that is still to come */
        kafc__group_tell(g, KAFC_GROUP_LEFT, NULL, 0, NULL);
    return KAFC_GROUP_IDLE;
}

static enum kafc_group_state gone(struct kafc_group *g, const char *why)
{
    kafc__error(&g->trouble, KAFC_ERR_MAX_POLL_EXCEEDED,
                "group %.200s: the membership was given up, because nothing was asked of the "
                "reader for longer than max.poll.interval.ms (%d)",
                g->name, (int)g->cfg.max_poll_interval_ms);
    end_round(g);
    lose(g, why);
    (void)goodbye(g);
    atomic_store(&g->away, true);
    return KAFC_GROUP_AWAY;
}

static enum kafc_group_state back(struct kafc_group *g, const char *why)
{
    atomic_store(&g->away, false);
    forget_id(g);
    g->leaving = false;
    return begin(g, why);
}

static enum kafc_group_state forget_away(struct kafc_group *g, const char *why)
{
    atomic_store(&g->away, false);
    return left(g, why);
}

enum { SLOWLY = 10 }; /* a number of attempts behind which pauses do not grow any more */

/* What is denied may be allowed some time: it is tried again, slowly, under the same id, for the others wait for that
 * one until its session ends. It is logged once. */
static enum kafc_group_state fatal(struct kafc_group *g, const char *why)
{
    kafc_error e = g->trouble;
    bool denied = e.code == KAFC_ERR_GROUP_AUTHORIZATION_FAILED, again = denied && g->denied;
    end_round(g);
    lose(g, why);
    g->fresh = false;
    g->denied = denied;
    g->again_at = denied ? kafc__core_now(g->core) + kafc__core_retry_delay(g->core, SLOWLY)
                         : INT64_MAX;
    if (!denied)
        forget_id(g);
    kafc__core_disown(g->core, g);
    kafc__log(&kafc__core_config(g->core)->log, again ? KAFC_LOG_DEBUG : KAFC_LOG_ERROR, "%s",
              e.message);
    kafc__group_tell(g, KAFC_GROUP_FAILED, NULL, 0, &e);
    return KAFC_GROUP_BROKEN;
}

static enum kafc_group_state stop(struct kafc_group *g, const char *why)
{
    (void)why;
    kafc__group_tell(g, KAFC_GROUP_LEFT, NULL, 0, NULL);
    return KAFC_GROUP_STOPPED;
}

struct transition {
    act *act;       /* NULL: the event means nothing here */
    unsigned leads; /* bits of states */
};

#define TO(s)   (1u << KAFC_GROUP_##s)
#define TO_JOIN (TO(FINDING) | TO(JOINING))
#define EV(e)   [KAFC_GROUP_EV_##e]
#define MEMBER_EVENTS \
    EV(EXPELLED) = { expelled, TO_JOIN }, EV(GONE) = { gone, TO(AWAY) }, \
    EV(LEAVE) = { retire, TO(RETIRING) | TO(LEAVING) }, EV(FATAL) = { fatal, TO(BROKEN) }

static const struct transition table[KAFC_GROUP_STATES][KAFC_GROUP_EVENTS] = {
    [KAFC_GROUP_IDLE] = {
        EV(BEGIN) = { begin, TO_JOIN },
        EV(STOP) = { stop, TO(STOPPED) },
    },
    [KAFC_GROUP_FINDING] = {
        EV(FOUND) = { join, TO(JOINING) },
        EV(GONE) = { gone, TO(AWAY) },
        EV(LEAVE) = { retire, TO(RETIRING) | TO(LEAVING) },
        EV(FATAL) = { fatal, TO(BROKEN) },
    },
    [KAFC_GROUP_JOINING] = {
        EV(UNFOUND) = { find, TO(FINDING) },
        EV(NAMED) = { stay, TO(JOINING) },
        EV(JOINED) = { joined, TO(SYNCING) },
        MEMBER_EVENTS,
    },
    [KAFC_GROUP_SYNCING] = {
        EV(UNFOUND) = { find, TO(FINDING) },
        EV(SYNCED) = { synced, TO(STABLE) | TO(REVOKING) },
        EV(REBALANCE) = { rebalance, TO_JOIN | TO(REVOKING) },
        MEMBER_EVENTS,
    },
    [KAFC_GROUP_STABLE] = {
        EV(REBALANCE) = { rebalance, TO_JOIN | TO(REVOKING) },
        MEMBER_EVENTS,
    },
    [KAFC_GROUP_REVOKING] = {
        EV(SETTLED) = { settled, TO_JOIN },
        MEMBER_EVENTS,
    },
    [KAFC_GROUP_RETIRING] = {
        EV(SETTLED) = { retired, TO(LEAVING) },
        EV(EXPELLED) = { lost_leave, TO(LEAVING) },
        EV(GONE) = { lost_leave, TO(LEAVING) },
        EV(FATAL) = { lost_leave, TO(LEAVING) },
    },
    [KAFC_GROUP_LEAVING] = {
        EV(LEFT) = { left, TO(IDLE) },
    },
    [KAFC_GROUP_AWAY] = {
        EV(BACK) = { back, TO_JOIN },
        EV(LEAVE) = { forget_away, TO(IDLE) },
    },
    [KAFC_GROUP_BROKEN] = {
        EV(BEGIN) = { begin, TO_JOIN },
        EV(LEAVE) = { left, TO(IDLE) },
    },
    [KAFC_GROUP_STOPPED] = { { 0 } },
};

unsigned kafc__group_next_states(enum kafc_group_state s, enum kafc_group_event ev)
{
    return table[s][ev].act ? table[s][ev].leads : 0;
}

const char *kafc__group_name_of(enum kafc_group_state s)
{
    static const char *const names[KAFC_GROUP_STATES] = {
        "IDLE",     "FINDING", "JOINING", "SYNCING", "STABLE",  "REVOKING",
        "RETIRING", "LEAVING", "AWAY",    "BROKEN",  "STOPPED",
    };
    return names[s];
}

bool kafc__group_step(struct kafc_group *g, enum kafc_group_event ev, const char *why)
{
    const struct transition *x = &table[g->state][ev];
    if (!x->act)
        return false;
    enum kafc_group_state was = g->state, to = x->act(g, why);
    if (!(x->leads & 1u << to))
        kafc__group_say(g, KAFC_LOG_ERROR, "%s must not lead to %s", kafc__group_name_of(was),
                        kafc__group_name_of(to));
    if (to != was)
        kafc__group_say(g, KAFC_LOG_DEBUG, "%s -> %s: %s", kafc__group_name_of(was),
                        kafc__group_name_of(to), why);
    g->state = to;
    atomic_store_explicit(&g->stats.owned, (uint64_t)g->owned.n, memory_order_relaxed);
    if (to != was) {
        kafc__group_stat_moved(g, was, ev == KAFC_GROUP_EV_SYNCED);
        kafc__group_rpc_moved(g);
    }
    return true;
}

void kafc__group_doubt(struct kafc_group *g, enum kafc_group_reaction what, const kafc_error *why)
{
    g->trouble = *why;
    if (what == KAFC_GROUP_UNKNOWN)
        forget_id(g);
    (void)kafc__group_step(
        g, what == KAFC_GROUP_FATAL ? KAFC_GROUP_EV_FATAL : KAFC_GROUP_EV_EXPELLED, why->message);
}

void kafc__group_ask_rejoin(struct kafc_group *g, int64_t at, const char *fmt, ...)
{
    va_list ap;
    if (g->rejoin_at <= at)
        return;
    g->rejoin_at = at;
    va_start(ap, fmt);
    (void)vsnprintf(g->reason, sizeof(g->reason), fmt, ap);
    va_end(ap);
}

/* --- What the owner wants, and the clocks -------------------------------------------------- */

static bool wants(const struct kafc_group *g)
{
    return g->wanted && !g->stopping;
}

static bool wishes(struct kafc_group *g)
{
    bool broken = g->state == KAFC_GROUP_BROKEN;
    bool again = broken && kafc__core_now(g->core) >= g->again_at;
    if (broken && !again)
        kafc__group_wake(g, g->again_at);
    if (wants(g))
        return (g->state == KAFC_GROUP_IDLE || again || (broken && g->fresh)) &&
               kafc__group_step(g, KAFC_GROUP_EV_BEGIN, again ? "once more" : "subscribed");
    if (kafc__group_step(g, KAFC_GROUP_EV_LEAVE, g->stopping ? "closed" : "unsubscribed"))
        return true;
    if (g->fresh && g->state == KAFC_GROUP_IDLE) { /* it was subscribed and left before it began */
        g->fresh = false;
        if (!g->stopping)
            kafc__group_tell(g, KAFC_GROUP_LEFT, NULL, 0, NULL);
        return true;
    }
    return g->stopping && kafc__group_step(g, KAFC_GROUP_EV_STOP, "closed");
}

static bool finished(struct kafc_group *g)
{
    if (!g->settled)
        return false;
    g->settled = false;
    return kafc__group_step(g, KAFC_GROUP_EV_SETTLED, "what was revoked is finished with");
}

static bool caller(struct kafc_group *g)
{
    int64_t now = kafc__core_now(g->core), by;
    unsigned polls = atomic_load(&g->polls);
    if (polls != g->seen || atomic_load(&g->inside) > 0) {
        g->seen = polls;
        g->seen_at = now;
        if (kafc__group_step(g, KAFC_GROUP_EV_BACK, "the caller is back"))
            return true;
    }
    if (kafc__group_next_states(g->state, KAFC_GROUP_EV_GONE) == 0)
        return false;
    by = g->seen_at + (int64_t)g->cfg.max_poll_interval_ms * 1000;
    kafc__group_wake(g, by);
    return now >= by && kafc__group_step(g, KAFC_GROUP_EV_GONE, "the caller does not come back");
}

static bool clocks(struct kafc_group *g)
{
    int64_t now = kafc__core_now(g->core);
    if (g->state == KAFC_GROUP_STABLE && g->rejoin_at <= now) {
        char why[sizeof(g->reason)];
        memcpy(why, g->reason, sizeof(why));
        return kafc__group_step(g, KAFC_GROUP_EV_REBALANCE, why);
    }
    if (g->state == KAFC_GROUP_STABLE)
        kafc__group_wake(g, g->rejoin_at);
    if (g->leaving && now >= g->leave_by)
        g->leaving = false;
    if (g->leaving)
        kafc__group_wake(g, g->leave_by);
    if (g->state == KAFC_GROUP_LEAVING && !g->leaving)
        return kafc__group_step(g, KAFC_GROUP_EV_LEFT, "there is nobody to tell any more");
    return g->node >= 0 && kafc__group_step(g, KAFC_GROUP_EV_FOUND, "the coordinator is known");
}

static void work(struct kafc_group *g)
{
    while (finished(g) || wishes(g) || caller(g) || clocks(g))
        ;
    if (g->state != KAFC_GROUP_STOPPED)
        kafc__group_rpc_work(g);
    else
        kafc__group_lanes_fail(g, NULL); /* what was asked after the end */
}

static void changed(struct kafc_group *g, const char *topic, int32_t is, int32_t was)
{
    kafc__group_ask_rejoin(g, kafc__core_now(g->core),
                           "topic %.90s has %d partitions and not %d any more", topic, (int)is,
                           (int)was);
}

/* A topic that a broker does not know is gone when none has known it for a while. */
static void look_at(struct kafc_group *g, struct kafc_group_watch *x)
{
    bool unknown = x->t->error == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    x->missing = unknown ? x->missing + 1 : 0;
    if (unknown && x->missing >= KAFC_GROUP_GONE && x->n > 0)
        changed(g, x->t->name, 0, x->n);
    else if (!unknown && x->t->error == KAFC_OK && x->t->npartitions != x->n)
        changed(g, x->t->name, x->t->npartitions, x->n);
    else if (!unknown && x->racks) {
        uint64_t now = kafc__group_racks_sum(g, x->t);
        if (now && now != x->racks)
            kafc__group_ask_rejoin(g, kafc__core_now(g->core),
                                   "replicas of topic %.90s are in other racks than before",
                                   x->t->name);
    }
}

static int by_name(const void *name, const void *watch)
{
    return strcmp(name, ((const struct kafc_group_watch *)watch)->t->name);
}

static void news(struct kafc_group *g, const struct kafc_meta_topic *t)
{
    struct kafc_group_watch *x = NULL;
    if (g->leader && g->nwatch)
        x = bsearch(t->name, g->watch, (size_t)g->nwatch, sizeof(*x), by_name);
    if (x && x->n >= 0)
        look_at(g, x);
    kafc__group_work(g);
}

static bool is_settled(const struct kafc_group *g)
{
    return g->state == KAFC_GROUP_STABLE || g->state == KAFC_GROUP_REVOKING ||
           g->state == KAFC_GROUP_RETIRING;
}

static void doubt(struct kafc_group *g, enum kafc_group_reaction what, const kafc_error *why)
{
    if (what == KAFC_GROUP_REJOIN)
        kafc__group_ask_rejoin(g, kafc__core_now(g->core), "a commit was refused: %.120s",
                               why->message);
    else if (is_settled(g))
        kafc__group_doubt(g, what, why);
}

/* While a generation is being settled the coordinator takes none. */
static bool commits(const struct kafc_group *g)
{
    return g->state != KAFC_GROUP_SYNCING;
}

static void end(struct kafc_group *g)
{
    kafc__group_beat_cancel(g);
    if (g->rpc != KAFC_GROUP_NOTHING)
        kafc__core_cancel(g->core, &g->rq);
    g->rpc = KAFC_GROUP_NOTHING;
    end_round(g);
    kafc__group_unwatch(g, g->watch, g->nwatch);
}

static const char *state(const struct kafc_group *g)
{
    return kafc__group_name_of(g->state);
}

const struct kafc_group_protocol kafc__group_classic = {
    "classic", work, news, doubt, commits, is_settled, end, state,
};
