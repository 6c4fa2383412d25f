/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups under any order of events, from seeds: members that come, leave, die,
 * stall, are cut off from everybody, come again under their static name;
 * brokers that stop, coordinators that move; topics that grow, go and appear;
 * commits that are lost, repeated and late. What must hold at any time is in
 * group.c; in the end the group settles, within a bound, and stays so.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/group.h"
#include "tests/support/suite.h"

enum { SEC = 1000000, STEPS = 60, ALIVE_MAX = 20, BOUND = 60 * SEC };

static struct gm_world w;

static const char *const assignor[] = { "range", "cooperative-sticky", "sticky", "roundrobin" };
static const char *const instance[] = { "s-0", "s-1", "s-2" };
enum { INSTANCES = 3 };

/* --- What may happen ------------------------------------------------------------------------ */

static void joins(struct gm *m)
{
    (void)m;
    if (gm_alive(&w) < ALIVE_MAX && w.n < GM_MEMBERS - 2)
        (void)gm_join(&w, 2);
}

/* Under its name, perhaps before the group has missed it. */
static void restarts(struct gm *m)
{
    const char *name = instance[sim_draw(w.sim, INSTANCES)];
    (void)m;
    if (w.n >= GM_MEMBERS - 2)
        return;
    for (int i = 0; i < w.n; i++)
        if (w.m[i].group && w.m[i].group->instance && !strcmp(w.m[i].group->instance, name))
            gm_die(&w.m[i]);
    w.instance = name;
    (void)gm_join(&w, 2);
    w.instance = NULL;
}

static void leaves(struct gm *m)
{
    gm_leave(m);
}

static void dies(struct gm *m)
{
    gm_die(m);
}

static void stalls(struct gm *m)
{
    m->stalls = !m->stalls;
}

static void is_cut_off(struct gm *m)
{
    sim_isolate(w.sim, m->core, sim_draw(w.sim, 20 * SEC));
}

static void subscribes(struct gm *m)
{
    gm_subscribe(m, 1 + (int)sim_draw(w.sim, 2));
}

static void unsubscribes(struct gm *m)
{
    kafc__group_leave(m->group);
}

static void links_break(struct gm *m)
{
    (void)m;
    sim_break(w.sim, (int32_t)sim_draw(w.sim, 4), sim_chance(w.sim, 40));
}

static void rebalances(struct gm *m)
{
    (void)m;
    (void)kafc__cluster_rebalance(w.sim->cluster, "g");
}

static void is_kicked(struct gm *m)
{
    (void)kafc__cluster_kick(w.sim->cluster, "g", m->group->id);
}

static void coordinator_moves(struct gm *m)
{
    (void)m;
    (void)kafc__cluster_set_coordinator(w.sim->cluster, KAFC_MOCK_GROUPS, "g",
                                        1 + (int32_t)sim_draw(w.sim, 3));
}

static void topic_grows(struct gm *m)
{
    int t = (int)sim_draw(w.sim, GM_TOPICS);
    int32_t n = w.parts[t] + 1 + (int32_t)sim_draw(w.sim, 3);
    (void)m;
    if (n <= GM_PARTS && kafc__cluster_grow_topic(w.sim->cluster, gm_topic[t], n) == KAFC_OK)
        w.parts[t] = n;
}

/* It goes; or it is there again, with other partitions. */
static void topic_goes(struct gm *m)
{
    int32_t n = 1 + (int32_t)sim_draw(w.sim, 6);
    (void)m;
    w.remade = true;
    if (kafc__cluster_delete_topic(w.sim->cluster, "u") != KAFC_OK &&
        kafc__cluster_create_topic(w.sim->cluster, "u", n, 1) == KAFC_OK)
        w.parts[1] = n;
}

static const struct {
    uint32_t weight;
    bool chaotic; /* in some runs only */
    void (*act)(struct gm *m);
} acts[] = {
    { 25, false, joins },      { 5, true, restarts },      { 8, false, leaves },
    { 7, false, dies },        { 12, false, stalls },      { 6, false, is_cut_off },
    { 10, false, subscribes }, { 5, false, unsubscribes }, { 8, false, links_break },
    { 4, false, rebalances },  { 5, false, is_kicked },    { 8, false, coordinator_moves },
    { 4, false, topic_grows }, { 4, true, topic_goes },
};
enum { ACTS = sizeof acts / sizeof acts[0] };

static void act(bool statics, bool topics)
{
    struct gm *m = w.n ? &w.m[sim_draw(w.sim, (uint32_t)w.n)] : NULL;
    uint32_t all = 0;
    size_t i = 0;
    for (size_t k = 0; k < ACTS; k++)
        all += acts[k].weight;
    for (uint32_t what = sim_draw(w.sim, all); what >= acts[i].weight; i++)
        what -= acts[i].weight;
    if ((acts[i].act == restarts && !statics) || (acts[i].act == topic_goes && !topics))
        return;
    if (m)
        m->settle_us = sim_draw(w.sim, sim_chance(w.sim, 10) ? 8000000 : 200000);
    if (acts[i].act == joins || (m && m->group && !m->ends))
        acts[i].act(m);
}

/* --- A run ------------------------------------------------------------------------------------ */

static void give_up(const char *why)
{
    for (int i = 0; i < w.n; i++)
        if (w.m[i].group)
            fprintf(stderr, "member %d: %s, %d owned, rejoins %d: %s\n", i,
                    kafc__group_state_name(w.m[i].group), gm_owned(&w.m[i]),
                    w.m[i].group->rejoin_at != INT64_MAX, w.m[i].group->trouble.message);
    ck_abort_msg("SIM_SEED=%llu: %s", (unsigned long long)w.sim->seed, why);
}

static void peace(void)
{
    if (kafc__cluster_leader(w.sim->cluster, "u", 0, NULL) == -1 &&
        kafc__cluster_create_topic(w.sim->cluster, "u", 4, 1) == KAFC_OK)
        w.parts[1] = 4;
    w.sim->poor_permille = 0;
    for (int i = 0; i < w.n; i++) {
        w.m[i].stalls = false;
        w.m[i].settle_us = 1000;
        if (w.m[i].group && !w.m[i].ends)
            gm_subscribe(&w.m[i], 2);
    }
    (void)gm_join(&w, 2);
}

static int32_t newest_generation(void)
{
    int32_t n = -1;
    for (int i = 0; i < w.n; i++)
        if (w.m[i].group && w.m[i].group->generation > n)
            n = w.m[i].group->generation;
    return n;
}

/* The moment from which on nobody moves for a while, and all of them go on reading. */
static int64_t settles(void)
{
    int64_t until = w.sim->now + BOUND, at = w.sim->now;
    for (int32_t was = -2; was != newest_generation();) {
        if (w.sim->now >= until || !gm_settle(&w, 2, until - w.sim->now))
            give_up("the group does not settle");
        was = newest_generation();
        at = w.sim->now;
        uint64_t reads = w.reads;
        gm_run(&w, 15 * SEC);
        if (w.reads < reads + 100)
            give_up("nobody reads");
    }
    if (!gm_settle(&w, 2, 0))
        give_up("the group does not stay settled");
    return at;
}

static int64_t slowest;

static void run(uint64_t seed)
{
    gm_world_init(&w, seed, assignor[seed % 4]);
    struct sim_chaos chaos = { .sim = w.sim,
                               .topic = "t",
                               .partitions = w.parts[0],
                               .until = 60 * SEC,
                               .pause_us = 1500000,
                               .stops = true,
                               .moves = true,
                               .answers = sim_chance(w.sim, 50) };
    bool statics = sim_chance(w.sim, 40), topics = sim_chance(w.sim, 40);
    w.may_overlap = true;
    w.poll_ms = 8000 + (int32_t)sim_draw(w.sim, 20000);
    w.session_ms = 6000 + (int32_t)sim_draw(w.sim, 6000);
    w.patterns = sim_chance(w.sim, 40);
    w.metadata_age_us = 5 * SEC;
    w.ghosts = sim_chance(w.sim, 30);
    w.sim->no_ghosts = !w.ghosts;
    w.sim->log = getenv("SIM_LOG") != NULL;
    if (sim_chance(w.sim, 60))
        sim_chaos_start(&chaos);
    else
        chaos.healed = true;
    w.sim->poor_permille = sim_chance(w.sim, 30) ? 1 + (int)sim_draw(w.sim, 30) : 0;
    for (int i = 0; i < STEPS; i++) {
        act(statics, topics);
        gm_run(&w, sim_draw(w.sim, 2 * SEC));
    }
    while (!chaos.healed)
        gm_run(&w, SEC);
    peace();
    int64_t at = w.sim->now;
    int64_t took = settles() - at;
    slowest = took > slowest ? took : slowest;
    gm_world_fini(&w);
}

enum { SEEDS = 200, SHARDS = 4 };

START_TEST(any_order_of_events)
{
    slowest = 0;
    sim_seeds(SEEDS, SHARDS, (uint64_t)_i, run);
    printf("the slowest of them settled in %.1f s\n", (double)slowest / SEC);
}
END_TEST

SUITE_LOOPS("sim-group-chaos", 3600, LOOP(any_order_of_events, 0, SHARDS))
