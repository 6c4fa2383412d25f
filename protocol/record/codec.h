/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Compression as record batches use it: what a codec is, how batches are
 * compressed as a stream while they fill, and how they are decompressed whole.
 * The codecs themselves are in src/compress. A context belongs to one thread
 * at a time.
 */
#ifndef KAFC_RECORD_CODEC_H
#define KAFC_RECORD_CODEC_H

#include "base/frame.h"
#include "base/seg.h"
#include <kafc/error.h>
#include <kafc/message.h>

struct kafc_compress;
struct kafc_decompress;

struct kafc_codec {
    kafc_compression id;
    const char *name;    /* "gzip" */
    const char *library; /* that would have to be configured in; NULL: it is built in */
    int16_t min_produce; /* the lowest version of Produce and of Fetch that may carry it */
    int16_t min_fetch;
    int32_t level_default;        /* what begin takes for 0 */
    int32_t level_min, level_max; /* into which it forces others; both 0: it has no levels */

    /* For src/compress only; callers use the functions below. */
    struct kafc_compress *(*open)(const kafc_allocator *mem);
    void (*close)(struct kafc_compress *c);
    kafc_err (*begin)(struct kafc_compress *c, int level, kafc_error *err);
    kafc_err (*update)(struct kafc_compress *c, const void *p, size_t n, kafc_error *err);
    kafc_err (*flush)(struct kafc_compress *c, kafc_error *err);
    kafc_err (*finish)(struct kafc_compress *c, kafc_error *err);
    kafc_err (*decompress)(struct kafc_decompress *d, const void *p, size_t n, kafc_error *err);
    void (*close_reader)(const kafc_allocator *mem, void *reader);
};

/* The codec of an id or of a batch's attributes & 7: NULL if Kafka has none such. Codecs that are not built in are
 * there too (library is set) and answer KAFC_ERR_NO_CODEC. "none" has a name and nothing else. */
const struct kafc_codec *kafc__codec(int id);
/* KAFC_OK, or KAFC_ERR_NO_CODEC with a sentence that says how to get it. */
kafc_err kafc__codec_check(const struct kafc_codec *codec, kafc_error *err);

/* KAFC_OK, or KAFC_ERR_USAGE for a level that the codec does not have. 0 and KAFC_ZERO as for begin. */
kafc_err kafc__codec_check_level(const struct kafc_codec *codec, int32_t level, kafc_error *err);

/* ---- compressing ---- */

/* A stream. Made once, used for any number of batches. Read bytes_*, pending; leave the rest alone. */
struct kafc_compress {
    const struct kafc_codec *codec;
    kafc_allocator mem;
    size_t bytes_in;  /* since begin */
    size_t bytes_out; /* since begin: appended to the chain */
    size_t pending;   /* at most so many bytes will finish still append */
    struct kafc_seg_pool *pool;
    struct kafc_chain *out;
};

/* NULL: out of memory, or the codec is none or not built in; *err tells. */
struct kafc_compress *kafc__compress_new(const struct kafc_codec *codec, const kafc_allocator *mem,
                                         kafc_error *err);
void kafc__compress_free(struct kafc_compress *c); /* NULL is ignored */
/* Starts anew; whatever was under way is forgotten. Output goes behind what is in *out (the batch's header), filling
 * up its last segment first. Segments are taken over the budget, since what they hold replaces what is held already.
 * level: 0 the codec's default, KAFC_ZERO level 0, others are forced into the codec's bounds. */
kafc_err kafc__compress_begin(struct kafc_compress *c, int32_t level, struct kafc_seg_pool *pool,
                              struct kafc_chain *out, kafc_error *err);
/* Any n; the bytes are not used after the return. On an error (NO_MEMORY, SYSTEM) the chain holds rubbish, of which
 * only clearing it and the next begin get rid. */
kafc_err kafc__compress_update(struct kafc_compress *c, const void *p, size_t n, kafc_error *err);
/* All that was put in comes out; pending becomes small. Costs a few bytes, so it is not for every update. */
kafc_err kafc__compress_flush(struct kafc_compress *c, kafc_error *err);
kafc_err kafc__compress_finish(struct kafc_compress *c, kafc_error *err);

/* ---- decompressing ---- */

enum { KAFC_CODECS = 5 };

/* The contexts of a reader, made when first needed. */
struct kafc_decompress {
    kafc_allocator mem;
    struct kafc_budget *budget; /* or NULL; outlives this */
    size_t limit;               /* of one output, below 2^31: a guard against bombs */
    void *reader[KAFC_CODECS];  /* of the codecs */
    struct kafc_frame *frame;   /* being filled */
    struct kafc_frame *spare;   /* given back, for the next output; counts against the budget */
};

void kafc__decompress_init(struct kafc_decompress *d, const kafc_allocator *mem,
                           struct kafc_budget *budget, size_t limit);
void kafc__decompress_fini(struct kafc_decompress *d);
/* *out: a new frame with one reference. KAFC_ERR_CORRUPT (also for more than the limit), NO_CODEC, NO_MEMORY. Bytes
 * behind the compressed data are ignored, as in Java. Takes 4 n bytes (or 1 KB), then twice what has come out so far,
 * up to the limit, whatever the data promise; the libraries keep at most 8 MB (lz4) or the content's size (zstd). */
kafc_err kafc__decompress(struct kafc_decompress *d, const struct kafc_codec *codec, const void *p,
                          size_t n, struct kafc_frame **out, kafc_error *err);
/* Drops a reference to an output. The memory of the last one is used again, if it is small beside the budget: fresh one
 * costs a page fault for each 4 KB. NULL is ignored. */
void kafc__decompress_done(struct kafc_decompress *d, struct kafc_frame *out);

#endif
