/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A batch of a transaction, made by hand, for the interoperability tests: it
 * goes to a leader whatever the coordinator knows of it.
 */
#ifndef KAFC_TESTS_TXN_BATCH_H
#define KAFC_TESTS_TXN_BATCH_H

#include "base/hash.h"
#include "protocol/wire.h"

enum { TXN_RECORDS = 2, TXN_BATCH = 61 + TXN_RECORDS * 8 };

/* Two records "v" of the producer, from this sequence on. */
static inline void txn_batch(uint8_t p[TXN_BATCH], int64_t producer, int16_t epoch, int32_t sequence)
{
    struct kafc_wr w;

    kafc__wr_init(&w, p, TXN_BATCH, NULL);
    kafc__wr_i64(&w, 0);
    kafc__wr_i32(&w, TXN_BATCH - 12);
    kafc__wr_i32(&w, -1);
    kafc__wr_i8(&w, 2);
    kafc__wr_i32(&w, 0);
    kafc__wr_i16(&w, 16);
    kafc__wr_i32(&w, TXN_RECORDS - 1);
    kafc__wr_i64(&w, 1700000000000);
    kafc__wr_i64(&w, 1700000000000);
    kafc__wr_i64(&w, producer);
    kafc__wr_i16(&w, epoch);
    kafc__wr_i32(&w, sequence);
    kafc__wr_i32(&w, TXN_RECORDS);
    for (int i = 0; i < TXN_RECORDS; i++) {
        kafc__wr_varint(&w, 7);
        kafc__wr_i8(&w, 0);
        kafc__wr_varlong(&w, 0);
        kafc__wr_varint(&w, i);
        kafc__wr_varint(&w, -1);
        kafc__wr_varint(&w, 1);
        kafc__wr_i8(&w, 'v');
        kafc__wr_varint(&w, 0);
    }
    kafc__store32(p + 17, kafc__crc32c(0, p + 21, TXN_BATCH - 21));
}

#endif
