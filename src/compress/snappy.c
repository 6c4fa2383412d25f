/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Snappy. Written in the framing of snappy-java (xerial), as Java does; read
 * with that framing or as one raw block, which other clients write.
 * Compressing runs on the thread that fills a batch, decompressing on the one
 * that reads it.
 */
#include "compress/stream.h"
#include "config.h"

#if KAFC_HAVE_SNAPPY

#include <snappy-c.h>

#include "base/log.h"

enum {
    SNAPPY_BLOCK = 32768, /* Java's */
    SNAPPY_BLOCK_MAX = 32 + SNAPPY_BLOCK +
                       SNAPPY_BLOCK / 6, /* snappy_max_compressed_length of it */
    XERIAL_HEADER = 16
};

/* Magic, version 1, compatible with 1. */
static const unsigned char xerial[XERIAL_HEADER] = { 0x82, 'S', 'N', 'A', 'P', 'P', 'Y', 0,
                                                     0,    0,   0,   1,   0,   0,   0,   1 };

static kafc_err snappy_put(struct kafc_blocks *b, const unsigned char *p, size_t n, kafc_error *err)
{
    size_t len = b->tmp_size - 4;
    if (snappy_compress((const char *)p, n, (char *)b->tmp + 4, &len) != SNAPPY_OK)
        return kafc__error(err, KAFC_ERR_SYSTEM, "snappy does not compress a block of %zu bytes",
                           n);
    b->tmp[0] = (unsigned char)(len >> 24);
    b->tmp[1] = (unsigned char)(len >> 16);
    b->tmp[2] = (unsigned char)(len >> 8);
    b->tmp[3] = (unsigned char)len;
    return kafc__compress_append(&b->c, b->tmp, len + 4, err);
}

static struct kafc_compress *snappy_open(const kafc_allocator *mem)
{
    return kafc__blocks_open(mem, SNAPPY_BLOCK, SNAPPY_BLOCK_MAX + 4, snappy_put);
}

static void snappy_bound(struct kafc_blocks *b)
{
    b->c.pending = b->fill ? snappy_max_compressed_length(b->fill) + 4 : 0;
}

static kafc_err snappy_begin(struct kafc_compress *c, int level, kafc_error *err)
{
    struct kafc_blocks *b = (struct kafc_blocks *)c;
    (void)level;
    b->fill = 0;
    snappy_bound(b);
    return kafc__compress_append(c, xerial, sizeof(xerial), err);
}

static kafc_err snappy_update(struct kafc_compress *c, const void *p, size_t n, kafc_error *err)
{
    kafc_err rc = kafc__blocks_update(c, p, n, err);
    snappy_bound((struct kafc_blocks *)c);
    return rc;
}

static kafc_err snappy_flush(struct kafc_compress *c, kafc_error *err)
{
    kafc_err rc = kafc__blocks_flush((struct kafc_blocks *)c, err);
    snappy_bound((struct kafc_blocks *)c);
    return rc;
}

static kafc_err snappy_finish(struct kafc_compress *c, kafc_error *err)
{
    return kafc__blocks_flush((struct kafc_blocks *)c, err);
}

static kafc_err snappy_block(struct kafc_decompress *d, const unsigned char *p, size_t n,
                             kafc_error *err)
{
    size_t len;
    /* Three bytes give 64 at best: a length beyond that is a lie that must not become an allocation. */
    if (snappy_uncompressed_length((const char *)p, n, &len) != SNAPPY_OK || len / 32 > n)
        return kafc__error(err, KAFC_ERR_CORRUPT,
                           "a snappy block of %zu bytes has no sensible length", n);
    unsigned char *to;
    size_t room;
    kafc_err rc = kafc__decompress_room(d, len, &to, &room, err);
    if (rc != KAFC_OK)
        return rc;
    if (snappy_uncompress((const char *)p, n, (char *)to, &len) != SNAPPY_OK)
        return kafc__error(err, KAFC_ERR_CORRUPT, "a snappy block of %zu bytes is broken", n);
    d->frame->len += len;
    return KAFC_OK;
}

static kafc_err snappy_decompress(struct kafc_decompress *d, const void *data, size_t n,
                                  kafc_error *err)
{
    const unsigned char *p = data;
    if (n < XERIAL_HEADER || memcmp(p, xerial, 8) != 0)
        return snappy_block(d, p, n, err);
    size_t at = XERIAL_HEADER;
    while (at < n) {
        if (n - at >= XERIAL_HEADER && memcmp(p + at, xerial, 8) == 0) { /* streams in a row */
            at += XERIAL_HEADER;
            continue;
        }
        if (n - at < 4)
            return kafc__error(err, KAFC_ERR_CORRUPT,
                               "snappy data of %zu bytes ends in a block's length", n);
        size_t len = (size_t)p[at] << 24 | (size_t)p[at + 1] << 16 | (size_t)p[at + 2] << 8 |
                     p[at + 3];
        at += 4;
        if (len > n - at)
            return kafc__error(err, KAFC_ERR_CORRUPT,
                               "snappy data: a block of %zu bytes where %zu are left", len, n - at);
        kafc_err rc = snappy_block(d, p + at, len, err);
        if (rc != KAFC_OK)
            return rc;
        at += len;
    }
    return KAFC_OK;
}

#endif

const struct kafc_codec kafc__codec_snappy = {
    .id = KAFC_SNAPPY,
    .name = "snappy",
#if KAFC_HAVE_SNAPPY
    .open = snappy_open,
    .close = kafc__blocks_close,
    .begin = snappy_begin,
    .update = snappy_update,
    .flush = snappy_flush,
    .finish = snappy_finish,
    .decompress = snappy_decompress,
#else
    .library = "libsnappy",
#endif
};
