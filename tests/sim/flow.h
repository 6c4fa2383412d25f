/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A writer and a reader in a simulation, and what must hold of them at the
 * end: one verdict for each message, each acknowledged one in the log once and
 * in order, the log read once and in order.
 */
#ifndef KAFC_TESTS_FLOW_H
#define KAFC_TESTS_FLOW_H

#include "core/consumer.h"
#include "core/producer.h"
#include "tests/sim/sim.h"

enum { FLOW_PARTITIONS = 4, FLOW_MESSAGES_MAX = 1000 };

struct flow_message {
    int verdicts; /* told */
    bool taken;
    kafc_verdict verdict;
    kafc_err code;
    int32_t partition;
    int64_t offset;
    int found; /* in the log */
};

struct flow {
    struct sim *sim;
    struct sim_chaos chaos;
    struct kafc_core *wcore, *rcore;
    struct kafc_producer *producer;
    struct kafc_consumer *consumer;
    int n, next; /* messages; the next one to be sent */
    struct flow_message *m;
    struct sim_event send;
    int pause_us; /* between bursts */
    int value_max;
    kafc_compression codec;
    bool creates;
    bool closing, closed;
    int hasty; /* messages after which it is closed within a moment; 0: after all */
    struct kafc_flush flush;
    bool flushing;
    uint64_t flushed; /* messages that were sent before the flush */
    /* the reader */
    int64_t position[FLOW_PARTITIONS];
    int read, seeks;     /* seeks: left to be done */
    bool ready, starved; /* starved: takes nothing for a while */
    struct sim_event resume;
};

struct flow_options {
    uint64_t seed;
    int messages;
    int64_t delivery_timeout_us;
    bool short_timeouts; /* failures are expected */
    bool idempotence;
    bool denied; /* wanted by default and not to be had; then idempotence is false here */
    const char
        *release; /* of the brokers, an old one; or NULL. Before 0.11 idempotence is false here */
    int16_t acks;
    bool chaos, reader, poor;
};

/* Everything that the seed decides. */
void flow_options_of(struct flow_options *o, uint64_t seed);
/* Runs to the end, checks, gives the trace. Fails the test with the seed in the message. */
uint64_t flow_run(const struct flow_options *o);

#endif
