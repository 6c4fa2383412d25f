/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hooks of clients and connections: what they are told, in which order, on
 * which thread, and what may be called inside them. Times to the microsecond:
 * tests/core/test_traffic.c.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include <kafc/conn.h>
#include <kafc/group.h>
#include <kafc/stats.h>

#include "tests/client/reading.h"

enum { PRODUCE = 0, METADATA = 3, CONNECTIONS = 64 };

/* What was told; the loop's part under the lock. */
static struct {
    pthread_mutex_t lock;
    struct connection {
        kafc_connection_state last;
        char purpose[20];
        int32_t broker;
        int requests, owed;
    } connection[CONNECTIONS];
    int connections, failed, lost, closed;
    char why[488];
    atomic_int asked, ended, throttles, sent, consumed;
    uint64_t sent_bytes, received_bytes;
    kafc_request_event end; /* of Produce, the last */
    kafc_err code; /* the first that is one: others may go down with their connection */
    kafc_throttle_event throttle;
    pthread_t loop;
    bool off_loop;
    int slow_ms;
} told = { .lock = PTHREAD_MUTEX_INITIALIZER };

static void on_this_thread(void)
{
    if (!told.loop)
        told.loop = pthread_self();
    told.off_loop |= !pthread_equal(told.loop, pthread_self());
}

static void on_connection(void *ctx, const kafc_connection_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    pthread_mutex_lock(&told.lock);
    ck_assert_uint_lt(e->connection, CONNECTIONS);
    ck_assert_uint_gt(e->connection, 0);
    struct connection *c = &told.connection[e->connection];
    ck_assert_int_lt(c->last, e->state); /* in order, each once */
    ck_assert((c->last == 0) == (e->state == KAFC_CONNECTION_OPENING));
    ck_assert_int_lt(c->last, KAFC_CONNECTION_FAILED);
    ck_assert((e->state == KAFC_CONNECTION_LOST) <= (c->last == KAFC_CONNECTION_READY));
    ck_assert_int_ge(e->time_us, 0);
    ck_assert_int_gt(e->port, 0);
    ck_assert_str_eq(e->host, "127.0.0.1");
    if (e->state == KAFC_CONNECTION_OPENING) {
        told.connections++;
        c->broker = e->broker;
        snprintf(c->purpose, sizeof(c->purpose), "%s", e->purpose);
    }
    ck_assert_str_eq(e->purpose, c->purpose);
    ck_assert_int_eq(e->broker, c->broker);
    if (e->state >= KAFC_CONNECTION_FAILED) {
        ck_assert_int_eq(c->owed, 0); /* its requests have ended */
        snprintf(told.why, sizeof(told.why), "%s", e->why->message);
    }
    told.failed += e->state == KAFC_CONNECTION_FAILED;
    told.lost += e->state == KAFC_CONNECTION_LOST;
    told.closed += e->state == KAFC_CONNECTION_CLOSED;
    c->last = e->state;
    pthread_mutex_unlock(&told.lock);
}

static void on_request(void *ctx, kafc_request_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    pthread_mutex_lock(&told.lock);
    on_this_thread();
    struct connection *c = &told.connection[e->connection];
    ck_assert_int_ge(c->last, KAFC_CONNECTION_OPENED);
    ck_assert_int_lt(c->last, KAFC_CONNECTION_FAILED);
    ck_assert_int_eq(c->broker, e->broker);
    c->requests++;
    c->owed++;
    told.sent_bytes += e->bytes_sent;
    e->own = malloc(1);
    pthread_mutex_unlock(&told.lock);
    atomic_fetch_add(&told.asked, 1);
    (void)poll(NULL, 0, told.slow_ms);
}

static void on_response(void *ctx, const kafc_request_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_ptr_nonnull(e->own);
    free(e->own);
    pthread_mutex_lock(&told.lock);
    told.connection[e->connection].owed--;
    told.received_bytes += e->bytes_received;
    if (told.code == KAFC_OK)
        told.code = e->code;
    if (e->api == PRODUCE)
        told.end = *e;
    pthread_mutex_unlock(&told.lock);
    atomic_fetch_add(&told.ended, 1);
    (void)poll(NULL, 0, told.slow_ms);
}

static void on_throttle(void *ctx, const kafc_throttle_event *e)
{
    ck_assert_ptr_eq(ctx, &told);
    pthread_mutex_lock(&told.lock);
    told.throttle = *e;
    pthread_mutex_unlock(&told.lock);
    atomic_fetch_add(&told.throttles, 1);
}

static void open_within(struct reading *e, int32_t brokers, int request_ms, const kafc_hooks *h)
{
    pthread_mutex_t lock = told.lock;
    memset(&told, 0, sizeof(told));
    told.lock = lock;
    kafc_client_options co;
    kafc_client_options_init(&co);
    co.hooks = h;
    co.request_timeout_ms = request_ms;
    co.retry_backoff_ms = co.reconnect_backoff_ms = 5;
    reading_open_with(e, KAFC_MOCK(.brokers = brokers), 2, &co);
}

static void open_with(struct reading *e, int32_t brokers, const kafc_hooks *h)
{
    open_within(e, brokers, 30000, h);
}

#define ALL_OF_LOOP .on_connection = on_connection, .on_request = on_request, .on_response = on_response, \
                    .on_throttle = on_throttle, .ctx = &told

static kafc_writer *writer(struct reading *e)
{
    kafc_writer *w = kafc_writer_open(e->client, KAFC_WRITER(.topic = "t", .linger_ms = KAFC_ZERO), &e->err);
    ck_assert_msg(w != NULL, "%s", e->err.message);
    return w;
}

static kafc_err write_one(kafc_writer *w, int timeout_ms)
{
    kafc_message m = { .key = KAFC_STR("k"), .value = KAFC_STR("v"), .to_partition = 1 };
    return kafc_writer_write(w, &m, 1, timeout_ms, NULL);
}

/* --- Connections and requests ------------------------------------------------------------------------ */

START_TEST(each_request_is_told_twice_and_each_connection_from_its_begin_to_its_end)
{
    struct reading e;
    open_with(&e, 2, KAFC_HOOKS(ALL_OF_LOOP));
    kafc_writer *w = writer(&e);
    for (int i = 0; i < 20; i++)
        ck_ok(write_one(w, SOON));
    ck_assert_int_eq(told.end.api, PRODUCE);
    ck_assert_str_eq(told.end.name, "Produce");
    ck_assert_int_eq(told.end.code, KAFC_OK);
    ck_assert_ptr_null(told.end.why);
    ck_assert_str_eq(told.connection[told.end.connection].purpose, "produce");
    ck_assert_int_eq(told.connection[told.end.connection].broker, told.end.broker);
    kafc_writer_free(w);
    ck_ok(kafc_client_close(e.client, SOON, &e.err)); /* nothing is asked any more, nor under way */
    kafc_client_stats s = { .size = sizeof(s) };
    kafc_client_stats_get(e.client, &s);
    ck_assert_uint_eq((uint64_t)atomic_load(&told.asked), s.requests);
    ck_assert_uint_eq(told.sent_bytes, s.bytes_sent);
    ck_assert_uint_eq((uint64_t)told.connections, s.connections_opened);
    ck_assert(!told.off_loop);
    reading_close(&e);
    ck_assert_int_eq(told.asked, told.ended);
    ck_assert_uint_eq(told.received_bytes, s.bytes_received);
    ck_assert_int_eq(told.closed, told.connections);
    ck_assert_int_eq(told.failed + told.lost, 0);
}
END_TEST

START_TEST(losses_and_refusals_have_their_reasons)
{
    struct reading e;
    open_with(&e, 1, KAFC_HOOKS(ALL_OF_LOOP));
    kafc_writer *w = writer(&e);
    ck_ok(write_one(w, SOON));
    ck_ok(kafc_mock_push_error(e.mock, PRODUCE, KAFC_ERR_DISCONNECTED, 1));
    ck_ok(write_one(w, SOON)); /* the second attempt */
    pthread_mutex_lock(&told.lock);
    ck_assert_int_eq(told.lost, 1);
    ck_assert_int_eq(told.code, KAFC_ERR_DISCONNECTED);
    ck_assert_ptr_nonnull(strstr(told.why, "closed by the peer"));
    pthread_mutex_unlock(&told.lock);
    ck_ok(kafc_mock_stop_broker(e.mock, 1));
    int64_t end = kafc__clock_mono_us() + SOON * 1000;
    for (bool refused = false; !refused;) { /* and it has been tried */
        ck_assert_int_lt(kafc__clock_mono_us(), end);
        ck_assert_int_ne(write_one(w, 200), KAFC_OK);
        pthread_mutex_lock(&told.lock);
        refused = told.failed > 0 && strstr(told.why, "refused");
        pthread_mutex_unlock(&told.lock);
    }
    kafc_writer_free(w);
    reading_close(&e);
    ck_assert_int_eq(told.asked, told.ended);
    ck_assert_int_eq(told.closed + told.failed + told.lost, told.connections);
}
END_TEST

static void late_once(void *ctx, const kafc_mock_request *q, kafc_mock_answer *a)
{
    (void)ctx;
    a->delay_ms = q->index == 0 ? 1500 : 0;
    a->throttle_ms = q->index >= 2 ? 30 : 0;
}

START_TEST(late_answers_and_throttles_are_told)
{
    struct reading e;
    open_within(&e, 1, 1000, KAFC_HOOKS(ALL_OF_LOOP));
    ck_ok(kafc_mock_hook(e.mock, PRODUCE, late_once, NULL));
    kafc_writer *w = writer(&e);
    ck_ok(write_one(w, SOON)); /* times out after 1 s, and is sent again */
    ck_assert_int_eq(told.code, KAFC_ERR_TIMED_OUT);
    while (atomic_load(&told.throttles) == 0)
        ck_ok(write_one(w, SOON));
    pthread_mutex_lock(&told.lock); /* there may be more of them */
    ck_assert_int_eq(told.throttle.throttle_ms, 30);
    ck_assert_int_eq(told.throttle.api, PRODUCE);
    ck_assert_int_eq(told.throttle.broker, 1);
    ck_assert(told.throttle.waits);
    pthread_mutex_unlock(&told.lock);
    kafc_writer_free(w);
    reading_close(&e);
    ck_assert_int_eq(told.asked, told.ended);
}
END_TEST

START_TEST(a_conn_tells_on_the_thread_that_calls_it)
{
    struct reading e;
    kafc_conn_options o;
    kafc_error err;
    open_with(&e, 1, NULL);
    kafc_conn_options_init(&o);
    o.hooks = KAFC_HOOKS(ALL_OF_LOOP);
    told.loop = pthread_self();
    kafc_conn *c = kafc_conn_dial(&o, kafc_mock_bootstrap(e.mock), SOON, &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    ck_assert_int_eq(told.connection[1].last, KAFC_CONNECTION_READY);
    ck_assert_str_eq(told.connection[1].purpose, "conn");
    kafc_metadata *m;
    ck_ok(kafc_conn_metadata(c, NULL, 0, SOON, &m, &err));
    kafc_metadata_free(m);
    ck_assert_int_eq(told.asked, 2);
    ck_assert_int_eq(told.ended, 2);
    ck_ok(kafc_conn_close(c, &err));
    ck_assert_int_eq(told.closed, 1);
    kafc_conn_free(c);
    ck_assert(!told.off_loop);
    ck_ok(kafc_mock_stop_broker(e.mock, 1));
    memset(told.connection, 0, sizeof(told.connection));
    ck_assert_ptr_null(kafc_conn_dial(&o, kafc_mock_bootstrap(e.mock), SOON, NULL));
    ck_assert_int_eq(told.failed, 1);
    reading_close(&e);
}
END_TEST

/* --- Inside ---------------------------------------------------------------------------------------------------- */

static struct {
    struct reading *e;
    kafc_writer *w;
    _Atomic(kafc_err) write, metadata, close, open, send, unsubscribe, reader_close;
    atomic_bool done;
} inside;

static void call_everything(void *ctx, const kafc_request_event *r)
{
    struct reading *e = inside.e;
    kafc_error err = { .code = KAFC_OK };
    kafc_metadata *m;
    kafc_message one = { .value = KAFC_STR("from inside") };
    (void)ctx;
    if (r->api != PRODUCE || atomic_load(&inside.done))
        return;
    inside.write = write_one(inside.w, 100);
    inside.metadata = kafc_client_metadata(e->client, NULL, 0, 100, &m, NULL);
    inside.close = kafc_client_close(e->client, 0, NULL);
    ck_assert_ptr_null(kafc_writer_open(e->client, KAFC_WRITER(.topic = "t"), &err));
    inside.open = err.code;
    ck_assert_ptr_null(kafc_reader_open(e->client, KAFC_READER(.topic = "t"), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_IN_CALLBACK);
    inside.unsubscribe = kafc_reader_unsubscribe(e->reader, 0, NULL);
    inside.reader_close = kafc_reader_close(e->reader, 0, NULL);
    kafc_reader_free(e->reader);
    kafc_writer_free(inside.w);
    kafc_client_free(e->client);
    kafc_client_stats s = { .size = sizeof(s) };
    kafc_client_stats_get(e->client, &s);
    ck_assert_uint_gt(s.requests, 0);
    inside.send = kafc_writer_send(inside.w, &one, NULL, 0, NULL);
    atomic_store(&inside.done, true);
}

START_TEST(what_waits_opens_or_closes_is_refused_inside)
{
    struct reading e;
    memset(&inside, 0, sizeof(inside));
    inside.e = &e;
    open_with(&e, 1, KAFC_HOOKS(.on_response = call_everything));
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g"));
    inside.w = writer(&e);
    ck_ok(write_one(inside.w, SOON));
    ck_assert(inside.done);
    ck_assert_int_eq(inside.write, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(inside.metadata, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(inside.close, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(inside.open, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(inside.unsubscribe, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(inside.reader_close, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(inside.send, KAFC_OK);
    ck_ok(kafc_writer_flush(inside.w, SOON, NULL));
    kafc_writer_stats s = { .size = sizeof(s) };
    kafc_writer_stats_get(inside.w, &s);
    ck_assert_uint_eq(s.acknowledged, 2);
    kafc_writer_free(inside.w);
    reading_close(&e);
}
END_TEST

START_TEST(a_slow_hook_delays_and_no_more)
{
    struct reading e;
    open_with(&e, 2, KAFC_HOOKS(ALL_OF_LOOP));
    told.slow_ms = 20;
    kafc_writer *w = writer(&e);
    kafc_metadata *m;
    for (int i = 0; i < 5; i++) {
        ck_ok(write_one(w, SOON));
        ck_ok(kafc_client_metadata(e.client, NULL, 0, SOON, &m, NULL));
        kafc_metadata_free(m);
    }
    kafc_writer_free(w);
    reading_close(&e);
    ck_assert_int_eq(told.asked, told.ended);
}
END_TEST

/* --- Messages --------------------------------------------------------------------------- */

/* Adds a header, as who hands on a trace does. */
static void add_header(void *ctx, kafc_message *m)
{
    static _Thread_local kafc_header all[8];
    static _Thread_local char id[20];
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_int_lt(m->nheaders, 8);
    for (int32_t i = 0; i < m->nheaders; i++)
        all[i] = m->headers[i];
    int n = snprintf(id, sizeof(id), "trace %d", atomic_fetch_add(&told.sent, 1));
    all[m->nheaders] = (kafc_header){ { "traceparent", 11 }, { id, n } };
    m->headers = all;
    m->nheaders++;
}

static void seen(void *ctx, const kafc_message *m)
{
    ck_assert_ptr_eq(ctx, &told);
    ck_assert_int_eq(m->nheaders, 2);
    ck_assert(m->headers[0].name.len == 3 && !memcmp(m->headers[0].name.p, "own", 3));
    char want[20];
    int n = snprintf(want, sizeof(want), "trace %d", (int)m->offset);
    ck_assert(m->headers[1].value.len == n && !memcmp(m->headers[1].value.p, want, (size_t)n));
    atomic_fetch_add(&told.consumed, 1);
}

static const kafc_header own = { { "own", 3 }, { "1", 1 } };

START_TEST(messages_are_told_as_they_go_and_come)
{
    struct reading e;
    kafc_batch *b;
    kafc_claim *c;
    open_with(&e, 1, KAFC_HOOKS(.on_send = add_header, .on_consume = seen, .ctx = &told));
    kafc_writer *w = writer(&e);
    kafc_message m = { .value = KAFC_STR("v"), .headers = &own, .nheaders = 1, .to_partition = 1 };
    kafc_message many[3] = { m, m, m };
    ck_ok(kafc_writer_send(w, &m, NULL, 0, NULL));
    ck_ok(kafc_writer_send(w, &m, NULL, -1, NULL));
    ck_ok(kafc_writer_write(w, many, 3, SOON, NULL));
    ck_assert_int_eq(told.sent, 5);
    ck_assert_int_eq(m.nheaders, 1); /* the caller's is as it was */
    for (int i = 0; i < 5; i++)
        ck_ok(kafc_writer_write(w, many, 1, SOON, NULL));
    ck_assert_int_eq(kafc_writer_send(w, NULL, NULL, 0, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_send(NULL, &m, NULL, 0, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(told.sent, 10);

    reading_reader(&e, KAFC_READER(.topic = "t", .partition = 1, .max_wait_ms = 20));
    for (int i = 0; i < 4; i++)
        ck_ok(kafc_reader_fetch(e.reader, &e.m, SOON, &e.err));
    ck_assert_int_eq(told.consumed, 4);
    ck_assert_int_eq(kafc_reader_fetch(e.reader, NULL, 0, &e.err), KAFC_ERR_USAGE);
    ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
    ck_assert(kafc_batch_next(b, &e.m, &e.err));
    ck_assert_int_eq(told.consumed, 4); /* who steps through a batch sees them */
    kafc_batch_free(b);
    ck_ok(kafc_reader_seek(e.reader, "t", 1, KAFC_AT(5), &e.err));
    ck_ok(kafc_reader_claim(e.reader, &c, SOON, &e.err));
    for (int i = 5; i < 10; i++)
        ck_ok(kafc_claim_fetch(c, &e.m, SOON, &e.err));
    ck_assert_int_eq(told.consumed, 9);
    kafc_claim_free(c);
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

static void move(void *ctx, kafc_message *m)
{
    (void)ctx;
    atomic_fetch_add(&told.sent, 1);
    m->to_partition = 1;
}

/* Once for each message, however long its sender waits for room; what is refused was told, too. */
START_TEST(a_message_that_waits_is_told_once)
{
    struct reading e;
    open_with(&e, 1, KAFC_HOOKS(.on_send = move));
    ck_ok(kafc_mock_set_rtt(e.mock, 0, 5));
    kafc_writer *w = kafc_writer_open(
        e.client, KAFC_WRITER(.topic = "t", .buffer_bytes = 100000, .message_max_bytes = 40000), &e.err);
    static char value[30000];
    kafc_message m = { .value = { value, sizeof(value) }, .to_partition = KAFC_ZERO };
    for (int i = 0; i < 20; i++)
        ck_ok(kafc_writer_send(w, &m, NULL, -1, &e.err));
    ck_assert_int_eq(told.sent, 20);
    ck_ok(kafc_writer_flush(w, SOON, NULL));
    kafc_mock_log l;
    ck_ok(kafc_mock_log_get(e.mock, "t", 1, &l));
    ck_assert_int_eq(l.high_watermark, 20);
    m.value.len = 30000000;
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &e.err), KAFC_ERR_TOO_LARGE);
    ck_assert_int_eq(told.sent, 21);
    kafc_writer_free(w);
    reading_close(&e);
}
END_TEST

static struct reading *reading_inside;
static _Atomic(kafc_err) fetched, sent_inside;

static void wait_inside(void *ctx, const kafc_message *m)
{
    kafc_message copy = *m;
    (void)ctx;
    fetched = kafc_reader_close(reading_inside->reader, 100, NULL);
    kafc_reader_free(reading_inside->reader); /* does nothing */
    sent_inside = kafc_writer_write(inside.w, &copy, 1, 100, NULL);
}

START_TEST(calls_that_wait_are_refused_on_the_callers_threads_too)
{
    struct reading e;
    open_with(&e, 1, KAFC_HOOKS(.on_consume = wait_inside));
    reading_inside = &e;
    put_some(&e, 3);
    inside.w = writer(&e);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    for (int64_t i = 0; i < 3; i++)
        expect_offset(&e, i);
    ck_assert_int_eq(fetched, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(sent_inside, KAFC_ERR_IN_CALLBACK);
    kafc_writer_free(inside.w);
    reading_close(&e);
}
END_TEST

START_TEST(hooks_of_a_newer_header_are_refused)
{
    struct {
        kafc_hooks h;
        void (*of_tomorrow)(void);
    } more = { .h = { .size = sizeof(more) } };
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = "localhost:1", .hooks = &more.h), &err);
    ck_assert_msg(c != NULL, "%s", err.message); /* nothing of it is set */
    kafc_client_free(c);
    more.of_tomorrow = abort;
    ck_assert_ptr_null(kafc_client_open(KAFC_CLIENT(.brokers = "localhost:1", .hooks = &more.h), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "hooks: an option is set"));
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.hooks = &more.h), "localhost:1", 0, &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_null(kafc_client_open(KAFC_CLIENT(.brokers = "localhost:1", .hooks = &(kafc_hooks){ 0 }), &err));
    ck_assert_ptr_nonnull(strstr(err.message, "the options' size is 0"));
}
END_TEST

SUITE_MAIN("hooks", 60, each_request_is_told_twice_and_each_connection_from_its_begin_to_its_end,
           losses_and_refusals_have_their_reasons, late_answers_and_throttles_are_told,
           a_conn_tells_on_the_thread_that_calls_it, what_waits_opens_or_closes_is_refused_inside,
           a_slow_hook_delays_and_no_more, messages_are_told_as_they_go_and_come,
           a_message_that_waits_is_told_once, calls_that_wait_are_refused_on_the_callers_threads_too,
           hooks_of_a_newer_header_are_refused)
