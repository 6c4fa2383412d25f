/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading record batches: one batch after the other out of a Fetch response,
 * and one record after the other out of a batch, all borrowed in place. A
 * message of format 0 or 1 is a batch, too, of one record or, when it is
 * compressed, of the set that it wraps. The bytes may be hostile. A struct
 * belongs to one thread at a time.
 */
#ifndef KAFC_RECORD_READ_H
#define KAFC_RECORD_READ_H

#include "base/attr.h"
#include "protocol/record/batch.h"
#include "protocol/record/codec.h"

/* ---- batches ---- */

struct kafc_batches {
    const uint8_t *start, *p, *end;
    size_t cut; /* of a batch that was cut off, the bytes it has in all; 0: none, or not known */
};

/* Of formats 0 and 1 the header has magic, length, attributes, CRC and both timestamps; leader epoch, producer and
 * sequence are -1; count is 1, or -1 for a compressed set, whose base_offset, known only inside it, is given as 0. */
struct kafc_batch {
    struct kafc_batch_header header;
    const uint8_t *p; /* all of it, borrowed; NULL: there was none */
    size_t size;
    int64_t last_offset;
};

static inline void kafc__batches_init(struct kafc_batches *it, const void *p, size_t n)
{
    *it = (struct kafc_batches){ .start = p, .p = p, .end = n ? (const uint8_t *)p + n : p };
}

/* The next batch. At the end, which may lie inside a batch (brokers cut the last one), KAFC_OK and b->p == NULL.
 * KAFC_ERR_CORRUPT: what follows cannot be read either. */
kafc_err kafc__batch_next(struct kafc_batches *it, struct kafc_batch *b, kafc_error *err);

/* Sums up the batch and compares. */
kafc_err kafc__batch_check_crc(const struct kafc_batch *b, kafc_error *err);

static inline int64_t kafc__batch_last_offset(const struct kafc_batch *b)
{
    return b->last_offset;
}

/* ---- records ---- */

struct kafc_record {
    int64_t offset;
    int64_t timestamp;
    kafc_bytes key, value;
    int32_t nheaders;
    int32_t headers_len; /* bytes at `headers`, not looked at yet */
    const uint8_t *headers;
};

struct kafc_record_cursor {
    const uint8_t *p, *end, *start;
    int32_t left;  /* records to come */
    int32_t count; /* of the batch */
    int32_t last_offset_delta;
    int64_t base_offset;
    int64_t base_timestamp; /* of LogAppendTime: the time of all */
    uint64_t delta_mask;    /* 0 with LogAppendTime, where deltas do not count */
    kafc_timestamp_type timestamp_type;
    int8_t magic;
    bool check_crc;    /* formats 0 and 1: of each record that was compressed */
    const char *why;   /* after KAFC_RECORD_BROKEN, a clause; static */
    const uint8_t *at; /* and where */
};

/* Puts a cursor in front of the first record. Uncompressed batches are borrowed and *frame is NULL; others are
 * decompressed, and the records live as long as *frame, a new reference. The CRC is not looked at. */
kafc_err kafc__batch_open(const struct kafc_batch *b, struct kafc_decompress *d,
                          struct kafc_record_cursor *c, struct kafc_frame **frame, kafc_error *err);

enum kafc_record_step { KAFC_RECORD_END = 0, KAFC_RECORD_GOT = 1, KAFC_RECORD_BROKEN = -1 };

/* The next record. The end comes only when all bytes were used up exactly. After END or BROKEN the same again. */
static inline enum kafc_record_step kafc__record_next(struct kafc_record_cursor *c,
                                                      struct kafc_record *out);
/* The sentence for BROKEN; returns KAFC_ERR_CORRUPT. */
kafc_err kafc__record_error(const struct kafc_record_cursor *c, kafc_error *err);

/* Decodes the record's headers into out (room for r->nheaders). false: they are broken, and kafc__record_error tells
 * if c is the cursor that the record came from (NULL: nobody asks). */
bool kafc__record_headers(struct kafc_record_cursor *c, const struct kafc_record *r,
                          kafc_header *out);

/* ---- inside: what every message goes through ---- */

/* Two registers, so that nothing needs an address. */
struct kafc_varint {
    const uint8_t *next; /* NULL: there is none */
    uint64_t v;          /* not unzigzagged */
};

/* Of three bytes at most, which are there: nearly all numbers are. Calls nothing. */
KAFC_INLINE struct kafc_varint kafc__quick_varint(const uint8_t *p)
{
    if (p[0] < 0x80)
        return (struct kafc_varint){ p + 1, p[0] };
    if (p[1] < 0x80)
        return (struct kafc_varint){ p + 2, p[0] + ((uint64_t)p[1] << 7) - 0x80 };
    if (p[2] < 0x80)
        return (struct kafc_varint){ p + 3, p[0] + ((uint64_t)p[1] << 7) + ((uint64_t)p[2] << 14) -
                                                0x4080 };
    return (struct kafc_varint){ NULL, 0 };
}

static inline void kafc__record_got(struct kafc_record_cursor *c, const uint8_t *end, uint64_t time,
                                    uint64_t delta, struct kafc_record *out)
{
    int64_t ms = (int64_t)(time >> 1 ^ (0 - (time & 1)));
    out->offset = c->base_offset + (int64_t)(delta >> 1);
    out->timestamp = (int64_t)((uint64_t)c->base_timestamp + ((uint64_t)ms & c->delta_mask));
    c->p = end;
    c->left--;
}

/* Any record, and what is wrong with it. */
enum kafc_record_step kafc__record_parse(struct kafc_record_cursor *c, struct kafc_record *out);

/* A record of format 2 without headers, with a value that is not empty, and no number in it that is large. false: it is
 * not that, or not a good one; nothing is changed. */
KAFC_INLINE bool kafc__record_plain(struct kafc_record_cursor *c, struct kafc_record *out)
{
    enum { VARINT = 3, FRONT = 4 * VARINT + 1 }; /* up to the key's length */
    const uint8_t *p = c->p, *end = c->end;
    struct kafc_varint len, time, delta, key, value;
    if (c->left <= 0 || c->why || c->magic < 2 || end - p < FRONT)
        return false;
    len = kafc__quick_varint(p);
    if (!len.next || (len.v & 1) || (int64_t)(len.v >> 1) > end - len.next)
        return false;
    end = len.next + (len.v >> 1);
    time = kafc__quick_varint(len.next + 1);
    if (!time.next)
        return false;
    delta = kafc__quick_varint(time.next);
    if (!delta.next || (delta.v & 1) || (int32_t)(delta.v >> 1) > c->last_offset_delta)
        return false;
    key = kafc__quick_varint(delta.next);
    /* Behind the key are three bytes at least: it ends within the record, and the value's length can be read. */
    if (!key.next || ((key.v & 1) && key.v != 1) || (int64_t)(key.v >> 1) > end - key.next - VARINT)
        return false;
    value = kafc__quick_varint(key.next + (key.v >> 1));
    if (!value.next || (value.v & 1) || (int64_t)(value.v >> 1) != end - value.next - 1 || end[-1])
        return false;
    out->key = (kafc_bytes){ key.v == 1 ? NULL : key.next, (int32_t)(key.v >> 1) };
    out->value = (kafc_bytes){ value.next, (int32_t)(value.v >> 1) };
    out->headers = end;
    out->nheaders = out->headers_len = 0;
    kafc__record_got(c, end, time.v, delta.v, out);
    return true;
}

static inline enum kafc_record_step kafc__record_next(struct kafc_record_cursor *c,
                                                      struct kafc_record *out)
{
    return kafc__record_plain(c, out) ? KAFC_RECORD_GOT : kafc__record_parse(c, out);
}

#endif
