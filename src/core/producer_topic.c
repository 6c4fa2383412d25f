/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The producer's topics: partition tables made from metadata and published
 * without a lock, and the messages that wait until there is one (rules W3,
 * W9). The driver's thread, but for kafc__topic_out_get().
 */
#include <stdio.h>

#include "base/mem.h"
#include "core/producer_internal.h"
#include "core/retry.h"
#include "protocol/apis.h"

enum {
    UNKNOWN_TOPIC_US = 10000000 /* a topic that nobody knows may be on its way so long (rule W9) */
};

/* --- Made and freed ------------------------------------------------------------- */

/* What the option allows and an empty budget holds. */
static size_t largest_body(const struct kafc_producer *p, const struct kafc_topic_out *t)
{
    const size_t tiny = KAFC_SEG_TINY - sizeof(struct kafc_seg),
                 small = KAFC_SEG_SMALL - sizeof(struct kafc_seg),
                 large = KAFC_SEG_LARGE - sizeof(struct kafc_seg), beside = KAFC_BATCH_HEADER + 7;
    size_t limit = p->budget->limit, most = (size_t)p->cfg.message_max_bytes;
    size_t held = limit < KAFC_SEG_TINY    ? 0
                  : limit < KAFC_SEG_SMALL ? tiny
                  : limit < KAFC_SEG_LARGE ? small
                  : t->zip                 ? SIZE_MAX
                                           : limit / KAFC_SEG_LARGE * large;
    most = held < most ? held : most;
    return most > beside ? most - beside : 0;
}

static struct kafc_topic_out *topic_new(struct kafc_producer *p, const char *name)
{
    struct kafc_topic_out *t = kafc__zalloc(&p->cfg.mem, sizeof(*t));
    if (t)
        t->name = kafc__strdup(&p->cfg.mem, name);
    if (!t || !t->name) {
        kafc__free(&p->cfg.mem, t);
        return NULL;
    }
    uint64_t seed = p->cfg.seed;
    for (const char *c = name; *c; c++)
        seed = (seed ^ (unsigned char)*c) * 0x100000001b3u;
    kafc__partitioner_init(&t->partitioner, &p->cfg.mem, p->rule, p->cfg.batch_bytes, seed);
    t->zip = kafc__producer_codec_of(p, name);
    t->largest_body = largest_body(p, t);
    t->partitioner.uniform = p->cfg.not_adaptive;
    t->partitioner.fn = p->cfg.on_partition;
    t->partitioner.fn_ctx = p->cfg.partition_ctx;
    kafc__list_init(&t->node);
    kafc__list_init(&t->tableless);
    kafc__list_init(&t->waiting);
    kafc__mutex_init(&t->lock);
    atomic_init(&t->table, NULL);
    atomic_init(&t->limit, p->cfg.batch_bytes);
    return t;
}

static void part_free(struct kafc_producer *p, struct kafc_part *part)
{
    kafc__free(&p->cfg.mem, part);
}

/* The one that names all partitions which ever were. */
static struct kafc_table *biggest_table(const struct kafc_topic_out *t)
{
    struct kafc_table *biggest = t->made;
    for (struct kafc_table *x = t->made; x; x = x->older)
        if (x->n > biggest->n)
            biggest = x;
    return biggest;
}

void kafc__topic_out_free(struct kafc_producer *p, struct kafc_topic_out *t)
{
    struct kafc_table *biggest = biggest_table(t);
    for (int32_t i = 0; biggest && i < biggest->n; i++)
        part_free(p, biggest->part[i]);
    while (t->made) {
        struct kafc_table *older = t->made->older;
        kafc__free(&p->cfg.mem, t->made);
        t->made = older;
    }
    kafc__partitioner_fini(&t->partitioner);
    kafc__mutex_fini(&t->lock);
    kafc__free(&p->cfg.mem, t->name);
    kafc__free(&p->cfg.mem, t);
}

struct kafc_topic_out *kafc__topic_out_get(struct kafc_producer *p, const char *name, kafc_err *rc,
                                           kafc_error *err)
{
    size_t len = strlen(name);
    kafc__lock(&p->topics_lock);
    struct kafc_topic_out *t = kafc__map_get(&p->topic_map, name, len);
    bool fresh = !t, ok = !fresh || kafc__topic_name_ok(name);
    if (fresh && ok) {
        t = topic_new(p, name);
        if (t && !kafc__map_put(&p->topic_map, t->name, len, t)) {
            kafc__topic_out_free(p, t);
            t = NULL;
        }
        if (t) {
            kafc__list_push(&p->topics, &t->node);
            t->next_new = p->new_topics;
            p->new_topics = t;
            t->older = atomic_load_explicit(&p->newest, memory_order_relaxed);
            atomic_store_explicit(&p->newest, t, memory_order_release);
        }
    }
    kafc__unlock(&p->topics_lock);
    if (fresh && t)
        kafc__producer_poke(p);
    if (!ok)
        *rc = kafc__topic_name_bad(name, err);
    else if (!t)
        *rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for topic \"%s\"", name);
    return t;
}

/* --- Metadata ---------------------------------------------------------------------- */

bool kafc__producer_want_topic(struct kafc_producer *p, struct kafc_topic_out *t)
{
    if (!t->meta && !p->stopped) {
        t->meta = kafc__meta_want(p->core, t->name, p->cfg.create_topics);
        t->asked = t->meta && !t->meta->fresh;
    }
    return t->meta != NULL;
}

void kafc__producer_new_topics(struct kafc_producer *p)
{
    kafc__lock(&p->topics_lock);
    struct kafc_topic_out *t = p->new_topics;
    p->new_topics = NULL;
    kafc__unlock(&p->topics_lock);
    while (t) {
        struct kafc_topic_out *next = t->next_new;
        t->next_new = p->unwanted;
        p->unwanted = t;
        kafc__list_push(&p->tableless, &t->tableless);
        t = next;
    }
    while ((t = p->unwanted)) {
        t->used_at = kafc__core_now(p->core);
        if (!kafc__producer_want_topic(p, t)) {
            p->memory_at = kafc__core_now(p->core) + MEMORY_RETRY_US;
            return;
        }
        p->unwanted = t->next_new;
        kafc__producer_topic_look(p, t);
    }
    if (p->idempotent)
        kafc__producer_ask_id(p);
}

static struct kafc_part *part_new(struct kafc_producer *p, struct kafc_topic_out *t, int32_t id)
{
    struct kafc_part *part = kafc__zalloc(&p->cfg.mem, sizeof(*part));
    if (!part)
        return NULL;
    kafc__list_init(&part->full);
    kafc__list_init(&part->place);
    kafc__list_init(&part->busy);
    kafc__list_init(&part->queue);
    kafc__list_init(&part->txn);
    atomic_init(&part->dirty, false);
    atomic_init(&part->queued, 0);
    atomic_init(&part->led, false);
    part->topic = t;
    part->id = id;
    part->producer_id = -1;
    part->epoch = -1;
    part->log_end = -1;
    return part;
}

/* A table of n partitions: those that ever were keep their objects. */
static struct kafc_table *table_new(struct kafc_producer *p, struct kafc_topic_out *t, int32_t n)
{
    struct kafc_table *biggest = biggest_table(t);
    int32_t have = biggest ? biggest->n : 0;
    struct kafc_table *table = kafc__zalloc(&p->cfg.mem,
                                            sizeof(*table) + (size_t)n * sizeof(table->part[0]));
    if (!table)
        return NULL;
    table->n = n;
    for (int32_t i = 0; i < n; i++) {
        table->part[i] = i < have ? biggest->part[i] : part_new(p, t, i);
        if (table->part[i])
            continue;
        while (--i >= have)
            part_free(p, table->part[i]);
        kafc__free(&p->cfg.mem, table);
        return NULL;
    }
    table->older = t->made;
    return table;
}

static void waits_no_more(struct kafc_producer *p)
{
    if (atomic_fetch_sub(&p->waiting_count, 1) == 1 &&
        atomic_exchange(&p->crowd.unplaced, KAFC_UNPLACED_FEW) == KAFC_UNPLACED_MANY)
        kafc__producer_event(p);
}

static void waiting_settle(struct kafc_producer *p, struct kafc_waiting *w, kafc_err code)
{
    kafc__budget_give(p->budget, w->size);
    waits_no_more(p);
    kafc__producer_settle(p, &w->batch, KAFC_NOT_WRITTEN, code);
}

static void waiting_append(struct kafc_producer *p, struct kafc_topic_out *t,
                           struct kafc_waiting *w)
{
    struct kafc_partition_view v;
    bool sticky;
    kafc_err why;
    const kafc_message *m = &w->message;
    struct kafc_putting x = { .m = m,
                              .body = w->body,
                              .timestamp = w->timestamp,
                              .word = w->batch.one,
                              .tagged = w->batch.one_tagged,
                              .from = w };
    struct kafc_part *part = kafc__producer_choose(t, t->made, m, &v, &sticky, &why);
    if (part)
        why = kafc__producer_append(p, part, &x);
    if (why != KAFC_OK) {
        waiting_settle(p, w, why);
        return;
    }
    if (sticky)
        kafc__partitioner_stuck(&t->partitioner, part->id, w->body, x.between, &v);
    kafc__budget_give(p->budget, w->size);
    waits_no_more(p);
    kafc__free(&p->cfg.mem, w);
}

/* What waits goes in front of what comes now, and no lock is held while a partitioner runs: so in rounds, until nothing
 * waits at the moment of publishing. */
static void publish(struct kafc_producer *p, struct kafc_topic_out *t)
{
    for (;;) {
        struct kafc_list list;
        kafc__list_init(&list);
        kafc__lock(&t->lock);
        kafc__list_splice(&list, &t->waiting);
        if (kafc__list_empty(&list))
            atomic_store_explicit(&t->table, t->made, memory_order_release);
        kafc__unlock(&t->lock);
        struct kafc_batch_out *b = KAFC_LIST_FIRST(&list, struct kafc_batch_out, node);
        if (!b)
            return;
        while ((b = KAFC_LIST_FIRST(&list, struct kafc_batch_out, node))) {
            kafc__list_del(&b->node);
            waiting_append(p, t, KAFC_CONTAINER(b, struct kafc_waiting, batch));
        }
    }
}

static void look_at_error(struct kafc_producer *p, struct kafc_topic_out *t)
{
    kafc_err_class cls = kafc_err_class_of(t->meta->error);
    if (t->meta->refused) { /* no fault of the topic: the next message asks anew */
        if (!t->made)
            kafc__producer_waiting_fail(p, t, t->meta->error, INT64_MAX);
        return;
    }
    if (t->error != t->meta->error)
        kafc__producer_say(p, cls == KAFC_CLASS_FATAL ? KAFC_LOG_ERROR : KAFC_LOG_INFO,
                           "topic %s: %s", t->name, kafc_err_text(t->meta->error));
    if (t->error != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION)
        t->unknown_since = kafc__core_now(p->core);
    t->error = t->meta->error;
    if (!t->made)
        kafc__producer_waiting_expire(p, kafc__core_now(p->core), &p->expire_at);
}

/* Made anew: its leaders know nothing of us, and would take any batch for the first. So that goes alone again. */
static void look_at_id(struct kafc_topic_out *t)
{
    const struct kafc_table *all = biggest_table(t);
    if (memcmp(&t->id, &t->meta->id, sizeof(t->id)) == 0)
        return;
    t->id = t->meta->id;
    for (int32_t i = 0; all && i < all->n; i++)
        all->part[i]->proven = false;
}

void kafc__producer_topic_look(struct kafc_producer *p, struct kafc_topic_out *t)
{
    struct kafc_meta_topic *meta = t->meta;
    if (!meta)
        return;
    if (meta->error != KAFC_OK && meta->fresh)
        look_at_error(p, t);
    if (meta->error != KAFC_OK || meta->npartitions <= 0)
        return;
    t->error = KAFC_OK;
    p->asks = 0;
    look_at_id(t);
    if (!t->made || t->made->n != meta->npartitions) {
        struct kafc_table *table = table_new(p, t, meta->npartitions);
        if (!table) {
            p->memory_at = kafc__core_now(p->core) + MEMORY_RETRY_US;
            return;
        }
        t->made = table;
        kafc__list_del(&t->tableless);
    }
    for (int32_t i = 0; i < t->made->n; i++)
        kafc__producer_look_led(p, t->made->part[i]);
    bool first = !atomic_load_explicit(&t->table, memory_order_relaxed);
    if (atomic_load_explicit(&t->table, memory_order_relaxed) != t->made)
        publish(p, t);
    if (first) { /* a message needs less room now than it did to wait */
        kafc__producer_event(p);
        kafc__producer_room(p);
    }
    for (int32_t i = 0; i < t->made->n; i++)
        if (kafc__list_linked(&t->made->part[i]->busy))
            kafc__producer_place(p, t->made->part[i]);
}

static bool something_waits(struct kafc_topic_out *t)
{
    kafc__lock(&t->lock);
    bool any = !kafc__list_empty(&t->waiting);
    kafc__unlock(&t->lock);
    return any;
}

static bool is_busy(const struct kafc_topic_out *t)
{
    const struct kafc_table *all = biggest_table(t);
    for (int32_t i = 0; all && i < all->n; i++)
        if (kafc__list_linked(&all->part[i]->busy))
            return true;
    return false;
}

/* Is anybody to write to it, as far as is known? One that is not there has only those that wait. */
static bool is_wanted(struct kafc_producer *p, struct kafc_topic_out *t)
{
    if (!t->made)
        return t->error == KAFC_OK || something_waits(t);
    int64_t idle = p->cfg.metadata_max_idle_us;
    return !idle || kafc__core_now(p->core) - t->used_at < idle || is_busy(t);
}

/* It keeps its table and is not asked for any more, until somebody writes to it again. The writer's own topic stays, if
 * it is there. */
static void let_go(struct kafc_producer *p, struct kafc_topic_out *t)
{
    if ((t == p->only && t->made) || is_wanted(p, t))
        return;
    kafc__meta_drop(p->core, t->meta, p->cfg.create_topics);
    t->meta = NULL;
}

void kafc__producer_news(struct kafc_member *m, struct kafc_meta_topic *meta)
{
    struct kafc_producer *p = KAFC_CONTAINER(m, struct kafc_producer, member);
    kafc__lock(&p->topics_lock);
    struct kafc_topic_out *t = kafc__map_get(&p->topic_map, meta->name, strlen(meta->name));
    kafc__unlock(&p->topics_lock);
    if (!t || t->meta != meta)
        return;
    p->inside++;
    kafc__producer_topic_look(p, t);
    let_go(p, t);
    p->inside--;
    /* There may be news of thousands: what follows from them is done once, and their batches travel together. */
    kafc__core_poke(p->core, &p->member);
}

/* --- Those that wait ------------------------------------------------------------------- */

/* Topics are only ever appended, so the driver may walk them and hold the lock for each step alone. */
static struct kafc_topic_out *next_topic(struct kafc_producer *p, struct kafc_topic_out *t)
{
    kafc__lock(&p->topics_lock);
    struct kafc_topic_out *next = t ? KAFC_LIST_NEXT(&p->topics, t, struct kafc_topic_out, node)
                                    : KAFC_LIST_FIRST(&p->topics, struct kafc_topic_out, node);
    kafc__unlock(&p->topics_lock);
    return next;
}

void kafc__producer_topics_again(struct kafc_producer *p)
{
    for (struct kafc_topic_out *t = next_topic(p, NULL); t; t = next_topic(p, t))
        if (t->meta && (!t->made || t->made->n != t->meta->npartitions))
            kafc__producer_topic_look(p, t);
}

/* So long a message waits for its topic: shorter while the cluster says that there is none such, counted from its first
 * such answer, since until then it may not have been asked. */
static int64_t waits_until(const struct kafc_producer *p, const struct kafc_topic_out *t,
                           int64_t opened_at)
{
    int64_t at = opened_at + p->cfg.delivery_timeout_us;
    if (t->error != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION || p->cfg.create_topics)
        return at;
    int64_t known = (opened_at > t->unknown_since ? opened_at : t->unknown_since) +
                    UNKNOWN_TOPIC_US;
    return known < at ? known : at;
}

void kafc__producer_waiting_fail(struct kafc_producer *p, struct kafc_topic_out *t, kafc_err code,
                                 int64_t now)
{
    const struct kafc_list *last = NULL; /* what comes meanwhile is judged by what is asked after it came */
    for (bool done = false; !done;) {
        kafc__lock(&t->lock);
        struct kafc_batch_out *b = KAFC_LIST_FIRST(&t->waiting, struct kafc_batch_out, node);
        if (b && !b->opened_at)
            b->opened_at = kafc__core_now(p->core);
        if (b && !last)
            last = t->waiting.prev;
        done = b && &b->node == last;
        if (b && waits_until(p, t, b->opened_at) <= now)
            kafc__list_del(&b->node);
        else
            b = NULL;
        kafc__unlock(&t->lock);
        if (!b)
            return;
        const kafc_error *trouble = kafc__core_trouble(p->core);
        if (trouble && t->error == KAFC_OK && !p->troubled)
            kafc__producer_say(p, KAFC_LOG_WARN, "topic %s: no metadata: %s", t->name,
                               trouble->message);
        if (trouble && t->error == KAFC_OK)
            b->why = kafc__producer_words(p, trouble->message, strlen(trouble->message));
        waiting_settle(p, KAFC_CONTAINER(b, struct kafc_waiting, batch), code);
    }
    if (something_waits(t))
        kafc__producer_poke(p);
}

static bool may_heal(kafc_err code)
{
    return kafc__retry_reaction(kafc__retry_class(KAFC_API_METADATA, code))->again;
}

static struct kafc_topic_out *next_tableless(struct kafc_producer *p, struct kafc_topic_out *t)
{
    return t ? KAFC_LIST_NEXT(&p->tableless, t, struct kafc_topic_out, tableless)
             : KAFC_LIST_FIRST(&p->tableless, struct kafc_topic_out, tableless);
}

/* Is there no hope for those that wait? What was denied may be allowed by now: an answer from before they came does not
 * count. */
static bool is_hopeless(struct kafc_producer *p, struct kafc_topic_out *t)
{
    if (t->error == KAFC_OK || may_heal(t->error) || !something_waits(t))
        return false;
    if (!t->asked)
        kafc__meta_stale(p->core);
    t->asked = !(t->meta && t->meta->fresh);
    return !t->asked;
}

/* Those that were let go and are written to again. */
void kafc__producer_want_waiting(struct kafc_producer *p)
{
    struct kafc_topic_out *next, *t = next_tableless(p, NULL);
    for (; t; t = next) {
        next = next_tableless(p, t);
        if (t->meta || !something_waits(t))
            continue;
        if (kafc__producer_want_topic(p, t))
            kafc__producer_topic_look(p, t);
        else
            p->memory_at = kafc__core_now(p->core) + MEMORY_RETRY_US;
    }
}

void kafc__producer_waiting_expire(struct kafc_producer *p, int64_t now, int64_t *next)
{
    for (struct kafc_topic_out *t = next_tableless(p, NULL); t; t = next_tableless(p, t)) {
        const kafc_error *trouble = kafc__core_trouble(p->core);
        kafc_err code = t->error != KAFC_OK ? t->error
                        : trouble           ? trouble->code
                                            : KAFC_ERR_TIMED_OUT;
        kafc__producer_waiting_fail(p, t, code, is_hopeless(p, t) ? INT64_MAX : now);
        kafc__lock(&t->lock);
        struct kafc_batch_out *b = KAFC_LIST_FIRST(&t->waiting, struct kafc_batch_out, node);
        int64_t at = b ? waits_until(p, t, b->opened_at) : INT64_MAX;
        kafc__unlock(&t->lock);
        *next = at < *next ? at : *next;
        if (b && t->error != KAFC_OK && p->ask_at == INT64_MAX)
            p->ask_at = now + kafc__core_retry_delay(p->core, p->asks++);
    }
}

uint64_t kafc__producer_waiting_first(struct kafc_producer *p)
{
    uint64_t first = UINT64_MAX;
    kafc__producer_new_topics(p); /* they may have come with the message that is asked for */
    for (struct kafc_topic_out *t = next_tableless(p, NULL); t; t = next_tableless(p, t)) {
        kafc__lock(&t->lock);
        struct kafc_batch_out *b = KAFC_LIST_FIRST(&t->waiting, struct kafc_batch_out, node);
        if (b && KAFC_CONTAINER(b, struct kafc_waiting, batch)->serial < first)
            first = KAFC_CONTAINER(b, struct kafc_waiting, batch)->serial;
        kafc__unlock(&t->lock);
    }
    return first;
}

void kafc__producer_waiting_fail_all(struct kafc_producer *p, kafc_err code)
{
    for (struct kafc_topic_out *t = next_topic(p, NULL); t; t = next_topic(p, t))
        kafc__producer_waiting_fail(p, t, t->error != KAFC_OK ? t->error : code, INT64_MAX);
}

void kafc__producer_each_part(struct kafc_producer *p,
                              void (*fn)(struct kafc_producer *p, struct kafc_part *part))
{
    for (struct kafc_topic_out *t = next_topic(p, NULL); t; t = next_topic(p, t)) {
        const struct kafc_table *all = biggest_table(t);
        for (int32_t i = 0; all && i < all->n; i++)
            fn(p, all->part[i]);
    }
}

void kafc__producer_unwant_topics(struct kafc_producer *p)
{
    for (struct kafc_topic_out *t = next_topic(p, NULL); t; t = next_topic(p, t)) {
        if (t->meta)
            kafc__meta_drop(p->core, t->meta, p->cfg.create_topics);
        t->meta = NULL;
    }
}

uint64_t kafc__producer_taken(const struct kafc_producer *p)
{
    uint64_t n = 0;
    struct kafc_topic_out *t = atomic_load_explicit(&p->newest, memory_order_acquire);
    for (; t; t = t->older) {
        n += atomic_load_explicit(&t->taken, memory_order_relaxed);
        struct kafc_table *table = atomic_load_explicit(&t->table, memory_order_acquire);
        const struct kafc_table *all = table;
        for (; table; table = table->older)
            all = table->n > all->n ? table : all;
        for (int32_t i = 0; all && i < all->n; i++)
            n += atomic_load_explicit(&all->part[i]->taken, memory_order_relaxed);
    }
    return n;
}
