/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches of format 2 rewritten as message sets: to the bytes of Apache
 * Kafka's own classes where nothing is compressed, to the same records where
 * something is; and what the old formats cannot hold is refused.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "protocol/record/downgrade.h"
#include "protocol/record/message.h"
#include "protocol/record/write.h"
#include "tests/support/alloc.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

enum { LIMIT = 1 << 24, RECORDS_MAX = 400 };

static kafc_error error;

struct bytes {
    uint8_t *p;
    size_t n;
};

static struct bytes flat(const struct kafc_chain *c)
{
    struct bytes b = { malloc(c->len ? c->len : 1), 0 };
    for (const struct kafc_seg *s = c->head; s; s = s->next) {
        memcpy(b.p + b.n, s->data, s->len);
        b.n += s->len;
    }
    ck_assert_uint_eq(b.n, c->len);
    return b;
}

static struct bytes packed(const struct kafc_codec *codec, const uint8_t *p, size_t n)
{
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *z = kafc__compress_new(codec, NULL, &error);
    struct kafc_chain chain = { 0 };
    ck_assert_int_eq(kafc__compress_begin(z, 0, pool, &chain, &error), KAFC_OK);
    ck_assert_int_eq(kafc__compress_update(z, p, n, &error), KAFC_OK);
    ck_assert_int_eq(kafc__compress_finish(z, &error), KAFC_OK);
    struct bytes b = flat(&chain);
    kafc__chain_clear(&chain, pool);
    kafc__compress_free(z);
    kafc__seg_pool_free(pool);
    return b;
}

/* A batch of format 2 of these records, their offsets kept. */
static struct bytes batch_of(const struct kafc_record *r, int n, int codec, bool log_append,
                             const kafc_header *headers, int nheaders)
{
    size_t size = KAFC_BATCH_HEADER;
    for (int i = 0; i < n; i++)
        size += KAFC_RECORD_OVERHEAD + (size_t)(r[i].key.len + r[i].value.len) + 100;
    struct bytes b = { malloc(size), 0 };
    uint8_t *p = b.p + KAFC_BATCH_HEADER;
    struct kafc_batch_header h = { .base_offset = r[0].offset,
                                   .leader_epoch = -1,
                                   .base_timestamp = r[0].timestamp,
                                   .max_timestamp = r[0].timestamp,
                                   .attributes = (int16_t)(codec | (log_append ? 8 : 0)),
                                   .producer_id = -1,
                                   .producer_epoch = -1,
                                   .base_sequence = -1,
                                   .count = n };
    for (int i = 0; i < n; i++) {
        struct kafc_record_fields f = { .timestamp_delta = (int64_t)((uint64_t)r[i].timestamp -
                                                                     (uint64_t)r[0].timestamp),
                                        .offset_delta = (int32_t)(r[i].offset - r[0].offset),
                                        .key = r[i].key,
                                        .value = r[i].value,
                                        .headers = headers,
                                        .nheaders = nheaders };
        p = kafc__record_put(p, kafc__record_body_size(&f), &f);
        h.last_offset_delta = f.offset_delta;
        h.max_timestamp = r[i].timestamp > h.max_timestamp ? r[i].timestamp : h.max_timestamp;
    }
    b.n = (size_t)(p - b.p);
    if (codec) {
        struct bytes z = packed(kafc__codec(codec), b.p + KAFC_BATCH_HEADER,
                                b.n - KAFC_BATCH_HEADER);
        b.n = KAFC_BATCH_HEADER + z.n;
        b.p = realloc(b.p, b.n);
        memcpy(b.p + KAFC_BATCH_HEADER, z.p, z.n);
        free(z.p);
    }
    size_t len = b.n - KAFC_BATCH_HEADER;
    kafc__batch_header_put(b.p, &h, kafc__crc32c(0, b.p + KAFC_BATCH_HEADER, len), len);
    return b;
}

static kafc_err downgrade(const kafc_allocator *mem, struct bytes b, int8_t magic,
                          struct bytes *out)
{
    struct kafc_seg_pool *pool = kafc__seg_pool_new(mem, NULL);
    if (!pool)
        return KAFC_ERR_NO_MEMORY;
    struct kafc_chain chain = { 0 };
    struct kafc_set set = { .mem = mem, .pool = pool, .out = &chain, .magic = magic };
    struct kafc_batches it;
    struct kafc_batch batch;
    kafc__batches_init(&it, b.p, b.n);
    ck_assert_int_eq(kafc__batch_next(&it, &batch, &error), KAFC_OK);
    kafc_err rc = kafc__batch_downgrade(&set, &batch, LIMIT, &error);
    if (rc == KAFC_OK && out)
        *out = flat(&chain);
    kafc__chain_clear(&chain, pool);
    kafc__seg_pool_free(pool);
    return rc;
}

/* All records of some batches, sums checked; they borrow from p and from frame[]. */
struct records {
    struct kafc_record r[RECORDS_MAX];
    int n, batches, codec;
    bool log_append;
    struct kafc_frame *frame[RECORDS_MAX];
};

static void read_all(struct bytes b, struct records *x)
{
    struct kafc_decompress d;
    struct kafc_batches it;
    struct kafc_batch batch;
    memset(x, 0, sizeof(*x));
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    kafc__batches_init(&it, b.p, b.n);
    while (kafc__batch_next(&it, &batch, &error) == KAFC_OK && batch.p) {
        struct kafc_record_cursor c;
        ck_assert_int_lt(x->batches, RECORDS_MAX);
        ck_assert_int_eq(kafc__batch_check_crc(&batch, &error), KAFC_OK);
        ck_assert_int_eq(kafc__batch_open(&batch, &d, &c, &x->frame[x->batches++], &error),
                         KAFC_OK);
        x->codec = batch.header.attributes & KAFC_BATCH_CODEC;
        x->log_append = batch.header.attributes & KAFC_BATCH_LOG_APPEND_TIME;
        while (kafc__record_next(&c, &x->r[x->n]) == KAFC_RECORD_GOT)
            ck_assert_int_lt(++x->n, RECORDS_MAX);
        ck_assert_ptr_null(c.why);
    }
    kafc__decompress_fini(&d);
}

static void forget(struct records *x)
{
    for (int i = 0; i < x->batches; i++)
        kafc__frame_unref(x->frame[i]);
}

static void same_bytes(kafc_bytes a, kafc_bytes b)
{
    ck_assert_int_eq(a.p != NULL, b.p != NULL);
    ck_assert_int_eq(a.len, b.len);
    ck_assert(a.len == 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

static void same_records(const struct records *a, const struct records *b, bool timestamps)
{
    ck_assert_int_eq(a->n, b->n);
    for (int i = 0; i < a->n; i++) {
        ck_assert_int_eq(a->r[i].offset, b->r[i].offset);
        same_bytes(a->r[i].key, b->r[i].key);
        same_bytes(a->r[i].value, b->r[i].value);
        if (timestamps)
            ck_assert_int_eq(a->r[i].timestamp, b->r[i].timestamp);
    }
}

/* Every message set of formats 0 and 1 that Java wrote: as a batch of format 2 and back. */
START_TEST(what_java_wrote_comes_back)
{
    static struct records want, got;
    struct lines l;
    int plain = 0, sets = 0;
    lines_open(&l, "records.tsv.gz");
    while (lines_next(&l)) {
        int magic = atoi(l.column[0]);
        struct bytes in, out;
        if (magic > 1 || !lines_codec(&l) || strstr(l.column[2], "\"valid\":false") ||
            strstr(l.column[2], "\"concat\""))
            continue;
        in.p = lines_hex(l.column[3], &in.n);
        read_all(in, &want);
        struct bytes b = batch_of(want.r, want.n, want.codec, want.log_append, NULL, 0);
        ck_assert_int_eq(downgrade(NULL, b, (int8_t)magic, &out), KAFC_OK);
        read_all(out, &got);
        same_records(&got, &want, magic == 1);
        ck_assert_int_eq(got.batches, want.batches);
        ck_assert_int_eq(got.codec, want.codec);
        ck_assert_int_eq(got.log_append, want.log_append);
        if (!want.codec) {
            ck_assert_uint_eq(out.n, in.n);
            ck_assert_msg(memcmp(out.p, in.p, in.n) == 0, "line %d", l.number);
            plain++;
        } else { /* all but the compressed bytes and the sum of them */
            ck_assert_int_eq((int64_t)kafc__load64(out.p), want.r[want.n - 1].offset);
            ck_assert_mem_eq(out.p + 16, in.p + 16, magic ? 14 : 6);
            sets++;
        }
        if (want.codec == KAFC_LZ4) /* the checksum of the frame's header, wrong in format 0 */
            ck_assert_mem_eq(out.p + (magic ? 34 : 26), in.p + (magic ? 34 : 26), 7);
        forget(&want);
        forget(&got);
        free(b.p);
        free(in.p);
        free(out.p);
    }
    lines_close(&l);
    ck_assert_int_gt(plain, 20);
    ck_assert_int_gt(sets, kafc__codec(KAFC_LZ4)->library ? 20 : 60);
}
END_TEST

/* n records of `size` bytes from offset 0, as producers write them. */
static void make(struct records *x, int n, int32_t size, uint8_t *body)
{
    memset(x, 0, sizeof(*x));
    for (int32_t i = 0; i < size; i++)
        body[i] = (uint8_t)(i * 7 + i / 255);
    for (x->n = 0; x->n < n; x->n++)
        x->r[x->n] = (struct kafc_record){ .offset = x->n,
                                           .timestamp = 1000 + x->n,
                                           .key = { x->n % 2 ? "k" : NULL, x->n % 2 },
                                           .value = { body, size } };
}

START_TEST(records_larger_than_segments_go_through_every_codec)
{
    static struct records want, got;
    static uint8_t body[300000];
    for (int codec = KAFC_NONE; codec <= KAFC_LZ4; codec++)
        for (int8_t magic = 0; magic < 2 && !kafc__codec(codec)->library; magic++) {
            struct bytes out;
            make(&want, 5, sizeof(body), body);
            struct bytes b = batch_of(want.r, want.n, codec, false, NULL, 0);
            ck_assert_int_eq(downgrade(NULL, b, magic, &out), KAFC_OK);
            read_all(out, &got);
            same_records(&got, &want, magic == 1);
            ck_assert_int_eq(got.batches, codec ? 1 : 5);
            forget(&got);
            free(b.p);
            free(out.p);
        }
}
END_TEST

START_TEST(W8_headers_and_zstd_are_refused_and_not_left_out)
{
    static struct records x;
    static uint8_t body[10];
    kafc_header h = { { "name", 4 }, { "v", 1 } };
    make(&x, 3, sizeof(body), body);
    for (int codec = KAFC_NONE; codec <= KAFC_LZ4; codec++) {
        if (kafc__codec(codec)->library)
            continue;
        struct bytes b = batch_of(x.r, x.n, codec, false, &h, 1);
        ck_assert_int_eq(downgrade(NULL, b, 1, NULL), KAFC_ERR_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(error.message, "headers"));
        free(b.p);
    }
    if (kafc__codec(KAFC_ZSTD)->open) {
        struct bytes b = batch_of(x.r, x.n, KAFC_ZSTD, false, NULL, 0);
        ck_assert_int_eq(downgrade(NULL, b, 0, NULL), KAFC_ERR_UNSUPPORTED);
        ck_assert_ptr_nonnull(strstr(error.message, "zstd"));
        free(b.p);
    }
}
END_TEST

START_TEST(no_allocation_that_fails_leaks)
{
    static struct records x;
    static uint8_t body[70000];
    make(&x, 3, sizeof(body), body);
    for (int codec = KAFC_NONE; codec <= KAFC_LZ4; codec++) {
        if (kafc__codec(codec)->library)
            continue;
        struct bytes b = batch_of(x.r, x.n, codec, false, NULL, 0);
        struct test_alloc a;
        kafc_err rc;
        long n = 0;
        do {
            test_alloc_init(&a);
            a.fail_at = ++n;
            rc = downgrade(&a.mem, b, 1, NULL);
            ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY);
            ck_assert_int_eq(a.live, 0);
        } while (a.calls >= n);
        ck_assert_int_eq(rc, KAFC_OK);
        ck_assert_int_gt(n, 2);
        free(b.p);
    }
}
END_TEST

SUITE_MAIN("downgrade", 60, what_java_wrote_comes_back,
           records_larger_than_segments_go_through_every_codec,
           W8_headers_and_zstd_are_refused_and_not_left_out, no_allocation_that_fails_leaks)
