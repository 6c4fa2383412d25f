/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Both ends of TLS in memory.
 */
#include "tests/support/certs.h"

#if KAFC_HAVE_OPENSSL

#include <check.h>
#include <stdlib.h>

#include "tests/tls/peer.h"

void tls_world_make(struct tls_world *w)
{
    w->ca = TEST_CERT(.cn = "Test CA", .ca = true);
    w->server = TEST_CERT(.cn = "broker", .san = "DNS:localhost,IP:127.0.0.1", .by = &w->ca);
    w->client = TEST_CERT(.cn = "client", .by = &w->ca);
    w->ca_pem = test_cert_pem(&w->ca);
}

void tls_world_free(struct tls_world *w)
{
    test_cert_free(&w->ca);
    test_cert_free(&w->server);
    test_cert_free(&w->client);
    free(w->ca_pem);
}

struct kafc_tls_context *tls_context(const struct tls_world *w, const kafc_security *s)
{
    kafc_security full = *s;
    kafc_error err;
    if (w && !s->ca_location && !s->ca_pem && !s->ssl_ctx)
        full.ca_pem = w->ca_pem;
    struct kafc_tls_context *x = kafc__tls_context_new(NULL, &full, &err);
    ck_assert_msg(x != NULL, "%s", x ? "" : err.message);
    return x;
}

bool tls_pair_make(struct tls_pair *p, const struct tls_world *w, struct kafc_tls_context *x,
                   SSL_CTX *ctx, const char *host)
{
    *p = (struct tls_pair){ .x = x, .ctx = ctx ? ctx : test_server_ctx(&w->server, NULL) };
    p->client = kafc__tls_new(x, host, 9093);
    p->server = SSL_new(p->ctx);
    ck_assert_ptr_nonnull(p->server);
    SSL_set_bio(p->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(p->server);
    return p->client != NULL;
}

void tls_pair_free(struct tls_pair *p)
{
    kafc__tls_free(p->client);
    SSL_free(p->server);
    SSL_CTX_free(p->ctx);
}

bool tls_pair_move(struct tls_pair *p)
{
    size_t max = p->piece ? p->piece : SIZE_MAX, n;
    const void *out;
    void *in;
    bool moved = false;
    kafc__tls_output(p->client, &out, &n);
    n = n < max ? n : max;
    if (n) {
        ck_assert_int_eq(BIO_write(SSL_get_rbio(p->server), out, (int)n), (int)n);
        kafc__tls_sent(p->client, n);
        moved = true;
    }
    kafc__tls_room(p->client, &in, &n);
    n = n < max ? n : max;
    int got = n ? BIO_read(SSL_get_wbio(p->server), in, (int)n) : 0;
    if (got > 0)
        kafc__tls_received(p->client, (size_t)got);
    return moved || got > 0;
}

int64_t tls_pair_read(struct tls_pair *p, void *buf, size_t n)
{
    int64_t got;
    do
        got = kafc__tls_read(p->client, buf, n, &p->err);
    while (got == 0 && tls_pair_move(p));
    return got;
}

void tls_pair_shake(struct tls_pair *p)
{
    do {
        ERR_clear_error();
        (void)SSL_do_handshake(p->server);
        if (!p->up)
            p->code = kafc__tls_handshake(p->client, &p->up, &p->err);
    } while (tls_pair_move(p) && p->code == KAFC_OK);
    ERR_clear_error();
}

void tls_pair_up(struct tls_pair *p, const struct tls_world *w, struct kafc_tls_context *x,
                 SSL_CTX *ctx, const char *host)
{
    ck_assert(tls_pair_make(p, w, x, ctx, host));
    tls_pair_shake(p);
    ck_assert_msg(p->code == KAFC_OK && p->up, "%s", p->code ? p->err.message : "not up");
    ck_assert(SSL_is_init_finished(p->server));
}

void tls_says(const char *message, const char *words)
{
    char *copy = strdup(words), *save = NULL;
    for (char *w = strtok_r(copy, "|", &save); w; w = strtok_r(NULL, "|", &save))
        ck_assert_msg(strstr(message, w) != NULL, "'%s' does not say '%s'", message, w);
    free(copy);
}

void tls_pair_fails(const struct tls_world *w, struct kafc_tls_context *x, SSL_CTX *ctx,
                    const char *host, const char *words)
{
    struct tls_pair p;
    char byte;
    ck_assert(tls_pair_make(&p, w, x, ctx, host));
    tls_pair_shake(&p);
    for (int i = 0; i < 4 && p.code == KAFC_OK; i++) { /* TLS 1.3 servers judge when we are up */
        tls_pair_shake(&p);
        if (p.up && kafc__tls_read(p.client, &byte, 1, &p.err) == KAFC_TLS_ERROR)
            p.code = p.err.code;
    }
    ck_assert_msg(p.code != KAFC_OK, "no failure, but it should say '%s'", words);
    ck_assert_int_eq(p.code, p.err.code);
    tls_says(p.err.message, words);
    if (getenv("V"))
        printf("%s: %s\n", kafc_err_name(p.code), p.err.message);
    kafc_error again;
    ck_assert_int_eq(kafc__tls_read(p.client, &byte, 1, &again), KAFC_TLS_ERROR);
    ck_assert_str_eq(again.message, p.err.message);
    tls_pair_free(&p);
}

#endif
