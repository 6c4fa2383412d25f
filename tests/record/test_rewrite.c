/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every batch and message set that Apache Kafka's own classes wrote, written
 * anew as a batch of format 2 with each codec and read back: the same records,
 * the same header.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "protocol/record/read.h"
#include "protocol/record/write.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

enum { LIMIT = 64 << 20, MAX_HEADERS = 300 };

static kafc_error error;
static int line_number;

#define EXPECT(cond, what) \
    ck_assert_msg((cond), "line %d: %s: %s", line_number, (what), error.message)

/* A batch being written: its records, summed up or compressed as they come. */
struct writer {
    struct kafc_seg_pool *pool;
    struct kafc_compress *z; /* NULL: no codec */
    struct kafc_chain out;
};

static bool writer_put(void *ctx, const void *p, size_t n)
{
    struct writer *w = ctx;
    if (w->z)
        return kafc__compress_update(w->z, p, n, &error) == KAFC_OK;
    for (const uint8_t *from = p; n > 0;) {
        struct kafc_seg *s = w->out.tail;
        if (!s || s->len == s->cap)
            kafc__chain_append(&w->out, s = kafc__seg_get_over(w->pool, KAFC_SEG_SMALL));
        size_t room = s->cap - s->len, part = room < n ? room : n;
        memcpy(s->data + s->len, from, part);
        s->len += (uint32_t)part;
        w->out.len += part;
        from += part;
        n -= part;
    }
    return true;
}

static void put_record(struct writer *w, struct kafc_record_cursor *c, const struct kafc_record *r,
                       const struct kafc_batch_header *h)
{
    kafc_header headers[MAX_HEADERS];
    ck_assert_int_le(r->nheaders, MAX_HEADERS);
    EXPECT(kafc__record_headers(c, r, headers), "headers");
    struct kafc_record_fields f = {
        .timestamp_delta = (int64_t)((uint64_t)r->timestamp - (uint64_t)h->base_timestamp),
        .offset_delta = (int32_t)(r->offset - h->base_offset),
        .key = r->key,
        .value = r->value,
        .headers = headers,
        .nheaders = r->nheaders,
    };
    EXPECT(kafc__record_put_pieces(kafc__record_body_size(&f), &f, writer_put, w), "writing");
}

/* The header of what is written: as it was, but for old formats, which know only offsets and times. */
static struct kafc_batch_header header_of(const struct kafc_batch *b,
                                          const struct kafc_record *first, int32_t count, int codec)
{
    struct kafc_batch_header h = b->header;
    if (h.magic < 2)
        h.base_offset = first->offset;
    h.count = count;
    h.attributes = (int16_t)((h.attributes & ~KAFC_BATCH_CODEC) | codec);
    return h;
}

static uint8_t *finish(struct writer *w, struct kafc_batch_header *h, size_t *n)
{
    if (w->z)
        EXPECT(kafc__compress_finish(w->z, &error) == KAFC_OK, "finish");
    uint8_t *p = malloc(KAFC_BATCH_HEADER + w->out.len);
    uint32_t crc = 0;
    *n = KAFC_BATCH_HEADER;
    for (struct kafc_seg *s = w->out.head; s; s = s->next) {
        memcpy(p + *n, s->data, s->len);
        crc = kafc__crc32c(crc, s->data, s->len);
        *n += s->len;
    }
    kafc__batch_header_put(p, h, crc, w->out.len);
    kafc__chain_clear(&w->out, w->pool);
    return p;
}

static void same_bytes(kafc_bytes a, kafc_bytes b, const char *what)
{
    EXPECT((a.p == NULL) == (b.p == NULL) && a.len == b.len &&
               (!a.len || memcmp(a.p, b.p, (size_t)a.len) == 0),
           what);
}

static void same_header(const struct kafc_batch_header *a, const struct kafc_batch_header *b)
{
    EXPECT(a->base_offset == b->base_offset && a->last_offset_delta == b->last_offset_delta,
           "offsets");
    EXPECT(a->base_timestamp == b->base_timestamp && a->max_timestamp == b->max_timestamp,
           "timestamps");
    EXPECT(a->producer_id == b->producer_id && a->producer_epoch == b->producer_epoch, "producer");
    EXPECT(a->base_sequence == b->base_sequence && a->leader_epoch == b->leader_epoch,
           "sequence, epoch");
    EXPECT(a->attributes == b->attributes && a->count == b->count && b->magic == 2,
           "attributes, count");
}

/* What was written, against what is there. */
static void reads_back(const uint8_t *p, size_t n, const struct kafc_batch_header *h,
                       const struct kafc_batch *was, struct kafc_decompress *d)
{
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record_cursor c, old;
    struct kafc_record r, want;
    struct kafc_frame *f, *oldf;
    kafc__batches_init(&it, p, n);
    EXPECT(kafc__batch_next(&it, &b, &error) == KAFC_OK && b.size == n, "the batch");
    EXPECT(kafc__batch_check_crc(&b, &error) == KAFC_OK, "CRC");
    same_header(h, &b.header);
    EXPECT(kafc__batch_open(&b, d, &c, &f, &error) == KAFC_OK, "open");
    EXPECT(kafc__batch_open(was, d, &old, &oldf, &error) == KAFC_OK, "open");
    while (kafc__record_next(&old, &want) == KAFC_RECORD_GOT) {
        EXPECT(kafc__record_next(&c, &r) == KAFC_RECORD_GOT, "a record");
        EXPECT(r.offset == want.offset && r.timestamp == want.timestamp, "offset, timestamp");
        same_bytes(r.key, want.key, "key");
        same_bytes(r.value, want.value, "value");
        EXPECT(r.nheaders == want.nheaders, "headers");
        if (was->header.magic == 2) /* they have one form only */
            same_bytes((kafc_bytes){ r.headers, r.headers_len },
                       (kafc_bytes){ want.headers, want.headers_len }, "headers");
    }
    EXPECT(kafc__record_next(&c, &r) == KAFC_RECORD_END, "the end");
    kafc__frame_unref(f);
    kafc__frame_unref(oldf);
}

static void rewrite(const struct kafc_batch *b, int codec, struct kafc_decompress *d)
{
    struct writer w = { .pool = kafc__seg_pool_new(NULL, NULL) };
    struct kafc_record_cursor c;
    struct kafc_record r = { .offset = b->header.base_offset };
    struct kafc_frame *f;
    EXPECT(kafc__batch_open(b, d, &c, &f, &error) == KAFC_OK, "open");
    if (codec) {
        w.z = kafc__compress_new(kafc__codec(codec), NULL, &error);
        EXPECT(kafc__compress_begin(w.z, 0, w.pool, &w.out, &error) == KAFC_OK, "begin");
    }
    enum kafc_record_step step = kafc__record_next(&c, &r);
    struct kafc_batch_header h = header_of(b, &r, c.count, codec);
    for (; step == KAFC_RECORD_GOT; step = kafc__record_next(&c, &r)) {
        put_record(&w, &c, &r, &h);
        if (b->header.magic < 2)
            h.last_offset_delta = (int32_t)(r.offset - h.base_offset);
    }
    EXPECT(step == KAFC_RECORD_END, "the vector's end");
    size_t n;
    uint8_t *p = finish(&w, &h, &n);
    if (b->header.magic == 2 && !codec &&
        !(b->header.attributes & (KAFC_BATCH_CODEC | KAFC_BATCH_LOG_APPEND_TIME)))
        EXPECT(n == b->size && memcmp(p, b->p, n) == 0, "the very bytes");
    reads_back(p, n, &h, b, d);
    kafc__frame_unref(f);
    kafc__compress_free(w.z);
    kafc__seg_pool_free(w.pool);
    free(p);
}

START_TEST(what_java_wrote_is_written_with_each_codec)
{
    struct lines l;
    struct kafc_decompress d;
    int batches = 0;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    lines_open(&l, "records.tsv.gz");
    while (lines_next(&l)) {
        size_t n;
        uint8_t *p = lines_hex(l.column[3], &n);
        struct kafc_batches it;
        struct kafc_batch b;
        line_number = l.number;
        kafc__batches_init(&it, p, n);
        while (kafc__batch_next(&it, &b, &error) == KAFC_OK && b.p) {
            if (kafc__codec(b.header.attributes & KAFC_BATCH_CODEC)->library)
                continue;
            for (int codec = 0; codec < KAFC_CODECS; codec++)
                if (!kafc__codec(codec)->library)
                    rewrite(&b, codec, &d);
            batches++;
        }
        free(p);
    }
    lines_close(&l);
    kafc__decompress_fini(&d);
    ck_assert_int_gt(batches, 500);
}
END_TEST

SUITE_MAIN("rewrite", 60, what_java_wrote_is_written_with_each_codec)
