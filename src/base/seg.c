/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The free lists of segments. Producing threads get them, the loop puts them
 * back when a batch is settled.
 */
#include "base/seg.h"

#include "base/mem.h"

enum { KEEP_MAX = 256 };

struct kafc_seg_pool *kafc__seg_pool_new(const kafc_allocator *mem, struct kafc_budget *budget)
{
    struct kafc_seg_pool *p = kafc__zalloc(mem, sizeof(*p));
    if (!p)
        return NULL;
    kafc__mutex_init(&p->lock);
    if (mem)
        p->mem = *mem;
    p->budget = budget ? kafc__budget_ref(budget) : NULL;
    p->keep = KEEP_MAX;
    if (budget && budget->limit / KAFC_SEG_LARGE < KEEP_MAX)
        p->keep = (uint32_t)(budget->limit / KAFC_SEG_LARGE);
    return p;
}

static void free_list(struct kafc_seg_pool *p, struct kafc_seg *s)
{
    while (s) {
        struct kafc_seg *next = s->next;
        kafc__free(&p->mem, s);
        s = next;
    }
}

void kafc__seg_pool_free(struct kafc_seg_pool *p)
{
    if (!p)
        return;
    for (int i = 0; i < KAFC_SEG_SIZES; i++)
        free_list(p, p->free[i]);
    kafc__mutex_fini(&p->lock);
    kafc__budget_unref(p->budget);
    kafc_allocator mem = p->mem;
    kafc__free(&mem, p);
}

static int class_of(uint32_t size)
{
    return (size > KAFC_SEG_TINY) + (size > KAFC_SEG_SMALL);
}

/* From the free list or the allocator; the budget was asked already. */
static struct kafc_seg *take_seg(struct kafc_seg_pool *p, uint32_t size)
{
    int class = class_of(size);
    kafc__lock(&p->lock);
    struct kafc_seg *s = p->free[class];
    if (s) {
        p->free[class] = s->next;
        p->nfree[class]--;
    }
    kafc__unlock(&p->lock);
    if (!s)
        s = kafc__alloc(&p->mem, size);
    if (!s)
        return NULL;
    s->next = NULL;
    s->cap = size - (uint32_t)offsetof(struct kafc_seg, data);
    s->len = 0;
    return s;
}

static uint32_t seg_size(uint32_t size)
{
    static const uint32_t sizes[KAFC_SEG_SIZES] = { KAFC_SEG_TINY, KAFC_SEG_SMALL, KAFC_SEG_LARGE };
    return sizes[class_of(size)];
}

struct kafc_seg *kafc__seg_get(struct kafc_seg_pool *p, uint32_t size, bool *no_memory)
{
    size = seg_size(size);
    *no_memory = false;
    if (p->budget && !kafc__budget_try_take(p->budget, size))
        return NULL;
    struct kafc_seg *s = take_seg(p, size);
    if (!s) {
        *no_memory = true;
        if (p->budget)
            kafc__budget_give(p->budget, size);
    }
    return s;
}

struct kafc_seg *kafc__seg_get_over(struct kafc_seg_pool *p, uint32_t size)
{
    size = seg_size(size);
    struct kafc_seg *s = take_seg(p, size);
    if (s && p->budget)
        kafc__budget_take(p->budget, size);
    return s;
}

/* Keeps or frees a chain of segments in one go: one lock, one give. */
static void put_list(struct kafc_seg_pool *p, struct kafc_seg *s)
{
    struct kafc_seg *rest = NULL;
    size_t bytes = 0;
    kafc__lock(&p->lock);
    while (s) {
        struct kafc_seg *next = s->next;
        uint32_t size = s->cap + (uint32_t)offsetof(struct kafc_seg, data);
        int class = class_of(size);
        struct kafc_seg **list = p->nfree[class] >= p->keep ? &rest : &p->free[class];
        if (list != &rest)
            p->nfree[class]++;
        s->next = *list;
        *list = s;
        bytes += size;
        s = next;
    }
    kafc__unlock(&p->lock);
    free_list(p, rest);
    if (p->budget && bytes)
        kafc__budget_give(p->budget, bytes);
}

void kafc__seg_put(struct kafc_seg_pool *p, struct kafc_seg *s)
{
    s->next = NULL;
    put_list(p, s);
}

void kafc__chain_append(struct kafc_chain *c, struct kafc_seg *s)
{
    s->next = NULL;
    if (c->tail)
        c->tail->next = s;
    else
        c->head = s;
    c->tail = s;
    c->len += s->len;
}

bool kafc__chain_more(struct kafc_chain *c, struct kafc_seg_pool *p, uint32_t size, size_t n,
                      bool over, bool *no_memory)
{
    struct kafc_chain more = { 0 };
    size_t got = 0;
    size = seg_size(size);
    *no_memory = false;
    if (over && p->budget)
        kafc__budget_take(p->budget, n * size);
    else if (p->budget && !kafc__budget_try_take(p->budget, n * size))
        return false;
    for (struct kafc_seg *s; got < n && (s = take_seg(p, size)); got++)
        kafc__chain_append(&more, s);
    if (got < n) {
        *no_memory = true;
        kafc__chain_clear(&more, p);
        if (p->budget)
            kafc__budget_give(p->budget, (n - got) * size);
        return false;
    }
    if (!c->tail)
        c->head = more.head;
    else if (n)
        c->tail->next = more.head;
    c->tail = n ? more.tail : c->tail;
    return true;
}

void kafc__chain_clear(struct kafc_chain *c, struct kafc_seg_pool *p)
{
    if (c->head)
        put_list(p, c->head);
    *c = (struct kafc_chain){ 0 };
}
