/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A producer and its topics under a virtual clock: many that become known at
 * once, and some that nobody writes to any more.
 */
#include <check.h>
#include <stdio.h>

#include "base/arena.h"
#include "core/producer_internal.h"
#include "protocol/api/03_metadata.h"
#include "tests/sim/sim.h"
#include "tests/support/suite.h"

enum { MS = 1000, SECOND = 1000000, MANY = 200 };

struct stage {
    struct sim *sim;
    struct kafc_core *core;
    struct kafc_producer *p;
    int n, requests;
    kafc_err code; /* of the last report */
    int metadata;  /* requests for it */
    int32_t asked; /* topics of the last one */
};

static void on_report(void *ctx, const kafc_report *r)
{
    struct stage *s = ctx;
    s->n++;
    s->code = r->code;
}

static int64_t now_us(void *ctx)
{
    return ((struct stage *)ctx)->sim->now;
}

static void on_produce(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct stage *s = ctx;
    (void)rq;
    (void)a;
    s->requests++;
}

static void on_metadata(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct stage *s = ctx;
    struct kafc_arena arena;
    struct kafc_metadata_req req;
    struct kafc_rd rd;
    (void)a;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    ck_assert_int_eq(
        kafc__msg_decode(&rd, &kafc_metadata_req_schema, &req, rq->version, &arena, NULL), KAFC_OK);
    s->asked = req.topics.n;
    s->metadata++;
    kafc__arena_fini(&arena);
}

static void begin(struct stage *s, const char *topic, int64_t max_idle_us, int64_t max_age_us)
{
    kafc_error err;
    memset(s, 0, sizeof(*s));
    s->sim = sim_new(1, KAFC_MOCK(.brokers = 1));
    s->sim->latency_max_us = 20;
    s->core = sim_client(s->sim, &(struct kafc_core_config){ .client_id = "test",
                                                             .metadata_max_age_us = max_age_us });
    ck_assert_int_eq(kafc__cluster_hook(s->sim->cluster, KAFC_API_PRODUCE, on_produce, s), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_hook(s->sim->cluster, KAFC_API_METADATA, on_metadata, s),
                     KAFC_OK);
    s->p = kafc__producer_new(s->core,
                              &(struct kafc_producer_config){ .topic = topic,
                                                              .acks = 1,
                                                              .linger_us = 5 * MS,
                                                              .batch_bytes = 100000,
                                                              .message_max_bytes = 100000,
                                                              .buffer_bytes = 10 << 20,
                                                              .delivery_timeout_us = 120 * SECOND,
                                                              .metadata_max_idle_us = max_idle_us,
                                                              .reports = KAFC_REPORTS_ALL,
                                                              .report_slots = 10000,
                                                              .now_us = now_us,
                                                              .on_report = on_report,
                                                              .ctx = s },
                              &err);
    ck_assert_ptr_nonnull(s->p);
    ck_assert_int_eq(kafc__producer_start(s->p, &err), KAFC_OK);
}

static void end(struct stage *s)
{
    kafc__producer_stop(s->p);
    kafc__producer_free(s->p);
    sim_client_free(s->sim, s->core);
    sim_free(s->sim);
}

static void send_to(struct stage *s, const char *topic)
{
    kafc_error err;
    kafc_message m = { .topic = topic, .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc__producer_send(s->p, &m, NULL, sim_wall_ms(s->sim), &err), KAFC_OK);
}

struct goal {
    struct sim_event e;
    struct stage *s;
    int n;
    bool over;
};

static bool told(void *ctx)
{
    const struct goal *g = ctx;
    return g->s->n >= g->n;
}

static void await(struct stage *s, int n)
{
    struct goal g = { .s = s, .n = n };
    ck_assert_msg(sim_run(s->sim, told, &g, SECOND), "%d of %d", s->n, n);
    ck_assert_int_eq(s->code, KAFC_OK);
}

static void wake_up(void *ctx)
{
    ((struct goal *)ctx)->over = true;
}

static bool is_over(void *ctx)
{
    return ((struct goal *)ctx)->over;
}

static void pass(struct stage *s, int64_t us)
{
    struct goal g = { .e = { .fire = wake_up, .ctx = &g } };
    sim_at(s->sim, &g.e, s->sim->now + us);
    ck_assert(sim_run(s->sim, is_over, &g, us));
}

START_TEST(topics_that_become_known_together_travel_together)
{
    struct stage s;
    char name[32];
    begin(&s, NULL, 0, 0);
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof(name), "topic-%d", i);
        ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, name, 1, 0), KAFC_OK);
        send_to(&s, name);
    }
    await(&s, MANY);
    ck_assert_int_eq(s.requests, 1);
    ck_assert(kafc__list_empty(&s.p->tableless));
    end(&s);
}
END_TEST

START_TEST(a_topic_that_nobody_writes_to_is_asked_for_no_more)
{
    struct stage s;
    begin(&s, NULL, 60 * SECOND, 10 * SECOND);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "t", 2, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "u", 2, 0), KAFC_OK);
    send_to(&s, "t");
    send_to(&s, "u");
    await(&s, 2);
    ck_assert_int_eq(s.asked, 2);
    for (int i = 0; i < 5; i++) {
        pass(&s, 10 * SECOND);
        send_to(&s, "u");
    }
    ck_assert_int_eq(s.asked, 2);
    for (int i = 0; i < 5; i++) {
        pass(&s, 10 * SECOND);
        send_to(&s, "u");
    }
    ck_assert_int_eq(s.asked, 1);
    pass(&s, SECOND);
    int n = s.n;
    send_to(&s, "t");
    await(&s, n + 1);
    ck_assert_int_eq(s.asked, 2);
    pass(&s, 100 * SECOND); /* none of the two: nothing is asked any more */
    n = s.metadata;
    pass(&s, 100 * SECOND);
    ck_assert_int_eq(s.metadata, n);
    send_to(&s, "u");
    pass(&s, SECOND);
    ck_assert_int_eq(s.metadata, n + 1);
    ck_assert_int_eq(s.asked, 1);
    end(&s);
}
END_TEST

START_TEST(the_writers_own_topic_is_always_known)
{
    struct stage s;
    begin(&s, "t", 60 * SECOND, 10 * SECOND);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "t", 2, 0), KAFC_OK);
    send_to(&s, NULL);
    await(&s, 1);
    pass(&s, 200 * SECOND);
    ck_assert_int_ge(s.metadata, 20);
    int n = s.metadata;
    send_to(&s, NULL);
    await(&s, 2);
    ck_assert_int_eq(s.metadata, n);
    end(&s);
}
END_TEST

/* A name that was a mistake is not asked for until the end of days. */
START_TEST(a_topic_that_is_not_there_is_asked_for_as_long_as_something_waits)
{
    struct stage s;
    begin(&s, NULL, 300 * SECOND, 300 * SECOND);
    send_to(&s, "missing");
    pass(&s, 15 * SECOND);
    ck_assert_int_eq(s.n, 1);
    ck_assert_int_eq(s.code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_gt(s.metadata, 5);
    int before = s.metadata;
    pass(&s, 100 * SECOND);
    ck_assert_int_le(s.metadata, before + 1);
    send_to(&s, "missing"); /* asked for anew */
    pass(&s, SECOND);
    ck_assert_int_gt(s.metadata, before + 1);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "missing", 1, 0), KAFC_OK);
    pass(&s, 5 * SECOND);
    ck_assert_int_eq(s.n, 2);
    ck_assert_int_eq(s.code, KAFC_OK);
    end(&s);
}
END_TEST

START_TEST(a_writer_of_a_topic_that_is_not_there_asks_for_it_when_it_writes)
{
    struct stage s;
    begin(&s, "t", 60 * SECOND, 300 * SECOND);
    pass(&s, 100 * SECOND);
    ck_assert_int_ge(s.metadata, 1);
    ck_assert_int_le(s.metadata, 3);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "t", 2, 0), KAFC_OK);
    send_to(&s, NULL);
    await(&s, 1);
    end(&s);
}
END_TEST

SUITE_MAIN("core/topics", 30, topics_that_become_known_together_travel_together,
           a_topic_that_nobody_writes_to_is_asked_for_no_more,
           the_writers_own_topic_is_always_known,
           a_writer_of_a_topic_that_is_not_there_asks_for_it_when_it_writes,
           a_topic_that_is_not_there_is_asked_for_as_long_as_something_waits)
