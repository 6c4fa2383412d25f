/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What reports say, and the ways on which they come: by call, by batch, by
 * queue with a descriptor to wait on; and the call that says there is room.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "tests/client/writing.h"

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
    kafc_writer *w = writing_open(KAFC_WRITER(.topic = "t", .delivery_timeout_ms = 300));
    kafc_message m = { .value = KAFC_STR("v"), .to_partition = 1 };
    kafc_report r;
    kafc_error err;
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 0, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, 1),
                     KAFC_OK);
    ck_assert_int_eq(kafc_writer_write_each(w, &m, 1, &r, SOON, &err),
                     KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_str_eq(r.why, kafc_err_text(KAFC_ERR_TOPIC_AUTHORIZATION_FAILED));
    ck_assert_int_eq(r.broker, 1);
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
            ck_assert_msg(strstr(r[i].why, "message 4 of the 5 of its batch") != NULL, "%s",
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

SUITE_MAIN("client/writer_reports", 30, a_report_names_the_broker_that_answered,
           a_report_of_a_failure_says_why, W1_records_that_the_broker_names_fail_by_themselves,
           W1_a_broker_that_names_no_records_fails_the_batch_as_one)
