/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of codecs, and the part of compressing and decompressing that is
 * the same for all: where bytes go. Compressing runs on the thread that fills
 * a batch, decompressing on the one that reads it.
 */
#include "base/log.h"
#include "base/mem.h"
#include "compress/stream.h"

static const struct kafc_codec none = { .id = KAFC_NONE, .name = "none" };

static const struct kafc_codec *const codecs[KAFC_CODECS] = {
    &none, &kafc__codec_gzip, &kafc__codec_snappy, &kafc__codec_lz4, &kafc__codec_zstd,
};

const struct kafc_codec *kafc__codec(int id)
{
    return id >= 0 && id < KAFC_CODECS ? codecs[id] : NULL;
}

kafc_err kafc__codec_check(const struct kafc_codec *codec, kafc_error *err)
{
    if (!codec->library)
        return KAFC_OK;
    return kafc__error(
        err, KAFC_ERR_NO_CODEC,
        "%s is not built into this library: install %s and configure without --without-%s",
        codec->name, codec->library, codec->name);
}

kafc_err kafc__codec_check_level(const struct kafc_codec *codec, int32_t level, kafc_error *err)
{
    int32_t n = level == KAFC_ZERO ? 0 : level;
    if (level == 0 || (n >= codec->level_min && n <= codec->level_max))
        return KAFC_OK;
    if (codec->level_min == codec->level_max)
        return kafc__error(err, KAFC_ERR_USAGE, "compression level %d: %s has no levels", (int)n,
                           codec->name);
    return kafc__error(err, KAFC_ERR_USAGE, "compression level %d: %s takes %d to %d", (int)n,
                       codec->name, (int)codec->level_min, (int)codec->level_max);
}

/* ---- compressing ---- */

struct kafc_compress *kafc__compress_new(const struct kafc_codec *codec, const kafc_allocator *mem,
                                         kafc_error *err)
{
    if (kafc__codec_check(codec, err) != KAFC_OK)
        return NULL;
    if (!codec->open) {
        (void)kafc__error(err, KAFC_ERR_USAGE, "%s does not compress", codec->name);
        return NULL;
    }
    struct kafc_compress *c = codec->open(mem);
    if (!c) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a %s context", codec->name);
        return NULL;
    }
    c->codec = codec;
    return c;
}

void kafc__compress_free(struct kafc_compress *c)
{
    if (c)
        c->codec->close(c);
}

static int bounded_level(const struct kafc_codec *codec, int32_t level)
{
    if (level == 0)
        return codec->level_default;
    if (level == KAFC_ZERO)
        level = 0;
    if (level < codec->level_min)
        return codec->level_min;
    return level > codec->level_max ? codec->level_max : (int)level;
}

kafc_err kafc__compress_begin(struct kafc_compress *c, int32_t level, struct kafc_seg_pool *pool,
                              struct kafc_chain *out, kafc_error *err)
{
    c->bytes_in = c->bytes_out = c->pending = 0;
    c->pool = pool;
    c->out = out;
    return c->codec->begin(c, bounded_level(c->codec, level), err);
}

kafc_err kafc__compress_update(struct kafc_compress *c, const void *p, size_t n, kafc_error *err)
{
    if (n == 0)
        return KAFC_OK;
    c->bytes_in += n;
    return c->codec->update(c, p, n, err);
}

kafc_err kafc__compress_flush(struct kafc_compress *c, kafc_error *err)
{
    return c->codec->flush(c, err);
}

kafc_err kafc__compress_finish(struct kafc_compress *c, kafc_error *err)
{
    kafc_err rc = c->codec->finish(c, err);
    c->pending = 0;
    return rc;
}

unsigned char *kafc__compress_room(struct kafc_compress *c, size_t *room, kafc_error *err)
{
    struct kafc_seg *s = c->out->tail;
    if (!s || s->len == s->cap) {
        s = kafc__seg_get_over(c->pool, s ? KAFC_SEG_LARGE : KAFC_SEG_SMALL);
        if (!s) {
            (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for compressed bytes");
            return NULL;
        }
        kafc__chain_append(c->out, s);
    }
    *room = s->cap - s->len;
    return s->data + s->len;
}

void kafc__compress_wrote(struct kafc_compress *c, size_t n)
{
    c->out->tail->len += (uint32_t)n;
    c->out->len += n;
    c->bytes_out += n;
}

kafc_err kafc__compress_append(struct kafc_compress *c, const void *data, size_t n, kafc_error *err)
{
    const unsigned char *p = data;
    while (n > 0) {
        size_t room;
        unsigned char *to = kafc__compress_room(c, &room, err);
        if (!to)
            return KAFC_ERR_NO_MEMORY;
        if (room > n)
            room = n;
        memcpy(to, p, room);
        kafc__compress_wrote(c, room);
        p += room;
        n -= room;
    }
    return KAFC_OK;
}

size_t kafc__compress_kept(const struct kafc_compress *c, size_t kept, size_t n,
                           size_t bytes_out_before)
{
    /* Libraries look ahead some hundred bytes before they decide about a byte. */
    enum { LOOKAHEAD = 512 };
    if (c->bytes_out == bytes_out_before)
        return kept + n;
    return n + (kept < LOOKAHEAD ? kept : LOOKAHEAD);
}

/* ---- decompressing ---- */

void kafc__decompress_init(struct kafc_decompress *d, const kafc_allocator *mem,
                           struct kafc_budget *budget, size_t limit)
{
    *d = (struct kafc_decompress){ .budget = budget,
                                   .limit = limit < INT32_MAX ? limit : INT32_MAX };
    if (mem)
        d->mem = *mem;
}

void kafc__decompress_fini(struct kafc_decompress *d)
{
    for (int i = 0; i < KAFC_CODECS; i++)
        if (d->reader[i])
            codecs[i]->close_reader(&d->mem, d->reader[i]);
    kafc__frame_unref(d->spare);
    *d = (struct kafc_decompress){ 0 };
}

static kafc_err too_much(const struct kafc_decompress *d, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_CORRUPT, "decompresses to more than %zu bytes", d->limit);
}

kafc_err kafc__decompress_room(struct kafc_decompress *d, size_t want, unsigned char **p,
                               size_t *room, kafc_error *err)
{
    struct kafc_frame *f = d->frame;
    size_t need = want ? want : 1;
    if (f->cap - f->len < need) {
        /* One byte more than the limit: a library may want room to find that it is at the end. */
        size_t most = d->limit + 1;
        if (need > most || f->len > most - need)
            return too_much(d, err);
        size_t cap = f->cap > most / 2 ? most : f->cap * 2;
        if (cap < f->len + need)
            cap = f->len + need;
        f = kafc__frame_resize(f, cap);
        if (!f)
            return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %zu decompressed bytes",
                               cap);
        d->frame = f;
    }
    *p = f->data + f->len;
    *room = f->cap - f->len;
    return KAFC_OK;
}

/* Whether a frame of this size may be kept for the next output. */
static bool may_keep(const struct kafc_decompress *d, size_t cap)
{
    enum { KEPT_MAX = 1 << 22, PART = 8 };
    return cap <= KEPT_MAX && (!d->budget || cap <= d->budget->limit / PART);
}

void kafc__decompress_done(struct kafc_decompress *d, struct kafc_frame *out)
{
    bool last = out && atomic_load_explicit(&out->refs, memory_order_acquire) == 1;
    if (last && !d->spare && may_keep(d, out->cap))
        d->spare = out;
    else
        kafc__frame_unref(out);
}

/* An empty frame, of about so many bytes. */
static struct kafc_frame *new_frame(struct kafc_decompress *d, size_t guess)
{
    struct kafc_frame *f = d->spare;
    if (!f)
        return kafc__frame_new(&d->mem, d->budget, guess);
    d->spare = NULL;
    f->len = 0;
    return f;
}

kafc_err kafc__decompress(struct kafc_decompress *d, const struct kafc_codec *codec, const void *p,
                          size_t n, struct kafc_frame **out, kafc_error *err)
{
    *out = NULL;
    kafc_err rc = kafc__codec_check(codec, err);
    if (rc != KAFC_OK)
        return rc;
    if (!codec->decompress)
        return kafc__error(err, KAFC_ERR_USAGE, "%s does not decompress", codec->name);
    /* Records usually shrink to a third or a quarter; too small a guess costs a realloc, not correctness. */
    size_t guess = n > d->limit / 4 ? d->limit : n * 4;
    if (guess < 1024)
        guess = d->limit < 1024 ? d->limit : 1024;
    d->frame = new_frame(d, guess);
    if (!d->frame)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %zu decompressed bytes",
                           guess);
    rc = codec->decompress(d, p, n, err);
    struct kafc_frame *f = d->frame;
    d->frame = NULL;
    if (rc == KAFC_OK && f->len > d->limit)
        rc = too_much(d, err);
    if (rc != KAFC_OK) {
        kafc__frame_unref(f);
        return rc;
    }
    if (f->cap - f->len > f->len / 4 + 4096 && !may_keep(d, f->cap)) {
        struct kafc_frame *fit = kafc__frame_resize(f, f->len); /* else it just stays large */
        f = fit ? fit : f;
    }
    *out = f;
    return KAFC_OK;
}
