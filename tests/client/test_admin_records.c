/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records deleted, ends of epochs, and the rarer places in a log: of
 * partitions with several leaders, by the mock in every version.
 */
#include <check.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/client/raw.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/topics.h>

enum { WAIT = 10000, SHORT = 200, LIST_OFFSETS = 2, DELETE = 21, EPOCH = 23, RECORDS = 10 };


/* Three brokers; "t" with six partitions, ten records in each, the fifth of them the latest; "u" without any. */
static void up(void)
{
    raw_up(kafc_mock_new(KAFC_MOCK(.brokers = 3), &raw_err));
    raw_ok(kafc_mock_create_topic(raw_mock, "t", 6, 3));
    raw_ok(kafc_mock_create_topic(raw_mock, "u", 2, 3));
    for (int32_t p = 0; p < 6; p++)
        for (int i = 0; i < RECORDS; i++) {
            kafc_message m = { .value = { "x", 1 }, .timestamp = i == 4 ? 5000 : 1000 + i };
            raw_ok(kafc_mock_append(raw_mock, "t", p, &m, 1, -1));
        }
}

static int64_t start_of(int32_t partition)
{
    kafc_mock_log log;
    raw_ok(kafc_mock_log_get(raw_mock, "t", partition, &log));
    return log.log_start;
}

/* --- Several attempts ----------------------------------------------------------------------------- */

/* The three leaders, and whoever is asked for what has none. */
static atomic_int passes;

static void serve_once(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = atomic_fetch_sub(&passes, 1) > 0 ? KAFC_MOCK_PASS : KAFC_MOCK_SILENT;
}

/* A partition without leader is asked for again and again; what the others said stays said. */
START_TEST(what_was_answered_is_not_lost_by_an_attempt_that_is_not)
{
    kafc_epoch_end e[6];
    kafc_err rc;
    up();
    memset(e, 0, sizeof e);
    for (int32_t p = 0; p < 6; p++) {
        e[p].topic = "t";
        e[p].partition = p;
    }
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 5, -1));
    raw_ok(kafc_mock_hook(raw_mock, EPOCH, serve_once, NULL));
    RAW_DOUBLING((atomic_store(&passes, 4), rc = kafc_admin_epoch_ends(raw_client, e, 6, ms, &raw_err)),
                 rc == KAFC_ERR_NOT_LEADER_OR_FOLLOWER && e[0].result == KAFC_OK && e[1].result == KAFC_OK &&
                     e[2].result == KAFC_OK);
    for (int32_t p = 0; p < 6; p++)
        ck_assert_int_eq(e[p].result, p == 5 ? KAFC_ERR_NOT_LEADER_OR_FOLLOWER : KAFC_OK);
    ck_assert_int_eq(e[0].offset, RECORDS);
    raw_down();
}
END_TEST

/* --- Delete ------------------------------------------------------------------------------------ */

START_TEST(records_are_deleted_by_their_leaders)
{
    kafc_deletion q[] = {
        { .topic = "t", .partition = 5, .before = KAFC_AT(3) },
        { .topic = "t", .partition = 0, .before = KAFC_LAST },
        { .topic = "t", .partition = 1, .before = KAFC_AT(10) },
        { .topic = "t", .partition = 2, .before = KAFC_AT(11) },
        { .topic = "t", .partition = 9, .before = KAFC_AT(1) },
        { .topic = "u", .partition = 0, .before = KAFC_LAST },
        { .topic = "never-was", .before = KAFC_LAST },
        { .topic = "t", .partition = 4, .before = KAFC_AT(0) },
    };
    static const struct {
        kafc_err result;
        int64_t start;
    } want[] = {
        { KAFC_OK, 3 }, { KAFC_OK, 10 }, { KAFC_OK, 10 }, { KAFC_ERR_OFFSET_OUT_OF_RANGE, -1 },
        { KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, -1 }, { KAFC_OK, 0 }, { KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, -1 },
        { KAFC_OK, 0 },
    };
    up();
    raw_narrow(DELETE, (int16_t)_i);
    ck_assert_int_ne(kafc_admin_delete_records(raw_client, q, 8, WAIT, &raw_err), KAFC_OK);
    raw_says("cannot be shortened");
    for (int i = 0; i < 8; i++) {
        ck_assert_msg(q[i].result == want[i].result, "%d: %s", i, kafc_err_name(q[i].result));
        ck_assert_int_eq(q[i].log_start, want[i].start);
    }
    ck_assert_int_eq(start_of(5), 3);
    ck_assert_int_eq(start_of(0), 10);
    ck_assert_int_eq(start_of(2), 0);
    for (int32_t b = 1; b <= 3; b++)
        ck_assert_uint_ge(kafc_mock_requests(raw_mock, b, DELETE), 1);
    raw_down();
}
END_TEST

static void lose_answer(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->index == 0)
        a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(a_deletion_up_to_an_offset_is_repeated_and_one_up_to_the_end_is_not)
{
    kafc_deletion q = { .topic = "t", .before = _i ? KAFC_LAST : KAFC_AT(4) };
    up();
    raw_ok(kafc_mock_push_error(raw_mock, DELETE, KAFC_ERR_NOT_LEADER_OR_FOLLOWER, 1));
    raw_ok(kafc_admin_delete_records(raw_client, &q, 1, WAIT, &raw_err));
    ck_assert_int_eq(q.log_start, _i ? 10 : 4);
    raw_down();
    up();
    raw_ok(kafc_mock_hook(raw_mock, DELETE, lose_answer, NULL));
    ck_assert_int_eq(kafc_admin_delete_records(raw_client, &q, 1, WAIT, &raw_err),
                     _i ? KAFC_ERR_DISCONNECTED : KAFC_OK);
    ck_assert_int_eq(q.result, _i ? KAFC_ERR_DISCONNECTED : KAFC_OK);
    ck_assert_int_eq(q.log_start, _i ? KAFC_OFFSET_UNKNOWN : 4);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, DELETE), _i ? 1 : 2);
    raw_down();
}
END_TEST

START_TEST(a_topic_that_may_not_be_touched_is_named_and_others_go_on)
{
    kafc_deletion q[] = { { .topic = "t", .before = KAFC_AT(4) }, { .topic = "u", .before = KAFC_LAST } };
    kafc_epoch_end e[] = { { .topic = "t" }, { .topic = "u" } };
    kafc_topic_descriptions *d;
    static const char *const names[] = { "t", "u" };
    up();
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_TOPIC, "u", KAFC_ACL_DELETE, true));
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_TOPIC, "u", KAFC_ACL_DESCRIBE, true));
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_CLUSTER_ACTION, true));
    ck_assert_int_eq(kafc_admin_delete_records(raw_client, q, 2, WAIT, &raw_err), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    raw_says("topic 'u' [0] cannot be shortened");
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(start_of(0), 4);
    ck_assert_int_eq(kafc_admin_epoch_ends(raw_client, e, 2, WAIT, &raw_err), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    raw_says("topic 'u' [0] cannot be asked for an epoch");
    ck_assert_int_eq(e[0].result, KAFC_OK);
    ck_assert_int_eq(kafc_admin_describe_topics(raw_client, names, 2, WAIT, &d, &raw_err),
                     KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    raw_says("topic 'u' cannot be described");
    ck_assert_int_eq(d->topics[0].npartitions, 6);
    ck_assert_int_eq(d->topics[1].err, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    kafc_topic_descriptions_free(d);
    raw_down();
}
END_TEST

/* --- Epochs ------------------------------------------------------------------------------------- */

START_TEST(epochs_end_where_the_next_one_begins)
{
    kafc_epoch_end q[] = {
        { .topic = "t", .partition = 3, .leader_epoch = 0 },
        { .topic = "t", .partition = 0, .leader_epoch = 0 },
        { .topic = "t", .partition = 1, .leader_epoch = 5 },
        { .topic = "t", .partition = 77, .leader_epoch = 0 },
    };
    kafc_message m = { .value = { "y", 1 }, .timestamp = 9 };
    up();
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 3, 2)); /* epoch 1 begins at 10 */
    raw_ok(kafc_mock_append(raw_mock, "t", 3, &m, 1, -1));
    raw_narrow(EPOCH, (int16_t)_i);
    ck_assert_int_eq(kafc_admin_epoch_ends(raw_client, q, 4, WAIT, &raw_err), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("'t' [77]");
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(q[i].result, KAFC_OK);
        ck_assert_int_eq(q[i].offset, 10);
        ck_assert_int_eq(q[i].found_epoch, _i ? 0 : -1);
    }
    ck_assert_int_eq(q[2].result, KAFC_OK);
    ck_assert_int_eq(q[2].offset, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(q[3].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[3].offset, KAFC_OFFSET_UNKNOWN);
    raw_down();
}
END_TEST

/* --- Places --------------------------------------------------------------------------------------- */

START_TEST(rarer_places_are_told_by_the_brokers_that_know_them)
{
    const struct {
        kafc_position at;
        const char *topic;
        int16_t version;
        int64_t offset, timestamp;
        const char *since;
    } want[] = {
        { KAFC_FIRST, "t", 0, 0, -1, "" },
        { KAFC_LAST, "t", 0, 10, -1, "" },
        { KAFC_AT_TIME(1003), "t", 1, 3, 1003, "0.10.1" },
        { KAFC_AT_TIME(9000), "t", 1, 10, -1, "0.10.1" },
        { KAFC_MAX_TIMESTAMP, "t", 7, 4, 5000, "3.0" },
        { KAFC_MAX_TIMESTAMP, "u", 7, -1, -1, "3.0" },
        { KAFC_FIRST_LOCAL, "t", 8, 0, -1, "3.4" },
        { KAFC_LAST_TIERED, "t", 9, -1, -1, "3.9" },
    };
    enum { WANT = sizeof want / sizeof *want };
    kafc_offset_query q[WANT];
    up();
    raw_narrow(LIST_OFFSETS, (int16_t)_i);
    for (int i = 0; i < WANT; i++)
        q[i] = (kafc_offset_query){ .topic = want[i].topic, .at = want[i].at };
    kafc_err rc = kafc_client_offsets(raw_client, q, WANT, KAFC_READ_UNCOMMITTED, WAIT, &raw_err);
    ck_assert_int_eq(rc, _i < 9 ? KAFC_ERR_UNSUPPORTED : KAFC_OK);
    for (int i = 0; i < WANT; i++) {
        bool known = _i >= want[i].version;
        ck_assert_msg(q[i].result == (known ? KAFC_OK : KAFC_ERR_UNSUPPORTED), "%d: %s", i, kafc_err_name(q[i].result));
        ck_assert_int_eq(q[i].offset, known ? want[i].offset : -1);
        ck_assert_int_eq(q[i].timestamp, known ? want[i].timestamp : -1);
    }
    for (int i = 0; i < WANT; i++)
        if (_i < want[i].version) {
            ck_assert_int_eq(kafc_client_offsets(raw_client, &q[i], 1, KAFC_READ_UNCOMMITTED, WAIT, &raw_err),
                             KAFC_ERR_UNSUPPORTED);
            raw_says(want[i].since);
        }
    raw_down();
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------------ */

static kafc_err call(int which, int timeout_ms)
{
    kafc_deletion d = { .topic = "t", .before = KAFC_AT(1) };
    kafc_epoch_end e = { .topic = "t" };
    return which ? kafc_admin_epoch_ends(raw_client, &e, 1, timeout_ms, &raw_err)
                 : kafc_admin_delete_records(raw_client, &d, 1, timeout_ms, &raw_err);
}

static void interrupt_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    kafc_client_interrupt(raw_client);
}

static void be_silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
}

START_TEST(a_call_ends_in_time_or_when_it_is_told_to)
{
    int16_t api = _i ? EPOCH : DELETE;
    up();
    (void)call(_i, WAIT); /* now it knows whom to ask */
    raw_ok(kafc_mock_hook(raw_mock, api, be_silent, NULL));
    ck_assert_int_eq(call(_i, SHORT), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(call(_i, 0), KAFC_ERR_WOULD_BLOCK);
    raw_ok(kafc_mock_hook(raw_mock, api, interrupt_it, NULL));
    raw_narrow(api, 2);
    ck_assert_int_eq(call(_i, -1), KAFC_ERR_INTERRUPTED);
    raw_ok(kafc_mock_hook(raw_mock, api, NULL, NULL));
    raw_narrow(api, -1);
    ck_assert_int_eq(call(_i, WAIT), KAFC_ERR_UNSUPPORTED);
    raw_says("from 0.11 on");
    raw_ok(kafc_client_close(raw_client, WAIT, &raw_err));
    ck_assert_int_eq(call(_i, WAIT), KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    kafc_deletion twice[] = { { .topic = "t", .before = KAFC_LAST }, { .topic = "t", .before = KAFC_AT(1) } };
    const kafc_deletion wrong[] = {
        { .topic = NULL, .before = KAFC_LAST },
        { .topic = "t", .partition = -1, .before = KAFC_LAST },
        { .topic = "t" },
        { .topic = "t", .before = KAFC_FIRST },
        { .topic = "t", .before = KAFC_AT(-1) },
        { .topic = "t", .before = KAFC_AT_TIME(5) },
    };
    kafc_epoch_end e = { .topic = "t", .leader_epoch = -1 };
    kafc_offset_query q = { .topic = "t", .at = KAFC_CURRENT(1) };
    up();
    ck_assert_int_eq(kafc_admin_delete_records(raw_client, twice, 2, WAIT, &raw_err), KAFC_ERR_USAGE);
    raw_says("named twice");
    ck_assert_int_eq(kafc_admin_delete_records(raw_client, NULL, 1, WAIT, NULL), KAFC_ERR_USAGE);
    raw_ok(kafc_admin_delete_records(raw_client, NULL, 0, WAIT, &raw_err));
    raw_ok(kafc_admin_epoch_ends(raw_client, NULL, 0, WAIT, &raw_err));
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        kafc_deletion d = wrong[i];
        ck_assert_int_eq(kafc_admin_delete_records(raw_client, &d, 1, WAIT, NULL), KAFC_ERR_USAGE);
    }
    ck_assert_int_eq(kafc_admin_epoch_ends(raw_client, &e, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_offsets(raw_client, &q, 1, KAFC_READ_UNCOMMITTED, WAIT, NULL), KAFC_ERR_USAGE);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_records", 30, LOOP(records_are_deleted_by_their_leaders, 0, 3),
            LOOP(a_deletion_up_to_an_offset_is_repeated_and_one_up_to_the_end_is_not, 0, 2),
            ONCE(a_topic_that_may_not_be_touched_is_named_and_others_go_on),
            LOOP(epochs_end_where_the_next_one_begins, 0, 5),
            LOOP(rarer_places_are_told_by_the_brokers_that_know_them, 0, 12),
            LOOP(a_call_ends_in_time_or_when_it_is_told_to, 0, 2),
            ONCE(what_was_answered_is_not_lost_by_an_attempt_that_is_not),
            ONCE(what_cannot_be_asked_is_refused))
