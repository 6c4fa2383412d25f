/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_writer and the rules of its time and its end: acks 0, delivery.timeout,
 * retries, creation, what is refused at the door. Against the mock.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/client/writing.h"

enum { SOON = 10000 };

/* --- Without acknowledgements ---------------------------------------------------------------- */

struct barrier {
    atomic_int asked, act;
    atomic_llong there; /* in the log when a broker was asked */
};

static void on_question(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct barrier *b = ctx;
    (void)rq;
    atomic_fetch_add(&b->asked, 1);
    atomic_store(&b->there, writing_all("t", 4));
    a->act = (kafc_mock_act)atomic_load(&b->act);
    a->delay_ms = 20;
}

START_TEST(W10_close_waits_until_the_brokers_have_taken_what_nobody_acknowledges)
{
    enum { N = 500 };
    struct barrier b = { .act = KAFC_MOCK_PASS };
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v") };
    writing_start(2);
    ck_assert_int_eq(kafc_mock_set_release(writing.mock, _i == 0 ? NULL : "0.10.1"), KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 2, on_question, &b), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    for (int i = 0; i < N; i++) {
        m.to_partition = i % 4 ? i % 4 : KAFC_ZERO;
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, SOON, &err), KAFC_OK);
    }
    ck_assert_msg(kafc_writer_close(w, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(b.asked, 2);
    ck_assert_int_eq(b.there, N);
    ck_assert_int_eq(writing_all("t", 4), N);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE)); /* nothing to ask for */
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_LEADER));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_close(w, SOON, &err), KAFC_OK);
    kafc_writer_free(w);
    ck_assert_int_eq(b.asked, 2);
    writing_stop();
}
END_TEST

START_TEST(W10_a_broker_that_does_not_say_so_is_given_up)
{
    struct barrier b = { .act = _i == 0 ? KAFC_MOCK_SILENT : KAFC_MOCK_CUT };
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r;
    writing_start(1);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 2, on_question, &b), KAFC_OK);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, SOON, &err), KAFC_OK);
    ck_assert_int_eq(r.verdict, KAFC_UNCONFIRMED);
    kafc_err rc = kafc_writer_close(w, _i == 0 ? 100 : SOON, &err);
    ck_assert_int_eq(rc, _i == 0 ? KAFC_ERR_TIMED_OUT : KAFC_OK); /* there is no more to wait for */
    if (_i == 0)
        ck_assert_msg(strstr(err.message, "the brokers to say") != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_writer_close(w, 0, &err), rc);
    kafc_writer_free(w);
    w = writing_open(KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_NONE));
    ck_assert_int_eq(kafc_writer_write(w, &m, 1, SOON, &err), KAFC_OK);
    kafc_writer_free(w); /* does not wait */
    writing_stop();
}
END_TEST

/* --- Time --------------------------------------------------------------------------------------- */

static void never(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)rq;
    a->act = KAFC_MOCK_SILENT;
}

START_TEST(W3_a_send_without_a_time_of_its_own_waits_for_max_block)
{
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    writing_start(1);
    ck_assert_int_eq(kafc_mock_hook(writing.mock, 0, never, NULL), KAFC_OK);
    kafc_properties *p = kafc_properties_new();
    ck_assert_int_eq(kafc_properties_set(p, "max.block.ms", _i == 0 ? "30" : "0", &err), KAFC_OK);
    kafc_writer *w = writing_open(
        KAFC_WRITER(.topic = "t", .report_slots = 1, .properties = p, .reports = KAFC_REPORTS_ALL));
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, -1, &err), KAFC_OK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, -1, &err),
                     _i == 0 ? KAFC_ERR_TIMED_OUT : KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 1, &err), KAFC_ERR_TIMED_OUT); /* its own */
    kafc_writer_free(w);
    kafc_properties_free(p);
    writing_stop();
}
END_TEST

START_TEST(W1_without_retries_the_first_error_is_the_verdict)
{
    kafc_error err;
    kafc_report r;
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    writing_start(1);
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .retries = KAFC_ZERO));
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_NOT_ENOUGH_REPLICAS, 1),
                     KAFC_OK);
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, SOON, &err),
                     KAFC_ERR_NOT_ENOUGH_REPLICAS);
    ck_assert_int_eq(r.verdict, KAFC_NOT_WRITTEN);
    ck_assert_msg(kafc_writer_write_each(w, &m, 1, &r, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(writing_records("t", 1), 1);
    kafc_writer_free(w);
    writing_stop();
}
END_TEST

int main(void)
{
    Suite *su = suite_create("client/writer_rules");
    TCase *t = tcase_create("all");
    tcase_set_timeout(t, 30);
    tcase_add_loop_test(t, W10_close_waits_until_the_brokers_have_taken_what_nobody_acknowledges, 0,
                        2);
    tcase_add_loop_test(t, W10_a_broker_that_does_not_say_so_is_given_up, 0, 2);
    tcase_add_loop_test(t, W3_a_send_without_a_time_of_its_own_waits_for_max_block, 0, 2);
    tcase_add_test(t, W1_without_retries_the_first_error_is_the_verdict);
    suite_add_tcase(su, t);
    SRunner *r = srunner_create(su);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
