/* SPDX-License-Identifier: BSD-2-Clause
 *
 * gzip by zlib, whose contexts allocate through the client's allocator.
 * Compressing runs on the thread that fills a batch, decompressing on the one
 * that reads it.
 */
#define ZLIB_CONST
#include <zlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "compress/stream.h"

enum {
    GZIP_WINDOW = 15 + 16, /* 32 KB, with the wrapper of gzip */
    GZIP_MEM_LEVEL = 8,    /* blocks of up to 16383 symbols */
    GZIP_SYMBOLS = 16383,
    GZIP_BLOCK_MAX = 65536 /* bytes that one such block can take */
};

struct gzip {
    struct kafc_compress c;
    z_stream z;
    int level;
    bool ready;  /* z is initialised, for `level` */
    size_t kept; /* input that zlib may still hold */
};

static voidpf z_alloc(voidpf opaque, uInt n, uInt size)
{
    const kafc_allocator *mem = opaque;
    return kafc__realloc_array(mem, NULL, n, size);
}

static void z_free(voidpf opaque, voidpf p)
{
    const kafc_allocator *mem = opaque;
    kafc__free(mem, p);
}

static struct kafc_compress *gzip_open(const kafc_allocator *mem)
{
    struct gzip *g = kafc__zalloc(mem, sizeof(*g));
    if (!g)
        return NULL;
    if (mem)
        g->c.mem = *mem;
    return &g->c;
}

static void gzip_close(struct kafc_compress *c)
{
    struct gzip *g = (struct gzip *)c;
    if (g->ready)
        (void)deflateEnd(&g->z);
    kafc_allocator mem = c->mem;
    kafc__free(&mem, g);
}

static void gzip_bound(struct gzip *g)
{
    size_t k = g->kept, body = k + 5 * (k / GZIP_SYMBOLS + 1);
    if (body > GZIP_BLOCK_MAX)
        body = GZIP_BLOCK_MAX;
    /* what was looked ahead may make a block of its own; header and trailer */
    g->c.pending = body + 1024 + 10 + 8;
}

static kafc_err gzip_begin(struct kafc_compress *c, int level, kafc_error *err)
{
    struct gzip *g = (struct gzip *)c;
    if (g->ready && g->level != level) {
        (void)deflateEnd(&g->z);
        g->ready = false;
    }
    if (g->ready) {
        (void)deflateReset(&g->z);
    } else {
        g->z = (z_stream){ .zalloc = z_alloc, .zfree = z_free, .opaque = &c->mem };
        if (deflateInit2(&g->z, level, Z_DEFLATED, GZIP_WINDOW, GZIP_MEM_LEVEL,
                         Z_DEFAULT_STRATEGY) != Z_OK)
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a gzip context");
        g->level = level;
        g->ready = true;
    }
    g->kept = 0;
    gzip_bound(g);
    return KAFC_OK;
}

/* Runs deflate until it wants more input (or, finishing, is done). */
static kafc_err deflate_all(struct gzip *g, int flush, kafc_error *err)
{
    for (;;) {
        size_t room;
        unsigned char *to = kafc__compress_room(&g->c, &room, err);
        if (!to)
            return KAFC_ERR_NO_MEMORY;
        g->z.next_out = to;
        g->z.avail_out = (uInt)room;
        int rc = deflate(&g->z, flush);
        kafc__compress_wrote(&g->c, room - g->z.avail_out);
        if (rc == Z_STREAM_END)
            return KAFC_OK;
        if (rc != Z_OK && rc != Z_BUF_ERROR)
            return kafc__error(err, KAFC_ERR_SYSTEM, "gzip: deflate failed with %d", rc);
        if (flush != Z_FINISH && g->z.avail_in == 0 && g->z.avail_out > 0)
            return KAFC_OK;
    }
}

static kafc_err gzip_update(struct kafc_compress *c, const void *data, size_t n, kafc_error *err)
{
    struct gzip *g = (struct gzip *)c;
    const unsigned char *p = data;
    size_t before = c->bytes_out;
    for (size_t left = n; left > 0;) {
        size_t part = left > 1u << 30 ? 1u << 30 : left;
        g->z.next_in = p;
        g->z.avail_in = (uInt)part;
        kafc_err rc = deflate_all(g, Z_NO_FLUSH, err);
        if (rc != KAFC_OK)
            return rc;
        p += part;
        left -= part;
    }
    g->kept = kafc__compress_kept(c, g->kept, n, before);
    gzip_bound(g);
    return KAFC_OK;
}

static kafc_err gzip_flush(struct kafc_compress *c, kafc_error *err)
{
    struct gzip *g = (struct gzip *)c;
    g->z.next_in = NULL;
    g->z.avail_in = 0;
    kafc_err rc = deflate_all(g, Z_SYNC_FLUSH, err);
    g->kept = 0;
    gzip_bound(g);
    return rc;
}

static kafc_err gzip_finish(struct kafc_compress *c, kafc_error *err)
{
    struct gzip *g = (struct gzip *)c;
    g->z.next_in = NULL;
    g->z.avail_in = 0;
    return deflate_all(g, Z_FINISH, err);
}

struct gzip_reader {
    kafc_allocator mem;
    z_stream z;
};

static void gzip_close_reader(const kafc_allocator *mem, void *reader)
{
    struct gzip_reader *r = reader;
    (void)inflateEnd(&r->z);
    kafc__free(mem, r);
}

static struct gzip_reader *gzip_reader(struct kafc_decompress *d)
{
    struct gzip_reader *r = d->reader[KAFC_GZIP];
    if (r) {
        (void)inflateReset(&r->z);
        return r;
    }
    r = kafc__zalloc(&d->mem, sizeof(*r));
    if (!r)
        return NULL;
    r->mem = d->mem;
    r->z = (z_stream){ .zalloc = z_alloc, .zfree = z_free, .opaque = &r->mem };
    if (inflateInit2(&r->z, GZIP_WINDOW) != Z_OK) {
        kafc__free(&d->mem, r);
        return NULL;
    }
    d->reader[KAFC_GZIP] = r;
    return r;
}

static kafc_err gzip_failed(const struct gzip_reader *r, int rc, size_t n, kafc_error *err)
{
    if (rc == Z_MEM_ERROR)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a gzip context");
    if (rc == Z_BUF_ERROR || rc == Z_OK)
        return kafc__error(err, KAFC_ERR_CORRUPT, "gzip data of %zu bytes ends too early", n);
    return kafc__error(err, KAFC_ERR_CORRUPT, "gzip data of %zu bytes is broken at byte %zu: %s", n,
                       n - r->z.avail_in,
                       r->z.msg            ? r->z.msg
                       : rc == Z_NEED_DICT ? "dictionary wanted"
                                           : "?");
}

/* One member after the other, as Java reads them; what follows the last and does not start another is ignored. */
static kafc_err gzip_decompress(struct kafc_decompress *d, const void *p, size_t n, kafc_error *err)
{
    struct gzip_reader *r = gzip_reader(d);
    if (!r)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a gzip context");
    if (n > INT32_MAX)
        return kafc__error(err, KAFC_ERR_CORRUPT, "gzip data of %zu bytes", n);
    r->z.next_in = p;
    r->z.avail_in = (uInt)n;
    for (;;) {
        unsigned char *to;
        size_t room;
        kafc_err rc = kafc__decompress_room(d, 1, &to, &room, err);
        if (rc != KAFC_OK)
            return rc;
        r->z.next_out = to;
        r->z.avail_out = (uInt)(room > 1u << 30 ? 1u << 30 : room);
        room = r->z.avail_out;
        int z = inflate(&r->z, Z_NO_FLUSH);
        d->frame->len += room - r->z.avail_out;
        if (z == Z_STREAM_END) {
            if (r->z.avail_in < 18 || r->z.next_in[0] != 0x1f || r->z.next_in[1] != 0x8b)
                return KAFC_OK;
            (void)inflateReset(&r->z);
        } else if (z != Z_OK || (r->z.avail_in == 0 && r->z.avail_out > 0)) {
            return gzip_failed(r, z, n, err);
        }
    }
}

const struct kafc_codec kafc__codec_gzip = {
    .id = KAFC_GZIP,
    .name = "gzip",
    .level_default = 6,
    .level_min = -1, /* zlib's own default, as in Java */
    .level_max = 9,
    .open = gzip_open,
    .close = gzip_close,
    .begin = gzip_begin,
    .update = gzip_update,
    .flush = gzip_flush,
    .finish = gzip_finish,
    .decompress = gzip_decompress,
    .close_reader = gzip_close_reader,
};
