/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a classic group of the mock, made by raw requests of a client:
 * it joins, hands out, and stays until its session ends or it is kicked.
 */
#ifndef KAFC_TESTS_JOINING_H
#define KAFC_TESTS_JOINING_H

#include <kafc/client.h>
#include <kafc/mock.h>

/* Three brokers with topics "t" and "u" of four partitions; for kafc_mock_free(). */
kafc_mock *joining_mock(void);
/* "consumer" with the assignor "range". topics: subscribed to, in this order; assigned: "t0 t2 u1", one-letter topics
 * and partitions. It is the only member. id: at least 100 bytes. */
void joining(kafc_client *c, const char *group, const char *instance, const char *const *topics,
             int32_t ntopics, const char *assigned, char *id);
/* Of any protocol type, with these bytes. */
void joining_as(kafc_client *c, const char *group, const char *type, kafc_bytes metadata,
                kafc_bytes assignment, char *id);

#endif
