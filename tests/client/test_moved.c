/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A cluster that goes, with all brokers that the client knows, and comes back
 * at another port of the list, without what it had (KIP-899).
 */
#include <stdio.h>

#include "tests/client/stranger.h"
#include "tests/client/writing.h"
#include "tests/support/suite.h"

static kafc_mock *cluster(int32_t brokers, int32_t port)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = brokers, .port = port), &err);
    ck_assert_msg(m != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_mock_create_topic(m, "t", 4, 0), KAFC_OK);
    return m;
}

static int64_t records(kafc_mock *m)
{
    int64_t n = 0;
    for (int32_t i = 0; i < 4; i++) {
        kafc_mock_log log;
        ck_assert_int_eq(kafc_mock_log_get(m, "t", i, &log), KAFC_OK);
        n += log.records;
    }
    return n;
}

START_TEST(all_known_brokers_go_and_the_list_leads_on)
{
    kafc_error err;
    char list[64];
    kafc_mock *there, *here = cluster(3, 0);
    int32_t port = stranger_closed_port();
    snprintf(list, sizeof(list), "127.0.0.1:%d,127.0.0.1:%d", (int)port,
             (int)kafc_mock_port(here, 1));
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = list, .retry_backoff_ms = 10, .reconnect_backoff_max_ms = 50), &err);
    ck_assert_ptr_nonnull(c);
    kafc_writer *w = kafc_writer_open(
        c,
        KAFC_WRITER(.topic = "t", .linger_ms = KAFC_ZERO, .idempotence = _i ? KAFC_ON : KAFC_OFF),
        &err);
    ck_assert_ptr_nonnull(w);
    kafc_message m[20] = { 0 };
    for (int i = 0; i < 20; i++)
        m[i] = (kafc_message){ .key = { &"abcdefgh"[i % 7], 1 }, .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc_writer_write(w, m, 20, 10000, &err), KAFC_OK);
    ck_assert_int_eq(records(here), 20);
    kafc_mock_free(here);
    there = cluster(1, port);
    for (int round = 1; round <= 3; round++) {
        kafc_err rc = kafc_writer_write(w, m, 20, 10000, &err);
        ck_assert_msg(rc == KAFC_OK, "%s", err.message);
        ck_assert_int_eq(records(there), 20 * round);
    }
    kafc_writer_free(w);
    kafc_client_free(c);
    kafc_mock_free(there);
}
END_TEST

SUITE_LOOPS("client/moved", 40, LOOP(all_known_brokers_go_and_the_list_leads_on, 0, 2))
