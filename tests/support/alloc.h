/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An allocator for tests: counts what is alive, and fails from a chosen call on or
 * at that call alone. Thread-safe.
 */
#ifndef KAFC_TESTS_ALLOC_H
#define KAFC_TESTS_ALLOC_H

#include <stdatomic.h>

#include <kafc/base.h>

struct test_alloc {
    kafc_allocator mem;  /* what to hand in */
    atomic_long live;    /* allocations not freed */
    atomic_long calls;   /* malloc and realloc calls so far */
    atomic_long bytes;   /* asked for by them, freed or not */
    long fail_at;        /* this call fails (the first is 1); 0: none */
    bool fail_all_after; /* and every call behind it */
};

void test_alloc_init(struct test_alloc *a);

/* Runs `scenario`, which frees all that it makes and returns how much of it went well: all of it with memory; then once
 * with each of its allocations failing, when some of it may go wrong, but nothing may leak. */
void test_alloc_each(int (*scenario)(const kafc_allocator *mem), int all);
/* Has a call failed? */
bool test_alloc_failed(const struct test_alloc *a);

#endif
