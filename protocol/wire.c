/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The parts of the cursors that are not worth inlining. One thread at a time.
 */
#include "protocol/wire.h"

#include "base/arena.h"
#include "base/seg.h"

void kafc__rd_fail(struct kafc_rd *r, const char *why)
{
    if (!r->err) {
        r->err = why;
        r->at = (size_t)(r->p - r->start);
    }
    r->end = r->p;
}

uint32_t kafc__rd_uvarint_slow(struct kafc_rd *r)
{
    uint32_t v = 0;
    for (unsigned i = 0; i < 5; i++) {
        if (i >= kafc__rd_left(r)) {
            kafc__rd_fail(r, "the bytes end inside it");
            return 0;
        }
        uint8_t b = r->p[i];
        v |= (uint32_t)(b & 0x7f) << (7 * i);
        if (b < 0x80) {
            if (i == 4 && b > 0x0f)
                break;
            r->p += i + 1;
            return v;
        }
    }
    kafc__rd_fail(r, "a variable-length integer is above 32 bits");
    return 0;
}

int32_t kafc__rd_varint(struct kafc_rd *r)
{
    uint32_t v = kafc__rd_uvarint(r);
    return (int32_t)(v >> 1 ^ (~(v & 1) + 1));
}

int64_t kafc__rd_varlong(struct kafc_rd *r)
{
    uint64_t v = 0;
    for (unsigned i = 0; i < 10; i++) {
        if (i >= kafc__rd_left(r)) {
            kafc__rd_fail(r, "the bytes end inside it");
            return 0;
        }
        uint8_t b = r->p[i];
        v |= (uint64_t)(b & 0x7f) << (7 * i);
        if (b < 0x80) {
            if (i == 9 && b > 1)
                break;
            r->p += i + 1;
            return (int64_t)(v >> 1 ^ (~(v & 1) + 1));
        }
    }
    kafc__rd_fail(r, "a variable-length integer is above 64 bits");
    return 0;
}

double kafc__rd_f64(struct kafc_rd *r)
{
    uint64_t u = (uint64_t)kafc__rd_i64(r);
    double d;
    memcpy(&d, &u, sizeof(d));
    return d;
}

void kafc__rd_uuid(struct kafc_rd *r, kafc_uuid *u)
{
    if (kafc__rd_need(r, sizeof(u->b))) {
        memcpy(u->b, r->p, sizeof(u->b));
        r->p += sizeof(u->b);
    } else {
        memset(u, 0, sizeof(*u));
    }
}

const void *kafc__rd_take(struct kafc_rd *r, size_t n)
{
    if (n == 0)
        return r->err ? NULL : "";
    if (!kafc__rd_need(r, n))
        return NULL;
    r->p += n;
    return r->p - n;
}

/* A length as signed 64 bits, so that compact lengths up to 2^32 - 2 are told apart; -1 is null. */
static int64_t length_ok(struct kafc_rd *r, int64_t n, int64_t max)
{
    if (r->err)
        return -1;
    if (n < -1)
        kafc__rd_fail(r, "a negative length");
    else if (n > max)
        kafc__rd_fail(r, "a length above the limit of its type");
    else if (n > 0 && (uint64_t)n > kafc__rd_left(r))
        kafc__rd_fail(r, "a length above the bytes that are left");
    else
        return n;
    return -1;
}

kafc_str kafc__rd_str(struct kafc_rd *r, bool flex)
{
    int64_t n = flex ? (int64_t)kafc__rd_uvarint(r) - 1 : kafc__rd_i16(r);
    n = length_ok(r, n, INT16_MAX);
    if (n < 0)
        return (kafc_str){ NULL, 0 };
    return (kafc_str){ kafc__rd_take(r, (size_t)n), (int32_t)n };
}

kafc_bytes kafc__rd_bytes(struct kafc_rd *r, bool flex)
{
    int64_t n = flex ? (int64_t)kafc__rd_uvarint(r) - 1 : kafc__rd_i32(r);
    n = length_ok(r, n, INT32_MAX);
    if (n < 0)
        return (kafc_bytes){ NULL, 0 };
    return (kafc_bytes){ kafc__rd_take(r, (size_t)n), (int32_t)n };
}

int32_t kafc__rd_count(struct kafc_rd *r, bool flex)
{
    int64_t n = flex ? (int64_t)kafc__rd_uvarint(r) - 1 : kafc__rd_i32(r);
    return (int32_t)length_ok(r, n, INT32_MAX);
}

void kafc__rd_skip_tags(struct kafc_rd *r)
{
    uint32_t n = kafc__rd_uvarint(r);
    for (uint32_t i = 0; i < n && !r->err; i++) {
        (void)kafc__rd_uvarint(r);
        (void)kafc__rd_take(r, kafc__rd_uvarint(r));
    }
}

void kafc__wr_init(struct kafc_wr *w, void *buf, size_t cap, struct kafc_arena *splices)
{
    *w = (struct kafc_wr){ .p = buf, .start = buf, .arena = splices };
    w->end = w->p ? w->p + cap : NULL;
}

void kafc__wr_fail(struct kafc_wr *w, const char *why)
{
    if (!w->err)
        w->err = why;
    w->end = w->p;
}

void kafc__wr_uvarint(struct kafc_wr *w, uint32_t v)
{
    if (!kafc__wr_room(w, kafc__uvarint_size(v)))
        return;
    for (; v >= 0x80; v >>= 7)
        *w->p++ = (uint8_t)(v | 0x80);
    *w->p++ = (uint8_t)v;
}

void kafc__wr_varint(struct kafc_wr *w, int32_t v)
{
    kafc__wr_uvarint(w, kafc__zigzag32(v));
}

size_t kafc__varlong_size(int64_t v)
{
    size_t n = 1;
    for (uint64_t u = kafc__zigzag64(v); u >= 0x80; u >>= 7)
        n++;
    return n;
}

void kafc__wr_varlong(struct kafc_wr *w, int64_t v)
{
    if (!kafc__wr_room(w, kafc__varlong_size(v)))
        return;
    uint64_t u = kafc__zigzag64(v);
    for (; u >= 0x80; u >>= 7)
        *w->p++ = (uint8_t)(u | 0x80);
    *w->p++ = (uint8_t)u;
}

void kafc__wr_f64(struct kafc_wr *w, double v)
{
    int64_t u;
    memcpy(&u, &v, sizeof(u));
    kafc__wr_i64(w, u);
}

void kafc__wr_uuid(struct kafc_wr *w, const kafc_uuid *u)
{
    kafc__wr_raw(w, u->b, sizeof(u->b));
}

void kafc__wr_raw(struct kafc_wr *w, const void *p, size_t n)
{
    if (n && kafc__wr_room(w, n)) {
        memcpy(w->p, p, n);
        w->p += n;
    }
}

void kafc__wr_str(struct kafc_wr *w, kafc_str s, bool flex)
{
    int32_t n = s.p ? s.len : -1;
    if ((s.p && n < 0) || n > INT16_MAX) {
        kafc__wr_fail(w, n < 0 ? "a negative length" : "a string above 32767 bytes");
        return;
    }
    if (flex)
        kafc__wr_uvarint(w, (uint32_t)(n + 1));
    else
        kafc__wr_i16(w, (int16_t)n);
    if (n > 0)
        kafc__wr_raw(w, s.p, (size_t)n);
}

void kafc__wr_count(struct kafc_wr *w, int32_t n, bool flex)
{
    if (n < -1)
        kafc__wr_fail(w, "a negative length");
    else if (flex)
        kafc__wr_uvarint(w, (uint32_t)n + 1);
    else
        kafc__wr_i32(w, n);
}

void kafc__wr_bytes(struct kafc_wr *w, kafc_bytes b, bool flex)
{
    kafc__wr_count(w, !b.p ? -1 : b.len < 0 ? -2 : b.len, flex);
    if (b.p && b.len > 0)
        kafc__wr_raw(w, b.p, (size_t)b.len);
}

static bool grow_splices(struct kafc_wr *w)
{
    uint32_t cap = w->splice_cap ? w->splice_cap * 2 : 8;
    struct kafc_splice *s = kafc__arena_array(w->arena, cap, sizeof(*s));
    if (!s) {
        w->no_memory = true;
        kafc__wr_fail(w, "out of memory");
        return false;
    }
    if (w->nsplice)
        memcpy(s, w->splice, w->nsplice * sizeof(*s));
    w->splice = s;
    w->splice_cap = cap;
    return true;
}

void kafc__wr_records(struct kafc_wr *w, const struct kafc_records *rec, bool flex)
{
    if (!rec->chain) {
        kafc__wr_bytes(w, (kafc_bytes){ rec->p, rec->len }, flex);
        return;
    }
    uint64_t sum = 0;
    for (const struct kafc_seg *s = rec->chain; s; s = s->next)
        sum += s->len;
    if (rec->len < 0 || sum != (uint64_t)rec->len)
        kafc__wr_fail(w, "the chain's length is not the sum of its segments");
    kafc__wr_count(w, rec->len, flex);
    if (w->err)
        return;
    if (w->arena) {
        if (w->nsplice == w->splice_cap && !grow_splices(w))
            return;
        w->splice[w->nsplice++] = (struct kafc_splice){ kafc__wr_len(w), rec->chain,
                                                        (size_t)rec->len };
        w->spliced += (size_t)rec->len;
        return;
    }
    for (const struct kafc_seg *s = rec->chain; s; s = s->next)
        kafc__wr_raw(w, s->data, s->len);
}
