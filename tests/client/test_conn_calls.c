/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A kafc_conn against the mock: positions in all whences, options of single
 * calls, what comes with a batch, what the broker knows, sockets that are there
 * already, brokers that do not lead.
 */
#include <check.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/registry.h"
#include "tests/client/stranger.h"
#include "tests/support/suite.h"
#include <kafc/kafc.h>
#include <kafc/mock.h>

enum { WAIT = 10000 };
static kafc_mock *mock;
static kafc_conn *conn; /* to partition 1 of "t", which broker 2 leads */
static kafc_error err;

static void ok(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_OK, "%s: %s", kafc_err_name(rc), err.message);
}

static void fails(kafc_err rc, kafc_err want, const char *words)
{
    ck_assert_msg(rc == want, "%s, not %s", kafc_err_name(rc), kafc_err_name(want));
    ck_assert_int_eq(err.code, want);
    ck_assert_msg(strstr(err.message, words) != NULL, "'%s' is not in: %s", words, err.message);
}

static kafc_conn *dial(const kafc_conn_options *o)
{
    kafc_conn *c = kafc_conn_dial(o, kafc_mock_bootstrap(mock), WAIT, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    return c;
}

static void start(void)
{
    mock = kafc_mock_new(KAFC_MOCK(.brokers = 3), &err);
    ck_assert_ptr_nonnull(mock);
    ok(kafc_mock_create_topic(mock, "t", 4, 3));
    conn = dial(KAFC_CONN(.topic = "t", .partition = 1));
}

static void stop(void)
{
    kafc_conn_free(conn);
    kafc_mock_free(mock);
}

static void append(int n)
{
    for (int i = 0; i < n; i++) {
        kafc_message m = { .value = KAFC_STR("v"), .timestamp = 1000 * (i + 1) };
        ok(kafc_mock_append(mock, "t", 1, &m, 1, -1));
    }
}

static void reads(kafc_conn *c, int64_t offset)
{
    kafc_message m;
    ok(kafc_conn_read(c, &m, WAIT, &err));
    ck_assert_int_eq(m.offset, offset);
}

/* --- Positions ------------------------------------------------------------------------ */

START_TEST(V2_seeking_from_where_one_is)
{
    int64_t at = -5;
    start();
    append(10);
    ok(kafc_mock_delete_records(mock, "t", 1, 2));
    ok(kafc_conn_seek(conn, KAFC_CURRENT(3), WAIT, &at, &err)); /* nothing was read: from the start */
    ck_assert_int_eq(at, 5);
    reads(conn, 5);
    ok(kafc_conn_seek(conn, KAFC_CURRENT(0), 0, &at, &err)); /* local by now */
    ck_assert_int_eq(at, 6);
    reads(conn, 6);
    ok(kafc_conn_seek(conn, KAFC_CURRENT(-4), 0, &at, &err));
    ck_assert_int_eq(at, 3);
    reads(conn, 3);
    fails(kafc_conn_seek(conn, KAFC_CURRENT(-5), WAIT, &at, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE,
          "no offset -5 from 4 on");
    fails(kafc_conn_seek(conn, KAFC_CURRENT(INT64_MAX), WAIT, &at, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE, "from 4 on");
    fails(kafc_conn_seek(conn, KAFC_CURRENT(INT64_MIN), WAIT, &at, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE, "from 4 on");
    ck_assert_int_eq(at, KAFC_OFFSET_UNKNOWN);
    reads(conn, 4); /* an error moves nothing */
    ok(kafc_conn_seek(conn, KAFC_FIRST, WAIT, NULL, &err)); /* n after the first */
    ok(kafc_conn_seek(conn, KAFC_CURRENT(1), 0, &at, &err));
    ck_assert_int_eq(at, 3);
    ok(kafc_conn_seek(conn, KAFC_TAIL(2), WAIT, &at, &err)); /* and before the end */
    ck_assert_int_eq(at, 8);
    stop();
}
END_TEST

START_TEST(R10_whether_an_offset_is_in_the_log_is_asked)
{
    int64_t at = -5;
    start();
    append(10);
    ok(kafc_mock_delete_records(mock, "t", 1, 2));
    ok(kafc_mock_set_last_stable(mock, "t", 1, 4)); /* a transaction is open from there on */
    for (int64_t i = 2; i <= 10; i++) {
        ok(kafc_conn_offset_at(conn, KAFC_AT(i), WAIT, &at, &err));
        ck_assert_int_eq(at, i);
    }
    fails(kafc_conn_offset_at(conn, KAFC_AT(1), WAIT, &at, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE,
          "t [1] has offsets 2 to 10, and not 1");
    ck_assert_int_eq(at, KAFC_OFFSET_UNKNOWN);
    fails(kafc_conn_offset_at(conn, KAFC_AT(11), WAIT, &at, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE, "and not 11");
    fails(kafc_conn_offset_at(conn, KAFC_AT(-1), WAIT, &at, &err), KAFC_ERR_USAGE, "KAFC_AT(-1) is negative");
    fails(kafc_conn_offset_at(conn, KAFC_AT(5), 0, &at, &err), KAFC_ERR_WOULD_BLOCK, "without waiting");
    ok(kafc_conn_offset_at(conn, KAFC_CURRENT(0), WAIT, &at, &err)); /* where the first read begins */
    ck_assert_int_eq(at, 2);
    fails(kafc_conn_offset_at(conn, KAFC_CURRENT(9), WAIT, &at, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE, "and not 11");
    ck_assert_int_eq(kafc_conn_offset(conn), 2); /* nothing moved */
    ok(kafc_conn_offset_at(conn, KAFC_LAST, WAIT, &at, &err));
    ck_assert_int_eq(at, 4);
    stop();
}
END_TEST

START_TEST(the_present_position_is_a_connections_alone)
{
    start();
    kafc_client *client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock)), &err);
    kafc_reader *r = kafc_reader_open(client, KAFC_READER(.topic = NULL), &err);
    const kafc_assignment a = { .topic = "t", .start = KAFC_CURRENT(1) }, b = { .topic = "t" };
    kafc_offset_query q = { .topic = "t", .at = KAFC_CURRENT(1) };
    fails(kafc_reader_assign(r, &a, 1, &err), KAFC_ERR_USAGE, "KAFC_CURRENT");
    ok(kafc_reader_assign(r, &b, 1, &err));
    fails(kafc_reader_seek(r, "t", 0, KAFC_CURRENT(1), &err), KAFC_ERR_USAGE, "KAFC_CURRENT");
    fails(kafc_client_offsets(client, &q, 1, KAFC_READ_COMMITTED, WAIT, &err), KAFC_ERR_USAGE, "must ask for");
    ck_assert_ptr_null(kafc_reader_open(client, KAFC_READER(.topic = "t", .start = KAFC_CURRENT(1)), &err));
    fails(err.code, KAFC_ERR_USAGE, "start");
    kafc_reader_free(r);
    kafc_client_free(client);
    stop();
}
END_TEST

/* --- What comes with a batch ------------------------------------------------------------ */

static void throttle(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    a->throttle_ms = *(int *)ctx;
}

START_TEST(a_batch_brings_watermarks_and_throttle)
{
    kafc_batch_info is;
    kafc_batch *b;
    kafc_message m;
    int ms = 7;
    start();
    append(10);
    ok(kafc_mock_delete_records(mock, "t", 1, 2));
    ok(kafc_mock_set_last_stable(mock, "t", 1, 6));
    ok(kafc_mock_hook(mock, KAFC_API_FETCH, throttle, &ms));
    ok(kafc_conn_fetch(conn, &b, WAIT, &err));
    for (int64_t next = 2; next < 6; next++) {
        kafc_batch_info_get(b, &is);
        ck_assert_int_eq(is.offset, next);
        ck_assert_int_eq(is.high_watermark, 10);
        ck_assert_int_eq(is.last_stable, 6);
        ck_assert_int_eq(is.log_start, 2);
        ck_assert_int_eq(is.throttle_ms, 7);
        ck_assert(kafc_batch_next(b, &m, &err));
        ck_assert_int_eq(m.offset, next);
    }
    ck_assert(!kafc_batch_next(b, &m, &err));
    kafc_batch_info_get(b, &is);
    ck_assert_int_eq(is.offset, 6);
    kafc_batch_free(b);
    kafc_client *client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock)), &err);
    kafc_reader *r = kafc_reader_open(client, KAFC_READER(.topic = "t"), &err);
    ok(kafc_reader_fetch_batch(r, &b, WAIT, &err));
    kafc_batch_info_get(b, &is);
    ck_assert_int_eq(is.offset, 2);
    ck_assert_int_eq(is.last_stable, 6);
    ck_assert_int_eq(is.log_start, 2);
    ck_assert_int_eq(is.throttle_ms, 7);
    kafc_batch_free(b);
    kafc_reader_free(r);
    kafc_client_free(client);
    stop();
}
END_TEST

/* C4: a call that was never sent for that reason says so. */
START_TEST(C4_a_broker_that_throttles_is_named)
{
    int ms = 60000;
    int64_t at;
    start();
    kafc_conn *c = kafc_conn_dial(KAFC_CONN(.topic = "t", .partition = 1, .request_timeout_ms = 2000),
                                  kafc_mock_bootstrap(mock), WAIT, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    ok(kafc_mock_hook(mock, KAFC_API_LIST_OFFSETS, throttle, &ms));
    ok(kafc_conn_offset_at(c, KAFC_LAST, WAIT, &at, &err));
    fails(kafc_conn_offset_at(c, KAFC_LAST, WAIT, &at, &err), KAFC_ERR_TIMED_OUT,
          "within 2000 ms: the connection is throttled by the broker");
    kafc_conn_free(c);
    stop();
}
END_TEST

START_TEST(V2_what_an_old_broker_does_not_say_is_unknown)
{
    kafc_batch_info is;
    kafc_batch *b;
    start();
    append(3);
    ok(kafc_mock_set_release(mock, "0.10.1"));
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .partition = 1));
    ok(kafc_conn_fetch(c, &b, WAIT, &err));
    kafc_batch_info_get(b, &is);
    ck_assert_int_eq(is.high_watermark, 3);
    ck_assert_int_eq(is.last_stable, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(is.log_start, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(is.throttle_ms, 0);
    kafc_batch_free(b);
    kafc_conn_free(c);
    stop();
}
END_TEST

/* --- Options of single calls ------------------------------------------------------------- */

/* The last requests that came, decoded. */
static struct seen {
    struct kafc_arena arena;
    struct kafc_produce_req produce;
    struct kafc_fetch_req fetch;
    int32_t bytes; /* of the request */
} seen;

static void look(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    const struct kafc_schema *s = rq->api == KAFC_API_FETCH ? &kafc_fetch_req_schema : &kafc_produce_req_schema;
    void *to = rq->api == KAFC_API_FETCH ? (void *)&seen.fetch : (void *)&seen.produce;
    struct kafc_rd r;
    (void)ctx, (void)a;
    kafc__rd_init(&r, rq->body.p, (size_t)rq->body.len);
    ck_assert_int_eq(kafc__msg_decode(&r, s, to, rq->version, &seen.arena, NULL), KAFC_OK);
    seen.bytes = rq->body.len;
}

static void watch(void)
{
    kafc__arena_init(&seen.arena, NULL, 0);
    ok(kafc_mock_hook(mock, KAFC_API_FETCH, look, NULL));
    ok(kafc_mock_hook(mock, KAFC_API_PRODUCE, look, NULL));
}

static void unwatch(void)
{
    stop(); /* ends the mock's thread */
    kafc__arena_fini(&seen.arena);
}

START_TEST(each_fetch_may_have_limits_of_its_own)
{
    kafc_batch *b;
    start();
    watch();
    append(10);
    ok(kafc_conn_configure(conn, KAFC_CONN(.max_bytes = 1, .max_wait_ms = KAFC_ZERO), &err));
    ok(kafc_conn_fetch(conn, &b, WAIT, &err)); /* one batch, however large */
    kafc_batch_free(b);
    ck_assert_int_eq(kafc_conn_offset(conn), 1);
    ck_assert_int_eq(seen.fetch.max_bytes, 1);
    ck_assert_int_eq(seen.fetch.max_wait_ms, 0);
    ck_assert_int_eq(seen.fetch.min_bytes, 1);
    ok(kafc_conn_configure(conn,
                           KAFC_CONN(.min_bytes = 2, .max_bytes = 100000, .max_wait_ms = 20,
                                     .isolation = KAFC_READ_UNCOMMITTED, .topic = "is not looked at"),
                           &err));
    ok(kafc_conn_fetch(conn, &b, WAIT, &err));
    kafc_batch_free(b);
    ck_assert_int_eq(kafc_conn_offset(conn), 10);
    ck_assert_int_eq(seen.fetch.max_bytes, 100000);
    ck_assert_int_eq(seen.fetch.max_wait_ms, 20);
    ck_assert_int_eq(seen.fetch.min_bytes, 2);
    ck_assert_int_eq(seen.fetch.isolation_level, 0);
    fails(kafc_conn_configure(conn, KAFC_CONN(.min_bytes = 100, .max_bytes = 99), &err), KAFC_ERR_USAGE,
          "min_bytes is 100");
    fails(kafc_conn_configure(conn, KAFC_CONN(.max_wait_ms = -4), &err), KAFC_ERR_USAGE, "max_wait_ms");
    ok(kafc_conn_seek(conn, KAFC_AT(3), 0, NULL, &err));
    reads(conn, 3);
    ck_assert_int_eq(seen.fetch.max_bytes, 100000); /* an error changes nothing */
    ok(kafc_conn_configure(conn, NULL, &err));
    ok(kafc_conn_seek(conn, KAFC_AT(4), 0, NULL, &err));
    reads(conn, 4);
    ck_assert_int_eq(seen.fetch.max_bytes, 1048576);
    ck_assert_int_eq(seen.fetch.isolation_level, 1);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.min_bytes = 2000000), kafc_mock_bootstrap(mock), WAIT, &err));
    fails(err.code, KAFC_ERR_USAGE, "no fetch brings more than max_bytes, which is 1048576");
    fails(kafc_conn_configure(NULL, NULL, &err), KAFC_ERR_USAGE, "NULL");
    ok(kafc_conn_close(conn, &err));
    fails(kafc_conn_configure(conn, NULL, &err), KAFC_ERR_CLOSED, "closed");
    unwatch();
}
END_TEST

static void take_a_while(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->delay_ms = 5;
}

/* What a broker answers without waiting is not asked for again at once. Nor when its way takes a while. */
START_TEST(at_the_end_nobody_is_hurried)
{
    kafc_message m;
    start();
    ok(kafc_conn_configure(conn, KAFC_CONN(.max_wait_ms = KAFC_ZERO), &err));
    for (int i = 0; i < 2; i++) {
        uint64_t asked = 0, before = kafc_mock_requests(mock, 0, KAFC_API_FETCH);
        for (int ms = 350; asked == 0; ms *= 2) { /* until it is quick enough to be answered */
            ck_assert_int_lt(ms, 20000);
            ck_assert_int_eq(kafc_conn_read(conn, &m, ms, &err), KAFC_ERR_TIMED_OUT);
            asked = kafc_mock_requests(mock, 0, KAFC_API_FETCH) - before;
            ck_assert_int_le((int)asked, ms / 100 + 2); /* and one of the read before */
        }
        ok(kafc_mock_hook(mock, KAFC_API_FETCH, take_a_while, NULL));
    }
    stop();
}
END_TEST

START_TEST(each_batch_may_have_a_codec_and_acks_of_its_own)
{
    static char text[20000];
    const kafc_message m = { .value = { text, sizeof text } };
    kafc_produced p;
    int ms = 30;
    start();
    watch();
    ok(kafc_conn_produce(conn, &m, 1, WAIT, &p, &err));
    ck_assert_int_eq(p.base_offset, 0);
    ck_assert_int_eq(p.throttle_ms, 0);
    ck_assert_int_gt(seen.bytes, 20000);
    ck_assert_int_eq(seen.produce.acks, -1);
    ok(kafc_conn_configure(conn, KAFC_CONN(.compression = KAFC_GZIP, .acks = KAFC_ACKS_LEADER), &err));
    ok(kafc_conn_produce(conn, &m, 1, WAIT, &p, &err));
    ck_assert_int_eq(p.base_offset, 1);
    ck_assert_int_lt(seen.bytes, 500);
    ck_assert_int_eq(seen.produce.acks, 1);
    ok(kafc_conn_configure(conn, KAFC_CONN(.acks = KAFC_ACKS_NONE), &err));
    ok(kafc_conn_produce(conn, &m, 1, WAIT, &p, &err));
    ck_assert_int_eq(p.base_offset, KAFC_OFFSET_UNKNOWN);
    ok(kafc_mock_hook(mock, KAFC_API_PRODUCE, throttle, &ms));
    ok(kafc_conn_configure(conn, KAFC_CONN(.compression = KAFC_NONE), &err));
    ok(kafc_conn_produce(conn, &m, 1, WAIT, &p, &err));
    ck_assert_int_eq(p.base_offset, 3);
    ck_assert_int_eq(p.throttle_ms, 30);
    for (int64_t i = 0; i < 4; i++)
        reads(conn, i);
    unwatch();
}
END_TEST

/* A broker that waits for its replicas gives up first, and says why. */
START_TEST(a_broker_has_less_time_than_the_call)
{
    const kafc_message m = { .value = KAFC_STR("v") };
    start();
    watch();
    ok(kafc_conn_produce(conn, &m, 1, 4000, NULL, &err));
    ck_assert_int_le(seen.produce.timeout_ms, 3000);
    ck_assert_int_ge(seen.produce.timeout_ms, 1);
    ok(kafc_conn_produce(conn, &m, 1, 20000, NULL, &err));
    ck_assert_int_le(seen.produce.timeout_ms, 19000);
    ck_assert_int_ge(seen.produce.timeout_ms, 15000);
    ok(kafc_conn_produce(conn, &m, 1, -1, NULL, &err));
    ck_assert_int_eq(seen.produce.timeout_ms, 29000); /* below the silence that ends the connection */
    ok(kafc_conn_set_write_deadline(conn, 20000, &err)); /* and than the connection's deadline */
    ok(kafc_conn_produce(conn, &m, 1, -1, NULL, &err));
    ck_assert_int_le(seen.produce.timeout_ms, 19000);
    ok(kafc_conn_configure(conn, KAFC_CONN(.max_wait_ms = 100000), &err));
    ok(kafc_conn_set_read_deadline(conn, 60000, &err));
    reads(conn, 0);
    ck_assert_int_le(seen.fetch.max_wait_ms, 45000);
    unwatch();
}
END_TEST

static atomic_int fetches;

static void count_fetch(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq, (void)a;
    atomic_fetch_add(&fetches, 1);
}

static void *read_one(void *result)
{
    kafc_message m;
    *(kafc_err *)result = kafc_conn_read(conn, &m, 60000, NULL);
    return NULL;
}

START_TEST(options_do_not_change_under_a_call)
{
    pthread_t t;
    kafc_err result;
    start();
    atomic_store(&fetches, 0);
    ok(kafc_mock_hook(mock, KAFC_API_FETCH, count_fetch, NULL));
    ck_assert_int_eq(pthread_create(&t, NULL, read_one, &result), 0);
    stranger_await(&fetches, 1);
    fails(kafc_conn_configure(conn, NULL, &err), KAFC_ERR_WOULD_BLOCK, "waiting");
    append(1);
    pthread_join(t, NULL);
    ck_assert_int_eq(result, KAFC_OK);
    ok(kafc_conn_configure(conn, NULL, &err));
    stop();
}
END_TEST

/* --- Who the broker is --------------------------------------------------------------------- */

START_TEST(C8_what_the_broker_knows_is_told_without_asking)
{
    kafc_api_range v[128];
    start();
    ok(kafc_mock_set_versions(mock, KAFC_API_METADATA, 4, 9));
    kafc_conn *c = dial(NULL);
    uint64_t asked = kafc_mock_requests(mock, 0, -1);
    int32_t n = kafc_conn_api_versions(c, v, 128);
    ck_assert_int_gt(n, 20);
    ck_assert_int_lt(n, 128);
    for (int32_t i = 0; i < n; i++) {
        ck_assert(i == 0 || v[i - 1].api < v[i].api);
        ck_assert_int_le(v[i].min, v[i].max);
        if (v[i].api == KAFC_API_METADATA) {
            ck_assert_int_eq(v[i].min, 4);
            ck_assert_int_eq(v[i].max, 9);
        }
    }
    kafc_api_range one[2] = { { 0, 0, 0 }, { -7, -7, -7 } };
    ck_assert_int_eq(kafc_conn_api_versions(c, one, 1), n);
    ck_assert_int_eq(one[0].api, v[0].api);
    ck_assert_int_eq(one[1].api, -7);
    ck_assert_int_eq(kafc_conn_api_versions(c, NULL, 0), n);
    ck_assert_uint_eq(kafc_mock_requests(mock, 0, -1), asked);
    ok(kafc_conn_close(c, &err));
    ck_assert_int_eq(kafc_conn_api_versions(c, v, 128), 0);
    ck_assert_int_eq(kafc_conn_api_versions(NULL, v, 128), 0);
    kafc_conn_free(c);
    ok(kafc_mock_set_release(mock, "0.9"));
    c = dial(NULL);
    n = kafc_conn_api_versions(c, v, 128);
    ck_assert_int_gt(n, 5);
    ck_assert_int_eq(v[0].api, KAFC_API_PRODUCE);
    ck_assert_int_eq(v[0].max, 0);
    kafc_conn_free(c);
    stop();
}
END_TEST

START_TEST(both_ends_have_addresses)
{
    char want[64];
    start();
    (void)snprintf(want, sizeof want, "127.0.0.1:%d", (int)kafc_mock_port(mock, 2));
    ck_assert_str_eq(kafc_conn_remote_address(conn), want);
    ck_assert_int_eq(strncmp(kafc_conn_local_address(conn), "127.0.0.1:", 10), 0);
    ck_assert_str_ne(kafc_conn_local_address(conn), want);
    ok(kafc_conn_close(conn, &err));
    ck_assert_str_eq(kafc_conn_remote_address(conn), want);
    ck_assert_str_eq(kafc_conn_local_address(NULL), "");
    ck_assert_str_eq(kafc_conn_remote_address(NULL), "");
    stop();
}
END_TEST

/* --- Sockets of one's own -------------------------------------------------------------------- */

static struct hooked {
    int calls, timeout;
    int32_t port[8];
    int give; /* -1: connect there; else a descriptor */
    kafc_err fail;
    const char *words;
} hooked;

static int connect_there(int32_t port)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof a) == 0)
        return fd;
    (void)close(fd);
    return -1;
}

static int hook(void *ctx, const char *host, int32_t port, int timeout_ms, kafc_error *e)
{
    struct hooked *h = ctx;
    ck_assert_str_eq(host, "127.0.0.1");
    h->port[h->calls++ % 8] = port;
    h->timeout = timeout_ms;
    ck_assert_ptr_null(kafc_conn_dial(NULL, "127.0.0.1:1", 100, &err)); /* no calls from here */
    ck_assert_int_eq(err.code, KAFC_ERR_IN_CALLBACK);
    if (h->fail != KAFC_OK || h->words) {
        e->code = h->fail;
        (void)snprintf(e->message, sizeof e->message, "%s", h->words ? h->words : "");
        return -1;
    }
    return h->give >= 0 ? h->give : connect_there(port);
}

#define HOOKED(...) KAFC_CONN(.connect = hook, .ctx = &hooked, __VA_ARGS__)

START_TEST(the_application_connects)
{
    kafc_message m = { .value = KAFC_STR("v") };
    start();
    hooked = (struct hooked){ .give = -1 };
    kafc_conn *c = kafc_conn_dial(HOOKED(.topic = "t", .partition = 1), kafc_mock_bootstrap(mock), 5000, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    ck_assert_int_eq(hooked.calls, 2); /* to the first of the list, and to the leader */
    ck_assert_int_eq(hooked.port[0], kafc_mock_port(mock, 1));
    ck_assert_int_eq(hooked.port[1], kafc_mock_port(mock, 2));
    ck_assert(hooked.timeout > 0 && hooked.timeout <= 5000);
    ck_assert_int_eq(kafc_conn_broker(c)->id, 2);
    ok(kafc_conn_produce(c, &m, 1, WAIT, NULL, &err));
    reads(c, 0);
    ck_assert_int_eq(kafc_conn_read(c, &m, 20, &err), KAFC_ERR_TIMED_OUT); /* it does not block */
    kafc_conn_free(c);
    ok(kafc_mock_set_release(mock, "0.9")); /* asked once more, as a broker before 0.10 */
    hooked = (struct hooked){ .give = -1 };
    c = kafc_conn_dial(HOOKED(.topic = NULL), kafc_mock_bootstrap(mock), -1, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    ck_assert_int_gt(hooked.calls, 1);
    ck_assert(hooked.timeout > 0 && hooked.timeout <= 10000); /* the connect timeout */
    kafc_conn_free(c);
    stop();
}
END_TEST

START_TEST(a_socket_that_is_there_serves_one_broker)
{
    char address[32];
    kafc_message m = { .value = KAFC_STR("v") };
    start();
    int32_t port = kafc_mock_port(mock, 2);
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", (int)port);
    uint64_t asked = kafc_mock_requests(mock, 0, KAFC_API_METADATA);
    hooked = (struct hooked){ .give = connect_there(port) };
    kafc_conn *c = kafc_conn_dial(HOOKED(.topic = "t", .partition = 1, .find_leader = KAFC_OFF), address, 5000, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    ck_assert_int_eq(hooked.calls, 1);
    ck_assert_uint_eq(kafc_mock_requests(mock, 0, KAFC_API_METADATA), asked);
    ok(kafc_conn_produce(c, &m, 1, WAIT, NULL, &err));
    reads(c, 0);
    kafc_conn_free(c);
    ck_assert_int_eq(recv(hooked.give, address, 1, 0), -1); /* it was the connection's, and is closed */
    stop();
}
END_TEST

START_TEST(what_is_no_socket_is_refused)
{
    int pair[2], pipes[2];
    kafc_conn_options o = *HOOKED(.topic = NULL);
    hooked = (struct hooked){ .give = -1, .fail = KAFC_ERR_SYSTEM, .words = "the proxy is out" };
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 1000, &err));
    fails(err.code, KAFC_ERR_SYSTEM, "127.0.0.1:9 cannot be reached: the proxy is out");
    hooked = (struct hooked){ .give = -1, .words = "" }; /* says nothing */
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 1000, &err));
    fails(err.code, KAFC_ERR_CONNECT, "the connect function gave no socket");
    hooked = (struct hooked){ .give = 9999 };
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 1000, &err));
    fails(err.code, KAFC_ERR_USAGE, "no connected stream socket: bad file descriptor");
    ck_assert_int_eq(pipe(pipes), 0);
    hooked = (struct hooked){ .give = pipes[0] };
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 1000, &err));
    fails(err.code, KAFC_ERR_USAGE, "socket operation on non-socket");
    ck_assert_int_eq(close(pipes[0]), -1); /* it was taken, and closed */
    (void)close(pipes[1]);
    hooked = (struct hooked){ .give = socket(AF_INET, SOCK_STREAM, 0) };
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 1000, &err));
    fails(err.code, KAFC_ERR_USAGE, "not connected");
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
    hooked = (struct hooked){ .give = pair[0] };
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 1000, &err));
    fails(err.code, KAFC_ERR_USAGE, "protocol wrong type");
    (void)close(pair[1]);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0); /* one who says nothing */
    hooked = (struct hooked){ .give = pair[0] };
    int64_t begin = kafc__clock_mono_us();
    ck_assert_ptr_null(kafc_conn_dial(&o, "127.0.0.1:9", 200, &err));
    fails(err.code, KAFC_ERR_TIMED_OUT, "did not say its API versions");
    ck_assert_int_lt(kafc__clock_mono_us() - begin, 5000000);
    (void)close(pair[1]);
}
END_TEST

/* --- Brokers that do not lead ------------------------------------------------------------------- */

static kafc_conn *dial_broker(int32_t broker, const kafc_conn_options *o)
{
    char address[32];
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", (int)kafc_mock_port(mock, broker));
    kafc_conn *c = kafc_conn_dial(o, address, WAIT, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    return c;
}

START_TEST(who_does_not_look_for_the_leader_is_told)
{
    kafc_message m = { .value = KAFC_STR("v") };
    start();
    append(3);
    kafc_conn *c = dial_broker(3, KAFC_CONN(.topic = "t", .partition = 1, .find_leader = KAFC_OFF));
    ck_assert_int_eq(kafc_conn_broker(c)->id, -1);
    fails(kafc_conn_produce(c, &m, 1, WAIT, NULL, &err), KAFC_ERR_NOT_LEADER_OR_FOLLOWER, "t [1]");
    fails(kafc_conn_read(c, &m, WAIT, &err), KAFC_ERR_NOT_LEADER_OR_FOLLOWER, "t [1]"); /* where to begin? */
    ok(kafc_conn_seek(c, KAFC_AT(1), 0, NULL, &err));
    reads(c, 1); /* a follower gives what it has */
    kafc_conn_free(c);
    c = dial_broker(3, KAFC_CONN(.topic = "nowhere", .find_leader = KAFC_OFF));
    ck_assert_int_eq(kafc_conn_read(c, &m, WAIT, &err), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_conn_free(c);
    stop();
}
END_TEST

/* A leader sends who says where he stands to the nearest replica, and gives nothing. */
START_TEST(a_leader_that_names_a_nearer_replica_is_read_on)
{
    start();
    append(3);
    ok(kafc_mock_set_rack(mock, 2, "far"));
    ok(kafc_mock_set_rack(mock, 3, "near"));
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .partition = 1, .rack = "near"));
    uint64_t asked = kafc_mock_requests(mock, 0, KAFC_API_FETCH);
    for (int64_t i = 0; i < 3; i++)
        reads(c, i);
    ck_assert_uint_le(kafc_mock_requests(mock, 0, KAFC_API_FETCH), asked + 2);
    kafc_conn_free(c);
    stop();
}
END_TEST

SUITE_MAIN("client/conn_calls", 60, V2_seeking_from_where_one_is, R10_whether_an_offset_is_in_the_log_is_asked,
           the_present_position_is_a_connections_alone, a_batch_brings_watermarks_and_throttle,
           C4_a_broker_that_throttles_is_named,
           V2_what_an_old_broker_does_not_say_is_unknown, each_fetch_may_have_limits_of_its_own,
           at_the_end_nobody_is_hurried,
           each_batch_may_have_a_codec_and_acks_of_its_own, a_broker_has_less_time_than_the_call,
           options_do_not_change_under_a_call, C8_what_the_broker_knows_is_told_without_asking,
           both_ends_have_addresses, the_application_connects, a_socket_that_is_there_serves_one_broker,
           what_is_no_socket_is_refused, who_does_not_look_for_the_leader_is_told,
           a_leader_that_names_a_nearer_replica_is_read_on)
