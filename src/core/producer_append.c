/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The sending thread's part: a message into the open batch of its partition,
 * with one lock. Any thread; the driver too, for messages that waited.
 */
#include "base/log.h"
#include "base/mem.h"
#include "core/batch_put.h"
#include "core/producer_internal.h"

void kafc__producer_poke(struct kafc_producer *p)
{
    if (atomic_load_explicit(&p->started, memory_order_acquire))
        kafc__core_poke(p->core, &p->member);
}

/* --- Report slots: taken in bites, so that the counter is not touched for each message ---------- */

/* Up to so many; how many. */
static int64_t slots_bite(struct kafc_producer *p, int64_t most)
{
    int_least64_t have = atomic_load_explicit(&p->slots_free, memory_order_relaxed), bite;
    do {
        /* Some may have come in between, for nobody: look again after saying so. */
        if (have <= 0 && !atomic_exchange(&p->slots_wanted, true))
            have = atomic_load(&p->slots_free);
        if (have <= 0)
            return 0;
        bite = have < most ? have : most;
    } while (!atomic_compare_exchange_weak(&p->slots_free, &have, have - bite));
    return bite;
}

static bool slots_take(struct kafc_producer *p, struct kafc_batch_out *b)
{
    int64_t bite = slots_bite(p, p->slot_bite);
    b->slot_credit += (uint32_t)bite;
    return bite > 0;
}

void kafc__producer_slots_give(struct kafc_producer *p, int64_t n)
{
    if (n <= 0)
        return;
    atomic_fetch_add(&p->slots_free, n);
    if (atomic_load(&p->slots_wanted) && atomic_exchange(&p->slots_wanted, false))
        kafc__producer_event(p);
    kafc__producer_room(p);
}

/* --- Room for those who do not wait ------------------------------------------------------------- */

void kafc__producer_want_room(struct kafc_producer *p)
{
    atomic_store(&p->room_wanted, true);
}

void kafc__producer_room(struct kafc_producer *p)
{
    if (!p->cfg.on_room || !atomic_load(&p->room_wanted) || atomic_exchange(&p->roomy, true))
        return;
    kafc__producer_poke(p);
}

/* --- Choosing ---------------------------------------------------------------------------------- */

static bool part_led(const void *ctx, int32_t i)
{
    const struct kafc_table *table = ctx;
    return atomic_load_explicit(&table->part[i]->led, memory_order_relaxed);
}

static uint32_t part_queued(const void *ctx, int32_t i)
{
    const struct kafc_table *table = ctx;
    return atomic_load_explicit(&table->part[i]->queued, memory_order_relaxed);
}

struct kafc_part *kafc__producer_choose(struct kafc_topic_out *t, struct kafc_table *table,
                                        const kafc_message *m, struct kafc_partition_view *v,
                                        bool *sticky, kafc_err *why)
{
    *v = (struct kafc_partition_view){ table->n, table, part_led, part_queued };
    *sticky = false;
    int32_t i;
    if (m->to_partition) {
        i = m->to_partition == KAFC_ZERO ? 0 : m->to_partition;
        if (i >= table->n) {
            *why = KAFC_ERR_UNKNOWN_PARTITION;
            return NULL;
        }
    } else {
        i = kafc__partitioner_pick(&t->partitioner, m, v, sticky);
        if (i < 0) {
            *why = i == KAFC_PICK_NO_MEMORY ? KAFC_ERR_NO_MEMORY : KAFC_ERR_USAGE;
            return NULL;
        }
    }
    *why = KAFC_OK;
    return table->part[i];
}

/* --- Appending ------------------------------------------------------------------------------------ */

/* Puts it on the list of partitions that the driver will look at. Lock-free, once until the driver has looked. */
static void mark_dirty(struct kafc_producer *p, struct kafc_part *part)
{
    if (atomic_exchange(&part->dirty, true))
        return;
    struct kafc_part *head = atomic_load_explicit(&p->dirty, memory_order_relaxed);
    do {
        part->next_dirty = head;
    } while (!atomic_compare_exchange_weak(&p->dirty, &head, part));
}

/* With the lock: the open batch takes no more. Compressing and summing its end is this thread's work. */
static void close_open(struct kafc_producer *p, struct kafc_part *part)
{
    struct kafc_batch_out *b = part->open;
    part->open = NULL;
    (void)kafc__batch_out_seal(&p->pool, b, NULL);
    if (b->slot_credit) {
        kafc__producer_slots_give(p, b->slot_credit);
        b->slot_credit = 0;
    }
    kafc__list_push(&part->full, &b->node);
    int queued = 1 + (int)atomic_fetch_add_explicit(&part->queued, 1, memory_order_relaxed);
    if (queued <= p->crowd.enough || atomic_load_explicit(&part->slow, memory_order_relaxed))
        return;
    atomic_store_explicit(&p->crowd.left, CROWD_WAIT, memory_order_relaxed);
    atomic_store(&p->crowd.part, part);
}

/* --- Senders that run ahead --------------------------------------------------------------------- */

int32_t kafc__producer_crowded(const struct kafc_producer *p)
{
    if (atomic_load_explicit(&p->crowd.unplaced, memory_order_relaxed) == KAFC_UNPLACED_MANY)
        return UNPLACED_US;
    return atomic_load_explicit(&p->crowd.part, memory_order_relaxed) ? CROWD_US : 0;
}

void kafc__producer_crowd_on(struct kafc_producer *p)
{
    struct kafc_part *part = atomic_exchange(&p->crowd.part, NULL);
    if (part)
        atomic_store_explicit(&part->slow, true, memory_order_relaxed);
    int many = KAFC_UNPLACED_MANY;
    (void)atomic_compare_exchange_strong(&p->crowd.unplaced, &many, KAFC_UNPLACED_LONG);
}

/* Its slots go back in silence where the buffer had no room: who waits for slots is told when that has some, while
 * told of its own it would try again at once, for ever. */
static void discard_empty(struct kafc_producer *p, struct kafc_part *part, kafc_err why)
{
    struct kafc_batch_out *b = part->open;
    if (!b || b->count || b->broken)
        return;
    if (why == KAFC_ERR_WOULD_BLOCK)
        atomic_fetch_add(&p->slots_free, b->slot_credit);
    else
        kafc__producer_slots_give(p, b->slot_credit);
    b->slot_credit = 0;
    part->open = NULL;
    kafc__batch_out_free(&p->pool, b);
}

static struct kafc_batch_out *open_batch(struct kafc_producer *p, struct kafc_part *part,
                                         const struct kafc_waiting *from)
{
    struct kafc_batch_out *b = kafc__batch_out_new(&p->pool, part);
    if (!b)
        return NULL;
    b->topic = part->topic->name;
    b->partition = part->id;
    b->zip = part->topic->zip;
    b->opened_at = from ? from->batch.opened_at : p->cfg.now_us ? p->cfg.now_us(p->cfg.ctx) : 0;
    part->open = b;
    return b;
}

static kafc_err try_put(struct kafc_producer *p, struct kafc_part *part, struct kafc_batch_out *b,
                        const struct kafc_putting *w, enum kafc_put *put)
{
    bool slot = w->tagged || kafc__producer_wants_slots(p);
    *put = KAFC_PUT_NO_MEMORY;
    kafc__batch_out_shut(b);
    if (slot) {
        if (!w->tagged && !w->from && !b->slot_credit && !slots_take(p, b))
            return KAFC_ERR_WOULD_BLOCK;
        if (!kafc__batch_out_slot_room(&p->pool, b))
            return KAFC_ERR_NO_MEMORY;
    }
    size_t limit = (size_t)atomic_load_explicit(&part->topic->limit, memory_order_relaxed);
    *put = kafc__batch_out_put(&p->pool, b, w->m, w->body, w->timestamp, limit, w->from != NULL);
    if (*put == KAFC_PUT_NO_ROOM)
        return KAFC_ERR_WOULD_BLOCK;
    if (*put != KAFC_PUT_OK)
        return *put == KAFC_PUT_FULL ? KAFC_OK : KAFC_ERR_NO_MEMORY;
    if (slot) {
        if (w->tagged)
            ((struct kafc_write_entry *)w->word)->record = b->count - 1;
        else if (!w->from)
            b->slot_credit--;
        kafc__batch_out_slot_put(b, w->word, w->tagged);
    }
    kafc__batch_out_open(b, limit);
    return KAFC_OK;
}

/* Into the open batch, if there is one that wants to know no more than this. With the partition's lock. */
KAFC_INLINE bool put_short(struct kafc_producer *p, struct kafc_part *part, const kafc_message *m,
                           size_t body, int64_t timestamp, void *word)
{
    struct kafc_batch_out *b = part->open;
    if (!b || b->count == p->cfg.batch_messages - 1 ||
        !kafc__batch_out_put_here(b, m, body, timestamp, kafc__producer_wants_slots(p), word))
        return false;
    kafc__producer_take(&part->taken);
    return true;
}

/* With the partition's lock. */
static kafc_err put_message(struct kafc_producer *p, struct kafc_part *part, struct kafc_putting *w)
{
    for (;;) {
        struct kafc_batch_out *b = part->open;
        bool fresh = !b;
        if (fresh && !(b = open_batch(p, part, w->from)))
            return KAFC_ERR_NO_MEMORY;
        enum kafc_put put;
        kafc_err rc = try_put(p, part, b, w, &put);
        if (put == KAFC_PUT_FULL || b->broken) {
            close_open(p, part);
            w->look = w->full = true;
            if (rc == KAFC_OK)
                continue;
            return rc;
        }
        if (rc != KAFC_OK) {
            discard_empty(p, part, rc);
            return rc;
        }
        w->look = w->look || fresh || (w->tagged && !b->hurry);
        b->hurry = b->hurry || w->tagged;
        if (p->cfg.batch_messages && b->count >= p->cfg.batch_messages) {
            close_open(p, part);
            w->look = w->full = true;
        }
        if (!w->from)
            kafc__producer_take(&part->taken);
        return KAFC_OK;
    }
}

kafc_err kafc__producer_append(struct kafc_producer *p, struct kafc_part *part,
                               struct kafc_putting *w)
{
    kafc__quick_lock(&part->lock);
    kafc_err rc = w->from ? KAFC_OK
                          : (kafc_err)atomic_load_explicit(&p->door, memory_order_relaxed);
    if (rc == KAFC_OK &&
        (w->tagged || w->from || !put_short(p, part, w->m, w->body, w->timestamp, w->word)))
        rc = put_message(p, part, w);
    w->between = !part->open;
    /* Within the lock: who puts the next message into this batch may flush at once, and relies on it. */
    if (w->look)
        mark_dirty(p, part);
    kafc__quick_unlock(&part->lock);
    if (w->look && (w->full || p->cfg.linger_us == 0 || !atomic_load(&p->armed)))
        kafc__producer_poke(p);
    return rc;
}

/* --- Topics ------------------------------------------------------------------------------------------ */

/* The writer's, or the message's if the one before had the same; else NULL. */
static inline struct kafc_topic_out *same_topic(struct kafc_producer *p, const kafc_message *m)
{
    if (!m->topic || p->only)
        return m->topic ? NULL : p->only;
    struct kafc_topic_out *t = atomic_load_explicit(&p->last, memory_order_acquire);
    return t && strcmp(t->name, m->topic) == 0 ? t : NULL;
}

static struct kafc_topic_out *topic_of(struct kafc_producer *p, const kafc_message *m, kafc_err *rc,
                                       kafc_error *err)
{
    if (p->only) {
        if (!m->topic)
            return p->only;
        *rc = kafc__error(err, KAFC_ERR_USAGE,
                          "the topic stands on the writer, \"%s\", and on the message, \"%s\"",
                          p->only->name, m->topic);
        return NULL;
    }
    if (!m->topic || !*m->topic) {
        *rc = kafc__error(err, KAFC_ERR_USAGE, "no topic stands on the writer or on the message");
        return NULL;
    }
    struct kafc_topic_out *t = same_topic(p, m);
    if (t)
        return t;
    t = kafc__topic_out_get(p, m->topic, rc, err);
    if (t)
        atomic_store_explicit(&p->last, t, memory_order_release);
    return t;
}

/* --- Waiting for metadata (rule W3) --------------------------------------------------------------------- */

static size_t waiting_size(const kafc_message *m)
{
    size_t n = sizeof(struct kafc_waiting) + (size_t)m->nheaders * sizeof(kafc_header);
    n += (size_t)m->key.len + (size_t)m->value.len;
    for (int32_t i = 0; i < m->nheaders; i++)
        n += (size_t)m->headers[i].name.len + (size_t)m->headers[i].value.len;
    return n;
}

static kafc_bytes keep_bytes(char **at, kafc_bytes b)
{
    if (!b.p)
        return b;
    if (b.len)
        memcpy(*at, b.p, (size_t)b.len);
    b.p = *at;
    *at += b.len;
    return b;
}

static struct kafc_waiting *waiting_new(struct kafc_producer *p, const struct kafc_topic_out *t,
                                        const kafc_message *m, size_t size)
{
    struct kafc_waiting *w = kafc__alloc(&p->cfg.mem,
                                         size + 1); /* an empty string may point at the end */
    if (!w)
        return NULL;
    memset(w, 0, sizeof(*w));
    w->size = size;
    w->message = *m; /* a partitioner of the application's may look at all of it */
    w->message.topic = m->topic ? t->name : NULL;
    kafc_header *h = (kafc_header *)(void *)(w + 1);
    char *at = (char *)(h + m->nheaders);
    w->message.key = keep_bytes(&at, m->key);
    w->message.value = keep_bytes(&at, m->value);
    for (int32_t i = 0; i < m->nheaders; i++) {
        kafc_bytes name = keep_bytes(&at,
                                     (kafc_bytes){ m->headers[i].name.p, m->headers[i].name.len });
        h[i].name = (kafc_str){ name.p, name.len };
        h[i].value = keep_bytes(&at, m->headers[i].value);
    }
    w->message.headers = m->nheaders ? h : NULL;
    return w;
}

static void waiting_fill(struct kafc_producer *p, struct kafc_topic_out *t, struct kafc_waiting *w,
                         void *word, bool tagged)
{
    struct kafc_batch_out *b = &w->batch;
    kafc__list_init(&b->node);
    kafc__list_init(&b->all);
    b->topic = t->name;
    b->partition = -1;
    b->count = 1;
    b->base_offset = KAFC_OFFSET_UNKNOWN;
    b->append_time = -1;
    b->broker = -1;
    b->base_timestamp = w->timestamp;
    b->opened_at = p->cfg.now_us ? p->cfg.now_us(p->cfg.ctx) : 0;
    if (tagged || kafc__producer_wants_slots(p)) {
        b->one = word;
        b->one_tagged = tagged;
        b->nslots = 1;
        b->ntagged = tagged;
    }
}

static void many_wait(struct kafc_producer *p, uint_least64_t n)
{
    int few = KAFC_UNPLACED_FEW;
    if (n % UNPLACED_MANY == 0)
        (void)atomic_compare_exchange_strong(&p->crowd.unplaced, &few, KAFC_UNPLACED_MANY);
}

/* *table: metadata has come meanwhile, nothing was done. */
KAFC_COLD static kafc_err wait_for_metadata(struct kafc_producer *p, struct kafc_topic_out *t,
                                            struct kafc_putting *x, struct kafc_table **table)
{
    size_t size = waiting_size(x->m);
    if (!kafc__budget_try_take(p->budget, size))
        return KAFC_ERR_WOULD_BLOCK;
    struct kafc_waiting *w = waiting_new(p, t, x->m, size);
    kafc_err rc = w ? KAFC_OK : KAFC_ERR_NO_MEMORY;
    bool slot = !x->tagged && kafc__producer_wants_slots(p);
    if (w && slot && !slots_bite(p, 1)) {
        slot = false;
        rc = KAFC_ERR_WOULD_BLOCK;
    }
    if (rc == KAFC_OK) {
        w->body = x->body;
        w->timestamp = x->timestamp;
        waiting_fill(p, t, w, x->word, x->tagged);
        kafc__lock(&t->lock);
        *table = atomic_load_explicit(&t->table, memory_order_acquire);
        rc = (kafc_err)atomic_load(&p->door);
        if (!*table && rc == KAFC_OK) {
            x->look = kafc__list_empty(&t->waiting);
            w->serial = atomic_fetch_add(&p->waiting_serial, 1) + 1;
            kafc__list_push(&t->waiting, &w->batch.node);
            kafc__producer_take(&t->taken);
            many_wait(p, 1 + atomic_fetch_add(&p->waiting_count, 1));
            kafc__unlock(&t->lock);
            if (x->look)
                kafc__producer_poke(p);
            return KAFC_OK;
        }
        kafc__unlock(&t->lock);
        kafc__producer_slots_give(p, slot);
    }
    kafc__free(&p->cfg.mem, w);
    kafc__budget_give(p->budget, size);
    return rc;
}

/* --- The door --------------------------------------------------------------------------------------------- */

KAFC_COLD static kafc_err refuse(struct kafc_producer *p, kafc_err rc,
                                 const struct kafc_topic_out *t, kafc_error *err)
{
    if (rc == KAFC_ERR_WOULD_BLOCK) {
        /* Somebody wants room: what lingers goes now. */
        if (!atomic_exchange(&p->pressed, true))
            kafc__producer_poke(p);
        return kafc__error(err, rc,
                           "no room: %zu of %lld bytes are held, %lld report slots are free",
                           atomic_load(&p->budget->used), (long long)p->cfg.buffer_bytes,
                           (long long)atomic_load(&p->slots_free));
    }
    if (rc == KAFC_ERR_CLOSED)
        return kafc__error(err, rc, "the writer is closed");
    if (p->txn && rc != KAFC_ERR_NO_MEMORY)
        return kafc__txn_refuse(p->txn, rc, err);
    return kafc__error(err, rc, "a message to %s: %s", t->name, kafc_err_text(rc));
}

/* A record's size is taken with deltas of one byte and the longest length. */
KAFC_COLD static kafc_err check(const struct kafc_producer *p, const struct kafc_topic_out *t,
                                const kafc_message *m, size_t *body, kafc_error *err)
{
    kafc_err rc = kafc__batch_out_check(m, body, err);
    if (rc != KAFC_OK)
        return rc;
    if (*body > t->largest_body)
        return kafc__error(err, KAFC_ERR_TOO_LARGE,
                           "a message of %zu bytes: at most %d are taken (message_max_bytes, max.request.size), "
                           "and %zu held in all (buffer_bytes, buffer.memory)",
                           *body + KAFC_BATCH_HEADER + 7, (int)p->cfg.message_max_bytes,
                           p->budget->limit);
    if (m->to_partition < 0 && m->to_partition != KAFC_ZERO)
        return kafc__error(err, KAFC_ERR_USAGE, "partition %d: they are counted from 0 (KAFC_ZERO)",
                           (int)m->to_partition);
    return KAFC_OK;
}

/* There is no table, or nothing was chosen from it. */
KAFC_COLD static kafc_err not_chosen(const struct kafc_topic_out *t, const struct kafc_table *table,
                                     const kafc_message *m, kafc_err rc, kafc_error *err)
{
    if (rc == KAFC_ERR_UNKNOWN_PARTITION)
        return kafc__error(err, rc, "%s [%d]: the topic has %d partitions", t->name,
                           (int)m->to_partition, (int)table->n);
    return kafc__error(err, rc, "%s has %d partitions: %s", t->name, (int)table->n,
                       t->partitioner.fn ? "the partitioner chose another one"
                                         : "the message names none, and the partitioner is manual");
}

static kafc_err accept_message(struct kafc_producer *p, struct kafc_putting *x, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    const kafc_message *m = x->m;
    struct kafc_topic_out *t = topic_of(p, m, &rc, err);
    if (!t)
        return rc;
    x->body = kafc__batch_out_size(m);
    if (!x->body || x->body > t->largest_body || m->to_partition < 0)
        rc = check(p, t, m, &x->body, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_table *table = atomic_load_explicit(&t->table, memory_order_acquire);
    if (!table) {
        rc = wait_for_metadata(p, t, x, &table);
        if (!table || rc != KAFC_OK)
            return rc == KAFC_OK ? KAFC_OK : refuse(p, rc, t, err);
    }
    struct kafc_partition_view v;
    bool sticky;
    struct kafc_part *part = kafc__producer_choose(t, table, m, &v, &sticky, &rc);
    if (!part)
        return rc == KAFC_ERR_NO_MEMORY ? refuse(p, rc, t, err) : not_chosen(t, table, m, rc, err);
    rc = kafc__producer_append(p, part, x);
    if (rc != KAFC_OK)
        return refuse(p, rc, t, err);
    if (sticky)
        kafc__partitioner_stuck(&t->partitioner, part->id, x->body, x->between, &v);
    return KAFC_OK;
}

static int64_t timestamp_of(const kafc_message *m, int64_t wall_ms)
{
    return m->timestamp == 0 ? wall_ms : m->timestamp == KAFC_ZERO ? 0 : m->timestamp;
}

/* All of it for most messages: with a key, of a topic that is known, into a batch that is open. false: nothing was
 * done, and nothing was found out about it. */
static inline bool send_short(struct kafc_producer *p, const kafc_message *m, void *opaque,
                              int64_t wall_ms)
{
    struct kafc_topic_out *t = same_topic(p, m);
    struct kafc_table *table = t ? atomic_load_explicit(&t->table, memory_order_acquire) : NULL;
    if (!table || m->to_partition)
        return false;
    size_t body = kafc__batch_out_size(m);
    if (!body || body > t->largest_body)
        return false;
    int32_t i = kafc__partitioner_murmur2(&t->partitioner, m, table->n);
    if (i < 0)
        return false;
    struct kafc_part *part = table->part[i];
    kafc__quick_lock(&part->lock);
    bool done = atomic_load_explicit(&p->door, memory_order_relaxed) == KAFC_OK &&
                put_short(p, part, m, body, timestamp_of(m, wall_ms), opaque);
    kafc__quick_unlock(&part->lock);
    return done;
}

KAFC_NOINLINE static kafc_err send_long(struct kafc_producer *p, const kafc_message *m,
                                        void *opaque, int64_t wall_ms, kafc_error *err)
{
    struct kafc_putting x = { .m = m, .word = opaque, .timestamp = timestamp_of(m, wall_ms) };
    return accept_message(p, &x, err);
}

kafc_err kafc__producer_send(struct kafc_producer *p, const kafc_message *m, void *opaque,
                             int64_t wall_ms, kafc_error *err)
{
    return send_short(p, m, opaque, wall_ms) ? KAFC_OK : send_long(p, m, opaque, wall_ms, err);
}

/* --- Writes ------------------------------------------------------------------------------------------------- */

struct kafc_write *kafc__producer_write_begin(struct kafc_producer *p, int32_t n)
{
    struct kafc_write *w =
        n < 0 ? NULL : kafc__zalloc(&p->cfg.mem, sizeof(*w) + (size_t)n * sizeof(w->entry[0]));
    if (!w)
        return NULL;
    atomic_init(&w->refs, 1);
    atomic_init(&w->left, 1);
    w->mem = p->cfg.mem;
    w->n = n;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_write_entry *e = &w->entry[i];
        e->write = w;
        e->report = (kafc_report){ .verdict = KAFC_NOT_WRITTEN,
                                   .code = KAFC_ERR_CANCELLED,
                                   .partition = -1,
                                   .broker = -1,
                                   .offset = KAFC_OFFSET_UNKNOWN };
    }
    return w;
}

kafc_err kafc__producer_write_add(struct kafc_producer *p, struct kafc_write *w, int32_t i,
                                  const kafc_message *m, int64_t wall_ms, kafc_error *err)
{
    /* Counted before it can be settled. Until then the caller may see it as it would be at a timeout. */
    w->entry[i].report.verdict = KAFC_PERHAPS_WRITTEN;
    w->entry[i].report.code = KAFC_ERR_TIMED_OUT;
    atomic_fetch_add(&w->refs, 1);
    atomic_fetch_add(&w->left, 1);
    w->entry[i].taken = true;
    struct kafc_putting x = {
        .m = m, .word = &w->entry[i], .tagged = true, .timestamp = timestamp_of(m, wall_ms)
    };
    w->entry[i].report.timestamp = x.timestamp;
    kafc_err rc = accept_message(p, &x, err);
    if (rc == KAFC_OK)
        return KAFC_OK;
    w->entry[i].taken = false;
    w->entry[i].report.verdict = KAFC_NOT_WRITTEN;
    w->entry[i].report.code = rc;
    atomic_fetch_sub(&w->left, 1);
    atomic_fetch_sub(&w->refs, 1);
    return rc;
}

void kafc__producer_write_push(struct kafc_producer *p)
{
    kafc__producer_poke(p);
}

void kafc__producer_write_end(struct kafc_producer *p, struct kafc_write *w)
{
    atomic_fetch_sub(&w->left, 1);
    kafc__producer_poke(p);
}

bool kafc__producer_write_done(const struct kafc_write *w)
{
    return atomic_load(&((struct kafc_write *)(uintptr_t)w)->left) == 0;
}

void kafc__producer_write_unref(struct kafc_write *w)
{
    if (!w || atomic_fetch_sub(&w->refs, 1) != 1)
        return;
    kafc_allocator mem = w->mem;
    kafc__free(&mem, w);
}
