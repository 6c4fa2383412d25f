/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Writers and a reader in a simulation: how they are made, what they do, when
 * they end.
 */
#include "tests/sim/flow.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/options.h"
#include "protocol/apis.h"
#include "protocol/record/codec.h"

/* ---- writing ---- */

static void on_report(void *ctx, const kafc_report *r)
{
    const struct flow_writer *w = ctx;
    struct flow *f = w->flow;
    size_t i = (size_t)((struct flow_message *)r->opaque - f->m);
    struct flow_message *m = &f->m[i];

    MUST(f, i < (size_t)f->n, "a report of no message", SEED(f));
    MUST(f, m->taken, "message %zu has a verdict and was not taken", SEED(f), i);
    MUST(f, w == &f->writer[m->writer], "message %zu has the verdict of another writer", SEED(f),
         i);
    MUST(f, strcmp(r->topic, flow_topic[m->topic]) == 0, "message %zu is of %s", SEED(f), i,
         r->topic);
    m->verdicts++;
    m->verdict = r->verdict;
    m->code = r->code;
    m->partition = r->partition;
    m->offset = r->offset;
}

static int64_t now_us(void *ctx)
{
    return ((struct flow_writer *)ctx)->flow->sim->now;
}

/* Reports that are not told by callback (rule W7). */
static void collect(struct flow_writer *w)
{
    kafc_report r[20];
    int32_t n;

    while (w->polls && (n = kafc__producer_reports(w->producer, r, 20)) > 0)
        for (int32_t i = 0; i < n; i++)
            on_report(w, &r[i]);
}

/* What a message holds follows from its number. false: it was not taken for now. */
static bool send_one(struct flow *f, int n)
{
    static char value[4096], key[16];
    struct sim *s = f->sim;
    struct flow_message *m = &f->m[n];
    struct kafc_rand r;
    kafc_message msg = { .topic = NULL };
    kafc_error err;
    kafc_err code;
    int len;

    kafc__rand_seed(&r, s->seed * 1000003 + (uint64_t)n);
    len = snprintf(key, sizeof(key), "k%u", (unsigned)kafc__rand_below(&r, 20));
    if (kafc__rand_below(&r, 100) < 80)
        msg.key = (kafc_bytes){ key, len };
    len = snprintf(value, sizeof(value), "%d:", n);
    msg.value.p = value;
    msg.value.len = len + (int)kafc__rand_below(&r, (uint32_t)f->value_max);
    memset(value + len, 'a' + n % 26, (size_t)(msg.value.len - len));
    m->writer = (int8_t)kafc__rand_below(&r, (uint32_t)f->nwriters);
    m->topic = f->o->both && kafc__rand_below(&r, 100) < 30;
    if (f->o->both)
        msg.topic = flow_topic[m->topic];
    code = kafc__producer_send(f->writer[m->writer].producer, &msg, m, sim_wall_ms(s), &err);
    if (code == KAFC_ERR_WOULD_BLOCK || (code == KAFC_ERR_NO_MEMORY && s->poor_permille))
        return false;
    MUST(f, code == KAFC_OK, "send of message %d: %s", SEED(f), n, err.message);
    return m->taken = true;
}

static void send_some(void *ctx)
{
    struct flow *f = ctx;
    struct sim *s = f->sim;
    int burst = 1 + (int)sim_draw(s, 12);

    while (burst-- > 0 && f->next < f->n && send_one(f, f->next))
        f->next++;
    if (f->next < f->n)
        sim_at(s, &f->send, s->now + 1 + sim_draw(s, 2 * (uint32_t)f->pause_us));
}

static void deny_ids(struct sim *s)
{
    if (sim_chance(s, 50))
        ck_assert_int_eq(kafc__cluster_set_versions(s->cluster, KAFC_API_INIT_PRODUCER_ID, -1, -1),
                         KAFC_OK);
    else
        ck_assert_int_eq(kafc__cluster_push_error(s->cluster, KAFC_API_INIT_PRODUCER_ID,
                                                  KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1000),
                         KAFC_OK);
}

static void start_writer(struct flow *f, struct flow_writer *w)
{
    static const int64_t buffers[] = { 4000000, 4000000, 4000000, 100000, 30000 };
    const struct flow_options *o = f->o;
    struct sim *s = f->sim;
    struct kafc_producer_config cfg = { .mem = s->mem, .acks = o->acks };
    struct kafc_core_config core = { .client_id = "writer" };
    kafc_error err;

    w->flow = f;
    core.request_timeout_us = 1000000 + sim_draw(s, 3000000);
    /* Several on one client, or each on its own. */
    w->core = w != f->writer && sim_chance(s, 50) ? f->writer[0].core : sim_client(s, &core);
    w->polls = sim_chance(s, 30);
    cfg.topic = o->both ? NULL : flow_topic[0];
    cfg.idempotence = o->acks == -1 && (o->idempotence || o->denied || o->release);
    cfg.idempotence_asked = o->idempotence;
    cfg.create_topics = f->creates;
    cfg.compression = f->codec;
    cfg.linger_us = sim_chance(s, 30) ? 0 : sim_draw(s, 20000);
    cfg.batch_bytes = 300 + (int32_t)sim_draw(s, sim_chance(s, 30) ? 20000 : 5000);
    cfg.message_max_bytes = 100000;
    cfg.buffer_bytes = buffers[sim_draw(s, sizeof(buffers) / sizeof(*buffers))];
    cfg.delivery_timeout_us = o->delivery_timeout_us;
    cfg.max_in_flight = cfg.idempotence ? 1 + (int32_t)sim_draw(s, 12) : 1;
    if (cfg.max_in_flight > 5)
        cfg.max_in_flight = 5;
    cfg.reports = KAFC_REPORTS_ALL;
    cfg.report_slots = sim_chance(s, 30) ? 50 : 100000;
    cfg.seed = s->seed;
    cfg.now_us = now_us;
    cfg.on_report = w->polls ? NULL : on_report;
    cfg.ctx = w;
    w->producer = kafc__producer_new(w->core, &cfg, &err);
    MUST(f, w->producer != NULL, "no producer: %s", SEED(f), err.message);
    MUST(f, kafc__producer_start(w->producer, &err) == KAFC_OK, "start: %s", SEED(f), err.message);
}

/* ---- reading ---- */

static void on_ready(void *ctx)
{
    ((struct flow *)ctx)->ready = true;
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
           (code = kafc__consumer_next(kafc__consumer_taker(f->consumer), &m, &err)) != KAFC_ERR_WOULD_BLOCK) {
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
        (void)flow_number(f, &m);
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
static void check_flush(struct flow_writer *w)
{
    struct flow *f = w->flow;

    if (w->flushing && atomic_load(&w->flush.done)) {
        collect(w);
        for (int i = 0; i < w->flushed; i++)
            MUST(f, f->m[i].verdicts == 1 || w != &f->writer[f->m[i].writer],
                 "message %d has no verdict after a flush", SEED(f), i);
        kafc__producer_flush_end(w->producer, &w->flush);
        w->flushing = false;
    } else if (!w->flushing && !w->closing && sim_draw(f->sim, 300) == 0) {
        w->flushing = true;
        w->flushed = f->next;
        kafc__producer_flush_begin(w->producer, &w->flush);
    }
}

/* Close flushes, and is over at its deadline at the latest (rule W10). */
static void close_writer(struct flow_writer *w)
{
    struct flow *f = w->flow;
    int64_t now = f->sim->now;

    if (!w->closing && !w->flushing) {
        w->closing = true;
        w->close_at = now + (f->hasty ? (int64_t)sim_draw(f->sim, 800000) : 200000000);
        if (f->abrupt)
            kafc__producer_stop(w->producer);
        else
            kafc__producer_close(w->producer, w->close_at);
    }
    if (!w->closed) {
        w->closed = kafc__producer_closed(w->producer);
        MUST(f, !w->closing || now <= w->close_at + 1000, "the close is late", SEED(f));
    }
    collect(w);
}

static bool done(void *ctx)
{
    struct flow *f = ctx;
    bool closed = true;

    if (f->consumer)
        take_messages(f);
    for (int i = 0; i < f->nwriters; i++) {
        collect(&f->writer[i]);
        check_flush(&f->writer[i]);
        if (f->next == f->n)
            close_writer(&f->writer[i]);
        closed = closed && f->writer[i].closed;
    }
    return closed && (!f->consumer || reader_done(f));
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

/* What brings trouble of its own, so that it is not everywhere. */
static void more_options_of(struct flow_options *o, uint64_t seed)
{
    struct kafc_rand r;

    kafc__rand_seed(&r, seed * 77 + 5);
    o->writers = 1 + (kafc__rand_below(&r, 4) == 0 ? 1 + (int)kafc__rand_below(&r, 2) : 0);
    o->both = kafc__rand_below(&r, 5) == 0;
    o->min_isr = kafc__rand_below(&r, 4) == 0;
    o->homeless = kafc__rand_below(&r, 4) == 0;
    o->throttled = kafc__rand_below(&r, 4) == 0;
    o->latency_us = kafc__rand_below(&r, 2) ? 2000 : kafc__rand_below(&r, 2) ? 30000 : 150000;
    o->losing = o->acks == 1;
    o->forgetful = kafc__rand_below(&r, 8) == 0;
    /* Only a topic's id tells an old broker's topic from the new one of that name. */
    o->remade = !o->release && !o->forgetful && kafc__rand_below(&r, 8) == 0;
    if (o->losing || o->forgetful || o->remade)
        o->reader = false;
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
        o->acks = seed % 20 == 9 ? 1 : seed % 40 == 19 ? 0 : -1;
        o->denied = false;
    }
    more_options_of(o, seed);
}

static void before_loss(void *ctx, int32_t partition)
{
    flow_look(ctx, 0, partition);
}

static void start_chaos(struct flow *f)
{
    const struct flow_options *o = f->o;
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
                                   .answers = sim_chance(s, 70),
                                   .losing = o->losing,
                                   .forgetful = o->forgetful,
                                   .remade = o->remade,
                                   .homeless = o->homeless,
                                   .throttled = o->throttled,
                                   .before = before_loss,
                                   .ctx = f };
    sim_chaos_start(&f->chaos);
}

static void configure(struct sim *s, const char *topic, const char *name, const char *value)
{
    ck_assert_int_eq(kafc__cluster_set_config(s->cluster, topic, name, value), KAFC_OK);
}

static void make_topics(struct flow *f)
{
    struct sim *s = f->sim;
    char most[16];
    bool split = sim_chance(s, 20); /* batches are found too large */
    bool append_time = sim_chance(s, 20);

    (void)snprintf(most, sizeof(most), "%d", f->value_max + 2000 + (int)sim_draw(s, 1000));
    for (int i = 0; i < FLOW_TOPICS; i++) {
        ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, flow_topic[i], FLOW_PARTITIONS, 0),
                         KAFC_OK);
        if (split)
            configure(s, flow_topic[i], "max.message.bytes", most);
        if (append_time)
            configure(s, flow_topic[i], "message.timestamp.type", "LogAppendTime");
        if (f->o->min_isr)
            configure(s, flow_topic[i], "min.insync.replicas", "2");
    }
}

static void prepare(struct flow *f)
{
    const struct flow_options *o = f->o;
    struct sim *s = f->sim;

    f->n = o->messages;
    f->m = calloc((size_t)f->n, sizeof(*f->m));
    for (int i = 0; i < f->n; i++)
        f->m[i].partition = -1; /* not told yet */
    f->nwriters = o->writers ? o->writers : 1;
    if (o->short_timeouts && sim_chance(s, 40)) {
        f->hasty = true;
        f->abrupt = sim_chance(s, 10);
        f->n = 20 + (int)sim_draw(s, (uint32_t)f->n - 20);
    }
    f->pause_us = 1000 + (int)sim_draw(s, 150000);
    f->value_max = 10 + (int)sim_draw(s, 1000);
    /* The topic appears when the writer asks for it (rules W9, R12). */
    f->creates = sim_chance(s, 15) && !o->remade;
    if (!f->creates)
        make_topics(f);
    f->codec = (kafc_compression)sim_draw(s, 5);
    if (kafc__codec((int)f->codec)->library || (o->release && f->codec == KAFC_ZSTD))
        f->codec = KAFC_NONE;
    if (!o->release && !o->remade)
        set_versions(s, f->codec == KAFC_ZSTD);
    if (o->denied)
        deny_ids(s);
}

static void describe(struct flow *f)
{
    const struct sim *s = f->sim;

    if (getenv("SIM_STATS"))
        (void)fprintf(
            stderr,
            "seed %llu: %d writers, acks %d%s%s%s%s%s%s%s, %.3f s, %llu steps, %llu packets, trace %016llx\n",
            SEED(f), f->nwriters, f->o->acks, f->o->idempotence ? ", idempotence" : "",
            f->o->short_timeouts ? ", short" : "", f->o->losing ? ", losing" : "",
            f->o->forgetful ? ", forgetful" : "", f->o->remade ? ", remade" : "",
            f->o->homeless ? ", homeless" : "", f->o->throttled ? ", throttled" : "",
            (double)s->now / 1e6, (unsigned long long)s->steps, (unsigned long long)s->packets,
            (unsigned long long)s->trace);
}

static void tear_down(struct flow *f)
{
    struct sim *s = f->sim;

    if (f->consumer)
        kafc__consumer_free(f->consumer);
    for (int i = f->nwriters - 1; i >= 0; i--) {
        struct flow_writer *w = &f->writer[i];
        kafc_writer_stats c = { .size = sizeof(c) };

        kafc__producer_counts(w->producer, &c);
        MUST(f, c.held_messages == 0 && c.held_bytes == 0, "%llu messages, %llu bytes are held",
             SEED(f), (unsigned long long)c.held_messages, (unsigned long long)c.held_bytes);
        kafc__producer_stop(w->producer);
        kafc__producer_free(w->producer);
        if (i == 0 || w->core != f->writer[0].core)
            sim_client_free(s, w->core);
    }
    if (f->rcore)
        sim_client_free(s, f->rcore);
    sim_free(s);
}

uint64_t flow_run(const struct flow_options *o)
{
    struct flow *f = calloc(1, sizeof(*f));
    struct sim *s = f->sim = sim_new(o->seed, KAFC_MOCK(.brokers = 2 + (int32_t)(o->seed % 3),
                                                        .failover_ms = o->seed % 2 ? 300 : 0,
                                                        .release = o->release));
    uint64_t trace;
    bool ended;

    f->o = o;
    s->latency_max_us = o->latency_us ? o->latency_us : 2000;
    s->tls = o->tls;
    prepare(f);
    for (int i = 0; i < f->nwriters; i++)
        start_writer(f, &f->writer[i]);
    f->send = (struct sim_event){ .fire = send_some, .ctx = f };
    sim_at(s, &f->send, s->now + 1);
    if (o->reader)
        start_reader(f);
    if (o->chaos)
        start_chaos(f);
    if (o->poor)
        s->poor_permille = 1 + (int)sim_draw(s, 20);
    ended = sim_run(s, done, f, 400000000);
    describe(f);
    MUST(f, ended, "it does not end: %d of %d sent, closed %d, %d read, at %.3f s", SEED(f),
         f->next, f->n, f->writer[0].closed, f->read, (double)s->now / 1e6);
    flow_look(f, -1, -1);
    flow_verdicts(f);
    trace = s->trace;
    tear_down(f);
    free(f->m);
    free(f);
    return trace;
}
