/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls for many groups or transactional ids of which one cannot be had: the
 * others have their results within the time all the same.
 */
#include <check.h>
#include <string.h>

#include "base/clock.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/support/suite.h"
#include <kafc/groups.h>
#include <kafc/mock.h>
#include <kafc/producers.h>

enum { WAIT = 10000, SHORT = 600, FIND = 10, DESCRIBE = 15, N = 3, LOST = 0, RTT = 5 };
enum { LAGS = 3 }; /* questions in one call */

static const char *const groups[N] = { "a", "b", "c" };
static int64_t begun;
static int within; /* ms, of a call: more where the machine is slow */

/* Groups without members, each with a coordinator of its own, which for LOST there is none. */
static void up(int16_t find_version)
{
    char member[100];
    begun = kafc__clock_mono_us();
    raw_up(joining_mock());
    for (int i = 0; i < N; i++) {
        kafc_offset o = { .topic = "t", .offset = 1 + i };
        joining(raw_client, groups[i], NULL, (const char *const[]){ "t" }, 1, "t0", member);
        raw_ok(kafc_mock_kick(raw_mock, groups[i], NULL));
        raw_ok(kafc_admin_commit_offsets(raw_client, groups[i], &o, 1, WAIT, &raw_err));
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_GROUPS, groups[i], 1 + i));
    }
    raw_ok(kafc_mock_set_versions(raw_mock, FIND, 0, find_version));
    raw_ok(kafc_mock_set_rtt(raw_mock, 0, RTT)); /* so that what is left over is not enough */
    within = SHORT + 4 * (int)((kafc__clock_mono_us() - begun) / 1000); /* what came until here is more than a call */
    begun = kafc__clock_mono_us();
}

static void lose(kafc_mock_coordination what)
{
    raw_ok(kafc_mock_set_coordinator(raw_mock, what, groups[LOST], -1));
    begun = kafc__clock_mono_us();
}

/* The call kept to its time. */
static void in_time(void)
{
    ck_assert_int_lt((kafc__clock_mono_us() - begun) / 1000, within * 5 / 2);
}

/* FindCoordinator of one and of many. */
static const int16_t find_versions[] = { 3, 6 };

START_TEST(a_group_without_coordinator_leaves_the_others_described)
{
    kafc_group_descriptions *d;
    up(find_versions[_i]);
    lose(KAFC_MOCK_GROUPS);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, groups, N, within, &d, &raw_err),
                     KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    in_time();
    raw_says("'a'");
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(d->groups[i].result,
                         i == LOST ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_OK);
    kafc_group_descriptions_free(d);
    raw_down();
}
END_TEST

START_TEST(a_group_without_coordinator_leaves_the_others_deleted)
{
    kafc_err result[N];
    up(find_versions[_i]);
    lose(KAFC_MOCK_GROUPS);
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, groups, N, result, within, &raw_err),
                     KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    in_time();
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(result[i], i == LOST ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_OK);
    raw_down();
}
END_TEST

/* OffsetFetch of one group and of many. */
START_TEST(a_group_without_coordinator_leaves_the_others_their_offsets)
{
    kafc_offsets_of_groups *o;
    up(find_versions[_i & 1]);
    raw_ok(kafc_mock_set_versions(raw_mock, 9, 0, _i & 2 ? 7 : 8));
    lose(KAFC_MOCK_GROUPS);
    ck_assert_int_eq(kafc_admin_offsets_of_groups(raw_client, groups, N, false, within, &o, &raw_err),
                     KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    in_time();
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(o->groups[i].result,
                         i == LOST ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_OK);
        ck_assert_int_eq(o->groups[i].noffsets, i != LOST);
    }
    kafc_offsets_of_groups_free(o);
    raw_down();
}
END_TEST

START_TEST(a_group_without_coordinator_leaves_the_others_their_lags)
{
    kafc_group_lags *l;
    up(find_versions[_i]);
    lose(KAFC_MOCK_GROUPS);
    within *= LAGS;
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, groups, N, KAFC_READ_UNCOMMITTED, within, &l,
                                           &raw_err),
                     KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    in_time();
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(l->groups[i].result,
                         i == LOST ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_OK);
        ck_assert_int_eq(l->groups[i].npartitions, i != LOST);
        if (i != LOST)
            ck_assert_int_eq(l->groups[i].partitions[0].committed, 1 + i);
    }
    kafc_group_lags_free(l);
    raw_down();
}
END_TEST

START_TEST(an_id_without_coordinator_leaves_the_others_theirs)
{
    kafc_fenced_producer q[N] = { { .transactional_id = "a" },
                                  { .transactional_id = "b" },
                                  { .transactional_id = "c" } };
    kafc_transaction_descriptions *d;
    up(find_versions[_i]);
    lose(KAFC_MOCK_TRANSACTIONS);
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, q, N, within, &raw_err),
                     KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    in_time();
    for (int i = 0; i < N; i++) {
        ck_assert_int_eq(q[i].result, i == LOST ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_OK);
        ck_assert_int_eq(q[i].producer_id >= 0, i != LOST);
    }
    begun = kafc__clock_mono_us();
    ck_assert_int_eq(kafc_admin_describe_transactions(raw_client, groups, N, within, &d, &raw_err),
                     KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    in_time();
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(d->transactions[i].result,
                         i == LOST ? KAFC_ERR_COORDINATOR_NOT_AVAILABLE : KAFC_OK);
    kafc_transaction_descriptions_free(d);
    raw_down();
}
END_TEST

/* --- One broker of three ------------------------------------------------------------------- */

static void be_silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->broker == 1 + LOST)
        a->act = KAFC_MOCK_SILENT;
}

START_TEST(a_silent_coordinator_leaves_the_others_theirs)
{
    static const int16_t apis[] = { DESCRIBE, 9 };
    kafc_group_lags *l;
    kafc_group_descriptions *d;
    up(6);
    raw_ok(kafc_mock_hook(raw_mock, apis[_i], be_silent, NULL));
    if (_i == 0) {
        ck_assert_int_eq(kafc_admin_describe_groups(raw_client, groups, N, within, &d, &raw_err),
                         KAFC_ERR_TIMED_OUT);
        in_time();
        raw_says("node 1");
        for (int i = 0; i < N; i++)
            ck_assert_int_eq(d->groups[i].result, i == LOST ? KAFC_ERR_TIMED_OUT : KAFC_OK);
        kafc_group_descriptions_free(d);
        begun = kafc__clock_mono_us();
    }
    within *= LAGS;
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, groups, N, KAFC_READ_UNCOMMITTED, within, &l,
                                           &raw_err),
                     KAFC_ERR_TIMED_OUT);
    in_time();
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(l->groups[i].result, i == LOST ? KAFC_ERR_TIMED_OUT : KAFC_OK);
    kafc_group_lags_free(l);
    raw_down();
}
END_TEST

static void be_silent_once(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    int *n = ctx;
    if (rq->broker == 1 + LOST && (*n)++ == 0)
        a->act = KAFC_MOCK_SILENT;
}

/* Requests of one id each go out at once. */
START_TEST(a_silent_coordinator_holds_up_no_fence)
{
    kafc_fenced_producer q[N] = { { .transactional_id = "a" },
                                  { .transactional_id = "b" },
                                  { .transactional_id = "c" } };
    int n = 0;
    up(6);
    for (int i = 0; i < N; i++)
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_TRANSACTIONS, groups[i], 1 + i));
    raw_ok(kafc_mock_hook(raw_mock, 22, be_silent_once, &n));
    begun = kafc__clock_mono_us();
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, q, N, within, &raw_err),
                     KAFC_ERR_TIMED_OUT);
    in_time();
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(q[i].result, i == LOST ? KAFC_ERR_TIMED_OUT : KAFC_OK);
    raw_down();
}
END_TEST

/* --- Twice ------------------------------------------------------------------------------------ */

/* Brokers delete a group once, and say so once. */
START_TEST(a_group_that_is_named_twice_has_one_result)
{
    static const char *const twice[] = { "b", "a", "b" };
    kafc_err result[3];
    up(6);
    raw_ok(kafc_admin_delete_groups(raw_client, twice, 3, result, WAIT, &raw_err));
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(result[i], KAFC_OK);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_partial", 60,
            LOOP(a_group_without_coordinator_leaves_the_others_described, 0, 2),
            LOOP(a_group_without_coordinator_leaves_the_others_deleted, 0, 2),
            LOOP(a_group_without_coordinator_leaves_the_others_their_offsets, 0, 4),
            LOOP(a_group_without_coordinator_leaves_the_others_their_lags, 0, 2),
            LOOP(an_id_without_coordinator_leaves_the_others_theirs, 0, 2),
            LOOP(a_silent_coordinator_leaves_the_others_theirs, 0, 2),
            ONCE(a_silent_coordinator_holds_up_no_fence),
            ONCE(a_group_that_is_named_twice_has_one_result))
