/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the mechanisms share: text that is put together and wiped, SASLprep.
 */
#ifndef KAFC_SASL_INTERNAL_H
#define KAFC_SASL_INTERNAL_H

#include "sasl/sasl.h"

extern const kafc_sasl_mechanism kafc__sasl_plain, kafc__sasl_scram_sha_256,
    kafc__sasl_scram_sha_512, kafc__sasl_oauthbearer;

/* Text that grows, and leaves nothing behind where it was. After a failed allocation nothing is added. */
struct kafc_sasl_text {
    const kafc_allocator *mem;
    char *p; /* NULL while it is empty; no NUL at the end */
    size_t n, cap;
    bool failed;
};
void kafc__sasl_add(struct kafc_sasl_text *t, const void *p, size_t n);
void kafc__sasl_adds(struct kafc_sasl_text *t, const char *s);
void kafc__sasl_add_base64(struct kafc_sasl_text *t, const char *digits, const void *p, size_t n);
/* A name in front of a comma: ',' and '=' are written "=2C" and "=3D" (RFC 5801's saslname). */
void kafc__sasl_add_name(struct kafc_sasl_text *t, const char *s);
/* "n,a=authzid,", as SCRAM and OAUTHBEARER begin. */
void kafc__sasl_add_gs2(struct kafc_sasl_text *t, const kafc_credentials *c);
/* The separator, name=value, for each. */
void kafc__sasl_add_extensions(struct kafc_sasl_text *t, const char *separator, const kafc_credentials *c);
/* Wiped, and empty again. */
void kafc__sasl_text_free(struct kafc_sasl_text *t);

/* The text as an answer; KAFC_ERR_NO_MEMORY where it could not be put together. */
kafc_err kafc__sasl_say(const struct kafc_sasl_text *t, kafc_bytes *answer, kafc_error *err);

/* Bytes of the peer's for a sentence: cut off, and what is not printable ASCII is a '?'. */
enum { KAFC_SASL_QUOTE = 200 };
const char *kafc__sasl_quote(char to[KAFC_SASL_QUOTE], const void *p, size_t n);

/* Names of extensions are letters, 1 at least. NULL is none. */
static inline bool kafc__sasl_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool kafc__sasl_letters(const char *s);

/* *out: a copy prepared by RFC 4013, ended by NUL, to be wiped and freed; stored: a password, no name to be looked up.
 * KAFC_ERR_USAGE: the sentence begins with "the <what>", and says what is wrong without showing it. */
kafc_err kafc__saslprep(const kafc_allocator *mem, const char *from, bool stored, const char *what, char **out,
                        kafc_error *err);

/* SCRAM with a nonce that is given, for tests; `wide`: SHA-512. */
kafc_err kafc__scram_begin(const kafc_allocator *mem, bool wide, const kafc_credentials *c,
                           const char *nonce, void **state, kafc_error *err);

#endif
