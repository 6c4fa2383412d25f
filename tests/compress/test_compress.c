/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The codecs: round trips in pieces, bounds, framings, damage, bombs, failing
 * memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rand.h"
#include "protocol/record/codec.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { LIMIT = 64 << 20 };

static kafc_error error;

static bool there(int id)
{
    return kafc__codec(id)->library == NULL;
}

/* n bytes that shrink well, badly or not at all. */
static unsigned char *make_data(size_t n, int kind, uint64_t seed)
{
    struct kafc_rand r;
    unsigned char *p = malloc(n ? n : 1);
    kafc__rand_seed(&r, seed);
    for (size_t i = 0; i < n; i++) {
        uint32_t x = (uint32_t)kafc__rand_next(&r);
        p[i] = kind == 0   ? 'x'
               : kind == 1 ? (unsigned char)("{\"order\":"[x % 9])
                           : (unsigned char)x;
    }
    return p;
}

static unsigned char *flat(const struct kafc_chain *c, size_t skip, size_t *n)
{
    unsigned char *p = malloc(c->len ? c->len : 1);
    size_t at = 0;
    for (struct kafc_seg *s = c->head; s; s = s->next) {
        memcpy(p + at, s->data, s->len);
        at += s->len;
    }
    ck_assert_uint_eq(at, c->len);
    *n = at - skip;
    memmove(p, p + skip, *n);
    return p;
}

/* Compresses in pieces of random length, checking what the stream says of itself; result from malloc. */
static unsigned char *compress(struct kafc_compress *c, int32_t level, struct kafc_seg_pool *pool,
                               const unsigned char *p, size_t n, size_t *out_len)
{
    struct kafc_rand r;
    struct kafc_chain chain = { 0 };
    kafc__rand_seed(&r, n);
    struct kafc_seg *head = kafc__seg_get_over(pool, KAFC_SEG_SMALL);
    memset(head->data, 'h', 61);
    head->len = 61;
    kafc__chain_append(&chain, head);
    ck_assert_int_eq(kafc__compress_begin(c, level, pool, &chain, &error), KAFC_OK);
    for (size_t at = 0; at < n;) {
        size_t part = kafc__rand_below(&r, 3) ? kafc__rand_below(&r, 500)
                                              : kafc__rand_below(&r, 200000);
        if (part > n - at)
            part = n - at;
        ck_assert_int_eq(kafc__compress_update(c, p + at, part, &error), KAFC_OK);
        at += part;
        if (kafc__rand_below(&r, 10) == 0) {
            ck_assert_int_eq(kafc__compress_flush(c, &error), KAFC_OK);
            ck_assert_uint_lt(c->pending, 1100);
        }
        ck_assert_uint_eq(c->bytes_in, at);
        ck_assert_uint_eq(c->bytes_out + 61, chain.len);
    }
    size_t most = c->bytes_out + c->pending;
    ck_assert_int_eq(kafc__compress_finish(c, &error), KAFC_OK);
    ck_assert_msg(c->bytes_out <= most, "%s level %d of %zu: %zu bytes, %zu promised",
                  c->codec->name, level, n, c->bytes_out, most);
    ck_assert_uint_eq(c->pending, 0);
    ck_assert_uint_eq(c->bytes_out + 61, chain.len);
    ck_assert_uint_eq(chain.head->data[60], 'h');
    unsigned char *out = flat(&chain, 61, out_len);
    kafc__chain_clear(&chain, pool);
    return out;
}

static void expect(struct kafc_decompress *d, int id, const void *p, size_t n, const void *want,
                   size_t want_len)
{
    struct kafc_frame *f;
    kafc_err rc = kafc__decompress(d, kafc__codec(id), p, n, &f, &error);
    ck_assert_msg(rc == KAFC_OK, "%s: %s", kafc__codec(id)->name, error.message);
    ck_assert_uint_eq(f->len, want_len);
    ck_assert(memcmp(f->data, want, want_len) == 0);
    kafc__frame_unref(f);
}

START_TEST(everything_comes_back_in_any_pieces_at_any_level)
{
    static const size_t sizes[] = { 0, 1, 100, 32768, 65536, 65537, 300000, 1200000 };
    static const int32_t levels[] = { 0, KAFC_ZERO, 1, 5, 12, -5 };
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_budget *budget = kafc__budget_new(&a.mem, 1000); /* compressing goes over it */
    struct kafc_seg_pool *pool = kafc__seg_pool_new(&a.mem, budget);
    struct kafc_decompress d;
    kafc__decompress_init(&d, &a.mem, budget, LIMIT);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        if (!there(id))
            continue;
        struct kafc_compress *c = kafc__compress_new(kafc__codec(id), &a.mem, &error);
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            for (int kind = 0; kind < 3; kind++) {
                int32_t level = levels[(i + (size_t)kind) % (sizeof(levels) / sizeof(levels[0]))];
                unsigned char *p = make_data(sizes[i], kind, i);
                size_t n;
                unsigned char *z = compress(c, level, pool, p, sizes[i], &n);
                if (kind == 0 && sizes[i] > 1000 && level != KAFC_ZERO)
                    ck_assert_uint_lt(n, sizes[i] / 15);
                expect(&d, id, z, n, p, sizes[i]);
                free(z);
                free(p);
            }
        kafc__compress_free(c);
    }
    kafc__decompress_fini(&d);
    kafc__seg_pool_free(pool);
    ck_assert_uint_eq(budget->used, 0);
    kafc__budget_unref(budget);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(levels_are_held_against_the_codec)
{
    static const struct {
        int id, level;
        bool ok;
    } v[] = {
        { KAFC_GZIP, 0, true },   { KAFC_GZIP, KAFC_ZERO, true }, { KAFC_GZIP, -1, true },
        { KAFC_GZIP, 9, true },   { KAFC_GZIP, 10, false },       { KAFC_GZIP, -2, false },
        { KAFC_LZ4, 12, true },   { KAFC_LZ4, 13, false },        { KAFC_ZSTD, 22, true },
        { KAFC_ZSTD, 23, false }, { KAFC_ZSTD, -131072, true },   { KAFC_ZSTD, -131073, false },
        { KAFC_SNAPPY, 0, true }, { KAFC_SNAPPY, 1, false },      { KAFC_SNAPPY, KAFC_ZERO, true },
    };
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        const struct kafc_codec *codec = kafc__codec(v[i].id);
        if (!there(v[i].id))
            continue;
        ck_assert_int_eq(kafc__codec_check_level(codec, v[i].level, &error),
                         v[i].ok ? KAFC_OK : KAFC_ERR_USAGE);
        ck_assert(v[i].ok || strstr(error.message, codec->name));
    }
}
END_TEST

START_TEST(a_stream_left_half_way_leaves_nothing_behind)
{
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_decompress d;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        if (!there(id))
            continue;
        struct kafc_compress *c = kafc__compress_new(kafc__codec(id), NULL, &error);
        struct kafc_chain chain = { 0 };
        ck_assert_int_eq(kafc__compress_begin(c, 0, pool, &chain, &error), KAFC_OK);
        ck_assert_int_eq(kafc__compress_update(c, "forgotten", 9, &error), KAFC_OK);
        kafc__chain_clear(&chain, pool);
        size_t n;
        unsigned char *z = compress(c, 0, pool, (const unsigned char *)"kept", 4, &n);
        expect(&d, id, z, n, "kept", 4);
        free(z);
        kafc__compress_free(c);
    }
    kafc__decompress_fini(&d);
    kafc__seg_pool_free(pool);
}
END_TEST

static unsigned char *compress_new(int id, const void *p, size_t n, size_t *out)
{
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = kafc__compress_new(kafc__codec(id), NULL, &error);
    unsigned char *z = compress(c, 0, pool, p, n, out);
    kafc__compress_free(c);
    kafc__seg_pool_free(pool);
    return z;
}

/* Cut, flipped, followed by rubbish: an answer or an error, and never an access out of bounds. */
START_TEST(damage_is_survived_and_cuts_are_noticed)
{
    struct kafc_decompress d;
    struct kafc_frame *f;
    kafc__decompress_init(&d, NULL, NULL, 1 << 20);
    unsigned char *p = make_data(700, 1, 1);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        if (!there(id))
            continue;
        size_t n;
        unsigned char *z = compress_new(id, p, 700, &n);
        for (size_t cut = 0; cut < n; cut++) {
            unsigned char *part = malloc(cut ? cut : 1);
            memcpy(part, z, cut);
            kafc_err rc = kafc__decompress(&d, kafc__codec(id), part, cut, &f, &error);
            /* a framed snappy stream has no end: its header alone is a stream of nothing */
            if (id == KAFC_SNAPPY && cut == 16)
                ck_assert(rc == KAFC_OK && f->len == 0);
            else
                ck_assert_msg(rc == KAFC_ERR_CORRUPT, "%s cut at %zu of %zu", kafc__codec(id)->name,
                              cut, n);
            if (rc == KAFC_OK)
                kafc__frame_unref(f);
            free(part);
        }
        for (size_t bit = 0; bit < 8 * n; bit++) {
            z[bit / 8] ^= (unsigned char)(1 << bit % 8);
            kafc_err rc = kafc__decompress(&d, kafc__codec(id), z, n, &f, &error);
            ck_assert(rc == KAFC_OK || (rc == KAFC_ERR_CORRUPT && error.message[0]));
            if (rc == KAFC_OK)
                kafc__frame_unref(f);
            z[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        expect(&d, id, z, n, p, 700);
        free(z);
    }
    free(p);
    kafc__decompress_fini(&d);
}
END_TEST

START_TEST(bombs_stop_at_the_limit_and_the_limit_itself_is_allowed)
{
    struct kafc_decompress d;
    struct kafc_frame *f;
    unsigned char *p = make_data(500000, 0, 1);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        if (!there(id))
            continue;
        size_t n;
        unsigned char *z = compress_new(id, p, 500000, &n);
        kafc__decompress_init(&d, NULL, NULL, 500000);
        expect(&d, id, z, n, p, 500000);
        d.limit = 499999;
        ck_assert_int_eq(kafc__decompress(&d, kafc__codec(id), z, n, &f, &error), KAFC_ERR_CORRUPT);
        ck_assert_str_eq(error.message, "decompresses to more than 499999 bytes");
        kafc__decompress_fini(&d);
        free(z);
    }
    free(p);
}
END_TEST

static void append(unsigned char *to, size_t *n, const void *p, size_t len)
{
    memcpy(to + *n, p, len);
    *n += len;
}

START_TEST(streams_in_a_row_and_trailing_bytes)
{
    struct kafc_decompress d;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        if (!there(id))
            continue;
        unsigned char both[1000];
        size_t n = 0, a, b;
        unsigned char *x = compress_new(id, "first ", 6, &a),
                      *y = compress_new(id, "second", 6, &b);
        append(both, &n, x, a);
        if (id != KAFC_SNAPPY) {
            append(both, &n, "\0rubbish", 8);
            expect(&d, id, both, n, "first ", 6);
            n = a;
        }
        append(both, &n, y, b);
        /* Java reads one lz4 frame and no more */
        expect(&d, id, both, n, "first second", id == KAFC_LZ4 ? 6 : 12);
        if (id == KAFC_ZSTD) { /* frames that are passed over, before and between */
            n = 0;
            append(both, &n, "\x50\x2a\x4d\x18\2\0\0\0ab\x5f\x2a\x4d\x18\0\0\0\0", 18);
            append(both, &n, x, a);
            append(both, &n, "\x57\x2a\x4d\x18\1\0\0\0c", 9);
            append(both, &n, y, b);
            expect(&d, id, both, n, "first second", 12);
        }
        free(x);
        free(y);
    }
    kafc__decompress_fini(&d);
}
END_TEST

START_TEST(framings_are_those_that_java_reads)
{
    static const unsigned char xerial[] = { 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0,
                                            0,    0,   0,   1,   0,   0,   0,   1 };
    static const unsigned char raw[] = { 5, 4 << 2, 'k', 'a', 'f', 'k', 'a' };
    static const unsigned char lz4[] = { 4, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82 };
    struct kafc_decompress d;
    size_t n;
    unsigned char *z;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    if (there(KAFC_SNAPPY)) {
        z = compress_new(KAFC_SNAPPY, "x", 1, &n);
        ck_assert(memcmp(z, xerial, sizeof(xerial)) == 0);
        free(z);
        expect(&d, KAFC_SNAPPY, raw, sizeof(raw), "kafka",
               5); /* librdkafka, sarama: one raw block */
    }
    if (there(KAFC_LZ4)) {
        z = compress_new(KAFC_LZ4, "kafka", 5, &n);
        ck_assert(memcmp(z, lz4, sizeof(lz4)) == 0);
        ck_assert_uint_eq(n, 7 + 4 + 5 + 4);
        z[6] = 0x1a; /* KIP-57: the checksum as message format 0 had it */
        expect(&d, KAFC_LZ4, z, n, "kafka", 5);
        free(z);
    }
    z = compress_new(KAFC_GZIP, "kafka", 5, &n);
    ck_assert_uint_eq(z[0], 0x1f);
    ck_assert_uint_eq(z[1], 0x8b);
    free(z);
    kafc__decompress_fini(&d);
}
END_TEST

START_TEST(a_snappy_length_that_lies_allocates_nothing)
{
    static const unsigned char lie[] = { 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 'x' };
    struct test_alloc a;
    struct kafc_decompress d;
    struct kafc_frame *f;
    if (!there(KAFC_SNAPPY))
        return;
    test_alloc_init(&a);
    kafc__decompress_init(&d, &a.mem, NULL, SIZE_MAX);
    ck_assert_int_eq(kafc__decompress(&d, kafc__codec(KAFC_SNAPPY), lie, sizeof(lie), &f, &error),
                     KAFC_ERR_CORRUPT);
    ck_assert_int_eq(a.calls, 1);
    ck_assert_int_eq(a.live, 0);
    kafc__decompress_fini(&d);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    unsigned char *p = make_data(200000, 2, 9);
    for (int id = KAFC_GZIP; id <= KAFC_ZSTD; id++) {
        if (!there(id))
            continue;
        size_t n;
        unsigned char *z = compress_new(id, p, 200000, &n);
        bool done = false;
        for (long fail = 1; !done; fail++) {
            struct test_alloc a;
            test_alloc_init(&a);
            struct kafc_seg_pool *pool = kafc__seg_pool_new(&a.mem, NULL);
            a.fail_at = a.calls + fail;
            struct kafc_chain chain = { 0 };
            kafc_err rc = KAFC_ERR_NO_MEMORY;
            struct kafc_compress *c = kafc__compress_new(kafc__codec(id), &a.mem, &error);
            if (c)
                rc = kafc__compress_begin(c, 0, pool, &chain, &error);
            if (rc == KAFC_OK)
                rc = kafc__compress_update(c, p, 200000, &error);
            if (rc == KAFC_OK)
                rc = kafc__compress_finish(c, &error);
            kafc__compress_free(c);
            struct kafc_decompress d;
            struct kafc_frame *f = NULL;
            kafc__decompress_init(&d, &a.mem, NULL, LIMIT);
            if (rc == KAFC_OK)
                rc = kafc__decompress(&d, kafc__codec(id), z, n, &f, &error);
            ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY);
            ck_assert(rc == KAFC_OK || error.code == KAFC_ERR_NO_MEMORY);
            done = rc == KAFC_OK && a.calls < a.fail_at;
            kafc__frame_unref(f);
            kafc__decompress_fini(&d);
            kafc__chain_clear(&chain, pool);
            kafc__seg_pool_free(pool);
            ck_assert_int_eq(a.live, 0);
            ck_assert_int_lt(fail, 200);
        }
        free(z);
    }
    free(p);
}
END_TEST

/* Decompresses and gives back; whether it was where the one before had been. */
static bool again(struct kafc_decompress *d, const unsigned char *z, size_t n, const void **at)
{
    struct kafc_frame *f;
    bool same;
    ck_assert_int_eq(kafc__decompress(d, kafc__codec(KAFC_GZIP), z, n, &f, &error), KAFC_OK);
    same = f == *at;
    *at = f;
    kafc__decompress_done(d, f);
    return same;
}

START_TEST(memory_of_outputs_is_used_again)
{
    enum { N = 100000 };
    struct test_alloc a;
    struct kafc_decompress d;
    const void *at = NULL;
    size_t n;
    if (!there(KAFC_GZIP))
        return;
    unsigned char *p = make_data(N, 0, 1), *z = compress_new(KAFC_GZIP, p, N, &n);
    test_alloc_init(&a);
    struct kafc_budget *large = kafc__budget_new(&a.mem, 64 * N);
    struct kafc_budget *small = kafc__budget_new(&a.mem, 2 * N);
    kafc__decompress_init(&d, &a.mem, large, LIMIT);
    kafc__decompress_done(&d, NULL);
    (void)again(&d, z, n, &at);
    ck_assert_uint_ge(large->used, N); /* it is held, and counts */
    long calls = atomic_load(&a.calls);
    for (int i = 0; i < 5; i++)
        ck_assert(again(&d, z, n, &at));
    ck_assert_int_eq(atomic_load(&a.calls), calls);
    struct kafc_frame *held;
    ck_assert_int_eq(kafc__decompress(&d, kafc__codec(KAFC_GZIP), z, n, &held, &error), KAFC_OK);
    kafc__decompress_done(&d, kafc__frame_ref(held)); /* somebody else has it */
    expect(&d, KAFC_GZIP, z, n, p, N);
    ck_assert_mem_eq(held->data, p, N);
    kafc__frame_unref(held);
    (void)again(&d, z, n, &at);
    kafc__decompress_fini(&d);
    ck_assert_uint_eq(large->used, 0);
    kafc__decompress_init(&d, &a.mem, small, LIMIT);
    (void)again(&d, z, n, &at);
    ck_assert_uint_eq(small->used, 0); /* too much of so little */
    kafc__decompress_fini(&d);
    kafc__budget_unref(large);
    kafc__budget_unref(small);
    ck_assert_int_eq(a.live, 0);
    free(p);
    free(z);
}
END_TEST

START_TEST(the_table_of_codecs)
{
    ck_assert_ptr_null(kafc__codec(-1));
    ck_assert_ptr_null(kafc__codec(5));
    ck_assert_int_eq(kafc__codec(KAFC_ZSTD)->min_produce, 7);
    for (int id = 0; id < KAFC_CODECS; id++)
        ck_assert_int_eq(kafc__codec(id)->id, id);
    ck_assert_ptr_null(kafc__compress_new(kafc__codec(KAFC_NONE), NULL, &error));
    ck_assert_int_eq(error.code, KAFC_ERR_USAGE);
    const struct kafc_codec missing = { .id = KAFC_ZSTD, .name = "zstd", .library = "libzstd" };
    struct kafc_decompress d;
    struct kafc_frame *f;
    kafc__decompress_init(&d, NULL, NULL, LIMIT);
    ck_assert_ptr_null(kafc__compress_new(&missing, NULL, &error));
    ck_assert_int_eq(kafc__decompress(&d, &missing, "x", 1, &f, &error), KAFC_ERR_NO_CODEC);
    ck_assert_ptr_nonnull(strstr(error.message, "libzstd"));
    kafc__decompress_fini(&d);
}
END_TEST

SUITE_MAIN("compress", 60, everything_comes_back_in_any_pieces_at_any_level,
           levels_are_held_against_the_codec, a_stream_left_half_way_leaves_nothing_behind,
           damage_is_survived_and_cuts_are_noticed,
           bombs_stop_at_the_limit_and_the_limit_itself_is_allowed,
           streams_in_a_row_and_trailing_bytes, framings_are_those_that_java_reads,
           a_snappy_length_that_lies_allocates_nothing, each_allocation_may_fail,
           memory_of_outputs_is_used_again, the_table_of_codecs)
