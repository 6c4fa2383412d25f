/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A batch that the broker finds too large becomes several of at most half its
 * size; one with headers that it cannot hold, batches with and without. They
 * share its sequence numbers between them, so nothing behind it has to be
 * numbered anew. The driver's thread.
 */
#include "base/mem.h"
#include "core/batch_slots.h"
#include "core/producer_internal.h"
#include "protocol/record/read.h"

enum { SMALLEST_LIMIT = 1024, UNPACKED_LIMIT = 1 << 30 };

struct splitting {
    struct kafc_producer *p;
    struct kafc_batch_out *whole;
    struct kafc_list parts; /* by node */
    enum kafc_split by;
    size_t limit;
    bool headers; /* of the last record */
};

static struct kafc_batch_out *child_new(struct splitting *x)
{
    struct kafc_batch_out *whole = x->whole, *b = kafc__batch_out_new(&x->p->pool, whole->owner);
    if (!b)
        return NULL;
    b->topic = whole->topic;
    b->partition = whole->partition;
    b->zip = ((struct kafc_part *)whole->owner)->topic->zip;
    b->serial = whole->serial;
    b->opened_at = whole->opened_at;
    b->hurry = whole->hurry;
    b->doubt = whole->doubt;
    b->astray = whole->astray;
    b->again = true;
    b->attempts = whole->attempts;
    b->sent = whole->sent;
    b->cause = whole->cause;
    kafc__list_push(&x->parts, &b->node);
    return b;
}

static bool put(struct splitting *x, const kafc_message *m, int64_t timestamp)
{
    size_t body;
    if (kafc__batch_out_check(m, &body, NULL) != KAFC_OK)
        return false;
    struct kafc_batch_out *b = kafc__list_empty(&x->parts)
                                   ? NULL
                                   : KAFC_CONTAINER(x->parts.prev, struct kafc_batch_out, node);
    bool headers = m->nheaders > 0, other = headers != x->headers;
    x->headers = headers;
    if (b && x->by == KAFC_SPLIT_HEADERS && other) {
        (void)kafc__batch_out_seal(&x->p->pool, b, NULL);
        b = NULL;
    }
    if (!b)
        b = child_new(x);
    while (b) {
        enum kafc_put rc = kafc__batch_out_put(&x->p->pool, b, m, body, timestamp, x->limit, true);
        if (rc != KAFC_PUT_FULL)
            return rc == KAFC_PUT_OK;
        (void)kafc__batch_out_seal(&x->p->pool, b, NULL);
        b = child_new(x);
    }
    return false;
}

static bool put_all(struct splitting *x, struct kafc_record_cursor *c)
{
    struct kafc_record r;
    while (kafc__record_next(c, &r) == KAFC_RECORD_GOT) {
        kafc_header *h = NULL;
        if (r.nheaders) {
            h = kafc__zalloc_array(&x->p->cfg.mem, (size_t)r.nheaders, sizeof(*h));
            if (!h)
                return false;
        }
        bool ok = !h || kafc__record_headers(c, &r, h);
        kafc_message m = { .key = r.key, .value = r.value, .headers = h, .nheaders = r.nheaders };
        ok = ok && put(x, &m, r.timestamp);
        kafc__free(&x->p->cfg.mem, h);
        if (!ok)
            return false;
    }
    return true;
}

static bool unpack(struct splitting *x)
{
    struct kafc_frame *flat = kafc__batch_out_flat(&x->p->pool, x->whole), *plain = NULL;
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record_cursor c;
    struct kafc_decompress d;
    if (!flat)
        return false;
    kafc__decompress_init(&d, &x->p->cfg.mem, NULL, UNPACKED_LIMIT);
    kafc__batches_init(&it, flat->data, flat->len);
    bool ok = kafc__batch_next(&it, &b, NULL) == KAFC_OK && b.p &&
              kafc__batch_open(&b, &d, &c, &plain, NULL) == KAFC_OK && put_all(x, &c);
    kafc__frame_unref(plain);
    kafc__decompress_fini(&d);
    kafc__frame_unref(flat);
    return ok;
}

/* Which of the new batches holds a record, and as which. */
static struct kafc_batch_out *find(struct splitting *x, int32_t *record)
{
    struct kafc_batch_out *b = KAFC_LIST_FIRST(&x->parts, struct kafc_batch_out, node);
    while (b && *record >= b->count) {
        *record -= b->count;
        b = KAFC_LIST_NEXT(&x->parts, b, struct kafc_batch_out, node);
    }
    return b;
}

/* First all of them, then the entries of writes are told: so that nothing has to be taken back. */
static bool move_slots(struct splitting *x)
{
    void *word;
    bool tagged;
    int32_t index;
    kafc__batch_out_slot_rewind(x->whole);
    while (kafc__batch_out_slot_next(x->whole, &word, &tagged, &index)) {
        int32_t record = tagged ? ((struct kafc_write_entry *)word)->record : index;
        struct kafc_batch_out *b = find(x, &record);
        if (!b || !kafc__batch_out_slot_room(&x->p->pool, b))
            return false;
        kafc__batch_out_slot_put(b, word, tagged);
    }
    kafc__batch_out_slot_rewind(x->whole);
    while (kafc__batch_out_slot_next(x->whole, &word, &tagged, &index))
        if (tagged)
            (void)find(x, &((struct kafc_write_entry *)word)->record);
    return true;
}

static void take_place(struct splitting *x)
{
    struct kafc_batch_out *whole = x->whole, *b;
    struct kafc_part *part = whole->owner;
    int32_t sequence = whole->sequence;
    while ((b = KAFC_LIST_FIRST(&x->parts, struct kafc_batch_out, node))) {
        kafc__list_del(&b->node);
        if (sequence >= 0) {
            b->producer_id = whole->producer_id;
            b->epoch = whole->epoch;
            b->sequence = sequence;
            b->nth = whole->nth;
            part->proven =
                false; /* they are more than one of the leader's five: one at a time for now */
            sequence = kafc__sequence_add(sequence, b->count);
        }
        kafc__list_insert(&whole->node, &b->node);
        kafc__list_insert(&whole->all, &b->all);
        atomic_fetch_add_explicit(&part->queued, 1, memory_order_relaxed);
    }
    atomic_fetch_sub_explicit(&part->queued, 1, memory_order_relaxed);
    kafc__list_del(&whole->node);
    kafc__list_del(&whole->all);
    kafc__batch_out_free(&x->p->pool, whole);
}

/* The topic's batches stay so small. */
static void lower_limit(const struct splitting *x)
{
    const struct kafc_part *part = x->whole->owner;
    int limit = x->limit > SMALLEST_LIMIT ? (int)x->limit : SMALLEST_LIMIT;
    kafc__producer_say(x->p, KAFC_LOG_INFO,
                       "%s [%d]: a batch of %zu bytes is too large for the broker: split",
                       x->whole->topic, (int)x->whole->partition, x->whole->chain.len);
    if (limit < atomic_load(&part->topic->limit))
        atomic_store(&part->topic->limit, limit);
}

bool kafc__producer_split(struct kafc_producer *p, struct kafc_batch_out *b, enum kafc_split by)
{
    struct splitting x = { .p = p, .whole = b, .by = by, .limit = b->chain.len };
    kafc__list_init(&x.parts);
    if (by == KAFC_SPLIT_SIZE)
        x.limit /= 2;
    bool ok = unpack(&x) && x.parts.next != x.parts.prev;
    struct kafc_batch_out *last = ok ? KAFC_CONTAINER(x.parts.prev, struct kafc_batch_out, node)
                                     : NULL;
    if (!last || kafc__batch_out_seal(&p->pool, last, NULL) != KAFC_OK || !move_slots(&x)) {
        while ((last = KAFC_LIST_FIRST(&x.parts, struct kafc_batch_out, node))) {
            kafc__list_del(&last->node);
            kafc__batch_out_free(&p->pool, last);
        }
        return false;
    }
    if (by == KAFC_SPLIT_SIZE)
        lower_limit(&x);
    take_place(&x);
    kafc__count(&p->stats.splits, 1);
    return true;
}
