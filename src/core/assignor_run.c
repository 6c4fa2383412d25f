/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From members and topics to numbers, and the lists in which the result grows.
 * Pure; one thread at a time.
 */
#include <stdlib.h>

#include "base/log.h"
#include "base/str.h"
#include "core/assignor_internal.h"

kafc_err kafc__assign_no_memory(struct kafc_assign_run *r)
{
    return kafc__error(r->err, KAFC_ERR_NO_MEMORY, "out of memory for the assignment of %d members",
                       (int)r->nmembers);
}

int32_t *kafc__assign_ints(struct kafc_assign_run *r, size_t n, int32_t value)
{
    int32_t *v = kafc__arena_array(r->arena, n, sizeof(*v));

    for (size_t i = 0; v && value && i < n; i++)
        v[i] = value;
    return v;
}

/* ---- Lists ---- */

void kafc__assign_give(struct kafc_assign_run *r, int32_t p, int32_t m)
{
    r->owner[p] = m;
    r->next[p] = -1;
    r->prev[p] = r->tail[m];
    if (r->tail[m] < 0)
        r->head[m] = p;
    else
        r->next[r->tail[m]] = p;
    r->tail[m] = p;
    r->size[m]++;
}

void kafc__assign_take(struct kafc_assign_run *r, int32_t p)
{
    int32_t m = r->owner[p];

    if (r->prev[p] < 0)
        r->head[m] = r->next[p];
    else
        r->next[r->prev[p]] = r->next[p];
    if (r->next[p] < 0)
        r->tail[m] = r->prev[p];
    else
        r->prev[r->next[p]] = r->prev[p];
    r->owner[p] = -1;
    r->size[m]--;
}

/* ---- Names to numbers ---- */

struct name {
    kafc_str s;
    int32_t at; /* place in the input */
};

static int by_name(const void *a, const void *b)
{
    const struct name *x = a, *y = b;
    int c = kafc__java_compare(x->s, y->s);
    return c ? c : (x->at > y->at) - (x->at < y->at);
}

static kafc_err sort_members(struct kafc_assign_run *r)
{
    int32_t n = r->nmembers = r->in->nmembers;
    struct name *names = kafc__arena_array(r->arena, (size_t)n, sizeof(*names));

    r->input = kafc__assign_ints(r, (size_t)n, 0);
    r->number = kafc__assign_ints(r, (size_t)n, 0);
    r->subs = kafc__arena_array(r->arena, (size_t)n, sizeof(*r->subs));
    if (r->arena->failed || !names)
        return kafc__assign_no_memory(r);
    for (int32_t i = 0; i < n; i++)
        names[i] = (struct name){ r->in->members[i].id, i };
    qsort(names, (size_t)n, sizeof(*names), by_name);
    for (int32_t i = 0; i < n; i++) {
        if (i && kafc__str_same(names[i].s, names[i - 1].s))
            return kafc__error(r->err, KAFC_ERR_USAGE, "the group has member '%.*s' twice",
                               (int)names[i].s.len, names[i].s.p);
        r->input[i] = names[i].at;
        r->number[names[i].at] = i;
    }
    return KAFC_OK;
}

/* Topics while it is not yet known which ones are subscribed to. */
struct topics {
    struct name *v; /* sorted */
    int32_t n;
    bool *used;
    int32_t *seen, nseen; /* in the order of their first use */
};

static kafc_err sort_topics(struct kafc_assign_run *r, struct topics *all)
{
    size_t n = (size_t)r->in->ntopics;

    all->v = kafc__arena_array(r->arena, n, sizeof(*all->v));
    all->used = kafc__arena_array(r->arena, n, sizeof(*all->used));
    all->seen = kafc__assign_ints(r, n, 0);
    all->nseen = 0;
    all->n = 0;
    if (!all->v || !all->used || !all->seen)
        return kafc__assign_no_memory(r);
    for (int32_t i = 0; i < r->in->ntopics; i++)
        if (r->in->topics[i].npartitions > 0)
            all->v[all->n++] = (struct name){ r->in->topics[i].name, i };
    qsort(all->v, (size_t)all->n, sizeof(*all->v), by_name);
    for (int32_t i = 1; i < all->n; i++)
        if (kafc__str_same(all->v[i].s, all->v[i - 1].s))
            return kafc__error(r->err, KAFC_ERR_USAGE, "topic '%.*s' comes twice",
                               (int)all->v[i].s.len, all->v[i].s.p);
    return KAFC_OK;
}

/* Where in n names in Java's order; -1: nowhere. */
static int32_t search(const void *in, int32_t n, kafc_str (*at)(const void *in, int32_t i),
                      kafc_str name)
{
    int32_t lo = 0, hi = n;

    while (lo < hi) {
        int32_t mid = lo + (hi - lo) / 2;
        int c = kafc__java_compare(name, at(in, mid));
        if (c == 0)
            return mid;
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return -1;
}

static kafc_str name_at(const void *in, int32_t i)
{
    return ((const struct topics *)in)->v[i].s;
}

static kafc_str run_name_at(const void *in, int32_t i)
{
    return kafc__assign_topic(in, i)->name;
}

static int32_t find(const struct topics *all, kafc_str name)
{
    return search(all, all->n, name_at, name);
}

int32_t kafc__assign_find_topic(const struct kafc_assign_run *r, kafc_str name)
{
    return search(r, r->ntopics, run_name_at, name);
}

/* ---- Subscriptions ---- */

static bool same_list(const struct kafc_consumer_subscription *a,
                      const struct kafc_consumer_subscription *b)
{
    if (a->topics.n != b->topics.n)
        return false;
    for (int32_t i = 0; i < a->topics.n; i++)
        if (!kafc__str_same(a->topics.v[i], b->topics.v[i]))
            return false;
    return true;
}

static int by_number(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static bool read_subscription(struct kafc_assign_run *r, struct topics *all, int32_t i)
{
    const struct kafc_consumer_subscription *sub = &r->in->members[i].sub;
    struct kafc_ints *s = &r->subs[r->number[i]];

    s->v = kafc__assign_ints(r, (size_t)sub->topics.n, 0);
    if (!s->v)
        return false;
    for (int32_t j = 0; j < sub->topics.n; j++) {
        int32_t t = find(all, sub->topics.v[j]);
        if (t < 0)
            continue;
        s->v[s->n++] = t;
        if (!all->used[t])
            all->seen[all->nseen++] = t;
        all->used[t] = true;
    }
    qsort(s->v, (size_t)s->n, sizeof(*s->v), by_number);
    int32_t n = 0;
    for (int32_t j = 0; j < s->n; j++)
        if (!n || s->v[j] != s->v[n - 1])
            s->v[n++] = s->v[j];
    s->n = n;
    return true;
}

/* The names, sorted, each once. */
static struct name *names_of(struct kafc_assign_run *r,
                             const struct kafc_consumer_subscription *sub, int32_t *n)
{
    struct name *v = kafc__arena_array(r->arena, (size_t)sub->topics.n, sizeof(*v));

    *n = 0;
    if (!v)
        return NULL;
    for (int32_t i = 0; i < sub->topics.n; i++)
        v[i] = (struct name){ sub->topics.v[i], i };
    qsort(v, (size_t)sub->topics.n, sizeof(*v), by_name);
    for (int32_t i = 0; i < sub->topics.n; i++)
        if (!*n || !kafc__str_same(v[i].s, v[*n - 1].s))
            v[(*n)++] = v[i];
    return v;
}

static kafc_err same_names(struct kafc_assign_run *r, int32_t i)
{
    int32_t n, m;
    struct name *a = names_of(r, &r->in->members[0].sub, &n);
    struct name *b = names_of(r, &r->in->members[i].sub, &m);

    if (!a || !b)
        return kafc__assign_no_memory(r);
    r->equal = n == m;
    for (int32_t j = 0; r->equal && j < n; j++)
        r->equal = kafc__str_same(a[j].s, b[j].s);
    return KAFC_OK;
}

/* A member's list is mostly the list of the member before, or of the first: then it is read once. */
static kafc_err read_subscriptions(struct kafc_assign_run *r, struct topics *all)
{
    const struct kafc_assign_member *v = r->in->members;

    r->equal = true;
    for (int32_t i = 0; i < r->nmembers; i++) {
        if (i && same_list(&v[i].sub, &v[i - 1].sub)) {
            r->subs[r->number[i]] = r->subs[r->number[i - 1]];
        } else if (i && same_list(&v[i].sub, &v[0].sub)) {
            r->subs[r->number[i]] = r->subs[r->number[0]];
        } else {
            if (!read_subscription(r, all, i))
                return kafc__assign_no_memory(r);
            kafc_err rc = i && r->equal ? same_names(r, i) : KAFC_OK;
            if (rc)
                return rc;
        }
    }
    return KAFC_OK;
}

/* Leaves topics out that nobody subscribes to. The lists of members may be one and the same. */
static kafc_err number_topics(struct kafc_assign_run *r, struct topics *all)
{
    int32_t *to = kafc__assign_ints(r, (size_t)all->n, -1);
    int64_t parts = 0;

    r->topic = kafc__assign_ints(r, (size_t)all->nseen, 0);
    r->first = kafc__assign_ints(r, (size_t)all->nseen + 1, 0);
    r->seen = all->seen;
    if (!to || !r->topic || !r->first)
        return kafc__assign_no_memory(r);
    for (int32_t t = 0; t < all->n; t++) {
        if (!all->used[t])
            continue;
        to[t] = r->ntopics;
        r->topic[r->ntopics++] = all->v[t].at;
        parts += r->in->topics[all->v[t].at].npartitions;
        if (parts > INT32_MAX / 2)
            return kafc__error(r->err, KAFC_ERR_USAGE, "%lld partitions are too many to assign",
                               (long long)parts);
        r->first[r->ntopics] = (int32_t)parts;
    }
    for (int32_t i = 0; i < r->ntopics; i++)
        r->seen[i] = to[r->seen[i]];
    for (int32_t m = 0; m < r->nmembers; m++) {
        struct kafc_ints *s = &r->subs[m];
        int32_t i = r->input[m];
        bool shared = i && (s->v == r->subs[r->number[i - 1]].v || s->v == r->subs[r->number[0]].v);
        for (int32_t j = 0; !shared && j < s->n; j++)
            s->v[j] = to[s->v[j]];
    }
    r->nparts = (int32_t)parts;
    return KAFC_OK;
}

static kafc_err make_lists(struct kafc_assign_run *r)
{
    size_t n = (size_t)r->nparts, m = (size_t)r->nmembers;

    r->topic_of = kafc__assign_ints(r, n, 0);
    r->owner = kafc__assign_ints(r, n, -1);
    r->next = kafc__assign_ints(r, n, 0);
    r->prev = kafc__assign_ints(r, n, 0);
    r->head = kafc__assign_ints(r, m, -1);
    r->tail = kafc__assign_ints(r, m, -1);
    r->size = kafc__assign_ints(r, m, 0);
    if (r->arena->failed)
        return kafc__assign_no_memory(r);
    for (int32_t t = 0; t < r->ntopics; t++)
        for (int32_t p = r->first[t]; p < r->first[t + 1]; p++)
            r->topic_of[p] = t;
    return KAFC_OK;
}

kafc_err kafc__assign_open(struct kafc_assign_run *r)
{
    struct topics all;
    kafc_err rc = sort_members(r);

    if (!rc)
        rc = sort_topics(r, &all);
    if (!rc)
        rc = read_subscriptions(r, &all);
    if (!rc)
        rc = number_topics(r, &all);
    return rc ? rc : make_lists(r);
}

bool kafc__assign_subscribed(const struct kafc_assign_run *r, int32_t m, int32_t t)
{
    const struct kafc_ints *s = &r->subs[m];

    return s->n && bsearch(&t, s->v, (size_t)s->n, sizeof(t), by_number);
}

struct kafc_ints *kafc__assign_who(struct kafc_assign_run *r, const int32_t *members)
{
    struct kafc_ints *who = kafc__arena_array(r->arena, (size_t)r->ntopics, sizeof(*who));
    size_t total = 0;

    if (!who)
        return NULL;
    for (int32_t m = 0; m < r->nmembers; m++)
        total += (size_t)r->subs[m].n;
    int32_t *room = kafc__assign_ints(r, total, 0);
    if (!room)
        return NULL;
    for (int32_t m = 0; m < r->nmembers; m++)
        for (int32_t j = 0; j < r->subs[m].n; j++)
            who[r->subs[m].v[j]].n++;
    for (int32_t t = 0; t < r->ntopics; t++) {
        who[t].v = room;
        room += who[t].n;
        who[t].n = 0;
    }
    for (int32_t i = 0; i < r->nmembers; i++) {
        const struct kafc_ints *s = &r->subs[members[i]];
        for (int32_t j = 0; j < s->n; j++)
            who[s->v[j]].v[who[s->v[j]].n++] = members[i];
    }
    return who;
}

int32_t *kafc__assign_turns(struct kafc_assign_run *r)
{
    struct name *fixed = kafc__arena_array(r->arena, (size_t)r->nmembers, sizeof(*fixed));
    int32_t *turns = kafc__assign_ints(r, (size_t)r->nmembers, 0);
    int32_t n = 0;

    if (!fixed || !turns)
        return NULL;
    for (int32_t i = 0; i < r->nmembers; i++)
        if (r->in->members[i].instance_id.p)
            fixed[n++] = (struct name){ r->in->members[i].instance_id, i };
    qsort(fixed, (size_t)n, sizeof(*fixed), by_name);
    for (int32_t i = 0; i < n; i++)
        turns[i] = r->number[fixed[i].at];
    for (int32_t m = 0; m < r->nmembers; m++)
        if (!kafc__assign_member(r, m)->instance_id.p)
            turns[n++] = m;
    return turns;
}
