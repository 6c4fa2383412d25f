/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where kafc_reader starts, and what it does when the position is not in the
 * log (rule R3).
 */
#include <string.h>

#include "tests/client/reading.h"

START_TEST(R3_the_default_start_is_the_first_offset)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 5);
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 2));
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offsets(&e, 2, 5);
    reading_close(&e);
}
END_TEST

/* Until it is known where it starts: until then the end has to stay where it is. */
static void expect_start(struct reading *e, int64_t offset)
{
    kafc_reader_state s;

    do /* it has no partition before it knows the topic */
        expect_nothing(e, 10);
    while (kafc_reader_state_get(e->reader, "t", 0, &s, &e->err) != KAFC_OK || s.position < 0);
    ck_assert_int_eq(s.position, offset);
}

START_TEST(R3_last_reads_what_comes_then)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 5);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_LAST,
                                   .max_wait_ms = 20));
    expect_start(&e, 5);
    put_some(&e, 2);
    expect_offsets(&e, 5, 7);
    reading_close(&e);
}
END_TEST

START_TEST(R3_an_offset)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(7)));
    expect_offsets(&e, 7, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(0)));
    expect_offsets(&e, 0, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R3_a_time)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_records(&e, "t", 0, 10, 5000, -1);
    put_records(&e, "t", 0, 10, 6000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(6003)));
    expect_offsets(&e, 13, 20);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(5500)));
    expect_offsets(&e, 10, 20);
    reading_reader(&e,
                   KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(9000), .notify_end = KAFC_ON));
    expect_err(&e, KAFC_ERR_END_OF_PARTITION); /* none is as late: the end */
    ck_assert_int_eq(e.m.offset, 20);
    reading_close(&e);
}
END_TEST

START_TEST(R3_a_time_before_now)
{
    struct reading e;
    int64_t now = kafc__clock_wall_ms();
    kafc_properties *p = kafc_properties_new();

    reading_open(&e, 1, 1);
    put_records(&e, "t", 0, 5, now - 7200000, -1);
    put_records(&e, "t", 0, 5, now - 1800000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_AGO(3600000), .max_wait_ms = 20));
    expect_offsets(&e, 5, 10);
    ck_ok(kafc_properties_set(p, "auto.offset.reset", "by_duration:PT3H", &e.err));
    reading_reader(&e, KAFC_READER(.topic = "t", .properties = p));
    expect_offsets(&e, 0, 10);
    /* Nothing is as late: the end. */
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_AGO(60000), .max_wait_ms = 20));
    expect_start(&e, 10);
    put_some(&e, 1);
    expect_offset(&e, 10);
    /* A range between two of them (rule R11). */
    reading_reader(
        &e, KAFC_READER(.topic = "t", .start = KAFC_AGO(INT64_MAX), .stop = KAFC_AGO(3600000)));
    expect_offsets(&e, 0, 5);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    ck_assert_int_eq(kafc_reader_seek(e.reader, "t", 0, KAFC_AGO(-1), &e.err), KAFC_ERR_USAGE);
    kafc_properties_free(p);
    reading_close(&e);
}
END_TEST

START_TEST(R3_n_before_the_end)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 4));
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_TAIL(3)));
    expect_offsets(&e, 7, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_TAIL(100)));
    expect_offsets(&e, 4, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .start = KAFC_TAIL(0), .notify_end = KAFC_ON));
    expect_err(&e, KAFC_ERR_END_OF_PARTITION);
    ck_assert_int_eq(e.m.offset, 10);
    reading_close(&e);
}
END_TEST

/* --- R3: out of range -------------------------------------------------------------- */

START_TEST(R3_below_the_log_start_is_a_notice_with_the_count)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 6));
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(2)));
    expect_err(&e, KAFC_ERR_SKIPPED);
    ck_assert_str_eq(e.m.topic, "t");
    ck_assert_int_eq(e.m.partition, 0);
    ck_assert_int_eq(e.m.offset, 6);
    ck_assert_ptr_nonnull(strstr(e.err.message, "4 skipped"));
    expect_offsets(&e, 6, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R3_above_the_end_is_an_error_until_a_seek)
{
    struct reading e;

    reading_open(&e, 1, 2);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(20)));
    expect_err(&e, KAFC_ERR_TRUNCATED);
    ck_assert_int_eq(e.m.offset, 20);
    ck_assert_ptr_nonnull(strstr(e.err.message, "20"));
    ck_assert_ptr_nonnull(strstr(e.err.message, "0 to 10"));
    expect_nothing(&e, 50);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(8), &e.err));
    expect_offsets(&e, 8, 10);
    reading_close(&e);
}
END_TEST

START_TEST(R3_a_log_cut_off_below_the_position_is_an_error)
{
    struct reading e;

    reading_open(&e, 1, 1);
    for (int i = 0; i < 10; i++)
        put_some(&e, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20));
    expect_offsets(&e, 0, 10);
    ck_ok(kafc_mock_truncate(e.mock, "t", 0, 5));
    expect_err(&e, KAFC_ERR_TRUNCATED);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err));
    expect_offsets(&e, 0, 5);
    reading_close(&e);
}
END_TEST

START_TEST(R3_a_log_cut_off_and_grown_again_is_an_error_too)
{
    struct reading e;

    reading_open(&e, 1, 1);
    for (int i = 0; i < 10; i++)
        put_some(&e, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20));
    expect_offsets(&e, 0, 10);
    /* While no fetch can tell, since nobody answers. */
    ck_ok(kafc_mock_stop_broker(e.mock, 1));
    ck_ok(kafc_mock_truncate(e.mock, "t", 0, 5));
    for (int i = 0; i < 10; i++)
        put_some(&e, 1);
    ck_ok(kafc_mock_start_broker(e.mock, 1));
    expect_err(&e, KAFC_ERR_TRUNCATED);
    ck_assert_ptr_nonnull(strstr(e.err.message, "below 5 at most"));
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(5), &e.err));
    expect_offsets(&e, 5, 15);
    reading_close(&e);
}
END_TEST

static void reset_case(kafc_reset reset, int64_t start, kafc_err code, int64_t next)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 4));
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .start = KAFC_AT(start),
                                   .reset = reset, .max_wait_ms = 20));
    expect_err(&e, code);
    if (next == 10)
        put_some(&e, 1);
    if (next >= 0)
        expect_offset(&e, next);
    else
        expect_nothing(&e, 50);
    reading_close(&e);
}

START_TEST(R3_both_out_of_range_policies_can_be_set)
{
    reset_case(KAFC_RESET_DEFAULT, 1, KAFC_ERR_SKIPPED, 4);
    reset_case(KAFC_RESET_FIRST, 1, KAFC_ERR_SKIPPED, 4);
    reset_case(KAFC_RESET_LAST, 1, KAFC_ERR_SKIPPED, 10);
    reset_case(KAFC_RESET_FAIL, 1, KAFC_ERR_OFFSET_OUT_OF_RANGE, -1);
    reset_case(KAFC_RESET_DEFAULT, 11, KAFC_ERR_TRUNCATED, -1);
    reset_case(KAFC_RESET_FIRST, 11, KAFC_ERR_SKIPPED, 4);
    reset_case(KAFC_RESET_LAST, 11, KAFC_ERR_SKIPPED, 10);
    reset_case(KAFC_RESET_FAIL, 11, KAFC_ERR_TRUNCATED, -1);
}
END_TEST

/* Out of range, the start counts anew: a time before now from then. */
START_TEST(R3_out_of_range_may_lead_to_where_the_start_says)
{
    static const struct {
        kafc_position start;
        int64_t at, next;
    } cases[] = {
        { { KAFC_POSITION_AGO, 3600000 }, 1, 7 },   { { KAFC_POSITION_AGO, 3600000 }, 99, 7 },
        { { KAFC_POSITION_AGO, INT64_MAX }, 1, 4 }, { { KAFC_POSITION_AGO, 1000 }, 1, 10 },
        { { KAFC_POSITION_TAIL, 2 }, 99, 8 },       { { KAFC_POSITION_LAST, 0 }, 1, 10 },
        { { KAFC_POSITION_FIRST, 0 }, 99, 4 },      { { KAFC_POSITION_OFFSET, 1 }, 99, 4 },
        { { KAFC_POSITION_OFFSET, 50 }, 60, 10 }
    };
    struct reading e;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t now = kafc__clock_wall_ms();

        reading_open(&e, 1, 1);
        put_records(&e, "t", 0, 7, now - 7200000, -1);
        put_records(&e, "t", 0, 3, now - 1800000, -1);
        ck_ok(kafc_mock_delete_records(e.mock, "t", 0, 4));
        reading_reader(
            &e, KAFC_READER(.start = cases[i].start, .reset = KAFC_RESET_START, .max_wait_ms = 20));
        ck_ok(kafc_reader_assign(e.reader,
                                 &(kafc_assignment){ .topic = "t", .start = KAFC_AT(cases[i].at) },
                                 1, &e.err));
        expect_err(&e, KAFC_ERR_SKIPPED);
        ck_assert_int_eq(e.m.offset, cases[i].next);
        put_some(&e, 1);
        expect_offsets(&e, cases[i].next, 11);
        reading_close(&e);
    }
}
END_TEST

SUITE_MAIN("client/reader_starts", 60, R3_the_default_start_is_the_first_offset,
           R3_last_reads_what_comes_then, R3_an_offset, R3_a_time, R3_a_time_before_now,
           R3_n_before_the_end, R3_below_the_log_start_is_a_notice_with_the_count,
           R3_above_the_end_is_an_error_until_a_seek,
           R3_a_log_cut_off_below_the_position_is_an_error,
           R3_a_log_cut_off_and_grown_again_is_an_error_too,
           R3_both_out_of_range_policies_can_be_set,
           R3_out_of_range_may_lead_to_where_the_start_says)
