/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/call and core/retry: retries by class until the deadline, giving up,
 * and the tables behind it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/call.h"
#include "core/retry.h"
#include "protocol/api/19_create_topics.h"
#include "tests/core/world.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { SEC = 1000000 };

static struct world w;
static struct kafc_call call;
static struct kafc_create_topics_req msg;
static int ended, served;
static kafc_err result;
static char text[488];
static int16_t codes[8]; /* what the brokers answer, in turn; the last one for ever */
static int64_t served_at[64];
static bool mute;

static kafc_err answer(struct kafc_call *c, kafc_error *err)
{
    (void)err;
    ck_assert_int_ge(c->rq.end - c->rq.body, 2);
    return (kafc_err)(int16_t)kafc__load16(c->rq.end - 2); /* as serve() has put it */
}

static void finished(struct kafc_call *c, kafc_err code, const kafc_error *err)
{
    ck_assert_ptr_eq(c, &call);
    ck_assert_int_eq(code != KAFC_OK, err != NULL);
    ended++;
    result = code;
    snprintf(text, sizeof(text), "%s", err ? err->message : "");
}

/* A response that ends in the code that the script says. */
static void serve(struct world *world, struct world_link *l, const struct peer_request *q)
{
    served_at[served % 64] = world->now;
    int16_t code = codes[served < 8 ? served : 7];
    served++;
    uint8_t frame[16];
    kafc__store32(frame, 6);
    kafc__store32(frame + 4, (uint32_t)q->h.correlation);
    kafc__store16(frame + 8, (uint16_t)code);
    ck_assert_int_eq(q->h.api, KAFC_API_CREATE_TOPICS);
    if (!mute)
        peer_raw(&l->peer, frame, 10);
}

static void begin(void)
{
    world_init(&w, "a:1");
    world_node(&w, 1, "a", 1);
    world_node(&w, 2, "b", 2);
    w.controller = 2;
    w.serve = serve;
    ended = served = 0;
    mute = false;
    memset(codes, 0, sizeof(codes));
    ck_assert(world_start(&w));
    kafc__msg_defaults(&kafc_create_topics_req_schema, &msg);
    ck_assert(kafc__call_init(&call, w.core, &kafc_create_topics_api, &msg));
    call.rq.max_version = 4; /* the response header has no tags then */
    call.answer = answer;
    call.finished = finished;
}

static void finish(void)
{
    kafc__call_fini(&call);
    world_fini(&w);
}

START_TEST(a_call_ends_with_its_answer)
{
    begin();
    kafc__call_start(&call, w.now + 5 * SEC);
    ck_assert_int_eq(ended, 0);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(result, KAFC_OK);
    ck_assert_int_eq(call.attempts, 1);
    world_run(&w, w.now + 10 * SEC);
    ck_assert_int_eq(ended, 1);
    finish();
}
END_TEST

START_TEST(errors_that_pass_are_tried_again_with_growing_pauses)
{
    begin();
    codes[0] = codes[1] = codes[2] = KAFC_ERR_REQUEST_TIMED_OUT;
    codes[3] = KAFC_ERR_LEADER_NOT_AVAILABLE;
    kafc__call_start(&call, w.now + 10 * SEC);
    world_run(&w, w.now + 10 * SEC);
    ck_assert_int_eq(result, KAFC_OK);
    ck_assert_int_eq(served, 5);
    ck_assert_int_gt(served_at[2] - served_at[1], (served_at[1] - served_at[0]) * 4 / 3);
    ck_assert_int_gt(served_at[3] - served_at[2], (served_at[2] - served_at[1]) * 4 / 3);
    finish();
}
END_TEST

START_TEST(errors_that_stay_end_the_call)
{
    static const int16_t stay[] = { KAFC_ERR_TOPIC_ALREADY_EXISTS, KAFC_ERR_INVALID_REQUEST,
                                    KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED,
                                    KAFC_ERR_UNKNOWN_SERVER_ERROR };
    for (size_t i = 0; i < sizeof(stay) / sizeof(*stay); i++) {
        begin();
        codes[0] = stay[i];
        kafc__call_start(&call, w.now + 5 * SEC);
        world_run(&w, w.now + 5 * SEC);
        ck_assert_int_eq(ended, 1);
        ck_assert_int_eq(result, stay[i]);
        ck_assert_int_eq(served, 1);
        ck_assert_ptr_nonnull(strstr(text, "CreateTopics"));
        finish();
    }
}
END_TEST

START_TEST(the_controller_is_looked_for)
{
    begin();
    call.node = KAFC_CONTROLLER_NODE;
    codes[0] = KAFC_ERR_NOT_CONTROLLER;
    kafc__call_start(&call, w.now + 5 * SEC);
    world_run(&w, w.now + 5 * SEC);
    ck_assert_int_eq(result, KAFC_OK);
    ck_assert_int_eq(served, 2);
    ck_assert_int_eq(w.node[1].opened, 1);
    ck_assert_int_ge(w.nasked, 2); /* to learn of it, and because it was said to be another */
    finish();
}
END_TEST

START_TEST(the_deadline_ends_it_with_the_last_error)
{
    begin();
    for (int i = 0; i < 8; i++)
        codes[i] = KAFC_ERR_REQUEST_TIMED_OUT;
    int64_t start = w.now;
    kafc__call_start(&call, start + 3 * SEC);
    world_run(&w, start + 3 * SEC - 1);
    ck_assert_int_eq(ended, 0);
    world_run(&w, start + 3 * SEC);
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(result, KAFC_ERR_TIMED_OUT);
    ck_assert_ptr_nonnull(strstr(text, kafc_err_text(KAFC_ERR_REQUEST_TIMED_OUT)));
    finish();
    begin(); /* and why there was no answer at all */
    w.node[0].up = false;
    kafc__call_start(&call, w.now + SEC);
    world_run(&w, w.now + 2 * SEC);
    ck_assert_int_eq(result, KAFC_ERR_TIMED_OUT);
    ck_assert_ptr_nonnull(strstr(text, "a:1 cannot be reached: connection refused"));
    finish();
}
END_TEST

START_TEST(C1_a_short_deadline_does_not_cost_the_connection)
{
    begin();
    mute = true;
    kafc__call_start(&call, w.now + SEC / 10);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(result, KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(w.nclosed, 0);
    finish();
}
END_TEST

START_TEST(a_lost_connection_is_tried_again_unless_that_might_do_it_twice)
{
    for (int once = 0; once < 2; once++) {
        begin();
        mute = true;
        call.sent_once = once;
        kafc__call_start(&call, w.now + 5 * SEC);
        world_run(&w, w.now + SEC / 2);
        ck_assert_int_eq(served, 1);
        mute = false;
        world_cut(&w, &w.node[0]);
        world_run(&w, w.now + SEC);
        ck_assert_int_eq(ended, 1);
        ck_assert_int_eq(result, once ? KAFC_ERR_DISCONNECTED : KAFC_OK);
        ck_assert_int_eq(served, once ? 1 : 2);
        finish();
    }
}
END_TEST

START_TEST(a_call_can_be_given_up)
{
    begin();
    mute = true;
    kafc__call_start(&call, w.now + 5 * SEC);
    world_run(&w, w.now + SEC);
    atomic_store(&call.cancelled, true);
    kafc__core_poke(w.core, &call.member);
    world_step(&w);
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(result, KAFC_ERR_CANCELLED);
    finish();
    begin(); /* before it began */
    atomic_store(&call.cancelled, true);
    kafc__core_poke(w.core, &call.member);
    kafc__call_start(&call, w.now + 5 * SEC);
    ck_assert_int_eq(ended, 0);
    world_step(&w);
    ck_assert_int_eq(ended, 1);
    ck_assert_int_eq(result, KAFC_ERR_CANCELLED);
    finish();
    begin(); /* without a word */
    kafc__call_start(&call, w.now + 5 * SEC);
    kafc__call_fini(&call);
    world_run(&w, w.now + SEC);
    ck_assert_int_eq(ended, 0);
    world_fini(&w);
}
END_TEST

START_TEST(every_class_has_one_reaction)
{
    static const struct {
        kafc_err_class cls;
        bool again, refresh, coordinator;
    } want[] = {
        { KAFC_CLASS_NONE, false, false, false },   { KAFC_CLASS_RETRY, true, false, false },
        { KAFC_CLASS_REFRESH, true, true, false },  { KAFC_CLASS_COORDINATOR, true, false, true },
        { KAFC_CLASS_REJOIN, false, false, false }, { KAFC_CLASS_RECONNECT, true, true, false },
        { KAFC_CLASS_ABORT, false, false, false },  { KAFC_CLASS_FATAL, false, false, false },
        { KAFC_CLASS_USAGE, false, false, false },  { (kafc_err_class)99, false, false, false },
    };
    for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
        const struct kafc_reaction *r = kafc__retry_reaction(want[i].cls);
        ck_assert(r->again == want[i].again && r->refresh == want[i].refresh &&
                  r->coordinator == want[i].coordinator);
    }
}
END_TEST

START_TEST(some_codes_mean_something_else_to_some_apis)
{
    ck_assert_int_eq(kafc__retry_class(11, KAFC_ERR_REBALANCE_IN_PROGRESS), KAFC_CLASS_RETRY);
    ck_assert_int_eq(kafc__retry_class(12, KAFC_ERR_REBALANCE_IN_PROGRESS), KAFC_CLASS_REJOIN);
    ck_assert_int_eq(kafc__retry_class(24, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED), KAFC_CLASS_ABORT);
    ck_assert_int_eq(kafc__retry_class(0, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED), KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc__retry_class(26, KAFC_ERR_INVALID_PRODUCER_EPOCH), KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc__retry_class(0, KAFC_ERR_INVALID_PRODUCER_EPOCH), KAFC_CLASS_ABORT);
    ck_assert_int_eq(kafc__retry_class(1, KAFC_ERR_CORRUPT_MESSAGE), KAFC_CLASS_FATAL);
    ck_assert_int_eq(kafc__retry_class(0, KAFC_ERR_CORRUPT_MESSAGE), KAFC_CLASS_RETRY);
    ck_assert_int_eq(kafc__retry_class(-1, KAFC_ERR_BROKER_NOT_AVAILABLE), KAFC_CLASS_REFRESH);
    ck_assert_int_eq(kafc__retry_class(-1, KAFC_ERR_DISCONNECTED), KAFC_CLASS_RECONNECT);
    ck_assert_int_eq(kafc__retry_class(3, (kafc_err)12345), KAFC_CLASS_FATAL);
}
END_TEST

SUITE_MAIN("core/call", 30, a_call_ends_with_its_answer,
           errors_that_pass_are_tried_again_with_growing_pauses, errors_that_stay_end_the_call,
           the_controller_is_looked_for, the_deadline_ends_it_with_the_last_error,
           C1_a_short_deadline_does_not_cost_the_connection,
           a_lost_connection_is_tried_again_unless_that_might_do_it_twice, a_call_can_be_given_up,
           every_class_has_one_reaction, some_codes_mean_something_else_to_some_apis)
