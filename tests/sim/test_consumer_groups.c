/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Consumers in groups that come, leave, die, stall and lose their brokers, from
 * one seed: each is told of what comes and goes in order, gets messages of what
 * it has alone, nothing is committed that nobody was given, and in the end all
 * was given and committed. SIM_SEED=n runs that seed alone.
 */
#include <stdlib.h>

#include "client/options.h"
#include "core/assignor.h"
#include "core/consumer_group_internal.h"
#include "core/group_internal.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { PARTS = 5, LOG = 120, SEATS = 5, SEEDS = 200, SECOND = 1000000 };

struct world;

struct seat {
    struct world *w;
    struct kafc_core *core;
    struct kafc_consumer *consumer;
    struct kafc_consumer_group *cg; /* NULL: nobody sits there */
    bool owns[PARTS];
    bool leaves;
    int pending; /* commits that were not told of */
    struct sim_event tick;
};

struct world {
    struct sim *sim;
    struct sim_chaos chaos;
    struct seat seat[SEATS];
    const struct kafc_assignor *assignor[2];
    int nassignors;
    bool given[PARTS][LOG];
    int64_t committed[PARTS];
    bool doubt
        [PARTS]; /* a commit failed, and may have been made: marks below it go out all the same */
    struct sim_event change;
    int64_t peace; /* from then on nobody comes or goes */
};

#define SEED(w) (unsigned long long)(w)->sim->seed
#define MUST(w, what, ...) \
    do { \
        if (!(what)) \
            ck_abort_msg("SIM_SEED=%llu: " __VA_ARGS__); \
    } while (0)

static void on_ready(void *ctx)
{
    (void)ctx;
}

/* --- What must hold ------------------------------------------------------------------------ */

static void look(struct world *w)
{
    for (int32_t p = 0; p < PARTS; p++) {
        int64_t at = -1;

        (void)kafc__cluster_committed(w->sim->cluster, "g", "t", p, &at);
        MUST(w, at >= w->committed[p] || w->doubt[p], "%d: committed went from %lld to %lld",
             SEED(w), (int)p, (long long)w->committed[p], (long long)at);
        for (int64_t i = w->committed[p] < 0 ? 0 : w->committed[p]; i < at; i++)
            MUST(w, w->given[p][i], "%d:%lld was skipped", SEED(w), (int)p, (long long)i);
        w->committed[p] = at;
    }
}

static void told(struct seat *m, const struct kafc_cg_notice *n)
{
    for (int32_t i = 0; i < n->n; i++) {
        int32_t p = n->v[i].partition;

        MUST(m->w, m->owns[p] == (n->kind != KAFC_ASSIGNED), "notice %d of %d", SEED(m->w),
             (int)n->kind, (int)p);
        m->owns[p] = n->kind == KAFC_ASSIGNED;
    }
}

/* --- A member -------------------------------------------------------------------------------- */

static void committed(struct kafc_cg_commit *commit, kafc_err code, const kafc_error *err)
{
    struct seat *m = commit->owner;

    MUST(m->w, (code == KAFC_OK) == (err == NULL), "an error without words", SEED(m->w));
    MUST(m->w, code == commit->v[0].result, "%d of the commit, %d of the offset", SEED(m->w),
         (int)code, (int)commit->v[0].result);
    m->pending--;
    if (code != KAFC_OK && code != KAFC_ERR_NOT_ASSIGNED)
        m->w->doubt[commit->v[0].partition] = true;
    look(m->w);
    free(commit->v);
    free(commit);
}

static void commit(struct seat *m, const kafc_message *msg)
{
    struct kafc_cg_commit *c = calloc(1, sizeof *c);
    kafc_error err;

    c->v = calloc(1, sizeof *c->v);
    c->v[0] = kafc_offset_after(msg);
    c->v[0].topic = "t";
    c->n = 1;
    c->merge = sim_chance(m->w->sim, 50);
    c->done = committed;
    c->owner = m;
    m->pending++;
    if (kafc__cg_commit(m->cg, c, &err) != KAFC_OK) {
        m->pending--;
        free(c->v);
        free(c);
    }
}

static void got(struct seat *m, const kafc_message *msg)
{
    kafc_err code;

    MUST(m->w, m->owns[msg->partition], "%d:%lld came, and is not its", SEED(m->w),
         (int)msg->partition, (long long)msg->offset);
    m->w->given[msg->partition][msg->offset] = true;
    if (sim_chance(m->w->sim, 10)) {
        commit(m, msg);
        return;
    }
    code = kafc__cg_mark(m->cg, kafc__consumer_taker(m->consumer), msg, NULL);
    MUST(m->w, code == KAFC_OK || code == KAFC_ERR_NOT_ASSIGNED, "mark: %s", SEED(m->w),
         kafc_err_name(code));
}

static void notices(struct seat *m)
{
    struct kafc_cg_notice n;

    while (kafc__cg_take(m->cg, &n)) {
        told(m, &n);
        kafc__cg_answer(m->cg, &n);
        if (n.kind == 0)
            return;
    }
}

static void take(struct seat *m, int most)
{
    kafc_message msg;
    kafc_error err;
    kafc_err code = KAFC_OK;

    while (code == KAFC_OK && most-- > 0) {
        code = kafc__consumer_next(kafc__consumer_taker(m->consumer), &msg, &err);
        if (code == KAFC_OK)
            got(m, &msg);
        if (code == KAFC_ERR_REBALANCE_IN_PROGRESS)
            notices(m);
        if (code == KAFC_ERR_NO_MEMORY || code == KAFC_ERR_REBALANCE_IN_PROGRESS)
            code = KAFC_OK;
    }
}

static void forget(struct seat *m)
{
    sim_cancel(m->w->sim, &m->tick);
    kafc__cg_free(m->cg);
    kafc__consumer_free(m->consumer);
    sim_client_free(m->w->sim, m->core);
    MUST(m->w, m->pending == 0, "%d commits were never told of", SEED(m->w), m->pending);
    m->cg = NULL;
}

static void tick(void *ctx)
{
    struct seat *m = ctx;
    struct sim *s = m->w->sim;
    bool stalls = s->now < m->w->peace && sim_chance(s, 1);

    sim_at(s, &m->tick, s->now + (stalls ? 4 * SECOND : 1000 + (int64_t)sim_draw(s, 60000)));
    kafc__group_enter(kafc__cg_group(m->cg));
    take(m, 1 + (int)sim_draw(s, 12));
    kafc__group_exit(kafc__cg_group(m->cg));
    look(m->w);
    if (m->leaves && kafc__cg_is_out(m->cg)) {
        for (int p = 0; p < PARTS; p++)
            MUST(m->w, !m->owns[p], "%d was never told to go", SEED(m->w), p);
        forget(m);
    }
}

static void join(struct seat *m)
{
    struct world *w = m->w;
    struct sim *s = w->sim;
    struct kafc_consumer_config cfg = { .mem = s->mem, .on_ready = on_ready };
    struct kafc_core_config core = { .client_id = "member" };
    static const char *const topics[] = { "t" };
    int poor = s->poor_permille;
    kafc_reader_options o;
    kafc_error err;

    kafc_reader_options_init(&o);
    o.max_wait_ms = 20 + (int32_t)sim_draw(s, 300);
    o.partition_max_bytes = 200 + (int32_t)sim_draw(s, 2000);
    ck_assert_int_eq(kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &err), KAFC_OK);
    struct kafc_consumer_group_config group = {
        .mem = s->mem,
        .group = { .mem = s->mem,
                   .group = "g",
                   .session_timeout_ms = 6000,
                   .heartbeat_interval_ms = 300,
                   .max_poll_interval_ms = 3000,
                   .assignors = w->assignor,
                   .nassignors = w->nassignors },
        .commit_interval_ms = (int32_t)sim_draw(s, 2000) + 1,
    };
    *m = (struct seat){ .w = w };
    s->poor_permille = 0;
    m->core = sim_client(s, &core);
    m->consumer = kafc__consumer_new(m->core, &cfg);
    m->cg = kafc__cg_new(m->core, m->consumer, &group);
    ck_assert_int_eq(kafc__cg_subscribe(m->cg, topics, 1, &err), KAFC_OK);
    s->poor_permille = poor;
    m->tick = (struct sim_event){ .fire = tick, .ctx = m };
    sim_at(s, &m->tick, s->now + 1000);
}

/* --- Coming and going --------------------------------------------------------------------------- */

static void change(void *ctx)
{
    struct world *w = ctx;
    struct sim *s = w->sim;
    struct seat *m = &w->seat[sim_draw(s, SEATS)];

    if (s->now >= w->peace) {
        if (!w->seat[0].cg)
            join(&w->seat[0]);
        return;
    }
    sim_at(s, &w->change, s->now + 1 + (int64_t)sim_draw(s, 2 * SECOND));
    if (!m->cg) {
        join(m);
    } else if (sim_chance(s, 30) && !m->leaves) {
        m->leaves = true;
        kafc__cg_leave(m->cg, true, false, s->now + 20 * SECOND);
    } else if (sim_chance(s, 20)) {
        forget(m);
    } else if (sim_chance(s, 20)) {
        (void)kafc__cluster_kick(s->cluster, "g", NULL);
    } else if (sim_chance(s, 20)) {
        (void)kafc__cluster_set_coordinator(s->cluster, KAFC_MOCK_GROUPS, "g",
                                            1 + (int32_t)sim_draw(s, 3));
    }
}

static bool done(void *ctx)
{
    struct world *w = ctx;
    bool all = w->sim->now > w->peace && w->chaos.healed;

    for (int p = 0; p < PARTS; p++)
        all = all && w->committed[p] == LOG;
    for (int i = 0; i < SEATS; i++)
        all = all && (!w->seat[i].cg || w->seat[i].pending == 0);
    return all;
}

static void fill(struct world *w)
{
    kafc_message m = { .value = KAFC_STR("0123456789") };

    for (int p = 0; p < PARTS; p++) {
        w->committed[p] = -1;
        for (int i = 0; i < LOG; i++)
            ck_assert_int_eq(kafc__cluster_append(w->sim->cluster, "t", p, &m, 1, -1), KAFC_OK);
    }
}

static uint64_t run(uint64_t seed)
{
    static const char *const names[] = { "range", "cooperative-sticky" };
    struct world *w = calloc(1, sizeof *w);
    struct sim *s = w->sim = sim_new(seed, KAFC_MOCK(.brokers = 3));
    uint64_t trace;

    ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, "t", PARTS, 0), KAFC_OK);
    fill(w);
    w->nassignors = 1 + (seed % 3 == 0);
    w->assignor[0] = kafc__assignor(names[seed % 2]);
    w->assignor[1] = kafc__assignor(names[1 - seed % 2]);
    w->peace = s->now + 20 * SECOND;
    for (int i = 0; i < SEATS; i++)
        w->seat[i].w = w;
    w->change = (struct sim_event){ .fire = change, .ctx = w };
    sim_at(s, &w->change, s->now + 1);
    s->no_ghosts = true;
    s->dark_percent = 20;
    s->poor_permille = seed % 5 == 0 ? 3 : 0;
    w->chaos = (struct sim_chaos){ .sim = s,
                                   .topic = "t",
                                   .partitions = PARTS,
                                   .until = w->peace,
                                   .pause_us = 1500000,
                                   .stops = true,
                                   .moves = true,
                                   .answers = seed % 2 == 0 };
    sim_chaos_start(&w->chaos);
    MUST(w, sim_run(s, done, w, 400 * (int64_t)SECOND), "it does not end: %lld %lld %lld %lld %lld",
         SEED(w), (long long)w->committed[0], (long long)w->committed[1],
         (long long)w->committed[2], (long long)w->committed[3], (long long)w->committed[4]);
    for (int i = 0; i < SEATS; i++)
        if (w->seat[i].cg)
            forget(&w->seat[i]);
    MUST(w, s->live == 0, "%lld allocations are leaked", SEED(w), (long long)s->live);
    trace = s->trace;
    sim_free(s);
    free(w);
    return trace;
}

static void run_one(uint64_t seed)
{
    (void)run(seed);
}

START_TEST(R4_R6_R8_all_is_given_and_committed_whatever_happens)
{
    sim_seeds(SEEDS, 1, 0, run_one);
}
END_TEST

START_TEST(a_seed_replays_exactly)
{
    ck_assert_uint_eq(run(5), run(5));
}
END_TEST

SUITE_MAIN("sim/consumer_groups", 3600, R4_R6_R8_all_is_given_and_committed_whatever_happens,
           a_seed_replays_exactly)
