/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The slots of a batch: segments of 4080 or 65520 bytes, a bit for each slot
 * that says it is tagged, then the words. Whoever has the batch.
 */
#ifndef KAFC_CORE_BATCH_SLOTS_H
#define KAFC_CORE_BATCH_SLOTS_H

#include "core/batch.h"

static inline uint32_t kafc__slots_of(const struct kafc_seg *s)
{
    return s->cap > KAFC_SEG_SMALL ? 8063 : s->cap > KAFC_SEG_TINY ? 502 : 124;
}

static inline uint32_t kafc__slot_bits(const struct kafc_seg *s)
{
    return s->cap > KAFC_SEG_SMALL ? 126 : s->cap > KAFC_SEG_TINY ? 8 : 2;
}

static inline uint64_t *kafc__slot_words(struct kafc_seg *s)
{
    return (uint64_t *)(void *)s->data;
}

/* The next slot and its index from the cursor; false at the end. */
static inline bool kafc__batch_out_slot_next(struct kafc_batch_out *b, void **word, bool *tagged,
                                             int32_t *index)
{
    if (b->slot_index == b->nslots)
        return false;
    *index = b->slot_index++;
    struct kafc_seg *s = b->slot_seg;
    if (!s) {
        *word = b->one;
        *tagged = b->one_tagged;
        return true;
    }
    if (b->slot_at == s->len) {
        s = b->slot_seg = s->next;
        b->slot_at = 0;
    }
    const uint64_t *w = kafc__slot_words(s);
    *tagged = b->ntagged && (w[b->slot_at / 64] >> (b->slot_at % 64) & 1);
    *word = (void *)(uintptr_t)w[kafc__slot_bits(s) + b->slot_at++];
    return true;
}

#endif
