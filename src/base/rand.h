/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A small seeded generator (xoshiro or splitmix), for jitter and partition
 * draws: deterministic, so that a simulation replays. Not for secrets.
 */
#ifndef KAFC_BASE_RAND_H
#define KAFC_BASE_RAND_H

#include <stdint.h>

struct kafc_rand {
    uint64_t s;
};

void kafc__rand_seed(struct kafc_rand *r, uint64_t seed);
uint64_t kafc__rand_next(struct kafc_rand *r);
uint32_t kafc__rand_below(struct kafc_rand *r, uint32_t n); /* uniform in [0, n), n > 0 */

#endif
