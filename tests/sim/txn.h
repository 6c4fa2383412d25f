/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactional producers in a simulation, one after the other with the same
 * transactional id, of which there are some, and a reader of what they have
 * committed. Some are killed, some fenced. Checked at the end: one verdict for
 * each message, transactions seen as a whole or not at all, once and in order,
 * offsets of a group with them; and when nothing fails any more, a commit
 * succeeds.
 *
 * txn.c is the application, txn_chaos.c what happens to it, txn_check.c the
 * judge.
 */
#ifndef KAFC_TESTS_SIM_TXN_H
#define KAFC_TESTS_SIM_TXN_H

#include <check.h>

#include "core/consumer.h"
#include "core/producer.h"
#include "core/txn.h"
#include "tests/sim/sim.h"

enum {
    TXNS_PARTITIONS = 4,
    TXNS_APPS = SIM_CLIENTS_MAX - 1,
    TXNS_IDS = 3,
    TXNS_LAST = 4, /* transactions of each id when all is well again */
    TXNS_MAX = 200,
    TXNS_MESSAGES = 2000,
    TXNS_CHANGES = 400 /* of the group's offset, that are noted */
};

enum txns_fate {
    TXNS_OPEN,      /* and nobody asked for a commit: not to be seen */
    TXNS_COMMITTED, /* as the application was told */
    TXNS_ABORTED,
    TXNS_UNKNOWN /* a commit was asked for, and nobody was told what came of it */
};

struct txns_transaction {
    enum txns_fate fate;
    int id;
    int messages; /* that were taken */
    int seen;     /* that are in the log and committed */
    bool offsets; /* were accepted: the group's is the transaction's number + 1 */
};

struct txns_message {
    int txn;
    int verdicts;
    kafc_verdict verdict;
    kafc_err code;
    int32_t partition;
    int64_t offset;
    int in_log, seen;
};

enum txns_step {
    TXNS_BEGINS,
    TXNS_SENDS,
    TXNS_WAITS, /* for what it has asked */
    TXNS_CLOSES,
    TXNS_GONE
};

struct txns;

struct txns_app {
    struct txns *x;
    int id;
    struct kafc_core *core;
    struct kafc_producer *producer;
    struct kafc_txn *txn;
    enum txns_step step;
    enum kafc_txn_call call; /* that it waits for */
    int current;             /* of x->txn; -1: none */
    int to_send;
    bool offsets, commit; /* what comes after */
    struct sim_event timer;
    bool idle;  /* until the timer rings */
    bool again; /* asks for the same, which was refused for want of memory */
};

struct txns_reader {
    struct kafc_core *core;
    struct kafc_consumer *consumer;
    bool full; /* it has all that it can get */
    struct {
        int number[TXNS_MESSAGES];
        int64_t offset[TXNS_MESSAGES];
        int n;
    } part[TXNS_PARTITIONS];
};

struct txns {
    struct sim *sim;
    struct sim_chaos chaos;
    struct sim_event strike; /* at coordinators */
    struct {
        char name[16], group[16];
        int left;  /* transactions to be made, when all is well again */
        int final; /* the last one; -1: not yet */
        /* offsets of the group as they became committed */
        int64_t change[TXNS_CHANGES];
        int nchanges;
    } id[TXNS_IDS];
    int nids;
    struct txns_app app[TXNS_APPS];
    int napps, rivals; /* rivals: second instances that are still to come */
    struct sim_event rival;
    struct txns_transaction txn[TXNS_MAX];
    int ntxns, wanted;
    struct txns_message m[TXNS_MESSAGES];
    int nmessages;
    struct txns_reader reader;
    struct sim_event last; /* after all is done, what the reader may still get */
    bool calm;             /* nothing fails any more, and nobody gives up */
    bool quiet, over;
    int visible; /* when quiet: messages of committed transactions */
    /* the seed's */
    bool hasty; /* gives requests up early, and many are on their way */
    bool kills, short_timeouts, changes_generation, storm;
    int64_t delivery_timeout_us;
    int32_t timeout_ms;
    int pause_us, poor_permille;
};

#define TXNS_SEED(x) (unsigned long long)(x)->sim->seed
/* Check writes a file at each of its asserts: here there are millions. */
#define TXNS_MUST(x, what, ...) \
    do { \
        if (!(what)) \
            ck_abort_msg("SIM_SEED=%llu: " __VA_ARGS__); \
    } while (0)

struct txns_options {
    uint64_t seed;
    int transactions;
    bool chaos, rivals, poor;
    int16_t version;     /* transaction.version at first */
    const char *release; /* of the brokers; or NULL */
};
void txns_options_of(struct txns_options *o, uint64_t seed);
/* Runs to the end, checks, gives the trace. Fails the test with the seed in the message. */
uint64_t txns_run(const struct txns_options *o);

/* txn_chaos.c */
void txns_chaos_start(struct txns *x);

/* txn_check.c */
void txns_note_offset(struct txns *x); /* at every step */
int txns_visible(struct txns *x);
void txns_check(struct txns *x);

#endif
