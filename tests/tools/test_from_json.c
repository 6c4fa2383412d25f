/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages from JSON: every kind, every way to be wrong, and that what is
 * printed of any message is read to the same message.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rand.h"
#include "fuzz/pick.h"
#include "tests/protocol/message.h"
#include "tests/support/suite.h"
#include "tools/kafc/from_json.h"

#include "protocol/schema_rows.h"

struct leaf {
    int8_t x;
    kafc_str name;
    struct kafc_tags unknown;
};

struct thing {
    bool yes;
    int8_t i8;
    int16_t i16;
    uint16_t u16;
    int32_t i32;
    int64_t i64;
    double f64;
    kafc_uuid id;
    kafc_str text;
    kafc_bytes blob;
    struct kafc_records records;
    struct leaf leaf;
    struct leaf *maybe;
    KAFC_ARRAY(int32_t) numbers;
    KAFC_ARRAY(kafc_str) names;
    KAFC_ARRAY(struct leaf) leaves;
    int32_t late;
    int32_t tagged;
    struct kafc_tags unknown;
};

#define MSG struct leaf
ROWS(leaf) = {
    I8(x, "X", SINCE(0), DEFAULT(-1)),
    STR(name, "Name", SINCE(1)),
};
static SCHEMA(leaf, "Leaf");
#undef MSG
#define MSG struct thing
ROWS(thing) = {
    BOOL(yes, "Yes", SINCE(0)),
    I8(i8, "I8", SINCE(0)),
    I16(i16, "I16", SINCE(0)),
    U16(u16, "U16", SINCE(0)),
    I32(i32, "I32", SINCE(0)),
    I64(i64, "I64", SINCE(0)),
    F64(f64, "F64", SINCE(0)),
    UUID(id, "Id", SINCE(0)),
    STR(text, "Text", SINCE(0), NULLABLE(1)),
    BYTES(blob, "Blob", SINCE(0), NULLABLE(1)),
    RECORDS(records, "Records", SINCE(0), NULLABLE(1)),
    STRUCT(leaf, leaf, "Leaf", SINCE(0)),
    PTR(maybe, leaf, "Maybe", SINCE(0), NULLABLE(0)),
    LIST(numbers, "Numbers", SINCE(0), NULLABLE(1)),
    LIST(names, "Names", SINCE(0)),
    ARR(leaves, leaf, "Leaves", SINCE(0)),
    I32(late, "LateComer", SINCE(2), DEFAULT(-7)),
    I32(tagged, "Tagged", SINCE(2), TAG(0, 2), DEFAULT(5)),
};
static MESSAGE(thing, "ThingRequest", 99, 0, 2, 2);
#undef MSG

/* All fields of version 0 and what stands for one of them. */
static const char *const whole[][2] = {
    { "yes", "true" },
    { "i8", "-128" },
    { "i16", "32767" },
    { "u16", "65535" },
    { "i32", "-2147483648" },
    { "i64", "9223372036854775807" },
    { "f64", "-0.0" },
    { "id", "\"AAECAwQFBgcICQoLDA0O_w\"" },
    { "text", "\"a\\u0000\xc3\xa4\xf0\x9f\x92\xa6\"" },
    { "blob", "\"AP8=\"" },
    { "records", "\"\"" },
    { "leaf", "{\"x\":3}" },
    { "maybe", "null" },
    { "numbers", "[1,-2,3]" },
    { "names", "[\"\",\"b\"]" },
    { "leaves", "[{\"x\":1},{\"x\":2}]" },
};
enum { NWHOLE = sizeof(whole) / sizeof(whole[0]) };

/* The object with another value for one name; NULL leaves it out. `more` stands behind, with its comma. */
static const char *object(const char *name, const char *value, const char *more)
{
    static char text[2000];
    size_t n = 0;
    for (int i = 0; i < NWHOLE; i++) {
        const char *v = name && !strcmp(name, whole[i][0]) ? value : whole[i][1];
        if (v)
            n += (size_t)snprintf(text + n, sizeof(text) - n, "%c\"%s\":%s", n ? ',' : '{',
                                  whole[i][0], v);
    }
    snprintf(text + n, sizeof(text) - n, "%s}", more);
    return text;
}

static struct kafc_arena arena;
static struct thing thing;
static kafc_error error;

static kafc_err read_text(const char *text, int version)
{
    error.message[0] = '\0';
    return message_from_json(&thing_schema, &thing, (int16_t)version, text, strlen(text), &arena,
                             &error);
}

static void expect_read(const char *text, int version)
{
    kafc_err rc = read_text(text, version);
    ck_assert_msg(rc == KAFC_OK, "%s\n%s", error.message, text);
}

static void expect_error(const char *text, int version, const char *message)
{
    ck_assert_msg(read_text(text, version) == KAFC_ERR_USAGE, "v%d is read: %s", version, text);
    ck_assert_str_eq(error.message, message);
}

START_TEST(every_kind_is_read)
{
    static const uint8_t id[16] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 255 };
    kafc__arena_init(&arena, NULL, 0);
    expect_read(object(NULL, NULL, ""), 0);
    ck_assert(thing.yes && thing.i8 == -128 && thing.i16 == 32767 && thing.u16 == 65535);
    ck_assert(thing.i32 == INT32_MIN && thing.i64 == INT64_MAX);
    ck_assert(thing.f64 == 0 && signbit(thing.f64));
    ck_assert_mem_eq(thing.id.b, id, 16);
    ck_assert_int_eq(thing.text.len, 8);
    ck_assert_mem_eq(thing.text.p, "a\0\xc3\xa4\xf0\x9f\x92\xa6", 8);
    ck_assert_int_eq(thing.blob.len, 2);
    ck_assert_mem_eq(thing.blob.p, "\0\xff", 2);
    ck_assert(thing.records.p && thing.records.len == 0 && !thing.records.chain);
    ck_assert_int_eq(thing.leaf.x, 3);
    ck_assert_ptr_null(thing.maybe);
    ck_assert(thing.numbers.n == 3 && thing.numbers.v[1] == -2);
    ck_assert(thing.names.n == 2 && thing.names.v[0].p && thing.names.v[1].len == 1);
    ck_assert(thing.leaves.n == 2 && thing.leaves.v[1].x == 2);
    ck_assert(thing.leaves.v[1].name.p && thing.leaves.v[1].name.len == 0);
    ck_assert(thing.late == -7 && thing.tagged == 5);
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(nulls_and_defaults_belong_to_versions)
{
    const char *leaves = ",\"lateComer\":4";
    kafc__arena_init(&arena, NULL, 0);
    expect_read(object("maybe", "{\"x\":9}", ""), 0);
    ck_assert(thing.maybe && thing.maybe->x == 9 && thing.maybe->name.p);
    expect_read(object("leaves", "[]", ""), 0);
    ck_assert_int_eq(thing.leaves.n, 0);
    expect_error(object("text", "null", ""), 0,
                 "ThingRequest v0, Text: null, which the version does not allow");
    expect_error(object("blob", "null", ""), 0,
                 "ThingRequest v0, Blob: null, which the version does not allow");
    expect_error(object("records", "null", ""), 0,
                 "ThingRequest v0, Records: null, which the version does not allow");
    expect_error(object("numbers", "null", ""), 0,
                 "ThingRequest v0, Numbers: null, which the version does not allow");
    expect_error(object("names", "[\"a\",null]", ""), 0,
                 "ThingRequest v0, Names[1]: null, which the version does not allow");
    expect_error(object("leaf", "null", ""), 0,
                 "ThingRequest v0, Leaf: an object is wanted, not null");
    expect_error(object("i8", "null", ""), 0,
                 "ThingRequest v0, I8: an integer is wanted, not null");
    expect_error(object("leaves", "[{\"x\":1},{\"x\":1,\"name\":\"\"}]", ""), 0,
                 "ThingRequest v0, Leaves[1].Name: the version does not carry it");
    expect_error(object("leaves", "[{\"x\":1}]", leaves), 2,
                 "ThingRequest v2, Leaf.Name: missing; only tagged fields have defaults");
    expect_error(object(NULL, NULL, leaves), 0,
                 "ThingRequest v0, LateComer: the version does not carry it");
    static const char *const rest[2] = {
        "{\"yes\":false,\"i8\":0,\"i16\":0,\"u16\":0,\"i32\":0,\"i64\":-9223372036854775808,"
        "\"f64\":17,\"id\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"text\":null,\"blob\":null,"
        "\"records\":null,\"leaf\":{\"x\":0,\"name\":\"n\"},\"maybe\":null,"
        "\"numbers\":null,\"names\":[],\"leaves\":[],\"lateComer\":0",
        ",\"tagged\":6"
    };
    char text[600];
    snprintf(text, sizeof(text), "%s}", rest[0]);
    expect_read(text, 2);
    ck_assert(!thing.text.p && !thing.blob.p && !thing.records.p && thing.numbers.n == -1);
    ck_assert(thing.i64 == INT64_MIN && thing.f64 == 17 && thing.tagged == 5);
    snprintf(text, sizeof(text), "%s%s}", rest[0], rest[1]);
    expect_read(text, 2);
    ck_assert_int_eq(thing.tagged, 6);
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(doubles_that_json_has_no_number_for)
{
    kafc__arena_init(&arena, NULL, 0);
    expect_read(object("f64", "\"NaN\"", ""), 0);
    ck_assert(isnan(thing.f64));
    expect_read(object("f64", "\"Infinity\"", ""), 0);
    ck_assert(isinf(thing.f64) && thing.f64 > 0);
    expect_read(object("f64", "\"-Infinity\"", ""), 0);
    ck_assert(isinf(thing.f64) && thing.f64 < 0);
    expect_read(object("f64", "1.7976931348623157E308", ""), 0);
    ck_assert(thing.f64 > 1e308);
    expect_error(
        object("f64", "\"Nan\"", ""), 0,
        "ThingRequest v0, F64: a number, or \"NaN\", \"Infinity\", \"-Infinity\" is wanted, "
        "not a string");
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(what_is_wrong_is_named)
{
    static const struct {
        const char *name, *value, *error;
    } cases[] = {
        { "yes", "1", "Yes: true or false is wanted, not a number" },
        { "i8", "128", "I8: 128 is not within -128 and 127" },
        { "i8", "-129", "I8: -129 is not within -128 and 127" },
        { "i16", "32768", "I16: 32768 is not within -32768 and 32767" },
        { "u16", "-1", "U16: -1 is not within 0 and 65535" },
        { "u16", "65536", "U16: 65536 is not within 0 and 65535" },
        { "i32", "2147483648", "I32: 2147483648 is not within -2147483648 and 2147483647" },
        { "i32", "1.0", "I32: an integer is wanted, not a real number" },
        { "i64", "\"1\"", "I64: an integer is wanted, not a string" },
        { "i64", "[]", "I64: an integer is wanted, not an array" },
        { "id", "1", "Id: an id of 22 characters is wanted, not a number" },
        { "id", "\"AAAAAAAAAAAAAAAAAAAAA\"", "Id: an id has 22 characters, not 21" },
        { "id", "\"AAAAAAAAAAAAAAAAAAAAA+\"",
          "Id: character 22 of the base64 is none of its digits" },
        { "id", "\"AAAAAAAAAAAAAAAAAAAAAB\"",
          "Id: the base64 ends with bits that belong to no byte" },
        { "text", "true", "Text: a string is wanted, not true" },
        { "blob", "5", "Blob: a string of base64 is wanted, not a number" },
        { "blob", "\"AAA\"", "Blob: base64 comes in fours of characters, not 3" },
        { "blob", "\"AA-A\"", "Blob: character 3 of the base64 is none of its digits" },
        { "blob", "\"A===\"", "Blob: character 2 of the base64 is none of its digits" },
        { "blob", "\"AA=A\"", "Blob: character 3 of the base64 is none of its digits" },
        { "blob", "\"AAA\\u0000\"", "Blob: character 4 of the base64 is none of its digits" },
        { "blob", "\"AAB=\"", "Blob: the base64 ends with bits that belong to no byte" },
        { "blob", "\"AB==\"", "Blob: the base64 ends with bits that belong to no byte" },
        { "records", "{\"batches\":[]}",
          "Records: records are read as base64 alone; {\"batches\":…} is only printed" },
        { "leaf", "[]", "Leaf: an object is wanted, not an array" },
        { "leaf", "{\"x\":1,\"y\":2}", "Leaf: there is no field \"y\"; did you mean \"x\"?" },
        { "maybe", "{}", "Maybe.X: missing; only tagged fields have defaults" },
        { "numbers", "{}", "Numbers: an array is wanted, not an object" },
        { "numbers", "[0,1,\"2\"]", "Numbers[2]: an integer is wanted, not a string" },
        { "leaves", "[{\"x\":1},{\"x\":1000}]", "Leaves[1].X: 1000 is not within -128 and 127" },
        { "leaves", "[0]", "Leaves[0]: an object is wanted, not a number" },
        { "names", NULL, "Names: missing; only tagged fields have defaults" },
    };
    kafc__arena_init(&arena, NULL, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char want[200];
        snprintf(want, sizeof(want), "ThingRequest v0, %s", cases[i].error);
        expect_error(object(cases[i].name, cases[i].value, ""), 0, want);
    }
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(names_must_be_known)
{
    kafc__arena_init(&arena, NULL, 0);
    expect_error(object(NULL, NULL, ",\"zzzzz\":1"), 0,
                 "ThingRequest v0: there is no field \"zzzzz\"");
    /* The gap that a mistyped name leaves says less than the name. */
    expect_error(object("names", NULL, ",\"nmaes\":[]"), 0,
                 "ThingRequest v0: there is no field \"nmaes\"; did you mean \"names\"?");
    expect_error(object("text", NULL, ",\"Text\":\"\""), 0,
                 "ThingRequest v0: there is no field \"Text\"; did you mean \"text\"?");
    /* What the version does not have is not proposed. */
    expect_error(object(NULL, NULL, ",\"latecomer\":1"), 0,
                 "ThingRequest v0: there is no field \"latecomer\"");
    expect_error(object(NULL, NULL, ",\"latecomer\":1"), 2,
                 "ThingRequest v2, Leaf.Name: missing; only tagged fields have defaults");
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(what_is_no_json_is_named_with_its_place)
{
    static char deep[8001];
    static const struct {
        const char *text, *where;
    } cases[] = {
        { "", "line 1, column 0 (byte 0): " },
        { "{\"yes\":tru}", "(byte 10): invalid token near 'tru'" },
        { "{\"yes\":true,\n \"yes\":true}", "line 2, column 6 (byte 19): duplicate object key" },
        { "{\"i64\":9223372036854775808}", "too big" },
        { "{} {}", "(byte 4): end of file expected" },
        { "{\"text\":\"\xff\"}", "unable to decode byte 0xff" },
        { "{\"text\":\"\\ud800\"}", "invalid Unicode" },
        { "{\"te\\u0000xt\":1}", "NUL byte in object key" },
        { deep, "depth" },
    };
    memset(deep, '[', sizeof(deep) - 1);
    kafc__arena_init(&arena, NULL, 0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ck_assert_msg(read_text(cases[i].text, 1) == KAFC_ERR_USAGE, "%s is read", cases[i].text);
        ck_assert_msg(strncmp(error.message, "ThingRequest v1: line ", 22) == 0 &&
                          strstr(error.message, cases[i].where),
                      "%.40s: %s", cases[i].text, error.message);
        ck_assert_int_eq(error.api, 99);
        ck_assert_int_eq(error.version, 1);
    }
    expect_error("[]", 0, "ThingRequest v0: an object is wanted, not an array");
    expect_error("7", 0, "ThingRequest v0: an object is wanted, not a number");
    ck_assert_int_eq(read_text("{}", 3), KAFC_ERR_UNSUPPORTED);
    ck_assert_str_eq(error.message, "ThingRequest has versions 0 to 2, not 3");
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(memory_may_end_anywhere)
{
    size_t need;
    kafc__arena_init(&arena, NULL, 0);
    expect_read(object("maybe", "{\"x\":9}", ""), 0);
    need = arena.used;
    kafc__arena_fini(&arena);
    for (size_t limit = 1; limit < need; limit++) {
        kafc__arena_init(&arena, NULL, limit);
        ck_assert_int_eq(read_text(object("maybe", "{\"x\":9}", ""), 0), KAFC_ERR_NO_MEMORY);
        ck_assert_msg(strstr(error.message, ": out of memory"), "%s", error.message);
        kafc__arena_fini(&arena);
    }
}
END_TEST

static char *to_json(const struct kafc_schema *s, const void *msg, int version)
{
    size_t n = kafc__msg_to_json(s, msg, (int16_t)version, NULL, 0);
    char *text = malloc(n + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(kafc__msg_to_json(s, msg, (int16_t)version, text, n + 1), n);
    return text;
}

static void *from_json(const struct kafc_schema *s, int version, const char *text,
                       struct kafc_arena *a)
{
    void *msg = message_new(s);
    kafc_error e;
    kafc_err rc = message_from_json(s, msg, (int16_t)version, text, strlen(text), a, &e);
    ck_assert_msg(rc == KAFC_OK, "%s\n%.300s", e.message, text);
    return msg;
}

/* JSON does not say unknown tags. A tagged struct that was not at its default by them alone is left out by the second
 * text, so only that is sure to be the same for ever. */
static bool check_same(const struct kafc_schema *s, const void *msg, int version,
                       struct kafc_arena *a)
{
    size_t size;
    char *first = to_json(s, msg, version);
    void *back = from_json(s, version, first, a);
    char *second = to_json(s, back, version);
    void *again = from_json(s, version, second, a);
    bool same = strcmp(first, second) == 0;
    ck_assert_msg(same || version >= s->flex, "%s v%d: %.200s", s->name, version, first);
    ck_assert(kafc__msg_equal(s, back, again));
    free(message_encode(s, back, version, &size));
    free(again);
    free(second);
    free(back);
    free(first);
    return same;
}

START_TEST(what_is_printed_is_read)
{
    struct kafc_arena a;
    struct kafc_rand rnd;
    kafc__arena_init(&a, NULL, 0);
    int total = 0, same = 0;
    kafc__rand_seed(&rnd, 29);
    for (size_t i = 0; i < pick_count(); i++) {
        const struct kafc_schema *s = pick_message(i);
        void *msg = message_new(s);
        for (size_t v = 0; v < pick_versions(s); v++)
            for (int k = 0; k < 20; k++) {
                int16_t version = pick_version(s, v);
                ck_assert(kafc__msg_random(s, msg, version, &rnd, &a));
                total++;
                same += check_same(s, msg, version, &a);
                kafc__arena_reset(&a);
            }
        free(msg);
    }
    kafc__arena_fini(&a);
    ck_assert_int_gt(same, total * 98 / 100);
}
END_TEST

SUITE_MAIN("tools/from_json", 60, every_kind_is_read, nulls_and_defaults_belong_to_versions,
           doubles_that_json_has_no_number_for, what_is_wrong_is_named, names_must_be_known,
           what_is_no_json_is_named_with_its_place, memory_may_end_anywhere,
           what_is_printed_is_read)
