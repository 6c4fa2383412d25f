/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/mem, base/arena: overflow, zeroing, alignment, limits, failing allocations.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/mem.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

START_TEST(products_that_overflow_give_null)
{
    ck_assert_ptr_null(kafc__zalloc_array(NULL, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(kafc__realloc_array(NULL, NULL, SIZE_MAX / 2, 3));
    ck_assert_ptr_null(kafc__strndup(NULL, "x", SIZE_MAX));
}
END_TEST

START_TEST(the_callers_allocator_is_used_for_everything)
{
    struct test_alloc a;
    test_alloc_init(&a);
    unsigned char *z = kafc__zalloc_array(&a.mem, 10, 10);
    for (int i = 0; i < 100; i++)
        ck_assert_uint_eq(z[i], 0);
    char *s = kafc__strdup(&a.mem, "orders"), *n = kafc__strndup(&a.mem, "orders", 3);
    ck_assert_str_eq(s, "orders");
    ck_assert_str_eq(n, "ord");
    void *r = kafc__realloc_array(&a.mem, NULL, 4, 4);
    r = kafc__realloc_array(&a.mem, r, 4000, 4);
    ck_assert_int_eq(a.live, 4);
    ck_assert_int_eq(a.calls, 5);
    kafc__free(&a.mem, z);
    kafc__free(&a.mem, s);
    kafc__free(&a.mem, n);
    kafc__free(&a.mem, r);
    kafc__free(&a.mem, NULL);
    ck_assert_int_eq(a.live, 0);
    a.fail_at = a.calls + 1;
    ck_assert_ptr_null(kafc__zalloc(&a.mem, 8));
}
END_TEST

START_TEST(arena_gives_zeroed_aligned_memory_and_frees_it_at_once)
{
    struct test_alloc a;
    struct kafc_arena arena;
    test_alloc_init(&a);
    kafc__arena_init(&arena, &a.mem, 0);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < 300; i++) {
            unsigned char *p = kafc__arena_alloc(&arena, i);
            ck_assert_ptr_nonnull(p);
            ck_assert_uint_eq((uintptr_t)p % _Alignof(max_align_t), 0);
            for (size_t k = 0; k < i; k++)
                ck_assert_uint_eq(p[k], 0);
            memset(p, 0xff, i);
        }
        ck_assert_ptr_nonnull(kafc__arena_alloc(&arena, 200000));
        ck_assert_str_eq(kafc__arena_dup(&arena, "abc", 2), "ab");
        kafc__arena_reset(&arena);
        ck_assert_int_eq(a.live, 1);
        ck_assert_uint_eq(arena.used, 0);
    }
    kafc__arena_fini(&arena);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(arena_fails_above_its_limit_and_says_so)
{
    struct kafc_arena arena;
    kafc__arena_init(&arena, NULL, 1000);
    ck_assert_ptr_nonnull(kafc__arena_alloc(&arena, 900));
    ck_assert(!arena.failed);
    ck_assert_ptr_null(kafc__arena_alloc(&arena, 200));
    ck_assert(arena.failed);
    ck_assert_ptr_nonnull(kafc__arena_alloc(&arena, 10));
    kafc__arena_reset(&arena);
    ck_assert(!arena.failed);
    ck_assert_ptr_null(kafc__arena_alloc(&arena, SIZE_MAX));
    ck_assert_ptr_null(kafc__arena_array(&arena, SIZE_MAX / 2, 4));
    ck_assert_ptr_null(kafc__arena_dup(&arena, "", SIZE_MAX));
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(arena_survives_a_failing_allocator)
{
    struct test_alloc a;
    struct kafc_arena arena;
    test_alloc_init(&a);
    a.fail_at = 2;
    kafc__arena_init(&arena, &a.mem, 0);
    ck_assert_ptr_nonnull(kafc__arena_alloc(&arena, 100));
    ck_assert_ptr_null(kafc__arena_alloc(&arena, 10000));
    ck_assert(arena.failed);
    ck_assert_ptr_nonnull(kafc__arena_alloc(&arena, 10000));
    kafc__arena_fini(&arena);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

SUITE_MAIN("mem", 10, products_that_overflow_give_null,
           the_callers_allocator_is_used_for_everything,
           arena_gives_zeroed_aligned_memory_and_frees_it_at_once,
           arena_fails_above_its_limit_and_says_so, arena_survives_a_failing_allocator)
