/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/frame, base/budget, base/seg: what is held is counted, and given back.
 */
#include <stdlib.h>

#include "base/frame.h"
#include "base/seg.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

static int rooms;

static void on_room(void *ctx)
{
    ck_assert_ptr_eq(ctx, &rooms);
    rooms++;
}

START_TEST(budget_refuses_above_its_limit_and_tells_of_room)
{
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_budget *b = kafc__budget_new(&a.mem, 1000);
    kafc__budget_on_room(b, on_room, &rooms);
    rooms = 0;
    ck_assert(kafc__budget_try_take(b, 1000));
    ck_assert(!kafc__budget_try_take(b, 1));
    kafc__budget_take(b, 500);
    kafc__budget_give(b, 400); /* still above, but somebody waits */
    ck_assert_int_eq(rooms, 1);
    kafc__budget_give(b, 200);
    ck_assert_int_eq(rooms, 2);
    kafc__budget_give(b, 100);
    ck_assert_int_eq(rooms, 2);
    ck_assert_uint_eq(b->used, 800);
    kafc__budget_give(b, 800);
    kafc__budget_unref(b);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(budget_wakes_who_wanted_more_than_was_free)
{
    struct kafc_budget *b = kafc__budget_new(NULL, 1000);
    kafc__budget_on_room(b, on_room, &rooms);
    rooms = 0;
    ck_assert(kafc__budget_try_take(b, 900));
    ck_assert(!kafc__budget_try_take(b, 300));
    kafc__budget_give(b, 500); /* never was at the limit */
    ck_assert_int_eq(rooms, 1);
    ck_assert(kafc__budget_try_take(b, 300));
    kafc__budget_on_room(b, NULL, NULL);
    kafc__budget_give(b, 700);
    ck_assert_int_eq(rooms, 1);
    kafc__budget_unref(b);
}
END_TEST

START_TEST(frame_counts_as_long_as_it_lives)
{
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_budget *b = kafc__budget_new(&a.mem, 100);
    struct kafc_frame *f = kafc__frame_new(&a.mem, b, 1000);
    ck_assert_uint_eq(b->used, 1000);
    memset(f->data, 'x', 1000);
    f->len = 10;
    f = kafc__frame_resize(f, 5000);
    ck_assert_uint_eq(b->used, 5000);
    ck_assert_uint_eq(f->data[9], 'x');
    f = kafc__frame_resize(f, 10);
    ck_assert_uint_eq(b->used, 10);
    ck_assert_ptr_null(kafc__frame_resize(f, 9));
    a.fail_at = a.calls + 1;
    ck_assert_ptr_null(kafc__frame_resize(f, 100));
    ck_assert_uint_eq(b->used, 10);
    kafc__frame_ref(f);
    kafc__frame_unref(f);
    kafc__budget_unref(b); /* the frame outlives its client */
    ck_assert_int_eq(a.live, 2);
    kafc__frame_unref(f);
    kafc__frame_unref(NULL);
    ck_assert_int_eq(a.live, 0);
    ck_assert_ptr_null(kafc__frame_new(NULL, NULL, SIZE_MAX));
}
END_TEST

START_TEST(frames_of_middle_size_are_used_again)
{
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_budget *b = kafc__budget_new(&a.mem, 100);
    struct kafc_frame_pool *p = kafc__frame_pool_new(&a.mem);
    struct kafc_frame *f = kafc__frame_get(p, 500000), *g;
    ck_assert_uint_eq(f->cap, 500000);
    ck_assert_uint_ge(f->room, 500000);
    memset(f->data, 'x', f->room);
    f->len = f->cap;
    kafc__frame_charge(f, b);
    ck_assert_uint_eq(b->used, f->room); /* what is held, not what is used of it */
    long calls = atomic_load(&a.calls);
    g = f;
    kafc__frame_unref(f);
    ck_assert_uint_eq(b->used, 0);
    f = kafc__frame_get(p, 520000); /* a little more */
    ck_assert_ptr_eq(f, g);
    ck_assert_uint_eq(f->len, 0);
    ck_assert_uint_eq(f->cap, 520000);
    ck_assert_ptr_null(f->budget);
    ck_assert_int_eq(atomic_load(&a.calls), calls);
    g = kafc__frame_get(p, 520000);
    ck_assert_ptr_ne(f, g);
    kafc__frame_unref(f);
    f = kafc__frame_get(p, 100000); /* so little is not put into so much */
    ck_assert_uint_lt(f->room, 200000);
    kafc__frame_unref(f);
    kafc__frame_pool_unref(p);
    kafc__frame_unref(g); /* it outlives its client */
    kafc__budget_unref(b);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(few_frames_are_kept_and_none_of_other_sizes)
{
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_frame_pool *p = kafc__frame_pool_new(&a.mem);
    struct kafc_frame *f[KAFC_FRAMES_KEPT + 3], *last;
    int n = KAFC_FRAMES_KEPT + 3;
    for (int i = 0; i < n; i++)
        f[i] = kafc__frame_get(p, 300000);
    last = f[n - 1];
    for (int i = 0; i < n; i++)
        kafc__frame_unref(f[i]);
    ck_assert_int_eq(a.live, 1 + KAFC_FRAMES_KEPT);
    f[0] = kafc__frame_get(p, 300000); /* the last one first */
    ck_assert_ptr_eq(f[0], last);
    kafc__frame_unref(f[0]);
    long live = a.live;
    static const size_t other[] = { 0, 1, KAFC_FRAME_KEPT_MIN - 1, KAFC_FRAME_KEPT_MAX + 1 };
    for (int i = 0; i < 4; i++) {
        f[0] = kafc__frame_get(p, other[i]);
        ck_assert_uint_eq(f[0]->room, other[i]);
        kafc__frame_unref(f[0]);
        ck_assert_int_eq(a.live, live);
    }
    a.fail_at = a.calls + 1;
    ck_assert_ptr_null(kafc__frame_get(p, KAFC_FRAME_KEPT_MAX));
    kafc__frame_pool_unref(p);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(segments_are_recycled_inside_the_budget)
{
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_budget *b = kafc__budget_new(&a.mem, 3 * KAFC_SEG_LARGE);
    struct kafc_seg_pool *p = kafc__seg_pool_new(&a.mem, b);
    struct kafc_chain c = { 0 };
    bool no_memory;
    for (int i = 0; i < 3; i++) {
        struct kafc_seg *s = kafc__seg_get(p, KAFC_SEG_LARGE, &no_memory);
        ck_assert_ptr_nonnull(s);
        ck_assert_uint_eq(s->cap + offsetof(struct kafc_seg, data), KAFC_SEG_LARGE);
        memset(s->data, 1, s->cap);
        s->len = 7;
        kafc__chain_append(&c, s);
    }
    ck_assert_uint_eq(c.len, 21);
    ck_assert_ptr_null(kafc__seg_get(p, KAFC_SEG_SMALL, &no_memory));
    ck_assert(!no_memory);
    struct kafc_seg *over = kafc__seg_get_over(p, KAFC_SEG_SMALL);
    ck_assert_ptr_nonnull(over);
    ck_assert_uint_eq(b->used, 3 * KAFC_SEG_LARGE + KAFC_SEG_SMALL);
    kafc__seg_put(p, over);
    kafc__chain_clear(&c, p);
    ck_assert_ptr_null(c.head);
    ck_assert_uint_eq(b->used, 0);
    a.fail_at = a.calls + 1;
    a.fail_all_after = true;
    for (int i = 0; i < 3; i++) /* from the free list: nothing is allocated */
        kafc__chain_append(&c, kafc__seg_get(p, KAFC_SEG_LARGE, &no_memory));
    kafc__seg_put(p, c.tail);
    struct kafc_seg *small = kafc__seg_get(p, KAFC_SEG_SMALL, &no_memory);
    ck_assert_ptr_nonnull(small);
    ck_assert_ptr_null(kafc__seg_get(p, KAFC_SEG_SMALL, &no_memory));
    ck_assert(no_memory);
    kafc__seg_put(p, small);
    c.head->next->next = NULL;
    kafc__chain_clear(&c, p);
    kafc__seg_pool_free(p);
    ck_assert_uint_eq(b->used, 0);
    kafc__budget_unref(b);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(segments_of_a_chain_grow)
{
    struct kafc_seg tiny = { .cap = KAFC_SEG_TINY - sizeof(struct kafc_seg) },
                    small = { .cap = KAFC_SEG_SMALL - sizeof(struct kafc_seg) };
    ck_assert_uint_eq(kafc__seg_next(NULL, tiny.cap), KAFC_SEG_TINY);
    ck_assert_uint_eq(kafc__seg_next(NULL, tiny.cap + 1), KAFC_SEG_SMALL);
    ck_assert_uint_eq(kafc__seg_next(NULL, small.cap + 1), KAFC_SEG_LARGE);
    ck_assert_uint_eq(kafc__seg_next(&tiny, 1), KAFC_SEG_SMALL);
    ck_assert_uint_eq(kafc__seg_next(&tiny, small.cap + 1), KAFC_SEG_LARGE);
    ck_assert_uint_eq(kafc__seg_next(&small, 1), KAFC_SEG_LARGE);
}
END_TEST

START_TEST(the_free_list_keeps_no_more_than_it_should)
{
    struct test_alloc a;
    test_alloc_init(&a);
    struct kafc_seg_pool *p = kafc__seg_pool_new(&a.mem, NULL);
    struct kafc_chain c = { 0 };
    p->keep = 2;
    for (int i = 0; i < 5; i++)
        kafc__chain_append(&c, kafc__seg_get_over(p, KAFC_SEG_SMALL));
    ck_assert_int_eq(a.live, 6);
    kafc__chain_clear(&c, p);
    ck_assert_int_eq(a.live, 3);
    ck_assert_uint_eq(p->nfree[1], 2);
    kafc__seg_pool_free(p);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(every_allocation_may_fail)
{
    struct test_alloc a;
    test_alloc_init(&a);
    a.fail_at = 1;
    a.fail_all_after = true;
    ck_assert_ptr_null(kafc__budget_new(&a.mem, 1));
    ck_assert_ptr_null(kafc__frame_new(&a.mem, NULL, 1));
    ck_assert_ptr_null(kafc__seg_pool_new(&a.mem, NULL));
}
END_TEST

SUITE_MAIN("frame", 20, budget_refuses_above_its_limit_and_tells_of_room,
           budget_wakes_who_wanted_more_than_was_free, frame_counts_as_long_as_it_lives,
           frames_of_middle_size_are_used_again, few_frames_are_kept_and_none_of_other_sizes,
           segments_are_recycled_inside_the_budget, segments_of_a_chain_grow,
           the_free_list_keeps_no_more_than_it_should, every_allocation_may_fail)
