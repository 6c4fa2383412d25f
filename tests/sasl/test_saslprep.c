/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sasl/saslprep: the examples of RFC 4013; 14000 strings that Python's
 * stringprep and its Unicode 3.2 have prepared (scripts/saslprep-tables vectors);
 * text that is no UTF-8.
 */
#include <stdlib.h>

#include "tests/sasl/login.h"
#include "tests/support/lines.h"

/* The prepared text, or NULL with err. */
static char *prepare(const char *text, kafc_error *err)
{
    char *out;
    kafc_err code = kafc__saslprep(NULL, text, true, "password", &out, err);
    ck_assert(code ? out == NULL : out != NULL);
    if (code)
        ck_assert_int_eq(code, KAFC_ERR_USAGE);
    return out;
}

static void becomes(const char *text, const char *want)
{
    kafc_error err;
    char *out = prepare(text, &err);
    ck_assert_msg(out != NULL, "%s", err.message);
    ck_assert_str_eq(out, want);
    free(out);
}

static void refused(const char *text, const char *why)
{
    kafc_error err;
    ck_assert_ptr_null(prepare(text, &err));
    ck_assert_msg(strncmp(err.message, "the password ", 13) == 0 &&
                      strstr(err.message, why) != NULL,
                  "\"%s\" does not say \"%s\"", err.message, why);
}

START_TEST(examples_of_rfc_4013)
{
    becomes("I\u00adX", "IX");
    becomes("user", "user");
    becomes("USER", "USER");
    becomes("\u00aa", "a");
    becomes("\u2168", "IX");
    refused("\a", "prohibits");
    refused("\u0627"
            "1",
            "right to left");
}
END_TEST

START_TEST(ascii_is_itself_but_for_controls)
{
    char all[96];
    for (int i = 0; i < 95; i++)
        all[i] = (char)(' ' + i);
    all[95] = 0;
    becomes(all, all);
    for (int i = 1; i < 33; i++)
        refused((char[]){ 'x', (char)(i < 32 ? i : 0x7f), 0 }, "prohibits");
    refused("", "empty");
    refused("\u00ad", "empty");
}
END_TEST

START_TEST(what_python_makes_of_it)
{
    struct lines l;
    int n = 0;
    lines_open(&l, "saslprep.tsv.gz");
    while (lines_next(&l)) {
        size_t len, want_len;
        unsigned char *hex = lines_hex(l.column[0], &len);
        char text[256];
        ck_assert_uint_lt(len, sizeof(text));
        memcpy(text, hex, len);
        text[len] = 0;
        if (*l.column[1] == '!') {
            refused(text, l.column[1] + 1);
        } else {
            unsigned char *want = lines_hex(l.column[1], &want_len);
            kafc_error err;
            char *out = prepare(text, &err);
            ck_assert_msg(out && strlen(out) == want_len && memcmp(out, want, want_len) == 0,
                          "line %d: %s", l.number, out ? "another text" : err.message);
            free(out);
            free(want);
        }
        free(hex);
        n++;
    }
    lines_close(&l);
    ck_assert_int_gt(n, 13000);
}
END_TEST

START_TEST(text_that_is_no_utf_8)
{
    static const char *const wrong[] = { "\x80",
                                         "\xc3",
                                         "\xc3(",
                                         "\xc0\x80",
                                         "\xe0\x80\x80",
                                         "\xed\xa0\x80",
                                         "\xf0\x80\x80\x80",
                                         "\xf4\x90\x80\x80",
                                         "\xf5\x80\x80\x80",
                                         "\xff",
                                         "abc\xe2\x82",
                                         "\xf0\x9f\x98" };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        refused(wrong[i], "UTF-8");
}
END_TEST

START_TEST(long_text_has_an_end)
{
    static char text[4000];
    memset(text, 'x', 1025);
    text[1024] = 0;
    becomes(text, text);
    text[1024] = 'x';
    text[1025] = 0;
    refused(text, "1024");
    for (int i = 0; i < 1000; i++)
        memcpy(text + 3 * i, "\uac01", 4); /* three of each when taken apart */
    refused(text, "1024");
    text[300 * 3] = 0;
    becomes(text, text);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    struct test_alloc a;
    char *out;
    for (long at = 1; at < 3; at++) {
        test_alloc_init(&a);
        a.fail_at = at;
        ck_assert_int_eq(kafc__saslprep(&a.mem, "x", true, "password", &out, NULL), KAFC_ERR_NO_MEMORY);
        ck_assert_int_eq(a.live, 0);
    }
}
END_TEST

SUITE_MAIN("saslprep", 60, examples_of_rfc_4013, ascii_is_itself_but_for_controls,
           what_python_makes_of_it, text_that_is_no_utf_8, long_text_has_an_end,
           each_allocation_may_fail)
