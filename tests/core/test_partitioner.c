/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Partitioners: the vectors of Java, librdkafka, sarama and kafka-go, and what
 * each name does with empty and null keys.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/mem.h"
#include "core/partitioner.h"

static const kafc_allocator none;
static uint32_t load[8];
static bool dead[8];

static bool has_leader(const void *ctx, int32_t p)
{
    (void)ctx;
    return p >= 8 || !dead[p];
}

static uint32_t queued(const void *ctx, int32_t p)
{
    (void)ctx;
    return p < 8 ? load[p] : 0;
}

static struct kafc_partition_view view(int32_t n)
{
    return (struct kafc_partition_view){ .n = n, .has_leader = has_leader, .queued = queued };
}

static void setup(void)
{
    memset(load, 0, sizeof(load));
    memset(dead, 0, sizeof(dead));
}

static void start(struct kafc_partitioner *s, const char *name, int64_t sticky_bytes)
{
    const struct kafc_partitioner_rule *rule = kafc__partitioner_rule(name);
    ck_assert_ptr_nonnull(rule);
    kafc__partitioner_init(s, &none, rule, sticky_bytes, 42);
}

static int32_t pick(struct kafc_partitioner *s, const void *key, int32_t len, int32_t n)
{
    kafc_message m = { .key = { key, len } };
    struct kafc_partition_view v = view(n);
    bool sticky;
    return kafc__partitioner_pick(s, &m, &v, &sticky);
}

static int value_of(char c)
{
    const char *set = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(set, c) : NULL;
    return at ? (int)(at - set) : -1;
}

static int32_t unbase64(const char *in, unsigned char *out)
{
    int32_t n = 0;
    unsigned bits = 0;
    int have = 0;
    for (; value_of(*in) >= 0; in++) {
        bits = bits << 6 | (unsigned)value_of(*in);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (unsigned char)(bits >> have);
        }
    }
    return n;
}

static const char *const columns[] = { "murmur2", "crc32_consistent", "hash", "reference_hash" };

START_TEST(vectors_of_other_clients)
{
    gzFile f = gzopen("tests/data/partition.tsv.gz", "rb");
    ck_assert_ptr_nonnull(f);
    static char line[65536];
    static unsigned char key[65536];
    int lines = 0;
    struct kafc_partitioner s[4];
    for (int c = 0; c < 4; c++)
        start(&s[c], columns[c], 1000);
    ck_assert_ptr_nonnull(gzgets(f, line, sizeof(line))); /* the heading */
    while (gzgets(f, line, sizeof(line))) {
        int32_t len = unbase64(line, key);
        char *p = line;
        for (int i = 0; i < 4; i++)
            p = strchr(p, '\t') + 1;
        for (int c = 0; c < 4; c++)
            for (int32_t n = 1; n <= 100; n++) {
                ck_assert_int_eq(pick(&s[c], key, len, n), strtol(p, &p, 10));
                p++;
            }
        lines++;
    }
    gzclose(f);
    for (int c = 0; c < 4; c++)
        kafc__partitioner_fini(&s[c]);
    ck_assert_int_gt(lines, 400);
}
END_TEST

/* The keys of kafka-go's and librdkafka's own tests. */
START_TEST(vectors_by_hand)
{
    static const struct {
        const char *name, *key;
        int32_t n, expect;
    } v[] = {
        { "hash", "blah", 2, 0 },
        { "hash", "blah", 3, 1 },
        { "hash", "boop", 3, 2 },
        { "hash", "20", 16, 1 },
        { "reference_hash", "blah", 2, 0 },
        { "reference_hash", "castle", 3, 2 },
        { "reference_hash", "20", 16, 15 },
        { "crc32", "23456", 17, 7 },
        { "crc32", "hejsan", 17, 14 },
        { "murmur2", "", 17, 11 },
        { "murmur2", "23456", 17, 9 },
        { "murmur2", "hejsan", 17, 5 },
        { "murmur2", "123456789", 1000, 566 },
    };
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++) {
        struct kafc_partitioner s;
        start(&s, v[i].name, 1000);
        ck_assert_int_eq(pick(&s, v[i].key, (int32_t)strlen(v[i].key), v[i].n), v[i].expect);
        kafc__partitioner_fini(&s);
    }
}
END_TEST

/* What a rule does with a key: 'h' the same each time, 'r' each partition in turn, 'x' draws, 's' sticks. */
static char behaviour(const char *name, const void *key, int32_t len)
{
    struct kafc_partitioner s;
    kafc_message m = { .key = { key, len } };
    struct kafc_partition_view v = view(7);
    start(&s, name, 1000);
    int32_t got[30];
    bool sticky = false, same = true, turn = true;
    for (int i = 0; i < 30; i++) {
        got[i] = kafc__partitioner_pick(&s, &m, &v, &sticky);
        ck_assert(got[i] >= 0 && got[i] < 7);
        same = same && got[i] == got[0];
        turn = turn && got[i] == i % 7;
    }
    kafc__partitioner_fini(&s);
    return sticky ? 's' : same ? 'h' : turn ? 'r' : 'x';
}

START_TEST(V3_null_and_empty_keys_follow_the_reference)
{
    static const struct {
        const char *name, *expect; /* key, empty, null */
    } v[] = {
        { "murmur2", "hhs" },
        { "murmur2_consistent", "hhh" },
        { "murmur2_random", "hhs" },
        { "hash", "hhr" },
        { "hash_consistent", "hhh" },
        { "fnv1a", "hhh" },
        { "fnv1a_random", "hhs" },
        { "reference_hash", "hhx" },
        { "reference_hash_consistent", "hhh" },
        { "crc32", "hxx" },
        { "crc32_consistent", "hhh" },
        { "consistent", "hhh" },
        { "consistent_random", "hss" },
        { "round_robin", "rrr" },
        { "least_bytes", "rhh" },
        { "sticky", "sss" },
        { "random", "xxs" },
    };
    size_t n = 0;
    while (kafc__partitioner_name(n))
        n++;
    ck_assert_uint_eq(n, sizeof(v) / sizeof(v[0]));
    for (size_t i = 0; i < n; i++) {
        ck_assert_int_eq(behaviour(v[i].name, "key", 3), v[i].expect[0]);
        ck_assert_int_eq(behaviour(v[i].name, "", 0), v[i].expect[1]);
        ck_assert_int_eq(behaviour(v[i].name, NULL, 0), v[i].expect[2]);
    }
    ck_assert_ptr_null(kafc__partitioner_rule("nonsense"));
    struct kafc_partitioner s; /* the consistent forms hash the empty string */
    start(&s, "murmur2_consistent", 1000);
    ck_assert_int_eq(pick(&s, NULL, 0, 17), 11);
    kafc__partitioner_fini(&s);
    start(&s, "crc32_consistent", 1000);
    ck_assert_int_eq(pick(&s, NULL, 0, 17), 0);
    kafc__partitioner_fini(&s);
}
END_TEST

START_TEST(least_bytes_evens_out_and_restarts_when_partitions_come)
{
    struct kafc_partitioner s;
    start(&s, "least_bytes", 1000);
    static const int32_t len[] = { 10, 1, 1, 5, 3 }, expect[] = { 0, 1, 2, 1, 2 };
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(pick(&s, "0123456789", len[i], 3), expect[i]);
    ck_assert_int_eq(pick(&s, "x", 1, 4), 0);
    ck_assert_int_eq(pick(&s, "x", 1, 4), 1);
    kafc__partitioner_fini(&s);
}
END_TEST

START_TEST(sticky_changes_after_its_bytes)
{
    struct kafc_partitioner s;
    start(&s, "sticky", 1000);
    struct kafc_partition_view v = view(8);
    int32_t first = pick(&s, NULL, 0, 8);
    kafc__partitioner_stuck(&s, first, 999, true, &v);
    ck_assert_int_eq(atomic_load(&s.stuck), 999);
    kafc__partitioner_stuck(&s, first, 500, false,
                            &v); /* in the middle of a batch: up to twice as much */
    ck_assert_int_eq(atomic_load(&s.stuck), 1499);
    kafc__partitioner_stuck(&s, (first + 1) % 8, 5000, true,
                            &v); /* of another partition: too late */
    ck_assert_int_eq(atomic_load(&s.stuck), 1499);
    kafc__partitioner_stuck(&s, first, 501, false, &v);
    ck_assert_int_eq(atomic_load(&s.stuck), 0);
    kafc__partitioner_fini(&s);
}
END_TEST

START_TEST(sticky_prefers_short_queues_and_avoids_the_leaderless)
{
    int hits[3] = { 0 };
    load[1] = 3;
    load[2] = 1;
    for (uint64_t seed = 0; seed < 8000; seed++) { /* lengths 0 3 1: weights 4 1 3 */
        struct kafc_partitioner s;
        kafc__partitioner_init(&s, &none, kafc__partitioner_rule("sticky"), 1000, seed * 7919);
        hits[pick(&s, NULL, 0, 3)]++;
        kafc__partitioner_fini(&s);
    }
    ck_assert(hits[0] > 3800 && hits[0] < 4200);
    ck_assert(hits[1] > 850 && hits[1] < 1150);
    ck_assert(hits[2] > 2800 && hits[2] < 3200);
    dead[0] = dead[2] = true;
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct kafc_partitioner s;
        kafc__partitioner_init(&s, &none, kafc__partitioner_rule("sticky"), 1000, seed);
        ck_assert_int_eq(pick(&s, NULL, 0, 3), 1);
        kafc__partitioner_fini(&s);
    }
    dead[1] = true;
    struct kafc_partitioner s;
    start(&s, "sticky", 1000);
    ck_assert_int_lt(pick(&s, NULL, 0, 3), 3);
    kafc__partitioner_fini(&s);
}
END_TEST

static int32_t answer_five(void *ctx, const kafc_message *m, int32_t n)
{
    (void)m;
    (void)n;
    ++*(int *)ctx;
    return 5;
}

START_TEST(callback_wins_and_is_checked)
{
    struct kafc_partitioner s;
    int calls = 0;
    start(&s, "round_robin", 1000);
    s.fn = answer_five;
    s.fn_ctx = &calls;
    ck_assert_int_eq(pick(&s, NULL, 0, 6), 5);
    ck_assert_int_eq(pick(&s, "k", 1, 5), -1);
    ck_assert_int_eq(calls, 2);
    kafc__partitioner_fini(&s);
}
END_TEST

int main(void)
{
    Suite *su = suite_create("core/partitioner");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, setup, NULL);
    tcase_add_test(t, vectors_of_other_clients);
    tcase_add_test(t, vectors_by_hand);
    tcase_add_test(t, V3_null_and_empty_keys_follow_the_reference);
    tcase_add_test(t, least_bytes_evens_out_and_restarts_when_partitions_come);
    tcase_add_test(t, sticky_changes_after_its_bytes);
    tcase_add_test(t, sticky_prefers_short_queues_and_avoids_the_leaderless);
    tcase_add_test(t, callback_wins_and_is_checked);
    suite_add_tcase(su, t);
    SRunner *r = srunner_create(su);
    srunner_run_all(r, CK_ENV);
    int failed = srunner_ntests_failed(r);
    srunner_free(r);
    return failed != 0;
}
