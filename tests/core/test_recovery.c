/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Brokers that move: a new leader that only the old one knows of (KIP-951), all
 * known brokers elsewhere (KIP-899), brokers that give no metadata (KIP-1102);
 * and topics that grow.
 */
#include <stdio.h>

#include "core/producer.h"
#include "protocol/api/03_metadata.h"
#include "tests/core/world.h"
#include "tests/support/suite.h"

enum { MS = 1000, SEC = 1000000 };

static struct world w;

/* ---- A leader that is not in the metadata ---- */

static kafc_report report;
static int reports, asked_old, asked_new;
static bool tells_where;

static void on_report(void *ctx, const kafc_report *r)
{
    (void)ctx;
    report = *r;
    reports++;
}

static void answer_produce(struct world *world, struct world_link *l, const struct peer_request *q)
{
    struct kafc_produce_req req;
    struct kafc_produce_resp resp;
    struct kafc_produce_resp_topic topic = { .name = { "t", 1 } };
    struct kafc_produce_resp_partition part;
    struct kafc_produce_resp_node node = { .node_id = 9, .host = { "c", 1 }, .port = 3 };
    (void)world;
    ck_assert_int_eq(q->h.api, KAFC_API_PRODUCE);
    peer_decode(&l->peer, q, &req);
    kafc__msg_defaults(&kafc_produce_resp_schema, &resp);
    kafc__msg_defaults(&kafc_produce_resp_partition_schema, &part);
    topic.topic_id = w.topic[0].id;
    topic.partition_responses.v = &part;
    topic.partition_responses.n = 1;
    resp.responses.v = &topic;
    resp.responses.n = 1;
    part.base_offset = 77;
    if (l->node->id == 9) {
        asked_new++;
    } else {
        asked_old++;
        part.error_code = KAFC_ERR_NOT_LEADER_OR_FOLLOWER;
        part.current_leader.leader_id = 9;
        part.current_leader.leader_epoch = 5;
        resp.node_endpoints.v = &node;
        resp.node_endpoints.n = tells_where;
    }
    peer_answer(&l->peer, q, &resp);
}

static struct kafc_producer *write_to_t(const char *partitioner)
{
    kafc_error err;
    struct kafc_producer *p = kafc__producer_new(
        w.core,
        &(struct kafc_producer_config){ .topic = "t",
                                        .acks = 1,
                                        .partitioner = partitioner,
                                        .batch_bytes = 10000,
                                        .message_max_bytes = 10000,
                                        .buffer_bytes = 1 << 20,
                                        .delivery_timeout_us = 60 * SEC,
                                        .reports = KAFC_REPORTS_ALL,
                                        .on_report = on_report },
        &err);
    ck_assert_ptr_nonnull(p);
    ck_assert_int_eq(kafc__producer_start(p, &err), KAFC_OK);
    return p;
}

static void send_one(struct kafc_producer *p)
{
    kafc_error err;
    kafc_message m = { .value = KAFC_STR("v") };
    ck_assert_int_eq(kafc__producer_send(p, &m, NULL, 1, &err), KAFC_OK);
}

START_TEST(a_leader_that_is_not_in_the_metadata_is_found_where_the_old_one_says)
{
    tells_where = _i == 0;
    reports = asked_old = asked_new = 0;
    world_init(&w, "a:1");
    world_node(&w, 1, "a", 1);
    struct world_node *c = world_node(&w, 9, "c", 3);
    c->hidden = true;
    world_topic(&w, "t", 1, 1)->epoch[0] = 3;
    w.serve = answer_produce;
    w.cfg.retry_backoff_us = w.cfg.retry_backoff_max_us = SEC;
    ck_assert(world_start(&w));
    struct kafc_producer *p = write_to_t(NULL);
    send_one(p);
    world_run(&w, w.now + SEC / 2);
    ck_assert_int_eq(asked_old, 1);
    ck_assert_int_eq(asked_new, tells_where);
    ck_assert_int_eq(reports, tells_where);
    ck_assert(!tells_where || (report.code == KAFC_OK && report.offset == 77));
    /* An answer of the same epoch is no reason to go there again. */
    ck_assert_int_eq(c->opened, tells_where);
    kafc__producer_stop(p);
    kafc__producer_free(p);
    world_fini(&w);
}
END_TEST

/* ---- New partitions ---- */

static int32_t largest;

static void take_all(struct world *world, struct world_link *l, const struct peer_request *q)
{
    struct kafc_produce_req req;
    struct kafc_produce_resp resp;
    struct kafc_produce_resp_topic topic = { .topic_id = world->topic[0].id, .name = { "t", 1 } };
    struct kafc_produce_resp_partition part[WORLD_PARTS];
    peer_decode(&l->peer, q, &req);
    kafc__msg_defaults(&kafc_produce_resp_schema, &resp);
    for (int32_t i = 0; i < req.topic_data.v[0].partition_data.n; i++) {
        kafc__msg_defaults(&kafc_produce_resp_partition_schema, &part[i]);
        part[i].index = req.topic_data.v[0].partition_data.v[i].index;
        largest = part[i].index > largest ? part[i].index : largest;
    }
    topic.partition_responses.v = part;
    topic.partition_responses.n = req.topic_data.v[0].partition_data.n;
    resp.responses.v = &topic;
    resp.responses.n = 1;
    peer_answer(&l->peer, q, &resp);
}

START_TEST(new_partitions_are_seen_when_metadata_is_old)
{
    world_init(&w, "a:1");
    world_node(&w, 1, "a", 1);
    struct world_topic *topic = world_topic(&w, "t", 2, 1);
    w.serve = take_all;
    w.cfg.metadata_max_age_us = 10 * SEC;
    ck_assert(world_start(&w));
    struct kafc_producer *p = write_to_t("round_robin");
    largest = reports = 0;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 10; i++)
            send_one(p);
        world_run(&w, w.now + SEC);
        ck_assert_int_eq(reports, 10 * (round + 1));
        ck_assert_int_eq(largest, round ? 4 : 1);
        topic->n = 5;
        for (int i = 2; i < 5; i++)
            topic->leader[i] = 1;
        world_run(&w, w.now + 10 * SEC);
    }
    kafc__producer_stop(p);
    kafc__producer_free(p);
    world_fini(&w);
}
END_TEST

/* ---- All of them elsewhere ---- */

static struct kafc_metadata_req ask;
static struct kafc_request rq;
static int ended;

static void done(struct kafc_request *r)
{
    (void)r;
    ended++;
}

static struct world_node *begin(struct kafc_meta_topic **t)
{
    struct world_node *front = world_node(&w, -1, "front", 1); /* what the list names */
    ended = 0;
    world_node(&w, 1, "a", 1);
    world_node(&w, 2, "b", 1);
    world_topic(&w, "t", 2, 1)->leader[1] = 2;
    ck_assert(world_start(&w));
    *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert((*t)->fresh);
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    kafc__request_init(&rq, &kafc_metadata_api, &ask);
    rq.timeout_us = 5 * SEC;
    rq.done = done;
    return front;
}

/* The two are gone, and their successors at other hosts and ports have their ids. */
static void move_all(struct world_node *front)
{
    for (int i = 0; i < 3; i++)
        world_cut(&w, &w.node[i]);
    for (int i = 1; i < 3; i++) {
        w.node[i].up = false;
        w.node[i].id = -1;
    }
    world_node(&w, 1, "d", 4);
    world_node(&w, 2, "e", 5);
    front->opened = 0;
}

START_TEST(all_brokers_move_and_the_list_leads_to_them)
{
    struct kafc_meta_topic *t;
    world_init(&w, "front:1");
    move_all(begin(&t));
    kafc__meta_stale(w.core);
    world_run(&w, w.now + 5 * SEC);
    ck_assert(t->fresh);
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(rq.result, KAFC_OK);
    ck_assert_int_eq(w.node[4].opened, 1);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

START_TEST(without_recovery_the_list_is_for_the_beginning)
{
    struct kafc_meta_topic *t;
    world_init(&w, "front:1");
    w.cfg.no_rebootstrap = true;
    w.cfg.rebootstrap_trigger_us = SEC;
    struct world_node *front = begin(&t);
    move_all(front);
    kafc__meta_stale(w.core);
    world_run(&w, w.now + 20 * SEC);
    ck_assert(!t->fresh);
    ck_assert_int_eq(front->opened, 0);
    w.node[1].up = true; /* an old address serves again */
    world_run(&w, w.now + 5 * SEC);
    ck_assert(t->fresh);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

START_TEST(brokers_that_give_no_metadata_are_forgotten)
{
    struct kafc_meta_topic *t;
    world_init(&w, "front:1");
    w.cfg.rebootstrap_trigger_us = 3 * SEC;
    struct world_node *front = begin(&t);
    int opened = front->opened;
    /* Metadata is not missed while nobody asks. */
    world_run(&w, w.now + 20 * SEC);
    kafc__meta_stale(w.core);
    for (int i = 0; i < 20; i++) {
        w.refuse = KAFC_ERR_UNKNOWN_SERVER_ERROR;
        world_run(&w, w.now + SEC / 10);
    }
    ck_assert(!world_logged(&w, "begins anew"));
    ck_assert_int_eq(front->opened, opened);
    for (int i = 0; i < 20; i++) {
        w.refuse = KAFC_ERR_UNKNOWN_SERVER_ERROR;
        world_run(&w, w.now + SEC / 10);
    }
    ck_assert(world_logged(&w, "begins anew"));
    w.refuse = 0;
    world_run(&w, w.now + 5 * SEC);
    ck_assert(t->fresh);
    ck_assert_int_eq(front->opened, opened + 1);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

SUITE_LOOPS("core/recovery", 60,
            LOOP(a_leader_that_is_not_in_the_metadata_is_found_where_the_old_one_says, 0, 2),
            ONCE(new_partitions_are_seen_when_metadata_is_old),
            ONCE(all_brokers_move_and_the_list_leads_to_them),
            ONCE(without_recovery_the_list_is_for_the_beginning),
            ONCE(brokers_that_give_no_metadata_are_forgotten))
