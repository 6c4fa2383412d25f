/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The puzzle of docs/OFFSETS.md: a handler that on each request subscribes,
 * assigns an offset, seeks and polls. Run twice in a row, and at every step of
 * a join and of the way to the first record: the mock is stopped in front of an
 * answer while the handler makes its calls, or every answer of a kind is late.
 */
#include <stdlib.h>
#include <string.h>

#include "base/sync.h"
#include "protocol/apis.h"
#include "tests/client/reading.h"
#include "tests/support/suite.h"

#include <kafc/group.h>

/* --- A gate in front of the answers of one API ------------------------------------------ */

struct gate {
    struct kafc_mutex mutex;
    struct kafc_cond cond;
    bool reached, open;
};

static const struct step {
    int16_t api;
    const char *name;
} steps[] = {
    { KAFC_API_JOIN_GROUP, "JoinGroup" },
    { KAFC_API_SYNC_GROUP, "SyncGroup" },
    { KAFC_API_FIND_COORDINATOR, "FindCoordinator" },
    { KAFC_API_OFFSET_FETCH, "OffsetFetch" },
    { KAFC_API_LIST_OFFSETS, "ListOffsets" },
    { KAFC_API_FETCH, "Fetch" },
};
enum {
    STEPS = sizeof(steps) / sizeof(steps[0]),
    BY_HAND = 2
}; /* from there on: readers by hand come there, too */

/* On the mock's thread: nothing is answered to anybody while it waits here. */
static void stop_here(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    struct gate *g = ctx;

    (void)rq;
    (void)a;
    kafc__lock(&g->mutex);
    g->reached = true;
    kafc__cond_broadcast(&g->cond);
    while (!g->open)
        kafc__cond_wait(&g->cond, &g->mutex, INT64_MAX);
    kafc__unlock(&g->mutex);
}

static void gate_close(struct gate *g, struct reading *e, const struct step *at)
{
    memset(g, 0, sizeof(*g));
    kafc__mutex_init(&g->mutex);
    kafc__cond_init(&g->cond);
    ck_ok(kafc_mock_hook(e->mock, at->api, stop_here, g));
}

/* Reads on until the answer is due: notices are told inside fetch. No record can come before. */
static void gate_reach(struct gate *g, struct reading *e, const struct step *at)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)SOON * 1000;
    bool reached = false;

    while (!reached) {
        kafc_err code = kafc_reader_fetch(e->reader, &e->m, 5, &e->err);

        ck_assert_msg(code == KAFC_ERR_TIMED_OUT, "%s: %s: %s", at->name, kafc_err_name(code),
                      e->err.message);
        ck_assert_msg(kafc__clock_mono_us() < until, "nobody asked for %s", at->name);
        kafc__lock(&g->mutex);
        reached = g->reached;
        kafc__unlock(&g->mutex);
    }
}

static void gate_open(struct gate *g, struct reading *e, const struct step *at)
{
    kafc__lock(&g->mutex);
    g->open = true;
    kafc__cond_broadcast(&g->cond);
    kafc__unlock(&g->mutex);
    ck_ok(kafc_mock_hook(e->mock, at->api, NULL,
                         NULL)); /* returns when the hook does not run any more */
    kafc__cond_fini(&g->cond);
    kafc__mutex_fini(&g->mutex);
}

static void late(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    a->delay_ms = 5 + (int32_t)(rq->index * 7 % 40);
}

/* --- The handler ------------------------------------------------------------------------- */

static const char *const topics[] = { "t" };

/* Its calls that ask nobody, without the first one. */
static void handler_calls(struct reading *e, int64_t offset)
{
    kafc_assignment a = { .topic = "t", .partition = 0, .start = KAFC_AT(offset) };
    kafc_reader_state s;

    ck_ok(kafc_reader_assign(e->reader, &a, 1, &e->err));
    ck_ok(kafc_reader_seek(e->reader, "t", 0, KAFC_AT(offset), &e->err));
    ck_ok(kafc_reader_state_get(e->reader, "t", 0, &s, &e->err));
    ck_assert_int_eq(s.position, offset);
}

static void handler_reads(struct reading *e, int64_t offset)
{
    kafc_reader_state s;

    expect_offset(e, offset);
    ck_ok(kafc_reader_state_get(e->reader, "t", 0, &s, &e->err));
    ck_assert_int_eq(s.position, offset + 1);
}

/* The whole of it, with a reader that has partitions by hand: the first call is refused, with the reason. */
static void handler(struct reading *e, int64_t offset)
{
    ck_assert_int_eq(kafc_reader_subscribe(e->reader, topics, 1, &e->err), KAFC_ERR_USAGE);
    ck_assert_msg(strstr(e->err.message, "assign") != NULL, "%s", e->err.message);
    handler_calls(e, offset);
    handler_reads(e, offset);
}

static void open_it(struct reading *e, const kafc_reader_options *o)
{
    reading_open(e, 1, 1);
    put_some(e, 20);
    reading_reader(e, o);
}

static void assign_committed(struct reading *e)
{
    ck_ok(kafc_reader_assign(e->reader, &(kafc_assignment){ .topic = "t", .start = KAFC_COMMITTED },
                             1, &e->err));
}

/* --- By hand ------------------------------------------------------------------------------ */

START_TEST(R2_the_handler_twice_in_a_row)
{
    struct reading e;

    open_it(&e, KAFC_READER(.group = "g"));
    handler_calls(&e, 12);
    handler_reads(&e, 12);
    handler(&e, 5);
    handler(&e, 17);
    handler(&e, 5);
    reading_close(&e);
}
END_TEST

/* Without a group there is nothing to subscribe in, and that is what it says. */
START_TEST(R2_the_handler_without_a_group)
{
    struct reading e;

    open_it(&e, NULL);
    for (int64_t offset = 12; offset > 0; offset -= 5) {
        ck_assert_int_eq(kafc_reader_subscribe(e.reader, topics, 1, &e.err), KAFC_ERR_USAGE);
        ck_assert_msg(strstr(e.err.message, "group") != NULL, "%s", e.err.message);
        handler_calls(&e, offset);
        handler_reads(&e, offset);
    }
    reading_close(&e);
}
END_TEST

/* The reader is on its way to the committed offset, of which there is none, and so to the first record. */
START_TEST(R2_the_handler_while_an_answer_is_held_back)
{
    const struct step *at = &steps[_i];
    struct reading e;
    struct gate g;

    open_it(&e, KAFC_READER(.group = "g"));
    gate_close(&g, &e, at);
    assign_committed(&e);
    gate_reach(&g, &e, at);
    handler_calls(&e, 12);
    gate_open(&g, &e, at);
    handler_reads(&e, 12);

    gate_close(&g, &e, &steps[STEPS - 1]); /* what is left on this way: the fetch behind 12 */
    handler_calls(&e, 5);
    gate_open(&g, &e, &steps[STEPS - 1]);
    handler_reads(&e, 5);
    reading_close(&e);
}
END_TEST

/* Answers to older requests come between the calls, and after them. */
START_TEST(R2_the_handler_while_answers_are_late)
{
    struct reading e;

    open_it(&e, KAFC_READER(.group = "g", .max_wait_ms = 20));
    ck_ok(kafc_mock_hook(e.mock, steps[_i].api, late, NULL));
    for (int64_t i = 0; i < 20; i++) {
        if (i % 3 == 0)
            assign_committed(&e);
        handler_calls(&e, i * 7 % 20);
        if (i % 4 != 3) /* now and then the next one comes before an answer */
            handler_reads(&e, i * 7 % 20);
    }
    handler(&e, 3);
    reading_close(&e);
}
END_TEST

/* --- In a group ---------------------------------------------------------------------------- */

/* Who has subscribed first is refused the second step, wherever the join is, and nothing has changed by it. */
static void refused(struct reading *e, int64_t offset)
{
    kafc_assignment a = { .topic = "t", .partition = 0, .start = KAFC_AT(offset) };
    const char *name = NULL;

    ck_ok(kafc_reader_subscribe(e->reader, topics, 1, &e->err)); /* the same set: nothing happens */
    ck_assert_int_eq(kafc_reader_assign(e->reader, &a, 1, &e->err), KAFC_ERR_USAGE);
    ck_assert_int_eq(e->err.cls, KAFC_CLASS_USAGE);
    ck_assert_msg(strstr(e->err.message, "kafc_reader_unsubscribe") != NULL, "%s", e->err.message);
    ck_assert_int_eq(kafc_reader_assign_add(e->reader, &a, 1, &e->err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_reader_subscription(e->reader, &name, 1), 1);
    ck_assert_str_eq(name, "t");
}

START_TEST(R1_assign_is_refused_at_each_step_of_a_join)
{
    const struct step *at = &steps[_i];
    struct reading e;
    struct gate g;
    uint64_t joins;

    open_it(&e, KAFC_READER(.group = "g"));
    gate_close(&g, &e, at);
    ck_ok(kafc_reader_subscribe(e.reader, topics, 1, &e.err));
    gate_reach(&g, &e, at);
    refused(&e, 12);
    refused(&e, 5);
    gate_open(&g, &e, at);
    expect_offsets(&e, 0, 20); /* what the group says, from its start */
    joins = kafc_mock_requests(e.mock, 0, KAFC_API_JOIN_GROUP);
    refused(&e, 5);
    expect_nothing(&e, 50);
    ck_assert_uint_eq(kafc_mock_requests(e.mock, 0, KAFC_API_JOIN_GROUP), joins);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(7), &e.err)); /* seek is for members, too */
    handler_reads(&e, 7);
    reading_close(&e);
}
END_TEST

/* The way that the refusal names, in the middle of a join: what comes of it later touches nothing. */
START_TEST(R1_unsubscribed_at_each_step_of_a_join)
{
    const struct step *at = &steps[_i];
    struct reading e;
    struct gate g;
    kafc_err code;
    kafc_topic_partition tp;

    open_it(&e, KAFC_READER(.group = "g"));
    gate_close(&g, &e, at);
    ck_ok(kafc_reader_subscribe(e.reader, topics, 1, &e.err));
    gate_reach(&g, &e, at);
    code = kafc_reader_unsubscribe(e.reader, 0, &e.err);
    if (code == KAFC_ERR_WOULD_BLOCK) { /* still leaving: call again */
        gate_open(&g, &e, at);
        ck_ok(kafc_reader_unsubscribe(e.reader, SOON, &e.err));
        handler_calls(&e, 12);
    } else {
        ck_ok(code);
        handler_calls(&e, 12);
        gate_open(&g, &e, at);
    }
    handler_reads(&e, 12);
    expect_offsets(&e, 13, 20);
    expect_nothing(&e, 50); /* the join is over by now, if it goes on at all */
    handler(&e, 5);
    ck_assert_int_eq(kafc_reader_assignment(e.reader, &tp, 1), 1);
    reading_close(&e);
}
END_TEST

/* Half a request in a group, half by hand, again and again, as fast as it goes. */
START_TEST(R1_to_and_fro_while_answers_are_late)
{
    struct reading e;

    open_it(&e, KAFC_READER(.group = "g", .max_wait_ms = 20));
    ck_ok(kafc_mock_hook(e.mock, steps[_i].api, late, NULL));
    for (int64_t i = 0; i < 12; i++) {
        ck_ok(kafc_reader_subscribe(e.reader, topics, 1, &e.err));
        if (i % 3 == 0)
            expect_offset(&e, 0);
        else if (i % 3 == 1)
            kafc_reader_fetch(e.reader, &e.m, 1, &e.err); /* as far as it comes */
        if (kafc_reader_unsubscribe(e.reader, i % 2 ? SOON : 0, &e.err) != KAFC_OK)
            ck_ok(kafc_reader_unsubscribe(e.reader, SOON, &e.err));
        handler_calls(&e, i + 3);
        handler_reads(&e, i + 3);
        ck_ok(kafc_reader_assign(e.reader, NULL, 0, &e.err));
    }
    reading_close(&e);
}
END_TEST

SUITE_LOOPS("client/offsets_puzzle", 60, ONCE(R2_the_handler_twice_in_a_row),
            ONCE(R2_the_handler_without_a_group),
            LOOP(R2_the_handler_while_an_answer_is_held_back, BY_HAND, STEPS),
            LOOP(R2_the_handler_while_answers_are_late, BY_HAND, STEPS),
            LOOP(R1_assign_is_refused_at_each_step_of_a_join, 0, STEPS),
            LOOP(R1_unsubscribed_at_each_step_of_a_join, 0, STEPS),
            LOOP(R1_to_and_fro_while_answers_are_late, 0, STEPS))
