/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches taken apart: the header, the checks that a broker makes, records.
 */
#include "mock/records.h"

#include "base/hash.h"

enum { DECOMPRESSED_MAX = 1 << 28 };

static int64_t load64(const uint8_t *p)
{
    return (int64_t)kafc__load64(p);
}

kafc_err kafc__mbatch_read(const void *p, size_t n, struct kafc_mbatch *b, const char **why)
{
    const uint8_t *h = p;

    *why = "the batch is shorter than its header";
    if (n < KAFC_MBATCH_HEADER)
        return KAFC_ERR_CORRUPT_MESSAGE;
    *why = "batches must be of format 2";
    if (h[16] != 2)
        return KAFC_ERR_INVALID_RECORD;
    *why = "there must be exactly one batch for a partition";
    if (kafc__load32(h + 8) != n - 12)
        return kafc__load32(h + 8) < n - 12 ? KAFC_ERR_INVALID_RECORD : KAFC_ERR_CORRUPT_MESSAGE;
    *why = "the sum does not match";
    if (kafc__load32(h + 17) != kafc__crc32c(0, h + 21, n - 21))
        return KAFC_ERR_CORRUPT_MESSAGE;
    *b = (struct kafc_mbatch){ .p = h,
                               .len = n,
                               .attributes = (int16_t)kafc__load16(h + 21),
                               .last_delta = (int32_t)kafc__load32(h + 23),
                               .base_timestamp = load64(h + 27),
                               .max_timestamp = load64(h + 35),
                               .producer = load64(h + 43),
                               .epoch = (int16_t)kafc__load16(h + 51),
                               .sequence = (int32_t)kafc__load32(h + 53),
                               .count = (int32_t)kafc__load32(h + 57) };
    *why = "the header's numbers make no sense";
    if (b->last_delta < 0 || b->count < 0 || b->producer < -1)
        return KAFC_ERR_INVALID_RECORD;
    *why = NULL;
    return KAFC_OK;
}

static kafc_err check_records(const struct kafc_mbatch *b, const struct kafc_mbatch_rules *rules,
                              const char **why, int32_t *record)
{
    struct kafc_mrecords it;
    struct kafc_mrecord rec;
    int32_t n = 0;
    kafc_err code = kafc__mrecords_init(&it, b, rules->mem);

    *why = "the records cannot be decompressed";
    while (code == KAFC_OK && kafc__mrecords_next(&it, &rec)) {
        if (rec.delta != n++) {
            *why = "the records' offsets are not 0, 1, 2, ...";
            code = KAFC_ERR_INVALID_RECORD;
        } else if (rules->compact && !rec.key.p) {
            *why = "a compacted topic takes no record without a key";
            code = KAFC_ERR_INVALID_RECORD;
        } else if (rec.timestamp < rules->before || rec.timestamp > rules->after) {
            *why = "a timestamp is too far from the broker's time";
            code = KAFC_ERR_INVALID_TIMESTAMP;
        }
        *record = code ? n - 1 : -1;
    }
    if (code == KAFC_OK && it.err) {
        *why = it.err;
        code = KAFC_ERR_INVALID_RECORD;
    }
    kafc__mrecords_fini(&it);
    return code;
}

kafc_err kafc__mbatch_check(const struct kafc_mbatch *b, const struct kafc_mbatch_rules *rules,
                            const char **why, int32_t *record)
{
    *record = -1;
    *why = "the batch is larger than max.message.bytes";
    if (b->len > (size_t)rules->max_bytes)
        return KAFC_ERR_MESSAGE_TOO_LARGE;
    *why = "producers do not write control records";
    if (b->attributes & KAFC_MBATCH_CONTROL)
        return KAFC_ERR_INVALID_RECORD;
    *why = "the number of records is not what the last offset says";
    if (b->count <= 0 || b->last_delta != b->count - 1)
        return KAFC_ERR_INVALID_RECORD;
    *why = "a producer id without a sequence number";
    if (b->producer >= 0 && (b->sequence < 0 || b->epoch < 0))
        return KAFC_ERR_INVALID_RECORD;
    *why = "transactional without a producer id";
    if (b->producer < 0 && b->attributes & KAFC_MBATCH_TXN)
        return KAFC_ERR_INVALID_RECORD;
    *why = "this codec is not allowed here";
    if ((b->attributes & 7) > KAFC_ZSTD || ((b->attributes & 7) == KAFC_ZSTD && !rules->zstd))
        return KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE;
    return check_records(b, rules, why, record);
}

/* ---- records ---- */

kafc_err kafc__mrecords_init(struct kafc_mrecords *it, const struct kafc_mbatch *b,
                             const kafc_allocator *mem)
{
    int id = b->attributes & 7;
    const struct kafc_codec *codec = kafc__codec(id);
    kafc_err code;

    memset(it, 0, sizeof *it);
    it->b = *b;
    kafc__decompress_init(&it->d, mem, NULL, DECOMPRESSED_MAX);
    if (id == KAFC_NONE) {
        kafc__rd_init(&it->r, b->p + KAFC_MBATCH_HEADER, b->len - KAFC_MBATCH_HEADER);
        return KAFC_OK;
    }
    if (!codec)
        return KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE;
    code = kafc__decompress(&it->d, codec, b->p + KAFC_MBATCH_HEADER, b->len - KAFC_MBATCH_HEADER,
                            &it->frame, NULL);
    if (code == KAFC_OK)
        kafc__rd_init(&it->r, it->frame->data, it->frame->len);
    else if (code == KAFC_ERR_NO_CODEC)
        code = KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE;
    else if (code == KAFC_ERR_CORRUPT)
        code = KAFC_ERR_CORRUPT_MESSAGE;
    return code;
}

static kafc_bytes varbytes(struct kafc_rd *r)
{
    kafc_bytes b = { NULL, 0 };
    int32_t n = kafc__rd_varint(r);

    if (n < -1)
        kafc__rd_fail(r, "a negative length");
    if (n < 0 || r->err)
        return b;
    b.p = kafc__rd_take(r, (size_t)n);
    b.len = b.p ? n : 0;
    return b;
}

bool kafc__mrecord_header(struct kafc_mrecord *rec, kafc_str *name, kafc_bytes *value)
{
    kafc_bytes b;

    if (rec->nheaders <= 0)
        return false;
    rec->nheaders--;
    b = varbytes(&rec->headers);
    if (!b.p)
        kafc__rd_fail(&rec->headers, "a header's name must not be null");
    *name = (kafc_str){ b.p, b.len };
    *value = varbytes(&rec->headers);
    return !rec->headers.err;
}

static const char *read_record(struct kafc_mrecords *it, struct kafc_mrecord *out)
{
    struct kafc_rd r;
    struct kafc_mrecord walk;
    int32_t len = kafc__rd_varint(&it->r);
    const uint8_t *p = len < 0 ? NULL : kafc__rd_take(&it->r, (size_t)len);
    kafc_str name;
    kafc_bytes value;

    if (!p)
        return it->r.err ? it->r.err : "a record of negative length";
    kafc__rd_init(&r, p, (size_t)len);
    (void)kafc__rd_i8(&r);
    out->timestamp = (int64_t)((uint64_t)it->b.base_timestamp + (uint64_t)kafc__rd_varlong(&r));
    if (it->b.attributes & KAFC_MBATCH_LOG_APPEND)
        out->timestamp = it->b.max_timestamp;
    out->delta = kafc__rd_varint(&r);
    out->key = varbytes(&r);
    out->value = varbytes(&r);
    out->nheaders = kafc__rd_varint(&r);
    if (r.err)
        return r.err;
    if (out->nheaders < 0 || (size_t)out->nheaders > kafc__rd_left(&r))
        return "an impossible number of headers";
    out->headers = r;
    walk = *out;
    while (kafc__mrecord_header(&walk, &name, &value))
        ;
    if (walk.headers.err)
        return walk.headers.err;
    return kafc__rd_left(&walk.headers) ? "a record is longer than its fields" : NULL;
}

bool kafc__mrecords_next(struct kafc_mrecords *it, struct kafc_mrecord *out)
{
    if (it->err)
        return false;
    if (it->i >= it->b.count) {
        if (kafc__rd_left(&it->r))
            it->err = "bytes behind the last record";
        return false;
    }
    it->i++;
    it->err = read_record(it, out);
    return !it->err;
}

void kafc__mrecords_fini(struct kafc_mrecords *it)
{
    kafc__frame_unref(it->frame);
    kafc__decompress_fini(&it->d);
}
