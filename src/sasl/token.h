/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Unsigned tokens of claims, and the memory that what options say is put into:
 * the caller's, from front to back.
 */
#ifndef KAFC_SASL_TOKEN_H
#define KAFC_SASL_TOKEN_H

#include "sasl/sasl.h"

struct kafc_sasl_room {
    char *p;
    size_t left;
};
/* NULL: there is no room. align is a power of two. */
void *kafc__sasl_room(struct kafc_sasl_room *r, size_t n, size_t align);
kafc_err kafc__sasl_no_room(kafc_error *err);

struct kafc_sasl_claims { /* as text; NULL: not said */
    const char *principal_claim, *principal, *scope_claim, *scope, *life;
};
kafc_err kafc__sasl_make_token(const struct kafc_sasl_claims *c, int64_t wall_ms,
                               struct kafc_sasl_room *r, kafc_credentials *out, kafc_error *err);

#endif
