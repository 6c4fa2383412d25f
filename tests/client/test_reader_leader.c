/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader and leaders: the new one that a fetch names (KIP-951), leader
 * epochs and logs that were cut off (KIP-320), topics that were made again
 * (KIP-516).
 */
#include "tests/client/reading.h"

enum { FETCH = 1, METADATA = 3, EPOCHS = 23 };

static void open_frozen(struct reading *e, int32_t brokers)
{
    reading_open(e, brokers, 1);
    ck_ok(kafc_mock_set_leader(e->mock, "t", 0, 1));
    put_some(e, 3);
    reading_reader(e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    expect_offsets(e, 0, 3);
    for (int32_t i = 1; i <= brokers; i++)
        ck_ok(kafc_mock_freeze_metadata(e->mock, i, true));
}

START_TEST(the_leader_that_a_fetch_names_is_asked_at_once)
{
    struct reading e;

    open_frozen(&e, 3);
    for (int32_t i = 1; i <= 9; i++) { /* Metadata says all the time that broker 1 leads */
        ck_ok(kafc_mock_set_leader(e.mock, "t", 0, i % 3 + 1));
        put_some(&e, 1);
        expect_offset(&e, 2 + i);
    }
    reading_close(&e);
}
END_TEST

/* Before version 12 nothing names it. */
START_TEST(older_fetches_wait_for_metadata)
{
    struct reading e;

    reading_open(&e, 3, 1);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, 11));
    ck_ok(kafc_mock_set_leader(e.mock, "t", 0, 1));
    put_some(&e, 3);
    reading_reader(&e, KAFC_READER(.topic = "t", .max_wait_ms = 20));
    expect_offsets(&e, 0, 3);
    for (int32_t i = 1; i <= 3; i++)
        ck_ok(kafc_mock_freeze_metadata(e.mock, i, true));
    ck_ok(kafc_mock_set_leader(e.mock, "t", 0, 2));
    put_some(&e, 1);
    expect_nothing(&e, 100);
    for (int32_t i = 1; i <= 3; i++)
        ck_ok(kafc_mock_freeze_metadata(e.mock, i, false));
    expect_offset(&e, 3);
    reading_close(&e);
}
END_TEST

/* --- Topics made again -------------------------------------------------------------- */

/* Without ids only metadata tells: the reader is to hear that the topic is gone. */
static void recreate(struct reading *e, bool wait, int32_t records)
{
    ck_ok(kafc_mock_delete_topic(e->mock, "t"));
    if (wait)
        expect_err(e, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_ok(kafc_mock_create_topic(e->mock, "t", 1, 0));
    if (records)
        put_some(e, records);
}

/* What is read next: told once that the topic is another one, and nothing of it before a seek. */
static void told_again(int16_t version, int32_t records)
{
    struct reading e;

    reading_open(&e, 1, 1);
    ck_ok(kafc_mock_set_versions(e.mock, FETCH, 4, version));
    put_some(&e, 5);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20));
    expect_offsets(&e, 0, 5);
    expect_nothing(&e, 30);
    recreate(&e, version < 13, records);
    kafc_err code;
    do /* a notice that it is gone may come first (rule R12) */
        code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
    while (code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_msg(code == KAFC_ERR_TRUNCATED, "v%d, %d records: %s: %s", version, records,
                  kafc_err_name(code), code ? e.err.message : "a message");
    ck_assert_int_eq(e.m.offset, 5);
    ck_assert_ptr_nonnull(strstr(e.err.message, "made again"));
    expect_nothing(&e, 50);
    ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_FIRST, &e.err));
    expect_offsets(&e, 0, records);
    put_some(&e, 1);
    expect_offset(&e, records);
    reading_close(&e);
}

START_TEST(R3_a_topic_that_was_made_again_is_another_log)
{
    for (int16_t v = 11; v <= 18; v += 7) {
        told_again(v, 0);
        told_again(v, 3);
        told_again(v, 5); /* where the position is the end, as before */
        told_again(v, 9); /* where there is something at the position */
    }
}
END_TEST

START_TEST(R3_a_topic_that_was_made_again_is_read_from_its_first_record_if_so_set)
{
    struct reading e;

    reading_open(&e, 1, 1);
    put_some(&e, 5);
    reading_reader(&e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20,
                                   .reset = KAFC_RESET_FIRST));
    expect_offsets(&e, 0, 5);
    recreate(&e, false, 7);
    kafc_err code;
    do
        code = kafc_reader_fetch(e.reader, &e.m, SOON, &e.err);
    while (code == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(code, KAFC_ERR_SKIPPED);
    ck_assert_int_eq(e.m.offset, 0);
    expect_offsets(&e, 0, 7);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_leader", 60, the_leader_that_a_fetch_names_is_asked_at_once,
           older_fetches_wait_for_metadata, R3_a_topic_that_was_made_again_is_another_log,
           R3_a_topic_that_was_made_again_is_read_from_its_first_record_if_so_set)
