/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Record batches and message sets as JSON, for those who look into logs and
 * into Fetch and Produce messages. Any thread.
 */
#ifndef KAFC_TOOL_RECORDS_JSON_H
#define KAFC_TOOL_RECORDS_JSON_H

#include <kafc/error.h>

#include "protocol/json_text.h"

/* Writes n bytes, one batch or message after the other, as {"batches":[…]}. A message of format 0 or 1 that is not
 * compressed is a batch of one record. A batch that is cut off at the end is left out, as brokers cut the last one; a
 * CRC that does not fit is "valid":false. Records may decompress to 64 MB a batch; the first batch with which *o holds
 * more than `most` bytes is the last one that is looked at.
 * KAFC_ERR_CORRUPT, NO_CODEC, NO_MEMORY, TOO_LARGE: *err says which batch and byte, and what was written is of no
 * use. */
kafc_err records_put(struct kafc_json_out *o, const void *p, size_t n, size_t most,
                     kafc_error *err);

#endif
