/* SPDX-License-Identifier: BSD-2-Clause */
#include "tests/sasl/login.h"

#include <stdlib.h>

void login_init(struct login *l, const char *mechanism)
{
    memset(l, 0, sizeof(*l));
    test_alloc_init(&l->alloc);
    l->m = kafc__sasl_find(mechanism);
    ck_assert_ptr_nonnull(l->m);
    ck_assert_str_eq(l->m->name, mechanism);
}

kafc_err login_start(struct login *l, const kafc_credentials *c)
{
    static const kafc_sasl_peer peer = { "", "localhost", 9092, 1 };
    kafc_err code = l->m->start(&l->alloc.mem, &peer, c, &l->state, &l->err);
    if (code) {
        ck_assert_ptr_null(l->state);
        ck_assert_int_eq(l->alloc.live, 0);
        ck_assert_int_eq(l->err.code, code);
        ck_assert_str_ne(l->err.message, "");
    }
    return code;
}

kafc_err login_scram(struct login *l, bool wide, const kafc_credentials *c, const char *nonce)
{
    login_init(l, wide ? "SCRAM-SHA-512" : "SCRAM-SHA-256");
    return kafc__scram_begin(&l->alloc.mem, wide, c, nonce, &l->state, &l->err);
}

kafc_err login_step(struct login *l, const char *challenge)
{
    /* exactly as long as it is, so that a sanitizer sees a read past the end */
    size_t n = challenge ? strlen(challenge) : 0;
    char *copy = n ? malloc(n) : NULL;
    if (copy)
        memcpy(copy, challenge, n);
    kafc_err code = l->m->step(l->state, (kafc_bytes){ copy, (int32_t)n }, &l->answer, &l->err);
    free(copy);
    if (code)
        ck_assert_int_eq(l->err.code, code);
    return code;
}

void login_says(struct login *l, const char *challenge, const char *answer)
{
    ck_assert_msg(login_step(l, challenge) == KAFC_OK, "%s", l->err.message);
    if (!answer) {
        ck_assert_ptr_null(l->answer.p);
        return;
    }
    ck_assert_ptr_nonnull(l->answer.p);
    ck_assert_msg((size_t)l->answer.len == strlen(answer) &&
                      memcmp(l->answer.p, answer, strlen(answer)) == 0,
                  "%.*s\nis not\n%s", (int)l->answer.len, (const char *)l->answer.p, answer);
}

void login_refuses(struct login *l, const char *challenge, const char *why)
{
    ck_assert_int_eq(login_step(l, challenge), KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ck_assert_msg(strstr(l->err.message, why) != NULL, "\"%s\" does not say \"%s\"", l->err.message,
                  why);
    ck_assert_ptr_null(l->answer.p);
    login_end(l);
}

void login_end(struct login *l)
{
    if (l->state)
        l->m->end(l->state);
    l->state = NULL;
    ck_assert_int_eq(l->alloc.live, 0);
}
