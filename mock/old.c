/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Message sets in and out, as brokers before 0.11 want and give them.
 */
#include "mock/old.h"

#include "base/hash.h"
#include "base/mem.h"
#include "protocol/record/downgrade.h"
#include "protocol/record/message.h"
#include "protocol/record/write.h"

enum { DECOMPRESSED_MAX = 1 << 28 };

/* ---- in ---- */

struct taking {
    const kafc_allocator *mem;
    const struct kafc_records *in;
    struct kafc_decompress d;
    int8_t magic;
    int32_t max_bytes;
    const char **why;
    int codec;
    size_t size; /* that the records take at most */
    struct kafc_batch_header h;
    uint8_t *to; /* NULL: only counts and checks */
};

static kafc_err refuse(const struct taking *t, kafc_err code, const char *why)
{
    *t->why = why;
    return code;
}

/* Brokers before 0.10 sum up lz4's header with the magic number in front, and compare (KIP-57). */
static bool lz4_of_old(const struct kafc_batch *b)
{
    static const uint8_t right[] = { 0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82 };
    size_t at = KAFC_MESSAGE_OVERHEAD_V0 + 12;

    return b->header.magic != 0 || (b->header.attributes & KAFC_BATCH_CODEC) != KAFC_LZ4 ||
           b->size < at + sizeof right || memcmp(b->p + at, right, sizeof right) != 0;
}

static kafc_err check_message(const struct taking *t, const struct kafc_batch *b)
{
    if (b->header.magic > t->magic)
        return refuse(t, KAFC_ERR_CORRUPT_MESSAGE,
                      "the version of Produce has no such message format");
    if (kafc__batch_check_crc(b, NULL))
        return refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "the sum does not match");
    if (b->size > (size_t)t->max_bytes)
        return refuse(t, KAFC_ERR_MESSAGE_TOO_LARGE, "a message is larger than max.message.bytes");
    if (!lz4_of_old(b))
        return refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "lz4's header has not the sum of format 0");
    return KAFC_OK;
}

static void take_record(struct taking *t, const struct kafc_record *r)
{
    struct kafc_record_fields f = { .offset_delta = t->h.count, .key = r->key, .value = r->value };

    if (t->h.count == 0)
        t->h.base_timestamp = t->h.max_timestamp = r->timestamp;
    else if (r->timestamp > t->h.max_timestamp)
        t->h.max_timestamp = r->timestamp;
    f.timestamp_delta = (int64_t)((uint64_t)r->timestamp - (uint64_t)t->h.base_timestamp);
    t->h.count++;
    if (t->to)
        t->to = kafc__record_put(t->to, kafc__record_body_size(&f), &f);
    else
        t->size += KAFC_RECORD_OVERHEAD + (size_t)r->key.len + (size_t)r->value.len;
}

static kafc_err take_message(struct taking *t, const struct kafc_batch *b)
{
    struct kafc_record_cursor c;
    struct kafc_record r;
    struct kafc_frame *plain;
    enum kafc_record_step step;
    bool set = b->header.attributes & KAFC_BATCH_CODEC;
    int64_t n = 0;
    kafc_err code = check_message(t, b);

    if (code)
        return code;
    if (kafc__batch_open(b, &t->d, &c, &plain, NULL))
        return refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "the set cannot be read");
    while ((step = kafc__record_next(&c, &r)) == KAFC_RECORD_GOT && code == KAFC_OK) {
        if (set && r.offset - c.base_offset != n++)
            code = refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "the offsets of a set are not 0, 1, 2, ...");
        take_record(t, &r);
    }
    kafc__frame_unref(plain);
    if (code == KAFC_OK && step == KAFC_RECORD_BROKEN)
        code = refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "a message of the set cannot be read");
    t->codec = b->header.attributes & KAFC_BATCH_CODEC;
    return code;
}

static kafc_err take_all(struct taking *t)
{
    struct kafc_batches it;
    struct kafc_batch b;
    kafc_err code = KAFC_OK;

    t->h = (struct kafc_batch_header){
        .leader_epoch = -1, .producer_id = -1, .producer_epoch = -1, .base_sequence = -1
    };
    kafc__batches_init(&it, t->in->p, (size_t)t->in->len);
    for (;;) {
        if (kafc__batch_next(&it, &b, NULL) || (!b.p && it.cut))
            return refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "what comes is no message");
        if (!b.p)
            break;
        code = take_message(t, &b);
        if (code)
            return code;
    }
    return t->h.count ? KAFC_OK : refuse(t, KAFC_ERR_CORRUPT_MESSAGE, "there is no message");
}

/* Takes the n bytes at p through the codec, to *out. */
static kafc_err pack(const struct taking *t, const uint8_t *p, size_t n, struct kafc_arena *a,
                     uint8_t **out, size_t *len)
{
    struct kafc_seg_pool *pool = kafc__seg_pool_new(t->mem, NULL);
    struct kafc_compress *z = kafc__compress_new(kafc__codec(t->codec), t->mem, NULL);
    struct kafc_chain chain = { 0 };
    bool ok = pool && z && !kafc__compress_begin(z, 0, pool, &chain, NULL) &&
              !kafc__compress_update(z, p, n, NULL) && !kafc__compress_finish(z, NULL) &&
              (*out = kafc__arena_alloc(a, KAFC_BATCH_HEADER + chain.len)) != NULL;
    size_t at = KAFC_BATCH_HEADER;

    for (const struct kafc_seg *s = ok ? chain.head : NULL; s; s = s->next) {
        memcpy(*out + at, s->data, s->len);
        at += s->len;
    }
    *len = at;
    kafc__compress_free(z);
    if (pool) {
        kafc__chain_clear(&chain, pool);
        kafc__seg_pool_free(pool);
    }
    return ok ? KAFC_OK : KAFC_ERR_NO_MEMORY;
}

static kafc_err build(struct taking *t, struct kafc_arena *a, struct kafc_records *out)
{
    uint8_t *p = kafc__arena_alloc(a, KAFC_BATCH_HEADER + t->size);
    kafc_err code;
    size_t len;

    if (!p)
        return KAFC_ERR_NO_MEMORY;
    t->to = p + KAFC_BATCH_HEADER;
    code = take_all(t);
    len = (size_t)(t->to - p);
    if (code == KAFC_OK && t->codec)
        code = pack(t, p + KAFC_BATCH_HEADER, len - KAFC_BATCH_HEADER, a, &p, &len);
    if (code)
        return code;
    t->h.attributes = (int16_t)t->codec;
    t->h.last_offset_delta = t->h.count - 1;
    len -= KAFC_BATCH_HEADER;
    kafc__batch_header_put(p, &t->h, kafc__crc32c(0, p + KAFC_BATCH_HEADER, len), len);
    *out = (struct kafc_records){ .p = p, .len = (int32_t)(len + KAFC_BATCH_HEADER) };
    return KAFC_OK;
}

kafc_err kafc__mock_take_old(const kafc_allocator *mem, const struct kafc_records *in, int8_t magic,
                             int32_t max_bytes, struct kafc_arena *a, struct kafc_records *out,
                             const char **why)
{
    struct taking t = { .mem = mem, .in = in, .magic = magic, .max_bytes = max_bytes, .why = why };
    kafc_err code;

    kafc__decompress_init(&t.d, mem, NULL, DECOMPRESSED_MAX);
    code = take_all(&t);
    if (code == KAFC_OK)
        code = build(&t, a, out);
    kafc__decompress_fini(&t.d);
    return code;
}

/* ---- out ---- */

/* Of a set that is not compressed, the messages in front of the offset are not given. */
static size_t in_front(const uint8_t *p, size_t n, int64_t from)
{
    struct kafc_wire_message m;
    size_t at = 0;

    while (at < n && !kafc__message_parse(p + at, n - at, &m) && m.offset < from)
        at += m.size;
    return at;
}

static kafc_err give_batch(struct kafc_set *s, const struct kafc_batch *b)
{
    kafc_err code;

    if (b->header.attributes & KAFC_BATCH_CONTROL)
        return KAFC_OK;
    if ((b->header.attributes & KAFC_BATCH_CODEC) == KAFC_ZSTD)
        return KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE;
    code = kafc__batch_downgrade(s, b, DECOMPRESSED_MAX, NULL);
    return code == KAFC_ERR_UNSUPPORTED ? KAFC_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT : code;
}

kafc_err kafc__mock_give_old(const kafc_allocator *mem, const uint8_t *p, size_t n, int8_t magic,
                             int64_t from, struct kafc_arena *a, uint8_t **out, size_t *len)
{
    struct kafc_chain chain = { 0 };
    struct kafc_set set = { .mem = mem, .out = &chain, .magic = magic };
    struct kafc_batches it;
    struct kafc_batch b;
    kafc_err code = KAFC_OK;

    *len = 0;
    set.pool = kafc__seg_pool_new(mem, NULL);
    if (!set.pool)
        return KAFC_ERR_NO_MEMORY;
    kafc__batches_init(&it, p, n);
    while (code == KAFC_OK && kafc__batch_next(&it, &b, NULL) == KAFC_OK && b.p)
        code = give_batch(&set, &b);
    *out = code == KAFC_OK ? kafc__arena_alloc(a, chain.len) : NULL;
    for (const struct kafc_seg *s = *out ? chain.head : NULL; s; s = s->next) {
        memcpy(*out + *len, s->data, s->len);
        *len += s->len;
    }
    if (code == KAFC_OK && !*out)
        code = KAFC_ERR_NO_MEMORY;
    if (code == KAFC_OK) {
        size_t skip = in_front(*out, *len, from);
        *out += skip;
        *len -= skip;
    }
    kafc__chain_clear(&chain, set.pool);
    kafc__seg_pool_free(set.pool);
    return code;
}
