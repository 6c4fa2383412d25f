/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafka-go's rack affinity: topic by topic, partitions go to members in the
 * rack of their leader as far as all get the same number. There the outcome
 * hangs on the order of a hash map; here racks, members and partitions are
 * sorted. Pure; one thread at a time.
 */
#include <stdlib.h>

#include "core/assignor_internal.h"

struct zoned {
    kafc_str zone;
    int32_t n; /* a partition or a member */
};

struct affinity {
    struct kafc_assign_run *r;
    struct zoned *members;                   /* all, by zone and id */
    int32_t *place;                          /* of a member in there */
    const struct kafc_ints *by_zone, *by_id; /* by topic: who subscribes */
    struct zoned *parts;                     /* of the topic at hand, by zone */
    int32_t nparts;
    int32_t target, extra; /* for each member; for so many members one more */
    int32_t *had;          /* by member: of the topic at hand */
};

static int by_zone(const void *a, const void *b)
{
    const struct zoned *x = a, *y = b;
    int c = kafc__java_compare(x->zone, y->zone);
    return c ? c : (x->n > y->n) - (x->n < y->n);
}

/* kafka-go says the rack in the user data; other clients may say it in the subscription alone. */
static kafc_str zone_of(const struct kafc_assign_member *m)
{
    kafc_str data = { m->sub.user_data.p, m->sub.user_data.len };
    return data.len > 0 ? data : m->sub.rack_id;
}

static int32_t smaller(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static void give_near(struct affinity *g, int32_t p, int32_t m)
{
    kafc__assign_give(g->r, p, m);
    g->had[m]++;
}

/* n partitions led in a zone go to its members, up to the target, and then what is left over: one for each at most. */
static void share_zone(struct affinity *g, const struct zoned *parts, int32_t n, const int32_t *who,
                       int32_t members)
{
    int32_t each = smaller(n / members, g->target), left = n - each * members;

    for (int32_t i = 0; i < members; i++)
        for (int32_t j = 0; j < each; j++)
            give_near(g, parts[i * each + j].n, who[i]);
    if (each == g->target) {
        left = smaller(smaller(left, g->extra), members);
        g->extra -= left;
    }
    for (int32_t i = 0; i < left; i++)
        give_near(g, parts[members * each + i].n, who[i]);
}

static kafc_str zone_at(const struct affinity *g, const struct kafc_ints *who, int32_t i)
{
    return g->members[g->place[who->v[i]]].zone;
}

/* Walks the zones of the leaders and of the members side by side. */
static void share_zones(struct affinity *g, const struct kafc_ints *who)
{
    int32_t p = 0, m = 0;

    while (p < g->nparts && m < who->n) {
        kafc_str zone = g->parts[p].zone;
        int c = kafc__java_compare(zone_at(g, who, m), zone);
        int32_t from = p, first = m;
        while (c >= 0 && p < g->nparts && kafc__java_compare(g->parts[p].zone, zone) == 0)
            p++;
        while (c == 0 && m < who->n && kafc__java_compare(zone_at(g, who, m), zone) == 0)
            m++;
        if (c == 0)
            share_zone(g, &g->parts[from], p - from, &who->v[first], m - first);
        m += c < 0;
    }
}

static void share_rest(struct affinity *g, int32_t t, const struct kafc_ints *who)
{
    struct kafc_assign_run *r = g->r;
    int32_t p = r->first[t];

    for (int32_t i = 0; i < who->n; i++) {
        int32_t want = g->target - g->had[who->v[i]];
        if (want >= 0 && g->extra > 0) {
            want++;
            g->extra--;
        }
        for (; want > 0 && p < r->first[t + 1]; p++)
            if (r->owner[p] < 0) {
                kafc__assign_give(r, p, who->v[i]);
                want--;
            }
    }
}

static void share_topic(struct affinity *g, int32_t t)
{
    const struct kafc_assign_run *r = g->r;
    const struct kafc_ints *who = &g->by_id[t];

    g->nparts = kafc__assign_count(r, t);
    g->target = g->nparts / who->n;
    g->extra = g->nparts % who->n;
    for (int32_t i = 0; i < g->nparts; i++) {
        const struct kafc_assign_partition *a = kafc__assign_partition(r, r->first[t] + i);
        g->parts[i] = (struct zoned){ a ? a->leader_rack : (kafc_str){ NULL, 0 }, r->first[t] + i };
    }
    qsort(g->parts, (size_t)g->nparts, sizeof(*g->parts), by_zone);
    for (int32_t i = 0; i < who->n; i++)
        g->had[who->v[i]] = 0;
    share_zones(g, &g->by_zone[t]);
    share_rest(g, t, who);
}

static bool sort_members(struct affinity *g)
{
    struct kafc_assign_run *r = g->r;
    size_t n = (size_t)r->nmembers;
    int32_t *order = kafc__assign_ints(r, n, 0);

    g->members = kafc__arena_array(r->arena, n, sizeof(*g->members));
    g->place = kafc__assign_ints(r, n, 0);
    if (!order || !g->members || !g->place)
        return false;
    for (int32_t m = 0; m < r->nmembers; m++) {
        g->members[m] = (struct zoned){ zone_of(kafc__assign_member(r, m)), m };
        order[m] = m;
    }
    g->by_id = kafc__assign_who(r, order);
    qsort(g->members, n, sizeof(*g->members), by_zone);
    for (int32_t i = 0; i < r->nmembers; i++) {
        order[i] = g->members[i].n;
        g->place[order[i]] = i;
    }
    g->by_zone = kafc__assign_who(r, order);
    return g->by_id && g->by_zone;
}

kafc_err kafc__share_rack_affinity(struct kafc_assign_run *r)
{
    struct affinity g = { .r = r };

    g.parts = kafc__arena_array(r->arena, (size_t)r->nparts, sizeof(*g.parts));
    g.had = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    if (!g.parts || !g.had || !sort_members(&g))
        return kafc__assign_no_memory(r);
    for (int32_t t = 0; t < r->ntopics; t++)
        share_topic(&g, t);
    return KAFC_OK;
}
