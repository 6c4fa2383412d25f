/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Transactions in a simulation: writers of both generations under dying
 * brokers, moving leaders and coordinators, answers that are errors or lost,
 * and writers that fence each other. What was committed is read by who reads
 * committed messages, all of it once and in order; of what was aborted nothing
 * is; what nobody knows of is there as a whole or not at all. Offsets likewise.
 * A failing seed prints itself: SIM_SEED=n runs it alone, SIM_LOG=1 shows what
 * the clients log. KAFC_SIM_RUNS=n runs n seeds.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/options.h"
#include "core/consumer.h"
#include "core/producer.h"
#include "core/txn.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { MS = 1000, SECOND = 1000000, SEEDS = 200, SHARDS = 10 };
enum {
    PARTITIONS = 3,
    WRITERS = 3,
    TXNS = 90,
    MESSAGES = 12,
    LIVES = 12,
    LAST = 4,
    ALL = TXNS + WRITERS * LAST
};

enum fate { OPEN, COMMITTED, ABORTED, UNKNOWN };
enum phase { STARTING, INITIALIZING, READY, SENDING, OFFSETS, COMMITTING, ABORTING, DEAD, DONE };

struct deed {
    enum fate fate;
    int sent, seen;
    int64_t last[PARTITIONS]; /* number of the last message seen in the partition, or -1 */
    bool offset;              /* its number is the group's offset, if it was committed */
    int writer;
    bool final; /* the writer's last one, when all is well again */
};

struct world;

struct author {
    struct world *w;
    char id[16], group[16];
    struct kafc_core *core;
    struct kafc_producer *p;
    enum phase phase;
    int deed, quota, left, lives; /* left: transactions to be made */
    enum phase was;
    int64_t since;   /* when it came into its phase */
    int64_t next_at; /* it begins another one */
};

struct world {
    struct sim *sim;
    struct sim_chaos chaos;
    struct author author[WRITERS];
    int nauthors, ndeeds, verdicts, taken;
    struct deed deed[ALL + 1]; /* from 1 on, in the order of their beginnings */
    struct sim_event act;
    int64_t delivery_us;
    int pace_us; /* of what the writers do */
    struct kafc_consumer *consumer;
    bool rivals; /* all have the same id */
    bool calm;   /* nothing fails any more, nobody aborts of his own will */
};

#define MUST(w, what, ...) \
    do { \
        if (!(what)) { \
            (void)fprintf(stderr, "SIM_SEED=%llu: ", (unsigned long long)(w)->sim->seed); \
            ck_abort_msg(__VA_ARGS__); \
        } \
    } while (0)

static int64_t now_us(void *ctx)
{
    return ((struct world *)ctx)->sim->now;
}

static void on_report(void *ctx, const kafc_report *r)
{
    struct world *w = ctx;
    (void)r;
    w->verdicts++;
}

/* --- A writer -------------------------------------------------------------------------- */

static void make(struct author *a)
{
    struct sim *s = a->w->sim;
    kafc_error err;
    struct kafc_producer_config cfg = { .mem = s->mem,
                                        .topic = "t",
                                        .acks = -1,
                                        .idempotence = true,
                                        .idempotence_asked = true,
                                        .transactional_id = a->id,
                                        .transaction_timeout_ms = 60000,
                                        .linger_us = sim_chance(s, 50)
                                                         ? 0
                                                         : (int64_t)sim_draw(s, 20) * MS,
                                        .batch_bytes = 150 + (int32_t)sim_draw(s, 400),
                                        .message_max_bytes = 100000,
                                        .buffer_bytes = 4 << 20,
                                        .delivery_timeout_us = a->w->delivery_us,
                                        .max_in_flight = 1 + (int32_t)sim_draw(s, 5),
                                        .reports = KAFC_REPORTS_ALL,
                                        .report_slots = 100000,
                                        .seed = s->seed,
                                        .now_us = now_us,
                                        .on_report = on_report,
                                        .ctx = a->w };
    a->p = kafc__producer_new(a->core, &cfg, &err);
    MUST(a->w, a->p, "%s", err.message);
    MUST(a->w, kafc__producer_start(a->p, &err) == KAFC_OK, "%s", err.message);
    a->phase = STARTING;
}

static void unmake(struct author *a)
{
    kafc__producer_stop(a->p);
    kafc__producer_free(a->p);
    a->p = NULL;
}

static struct deed *deed_of(const struct author *a)
{
    return &a->w->deed[a->deed];
}

/* A call; what comes of it is looked for from here on. */
static kafc_err ask(struct author *a, enum kafc_txn_call call, enum phase then)
{
    kafc_group_metadata g = { .group = a->group };
    kafc_group_offset o = { .topic = "in", .offset = a->deed };
    kafc_error err;
    kafc__producer_enter(a->p);
    kafc_err rc = kafc__txn_call(kafc__producer_txn(a->p), call, &g, &o, 1, &err);
    kafc__producer_leave(a->p);
    if (rc == KAFC_OK)
        a->phase = then;
    return rc == KAFC_OK ? rc : err.cls == KAFC_CLASS_FATAL ? KAFC_ERR_PRODUCER_FENCED : rc;
}

/* The writer is of no use any more. */
static void die(struct author *a, enum fate fate)
{
    if (a->phase != INITIALIZING && a->phase != READY)
        deed_of(a)->fate = fate;
    a->phase = DEAD;
}

static void abort_it(struct author *a)
{
    if (ask(a, KAFC_TXN_CALL_ABORT, ABORTING) != KAFC_OK)
        die(a, ABORTED);
}

static void begin(struct author *a)
{
    struct world *w = a->w;
    kafc_error err;
    if (a->left == 0 || w->ndeeds == (w->calm ? ALL : TXNS)) {
        a->phase = DONE;
        return;
    }
    if (w->sim->now < a->next_at)
        return;
    if (w->calm) /* by the last one all links that are silent have been found out */
        a->next_at = w->sim->now + (int64_t)10 * SECOND;
    kafc__producer_enter(a->p);
    kafc_err rc = kafc__txn_begin(kafc__producer_txn(a->p), &err);
    kafc__producer_leave(a->p);
    if (rc != KAFC_OK) { /* its new epoch was not to be had */
        if (err.cls == KAFC_CLASS_ABORT)
            abort_it(a);
        else
            die(a, ABORTED);
        return;
    }
    a->left--;
    a->deed = ++w->ndeeds;
    a->quota = w->calm ? MESSAGES : (int)sim_draw(w->sim, MESSAGES);
    struct deed *d = deed_of(a);
    *d = (struct deed){ .fate = OPEN,
                        .writer = (int)(a - w->author),
                        .final = w->calm && a->left == 0 };
    for (int p = 0; p < PARTITIONS; p++)
        d->last[p] = -1;
    a->phase = SENDING;
}

static void send_some(struct author *a)
{
    struct sim *s = a->w->sim;
    struct deed *d = deed_of(a);
    for (int n = (int)sim_draw(s, 4); n > 0 && d->sent < a->quota; n--) {
        char value[64];
        kafc_error err;
        int32_t to = a->w->calm ? d->sent % PARTITIONS : (int32_t)sim_draw(s, PARTITIONS);
        snprintf(value, sizeof value, "%d %d %*s", a->deed, d->sent, (int)sim_draw(s, 40), "");
        kafc_message m = { .value = KAFC_STR(value), .to_partition = to ? to : KAFC_ZERO };
        kafc_err rc = kafc__producer_send(a->p, &m, NULL, sim_wall_ms(s), &err);
        if (rc == KAFC_ERR_ABORTED) {
            abort_it(a);
            return;
        }
        if (rc != KAFC_OK) {
            MUST(a->w, err.cls == KAFC_CLASS_FATAL, "send: %s", err.message);
            die(a, ABORTED);
            return;
        }
        d->sent++;
        a->w->taken++;
    }
    bool early = !a->w->calm && sim_chance(s, 4);
    if (d->sent < a->quota && !early)
        return;
    if (early || (!a->w->calm && sim_chance(s, 10))) {
        abort_it(a);
    } else if (!a->w->rivals && sim_chance(s, 40)) {
        d->offset = true;
        kafc_err rc = ask(a, KAFC_TXN_CALL_OFFSETS, OFFSETS);
        if (rc == KAFC_ERR_PRODUCER_FENCED)
            die(a, ABORTED);
        else if (rc != KAFC_OK)
            abort_it(a);
    } else if (ask(a, KAFC_TXN_CALL_COMMIT, COMMITTING) != KAFC_OK) {
        abort_it(a);
    }
}

/* What came of the call that was made. */
static void hear(struct author *a)
{
    kafc_error err;
    if (!kafc__txn_told(kafc__producer_txn(a->p), &err))
        return;
    bool ok = err.code == KAFC_OK, fatal = err.cls == KAFC_CLASS_FATAL;
    MUST(a->w, ok || fatal || err.cls == KAFC_CLASS_ABORT, "class %d: %s", (int)err.cls,
         err.message);
    switch (a->phase) {
    case INITIALIZING:
        if (ok)
            a->phase = READY;
        else
            die(a, ABORTED);
        break;
    case OFFSETS:
        if (ok && ask(a, KAFC_TXN_CALL_COMMIT, COMMITTING) == KAFC_OK)
            break;
        if (fatal)
            die(a, ABORTED);
        else
            abort_it(a);
        break;
    case COMMITTING:
        if (ok) {
            deed_of(a)->fate = COMMITTED;
            a->phase = READY;
        } else if (fatal) {
            die(a, UNKNOWN);
        } else {
            abort_it(a);
        }
        break;
    case ABORTING:
        if (ok) {
            if (deed_of(a)->fate == OPEN)
                deed_of(a)->fate = ABORTED;
            a->phase = READY;
        } else if (fatal) {
            die(a, deed_of(a)->fate == OPEN ? ABORTED : deed_of(a)->fate);
        } else {
            abort_it(a);
        }
        break;
    case STARTING:
    case READY:
    case SENDING:
    case DEAD:
    case DONE: break;
    }
}

static void advance(struct author *a)
{
    switch (a->phase) {
    case STARTING: (void)ask(a, KAFC_TXN_CALL_INIT, INITIALIZING); break;
    case READY: begin(a); break;
    case SENDING: send_some(a); break;
    case INITIALIZING:
    case OFFSETS:
    case COMMITTING:
    case ABORTING: hear(a); break;
    case DEAD:
        unmake(a);
        if (a->lives-- > 0)
            make(a);
        else
            a->phase = DONE;
        break;
    case DONE: break;
    }
}

/* Of the present brokers alone: older ones take what comes late, after its transaction was aborted, into the next one
 * or into one that never ends (KIP-890 tells of both), whatever the client does. */
static void choose_generation(struct world *w)
{
    struct sim *s = w->sim;
    MUST(w, kafc__cluster_set_transaction_version(s->cluster, sim_chance(s, 50) ? 2 : 1) == KAFC_OK,
         "transaction.version");
    MUST(w, kafc__cluster_set_marker_delay(s->cluster, (int32_t)sim_draw(s, 60)) == KAFC_OK,
         "markers");
}

/* One that is killed, in the middle of anything: another takes its place. Those that hang are let hang. */
static void kill_perhaps(struct author *a)
{
    const struct world *w = a->w;
    bool open = a->phase == SENDING || a->phase == OFFSETS || a->phase == ABORTING;
    if (!a->p || w->calm || a->lives == 0 || w->sim->now - a->since > 200 * MS ||
        sim_draw(w->sim, 200) != 0)
        return;
    if (open)
        die(a, deed_of(a)->fate == OPEN ? ABORTED : deed_of(a)->fate);
    else if (a->phase == COMMITTING)
        die(a, UNKNOWN);
}

static void act(void *ctx)
{
    struct world *w = ctx;
    for (int i = 0; i < w->nauthors; i++) {
        struct author *a = &w->author[i];
        if (a->p)
            advance(a);
        if (a->phase != a->was)
            a->since = w->sim->now;
        a->was = a->phase;
        kill_perhaps(a);
    }
    if (sim_draw(w->sim, 1000) == 0)
        choose_generation(w);
    sim_at(w->sim, &w->act, w->sim->now + 200 + sim_draw(w->sim, (uint32_t)w->pace_us));
}

static bool all_done(void *ctx)
{
    struct world *w = ctx;
    for (int i = 0; i < w->nauthors; i++)
        if (w->author[i].phase != DONE)
            return false;
    return w->chaos.healed;
}

/* --- What is read --------------------------------------------------------------------------- */

static void see(struct world *w, const kafc_message *m)
{
    char text[128] = { 0 };
    int deed, number;
    MUST(w, m->value.len > 0 && m->value.len < 128, "a value of %d bytes", (int)m->value.len);
    memcpy(text, m->value.p, (size_t)m->value.len);
    MUST(w, sscanf(text, "%d %d", &deed, &number) == 2 && deed > 0 && deed <= w->ndeeds, "\"%s\"?",
         text);
    struct deed *d = &w->deed[deed];
    MUST(w, number > d->last[m->partition], "transaction %d: message %d behind %lld", deed, number,
         (long long)d->last[m->partition]);
    d->last[m->partition] = number;
    d->seen++;
    MUST(w, d->fate == COMMITTED || d->fate == UNKNOWN,
         "message %d of transaction %d, which was aborted, is seen", number, deed);
}

static bool read_all(void *ctx)
{
    struct world *w = ctx;
    kafc_message m;
    kafc_error err;
    kafc_err rc;
    while ((rc = kafc__consumer_next(w->consumer, &m, &err)) == KAFC_OK)
        see(w, &m);
    MUST(w, rc == KAFC_ERR_WOULD_BLOCK || rc == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, "%s",
         err.message);
    for (int32_t p = 0; p < PARTITIONS; p++) {
        kafc_reader_state st;
        kafc_mock_log log;
        if (kafc__consumer_state(w->consumer, "t", p, &st, NULL) != KAFC_OK ||
            kafc__cluster_log(w->sim->cluster, "t", p, &log) != KAFC_OK ||
            st.position < log.high_watermark)
            return false;
    }
    return true;
}

static void on_ready(void *ctx)
{
    (void)ctx;
}

/* All markers are there. */
static bool settled(void *ctx)
{
    struct world *w = ctx;
    for (int i = 0; i < w->nauthors; i++) {
        kafc_mock_transaction x;
        if (kafc__cluster_transaction(w->sim->cluster, w->author[i].id, &x) == KAFC_OK &&
            (x.state == KAFC_MOCK_TXN_PREPARE_COMMIT || x.state == KAFC_MOCK_TXN_PREPARE_ABORT))
            return false;
    }
    return true;
}

static void read_back(struct world *w, struct kafc_core *core)
{
    struct kafc_consumer_config cfg = { .mem = w->sim->mem, .on_ready = on_ready, .ctx = w };
    kafc_reader_options o;
    kafc_error err;
    kafc_reader_options_init(&o);
    MUST(w, kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &err) == KAFC_OK, "%s",
         err.message);
    MUST(w, sim_run(w->sim, settled, w, (int64_t)300 * SECOND), "a transaction does not end");
    w->consumer = kafc__consumer_new(core, &cfg);
    MUST(w, w->consumer && kafc__consumer_read_topic(w->consumer, "t", -1, &err) == KAFC_OK,
         "no reader");
    MUST(w, sim_run(w->sim, read_all, w, (int64_t)300 * SECOND),
         "the log is not read to its end: a transaction is open for ever");
    kafc__consumer_stop(w->consumer);
    kafc__consumer_free(w->consumer);
}

static void check_offsets(struct world *w, const struct author *a)
{
    int64_t at = -1, want = -1;
    bool known = true; /* of the last transaction with an offset that was not aborted */
    for (int i = 1; i <= w->ndeeds; i++) {
        const struct deed *d = &w->deed[i];
        if (!d->offset || d->writer != (int)(a - w->author) || d->fate == ABORTED)
            continue;
        known = d->fate == COMMITTED;
        if (known)
            want = i;
    }
    if (kafc__cluster_committed(w->sim->cluster, a->group, "in", 0, &at) != KAFC_OK)
        at = -1;
    MUST(w, !known || at == want, "group %s has committed %lld, not %lld", a->group, (long long)at,
         (long long)want);
}

static void check(struct world *w)
{
    for (int i = 1; i <= w->ndeeds; i++) {
        const struct deed *d = &w->deed[i];
        MUST(w, d->fate != OPEN, "transaction %d has no end", i);
        MUST(w, w->rivals || !d->final || d->fate == COMMITTED,
             "transaction %d was not committed, and nothing was in its way", i);
        MUST(w, d->seen <= d->sent, "transaction %d: %d of %d seen", i, d->seen, d->sent);
        MUST(w, d->seen == d->sent || (d->seen == 0 && d->fate != COMMITTED),
             "transaction %d, %s: %d of %d messages are seen", i,
             d->fate == COMMITTED ? "committed"
             : d->fate == ABORTED ? "aborted"
                                  : "of unknown fate",
             d->seen, d->sent);
    }
    MUST(w, w->verdicts == w->taken, "%d verdicts for %d messages", w->verdicts, w->taken);
    for (int i = 0; i < w->nauthors && !w->rivals; i++)
        check_offsets(w, &w->author[i]);
}

/* --- A run ----------------------------------------------------------------------------------- */

static void start(struct world *w, struct kafc_core *shared)
{
    struct sim *s = w->sim;
    w->rivals = sim_chance(s, 15);
    w->pace_us = sim_chance(s, 50) ? 4 * MS : 60 * MS;
    w->nauthors = 1 + (int)sim_draw(s, WRITERS);
    for (int i = 0; i < w->nauthors; i++) {
        struct author *a = &w->author[i];
        struct kafc_core_config core = { .client_id = "writer" };
        core.request_timeout_us = 500 * MS + sim_draw(s, 3 * SECOND);
        a->w = w;
        snprintf(a->id, sizeof a->id, "x%d", w->rivals ? 0 : i);
        snprintf(a->group, sizeof a->group, "g%d", i);
        a->core = i == 0 ? shared : sim_client(s, &core);
        a->left = TXNS / WRITERS;
        a->lives = LIVES;
        make(a);
    }
    w->act = (struct sim_event){ .fire = act, .ctx = w };
    sim_at(s, &w->act, s->now);
}

static void run(uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);
    struct kafc_core_config core = { .client_id = "first" };
    ck_assert_ptr_nonnull(w);
    struct sim *s = sim_new(seed, KAFC_MOCK(.brokers = 3, .partitions = PARTITIONS));
    w->sim = s;
    MUST(w, kafc__cluster_create_topic(s->cluster, "t", PARTITIONS, 3) == KAFC_OK, "no topic");
    MUST(w, kafc__cluster_create_topic(s->cluster, "in", 1, 3) == KAFC_OK, "no topic");
    choose_generation(w);
    w->delivery_us = sim_chance(s, 60) ? 200 * MS + (int64_t)sim_draw(s, SECOND)
                                       : (int64_t)60 * SECOND;
    w->chaos = (struct sim_chaos){ .sim = s,
                                   .topic = "t",
                                   .partitions = PARTITIONS,
                                   .until = s->now + (int64_t)(1 + sim_draw(s, 20)) * SECOND,
                                   .pause_us = 5 * MS + (int)sim_draw(s, 150 * MS),
                                   .stops = sim_chance(s, 60),
                                   .moves = sim_chance(s, 60),
                                   .answers = sim_chance(s, 70),
                                   .throttled = sim_chance(s, 10) };
    struct kafc_core *first = sim_client(s, &core);
    start(w, first);
    sim_chaos_start(&w->chaos);
    MUST(w, sim_run(s, all_done, w, (int64_t)3000 * SECOND), "it does not come to its end");
    sim_cancel(s, &w->act);
    for (int i = 0; i < w->nauthors; i++) {
        struct author *a = &w->author[i];
        a->phase = READY;
        if (!a->p) { /* the last of its line was killed: another one ends what it has left open */
            a->lives = WRITERS * LAST; /* rivals need some more */
            make(a);
        }
        a->left = LAST;
    }
    w->calm = true;
    sim_at(s, &w->act, s->now);
    MUST(w, sim_run(s, all_done, w, (int64_t)3000 * SECOND), "it does not come to its end");
    sim_cancel(s, &w->act);
    read_back(w, first);
    for (int i = 0; i < w->nauthors; i++)
        if (w->author[i].p)
            unmake(&w->author[i]);
    check(w);
    for (int i = 1; i < w->nauthors; i++)
        sim_client_free(s, w->author[i].core);
    sim_client_free(s, first);
    MUST(w, s->live == 0, "%lld allocations were not freed", (long long)s->live);
    sim_free(s);
    free(w);
}

START_TEST(W1_W5_committed_as_a_whole_or_not_seen)
{
    sim_seeds(SEEDS, SHARDS, (uint64_t)_i, run);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("sim/transactions");
    TCase *t = tcase_create("sim");
    tcase_set_timeout(t, 3600);
    tcase_add_loop_test(t, W1_W5_committed_as_a_whole_or_not_seen, 0, SHARDS);
    suite_add_tcase(s, t);
    SRunner *r = srunner_create(s);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
