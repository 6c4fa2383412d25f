/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a producer puts messages without a key, under a virtual clock: evenly,
 * less to a slow broker, none to a silent one (KIP-794).
 */
#include <check.h>

#include "core/producer_internal.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { MS = 1000, SECOND = 1000000, BROKERS = 3, PARTITIONS = 6, BATCH = 4000 };

struct stage {
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    int64_t bytes[PARTITIONS];
    int n;
    int32_t slow;     /* broker, or 0 */
    int32_t delay_ms; /* of its answers */
};

static void on_report(void *ctx, const kafc_report *r)
{
    struct stage *s = ctx;
    s->n++;
    if (r->verdict == KAFC_ACKNOWLEDGED)
        s->bytes[r->partition] += (int64_t)(uintptr_t)r->opaque;
}

static int64_t now_us(void *ctx)
{
    return ((struct stage *)ctx)->sim->now;
}

static void on_produce(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    const struct stage *s = ctx;
    a->delay_ms = rq->broker == s->slow ? s->delay_ms : 1;
}

static struct kafc_producer_config config(void)
{
    return (struct kafc_producer_config){ .topic = "t",
                                          .acks = -1,
                                          .idempotence = true,
                                          .partitioner = "sticky",
                                          .linger_us = 5 * MS,
                                          .batch_bytes = BATCH,
                                          .message_max_bytes = 100000,
                                          .buffer_bytes = 64 << 20,
                                          .delivery_timeout_us = 120 * SECOND,
                                          .max_in_flight = 5,
                                          .seed = 7,
                                          .reports = KAFC_REPORTS_ALL,
                                          .report_slots = 1000000,
                                          .now_us = now_us,
                                          .on_report = on_report };
}

static void begin(struct stage *s, const struct kafc_producer_config *from)
{
    struct kafc_producer_config cfg = *from;
    kafc_error err;
    memset(s, 0, sizeof(*s));
    s->sim = sim_new(1, KAFC_MOCK(.brokers = BROKERS));
    s->sim->latency_max_us = 20;
    s->core = sim_client(s->sim, &(struct kafc_core_config){ .client_id = "test" });
    ck_assert_int_eq(kafc__cluster_create_topic(s->sim->cluster, "t", PARTITIONS, 0), KAFC_OK);
    for (int32_t i = 0; i < PARTITIONS; i++)
        ck_assert_int_eq(kafc__cluster_set_leader(s->sim->cluster, "t", i, 1 + i % BROKERS),
                         KAFC_OK);
    ck_assert_int_eq(kafc__cluster_hook(s->sim->cluster, KAFC_API_PRODUCE, on_produce, s), KAFC_OK);
    cfg.ctx = s;
    s->p = kafc__producer_new(s->core, &cfg, &err);
    ck_assert_msg(s->p != NULL, "%s", err.message);
    ck_assert_int_eq(kafc__producer_start(s->p, &err), KAFC_OK);
}

static void end(struct stage *s)
{
    kafc__producer_stop(s->p);
    kafc__producer_free(s->p);
    sim_client_free(s->sim, s->core);
    sim_free(s->sim);
}

struct flow {
    struct sim_event e;
    struct stage *s;
    int left, size, sent;
};

/* A message every so often: large ones are a batch each, of small ones some are sent by linger. */
static void send_one(void *ctx)
{
    static const char value[BATCH];
    struct flow *f = ctx;
    struct stage *s = f->s;
    kafc_error err;
    kafc_message m = { .value = { value, f->size } };
    ck_assert_int_eq(
        kafc__producer_send(s->p, &m, (void *)(uintptr_t)f->size, sim_wall_ms(s->sim), &err),
        KAFC_OK);
    f->sent++;
    if (--f->left)
        sim_at(s->sim, &f->e, s->sim->now + f->size);
}

static bool all_sent(void *ctx)
{
    const struct flow *f = ctx;
    return !f->left;
}

static bool all_told(void *ctx)
{
    const struct flow *f = ctx;
    return !f->left && f->s->n >= f->sent;
}

static void flow(struct stage *s, int size, int n)
{
    struct flow f = { .e = { .fire = send_one, .ctx = &f }, .s = s, .left = n, .size = size };
    s->n = 0;
    memset(s->bytes, 0, sizeof(s->bytes));
    sim_at(s->sim, &f.e, s->sim->now + 1);
    ck_assert(sim_run(s->sim, all_sent, &f, 1000 * SECOND));
    s->slow = 0;
    ck_assert(sim_run(s->sim, all_told, &f, 1000 * SECOND));
}

static double share(const struct stage *s, int32_t broker)
{
    double of = 0, all = 0;
    for (int i = 0; i < PARTITIONS; i++) {
        of += 1 + i % BROKERS == broker ? (double)s->bytes[i] : 0;
        all += (double)s->bytes[i];
    }
    return of / all;
}

static const int sizes[] = { 100, 3000 };

START_TEST(messages_without_a_key_are_spread_evenly)
{
    struct stage s;
    struct kafc_producer_config cfg = config();
    begin(&s, &cfg);
    flow(&s, sizes[_i], 16000000 / sizes[_i]);
    double chi = 0, runs = 16000000.0 / PARTITIONS / (sizes[_i] == 100 ? 8000 : 9000);
    for (int i = 0; i < PARTITIONS; i++) {
        double got = (double)s.bytes[i] / (sizes[_i] == 100 ? 8000 : 9000);
        chi += (got - runs) * (got - runs) / runs;
    }
    ck_assert_double_lt(chi, 20.5); /* one in a thousand is beyond, with 5 degrees of freedom */
    end(&s);
}
END_TEST

START_TEST(a_slow_broker_gets_less_only_if_adaptive)
{
    struct stage s;
    struct kafc_producer_config cfg = config();
    double got[2];
    for (int adaptive = 0; adaptive < 2; adaptive++) {
        cfg.not_adaptive = !adaptive;
        begin(&s, &cfg);
        s.slow = 2;
        s.delay_ms = 200;
        flow(&s, sizes[_i], 6000000 / sizes[_i]);
        got[adaptive] = share(&s, 2);
        end(&s);
    }
    ck_assert_double_gt(got[0], 0.27);
    ck_assert_double_lt(got[0], 0.39);
    ck_assert_double_lt(got[1], 0.5 * got[0]);
}
END_TEST

START_TEST(a_silent_broker_gets_nothing_until_it_answers)
{
    struct stage s;
    struct kafc_producer_config cfg = config();
    cfg.availability_timeout_us = 50 * MS;
    cfg.not_adaptive = true;
    begin(&s, &cfg);
    flow(&s, 100, 20000);
    ck_assert_double_gt(share(&s, 2), 0.2);
    s.slow = 2;
    s.delay_ms = 20 * SECOND / MS;
    flow(&s, 100, 20000); /* two seconds */
    ck_assert_double_lt(share(&s, 2), 0.1);
    flow(&s, 100, 20000);
    ck_assert_double_gt(share(&s, 2), 0.2);
    end(&s);
}
END_TEST

START_TEST(keys_can_be_ignored_where_no_key_sticks)
{
    struct stage s;
    struct kafc_producer_config cfg = config();
    cfg.partitioner = "crc32";
    cfg.ignore_keys = true;
    kafc_error err;
    begin(&s, &(struct kafc_producer_config){ .topic = "t",
                                              .acks = -1,
                                              .ignore_keys = true,
                                              .batch_bytes = BATCH,
                                              .message_max_bytes = 1000,
                                              .buffer_bytes = 1 << 20,
                                              .delivery_timeout_us = SECOND,
                                              .reports = KAFC_REPORTS_NONE });
    ck_assert_ptr_eq(s.p->rule, kafc__partitioner_rule("sticky"));
    ck_assert_ptr_null(kafc__producer_new(s.core, &cfg, &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "crc32"));
    end(&s);
}
END_TEST

START_TEST(a_manual_partitioner_wants_the_partition)
{
    struct stage s;
    struct kafc_producer_config cfg = config();
    kafc_error err;
    cfg.partitioner = "manual";
    begin(&s, &cfg);
    kafc_message m = { .key = KAFC_STR("k"), .to_partition = 3 };
    struct flow f = { .s = &s, .sent = 1 };
    ck_assert_int_eq(kafc__producer_send(s.p, &m, (void *)1, 1, &err), KAFC_OK);
    ck_assert(sim_run(s.sim, all_told, &f, SECOND));
    ck_assert_int_eq(s.bytes[3], 1);
    m.to_partition = 0;
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "manual"));
    end(&s);
}
END_TEST

SUITE_LOOPS("core/placement", 60, LOOP(messages_without_a_key_are_spread_evenly, 0, 2),
            LOOP(a_slow_broker_gets_less_only_if_adaptive, 0, 2),
            ONCE(a_silent_broker_gets_nothing_until_it_answers),
            ONCE(keys_can_be_ignored_where_no_key_sticks),
            ONCE(a_manual_partitioner_wants_the_partition))
