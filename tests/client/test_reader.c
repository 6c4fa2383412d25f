/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader against the mock: seeks, what messages carry,
 * batches, waits and wake-ups, and objects that are used wrongly.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

#include "base/sync.h"
#include "tests/client/reading.h"

/* --- R2: assign and seek ------------------------------------------------------------ */

START_TEST(R2_assign_reads_from_the_explicit_start)
{
    struct reading e;

    reading_open(&e, 1, 2);
    put_some(&e, 10);
    put_records(&e, "t", 1, 10, 1000, -1);
    reading_reader(&e, NULL);
    ck_ok(kafc_reader_assign(
        e.reader, &(kafc_assignment){ .topic = "t", .partition = 0, .start = KAFC_AT(9) }, 1,
        &e.err));
    expect_offset(&e, 9);
    ck_ok(kafc_reader_assign(
        e.reader, &(kafc_assignment){ .topic = "t", .partition = 1, .start = KAFC_AT(3) }, 1,
        &e.err));
    expect_message(&e, "t", 1, 3);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_ok(kafc_reader_assign(e.reader, NULL, 0, &e.err));
    expect_err(&e, KAFC_ERR_NOT_ASSIGNED); /* nothing is read: nothing to wait for */
    reading_close(&e);
}
END_TEST

START_TEST(R2_seek_is_local_and_immediate)
{
    struct reading e;

    reading_open(&e, 1, 2);
    put_some(&e, 100);
    put_some(&e, 100);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offsets(&e, 0, 3);
    /* With what was fetched ahead, within a batch, and twice in a row: the last one counts. */
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(150), &e.err));
    expect_offsets(&e, 150, 152);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(10), &e.err));
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(50), &e.err));
    expect_offsets(&e, 50, 60);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_TAIL(1), &e.err));
    expect_offset(&e, 199);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, (kafc_position){ KAFC_POSITION_DEFAULT, 0 }, &e.err));
    expect_offset(&e, 0);
    reading_close(&e);
}
END_TEST

START_TEST(R2_seek_drops_what_was_fetched_ahead)
{
    struct reading e;
    kafc_mock_log log;
    uint64_t asked;

    reading_open(&e, 1, 1);
    for (int i = 0; i < 50; i++)
        put_some(&e, 10);
    ck_ok(kafc_mock_log_get(e.mock, "t", 0, &log));
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO,
                                   .partition_max_bytes = 4000, .max_wait_ms = 20));
    for (int round = 0; round < 5; round++) {
        expect_offsets(&e, round * 3, round * 3 + 2);
        do { /* until no more is fetched ahead */
            asked = kafc_mock_requests(e.mock, 0, 1);
            nanosleep(&(struct timespec){ .tv_nsec = 30000000 }, NULL);
        } while (asked != kafc_mock_requests(e.mock, 0, 1));
        ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(400 + round), &e.err));
        expect_offset(&e, 400 + round);
        ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(round * 3 + 3), &e.err));
    }
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err));
    expect_offsets(&e, 0, log.high_watermark);
    reading_close(&e);
}
END_TEST

START_TEST(R2_seek_on_a_partition_that_is_not_assigned)
{
    struct reading e;

    reading_open(&e, 1, 2);
    reading_reader(&e, NULL);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [0]"));
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t", .partition = 1 }, 1,
                             &e.err));
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "u", 1, KAFC_FIRST, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_FIRST, &e.err));
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(-1000), &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 1, KAFC_COMMITTED, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_seek(e.reader, NULL, 1, KAFC_FIRST, &e.err), KAFC_ERR_USAGE);
    reading_close(&e);
}
END_TEST

/* The handler of the -1000 puzzle, but for its first step, subscribing: that is refused. */
static void puzzle_request(struct reading *e, int64_t offset)
{
    kafc_reader_state s;

    ck_ok(kafc_reader_assign(
        e->reader, &(kafc_assignment){ .topic = "t", .partition = 0, .start = KAFC_AT(offset) }, 1,
        &e->err));
    ck_ok(kafc_reader_seek(e->reader, "t", 0, KAFC_AT(offset), &e->err));
    ck_ok(kafc_reader_state_get(e->reader, "t", 0, &s, &e->err));
    ck_assert_int_eq(s.position, offset);
    expect_offset(e, offset);
    ck_ok(kafc_reader_state_get(e->reader, "t", 0, &s, &e->err));
    ck_assert_int_eq(s.position, offset + 1);
}

START_TEST(R2_the_handler_of_the_puzzle_run_twice)
{
    struct reading e;

    reading_open(&e, 3, 1);
    put_some(&e, 20);
    reading_reader(&e, NULL);
    puzzle_request(&e, 12);
    puzzle_request(&e, 5);
    reading_close(&e);
}
END_TEST

/* --- V2, V3, V4: what a message carries ------------------------------------------------ */

START_TEST(V2_no_result_shows_a_magic_number)
{
    struct reading e;
    kafc_reader_state s;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    reading_reader(&e, NULL);
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_LAST }, 1,
                             &e.err));
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert(s.position == KAFC_OFFSET_UNKNOWN || s.position == 3);
    ck_assert(s.lag == KAFC_OFFSET_UNKNOWN || s.lag == 0);
    ck_assert(s.end == KAFC_OFFSET_UNKNOWN || s.end == 3);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.position, 1);
    ck_assert_int_eq(s.high_watermark, 3);
    ck_assert_int_eq(s.end, 3);
    ck_assert_int_eq(s.log_start, 0);
    ck_assert_int_eq(s.lag, 2);
    reading_close(&e);
}
END_TEST

START_TEST(V3_null_and_empty_differ)
{
    struct reading e;
    static const kafc_header h[] = { { { "a", 1 }, { "1", 1 } },
                                     { { "a", 1 }, { NULL, 0 } },
                                     { { "", 0 }, { "", 0 } },
                                     { { "b", 1 }, { "2", 1 } } };
    kafc_message m[3] = {
        { .key = { NULL, 0 }, .value = { "", 0 }, .headers = h, .nheaders = 4, .timestamp = 7 },
        { .key = { "", 0 }, .value = { NULL, 0 }, .timestamp = 7 },
        { .key = { "k", 1 }, .value = { "v", 1 }, .timestamp = 7 }
    };

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_append(e.mock, "t", 0, m, 3, -1));
    reading_reader(&e, KAFC_READER(.topic = "t"));
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    ck_assert_ptr_null(e.m.key.p);
    ck_assert_ptr_nonnull(e.m.value.p);
    ck_assert_int_eq(e.m.value.len, 0);
    ck_assert_int_eq(e.m.nheaders, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(e.m.headers[i].name.len, h[i].name.len);
        ck_assert_mem_eq(e.m.headers[i].name.p, h[i].name.p, (size_t)h[i].name.len);
        ck_assert_int_eq(e.m.headers[i].value.len, h[i].value.len);
        ck_assert_int_eq(e.m.headers[i].value.p == NULL, h[i].value.p == NULL);
    }
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    ck_assert_ptr_nonnull(e.m.key.p);
    ck_assert_int_eq(e.m.key.len, 0);
    ck_assert_ptr_null(e.m.value.p);
    ck_assert_int_eq(e.m.nheaders, 0);
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    ck_assert_mem_eq(e.m.key.p, "k", 1);
    reading_close(&e);
}
END_TEST

START_TEST(V4_a_message_carries_where_it_came_from)
{
    struct reading e;
    kafc_message *copy, m[3];
    int32_t epoch;

    reading_open(&e, 2, 2);
    ck_ok(kafc_mock_set_leader(e.mock, "t", 1, 1));
    ck_ok(kafc_mock_set_leader(e.mock, "t", 1, 2));
    ck_assert_int_eq(kafc_mock_leader(e.mock, "t", 1, &epoch), 2);
    ck_assert_int_gt(epoch, 0);
    put_records(&e, "t", 1, 3, 5000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = 1));
    memset(m, 0xa5, sizeof m); /* each time another struct, with rubbish in it */
    for (int i = 0; i < 3; i++) {
        ck_ok(kafc_reader_fetch(e.reader, &m[i], SOON, &e.err));
        ck_assert_str_eq(m[i].topic, "t");
        ck_assert_int_eq(m[i].partition, 1);
        ck_assert_int_eq(m[i].to_partition, 0);
        ck_assert_int_eq(m[i].offset, i);
        ck_assert_int_eq(m[i].leader_epoch, epoch);
        ck_assert_int_eq(m[i].timestamp, 5000 + i);
        ck_assert_int_eq(m[i].timestamp_type, KAFC_TIME_CREATE);
        ck_assert_uint_eq(m[i].stamp, 0);
    }
    copy = kafc_message_dup(&m[2]);
    expect_nothing(&e, 0);
    reading_close(&e);
    ck_assert_str_eq(copy->topic, "t");
    ck_assert_int_eq(copy->offset, 2);
    ck_assert_int_eq(copy->leader_epoch, epoch);
    ck_assert_mem_eq(copy->value.p, "t/1/2", 5);
    kafc_message_free(copy);
}
END_TEST

START_TEST(V4_log_append_time)
{
    struct reading e;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_set_timestamp_type(e.mock, "t", KAFC_TIME_LOG_APPEND));
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    ck_assert_int_eq(e.m.timestamp_type, KAFC_TIME_LOG_APPEND);
    ck_assert_int_gt(e.m.timestamp, 1000000000000);
    reading_close(&e);
}
END_TEST

/* --- Batches ------------------------------------------------------------------------- */

START_TEST(a_batch_is_handed_over_whole_and_the_position_moves_past_it)
{
    struct reading e;
    kafc_batch *b;
    kafc_reader_state s;
    int64_t next = 0;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.position, 10);
    ck_assert_str_eq(kafc_batch_topic(b), "t");
    ck_assert_int_eq(kafc_batch_partition(b), 0);
    ck_assert_int_eq(kafc_batch_high_watermark(b), 10);
    while (kafc_batch_next(b, &e.m, &e.err))
        ck_assert_int_eq(e.m.offset, next++);
    ck_assert_int_eq(e.err.code, KAFC_OK);
    ck_assert_int_eq(next, 10);
    ck_assert(!kafc_batch_next(b, &e.m, NULL));
    kafc_batch_free(b);
    reading_close(&e);
}
END_TEST

START_TEST(the_rest_of_a_batch_that_fetch_began)
{
    struct reading e;
    kafc_batch *b;
    int64_t next = 4;

    reading_open(&e, 1, 1);
    put_compressed(&e, "t", 0, KAFC_GZIP, 10, 0);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offsets(&e, 0, 4);
    ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
    while (kafc_batch_next(b, &e.m, &e.err))
        ck_assert_int_eq(e.m.offset, next++);
    ck_assert_int_eq(next, 10);
    kafc_batch_free(b);
    put_some(&e, 1);
    expect_offset(&e, 10);
    reading_close(&e);
}
END_TEST

struct handed {
    kafc_batch *b;
    int n;
};

static void read_handed(void *arg)
{
    struct handed *h = arg;
    kafc_message m;
    kafc_error err;

    while (kafc_batch_next(h->b, &m, &err))
        h->n += m.offset == h->n && memcmp(m.value.p, "t/0/", 4) == 0;
    kafc_batch_free(h->b);
}

START_TEST(a_batch_outlives_reader_and_client_on_another_thread)
{
    struct reading e;
    struct test_alloc a;
    struct handed h = { 0 };
    struct kafc_thread thread;

    test_alloc_init(&a);
    reading_open_with(&e, KAFC_MOCK(.brokers = 1), 1, KAFC_CLIENT(.allocator = &a.mem));
    put_compressed(&e, "t", 0, KAFC_GZIP, 100, 0);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    ck_ok(kafc_reader_fetch_batch(e.reader, &h.b, SOON, &e.err));
    reading_close(&e);
    ck_assert(kafc__thread_start(&thread, "other", read_handed, &h));
    kafc__thread_join(&thread);
    ck_assert_int_eq(h.n, 100);
    ck_assert_int_eq(atomic_load(&a.live), 0);
}
END_TEST

/* --- Waiting ----------------------------------------------------------------------------- */

START_TEST(a_timeout_is_kept)
{
    struct reading e;
    int64_t begin, us;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_nothing(&e, 0);
    begin = kafc__clock_mono_us();
    expect_nothing(&e, 60);
    us = kafc__clock_mono_us() - begin;
    ck_assert_int_ge(us, 59000);
    ck_assert_int_le(us, 20000000);
    reading_close(&e);
}
END_TEST

static kafc_reader *to_wake;
static void wake_it(int sig)
{
    (void)sig;
    kafc_reader_wake(to_wake);
}

START_TEST(C3_wake_from_a_signal_handler)
{
    struct reading e;
    struct itimerval soon = { .it_value = { .tv_usec = 30000 } };
    struct sigaction sa = { .sa_handler = wake_it };

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    to_wake = e.reader;
    sigaction(SIGALRM, &sa, NULL);
    for (int i = 0; i < 3; i++) {
        setitimer(ITIMER_REAL, &soon, NULL);
        ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, -1, &e.err), KAFC_ERR_INTERRUPTED);
    }
    expect_nothing(&e, 20); /* a wake-up is for one call */
    signal(SIGALRM, SIG_IGN);
    reading_close(&e);
}
END_TEST

START_TEST(C3_a_wake_that_comes_early_is_for_the_next_call_that_may_wait)
{
    struct reading e;
    kafc_batch *b = NULL;

    reading_open(&e, 1, 1);
    put_some(&e, 4);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    kafc_reader_wake(e.reader);
    kafc_reader_wake(e.reader);
    ck_ok(kafc_reader_fetch(e.reader, &e.m, 0, &e.err)); /* which does not wait */
    ck_assert_int_eq(e.m.offset, 1);
    ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err), KAFC_ERR_INTERRUPTED);
    expect_offset(&e, 2); /* nothing is lost */
    kafc_reader_wake(e.reader);
    ck_assert_int_eq(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err), KAFC_ERR_INTERRUPTED);
    ck_assert_ptr_null(b);
    expect_offset(&e, 3);
    expect_nothing(&e, 20);
    kafc_reader_wake(NULL);
    reading_close(&e);
}
END_TEST

START_TEST(a_fetch_that_can_bring_nothing_says_so)
{
    struct reading e;
    kafc_batch *b;

    reading_open(&e, 1, 1);
    reading_reader(&e, NULL);
    ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, 0, &e.err), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, -1, &e.err), KAFC_ERR_NOT_ASSIGNED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "kafc_reader_assign"));
    ck_assert_int_eq(kafc_reader_fetch_batch(e.reader, &b, -1, &e.err), KAFC_ERR_NOT_ASSIGNED);
    put_some(&e, 1);
    ck_ok(kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t" }, 1, &e.err));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_assign(e.reader, NULL, 0, &e.err));
    expect_err(&e, KAFC_ERR_NOT_ASSIGNED);
    reading_close(&e);
}
END_TEST

START_TEST(a_timeout_says_what_and_where)
{
    struct reading e;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    ck_ok(kafc_mock_stop_broker(e.mock, 1));
    do
        expect_nothing(&e, 50);
    while (!strstr(e.err.message, "127.0.0.1"));
    ck_assert_msg(strstr(e.err.message, "refused") || strstr(e.err.message, "lost"), "%s",
                  e.err.message);
    ck_ok(kafc_mock_start_broker(e.mock, 1));
    put_some(&e, 1);
    expect_offset(&e, 0);
    reading_close(&e);
}
END_TEST

/* --- Used wrongly ------------------------------------------------------------------------- */

START_TEST(a_closed_reader_says_so)
{
    struct reading e;
    kafc_batch *b;
    kafc_reader_state s;

    reading_open(&e, 1, 1);
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_close(e.reader, 0, &e.err));
    ck_ok(kafc_reader_close(e.reader, -1, NULL));
    expect_err(&e, KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_reader_fetch_batch(e.reader, &b, 0, &e.err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_reader_assign(e.reader, NULL, 0, &e.err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err), KAFC_ERR_CLOSED);
    kafc_reader_wake(e.reader);
    reading_close(&e);
}
END_TEST

START_TEST(a_reader_of_a_closed_client_says_so)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offset(&e, 0);
    ck_ok(kafc_client_close(e.client, SOON, &e.err));
    expect_err(&e, KAFC_ERR_CLOSED);
    kafc_reader_wake(e.reader);
    ck_assert_ptr_null(kafc_reader_open(e.client, KAFC_READER(.topic = "t"), &e.err));
    ck_assert_int_eq(e.err.code, KAFC_ERR_CLOSED);
    reading_close(&e);
}
END_TEST

static void close_later(void *arg)
{
    kafc_error err;

    nanosleep(&(struct timespec){ .tv_nsec = 30000000 },
              NULL); /* the other one waits by then, or not: both must end */
    (void)kafc_client_close(arg, 1000, &err);
}

START_TEST(closing_the_client_ends_a_fetch_that_waits)
{
    struct reading e;
    struct kafc_thread thread;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    ck_assert(kafc__thread_start(&thread, "closer", close_later, e.client));
    ck_assert_int_eq(kafc_reader_fetch(e.reader, &e.m, -1, &e.err), KAFC_ERR_CLOSED);
    kafc__thread_join(&thread);
    reading_close(&e);
}
END_TEST

START_TEST(usage_errors_name_what_is_wrong)
{
    struct reading e;
    kafc_assignment twice[2] = { { .topic = "t" }, { .topic = "t" } };

    reading_open(&e, 1, 1);
    ck_assert_ptr_null(kafc_reader_open(NULL, NULL, &e.err));
    ck_assert_int_eq(e.err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_null(
        kafc_reader_open(e.client, KAFC_READER(.topic = "t", .start = KAFC_COMMITTED), &e.err));
    ck_assert_int_eq(e.err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_null(
        kafc_reader_open(e.client, KAFC_READER(.topic = "t", .max_bytes = -3), &e.err));
    ck_assert_ptr_nonnull(strstr(e.err.message, "max_bytes"));
    ck_assert_ptr_null(kafc_reader_open(e.client, KAFC_READER(.topic = ""), &e.err));
    ck_assert_ptr_nonnull(strstr(e.err.message, "topic is empty"));
    ck_assert_ptr_null(kafc_reader_open(e.client, KAFC_READER(.partition = KAFC_ZERO), &e.err));
    ck_assert_ptr_nonnull(strstr(e.err.message, "no topic"));
    reading_reader(&e, NULL);
    ck_assert_int_eq(kafc_reader_assign(e.reader, twice, 2, &e.err), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(e.err.message, "twice"));
    ck_assert_int_eq(kafc_reader_assign(e.reader, NULL, 3, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_assign(e.reader, &(kafc_assignment){ .partition = 1 }, 1, &e.err),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(
        kafc_reader_assign(e.reader, &(kafc_assignment){ .topic = "t", .partition = -1 }, 1, NULL),
        KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_fetch(NULL, &e.m, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_fetch(e.reader, NULL, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_fetch_batch(e.reader, NULL, 0, &e.err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_state_get(e.reader, "t", 0, NULL, &e.err), KAFC_ERR_USAGE);
    kafc_batch_free(NULL);
    ck_assert_ptr_null(kafc_message_dup(NULL));
    kafc_reader_free(NULL);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader", 60, R2_assign_reads_from_the_explicit_start,
           R2_seek_is_local_and_immediate, R2_seek_drops_what_was_fetched_ahead,
           R2_seek_on_a_partition_that_is_not_assigned, R2_the_handler_of_the_puzzle_run_twice,
           V2_no_result_shows_a_magic_number, V3_null_and_empty_differ,
           V4_a_message_carries_where_it_came_from, V4_log_append_time,
           a_batch_is_handed_over_whole_and_the_position_moves_past_it,
           the_rest_of_a_batch_that_fetch_began,
           a_batch_outlives_reader_and_client_on_another_thread, a_timeout_is_kept,
           C3_wake_from_a_signal_handler,
           C3_a_wake_that_comes_early_is_for_the_next_call_that_may_wait,
           a_fetch_that_can_bring_nothing_says_so, a_timeout_says_what_and_where,
           a_closed_reader_says_so, a_reader_of_a_closed_client_says_so,
           closing_the_client_ends_a_fetch_that_waits, usage_errors_name_what_is_wrong)
