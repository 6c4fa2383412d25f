/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the codecs share: where compressed bytes go, and where decompressed
 * ones go. For src/compress only.
 */
#ifndef KAFC_COMPRESS_STREAM_H
#define KAFC_COMPRESS_STREAM_H

#include "protocol/record/codec.h"

extern const struct kafc_codec kafc__codec_gzip, kafc__codec_snappy, kafc__codec_lz4,
    kafc__codec_zstd;

/* Room for at least one byte at the end of the chain; NULL: out of memory. */
unsigned char *kafc__compress_room(struct kafc_compress *c, size_t *room, kafc_error *err);
/* n bytes of that room were filled. */
void kafc__compress_wrote(struct kafc_compress *c, size_t n);
kafc_err kafc__compress_append(struct kafc_compress *c, const void *p, size_t n, kafc_error *err);
/* For libraries that keep input back without saying how much: how much it is at most after an update of n bytes,
 * from what it was before. Whatever was output, came from before the update or from the update itself. */
size_t kafc__compress_kept(const struct kafc_compress *c, size_t kept, size_t n,
                           size_t bytes_out_before);

/* At least `want` bytes (1 at least) of room at the end of d->frame, up to the limit. */
kafc_err kafc__decompress_room(struct kafc_decompress *d, size_t want, unsigned char **p,
                               size_t *room, kafc_error *err);

/* A block at a time: what snappy's framing and lz4's have in common. */
struct kafc_blocks {
    struct kafc_compress c;
    size_t size;        /* of a block of input */
    size_t fill;        /* bytes in `in` */
    unsigned char *in;  /* size bytes */
    unsigned char *tmp; /* a compressed block at its largest, behind four bytes for its length */
    size_t tmp_size;
    void *state[2]; /* the codec's own, made when needed */
    int level;
    kafc_err (*put)(struct kafc_blocks *b, const unsigned char *p, size_t n, kafc_error *err);
};

struct kafc_compress *kafc__blocks_open(const kafc_allocator *mem, size_t size, size_t tmp_size,
                                        kafc_err (*put)(struct kafc_blocks *, const unsigned char *,
                                                        size_t, kafc_error *));
void kafc__blocks_close(struct kafc_compress *c);
/* Feeds whole blocks to put and keeps the rest. */
kafc_err kafc__blocks_update(struct kafc_compress *c, const void *p, size_t n, kafc_error *err);
kafc_err kafc__blocks_flush(struct kafc_blocks *b, kafc_error *err);

#endif
