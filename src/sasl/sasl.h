/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SASL mechanisms: challenge in, answer out, as <kafc/security.h> describes
 * them for anybody's. No I/O, no clock; randomness and hashes are OpenSSL's, and
 * without it there is no SCRAM. Any thread; an exchange by one at a time.
 */
#ifndef KAFC_SASL_SASL_H
#define KAFC_SASL_SASL_H

#include <kafc/security.h>

/* kafc's own: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER. NULL: none is called so. Their context is a
 * kafc_allocator, which must outlive an exchange; NULL, as here: the C library's. */
const kafc_sasl_mechanism *kafc__sasl_find(const char *name);

/* Overwrites, whatever the compiler thinks of it. */
void kafc__sasl_wipe(void *p, size_t n);

/* What brokers keep of a password: Hi() of RFC 5802, 32 bytes or, of SHA-512 (`wide`), 64. salt: at most INT_MAX bytes.
 * And bytes for a salt, that nobody can guess. KAFC_ERR_UNSUPPORTED without OpenSSL. */
kafc_err kafc__scram_salted(bool wide, const char *password, kafc_bytes salt, int iterations,
                            uint8_t *out, kafc_error *err);
kafc_err kafc__scram_random(void *p, size_t n, kafc_error *err);

/* Credentials from options, as text. What they say is put into the buffer, on which *out stands. KAFC_ERR_USAGE says
 * where the text is wrong, KAFC_ERR_TOO_LARGE that the buffer is too small; the text itself is never in a sentence: it
 * may hold passwords.
 * Java's sasl.jaas.config: "…PlainLoginModule required username="u" password="p";", ScramLoginModule, and
 * OAuthBearerLoginModule with unsecured claims, of which a token is made that begins at wall_ms. */
kafc_err kafc__sasl_jaas(const char *text, const char *mechanism, int64_t wall_ms, char *buf,
                         size_t cap, kafc_credentials *out, kafc_error *err);
/* librdkafka's sasl.oauthbearer.config: "principal=admin scope=a,b lifeSeconds=60 extension_x=y": a token without a
 * signature, from wall_ms on, and extensions. */
kafc_err kafc__sasl_unsecured(const char *text, int64_t wall_ms, char *buf, size_t cap,
                              kafc_credentials *out, kafc_error *err);
/* "name=value,name=value": the extensions of *out alone are set. */
kafc_err kafc__sasl_extensions(const char *text, char *buf, size_t cap, kafc_credentials *out,
                               kafc_error *err);

#endif
