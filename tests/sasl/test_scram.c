/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sasl/scram: the example of RFC 7677, the same for SHA-512 and with names,
 * extensions and SASLprep as Python's hashlib computes it; every server message
 * that is wrong in some way, cut off or changed in one byte. Without OpenSSL:
 * that it says so.
 */
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "tests/sasl/login.h"

#if KAFC_HAVE_OPENSSL

#define CNONCE "rOprNGfwEbeRWgbNEkqO"
#define NONCE  CNONCE "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
#define SALT   "W22ZaJ0SNY7soEsUEjb6gQ=="
#define FIRST  "r=" NONCE ",s=" SALT ",i=4096"
#define FINAL  "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="

static const kafc_credentials pencil = { .username = "user", .password = "pencil" };

static void begin(struct login *l, bool wide)
{
    ck_assert_int_eq(login_scram(l, wide, &pencil, CNONCE), KAFC_OK);
    login_says(l, NULL, "n,,n=user,r=" CNONCE);
}

START_TEST(the_example_of_rfc_7677)
{
    struct login l;
    begin(&l, false);
    login_says(&l, FIRST, "c=biws,r=" NONCE ",p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    login_says(&l, FINAL, NULL);
    login_refuses(&l, "", "after the last one");
}
END_TEST

START_TEST(the_same_with_sha_512)
{
    struct login l;
    begin(&l, true);
    login_says(&l, FIRST,
               "c=biws,r=" NONCE
               ",p=gMGXRcevScNtxZ6/8lQYpGtnsNAc3mGcmNomv+xnoOMw+3R2xNJdMNnzMlTN8PPC6wdp6"
               "dybEmDYXYTxwnYPJQ==");
    login_says(
        &l,
        "v=ZQnYEgWQMFmmsM8aQMF0nDDCy/AgCzkwk8CmMZYcMg0vSVlKDanekLtifDSeVGT4+5ZxXnJq199RVG2rR7N7Zw==",
        NULL);
    login_end(&l);
}
END_TEST

/* Bytes as they are: what Kafka's brokers and tools have hashed. */
START_TEST(names_are_escaped_and_passwords_are_bytes)
{
    struct login l;
    kafc_sasl_extension token = { "tokenauth", "true" };
    kafc_credentials c = { .username = "I,X=",
                           .password = "p\u00e4\u00adss\u2168",
                           .authorization_id = "me,=",
                           .extensions = &token,
                           .nextensions = 1 };
    ck_assert_int_eq(login_scram(&l, false, &c, CNONCE), KAFC_OK);
    login_says(&l, NULL, "n,a=me=2C=3D,n=I=2CX=3D,r=" CNONCE ",tokenauth=true");
    login_says(&l, "r=" NONCE ",s=" SALT ",i=8192",
               "c=bixhPW1lPTJDPTNELA==,r=" NONCE ",p=rCFmq494KXRg/OHpay34wzDLnNBNjM5ZfnsMBQ4doNQ=");
    login_says(&l, "v=nzHSCwgFPPzV6PmL9q+DuCOlpbHHrfwYd5WQq5oY6Ew=,future=maybe", NULL);
    login_end(&l);
}
END_TEST

START_TEST(saslprep_where_it_is_asked_for)
{
    struct login l;
    kafc_credentials c = { .username = "I\u00adX",
                           .password = "p\u00e4\u00adss\u2168",
                           .saslprep = KAFC_ON };
    ck_assert_int_eq(login_scram(&l, false, &c, CNONCE), KAFC_OK);
    login_says(&l, NULL, "n,,n=IX,r=" CNONCE);
    login_says(&l, FIRST, "c=biws,r=" NONCE ",p=wibOPlTdg4uJEIv+tMUXbBj2yCT+ej2VdJXp9awwhy8=");
    login_says(&l, "v=z3KmLibINvThD9mkuq/KRBGHA+OABTVCRsPEdx700Eo=", NULL);
    login_end(&l);
    c.password = "secret\a";
    ck_assert_int_eq(login_scram(&l, false, &c, CNONCE), KAFC_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(l.err.message, "password"));
    ck_assert_ptr_null(strstr(l.err.message, "secret"));
    login_end(&l);
    c.password = "\U0001f600"; /* younger than Unicode 3.2: not for what is stored, but for what is looked up */
    ck_assert_int_eq(login_scram(&l, false, &c, CNONCE), KAFC_ERR_USAGE);
    login_end(&l);
    c.username = "\U0001f600\u00ad";
    c.password = "p";
    ck_assert_int_eq(login_scram(&l, false, &c, CNONCE), KAFC_OK);
    login_says(&l, NULL, "n,,n=\U0001f600,r=" CNONCE);
    login_end(&l);
    c.saslprep = KAFC_OFF;
    ck_assert_int_eq(login_scram(&l, false, &c, CNONCE), KAFC_OK);
    login_end(&l);
}
END_TEST

START_TEST(each_login_has_a_nonce_of_its_own)
{
    struct login l;
    char last[100] = "";
    for (int i = 0; i < 3; i++) {
        login_init(&l, i ? "SCRAM-SHA-256" : "SCRAM-SHA-512");
        ck_assert_int_eq(login_start(&l, &pencil), KAFC_OK);
        ck_assert_int_eq(login_step(&l, NULL), KAFC_OK);
        ck_assert_int_eq(l.answer.len, 12 + 32);
        ck_assert_mem_eq(l.answer.p, "n,,n=user,r=", 12);
        ck_assert_mem_ne(l.answer.p, last, 44);
        memcpy(last, l.answer.p, 44);
        login_end(&l);
    }
}
END_TEST

START_TEST(what_cannot_be_said_is_refused)
{
    kafc_sasl_extension wrong[] = {
        { "a b", "x" }, { "", "x" }, { "a", "" }, { "a", "b,c" }, { "a", "\n" }
    };
    const kafc_credentials none[] = { { .username = "u" },
                                      { .password = "p" },
                                      { .username = "", .password = "p" } };
    kafc_credentials c = { .username = "u", .password = "p", .nextensions = 1 };
    struct login l;
    login_init(&l, "SCRAM-SHA-256");
    for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
        ck_assert_int_eq(login_start(&l, &none[i]), KAFC_ERR_USAGE);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        c.extensions = &wrong[i];
        ck_assert_int_eq(login_start(&l, &c), KAFC_ERR_USAGE);
    }
}
END_TEST

START_TEST(wrong_first_messages)
{
    static const struct {
        const char *message, *why;
    } wrong[] = {
        { "", "nonce" },
        { "garbage", "nonce" },
        { "m=ext," FIRST, "extension (m=)" },
        { "s=" SALT ",r=" NONCE ",i=4096", "nonce (r=)" },
        { "r=" CNONCE ",s=" SALT ",i=4096", "does not continue ours" },
        { "r=x" NONCE ",s=" SALT ",i=4096", "does not continue ours" },
        { "r=,s=" SALT ",i=4096", "does not continue ours" },
        { "r=" NONCE, "no salt" },
        { "r=" NONCE ",i=4096,s=" SALT, "no salt" },
        { "r=" NONCE ",s=,i=4096", "empty salt" },
        { "r=" NONCE ",s=W22ZaJ0SNY7soEsUEjb6gQ=,i=4096", "no base64" },
        { "r=" NONCE ",s=W22Z aJ0,i=4096", "no base64" },
        { "r=" NONCE ",s=" SALT, "no iterations" },
        { "r=" NONCE ",s=" SALT ",i=", "not between 4096 and 1000000" },
        { "r=" NONCE ",s=" SALT ",i=-1", "no number" },
        { "r=" NONCE ",s=" SALT ",i=4096 ", "no number" },
        { "r=" NONCE ",s=" SALT ",i=4095", "4095 iterations" },
        { "r=" NONCE ",s=" SALT ",i=1000001", "1000001 iterations" },
        { "r=" NONCE ",s=" SALT ",i=2147483648", "2147483648 iterations" },
        { "r=" NONCE ",s=" SALT ",i=18446744073709555712", "1844674407370955571" },
        { FIRST ",i=4096", "behind its iterations" },
        { FIRST ",r=" NONCE, "behind its iterations" },
        { FIRST ",", "comma" },
        { FIRST ",,", "behind its iterations" },
        { FIRST ",1=x", "behind its iterations" },
        { FIRST ",ab", "behind its iterations" },
    };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct login l;
        begin(&l, i & 1);
        if (strcmp(wrong[i].why, "comma") == 0) { /* the only one that does no harm */
            ck_assert_int_eq(login_step(&l, wrong[i].message), KAFC_OK);
            login_end(&l);
        } else {
            login_refuses(&l, wrong[i].message, wrong[i].why);
        }
    }
}
END_TEST

START_TEST(huge_first_messages)
{
    struct login l;
    static char text[100000];
    int n = snprintf(text, sizeof(text), "r=%s,s=", NONCE);
    memset(text + n, 'A', 4000);
    memcpy(text + n + 4000, ",i=4096", 8);
    begin(&l, false);
    login_refuses(&l, text, "more than 1023 bytes");
    memset(text + n, 'A', 90000);
    text[90000] = 0;
    begin(&l, false);
    login_refuses(&l, text, "longer than 8192");
}
END_TEST

static void to_final(struct login *l)
{
    begin(l, false);
    ck_assert_int_eq(login_step(l, FIRST), KAFC_OK);
}

START_TEST(wrong_final_messages)
{
    static const struct {
        const char *message, *why;
    } wrong[] = {
        { "", "neither" },
        { "v=", "wrong signature" },
        { "x=1," FINAL, "neither" },
        { FINAL ",v=x", "neither" },
        { "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G5=", "wrong signature" },
        { "v=AAAATRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "wrong signature" },
        { "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4A", "wrong signature" },
        { "e=invalid-proof", "refuses the login: invalid-proof" },
        { "e=un\1known\n,x=y", "un?known?" },
    };
    struct login l;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        to_final(&l);
        login_refuses(&l, wrong[i].message, wrong[i].why);
    }
    char long_error[1000] = "e=";
    memset(long_error + 2, 'x', sizeof(long_error) - 3);
    long_error[sizeof(long_error) - 1] = 0;
    to_final(&l);
    login_refuses(&l, long_error, "xxx");
}
END_TEST

/* Each prefix, and each byte changed: refused; or harmless: then the signature cannot be the one that follows. */
START_TEST(cut_off_and_changed_messages)
{
    char text[sizeof(FIRST)];
    struct login l;
    for (size_t i = 0; i < sizeof(FIRST) - 1; i++) {
        memcpy(text, FIRST, sizeof(FIRST));
        text[i] = 0;
        begin(&l, false);
        ck_assert_int_ne(login_step(&l, text), KAFC_OK);
        login_end(&l);
        memcpy(text, FIRST, sizeof(FIRST));
        text[i] ^= 1;
        begin(&l, false);
        if (login_step(&l, text) == KAFC_OK)
            ck_assert_int_ne(login_step(&l, FINAL), KAFC_OK);
        login_end(&l);
    }
    for (size_t i = 0; i < sizeof(FINAL) - 1; i++) {
        memcpy(text, FINAL, sizeof(FINAL));
        text[i] = 0;
        to_final(&l);
        ck_assert_int_ne(login_step(&l, text), KAFC_OK);
        login_end(&l);
        memcpy(text, FINAL, sizeof(FINAL));
        text[i] ^= 1;
        to_final(&l);
        ck_assert_int_ne(login_step(&l, text), KAFC_OK);
        login_end(&l);
    }
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    kafc_credentials c = { .username = "user", .password = "pencil", .saslprep = KAFC_ON };
    bool failed = true;
    for (long at = 1; failed; at++) {
        struct login l;
        login_init(&l, "SCRAM-SHA-256");
        l.alloc.fail_at = at;
        kafc_err code = kafc__scram_begin(&l.alloc.mem, false, &c, CNONCE, &l.state, &l.err);
        if (!code)
            code = login_step(&l, NULL);
        if (!code)
            code = login_step(&l, FIRST);
        if (!code)
            code = login_step(&l, FINAL);
        failed = code != KAFC_OK;
        if (failed)
            ck_assert_int_eq(code, KAFC_ERR_NO_MEMORY);
        else
            ck_assert_int_gt(at, 7);
        login_end(&l);
    }
}
END_TEST

SUITE_MAIN("scram", 30, the_example_of_rfc_7677, the_same_with_sha_512,
           names_are_escaped_and_passwords_are_bytes, saslprep_where_it_is_asked_for,
           each_login_has_a_nonce_of_its_own, what_cannot_be_said_is_refused, wrong_first_messages,
           huge_first_messages, wrong_final_messages, cut_off_and_changed_messages,
           each_allocation_may_fail)

#else

START_TEST(scram_needs_openssl)
{
    struct login l;
    kafc_credentials c = { .username = "u", .password = "p" };
    login_init(&l, "SCRAM-SHA-256");
    ck_assert_int_eq(login_start(&l, &c), KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(l.err.message, "OpenSSL"));
}
END_TEST

SUITE_MAIN("scram", 10, scram_needs_openssl)

#endif
