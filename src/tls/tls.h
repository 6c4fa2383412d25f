/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS as a filter of bytes: ciphertext in, plaintext out, and the other way.
 * No sockets and no clock, so that it runs in the simulator as well. A context
 * is what the connections of a client share, and may be used by any thread; a
 * filter belongs to one thread at a time, whose queue of OpenSSL's errors is
 * emptied. Built without OpenSSL, a context cannot be had, and says so.
 */
#ifndef KAFC_TLS_TLS_H
#define KAFC_TLS_TLS_H

#include <sys/uio.h>

#include <kafc/security.h>

struct kafc_tls_context;
struct kafc_tls;

/* Reads certificates and keys: s is resolved (every default is in it), and its functions, ctx and ssl_ctx must outlive
 * the context. KAFC_ERR_USAGE names the option and the file, KAFC_ERR_UNSUPPORTED without OpenSSL. */
struct kafc_tls_context *kafc__tls_context_new(const kafc_allocator *mem, const kafc_security *s,
                                               kafc_error *err);
void kafc__tls_context_free(
    struct kafc_tls_context *x); /* its filters are gone by then; NULL is ignored */

/* A connection to host. NULL: out of memory. */
struct kafc_tls *kafc__tls_new(struct kafc_tls_context *x, const char *host, int port);
void kafc__tls_free(struct kafc_tls *t); /* wipes what it holds; NULL is ignored */

/* The handshake goes on, as far as what has come allows: at first, and after kafc__tls_received(). *up: it is over. An
 * error, KAFC_ERR_TLS, _NO_MEMORY, or _DISCONNECTED where another attempt may help, says what is wrong and what to
 * do, as a clause about the peer; what there is to send is still to be sent (an alert), then the connection is of no
 * use. */
kafc_err kafc__tls_handshake(struct kafc_tls *t, bool *up, kafc_error *err);

/* Ciphertext: where to read to (n is 0 while read has not taken what is there), and that n bytes came. */
void kafc__tls_room(struct kafc_tls *t, void **p, size_t *n);
void kafc__tls_received(struct kafc_tls *t, size_t n);
/* Ciphertext to be sent, n 0: none; and that n bytes were. */
void kafc__tls_output(struct kafc_tls *t, const void **p, size_t *n);
void kafc__tls_sent(struct kafc_tls *t, size_t n);

/* Plaintext, once it is up. Bytes read; 0: none before more is received. KAFC_TLS_EOF: the peer has said the last word;
 * KAFC_TLS_ERROR: *err says why the connection is of no use. */
enum { KAFC_TLS_EOF = -1, KAFC_TLS_ERROR = -2 };
int64_t kafc__tls_read(struct kafc_tls *t, void *p, size_t n, kafc_error *err);
/* Would read give something without more being received? */
bool kafc__tls_pending(const struct kafc_tls *t);
/* Bytes that were taken, from the front; fewer, or 0, while output is waiting to be sent. KAFC_TLS_ERROR. */
int64_t kafc__tls_write(struct kafc_tls *t, const struct iovec *iov, int n, kafc_error *err);
/* The last word, best effort: there may be output afterwards. */
void kafc__tls_close(struct kafc_tls *t);

#endif
