/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Small inputs that decompress to far more than they should: each codec stops
 * at the limit, having allocated little more than that, and not before bytes
 * were really there.
 */
#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/rand.h"
#include "config.h"
#include "protocol/record/codec.h"
#include "tests/support/suite.h"
#if KAFC_HAVE_ZSTD
#include <zstd.h>
#endif

enum { LIMIT = 1 << 20, BOMB = 64 << 20, CONTEXTS = 300 << 10 };

static kafc_error error;

/* An allocator that knows how many bytes are out, now and at most. */
struct counted {
    kafc_allocator mem;
    size_t now, most;
};

enum { PREFIX = 16 };

static void *counted_realloc(void *ctx, void *old, size_t n)
{
    struct counted *a = ctx;
    unsigned char *from = old ? (unsigned char *)old - PREFIX : NULL, *p = malloc(n + PREFIX);
    size_t had = 0;
    ck_assert_ptr_nonnull(p);
    if (from)
        memcpy(&had, from, sizeof(had));
    a->now += n;
    a->most = a->now > a->most ? a->now : a->most; /* both are out while one is copied */
    a->now -= had;
    memcpy(p, &n, sizeof(n));
    if (from)
        memcpy(p + PREFIX, old, had < n ? had : n);
    free(from);
    return p + PREFIX;
}

static void *counted_malloc(void *ctx, size_t n)
{
    return counted_realloc(ctx, NULL, n);
}

static void counted_free(void *ctx, void *p)
{
    struct counted *a = ctx;
    size_t had;
    if (!p)
        return;
    memcpy(&had, (unsigned char *)p - PREFIX, sizeof(had));
    a->now -= had;
    free((unsigned char *)p - PREFIX);
}

static void counted_init(struct counted *a)
{
    *a = (struct counted){ .mem = { counted_malloc, counted_realloc, counted_free, a } };
}

struct bytes {
    unsigned char *p;
    size_t n;
};

/* n zeros by our own compressor. */
static struct bytes zeros(int id, size_t n)
{
    static const unsigned char none[1 << 16];
    struct kafc_seg_pool *pool = kafc__seg_pool_new(NULL, NULL);
    struct kafc_compress *c = kafc__compress_new(kafc__codec(id), NULL, &error);
    struct kafc_chain chain = { 0 };
    ck_assert_int_eq(kafc__compress_begin(c, 9, pool, &chain, &error), KAFC_OK);
    for (size_t at = 0; at < n; at += sizeof(none))
        ck_assert_int_eq(
            kafc__compress_update(c, none, n - at < sizeof(none) ? n - at : sizeof(none), &error),
            KAFC_OK);
    ck_assert_int_eq(kafc__compress_finish(c, &error), KAFC_OK);
    struct bytes b = { malloc(chain.len), 0 };
    for (struct kafc_seg *s = chain.head; s; s = s->next) {
        memcpy(b.p + b.n, s->data, s->len);
        b.n += s->len;
    }
    kafc__chain_clear(&chain, pool);
    kafc__compress_free(c);
    kafc__seg_pool_free(pool);
    return b;
}

/* times the same stream in a row */
static struct bytes repeat(struct bytes one, size_t times)
{
    struct bytes b = { malloc(one.n * times), one.n * times };
    for (size_t i = 0; i < times; i++)
        memcpy(b.p + i * one.n, one.p, one.n);
    free(one.p);
    return b;
}

/* A zstd frame of blocks that are one byte, 131072 times, in four bytes; its window is 2^27. */
static struct bytes zstd_runs(size_t blocks)
{
    static const unsigned char head[6] = { 0x28, 0xb5, 0x2f, 0xfd, 0, (27 - 10) << 3 };
    struct bytes b = { malloc(sizeof(head) + 4 * blocks), sizeof(head) };
    memcpy(b.p, head, sizeof(head));
    for (size_t i = 0; i < blocks; i++, b.n += 4)
        memcpy(b.p + b.n, i + 1 == blocks ? "\3\0\20" : "\2\0\20", 4);
    return b;
}

static void stops(int id, struct bytes b, size_t ratio)
{
    struct counted a;
    struct kafc_decompress d;
    struct kafc_frame *f;
    ck_assert_uint_ge(BOMB / b.n, ratio);
    counted_init(&a);
    kafc__decompress_init(&d, &a.mem, NULL, LIMIT);
    ck_assert_int_eq(kafc__decompress(&d, kafc__codec(id), b.p, b.n, &f, &error), KAFC_ERR_CORRUPT);
    ck_assert_str_eq(error.message, "decompresses to more than 1048576 bytes");
    ck_assert_ptr_null(f);
    size_t guess = 4 * b.n < LIMIT ? 4 * b.n : LIMIT;
    ck_assert_msg(a.most <= LIMIT + LIMIT / 2 + guess + CONTEXTS, "%s of %zu: %zu",
                  kafc__codec(id)->name, b.n, a.most);
    kafc__decompress_fini(&d);
    ck_assert_uint_eq(a.now, 0);
    free(b.p);
}

START_TEST(bombs_stop_at_the_limit_with_each_codec)
{
    static const size_t ratio[KAFC_CODECS] = { 0, 1000, 20, 240, 5000 };
    for (int id = KAFC_GZIP; id < KAFC_CODECS; id++)
        if (!kafc__codec(id)->library)
            stops(id, zeros(id, BOMB), ratio[id]);
    if (!kafc__codec(KAFC_ZSTD)->library)
        stops(KAFC_ZSTD, zstd_runs(BOMB >> 17), 30000);
}
END_TEST

START_TEST(the_limit_is_for_all_streams_in_a_row)
{
    stops(KAFC_GZIP, repeat(zeros(KAFC_GZIP, LIMIT / 4), 256), 500);
    if (!kafc__codec(KAFC_SNAPPY)->library)
        stops(KAFC_SNAPPY, repeat(zeros(KAFC_SNAPPY, LIMIT / 4), 256), 20);
    if (!kafc__codec(KAFC_ZSTD)->library)
        stops(KAFC_ZSTD, repeat(zeros(KAFC_ZSTD, LIMIT / 4), 256), 4000);
}
END_TEST

/* What malloc has given out in all: the contexts of the libraries do not come through our allocator. */
static size_t libraries_hold(void)
{
#ifdef __GLIBC__
    struct mallinfo2 m = mallinfo2();
    return m.uordblks + m.hblkhd;
#else
    return 0;
#endif
}

/* With a limit of a gigabyte, what little there is decides, not the limit and not what a header says. */
START_TEST(promises_allocate_nothing)
{
    static const struct {
        int id;
        const char *p;
        size_t n, most;
        const char *why;
    } rows[] = {
        { KAFC_GZIP, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10, 64 << 10, "ends too early" },
        { KAFC_SNAPPY, "\xff\xff\xff\xff\x0f\0x", 7, 2 << 10, "no sensible length" },
        /* a content of 2^40 bytes */
        { KAFC_LZ4, "\4\x22\x4d\x18\x68\x70\0\0\0\0\0\1\0\0\x97", 15, 2 << 10, "ends too early" },
        /* and a block: room for two of 4 MB */
        { KAFC_LZ4, "\4\x22\x4d\x18\x68\x70\0\0\0\0\0\1\0\0\x97\1\0\0\x80x", 20, 2 << 10,
          "ends too early" },
        /* one segment of 2^30 bytes; 2^26 bytes and a window of 2^27; the window alone; 2^17 are there */
        { KAFC_ZSTD, "\x28\xb5\x2f\xfd\xa0\0\0\0\x40\2\0\20x", 13, 2 << 10,
          "promises 1073741824 bytes" },
        { KAFC_ZSTD, "\x28\xb5\x2f\xfd\x80\x88\0\0\0\4\2\0\20x", 14, 2 << 10,
          "its blocks hold 131072" },
        { KAFC_ZSTD, "\x28\xb5\x2f\xfd\0\x88\2\0\20x", 10, 512 << 10, "ends too early" },
        /* the same in the format of zstd 0.7 */
        { KAFC_ZSTD, "\x27\xb5\x2f\xfd\0\x88\2\0\20x", 10, 2 << 10, "begins with no frame" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct counted a;
        struct kafc_decompress d;
        struct kafc_frame *f;
        if (kafc__codec(rows[i].id)->library)
            continue;
        counted_init(&a);
        kafc__decompress_init(&d, &a.mem, NULL, 1 << 30);
        size_t before = libraries_hold();
        ck_assert_int_eq(
            kafc__decompress(&d, kafc__codec(rows[i].id), rows[i].p, rows[i].n, &f, &error),
            KAFC_ERR_CORRUPT);
        ck_assert_msg(strstr(error.message, rows[i].why) != NULL, "%s", error.message);
        ck_assert_uint_le(a.most, rows[i].most);
        ck_assert_uint_le(libraries_hold() - before, rows[i].id == KAFC_LZ4 ? 9 << 20 : 1 << 20);
        kafc__decompress_fini(&d);
    }
}
END_TEST

/* A window of 128 MB, as Java writes it at level 22, is less work, not less content. */
START_TEST(zstd_frames_with_large_windows_come_back)
{
#if KAFC_HAVE_ZSTD
    enum { SIZE = 3 << 20 };
    struct kafc_rand r;
    struct kafc_decompress d;
    unsigned char *p = malloc(SIZE), *z = malloc(2 * SIZE);
    kafc__rand_seed(&r, 1);
    for (size_t i = 0; i < SIZE;
         i++) /* twice the same, so far apart that only a large window sees it */
        p[i] = i < SIZE / 2 ? (unsigned char)kafc__rand_next(&r) : p[i - SIZE / 2];
    kafc__decompress_init(&d, NULL, NULL, SIZE);
    for (int known = 0; known < 2; known++)
        for (int sum = 0; sum < 2; sum++) {
            ZSTD_CCtx *c = ZSTD_createCCtx();
            (void)ZSTD_CCtx_setParameter(c, ZSTD_c_windowLog, 27);
            (void)ZSTD_CCtx_setParameter(c, ZSTD_c_checksumFlag, sum);
            ZSTD_inBuffer in = { p, SIZE, 0 };
            ZSTD_outBuffer out = { z, 2 * SIZE, 0 };
            if (known)
                (void)ZSTD_CCtx_setPledgedSrcSize(c, SIZE);
            else
                (void)ZSTD_compressStream2(c, &out, &in,
                                           ZSTD_e_flush); /* or it sees that this is all */
            ck_assert_uint_eq(ZSTD_compressStream2(c, &out, &in, ZSTD_e_end), 0);
            ck_assert_uint_lt(out.pos, SIZE / 2 + SIZE / 8);
            struct kafc_frame *f;
            size_t before = libraries_hold();
            ck_assert_msg(kafc__decompress(&d, kafc__codec(KAFC_ZSTD), z, out.pos, &f, &error) ==
                              KAFC_OK,
                          "%s", error.message);
            ck_assert(f->len == SIZE && memcmp(f->data, p, SIZE) == 0);
            ck_assert_uint_le(libraries_hold() - before, 3 * SIZE);
            kafc__frame_unref(f);
            (void)ZSTD_freeCCtx(c);
        }
    kafc__decompress_fini(&d);
    free(z);
    free(p);
#endif
}
END_TEST

SUITE_MAIN("bombs", 60, bombs_stop_at_the_limit_with_each_codec,
           the_limit_is_for_all_streams_in_a_row, promises_allocate_nothing,
           zstd_frames_with_large_windows_come_back)
