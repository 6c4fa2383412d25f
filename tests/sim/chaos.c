/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random faults for a simulation: what breaks, when, for how long.
 */
#include <check.h>

#include "protocol/apis.h"
#include "tests/sim/sim.h"

static const kafc_err produce_errors[] = {
    KAFC_ERR_NOT_LEADER_OR_FOLLOWER,     KAFC_ERR_REQUEST_TIMED_OUT,
    KAFC_ERR_NOT_ENOUGH_REPLICAS,        KAFC_ERR_KAFKA_STORAGE_ERROR,
    KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_ERR_CORRUPT_MESSAGE,
};
static const kafc_err fetch_errors[] = {
    KAFC_ERR_NOT_LEADER_OR_FOLLOWER,      KAFC_ERR_UNKNOWN_LEADER_EPOCH,
    KAFC_ERR_KAFKA_STORAGE_ERROR,         KAFC_ERR_FETCH_SESSION_ID_NOT_FOUND,
    KAFC_ERR_INVALID_FETCH_SESSION_EPOCH, KAFC_ERR_UNKNOWN_SERVER_ERROR,
};
static const kafc_err coordinator_errors[] = {
    KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS,
    KAFC_ERR_NOT_COORDINATOR,
    KAFC_ERR_CONCURRENT_TRANSACTIONS,
};
static const kafc_err other_errors[] = {
    KAFC_ERR_LEADER_NOT_AVAILABLE,
    KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
};

static kafc_err pick_error(struct sim *s, int16_t api)
{
    switch (api) {
    case KAFC_API_PRODUCE:
        return produce_errors[sim_draw(s, sizeof(produce_errors) / sizeof(*produce_errors))];
    case KAFC_API_FETCH:
        return fetch_errors[sim_draw(s, sizeof(fetch_errors) / sizeof(*fetch_errors))];
    case KAFC_API_INIT_PRODUCER_ID: return KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS;
    case KAFC_API_FIND_COORDINATOR: return KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    case KAFC_API_ADD_PARTITIONS_TO_TXN:
    case KAFC_API_ADD_OFFSETS_TO_TXN:
    case KAFC_API_TXN_OFFSET_COMMIT:
    case KAFC_API_END_TXN:
        return coordinator_errors[sim_draw(s, sizeof(coordinator_errors) /
                                                  sizeof(*coordinator_errors))];
    default: return other_errors[sim_draw(s, sizeof(other_errors) / sizeof(*other_errors))];
    }
}

/* What a broker does to one request. */
static void answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct sim_chaos *x = ctx;
    struct sim *s = x->sim;

    if (s->now >= x->until || rq->api == KAFC_API_API_VERSIONS)
        return;
    if (x->throttled && sim_chance(s, 5))
        a->throttle_ms = 1 + (int32_t)sim_draw(s, 500);
    if (!x->answers)
        return;
    switch (sim_draw(s, 100)) {
    case 0:
    case 1:
        a->act = KAFC_MOCK_ERROR;
        a->code = pick_error(s, rq->api);
        break;
    case 2: a->act = KAFC_MOCK_CUT; break;
    case 3: a->act = KAFC_MOCK_PASS_CUT; break;
    case 4: a->act = sim_chance(s, 20) ? KAFC_MOCK_PASS_SILENT : KAFC_MOCK_PASS; break;
    case 5: a->act = sim_chance(s, 20) ? KAFC_MOCK_SILENT : KAFC_MOCK_PASS; break;
    case 6:
    case 7: a->delay_ms = 1 + (int32_t)sim_draw(s, 300); break;
    default: break;
    }
}

static void restart(void *ctx)
{
    struct sim_restart *r = ctx;
    struct sim *s = r->chaos->sim;

    if (r->chaos->homeless && r->broker > 1 && sim_chance(s, 50))
        (void)kafc__cluster_set_address(s->cluster, r->broker, "127.0.0.1",
                                        10000 + (int32_t)sim_draw(s, 50000));
    (void)kafc__cluster_start(r->chaos->sim->cluster, r->broker);
    r->chaos->nstopped--;
}

static void stop(struct sim_chaos *x, int32_t broker)
{
    struct sim *s = x->sim;

    if (!kafc__cluster_running(s->cluster, broker) ||
        (!x->all_stop && x->nstopped + 1 >= kafc__cluster_brokers(s->cluster)))
        return;
    sim_break(s, broker, sim_chance(s, 30)); /* a machine that lost its power says nothing */
    (void)kafc__cluster_stop(s->cluster, broker);
    x->nstopped++;
    x->restart[broker] =
        (struct sim_restart){ { .fire = restart, .ctx = &x->restart[broker] }, x, broker };
    sim_at(s, &x->restart[broker].event, s->now + 20000 + sim_draw(s, 1500000));
}

/* All brokers at once, between two connections. */
static void become(struct sim_chaos *x, const char *release)
{
    ck_assert_int_eq(kafc__cluster_set_release(x->sim->cluster, release), KAFC_OK);
    sim_break(x->sim, 0, false);
}

/* ---- records that vanish ---- */

static void before(struct sim_chaos *x, int32_t partition)
{
    if (x->before)
        x->before(x->ctx, partition);
}

/* What the last leader had and its followers had not. */
static void lose_tail(struct sim_chaos *x, int32_t partition)
{
    kafc_mock_log log;
    int64_t n = 1 + sim_draw(x->sim, 10);

    if (kafc__cluster_log(x->sim->cluster, x->topic, partition, &log) != KAFC_OK)
        return;
    before(x, partition);
    if (log.high_watermark - n >= log.log_start)
        (void)kafc__cluster_truncate(x->sim->cluster, x->topic, partition, log.high_watermark - n);
}

/* As brokers before 2.5: with its records they forget a producer. */
static void forget(struct sim_chaos *x, int32_t partition)
{
    before(x, partition);
    (void)kafc__cluster_delete_records(x->sim->cluster, x->topic, partition, -1);
    (void)kafc__cluster_forget_producers(x->sim->cluster, x->topic, partition, true);
}

static void make_again(void *ctx)
{
    struct sim_chaos *x = ctx;

    (void)kafc__cluster_create_topic(x->sim->cluster, x->topic, x->partitions, 0);
}

static void remake(struct sim_chaos *x)
{
    before(x, -1);
    if (kafc__cluster_delete_topic(x->sim->cluster, x->topic) == KAFC_OK)
        sim_at(x->sim, &x->remake, x->sim->now + 1 + sim_draw(x->sim, 800000));
}

static void take_away(struct sim_chaos *x)
{
    int32_t partition = (int32_t)sim_draw(x->sim, (uint32_t)x->partitions);

    if (x->losing)
        lose_tail(x, partition);
    if (x->forgetful)
        forget(x, partition);
    if (x->remade && sim_chance(x->sim, 30))
        remake(x);
}

/* ---- faults ---- */

static void heal(struct sim_chaos *x)
{
    struct sim *s = x->sim;

    for (int32_t b = 1; b <= kafc__cluster_brokers(s->cluster); b++) {
        s->blocked_until[b] = 0;
        sim_cancel(s, &x->restart[b].event);
        (void)kafc__cluster_start(s->cluster, b);
        (void)kafc__cluster_freeze(s->cluster, b, false);
    }
    if (x->other)
        become(x, NULL);
    sim_cancel(s, &x->remake);
    if (x->remade)
        make_again(x);
    x->nstopped = 0;
    for (int32_t p = 0; p < x->partitions; p++)
        if (kafc__cluster_leader(s->cluster, x->topic, p, NULL) < 0)
            (void)kafc__cluster_set_leader(s->cluster, x->topic, p, 1);
    s->dark_percent = 0;
    s->poor_permille = 0;
    x->healed = true;
}

static void move(struct sim_chaos *x)
{
    struct sim *s = x->sim;
    int32_t to = 1 + (int32_t)sim_draw(s, (uint32_t)kafc__cluster_brokers(s->cluster));

    if (kafc__cluster_running(s->cluster, to))
        (void)kafc__cluster_set_leader(s->cluster, x->topic,
                                       (int32_t)sim_draw(s, (uint32_t)x->partitions), to);
}

static void strike(void *ctx)
{
    struct sim_chaos *x = ctx;
    struct sim *s = x->sim;
    int32_t broker = 1 + (int32_t)sim_draw(s, (uint32_t)kafc__cluster_brokers(s->cluster));

    if (s->now >= x->until) {
        heal(x);
        return;
    }
    if (x->other && sim_chance(s, 10))
        become(x, sim_chance(s, 50) ? x->other : NULL);
    switch (sim_draw(s, 9)) {
    case 8: take_away(x); break;
    case 7: (void)kafc__cluster_freeze(s->cluster, broker, sim_chance(s, 40)); break;
    case 0:
        if (x->stops)
            stop(x, broker);
        break;
    case 1:
    case 2:
        if (x->moves)
            move(x);
        break;
    case 3:
        sim_block(s, broker, sim_chance(s, 80) ? sim_draw(s, 400000) : sim_draw(s, 5000000));
        break;
    case 4: sim_break(s, broker, sim_chance(s, (uint32_t)s->dark_percent)); break;
    default: sim_break_one(s, sim_chance(s, (uint32_t)s->dark_percent)); break;
    }
    sim_at(s, &x->event, s->now + 1 + sim_draw(s, (uint32_t)x->pause_us * 2));
}

void sim_chaos_start(struct sim_chaos *x)
{
    if (x->answers || x->throttled)
        (void)kafc__cluster_hook(x->sim->cluster, -1, answer, x);
    if (x->other && sim_chance(x->sim, 50))
        become(x, NULL);
    x->event = (struct sim_event){ .fire = strike, .ctx = x };
    x->remake = (struct sim_event){ .fire = make_again, .ctx = x };
    sim_at(x->sim, &x->event, x->sim->now + 1 + sim_draw(x->sim, (uint32_t)x->pause_us * 2));
}
