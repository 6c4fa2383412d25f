/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol: the bytes of Apache Kafka's own serialisers, all versions of all
 * messages, read and written.
 */
#include <jansson.h>
#include <stdlib.h>

#include "base/arena.h"
#include "fuzz/pick.h"
#include "protocol/api/18_api_versions.h"
#include "tests/protocol/message.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"
#include "tools/kafc/from_json.h"

struct vector {
    const struct kafc_schema *s;
    int version;
    const char *json;
    unsigned char *bytes;
    size_t n;
    bool unknown;
    int line;
};

static const char *const files[] = { "messages.tsv.gz", "coordinator.tsv.gz" };
enum { NFILES = 2, NVECTORS = 11904 + 876 };

/* The vectors of one file after the other. */
struct vectors {
    struct lines l;
    int file;
};

static void vectors_open(struct vectors *it)
{
    it->file = 0;
    lines_open(&it->l, files[0]);
}

static bool next(struct vectors *it, struct vector *v)
{
    struct lines *l = &it->l;
    while (!lines_next(l)) {
        lines_close(l);
        if (++it->file == NFILES)
            return false;
        lines_open(l, files[it->file]);
    }
    v->s = kafc__schema_named(l->column[0]);
    ck_assert_msg(v->s, "no message %s", l->column[0]);
    ck_assert_str_eq(l->column[0], v->s->name);
    ck_assert_int_eq(v->s->key, *l->column[1] == '-' ? -1 : atoi(l->column[1]));
    v->version = atoi(l->column[2]);
    v->json = l->column[3];
    v->bytes = lines_hex(l->column[4], &v->n);
    v->unknown = l->column[5] && strcmp(l->column[5], "unknown") == 0;
    v->line = l->number;
    return true;
}

static void *decode(const struct vector *v, struct kafc_arena *a)
{
    struct kafc_rd r;
    kafc_error e = { .code = KAFC_OK };
    void *msg = message_new(v->s);
    kafc__rd_init(&r, v->bytes, v->n);
    kafc_err err = kafc__msg_decode(&r, v->s, msg, (int16_t)v->version, a, &e);
    ck_assert_msg(err == KAFC_OK, "line %d: %s", v->line, e.message);
    return msg;
}

/* The text is the same to the byte: order, escapes, numbers; but for a few doubles of which Java writes more digits. */
static void check_json(const struct vector *v, const void *msg)
{
    size_t n = kafc__msg_to_json(v->s, msg, (int16_t)v->version, NULL, 0);
    char *text = malloc(n + 1);
    ck_assert_uint_eq(kafc__msg_to_json(v->s, msg, (int16_t)v->version, text, n + 1), n);
    if (strcmp(text, v->json) != 0) {
        json_t *have = json_loads(text, JSON_ALLOW_NUL, NULL),
               *want = json_loads(v->json, JSON_ALLOW_NUL, NULL);
        ck_assert_msg(strstr(v->s->name, "Quota") && json_equal(have, want),
                      "line %d: %s v%d\n have %.2000s\n want %.2000s", v->line, v->s->name,
                      v->version, text, v->json);
        json_decref(have);
        json_decref(want);
    }
    free(text);
}

static void check_bytes(const struct vector *v, const void *msg)
{
    size_t n;
    unsigned char *bytes = message_encode(v->s, msg, v->version, &n);
    ck_assert_msg(n == v->n && memcmp(bytes, v->bytes, n) == 0,
                  "line %d: %s v%d is written differently", v->line, v->s->name, v->version);
    free(bytes);
}

START_TEST(every_vector_is_read_and_written_back)
{
    struct vectors l;
    struct vector v;
    struct kafc_arena a;
    int rows = 0, unknown = 0;
    kafc__arena_init(&a, NULL, 0);
    vectors_open(&l);
    while (next(&l, &v)) {
        void *msg = decode(&v, &a);
        check_json(&v, msg);
        check_bytes(&v, msg); /* unknown tags too: they were kept */
        rows++;
        unknown += v.unknown;
        free(msg);
        free(v.bytes);
        kafc__arena_reset(&a);
    }
    kafc__arena_fini(&a);
    ck_assert_int_eq(rows, NVECTORS);
    ck_assert_int_gt(unknown, 500);
}
END_TEST

START_TEST(every_vector_is_written_from_its_json)
{
    struct vectors l;
    struct vector v;
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    vectors_open(&l);
    while (next(&l, &v)) {
        void *msg = message_new(v.s), *read = decode(&v, &a);
        kafc_error e;
        kafc_err err = message_from_json(v.s, msg, (int16_t)v.version, v.json, strlen(v.json), &a,
                                         &e);
        ck_assert_msg(err == KAFC_OK, "line %d: %s", v.line, e.message);
        if (!v.unknown) {
            check_bytes(&v, msg);
            ck_assert_msg(kafc__msg_equal(v.s, msg, read), "line %d", v.line);
        } else {
            ck_assert_msg(!kafc__msg_equal(v.s, msg, read),
                          "line %d: unknown tags make a difference", v.line);
        }
        free(msg);
        free(read);
        free(v.bytes);
        kafc__arena_reset(&a);
    }
    kafc__arena_fini(&a);
}
END_TEST

static int count_of(const int seen[32], const struct kafc_schema *s)
{
    for (int version = s->min; version <= s->max; version++)
        ck_assert_msg(seen[version] == (s->key >= 0 ? 16 : seen[version]) && seen[version] >= 12,
                      "%s v%d: %d", s->name, version, seen[version]);
    return s->max - s->min + 1;
}

/* Every version of every message has all its instances, so none went untested; but for what Kafka has no class of. */
START_TEST(vectors_cover_all_versions)
{
    static int seen[512][32];
    static const struct kafc_schema *of[512];
    struct vectors l;
    struct vector v;
    int n = 0, versions = 0;
    vectors_open(&l);
    while (next(&l, &v)) {
        if (n == 0 || of[n - 1] != v.s)
            of[n++] = v.s;
        seen[n - 1][v.version]++;
        free(v.bytes);
    }
    size_t have = 0;
    for (int i = 0; i < n; i++)
        versions += count_of(seen[i], of[i]);
    ck_assert_int_ge(versions, 744);
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        bool found = false;
        for (int k = 0; k < n; k++)
            found = found || of[k] == s;
        ck_assert_msg(found || strstr(s->name, "StickyAssignor"), "%s has no vector", s->name);
        have += found;
    }
    ck_assert_uint_eq(have, pick_count() - 2);
}
END_TEST

/* Not one prefix of a message is taken for the message. */
START_TEST(every_truncation_is_refused)
{
    struct vectors l;
    struct vector v;
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    vectors_open(&l);
    while (next(&l, &v)) {
        void *msg = message_new(v.s);
        size_t step = v.n < 300 ? 1 : v.n / 12;
        for (size_t cut = 0; cut < v.n; cut += step) {
            struct kafc_rd r;
            unsigned char *part = malloc(cut ? cut : 1); /* exact, for the sanitizer */
            memcpy(part, v.bytes, cut);
            kafc__rd_init(&r, part, cut);
            kafc_err err = kafc__msg_decode(&r, v.s, msg, (int16_t)v.version, &a, NULL);
            ck_assert_msg(err == KAFC_ERR_PROTOCOL, "line %d: cut at %zu of %zu", v.line, cut, v.n);
            free(part);
            kafc__arena_reset(&a);
        }
        free(msg);
        free(v.bytes);
    }
    kafc__arena_fini(&a);
}
END_TEST

START_TEST(trailing_bytes_are_an_error_unless_asked_for)
{
    const struct kafc_schema *s = kafc_api_versions_api.resp;
    static const unsigned char bytes[] = { 0, 0, 0, 0, 0, 0, 0xaa };
    struct kafc_arena a;
    struct kafc_rd r;
    kafc_error e;
    void *msg = message_new(s);
    kafc__arena_init(&a, NULL, 0);
    kafc__rd_init(&r, bytes, sizeof(bytes));
    ck_assert_int_eq(kafc__msg_decode(&r, s, msg, 0, &a, &e), KAFC_ERR_PROTOCOL);
    ck_assert_str_eq(e.message,
                     "ApiVersionsResponse v0 at byte 6: bytes behind the end of the message");
    kafc__rd_init(&r, bytes, sizeof(bytes));
    ck_assert_int_eq(kafc__msg_decode_front(&r, s, msg, 0, &a, &e), KAFC_OK);
    ck_assert_uint_eq(kafc__rd_left(&r), 1);
    kafc__arena_fini(&a);
    free(msg);
}
END_TEST

SUITE_MAIN("protocol/vectors", 120, every_vector_is_read_and_written_back,
           every_vector_is_written_from_its_json, vectors_cover_all_versions,
           every_truncation_is_refused, trailing_bytes_are_an_error_unless_asked_for)
