/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Zstandard. Compressing runs on the thread that fills a batch, decompressing
 * on the one that reads it.
 */
#include "compress/stream.h"
#include "config.h"

#if KAFC_HAVE_ZSTD

#include <zstd.h>
#include <zstd_errors.h>

#include "base/log.h"
#include "base/mem.h"

enum {
    ZSTD_WINDOW = 20, /* 1 MB: a batch is hardly larger, and every reader pays for the window */
    ZSTD_READ_WINDOW = 27,   /* what others may have used (zstd's own limit) */
    ZSTD_LEAST_WINDOW = 17,  /* a block's bound would shrink with a smaller one */
    ZSTD_KEEPS = 128 * 1024, /* it compresses at the latest when it has a block of input */
    ZSTD_FRAME_BYTES = 64,   /* header, block headers, an empty last block */
    HEADER_MIN = 6,          /* of a frame */
    HEADER_MAX = 18,
    BLOCK_HEADER = 3,
    BLOCK_MAX = 128 * 1024
};

static const unsigned char magic[4] = { 0x28, 0xb5, 0x2f, 0xfd };

struct zstd {
    struct kafc_compress c;
    ZSTD_CCtx *ctx;
    size_t kept;
};

static struct kafc_compress *zstd_open(const kafc_allocator *mem)
{
    struct zstd *z = kafc__zalloc(mem, sizeof(*z));
    if (!z)
        return NULL;
    z->ctx = ZSTD_createCCtx();
    if (!z->ctx) {
        kafc__free(mem, z);
        return NULL;
    }
    if (mem)
        z->c.mem = *mem;
    return &z->c;
}

static void zstd_close(struct kafc_compress *c)
{
    struct zstd *z = (struct zstd *)c;
    (void)ZSTD_freeCCtx(z->ctx);
    kafc_allocator mem = c->mem;
    kafc__free(&mem, z);
}

static void zstd_bound(struct zstd *z)
{
    z->c.pending = (z->kept < ZSTD_KEEPS ? z->kept : ZSTD_KEEPS) + ZSTD_FRAME_BYTES;
}

static kafc_err zstd_begin(struct kafc_compress *c, int level, kafc_error *err)
{
    struct zstd *z = (struct zstd *)c;
    (void)err;
    (void)ZSTD_CCtx_reset(z->ctx, ZSTD_reset_session_only);
    (void)ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_compressionLevel, level);
    (void)ZSTD_CCtx_setParameter(z->ctx, ZSTD_c_windowLog, ZSTD_WINDOW);
    z->kept = 0;
    zstd_bound(z);
    return KAFC_OK;
}

static kafc_err compress_all(struct zstd *z, const void *p, size_t n, ZSTD_EndDirective end,
                             kafc_error *err)
{
    ZSTD_inBuffer in = { p, n, 0 };
    for (;;) {
        size_t room;
        unsigned char *to = kafc__compress_room(&z->c, &room, err);
        if (!to)
            return KAFC_ERR_NO_MEMORY;
        ZSTD_outBuffer out = { to, room, 0 };
        size_t rest = ZSTD_compressStream2(z->ctx, &out, &in, end);
        if (ZSTD_isError(rest)) /* it has nothing to fail on but memory */
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "zstd: %s", ZSTD_getErrorName(rest));
        kafc__compress_wrote(&z->c, out.pos);
        if (end != ZSTD_e_continue ? rest == 0 : in.pos == n && out.pos < room)
            return KAFC_OK;
    }
}

static kafc_err zstd_update(struct kafc_compress *c, const void *p, size_t n, kafc_error *err)
{
    struct zstd *z = (struct zstd *)c;
    size_t before = c->bytes_out;
    kafc_err rc = compress_all(z, p, n, ZSTD_e_continue, err);
    z->kept = kafc__compress_kept(c, z->kept, n, before);
    zstd_bound(z);
    return rc;
}

static kafc_err zstd_flush(struct kafc_compress *c, kafc_error *err)
{
    struct zstd *z = (struct zstd *)c;
    kafc_err rc = compress_all(z, NULL, 0, ZSTD_e_flush, err);
    z->kept = 0;
    zstd_bound(z);
    return rc;
}

static kafc_err zstd_finish(struct kafc_compress *c, kafc_error *err)
{
    return compress_all((struct zstd *)c, NULL, 0, ZSTD_e_end, err);
}

/* What the frame's blocks can decompress to, at most: those whose headers are there. */
static uint64_t blocks_bound(const unsigned char *p, size_t n)
{
    enum { RAW, RUN, COMPRESSED, RESERVED };
    uint64_t sum = 0;
    for (size_t at = 0; n - at >= BLOCK_HEADER;) {
        uint32_t h = (uint32_t)p[at] | (uint32_t)p[at + 1] << 8 | (uint32_t)p[at + 2] << 16;
        uint32_t type = h >> 1 & 3, size = h >> 3, there = type == RUN ? 1 : size;
        at += BLOCK_HEADER;
        sum += type == COMPRESSED ? BLOCK_MAX : size;
        if (h & 1 || type == RESERVED || there > n - at)
            break;
        at += there;
    }
    return sum;
}

/* libzstd allocates the window that a frame asks for, up to 128 MB for a batch of ten bytes (Java asks for that much at
 * level 22, so it cannot be refused). No frame needs a larger window than it has content: then its header is copied and
 * asks for less. *header: the bytes of the copy; 0: the frame is good as it is, or none. */
static kafc_err bounded_window(const struct kafc_decompress *d, const unsigned char *p, size_t n,
                               unsigned char copy[HEADER_MAX], size_t *header, kafc_error *err)
{
    static const unsigned char dictionary[4] = { 0, 1, 2, 4 }, content[4] = { 0, 2, 4, 8 };
    *header = 0;
    if (n < HEADER_MIN || memcmp(p, magic, sizeof(magic)) != 0)
        return KAFC_OK;
    bool one_segment = p[4] & 0x20;
    unsigned log = one_segment ? 0 : (p[5] >> 3) + 10u;
    uint64_t promised = ZSTD_getFrameContentSize(p, n);
    bool known = promised != ZSTD_CONTENTSIZE_UNKNOWN && promised != ZSTD_CONTENTSIZE_ERROR;
    if (log <= ZSTD_WINDOW && (!known || promised <= 1u << ZSTD_WINDOW))
        return KAFC_OK;
    size_t len = 6u + dictionary[p[4] & 3] + content[p[4] >> 6];
    if (one_segment && p[4] >> 6)
        len--; /* no byte for the window; a size of one byte, if it has that, takes its place */
    if (len > n)
        return KAFC_OK;
    uint64_t bound = blocks_bound(p + len, n - len);
    if (known && promised > bound)
        return kafc__error(
            err, KAFC_ERR_CORRUPT,
            "zstd data of %zu bytes: a frame promises %llu bytes, its blocks hold %llu", n,
            (unsigned long long)promised, (unsigned long long)bound);
    if (bound > d->limit)
        bound = d->limit; /* what is above is refused anyway */
    unsigned enough = ZSTD_LEAST_WINDOW;
    while (enough < log && bound > 1u << enough)
        enough++;
    if (enough >= log)
        return KAFC_OK;
    memcpy(copy, p, len);
    copy[5] = (unsigned char)((enough - 10) << 3);
    *header = len;
    return KAFC_OK;
}

/* Decodes p to the end of the frame or of the bytes; *at counts them. *rest: 0 at the end of the frame. */
static kafc_err zstd_feed(struct kafc_decompress *d, const unsigned char *p, size_t n, size_t *at,
                          size_t *rest, kafc_error *err)
{
    ZSTD_DCtx *ctx = d->reader[KAFC_ZSTD];
    ZSTD_inBuffer in = { p, n, 0 };
    for (;;) {
        unsigned char *to;
        size_t room;
        kafc_err rc = kafc__decompress_room(d, 1, &to, &room, err);
        if (rc != KAFC_OK)
            return rc;
        ZSTD_outBuffer out = { to, room, 0 };
        size_t start = in.pos;
        *rest = ZSTD_decompressStream(ctx, &out, &in);
        if (ZSTD_getErrorCode(*rest) == ZSTD_error_memory_allocation) /* of the window */
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a zstd window");
        if (ZSTD_isError(*rest))
            return kafc__error(err, KAFC_ERR_CORRUPT, "zstd data is broken at byte %zu: %s",
                               *at + start, ZSTD_getErrorName(*rest));
        d->frame->len += out.pos;
        if (*rest == 0 || (in.pos == n && out.pos < room)) {
            *at += in.pos;
            return KAFC_OK;
        }
    }
}

/* A frame, or one to be passed over. */
static bool starts_frame(const unsigned char *p, size_t n)
{
    static const unsigned char pass[3] = { 0x2a, 0x4d, 0x18 };
    return n >= sizeof(magic) && (memcmp(p, magic, sizeof(magic)) == 0 ||
                                  (p[0] >> 4 == 5 && memcmp(p + 1, pass, sizeof(pass)) == 0));
}

/* Frame after frame; what follows the last and does not start another is ignored. What does not even begin with one is
 * kept from libzstd, which may still know the formats of its youth: their windows would be nobody's. */
static kafc_err zstd_decompress(struct kafc_decompress *d, const void *data, size_t n,
                                kafc_error *err)
{
    const unsigned char *p = data;
    ZSTD_DCtx *ctx = d->reader[KAFC_ZSTD];
    if (!ctx) {
        ctx = d->reader[KAFC_ZSTD] = ZSTD_createDCtx();
        if (!ctx)
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a zstd context");
        (void)ZSTD_DCtx_setParameter(ctx, ZSTD_d_windowLogMax, ZSTD_READ_WINDOW);
    }
    (void)ZSTD_DCtx_reset(ctx, ZSTD_reset_session_only);
    size_t at = 0;
    while (starts_frame(p + at, n - at)) {
        unsigned char copy[HEADER_MAX];
        size_t header, rest = 1;
        kafc_err rc = bounded_window(d, p + at, n - at, copy, &header, err);
        if (rc == KAFC_OK && header)
            rc = zstd_feed(d, copy, header, &at, &rest, err);
        if (rc == KAFC_OK)
            rc = zstd_feed(d, p + at, n - at, &at, &rest, err);
        if (rc != KAFC_OK)
            return rc;
        if (rest != 0)
            return kafc__error(err, KAFC_ERR_CORRUPT, "zstd data of %zu bytes ends too early", n);
    }
    if (at == 0)
        return kafc__error(err, KAFC_ERR_CORRUPT, "zstd data of %zu bytes begins with no frame", n);
    return KAFC_OK;
}

static void zstd_close_reader(const kafc_allocator *mem, void *reader)
{
    (void)mem;
    (void)ZSTD_freeDCtx(reader);
}

#endif

const struct kafc_codec kafc__codec_zstd = {
    .id = KAFC_ZSTD,
    .name = "zstd",
    .min_produce = 7,
    .min_fetch = 10,
#if KAFC_HAVE_ZSTD
    .level_default = 3,
    .level_min = -131072,
    .level_max = 22,
    .open = zstd_open,
    .close = zstd_close,
    .begin = zstd_begin,
    .update = zstd_update,
    .flush = zstd_flush,
    .finish = zstd_finish,
    .decompress = zstd_decompress,
    .close_reader = zstd_close_reader,
#else
    .library = "libzstd",
#endif
};
