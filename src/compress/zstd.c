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
    ZSTD_KEEPS = 128 * 1024, /* it compresses at the latest when it has a block of input */
    ZSTD_FRAME_BYTES = 64    /* header, block headers, an empty last block */
};

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
        if (end == ZSTD_e_end ? rest == 0 : in.pos == n && out.pos < room)
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

static kafc_err zstd_finish(struct kafc_compress *c, kafc_error *err)
{
    return compress_all((struct zstd *)c, NULL, 0, ZSTD_e_end, err);
}

/* Frame after frame; what follows the last and does not start another is ignored. */
static kafc_err zstd_decompress(struct kafc_decompress *d, const void *p, size_t n, kafc_error *err)
{
    ZSTD_DCtx *ctx = d->reader[KAFC_ZSTD];
    if (!ctx) {
        ctx = d->reader[KAFC_ZSTD] = ZSTD_createDCtx();
        if (!ctx)
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a zstd context");
        (void)ZSTD_DCtx_setParameter(ctx, ZSTD_d_windowLogMax, ZSTD_READ_WINDOW);
    }
    (void)ZSTD_DCtx_reset(ctx, ZSTD_reset_session_only);
    ZSTD_inBuffer in = { p, n, 0 };
    for (;;) {
        unsigned char *to;
        size_t room;
        kafc_err rc = kafc__decompress_room(d, 1, &to, &room, err);
        if (rc != KAFC_OK)
            return rc;
        ZSTD_outBuffer out = { to, room, 0 };
        size_t start = in.pos, rest = ZSTD_decompressStream(ctx, &out, &in);
        if (ZSTD_getErrorCode(rest) == ZSTD_error_memory_allocation) /* of the window */
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a zstd window");
        if (ZSTD_isError(rest))
            return kafc__error(err, KAFC_ERR_CORRUPT,
                               "zstd data of %zu bytes is broken at byte %zu: %s", n, start,
                               ZSTD_getErrorName(rest));
        d->frame->len += out.pos;
        if (rest == 0) {
            const unsigned char *next = (const unsigned char *)p + in.pos;
            if (n - in.pos < 4 || next[0] != 0x28 || next[1] != 0xb5 || next[2] != 0x2f ||
                next[3] != 0xfd)
                return KAFC_OK;
        } else if (in.pos == n && out.pos < room) {
            return kafc__error(err, KAFC_ERR_CORRUPT, "zstd data of %zu bytes ends too early", n);
        }
    }
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
    .level_min = -7,
    .level_max = 22,
    .open = zstd_open,
    .close = zstd_close,
    .begin = zstd_begin,
    .update = zstd_update,
    .finish = zstd_finish,
    .decompress = zstd_decompress,
    .close_reader = zstd_close_reader,
#else
    .library = "libzstd",
#endif
};
