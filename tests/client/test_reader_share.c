/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What kafc_reader holds at most, however well it is compressed, and how
 * partitions share it: each in its turn, and fetched again as soon as there is
 * room.
 */
#include <stdlib.h>
#include <time.h>

#include "protocol/record/codec.h"
#include "tests/client/reading.h"

enum { FETCH = 1 };

START_TEST(buffer_bytes_bounds_what_is_really_held)
{
    struct reading e;
    enum { LIMIT = 400000 };
    kafc_batch *held[64];
    int n = 0;
    kafc_err code;

    reading_open(&e, 3, 8);
    for (int i = 0; i < 40; i++)
        for (int32_t p = 0; p < 8; p++)
            put_compressed(&e, "t", p, KAFC_NONE, 10, 1000);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 20000,
                                   .buffer_bytes = LIMIT, .max_wait_ms = 20));
    /* Batches that are kept: fetching stops at the limit, and goes on when they are freed. */
    size_t bytes = 0;
    while (n < 64 && (code = kafc_reader_fetch_batch(
                          e.reader, &held[n], bytes < LIMIT / 2 ? SOON : 300, &e.err)) == KAFC_OK) {
        while (kafc_batch_next(held[n], &e.m, NULL))
            bytes += (size_t)e.m.value.len;
        n++;
    }
    ck_assert_int_eq(code, KAFC_ERR_TIMED_OUT);
    ck_assert_uint_ge(bytes, LIMIT / 2);
    ck_assert_uint_le(bytes, LIMIT + 20000);
    int64_t got = 0;
    for (int i = 0; i < n; i++)
        kafc_batch_free(held[i]);
    while (got + (int64_t)(bytes / 1000) < 40 * 8 * 10) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        got++;
    }
    expect_nothing(&e, 30);
    reading_close(&e);
}
END_TEST

/* An allocator that knows how many bytes are out, and the most there ever were. */
struct weigher {
    kafc_allocator mem;
    atomic_long now, most;
};

static void weigh(struct weigher *w, long n)
{
    long now = atomic_fetch_add(&w->now, n) + n, most = atomic_load(&w->most);

    while (now > most && !atomic_compare_exchange_weak(&w->most, &most, now))
        ;
}

static void *weigh_realloc(void *ctx, void *p, size_t n)
{
    size_t *at = p, old = at ? at[-2] : 0;

    at = realloc(at ? at - 2 : NULL, n + 16);
    at[0] = n;
    weigh(ctx, (long)n - (long)old);
    return at + 2;
}

static void *weigh_malloc(void *ctx, size_t n)
{
    return weigh_realloc(ctx, NULL, n);
}

static void weigh_free(void *ctx, void *p)
{
    size_t *at = p;

    if (!at)
        return;
    weigh(ctx, -(long)at[-2]);
    free(at - 2);
}

START_TEST(memory_is_bounded_while_nobody_reads)
{
    struct reading e;
    struct weigher w = { .mem = { weigh_malloc, weigh_realloc, weigh_free, &w } };
    enum { LIMIT = 1000000, PARTITION = 50000 };
    long before;
    uint64_t asked = 0;

    reading_open_with(&e, KAFC_MOCK(.brokers = 3), 30, KAFC_CLIENT(.allocator = &w.mem));
    for (int32_t p = 0; p < 30; p++)
        put_compressed(&e, "t", p, KAFC_GZIP, 1000, 400); /* which is as good as not compressed */
    for (int32_t p = 0; p < 30; p++)
        put_compressed(&e, "t", p, KAFC_NONE, 300, 400);
    reading_reader(&e, NULL);
    before = atomic_load(&w.now);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = PARTITION,
                                   .buffer_bytes = LIMIT, .max_wait_ms = 20));
    ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    do {
        asked = kafc_mock_requests(e.mock, 0, FETCH);
        nanosleep(&(struct timespec){ .tv_nsec = 100000000 },
                  NULL); /* several waits of the broker */
    } while (asked != kafc_mock_requests(e.mock, 0, FETCH) ||
             atomic_load(&w.most) - before < LIMIT / 4);
    /* What arrives on top of it: one batch for each request under way, and what links and requests need. */
    ck_assert_int_le(atomic_load(&w.most) - before, LIMIT + 1200000);
    for (int i = 1; i < 30 * 1300; i++)
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    expect_nothing(&e, 20);
    ck_assert_int_le(atomic_load(&w.most) - before, LIMIT + 1200000);
    reading_close(&e);
    ck_assert_int_eq(atomic_load(&w.now), 0);
}
END_TEST

/* A thousandth on the wire: what is decompressed counts, and no more than one batch of it is held for each taker. */
START_TEST(memory_is_bounded_where_little_becomes_much)
{
    static const int codecs[] = { KAFC_GZIP, KAFC_SNAPPY, KAFC_LZ4, KAFC_ZSTD };
    enum {
        LIMIT = 3000000,
        PARTS = 48,
        ROUNDS = 4,
        RECORDS = 100,
        SIZE = 10000,
        LEAST = (ROUNDS * PARTS - 4 * ROUNDS) * RECORDS
    };
    struct weigher w = { .mem = { weigh_malloc, weigh_realloc, weigh_free, &w } };
    struct reading e;
    kafc_batch *held[4];
    long before;

    reading_open_with(&e, KAFC_MOCK(.brokers = 3), PARTS, KAFC_CLIENT(.allocator = &w.mem));
    for (int i = 0; i < ROUNDS; i++)
        for (int32_t p = 0; p < PARTS; p++) {
            bool built = !kafc__codec_check(kafc__codec(codecs[p % 4]), NULL);
            put_zeros(&e, "t", p, built ? codecs[p % 4] : KAFC_GZIP, RECORDS, SIZE);
        }
    reading_reader(&e, NULL);
    before = atomic_load(&w.now);
    reading_reader(&e, KAFC_READER(.topic = "t", .buffer_bytes = LIMIT, .max_wait_ms = 20));
    for (int i = 0; i < 4; i++) { /* taken and half read: a megabyte each */
        ck_ok(kafc_reader_fetch_batch(e.reader, &held[i], SOON, &e.err));
        for (int n = 0; n < RECORDS / 2; n++)
            ck_assert(kafc_batch_next(held[i], &e.m, &e.err));
    }
    ck_assert_int_ge(atomic_load(&w.now) - before, LIMIT);
    for (int i = 0; i < 4; i++) {
        while (kafc_batch_next(held[i], &e.m, &e.err))
            ;
        kafc_batch_free(held[i]);
    }
    int64_t n = 0;
    atomic_store(&w.most, atomic_load(&w.now));
    while (kafc_reader_fetch(e.reader, &e.m, n < LEAST ? SOON : 500, &e.err) == KAFC_OK)
        n++;
    ck_assert_int_ge(n, LEAST);
    /* Of the batch that is read the codec may hold twice as much while it grows; and the client keeps four frames. */
    long most = atomic_load(&w.most) - before;
    ck_assert_int_le(most, LIMIT + 2 * RECORDS * SIZE + 600000);
    reading_close(&e);
    ck_assert_int_eq(atomic_load(&w.now), 0);
}
END_TEST

/* The first partition has more than all others, and each fetch could be filled with it. While a request for the others
 * is on its way, however long that takes, it alone is asked for by the second: it may be ahead, but not for good.
 * Without a session (before version 7) nothing but the order of the request is between them. */
START_TEST(a_hot_partition_leaves_room_for_the_others)
{
    enum { PARTS = 8, HOT = 400, COLD = 20, BATCH = 5, AHEAD = 20 * BATCH };
    static const int16_t versions[] = { 6, 12 };
    struct reading e;
    int got[PARTS] = { 0 }, left = (PARTS - 1) * COLD * BATCH;

    reading_open(&e, 1, PARTS);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, versions[_i]));
    for (int32_t p = 0; p < PARTS; p++)
        for (int i = 0; i < (p == 0 ? HOT : COLD); i++)
            put_compressed(&e, "t", p, KAFC_NONE, BATCH, 2000);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_bytes = 20000, .partition_max_bytes = 20000,
                                   .buffer_bytes = 100000, .max_wait_ms = 20));
    while (left > 0) {
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        got[e.m.partition]++;
        left -= e.m.partition > 0;
        for (int32_t p = 1; p < PARTS; p++)
            ck_assert_msg(got[0] <= 2 * got[p] + AHEAD, "[%d] has %d when the hot one has %d", p,
                          got[p], got[0]);
    }
    reading_close(&e);
}
END_TEST

/* Requests that brokers park hold room for what they may bring. None waits for ever behind those of other brokers. */
START_TEST(no_broker_is_left_out_when_room_is_scarce)
{
    enum { BROKERS = 12 };
    static const struct {
        int64_t buffer;
        int32_t
            step; /* from one partition to the next that gets something: turns take time where room is scarce */
    } rows[] = { { 67108864, 1 }, { 8000000, 2 }, { 1500000, 5 }, { 100000, 5 } };
    struct reading e;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        reading_open(&e, BROKERS, BROKERS);
        reading_reader(&e, KAFC_READER(.topic = "t", .buffer_bytes = rows[i].buffer));
        for (int32_t p = BROKERS - 1; p >= 0; p -= rows[i].step)
            for (int64_t n = 0; n < 2; n++) {
                put_records(&e, "t", p, 1, 1000, -1);
                expect_message(&e, "t", p, n);
            }
        reading_close(&e);
    }
}
END_TEST

/* There is room for one batch at a time: each is fetched as soon as the one before is taken. */
START_TEST(a_drained_partition_is_fetched_at_once)
{
    enum { BATCHES = 300 };
    struct reading e;
    kafc_metadata *m;
    int quick = 0;

    reading_open(&e, 1, 2);
    for (int i = 0; i < BATCHES; i++)
        put_compressed(&e, "t", 0, KAFC_NONE, 1, 5000);
    /* The other one has nothing, so that a request is parked most of the time. */
    reading_reader(&e, KAFC_READER(.topic = "t", .partition_max_bytes = 1000, .max_bytes = 1000,
                                   .buffer_bytes = 4000, .max_wait_ms = 30000));
    for (int i = 0; i < BATCHES; i += 2) { /* the second is asked for with nothing else to wake who asks */
        expect_offset(&e, i);
        int64_t begin = kafc__clock_mono_us();
        expect_offset(&e, i + 1);
        int64_t trip = kafc__clock_mono_us();
        ck_ok(kafc_client_metadata(e.client, NULL, 0, SOON, &m, &e.err));
        kafc_metadata_free(m);
        quick += trip - begin < 15000 + 3 * (kafc__clock_mono_us() - trip);
    }
    /* Any wait of a fixed time, 20 ms or more, would be beyond what an answer takes here and now, each time. */
    ck_assert_int_ge(quick, BATCHES / 20);
    ck_assert_uint_ge(kafc_mock_requests(e.mock, 0, FETCH), BATCHES / 2);
    reading_close(&e);
}
END_TEST

/* A broker answers one connection in order, and parks a fetch that finds nothing: readers of a client do not wait for
 * each other's, nor for that of one that is gone. */
START_TEST(an_idle_reader_holds_nobody_up)
{
    enum { ROUNDS = 10 };
    struct reading e;
    kafc_reader *idle;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_create_topic(e.mock, "idle", 1, 1));
    idle = kafc_reader_open(e.client, KAFC_READER(.topic = "idle", .max_wait_ms = 2 * SOON), &e.err);
    ck_assert_ptr_nonnull(idle);
    while (kafc_mock_requests(e.mock, 0, FETCH) == 0)
        ck_assert_int_eq(kafc_reader_fetch(idle, &e.m, 10, &e.err), KAFC_ERR_TIMED_OUT);
    for (int i = 0; i < ROUNDS; i++) {
        if (i % 5 == 0)
            reading_reader(&e,
                           KAFC_READER(.topic = "t", .max_wait_ms = 2 * SOON, .start = KAFC_AT(i)));
        put_records(&e, "t", 0, 1, 1000, -1);
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
        ck_assert_int_eq(e.m.offset, i);
    }
    kafc_reader_free(idle);
    reading_close(&e);
}
END_TEST

SUITE_LOOPS("client/reader_share", 100, ONCE(buffer_bytes_bounds_what_is_really_held),
            ONCE(memory_is_bounded_while_nobody_reads),
            ONCE(memory_is_bounded_where_little_becomes_much),
            LOOP(a_hot_partition_leaves_room_for_the_others, 0, 2),
            ONCE(no_broker_is_left_out_when_room_is_scarce),
            ONCE(a_drained_partition_is_fetched_at_once), ONCE(an_idle_reader_holds_nobody_up))
