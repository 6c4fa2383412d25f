/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sets of partitions, made whole from an assignment and given up in part or as
 * a whole without an allocation. One thread at a time.
 */
#include "core/group_internal.h"

#include <stdlib.h>

void kafc__group_set_init(struct kafc_group_set *s, const kafc_allocator *mem)
{
    *s = (struct kafc_group_set){ 0 };
    kafc__arena_init(&s->arena, mem, 0);
}

void kafc__group_set_fini(struct kafc_group_set *s)
{
    const kafc_allocator *mem = s->arena.mem;
    kafc__arena_fini(&s->arena);
    kafc__group_set_init(s, mem);
}

static int by_place(const void *a, const void *b)
{
    const struct kafc_group_partition *x = a, *y = b;
    int d = x->topic == y->topic ? 0 : strcmp(x->topic, y->topic);
    return d ? d : (x->partition > y->partition) - (x->partition < y->partition);
}

static int by_move(const void *a, const void *b)
{
    const struct kafc_group_partition *x = a, *y = b;
    return x->moves != y->moves ? x->moves - y->moves : by_place(a, b);
}

void kafc__group_set_sort(struct kafc_group_set *s)
{
    if (s->n)
        qsort(s->v, (size_t)s->n, sizeof(s->v[0]), by_move);
    s->kept = 0;
    while (s->kept < s->n && !s->v[s->kept].moves)
        s->kept++;
}

static void drop_twins(struct kafc_group_set *s)
{
    int32_t n = 0;
    for (int32_t i = 0; i < s->n; i++)
        if (n == 0 || by_place(&s->v[n - 1], &s->v[i]) != 0)
            s->v[n++] = s->v[i];
    s->n = s->kept = n;
}

bool kafc__group_set_fill(struct kafc_group_set *s, const struct kafc_consumer_assignment *a)
{
    size_t n = 0;
    kafc__group_set_fini(s);
    for (int32_t i = 0; i < a->assigned_partitions.n; i++)
        n += (size_t)a->assigned_partitions.v[i].partitions.n;
    s->v = kafc__arena_array(&s->arena, n, sizeof(s->v[0]));
    for (int32_t i = 0; s->v && i < a->assigned_partitions.n; i++) {
        const struct kafc_consumer_assignment_topic *t = &a->assigned_partitions.v[i];
        const char *name = kafc__arena_dup(&s->arena, t->topic.p, (size_t)t->topic.len);
        for (int32_t k = 0; name && k < t->partitions.n; k++)
            s->v[s->n++] = (struct kafc_group_partition){ .topic = name,
                                                          .partition = t->partitions.v[k] };
    }
    if (s->arena.failed) {
        kafc__group_set_fini(s);
        return false;
    }
    kafc__group_set_sort(s);
    drop_twins(s);
    return true;
}

struct kafc_group_partition *kafc__group_set_find(const struct kafc_group_set *s, const char *topic,
                                                  int32_t partition)
{
    struct kafc_group_partition key = { .topic = topic, .partition = partition }, *p = NULL;
    if (s->kept)
        p = bsearch(&key, s->v, (size_t)s->kept, sizeof(key), by_place);
    if (!p && s->n > s->kept)
        p = bsearch(&key, s->v + s->kept, (size_t)(s->n - s->kept), sizeof(key), by_place);
    return p;
}
