/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Message sets of formats 0 and 1, for Produce before 3 and Fetch before 4. The
 * log holds batches of format 2; sets become such a batch when they come in,
 * and batches become sets when they go out, compressed ones by one message
 * around them.
 */
#ifndef KAFC_MOCK_OLD_H
#define KAFC_MOCK_OLD_H

#include "base/arena.h"
#include "protocol/types.h"
#include <kafc/error.h>

/* One batch of all messages, checked as brokers do: formats up to magic, sums, offsets inside of compressed sets, no
 * message above max_bytes. Arena: of the batch. An error is the partition's code, *why static text. */
kafc_err kafc__mock_take_old(const kafc_allocator *mem, const struct kafc_records *in, int8_t magic,
                             int32_t max_bytes, struct kafc_arena *a, struct kafc_records *out,
                             const char **why);

/* The n bytes of whole batches as messages from the offset `from` on, but for markers. */
kafc_err kafc__mock_give_old(const kafc_allocator *mem, const uint8_t *p, size_t n, int8_t magic,
                             int64_t from, struct kafc_arena *a, uint8_t **out, size_t *len);

#endif
