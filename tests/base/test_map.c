/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/map: against an array, with deletions, growth, failing memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/rand.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

START_TEST(what_was_put_is_found_until_it_is_deleted)
{
    enum { N = 500 };
    static char names[N][24];
    bool in[N] = { false };
    struct kafc_map m;
    struct kafc_rand r;
    kafc__rand_seed(&r, 11);
    kafc__map_init(&m, NULL);
    for (int i = 0; i < N; i++)
        snprintf(names[i], sizeof(names[i]), "topic-%d", i);
    for (int step = 0; step < 30000; step++) {
        uint32_t i = kafc__rand_below(&r, N);
        size_t len = strlen(names[i]);
        ck_assert_ptr_eq(kafc__map_get(&m, names[i], len), in[i] ? names[i] : NULL);
        if (kafc__rand_below(&r, 2)) {
            ck_assert(kafc__map_put(&m, names[i], len, names[i]));
            in[i] = true;
        } else {
            ck_assert_ptr_eq(kafc__map_del(&m, names[i], len), in[i] ? names[i] : NULL);
            in[i] = false;
        }
    }
    size_t at = 0, seen = 0, want = 0;
    while (kafc__map_next(&m, &at))
        seen++;
    for (int i = 0; i < N; i++)
        want += in[i];
    ck_assert_uint_eq(seen, want);
    ck_assert_uint_eq(m.n, want);
    kafc__map_fini(&m);
}
END_TEST

START_TEST(empty_keys_prefixes_and_numbers_are_keys)
{
    struct kafc_map m;
    uint64_t id[3] = { 0, 1, UINT64_MAX };
    int a, b, c;
    kafc__map_init(&m, NULL);
    ck_assert_ptr_null(kafc__map_get(&m, "", 0));
    ck_assert_ptr_null(kafc__map_del(&m, "x", 1));
    ck_assert(kafc__map_put(&m, "", 0, &a));
    ck_assert(kafc__map_put(&m, "a", 1, &b));
    ck_assert(kafc__map_put(&m, "a\0", 2, &c));
    ck_assert_ptr_eq(kafc__map_get(&m, "", 0), &a);
    ck_assert_ptr_eq(kafc__map_get(&m, "a", 1), &b);
    ck_assert_ptr_eq(kafc__map_get(&m, "a\0", 2), &c);
    for (int i = 0; i < 3; i++)
        ck_assert(kafc__map_put(&m, &id[i], sizeof(id[i]), &id[i]));
    for (int i = 0; i < 3; i++)
        ck_assert_ptr_eq(kafc__map_get(&m, &id[i], sizeof(id[i])), &id[i]);
    ck_assert(kafc__map_put(&m, "a", 1, &c));
    ck_assert_ptr_eq(kafc__map_get(&m, "a", 1), &c);
    ck_assert_uint_eq(m.n, 6);
    kafc__map_fini(&m);
}
END_TEST

START_TEST(a_put_that_fails_changes_nothing)
{
    struct test_alloc a;
    struct kafc_map m;
    static int v[1000];
    test_alloc_init(&a);
    kafc__map_init(&m, &a.mem);
    a.fail_at = 3;
    a.fail_all_after = true;
    int in = 0;
    while (in < 1000 && kafc__map_put(&m, &v[in], sizeof(v[in]), &v[in])) {
        in++;
        v[in] = in;
    }
    ck_assert_int_lt(in, 1000);
    ck_assert_uint_eq(m.n, (size_t)in);
    kafc__map_fini(&m);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

SUITE_MAIN("map", 20, what_was_put_is_found_until_it_is_deleted,
           empty_keys_prefixes_and_numbers_are_keys, a_put_that_fails_changes_nothing)
