/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions of a kafc_writer whose requests and answers are lost on the
 * way, and whose coordinators move, in both generations of the protocol.
 */
#include <stdatomic.h>

#include "tests/client/transacting.h"

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

int main(void)
{
    const TTest *const everywhere[] = { lost_answers_of_every_request_do_no_harm,
                                        what_comes_late_has_an_epoch_of_before,
                                        coordinators_that_move_are_followed };
    static const char *const names[TRANSACTING_ALL] = { "v2", "v1", "2.8", "0.11" };
    Suite *s = suite_create("client/transactions_lost");
    for (int g = 0; g < TRANSACTING_ALL; g++) {
        TCase *c = tcase_create(names[g]);
        tcase_set_timeout(c, 60);
        for (size_t i = 0; i < sizeof everywhere / sizeof everywhere[0]; i++)
            tcase_add_loop_test(c, everywhere[i], g, g + 1);
        suite_add_tcase(s, c);
    }
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? 1 : 0;
}
