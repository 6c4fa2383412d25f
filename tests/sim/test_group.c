/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups of several members against the mock's coordinators, in a simulation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/sim/group.h"
#include "tests/support/suite.h"

enum { SEC = 1000000 };

static struct gm_world w;

#define SETTLES(n, sec) ck_assert_msg(gm_settle(&w, n, (int64_t)(sec)*SEC), "not settled")

START_TEST(members_share_come_and_go)
{
    const char *const a[] = { "roundrobin", "cooperative-sticky" };
    gm_world_init(&w, (uint64_t)_i + 1, a[_i]);
    struct gm *x = gm_join(&w, 2);
    SETTLES(2, 5);
    ck_assert_int_eq(gm_owned(x), 9);
    struct gm *y = gm_join(&w, 2), *z = gm_join(&w, 2);
    SETTLES(2, 20);
    ck_assert_int_eq(gm_owned(x), 3);
    ck_assert_int_eq(gm_owned(y), 3);
    ck_assert_int_eq(gm_owned(z), 3);
    gm_run(&w, 2 * SEC);
    gm_leave(y);
    gm_run(&w, SEC);
    SETTLES(2, 20);
    ck_assert(!y->group && y->told[KAFC_GROUP_LEFT] == 1);
    ck_assert_int_eq(gm_owned(x) + gm_owned(z), 9);
    ck_assert_int_eq(x->lost + y->lost + z->lost, 0);
    ck_assert_int_gt(x->commits, 3);
    ck_assert_int_eq(x->failed_commits + z->failed_commits, 0);
    gm_world_fini(&w);
}
END_TEST

/* KIP-429: what stays is never given up. */
START_TEST(cooperative_members_keep_what_stays)
{
    gm_world_init(&w, 3, "cooperative-sticky");
    struct gm *x = gm_join(&w, 1);
    SETTLES(1, 5);
    gm_run(&w, SEC);
    struct gm *y = gm_join(&w, 1);
    SETTLES(1, 20);
    ck_assert_int_eq(x->revoked, 3);
    ck_assert_int_eq(gm_owned(x), 3);
    ck_assert_int_eq(gm_owned(y), 3);
    int kept = 0;
    for (int p = 0; p < 6; p++)
        kept += x->owns[0][p] && x->position[0][p] > 10;
    ck_assert_int_eq(kept, 3);
    ck_assert_int_eq(x->failed_commits, 0);
    gm_world_fini(&w);
}
END_TEST

/* Whatever a rebalance is at: what stays can be committed all the time, and what goes before it goes. */
START_TEST(R6_no_commit_fails_because_of_a_rebalance)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        gm_world_init(&w, 80 + seed, _i ? "cooperative-sticky" : "sticky");
        w.tick_us = 1000;
        w.commit_percent = 100;
        for (int i = 0; i < 5; i++) {
            (void)gm_join(&w, 2);
            gm_run(&w, SEC);
        }
        gm_leave(&w.m[1]);
        gm_run(&w, SEC);
        SETTLES(2, 20);
        for (int i = 0; i < w.n; i++) {
            ck_assert_int_gt(w.m[i].commits, 20);
            ck_assert_int_eq(w.m[i].failed_commits, 0);
            ck_assert_int_eq(w.m[i].lost, 0);
        }
        gm_world_fini(&w);
    }
}
END_TEST

START_TEST(a_member_that_dies_is_missed_after_its_session)
{
    gm_world_init(&w, 4, "roundrobin");
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(2, 20);
    int64_t at = w.sim->now;
    gm_die(y);
    gm_run(&w, SEC);
    SETTLES(2, 30);
    ck_assert_int_eq(gm_owned(x), 9);
    ck_assert_int_gt(w.sim->now - at, 5 * SEC);
    gm_world_fini(&w);
}
END_TEST

START_TEST(the_coordinator_moves)
{
    gm_world_init(&w, 5, "cooperative-sticky");
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(2, 20);
    for (int32_t b = 1; b <= 3; b++) {
        ck_assert_int_eq(kafc__cluster_set_coordinator(w.sim->cluster, KAFC_MOCK_GROUPS, "g", b),
                         KAFC_OK);
        gm_run(&w, 5 * SEC);
        ck_assert_int_eq(x->group->node, b);
    }
    SETTLES(2, 20);
    ck_assert_int_eq(x->lost + y->lost, 0);
    gm_world_fini(&w);
}
END_TEST

/* A static member that comes back within its session has what it had, and nobody else notices. */
START_TEST(a_static_member_comes_back)
{
    gm_world_init(&w, 6, "roundrobin");
    w.session_ms = 30000;
    w.instance = "a";
    struct gm *x = gm_join(&w, 2);
    w.instance = "b";
    struct gm *y = gm_join(&w, 2);
    SETTLES(2, 20);
    int32_t generation = y->group->generation;
    gm_leave(x); /* does not tell the coordinator */
    gm_run(&w, 2 * SEC);
    ck_assert_ptr_null(x->group);
    w.instance = "a";
    struct gm *z = gm_join(&w, 2);
    SETTLES(2, 20);
    ck_assert_int_gt(gm_owned(z), 0);
    ck_assert_int_eq(y->group->generation, generation);
    w.instance = "a"; /* a second one with the same id: the first is fenced */
    gm_join(&w, 2);
    w.may_overlap = true;
    gm_run(&w, 10 * SEC);
    ck_assert_int_eq(z->told[KAFC_GROUP_FAILED], 1);
    ck_assert_int_eq(z->why, KAFC_ERR_FENCED_INSTANCE_ID);
    ck_assert_int_eq(gm_owned(z), 0);
    gm_world_fini(&w);
}
END_TEST

START_TEST(a_static_member_leaves_when_asked_to)
{
    gm_world_init(&w, 7, "roundrobin");
    w.leave_static = true;
    w.session_ms = 60000;
    w.instance = "a";
    struct gm *x = gm_join(&w, 2);
    w.instance = "b";
    struct gm *y = gm_join(&w, 2);
    SETTLES(2, 20);
    gm_leave(x);
    gm_run(&w, SEC);
    SETTLES(2, 20);
    ck_assert_int_eq(gm_owned(y), 9);
    gm_world_fini(&w);
}
END_TEST

/* Rule R8: whoever does not come back loses the membership, and joins again when he does. */
START_TEST(R8_a_caller_that_does_not_come_back)
{
    gm_world_init(&w, 8, "roundrobin");
    w.poll_ms = 12000;
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(2, 20);
    x->stalls = true;
    gm_run(&w, 11 * SEC);
    ck_assert_int_eq(x->lost, 0);
    gm_run(&w, 3 * SEC);
    ck_assert_int_eq(gm_owned(x), 0);
    ck_assert_int_gt(x->lost, 0);
    ck_assert_str_eq(kafc__group_state_name(x->group), "AWAY");
    kafc_error why;
    ck_assert(kafc__group_why(x->group, &why) && strstr(why.message, "max.poll.interval.ms"));
    gm_run(&w, 5 * SEC);
    ck_assert_int_eq(gm_owned(y), 9);
    x->stalls = false;
    gm_run(&w, SEC);
    SETTLES(2, 20);
    ck_assert_int_gt(gm_owned(x), 0);
    gm_world_fini(&w);
}
END_TEST

START_TEST(a_topic_that_is_made_anew_with_more_partitions)
{
    gm_world_init(&w, 9, "roundrobin");
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(2, 20);
    ck_assert_int_eq(kafc__cluster_delete_topic(w.sim->cluster, "u"), KAFC_OK);
    for (int p = 0; p < 3; p++)
        w.committed[1][p] = -1;
    ck_assert_int_eq(kafc__cluster_create_topic(w.sim->cluster, "u", 5, 1), KAFC_OK);
    w.parts[1] = 5;
    kafc__meta_stale(x->core);
    kafc__meta_stale(y->core);
    gm_run(&w, SEC);
    SETTLES(2, 20);
    ck_assert_int_eq(gm_owned(x) + gm_owned(y), 11);
    gm_world_fini(&w);
}
END_TEST

START_TEST(another_subscription)
{
    const char *const a[] = { "roundrobin", "cooperative-sticky" };
    gm_world_init(&w, (uint64_t)_i + 10, a[_i]);
    struct gm *x = gm_join(&w, 1);
    SETTLES(1, 20);
    int revoked = x->revoked;
    gm_subscribe(x, 1); /* rule R1: the same set */
    gm_run(&w, SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_ASSIGNED], 1);
    gm_subscribe(x, 2);
    gm_run(&w, SEC / 100);
    SETTLES(2, 20);
    ck_assert_int_eq(x->revoked - revoked, _i ? 0 : 6);
    revoked = x->revoked;
    gm_subscribe(x, 1);
    gm_run(&w, SEC / 100);
    SETTLES(1, 20);
    ck_assert_int_eq(x->revoked - revoked, _i ? 3 : 9);
    kafc__group_leave(x->group);
    gm_run(&w, SEC);
    ck_assert_str_eq(kafc__group_state_name(x->group), "IDLE");
    ck_assert_int_eq(x->told[KAFC_GROUP_LEFT], 1);
    gm_subscribe(x, 2);
    gm_run(&w, SEC / 100);
    SETTLES(2, 20);
    gm_world_fini(&w);
}
END_TEST

/* --- What is counted and told ------------------------------------------------------------------ */

static struct {
    int lines; /* with a transition */
    char last[300];
} told;

static void transition(void *ctx, kafc_log_level level, const char *line)
{
    const char *arrow = strstr(line, " -> "), *why = arrow ? strstr(arrow, ": ") : NULL;
    (void)ctx, (void)level;
    if (!arrow || strncmp(line, "[cgrp] group g: ", 16) != 0)
        return;
    ck_assert_msg(why && strlen(why) > 4, "no reason: %s", line);
    told.lines++;
    snprintf(told.last, sizeof(told.last), "%s", line);
}

static int silences;

static void silence(void *ctx, kafc_log_level level, const char *line)
{
    const char *said = strstr(line, "no heartbeat was answered");
    (void)ctx, (void)level;
    if (!said)
        return;
    silences++;
    ck_assert_msg(!strstr(said + 1, "no heartbeat"), "%s", line);
}

/* However many sessions the brokers are away, the log says so once. */
START_TEST(a_long_silence_is_told_once)
{
    silences = 0;
    gm_world_init(&w, 17, "range");
    w.log = (struct kafc_logger){ .level = KAFC_LOG_WARN, .sink = silence };
    (void)gm_join(&w, 2);
    SETTLES(2, 20);
    for (int round = 1; round <= 2; round++) {
        for (int32_t b = 1; b <= 3; b++)
            sim_block(w.sim, b, 60 * SEC);
        gm_run(&w, 60 * SEC);
        ck_assert_int_eq(silences, round);
        gm_run(&w, 5 * SEC);
        SETTLES(2, 60);
    }
    gm_world_fini(&w);
}
END_TEST

START_TEST(every_transition_is_counted_and_logged)
{
    memset(&told, 0, sizeof(told));
    gm_world_init(&w, 12, "cooperative-sticky");
    w.log = (struct kafc_logger){ .level = KAFC_LOG_DEBUG, .sink = transition };
    struct gm *x = gm_join(&w, 2);
    w.log.sink = NULL;
    SETTLES(2, 10);
    ck_assert_str_eq(told.last, "[cgrp] group g: SYNCING -> STABLE: generation 1, 9 partitions assigned");
    (void)gm_join(&w, 2);
    gm_run(&w, SEC);
    SETTLES(2, 20);
    ck_assert_int_eq(kafc__cluster_kick(w.sim->cluster, "g", x->group->id), KAFC_OK);
    gm_run(&w, 3 * SEC);
    SETTLES(2, 20);
    gm_run(&w, 5 * SEC);
    kafc_member_stats n = { .size = sizeof(n) };
    kafc__metrics_get(&kafc__group_metrics, x->group, &n);
    uint64_t sum = 0;
    for (int i = 0; i < KAFC_GROUP_STATES; i++)
        sum += n.entered[i];
    ck_assert_uint_eq(sum, (uint64_t)told.lines);
    ck_assert_uint_ge(n.entered[KAFC_GROUP_STABLE], 3);
    ck_assert_uint_ge(n.rebalances, n.entered[KAFC_GROUP_STABLE]);
    ck_assert_uint_eq(n.expelled, 1);
    ck_assert_uint_eq(n.owned, (uint64_t)gm_owned(x));
    ck_assert_uint_eq(n.assigned - n.revoked - n.lost, n.owned);
    ck_assert_uint_eq(n.revoked, (uint64_t)x->revoked);
    ck_assert_uint_eq(n.lost, (uint64_t)x->lost);
    ck_assert(n.commits >= (uint64_t)x->commits && n.commits_failed >= (uint64_t)x->failed_commits);
    ck_assert_uint_gt(n.heartbeats, 2);
    ck_assert_uint_eq(n.sync_time_us.count, n.rebalances);
    ck_assert_uint_eq(n.join_time_us.count, n.entered[KAFC_GROUP_SYNCING]);
    ck_assert_uint_eq(n.rebalance_time_us.count, n.entered[KAFC_GROUP_STABLE]);
    ck_assert_uint_ge(n.rebalance_time_us.max, n.join_time_us.max);
    ck_assert_uint_gt(n.commit_time_us.p50, 0);
    gm_world_fini(&w);
}
END_TEST

/* --- Rule R6, and offsets ---------------------------------------------------------------------- */

static struct {
    int done;
    kafc_err code;
    char text[500];
} end[3];

static void ended(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    long i = (long)(intptr_t)call->owner;
    end[i].done++;
    end[i].code = code;
    snprintf(end[i].text, sizeof(end[i].text), "%s", err ? err->message : "");
}

static struct kafc_group_call call[3];
static struct kafc_group_mark mark[3];

/* t [0], of the member; true: without an error. */
static bool asks(struct gm *m, int i, bool fetch, uint64_t stamp, int64_t offset)
{
    mark[i] = (struct kafc_group_mark){
        .topic = "t", .stamp = stamp, .offset = offset, .leader_epoch = 4, .metadata = "me"
    };
    call[i] = (struct kafc_group_call){ .fetch = fetch,
                                        .v = &mark[i],
                                        .n = 1,
                                        .done = ended,
                                        .deadline = w.sim->now + 5 * SEC,
                                        .owner = (void *)(intptr_t)i };
    end[i].done = 0;
    w.invented = true;
    kafc__group_call(m->group, &call[i]);
    gm_run(&w, SEC);
    return end[i].done == 1 && end[i].code == KAFC_OK;
}

static uint64_t commits_sent(void)
{
    uint64_t n = 0;
    for (int32_t b = 1; b <= 3; b++)
        n += kafc__cluster_requests(w.sim->cluster, b, 8);
    return n;
}

START_TEST(R6_a_commit_of_a_lost_membership_is_refused_and_never_sent)
{
    gm_world_init(&w, 70, "roundrobin");
    struct gm *x = gm_join(&w, 1);
    SETTLES(1, 10);
    x->idle = true;
    uint64_t old = x->stamp;
    ck_assert(asks(x, 0, false, old, 5));
    ck_assert_int_eq(kafc__cluster_kick(w.sim->cluster, "g", NULL), KAFC_OK);
    gm_run(&w, 3 * SEC);
    SETTLES(1, 10);
    ck_assert(x->lost == 6 && x->stamp > old);
    uint64_t sent = commits_sent();
    ck_assert(!asks(x, 0, false, old, 3) && end[0].code == KAFC_ERR_NOT_ASSIGNED);
    ck_assert(strstr(end[0].text, "t [0]") != NULL);
    ck_assert_uint_eq(commits_sent(), sent);
    ck_assert(!asks(x, 0, true, old, 0) && end[0].code == KAFC_ERR_NOT_ASSIGNED);
    ck_assert(asks(x, 0, false, x->stamp, 7));
    ck_assert_uint_eq(commits_sent(), sent + 1);
    gm_world_fini(&w);
}
END_TEST

START_TEST(R6_a_partition_that_was_kept_can_be_committed)
{
    gm_world_init(&w, 71, "cooperative-sticky");
    struct gm *x = gm_join(&w, 1);
    SETTLES(1, 10);
    uint64_t old = x->stamp;
    x->idle = true;
    struct gm *y = gm_join(&w, 1);
    SETTLES(1, 20);
    ck_assert_uint_gt(x->stamp, old);
    bool kept = x->owns[0][0];
    ck_assert_int_eq(asks(x, 0, false, old, 9), kept);
    y->idle = true;
    ck_assert_int_eq(asks(y, 0, false, y->stamp, 9), !kept);
    gm_world_fini(&w);
}
END_TEST

/* Rule R13: without a subscription they are nobody's, and the group has no members then. */
START_TEST(R13_offsets_outside_of_any_membership)
{
    gm_world_init(&w, 72, "range");
    struct gm *x = gm_join(&w, 1);
    x->idle = true;
    kafc__group_leave(x->group); /* before it has begun */
    gm_run(&w, SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_ASSIGNED], 0);
    ck_assert(asks(x, 0, false, 0, 11));
    ck_assert(asks(x, 1, true, 0, 0));
    ck_assert_int_eq(mark[1].offset, 11);
    ck_assert(!asks(x, 0, false, 77, 12)); /* of a membership that there is not */
    ck_assert_int_eq(end[0].code, KAFC_ERR_NOT_ASSIGNED);
    struct gm *y = gm_join(&w, 1);
    y->idle = true;
    gm_run(&w, 3 * SEC);
    ck_assert_int_eq(gm_owned(y), 6);
    ck_assert(!asks(x, 0, false, 0, 13)); /* it has members now */
    ck_assert_int_eq(end[0].code, KAFC_ERR_UNKNOWN_MEMBER_ID);
    gm_world_fini(&w);
}
END_TEST

START_TEST(a_call_ends_in_time_or_is_cancelled)
{
    gm_world_init(&w, 73, "range");
    struct gm *x = gm_join(&w, 1);
    SETTLES(1, 10);
    x->idle = true;
    for (int32_t b = 1; b <= 3; b++)
        sim_block(w.sim, b, 20 * SEC);
    ck_assert(!asks(x, 0, false, x->stamp, 1) && !asks(x, 1, false, x->stamp, 2) &&
              !asks(x, 2, true, x->stamp, 0));
    ck_assert(end[0].done == 0 && end[1].done == 0 && end[2].done == 0);
    kafc__group_cancel(x->group, &call[1]);
    gm_run(&w, 6 * SEC);
    ck_assert(end[0].done == 1 && end[0].code == KAFC_ERR_TIMED_OUT);
    ck_assert(end[1].done == 0);
    ck_assert(end[2].done == 1 && end[2].code == KAFC_ERR_TIMED_OUT);
    gm_run(&w, 30 * SEC);
    ck_assert(asks(x, 1, false, x->stamp, 3));
    gm_world_fini(&w);
}
END_TEST

/* --- Brokers of another age, and no memory ---------------------------------------------------- */

static const char *const release[] = { "0.10.0", "0.10.1", "0.11", "1.1", "2.1", "2.8" };

START_TEST(with_older_brokers)
{
    for (int i = 0; i < 2; i++) {
        gm_world_init(&w, 40 + (uint64_t)_i, i ? "cooperative-sticky" : "roundrobin");
        ck_assert_int_eq(kafc__cluster_set_release(w.sim->cluster, release[_i]), KAFC_OK);
        struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
        SETTLES(2, 30);
        gm_run(&w, 2 * SEC);
        ck_assert_int_gt(x->commits + y->commits, 2);
        ck_assert_int_eq(x->failed_commits + y->failed_commits, 0);
        ck_assert_int_ge(w.committed[0][0], 1);
        gm_leave(y);
        gm_run(&w, SEC);
        SETTLES(2, 20);
        ck_assert_int_eq(gm_owned(x), 9);
        gm_world_fini(&w);
    }
}
END_TEST

/* An instance id needs 2.3. Brokers before 0.10 do not say what they know. */
START_TEST(what_a_broker_is_too_old_for)
{
    gm_world_init(&w, 50, "roundrobin");
    ck_assert_int_eq(kafc__cluster_set_release(w.sim->cluster, _i ? "2.1" : "0.9"), KAFC_OK);
    w.instance = _i ? "a" : NULL;
    struct gm *x = gm_join(&w, 2);
    gm_run(&w, 3 * SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_FAILED], 1);
    gm_world_fini(&w);
}
END_TEST

/* Each allocation of a membership fails once. */
START_TEST(each_allocation_may_fail)
{
    int64_t total = 1;
    for (int64_t n = 0; n <= total; n += n < 200 ? 1 : 7) {
        gm_world_init(&w, 60, _i % 2 ? "cooperative-sticky" : "roundrobin");
        w.rack = _i > 1 ? "east" : NULL;
        w.patterns = _i > 1;
        for (int32_t b = 1; b <= 3; b++)
            ck_assert_int_eq(kafc__cluster_set_rack(w.sim->cluster, b, b % 2 ? "east" : "west"),
                             KAFC_OK);
        struct gm *x = gm_join(&w, 2);
        w.may_overlap = true;
        w.sim->asked = 0;
        w.sim->fail_at = n;
        SETTLES(2, 30);
        gm_run(&w, SEC);
        kafc__group_leave(x->group);
        gm_run(&w, SEC);
        total = n == 0 ? w.sim->asked : total;
        ck_assert_msg(x->told[KAFC_GROUP_LEFT] == 1 && x->told[KAFC_GROUP_FAILED] == 0,
                      "allocation %lld", (long long)n);
        gm_world_fini(&w);
    }
    ck_assert_int_gt(total, 50);
}
END_TEST

/* --- Every code in every answer --------------------------------------------------------------- */

static const int16_t api[] = { 10, 11, 14, 12, 8, 9, 13 };

static int16_t pushed_api;
static int16_t pushed;

static void stir(struct gm *x, struct gm *y)
{
    kafc__cluster_push_error(w.sim->cluster, pushed_api, (kafc_err)pushed, 1);
    if (pushed_api == 10)
        (void)kafc__cluster_set_coordinator(w.sim->cluster, KAFC_MOCK_GROUPS, "g",
                                            x->group->node % 3 + 1);
    if (pushed_api == 11 || pushed_api == 14)
        (void)kafc__cluster_rebalance(w.sim->cluster, "g");
    if (pushed_api == 9)
        x->position[0][0] = y->position[0][0] = -1;
    if (pushed_api == 13)
        kafc__group_leave(x->group);
}

/* A member goes on, or fails with the code, as the table says; the other one is not disturbed for long. */
START_TEST(every_code_of_every_api)
{
    pushed_api = api[_i];
    for (pushed = -1; pushed <= 133; pushed++) {
        if (pushed == 0)
            continue;
        gm_world_init(&w, 100 + (uint64_t)pushed, pushed % 2 ? "roundrobin" : "cooperative-sticky");
        w.may_overlap = true;
        struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
        SETTLES(2, 20);
        gm_run(&w, SEC);
        stir(x, y);
        gm_run(&w, 8 * SEC);
        enum kafc_group_reaction what = kafc__group_reaction(pushed_api, (kafc_err)pushed);
        bool fails = what == KAFC_GROUP_FATAL;
        int failed = x->told[KAFC_GROUP_FAILED] + y->told[KAFC_GROUP_FAILED];
        ck_assert_msg(failed == fails, "code %d of API %d: %d failed", pushed, pushed_api, failed);
        if (fails)
            ck_assert_int_eq(x->told[KAFC_GROUP_FAILED] ? x->why : y->why, pushed);
        gm_subscribe(x, 2);
        gm_subscribe(y, 2);
        gm_run(&w, SEC / 100);
        ck_assert_msg(gm_settle(&w, 2, 30 * SEC), "code %d of API %d: not settled", pushed,
                      pushed_api);
        gm_world_fini(&w);
    }
}
END_TEST

SUITE_LOOPS("sim-group", 3600, LOOP(members_share_come_and_go, 0, 2),
            ONCE(cooperative_members_keep_what_stays),
            LOOP(R6_no_commit_fails_because_of_a_rebalance, 0, 2),
            ONCE(a_member_that_dies_is_missed_after_its_session), ONCE(the_coordinator_moves),
            ONCE(a_static_member_comes_back), ONCE(a_static_member_leaves_when_asked_to),
            ONCE(R8_a_caller_that_does_not_come_back), ONCE(a_long_silence_is_told_once),
            ONCE(a_topic_that_is_made_anew_with_more_partitions), LOOP(another_subscription, 0, 2),
            ONCE(every_transition_is_counted_and_logged),
            ONCE(R6_a_commit_of_a_lost_membership_is_refused_and_never_sent),
            ONCE(R6_a_partition_that_was_kept_can_be_committed),
            ONCE(R13_offsets_outside_of_any_membership), ONCE(a_call_ends_in_time_or_is_cancelled),
            LOOP(with_older_brokers, 0, (int)(sizeof(release) / sizeof(release[0]))),
            LOOP(what_a_broker_is_too_old_for, 0, 2), LOOP(each_allocation_may_fail, 0, 4),
            LOOP(every_code_of_every_api, 0, (int)(sizeof(api) / sizeof(api[0]))))
