/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A ref-counted block of bytes: a response as it was received, and whatever
 * was decompressed from it. References may be dropped on any thread. A frame
 * counts against a budget as long as it lives. Memory of frames that follow
 * each other is used again: fresh one costs a page fault for each 4 KB.
 */
#ifndef KAFC_BASE_FRAME_H
#define KAFC_BASE_FRAME_H

#include <stdatomic.h>

#include "base/budget.h"
#include "base/sync.h"
#include <kafc/base.h>

/* Frames of answers that were read: some of middle size, for the next ones. Ref-counted, since frames outlive their
 * client. */
enum { KAFC_FRAMES_KEPT = 4, KAFC_FRAME_KEPT_MIN = 1 << 16, KAFC_FRAME_KEPT_MAX = 1 << 21 };

struct kafc_frame_pool {
    atomic_int refs;
    kafc_allocator mem;
    struct kafc_mutex lock;
    struct kafc_frame *kept[KAFC_FRAMES_KEPT]; /* oldest first */
    int nkept;
};

struct kafc_frame {
    atomic_int refs;
    struct kafc_budget *budget;   /* or NULL; the frame holds a reference */
    struct kafc_frame_pool *pool; /* the same */
    kafc_allocator mem;           /* a copy: a frame may outlive its client (DESIGN 4) */
    size_t cap, len;              /* cap: what it is to hold */
    size_t room;                  /* what it can hold, and counts for */
    unsigned char data[];
};

struct kafc_frame_pool *kafc__frame_pool_new(const kafc_allocator *mem);
void kafc__frame_pool_unref(struct kafc_frame_pool *p); /* NULL is ignored */
/* As kafc__frame_new(), with memory that was used before if there is some. Counts against no budget yet. */
struct kafc_frame *kafc__frame_get(struct kafc_frame_pool *p, size_t cap);

/* One reference, len 0. Takes cap from the budget (which may go over its limit: what arrived is there). */
struct kafc_frame *kafc__frame_new(const kafc_allocator *mem, struct kafc_budget *budget,
                                   size_t cap);
/* The frame with another cap, not below len, perhaps at another address; for its only holder, who fills it.
 * NULL when out of memory: then the frame is as it was. */
struct kafc_frame *kafc__frame_resize(struct kafc_frame *f, size_t cap);
/* Counts a frame that has no budget yet against one, for its only holder. */
void kafc__frame_charge(struct kafc_frame *f, struct kafc_budget *budget);
struct kafc_frame *kafc__frame_ref(struct kafc_frame *f);
void kafc__frame_unref(struct kafc_frame *f); /* NULL is ignored */

#endif
