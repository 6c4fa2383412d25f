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
    f->pool = NULL;
    f->mem = mem ? *mem : (kafc_allocator){ 0 };
    f->cap = f->room = cap;
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
    size_t old = f->room;
    f = kafc__realloc_array(&mem, f, 1, bytes < sizeof(*f) ? sizeof(*f) : bytes);
    if (!f)
        return NULL;
    f->cap = f->room = cap;
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
    kafc__budget_take(budget, f->room);
}

struct kafc_frame *kafc__frame_ref(struct kafc_frame *f)
{
    atomic_fetch_add_explicit(&f->refs, 1, memory_order_relaxed);
    return f;
}

/* ---- used again ---- */

struct kafc_frame_pool *kafc__frame_pool_new(const kafc_allocator *mem)
{
    struct kafc_frame_pool *p = kafc__zalloc(mem, sizeof(*p));
    if (!p)
        return NULL;
    atomic_init(&p->refs, 1);
    kafc__mutex_init(&p->lock);
    if (mem)
        p->mem = *mem;
    return p;
}

void kafc__frame_pool_unref(struct kafc_frame_pool *p)
{
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    kafc_allocator mem = p->mem;
    for (int i = 0; i < p->nkept; i++)
        kafc__free(&mem, p->kept[i]);
    kafc__mutex_fini(&p->lock);
    kafc__free(&mem, p);
}

static void forget(struct kafc_frame_pool *p, int i)
{
    for (p->nkept--; i < p->nkept; i++)
        p->kept[i] = p->kept[i + 1];
}

/* The one that was used last, since it is still in a cache; but not for much less than it can hold. */
static struct kafc_frame *take_kept(struct kafc_frame_pool *p, size_t cap)
{
    struct kafc_frame *f = NULL;
    kafc__lock(&p->lock);
    for (int i = p->nkept; i-- > 0 && !f;)
        if (p->kept[i]->room >= cap && p->kept[i]->room / 2 <= cap) {
            f = p->kept[i];
            forget(p, i);
        }
    kafc__unlock(&p->lock);
    return f;
}

struct kafc_frame *kafc__frame_get(struct kafc_frame_pool *p, size_t cap)
{
    bool keep = cap >= KAFC_FRAME_KEPT_MIN && cap <= KAFC_FRAME_KEPT_MAX;
    struct kafc_frame *f = keep ? take_kept(p, cap) : NULL;
    /* Answers differ a little in size. */
    size_t step = KAFC_FRAME_KEPT_MIN, room = keep ? (cap + step - 1) / step * step : cap;
    if (!f)
        f = kafc__frame_new(&p->mem, NULL, room);
    if (!f)
        return NULL;
    f->cap = cap;
    f->len = 0;
    atomic_init(&f->refs, 1);
    if (keep) {
        atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
        f->pool = p;
    }
    return f;
}

/* Its last user is gone: takes the place of the oldest. */
static void keep(struct kafc_frame_pool *p, struct kafc_frame *f)
{
    struct kafc_frame *old = NULL;
    f->budget = NULL;
    f->pool = NULL;
    kafc__lock(&p->lock);
    if (p->nkept == KAFC_FRAMES_KEPT) {
        old = p->kept[0];
        forget(p, 0);
    }
    p->kept[p->nkept++] = f;
    kafc__unlock(&p->lock);
    kafc__free(&p->mem, old);
    kafc__frame_pool_unref(p);
}

void kafc__frame_unref(struct kafc_frame *f)
{
    if (!f || atomic_fetch_sub_explicit(&f->refs, 1, memory_order_acq_rel) != 1)
        return;
    struct kafc_budget *budget = f->budget;
    kafc_allocator mem = f->mem;
    size_t room = f->room;
    if (f->pool)
        keep(f->pool, f);
    else
        kafc__free(&mem, f);
    if (budget) {
        kafc__budget_give(budget, room);
        kafc__budget_unref(budget);
    }
}
