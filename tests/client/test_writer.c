/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_writer against the mock: what its calls mean, by the numbers of the rules. Faults are
 * in test_writer_faults.c.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/client/writing.h"

START_TEST(W1_write_is_acknowledged_with_its_offset)
{
    writing_start(3);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    for (int i = 0; i < 10; i++) {
        kafc_error err;
        kafc_message m = { .key = KAFC_STR("k"), .value = KAFC_STR("v"), .to_partition = 2 };
        kafc_report r;
        ck_assert_msg(kafc_writer_write_each(w, &m, 1, &r, 5000, &err) == KAFC_OK, "%s",
                      err.message);
        ck_assert_int_eq(r.verdict, KAFC_ACKNOWLEDGED);
        ck_assert_int_eq(r.partition, 2);
        ck_assert_int_eq(r.offset, i);
        ck_assert_str_eq(r.topic, "t");
    }
    ck_assert_int_eq(writing_records("t", 2), 10);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W1_results_follow_the_messages_over_several_topics)
{
    writing_start(3);
    ck_assert_int_eq(kafc_mock_create_topic(writing.mock, "u", 2, 0), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.linger_ms = 60000));
    kafc_message m[6];
    kafc_report r[6];
    kafc_error err;
    memset(m, 0, sizeof(m));
    for (int i = 0; i < 6; i++) {
        m[i].topic = i % 2 ? "u" : "t";
        m[i].to_partition = 1;
    }
    m[3].to_partition = 7; /* there is none */
    ck_assert_int_ne(kafc_writer_write_each(w, m, 6, r, 5000, &err), KAFC_OK);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(r[i].verdict, i == 3 ? KAFC_NOT_WRITTEN : KAFC_ACKNOWLEDGED);
        if (i != 3)
            ck_assert_str_eq(r[i].topic, i % 2 ? "u" : "t");
    }
    ck_assert_int_eq(r[4].offset, 2);
    ck_assert_int_eq(r[5].offset, 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(V1_every_legal_zero_can_be_said)
{
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE,
                                              .linger_ms = KAFC_ZERO,
                                              .compression_level = KAFC_ZERO));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = KAFC_ZERO, .timestamp = KAFC_ZERO };
    kafc_report r;
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(r.verdict, KAFC_UNCONFIRMED);
    ck_assert_int_eq(r.offset, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(r.partition, 0);
    writing_await("t", 0, 1);
    kafc_message *got = kafc_mock_record(writing.mock, "t", 0, 0);
    ck_assert_ptr_nonnull(got);
    ck_assert_int_eq(got->timestamp, 0);
    kafc_message_free(got);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(V3_null_and_empty_differ_on_the_way_out)
{
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .compression = KAFC_GZIP));
    kafc_header h[] = { { { "b", 1 }, { NULL, 0 } },
                        { { "a", 1 }, { "", 0 } },
                        { { "a", 1 }, { "x", 1 } },
                        { { "", 0 }, { "y", 1 } } };
    kafc_message m[] = {
        { .key = { NULL, 0 }, .value = { "", 0 }, .to_partition = 1 },
        { .key = { "", 0 }, .value = { NULL, 0 }, .to_partition = 1, .headers = h, .nheaders = 4 },
    };
    ck_assert_int_eq(kafc_writer_write(w, m, 2, 5000, NULL), KAFC_OK);
    kafc_message *got = kafc_mock_record(writing.mock, "t", 1, 0);
    ck_assert(got->key.p == NULL && got->value.p != NULL && got->value.len == 0);
    kafc_message_free(got);
    got = kafc_mock_record(writing.mock, "t", 1, 1);
    ck_assert(got->key.p != NULL && got->key.len == 0 && got->value.p == NULL);
    ck_assert_int_eq(got->nheaders, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(got->headers[i].name.len, h[i].name.len);
        ck_assert(memcmp(got->headers[i].name.p, h[i].name.p, (size_t)h[i].name.len) == 0);
        ck_assert_int_eq(got->headers[i].value.p == NULL, h[i].value.p == NULL);
        ck_assert_int_eq(got->headers[i].value.len, h[i].value.len);
    }
    kafc_message_free(got);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W2_the_memory_of_a_message_is_free_after_the_call)
{
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000));
    char *value = malloc(6), topic[] = "t";
    for (int i = 0; i < 2; i++) { /* the first waits for metadata */
        memcpy(value, "hello", 6);
        kafc_message m = { .value = { value, 5 }, .to_partition = 3 };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, NULL), KAFC_OK);
        memset(value, 'x', 6);
        ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    }
    free(value);
    memset(topic, 0, sizeof(topic));
    for (int i = 0; i < 2; i++) {
        kafc_message *got = kafc_mock_record(writing.mock, "t", 3, i);
        ck_assert_int_eq(got->value.len, 5);
        ck_assert(memcmp(got->value.p, "hello", 5) == 0);
        kafc_message_free(got);
    }
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

static void silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    if (atomic_load((atomic_bool *)ctx))
        a->act = KAFC_MOCK_SILENT;
}

START_TEST(W3_send_keeps_messages_until_metadata_is_here_and_says_would_block)
{
    writing_start(1);
    atomic_bool on = true;
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 3, silent, &on), KAFC_OK);
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .buffer_bytes = 20000, .message_max_bytes = 15000));
    char value[1000] = { 0 };
    kafc_message m = { .value = { value, sizeof(value) }, .to_partition = 1 };
    kafc_error err;
    int n = 0;
    kafc_err rc;
    while ((rc = kafc_writer_send(w, &m, NULL, 0, &err)) == KAFC_OK)
        n++;
    ck_assert_int_eq(rc, KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_gt(n, 5);
    ck_assert_int_lt(n, 20);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 20, &err), KAFC_ERR_TIMED_OUT);
    atomic_store(&on, false);
    ck_assert_msg(kafc_writer_send(w, &m, NULL, 10000, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(kafc_writer_close(w, 10000, NULL), KAFC_OK);
    ck_assert_int_eq(writing_records("t", 1), n + 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W4_the_topic_stands_on_the_writer_or_on_the_message)
{
    writing_start(1);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_message m = { .topic = "t", .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_USAGE);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(0));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, &err), KAFC_OK);
    m.topic = NULL;
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_USAGE);
    m.topic = "";
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_USAGE);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(usage_is_refused_with_a_sentence)
{
    writing_start(1);
    kafc_error err;
    kafc_client *c = writing.client;
    ck_assert_ptr_null(kafc_writer_open(c, KAFC_WRITER(.partitioner = "murmur"), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "murmur"));
    ck_assert_ptr_null(kafc_writer_open(c, KAFC_WRITER(.linger_ms = -5), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .message_max_bytes = 1000));
    char big[2000] = { 0 };
    kafc_message m = { .value = { big, sizeof(big) } };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_TOO_LARGE);
    ck_assert_ptr_nonnull(strstr(err.message, "1000"));
    m.value.len = 10;
    m.to_partition = -3;
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_USAGE);
    m.to_partition = 0;
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, &err), KAFC_OK);
    m.to_partition = 4;
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_UNKNOWN_PARTITION);
    ck_assert_ptr_nonnull(strstr(err.message, "t [4]"));
    int32_t n;
    kafc_report r;
    ck_assert_int_eq(kafc_writer_poll(w, &r, 1, &n, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_poll(w, NULL, 1, &n, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_poll(w, &r, 1, NULL, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_write(w, NULL, 1, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_send(NULL, &m, NULL, 0, &err), KAFC_ERR_USAGE);
    kafc_writer_stats count = { .size = sizeof(count) };
    kafc_writer_stats_get(w, &count);
    ck_assert_uint_eq(count.messages, 1);
    kafc_writer_free(w);
    ck_assert_ptr_null(kafc_writer_open(c, KAFC_WRITER(.topic = ""), &err));
    ck_assert_ptr_nonnull(strstr(err.message, "topic is empty"));
    w = writing_open(KAFC_WRITER(.topic = "t")); /* which does not know yet how many there are */
    m.to_partition = 7;
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, &err), KAFC_ERR_UNKNOWN_PARTITION);
    ck_assert_ptr_nonnull(strstr(err.message, "t [7]"));
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W6_acks_below_all_turn_the_default_off_and_contradict_the_wish)
{
    writing_start(1);
    kafc_error err;
    ck_assert_ptr_null(kafc_writer_open(
        writing.client, KAFC_WRITER(.acks = KAFC_ACKS_LEADER, .idempotence = KAFC_ON), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_LEADER));
    kafc_message m = { .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, &err), KAFC_OK);
    ck_assert_uint_eq(kafc_mock_requests(writing.mock, 0, 22), 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W7_uncollected_reports_use_up_their_slots_and_nothing_else)
{
    writing_start(1);
    kafc_error err;
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .reports = KAFC_REPORTS_ALL, .report_slots = 10));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    char mark[12];
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(kafc_writer_send(w, &m, &mark[i], 1000, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, &err), KAFC_OK);
    kafc_writer_stats c = { .size = sizeof(c) };
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.held_bytes, 0);
    ck_assert_int_eq(kafc_writer_send(w, &m, &mark[10], 0, &err), KAFC_ERR_WOULD_BLOCK);
    /* a write needs no slot */
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, &err), KAFC_OK);
    kafc_report r[12];
    int32_t n;
    ck_assert_int_eq(kafc_writer_poll(w, r, 3, &n, 1000, &err), KAFC_OK);
    ck_assert_int_eq(n, 3);
    ck_assert_ptr_eq(r[2].opaque, &mark[2]);
    ck_assert_int_eq(r[2].offset, 2);
    ck_assert_int_eq(kafc_writer_send(w, &m, &mark[10], 0, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, 5000, &err), KAFC_OK);
    int32_t seen = 3;
    while (kafc_writer_poll(w, r, 12, &n, 0, &err) == KAFC_OK)
        for (int32_t i = 0; i < n; i++)
            ck_assert_ptr_eq(r[i].opaque, &mark[seen++]);
    ck_assert_int_eq(err.code, KAFC_ERR_CLOSED); /* the end mark */
    ck_assert_int_eq(seen, 11);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

struct deliveries {
    atomic_int n, bad;
    kafc_writer *w;
    kafc_err nested, waiting;
};

static void on_delivery(void *ctx, const kafc_report *r)
{
    struct deliveries *d = ctx;
    if (r->verdict != KAFC_ACKNOWLEDGED)
        atomic_fetch_add(&d->bad, 1);
    if (atomic_fetch_add(&d->n, 1) == 0) {
        kafc_message m = { .value = KAFC_STR("nested"), .to_partition = 2 };
        d->nested = kafc_writer_send(d->w, &m, NULL, 0, NULL);
        d->waiting = kafc_writer_flush(d->w, 1000, NULL);
    }
}

START_TEST(W7_a_callback_may_send_and_may_not_wait)
{
    writing_start(1);
    struct deliveries d = { 0 };
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .on_delivery = on_delivery, .ctx = &d));
    d.w = w;
    kafc_message m = { .value = KAFC_STR("v") };
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 1000, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(d.nested, KAFC_OK);
    ck_assert_int_eq(d.waiting, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(atomic_load(&d.n), 101);
    ck_assert_int_eq(atomic_load(&d.bad), 0);
    ck_assert_int_eq(writing_records("t", 2) > 0, 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W8_zstd_is_refused_by_brokers_that_cannot_hold_it)
{
    writing_start(1);
    ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 0, 3, 6), KAFC_OK);
    kafc_error err;
    kafc_writer *w = kafc_writer_open(writing.client,
                                      KAFC_WRITER(.topic = "t", .compression = KAFC_ZSTD), &err);
    if (!w) {
        ck_assert_int_eq(err.code, KAFC_ERR_NO_CODEC);
        writing_stop();
        return;
    }
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_report r;
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, 5000, &err), KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(writing_all("t", 4), 0);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t"));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 5000, &err), KAFC_OK);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W9_topics_are_created_only_where_the_writer_says_so)
{
    writing_start(3);
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_report r;
    kafc_writer *w;
    kafc_err rc = KAFC_OK;
    for (int ms = 300; ms < 20000 && rc != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION; ms *= 2) { /* until it is told */
        w = writing_open(KAFC_WRITER(.topic = "no", .delivery_timeout_ms = ms));
        rc = kafc_writer_write_each(w, &m, 1, &r, 30000, &err);
        ck_assert_str_eq(r.topic, "no");
        kafc_writer_free(w);
    }
    ck_assert_int_eq(rc, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(r.partition, -1);
    w = writing_open(KAFC_WRITER(.topic = "yes", .create_topics = KAFC_ON));
    ck_assert_msg(kafc_writer_write(w, &m, 1, 5000, &err) == KAFC_OK, "%s", err.message);
    kafc_writer_free(w);
    ck_assert_int_eq(writing_all("yes", 4), 1);
    kafc_mock_log l;
    ck_assert_int_ne(kafc_mock_log_get(writing.mock, "no", 0, &l), KAFC_OK);
    writing_stop();
}
END_TEST

START_TEST(W10_flush_does_not_wait_for_linger)
{
    writing_start(3);
    kafc_writer *w = writing_open(KAFC_WRITER(.linger_ms = 60000));
    for (int i = 0; i < 1000; i++) {
        kafc_message m = { .topic = "t", .value = KAFC_STR("v"), .to_partition = 1 + i % 3 };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, NULL), KAFC_OK);
    }
    ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(writing_all("t", 4), 1000);
    kafc_writer_stats c = { .size = sizeof(c) };
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.held_messages, 0);
    ck_assert_uint_eq(c.held_bytes, 0);
    ck_assert_int_eq(
        kafc_writer_flush(w, 0, NULL) == KAFC_OK || kafc_writer_flush(w, 100, NULL) == KAFC_OK, 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W10_close_sends_what_is_there_and_refuses_what_comes)
{
    writing_start(3);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000));
    for (int i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof(key), "key %d", i);
        kafc_message m = { .key = KAFC_STR(key), .value = KAFC_STR("value") };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 1000, &err), KAFC_OK);
    }
    ck_assert_msg(kafc_writer_close(w, 5000, &err) == KAFC_OK, "%s", err.message);
    kafc_writer_stats c = { .size = sizeof(c) };
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.messages, 1000);
    ck_assert_uint_eq(c.acknowledged, 1000);
    ck_assert_uint_eq(c.held_bytes, 0);
    ck_assert_int_eq(writing_all("t", 4), 1000);
    kafc_message m = { .value = KAFC_STR("late") };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 100, &err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_writer_flush(w, 100, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, 0, &err), KAFC_OK);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W10_close_in_want_of_time_says_of_each_message_what_became_of_it)
{
    writing_start(1);
    atomic_bool on = true;
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, silent, &on), KAFC_OK);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .reports = KAFC_REPORTS_ALL,
                                              .linger_ms = KAFC_ZERO, .max_in_flight = 1));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_OK);
    while (kafc_mock_requests(writing.mock, 0, 0) == 0)
        (void)kafc_writer_flush(w, 5, NULL);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_OK); /* behind it */
    ck_assert_int_eq(kafc_writer_close(w, 50, &err), KAFC_ERR_TIMED_OUT);
    kafc_report r[3];
    int32_t n = 0, got = 0;
    while (kafc_writer_poll(w, r + got, 3 - got, &n, 0, &err) == KAFC_OK)
        got += n;
    ck_assert_int_eq(err.code, KAFC_ERR_CLOSED);
    ck_assert_int_eq(got, 2);
    ck_assert_int_eq(r[0].verdict, KAFC_PERHAPS_WRITTEN);
    ck_assert_int_eq(r[1].verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(r[1].code, KAFC_ERR_TIMED_OUT);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_write_in_want_of_time_gets_its_verdict_without_its_waiter)
{
    writing_start(1);
    atomic_bool on = true;
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, silent, &on), KAFC_OK);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .request_timeout_ms = 200));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r;
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, 50, &err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(r.verdict, KAFC_PERHAPS_WRITTEN);
    atomic_store(&on, false);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, &err), KAFC_OK);
    ck_assert_int_eq(writing_records("t", 1), 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(wake_interrupts_a_wait)
{
    writing_start(1);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .reports = KAFC_REPORTS_FAILURES));
    kafc_report r;
    int32_t n;
    kafc_writer_wake(w);
    ck_assert_int_eq(kafc_writer_poll(w, &r, 1, &n, 10000, &err), KAFC_ERR_INTERRUPTED);
    ck_assert_int_eq(kafc_writer_poll(w, &r, 1, &n, 20, &err), KAFC_ERR_TIMED_OUT);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(the_client_closes_its_writers)
{
    writing_start(3);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000));
    for (int i = 0; i < 10; i++) {
        kafc_message m = { .value = KAFC_STR("v") };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 1000, &err), KAFC_OK);
    }
    ck_assert_int_eq(kafc_client_close(writing.client, 5000, &err), KAFC_OK);
    ck_assert_int_eq(writing_all("t", 4), 10);
    kafc_message m = { .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_writer_close(w, 100, &err), KAFC_OK);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

static int32_t chosen;

static int32_t choose(void *ctx, const kafc_message *m, int32_t n)
{
    ck_assert_int_eq(n, 4);
    ck_assert_int_eq(m->value.len, 1);
    ++*(int *)ctx;
    return chosen;
}

START_TEST(a_callback_chooses_the_partition_and_is_checked)
{
    writing_start(1);
    kafc_error err;
    int calls = 0;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .on_partition = choose, .ctx = &calls));
    kafc_message m = { .key = KAFC_STR("k"), .value = KAFC_STR("v") };
    kafc_report r;
    chosen = 4; /* while metadata is awaited it is a verdict, afterwards an answer */
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, 5000, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_USAGE);
    chosen = 3;
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, 5000, &err), KAFC_OK);
    ck_assert_int_eq(r.partition, 3);
    ck_assert_int_eq(calls, 3);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W8_brokers_that_know_no_batches_are_refused)
{
    writing_start(1);
    ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 0, -1, -1), KAFC_OK);
    kafc_error err;
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_report r;
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, 5000, &err), KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_msg(strstr(err.message, "Produce") != NULL, "%s", err.message);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_cluster_that_is_not_there_is_named)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = "127.0.0.1:1"), &err);
    ck_assert_ptr_nonnull(c);
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t", .delivery_timeout_ms = 1500),
                                      &err);
    ck_assert_ptr_nonnull(w);
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_report r;
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, 100, &err), KAFC_ERR_TIMED_OUT);
    ck_assert_msg(strstr(err.message, "127.0.0.1:1") != NULL, "%s", err.message);
    ck_assert_int_ne(kafc_writer_write_each(w, &m, 1, &r, 5000, &err), KAFC_OK);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_ne(r.code, KAFC_ERR_TIMED_OUT);
    ck_assert_msg(strstr(err.message, "127.0.0.1:1") != NULL, "%s", err.message);
    kafc_writer_free(w);
    kafc_client_free(c);
}
END_TEST

struct thread_of {
    kafc_writer *w;
    int number;
    atomic_int *bad;
};

static void *send_many(void *arg)
{
    struct thread_of *t = arg;
    kafc_error err;
    for (int i = 0; i < 3000; i++) {
        char value[32];
        snprintf(value, sizeof(value), "%d:%d", t->number, i);
        kafc_message m = { .topic = i % 3 ? "t" : "u", .value = KAFC_STR(value) };
        if (i % 5 == 0)
            m.key = m.value;
        kafc_err rc = i % 500 == 7 ? kafc_writer_write(t->w, &m, 1, 10000, &err)
                                   : kafc_writer_send(t->w, &m, t, 10000, &err);
        if (rc != KAFC_OK || (i % 1000 == 999 && kafc_writer_flush(t->w, 10000, &err) != KAFC_OK))
            atomic_fetch_add(t->bad, 1);
    }
    return NULL;
}

static void *poll_all(void *arg)
{
    kafc_report r[50];
    kafc_error err;
    int32_t n;
    intptr_t seen = 0;
    kafc_err rc;
    while ((rc = kafc_writer_poll(arg, r, 50, &n, 1000, &err)) != KAFC_ERR_CLOSED)
        if (rc == KAFC_OK)
            seen += n;
    return (void *)seen;
}

START_TEST(W1_threads_send_write_flush_and_poll_together)
{
    writing_start(3);
    ck_assert_int_eq(kafc_mock_create_topic(writing.mock, "u", 3, 0), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.reports = KAFC_REPORTS_ALL, .report_slots = 500,
                                              .buffer_bytes = 200000, .message_max_bytes = 10000,
                                              .batch_bytes = 5000, .linger_ms = 1));
    pthread_t thread[4], poller;
    struct thread_of t[4];
    atomic_int bad = 0;
    void *seen;
    ck_assert_int_eq(pthread_create(&poller, NULL, poll_all, w), 0);
    for (int i = 0; i < 4; i++) {
        t[i] = (struct thread_of){ w, i, &bad };
        ck_assert_int_eq(pthread_create(&thread[i], NULL, send_many, &t[i]), 0);
    }
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    ck_assert_int_eq(kafc_writer_close(w, 10000, NULL), KAFC_OK);
    pthread_join(poller, &seen);
    ck_assert_int_eq(atomic_load(&bad), 0);
    ck_assert_int_eq((intptr_t)seen, 4 * (3000 - 6));
    ck_assert_int_eq(writing_all("t", 4) + writing_all("u", 3), 12000);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

SUITE_MAIN("client/writer", 20, W1_write_is_acknowledged_with_its_offset,
           W1_results_follow_the_messages_over_several_topics, V1_every_legal_zero_can_be_said,
           V3_null_and_empty_differ_on_the_way_out,
           W2_the_memory_of_a_message_is_free_after_the_call,
           W3_send_keeps_messages_until_metadata_is_here_and_says_would_block,
           W4_the_topic_stands_on_the_writer_or_on_the_message, usage_is_refused_with_a_sentence,
           W6_acks_below_all_turn_the_default_off_and_contradict_the_wish,
           W7_uncollected_reports_use_up_their_slots_and_nothing_else,
           W7_a_callback_may_send_and_may_not_wait,
           W8_zstd_is_refused_by_brokers_that_cannot_hold_it,
           W9_topics_are_created_only_where_the_writer_says_so, W10_flush_does_not_wait_for_linger,
           W10_close_sends_what_is_there_and_refuses_what_comes,
           W10_close_in_want_of_time_says_of_each_message_what_became_of_it,
           a_write_in_want_of_time_gets_its_verdict_without_its_waiter, wake_interrupts_a_wait,
           a_callback_chooses_the_partition_and_is_checked,
           W8_brokers_that_know_no_batches_are_refused, a_cluster_that_is_not_there_is_named,
           W1_threads_send_write_flush_and_poll_together, the_client_closes_its_writers)
