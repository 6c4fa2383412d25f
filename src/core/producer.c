/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The producer's life: made, hung on the core, woken by pokes and one timer,
 * flushed, closed. The driver's thread, but where the header says "any".
 */
#include "core/producer_internal.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

void kafc__producer_say(struct kafc_producer *p, kafc_log_level level, const char *fmt, ...)
{
    char line[sizeof(p->why)];
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    kafc__lock(&p->lock);
    p->troubled = true;
    memcpy(p->why, line, sizeof(line));
    kafc__unlock(&p->lock);
    kafc__log_in(&p->log, level, KAFC_DEBUG_MSG, "writer: %s", line);
}

void kafc__producer_why(struct kafc_producer *p, char *buf, size_t cap)
{
    kafc__lock(&p->lock);
    (void)snprintf(buf, cap, "%s", p->why);
    kafc__unlock(&p->lock);
}

/* --- Looking around ------------------------------------------------------------------- */

static void look_at_dirty(struct kafc_producer *p)
{
    struct kafc_part *part = atomic_exchange(&p->dirty, NULL), *list = NULL;
    while (part) { /* oldest first */
        struct kafc_part *next = part->next_dirty;
        part->next_dirty = list;
        list = part;
        part = next;
    }
    while (list) {
        struct kafc_part *next = list->next_dirty;
        atomic_store(&list->dirty,
                     false); /* before it is looked at: what comes from now on marks it anew */
        kafc__producer_place(p, list);
        list = next;
    }
}

/* A sender waits for room: what lingers is sent. */
static void hurry_all(struct kafc_producer *p)
{
    struct kafc_part *part = KAFC_LIST_FIRST(&p->busy, struct kafc_part, busy);
    for (; part; part = KAFC_LIST_NEXT(&p->busy, part, struct kafc_part, busy)) {
        kafc__quick_lock(&part->lock);
        if (part->open)
            part->open->hurry = true;
        kafc__quick_unlock(&part->lock);
    }
    kafc__producer_place_busy(p);
}

static int64_t first_due(struct kafc_list *list)
{
    struct kafc_part *part = KAFC_LIST_FIRST(list, struct kafc_part, place);
    return part ? part->due_at : INT64_MAX;
}

static void look_at_due(struct kafc_producer *p, struct kafc_list *list, int64_t now)
{
    struct kafc_part *part;
    while ((part = KAFC_LIST_FIRST(list, struct kafc_part, place)) && part->due_at <= now)
        kafc__producer_place(p, part);
}

/* With the partition whose linger is over go those that have lingered half of theirs: one request for all of them. */
static void look_at_lingering(struct kafc_producer *p, int64_t now)
{
    if (first_due(&p->lingering) > now)
        return;
    p->ripe_until = now + p->cfg.linger_us / 2;
    look_at_due(p, &p->lingering, p->ripe_until);
    p->ripe_until = 0;
}

static void look(struct kafc_producer *p)
{
    int64_t now = kafc__core_now(p->core);
    atomic_store(&p->armed, false);
    if (atomic_exchange(&p->woken, false))
        kafc__producer_event(p);
    kafc__producer_new_topics(p);
    look_at_dirty(p);
    if (atomic_exchange(&p->pressed, false))
        hurry_all(p);
    look_at_lingering(p, now);
    look_at_due(p, &p->backing_off, now);
    if (now >= p->ask_at) {
        p->ask_at = INT64_MAX;
        if (!kafc__list_empty(&p->homeless) || atomic_load(&p->waiting_count))
            kafc__meta_stale(p->core);
        kafc__producer_place_list(p, &p->homeless);
    }
    if (now >= p->memory_at) {
        p->memory_at = INT64_MAX;
        kafc__producer_topics_again(p);
    }
    if (p->id_state == KAFC_ID_NONE && now >= p->id_at)
        kafc__producer_place_list(p, &p->without_id);
    if (atomic_load(&p->waiting_count)) {
        kafc__producer_want_waiting(p);
        kafc__producer_waiting_expire(p, now, &p->expire_at);
    }
    kafc__producer_expire(p, now);
}

/* --- Flushes --------------------------------------------------------------------------- */

enum { FLUSH_NEW, FLUSH_HELD, FLUSH_CLOSING, FLUSH_WAITING };

/* Everything open is sealed at once, and again when the messages that wait for metadata have become batches; then the
 * verdicts are awaited. */
static bool flushes_ready(struct kafc_producer *p)
{
    bool any = false;
    uint64_t first = atomic_load(&p->waiting_count) ? kafc__producer_waiting_first(p) : UINT64_MAX;
    kafc__lock(&p->lock);
    for (struct kafc_list *l = p->flushes.next; l != &p->flushes; l = l->next) {
        struct kafc_flush *f = KAFC_CONTAINER(l, struct kafc_flush, node);
        if (f->stage > FLUSH_HELD)
            continue;
        any = any || f->stage == FLUSH_NEW || first > f->waiting;
        f->stage = first > f->waiting ? FLUSH_CLOSING : FLUSH_HELD;
    }
    kafc__unlock(&p->lock);
    return any;
}

static void seal_all(struct kafc_producer *p)
{
    look_at_dirty(p);
    struct kafc_part *part = KAFC_LIST_FIRST(&p->busy, struct kafc_part, busy);
    for (; part; part = KAFC_LIST_NEXT(&p->busy, part, struct kafc_part, busy))
        kafc__producer_take_open(p, part);
    kafc__producer_place_busy(p);
    kafc__producer_gather(p);
}

static void look_at_flushes(struct kafc_producer *p)
{
    kafc__lock(&p->lock);
    bool none = kafc__list_empty(&p->flushes);
    kafc__unlock(&p->lock);
    if (none)
        return;
    if (flushes_ready(p))
        seal_all(p);
    struct kafc_batch_out *b = KAFC_LIST_FIRST(&p->all, struct kafc_batch_out, all);
    bool ended = false;
    kafc__lock(&p->lock);
    for (struct kafc_list *l = p->flushes.next, *next; l != &p->flushes; l = next) {
        struct kafc_flush *f = KAFC_CONTAINER(l, struct kafc_flush, node);
        next = l->next;
        if (f->stage == FLUSH_CLOSING) {
            f->stage = FLUSH_WAITING;
            f->batches = p->serial;
        }
        if (f->stage != FLUSH_WAITING || (b && b->serial <= f->batches))
            continue;
        kafc__list_del(&f->node);
        atomic_store(&f->done, true);
        ended = true;
    }
    kafc__unlock(&p->lock);
    if (ended)
        kafc__producer_event(p);
}

void kafc__producer_wake(struct kafc_producer *p)
{
    atomic_store(&p->woken, true);
    kafc__producer_poke(p);
}

void kafc__producer_flush_begin(struct kafc_producer *p, struct kafc_flush *f)
{
    f->waiting = atomic_load(&p->waiting_serial);
    f->batches = 0;
    f->stage = FLUSH_NEW;
    atomic_init(&f->done, false);
    kafc__list_init(&f->node);
    kafc__lock(&p->lock);
    kafc__list_push(&p->flushes, &f->node);
    kafc__unlock(&p->lock);
    kafc__producer_poke(p);
}

void kafc__producer_flush_end(struct kafc_producer *p, struct kafc_flush *f)
{
    kafc__lock(&p->lock);
    kafc__list_del(&f->node);
    kafc__unlock(&p->lock);
}

/* --- Closing ------------------------------------------------------------------------------ */

void kafc__producer_door(struct kafc_producer *p, kafc_err code)
{
    int was = atomic_load(&p->door);
    while (was != KAFC_ERR_CLOSED && !atomic_compare_exchange_weak(&p->door, &was, (int)code))
        continue;
}

void kafc__producer_sweep(struct kafc_producer *p)
{
    kafc__producer_new_topics(p);
    (void)kafc__producer_waiting_first(p);
    kafc__producer_each_part(p, kafc__producer_place);
}

/* New messages are refused from here on. */
static void shut(struct kafc_producer *p)
{
    atomic_store(&p->door, KAFC_ERR_CLOSED);
    atomic_store(&p->refusing, true);
}

static void fail_part(struct kafc_producer *p, struct kafc_part *part)
{
    kafc__producer_take_open(p, part);
    struct kafc_batch_out *b;
    while ((b = KAFC_LIST_FIRST(&part->queue, struct kafc_batch_out, node)))
        kafc__producer_fail(p, b, b->cause != KAFC_OK ? b->cause : p->failing);
    kafc__producer_place(p, part);
}

static void fail_everything(struct kafc_producer *p, kafc_err code)
{
    struct kafc_flight *f;
    while ((f = KAFC_LIST_FIRST(&p->flights, struct kafc_flight, node)))
        kafc__producer_abandon(p, f);
    p->failing = code;
    kafc__producer_each_part(p, fail_part);
    kafc__producer_waiting_fail_all(p, code);
}

bool kafc__producer_nothing_left(const struct kafc_producer *p)
{
    return kafc__list_empty(&p->busy) && kafc__list_empty(&p->all) &&
           atomic_load(&p->waiting_count) == 0;
}

static void look_at_close(struct kafc_producer *p)
{
    if (!atomic_load(&p->refusing) || atomic_load(&p->closed))
        return;
    bool ended = !p->txn || kafc__txn_close(p->txn);
    if (!p->swept)
        kafc__producer_sweep(p);
    p->swept = true;
    look_at_dirty(
        p); /* messages that waited for metadata may have found their partitions just now */
    kafc__producer_gather(p);
    kafc__lock(&p->lock);
    int64_t at = p->close_at;
    kafc__unlock(&p->lock);
    if (p->txn && !ended) {
        (void)kafc__txn_run(p->txn);
        ended = kafc__txn_close(p->txn);
    }
    bool over = kafc__core_now(p->core) >= at;
    bool left = !ended || !kafc__producer_nothing_left(p);
    if (!over && (left || !kafc__producer_got_through(p)))
        return;
    if (left) {
        atomic_store(&p->late, true);
        fail_everything(p, KAFC_ERR_TIMED_OUT);
    }
    if (kafc__producer_give_up_barrier(p))
        atomic_store(&p->late, true);
    kafc__producer_deliver(p);
    kafc__producer_end(p);
    if (p->txn)
        kafc__txn_closed(p->txn);
    kafc__producer_event(p);
}

void kafc__producer_close(struct kafc_producer *p, int64_t deadline)
{
    kafc__lock(&p->lock);
    if (deadline < p->close_at)
        p->close_at = deadline;
    kafc__unlock(&p->lock);
    shut(p);
    kafc__producer_poke(p);
    kafc__producer_room(p); /* who waits for it learns that there will be none */
}

bool kafc__producer_closed(const struct kafc_producer *p)
{
    return atomic_load(&((struct kafc_producer *)(uintptr_t)p)->closed);
}

bool kafc__producer_closed_in_time(const struct kafc_producer *p)
{
    return !atomic_load(&((struct kafc_producer *)(uintptr_t)p)->late);
}

/* --- Around every entry -------------------------------------------------------------------- */

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static void rearm(struct kafc_producer *p)
{
    int64_t linger = first_due(&p->lingering);
    int64_t at = earlier(earlier(linger, first_due(&p->backing_off)),
                         earlier(p->expire_at, p->memory_at));
    at = earlier(at, p->ask_at);
    if (!kafc__list_empty(&p->without_id) && p->id_state == KAFC_ID_NONE)
        at = earlier(at, p->id_at);
    for (struct kafc_node_out *n = p->nodes; n; n = n->next)
        if (!kafc__list_empty(&n->ready) && n->in_flight < NODE_IN_FLIGHT &&
            p->memory_at == INT64_MAX)
            at = earlier(at, n->mute_until);
    if (atomic_load(&p->refusing) && !atomic_load(&p->closed)) {
        kafc__lock(&p->lock);
        at = earlier(at, p->close_at);
        kafc__unlock(&p->lock);
    }
    if (at == INT64_MAX)
        kafc__core_timer_stop(p->core, &p->timer);
    else
        kafc__core_timer_set(p->core, &p->timer, at);
    /* Senders that read this as true come later than the timer was set, and their batches later than its linger. */
    if (linger != INT64_MAX)
        atomic_store(&p->armed, true);
    else if (atomic_exchange(&p->armed, false) && atomic_load(&p->dirty))
        kafc__producer_poke(p); /* they relied on a linger that has just ended otherwise */
}

void kafc__producer_enter(struct kafc_producer *p)
{
    p->inside++;
}

static void tell_room(struct kafc_producer *p)
{
    if (p->cfg.on_room && atomic_exchange(&p->roomy, false) &&
        atomic_exchange(&p->room_wanted, false))
        p->cfg.on_room(p->cfg.ctx);
}

void kafc__producer_leave(struct kafc_producer *p)
{
    if (p->inside == 1 && !p->stopped) {
        if (atomic_load(&p->dirty)) /* their linger may be the first now */
            look_at_dirty(p);
        if (p->txn)
            (void)kafc__txn_run(p->txn);
        kafc__producer_gather(p);
        kafc__producer_deliver(p); /* a flush ends behind the reports of what it flushed */
        look_at_flushes(p);
        look_at_close(p);
        if (p->txn && kafc__txn_run(p->txn)) /* of what was placed meanwhile, or has failed */
            kafc__producer_poke(p);
        rearm(p);
        kafc__producer_deliver(p);
        tell_room(p);
    }
    p->inside--;
}

static void run(struct kafc_producer *p)
{
    if (p->stopped)
        return;
    kafc__producer_enter(p);
    look(p);
    kafc__producer_leave(p);
}

static void poked(struct kafc_member *m)
{
    run(KAFC_CONTAINER(m, struct kafc_producer, member));
}

static void fire(void *owner)
{
    run(owner);
}

/* --- Made and freed -------------------------------------------------------------------------- */

static void on_room(void *ctx)
{
    kafc__producer_event(ctx);
    kafc__producer_room(ctx);
}

static void init_fields(struct kafc_producer *p)
{
    struct kafc_list *lists[] = { &p->topics,    &p->reports,     &p->all,        &p->busy,
                                  &p->lingering, &p->backing_off, &p->homeless,   &p->without_id,
                                  &p->flights,   &p->spare,       &p->deliveries, &p->flushes,
                                  &p->tableless, &p->member.node };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        kafc__list_init(lists[i]);
    kafc__mutex_init(&p->topics_lock);
    kafc__mutex_init(&p->lock);
    kafc__mutex_init(&p->report_lock);
    kafc__map_init(&p->topic_map, &p->cfg.mem);
    kafc__map_init(&p->words, &p->cfg.mem);
    kafc__arena_init(&p->arena, &p->cfg.mem, 0);
    p->close_at = p->expire_at = p->ask_at = p->memory_at = INT64_MAX;
    p->member.poked = poked;
    p->member.topic_news = kafc__producer_news;
    p->producer_id = -1;
    atomic_init(&p->slots_free, p->cfg.report_slots > 0 ? p->cfg.report_slots : 1000000);
    int64_t bite = atomic_load(&p->slots_free) / 1024;
    p->slot_bite = bite < 1 ? 1 : bite > 64 ? 64 : (int32_t)bite;
}

static kafc_err check_config(const struct kafc_producer_config *cfg,
                             const struct kafc_partitioner_rule **rule, kafc_error *err)
{
    const char *name = cfg->partitioner ? cfg->partitioner : "murmur2";
    *rule = kafc__partitioner_rule(name);
    if (!*rule)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no partitioner \"%s\"", name);
    if (cfg->ignore_keys && !(*rule = kafc__partitioner_keyless(*rule)))
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "keys cannot be ignored: without one, the partitioner \"%s\" does not stick", name);
    if (cfg->transactional_id && !*cfg->transactional_id)
        return kafc__error(err, KAFC_ERR_USAGE, "the transactional id is empty");
    if (cfg->transactional_id && strlen(cfg->transactional_id) > INT16_MAX)
        return kafc__error(err, KAFC_ERR_USAGE, "a transactional id of %zu bytes: at most %d",
                           strlen(cfg->transactional_id), INT16_MAX);
    if (cfg->transactional_id && (cfg->acks != -1 || !cfg->idempotence))
        return kafc__error(err, KAFC_ERR_USAGE,
                           "the transactions of \"%.200s\" need idempotence and acks all",
                           cfg->transactional_id);
    if (cfg->idempotence && cfg->acks != -1)
        return kafc__error(err, KAFC_ERR_USAGE, "idempotence needs acks all, not %d",
                           (int)cfg->acks);
    return kafc__producer_codecs_check(cfg, err);
}

struct kafc_producer *kafc__producer_new(struct kafc_core *core,
                                         const struct kafc_producer_config *cfg, kafc_error *err)
{
    const struct kafc_partitioner_rule *rule;
    if (check_config(cfg, &rule, err) != KAFC_OK)
        return NULL;
    struct kafc_producer *p = kafc__zalloc(&cfg->mem, sizeof(*p));
    kafc_err rc = KAFC_ERR_NO_MEMORY;
    if (!p)
        goto out;
    p->core = core;
    p->cfg = *cfg;
    p->cfg.topic = p->cfg.partitioner = p->cfg.transactional_id = NULL; /* the caller's strings */
    p->log = kafc__core_config(core)->log;
    p->rule = rule;
    init_fields(p);
    p->idempotent = cfg->idempotence;
    p->max_in_flight = !p->idempotent                                     ? 1
                       : cfg->max_in_flight < 1 || cfg->max_in_flight > 5 ? 5
                                                                          : cfg->max_in_flight;
    p->crowd.enough = cfg->batch_bytes < CROWD_BYTES ? CROWD_BYTES / cfg->batch_bytes : 1;
    p->crowd.enough = p->crowd.enough < p->max_in_flight ? p->crowd.enough : p->max_in_flight;
    p->budget = kafc__budget_new(&cfg->mem, (size_t)cfg->buffer_bytes);
    const struct kafc_codec *codec = cfg->compression == KAFC_NONE
                                         ? NULL
                                         : kafc__codec((int)cfg->compression);
    if (!kafc__producer_codecs_init(p, cfg) || !p->budget ||
        !kafc__batch_pool_init(&p->pool, &cfg->mem, p->budget, codec, cfg->level))
        goto out;
    p->pooled = true;
    if (cfg->transactional_id) {
        p->cfg.transactional_id = kafc__strdup(&cfg->mem, cfg->transactional_id);
        p->txn = kafc__txn_new(p, cfg->transactional_id, cfg->transaction_timeout_ms);
        if (!p->txn || !p->cfg.transactional_id)
            goto out;
    }
    kafc__budget_on_room(p->budget, on_room, p);
    if (cfg->topic && !(p->only = kafc__topic_out_get(p, cfg->topic, &rc, err)))
        goto out;
    return p;
out:
    if (p)
        kafc__producer_free(p);
    if (rc == KAFC_ERR_NO_MEMORY)
        (void)kafc__error(err, rc, "out of memory for a writer");
    return NULL;
}

kafc_err kafc__producer_start(struct kafc_producer *p, kafc_error *err)
{
    if (!kafc__core_timer_init(p->core, &p->timer, fire, p))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a writer's timer");
    if (p->txn && !kafc__txn_start(p->txn)) {
        kafc__core_timer_fini(p->core, &p->timer);
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a transaction's timer");
    }
    kafc__core_add(p->core, &p->member);
    atomic_store(&p->started, true);
    kafc__core_poke(p->core, &p->member);
    return KAFC_OK;
}

void kafc__producer_stop(struct kafc_producer *p)
{
    if (p->stopped)
        return;
    shut(p);
    p->stopped = true; /* nothing is sent from here on */
    kafc__producer_enter(p);
    if (p->id_state == KAFC_ID_ASKED)
        kafc__core_cancel(p->core, &p->id_rq);
    if (!kafc__producer_nothing_left(p))
        atomic_store(&p->late, true);
    fail_everything(p, KAFC_ERR_CLOSED);
    (void)kafc__producer_give_up_barrier(p);
    if (p->txn)
        kafc__txn_stop(p->txn);
    if (atomic_exchange(&p->started, false)) {
        kafc__core_timer_fini(p->core, &p->timer);
        kafc__core_remove(p->core, &p->member);
    }
    kafc__producer_unwant_topics(p);
    kafc__producer_deliver(p);
    kafc__producer_end(p);
    kafc__producer_leave(p);
    kafc__producer_event(p);
}

static void free_batches(struct kafc_producer *p, struct kafc_list *list)
{
    struct kafc_batch_out *b;
    while ((b = KAFC_LIST_FIRST(list, struct kafc_batch_out, node))) {
        kafc__list_del(&b->node);
        kafc__producer_release(p, b);
    }
}

void kafc__producer_free(struct kafc_producer *p)
{
    if (!p)
        return;
    struct kafc_topic_out *t;
    struct kafc_flight *f;
    if (p->budget)
        kafc__budget_on_room(p->budget, NULL, NULL);
    free_batches(p, &p->reports);
    free_batches(p, &p->deliveries);
    while ((t = KAFC_LIST_FIRST(&p->topics, struct kafc_topic_out, node))) {
        kafc__list_del(&t->node);
        kafc__topic_out_free(p, t);
    }
    kafc__map_fini(&p->topic_map);
    kafc__producer_words_free(p);
    while ((f = KAFC_LIST_FIRST(&p->spare, struct kafc_flight, node)))
        kafc__flight_free(p, f);
    while (p->nodes) {
        struct kafc_node_out *next = p->nodes->next;
        kafc__free(&p->cfg.mem, p->nodes);
        p->nodes = next;
    }
    kafc__arena_fini(&p->arena);
    kafc__producer_codecs_fini(p);
    kafc__txn_free(p->txn);
    kafc__free(&p->cfg.mem, (void *)(uintptr_t)p->cfg.transactional_id);
    if (p->pooled)
        kafc__batch_pool_fini(&p->pool);
    kafc__budget_unref(p->budget);
    kafc__mutex_fini(&p->topics_lock);
    kafc__mutex_fini(&p->lock);
    kafc__mutex_fini(&p->report_lock);
    kafc_allocator mem = p->cfg.mem;
    kafc__free(&mem, p);
}

struct kafc_txn *kafc__producer_txn(struct kafc_producer *p)
{
    return p->txn;
}
