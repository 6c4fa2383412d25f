/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of kafc_client_call share: one client, and the last answer.
 */
#ifndef KAFC_TESTS_RAW_H
#define KAFC_TESTS_RAW_H

#include <kafc/client.h>

extern kafc_client *raw_client;
extern kafc_answer *raw_answer; /* stays until the next call, or the end */
extern kafc_error raw_err;

kafc_str raw_text(const char *s);
void raw_ok(kafc_err rc);
void raw_says(const char *words); /* raw_err does */

void raw_open(const char *brokers, const kafc_allocator *mem);
void raw_close(void);

kafc_err raw_call_as(const struct kafc_api *api, int version, const void *req, int32_t broker,
                     int timeout_ms);
/* By route, in any version, without an error; gives the response. */
const void *raw_call(const struct kafc_api *api, const void *req);

#endif
