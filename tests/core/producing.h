/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stage of the producer's tests: one producer under a virtual clock, a
 * topic "t", and what is told of it.
 */
#ifndef KAFC_TESTS_PRODUCING_H
#define KAFC_TESTS_PRODUCING_H

#include "core/producer_internal.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { MS = 1000, SECOND = 1000000, SEEN = 4096 };

struct stage {
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    int n, acknowledged, not_written, perhaps;
    kafc_err code;
    int64_t at, offset[SEEN]; /* at: of the last report */
    kafc_verdict verdict[SEEN];
    int64_t told_at[SEEN];
    int events;
    /* Produce requests that came */
    int requests, partitions; /* partitions: of the last one */
    int64_t asked_at;
    kafc_mock_act act; /* what becomes of them */
    int errors;        /* so many are answered with `error` */
    kafc_err error;
    int32_t delay_ms, broker;
    int looked; /* of look_at_message */
};

struct kafc_producer_config producing_config(void);
void producing_begin(struct stage *s, int32_t brokers, int32_t partitions,
                     const struct kafc_producer_config *from);
void producing_end(struct stage *s);
void send_to(struct stage *s, int32_t partition, int i);
/* Until n verdicts are there. */
void await(struct stage *s, int n, int64_t limit);
void pass(struct stage *s, int64_t us);
/* Metadata and a producer id are here, and the partitions' first batches were acknowledged. */
void warm_up(struct stage *s, int32_t partitions);

#endif
