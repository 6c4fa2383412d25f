/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the tests of transactions share: the writer's stage in one of several
 * generations of brokers, and calls that must succeed. One test at a time.
 */
#ifndef KAFC_TESTS_TRANSACTING_H
#define KAFC_TESTS_TRANSACTING_H

#include "tests/client/writing.h"
#include <kafc/reader.h>
#include <kafc/transaction.h>

/* The present with KIP-890, the present without, and releases of old. */
enum { TRANSACTING_V2, TRANSACTING_V1, TRANSACTING_2_8, TRANSACTING_0_11, TRANSACTING_ALL };

enum { WAIT = 15000 }; /* ms; nothing takes as long */
#define TRANSACTIONAL_ID "txn"
#define TRANSACTIONAL    KAFC_WRITER(.topic = "t", .transactional_id = TRANSACTIONAL_ID)

struct transacting {
    kafc_error err;
};
extern struct transacting transacting;

void transacting_start(int generation); /* three brokers */
void transacting_stop(void);
/* The call before has given KAFC_OK, or it says why not. */
#define transacting_ok(code) ck_assert_msg((code) == KAFC_OK, "%s", transacting.err.message)
kafc_writer *transacting_open(void); /* and init */
void transacting_close(kafc_writer *w);
void transacting_begin(kafc_writer *w);
/* n messages with the value, to each of the four partitions in turn. */
void transacting_send(kafc_writer *w, const char *value, int n);
void transacting_offsets(kafc_writer *w, const char *group, int64_t offset); /* of t [1] */
void transacting_coordinator(int32_t broker);
void transacting_settled(void); /* waits until the markers of all transactions are there */
/* How many messages of all of "t" have the value. */
int transacting_read(kafc_isolation isolation, const char *value);
/* Runs the tests in each generation, which is their _i, and a case of its own if there is one; the result of main. */
int transacting_main(const char *name, const TTest *const *everywhere, size_t n, TCase *alone);

#endif
