/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The core alone in the simulation: calls and metadata while everything breaks.
 * SIM_SEED=n runs that seed alone, SIM_LOG=1 prints what the client logs.
 */
#include <stdlib.h>

#include "core/call.h"
#include "protocol/api/03_metadata.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { CALLS = 60, SEEDS = 40 };

struct world;

struct ask {
    struct kafc_call call;
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

static kafc_err look(struct kafc_call *call, kafc_error *err)
{
    struct kafc_metadata_resp resp;
    struct kafc_arena arena;
    kafc_err code;

    kafc__arena_init(&arena, NULL, 0);
    code = kafc__request_decode(&call->rq, &resp, &arena, err);
    if (code == KAFC_OK)
        for (int32_t i = 0; i < resp.topics.n && code == KAFC_OK; i++)
            code = (kafc_err)resp.topics.v[i].error_code;
    kafc__arena_fini(&arena);
    return code;
}

static void finished(struct kafc_call *call, kafc_err code, const kafc_error *err)
{
    struct ask *a = KAFC_CONTAINER(call, struct ask, call);

    (void)err;
    a->finished++;
    a->code = code;
    a->ended = a->w->sim->now;
    a->w->done++;
}

static void start(void *ctx)
{
    struct ask *a = ctx;

    ck_assert(kafc__call_init(&a->call, a->w->core, &kafc_metadata_api, &a->w->req));
    a->call.answer = look;
    a->call.finished = finished;
    a->begun = a->w->sim->now;
    kafc__call_start(&a->call, a->begun + 20000000);
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
        kafc__call_fini(&w->ask[i].call);
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
        w->ask[0].w = w->ask[1].w = w;
        start(&w->ask[0]);
        ck_assert(!sim_run(w->sim, all_done, w, 1000000));
        ck_assert_int_eq(w->ask[0].finished, 1);
        sim_break(w->sim, 0, true);
        start(&w->ask[1]);
        ck_assert(sim_run(w->sim, all_done, w, 20000000));
        ck_assert_int_eq(w->ask[1].code, KAFC_OK);
        ck_assert_int_ge(w->ask[1].ended - w->ask[1].begun, 3000000);
        kafc__call_fini(&w->ask[0].call);
        kafc__call_fini(&w->ask[1].call);
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
