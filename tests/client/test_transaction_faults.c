/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions of a kafc_writer that go wrong: messages that fail, answers
 * that are lost or late, coordinators that move or talk nonsense.
 */
#include <stdatomic.h>
#include <string.h>

#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/api/26_end_txn.h"
#include "protocol/api/28_txn_offset_commit.h"
#include "protocol/schema.h"
#include "protocol/wire.h"
#include "tests/client/transacting.h"

/* --- What fails ---------------------------------------------------------------------------------- */

static kafc_writer *with_reports(int32_t delivery_timeout_ms)
{
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .transactional_id = TRANSACTIONAL_ID,
                                              .reports = KAFC_REPORTS_ALL, .batch_messages = 5,
                                              .delivery_timeout_ms = delivery_timeout_ms));
    transacting_ok(kafc_transaction_init(w, WAIT, &transacting.err));
    return w;
}

/* All n verdicts: so many of each, and the failures with the code. */
static void verdicts(kafc_writer *w, int n, int acknowledged, int perhaps, kafc_err code)
{
    int got[KAFC_UNCONFIRMED + 1] = { 0 };
    for (int i = 0; i < n;) {
        kafc_report r[16];
        int32_t k;
        transacting_ok(kafc_writer_poll(w, r, 16, &k, WAIT, &transacting.err));
        for (int32_t j = 0; j < k; j++) {
            got[r[j].verdict]++;
            if (r[j].verdict != KAFC_ACKNOWLEDGED)
                ck_assert_int_eq(r[j].code, code);
        }
        i += k;
    }
    ck_assert_int_eq(got[KAFC_ACKNOWLEDGED], acknowledged);
    ck_assert_int_eq(got[KAFC_PERHAPS_WRITTEN], perhaps);
    ck_assert_int_eq(got[KAFC_NOT_WRITTEN], n - acknowledged - perhaps);
}

START_TEST(W1_what_an_abort_finds_unsent_is_not_written)
{
    transacting_start(_i);
    for (int p = 0; p < 4; p++)
        ck_assert_int_eq(kafc_mock_set_leader(writing.mock, "t", p, p == 1 ? 1 : -1), KAFC_OK);
    kafc_writer *w = with_reports(60000);
    transacting_begin(w);
    transacting_send(w, "v", 40); /* ten for each partition, and only one has a leader */
    verdicts(w, 10, 10, 0, KAFC_OK);
    transacting_ok(kafc_transaction_abort(w, WAIT, &transacting.err));
    verdicts(w, 30, 0, 0, KAFC_ERR_ABORTED);
    for (int p = 0; p < 4; p++)
        ck_assert_int_eq(kafc_mock_set_leader(writing.mock, "t", p, 1), KAFC_OK);
    transacting_begin(w);
    transacting_send(w, "w", 40);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    verdicts(w, 40, 40, 0, KAFC_OK);
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "w"), 40);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 0);
    transacting_stop();
}
END_TEST

START_TEST(W1_messages_of_an_unknown_topic_end_with_the_abort)
{
    transacting_start(_i);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "nowhere", .reports = KAFC_REPORTS_ALL,
                                              .transactional_id = TRANSACTIONAL_ID));
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_report r;
    int32_t n;
    transacting_ok(kafc_transaction_init(w, WAIT, &transacting.err));
    transacting_begin(w);
    transacting_ok(kafc_writer_send(w, &m, NULL, 0, &transacting.err));
    transacting_ok(kafc_transaction_abort(w, WAIT, &transacting.err));
    transacting_ok(kafc_writer_poll(w, &r, 1, &n, WAIT, &transacting.err));
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* A message that fails takes the transaction with it; the next one goes well, whatever the broker can do about
 * epochs. */
START_TEST(W1_a_message_that_fails_makes_the_commit_fail)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    ck_assert_int_eq(kafc_mock_set_config(writing.mock, "t", "max.message.bytes", "2000"), KAFC_OK);
    static char large[5000];
    memset(large, 'x', sizeof large);
    kafc_message m = { .value = { large, sizeof large }, .to_partition = 1 };
    kafc_writer *w = with_reports(60000);
    for (int i = 0; i < 3; i++) {
        transacting_begin(w);
        transacting_send(w, "v", 4);
        if (i == 1) {
            transacting_ok(kafc_writer_send(w, &m, NULL, 0, err));
            ck_assert_int_eq(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_MESSAGE_TOO_LARGE);
            ck_assert_int_eq(err->cls, KAFC_CLASS_ABORT);
            ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_ABORTABLE_ERROR);
            m.value.len = 1;
            ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, err), KAFC_ERR_ABORTED);
            ck_assert_int_eq(err->cls, KAFC_CLASS_ABORT);
            ck_assert_int_eq(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_MESSAGE_TOO_LARGE);
            transacting_ok(kafc_transaction_abort(w, WAIT, err));
        } else {
            transacting_ok(kafc_transaction_commit(w, WAIT, err));
        }
    }
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 8);
    transacting_stop();
}
END_TEST

static void lose_answers(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)rq;
    a->act = KAFC_MOCK_PASS_SILENT;
}

/* A batch that was sent and whose fate nobody knows: the next transaction needs a new epoch, which brokers before 2.5
 * cannot give. */
START_TEST(a_lost_batch_needs_a_new_epoch)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    kafc_mock_transaction before, after;
    kafc_writer *w = with_reports(2500); /* enough for what is answered */
    transacting_begin(w);
    transacting_send(w, "v", 4);
    transacting_ok(kafc_transaction_commit(w, WAIT, err));
    verdicts(w, 4, 4, 0, KAFC_OK);
    ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &before), KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, lose_answers, NULL), KAFC_OK);
    transacting_begin(w);
    kafc_message m = { .value = KAFC_STR("lost"), .to_partition = 1 };
    transacting_ok(kafc_writer_send(w, &m, NULL, 0, err));
    ck_assert_int_eq(kafc_transaction_commit(w, WAIT, err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(err->cls, KAFC_CLASS_ABORT);
    verdicts(w, 1, 0, 1, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, NULL, NULL), KAFC_OK);
    kafc_err rc = kafc_transaction_abort(w, WAIT, err);
    if (_i == TRANSACTING_0_11) {
        ck_assert_int_eq(rc, KAFC_ERR_UNSUPPORTED);
        ck_assert_int_eq(err->cls, KAFC_CLASS_FATAL);
        ck_assert_int_eq(kafc_transaction_state(w), KAFC_TXN_FATAL_ERROR);
    } else {
        transacting_ok(rc);
        ck_assert_int_eq(kafc_mock_cut(writing.mock, 0), KAFC_OK); /* the silent one */
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &after),
                         KAFC_OK);
        ck_assert_int_eq(after.producer_id, before.producer_id);
        ck_assert_int_gt(after.epoch, before.epoch);
        transacting_begin(w);
        transacting_send(w, "v", 8);
        transacting_ok(kafc_transaction_commit(w, WAIT, err));
        transacting_settled();
        ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 12);
        ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "lost"), 0);
    }
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* --- What is lost on the way ------------------------------------------------------------------------ */

static void cut_answers(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    atomic_int *odd = ctx;
    (void)rq;
    if (atomic_fetch_add(odd, 1) % 2 == 0)
        a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(lost_answers_of_every_request_do_no_harm)
{
    static const int16_t apis[] = { 0, 10, 22, 24, 25, 26, 28 };
    atomic_int odd[sizeof apis / sizeof apis[0]];
    transacting_start(_i);
    for (size_t i = 0; i < sizeof apis / sizeof apis[0]; i++) {
        atomic_init(&odd[i], 0);
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], cut_answers, &odd[i]), KAFC_OK);
    }
    kafc_writer *w = transacting_open();
    for (int i = 0; i < 6; i++) {
        transacting_begin(w);
        transacting_send(w, i % 3 == 2 ? "no" : "yes", 8);
        transacting_offsets(w, "g", 100 + i);
        transacting_ok(i % 3 == 2 ? kafc_transaction_abort(w, WAIT, &transacting.err)
                                  : kafc_transaction_commit(w, WAIT, &transacting.err));
    }
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "yes"), 32);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "no"), 0);
    int64_t at;
    ck_assert_int_eq(kafc_mock_committed(writing.mock, "g", "t", 1, &at), KAFC_OK);
    ck_assert_int_eq(at, 104);
    transacting_stop();
}
END_TEST

static void cut_once(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    atomic_int *n = ctx;
    (void)rq;
    if (atomic_fetch_sub(n, 1) > 0)
        a->act = KAFC_MOCK_CUT;
}

/* What was sent and not answered may still arrive, in the middle of the next transaction: an EndTxn of the first
 * generation would end that one. So it gets another epoch, where there are others (from 2.5 on). */
START_TEST(what_comes_late_has_an_epoch_of_before)
{
    static const int16_t apis[] = { 24, 25, 28, 26 };
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    for (size_t i = 0; i < sizeof apis / sizeof apis[0]; i++) {
        atomic_int n = 1;
        kafc_mock_transaction before, after;
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &before),
                         KAFC_OK);
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], cut_once, &n), KAFC_OK);
        transacting_begin(w);
        transacting_send(w, "v", 8);
        transacting_offsets(w, "g", 1);
        transacting_ok(i % 2 ? kafc_transaction_abort(w, WAIT, &transacting.err)
                             : kafc_transaction_commit(w, WAIT, &transacting.err));
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], NULL, NULL), KAFC_OK);
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &after),
                         KAFC_OK);
        ck_assert_int_eq(after.producer_id, before.producer_id);
        ck_assert_int_eq(after.epoch, before.epoch + (_i == TRANSACTING_0_11 ? 0 : 1));
    }
    transacting_close(w);
    transacting_stop();
}
END_TEST

START_TEST(coordinators_that_move_are_followed)
{
    transacting_start(_i);
    kafc_writer *w = transacting_open();
    for (int i = 0; i < 6; i++) {
        transacting_begin(w);
        transacting_send(w, "v", 8);
        transacting_coordinator(i % 3 + 1);
        transacting_offsets(w, "g", i);
        ck_assert_int_eq(
            kafc_mock_set_coordinator(writing.mock, KAFC_MOCK_GROUPS, "g", (i + 1) % 3 + 1),
            KAFC_OK);
        if (i % 2)
            ck_assert_int_eq(kafc_mock_stop_broker(writing.mock, 2), KAFC_OK);
        transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
        if (i % 2)
            ck_assert_int_eq(kafc_mock_start_broker(writing.mock, 2), KAFC_OK);
    }
    transacting_close(w);
    transacting_settled();
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 48);
    transacting_stop();
}
END_TEST

/* What may have opened a transaction is not asked again when it is denied: then a new epoch ends it. */
START_TEST(what_may_be_open_when_it_is_denied_is_ended)
{
    transacting_start(_i);
    kafc_error *err = &transacting.err;
    kafc_mock_transaction before, after;
    kafc_writer *w = transacting_open();
    ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &before), KAFC_OK);
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 25, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, 1),
                     KAFC_OK);
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 25, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1),
                     KAFC_OK);
    if (_i != TRANSACTING_V2) {
        kafc_group_metadata g = { .group = "g" };
        kafc_offset o = { .topic = "t", .offset = 1 };
        transacting_begin(w);
        ck_assert_int_eq(kafc_transaction_send_offsets(w, &g, &o, 1, WAIT, err),
                         KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
        transacting_ok(kafc_transaction_abort(w, WAIT, err));
        ck_assert_int_eq(kafc_mock_transaction_get(writing.mock, TRANSACTIONAL_ID, &after),
                         KAFC_OK);
        ck_assert_int_eq(after.epoch, before.epoch + (_i == TRANSACTING_0_11 ? 0 : 1));
    }
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* --- Answers that make no sense ----------------------------------------------------------------------- */

enum { NONSENSE = 3 };

/* One answer of the API, made up, in place of the first one; then it goes on. Requests of a transaction have a
 * connection of their own, which begins with ApiVersions, number 0. */
static struct {
    int16_t api;
    int kind, asked;
    atomic_int n[4]; /* requests to each broker */
    uint8_t frame[512];
} liar;

static size_t partitions_lie(struct kafc_wr *w, int16_t version)
{
    struct kafc_add_partitions_to_txn_resp r = { 0 };
    struct kafc_add_partitions_to_txn_resp_topic t = { .name = { "t", 1 } };
    struct kafc_add_partitions_to_txn_resp_partition p[] = { { .partition_index = 0 },
                                                             { .partition_index = 0 } };
    if (liar.kind == 1)
        t.name = (kafc_str){ "u", 1 };
    p[1].partition_index = liar.kind == 2 ? -1 : 0;
    t.results_by_partition.v = p;
    t.results_by_partition.n = 2;
    r.results_by_topic_v3_and_below.v = &t;
    r.results_by_topic_v3_and_below.n = 1;
    ck_assert_int_eq(
        kafc__msg_encode(w, &kafc_add_partitions_to_txn_resp_schema, &r, version, NULL), KAFC_OK);
    return kafc__wr_len(w);
}

static size_t offsets_lie(struct kafc_wr *w, int16_t version)
{
    struct kafc_txn_offset_commit_resp r = { 0 };
    struct kafc_txn_offset_commit_resp_topic t = { .name = { "t", 1 } };
    struct kafc_txn_offset_commit_resp_partition p = { .partition_index = 0 }; /* it was 1 */
    if (liar.kind == 1)
        t.name = (kafc_str){ "u", 1 };
    p.partition_index = liar.kind == 2 ? -1 : 0;
    t.partitions.v = &p;
    t.partitions.n = 1;
    r.topics.v = &t;
    r.topics.n = 1;
    ck_assert_int_eq(kafc__msg_encode(w, &kafc_txn_offset_commit_resp_schema, &r, version, NULL),
                     KAFC_OK);
    return kafc__wr_len(w);
}

static size_t end_lie(struct kafc_wr *w, int16_t version)
{
    struct kafc_end_txn_resp r = { .producer_id = -1, .producer_epoch = -1 };
    ck_assert_int_eq(kafc__msg_encode(w, &kafc_end_txn_resp_schema, &r, version, NULL), KAFC_OK);
    return kafc__wr_len(w);
}

static size_t lie(struct kafc_wr *w, int16_t version)
{
    return liar.api == 24   ? partitions_lie(w, version)
           : liar.api == 26 ? end_lie(w, version)
                            : offsets_lie(w, version);
}

static void lies(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    int correlation = atomic_fetch_add(&liar.n[rq->broker], 1) + 1;
    if (rq->api != liar.api)
        return;
    if (liar.asked++ == 0 && liar.api == 26) { /* it is done, and asked for again */
        a->act = KAFC_MOCK_PASS_CUT;
        atomic_fetch_add(&liar.n[rq->broker], 1); /* ApiVersions of the next connection */
        return;
    }
    if (liar.asked != (liar.api == 26 ? 2 : 1))
        return;
    size_t head = 8 + (rq->version >= 3); /* tagged fields, none */
    struct kafc_wr w;
    memset(liar.frame, 0, sizeof liar.frame);
    kafc__wr_init(&w, liar.frame + head, sizeof liar.frame - head, NULL);
    size_t len = head + lie(&w, rq->version);
    kafc__store32(liar.frame, (uint32_t)len - 4);
    kafc__store32(liar.frame + 4, (uint32_t)correlation);
    a->act = KAFC_MOCK_RAW;
    a->bytes = (kafc_bytes){ (const char *)liar.frame, (int32_t)len };
}

static kafc_writer *open_to_lies(int16_t api, int kind)
{
    static const int16_t apis[] = { 22, 24, 25, 26, 28 };
    memset(&liar, 0, sizeof liar);
    liar.api = api;
    liar.kind = kind;
    for (size_t i = 0; i < sizeof apis / sizeof apis[0]; i++)
        ck_assert_int_eq(kafc_mock_hook(writing.mock, apis[i], lies, NULL), KAFC_OK);
    return transacting_open();
}

static void lied_to(int16_t api, int kind)
{
    int64_t at;
    kafc_writer *w = open_to_lies(api, kind);
    transacting_begin(w);
    kafc_message m = { .value = KAFC_STR("v") };
    for (int p = 0; p < 2; p++) {
        m.to_partition = p ? p : KAFC_ZERO;
        transacting_ok(kafc_writer_send(w, &m, NULL, 0, &transacting.err));
    }
    transacting_offsets(w, "g", 7);
    transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
    transacting_settled();
    ck_assert_int_eq(kafc_mock_committed(writing.mock, "g", "t", 1, &at), KAFC_OK);
    ck_assert_int_eq(at, 7);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 2);
    ck_assert_int_gt(liar.asked, 1);
    transacting_close(w);
}

/* The same partition twice, one of another topic, one below 0: what was asked about is asked again. */
START_TEST(answers_about_other_partitions_do_not_count)
{
    for (int kind = 0; kind < NONSENSE; kind++)
        for (int16_t api = 24; api <= 28; api += 4) {
            if (api == 24 && _i == TRANSACTING_V2)
                continue;
            transacting_start(_i);
            lied_to(api, kind);
            transacting_stop();
        }
}
END_TEST

/* With KIP-890 the end of a transaction brings the epoch of the next one; if it does not, that is asked for. */
START_TEST(an_end_without_a_new_epoch_leads_to_one)
{
    transacting_start(_i);
    kafc_writer *w = open_to_lies(26, 0);
    for (int i = 0; i < 2; i++) {
        transacting_begin(w);
        transacting_send(w, "v", 4);
        transacting_ok(kafc_transaction_commit(w, WAIT, &transacting.err));
        transacting_settled();
    }
    ck_assert_int_ge(liar.asked, 3);
    ck_assert_int_eq(transacting_read(KAFC_READ_COMMITTED, "v"), 8);
    transacting_close(w);
    transacting_stop();
}
END_TEST

/* Its coordinator is never found; the same call goes on once there is one. */
START_TEST(max_block_ms_bounds_calls_that_name_no_time)
{
    transacting_start(_i);
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .transactional_id = TRANSACTIONAL_ID, .max_block_ms = 50));
    transacting_coordinator(-1);
    ck_assert_int_eq(kafc_transaction_init(w, -1, &transacting.err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(transacting.err.cls, KAFC_CLASS_RETRY);
    transacting_coordinator(1);
    transacting_ok(kafc_transaction_init(w, WAIT, &transacting.err));
    transacting_close(w);
    transacting_stop();
}
END_TEST

int main(void)
{
    const TTest *const everywhere[] = {
        W1_what_an_abort_finds_unsent_is_not_written,
        W1_messages_of_an_unknown_topic_end_with_the_abort,
        W1_a_message_that_fails_makes_the_commit_fail,
        a_lost_batch_needs_a_new_epoch,
        lost_answers_of_every_request_do_no_harm,
        what_comes_late_has_an_epoch_of_before,
        coordinators_that_move_are_followed,
        what_may_be_open_when_it_is_denied_is_ended,
        answers_about_other_partitions_do_not_count,
        an_end_without_a_new_epoch_leads_to_one,
        max_block_ms_bounds_calls_that_name_no_time,
    };
    return transacting_main("client/transaction_faults", everywhere,
                            sizeof everywhere / sizeof everywhere[0], NULL);
}
