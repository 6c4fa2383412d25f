/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Frames: what was received and what was decompressed, kept by reference as
 * long as a batch borrows from it. References are dropped on any thread.
 */
#include "base/frame.h"

#include "base/mem.h"

static bool frame_bytes(size_t cap, size_t *bytes)
{
    *bytes = offsetof(struct kafc_frame, data) + cap;
    return *bytes >= cap;
}

struct kafc_frame *kafc__frame_new(const kafc_allocator *mem, struct kafc_budget *budget,
                                   size_t cap)
{
    size_t bytes;
    if (!frame_bytes(cap, &bytes))
        return NULL;
    struct kafc_frame *f = kafc__alloc(mem, bytes < sizeof(*f) ? sizeof(*f) : bytes);
    if (!f)
        return NULL;
    atomic_init(&f->refs, 1);
    f->budget = budget ? kafc__budget_ref(budget) : NULL;
    f->mem = mem ? *mem : (kafc_allocator){ 0 };
    f->cap = cap;
    f->len = 0;
    if (budget)
        kafc__budget_take(budget, cap);
    return f;
}

struct kafc_frame *kafc__frame_resize(struct kafc_frame *f, size_t cap)
{
    size_t bytes;
    if (cap < f->len || !frame_bytes(cap, &bytes))
        return NULL;
    kafc_allocator mem = f->mem;
    size_t old = f->cap;
    f = kafc__realloc_array(&mem, f, 1, bytes < sizeof(*f) ? sizeof(*f) : bytes);
    if (!f)
        return NULL;
    f->cap = cap;
    if (f->budget && cap > old)
        kafc__budget_take(f->budget, cap - old);
    else if (f->budget && cap < old)
        kafc__budget_give(f->budget, old - cap);
    return f;
}

void kafc__frame_charge(struct kafc_frame *f, struct kafc_budget *budget)
{
    if (f->budget)
        return;
    f->budget = kafc__budget_ref(budget);
    kafc__budget_take(budget, f->cap);
}

struct kafc_frame *kafc__frame_ref(struct kafc_frame *f)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

void kafc__frame_unref(struct kafc_frame *f)
{
    if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct kafc_budget *budget = f->budget;
    kafc_allocator mem = f->mem;
    size_t cap = f->cap;
    kafc__free(&mem, f);
    if (budget) {
        kafc__budget_give(budget, cap);
        kafc__budget_unref(budget);
    }
}
