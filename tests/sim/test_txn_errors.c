/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Every error code at every API that a transaction uses, in the first, a
 * middle and the last of five transactions, once and for a while, in both
 * generations of the protocol: what the application is told is what the tables
 * here say, which are made of the protocol and not of the code. Whatever
 * happens, a read_committed reader sees the messages of committed transactions,
 * once and in order, and no others; the group's offset is that of the last one.
 *
 * KAFC_ERRORS_CODE=n runs that code alone; SIM_LOG=1 shows what is logged.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/options.h"
#include "core/consumer.h"
#include "core/producer_internal.h"
#include "core/txn.h"
#include "protocol/apis.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum {
    MS = 1000,
    SECOND = 1000000,
    TRANSACTIONS = 5,
    PER = 4, /* messages of a transaction */
    MESSAGES = TRANSACTIONS * PER,
    PARTITIONS = 2,
    DELIVERY = 3 * SECOND,
    PATIENCE = 2 * SECOND, /* of the application; then the fault ends */
    TRIES = 6
};

/* ---- what is expected ---- */

enum outcome { NONE, RETRIED, ABORTED, FATAL };
enum { FIND, INIT, PARTS, OFFSETS, COMMIT, END, PRODUCE, APIS };
static const int16_t api_key[APIS] = {
    KAFC_API_FIND_COORDINATOR,
    KAFC_API_INIT_PRODUCER_ID,
    KAFC_API_ADD_PARTITIONS_TO_TXN,
    KAFC_API_ADD_OFFSETS_TO_TXN,
    KAFC_API_TXN_OFFSET_COMMIT,
    KAFC_API_END_TXN,
    KAFC_API_PRODUCE,
};
/* Codes without a row of their own, and not worth another try. Of Produce: when the batch has failed. */
static const enum outcome other[APIS] = { FATAL, FATAL, ABORTED, FATAL, FATAL, FATAL, ABORTED };

#define R RETRIED
#define A ABORTED
#define F FATAL
static const struct {
    int16_t code;
    enum outcome what[APIS]; /* NONE: as others */
} rows[] = {
    /*                                                 FIND INIT PARTS OFFS COMMIT END PRODUCE */
    { KAFC_ERR_INVALID_PRODUCER_EPOCH, { A, F, F, F, F, F, A } },
    { KAFC_ERR_PRODUCER_FENCED, { NONE, F, F, F, F, F, F } },
    { KAFC_ERR_INVALID_TXN_STATE, { A, F, F, F, F, F, A } },
    { KAFC_ERR_INVALID_PRODUCER_ID_MAPPING, { A, F, F, F, F, F, F } },
    { KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, { A, A, F, F, F, F, F } },
    { KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, { NONE, A, NONE, NONE, NONE, NONE, F } },
    { KAFC_ERR_UNSUPPORTED_VERSION, { NONE, NONE, NONE, NONE, NONE, NONE, F } },
    { KAFC_ERR_UNSUPPORTED_FOR_MESSAGE_FORMAT, { NONE, NONE, NONE, NONE, F, NONE, NONE } },
    { KAFC_ERR_UNKNOWN_PRODUCER_ID, { NONE, NONE, A, A, NONE, A, R } },
    { KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, { NONE, NONE, NONE, NONE, NONE, NONE, A } },
    { KAFC_ERR_DUPLICATE_SEQUENCE_NUMBER, { NONE, NONE, NONE, NONE, NONE, NONE, R } },
    { KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, { NONE, NONE, A, NONE, A, NONE, NONE } },
    { KAFC_ERR_GROUP_AUTHORIZATION_FAILED, { A, NONE, NONE, A, A, NONE, NONE } },
    { KAFC_ERR_ILLEGAL_GENERATION, { NONE, NONE, NONE, NONE, A, NONE, NONE } },
    { KAFC_ERR_UNKNOWN_MEMBER_ID, { NONE, NONE, NONE, NONE, A, NONE, NONE } },
    { KAFC_ERR_GROUP_ID_NOT_FOUND, { NONE, NONE, NONE, NONE, A, NONE, NONE } },
    { KAFC_ERR_STALE_MEMBER_EPOCH, { NONE, NONE, NONE, NONE, A, NONE, NONE } },
    { KAFC_ERR_FENCED_INSTANCE_ID, { NONE, NONE, NONE, NONE, A, NONE, NONE } },
    { KAFC_ERR_TRANSACTION_ABORTABLE, { A, A, A, A, A, A, A } },
    { KAFC_ERR_MESSAGE_TOO_LARGE, { NONE, NONE, NONE, NONE, NONE, NONE, R } }, /* split */
    { KAFC_ERR_RECORD_LIST_TOO_LARGE, { NONE, NONE, NONE, NONE, NONE, NONE, R } },
};
#undef R
#undef A
#undef F

/* The errors that pass, of Kafka's list. */
static const uint8_t passing[] = { 2,  3,  5,  6,  7,   9,   13,  14,  15,  16, 19,
                                   20, 41, 51, 56, 70,  71,  72,  74,  75,  78, 80,
                                   83, 84, 88, 89, 100, 103, 106, 122, 123, 133 };

static enum outcome expected(int api, int code)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].code == code && rows[i].what[api] != NONE)
            return rows[i].what[api];
    for (size_t i = 0; i < sizeof(passing); i++)
        if (passing[i] == code)
            return RETRIED;
    return other[api];
}

/* ---- the scene ---- */

struct scene {
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    struct kafc_txn *txn;
    /* the fault */
    int api, code, where; /* where: the transaction */
    bool always, second;  /* second: generation */
    bool open;
    int strikes;
    kafc_err stumble; /* of the API that leads to this one; or KAFC_OK */
    int stumbles;
    /* the application */
    kafc_error err;
    bool stuck, dead;
    int aborts;         /* that an error has led to */
    kafc_error trouble; /* the first one */
    bool done[TRANSACTIONS];
    int verdicts[MESSAGES], taken[MESSAGES];
    /* the reader */
    struct kafc_consumer *consumer;
    int seen[MESSAGES], last[PARTITIONS];
};

#define MUST(s, what, ...) \
    do { \
        if (!(what)) { \
            (void)fprintf(stderr, \
                          "KAFC_ERRORS_CODE=%d: API %d, transaction %d, %s, generation %d: ", \
                          (s)->code, api_key[(s)->api], (s)->where, \
                          (s)->always ? "always" : "once", (s)->second ? 2 : 1); \
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
    s->verdicts[(size_t)(uintptr_t)r->opaque]++;
}

static void on_request(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct scene *s = ctx;
    int16_t stumbles = s->api == FIND ? KAFC_API_END_TXN : KAFC_API_PRODUCE;
    if (!s->open)
        return;
    if (s->stumble != KAFC_OK && rq->api == stumbles && s->stumbles == 0) {
        s->stumbles++;
        a->act = KAFC_MOCK_ERROR;
        a->code = s->stumble;
    } else if (rq->api == api_key[s->api] && (s->always || s->strikes == 0)) {
        s->strikes++;
        a->act = KAFC_MOCK_ERROR;
        a->code = (kafc_err)s->code;
    }
}

static void begin(struct scene *s)
{
    kafc_error err;
    struct sim *sim = s->sim = sim_new(1, KAFC_MOCK(.brokers = 2));
    struct kafc_producer_config cfg = { .mem = sim->mem,
                                        .topic = "t",
                                        .acks = -1,
                                        .idempotence = true,
                                        .idempotence_asked = true,
                                        .transactional_id = "id",
                                        .transaction_timeout_ms = 60000,
                                        .batch_bytes = 100000,
                                        .message_max_bytes = 100000,
                                        .buffer_bytes = 1 << 20,
                                        .delivery_timeout_us = DELIVERY,
                                        .max_in_flight = 5,
                                        .reports = KAFC_REPORTS_ALL,
                                        .report_slots = 1000,
                                        .now_us = now_us,
                                        .on_report = on_report,
                                        .ctx = s };
    sim->latency_max_us = 20;
    MUST(s, kafc__cluster_create_topic(sim->cluster, "t", PARTITIONS, 1) == KAFC_OK, "no topic");
    MUST(s, kafc__cluster_set_transaction_version(sim->cluster, s->second ? 2 : 1) == KAFC_OK,
         "no generation");
    MUST(s, kafc__cluster_hook(sim->cluster, -1, on_request, s) == KAFC_OK, "no hook");
    s->core = sim_client(sim, &(struct kafc_core_config){ .client_id = "writer",
                                                          .retry_backoff_us = 100 * MS,
                                                          .retry_backoff_max_us = 500 * MS });
    s->p = kafc__producer_new(s->core, &cfg, &err);
    MUST(s, s->p != NULL, "no producer: %s", err.message);
    MUST(s, kafc__producer_start(s->p, &err) == KAFC_OK, "start: %s", err.message);
    s->txn = kafc__producer_txn(s->p);
}

/* ---- the application ---- */

static bool told(void *ctx)
{
    struct scene *s = ctx;
    return kafc__txn_told(s->txn, &s->err);
}

/* The call, as long as it takes; in the end the fault is gone. */
static kafc_err ask(struct scene *s, enum kafc_txn_call call, int64_t offset)
{
    kafc_group_metadata g = { .group = "g" };
    kafc_offset o = { .topic = "t", .partition = 0, .offset = offset };
    kafc__producer_enter(s->p);
    kafc_err rc = kafc__txn_call(s->txn, call, &g, &o, 1, &s->err);
    kafc__producer_leave(s->p);
    if (rc != KAFC_OK)
        return rc;
    if (sim_run(s->sim, told, s, s->api == PRODUCE ? 2 * DELIVERY : PATIENCE))
        return s->err.code;
    s->stuck = true;
    s->open = false;
    MUST(s, sim_run(s->sim, told, s, 20 * SECOND), "call %d does not end", (int)call);
    return s->err.code;
}

static void note(struct scene *s)
{
    if (s->trouble.code == KAFC_OK)
        s->trouble = s->err;
    s->open = s->open && s->api != PRODUCE; /* the time of its batches was over */
    s->dead = s->dead || s->err.cls == KAFC_CLASS_FATAL;
    MUST(s, s->err.cls == KAFC_CLASS_FATAL || s->err.cls == KAFC_CLASS_ABORT, "class %d: %s",
         (int)s->err.cls, s->err.message);
}

static bool abort_it(struct scene *s)
{
    s->aborts++;
    if (ask(s, KAFC_TXN_CALL_ABORT, 0) == KAFC_OK)
        return true;
    note(s);
    return false;
}

static void send_all(struct scene *s, int nth)
{
    for (int i = nth * PER; i < (nth + 1) * PER; i++) {
        char text[16];
        kafc_message m = { .to_partition = i % PARTITIONS ? i % PARTITIONS : KAFC_ZERO };
        m.value = (kafc_bytes){ text, snprintf(text, sizeof(text), "%d", i) };
        kafc_err rc = kafc__producer_send(s->p, &m, (void *)(uintptr_t)i, 1, &s->err);
        MUST(s, rc == KAFC_OK || kafc__txn_state(s->txn) > KAFC_TXN_IN_TRANSACTION, "send: %s",
             s->err.message);
        s->taken[i] += rc == KAFC_OK;
    }
}

static bool transact(struct scene *s, int nth)
{
    if (kafc__txn_begin(s->txn, &s->err) != KAFC_OK)
        return false;
    kafc__producer_enter(s->p);
    kafc__producer_leave(s->p);
    send_all(s, nth);
    return ask(s, KAFC_TXN_CALL_OFFSETS, nth + 1) == KAFC_OK &&
           ask(s, KAFC_TXN_CALL_COMMIT, 0) == KAFC_OK;
}

/* As an application does it: abort and again, or give up. */
static void run_transaction(struct scene *s, int nth)
{
    for (int i = 0; i < TRIES && !s->dead; i++) {
        if (transact(s, nth)) {
            s->done[nth] = true;
            return;
        }
        note(s);
        for (int k = 0; k < TRIES && !s->dead && !abort_it(s); k++)
            continue;
    }
    MUST(s, s->dead, "transaction %d does not come to an end", nth);
}

static void run_init(struct scene *s)
{
    for (int i = 0; i < TRIES && !s->dead; i++) {
        if (ask(s, KAFC_TXN_CALL_INIT, 0) == KAFC_OK)
            return;
        note(s);
        if (!s->dead)
            (void)abort_it(s);
    }
    MUST(s, s->dead, "init does not come to an end");
}

static bool closed(void *ctx)
{
    return kafc__producer_closed(((struct scene *)ctx)->p);
}

static void run_all(struct scene *s)
{
    s->open = s->where < 0;
    run_init(s);
    for (int i = 0; i < TRANSACTIONS && !s->dead; i++) {
        s->open = s->where == i;
        run_transaction(s, i);
    }
    s->open = false;
    kafc__producer_close(s->p, s->sim->now + 5 * SECOND);
    MUST(s, sim_run(s->sim, closed, s, 6 * SECOND), "it does not close");
    for (int i = 0; i < MESSAGES; i++)
        MUST(s, s->verdicts[i] == s->taken[i], "message %d: %d verdicts of %d", i, s->verdicts[i],
             s->taken[i]);
}

/* ---- the reader ---- */

static void on_ready(void *ctx)
{
    (void)ctx;
}

static void look(struct scene *s, const kafc_message *m)
{
    char text[16] = { 0 };
    memcpy(text, m->value.p, (size_t)m->value.len < sizeof(text) ? (size_t)m->value.len : 15);
    int i = atoi(text);
    MUST(s, i >= 0 && i < MESSAGES && i % PARTITIONS == m->partition, "message %d?", i);
    MUST(s, s->done[i / PER], "message %d is of no committed transaction", i);
    MUST(s, s->seen[i]++ == 0, "message %d is there twice", i);
    MUST(s, s->last[m->partition] < i, "message %d stands behind %d", i, s->last[m->partition]);
    s->last[m->partition] = i;
}

static bool all_read(void *ctx)
{
    struct scene *s = ctx;
    kafc_message m;
    while (kafc__consumer_next(kafc__consumer_taker(s->consumer), &m, &s->err) == KAFC_OK)
        look(s, &m);
    for (int32_t p = 0; p < PARTITIONS; p++) {
        kafc_reader_state st;
        kafc_mock_log log;
        if (kafc__consumer_state(s->consumer, "t", p, &st, NULL) != KAFC_OK ||
            kafc__cluster_log(s->sim->cluster, "t", p, &log) != KAFC_OK ||
            st.position < log.last_stable)
            return false;
    }
    return true;
}

static void read_back(struct scene *s)
{
    struct kafc_consumer_config cfg = { .on_ready = on_ready, .ctx = s };
    kafc_reader_options o;
    int64_t offset;
    int last = -1;
    kafc_reader_options_init(&o);
    o.isolation = KAFC_READ_COMMITTED;
    MUST(s, kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &s->err) == KAFC_OK,
         "%s", s->err.message);
    struct kafc_core *core = sim_client(s->sim,
                                        &(struct kafc_core_config){ .client_id = "reader" });
    s->consumer = kafc__consumer_new(core, &cfg);
    MUST(s, kafc__consumer_read_topic(s->consumer, "t", -1, &s->err) == KAFC_OK, "%s",
         s->err.message);
    for (int p = 0; p < PARTITIONS; p++)
        s->last[p] = -1;
    MUST(s, sim_run(s->sim, all_read, s, 20 * SECOND), "it is not read to the end");
    for (int i = 0; i < MESSAGES; i++)
        MUST(s, s->seen[i] == s->done[i / PER], "message %d was seen %d times", i, s->seen[i]);
    for (int i = 0; i < TRANSACTIONS; i++)
        last = s->done[i] ? i + 1 : last;
    (void)kafc__cluster_committed(s->sim->cluster, "g", "t", 0, &offset);
    MUST(s, offset == last, "the group is at %lld, not at %d", (long long)offset, last);
    kafc__consumer_free(s->consumer);
    sim_client_free(s->sim, core);
}

/* ---- each of them ---- */

static void check(struct scene *s)
{
    enum outcome what = expected(s->api, s->code);
    bool no_way_out = s->api == END && s->always && what == ABORTED; /* nor can it be aborted */
    if (no_way_out)
        what = FATAL;
    /* On its way to InitProducerId a transaction was aborted. What a batch could not heal in its time is an error. */
    bool detour = s->api == INIT && s->where >= 0;
    if (s->api == PRODUCE && s->always && what == RETRIED)
        what = s->code == KAFC_ERR_DUPLICATE_SEQUENCE_NUMBER ? RETRIED : ABORTED;
    else
        MUST(s, s->stuck == (what == RETRIED && s->always), "stuck %d", s->stuck);
    MUST(s, s->dead == (what == FATAL), "%s: %s", s->dead ? "fatal" : "not fatal",
         s->trouble.message);
    if (!detour && !no_way_out)
        MUST(s, (s->aborts > 0) == (what == ABORTED), "%d aborts: %s", s->aborts,
             s->trouble.message);
    if (what == RETRIED || detour)
        return;
    bool fenced = what == FATAL && s->code == KAFC_ERR_INVALID_PRODUCER_EPOCH;
    MUST(s, (int)s->trouble.code == (fenced ? KAFC_ERR_PRODUCER_FENCED : (kafc_err)s->code),
         "told as %s: %s", kafc_err_name(s->trouble.code), s->trouble.message);
}

static void play(struct scene *s)
{
    begin(s);
    run_all(s);
    MUST(s, s->strikes > 0, "nothing was struck");
    read_back(s);
    check(s);
    kafc__producer_stop(s->p);
    kafc__producer_free(s->p);
    sim_client_free(s->sim, s->core);
    sim_free(s->sim);
}

/* Only what is used there, and by detours what is used once. */
static bool leads_there(struct scene *s)
{
    bool first_alone = s->api == PARTS || s->api == OFFSETS;
    if (first_alone && s->second)
        return false;
    if (s->api != FIND && s->api != INIT)
        return s->where >= 0;
    if (s->where < 0)
        return true;
    s->stumble = s->api == FIND ? KAFC_ERR_NOT_COORDINATOR : KAFC_ERR_INVALID_RECORD;
    return s->api == FIND || !s->second; /* EndTxn itself gives another epoch */
}

static void play_code(int api, int code)
{
    static const int where[] = { -1, 0, TRANSACTIONS / 2, TRANSACTIONS - 1 };
    for (int way = 0; way < 16; way++) {
        struct scene s = { .api = api,
                           .code = code,
                           .where = where[way / 4],
                           .always = way % 2,
                           .second = way / 2 % 2 };
        enum outcome what = expected(api, code);
        bool no_way_out = api == END && code == KAFC_ERR_TRANSACTION_ABORTABLE;
        if (!leads_there(&s) || (s.always && what != RETRIED && !no_way_out))
            continue;
        /* A broker that says so has the batch; one that is not available may be so again; who is asked for the
         * coordinator knows no producers. */
        if ((api == PRODUCE && code == KAFC_ERR_DUPLICATE_SEQUENCE_NUMBER) ||
            code == KAFC_ERR_BROKER_NOT_AVAILABLE ||
            (api == FIND && code == KAFC_ERR_UNKNOWN_PRODUCER_ID))
            continue;
        play(&s);
    }
}

enum { FIRST_CODE = -3, LAST_CODE = 140 };

START_TEST(every_code_of_what_a_transaction_asks)
{
    const char *one = getenv("KAFC_ERRORS_CODE");
    if (one) {
        play_code(_i, atoi(one));
        return;
    }
    for (int code = FIRST_CODE; code <= LAST_CODE; code += SIM_STEP)
        if (code)
            play_code(_i, code);
}
END_TEST

SUITE_LOOPS("sim/txn-errors", 300, LOOP(every_code_of_what_a_transaction_asks, 0, APIS))
