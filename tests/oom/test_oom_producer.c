/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The producer under a virtual clock with each allocation failing in turn, once
 * or from there on for ever, in every scenario that it has a way of its own
 * for. Every message that was taken gets one verdict and a true one, the close
 * keeps its deadline, nothing leaks (rule W1). SIM_LOG=1 shows what is logged.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/producer.h"
#include "protocol/apis.h"
#include "protocol/record/codec.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { MS = 1000, SECOND = 1000000, MESSAGES = 40, GROUP = 3, ALL = MESSAGES + GROUP };

static const struct scenario {
    const char *name;
    kafc_compression codec;
    const char *release; /* of the brokers, or NULL */
    bool plain;          /* without idempotence */
    bool polls;          /* reports by queue */
    bool hasty;          /* closes at once, with everything pending */
    bool late;           /* the topic appears later */
    bool splits;         /* batches are found too large */
    bool headers;
    bool moves;      /* the leader, in between */
    bool remakes;    /* the topic, in between */
    kafc_err code;   /* of some answers to Produce; KAFC_ERR_DISCONNECTED cuts */
    bool lost;       /* answers are, behind an append */
    const char *off; /* an API that is denied: "id" */
} scenarios[] = {
    { .name = "callback" },
    { .name = "queue", .polls = true },
    { .name = "gzip", .codec = KAFC_GZIP },
    { .name = "snappy", .codec = KAFC_SNAPPY },
    { .name = "lz4", .codec = KAFC_LZ4 },
    { .name = "zstd", .codec = KAFC_ZSTD },
    { .name = "without idempotence", .plain = true },
    { .name = "idempotence gives way", .off = "id" },
    { .name = "metadata comes late", .late = true, .headers = true },
    { .name = "split", .splits = true, .headers = true },
    { .name = "split, gzip", .splits = true, .codec = KAFC_GZIP },
    { .name = "0.9", .release = "0.9", .plain = true },
    { .name = "0.9, gzip", .release = "0.9", .codec = KAFC_GZIP, .plain = true },
    { .name = "0.10.1, headers", .release = "0.10.1", .plain = true, .headers = true },
    { .name = "closed at once", .hasty = true },
    { .name = "closed at once, topic unknown", .hasty = true, .late = true, .polls = true },
    { .name = "leader moves", .moves = true },
    { .name = "topic made again", .remakes = true },
    { .name = "retried", .code = KAFC_ERR_NOT_ENOUGH_REPLICAS },
    { .name = "a hole", .code = KAFC_ERR_INVALID_RECORD },
    { .name = "out of order", .code = KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER },
    { .name = "cut", .code = KAFC_ERR_DISCONNECTED },
    { .name = "answers lost", .lost = true },
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]) };

struct told {
    bool taken;
    int verdicts, found;
    kafc_verdict verdict;
};

struct play {
    const struct scenario *o;
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    struct kafc_write *write;
    struct told m[ALL];
    int64_t at; /* the allocation that fails */
    bool for_ever;
    int64_t close_at;
    struct sim_event event;
};

#define MUST(x, what, ...) \
    do { \
        if (!(what)) { \
            (void)fprintf(stderr, "\"%s\", allocation %lld fails%s: ", (x)->o->name, \
                          (long long)(x)->at, (x)->for_ever ? " and all behind it" : ""); \
            ck_abort_msg(__VA_ARGS__); \
        } \
    } while (0)

static int64_t now_us(void *ctx)
{
    return ((struct play *)ctx)->sim->now;
}

static void on_report(void *ctx, const kafc_report *r)
{
    struct told *t = r->opaque;
    (void)ctx;
    t->verdicts++;
    t->verdict = r->verdict;
}

static void collect(struct play *x)
{
    kafc_report r[7];
    int32_t n;
    while (x->o->polls && (n = kafc__producer_reports(x->p, r, 7)) > 0)
        for (int32_t i = 0; i < n; i++)
            on_report(x, &r[i]);
}

static void on_produce(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    const struct play *x = ctx;
    bool cut = x->o->code == KAFC_ERR_DISCONNECTED;
    if (rq->index % 5 != 1)
        return;
    if (x->o->lost)
        a->act = KAFC_MOCK_PASS_CUT;
    else if (x->o->code != KAFC_OK)
        a->act = cut ? KAFC_MOCK_CUT : KAFC_MOCK_ERROR;
    a->code = x->o->code;
}

/* ---- what happens on the brokers' side ---- */

static void make_topic(struct play *x)
{
    struct kafc_cluster *c = x->sim->cluster;
    MUST(x, kafc__cluster_create_topic(c, "t", 2, 2) == KAFC_OK, "no topic");
    if (x->o->splits)
        MUST(x, kafc__cluster_set_config(c, "t", "max.message.bytes", "3500") == KAFC_OK, "no");
}

static void in_between(void *ctx)
{
    struct play *x = ctx;
    struct kafc_cluster *c = x->sim->cluster;
    if (x->o->remakes)
        MUST(x, kafc__cluster_delete_topic(c, "t") == KAFC_OK, "no topic");
    if (x->o->late || x->o->remakes)
        make_topic(x);
    for (int32_t p = 0; p < 2 && x->o->moves; p++)
        MUST(x, kafc__cluster_set_leader(c, "t", p, 1 + p) == KAFC_OK, "no leader");
}

static void set_stage(struct play *x)
{
    const struct scenario *o = x->o;
    struct sim *s = x->sim = sim_new(1, KAFC_MOCK(.brokers = 2, .release = o->release));
    s->latency_max_us = 200;
    if (!o->late)
        make_topic(x);
    if (o->off)
        (void)kafc__cluster_push_error(s->cluster, KAFC_API_INIT_PRODUCER_ID,
                                       KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1000);
    (void)kafc__cluster_hook(s->cluster, KAFC_API_PRODUCE, on_produce, x);
    x->core = sim_client(s, &(struct kafc_core_config){ .client_id = "writer",
                                                        .retry_backoff_us = 2 * MS,
                                                        .retry_backoff_max_us = 10 * MS,
                                                        .reconnect_backoff_us = 2 * MS,
                                                        .reconnect_backoff_max_us = 10 * MS });
    x->event = (struct sim_event){ .fire = in_between, .ctx = x };
    sim_at(s, &x->event, s->now + 4 * MS);
    s->asked = 0;
    s->fail_at = x->at;
    s->fail_all_after = x->for_ever;
}

/* ---- what the application does ---- */

static bool make_producer(struct play *x)
{
    const struct scenario *o = x->o;
    kafc_error err;
    struct kafc_producer_config cfg = { .mem = x->sim->mem,
                                        .topic = "t",
                                        .acks = -1,
                                        .idempotence = !o->plain,
                                        .compression = o->codec,
                                        .linger_us = 2 * MS,
                                        .batch_bytes = o->splits ? 12000 : 4000,
                                        .message_max_bytes = 100000,
                                        .buffer_bytes = 1 << 20,
                                        .delivery_timeout_us = 3 * SECOND,
                                        .max_in_flight = 5,
                                        .reports = KAFC_REPORTS_ALL,
                                        .report_slots = 1000,
                                        .now_us = now_us,
                                        .on_report = o->polls ? NULL : on_report,
                                        .ctx = x };
    x->p = kafc__producer_new(x->core, &cfg, &err);
    if (x->p && kafc__producer_start(x->p, &err) == KAFC_OK)
        return true;
    MUST(x, err.code == KAFC_ERR_NO_MEMORY, "%s", err.message);
    return false;
}

static void make_message(const struct play *x, int i, kafc_message *m)
{
    static char value[3000];
    static const kafc_header h = { { "h", 1 }, { "x", 1 } };
    struct kafc_rand r;
    size_t len = i % 7 ? 100 : sizeof(value);
    kafc__rand_seed(&r, (uint64_t)i); /* so that it does not shrink to nothing */
    (void)snprintf(value, sizeof(value), "#%02d", i);
    for (size_t k = 3; k < len; k++)
        value[k] = (char)('a' + kafc__rand_below(&r, 26));
    *m = (kafc_message){ .value = { value, (int32_t)len }, .to_partition = i % 2 ? 1 : KAFC_ZERO };
    if (x->o->headers && i % 3 == 0) {
        m->headers = &h;
        m->nheaders = 1;
    }
}

static void send_all(struct play *x)
{
    kafc_message m;
    kafc_error err;
    for (int i = 0; i < MESSAGES; i++) {
        make_message(x, i, &m);
        kafc_err rc = kafc__producer_send(x->p, &m, &x->m[i], 1, &err);
        MUST(x, rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY, "send: %s", err.message);
        x->m[i].taken = rc == KAFC_OK;
    }
    x->write = kafc__producer_write_begin(x->p, GROUP);
    for (int i = 0; i < GROUP && x->write; i++) {
        make_message(x, MESSAGES + i, &m);
        kafc_err rc = kafc__producer_write_add(x->p, x->write, i, &m, 1, &err);
        MUST(x, rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY, "write: %s", err.message);
        x->m[MESSAGES + i].taken = rc == KAFC_OK;
    }
    if (x->write)
        kafc__producer_write_end(x->p, x->write);
}

static bool is_closed(void *ctx)
{
    struct play *x = ctx;
    collect(x);
    return kafc__producer_closed(x->p);
}

static bool is_settled(void *ctx)
{
    struct play *x = ctx;
    kafc_writer_stats n = { .size = sizeof(n) };
    collect(x);
    kafc__producer_counts(x->p, &n);
    return n.held_messages == 0;
}

static void finish(struct play *x)
{
    kafc_writer_stats n = { .size = sizeof(n) };
    if (!x->o->hasty)
        MUST(x, sim_run(x->sim, is_settled, x, 20 * SECOND), "messages without a verdict");
    x->close_at = x->sim->now + (x->o->hasty ? 5 * MS : SECOND);
    kafc__producer_close(x->p, x->close_at);
    MUST(x, sim_run(x->sim, is_closed, x, 20 * SECOND), "no end");
    MUST(x, x->sim->now <= x->close_at, "closed late");
    kafc__producer_counts(x->p, &n);
    MUST(x, n.held_bytes == 0 && n.held_messages == 0, "%lld bytes are held",
         (long long)n.held_bytes);
    collect(x);
    for (int i = 0; i < GROUP && x->write; i++) {
        struct kafc_write_entry *e = &x->write->entry[i];
        x->m[MESSAGES + i].verdicts = atomic_load(&e->settled);
        x->m[MESSAGES + i].verdict = e->report.verdict;
    }
    if (x->write)
        kafc__producer_write_unref(x->write);
}

/* ---- what must hold ---- */

static void look_at_log(struct play *x, int32_t partition)
{
    /* A broker that misses what it has makes it come twice; real ones do not. */
    bool twice = x->o->plain || x->o->off || x->o->code == KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
    kafc_message *m;
    for (int64_t at = 0; (m = kafc__cluster_record(x->sim->cluster, "t", partition, at)); at++) {
        const char *text = m->value.p;
        int i = (text[1] - '0') * 10 + text[2] - '0';
        kafc_message_free(m);
        MUST(x, i >= 0 && i < ALL && x->m[i].taken, "a message that nobody wrote");
        MUST(x, x->m[i].found++ == 0 || twice, "message %d is there twice", i);
    }
}

static void check(struct play *x)
{
    for (int32_t p = 0; p < 2; p++)
        look_at_log(x, p);
    for (int i = 0; i < ALL; i++) {
        const struct told *t = &x->m[i];
        MUST(x, t->verdicts == t->taken, "message %d has %d verdicts", i, t->verdicts);
        if (t->taken && t->verdict == KAFC_ACKNOWLEDGED)
            MUST(x, t->found || x->o->remakes, "message %d is lost", i);
        if (t->taken && t->verdict == KAFC_NOT_WRITTEN)
            MUST(x, !t->found, "message %d is in the log", i);
    }
}

/* The number of allocations that were asked for. */
static int64_t play(const struct scenario *o, int64_t at, bool for_ever)
{
    struct play x = { .o = o, .at = at, .for_ever = for_ever };
    set_stage(&x);
    if (make_producer(&x)) {
        send_all(&x);
        finish(&x);
        check(&x);
        kafc__producer_stop(x.p);
    }
    int64_t asked = x.sim->asked;
    kafc__producer_free(x.p);
    sim_client_free(x.sim, x.core);
    sim_free(x.sim); /* which looks for leaks */
    return asked;
}

static void each_allocation(const struct scenario *o, bool for_ever)
{
    if (kafc__codec((int)o->codec)->library)
        return;
    int64_t at = 1;
    while (play(o, at, for_ever) >= at)
        at += SIM_STEP;
    ck_assert_int_gt(at, 50);
}

START_TEST(W1_each_allocation_fails_once)
{
    each_allocation(&scenarios[_i], false);
}
END_TEST

START_TEST(W1_memory_never_comes_back)
{
    each_allocation(&scenarios[_i], true);
}
END_TEST

SUITE_LOOPS("oom/producer", 300, LOOP(W1_each_allocation_fails_once, 0, SCENARIOS),
            LOOP(W1_memory_never_comes_back, 0, SCENARIOS))
