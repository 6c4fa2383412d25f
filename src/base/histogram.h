/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where values lie: a histogram of fixed size with logarithmic buckets that
 * are cut into 16 linear ones, so that what it says of a value is at most 1/32
 * (3.2 %) off. Any number of threads count, any thread reads, without a lock.
 */
#ifndef KAFC_BASE_HISTOGRAM_H
#define KAFC_BASE_HISTOGRAM_H

#include <stdatomic.h>
#include <stdint.h>

enum {
    KAFC_HISTOGRAM_BITS = 36, /* values above 2^36 count as that (19 hours in µs) */
    KAFC_HISTOGRAM_BUCKETS = 1 + 16 * (KAFC_HISTOGRAM_BITS - 3)
};

/* Zeroed, it is empty. A bucket holds the values in (low, high], so that every power of two is a high one. */
struct kafc_histogram {
    atomic_uint_least64_t sum, max, not_min; /* not_min: ~min */
    atomic_uint_least64_t bucket[KAFC_HISTOGRAM_BUCKETS];
};

/* Negative values count as 0. */
void kafc__histogram_add(struct kafc_histogram *h, int64_t value);

/* A histogram at one moment; plain memory. Each number is whole, but one that is counted meanwhile may be in some of
 * them already. */
struct kafc_histogram_view {
    uint64_t count, sum, min, max; /* min and max are 0 when nothing was counted */
    uint64_t bucket[KAFC_HISTOGRAM_BUCKETS];
};

void kafc__histogram_view(const struct kafc_histogram *h, struct kafc_histogram_view *out);
/* Takes away what an earlier view of the same histogram had; min and max are then known to a bucket. */
void kafc__histogram_since(struct kafc_histogram_view *v,
                           const struct kafc_histogram_view *earlier);
/* The value below which so many of a thousand lie, themselves included; 0 when nothing was counted. */
uint64_t kafc__histogram_permille(const struct kafc_histogram_view *v, uint32_t permille);
/* How many were at most 2^bits. Exact; bits <= KAFC_HISTOGRAM_BITS. */
uint64_t kafc__histogram_below(const struct kafc_histogram_view *v, unsigned bits);

#endif
