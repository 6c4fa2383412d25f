/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sentences of kafc/reader.h and kafc/group.h about readers in groups that no
 * rule speaks of: options, static members, expressions, what keeps a reader
 * out, metadata for transactions, the end.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/apis.h"
#include "tests/client/members.h"

static void open_t(struct reading *e, int32_t partitions, int32_t records)
{
    reading_open_with(
        e, KAFC_MOCK(.brokers = 1), partitions,
        KAFC_CLIENT(.metadata_max_age_ms = 50, .retry_backoff_ms = 10, .retry_backoff_max_ms = 50));
    for (int32_t p = 0; p < partitions && records; p++)
        put_records(e, "t", p, records, 1000, -1);
}

static void settle_one(struct reading *e, struct member *m, int owned)
{
    members_settle(e, &m, 1, &owned);
}

/* --- Options ------------------------------------------------------------------------------- */

static void refused(struct reading *e, const kafc_reader_options *o, const char *word)
{
    kafc_reader *r = kafc_reader_open(e->client, o, &e->err);

    ck_assert_msg(r == NULL, "%s", word);
    ck_assert_msg(e->err.code == KAFC_ERR_USAGE && strstr(e->err.message, word) != NULL, "%s: %s",
                  kafc_err_name(e->err.code), e->err.message);
}

START_TEST(options_that_make_no_sense_are_named)
{
    struct reading e;

    open_t(&e, 1, 0);
    refused(&e, KAFC_READER(.topic = "t", .group = "g", .partition = 1), "partition");
    refused(&e, KAFC_READER(.topic = "t", .group = "g", .partition = KAFC_ZERO), "partition");
    refused(&e, KAFC_READER(.topic = "t", .start = KAFC_COMMITTED), "group");
    refused(&e, KAFC_READER(.topic = "t", .group = ""), "group");
    refused(&e, KAFC_READER(.topic = "t", .group = "g", .assignors = "range,fair"), "fair");
    refused(&e, KAFC_READER(.topic = "t", .group_instance = "i"), "group");
    refused(&e,
            KAFC_READER(.topic = "t", .group = "g", .heartbeat_interval_ms = 6000,
                        .session_timeout_ms = 6000),
            "heartbeat");
    refused(&e, KAFC_READER(.topic = "^t"), "expression");
    refused(&e, KAFC_READER(.topic = "a b"), "no topic name");
    refused(&e, KAFC_READER(.topic = "^t", .group = "g", .group_instance = "a b/c"),
            "group.instance.id");
    reading_close(&e);
}
END_TEST

START_TEST(a_timeout_names_the_broker_that_cannot_be_reached)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 0);
    ck_ok(kafc_mock_stop_broker(e.mock, 1));
    member_open(&e, &m, MEMBER(&m, .topic = "t"));
    int64_t end = kafc__clock_mono_us() + SOON * 1000;
    bool named = false;
    while (!named) { /* and it has been tried */
        ck_assert_int_eq(member_fetch(&e, &m, 100), KAFC_ERR_TIMED_OUT);
        named = strstr(e.err.message, kafc_mock_bootstrap(e.mock)) && strstr(e.err.message, "refused");
        ck_assert_msg(named || kafc__clock_mono_us() < end, "%s", e.err.message);
    }
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- Members --------------------------------------------------------------------------------- */

START_TEST(a_member_that_gets_nothing_is_told)
{
    struct reading e;
    struct member a = { 0 }, b = { 0 }, *both[] = { &a, &b };

    open_t(&e, 1, 0);
    member_open(&e, &a, MEMBER(&a, .topic = "t"));
    settle_one(&e, &a, 1);
    member_open(&e, &b, MEMBER(&b, .topic = "t"));
    while (b.assigned == 0 || a.owned + b.owned != 1) {
        member_fetch(&e, both[0], 5);
        member_fetch(&e, both[1], 5);
    }
    member_close(&e, &a);
    member_close(&e, &b);
    reading_close(&e);
}
END_TEST

START_TEST(a_static_member_comes_back_without_a_rebalance)
{
    struct reading e;
    struct member a = { 0 }, b = { 0 }, again = { 0 }, *both[] = { &a, &b };
    kafc_mock_group g;
    kafc_topic_partition had, has;

    open_t(&e, 2, 0);
    member_open(&e, &a, MEMBER(&a, .topic = "t", .group_instance = "one"));
    member_open(&e, &b, MEMBER(&b, .topic = "t", .group_instance = "two"));
    members_settle(&e, both, 2, (const int[]){ 1, 1 });
    ck_assert_int_eq(kafc_reader_assignment(a.reader, &had, 1), 1);
    int32_t partition = had.partition;
    ck_ok(kafc_mock_group_get(e.mock, "g", &g));
    int32_t generation = g.generation;
    member_close(&e, &a);
    ck_ok(kafc_mock_group_get(e.mock, "g", &g));
    ck_assert_int_eq(g.members, 2); /* it has not left */
    member_open(&e, &again, MEMBER(&again, .topic = "t", .group_instance = "one"));
    while (again.owned == 0)
        member_fetch(&e, &again, 5);
    ck_assert_int_eq(kafc_reader_assignment(again.reader, &has, 1), 1);
    ck_assert_int_eq(has.partition, partition);
    ck_ok(kafc_mock_group_get(e.mock, "g", &g));
    ck_assert_int_eq(g.generation, generation);
    ck_assert_int_eq(b.revoked + b.lost, 0);
    member_close(&e, &again);
    member_close(&e, &b);
    reading_close(&e);
}
END_TEST

START_TEST(two_readers_with_one_instance_id_fence_each_other_and_say_so)
{
    struct reading e;
    struct member a = { 0 }, b = { 0 };
    kafc_err code;

    open_t(&e, 1, 0);
    member_open(&e, &a, MEMBER(&a, .topic = "t", .group_instance = "one"));
    settle_one(&e, &a, 1);
    member_open(&e, &b, MEMBER(&b, .topic = "t", .group_instance = "one"));
    while (b.owned == 0)
        member_fetch(&e, &b, 5);
    while ((code = member_fetch(&e, &a, 5)) == KAFC_ERR_TIMED_OUT)
        ;
    ck_assert_int_eq(code, KAFC_ERR_FENCED_INSTANCE_ID);
    ck_assert_int_eq(a.lost, 1);
    ck_assert_int_eq(a.why, KAFC_ERR_FENCED_INSTANCE_ID);
    ck_assert_msg(strstr(e.err.message, "one") != NULL && strstr(e.err.message, "g") != NULL, "%s",
                  e.err.message);
    ck_assert_int_eq(member_fetch(&e, &a, 50), KAFC_ERR_FENCED_INSTANCE_ID); /* with each call */
    ck_assert_int_eq(member_fetch(&e, &b, 50), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(b.owned, 1);
    member_close(&e, &a);
    member_close(&e, &b);
    reading_close(&e);
}
END_TEST

START_TEST(a_commit_that_is_fenced_names_the_instance)
{
    struct reading e;
    struct member a = { 0 };

    open_t(&e, 1, 1);
    member_open(&e, &a, MEMBER(&a, .topic = "t", .group_instance = "one"));
    member_expect(&e, &a, 0, 0); /* or there is nothing to commit */
    ck_ok(kafc_mock_push_error(e.mock, KAFC_API_OFFSET_COMMIT, KAFC_ERR_FENCED_INSTANCE_ID, 1));
    ck_assert_int_eq(kafc_reader_commit_delivered(a.reader, SOON, &e.err), KAFC_ERR_FENCED_INSTANCE_ID);
    ck_assert_msg(strstr(e.err.message, "id: one. Each member") != NULL, "%s", e.err.message);
    member_close(&e, &a);
    reading_close(&e);
}
END_TEST

START_TEST(a_session_timeout_that_the_broker_refuses_is_told_with_each_call)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 1);
    member_open(&e, &m, MEMBER(&m, .topic = "t", .session_timeout_ms = 1000));
    for (int i = 0; i < 2; i++) {
        member_expect_err(&e, &m, KAFC_ERR_INVALID_SESSION_TIMEOUT);
        ck_assert_msg(strstr(e.err.message, "1000") != NULL, "%s", e.err.message);
    }
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- Expressions ------------------------------------------------------------------------------- */

START_TEST(an_expression_matches_what_is_there_and_what_comes_but_nothing_internal)
{
    struct reading e;
    struct member m = { 0 };
    static const char *const topics[] = { "^(t|u.*|_.*)$" };
    kafc_topic_partition tp[8];

    open_t(&e, 1, 0);
    ck_ok(kafc_mock_create_topic(e.mock, "other", 1, 0));
    ck_ok(kafc_mock_create_topic(e.mock, "u1", 1, 0));
    member_open(&e, &m, MEMBER(&m, .topic = NULL));
    ck_ok(kafc_reader_subscribe(m.reader, topics, 1, &e.err));
    settle_one(&e, &m, 2);
    ck_ok(kafc_mock_create_topic(e.mock, "u2", 2, 0));
    settle_one(&e, &m, 4);
    ck_assert_int_eq(kafc_reader_assignment(m.reader, tp, 8), 4); /* by topic and partition */
    ck_assert_str_eq(tp[0].topic, "t");
    ck_assert_str_eq(tp[1].topic, "u1");
    ck_assert_str_eq(tp[2].topic, "u2");
    ck_assert_int_eq(tp[2].partition, 0);
    ck_assert_int_eq(tp[3].partition, 1);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- For transactions ----------------------------------------------------------------------------- */

START_TEST(group_metadata_of_a_member_and_of_none)
{
    struct reading e;
    struct member m = { 0 }, hand = { 0 };
    kafc_group_metadata g;
    kafc_mock_group group;

    open_t(&e, 1, 1);
    member_open(&e, &m, MEMBER(&m, .topic = "t"));
    kafc_err code = kafc_reader_group_metadata(m.reader, &g, &e.err); /* perhaps a member already */
    ck_assert(code == KAFC_OK || code == KAFC_ERR_NOT_ASSIGNED);
    member_expect(&e, &m, 0, 0);
    ck_ok(kafc_reader_group_metadata(m.reader, &g, &e.err));
    ck_assert_str_eq(g.group, "g");
    ck_assert_ptr_nonnull(g.membership);
    ck_ok(kafc_mock_group_get(e.mock, "g", &group));
    ck_assert_str_eq(g.member_id, group.leader); /* the only member */
    m.inside = true;
    ck_ok(kafc_reader_unsubscribe(m.reader, SOON, &e.err));
    m.inside = false;
    member_open(&e, &hand, MEMBER(&hand, .topic = NULL));
    ck_ok(kafc_reader_group_metadata(hand.reader, &g, &e.err));
    ck_assert_str_eq(g.group, "g");
    ck_assert_ptr_null(g.membership);
    ck_assert_ptr_null(g.member_id);
    member_close(&e, &hand);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- The end ------------------------------------------------------------------------------------------ */

START_TEST(close_that_cannot_commit_in_time_says_of_which_partition)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 3);
    member_open(&e, &m, MEMBER(&m, .topic = "t", .commit_interval_ms = -1));
    member_expect(&e, &m, 0, 0);
    ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
    ck_ok(kafc_mock_stop_broker(e.mock, 1));
    m.inside = true;
    int64_t began = kafc__clock_mono_us();
    ck_assert_int_eq(kafc_reader_close(m.reader, 200, &e.err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_lt(kafc__clock_mono_us() - began, 10000000); /* a request has 30 s */
    m.inside = false;
    ck_assert_msg(strstr(e.err.message, "t [0]") != NULL, "%s", e.err.message);
    ck_assert_int_eq(kafc_reader_fetch(m.reader, &m.m, 0, &e.err), KAFC_ERR_CLOSED);
    kafc_reader_free(m.reader);
    reading_close(&e);
}
END_TEST

START_TEST(a_broker_that_stops_half_way_is_waited_for)
{
    struct reading e;
    struct member m = { 0 };

    reading_open(&e, 3, 3);
    for (int32_t p = 0; p < 3; p++)
        put_records(&e, "t", p, 10, 1000, -1);
    member_open(&e, &m,
                MEMBER(&m, .topic = "t", .partition_max_bytes = 100, .commit_interval_ms = 20));
    int64_t next[3] = { 0 };
    for (int i = 0; i < 30; i++) {
        kafc_err code = member_fetch(&e, &m, SOON);

        ck_assert_msg(code == KAFC_OK, "%s: %s", kafc_err_name(code), e.err.message);
        ck_assert_int_eq(m.m.offset, next[m.m.partition]++);
        ck_ok(kafc_reader_mark(m.reader, &m.m, &e.err));
        if (i == 7) { /* the coordinator's, whichever leads */
            ck_ok(kafc_mock_stop_broker(e.mock,
                                        kafc_mock_coordinator(e.mock, KAFC_MOCK_GROUPS, "g")));
        }
    }
    member_close(&e, &m);
    for (int32_t p = 0; p < 3; p++)
        ck_assert_int_eq(committed(&e, p), 10);
    ck_assert_int_eq(m.lost, 0);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/group_contract", 60, options_that_make_no_sense_are_named,
           a_timeout_names_the_broker_that_cannot_be_reached, a_member_that_gets_nothing_is_told,
           a_static_member_comes_back_without_a_rebalance,
           two_readers_with_one_instance_id_fence_each_other_and_say_so,
           a_commit_that_is_fenced_names_the_instance,
           a_session_timeout_that_the_broker_refuses_is_told_with_each_call,
           an_expression_matches_what_is_there_and_what_comes_but_nothing_internal,
           group_metadata_of_a_member_and_of_none,
           close_that_cannot_commit_in_time_says_of_which_partition,
           a_broker_that_stops_half_way_is_waited_for)
