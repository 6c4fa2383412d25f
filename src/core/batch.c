/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches as they fill: records in wire form into segments, through the codec
 * if there is one. Called with the partition's lock held, but for header.
 */
#include "core/batch_put.h"
#include "core/batch_slots.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/mem.h"

bool kafc__batch_pool_init(struct kafc_batch_pool *bp, const kafc_allocator *mem,
                           struct kafc_budget *budget, const struct kafc_codec *codec,
                           int32_t level)
{
    memset(bp, 0, sizeof(*bp));
    bp->mem = *mem;
    bp->zip.codec = codec;
    bp->zip.level = level;
    kafc__mutex_init(&bp->lock);
    bp->segs = kafc__seg_pool_new(mem, budget);
    bp->slots = kafc__seg_pool_new(mem, NULL);
    if (!bp->segs || !bp->slots) {
        kafc__batch_pool_fini(bp);
        return false;
    }
    bp->slots->keep = 16;
    return true;
}

void kafc__batch_codec_fini(struct kafc_batch_codec *zip)
{
    while (zip->ncontext)
        kafc__compress_free(zip->context[--zip->ncontext]);
}

void kafc__batch_pool_fini(struct kafc_batch_pool *bp)
{
    while (bp->free) {
        struct kafc_batch_out *b = bp->free;
        bp->free = b->owner;
        kafc__free(&bp->mem, b);
    }
    kafc__batch_codec_fini(&bp->zip);
    kafc__seg_pool_free(bp->segs);
    kafc__seg_pool_free(bp->slots);
    bp->segs = bp->slots = NULL;
    kafc__mutex_fini(&bp->lock);
}

struct kafc_batch_out *kafc__batch_out_new(struct kafc_batch_pool *bp, void *owner)
{
    kafc__lock(&bp->lock);
    struct kafc_batch_out *b = bp->free;
    if (b)
        bp->free = b->owner;
    kafc__unlock(&bp->lock);
    if (!b)
        b = kafc__alloc(&bp->mem, sizeof(*b));
    if (!b)
        return NULL;
    memset(b, 0, sizeof(*b));
    kafc__list_init(&b->node);
    kafc__list_init(&b->all);
    b->owner = owner;
    b->zip = bp->zip.codec ? &bp->zip : NULL;
    b->sequence = -1;
    b->producer_id = -1;
    b->epoch = -1;
    b->base_offset = KAFC_OFFSET_UNKNOWN;
    b->append_time = -1;
    b->broker = -1;
    return b;
}

/* --- Compression contexts ---------------------------------------------------------- */

static struct kafc_compress *context_get(struct kafc_batch_pool *bp, struct kafc_batch_codec *zip,
                                         kafc_error *err)
{
    struct kafc_compress *z = NULL;
    kafc__lock(&bp->lock);
    if (zip->ncontext)
        z = zip->context[--zip->ncontext];
    kafc__unlock(&bp->lock);
    return z ? z : kafc__compress_new(zip->codec, &bp->mem, err);
}

static void context_put(struct kafc_batch_pool *bp, struct kafc_batch_out *b)
{
    struct kafc_compress *z = b->z;
    b->z = NULL;
    if (!z)
        return;
    kafc__lock(&bp->lock);
    if (b->zip->ncontext < KAFC_BATCH_CONTEXTS) {
        b->zip->context[b->zip->ncontext++] = z;
        z = NULL;
    }
    kafc__unlock(&bp->lock);
    kafc__compress_free(z);
}

void kafc__batch_out_drop_bytes(struct kafc_batch_pool *bp, struct kafc_batch_out *b)
{
    context_put(bp, b);
    if (b->raw)
        kafc__seg_put(bp->segs, b->raw);
    b->raw = NULL;
    b->unsummed = NULL;
    kafc__chain_clear(&b->chain, bp->segs);
}

void kafc__batch_out_free(struct kafc_batch_pool *bp, struct kafc_batch_out *b)
{
    kafc__batch_out_drop_bytes(bp, b);
    kafc__chain_clear(&b->slots, bp->slots);
    kafc__free(&bp->mem, b->bad);
    kafc__lock(&bp->lock);
    b->owner = bp->free;
    bp->free = b;
    kafc__unlock(&bp->lock);
}

/* --- Slots ----------------------------------------------------------------------- */

bool kafc__batch_out_slot_room(struct kafc_batch_pool *bp, struct kafc_batch_out *b)
{
    struct kafc_seg *tail = b->slots.tail;
    if (tail && tail->len < kafc__slots_of(tail))
        return true;
    bool no_memory;
    struct kafc_seg *s = kafc__seg_get(bp->slots, kafc__seg_next(tail, 0), &no_memory);
    if (!s)
        return false;
    memset(s->data, 0, kafc__slot_bits(s) * sizeof(uint64_t));
    kafc__chain_append(&b->slots, s);
    return true;
}

void kafc__batch_out_slot_put(struct kafc_batch_out *b, void *word, bool tagged)
{
    struct kafc_seg *s = b->slots.tail;
    uint64_t *w = kafc__slot_words(s);
    if (tagged)
        w[s->len / 64] |= (uint64_t)1 << (s->len % 64);
    w[kafc__slot_bits(s) + s->len++] = (uint64_t)(uintptr_t)word;
    b->nslots++;
    b->ntagged += tagged;
}

void kafc__batch_out_slot_rewind(struct kafc_batch_out *b)
{
    b->slot_seg = b->slots.head;
    b->slot_at = 0;
    b->slot_index = 0;
}

/* --- The short way ----------------------------------------------------------------- */

/* Where records go now. */
static struct kafc_seg *filling(const struct kafc_batch_out *b)
{
    return b->raw ? b->raw : b->chain.tail;
}

void kafc__batch_out_open(struct kafc_batch_out *b, size_t limit)
{
    struct kafc_seg *s = b->zip ? b->raw : b->chain.tail, *slots = b->slots.tail;
    size_t bytes = kafc__batch_out_bytes(b);
    size_t left = bytes < limit ? limit - bytes : 0;
    if (b->zip) /* as kafc__batch_out_bytes counts them */
        left -= left / 16;
    if (s && b->count) {
        b->at = s->data + s->len;
        b->room = s->cap - s->len < left ? s->cap - s->len : (uint32_t)left;
    }
    if (slots) {
        uint32_t free = kafc__slots_of(slots) - slots->len;
        b->slot = kafc__slot_words(slots) + kafc__slot_bits(slots) + slots->len;
        b->slot_room = free < b->slot_credit ? free : b->slot_credit;
    }
}

void kafc__batch_out_shut(struct kafc_batch_out *b)
{
    struct kafc_seg *s = filling(b), *slots = b->slots.tail;
    if (b->at) {
        uint32_t n = (uint32_t)(b->at - s->data) - s->len;
        s->len += n;
        if (!b->raw)
            b->chain.len += n;
    }
    if (b->slot) {
        uint32_t n = (uint32_t)(b->slot - kafc__slot_words(slots)) - kafc__slot_bits(slots) -
                     slots->len;
        slots->len += n;
        b->slot_credit -= n;
        b->nslots += (int32_t)n;
    }
    b->at = NULL;
    b->slot = NULL;
    b->room = b->slot_room = 0;
}

/* --- Sizes and encoding --------------------------------------------------------------- */

static kafc_err odd_bytes(const char *what, kafc_bytes b, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_USAGE, "%s with a length of %d%s", what, (int)b.len,
                       b.p ? "" : " and no bytes");
}

static kafc_err headers_check(const kafc_message *m, kafc_error *err)
{
    if (m->nheaders < 0 || !m->headers)
        return kafc__error(err, KAFC_ERR_USAGE, "%d headers%s", (int)m->nheaders,
                           m->headers ? "" : " at NULL");
    for (int32_t i = 0; i < m->nheaders; i++) {
        const kafc_header *h = &m->headers[i];
        if (!h->name.p || h->name.len < 0)
            return kafc__error(err, KAFC_ERR_USAGE, "header %d has no name", (int)i);
        if (!kafc__batch_bytes_ok(h->value))
            return odd_bytes("a header's value", h->value, err);
    }
    return KAFC_OK;
}

kafc_err kafc__batch_out_check(const kafc_message *m, size_t *body, kafc_error *err)
{
    if (!kafc__batch_bytes_ok(m->key))
        return odd_bytes("a key", m->key, err);
    if (!kafc__batch_bytes_ok(m->value))
        return odd_bytes("a value", m->value, err);
    uint64_t size = kafc__batch_plain_size(m);
    if (m->nheaders) {
        kafc_err rc = headers_check(m, err);
        if (rc != KAFC_OK)
            return rc;
        size += kafc__record_headers_size(m->headers, m->nheaders) - 1;
    }
    if (size > INT32_MAX - KAFC_RECORD_OVERHEAD - KAFC_BATCH_HEADER)
        return kafc__error(err, KAFC_ERR_TOO_LARGE, "a message of %llu bytes",
                           (unsigned long long)size);
    *body = (size_t)size;
    return KAFC_OK;
}

size_t kafc__batch_out_bytes(const struct kafc_batch_out *b)
{
    size_t n = b->chain.len ? b->chain.len : KAFC_BATCH_HEADER;
    if (b->zip && b->z)
        n += b->z->pending;
    if (b->raw)
        n += b->raw->len + b->raw->len / 16 + 128;
    return n;
}

struct record {
    struct kafc_record_fields fields;
    uint32_t body; /* what its length says */
    size_t total;  /* with the length */
};

static void measure(struct record *r, const struct kafc_batch_out *b, const kafc_message *m,
                    size_t body, int64_t timestamp)
{
    struct kafc_record_fields *f = &r->fields;
    f->timestamp_delta = b->count ? (int64_t)((uint64_t)timestamp - (uint64_t)b->base_timestamp)
                                  : 0;
    f->offset_delta = b->count;
    f->key = m->key;
    f->value = m->value;
    f->headers = m->headers;
    f->nheaders = m->nheaders;
    r->body = (uint32_t)(body + kafc__record_varlong_size(f->timestamp_delta) +
                         kafc__record_varlong_size(f->offset_delta));
    r->total = r->body + kafc__record_varlong_size((int32_t)r->body);
}

/* --- Segments ------------------------------------------------------------------------------ */

static void sum_finished(struct kafc_batch_out *b, bool all)
{
    struct kafc_seg *s = b->unsummed;
    while (s && (all || s->next)) {
        size_t skip = s == b->chain.head ? KAFC_BATCH_HEADER : 0;
        b->crc = kafc__crc32c(b->crc, s->data + skip, s->len - skip);
        s = s->next;
    }
    b->unsummed = s;
}

static struct kafc_seg *get_seg(struct kafc_batch_pool *bp, uint32_t size, bool over,
                                enum kafc_put *why)
{
    bool no_memory = true;
    struct kafc_seg *s = over ? kafc__seg_get_over(bp->segs, size)
                              : kafc__seg_get(bp->segs, size, &no_memory);
    *why = s ? KAFC_PUT_OK : no_memory ? KAFC_PUT_NO_MEMORY : KAFC_PUT_NO_ROOM;
    return s;
}

static void chain_start(struct kafc_batch_out *b, struct kafc_seg *s)
{
    s->len = KAFC_BATCH_HEADER;
    kafc__chain_append(&b->chain, s);
    b->unsummed = s;
}

/* Segments for n bytes more, all or none, behind the tail, which keeps its gap. */
static enum kafc_put chain_grow(struct kafc_batch_pool *bp, struct kafc_batch_out *b, size_t n,
                                bool over)
{
    bool first = !b->chain.head, no_memory;
    size_t need = n + (first ? KAFC_BATCH_HEADER : 0);
    uint32_t size = kafc__seg_next(b->chain.tail, need);
    size_t each = size - sizeof(struct kafc_seg);
    if (!kafc__chain_more(&b->chain, bp->segs, size, (need + each - 1) / each, over, &no_memory))
        return no_memory ? KAFC_PUT_NO_MEMORY : KAFC_PUT_NO_ROOM;
    if (first) {
        b->chain.head->len = KAFC_BATCH_HEADER;
        b->chain.len = KAFC_BATCH_HEADER;
        b->unsummed = b->chain.head;
    }
    return KAFC_PUT_OK;
}

/* Copies into segments that are there. *at moves on. */
static void chain_copy(struct kafc_batch_out *b, struct kafc_seg **at, const void *p, size_t n)
{
    const uint8_t *from = p;
    while (n) {
        struct kafc_seg *s = *at;
        size_t room = s->cap - s->len, k = n < room ? n : room;
        memcpy(s->data + s->len, from, k);
        s->len += (uint32_t)k;
        b->chain.len += k;
        from += k;
        n -= k;
        if (n)
            *at = s->next;
    }
}

/* --- Through the codec ---------------------------------------------------------------------- */

static bool begin_packed(struct kafc_batch_pool *bp, struct kafc_batch_out *b, kafc_error *err)
{
    enum kafc_put why;
    struct kafc_seg *s = get_seg(bp, KAFC_SEG_SMALL, true, &why);
    if (!s) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a batch");
        return false;
    }
    chain_start(b, s);
    b->z = context_get(bp, b->zip, err);
    return b->z && kafc__compress_begin(b->z, b->zip->level, bp->segs, &b->chain, err) == KAFC_OK;
}

/* What was compressed of it is not smaller: it goes as it came, and so does what follows. */
static bool go_plain(struct kafc_batch_pool *bp, struct kafc_batch_out *b)
{
    struct kafc_seg *raw = b->raw;
    context_put(bp, b);
    kafc__chain_clear(&b->chain, bp->segs);
    b->zip = NULL;
    b->raw = NULL;
    b->crc = 0;
    b->plain = 0;
    bool ok = chain_grow(bp, b, raw->len, true) == KAFC_PUT_OK;
    struct kafc_seg *at = b->chain.head;
    if (ok)
        chain_copy(b, &at, raw->data, raw->len);
    kafc__seg_put(bp->segs, raw);
    return ok;
}

/* Through the codec with all of raw. The first time, which is with the first segment or with all that the batch holds,
 * shows whether the batch shrinks. */
static bool compress_raw(struct kafc_batch_pool *bp, struct kafc_batch_out *b, bool last,
                         kafc_error *err)
{
    bool first = !b->z, ok = !first || begin_packed(bp, b, err);
    ok = ok &&
         (!b->raw->len || kafc__compress_update(b->z, b->raw->data, b->raw->len, err) == KAFC_OK);
    if (ok && last)
        ok = kafc__compress_finish(b->z, err) == KAFC_OK;
    else if (ok && first)
        ok = kafc__compress_flush(b->z, err) == KAFC_OK;
    b->plain += b->raw->len;
    if (ok && first && b->z->bytes_out + b->z->pending >= b->raw->len)
        ok = go_plain(bp, b);
    else
        b->raw->len = 0;
    b->broken = b->broken || !ok;
    if (!b->broken)
        sum_finished(b, false);
    return !b->broken;
}

/* A raw segment for n bytes more: the first is tiny, then larger; a full one is compressed. n may be more than any
 * segment holds: then it only has to be there. */
static enum kafc_put raw_room(struct kafc_batch_pool *bp, struct kafc_batch_out *b, size_t n,
                              bool over)
{
    enum kafc_put why;
    struct kafc_seg *s = b->raw;
    if (s && s->cap - s->len >= n)
        return KAFC_PUT_OK;
    if (!s || s->cap < KAFC_SEG_SMALL) {
        struct kafc_seg *to = get_seg(bp, kafc__seg_next(s, n + (s ? s->len : 0)), over, &why);
        if (!to)
            return why;
        if (s) {
            memcpy(to->data, s->data, s->len);
            to->len = s->len;
            kafc__seg_put(bp->segs, s);
        }
        b->raw = s = to;
    }
    if (s->cap - s->len < n && s->len && !compress_raw(bp, b, false, NULL))
        return KAFC_PUT_NO_MEMORY;
    return KAFC_PUT_OK;
}

/* The rest of a record whose batch turned out not to shrink, beyond the budget as compressed bytes would be. */
static bool tail_copy(struct kafc_batch_pool *bp, struct kafc_batch_out *b, const void *p, size_t n)
{
    struct kafc_seg *at = b->chain.tail;
    size_t room = at->cap - at->len;
    if (n > room && chain_grow(bp, b, n - room, true) != KAFC_PUT_OK) {
        b->broken = true;
        return false;
    }
    chain_copy(b, &at, p, n);
    return true;
}

static bool raw_copy(struct kafc_batch_pool *bp, struct kafc_batch_out *b, const void *p, size_t n)
{
    const uint8_t *from = p;
    while (n) {
        struct kafc_seg *s = b->raw;
        if (!s)
            return tail_copy(bp, b, from, n);
        size_t room = s->cap - s->len, k = n < room ? n : room;
        memcpy(s->data + s->len, from, k);
        s->len += (uint32_t)k;
        from += k;
        n -= k;
        if (n && !compress_raw(bp, b, false, NULL))
            return false;
    }
    return true;
}

/* --- Records ---------------------------------------------------------------------------------- */

struct sink {
    struct kafc_batch_pool *bp;
    struct kafc_batch_out *b;
    struct kafc_seg *at; /* of segments that are there; NULL: through the codec */
};

static bool sink_put(void *ctx, const void *p, size_t n)
{
    struct sink *k = ctx;
    if (!k->at)
        return raw_copy(k->bp, k->b, p, n);
    chain_copy(k->b, &k->at, p, n);
    return true;
}

/* A record that is larger than what is left of a segment, piece by piece. */
static bool put_pieces(struct kafc_batch_pool *bp, struct kafc_batch_out *b, struct kafc_seg *at,
                       const struct record *r)
{
    struct sink k = { bp, b, at };
    return kafc__record_put_pieces(r->body, &r->fields, sink_put, &k);
}

static void put_here(struct kafc_seg *s, const struct record *r)
{
    (void)kafc__record_put(s->data + s->len, r->body, &r->fields);
    s->len += (uint32_t)r->total;
}

static enum kafc_put put_plain(struct kafc_batch_pool *bp, struct kafc_batch_out *b,
                               const struct record *r, bool over)
{
    struct kafc_seg *s = b->chain.tail;
    if (!s || s->cap - s->len < r->total) {
        /* A record that fits into a segment is not torn: the gap costs less than the seam. */
        enum kafc_put why = chain_grow(bp, b, r->total, over);
        if (why != KAFC_PUT_OK)
            return why;
        s = s ? s->next : b->chain.head;
        sum_finished(b, false);
        if (s->cap - s->len < r->total) {
            b->unsummed = s;
            (void)put_pieces(bp, b, s, r);
            sum_finished(b, false);
            return KAFC_PUT_OK;
        }
    }
    put_here(s, r);
    b->chain.len += r->total;
    return KAFC_PUT_OK;
}

static enum kafc_put put_packed(struct kafc_batch_pool *bp, struct kafc_batch_out *b,
                                const struct record *r, bool over)
{
    enum kafc_put why = raw_room(bp, b, r->total, over);
    if (why != KAFC_PUT_OK)
        return why;
    struct kafc_seg *s = b->raw;
    if (!s)
        return put_plain(bp, b, r, over);
    if (s->cap - s->len >= r->total) {
        put_here(s, r);
        return KAFC_PUT_OK;
    }
    if (!put_pieces(bp, b, NULL, r))
        return KAFC_PUT_NO_MEMORY;
    sum_finished(b, false);
    return KAFC_PUT_OK;
}

/* Would the batch become too long? What is not compressed yet is estimated; when that says yes, it
 * is compressed, and known. */
static bool too_long(struct kafc_batch_pool *bp, struct kafc_batch_out *b, size_t total,
                     size_t limit)
{
    if (kafc__batch_out_bytes(b) + total <= limit)
        return false;
    if (!b->raw || !b->raw->len || !compress_raw(bp, b, false, NULL))
        return true;
    return kafc__batch_out_bytes(b) + total > limit;
}

enum kafc_put kafc__batch_out_put(struct kafc_batch_pool *bp, struct kafc_batch_out *b,
                                  const kafc_message *m, size_t body, int64_t timestamp,
                                  size_t limit, bool over)
{
    struct record r;
    measure(&r, b, m, body, timestamp);
    if (b->count && too_long(bp, b, r.total, limit))
        return b->broken ? KAFC_PUT_NO_MEMORY : KAFC_PUT_FULL;
    enum kafc_put why = b->zip ? put_packed(bp, b, &r, over) : put_plain(bp, b, &r, over);
    if (why != KAFC_PUT_OK)
        return why;
    if (b->count++ == 0)
        b->base_timestamp = b->max_timestamp = timestamp;
    else if (timestamp > b->max_timestamp)
        b->max_timestamp = timestamp;
    return KAFC_PUT_OK;
}

kafc_err kafc__batch_out_seal(struct kafc_batch_pool *bp, struct kafc_batch_out *b, kafc_error *err)
{
    if (b->sealed)
        return b->broken ? KAFC_ERR_NO_MEMORY : KAFC_OK;
    b->sealed = true;
    kafc__batch_out_shut(b);
    if (b->zip && !b->broken)
        (void)compress_raw(bp, b, true, err);
    context_put(bp, b);
    if (b->raw)
        kafc__seg_put(bp->segs, b->raw);
    b->raw = NULL;
    if (b->broken) {
        kafc__batch_out_drop_bytes(bp, b);
        return KAFC_ERR_NO_MEMORY;
    }
    sum_finished(b, true);
    return KAFC_OK;
}

struct kafc_frame *kafc__batch_out_flat(const struct kafc_batch_pool *bp,
                                        const struct kafc_batch_out *b)
{
    struct kafc_frame *f = kafc__frame_new(&bp->mem, NULL, b->chain.len);
    for (const struct kafc_seg *s = f ? b->chain.head : NULL; s; s = s->next) {
        memcpy(f->data + f->len, s->data, s->len);
        f->len += s->len;
    }
    return f;
}

void kafc__batch_out_header(struct kafc_batch_out *b, int64_t producer_id, int16_t epoch,
                            int32_t sequence, bool transactional)
{
    int codec = b->zip ? (int)b->zip->codec->id : KAFC_NONE;
    struct kafc_batch_header h = {
        .leader_epoch = -1,
        .attributes = (int16_t)(transactional ? codec | KAFC_BATCH_TRANSACTIONAL : codec),
        .last_offset_delta = b->count - 1,
        .base_timestamp = b->base_timestamp,
        .max_timestamp = b->max_timestamp,
        .producer_id = producer_id,
        .producer_epoch = epoch,
        .base_sequence = sequence,
        .count = b->count
    };
    kafc__batch_header_put(b->chain.head->data, &h, b->crc, b->chain.len - KAFC_BATCH_HEADER);
}
