/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Applications in a simulation that write in transactions, and their reader.
 */
#include "tests/sim/txn.h"

#include <stdio.h>
#include <stdlib.h>

#include "client/options.h"

/* ---- messages ---- */

static void on_report(void *ctx, const kafc_report *r)
{
    struct txns *x = ctx;
    struct txns_message *m = r->opaque;

    TXNS_MUST(x, m >= x->m && m < x->m + x->nmessages, "a report of no message", TXNS_SEED(x));
    m->verdicts++;
    m->verdict = r->verdict;
    m->code = r->code;
    m->partition = r->partition;
    m->offset = r->offset;
}

static int64_t now_us(void *ctx)
{
    return ((struct txns *)ctx)->sim->now;
}

static struct txns_transaction *current(struct txns_app *a)
{
    TXNS_MUST(a->x, a->current >= 0, "no transaction", TXNS_SEED(a->x));
    return &a->x->txn[a->current];
}

/* One more; false: no more now. */
static bool send_one(struct txns_app *a)
{
    struct txns *x = a->x;
    struct sim *s = x->sim;
    int n = x->nmessages;
    char value[600], key[16];
    kafc_message msg = { .key = { key, 0 }, .value = { value, 0 } };
    kafc_txn_state state = kafc__txn_state(a->txn);
    kafc_error err;
    kafc_err code;
    int len;

    if (n == TXNS_MESSAGES)
        return false;
    if (x->calm && a->to_send > 0)
        msg.to_partition = a->to_send == 1 ? KAFC_ZERO : a->to_send - 1;
    msg.key.len = snprintf(key, sizeof(key), "k%u", (unsigned)sim_draw(s, 20));
    len = snprintf(value, sizeof(value), "%d:", n);
    msg.value.len = len + (int)sim_draw(s, 500);
    memset(value + len, 'a' + n % 26, (size_t)(msg.value.len - len));
    x->m[n] = (struct txns_message){ .txn = a->current, .partition = -1, .offset = -1 };
    x->nmessages++; /* a report may come at once */
    code = kafc__producer_send(a->producer, &msg, &x->m[n], sim_wall_ms(s), &err);
    TXNS_MUST(x,
              state == KAFC_TXN_IN_TRANSACTION
                  ? code == KAFC_OK || code == KAFC_ERR_WOULD_BLOCK ||
                        (code == KAFC_ERR_NO_MEMORY && s->poor_permille)
                  : code != KAFC_OK,
              "send of message %d while %s: %s", TXNS_SEED(x), n, kafc_txn_state_name(state),
              code ? err.message : "taken");
    if (code != KAFC_OK) {
        x->nmessages--;
        return false;
    }
    current(a)->messages++;
    return true;
}

/* ---- an application ---- */

static void rest(struct txns_app *a, uint32_t us)
{
    a->idle = true;
    sim_at(a->x->sim, &a->timer, a->x->sim->now + 1 + (us ? sim_draw(a->x->sim, us) : 0));
}

static void rang(void *ctx)
{
    struct txns_app *a = ctx;

    a->idle = false;
}

static void start_app(struct txns *x, int id)
{
    struct sim *s = x->sim;
    struct txns_app *a = &x->app[x->napps];
    struct kafc_core_config core = { .client_id = "app" };
    struct kafc_producer_config cfg = { .mem = s->mem,
                                        .topic = "t",
                                        .acks = -1,
                                        .idempotence = true,
                                        .idempotence_asked = true,
                                        .transactional_id = x->id[id].name,
                                        .transaction_timeout_ms = x->timeout_ms };
    kafc_error err;

    TXNS_MUST(x, x->napps < TXNS_APPS, "too many apps", TXNS_SEED(x));
    core.request_timeout_us = s->no_ghosts ? 30000000
                              : x->hasty   ? 300000 + sim_draw(s, 700000)
                                           : 1000000 + sim_draw(s, 2000000);
    cfg.linger_us = sim_chance(s, 30) ? 0 : sim_draw(s, 20000);
    cfg.batch_bytes = 300 + (int32_t)sim_draw(s, 5000);
    cfg.message_max_bytes = 100000;
    cfg.buffer_bytes = 4000000;
    cfg.delivery_timeout_us = x->delivery_timeout_us;
    cfg.max_in_flight = sim_chance(s, 70) ? 5 : 1 + (int32_t)sim_draw(s, 5);
    cfg.reports = KAFC_REPORTS_ALL;
    cfg.report_slots = 100000;
    cfg.seed = s->seed + (uint64_t)x->napps;
    cfg.now_us = now_us;
    cfg.on_report = on_report;
    cfg.ctx = x;
    *a = (struct txns_app){ .x = x, .id = id, .current = -1, .timer = { .fire = rang, .ctx = a } };
    s->poor_permille = 0; /* it comes to life, at least */
    a->core = sim_client(s, &core);
    a->producer = kafc__producer_new(a->core, &cfg, &err);
    TXNS_MUST(x, a->producer != NULL, "no producer: %s", TXNS_SEED(x), err.message);
    TXNS_MUST(x, kafc__producer_start(a->producer, &err) == KAFC_OK, "start: %s", TXNS_SEED(x),
              err.message);
    a->txn = kafc__producer_txn(a->producer);
    s->poor_permille = x->chaos.healed ? 0 : x->poor_permille;
    x->napps++;
}

/* Asks, or asks again after having given up waiting. Offsets are those of a reader that has come to one more for each
 * transaction. */
static kafc_err ask(struct txns_app *a, enum kafc_txn_call call, kafc_error *err)
{
    kafc_group_metadata group = { .group = a->x->id[a->id].group };
    kafc_offset o = { .topic = "in", .offset = a->current + 1 };
    kafc_err code;

    kafc__producer_enter(a->producer);
    code = call == KAFC_TXN_CALL_NONE
               ? kafc__txn_begin(a->txn, err)
               : kafc__txn_call(a->txn, call, &group, &o, call == KAFC_TXN_CALL_OFFSETS, err);
    kafc__producer_leave(a->producer);
    return code;
}

static void close_app(struct txns_app *a)
{
    struct sim *s = a->x->sim;

    a->step = TXNS_CLOSES;
    kafc__producer_close(a->producer,
                         s->now + (sim_chance(s, 50) ? (int64_t)sim_draw(s, 2000000) : 30000000));
}

static void wait_for(struct txns_app *a, enum kafc_txn_call call);

/* What the class of an error says is to be done. */
static void heed(struct txns_app *a, const kafc_error *err)
{
    struct txns *x = a->x;
    bool commits = a->call == KAFC_TXN_CALL_COMMIT;

    if (err->code == KAFC_ERR_NO_MEMORY && x->sim->poor_permille) { /* the same again, later */
        a->again = true;
        rest(a, 50000);
        return;
    }

    TXNS_MUST(x, err->cls == KAFC_CLASS_ABORT || err->cls == KAFC_CLASS_FATAL,
              "app %d, call %d: %s, of class %d", TXNS_SEED(x), (int)(a - x->app), (int)a->call,
              err->message, (int)err->cls);
    if (err->cls == KAFC_CLASS_FATAL) {
        if (a->current >= 0 && commits)
            current(a)->fate = TXNS_UNKNOWN;
        a->current = -1;
        close_app(a);
        return;
    }
    TXNS_MUST(x, a->call != KAFC_TXN_CALL_ABORT, "app %d: an abort has to be aborted: %s",
              TXNS_SEED(x), (int)(a - x->app), err->message);
    wait_for(a, KAFC_TXN_CALL_ABORT);
}

static void wait_for(struct txns_app *a, enum kafc_txn_call call)
{
    kafc_error err;
    kafc_err code = ask(a, call, &err);

    a->step = TXNS_WAITS;
    a->call = call;
    if (code != KAFC_OK)
        heed(a, &err);
}

/* No other one with this id has come after it. */
static bool newest(const struct txns_app *a)
{
    for (const struct txns_app *b = a + 1; b < a->x->app + a->x->napps; b++)
        if (b->id == a->id)
            return false;
    return true;
}

static bool enough(const struct txns *x)
{
    return x->ntxns >= x->wanted || x->nmessages > TXNS_MESSAGES - 400;
}

/* Is there another transaction to be made? In the calm, which the newest ones wait for. */
static bool goes_on(struct txns_app *a)
{
    struct txns *x = a->x;

    if (!x->calm && !enough(x))
        return true;
    if (!newest(a) || (x->calm && x->id[a->id].left == 0)) {
        close_app(a);
        return false;
    }
    if (x->calm)
        return true;
    rest(a, 100000);
    return false;
}

static void begin(struct txns_app *a)
{
    struct txns *x = a->x;
    struct sim *s = x->sim;
    kafc_error err;

    if (!goes_on(a))
        return;
    a->call = KAFC_TXN_CALL_NONE;
    if (ask(a, KAFC_TXN_CALL_NONE, &err) != KAFC_OK) {
        heed(a, &err);
        return;
    }
    a->current = x->ntxns++;
    x->txn[a->current] = (struct txns_transaction){ .fate = TXNS_OPEN, .id = a->id };
    a->to_send = sim_chance(s, 10) ? 0 : 1 + (int)sim_draw(s, sim_chance(s, 10) ? 100 : 20);
    if (x->calm) /* it must not be open for long, and finds out which links are silent */
        a->to_send = TXNS_PARTITIONS;
    a->offsets = a->to_send && (x->calm || sim_chance(s, 40));
    a->commit = x->calm || sim_chance(s, 70);
    a->step = TXNS_SENDS;
    if (x->calm && --x->id[a->id].left == 0)
        x->id[a->id].final = a->current;
}

static void go_on(struct txns_app *a)
{
    struct sim *s = a->x->sim;
    kafc_txn_state state = kafc__txn_state(a->txn);

    if (state != KAFC_TXN_IN_TRANSACTION) /* it has failed: the next call says how */
        a->to_send = 0;
    for (int burst = 1 + (int)sim_draw(s, 8); burst > 0 && a->to_send > 0; burst--)
        if (!send_one(a))
            break;
        else
            a->to_send--;
    if (sim_draw(s, 100) == 0 && !a->x->calm) {
        close_app(a); /* in the midst of it */
    } else if (sim_draw(s, 100) == 0 && !a->x->calm) {
        wait_for(a, KAFC_TXN_CALL_ABORT);
    } else if (a->to_send > 0) {
        rest(a, (uint32_t)a->x->pause_us);
    } else if (a->offsets) {
        a->offsets = false;
        wait_for(a, KAFC_TXN_CALL_OFFSETS);
    } else {
        wait_for(a, a->commit ? KAFC_TXN_CALL_COMMIT : KAFC_TXN_CALL_ABORT);
    }
}

static void come_of(struct txns_app *a, const kafc_error *err)
{
    struct txns *x = a->x;

    if (err->code != KAFC_OK) {
        heed(a, err);
        return;
    }
    switch (a->call) {
    case KAFC_TXN_CALL_OFFSETS:
        current(a)->offsets = true;
        a->step = TXNS_SENDS;
        break;
    case KAFC_TXN_CALL_COMMIT:
    case KAFC_TXN_CALL_ABORT:
        if (a->current >= 0)
            current(a)->fate = a->call == KAFC_TXN_CALL_COMMIT ? TXNS_COMMITTED : TXNS_ABORTED;
        a->current = -1;
        a->step = TXNS_BEGINS;
        if (x->calm) { /* by the last one all links that are silent have been found out */
            a->idle = true;
            sim_at(x->sim, &a->timer, x->sim->now + 10000000);
            return;
        }
        break;
    case KAFC_TXN_CALL_INIT: a->step = TXNS_BEGINS; break;
    case KAFC_TXN_CALL_NONE:
    case KAFC_TXN_CALLS: TXNS_MUST(x, false, "told of nothing", TXNS_SEED(x));
    }
    rest(a, (uint32_t)x->pause_us);
}

static void wait_on(struct txns_app *a)
{
    kafc_error err;

    if (a->again) {
        a->again = false;
        wait_for(a, a->call);
        return;
    }
    if (a->current >= 0 &&
        sim_chance(a->x->sim, 2)) /* of another thread; refused but for during OFFSETS */
        (void)send_one(a);
    if (kafc__txn_told(a->txn, &err)) {
        come_of(a, &err);
    } else if (sim_draw(a->x->sim, 200) == 0) { /* a call has timed out: another takes its place */
        bool gives_up = !a->x->calm && a->call == KAFC_TXN_CALL_OFFSETS &&
                        sim_chance(a->x->sim, 50);

        wait_for(a, gives_up ? KAFC_TXN_CALL_ABORT : a->call);
    }
}

static void end_app(struct txns_app *a)
{
    kafc__producer_stop(a->producer);
    kafc__producer_free(a->producer);
    sim_client_free(a->x->sim, a->core);
    sim_cancel(a->x->sim, &a->timer);
    a->step = TXNS_GONE;
}

/* In the middle of anything, and without a word. */
static bool killed(struct txns_app *a)
{
    struct txns *x = a->x;

    if (!x->kills || x->calm || sim_draw(x->sim, 3000) != 0 || x->napps > TXNS_APPS / 2)
        return false;
    if (a->current >= 0 && a->step == TXNS_WAITS && a->call == KAFC_TXN_CALL_COMMIT)
        current(a)->fate = TXNS_UNKNOWN;
    end_app(a);
    return true;
}

static void live(struct txns_app *a)
{
    if (a->step != TXNS_GONE && killed(a))
        return;
    if (a->idle && a->step != TXNS_CLOSES)
        return;
    switch (a->step) {
    case TXNS_BEGINS:
        if (kafc__txn_state(a->txn) == KAFC_TXN_UNINITIALIZED)
            wait_for(a, KAFC_TXN_CALL_INIT);
        else
            begin(a);
        break;
    case TXNS_SENDS: go_on(a); break;
    case TXNS_WAITS: wait_on(a); break;
    case TXNS_CLOSES:
        if (kafc__producer_closed(a->producer))
            end_app(a);
        break;
    case TXNS_GONE: break;
    }
}

static void rival(void *ctx)
{
    struct txns *x = ctx;

    if (x->rivals-- <= 0 || enough(x))
        return;
    start_app(x, (int)sim_draw(x->sim, (uint32_t)x->nids));
    sim_at(x->sim, &x->rival, x->sim->now + 100000 + sim_draw(x->sim, 4000000));
}

/* ---- the reader ---- */

static void on_ready(void *ctx)
{
    (void)ctx;
}

static void start_reader(struct txns *x)
{
    struct kafc_consumer_config cfg = { .mem = x->sim->mem, .on_ready = on_ready, .ctx = x };
    struct kafc_core_config core = { .client_id = "reader" };
    kafc_reader_options o;
    kafc_error err;

    kafc_reader_options_init(&o);
    o.max_wait_ms = 50 + (int32_t)sim_draw(x->sim, 500);
    TXNS_MUST(x, kafc__options_resolve(&kafc__reader_options, &o, &cfg.options, &err) == KAFC_OK,
              "%s", TXNS_SEED(x), err.message);
    x->reader.core = sim_client(x->sim, &core);
    x->reader.consumer = kafc__consumer_new(x->reader.core, &cfg);
    TXNS_MUST(x, kafc__consumer_read_topic(x->reader.consumer, "t", -1, &err) == KAFC_OK, "%s",
              TXNS_SEED(x), err.message);
}

static void take_messages(struct txns *x)
{
    kafc_message m;
    kafc_error err;
    kafc_err code;

    while ((code = kafc__consumer_next(kafc__consumer_taker(x->reader.consumer), &m, &err)) != KAFC_ERR_WOULD_BLOCK) {
        char text[16] = { 0 };
        int n;

        if (code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION) /* a notice: the chaos answers so */
            continue;
        TXNS_MUST(x, code == KAFC_OK, "the reader: %s", TXNS_SEED(x), err.message);
        memcpy(text, m.value.p, m.value.len < 15 ? (size_t)m.value.len : 15);
        n = x->reader.part[m.partition].n++;
        TXNS_MUST(x, n < TXNS_MESSAGES, "the reader gets too much", TXNS_SEED(x));
        x->reader.part[m.partition].number[n] = atoi(text);
        x->reader.part[m.partition].offset[n] = m.offset;
    }
}

/* ---- the whole ---- */

static bool decided(struct txns *x)
{
    kafc_mock_transaction t;

    for (int i = 0; i < x->nids; i++)
        if (kafc__cluster_transaction(x->sim->cluster, x->id[i].name, &t) == KAFC_OK &&
            (t.state == KAFC_MOCK_TXN_ONGOING || t.state == KAFC_MOCK_TXN_PREPARE_COMMIT ||
             t.state == KAFC_MOCK_TXN_PREPARE_ABORT))
            return false;
    return true;
}

static int read_so_far(const struct txns *x)
{
    int n = 0;

    for (int32_t p = 0; p < TXNS_PARTITIONS; p++)
        n += x->reader.part[p].n;
    return n;
}

static void end(void *ctx)
{
    ((struct txns *)ctx)->over = true;
}

/* The one that was fenced, killed, or has failed comes again. */
static void replace(struct txns *x, int id)
{
    int alive = 0, left = 0; /* left: not gone */

    for (int i = 0; i < x->napps; i++) {
        if (x->app[i].id != id)
            continue;
        left += x->app[i].step != TXNS_GONE;
        alive += x->app[i].step != TXNS_GONE && x->app[i].step != TXNS_CLOSES;
    }
    if (alive == 0 && (left == 0 || !x->changes_generation) &&
        (x->calm ? x->id[id].left > 0 : !enough(x)))
        start_app(x, id);
}

/* All that is left waits for it. */
static bool calm_now(const struct txns *x)
{
    if (!x->chaos.healed || !enough(x) || x->calm)
        return false;
    for (int i = 0; i < x->napps; i++)
        if (x->app[i].step != TXNS_GONE && x->app[i].step != TXNS_BEGINS)
            return false;
    return true;
}

static bool all_gone(const struct txns *x)
{
    for (int i = 0; i < x->napps; i++)
        if (x->app[i].step != TXNS_GONE)
            return false;
    return true;
}

static bool done(void *ctx)
{
    struct txns *x = ctx;

    for (int i = 0; i < x->napps; i++)
        live(&x->app[i]);
    take_messages(x);
    txns_note_offset(x);
    if (calm_now(x)) {
        x->calm = true;
        x->sim->latency_max_us = 2000;
        for (int i = 0; i < x->nids; i++)
            x->id[i].left = TXNS_LAST;
    }
    for (int i = 0; i < x->nids; i++)
        replace(x, i);
    if (!x->calm || !all_gone(x) || !decided(x))
        return false;
    if (!x->quiet) { /* what is to be read is there */
        x->quiet = true;
        x->visible = txns_visible(x);
    }
    if (read_so_far(x) >= x->visible && !x->reader.full) { /* and nothing else comes */
        x->reader.full = true;
        sim_at(x->sim, &x->last, x->sim->now + 1000000);
    }
    return x->over;
}

void txns_options_of(struct txns_options *o, uint64_t seed)
{
    *o = (struct txns_options){ .seed = seed,
                                .transactions = 20 + (int)(seed % 5) * 10,
                                .chaos = true,
                                .rivals = seed % 3 != 0,
                                .poor = seed % 8 == 6,
                                .version = (int16_t)(1 + seed % 2) };
    if (seed % 8 == 3) {
        static const char *const old[] = { "2.8", "2.1", "1.1", "0.11" };
        o->release = old[seed / 8 % (sizeof(old) / sizeof(*old))];
    }
}

static struct txns *make(const struct txns_options *o)
{
    struct txns *x = calloc(1, sizeof(*x));
    struct sim *s;

    s = x->sim = sim_new(o->seed, KAFC_MOCK(.brokers = 2 + (int32_t)(o->seed % 3),
                                            .failover_ms = o->seed % 2 ? 300 : 0,
                                            .coordinator_load_ms = o->seed % 5 ? 50 : 0,
                                            .marker_delay_ms = (int32_t)(o->seed % 7) * 10,
                                            .release = o->release));
    ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, "t", TXNS_PARTITIONS, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(s->cluster, "in", 1, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_transaction_version(s->cluster, o->version), KAFC_OK);
    x->wanted = o->transactions;
    x->nids = o->chaos && sim_chance(s, 30) ? 2 + (int)sim_draw(s, TXNS_IDS - 1) : 1;
    for (int i = 0; i < TXNS_IDS; i++) {
        (void)snprintf(x->id[i].name, sizeof(x->id[i].name), "x%d", i);
        (void)snprintf(x->id[i].group, sizeof(x->id[i].group), "g%d", i);
        x->id[i].final = -1;
    }
    x->kills = o->chaos && sim_chance(s, 40);
    /* Leaders before 3.6 take what comes late, into a transaction that nobody ends (KIP-890): the fate of each batch
     * has to be found out there, and nothing that was given up may arrive: no request is on a living connection. */
    s->no_ghosts = o->release != NULL;
    x->short_timeouts = o->chaos && !o->release && sim_chance(s, 25);
    x->delivery_timeout_us = x->short_timeouts ? 500000 + (int64_t)sim_draw(s, 3000000) : 120000000;
    x->timeout_ms = o->chaos && sim_chance(s, 30) ? 1000 + (int32_t)sim_draw(s, 3000) : 60000;
    x->changes_generation = o->chaos && sim_chance(s, 40);
    x->hasty = o->chaos && !o->release && sim_chance(s, 25);
    if (o->seed % 3 == 1 || x->hasty)
        s->latency_max_us = 2000 + (int)sim_draw(s, 150000); /* much is on its way at once */
    x->poor_permille = o->poor ? 1 + (int)sim_draw(s, 20) : 0;
    x->pause_us = x->hasty ? 5000 : 1000 + (int)sim_draw(s, 150000);
    x->rival = (struct sim_event){ .fire = rival, .ctx = x };
    x->last = (struct sim_event){ .fire = end, .ctx = x };
    return x;
}

static void stats(struct txns *x)
{
    int n[TXNS_UNKNOWN + 1] = { 0 };

    for (int i = 0; i < x->ntxns; i++)
        n[x->txn[i].fate]++;
    (void)fprintf(stderr,
                  "seed %llu: %.3f s, %d committed, %d aborted, %d unknown, %d left, %d messages, "
                  "%d apps, %llu packets, trace %016llx\n",
                  TXNS_SEED(x), (double)x->sim->now / 1e6, n[TXNS_COMMITTED], n[TXNS_ABORTED],
                  n[TXNS_UNKNOWN], n[TXNS_OPEN], x->nmessages, x->napps,
                  (unsigned long long)x->sim->packets, (unsigned long long)x->sim->trace);
}

uint64_t txns_run(const struct txns_options *o)
{
    struct txns *x = make(o);
    struct sim *s = x->sim;
    uint64_t trace;
    bool ended;

    start_reader(x);
    for (int i = 0; i < x->nids; i++)
        start_app(x, i);
    /* Brokers take an EndTxn of the second generation for a repetition of one that a rival of the first one, which has
     * the next epoch, has sent: both have that epoch then (tests/interop/coordinator.c). */
    if (o->rivals && !x->changes_generation) {
        x->rivals = 1 + (int)sim_draw(s, 4);
        sim_at(s, &x->rival, s->now + 1 + sim_draw(s, 3000000));
    }
    x->chaos.healed = !o->chaos;
    if (o->chaos)
        s->poor_permille = x->poor_permille;
    if (o->chaos)
        txns_chaos_start(x);
    ended = sim_run(s, done, x, 600000000);
    TXNS_MUST(
        x, ended,
        "it does not end: %d of %d transactions, %d of %d messages read, %d apps, the last in step %d, %s",
        TXNS_SEED(x), x->ntxns, x->wanted, read_so_far(x), x->visible, x->napps,
        (int)x->app[x->napps - 1].step,
        x->app[x->napps - 1].step == TXNS_GONE
            ? "gone"
            : kafc_txn_state_name(kafc__txn_state(x->app[x->napps - 1].txn)));
    txns_check(x);
    kafc__consumer_free(x->reader.consumer);
    sim_client_free(s, x->reader.core);
    TXNS_MUST(x, s->live == 0, "%lld allocations were not freed", TXNS_SEED(x), (long long)s->live);
    trace = s->trace;
    if (getenv("SIM_STATS"))
        stats(x);
    sim_free(s);
    free(x);
    return trace;
}
