/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cursors over bytes: a reader and a writer with a sticky error, for the
 * walkers, the headers and whoever reads record batches. Never outside their
 * bytes; after the first failure every call does nothing and gives zero. One
 * thread at a time.
 */
#ifndef KAFC_PROTOCOL_WIRE_H
#define KAFC_PROTOCOL_WIRE_H

#include "protocol/types.h"

struct kafc_arena;

/* ---- Reader ---- */

struct kafc_rd {
    const uint8_t *p, *end, *start;
    const char *err; /* NULL, or the first failure as a clause without a position; static */
    size_t at;       /* where that was, in bytes from start */
};

static inline void kafc__rd_init(struct kafc_rd *r, const void *p, size_t len)
{
    r->start = r->p = p;
    r->end = r->p ? r->p + len : NULL;
    r->err = NULL;
    r->at = 0;
}

static inline size_t kafc__rd_left(const struct kafc_rd *r)
{
    return (size_t)(r->end - r->p);
}

/* The first failure stands; the reader has nothing left afterwards. */
void kafc__rd_fail(struct kafc_rd *r, const char *why);

static inline bool kafc__rd_need(struct kafc_rd *r, size_t n)
{
    if ((size_t)(r->end - r->p) >= n)
        return true;
    kafc__rd_fail(r, "the bytes end inside it");
    return false;
}

static inline uint16_t kafc__load16(const uint8_t *p)
{
    return (uint16_t)((unsigned)p[0] << 8 | p[1]);
}

static inline uint32_t kafc__load32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t kafc__load64(const uint8_t *p)
{
    return (uint64_t)kafc__load32(p) << 32 | kafc__load32(p + 4);
}

static inline int8_t kafc__rd_i8(struct kafc_rd *r)
{
    return kafc__rd_need(r, 1) ? (int8_t)*r->p++ : (int8_t)0;
}

static inline uint16_t kafc__rd_u16(struct kafc_rd *r)
{
    if (!kafc__rd_need(r, 2))
        return 0;
    r->p += 2;
    return kafc__load16(r->p - 2);
}

static inline int16_t kafc__rd_i16(struct kafc_rd *r)
{
    return (int16_t)kafc__rd_u16(r);
}

static inline uint32_t kafc__rd_u32(struct kafc_rd *r)
{
    if (!kafc__rd_need(r, 4))
        return 0;
    r->p += 4;
    return kafc__load32(r->p - 4);
}

static inline int32_t kafc__rd_i32(struct kafc_rd *r)
{
    return (int32_t)kafc__rd_u32(r);
}

static inline int64_t kafc__rd_i64(struct kafc_rd *r)
{
    if (!kafc__rd_need(r, 8))
        return 0;
    r->p += 8;
    return (int64_t)kafc__load64(r->p - 8);
}

uint32_t kafc__rd_uvarint_slow(struct kafc_rd *r);

/* At most five bytes, over-long forms pass, a fifth byte above 0x0f does not. */
static inline uint32_t kafc__rd_uvarint(struct kafc_rd *r)
{
    if (r->p < r->end && *r->p < 0x80)
        return *r->p++;
    return kafc__rd_uvarint_slow(r);
}

int32_t kafc__rd_varint(struct kafc_rd *r);  /* zigzag */
int64_t kafc__rd_varlong(struct kafc_rd *r); /* zigzag, at most ten bytes */
double kafc__rd_f64(struct kafc_rd *r);
void kafc__rd_uuid(struct kafc_rd *r, kafc_uuid *u);
/* n borrowed bytes, NULL after a failure. n == 0 gives a pointer that is not NULL. */
const void *kafc__rd_take(struct kafc_rd *r, size_t n);
/* Length and bytes, borrowed; null is p == NULL. flex: the compact form. */
kafc_str kafc__rd_str(struct kafc_rd *r, bool flex);
kafc_bytes kafc__rd_bytes(struct kafc_rd *r, bool flex);
/* The number of an array's elements, -1 for null; at most the bytes that are left. */
int32_t kafc__rd_count(struct kafc_rd *r, bool flex);
/* Skips a section of tagged fields, as of a header. */
void kafc__rd_skip_tags(struct kafc_rd *r);

/* ---- Writer ---- */

/* A chain that belongs into the stream behind the first `at` bytes of the buffer. */
struct kafc_splice {
    size_t at;
    const struct kafc_seg *chain;
    size_t len;
};

struct kafc_wr {
    uint8_t *p, *end, *start;
    const char *err;          /* NULL, or the first failure; static */
    bool no_memory;           /* the failure was the arena's */
    struct kafc_arena *arena; /* for splices; NULL: chains are copied into the buffer */
    struct kafc_splice *splice;
    uint32_t nsplice, splice_cap;
    size_t spliced; /* sum of their len: bytes that are on the wire but not in the buffer */
};

/* The buffer is the caller's and must outlive the writer, and so must the chains and the arena. */
void kafc__wr_init(struct kafc_wr *w, void *buf, size_t cap, struct kafc_arena *splices);
void kafc__wr_fail(struct kafc_wr *w, const char *why);

static inline size_t kafc__wr_len(const struct kafc_wr *w) /* bytes in the buffer */
{
    return (size_t)(w->p - w->start);
}

static inline bool kafc__wr_room(struct kafc_wr *w, size_t n)
{
    if ((size_t)(w->end - w->p) >= n)
        return true;
    kafc__wr_fail(w, "the buffer is too small");
    return false;
}

static inline void kafc__store16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void kafc__store32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

static inline void kafc__store64(uint8_t *p, uint64_t v)
{
    kafc__store32(p, (uint32_t)(v >> 32));
    kafc__store32(p + 4, (uint32_t)v);
}

static inline void kafc__wr_i8(struct kafc_wr *w, int8_t v)
{
    if (kafc__wr_room(w, 1))
        *w->p++ = (uint8_t)v;
}

static inline void kafc__wr_u16(struct kafc_wr *w, uint16_t v)
{
    if (kafc__wr_room(w, 2)) {
        kafc__store16(w->p, v);
        w->p += 2;
    }
}

static inline void kafc__wr_i16(struct kafc_wr *w, int16_t v)
{
    kafc__wr_u16(w, (uint16_t)v);
}

static inline void kafc__wr_i32(struct kafc_wr *w, int32_t v)
{
    if (kafc__wr_room(w, 4)) {
        kafc__store32(w->p, (uint32_t)v);
        w->p += 4;
    }
}

static inline void kafc__wr_i64(struct kafc_wr *w, int64_t v)
{
    if (kafc__wr_room(w, 8)) {
        kafc__store64(w->p, (uint64_t)v);
        w->p += 8;
    }
}

void kafc__wr_uvarint(struct kafc_wr *w, uint32_t v);
void kafc__wr_varint(struct kafc_wr *w, int32_t v);
void kafc__wr_varlong(struct kafc_wr *w, int64_t v);
void kafc__wr_f64(struct kafc_wr *w, double v);
void kafc__wr_uuid(struct kafc_wr *w, const kafc_uuid *u);
void kafc__wr_raw(struct kafc_wr *w, const void *p, size_t n);
void kafc__wr_str(struct kafc_wr *w, kafc_str s, bool flex);
void kafc__wr_bytes(struct kafc_wr *w, kafc_bytes b, bool flex);
void kafc__wr_records(struct kafc_wr *w, const struct kafc_records *rec, bool flex);
void kafc__wr_count(struct kafc_wr *w, int32_t n, bool flex); /* -1: null */

/* Bytes that the unsigned varint, the zigzag varint and the zigzag varlong of v take. */
static inline size_t kafc__uvarint_size(uint32_t v)
{
    return v < 1u << 7 ? 1 : v < 1u << 14 ? 2 : v < 1u << 21 ? 3 : v < 1u << 28 ? 4 : 5;
}

static inline uint32_t kafc__zigzag32(int32_t v)
{
    return (uint32_t)v << 1 ^ (v < 0 ? UINT32_MAX : 0);
}

static inline uint64_t kafc__zigzag64(int64_t v)
{
    return (uint64_t)v << 1 ^ (v < 0 ? UINT64_MAX : 0);
}

static inline size_t kafc__varint_size(int32_t v)
{
    return kafc__uvarint_size(kafc__zigzag32(v));
}

size_t kafc__varlong_size(int64_t v);

#endif
