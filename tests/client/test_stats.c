/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What writers and clients say that they have done, beside what the mock has
 * seen of it; marks; the text; from any thread.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/api/00_produce.h"
#include "protocol/schema.h"
#include "base/clock.h"
#include "tests/client/writing.h"
#include "tests/support/alloc.h"
#include "tests/support/exposition.h"

enum { PRODUCE = 0 };

/* What the mock has seen, and what it does. On its thread, but for the test's own calls. */
static struct {
    atomic_uint_least64_t requests, batches, bytes;
    int32_t delay_ms, throttle_ms;
} seen;

static void look(void *ctx, const kafc_mock_request *q, kafc_mock_answer *a)
{
    (void)ctx;
    struct kafc_produce_req req;
    struct kafc_arena arena;
    struct kafc_rd r;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&r, q->body.p, (size_t)q->body.len);
    if (kafc__msg_decode(&r, &kafc_produce_req_schema, &req, q->version, &arena, NULL) == KAFC_OK) {
        atomic_fetch_add(&seen.requests, 1);
        for (int32_t i = 0; i < req.topic_data.n; i++)
            for (int32_t k = 0; k < req.topic_data.v[i].partition_data.n; k++) {
                atomic_fetch_add(&seen.batches, 1);
                atomic_fetch_add(&seen.bytes,
                                 (uint64_t)req.topic_data.v[i].partition_data.v[k].records.len);
            }
    }
    kafc__arena_fini(&arena);
    a->delay_ms = seen.delay_ms;
    a->throttle_ms = seen.throttle_ms;
}

static void start(int32_t delay_ms, int32_t throttle_ms)
{
    memset(&seen, 0, sizeof(seen));
    seen.delay_ms = delay_ms;
    seen.throttle_ms = throttle_ms;
    writing_start(3);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, PRODUCE, look, NULL), KAFC_OK);
}

static void send_some(kafc_writer *w, int n)
{
    char key[16];
    for (int i = 0; i < n; i++) {
        (void)snprintf(key, sizeof(key), "key %d", i);
        kafc_message m = { .key = KAFC_STR(key), .value = KAFC_STR("a value, a value, a value") };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, -1, NULL), KAFC_OK);
    }
    ck_assert_int_eq(kafc_writer_flush(w, 20000, NULL), KAFC_OK);
}

static kafc_writer_stats stats_of(const kafc_writer *w)
{
    kafc_writer_stats s;
    memset(&s, 0xa5, sizeof(s)); /* everything is written */
    s.size = sizeof(s);
    kafc_writer_stats_get(w, &s);
    return s;
}

static kafc_client_stats client_stats(void)
{
    kafc_client_stats s;
    memset(&s, 0xa5, sizeof(s));
    s.size = sizeof(s);
    kafc_client_stats_get(writing.client, &s);
    return s;
}

static void check_summary(const kafc_summary *s, uint64_t count)
{
    ck_assert_uint_eq(s->count, count);
    ck_assert_uint_le(s->min, s->p50);
    ck_assert_uint_le(s->p50, s->p90);
    ck_assert_uint_le(s->p90, s->p99);
    ck_assert_uint_le(s->p99, s->p999);
    ck_assert_uint_le(s->p999, s->max);
    ck_assert_uint_le(s->count * s->min, s->sum);
    ck_assert_uint_ge(s->count * s->max, s->sum);
    ck_assert_uint_eq(s->reserved[0] | s->reserved[3], 0);
}

START_TEST(numbers_are_those_that_the_broker_sees)
{
    start(0, 0);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .batch_messages = 7, .linger_ms = 20000,
                                              .request_timeout_ms = 20000));
    send_some(w, 1000);
    kafc_writer_stats s = stats_of(w);
    ck_assert_uint_eq(s.messages, 1000);
    ck_assert_uint_eq(s.acknowledged, 1000);
    ck_assert_uint_eq(s.failed + s.held_messages + s.held_bytes, 0);
    ck_assert_uint_eq(s.errors + s.retries + s.splits + s.throttled, 0);
    ck_assert_uint_eq(s.writes, seen.requests);
    ck_assert_uint_eq(s.bytes, seen.bytes);
    ck_assert_uint_eq(s.plain_bytes, seen.bytes);
    check_summary(&s.batch_messages, seen.batches);
    ck_assert_uint_eq(s.batch_messages.sum, 1000);
    ck_assert_uint_eq(s.batch_messages.max, 7);
    ck_assert_uint_eq(s.batch_messages.p50, 7);
    check_summary(&s.batch_bytes, seen.batches);
    ck_assert_uint_eq(s.batch_bytes.sum, seen.bytes);
    check_summary(&s.compression_permille, seen.batches);
    ck_assert_uint_eq(s.compression_permille.min, 1000);
    ck_assert_uint_eq(s.compression_permille.max, 1000);
    check_summary(&s.batch_queue_time_us, seen.batches);
    check_summary(&s.batch_time_us, seen.batches);
    check_summary(&s.delivery_time_us, seen.batches);
    check_summary(&s.write_time_us, seen.requests);
    ck_assert_uint_ge(s.batch_time_us.sum, s.batch_queue_time_us.sum);
    ck_assert_uint_ge(s.delivery_time_us.sum, s.batch_time_us.sum);
    check_summary(&s.throttle_time_us, 0);

    kafc_client_stats c = client_stats();
    ck_assert_int_eq((int)c.connections_open, kafc_mock_connections(writing.mock, 0));
    ck_assert_uint_eq(c.connections_opened, c.connections_open);
    ck_assert_uint_eq(c.connections_lost + c.connections_failed + c.requests_failed, 0);
    ck_assert_uint_eq(c.requests, kafc_mock_requests(writing.mock, 0, -1));
    check_summary(&c.request_time_us, c.requests);
    ck_assert_uint_gt(c.bytes_sent, s.bytes);
    ck_assert_uint_gt(c.bytes_received, 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(times_are_those_that_were_waited)
{
    start(30, 40);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 20));
    int64_t from = kafc__clock_mono_us();
    for (int i = 0; i < 3; i++) {
        kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, NULL), KAFC_OK);
        while (stats_of(w).acknowledged <= (uint64_t)i)
            ;
    }
    kafc_writer_stats s = stats_of(w);
    check_summary(&s.batch_queue_time_us, 3);
    ck_assert_uint_ge(s.batch_queue_time_us.min, 20000);
    ck_assert_uint_ge(s.batch_time_us.min, 20000);
    ck_assert_uint_ge(s.write_time_us.min, 29000); /* the mock's clock began before ours */
    ck_assert_uint_ge(s.delivery_time_us.min, 49000);
    /* the second and the third wait out the throttle of the answer before */
    ck_assert_int_ge(kafc__clock_mono_us() - from, 1000 * (20 + 30 + 2 * (40 + 30)) - 3000);
    ck_assert_uint_eq(s.throttled, 3);
    check_summary(&s.throttle_time_us, 3);
    ck_assert_uint_eq(s.throttle_time_us.sum, 3 * 40000);
    ck_assert_uint_eq(s.throttle_time_us.p50, 40000);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(failed_attempts_and_lost_connections_are_counted)
{
    start(0, 0);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, NULL), KAFC_OK);
    kafc_mock_push_error(writing.mock, PRODUCE, KAFC_ERR_NOT_ENOUGH_REPLICAS, 2);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, NULL), KAFC_OK);
    kafc_writer_stats s = stats_of(w);
    ck_assert_uint_eq(s.errors, 2);
    ck_assert_uint_eq(s.retries, 2);
    ck_assert_uint_eq(s.writes, 4);
    ck_assert_uint_eq(s.batch_messages.count, 2);
    ck_assert_uint_eq(s.bytes, 2 * s.batch_bytes.sum);
    kafc_mock_push_error(writing.mock, PRODUCE, KAFC_ERR_DISCONNECTED, 1);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, NULL), KAFC_OK);
    kafc_mock_push_error(writing.mock, PRODUCE, KAFC_ERR_INVALID_REQUIRED_ACKS, 1);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, NULL), KAFC_ERR_INVALID_REQUIRED_ACKS);
    s = stats_of(w);
    ck_assert_uint_eq(s.errors, 4);
    ck_assert_uint_eq(s.retries, 3);
    ck_assert_uint_eq(s.failed, 1);
    ck_assert_uint_eq(s.acknowledged, 3);
    ck_assert_uint_eq(s.messages, 4);
    ck_assert_uint_eq(s.delivery_time_us.count, 4);
    kafc_client_stats c = client_stats();
    ck_assert_uint_eq(c.connections_lost, 1);
    ck_assert_uint_eq(c.requests_failed, 1);
    ck_assert_uint_eq(c.connections_opened, c.connections_open + 1);
    ck_assert_int_eq((int)c.connections_open, kafc_mock_connections(writing.mock, 0));
    kafc_mock_stop_broker(writing.mock, 1);
    kafc_mock_stop_broker(writing.mock, 2);
    kafc_mock_stop_broker(writing.mock, 3);
    ck_assert_int_ne(kafc_writer_write(w, &m, 1, 300, NULL), KAFC_OK);
    do
        c = client_stats();
    while (c.connections_open || !c.connections_failed);
    s = stats_of(w);
    ck_assert_uint_eq(s.held_messages, 1);
    ck_assert_uint_gt(s.held_bytes, 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_batch_too_large_for_the_broker_is_a_split)
{
    start(0, 0);
    ck_assert_int_eq(kafc_mock_set_config(writing.mock, "t", "max.message.bytes", "2000"), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000));
    char value[1000];
    memset(value, 'v', sizeof(value));
    for (int i = 0; i < 3; i++) {
        kafc_message m = { .value = { value, sizeof(value) }, .to_partition = 2 };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, NULL), KAFC_OK);
    }
    ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    kafc_writer_stats s = stats_of(w);
    ck_assert_uint_eq(s.acknowledged, 3);
    ck_assert_uint_gt(s.splits, 0);
    ck_assert_uint_ge(s.errors, s.splits);
    ck_assert_uint_eq(s.bytes, seen.bytes);
    ck_assert_uint_eq(s.writes, seen.requests);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(compression_is_measured)
{
    start(0, 0);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .compression = KAFC_GZIP, .linger_ms = 20000));
    send_some(w, 5000);
    kafc_writer_stats s = stats_of(w);
    ck_assert_uint_eq(s.bytes, seen.bytes);
    ck_assert_uint_gt(s.plain_bytes, 5000 * 30);
    ck_assert_uint_gt(s.plain_bytes, 2 * s.bytes);
    check_summary(&s.compression_permille, seen.batches);
    ck_assert_uint_gt(s.compression_permille.max, 2000);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(senders_that_wait_are_seen)
{
    start(20, 0);
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .buffer_bytes = 100000, .message_max_bytes = 40000));
    char value[30000];
    memset(value, 'v', sizeof(value));
    kafc_message m = { .value = { value, sizeof(value) } };
    kafc_writer_stats s = { .size = 0 };
    uint64_t sent = 0;
    for (; sent < 10 || s.send_wait_time_us.sum <= 10000; sent++) { /* some wait, where answers are late enough */
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 20000, NULL), KAFC_OK);
        s = stats_of(w);
    }
    ck_assert_uint_lt(s.send_wait_time_us.count, sent);
    uint64_t before = s.send_wait_time_us.count;
    kafc_message many[10];
    for (int i = 0; i < 10; i++)
        many[i] = m;
    do {
        ck_assert_int_eq(kafc_writer_write(w, many, 10, 20000, NULL), KAFC_OK);
        s = stats_of(w);
    } while (s.send_wait_time_us.count == before);
    check_summary(&s.send_wait_time_us, s.send_wait_time_us.count);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* The next object may well lie where the one before lay. */
START_TEST(the_mark_of_a_freed_object_is_that_of_another_one)
{
    start(0, 0);
    kafc_error err;
    kafc_stats_mark *mark = NULL, *none = NULL;
    kafc_writer_stats s = { .size = sizeof(s) };
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    send_some(w, 10);
    ck_assert_int_eq(kafc_writer_stats_since(w, &mark, &s, &err), KAFC_OK);
    for (int i = 0; i < 20; i++) {
        kafc_writer_free(w);
        w = writing_open(KAFC_WRITER(.topic = "t"));
        ck_assert_int_eq(kafc_writer_stats_since(w, &mark, &s, &err), KAFC_ERR_USAGE);
    }
    ck_assert_int_eq(kafc_writer_stats_since(w, NULL, &s, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_stats_since(w, &none, NULL, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_stats_since(writing.client, NULL, NULL, &err), KAFC_ERR_USAGE);
    kafc_stats_mark_free(mark);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(marks_give_intervals_to_each_reader_by_itself)
{
    start(0, 0);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t")),
                *other = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_stats_mark *a = NULL, *b = NULL, *c = NULL;
    kafc_writer_stats s = { .size = sizeof(s) };
    send_some(w, 10);
    ck_assert_int_eq(kafc_writer_stats_since(w, &a, &s, &err), KAFC_OK);
    ck_assert_uint_eq(s.messages, 10);
    ck_assert_uint_eq(s.batch_messages.sum, 10);
    ck_assert_int_eq(kafc_writer_stats_since(w, &a, &s, &err), KAFC_OK);
    ck_assert_uint_eq(s.messages + s.writes + s.bytes, 0);
    check_summary(&s.batch_bytes, 0);
    ck_assert_uint_eq(s.batch_bytes.max, 0);
    send_some(w, 20);
    ck_assert_int_eq(kafc_writer_stats_since(w, &b, &s, &err), KAFC_OK);
    ck_assert_uint_eq(s.messages, 30);
    ck_assert_int_eq(kafc_writer_stats_since(w, &a, &s, &err), KAFC_OK);
    ck_assert_uint_eq(s.messages, 20);
    ck_assert_uint_eq(s.batch_messages.sum, 20);
    check_summary(&s.batch_bytes, s.batch_messages.count);
    ck_assert_uint_eq(stats_of(w).messages, 30);

    ck_assert_int_eq(kafc_writer_stats_since(other, &a, &s, &err), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "another object"));
    kafc_client_stats k = { .size = sizeof(k) };
    ck_assert_int_eq(kafc_client_stats_since(writing.client, &c, &k, &err), KAFC_OK);
    ck_assert_uint_gt(k.requests, 0);
    ck_assert_int_eq(kafc_client_stats_since(writing.client, &c, &k, &err), KAFC_OK);
    ck_assert_uint_eq(k.requests, 0);
    ck_assert_uint_gt(k.connections_open, 0); /* is as it is */
    ck_assert_int_eq(kafc_writer_stats_since(NULL, &a, &s, &err), KAFC_ERR_USAGE);
    kafc_writer_free(w);
    kafc_writer_free(other);
    kafc_stats_mark_free(a);
    kafc_stats_mark_free(b);
    kafc_stats_mark_free(c);
    kafc_stats_mark_free(NULL);
    writing_stop();
}
END_TEST

START_TEST(a_mark_without_memory_is_an_error)
{
    struct test_alloc a;
    kafc_error err;
    test_alloc_init(&a);
    writing_start(1);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(writing.mock), .allocator = &a.mem), &err);
    kafc_client_stats s = { .size = sizeof(s) };
    kafc_stats_mark *mark = NULL;
    a.fail_at = atomic_load(&a.calls) + 1;
    ck_assert_int_eq(kafc_client_stats_since(c, &mark, &s, &err), KAFC_ERR_NO_MEMORY);
    ck_assert_ptr_null(mark);
    ck_assert_int_eq(kafc_client_stats_since(c, &mark, &s, &err), KAFC_OK);
    kafc_client_free(c);
    kafc_stats_mark_free(mark);
    ck_assert_int_eq(atomic_load(&a.live), 0);
    writing_stop();
}
END_TEST

START_TEST(a_struct_of_an_older_header_is_not_overrun)
{
    start(0, 0);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    send_some(w, 10);
    kafc_writer_stats s;
    memset(&s, 0xa5, sizeof(s));
    s.size = offsetof(kafc_writer_stats, failed) + 3; /* half of it */
    kafc_writer_stats_get(w, &s);
    ck_assert_uint_eq(s.messages, 10);
    ck_assert_uint_eq(s.acknowledged, 10);
    for (size_t i = offsetof(kafc_writer_stats, failed); i < sizeof(s); i++)
        ck_assert_uint_eq(((unsigned char *)&s)[i], 0xa5);
    kafc_writer_stats_get(w, NULL);
    s.size = sizeof(s);
    kafc_writer_stats_get(NULL, &s);
    ck_assert_uint_eq(s.messages + s.batch_bytes.count + s.send_wait_time_us.reserved[3], 0);
    kafc_client_stats k;
    memset(&k, 0xa5, sizeof(k));
    k.size = sizeof(k);
    kafc_client_stats_get(NULL, &k);
    ck_assert_uint_eq(k.requests + k.request_time_us.max, 0);
    kafc_client_stats_get(writing.client, NULL);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

static char *text_of(const kafc_client *const *clients, int32_t n)
{
    char *text = NULL;
    for (size_t len, cap = 0;; cap = len + 4096) { /* it grows with each writer that is opened meanwhile */
        text = realloc(text, cap + 1);
        ck_assert_ptr_nonnull(text);
        len = kafc_stats_text(clients, n, text, cap);
        if (len < cap)
            return text;
    }
}

START_TEST(the_text_is_what_prometheus_reads)
{
    start(0, 0);
    kafc_error err;
    kafc_client *odd = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(writing.mock),
                                                    .client_id = "a \"b\"\\c\nd\xff \xc3\xa4}{,="),
                                        &err);
    ck_assert_ptr_nonnull(odd);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t")),
                *any = writing_open(KAFC_WRITER(.linger_ms = 1));
    kafc_writer *far = kafc_writer_open(odd, KAFC_WRITER(.topic = "t"), &err);
    send_some(w, 1000);
    const kafc_client *both[] = { writing.client, odd };
    kafc_writer_stats s = stats_of(w);
    char *text = text_of(both, 2), series[100];
    ck_assert_int_gt(exposition_check(text), 400);
    static const char labels[] = "{client=\"kafc\",writer=\"1\",topic=\"t\"}";
    (void)snprintf(series, sizeof(series), "kafc_writer_messages_total%s", labels);
    ck_assert(exposition_value(text, series) == 1000);
    (void)snprintf(series, sizeof(series), "kafc_writer_batch_bytes_sum%s", labels);
    ck_assert(exposition_value(text, series) == (double)s.bytes);
    (void)snprintf(series, sizeof(series), "kafc_writer_write_seconds_count%s", labels);
    ck_assert(exposition_value(text, series) == (double)s.writes);
    (void)snprintf(series, sizeof(series), "kafc_writer_write_seconds_sum%s", labels);
    double sum = exposition_value(text, series) * 1e6 - (double)s.write_time_us.sum;
    ck_assert(sum > -0.5 && sum < 0.5);
    ck_assert(exposition_value(text,
                               "kafc_writer_compression_ratio_bucket{client=\"kafc\",writer="
                               "\"1\",topic=\"t\",le=\"1.024\"}") == (double)s.batch_bytes.count);
    ck_assert(exposition_value(text, "kafc_writer_messages_total{client=\"kafc\",writer=\"2\"}") ==
              0);
    ck_assert(exposition_value(text, "kafc_writer_messages_total{client=\"a \\\"b\\\"\\\\c\\nd"
                                     "\xef\xbf\xbd \xc3\xa4}{,=\",writer=\"1\",topic=\"t\"}") == 0);
    ck_assert(exposition_value(text, "kafc_client_connections{client=\"kafc\"}") > 0);

    /* as snprintf */
    size_t len = strlen(text);
    char *part = malloc(len + 1);
    ck_assert_ptr_nonnull(part);
    part[100] = '!';
    ck_assert_uint_ge(kafc_stats_text(both, 2, part, 100), len);
    ck_assert_uint_eq(strlen(part), 99);
    ck_assert_int_eq(memcmp(part, text, 99), 0);
    ck_assert_int_eq(part[100], '!');
    ck_assert_uint_ge(kafc_stats_text(both, 2, part, 1), len);
    ck_assert_str_eq(part, "");
    free(part);
    free(text);

    kafc_writer_free(w);
    text = text_of(both, 1);
    (void)exposition_check(text);
    (void)snprintf(series, sizeof(series), "kafc_writer_messages_total%s", labels);
    ck_assert(exposition_value(text, series) < 0); /* it is gone */
    ck_assert(exposition_value(text, "kafc_writer_writes_total{client=\"kafc\",writer=\"2\"}") ==
              0);
    free(text);
    char none[1] = "x";
    ck_assert_uint_eq(kafc_stats_text(both, 0, none, 1), 0);
    ck_assert_str_eq(none, "");
    kafc_writer_free(any);
    kafc_writer_free(far);
    kafc_client_free(odd);
    writing_stop();
}
END_TEST

/* Each request is of one API and goes to one broker: the sums are the client's, the text says the same. */
START_TEST(requests_are_told_by_api_and_by_broker)
{
    start(3, 0);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    send_some(w, 100);
    kafc_client_stats c = client_stats();
    uint64_t requests = 0, sent = 0, received = 0;
    bool produce = false;
    kafc_api_stats a = { .size = sizeof(a) };
    for (int32_t i = 0; kafc_client_api_stats_get(writing.client, i, &a); i++) {
        requests += a.requests;
        sent += a.bytes_sent;
        received += a.bytes_received;
        ck_assert_uint_eq(a.failed, 0);
        check_summary(&a.time_us, a.requests);
        ck_assert_uint_eq(a.time_us.sum, a.queue_time_us.sum + a.write_time_us.sum +
                                             a.wait_time_us.sum + a.read_time_us.sum);
        if (a.api != PRODUCE)
            continue;
        produce = true;
        ck_assert_str_eq(a.name, "Produce");
        ck_assert_uint_eq(a.requests, seen.requests);
        ck_assert_uint_ge(a.version, 9);
        /* The mock's clock began before ours, and what a stall takes between the send and the clock is writing. */
        ck_assert_uint_ge(a.write_time_us.sum + a.wait_time_us.sum, 2000 * a.requests);
    }
    ck_assert(produce);
    ck_assert_uint_eq(requests, c.requests);
    ck_assert_uint_eq(sent, c.bytes_sent);
    ck_assert_uint_eq(received, c.bytes_received);

    kafc_broker_stats b = { .size = sizeof(b) };
    uint64_t open = 0, times = 0;
    int32_t n = 0;
    requests = sent = received = 0;
    for (; kafc_client_broker_stats_get(writing.client, n, &b); n++) {
        ck_assert_int_eq(b.broker < 0, n == 0);
        ck_assert_uint_eq(b.in_flight + b.failed + b.throttled, 0);
        requests += b.requests;
        sent += b.bytes_sent;
        received += b.bytes_received;
        open += b.connections;
        times += b.request_time_us.sum;
    }
    ck_assert_int_ge(n, 4);
    ck_assert_uint_eq(requests, c.requests);
    ck_assert_uint_eq(sent, c.bytes_sent);
    ck_assert_uint_eq(received, c.bytes_received);
    ck_assert_uint_eq(open, c.connections_open);
    ck_assert_uint_eq(times, c.request_time_us.sum);

    const kafc_client *one = writing.client;
    char *text = text_of(&one, 1);
    (void)exposition_check(text);
    ck_assert(exposition_value(text, "kafc_client_api_requests_total{client=\"kafc\",api=\"Produce\"}") ==
              (double)seen.requests);
    ck_assert(exposition_value(text, "kafc_client_api_wait_seconds{client=\"kafc\",api=\"Produce\","
                                     "quantile=\"0.99\"}") >= 0.002);
    ck_assert(exposition_value(text, "kafc_client_broker_connections{client=\"kafc\",broker=\"1\"}") >= 1);
    ck_assert(exposition_value(text, "kafc_client_broker_in_flight{client=\"kafc\",broker=\"bootstrap\"}") == 0);
    free(text);

    /* what is not there, and not known */
    a.requests = 77;
    ck_assert(!kafc_client_api_stats_get(writing.client, 1000, &a));
    ck_assert(!kafc_client_api_stats_get(writing.client, -1, &a));
    ck_assert(!kafc_client_api_stats_get(NULL, 0, &a));
    ck_assert(!kafc_client_broker_stats_get(writing.client, 0, NULL));
    a.size = b.size = sizeof(size_t);
    ck_assert(!kafc_client_api_stats_get(writing.client, 0, &a));
    ck_assert(!kafc_client_broker_stats_get(writing.client, 0, &b));
    ck_assert_uint_eq(a.requests, 77);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

static atomic_bool over;

static void *watch(void *arg)
{
    kafc_writer *w = arg;
    kafc_writer_stats now, last = { 0 }, part = { .size = sizeof(part) };
    kafc_stats_mark *mark = NULL;
    uint64_t sum = 0;
    const kafc_client *c = writing.client;
    do {
        now = stats_of(w);
        ck_assert_uint_ge(now.messages, last.messages);
        ck_assert_uint_ge(now.acknowledged, last.acknowledged);
        ck_assert_uint_ge(now.bytes, last.bytes);
        ck_assert_uint_ge(now.batch_bytes.count, last.batch_bytes.count);
        last = now;
        ck_assert_int_eq(kafc_writer_stats_since(w, &mark, &part, NULL), KAFC_OK);
        sum += part.messages;
        ck_assert_uint_ge(sum, now.messages);
        char *text = text_of(&c, 1);
        (void)exposition_check(text);
        kafc_api_stats a = { .size = sizeof(a) };
        for (int32_t i = 0; kafc_client_api_stats_get(c, i, &a); i++)
            ck_assert_uint_ge(a.requests, a.failed);
        free(text);
    } while (!atomic_load(&over));
    kafc_stats_mark_free(mark);
    return NULL;
}

static void *work(void *arg)
{
    for (int i = 0; i < 5; i++) {
        send_some(arg, 500);
        kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
        kafc_message m = { .value = KAFC_STR("v") };
        ck_assert_int_eq(kafc_writer_write(w, &m, 1, 10000, NULL), KAFC_OK);
        kafc_writer_free(w);
    }
    return NULL;
}

START_TEST(any_thread_may_read_while_others_send_and_open)
{
    start(1, 0);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .buffer_bytes = 200000));
    pthread_t t[4];
    atomic_store(&over, false);
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, i < 2 ? watch : work, w), 0);
    for (int i = 3; i >= 0; i--) {
        pthread_join(t[i], NULL);
        atomic_store(&over, i <= 2);
    }
    kafc_writer_stats s = stats_of(w);
    ck_assert_uint_eq(s.acknowledged, 5000);
    ck_assert_uint_eq(s.batch_messages.sum, 5000);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

SUITE_MAIN("stats", 60, numbers_are_those_that_the_broker_sees, times_are_those_that_were_waited,
           failed_attempts_and_lost_connections_are_counted,
           a_batch_too_large_for_the_broker_is_a_split, compression_is_measured,
           senders_that_wait_are_seen, marks_give_intervals_to_each_reader_by_itself,
           the_mark_of_a_freed_object_is_that_of_another_one,
           a_mark_without_memory_is_an_error, a_struct_of_an_older_header_is_not_overrun,
           the_text_is_what_prometheus_reads, requests_are_told_by_api_and_by_broker,
           any_thread_may_read_while_others_send_and_open)
