/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a message may cost a writer, counted: allocations, and memory held.
 */
#include <string.h>

#include "tests/client/writing.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { SOME = 100000 };

static void send_some(kafc_writer *w, int n)
{
    static char value[100];
    kafc_error err;
    memset(value, 'v', sizeof(value));
    for (int i = 0; i < n; i++) {
        kafc_message m = { .key = { (const char *)&i, sizeof(i) },
                           .value = { value, sizeof(value) } };
        if (kafc_writer_send(w, &m, &value, -1, &err) != KAFC_OK) /* ck_assert_msg() writes to a file each time */
            ck_abort_msg("%s", err.message);
    }
    ck_assert_msg(kafc_writer_flush(w, 20000, &err) == KAFC_OK, "%s", err.message);
}

static void count_report(void *ctx, const kafc_report *r)
{
    *(long *)ctx += r->verdict == KAFC_ACKNOWLEDGED;
}

/* Segments, slots, batches and contexts of the codec are there after the first messages. */
START_TEST(steady_messages_allocate_nothing)
{
    struct test_alloc a;
    kafc_error err;
    long reports = 0;
    test_alloc_init(&a);
    kafc_mock *mock = kafc_mock_new(KAFC_MOCK(.brokers = 2, .blackhole = true), &err);
    ck_assert_msg(mock != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 4, 0), KAFC_OK);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .allocator = &a.mem), &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    kafc_writer *w = kafc_writer_open(c,
                                      KAFC_WRITER(.topic = "t", .acks = KAFC_ACKS_LEADER,
                                                  .compression = _i ? KAFC_LZ4 : KAFC_NONE,
                                                  .buffer_bytes = 8 << 20,
                                                  .on_delivery = count_report, .ctx = &reports),
                                      &err);
    if (!w && err.code == KAFC_ERR_NO_CODEC) {
        kafc_client_free(c);
        kafc_mock_free(mock);
        return;
    }
    ck_assert_msg(w != NULL, "%s", err.message);
    send_some(w, SOME);
    long calls = atomic_load(&a.calls), live = atomic_load(&a.live);
    send_some(w, 3 * SOME);
    /* A few for each request, of which there are the more, the slower this runs; none for a message. */
    ck_assert_int_lt(atomic_load(&a.calls) - calls, 3 * SOME / 100);
    ck_assert_int_lt(atomic_load(&a.live) - live, SOME / 200);
    ck_assert_int_eq(reports, 4 * SOME);
    kafc_writer_free(w);
    kafc_client_free(c);
    ck_assert_int_eq(atomic_load(&a.live), 0);
    kafc_mock_free(mock);
}
END_TEST

SUITE_LOOPS("client/writer_cost", 120, LOOP(steady_messages_allocate_nothing, 0, 2))
