/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Buckets: 0 is of 0 alone; behind it they are those of value - 1, exact below
 * 32, then 16 to each power of two. Any thread.
 */
#include "base/histogram.h"

#include <stdbool.h>

enum { EXACT = 32, PARTS = 16, PART_BITS = 4 };

#define RELAXED memory_order_relaxed

static unsigned top_bit(uint64_t v)
{
    return 63u - (unsigned)__builtin_clzll(v);
}

static unsigned index_of(uint64_t value)
{
    if (value == 0)
        return 0;
    uint64_t u = value - 1, most = ((uint64_t)1 << KAFC_HISTOGRAM_BITS) - 1;
    u = u < most ? u : most;
    if (u < EXACT)
        return 1 + (unsigned)u;
    unsigned shift = top_bit(u) - PART_BITS;
    return 1 + shift * PARTS + (unsigned)(u >> shift);
}

static void bounds(unsigned index, uint64_t *low, uint64_t *high)
{
    unsigned u = index - 1, shift = index > EXACT ? u / PARTS - 1 : 0;
    *low = *high = 0;
    if (index == 0)
        return;
    *low = 1 + (shift ? (uint64_t)(u % PARTS + PARTS) << shift : u);
    *high = *low + ((uint64_t)1 << shift) - 1;
}

static void raise(atomic_uint_least64_t *to, uint64_t value)
{
    uint_least64_t now = atomic_load_explicit(to, RELAXED);
    while (value > now && !atomic_compare_exchange_weak_explicit(to, &now, value, RELAXED, RELAXED))
        ;
}

void kafc__histogram_add(struct kafc_histogram *h, int64_t value)
{
    uint64_t v = value > 0 ? (uint64_t)value : 0;
    raise(&h->max, v);
    raise(&h->not_min, ~v);
    atomic_fetch_add_explicit(&h->sum, v, RELAXED);
    atomic_fetch_add_explicit(&h->bucket[index_of(v)], 1, RELAXED);
}

void kafc__histogram_view(const struct kafc_histogram *h, struct kafc_histogram_view *out)
{
    out->count = 0;
    for (unsigned i = 0; i < KAFC_HISTOGRAM_BUCKETS; i++) {
        out->bucket[i] = atomic_load_explicit(&h->bucket[i], RELAXED);
        out->count += out->bucket[i];
    }
    out->sum = atomic_load_explicit(&h->sum, RELAXED);
    out->max = atomic_load_explicit(&h->max, RELAXED);
    out->min = out->count ? ~atomic_load_explicit(&h->not_min, RELAXED) : 0;
    out->min = out->min < out->max ? out->min : out->max;
}

/* What the buckets say of min and max, which lie between those that are known. */
static void find_ends(struct kafc_histogram_view *v)
{
    uint64_t low, high, min = 0, max = 0;
    bool any = false;
    for (unsigned i = 0; i < KAFC_HISTOGRAM_BUCKETS; i++) {
        if (!v->bucket[i])
            continue;
        bounds(i, &low, &high);
        min = any ? min : low;
        max = high;
        any = true;
    }
    v->min = any && min < v->min ? v->min : min;
    v->max = any && max > v->max ? v->max : max;
}

void kafc__histogram_since(struct kafc_histogram_view *v, const struct kafc_histogram_view *earlier)
{
    v->count -= earlier->count;
    v->sum -= earlier->sum;
    for (unsigned i = 0; i < KAFC_HISTOGRAM_BUCKETS; i++)
        v->bucket[i] -= earlier->bucket[i];
    find_ends(v);
}

uint64_t kafc__histogram_permille(const struct kafc_histogram_view *v, uint32_t permille)
{
    uint64_t low, high, rank = (v->count * permille + 999) / 1000, seen = 0;
    rank = rank ? rank : 1;
    for (unsigned i = 0; i < KAFC_HISTOGRAM_BUCKETS; i++) {
        seen += v->bucket[i];
        if (seen < rank)
            continue;
        bounds(i, &low, &high);
        uint64_t middle = low + (high - low) / 2;
        middle = middle > v->min ? middle : v->min;
        return middle < v->max ? middle : v->max;
    }
    return 0;
}

uint64_t kafc__histogram_below(const struct kafc_histogram_view *v, unsigned bits)
{
    uint64_t n = 0;
    for (unsigned i = 0, end = index_of((uint64_t)1 << bits); i <= end; i++)
        n += v->bucket[i];
    return n;
}
