/* SPDX-License-Identifier: BSD-2-Clause
 *
 * splitmix64: one word of state, the same sequence for the same seed. Whoever
 * owns the struct calls it, on its own thread.
 */
#include "base/rand.h"

void kafc__rand_seed(struct kafc_rand *r, uint64_t seed)
{
    r->s = seed;
}

uint64_t kafc__rand_next(struct kafc_rand *r)
{
    uint64_t z = (r->s += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint32_t kafc__rand_below(struct kafc_rand *r, uint32_t n)
{
    /* Lemire's multiplication; the draws below the threshold would make some results likelier. */
    uint32_t threshold = (0u - n) % n;
    for (;;) {
        uint64_t m = (kafc__rand_next(r) >> 32) * n;
        if ((uint32_t)m >= threshold)
            return (uint32_t)(m >> 32);
    }
}
