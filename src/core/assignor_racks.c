/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Racks of members and replicas as numbers, and when they matter (KIP-881).
 * Pure; one thread at a time.
 */
#include <stdlib.h>

#include "core/assignor_internal.h"

struct names {
    kafc_str *v;
    size_t n;
};

static int by_name(const void *a, const void *b)
{
    return kafc__java_compare(*(const kafc_str *)a, *(const kafc_str *)b);
}

static void sort(struct names *s)
{
    size_t n = 0;

    qsort(s->v, s->n, sizeof(*s->v), by_name);
    for (size_t i = 0; i < s->n; i++)
        if (!n || by_name(&s->v[i], &s->v[n - 1]))
            s->v[n++] = s->v[i];
    s->n = n;
}

static int32_t number(const struct names *s, kafc_str name)
{
    const kafc_str *at = bsearch(&name, s->v, s->n, sizeof(*s->v), by_name);
    return (int32_t)(at - s->v);
}

static kafc_str member_rack(const struct kafc_assign_run *r, int32_t m)
{
    return kafc__assign_member(r, m)->sub.rack_id;
}

/* Every name that occurs, and how many replicas say theirs. */
static bool collect(struct kafc_assign_run *r, struct names *s, size_t *replicas)
{
    size_t cap = (size_t)r->nmembers;

    *replicas = 0;
    for (int32_t p = 0; p < r->nparts; p++) {
        const struct kafc_assign_partition *a = kafc__assign_partition(r, p);
        *replicas += a ? (size_t)a->nracks : 0;
    }
    s->n = 0;
    s->v = kafc__arena_array(r->arena, cap + *replicas, sizeof(*s->v));
    if (!s->v)
        return false;
    for (int32_t m = 0; m < r->nmembers; m++)
        if (member_rack(r, m).len > 0)
            s->v[s->n++] = member_rack(r, m);
    for (int32_t p = 0; s->n && p < r->nparts; p++) {
        const struct kafc_assign_partition *a = kafc__assign_partition(r, p);
        for (int32_t i = 0; a && i < a->nracks; i++)
            if (a->racks[i].p)
                s->v[s->n++] = a->racks[i];
    }
    return true;
}

bool kafc__assign_rack_of(const struct kafc_assign_racks *k, int32_t p, int32_t rack)
{
    for (int32_t i = k->first[p]; i < k->first[p + 1]; i++)
        if (k->of_partition[i] == rack)
            return true;
    return false;
}

static void number_replicas(struct kafc_assign_run *r, const struct names *s,
                            struct kafc_assign_racks *k)
{
    for (int32_t p = 0; p < r->nparts; p++) {
        const struct kafc_assign_partition *a = kafc__assign_partition(r, p);
        k->first[p + 1] = k->first[p];
        for (int32_t i = 0; a && i < a->nracks; i++) {
            if (!a->racks[i].p)
                continue;
            int32_t rack = number(s, a->racks[i]);
            if (!kafc__assign_rack_of(k, p, rack))
                k->of_partition[k->first[p + 1]++] = rack;
        }
    }
}

kafc_err kafc__assign_racks_open(struct kafc_assign_run *r, struct kafc_assign_racks *k)
{
    struct names s;
    size_t replicas;

    *k = (struct kafc_assign_racks){ 0 };
    if (!collect(r, &s, &replicas))
        return kafc__assign_no_memory(r);
    if (!s.n)
        return KAFC_OK;
    sort(&s);
    k->nracks = (int32_t)s.n;
    k->first = kafc__assign_ints(r, (size_t)r->nparts + 1, 0);
    k->of_partition = kafc__assign_ints(r, replicas, 0);
    k->of_member = kafc__assign_ints(r, (size_t)r->nmembers, -1);
    k->seen = kafc__arena_alloc(r->arena, s.n);
    if (r->arena->failed)
        return kafc__assign_no_memory(r);
    number_replicas(r, &s, k);
    for (int32_t m = 0; m < r->nmembers; m++)
        if (member_rack(r, m).len > 0)
            k->of_member[m] = number(&s, member_rack(r, m));
    return KAFC_OK;
}

bool kafc__assign_racks_matter(const struct kafc_assign_racks *k, int32_t from, int32_t to,
                               const int32_t *members, int32_t nmembers)
{
    char *seen = k->seen; /* 1: a member's, 2: a partition's */
    int32_t all = 0;
    bool match = false;

    memset(seen, 0, (size_t)k->nracks);
    for (int32_t i = 0; i < nmembers; i++)
        if (k->of_member[members[i]] >= 0)
            seen[k->of_member[members[i]]] = 1;
    for (int32_t i = k->first[from]; i < k->first[to]; i++) {
        char *s = &seen[k->of_partition[i]];
        match = match || (*s & 1);
        all += !(*s & 2);
        *s |= 2;
    }
    for (int32_t p = from; match && p < to; p++)
        if (k->first[p + 1] - k->first[p] != all)
            return true;
    return false;
}
