/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SASL mechanisms: challenge in, answer out, as <kafc/security.h> describes
 * them for anybody's. No I/O, no clock; randomness and hashes are OpenSSL's, and
 * without it there is no SCRAM. Any thread; an exchange by one at a time.
 */
#ifndef KAFC_SASL_SASL_H
#define KAFC_SASL_SASL_H

#include <kafc/security.h>

/* kafc's own: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER. NULL: none is called so. */
const kafc_sasl_mechanism *kafc__sasl_find(const char *name);

/* Overwrites, whatever the compiler thinks of it. */
void kafc__sasl_wipe(void *p, size_t n);

/* From Java's sasl.jaas.config: "…PlainLoginModule required username="u" password="p";". What it says is copied to the
 * buffer, on which *out stands. KAFC_ERR_USAGE says where it is wrong, or which module kafc has not; the
 * text itself is never in a sentence: it holds passwords. */
kafc_err kafc__sasl_jaas(const char *text, const char *mechanism, char *buf, size_t cap,
                         kafc_credentials *out, kafc_error *err);

#endif
