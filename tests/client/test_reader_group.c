/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader in a group, against the mock: subscribe, notices, commits and
 * marks, close. Names begin with the rule that they hold.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/sync.h"
#include "tests/client/reading.h"
#include <kafc/group.h>

#define GROUP .group = "g", .heartbeat_interval_ms = 20

static int64_t committed(struct reading *e, int32_t partition)
{
    int64_t at = KAFC_OFFSET_UNKNOWN;

    (void)kafc_mock_committed(e->mock, "g", "t", partition, &at);
    return at;
}

/* Until the group has committed this. */
static void await_committed(struct reading *e, int32_t partition, int64_t offset)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;

    while (committed(e, partition) != offset) {
        ck_assert_msg(kafc__clock_mono_us() < until, "committed: %lld",
                      (long long)committed(e, partition));
        (void)kafc_reader_fetch(e->reader, &e->m, 1, &e->err);
    }
}

/* --- What on_rebalance was told ---------------------------------------------------------------- */

struct told {
    int n[4];     /* notices, by kind */
    int parts[4]; /* partitions in them */
    kafc_err why;
    void (*act)(struct told *t, kafc_reader *r, const kafc_rebalance *what);
    void *ctx;
};

static void on_rebalance(void *ctx, kafc_reader *r, const kafc_rebalance *what)
{
    struct told *t = ctx;

    t->n[what->kind]++;
    t->parts[what->kind] += what->n;
    ck_assert_int_eq(what->why != NULL, what->kind == KAFC_LOST);
    if (what->why)
        t->why = what->why->code;
    if (t->act)
        t->act(t, r, what);
}

/* --- A slice ---------------------------------------------------------------------------------------- */

START_TEST(R5_what_is_committed_is_not_read_again)
{
    struct reading e;
    struct told t = { .act = NULL };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .on_rebalance = on_rebalance, .ctx = &t));
    expect_offsets(&e, 0, 4);
    ck_assert_int_eq(t.n[KAFC_ASSIGNED], 1);
    ck_assert_int_eq(t.parts[KAFC_ASSIGNED], 1);
    ck_assert_uint_ne(e.m.stamp, 0);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4);
    expect_offset(&e, 4);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(t.n[KAFC_REVOKED], 1);
    ck_assert_int_eq(t.n[KAFC_LOST], 0);
    ck_assert_int_eq(committed(&e, 0), 4);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP));
    expect_offsets(&e, 4, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R4_nothing_is_committed_unless_asked)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = 1));
    expect_offsets(&e, 0, 10);
    expect_nothing(&e, 30);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), KAFC_OFFSET_UNKNOWN);
    ck_assert_uint_eq(kafc_mock_requests(e.mock, 0, 8), 0);
    reading_close(&e);
}
END_TEST

START_TEST(R4_what_is_marked_goes_out_on_the_interval)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = 5));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    await_committed(&e, 0, 3);
    reading_close(&e);
}
END_TEST

START_TEST(R4_close_commits_what_is_marked)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offsets(&e, 0, 7);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_assert_int_eq(committed(&e, 0), KAFC_OFFSET_UNKNOWN);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 7);
    reading_close(&e);
}
END_TEST

START_TEST(R4_read_marks_a_message_when_the_next_one_is_asked_for)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    for (int i = 0; i < 5; i++)
        ck_ok(kafc_reader_read(e.reader, &e.m, SOON, &e.err));
    ck_assert_int_eq(e.m.offset, 4);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4); /* the fifth may not have been handled */
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_group", 30, R5_what_is_committed_is_not_read_again,
           R4_nothing_is_committed_unless_asked, R4_what_is_marked_goes_out_on_the_interval,
           R4_close_commits_what_is_marked, R4_read_marks_a_message_when_the_next_one_is_asked_for)
