/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Intrusive binary heap of deadlines; equal deadlines leave in the order in
 * which they came.
 */
#ifndef KAFC_BASE_HEAP_H
#define KAFC_BASE_HEAP_H

#include <stdint.h>

#include <kafc/base.h>

struct kafc_timer {
    int64_t at;   /* monotonic µs */
    uint64_t seq; /* order among equals */
    size_t index; /* position + 1; 0: not in the heap */
};

struct kafc_heap {
    const kafc_allocator *mem;
    struct kafc_timer **v;
    size_t n, cap;
    uint64_t seq;
};

void kafc__heap_init(struct kafc_heap *h, const kafc_allocator *mem);
void kafc__heap_fini(struct kafc_heap *h);
/* Room for n timers, so that the following adds cannot fail. */
bool kafc__heap_reserve(struct kafc_heap *h, size_t n);
/* Adds or moves; false only when out of memory. */
bool kafc__heap_set(struct kafc_heap *h, struct kafc_timer *t, int64_t at);
void kafc__heap_del(struct kafc_heap *h, struct kafc_timer *t); /* not in: ignored */
struct kafc_timer *kafc__heap_min(const struct kafc_heap *h);   /* or NULL */

#endif
