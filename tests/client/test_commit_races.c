/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commits and marks that meet: with failures, with each other, with a
 * membership that passes meanwhile. Against the mock.
 */
#include <stdatomic.h>

#include "tests/client/grouping.h"

enum { OFFSET_COMMIT = 8, HELD_MS = 60 };

static void refuse(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    a->act = KAFC_MOCK_ERROR;
    a->code = *(const kafc_err *)ctx;
    a->delay_ms = HELD_MS;
}

static void never(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_DROP;
}

struct verdicts {
    atomic_int n;
    kafc_err code; /* the last one */
};

static void verdict(void *ctx, const kafc_offset *v, int32_t n, kafc_err code,
                    const kafc_error *err)
{
    struct verdicts *w = ctx;

    (void)v, (void)n, (void)err;
    w->code = code;
    atomic_fetch_add(&w->n, 1);
}

static bool in_time(int64_t since)
{
    return kafc__clock_mono_us() - since < (int64_t)SOON * 1000;
}

static kafc_err await_verdict(struct reading *e, struct verdicts *w)
{
    int64_t since = kafc__clock_mono_us();

    while (atomic_load(&w->n) == 0) {
        ck_assert(in_time(since));
        (void)kafc_reader_fetch(e->reader, &e->m, 1, &e->err);
    }
    return w->code;
}

static void await_commits(struct reading *e, uint64_t n)
{
    int64_t since = kafc__clock_mono_us();

    while (kafc_mock_requests(e->mock, 0, OFFSET_COMMIT) < n) {
        ck_assert(in_time(since));
        (void)kafc_reader_fetch(e->reader, &e->m, 1, &e->err);
    }
}

/* --- Failures ------------------------------------------------------------------------------ */

START_TEST(R4_a_mark_counts_when_the_commit_that_covered_it_has_failed)
{
    struct reading e;
    struct verdicts w = { .code = KAFC_OK };
    kafc_err code = KAFC_ERR_OFFSET_METADATA_TOO_LARGE;
    kafc_offset o;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offsets(&e, 0, 4);
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, refuse, &code));
    ck_assert_int_eq(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err), code);
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, NULL, NULL));
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err)); /* then by and by */
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4);

    expect_offsets(&e, 4, 8);
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, refuse, &code));
    o = kafc_offset_after(&e.m);
    ck_ok(kafc_reader_commit_async(e.reader, &o, 1, verdict, &w, &e.err));
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err)); /* while it is under way */
    ck_assert_int_eq(await_verdict(&e, &w), code);
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, NULL, NULL));
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 8);
    reading_close(&e);
}
END_TEST

START_TEST(R6_what_is_refused_takes_no_mark_along)
{
    struct reading e;
    struct told t = { .act = NULL };
    kafc_message *before;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t,
                                   .commit_interval_ms = -1));
    expect_offsets(&e, 0, 9);
    before = kafc_message_dup(&e.m);
    ck_assert_ptr_nonnull(before);
    ck_ok(kafc_mock_kick(e.mock, "g", NULL));
    while (t.n[KAFC_ASSIGNED] < 2)
        (void)kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
    ck_assert_int_eq(e.m.offset, 0);
    ck_assert_int_eq(kafc_reader_commit(e.reader, before, 1, SOON, &e.err), KAFC_ERR_NOT_ASSIGNED);
    expect_offsets(&e, 1, 3);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 3);
    kafc_message_free(before);
    reading_close(&e);
}
END_TEST

/* --- One and another ----------------------------------------------------------------------- */

START_TEST(R5_a_mark_after_a_commit_counts_be_it_the_same_as_before)
{
    struct reading e;
    kafc_offset back = { .topic = "t", .offset = 3 }, o = { .topic = "t", .offset = 8 };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offsets(&e, 0, 10);
    ck_ok(kafc_reader_mark_offsets(e.reader, &back, 1, &e.err));
    ck_ok(kafc_mock_set_rtt(e.mock, 0, HELD_MS));
    ck_ok(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err));
    ck_ok(kafc_reader_mark_offsets(e.reader, &back, 1, &e.err));
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 3);
    reading_close(&e);
}
END_TEST

START_TEST(R4_what_is_marked_while_a_commit_is_under_way_is_committed_on_unassign)
{
    struct reading e;
    kafc_assignment a = { .topic = "t" };
    kafc_offset o = { .topic = "t", .offset = 2 };

    reading_open(&e, 1, 1);
    put_some(&e, 5);
    reading_reader(&e, KAFC_READER(GROUP, .commit_interval_ms = -1));
    ck_ok(kafc_reader_assign(e.reader, &a, 1, &e.err));
    ck_ok(kafc_mock_set_rtt(e.mock, 0, HELD_MS));
    ck_ok(kafc_reader_mark_offsets(e.reader, &o, 1, &e.err));
    ck_ok(kafc_reader_assign(e.reader, NULL, 0, &e.err));
    await_commits(&e, 1);
    o.offset = 4;
    ck_ok(kafc_reader_mark_offsets(e.reader, &o, 1, &e.err));
    ck_ok(kafc_reader_assign(e.reader, &a, 1, &e.err));
    expect_offset(&e, 4);
    reading_close(&e);
}
END_TEST

/* What was committed is asked of the group between commits, however many follow each other. */
START_TEST(a_partition_starts_while_commits_follow_each_other)
{
    struct reading e;
    kafc_offset o = { .topic = "t", .partition = 0, .offset = 1 };
    int64_t since;

    reading_open(&e, 1, 2);
    put_records(&e, "t", 1, 1, 1000, -1);
    reading_reader(&e, KAFC_READER(GROUP));
    ck_ok(kafc_reader_commit_offsets(e.reader, &o, 1, SOON, &e.err));
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    ck_ok(kafc_mock_set_rtt(e.mock, 0, 20));
    ck_ok(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err));
    ck_ok(kafc_reader_assign_add(e.reader, &(kafc_assignment){ .topic = "t", .partition = 1 }, 1,
                                 &e.err));
    since = kafc__clock_mono_us();
    while (kafc_reader_fetch(e.reader, &e.m, 1, &e.err) != KAFC_OK) {
        ck_assert(in_time(since));
        ck_ok(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err));
    }
    ck_assert_int_eq(e.m.partition, 1);
    reading_close(&e);
}
END_TEST

START_TEST(what_was_committed_is_asked_after_the_commits_before_it)
{
    struct reading e;
    kafc_offset o = { .topic = "t", .partition = 0, .offset = 1 };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(GROUP));
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_FIRST }, 1,
                             &e.err));
    expect_offset(&e, 0);
    ck_ok(kafc_mock_set_rtt(e.mock, 0, 20));
    for (o.offset = 1; o.offset < 8; o.offset++)
        ck_ok(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err));
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_COMMITTED, &e.err));
    ck_ok(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err));
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    ck_assert_int_ge(e.m.offset, 7);
    reading_close(&e);
}
END_TEST

/* --- Memberships --------------------------------------------------------------------------- */

START_TEST(R6_what_was_asked_under_a_membership_that_has_passed_is_not_sent)
{
    struct reading e;
    struct told t = { .act = NULL };
    struct verdicts w = { .code = KAFC_OK };
    kafc_err code = KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS;
    kafc_offset o = { .topic = "t", .offset = 8 }; /* without a stamp */

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t));
    expect_offsets(&e, 0, 8);
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, refuse, &code));
    ck_ok(kafc_reader_commit_async(e.reader, &o, 1, verdict, &w, &e.err));
    await_commits(&e, 1);
    ck_ok(kafc_mock_kick(e.mock, "g", NULL));
    while (t.n[KAFC_ASSIGNED] < 2)
        (void)kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, NULL, NULL));
    ck_assert_int_eq(await_verdict(&e, &w), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(committed(&e, 0), KAFC_OFFSET_UNKNOWN);
    reading_close(&e);
}
END_TEST

START_TEST(a_reader_that_is_closed_without_its_last_commit_leaves_the_group)
{
    struct reading e;
    kafc_mock_group g;
    int64_t since;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_mock_hook(e.mock, OFFSET_COMMIT, never, NULL));
    ck_assert_int_ne(kafc_reader_unsubscribe(e.reader, 0, &e.err), KAFC_OK);
    await_commits(&e, 1);
    ck_assert_int_ne(kafc_reader_close(e.reader, 0, &e.err), KAFC_OK);
    since = kafc__clock_mono_us();
    do {
        ck_assert(in_time(since));
        ck_ok(kafc_mock_group_get(e.mock, "g", &g));
    } while (g.members > 0);
    kafc_reader_free(e.reader);
    e.reader = NULL;
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/commit_races", 60, R4_a_mark_counts_when_the_commit_that_covered_it_has_failed,
           R6_what_is_refused_takes_no_mark_along,
           R5_a_mark_after_a_commit_counts_be_it_the_same_as_before,
           R4_what_is_marked_while_a_commit_is_under_way_is_committed_on_unassign,
           a_partition_starts_while_commits_follow_each_other,
           what_was_committed_is_asked_after_the_commits_before_it,
           R6_what_was_asked_under_a_membership_that_has_passed_is_not_sent,
           a_reader_that_is_closed_without_its_last_commit_leaves_the_group)
