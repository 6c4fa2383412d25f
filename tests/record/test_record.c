/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Batches written and read back with every codec; hostile ones survived.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/rand.h"
#include "protocol/record/read.h"
#include "protocol/record/write.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { MAX_RECORDS = 64, MAX_HEADERS = 8, LIMIT = 1 << 20 };

static kafc_error error;

/* A batch of whole bytes from malloc. */
struct bytes {
    uint8_t *p;
    size_t n;
};

/* The batch of these records, compressed if codec says so. */
static struct bytes make_batch(const struct kafc_record_fields *r, int n, int codec,
                               struct kafc_batch_header *h)
{
    size_t size = 0;
    for (int i = 0; i < n; i++)
        size += kafc__record_size(&r[i]);
    struct bytes b = { malloc(KAFC_BATCH_HEADER + size), KAFC_BATCH_HEADER + size };
    uint8_t *p = b.p + KAFC_BATCH_HEADER;
    for (int i = 0; i < n; i++)
        p = kafc__record_put(p, kafc__record_body_size(&r[i]), &r[i]);
    ck_assert_ptr_eq(p, b.p + b.n);
    if (codec != KAFC_NONE) {
        struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
        struct kafc_compress *c = kafc__compress_new(kafc__codec(codec), NULL, &error);
        struct kafc_chain out = { 0 };
        ck_assert_int_eq(kafc__compress_begin(c, 0, pool, &out, &error), KAFC_OK);
        ck_assert_int_eq(kafc__compress_update(c, b.p + KAFC_BATCH_HEADER, size, &error), KAFC_OK);
        ck_assert_int_eq(kafc__compress_finish(c, &error), KAFC_OK);
        b.p = realloc(b.p, KAFC_BATCH_HEADER + out.len);
        b.n = KAFC_BATCH_HEADER;
        for (struct kafc_seg *s = out.head; s; s = s->next) {
            memcpy(b.p + b.n, s->data, s->len);
            b.n += s->len;
        }
        kafc__chain_clear(&out, pool);
        kafc__compress_free(c);
        kafc__seg_pool_free(pool);
    }
    h->attributes = (int16_t)(h->attributes | codec);
    h->count = n;
    size = b.n - KAFC_BATCH_HEADER;
    kafc__batch_header_put(b.p, h, kafc__crc32c(0, b.p + KAFC_BATCH_HEADER, size), size);
    return b;
}

/* Reads everything there is; KAFC_OK, or the first error. *records counts, *sum touches every byte. */
static kafc_err read_all(const uint8_t *p, size_t n, bool crc, struct kafc_decompress *d,
                         int *records, uint64_t *sum)
{
    struct kafc_batches it;
    struct kafc_batch b;
    kafc__batches_init(&it, p, n);
    for (;;) {
        kafc_err rc = kafc__batch_next(&it, &b, &error);
        if (rc != KAFC_OK || !b.p)
            return rc;
        if (crc && (rc = kafc__batch_check_crc(&b, &error)) != KAFC_OK)
            return rc;
        struct kafc_record_cursor c;
        struct kafc_frame *f;
        rc = kafc__batch_open(&b, d, &c, &f, &error);
        if (rc != KAFC_OK)
            return rc;
        struct kafc_record r;
        enum kafc_record_step step;
        while ((step = kafc__record_next(&c, &r)) == KAFC_RECORD_GOT) {
            kafc_header *h = malloc(sizeof(*h) * (size_t)(r.nheaders + 1));
            ++*records;
            for (int32_t i = 0; i < r.key.len; i++)
                *sum += ((const uint8_t *)r.key.p)[i];
            for (int32_t i = 0; i < r.value.len; i++)
                *sum += ((const uint8_t *)r.value.p)[i];
            if (kafc__record_headers(&c, &r, h))
                for (int32_t i = 0; i < r.nheaders; i++)
                    *sum += (uint64_t)(h[i].name.len + h[i].value.len);
            free(h);
        }
        if (step == KAFC_RECORD_BROKEN) {
            rc = kafc__record_error(&c, &error);
            ck_assert_int_eq(kafc__record_next(&c, &r), KAFC_RECORD_BROKEN);
        }
        kafc__frame_unref(f);
        if (rc != KAFC_OK)
            return rc;
    }
}

static kafc_bytes random_bytes(struct kafc_rand *r, const char *from)
{
    switch (kafc__rand_below(r, 6)) {
    case 0: return (kafc_bytes){ NULL, 0 };
    case 1: return (kafc_bytes){ from, 0 };
    case 2: return (kafc_bytes){ from, (int32_t)kafc__rand_below(r, 20000) };
    default: return (kafc_bytes){ from, (int32_t)kafc__rand_below(r, 200) };
    }
}

static void same(kafc_bytes a, kafc_bytes b)
{
    ck_assert_int_eq(a.p == NULL, b.p == NULL);
    ck_assert_int_eq(a.len, b.len);
    ck_assert(a.len == 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

static int64_t random_delta(struct kafc_rand *r)
{
    return (int64_t)(kafc__rand_next(r) >> kafc__rand_below(r, 64)) *
           (kafc__rand_below(r, 2) ? 1 : -1);
}

static void check_round(struct kafc_rand *rand, const char *text, int codec,
                        struct kafc_decompress *d)
{
    struct kafc_record_fields r[MAX_RECORDS];
    kafc_header headers[MAX_RECORDS][MAX_HEADERS], got[MAX_HEADERS];
    int n = (int)kafc__rand_below(rand, MAX_RECORDS);
    for (int i = 0; i < n; i++) {
        r[i] = (struct kafc_record_fields){ .timestamp_delta = random_delta(rand),
                                            .offset_delta = i,
                                            .key = random_bytes(rand, text),
                                            .value = random_bytes(rand, text),
                                            .headers = headers[i],
                                            .nheaders = (int32_t)kafc__rand_below(rand,
                                                                                  MAX_HEADERS) };
        for (int k = 0; k < r[i].nheaders; k++) {
            headers[i][k].name = (kafc_str){ text, (int32_t)kafc__rand_below(rand, 4) };
            headers[i][k].value = random_bytes(rand, text);
        }
    }
    struct kafc_batch_header h = { .base_offset = 1000,
                                   .base_timestamp = 1600000000000,
                                   .last_offset_delta = n };
    struct bytes bytes = make_batch(r, n, codec, &h);
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record_cursor c;
    struct kafc_record x;
    struct kafc_frame *f;
    kafc__batches_init(&it, bytes.p, bytes.n);
    ck_assert_int_eq(kafc__batch_next(&it, &b, &error), KAFC_OK);
    ck_assert_uint_eq(b.size, bytes.n);
    ck_assert_int_eq(kafc__batch_check_crc(&b, &error), KAFC_OK);
    ck_assert_int_eq(kafc__batch_open(&b, d, &c, &f, &error), KAFC_OK);
    for (int i = 0; i < n; i++) {
        ck_assert_int_eq(kafc__record_next(&c, &x), KAFC_RECORD_GOT);
        ck_assert_int_eq(x.offset, 1000 + i);
        ck_assert(x.timestamp == (int64_t)(1600000000000u + (uint64_t)r[i].timestamp_delta));
        same(x.key, r[i].key);
        same(x.value, r[i].value);
        ck_assert_int_eq(x.nheaders, r[i].nheaders);
        ck_assert(kafc__record_headers(&c, &x, got));
        for (int k = 0; k < x.nheaders; k++) {
            same((kafc_bytes){ got[k].name.p, got[k].name.len },
                 (kafc_bytes){ headers[i][k].name.p, headers[i][k].name.len });
            same(got[k].value, headers[i][k].value);
        }
    }
    ck_assert_int_eq(kafc__record_next(&c, &x), KAFC_RECORD_END);
    ck_assert_int_eq(kafc__record_next(&c, &x), KAFC_RECORD_END);
    kafc__frame_unref(f);
    free(bytes.p);
}

START_TEST(V3_null_and_empty_differ_and_headers_keep_order_with_every_codec)
{
    static char text[20000];
    struct kafc_rand rand;
    struct kafc_decompress d;
    kafc__rand_seed(&rand, 5);
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)kafc__rand_below(&rand, 20);
    kafc__decompress_init(&d, NULL, NULL, 16 << 20);
    for (int codec = 0; codec < KAFC_CODECS; codec++)
        for (int round = 0; round < 40 && !kafc__codec(codec)->library; round++)
            check_round(&rand, text, codec, &d);
    kafc__decompress_fini(&d);
}
END_TEST

/* Three records with everything. */
static struct bytes small_batch(int codec)
{
    static const kafc_header h[] = { { { "a", 1 }, { "1", 1 } },
                                     { { "a", 1 }, { NULL, 0 } },
                                     { { "", 0 }, { "", 0 } } };
    const struct kafc_record_fields r[] = {
        { .timestamp_delta = -300, .offset_delta = 0, .key = { "k", 1 }, .value = { "value", 5 } },
        { .timestamp_delta = 1 << 20, .offset_delta = 1, .headers = h, .nheaders = 3 },
        { .offset_delta = 200,
          .key = { "", 0 },
          .value = { "value value value", 17 },
          .headers = h,
          .nheaders = 1 },
    };
    struct kafc_batch_header header = { .base_offset = 7,
                                        .last_offset_delta = 200,
                                        .producer_id = -1 };
    return make_batch(r, 3, codec, &header);
}

START_TEST(every_cut_ends_silently_and_every_flipped_bit_is_noticed)
{
    struct kafc_decompress d;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    for (int codec = 0; codec < KAFC_CODECS; codec++) {
        if (kafc__codec(codec)->library)
            continue;
        struct bytes b = small_batch(codec);
        int records = 0;
        uint64_t sum = 0;
        ck_assert_int_eq(read_all(b.p, b.n, true, &d, &records, &sum), KAFC_OK);
        ck_assert_int_eq(records, 3);
        for (size_t cut = 0; cut < b.n; cut++) {
            uint8_t *part = malloc(cut ? cut : 1);
            memcpy(part, b.p, cut);
            records = 0;
            ck_assert_int_eq(read_all(part, cut, true, &d, &records, &sum), KAFC_OK);
            ck_assert_int_eq(records, 0);
            free(part);
        }
        for (size_t bit = 0; bit < 8 * b.n; bit++) {
            bool in_crc = bit / 8 >= 17; /* the CRC itself, or what it covers */
            b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
            kafc_err rc = read_all(b.p, b.n, true, &d, &records, &sum);
            ck_assert(!in_crc || rc == KAFC_ERR_CORRUPT);
            /* byte 22 names the codec, which may be left out of this build */
            rc = read_all(b.p, b.n, false, &d, &records, &sum);
            ck_assert(rc == KAFC_OK || rc == KAFC_ERR_CORRUPT ||
                      (rc == KAFC_ERR_NO_CODEC && bit / 8 == 22));
            b.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        free(b.p);
    }
    kafc__decompress_fini(&d);
}
END_TEST

START_TEST(cuts_and_growth_inside_the_records_are_corrupt)
{
    struct kafc_decompress d;
    struct bytes b = small_batch(KAFC_NONE);
    int records = 0;
    uint64_t sum = 0;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    /* The header says so many bytes less, as if they had never been there. */
    for (size_t n = b.n - 1; n >= KAFC_BATCH_HEADER; n--) {
        uint8_t *part = malloc(n);
        memcpy(part, b.p, n);
        kafc__store32(part + 8, (uint32_t)(n - KAFC_BATCH_PREFIX));
        ck_assert_int_eq(read_all(part, n, false, &d, &records, &sum), KAFC_ERR_CORRUPT);
        ck_assert_ptr_nonnull(strstr(error.message, "batch at offset 7"));
        free(part);
    }
    b.p = realloc(b.p, b.n + 1);
    b.p[b.n] = 0;
    kafc__store32(b.p + 8, (uint32_t)(b.n + 1 - KAFC_BATCH_PREFIX));
    ck_assert_int_eq(read_all(b.p, b.n + 1, false, &d, &records, &sum), KAFC_ERR_CORRUPT);
    ck_assert_ptr_nonnull(strstr(error.message, "record 3 of 3"));
    ck_assert_ptr_nonnull(strstr(error.message, "left behind the last record"));
    free(b.p);
    kafc__decompress_fini(&d);
}
END_TEST

static void refuses(size_t at, size_t width, uint64_t value, const char *words)
{
    struct kafc_decompress d;
    struct bytes b = small_batch(KAFC_NONE);
    int records = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < width; i++)
        b.p[at + i] = (uint8_t)(value >> 8 * (width - 1 - i));
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    ck_assert_int_eq(read_all(b.p, b.n, false, &d, &records, &sum), KAFC_ERR_CORRUPT);
    ck_assert_msg(strstr(error.message, words) != NULL, "%s", error.message);
    kafc__decompress_fini(&d);
    free(b.p);
}

START_TEST(headers_that_cannot_be_are_refused_with_the_field)
{
    refuses(0, 8, UINT64_MAX, "base offset is -1");
    refuses(0, 8, INT64_MAX - 199, "last offset delta is 200");
    refuses(8, 4, 13, "length is 13");
    refuses(8, 4, 48, "length is 48");
    refuses(8, 4, UINT32_MAX, "length is -1");
    refuses(16, 1, 3, "format is 3");
    refuses(16, 1, 255, "format is -1");
    refuses(21, 2, 5, "codec 5 is unknown");
    refuses(23, 4, UINT32_MAX, "last offset delta is -1");
    refuses(57, 4, UINT32_MAX, "record count is -1");
    refuses(57, 4, 4, "record 4 of 4");
    refuses(57, 4, 2, "left behind the last record");
    refuses(61, 1, 0x13, "the record's length");
    refuses(61, 1, 10, "the record's length");
    refuses(61, 7, 0x0c00ffffffffff, "the timestamp delta does not end");
}
END_TEST

START_TEST(a_cut_batch_tells_how_much_it_needs)
{
    struct bytes b = small_batch(KAFC_NONE);
    struct kafc_batches it;
    struct kafc_batch x;
    kafc__batches_init(&it, b.p, b.n - 1);
    ck_assert_int_eq(kafc__batch_next(&it, &x, &error), KAFC_OK);
    ck_assert_ptr_null(x.p);
    ck_assert_uint_eq(it.cut, b.n);
    kafc__batches_init(&it, b.p, 11);
    ck_assert_int_eq(kafc__batch_next(&it, &x, &error), KAFC_OK);
    ck_assert_uint_eq(it.cut, 0);
    kafc__batches_init(&it, NULL, 0);
    ck_assert_int_eq(kafc__batch_next(&it, &x, &error), KAFC_OK);
    ck_assert_ptr_null(x.p);
    free(b.p);
}
END_TEST

START_TEST(log_append_time_is_the_time_of_all)
{
    const struct kafc_record_fields r = { .timestamp_delta = 5, .value = { "x", 1 } };
    struct kafc_batch_header h = { .attributes = KAFC_BATCH_LOG_APPEND_TIME,
                                   .base_timestamp = 10,
                                   .max_timestamp = 99 };
    struct bytes bytes = make_batch(&r, 1, KAFC_NONE, &h);
    struct kafc_batches it;
    struct kafc_batch b;
    struct kafc_record_cursor c;
    struct kafc_record x;
    struct kafc_frame *f;
    kafc__batches_init(&it, bytes.p, bytes.n);
    ck_assert_int_eq(kafc__batch_next(&it, &b, &error), KAFC_OK);
    ck_assert_int_eq(kafc__batch_open(&b, NULL, &c, &f, &error), KAFC_OK);
    ck_assert_ptr_null(f);
    ck_assert_int_eq(kafc__record_next(&c, &x), KAFC_RECORD_GOT);
    ck_assert_int_eq(c.timestamp_type, KAFC_TIME_LOG_APPEND);
    ck_assert_int_eq(x.timestamp, 99);
    free(bytes.p);
}
END_TEST

START_TEST(sizes_that_cannot_be_written_are_zero)
{
    kafc_header h = { { NULL, 0 }, { "x", 1 } };
    struct kafc_record_fields r = { .value = { "x", -1 } };
    ck_assert_uint_eq(kafc__record_size(&r), 0);
    r.value.len = INT32_MAX;
    ck_assert_uint_eq(kafc__record_size(&r), 0);
    r.value.len = INT32_MAX - 40;
    ck_assert_uint_eq(kafc__record_size(&r), (uint32_t)INT32_MAX - 40 + 5 + 1 + 1 + 1 + 1 + 5 + 1);
    r.value.len = 1;
    r.headers = &h;
    r.nheaders = 1;
    ck_assert_uint_eq(kafc__record_size(&r), 0);
    h.name.p = "";
    ck_assert_uint_ne(kafc__record_size(&r), 0);
    r.nheaders = -1;
    ck_assert_uint_eq(kafc__record_size(&r), 0);
    ck_assert_int_eq(kafc__sequence_add(INT32_MAX, 1), 0);
    ck_assert_int_eq(kafc__sequence_add(INT32_MAX - 1, 5), 3);
}
END_TEST

START_TEST(control_types_by_key)
{
    ck_assert_int_eq(kafc__control_type((kafc_bytes){ "\0\0\0\1", 4 }), KAFC_CONTROL_COMMIT);
    ck_assert_int_eq(kafc__control_type((kafc_bytes){ "\0\1\0\0\7", 5 }), KAFC_CONTROL_ABORT);
    ck_assert_int_eq(kafc__control_type((kafc_bytes){ "\0\0\0\11", 4 }), 9);
    ck_assert_int_eq(kafc__control_type((kafc_bytes){ "\0\0\0", 3 }), KAFC_CONTROL_NONE);
    ck_assert_int_eq(kafc__control_type((kafc_bytes){ NULL, 0 }), KAFC_CONTROL_NONE);
    ck_assert_int_eq(kafc__control_type((kafc_bytes){ "\xff\xff\0\0", 4 }), KAFC_CONTROL_NONE);
}
END_TEST

START_TEST(decompression_may_run_out_of_memory)
{
    if (kafc__codec(KAFC_ZSTD)->library)
        return;
    struct bytes b = small_batch(KAFC_ZSTD);
    struct test_alloc a;
    struct kafc_decompress d;
    int records = 0;
    uint64_t sum = 0;
    test_alloc_init(&a);
    a.fail_at = 1;
    kafc__decompress_init(&d, &a.mem, NULL, LIMIT);
    ck_assert_int_eq(read_all(b.p, b.n, true, &d, &records, &sum), KAFC_ERR_NO_MEMORY);
    ck_assert_int_eq(read_all(b.p, b.n, true, &d, &records, &sum), KAFC_OK);
    kafc__decompress_fini(&d);
    ck_assert_int_eq(a.live, 0);
    free(b.p);
}
END_TEST

SUITE_MAIN("record", 60, V3_null_and_empty_differ_and_headers_keep_order_with_every_codec,
           every_cut_ends_silently_and_every_flipped_bit_is_noticed,
           cuts_and_growth_inside_the_records_are_corrupt,
           headers_that_cannot_be_are_refused_with_the_field, a_cut_batch_tells_how_much_it_needs,
           log_append_time_is_the_time_of_all, sizes_that_cannot_be_written_are_zero,
           control_types_by_key, decompression_may_run_out_of_memory)
