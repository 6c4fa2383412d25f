/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An arena: many small allocations, freed at once. One thread at a time.
 */
#ifndef KAFC_BASE_ARENA_H
#define KAFC_BASE_ARENA_H

#include <kafc/base.h>

struct kafc_arena_chunk;

struct kafc_arena {
    const kafc_allocator *mem;
    struct kafc_arena_chunk *chunk; /* newest first */
    size_t used;                    /* bytes given out */
    size_t limit;                   /* 0: none; above it allocations fail */
    bool failed;                    /* an allocation has failed since init or reset */
};

void kafc__arena_init(struct kafc_arena *a, const kafc_allocator *mem, size_t limit);
void kafc__arena_fini(struct kafc_arena *a);
/* Forgets everything, keeps one chunk. */
void kafc__arena_reset(struct kafc_arena *a);
/* Zeroed, aligned for any type; NULL when out of memory or above the limit. size 0 gives a valid pointer. */
void *kafc__arena_alloc(struct kafc_arena *a, size_t size);
void *kafc__arena_array(struct kafc_arena *a, size_t n, size_t size);
/* A copy of n bytes with a NUL behind it. */
char *kafc__arena_dup(struct kafc_arena *a, const void *p, size_t n);

#endif
