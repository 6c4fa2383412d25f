/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_writer against a mock that fails: every message one verdict, order kept,
 * nothing twice (rules W1, W5, W6), whatever happens on the way.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/client/writing.h"
#include "tests/support/suite.h"

/* --- Counting verdicts ------------------------------------------------------------- */

enum { MOST = 20000 };

static struct {
    atomic_int verdict[MOST];
    atomic_int n, acknowledged, not_written, perhaps, twice;
    atomic_int code; /* of the last failure */
    int64_t offset[MOST];
    int32_t partition[MOST];
} seen;

static void on_delivery(void *ctx, const kafc_report *r)
{
    (void)ctx;
    size_t i = (size_t)(uintptr_t)r->opaque;
    if (atomic_exchange(&seen.verdict[i], (int)r->verdict))
        atomic_fetch_add(&seen.twice, 1);
    seen.offset[i] = r->offset;
    seen.partition[i] = r->partition;
    atomic_fetch_add(&seen.n, 1);
    if (r->verdict == KAFC_ACKNOWLEDGED)
        atomic_fetch_add(&seen.acknowledged, 1);
    else if (r->verdict == KAFC_NOT_WRITTEN)
        atomic_fetch_add(&seen.not_written, 1);
    else
        atomic_fetch_add(&seen.perhaps, 1);
    if (r->code != KAFC_OK)
        atomic_store(&seen.code, (int)r->code);
}

static void send_one(kafc_writer *w, int i, int32_t partitions)
{
    char value[24];
    kafc_error err;
    snprintf(value, sizeof(value), "%d", i);
    kafc_message m = { .value = KAFC_STR(value), .to_partition = i % partitions };
    if (m.to_partition == 0)
        m.to_partition = KAFC_ZERO;
    kafc_err rc = kafc_writer_send(w, &m, (void *)(uintptr_t)i, 10000, &err);
    ck_assert_msg(rc == KAFC_OK, "%s", err.message);
}

static void begin(int32_t brokers)
{
    memset(&seen, 0, sizeof(seen));
    writing_start(brokers);
}

/* Every acknowledged message is in the log at its offset, once, and in order; the others at most once. */
static void check_log(int n, int32_t partitions)
{
    static int found[MOST];
    memset(found, 0, sizeof(found));
    for (int32_t p = 0; p < partitions; p++) {
        int last = -1;
        for (int64_t at = 0; at < writing_records("t", p); at++) {
            kafc_message *m = kafc_mock_record(writing.mock, "t", p, at);
            char text[24] = { 0 };
            ck_assert(m && m->value.len < 24);
            memcpy(text, m->value.p, (size_t)m->value.len);
            int i = atoi(text);
            ck_assert_int_gt(i, last);
            last = i;
            found[i]++;
            if (seen.verdict[i] == KAFC_ACKNOWLEDGED && seen.offset[i] != KAFC_OFFSET_UNKNOWN)
                ck_assert_int_eq(seen.offset[i], at);
            ck_assert_int_ne(seen.verdict[i], KAFC_NOT_WRITTEN);
            kafc_message_free(m);
        }
    }
    for (int i = 0; i < n; i++)
        ck_assert_msg(found[i] == 1 || (found[i] == 0 && seen.verdict[i] != KAFC_ACKNOWLEDGED),
                      "message %d is in the log %d times, verdict %d", i, found[i],
                      seen.verdict[i]);
}

static void finish(kafc_writer *w, int n, int acknowledged)
{
    kafc_error err;
    kafc_err rc = kafc_writer_close(w, 25000, &err);
    ck_assert_msg(rc == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(seen.n, n);
    ck_assert_int_eq(seen.twice, 0);
    if (acknowledged >= 0)
        ck_assert_msg(seen.acknowledged == acknowledged, "%d of %d acknowledged, last code %s",
                      seen.acknowledged, n, kafc_err_name((kafc_err)seen.code));
    kafc_writer_stats c = { .size = sizeof(c) };
    kafc_writer_stats_get(w, &c);
    ck_assert_uint_eq(c.messages, (unsigned)n);
    ck_assert_uint_eq(c.held_messages, 0);
    ck_assert_uint_eq(c.held_bytes, 0);
    kafc_writer_free(w);
}

/* Small batches, many in flight. */
#define SMALL(...) \
    KAFC_WRITER(.topic = "t", .on_delivery = on_delivery, .batch_messages = 10, __VA_ARGS__)

/* --- Answers of every class ---------------------------------------------------------- */

static const kafc_err passing[] = {
    KAFC_ERR_CORRUPT_MESSAGE,
    KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
    KAFC_ERR_LEADER_NOT_AVAILABLE,
    KAFC_ERR_NOT_LEADER_OR_FOLLOWER,
    KAFC_ERR_REQUEST_TIMED_OUT,
    KAFC_ERR_REPLICA_NOT_AVAILABLE,
    KAFC_ERR_NETWORK_EXCEPTION,
    KAFC_ERR_NOT_ENOUGH_REPLICAS,
    KAFC_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND,
    KAFC_ERR_KAFKA_STORAGE_ERROR,
    KAFC_ERR_FENCED_LEADER_EPOCH,
    KAFC_ERR_UNKNOWN_TOPIC_ID,
    KAFC_ERR_DISCONNECTED,
};

START_TEST(W5_errors_that_pass_are_tried_again_in_order)
{
    begin(3);
    kafc_err code = passing[_i / 2];
    /* what a cut connection swallowed the answers of is written again: once only with idempotence */
    bool plain = _i % 2 && code != KAFC_ERR_DISCONNECTED;
    kafc_writer *w = writing_open(SMALL(.idempotence = plain ? KAFC_OFF : KAFC_ON));
    for (int i = 0; i < 400; i++) {
        if (i % 100 == 50)
            ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, code, 3), KAFC_OK);
        send_one(w, i, 4);
    }
    finish(w, 400, 400);
    check_log(400, 4);
    writing_stop();
}
END_TEST

static const kafc_err lasting[] = {
    KAFC_ERR_UNKNOWN_SERVER_ERROR,
    KAFC_ERR_INVALID_RECORD,
    KAFC_ERR_TOPIC_AUTHORIZATION_FAILED,
    KAFC_ERR_INVALID_TIMESTAMP,
    KAFC_ERR_INVALID_REQUIRED_ACKS,
    KAFC_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT,
    KAFC_ERR_INVALID_PRODUCER_EPOCH,
    (kafc_err)9999,
};

START_TEST(W1_errors_that_last_are_told_and_the_rest_goes_on)
{
    begin(3);
    kafc_writer *w = writing_open(SMALL(.linger_ms = KAFC_ZERO));
    for (int i = 0; i < 50; i++)
        send_one(w, i, 4);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, lasting[_i], 1), KAFC_OK);
    for (int i = 50; i < 200; i++)
        send_one(w, i, 4);
    finish(w, 200, -1);
    ck_assert_int_eq(seen.code, lasting[_i]);
    ck_assert_int_ge(seen.acknowledged, 150);
    ck_assert_int_lt(seen.acknowledged, 200);
    if (lasting[_i] != KAFC_ERR_UNKNOWN_SERVER_ERROR && lasting[_i] != (kafc_err)9999)
        ck_assert_int_eq(seen.perhaps, 0);
    else
        ck_assert_int_gt(seen.perhaps, 0); /* such a code does not say that nothing was written */
    check_log(200, 4);
    writing_stop();
}
END_TEST

/* --- The network ------------------------------------------------------------------------- */

static kafc_mock_act trouble;

static void sometimes(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->index % 5 == 2)
        a->act = trouble;
}

static const kafc_mock_act acts[] = { KAFC_MOCK_CUT, KAFC_MOCK_PASS_CUT };

START_TEST(W5_connections_that_break_lose_nothing_and_double_nothing)
{
    begin(3);
    trouble = acts[_i];
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, sometimes, NULL), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(.compression = _i ? KAFC_GZIP : KAFC_NONE));
    for (int i = 0; i < 2000; i++)
        send_one(w, i, 4);
    finish(w, 2000, 2000);
    check_log(2000, 4);
    writing_stop();
}
END_TEST

START_TEST(W1_an_answer_that_never_comes_leaves_it_open_what_became_of_the_message)
{
    begin(1);
    trouble = KAFC_MOCK_PASS_SILENT;
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, sometimes, NULL), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(.delivery_timeout_ms = 3000, .request_timeout_ms = 20000,
                                        .linger_ms = KAFC_ZERO, .max_in_flight = 1));
    for (int i = 0; i < 3; i++) {
        send_one(w, i, 1);
        if (i < 2)
            ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    }
    finish(w, 3, 2);
    ck_assert_int_eq(seen.perhaps, 1);
    ck_assert_int_eq(writing_records("t", 0), 3);
    check_log(3, 1);
    writing_stop();
}
END_TEST

START_TEST(W1_a_silent_peer_is_given_up_and_its_messages_go_elsewhere)
{
    begin(3);
    trouble = KAFC_MOCK_PASS_SILENT;
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, sometimes, NULL), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(.request_timeout_ms = 100));
    for (int i = 0; i < 200; i++)
        send_one(w, i, 4);
    finish(w, 200, 200);
    check_log(200, 4);
    writing_stop();
}
END_TEST

START_TEST(W5_a_broker_stops_in_the_middle_and_comes_back)
{
    begin(3);
    kafc_writer *w = writing_open(SMALL(0));
    for (int i = 0; i < 6000; i++) {
        if (i % 1000 == 500)
            ck_assert_int_eq(kafc_mock_stop_broker(writing.mock, 1 + i / 1000 % 3), KAFC_OK);
        if (i % 1000 == 999)
            ck_assert_int_eq(kafc_mock_start_broker(writing.mock, 1 + i / 1000 % 3), KAFC_OK);
        send_one(w, i, 4);
    }
    finish(w, 6000, 6000);
    check_log(6000, 4);
    writing_stop();
}
END_TEST

START_TEST(W5_leaders_move)
{
    begin(3);
    ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 0, 3, _i ? 13 : 9), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(0));
    for (int i = 0; i < 3000; i++) {
        if (i % 50 == 0)
            ck_assert_int_eq(kafc_mock_set_leader(writing.mock, "t", i / 50 % 4, 1 + i / 150 % 3),
                             KAFC_OK);
        send_one(w, i, 4);
    }
    finish(w, 3000, 3000);
    check_log(3000, 4);
    writing_stop();
}
END_TEST

START_TEST(W1_a_partition_without_a_leader_waits_until_it_is_too_late)
{
    begin(3);
    ck_assert_int_eq(kafc_mock_set_leader(writing.mock, "t", 1, -1), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(.delivery_timeout_ms = 3000));
    for (int i = 0; i < 8; i++)
        send_one(w, i, 4);
    finish(w, 8, 6);
    ck_assert_int_eq(seen.not_written, 2);
    writing_stop();
}
END_TEST

/* --- Idempotence ------------------------------------------------------------------------------ */

START_TEST(W5_a_broker_that_forgets_the_producer_gets_a_new_epoch)
{
    begin(1);
    kafc_writer *w = writing_open(SMALL(0));
    for (int i = 0; i < 300; i++)
        send_one(w, i, 2);
    ck_assert_int_eq(kafc_writer_flush(w, 5000, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_mock_forget_producers(writing.mock, "t", 1, _i == 1), KAFC_OK);
    for (int i = 300; i < 600; i++)
        send_one(w, i, 2);
    finish(w, 600, 600);
    check_log(600, 2);
    ck_assert_uint_eq(kafc_mock_requests(writing.mock, 0, 22), 1);
    writing_stop();
}
END_TEST

START_TEST(W5_out_of_order_is_answered_with_a_new_epoch)
{
    begin(1);
    kafc_writer *w = writing_open(SMALL(0));
    for (int i = 0; i < 400; i++) {
        if (i == 100)
            ck_assert_int_eq(
                kafc_mock_push_error(writing.mock, 0, KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, 2),
                KAFC_OK);
        send_one(w, i, 2);
    }
    finish(w, 400, 400);
    check_log(400, 2);
    writing_stop();
}
END_TEST

START_TEST(W1_a_duplicate_is_acknowledged_without_its_offset)
{
    begin(1);
    kafc_writer *w = writing_open(SMALL(0));
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_DUPLICATE_SEQUENCE_NUMBER, 1),
                     KAFC_OK);
    send_one(w, 0, 1);
    finish(w, 1, 1);
    ck_assert_int_eq(seen.offset[0], KAFC_OFFSET_UNKNOWN);
    writing_stop();
}
END_TEST

START_TEST(W6_idempotence_that_cannot_be_had_gives_way)
{
    begin(1);
    if (_i == 0)
        ck_assert_int_eq(
            kafc_mock_push_error(writing.mock, 22, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1),
            KAFC_OK);
    else
        ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 22, -1, -1), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(0));
    for (int i = 0; i < 200; i++)
        send_one(w, i, 2);
    finish(w, 200, 200);
    check_log(200, 2);
    writing_stop();
}
END_TEST

START_TEST(W6_idempotence_that_was_asked_for_and_cannot_be_had_is_an_error)
{
    begin(1);
    if (_i == 0)
        ck_assert_int_eq(
            kafc_mock_push_error(writing.mock, 22, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1000),
            KAFC_OK);
    else
        ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 22, -1, -1), KAFC_OK);
    kafc_writer *w = writing_open(SMALL(.idempotence = KAFC_ON));
    for (int i = 0; i < 20; i++)
        send_one(w, i, 2);
    finish(w, 20, 0);
    ck_assert_int_eq(seen.not_written, 20);
    ck_assert_int_eq(seen.code,
                     _i == 0 ? KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED : KAFC_ERR_UNSUPPORTED);
    writing_stop();
}
END_TEST

/* --- Sizes ------------------------------------------------------------------------------------- */

START_TEST(W1_batches_too_large_for_the_broker_are_split)
{
    begin(1);
    ck_assert_int_eq(kafc_mock_set_config(writing.mock, "t", "max.message.bytes", "2000"), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .on_delivery = on_delivery,
                                              .linger_ms = 50,
                                              .compression = _i ? KAFC_GZIP : KAFC_NONE));
    for (int i = 0; i < 3000; i++)
        send_one(w, i, 2);
    finish(w, 3000, 3000);
    check_log(3000, 2);
    writing_stop();
}
END_TEST

START_TEST(W1_a_message_too_large_for_the_broker_fails_alone)
{
    begin(1);
    ck_assert_int_eq(kafc_mock_set_config(writing.mock, "t", "max.message.bytes", "2000"), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .linger_ms = 50));
    static char big[5000];
    kafc_message m[3] = { { .value = KAFC_STR("a"), .to_partition = 1 },
                          { .value = { big, sizeof(big) }, .to_partition = 1 },
                          { .value = KAFC_STR("b"), .to_partition = 1 } };
    kafc_report r[3];
    kafc_error err;
    ck_assert_int_eq(kafc_writer_write_each(w, m, 3, r, 5000, &err), KAFC_ERR_MESSAGE_TOO_LARGE);
    ck_assert_int_eq(r[0].verdict, KAFC_ACKNOWLEDGED);
    ck_assert_int_eq(r[1].verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(r[2].verdict, KAFC_ACKNOWLEDGED);
    ck_assert_int_eq(r[2].offset, 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

START_TEST(W3_a_full_buffer_waits_for_room)
{
    begin(1);
    ck_assert_int_eq(kafc_mock_set_rtt(writing.mock, 0, 5), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .on_delivery = on_delivery,
                                              .linger_ms = 10000, .buffer_bytes = 30000,
                                              .message_max_bytes = 20000));
    for (int i = 0; i < 5000; i++)
        send_one(w, i, 4);
    finish(w, 5000, 5000);
    check_log(5000, 4);
    writing_stop();
}
END_TEST

SUITE_LOOPS("client/writer_faults", 30,
            LOOP(W5_errors_that_pass_are_tried_again_in_order,
                 0, 2 * (int)(sizeof(passing) / sizeof(passing[0]))),
            LOOP(W1_errors_that_last_are_told_and_the_rest_goes_on,
                 0, (int)(sizeof(lasting) / sizeof(lasting[0]))),
            LOOP(W5_connections_that_break_lose_nothing_and_double_nothing, 0, 2),
            ONCE(W1_an_answer_that_never_comes_leaves_it_open_what_became_of_the_message),
            ONCE(W1_a_silent_peer_is_given_up_and_its_messages_go_elsewhere),
            ONCE(W5_a_broker_stops_in_the_middle_and_comes_back), LOOP(W5_leaders_move, 0, 2),
            ONCE(W1_a_partition_without_a_leader_waits_until_it_is_too_late),
            LOOP(W5_a_broker_that_forgets_the_producer_gets_a_new_epoch, 0, 2),
            ONCE(W5_out_of_order_is_answered_with_a_new_epoch),
            ONCE(W1_a_duplicate_is_acknowledged_without_its_offset),
            LOOP(W6_idempotence_that_cannot_be_had_gives_way, 0, 2),
            LOOP(W6_idempotence_that_was_asked_for_and_cannot_be_had_is_an_error, 0, 2),
            LOOP(W1_batches_too_large_for_the_broker_are_split, 0, 2),
            ONCE(W1_a_message_too_large_for_the_broker_fails_alone),
            ONCE(W3_a_full_buffer_waits_for_room))
