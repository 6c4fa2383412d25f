/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Readers in groups against the mock, rule by rule: subscribing (R1), where
 * reading begins (R3), pauses (R9), ends and ranges (R10, R11), topics that are
 * not there (R12). More of them are in test_reader_group.c.
 */
#include <stdlib.h>
#include <string.h>

#include "protocol/apis.h"
#include "tests/client/members.h"

static void open_t(struct reading *e, int32_t partitions, int32_t records)
{
    reading_open(e, 1, partitions);
    for (int32_t p = 0; p < partitions && records; p++)
        put_records(e, "t", p, records, 1000, -1);
}

static void subscribe(struct reading *e, struct member *m, const char *const *topics, int32_t n)
{
    kafc_err code = kafc_reader_subscribe(m->reader, topics, n, &e->err);

    ck_assert_msg(code == KAFC_OK, "%s: %s", kafc_err_name(code), e->err.message);
}

static void settle_one(struct reading *e, struct member *m, int owned)
{
    members_settle(e, &m, 1, &owned);
}

/* --- R1: one or the other ---------------------------------------------------------------- */

START_TEST(R1_another_set_rejoins)
{
    struct reading e;
    struct member m = { 0 };
    static const char *const one[] = { "t" }, *const other[] = { "u" };
    kafc_topic_partition tp;

    open_t(&e, 1, 0);
    ck_ok(kafc_mock_create_topic(e.mock, "u", 2, 0));
    member_open(&e, &m, MEMBER(&m, .topic = NULL));
    subscribe(&e, &m, one, 1);
    settle_one(&e, &m, 1);
    subscribe(&e, &m, other, 1);
    settle_one(&e, &m, 2);
    ck_assert_int_eq(kafc_reader_assignment(m.reader, &tp, 1), 2);
    ck_assert_str_eq(tp.topic, "u");
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

START_TEST(R1_what_is_no_subscription_is_refused_with_the_reason)
{
    struct reading e;
    struct member m = { 0 };
    static const char *const bad[] = { "", "a b", "^(", "." }, *const none[] = { NULL };

    open_t(&e, 1, 3);
    member_open(&e, &m, MEMBER(&m, .topic = "t"));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        ck_assert_msg(kafc_reader_subscribe(m.reader, &bad[i], 1, &e.err) == KAFC_ERR_USAGE,
                      "\"%s\"", bad[i]);
    ck_assert_int_eq(kafc_reader_subscribe(m.reader, none, 1, &e.err), KAFC_ERR_USAGE);
    member_expect(&e, &m, 0, 0); /* the one before holds */
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- R3: where reading begins ------------------------------------------------------------- */

static const struct begins {
    const char *name;
    kafc_position start;
    int64_t first; /* of 10 records, from 1000 ms on */
} begins[] = {
    { "default", { KAFC_POSITION_DEFAULT, 0 }, 0 },
    { "first", { KAFC_POSITION_FIRST, 0 }, 0 },
    { "last", { KAFC_POSITION_LAST, 0 }, 10 },
    { "an offset", { KAFC_POSITION_OFFSET, 4 }, 4 },
    { "a time", { KAFC_POSITION_TIME, 1006 }, 6 },
    { "n before the end", { KAFC_POSITION_TAIL, 3 }, 7 },
};
enum { BEGINS = sizeof(begins) / sizeof(begins[0]) };

START_TEST(R3_where_nothing_is_committed)
{
    struct reading e;
    struct member m = { 0 };
    kafc_reader_state s;

    open_t(&e, 1, 10);
    member_open(&e, &m, MEMBER(&m, .topic = "t", .start = begins[_i].start));
    settle_one(&e, &m, 1);
    do { /* the end as it is now: then what comes after it */
        if (m.read == 0 && begins[_i].first == 10)
            member_fetch(&e, &m, 5);
        ck_ok(kafc_reader_state_get(m.reader, "t", 0, &s, &e.err));
    } while (s.position == KAFC_OFFSET_UNKNOWN && begins[_i].first == 10);
    if (m.read == 0) {
        if (begins[_i].first == 10) /* else the end has to stay where it is until it was asked for */
            put_some(&e, 1);
        member_expect(&e, &m, 0, begins[_i].first);
    } else {
        ck_assert_msg(m.m.offset == begins[_i].first + m.read - 1, "%s", begins[_i].name);
    }
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

START_TEST(R3_what_is_committed_comes_before_start)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 10);
    group_commit(&e, 0, 8);
    member_open(&e, &m, MEMBER(&m, .topic = "t", .start = begins[_i].start));
    member_expect(&e, &m, 0, 8);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

START_TEST(R3_nothing_committed_can_be_an_error)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 2, 10);
    group_commit(&e, 1, 8);
    member_open(&e, &m, MEMBER(&m, .topic = "t", .start = KAFC_COMMITTED));
    member_expect_err(&e, &m, KAFC_ERR_NO_OFFSET);
    ck_assert_str_eq(m.m.topic, "t");
    ck_assert_int_eq(m.m.partition, 0);
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [0]"));
    member_expect(&e, &m, 1, 8); /* the others go on */
    ck_ok(kafc_reader_seek(m.reader, "t", 0, KAFC_AT(5), &e.err));
    while (member_fetch(&e, &m, SOON) == KAFC_OK && m.m.partition == 1)
        ;
    ck_assert_int_eq(m.m.partition, 0);
    ck_assert_int_eq(m.m.offset, 5);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

START_TEST(R3_a_committed_offset_below_the_log_is_a_notice)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 10);
    group_commit(&e, 0, 2);
    ck_ok(kafc_mock_append(e.mock, "t", 0, &(kafc_message){ .value = KAFC_STR("t/0/10") }, 1, -1));
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 10));
    member_open(
        &e, &m,
        MEMBER(&m, .topic = "t", .start = KAFC_LAST)); /* start is for "nothing committed" alone */
    member_expect_err(&e, &m, KAFC_ERR_SKIPPED);
    ck_assert_int_eq(m.m.offset, 10);
    ck_assert_ptr_nonnull(strstr(e.err.message, "8"));
    member_expect(&e, &m, 0, 10);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

START_TEST(R3_a_committed_offset_above_the_end_is_an_error)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 10);
    group_commit(&e, 0, 50);
    member_open(&e, &m, MEMBER(&m, .topic = "t"));
    kafc_err code = member_fetch(&e, &m, SOON);
    ck_assert_msg(code == KAFC_ERR_OFFSET_OUT_OF_RANGE || code == KAFC_ERR_TRUNCATED, "%s: %s",
                  kafc_err_name(code), e.err.message);
    ck_assert_ptr_nonnull(strstr(e.err.message, "50"));
    ck_assert_int_eq(member_fetch(&e, &m, 50), KAFC_ERR_TIMED_OUT); /* once */
    ck_ok(kafc_reader_seek(m.reader, "t", 0, KAFC_FIRST, &e.err));
    member_expect(&e, &m, 0, 0);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- R8: notices ---------------------------------------------------------------------------- */

START_TEST(R8_nobody_need_be_told)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 1, 3);
    member_open(&e, &m, KAFC_READER(.topic = "t", .group = "g"));
    member_expect(&e, &m, 0, 0);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- R9: pause and rebalances ------------------------------------------------------------------ */

START_TEST(R9_pause_survives_a_rebalance_for_what_stays_and_is_forgotten_for_what_goes)
{
    struct reading e;
    struct member a = { 0 }, b = { 0 }, *both[] = { &a, &b };
    kafc_topic_partition all[2];
    kafc_reader_state s;

    open_t(&e, 2, 5);
    member_open(&e, &a, MEMBER(&a, .topic = "t", .assignors = "cooperative-sticky"));
    while (kafc_reader_assignment(a.reader, all, 2) < 2)
        member_fetch(&e, &a, 5);
    ck_ok(kafc_reader_pause(a.reader, NULL, 0, &e.err));
    member_open(&e, &b, MEMBER(&b, .topic = "t", .assignors = "cooperative-sticky"));
    a.read = 0;
    members_settle(&e, both, 2, (const int[]){ 1, 1 });
    ck_assert_int_eq(member_fetch(&e, &a, 50), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(a.read, 0);
    ck_assert_int_eq(kafc_reader_assignment(a.reader, all, 2), 1);
    ck_ok(kafc_reader_state_get(a.reader, all[0].topic, all[0].partition, &s, &e.err));
    ck_assert(s.paused);
    int32_t kept = all[0].partition;
    member_close(&e, &b);
    members_settle(&e, both, 1, (const int[]){ 2 });
    while (a.read == 0)
        ck_ok(member_fetch(&e, &a, SOON));
    ck_assert_int_ne(a.m.partition, kept); /* it came back and is not paused */
    member_close(&e, &a);
    reading_close(&e);
}
END_TEST

/* --- R10, R11: ends and ranges -------------------------------------------------------------------- */

START_TEST(R10_ends_and_lag_of_a_member)
{
    struct reading e;
    struct member m = { 0 };
    kafc_reader_state s;

    open_t(&e, 1, 3);
    put_records(&e, "t", 0, 2, 1000, 7); /* a transaction that is open */
    member_open(&e, &m, MEMBER(&m, .topic = "t", .notify_end = KAFC_ON));
    member_expect(&e, &m, 0, 0);
    ck_ok(kafc_reader_state_get(m.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.end, 3);
    ck_assert_int_eq(s.high_watermark, 5);
    ck_assert_int_eq(s.lag, 2);
    member_expect(&e, &m, 0, 1);
    member_expect(&e, &m, 0, 2);
    member_expect_err(&e, &m, KAFC_ERR_END_OF_PARTITION);
    ck_assert_int_eq(m.m.offset, 3);
    ck_ok(kafc_reader_commit_delivered(m.reader, SOON, &e.err));
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 7, false));
    member_expect_err(&e, &m,
                      KAFC_ERR_END_OF_PARTITION); /* behind what was aborted, and its marker */
    ck_assert_int_eq(m.m.offset, 6);
    ck_ok(kafc_reader_state_get(m.reader, "t", 0, &s, &e.err));
    ck_assert_int_eq(s.position, 6);
    ck_assert_int_eq(s.lag, 0);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

START_TEST(R11_a_member_that_reads_to_the_end_as_it_is_now)
{
    struct reading e;
    struct member m = { 0 };

    open_t(&e, 2, 3);
    group_commit(&e, 1, 3); /* nothing is left of it */
    member_open(&e, &m, MEMBER(&m, .topic = "t", .stop = KAFC_LAST));
    for (int64_t i = 0; i < 3; i++)
        member_expect(&e, &m, 0, i);
    put_records(&e, "t", 0, 1, 2000, -1);
    member_expect_err(&e, &m, KAFC_ERR_END_OF_RANGE);
    ck_ok(kafc_reader_commit_delivered(m.reader, SOON, &e.err));
    ck_assert_int_eq(committed(&e, 0), 3);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

/* --- R12: topics that are not there, and not for us -------------------------------------------------- */

START_TEST(R12_a_topic_that_does_not_exist_is_one_notice_and_read_when_it_appears)
{
    struct reading e;
    struct member m = { 0 };
    static const char *const topics[] = { "nowhere", "t" };
    bool told = false;

    reading_open_with(&e, KAFC_MOCK(.brokers = 1), 1,
                      KAFC_CLIENT(.metadata_max_age_ms = 50, .retry_backoff_ms = 10));
    put_some(&e, 3);
    member_open(&e, &m, MEMBER(&m, .topic = NULL));
    subscribe(&e, &m, topics, 2);
    while (!told || m.read < 3) {
        kafc_err code = member_fetch(&e, &m, SOON);

        if (code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION) {
            ck_assert(!told);
            ck_assert_str_eq(m.m.topic, "nowhere");
            told = true;
        } else {
            ck_assert_msg(code == KAFC_OK, "%s: %s", kafc_err_name(code), e.err.message);
            ck_assert_str_eq(m.m.topic, "t");
        }
    }
    ck_assert_int_eq(member_fetch(&e, &m, 200), KAFC_ERR_TIMED_OUT);
    ck_ok(kafc_mock_create_topic(e.mock, "nowhere", 1, 0));
    put_records(&e, "nowhere", 0, 1, 1000, -1);
    ck_ok(member_fetch(&e, &m, SOON));
    ck_assert_str_eq(m.m.topic, "nowhere");
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

static void deny(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    a->act = KAFC_MOCK_ERROR;
    a->code = *(const kafc_err *)ctx;
}

START_TEST(R12_a_missing_permission_for_a_topic_is_told_once_and_the_others_go_on)
{
    struct reading e;
    struct member m = { 0 };
    kafc_err code = KAFC_ERR_TOPIC_AUTHORIZATION_FAILED;

    open_t(&e, 1, 3);
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_FETCH, deny, &code));
    member_open(&e, &m, MEMBER(&m, .topic = "t"));
    member_expect_err(&e, &m, code);
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [0]"));
    ck_assert_int_eq(member_fetch(&e, &m, 150), KAFC_ERR_TIMED_OUT);
    ck_ok(kafc_mock_hook(e.mock, KAFC_API_FETCH, NULL, NULL)); /* granted */
    member_expect(&e, &m, 0, 0);
    member_close(&e, &m);
    reading_close(&e);
}
END_TEST

int main(void)
{
    const TTest *const once[] = {
        R1_another_set_rejoins,
        R1_what_is_no_subscription_is_refused_with_the_reason,
        R3_nothing_committed_can_be_an_error,
        R3_a_committed_offset_below_the_log_is_a_notice,
        R3_a_committed_offset_above_the_end_is_an_error,
        R8_nobody_need_be_told,
        R9_pause_survives_a_rebalance_for_what_stays_and_is_forgotten_for_what_goes,
        R10_ends_and_lag_of_a_member,
        R11_a_member_that_reads_to_the_end_as_it_is_now,
        R12_a_topic_that_does_not_exist_is_one_notice_and_read_when_it_appears,
        R12_a_missing_permission_for_a_topic_is_told_once_and_the_others_go_on,
    };
    Suite *s = suite_create("client/rules_reading");
    TCase *c = tcase_create("all");
    SRunner *r = srunner_create(s);
    int failed;

    tcase_set_timeout(c, 60);
    for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
        tcase_add_test(c, once[i]);
    tcase_add_loop_test(c, R3_where_nothing_is_committed, 0, BEGINS);
    tcase_add_loop_test(c, R3_what_is_committed_comes_before_start, 0, BEGINS);
    suite_add_tcase(s, c);
    srunner_run_all(r, CK_ENV);
    failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
