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

#include "tests/support/suite.h"

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

/* What a rule does with a key: 'h' the same each time, 'r' each partition in turn, 'x' draws, 's' sticks, 'n' none. */
static char behaviour(const char *name, const void *key, int32_t len)
{
    struct kafc_partitioner s;
    kafc_message m = { .key = { key, len }, .value = KAFC_STR("v") };
    struct kafc_partition_view v = view(7);
    start(&s, name, 1000);
    int32_t got[70];
    bool sticky = false, same = true, turn = true;
    for (int i = 0; i < 70; i++) {
        got[i] = kafc__partitioner_pick(&s, &m, &v, &sticky);
        same = same && got[i] == got[0];
        turn = turn && got[i] == i % 7;
    }
    kafc__partitioner_fini(&s);
    for (int i = 0; i < 70; i++)
        ck_assert(got[i] == KAFC_PICK_BY_HAND || (got[i] >= 0 && got[i] < 7));
    return got[0] < 0 ? 'n' : sticky ? 's' : same ? 'h' : turn ? 'r' : 'x';
}

static const int32_t counts[] = { 1,  2,  3,  4,  5,  6,   7,   8,    10,
                                  12, 16, 17, 31, 64, 100, 127, 1000, 10000 };

/* A line of what other clients did: the partition for each count, or how it was chosen. */
static void compare(const char *name, const void *key, int32_t len, char *did)
{
    if (strchr("sxr", *did)) {
        ck_assert_msg(behaviour(name, key, len) == *did, "%s: '%c', not '%c'", name,
                      behaviour(name, key, len), *did);
        return;
    }
    struct kafc_partitioner s;
    start(&s, name, 1000);
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++, did++)
        ck_assert_int_eq(pick(&s, key, len, counts[i]), strtol(did, &did, 10));
    kafc__partitioner_fini(&s);
}

START_TEST(V3_keys_go_where_each_client_puts_them)
{
    gzFile f = gzopen("tests/data/partitioners.tsv.gz", "rb");
    ck_assert_ptr_nonnull(f);
    char line[4096], *at;
    unsigned char bytes[1024];
    int lines = 0;
    ck_assert_ptr_nonnull(gzgets(f, line, sizeof(line))); /* the heading */
    for (; gzgets(f, line, sizeof(line)); lines++) {
        char *name = strtok_r(line, "\t", &at), *text = strtok_r(NULL, "\t", &at);
        char *did = strtok_r(NULL, "\n", &at);
        ck_assert_ptr_nonnull(did);
        bool null = strcmp(text, "null") == 0, empty = strcmp(text, "empty") == 0;
        int32_t len = null || empty ? 0 : unbase64(text, bytes);
        compare(name, null ? NULL : bytes, len, did);
    }
    gzclose(f);
    ck_assert_int_gt(lines, 1000);
}
END_TEST

/* --- docs/PARTITIONERS.md --- */

static char in_words(const char *cell)
{
    static const struct {
        const char *word;
        char how;
    } v[] = { { "hash", 'h' },    { "sticky", 's' }, { "drawn", 'x' },
              { "in turn", 'r' }, { "least", 'r' },  { "refused", 'n' } };
    for (size_t i = 0; i < sizeof(v) / sizeof(v[0]); i++)
        if (strcmp(v[i].word, cell) == 0)
            return v[i].how;
    return 0;
}

START_TEST(V3_the_document_is_the_table)
{
    FILE *f = fopen("docs/PARTITIONERS.md", "r");
    ck_assert_ptr_nonnull(f);
    char line[512], name[64], cell[3][16];
    size_t n = 0;
    while (fgets(line, sizeof(line), f)) {
        if (sscanf(line, "| `%63[^`]` | %15[^|] | %15[^|] | %15[^|] |", name, cell[0], cell[1],
                   cell[2]) != 4)
            continue;
        ck_assert_ptr_nonnull(kafc__partitioner_name(n));
        ck_assert_str_eq(name, kafc__partitioner_name(n++));
        for (int i = 0; i < 3; i++) {
            cell[i][strcspn(cell[i], "\n") - 1] = 0; /* the space in front of the bar */
            char how = behaviour(name, i < 2 ? "key" : NULL, i < 1 ? 3 : 0);
            ck_assert_msg(how == in_words(cell[i]), "%s: %s", name, cell[i]);
        }
    }
    fclose(f);
    ck_assert_ptr_null(kafc__partitioner_name(n));
    ck_assert_ptr_null(kafc__partitioner_rule("nonsense"));
}
END_TEST

START_TEST(the_turn_of_some_passes_those_without_a_leader)
{
    static const int32_t expect[] = { 0, 2, 3, 0, 2, 3 };
    struct kafc_partitioner s;
    dead[1] = true;
    start(&s, "java.round_robin", 1000);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(pick(&s, NULL, 0, 4), expect[i]);
    kafc__partitioner_fini(&s);
    start(&s, "kafka-go.round_robin", 1000);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(pick(&s, NULL, 0, 4), i % 4);
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

/* --- Spread --- */

enum { WIDE = 16, FEW = 8 };

/* Chi-square of counts that should be equal. */
static double unevenness(const int64_t *got, int n)
{
    double sum = 0, chi = 0;
    for (int i = 0; i < n; i++)
        sum += (double)got[i];
    double mean = sum / n;
    for (int i = 0; i < n; i++)
        chi += ((double)got[i] - mean) * ((double)got[i] - mean) / mean;
    return chi;
}

/* Small messages fill many to a batch, large ones are a batch each. */
START_TEST(sticky_runs_are_spread_evenly)
{
    static const size_t sizes[] = { 100, 999, 1000, 30000 };
    static const int64_t of_run[] = { 2000, 2997, 1000, 30000 };
    struct kafc_partitioner s;
    struct kafc_partition_view v = view(WIDE);
    int64_t runs[WIDE] = { 0 }, bytes[WIDE] = { 0 };
    start(&s, "sticky", 1000);
    s.uniform = _i >= 4;
    size_t size = sizes[_i % 4];
    int32_t before = -1;
    for (int run = 0; run < 16000; run++) {
        int32_t p = pick(&s, NULL, 0, WIDE);
        runs[p]++;
        before = p;
        /* until the draw: it may give the same partition again */
        for (int64_t stuck = -1; atomic_load(&s.stuck) > stuck;) {
            stuck = atomic_load(&s.stuck);
            ck_assert_int_eq(pick(&s, NULL, 0, WIDE), before);
            kafc__partitioner_stuck(&s, before, size, size >= 1000, &v);
            bytes[before] += (int64_t)size;
        }
    }
    kafc__partitioner_fini(&s);
    /* With 15 degrees of freedom one in a thousand is beyond. */
    ck_assert_double_lt(unevenness(runs, WIDE), 37.7);
    for (int i = 0; i < WIDE; i++)
        ck_assert_int_eq(bytes[i], runs[i] * of_run[_i % 4]);
}
END_TEST

/* Partition 0's broker takes a batch in the time in which the others take all they have. So its batches
 * are full, and theirs go with a linger: a partitioner that changes with each batch would give it the
 * most (the trouble of KIP-480). */
static double share_of_the_slow(bool uniform)
{
    struct kafc_partitioner s;
    struct kafc_partition_view v = view(FEW);
    int64_t bytes[FEW] = { 0 }, held = 0, total = 0;
    start(&s, "sticky", 1000);
    s.uniform = uniform;
    for (int i = 0; i < 400000; i++) {
        int32_t p = pick(&s, NULL, 0, FEW);
        bytes[p] += 100;
        total += 100;
        held += p == 0 ? 100 : 0;
        bool full = p == 0 ? held % 1000 == 0 : i % 3 == 0;
        if (i % 100 == 99 && held > 0)
            held -= held < 1000 ? held : 1000;
        load[0] = (uint32_t)(held / 1000);
        kafc__partitioner_stuck(&s, p, 100, full, &v);
    }
    kafc__partitioner_fini(&s);
    return (double)bytes[0] / (double)total * FEW;
}

START_TEST(a_slow_broker_gets_no_more_and_less_if_adaptive)
{
    double even = share_of_the_slow(true);
    ck_assert_double_gt(even, 0.8);
    ck_assert_double_lt(even, 1.1);
    ck_assert_double_lt(share_of_the_slow(false), 0.8 * even);
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

SUITE_AROUND(setup, NULL, "core/partitioner", 60, ONCE(vectors_of_other_clients), ONCE(vectors_by_hand),
             ONCE(V3_keys_go_where_each_client_puts_them), ONCE(V3_the_document_is_the_table),
             ONCE(the_turn_of_some_passes_those_without_a_leader),
             ONCE(least_bytes_evens_out_and_restarts_when_partitions_come), ONCE(sticky_changes_after_its_bytes),
             ONCE(sticky_prefers_short_queues_and_avoids_the_leaderless), LOOP(sticky_runs_are_spread_evenly, 0, 8),
             ONCE(a_slow_broker_gets_no_more_and_less_if_adaptive), ONCE(callback_wins_and_is_checked))
