/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions of a kafc_writer against the mock, in both generations of the
 * protocol. What fails and what is lost is in test_transaction_faults.c, what
 * errors are told as in test_transaction_errors.c.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/client/transacting.h"

/* --- What is seen ------------------------------------------------------------------- */

static void commits_and_aborts(void)
{
    kafc_writer *w = transacting_open();
    for (int i = 0; i < 6; i++) {
        transacting_begin(w);
        transacting_send(w, i % 2 ? "no" : "yes", 40);
        if (i == 3)
            transacting_ok(kafc_writer_flush(w, WAIT, &transacting.err));
        transacting_ok(i % 2 ? kafc_transaction_abort(w, WAIT, &transacting.err)
                             : kafc_transaction_commit(w, WAIT, &transacting.err));
        ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_READY);
    }
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "yes"), 120);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "no"), 0);
    ck_assert_int_ge(transacting_read(KAFC_READ_UNCOMMITTED, "no"), 40);
}

START_TEST(committed_is_seen_and_aborted_is_not)
{
    transacting_start(_i);
    commits_and_aborts();
    transacting_stop();
}
END_TEST

START_TEST(nothing_is_seen_before_the_commit)
{
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_send(w, "v", 10);
    transacting_ok(kafc_writer_flush(w, WAIT, &transacting.err));
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 0);
    ck_assert_int_eq(transacting_read(KAFC_READ_UNCOMMITTED, "v"), 10);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 10);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* Which versions of which requests are spoken. */
static struct {
    atomic_int n[128], min[128], max[128];
} spoken;

static void on_request(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)a;
    if (!atomic_fetch_add(&spoken.n[rq->api], 1) || rq->version < spoken.min[rq->api])
        spoken.min[rq->api] = rq->version;
    if (rq->version > spoken.max[rq->api])
        spoken.max[rq->api] = rq->version;
}

static void listen_in(void)
{
    static const int16_t apis[] = { 0, 22, 24, 25, 26, 28 };
    memset(&spoken, 0, sizeof spoken);
    for (size_t i = 0; i < sizeof apis / sizeof apis[0]; i++)
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], on_request, NULL), KAFC_OK);
}

START_TEST(each_generation_speaks_its_own_versions)
{
    transacting_start(_i);
    bool v2 = _i == TRANSACTING_V2;
    listen_in();
    kafc_writer *w = transacting_open();
    for (int i = 0; i < 2; i++) {
        transacting_begin(w);
        transacting_send(w, "v", 8);
        transacting_offsets(w, "g", 10 + i);
        transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    }
    ck_assert_int_eq(spoken.n[22], 1);
    ck_assert_int_eq(spoken.n[24] == 0, v2);
    ck_assert_int_eq(spoken.n[25], v2 ? 0 : 2);
    ck_assert_int_eq(spoken.n[26], 2);
    ck_assert_int_ge(spoken.n[28], 2);
    if (v2) {
        ck_assert_int_ge(spoken.min[0], 12);
        ck_assert_int_eq(spoken.min[26], 5);
        ck_assert_int_eq(spoken.min[28], 5);
    } else {
        ck_assert_int_le(spoken.max[0], 11);
        ck_assert_int_le(spoken.max[24], 3);
        ck_assert_int_le(spoken.max[26], 4);
        ck_assert_int_le(spoken.max[28], 4);
    }
    transacting_close(w);
    transacting_stop();
}
END_TEST

START_TEST(an_empty_transaction_asks_nobody)
{
    transacting_start(_i);
    listen_in();
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    transacting_begin(w);
    transacting_ok(kafc_transaction_send_offsets(w, NULL, NULL, 0, WAIT, &transacting.err));
    transacting_ok(kafc_transaction_abort(w, WAIT, &transacting.err));
    ck_assert_int_eq(spoken.n[26] + spoken.n[24] + spoken.n[25] + spoken.n[28], 0);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* --- Offsets ---------------------------------------------------------------------------- */

START_TEST(offsets_hold_if_the_transaction_does)
{
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    int64_t at = -1;
    transacting_begin(w);
    transacting_offsets(w, "g", 7);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    transacting_begin(w);
    transacting_offsets(w, "g", 8);
    transacting_offsets(w, "other", 80);
    transacting_ok(kafc_transaction_abort(w, WAIT, &transacting.err));
    transacting_settled();
    ck_assert_int_eq(kafc_mock_committed(writing.mock, "g", "t", 1, &at), KAFC_OK);
    ck_assert_int_eq(at, 7);
    ck_assert_int_ne(kafc_mock_committed(writing.mock, "other", "t", 1, &at), KAFC_OK);
    transacting_begin(w); /* two groups, and the later offset of a partition wins */
    transacting_send(w, "v", 1);
    transacting_offsets(w, "g", 9);
    transacting_offsets(w, "other", 90);
    transacting_offsets(w, "g", 11);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    transacting_settled();
    ck_assert_int_eq(kafc_mock_committed(writing.mock, "g", "t", 1, &at), KAFC_OK);
    ck_assert_int_eq(at, 11);
    ck_assert_int_eq(kafc_mock_committed(writing.mock, "other", "t", 1, &at), KAFC_OK);
    ck_assert_int_eq(at, 90);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* --- Calls that make no sense ------------------------------------------------------------- */

static void refused(kafc_err code, kafc_err want, const char *word)
{
    ck_assert_int_eq(code, want);
    ck_assert_int_eq(transacting.err.cls, KAFC_CLASS_USAGE);
    ck_assert_msg(strstr(transacting.err.message, word), "%s", transacting.err.message);
}

START_TEST(calls_out_of_order_are_refused_at_once)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_writer *w = writing_open(TRANSACTIONAL);
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_UNINITIALIZED);
    refused(kafc_writer_send(w, &m, NULL, 1000, err), KAFC_ERR_USAGE, "kafc_transaction_init");
    refused(kafc_transaction_begin(w, err), KAFC_ERR_USAGE, "UNINITIALIZED");
    refused(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_USAGE, "UNINITIALIZED");
    transacting_ok(kafc_transaction_init(w, WAIT, err));
    refused(kafc_transaction_init(w, WAIT, err), KAFC_ERR_USAGE, "READY");
    refused(kafc_writer_send(w, &m, NULL, 1000, err), KAFC_ERR_USAGE, "kafc_transaction_begin");
    refused(kafc_writer_write(w, &m, 1, 1000, err), KAFC_ERR_USAGE, "kafc_transaction_begin");
    refused(kafc_transaction_abort(w, WAIT, err), KAFC_ERR_USAGE, "READY");
    transacting_begin(w);
    refused(kafc_transaction_begin(w, err), KAFC_ERR_USAGE, "IN_TRANSACTION");
    refused(kafc_transaction_init(w, WAIT, err), KAFC_ERR_USAGE, "IN_TRANSACTION");
    transacting_ok(kafc_writer_write(w, &m, 1, WAIT, err));
    transacting_ok(kafc_transaction_commit(w, WAIT, err));
    refused(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_USAGE, "READY");
    transacting_ok(kafc_writer_close(w, WAIT, err));
    refused(kafc_transaction_begin(w, err), KAFC_ERR_CLOSED, "closed");
    refused(kafc_writer_send(w, &m, NULL, 0, err), KAFC_ERR_CLOSED, "closed");
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t"));
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_NONE);
    refused(kafc_transaction_init(w, WAIT, err), KAFC_ERR_USAGE, "transactional_id");
    kafc_writer_free(w);
    transacting_stop();
}
END_TEST

START_TEST(W6_transactions_need_idempotence_and_acks_all)
{
    transacting_start(_i);
    static const struct {
        kafc_acks acks;
        kafc_switch idempotence;
        const char *id;
    } bad[] = { { KAFC_ACKS_LEADER, KAFC_DEFAULT, "x" },
                { KAFC_ACKS_NONE, KAFC_DEFAULT, "x" },
                { KAFC_ACKS_ALL, KAFC_OFF, "x" },
                { KAFC_ACKS_ALL, KAFC_DEFAULT, "" } };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        kafc_writer *w = kafc_writer_open(writing.client,
                                          KAFC_WRITER(.topic = "t", .acks = bad[i].acks,
                                                      .idempotence = bad[i].idempotence,
                                                      .transactional_id = bad[i].id),
                                          &transacting.err);
        ck_assert_ptr_null(w);
        refused(transacting.err.code, KAFC_ERR_USAGE, "transaction");
    }
    transacting_stop();
}
END_TEST

/* What no string of the wire can hold would be asked in vain for ever. */
START_TEST(transactional_ids_have_a_longest)
{
    transacting_start(_i);
    static char id[INT16_MAX + 2];
    memset(id, 'x', INT16_MAX + 1);
    const kafc_writer_options *o = KAFC_WRITER(.topic = "t", .transactional_id = id);
    ck_assert_ptr_null(kafc_writer_open(writing.client, o, &transacting.err));
    refused(transacting.err.code, KAFC_ERR_USAGE, "32767");
    id[INT16_MAX] = '\0';
    kafc_writer *w = writing_open(o);
    transacting_ok(kafc_transaction_init(w, WAIT, &transacting.err));
    transacting_begin(w);
    transacting_send(w, "v", 4);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    transacting_close(w);
    transacting_stop();
}
END_TEST

static kafc_writer *watched;
static atomic_int codes[5];

static void on_delivery(void *ctx, const kafc_report *r)
{
    (void)ctx;
    (void)r;
    codes[0] = kafc_transaction_init(watched, WAIT, NULL);
    codes[1] = kafc_transaction_begin(watched, NULL);
    codes[2] = kafc_transaction_commit(watched, WAIT, NULL);
    codes[3] = kafc_transaction_abort(watched, 0, NULL);
    codes[4] = (int)kafc_transaction_state(watched);
}

START_TEST(C6_calls_from_inside_a_callback_are_refused)
{
    transacting_start(_i);
    watched = writing_open(KAFC_WRITER(.topic = "t", .transactional_id = TRANSACTIONAL_ID,
                                       .linger_ms = 60000, .on_delivery = on_delivery));
    transacting_ok(kafc_transaction_init(watched, WAIT, &transacting.err));
    transacting_begin(watched);
    transacting_send(watched, "v", 1);
    transacting_ok(kafc_transaction_commit(watched, WAIT, &transacting.err));
    for (int i = 0; i < 4; i++) /* the report was given out before the commit ended */
        ck_assert_int_eq(codes[i], KAFC_ERR_IN_CALLBACK);
    ck_assert_int_eq(codes[4], KAFC_TXN_COMMITTING);
    transacting_close(watched);
    transacting_stop();
}
END_TEST

static void *commits(void *w)
{
    return kafc_transaction_commit(w, WAIT, NULL) == KAFC_OK ? w : NULL;
}

START_TEST(one_call_at_a_time)
{
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    pthread_t thread;
    void *committed;
    transacting_begin(w);
    transacting_send(w, "v", 1);
    transacting_ok(kafc_writer_flush(w, WAIT, &transacting.err));
    transacting_coordinator(-1); /* the commit waits */
    ck_assert_int_eq(pthread_create(&thread, NULL, commits, w), 0);
    while (kafc_transaction_state(w) != KAFC_TXN_COMMITTING)
        continue;
    refused(kafc_transaction_commit(w, WAIT, &transacting.err), KAFC_ERR_USAGE, "another thread");
    transacting_coordinator(1);
    ck_assert_int_eq(pthread_join(thread, &committed), 0);
    ck_assert_ptr_eq(committed, w);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* --- Time ------------------------------------------------------------------------------------ */

START_TEST(a_call_that_times_out_goes_on_when_it_is_made_again)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    transacting_coordinator(-1);
    kafc_writer *w = writing_open(TRANSACTIONAL);
    ck_assert_int_eq(kafc_transaction_init(w, 50, err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(err->cls, KAFC_CLASS_RETRY);
    ck_assert_int_eq(kafc_transaction_init(w, 0, err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_INITIALIZING);
    transacting_coordinator(1);
    transacting_ok(kafc_transaction_init(w, WAIT, err));
    transacting_begin(w);
    transacting_send(w, "v", 20);
    transacting_ok(kafc_writer_flush(w, WAIT, err));
    transacting_coordinator(-1);
    ck_assert_int_eq(kafc_transaction_commit(w, 50, err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(err->cls, KAFC_CLASS_RETRY);
    refused(kafc_transaction_begin(w, err), KAFC_ERR_USAGE, "kafc_transaction_commit");
    refused(kafc_transaction_abort(w, WAIT, err), KAFC_ERR_USAGE, "kafc_transaction_commit");
    transacting_coordinator(2);
    while (kafc_transaction_state(w) != KAFC_TXN_READY) /* it goes on by itself, */
        continue;
    refused(kafc_transaction_begin(w, err), KAFC_ERR_USAGE, "kafc_transaction_commit");
    transacting_ok(kafc_transaction_commit(w, WAIT, err)); /* and its end is told once */
    refused(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_USAGE, "READY");
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 20);
    transacting_close(w);
    transacting_stop();
}
END_TEST

START_TEST(offsets_that_time_out_are_sent_again_or_aborted)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    kafc_group_metadata g = { .group = "g" };
    kafc_offset o = { .topic = "t", .partition = 1, .offset = 5 };
    kafc_writer *w = transacting_open();
    int64_t at;
    transacting_begin(w);
    ck_assert_int_eq(kafc_mock_set_coordinator(writing.mock, KAFC_MOCK_GROUPS, "g", -1), KAFC_OK);
    ck_assert_int_eq(kafc_transaction_send_offsets(w, &g, &o, 1, 30, err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(err->cls, KAFC_CLASS_RETRY);
    o.offset = 6;
    refused(kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, err), KAFC_ERR_USAGE,
            "other offsets");
    refused(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_USAGE, "send_offsets");
    transacting_ok(kafc_transaction_abort(w, WAIT, err));
    transacting_begin(w);
    ck_assert_int_eq(kafc_transaction_send_offsets(w, &g, &o, 1, 30, err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_mock_set_coordinator(writing.mock, KAFC_MOCK_GROUPS, "g", 2), KAFC_OK);
    transacting_ok(kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, err));
    transacting_ok(kafc_transaction_commit(w, WAIT, err));
    transacting_settled();
    ck_assert_int_eq(kafc_mock_committed(writing.mock, "g", "t", 1, &at), KAFC_OK);
    ck_assert_int_eq(at, 6);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* The end of the transaction before is waited for, briefly, although a retry waits for long. */
START_TEST(the_next_transaction_waits_for_the_markers_of_the_last)
{
    transacting_start(_i);
    ck_assert_int_eq(kafc_mock_set_marker_delay(writing.mock, 60), KAFC_OK);
    kafc_writer *w = transacting_open();
    for (int i = 0; i < 4; i++) {
        transacting_begin(w);
        transacting_send(w, "v", 4);
        transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    }
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 16);
    transacting_stop();
}
END_TEST

/* --- Fencing ------------------------------------------------------------------------------------ */

START_TEST(a_second_writer_fences_the_first)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    kafc_writer *a = transacting_open();
    transacting_begin(a);
    transacting_send(a, "a", 10);
    transacting_ok(kafc_writer_flush(a, WAIT, err));
    kafc_writer *b = transacting_open(); /* aborts what a has open */
    transacting_begin(b);
    transacting_send(b, "b", 10);
    ck_assert_int_ne(kafc_transaction_commit(a, WAIT, err), KAFC_OK);
    if (err->cls == KAFC_CLASS_ABORT)
        ck_assert_int_ne(kafc_transaction_abort(a, WAIT, err), KAFC_OK);
    ck_assert_int_eq(err->code, KAFC_ERR_PRODUCER_FENCED);
    ck_assert_int_eq(err->cls, KAFC_CLASS_FATAL);
    ck_assert_msg(strstr(err->message, "another producer"), "%s", err->message);
    ck_assert_int_eq(kafc_transaction_state(a), KAFC_TXN_FATAL_ERROR);
    ck_assert_int_eq(kafc_transaction_begin(a, err), KAFC_ERR_PRODUCER_FENCED);
    kafc_message m = { .value = KAFC_STR("a") };
    ck_assert_int_eq(kafc_writer_send(a, &m, NULL, 0, err), KAFC_ERR_PRODUCER_FENCED);
    transacting_ok(kafc_transaction_commit(b, WAIT, err));
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "a"), 0);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "b"), 10);
    transacting_close(a);
    transacting_close(b);
    transacting_stop();
}
END_TEST

/* A writer with a transaction open that will be ended by the coordinator; in one that has ended before its message was
 * written, it hears of that in another way. */
static kafc_writer *open_for_too_long(void)
{
    kafc_error *err = &transacting.err;
    for (int ms = 60; ms < 20000; ms *= 2) {
        kafc_mock_transaction x;
        kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .transactional_id = TRANSACTIONAL_ID,
                                                  .transaction_timeout_ms = ms));
        transacting_ok(kafc_transaction_init(w, WAIT, err));
        transacting_begin(w);
        transacting_send(w, "v", 1);
        kafc_err rc = kafc_writer_flush(w, WAIT, err);
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &x), KAFC_OK);
        if (rc == KAFC_OK && x.state == KAFC_MOCK_TXN_ONGOING)
            return w;
        kafc_writer_free(w);
    }
    ck_abort_msg("no transaction lasts as long as it takes to write a message");
    return NULL;
}

/* Who is too slow is fenced by the coordinator, not by another writer, and reads so. */
START_TEST(a_transaction_open_for_too_long_is_told_so)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    kafc_mock_transaction x = { .state = KAFC_MOCK_TXN_ONGOING };
    kafc_writer *w = open_for_too_long();
    while (x.state == KAFC_MOCK_TXN_ONGOING)
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &x), KAFC_OK);
    ck_assert_int_ne(kafc_transaction_commit(w, WAIT, err), KAFC_OK);
    ck_assert_int_eq(err->cls, KAFC_CLASS_FATAL);
    ck_assert_int_eq(err->code,
                     _i == TRANSACTING_V2 ? KAFC_ERR_INVALID_TXN_STATE : KAFC_ERR_PRODUCER_FENCED);
    ck_assert_msg(strstr(err->message, "transaction_timeout_ms"), "%s", err->message);
    transacting_close(w);
    w = transacting_open(); /* a new writer goes on */
    transacting_begin(w);
    transacting_send(w, "w", 4);
    transacting_ok(kafc_transaction_commit(w, WAIT, err));
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 0);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "w"), 4);
    transacting_stop();
}
END_TEST

/* --- Threads ------------------------------------------------------------------------------------ */

static struct {
    kafc_writer *w;
    atomic_bool stop;
    atomic_int taken;
} racing;

static void *sends(void *arg)
{
    kafc_error err;
    while (!atomic_load(&racing.stop)) {
        kafc_message m = { .value = KAFC_STR("v") };
        kafc_err rc = kafc_writer_send(racing.w, &m, NULL, WAIT, &err);
        if (rc == KAFC_OK)
            atomic_fetch_add(&racing.taken, 1);
        else if (err.cls != KAFC_CLASS_USAGE && err.cls != KAFC_CLASS_ABORT)
            return NULL;
    }
    return arg;
}

static void race(void (*transaction)(int i), int n)
{
    pthread_t thread[2];
    void *ok;
    atomic_store(&racing.stop, false);
    atomic_store(&racing.taken, 0);
    racing.w = transacting_open();
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&thread[i], NULL, sends, racing.w), 0);
    for (int i = 0; i < n; i++)
        transaction(i);
    atomic_store(&racing.stop, true);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_join(thread[i], &ok), 0);
        ck_assert_ptr_eq(ok, racing.w);
    }
    transacting_close(racing.w);
    transacting_settled();
}

static void wait_taken(int n)
{
    while (atomic_load(&racing.taken) < n)
        continue;
}

static void commit_one(int i)
{
    transacting_begin(racing.w);
    wait_taken(20 * (i + 1));
    transacting_ok(kafc_transaction_commit(racing.w, WAIT, &transacting.err));
}

START_TEST(what_commit_finds_taken_is_committed)
{
    transacting_start(_i);
    race(commit_one, 20);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), atomic_load(&racing.taken));
    transacting_stop();
}
END_TEST

static void abort_one(int i)
{
    (void)i;
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_INVALID_RECORD, 1), KAFC_OK);
    transacting_ok(kafc_transaction_begin(racing.w, &transacting.err)); /* it may fail at once */
    while (kafc_transaction_state(racing.w) != KAFC_TXN_ABORTABLE_ERROR)
        continue;
    transacting_ok(kafc_transaction_abort(racing.w, WAIT, &transacting.err));
}

/* Who sends is told why it is in vain, while the next transaction begins. */
START_TEST(senders_are_told_of_a_failed_transaction)
{
    if (_i == TRANSACTING_0_11)
        return; /* what is sent behind the message that fails has no epoch to go on in */
    transacting_start(_i);
    race(abort_one, 20);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 0);
    transacting_stop();
}
END_TEST

/* --- The end of a writer ------------------------------------------------------------------------------ */

START_TEST(W10_close_aborts_an_open_transaction)
{
    transacting_start(_i);
    kafc_mock_transaction x;
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_send(w, "v", 20);
    transacting_ok(kafc_writer_flush(w, WAIT, &transacting.err));
    transacting_ok(kafc_writer_close(w, WAIT, &transacting.err));
    transacting_settled();
    ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &x), KAFC_OK);
    ck_assert_int_eq(x.state, KAFC_MOCK_TXN_COMPLETE_ABORT);
    kafc_writer_free(w);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 0);
    transacting_stop();
}
END_TEST

START_TEST(W10_close_does_not_wait_for_a_coordinator_for_ever)
{
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_send(w, "v", 20);
    transacting_ok(kafc_writer_flush(w, WAIT, &transacting.err));
    transacting_coordinator(-1);
    ck_assert_int_eq(kafc_writer_close(w, 50, &transacting.err), KAFC_ERR_TIMED_OUT);
    kafc_writer_free(w);
    transacting_stop();
}
END_TEST

static atomic_int waited;

static void *waits_for_init(void *w)
{
    atomic_store(&waited, (int)kafc_transaction_init(w, -1, NULL));
    return NULL;
}

static void *waits_for_offsets(void *w)
{
    kafc_group_metadata g = { .group = "g" };
    kafc_offset o = { .topic = "t", .partition = 1, .offset = 5 };
    atomic_store(&waited, (int)kafc_transaction_send_offsets(w, &g, &o, 1, -1, NULL));
    return NULL;
}

/* Whoever waits is told when the client is closed. */
static void closes_on(kafc_writer *w, void *(*call)(void *w), kafc_txn_state until)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, call, w), 0);
    while (kafc_transaction_state(w) != until)
        continue;
    (void)kafc_client_close(writing.client, 100, NULL);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(atomic_load(&waited), KAFC_ERR_CLOSED);
    kafc_writer_free(w);
}

START_TEST(W10_close_ends_the_calls_that_wait)
{
    transacting_start(_i);
    transacting_coordinator(-1);
    closes_on(writing_open(TRANSACTIONAL), waits_for_init, KAFC_TXN_INITIALIZING);
    transacting_stop();
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    ck_assert_int_eq(kafc_mock_set_coordinator(writing.mock, KAFC_MOCK_GROUPS, "g", -1), KAFC_OK);
    closes_on(w, waits_for_offsets, KAFC_TXN_IN_TRANSACTION);
    transacting_stop();
}
END_TEST

static void refuse_late(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    atomic_int *ends = ctx;
    if (rq->api == 26 && atomic_fetch_add(ends, 1) == 0) {
        a->act = KAFC_MOCK_CUT; /* a new epoch is needed, */
    } else if (rq->api == 22 && atomic_load(ends)) {
        a->act = KAFC_MOCK_ERROR; /* and cannot be had */
        a->code = KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS;
    }
}

static void *waits_for_commit(void *w)
{
    atomic_store(&waited, (int)kafc_transaction_commit(w, -1, NULL));
    return NULL;
}

/* What is committed is committed, whether or not there is an epoch for a next transaction. */
START_TEST(W10_a_commit_that_waits_for_an_epoch_is_told_the_truth_by_close)
{
    transacting_start(_i);
    atomic_int ends = 0;
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_send(w, "v", 4);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 22, refuse_late, &ends), KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 26, refuse_late, &ends), KAFC_OK);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, waits_for_commit, w), 0);
    while (kafc_transaction_state(w) != KAFC_TXN_BUMPING)
        continue;
    (void)kafc_writer_close(w, WAIT, NULL);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(atomic_load(&waited), KAFC_OK);
    kafc_writer_free(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 4);
    transacting_stop();
}
END_TEST

/* --- Generations ------------------------------------------------------------------------------------------ */

START_TEST(a_cluster_changes_its_generation_between_transactions)
{
    transacting_start(TRANSACTING_V1);
    listen_in();
    kafc_mock_transaction x;
    kafc_writer *w = transacting_open();
    static const int16_t versions[] = { 1, 2, 2, 1, 1, 2 };
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        transacting_begin(w);
        transacting_send(w, "v", 8);
        transacting_ok(kafc_writer_flush(w, WAIT, &transacting.err));
        ck_assert_int_eq(kafc_mock_set_transaction_version(writing.mock, versions[i]), KAFC_OK);
        ck_assert_int_eq(kafc_mock_cut(writing.mock, 0), KAFC_OK);
        transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &x), KAFC_OK);
    }
    ck_assert_int_ge(spoken.n[22], 2); /* the first, and one for each change to KIP-890 */
    ck_assert_int_gt(spoken.n[24], 0);
    ck_assert_int_eq(spoken.max[26], 5);
    ck_assert_int_le(spoken.min[26], 4);
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 48);
    transacting_stop();
}
END_TEST

START_TEST(W8_brokers_before_0_11_are_refused)
{
    static const char *const releases[] = { "0.8", "0.9", "0.10.0", "0.10.1" };
    transacting_start(TRANSACTING_V1);
    ck_assert_int_eq(kafc_mock_set_release(writing.mock, releases[_i]), KAFC_OK);
    kafc_writer *w = writing_open(TRANSACTIONAL);
    ck_assert_int_eq(kafc_transaction_init(w, WAIT, &transacting.err), KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(transacting.err.cls, KAFC_CLASS_FATAL);
    ck_assert_msg(strstr(transacting.err.message, "0.11"), "%s", transacting.err.message);
    kafc_message m = { .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &transacting.err), KAFC_ERR_UNSUPPORTED);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* --- All of them, in each generation -------------------------------------------------------------------- */

int main(void)
{
    const TTest *const everywhere[] = {
        committed_is_seen_and_aborted_is_not,
        nothing_is_seen_before_the_commit,
        each_generation_speaks_its_own_versions,
        an_empty_transaction_asks_nobody,
        offsets_hold_if_the_transaction_does,
        calls_out_of_order_are_refused_at_once,
        W6_transactions_need_idempotence_and_acks_all,
        transactional_ids_have_a_longest,
        C6_calls_from_inside_a_callback_are_refused,
        one_call_at_a_time,
        a_call_that_times_out_goes_on_when_it_is_made_again,
        offsets_that_time_out_are_sent_again_or_aborted,
        the_next_transaction_waits_for_the_markers_of_the_last,
        a_second_writer_fences_the_first,
        a_transaction_open_for_too_long_is_told_so,
        what_commit_finds_taken_is_committed,
        senders_are_told_of_a_failed_transaction,
        W10_close_aborts_an_open_transaction,
        W10_close_does_not_wait_for_a_coordinator_for_ever,
        W10_close_ends_the_calls_that_wait,
    };
    TCase *c = tcase_create("changes");
    tcase_set_timeout(c, 60);
    tcase_add_test(c, a_cluster_changes_its_generation_between_transactions);
    tcase_add_loop_test(c, W10_a_commit_that_waits_for_an_epoch_is_told_the_truth_by_close,
                        TRANSACTING_V1, TRANSACTING_2_8 + 1);
    tcase_add_loop_test(c, W8_brokers_before_0_11_are_refused, 0, 4);
    return transacting_main("client/transactions", everywhere,
                            sizeof everywhere / sizeof everywhere[0], c);
}
