/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of kafc_reader share: a mock, a client, a reader, records in
 * the mock's logs, and what is expected next. Everything fails the running
 * test when it goes wrong.
 */
#ifndef KAFC_TESTS_READING_H
#define KAFC_TESTS_READING_H

#include <check.h>
#include <kafc/mock.h>
#include <kafc/reader.h>

#include "base/clock.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

struct reading {
    kafc_mock *mock;
    kafc_client *client;
    kafc_reader *reader;
    kafc_message m; /* the last one */
    kafc_error err; /* of the last call */
};

enum { SOON = 10000 }; /* ms, for what must come; no test waits for it to pass */

/* brokers; topic "t" with so many partitions. */
void reading_open(struct reading *e, int32_t brokers, int32_t partitions);
void reading_open_with(struct reading *e, const kafc_mock_options *mo, int32_t partitions,
                       kafc_client_options *co);
/* A reader with these options; replaces the one before. */
void reading_reader(struct reading *e, const kafc_reader_options *o);
void reading_close(struct reading *e);

/* Appends n messages of timestamps from `time` on, 1 ms apart: values "topic/partition/offset", keys null where the
 * offset is odd. */
void put_records(struct reading *e, const char *topic, int32_t partition, int32_t n, int64_t time,
                 int64_t producer);
/* n records of "t" [0], at a time that does not matter. */
void put_some(struct reading *e, int32_t n);
/* One message with this value size in a batch of its own, compressed. */
void put_compressed(struct reading *e, const char *topic, int32_t partition, int codec,
                    int32_t records, int32_t size);
/* The same with values that are nothing but zeros. */
void put_zeros(struct reading *e, const char *topic, int32_t partition, int codec, int32_t records,
               int32_t size);
/* A batch of n records that says it is compressed, and is not. */
void put_corrupt(struct reading *e, const char *topic, int32_t partition, int32_t n);
/* A batch of n records, with offsets base + 0, 2, 4, …, as compaction leaves them: 2 n offsets are used up. */
void put_holes(struct reading *e, const char *topic, int32_t partition, int32_t n);

/* n records from offset base on as one batch, from malloc. */
uint8_t *make_batch_bytes(const char *topic, int32_t partition, int64_t base, int32_t n,
                          size_t *len);

/* The next call to fetch gives this. */
void expect_message(struct reading *e, const char *topic, int32_t partition, int64_t offset);
void expect_offset(struct reading *e, int64_t offset); /* of "t" [0] */
void expect_offsets(struct reading *e, int64_t from, int64_t to);
void expect_err(struct reading *e, kafc_err code);
/* Nothing within so many ms. */
void expect_nothing(struct reading *e, int ms);

#define ck_ok(call) ck_assert_int_eq(call, KAFC_OK)

#endif
