/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What groups cost, in a simulation: round trips until a new member has its
 * partitions, and how long large groups take.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/apis.h"
#include "tests/sim/group.h"
#include "tests/support/suite.h"

enum { SEC = 1000000, HOP = 10000 /* one way */ };

static struct gm_world w;

static uint64_t requests(int16_t api)
{
    uint64_t n = 0;
    for (int32_t b = 1; b <= 3; b++)
        n += kafc__cluster_requests(w.sim->cluster, b, api);
    return n;
}

static bool has_partitions(void *m)
{
    return ((struct gm *)m)->told[KAFC_GROUP_ASSIGNED] > 0;
}

static bool knows_offsets(void *x)
{
    const struct gm *m = x;
    return m->position[0][0] >= 0 && m->position[0][5] >= 0;
}

/* From subscribe to the start of reading, on brokers that need no time: nothing is asked twice, no timer is waited for,
 * and what can be asked at the same time is. */
START_TEST(a_new_group_needs_few_round_trips)
{
    gm_world_init(&w, 300 + (uint64_t)_i, _i % 2 ? "cooperative-sticky" : "range");
    w.sim->latency_us = HOP;
    w.tick_us = HOP / 10;
    w.patterns = _i > 1;
    w.commit_percent = 0;
    int64_t at = w.sim->now;
    struct gm *x = gm_join(&w, 1);
    ck_assert(sim_run(w.sim, has_partitions, x, 10 * SEC));
    /* a connection, its greeting, FindCoordinator; the same for the coordinator: JoinGroup twice, SyncGroup */
    ck_assert_int_le(w.sim->now - at, (1 + 2 + 2 + 1 + 2 + 2 + 2 + 2) * HOP);
    memset(x->position, -1, sizeof(x->position));
    ck_assert(sim_run(w.sim, knows_offsets, x, 10 * SEC));
    ck_assert_int_le(w.sim->now - at, 17 * HOP);
    ck_assert_uint_eq(requests(KAFC_API_METADATA), 1);
    ck_assert_uint_eq(requests(KAFC_API_FIND_COORDINATOR), 1);
    ck_assert_uint_eq(requests(KAFC_API_JOIN_GROUP), 2);
    ck_assert_uint_eq(requests(KAFC_API_SYNC_GROUP), 1);
    ck_assert_uint_eq(requests(KAFC_API_OFFSET_FETCH), 1);
    ck_assert_uint_eq(requests(KAFC_API_API_VERSIONS), 2);
    gm_world_fini(&w);
}
END_TEST

/* --- Many members --------------------------------------------------------------------------- */

enum { MEMBERS = 100, PARTITIONS = 1000 };

struct one {
    struct sim_event tick;
    struct kafc_core *core;
    struct kafc_group *group;
    bool owns[PARTITIONS];
    int owned, taken; /* now; that were given up or lost */
    bool due;
};

static struct crowd {
    struct sim *sim;
    struct one m[MEMBERS + 1];
    int n;
    int owners[PARTITIONS];
} crowd;

static void heard(void *ctx, const struct kafc_group_notice *n)
{
    struct one *m = ctx;
    ck_assert_msg(n->kind != KAFC_GROUP_FAILED, "%s", n->why ? n->why->message : "");
    for (int32_t i = 0; i < n->n && n->kind != KAFC_GROUP_TOPIC; i++) {
        bool came = n->kind == KAFC_GROUP_ASSIGNED;
        int p = n->v[i].partition;
        ck_assert(m->owns[p] != came);
        m->owns[p] = came;
        m->owned += came ? 1 : -1;
        m->taken += !came;
        crowd.owners[p] += came ? 1 : -1;
        ck_assert_int_le(crowd.owners[p], 1);
    }
    m->due = n->kind == KAFC_GROUP_REVOKED;
}

static void look(void *ctx)
{
    struct one *m = ctx;
    sim_at(crowd.sim, &m->tick, crowd.sim->now + 10000);
    kafc__group_enter(m->group);
    kafc__group_exit(m->group);
    if (m->due)
        kafc__group_settled(m->group);
    m->due = false;
}

static void enters(const struct kafc_assignor *const *assignor)
{
    struct one *m = &crowd.m[crowd.n++];
    struct kafc_core_config core = { .client_id = "many" };
    static const char *const topic = "many";
    m->core = sim_client(crowd.sim, &core);
    struct kafc_group_config cfg = { .mem = crowd.sim->mem,
                                     .group = "g",
                                     .session_timeout_ms = 45000,
                                     .heartbeat_interval_ms = 3000,
                                     .max_poll_interval_ms = 300000,
                                     .assignors = assignor,
                                     .nassignors = 1,
                                     .notice = heard,
                                     .ctx = m };
    m->group = kafc__group_new(m->core, &cfg);
    ck_assert_ptr_nonnull(m->group);
    m->tick = (struct sim_event){ .fire = look, .ctx = m };
    sim_at(crowd.sim, &m->tick, crowd.sim->now + 10000);
    ck_assert_int_eq(kafc__group_subscribe(m->group, &topic, 1, NULL), KAFC_OK);
}

static bool shared_out(void *ctx)
{
    int owned = 0;
    (void)ctx;
    for (int i = 0; i < crowd.n; i++) {
        const struct one *m = &crowd.m[i];
        if (m->group->state != KAFC_GROUP_STABLE || m->group->rejoin_at != INT64_MAX)
            return false;
        owned += m->owned;
    }
    return owned == PARTITIONS && crowd.m[crowd.n - 1].owned >= PARTITIONS / (MEMBERS + 1);
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static const char *const rule[] = { "range", "roundrobin", "sticky", "cooperative-sticky" };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* A hundred come at once; then one more, for whom a cooperative group gives up no more than what goes to it. */
START_TEST(a_hundred_members_over_a_thousand_partitions)
{
    const struct kafc_assignor *assignor = kafc__assignor(rule[_i]);
    bool cooperative = assignor->protocol == KAFC_ASSIGN_COOPERATIVE;
    kafc_mock_options o = { .size = sizeof(o), .brokers = 3, .seed = 1 };
    double t0 = seconds();
    memset(&crowd, 0, sizeof(crowd));
    crowd.sim = sim_new(310 + (uint64_t)_i, &o);
    ck_assert_int_eq(kafc__cluster_create_topic(crowd.sim->cluster, "many", PARTITIONS, 1),
                     KAFC_OK);
    int64_t at = crowd.sim->now;
    for (int i = 0; i < MEMBERS; i++)
        enters(&assignor);
    ck_assert(sim_run(crowd.sim, shared_out, NULL, 60 * SEC));
    int64_t settled = crowd.sim->now - at;
    int taken = 0;
    (void)sim_run(crowd.sim, never, NULL, 20 * SEC); /* until heartbeats are rare */
    for (int i = 0; i < MEMBERS; i++)
        crowd.m[i].taken = 0;
    at = crowd.sim->now;
    enters(&assignor);
    ck_assert(sim_run(crowd.sim, shared_out, NULL, 60 * SEC));
    for (int i = 0; i <= MEMBERS; i++)
        taken += crowd.m[i].taken;
    printf("%s: settles in %.2f s, with one more in %.2f s, %d partitions taken; took %.2f s\n",
           assignor->name, (double)settled / SEC, (double)(crowd.sim->now - at) / SEC, taken,
           seconds() - t0);
    ck_assert_int_lt(settled, 3 * SEC);
    ck_assert_int_lt(crowd.sim->now - at, 4 * SEC); /* a heartbeat, and then at once */
    if (cooperative)
        ck_assert_int_eq(taken, crowd.m[MEMBERS].owned);
    for (int i = 0; i < crowd.n; i++) {
        sim_cancel(crowd.sim, &crowd.m[i].tick);
        kafc__group_free(crowd.m[i].group);
        sim_client_free(crowd.sim, crowd.m[i].core);
    }
    ck_assert_int_eq(crowd.sim->live, 0);
    sim_free(crowd.sim);
}
END_TEST

/* --- Many topics ------------------------------------------------------------------------------ */

enum { TOPICS = SIM_STEP > 1 ? 1000 : 10000 };

static struct {
    int owned, notices;
} lone;

static void hears(void *ctx, const struct kafc_group_notice *n)
{
    (void)ctx;
    lone.owned += n->kind == KAFC_GROUP_ASSIGNED ? n->n : 0;
    lone.notices++;
}

static bool owns_all(void *ctx)
{
    (void)ctx;
    return lone.owned == TOPICS;
}

/* Nothing grows with the square of the topics, neither joining nor the refreshes of the metadata. */
START_TEST(ten_thousand_topics_by_one_expression)
{
    kafc_mock_options o = { .size = sizeof(o), .brokers = 3, .seed = 1 };
    struct kafc_core_config core = { .client_id = "many", .metadata_max_age_us = SEC };
    const struct kafc_assignor *assignor = kafc__assignor("range");
    static const char *const pattern = "^topic-[0-9]+$";
    struct sim *sim = sim_new(330, &o);
    char name[24];
    for (int i = 0; i < TOPICS; i++) {
        snprintf(name, sizeof(name), "topic-%d", i);
        ck_assert_int_eq(kafc__cluster_create_topic(sim->cluster, name, 1, 1), KAFC_OK);
    }
    memset(&lone, 0, sizeof(lone));
    struct kafc_core *c = sim_client(sim, &core);
    struct kafc_group_config cfg = { .mem = sim->mem,
                                     .group = "g",
                                     .session_timeout_ms = 45000,
                                     .heartbeat_interval_ms = 3000,
                                     .max_poll_interval_ms = 300000,
                                     .assignors = &assignor,
                                     .nassignors = 1,
                                     .notice = hears };
    struct kafc_group *g = kafc__group_new(c, &cfg);
    ck_assert(g && kafc__group_subscribe(g, &pattern, 1, NULL) == KAFC_OK);
    clock_t t0 = clock();
    ck_assert(sim_run(sim, owns_all, NULL, 20 * SEC));
    double joined = (double)(clock() - t0) / CLOCKS_PER_SEC;
    (void)sim_run(sim, never, NULL, 10 * SEC);
    double all = (double)(clock() - t0) / CLOCKS_PER_SEC;
    ck_assert_int_eq(lone.notices, 1);
    printf("%d topics: joined in %.2f s of the processor, ten refreshes in %.2f s\n", (int)TOPICS,
           joined, all - joined);
    if (!getenv("KAFC_VALGRIND") && !getenv("ASAN_OPTIONS") && !getenv("TSAN_OPTIONS"))
        ck_assert(joined < 2 && all - joined < 5);
    kafc__group_free(g);
    sim_client_free(sim, c);
    ck_assert_int_eq(sim->live, 0);
    sim_free(sim);
}
END_TEST

SUITE_LOOPS("sim-group-speed", 300, LOOP(a_new_group_needs_few_round_trips, 0, 4),
            LOOP(a_hundred_members_over_a_thousand_partitions, SIM_STEP > 1 ? 3 : 0, 4),
            ONCE(ten_thousand_topics_by_one_expression))
