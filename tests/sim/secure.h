/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS on a link of the simulation: kafc's filter at the client's end, a server
 * of OpenSSL's at the other. Sessions are shared by all links of the process.
 */
#ifndef KAFC_TESTS_SECURE_H
#define KAFC_TESTS_SECURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct secure;

/* Takes ciphertext. */
typedef void secure_put(void *ctx, const void *p, size_t n);

struct secure *secure_new(void);    /* NULL: built without OpenSSL */
void secure_free(struct secure *x); /* NULL is ignored */
void secure_begin(struct secure *x, secure_put *up, void *ctx);
bool secure_is_up(const struct secure *x); /* for the client */
/* All of it is encrypted. */
void secure_write_up(struct secure *x, const void *p, size_t n, secure_put *up, void *ctx);
void secure_write_down(struct secure *x, const void *p, size_t n, secure_put *down, void *ctx);
/* Ciphertext has come to the server or the client: the plaintext in it, from malloc, and what TLS itself has to say
 * to that. NULL: this end gives up. A client does so only where it has asked whether there is TLS at all, as of a peer
 * that had no word for its handshake; then the server does, too. Anything else fails the test. */
uint8_t *secure_came_up(struct secure *x, const void *p, size_t n, size_t *got, secure_put *down,
                        void *ctx);
uint8_t *secure_came_down(struct secure *x, const void *p, size_t n, size_t *got, secure_put *up,
                          void *ctx);

#endif
