/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The producer under a virtual clock: when it sends, what it puts together, how
 * long it waits, and what it does at the edges of sequences and epochs.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/core/producing.h"
#include "tests/support/suite.h"

static int32_t look_at_message(void *ctx, const kafc_message *m, int32_t npartitions)
{
    struct stage *s = ctx;
    s->looked++;
    return m->topic && strcmp(m->topic, "t") == 0 && m->timestamp == 77 ? 0 : npartitions;
}

START_TEST(a_message_lingers_and_no_longer)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    int64_t sent_at = s.sim->now;
    send_to(&s, 0, 0);
    await(&s, 1, SECOND);
    ck_assert_int_ge(s.asked_at - sent_at, 5 * MS);
    ck_assert_int_lt(s.asked_at - sent_at, 6 * MS);
    producing_end(&s);
}
END_TEST

START_TEST(the_partitions_of_a_node_share_a_request)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 16, &cfg);
    warm_up(&s, 16);
    for (int i = 0; i < 16; i++)
        send_to(&s, i, i);
    await(&s, 16, SECOND);
    ck_assert_int_eq(s.requests, 1);
    ck_assert_int_eq(s.partitions, 16);
    producing_end(&s);
}
END_TEST

START_TEST(who_has_lingered_half_goes_along)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.linger_us = 100 * MS;
    producing_begin(&s, 1, 3, &cfg);
    warm_up(&s, 3);
    int64_t sent_at = s.sim->now;
    for (int i = 0; i < 3; i++) {
        send_to(&s, i, i);
        pass(&s, 35 * MS);
    }
    await(&s, 2, SECOND);
    ck_assert_int_eq(s.requests, 1);
    ck_assert_int_eq(s.partitions, 2);
    ck_assert_int_lt(s.asked_at - sent_at, 101 * MS);
    await(&s, 3, SECOND);
    ck_assert_int_eq(s.requests, 2);
    ck_assert_int_ge(s.asked_at - sent_at, 170 * MS);
    ck_assert_int_lt(s.asked_at - sent_at, 171 * MS);
    producing_end(&s);
}
END_TEST

START_TEST(a_full_batch_does_not_linger)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.linger_us = 100 * SECOND;
    cfg.batch_messages = 3;
    producing_begin(&s, 1, 1, &cfg);
    for (int i = 0; i < 7; i++)
        send_to(&s, 0, i);
    await(&s, 6, SECOND);
    pass(&s, SECOND);
    ck_assert_int_eq(s.n, 6);
    producing_end(&s);
    ck_assert_int_eq(s.not_written, 1);
    ck_assert_int_eq(s.code, KAFC_ERR_CLOSED);
}
END_TEST

START_TEST(W5_five_in_flight_with_idempotence_one_without)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.idempotence = _i == 0;
    cfg.linger_us = 0;
    cfg.batch_messages = 1;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    s.delay_ms = 100;
    for (int i = 0; i < 20; i++)
        send_to(&s, 0, i);
    int most = 0;
    struct kafc_part *part = atomic_load(&s.p->only->table)->part[0];
    while (s.n < 20) {
        pass(&s, MS);
        most = part->in_flight > most ? part->in_flight : most;
    }
    ck_assert_int_eq(most, _i == 0 ? 5 : 1);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(s.offset[i], i + 1);
    producing_end(&s);
}
END_TEST

START_TEST(senders_are_told_that_a_partition_is_crowded)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.idempotence = false; /* so one in flight */
    cfg.batch_messages = 1;
    producing_begin(&s, 1, 2, &cfg);
    warm_up(&s, 2);
    for (int round = 0; round < 2; round++) {
        send_to(&s, 0, 3 * round);
        send_to(&s, 1, 3 * round + 1);
        ck_assert(!kafc__producer_crowded(s.p));
        send_to(&s, 0, 3 * round + 2);
        ck_assert(kafc__producer_crowded(s.p));
        await(&s, 3 * (round + 1), SECOND);
        ck_assert(!kafc__producer_crowded(s.p));
    }
    /* Who has waited in vain does not wait again, until something comes back. */
    for (int i = 6; i < 9; i++) {
        send_to(&s, 0, i);
        ck_assert_int_eq(kafc__producer_crowded(s.p) > 0, i == 7);
        kafc__producer_crowd_on(s.p);
    }
    await(&s, 9, SECOND);
    send_to(&s, 0, 9);
    send_to(&s, 0, 10);
    ck_assert(kafc__producer_crowded(s.p));
    await(&s, 11, SECOND);
    /* What has piled up goes down: for one more, two have to come back. */
    for (int i = 11; i < 16; i++) {
        send_to(&s, 0, i);
        kafc__producer_crowd_on(s.p);
    }
    for (int i = 12; i < 16; i += 2) {
        await(&s, i, SECOND);
        send_to(&s, 0, 16 + (i - 12) / 2);
        ck_assert(kafc__producer_crowded(s.p));
        await(&s, i + 1, SECOND);
        ck_assert(kafc__producer_crowded(s.p));
        await(&s, i + 2, SECOND);
        ck_assert(!kafc__producer_crowded(s.p));
    }
    producing_end(&s);
}
END_TEST

START_TEST(senders_are_told_that_many_messages_wait_for_metadata)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.report_slots = 1000;
    producing_begin(&s, 1, 1, &cfg);
    for (int i = 0; i < 600; i++) {
        send_to(&s, 0, i);
        ck_assert_int_eq(kafc__producer_crowded(s.p) > 0, _i == 0 ? i >= 255 : i == 255);
        if (_i && kafc__producer_crowded(s.p))
            kafc__producer_crowd_on(s.p); /* in vain: once is enough */
    }
    await(&s, 600, SECOND);
    ck_assert(!kafc__producer_crowded(s.p));
    ck_assert_int_ge(s.events, _i == 0);
    producing_end(&s);
}
END_TEST

START_TEST(W1_the_delivery_timeout_is_kept)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.delivery_timeout_us = 3 * SECOND;
    producing_begin(&s, 2, 2, &cfg);
    warm_up(&s, 2);
    ck_assert_int_eq(kafc__cluster_set_leader(s.sim->cluster, "t", 0, -1), KAFC_OK);
    int64_t sent_at = s.sim->now;
    send_to(&s, 0, 0);
    await(&s, 1, 10 * SECOND);
    ck_assert_int_eq(s.not_written + s.perhaps, 1); /* NOT_LEADER may come behind an append */
    ck_assert_int_ge(s.at - sent_at, 3 * SECOND);
    ck_assert_int_lt(s.at - sent_at, 3 * SECOND + 20 * MS);
    producing_end(&s);
}
END_TEST

START_TEST(W9_an_unknown_topic_is_given_some_time_and_then_told)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 0, &cfg);
    send_to(&s, 0, 0);
    await(&s, 1, 60 * SECOND);
    ck_assert_int_eq(s.not_written, 1);
    ck_assert_int_eq(s.code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_ge(s.at, 10 * SECOND);
    ck_assert_int_lt(s.at, 12 * SECOND);
    send_to(&s, 0, 1);
    pass(&s, 2 * SECOND); /* and when it comes, it is used */
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "t", 2, 1), KAFC_OK);
    send_to(&s, 1, 2);
    s.acknowledged = 0;
    pass(&s, 5 * SECOND);
    ck_assert_int_ge(s.acknowledged, 1);
    producing_end(&s);
    ck_assert_int_eq(s.n, 3);
}
END_TEST

START_TEST(W5_sequences_wrap)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.linger_us = 0;
    cfg.batch_messages = 3;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    struct kafc_part *part = atomic_load(&s.p->only->table)->part[0];
    part->next_sequence = INT32_MAX - 10;
    ck_assert_int_eq(kafc__cluster_forget_producers(s.sim->cluster, "t", 0, false), KAFC_OK);
    for (int i = 0; i < 60; i++) {
        send_to(&s, 0, i);
        if (i == 2)
            await(&s, 3, SECOND);
    }
    await(&s, 60, 10 * SECOND);
    ck_assert_int_eq(s.acknowledged, 60);
    ck_assert_int_eq(part->next_sequence, 60 - 11);
    ck_assert_int_eq(s.p->epoch, 0);
    for (int i = 0; i < 60; i++)
        ck_assert_int_eq(s.offset[i], i + 1);
    producing_end(&s);
}
END_TEST

START_TEST(W5_the_last_epoch_is_followed_by_another_id)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 2, &cfg);
    warm_up(&s, 2);
    struct kafc_table *table = atomic_load(&s.p->only->table);
    int64_t id = s.p->producer_id;
    s.p->epoch = INT16_MAX;
    for (int i = 0; i < 2; i++)
        send_to(&s, i, i);
    await(&s, 2, SECOND);
    ck_assert_int_eq(table->part[0]->epoch, INT16_MAX);
    ck_assert_int_eq(kafc__cluster_forget_producers(s.sim->cluster, "t", 0, true), KAFC_OK);
    send_to(&s, 0, 2);
    await(&s, 3, 10 * SECOND);
    ck_assert_int_eq(s.acknowledged, 3);
    ck_assert_int_ne(s.p->producer_id, id);
    ck_assert_int_eq(table->part[0]->producer_id, s.p->producer_id);
    ck_assert_int_eq(table->part[1]->producer_id, id); /* until it sends */
    send_to(&s, 1, 3);
    await(&s, 4, 10 * SECOND);
    ck_assert_int_eq(table->part[1]->producer_id, s.p->producer_id);
    ck_assert_int_eq(s.acknowledged, 4);
    producing_end(&s);
}
END_TEST

START_TEST(a_topic_that_is_made_anew_gets_a_new_table)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 2, 2, &cfg);
    warm_up(&s, 2);
    ck_assert_int_eq(kafc__cluster_delete_topic(s.sim->cluster, "t"), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "t", 6, 0), KAFC_OK);
    for (int i = 0; i < 2; i++)
        send_to(&s, i, i);
    await(&s, 2, 30 * SECOND);
    ck_assert_int_eq(s.acknowledged, 2);
    ck_assert_int_eq(atomic_load(&s.p->only->table)->n, 6);
    send_to(&s, 5, 2);
    await(&s, 3, SECOND);
    ck_assert_int_eq(s.acknowledged, 3);
    producing_end(&s);
}
END_TEST

/* Requests that get lost on their way and arrive late: behind the attempt that the leader refuses, since the batch in
 * front is missing. */
struct lost {
    struct stage *s;
    uint8_t first[512];
    size_t len;
    bool arrived;
};

static void arrive(const struct lost *x, const void *batch, size_t len)
{
    ck_assert_int_eq(kafc__cluster_append_batch(x->s->sim->cluster, "t", 0, batch, len), KAFC_OK);
}

static void arrive_late(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct lost *x = ctx;
    struct kafc_arena arena;
    struct kafc_produce_req req;
    struct kafc_rd rd;
    if (x->arrived)
        return;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, rq->body.p, (size_t)rq->body.len);
    ck_assert_int_eq(
        kafc__msg_decode(&rd, &kafc_produce_req_schema, &req, rq->version, &arena, NULL), KAFC_OK);
    const struct kafc_records *r = &req.topic_data.v[0].partition_data.v[0].records;
    if (x->s->n == 0) {
        a->act = KAFC_MOCK_SILENT;
        x->len = (size_t)r->len;
        memcpy(x->first, r->p, x->len);
    } else { /* it was given up */
        a->act = KAFC_MOCK_ERROR;
        a->code = KAFC_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER;
        arrive(x, x->first, x->len);
        arrive(x, r->p, (size_t)r->len);
        x->arrived = true;
    }
    kafc__arena_fini(&arena);
}

START_TEST(W5_a_batch_that_may_yet_arrive_gets_no_second_number)
{
    struct stage s;
    struct lost x = { .s = &s };
    struct kafc_producer_config cfg = producing_config();
    kafc_mock_log log;
    cfg.linger_us = 0;
    cfg.delivery_timeout_us = 4 * SECOND;
    cfg.request_timeout_us = 500 * MS;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    ck_assert_int_eq(kafc__cluster_hook(s.sim->cluster, KAFC_API_PRODUCE, arrive_late, &x),
                     KAFC_OK);
    send_to(&s, 0, 0);
    pass(&s, 1700 * MS);
    send_to(&s, 0, 1);
    await(&s, 2, 10 * SECOND);
    ck_assert(x.arrived);
    ck_assert_int_eq(s.verdict[0], KAFC_PERHAPS_WRITTEN);
    ck_assert_int_eq(s.verdict[1], KAFC_ACKNOWLEDGED);
    ck_assert_int_eq(s.offset[1], 2);
    send_to(&s, 0, 2); /* under a new epoch */
    await(&s, 3, SECOND);
    ck_assert_int_eq(s.verdict[2], KAFC_ACKNOWLEDGED);
    ck_assert_int_eq(s.p->epoch, 1);
    ck_assert_int_eq(kafc__cluster_log(s.sim->cluster, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 4);
    producing_end(&s);
}
END_TEST

START_TEST(W5_the_first_batch_for_a_topic_made_anew_goes_alone)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.linger_us = 0;
    cfg.batch_messages = 1;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    ck_assert_int_eq(kafc__cluster_delete_topic(s.sim->cluster, "t"), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(s.sim->cluster, "t", 1, 1), KAFC_OK);
    kafc__meta_stale(s.core);
    pass(&s, SECOND);
    /* The new leader knows no producer: it would take the second batch in place of the first. */
    ck_assert_int_eq(
        kafc__cluster_push_error(s.sim->cluster, KAFC_API_PRODUCE, KAFC_ERR_NOT_ENOUGH_REPLICAS, 1),
        KAFC_OK);
    for (int i = 0; i < 5; i++)
        send_to(&s, 0, i);
    await(&s, 5, 10 * SECOND);
    ck_assert_int_eq(s.acknowledged, 5);
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(s.offset[i], i);
    producing_end(&s);
}
END_TEST

START_TEST(W7_a_report_can_be_wanted_for_failures_only)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.on_report = NULL;
    cfg.reports = KAFC_REPORTS_FAILURES;
    cfg.report_slots = 4;
    producing_begin(&s, 1, 1, &cfg);
    kafc_report r[8];
    for (int i = 0; i < 12; i++) { /* successes give their slots back */
        send_to(&s, 0, i);
        if (i % 4 == 3)
            pass(&s, SECOND);
    }
    ck_assert_int_eq(kafc__producer_reports(s.p, r, 8), 0);
    ck_assert_int_eq(
        kafc__cluster_push_error(s.sim->cluster, KAFC_API_PRODUCE, KAFC_ERR_INVALID_RECORD, 1),
        KAFC_OK);
    for (int i = 0; i < 4; i++)
        send_to(&s, 0, 100 + i);
    pass(&s, SECOND);
    kafc_message m = { .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 0, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc__producer_reports(s.p, r, 8), 4);
    ck_assert_int_eq(r[0].verdict, KAFC_NOT_WRITTEN);
    ck_assert_int_eq(r[0].code, KAFC_ERR_INVALID_RECORD);
    ck_assert_ptr_eq(r[3].opaque, (void *)(uintptr_t)103);
    ck_assert_int_eq(kafc__producer_reports(s.p, r, 8), 0);
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 0, NULL), KAFC_OK);
    producing_end(&s);
}
END_TEST

START_TEST(W10_a_flush_ends_with_its_own_messages)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    struct kafc_flush f;
    cfg.linger_us = 100 * SECOND;
    producing_begin(&s, 1, 2, &cfg);
    for (int i = 0; i < 10; i++)
        send_to(&s, i % 2, i);
    kafc__producer_flush_begin(s.p, &f); /* metadata is not even here */
    pass(&s, SECOND);
    ck_assert(atomic_load(&f.done));
    ck_assert_int_eq(s.acknowledged, 10);
    kafc__producer_flush_end(s.p, &f);
    s.delay_ms = 500;
    send_to(&s, 0, 10);
    kafc__producer_flush_begin(s.p, &f);
    pass(&s, 100 * MS);
    ck_assert(!atomic_load(&f.done));
    send_to(&s, 0, 11); /* comes later and lingers */
    pass(&s, SECOND);
    ck_assert(atomic_load(&f.done));
    ck_assert_int_eq(s.acknowledged, 11);
    kafc__producer_flush_end(s.p, &f);
    producing_end(&s);
}
END_TEST

START_TEST(W10_a_flush_waits_for_no_topic_to_send_those_that_are_known)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    struct kafc_flush f;
    kafc_message m = { .value = KAFC_STR("v"), .topic = "t" };
    cfg.linger_us = 100 * SECOND;
    cfg.topic = NULL;
    producing_begin(&s, 1, 1, &cfg);
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, NULL), KAFC_OK);
    pass(&s, SECOND);
    ck_assert_int_eq(s.n, 0);
    m.topic = "unknown";
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, NULL), KAFC_OK);
    kafc__producer_flush_begin(s.p, &f);
    pass(&s, SECOND);
    ck_assert_int_eq(s.acknowledged, 1);
    ck_assert(!atomic_load(&f.done));
    pass(&s, 15 * SECOND);
    ck_assert_int_eq(s.not_written, 1);
    ck_assert(atomic_load(&f.done));
    kafc__producer_flush_end(s.p, &f);
    producing_end(&s);
}
END_TEST

/* When the answer to the first message of partition 0 came; with two, another one lingers until that very moment, and a
 * third one, of another partition, relied on its timer. */
static int64_t answered_at(int64_t moment)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 2, &cfg);
    warm_up(&s, 2);
    s.delay_ms = 20;
    send_to(&s, 0, 0);
    if (moment) {
        pass(&s, moment - 5 * MS - s.sim->now);
        send_to(&s, 0, 1);
        pass(&s, 2 * MS);
        send_to(&s, 1, 2);
    }
    await(&s, moment ? 3 : 1, SECOND);
    int64_t at = s.at;
    producing_end(&s);
    return at;
}

START_TEST(an_answer_that_comes_with_the_end_of_a_linger_wakes_the_other_partitions)
{
    int64_t moment = answered_at(0);
    ck_assert_int_gt(answered_at(moment), moment);
}
END_TEST

START_TEST(W3_a_message_that_waits_for_more_than_the_buffer_is_taken_with_metadata)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    static char value[4080 - KAFC_BATCH_HEADER - 20];
    kafc_message m = { .value = { value, sizeof(value) } };
    kafc_error err;
    cfg.buffer_bytes = 4096;
    producing_begin(&s, 1, 1, &cfg);
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_ERR_WOULD_BLOCK);
    int events = s.events;
    pass(&s, SECOND);
    ck_assert_int_gt(s.events, events); /* who waits for room is told to try again */
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_OK);
    await(&s, 1, SECOND);
    producing_end(&s);
}
END_TEST

START_TEST(W9_the_time_of_an_unknown_topic_begins_with_the_first_answer)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 0, &cfg);
    sim_block(s.sim, 1, 20 * SECOND);
    send_to(&s, 0, 0);
    await(&s, 1, 60 * SECOND);
    ck_assert_int_eq(s.code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_ge(s.at, 30 * SECOND);
    ck_assert_int_lt(s.at, 42 * SECOND);
    producing_end(&s);
}
END_TEST

START_TEST(W1_a_batch_that_ends_soon_does_not_take_others_with_it)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.idempotence = false; /* a repetition would be seen */
    cfg.delivery_timeout_us = 10 * SECOND;
    cfg.request_timeout_us = 30 * SECOND;
    producing_begin(&s, 1, 2, &cfg);
    warm_up(&s, 2);
    for (int32_t i = 0; i < 2; i++)
        ck_assert_int_eq(kafc__cluster_set_leader(s.sim->cluster, "t", i, -1), KAFC_OK);
    send_to(&s, 0, 0);
    pass(&s, 8 * SECOND);
    send_to(&s, 1, 1);
    pass(&s, 10 * MS);
    s.delay_ms = 2500;
    for (int32_t i = 0; i < 2; i++)
        ck_assert_int_eq(kafc__cluster_set_leader(s.sim->cluster, "t", i, 1), KAFC_OK);
    await(&s, 2, 20 * SECOND);
    ck_assert_int_eq(s.perhaps, 1);
    s.delay_ms = 0;
    send_to(&s, 1, 2);
    await(&s, 3, 20 * SECOND);
    ck_assert_int_eq(s.offset[1], 1);
    ck_assert_int_eq(s.offset[2], 2);
    producing_end(&s);
}
END_TEST

static void ask_leader(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)a;
    ((struct stage *)ctx)->broker = rq->broker;
}

START_TEST(acks_none_follow_the_leader)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.acks = 0;
    cfg.idempotence = false;
    producing_begin(&s, 2, 1, &cfg);
    ck_assert_int_eq(kafc__cluster_hook(s.sim->cluster, KAFC_API_PRODUCE, ask_leader, &s), KAFC_OK);
    for (int round = 0; round < 4; round++) {
        int32_t leader = 1 + round % 2;
        ck_assert_int_eq(kafc__cluster_set_leader(s.sim->cluster, "t", 0, leader), KAFC_OK);
        send_to(&s, 0, 0); /* the old leader says by hanging up that it is none */
        pass(&s, 3 * SECOND);
        send_to(&s, 0, 0);
        pass(&s, 3 * SECOND);
        ck_assert_int_eq(s.broker, leader);
    }
    producing_end(&s);
}
END_TEST

START_TEST(W3_a_partitioner_sees_the_message_as_it_was_sent)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    cfg.topic = NULL;
    cfg.on_partition = look_at_message;
    cfg.partition_ctx = &s;
    producing_begin(&s, 1, 1, &cfg);
    kafc_message m = { .topic = "t", .value = KAFC_STR("v"), .timestamp = 77 };
    kafc_error err;
    for (int i = 0; i < 2; i++) { /* it waits for metadata, then it does not */
        ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_OK);
        await(&s, i + 1, SECOND);
        ck_assert_int_eq(s.acknowledged, i + 1);
    }
    ck_assert_int_eq(s.looked, 2);
    producing_end(&s);
}
END_TEST

START_TEST(topic_names_that_no_broker_takes_are_refused)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    static char longest[251];
    const char *const bad[] = { ".", "..", "a b", "a/b", "\xc3\xa4", longest };
    kafc_error err;
    memset(longest, 'x', 250);
    cfg.topic = NULL;
    producing_begin(&s, 1, 1, &cfg);
    kafc_message m = { .value = KAFC_STR("v") };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        m.topic = bad[i];
        ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_ERR_USAGE);
        cfg.topic = bad[i];
        ck_assert_ptr_null(kafc__producer_new(s.core, &cfg, &err));
        ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    }
    longest[249] = 0;
    m.topic = longest;
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_OK);
    m.topic = "a.b_c-D9";
    ck_assert_int_eq(kafc__producer_send(s.p, &m, NULL, 1, &err), KAFC_OK);
    producing_end(&s);
}
END_TEST

/* What a broker says of records is believed as far as it makes sense, and kept within bounds. */
START_TEST(record_errors_that_make_no_sense_do_no_harm)
{
    static const int32_t index[] = { -1, 1, 1, 0, 3, 7, 8, INT32_MAX, INT32_MIN };
    enum { N = sizeof(index) / sizeof(index[0]) };
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    struct kafc_produce_resp_record_error e[N] = { 0 };
    struct kafc_produce_resp_partition a = { .error_message = { "no\0 good\n", 9 } };
    struct kafc_outcome o = { .code = KAFC_ERR_INVALID_RECORD, .answer = &a };
    static char text[5000];
    char other[16];
    kafc_report r;
    producing_begin(&s, 1, 1, &cfg);
    warm_up(&s, 1);
    struct kafc_batch_out *b = kafc__batch_out_new(&s.p->pool,
                                                   atomic_load(&s.p->only->table)->part[0]);
    b->count = 8;
    b->code = KAFC_ERR_INVALID_RECORD;
    for (int i = 0; i < N; i++)
        e[i].batch_index = index[i];
    memset(text, 'y', sizeof(text));
    e[1].batch_index_error_message = (kafc_str){ text, sizeof(text) };
    a.record_errors.v = e;
    a.record_errors.n = N;
    kafc__producer_blame(s.p, b, &o);
    for (int32_t i = 0; i < 8; i++) {
        bool named = i == 1 || i == 3 || i == 7;
        kafc__batch_out_reason(b, i, &r);
        ck_assert_int_eq(r.code, named ? KAFC_ERR_INVALID_RECORD : KAFC_ERR_OTHER_RECORD_INVALID);
        ck_assert_uint_lt(strlen(r.why), 300);
    }
    kafc__batch_out_reason(b, 3, &r);
    ck_assert_str_eq(r.why, "no  good ");
    kafc__batch_out_reason(b, 0, &r);
    ck_assert_ptr_nonnull(strstr(r.why, "another message of its batch was refused: yyy"));
    for (int i = 1; i < 8; i++) { /* whichever it was: the same words */
        e[0] = (struct kafc_produce_resp_record_error){ .batch_index = i,
                                                        .batch_index_error_message = { "bad", 3 } };
        a.record_errors.n = 1;
        int words = s.p->nwords;
        kafc__producer_blame(s.p, b, &o);
        ck_assert(i == 1 || s.p->nwords == words);
    }
    a.record_errors.n = 0;
    for (int i = 0; i < 1000; i++) { /* new words each time */
        a.error_message = (kafc_str){ other, snprintf(other, sizeof(other), "%d", i) };
        kafc__producer_blame(s.p, b, &o);
    }
    ck_assert_int_le(s.p->nwords, 256);
    kafc__batch_out_reason(b, 1, &r);
    ck_assert_int_eq(r.code, KAFC_ERR_INVALID_RECORD);
    ck_assert_str_eq(r.why, kafc_err_text(KAFC_ERR_INVALID_RECORD)); /* there were too many */
    kafc__batch_out_free(&s.p->pool, b);
    producing_end(&s);
}
END_TEST

START_TEST(nothing_happens_while_nothing_is_sent)
{
    struct stage s;
    struct kafc_producer_config cfg = producing_config();
    producing_begin(&s, 1, 4, &cfg);
    warm_up(&s, 4);
    int events = s.events;
    pass(&s, 100 * SECOND);
    ck_assert_int_eq(s.events, events);
    ck_assert_int_eq(s.requests, 0);
    ck_assert(kafc__list_empty(&s.p->busy));
    ck_assert_uint_eq(atomic_load(&s.p->budget->used), 0);
    producing_end(&s);
}
END_TEST

SUITE_LOOPS("core/producer", 30, ONCE(a_message_lingers_and_no_longer),
            ONCE(the_partitions_of_a_node_share_a_request), ONCE(who_has_lingered_half_goes_along),
            ONCE(a_full_batch_does_not_linger),
            LOOP(W5_five_in_flight_with_idempotence_one_without, 0, 2),
            ONCE(senders_are_told_that_a_partition_is_crowded),
            LOOP(senders_are_told_that_many_messages_wait_for_metadata, 0, 2),
            ONCE(W1_the_delivery_timeout_is_kept),
            ONCE(W9_an_unknown_topic_is_given_some_time_and_then_told), ONCE(W5_sequences_wrap),
            ONCE(W5_the_last_epoch_is_followed_by_another_id),
            ONCE(a_topic_that_is_made_anew_gets_a_new_table),
            ONCE(W5_a_batch_that_may_yet_arrive_gets_no_second_number),
            ONCE(W5_the_first_batch_for_a_topic_made_anew_goes_alone),
            ONCE(W7_a_report_can_be_wanted_for_failures_only),
            ONCE(W10_a_flush_ends_with_its_own_messages),
            ONCE(W10_a_flush_waits_for_no_topic_to_send_those_that_are_known),
            ONCE(an_answer_that_comes_with_the_end_of_a_linger_wakes_the_other_partitions),
            ONCE(W3_a_message_that_waits_for_more_than_the_buffer_is_taken_with_metadata),
            ONCE(W9_the_time_of_an_unknown_topic_begins_with_the_first_answer),
            ONCE(W1_a_batch_that_ends_soon_does_not_take_others_with_it),
            ONCE(acks_none_follow_the_leader),
            ONCE(W3_a_partitioner_sees_the_message_as_it_was_sent),
            ONCE(topic_names_that_no_broker_takes_are_refused),
            ONCE(record_errors_that_make_no_sense_do_no_harm),
            ONCE(nothing_happens_while_nothing_is_sent))
