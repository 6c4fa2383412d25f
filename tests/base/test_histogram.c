/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/histogram: every number that it gives, against the sorted values.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/histogram.h"
#include "base/rand.h"
#include "tests/support/suite.h"

enum { N = 20000 };

static struct kafc_histogram hist;
static struct kafc_histogram_view view;

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void fill(struct kafc_histogram *h, uint64_t *v, size_t n)
{
    memset(h, 0, sizeof(*h));
    for (size_t i = 0; i < n; i++)
        kafc__histogram_add(h, (int64_t)v[i]);
    qsort(v, n, sizeof(*v), by_size);
}

static void check_percentiles(const uint64_t *sorted, uint64_t n)
{
    static const uint32_t permille[] = { 0, 1, 10, 250, 500, 750, 900, 990, 999, 1000 };
    for (size_t i = 0; i < sizeof(permille) / sizeof(*permille); i++) {
        uint64_t rank = (n * permille[i] + 999) / 1000;
        uint64_t exact = sorted[rank ? rank - 1 : 0];
        uint64_t got = kafc__histogram_permille(&view, permille[i]);
        uint64_t off = got > exact ? got - exact : exact - got;
        ck_assert_msg(off * 32 <= exact, "%u permille of %llu: %llu, not %llu", permille[i],
                      (unsigned long long)n, (unsigned long long)got, (unsigned long long)exact);
    }
}

START_TEST(nothing_was_counted)
{
    memset(&hist, 0, sizeof(hist));
    kafc__histogram_view(&hist, &view);
    ck_assert_uint_eq(view.count + view.sum + view.min + view.max, 0);
    ck_assert_uint_eq(kafc__histogram_permille(&view, 500), 0);
    ck_assert_uint_eq(kafc__histogram_below(&view, KAFC_HISTOGRAM_BITS), 0);
}
END_TEST

START_TEST(percentiles_are_close_to_those_of_the_sorted_values)
{
    static uint64_t v[N];
    struct kafc_rand r;
    kafc__rand_seed(&r, 42);
    for (uint32_t bits = 1; bits <= KAFC_HISTOGRAM_BITS; bits++) {
        uint64_t sum = 0;
        for (size_t i = 0; i < N; i++) { /* of all sizes up to 2^bits, small ones as often */
            uint64_t x = (uint64_t)kafc__rand_below(&r, UINT32_MAX) << 4;
            v[i] = x >> (36 - 1 - kafc__rand_below(&r, bits));
            sum += v[i];
        }
        fill(&hist, v, N);
        kafc__histogram_view(&hist, &view);
        ck_assert_uint_eq(view.count, N);
        ck_assert_uint_eq(view.sum, sum);
        ck_assert_uint_eq(view.min, v[0]);
        ck_assert_uint_eq(view.max, v[N - 1]);
        check_percentiles(v, N);
    }
}
END_TEST

START_TEST(every_value_counts_at_the_edges_as_well)
{
    for (unsigned bits = 0; bits <= KAFC_HISTOGRAM_BITS; bits++)
        for (int64_t d = -1; d <= 1; d++) {
            int64_t value = ((int64_t)1 << bits) + d;
            memset(&hist, 0, sizeof(hist));
            kafc__histogram_add(&hist, value);
            kafc__histogram_view(&hist, &view);
            ck_assert_uint_eq(view.count, 1);
            ck_assert_uint_eq(kafc__histogram_permille(&view, 500), (uint64_t)value);
            ck_assert_uint_eq(kafc__histogram_below(&view, bits),
                              d <= 0 || bits == KAFC_HISTOGRAM_BITS);
            if (bits)
                ck_assert_uint_eq(kafc__histogram_below(&view, bits - 1), value <= 1 << 0);
        }
}
END_TEST

START_TEST(what_is_out_of_range_counts_at_the_ends)
{
    memset(&hist, 0, sizeof(hist));
    kafc__histogram_add(&hist, -5);
    kafc__histogram_add(&hist, INT64_MAX);
    kafc__histogram_view(&hist, &view);
    ck_assert_uint_eq(view.count, 2);
    ck_assert_uint_eq(view.min, 0);
    ck_assert_uint_eq(view.max, INT64_MAX);
    ck_assert_uint_eq(kafc__histogram_permille(&view, 500), 0);
    ck_assert_uint_eq(view.bucket[0], 1);
    ck_assert_uint_eq(view.bucket[KAFC_HISTOGRAM_BUCKETS - 1], 1);
}
END_TEST

START_TEST(one_taken_away_leaves_the_other)
{
    static uint64_t v[2 * N];
    static struct kafc_histogram all;
    static struct kafc_histogram_view first, second, both;
    struct kafc_rand r;
    kafc__rand_seed(&r, 7);
    for (size_t i = 0; i < 2 * N; i++)
        v[i] = 1000 + kafc__rand_below(&r, i < N ? 5000 : 90000);
    memset(&all, 0, sizeof(all));
    memset(&hist, 0, sizeof(hist));
    for (size_t i = 0; i < N; i++)
        kafc__histogram_add(&all, (int64_t)v[i]);
    kafc__histogram_view(&all, &first);
    for (size_t i = N; i < 2 * N; i++) {
        kafc__histogram_add(&all, (int64_t)v[i]);
        kafc__histogram_add(&hist, (int64_t)v[i]);
    }
    kafc__histogram_view(&all, &both);
    kafc__histogram_view(&hist, &second);
    view = both;
    kafc__histogram_since(&view, &first);
    ck_assert_uint_eq(view.count, N);
    ck_assert_uint_eq(view.sum, second.sum);
    ck_assert_int_eq(memcmp(view.bucket, second.bucket, sizeof(view.bucket)), 0);
    ck_assert_uint_le(view.min, second.min);
    ck_assert_uint_ge(view.min * 32, second.min * 31);
    ck_assert_uint_ge(view.max, second.max);
    ck_assert_uint_le(view.max * 31, second.max * 32 + 32);
    qsort(v + N, N, sizeof(*v), by_size);
    check_percentiles(v + N, N);
    kafc__histogram_since(&view, &second);
    ck_assert_uint_eq(view.count + view.sum + view.min + view.max, 0);
}
END_TEST

static void *count_all(void *arg)
{
    for (int64_t i = 0; i < N; i++)
        kafc__histogram_add(arg, i);
    return NULL;
}

START_TEST(threads_lose_nothing)
{
    pthread_t t[4];
    uint64_t last = 0;
    memset(&hist, 0, sizeof(hist));
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&t[i], NULL, count_all, &hist), 0);
    do {
        kafc__histogram_view(&hist, &view);
        ck_assert_uint_ge(view.count, last);
        ck_assert_uint_le(view.min, view.max);
        last = view.count;
    } while (last < 4 * N);
    for (int i = 0; i < 4; i++)
        pthread_join(t[i], NULL);
    kafc__histogram_view(&hist, &view);
    ck_assert_uint_eq(view.sum, 4 * ((uint64_t)N * (N - 1) / 2));
    ck_assert_uint_eq(view.min, 0);
    ck_assert_uint_eq(view.max, N - 1);
}
END_TEST

SUITE_MAIN("histogram", 60, nothing_was_counted,
           percentiles_are_close_to_those_of_the_sorted_values,
           every_value_counts_at_the_edges_as_well, what_is_out_of_range_counts_at_the_ends,
           one_taken_away_leaves_the_other, threads_lose_nothing)
