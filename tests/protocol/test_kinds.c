/* SPDX-License-Identifier: BSD-2-Clause
 *
 * protocol: the kinds of fields that the APIs of today hardly use, in a
 * message made up for the purpose: nullable structs, doubles, lists of
 * everything, tags of every kind.
 */
#include <jansson.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rand.h"
#include "tests/protocol/message.h"
#include "tests/support/suite.h"

#include "protocol/schema_rows.h"

struct leaf {
    int8_t x;
    struct kafc_tags unknown;
};

struct all {
    bool yes;
    uint16_t port;
    double rate;
    kafc_bytes blob;
    struct leaf *maybe;
    KAFC_ARRAY(kafc_uuid) ids;
    KAFC_ARRAY(kafc_bytes) blobs;
    KAFC_ARRAY(double) rates;
    KAFC_ARRAY(bool) flags;
    KAFC_ARRAY(int8_t) bytes;
    KAFC_ARRAY(int16_t) shorts;
    KAFC_ARRAY(uint16_t) ports;
    struct leaf *tagged_maybe;
    kafc_str tagged_name;
    KAFC_ARRAY(struct leaf) leaves;
    struct kafc_tags unknown;
};

#define MSG struct leaf
ROWS(leaf) = {
    I8(x, "X", SINCE(0), DEFAULT(-1)),
};
static SCHEMA(leaf, "Leaf");
#undef MSG
#define MSG struct all
ROWS(all) = {
    BOOL(yes, "Yes", SINCE(0)),
    U16(port, "Port", SINCE(0)),
    F64(rate, "Rate", SINCE(0)),
    BYTES(blob, "Blob", SINCE(0), NULLABLE(1)),
    PTR(maybe, leaf, "Maybe", SINCE(0), NULLABLE(0)),
    LIST(ids, "Ids", SINCE(0)),
    LIST(blobs, "Blobs", SINCE(0), NULLABLE(0)),
    LIST(rates, "Rates", SINCE(0)),
    LIST(flags, "Flags", SINCE(0)),
    LIST(bytes, "Bytes", SINCE(0)),
    LIST(shorts, "Shorts", SINCE(0)),
    LIST(ports, "Ports", RANGE(1, 2)),
    PTR(tagged_maybe, leaf, "TaggedMaybe", SINCE(2), NULLABLE(2), TAG(0, 2)),
    STR(tagged_name, "TaggedName", SINCE(2), NULLABLE(2), TAG(1, 2)),
    ARR(leaves, leaf, "Leaves", SINCE(2), TAG(5, 2)),
};
static MESSAGE(all, "AllRequest", 99, 0, 3, 2);
#undef MSG

START_TEST(all_kinds_round_trip)
{
    struct kafc_arena a;
    struct kafc_rand rnd;
    kafc__arena_init(&a, NULL, 0);
    kafc__rand_seed(&rnd, 11);
    for (int i = 0; i < 4000; i++) {
        struct all m, back;
        int version = i & 3;
        size_t n;
        struct kafc_rd r;
        kafc_error e = { .code = KAFC_OK };
        ck_assert(kafc__msg_random(&all_schema, &m, (int16_t)version, &rnd, &a));
        unsigned char *bytes = message_encode(&all_schema, &m, version, &n);
        for (size_t cut = 0; cut <= n; cut++) {
            unsigned char *part = malloc(cut ? cut : 1);
            memcpy(part, bytes, cut);
            kafc__rd_init(&r, part, cut);
            kafc_err err = kafc__msg_decode(&r, &all_schema, &back, (int16_t)version, &a, &e);
            ck_assert_msg(err == (cut < n ? KAFC_ERR_PROTOCOL : KAFC_OK), "%zu of %zu: %s", cut, n,
                          e.message);
            if (cut == n)
                ck_assert(kafc__msg_equal(&all_schema, &m, &back));
            free(part);
            cut += cut + 40 < n ? 17 : 0;
        }
        free(bytes);
        kafc__arena_reset(&a);
    }
    kafc__arena_fini(&a);
}
END_TEST

START_TEST(nullable_structs_on_the_wire)
{
    struct all m;
    struct leaf leaf;
    struct kafc_arena a;
    kafc__arena_init(&a, NULL, 0);
    kafc__msg_defaults(&leaf_schema, &leaf);
    kafc__msg_defaults(&all_schema, &m);
    ck_assert_ptr_null(m.maybe);
    size_t n;
    unsigned char *bytes = message_encode(&all_schema, &m, 0, &n);
    ck_assert_uint_eq(bytes[15], 0xff); /* behind bool, uint16, double, an empty blob */
    free(bytes);
    m.maybe = &leaf;
    bytes = message_encode(&all_schema, &m, 0, &n);
    ck_assert_mem_eq(bytes + 15, "\1\xff", 2);
    bytes[15] = 77; /* anything from 0 up is there */
    struct kafc_rd r;
    struct all back;
    kafc__rd_init(&r, bytes, n);
    ck_assert_int_eq(kafc__msg_decode(&r, &all_schema, &back, 0, &a, NULL), KAFC_OK);
    ck_assert(kafc__msg_equal(&all_schema, &m, &back));
    free(bytes);
    kafc__arena_fini(&a);
}
END_TEST

/* A tagged null whose default is not null has to be written; a default is left out. */
START_TEST(tagged_fields_are_left_out_at_their_defaults)
{
    struct all m;
    struct leaf leaf;
    size_t n, with;
    kafc__msg_defaults(&all_schema, &m);
    kafc__msg_defaults(&leaf_schema, &leaf);
    free(message_encode(&all_schema, &m, 2, &n));
    m.tagged_name.p = NULL;
    unsigned char *bytes = message_encode(&all_schema, &m, 2, &with);
    ck_assert_uint_eq(with, n + 3);
    ck_assert_mem_eq(bytes + n - 1, "\1\1\1\0", 4);
    free(bytes);
    kafc__msg_defaults(&all_schema, &m);
    m.tagged_maybe = &leaf;
    bytes = message_encode(&all_schema, &m, 2, &with);
    ck_assert_mem_eq(bytes + n - 1, "\1\0\3\1\xff\0", 6);
    free(bytes);
    /* unknown ones in between, in order */
    struct kafc_tag unknown[] = { { 2, { "ab", 2 } }, { 9, { "", 0 } } };
    m.leaves.v = &leaf;
    m.leaves.n = 1;
    m.unknown = (struct kafc_tags){ unknown, 2 };
    bytes = message_encode(&all_schema, &m, 2, &with);
    ck_assert_mem_eq(bytes + n - 1, "\4\0\3\1\xff\0\2\2ab\5\3\2\xff\0\x9\0", 17);
    free(bytes);
}
END_TEST

START_TEST(doubles_as_json_read_back_exactly)
{
    static const struct {
        double d;
        const char *text;
    } cases[] = { { 0.1, "0.1" },
                  { -0.0, "-0.0" },
                  { 0, "0.0" },
                  { 1e21, "1.0E21" },
                  { 1.0 / 3, "0.3333333333333333" },
                  { 5e-324, "5.0E-324" },
                  { 1.7976931348623157e308, "1.7976931348623157E308" },
                  { 3, "3.0" },
                  { -123.5, "-123.5" },
                  { 9999999, "9999999.0" },
                  { 1e7, "1.0E7" },
                  { 0.001, "0.001" },
                  { 0.0095, "0.0095" },
                  { -9.995e-4, "-9.995E-4" } };
    struct all m;
    kafc__msg_defaults(&all_schema, &m);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[600];
        m.rate = cases[i].d;
        kafc__msg_to_json(&all_schema, &m, 0, text, sizeof(text));
        char *at = strstr(text, "\"rate\":");
        ck_assert_ptr_nonnull(at);
        at += 7;
        ck_assert_msg(strncmp(at, cases[i].text, strlen(cases[i].text)) == 0, "%.40s", at);
        char *end;
        double back = strtod(at, &end);
        ck_assert(*end == ',' && memcmp(&back, &cases[i].d, sizeof(back)) == 0);
    }
    m.rate = (double)NAN;
    char text[600];
    kafc__msg_to_json(&all_schema, &m, 0, text, sizeof(text));
    ck_assert_ptr_nonnull(strstr(text, "\"rate\":\"NaN\""));
}
END_TEST

START_TEST(json_of_text_that_is_no_utf8)
{
    static const struct {
        const char *raw;
        int32_t n;
        const char *json;
    } cases[] = {
        { "a\xff"
          "b",
          3,
          "\"a\xef\xbf\xbd"
          "b\"" },
        { "\xc0\x80", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
        { "\xed\xa0\x80", 3, NULL },
        { "\xf0\x9f\x8c\x8f", 4, "\"\xf0\x9f\x8c\x8f\"" },
        { "\xe2\x82", 2, "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
        { "\0\x1f\n\"\\", 5, "\"\\u0000\\u001F\\n\\\"\\\\\"" },
        { "\xf5\x80\x80\x80", 4, NULL },
    };
    struct all m;
    kafc__msg_defaults(&all_schema, &m);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        char text[700];
        m.tagged_name = (kafc_str){ cases[i].raw, cases[i].n };
        size_t n = kafc__msg_to_json(&all_schema, &m, 2, text, sizeof(text));
        ck_assert_uint_lt(n, sizeof(text));
        json_error_t why;
        json_t *json = json_loads(text, JSON_ALLOW_NUL, &why);
        ck_assert_msg(json, "%s: %s", why.text, text);
        json_decref(json);
        char *at = strstr(text, "\"taggedName\":");
        ck_assert_ptr_nonnull(at);
        if (cases[i].json)
            ck_assert_msg(strncmp(at + 13, cases[i].json, strlen(cases[i].json)) == 0,
                          "case %zu: %s", i, at);
    }
}
END_TEST

/* Cut anywhere, the text is a prefix with its NUL, and the length is that of the whole. */
START_TEST(json_is_cut_like_snprintf)
{
    struct all m;
    char whole[600], part[600];
    kafc__msg_defaults(&all_schema, &m);
    size_t n = kafc__msg_to_json(&all_schema, &m, 3, whole, sizeof(whole));
    ck_assert_uint_eq(n, strlen(whole));
    for (size_t cap = 1; cap < n + 3; cap++) {
        memset(part, 'x', sizeof(part));
        ck_assert_uint_eq(kafc__msg_to_json(&all_schema, &m, 3, part, cap), n);
        size_t kept = cap - 1 < n ? cap - 1 : n;
        ck_assert_uint_eq(strlen(part), kept);
        ck_assert_mem_eq(part, whole, kept);
        ck_assert_int_eq(part[cap], 'x');
    }
}
END_TEST

struct late {
    uint16_t port;
    double rate;
    kafc_bytes blob;
    struct kafc_records records;
    kafc_uuid id;
    struct leaf inner;
    struct kafc_tags unknown;
};

#define MSG struct late
ROWS(late) = {
    U16(port, "Port", RANGE(1, 1)),   F64(rate, "Rate", RANGE(1, 1), DEFAULT(2)),
    BYTES(blob, "Blob", RANGE(1, 1)), RECORDS(records, "Records", RANGE(1, 1), NULLABLE(1)),
    UUID(id, "Id", RANGE(1, 1)),      STRUCT(inner, leaf, "Inner", RANGE(1, 1)),
};
static MESSAGE(late, "LateRequest", 98, 0, 1, NEVER);
#undef MSG

/* Whatever the kind: left out at its default, refused by name when set. */
START_TEST(fields_of_every_kind_are_missed_when_set)
{
    static const char *const names[] = { "Port", "Rate", "Blob", "Records", "Id", "Inner" };
    struct late m;
    size_t n;
    for (int i = -1; i < 6; i++) {
        kafc_error e = { .code = KAFC_OK };
        char want[100];
        kafc__msg_defaults(&late_schema, &m);
        ck_assert(m.rate > 1.9 && m.inner.x == -1 && !m.records.p);
        m.port = i == 0;
        m.rate = i == 1 ? -0.0 : 2;
        m.blob = (kafc_bytes){ "b", i == 2 };
        m.records.p = i == 3 ? "" : NULL;
        m.id.b[15] = i == 4;
        m.inner.x = (int8_t)(i == 5 ? 0 : -1);
        ck_assert_int_eq(kafc__msg_size(&late_schema, &m, 1, &n, NULL, &e), KAFC_OK);
        ck_assert_int_eq(kafc__msg_size(&late_schema, &m, 0, &n, NULL, &e),
                         i < 0 ? KAFC_OK : KAFC_ERR_ENCODE);
        snprintf(want, sizeof(want), "LateRequest v0, %s: set, but the version does not carry it",
                 i < 0 ? "" : names[i]);
        ck_assert(i < 0 || strcmp(e.message, want) == 0);
    }
}
END_TEST

/* A row of no kind, which no macro can write, is an error and no message. */
START_TEST(a_row_without_a_kind_is_refused)
{
    static const struct kafc_field row = { .name = "X", .on = { 0, 127 } };
    struct kafc_schema s = leaf_schema;
    struct leaf m;
    struct kafc_rd r;
    struct kafc_wr w;
    struct kafc_arena a;
    kafc_error e;
    uint8_t buf[8];
    s.field = &row;
    s.min = s.max = 0;
    kafc__arena_init(&a, NULL, 0);
    kafc__rd_init(&r, "\1", 1);
    ck_assert_int_eq(kafc__msg_decode(&r, &s, &m, 0, &a, &e), KAFC_ERR_PROTOCOL);
    ck_assert_str_eq(e.message, "Leaf v0, X at byte 0: a kind that does not exist");
    kafc__msg_defaults(&s, &m);
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    ck_assert_int_eq(kafc__msg_encode(&w, &s, &m, 0, &e), KAFC_ERR_ENCODE);
}
END_TEST

SUITE_MAIN("protocol/kinds", 60, all_kinds_round_trip, nullable_structs_on_the_wire,
           tagged_fields_are_left_out_at_their_defaults, doubles_as_json_read_back_exactly,
           json_of_text_that_is_no_utf8, json_is_cut_like_snprintf,
           fields_of_every_kind_are_missed_when_set, a_row_without_a_kind_is_refused)
