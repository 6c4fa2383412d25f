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

/* --- Logs that were cut off ----------------------------------------------------------- */

/* Fetches that have no word for what was read last. */
static void open_old(struct reading *e, int32_t brokers)
{
    reading_open(e, brokers, 1);
    ck_ok(kafc_mock_set_versions(e->mock, FETCH, 4, 11));
    ck_ok(kafc_mock_set_leader(e->mock, "t", 0, 1));
    for (int i = 0; i < 10; i++)
        put_some(e, 1);
    reading_reader(e, KAFC_READER(.topic = "t", .partition = KAFC_ZERO, .max_wait_ms = 20));
    expect_offsets(e, 0, 10);
}

START_TEST(R3_older_fetches_find_a_log_that_was_cut_off_and_grown_again)
{
    struct reading e;

    for (int64_t end = 5; end <= 20; end += 15) { /* where there is less than before, and more */
        open_old(&e, 1);
        ck_ok(kafc_mock_stop_broker(e.mock, 1)); /* no fetch finds it half done */
        ck_ok(kafc_mock_truncate(e.mock, "t", 0, 5));
        for (int64_t i = 5; i < end; i++)
            put_some(&e, 1);
        ck_ok(kafc_mock_start_broker(e.mock, 1));
        expect_err(&e, KAFC_ERR_TRUNCATED);
        ck_assert_int_eq(e.m.offset, 10);
        ck_assert_msg(strstr(e.err.message, "below 5 at most") != NULL, "%s", e.err.message);
        ck_assert_uint_ge(kafc_mock_requests(e.mock, 0, EPOCHS), 1);
        ck_ok(kafc_reader_seek(e.reader, "t", 0, KAFC_AT(5), &e.err));
        expect_offsets(&e, 5, end);
        reading_close(&e);
    }
}
END_TEST

START_TEST(older_fetches_go_on_where_nothing_was_cut_off)
{
    static const kafc_err codes[] = { KAFC_OK,
                                      KAFC_ERR_NOT_LEADER_OR_FOLLOWER,
                                      KAFC_ERR_UNKNOWN_LEADER_EPOCH,
                                      KAFC_ERR_FENCED_LEADER_EPOCH,
                                      KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
                                      KAFC_ERR_KAFKA_STORAGE_ERROR,
                                      KAFC_ERR_TOPIC_AUTHORIZATION_FAILED,
                                      KAFC_ERR_UNKNOWN_SERVER_ERROR,
                                      KAFC_ERR_DISCONNECTED };
    struct reading e;
    int64_t next = 10;

    open_old(&e, 3);
    for (int32_t i = 0; i < (int32_t)(sizeof codes / sizeof *codes); i++) {
        uint64_t asked = kafc_mock_requests(e.mock, 0, EPOCHS);

        ck_ok(kafc_mock_push_error(e.mock, EPOCHS, codes[i], 2));
        ck_ok(kafc_mock_set_leader(e.mock, "t", 0, i % 3 + 1));
        for (int n = 0; n < 3; n++) {
            put_some(&e, 1);
            expect_offset(&e, next++);
        }
        ck_assert_uint_gt(kafc_mock_requests(e.mock, 0, EPOCHS), asked);
        ck_ok(kafc_mock_push_error(e.mock, EPOCHS, KAFC_OK, 2)); /* whatever of them is left */
    }
    ck_ok(kafc_mock_delete_records(e.mock, "t", 0, next - 1)); /* nothing as old is left */
    ck_ok(kafc_mock_set_leader(e.mock, "t", 0, 1));
    put_some(&e, 1);
    expect_offset(&e, next);
    reading_close(&e);
}
END_TEST

/* Where no answer is for clients, nothing can tell: what is there is read. */
START_TEST(brokers_that_tell_no_epochs_are_read_all_the_same)
{
    struct reading e;

    open_old(&e, 3);
    ck_ok(kafc_mock_set_versions(e.mock, EPOCHS, 0, 2));
    ck_ok(kafc_mock_cut(e.mock, 0));
    ck_ok(kafc_mock_set_leader(e.mock, "t", 0, 2));
    put_some(&e, 3);
    expect_offsets(&e, 10, 13);
    ck_assert_uint_eq(kafc_mock_requests(e.mock, 0, EPOCHS), 0);
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
           older_fetches_wait_for_metadata,
           R3_older_fetches_find_a_log_that_was_cut_off_and_grown_again,
           older_fetches_go_on_where_nothing_was_cut_off,
           brokers_that_tell_no_epochs_are_read_all_the_same, R3_a_topic_that_was_made_again_is_another_log,
           R3_a_topic_that_was_made_again_is_read_from_its_first_record_if_so_set)
