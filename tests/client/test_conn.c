/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A kafc_conn against the mock: any request, batches out and in, positions,
 * deadlines and interruptions of calls that wait, its end, forks, full memory.
 */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/apis.h"
#include "tests/client/stranger.h"
#include "tests/core/peer.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/conn.h>
#include <kafc/mock.h>

static kafc_mock *mock;
static kafc_conn *conn;

static void ok(kafc_err rc, const kafc_error *e)
{
    ck_assert_msg(rc == KAFC_OK, "%s: %s", kafc_err_name(rc), e->message);
}

static kafc_conn *dial(const kafc_conn_options *o)
{
    kafc_error e;
    kafc_conn *c = kafc_conn_dial(o, kafc_mock_bootstrap(mock), 5000, &e);
    ck_assert_msg(c != NULL, "%s", e.message);
    return c;
}

static void set_up(void)
{
    mock = kafc_mock_new(KAFC_MOCK(.brokers = 3), NULL);
    ck_assert_ptr_nonnull(mock);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 4, 1), KAFC_OK);
    conn = dial(KAFC_CONN(.topic = "t", .partition = 1));
}

static void tear_down(void)
{
    kafc_conn_free(conn);
    kafc_mock_free(mock);
}

/* --- Dialling ------------------------------------------------------------------------------- */

START_TEST(dialling_leads_to_the_leader)
{
    ck_assert_int_eq(kafc_conn_broker(conn)->id, kafc_mock_leader(mock, "t", 1, NULL));
    ck_assert_int_eq(kafc_conn_broker(conn)->port, kafc_mock_port(mock, 2));
    kafc_conn *plain = dial(NULL);
    ck_assert_int_eq(kafc_conn_broker(plain)->id, -1);
    ck_assert_int_eq(kafc_conn_broker(plain)->port, kafc_mock_port(mock, 1));
    kafc_message m;
    kafc_error e;
    ck_assert_int_eq(kafc_conn_read(plain, &m, 1000, &e), KAFC_ERR_USAGE);
    kafc_conn_free(plain);
    kafc_conn_free(NULL);
}
END_TEST

static atomic_int passes; /* of the hook: how many are answered yet */

static void silent_but_first(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = atomic_fetch_sub(&passes, 1) > 0 ? KAFC_MOCK_PASS : KAFC_MOCK_SILENT;
}

/* In vain, with as much time as it takes to be answered once: a machine may be busy. */
static void dial_without_leader(void)
{
    kafc_error e = { .code = KAFC_OK };
    for (int ms = 300; ms < 20000 && e.code != KAFC_ERR_LEADER_NOT_AVAILABLE; ms *= 2) {
        atomic_store(&passes, 1);
        ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.topic = "t"), kafc_mock_bootstrap(mock), ms, &e));
    }
    ck_assert_msg(e.code == KAFC_ERR_LEADER_NOT_AVAILABLE, "%s", e.message);
}

START_TEST(dialling_a_topic_that_is_not_there)
{
    kafc_error e;
    const char *where = kafc_mock_bootstrap(mock);
    int64_t begin = kafc__clock_mono_us();
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.topic = "zz"), where, 60000, &e));
    ck_assert_int_eq(e.code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_ptr_nonnull(strstr(e.message, "zz"));
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.topic = "t", .partition = 9), where, 60000, &e));
    ck_assert_int_eq(e.code, KAFC_ERR_UNKNOWN_PARTITION);
    ck_assert_ptr_nonnull(strstr(e.message, "4 partitions"));
    ck_assert_int_lt(kafc__clock_mono_us() - begin, 50000000); /* said at once, not at the timeout */
    ck_assert_int_eq(kafc_mock_set_leader(mock, "t", 0, -1), KAFC_OK);
    dial_without_leader();
    /* what was answered says more than that the second answer did not come */
    ck_assert_int_eq(kafc_mock_hook(mock, KAFC_API_METADATA, silent_but_first, NULL), KAFC_OK);
    dial_without_leader();
    ck_assert_int_eq(kafc_mock_hook(mock, KAFC_API_METADATA, NULL, NULL), KAFC_OK);
    kafc_conn_free(dial(KAFC_CONN(.topic = "new", .create_topic = KAFC_ON)));
    ck_assert_int_ge(kafc_mock_leader(mock, "new", 0, NULL), 1);
}
END_TEST

START_TEST(dialling_a_list_and_wrong_lists)
{
    char list[128];
    kafc_error e;
    (void)snprintf(list, sizeof list, "127.0.0.1:%d, 127.0.0.1:%d", stranger_closed_port(),
                   (int)kafc_mock_port(mock, 3));
    kafc_conn *c = kafc_conn_dial(NULL, list, 5000, &e);
    ck_assert_msg(c != NULL, "%s", e.message);
    ck_assert_int_eq(kafc_conn_broker(c)->port, kafc_mock_port(mock, 3));
    kafc_conn_free(c);
    static const char *const bad[] = { "", ",", "host:0", "localhost 9092", "[::1]:99999" };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        ck_assert_msg(!kafc_conn_dial(NULL, bad[i], 100, &e), "'%s' is taken", bad[i]);
        ck_assert_int_eq(e.code, KAFC_ERR_USAGE);
    }
    ck_assert_ptr_null(kafc_conn_dial(NULL, NULL, 100, &e));
    ck_assert_int_eq(e.code, KAFC_ERR_USAGE);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.max_bytes = -7), list, 100, &e));
    ck_assert_ptr_nonnull(strstr(e.message, "max_bytes"));
}
END_TEST

/* --- Requests --------------------------------------------------------------------------------- */

START_TEST(any_request_of_any_version)
{
    kafc_error e;
    for (int v = 0; v <= kafc_conn_version(conn, &kafc_metadata_api); v++) {
        struct kafc_metadata_req req;
        struct kafc_metadata_resp resp;
        kafc__msg_defaults(&kafc_metadata_req_schema, &req);
        req.topics.n = v == 0 ? 0 : -1;
        ok(kafc_conn_call(conn, &kafc_metadata_api, v, &req, &resp, 5000, &e), &e);
        ck_assert_int_eq(resp.topics.n, 1);
        ck_assert_int_eq(resp.topics.v[0].name.len, 1);
        ck_assert_int_eq(resp.brokers.n, 3);
    }
    struct kafc_api_versions_req req;
    struct kafc_api_versions_resp resp;
    kafc__msg_defaults(&kafc_api_versions_req_schema, &req);
    req.client_software_name = req.client_software_version = (kafc_str){ "x", 1 };
    ok(kafc_conn_call(conn, &kafc_api_versions_api, -1, &req, &resp, 5000, &e), &e);
    ck_assert_int_ge(resp.api_keys.n, 8);
    ok(kafc_conn_call(conn, &kafc_api_versions_api, -1, &req, NULL, 5000, &e), &e);
    ck_assert_int_eq(kafc_conn_call(conn, NULL, -1, &req, &resp, 5000, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_conn_call(conn, &kafc_metadata_api, 99, &req, &resp, 5000, &e),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(kafc_conn_call(conn, &kafc_metadata_api, -1, NULL, &resp, 5000, &e),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_conn_call(conn, &kafc_metadata_api, -1, &req, &resp, 0, &e),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_conn_version(conn, NULL), -1);
}
END_TEST

START_TEST(a_field_that_the_version_lacks_is_an_error)
{
    kafc_error e;
    struct kafc_metadata_req req;
    struct kafc_metadata_resp resp;
    kafc__msg_defaults(&kafc_metadata_req_schema, &req);
    req.allow_auto_topic_creation = false;
    ck_assert_int_eq(kafc_conn_call(conn, &kafc_metadata_api, 1, &req, &resp, 5000, &e),
                     KAFC_ERR_ENCODE);
    ok(kafc_conn_call(conn, &kafc_metadata_api, 4, &req, &resp, 5000, &e),
       &e); /* and the connection goes on */
}
END_TEST

static struct kafc_metadata_req ask_metadata(void)
{
    struct kafc_metadata_req req;
    kafc__msg_defaults(&kafc_metadata_req_schema, &req);
    req.topics.n = -1;
    return req;
}

START_TEST(C8_both_bounds_hold_and_the_error_says_who_is_too_old)
{
    kafc_error e;
    struct kafc_metadata_resp resp;
    struct kafc_metadata_req req = ask_metadata();
    struct kafc_api older = kafc_metadata_api, newer = kafc_metadata_api;
    older.max = older.pick_max = 3;
    newer.min = newer.pick_min = 10;
    ck_assert_int_eq(kafc_mock_set_versions(mock, KAFC_API_METADATA, 4, 9), KAFC_OK);
    kafc_conn *c = dial(NULL); /* versions are asked once for each connection */
    ck_assert_int_eq(kafc_conn_version(c, &kafc_metadata_api), 9);
    ck_assert_int_eq(kafc_conn_version(c, &older), -1);
    uint64_t sent = kafc_mock_requests(mock, 0, KAFC_API_METADATA);
    ck_assert_int_eq(kafc_conn_call(c, &older, -1, &req, &resp, 5000, &e), KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(
        strstr(e.message, "knows Metadata 4 to 9, kafc 0 to 3: the client is too old"));
    ck_assert_int_eq(e.api, KAFC_API_METADATA);
    ck_assert_int_eq(kafc_conn_call(c, &newer, -1, &req, &resp, 5000, &e), KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(
        strstr(e.message, "knows Metadata 4 to 9, kafc 10 to 13: the broker is too old"));
    for (int v = 0; v <= kafc_metadata_api.max; v++) {
        kafc_err rc = kafc_conn_call(c, &kafc_metadata_api, v, &req, &resp, 5000, &e);
        ck_assert_int_eq(rc, v < 4 || v > 9 ? KAFC_ERR_UNSUPPORTED : KAFC_OK);
        if (rc != KAFC_OK)
            ck_assert_ptr_nonnull(strstr(e.message, "knows Metadata 4 to 9, not "));
    }
    ck_assert_uint_eq(kafc_mock_requests(mock, 0, KAFC_API_METADATA), sent + 6);
    kafc_conn_free(c);
}
END_TEST

/* A version that Kafka has not released goes to those who insist. */
START_TEST(versions_that_are_not_released_are_not_picked)
{
    kafc_error e;
    struct kafc_metadata_resp resp;
    struct kafc_metadata_req req = ask_metadata();
    struct kafc_api api = kafc_metadata_api;
    api.pick_min = 6;
    api.pick_max = 8;
    ck_assert_int_eq(kafc_conn_version(conn, &api), 8);
    uint8_t v[2] = { 0, 0 };
    for (int i = 0; i < 2; i++) {
        ok(kafc_conn_call(conn, &api, i ? 12 : -1, &req, &resp, 5000, &e), &e);
        v[i] = resp.topics.v[0].topic_id.b[0] | resp.topics.v[0].topic_id.b[15];
    }
    ck_assert_int_eq(v[0], 0); /* ids came with version 10 */
    ck_assert_int_ne(v[1], 0);
    ok(kafc_conn_call(conn, &api, 2, &req, &resp, 5000, &e), &e);
}
END_TEST

START_TEST(a_response_lives_until_the_next_call)
{
    kafc_error e;
    struct kafc_metadata_resp resp;
    struct kafc_metadata_req req = ask_metadata();
    kafc_message m;
    kafc_metadata *md;
    kafc_message w = { .value = KAFC_STR("v") };
    ok(kafc_conn_call(conn, &kafc_metadata_api, -1, &req, &resp, 5000, &e), &e);
    ok(kafc_conn_produce(conn, &w, 1, 5000, NULL, &e),
       &e); /* calls of other kinds leave it alone */
    ok(kafc_conn_read(conn, &m, 5000, &e), &e);
    ok(kafc_conn_metadata(conn, NULL, KAFC_ALL_TOPICS, 5000, &md, &e), &e);
    kafc_metadata_free(md);
    ck_assert_int_eq(resp.topics.v[0].name.p[0], 't');
    ck_assert_int_eq(resp.brokers.v[2].port, kafc_mock_port(mock, resp.brokers.v[2].node_id));
}
END_TEST

/* The first batch of the partition, as bytes that a broker takes. */
static int32_t fetch_batch(char *to, size_t room)
{
    kafc_error e;
    struct kafc_fetch_req req;
    struct kafc_fetch_req_topic topic;
    struct kafc_fetch_req_partition part;
    struct kafc_fetch_resp resp;
    kafc__msg_defaults(&kafc_fetch_req_schema, &req);
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, &topic);
    kafc__msg_defaults(&kafc_fetch_req_partition_schema, &part);
    part.partition = 1;
    part.partition_max_bytes = 1;
    topic.topic = (kafc_str){ "t", 1 };
    topic.partitions.v = &part;
    topic.partitions.n = 1;
    req.topics.v = &topic;
    req.topics.n = 1;
    ok(kafc_conn_call(conn, &kafc_fetch_api, 12, &req, &resp, 5000, &e), &e);
    struct kafc_records r = resp.responses.v[0].partitions.v[0].records;
    ck_assert_int_gt(r.len, 61);
    ck_assert_uint_le((size_t)r.len, room);
    memcpy(to, r.p, (size_t)r.len);
    return r.len;
}

START_TEST(produce_with_acks_0_returns_when_it_is_sent)
{
    kafc_error e;
    char batch[200];
    kafc_message w = { .value = KAFC_STR("v") };
    struct kafc_produce_resp resp = { .throttle_time_ms = 77 };
    struct peer_produce x;
    ok(kafc_conn_produce(conn, &w, 1, 5000, NULL, &e), &e);
    int32_t len = fetch_batch(batch, sizeof batch);
    peer_produce_make(&x, 0);
    x.topic.name = (kafc_str){ "t", 1 };
    x.topic.partition_data.n = 1;
    x.part[0].index = 1;
    x.part[0].records = (struct kafc_records){ batch, len, NULL };
    ok(kafc_conn_call(conn, &kafc_produce_api, 9, &x.msg, &resp, 5000, &e), &e);
    ck_assert_int_eq(resp.throttle_time_ms, 0);
    ck_assert_int_eq(resp.responses.n, 0);
    ok(kafc_conn_call(conn, &kafc_produce_api, 9, &x.msg, NULL, 5000, &e), &e);
    peer_produce_free(&x);
    int64_t end; /* asked behind them: nobody waits for answers to those */
    ok(kafc_conn_offset_at(conn, KAFC_LAST, 5000, &end, &e), &e);
    ck_assert_int_eq(end, 3);
}
END_TEST

START_TEST(the_cluster_through_one_broker)
{
    kafc_metadata *m;
    kafc_error e;
    const char *names[] = { "t" };
    kafc_new_topic t = { .name = "n", .partitions = 2 };
    ok(kafc_conn_metadata(conn, names, 1, 5000, &m, &e), &e);
    ck_assert_int_eq(m->topics[0].npartitions, 4);
    ck_assert_int_eq(m->controller, 1);
    kafc_metadata_free(m);
    ck_assert_int_eq(kafc_conn_create_topics(conn, &t, 1, 5000, &e),
                     KAFC_ERR_NOT_CONTROLLER); /* it is broker 2 */
    kafc_conn *first = dial(NULL);
    ok(kafc_conn_create_topics(first, &t, 1, 5000, &e), &e);
    ck_assert_int_ge(kafc_mock_leader(mock, "n", 1, NULL), 1);
    ok(kafc_conn_delete_topics(first, &t.name, 1, NULL, 5000, &e), &e);
    ck_assert_int_eq(kafc_mock_leader(mock, "n", 1, NULL), -1);
    kafc_conn_free(first);
}
END_TEST

/* --- Batches ------------------------------------------------------------------------------------ */

START_TEST(V3_batches_of_every_codec_come_back)
{
    static const kafc_compression codec[] = { KAFC_NONE, KAFC_GZIP, KAFC_SNAPPY, KAFC_LZ4,
                                              KAFC_ZSTD };
    const kafc_header h[2] = { { { "a", 1 }, { "", 0 } }, { { "a", 1 }, { NULL, 0 } } };
    kafc_message m[3] = { { .key = KAFC_STR("k"),
                            .value = KAFC_STR("v"),
                            .headers = h,
                            .nheaders = 2,
                            .timestamp = 5 },
                          { .key = KAFC_STR(""), .value = { NULL, 0 }, .timestamp = 3 },
                          { .value = KAFC_STR(""), .timestamp = KAFC_ZERO } };
    kafc_error e;
    kafc_produced p;
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .partition = 2, .compression = codec[_i],
                                  .acks = KAFC_ACKS_LEADER));
    kafc_err rc = kafc_conn_produce(c, m, 3, 5000, &p, &e);
    if (rc == KAFC_ERR_NO_CODEC) { /* configured out */
        kafc_conn_free(c);
        return;
    }
    ok(rc, &e);
    ck_assert_int_eq(p.base_offset, 0);
    ok(kafc_conn_produce(c, m, 1, 5000, &p, &e), &e);
    ck_assert_int_eq(p.base_offset, 3);
    for (int64_t i = 0; i < 4; i++) {
        kafc_message g;
        const kafc_message *want = &m[i % 3];
        ok(kafc_conn_read(c, &g, 5000, &e), &e);
        ck_assert_int_eq(g.offset, i);
        ck_assert_str_eq(g.topic, "t");
        ck_assert_int_eq(g.partition, 2);
        ck_assert_int_eq(g.timestamp, i == 2 ? 0 : want->timestamp);
        ck_assert(!g.key.p == !want->key.p && g.key.len == want->key.len);
        ck_assert(!g.value.p == !want->value.p && g.value.len == want->value.len);
        ck_assert_int_eq(g.nheaders, want->nheaders);
        if (g.nheaders) {
            ck_assert_ptr_nonnull(g.headers[0].value.p);
            ck_assert_ptr_null(g.headers[1].value.p);
        }
        ck_assert_int_eq(kafc_conn_offset(c), i + 1);
    }
    kafc_conn_free(c);
}
END_TEST

static void append(int n)
{
    for (int i = 0; i < n; i++) {
        kafc_message m = { .value = KAFC_STR("v"), .timestamp = 1000 * (i + 1) };
        ck_assert_int_eq(kafc_mock_append(mock, "t", 1, &m, 1, -1), KAFC_OK);
    }
}

START_TEST(fetched_batches_outlive_the_connection)
{
    kafc_batch *b;
    kafc_message m;
    kafc_error e;
    append(10);
    ck_assert_int_eq(kafc_conn_offset(conn), KAFC_OFFSET_UNKNOWN);
    ok(kafc_conn_read(conn, &m, 5000, &e), &e);
    ok(kafc_conn_fetch(conn, &b, 5000, &e), &e); /* goes on behind what read delivered */
    int64_t end = kafc_conn_offset(conn);
    ck_assert_int_gt(end, 1);
    kafc_conn_free(conn);
    conn = dial(NULL);
    ck_assert_int_eq(kafc_batch_high_watermark(b), 10);
    for (int64_t i = 1; i < end; i++) {
        ck_assert(kafc_batch_next(b, &m, &e));
        ck_assert_int_eq(m.offset, i);
    }
    ck_assert(!kafc_batch_next(b, &m, &e));
    ck_assert_int_eq(e.code, KAFC_OK);
    kafc_batch_free(b);
}
END_TEST

START_TEST(V2_seeking_by_every_position)
{
    static const struct {
        kafc_position_kind kind;
        int64_t value, want;
    } to[] = { { KAFC_POSITION_FIRST, 0, 2 },     { KAFC_POSITION_LAST, 0, 10 },
               { KAFC_POSITION_OFFSET, 5, 5 },    { KAFC_POSITION_TAIL, 3, 7 },
               { KAFC_POSITION_TAIL, 100, 2 },    { KAFC_POSITION_TIME, 4500, 4 },
               { KAFC_POSITION_TIME, 99999, 10 }, { KAFC_POSITION_OFFSET, 0, 0 } };
    kafc_error e;
    append(10);
    ck_assert_int_eq(kafc_mock_delete_records(mock, "t", 1, 2), KAFC_OK);
    for (size_t i = 0; i < sizeof to / sizeof to[0]; i++) {
        int64_t at = -5, is = -5;
        kafc_position p = kafc_position_make(to[i].kind, to[i].value);
        if (to[i].want == 0) /* it asks, seeking does not */
            ck_assert_int_eq(kafc_conn_offset_at(conn, p, 5000, &at, &e), KAFC_ERR_OFFSET_OUT_OF_RANGE);
        else
            ok(kafc_conn_offset_at(conn, p, 5000, &at, &e), &e);
        ck_assert_int_eq(at, to[i].want ? to[i].want : KAFC_OFFSET_UNKNOWN);
        ok(kafc_conn_seek(conn, p, 5000, &is, &e), &e);
        ck_assert_int_eq(is, to[i].want);
        ck_assert_int_eq(kafc_conn_offset(conn), to[i].want);
        kafc_message m;
        kafc_err rc = kafc_conn_read(conn, &m, to[i].want == 10 ? 50 : 5000, &e);
        if (to[i].want == 0)
            ck_assert_int_eq(rc, KAFC_ERR_OFFSET_OUT_OF_RANGE);
        else if (to[i].want == 10)
            ck_assert_int_eq(rc, KAFC_ERR_TIMED_OUT);
        else
            ck_assert_int_eq(m.offset, to[i].want);
    }
    ck_assert_int_eq(kafc_conn_seek(conn, KAFC_COMMITTED, 5000, NULL, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_conn_seek(conn, KAFC_AT(-1), 5000, NULL, &e), KAFC_ERR_USAGE);
}
END_TEST

START_TEST(aborted_records_are_left_out)
{
    kafc_message m = { .value = KAFC_STR("aborted") }, good = { .value = KAFC_STR("good") }, g;
    kafc_error e;
    ck_assert_int_eq(kafc_mock_append(mock, "t", 1, &m, 1, 7), KAFC_OK);
    ck_assert_int_eq(kafc_mock_append(mock, "t", 1, &good, 1, -1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_append_marker(mock, "t", 1, 7, false), KAFC_OK);
    ok(kafc_conn_read(conn, &g, 5000, &e), &e);
    ck_assert_int_eq(g.offset, 1);
    ck_assert_int_eq(kafc_conn_read(conn, &g, 50, &e), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_conn_offset(conn), 3); /* R10: behind the marker */
    kafc_conn *all = dial(
        KAFC_CONN(.topic = "t", .partition = 1, .isolation = KAFC_READ_UNCOMMITTED));
    ok(kafc_conn_read(all, &g, 5000, &e), &e);
    ck_assert_int_eq(g.offset, 0);
    kafc_conn_free(all);
}
END_TEST

START_TEST(produce_says_what_became_of_it)
{
    kafc_message m[2] = { { .value = KAFC_STR("v") },
                          { .value = KAFC_STR("v"), .topic = "other" } };
    kafc_produced p;
    kafc_error e;
    ck_assert_int_eq(kafc_conn_produce(conn, m, 2, 5000, &p, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_conn_produce(conn, m, 0, 5000, &p, &e), KAFC_ERR_USAGE);
    m[1].topic = "t";
    m[1].to_partition = 3;
    ck_assert_int_eq(kafc_conn_produce(conn, m, 2, 5000, &p, &e), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_mock_push_error(mock, 0, KAFC_ERR_NOT_ENOUGH_REPLICAS, 1), KAFC_OK);
    ck_assert_int_eq(kafc_conn_produce(conn, m, 1, 5000, &p, &e), KAFC_ERR_NOT_ENOUGH_REPLICAS);
    ck_assert_ptr_nonnull(strstr(e.message, "t [1]"));
    ck_assert_int_eq(kafc_mock_set_leader(mock, "t", 1, 3), KAFC_OK);
    ck_assert_int_eq(kafc_conn_produce(conn, m, 1, 5000, &p, &e), KAFC_ERR_NOT_LEADER_OR_FOLLOWER);
    kafc_conn *c = dial(KAFC_CONN(.topic = "t", .partition = 1, .acks = KAFC_ACKS_NONE));
    ok(kafc_conn_produce(c, m, 1, 5000, &p, &e), &e);
    ck_assert_int_eq(p.base_offset, KAFC_OFFSET_UNKNOWN);
    int64_t end = -1;
    ok(kafc_conn_offset_at(c, KAFC_LAST, 5000, &end, &e),
       &e); /* the same connection: served behind it */
    ck_assert_int_eq(end, 1);
    kafc_conn_free(c);
}
END_TEST

/* --- Calls that wait ------------------------------------------------------------------------------ */

static atomic_int fetches;

static void count_fetch(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq, (void)a;
    atomic_fetch_add(&fetches, 1);
}

static void *read_one(void *result)
{
    kafc_message m;
    kafc_error e;
    *(kafc_err *)result = kafc_conn_read(conn, &m, 60000, &e);
    return NULL;
}

/* Runs `end` while a read waits at the broker; gives its result. */
static kafc_err while_reading(void (*end)(pthread_t))
{
    pthread_t t;
    kafc_err result = KAFC_OK;
    atomic_store(&fetches, 0);
    ck_assert_int_eq(kafc_mock_hook(mock, 1, count_fetch, NULL), KAFC_OK);
    int64_t begin = kafc__clock_mono_us();
    ck_assert_int_eq(pthread_create(&t, NULL, read_one, &result), 0);
    stranger_await(&fetches, 1);
    end(t);
    pthread_join(t, NULL);
    ck_assert_int_lt(kafc__clock_mono_us() - begin, 50000000); /* of a minute */
    kafc_mock_hook(mock, 1, NULL, NULL);
    return result;
}

static void still_usable(void)
{
    kafc_message m;
    kafc_error e;
    append(1);
    ok(kafc_conn_read(conn, &m, 5000, &e), &e);
    ck_assert_int_eq(m.value.len, 1);
}

static void shorten(pthread_t t)
{
    kafc_error e;
    (void)t;
    ok(kafc_conn_set_deadline(conn, 20, &e), &e);
}

START_TEST(a_deadline_applies_to_calls_that_wait_already)
{
    kafc_message m;
    kafc_error e;
    ck_assert_int_eq(while_reading(shorten), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_conn_read(conn, &m, 60000, &e),
                     KAFC_ERR_TIMED_OUT); /* and to later ones */
    ok(kafc_conn_set_deadline(conn, -1, &e), &e);
    still_usable();
}
END_TEST

static void shorten_reads(pthread_t t)
{
    kafc_error e;
    (void)t;
    ok(kafc_conn_set_read_deadline(conn, 20, &e), &e);
}

static void shorten_writes(pthread_t t)
{
    kafc_error e;
    (void)t;
    ok(kafc_conn_set_write_deadline(conn, 0, &e), &e);
    append(1); /* the read has something, and waits no longer */
}

START_TEST(reads_and_writes_have_deadlines_of_their_own)
{
    const kafc_message w = { .value = KAFC_STR("w") };
    kafc_new_topic topic = { .name = "u", .partitions = 1 };
    kafc_message m;
    kafc_error e;
    ck_assert_int_eq(while_reading(shorten_writes), KAFC_OK);
    ck_assert_int_eq(kafc_conn_produce(conn, &w, 1, 60000, NULL, &e), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_conn_create_topics(conn, &topic, 1, 60000, &e), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_conn_delete_topics(conn, &topic.name, 1, NULL, 60000, &e), KAFC_ERR_TIMED_OUT);
    ok(kafc_conn_set_write_deadline(conn, -1, &e), &e);
    ck_assert_int_eq(while_reading(shorten_reads), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_conn_seek(conn, KAFC_LAST, 60000, NULL, &e), KAFC_ERR_TIMED_OUT);
    ok(kafc_conn_produce(conn, &w, 1, 60000, NULL, &e), &e);
    ok(kafc_conn_set_read_deadline(conn, -1, &e), &e);
    ok(kafc_conn_read(conn, &m, 5000, &e), &e);
}
END_TEST

enum { SILENCE_MS = 2000 }; /* more than a machine pauses */

static void delay(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->delay_ms = SILENCE_MS / 2; /* far from the 10 ms of the call: a busy machine oversleeps */
}

/* Rule C1 is about a peer that is silent, not about a caller that does not listen. */
START_TEST(C1_an_answer_that_came_between_the_calls_is_no_silence)
{
    kafc_error e;
    kafc_metadata *m = NULL;
    kafc_conn *c = dial(KAFC_CONN(.request_timeout_ms = SILENCE_MS));
    ck_assert_int_eq(kafc_mock_hook(mock, 3, delay, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_conn_metadata(c, NULL, 0, 10, &m, &e), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_mock_hook(mock, 3, NULL, NULL), KAFC_OK);
    for (int64_t end = kafc__clock_mono_us() + SILENCE_MS * 1200;
         kafc__clock_mono_us() < end;) /* the silence is the matter */
        (void)usleep(10000);
    ok(kafc_conn_metadata(c, NULL, 0, 5000, &m, &e), &e);
    kafc_metadata_free(m);
    kafc_conn_free(c);
}
END_TEST

/* So a batch that was not sent is known not to be written. */
START_TEST(an_end_that_came_between_the_calls_is_seen_before_anything_is_sent)
{
    kafc_error e;
    kafc_message m = { .value = KAFC_STR("v") };
    uint64_t asked = kafc_mock_requests(mock, 0, 0);
    ck_assert_int_eq(kafc_mock_stop_broker(mock, 2), KAFC_OK);
    ck_assert_int_eq(kafc_conn_produce(conn, &m, 1, 5000, NULL, &e), KAFC_ERR_DISCONNECTED);
    ck_assert_uint_eq(kafc_mock_requests(mock, 0, 0), asked);
    ck_assert_ptr_nonnull(strstr(e.message, "node 2, advertised as"));
}
END_TEST

static void close_it(pthread_t t)
{
    kafc_error e;
    (void)t;
    ok(kafc_conn_close(conn, &e), &e);
}

static void try_without_waiting(pthread_t t)
{
    kafc_error e;
    ck_assert_int_eq(kafc_conn_seek(conn, KAFC_AT(0), 0, NULL, &e), KAFC_ERR_WOULD_BLOCK);
    close_it(t);
}

START_TEST(without_a_timeout_nobody_waits_for_a_turn)
{
    ck_assert_int_eq(while_reading(try_without_waiting), KAFC_ERR_CLOSED);
}
END_TEST

static void on_signal(int sig)
{
    (void)sig;
    kafc_conn_interrupt(conn);
}

static void send_signal(pthread_t t)
{
    struct sigaction sa = { .sa_handler = on_signal };
    ck_assert_int_eq(sigaction(SIGUSR1, &sa, NULL), 0);
    ck_assert_int_eq(pthread_kill(t, SIGUSR1), 0);
}

START_TEST(C3_interrupt_from_a_signal_handler)
{
    kafc_message m;
    kafc_error e;
    ck_assert_int_eq(while_reading(send_signal), KAFC_ERR_INTERRUPTED);
    still_usable();
    kafc_conn_interrupt(conn); /* one that comes early is for the next call that would wait */
    ck_assert_int_eq(kafc_conn_read(conn, &m, 60000, &e), KAFC_ERR_INTERRUPTED);
    still_usable();
}
END_TEST

START_TEST(close_wakes_who_waits_and_is_idempotent)
{
    kafc_message m;
    kafc_error e;
    ck_assert_int_eq(while_reading(close_it), KAFC_ERR_CLOSED);
    ok(kafc_conn_close(conn, &e), &e);
    ck_assert_int_eq(kafc_conn_read(conn, &m, 1000, &e), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_conn_seek(conn, KAFC_AT(1), 1000, NULL, &e), KAFC_ERR_CLOSED);
    for (int i = 0; kafc_mock_connections(mock, 2) > 0;
         i++) { /* the mock hears of it a moment later */
        ck_assert_int_lt(i, 1000);
        (void)usleep(10000);
    }
}
END_TEST

START_TEST(calls_take_turns)
{
    enum { THREADS = 4 };
    pthread_t t[THREADS];
    kafc_err result[THREADS];
    append(THREADS);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, read_one, &result[i]), 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(t[i], NULL);
        ck_assert_int_eq(result[i], KAFC_OK);
    }
    ck_assert_int_eq(kafc_conn_offset(conn), THREADS);
}
END_TEST

static int in_child(void)
{
    kafc_message m;
    kafc_error e;
    int bad = kafc_conn_read(conn, &m, 1000, &e) != KAFC_ERR_FORKED;
    bad += kafc_conn_close(conn, &e) != KAFC_ERR_FORKED;
    bad += kafc_conn_set_deadline(conn, 5, &e) != KAFC_ERR_FORKED;
    kafc_conn_interrupt(conn);
    kafc_conn_free(conn);
    return bad;
}

START_TEST(C7_a_forked_child_is_told_and_the_parent_goes_on)
{
    ck_assert_int_eq(stranger_fork(in_child), 0);
    still_usable();
}
END_TEST

/* --- Memory ------------------------------------------------------------------------------------------ */

static bool scenario(const kafc_allocator *mem)
{
    kafc_error e;
    kafc_message m = { .key = KAFC_STR("k"), .value = KAFC_STR("value") };
    kafc_metadata *md = NULL;
    char first[32]; /* one address: no second try */
    (void)snprintf(first, sizeof first, "127.0.0.1:%d", (int)kafc_mock_port(mock, 1));
    kafc_conn *c = kafc_conn_dial(
        KAFC_CONN(.topic = "t", .partition = 1, .compression = KAFC_GZIP, .allocator = mem), first,
        5000, &e);
    if (!c) {
        ck_assert_int_ne(e.code, KAFC_OK);
        return false;
    }
    bool all = kafc_conn_produce(c, &m, 1, 5000, NULL, &e) == KAFC_OK;
    all &= kafc_conn_read(c, &m, 5000, &e) == KAFC_OK;
    all &= kafc_conn_metadata(c, NULL, KAFC_ALL_TOPICS, 5000, &md, &e) == KAFC_OK;
    kafc_metadata_free(md);
    kafc_conn_free(c);
    return all;
}

START_TEST(each_allocation_may_fail)
{
    struct test_alloc a;
    test_alloc_init(&a);
    ck_assert(scenario(&a.mem));
    long calls = atomic_load(&a.calls);
    ck_assert_int_eq(atomic_load(&a.live), 0);
    for (long i = 1; i <= calls; i++) {
        test_alloc_init(&a);
        a.fail_at = i;
        ck_assert_msg(!scenario(&a.mem) || !test_alloc_failed(&a), "allocation %ld failed, and nobody said so", i);
        ck_assert_msg(atomic_load(&a.live) == 0, "%ld alive after failure %ld",
                      atomic_load(&a.live), i);
    }
}
END_TEST

SUITE_AROUND(set_up, tear_down, "client/conn", 60, ONCE(dialling_leads_to_the_leader),
             ONCE(dialling_a_topic_that_is_not_there), ONCE(dialling_a_list_and_wrong_lists),
             ONCE(any_request_of_any_version), ONCE(a_field_that_the_version_lacks_is_an_error),
             ONCE(C8_both_bounds_hold_and_the_error_says_who_is_too_old),
             ONCE(versions_that_are_not_released_are_not_picked), ONCE(a_response_lives_until_the_next_call),
             ONCE(produce_with_acks_0_returns_when_it_is_sent), ONCE(the_cluster_through_one_broker),
             LOOP(V3_batches_of_every_codec_come_back, 0, 5), ONCE(fetched_batches_outlive_the_connection),
             ONCE(V2_seeking_by_every_position), ONCE(aborted_records_are_left_out),
             ONCE(produce_says_what_became_of_it), ONCE(a_deadline_applies_to_calls_that_wait_already),
             ONCE(reads_and_writes_have_deadlines_of_their_own), ONCE(C3_interrupt_from_a_signal_handler),
             ONCE(close_wakes_who_waits_and_is_idempotent), ONCE(calls_take_turns),
             ONCE(C1_an_answer_that_came_between_the_calls_is_no_silence),
             ONCE(an_end_that_came_between_the_calls_is_seen_before_anything_is_sent),
             ONCE(without_a_timeout_nobody_waits_for_a_turn), ONCE(C7_a_forked_child_is_told_and_the_parent_goes_on),
             ONCE(each_allocation_may_fail))
