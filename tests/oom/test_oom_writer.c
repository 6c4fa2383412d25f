/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A writer with its threads and each allocation failing in turn: open, send to
 * two topics, write, flush, close, reports by callback or collected. Every
 * message that was taken gets one verdict, those that are acknowledged are in
 * the log, nothing leaks, nothing hangs (rule W1). What there is below it,
 * codecs, old brokers, splits and all kinds of trouble: test_oom_producer.c.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/stats.h>

enum { MESSAGES = 60, ROUNDS_MAX = 3000 };

static kafc_mock *mock;

struct told {
    int verdicts[MESSAGES];
    int taken[MESSAGES];
    int acknowledged; /* told by callback, on the loop's thread */
    int written;      /* told by the call */
};

static void on_delivery(void *ctx, const kafc_report *r)
{
    struct told *t = ctx;
    size_t i = (size_t)(uintptr_t)r->opaque - 1;
    t->verdicts[i]++;
    t->acknowledged += r->verdict == KAFC_ACKNOWLEDGED;
}

static void collect(kafc_writer *w, struct told *t)
{
    kafc_report r[16];
    kafc_error err;
    int32_t n;
    while (kafc_writer_poll(w, r, 16, &n, 0, &err) == KAFC_OK)
        for (int32_t i = 0; i < n; i++)
            on_delivery(t, &r[i]);
    ck_assert_msg(err.code == KAFC_ERR_CLOSED, "%s", err.message); /* the end mark */
}

static int64_t in_log(void)
{
    int64_t n = 0;
    for (int32_t p = 0; p < 2; p++) {
        kafc_mock_log l;
        ck_assert_int_eq(kafc_mock_log_get(mock, "t", p, &l), KAFC_OK);
        n += l.high_watermark;
        ck_assert_int_eq(kafc_mock_log_get(mock, "u", p, &l), KAFC_OK);
        n += l.high_watermark;
    }
    return n;
}

/* What came into the logs since they ended at `before` is what was given to send, whatever was put in its place
 * afterwards (rule W2). */
static void check_values(const int64_t before[4])
{
    for (int i = 0; i < 4; i++) {
        kafc_mock_log l;
        const char *topic = i < 2 ? "t" : "u";
        ck_assert_int_eq(kafc_mock_log_get(mock, topic, i % 2, &l), KAFC_OK);
        for (int64_t at = before[i]; at < l.high_watermark; at++) {
            kafc_message *m = kafc_mock_record(mock, topic, i % 2, at);
            const char *v = m->value.p;
            ck_assert(v[0] != 'x' && memcmp(v, v + 1, (size_t)m->value.len - 1) == 0);
            kafc_message_free(m);
        }
    }
}

static void log_ends(int64_t end[4])
{
    for (int i = 0; i < 4; i++) {
        kafc_mock_log l;
        ck_assert_int_eq(kafc_mock_log_get(mock, i < 2 ? "t" : "u", i % 2, &l), KAFC_OK);
        end[i] = l.high_watermark;
    }
}

static void use(kafc_writer *w, struct told *t, bool whole)
{
    static char big[9000];
    kafc_error err;
    for (int i = 0; i < MESSAGES; i++) {
        memset(big, 'a' + i % 20, sizeof(big));
        kafc_header h = { { "h", 1 }, { "x", 1 } };
        kafc_message m = { .topic = i % 2 ? "t" : "u", .value = { big, i % 7 ? 100 : 9000 } };
        m.headers = &h;
        m.nheaders = i % 3 == 0;
        kafc_err rc = kafc_writer_send(w, &m, (void *)(uintptr_t)(i + 1), 0, &err);
        ck_assert_msg(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY, "%s", err.message);
        t->taken[i] = rc == KAFC_OK;
        memset(big, 'x', sizeof(big));
    }
    memset(big, 'w', sizeof(big));
    kafc_message m = { .topic = "t", .value = { big, 10 } };
    kafc_report r = { 0 };
    kafc_err rc = kafc_writer_write_each(w, &m, 1, &r, whole ? 5000 : 50, &err);
    if (rc == KAFC_OK)
        ck_assert_int_eq(r.verdict, KAFC_ACKNOWLEDGED);
    else
        ck_assert_int_ne(r.verdict, KAFC_ACKNOWLEDGED);
    t->written += rc == KAFC_OK;
    if (whole)
        ck_assert_int_eq(kafc_writer_flush(w, 5000, &err), KAFC_OK);
}

static void scenario(const kafc_allocator *mem, bool queue, bool whole)
{
    struct told t;
    kafc_error err;
    kafc_writer *w = NULL;
    memset(&t, 0, sizeof(t));
    int64_t before = in_log(), ends[4];
    log_ends(ends);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .allocator = mem, .retry_backoff_ms = 2,
                    .retry_backoff_max_ms = 5, .reconnect_backoff_ms = 2,
                    .reconnect_backoff_max_ms = 5),
        &err);
    if (c)
        w = kafc_writer_open(c,
                             KAFC_WRITER(.on_delivery = queue ? NULL : on_delivery, .ctx = &t,
                                         .reports = KAFC_REPORTS_ALL, .linger_ms = 1,
                                         .batch_bytes = 20000),
                             &err);
    if (!w)
        ck_assert_msg(err.code == KAFC_ERR_NO_MEMORY, "%s", err.message);
    if (w) {
        use(w, &t, whole);
        kafc_err rc = kafc_writer_close(w, whole ? 5000 : 20, &err);
        ck_assert_msg(rc == KAFC_OK || !whole, "%s", err.message);
        if (queue)
            collect(w, &t);
        kafc_writer_stats n = { .size = sizeof(n) };
        kafc_writer_stats_get(w, &n);
        ck_assert_uint_eq(n.held_messages, 0);
        ck_assert_uint_eq(n.held_bytes, 0);
    }
    kafc_writer_free(w);
    kafc_client_free(c);
    for (int i = 0; i < MESSAGES; i++)
        ck_assert_int_eq(t.verdicts[i], t.taken[i]);
    check_values(ends);
    if (whole)
        ck_assert_int_eq(in_log() - before, t.acknowledged + t.written);
    else
        ck_assert_int_ge(in_log() - before, t.acknowledged + t.written);
}

static void replay(bool queue, bool all_after)
{
    struct test_alloc a;
    kafc_error err;
    int rounds = 0;
    mock = kafc_mock_new(KAFC_MOCK(.brokers = 2), &err);
    ck_assert_ptr_nonnull(mock);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 2, 0), KAFC_OK);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "u", 2, 0), KAFC_OK);
    for (long at = 1; rounds++ < ROUNDS_MAX; at += all_after ? 3 : 1) {
        test_alloc_init(&a);
        a.fail_at = at;
        a.fail_all_after = all_after;
        scenario(&a.mem, queue, !all_after);
        ck_assert_msg(atomic_load(&a.live) == 0, "allocation %ld failed: %ld are leaked", at,
                      atomic_load(&a.live));
        if (atomic_load(&a.calls) < at)
            break;
    }
    kafc_mock_free(mock);
    ck_assert_int_gt(rounds, 20);
    ck_assert_int_lt(rounds, ROUNDS_MAX);
}

START_TEST(W1_W2_each_allocation_fails_once)
{
    replay(false, false);
}
END_TEST

START_TEST(W1_W7_each_allocation_fails_once_with_reports_that_are_collected)
{
    replay(true, false);
}
END_TEST

START_TEST(W1_memory_never_comes_back)
{
    replay(false, true);
}
END_TEST

/* Batches of which the broker names a record: what is told about them is kept where there is memory for it. */
static void on_batch(void *ctx, kafc_settled *s)
{
    struct told *t = ctx;
    kafc_report r;
    while (kafc_settled_next(s, &r)) {
        t->verdicts[(uintptr_t)r.opaque - 1]++;
        ck_assert(r.code == KAFC_OK || r.why != NULL);
    }
}

static void refused(const kafc_allocator *mem)
{
    struct told t;
    kafc_error err;
    memset(&t, 0, sizeof(t));
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .allocator = mem, .retry_backoff_ms = 2,
                    .retry_backoff_max_ms = 5, .reconnect_backoff_ms = 2,
                    .reconnect_backoff_max_ms = 5),
        &err);
    const kafc_writer_options *o = KAFC_WRITER(.topic = "t", .on_batch = on_batch, .ctx = &t,
                                               .linger_ms = 60000);
    kafc_writer *w = c ? kafc_writer_open(c, o, &err) : NULL;
    for (int i = 0; w && i < 10; i++) {
        kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
        if (i != 4)
            m.key = m.value;
        t.taken[i] = kafc_writer_send(w, &m, (void *)(uintptr_t)(i + 1), 0, &err) == KAFC_OK;
    }
    ck_assert(!w || kafc_writer_close(w, 5000, &err) == KAFC_OK);
    kafc_writer_free(w);
    kafc_client_free(c);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(t.verdicts[i], t.taken[i]);
}

START_TEST(W1_each_allocation_fails_once_while_records_are_refused)
{
    struct test_alloc a;
    kafc_error err;
    long at = 0;
    mock = kafc_mock_new(KAFC_MOCK(.brokers = 1), &err);
    ck_assert_ptr_nonnull(mock);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 2, 0), KAFC_OK);
    ck_assert_int_eq(kafc_mock_set_config(mock, "t", "cleanup.policy", "compact"), KAFC_OK);
    do {
        test_alloc_init(&a);
        a.fail_at = ++at;
        refused(&a.mem);
        ck_assert_msg(atomic_load(&a.live) == 0, "allocation %ld failed: %ld are leaked", at,
                      atomic_load(&a.live));
    } while (atomic_load(&a.calls) >= at);
    ck_assert_int_gt(at, 20);
    kafc_mock_free(mock);
}
END_TEST

SUITE_MAIN("oom/writer", 100, W1_W2_each_allocation_fails_once,
           W1_W7_each_allocation_fails_once_with_reports_that_are_collected,
           W1_memory_never_comes_back, W1_each_allocation_fails_once_while_records_are_refused)
