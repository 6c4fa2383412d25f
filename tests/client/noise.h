/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Brokers that answer calls with random messages, and results that are read to
 * their end.
 */
#ifndef KAFC_TESTS_NOISE_H
#define KAFC_TESTS_NOISE_H

#include "base/rand.h"
#include "tests/client/script.h"

enum { NOISE_SHORT_MS = 40 }; /* of a call */

extern struct kafc_rand noise_rand;  /* for those who answer */
extern struct kafc_rand noise_calls; /* for those who call: an answer may still be made when its call is over */
extern size_t noise_sum;  /* so that nothing is read for nothing */
extern int noise_results; /* that were worth reading */

void noise_text(const char *s);
void noise_ids(const int32_t *v, int32_t n);

/* Three brokers that lead a topic of two partitions, and raw_client: the call so many times, of whose results some are
 * worth reading. */
void noise_run(script_fn serve, const char *topic, void (*call)(void), int rounds, int seed);

#endif
