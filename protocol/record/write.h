/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing records of format 2: one record straight to where it will be sent
 * from, and the header in front of all of them at each send. Pure: any thread.
 */
#ifndef KAFC_RECORD_WRITE_H
#define KAFC_RECORD_WRITE_H

#include "protocol/record/batch.h"
#include "protocol/wire.h"
#include <kafc/message.h>

/* What a record is made of. Header names are not null. Everything is borrowed for the call. */
struct kafc_record_fields {
    int64_t timestamp_delta; /* to the batch's base_timestamp, modulo 2^64 */
    int32_t offset_delta;
    kafc_bytes key, value;
    const kafc_header *headers;
    int32_t nheaders;
};

/* No record takes more than this plus the bytes of its key, value and headers, plus 10 for each header. */
enum { KAFC_RECORD_OVERHEAD = 5 + 1 + 10 + 5 + 5 + 5 + 5 };

/* The zigzag varlong's bytes; nearly always one or two, else without a loop: seven bits of the number to each. */
static inline size_t kafc__record_varlong_size(int64_t v)
{
    uint64_t zigzag = kafc__zigzag64(v);
    return zigzag < 0x80     ? 1
           : zigzag < 0x4000 ? 2
                             : (size_t)(9 * (64 - __builtin_clzll(zigzag)) + 64) / 64;
}

/* Bytes of a length and what it counts; of null, one. A negative length gives a sum that is too large. */
static inline uint64_t kafc__record_bytes_size(const void *p, int32_t len)
{
    return p ? kafc__record_varlong_size(len) + (uint64_t)(uint32_t)len : 1;
}

uint64_t kafc__record_headers_size(const kafc_header *headers, int32_t n);

/* The bytes that the record's own length counts; 0 if a length is negative, a header's name is null, or the sum is
 * above INT32_MAX - 5. */
static inline uint32_t kafc__record_body_size(const struct kafc_record_fields *r)
{
    uint64_t n = 1 + kafc__record_varlong_size(r->timestamp_delta) +
                 kafc__record_varlong_size(r->offset_delta);
    n += kafc__record_bytes_size(r->key.p, r->key.len) +
         kafc__record_bytes_size(r->value.p, r->value.len);
    n += r->nheaders == 0 ? 1 : kafc__record_headers_size(r->headers, r->nheaders);
    return n <= INT32_MAX - 5 ? (uint32_t)n : 0;
}

/* The bytes of the whole record; 0 as above. */
static inline uint32_t kafc__record_size(const struct kafc_record_fields *r)
{
    uint32_t body = kafc__record_body_size(r);
    return body ? body + (uint32_t)kafc__record_varlong_size((int32_t)body) : 0;
}

static inline uint8_t *kafc__record_put_varint(uint8_t *p, uint64_t zigzag)
{
    while (zigzag >= 0x80) {
        *p++ = (uint8_t)(zigzag | 0x80);
        zigzag >>= 7;
    }
    *p++ = (uint8_t)zigzag;
    return p;
}

static inline uint8_t *kafc__record_put_bytes(uint8_t *p, const void *from, int32_t len)
{
    if (!from) {
        *p++ = 1; /* zigzag of -1 */
        return p;
    }
    p = kafc__record_put_varint(p, (uint64_t)(uint32_t)len << 1);
    memcpy(p, from, (size_t)len);
    return p + len;
}

uint8_t *kafc__record_put_headers(uint8_t *p, const kafc_header *headers, int32_t n);

/* Writes the record, whose body size is `body` (not 0), to p, where kafc__record_size bytes fit; returns the end. */
static inline uint8_t *kafc__record_put(uint8_t *p, uint32_t body,
                                        const struct kafc_record_fields *r)
{
    p = kafc__record_put_varint(p, (uint64_t)body << 1);
    *p++ = 0; /* attributes */
    p = kafc__record_put_varint(p, kafc__zigzag64(r->timestamp_delta));
    p = kafc__record_put_varint(p, kafc__zigzag32(r->offset_delta));
    p = kafc__record_put_bytes(p, r->key.p, r->key.len);
    p = kafc__record_put_bytes(p, r->value.p, r->value.len);
    if (r->nheaders == 0) {
        *p++ = 0;
        return p;
    }
    return kafc__record_put_headers(p, r->headers, r->nheaders);
}

/* The same in pieces, for a record that spans segments. put may fail: then nothing more is put and false returned. */
bool kafc__record_put_pieces(uint32_t body, const struct kafc_record_fields *r,
                             bool (*put)(void *ctx, const void *p, size_t n), void *ctx);

/* Writes the header of a batch whose records take records_len bytes as sent (compressed or not) and sum up to
 * records_crc (kafc__crc32c from 0). Sets h->length, magic and crc to what was written. The records are not touched,
 * so that producer id, epoch and sequence may change from send to send. */
void kafc__batch_header_put(uint8_t p[KAFC_BATCH_HEADER], struct kafc_batch_header *h,
                            uint32_t records_crc, size_t records_len);

#endif
