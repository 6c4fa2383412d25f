/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS on a link of the simulation.
 */
#include "tests/sim/secure.h"

#include "tests/support/certs.h"

#if KAFC_HAVE_OPENSSL

#include <check.h>
#include <openssl/err.h>
#include <stdlib.h>
#include <string.h>

#include "tls/tls.h"

enum { PIECE = 16384 };

struct secure {
    struct kafc_tls *client;
    SSL *server;
    bool up;
};

/* For all, as long as the process lives. */
static struct kafc_tls_context *context;
static SSL_CTX *ctx;

static void prepare(void)
{
    static char *pem;
    kafc_error err;
    if (context)
        return;
    struct test_cert ca = TEST_CERT(.cn = "sim", .ca = true),
                     cert = TEST_CERT(.san = "DNS:broker", .by = &ca);
    pem = test_cert_pem(&ca);
    ctx = test_server_ctx(&cert, NULL);
    context = kafc__tls_context_new(NULL, KAFC_SECURITY(.ca_pem = pem), &err);
    ck_assert_msg(context != NULL, "%s", err.message);
    free(pem);
    test_cert_free(&ca);
    test_cert_free(&cert);
}

struct secure *secure_new(void)
{
    struct secure *x = calloc(1, sizeof(*x));
    prepare();
    x->client = kafc__tls_new(context, "broker", 1);
    x->server = SSL_new(ctx);
    ck_assert(x->client && x->server);
    SSL_set_bio(x->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(x->server);
    return x;
}

void secure_free(struct secure *x)
{
    if (!x)
        return;
    kafc__tls_free(x->client);
    SSL_free(x->server);
    free(x);
}

bool secure_is_up(const struct secure *x)
{
    return x->up;
}

static void flush_up(struct secure *x, secure_put *up, void *arg)
{
    const void *p;
    size_t n;
    kafc__tls_output(x->client, &p, &n);
    if (n)
        up(arg, p, n);
    kafc__tls_sent(x->client, n);
}

static void flush_down(struct secure *x, secure_put *down, void *arg)
{
    uint8_t buf[PIECE];
    for (int n; (n = BIO_read(SSL_get_wbio(x->server), buf, sizeof(buf))) > 0;)
        down(arg, buf, (size_t)n);
}

/* false: given up. */
static bool shake(struct secure *x)
{
    kafc_error err;
    kafc_err rc = x->up ? KAFC_OK : kafc__tls_handshake(x->client, &x->up, &err);
    if (rc != KAFC_OK && rc != KAFC_ERR_DISCONNECTED)
        ck_abort_msg("TLS: %s", err.message);
    return rc == KAFC_OK;
}

void secure_begin(struct secure *x, secure_put *up, void *arg)
{
    (void)shake(x);
    flush_up(x, up, arg);
}

void secure_write_up(struct secure *x, const void *p, size_t n, secure_put *up, void *arg)
{
    kafc_error err;
    for (size_t at = 0; at < n;) {
        struct iovec v = { (uint8_t *)(uintptr_t)p + at, n - at };
        int64_t took = kafc__tls_write(x->client, &v, 1, &err);
        if (took <= 0)
            ck_abort_msg("TLS: nothing is taken");
        at += (size_t)took;
        flush_up(x, up, arg);
    }
}

void secure_write_down(struct secure *x, const void *p, size_t n, secure_put *down, void *arg)
{
    if (SSL_write(x->server, p, (int)n) != (int)n)
        ck_abort_msg("TLS: the server cannot write");
    flush_down(x, down, arg);
}

/* More room for plaintext. */
static uint8_t *grown(uint8_t *buf, size_t n)
{
    uint8_t *p = realloc(buf, n + PIECE);
    if (!p)
        ck_abort_msg("out of memory");
    return p;
}

uint8_t *secure_came_up(struct secure *x, const void *p, size_t n, size_t *got, secure_put *down,
                        void *arg)
{
    uint8_t *buf = grown(NULL, *got = 0);
    ERR_clear_error();
    if (BIO_write(SSL_get_rbio(x->server), p, (int)n) != (int)n)
        ck_abort_msg("out of memory");
    for (int k; (k = SSL_read(x->server, buf + *got, PIECE)) > 0;) {
        *got += (size_t)k;
        buf = grown(buf, *got);
    }
    bool failed = ERR_peek_error() != 0;
    if (failed && SSL_is_init_finished(x->server))
        ck_abort_msg("TLS: the server says: %s", ERR_reason_error_string(ERR_peek_error()));
    flush_down(x, down, arg);
    if (failed) {
        free(buf);
        buf = NULL;
    }
    return buf;
}

uint8_t *secure_came_down(struct secure *x, const void *p, size_t n, size_t *got, secure_put *up,
                          void *arg)
{
    uint8_t *buf = grown(NULL, *got = 0);
    kafc_error err;
    for (size_t at = 0; at < n || kafc__tls_pending(x->client);) {
        void *room;
        size_t k;
        kafc__tls_room(x->client, &room, &k);
        k = k < n - at ? k : n - at;
        if (k) {
            memcpy(room, (const uint8_t *)p + at, k);
            kafc__tls_received(x->client, k);
            at += k;
        }
        if (!shake(x)) {
            free(buf);
            return NULL;
        }
        int64_t more = x->up ? kafc__tls_read(x->client, buf + *got, PIECE, &err) : 0;
        if (more < 0)
            ck_abort_msg("TLS: %s", more == KAFC_TLS_ERROR ? err.message : "the last word");
        *got += (size_t)more;
        buf = grown(buf, *got);
        if (!x->up && k == 0)
            break;
    }
    flush_up(x, up, arg);
    return buf;
}

#else

struct secure *secure_new(void)
{
    return NULL;
}

void secure_free(struct secure *x)
{
    (void)x;
}

void secure_begin(struct secure *x, secure_put *up, void *arg)
{
    (void)x;
    (void)up;
    (void)arg;
}

bool secure_is_up(const struct secure *x)
{
    return x == NULL;
}

void secure_write_up(struct secure *x, const void *p, size_t n, secure_put *up, void *arg)
{
    (void)x;
    up(arg, p, n);
}

void secure_write_down(struct secure *x, const void *p, size_t n, secure_put *down, void *arg)
{
    (void)x;
    down(arg, p, n);
}

uint8_t *secure_came_up(struct secure *x, const void *p, size_t n, size_t *got, secure_put *down,
                        void *arg)
{
    (void)x;
    (void)p;
    (void)n;
    (void)down;
    (void)arg;
    *got = 0;
    return NULL;
}

uint8_t *secure_came_down(struct secure *x, const void *p, size_t n, size_t *got, secure_put *up,
                          void *arg)
{
    return secure_came_up(x, p, n, got, up, arg);
}

#endif
