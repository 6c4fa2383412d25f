/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sticky assignors where all members subscribe to the same topics: each
 * gets min or min + 1 partitions and keeps what it had as far as that goes,
 * except for what has no replica in its rack (KIP-54, KIP-429, KIP-881).
 * Other groups: assignor_general.c. Pure; one thread at a time.
 */
#include <stdlib.h>

#include "base/log.h"
#include "core/assignor_internal.h"

struct sticky {
    struct kafc_assign_run *r;
    const struct kafc_claims *claims;
    const struct kafc_assign_racks *racks;
    bool by_rack;
    int32_t min, max;
    int32_t over, want_over;      /* members above min, now and in the end; 0 when min is max */
    struct kafc_ints under;       /* members below min */
    int32_t *exact, nexact, next; /* a queue of members at min that may get one more */
    int32_t *revoked;             /* by partition: whom it was taken from; -1 */
    int32_t *open, nopen;         /* partitions to be given */
};

static int by_key(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static bool mismatch(const struct sticky *g, int32_t m, int32_t p)
{
    return g->by_rack && g->racks->of_member[m] >= 0 &&
           !kafc__assign_rack_of(g->racks, p, g->racks->of_member[m]);
}

/* What the member had and may keep, by partition, then topic: n of them in v, numbers in the low half. */
static int32_t had(struct sticky *g, int32_t m, uint64_t *v)
{
    const struct kafc_assign_run *r = g->r;
    const struct kafc_ints *c = &g->claims->of[m];
    int32_t n = 0;

    for (int32_t i = 0; i < c->n; i++) {
        int32_t p = c->v[i];
        if (g->claims->holder[p] != m)
            continue;
        if (mismatch(g, m, p))
            g->revoked[p] = m;
        else if (!g->claims->twice[p])
            v[n++] = (uint64_t)(p - r->first[r->topic_of[p]]) << 32 | (uint32_t)p;
    }
    qsort(v, (size_t)n, sizeof(*v), by_key);
    return n;
}

static void keep(struct sticky *g, int32_t m, const uint64_t *v, int32_t n)
{
    int32_t most = n;

    if (n < g->min) {
        g->under.v[g->under.n++] = m;
    } else if (n >= g->max && g->over < g->want_over) {
        most = g->max;
        if (++g->over == g->want_over)
            g->nexact = 0;
    } else {
        most = g->min;
        if (g->over < g->want_over)
            g->exact[g->nexact++] = m;
    }
    for (int32_t i = 0; i < n; i++) {
        int32_t p = (int32_t)(uint32_t)v[i];
        if (i < most)
            kafc__assign_give(g->r, p, m);
        else
            g->revoked[p] = m;
    }
}

/* Who comes first keeps more: the members in the order in which Java's hash map of them has them. */
static bool keep_all(struct sticky *g)
{
    struct kafc_assign_run *r = g->r;
    uint32_t *hash = kafc__arena_array(r->arena, (size_t)r->nmembers, sizeof(*hash));
    int32_t *order = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    uint64_t *v = kafc__arena_array(r->arena, (size_t)r->nparts, sizeof(*v));

    if (!hash || !order || !v)
        return false;
    for (int32_t i = 0; i < r->nmembers; i++)
        hash[i] = kafc__java_hash(r->in->members[i].id);
    if (!kafc__java_order(r->arena, hash, r->nmembers, r->nmembers, order))
        return false;
    for (int32_t i = 0; i < r->nmembers; i++) {
        int32_t m = r->number[order[i]];
        keep(g, m, v, had(g, m, v));
    }
    qsort(g->under.v, (size_t)g->under.n, sizeof(int32_t), by_number);
    qsort(g->exact, (size_t)g->nexact, sizeof(int32_t), by_number);
    return true;
}

/* How many members are in the racks of a partition. */
static uint32_t members_near(const struct sticky *g, int32_t p, const int32_t *in_rack)
{
    uint32_t n = 0;
    for (int32_t i = g->racks->first[p]; i < g->racks->first[p + 1]; i++)
        n += (uint32_t)in_rack[g->racks->of_partition[i]];
    return n;
}

/* By topic and partition; with racks, those that few members are near to first. */
static bool collect_open(struct sticky *g)
{
    struct kafc_assign_run *r = g->r;
    uint64_t *v = kafc__arena_array(r->arena, (size_t)r->nparts, sizeof(*v));
    int32_t *in_rack = kafc__assign_ints(r, (size_t)g->racks->nracks, 0);

    g->open = kafc__assign_ints(r, (size_t)r->nparts, 0);
    if (!v || !in_rack || !g->open)
        return false;
    for (int32_t m = 0; g->by_rack && m < r->nmembers; m++)
        if (g->racks->of_member[m] >= 0)
            in_rack[g->racks->of_member[m]]++;
    for (int32_t p = 0; p < r->nparts; p++)
        if (r->owner[p] < 0)
            v[g->nopen++] = (uint64_t)(g->by_rack ? members_near(g, p, in_rack) : 0) << 32 |
                            (uint32_t)p;
    if (g->by_rack)
        qsort(v, (size_t)g->nopen, sizeof(*v), by_key);
    for (int32_t i = 0; i < g->nopen; i++)
        g->open[i] = (int32_t)(uint32_t)v[i];
    return true;
}

/* The first member from v[at] on, round, that is near; -1: none. */
static int32_t near_member(const struct sticky *g, int32_t p, const int32_t *v, int32_t n,
                           int32_t at)
{
    if (g->racks->first[p] == g->racks->first[p + 1])
        return -1;
    for (int32_t i = 0; i < n; i++, at++) {
        at = at < n ? at : 0;
        int32_t rack = g->racks->of_member[v[at]];
        if (rack >= 0 && kafc__assign_rack_of(g->racks, p, rack))
            return at;
    }
    return -1;
}

static void drop(int32_t *v, int32_t *n, int32_t at)
{
    (*n)--;
    memmove(&v[at], &v[at + 1], (size_t)(*n - at) * sizeof(*v));
}

/* To one near that is below min, in turn; *turn is an index into under. */
static bool give_near_under(struct sticky *g, int32_t p, int32_t *turn)
{
    int32_t at = near_member(g, p, g->under.v, g->under.n, *turn);

    if (at < 0)
        return false;
    int32_t m = g->under.v[at];
    kafc__assign_give(g->r, p, m);
    if (g->r->size[m] < g->min) {
        at++;
    } else {
        drop(g->under.v, &g->under.n, at);
        if (g->r->size[m] < g->max && g->over < g->want_over)
            g->exact[g->nexact++] = m;
    }
    *turn = g->under.n ? at % g->under.n : 0;
    return true;
}

static bool give_near_exact(struct sticky *g, int32_t p)
{
    int32_t at = near_member(g, p, g->exact, g->nexact, 0);

    if (at < 0)
        return false;
    kafc__assign_give(g->r, p, g->exact[at]);
    drop(g->exact, &g->nexact, at);
    if (++g->over == g->want_over)
        g->nexact = 0;
    return true;
}

static void give_near(struct sticky *g)
{
    int32_t turn = 0, left = 0;

    for (int32_t i = 0; i < g->nopen; i++)
        if (!give_near_under(g, g->open[i], &turn) && !give_near_exact(g, g->open[i]))
            g->open[left++] = g->open[i];
    g->nopen = left;
}

/* Round by round to those below min, then one to each of those at min. false: nobody is left, which is a bug. */
static bool give_rest(struct sticky *g)
{
    struct kafc_assign_run *r = g->r;
    int32_t i = 0;

    while (i < g->nopen && g->under.n) {
        int32_t left = 0, n = 0;
        for (; n < g->under.n && i < g->nopen; n++) {
            int32_t m = g->under.v[n];
            kafc__assign_give(r, g->open[i++], m);
            if (r->size[m] < g->min)
                g->under.v[left++] = m;
            else
                g->exact[g->nexact++] = m;
        }
        for (; n < g->under.n; n++)
            g->under.v[left++] = g->under.v[n];
        g->under.n = left;
    }
    for (; i < g->nopen && g->next < g->nexact; i++)
        kafc__assign_give(r, g->open[i], g->exact[g->next++]);
    return i == g->nopen;
}

/* Cooperative: what its old owner has to give up first, and what two claimed, whoever gets it. */
static void hold_back(struct sticky *g)
{
    for (int32_t p = 0; p < g->r->nparts; p++) {
        int32_t m = g->r->owner[p];
        bool moved = g->revoked[p] >= 0 && g->revoked[p] != m;
        if (m >= 0 && (moved || g->claims->twice[p]))
            kafc__assign_take(g->r, p);
    }
}

static kafc_err share_equal(struct sticky *g, bool cooperative)
{
    struct kafc_assign_run *r = g->r;

    g->min = r->nparts / r->nmembers;
    g->want_over = r->nparts % r->nmembers;
    g->max = g->min + (g->want_over > 0);
    g->under.v = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    g->exact = kafc__assign_ints(r, 2 * (size_t)r->nmembers, 0);
    g->revoked = kafc__assign_ints(r, (size_t)r->nparts, -1);
    if (!g->under.v || !g->exact || !g->revoked || !keep_all(g) || !collect_open(g))
        return kafc__assign_no_memory(r);
    if (g->by_rack)
        give_near(g);
    if (!give_rest(g))
        return kafc__error(r->err, KAFC_ERR_USAGE,
                           "%d partitions are left over by the sticky assignor for %d members",
                           (int)g->nopen, (int)r->nmembers);
    if (cooperative)
        hold_back(g);
    return KAFC_OK;
}

/* A member that subscribes to nothing gets nothing, and the rest is no matter of equals. */
static bool all_equal(const struct kafc_assign_run *r)
{
    return r->equal && r->ntopics > 0;
}

static kafc_err share(struct kafc_assign_run *r, bool cooperative)
{
    struct kafc_claims c;
    struct kafc_assign_racks k;
    kafc_err rc = kafc__claims_read(r, &c, !cooperative);

    if (!rc)
        rc = kafc__assign_racks_open(r, &k);
    if (rc)
        return rc;
    bool by_rack = k.of_member &&
                   kafc__assign_racks_matter(&k, 0, r->nparts, r->number, r->nmembers);
    struct sticky g = { .r = r, .claims = &c, .racks = &k, .by_rack = by_rack };
    if (all_equal(r))
        return share_equal(&g, cooperative);
    rc = kafc__share_general(r, &c, &k, by_rack);
    return rc || !cooperative ? rc : kafc__claims_hold_back(r, &c);
}

kafc_err kafc__share_sticky(struct kafc_assign_run *r)
{
    return share(r, false);
}

kafc_err kafc__share_cooperative(struct kafc_assign_run *r)
{
    return share(r, true);
}
