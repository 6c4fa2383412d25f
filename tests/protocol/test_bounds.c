/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol/decode: no bytes cost more memory than schema.h says, and no
 * message is deeper than the walkers' path. The bound is counted from the
 * tables; then vectors, random bytes and claims of the worst kind are held
 * against it.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/rand.h"
#include "fuzz/pick.h"
#include "protocol/walk.h"
#include "tests/protocol/message.h"
#include "tests/support/alloc.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

enum { HOSTILE = 600, ARENA_CHUNK = 65536 };

/* Decodes with an allocator that counts, whatever comes of it. Gives what the arena gave out. */
static size_t decode(const struct kafc_schema *s, int16_t version, const void *bytes, size_t n)
{
    static struct test_alloc mem;
    struct kafc_arena a;
    struct kafc_rd r;
    void *msg = message_new(s);
    test_alloc_init(&mem);
    kafc__arena_init(&a, &mem.mem, 0);
    kafc__rd_init(&r, bytes, n);
    kafc_err err = kafc__msg_decode(&r, s, msg, version, &a, NULL);
    MUST(err == KAFC_OK || err == KAFC_ERR_PROTOCOL, "%d", (int)err);
    size_t used = a.used;
    MUST(used <= n * KAFC_DECODE_FACTOR + KAFC_DECODE_SPARE, "%s v%d: %zu bytes of memory for %zu",
         s->name, version, used, n);
    MUST((size_t)mem.bytes <= 2 * (used + KAFC_DECODE_SPARE) + ARENA_CHUNK,
         "%s v%d: %ld bytes asked for, %zu given out", s->name, version, (long)mem.bytes, used);
    kafc__arena_fini(&a);
    MUST(mem.live == 0, "%s v%d: a leak", s->name, version);
    free(msg);
    return used;
}

static size_t in_memory(size_t n)
{
    return (n + 15) & ~(size_t)15; /* as the arena rounds */
}

/* The most memory that a byte of the struct and of what is in it can stand for; *spare: what all its levels cost for
 * the one element in which the bytes end. */
static double densest(const struct kafc_schema *s, int16_t version, bool flex, int depth,
                      size_t *spare)
{
    double most = flex ? (double)in_memory(sizeof(struct kafc_tag)) / 2 : 0; /* unknown tags */
    size_t deepest = 0;
    MUST(depth <= KAFC_WALK_DEPTH, "%s is too deep", s->name);
    for (const struct kafc_field *f = s->field; f < s->field + s->nfields; f++) {
        if (!kafc__in(f->on, version))
            continue;
        size_t inner = 0, step = f->sub ? f->sub->size : kafc__kind_size(f->elem);
        size_t min = f->sub ? kafc__schema_min_size(f->sub, version, flex)
                            : kafc__kind_min(f->elem, flex);
        double d = f->sub ? densest(f->sub, version, flex, depth + 1, &inner) : 0;
        if (f->kind == KAFC_ARR || f->kind == KAFC_PTR) {
            MUST(min > 0, "%s.%s v%d: elements of no bytes", s->name, f->name, version);
            inner += in_memory(step);
            if ((double)in_memory(step) / (double)min > d)
                d = (double)in_memory(step) / (double)min;
        }
        most = d > most ? d : most;
        deepest = inner > deepest ? inner : deepest;
    }
    *spare = deepest + (flex ? in_memory(sizeof(struct kafc_tag)) : 0);
    return most;
}

START_TEST(the_bound_is_what_the_tables_say)
{
    double most = 0;
    size_t spare, most_spare = 0;
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        for (size_t v = 0; v < pick_versions(s); v++) {
            int16_t version = pick_version(s, v);
            double d = densest(s, version, s->flex >= 0 && version >= s->flex, 1, &spare);
            most = d > most ? d : most;
            most_spare = spare > most_spare ? spare : most_spare;
        }
    }
    ck_assert_msg(most > 20 && most <= KAFC_DECODE_FACTOR, "%.1f", most);
    ck_assert_msg(most_spare > 200 && most_spare <= KAFC_DECODE_SPARE, "%zu", most_spare);
}
END_TEST

static size_t longest_path(const struct kafc_schema *s)
{
    size_t most = strlen("tags");
    for (const struct kafc_field *f = s->field; f < s->field + s->nfields; f++) {
        size_t n = strlen(f->name) + (f->kind == KAFC_ARR ? strlen("[2147483647]") : 0) +
                   (f->sub ? 1 + longest_path(f->sub) : 0);
        most = n > most ? n : most;
    }
    return most;
}

START_TEST(no_path_is_cut_short)
{
    size_t most = 0;
    for (size_t i = 0; i < pick_count(); i++) {
        size_t n = longest_path(pick_message(i));
        most = n > most ? n : most;
    }
    ck_assert_uint_gt(most, 80);
    ck_assert_uint_lt(most, KAFC_WALK_PATH);
}
END_TEST

START_TEST(vectors_cost_no_more)
{
    static const char *const files[] = { "messages.tsv.gz", "coordinator.tsv.gz" };
    double most = 0;
    for (size_t i = 0; i < 2; i++) {
        struct lines l;
        lines_open(&l, files[i]);
        while (lines_next(&l)) {
            size_t n;
            const struct kafc_schema *s = kafc__schema_named(l.column[0]);
            unsigned char *bytes = lines_hex(l.column[4], &n);
            size_t used = decode(s, (int16_t)atoi(l.column[2]), bytes, n);
            if (n > 0 && (double)used / (double)n > most)
                most = (double)used / (double)n;
            free(bytes);
        }
        lines_close(&l);
    }
    ck_assert_msg(most > 1 && most < 24, "%.1f", most);
}
END_TEST

/* Counts that claim all that is left, at every place where one may be; ones and other small numbers keep the rest
 * readable, so that a claim gets another claim inside it. */
static void fill(unsigned char *p, size_t n, int way, bool flex, struct kafc_rand *rnd)
{
    for (size_t i = 0; i < n; i++)
        p[i] = way == 0   ? 1
               : way == 1 ? (unsigned char)kafc__rand_below(rnd, 4)
               : way == 2 ? (unsigned char)(kafc__rand_below(rnd, 8) ? 0 : kafc__rand_next(rnd))
               : way == 3 ? (unsigned char)kafc__rand_next(rnd)
                          : 0;
    for (size_t i = 0; i + 4 <= n && way >= 3; i += 1 + kafc__rand_below(rnd, 40)) {
        uint32_t left = (uint32_t)(n - i - 2) / (1 + kafc__rand_below(rnd, 12));
        if (flex) {
            p[i] = (unsigned char)(left | 0x80);
            p[i + 1] = (unsigned char)(left >> 7);
        } else {
            kafc__store32(p + i, left);
        }
    }
}

START_TEST(hostile_bytes_cost_no_more)
{
    struct kafc_rand rnd;
    kafc__rand_seed(&rnd, 5);
    unsigned char *bytes = malloc(HOSTILE);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        for (size_t v = 0; v < pick_versions(s); v++) {
            int16_t version = pick_version(s, v);
            for (int k = 0; k < 60; k++) {
                size_t n = k < 20 ? 1 + kafc__rand_below(&rnd, 60) : HOSTILE;
                fill(bytes, n, k % 5, s->flex >= 0 && version >= s->flex, &rnd);
                decode(s, version, bytes, n);
            }
        }
    }
    free(bytes);
}
END_TEST

/* Encodes, up to the first array, what is in front of it as zeros, and then a count of all that is left, for each
 * array inside the array again. Gives the bytes written. */
static size_t claim(const struct kafc_schema *s, int version, bool flex, unsigned char *p, size_t n)
{
    size_t at = 0;
    for (const struct kafc_field *f = s->field; f < s->field + s->nfields; f++) {
        if (!kafc__in(f->on, version) || kafc__in(f->tagged, version))
            continue;
        if (f->kind != KAFC_ARR) {
            size_t zeros = f->sub ? kafc__schema_min_size(f->sub, (int16_t)version, flex)
                                  : kafc__kind_min(f->kind, flex);
            if (flex && (f->kind == KAFC_STRING || f->kind == KAFC_BLOB) && at < n)
                p[at] = 1; /* empty, not null */
            at += zeros;
            continue;
        }
        if (at + 8 > n)
            return at;
        size_t left = n - at - (flex ? 3 : 4);
        if (flex) {
            p[at++] = (unsigned char)(left | 0x80);
            p[at++] = (unsigned char)(left >> 7 | 0x80);
            p[at++] = (unsigned char)(left >> 14);
        } else {
            kafc__store32(p + at, (uint32_t)left);
            at += 4;
        }
        return at + (f->sub ? claim(f->sub, version, flex, p + at, n - at) : 0);
    }
    return at;
}

/* Arrays that claim all bytes, inside arrays that claim all bytes: the claims are held against what is left, and not
 * one by one. */
START_TEST(claims_inside_claims_cost_no_more)
{
    enum { SIZE = 60000 };
    unsigned char *bytes = malloc(SIZE);
    double most = 0;
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        for (size_t v = 0; v < pick_versions(s); v++) {
            int16_t version = pick_version(s, v);
            bool flex = s->flex >= 0 && version >= s->flex;
            memset(bytes, 0, SIZE);
            claim(s, version, flex, bytes, SIZE);
            double used = (double)decode(s, version, bytes, SIZE) / SIZE;
            most = used > most ? used : most;
        }
    }
    ck_assert_msg(most > 16, "%.1f", most); /* the claims were taken up */
    free(bytes);
}
END_TEST

/* A section that claims all that is left as tagged fields, and has that many, in an element of an array that does. */
START_TEST(claims_of_tags_cost_no_more)
{
    enum { SIZE = 60000 };
    unsigned char *bytes = calloc(1, SIZE);
    struct kafc_wr w;
    ck_assert_ptr_nonnull(bytes);
    kafc__wr_init(&w, bytes, SIZE, NULL);
    kafc__wr_i32(&w, 0);
    kafc__wr_count(&w, 50000, true); /* brokers */
    kafc__wr_raw(&w, "\0\0\0\0\1\0\0\0\0\0", 10);
    kafc__wr_uvarint(&w, 29000);
    for (uint32_t tag = 0; !w.err; tag++) {
        kafc__wr_uvarint(&w, tag);
        kafc__wr_uvarint(&w, 0);
    }
    ck_assert_uint_gt(decode(kafc__schema_named("MetadataResponse"), 9, bytes, SIZE), SIZE);
    free(bytes);
}
END_TEST

SUITE_MAIN("protocol/bounds", 300, the_bound_is_what_the_tables_say, no_path_is_cut_short,
           vectors_cost_no_more, hostile_bytes_cost_no_more, claims_inside_claims_cost_no_more,
           claims_of_tags_cost_no_more)
