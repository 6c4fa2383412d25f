/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A consumer with a group, by itself and under a virtual clock: what is told
 * and what is overtaken, when it commits, what it asks.
 */
#include <stdlib.h>

#include "client/options.h"
#include "core/assignor.h"
#include "core/consumer_group_internal.h"
#include "core/group_internal.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { PARTS = 4, RECORDS = 10, SECOND = 1000000, OFFSET_COMMIT = 8, OFFSET_FETCH = 9 };

struct seat { /* of a member */
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_consumer *consumer;
    struct kafc_consumer_group *cg;
    int told[4], parts[4]; /* notices and partitions in them, by kind */
    kafc_err why;          /* of the last LOST, or of what fetch would return */
    int got;
    kafc_message last;
};

static void on_ready(void *ctx)
{
    (void)ctx;
}

static struct sim *cluster(void)
{
    struct sim *s = sim_new(1, KAFC_MOCK(.brokers = 1));
    kafc_message m = { .value = KAFC_STR("x") };

    ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, "t", PARTS, 1), KAFC_OK);
    for (int i = 0; i < PARTS * RECORDS; i++)
        ck_assert_int_eq(kafc__cluster_append(s->cluster, "t", i % PARTS, &m, 1, -1), KAFC_OK);
    return s;
}

static void sit_down(struct seat *m, struct sim *s, const char *const *assignor,
                     int32_t max_poll_ms)
{
    struct kafc_consumer_config cfg = { .mem = s->mem, .on_ready = on_ready };
    struct kafc_core_config core = { .client_id = "member" };
    static const struct kafc_assignor *assignors[1];
    static const char *const topics[] = { "t" };
    kafc_reader_options o;
    kafc_error err;

    kafc_reader_options_init(&o);
    ck_assert_int_eq(kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &err), KAFC_OK);
    assignors[0] = kafc__assignor(*assignor);
    struct kafc_consumer_group_config group = {
        .mem = s->mem,
        .group = { .mem = s->mem,
                   .group = "g",
                   .session_timeout_ms = 10000,
                   .heartbeat_interval_ms = 1000,
                   .max_poll_interval_ms = max_poll_ms,
                   .assignors = assignors,
                   .nassignors = 1 },
        .commit_interval_ms = 5000,
    };
    *m = (struct seat){ .sim = s };
    m->core = sim_client(s, &core);
    m->consumer = kafc__consumer_new(m->core, &cfg);
    m->cg = kafc__cg_new(m->core, m->consumer, &group);
    ck_assert_ptr_nonnull(m->cg);
    ck_assert_int_eq(kafc__cg_subscribe(m->cg, topics, 1, &err), KAFC_OK);
}

static void stand_up(struct seat *m)
{
    kafc__cg_free(m->cg);
    kafc__consumer_free(m->consumer);
    sim_client_free(m->sim, m->core);
}

static bool tell(struct seat *m)
{
    struct kafc_cg_notice n;

    if (!kafc__cg_take(m->cg, &n))
        return false;
    m->told[n.kind]++;
    m->parts[n.kind] += n.n;
    if (n.kind == KAFC_LOST || n.kind == 0)
        m->why = n.why.code;
    kafc__cg_answer(m->cg, &n);
    return n.kind != 0;
}

/* Takes what is there; marks it or not. Like a fetch that does not wait, over and over. */
static void take(struct seat *m, bool marks)
{
    kafc_error err;
    kafc_err code;

    atomic_fetch_add(kafc__group_polls(kafc__cg_group(m->cg)), 1);
    do {
        code = kafc__consumer_next(kafc__consumer_taker(m->consumer), &m->last, &err);
        m->got += code == KAFC_OK;
        if (code == KAFC_OK && marks)
            ck_assert_int_eq(
                kafc__cg_mark(m->cg, kafc__consumer_taker(m->consumer), &m->last, &err), KAFC_OK);
        if (code == KAFC_ERR_REBALANCE_IN_PROGRESS && !tell(m))
            return;
    } while (code == KAFC_OK || code == KAFC_ERR_REBALANCE_IN_PROGRESS);
    if (code != KAFC_ERR_WOULD_BLOCK)
        m->why = code;
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static bool never(void *ctx)
{
    (void)ctx;
    return false;
}

static void pass(struct sim *s, int64_t us)
{
    struct sim_event end = { .fire = nothing };

    sim_at(s, &end, s->now + us);
    (void)sim_run(s, never, NULL, us);
    sim_cancel(s, &end);
}

/* Until it has read n messages. */
static void read_on(struct seat *m, int n, bool marks)
{
    for (int i = 0; m->got < n; i++) {
        ck_assert_int_lt(i, 1000);
        take(m, marks);
        pass(m->sim, 10000);
    }
    ck_assert_int_eq(m->got, n);
}

static int64_t committed(struct sim *s, int32_t partition)
{
    int64_t at = -1;

    (void)kafc__cluster_committed(s->cluster, "g", "t", partition, &at);
    return at;
}

static int commits(struct sim *s)
{
    return (int)kafc__cluster_requests(s->cluster, 0, OFFSET_COMMIT);
}

static const char *const range = "range", *const cooperative = "cooperative-sticky";

/* --- Commits -------------------------------------------------------------------------------- */

START_TEST(R4_the_interval_commits_once_what_is_marked_and_then_rests)
{
    struct sim *s = cluster();
    struct seat m;

    sit_down(&m, s, &range, 300000);
    read_on(&m, PARTS * RECORDS, false);
    pass(s, 60 * SECOND);
    ck_assert_int_eq(commits(s), 0);
    ck_assert_int_eq(kafc__cg_mark(m.cg, kafc__consumer_taker(m.consumer), &m.last, NULL), KAFC_OK);
    pass(s, 4 * SECOND);
    ck_assert_int_eq(commits(s), 0);
    pass(s, 2 * SECOND);
    ck_assert_int_eq(commits(s), 1);
    ck_assert_int_eq(committed(s, m.last.partition), RECORDS);
    pass(s, 60 * SECOND);
    ck_assert_int_eq(commits(s), 1);
    ck_assert_int_eq(m.cg->interval_at, INT64_MAX); /* it is not even looked */
    stand_up(&m);
    sim_free(s);
}
END_TEST

START_TEST(R4_a_commit_by_itself_that_fails_is_made_again)
{
    struct sim *s = cluster();
    struct seat m;

    sit_down(&m, s, &range, 300000);
    read_on(&m, PARTS * RECORDS, true);
    ck_assert_int_eq(
        kafc__cluster_push_error(s->cluster, OFFSET_COMMIT, KAFC_ERR_INVALID_COMMIT_OFFSET_SIZE, 1),
        KAFC_OK);
    pass(s, 6 * SECOND);
    ck_assert_int_eq(commits(s), 1);
    ck_assert_int_eq(committed(s, 0), -1);
    pass(s, 6 * SECOND);
    ck_assert_int_eq(commits(s), 2);
    for (int32_t p = 0; p < PARTS; p++)
        ck_assert_int_eq(committed(s, p), RECORDS);
    stand_up(&m);
    sim_free(s);
}
END_TEST

static void leave_without_commit(kafc_err code, int32_t times, kafc_err told)
{
    struct sim *s = cluster();
    struct seat m;
    kafc_error err;

    sit_down(&m, s, &range, 300000);
    read_on(&m, PARTS * RECORDS, true);
    ck_assert_int_eq(kafc__cluster_push_error(s->cluster, OFFSET_COMMIT, code, times), KAFC_OK);
    kafc__cg_leave(m.cg, true, false, s->now + SECOND);
    for (int i = 0; !kafc__cg_is_out(m.cg); i++) {
        ck_assert_int_lt(i, 1000);
        take(&m, false);
        pass(s, 10000);
    }
    ck_assert_int_eq(kafc__cg_leave_result(m.cg, &err), told);
    ck_assert_msg(strstr(err.message, "t [0]") != NULL, "%s", err.message);
    ck_assert_int_eq(m.parts[KAFC_REVOKED], PARTS);
    stand_up(&m);
    sim_free(s);
}

START_TEST(R4_leaving_tells_of_the_commit_that_failed)
{
    leave_without_commit(KAFC_ERR_OFFSET_METADATA_TOO_LARGE, 1, KAFC_ERR_OFFSET_METADATA_TOO_LARGE);
    leave_without_commit(KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1000, KAFC_ERR_TIMED_OUT);
}
END_TEST

/* --- Notices ---------------------------------------------------------------------------------- */

START_TEST(R8_what_was_never_told_to_have_come_goes_untold)
{
    struct sim *s = cluster();
    struct seat m;

    sit_down(&m, s, &range, 300000);
    pass(s, SECOND);
    ck_assert(m.consumer->attention);
    kafc__cg_leave(m.cg, false, false, s->now + 10 * SECOND);
    pass(s, SECOND); /* nobody answers, and there is nothing to answer */
    ck_assert(kafc__cg_is_out(m.cg));
    take(&m, false);
    for (int k = 0; k < 4; k++)
        ck_assert_int_eq(m.told[k], 0);
    ck_assert_int_eq(m.got, 0);
    stand_up(&m);
    sim_free(s);
}
END_TEST

/* Told to go, and lost before anybody hears of it: one notice. Nothing that was fetched of it comes. */
static void overtake(const char *const *assignor)
{
    struct sim *s = cluster();
    struct seat m, other;

    sit_down(&m, s, assignor, 300000);
    for (int i = 0; m.told[KAFC_ASSIGNED] == 0; i++) {
        ck_assert_int_lt(i, 100);
        (void)tell(&m);
        pass(s, 10000);
    }
    pass(s, SECOND); /* messages are here */
    sit_down(&other, s, assignor, 300000);
    for (int i = 0; !m.cg->revoking; i++) {
        ck_assert_int_lt(i, 100);
        pass(s, SECOND / 10);
    }
    ck_assert_int_eq(kafc__cluster_kick(s->cluster, "g", NULL), KAFC_OK);
    pass(s, 5 * SECOND);
    ck_assert(tell(&m));
    ck_assert_int_eq(m.told[KAFC_LOST], 1);
    ck_assert_int_eq(m.parts[KAFC_LOST], PARTS);
    ck_assert_int_eq(m.told[KAFC_REVOKED], 0);
    ck_assert_int_eq(m.why, KAFC_ERR_UNKNOWN_MEMBER_ID);
    for (int i = 0; m.got + other.got < PARTS * RECORDS; i++) {
        ck_assert_int_lt(i, 1000);
        take(&m, false);
        take(&other, false);
        pass(s, 20000);
    }
    pass(s, SECOND);
    take(&m, false);
    take(&other, false);
    ck_assert_int_eq(m.told[KAFC_LOST], 1);
    stand_up(&m);
    stand_up(&other);
    sim_free(s);
}

START_TEST(R8_lost_overtakes_revoked)
{
    overtake(&range);
}
END_TEST

START_TEST(R8_a_caller_that_only_takes_is_there)
{
    struct sim *s = cluster();
    struct seat m;

    sit_down(&m, s, &range, 1000);
    for (int i = 0; i < 100; i++) { /* ten times as long */
        take(&m, false);
        pass(s, SECOND / 10);
    }
    ck_assert_int_eq(m.told[KAFC_LOST], 0);
    ck_assert_int_eq(m.told[KAFC_ASSIGNED], 1);
    pass(s, 5 * SECOND);
    take(&m, false);
    ck_assert_int_eq(m.parts[KAFC_LOST], PARTS);
    ck_assert_int_eq(m.told[0], 1);
    ck_assert_int_eq(m.why, KAFC_ERR_MAX_POLL_EXCEEDED);
    kafc__group_enter(kafc__cg_group(m.cg));
    kafc__group_exit(kafc__cg_group(m.cg));
    read_on(&m, 2 * PARTS * RECORDS, false); /* it has joined anew; nothing was committed */
    ck_assert_int_eq(m.told[0], 1);
    stand_up(&m);
    sim_free(s);
}
END_TEST

START_TEST(R1_who_leaves_at_once_is_out)
{
    struct sim *s = cluster();
    struct seat m;

    sit_down(&m, s, &range, 300000);
    kafc__cg_leave(m.cg, false, false, s->now + 10 * SECOND); /* the group has not begun yet */
    pass(s, SECOND);
    ck_assert(kafc__cg_is_out(m.cg));
    stand_up(&m);
    sim_free(s);
}
END_TEST

/* One of them could not be read for want of memory, and is tried again while some are to go. */
static void not_read_yet(int32_t id)
{
    struct sim *s = cluster();
    struct seat m, other;

    sit_down(&m, s, &cooperative, 300000);
    for (int i = 0; m.parts[KAFC_ASSIGNED] < PARTS; i++) {
        ck_assert_int_lt(i, 100);
        (void)tell(&m);
        pass(s, 10000);
    }
    kafc__cp_give_up(kafc__cp_find(m.consumer, "t", id));
    kafc__place_drop(kafc__place_find(m.consumer, "t", id));
    m.cg->short_of_memory = true;
    m.cg->retry_at = s->now + 20 * SECOND;
    kafc__cg_set_timer(m.cg);
    sit_down(&other, s, &cooperative, 300000);
    for (int i = 0; !m.cg->revoking; i++) {
        ck_assert_int_lt(i, 100);
        pass(s, SECOND / 10);
    }
    pass(s, 30 * SECOND);
    for (int i = 0; other.parts[KAFC_ASSIGNED] < PARTS / 2 || i < 100; i++) {
        ck_assert_int_lt(i, 1000);
        take(&m, false);
        take(&other, false);
        pass(s, SECOND / 10);
    }
    for (int32_t p = 0; p < PARTS; p++)
        ck_assert_int_eq(kafc__cp_find(m.consumer, "t", p) != NULL,
                         kafc__group_owns(kafc__cg_group(m.cg), "t", p, 0));
    stand_up(&m);
    stand_up(&other);
    sim_free(s);
}

START_TEST(what_goes_before_there_was_memory_to_read_it_is_not_read)
{
    for (int32_t p = 0; p < PARTS; p++)
        not_read_yet(p);
}
END_TEST

/* --- Where partitions start --------------------------------------------------------------------- */

START_TEST(one_request_asks_for_all_and_cooperative_ones_for_the_new_ones)
{
    struct sim *s = cluster();
    struct seat m, other;

    sit_down(&m, s, &cooperative, 300000);
    read_on(&m, PARTS * RECORDS, true);
    ck_assert_uint_eq(kafc__cluster_requests(s->cluster, 0, OFFSET_FETCH), 1);
    sit_down(&other, s, &cooperative, 300000);
    for (int i = 0; other.parts[KAFC_ASSIGNED] < PARTS / 2; i++) {
        ck_assert_int_lt(i, 1000);
        take(&m, true);
        take(&other, true);
        pass(s, 20000);
    }
    pass(s, SECOND);
    take(&m, false);
    take(&other, false);
    ck_assert_int_eq(other.got, 0); /* what was marked was committed before */
    ck_assert_int_eq(m.got, PARTS * RECORDS);
    ck_assert_int_eq(m.parts[KAFC_REVOKED], PARTS / 2);
    ck_assert_uint_eq(kafc__cluster_requests(s->cluster, 0, OFFSET_FETCH), 2);
    stand_up(&m);
    stand_up(&other);
    sim_free(s);
}
END_TEST

START_TEST(R12_a_topic_that_is_denied_is_told_once_and_read_when_it_may)
{
    struct sim *s = cluster();
    struct seat m;

    sit_down(&m, s, &range, 300000);
    ck_assert_int_eq(
        kafc__cluster_push_error(s->cluster, OFFSET_FETCH, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, 5),
        KAFC_OK);
    for (int i = 0; m.why == KAFC_OK; i++) {
        ck_assert_int_lt(i, 100);
        take(&m, false);
        pass(s, 10000);
    }
    ck_assert_int_eq(m.why, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_str_eq(m.last.topic, "t");
    m.why = KAFC_OK;
    read_on(&m, PARTS * RECORDS, false);
    ck_assert_int_eq(m.why, KAFC_OK); /* four partitions, five answers, one word */
    stand_up(&m);
    sim_free(s);
}
END_TEST

SUITE_MAIN("sim/consumer_group", 60, R4_the_interval_commits_once_what_is_marked_and_then_rests,
           R4_a_commit_by_itself_that_fails_is_made_again,
           R4_leaving_tells_of_the_commit_that_failed,
           R8_what_was_never_told_to_have_come_goes_untold, R8_lost_overtakes_revoked,
           R8_a_caller_that_only_takes_is_there,
           what_goes_before_there_was_memory_to_read_it_is_not_read,
           R1_who_leaves_at_once_is_out,
           one_request_asks_for_all_and_cooperative_ones_for_the_new_ones,
           R12_a_topic_that_is_denied_is_told_once_and_read_when_it_may)
