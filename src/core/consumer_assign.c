/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the consumer reads: partitions that come and go, found by topic and
 * number, and what of them is paused.
 */
#include "core/consumer_internal.h"

#include <stdlib.h>

/* --- Partitions --------------------------------------------------------------------- */

struct kafc_consumer_index *kafc__index_find(struct kafc_consumer *c, const char *topic)
{
    return kafc__map_get(&c->index, topic, strlen(topic));
}

static void index_free(struct kafc_consumer_index *x)
{
    kafc_allocator mem = *x->partitions.mem;

    kafc__map_fini(&x->partitions);
    kafc__map_fini(&x->places);
    kafc__name_unref(x->name);
    kafc__free(&mem, x);
}

struct kafc_consumer_index *kafc__index_of(struct kafc_consumer *c, const char *topic)
{
    struct kafc_consumer_index *x = kafc__index_find(c, topic);

    if (x)
        return x;
    x = kafc__zalloc(&c->cfg.mem, sizeof *x);
    if (!x)
        return NULL;
    kafc__map_init(&x->partitions, &c->cfg.mem);
    kafc__map_init(&x->places, &c->cfg.mem);
    x->name = kafc__name_new(&c->cfg.mem, topic);
    if (x->name && kafc__map_put(&c->index, x->name->s, strlen(x->name->s), x))
        return x;
    index_free(x);
    return NULL;
}

void kafc__index_fini(struct kafc_consumer *c)
{
    struct kafc_consumer_index *x;
    size_t i = 0;

    while ((x = kafc__map_next(&c->index, &i)) != NULL)
        index_free(x);
    kafc__map_fini(&c->index);
}

struct kafc_consumer_partition *kafc__cp_find(struct kafc_consumer *c, const char *topic,
                                              int32_t id)
{
    const struct kafc_consumer_index *x = kafc__index_find(c, topic);
    uint64_t key = (uint32_t)id;

    return x ? kafc__map_get(&x->partitions, &key, sizeof key) : NULL;
}

static bool keep_place(struct kafc_consumer_partition *p, uint64_t stamp)
{
    if (!p->c->grouped)
        return true;
    p->place = kafc__place_new(p->c, p->topic->s, p->id, stamp);
    if (p->place)
        p->place->p = p;
    return p->place != NULL;
}

struct kafc_consumer_partition *kafc__cp_new(struct kafc_consumer *c, const char *topic, int32_t id,
                                             uint64_t stamp, kafc_position start,
                                             kafc_position stop)
{
    struct kafc_consumer_index *x = kafc__index_of(c, topic);
    struct kafc_consumer_partition *p = x ? kafc__zalloc(&c->cfg.mem, sizeof *p) : NULL;

    if (!p)
        return NULL;
    p->key = (uint32_t)id;
    p->c = c;
    p->index = x;
    p->topic = x->name;
    p->id = id;
    p->stamp = stamp;
    if (!kafc__map_put(&x->partitions, &p->key, sizeof p->key, p)) {
        kafc__free(&c->cfg.mem, p);
        return NULL;
    }
    if (!keep_place(p, stamp)) {
        kafc__map_del(&x->partitions, &p->key, sizeof p->key);
        kafc__free(&c->cfg.mem, p);
        return NULL;
    }
    p->stop = stop;
    p->stop_offset = INT64_MAX;
    p->stop_known = stop.kind == KAFC_POSITION_DEFAULT;
    p->high_watermark = p->last_stable = p->log_start = -1;
    p->state = KAFC_CP_LOOKUP;
    kafc__list_init(&p->batches);
    kafc__list_init(&p->ready);
    kafc__list_push(&c->partitions, &p->node);
    c->came = true;
    kafc__cp_start(p, start);
    return p;
}

void kafc__cp_give_up(struct kafc_consumer_partition *p)
{
    if (!p || p->dead)
        return;
    kafc__session_leave(p);
    kafc__cp_drop(p);
    kafc__map_del(&p->index->partitions, &p->key, sizeof p->key);
    p->dead = true;
    p->version++;
    kafc__cp_end_claim(p);
    if (p->place)
        p->place->p = NULL;
    kafc__place_unref(p->place);
    p->place = NULL;
}

void kafc__consumer_give_up(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p;
    struct kafc_consumer_topic *t;

    kafc__drop_fetched(&c->notices);
    for (p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node); p;
         p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        kafc__cp_give_up(p);
    for (t = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node); t;
         t = KAFC_LIST_NEXT(&c->topics, t, struct kafc_consumer_topic, node))
        t->dead = true;
    c->idle_topic = false;
}

/* --- Assigning --------------------------------------------------------------------------- */

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory in assign");
}

static kafc_err not_assigned(const char *topic, int32_t partition, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NOT_ASSIGNED, "%s [%d] is not assigned to this reader", topic,
                       partition);
}

kafc_position kafc__position_or(kafc_position p, kafc_position dflt)
{
    return p.kind == KAFC_POSITION_DEFAULT ? dflt : p;
}

kafc_position kafc__default_start(const struct kafc_consumer *c)
{
    return c->grouped ? KAFC_COMMITTED : c->cfg.options.start;
}

kafc_err kafc__check_position(const struct kafc_consumer *c, kafc_position p, bool is_stop,
                              kafc_error *err)
{
    if (p.kind == KAFC_POSITION_CURRENT)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_CURRENT is a position of a kafc_conn alone");
    if ((int)p.kind < 0 || p.kind > KAFC_POSITION_CURRENT)
        return kafc__error(err, KAFC_ERR_USAGE, "such a position is one of kafc_client_offsets() alone");
    if (p.kind == KAFC_POSITION_COMMITTED && is_stop)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_COMMITTED is no place to stop at");
    if (p.kind == KAFC_POSITION_COMMITTED && !c->grouped)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "a reader without a group has no committed offsets");
    if (p.kind == KAFC_POSITION_OFFSET && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "offset %lld to %s at is negative",
                           (long long)p.value, is_stop ? "stop" : "start");
    if (p.kind == KAFC_POSITION_TIME && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_AT_TIME(%lld) is before 1970",
                           (long long)p.value);
    if (p.kind == KAFC_POSITION_AGO && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_AGO(%lld) is to come", (long long)p.value);
    if (p.kind == KAFC_POSITION_TAIL && p.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "KAFC_TAIL(%lld) is negative", (long long)p.value);
    return KAFC_OK;
}

static kafc_err assign_one(struct kafc_consumer *c, const kafc_assignment *a, kafc_error *err)
{
    kafc_position start = kafc__position_or(a->start, kafc__default_start(c));
    kafc_position stop = kafc__position_or(a->stop, c->cfg.options.stop);

    if (!a->topic || !*a->topic || a->partition < 0)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "an assignment needs a topic and a partition from 0 on");
    if (kafc__check_position(c, start, false, err) || kafc__check_position(c, stop, true, err))
        return KAFC_ERR_USAGE;
    if (kafc__cp_find(c, a->topic, a->partition))
        return kafc__error(err, KAFC_ERR_USAGE, "%s [%d] is assigned twice", a->topic,
                           a->partition);
    return kafc__cp_new(c, a->topic, a->partition, 0, start, stop) ? KAFC_OK : no_memory(err);
}

/* By hand or by a group, not both (rule R1). */
static kafc_err check_by_hand(const struct kafc_consumer *c, kafc_error *err)
{
    if (!c->subscribed)
        return KAFC_OK;
    return kafc__error(
        err, KAFC_ERR_USAGE,
        "the reader has a subscription, and its group assigns: kafc_reader_unsubscribe() ends that");
}

/* All of them or none. */
static kafc_err assign_all(struct kafc_consumer *c, const kafc_assignment *a, int32_t n,
                           kafc_error *err)
{
    kafc_err code = KAFC_OK;
    int32_t made = 0;

    for (; made < n && code == KAFC_OK; made += code == KAFC_OK)
        code = assign_one(c, &a[made], err);
    for (int32_t i = 0; i < made && code != KAFC_OK; i++)
        kafc__cp_give_up(kafc__cp_find(c, a[i].topic, a[i].partition));
    return code;
}

kafc_err kafc__consumer_assign(struct kafc_consumer *c, const kafc_assignment *a, int32_t n,
                               kafc_error *err)
{
    kafc_err code;

    kafc__lock(&c->lock);
    code = check_by_hand(c, err);
    if (code == KAFC_OK) {
        kafc__consumer_give_up(c);
        code = assign_all(c, a, n, err);
    }
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c);
    return code;
}

kafc_err kafc__consumer_assign_add(struct kafc_consumer *c, const kafc_assignment *a, int32_t n,
                                   kafc_error *err)
{
    kafc_err code;

    kafc__lock(&c->lock);
    code = check_by_hand(c, err);
    if (code == KAFC_OK)
        code = assign_all(c, a, n, err);
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c);
    return code;
}

/* Are all of these read? */
static kafc_err check_all(struct kafc_consumer *c, const kafc_topic_partition *v, int32_t n,
                          kafc_error *err)
{
    for (int32_t i = 0; i < n; i++) {
        if (!v[i].topic)
            return kafc__error(err, KAFC_ERR_USAGE, "partition %d of no topic", v[i].partition);
        if (!kafc__cp_find(c, v[i].topic, v[i].partition))
            return not_assigned(v[i].topic, v[i].partition, err);
    }
    return KAFC_OK;
}

kafc_err kafc__consumer_assign_remove(struct kafc_consumer *c, const kafc_topic_partition *v,
                                      int32_t n, kafc_error *err)
{
    kafc_err code;

    kafc__lock(&c->lock);
    code = check_by_hand(c, err);
    if (code == KAFC_OK)
        code = check_all(c, v, n, err);
    for (int32_t i = 0; i < n && code == KAFC_OK; i++)
        kafc__cp_give_up(kafc__cp_find(c, v[i].topic, v[i].partition));
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c);
    return code;
}

kafc_err kafc__consumer_read_topic(struct kafc_consumer *c, const char *topic, int32_t partition,
                                   kafc_error *err)
{
    kafc_assignment a = { .topic = topic, .partition = partition };
    struct kafc_consumer_topic *t;

    if (partition >= 0)
        return kafc__consumer_assign(c, &a, 1, err);
    if (kafc__check_position(c, c->cfg.options.start, false, err) ||
        kafc__check_position(c, c->cfg.options.stop, true, err))
        return KAFC_ERR_USAGE;
    t = kafc__zalloc(&c->cfg.mem, sizeof *t);
    if (t)
        t->name = kafc__name_new(&c->cfg.mem, topic);
    if (!t || !t->name) {
        kafc__free(&c->cfg.mem, t);
        return no_memory(err);
    }
    t->start = c->cfg.options.start;
    t->stop = c->cfg.options.stop;
    kafc__lock(&c->lock);
    kafc__consumer_give_up(c);
    kafc__list_push(&c->topics, &t->node);
    c->idle_topic = true;
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c);
    return KAFC_OK;
}

/* --- What is assigned ------------------------------------------------------------------- */

bool kafc__consumer_reads_nothing(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p;
    struct kafc_consumer_topic *t;

    kafc__lock(&c->lock);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    while (p && p->dead)
        p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node);
    t = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node);
    while (t && t->dead)
        t = KAFC_LIST_NEXT(&c->topics, t, struct kafc_consumer_topic, node);
    kafc__unlock(&c->lock);
    return !p && !t;
}

static int compare(const void *a, const void *b)
{
    const kafc_topic_partition *x = a, *y = b;
    int topic = strcmp(x->topic, y->topic);

    return topic != 0 ? topic : (x->partition > y->partition) - (x->partition < y->partition);
}

/* Keeps the n least ones that came, in order. */
static void keep_least(kafc_topic_partition *v, int32_t n, kafc_topic_partition one)
{
    int32_t at = n;

    while (at > 0 && compare(&one, &v[at - 1]) < 0)
        at--;
    if (at == n)
        return;
    memmove(&v[at + 1], &v[at], (size_t)(n - at - 1) * sizeof *v);
    v[at] = one;
}

int32_t kafc__consumer_assignment(struct kafc_consumer *c, kafc_topic_partition *out, int32_t cap)
{
    struct kafc_consumer_partition *p;
    int32_t n = 0;

    kafc__lock(&c->lock);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        kafc_topic_partition one = { p->topic->s, p->id };

        if (p->dead)
            continue;
        if (n < cap)
            out[n] = one;
        else if (cap > 0)
            keep_least(out, cap, one);
        n++;
        if (n == cap)
            qsort(out, (size_t)n, sizeof *out, compare);
    }
    if (n < cap && n > 0)
        qsort(out, (size_t)n, sizeof *out, compare);
    kafc__unlock(&c->lock);
    return n;
}

/* --- Pausing ------------------------------------------------------------------------------ */

kafc_err kafc__consumer_pause(struct kafc_consumer *c, const kafc_topic_partition *v, int32_t n,
                              bool on, kafc_error *err)
{
    struct kafc_consumer_partition *p;
    kafc_err code;

    kafc__lock(&c->lock);
    code = check_all(c, v, n, err);
    for (int32_t i = 0; i < n && code == KAFC_OK; i++)
        kafc__cp_pause(kafc__cp_find(c, v[i].topic, v[i].partition), on);
    p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node);
    for (; p && !v; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (!p->dead)
            kafc__cp_pause(p, on);
    kafc__unlock(&c->lock);
    kafc__consumer_poke(c); /* to fetch them, or not */
    return code;
}
