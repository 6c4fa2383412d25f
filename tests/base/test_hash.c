/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/hash: Kafka's own results, and the sums by instruction and by table.
 */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/rand.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

/* One of the columns of 100 partitions, for 1, 2, … 100 partitions. */
static void check_partitions(const char *list, const char *what, int line,
                             long (*partition)(uint32_t, long), uint32_t hash)
{
    for (long n = 1; n <= 100; n++) {
        char *end;
        long want = strtol(list, &end, 10);
        ck_assert_msg(partition(hash, n) == want, "line %d, %s of %ld: %ld, not %ld", line, what, n,
                      partition(hash, n), want);
        list = end + 1;
    }
}

static long masked(uint32_t hash, long n)
{
    return (long)(hash & 0x7fffffff) % n;
}

static long unsigned_rest(uint32_t hash, long n)
{
    return (long)(hash % (uint32_t)n);
}

START_TEST(hashes_of_keys_are_javas)
{
    struct lines l;
    lines_open(&l, "partition.tsv.gz");
    ck_assert(lines_next(&l));
    int lines = 0;
    while (lines_next(&l)) {
        size_t n;
        unsigned char *key = lines_base64(l.column[0], &n);
        uint32_t murmur2 = kafc__murmur2(key, n);
        uint32_t crc32 = kafc__crc32(key, n), fnv1a = kafc__fnv1a(key, n);
        ck_assert_int_eq((int32_t)murmur2, strtol(l.column[1], NULL, 10));
        ck_assert_uint_eq(crc32, strtoul(l.column[2], NULL, 10));
        ck_assert_uint_eq(fnv1a, strtoul(l.column[3], NULL, 10));
        check_partitions(l.column[4], "java", l.number, masked, murmur2);
        check_partitions(l.column[5], "crc32", l.number, unsigned_rest, crc32);
        check_partitions(l.column[7], "fnv1a reference", l.number, masked, fnv1a);
        free(key);
        lines++;
    }
    ck_assert_int_eq(lines, 500);
    lines_close(&l);
}
END_TEST

START_TEST(crc32c_has_the_known_values)
{
    unsigned char zeros[32] = { 0 };
    ck_assert_uint_eq(kafc__crc32c(0, "", 0), 0);
    ck_assert_uint_eq(kafc__crc32c(0, "123456789", 9), 0xe3069283);
    ck_assert_uint_eq(kafc__crc32c_table(0, "123456789", 9), 0xe3069283);
    ck_assert_uint_eq(kafc__crc32c(0, zeros, 32), 0x8a9136aa);
}
END_TEST

START_TEST(crc32c_is_the_same_by_instruction_and_by_table_and_in_parts)
{
    enum { SIZE = 70000 };
    struct kafc_rand r;
    kafc__rand_seed(&r, 3);
    unsigned char *p = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++)
        p[i] = (unsigned char)kafc__rand_next(&r);
    for (int i = 0; i < 3000; i++) {
        size_t at = kafc__rand_below(&r, 16);
        size_t n = kafc__rand_below(&r, i < 2500 ? 1200 : SIZE - 16);
        size_t cut = kafc__rand_below(&r, (uint32_t)n + 1);
        uint32_t crc = (uint32_t)kafc__rand_next(&r);
        uint32_t whole = kafc__crc32c(crc, p + at, n);
        ck_assert_uint_eq(whole, kafc__crc32c_table(crc, p + at, n));
        uint32_t first = kafc__crc32c(crc, p + at, cut);
        ck_assert_uint_eq(whole, kafc__crc32c(first, p + at + cut, n - cut));
        ck_assert_uint_eq(
            whole, kafc__crc32c_combine(first, kafc__crc32c(0, p + at + cut, n - cut), n - cut));
    }
    free(p);
}
END_TEST

START_TEST(crc32c_is_the_same_for_every_length_and_alignment)
{
    enum { MAX = 4096, ALIGN = 16 };
    static _Alignas(64) unsigned char p[MAX + ALIGN];
    struct kafc_rand r;
    kafc__rand_seed(&r, 4);
    for (size_t i = 0; i < sizeof(p); i++)
        p[i] = (unsigned char)kafc__rand_next(&r);
    for (size_t at = 0; at < ALIGN; at++) {
        uint32_t want = 0; /* one byte more each time */
        for (size_t n = 0; n <= MAX; n++) {
            ck_assert_uint_eq(kafc__crc32c(0, p + at, n), want);
            want = kafc__crc32c_table(want, p + at + n, 1);
        }
        ck_assert_uint_eq(kafc__crc32c_table(0, p + at, MAX), kafc__crc32c(0, p + at, MAX));
    }
}
END_TEST

START_TEST(crc32c_combines_over_very_long_parts)
{
    /* Appending n zero bytes twice equals appending 2 n; the sum of zeros is taken by doubling itself. */
    uint32_t zeros = kafc__crc32c(0, "", 1), a = kafc__crc32c(0, "kafka", 5), direct = a;
    uint64_t n = 1;
    for (int k = 0; k < 36; k++, n *= 2)
        zeros = kafc__crc32c_combine(zeros, zeros, (size_t)n);
    direct = kafc__crc32c_combine(a, zeros, (size_t)n);
    /* the sum of 2^35 zeros, twice */
    uint32_t half = kafc__crc32c(0, "", 1);
    n = 1;
    for (int k = 0; k < 35; k++, n *= 2)
        half = kafc__crc32c_combine(half, half, (size_t)n);
    uint32_t twice = kafc__crc32c_combine(kafc__crc32c_combine(a, half, (size_t)n), half,
                                          (size_t)n);
    ck_assert_uint_eq(direct, twice);
    ck_assert_uint_ne(direct, a);
}
END_TEST

SUITE_MAIN("hash", 60, hashes_of_keys_are_javas, crc32c_has_the_known_values,
           crc32c_is_the_same_by_instruction_and_by_table_and_in_parts,
           crc32c_is_the_same_for_every_length_and_alignment, crc32c_combines_over_very_long_parts)
