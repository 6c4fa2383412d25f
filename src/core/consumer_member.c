/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The consumer as a member of the core: its birth and death, pokes, timers,
 * news of topics. Driver's thread.
 */
#include "core/consumer_internal.h"
#include "core/retry.h"

enum { TROUBLE_FRESH_US = 10000000 };

/* --- What is not needed any more ------------------------------------------------------------ */

static void partition_free(struct kafc_consumer_partition *p)
{
    kafc__list_del(&p->node);
    kafc__session_leave(p);
    if (p->meta)
        kafc__meta_drop(p->c->core, p->meta, false);
    kafc__free(&p->c->cfg.mem, p);
}

/* The driver's thread frees what nothing refers to any more. */
static void reap(struct kafc_consumer *c)
{
    struct kafc_consumer_partition *p, *next;
    struct kafc_consumer_topic *t, *tnext;

    for (p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node); p; p = next) {
        next = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node);
        if (p->dead && p->asked == 0 && !p->claim)
            partition_free(p);
    }
    for (t = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node); t; t = tnext) {
        tnext = KAFC_LIST_NEXT(&c->topics, t, struct kafc_consumer_topic, node);
        if (!t->dead)
            continue;
        kafc__list_del(&t->node);
        if (t->meta)
            kafc__meta_drop(c->core, t->meta, false);
        kafc__name_unref(t->name);
        kafc__free(&c->cfg.mem, t);
    }
}

/* --- Life --------------------------------------------------------------------------- */

static void poked(struct kafc_member *m)
{
    struct kafc_consumer *c = KAFC_CONTAINER(m, struct kafc_consumer, member);

    kafc__consumer_work(c);
    c->cfg.on_ready(c->cfg.ctx);
}

/* What was answered and has no leader, or does not exist, is asked for until it has; what is refused is not. */
static void watch(struct kafc_consumer *c, const struct kafc_meta_topic *t, int32_t partition)
{
    kafc_err_class cls = t ? kafc__retry_class(KAFC_API_METADATA, t->error) : KAFC_CLASS_NONE;

    if (t && (partition < 0 ? t->npartitions > 0 : kafc__meta_leader(t, partition, NULL) >= 0))
        return;
    c->no_leader = true;
    if (t && t->fresh &&
        (cls == KAFC_CLASS_NONE || cls == KAFC_CLASS_RETRY || cls == KAFC_CLASS_REFRESH))
        kafc__meta_stale(c->core);
}

/* Wants the topic's metadata; NULL: out of memory, tried again later. */
static struct kafc_meta_topic *want(struct kafc_consumer *c, const struct kafc_name *topic)
{
    struct kafc_meta_topic *t = kafc__meta_want(c->core, topic->s, false);

    if (!t)
        c->retry_at = kafc__core_now(c->core) + kafc__core_retry_delay(c->core, 0);
    return t;
}

/* Makes the partitions of a topic that is read whole. One that appears later is read from its first record: nothing
 * is skipped. */
static void follow_topic(struct kafc_consumer *c, struct kafc_consumer_topic *t)
{
    if (!t->meta)
        t->meta = want(c, t->name);
    while (t->meta && t->known < t->meta->npartitions) {
        kafc_position start = c->idle_topic ? t->start : KAFC_FIRST;

        /* it may be assigned by itself already */
        if (!kafc__cp_find(c, t->name->s, t->known) &&
            !kafc__cp_new(c, t->name->s, t->known, 0, start, t->stop)) {
            c->retry_at = kafc__core_now(c->core) + kafc__core_retry_delay(c->core, 0);
            return; /* the rest later, and then still from where the topic starts */
        }
        t->known++;
    }
    if (t->known > 0)
        c->idle_topic = false;
    watch(c, t->meta, -1);
}

/* Wants metadata of what is newly read. *committed: some partition waits for what the group has committed. */
static void follow_topics(struct kafc_consumer *c, bool *committed)
{
    struct kafc_consumer_partition *p;
    struct kafc_consumer_topic *t = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node);

    c->retry_at = 0;
    c->no_leader = false;
    for (; t; t = KAFC_LIST_NEXT(&c->topics, t, struct kafc_consumer_topic, node))
        if (!t->dead)
            follow_topic(c, t);
    for (p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node); p;
         p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (!p->dead && !p->meta)
            p->meta = want(c, p->topic);
        kafc__cp_check_topic(p);
        if (!p->dead && p->state != KAFC_CP_DONE && p->state != KAFC_CP_FAILED)
            watch(c, p->meta, p->id);
        *committed = *committed || kafc__cp_wants_committed(p);
    }
}

static void retry_fired(void *owner)
{
    kafc__consumer_work(owner);
}

static void set_timer(struct kafc_consumer *c)
{
    int64_t now = kafc__core_now(c->core), at = c->retry_at > now ? c->retry_at : INT64_MAX;
    struct kafc_consumer_partition *p = KAFC_LIST_FIRST(&c->partitions,
                                                        struct kafc_consumer_partition, node);

    for (; p; p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node)) {
        if (!p->dead && p->retry_at > now && p->retry_at < at)
            at = p->retry_at;
    }
    if (at != INT64_MAX)
        kafc__core_timer_set(c->core, &c->timer, at);
}

void kafc__consumer_work(struct kafc_consumer *c)
{
    bool ready, committed = false;

    kafc__lock(&c->lock);
    if (c->stopped) {
        kafc__unlock(&c->lock);
        return;
    }
    reap(c);
    follow_topics(c, &committed);
    kafc__consumer_lookups(c);
    kafc__consumer_checks(c);
    kafc__consumer_fetches(c);
    set_timer(c);
    ready = !kafc__list_empty(&c->ready) || !kafc__list_empty(&c->notices) || c->attention ||
            c->came || kafc__consumer_all_done(c);
    c->came = false;
    kafc__unlock(&c->lock);
    if (committed)
        c->want_committed(c->owner);
    if (ready)
        c->cfg.on_ready(c->cfg.ctx);
}

/* A topic that does not exist is one notice, and is read when it appears (rule R12). */
static void tell_topic(struct kafc_consumer *c, struct kafc_consumer_topic *w,
                       const struct kafc_meta_topic *t)
{
    kafc_error e;

    if (t->error == KAFC_OK)
        w->told = KAFC_OK;
    if (t->error == KAFC_OK || kafc__is_told(w->told, t->error) ||
        t->error == KAFC_ERR_LEADER_NOT_AVAILABLE)
        return;
    kafc__error(&e, t->error, "topic \"%s\": %.400s (it is read when that changes)", t->name,
                kafc__meta_words(c->core, t));
    if (kafc__consumer_tell(c, NULL, w->name, -1, KAFC_OFFSET_UNKNOWN, &e))
        w->told = t->error;
}

static void tell_partition(struct kafc_consumer_partition *p, const struct kafc_meta_topic *t)
{
    if (t->error == KAFC_OK && p->id < t->npartitions)
        return;
    if (t->error == KAFC_OK)
        kafc__cp_tell(
            p, KAFC_ERR_UNKNOWN_PARTITION, KAFC_OFFSET_UNKNOWN,
            "topic \"%s\" has %d partitions, there is no partition %d (it is read when it appears)",
            t->name, t->npartitions, p->id);
    else if (t->error != KAFC_ERR_LEADER_NOT_AVAILABLE)
        kafc__cp_tell(p, t->error, KAFC_OFFSET_UNKNOWN,
                      "topic \"%s\": %.400s (it is read when that changes)", t->name,
                      kafc__meta_words(p->c->core, t));
}

/* Is the notice about the topic, which every partition of it and the topic itself would repeat? */
static bool whole_topic(const struct kafc_consumer *c, const struct kafc_meta_topic *t)
{
    const struct kafc_consumer_topic *w = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic,
                                                          node);

    while (w && (w->dead || w->meta != t))
        w = KAFC_LIST_NEXT(&c->topics, w, struct kafc_consumer_topic, node);
    return w != NULL;
}

static void topic_news(struct kafc_member *m, struct kafc_meta_topic *t)
{
    struct kafc_consumer *c = KAFC_CONTAINER(m, struct kafc_consumer, member);
    struct kafc_consumer_partition *p;
    struct kafc_consumer_topic *w;
    bool whole;

    kafc__lock(&c->lock);
    whole = whole_topic(c, t);
    for (w = KAFC_LIST_FIRST(&c->topics, struct kafc_consumer_topic, node); w;
         w = KAFC_LIST_NEXT(&c->topics, w, struct kafc_consumer_topic, node))
        if (!w->dead && w->meta == t)
            tell_topic(c, w, t);
    for (p = KAFC_LIST_FIRST(&c->partitions, struct kafc_consumer_partition, node); p;
         p = KAFC_LIST_NEXT(&c->partitions, p, struct kafc_consumer_partition, node))
        if (!p->dead && p->meta == t && !whole)
            tell_partition(p, t);
    kafc__unlock(&c->lock);
    kafc__consumer_work(c);
}

static void room(void *ctx)
{
    kafc__consumer_poke(ctx);
}

bool kafc__consumer_trouble(struct kafc_consumer *c, const kafc_error *err)
{
    kafc_err_class cls = kafc__retry_class(err->api, err->code);

    c->trouble = *err;
    c->trouble_of = NULL;
    c->trouble_at = kafc__core_now(c->core);
    kafc__log_in(&kafc__core_config(c->core)->log, KAFC_LOG_DEBUG, KAFC_DEBUG_CGRP, "%s", err->message);
    return (cls == KAFC_CLASS_FATAL || cls == KAFC_CLASS_USAGE) &&
           err->code != KAFC_ERR_NO_MEMORY && err->code != KAFC_ERR_CLOSED &&
           err->code != KAFC_ERR_CANCELLED;
}

void kafc__cp_nonsense(struct kafc_consumer_partition *p, int32_t node, const char *what)
{
    kafc_error err;

    kafc__error(&err, KAFC_ERR_PROTOCOL, "%s [%d]: node %d %s", p->topic->s, p->id, node, what);
    err.broker = node;
    (void)kafc__consumer_trouble(p->c, &err);
    p->c->trouble_of = p;
}

void kafc__cp_sense(const struct kafc_consumer_partition *p)
{
    if (p->c->trouble_of != p)
        return;
    p->c->trouble_of = NULL;
    p->c->trouble.code = KAFC_OK;
}

void kafc__consumer_answered(struct kafc_consumer *c, int32_t node)
{
    if (c->trouble.broker == node && !c->trouble_of)
        c->trouble.code = KAFC_OK;
}

bool kafc__consumer_why(struct kafc_consumer *c, kafc_error *out)
{
    const kafc_error *why = kafc__core_trouble(c->core);
    bool known = true;

    kafc__lock(&c->lock);
    if (kafc__core_now(c->core) - c->trouble_at > TROUBLE_FRESH_US)
        c->trouble.code =
            KAFC_OK; /* another node leads by now, or nothing would have been asked since */
    if (c->trouble.code)
        *out = c->trouble;
    else if (c->no_leader && why)
        *out = *why;
    else if (c->no_leader)
        kafc__error(out, KAFC_ERR_LEADER_NOT_AVAILABLE,
                    "a partition that is read has no leader, or is not known");
    else
        known = false;
    kafc__unlock(&c->lock);
    return known;
}

struct kafc_consumer *kafc__consumer_new(struct kafc_core *core,
                                         const struct kafc_consumer_config *cfg)
{
    struct kafc_consumer *c = kafc__zalloc(&cfg->mem, sizeof *c);

    if (!c)
        return NULL;
    c->core = core;
    c->cfg = *cfg;
    c->budget = kafc__budget_new(&cfg->mem, (size_t)cfg->options.buffer_bytes);
    if (!c->budget || !kafc__core_timer_init(core, &c->timer, retry_fired, c)) {
        kafc__budget_unref(c->budget);
        kafc__free(&cfg->mem, c);
        return NULL;
    }
    kafc__budget_on_room(c->budget, room, c);
    kafc__taker_init(&c->taker, c);
    kafc__mutex_init(&c->lock);
    kafc__list_init(&c->partitions);
    kafc__list_init(&c->topics);
    kafc__map_init(&c->index, &c->cfg.mem);
    kafc__list_init(&c->ready);
    kafc__list_init(&c->notices);
    kafc__list_init(&c->places);
    kafc__list_init(&c->fetchers);
    kafc__list_init(&c->lookups);
    kafc__list_init(&c->checks);
    c->member.poked = poked;
    c->member.topic_news = topic_news;
    kafc__core_add(core, &c->member);
    return c;
}

static void give_up_requests(struct kafc_consumer *c)
{
    struct kafc_fetcher *f;
    struct kafc_lookup *l;

    while ((f = KAFC_LIST_FIRST(&c->fetchers, struct kafc_fetcher, node)) != NULL)
        kafc__fetcher_free(f);
    while ((l = KAFC_LIST_FIRST(&c->lookups, struct kafc_lookup, node)) != NULL)
        kafc__lookup_free(l);
    kafc__epoch_checks_free(c);
}

void kafc__consumer_stop(struct kafc_consumer *c)
{
    kafc__lock(&c->lock);
    c->stopped = true;
    kafc__consumer_give_up(c);
    give_up_requests(c);
    kafc__core_timer_stop(c->core, &c->timer);
    kafc__unlock(&c->lock);
}

void kafc__consumer_free(struct kafc_consumer *c)
{
    kafc__consumer_stop(c);
    kafc__taker_fini(&c->taker);
    reap(c);
    while (!kafc__list_empty(&c->places))
        kafc__place_drop(KAFC_LIST_FIRST(&c->places, struct kafc_place, node));
    kafc__index_fini(c);
    kafc__budget_on_room(c->budget, NULL, NULL); /* batches that are out there tell nobody */
    kafc__budget_unref(c->budget);
    kafc__core_timer_fini(c->core, &c->timer);
    kafc__core_remove(c->core, &c->member);
    kafc__mutex_fini(&c->lock);
    kafc__free(&c->cfg.mem, c);
}
