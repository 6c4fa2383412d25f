/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader in a group, against the mock: subscriptions, notices, leaving. Names
 * begin with the rule that they hold.
 */
#include <poll.h>
#include <pthread.h>
#include <string.h>

#include "tests/client/grouping.h"

static void come_and_go(const char *assignors, int revoked)
{
    struct crowd c;

    crowd_open(&c, 4);
    crowd_join(&c, KAFC_READER(GROUP, .assignors = assignors));
    settle(&c, 4);
    crowd_join(&c, KAFC_READER(GROUP, .assignors = assignors));
    settle(&c, 4);
    ck_assert_int_eq(c.t[0].parts[KAFC_REVOKED], revoked);
    crowd_join(&c, KAFC_READER(GROUP, .assignors = assignors));
    settle(&c, 4);
    ck_ok(kafc_reader_close(c.r[0], SOON, &c.e.err));
    kafc_reader_free(c.r[0]);
    c.r[0] = NULL;
    settle(&c, 4);
    for (int i = 1; i < c.n; i++)
        ck_ok(kafc_reader_close(c.r[i], SOON, &c.e.err));
    for (int i = 0; i < c.n; i++) {
        ck_assert_int_eq(c.t[i].parts[KAFC_ASSIGNED], c.t[i].parts[KAFC_REVOKED]);
        ck_assert_int_eq(c.t[i].n[KAFC_LOST], 0);
    }
    crowd_close(&c);
}

START_TEST(R8_each_partition_that_came_goes_once)
{
    come_and_go("range", 4);
}
END_TEST

START_TEST(R8_each_partition_that_came_goes_once_cooperatively)
{
    come_and_go("cooperative-sticky", 2);
}
END_TEST

/* A commit for what is kept goes through while the group rebalances, and its messages go on (rule R6). */
START_TEST(R6_what_is_kept_goes_on_through_a_cooperative_rebalance)
{
    struct crowd c;
    kafc_offset kept = { .topic = "t", .offset = 1 };
    kafc_topic_partition own;

    crowd_open(&c, 2);
    for (int p = 0; p < 2; p++)
        put_records(&c.e, "t", p, 5, 1000, -1);
    crowd_join(&c, KAFC_READER(GROUP, .assignors = "cooperative-sticky"));
    settle(&c, 2);
    while (c.got[0] < 10)
        turn(&c);
    ck_assert_uint_eq(c.e.m.stamp, 1);
    kept.stamp = c.e.m.stamp;
    crowd_join(&c, KAFC_READER(GROUP, .assignors = "cooperative-sticky"));
    settle(&c, 2);
    while (c.got[1] < 5) /* nothing was committed */
        turn(&c);
    ck_assert_int_eq(kafc_reader_assignment(c.r[0], &own, 1), 1);
    kept.partition = own.partition;
    ck_ok(kafc_reader_commit_offsets(c.r[0], &kept, 1, SOON, &c.e.err));
    kept.partition = 1 - own.partition; /* and this one has gone */
    ck_assert_int_eq(kafc_reader_commit_offsets(c.r[0], &kept, 1, SOON, &c.e.err),
                     KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kept.result, KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_reader_mark_offsets(c.r[0], &kept, 1, &c.e.err), KAFC_ERR_NOT_ASSIGNED);
    put_records(&c.e, "t", own.partition, 1, 1000, -1);
    while (c.got[0] < 11)
        turn(&c);
    ck_assert_int_eq(c.got[1], 5);
    crowd_close(&c);
}
END_TEST

START_TEST(R1_subscribe_and_assign_exclude_each_other)
{
    static const char *const topics[] = { "u", "t", "t" };
    struct reading e;
    kafc_assignment a = { .topic = "t" };
    const char *told[3] = { NULL };
    kafc_mock_group g, h;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_create_topic(e.mock, "u", 1, 1));
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(GROUP));
    expect_err(&e, KAFC_ERR_NOT_ASSIGNED);
    ck_ok(kafc_reader_assign(e.reader, &a, 1, &e.err));
    ck_assert_int_eq(kafc_reader_subscribe(e.reader, topics, 1, &e.err), KAFC_ERR_USAGE);
    expect_offset(&e, 0);
    ck_ok(kafc_reader_assign(e.reader, NULL, 0, &e.err));
    ck_ok(kafc_reader_subscribe(e.reader, topics, 3, &e.err));
    ck_assert_int_eq(kafc_reader_subscription(e.reader, told, 3), 2);
    ck_assert_str_eq(told[0], "t");
    ck_assert_str_eq(told[1], "u");
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_mock_group_get(e.mock, "g", &g));
    ck_assert_int_eq(kafc_reader_assign(e.reader, &a, 1, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assign_add(e.reader, &a, 1, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assign(e.reader, NULL, 0, &e.err), KAFC_ERR_USAGE);
    ck_ok(kafc_reader_subscribe(e.reader, topics, 2, &e.err)); /* the same */
    expect_nothing(&e, 50);
    ck_ok(kafc_mock_group_get(e.mock, "g", &h));
    ck_assert_int_eq(h.generation, g.generation);
    ck_ok(kafc_reader_unsubscribe(e.reader, SOON, &e.err));
    ck_assert_int_eq(kafc_reader_subscription(e.reader, told, 3), 0);
    ck_ok(kafc_mock_group_get(e.mock, "g", &h));
    ck_assert_int_eq(h.members, 0);
    expect_err(&e, KAFC_ERR_NOT_ASSIGNED);
    ck_ok(kafc_reader_assign(e.reader, &a, 1, &e.err));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_assign(e.reader, NULL, 0, &e.err));
    ck_ok(kafc_reader_subscribe(e.reader, &topics[1], 1, &e.err));
    expect_offsets(&e, 0, 3);
    reading_close(&e);
}
END_TEST

START_TEST(R3_where_nothing_is_committed)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .start = KAFC_TAIL(2)));
    expect_offsets(&e, 8, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "h", .start = KAFC_COMMITTED));
    expect_err(&e, KAFC_ERR_NO_OFFSET);
    ck_assert_str_eq(e.m.topic, "t");
    ck_assert_int_eq(e.m.partition, 0);
    expect_nothing(&e, 20); /* once */
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(6), &e.err));
    expect_offsets(&e, 6, 10);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "h", .start = KAFC_COMMITTED));
    put_some(&e, 1);
    expect_offset(&e, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R6_what_was_lost_since_is_refused_and_never_sent)
{
    struct reading e;
    struct told t = { .act = NULL };
    kafc_message *before;
    uint64_t commits;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t,
                                   .commit_interval_ms = -1));
    expect_offsets(&e, 0, 5);
    before = kafc_message_dup(&e.m);
    ck_assert_ptr_nonnull(before);
    ck_ok(kafc_reader_mark(e.reader, before, &e.err));
    ck_ok(kafc_mock_kick(e.mock, "g", NULL));
    while (t.n[KAFC_ASSIGNED] < 2) { /* what was fetched ahead comes until the member hears of it */
        kafc_err code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);

        ck_assert(code == KAFC_OK);
    }
    ck_assert_int_eq(t.parts[KAFC_LOST], 1);
    ck_assert_int_eq(t.n[KAFC_REVOKED], 0);
    ck_assert_int_eq(t.why, KAFC_ERR_UNKNOWN_MEMBER_ID);
    ck_assert_int_eq(e.m.offset, 0); /* nothing was committed */
    commits = kafc_mock_requests(e.mock, 0, 8);
    ck_assert_int_eq(kafc_reader_commit(e.reader, before, 1, SOON, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_reader_mark(e.reader, before, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_uint_eq(kafc_mock_requests(e.mock, 0, 8), commits);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 1);
    kafc_message_free(before);
    reading_close(&e);
}
END_TEST

static void act_start(struct told *t, kafc_reader *r, const kafc_rebalance *what)
{
    kafc_error err;
    kafc_message m;
    static const char *const topic = "t";

    (void)t;
    for (int32_t i = 0; i < what->n && what->kind == KAFC_ASSIGNED; i++)
        ck_ok(kafc_reader_seek(r, what->partitions[i].topic, what->partitions[i].partition,
                               KAFC_AT(7), &err));
    ck_assert_int_eq(kafc_reader_fetch(r, &m, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_read(r, &m, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_subscribe(r, &topic, 1, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_unsubscribe(r, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assign(r, NULL, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_close(r, 0, &err), KAFC_ERR_USAGE);
    kafc_reader_free(r); /* stays */
}

START_TEST(R8_a_notice_may_set_where_to_start)
{
    struct reading e;
    struct told t = { .act = act_start };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t));
    expect_offsets(&e, 7, 10);
    reading_close(&e);
    ck_assert_int_eq(t.n[KAFC_REVOKED], 1);
}
END_TEST

static void act_commit(struct told *t, kafc_reader *r, const kafc_rebalance *what)
{
    kafc_error err;
    kafc_offset o = { .topic = "t", .offset = 3 };

    if (what->kind == KAFC_REVOKED)
        ck_ok(kafc_reader_commit_offsets(r, &o, 1, SOON, &err));
    (void)t;
}

START_TEST(R8_a_notice_may_commit)
{
    struct reading e;
    struct told t = { .act = act_commit };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t));
    expect_offsets(&e, 0, 5);
    ck_ok(kafc_reader_unsubscribe(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 3);
    reading_close(&e);
    ck_assert_int_eq(t.n[KAFC_REVOKED], 1);
}
END_TEST

/* The first message, behind notices of this kind, if there are some. */
static void expect_first_behind(struct reading *e, kafc_err notice)
{
    kafc_err code;

    do
        code = kafc_reader_fetch(e->reader, &e->m, SOON, &e->err);
    while (code == notice);
    ck_assert_msg(code == KAFC_OK, "%s", e->err.message);
    ck_assert_int_eq(e->m.offset, 0);
}

START_TEST(R8_who_does_not_come_back_loses_its_partitions_and_is_told)
{
    struct reading e;
    struct told t = { .act = NULL };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t,
                                   .max_poll_interval_ms = 100));
    expect_first_behind(&e, KAFC_ERR_MAX_POLL_EXCEEDED); /* it may have been away for too long */
    int lost = t.parts[KAFC_LOST];
    await_members(&e, 0);
    ck_assert_int_eq(t.parts[KAFC_LOST], lost); /* inside a call alone */
    expect_err(&e, KAFC_ERR_MAX_POLL_EXCEEDED);
    ck_assert_int_eq(t.parts[KAFC_LOST], lost + 1);
    ck_assert_int_eq(t.why, KAFC_ERR_MAX_POLL_EXCEEDED);
    expect_first_behind(&e, KAFC_ERR_MAX_POLL_EXCEEDED);
    ck_assert_int_eq(t.parts[KAFC_ASSIGNED], t.parts[KAFC_LOST] + 1);
    reading_close(&e);
}
END_TEST

/* Takes a message each 5 ms, for so long; gives how long the caller may have been away at most, INT64_MAX if it was so
 * before. */
static int64_t take_slowly(struct reading *e, int for_ms)
{
    int64_t before = kafc__clock_mono_us(), until = before + for_ms * 1000, away = 0;

    for (int64_t i = 1; before < until; i++) {
        (void)poll(NULL, 0, 5); /* work on a message */
        int64_t last = before;
        before = kafc__clock_mono_us();
        kafc_err code = kafc_reader_fetch(e->reader, &e->m, SOON, &e->err);
        int64_t us = kafc__clock_mono_us() - last;
        away = us > away ? us : away;
        if (code)
            return i > 2 ? away : INT64_MAX;
        ck_assert_int_eq(e->m.offset, i);
    }
    return away;
}

/* Slow, but not too slow, and without a wait: the caller is seen all the same. Where this thread does not run for as
 * long, it is tried again, and some times. */
START_TEST(R8_who_takes_one_message_after_the_other_is_not_away)
{
    enum { MAX_MS = 100, TRIES = 10 };
    struct reading e;
    struct told t = { .act = NULL };
    int64_t away = MAX_MS * 1000;

    reading_open(&e, 1, 1);
    put_some(&e, 1000);
    for (int i = 0; i < TRIES && away >= MAX_MS * 1000; i++) {
        reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t,
                                       .max_poll_interval_ms = MAX_MS));
        expect_first_behind(&e, KAFC_ERR_MAX_POLL_EXCEEDED);
        int lost = t.n[KAFC_LOST];
        away = take_slowly(&e, 4 * MAX_MS);
        ck_assert_msg(away >= MAX_MS * 1000 || t.n[KAFC_LOST] == lost, "lost after %lld us", (long long)away);
    }
    reading_close(&e);
}
END_TEST

START_TEST(R8_unsubscribe_that_does_not_wait_tells_and_commits_as_well)
{
    struct reading e;
    struct told t = { .act = NULL };
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;
    kafc_err code;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t,
                                   .commit_interval_ms = -1));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    while ((code = kafc_reader_unsubscribe(e.reader, 0, &e.err)) != KAFC_OK) {
        ck_assert_msg(code == KAFC_ERR_WOULD_BLOCK, "%s", e.err.message);
        ck_assert(kafc__clock_mono_us() < until);
    }
    ck_assert_int_eq(t.n[KAFC_REVOKED], 1);
    ck_assert_int_eq(t.n[KAFC_LOST], 0);
    ck_assert_int_eq(committed(&e, 0), 3);
    reading_close(&e);
}
END_TEST

static void deny(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)rq;
    a->act = KAFC_MOCK_ERROR;
    a->code = KAFC_ERR_GROUP_AUTHORIZATION_FAILED;
}

START_TEST(R12_a_group_that_is_denied_is_named_with_each_attempt)
{
    struct reading e;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_hook(e.mock, 11, deny, NULL));
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP));
    for (int i = 0; i < 2; i++) {
        expect_err(&e, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
        ck_assert_ptr_nonnull(strstr(e.err.message, "group g"));
    }
    put_some(&e, 1);
    expect_err(&e, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    ck_ok(kafc_mock_hook(e.mock, 11, NULL, NULL));
    ck_ok(kafc_reader_subscribe(e.reader, (const char *const[]){ "t" }, 1, &e.err)); /* again */
    expect_first_behind(&e, KAFC_ERR_GROUP_AUTHORIZATION_FAILED); /* of an attempt before, perhaps */
    reading_close(&e);
}
END_TEST

START_TEST(calls_that_need_a_group_say_so)
{
    struct reading e;
    kafc_offset o = { .topic = "t", .offset = 4 };
    kafc_group_metadata g;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    put_some(&e, 1);
    expect_offset(&e, 0);
    ck_assert_int_eq(kafc_reader_subscribe(e.reader, (const char *const[]){ "t" }, 1, &e.err),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_unsubscribe(e.reader, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_commit(e.reader, &e.m, 1, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_commit_offsets(e.reader, &o, 1, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_commit_marked(e.reader, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_commit_delivered(e.reader, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_mark(e.reader, &e.m, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_mark_offsets(e.reader, &o, 1, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_read(e.reader, &e.m, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_committed(e.reader, &o, 1, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_group_metadata(e.reader, &g, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_subscription(e.reader, NULL, 0), 0);
    reading_close(&e);
}
END_TEST

START_TEST(options_of_groups_are_checked)
{
    struct reading e;

    reading_open(&e, 1, 1);
    static const kafc_reader_options wrong[] = {
        { .size = sizeof wrong[0], .topic = "t", .group = "" },
        { .size = sizeof wrong[0], .topic = "t", .group_instance = "i" },
        { .size = sizeof wrong[0], .topic = "t", .group = "g", .partition = KAFC_ZERO },
        { .size = sizeof wrong[0],
          .topic = "t",
          .group = "g",
          .heartbeat_interval_ms = 10,
          .session_timeout_ms = 10 },
        { .size = sizeof wrong[0], .topic = "t", .group = "g", .assignors = "range,fair" },
        { .size = sizeof wrong[0], .topic = "t", .group = "g", .assignors = "range, range" },
        { .size = sizeof wrong[0], .topic = "t", .group = "g", .assignors = "" },
    };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        ck_assert_ptr_null(kafc_reader_open(e.client, &wrong[i], &e.err));
        ck_assert_int_eq(e.err.code, KAFC_ERR_USAGE);
    }
    reading_close(&e);
}
END_TEST

static void *close_client(void *arg)
{
    kafc_error err;

    ck_ok(kafc_client_close(arg, SOON, &err));
    return NULL;
}

START_TEST(closing_the_client_leaves_the_group)
{
    struct reading e;
    struct told t = { .act = NULL };
    pthread_t other;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t,
                                   .commit_interval_ms = -1));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_assert_int_eq(pthread_create(&other, NULL, close_client, e.client), 0);
    expect_err(&e, KAFC_ERR_CLOSED);
    ck_assert_int_eq(pthread_join(other, NULL), 0);
    await_members(&e, 0);
    ck_assert_int_eq(committed(&e, 0), 3);
    ck_assert_int_eq(t.n[KAFC_REVOKED], 0); /* nobody was there to be told */
    reading_close(&e);
}
END_TEST

START_TEST(W8_an_old_broker_has_no_static_members)
{
    struct reading e;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_set_release(e.mock, "2.1"));
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .group_instance = "one"));
    ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err), KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "2.3"));
    ck_assert_int_eq(e.err.cls, KAFC_CLASS_FATAL);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_group", 30, R8_each_partition_that_came_goes_once,
           R8_each_partition_that_came_goes_once_cooperatively,
           R6_what_is_kept_goes_on_through_a_cooperative_rebalance,
           R1_subscribe_and_assign_exclude_each_other, R3_where_nothing_is_committed,
           R6_what_was_lost_since_is_refused_and_never_sent, R8_a_notice_may_set_where_to_start,
           R8_a_notice_may_commit, R8_who_does_not_come_back_loses_its_partitions_and_is_told,
           R8_who_takes_one_message_after_the_other_is_not_away,
           R8_unsubscribe_that_does_not_wait_tells_and_commits_as_well,
           R12_a_group_that_is_denied_is_named_with_each_attempt, calls_that_need_a_group_say_so,
           options_of_groups_are_checked, closing_the_client_leaves_the_group,
           W8_an_old_broker_has_no_static_members)
