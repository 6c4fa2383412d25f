/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/core and core/broker in a virtual world: connections on demand, any
 * node, back-off, idle connections, pokes from other threads.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/sync.h"
#include "tests/core/world.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

#include "protocol/api/03_metadata.h"

enum { SEC = 1000000 };

static struct world w;
static struct kafc_metadata_req ask;
static struct kafc_request rq[8];
static struct {
    int ended, order;
    kafc_err result;
    int32_t broker;
    char text[488];
} end[8];
static int order;

static void done(struct kafc_request *r)
{
    long i = r - rq;
    end[i].ended++;
    end[i].order = ++order;
    end[i].result = r->result;
    end[i].broker = r->broker;
    snprintf(end[i].text, sizeof(end[i].text), "%s", r->why ? r->why->message : "");
}

static void begin(const char *brokers)
{
    world_init(&w, brokers);
    memset(end, 0, sizeof(end));
    order = 0;
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    for (int i = 0; i < 8; i++) {
        kafc__request_init(&rq[i], &kafc_metadata_api, &ask);
        rq[i].timeout_us = 5 * SEC;
        rq[i].done = done;
    }
}

/* A cluster of which node 1 is at a:1, node 2 at b:2, and the core has learnt that. */
static struct kafc_meta_topic *begin_known(void)
{
    begin("a:1");
    world_node(&w, 1, "a", 1);
    world_node(&w, 2, "b", 2);
    world_topic(&w, "t", 2, 2);
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC / 2);
    ck_assert_int_eq(t->npartitions, 2);
    ck_assert_int_eq(kafc__meta_leader(t, 1, NULL), 2);
    return t;
}

START_TEST(a_list_of_brokers_is_checked)
{
    static const char *const bad[] = { "", ",", "a:", "a:1,b:", "a,b c:1", NULL };
    for (int i = 0; bad[i]; i++) {
        kafc_error err = { 0 };
        begin(bad[i]);
        ck_assert_ptr_null(kafc__core_new(&w.cfg, 0, 0, &err));
        ck_assert_msg(err.code == KAFC_ERR_USAGE, "%s", bad[i]);
    }
    static const char *const good[] = { "a", " a:1 ,, b:65535 ", "[::1]:9092", NULL };
    for (int i = 0; good[i]; i++) {
        begin(good[i]);
        struct kafc_core *c = kafc__core_new(&w.cfg, 0, 0, NULL);
        ck_assert_ptr_nonnull(c);
        kafc__core_free(c);
    }
}
END_TEST

START_TEST(blanks_in_the_list_are_no_entries)
{
    for (uint64_t seed = 1; seed <= 10; seed++) {
        begin(" a:1 , ,,");
        world_node(&w, 1, "a", 1);
        w.cfg.seed = seed; /* it decides where the list begins */
        ck_assert(world_start(&w));
        kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
        world_run(&w, w.now + SEC);
        ck_assert_int_eq(end[0].result, KAFC_OK);
        ck_assert_int_eq(end[0].ended, 1);
        world_fini(&w);
    }
}
END_TEST

START_TEST(connections_are_by_node_and_purpose_and_on_demand)
{
    begin_known();
    ck_assert_int_eq(w.node[0].opened, 1);
    ck_assert_int_eq(w.node[1].opened, 0);
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[1]);
    kafc__core_send(w.core, 2, KAFC_FOR_FETCH, &rq[2]);
    ck_assert_int_eq(end[0].ended, 0);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.node[1].opened, 2);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(end[i].ended, 1);
        ck_assert_int_eq(end[i].result, KAFC_OK);
        ck_assert_int_eq(end[i].broker, 2);
    }
    world_fini(&w);
}
END_TEST

START_TEST(a_node_that_nobody_knows_is_an_error_but_never_inside_send)
{
    begin_known();
    kafc__core_send(w.core, 7, KAFC_FOR_CONTROL, &rq[0]);
    kafc__core_send(w.core, KAFC_CONTROLLER_NODE, KAFC_FOR_CONTROL, &rq[1]);
    kafc__core_send(w.core, 9, KAFC_FOR_CONTROL, &rq[2]);
    kafc__core_cancel(w.core, &rq[2]);
    ck_assert_int_eq(end[0].ended, 0);
    ck_assert_int_le(kafc__core_deadline(w.core), w.now);
    world_step(&w);
    ck_assert_int_eq(end[0].result, KAFC_ERR_BROKER_NOT_AVAILABLE);
    ck_assert_ptr_nonnull(strstr(end[0].text, "node 7"));
    ck_assert_int_eq(end[1].result, KAFC_ERR_BROKER_NOT_AVAILABLE);
    ck_assert_ptr_nonnull(strstr(end[1].text, "controller"));
    ck_assert_int_eq(end[2].ended, 0);
    world_fini(&w);
}
END_TEST

START_TEST(C4_errors_name_the_way)
{
    begin_known();
    w.node[1].up = false;
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[0].ended, 1);
    ck_assert_int_eq(end[0].result, KAFC_ERR_CONNECT);
    ck_assert_str_eq(end[0].text,
                     "node 2, advertised as b:2 by a:1, cannot be reached: connection refused");
    world_fini(&w);
}
END_TEST

START_TEST(any_node_tries_all_entries_in_turn)
{
    begin("a:1,b:2,c:3");
    struct world_node *a = world_node(&w, -1, "a", 1), *b = world_node(&w, -1, "b", 2),
                      *c = world_node(&w, -1, "c", 3);
    a->up = b->up = c->up = false;
    ck_assert(world_start(&w));
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    world_step(&w);
    ck_assert_int_eq(a->opened, 1);
    ck_assert_int_eq(b->opened, 1);
    ck_assert_int_eq(c->opened, 1);
    ck_assert_ptr_nonnull(kafc__core_trouble(w.core));
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_gt(b->opened, 3);
    ck_assert_int_eq(end[0].ended, 0);
    b->up = true;
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(end[0].ended, 1);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    ck_assert_ptr_null(kafc__core_trouble(w.core));
    world_fini(&w);
}
END_TEST

START_TEST(C5_who_asks_any_node_hears_of_a_refusal_when_nobody_is_left)
{
    begin("a:1,b:2");
    struct world_node *a = world_node(&w, -1, "a", 1), *b = world_node(&w, -1, "b", 2);
    a->refuses = KAFC_ERR_TLS;
    b->up = false;
    ck_assert(world_start(&w));
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[1]);
    for (int i = 0; i < 20 && !end[0].ended; i++)
        world_run(&w, w.now + SEC / 20);
    ck_assert_int_eq(end[0].result, KAFC_ERR_TLS);
    ck_assert_int_eq(end[1].result, KAFC_ERR_TLS);
    ck_assert_msg(strstr(end[0].text, "a:1 cannot be reached: the moon is wrong") != NULL, "%s", end[0].text);
    ck_assert_int_le(a->opened, 2);
    a->refuses = KAFC_OK; /* the next call tries anew */
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[2]);
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(end[2].result, KAFC_OK);
    world_fini(&w);
}
END_TEST

/* Nodes are known by metadata alone: who is early waits for it, or for the reason why it does not come. */
START_TEST(who_asks_a_node_before_there_is_metadata_waits_for_it)
{
    begin("a:1");
    struct world_node *a = world_node(&w, 1, "a", 1);
    a->refuses = KAFC_ERR_TLS;
    ck_assert(world_start(&w));
    kafc__core_send(w.core, KAFC_CONTROLLER_NODE, KAFC_FOR_CONTROL, &rq[0]);
    kafc__core_send(w.core, 1, KAFC_FOR_CALLS, &rq[1]);
    kafc__core_send(w.core, 1, KAFC_FOR_CALLS, &rq[2]);
    kafc__core_cancel(w.core, &rq[2]);
    world_run(&w, w.now + SEC / 20);
    ck_assert_int_eq(end[0].result, KAFC_ERR_TLS);
    ck_assert_int_eq(end[1].result, KAFC_ERR_TLS);
    ck_assert_int_eq(end[2].ended, 0);
    a->refuses = KAFC_OK; /* nobody is there, then */
    a->up = false;
    rq[3].timeout_us = SEC / 10;
    kafc__core_send(w.core, 1, KAFC_FOR_CALLS, &rq[3]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[3].result, KAFC_ERR_NO_BROKERS);
    a->up = true;
    kafc__core_send(w.core, 9, KAFC_FOR_CALLS, &rq[4]);
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(end[4].result, KAFC_ERR_BROKER_NOT_AVAILABLE);
    kafc__core_send(w.core, 9, KAFC_FOR_CALLS, &rq[5]); /* it is none of the nodes: that is told at once */
    world_run(&w, w.now);
    ck_assert_int_eq(end[5].result, KAFC_ERR_BROKER_NOT_AVAILABLE);
    world_fini(&w);
}
END_TEST

START_TEST(one_node_that_refuses_us_does_not_keep_from_another)
{
    begin("a:1,b:2");
    world_node(&w, -1, "a", 1)->refuses = KAFC_ERR_TLS;
    world_node(&w, -1, "b", 2);
    ck_assert(world_start(&w));
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    world_fini(&w);
}
END_TEST

START_TEST(any_node_ends_at_its_deadline_and_says_why)
{
    begin("a:1,b:2");
    world_node(&w, -1, "a", 1)->up = false;
    world_node(&w, -1, "b", 2)->up = false;
    ck_assert(world_start(&w));
    rq[1].timeout_us = SEC;
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[1]);
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[2]);
    kafc__core_cancel(w.core, &rq[2]);
    int64_t start = w.now;
    world_run(&w, start + SEC - 1);
    ck_assert_int_eq(end[1].ended, 0);
    world_run(&w, start + SEC);
    ck_assert_int_eq(end[1].ended, 1);
    ck_assert_int_eq(end[1].result, KAFC_ERR_NO_BROKERS);
    ck_assert_ptr_nonnull(strstr(end[1].text, "cannot be reached: connection refused"));
    ck_assert_int_eq(end[0].ended, 0);
    world_run(&w, start + 5 * SEC);
    ck_assert_int_eq(end[0].result, KAFC_ERR_NO_BROKERS);
    ck_assert_int_eq(end[2].ended, 0);
    world_fini(&w);
}
END_TEST

START_TEST(who_has_not_failed_yet_when_time_is_over_is_named)
{
    begin("a:1");
    world_node(&w, -1, "a", 1)->blackhole = true;
    ck_assert(world_start(&w));
    rq[0].timeout_us = SEC / 10;
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    world_run(&w, w.now + SEC / 10);
    ck_assert_int_eq(end[0].result, KAFC_ERR_NO_BROKERS);
    ck_assert_msg(strstr(end[0].text, "a:1 is still being connected to") != NULL, "%s", end[0].text);
    world_fini(&w);
}
END_TEST

START_TEST(a_connection_that_is_not_made_in_time_is_given_up)
{
    begin("a:1,b:2");
    world_node(&w, -1, "a", 1)->blackhole = true;
    world_node(&w, -1, "b", 2)->blackhole = true;
    ck_assert(world_start(&w));
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    world_run(&w, w.now + 3 * SEC);
    ck_assert_int_ge(w.nclosed, 2);
    ck_assert_int_ge(w.node[0].opened, 1);
    ck_assert_int_ge(w.node[1].opened, 1);
    w.node[0].blackhole = w.node[1].blackhole = false;
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    ck_assert_int_eq(end[0].ended, 1);
    world_fini(&w);
}
END_TEST

START_TEST(pauses_between_connections_grow_and_vary)
{
    bool varies = false;
    int64_t first = 0;
    for (uint64_t seed = 1; seed <= 5; seed++) {
        begin("a:1");
        struct world_node *a = world_node(&w, -1, "a", 1);
        a->up = false;
        w.cfg.seed = seed;
        ck_assert(world_start(&w));
        rq[0].timeout_us = 30 * SEC;
        kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
        world_run(&w, w.now + 20 * SEC);
        ck_assert_int_gt(a->opened, 10);
        int64_t expect = 50000;
        for (int i = 1; i < a->opened; i++) {
            int64_t gap = a->opened_at[i] - a->opened_at[i - 1];
            ck_assert_int_ge(gap, expect * 8 / 10);
            ck_assert_int_le(gap, expect * 12 / 10 + 1);
            expect = expect * 2 > SEC ? SEC : expect * 2;
        }
        int64_t gap = a->opened_at[1] - a->opened_at[0];
        varies = varies || (seed > 1 && gap != first);
        first = gap;
        world_fini(&w);
    }
    ck_assert(varies);
}
END_TEST

START_TEST(requests_wait_out_the_pause_of_a_lost_node)
{
    begin_known();
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
    world_run(&w, w.now + 1000);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    w.node[1].silent = true;
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[1]);
    world_run(&w, w.now + 1000);
    world_cut(&w, &w.node[1]);
    ck_assert_int_eq(end[1].ended, 1);
    ck_assert_int_eq(end[1].result, KAFC_ERR_DISCONNECTED);
    ck_assert_ptr_nonnull(
        strstr(end[1].text, "node 2, advertised as b:2 by a:1, is lost: end of stream"));
    w.node[1].silent = false;
    int64_t lost = w.now;
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[2]);
    world_step(&w);
    ck_assert_int_eq(w.node[1].opened, 1);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[2].result, KAFC_OK);
    ck_assert_int_eq(end[2].ended, 1);
    ck_assert_int_ge(w.node[1].opened_at[1] - lost, 40000);
    world_fini(&w);
}
END_TEST

START_TEST(C1_a_silent_node_is_given_up)
{
    begin_known();
    w.node[1].silent = true;
    rq[0].timeout_us = 2 * SEC;
    kafc__core_send(w.core, 2, KAFC_FOR_CONTROL, &rq[0]);
    int64_t start = w.now;
    world_run(&w, start + SEC);
    kafc__core_send(w.core, 2, KAFC_FOR_CONTROL, &rq[1]);
    world_run(&w, start + 3 * SEC);
    ck_assert_int_eq(end[0].result, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(end[1].result, KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(w.nclosed, 1);
    w.node[1].silent = false;
    kafc__core_send(w.core, 2, KAFC_FOR_CONTROL, &rq[2]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[2].result, KAFC_OK);
    world_fini(&w);
}
END_TEST

/* What one owner has parked holds up nobody else, nor the owner itself once it has let go of it. */
START_TEST(owners_have_connections_of_their_own)
{
    int owner[2];
    begin_known();
    int opened = w.node[1].opened;
    w.node[1].silent = true;
    kafc__core_send_own(w.core, 2, &owner[0], &rq[0]);
    kafc__core_send_own(w.core, 2, &owner[0], &rq[1]);
    kafc__core_send_own(w.core, 2, &owner[1], &rq[2]);
    world_run(&w, w.now + SEC / 10);
    ck_assert_int_eq(w.node[1].opened, opened + 2);
    w.node[1].silent = false;
    kafc__core_send_own(w.core, 2, &owner[0], &rq[3]);
    kafc__core_disown(w.core, &owner[0]);
    kafc__core_send_own(w.core, 2, &owner[0], &rq[4]);
    world_run(&w, w.now + SEC / 10);
    ck_assert_int_eq(w.node[1].opened, opened + 3);
    ck_assert(end[4].ended == 1 && end[4].result == KAFC_OK);
    kafc__core_send_own(w.core, 7, &owner[0], &rq[5]);
    world_run(&w, w.now + 10 * SEC);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(end[i].ended, 1);
    ck_assert_int_eq(end[5].result, KAFC_ERR_BROKER_NOT_AVAILABLE);
    int closed = w.nclosed;
    kafc__core_disown(w.core, &owner[0]);
    kafc__core_disown(w.core, &owner[1]);
    world_run(&w, w.now + SEC);
    ck_assert_int_gt(w.nclosed, closed); /* nobody needs them: they do not wait until they are idle */
    kafc__core_send_own(w.core, 2, &owner[1], &rq[6]);
    world_run(&w, w.now + SEC);
    ck_assert(end[6].ended == 1 && end[6].result == KAFC_OK);
    kafc__meta_drop(w.core, kafc__meta_want(w.core, "t", false), false);
    world_fini(&w);
}
END_TEST

START_TEST(idle_connections_are_closed_and_come_back)
{
    begin_known();
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
    world_run(&w, w.now + 59 * SEC);
    ck_assert_int_eq(w.nclosed, 0);
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_eq(w.nclosed, 2);
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[1]);
    world_run(&w, w.now + 1000);
    ck_assert_int_eq(end[1].result, KAFC_OK);
    ck_assert_int_eq(w.node[1].opened, 2);
    world_fini(&w);
}
END_TEST

START_TEST(a_node_that_moved_is_found_at_its_new_address)
{
    begin_known();
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
    world_run(&w, w.now + SEC);
    w.node[1].id = -1;
    struct world_node *n = world_node(&w, 2, "c", 3);
    kafc__meta_stale(w.core);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nclosed, 1); /* the old connection had nothing to do any more */
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[1]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[1].result, KAFC_OK);
    ck_assert_int_eq(n->opened, 1);
    n->hidden = true;
    kafc__meta_stale(w.core);
    world_run(&w, w.now + SEC);
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[2]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[2].result, KAFC_ERR_BROKER_NOT_AVAILABLE);
    world_fini(&w);
}
END_TEST

START_TEST(when_no_known_node_answers_the_list_is_tried_again)
{
    begin("a:1");
    struct world_node *a = world_node(&w, -1, "a", 1); /* a load balancer */
    struct world_node *b = world_node(&w, 2, "b", 2);
    ck_assert(world_start(&w));
    world_topic(&w, "t", 1, 2);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    b->up = false;
    world_cut(&w, a);
    int opened = a->opened;
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    world_run(&w, w.now + SEC);
    ck_assert_int_ge(b->opened, 1); /* the known one first */
    ck_assert_int_eq(a->opened, opened + 1);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    ck_assert_int_eq(end[0].ended, 1);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

/* Each attempt takes longer than the pause after it, so that no known node is ever paused when another has failed. */
START_TEST(known_nodes_that_time_out_do_not_keep_from_the_list)
{
    begin("a:1");
    struct world_node *a = world_node(&w, -1, "a", 1); /* a load balancer */
    for (int32_t id = 2; id <= 4; id++)
        world_node(&w, id, id == 2 ? "b" : id == 3 ? "c" : "d", id);
    ck_assert(world_start(&w));
    world_topic(&w, "t", 1, 2);
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    for (int i = 1; i <= 3; i++) {
        w.node[i].up = false;
        w.node[i].blackhole = true;
    }
    world_cut(&w, a);
    int opened = a->opened;
    rq[0].timeout_us = 10 * SEC;
    kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[0]);
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_eq(a->opened, opened + 1);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    ck_assert_int_eq(end[0].ended, 1);
    kafc__meta_drop(w.core, t, false);
    world_fini(&w);
}
END_TEST

START_TEST(no_pause_is_above_the_longest_one)
{
    begin("a:1");
    w.cfg.retry_backoff_us = 5 * SEC;
    w.cfg.retry_backoff_max_us = SEC;
    ck_assert(world_start(&w));
    for (int i = 0; i < 5; i++) {
        ck_assert_int_ge(kafc__core_retry_delay(w.core, i), SEC * 8 / 10);
        ck_assert_int_le(kafc__core_retry_delay(w.core, i), SEC * 12 / 10);
    }
    world_fini(&w);
    w.cfg.retry_backoff_us = w.cfg.retry_backoff_max_us = 0;
    ck_assert(world_start(&w));
    ck_assert_int_gt(kafc__core_retry_delay(w.core, 3), 0); /* never a busy loop */
    world_fini(&w);
}
END_TEST

START_TEST(a_broker_that_stays_away_is_told_of_once)
{
    begin_known();
    w.node[1].up = false;
    for (int i = 0; i < 4; i++) /* on three connections */
        kafc__core_send(w.core, 2, i < 3 ? (enum kafc_purpose)i : KAFC_FOR_PRODUCE, &rq[i]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(w.nwarned, 1);
    ck_assert(world_logged(
        &w, "node 2, advertised as b:2 by a:1, cannot be reached: connection refused"));
    for (int i = 4; i < 8; i++) {
        kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[i]);
        world_run(&w, w.now + 3 * SEC);
    }
    ck_assert_int_eq(w.nwarned, 1);
    w.node[1].up = true;
    for (int i = 0; i < 2; i++) { /* it comes back, and is lost */
        kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
        world_run(&w, w.now + 3 * SEC);
        ck_assert_int_eq(end[0].result, KAFC_OK);
        world_cut(&w, &w.node[1]);
        ck_assert_int_eq(w.nwarned, 2 + i);
    }
    world_fini(&w);
}
END_TEST

START_TEST(small_pieces_do_as_well)
{
    begin("a:1");
    world_node(&w, 1, "a", 1);
    world_topic(&w, "t", 8, 1);
    w.chunk = 3;
    ck_assert(world_start(&w));
    struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(t->npartitions, 8);
    kafc__core_send(w.core, 1, KAFC_FOR_FETCH, &rq[0]);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(end[0].result, KAFC_OK);
    world_fini(&w);
}
END_TEST

START_TEST(garbage_ends_the_connection_with_an_action)
{
    begin_known();
    kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
    w.hold = true;
    world_step(&w);
    world_step(&w);
    for (int i = 0; i < WORLD_LINKS; i++)
        if (w.link[i].node == &w.node[1]) {
            w.link[i].peer.nout = 0;
            peer_raw(&w.link[i].peer, "HTTP/1.1 400", 12);
        }
    w.hold = false;
    world_run(&w, w.now + 1000);
    ck_assert_int_eq(w.nclosed, 1);
    ck_assert_int_eq(end[0].result, KAFC_ERR_PROTOCOL);
    ck_assert_ptr_nonnull(strstr(end[0].text, "HTTP"));
    world_fini(&w);
}
END_TEST

/* ---- Timers ---- */

static int fired[3], nfired;
static struct kafc_core_timer timer[3];

static void fire(void *owner)
{
    fired[nfired++] = (int)((struct kafc_core_timer *)owner - timer);
}

START_TEST(timers_fire_in_order_and_can_be_moved)
{
    begin("a:1");
    ck_assert(world_start(&w));
    nfired = 0;
    for (int i = 0; i < 3; i++)
        ck_assert(kafc__core_timer_init(w.core, &timer[i], fire, &timer[i]));
    kafc__core_timer_set(w.core, &timer[0], w.now + 30);
    kafc__core_timer_set(w.core, &timer[1], w.now + 20);
    kafc__core_timer_set(w.core, &timer[2], w.now + 10);
    kafc__core_timer_set(w.core, &timer[2], w.now + 40);
    kafc__core_timer_stop(w.core, &timer[1]);
    ck_assert_int_eq(kafc__core_deadline(w.core), w.now + 30);
    kafc__core_tick(w.core, w.now + 29, 0);
    ck_assert_int_eq(nfired, 0);
    kafc__core_tick(w.core, w.now + 100, 0);
    ck_assert_int_eq(nfired, 2);
    ck_assert_int_eq(fired[0], 0);
    ck_assert_int_eq(fired[1], 2);
    ck_assert_int_eq(kafc__core_deadline(w.core), INT64_MAX);
    for (int i = 0; i < 3; i++)
        kafc__core_timer_fini(w.core, &timer[i]);
    world_fini(&w);
}
END_TEST

/* ---- Pokes ---- */

struct poked {
    struct kafc_member m;
    atomic_int asked, seen; /* how often it was poked; what of that it has seen */
    struct poked *kills;
};
static atomic_int wakes;

static void on_poke(struct kafc_member *m)
{
    struct poked *p = KAFC_CONTAINER(m, struct poked, m);
    atomic_store(&p->seen, atomic_load(&p->asked));
    if (p->kills)
        kafc__core_remove(w.core, &p->kills->m);
    p->kills = NULL;
}

static void count_wake(void *ctx)
{
    (void)ctx;
    atomic_fetch_add(&wakes, 1);
}

START_TEST(a_member_that_is_removed_is_not_poked_any_more)
{
    begin("a:1");
    ck_assert(world_start(&w));
    struct poked a = { .m.poked = on_poke, .kills = NULL }, b = { .m.poked = on_poke },
                 c = { .m.poked = on_poke };
    a.kills = &b;
    kafc__core_add(w.core, &a.m);
    kafc__core_add(w.core, &b.m);
    kafc__core_add(w.core, &c.m);
    struct poked *all[] = { &a, &b, &c };
    for (int i = 0; i < 3; i++) {
        atomic_store(&all[i]->asked, 1);
        kafc__core_poke(w.core, &all[i]->m);
        kafc__core_poke(w.core, &all[i]->m);
    }
    ck_assert(!kafc__core_sleep(w.core));
    kafc__core_tick(w.core, w.now, 0);
    ck_assert_int_eq(a.seen, 1);
    ck_assert_int_eq(b.seen, 0);
    ck_assert_int_eq(c.seen, 1);
    ck_assert(kafc__core_sleep(w.core));
    kafc__core_awake(w.core);
    kafc__core_remove(w.core, &a.m);
    kafc__core_remove(w.core, &c.m);
    world_fini(&w);
}
END_TEST

enum { POKES = 20000, POKERS = 2 };
static struct poked members[3];
static atomic_int finished;

static void poker(void *arg)
{
    (void)arg;
    for (int i = 0; i < POKES; i++) {
        struct poked *p = &members[i % 3];
        atomic_fetch_add(&p->asked, 1);
        kafc__core_poke(w.core, &p->m);
    }
    atomic_fetch_add(&finished, 1);
}

START_TEST(no_poke_of_another_thread_is_lost)
{
    begin("a:1");
    w.cfg.wake = count_wake;
    ck_assert(world_start(&w));
    atomic_store(&finished, 0);
    atomic_store(&wakes, 0);
    for (int i = 0; i < 3; i++) {
        members[i] = (struct poked){ .m.poked = on_poke };
        kafc__core_add(w.core, &members[i].m);
    }
    struct kafc_thread t[POKERS];
    for (int i = 0; i < POKERS; i++)
        ck_assert(kafc__thread_start(&t[i], "poker", poker, NULL));
    int slept = 0;
    while (atomic_load(&finished) < POKERS) {
        int before = atomic_load(&wakes);
        slept++;
        if (kafc__core_sleep(w.core)) {
            while (atomic_load(&wakes) == before && atomic_load(&finished) < POKERS)
                ; /* as a poller would: until it is woken */
            kafc__core_awake(w.core);
        }
        kafc__core_tick(w.core, w.now, 0);
    }
    for (int i = 0; i < POKERS; i++)
        kafc__thread_join(&t[i]);
    kafc__core_tick(w.core, w.now, 0);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(atomic_load(&members[i].seen), atomic_load(&members[i].asked));
        kafc__core_remove(w.core, &members[i].m);
    }
    ck_assert_int_le(atomic_load(&wakes), slept); /* one for each attempt to sleep, at most */
    world_fini(&w);
}
END_TEST

/* ---- Memory that runs out ---- */

START_TEST(no_allocation_that_fails_leaks_or_loses_a_request)
{
    struct test_alloc a;
    for (long n = 1;; n++) {
        test_alloc_init(&a);
        begin("a:1");
        a.fail_at = n;
        w.cfg.mem = a.mem;
        world_node(&w, 1, "a", 1);
        world_node(&w, 2, "b", 2);
        world_topic(&w, "t", 2, 2);
        if (world_start(&w)) {
            struct kafc_meta_topic *t = kafc__meta_want(w.core, "t", false);
            world_run(&w, w.now + 5 * SEC);
            kafc__core_send(w.core, 2, KAFC_FOR_PRODUCE, &rq[0]);
            kafc__core_send(w.core, 1, KAFC_FOR_CONTROL, &rq[1]);
            kafc__core_send(w.core, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &rq[2]);
            world_run(&w, w.now + 6 * SEC);
            for (int i = 0; i < 3; i++)
                ck_assert_int_eq(end[i].ended, 1);
            if (t) {
                ck_assert_int_eq(t->npartitions, 2); /* it is asked for until it is known */
                kafc__meta_drop(w.core, t, false);
            }
        }
        world_fini(&w);
        ck_assert_int_eq(a.live, 0);
        if (a.calls < n)
            break;
    }
    ck_assert_int_gt(a.calls, 20);
    ck_assert_int_eq(end[0].result, KAFC_OK);
}
END_TEST

SUITE_MAIN("core/core", 60, a_list_of_brokers_is_checked, blanks_in_the_list_are_no_entries,
           connections_are_by_node_and_purpose_and_on_demand,
           a_node_that_nobody_knows_is_an_error_but_never_inside_send, C4_errors_name_the_way,
           any_node_tries_all_entries_in_turn,
           C5_who_asks_any_node_hears_of_a_refusal_when_nobody_is_left,
           who_asks_a_node_before_there_is_metadata_waits_for_it,
           one_node_that_refuses_us_does_not_keep_from_another, any_node_ends_at_its_deadline_and_says_why,
           who_has_not_failed_yet_when_time_is_over_is_named,
           a_connection_that_is_not_made_in_time_is_given_up,
           pauses_between_connections_grow_and_vary, requests_wait_out_the_pause_of_a_lost_node,
           C1_a_silent_node_is_given_up, owners_have_connections_of_their_own,
           idle_connections_are_closed_and_come_back,
           a_node_that_moved_is_found_at_its_new_address,
           when_no_known_node_answers_the_list_is_tried_again,
           known_nodes_that_time_out_do_not_keep_from_the_list, no_pause_is_above_the_longest_one,
           a_broker_that_stays_away_is_told_of_once, small_pieces_do_as_well,
           garbage_ends_the_connection_with_an_action, timers_fire_in_order_and_can_be_moved,
           a_member_that_is_removed_is_not_poked_any_more, no_poke_of_another_thread_is_lost,
           no_allocation_that_fails_leaks_or_loses_a_request)
