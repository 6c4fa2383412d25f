/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol: the bytes of Apache Kafka's own serialisers, all versions of the
 * APIs that the library knows, read and written.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "tests/protocol/message.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"

struct vector {
    const struct kafc_schema *s;
    int version;
    const char *json;
    unsigned char *bytes;
    size_t n;
    bool unknown;
    int line;
};

static bool next(struct lines *l, struct vector *v)
{
    if (!lines_next(l))
        return false;
    const struct kafc_api *api = kafc__api((int16_t)atoi(l->column[1]));
    ck_assert_msg(api, "no API %s", l->column[1]);
    bool request = strstr(l->column[0], "Request") != NULL;
    v->s = request ? api->req : api->resp;
    ck_assert_str_eq(l->column[0], v->s->name);
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

/* The text is the same to the byte: order, escapes, numbers. */
static void check_json(const struct vector *v, const void *msg)
{
    size_t n = kafc__msg_to_json(v->s, msg, (int16_t)v->version, NULL, 0);
    char *text = malloc(n + 1);
    ck_assert_uint_eq(kafc__msg_to_json(v->s, msg, (int16_t)v->version, text, n + 1), n);
    ck_assert_msg(strcmp(text, v->json) == 0, "line %d: %s v%d\n have %.2000s\n want %.2000s",
                  v->line, v->s->name, v->version, text, v->json);
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
    struct lines l;
    struct vector v;
    struct kafc_arena a;
    int rows = 0, unknown = 0;
    kafc__arena_init(&a, NULL, 0);
    lines_open(&l, "messages.tsv.gz");
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
    lines_close(&l);
    kafc__arena_fini(&a);
    ck_assert_int_eq(rows, 2752);
    ck_assert_int_gt(unknown, 50);
}
END_TEST

START_TEST(every_vector_is_written_from_its_json)
{
    struct lines l;
    struct vector v;
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    lines_open(&l, "messages.tsv.gz");
    while (next(&l, &v)) {
        json_error_t why;
        json_t *json = json_loads(v.json, JSON_ALLOW_NUL, &why);
        ck_assert_msg(json, "line %d: %s", v.line, why.text);
        void *msg = message_new(v.s), *read = decode(&v, &a);
        message_from_json(v.s, msg, v.version, json, &a);
        if (!v.unknown) {
            check_bytes(&v, msg);
            ck_assert_msg(kafc__msg_equal(v.s, msg, read), "line %d", v.line);
        } else {
            ck_assert_msg(!kafc__msg_equal(v.s, msg, read),
                          "line %d: unknown tags make a difference", v.line);
        }
        json_decref(json);
        free(msg);
        free(read);
        free(v.bytes);
        kafc__arena_reset(&a);
    }
    lines_close(&l);
    kafc__arena_fini(&a);
}
END_TEST

/* Every version of every API has all its sixteen instances, so no version went untested. */
START_TEST(vectors_cover_all_versions)
{
    static int seen[64][2][32];
    struct lines l;
    struct vector v;
    lines_open(&l, "messages.tsv.gz");
    while (next(&l, &v)) {
        ck_assert_int_ge(v.s->key, 0);
        ck_assert_int_lt(v.s->key, 64);
        seen[v.s->key][v.s == kafc__api(v.s->key)->resp][v.version]++;
        free(v.bytes);
    }
    lines_close(&l);
    size_t n;
    const struct kafc_api *apis = kafc__apis(&n);
    for (size_t i = 0; i < n; i++)
        for (int version = apis[i].min; version <= apis[i].max; version++)
            for (int side = 0; side < 2; side++)
                ck_assert_msg(seen[apis[i].key][side][version] == 16, "%s v%d: %d", apis[i].name,
                              version, seen[apis[i].key][side][version]);
}
END_TEST

/* Not one prefix of a message is taken for the message. */
START_TEST(every_truncation_is_refused)
{
    struct lines l;
    struct vector v;
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    lines_open(&l, "messages.tsv.gz");
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
    lines_close(&l);
    kafc__arena_fini(&a);
}
END_TEST

START_TEST(trailing_bytes_are_an_error_unless_asked_for)
{
    const struct kafc_schema *s = kafc__api(KAFC_API_API_VERSIONS)->resp;
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
