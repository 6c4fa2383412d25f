/* SPDX-License-Identifier: BSD-2-Clause
 *
 * base/base64: the vectors of RFC 4648, both alphabets, everything that is no
 * base64.
 */
#include <string.h>

#include "base/base64.h"
#include "tests/support/suite.h"

static const struct {
    const char *bytes, *text, *url;
} vectors[] = {
    { "", "", "" },
    { "f", "Zg==", "Zg" },
    { "fo", "Zm8=", "Zm8" },
    { "foo", "Zm9v", "Zm9v" },
    { "foob", "Zm9vYg==", "Zm9vYg" },
    { "fooba", "Zm9vYmE=", "Zm9vYmE" },
    { "foobar", "Zm9vYmFy", "Zm9vYmFy" },
    { "\xfb\xff\xfe", "+//+", "-__-" },
};

static void both_ways(const char *digits, const char *bytes, const char *text)
{
    char out[32];
    size_t n = kafc__base64_encode(digits, out, bytes, strlen(bytes));
    ck_assert_uint_eq(n, strlen(text));
    ck_assert_uint_le(n, KAFC_BASE64_SIZE(strlen(bytes)));
    ck_assert_mem_eq(out, text, n);
    ptrdiff_t back = kafc__base64_decode(digits, out, text, n);
    ck_assert_int_eq(back, (ptrdiff_t)strlen(bytes));
    ck_assert_mem_eq(out, bytes, strlen(bytes));
}

START_TEST(vectors_of_rfc_4648)
{
    for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
        both_ways(kafc__base64_digits, vectors[i].bytes, vectors[i].text);
        both_ways(kafc__base64_url_digits, vectors[i].bytes, vectors[i].url);
    }
}
END_TEST

START_TEST(what_is_no_base64_is_refused)
{
    static const char *const wrong[] = {
        "Z",    "Zg",   "Zg=",  "Zg===",     "=",        "==",   "====",
        "Zh==", "Zm9=", "Zm-v", "Zm9v\n===", "Zg==Zg==", "Z=g=", "\xff\xff\xff\xff"
    };
    char out[32];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ck_assert_msg(kafc__base64_decode(kafc__base64_digits, out, wrong[i], strlen(wrong[i])) ==
                          -1,
                      "%s", wrong[i]);
    ck_assert_int_eq(kafc__base64_decode(kafc__base64_digits, out, "Zg\0=", 4), -1);
    ck_assert_int_eq(kafc__base64_decode(kafc__base64_url_digits, out, "Zg==", 4), -1);
    ck_assert_int_eq(kafc__base64_decode(kafc__base64_url_digits, out, "+//+", 4), -1);
}
END_TEST

SUITE_MAIN("base64", 10, vectors_of_rfc_4648, what_is_no_base64_is_refused)
