/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reading with each allocation failing in turn: open, 50 messages, close; and
 * partitions that come, pause and go. An error or none, every message once and
 * in order, nothing leaked, no crash, no hang.
 */
#include <stdio.h>

#include "tests/client/reading.h"

enum { MESSAGES = 50, ROUNDS_MAX = 5000 };

/* Calls that failed for want of memory are made again: it is back by then, unless it never comes back. As long as
 * there is memory, what is late comes. */
static bool gives_up(const struct test_alloc *a, kafc_err code, int *tries)
{
    ck_assert_msg(code == KAFC_ERR_NO_MEMORY || code == KAFC_ERR_TIMED_OUT, "%s",
                  kafc_err_name(code));
    return test_alloc_failed(a) && ++*tries > 3;
}

static int wait_ms(const struct test_alloc *a)
{
    return a->fail_all_after ? 20 : SOON;
}

static void read_all(kafc_reader *r, const struct test_alloc *a)
{
    kafc_error err;
    kafc_message m;
    int64_t next = 0;
    int tries = 0;

    while (next < MESSAGES) {
        kafc_err code = kafc_reader_fetch(r, &m, wait_ms(a), &err);

        if (code == KAFC_OK) {
            ck_assert_int_eq(m.offset, next);
            ck_assert_int_eq(m.nheaders, 0);
            next++;
        } else if (gives_up(a, code, &tries)) {
            break;
        }
    }
    if (!a->fail_all_after)
        ck_assert_msg(next == MESSAGES, "%d messages", (int)next);
}

/* The partition is read to its end although others come, are paused, and go again. */
static void read_by_hand(kafc_reader *r, const struct test_alloc *a)
{
    static const kafc_assignment parts[] = { { .topic = "t" },
                                             { .topic = "t", .partition = 1 },
                                             { .topic = "none", .partition = 7 } };
    static const kafc_topic_partition others[] = { { "t", 1 }, { "none", 7 } };
    kafc_error err;
    kafc_message m;
    int64_t next = 0;
    int tries = 0;

    while (kafc_reader_assign(r, parts, 1, &err) != KAFC_OK)
        if (gives_up(a, err.code, &tries))
            return;
    while (next < MESSAGES) {
        kafc_err added = kafc_reader_assign_add(r, parts + 1, 2, &err), code;

        ck_assert(added == KAFC_OK || added == KAFC_ERR_NO_MEMORY);
        ck_assert_int_eq(kafc_reader_assignment(r, NULL, 0), added ? 1 : 3);
        if (!added)
            ck_ok(kafc_reader_pause(r, others, 1 + (int32_t)(next % 2), &err));
        code = kafc_reader_fetch(r, &m, wait_ms(a), &err);
        if (code == KAFC_OK)
            ck_assert_int_eq(m.offset, next++);
        else if (code != KAFC_ERR_UNKNOWN_PARTITION && code != KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION &&
                 gives_up(a, code, &tries))
            break;
        if (!added)
            ck_ok(kafc_reader_assign_remove(r, others, 2, &err));
    }
    if (!a->fail_all_after)
        ck_assert_msg(next == MESSAGES, "%d messages", (int)next);
}

typedef void reading_fn(kafc_reader *r, const struct test_alloc *a);

static void scenario(kafc_mock *mock, const struct test_alloc *a, reading_fn *read)
{
    kafc_error err;
    kafc_reader *r = NULL;
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .allocator = &a->mem, .retry_backoff_ms = 2,
                    .retry_backoff_max_ms = 5, .reconnect_backoff_ms = 2,
                    .reconnect_backoff_max_ms = 5),
        &err);

    if (c)
        r = kafc_reader_open(c,
                             KAFC_READER(.topic = "t", .start = KAFC_TAIL(MESSAGES),
                                         .stop = KAFC_LAST, .max_wait_ms = 20),
                             &err);
    if (!r)
        ck_assert_msg(err.code == KAFC_ERR_NO_MEMORY, "%s", err.message);
    if (r) {
        read(r, a);
        ck_assert_int_eq(kafc_reader_close(r, 1000, &err), KAFC_OK);
    }
    kafc_reader_free(r);
    kafc_client_free(c);
}

static void replay(reading_fn *read, bool all_after, const char *release)
{
    struct reading e;
    struct test_alloc a;
    int rounds = 0;

    reading_open(&e, 1, 1);
    put_some(&e, 20);
    put_compressed(&e, "t", 0, KAFC_GZIP, 20, 100);
    put_some(&e, 10);
    ck_ok(kafc_mock_set_release(e.mock, release));
    ck_ok(kafc_mock_cut(e.mock, 0));
    for (long at = 1; rounds++ < ROUNDS_MAX; at++) {
        test_alloc_init(&a);
        a.fail_at = at;
        a.fail_all_after = all_after;
        scenario(e.mock, &a, read);
        ck_assert_msg(atomic_load(&a.live) == 0, "allocation %ld failed: %ld are leaked", at,
                      atomic_load(&a.live));
        if (atomic_load(&a.calls) < at)
            break; /* none failed any more */
    }
    ck_assert_int_lt(rounds, ROUNDS_MAX);
    ck_assert_int_gt(rounds, 40);
    reading_close(&e);
}

START_TEST(reading_with_one_allocation_failing)
{
    replay(read_all, false, NULL);
}
END_TEST

START_TEST(reading_of_an_old_broker_with_one_allocation_failing)
{
    replay(read_all, false, "0.9");
}
END_TEST

START_TEST(reading_with_all_allocations_failing_from_one_on)
{
    replay(read_all, true, NULL);
}
END_TEST

START_TEST(reading_by_hand_with_one_allocation_failing)
{
    replay(read_by_hand, false, NULL);
}
END_TEST

START_TEST(reading_by_hand_with_all_allocations_failing_from_one_on)
{
    replay(read_by_hand, true, NULL);
}
END_TEST

SUITE_MAIN("oom/reader", 100, reading_with_one_allocation_failing,
           reading_of_an_old_broker_with_one_allocation_failing,
           reading_with_all_allocations_failing_from_one_on,
           reading_by_hand_with_one_allocation_failing,
           reading_by_hand_with_all_allocations_failing_from_one_on)
