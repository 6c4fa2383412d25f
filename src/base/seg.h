/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Segments: the memory of a batch, 1 KB first, then 4 KB and 64 KB, recycled
 * through a free list of the client, inside its budget (DESIGN 4). A chain of
 * them is written to a socket without being copied.
 */
#ifndef KAFC_BASE_SEG_H
#define KAFC_BASE_SEG_H

#include "base/budget.h"
#include "base/sync.h"
#include <kafc/base.h>

/* Bytes of memory, header included. */
enum { KAFC_SEG_TINY = 1024, KAFC_SEG_SMALL = 4096, KAFC_SEG_LARGE = 65536, KAFC_SEG_SIZES = 3 };

struct kafc_seg {
    struct kafc_seg *next;
    uint32_t cap, len; /* of data */
    unsigned char data[];
};

struct kafc_chain {
    struct kafc_seg *head, *tail;
    size_t len; /* sum of the segments' len */
};

/* The free list: thread-safe. Nobody holds a segment of it when it is freed. */
struct kafc_seg_pool {
    struct kafc_mutex lock;
    struct kafc_seg *free[KAFC_SEG_SIZES]; /* by size */
    uint32_t nfree[KAFC_SEG_SIZES];        /* what is above keep goes back to the allocator */
    uint32_t keep;                         /* of each size */
    kafc_allocator mem;
    struct kafc_budget *budget; /* free segments do not count against it */
};

struct kafc_seg_pool *kafc__seg_pool_new(const kafc_allocator *mem, struct kafc_budget *budget);
void kafc__seg_pool_free(struct kafc_seg_pool *p);
/* A segment of TINY, SMALL or LARGE bytes; NULL when the budget or memory is used up (*no_memory tells which). */
struct kafc_seg *kafc__seg_get(struct kafc_seg_pool *p, uint32_t size, bool *no_memory);
/* The same over the budget: for what must be finished (DESIGN 4: verdicts and close do not wait). */
struct kafc_seg *kafc__seg_get_over(struct kafc_seg_pool *p, uint32_t size);
void kafc__seg_put(struct kafc_seg_pool *p, struct kafc_seg *s);

/* The next one of a chain: larger than its tail if there is one, and for n bytes more if any is. */
static inline uint32_t kafc__seg_next(const struct kafc_seg *tail, size_t n)
{
    uint32_t least = !tail                       ? KAFC_SEG_TINY
                     : tail->cap < KAFC_SEG_TINY ? KAFC_SEG_SMALL
                                                 : KAFC_SEG_LARGE;
    n += sizeof(struct kafc_seg);
    uint32_t need = n <= KAFC_SEG_TINY    ? KAFC_SEG_TINY
                    : n <= KAFC_SEG_SMALL ? KAFC_SEG_SMALL
                                          : KAFC_SEG_LARGE;
    return need > least ? need : least;
}

void kafc__chain_append(struct kafc_chain *c, struct kafc_seg *s);
/* n more of one size behind the chain, all or none: a taker that finds no room gives nothing back, which
 * would wake those who wait for it, itself among them. over, *no_memory: as above. */
bool kafc__chain_more(struct kafc_chain *c, struct kafc_seg_pool *p, uint32_t size, size_t n,
                      bool over, bool *no_memory);
/* Gives all segments back to the pool and empties the chain. */
void kafc__chain_clear(struct kafc_chain *c, struct kafc_seg_pool *p);

#endif
