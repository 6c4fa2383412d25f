/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The core alone in the simulation: requests and metadata while everything
 * breaks; who asks tries again until he has an answer.
 * SIM_SEED=n runs that seed alone, SIM_LOG=1 prints what the client logs.
 */
#include <stdlib.h>

#include "core/metadata.h"
#include "protocol/api/03_metadata.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { CALLS = 60, SEEDS = 40, PATIENCE = 20000000, PAUSE = 100000 /* µs */ };

struct world;

struct ask {
    struct kafc_request rq;
    struct world *w;
    struct sim_event start;
    int finished;
    kafc_err code;
    int64_t begun, ended;
};

struct world {
    struct sim *sim;
    struct kafc_core *core;
    struct sim_chaos chaos;
    struct kafc_metadata_req req;
    struct ask ask[CALLS];
    int done;
};

static kafc_err look(struct kafc_request *rq)
{
    struct kafc_metadata_resp resp;
    struct kafc_arena arena;
    kafc_err code = rq->result;

    if (code != KAFC_OK)
        return code;
    kafc__arena_init(&arena, NULL, 0);
    code = kafc__request_decode(rq, &resp, &arena, NULL);
    if (code == KAFC_OK)
        for (int32_t i = 0; i < resp.topics.n && code == KAFC_OK; i++)
            code = (kafc_err)resp.topics.v[i].error_code;
    kafc__arena_fini(&arena);
    return code;
}

static void done(struct kafc_request *rq)
{
    struct ask *a = rq->owner;
    struct sim *sim = a->w->sim;

    a->code = look(rq);
    if (a->code != KAFC_OK && sim->now < a->begun + PATIENCE) {
        sim_at(sim, &a->start, sim->now + PAUSE);
        return;
    }
    a->finished++;
    a->ended = sim->now;
    a->w->done++;
}

static void start(void *ctx)
{
    struct ask *a = ctx;

    kafc__request_init(&a->rq, &kafc_metadata_api, &a->w->req);
    a->rq.done = done;
    a->rq.owner = a;
    a->rq.timeout_us = kafc__core_config(a->w->core)->request_timeout_us;
    a->begun = a->begun ? a->begun : a->w->sim->now;
    kafc__core_send(a->w->core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &a->rq);
}

static bool all_done(void *ctx)
{
    const struct world *w = ctx;

    return w->done == CALLS && w->chaos.healed;
}

static uint64_t run(uint64_t seed)
{
    struct world *w = calloc(1, sizeof(*w));
    struct kafc_core_config cfg = { 0 };
    struct kafc_meta_topic *t;
    uint64_t trace;
    bool ended;

    w->sim = sim_new(seed, KAFC_MOCK(.brokers = 3));
    w->sim->dark_percent = 20;
    ck_assert_int_eq(kafc__cluster_create_topic(w->sim->cluster, "t", 4, 0), KAFC_OK);
    kafc__msg_defaults(&kafc_metadata_req_schema, &w->req);
    w->req.topics.n = -1;
    w->core = sim_client(w->sim, &cfg);
    t = kafc__meta_want(w->core, "t", false);
    for (int i = 0; i < CALLS; i++) {
        w->ask[i].w = w;
        w->ask[i].start = (struct sim_event){ .fire = start, .ctx = &w->ask[i] };
        sim_at(w->sim, &w->ask[i].start, w->sim->now + sim_draw(w->sim, 8000000));
    }
    w->chaos = (struct sim_chaos){ .sim = w->sim,
                                   .topic = "t",
                                   .partitions = 4,
                                   .until = w->sim->now + 8000000,
                                   .pause_us = 150000,
                                   .stops = true,
                                   .moves = true,
                                   .answers = true };
    sim_chaos_start(&w->chaos);
    ended = sim_run(w->sim, all_done, w, 60000000);
    ck_assert_msg(ended, "SIM_SEED=%llu: %d of %d calls ended", (unsigned long long)seed, w->done,
                  CALLS);
    for (int i = 0; i < CALLS; i++) {
        ck_assert_msg(w->ask[i].finished == 1 && w->ask[i].code == KAFC_OK,
                      "SIM_SEED=%llu: call %d ended %d times, with %s after %lld us",
                      (unsigned long long)seed, i, w->ask[i].finished,
                      kafc_err_name(w->ask[i].code),
                      (long long)(w->ask[i].ended - w->ask[i].begun));
    }
    ck_assert_int_eq(t->npartitions, 4);
    kafc__meta_drop(w->core, t, false);
    sim_client_free(w->sim, w->core);
    trace = w->sim->trace;
    sim_free(w->sim);
    free(w);
    return trace;
}

static void run_one(uint64_t seed)
{
    (void)run(seed);
}

START_TEST(calls_end_once_whatever_breaks)
{
    sim_seeds(SEEDS, 1, 0, run_one);
}
END_TEST

START_TEST(C1_a_silent_peer_is_given_up)
{
    /* Every connection falls silent at once; the calls are answered all the same. */
    for (uint64_t seed = 1; seed <= 5; seed++) {
        struct world *w = calloc(1, sizeof(*w));
        struct kafc_core_config cfg = { 0 };

        w->sim = sim_new(seed, KAFC_MOCK(.brokers = 3));
        kafc__msg_defaults(&kafc_metadata_req_schema, &w->req);
        w->core = sim_client(w->sim, &cfg);
        w->chaos.healed = true;
        w->done = CALLS - 2;
        for (int i = 0; i < 2; i++) {
            w->ask[i].w = w;
            w->ask[i].start = (struct sim_event){ .fire = start, .ctx = &w->ask[i] };
        }
        start(&w->ask[0]);
        ck_assert(!sim_run(w->sim, all_done, w, 1000000));
        ck_assert_int_eq(w->ask[0].finished, 1);
        sim_break(w->sim, 0, true);
        start(&w->ask[1]);
        ck_assert(sim_run(w->sim, all_done, w, 20000000));
        ck_assert_int_eq(w->ask[1].code, KAFC_OK);
        ck_assert_int_ge(w->ask[1].ended - w->ask[1].begun, 3000000);
        sim_client_free(w->sim, w->core);
        sim_free(w->sim);
        free(w);
    }
}
END_TEST

START_TEST(a_seed_replays_exactly)
{
    for (uint64_t seed = 1; seed <= 3; seed++) {
        ck_assert_uint_eq(run(seed), run(seed));
        ck_assert_uint_ne(run(seed), run(seed + 1));
    }
}
END_TEST

SUITE_MAIN("sim-calls", 60, calls_end_once_whatever_breaks, C1_a_silent_peer_is_given_up,
           a_seed_replays_exactly)
