/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The reader of record batches: where the bytes of brokers become records.
 * Runs on the thread that fetches, never on the loop. Nothing is believed
 * before it was compared with the bytes that are there.
 */
#include "protocol/record/read.h"

#include "base/hash.h"
#include "base/log.h"
#include "protocol/record/message.h"
#include "protocol/wire.h"

enum {
    SIZE_TO_MAGIC = 17,
    MIN_LENGTH_V0 = 14, /* of anything that Kafka ever stored */
    MIN_RECORD = 7,
    MIN_HEADER = 2
};

/* ---- batches ---- */

static void parse_header(const uint8_t *p, struct kafc_batch_header *h)
{
    h->leader_epoch = (int32_t)kafc__load32(p + 12);
    h->crc = kafc__load32(p + 17);
    h->attributes = (int16_t)kafc__load16(p + 21);
    h->last_offset_delta = (int32_t)kafc__load32(p + 23);
    h->base_timestamp = (int64_t)kafc__load64(p + 27);
    h->max_timestamp = (int64_t)kafc__load64(p + 35);
    h->producer_id = (int64_t)kafc__load64(p + 43);
    h->producer_epoch = (int16_t)kafc__load16(p + 51);
    h->base_sequence = (int32_t)kafc__load32(p + 53);
    h->count = (int32_t)kafc__load32(p + 57);
}

static kafc_err broken_batch(const struct kafc_batches *it, const struct kafc_batch_header *h,
                             kafc_error *err, const char *field, int64_t value)
{
    return kafc__error(
        err, KAFC_ERR_CORRUPT, "batch at offset %lld, byte %zu of the records: %s is %lld",
        (long long)h->base_offset, (size_t)(it->p - it->start), field, (long long)value);
}

static kafc_err check_header(const struct kafc_batches *it, const struct kafc_batch_header *h,
                             kafc_error *err)
{
    if (h->length < KAFC_BATCH_HEADER - KAFC_BATCH_PREFIX)
        return broken_batch(it, h, err, "length", h->length);
    if (h->base_offset < 0)
        return broken_batch(it, h, err, "base offset", h->base_offset);
    if (h->last_offset_delta < 0 || h->base_offset > INT64_MAX - 1 - h->last_offset_delta)
        return broken_batch(it, h, err, "last offset delta", h->last_offset_delta);
    if (h->count < 0)
        return broken_batch(it, h, err, "record count", h->count);
    return KAFC_OK;
}

/* A message of format 0 or 1. The count of a compressed set is -1. */
static kafc_err parse_message(const struct kafc_batches *it, size_t size,
                              struct kafc_batch_header *h, kafc_error *err)
{
    struct kafc_wire_message m;
    const char *why = kafc__message_parse(it->p, size, &m);
    if (!why && (m.offset < 0 || m.offset == INT64_MAX))
        why = "there is no such offset";
    if (why)
        return kafc__error(err, KAFC_ERR_CORRUPT,
                           "message at offset %lld, byte %zu of the records: %s",
                           (long long)h->base_offset, (size_t)(it->p - it->start), why);
    h->crc = m.crc;
    h->attributes = m.attributes;
    h->base_timestamp = h->max_timestamp = m.timestamp;
    h->leader_epoch = h->base_sequence = -1;
    h->producer_id = h->producer_epoch = -1;
    h->count = m.attributes & KAFC_BATCH_CODEC ? -1 : 1;
    /* Of old attributes only these mean something; formats 0 and 1 know no others. */
    h->attributes &= h->magic == 0 ? KAFC_BATCH_CODEC
                                   : KAFC_BATCH_CODEC | KAFC_BATCH_LOG_APPEND_TIME;
    return KAFC_OK;
}

kafc_err kafc__batch_next(struct kafc_batches *it, struct kafc_batch *b, kafc_error *err)
{
    struct kafc_batch_header *h = &b->header;
    size_t left = (size_t)(it->end - it->p);
    *b = (struct kafc_batch){ .p = NULL };
    if (left < KAFC_BATCH_PREFIX)
        return KAFC_OK;
    h->base_offset = (int64_t)kafc__load64(it->p);
    h->length = (int32_t)kafc__load32(it->p + 8);
    if (h->length < MIN_LENGTH_V0)
        return broken_batch(it, h, err, "length", h->length);
    size_t size = (size_t)h->length + KAFC_BATCH_PREFIX;
    if (left >= SIZE_TO_MAGIC) {
        h->magic = (int8_t)it->p[16];
        if (h->magic < 0 || h->magic > 2)
            return broken_batch(it, h, err, "format", h->magic);
    }
    if (left < size) {
        it->cut = size;
        it->p = it->end;
        return KAFC_OK;
    }
    if (h->magic == 2 && h->length >= KAFC_BATCH_HEADER - KAFC_BATCH_PREFIX)
        parse_header(it->p, h);
    kafc_err rc = h->magic == 2 ? check_header(it, h, err) : parse_message(it, size, h, err);
    if (rc != KAFC_OK)
        return rc;
    b->last_offset = h->base_offset + h->last_offset_delta;
    if (h->count < 0)
        h->base_offset = 0;
    b->p = it->p;
    b->size = size;
    it->p += size;
    return KAFC_OK;
}

kafc_err kafc__batch_check_crc(const struct kafc_batch *b, kafc_error *err)
{
    uint32_t crc = b->header.magic == 2
                       ? kafc__crc32c(0, b->p + KAFC_BATCH_CRC_FROM, b->size - KAFC_BATCH_CRC_FROM)
                       : kafc__crc32(b->p + SIZE_TO_MAGIC - 1, b->size - (SIZE_TO_MAGIC - 1));
    if (crc == b->header.crc)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_CORRUPT,
                       "batch at offset %lld: CRC is %08x, and 0x%08x of its %zu bytes",
                       (long long)b->header.base_offset, b->header.crc, crc, b->size);
}

/* ---- records ---- */

static kafc_err decompress(const struct kafc_batch *b, const void *p, size_t n,
                           struct kafc_decompress *d, struct kafc_frame **frame, kafc_error *err)
{
    int id = b->header.attributes & KAFC_BATCH_CODEC;
    const struct kafc_codec *codec = kafc__codec(id);
    kafc_error why;
    if (!codec)
        return kafc__error(err, KAFC_ERR_CORRUPT,
                           "batch at offset %lld: compression codec %d is unknown",
                           (long long)b->header.base_offset, id);
    kafc_err rc = kafc__decompress(d, codec, p, n, frame, &why);
    if (rc != KAFC_OK)
        return kafc__error(err, rc, "batch at offset %lld: %s", (long long)b->header.base_offset,
                           why.message);
    return KAFC_OK;
}

static kafc_err broken_set(const struct kafc_batch *b, const char *why, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_CORRUPT, "compressed message set at offset %lld: %s",
                       (long long)b->last_offset, why);
}

/* Counts the messages of a compressed set and finds what to add to their offsets. */
static kafc_err survey_set(const struct kafc_batch *b, struct kafc_record_cursor *c,
                           kafc_error *err)
{
    struct kafc_wire_message m = { .offset = 0 };
    for (const uint8_t *p = c->p; p < c->end; p += m.size, c->count++) {
        const char *why = kafc__message_parse(p, (size_t)(c->end - p), &m);
        if (!why && (m.attributes & KAFC_BATCH_CODEC || m.offset < 0 || c->count == INT32_MAX))
            why = m.offset < 0 ? "an offset inside is negative"
                               : "it has a compressed message inside";
        if (why)
            return broken_set(b, why, err);
    }
    if (c->count == 0)
        return broken_set(b, "it is empty", err);
    c->left = c->count;
    c->base_offset = 0;
    /* Format 1 counts from the first; the wrapper has the offset of the last, or 0 if an old librdkafka wrote it. */
    if (b->header.magic == 1 && b->last_offset != 0)
        c->base_offset = b->last_offset - m.offset;
    if (c->base_offset < 0)
        return broken_set(b, "the offsets inside are above its own", err);
    return KAFC_OK;
}

/* Formats 0 and 1: the message itself is the record, or its value is a compressed set of them. */
static kafc_err open_messages(const struct kafc_batch *b, struct kafc_decompress *d,
                              struct kafc_record_cursor *c, struct kafc_frame **frame,
                              kafc_error *err)
{
    const struct kafc_batch_header *h = &b->header;
    if (h->magic == 0)
        c->timestamp_type = KAFC_TIME_NONE;
    c->base_offset = 0;
    c->p = c->start = b->p;
    if (!(h->attributes & KAFC_BATCH_CODEC))
        return KAFC_OK;
    struct kafc_wire_message m;
    const char *why = kafc__message_parse(b->p, b->size, &m);
    if (!why && !m.value.p)
        why = "its value is null";
    if (why)
        return broken_set(b, why, err);
    kafc_err rc = decompress(b, m.value.p, (size_t)m.value.len, d, frame, err);
    if (rc != KAFC_OK)
        return rc;
    c->p = c->start = (*frame)->data;
    c->end = c->p + (*frame)->len;
    c->count = 0;
    c->check_crc = true;
    rc = survey_set(b, c, err);
    if (rc != KAFC_OK) {
        kafc__frame_unref(*frame);
        *frame = NULL;
    }
    return rc;
}

kafc_err kafc__batch_open(const struct kafc_batch *b, struct kafc_decompress *d,
                          struct kafc_record_cursor *c, struct kafc_frame **frame, kafc_error *err)
{
    const struct kafc_batch_header *h = &b->header;
    bool log_append = h->attributes & KAFC_BATCH_LOG_APPEND_TIME;
    *frame = NULL;
    *c = (struct kafc_record_cursor){
        .p = b->p + KAFC_BATCH_HEADER,
        .end = b->p + b->size,
        .start = b->p + KAFC_BATCH_HEADER,
        .left = h->count,
        .count = h->count,
        .last_offset_delta = h->last_offset_delta,
        .base_offset = h->base_offset,
        .base_timestamp = log_append ? h->max_timestamp : h->base_timestamp,
        .delta_mask = log_append ? 0 : UINT64_MAX,
        .timestamp_type = log_append ? KAFC_TIME_LOG_APPEND : KAFC_TIME_CREATE,
        .magic = h->magic,
    };
    if (h->magic < 2)
        return open_messages(b, d, c, frame, err);
    if (!(h->attributes & KAFC_BATCH_CODEC) || (c->p == c->end && h->count == 0))
        return KAFC_OK;
    kafc_err rc = decompress(b, c->p, (size_t)(c->end - c->p), d, frame, err);
    if (rc != KAFC_OK)
        return rc;
    c->p = c->start = (*frame)->data;
    c->end = c->p + (*frame)->len;
    return KAFC_OK;
}

/* Of any length. */
__attribute__((noinline)) static struct kafc_varint long_varint(const uint8_t *p,
                                                                const uint8_t *end)
{
    uint64_t x = 0;
    for (unsigned shift = 0; shift < 70 && p < end; shift += 7) {
        uint8_t b = *p++;
        x |= (uint64_t)(b & 0x7f) << shift;
        if (b < 0x80)
            return (struct kafc_varint){ p, x };
    }
    return (struct kafc_varint){ NULL, 0 };
}

static inline struct kafc_varint get_varint(const uint8_t *p, const uint8_t *end)
{
    struct kafc_varint v = { NULL, 0 };
    if (end - p >= 3)
        v = kafc__quick_varint(p);
    return v.next ? v : long_varint(p, end);
}

/* Of a zigzag number that must not be negative: half of it, and far too much if it is odd. */
static inline uint64_t unsign(uint64_t v)
{
    return v >> 1 | v << 63;
}

/* A length and the bytes it counts; -1 is null. NULL when they are not there. */
static inline const uint8_t *get_bytes(const uint8_t *p, const uint8_t *end, kafc_bytes *b)
{
    struct kafc_varint v = get_varint(p, end);
    uint64_t len = unsign(v.v);
    if (!v.next)
        return NULL;
    if (len > (uint64_t)(end - v.next)) {
        *b = (kafc_bytes){ NULL, 0 };
        return v.v == 1 ? v.next : NULL;
    }
    *b = (kafc_bytes){ v.next, (int32_t)len }; /* nothing here has 2^31 bytes */
    return v.next + len;
}

static enum kafc_record_step broken(struct kafc_record_cursor *c, const uint8_t *at,
                                    const char *why)
{
    c->why = why;
    c->at = at;
    return KAFC_RECORD_BROKEN;
}

static enum kafc_record_step at_end(struct kafc_record_cursor *c)
{
    return c->p == c->end ? KAFC_RECORD_END
                          : broken(c, c->p, "bytes are left behind the last record");
}

static enum kafc_record_step next_message(struct kafc_record_cursor *c, struct kafc_record *out)
{
    struct kafc_wire_message m;
    const char *why = kafc__message_parse(c->p, (size_t)(c->end - c->p), &m);
    if (!why && c->check_crc && !kafc__message_crc_ok(c->p, &m))
        why = "the message's CRC does not fit";
    if (!why && m.offset > INT64_MAX - 1 - c->base_offset)
        why = "the message's offset is too large";
    if (why)
        return broken(c, c->p, why);
    c->p += m.size;
    c->left--;
    *out = (struct kafc_record){
        .offset = c->base_offset + m.offset,
        .timestamp = c->delta_mask ? m.timestamp : c->base_timestamp,
        .key = m.key,
        .value = m.value,
        .headers = c->p,
    };
    return KAFC_RECORD_GOT;
}

enum kafc_record_step kafc__record_parse(struct kafc_record_cursor *c, struct kafc_record *out)
{
    if (c->why)
        return KAFC_RECORD_BROKEN;
    if (c->left == 0)
        return at_end(c);
    if (c->magic < 2)
        return next_message(c, out);
    const uint8_t *p = c->p, *q, *end = c->end;
    struct kafc_varint len = get_varint(p, end);
    uint64_t size = unsign(len.v);
    if (!len.next || size > (uint64_t)(end - len.next) || size < MIN_RECORD - 1)
        return broken(c, p, "the record's length is not that of bytes which are there");
    end = len.next + size;
    p = len.next + 1; /* attributes mean nothing */
    struct kafc_varint time = get_varint(p, end);
    if (!time.next)
        return broken(c, p, "the timestamp delta does not end");
    struct kafc_varint delta = get_varint(p = time.next, end);
    if (!delta.next || unsign(delta.v) > (uint64_t)c->last_offset_delta)
        return broken(c, p, "the offset delta is not within the batch");
    if (!(q = get_bytes(p = delta.next, end, &out->key)))
        return broken(c, p, "the key's length is not that of bytes which are there");
    if (!(q = get_bytes(p = q, end, &out->value)))
        return broken(c, p, "the value's length is not that of bytes which are there");
    struct kafc_varint n = get_varint(p = q, end);
    if (!n.next || unsign(n.v) > (uint64_t)(end - n.next) / MIN_HEADER)
        return broken(c, p, "the number of headers is more than there can be");
    if (n.v == 0 && n.next != end)
        return broken(c, n.next, "bytes are left at the record's end");
    out->nheaders = (int32_t)(n.v >> 1);
    out->headers = n.next;
    out->headers_len = (int32_t)(end - n.next);
    kafc__record_got(c, end, time.v, delta.v, out);
    return KAFC_RECORD_GOT;
}

kafc_err kafc__record_error(const struct kafc_record_cursor *c, kafc_error *err)
{
    int32_t record = c->count - c->left;
    return kafc__error(err, KAFC_ERR_CORRUPT,
                       "batch at offset %lld, record %d of %d, byte %zu of %zu: %s",
                       (long long)c->base_offset, record < c->count ? record + 1 : record, c->count,
                       (size_t)(c->at - c->start), (size_t)(c->end - c->start),
                       c->why ? c->why : "nothing is wrong");
}

bool kafc__record_headers(struct kafc_record_cursor *c, const struct kafc_record *r,
                          kafc_header *out)
{
    const char *why = NULL;
    const uint8_t *p = r->headers, *q, *end = p + r->headers_len;
    for (int32_t i = 0; i < r->nheaders && !why; i++) {
        kafc_bytes name;
        if (!(q = get_bytes(p, end, &name)) || !name.p) {
            why = "the name of a header is null, or its length not that of bytes which are there";
        } else if (!(q = get_bytes(p = q, end, &out[i].value))) {
            why = "the length of a header's value is not that of bytes which are there";
        } else {
            out[i].name = (kafc_str){ name.p, name.len };
            p = q;
        }
    }
    if (!why && p != end)
        why = "bytes are left behind the last header";
    if (why && c) {
        c->left++; /* it was this record, not the one to come */
        (void)broken(c, p, why);
    }
    return !why;
}

int kafc__control_type(kafc_bytes key)
{
    const uint8_t *p = key.p;
    if (!p || key.len < 4 || p[0] & 0x80)
        return KAFC_CONTROL_NONE; /* a later version keeps the type where it is */
    return (int16_t)kafc__load16(p + 2);
}
