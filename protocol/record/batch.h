/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The header of a record batch (format 2), and the few words that writer and
 * reader share about batches. Pure: any thread.
 */
#ifndef KAFC_RECORD_BATCH_H
#define KAFC_RECORD_BATCH_H

#include <kafc/base.h>

enum {
    KAFC_BATCH_HEADER = 61,   /* bytes of the header; the records follow */
    KAFC_BATCH_PREFIX = 12,   /* base offset and length, which the length does not count */
    KAFC_BATCH_CRC_FROM = 21, /* the CRC covers from here to the end */

    KAFC_BATCH_CODEC = 0x07, /* attributes */
    KAFC_BATCH_LOG_APPEND_TIME = 0x08,
    KAFC_BATCH_TRANSACTIONAL = 0x10,
    KAFC_BATCH_CONTROL = 0x20,
    KAFC_BATCH_DELETE_HORIZON = 0x40 /* base_timestamp is the delete horizon */
};

struct kafc_batch_header {
    int64_t base_offset;
    int32_t length;       /* bytes behind this field; put sets it */
    int32_t leader_epoch; /* producers: -1 */
    int8_t magic;         /* put writes 2 */
    uint32_t crc;         /* put sums it up */
    int16_t attributes;
    int32_t last_offset_delta;
    int64_t base_timestamp;
    int64_t max_timestamp;
    int64_t producer_id; /* -1: none; so the next two */
    int16_t producer_epoch;
    int32_t base_sequence;
    int32_t count;
};

/* Sequences run from 0 to 2^31 - 1 and then from 0 again. */
static inline int32_t kafc__sequence_add(int32_t sequence, int32_t n)
{
    return (int32_t)(((uint32_t)sequence + (uint32_t)n) & 0x7fffffff);
}

/* What a control record is, by its key. */
enum kafc_control_type {
    KAFC_CONTROL_NONE = -1, /* the key is none */
    KAFC_CONTROL_ABORT = 0,
    KAFC_CONTROL_COMMIT = 1,
    KAFC_CONTROL_LEADER_CHANGE = 2,
    KAFC_CONTROL_SNAPSHOT_HEADER = 3,
    KAFC_CONTROL_SNAPSHOT_FOOTER = 4,
    KAFC_CONTROL_KRAFT_VERSION = 5,
    KAFC_CONTROL_KRAFT_VOTERS = 6
};

/* Types above the known ones are returned as they are: skip them. */
int kafc__control_type(kafc_bytes key);

#endif
