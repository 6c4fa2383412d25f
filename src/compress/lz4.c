/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LZ4 frames of independent 64 KB blocks without checksums, which is what Java
 * writes and all that it reads. Compressing runs on the thread that fills a
 * batch, decompressing on the one that reads it.
 */
#include "compress/stream.h"
#include "config.h"

#if KAFC_HAVE_LZ4

#include <lz4.h>
#include <lz4frame.h>
#include <lz4hc.h>

#include "base/log.h"
#include "base/mem.h"

enum { LZ4_BLOCK = 65536, LZ4_STORED = 0x80, LZ4_HC_FROM = 3, HEADER_MAX = 19 };

/* Magic; version 1, independent blocks; 64 KB; second byte of XXH32 of the two before. */
static const unsigned char frame_header[7] = { 0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82 };
static const unsigned char end_mark[4] = { 0, 0, 0, 0 };

static kafc_err lz4_put(struct kafc_blocks *b, const unsigned char *p, size_t n, kafc_error *err)
{
    bool hc = b->level >= LZ4_HC_FROM;
    const char *from = (const char *)p;
    char *to = (char *)b->tmp + 4;
    /* Room for less than the input: what does not get smaller is stored. */
    int len = hc ? LZ4_compress_HC_extStateHC(b->state[1], from, to, (int)n, (int)n - 1, b->level)
                 : LZ4_compress_fast_extState(b->state[0], from, to, (int)n, (int)n - 1,
                                              b->level < 0 ? -b->level : 1);
    bool stored = len <= 0;
    size_t size = stored ? n : (size_t)len;
    b->tmp[0] = (unsigned char)size;
    b->tmp[1] = (unsigned char)(size >> 8);
    b->tmp[2] = (unsigned char)(size >> 16);
    b->tmp[3] = (unsigned char)(size >> 24 | (stored ? LZ4_STORED : 0));
    kafc_err rc = kafc__compress_append(&b->c, b->tmp, stored ? 4 : 4 + size, err);
    return rc == KAFC_OK && stored ? kafc__compress_append(&b->c, p, size, err) : rc;
}

static struct kafc_compress *lz4_open(const kafc_allocator *mem)
{
    return kafc__blocks_open(mem, LZ4_BLOCK, LZ4_BLOCK + 4, lz4_put);
}

static void lz4_bound(struct kafc_blocks *b)
{
    b->c.pending = (b->fill ? b->fill + 4 : 0) + sizeof(end_mark);
}

static kafc_err lz4_begin(struct kafc_compress *c, int level, kafc_error *err)
{
    struct kafc_blocks *b = (struct kafc_blocks *)c;
    bool hc = level >= LZ4_HC_FROM;
    if (!b->state[hc])
        b->state[hc] = kafc__alloc(&c->mem, (size_t)(hc ? LZ4_sizeofStateHC() : LZ4_sizeofState()));
    if (!b->state[hc])
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for an lz4 context");
    b->level = level;
    b->fill = 0;
    lz4_bound(b);
    return kafc__compress_append(c, frame_header, sizeof(frame_header), err);
}

static kafc_err lz4_update(struct kafc_compress *c, const void *p, size_t n, kafc_error *err)
{
    kafc_err rc = kafc__blocks_update(c, p, n, err);
    lz4_bound((struct kafc_blocks *)c);
    return rc;
}

static kafc_err lz4_flush(struct kafc_compress *c, kafc_error *err)
{
    kafc_err rc = kafc__blocks_flush((struct kafc_blocks *)c, err);
    lz4_bound((struct kafc_blocks *)c);
    return rc;
}

static kafc_err lz4_finish(struct kafc_compress *c, kafc_error *err)
{
    kafc_err rc = kafc__blocks_flush((struct kafc_blocks *)c, err);
    return rc == KAFC_OK ? kafc__compress_append(c, end_mark, sizeof(end_mark), err) : rc;
}

/* XXH32 with seed 0 of fewer than 16 bytes after `start`. */
static uint32_t xxh32_tail(uint32_t h, const unsigned char *p, size_t n)
{
    for (; n >= 4; p += 4, n -= 4) {
        h += ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24) *
             3266489917u;
        h = (h << 17 | h >> 15) * 668265263u;
    }
    for (; n > 0; p++, n--) {
        h += *p * 374761393u;
        h = (h << 11 | h >> 21) * 2654435761u;
    }
    h = (h ^ h >> 15) * 2246822519u;
    h = (h ^ h >> 13) * 3266489917u;
    return h ^ h >> 16;
}

/* The header's checksum. Java wrote it over the magic as well in message format 0 (KIP-57), and such batches are
 * still read. If it is that one, the right one is put into a copy of the header. 0: no header that could be judged. */
static size_t repaired_header(const unsigned char *p, size_t n, unsigned char copy[HEADER_MAX])
{
    if (n < 7 || memcmp(p, frame_header, 4) != 0)
        return 0;
    size_t len = 6 + (p[4] & 0x08 ? 8u : 0u) +
                 (p[4] & 0x01 ? 4u : 0u); /* with content size, dictionary id */
    if (n <= len || len >= 16)
        return 0;
    unsigned char right =
        (unsigned char)(xxh32_tail(374761393u + (uint32_t)(len - 4), p + 4, len - 4) >> 8);
    unsigned char wrong = (unsigned char)(xxh32_tail(374761393u + (uint32_t)len, p, len) >> 8);
    if (p[len] == right || p[len] != wrong)
        return 0;
    memcpy(copy, p, len);
    copy[len] = right;
    return len + 1;
}

static kafc_err lz4_failed(size_t at, size_t n, size_t code, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_CORRUPT, "lz4 data of %zu bytes is broken at byte %zu: %s", n,
                       at, LZ4F_getErrorName(code));
}

/* Decodes p to the end of the frame or of the bytes. *hint: 0 at the end of the frame. */
static kafc_err lz4_feed(struct kafc_decompress *d, const unsigned char *p, size_t n, size_t *hint,
                         kafc_error *err)
{
    LZ4F_dctx *ctx = d->reader[KAFC_LZ4];
    size_t at = 0;
    for (;;) {
        unsigned char *to;
        size_t room, took = n - at;
        kafc_err rc = kafc__decompress_room(d, 1, &to, &room, err);
        if (rc != KAFC_OK)
            return rc;
        size_t wrote = room;
        *hint = LZ4F_decompress(ctx, to, &wrote, p + at, &took, NULL);
        if (LZ4F_isError(*hint))
            return lz4_failed(at, n, *hint, err);
        at += took;
        d->frame->len += wrote;
        if (*hint == 0 || (at == n && wrote < room))
            return KAFC_OK;
    }
}

static kafc_err lz4_decompress(struct kafc_decompress *d, const void *data, size_t n,
                               kafc_error *err)
{
    const unsigned char *p = data;
    LZ4F_dctx *ctx = d->reader[KAFC_LZ4];
    if (ctx)
        LZ4F_resetDecompressionContext(ctx);
    else if (LZ4F_isError(LZ4F_createDecompressionContext(&ctx, LZ4F_VERSION)))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for an lz4 context");
    d->reader[KAFC_LZ4] = ctx;
    unsigned char copy[HEADER_MAX];
    size_t hint = 1, header = repaired_header(p, n, copy);
    kafc_err rc = header ? lz4_feed(d, copy, header, &hint, err) : KAFC_OK;
    if (rc == KAFC_OK)
        rc = lz4_feed(d, p + header, n - header, &hint, err);
    if (rc == KAFC_OK && hint != 0)
        rc = kafc__error(err, KAFC_ERR_CORRUPT, "lz4 data of %zu bytes ends too early", n);
    if (rc !=
        KAFC_OK) { /* a reset does not forget what size a frame that was not finished announced (liblz4 1.9.4) */
        (void)LZ4F_freeDecompressionContext(ctx);
        d->reader[KAFC_LZ4] = NULL;
    }
    return rc;
}

static void lz4_close_reader(const kafc_allocator *mem, void *reader)
{
    (void)mem;
    (void)LZ4F_freeDecompressionContext(reader);
}

#endif

const struct kafc_codec kafc__codec_lz4 = {
    .id = KAFC_LZ4,
    .name = "lz4",
#if KAFC_HAVE_LZ4
    .level_default = 1,
    .level_min = -100,
    .level_max = LZ4HC_CLEVEL_MAX,
    .open = lz4_open,
    .close = kafc__blocks_close,
    .begin = lz4_begin,
    .update = lz4_update,
    .flush = lz4_flush,
    .finish = lz4_finish,
    .decompress = lz4_decompress,
    .close_reader = lz4_close_reader,
#else
    .library = "liblz4",
#endif
};
