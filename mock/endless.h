/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A log without end that takes no memory: a few batches, made once, which
 * follow each other for ever. Only what their sums do not cover is written for
 * each answer, offset and epoch; the rest is sent from where it lies. One
 * thread at a time.
 */
#ifndef KAFC_MOCK_ENDLESS_H
#define KAFC_MOCK_ENDLESS_H

#include <kafc/error.h>
#include <kafc/message.h>

/* The offset at which the log ends, which nobody reaches. */
#define KAFC_MENDLESS_END (INT64_C(1) << 48)
/* Bytes in front of each batch that differ from answer to answer. */
enum { KAFC_MENDLESS_FRONT = 16, KAFC_MENDLESS_VALUE_MAX = 50000000 };

struct kafc_mendless;

/* Values of `size` bytes, keys of eight digits. NULL: no memory, or no such codec here; *err tells. */
struct kafc_mendless *kafc__mendless_new(const kafc_allocator *mem, int32_t size,
                                         kafc_compression codec, kafc_error *err);
void kafc__mendless_free(struct kafc_mendless *e); /* NULL is ignored */
/* The lowest version of Fetch that may carry the batches. */
int16_t kafc__mendless_version(const struct kafc_mendless *e);

/* Batches on end. */
struct kafc_mrun {
    int64_t first; /* number of the first one, from the log's begin */
    uint32_t n;
    size_t len; /* of all */
    int32_t epoch;
};
/* From the one that holds the offset, at most max bytes, but one at least if `whole`. */
struct kafc_mrun kafc__mendless_run(const struct kafc_mendless *e, int64_t offset, size_t max,
                                    bool whole);
/* Batch i of a run: writes what is new of it to front; what follows there is returned, *n bytes of it. */
const uint8_t *kafc__mendless_batch(const struct kafc_mendless *e, const struct kafc_mrun *run,
                                    uint32_t i, uint8_t front[KAFC_MENDLESS_FRONT], size_t *n);

#endif
