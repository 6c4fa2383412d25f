/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Raw calls of tests on a client of their own.
 */
#include "tests/client/raw.h"

#include <check.h>
#include <string.h>

kafc_client *raw_client;
kafc_answer *raw_answer;
kafc_error raw_err;
kafc_mock *raw_mock;

kafc_str raw_text(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

void raw_ok(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_OK, "%s: %s", kafc_err_name(rc), raw_err.message);
}

void raw_says(const char *words)
{
    ck_assert_msg(strstr(raw_err.message, words) != NULL, "no '%s' in: %s", words, raw_err.message);
}

void raw_open(const char *brokers, const kafc_allocator *mem)
{
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = brokers, .retry_backoff_ms = 10,
                                              .retry_backoff_max_ms = 20, .allocator = mem),
                                  &raw_err);
    ck_assert_msg(raw_client != NULL, "%s", raw_err.message);
}

kafc_err raw_call_as(const struct kafc_api *api, int version, const void *req, int32_t broker,
                     int timeout_ms)
{
    kafc_answer_free(raw_answer);
    return kafc_client_call(raw_client, api, version, req, broker, timeout_ms, &raw_answer,
                            &raw_err);
}

const void *raw_call(const struct kafc_api *api, const void *req)
{
    raw_ok(raw_call_as(api, -1, req, KAFC_BY_ROUTE, 20000));
    return raw_answer->resp;
}

void raw_close(void)
{
    kafc_answer_free(raw_answer);
    raw_answer = NULL;
    kafc_client_free(raw_client);
    raw_client = NULL;
}

void raw_up(kafc_mock *m)
{
    ck_assert_msg(m != NULL, "%s", raw_err.message);
    raw_mock = m;
    raw_open(kafc_mock_bootstrap(m), NULL);
}

void raw_narrow(int16_t api, int16_t max)
{
    raw_ok(kafc_mock_set_versions(raw_mock, api, max < 0 ? -1 : 0, max));
    raw_close();
    raw_open(kafc_mock_bootstrap(raw_mock), NULL);
}

void raw_down(void)
{
    raw_close();
    kafc_mock_free(raw_mock);
}
