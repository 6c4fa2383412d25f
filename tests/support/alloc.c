/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The counting, failing allocator of the tests.
 */
#include "tests/support/alloc.h"

#include <check.h>
#include <stdlib.h>

static bool fails(struct test_alloc *a, size_t size)
{
    atomic_fetch_add(&a->bytes, (long)size);
    long call = atomic_fetch_add(&a->calls, 1) + 1;
    return a->fail_at > 0 && (call == a->fail_at || (a->fail_all_after && call > a->fail_at));
}

static void *test_malloc(void *ctx, size_t size)
{
    struct test_alloc *a = ctx;
    void *p = fails(a, size) ? NULL : malloc(size);
    if (p)
        atomic_fetch_add(&a->live, 1);
    return p;
}

static void *test_realloc(void *ctx, void *old, size_t size)
{
    struct test_alloc *a = ctx;
    if (fails(a, size))
        return NULL;
    void *p = realloc(old, size);
    if (p && !old)
        atomic_fetch_add(&a->live, 1);
    return p;
}

static void test_free(void *ctx, void *p)
{
    struct test_alloc *a = ctx;
    if (p)
        atomic_fetch_sub(&a->live, 1);
    free(p);
}

void test_alloc_init(struct test_alloc *a)
{
    *a = (struct test_alloc){ .mem = { test_malloc, test_realloc, test_free, a } };
}

bool test_alloc_failed(const struct test_alloc *a)
{
    return a->fail_at > 0 && atomic_load(&a->calls) >= a->fail_at;
}

static bool goes_well(int (*scenario)(const kafc_allocator *mem), int all, long fail_at, long *calls)
{
    struct test_alloc a;
    test_alloc_init(&a);
    a.fail_at = fail_at;
    bool well = scenario(&a.mem) == all;
    *calls = atomic_load(&a.calls);
    ck_assert_msg(atomic_load(&a.live) == 0, "%ld alive after failure %ld", atomic_load(&a.live), fail_at);
    return well;
}

void test_alloc_each(int (*scenario)(const kafc_allocator *mem), int all)
{
    long calls, other;
    int failed = 0;
    ck_assert(goes_well(scenario, all, 0, &calls));
    for (long i = 1; i <= calls; i++)
        failed += !goes_well(scenario, all, i, &other);
    ck_assert_int_gt(failed, 0);
}
