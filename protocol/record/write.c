/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The parts of writing record batches that are not called for every record.
 * Called by the writer's batches, the mock and the tools; any thread.
 */
#include "protocol/record/write.h"

#include "base/hash.h"

uint64_t kafc__record_headers_size(const kafc_header *headers, int32_t n)
{
    const uint64_t refuse = UINT32_MAX;
    if (n < 0)
        return refuse;
    uint64_t size = kafc__record_varlong_size(n);
    for (int32_t i = 0; i < n; i++) {
        if (!headers[i].name.p)
            return refuse;
        size += kafc__record_bytes_size(headers[i].name.p, headers[i].name.len);
        size += kafc__record_bytes_size(headers[i].value.p, headers[i].value.len);
    }
    return size;
}

uint8_t *kafc__record_put_headers(uint8_t *p, const kafc_header *headers, int32_t n)
{
    p = kafc__record_put_varint(p, kafc__zigzag32(n));
    for (int32_t i = 0; i < n; i++) {
        p = kafc__record_put_bytes(p, headers[i].name.p, headers[i].name.len);
        p = kafc__record_put_bytes(p, headers[i].value.p, headers[i].value.len);
    }
    return p;
}

struct pieces {
    bool (*put)(void *ctx, const void *p, size_t n);
    void *ctx;
    bool ok;
};

static void put_piece(struct pieces *s, const void *p, size_t n)
{
    s->ok = s->ok && (n == 0 || s->put(s->ctx, p, n));
}

static void put_length(struct pieces *s, const void *p, int32_t len)
{
    uint8_t b[10];
    put_piece(s, b, (size_t)(kafc__record_put_varint(b, kafc__zigzag32(p ? len : -1)) - b));
    if (p)
        put_piece(s, p, (size_t)len);
}

bool kafc__record_put_pieces(uint32_t body, const struct kafc_record_fields *r,
                             bool (*put)(void *ctx, const void *p, size_t n), void *ctx)
{
    struct pieces s = { put, ctx, true };
    uint8_t b[KAFC_RECORD_OVERHEAD], *p = kafc__record_put_varint(b, (uint64_t)body << 1);
    *p++ = 0;
    p = kafc__record_put_varint(p, kafc__zigzag64(r->timestamp_delta));
    p = kafc__record_put_varint(p, kafc__zigzag32(r->offset_delta));
    put_piece(&s, b, (size_t)(p - b));
    put_length(&s, r->key.p, r->key.len);
    put_length(&s, r->value.p, r->value.len);
    put_piece(&s, b, (size_t)(kafc__record_put_varint(b, kafc__zigzag32(r->nheaders)) - b));
    for (int32_t i = 0; i < r->nheaders; i++) {
        put_length(&s, r->headers[i].name.p, r->headers[i].name.len);
        put_length(&s, r->headers[i].value.p, r->headers[i].value.len);
    }
    return s.ok;
}

void kafc__batch_header_put(uint8_t p[KAFC_BATCH_HEADER], struct kafc_batch_header *h,
                            uint32_t records_crc, size_t records_len)
{
    h->length = (int32_t)(records_len + KAFC_BATCH_HEADER - KAFC_BATCH_PREFIX);
    h->magic = 2;
    kafc__store64(p, (uint64_t)h->base_offset);
    kafc__store32(p + 8, (uint32_t)h->length);
    kafc__store32(p + 12, (uint32_t)h->leader_epoch);
    p[16] = (uint8_t)h->magic;
    kafc__store16(p + 21, (uint16_t)h->attributes);
    kafc__store32(p + 23, (uint32_t)h->last_offset_delta);
    kafc__store64(p + 27, (uint64_t)h->base_timestamp);
    kafc__store64(p + 35, (uint64_t)h->max_timestamp);
    kafc__store64(p + 43, (uint64_t)h->producer_id);
    kafc__store16(p + 51, (uint16_t)h->producer_epoch);
    kafc__store32(p + 53, (uint32_t)h->base_sequence);
    kafc__store32(p + 57, (uint32_t)h->count);
    uint32_t crc = kafc__crc32c(0, p + KAFC_BATCH_CRC_FROM,
                                KAFC_BATCH_HEADER - KAFC_BATCH_CRC_FROM);
    h->crc = kafc__crc32c_combine(crc, records_crc, records_len);
    kafc__store32(p + 17, h->crc);
}
