/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What reading may cost, counted: allocations for a message, bytes held,
 * requests of a reader that has nothing to read, bytes that are asked for.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/clock.h"
#include "protocol/api/01_fetch.h"
#include "protocol/record/codec.h"
#include "protocol/registry.h"
#include "protocol/schema.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/kafc.h>
#include <kafc/mock.h>

enum { SOME = 100000, MB = 1 << 20 };

static kafc_mock *mock;
static kafc_client *client;
static kafc_error err;

static void open_client(const kafc_mock_options *o, const kafc_allocator *mem)
{
    mock = kafc_mock_new(o, &err);
    ck_assert_msg(mock != NULL, "%s", err.message);
    client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .allocator = mem),
                              &err);
    ck_assert_msg(client != NULL, "%s", err.message);
}

static void close_client(kafc_reader *r)
{
    kafc_reader_free(r);
    kafc_client_free(client);
    kafc_mock_free(mock);
}

static kafc_reader *open_reader(const kafc_reader_options *o)
{
    kafc_reader *r = kafc_reader_open(client, o, &err);
    ck_assert_msg(r != NULL, "%s", err.message);
    return r;
}

static void read_some(kafc_reader *r, int n)
{
    kafc_message m;
    kafc_err code = KAFC_OK;
    for (int i = 0; i < n && code == KAFC_OK; i++)
        code = kafc_reader_fetch(r, &m, 20000, &err);
    ck_assert_msg(code == KAFC_OK, "%s", err.message);
}

/* ---- allocations ---- */

static void count_allocations(kafc_compression codec)
{
    struct test_alloc a;
    kafc_reader *r;
    long calls, live;
    test_alloc_init(&a);
    open_client(KAFC_MOCK(.brokers = 2, .endless_bytes = 100, .endless_codec = codec), &a.mem);
    r = open_reader(KAFC_READER(.topic = "t"));
    read_some(r, SOME);
    calls = atomic_load(&a.calls);
    live = atomic_load(&a.live);
    read_some(r, 3 * SOME);
    /* A few for each answer and for each batch that is decompressed; none for a message. */
    ck_assert_int_lt(atomic_load(&a.calls) - calls, 3 * SOME / 100);
    ck_assert_int_lt(atomic_load(&a.live) - live, SOME / 200);
    close_client(r);
    ck_assert_int_eq(atomic_load(&a.live), 0);
}

START_TEST(messages_allocate_nothing)
{
    count_allocations(KAFC_NONE);
    if (kafc__codec_check(kafc__codec(KAFC_LZ4), NULL) == KAFC_OK)
        count_allocations(KAFC_LZ4);
}
END_TEST

/* ---- memory ---- */

/* What is held, to the byte, and the most of it. */
static atomic_long held, peak;

static void count(long n)
{
    long now = atomic_fetch_add(&held, n) + n, most = atomic_load(&peak);
    while (now > most && !atomic_compare_exchange_weak(&peak, &most, now)) {
    }
}

static void *sized_realloc(void *ctx, void *p, size_t n)
{
    max_align_t *q = p ? (max_align_t *)p - 1 : NULL;
    size_t old = 0;
    (void)ctx;
    if (q)
        memcpy(&old, q, sizeof(old));
    q = realloc(q, n + sizeof(*q));
    if (!q)
        return NULL;
    memcpy(q, &n, sizeof(n));
    count((long)n - (long)old);
    return q + 1;
}

static void *sized_malloc(void *ctx, size_t n)
{
    return sized_realloc(ctx, NULL, n);
}

static void sized_free(void *ctx, void *p)
{
    max_align_t *q = p ? (max_align_t *)p - 1 : NULL;
    size_t old;
    (void)ctx;
    if (!q)
        return;
    memcpy(&old, q, sizeof(old));
    count(-(long)old);
    free(q);
}

static long most_held(int64_t buffer_bytes)
{
    static const kafc_allocator mem = { .malloc = sized_malloc,
                                        .realloc = sized_realloc,
                                        .free = sized_free };
    kafc_reader *r;
    atomic_store(&held, 0);
    atomic_store(&peak, 0);
    open_client(KAFC_MOCK(.brokers = 1, .endless_bytes = 1000), &mem);
    r = open_reader(KAFC_READER(.topic = "t", .buffer_bytes = buffer_bytes));
    read_some(r, SOME);
    close_client(r);
    ck_assert_int_eq(atomic_load(&held), 0);
    return atomic_load(&peak);
}

/* Of 64 MB not much is used. Of each partition two answers of a megabyte are held, and these hold the frames that they
 * came in. Where answers are slow they are as large as they may be: at worst two of all four partitions, two of the
 * three that were read and asked for again while the fourth waits, and so on. */
enum { AHEAD = 2 * (4 + 3 + 2 + 1) * MB };

START_TEST(a_reader_holds_its_buffer_and_little_else)
{
    ck_assert_int_lt(most_held(0), AHEAD + MB);
    ck_assert_int_lt(most_held(2 * MB), 2 * MB + 6 * MB);
    ck_assert_int_lt(most_held(MB / 2), MB / 2 + 4 * MB);
}
END_TEST

/* ---- requests ---- */

struct seen {
    atomic_int requests;
    atomic_long longest, first_max, last_max;
};

static void look(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct seen *s = ctx;
    const struct kafc_api *api = kafc__api(rq->api);
    struct kafc_fetch_req q;
    struct kafc_arena arena;
    struct kafc_rd r;
    (void)a;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&r, rq->body.p, (size_t)rq->body.len);
    ck_assert_int_eq(kafc__msg_decode(&r, api->req, &q, rq->version, &arena, NULL), KAFC_OK);
    if (atomic_fetch_add(&s->requests, 1) == 0)
        atomic_store(&s->first_max, q.max_bytes);
    atomic_store(&s->last_max, q.max_bytes);
    if (rq->body.len > atomic_load(&s->longest))
        atomic_store(&s->longest, rq->body.len);
    kafc__arena_fini(&arena);
}

/* One request parks all partitions of a broker, and says nothing of them. */
START_TEST(a_thousand_idle_partitions_cost_a_request_now_and_then)
{
    enum { BROKERS = 2, WAIT_MS = 300, FOR_MS = 3000 };
    struct seen s = { 0 };
    kafc_message m;
    kafc_reader *r;
    int64_t began;
    open_client(KAFC_MOCK(.brokers = BROKERS), NULL);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 1000, 1), KAFC_OK);
    r = open_reader(KAFC_READER(.topic = "t", .max_wait_ms = WAIT_MS, .notify_end = KAFC_ON));
    for (int i = 0; i < 1000; i++)
        ck_assert_int_eq(kafc_reader_fetch(r, &m, 20000, &err), KAFC_ERR_END_OF_PARTITION);
    ck_assert_int_eq(kafc_mock_hook(mock, 1, look, &s), KAFC_OK);
    do { /* what was under way, and named more */
        atomic_store(&s.longest, 0);
        ck_assert_int_eq(kafc_reader_fetch(r, &m, 3 * WAIT_MS, &err), KAFC_ERR_TIMED_OUT);
    } while (atomic_load(&s.longest) == 0 || atomic_load(&s.longest) >= 100);
    began = kafc__clock_mono_us();
    atomic_store(&s.requests, 0);
    do
        ck_assert_int_eq(kafc_reader_fetch(r, &m, FOR_MS, &err), KAFC_ERR_TIMED_OUT);
    while (atomic_load(&s.requests) < BROKERS); /* none hangs */
    int requests = atomic_load(&s.requests);
    ck_assert_int_le(requests, BROKERS * ((kafc__clock_mono_us() - began) / 1000 / WAIT_MS + 2));
    ck_assert_int_lt(atomic_load(&s.longest), 100);
    ck_assert_int_eq(kafc_mock_hook(mock, 1, NULL, NULL), KAFC_OK);
    close_client(r);
}
END_TEST

START_TEST(answers_are_as_large_as_their_way_is_long)
{
    struct seen s = { 0 };
    kafc_reader *r;
    open_client(KAFC_MOCK(.brokers = 1, .endless_bytes = 1000), NULL);
    ck_assert_int_eq(kafc_mock_hook(mock, 1, look, &s), KAFC_OK);
    r = open_reader(KAFC_READER(.topic = "t"));
    read_some(r, 1);
    ck_assert_int_gt(atomic_load(&s.first_max), MB / 4);
    ck_assert_int_le(atomic_load(&s.first_max), MB);
    ck_assert_int_eq(kafc_mock_set_rtt(mock, 0, 30), KAFC_OK);
    while (atomic_load(&s.last_max) < 4 * MB) /* as much as four partitions may bring */
        read_some(r, 1000);
    ck_assert_int_eq(kafc_mock_set_rtt(mock, 0, 0), KAFC_OK);
    close_client(r);
}
END_TEST

SUITE_MAIN("client/reader_cost", 60, messages_allocate_nothing,
           a_reader_holds_its_buffer_and_little_else,
           a_thousand_idle_partitions_cost_a_request_now_and_then,
           answers_are_as_large_as_their_way_is_long)
