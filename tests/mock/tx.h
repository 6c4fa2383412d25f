/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A transactional producer by raw requests, for the mock's tests: each
 * function sends one of the version to the broker that is connected, and gives
 * the error code of the answer. The transactional id is "x", the topic "t".
 */
#ifndef KAFC_TESTS_TX_H
#define KAFC_TESTS_TX_H

#include "tests/mock/ask.h"

enum { TX_TIMEOUT_MS = 60000 };

struct tx { /* a cluster, and a producer as it knows itself */
    struct ask a;
    int64_t pid;
    int16_t epoch;
};

struct kafc_produce_resp_partition;

void tx_setup(struct tx *t); /* one broker, which coordinates everything */
void tx_setup_of(struct tx *t, const kafc_mock_options *o);
kafc_err tx_init(struct tx *t, int16_t version, int64_t pid, int16_t epoch);
kafc_err tx_end_as(struct tx *t, int16_t version, int64_t pid, int16_t epoch, bool commit);
kafc_err tx_end(struct tx *t, int16_t version, bool commit);
kafc_err tx_add_as(struct tx *t, int16_t version, int16_t epoch, const char *topic,
                   int32_t partition);
kafc_err tx_add(struct tx *t, int32_t partition);
kafc_err tx_add_offsets(struct tx *t, int16_t version, const char *group);
kafc_err tx_send_offset(struct tx *t, int16_t version, const char *group, int32_t partition,
                        int64_t offset);
/* A batch of two records. */
const struct kafc_produce_resp_partition *tx_produce_as(struct tx *t, int16_t version,
                                                        int16_t epoch, int32_t partition,
                                                        int32_t sequence);
kafc_err tx_produce(struct tx *t, int16_t version, int32_t partition, int32_t sequence);
/* What OffsetFetch says of t-0: the offset, or minus its error. */
int64_t tx_offset_of(struct tx *t, int16_t version, const char *group, bool stable);
kafc_mock_transaction tx_look(struct tx *t);
kafc_mock_log tx_log(struct tx *t, int32_t partition);
/* Aborted transactions that a read_committed Fetch of the whole partition is told of. */
int32_t tx_aborted(struct tx *t, int32_t partition);
/* OffsetCommit of the group "plain", of t-0. */
kafc_err tx_commit_offset(struct tx *t, int16_t version, int32_t generation, int64_t offset);

#endif
