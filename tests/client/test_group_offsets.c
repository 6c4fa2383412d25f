/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Offsets of groups from outside: committed, told and deleted, against the mock
 * in every version; and what full memory does to all calls of kafc/groups.h.
 */
#include <check.h>
#include <string.h>

#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/groups.h>
#include <kafc/mock.h>

enum { WAIT = 10000, COMMIT = 8, FETCH = 9, DELETE = 47 };

static char member[100];

static void join_g(void)
{
    static const char *const topics[] = { "t" };
    joining(raw_client, "g", NULL, topics, 1, "t0 t1", member);
}

/* The topics take turns, so that the request has to sort them. */
static const kafc_offset some[] = {
    { .topic = "u", .partition = 1, .offset = 11, .leader_epoch = 3, .metadata = "note" },
    { .topic = "t", .partition = 3, .offset = 3, .leader_epoch = KAFC_ZERO },
    { .topic = "u", .partition = 0, .offset = 10 },
    { .topic = "t", .partition = 0, .offset = 0, .leader_epoch = -1, .metadata = "" },
};
enum { SOME = 4 };
static kafc_offset q[SOME];

static kafc_err commit(int32_t n)
{
    memcpy(q, some, sizeof some);
    return kafc_admin_commit_offsets(raw_client, "g", q, n, WAIT, &raw_err);
}

static int64_t committed(const char *topic, int32_t partition)
{
    int64_t offset;
    kafc_err rc = kafc_mock_committed(raw_mock, "g", topic, partition, &offset);
    return rc == KAFC_OK ? offset : -1;
}

START_TEST(every_version_commits_and_tells_the_same)
{
    int16_t commit_version = (int16_t)(_i < 9 ? _i + 1 : 9), fetch_version = (int16_t)(_i + 2);
    kafc_group_offsets *o;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, COMMIT, 1, commit_version));
    raw_ok(kafc_mock_set_versions(raw_mock, FETCH, 1, fetch_version));
    raw_ok(kafc_admin_group_offsets(raw_client, "g", WAIT, &o, &raw_err));
    ck_assert_int_eq(o->noffsets, 0);
    kafc_group_offsets_free(o);
    raw_ok(commit(SOME));
    for (int i = 0; i < SOME; i++) {
        ck_assert_int_eq(q[i].result, KAFC_OK);
        ck_assert_int_eq(committed(q[i].topic, q[i].partition), q[i].offset);
    }
    raw_ok(kafc_admin_group_offsets(raw_client, "g", WAIT, &o, &raw_err));
    ck_assert_int_eq(o->noffsets, SOME);
    static const int sorted[] = { 3, 1, 2, 0 };
    for (int i = 0; i < SOME; i++) {
        const kafc_offset *got = &o->offsets[i], *gave = &some[sorted[i]];
        bool epochs = commit_version >= 6 && fetch_version >= 5;
        ck_assert_str_eq(got->topic, gave->topic);
        ck_assert_int_eq(got->partition, gave->partition);
        ck_assert_int_eq(got->offset, gave->offset);
        ck_assert_int_eq(got->result, KAFC_OK);
        ck_assert_int_eq(got->leader_epoch, !epochs ? -1 : i == 1 ? 0 : i == 3 ? 3 : -1);
        if (i == 3)
            ck_assert_str_eq(got->metadata, "note");
        else
            ck_assert_ptr_null(got->metadata);
    }
    kafc_group_offsets_free(o);
    kafc_group_offsets_free(NULL);
    raw_down();
}
END_TEST

START_TEST(R13_offsets_go_back_by_a_reset_while_nobody_is_in_the_group)
{
    raw_up(joining_mock());
    raw_ok(commit(SOME));
    memcpy(q, some, sizeof some);
    q[0].offset = 5;
    raw_ok(kafc_admin_commit_offsets(raw_client, "g", q, 1, WAIT, &raw_err));
    ck_assert_int_eq(committed("u", 1), 5);
    join_g();
    q[0].offset = 7;
    ck_assert_int_eq(kafc_admin_commit_offsets(raw_client, "g", q, 2, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_MEMBER_ID);
    raw_says("group g, u [1]: the group has members");
    raw_says("end them first");
    ck_assert_int_eq(q[0].result, KAFC_ERR_UNKNOWN_MEMBER_ID);
    ck_assert_int_eq(q[1].result, KAFC_ERR_UNKNOWN_MEMBER_ID);
    ck_assert_int_eq(committed("u", 1), 5);
    ck_assert_int_eq(kafc_mock_kick(raw_mock, "g", member), KAFC_OK);
    raw_ok(kafc_admin_commit_offsets(raw_client, "g", q, 2, WAIT, &raw_err));
    ck_assert_int_eq(committed("u", 1), 7);
    raw_down();
}
END_TEST

START_TEST(each_partition_has_its_own_result)
{
    raw_up(joining_mock());
    memcpy(q, some, sizeof some);
    q[1].topic = "nowhere";
    q[2].partition = 99;
    ck_assert_int_eq(kafc_admin_commit_offsets(raw_client, "g", q, SOME, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("nowhere [3]");
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, COMMIT), 1); /* told at once */
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[1].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[2].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[3].result, KAFC_OK);
    ck_assert_int_eq(committed("u", 1), 11);
    ck_assert_int_eq(committed("t", 0), 0);
    raw_down();
}
END_TEST

/* What a call meets twice on its way, and what comes of it. */
static const struct {
    int16_t api;
    kafc_err code, result;
    const char *words;
} codes[] = {
    { COMMIT, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_OK, NULL },
    { COMMIT, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, KAFC_OK, NULL },
    { COMMIT, KAFC_ERR_NOT_COORDINATOR, KAFC_OK, NULL },
    { COMMIT, KAFC_ERR_REQUEST_TIMED_OUT, KAFC_OK, NULL },
    { COMMIT, KAFC_ERR_DISCONNECTED, KAFC_OK, NULL },
    { COMMIT, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION, "u [1]" },
    { COMMIT, KAFC_ERR_OFFSET_METADATA_TOO_LARGE, KAFC_ERR_OFFSET_METADATA_TOO_LARGE, "metadata" },
    { COMMIT, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "group g" },
    { COMMIT, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED, "u [1]" },
    { COMMIT, KAFC_ERR_ILLEGAL_GENERATION, KAFC_ERR_ILLEGAL_GENERATION, "has members" },
    { COMMIT, KAFC_ERR_REBALANCE_IN_PROGRESS, KAFC_ERR_REBALANCE_IN_PROGRESS, "has members" },
    { COMMIT, KAFC_ERR_STALE_MEMBER_EPOCH, KAFC_ERR_STALE_MEMBER_EPOCH, "has members" },
    { FETCH, KAFC_ERR_NOT_COORDINATOR, KAFC_OK, NULL },
    { FETCH, KAFC_ERR_UNSTABLE_OFFSET_COMMIT, KAFC_OK, NULL },
    { FETCH, KAFC_ERR_DISCONNECTED, KAFC_OK, NULL },
    { FETCH, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, "group g" },
    { DELETE, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_OK, NULL },
    { DELETE, KAFC_ERR_NOT_COORDINATOR, KAFC_OK, NULL },
    { DELETE, KAFC_ERR_DISCONNECTED, KAFC_OK, NULL },
    { DELETE, KAFC_ERR_GROUP_ID_NOT_FOUND, KAFC_ERR_GROUP_ID_NOT_FOUND, "group g" },
    { DELETE, KAFC_ERR_NON_EMPTY_GROUP, KAFC_ERR_NON_EMPTY_GROUP, "has members" },
    { DELETE, KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC, KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC, "reads the topic" },
};
enum { CODES = sizeof(codes) / sizeof(*codes) };

START_TEST(codes_pass_or_are_told)
{
    kafc_group_offsets *o = NULL;
    kafc_err rc;
    raw_up(joining_mock());
    raw_ok(commit(SOME));
    raw_ok(kafc_mock_push_error(raw_mock, codes[_i].api, codes[_i].code, 2));
    if (codes[_i].api == COMMIT)
        rc = commit(SOME);
    else if (codes[_i].api == FETCH)
        rc = kafc_admin_group_offsets(raw_client, "g", WAIT, &o, &raw_err);
    else
        rc = kafc_admin_delete_offsets(raw_client, "g", q, SOME, WAIT, &raw_err);
    ck_assert_msg(rc == codes[_i].result, "%s: %s", kafc_err_name(rc), raw_err.message);
    if (codes[_i].words)
        raw_says(codes[_i].words);
    if (codes[_i].api != FETCH)
        ck_assert_int_eq(q[0].result, codes[_i].result);
    else if (rc == KAFC_OK)
        ck_assert_int_eq(o->noffsets, SOME);
    kafc_group_offsets_free(o);
    raw_down();
}
END_TEST

START_TEST(offsets_are_deleted_but_of_topics_that_are_read)
{
    raw_up(joining_mock());
    raw_ok(commit(SOME));
    join_g();
    ck_assert_int_eq(kafc_admin_delete_offsets(raw_client, "g", q, SOME, WAIT, &raw_err),
                     KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC);
    raw_says("t [3]");
    for (int i = 0; i < SOME; i++) {
        ck_assert_int_eq(q[i].result, i % 2 ? KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC : KAFC_OK);
        ck_assert_int_eq(committed(q[i].topic, q[i].partition), i % 2 ? q[i].offset : -1);
    }
    ck_assert_int_eq(kafc_admin_delete_offsets(raw_client, "never was", q, 1, WAIT, &raw_err),
                     KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(q[0].result, KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_down();
}
END_TEST

START_TEST(brokers_without_it_are_named)
{
    kafc_group_offsets *o;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, FETCH, 0, 1));
    raw_ok(kafc_mock_set_versions(raw_mock, COMMIT, 0, 0)); /* ZooKeeper's */
    raw_ok(kafc_mock_set_versions(raw_mock, DELETE, -1, -1));
    ck_assert_int_eq(kafc_admin_group_offsets(raw_client, "g", WAIT, &o, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("OffsetFetch");
    ck_assert_ptr_null(o);
    ck_assert_int_eq(commit(1), KAFC_ERR_UNSUPPORTED);
    raw_says("OffsetCommit");
    ck_assert_int_eq(q[0].result, KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(kafc_admin_delete_offsets(raw_client, "g", q, 1, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("OffsetDelete");
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    static const kafc_offset wrong[] = {
        { .topic = NULL, .offset = 1 },
        { .topic = "t", .partition = -1, .offset = 1 },
        { .topic = "t", .offset = KAFC_OFFSET_UNKNOWN },
    };
    kafc_group_offsets *o;
    raw_up(joining_mock());
    for (int i = 0; i < 3; i++) {
        q[0] = wrong[i];
        ck_assert_int_eq(kafc_admin_commit_offsets(raw_client, "g", q, 1, WAIT, NULL), KAFC_ERR_USAGE);
        ck_assert_int_eq(kafc_admin_delete_offsets(raw_client, "g", q, 1, WAIT, NULL),
                         i == 2 ? KAFC_ERR_GROUP_ID_NOT_FOUND : KAFC_ERR_USAGE);
    }
    ck_assert_int_eq(kafc_admin_commit_offsets(raw_client, "", q, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_commit_offsets(raw_client, "g", NULL, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_commit_offsets(raw_client, "g", NULL, 0, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_group_offsets(raw_client, NULL, WAIT, &o, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_group_offsets(raw_client, "g", WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_group_offsets(raw_client, "g", 0, &o, NULL), KAFC_ERR_WOULD_BLOCK);
    raw_down();
}
END_TEST

/* All calls. How many of them succeeded; what they gave is whole. */
static int scenario(const kafc_allocator *mem)
{
    static const char *const names[] = { "g", "x" };
    static const char *const last[] = { "h" };
    int ok = 0;
    kafc_group_list *l = NULL;
    kafc_group_descriptions *d = NULL;
    kafc_group_offsets *o = NULL;
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock), .allocator = mem,
                                              .retry_backoff_ms = 1, .retry_backoff_max_ms = 2),
                                  &raw_err);
    if (!raw_client)
        return 0;
    memcpy(q, some, sizeof some);
    ok += kafc_admin_commit_offsets(raw_client, "h", q, SOME, WAIT, &raw_err) == KAFC_OK;
    if (kafc_admin_list_groups(raw_client, NULL, WAIT, &l, &raw_err) == KAFC_OK)
        ok += l->ngroups >= 1 && strcmp(l->groups[0].group, "g") == 0;
    if (kafc_admin_describe_groups(raw_client, names, 2, WAIT, &d, &raw_err) ==
            KAFC_ERR_GROUP_ID_NOT_FOUND &&
        d->groups[0].result == KAFC_OK)
        ok += d->groups[0].nmembers == 1 && d->groups[0].members[0].nassigned == 2;
    if (kafc_admin_group_offsets(raw_client, "h", WAIT, &o, &raw_err) == KAFC_OK && o->noffsets)
        ok += o->noffsets == SOME && strcmp(o->offsets[3].metadata, "note") == 0;
    ok += kafc_admin_delete_offsets(raw_client, "h", q, SOME, WAIT, &raw_err) == KAFC_OK;
    ok += kafc_admin_delete_groups(raw_client, last, 1, NULL, WAIT, &raw_err) == KAFC_OK;
    kafc_client_free(raw_client);
    raw_client = NULL;
    kafc_group_list_free(l);
    kafc_group_descriptions_free(d);
    kafc_group_offsets_free(o);
    return ok;
}

START_TEST(each_allocation_may_fail)
{
    raw_up(joining_mock());
    join_g();
    raw_close();
    test_alloc_each(scenario, 6);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/group_offsets", 60, LOOP(every_version_commits_and_tells_the_same, 0, 9),
            ONCE(R13_offsets_go_back_by_a_reset_while_nobody_is_in_the_group),
            ONCE(each_partition_has_its_own_result), LOOP(codes_pass_or_are_told, 0, CODES),
            ONCE(offsets_are_deleted_but_of_topics_that_are_read),
            ONCE(brokers_without_it_are_named), ONCE(what_cannot_be_asked_is_refused),
            ONCE(each_allocation_may_fail))
