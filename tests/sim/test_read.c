/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A reader over random logs of transactions in the simulation: what is
 * delivered, under both isolation levels, while everything breaks and
 * partitions are paused; and over logs whose beginning is deleted while it
 * reads. SIM_SEED=n runs that seed
 * alone.
 */
#include <stdio.h>
#include <stdlib.h>

#include "client/options.h"
#include "core/consumer.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { PARTS = 3, LOG_MAX = 400, SEEDS = 100, PRODUCERS = 3, PLAIN = -1, MARKER = -2 };
enum fate { OPEN, COMMITTED, ABORTED };

struct part {
    int owner[LOG_MAX]; /* by offset: a producer, PLAIN or MARKER */
    enum fate fate[LOG_MAX];
    bool got[LOG_MAX];
    int64_t end, last; /* last: delivered */
    int64_t deleted;   /* the log start */
    bool paused;
    bool open[PRODUCERS];
};

struct world {
    struct sim *sim;
    struct sim_chaos chaos;
    struct kafc_core *core;
    struct kafc_consumer *consumer;
    bool committed, deletes;
    struct part part[PARTS];
    struct sim_event grow;
    int left; /* batches to come */
    int ends;
};

#define SEED(w) (unsigned long long)(w)->sim->seed
#define MUST(w, what, ...) \
    do { \
        if (!(what)) \
            ck_abort_msg("SIM_SEED=%llu: " __VA_ARGS__); \
    } while (0)

/* ---- the log grows ---- */

static void append(struct world *w, int p, int producer)
{
    struct part *q = &w->part[p];
    int n = 1 + (int)sim_draw(w->sim, 4);
    kafc_message m[4];
    char text[4][16];

    if (q->end + n > LOG_MAX - PRODUCERS)
        return;
    memset(m, 0, sizeof(m));
    for (int i = 0; i < n; i++) {
        (void)snprintf(text[i], sizeof(text[i]), "%d", (int)q->end + i);
        m[i].value = kafc_bytes_of(text[i]);
        q->owner[q->end + i] = producer;
        q->fate[q->end + i] = producer == PLAIN ? COMMITTED : OPEN;
    }
    ck_assert_int_eq(
        kafc__cluster_append(w->sim->cluster, "t", p, m, n, producer < 0 ? -1 : 100 + producer),
        KAFC_OK);
    if (producer >= 0)
        q->open[producer] = true;
    q->end += n;
}

static void decide(struct world *w, int p, int producer)
{
    struct part *q = &w->part[p];
    bool commit = sim_chance(w->sim, 50);

    if (!q->open[producer])
        return;
    for (int64_t at = 0; at < q->end; at++)
        if (q->owner[at] == producer && q->fate[at] == OPEN)
            q->fate[at] = commit ? COMMITTED : ABORTED;
    ck_assert_int_eq(kafc__cluster_append_marker(w->sim->cluster, "t", p, 100 + producer, commit),
                     KAFC_OK);
    q->open[producer] = false;
    q->owner[q->end++] = MARKER;
}

static void grow(void *ctx)
{
    struct world *w = ctx;
    struct sim *s = w->sim;
    int p = (int)sim_draw(s, PARTS), producer = (int)sim_draw(s, PRODUCERS);

    switch (sim_draw(s, 4)) {
    case 0: append(w, p, PLAIN); break;
    case 1:
    case 2: append(w, p, producer); break;
    default: decide(w, p, producer); break;
    }
    if (w->deletes && sim_chance(s, 5)) {
        w->part[p].deleted += sim_draw(s, (uint32_t)(w->part[p].end - w->part[p].deleted) + 1);
        ck_assert_int_eq(kafc__cluster_delete_records(s->cluster, "t", p, w->part[p].deleted),
                         KAFC_OK);
    }
    if (--w->left > 0) {
        sim_at(s, &w->grow, s->now + 1 + sim_draw(s, 60000));
        return;
    }
    for (p = 0; p < PARTS; p++)
        for (producer = 0; producer < PRODUCERS; producer++)
            decide(w, p, producer);
}

/* ---- the reader ---- */

static void delivered(struct world *w, const kafc_message *m)
{
    struct part *q = &w->part[m->partition];
    int64_t at = m->offset;
    char text[16];

    MUST(w, at > q->last && at < q->end, "%d:%lld was delivered behind %lld", SEED(w),
         (int)m->partition, (long long)at, (long long)q->last);
    MUST(w, q->owner[at] != MARKER, "%d:%lld is a marker", SEED(w), (int)m->partition,
         (long long)at);
    MUST(w, !w->committed || q->fate[at] == COMMITTED, "%d:%lld is not committed", SEED(w),
         (int)m->partition, (long long)at);
    (void)snprintf(text, sizeof(text), "%d", (int)at);
    MUST(w, (size_t)m->value.len == strlen(text) && memcmp(m->value.p, text, strlen(text)) == 0,
         "%d:%lld is damaged", SEED(w), (int)m->partition, (long long)at);
    if (w->sim->log)
        (void)fprintf(stderr, "%9.3f %d:%lld\n", (double)w->sim->now / 1e6, (int)m->partition,
                      (long long)at);
    q->got[at] = true;
    q->last = at;
}

/* Pauses one or goes on with it; in the end, with all. */
static void pause_some(struct world *w)
{
    int p = (int)sim_draw(w->sim, PARTS);
    kafc_topic_partition v = { "t", p };
    bool on = !w->part[p].paused;

    if ((w->chaos.healed ? !on : sim_chance(w->sim, 3)) &&
        kafc__consumer_pause(w->consumer, &v, 1, on, NULL) == KAFC_OK)
        w->part[p].paused = on;
}

static void take(struct world *w)
{
    kafc_message m;
    kafc_error err;
    kafc_err code;

    while ((code = kafc__consumer_next(kafc__consumer_taker(w->consumer), &m, &err)) !=
           KAFC_ERR_WOULD_BLOCK) {
        if (code == KAFC_OK) {
            MUST(w, !w->part[m.partition].paused, "%d:%lld, which is paused", SEED(w),
                 (int)m.partition, (long long)m.offset);
            delivered(w, &m);
            pause_some(w);
        } else if (code == KAFC_ERR_SKIPPED) {
            MUST(w, w->deletes && m.offset <= w->part[m.partition].deleted, "skipped to %lld",
                 SEED(w), (long long)m.offset);
            MUST(w, m.offset > w->part[m.partition].last, "skipped back to %lld", SEED(w),
                 (long long)m.offset);
        } else {
            MUST(w, code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, "%s: %s", SEED(w),
                 kafc_err_name(code), err.message);
        }
    }
}

static void on_ready(void *ctx)
{
    (void)ctx;
}

static bool done(void *ctx)
{
    struct world *w = ctx;

    pause_some(w);
    take(w);
    if (w->left > 0 || !w->chaos.healed)
        return false;
    for (int p = 0; p < PARTS; p++) {
        kafc_reader_state st;
        kafc_err code = kafc__consumer_state(w->consumer, "t", p, &st, NULL);

        if (code != KAFC_OK || st.position < w->part[p].end)
            return false;
    }
    return true;
}

static void start_reader(struct world *w)
{
    struct kafc_consumer_config cfg = { .on_ready = on_ready, .ctx = w };
    struct kafc_core_config core = { .client_id = "reader" };
    kafc_reader_options o;
    kafc_error err;

    kafc_reader_options_init(&o);
    o.isolation = w->committed ? KAFC_READ_COMMITTED : KAFC_READ_UNCOMMITTED;
    o.max_wait_ms = 20 + (int32_t)sim_draw(w->sim, 300);
    o.partition_max_bytes = 100 + (int32_t)sim_draw(w->sim, 2000);
    if (w->sim->seed % 5 == 2)
        o.buffer_bytes = 500 + (int64_t)sim_draw(w->sim, 3000); /* what is paused fills it */
    ck_assert_int_eq(kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &err), KAFC_OK);
    w->core = sim_client(w->sim, &core);
    w->consumer = kafc__consumer_new(w->core, &cfg);
    ck_assert_ptr_nonnull(w->consumer);
    ck_assert_int_eq(kafc__consumer_read_topic(w->consumer, "t", -1, &err), KAFC_OK);
}

static void check(struct world *w)
{
    for (int p = 0; p < PARTS; p++)
        for (int64_t at = 0; at < w->part[p].end; at++) {
            const struct part *q = &w->part[p];
            bool want = q->owner[at] != MARKER && (!w->committed || q->fate[at] == COMMITTED);

            MUST(w, q->got[at] || !want || at < q->deleted, "%d:%lld was not delivered", SEED(w), p,
                 (long long)at);
        }
}

static uint64_t run(uint64_t seed)
{
    struct world *w = calloc(1, sizeof(*w));
    struct sim *s = w->sim = sim_new(seed, KAFC_MOCK(.brokers = 3));
    uint64_t trace;
    bool ended;

    ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, "t", PARTS, 0), KAFC_OK);
    for (int p = 0; p < PARTS; p++)
        w->part[p].last = -1;
    w->committed = seed % 3 != 0;
    w->deletes = seed % 4 == 1;
    w->left = 150 + (int)sim_draw(s, 200);
    w->grow = (struct sim_event){ .fire = grow, .ctx = w };
    sim_at(s, &w->grow, s->now + 1);
    start_reader(w);
    s->dark_percent = 30;
    w->chaos = (struct sim_chaos){ .sim = s,
                                   .topic = "t",
                                   .partitions = PARTS,
                                   .until = s->now + 5000000,
                                   .pause_us = 100000,
                                   .stops = true,
                                   .moves = true,
                                   .answers = true };
    sim_chaos_start(&w->chaos);
    ended = sim_run(s, done, w, 100000000);
    if (!ended)
        for (int p = 0; p < PARTS; p++) {
            kafc_reader_state st = { 0 };
            (void)kafc__consumer_state(w->consumer, "t", p, &st, NULL);
            (void)fprintf(stderr, "partition %d: position %lld of %lld\n", p,
                          (long long)st.position, (long long)w->part[p].end);
        }
    MUST(w, ended, "it does not end", SEED(w));
    check(w);
    kafc__consumer_free(w->consumer);
    sim_client_free(s, w->core);
    trace = s->trace;
    sim_free(s);
    free(w);
    return trace;
}

static void run_one(uint64_t seed)
{
    (void)run(seed);
}

START_TEST(R10_committed_and_nothing_else_in_order_once)
{
    sim_seeds(SEEDS, 1, 0, run_one);
}
END_TEST

START_TEST(a_seed_replays_exactly)
{
    ck_assert_uint_eq(run(7), run(7));
}
END_TEST

SUITE_MAIN("sim-read", 3600, R10_committed_and_nothing_else_in_order_once, a_seed_replays_exactly)
