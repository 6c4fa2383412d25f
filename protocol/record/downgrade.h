/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A batch of format 2 as a message set of format 0 or 1, for brokers before
 * 0.11. Pure: any thread.
 */
#ifndef KAFC_RECORD_DOWNGRADE_H
#define KAFC_RECORD_DOWNGRADE_H

#include "protocol/record/set.h"

/* Makes the records of the batch a set, each with its offset. s: mem, pool, out, magic and level are filled in;
 * limit: of the records decompressed. Errors as of the set's functions, and KAFC_ERR_CORRUPT. */
kafc_err kafc__batch_downgrade(struct kafc_set *s, const struct kafc_batch *b, size_t limit,
                               kafc_error *err);

#endif
