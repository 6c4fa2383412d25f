/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A group: the object on the core, and what its owner asks. Which protocol is
 * spoken is the matter of what stands behind it. The driver's thread, but where
 * group.h says "any".
 */
#include "core/group_internal.h"

#include <stdarg.h>
#include <stdio.h>

void kafc__group_say(const struct kafc_group *g, kafc_log_level level, const char *fmt, ...)
{
    char text[700];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    kafc__log_in(&kafc__core_config(g->core)->log, level, KAFC_DEBUG_CGRP, "group %s: %s", g->name, text);
}

void kafc__group_tell(struct kafc_group *g, enum kafc_group_notice_kind kind,
                      const struct kafc_group_partition *v, int32_t n, const kafc_error *why)
{
    struct kafc_group_notice notice = {
        .kind = kind, .v = v, .n = n, .stamp = g->stamp, .why = why
    };
    if (kind != KAFC_GROUP_TOPIC)
        g->settled = false;
    kafc__group_stat_notice(g, kind, n);
    g->cfg.notice(g->cfg.ctx, &notice);
}

void kafc__group_wake(struct kafc_group *g, int64_t at)
{
    g->wake = at < g->wake ? at : g->wake;
}

void kafc__group_unfind(struct kafc_group *g)
{
    if (g->node < 0)
        return;
    g->node = -1;
    kafc__group_beat_cancel(g);
    kafc__core_disown(g->core, g);
}

void kafc__group_work(struct kafc_group *g)
{
    if (g->working)
        return; /* from inside: the one outside goes on */
    g->working = true;
    g->wake = INT64_MAX;
    kafc__group_topics_work(g);
    g->protocol->work(g);
    kafc__group_lanes_work(g);
    g->working = false;
    kafc__core_timer_set(g->core, &g->timer, g->wake);
}

/* --- What the owner asks ------------------------------------------------------------- */

/* Done at the next tick: the owner may hold what notice() needs. */
void kafc__group_soon(struct kafc_group *g)
{
    if (g->working)
        kafc__group_wake(g, kafc__core_now(g->core));
    else
        kafc__core_timer_set(g->core, &g->timer, kafc__core_now(g->core));
}

kafc_err kafc__group_subscribe(struct kafc_group *g, const char *const *topics, int32_t n,
                               kafc_error *err)
{
    bool changed;
    if (g->stopping)
        return kafc__error(err, KAFC_ERR_CLOSED, "group %s: the reader is closed", g->name);
    if (n < 1)
        return kafc__error(err, KAFC_ERR_USAGE, "a subscription needs a topic");
    kafc_err rc = kafc__group_wish(g, topics, n, &changed, err);
    if (rc != KAFC_OK || (!changed && g->state != KAFC_GROUP_BROKEN))
        return rc;
    g->fresh = true;
    if (g->matched)
        kafc__group_ask_rejoin(g, kafc__core_now(g->core), "the subscription has changed");
    kafc__group_soon(g);
    return KAFC_OK;
}

void kafc__group_leave(struct kafc_group *g)
{
    kafc__group_unwish(g);
    kafc__group_soon(g);
}

void kafc__group_stop(struct kafc_group *g)
{
    g->stopping = true;
    kafc__group_leave(g);
}

void kafc__group_settled(struct kafc_group *g)
{
    g->settled = true;
    kafc__group_soon(g);
}

void kafc__group_enter(struct kafc_group *g)
{
    atomic_fetch_add(&g->inside, 1);
    atomic_fetch_add(&g->polls, 1);
    if (atomic_load(&g->away))
        kafc__core_poke(g->core, &g->member);
}

void kafc__group_exit(struct kafc_group *g)
{
    atomic_fetch_add(&g->polls, 1);
    atomic_fetch_sub(&g->inside, 1);
}

atomic_uint *kafc__group_polls(struct kafc_group *g)
{
    return &g->polls;
}

const struct kafc_group_partition *kafc__group_owned(const struct kafc_group *g, int32_t *n)
{
    *n = g->owned.n;
    return g->owned.v;
}

bool kafc__group_owns(const struct kafc_group *g, const char *topic, int32_t partition,
                      uint64_t stamp)
{
    const struct kafc_group_partition *p = kafc__group_set_find(&g->owned, topic, partition);
    return p && (stamp == 0 || p->since <= stamp);
}

bool kafc__group_membership(const struct kafc_group *g, struct kafc_membership *out)
{
    *out = (struct kafc_membership){ .member = g->id ? g->id : "",
                                     .generation = g->generation,
                                     .instance = g->instance };
    return g->generation >= 0;
}

bool kafc__group_why(const struct kafc_group *g, kafc_error *out)
{
    const kafc_error *why = &g->trouble;
    if (why->code == KAFC_OK) /* nobody has been asked yet */
        why = g->generation < 0 ? kafc__core_trouble(g->core) : NULL;
    if (why)
        *out = *why;
    return why != NULL;
}

const char *kafc__group_state_name(const struct kafc_group *g)
{
    return g->protocol->state(g);
}

/* --- On the core ---------------------------------------------------------------------- */

static void alarm_rang(void *owner)
{
    kafc__group_work(owner);
}

static void poked(struct kafc_member *m)
{
    kafc__group_work(KAFC_CONTAINER(m, struct kafc_group, member));
}

static void topic_news(struct kafc_member *m, struct kafc_meta_topic *t)
{
    struct kafc_group *g = KAFC_CONTAINER(m, struct kafc_group, member);
    kafc__group_topics_news(g, t);
    g->protocol->news(g, t);
}

static void all_topics(struct kafc_member *m, const struct kafc_metadata_resp *all)
{
    kafc__group_topics_all(KAFC_CONTAINER(m, struct kafc_group, member), all);
}

static void arenas(struct kafc_group *g, void (*each)(struct kafc_arena *, const kafc_allocator *))
{
    each(&g->wish.arena, &g->cfg.mem);
    each(&g->topics.arena, &g->cfg.mem);
    each(&g->arena, &g->cfg.mem);
    each(&g->beat_arena, &g->cfg.mem);
    each(&g->round, &g->cfg.mem);
    each(&g->lead, &g->cfg.mem);
    for (int i = 0; i < KAFC_GROUP_LANES; i++)
        each(&g->lane[i].arena, &g->cfg.mem);
}

static void arena_begin(struct kafc_arena *a, const kafc_allocator *mem)
{
    kafc__arena_init(a, mem, 0);
}

static void arena_end(struct kafc_arena *a, const kafc_allocator *mem)
{
    (void)mem;
    kafc__arena_fini(a);
}

static bool start(struct kafc_group *g)
{
    g->name = kafc__strdup(&g->cfg.mem, g->cfg.group);
    g->instance = g->cfg.instance ? kafc__strdup(&g->cfg.mem, g->cfg.instance) : NULL;
    g->cooperative = g->cfg.nassignors > 0;
    for (int i = 0; i < g->cfg.nassignors; i++)
        g->cooperative = g->cooperative && g->cfg.assignors[i]->protocol == KAFC_ASSIGN_COOPERATIVE;
    return g->name && (g->instance || !g->cfg.instance) &&
           kafc__core_timer_init(g->core, &g->timer, alarm_rang, g);
}

struct kafc_group *kafc__group_new(struct kafc_core *core, const struct kafc_group_config *cfg)
{
    struct kafc_group *g = kafc__zalloc(&cfg->mem, sizeof(*g));
    if (!g)
        return NULL;
    g->core = core;
    g->cfg = *cfg;
    g->protocol = &kafc__group_classic;
    g->generation = g->node = -1;
    g->rejoin_at = g->again_at = INT64_MAX;
    g->member.poked = poked;
    g->member.topic_news = topic_news;
    g->member.all_topics = all_topics;
    arenas(g, arena_begin);
    kafc__group_set_init(&g->owned, &g->cfg.mem);
    kafc__group_set_init(&g->target, &g->cfg.mem);
    kafc__group_lanes_init(g);
    kafc__core_add(core, &g->member);
    if (start(g))
        return g;
    kafc__group_free(g);
    return NULL;
}

void kafc__group_free(struct kafc_group *g)
{
    if (!g)
        return;
    kafc_allocator mem = g->cfg.mem;
    g->working = true;
    g->protocol->end(g);
    kafc__group_lanes_fail(g, NULL);
    kafc__group_unwish(g);
    kafc__core_disown(g->core, g);
    kafc__core_remove(g->core, &g->member);
    kafc__core_timer_fini(g->core, &g->timer);
    kafc__group_set_fini(&g->owned);
    kafc__group_set_fini(&g->target);
    arenas(g, arena_end);
    kafc__free(&mem, g->name);
    kafc__free(&mem, g->instance);
    kafc__free(&mem, g->id);
    kafc__free(&mem, g);
}
