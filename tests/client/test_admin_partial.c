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

/* Groups without members, each with a coordinator of its own, which for LOST there is none. */
static void up(int16_t find_version)
{
    char member[100];
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
    begun = kafc__clock_mono_us();
}

static void lose(kafc_mock_coordination what)
{
    raw_ok(kafc_mock_set_coordinator(raw_mock, what, groups[LOST], -1));
    begun = kafc__clock_mono_us();
}

/* The call has failed as it has to, and kept to its time. */
static bool failed(kafc_err rc, kafc_err want, int within)
{
    return rc == want && (kafc__clock_mono_us() - begun) / 1000 < within * 5 / 2;
}

static bool of(kafc_err result, int i, kafc_err lost)
{
    return result == (i == LOST ? lost : KAFC_OK);
}

/* A call keeps its promise within the time that the machine needs for it; a request would wait for 30 s. */
static void promised(bool (*keeps)(int how, int within), int how)
{
    bool kept = false;
    for (int within = SHORT; !kept; within *= 2) {
        ck_assert_msg(within < 10000, "%s", raw_err.message);
        kept = keeps(how, within);
        raw_down();
    }
}

/* FindCoordinator of one and of many. */
static const int16_t find_versions[] = { 3, 6 };

/* The lost one's error is this, and its sentence says so; the others are described. */
static bool others_described(int within, kafc_err lost, const char *says)
{
    kafc_group_descriptions *d;
    kafc_err rc = kafc_admin_describe_groups(raw_client, groups, N, within, &d, &raw_err);
    bool kept = failed(rc, lost, within) && strstr(raw_err.message, says);
    for (int i = 0; i < N; i++)
        kept = kept && of(d->groups[i].result, i, lost);
    kafc_group_descriptions_free(d);
    return kept;
}

static bool described(int how, int within)
{
    up(find_versions[how]);
    lose(KAFC_MOCK_GROUPS);
    return others_described(within, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, "'a'");
}

START_TEST(a_group_without_coordinator_leaves_the_others_described)
{
    promised(described, _i);
}
END_TEST

static bool deleted(int how, int within)
{
    kafc_err result[N];
    up(find_versions[how]);
    lose(KAFC_MOCK_GROUPS);
    kafc_err rc = kafc_admin_delete_groups(raw_client, groups, N, result, within, &raw_err);
    bool kept = failed(rc, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, within);
    for (int i = 0; i < N; i++)
        kept = kept && of(result[i], i, KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    return kept;
}

START_TEST(a_group_without_coordinator_leaves_the_others_deleted)
{
    promised(deleted, _i);
}
END_TEST

/* OffsetFetch of one group and of many. */
static bool offsets_told(int how, int within)
{
    kafc_offsets_of_groups *o;
    up(find_versions[how & 1]);
    raw_ok(kafc_mock_set_versions(raw_mock, 9, 0, how & 2 ? 7 : 8));
    lose(KAFC_MOCK_GROUPS);
    kafc_err rc = kafc_admin_offsets_of_groups(raw_client, groups, N, false, within, &o, &raw_err);
    bool kept = failed(rc, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, within);
    for (int i = 0; i < N; i++)
        kept = kept && of(o->groups[i].result, i, KAFC_ERR_COORDINATOR_NOT_AVAILABLE) &&
               o->groups[i].noffsets == (i != LOST);
    kafc_offsets_of_groups_free(o);
    return kept;
}

START_TEST(a_group_without_coordinator_leaves_the_others_their_offsets)
{
    promised(offsets_told, _i);
}
END_TEST

static bool lags_told(int how, int within)
{
    kafc_group_lags *l;
    up(find_versions[how]);
    lose(KAFC_MOCK_GROUPS);
    kafc_err rc =
        kafc_admin_group_lags(raw_client, groups, N, KAFC_READ_UNCOMMITTED, within * LAGS, &l, &raw_err);
    bool kept = failed(rc, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, within * LAGS);
    for (int i = 0; i < N; i++)
        kept = kept && of(l->groups[i].result, i, KAFC_ERR_COORDINATOR_NOT_AVAILABLE) &&
               l->groups[i].npartitions == (i != LOST) &&
               (i == LOST || l->groups[i].partitions[0].committed == 1 + i);
    kafc_group_lags_free(l);
    return kept;
}

START_TEST(a_group_without_coordinator_leaves_the_others_their_lags)
{
    promised(lags_told, _i);
}
END_TEST

static bool fenced(int how, int within)
{
    kafc_fenced_producer q[N] = { { .transactional_id = "a" },
                                  { .transactional_id = "b" },
                                  { .transactional_id = "c" } };
    up(find_versions[how]);
    lose(KAFC_MOCK_TRANSACTIONS);
    kafc_err rc = kafc_admin_fence_producers(raw_client, q, N, within, &raw_err);
    bool kept = failed(rc, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, within);
    for (int i = 0; i < N; i++)
        kept = kept && of(q[i].result, i, KAFC_ERR_COORDINATOR_NOT_AVAILABLE) &&
               (q[i].producer_id >= 0) == (i != LOST);
    return kept;
}

static bool transactions_described(int how, int within)
{
    kafc_transaction_descriptions *d;
    bool kept = fenced(how, within); /* or there are none */
    begun = kafc__clock_mono_us();
    kafc_err rc = kafc_admin_describe_transactions(raw_client, groups, N, within, &d, &raw_err);
    kept = kept && failed(rc, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, within);
    for (int i = 0; i < N; i++)
        kept = kept && of(d->transactions[i].result, i, KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    kafc_transaction_descriptions_free(d);
    return kept;
}

START_TEST(an_id_without_coordinator_leaves_the_others_theirs)
{
    promised(transactions_described, _i);
}
END_TEST

/* --- One broker of three ------------------------------------------------------------------- */

static void be_silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->broker == 1 + LOST)
        a->act = KAFC_MOCK_SILENT;
}

static bool described_in_silence(int how, int within)
{
    (void)how;
    up(6);
    raw_ok(kafc_mock_hook(raw_mock, DESCRIBE, be_silent, NULL));
    return others_described(within, KAFC_ERR_TIMED_OUT, "node 1");
}

static bool others_have_lags(int how, int within)
{
    static const int16_t apis[] = { DESCRIBE, 9 };
    kafc_group_lags *l;
    up(6);
    raw_ok(kafc_mock_hook(raw_mock, apis[how], be_silent, NULL));
    kafc_err rc =
        kafc_admin_group_lags(raw_client, groups, N, KAFC_READ_UNCOMMITTED, within * LAGS, &l, &raw_err);
    bool kept = failed(rc, KAFC_ERR_TIMED_OUT, within * LAGS);
    for (int i = 0; i < N; i++)
        kept = kept && of(l->groups[i].result, i, KAFC_ERR_TIMED_OUT);
    kafc_group_lags_free(l);
    return kept;
}

START_TEST(a_silent_coordinator_leaves_the_others_theirs)
{
    if (_i == 0)
        promised(described_in_silence, 0);
    promised(others_have_lags, _i);
}
END_TEST

static void be_silent_once(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    int *n = ctx;
    if (rq->broker == 1 + LOST && (*n)++ == 0)
        a->act = KAFC_MOCK_SILENT;
}

/* Requests of one id each go out at once. */
static bool others_fenced(int how, int within)
{
    static int n;
    kafc_fenced_producer q[N] = { { .transactional_id = "a" },
                                  { .transactional_id = "b" },
                                  { .transactional_id = "c" } };
    (void)how;
    n = 0;
    up(6);
    for (int i = 0; i < N; i++)
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_TRANSACTIONS, groups[i], 1 + i));
    raw_ok(kafc_mock_hook(raw_mock, 22, be_silent_once, &n));
    begun = kafc__clock_mono_us();
    kafc_err rc = kafc_admin_fence_producers(raw_client, q, N, within, &raw_err);
    bool kept = failed(rc, KAFC_ERR_TIMED_OUT, within);
    for (int i = 0; i < N; i++)
        kept = kept && of(q[i].result, i, KAFC_ERR_TIMED_OUT);
    return kept;
}

START_TEST(a_silent_coordinator_holds_up_no_fence)
{
    promised(others_fenced, 0);
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
