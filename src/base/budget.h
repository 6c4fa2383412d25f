/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A byte budget, shared by threads: what is really held. Ref-counted, since
 * reports and batches may outlive the client that made it.
 */
#ifndef KAFC_BASE_BUDGET_H
#define KAFC_BASE_BUDGET_H

#include <stdatomic.h>

#include "base/sync.h"
#include <kafc/base.h>

struct kafc_budget {
    atomic_int refs;
    atomic_size_t used;
    size_t limit;
    kafc_allocator mem;
    atomic_bool starved;    /* a try_take failed since the last call of on_room */
    struct kafc_mutex lock; /* of on_room and ctx, held while on_room runs: its owner can go */
    void (*on_room)(void *ctx);
    void *ctx;
};

struct kafc_budget *kafc__budget_new(const kafc_allocator *mem, size_t limit);
/* Sets what a give() calls that brings used below the limit, or that is the first after a failed try_take (which
 * may have wanted more than was free below the limit). It runs on the giver's thread, takes no budget, and may
 * not call this function. After the return the former one does not run any more. NULL: none. */
void kafc__budget_on_room(struct kafc_budget *b, void (*on_room)(void *ctx), void *ctx);
struct kafc_budget *kafc__budget_ref(struct kafc_budget *b);
void kafc__budget_unref(struct kafc_budget *b);
/* false and nothing taken if it would be above the limit. */
bool kafc__budget_try_take(struct kafc_budget *b, size_t n);
/* Always, also above the limit. */
void kafc__budget_take(struct kafc_budget *b, size_t n);
void kafc__budget_give(struct kafc_budget *b, size_t n);

#endif
