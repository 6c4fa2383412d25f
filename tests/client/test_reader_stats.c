/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Statistics of a reader and of its membership, as structs and as text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/client/reading.h"
#include "tests/support/exposition.h"
#include <kafc/group.h>
#include <kafc/stats.h>

static char *text_of(const struct reading *e)
{
    const kafc_client *c = e->client;
    size_t cap = 1 << 20;
    char *text = malloc(cap);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_lt(kafc_stats_text(&c, 1, text, cap), cap);
    (void)exposition_check(text);
    return text;
}

START_TEST(what_was_read_is_counted)
{
    struct reading e;
    kafc_reader_stats s = { .size = sizeof(s) };
    kafc_stats_mark *mark = NULL;
    reading_open(&e, 1, 1);
    put_some(&e, 10);
    put_compressed(&e, "t", 0, KAFC_NONE, 5, 1000);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    expect_offsets(&e, 0, 15);
    kafc_reader_stats_get(e.reader, &s);
    ck_assert_uint_eq(s.messages, 15);
    ck_assert_uint_gt(s.bytes, 5000);
    ck_assert_uint_ge(s.fetches, 1);
    ck_assert_uint_eq(s.fetch_errors + s.errors + s.throttled, 0);
    ck_assert_uint_eq(s.partitions, 1);
    ck_assert_uint_eq(s.lag, 0);
    ck_assert_uint_eq(s.fetch_messages.sum, 15);
    ck_assert_uint_eq(s.fetch_bytes.sum, s.bytes);
    ck_assert_uint_ge(s.fetch_time_us.count, 1);
    ck_ok(kafc_reader_stats_since(e.reader, &mark, &s, &e.err));
    ck_assert_uint_eq(s.messages, 15);
    expect_nothing(&e, 20); /* which is waited for */
    put_some(&e, 3);
    expect_offset(&e, 15);
    ck_ok(kafc_reader_stats_since(e.reader, &mark, &s, &e.err));
    ck_assert_uint_eq(s.messages, 3);
    ck_assert_uint_eq(s.lag, 2);
    ck_assert_uint_ge(s.wait_time_us.count, 1);
    kafc_stats_mark_free(mark);
    kafc_reader_stats_get(NULL, &s);
    ck_assert_uint_eq(s.messages + s.lag + s.wait_time_us.count, 0);
    reading_close(&e);
}
END_TEST

START_TEST(a_membership_is_counted)
{
    struct reading e;
    kafc_member_stats s = { .size = sizeof(s) };
    kafc_stats_mark *mark = NULL;
    reading_open(&e, 1, 3);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t"));
    kafc_member_stats_get(e.reader, &s);
    ck_assert_uint_eq(s.rebalances + s.owned, 0);
    ck_assert_int_eq(kafc_member_stats_since(e.reader, &mark, &s, &e.err), KAFC_ERR_USAGE);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g"));
    expect_offset(&e, 0);
    ck_ok(kafc_reader_commit(e.reader, &e.m, 1, SOON, &e.err));
    kafc_member_stats_get(e.reader, &s);
    ck_assert_uint_eq(s.rebalances, 1);
    ck_assert_uint_eq(s.owned, 3);
    ck_assert_uint_eq(s.assigned, 3);
    ck_assert_uint_eq(s.commits, 1);
    ck_assert_uint_eq(s.commits_failed, 0);
    ck_assert_uint_eq(s.commit_time_us.count, 1);
    ck_ok(kafc_member_stats_since(e.reader, &mark, &s, &e.err));
    ck_ok(kafc_member_stats_since(e.reader, &mark, &s, &e.err));
    ck_assert_uint_eq(s.rebalances, 0);
    ck_assert_uint_eq(s.owned, 3);
    kafc_stats_mark_free(mark);
    reading_close(&e);
}
END_TEST

START_TEST(the_text_has_the_lag_of_each_partition)
{
    struct reading e;
    static const char reader[] = "{client=\"kafc\",reader=\"1\"";
    char series[120], *text;
    reading_open(&e, 1, 2);
    put_some(&e, 10);
    reading_reader(&e, KAFC_READER(.topic = "t", .group = "g"));
    expect_offset(&e, 0);
    text = text_of(&e);
    (void)snprintf(series, sizeof(series), "kafc_reader_messages_total%s,topic=\"t\",group=\"g\"}",
                   reader);
    ck_assert(exposition_value(text, series) == 10);
    (void)snprintf(series, sizeof(series),
                   "kafc_reader_partition_lag%s,group=\"g\",topic=\"t\",partition=\"0\"}", reader);
    ck_assert(exposition_value(text, series) == 9);
    (void)snprintf(series, sizeof(series), "kafc_group_stable_total%s,topic=\"t\",group=\"g\"}",
                   reader);
    ck_assert(exposition_value(text, series) == 1);
    free(text);
    ck_ok(kafc_reader_close(e.reader, SOON, &e.err));
    kafc_reader_free(e.reader);
    e.reader = NULL;
    text = text_of(&e);
    ck_assert_ptr_null(strstr(text, "kafc_reader_"));
    ck_assert_ptr_null(strstr(text, "kafc_group_"));
    free(text);
    reading_close(&e);
}
END_TEST

SUITE_MAIN("client/reader_stats", 20, what_was_read_is_counted, a_membership_is_counted,
           the_text_has_the_lag_of_each_partition)
