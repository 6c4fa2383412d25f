/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sticky assignors where subscriptions differ: what members had stays, the
 * rest goes to whoever has least, then partitions move one by one from those
 * that have more to those that have less. Pure; one thread at a time.
 */
#include <stdlib.h>

#include "base/map.h"
#include "core/assignor_internal.h"

/* The moves of a topic's partitions between two members, as a hash set of Java keeps them. */
struct moves {
    struct key {
        int32_t topic, from, to;
    } key;
    int32_t head, tail, n;
    uint32_t slots;
};

struct general {
    struct kafc_assign_run *r;
    const struct kafc_claims *claims;
    const struct kafc_assign_racks *racks; /* NULL: they do not matter */
    struct kafc_ints *who;                 /* by topic: who subscribes, ascending */
    struct kafc_ints all;                  /* the partitions of topics with few subscribers first */
    struct kafc_ints open;                 /* those that nobody kept, in the same order */
    bool revoked; /* a subscription or a rack took something from its holder */
    int32_t *before, *before_generation; /* by partition: who had it in an older generation; -1 */
    int32_t *from;                       /* by partition: whom it was moved from; -1 */
    int32_t *next, *prev;                /* by partition: its neighbours in `moves` */
    uint32_t *hash;                      /* by topic: of its name */
    struct kafc_map moves;
    int64_t budget; /* of moves, a pass being some: moves that chase each other have an end here */
};

/* ---- Moves ---- */

static struct moves *moves_of(const struct general *g, int32_t topic, int32_t from, int32_t to)
{
    struct key k = { topic, from, to };
    return kafc__map_get(&g->moves, &k, sizeof(k));
}

static bool note_move(struct general *g, int32_t p, int32_t from, int32_t to)
{
    int32_t t = g->r->topic_of[p];
    struct moves *v = moves_of(g, t, from, to);

    if (!v) {
        v = kafc__arena_alloc(g->r->arena, sizeof(*v));
        if (!v)
            return false;
        *v = (struct moves){ .key = { t, from, to }, .head = -1, .tail = -1, .slots = 16 };
        if (!kafc__map_put(&g->moves, &v->key, sizeof(v->key), v))
            return false;
    }
    g->from[p] = from;
    g->next[p] = -1;
    g->prev[p] = v->tail;
    *(v->tail < 0 ? &v->head : &g->next[v->tail]) = p;
    v->tail = p;
    if (++v->n > (int32_t)(v->slots / 4 * 3))
        v->slots *= 2;
    return true;
}

static void forget_move(struct general *g, int32_t p, int32_t to)
{
    struct moves *v = moves_of(g, g->r->topic_of[p], g->from[p], to);

    *(g->prev[p] < 0 ? &v->head : &g->next[g->prev[p]]) = g->next[p];
    *(g->next[p] < 0 ? &v->tail : &g->prev[g->next[p]]) = g->prev[p];
    g->from[p] = -1;
    if (--v->n == 0)
        v->slots = 16;
}

/* The one that Java's hash set has first. */
static int32_t first_move(const struct general *g, const struct moves *v)
{
    int32_t best = v->head;
    uint32_t least = UINT32_MAX;

    for (int32_t p = v->head; p >= 0; p = g->next[p]) {
        int32_t t = g->r->topic_of[p];
        uint32_t hash = 31 * (31 + (uint32_t)(p - g->r->first[t])) + g->hash[t];
        uint32_t slot = kafc__java_slot(hash, v->slots);
        if (slot < least) {
            least = slot;
            best = p;
        }
    }
    return best;
}

static bool move(struct general *g, int32_t p, int32_t to)
{
    int32_t owner = g->r->owner[p], from = g->from[p];

    kafc__assign_take(g->r, p);
    kafc__assign_give(g->r, p, to);
    g->budget--;
    if (from < 0)
        return note_move(g, p, owner, to);
    forget_move(g, p, owner);
    return from == to || note_move(g, p, from, to);
}

/* A partition of the topic that once went the other way goes back in place of this one. */
static bool reassign(struct general *g, int32_t p, int32_t to)
{
    int32_t owner = g->from[p] >= 0 ? g->from[p] : g->r->owner[p];
    const struct moves *back = moves_of(g, g->r->topic_of[p], to, owner);

    return move(g, back && back->n ? first_move(g, back) : p, to);
}

/* ---- Giving ---- */

static bool near(const struct general *g, int32_t p, int32_t m)
{
    return g->racks->of_member[m] < 0 || kafc__assign_rack_of(g->racks, p, g->racks->of_member[m]);
}

/* Of the subscribers the one with the fewest partitions, the first by id; -1: none that is near. */
static int32_t least_of(const struct general *g, int32_t p, bool by_rack)
{
    const struct kafc_ints *who = &g->who[g->r->topic_of[p]];
    const int32_t *size = g->r->size;
    int32_t best = -1, n = INT32_MAX;

    for (int32_t i = 0; i < who->n; i++)
        if (size[who->v[i]] < n && (!by_rack || near(g, p, who->v[i]))) {
            best = who->v[i];
            n = size[best];
        }
    return best;
}

static void keep(struct general *g)
{
    struct kafc_assign_run *r = g->r;

    for (int32_t m = 0; m < r->nmembers; m++)
        for (int32_t i = 0; i < g->claims->of[m].n; i++) {
            int32_t p = g->claims->of[m].v[i];
            if (g->claims->holder[p] != m)
                continue;
            if (kafc__assign_subscribed(r, m, r->topic_of[p]) && (!g->racks || near(g, p, m)))
                kafc__assign_give(r, p, m);
            else
                g->revoked = true;
        }
}

static void give(struct general *g, bool by_rack)
{
    for (int32_t i = 0; i < g->open.n; i++) {
        int32_t m = g->r->owner[g->open.v[i]] < 0 ? least_of(g, g->open.v[i], by_rack) : -1;
        if (m >= 0)
            kafc__assign_give(g->r, g->open.v[i], m);
    }
}

/* ---- Balancing ---- */

/* The moves that make the group more even, of these partitions, once. */
static bool improve(struct general *g, const struct kafc_ints *parts, bool *moved)
{
    const struct kafc_assign_run *r = g->r;

    *moved = false;
    for (int32_t i = 0; i < parts->n && g->budget > 0; i++) {
        int32_t p = parts->v[i], n = r->size[r->owner[p]], to = g->before[p];
        if (to < 0 || n <= r->size[to] + 1)
            to = least_of(g, p, false);
        if (n <= r->size[to] + 1)
            continue;
        *moved = true;
        if (!reassign(g, p, to))
            return false;
    }
    return true;
}

static bool improve_all(struct general *g, const struct kafc_ints *parts, bool *any)
{
    bool moved;

    *any = false;
    do {
        if (!improve(g, parts, &moved))
            return false;
        g->budget -= parts->n / 16;
        *any = *any || moved;
    } while (moved && g->budget > 0);
    return true;
}

/* It shares no topic with anybody: it has all that it could have, and that stays. */
static bool fixed(const struct general *g, int32_t m)
{
    const struct kafc_ints *subs = &g->r->subs[m];

    for (int32_t i = 0; i < subs->n; i++)
        if (g->who[subs->v[i]].n > 1)
            return false;
    return true;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The sum of the differences between the sizes of all pairs. */
static int64_t unevenness(const struct general *g, const int32_t *size, int32_t *scratch)
{
    int32_t n = 0;
    int64_t sum = 0;

    for (int32_t m = 0; m < g->r->nmembers; m++)
        if (!fixed(g, m))
            scratch[n++] = size[m];
    qsort(scratch, (size_t)n, sizeof(*scratch), by_number);
    for (int32_t i = 0; i < n; i++)
        sum += (int64_t)scratch[i] * (2 * (int64_t)i - n + 1);
    return sum;
}

struct saved {
    int32_t *owner, *next, *prev, *head, *tail, *size;
};

static bool copy(struct kafc_assign_run *r, int32_t **to, const int32_t *from, int32_t n)
{
    *to = kafc__assign_ints(r, (size_t)n, 0);
    if (*to && n)
        memcpy(*to, from, (size_t)n * sizeof(**to));
    return *to != NULL;
}

static bool save(struct kafc_assign_run *r, struct saved *s)
{
    return copy(r, &s->owner, r->owner, r->nparts) && copy(r, &s->next, r->next, r->nparts) &&
           copy(r, &s->prev, r->prev, r->nparts) && copy(r, &s->head, r->head, r->nmembers) &&
           copy(r, &s->tail, r->tail, r->nmembers) && copy(r, &s->size, r->size, r->nmembers);
}

static void restore(struct kafc_assign_run *r, const struct saved *s)
{
    r->owner = s->owner;
    r->next = s->next;
    r->prev = s->prev;
    r->head = s->head;
    r->tail = s->tail;
    r->size = s->size;
}

static void only_shared(const struct general *g, struct kafc_ints *parts)
{
    int32_t n = 0;

    for (int32_t i = 0; i < parts->n; i++)
        if (g->who[g->r->topic_of[parts->v[i]]].n > 1)
            parts->v[n++] = parts->v[i];
    parts->n = n;
}

/* fresh: nobody had anything, so there is nothing to go back to. */
static bool balance(struct general *g, bool fresh)
{
    struct kafc_assign_run *r = g->r;
    int32_t *scratch = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    struct saved s;
    bool moved = false;

    if (!scratch || !save(r, &s))
        return false;
    only_shared(g, &g->all);
    only_shared(g, &g->open);
    if (!g->revoked && !improve_all(g, &g->open, &moved))
        return false;
    if (!improve_all(g, &g->all, &moved))
        return false;
    if (!fresh && moved && unevenness(g, r->size, scratch) >= unevenness(g, s.size, scratch))
        restore(r, &s);
    return true;
}

/* ---- All of it ---- */

struct order {
    int32_t subscribers, topic;
};

static int by_subscribers(const void *a, const void *b)
{
    const struct order *x = a, *y = b;
    if (x->subscribers != y->subscribers)
        return x->subscribers < y->subscribers ? -1 : 1;
    return (x->topic > y->topic) - (x->topic < y->topic);
}

static bool order_partitions(struct general *g)
{
    struct kafc_assign_run *r = g->r;
    struct order *v = kafc__arena_array(r->arena, (size_t)r->ntopics, sizeof(*v));

    g->all.v = kafc__assign_ints(r, (size_t)r->nparts, 0);
    g->open.v = kafc__assign_ints(r, (size_t)r->nparts, 0);
    if (!v || !g->all.v || !g->open.v)
        return false;
    for (int32_t t = 0; t < r->ntopics; t++)
        v[t] = (struct order){ g->who[t].n, t };
    qsort(v, (size_t)r->ntopics, sizeof(*v), by_subscribers);
    for (int32_t i = 0; i < r->ntopics; i++)
        for (int32_t p = r->first[v[i].topic]; p < r->first[v[i].topic + 1]; p++)
            g->all.v[g->all.n++] = p;
    return true;
}

/* Who had what in the latest of the older generations. Java moves a partition back to such a member even if it has
 * unsubscribed. */
static void look_back(struct general *g)
{
    struct kafc_assign_run *r = g->r;

    for (int32_t i = 0; i < r->nmembers; i++) {
        int32_t m = r->number[i], generation = g->claims->generation[m];
        const struct kafc_ints *c = &g->claims->of[m];
        for (int32_t j = 0; generation < g->claims->max && j < c->n; j++) {
            int32_t p = c->v[j];
            if (!kafc__assign_subscribed(r, m, r->topic_of[p]) ||
                (g->before[p] >= 0 && generation <= g->before_generation[p]))
                continue;
            g->before[p] = m;
            g->before_generation[p] = generation;
        }
    }
}

static bool prepare(struct general *g)
{
    struct kafc_assign_run *r = g->r;
    size_t n = (size_t)r->nparts;
    int32_t *members = kafc__assign_ints(r, (size_t)r->nmembers, 0);

    for (int32_t m = 0; members && m < r->nmembers; m++)
        members[m] = m;
    g->who = members ? kafc__assign_who(r, members) : NULL;
    g->before = kafc__assign_ints(r, n, -1);
    g->before_generation = kafc__assign_ints(r, n, 0);
    g->from = kafc__assign_ints(r, n, -1);
    g->next = kafc__assign_ints(r, n, 0);
    g->prev = kafc__assign_ints(r, n, 0);
    g->hash = kafc__arena_array(r->arena, (size_t)r->ntopics, sizeof(*g->hash));
    if (!g->who || r->arena->failed || !order_partitions(g))
        return false;
    for (int32_t t = 0; t < r->ntopics; t++)
        g->hash[t] = kafc__java_hash(kafc__assign_topic(r, t)->name);
    return true;
}

static bool share(struct general *g)
{
    struct kafc_assign_run *r = g->r;
    bool fresh = true;

    if (!prepare(g))
        return false;
    look_back(g);
    keep(g);
    for (int32_t i = 0; i < g->all.n; i++)
        if (r->owner[g->all.v[i]] < 0)
            g->open.v[g->open.n++] = g->all.v[i];
    for (int32_t m = 0; m < r->nmembers; m++)
        fresh = fresh && r->size[m] == 0;
    if (g->racks)
        give(g, true);
    give(g, false);
    return balance(g, fresh);
}

kafc_err kafc__share_general(struct kafc_assign_run *r, const struct kafc_claims *c,
                             const struct kafc_assign_racks *k, bool racks)
{
    struct general g = { .r = r, .claims = c, .racks = racks ? k : NULL };

    g.budget = 16 * (int64_t)r->nparts + 1024;
    kafc__map_init(&g.moves, r->arena->mem);
    bool ok = share(&g);
    kafc__map_fini(&g.moves);
    return ok ? KAFC_OK : kafc__assign_no_memory(r);
}
