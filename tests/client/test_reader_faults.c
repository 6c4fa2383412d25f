/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader against the mock: leaders that move, brokers that stop, cut
 * connections, damage, large messages, every codec, versions of Fetch, memory
 * that is really held, many partitions, no work when idle.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/sync.h"
#include "protocol/apis.h"
#include "protocol/record/codec.h"
#include "tests/client/reading.h"

enum { FETCH = 1 };

/* --- Nothing lost or twice, in order -------------------------------------------------- */

enum { PARTS = 4, EACH = 300 };

/* Reads EACH messages of every partition, while `disturb` is called now and then. */
static void read_through(struct reading *e, void (*disturb)(struct reading *e, int round))
{
    int64_t next[PARTS] = { 0 };
    int left = PARTS * EACH, round = 0;

    while (left > 0) {
        kafc_err code = kafc_reader_fetch(e->reader, &e->m, SOON, &e->err);

        ck_assert_msg(code == KAFC_OK, "%s: %s", kafc_err_name(code), e->err.message);
        ck_assert_int_eq(e->m.offset, next[e->m.partition]);
        next[e->m.partition]++;
        if (--left % 60 == 0)
            disturb(e, round++);
    }
    expect_nothing(e, 20);
}

static void fill(struct reading *e)
{
    for (int32_t p = 0; p < PARTS; p++)
        for (int i = 0; i < EACH / 10; i++)
            put_records(e, "t", p, 10, 1000, -1);
}

static void move_leaders(struct reading *e, int round)
{
    for (int32_t p = 0; p < PARTS; p++)
        ck_ok(kafc_mock_set_leader(e->mock, "t", p, (p + round) % 3 + 1));
}

static void stop_and_start(struct reading *e, int round)
{
    ck_ok(kafc_mock_start_broker(e->mock, round % 3 + 1));
    ck_ok(kafc_mock_stop_broker(e->mock, (round + 1) % 3 + 1));
}

static void cut_all(struct reading *e, int round)
{
    (void)round;
    ck_ok(kafc_mock_cut(e->mock, 0));
}

static void disturbed_reading(void (*disturb)(struct reading *e, int round))
{
    struct reading e;

    reading_open(&e, 3, PARTS);
    fill(&e);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 400, .max_wait_ms = 20));
    read_through(&e, disturb);
    reading_close(&e);
}

START_TEST(leaders_move)
{
    disturbed_reading(move_leaders);
}
END_TEST

START_TEST(brokers_stop_and_start)
{
    disturbed_reading(stop_and_start);
}
END_TEST

START_TEST(connections_are_cut)
{
    disturbed_reading(cut_all);
}
END_TEST

static void quarrel(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    static const kafc_err codes[] = {
        KAFC_ERR_NOT_LEADER_OR_FOLLOWER, KAFC_ERR_LEADER_NOT_AVAILABLE,
        KAFC_ERR_FENCED_LEADER_EPOCH,    KAFC_ERR_UNKNOWN_LEADER_EPOCH,
        KAFC_ERR_KAFKA_STORAGE_ERROR,    KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
        KAFC_ERR_OFFSET_NOT_AVAILABLE,   KAFC_ERR_UNKNOWN_TOPIC_ID
    };
    static const kafc_mock_act acts[] = { KAFC_MOCK_CUT, KAFC_MOCK_PASS_CUT, KAFC_MOCK_ERROR,
                                          KAFC_MOCK_PASS };
    (void)ctx;
    a->act = acts[rq->index % 4];
    a->code = codes[rq->index / 4 % 8];
}

static void nothing(struct reading *e, int round)
{
    (void)e;
    (void)round;
}

START_TEST(fetches_fail_in_every_way)
{
    struct reading e;

    reading_open(&e, 3, PARTS);
    fill(&e);
    ck_ok(kafc_mock_hook(e.mock, FETCH, quarrel, NULL));
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 1000, .max_wait_ms = 20));
    read_through(&e, nothing);
    reading_close(&e);
}
END_TEST

/* --- What the peer sends --------------------------------------------------------------- */

static void half_a_frame(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    static const char bytes[] = "\0\0\x10\0\0\0\0\1 and no more";

    (void)ctx;
    if (rq->index % 2 == 0) {
        a->act = KAFC_MOCK_RAW;
        a->bytes = (kafc_bytes){ bytes, sizeof(bytes) };
    }
}

static void cut_it(void *arg)
{
    struct reading *e = arg;

    while (kafc_mock_requests(e->mock, 0, FETCH) < 1)
        kafc__clock_mono_us();
    ck_ok(kafc_mock_hook(e->mock, FETCH, NULL, NULL));
    ck_ok(kafc_mock_cut(e->mock, 0));
}

START_TEST(a_connection_cut_in_the_middle_of_a_response)
{
    struct reading e;
    struct kafc_thread thread;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    ck_ok(kafc_mock_hook(e.mock, FETCH, half_a_frame, NULL));
    reading_reader(&e, KAFC_READER(.topic = "t"));
    ck_assert(kafc__thread_start(&thread, "cutter", cut_it, &e));
    expect_offsets(&e, 0, 10);
    kafc__thread_join(&thread);
    reading_close(&e);
}
END_TEST

static void rubbish(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    static const char *const bytes[] = { "HTTP/1.1 400 Bad Request\r\n\r\n",
                                         "\x15\x03\x01\0\2\2\x28 alert alert",
                                         "\xff\xff\xff\xff and rubbish",
                                         "\x7f\xff\xff\xff and rubbish", "\0\0\0\2??" };
    (void)ctx;
    if (rq->index < 5) {
        a->act = KAFC_MOCK_RAW;
        a->bytes = (kafc_bytes){ bytes[rq->index], rq->index == 4 ? 6 : 16 };
    }
}

START_TEST(a_peer_that_sends_rubbish)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    ck_ok(kafc_mock_hook(e.mock, FETCH, rubbish, NULL));
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offsets(&e, 0, 10);
    ck_assert_uint_ge(kafc_mock_requests(e.mock, 0, FETCH), 6);
    reading_close(&e);
}
END_TEST

START_TEST(damage_is_told_once_and_only_a_seek_goes_on)
{
    struct reading e;
    kafc_reader_state s;

    reading_open(&e, 1, 2);
    put_some(&e, 3);
    put_corrupt(&e, "t", 0, 2); /* 3, 4 */
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    expect_offsets(&e, 0, 3);
    expect_err(&e, KAFC_ERR_CORRUPT);
    ck_assert_str_eq(e.m.topic, "t");
    ck_assert_int_eq(e.m.partition, 0);
    ck_assert_int_eq(e.m.offset, 3);
    ck_assert_ptr_nonnull(strstr(e.err.message, "offset 3"));
    expect_nothing(&e, 60);
    ck_ok(kafc_reader_state_get(e.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.position, 3);
    put_records(&e, "t", 1, 1, 1000, -1); /* the others go on */
    expect_message(&e, "t", 1, 0);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(5), &e.err));
    expect_offsets(&e, 5, 8);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(3), &e.err));
    expect_err(&e, KAFC_ERR_CORRUPT);
    reading_close(&e);
}
END_TEST

START_TEST(damage_within_a_batch_that_was_handed_out)
{
    struct reading e;
    kafc_batch *b;
    int n = 0;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    put_corrupt(&e, "t", 0, 2);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
    while (kafc_batch_next(b, &e.m, &e.err))
        ck_assert_int_eq(e.m.offset, n++);
    ck_assert_int_eq(n, 3);
    ck_assert_int_eq(e.err.code, KAFC_ERR_CORRUPT);
    kafc_batch_free(b);
    reading_close(&e);
}
END_TEST

/* --- Sizes and codecs --------------------------------------------------------------------- */

START_TEST(compressed_batches_of_all_codecs)
{
    struct reading e;
    int64_t next = 0;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 3000));
    for (int round = 0; round < 3; round++)
        for (int codec = KAFC_GZIP; codec <= KAFC_ZSTD; codec++) {
            if (kafc__codec_check(kafc__codec(codec), NULL))
                continue;
            put_compressed(&e, "t", 0, codec, 20, 400);
            put_some(&e, 1);
            expect_offsets(&e, next, next + 21);
            next += 21;
        }
    ck_assert_int_gt(next, 0);
    reading_close(&e);
}
END_TEST

START_TEST(a_message_larger_than_all_limits_is_read)
{
    struct reading e;
    char *big = calloc(1, 3000000);
    kafc_message m = { .value = { big, 3000000 }, .timestamp = 7 };

    reading_open(&e, 1, 2);
    ck_ok(kafc_mock_set_config(e.mock, "t", "max.message.bytes", "10000000"));
    put_some(&e, 1);
    ck_ok(kafc_mock_append(e.mock, "t", 0, &m, 1, -1));
    put_some(&e, 1);
    for (int i = 0; i < 5; i++)
        put_records(&e, "t", 1, 10, 1000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 1000, .max_bytes = 2000,
                                   .buffer_bytes = 4000, .max_wait_ms = 20));
    int64_t next[2] = { 0 };
    while (next[0] < 3 || next[1] < 50) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        ck_assert_int_eq(e.m.offset, next[e.m.partition]);
        if (e.m.partition == 0 && e.m.offset == 1)
            ck_assert_int_eq(e.m.value.len, 3000000);
        next[e.m.partition]++;
    }
    free(big);
    reading_close(&e);
}
END_TEST

START_TEST(min_bytes_and_max_wait)
{
    struct reading e;
    int64_t begin;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .min_bytes = 100000, .max_wait_ms = 300));
    put_some(&e, 1);
    begin = kafc__clock_mono_us();
    expect_offset(&e, 0); /* comes when the wait is over */
    ck_assert_int_le(kafc__clock_mono_us() - begin, 5000000);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = KAFC_ZERO, .min_bytes = KAFC_ZERO));
    expect_offset(&e, 0);
    begin = kafc__clock_mono_us();
    uint64_t before = kafc_mock_requests(e.mock, 0, FETCH);
    expect_nothing(&e, 200);
    uint64_t asked = kafc_mock_requests(e.mock, 0, FETCH) - before;
    ck_assert_int_le((int64_t)asked, (kafc__clock_mono_us() - begin) * 60 / 200000); /* no wait is no frenzy */
    put_some(&e, 1);
    expect_offset(&e, 1);
    reading_close(&e);
}
END_TEST

/* --- Versions --------------------------------------------------------------------------------- */

static void with_versions(int16_t max_fetch, int16_t max_list)
{
    struct reading e;

    reading_open(&e, 2, 1);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, max_fetch));
    ck_ok(kafc_mock_set_versions(e.mock, 2, 0, max_list));
    put_some(&e, 3);
    put_records(&e, "t", 0, 2, 1000, 9); /* aborted */
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 9, false));
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_TAIL(7)));
    expect_offsets(&e, 1, 3);
    ck_ok(kafc_mock_set_leader(e.mock, "t", 0, 2));
    expect_offsets(&e, 6, 8);
    put_some(&e, 2);
    expect_offsets(&e, 8, 10);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err));
    expect_offsets(&e, 0, 3);
    reading_close(&e);
}

START_TEST(every_version_of_fetch)
{
    for (int16_t v = 4; v <= 18; v++)
        with_versions(v, 11);
}
END_TEST

START_TEST(every_version_of_list_offsets)
{
    for (int16_t v = 0; v <= 11; v++)
        with_versions(17, v);
}
END_TEST

START_TEST(a_broker_without_topic_ids_in_its_metadata)
{
    struct reading e;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_set_versions(e.mock, 3, 0, 9));
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offsets(&e, 0, 3);
    reading_close(&e);
}
END_TEST

START_TEST(a_broker_too_old_is_an_error_that_says_so)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, -1, -1));
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(0)));
    expect_err(&e, KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "Fetch"));
    expect_nothing(&e, 50); /* once */
    reading_close(&e);
}
END_TEST

/* --- Many partitions, idleness ------------------------------------------------------------ */

START_TEST(readers_of_a_thousand_partitions)
{
    struct reading e;
    static int64_t next[1000];
    enum { N = 1000 };

    reading_open(&e, 3, N);
    for (int32_t p = 0; p < N; p++)
        put_records(&e, "t", p, 3, 1000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON));
    memset(next, 0, sizeof next);
    for (int left = N * 4; left > 0; left--) {
        kafc_err code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);

        ck_assert_msg(code == KAFC_OK || code == KAFC_ERR_END_OF_PARTITION, "%s", e.err.message);
        ck_assert_int_eq(e.m.offset, next[e.m.partition]);
        next[e.m.partition] += code == KAFC_OK;
    }
    put_records(&e, "t", 777, 1, 1000, -1);
    expect_message(&e, "t", 777, 3);
    reading_close(&e);
}
END_TEST

/* Nothing comes, and soon the node is asked once in a wait, three times or more. */
static void idles(struct reading *e, int16_t api, int wait_ms)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000, asked, waits;

    do {
        int64_t since = kafc__clock_mono_us();
        uint64_t before = kafc_mock_requests(e->mock, 0, api);
        do {
            expect_nothing(e, 5 * wait_ms);
            asked = (int64_t)(kafc_mock_requests(e->mock, 0, api) - before);
        } while (asked < 3);
        waits = (kafc__clock_mono_us() - since) / 1000 / wait_ms;
        ck_assert_msg(asked <= 2 + waits || kafc__clock_mono_us() < until, "%d in %d waits", (int)asked, (int)waits);
    } while (asked > 2 + waits);
}

START_TEST(an_idle_reader_asks_only_when_the_wait_is_over)
{
    struct reading e;

    reading_open(&e, 1, 20);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 100));
    while (kafc_mock_requests(e.mock, 0, FETCH) < 2)
        expect_nothing(&e, 50);
    idles(&e, -1, 100);
    reading_close(&e);
}
END_TEST

/* Partitions that came late are parked with the others in the end: one request a node and wait. */
START_TEST(an_idle_reader_asks_no_more_after_seeks)
{
    struct reading e;

    reading_open(&e, 1, 20);
    for (int32_t p = 0; p < 20; p++)
        put_records(&e, "t", p, 1, 1000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 200));
    for (int i = 0; i < 20; i++)
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    expect_nothing(&e, 30);
    for (int32_t p = 0; p < 3; p++) {
        ck_ok(kafc_reader_seek(e.reader, "t", p, KAFC_AT(0), &e.err));
        expect_message(&e, "t", p, 0);
    }
    expect_nothing(&e, 500);
    idles(&e, FETCH, 200);
    reading_close(&e);
}
END_TEST

START_TEST(R2_a_seek_does_not_wait_for_a_broker_that_waits)
{
    struct reading e;
    int64_t begin;

    reading_open(&e, 1, 3);
    for (int32_t p = 0; p < 3; p++)
        put_records(&e, "t", p, 1, 1000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20000, .notify_end = KAFC_ON));
    for (int i = 0; i < 6; i++)
        (void)kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
    begin = kafc__clock_mono_us();
    for (int i = 0; i < 10; i++) {
        ck_ok(kafc_reader_seek(e.reader, "t", i % 3, KAFC_AT(0), &e.err));
        expect_message(&e, "t", i % 3, 0);
        expect_err(&e, KAFC_ERR_END_OF_PARTITION);
    }
    ck_assert_int_le(kafc__clock_mono_us() - begin, 10000000);
    put_records(&e, "t", 0, 1, 1000, -1);
    expect_message(&e, "t", 0, 1);
    reading_close(&e);
}
END_TEST

START_TEST(a_closed_reader_fetches_no_more)
{
    struct reading e;

    reading_open(&e, 1, 2);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    put_some(&e, 1);
    expect_offset(&e, 0);
    ck_ok(kafc_reader_close(e.reader, 0, &e.err));
    uint64_t before = kafc_mock_requests(e.mock, 0, FETCH);
    kafc_error err;
    kafc_metadata *md;
    for (int i = 0; i < 20; i++) { /* time passes */
        ck_ok(kafc_client_metadata(e.client, NULL, 0, SOON, &md, &err));
        kafc_metadata_free(md);
        ck_ok(kafc_mock_set_rtt(e.mock, 0, 10));
    }
    ck_assert_uint_le(kafc_mock_requests(e.mock, 0, FETCH), before + 2); /* both slots' may have been on their way */
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_faults", 100, leaders_move, brokers_stop_and_start, connections_are_cut,
           fetches_fail_in_every_way, a_connection_cut_in_the_middle_of_a_response,
           a_peer_that_sends_rubbish, damage_is_told_once_and_only_a_seek_goes_on,
           damage_within_a_batch_that_was_handed_out, compressed_batches_of_all_codecs,
           a_message_larger_than_all_limits_is_read, min_bytes_and_max_wait, every_version_of_fetch,
           every_version_of_list_offsets, a_broker_without_topic_ids_in_its_metadata,
           a_broker_too_old_is_an_error_that_says_so, readers_of_a_thousand_partitions,
           an_idle_reader_asks_only_when_the_wait_is_over, an_idle_reader_asks_no_more_after_seeks,
           R2_a_seek_does_not_wait_for_a_broker_that_waits,
           a_closed_reader_fetches_no_more)
