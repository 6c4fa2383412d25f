/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Commits and marks of a reader with a group, against the mock. Names begin
 * with the rule that they hold.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/client/grouping.h"

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

static void give_up_marked(const char *assignors)
{
    struct crowd c;

    crowd_open(&c, 2);
    for (int p = 0; p < 2; p++)
        put_records(&c.e, "t", p, 5, 1000, -1);
    crowd_join(&c, KAFC_READER(GROUP, .assignors = assignors, .commit_interval_ms = -1));
    while (c.got[0] < 10) {
        turn(&c);
        if (c.e.m.topic)
            (void)kafc_reader_mark(c.r[0], &c.e.m, NULL);
    }
    ck_assert_int_eq(committed(&c.e, 1), KAFC_OFFSET_UNKNOWN);
    crowd_join(&c, KAFC_READER(GROUP, .assignors = assignors));
    settle(&c, 2);
    ck_assert_int_eq(committed(&c.e, 1), 5);
    put_records(&c.e, "t", 0, 1, 1000, -1);
    put_records(&c.e, "t", 1, 1, 1000, -1);
    while (c.got[0] < 11 || c.got[1] < 1)
        turn(&c);
    ck_assert_int_eq(c.got[0], 11);
    ck_assert_int_eq(c.got[1], 1);
    crowd_close(&c);
}

START_TEST(R4_what_is_marked_is_committed_before_partitions_are_given_up)
{
    give_up_marked("range");
    give_up_marked("cooperative-sticky");
}
END_TEST

START_TEST(R4_a_seek_takes_back_what_read_would_mark)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    for (int i = 0; i < 5; i++)
        ck_ok(kafc_reader_read(e.reader, &e.m, SOON, &e.err));
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(4), &e.err)); /* it could not be handled */
    ck_ok(kafc_reader_read(e.reader, &e.m, SOON, &e.err));
    ck_assert_int_eq(e.m.offset, 4);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4);
    reading_close(&e);
}
END_TEST

START_TEST(R5_the_highest_mark_counts_and_an_offset_goes_back)
{
    struct reading e;
    kafc_offset o = { .topic = "t", .offset = 2, .metadata = "note" }, got = { .topic = "t" };
    kafc_reader_state s;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offsets(&e, 0, 8);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    e.m.offset = 3;
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.marked, 8);
    ck_assert_int_eq(s.committed, KAFC_OFFSET_UNKNOWN);
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 8);
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.marked, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(s.committed, 8);
    ck_ok(kafc_reader_mark_offsets(e.reader, &o, 1, &e.err));
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 2);
    ck_ok(kafc_reader_committed(e.reader, &got, 1, SOON, &e.err));
    ck_assert_int_eq(got.offset, 2);
    ck_assert_str_eq(got.metadata, "note");
    o.offset = 1;
    ck_ok(kafc_reader_commit_offsets(e.reader, &o, 1, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 1);
    ck_ok(kafc_reader_commit_marked(e.reader, SOON,
                                    &e.err)); /* what was marked before is taken back */
    ck_assert_int_eq(committed(&e, 0), 1);
    ck_ok(kafc_reader_commit_delivered(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 8);
    reading_close(&e);
}
END_TEST

START_TEST(R5_a_mark_does_not_go_back_behind_a_commit)
{
    struct reading e;
    kafc_message *early;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offset(&e, 0);
    early = kafc_message_dup(&e.m);
    ck_assert_ptr_nonnull(early);
    expect_offsets(&e, 1, 6);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    ck_ok(kafc_reader_mark(e.reader, early, &e.err));
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 6);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(0), &e.err)); /* but after a seek */
    expect_offset(&e, 0);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 1);
    kafc_message_free(early);
    reading_close(&e);
}
END_TEST

START_TEST(R7_each_offset_has_its_own_result)
{
    struct reading e;
    kafc_offset v[3] = { { .topic = "t", .partition = 0, .offset = 1 },
                         { .topic = "t", .partition = 7, .offset = 1 },
                         { .topic = "t", .partition = 1, .offset = 3 } };

    reading_open(&e, 1, 2);
    put_records(&e, "t", 0, 5, 1000, -1);
    put_records(&e, "t", 1, 5, 1000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP));
    for (int i = 0; i < 10; i++)
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    ck_assert_int_eq(kafc_reader_commit_offsets(e.reader, v, 3, SOON, &e.err),
                     KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(v[0].result, KAFC_OK);
    ck_assert_int_eq(v[1].result, KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(v[2].result, KAFC_OK);
    ck_assert_int_eq(committed(&e, 0), 1);
    ck_assert_int_eq(committed(&e, 1), 3);
    v[1].partition = 0;
    ck_ok(kafc_reader_committed(e.reader, v, 3, SOON, &e.err));
    ck_assert_int_eq(v[1].offset, 1);
    ck_assert_int_eq(v[2].offset, 3);
    reading_close(&e);
}
END_TEST

struct heard {
    atomic_int n;
    int64_t last;
    kafc_err code;
};

static void heard(void *ctx, const kafc_offset *v, int32_t n, kafc_err code, const kafc_error *err)
{
    struct heard *h = ctx;

    ck_assert_int_eq(n, 1);
    ck_assert_int_ge(v[0].offset, h->last); /* in order */
    ck_assert_int_eq(code != KAFC_OK, err != NULL);
    h->last = v[0].offset;
    h->code = code;
    atomic_fetch_add(&h->n, 1);
}

START_TEST(R7_asynchronous_commits_are_put_together_and_close_waits)
{
    struct reading e;
    struct heard h = { .last = -1 };
    enum { MANY = 100, RTT_MS = 20 };

    reading_open(&e, 1, 1);
    put_some(&e, MANY);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP));
    expect_offset(&e, 0);
    ck_ok(kafc_mock_set_rtt(e.mock, 0, RTT_MS));
    int64_t since = kafc__clock_mono_us();
    for (int i = 0; i < MANY; i++) {
        kafc_offset o = kafc_offset_after(&e.m);

        ck_ok(kafc_reader_commit_async(e.reader, &o, 1, heard, &h, &e.err));
        if (i + 1 < MANY)
            expect_offset(&e, i + 1);
    }
    int64_t took_ms = (kafc__clock_mono_us() - since) / 1000;
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert_int_eq(atomic_load(&h.n), MANY);
    ck_assert_int_eq(h.code, KAFC_OK);
    ck_assert_int_eq(h.last, MANY);
    ck_assert_int_eq(committed(&e, 0), MANY);
    /* One after the other while they were asked for, and those that were left. */
    ck_assert_int_le((int64_t)kafc_mock_requests(e.mock, 0, 8), 3 + took_ms / (RTT_MS - 1));
    reading_close(&e);
}
END_TEST

struct marker {
    struct reading *e;
    atomic_bool failed;
    int64_t last;
};

static bool mark_up_to(struct marker *k, int64_t offset)
{
    kafc_offset o = { .topic = "t", .offset = offset };

    return kafc_reader_mark_offsets(k->e->reader, &o, 1, NULL) == KAFC_OK;
}

static void mark_in_answer(void *ctx, const kafc_offset *v, int32_t n, kafc_err code, const kafc_error *err)
{
    struct marker *k = ctx;

    (void)n, (void)err;
    if (code || v[0].result || !mark_up_to(k, v[0].offset))
        atomic_store(&k->failed, true);
}

static void *mark_one_by_one(void *ctx)
{
    struct marker *k = ctx;

    for (int64_t i = 1; i <= k->last; i++)
        if (!mark_up_to(k, i))
            atomic_store(&k->failed, true);
    return NULL;
}

/* As workers do that were handed copies of messages, and functions that hear of a commit. */
START_TEST(offsets_are_marked_by_any_thread)
{
    struct reading e;
    struct marker k = { .e = &e, .last = 1000 };
    pthread_t worker;

    reading_open(&e, 1, 1);
    put_some(&e, (int32_t)k.last);
    reading_reader(&e, KAFC_READER(.topic = "t", GROUP, .commit_interval_ms = -1));
    expect_offset(&e, 0);
    ck_assert_int_eq(pthread_create(&worker, NULL, mark_one_by_one, &k), 0);
    for (int64_t i = 1; i < k.last; i++) {
        kafc_offset o = kafc_offset_after(&e.m);

        if (i % 100 == 0)
            ck_ok(kafc_reader_commit_async(e.reader, &o, 1, mark_in_answer, &k, &e.err));
        expect_offset(&e, i);
    }
    ck_assert_int_eq(pthread_join(worker, NULL), 0);
    ck_ok(kafc_reader_commit_marked(e.reader, SOON, &e.err)); /* and waits for the others */
    ck_assert(mark_up_to(&k, k.last));
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    ck_assert(!atomic_load(&k.failed));
    ck_assert_int_eq(committed(&e, 0), k.last);
    reading_close(&e);
}
END_TEST

START_TEST(R13_offsets_without_membership)
{
    struct reading e;
    kafc_reader *member;
    kafc_message m;
    kafc_offset o = { .topic = "t", .offset = 4, .metadata = "by hand" };

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(GROUP, .commit_interval_ms = 5));
    ck_ok(kafc_reader_commit_offsets(e.reader, &o, 1, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4);
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    expect_offsets(&e, 4, 6);
    ck_assert_uint_eq(e.m.stamp, 0);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    expect_offset(&e, 6); /* the mark was committed first */
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_FIRST }, 1,
                             &e.err));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_mark(e.reader, &e.m, &e.err));
    await_committed(&e, 0, 6);
    member = kafc_reader_open(e.client, KAFC_READER(.topic = "t", GROUP), &e.err);
    ck_assert_ptr_nonnull(member);
    ck_ok(kafc_reader_fetch(member, &m, SOON, &e.err));
    ck_assert_int_eq(m.offset, 6);
    ck_assert_int_eq(kafc_reader_commit_offsets(e.reader, &o, 1, SOON, &e.err),
                     KAFC_ERR_UNKNOWN_MEMBER_ID);
    ck_assert_ptr_nonnull(strstr(e.err.message, "has members"));
    ck_ok(kafc_reader_close(member, SOON, &e.err));
    kafc_reader_free(member);
    ck_ok(kafc_reader_commit_offsets(e.reader, &o, 1, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 4);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_commit", 30, R5_what_is_committed_is_not_read_again,
           R4_nothing_is_committed_unless_asked, R4_what_is_marked_goes_out_on_the_interval,
           R4_close_commits_what_is_marked, R4_read_marks_a_message_when_the_next_one_is_asked_for,
           R4_what_is_marked_is_committed_before_partitions_are_given_up,
           R4_a_seek_takes_back_what_read_would_mark,
           R5_the_highest_mark_counts_and_an_offset_goes_back,
           R5_a_mark_does_not_go_back_behind_a_commit, R7_each_offset_has_its_own_result,
           R7_asynchronous_commits_are_put_together_and_close_waits,
           offsets_are_marked_by_any_thread, R13_offsets_without_membership)
