/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A kafc_conn against a broker that lies: in offsets, watermarks, throttle and
 * what it says of a batch that it took. No number below 0 comes out (rule V2),
 * nothing overflows, nothing hangs.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "tests/client/reading.h"
#include "tests/client/script.h"
#include "tests/support/suite.h"
#include <kafc/kafc.h>

enum { WAIT = 5000 };

static struct script script;
static kafc_conn *conn;
static kafc_error err;

/* What the broker says. */
static struct {
    int64_t first, last;                      /* ListOffsets */
    int64_t watermark, stable, log_start;     /* Fetch, of which each answer has three records from 0 on */
    int64_t base, append_time, produce_start; /* Produce */
    int32_t throttle;
} said;
static uint8_t *batch;
static size_t batch_size;

static void serve_list(const struct kafc_list_offsets_req *q, struct kafc_list_offsets_resp *r, struct kafc_arena *a)
{
    r->topics.v = kafc__msg_array(&kafc_list_offsets_resp_topic_schema, r->topics.n = 1, a);
    r->topics.v->name = q->topics.v->name;
    r->topics.v->partitions.v = kafc__msg_array(&kafc_list_offsets_resp_partition_schema, 1, a);
    r->topics.v->partitions.n = 1;
    r->topics.v->partitions.v->offset = q->topics.v->partitions.v->timestamp == -1 ? said.last : said.first;
}

static void serve_fetch(const struct kafc_fetch_req *q, struct kafc_fetch_resp *r, struct kafc_arena *a)
{
    struct kafc_fetch_resp_partition *p = kafc__msg_array(&kafc_fetch_resp_partition_schema, 1, a);
    r->throttle_time_ms = said.throttle;
    r->responses.v = kafc__msg_array(&kafc_fetch_resp_topic_schema, r->responses.n = 1, a);
    r->responses.v->topic = q->topics.v->topic;
    r->responses.v->topic_id = q->topics.v->topic_id;
    r->responses.v->partitions.v = p;
    r->responses.v->partitions.n = 1;
    p->high_watermark = said.watermark;
    p->last_stable_offset = said.stable;
    p->log_start_offset = said.log_start;
    p->records.p = batch;
    p->records.len = (int32_t)batch_size;
}

static void serve_produce(const struct kafc_produce_req *q, struct kafc_produce_resp *r, struct kafc_arena *a)
{
    struct kafc_produce_resp_partition *p = kafc__msg_array(&kafc_produce_resp_partition_schema, 1, a);
    r->throttle_time_ms = said.throttle;
    r->responses.v = kafc__msg_array(&kafc_produce_resp_topic_schema, r->responses.n = 1, a);
    r->responses.v->name = q->topic_data.v->name;
    r->responses.v->topic_id = q->topic_data.v->topic_id;
    r->responses.v->partition_responses.v = p;
    r->responses.v->partition_responses.n = 1;
    p->base_offset = said.base;
    p->log_append_time_ms = said.append_time;
    p->log_start_offset = said.produce_start;
}

static bool serve(struct script *s, int32_t broker, const struct peer_request *q, const void *req, void *resp,
                  struct kafc_arena *a)
{
    (void)s, (void)broker;
    switch (q->api->key) {
    case KAFC_API_LIST_OFFSETS: serve_list(req, resp, a); return true;
    case KAFC_API_FETCH: serve_fetch(req, resp, a); return true;
    case KAFC_API_PRODUCE: serve_produce(req, resp, a); return true;
    default: return false;
    }
}

static void start(void)
{
    memset(&said, 0, sizeof said);
    said.last = said.watermark = said.stable = 3;
    batch = make_batch_bytes("t", 0, 0, 3, &batch_size);
    script = (struct script){ .serve = serve, .controller = 1, .topic = "t", .partitions = 1 };
    script.listed[1] = true;
    script_start(&script);
    conn = kafc_conn_dial(KAFC_CONN(.topic = "t"), script.bootstrap, WAIT, &err);
    ck_assert_msg(conn != NULL, "%s", err.message);
}

static void stop(void)
{
    kafc_conn_free(conn);
    script_stop(&script);
    free(batch);
}

START_TEST(V2_offsets_that_are_none)
{
    static const struct {
        int64_t first, last;
        kafc_position_kind kind;
        int64_t value;
        kafc_err want;
        int64_t offset;
    } cases[] = {
        { INT64_MIN, 3, KAFC_POSITION_FIRST, 0, KAFC_ERR_PROTOCOL, -1 },
        { -7, 3, KAFC_POSITION_CURRENT, 5, KAFC_ERR_PROTOCOL, -1 }, /* from a start that there is not */
        { 0, -1, KAFC_POSITION_LAST, 0, KAFC_ERR_PROTOCOL, -1 },
        { INT64_MIN, INT64_MAX, KAFC_POSITION_TAIL, 5, KAFC_OK, INT64_MAX - 5 },
        { INT64_MIN, INT64_MIN, KAFC_POSITION_TAIL, INT64_MAX, KAFC_ERR_PROTOCOL, -1 },
        { INT64_MAX, 0, KAFC_POSITION_TAIL, INT64_MAX, KAFC_OK, INT64_MAX },
        { INT64_MAX, 3, KAFC_POSITION_CURRENT, 1, KAFC_ERR_OFFSET_OUT_OF_RANGE, -1 },
        { INT64_MAX, 3, KAFC_POSITION_CURRENT, -INT64_MAX, KAFC_OK, 0 },
    };
    start();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t at = -5;
        said.first = cases[i].first;
        said.last = cases[i].last;
        kafc_conn *c = kafc_conn_dial(KAFC_CONN(.topic = "t"), script.bootstrap, WAIT, &err);
        ck_assert_msg(c != NULL, "%s", err.message);
        kafc_err rc = kafc_conn_seek(c, kafc_position_make(cases[i].kind, cases[i].value), WAIT, &at, &err);
        ck_assert_msg(rc == cases[i].want && at == cases[i].offset, "case %zu: %s, %lld: %s", i, kafc_err_name(rc),
                      (long long)at, rc ? err.message : "");
        kafc_conn_free(c);
    }
    said.first = 4; /* a log that begins behind its end holds nothing */
    said.last = 2;
    ck_assert_int_eq(kafc_conn_offset_at(conn, KAFC_AT(3), WAIT, NULL, &err), KAFC_ERR_OFFSET_OUT_OF_RANGE);
    stop();
}
END_TEST

START_TEST(V2_watermarks_that_are_none)
{
    kafc_batch_info is;
    kafc_batch *b;
    start();
    said.watermark = INT64_MIN;
    said.stable = -2;
    said.log_start = -9;
    said.throttle = INT32_MIN;
    ck_assert_int_eq(kafc_conn_fetch(conn, &b, WAIT, &err), KAFC_OK);
    kafc_batch_info_get(b, &is);
    ck_assert_int_eq(is.offset, 0);
    ck_assert_int_eq(is.high_watermark, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(is.last_stable, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(is.log_start, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(is.throttle_ms, 0);
    kafc_batch_free(b);
    stop();
}
END_TEST

START_TEST(V2_places_that_are_none)
{
    const kafc_message m = { .value = KAFC_STR("v") };
    kafc_produced p;
    start();
    said.base = INT64_MIN;
    said.append_time = -3;
    said.produce_start = -2;
    said.throttle = -1;
    ck_assert_int_eq(kafc_conn_produce(conn, &m, 1, WAIT, &p, &err), KAFC_OK);
    ck_assert_int_eq(p.base_offset, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(p.log_append_time, -1);
    ck_assert_int_eq(p.log_start_offset, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(p.throttle_ms, 0);
    stop();
}
END_TEST

static int give(void *ctx, const char *host, int32_t port, int timeout_ms, kafc_error *e)
{
    int fd = *(int *)ctx;
    (void)host, (void)port, (void)timeout_ms, (void)e;
    *(int *)ctx = -1; /* given once, it is not ours any more */
    return fd;
}

START_TEST(garbage_from_a_socket_of_ones_own)
{
    static const struct {
        const char *bytes;
        kafc_err want;
    } garbage[] = { { "HTTP/1.1 400 Bad Request\r\n\r\n", KAFC_ERR_PROTOCOL },
                    { "\x7f\xff\xff\xff", KAFC_ERR_FRAME_TOO_LARGE },
                    { "", KAFC_ERR_CONNECT } }; /* asked for a second one */
    for (size_t i = 0; i < sizeof garbage / sizeof *garbage; i++) {
        int pair[2];
        ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
        ck_assert_int_eq(write(pair[1], garbage[i].bytes, strlen(garbage[i].bytes)),
                         (ssize_t)strlen(garbage[i].bytes));
        ck_assert_int_eq(shutdown(pair[1], SHUT_WR), 0);
        ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.connect = give, .ctx = &pair[0]), "h:1", WAIT, &err));
        ck_assert_msg(err.code == garbage[i].want, "%s: %s", kafc_err_name(err.code), err.message);
        (void)close(pair[1]);
    }
}
END_TEST

SUITE_MAIN("client/conn_nonsense", 60, V2_offsets_that_are_none, V2_watermarks_that_are_none, V2_places_that_are_none,
           garbage_from_a_socket_of_ones_own)
