/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What Kafka means by the codes that a transactional producer can be answered
 * with, API by API: for the tests of the machine and of the client.
 */
#ifndef KAFC_TESTS_MEANING_H
#define KAFC_TESTS_MEANING_H

#include "core/txn.h"

/* InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn, TxnOffsetCommit, EndTxn, Produce (of a batch that has failed) */
enum { MEANING_APIS = 6, MEANINGS = 32 };
extern const int16_t meaning_api[MEANING_APIS];

struct meaning {
    kafc_err code;
    enum kafc_txn_class cls[MEANING_APIS];
};
extern const struct meaning meaning[MEANINGS];

#endif
