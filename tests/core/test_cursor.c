/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cursor over a fetched partition: positions, holes, markers, aborted
 * transactions, time ranges, damage.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "core/cursor.h"
#include "protocol/record/write.h"
#include "tests/support/suite.h"

static uint8_t log_bytes[65536];
static size_t log_len;

struct spec {
    int64_t base;
    int32_t count; /* records that are there, at base + 0 … */
    int32_t span;  /* last offset delta + 1 */
    int64_t pid;
    int16_t attributes;
    int64_t timestamp; /* of the first; each next one is 1 ms later */
};

static const kafc_header two_headers[] = { { { "a", 1 }, { "1", 1 } },
                                           { { "a", 1 }, { NULL, 0 } } };

static void append(const struct spec *s)
{
    uint8_t *at = log_bytes + log_len, *p = at + KAFC_BATCH_HEADER;
    static const uint8_t abort_key[] = { 0, 0, 0, 0 }, commit_key[] = { 0, 0, 0, 1 };
    struct kafc_batch_header h = { .base_offset = s->base,
                                   .leader_epoch = 3,
                                   .attributes = s->attributes,
                                   .last_offset_delta = s->span - 1,
                                   .base_timestamp = s->timestamp,
                                   .max_timestamp = s->timestamp + s->count,
                                   .producer_id = s->pid,
                                   .producer_epoch = 0,
                                   .base_sequence = 0,
                                   .count = s->count };

    for (int32_t i = 0; i < s->count; i++) {
        struct kafc_record_fields r = { .timestamp_delta = i,
                                        .offset_delta = i,
                                        .value = { "value", 5 },
                                        .headers = two_headers,
                                        .nheaders = i % 2 ? 2 : 0 };

        if (s->attributes & KAFC_BATCH_CONTROL)
            r.key = (kafc_bytes){ s->timestamp == 0 ? abort_key : commit_key, 4 };
        p = kafc__record_put(p, kafc__record_body_size(&r), &r);
    }
    size_t len = (size_t)(p - at) - KAFC_BATCH_HEADER;
    kafc__batch_header_put(at, &h, kafc__crc32c(0, at + KAFC_BATCH_HEADER, len), len);
    log_len = (size_t)(p - log_bytes);
}

static struct kafc_decompress decompress;
static const kafc_allocator *const mem = NULL;

static void start(struct kafc_cursor *cur)
{
    kafc__decompress_init(&decompress, mem, NULL, KAFC_PLAIN_MAX);
    kafc__cursor_init(cur, mem, &decompress, log_bytes, log_len);
}

/* Reads all; the offsets as text, and how it ended. */
static kafc_err drain(struct kafc_cursor *cur, char *out, size_t cap)
{
    kafc_message m = { 0 };
    kafc_error err;
    kafc_err code;
    size_t n = 0;

    out[0] = 0;
    while ((code = kafc__cursor_next(cur, &m, &err)) == KAFC_OK)
        n += (size_t)snprintf(out + n, cap - n, "%lld ", (long long)m.offset);
    return code;
}

static void finish(struct kafc_cursor *cur)
{
    kafc__cursor_fini(cur);
    kafc__decompress_fini(&decompress);
    log_len = 0;
}

START_TEST(messages_carry_what_the_batch_says_V4)
{
    struct kafc_cursor cur;
    kafc_message m;
    kafc_error err;

    append(&(struct spec){ 7, 2, 2, -1, 0, 1000 });
    start(&cur);
    ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_OK);
    ck_assert_int_eq(m.offset, 7);
    ck_assert_int_eq(m.timestamp, 1000);
    ck_assert_int_eq(m.timestamp_type, KAFC_TIME_CREATE);
    ck_assert_int_eq(m.leader_epoch, 3);
    ck_assert_int_eq(m.nheaders, 0);
    ck_assert_ptr_null(m.key.p);
    ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_OK);
    ck_assert_int_eq(m.nheaders, 2);
    ck_assert_int_eq(m.headers[1].name.len, 1);
    ck_assert_ptr_null(m.headers[1].value.p);
    ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_ERR_END_OF_RANGE);
    ck_assert_int_eq(cur.next, 9);
    finish(&cur);
}
END_TEST

START_TEST(records_below_the_position_are_passed_over)
{
    struct kafc_cursor cur;
    char seen[256];

    append(&(struct spec){ 10, 5, 5, -1, 0, 0 });
    append(&(struct spec){ 15, 2, 2, -1, 0, 0 });
    start(&cur);
    cur.next = 13;
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "13 14 15 16 ");
    finish(&cur);
}
END_TEST

START_TEST(the_position_passes_holes_and_markers_R10)
{
    struct kafc_cursor cur;
    char seen[256];

    append(&(struct spec){ 0, 2, 6, -1, 0, 0 }); /* compacted: 2 to 5 are gone */
    append(&(struct spec){ 6, 0, 4, -1, 0, 0 }); /* nothing left of 6 to 9 */
    append(&(struct spec){ 10, 1, 1, 5, KAFC_BATCH_CONTROL | KAFC_BATCH_TRANSACTIONAL, 1 });
    start(&cur);
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "0 1 ");
    ck_assert_int_eq(cur.next, 11);
    finish(&cur);
}
END_TEST

static struct kafc_aborted *aborted_list(int32_t n, const struct kafc_aborted *from)
{
    struct kafc_aborted *a = calloc((size_t)n, sizeof *a);

    memcpy(a, from, (size_t)n * sizeof *a);
    return a;
}

static void log_of_transactions(void)
{
    append(&(struct spec){ 0, 2, 2, 5, KAFC_BATCH_TRANSACTIONAL, 9 }); /* aborted */
    append(&(struct spec){ 2, 1, 1, 6, KAFC_BATCH_TRANSACTIONAL, 9 }); /* committed */
    append(&(struct spec){ 3, 1, 1, -1, 0, 9 });
    append(&(struct spec){ 4, 1, 1, 5, KAFC_BATCH_TRANSACTIONAL | KAFC_BATCH_CONTROL, 0 });
    append(&(struct spec){ 5, 1, 1, 6, KAFC_BATCH_TRANSACTIONAL | KAFC_BATCH_CONTROL, 1 });
    append(
        &(struct spec){ 6, 1, 1, 5, KAFC_BATCH_TRANSACTIONAL, 9 }); /* the next of 5: committed */
    append(&(struct spec){ 7, 1, 1, 5, 0, 9 });                     /* idempotent alone */
}

START_TEST(aborted_records_are_left_out_when_reading_committed)
{
    struct kafc_cursor cur;
    char seen[256];

    log_of_transactions();
    start(&cur);
    cur.read_committed = true;
    cur.aborted = aborted_list(1, &(struct kafc_aborted){ 5, 0, false });
    cur.naborted = 1;
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "2 3 6 7 ");
    finish(&cur);
}
END_TEST

START_TEST(a_position_inside_an_aborted_transaction_reads_none_of_it)
{
    struct kafc_cursor cur;
    char seen[256];

    log_of_transactions();
    start(&cur);
    cur.next = 1;
    cur.read_committed = true;
    cur.aborted = aborted_list(1, &(struct kafc_aborted){ 5, 0, false });
    cur.naborted = 1;
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "2 3 6 7 ");
    finish(&cur);
}
END_TEST

START_TEST(reading_uncommitted_gives_all_but_markers)
{
    struct kafc_cursor cur;
    char seen[256];

    log_of_transactions();
    start(&cur);
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "0 1 2 3 6 7 ");
    finish(&cur);
}
END_TEST

START_TEST(a_range_stops_by_offset_and_filters_by_time_R11)
{
    struct kafc_cursor cur;
    char seen[256];

    append(&(struct spec){ 0, 3, 3, -1, 0, 500 }); /* out of order: later ones are older */
    append(&(struct spec){ 3, 4, 4, -1, 0, 100 });
    append(&(struct spec){ 7, 3, 3, -1, 0, 500 });
    start(&cur);
    cur.stop = 8;
    cur.time_from = 101;
    cur.time_to = 501;
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "0 1 4 5 6 7 ");
    ck_assert_int_eq(cur.next, 8);
    finish(&cur);
}
END_TEST

START_TEST(damage_is_found_and_named)
{
    struct kafc_cursor cur;
    kafc_message m;
    kafc_error err;

    append(&(struct spec){ 0, 1, 1, -1, 0, 0 });
    append(&(struct spec){ 1, 3, 3, -1, 0, 0 });
    log_bytes[log_len - 2] ^= 1;
    start(&cur);
    ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_OK);
    ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_ERR_CORRUPT);
    ck_assert_ptr_nonnull(strstr(err.message, "1"));
    ck_assert_int_eq(cur.next, 1);
    finish(&cur);
}
END_TEST

START_TEST(damage_is_an_end_and_nothing_behind_it_is_delivered)
{
    struct kafc_cursor cur;
    kafc_message m;
    kafc_error err;

    append(&(struct spec){ 0, 1, 1, -1, 0, 0 });
    append(&(struct spec){ 1, 1, 1, -1, 0, 0 });
    log_bytes[log_len - 2] ^= 1;
    append(&(struct spec){ 2, 1, 1, -1, KAFC_GZIP, 0 }); /* which it is not */
    append(&(struct spec){ 3, 1, 1, -1, 0, 0 });
    for (int checked = 0; checked < 2; checked++) {
        size_t len = log_len;

        start(&cur);
        cur.check_crcs = checked;
        for (int64_t i = 0; i < 2 - checked; i++)
            ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_OK);
        for (int i = 0; i < 3; i++)
            ck_assert_int_eq(kafc__cursor_next(&cur, &m, &err), KAFC_ERR_CORRUPT);
        ck_assert_int_eq(cur.next, 2 - checked);
        finish(&cur);
        log_len = len;
    }
    log_len = 0;
}
END_TEST

/* Taken for no marker, it would leave out the records of the next transaction, which was committed. */
START_TEST(a_marker_that_cannot_be_read_is_damage)
{
    struct kafc_cursor cur;
    char seen[256];

    append(&(struct spec){ 0, 2, 2, 5, KAFC_BATCH_TRANSACTIONAL, 0 });
    append(&(struct spec){ 2, 1, 1, 5, KAFC_BATCH_TRANSACTIONAL | KAFC_BATCH_CONTROL, 0 });
    log_bytes[log_len - 7] = 0x7f; /* the value's length */
    append(&(struct spec){ 3, 2, 2, 5, KAFC_BATCH_TRANSACTIONAL, 0 });
    append(&(struct spec){ 5, 1, 1, 5, KAFC_BATCH_TRANSACTIONAL | KAFC_BATCH_CONTROL, 1 });
    start(&cur);
    cur.check_crcs = false;
    cur.read_committed = true;
    cur.aborted = calloc(1, sizeof *cur.aborted);
    cur.aborted[0] = (struct kafc_aborted){ .producer_id = 5, .first_offset = 0 };
    cur.naborted = 1;
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_CORRUPT);
    ck_assert_str_eq(seen, "");
    ck_assert_int_eq(cur.next, 2);
    finish(&cur);
}
END_TEST

START_TEST(a_cut_tail_ends_without_error)
{
    struct kafc_cursor cur;
    char seen[256];

    append(&(struct spec){ 0, 2, 2, -1, 0, 0 });
    append(&(struct spec){ 2, 2, 2, -1, 0, 0 });
    log_len -= 3;
    start(&cur);
    ck_assert_int_eq(drain(&cur, seen, sizeof seen), KAFC_ERR_END_OF_RANGE);
    ck_assert_str_eq(seen, "0 1 ");
    ck_assert_int_eq(cur.next, 2);
    finish(&cur);
}
END_TEST

/* Whatever a bit flip does: an end or an error, and no read outside (the sanitizers watch). */
START_TEST(bit_flips_are_survived)
{
    struct kafc_cursor cur;
    kafc_message m;
    kafc_error err;

    append(&(struct spec){ 0, 4, 4, 5, KAFC_BATCH_TRANSACTIONAL, 0 });
    append(&(struct spec){ 4, 1, 1, 5, KAFC_BATCH_TRANSACTIONAL | KAFC_BATCH_CONTROL, 0 });
    for (size_t bit = 0; bit < log_len * 8; bit++) {
        log_bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        start(&cur);
        cur.check_crcs = false;
        cur.read_committed = true;
        while (kafc__cursor_next(&cur, &m, &err) == KAFC_OK)
            ck_assert_int_ge(m.offset, 0);
        finish(&cur);
        log_bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}
END_TEST

SUITE_MAIN("core/cursor", 20, messages_carry_what_the_batch_says_V4,
           records_below_the_position_are_passed_over, the_position_passes_holes_and_markers_R10,
           aborted_records_are_left_out_when_reading_committed,
           a_position_inside_an_aborted_transaction_reads_none_of_it,
           reading_uncommitted_gives_all_but_markers,
           a_range_stops_by_offset_and_filters_by_time_R11, damage_is_found_and_named,
           damage_is_an_end_and_nothing_behind_it_is_delivered,
           a_marker_that_cannot_be_read_is_damage, a_cut_tail_ends_without_error,
           bit_flips_are_survived)
