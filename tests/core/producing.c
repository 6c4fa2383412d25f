/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stage of the producer's tests.
 */
#include "tests/core/producing.h"

#include "base/arena.h"
#include "protocol/apis.h"

static int64_t now_us(void *ctx)
{
    return ((struct stage *)ctx)->sim->now;
}

static void on_report(void *ctx, const kafc_report *r)
{
    struct stage *s = ctx;
    s->n++;
    s->acknowledged += r->verdict == KAFC_ACKNOWLEDGED;
    s->not_written += r->verdict == KAFC_NOT_WRITTEN;
    s->perhaps += r->verdict == KAFC_PERHAPS_WRITTEN;
    s->code = r->code;
    s->at = s->sim->now;
    size_t i = (size_t)(uintptr_t)r->opaque;
    if (i >= SEEN)
        return;
    s->offset[i] = r->offset;
    s->verdict[i] = r->verdict;
    s->told_at[i] = s->sim->now;
}

static void on_event(void *ctx)
{
    ((struct stage *)ctx)->events++;
}

static void on_produce(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct stage *s = ctx;
    struct kafc_arena arena;
    struct kafc_produce_req req;
    struct kafc_rd rd;
    kafc_error err;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    ck_assert_msg(
        kafc__msg_decode(&rd, &kafc_produce_req_schema, &req, rq->version, &arena, &err) == KAFC_OK,
        "%s", err.message);
    s->requests++;
    s->asked_at = s->sim->now;
    s->partitions = 0;
    for (int32_t i = 0; i < req.topic_data.n; i++)
        s->partitions += req.topic_data.v[i].partition_data.n;
    kafc__arena_fini(&arena);
    a->delay_ms = s->delay_ms;
    a->act = s->errors > 0 ? KAFC_MOCK_ERROR : s->act;
    a->code = s->error;
    s->errors -= s->errors > 0;
}

struct kafc_producer_config producing_config(void)
{
    return (struct kafc_producer_config){ .topic = "t",
                                          .acks = -1,
                                          .idempotence = true,
                                          .linger_us = 5 * MS,
                                          .batch_bytes = 100000,
                                          .message_max_bytes = 100000,
                                          .buffer_bytes = 10 << 20,
                                          .delivery_timeout_us = 120 * SECOND,
                                          .max_in_flight = 5,
                                          .reports = KAFC_REPORTS_ALL,
                                          .report_slots = 10000,
                                          .now_us = now_us,
                                          .on_report = on_report,
                                          .on_event = on_event };
}

void producing_begin(struct stage *s, int32_t brokers, int32_t partitions,
                     const struct kafc_producer_config *from)
{
    struct kafc_producer_config cfg = *from;
    kafc_error err;
    memset(s, 0, sizeof(*s));
    s->sim = sim_new(1, KAFC_MOCK(.brokers = brokers));
    s->sim->latency_max_us = 20;
    s->core = sim_client(s->sim, &(struct kafc_core_config){ .client_id = "test" });
    if (partitions)
        ck_assert_int_eq(kafc__cluster_create_topic(s->sim->cluster, "t", partitions, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_hook(s->sim->cluster, KAFC_API_PRODUCE, on_produce, s), KAFC_OK);
    cfg.ctx = s;
    s->p = kafc__producer_new(s->core, &cfg, &err);
    ck_assert_msg(s->p != NULL, "%s", err.message);
    ck_assert_int_eq(kafc__producer_start(s->p, &err), KAFC_OK);
}

void producing_end(struct stage *s)
{
    kafc__producer_stop(s->p);
    kafc__producer_free(s->p);
    sim_client_free(s->sim, s->core);
    sim_free(s->sim);
}

void send_to(struct stage *s, int32_t partition, int i)
{
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("value"),
                       .to_partition = partition ? partition : KAFC_ZERO };
    ck_assert_msg(kafc__producer_send(s->p, &m, (void *)(uintptr_t)i, sim_wall_ms(s->sim), &err) ==
                      KAFC_OK,
                  "%s", err.message);
}

struct goal {
    struct stage *s;
    int n;
};

static bool told(void *ctx)
{
    struct goal *g = ctx;
    return g->s->n >= g->n;
}

void await(struct stage *s, int n, int64_t limit)
{
    struct goal g = { s, n };
    ck_assert_msg(sim_run(s->sim, told, &g, limit), "%d of %d verdicts", s->n, n);
}

struct pause {
    struct sim_event e;
    bool over;
};

static void wake_up(void *ctx)
{
    ((struct pause *)ctx)->over = true;
}

static bool is_over(void *ctx)
{
    return ((struct pause *)ctx)->over;
}

void pass(struct stage *s, int64_t us)
{
    struct pause x = { .e = { .fire = wake_up, .ctx = &x } };
    sim_at(s->sim, &x.e, s->sim->now + us);
    ck_assert(sim_run(s->sim, is_over, &x, us));
}

void warm_up(struct stage *s, int32_t partitions)
{
    for (int32_t i = 0; i < partitions; i++)
        send_to(s, i, SEEN);
    await(s, partitions, SECOND);
    s->n = s->acknowledged = s->requests = 0;
}
