/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_writer against the mock: rules V1 to V4 and W1 to W10.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/writer.h>

static kafc_mock *mock;
static kafc_client *client;

static kafc_writer *open_writer(const kafc_writer_options *o)
{
    kafc_error err;
    kafc_writer *w = kafc_writer_open(client, o, &err);
    if (!w)
        ck_abort_msg("%s", err.message);
    return w;
}

static void start(int32_t brokers)
{
    kafc_error err;
    mock = kafc_mock_new(KAFC_MOCK(.brokers = brokers, .auto_create = KAFC_ON), &err);
    ck_assert_msg(mock != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 4, 0), KAFC_OK);
    client = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .request_timeout_ms = 2000), &err);
    ck_assert_msg(client != NULL, "%s", err.message);
}

static void stop(void)
{
    kafc_client_free(client);
    kafc_mock_free(mock);
}

static int64_t records(const char *topic, int32_t partition)
{
    kafc_mock_log l;
    ck_assert_int_eq(kafc_mock_log_get(mock, topic, partition, &l), KAFC_OK);
    return l.high_watermark;
}

static int64_t all_records(const char *topic, int32_t n)
{
    int64_t sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += records(topic, i);
    return sum;
}

START_TEST(W1_write_is_acknowledged_with_its_offset)
{
    start(3);
    kafc_error err;
    kafc_writer *w = open_writer(KAFC_WRITER(.topic = "t"));
    for (int i = 0; i < 10; i++) {
        kafc_message m = { .key = KAFC_STR("k"), .value = KAFC_STR("v"), .to_partition = 2 };
        kafc_report r;
        ck_assert_msg(kafc_writer_write_each(w, &m, 1, &r, 5000, &err) == KAFC_OK, "%s",
                      err.message);
        ck_assert_int_eq(r.verdict, KAFC_ACKNOWLEDGED);
        ck_assert_int_eq(r.partition, 2);
        ck_assert_int_eq(r.offset, i);
        ck_assert_str_eq(r.topic, "t");
    }
    ck_assert_int_eq(records("t", 2), 10);
    kafc_writer_free(w);
    stop();
}
END_TEST

START_TEST(W10_close_sends_what_is_there)
{
    start(3);
    kafc_error err;
    kafc_writer *w = open_writer(KAFC_WRITER(.topic = "t", .linger_ms = 60000));
    for (int i = 0; i < 1000; i++) {
        char key[16];
        snprintf(key, sizeof(key), "key %d", i);
        kafc_message m = { .key = KAFC_STR(key), .value = KAFC_STR("value") };
        ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 1000, &err), KAFC_OK);
    }
    ck_assert_msg(kafc_writer_close(w, 5000, &err) == KAFC_OK, "%s", err.message);
    kafc_writer_counts c;
    kafc_writer_counts_get(w, &c);
    ck_assert_uint_eq(c.sent, 1000);
    ck_assert_uint_eq(c.acknowledged, 1000);
    ck_assert_uint_eq(c.held_bytes, 0);
    ck_assert_int_eq(all_records("t", 4), 1000);
    kafc_message m = { .value = KAFC_STR("late") };
    ck_assert_int_eq(kafc_writer_send(w, &m, NULL, 0, &err), KAFC_ERR_CLOSED);
    kafc_writer_free(w);
    stop();
}
END_TEST

SUITE_MAIN("client/writer", 20, W1_write_is_acknowledged_with_its_offset,
           W10_close_sends_what_is_there)
