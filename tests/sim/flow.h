/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writers and a reader in a simulation, and what must hold of them at the end:
 * one verdict for each message, each acknowledged one in the log once and in
 * order, the log read once and in order.
 */
#ifndef KAFC_TESTS_FLOW_H
#define KAFC_TESTS_FLOW_H

#include "core/consumer.h"
#include "core/producer.h"
#include "tests/sim/sim.h"

enum { FLOW_TOPICS = 2, FLOW_PARTITIONS = 4, FLOW_WRITERS = 3, FLOW_SEEN = 8 };

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
    int writers;    /* 0: one */
    int latency_us; /* of a packet, usually at most */
    bool both;      /* topics */
    bool min_isr;   /* two replicas must be there */
    bool losing;    /* leaders go with what their followers do not have yet; not with acks all */
    bool
        forgetful; /* records are deleted, and with them what the leader knows of their producers */
    bool remade;   /* the topic is deleted and made again, also with batches on their way */
    bool homeless; /* brokers come back at other addresses */
    bool throttled;
    bool tls;
};

struct flow_message {
    int verdicts; /* told */
    bool taken;
    int8_t topic, writer;
    kafc_verdict verdict;
    kafc_err code;
    int32_t partition;
    int64_t offset;
    uint32_t looked;         /* the last look at a log that met it */
    int nseen;               /* offsets, in any of the logs that were */
    int64_t seen[FLOW_SEEN]; /* the first ones */
};

struct flow;

struct flow_writer {
    struct flow *flow;
    struct kafc_core *core;
    struct kafc_producer *producer;
    bool closing, closed, polls;
    int64_t close_at;
    struct kafc_flush flush;
    bool flushing;
    int flushed; /* messages that were sent before the flush */
};

struct flow {
    struct sim *sim;
    const struct flow_options *o;
    struct sim_chaos chaos;
    struct flow_writer writer[FLOW_WRITERS];
    int nwriters;
    struct kafc_core *rcore;
    struct kafc_consumer *consumer;
    int n, next; /* messages; the next one to be sent */
    struct flow_message *m;
    struct sim_event send;
    int pause_us; /* between bursts */
    int value_max;
    kafc_compression codec;
    bool creates;
    bool hasty;  /* closes within a moment */
    bool abrupt; /* does not even close */
    uint32_t looks;
    /* the reader */
    int64_t position[FLOW_PARTITIONS];
    int read, seeks;     /* seeks: left to be done */
    bool ready, starved; /* starved: takes nothing for a while */
    struct sim_event resume;
};

/* Everything that the seed decides. */
void flow_options_of(struct flow_options *o, uint64_t seed);
/* Runs to the end, checks, gives the trace. Fails the test with the seed in the message. */
uint64_t flow_run(const struct flow_options *o);

/* flow_check.c: looks at the logs of a partition (-1: of all) of a topic (-1: of all) as they are now. Before records
 * vanish, and at the end. */
void flow_look(struct flow *f, int topic, int32_t partition);
/* Each message's verdict, when all is over. */
void flow_verdicts(struct flow *f);
/* The number of the message, which is what its number says. */
int flow_number(const struct flow *f, const kafc_message *m);
extern const char *const flow_topic[FLOW_TOPICS];

#define SEED(f) (unsigned long long)(f)->sim->seed
/* Check writes a file at each of its asserts: here there are millions. */
#define MUST(f, what, ...) \
    do { \
        if (!(what)) \
            ck_abort_msg("SIM_SEED=%llu: " __VA_ARGS__); \
    } while (0)

#endif
