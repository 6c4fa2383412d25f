/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a member of a group can ask and be told: what became of commits
 * that no call asked for, where to begin again, how it leaves. Names begin with
 * the rule that they hold.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/client/grouping.h"

/* --- on_commit --------------------------------------------------------------------------------- */

struct commits {
    atomic_int n;       /* calls */
    int32_t partitions; /* of the last one */
    int64_t offset;     /* of its first */
    char metadata[8];
    kafc_err code[2], result[2]; /* of the first ones */
};

static void on_commit(void *ctx, const kafc_offset *v, int32_t n, kafc_err code, const kafc_error *err)
{
    struct commits *c = ctx;

    c->partitions = n;
    c->offset = v[0].offset;
    if (atomic_load(&c->n) < 2) {
        c->code[atomic_load(&c->n)] = code;
        c->result[atomic_load(&c->n)] = v[0].result;
    }
    (void)snprintf(c->metadata, sizeof c->metadata, "%s", v[0].metadata ? v[0].metadata : "");
    ck_assert_str_eq(v[0].topic, "t");
    ck_assert_int_eq(code != KAFC_OK, err != NULL);
    atomic_fetch_add(&c->n, 1);
}

static void await_commits(struct reading *e, struct commits *c, int n)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;

    while (atomic_load(&c->n) < n) {
        ck_assert_int_lt(kafc__clock_mono_us(), until);
        (void)kafc_reader_fetch(e->reader, &e->m, 1, &e->err);
    }
    ck_assert_int_eq(atomic_load(&c->n), n);
}

#define TOLD .topic = "t", GROUP, .on_commit = on_commit, .ctx = &c

START_TEST(R7_commits_on_the_interval_are_told)
{
    struct reading e;
    struct commits c = { .n = 0 };
    kafc_offset o;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(TOLD, .commit_interval_ms = 5));
    expect_offsets(&e, 0, 3);
    o = kafc_offset_after(&e.m);
    o.metadata = "three";
    ck_ok(kafc_reader_mark_offsets(e.reader, &o, 1, &e.err));
    await_commits(&e, &c, 1);
    ck_assert_int_eq(c.code[0], KAFC_OK);
    ck_assert_int_eq(c.result[0], KAFC_OK);
    ck_assert_int_eq(c.partitions, 1);
    ck_assert_int_eq(c.offset, 3);
    ck_assert_str_eq(c.metadata, "three");
    ck_assert_int_eq(committed(&e, 0), 3);
    reading_close(&e);
    ck_assert_int_eq(atomic_load(&c.n), 1); /* nothing was marked since */
}
END_TEST

START_TEST(R7_a_commit_that_fails_is_told_with_the_reason)
{
    struct reading e;
    struct commits c = { .n = 0 };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(TOLD, .commit_interval_ms = 5));
    expect_offset(&e, 0);
    ck_ok(kafc_mock_push_error(e.mock, 8, KAFC_ERR_OFFSET_METADATA_TOO_LARGE, 1));
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    await_commits(&e, &c, 2); /* again, after the interval */
    ck_assert_int_eq(c.code[0], KAFC_ERR_OFFSET_METADATA_TOO_LARGE);
    ck_assert_int_eq(c.result[0], KAFC_ERR_OFFSET_METADATA_TOO_LARGE);
    ck_assert_int_eq(c.code[1], KAFC_OK);
    ck_assert_int_eq(c.offset, 1);
    reading_close(&e);
}
END_TEST

START_TEST(R7_commits_before_partitions_go_and_in_close_are_told)
{
    struct reading e;
    struct commits c = { .n = 0 };

    reading_open(&e, 1, 2);
    put_some(&e, 10);
    put_records(&e, "t", 1, 10, 1, -1);
    reading_reader(&e, KAFC_READER(TOLD, .commit_interval_ms = -1));
    for (int i = 0; i < 20; i++) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    }
    ck_ok(kafc_mock_rebalance(e.mock, "g"));
    await_commits(&e, &c, 1);
    ck_assert_int_eq(c.partitions, 2);
    ck_assert_int_eq(c.offset, 10);
    put_some(&e, 1);
    expect_offset(&e, 10);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(atomic_load(&c.n), 2);
    ck_assert_int_eq(c.partitions, 1);
    ck_assert_int_eq(c.offset, 11);
    ck_assert_int_eq(committed(&e, 0), 11);
    reading_close(&e);
}
END_TEST

/* Of those that a call asked for the call itself tells. */
START_TEST(R7_commits_of_calls_are_not_told_twice)
{
    struct reading e;
    struct commits c = { .n = 0 };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(TOLD));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    expect_offsets(&e, 3, 5);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    expect_offset(&e, 5);
    ck_ok(kafc_reader_commit_delivered(e.reader, SOON, &e.err));
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 6);
    ck_assert_int_eq(atomic_load(&c.n), 0);
    reading_close(&e);
}
END_TEST

/* The coordinator does not answer, and there is no time for it. */
START_TEST(R7_a_commit_that_close_gives_up_is_told)
{
    struct reading e;
    struct commits c = { .n = 0 };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(TOLD, .commit_interval_ms = -1));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_mock_push_error(e.mock, 8, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1000000));
    ck_assert_int_ne(kafc_reader_close(e.reader, 1500, &e.err), KAFC_OK); /* enough to ask once */
    ck_assert_int_ge(atomic_load(&c.n), 1);
    ck_assert_int_ne(c.code[0], KAFC_OK);
    ck_assert_int_ne(c.result[0], KAFC_OK);
    kafc_reader_free(e.reader);
    e.reader = NULL;
    reading_close(&e);
}
END_TEST

/* --- Begin again --------------------------------------------------------------------------------------- */

/* After a message that could not be handled: from where the group is. */
START_TEST(R2_seek_to_what_is_committed)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_COMMITTED, &e.err)); /* nothing is: the start */
    expect_offsets(&e, 0, 5);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    expect_offsets(&e, 5, 8);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err)); /* does not count … */
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_COMMITTED, &e.err));
    expect_offset(&e, 5);
    expect_offset(&e, 6);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err)); /* … and this one does, although it is lower */
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 7);
    reading_close(&e);
}
END_TEST

/* A commit that was asked for before counts, whether it has been answered or not. */
START_TEST(R2_seek_to_what_is_being_committed)
{
    struct reading e;
    kafc_offset o;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP));
    expect_offsets(&e, 0, 5);
    o = kafc_offset_after(&e.m);
    ck_ok(kafc_mock_set_rtt(e.mock, 0, 30));
    ck_ok(kafc_reader_commit_async(e.reader, &o, 1, NULL, NULL, &e.err));
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_COMMITTED, &e.err));
    expect_offset(&e, 5);
    reading_close(&e);
}
END_TEST

START_TEST(R2_seek_to_what_is_committed_by_hand_and_without_a_group)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.group = "g"));
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_AT(4) }, 1, &e.err));
    expect_offsets(&e, 4, 6);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    expect_offset(&e, 6);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_COMMITTED, &e.err));
    expect_offset(&e, 6);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 1, KAFC_COMMITTED, &e.err), KAFC_ERR_NOT_ASSIGNED);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 0, KAFC_COMMITTED, &e.err), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, "group"));
    expect_offset(&e, 1); /* nothing has changed */
    reading_close(&e);
}
END_TEST

/* --- A static member ------------------------------------------------------------------------------------- */

static int members(struct reading *e)
{
    kafc_mock_group g;

    ck_ok(kafc_mock_group_get(e->mock, "g", &g));
    return g.members;
}

START_TEST(a_static_member_stays_or_leaves_as_it_was_told)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .group_instance = "i"));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(members(&e), 1);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .group_instance = "i", .leave_static = KAFC_ON));
    expect_offset(&e, 0);
    ck_assert_int_eq(members(&e), 1);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(members(&e), 0);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_member", 30, R7_commits_on_the_interval_are_told,
           R7_a_commit_that_fails_is_told_with_the_reason, R7_commits_before_partitions_go_and_in_close_are_told,
           R7_commits_of_calls_are_not_told_twice, R7_a_commit_that_close_gives_up_is_told,
           R2_seek_to_what_is_committed, R2_seek_to_what_is_being_committed,
           R2_seek_to_what_is_committed_by_hand_and_without_a_group,
           a_static_member_stays_or_leaves_as_it_was_told)
