/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A byte budget, shared by threads: what is really held. Ref-counted, since
 * reports and batches may outlive the client that made it.
 */
#ifndef KAFC_BASE_BUDGET_H
#define KAFC_BASE_BUDGET_H

#include <stdatomic.h>

#include <kafc/base.h>

struct kafc_budget {
    atomic_int refs;
    atomic_size_t used;
    size_t limit;
    kafc_allocator mem;
    void (*on_room)(void *ctx); /* called, without locks, by a give() that brings used below limit; may be NULL */
    void *ctx;
};

struct kafc_budget *kafc__budget_new(const kafc_allocator *mem, size_t limit);
struct kafc_budget *kafc__budget_ref(struct kafc_budget *b);
void kafc__budget_unref(struct kafc_budget *b);
bool kafc__budget_try_take(struct kafc_budget *b, size_t n); /* false and nothing taken if above the limit */
void kafc__budget_take(struct kafc_budget *b, size_t n);     /* always, also above the limit */
void kafc__budget_give(struct kafc_budget *b, size_t n);

#endif
