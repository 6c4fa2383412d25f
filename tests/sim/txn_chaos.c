/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What happens to transactional producers in a simulation, besides what
 * happens to all (chaos.c): coordinators that move, load and answer with
 * errors, markers that come late, a transaction.version that changes.
 */
#include "protocol/apis.h"
#include "tests/sim/txn.h"

/* What brokers really answer, by API: all of it passes, but for the last ones. */
static const struct {
    int16_t api, since; /* since: the version that the last code came with; -1: there is none */
    int16_t codes[6];
    int16_t last;
} errors[] = {
    { KAFC_API_PRODUCE,
      11,
      { KAFC_ERR_NOT_LEADER_OR_FOLLOWER, KAFC_ERR_REQUEST_TIMED_OUT, KAFC_ERR_NOT_ENOUGH_REPLICAS,
        KAFC_ERR_KAFKA_STORAGE_ERROR, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
        KAFC_ERR_INVALID_PRODUCER_EPOCH },
      KAFC_ERR_TRANSACTION_ABORTABLE },
    { KAFC_API_FIND_COORDINATOR, -1, { KAFC_ERR_COORDINATOR_NOT_AVAILABLE }, 0 },
    { KAFC_API_INIT_PRODUCER_ID,
      -1,
      { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
        KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_CONCURRENT_TRANSACTIONS },
      0 },
    { KAFC_API_ADD_PARTITIONS_TO_TXN,
      -1,
      { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
        KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_CONCURRENT_TRANSACTIONS,
        KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION },
      0 },
    { KAFC_API_ADD_OFFSETS_TO_TXN,
      4,
      { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
        KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_CONCURRENT_TRANSACTIONS },
      KAFC_ERR_TRANSACTION_ABORTABLE },
    { KAFC_API_TXN_OFFSET_COMMIT,
      4,
      { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
        KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_REQUEST_TIMED_OUT, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION },
      KAFC_ERR_TRANSACTION_ABORTABLE },
    { KAFC_API_END_TXN,
      -1,
      { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_ERR_COORDINATOR_NOT_AVAILABLE,
        KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_CONCURRENT_TRANSACTIONS },
      0 },
};
enum { APIS = sizeof(errors) / sizeof(*errors) };

static kafc_err pick(struct sim *s, const kafc_mock_request *rq)
{
    int i = 0, n = 0;

    while (i < APIS - 1 && errors[i].api != rq->api)
        i++;
    if (errors[i].since >= 0 && rq->version >= errors[i].since && sim_chance(s, 10))
        return (kafc_err)errors[i].last;
    while (n < 6 && errors[i].codes[n])
        n++;
    return (kafc_err)errors[i].codes[sim_draw(s, (uint32_t)n)];
}

static void answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct txns *x = ctx;
    struct sim *s = x->sim;

    if (s->now >= x->chaos.until)
        return;
    switch (sim_draw(s, 50)) {
    case 0:
    case 1:
    case 2:
        a->act = KAFC_MOCK_ERROR;
        a->code = pick(s, rq);
        break;
    case 3: a->act = KAFC_MOCK_CUT; break;
    case 4:
    case 5: a->act = KAFC_MOCK_PASS_CUT; break;
    case 6: a->act = sim_chance(s, 30) ? KAFC_MOCK_PASS_SILENT : KAFC_MOCK_PASS; break;
    case 7:
    case 8: a->delay_ms = 1 + (int32_t)sim_draw(s, sim_chance(s, 10) ? 5000 : 300); break;
    default: break;
    }
}

static void move(struct txns *x)
{
    struct sim *s = x->sim;
    int id = (int)sim_draw(s, (uint32_t)x->nids);
    int32_t to = 1 + (int32_t)sim_draw(s, (uint32_t)kafc__cluster_brokers(s->cluster));

    if (!kafc__cluster_running(s->cluster, to))
        to = -1;
    if (sim_chance(s, 70))
        (void)kafc__cluster_set_coordinator(s->cluster, KAFC_MOCK_TRANSACTIONS, x->id[id].name, to);
    else
        (void)kafc__cluster_set_coordinator(s->cluster, KAFC_MOCK_GROUPS, x->id[id].group, to);
}

static void strike(void *ctx)
{
    struct txns *x = ctx;
    struct sim *s = x->sim;

    if (s->now >= x->chaos.until) {
        (void)kafc__cluster_set_marker_delay(s->cluster, 0);
        return;
    }
    switch (sim_draw(s, 3)) {
    case 0: move(x); break;
    case 1: (void)kafc__cluster_set_marker_delay(s->cluster, (int32_t)sim_draw(s, 200)); break;
    case 2:
        if (x->changes_generation) {
            (void)kafc__cluster_set_transaction_version(s->cluster, (int16_t)sim_draw(s, 3));
            if (sim_chance(s, 70)) /* else who is connected learns it some time */
                sim_break_one(s, false);
        }
        break;
    }
    sim_at(s, &x->strike, s->now + 1 + sim_draw(s, x->storm ? 100000 : 600000));
}

void txns_chaos_start(struct txns *x)
{
    struct sim *s = x->sim;

    s->dark_percent = 30;
    x->storm = sim_chance(s, 20);
    x->chaos = (struct sim_chaos){ .sim = s,
                                   .topic = "t",
                                   .partitions = TXNS_PARTITIONS,
                                   .until = s->now + 4000000 + sim_draw(s, 12000000),
                                   .pause_us = x->storm ? 5000 + (int)sim_draw(s, 50000)
                                                        : 30000 + (int)sim_draw(s, 300000),
                                   .stops = true,
                                   .all_stop = sim_chance(s, 30),
                                   .moves = true,
                                   .answers = sim_chance(s, 70),
                                   .throttled = sim_chance(s, 10) };
    sim_chaos_start(&x->chaos);
    for (int i = 0; i < APIS && x->chaos.answers; i++)
        (void)kafc__cluster_hook(s->cluster, errors[i].api, answer, x);
    x->strike = (struct sim_event){ .fire = strike, .ctx = x };
    sim_at(s, &x->strike, s->now + 1 + sim_draw(s, 600000));
}
