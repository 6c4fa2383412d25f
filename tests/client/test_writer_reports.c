/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What reports say, and the ways on which they come: by call, by batch, by
 * queue with a descriptor to wait on; and the call that says there is room.
 */
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/client/writing.h"
#include "tests/support/suite.h"

enum { SOON = 10000 };

static void compacted(int32_t brokers)
{
    writing_start(brokers);
    ck_assert_int_eq(kafc_mock_set_config(writing.mock, "t", "cleanup.policy", "compact"), KAFC_OK);
}

#define BATCHED KAFC_WRITER(.topic = "t", .linger_ms = 60000, .reports = KAFC_REPORTS_ALL)

/* As one batch, if it is one partition; the reports in the order of the messages. */
static void send_together(kafc_writer *w, const kafc_message *m, int32_t n, kafc_report *r)
{
    kafc_error err;
    int32_t got = 0, k;
    for (int32_t i = 0; i < n; i++)
        ck_assert_int_eq(kafc_writer_send(w, &m[i], NULL, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_flush(w, SOON, &err), KAFC_OK);
    for (; got < n; got += k)
        ck_assert_int_eq(kafc_writer_poll(w, r + got, n - got, &k, 0, &err), KAFC_OK);
}

/* --- What they say ------------------------------------------------------------------- */

START_TEST(a_report_names_the_broker_that_answered)
{
    writing_start(3);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_message m[4] = { 0 };
    kafc_report r[4];
    kafc_error err;
    for (int32_t i = 0; i < 4; i++)
        m[i].to_partition = i ? i : KAFC_ZERO;
    ck_assert_msg(kafc_writer_write_each(w, m, 4, r, SOON, &err) == KAFC_OK, "%s", err.message);
    for (int32_t i = 0; i < 4; i++) {
        ck_assert_int_eq(r[i].broker, kafc_mock_leader(writing.mock, "t", i, NULL));
        ck_assert_ptr_null(r[i].why);
    }
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    ck_assert_int_eq(kafc_writer_write_each(w, m, 4, r, SOON, &err), KAFC_OK);
    ck_assert_int_eq(r[1].verdict, KAFC_UNCONFIRMED);
    ck_assert_int_eq(r[1].broker, kafc_mock_leader(writing.mock, "t", 1, NULL));
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_report_of_a_failure_says_why)
{
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r;
    kafc_error err;
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, 1),
                     KAFC_OK);
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, SOON, &err),
                     KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_str_eq(r.why, kafc_err_text(KAFC_ERR_TOPIC_AUTHORIZATION_FAILED));
    ck_assert_int_eq(r.broker, 1);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .delivery_timeout_ms = 500));
    ck_assert_int_eq(kafc_mock_stop_broker(writing.mock, 1), KAFC_OK);
    ck_assert_int_ne(kafc_writer_write_each(w, &m, 1, &r, SOON, &err), KAFC_OK);
    ck_assert_msg(strstr(r.why, "127.0.0.1") != NULL, "%s", r.why);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "u", .delivery_timeout_ms = 50));
    m.to_partition = 0;
    ck_assert_int_ne(kafc_writer_write_each(w, &m, 1, &r, SOON, &err), KAFC_OK);
    ck_assert_msg(strstr(r.why, "127.0.0.1") != NULL, "%s", r.why);
    ck_assert_int_eq(r.broker, -1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W1_records_that_the_broker_names_fail_by_themselves)
{
    compacted(1);
    kafc_writer *w = writing_open(BATCHED);
    kafc_message m[5] = { 0 };
    kafc_report r[5];
    for (int i = 0; i < 5; i++)
        m[i] = (kafc_message){ .key = KAFC_STR("k"), .value = KAFC_STR("v"), .to_partition = 1 };
    m[3].key = (kafc_bytes){ NULL, 0 };
    send_together(w, m, 5, r);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(r[i].verdict, KAFC_NOT_WRITTEN);
        ck_assert_int_eq(r[i].code,
                         i == 3 ? KAFC_ERR_INVALID_RECORD : KAFC_ERR_OTHER_RECORD_INVALID);
        if (i != 3)
            ck_assert_msg(strstr(r[i].why, "another message of its batch was refused: ") != NULL, "%s",
                          r[i].why);
        ck_assert_msg(strstr(r[i].why, "key") != NULL, "%s", r[i].why);
    }
    ck_assert_int_eq(writing_records("t", 1), 0);
    m[3].key = m[0].key; /* the others may be sent again */
    send_together(w, m, 5, r);
    ck_assert_int_eq(r[4].verdict, KAFC_ACKNOWLEDGED);
    ck_assert_int_eq(r[4].offset, 4);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(a_write_gives_the_error_of_the_record_that_was_refused)
{
    compacted(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t"));
    kafc_message m[3] = { { .key = KAFC_STR("k"), .to_partition = 1 },
                          { .key = KAFC_STR("k"), .to_partition = 1 },
                          { .to_partition = 1 } };
    kafc_error err;
    ck_assert_int_eq(kafc_writer_write(w, m, 3, SOON, &err), KAFC_ERR_INVALID_RECORD);
    ck_assert_msg(strstr(err.message, "message 2, to t [1]") && strstr(err.message, "key"), "%s",
                  err.message);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W1_a_broker_that_names_no_records_fails_the_batch_as_one)
{
    compacted(1);
    ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 0, 3, 7), KAFC_OK);
    kafc_writer *w = writing_open(BATCHED);
    kafc_message m[2] = { { .key = KAFC_STR("k"), .to_partition = 1 }, { .to_partition = 1 } };
    kafc_report r[2];
    send_together(w, m, 2, r);
    ck_assert_int_eq(r[0].code, KAFC_ERR_INVALID_RECORD);
    ck_assert_int_eq(r[1].code, KAFC_ERR_INVALID_RECORD);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* --- Batches ---------------------------------------------------------------------------- */

struct batches {
    atomic_int calls, messages, reports, strange;
    uintptr_t next; /* the opaque that comes next */
    bool walk;
    kafc_verdict verdict;
    kafc_writer *w;
    kafc_err waiting, again;
};

static void on_batch(void *ctx, kafc_settled *s)
{
    struct batches *b = ctx;
    kafc_report r;
    atomic_fetch_add(&b->calls, 1);
    atomic_fetch_add(&b->messages, s->count);
    b->verdict = s->verdict;
    while (b->walk && kafc_settled_next(s, &r)) {
        bool same = r.verdict == s->verdict && r.broker == s->broker &&
                    r.partition == s->partition && r.topic == s->topic;
        if (!same || (uintptr_t)r.opaque != b->next++)
            atomic_fetch_add(&b->strange, 1);
        atomic_fetch_add(&b->reports, 1);
    }
    if (b->w) {
        b->waiting = kafc_writer_flush(b->w, 1, NULL);
        b->again = kafc_writer_close(b->w, 1, NULL);
    }
}

static void send_values(kafc_writer *w, int n)
{
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    for (int i = 0; i < n; i++) {
        kafc_err rc = kafc_writer_send(w, &m, (void *)(uintptr_t)i, SOON, &err);
        ck_assert_msg(rc == KAFC_OK, "%s", err.message);
    }
}

START_TEST(W1_a_batch_is_told_at_once_and_its_messages_where_they_are_wanted)
{
    struct batches b = { .walk = _i == 1 };
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000,
                                              .report_slots = 4000, .on_batch = on_batch,
                                              .ctx = &b));
    send_values(w, 1000);
    ck_assert_int_eq(kafc_writer_flush(w, SOON, NULL), KAFC_OK);
    ck_assert_int_eq(b.messages, 1000);
    ck_assert_int_eq(b.reports, b.walk ? 1000 : 0);
    ck_assert_int_eq(b.strange, 0);
    ck_assert_int_lt(b.calls, 10);
    ck_assert_int_eq(b.verdict, KAFC_ACKNOWLEDGED);
    b.next = 0;
    for (int i = 0; i < 5; i++) { /* their slots come back */
        send_values(w, 1000);
        ck_assert_int_eq(kafc_writer_flush(w, SOON, NULL), KAFC_OK);
        b.next = 0;
    }
    ck_assert_int_eq(b.messages, 6000);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(batches_alone_keep_nothing_for_a_message)
{
    struct batches b = { .walk = true };
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000, .report_slots = 1,
                                              .reports = KAFC_REPORTS_BATCHES, .on_batch = on_batch,
                                              .ctx = &b));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    send_values(w, 500); /* more than there are slots */
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, NULL), KAFC_OK); /* told by the call */
    ck_assert_int_eq(kafc_writer_close(w, SOON, NULL), KAFC_OK);
    ck_assert_int_eq(b.messages, 500);
    ck_assert_int_eq(b.reports, 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W7_failed_batches_can_be_wanted_alone)
{
    struct batches b = { .walk = true };
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 60000,
                                              .reports = KAFC_REPORTS_FAILURES,
                                              .on_batch = on_batch, .ctx = &b));
    send_values(w, 10);
    ck_assert_int_eq(kafc_writer_flush(w, SOON, NULL), KAFC_OK);
    ck_assert_int_eq(b.calls, 0);
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_INVALID_RECORD, 1), KAFC_OK);
    send_values(w, 10);
    ck_assert_int_eq(kafc_writer_flush(w, SOON, NULL), KAFC_OK);
    ck_assert_int_eq(b.messages, 10);
    ck_assert_int_eq(b.reports, 10);
    ck_assert_int_eq(b.strange, 0);
    ck_assert_int_eq(b.verdict, KAFC_NOT_WRITTEN);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

static void ignore_report(void *ctx, const kafc_report *r)
{
    (void)ctx;
    (void)r;
}

START_TEST(the_ways_of_reports_exclude_each_other)
{
    struct batches b = { 0 };
    kafc_error err;
    kafc_report r;
    kafc_settled none = { 0 };
    int32_t n;
    writing_start(1);
    kafc_client *c = writing.client;
    ck_assert_ptr_null(
        kafc_writer_open(c, KAFC_WRITER(.on_batch = on_batch, .on_delivery = ignore_report), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_null(kafc_writer_open(c, KAFC_WRITER(.reports = KAFC_REPORTS_BATCHES), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert(!kafc_settled_next(NULL, &r) && !kafc_settled_next(&none, NULL));
    kafc_writer *w = writing_open(KAFC_WRITER(.on_batch = on_batch, .ctx = &b));
    ck_assert_int_eq(kafc_writer_poll(w, &r, 1, &n, 0, &err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_fd(w, &err), -1);
    ck_assert_ptr_nonnull(strstr(err.message, "on_batch"));
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(0));
    ck_assert_int_eq(kafc_writer_fd(w, &err), -1);
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_writer_fd(NULL, NULL), -1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* --- A descriptor ------------------------------------------------------------------------- */

static bool readable(int fd, int timeout_ms)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };
    return poll(&p, 1, timeout_ms) == 1 && (p.revents & POLLIN);
}

START_TEST(W7_the_descriptor_is_readable_while_reports_wait)
{
    kafc_report r[10];
    kafc_error err;
    int32_t n;
    writing_start(1);
    kafc_writer *w = writing_open(BATCHED);
    int fd = -1;
    if (_i == 0) /* asked for before there is anything, or behind it */
        fd = kafc_writer_fd(w, &err);
    send_values(w, 10);
    ck_assert(fd < 0 || !readable(fd, 0));
    ck_assert_int_eq(kafc_writer_flush(w, SOON, &err), KAFC_OK);
    fd = kafc_writer_fd(w, &err);
    ck_assert_msg(fd >= 0, "%s", err.message);
    ck_assert_int_eq(fd, kafc_writer_fd(w, &err));
    ck_assert(readable(fd, SOON));
    ck_assert_int_eq(kafc_writer_poll(w, r, 9, &n, 0, &err), KAFC_OK);
    ck_assert_int_eq(n, 9);
    ck_assert(readable(fd, 0));
    ck_assert_int_eq(kafc_writer_poll(w, r, 1, &n, 0, &err), KAFC_OK);
    ck_assert(!readable(fd, 0)); /* the last one was taken, though nobody has looked behind it */
    ck_assert_int_eq(kafc_writer_poll(w, r, 1, &n, 0, &err), KAFC_ERR_WOULD_BLOCK);
    send_values(w, 1);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    ck_assert(readable(fd, 0));
    ck_assert_int_eq(kafc_writer_poll(w, r, 10, &n, 0, &err), KAFC_OK);
    ck_assert(readable(fd, 0)); /* the end mark */
    ck_assert_int_eq(kafc_writer_poll(w, r, 10, &n, 0, &err), KAFC_ERR_CLOSED);
    ck_assert(readable(fd, 0));
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

struct collector {
    kafc_writer *w;
    int fd, n, late;
};

/* Sleeps on the descriptor alone. */
static void *collect(void *arg)
{
    struct collector *c = arg;
    kafc_report r[7];
    int32_t n;
    for (;;) {
        c->late += !readable(c->fd, SOON);
        kafc_err rc = kafc_writer_poll(c->w, r, 7, &n, 0, NULL);
        if (rc == KAFC_ERR_CLOSED || c->late)
            return NULL;
        c->n += n;
    }
}

START_TEST(W7_no_wake_up_of_the_descriptor_is_lost)
{
    enum { N = 20000 };
    kafc_error err;
    pthread_t t;
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = KAFC_ZERO,
                                              .reports = KAFC_REPORTS_ALL, .report_slots = 64));
    struct collector c = { .w = w, .fd = kafc_writer_fd(w, &err) };
    ck_assert_int_ge(c.fd, 0);
    ck_assert_int_eq(pthread_create(&t, NULL, collect, &c), 0);
    send_values(w, N);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    ck_assert_int_eq(pthread_join(t, NULL), 0);
    ck_assert_int_eq(c.late, 0);
    ck_assert_int_eq(c.n, N);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

/* --- Room ------------------------------------------------------------------------------------ */

struct room {
    sem_t there;
    atomic_int calls, left, bad, waiting; /* the last one's code */
    kafc_writer *w;
    int timeout_ms;
};

static void on_room(void *ctx)
{
    struct room *r = ctx;
    kafc_message m = { .value = KAFC_STR("from the callback"), .to_partition = 2 };
    atomic_fetch_add(&r->calls, 1);
    kafc_err rc = kafc_writer_send(r->w, &m, NULL, r->timeout_ms, NULL);
    atomic_store(&r->waiting, rc);
    if (rc != KAFC_OK) { /* it found none, and would have had to wait */
        if (rc != KAFC_ERR_IN_CALLBACK && rc != KAFC_ERR_CLOSED)
            atomic_fetch_add(&r->bad, 1);
    } else {
        atomic_fetch_add(&r->left, 1);
    }
    ck_assert_int_eq(sem_post(&r->there), 0);
}

static void await_room(struct room *r)
{
    struct timespec until;
    ck_assert_int_eq(clock_gettime(CLOCK_REALTIME, &until), 0);
    until.tv_sec += SOON / 1000;
    ck_assert_int_eq(sem_timedwait(&r->there, &until), 0);
}

START_TEST(W3_who_would_block_is_called_when_there_is_room)
{
    enum { N = 3000 };
    static char value[200];
    struct room r = { .timeout_ms = -1 };
    kafc_error err;
    int refused = 0;
    writing_start(1);
    ck_assert_int_eq(sem_init(&r.there, 0, 0), 0);
    kafc_writer *w = writing_open(
        _i == 0 ? KAFC_WRITER(.topic = "t", .buffer_bytes = 9000, .message_max_bytes = 4000,
                              .on_room = on_room, .ctx = &r)
                : KAFC_WRITER(.topic = "t", .report_slots = 10, .on_delivery = ignore_report,
                              .on_room = on_room, .ctx = &r));
    r.w = w;
    for (int i = 0; i < N;) {
        kafc_message m = { .value = { value, sizeof(value) }, .to_partition = 1 };
        kafc_err rc = kafc_writer_send(w, &m, NULL, 0, &err);
        ck_assert_msg(rc == KAFC_OK || rc == KAFC_ERR_WOULD_BLOCK, "%s", err.message);
        i += rc == KAFC_OK;
        if (rc == KAFC_OK)
            continue;
        refused++;
        await_room(&r);
    }
    ck_assert_int_gt(refused, 10);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    ck_assert_int_eq(writing_records("t", 1), N);
    ck_assert_int_eq(writing_records("t", 2), r.left);
    ck_assert_int_eq(r.bad, 0);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

static void silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)rq;
    a->act = KAFC_MOCK_SILENT;
}

START_TEST(W3_who_waits_for_room_is_called_when_the_writer_is_closed)
{
    struct room r = { .timeout_ms = 0 };
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_error err;
    writing_start(1);
    ck_assert_int_eq(sem_init(&r.there, 0, 0), 0);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, silent, NULL), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .report_slots = 3, .on_room = on_room,
                                              .reports = KAFC_REPORTS_ALL, .ctx = &r));
    r.w = w;
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_writer_close(w, 20, &err), KAFC_ERR_TIMED_OUT);
    do
        await_room(&r);
    while (r.waiting == KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(r.waiting, KAFC_ERR_CLOSED);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W7_a_batch_callback_may_not_wait)
{
    struct batches b = { .walk = false };
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .on_batch = on_batch, .ctx = &b));
    b.w = w;
    send_values(w, 1);
    ck_assert_int_eq(kafc_writer_flush(w, SOON, NULL), KAFC_OK);
    ck_assert_int_eq(b.waiting, KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(b.again, KAFC_ERR_IN_CALLBACK);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

SUITE_LOOPS("client/writer_reports", 30, ONCE(a_report_names_the_broker_that_answered),
            ONCE(a_report_of_a_failure_says_why),
            ONCE(W1_records_that_the_broker_names_fail_by_themselves),
            ONCE(a_write_gives_the_error_of_the_record_that_was_refused),
            ONCE(W1_a_broker_that_names_no_records_fails_the_batch_as_one),
            LOOP(W1_a_batch_is_told_at_once_and_its_messages_where_they_are_wanted, 0, 2),
            ONCE(batches_alone_keep_nothing_for_a_message),
            ONCE(W7_failed_batches_can_be_wanted_alone), ONCE(W7_a_batch_callback_may_not_wait),
            ONCE(the_ways_of_reports_exclude_each_other),
            LOOP(W7_the_descriptor_is_readable_while_reports_wait, 0, 2),
            ONCE(W7_no_wake_up_of_the_descriptor_is_lost),
            LOOP(W3_who_would_block_is_called_when_there_is_room, 0, 2),
            ONCE(W3_who_waits_for_room_is_called_when_the_writer_is_closed))
