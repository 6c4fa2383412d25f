/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader against the mock: ends, lag and holes (R10), ranges of time
 * (R11), topics that are not there (R12), transactions.
 */
#include "tests/client/reading.h"

static kafc_reader_state state_of(struct reading *e, int32_t partition)
{
    kafc_reader_state s;

    ck_ok(kafc_reader_state_get(e->reader, "t", partition, &s, &e->err));
    return s;
}

static void expect_end(struct reading *e, int32_t partition, int64_t offset)
{
    expect_err(e, KAFC_ERR_END_OF_PARTITION);
    ck_assert_str_eq(e->m.topic, "t");
    ck_assert_int_eq(e->m.partition, partition);
    ck_assert_int_eq(e->m.offset, offset);
}

/* --- R10 ------------------------------------------------------------------------ */

START_TEST(R10_a_notice_each_time_an_end_is_reached)
{
    struct reading e;

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .max_wait_ms = 20));
    expect_end(&e, 0, 0);
    expect_nothing(&e, 60); /* once */
    put_some(&e, 3);
    expect_offsets(&e, 0, 3);
    expect_end(&e, 0, 3);
    put_some(&e, 1);
    expect_offset(&e, 3);
    expect_end(&e, 0, 4);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(4), &e.err)); /* asked again, told again */
    expect_end(&e, 0, 4);
    reading_close(&e);
}
END_TEST

START_TEST(R10_the_end_is_the_last_stable_offset_when_reading_committed)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    put_records(&e, "t", 0, 2, 1000, 77); /* open */
    put_some(&e, 4);
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .max_wait_ms = 20));
    expect_offsets(&e, 0, 3);
    expect_end(&e, 0, 3);
    ck_assert_int_eq(state_of(&e, 0).end, 3);
    ck_assert_int_eq(state_of(&e, 0).high_watermark, 9);
    ck_assert_int_eq(state_of(&e, 0).lag, 0);
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 77, true));
    expect_offsets(&e, 3, 9);
    expect_end(&e, 0, 10);
    ck_assert_int_eq(state_of(&e, 0).position, 10);
    ck_assert_int_eq(state_of(&e, 0).lag, 0);
    reading_close(&e);
}
END_TEST

START_TEST(R10_the_end_is_the_high_watermark_when_reading_uncommitted)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    put_records(&e, "t", 0, 2, 1000, 77);
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .max_wait_ms = 20,
                                   .isolation = KAFC_READ_UNCOMMITTED));
    expect_offsets(&e, 0, 5);
    expect_end(&e, 0, 5);
    ck_assert_int_eq(state_of(&e, 0).end, 5);
    ck_assert_int_eq(state_of(&e, 0).lag, 0);
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 77, false));
    expect_end(&e, 0, 6);
    ck_assert_int_eq(state_of(&e, 0).position, 6);
    reading_close(&e);
}
END_TEST

START_TEST(R10_aborted_records_are_passed_when_reading_committed)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_records(&e, "t", 0, 2, 1000, 5);                      /* 0, 1: aborted */
    put_records(&e, "t", 0, 2, 1000, 6);                      /* 2, 3: committed */
    put_some(&e, 1);                                          /* 4 */
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 5, false)); /* 5 */
    put_records(&e, "t", 0, 1, 1000, 5);                      /* 6: the next one of 5, committed */
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 6, true));  /* 7 */
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 5, true));  /* 8 */
    put_records(&e, "t", 0, 1, 1000, 6);                      /* 9: aborted */
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 6, false)); /* 10 */
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON));
    expect_offsets(&e, 2, 5);
    expect_offset(&e, 6);
    expect_end(&e, 0, 11);
    ck_assert_int_eq(state_of(&e, 0).position, 11);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(1), &e.err)); /* into the aborted one */
    expect_offset(&e, 2);
    reading_reader(
        &e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .isolation = KAFC_READ_UNCOMMITTED));
    expect_offsets(&e, 0, 5);
    expect_offset(&e, 6);
    expect_offset(&e, 9);
    expect_end(&e, 0, 11);
    reading_close(&e);
}
END_TEST

START_TEST(R10_a_log_that_ends_in_aborted_records_is_passed_to_its_end)
{
    struct reading e;

    reading_open(&e, 1, 1);
    for (int i = 0; i < 50; i++)
        put_records(&e, "t", 0, 10, 1000, 5);
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 5, false));
    reading_reader(&e,
                   KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .partition_max_bytes = 500));
    expect_end(&e, 0, 501);
    ck_assert_int_eq(state_of(&e, 0).position, 501);
    reading_close(&e);
}
END_TEST

START_TEST(R10_holes_of_compaction_are_passed)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_holes(&e, "t", 0, 4); /* 0, 2, 4, 6 */
    put_holes(&e, "t", 0, 2); /* 8, 10 */
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON));
    for (int64_t at = 0; at < 12; at += 2)
        expect_offset(&e, at);
    expect_end(&e, 0, 12);
    ck_assert_int_eq(state_of(&e, 0).position, 12);
    ck_assert_int_eq(state_of(&e, 0).lag, 0);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(3), &e.err)); /* into a hole */
    expect_offset(&e, 4);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(7), &e.err));
    expect_offset(&e, 8);
    reading_close(&e);
}
END_TEST

START_TEST(R10_every_partition_has_its_own_end)
{
    struct reading e;
    int32_t seen[4] = { 0 }, ends = 0;
    kafc_err code;

    reading_open(&e, 3, 4);
    for (int32_t p = 0; p < 4; p++)
        if (p != 2)
            put_records(&e, "t", p, 5 + p, 1000, -1);
    reading_reader(&e, KAFC_READER(.topic = "t", .notify_end = KAFC_ON, .max_wait_ms = 20));
    while (ends < 4) {
        code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
        if (code == KAFC_ERR_END_OF_PARTITION) {
            ck_assert_int_eq(e.m.offset, e.m.partition == 2 ? 0 : 5 + e.m.partition);
            ck_assert_int_eq(seen[e.m.partition], e.m.offset);
            ends++;
            continue;
        }
        ck_ok(code);
        ck_assert_int_eq(e.m.offset, seen[e.m.partition]);
        seen[e.m.partition]++;
    }
    reading_close(&e);
}
END_TEST

/* --- R11 --------------------------------------------------------------------------- */

START_TEST(R11_a_range_on_an_idle_topic_ends)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_records(&e, "t", 0, 10, 5000, -1);
    reading_reader(
        &e, KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(5003), .stop = KAFC_AT_TIME(5007)));
    expect_offsets(&e, 3, 7);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    ck_assert_int_eq(state_of(&e, 0).position, 7);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(5), &e.err));
    expect_offsets(&e, 5, 7);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

START_TEST(R11_none_later_means_the_end_as_it_is_now)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_records(&e, "t", 0, 10, 5000, -1);
    reading_reader(
        &e, KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(5008), .stop = KAFC_AT_TIME(9000)));
    expect_offset(&e, 8);
    put_records(&e, "t", 0, 5, 6000, -1); /* too late: the range was resolved */
    expect_offset(&e, 9);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_reader(
        &e, KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(9000), .stop = KAFC_AT_TIME(9999)));
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

START_TEST(R11_timestamps_out_of_order_do_not_end_it_early)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_records(&e, "t", 0, 3, 5000, -1); /* 0 to 2 */
    put_records(&e, "t", 0, 3, 1000, -1); /* 3 to 5, older */
    put_records(&e, "t", 0, 3, 5500, -1); /* 6 to 8 */
    put_records(&e, "t", 0, 3, 9000, -1); /* 9 to 11 */
    put_records(&e, "t", 0, 3, 5600, -1); /* 12 to 14: behind the stop */
    reading_reader(
        &e, KAFC_READER(.topic = "t", .start = KAFC_AT_TIME(5001), .stop = KAFC_AT_TIME(6000)));
    expect_offset(&e, 1);
    expect_offset(&e, 2);
    expect_offsets(&e, 6, 9);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

START_TEST(R11_stops_of_all_kinds)
{
    struct reading e;

    reading_open(&e, 1, 2);
    put_some(&e, 10);
    reading_reader(
        &e,
        KAFC_READER(.topic = "t", .stop = KAFC_LAST)); /* partition 1 is empty: it is at its stop */
    expect_offsets(&e, 0, 10);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .stop = KAFC_AT(4)));
    expect_offsets(&e, 0, 4);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    ck_ok(kafc_reader_assign(
        e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_TAIL(5), .stop = KAFC_TAIL(2) },
        1, &e.err));
    expect_offsets(&e, 5, 8);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    ck_ok(kafc_reader_assign(
        e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_AT(3), .stop = KAFC_AT(3) }, 1,
        &e.err));
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    /* Above the end: it waits for what comes. */
    ck_ok(kafc_reader_assign(
        e.reader, &(kafc_assignment){ .topic = "t", .start = KAFC_AT(9), .stop = KAFC_AT(11) }, 1,
        &e.err));
    expect_offset(&e, 9);
    expect_nothing(&e, 20);
    put_some(&e, 2);
    expect_offset(&e, 10);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

START_TEST(R11_a_range_whose_end_is_aborted_or_a_hole_ends)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 3);
    put_records(&e, "t", 0, 4, 1000, 9);
    ck_ok(kafc_mock_append_marker(e.mock, "t", 0, 9, false));
    put_holes(&e, "t", 0, 2); /* 8, 10 */
    reading_reader(&e, KAFC_READER(.topic = "t", .stop = KAFC_AT(5)));
    expect_offsets(&e, 0, 3);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_reader(&e, KAFC_READER(.topic = "t", .stop = KAFC_LAST));
    expect_offsets(&e, 0, 3);
    expect_offset(&e, 8);
    expect_offset(&e, 10);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

START_TEST(R11_a_range_of_batches_stops_too)
{
    struct reading e;
    kafc_batch *b;
    int64_t next = 0;

    reading_open(&e, 1, 1);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .stop = KAFC_AT(4)));
    ck_ok(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err));
    while (kafc_batch_next(b, &e.m, &e.err))
        ck_assert_int_eq(e.m.offset, next++);
    kafc_batch_free(b);
    ck_assert_int_eq(next, 4);
    ck_assert_int_eq(state_of(&e, 0).position, 4);
    ck_assert_int_eq(kafc_reader_fetch_batch(e.reader, &b, SOON, &e.err), KAFC_ERR_END_OF_RANGE);
    ck_assert_ptr_null(b);
    reading_close(&e);
}
END_TEST

START_TEST(R11_corrupt_records_within_a_range_are_no_end)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 2);
    put_corrupt(&e, "t", 0, 2);
    put_some(&e, 2);
    reading_reader(&e, KAFC_READER(.topic = "t", .stop = KAFC_LAST));
    expect_offsets(&e, 0, 2);
    expect_err(&e, KAFC_ERR_CORRUPT);
    expect_nothing(&e, 50);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(4), &e.err));
    expect_offsets(&e, 4, 6);
    expect_err(&e, KAFC_ERR_END_OF_RANGE);
    reading_close(&e);
}
END_TEST

/* --- R12 ------------------------------------------------------------------------------ */

START_TEST(R12_a_topic_that_does_not_exist_is_one_notice_and_read_when_it_appears)
{
    struct reading e;

    reading_open(&e, 3, 1);
    reading_reader(&e, KAFC_READER(.topic = "u"));
    expect_err(&e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_str_eq(e.m.topic, "u");
    ck_assert_ptr_nonnull(strstr(e.err.message, "\"u\""));
    expect_nothing(&e, 200); /* several refreshes */
    ck_ok(kafc_mock_create_topic(e.mock, "u", 2, 0));
    put_records(&e, "u", 1, 3, 1000, -1);
    for (int64_t at = 0; at < 3; at++)
        expect_message(&e, "u", 1, at);
    reading_close(&e);
}
END_TEST

START_TEST(R12_a_single_partition_of_a_topic_that_does_not_exist)
{
    struct reading e;

    reading_open(&e, 3, 1);
    reading_reader(&e, KAFC_READER(.topic = "u", .partition = 1));
    expect_err(&e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_str_eq(e.m.topic, "u");
    ck_assert_int_eq(e.m.partition, 1);
    expect_nothing(&e, 200);
    ck_ok(kafc_mock_create_topic(e.mock, "u", 2, 0));
    put_records(&e, "u", 1, 1, 1000, -1);
    expect_message(&e, "u", 1, 0);
    reading_reader(&e, KAFC_READER(.topic = "u", .partition = 7));
    expect_err(&e, KAFC_ERR_UNKNOWN_PARTITION);
    ck_assert_ptr_nonnull(strstr(e.err.message, "2 partitions"));
    expect_nothing(&e, 100);
    reading_close(&e);
}
END_TEST

START_TEST(R12_reading_never_creates_a_topic)
{
    struct reading e;
    kafc_metadata *md;
    const char *name = "u";

    reading_open(&e, 1, 1);
    reading_reader(&e, KAFC_READER(.topic = "u"));
    expect_err(&e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    expect_nothing(&e, 50);
    ck_ok(kafc_client_metadata(e.client, &name, 1, SOON, &md, &e.err));
    ck_assert_int_eq(md->topics[0].err, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_metadata_free(md);
    reading_close(&e);
}
END_TEST

static void refuse_fetch(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    if (*(const bool *)ctx && rq->api == 1) {
        a->act = KAFC_MOCK_ERROR;
        a->code = KAFC_ERR_TOPIC_AUTHORIZATION_FAILED;
    }
}

START_TEST(R12_a_missing_permission_is_told_once_with_the_resource)
{
    struct reading e;
    bool refuse = true;

    reading_open(&e, 1, 1);
    put_some(&e, 2);
    ck_ok(kafc_mock_hook(e.mock, 1, refuse_fetch, &refuse));
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO));
    expect_err(&e, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_str_eq(e.m.topic, "t");
    ck_assert_ptr_nonnull(strstr(e.err.message, "t [0]"));
    expect_nothing(&e, 150);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err)); /* asked again */
    expect_err(&e, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    expect_nothing(&e, 50);
    ck_ok(kafc_mock_hook(e.mock, 1, NULL, NULL)); /* granted */
    expect_offsets(&e, 0, 2);
    reading_close(&e);
}
END_TEST

START_TEST(R12_other_topics_go_on)
{
    struct reading e;
    kafc_assignment both[2] = { { .topic = "nowhere" }, { .topic = "t" } };

    reading_open(&e, 1, 1);
    reading_reader(&e, NULL);
    ck_ok(kafc_reader_assign(e.reader, both, 2, &e.err));
    expect_err(&e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    put_some(&e, 3);
    expect_offsets(&e, 0, 3);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_ends", 60, R10_a_notice_each_time_an_end_is_reached,
           R10_the_end_is_the_last_stable_offset_when_reading_committed,
           R10_the_end_is_the_high_watermark_when_reading_uncommitted,
           R10_aborted_records_are_passed_when_reading_committed,
           R10_a_log_that_ends_in_aborted_records_is_passed_to_its_end,
           R10_holes_of_compaction_are_passed, R10_every_partition_has_its_own_end,
           R11_a_range_on_an_idle_topic_ends, R11_none_later_means_the_end_as_it_is_now,
           R11_timestamps_out_of_order_do_not_end_it_early, R11_stops_of_all_kinds,
           R11_a_range_whose_end_is_aborted_or_a_hole_ends, R11_a_range_of_batches_stops_too,
           R11_corrupt_records_within_a_range_are_no_end,
           R12_a_topic_that_does_not_exist_is_one_notice_and_read_when_it_appears,
           R12_a_single_partition_of_a_topic_that_does_not_exist, R12_reading_never_creates_a_topic,
           R12_a_missing_permission_is_told_once_with_the_resource, R12_other_topics_go_on)
