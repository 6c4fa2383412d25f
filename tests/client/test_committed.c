/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_committed against the mock: in every version of OffsetFetch, and
 * what it waits for.
 */
#include <string.h>

#include "tests/client/transacting.h"
#include "tests/support/suite.h"
#include <kafc/groups.h>

static kafc_error *const err = &transacting.err;

static void commit(const char *group, int64_t offset)
{
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_offsets(w, group, offset);
    transacting_ok(kafc_transaction_commit(w, WAIT, err));
    transacting_settled();
    transacting_close(w);
}

START_TEST(every_version_says_the_same)
{
    transacting_start(TRANSACTING_V2);
    commit("g", 42);
    ck_assert_int_eq(kafc_mock_set_versions(writing.mock, 9, 1, (int16_t)_i), KAFC_OK);
    kafc_offset q[] = { { .topic = "t", .partition = 0 },
                           { .topic = "u", .partition = 1 },
                           { .topic = "t", .partition = 1 },
                           { .topic = "t", .partition = 1 } };
    transacting_ok(kafc_client_committed(writing.client, "g", q, 4, WAIT, err));
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(q[i].result, KAFC_OK);
        ck_assert_int_eq(q[i].offset, i < 2 ? KAFC_OFFSET_UNKNOWN : 42);
        ck_assert_int_eq(q[i].leader_epoch, -1);
    }
    transacting_ok(kafc_client_committed(writing.client, "never was", q, 4, WAIT, err));
    ck_assert_int_eq(q[3].offset, KAFC_OFFSET_UNKNOWN);
    transacting_stop();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    transacting_start(TRANSACTING_V2);
    kafc_offset q = { .topic = "t", .partition = -1 };
    ck_assert_int_eq(kafc_client_committed(writing.client, "g", &q, 1, WAIT, err), KAFC_ERR_USAGE);
    q.partition = 0;
    ck_assert_int_eq(kafc_client_committed(writing.client, "", &q, 1, WAIT, err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_committed(writing.client, NULL, &q, 1, WAIT, err), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_committed(writing.client, "g", NULL, 1, WAIT, err),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_client_committed(writing.client, "g", &q, 1, 0, err),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_client_committed(writing.client, "g", NULL, 0, WAIT, err), KAFC_OK);
    transacting_stop();
}
END_TEST

START_TEST(errors_are_tried_again_or_told)
{
    transacting_start(TRANSACTING_V2);
    commit("g", 7);
    kafc_offset q = { .topic = "t", .partition = 1 };
    static const kafc_err passing[] = { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS,
                                        KAFC_ERR_NOT_COORDINATOR, KAFC_ERR_UNSTABLE_OFFSET_COMMIT,
                                        KAFC_ERR_DISCONNECTED };
    for (size_t i = 0; i < sizeof passing / sizeof passing[0]; i++)
        ck_assert_int_eq(kafc_mock_push_error(writing.mock, 9, passing[i], 1), KAFC_OK);
    transacting_ok(kafc_client_committed(writing.client, "g", &q, 1, WAIT, err));
    ck_assert_int_eq(q.offset, 7);
    ck_assert_int_eq(kafc_mock_push_error(writing.mock, 9, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1),
                     KAFC_OK);
    ck_assert_int_eq(kafc_client_committed(writing.client, "g", &q, 1, WAIT, err),
                     KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    ck_assert_int_eq(q.result, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    ck_assert_int_eq(q.offset, KAFC_OFFSET_UNKNOWN);
    ck_assert_msg(strstr(err->message, "group g"), "%s", err->message);
    ck_assert_int_eq(kafc_mock_set_coordinator(writing.mock, KAFC_MOCK_GROUPS, "g", -1), KAFC_OK);
    ck_assert_int_ne(kafc_client_committed(writing.client, "g", &q, 1, 60, err), KAFC_OK);
    ck_assert_int_ne(q.result, KAFC_OK);
    transacting_stop();
}
END_TEST

/* To the end of a time that is doubled until it does not end while the group is asked. */
static kafc_err in_vain(kafc_offset *q, int32_t n, kafc_group_offsets **all)
{
    kafc_err rc = KAFC_ERR_TIMED_OUT;
    for (int ms = 60; rc == KAFC_ERR_TIMED_OUT && ms < 20000; ms *= 2) {
        if (all)
            kafc_group_offsets_free(*all);
        rc = all ? kafc_admin_group_offsets(writing.client, "g", ms, all, err)
                 : kafc_client_committed(writing.client, "g", q, n, ms, err);
    }
    return rc;
}

/* Offsets of an open transaction: who begins behind them has to wait for its end. */
START_TEST(offsets_of_an_open_transaction_are_waited_for)
{
    transacting_start(TRANSACTING_V2);
    kafc_offset q = { .topic = "t", .partition = 1 };
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_offsets(w, "g", 9);
    ck_assert_int_eq(in_vain(&q, 1, NULL), KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
    transacting_ok(kafc_transaction_commit(w, WAIT, err));
    transacting_ok(kafc_client_committed(writing.client, "g", &q, 1, WAIT, err));
    ck_assert_int_eq(q.offset, 9);
    transacting_close(w);
    transacting_stop();
}
END_TEST

START_TEST(R7_what_is_waited_for_leaves_the_others_their_offsets)
{
    kafc_offset q[] = { { .topic = "t", .partition = 1, .offset = 3 },
                        { .topic = "t", .partition = 0, .offset = 5 } };
    kafc_group_offsets *all = NULL;
    transacting_start(TRANSACTING_V2);
    transacting_ok(kafc_admin_commit_offsets(writing.client, "g", q, 2, WAIT, err));
    kafc_writer *w = transacting_open();
    transacting_begin(w);
    transacting_offsets(w, "g", 9);
    ck_assert_int_eq(in_vain(q, 2, NULL), KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
    ck_assert_int_eq(err->api, 9);
    ck_assert_int_gt(err->broker, 0);
    ck_assert_int_eq(q[0].result, KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
    ck_assert_int_eq(q[1].result, KAFC_OK);
    ck_assert_int_eq(q[1].offset, 5);
    ck_assert_int_eq(in_vain(NULL, 0, &all), KAFC_ERR_UNSTABLE_OFFSET_COMMIT);
    ck_assert_int_eq(all->offsets[0].offset, 5);
    kafc_group_offsets_free(all);
    transacting_ok(kafc_transaction_abort(w, WAIT, err));
    transacting_close(w);
    transacting_stop();
}
END_TEST

SUITE_LOOPS("client/committed", 30, LOOP(every_version_says_the_same, 1, 11),
            ONCE(what_cannot_be_asked_is_refused), ONCE(errors_are_tried_again_or_told),
            ONCE(offsets_of_an_open_transaction_are_waited_for),
            ONCE(R7_what_is_waited_for_leaves_the_others_their_offsets))
