/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every error code, at every API that a writer uses, for its first, its middle
 * and its last batch, once and until the delivery timeout: what becomes of the
 * messages is what the tables here say, which are made of the protocol and not
 * of the code. In all of it every message gets one verdict that is true, order
 * is kept, and with idempotence nothing is in the log twice.
 *
 * KAFC_ERRORS_CODE=n runs that code alone; SIM_LOG=1 shows what is logged.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/producer_internal.h"
#include "protocol/apis.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum {
    MS = 1000,
    SECOND = 1000000,
    BATCHES = 5,
    PER = 3, /* messages of a batch */
    MESSAGES = BATCHES * PER,
    WITNESSES = 2, /* messages of another partition, before and behind the others */
    SPACING = 200 * MS,
    RTT_MS = 1000, /* all batches are under way before the first answer */
    DELIVERY = 5 * SECOND,
    FIRST_CODE = -3,
    LAST_CODE = 140
};

/* ---- what is expected ---- */

enum outcome {
    FAILS, /* at once; the others go on under a new epoch */
    RETRIED,
    BUMPED, /* goes on under a new epoch */
    SPLIT,  /* until it fits; a message alone fails */
    COUNTS, /* as acknowledged, at an unknown offset */
    FATAL   /* with idempotence for all that comes; else as FAILS */
};

/* doubt: brokers answer so, too, when they have appended. Codes without a row fail, and surely are not written. */
static const struct expected {
    int16_t code;
    enum outcome produce;
    bool doubt;
} expected[] = {
    { KAFC_ERR_UNKNOWN_SERVER_ERROR, FAILS, true },
    { KAFC_ERR_CORRUPT_MESSAGE, RETRIED, false },
    { KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, RETRIED, true },
    { KAFC_ERR_LEADER_NOT_AVAILABLE, RETRIED, false },
    { KAFC_ERR_NOT_LEADER_OR_FOLLOWER, RETRIED, true },
    { KAFC_ERR_REQUEST_TIMED_OUT, RETRIED, true },
    { KAFC_ERR_REPLICA_NOT_AVAILABLE, RETRIED, false },
    { KAFC_ERR_MESSAGE_TOO_LARGE, SPLIT, false },
    { KAFC_ERR_NETWORK_EXCEPTION, RETRIED, true },
    { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, RETRIED, false },
    { KAFC_ERR_COORDINATOR_NOT_AVAILABLE, RETRIED, false },
    { KAFC_ERR_NOT_COORDINATOR, RETRIED, false },
    { KAFC_ERR_RECORD_LIST_TOO_LARGE, SPLIT, false }, /* above segment.bytes: half of it may fit */
    { KAFC_ERR_NOT_ENOUGH_REPLICAS, RETRIED, false },
    { KAFC_ERR_NOT_ENOUGH_REPLICAS_AFTER_APPEND, RETRIED, true },
    { KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, FATAL, false },
    { KAFC_ERR_NOT_CONTROLLER, RETRIED, false },
    { KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, BUMPED, false },
    { KAFC_ERR_DUPLICATE_SEQUENCE_NUMBER, COUNTS, true },
    { KAFC_ERR_CONCURRENT_TRANSACTIONS, RETRIED, false },
    { KAFC_ERR_KAFKA_STORAGE_ERROR, RETRIED, true },
    { KAFC_ERR_UNKNOWN_PRODUCER_ID, BUMPED, false },
    { KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND, RETRIED, false },
    { KAFC_ERR_INVALID_FETCH_SESSION_EPOCH, RETRIED, false },
    { KAFC_ERR_LISTENER_NOT_FOUND, RETRIED, false },
    { KAFC_ERR_FENCED_LEADER_EPOCH, RETRIED, false },
    { KAFC_ERR_UNKNOWN_LEADER_EPOCH, RETRIED, false },
    { KAFC_ERR_OFFSET_NOT_AVAILABLE, RETRIED, false },
    { KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE, RETRIED, false },
    { KAFC_ERR_ELIGIBLE_LEADERS_NOT_AVAILABLE, RETRIED, false },
    { KAFC_ERR_ELECTION_NOT_NEEDED, RETRIED, false },
    { KAFC_ERR_UNSTABLE_OFFSET_COMMIT, RETRIED, false },
    { KAFC_ERR_THROTTLING_QUOTA_EXCEEDED, RETRIED, false },
    { KAFC_ERR_PRODUCER_FENCED, FATAL, false },
    { KAFC_ERR_UNKNOWN_TOPIC_ID, RETRIED, false },
    { KAFC_ERR_INCONSISTENT_TOPIC_ID, RETRIED, false },
    { KAFC_ERR_FETCH_SESSION_TOPIC_ID_ERROR, RETRIED, false },
    { KAFC_ERR_SHARE_SESSION_NOT_FOUND, RETRIED, false },
    { KAFC_ERR_INVALID_SHARE_SESSION_EPOCH, RETRIED, false },
    { KAFC_ERR_SHARE_SESSION_LIMIT_REACHED, RETRIED, false },
};

static bool is_known(int code)
{
    return strcmp(kafc_err_name((kafc_err)code), "UNKNOWN") != 0;
}

/* What nobody knows may mean anything: as UNKNOWN_SERVER_ERROR. */
static struct expected expected_of(int code)
{
    for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
        if (expected[i].code == code)
            return expected[i];
    return (struct expected){ (int16_t)code, FAILS, !is_known(code) };
}

/* Elsewhere a broker that is not available may be so by the next answer. */
static bool retriable(int code)
{
    return expected_of(code).produce == RETRIED || code == KAFC_ERR_BROKER_NOT_AVAILABLE;
}

/* ---- the scene ---- */

struct message {
    int verdicts, found;
    kafc_verdict verdict;
    kafc_err code;
    int64_t offset, sent_at, at;
};

struct scene {
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    /* the fault */
    int16_t api;
    int code, batch; /* batch -1: none yet */
    bool always, appends, idempotent, asked;
    int16_t version; /* of Produce, at most */
    int strikes;     /* so far */
    int64_t struck_at;
    int stumbles; /* answers to Produce that lead to another request */
    kafc_mock_answer stumble;
    bool open; /* the fault is in force */
    /* messages of partition 0, then those of partition 1 */
    struct message m[MESSAGES + WITNESSES];
    int next, told;
    int16_t epoch; /* at the end */
    struct sim_event send;
};

#define MUST(s, what, ...) \
    do { \
        if (!(what)) { \
            (void)fprintf(stderr, \
                          "KAFC_ERRORS_CODE=%d: API %d, batch %d, %s%s, Produce %d, " \
                          "idempotence %d%s: ", \
                          (s)->code, (s)->api, (s)->batch, (s)->always ? "always" : "once", \
                          (s)->appends ? " after the append" : "", (s)->version, (s)->idempotent, \
                          (s)->asked ? " (asked for)" : ""); \
            ck_abort_msg(__VA_ARGS__); \
        } \
    } while (0)

static int64_t now_us(void *ctx)
{
    return ((struct scene *)ctx)->sim->now;
}

static void on_report(void *ctx, const kafc_report *r)
{
    struct scene *s = ctx;
    struct message *m = r->opaque;
    if (!m)
        return;
    m->verdicts++;
    m->verdict = r->verdict;
    m->code = r->code;
    m->offset = r->offset;
    m->at = s->sim->now;
    s->told++;
}

static void send_message(struct scene *s, int i)
{
    char text[16];
    kafc_error err;
    kafc_message m = { .to_partition = i < MESSAGES ? KAFC_ZERO : 1 };
    m.value = (kafc_bytes){ text, snprintf(text, sizeof(text), "#%05d", i) };
    s->m[i].sent_at = s->sim->now;
    kafc_err rc = kafc__producer_send(s->p, &m, &s->m[i], sim_wall_ms(s->sim), &err);
    MUST(s, rc == KAFC_OK, "send: %s", err.message);
}

static void send_batch(void *ctx)
{
    struct scene *s = ctx;
    int batch = s->next++;
    if (batch == 0)
        send_message(s, MESSAGES);
    for (int i = 0; i < PER; i++)
        send_message(s, batch * PER + i);
    if (s->next < BATCHES)
        sim_at(s->sim, &s->send, s->sim->now + SPACING);
    else
        send_message(s, MESSAGES + 1);
}

/* The batch that a Produce request begins with, -1: of the other partition, or of the warm-up. */
static int batch_of(const kafc_mock_request *rq)
{
    const char *p = rq->body.p, *end = p + rq->body.len - 5;
    while (p < end && memcmp(p, "#000", 4) != 0)
        p++;
    int i = p < end ? (p[4] - '0') * 10 + p[5] - '0' : MESSAGES;
    return i < MESSAGES ? i / PER : -1;
}

static void append(struct scene *s, const kafc_mock_request *rq)
{
    struct kafc_arena arena;
    struct kafc_produce_req req;
    struct kafc_rd rd;
    kafc_error err;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    kafc_err rc = kafc__msg_decode(&rd, &kafc_produce_req_schema, &req, rq->version, &arena, &err);
    MUST(s, rc == KAFC_OK, "a request: %s", err.message);
    const struct kafc_records *r = &req.topic_data.v[0].partition_data.v[0].records;
    rc = kafc__cluster_append_batch(s->sim->cluster, "t", 0, r->p, (size_t)r->len);
    MUST(s, rc == KAFC_OK, "append: %s", kafc_err_name(rc));
    kafc__arena_fini(&arena);
}

static void strike(struct scene *s, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    if (s->strikes++ == 0) {
        s->struck_at = s->sim->now;
        if (s->appends)
            append(s, rq);
        /* From now on answers are quick: behind a batch whose time is over the next one still has some. */
        (void)kafc__cluster_set_rtt(s->sim->cluster, 0, 0);
    }
    a->act = KAFC_MOCK_ERROR;
    a->code = (kafc_err)s->code;
}

static void on_request(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct scene *s = ctx;
    bool here = rq->api != KAFC_API_PRODUCE || (s->batch >= 0 && batch_of(rq) == s->batch);
    if (rq->api == KAFC_API_PRODUCE && here && s->stumbles > 0) {
        s->stumbles--;
        *a = s->stumble;
        s->open = true; /* from here on, the other API's */
        (void)kafc__cluster_set_rtt(s->sim->cluster, 0, 0);
    } else if (rq->api == s->api && here && s->open && (s->always || s->strikes == 0)) {
        strike(s, rq, a);
    }
}

static void make_producer(struct scene *s)
{
    kafc_error err;
    struct kafc_producer_config cfg = { .topic = "t",
                                        .acks = -1,
                                        .idempotence = s->idempotent,
                                        .idempotence_asked = s->asked,
                                        .batch_bytes = 100000,
                                        .batch_messages = PER,
                                        .message_max_bytes = 100000,
                                        .buffer_bytes = 1 << 20,
                                        .delivery_timeout_us = DELIVERY,
                                        .max_in_flight = s->idempotent ? 5 : 1,
                                        .reports = KAFC_REPORTS_ALL,
                                        .report_slots = 1000,
                                        .now_us = now_us,
                                        .on_report = on_report,
                                        .ctx = s };
    cfg.mem = s->sim->mem;
    s->p = kafc__producer_new(s->core, &cfg, &err);
    MUST(s, s->p != NULL, "no producer: %s", err.message);
    MUST(s, kafc__producer_start(s->p, &err) == KAFC_OK, "start: %s", err.message);
}

static bool all_told(void *ctx)
{
    struct scene *s = ctx;
    return s->told == MESSAGES + WITNESSES;
}

static bool settled(void *ctx)
{
    struct scene *s = ctx;
    kafc_writer_stats n = { .size = sizeof(n) };
    kafc__producer_counts(s->p, &n);
    return n.messages > 0 && n.held_messages == 0;
}

/* Metadata and a producer id are here, the connections are made, an epoch is proven. */
static void warm_up(struct scene *s)
{
    kafc_error err;
    for (int p = 0; p < 2; p++) {
        kafc_message m = { .value = KAFC_STR("warm"), .to_partition = p ? p : KAFC_ZERO };
        MUST(s, kafc__producer_send(s->p, &m, NULL, 1, &err) == KAFC_OK, "%s", err.message);
    }
    MUST(s, sim_run(s->sim, settled, s, 2 * SECOND), "it does not get warm");
    (void)kafc__cluster_set_rtt(s->sim->cluster, 0, RTT_MS);
}

static void begin(struct scene *s)
{
    struct sim *sim = s->sim = sim_new(1, KAFC_MOCK(.brokers = 2));
    sim->latency_max_us = 20;
    s->core = sim_client(sim, &(struct kafc_core_config){ .client_id = "writer",
                                                          .retry_backoff_us = 10 * MS,
                                                          .retry_backoff_max_us = 50 * MS,
                                                          .reconnect_backoff_us = 10 * MS,
                                                          .reconnect_backoff_max_us = 50 * MS });
    MUST(s, kafc__cluster_create_topic(sim->cluster, "t", 2, 1) == KAFC_OK, "no topic");
    MUST(s, kafc__cluster_hook(sim->cluster, -1, on_request, s) == KAFC_OK, "no hook");
    MUST(s, kafc__cluster_set_versions(sim->cluster, KAFC_API_PRODUCE, 3, s->version) == KAFC_OK,
         "no version");
    make_producer(s);
    s->send = (struct sim_event){ .fire = send_batch, .ctx = s };
}

/* ---- what must hold whatever happens ---- */

static void check_log(struct scene *s)
{
    kafc_message *m;
    int last = -1;
    for (int64_t at = 0; (m = kafc__cluster_record(s->sim->cluster, "t", 0, at)); at++) {
        const char *text = m->value.p;
        int i = text[0] == '#' ? (text[4] - '0') * 10 + text[5] - '0' : -1;
        kafc_message_free(m);
        if (i < 0)
            continue;
        struct message *w = &s->m[i];
        MUST(s, w->found > 0 || i > last, "message %d stands behind %d", i, last);
        MUST(s, w->found == 0 || !s->idempotent, "message %d is in the log twice", i);
        MUST(s,
             w->found || w->verdict != KAFC_ACKNOWLEDGED || w->offset == KAFC_OFFSET_UNKNOWN ||
                 w->offset == at || !s->idempotent,
             "message %d is at %lld, and was told to be at %lld", i, (long long)at,
             (long long)w->offset);
        last = i > last ? i : last;
        w->found++;
    }
}

static void check_verdicts(struct scene *s)
{
    for (int i = 0; i < MESSAGES + WITNESSES; i++) {
        const struct message *m = &s->m[i];
        MUST(s, m->verdicts == 1, "message %d has %d verdicts", i, m->verdicts);
        MUST(s, m->at - m->sent_at <= DELIVERY + 20 * MS, "message %d had to wait for %lld ms", i,
             (long long)(m->at - m->sent_at) / MS);
        if (i >= MESSAGES)
            continue;
        MUST(s, m->found || m->verdict != KAFC_ACKNOWLEDGED, "message %d is lost", i);
        MUST(s, !m->found || m->verdict != KAFC_NOT_WRITTEN, "message %d is in the log", i);
    }
}

static void end(struct scene *s)
{
    kafc_writer_stats n = { .size = sizeof(n) };
    MUST(s, sim_run(s->sim, all_told, s, 60 * SECOND), "%d of %d verdicts", s->told,
         MESSAGES + WITNESSES);
    check_log(s);
    check_verdicts(s);
    kafc__producer_counts(s->p, &n);
    MUST(s, n.acknowledged + n.failed == n.messages, "%llu verdicts are counted, of %llu messages",
         (unsigned long long)(n.acknowledged + n.failed), (unsigned long long)n.messages);
    MUST(s, n.held_bytes == 0 && n.held_messages == 0, "%llu bytes are held",
         (unsigned long long)n.held_bytes);
    kafc__producer_stop(s->p);
    s->epoch = s->p->epoch;
    kafc__producer_free(s->p);
    sim_client_free(s->sim, s->core);
    sim_free(s->sim);
}

/* ---- what a batch of messages came to ---- */

static void are_acknowledged(struct scene *s, int first, int n)
{
    for (int i = first; i < first + n; i++)
        MUST(s, s->m[i].verdict == KAFC_ACKNOWLEDGED, "message %d: verdict %d, %s", i,
             (int)s->m[i].verdict, kafc_err_name(s->m[i].code));
}

/* code 0: any. */
static void have_failed(struct scene *s, int first, int n, kafc_verdict verdict, int code,
                        bool in_time)
{
    for (int i = first; i < first + n; i++) {
        const struct message *m = &s->m[i];
        MUST(s, m->verdict == verdict && (!code || (int)m->code == code),
             "message %d: verdict %d, %s instead of %d, %s", i, (int)m->verdict,
             kafc_err_name(m->code), (int)verdict, kafc_err_name((kafc_err)code));
        int64_t took = m->at - m->sent_at;
        MUST(s, in_time ? took < DELIVERY - SECOND : took >= DELIVERY, "message %d: after %lld ms",
             i, (long long)took / MS);
    }
}

static void others_are_acknowledged(struct scene *s)
{
    are_acknowledged(s, 0, s->batch * PER);
    are_acknowledged(s, (s->batch + 1) * PER, MESSAGES - (s->batch + 1) * PER);
    are_acknowledged(s, MESSAGES, WITNESSES);
}

static void is_over(struct scene *s, bool bumped)
{
    if (s->idempotent && s->batch < BATCHES - 1) /* somebody came behind it */
        MUST(s, bumped == (s->epoch > 0), "it ended in epoch %d", s->p->epoch);
}

/* ---- Produce ---- */

static void expect_produce(struct scene *s, const struct expected *e)
{
    int first = s->batch * PER;
    kafc_verdict lost = e->doubt ? KAFC_PERHAPS_WRITTEN : KAFC_NOT_WRITTEN;
    enum outcome what = s->idempotent                                 ? e->produce
                        : e->produce == FATAL || e->produce == BUMPED ? FAILS
                                                                      : e->produce;
    if (what == FATAL) {
        have_failed(s, first, PER, lost, s->code, true);
        are_acknowledged(s, 0, first);
        for (int i = first; i < MESSAGES; i++)
            MUST(s, (int)s->m[i].code == s->code, "message %d: %s", i, kafc_err_name(s->m[i].code));
        return;
    }
    others_are_acknowledged(s);
    if (what == COUNTS || (!s->always && what != FAILS)) {
        are_acknowledged(s, first, PER);
        MUST(s, what != COUNTS || s->m[first].offset == KAFC_OFFSET_UNKNOWN, "an offset: %lld",
             (long long)s->m[first].offset);
        is_over(s, s->code == KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER);
        return;
    }
    bool at_once = what == FAILS || what == SPLIT;
    have_failed(s, first, PER, lost, s->code, at_once);
    if (!s->appends) /* else nothing is missing for those behind it */
        is_over(s, true);
}

static void run_produce(const struct scene *given, const struct expected *e)
{
    struct scene s = *given;
    begin(&s);
    warm_up(&s);
    s.open = true;
    sim_at(s.sim, &s.send, s.sim->now + 1);
    end(&s);
    MUST(&s, s.strikes > 0, "nothing was struck");
    expect_produce(&s, e);
}

static void produce_code(int code, bool idempotent, int16_t version)
{
    struct expected e = expected_of(code);
    static const int where[] = { 0, BATCHES / 2, BATCHES - 1 };
    for (int way = 0; way < 12; way++) {
        struct scene s = { .api = KAFC_API_PRODUCE,
                           .code = code,
                           .batch = where[way % 3],
                           .always = way / 3 % 2,
                           .appends = way / 6,
                           .idempotent = idempotent,
                           .version = version };
        /* A broker that says "there already" has it. */
        if (s.appends ? !e.doubt : e.produce == COUNTS)
            continue;
        run_produce(&s, &e);
    }
}

static void each_code(void (*run)(int code, bool idempotent, int16_t version), bool idempotent,
                      int16_t version)
{
    const char *one = getenv("KAFC_ERRORS_CODE");
    static const int odd[] = { -32768, 1000, 32767 };
    if (one) {
        run(atoi(one), idempotent, version);
        return;
    }
    for (int code = FIRST_CODE; code <= LAST_CODE; code += SIM_STEP)
        if (code)
            run(code, idempotent, version);
    for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
        run(odd[i], idempotent, version);
}

START_TEST(W1_W5_every_code_of_produce)
{
    static const int16_t versions[] = { 3, 9, 13 };
    each_code(produce_code, true, versions[_i]);
}
END_TEST

START_TEST(W1_W5_every_code_of_produce_without_idempotence)
{
    each_code(produce_code, false, _i ? 13 : 3);
}
END_TEST

/* ---- Metadata ---- */

/* Before the topic is known its messages wait; what cannot get better is told at once. Later the old answer stands. */
static void metadata_code(int code, bool idempotent, int16_t version)
{
    static const int where[] = { -1, 0, BATCHES / 2, BATCHES - 1 };
    for (int way = 0; way < 8; way++) {
        struct scene s = { .api = KAFC_API_METADATA,
                           .code = code,
                           .batch = where[way / 2],
                           .always = way % 2,
                           .idempotent = idempotent,
                           .version = version };
        begin(&s);
        s.open = s.batch < 0;
        if (!s.open) {
            warm_up(&s);
            s.stumbles = 1;
            s.stumble = (kafc_mock_answer){ .act = KAFC_MOCK_ERROR,
                                            .code = KAFC_ERR_NOT_LEADER_OR_FOLLOWER };
        }
        sim_at(s.sim, &s.send, s.sim->now + 1);
        end(&s);
        MUST(&s, s.strikes > 0, "nothing was struck");
        bool hopeless = s.open && s.batch < 0 && !retriable(code) &&
                        code != KAFC_ERR_REBOOTSTRAP_REQUIRED;
        if (code == KAFC_ERR_REBOOTSTRAP_REQUIRED && s.always)
            continue; /* the brokers are forgotten again and again */
        if (s.batch >= 0 || (!s.always && !hopeless))
            are_acknowledged(&s, 0, MESSAGES + WITNESSES);
        else if (s.always)
            have_failed(&s, 0, MESSAGES + WITNESSES, KAFC_NOT_WRITTEN, hopeless ? code : 0,
                        hopeless);
    }
}

START_TEST(W1_W9_every_code_of_metadata)
{
    each_code(metadata_code, true, 13);
}
END_TEST

/* ---- InitProducerId ---- */

/* The refusals of which rule W6 speaks: what was wanted by default gives way. */
static bool gives_way(const struct scene *s)
{
    return !s->asked && (s->code == KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED ||
                         s->code == KAFC_ERR_UNSUPPORTED_VERSION);
}

/* What was denied once is asked for anew by the messages that come after. */
static void those_that_waited_have_failed(struct scene *s, int first, int n)
{
    for (int i = first; i < first + n; i++)
        if (s->m[i].verdict == KAFC_ACKNOWLEDGED)
            are_acknowledged(s, i, first + n - i);
        else
            have_failed(s, i, 1, KAFC_NOT_WRITTEN, s->code, true);
}

static void expect_id(struct scene *s)
{
    int first = s->batch < 0 ? 0 : (s->batch + 1) * PER, n = MESSAGES - first;
    bool again = retriable(s->code);
    if (s->code == KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED && s->asked && !s->always)
        those_that_waited_have_failed(s, first, n);
    else if ((again && !s->always) || gives_way(s))
        are_acknowledged(s, first, n);
    else
        have_failed(s, first, n, KAFC_NOT_WRITTEN, again ? 0 : s->code, !again);
}

static void id_code(int code, bool asked, int16_t version)
{
    static const int where[] = { -1, 0, BATCHES / 2, BATCHES - 2 };
    for (int way = 0; way < 8; way++) {
        struct scene s = { .api = KAFC_API_INIT_PRODUCER_ID,
                           .code = code,
                           .batch = where[way / 2],
                           .always = way % 2,
                           .idempotent = true,
                           .asked = asked,
                           .version = version };
        begin(&s);
        s.open = s.batch < 0;
        if (!s.open) { /* a batch is lost under the last epoch: those behind it need another id */
            warm_up(&s);
            atomic_load(&s.p->only->table)->part[0]->epoch = s.p->epoch = INT16_MAX;
            (void)kafc__cluster_forget_producers(s.sim->cluster, "t", 0, false);
            s.stumbles = 1;
            s.stumble = (kafc_mock_answer){ .act = KAFC_MOCK_ERROR,
                                            .code = KAFC_ERR_INVALID_RECORD };
        }
        sim_at(s.sim, &s.send, s.sim->now + 1);
        end(&s);
        MUST(&s, s.strikes > 0, "nothing was struck");
        if (s.batch >= 0)
            have_failed(&s, s.batch * PER, PER, KAFC_NOT_WRITTEN, KAFC_ERR_INVALID_RECORD, true);
        expect_id(&s);
    }
}

START_TEST(W6_every_code_of_init_producer_id)
{
    each_code(id_code, _i, 13);
}
END_TEST

/* ---- ApiVersions ---- */

/* Whatever it says, without versions there is no talking on this connection: another is made, while there is time. */
static void versions_code(int code, bool idempotent, int16_t version)
{
    static const int where[] = { -1, 0, BATCHES / 2, BATCHES - 1 };
    for (int way = 0; way < 8; way++) {
        struct scene s = { .api = KAFC_API_API_VERSIONS,
                           .code = code,
                           .batch = where[way / 2],
                           .always = way % 2,
                           .idempotent = idempotent,
                           .version = version };
        begin(&s);
        s.open = s.batch < 0;
        if (!s.open) {
            warm_up(&s);
            s.stumbles = 1;
            s.stumble = (kafc_mock_answer){ .act = KAFC_MOCK_CUT };
        }
        sim_at(s.sim, &s.send, s.sim->now + 1);
        end(&s);
        MUST(&s, s.strikes > 0, "nothing was struck");
        if (!s.always)
            are_acknowledged(&s, 0, MESSAGES + WITNESSES);
        else if (s.batch < 0)
            for (int i = 0; i < MESSAGES + WITNESSES; i++)
                MUST(&s, s.m[i].verdict == KAFC_NOT_WRITTEN, "message %d: verdict %d", i,
                     (int)s.m[i].verdict);
        else
            for (int i = s.batch * PER; i < MESSAGES; i++)
                MUST(&s, s.m[i].verdict != KAFC_ACKNOWLEDGED, "message %d was acknowledged", i);
    }
}

START_TEST(C8_every_code_of_api_versions)
{
    each_code(versions_code, true, 13);
}
END_TEST

SUITE_LOOPS("sim/errors", 300, LOOP(W1_W5_every_code_of_produce, 0, 3),
            LOOP(W1_W5_every_code_of_produce_without_idempotence, 0, 2),
            ONCE(W1_W9_every_code_of_metadata), LOOP(W6_every_code_of_init_producer_id, 0, 2),
            ONCE(C8_every_code_of_api_versions))
