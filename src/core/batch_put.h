/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The short way of a message into an open batch, inline: what all messages do
 * but the first of a segment. With the lock of the batch's partition.
 */
#ifndef KAFC_CORE_BATCH_PUT_H
#define KAFC_CORE_BATCH_PUT_H

#include "base/attr.h"
#include "core/batch.h"
#include "protocol/record/write.h"

static inline bool kafc__batch_bytes_ok(kafc_bytes b)
{
    return b.len >= 0 && (b.p || b.len == 0);
}

/* Of the record without headers, and without what depends on its place in the batch. */
static inline uint64_t kafc__batch_plain_size(const kafc_message *m)
{
    return 1 + kafc__record_bytes_size(m->key.p, m->key.len) +
           kafc__record_bytes_size(m->value.p, m->value.len) + 1;
}

/* The same as kafc__batch_out_check, of a message without headers and of modest size; 0: ask that. */
static inline size_t kafc__batch_out_size(const kafc_message *m)
{
    uint64_t size = kafc__batch_plain_size(m);
    bool ok = kafc__batch_bytes_ok(m->key) && kafc__batch_bytes_ok(m->value) && !m->nheaders;
    return ok && size <= INT32_MAX / 2 ? (size_t)size : 0;
}

/* false: nothing was put, it has to go the long way. body: as of kafc__batch_out_check. slot: word is to be kept. */
KAFC_INLINE bool kafc__batch_out_put_here(struct kafc_batch_out *b, const kafc_message *m,
                                          size_t body, int64_t timestamp, bool slot, void *word)
{
    struct kafc_record_fields f = {
        .timestamp_delta = (int64_t)((uint64_t)timestamp - (uint64_t)b->base_timestamp),
        .offset_delta = b->count,
        .key = m->key,
        .value = m->value,
        .headers = m->headers,
        .nheaders = m->nheaders,
    };
    uint32_t size = (uint32_t)(body + kafc__record_varlong_size(f.timestamp_delta) +
                               kafc__record_varlong_size(f.offset_delta));
    uint32_t total = size + (uint32_t)kafc__record_varlong_size((int32_t)size);
    if (total > b->room || (slot && !b->slot_room))
        return false;
    unsigned char *end = kafc__record_put(b->at, size, &f);
    /* The lines that the next record will need: the loop's core has read them last, and the unlock behind that record
     * would wait for them. */
    kafc__expect_write((uintptr_t)end + 64);
    kafc__expect_write((uintptr_t)end + 128);
    b->at = end;
    b->room -= total;
    b->count++;
    if (timestamp > b->max_timestamp)
        b->max_timestamp = timestamp;
    if (slot) {
        *b->slot++ = (uint64_t)(uintptr_t)word;
        b->slot_room--;
    }
    return true;
}

#endif
