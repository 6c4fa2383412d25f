/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What tests of calls share: one client, often on a mock, and the last answer of a raw call.
 */
#ifndef KAFC_TESTS_RAW_H
#define KAFC_TESTS_RAW_H

#include <kafc/client.h>
#include <kafc/mock.h>

extern kafc_client *raw_client;
extern kafc_answer *raw_answer; /* stays until the next call, or the end */
extern kafc_error raw_err;

kafc_str raw_text(const char *s);
void raw_ok(kafc_err rc);
void raw_says(const char *words); /* raw_err does */

/* A call that goes on to its timeout `ms`, whose answers before that take as long as the machine takes: with more
 * and more of it until there was enough. */
#define RAW_DOUBLING(call, enough) \
    for (int ms = 100; (call), !(enough); ms *= 2) \
        ck_assert_msg(ms < 20000, "%s", raw_err.message)

void raw_open(const char *brokers, const kafc_allocator *mem);
void raw_close(void);

/* The client on a mock, which is its own. */
extern kafc_mock *raw_mock;
void raw_up(kafc_mock *mock);
void raw_narrow(int16_t api, int16_t max); /* the mock's versions, with new connections; max -1: no such API */
void raw_down(void);

kafc_err raw_call_as(const struct kafc_api *api, int version, const void *req, int32_t broker,
                     int timeout_ms);
/* By route, in any version, without an error; gives the response. */
const void *raw_call(const struct kafc_api *api, const void *req);

#endif
