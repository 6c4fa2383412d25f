/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The assignors that look at no history: range (with racks: KIP-881) and round
 * robin. Pure; one thread at a time.
 */
#include <stdlib.h>

#include "base/map.h"
#include "core/assignor_internal.h"

/* ---- Range ---- */

struct range {
    struct kafc_assign_run *r;
    const struct kafc_ints *who; /* by topic, in turns */
    struct kafc_assign_racks racks;
    bool *named;    /* by topic: a subscriber says its rack */
    int32_t *extra; /* by topic: members that may still get one more */
    int32_t *had;   /* by member: of the topic at hand */
};

static int32_t share_of(const struct range *g, int32_t t)
{
    return kafc__assign_count(g->r, t) / g->who[t].n;
}

static int32_t may_get(const struct range *g, int32_t t, int32_t had)
{
    return share_of(g, t) + (g->extra[t] > 0) - had;
}

static bool matches(const struct range *g, int32_t p, int32_t m)
{
    return g->racks.of_member[m] < 0 || kafc__assign_rack_of(&g->racks, p, g->racks.of_member[m]);
}

static void give(struct range *g, int32_t t, int32_t p, int32_t m, int32_t *had)
{
    kafc__assign_give(g->r, p, m);
    if (++*had > share_of(g, t))
        g->extra[t]--;
}

/* What the members have of the topic, from what was given out before. */
static void count_had(struct range *g, int32_t t)
{
    for (int32_t i = 0; i < g->who[t].n; i++)
        g->had[g->who[t].v[i]] = 0;
    for (int32_t p = g->r->first[t]; p < g->r->first[t + 1]; p++)
        if (g->r->owner[p] >= 0)
            g->had[g->r->owner[p]]++;
}

static void give_ranges(struct range *g, int32_t t, bool match)
{
    const struct kafc_assign_run *r = g->r;
    int32_t left = r->first[t];

    count_had(g, t);
    for (int32_t i = 0; i < g->who[t].n; i++) {
        int32_t m = g->who[t].v[i];
        int32_t n = may_get(g, t, g->had[m]);
        for (int32_t p = match ? r->first[t] : left; n > 0 && p < r->first[t + 1]; p++) {
            left = match ? left : p + 1;
            if (r->owner[p] >= 0 || (match && !matches(g, p, m)))
                continue;
            give(g, t, p, m, &g->had[m]);
            n--;
        }
    }
}

/* Topics of the same subscribers and size: a partition's number goes to one member in all of them. */
struct alike {
    const struct kafc_ints *who;
    int32_t size;
    int32_t t;
};

static int by_subscribers(const void *a, const void *b)
{
    const struct alike *x = a, *y = b;
    if (x->who->n != y->who->n)
        return x->who->n < y->who->n ? -1 : 1;
    int c = memcmp(x->who->v, y->who->v, (size_t)x->who->n * sizeof(int32_t));
    return c ? c : (x->size > y->size) - (x->size < y->size);
}

/* had: by topic of the group, then by subscriber. */
static bool all_match(const struct range *g, const struct alike *v, int32_t n, int32_t i, int32_t p,
                      const int32_t *had)
{
    int32_t m = v->who->v[i];

    for (int32_t j = 0; j < n; j++)
        if (may_get(g, v[j].t, had[(size_t)j * (size_t)v->who->n + (size_t)i]) <= 0 ||
            !matches(g, g->r->first[v[j].t] + p, m))
            return false;
    return true;
}

static bool all_full(const struct range *g, const struct alike *v, int32_t n, int32_t i,
                     const int32_t *had)
{
    for (int32_t j = 0; j < n; j++)
        if (may_get(g, v[j].t, had[(size_t)j * (size_t)v->who->n + (size_t)i]) > 0)
            return false;
    return true;
}

static bool give_alike(struct range *g, const struct alike *v, int32_t n)
{
    int32_t members = v->who->n, left = members;
    int32_t *had = kafc__arena_array(g->r->arena, (size_t)members * (size_t)n, sizeof(*had));
    int32_t *open = kafc__assign_ints(g->r, (size_t)members, 0);

    if (!had || !open)
        return false;
    for (int32_t i = 0; i < members; i++)
        open[i] = i;
    for (int32_t p = 0; left && p < v->size; p++) {
        int32_t at = 0;
        while (at < left && !all_match(g, v, n, open[at], p, had))
            at++;
        if (at == left)
            continue;
        int32_t i = open[at];
        for (int32_t j = 0; j < n; j++)
            give(g, v[j].t, g->r->first[v[j].t] + p, v->who->v[i],
                 &had[(size_t)j * (size_t)members + (size_t)i]);
        if (all_full(g, v, n, i, had)) {
            left--;
            memmove(&open[at], &open[at + 1], (size_t)(left - at) * sizeof(*open));
        }
    }
    return true;
}

/* Java counts a topic none of whose subscribers says its rack as one of size 0. */
static bool give_by_racks(struct range *g, const bool *matter)
{
    const struct kafc_assign_run *r = g->r;
    struct alike *v = kafc__arena_array(r->arena, (size_t)r->ntopics, sizeof(*v));
    int32_t n;

    if (!v)
        return false;
    for (int32_t t = 0; t < r->ntopics; t++)
        v[t] = (struct alike){ &g->who[t], g->named[t] ? kafc__assign_count(r, t) : 0, t };
    qsort(v, (size_t)r->ntopics, sizeof(*v), by_subscribers);
    for (int32_t i = 0; i < r->ntopics; i += n) {
        n = 1;
        while (i + n < r->ntopics && by_subscribers(&v[i], &v[i + n]) == 0)
            n++;
        if (n > 1 && !give_alike(g, &v[i], n))
            return false;
        if (n == 1 && matter[v[i].t])
            give_ranges(g, v[i].t, true);
    }
    return true;
}

static bool any_rack(const struct range *g, int32_t t)
{
    for (int32_t i = 0; i < g->who[t].n; i++)
        if (g->racks.of_member[g->who[t].v[i]] >= 0)
            return true;
    return false;
}

/* *used: some topic asks for racks. */
static bool look_at_racks(struct range *g, bool *used)
{
    struct kafc_assign_run *r = g->r;
    bool *matter = kafc__arena_array(r->arena, (size_t)r->ntopics, sizeof(*matter));

    g->named = kafc__arena_array(r->arena, (size_t)r->ntopics, sizeof(*g->named));
    if (!matter || !g->named)
        return false;
    for (int32_t t = 0; t < r->ntopics; t++) {
        g->named[t] = any_rack(g, t);
        matter[t] = g->named[t] &&
                    kafc__assign_racks_matter(&g->racks, r->first[t], r->first[t + 1], g->who[t].v,
                                              g->who[t].n);
        *used = *used || matter[t];
    }
    return !*used || give_by_racks(g, matter);
}

/* In the order of the partitions, whoever was given what first. */
static void sort_lists(struct kafc_assign_run *r)
{
    for (int32_t p = 0; p < r->nparts; p++) {
        int32_t m = r->owner[p];
        if (m < 0)
            continue;
        kafc__assign_take(r, p);
        kafc__assign_give(r, p, m);
    }
}

/* How many names are subscribed to that are no topics of the run. */
static bool count_unknown(struct kafc_assign_run *r, int32_t *n)
{
    struct kafc_map names;
    bool ok = true;

    kafc__map_init(&names, r->arena->mem);
    for (int32_t i = 0; ok && i < r->nmembers; i++) {
        const struct kafc_consumer_subscription *sub = &r->in->members[i].sub;
        const struct kafc_ints *known = &r->subs[r->number[i]];
        if (known->n == sub->topics.n || (i && known->v == r->subs[r->number[i - 1]].v))
            continue;
        for (int32_t j = 0; ok && j < sub->topics.n; j++)
            if (kafc__assign_find_topic(r, sub->topics.v[j]) < 0)
                ok = kafc__map_put(&names, sub->topics.v[j].p, (size_t)sub->topics.v[j].len, r);
    }
    *n = (int32_t)names.n;
    kafc__map_fini(&names);
    return ok;
}

/* Topics as Java walks them: a hash map, filled from a hash set in which all names are that are subscribed to. */
static int32_t *topic_order(struct kafc_assign_run *r)
{
    int32_t n = r->ntopics, unknown;
    uint32_t *hash = kafc__arena_array(r->arena, (size_t)n, sizeof(*hash));
    int32_t *set = kafc__assign_ints(r, (size_t)n, 0), *map = kafc__assign_ints(r, (size_t)n, 0);

    if (!hash || !set || !map || !count_unknown(r, &unknown))
        return NULL;
    for (int32_t i = 0; i < n; i++)
        hash[i] = kafc__java_hash(kafc__assign_topic(r, r->seen[i])->name);
    if (!kafc__java_order(r->arena, hash, n, n + unknown, set))
        return NULL;
    for (int32_t i = 0; i < n; i++) {
        set[i] = r->seen[set[i]];
        hash[i] = kafc__java_hash(kafc__assign_topic(r, set[i])->name);
    }
    if (!kafc__java_order(r->arena, hash, n, n, map))
        return NULL;
    for (int32_t i = 0; i < n; i++)
        map[i] = set[map[i]];
    return map;
}

kafc_err kafc__share_range(struct kafc_assign_run *r)
{
    struct range g = { .r = r };
    int32_t *turns = kafc__assign_turns(r), *order = topic_order(r);
    bool by_racks = false;

    g.extra = kafc__assign_ints(r, (size_t)r->ntopics, 0);
    g.had = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    g.who = turns ? kafc__assign_who(r, turns) : NULL;
    if (!g.who || !order || !g.extra || !g.had)
        return kafc__assign_no_memory(r);
    for (int32_t t = 0; t < r->ntopics; t++)
        g.extra[t] = kafc__assign_count(r, t) % g.who[t].n;
    kafc_err rc = kafc__assign_racks_open(r, &g.racks);
    if (rc)
        return rc;
    if (g.racks.of_member && !look_at_racks(&g, &by_racks))
        return kafc__assign_no_memory(r);
    for (int32_t i = 0; i < r->ntopics; i++)
        give_ranges(&g, order[i], false);
    if (by_racks)
        sort_lists(r);
    return KAFC_OK;
}

/* ---- Round robin ---- */

kafc_err kafc__share_round_robin(struct kafc_assign_run *r)
{
    int32_t *turns = kafc__assign_turns(r), *place = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    struct kafc_ints *who = turns ? kafc__assign_who(r, turns) : NULL;
    int32_t turn = 0; /* whose it is, of all members */

    if (!who || !place)
        return kafc__assign_no_memory(r);
    for (int32_t i = 0; i < r->nmembers; i++)
        place[turns[i]] = i;
    for (int32_t t = 0; t < r->ntopics; t++) {
        int32_t at = 0;
        while (at < who[t].n && place[who[t].v[at]] < turn)
            at++;
        for (int32_t p = r->first[t]; p < r->first[t + 1]; p++, at++) {
            at = at < who[t].n ? at : 0;
            kafc__assign_give(r, p, who[t].v[at]);
            turn = place[who[t].v[at]] + 1;
        }
    }
    return KAFC_OK;
}
