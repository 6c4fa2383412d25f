/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writing message sets of formats 0 and 1, which brokers before 0.11 take:
 * Produce 0 and 1 want format 0, Produce 2 wants format 1. What they cannot hold
 * is an error and never left out (rule W8), but for timestamps, which format 0
 * has none of. A struct belongs to one thread at a time.
 */
#ifndef KAFC_RECORD_SET_H
#define KAFC_RECORD_SET_H

#include "protocol/record/codec.h"
#include "protocol/record/read.h"

/* Which format a version of Produce carries. */
static inline int8_t kafc__magic_of_produce(int16_t version)
{
    return version < 2 ? 0 : version == 2 ? 1 : 2;
}

struct kafc_set {
    const kafc_allocator *mem;
    struct kafc_seg_pool
        *pool; /* of the output: over its budget, since what it stands for is held already */
    struct kafc_chain *out; /* what is there stays in front */
    int8_t magic;           /* 0 or 1 */
    int16_t attributes;     /* of a batch: KAFC_BATCH_CODEC, KAFC_BATCH_LOG_APPEND_TIME */
    int32_t level;          /* of the codec, as for kafc__compress_begin */
    int64_t base_offset;    /* of the first record */

    /* its own */
    struct kafc_compress *z; /* NULL: not compressed */
    struct kafc_seg *first;  /* compressed: begins with the front of the message around the set */
    size_t before;           /* what was in *out before its value */
    int64_t last, max_timestamp;
    int32_t count;
    kafc_err rc; /* of the piece that was put last */
    kafc_error *err;
};

/* After an error of any of these *out holds rubbish, to be cleared, and end is not called. KAFC_ERR_UNSUPPORTED:
 * headers, zstd; KAFC_ERR_NO_CODEC, KAFC_ERR_TOO_LARGE, KAFC_ERR_NO_MEMORY. */
kafc_err kafc__set_begin(struct kafc_set *s,
                         kafc_error *err); /* what is above "its own" is filled in */
/* A message of its own, or within the one around them all. */
kafc_err kafc__set_put(struct kafc_set *s, const struct kafc_record *r, kafc_error *err);
/* There must be a record in it. */
kafc_err kafc__set_end(struct kafc_set *s, kafc_error *err);

#endif
