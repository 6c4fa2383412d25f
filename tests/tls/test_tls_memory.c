/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenSSL's allocations fail, one after the other, while kafc calls it: each is
 * told as KAFC_ERR_NO_MEMORY or as what OpenSSL makes of it, and never passed
 * over to somebody who would be believed without a look.
 */
#include <stdlib.h>

#include "tests/support/suite.h"
#include "tests/tls/peer.h"

#if KAFC_HAVE_OPENSSL

static bool armed; /* inside a call of kafc's */
static long calls, fail_at;

static bool fails(void)
{
    return armed && ++calls == fail_at;
}

static void *poor_malloc(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : malloc(n);
}

static void *poor_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return fails() ? NULL : realloc(p, n);
}

static void poor_free(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

__attribute__((constructor)) static void take_over(void)
{
    if (!CRYPTO_set_mem_functions(poor_malloc, poor_realloc, poor_free))
        abort();
}

enum { STEPS = 150 /* of the allocations; all of them take a minute */ };

struct pieces {
    struct tls_world w;
    char *cert, *key;
    SSL_CTX *server;
    bool stranger; /* its certificate is not to be believed */
};

/* As far as it goes; true: up, with a byte read. */
static bool go(struct pieces *s, struct kafc_tls_context *x)
{
    struct tls_pair p;
    char c = 0;
    int64_t got = 0;
    SSL_CTX_up_ref(s->server);
    ck_assert(tls_pair_make(&p, &s->w, x, s->server, "localhost"));
    kafc__tls_free(p.client);
    armed = true;
    p.client = kafc__tls_new(x, "localhost", 9093);
    armed = false;
    bool ok = p.client != NULL;
    for (int i = 0; ok && i < 8 && !p.up && p.code == KAFC_OK; i++) {
        ERR_clear_error();
        (void)SSL_do_handshake(p.server);
        (void)tls_pair_move(&p);
        armed = true;
        p.code = kafc__tls_handshake(p.client, &p.up, &p.err);
        armed = false;
        (void)tls_pair_move(&p);
    }
    if (ok && p.code)
        ck_assert(p.err.code == p.code && *p.err.message);
    ck_assert(!(ok && p.up && s->stranger));
    if (ok && p.up) {
        ERR_clear_error();
        (void)SSL_do_handshake(p.server);
        (void)SSL_write(p.server, "x", 1);
        (void)tls_pair_move(&p);
        armed = true;
        got = kafc__tls_read(p.client, &c, 1, &p.err);
        armed = false;
        ck_assert(got != 1 || c == 'x');
    }
    tls_pair_free(&p);
    return got == 1;
}

static bool scenario(struct pieces *s)
{
    kafc_error err;
    armed = true;
    struct kafc_tls_context *x = kafc__tls_context_new(
        NULL,
        KAFC_SECURITY(.ca_pem = s->w.ca_pem, .certificate_pem = s->cert, .key_pem = s->key,
                      .key_password = "secret", .protocols = "TLSv1.2,TLSv1.3"),
        &err);
    armed = false;
    if (!x)
        ck_assert(err.code != KAFC_OK && *err.message);
    bool ok = x && go(s, x);
    ok = x && go(s, x) && ok; /* resumed */
    kafc__tls_context_free(x);
    ERR_clear_error();
    return ok;
}

static void each(bool stranger)
{
    struct pieces s = { .stranger = stranger };
    tls_world_make(&s.w);
    s.cert = test_cert_pem(&s.w.client);
    s.key = test_key_pem(&s.w.client, "secret");
    struct test_cert alone = TEST_CERT(.san = "DNS:localhost");
    s.server = test_server_ctx(stranger ? &alone : &s.w.server, NULL);
    fail_at = 0;
    calls = 0;
    ck_assert(scenario(&s) != stranger); /* all is fetched by now */
    calls = 0;
    (void)scenario(&s);
    long n = calls;
    ck_assert_int_gt(n, 500);
    for (long i = 1; i <= n; i += 1 + n / STEPS) {
        fail_at = i;
        calls = 0;
        (void)scenario(&s);
    }
    fail_at = 0;
    ck_assert(scenario(&s) != stranger);
    SSL_CTX_free(s.server);
    test_cert_free(&alone);
    free(s.cert);
    free(s.key);
    tls_world_free(&s.w);
}

START_TEST(nothing_is_believed_that_could_not_be_looked_at)
{
    each(true);
}
END_TEST

START_TEST(allocations_of_openssl_fail)
{
    each(false);
}
END_TEST

SUITE_MAIN("tls/memory", 120, allocations_of_openssl_fail,
           nothing_is_believed_that_could_not_be_looked_at)

#else

SUITE_MAIN("tls/memory", 60, there_is_no_tls)

#endif
