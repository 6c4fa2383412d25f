/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The log of one partition in memory: segments of contiguous bytes, so that a
 * fetch answers with one piece, and an index of batches.
 */
#include "mock/log.h"

#include "base/hash.h"
#include "base/mem.h"

enum { SEG_FIRST = 1 << 16, SEG_NEXT = 1 << 20 };

struct kafc_mseg {
    size_t len, cap;
    uint8_t data[];
};

struct producer {
    uint64_t id; /* the map's key */
    int16_t epoch;
    int n; /* of recent, the newest last */
    struct {
        int32_t first, last;
        int64_t base;
    } recent[KAFC_MLOG_RECENT];
    int64_t txn_first; /* of the open transaction, or -1 */
    int64_t last_timestamp;
    bool marked;
};

void kafc__mlog_init(struct kafc_mlog *l, const kafc_allocator *mem, int64_t retention)
{
    memset(l, 0, sizeof *l);
    l->mem = mem;
    l->forced_stable = -1;
    l->retention = retention;
    kafc__map_init(&l->producers, mem);
}

static void drop_producers(struct kafc_mlog *l)
{
    size_t i = 0;
    struct producer *p;

    while ((p = kafc__map_next(&l->producers, &i)))
        kafc__free(l->mem, p);
    kafc__map_fini(&l->producers);
    kafc__map_init(&l->producers, l->mem);
    l->open = 0;
}

void kafc__mlog_fini(struct kafc_mlog *l)
{
    drop_producers(l);
    kafc__map_fini(&l->producers);
    for (uint32_t i = 0; i < l->nseg; i++)
        kafc__free(l->mem, l->seg[i]);
    kafc__free(l->mem, l->seg);
    kafc__free(l->mem, l->entry);
    kafc__free(l->mem, l->aborted);
}

/* ---- producers ---- */

static struct producer *find_producer(const struct kafc_mlog *l, int64_t id)
{
    uint64_t key = (uint64_t)id;

    return kafc__map_get(&l->producers, &key, sizeof key);
}

static int32_t sequence_after(int32_t seq, int32_t n) /* n steps on, wrapping at 2^31 - 1 to 0 */
{
    return seq > INT32_MAX - n ? n - (INT32_MAX - seq) - 1 : seq + n;
}

kafc_err kafc__mlog_sequence(const struct kafc_mlog *l, const struct kafc_mbatch *b, int64_t *again)
{
    const struct producer *p;

    *again = -1;
    if (b->producer < 0)
        return KAFC_OK;
    p = find_producer(l, b->producer);
    if (!p)
        return l->old_unknown && b->sequence != 0 ? KAFC_ERR_UNKNOWN_PRODUCER_ID : KAFC_OK;
    if (b->epoch < p->epoch)
        return KAFC_ERR_INVALID_PRODUCER_EPOCH;
    if (b->epoch > p->epoch)
        return b->sequence == 0 ? KAFC_OK : KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    for (int i = 0; i < p->n; i++)
        if (p->recent[i].first == b->sequence &&
            p->recent[i].last == sequence_after(b->sequence, b->last_delta)) {
            *again = p->recent[i].base;
            return KAFC_OK;
        }
    if (p->n == 0) /* only a marker was seen of this epoch */
        return b->sequence == 0 ? KAFC_OK : KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    if (b->sequence != sequence_after(p->recent[p->n - 1].last, 1))
        return KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    return KAFC_OK;
}

int16_t kafc__mlog_producer_epoch(const struct kafc_mlog *l, int64_t producer)
{
    const struct producer *p = find_producer(l, producer);

    return p ? p->epoch : -1;
}

bool kafc__mlog_ongoing(const struct kafc_mlog *l, int64_t producer, int16_t epoch)
{
    const struct producer *p = find_producer(l, producer);

    return p && p->txn_first >= 0 && p->epoch == epoch;
}

bool kafc__mlog_producer_next(const struct kafc_mlog *l, size_t *i, struct kafc_mproducer *out)
{
    const struct producer *p = kafc__map_next(&l->producers, i);

    if (!p)
        return false;
    *out = (struct kafc_mproducer){ (int64_t)p->id, p->last_timestamp, p->txn_first, -1,
                                    p->epoch,       p->marked };
    if (p->n > 0)
        out->last_sequence = p->recent[p->n - 1].last;
    return true;
}

static struct producer *make_producer(struct kafc_mlog *l, int64_t id)
{
    struct producer *p = find_producer(l, id);

    if (p)
        return p;
    p = kafc__zalloc(l->mem, sizeof *p);
    if (!p)
        return NULL;
    p->id = (uint64_t)id;
    p->epoch = -1;
    p->txn_first = p->last_timestamp = -1;
    if (!kafc__map_put(&l->producers, &p->id, sizeof p->id, p)) {
        kafc__free(l->mem, p);
        return NULL;
    }
    return p;
}

/* The type in the key of a control batch: 0 abort, 1 commit; -1: neither can be read. */
static int marker_type(const uint8_t *p, size_t len)
{
    struct kafc_rd r;
    int type;

    kafc__rd_init(&r, p + KAFC_MBATCH_HEADER, len - KAFC_MBATCH_HEADER);
    (void)kafc__rd_varint(&r);
    (void)kafc__rd_i8(&r);
    (void)kafc__rd_varlong(&r);
    (void)kafc__rd_varint(&r);
    if (kafc__rd_varint(&r) < 4)
        return -1;
    (void)kafc__rd_i16(&r);
    type = kafc__rd_i16(&r);
    return r.err ? -1 : type;
}

static bool room_for_aborted(struct kafc_mlog *l)
{
    size_t cap = l->abortedcap ? l->abortedcap * 2 : 8;
    struct kafc_maborted *v;

    if (l->naborted < l->abortedcap)
        return true;
    v = kafc__realloc_array(l->mem, l->aborted, cap, sizeof *v);
    if (!v)
        return false;
    l->aborted = v;
    l->abortedcap = cap;
    return true;
}

/* What a batch at `base` tells of its producer; room was made before. */
static void note(struct kafc_mlog *l, struct producer *p, const struct kafc_mbatch *b, int64_t base)
{
    if (b->epoch != p->epoch)
        p->n = 0;
    p->epoch = b->epoch;
    p->last_timestamp = b->max_timestamp;
    if (b->attributes & KAFC_MBATCH_CONTROL) {
        p->marked = true;
        if (p->txn_first >= 0) {
            if (marker_type(b->p, b->len) == 0)
                l->aborted[l->naborted++] = (struct kafc_maborted){ b->producer, p->txn_first,
                                                                    base };
            p->txn_first = -1;
            l->open--;
        }
        return;
    }
    if (b->attributes & KAFC_MBATCH_TXN && p->txn_first < 0) {
        p->txn_first = base;
        l->open++;
    }
    if (b->sequence < 0)
        return;
    if (p->n == KAFC_MLOG_RECENT) {
        memmove(&p->recent[0], &p->recent[1], sizeof p->recent[0] * (KAFC_MLOG_RECENT - 1));
        p->n--;
    }
    p->recent[p->n].first = b->sequence;
    p->recent[p->n].last = sequence_after(b->sequence, b->last_delta);
    p->recent[p->n++].base = base;
}

/* ---- appending ---- */

static bool room_for_entry(struct kafc_mlog *l)
{
    size_t cap = l->cap ? l->cap * 2 : 64;
    struct kafc_mentry *v;

    if (l->n < l->cap)
        return true;
    if (l->first > l->cap / 2) {
        memmove(l->entry, l->entry + l->first, (l->n - l->first) * sizeof *l->entry);
        l->n -= l->first;
        l->first = 0;
        return true;
    }
    v = kafc__realloc_array(l->mem, l->entry, cap, sizeof *v);
    if (!v)
        return false;
    l->entry = v;
    l->cap = cap;
    return true;
}

static struct kafc_mseg *room_for_bytes(struct kafc_mlog *l, size_t len)
{
    struct kafc_mseg *s = l->nseg ? l->seg[l->nseg - 1] : NULL;
    size_t cap = l->nseg ? SEG_NEXT : SEG_FIRST;

    if (s && s->cap - s->len >= len)
        return s;
    if (cap < len)
        cap = len;
    if (l->nseg == l->segcap) {
        uint32_t n = l->segcap ? l->segcap * 2 : 8;
        struct kafc_mseg **v = kafc__realloc_array(l->mem, l->seg, n, sizeof *v);
        if (!v)
            return NULL;
        l->seg = v;
        l->segcap = n;
    }
    s = kafc__alloc(l->mem, sizeof *s + cap);
    if (!s)
        return NULL;
    s->len = 0;
    s->cap = cap;
    l->seg[l->nseg++] = s;
    return s;
}

static void retain(struct kafc_mlog *l)
{
    while (l->retention > 0 && l->bytes > l->retention && l->n - l->first > 1)
        kafc__mlog_delete(l, l->entry[l->first].last + 1);
}

kafc_err kafc__mlog_append(struct kafc_mlog *l, const struct kafc_mbatch *b, int32_t leader_epoch,
                           int64_t append_time, int64_t *offset)
{
    struct producer *p = NULL;
    struct kafc_mentry *e;
    struct kafc_mseg *s;
    uint8_t *to;

    if (b->producer >= 0 && !(p = make_producer(l, b->producer)))
        return KAFC_ERR_NO_MEMORY;
    if (!room_for_aborted(l) || !room_for_entry(l) || !(s = room_for_bytes(l, b->len)))
        return KAFC_ERR_NO_MEMORY;
    to = s->data + s->len;
    memcpy(to, b->p, b->len);
    kafc__store64(to, (uint64_t)l->end);
    kafc__store32(to + 12, (uint32_t)leader_epoch);
    if (append_time >= 0) {
        kafc__store16(to + 21, (uint16_t)(b->attributes | KAFC_MBATCH_LOG_APPEND));
        kafc__store64(to + 35, (uint64_t)append_time);
        kafc__store32(to + 17, kafc__crc32c(0, to + 21, b->len - 21));
    }
    e = &l->entry[l->n++];
    *e = (struct kafc_mentry){ .base = l->end,
                               .last = l->end + b->last_delta,
                               .max_timestamp = append_time >= 0 ? append_time : b->max_timestamp,
                               .producer = b->producer,
                               .epoch = leader_epoch,
                               .count = (uint32_t)b->count,
                               .seg = l->nseg - 1,
                               .pos = (uint32_t)s->len,
                               .len = (uint32_t)b->len };
    s->len += b->len;
    l->bytes += (int64_t)b->len;
    l->end = e->last + 1;
    *offset = e->base;
    if (p)
        note(l, p, b, e->base);
    retain(l);
    return KAFC_OK;
}

/* ---- reading ---- */

int64_t kafc__mlog_stable(const struct kafc_mlog *l)
{
    const struct producer *p;
    int64_t stable = l->end;
    size_t i = 0;

    if (l->forced_stable >= 0)
        return l->forced_stable < l->end ? l->forced_stable : l->end;
    if (l->open == 0)
        return stable;
    while ((p = kafc__map_next(&l->producers, &i)))
        if (p->txn_first >= 0 && p->txn_first < stable)
            stable = p->txn_first;
    return stable < l->start ? l->start : stable;
}

size_t kafc__mlog_find(const struct kafc_mlog *l, int64_t offset)
{
    size_t lo = l->first, hi = l->n;

    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        if (l->entry[mid].last < offset)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

const uint8_t *kafc__mlog_bytes(const struct kafc_mlog *l, const struct kafc_mentry *e)
{
    return l->seg[e->seg]->data + e->pos;
}

const uint8_t *kafc__mlog_read(const struct kafc_mlog *l, int64_t offset, int64_t end, size_t max,
                               bool whole, size_t *n, int64_t *next)
{
    size_t at = kafc__mlog_find(l, offset), first = at;

    *n = 0;
    *next = offset;
    for (; at < l->n; at++) {
        const struct kafc_mentry *e = &l->entry[at];
        if (e->last >= end || e->seg != l->entry[first].seg ||
            (at > first && e->pos != e[-1].pos + e[-1].len))
            break;
        if (*n + e->len > max && !(whole && at == first)) {
            if (*n && *n < max)
                *n = max;
            break;
        }
        *n += e->len;
        *next = e->last + 1;
    }
    return *n ? kafc__mlog_bytes(l, &l->entry[first]) : NULL;
}

size_t kafc__mlog_available(const struct kafc_mlog *l, int64_t offset, int64_t end, size_t enough)
{
    size_t n = 0;

    for (size_t at = kafc__mlog_find(l, offset); at < l->n && l->entry[at].last < end && n < enough;
         at++)
        n += l->entry[at].len;
    return n;
}

int32_t kafc__mlog_epoch_end(const struct kafc_mlog *l, int32_t epoch, int32_t current,
                             int64_t *end)
{
    *end = l->end;
    if (epoch >= current)
        return epoch == current ? epoch : -1;
    for (size_t at = l->n; at > l->first; at--) {
        if (l->entry[at - 1].epoch <= epoch)
            return l->entry[at - 1].epoch;
        *end = l->entry[at - 1].base;
    }
    return -1;
}

bool kafc__maborted_in(const struct kafc_maborted *a, int64_t from, int64_t end)
{
    return a->last >= from && a->first < end;
}

/* ---- shortening ---- */

void kafc__mlog_delete(struct kafc_mlog *l, int64_t before)
{
    uint32_t seg;

    if (before > l->end)
        before = l->end;
    if (before <= l->start)
        return;
    l->start = before;
    while (l->first < l->n && l->entry[l->first].last < before)
        l->bytes -= l->entry[l->first++].len;
    seg = l->first < l->n ? l->entry[l->first].seg : l->nseg ? l->nseg - 1 : 0;
    while (seg > 0 && l->seg[seg - 1]) {
        kafc__free(l->mem, l->seg[--seg]);
        l->seg[seg] = NULL;
    }
}

/* Producers and transactions anew, from the batches that are left. */
static kafc_err replay(struct kafc_mlog *l)
{
    drop_producers(l);
    l->naborted = 0;
    for (size_t i = l->first; i < l->n; i++) {
        const struct kafc_mentry *e = &l->entry[i];
        struct kafc_mbatch b;
        struct producer *p;
        const char *why;

        if (e->producer < 0 || kafc__mbatch_read(kafc__mlog_bytes(l, e), e->len, &b, &why))
            continue;
        p = make_producer(l, e->producer);
        if (!p || !room_for_aborted(l))
            return KAFC_ERR_NO_MEMORY;
        note(l, p, &b, e->base);
    }
    return KAFC_OK;
}

kafc_err kafc__mlog_truncate(struct kafc_mlog *l, int64_t end)
{
    size_t at = kafc__mlog_find(l, end);

    if (at < l->n) {
        l->end = l->entry[at].base;
        for (size_t i = at; i < l->n; i++)
            l->bytes -= l->entry[i].len;
        l->n = at; /* its bytes stay unused in their segments */
    }
    if (l->start > l->end)
        l->start = l->end;
    return replay(l);
}

void kafc__mlog_forget(struct kafc_mlog *l)
{
    drop_producers(l);
}
