/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader by hand: partitions that are assigned one by one and given up, and
 * paused.
 */
#include "tests/client/reading.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { FETCH = 1 };

static kafc_topic_partition part(const char *topic, int32_t partition)
{
    return (kafc_topic_partition){ topic, partition };
}

static void pause_one(struct reading *e, int32_t partition)
{
    kafc_topic_partition v = part("t", partition);

    ck_ok(kafc_reader_pause(e->reader, &v, 1, &e->err));
}

static void resume_one(struct reading *e, int32_t partition)
{
    kafc_topic_partition v = part("t", partition);

    ck_ok(kafc_reader_resume(e->reader, &v, 1, &e->err));
}

static kafc_reader_state state(struct reading *e, const char *topic, int32_t partition)
{
    kafc_reader_state s;

    ck_ok(kafc_reader_state_get(e->reader, topic, partition, &s, &e->err));
    return s;
}

static void assign_two(struct reading *e)
{
    kafc_assignment a[] = { { .topic = "t", .partition = 0 }, { .topic = "t", .partition = 1 } };

    ck_ok(kafc_reader_assign(e->reader, a, 2, &e->err));
}

/* Two partitions of ten records each, … */
static void put_two(struct reading *e, const kafc_reader_options *o)
{
    reading_open(e, 1, 2);
    put_records(e, "t", 0, 10, 1000, -1);
    put_records(e, "t", 1, 10, 1000, -1);
    reading_reader(e, o);
}

/* … both assigned from the first. */
static void open_two(struct reading *e, const kafc_reader_options *o)
{
    put_two(e, o);
    assign_two(e);
}

/* --- R9: pause ---------------------------------------------------------------------- */

/* Reads on until the next message is of this partition. Gives how far the other one came. */
static int64_t read_until(struct reading *e, int32_t partition)
{
    int64_t other = 0;

    do {
        ck_ok(kafc_reader_fetch(e->reader, &e->m, SOON, &e->err));
        other = e->m.partition == partition ? other : e->m.offset + 1;
    } while (e->m.partition != partition);
    return other;
}

START_TEST(R9_pause_holds_at_once_in_the_middle_of_a_batch)
{
    struct reading e;
    int64_t other;

    open_two(&e, NULL);
    other = read_until(&e, 0);
    expect_offsets(&e, 1, 4);
    pause_one(&e, 0);
    for (; other < 10; other++)
        expect_message(&e, "t", 1, other);
    expect_nothing(&e, 30);
    ck_assert(state(&e, "t", 0).paused);
    ck_assert(!state(&e, "t", 1).paused);
    ck_assert_int_eq(state(&e, "t", 0).position, 4);
    ck_assert_int_eq(state(&e, "t", 0).lag, 6);
    resume_one(&e, 0);
    ck_assert(!state(&e, "t", 0).paused);
    expect_offsets(&e, 4, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R9_what_was_fetched_ahead_is_kept)
{
    struct reading e;

    open_two(&e, KAFC_READER(.max_wait_ms = 20));
    int64_t other = read_until(&e, 0);
    pause_one(&e, 0);
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 10)); /* it could not be fetched again */
    for (; other < 10; other++)
        expect_message(&e, "t", 1, other);
    expect_nothing(&e, 50);
    resume_one(&e, 0);
    expect_offsets(&e, 1, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R9_batches_are_held_too)
{
    struct reading e;
    kafc_batch *b;
    kafc_message m;
    int64_t next = 1, other;

    open_two(&e, KAFC_READER(.max_wait_ms = 20));
    other = read_until(&e, 0);
    pause_one(&e, 0);
    for (; other < 10; kafc_batch_free(b)) {
        ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
        ck_assert_int_eq(kafc_batch_partition(b), 1);
        while (kafc_batch_next(b, &m, &e.err))
            other = m.offset + 1;
    }
    ck_assert_int_eq(kafc_reader_fetch_batch(e.reader, &b, 50, &e.err), KAFC_ERR_TIMED_OUT);
    resume_one(&e, 0);
    ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
    for (; kafc_batch_next(b, &m, &e.err); next++)
        ck_assert_int_eq(m.offset, next);
    ck_assert_int_eq(next, 10);
    kafc_batch_free(b);
    reading_close(&e);
}
END_TEST

static void count_asked(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)a;
    atomic_fetch_add((atomic_int *)ctx, rq->body.len > 0);
}

START_TEST(R9_what_is_paused_is_not_asked_for)
{
    struct reading e;
    enum { WAIT_MS = 20 };
    atomic_int asked = 0;

    put_two(&e, KAFC_READER(.max_wait_ms = WAIT_MS));
    ck_ok(kafc_mock_hook(e.mock, FETCH, count_asked, &asked));
    ck_ok(kafc_mock_stop_broker(e.mock, 1)); /* nothing is under way when all is paused */
    assign_two(&e);
    ck_ok(kafc_reader_pause(e.reader, NULL, 0, &e.err));
    ck_ok(kafc_mock_start_broker(e.mock, 1));
    put_records(&e, "t", 0, 10, 1000, -1);
    expect_nothing(&e, 200);
    ck_assert_int_eq(atomic_load(&asked), 0);
    resume_one(&e, 1); /* the session of the node names the other one no more */
    for (int64_t i = 0; i < 10; i++)
        expect_message(&e, "t", 1, i);
    expect_nothing(&e, 50);
    int64_t since = kafc__clock_mono_us();
    int before = atomic_load(&asked);
    put_records(&e, "t", 0, 10, 1000, -1);
    expect_nothing(&e, 100);
    int n = atomic_load(&asked) - before; /* each waits its time: nobody is told */
    ck_assert_int_le(n, 2 + (kafc__clock_mono_us() - since) / 1000 / WAIT_MS);
    ck_ok(kafc_mock_hook(e.mock, FETCH, NULL, NULL));
    ck_ok(kafc_reader_resume(e.reader, NULL, 0, &e.err));
    expect_offsets(&e, 0, 30);
    reading_close(&e);
}
END_TEST

START_TEST(R9_pause_survives_a_seek)
{
    struct reading e;

    open_two(&e, NULL);
    read_until(&e, 0);
    pause_one(&e, 0);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(7), &e.err));
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(9), &e.err));
    expect_message(&e, "t", 1, 9);
    expect_nothing(&e, 30);
    ck_assert(state(&e, "t", 0).paused);
    resume_one(&e, 0);
    expect_offsets(&e, 7, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R9_pause_is_forgotten_by_assign)
{
    struct reading e;
    kafc_assignment a = { .topic = "t", .partition = 0 };
    kafc_topic_partition v = part("t", 0);

    open_two(&e, NULL);
    pause_one(&e, 0);
    ck_ok(kafc_reader_assign_remove(e.reader, &v, 1, &e.err));
    ck_ok(kafc_reader_assign_add(e.reader, &a, 1, &e.err));
    ck_assert(!state(&e, "t", 0).paused);
    pause_one(&e, 0);
    ck_ok(kafc_reader_assign(e.reader, &a, 1, &e.err));
    expect_offsets(&e, 0, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R9_pause_of_what_is_not_assigned_changes_nothing)
{
    struct reading e;
    kafc_topic_partition v[] = { part("t", 0), part("t", 2) };

    open_two(&e, NULL);
    ck_assert_int_eq(kafc_reader_pause(e.reader, v, 2, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [2]"));
    ck_assert(!state(&e, "t", 0).paused);
    ck_ok(kafc_reader_pause(e.reader, v, 0, &e.err)); /* none of a list is none, not all */
    ck_assert(!state(&e, "t", 0).paused);
    ck_assert_int_eq(kafc_reader_resume(e.reader, v, 2, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_reader_pause(e.reader, NULL, 1, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_resume(e.reader, v, -1, &e.err), KAFC_ERR_USAGE);
    reading_close(&e);
}
END_TEST

START_TEST(R9_a_notice_waits_as_messages_do)
{
    struct reading e;

    open_two(&e, KAFC_READER(.notify_end = KAFC_ON));
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(10), &e.err));
    expect_offsets(&e, 0, 1);
    ck_ok(kafc_reader_pause(e.reader, NULL, 0, &e.err));
    expect_nothing(&e, 50);
    resume_one(&e, 0);
    expect_offsets(&e, 1, 10);
    expect_err(&e, KAFC_ERR_END_OF_PARTITION);
    ck_assert_int_eq(e.m.partition, 0);
    resume_one(&e, 1);
    expect_err(&e, KAFC_ERR_END_OF_PARTITION);
    ck_assert_int_eq(e.m.partition, 1);
    reading_close(&e);
}
END_TEST

START_TEST(R11_a_range_does_not_end_while_something_of_it_is_held)
{
    struct reading e;
    int64_t other;

    open_two(&e, KAFC_READER(.stop = KAFC_LAST));
    other = read_until(&e, 0);
    pause_one(&e, 0);
    for (; other < 10; other++)
        expect_message(&e, "t", 1, other);
    expect_nothing(&e, 50);
    resume_one(&e, 0);
    expect_offsets(&e, 1, 10);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

/* Until the buffer is full: no more is asked for. */
static void wait_until_full(struct reading *e)
{
    uint64_t asked;

    do {
        asked = kafc_mock_requests(e->mock, 0, FETCH);
        nanosleep(&(struct timespec){ .tv_nsec = 60000000 }, NULL);
    } while (asked != kafc_mock_requests(e->mock, 0, FETCH));
}

/* What is held of paused partitions fills the buffer: the others are read all the same, and nothing of it is lost. */
static void fill_with_paused(int n, kafc_position stop)
{
    enum { PARTS = 16 };
    struct reading e;
    int64_t next[PARTS] = { 0 };

    reading_open(&e, 1, PARTS);
    for (int32_t p = 0; p < PARTS - 1; p++)
        for (int i = 0; i < n; i += 10)
            put_compressed(&e, "t", p, KAFC_NONE, 10, 1000);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 20000,
                                   .buffer_bytes = 100000, .max_wait_ms = 20, .stop = stop));
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    next[e.m.partition] = 1;
    wait_until_full(&e);
    ck_ok(kafc_reader_pause(e.reader, NULL, 0, &e.err));
    resume_one(&e, PARTS - 1);
    for (int64_t i = 0; i < n; i++) {
        if (i % 10 == 0)
            put_compressed(&e, "t", PARTS - 1, KAFC_NONE, 10, 1000);
        expect_message(&e, "t", PARTS - 1, i);
    }
    ck_ok(kafc_reader_resume(e.reader, NULL, 0, &e.err));
    for (int i = 1; i < (PARTS - 1) * n; i++) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        ck_assert_int_eq(e.m.offset, next[e.m.partition]++);
    }
    if (stop.kind)
        expect_err(&e, KAFC_ERR_END_OF_RANGE);
    else
        expect_nothing(&e, 30);
    reading_close(&e);
}

START_TEST(R9_what_is_paused_keeps_no_room_from_the_others)
{
    fill_with_paused(100, (kafc_position){ KAFC_POSITION_DEFAULT, 0 });
    fill_with_paused(10, KAFC_AT(10)); /* most have been fetched to their stop */
}
END_TEST

/* --- Seeking ---------------------------------------------------------------------------- */

START_TEST(R2_seek_to_positions_of_all_kinds)
{
    const struct {
        kafc_position to;
        int64_t first; /* 10: the end */
    } kinds[] = { { KAFC_AT(7), 7 },      { KAFC_FIRST, 2 },
                  { KAFC_TAIL(3), 7 },    { KAFC_AT_TIME(1004), 4 },
                  { KAFC_TAIL(100), 2 },  { { KAFC_POSITION_DEFAULT, 0 }, 9 },
                  { KAFC_AT_TIME(0), 2 }, { KAFC_AGO(0), 10 },
                  { KAFC_LAST, 10 },      { KAFC_AT_TIME(99999), 10 },
                  { KAFC_AT(10), 10 } };
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 2));
    reading_reader(&e, KAFC_READER(.start = KAFC_TAIL(1), .max_wait_ms = 20));
    ck_ok(kafc_reader_assign_add(e.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        ck_ok(kafc_reader_seek(e.reader, "t", 0, kinds[i].to, &e.err));
        if (kinds[i].first < 10)
            expect_offset(&e, kinds[i].first);
        else
            do {
                expect_nothing(&e, 50);
            } while (state(&e, "t", 0).position < 0); /* it is still asked for */
        ck_assert_int_eq(state(&e, "t", 0).position, kinds[i].first < 10 ? kinds[i].first + 1 : 10);
        ck_assert_int_eq(state(&e, "t", 0).end, 10);
    }
    reading_close(&e);
}
END_TEST

/* --- Assigning one by one ------------------------------------------------------------- */

START_TEST(R2_the_others_go_on_when_partitions_come_and_go)
{
    struct reading e;
    kafc_assignment more[] = { { .topic = "u", .partition = 0, .start = KAFC_AT(5) },
                               { .topic = "t", .partition = 2, .start = KAFC_TAIL(1) } };
    kafc_topic_partition gone[] = { part("t", 2), part("t", 0), part("t", 2) };

    reading_open(&e, 1, 3);
    ck_ok(kafc_mock_create_topic(e.mock, "u", 1, 0));
    for (int32_t p = 0; p < 3; p++)
        put_records(&e, "t", p, 10, 1000, -1);
    put_records(&e, "u", 0, 6, 1000, -1);
    reading_reader(&e, NULL);
    ck_ok(kafc_reader_assign_add(e.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    expect_offsets(&e, 0, 3);
    ck_ok(kafc_reader_assign_add(e.reader, more, 2, &e.err));
    for (int64_t n = 0, next = 3; n < 9; n++) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        if (*e.m.topic == 't' && e.m.partition == 0)
            ck_assert_int_eq(e.m.offset, next++); /* not from the start again */
        else
            ck_assert_int_eq(e.m.offset, *e.m.topic == 'u' ? 5 : 9);
    }
    ck_ok(kafc_reader_assign_remove(e.reader, gone, 3, &e.err));
    put_records(&e, "t", 0, 1, 1000, -1);
    put_records(&e, "t", 2, 1, 1000, -1);
    put_records(&e, "u", 0, 1, 1000, -1);
    expect_message(&e, "u", 0, 6);
    expect_nothing(&e, 30);
    gone[0] = part("u", 0);
    ck_ok(kafc_reader_assign_remove(e.reader, gone, 1, &e.err));
    expect_err(&e, KAFC_ERR_NOT_ASSIGNED);
    reading_close(&e);
}
END_TEST

START_TEST(R2_a_partition_that_goes_takes_what_was_fetched_along)
{
    struct reading e;
    kafc_assignment a = { .topic = "t", .partition = 0, .start = KAFC_AT(8) };
    kafc_topic_partition v = part("t", 0);

    open_two(&e, NULL);
    read_until(&e, 0);
    ck_ok(kafc_reader_assign_remove(e.reader, &v, 1, &e.err));
    ck_ok(kafc_reader_assign_add(e.reader, &a, 1, &e.err));
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(10), &e.err));
    expect_offsets(&e, 8, 10);
    expect_nothing(&e, 30);
    reading_close(&e);
}
END_TEST

START_TEST(R2_an_error_of_assign_add_or_remove_changes_nothing)
{
    struct reading e;
    kafc_assignment twice[] = { { .topic = "t", .partition = 2 },
                                { .topic = "t", .partition = 1 } };
    kafc_assignment wrong[] = { { .topic = "t", .partition = 2 }, { .topic = "", .partition = 1 } };
    kafc_topic_partition v[] = { part("t", 0), part("t", 7) };

    open_two(&e, NULL);
    read_until(&e, 0);
    ck_assert_int_eq(kafc_reader_assign_add(e.reader, twice, 2, &e.err), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [1]"));
    ck_assert_int_eq(kafc_reader_assign_add(e.reader, wrong, 2, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assign_add(e.reader, NULL, 1, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assignment(e.reader, NULL, 0), 2);
    ck_assert_int_eq(kafc_reader_assign_remove(e.reader, v, 2, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [7]"));
    ck_assert_int_eq(kafc_reader_assign_remove(e.reader, v, -1, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assignment(e.reader, NULL, 0), 2);
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(10), &e.err));
    expect_offsets(&e, 1, 10);
    reading_close(&e);
}
END_TEST

START_TEST(the_assignment_is_told_in_order)
{
    static const struct {
        const char *topic;
        int32_t partition;
    } order[] = { { "a", 0 }, { "a", 9 }, { "a", 10 }, { "b", 1 }, { "t", 0 }, { "t", 300 } };
    struct reading e;
    kafc_topic_partition out[8];
    enum { N = 6 };

    reading_open(&e, 1, 1);
    reading_reader(&e, NULL);
    ck_assert_int_eq(kafc_reader_assignment(e.reader, out, 8), 0);
    for (int i = 0; i < N; i++) {
        kafc_assignment a = { .topic = order[i * 5 % N].topic,
                              .partition = order[i * 5 % N].partition };

        ck_ok(kafc_reader_assign_add(e.reader, &a, 1, &e.err));
    }
    for (int32_t cap = 0; cap <= 8; cap++) {
        memset(out, 0, sizeof(out));
        ck_assert_int_eq(kafc_reader_assignment(e.reader, out, cap), N);
        for (int32_t i = 0; i < cap && i < N; i++) {
            ck_assert_str_eq(out[i].topic, order[i].topic);
            ck_assert_int_eq(out[i].partition, order[i].partition);
        }
        ck_assert(cap >= 8 || out[cap].topic == NULL);
    }
    reading_close(&e);
}
END_TEST

/* One partition of it is given up, another one was assigned by itself before the topic was known. */
START_TEST(a_whole_topic_and_partitions_of_it)
{
    struct reading e;
    kafc_assignment a = { .topic = "t", .partition = 1, .start = KAFC_AT(2) };
    kafc_topic_partition v = part("t", 0);

    reading_open(&e, 1, 2);
    put_records(&e, "t", 0, 3, 1000, -1);
    put_records(&e, "t", 1, 3, 1000, -1);
    ck_ok(kafc_mock_delete_topic(e.mock, "t"));
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_err(&e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_ok(kafc_reader_assign_add(e.reader, &a, 1, &e.err));
    ck_ok(kafc_mock_create_topic(e.mock, "t", 2, 0));
    put_records(&e, "t", 1, 3, 1000, -1);
    expect_message(&e, "t", 1, 2);
    put_records(&e, "t", 0, 1, 1000, -1);
    expect_message(&e, "t", 0, 0);
    ck_ok(kafc_reader_assign_remove(e.reader, &v, 1, &e.err));
    put_records(&e, "t", 0, 1, 1000, -1);
    put_records(&e, "t", 1, 1, 1000, -1);
    expect_message(&e, "t", 1, 3);
    expect_nothing(&e, 30);
    ck_assert_int_eq(kafc_reader_assignment(e.reader, NULL, 0), 1);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_hand", 60, R9_pause_holds_at_once_in_the_middle_of_a_batch,
           R9_what_was_fetched_ahead_is_kept, R9_batches_are_held_too,
           R9_what_is_paused_is_not_asked_for, R9_pause_survives_a_seek,
           R9_pause_is_forgotten_by_assign, R9_pause_of_what_is_not_assigned_changes_nothing,
           R9_a_notice_waits_as_messages_do, R11_a_range_does_not_end_while_something_of_it_is_held,
           R9_what_is_paused_keeps_no_room_from_the_others, R2_seek_to_positions_of_all_kinds,
           R2_the_others_go_on_when_partitions_come_and_go,
           R2_a_partition_that_goes_takes_what_was_fetched_along,
           R2_an_error_of_assign_add_or_remove_changes_nothing, the_assignment_is_told_in_order,
           a_whole_topic_and_partitions_of_it)
