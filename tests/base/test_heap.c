/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/heap: order, ties, moving, deleting, against a plain search.
 */
#include <stdlib.h>

#include "base/heap.h"
#include "base/rand.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

START_TEST(equal_deadlines_leave_in_the_order_they_came)
{
    struct kafc_heap h;
    struct kafc_timer t[100] = { 0 };
    kafc__heap_init(&h, NULL);
    ck_assert_ptr_null(kafc__heap_min(&h));
    for (int i = 0; i < 100; i++)
        ck_assert(kafc__heap_set(&h, &t[i], i % 3));
    for (int at = 0; at < 3; at++)
        for (int i = at; i < 100; i += 3) {
            ck_assert_ptr_eq(kafc__heap_min(&h), &t[i]);
            kafc__heap_del(&h, &t[i]);
            ck_assert_uint_eq(t[i].index, 0);
        }
    ck_assert_ptr_null(kafc__heap_min(&h));
    kafc__heap_fini(&h);
}
END_TEST

START_TEST(random_moves_and_deletions_keep_the_minimum)
{
    enum { N = 60 };
    struct kafc_heap h;
    struct kafc_timer t[N] = { 0 };
    struct kafc_rand r;
    kafc__rand_seed(&r, 7);
    kafc__heap_init(&h, NULL);
    for (int step = 0; step < 20000; step++) {
        struct kafc_timer *x = &t[kafc__rand_below(&r, N)];
        if (kafc__rand_below(&r, 3) == 0)
            kafc__heap_del(&h, x);
        else
            ck_assert(kafc__heap_set(&h, x, (int64_t)kafc__rand_below(&r, 50) - 25));
        struct kafc_timer *min = NULL;
        for (int i = 0; i < N; i++)
            if (t[i].index &&
                (!min || t[i].at < min->at || (t[i].at == min->at && t[i].seq < min->seq)))
                min = &t[i];
        ck_assert_ptr_eq(kafc__heap_min(&h), min);
    }
    kafc__heap_fini(&h);
    for (int i = 0; i < N; i++)
        ck_assert_uint_eq(t[i].index, 0);
}
END_TEST

START_TEST(after_a_reserve_adding_cannot_fail)
{
    struct test_alloc a;
    struct kafc_heap h;
    struct kafc_timer t[40] = { 0 };
    test_alloc_init(&a);
    kafc__heap_init(&h, &a.mem);
    ck_assert(kafc__heap_reserve(&h, 40));
    a.fail_at = 1;
    a.fail_all_after = true;
    for (int i = 0; i < 40; i++)
        ck_assert(kafc__heap_set(&h, &t[i], 40 - i));
    ck_assert(!kafc__heap_reserve(&h, 1000));
    ck_assert_ptr_eq(kafc__heap_min(&h), &t[39]);
    kafc__heap_fini(&h);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

SUITE_MAIN("heap", 20, equal_deadlines_leave_in_the_order_they_came,
           random_moves_and_deletions_keep_the_minimum, after_a_reserve_adding_cannot_fail)
