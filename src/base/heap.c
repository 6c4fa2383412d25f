/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The heap of deadlines. One thread at a time: the loop's, or whoever drives
 * a core.
 */
#include "base/heap.h"

#include "base/mem.h"

void kafc__heap_init(struct kafc_heap *h, const kafc_allocator *mem)
{
    *h = (struct kafc_heap){ .mem = mem };
}

void kafc__heap_fini(struct kafc_heap *h)
{
    for (size_t i = 0; i < h->n; i++)
        h->v[i]->index = 0;
    kafc__free(h->mem, h->v);
    kafc__heap_init(h, h->mem);
}

bool kafc__heap_reserve(struct kafc_heap *h, size_t n)
{
    if (n <= h->cap)
        return true;
    size_t cap = h->cap ? h->cap : 16;
    while (cap < n) {
        if (cap > SIZE_MAX / 2)
            return false;
        cap *= 2;
    }
    struct kafc_timer **v = kafc__realloc_array(h->mem, h->v, cap, sizeof(struct kafc_timer *));
    if (!v)
        return false;
    h->v = v;
    h->cap = cap;
    return true;
}

static bool before(const struct kafc_timer *a, const struct kafc_timer *b)
{
    return a->at != b->at ? a->at < b->at : a->seq < b->seq;
}

static void place(struct kafc_heap *h, struct kafc_timer *t, size_t i)
{
    h->v[i] = t;
    t->index = i + 1;
}

/* Finds the place of t, for which slot i is free. */
static void sift(struct kafc_heap *h, struct kafc_timer *t, size_t i)
{
    while (i > 0 && before(t, h->v[(i - 1) / 2])) {
        place(h, h->v[(i - 1) / 2], i);
        i = (i - 1) / 2;
    }
    for (;;) {
        size_t c = 2 * i + 1;
        if (c >= h->n)
            break;
        if (c + 1 < h->n && before(h->v[c + 1], h->v[c]))
            c++;
        if (!before(h->v[c], t))
            break;
        place(h, h->v[c], i);
        i = c;
    }
    place(h, t, i);
}

bool kafc__heap_set(struct kafc_heap *h, struct kafc_timer *t, int64_t at)
{
    if (t->index == 0) {
        if (!kafc__heap_reserve(h, h->n + 1))
            return false;
        place(h, t, h->n++);
    }
    t->at = at;
    t->seq = h->seq++;
    sift(h, t, t->index - 1);
    return true;
}

void kafc__heap_del(struct kafc_heap *h, struct kafc_timer *t)
{
    if (t->index == 0)
        return;
    size_t i = t->index - 1;
    struct kafc_timer *last = h->v[--h->n];
    t->index = 0;
    if (last != t)
        sift(h, last, i);
}

struct kafc_timer *kafc__heap_min(const struct kafc_heap *h)
{
    return h->n ? h->v[0] : NULL;
}
