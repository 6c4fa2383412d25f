/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The records of one batch, one after the other, decompressed: for the checks
 * of a broker, for offsets by time and for tests that look into a log. Written
 * apart from protocol/record, so that the two can find each other's mistakes.
 */
#ifndef KAFC_MOCK_RECORDS_H
#define KAFC_MOCK_RECORDS_H

#include "mock/log.h"
#include "protocol/record/codec.h"

struct kafc_mrecord {
    int32_t delta;     /* of the offset */
    int64_t timestamp; /* as a consumer sees it */
    kafc_bytes key, value;
    int32_t nheaders;
    struct kafc_rd headers; /* stands at the first one */
};

struct kafc_mrecords {
    struct kafc_mbatch b;
    struct kafc_decompress d;
    struct kafc_frame *frame;
    struct kafc_rd r;
    int32_t i;
    const char *err; /* why the last next() gave nothing, NULL at a clean end */
};

/* The batch's bytes must stay. KAFC_ERR_CORRUPT_MESSAGE, KAFC_ERR_UNSUPPORTED_COMPRESSION_TYPE, KAFC_ERR_NO_MEMORY;
 * fini is due in any case. */
kafc_err kafc__mrecords_init(struct kafc_mrecords *it, const struct kafc_mbatch *b,
                             const kafc_allocator *mem);
bool kafc__mrecords_next(struct kafc_mrecords *it, struct kafc_mrecord *out);
/* The next header of a record; false at the end. */
bool kafc__mrecord_header(struct kafc_mrecord *rec, kafc_str *name, kafc_bytes *value);
void kafc__mrecords_fini(struct kafc_mrecords *it);

#endif
