/* SPDX-License-Identifier: BSD-2-Clause
 *
 * sasl/sasl, plain, oauthbearer: what they say (RFC 4616, 7628), what they
 * refuse to say, failing allocations, and that no password stays in memory.
 */
#include <stdlib.h>

#include "tests/sasl/login.h"

START_TEST(mechanisms_by_name)
{
    ck_assert_ptr_nonnull(kafc__sasl_find("PLAIN"));
    ck_assert_ptr_nonnull(kafc__sasl_find("OAUTHBEARER"));
    ck_assert_ptr_nonnull(kafc__sasl_find("SCRAM-SHA-256"));
    ck_assert_ptr_nonnull(kafc__sasl_find("SCRAM-SHA-512"));
    ck_assert_ptr_null(kafc__sasl_find("plain"));
    ck_assert_ptr_null(kafc__sasl_find("SCRAM-SHA-1"));
    ck_assert_ptr_null(kafc__sasl_find(NULL));
}
END_TEST

START_TEST(plain_says_all_at_once)
{
    struct login l;
    kafc_credentials c = { .username = "tim", .password = "tanstaaftanstaaf" };
    login_init(&l, "PLAIN"); /* RFC 4616, section 4 */
    ck_assert_int_eq(login_start(&l, &c), KAFC_OK);
    ck_assert_int_eq(login_step(&l, NULL), KAFC_OK);
    ck_assert_int_eq(l.answer.len, 21);
    ck_assert_mem_eq(l.answer.p, "\0tim\0tanstaaftanstaaf", 21);
    login_says(&l, "", NULL);
    login_end(&l);
    c = (kafc_credentials){ .username = "Kurt",
                            .password = "xipj3plmq",
                            .authorization_id = "Ursel" };
    ck_assert_int_eq(login_start(&l, &c), KAFC_OK);
    ck_assert_int_eq(login_step(&l, NULL), KAFC_OK);
    ck_assert_int_eq(l.answer.len, 20);
    ck_assert_mem_eq(l.answer.p, "Ursel\0Kurt\0xipj3plmq", 20);
    login_says(&l, "whatever", NULL);
    login_end(&l);
}
END_TEST

START_TEST(plain_wants_both)
{
    struct login l;
    login_init(&l, "PLAIN");
    const kafc_credentials wrong[] = { { .username = "u" },
                                       { .password = "p" },
                                       { .username = "", .password = "p" },
                                       { .username = "u", .password = "" } };
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        ck_assert_int_eq(login_start(&l, &wrong[i]), KAFC_ERR_USAGE);
}
END_TEST

START_TEST(oauthbearer_says_its_token)
{
    struct login l;
    kafc_sasl_extension ext[] = { { "host", "server.example.com" }, { "port", "143" } };
    kafc_credentials c = { .token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==",
                           .authorization_id = "user@example.com",
                           .extensions = ext,
                           .nextensions = 2 };
    login_init(&l, "OAUTHBEARER"); /* RFC 7628, section 4.1, with Kafka's order */
    ck_assert_int_eq(login_start(&l, &c), KAFC_OK);
    login_says(&l, NULL,
               "n,a=user@example.com,\1auth=Bearer vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==\1"
               "host=server.example.com\1port=143\1\1");
    login_says(&l, "", NULL);
    login_end(&l);
    c = (kafc_credentials){ .token = "a.b-c_d." };
    ck_assert_int_eq(login_start(&l, &c), KAFC_OK);
    login_says(&l, NULL, "n,,\1auth=Bearer a.b-c_d.\1\1");
    login_says(&l, NULL, NULL);
    login_end(&l);
}
END_TEST

START_TEST(oauthbearer_is_refused_in_two_steps)
{
    struct login l;
    kafc_credentials c = { .token = "t", .authorization_id = "a,b=c" };
    login_init(&l, "OAUTHBEARER"); /* RFC 7628, section 4.3 */
    ck_assert_int_eq(login_start(&l, &c), KAFC_OK);
    login_says(&l, NULL, "n,a=a=2Cb=3Dc,\1auth=Bearer t\1\1");
    login_says(&l, "{\"status\":\"invalid_token\",\"scope\":\"example\x01_scope\"}", "\1");
    login_refuses(&l, "", "{\"status\":\"invalid_token\",\"scope\":\"example?_scope\"}");
}
END_TEST

START_TEST(oauthbearer_refuses_what_is_no_token)
{
    struct login l;
    static const char *const tokens[] = { NULL,   "",    "=",   "a b",  "a\1b",
                                          "a\nb", "a=b", "a,b", "\x7f", "\xc3\xa4" };
    kafc_sasl_extension wrong[] = { { "auth", "x" }, { "", "x" },        { "a1", "x" },
                                    { "a=", "x" },   { "a", "" },        { "a", "x\1y" },
                                    { "a", "\x7f" }, { "a", "\xc3\xa4" } };
    kafc_credentials c = { .token = NULL };
    login_init(&l, "OAUTHBEARER");
    for (size_t i = 0; i < sizeof(tokens) / sizeof(tokens[0]); i++) {
        c.token = tokens[i];
        ck_assert_int_eq(login_start(&l, &c), KAFC_ERR_USAGE);
        ck_assert(!tokens[i] || !*tokens[i] || *tokens[i] == '=' ||
                  !strstr(l.err.message, tokens[i]));
    }
    c.token = "t";
    c.nextensions = 1;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        c.extensions = &wrong[i];
        ck_assert_int_eq(login_start(&l, &c), KAFC_ERR_USAGE);
    }
    wrong[0] = (kafc_sasl_extension){ "A", "\t a\r\n~" };
    c.extensions = &wrong[0];
    ck_assert_int_eq(login_start(&l, &c), KAFC_OK);
    login_end(&l);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    kafc_sasl_extension ext = { "abc", "def" };
    kafc_credentials c = { .username = "user",
                           .password = "password",
                           .token = "token",
                           .extensions = &ext,
                           .nextensions = 1 };
    char token[1000];
    memset(token, 't', sizeof(token) - 1);
    token[sizeof(token) - 1] = 0;
    for (int which = 0; which < 2; which++) {
        long at = 1;
        bool failed = true;
        c.token = c.password = token;
        for (; failed; at++) {
            struct login l;
            login_init(&l, which ? "OAUTHBEARER" : "PLAIN");
            l.alloc.fail_at = at;
            kafc_err code = login_start(&l, &c);
            if (!code)
                code = login_step(&l, NULL);
            failed = code != KAFC_OK;
            if (failed)
                ck_assert_int_eq(code, KAFC_ERR_NO_MEMORY);
            login_end(&l);
        }
        ck_assert_int_gt(at, 4);
    }
}
END_TEST

/* What was freed must not hold the secret. */
static const char secret[] = "s3cr3t-s3cr3t-s3cr3t";
static size_t leaks;

static void *spy_malloc(void *ctx, size_t n)
{
    (void)ctx;
    size_t *p = malloc(sizeof(size_t) * 2 + n);
    if (!p)
        return NULL;
    *p = n;
    return p + 2;
}

static void spy_free(void *ctx, void *p)
{
    (void)ctx;
    if (!p)
        return;
    size_t n = ((size_t *)p)[-2], len = strlen(secret);
    for (size_t i = 0; i + len <= n; i++)
        leaks += memcmp((char *)p + i, secret, len) == 0;
    free((size_t *)p - 2);
}

START_TEST(what_is_freed_was_wiped)
{
    const kafc_allocator spy = { spy_malloc, NULL, spy_free, NULL };
    static const char *const names[] = { "PLAIN", "OAUTHBEARER", "SCRAM-SHA-256" };
    char token[600];
    for (size_t i = 0; i < sizeof(token) - 1; i++)
        token[i] = secret[i % strlen(secret)];
    token[sizeof(token) - 1] = 0;
    kafc_credentials c = {
        .username = "u", .password = token, .token = token, .saslprep = KAFC_ON
    };
    leaks = 0;
    void *p = spy_malloc(NULL, 600); /* the spy sees it */
    if (p)
        memcpy(p, token, 600);
    spy_free(NULL, p);
    ck_assert_uint_gt(leaks, 0);
    leaks = 0;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const kafc_sasl_mechanism *m = kafc__sasl_find(names[i]);
        void *state;
        kafc_bytes answer;
        kafc_err code = m->start((void *)(uintptr_t)&spy, NULL, &c, &state, NULL);
        if (code == KAFC_ERR_UNSUPPORTED)
            continue;
        ck_assert_int_eq(code, KAFC_OK);
        ck_assert_int_eq(m->step(state, (kafc_bytes){ NULL, 0 }, &answer, NULL), KAFC_OK);
        m->end(state);
        ck_assert_uint_eq(leaks, 0);
    }
}
END_TEST

SUITE_MAIN("sasl", 10, mechanisms_by_name, plain_says_all_at_once, plain_wants_both,
           oauthbearer_says_its_token, oauthbearer_is_refused_in_two_steps,
           oauthbearer_refuses_what_is_no_token, each_allocation_may_fail, what_is_freed_was_wiped)
