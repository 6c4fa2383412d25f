/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records as JSON, compared value by value with what Apache Kafka's own
 * classes read from the same bytes.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/record/batch.h"
#include "protocol/record/codec.h"
#include "tests/support/lines.h"
#include "tests/support/suite.h"
#include "tools/kafc/records_json.h"

static kafc_error error;

/* What is written, parsed; NULL after an error. */
static json_t *print(const void *p, size_t n, kafc_err *rc)
{
    struct kafc_json_out o = { .p = NULL };
    *rc = records_put(&o, p, n, SIZE_MAX, &error);
    if (*rc) {
        ck_assert_int_ne(error.message[0], 0);
        return NULL;
    }
    char *text = malloc(o.n);
    struct kafc_json_out again = { .p = text, .cap = o.n };
    ck_assert_int_eq(records_put(&again, p, n, o.n, &error), KAFC_OK);
    ck_assert_uint_eq(again.n, o.n);
    json_error_t e;
    json_t *json = json_loadb(text, o.n, JSON_ALLOW_NUL, &e);
    ck_assert_msg(json != NULL, "%s in %.*s", e.text, (int)o.n, text);
    free(text);
    return json;
}

static json_int_t int_of(json_t *o, const char *name)
{
    return json_integer_value(json_object_get(o, name));
}

static void set_int(json_t *o, const char *name, json_int_t v)
{
    ck_assert_int_eq(json_object_set_new(o, name, json_integer(v)), 0);
}

/* Messages that are not compressed are batches each; the vectors have one object for several in a row. */
static void merge(json_t *into, json_t *next)
{
    json_t *crc = json_object_get(into, "crc");
    if (!json_is_array(crc)) {
        json_t *list = json_array();
        json_array_append(list, crc);
        json_object_set_new(into, "crc", list);
        crc = list;
    }
    json_array_append(crc, json_object_get(next, "crc"));
    json_array_extend(json_object_get(into, "records"), json_object_get(next, "records"));
    set_int(into, "lastOffset", int_of(next, "lastOffset"));
    set_int(into, "sizeInBytes", int_of(into, "sizeInBytes") + int_of(next, "sizeInBytes"));
    if (int_of(next, "maxTimestamp") > int_of(into, "maxTimestamp"))
        set_int(into, "maxTimestamp", int_of(next, "maxTimestamp"));
    if (!json_is_true(json_object_get(next, "valid")))
        json_object_set(into, "valid", json_false());
}

/* The batches as the vectors count them: as many records in each as `want` has. */
static json_t *as_wanted(json_t *got, json_t *want)
{
    json_t *out = json_array();
    size_t at = 0;
    for (size_t i = 0; i < json_array_size(want) && at < json_array_size(got); i++) {
        size_t n = json_array_size(json_object_get(json_array_get(want, i), "records"));
        json_t *b = json_array_get(got, at++);
        while (int_of(b, "magic") < 2 && at < json_array_size(got) &&
               json_array_size(json_object_get(b, "records")) < n)
            merge(b, json_array_get(got, at++));
        json_array_append(out, b);
    }
    while (at < json_array_size(got))
        json_array_append(out, json_array_get(got, at++));
    return out;
}

/* The vector's batches, without what only the vector has. */
static json_t *wanted(const char *text)
{
    json_error_t e;
    json_t *o = json_loads(text, JSON_ALLOW_NUL, &e), *list = json_object_get(o, "batches");
    if (list) {
        json_incref(list);
        json_decref(o);
        return list;
    }
    json_object_del(o, "kind");
    list = json_array();
    json_array_append_new(list, o);
    return list;
}

static bool readable(json_t *batches)
{
    size_t i;
    json_t *b;
    json_array_foreach(batches, i, b)
    {
        if (kafc__codec((int)int_of(b, "attributes") & KAFC_BATCH_CODEC)->library)
            return false;
    }
    return true;
}

START_TEST(everything_is_printed_as_java_reads_it)
{
    struct lines l;
    int same = 0, left_out = 0;
    lines_open(&l, "records.tsv.gz");
    while (lines_next(&l)) {
        size_t n;
        kafc_err rc;
        json_t *want = wanted(l.column[2]);
        if (!readable(want)) {
            left_out++;
            json_decref(want);
            continue;
        }
        unsigned char *p = lines_hex(l.column[3], &n);
        json_t *o = print(p, n, &rc);
        ck_assert_msg(rc == KAFC_OK, "line %d: %s", l.number, error.message);
        ck_assert_uint_eq(json_object_size(o), 1);
        json_t *got = as_wanted(json_object_get(o, "batches"), want);
        if (!json_equal(got, want)) {
            char *a = json_dumps(got, JSON_SORT_KEYS), *b = json_dumps(want, JSON_SORT_KEYS);
            ck_abort_msg("line %d:\n%s\ninstead of\n%s", l.number, a, b);
        }
        same++;
        json_decref(got);
        json_decref(want);
        json_decref(o);
        free(p);
    }
    lines_close(&l);
    ck_assert_int_eq(same + left_out, 700);
    ck_assert_int_ge(same, 300);
}
END_TEST

START_TEST(nothing_is_a_list_of_none)
{
    kafc_err rc;
    json_t *o = print("", 0, &rc);
    ck_assert_uint_eq(json_array_size(json_object_get(o, "batches")), 0);
    json_decref(o);
    o = print("\0\0\0\0\0\0\0\1\0\0\0\77", 12, &rc); /* the beginning of a batch */
    ck_assert_uint_eq(json_array_size(json_object_get(o, "batches")), 0);
    json_decref(o);
}
END_TEST

/* The first vector of a format that is not compressed. */
static unsigned char *vector(const char *magic, const char *kind, size_t *n)
{
    struct lines l;
    unsigned char *p = NULL;
    lines_open(&l, "records.tsv.gz");
    while (!p && lines_next(&l))
        if (strcmp(l.column[0], magic) == 0 && strcmp(l.column[1], "none") == 0 &&
            strstr(l.column[2], kind))
            p = lines_hex(l.column[3], n);
    lines_close(&l);
    ck_assert_ptr_nonnull(p);
    return p;
}

START_TEST(a_wrong_sum_is_no_error_but_records_that_cannot_be_read_are)
{
    size_t n;
    kafc_err rc;
    unsigned char *p = vector("2", "\"plain\"", &n);
    p[17] ^= 1;
    json_t *o = print(p, n, &rc), *b = json_array_get(json_object_get(o, "batches"), 0);
    ck_assert(json_is_false(json_object_get(b, "valid")));
    ck_assert_uint_gt(json_array_size(json_object_get(b, "records")), 0);
    json_decref(o);
    unsigned char *twice = malloc(2 * n);
    memcpy(twice, p, n);
    memcpy(twice + n, p, n);
    twice[n + 61] = 1; /* the length of the second batch's first record is negative */
    ck_assert_ptr_null(print(twice, 2 * n, &rc));
    ck_assert_int_eq(rc, KAFC_ERR_CORRUPT);
    char words[64];
    snprintf(words, sizeof words, "byte %zu: batch at offset", n);
    ck_assert_msg(strncmp(error.message, words, strlen(words)) == 0, "%s", error.message);
    ck_assert_msg(strstr(error.message, "record 1 of ") != NULL, "%s", error.message);
    p[16] = 9;
    ck_assert_ptr_null(print(p, n, &rc));
    ck_assert_msg(strstr(error.message, "byte 0 of") && strstr(error.message, "format is 9"), "%s",
                  error.message);
    free(twice);
    free(p);
}
END_TEST

/* Of many batches that expand, no more are expanded than fit. */
START_TEST(text_above_the_limit_ends_the_work)
{
    size_t n;
    struct kafc_json_out one = { .p = NULL }, two = { .p = NULL };
    unsigned char *p = vector("2", "\"plain\"", &n), *many = malloc(3 * n);
    for (size_t i = 0; i < 3; i++)
        memcpy(many + i * n, p, n);
    ck_assert_int_eq(records_put(&one, p, n, SIZE_MAX, &error), KAFC_OK);
    ck_assert_int_eq(records_put(&two, many, 3 * n, one.n, &error), KAFC_ERR_TOO_LARGE);
    char words[80];
    snprintf(words, sizeof words, "byte %zu: the text grows above the limit of %zu", n, one.n);
    ck_assert_str_eq(error.message, words);
    ck_assert_uint_lt(two.n, 2 * one.n); /* the third was left alone */
    free(many);
    free(p);
}
END_TEST

START_TEST(control_records_that_nobody_knows_have_a_name)
{
    size_t n;
    kafc_err rc;
    unsigned char *p = vector("2", "\"ABORT\"", &n);
    for (size_t i = 61; i + 4 < n; i++) /* the key: its length, version 0, type 0 */
        if (p[i] == 8 && memcmp(p + i + 1, "\0\0\0", 3) == 0)
            p[i + 4] = 9;
    json_t *o = print(p, n, &rc);
    json_t *r = json_array_get(
        json_object_get(json_array_get(json_object_get(o, "batches"), 0), "records"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(r, "controlType")), "UNKNOWN");
    json_decref(o);
    free(p);
}
END_TEST

/* Whatever the damage: a JSON value, or an error and not a byte. */
START_TEST(flipped_bits_and_cuts_are_survived)
{
    struct lines l;
    int runs = 0;
    lines_open(&l, "records.tsv.gz");
    while (lines_next(&l)) {
        size_t n;
        kafc_err rc;
        unsigned char *p = lines_hex(l.column[3], &n);
        size_t step = n < 100 ? 1 : n < 1000 ? 101 : 9973;
        for (size_t bit = 0; bit < 8 * n; bit += step, runs++) {
            p[bit / 8] ^= (unsigned char)(1 << bit % 8);
            json_decref(print(p, n, &rc));
            p[bit / 8] ^= (unsigned char)(1 << bit % 8);
            unsigned char *part = malloc(bit / 8 + 1);
            memcpy(part, p, bit / 8);
            json_decref(print(part, bit / 8, &rc));
            ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_CODEC); /* cut batches are left out */
            free(part);
        }
        free(p);
    }
    lines_close(&l);
    ck_assert_int_gt(runs, 10000);
}
END_TEST

SUITE_MAIN("records as JSON", 120, everything_is_printed_as_java_reads_it,
           nothing_is_a_list_of_none, a_wrong_sum_is_no_error_but_records_that_cannot_be_read_are,
           text_above_the_limit_ends_the_work, control_records_that_nobody_knows_have_a_name,
           flipped_bits_and_cuts_are_survived)
