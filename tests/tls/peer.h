/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Both ends of TLS in memory: a filter of kafc's, and a server of OpenSSL's.
 */
#ifndef KAFC_TESTS_TLS_PEER_H
#define KAFC_TESTS_TLS_PEER_H

#include "tests/support/certs.h"

#if KAFC_HAVE_OPENSSL

#include "tls/internal.h"

/* An authority, a server's certificate by it for localhost and 127.0.0.1, a client's. */
struct tls_world {
    struct test_cert ca, server, client;
    char *ca_pem;
};
void tls_world_make(struct tls_world *w);
void tls_world_free(struct tls_world *w);

struct tls_pair {
    struct kafc_tls_context *x;
    struct kafc_tls *client;
    SSL_CTX *ctx;
    SSL *server;
    size_t piece;   /* bytes that are moved at once, 0: as many as there are */
    kafc_err code;  /* of the client's handshake, */
    kafc_error err; /* and why */
    bool up;
};

/* The client's context, which must be, with what s leaves open: .ca_pem of the world where nothing else is trusted. */
struct kafc_tls_context *tls_context(const struct tls_world *w, const kafc_security *s);
/* Takes ctx (or makes one of w->server); x stays the caller's. false: the client could not be made. */
bool tls_pair_make(struct tls_pair *p, const struct tls_world *w, struct kafc_tls_context *x,
                   SSL_CTX *ctx, const char *host);
void tls_pair_free(struct tls_pair *p);
/* Moves what each has for the other. false: nothing moved. */
bool tls_pair_move(struct tls_pair *p);
/* Until both ends are up, or one has failed; p->code says which. */
void tls_pair_shake(struct tls_pair *p);
/* What the client reads at last: 0 when there is nothing on its way. */
int64_t tls_pair_read(struct tls_pair *p, void *buf, size_t n);
/* A handshake that must succeed. */
void tls_pair_up(struct tls_pair *p, const struct tls_world *w, struct kafc_tls_context *x,
                 SSL_CTX *ctx, const char *host);
/* One that must fail; what the client says must have all these words, separated by '|'. */
void tls_pair_fails(const struct tls_world *w, struct kafc_tls_context *x, SSL_CTX *ctx,
                    const char *host, const char *words);
void tls_says(const char *message, const char *words);

#else

#include "tests/support/suite.h"
#include "tls/tls.h"

/* In place of all tests, where kafc is built without OpenSSL. */
START_TEST(there_is_no_tls)
{
    kafc_error err;
    ck_assert_ptr_null(kafc__tls_context_new(NULL, KAFC_SECURITY(.ctx = NULL), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(err.message, "without OpenSSL"));
    kafc__tls_context_free(NULL);
    kafc__tls_free(NULL);
}
END_TEST

#endif
#endif
