/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A ref-counted block of bytes: a response as it was received, and whatever
 * was decompressed from it. References may be dropped on any thread. A frame
 * counts against a budget as long as it lives.
 */
#ifndef KAFC_BASE_FRAME_H
#define KAFC_BASE_FRAME_H

#include <stdatomic.h>

#include "base/budget.h"
#include <kafc/base.h>

struct kafc_frame {
    atomic_int refs;
    struct kafc_budget *budget; /* or NULL; the frame holds a reference */
    kafc_allocator mem;         /* a copy: a frame may outlive its client (DESIGN 4) */
    size_t cap, len;
    unsigned char data[];
};

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
