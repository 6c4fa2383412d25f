/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Target Functions: kafc__batch_next kafc__batch_open kafc__record_next kafc__record_headers kafc__record_put
 * kafc__record_plain kafc__batch_header_put kafc__message_parse kafc__message_put kafc__compress_update
 * kafc__batch_downgrade kafc__set_put
 *
 * Any bytes as the records of a Fetch response, of any format, with the CRC
 * not looked at so that damage gets through to the parsers. A batch that can
 * be read to its end is written anew, format 2 with the codec that it had and
 * the others message by message, and read again, to the same values; format 2
 * also as message sets.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "fuzz/fuzz.h"
#include "protocol/record/downgrade.h"
#include "protocol/record/message.h"
#include "protocol/record/read.h"
#include "protocol/record/write.h"

/* What is written anew may be larger: other deltas, other formats. */
enum { LIMIT = 1 << 18, AGAIN = 16 * LIMIT };

static void must(bool ok)
{
    if (!ok)
        abort();
}

static bool same(kafc_bytes a, kafc_bytes b)
{
    return (a.p == NULL) == (b.p == NULL) && a.len == b.len &&
           (a.len == 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

/* What is written, in one piece of exactly its size. */
struct bytes {
    uint8_t *p;
    size_t n;
};

static uint8_t *more(struct bytes *b, size_t n)
{
    b->p = realloc(b->p, b->n + n);
    must(b->p != NULL);
    b->n += n;
    return b->p + b->n - n;
}

/* ---- reading ---- */

/* The headers of a record, from malloc; NULL: they are broken. */
static kafc_header *headers_of(struct kafc_record_cursor *c, const struct kafc_record *r)
{
    kafc_header *h = malloc(((size_t)r->nheaders + 1) * sizeof(*h));
    must(h != NULL);
    if (kafc__record_headers(c, r, h))
        return h;
    free(h);
    return NULL;
}

static void same_headers(const kafc_header *a, const kafc_header *b, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        must(same((kafc_bytes){ a[i].name.p, a[i].name.len },
                  (kafc_bytes){ b[i].name.p, b[i].name.len }));
        must(same(a[i].value, b[i].value));
    }
}

/* The short way finds what the long one does, or nothing. */
static void both_ways(struct kafc_record_cursor c)
{
    struct kafc_record_cursor d = c;
    struct kafc_record r, s;
    if (!kafc__record_plain(&c, &r))
        return;
    must(kafc__record_parse(&d, &s) == KAFC_RECORD_GOT);
    must(c.p == d.p && c.left == d.left && !d.why);
    must(r.offset == s.offset && r.timestamp == s.timestamp && same(r.key, s.key));
    must(same(r.value, s.value) && r.nheaders == 0 && s.nheaders == 0);
    must(r.headers == s.headers && r.headers_len == s.headers_len);
}

/* All of a batch. false: it is broken somewhere. */
static bool read_all(const struct kafc_batch *b, struct kafc_record_cursor c)
{
    struct kafc_record r;
    enum kafc_record_step step;
    both_ways(c);
    while ((step = kafc__record_next(&c, &r)) == KAFC_RECORD_GOT) {
        must(r.offset >= b->header.base_offset && r.offset < INT64_MAX);
        must(b->header.magic < 2 || r.offset <= kafc__batch_last_offset(b));
        (void)kafc__control_type(r.key);
        free(headers_of(&c, &r));
        both_ways(c);
    }
    kafc_error err;
    must(step == KAFC_RECORD_END || kafc__record_error(&c, &err) == KAFC_ERR_CORRUPT);
    return step == KAFC_RECORD_END;
}

/* ---- writing ---- */

static void compress(struct bytes *b, size_t from, int codec)
{
    kafc_error err;
    struct kafc_chain out = { 0 };
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = kafc__compress_new(kafc__codec(codec), NULL, &err);
    must(pool && c && kafc__compress_begin(c, 0, pool, &out, &err) == KAFC_OK);
    must(kafc__compress_update(c, b->p + from, b->n - from, &err) == KAFC_OK);
    must(kafc__compress_finish(c, &err) == KAFC_OK);
    b->n = from;
    for (struct kafc_seg *s = out.head; s; s = s->next)
        memcpy(more(b, s->len), s->data, s->len);
    kafc__compress_free(c);
    kafc__chain_clear(&out, pool);
    kafc__seg_pool_free(pool);
}

/* The batch anew. Its times of append are not in the records; what is written there does not count. */
static struct bytes write_batch(const struct kafc_batch *b, struct kafc_record_cursor c)
{
    struct bytes out = { 0 };
    struct kafc_record r;
    struct kafc_batch_header h = b->header;
    (void)more(&out, KAFC_BATCH_HEADER);
    while (kafc__record_next(&c, &r) == KAFC_RECORD_GOT) {
        kafc_header *headers = headers_of(&c, &r);
        struct kafc_record_fields f = {
            .timestamp_delta = (int64_t)((uint64_t)r.timestamp - (uint64_t)h.base_timestamp),
            .offset_delta = (int32_t)(r.offset - h.base_offset),
            .key = r.key,
            .value = r.value,
            .headers = headers,
            .nheaders = r.nheaders,
        };
        uint32_t size = kafc__record_size(&f);
        must(size > 0);
        uint8_t *p = more(&out, size);
        must(kafc__record_put(p, kafc__record_body_size(&f), &f) == p + size);
        free(headers);
    }
    if (h.attributes & KAFC_BATCH_CODEC &&
        h.count > 0) /* of no records nobody asks what the codec is */
        compress(&out, KAFC_BATCH_HEADER, h.attributes & KAFC_BATCH_CODEC);
    size_t n = out.n - KAFC_BATCH_HEADER;
    kafc__batch_header_put(out.p, &h, kafc__crc32c(0, out.p + KAFC_BATCH_HEADER, n), n);
    return out;
}

/* Formats 0 and 1: a message for each record, with its offset, in nothing around them. */
static struct bytes write_messages(const struct kafc_batch *b, struct kafc_record_cursor c)
{
    struct bytes out = { 0 };
    struct kafc_record r;
    while (kafc__record_next(&c, &r) == KAFC_RECORD_GOT) {
        struct kafc_wire_message m = { .offset = r.offset,
                                       .magic = b->header.magic,
                                       .timestamp = r.timestamp,
                                       .key = r.key,
                                       .value = r.value };
        size_t n = kafc__message_size(&m);
        must(n > 0);
        uint8_t *p = more(&out, n);
        must(kafc__message_put(p, &m) == p + n && m.size == n);
    }
    return out;
}

/* The records of c, out of these bytes. */
static void read_again(struct bytes in, struct kafc_record_cursor c)
{
    struct kafc_decompress d;
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record want, got;
    kafc_error err;
    kafc__decompress_init(&d, NULL, NULL, AGAIN);
    kafc__batches_init(&it, in.p, in.n);
    while (kafc__batch_next(&it, &b, &err) == KAFC_OK && b.p) {
        struct kafc_record_cursor again;
        struct kafc_frame *frame;
        must(kafc__batch_check_crc(&b, &err) == KAFC_OK);
        must(kafc__batch_open(&b, &d, &again, &frame, &err) == KAFC_OK);
        while (kafc__record_next(&again, &got) == KAFC_RECORD_GOT) {
            must(kafc__record_next(&c, &want) == KAFC_RECORD_GOT);
            must(got.offset == want.offset && got.nheaders == want.nheaders);
            must(got.timestamp == want.timestamp || b.header.magic == 0);
            must(same(got.key, want.key) && same(got.value, want.value));
            kafc_header *h = headers_of(&again, &got), *was = headers_of(&c, &want);
            must(h && was);
            same_headers(h, was, got.nheaders);
            free(h);
            free(was);
        }
        must(again.why == NULL);
        kafc__frame_unref(frame);
    }
    must(it.p == it.end && it.cut == 0 && kafc__record_next(&c, &want) == KAFC_RECORD_END);
    kafc__decompress_fini(&d);
}

static void downgrade(const struct kafc_batch *b, int8_t magic, struct kafc_record_cursor c)
{
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_chain chain = { 0 };
    struct kafc_set set = { .pool = pool, .out = &chain, .magic = magic };
    struct bytes out = { 0 };
    kafc_error err;
    must(pool != NULL);
    if (kafc__batch_downgrade(&set, b, LIMIT, &err) == KAFC_OK) {
        for (const struct kafc_seg *s = chain.head; s; s = s->next)
            memcpy(more(&out, s->len), s->data, s->len);
        read_again(out, c);
    } else {
        must(err.code == KAFC_ERR_UNSUPPORTED && err.message[0]);
    }
    free(out.p);
    kafc__chain_clear(&chain, pool);
    kafc__seg_pool_free(pool);
}

static void batch(const struct kafc_batch *b, struct kafc_decompress *d)
{
    struct kafc_record_cursor c;
    struct kafc_frame *frame;
    kafc_error err;
    (void)kafc__batch_check_crc(b, &err);
    if (kafc__batch_open(b, d, &c, &frame, &err) != KAFC_OK)
        return;
    c.check_crc = false;
    if (read_all(b, c)) {
        struct bytes out = b->header.magic == 2 ? write_batch(b, c) : write_messages(b, c);
        read_again(out, c);
        free(out.p);
        for (int8_t magic = 0; b->header.magic == 2 && magic < 2; magic++)
            downgrade(b, magic, c);
    }
    kafc__frame_unref(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_decompress d;
    kafc_error err;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    kafc__batches_init(&it, data, size);
    for (;;) {
        kafc_err rc = kafc__batch_next(&it, &b, &err);
        if (rc != KAFC_OK || !b.p)
            break;
        batch(&b, &d);
    }
    kafc__decompress_fini(&d);
    return 0;
}
