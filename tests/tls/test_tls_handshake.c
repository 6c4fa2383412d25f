/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Handshakes that succeed: versions, kinds of keys, names and addresses, bytes
 * one at a time, mutual TLS, resumption, ciphers by name, the application's
 * judgement, the caller's own SSL_CTX.
 */
#include "tests/support/suite.h"
#include "tests/tls/peer.h"

#if KAFC_HAVE_OPENSSL

#include <stdlib.h>

/* A handshake as s says, with one byte each way behind it; ctx NULL: the world's server. */
static void shake(const struct tls_world *w, const kafc_security *s, SSL_CTX *ctx, const char *host,
                  size_t piece)
{
    struct kafc_tls_context *x = tls_context(w, s);
    struct tls_pair p;
    char c = '?';
    ck_assert(tls_pair_make(&p, w, x, ctx, host));
    p.piece = piece;
    tls_pair_shake(&p);
    ck_assert_msg(p.up, "%s: %s", host, p.code ? p.err.message : "not up");
    struct iovec v = { &c, 1 };
    ck_assert_int_eq(kafc__tls_write(p.client, &v, 1, NULL), 1);
    ck_assert_int_eq(tls_pair_read(&p, &c, 1), 0);
    ck_assert_int_eq(SSL_read(p.server, &c, 1), 1);
    ck_assert_int_eq(c, '?');
    ck_assert_int_eq(SSL_write(p.server, "!", 1), 1);
    ck_assert_int_eq(tls_pair_read(&p, &c, 1), 1);
    ck_assert_int_eq(c, '!');
    tls_pair_free(&p);
    kafc__tls_context_free(x);
}

START_TEST(versions_keys_and_pieces)
{
    static const char *const protocols[] = { NULL, "TLSv1.2", "TLSv1.3", "TLSv1.2,TLSv1.3" };
    struct tls_world w;
    tls_world_make(&w);
    struct test_cert rsa = TEST_CERT(.san = "DNS:localhost", .by = &w.ca, .rsa = true);
    for (size_t i = 0; i < sizeof(protocols) / sizeof(*protocols); i++) {
        const kafc_security *s = KAFC_SECURITY(.protocols = protocols[i]);
        shake(&w, s, NULL, "localhost", 0);
        shake(&w, s, NULL, "localhost", 1);
        shake(&w, s, NULL, "localhost", 7);
        shake(&w, s, test_server_ctx(&rsa, NULL), "localhost", 0);
    }
    test_cert_free(&rsa);
    tls_world_free(&w);
}
END_TEST

START_TEST(names_and_addresses)
{
    struct tls_world w;
    tls_world_make(&w);
    struct test_cert many = TEST_CERT(
                             .san = "DNS:*.example.com,DNS:Broker-1,IP:10.0.0.1,IP:::1,IP:fe80::1",
                             .by = &w.ca),
                     cn = TEST_CERT(.cn = "only-a-common-name", .by = &w.ca);
    static const char *const good[] = { "a.example.com", "A.EXAMPLE.com.",
                                        "broker-1",      "10.0.0.1",
                                        "::1",           "[::1]",
                                        "fe80::1%eth0",  "[fe80::1%eth0]" };
    for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
        shake(&w, KAFC_SECURITY(.ctx = NULL), test_server_ctx(&many, NULL), good[i], 0);
    shake(&w, KAFC_SECURITY(.ctx = NULL), test_server_ctx(&cn, NULL), "only-a-common-name", 0);
    shake(&w, KAFC_SECURITY(.server_name = "broker-1"), test_server_ctx(&many, NULL), "elsewhere",
          0);
    shake(&w, KAFC_SECURITY(.server_name = "10.0.0.1"), test_server_ctx(&many, NULL), "elsewhere",
          0);
    shake(&w, KAFC_SECURITY(.check_hostname = KAFC_OFF), test_server_ctx(&many, NULL), "elsewhere",
          0);
    shake(&w, KAFC_SECURITY(.verify = KAFC_OFF), test_server_ctx(&many, NULL), "elsewhere", 0);
    test_cert_free(&many);
    test_cert_free(&cn);
    tls_world_free(&w);
}
END_TEST

static char sni[64];

static int see_sni(SSL *ssl, int *alert, void *arg)
{
    const char *name = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    (void)alert;
    (void)arg;
    (void)snprintf(sni, sizeof(sni), "%s", name ? name : "-");
    return SSL_TLSEXT_ERR_OK;
}

START_TEST(sni_is_for_names_only)
{
    static const char *const cases[][3] = { /* dialled, server_name, what the server sees */
                                            { "localhost", NULL, "localhost" },
                                            { "localhost.", NULL, "localhost" },
                                            { "127.0.0.1", NULL, "-" },
                                            { "[::1]", NULL, "-" },
                                            { "127.0.0.1", "localhost", "localhost" },
                                            { "localhost", "127.0.0.1", "-" }
    };
    struct tls_world w;
    tls_world_make(&w);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        SSL_CTX *ctx = test_server_ctx(&w.server, NULL);
        SSL_CTX_set_tlsext_servername_callback(ctx, see_sni);
        shake(&w, KAFC_SECURITY(.server_name = cases[i][1], .check_hostname = KAFC_OFF), ctx,
              cases[i][0], 0);
        ck_assert_str_eq(sni, cases[i][2]);
    }
    tls_world_free(&w);
}
END_TEST

START_TEST(who_is_named_is_trusted)
{
    struct tls_world w;
    tls_world_make(&w);
    struct test_cert middle = TEST_CERT(.cn = "Middle", .ca = true, .by = &w.ca),
                     leaf = TEST_CERT(.san = "DNS:localhost", .by = &middle),
                     lonely = TEST_CERT(.san = "DNS:localhost");
    const struct test_cert *trusted[] = { &w.ca, &middle, &leaf };
    for (int i = 0; i < 3; i++) {
        char *pem = test_cert_pem(trusted[i]);
        SSL_CTX *ctx = test_server_ctx(&leaf, NULL);
        ck_assert(SSL_CTX_add1_chain_cert(ctx, middle.x));
        shake(&w, KAFC_SECURITY(.ca_pem = pem), ctx, "localhost", 0);
        free(pem);
    }
    char *pem = test_cert_pem(&lonely);
    shake(&w, KAFC_SECURITY(.ca_pem = pem), test_server_ctx(&lonely, NULL), "localhost", 0);
    free(pem);
    test_cert_free(&middle);
    test_cert_free(&leaf);
    test_cert_free(&lonely);
    tls_world_free(&w);
}
END_TEST

START_TEST(mutual)
{
    static const char *const protocols[] = { "TLSv1.2", "TLSv1.3" };
    struct tls_world w;
    tls_world_make(&w);
    char *cert = test_cert_pem(&w.client), *key = test_key_pem(&w.client, "secret");
    for (int i = 0; i < 2; i++) {
        struct kafc_tls_context *x = tls_context(
            &w, KAFC_SECURITY(.certificate_pem = cert, .key_pem = key, .key_password = "secret",
                              .protocols = protocols[i]));
        struct tls_pair p;
        tls_pair_up(&p, &w, x, test_server_ctx(&w.server, &w.ca), "localhost");
        X509 *seen = SSL_get0_peer_certificate(p.server);
        ck_assert(seen && X509_cmp(seen, w.client.x) == 0);
        tls_pair_free(&p);
        kafc__tls_context_free(x);
    }
    free(cert);
    free(key);
    tls_world_free(&w);
}
END_TEST

/* Two connections to the same peer, with a word of the server's in between; is the second one resumed? */
static bool resumes(const struct tls_world *w, struct kafc_tls_context *x, SSL_CTX *server,
                    const char *second)
{
    struct tls_pair p;
    char c;
    SSL_CTX_up_ref(server);
    tls_pair_up(&p, w, x, server, "localhost");
    ck_assert(!SSL_session_reused(p.client->ssl));
    ck_assert_int_eq(SSL_write(p.server, "x", 1), 1);
    ck_assert_int_eq(tls_pair_read(&p, &c, 1), 1);
    kafc__tls_close(p.client);
    while (tls_pair_move(&p)) {
    }
    ck_assert_int_le(SSL_read(p.server, &c, 1), 0);
    (void)SSL_shutdown(p.server); /* else OpenSSL's server forgets the session */
    tls_pair_free(&p);
    SSL_CTX_up_ref(server);
    tls_pair_up(&p, w, x, server, second);
    bool yes = SSL_session_reused(p.client->ssl);
    ck_assert_int_eq(yes, SSL_session_reused(p.server));
    tls_pair_free(&p);
    return yes;
}

START_TEST(sessions_are_resumed)
{
    static const char *const protocols[] = { "TLSv1.2", "TLSv1.3" };
    struct tls_world w;
    tls_world_make(&w);
    for (int i = 0; i < 4; i++) {
        SSL_CTX *server = test_server_ctx(&w.server, NULL);
        SSL_CTX_set_options(server,
                            i & 2 ? SSL_OP_NO_TICKET : 0); /* then by what the server remembers */
        struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.protocols = protocols[i & 1]));
        ck_assert(resumes(&w, x, server, "localhost"));
        ck_assert_uint_eq(x->sessions.n, 1);
        kafc__tls_context_free(x);
        x = tls_context(&w, KAFC_SECURITY(.protocols = protocols[i & 1]));
        ck_assert(!resumes(&w, x, server, "127.0.0.1")); /* another peer */
        kafc__tls_context_free(x);
        x = tls_context(&w, KAFC_SECURITY(.protocols = protocols[i & 1], .resume = KAFC_OFF));
        ck_assert(!resumes(&w, x, server, "localhost"));
        kafc__tls_context_free(x);
        SSL_CTX_free(server);
    }
    tls_world_free(&w);
}
END_TEST

START_TEST(a_server_that_forgot_is_told_anew)
{
    struct tls_world w;
    struct tls_pair p;
    tls_world_make(&w);
    struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.ctx = NULL));
    SSL_CTX *server = test_server_ctx(&w.server, NULL);
    ck_assert(resumes(&w, x, server, "localhost"));
    SSL_CTX_free(server);
    tls_pair_up(&p, &w, x, NULL, "localhost"); /* other keys of tickets */
    ck_assert(!SSL_session_reused(p.client->ssl));
    tls_pair_free(&p);
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

START_TEST(ciphers_by_name)
{
    static const char *const cases[][3] = {
        /* ciphers, what is spoken, in which version */
        { "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256", "TLSv1.2" },
        { "TLS_EMPTY_RENEGOTIATION_INFO_SCSV, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "ECDHE-ECDSA-AES256-GCM-SHA384", "TLSv1.2" },
        { "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-ECDSA-CHACHA20-POLY1305", "TLSv1.2" },
        { "TLS_AES_128_GCM_SHA256", "TLS_AES_128_GCM_SHA256", "TLSv1.3" },
        { "TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256",
          "TLS_CHACHA20_POLY1305_SHA256", "TLSv1.3" },
        { "HIGH:!aNULL", "TLS_AES_256_GCM_SHA384", "TLSv1.3" },
    };
    struct tls_world w;
    tls_world_make(&w);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.ciphers = cases[i][0]));
        struct tls_pair p;
        tls_pair_up(&p, &w, x, NULL, "localhost");
        ck_assert_str_eq(SSL_get_cipher_name(p.client->ssl), cases[i][1]);
        ck_assert_str_eq(SSL_get_version(p.client->ssl), cases[i][2]);
        tls_pair_free(&p);
        kafc__tls_context_free(x);
    }
    tls_world_free(&w);
}
END_TEST

struct court {
    int calls, depth[8], error[8];
    bool ok[8], verdict;
    char host[64];
    size_t der;
};

static bool judge(void *ctx, const kafc_certificate *c)
{
    struct court *k = ctx;
    int i = k->calls++;
    ck_assert_int_lt(i, 8);
    k->depth[i] = c->depth;
    k->error[i] = c->error;
    k->ok[i] = c->ok;
    ck_assert_str_eq(c->text, X509_verify_cert_error_string(c->error));
    ck_assert_int_eq(c->port, 9093);
    (void)snprintf(k->host, sizeof(k->host), "%s", c->host);
    const unsigned char *p = c->der.p;
    X509 *x = d2i_X509(NULL, &p, c->der.len);
    ck_assert_ptr_nonnull(x);
    X509_free(x);
    return k->verdict || c->ok;
}

START_TEST(the_application_judges_each_certificate)
{
    struct tls_world w;
    struct court k = { .verdict = false };
    tls_world_make(&w);
    struct test_cert middle = TEST_CERT(.cn = "Middle", .ca = true, .by = &w.ca),
                     old = TEST_CERT(.san = "DNS:elsewhere", .by = &middle, .from = -9, .to = -2);
    SSL_CTX *good = test_server_ctx(&w.server, NULL), *bad = test_server_ctx(&old, NULL);
    ck_assert(SSL_CTX_add1_chain_cert(bad, middle.x));
    const kafc_security *s = KAFC_SECURITY(.verify_certificate = judge, .ctx = &k,
                                           .resume = KAFC_OFF);
    shake(&w, s, good, "localhost", 0);
    ck_assert_int_eq(k.calls, 2);
    ck_assert(k.depth[0] == 1 && k.ok[0] && k.depth[1] == 0 && k.ok[1]);
    ck_assert_str_eq(k.host, "localhost");
    k = (struct court){ .verdict = true }; /* two things are wrong with it: each is told */
    SSL_CTX_up_ref(bad);
    shake(&w, s, bad, "localhost", 0);
    ck_assert_int_eq(k.calls, 4);
    ck_assert(k.ok[0] && k.ok[1] && !k.ok[2] && !k.ok[3]);
    ck_assert_int_eq(k.error[2], X509_V_ERR_HOSTNAME_MISMATCH);
    ck_assert_int_eq(k.error[3], X509_V_ERR_CERT_HAS_EXPIRED);
    k = (struct court){
        .verdict = true
    }; /* nobody is trusted: that the root is missing is told of the last one */
    char *pem = test_cert_pem(&w.client);
    shake(&w, KAFC_SECURITY(.verify_certificate = judge, .ctx = &k, .ca_pem = pem), bad,
          "elsewhere", 0);
    ck_assert_int_eq(k.calls, 2);
    ck_assert_int_eq(k.error[0], X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
    ck_assert_int_eq(k.error[1], X509_V_ERR_CERT_HAS_EXPIRED);
    free(pem);
    test_cert_free(&middle);
    test_cert_free(&old);
    tls_world_free(&w);
}
END_TEST

START_TEST(an_ssl_ctx_of_ones_own_is_used_as_it_is)
{
    struct tls_world w;
    struct tls_pair p;
    tls_world_make(&w);
    SSL_CTX *own = SSL_CTX_new(TLS_client_method()), *server = test_server_ctx(&w.server, &w.ca);
    SSL_CTX_set_verify(own, SSL_VERIFY_PEER, NULL);
    ck_assert(X509_STORE_add_cert(SSL_CTX_get_cert_store(own), w.ca.x));
    ck_assert(SSL_CTX_use_certificate(own, w.client.x) &&
              SSL_CTX_use_PrivateKey(own, w.client.key));
    SSL_CTX_set_max_proto_version(own, TLS1_2_VERSION);
    uint64_t options = SSL_CTX_get_options(own);
    long mode = SSL_CTX_get_mode(own);
    struct kafc_tls_context *x = tls_context(
        &w, KAFC_SECURITY(.ssl_ctx = own, .protocols = "TLSv1.2,TLSv1.3"));
    SSL_CTX_up_ref(server);
    tls_pair_up(&p, &w, x, server, "localhost");
    ck_assert_str_eq(SSL_get_version(p.client->ssl), "TLSv1.2");
    tls_pair_free(&p);
    SSL_CTX_up_ref(server);
    tls_pair_up(&p, &w, x, server, "localhost");
    ck_assert(SSL_session_reused(p.client->ssl));
    tls_pair_free(&p);
    SSL_CTX_up_ref(server);
    tls_pair_fails(&w, x, server, "elsewhere", "its certificate is not for 'elsewhere'");
    ck_assert(SSL_CTX_get_options(own) == options && SSL_CTX_get_mode(own) == mode);
    ck_assert_ptr_null((void *)(uintptr_t)SSL_CTX_sess_get_new_cb(own));
    SSL_CTX_free(own); /* the context holds it */
    tls_pair_fails(&w, x, server, "127.0.0.2", "its certificate is not for '127.0.0.2'");
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

START_TEST(what_an_ssl_ctx_reads_ahead_is_pending)
{
    struct tls_world w;
    struct tls_pair p;
    char c[20];
    tls_world_make(&w);
    SSL_CTX *own = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_read_ahead(own, 1);
    struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.ssl_ctx = own));
    tls_pair_up(&p, &w, x, NULL, "localhost");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(SSL_write(p.server, "0123456789", 10), 10);
    ck_assert_int_eq(tls_pair_read(&p, c, 10), 10);
    ck_assert(kafc__tls_pending(p.client)); /* or the second one would lie there until more is sent */
    ck_assert_int_eq(kafc__tls_read(p.client, c, 20, NULL), 10);
    ck_assert(!kafc__tls_pending(p.client));
    tls_pair_free(&p);
    SSL_CTX_free(own);
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

SUITE_MAIN("tls/handshake", 60, versions_keys_and_pieces, names_and_addresses,
           sni_is_for_names_only, who_is_named_is_trusted, mutual, sessions_are_resumed,
           a_server_that_forgot_is_told_anew, ciphers_by_name,
           the_application_judges_each_certificate, an_ssl_ctx_of_ones_own_is_used_as_it_is,
           what_an_ssl_ctx_reads_ahead_is_pending)

#else

SUITE_MAIN("tls/handshake", 60, there_is_no_tls)

#endif
