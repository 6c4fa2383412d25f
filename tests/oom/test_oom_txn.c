/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions under a virtual clock with each allocation failing in turn, once
 * or from there on for a while, in both generations of the protocol, with an
 * abort and with a transaction that the leader refuses a batch of. Every
 * message that was taken gets one verdict, every call ends when there is memory
 * again, what was committed is in the log and complete, nothing leaks (rule W1).
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/producer.h"
#include "core/txn.h"
#include "protocol/apis.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { MS = 1000, SECOND = 1000000, TRANSACTIONS = 3, PER = 6, MESSAGES = TRANSACTIONS * PER };
enum { TRIES = 5, PATIENCE = SECOND };

static const struct scenario {
    const char *name;
    int16_t version;     /* transaction.version */
    const char *release; /* of the brokers, or NULL */
    kafc_err code;       /* of an answer to Produce, once */
    bool closes;         /* in the middle of the second one */
} scenarios[] = {
    { "first generation", 1, NULL, KAFC_OK, false },
    { "second generation", 2, NULL, KAFC_OK, false },
    { "release 0.11", 1, "0.11", KAFC_OK, false },
    { "first generation, refused", 1, NULL, KAFC_ERR_INVALID_RECORD, false },
    { "second generation, refused", 2, NULL, KAFC_ERR_INVALID_RECORD, false },
    { "first generation, closed in the middle", 1, NULL, KAFC_OK, true },
    { "second generation, closed in the middle", 2, NULL, KAFC_OK, true },
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

struct play {
    const struct scenario *o;
    int64_t at;
    bool lasts;
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    struct kafc_txn *txn;
    kafc_error err;
    bool dead, refused;
    bool committed[TRANSACTIONS];
    int taken[MESSAGES], verdicts[MESSAGES];
};

#define MUST(x, what, ...) \
    do { \
        if (!(what)) { \
            (void)fprintf(stderr, "\"%s\", allocation %lld fails%s: ", (x)->o->name, \
                          (long long)(x)->at, (x)->lasts ? " and those behind it" : ""); \
            ck_abort_msg(__VA_ARGS__); \
        } \
    } while (0)

static int64_t now_us(void *ctx)
{
    return ((struct play *)ctx)->sim->now;
}

static void on_report(void *ctx, const kafc_report *r)
{
    ((struct play *)ctx)->verdicts[(size_t)(uintptr_t)r->opaque]++;
}

static void set_stage(struct play *x)
{
    struct sim *s = x->sim = sim_new(1, KAFC_MOCK(.brokers = 2, .release = x->o->release));
    s->latency_max_us = 200;
    MUST(x, kafc__cluster_create_topic(s->cluster, "t", 2, 2) == KAFC_OK, "no topic");
    MUST(x, kafc__cluster_set_transaction_version(s->cluster, x->o->version) == KAFC_OK, "no");
    x->core = sim_client(s, &(struct kafc_core_config){ .client_id = "writer",
                                                        .retry_backoff_us = 2 * MS,
                                                        .retry_backoff_max_us = 10 * MS,
                                                        .reconnect_backoff_us = 2 * MS,
                                                        .reconnect_backoff_max_us = 10 * MS });
    s->asked = 0;
    s->fail_at = x->at;
    s->fail_all_after = x->lasts;
}

static bool make_producer(struct play *x)
{
    struct kafc_producer_config cfg = { .mem = x->sim->mem,
                                        .topic = "t",
                                        .acks = -1,
                                        .idempotence = true,
                                        .idempotence_asked = true,
                                        .transactional_id = "id",
                                        .transaction_timeout_ms = 60000,
                                        .linger_us = MS,
                                        .batch_bytes = 4000,
                                        .message_max_bytes = 100000,
                                        .buffer_bytes = 1 << 20,
                                        .delivery_timeout_us = 30 * SECOND,
                                        .max_in_flight = 5,
                                        .reports = KAFC_REPORTS_ALL,
                                        .report_slots = 1000,
                                        .now_us = now_us,
                                        .on_report = on_report,
                                        .ctx = x };
    x->p = kafc__producer_new(x->core, &cfg, &x->err);
    if (x->p && kafc__producer_start(x->p, &x->err) == KAFC_OK) {
        x->txn = kafc__producer_txn(x->p);
        return true;
    }
    MUST(x, x->err.code == KAFC_ERR_NO_MEMORY, "%s", x->err.message);
    return false;
}

/* ---- the application ---- */

static bool told(void *ctx)
{
    struct play *x = ctx;
    return kafc__txn_told(x->txn, &x->err);
}

/* Memory comes back when the application has had enough. */
static kafc_err ask(struct play *x, enum kafc_txn_call call, int64_t offset)
{
    kafc_group_metadata g = { .group = "g" };
    kafc_offset o = { .topic = "t", .partition = 1, .offset = offset };
    for (int i = 0; i < 2; i++) {
        kafc__producer_enter(x->p);
        kafc_err rc = kafc__txn_call(x->txn, call, &g, &o, 1, &x->err);
        kafc__producer_leave(x->p);
        if (rc == KAFC_ERR_NO_MEMORY && i == 0) {
            x->sim->fail_at = 0;
            continue;
        }
        if (rc != KAFC_OK)
            return rc;
        if (sim_run(x->sim, told, x, PATIENCE))
            return x->err.code;
        x->sim->fail_at = 0;
    }
    MUST(x, sim_run(x->sim, told, x, 20 * SECOND), "call %d does not end", (int)call);
    return x->err.code;
}

static void send_all(struct play *x, int nth)
{
    for (int i = nth * PER; i < (nth + 1) * PER; i++) {
        static char value[600];
        kafc_message m = { .to_partition = i % 2 ? 1 : KAFC_ZERO };
        m.value = (kafc_bytes){ value, 600 };
        (void)snprintf(value, sizeof(value), "%d", i);
        kafc_err rc = kafc__producer_send(x->p, &m, (void *)(uintptr_t)i, 1, &x->err);
        if (rc == KAFC_ERR_NO_MEMORY) {
            x->sim->fail_at = 0;
            rc = kafc__producer_send(x->p, &m, (void *)(uintptr_t)i, 1, &x->err);
        }
        MUST(x, rc == KAFC_OK || rc == KAFC_ERR_ABORTED, "send: %s", x->err.message);
        x->taken[i] += rc == KAFC_OK;
    }
}

static bool transact(struct play *x, int nth)
{
    if (kafc__txn_begin(x->txn, &x->err) != KAFC_OK)
        return false;
    kafc__producer_enter(x->p);
    kafc__producer_leave(x->p);
    if (nth == 1 && x->o->code != KAFC_OK && !x->refused)
        x->refused = kafc__cluster_push_error(x->sim->cluster, KAFC_API_PRODUCE, x->o->code, 1) ==
                     KAFC_OK;
    send_all(x, nth);
    if (nth == 2)
        (void)sim_run(x->sim, told, x, 3 * MS); /* some of it is on its way when it is aborted */
    return nth < 2 && ask(x, KAFC_TXN_CALL_OFFSETS, nth + 1) == KAFC_OK &&
           ask(x, KAFC_TXN_CALL_COMMIT, 0) == KAFC_OK;
}

static void abort_it(struct play *x)
{
    for (int i = 0; i < TRIES && !x->dead; i++) {
        if (ask(x, KAFC_TXN_CALL_ABORT, 0) == KAFC_OK)
            return;
        x->dead = x->err.cls == KAFC_CLASS_FATAL;
    }
    MUST(x, x->dead, "it is not aborted: %s", x->err.message);
}

static void run_all(struct play *x)
{
    if (ask(x, KAFC_TXN_CALL_INIT, 0) != KAFC_OK)
        MUST(x, false, "init: %s", x->err.message);
    for (int i = 0; i < TRANSACTIONS && !x->dead; i++) {
        bool last = i == 1 && x->o->closes;
        for (int k = 0; k < TRIES && !x->dead && !last; k++) {
            x->committed[i] = transact(x, i);
            if (x->committed[i])
                break;
            abort_it(x);
            if (i == 2)
                return;
        }
        if (last) {
            MUST(x, kafc__txn_begin(x->txn, &x->err) == KAFC_OK, "%s", x->err.message);
            send_all(x, i);
            return;
        }
        MUST(x, x->committed[i] || x->dead, "transaction %d: %s", i, x->err.message);
    }
}

static bool is_closed(void *ctx)
{
    return kafc__producer_closed(((struct play *)ctx)->p);
}

/* ---- what must hold ---- */

static void check(struct play *x)
{
    kafc_writer_stats n = { .size = sizeof(n) };
    int found[MESSAGES] = { 0 };
    kafc_message *m;
    kafc__producer_counts(x->p, &n);
    MUST(x, n.held_bytes == 0 && n.held_messages == 0, "%lld bytes are held",
         (long long)n.held_bytes);
    for (int i = 0; i < MESSAGES; i++)
        MUST(x, x->verdicts[i] == x->taken[i], "message %d: %d verdicts of %d", i, x->verdicts[i],
             x->taken[i]);
    for (int32_t p = 0; p < 2; p++)
        for (int64_t at = 0; (m = kafc__cluster_record(x->sim->cluster, "t", p, at));) {
            found[atoi(m->value.p)]++;
            at = m->offset + 1;
            kafc_message_free(m);
        }
    for (int i = 0; i < MESSAGES; i++)
        MUST(x, !x->committed[i / PER] || found[i] >= 1, "message %d is lost", i);
    kafc_mock_transaction t;
    if (!x->dead && kafc__cluster_transaction(x->sim->cluster, "id", &t) == KAFC_OK)
        MUST(x, t.state != KAFC_MOCK_TXN_ONGOING, "a transaction is left open");
}

/* The number of allocations that were asked for. */
static int64_t play(const struct scenario *o, int64_t at, bool lasts)
{
    struct play x = { .o = o, .at = at, .lasts = lasts };
    set_stage(&x);
    if (make_producer(&x)) {
        run_all(&x);
        x.sim->fail_at = lasts ? 0 : x.sim->fail_at;
        int64_t close_at = x.sim->now + 10 * SECOND;
        kafc__producer_close(x.p, close_at);
        MUST(&x, sim_run(x.sim, is_closed, &x, 20 * SECOND), "no end");
        MUST(&x, x.sim->now <= close_at, "closed late");
        check(&x);
        kafc__producer_stop(x.p);
    }
    int64_t asked = x.sim->asked;
    kafc__producer_free(x.p);
    sim_client_free(x.sim, x.core);
    sim_free(x.sim); /* which looks for leaks */
    return asked;
}

static void each_allocation(const struct scenario *o, bool lasts)
{
    int64_t at = 1;
    while (play(o, at, lasts) >= at)
        at += SIM_STEP;
    ck_assert_int_gt(at, 50);
}

START_TEST(W1_each_allocation_fails_once)
{
    each_allocation(&scenarios[_i], false);
}
END_TEST

START_TEST(W1_memory_comes_back_late)
{
    each_allocation(&scenarios[_i], true);
}
END_TEST

SUITE_LOOPS("oom/txn", 300, LOOP(W1_each_allocation_fails_once, 0, SCENARIOS),
            LOOP(W1_memory_comes_back_late, 0, SCENARIOS))
