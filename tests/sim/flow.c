/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A writer and a reader in a simulation.
 */
#include "tests/sim/flow.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/options.h"
#include "protocol/apis.h"
#include "protocol/record/codec.h"

#define SEED(f) (unsigned long long)(f)->sim->seed
/* Check writes a file at each of its asserts: here there are millions. */
#define MUST(f, what, ...) \
    do { \
        if (!(what)) \
            ck_abort_msg("SIM_SEED=%llu: " __VA_ARGS__); \
    } while (0)

/* ---- writing ---- */

static void on_report(void *ctx, const kafc_report *r)
{
    struct flow *f = ctx;
    size_t i = (size_t)((struct flow_message *)r->opaque - f->m);
    struct flow_message *m = &f->m[i];

    MUST(f, i < (size_t)f->n, "a report of no message", SEED(f));
    MUST(f, m->taken, "message %zu has a verdict and was not taken", SEED(f), i);
    m->verdicts++;
    m->verdict = r->verdict;
    m->code = r->code;
    m->partition = r->partition;
    m->offset = r->offset;
}

static int64_t now_us(void *ctx)
{
    return ((struct flow *)ctx)->sim->now;
}

static void send_some(void *ctx)
{
    struct flow *f = ctx;
    struct sim *s = f->sim;
    int burst = 1 + (int)sim_draw(s, 12);
    static char value[4096], key[16];

    for (; burst > 0 && f->next < f->n; burst--) {
        struct kafc_rand r;
        kafc_message msg = { .key = { key, 0 } };
        kafc_error err;
        kafc_err code;
        int len;

        /* What a message holds follows from its number. */
        kafc__rand_seed(&r, s->seed * 1000003 + (uint64_t)f->next);
        msg.key.len = snprintf(key, sizeof(key), "k%u", (unsigned)kafc__rand_below(&r, 20));
        len = snprintf(value, sizeof(value), "%d:", f->next);
        msg.value.p = value;
        msg.value.len = len + (int)kafc__rand_below(&r, (uint32_t)f->value_max);
        memset(value + len, 'a' + f->next % 26, (size_t)(msg.value.len - len));
        code = kafc__producer_send(f->producer, &msg, &f->m[f->next], sim_wall_ms(s), &err);
        if (code == KAFC_ERR_WOULD_BLOCK || (code == KAFC_ERR_NO_MEMORY && s->poor_permille))
            break;
        MUST(f, code == KAFC_OK, "send of message %d: %s", SEED(f), f->next, err.message);
        f->m[f->next++].taken = true;
    }
    if (f->next < f->n)
        sim_at(s, &f->send, s->now + 1 + sim_draw(s, 2 * (uint32_t)f->pause_us));
}

static void start_writer(struct flow *f, const struct flow_options *o)
{
    struct sim *s = f->sim;
    struct kafc_producer_config cfg = {
        .mem = s->mem, .topic = "t", .acks = o->acks, .idempotence = o->idempotence
    };
    struct kafc_core_config core = { .client_id = "writer" };
    kafc_error err;

    core.request_timeout_us = 1000000 + sim_draw(s, 3000000);
    f->wcore = sim_client(s, &core);
    cfg.idempotence = o->idempotence || o->denied || o->release;
    cfg.idempotence_asked = o->idempotence;
    cfg.create_topics = f->creates;
    cfg.compression = f->codec;
    cfg.linger_us = sim_chance(s, 30) ? 0 : sim_draw(s, 20000);
    cfg.batch_bytes = 300 + (int32_t)sim_draw(s, sim_chance(s, 30) ? 20000 : 5000);
    cfg.message_max_bytes = 100000;
    cfg.buffer_bytes = sim_chance(s, 20) ? 100000 : 4000000;
    cfg.delivery_timeout_us = o->delivery_timeout_us;
    cfg.max_in_flight = cfg.idempotence ? 5 : 1;
    cfg.reports = KAFC_REPORTS_ALL;
    cfg.report_slots = 100000;
    cfg.seed = s->seed;
    cfg.now_us = now_us;
    cfg.on_report = on_report;
    cfg.ctx = f;
    if (o->denied) { /* the default gives way (rule W6) */
        if (sim_chance(s, 50))
            ck_assert_int_eq(
                kafc__cluster_set_versions(s->cluster, KAFC_API_INIT_PRODUCER_ID, -1, -1), KAFC_OK);
        else
            ck_assert_int_eq(kafc__cluster_push_error(s->cluster, KAFC_API_INIT_PRODUCER_ID,
                                                      KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1000),
                             KAFC_OK);
    }
    f->producer = kafc__producer_new(f->wcore, &cfg, &err);
    MUST(f, f->producer != NULL, "no producer: %s", SEED(f), err.message);
    MUST(f, kafc__producer_start(f->producer, &err) == KAFC_OK, "start: %s", SEED(f), err.message);
    f->send = (struct sim_event){ .fire = send_some, .ctx = f };
    sim_at(s, &f->send, s->now + 1);
}

/* ---- reading ---- */

static void on_ready(void *ctx)
{
    ((struct flow *)ctx)->ready = true;
}

static int number_of(const struct flow *f, const kafc_message *m)
{
    char text[16] = { 0 };
    int n;

    memcpy(text, m->value.p, m->value.len < 15 ? (size_t)m->value.len : 15);
    n = atoi(text);
    MUST(f, n >= 0 && n < f->n && m->value.len > 0, "a message that nobody wrote at %d:%lld",
         SEED(f), (int)m->partition, (long long)m->offset);
    for (int32_t i = (int32_t)(strchr(text, ':') - text) + 1; i < m->value.len; i++)
        MUST(f, ((const char *)m->value.p)[i] == 'a' + n % 26, "message %d is damaged", SEED(f), n);
    return n;
}

static void resume(void *ctx)
{
    struct flow *f = ctx;

    f->starved = false;
}

static void take_messages(struct flow *f)
{
    struct sim *s = f->sim;
    kafc_message m;
    kafc_error err;
    kafc_err code;

    while (!f->starved &&
           (code = kafc__consumer_next(f->consumer, &m, &err)) != KAFC_ERR_WOULD_BLOCK) {
        if (code ==
            KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION) /* a notice: the chaos answers so (rule R12) */
            continue;
        if (code == KAFC_ERR_NO_MEMORY && s->poor_permille)
            return;
        MUST(f, code == KAFC_OK, "the reader: %s: %s", SEED(f), kafc_err_name(code), err.message);
        MUST(f, strcmp(m.topic, "t") == 0 && m.partition >= 0 && m.partition < FLOW_PARTITIONS,
             "%s-%d?", SEED(f), m.topic, (int)m.partition);
        MUST(f, m.offset == f->position[m.partition],
             "partition %d: offset %lld was read instead of %lld", SEED(f), (int)m.partition,
             (long long)m.offset, (long long)f->position[m.partition]);
        (void)number_of(f, &m);
        f->position[m.partition]++;
        f->read++;
        if (sim_chance(s, 1) && f->seeks) { /* rule R2: the next one is the one that was named */
            int64_t to = sim_draw(s, (uint32_t)f->position[m.partition] + 1);
            MUST(f,
                 kafc__consumer_seek(f->consumer, "t", m.partition, KAFC_AT(to), &err) == KAFC_OK,
                 "seek: %s", SEED(f), err.message);
            f->position[m.partition] = to;
            f->seeks--;
        }
        if (sim_chance(s, 1)) { /* an application that has other things to do */
            f->starved = true;
            sim_at(s, &f->resume, s->now + 1 + sim_draw(s, 500000));
        }
    }
}

static void start_reader(struct flow *f)
{
    struct sim *s = f->sim;
    struct kafc_consumer_config cfg = { .mem = s->mem, .on_ready = on_ready, .ctx = f };
    struct kafc_core_config core = { .client_id = "reader" };
    kafc_reader_options o;
    kafc_error err;

    kafc_reader_options_init(&o);
    o.max_wait_ms = 50 + (int32_t)sim_draw(s, 500);
    o.partition_max_bytes = 500 + (int32_t)sim_draw(s, 20000);
    o.max_bytes = 1000 + (int32_t)sim_draw(s, 50000);
    MUST(f, kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &err) == KAFC_OK, "%s",
         SEED(f), err.message);
    cfg.options.isolation = sim_chance(s, 50) ? KAFC_READ_COMMITTED : KAFC_READ_UNCOMMITTED;
    f->rcore = sim_client(s, &core);
    f->consumer = kafc__consumer_new(f->rcore, &cfg);
    MUST(f, f->consumer != NULL, "no consumer", SEED(f));
    MUST(f, kafc__consumer_read_topic(f->consumer, "t", -1, &err) == KAFC_OK, "%s", SEED(f),
         err.message);
    f->resume = (struct sim_event){ .fire = resume, .ctx = f };
    f->seeks = sim_chance(s, 30) ? 5 : 0;
}

/* ---- the end ---- */

static bool reader_done(struct flow *f)
{
    kafc_mock_log log;

    for (int32_t p = 0; p < FLOW_PARTITIONS; p++) {
        (void)kafc__cluster_log(f->sim->cluster, "t", p, &log);
        if (f->position[p] < log.high_watermark)
            return false;
    }
    return true;
}

/* A flush now and then: at its end what was sent before has its verdict (rule W10). */
static void check_flush(struct flow *f)
{
    if (f->flushing && atomic_load(&f->flush.done)) {
        for (uint64_t i = 0; i < f->flushed; i++)
            MUST(f, f->m[i].verdicts == 1, "message %d has no verdict after a flush", SEED(f),
                 (int)i);
        kafc__producer_flush_end(f->producer, &f->flush);
        f->flushing = false;
    } else if (!f->flushing && !f->closing && sim_draw(f->sim, 300) == 0) {
        f->flushing = true;
        f->flushed = (uint64_t)f->next;
        kafc__producer_flush_begin(f->producer, &f->flush);
    }
}

static bool done(void *ctx)
{
    struct flow *f = ctx;

    if (f->consumer)
        take_messages(f);
    check_flush(f);
    if (f->next < f->n)
        return false;
    if (!f->closing && !f->flushing) {
        f->closing = true;
        kafc__producer_close(
            f->producer, f->sim->now + (f->hasty ? (int64_t)sim_draw(f->sim, 800000) : 200000000));
    }
    if (!f->closed)
        f->closed = kafc__producer_closed(f->producer);
    return f->closed && (!f->consumer || reader_done(f));
}

static void check_log(struct flow *f, const struct flow_options *o)
{
    for (int32_t p = 0; p < FLOW_PARTITIONS; p++) {
        kafc_message *m;
        int last = -1;

        for (int64_t at = 0; (m = kafc__cluster_record(f->sim->cluster, "t", p, at)) != NULL;
             at++) {
            int n = number_of(f, m);
            struct flow_message *w = &f->m[n];

            MUST(f, m->offset == at, "a hole in the log of partition %d at %lld", SEED(f), (int)p,
                 (long long)at);
            MUST(f, w->partition == p || w->partition < 0, "message %d is in partition %d, not %d",
                 SEED(f), n, (int)p, (int)w->partition);
            /* Rule W5: without idempotence a batch may be there again, but the first ones are in order. */
            if (!o->idempotence && !o->short_timeouts)
                MUST(f, w->found > 0 || n > last, "partition %d: message %d stands behind %d",
                     SEED(f), (int)p, n, last);
            if (o->idempotence) {
                MUST(f, n > last, "partition %d: message %d stands behind %d", SEED(f), (int)p, n,
                     last);
                MUST(f, w->found == 0, "message %d is in the log twice", SEED(f), n);
                MUST(f,
                     w->verdict != KAFC_ACKNOWLEDGED || w->offset == KAFC_OFFSET_UNKNOWN ||
                         w->offset == at,
                     "message %d is at %d:%lld, and was told to be at %lld", SEED(f), n, (int)p,
                     (long long)at, (long long)w->offset);
            }
            last = w->found++ && n < last ? last : n;
            kafc_message_free(m);
        }
    }
}

static void check_verdicts(struct flow *f, const struct flow_options *o)
{
    for (int i = 0; i < f->n; i++) {
        const struct flow_message *m = &f->m[i];

        MUST(f, m->verdicts == 1, "message %d has %d verdicts", SEED(f), i, m->verdicts);
        if (m->verdict == KAFC_ACKNOWLEDGED)
            MUST(f, m->found >= 1, "message %d was acknowledged and is lost", SEED(f), i);
        if (m->verdict == KAFC_NOT_WRITTEN)
            MUST(f, m->found == 0, "message %d was told not to be written and is", SEED(f), i);
        if (!o->short_timeouts)
            MUST(f, m->verdict == KAFC_ACKNOWLEDGED, "message %d failed: verdict %d, %s", SEED(f),
                 i, (int)m->verdict, kafc_err_name(m->code));
    }
}

static void set_versions(struct sim *s, bool zstd)
{
    /* Brokers of different ages. */
    static const struct {
        int16_t api, min, max;
    } range[] = { { KAFC_API_PRODUCE, 3, 13 },         { KAFC_API_FETCH, 4, 18 },
                  { KAFC_API_METADATA, 0, 13 },        { KAFC_API_LIST_OFFSETS, 1, 11 },
                  { KAFC_API_INIT_PRODUCER_ID, 0, 5 }, { KAFC_API_API_VERSIONS, 0, 4 } };

    if (sim_chance(s, 50))
        return;
    for (size_t i = 0; i < sizeof(range) / sizeof(*range); i++) {
        int16_t max = (int16_t)(range[i].min +
                                (int16_t)sim_draw(s, (uint32_t)(range[i].max - range[i].min + 1)));
        if (zstd && range[i].api == KAFC_API_PRODUCE && max < 7)
            max = 7;
        if (zstd && range[i].api == KAFC_API_FETCH && max < 10)
            max = 10;
        ck_assert_int_eq(kafc__cluster_set_versions(s->cluster, range[i].api, range[i].min, max),
                         KAFC_OK);
    }
}

void flow_options_of(struct flow_options *o, uint64_t seed)
{
    *o = (struct flow_options){ .seed = seed,
                                .messages = 200 + (int)(seed % 7) * 50,
                                .delivery_timeout_us = 120000000,
                                .idempotence = true,
                                .acks = -1,
                                .chaos = true,
                                .reader = true };
    if (seed % 4 == 3) {
        o->short_timeouts = true;
        o->delivery_timeout_us = 700000 + (int64_t)(seed % 13) * 200000;
    }
    if (seed % 8 == 6) /* memory runs out now and then */
        o->poor = o->short_timeouts = true;
    if (seed % 16 == 12) {
        o->denied = true;
        o->idempotence = false;
    }
    if (seed % 16 == 4) {
        static const char *const old[] = { "0.8", "0.9", "0.10.0", "0.10.1", "0.11" };
        size_t i = seed / 16 % (sizeof(old) / sizeof(*old));
        o->release = old[i];
        o->idempotence = i == 4;
    }
    if (seed % 10 == 9) {
        o->idempotence = false;
        o->acks = seed % 20 == 9 ? 1 : -1;
        o->denied = false;
    }
}

static void start_chaos(struct flow *f, const struct flow_options *o)
{
    struct sim *s = f->sim;

    s->dark_percent = 30;
    f->chaos = (struct sim_chaos){ .sim = s,
                                   .topic = "t",
                                   .partitions = FLOW_PARTITIONS,
                                   .until = s->now + 4000000 + sim_draw(s, 6000000),
                                   .pause_us = 30000 + (int)sim_draw(s, 300000),
                                   .stops = true,
                                   .all_stop = sim_chance(s, 30),
                                   .moves = true,
                                   .other = o->release && sim_chance(s, 50) ? o->release : NULL,
                                   .answers = sim_chance(s, 70) };
    sim_chaos_start(&f->chaos);
}

static void make_topic(struct flow *f)
{
    struct sim *s = f->sim;

    ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, "t", FLOW_PARTITIONS, 0), KAFC_OK);
    if (sim_chance(s, 20)) { /* batches are found too large and split */
        char most[16];
        (void)snprintf(most, sizeof(most), "%d", f->value_max + 2000 + (int)sim_draw(s, 1000));
        ck_assert_int_eq(kafc__cluster_set_config(s->cluster, "t", "max.message.bytes", most),
                         KAFC_OK);
    }
    if (sim_chance(s, 20))
        ck_assert_int_eq(
            kafc__cluster_set_config(s->cluster, "t", "message.timestamp.type", "LogAppendTime"),
            KAFC_OK);
}

uint64_t flow_run(const struct flow_options *o)
{
    struct flow *f = calloc(1, sizeof(*f));
    struct sim *s = f->sim = sim_new(o->seed, KAFC_MOCK(.brokers = 2 + (int32_t)(o->seed % 3),
                                                        .failover_ms = o->seed % 2 ? 300 : 0,
                                                        .release = o->release));
    uint64_t trace;
    bool ended;

    f->n = o->messages;
    f->m = calloc((size_t)f->n, sizeof(*f->m));
    if (o->short_timeouts && sim_chance(s, 40))
        f->hasty = f->n = 20 + (int)sim_draw(s, (uint32_t)f->n - 20);
    f->pause_us = 1000 + (int)sim_draw(s, 150000);
    f->value_max = 10 + (int)sim_draw(s, 1000);
    f->creates = sim_chance(s,
                            15); /* the topic appears when the writer asks for it (rules W9, R12) */
    if (!f->creates)
        make_topic(f);
    f->codec = (kafc_compression)sim_draw(s, 5);
    if (kafc__codec((int)f->codec)->library || (o->release && f->codec == KAFC_ZSTD))
        f->codec = KAFC_NONE;
    if (!o->release)
        set_versions(s, f->codec == KAFC_ZSTD);
    start_writer(f, o);
    if (o->reader)
        start_reader(f);
    if (o->chaos)
        start_chaos(f, o);
    if (o->poor)
        s->poor_permille = 1 + (int)sim_draw(s, 20);
    ended = sim_run(s, done, f, 400000000);
    MUST(f, ended, "it does not end: %d of %d sent, closed %d, %d read, at %.3f s", SEED(f),
         f->next, f->n, f->closed, f->read, (double)s->now / 1e6);
    check_log(f, o);
    check_verdicts(f, o);
    if (f->consumer)
        kafc__consumer_free(f->consumer);
    kafc__producer_stop(f->producer);
    kafc__producer_free(f->producer);
    sim_client_free(s, f->wcore);
    if (f->rcore)
        sim_client_free(s, f->rcore);
    trace = s->trace;
    if (getenv("SIM_STATS"))
        (void)fprintf(stderr, "seed %llu: %.3f s, %llu steps, %llu packets, trace %016llx\n",
                      SEED(f), (double)s->now / 1e6, (unsigned long long)s->steps,
                      (unsigned long long)s->packets, (unsigned long long)trace);
    sim_free(s);
    free(f->m);
    free(f);
    return trace;
}
