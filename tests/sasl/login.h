/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One exchange of a mechanism, with text for challenges and answers.
 */
#ifndef KAFC_TESTS_LOGIN_H
#define KAFC_TESTS_LOGIN_H

#include "sasl/internal.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

struct login {
    struct test_alloc alloc;
    const kafc_sasl_mechanism *m;
    void *state;
    kafc_error err;
    kafc_bytes answer;
};

void login_init(struct login *l, const char *mechanism);
kafc_err login_start(struct login *l, const kafc_credentials *c);
/* SCRAM with a nonce; `wide`: SHA-512. */
kafc_err login_scram(struct login *l, bool wide, const kafc_credentials *c, const char *nonce);
/* challenge NULL: null. */
kafc_err login_step(struct login *l, const char *challenge);
/* The same, and what is said must be this; NULL: nothing, the exchange is complete. */
void login_says(struct login *l, const char *challenge, const char *answer);
/* The step must fail with this in its sentence, and with an end of the exchange. */
void login_refuses(struct login *l, const char *challenge, const char *why);
/* Ends the exchange; everything is freed. */
void login_end(struct login *l);

#endif
