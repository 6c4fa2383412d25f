/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The byte budget: an atomic count, and a call to whoever waits for room.
 * Called by application threads and the loop alike.
 */
#include "base/budget.h"

#include "base/mem.h"

struct kafc_budget *kafc__budget_new(const kafc_allocator *mem, size_t limit)
{
    struct kafc_budget *b = kafc__zalloc(mem, sizeof(*b));
    if (!b)
        return NULL;
    atomic_init(&b->refs, 1);
    atomic_init(&b->used, 0);
    atomic_init(&b->starved, false);
    kafc__mutex_init(&b->lock);
    b->limit = limit;
    if (mem)
        b->mem = *mem;
    return b;
}

struct kafc_budget *kafc__budget_ref(struct kafc_budget *b)
{
    atomic_fetch_add_explicit(&b->refs, 1, memory_order_relaxed);
    return b;
}

void kafc__budget_unref(struct kafc_budget *b)
{
    if (!b || atomic_fetch_sub_explicit(&b->refs, 1, memory_order_acq_rel) != 1)
        return;
    kafc_allocator mem = b->mem;
    kafc__mutex_fini(&b->lock);
    kafc__free(&mem, b);
}

void kafc__budget_on_room(struct kafc_budget *b, void (*on_room)(void *ctx), void *ctx)
{
    kafc__lock(&b->lock);
    b->on_room = on_room;
    b->ctx = ctx;
    kafc__unlock(&b->lock);
}

static bool try_once(struct kafc_budget *b, size_t n)
{
    size_t used = atomic_load(&b->used);
    do {
        if (used > b->limit || n > b->limit - used)
            return false;
    } while (!atomic_compare_exchange_weak(&b->used, &used, used + n));
    return true;
}

bool kafc__budget_try_take(struct kafc_budget *b, size_t n)
{
    if (try_once(b, n))
        return true;
    /* A give may have come in between, and have seen nobody starving: look again after saying so. */
    atomic_store(&b->starved, true);
    return try_once(b, n);
}

void kafc__budget_take(struct kafc_budget *b, size_t n)
{
    atomic_fetch_add(&b->used, n);
}

void kafc__budget_give(struct kafc_budget *b, size_t n)
{
    size_t before = atomic_fetch_sub(&b->used, n);
    bool crossed = before >= b->limit && before - n < b->limit;
    bool starved = atomic_load(&b->starved) && atomic_exchange(&b->starved, false);
    if (!crossed && !starved)
        return;
    kafc__lock(&b->lock);
    if (b->on_room)
        b->on_room(b->ctx);
    kafc__unlock(&b->lock);
}
