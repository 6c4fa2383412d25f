/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Handshakes that must fail, each with a sentence that says which and what to
 * do: the peer's certificate, ours, versions and ciphers, peers that speak
 * something else.
 */
#include "tests/support/suite.h"
#include "tests/tls/peer.h"

#if KAFC_HAVE_OPENSSL

#include <stdlib.h>

static struct tls_world w;

/* One failure. s is what the client has; ctx the server's, or NULL. */
static void fails(const kafc_security *s, SSL_CTX *ctx, const char *host, const char *words)
{
    struct kafc_tls_context *x = tls_context(&w, s);
    tls_pair_fails(&w, x, ctx, host, words);
    ck_assert_uint_eq(x->sessions.n, 0);
    kafc__tls_context_free(x);
}

static void fails_cert(const kafc_security *s, struct test_cert c, const char *host,
                       const char *words)
{
    fails(s, test_server_ctx(&c, NULL), host, words);
    test_cert_free(&c);
}

#define PLAIN_TLS KAFC_SECURITY(.ctx = NULL)

START_TEST(whom_we_do_not_trust)
{
    tls_world_make(&w);
    struct test_cert other = TEST_CERT(.cn = "Other CA", .ca = true);
    struct test_folder f;
    test_folder_make(&f);
    fails_cert(
        PLAIN_TLS, TEST_CERT(.cn = "b", .san = "DNS:localhost", .by = &other), "localhost",
        "its certificate is not signed by an authority that we trust|CN=Other CA|give it by ca_location "
        "(ssl.truststore.location)");
    fails_cert(PLAIN_TLS, TEST_CERT(.cn = "alone", .san = "DNS:localhost"), "localhost",
               "its certificate (CN=alone) is signed by itself|give it by ca_location");
    fails_cert(KAFC_SECURITY(.ca_location = f.path),
               TEST_CERT(.san = "DNS:localhost", .by = &other), "localhost",
               "not signed by an authority|openssl rehash");
    struct test_cert leaf = TEST_CERT(.san = "DNS:localhost", .by = &other);
    SSL_CTX *ctx = test_server_ctx(&leaf, NULL);
    ck_assert(SSL_CTX_add1_chain_cert(ctx, other.x));
    fails(PLAIN_TLS, ctx, "localhost", "not signed by an authority that we trust|CN=Other CA");
    test_cert_free(&leaf);
    test_cert_free(&other);
    test_folder_remove(&f);
    tls_world_free(&w);
}
END_TEST

START_TEST(the_systems_authorities_do_not_know_it)
{
    kafc_error err;
    tls_world_make(&w);
    struct kafc_tls_context *x = kafc__tls_context_new(NULL, PLAIN_TLS, &err);
    ck_assert_ptr_nonnull(x);
    tls_pair_fails(&w, x, NULL, "localhost", "not signed by an authority that we trust|CN=Test CA");
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

START_TEST(names_that_do_not_fit)
{
    tls_world_make(&w);
    fails(PLAIN_TLS, NULL, "elsewhere",
          "its certificate is not for 'elsewhere' but for DNS:localhost, IP "
          "Address:127.0.0.1|server_name|identification.algorithm=none");
    fails(PLAIN_TLS, NULL, "127.0.0.2", "not for '127.0.0.2'|DNS:localhost");
    fails(PLAIN_TLS, NULL, "::1", "not for '::1'|DNS:localhost");
    fails(KAFC_SECURITY(.server_name = "another"), NULL, "localhost",
          "not for 'another'|DNS:localhost");
    /* Of no name, or of a domain with a dot in front, OpenSSL by itself makes a check that many pass, or all. */
    fails(KAFC_SECURITY(.server_name = ""), NULL, "localhost", "not for ''|DNS:localhost");
    fails(PLAIN_TLS, NULL, "[]", "not for ''|DNS:localhost");
    fails(PLAIN_TLS, NULL, "%:", "not for ''|DNS:localhost");
    fails_cert(PLAIN_TLS, TEST_CERT(.san = "DNS:a.b.c", .by = &w.ca), ".b.c", "not for '.b.c'|DNS:a.b.c");
    fails_cert(PLAIN_TLS, TEST_CERT(.by = &w.ca), "localhost",
               "no names at all|'localhost'|subjectAltName");
    fails_cert(PLAIN_TLS, TEST_CERT(.cn = "broker-7", .by = &w.ca), "localhost",
               "but for CN=broker-7");
    fails_cert(PLAIN_TLS, TEST_CERT(.cn = "x", .san = "email:a@b.c", .by = &w.ca), "localhost",
               "but for CN=x");
    /* A wildcard is one label; what cannot be printed is not; a common name counts only without a subjectAltName. */
    fails_cert(PLAIN_TLS, TEST_CERT(.san = "DNS:*.b.c", .by = &w.ca), "a.a.b.c",
               "not for 'a.a.b.c'|DNS:*.b.c");
    fails_cert(PLAIN_TLS, TEST_CERT(.cn = "localhost", .san = "DNS:other", .by = &w.ca),
               "localhost", "DNS:other");
    fails_cert(PLAIN_TLS, TEST_CERT(.cn = "a\nb\x1b[2J", .by = &w.ca), "localhost", "CN=a?b?[2J");
    char names[4000] = "DNS:a";
    for (int i = 0; strlen(names) < 3000; i++)
        (void)snprintf(names + strlen(names), sizeof(names) - strlen(names),
                       ",DNS:broker-%d.example.com", i);
    fails_cert(PLAIN_TLS, TEST_CERT(.san = names, .by = &w.ca), "localhost",
               "DNS:a, DNS:broker-0|...|server_name");
    tls_world_free(&w);
}
END_TEST

START_TEST(dates)
{
    tls_world_make(&w);
    struct test_cert past = TEST_CERT(.san = "DNS:localhost", .by = &w.ca, .from = -9, .to = -2);
    struct tm end;
    char words[64];
    ck_assert(ASN1_TIME_to_tm(X509_get0_notAfter(past.x), &end));
    ck_assert(strftime(words, sizeof(words), "its certificate has expired on %Y-%m-%d|UTC", &end) > 0);
    fails_cert(PLAIN_TLS, past, "localhost", words);
    fails_cert(PLAIN_TLS, TEST_CERT(.san = "DNS:localhost", .by = &w.ca, .from = 2, .to = 9),
               "localhost", "its certificate is not valid before 20|UTC|clock");
    struct test_cert old = TEST_CERT(.cn = "Old CA", .ca = true, .from = -9, .to = -2);
    char *pem = test_cert_pem(&old);
    fails_cert(KAFC_SECURITY(.ca_pem = pem), TEST_CERT(.san = "DNS:localhost", .by = &old),
               "localhost", "its authority's certificate (CN=Old CA) has expired on");
    free(pem);
    test_cert_free(&old);
    tls_world_free(&w);
}
END_TEST

START_TEST(revoked)
{
    tls_world_make(&w);
    struct test_folder f;
    test_folder_make(&f);
    struct test_cert middle = TEST_CERT(.cn = "Middle", .ca = true, .by = &w.ca),
                     leaf = TEST_CERT(.san = "DNS:localhost", .by = &middle);
    X509_CRL *crl[4] = { test_crl_make(&w.ca, &w.server), test_crl_make(&middle, NULL),
                         test_crl_make(&w.ca, &middle), test_crl_make(&w.ca, NULL) };
    char *pem[4], both[8192];
    for (int i = 0; i < 4; i++)
        pem[i] = test_crl_pem(crl[i]);
    const char *path = test_file(&f, "a.crl", pem[0], strlen(pem[0]));
    fails(KAFC_SECURITY(.crl_location = path), NULL, "localhost",
          "its certificate has been revoked|crl_location");
    path = test_file(&f, "b.crl", pem[1], strlen(pem[1]));
    fails(KAFC_SECURITY(.crl_location = path), NULL, "localhost",
          "crl_location|no list of its certificate's authority");
    SSL_CTX *ctx = test_server_ctx(&leaf, NULL);
    ck_assert(SSL_CTX_add1_chain_cert(ctx, middle.x));
    (void)snprintf(both, sizeof(both), "%s%s", pem[1], pem[2]);
    path = test_file(&f, "c.crl", both, strlen(both));
    SSL_CTX_up_ref(ctx);
    fails(KAFC_SECURITY(.crl_location = path), ctx, "localhost",
          "authority's certificate (CN=Middle) has been revoked");
    /* Lists of its authority alone are enough, and of all the better. */
    for (int i = 0; i < 2; i++) {
        (void)snprintf(both, sizeof(both), "%s%s", pem[1], i ? pem[3] : "");
        struct kafc_tls_context *x = tls_context(
            &w, KAFC_SECURITY(.crl_location = test_file(&f, "d.crl", both, strlen(both))));
        struct tls_pair p;
        SSL_CTX_up_ref(ctx);
        tls_pair_up(&p, &w, x, ctx, "localhost");
        tls_pair_free(&p);
        kafc__tls_context_free(x);
    }
    SSL_CTX_free(ctx);
    for (int i = 0; i < 4; i++) {
        X509_CRL_free(crl[i]);
        free(pem[i]);
    }
    test_cert_free(&middle);
    test_cert_free(&leaf);
    test_folder_remove(&f);
    tls_world_free(&w);
}
END_TEST

static bool refuse(void *ctx, const kafc_certificate *c)
{
    return c->depth != *(int *)ctx;
}

static bool any_name(void *ctx, const kafc_certificate *c)
{
    (void)ctx;
    return c->ok || c->error == X509_V_ERR_HOSTNAME_MISMATCH;
}

START_TEST(the_application_refuses)
{
    tls_world_make(&w);
    int depth = 0;
    fails(KAFC_SECURITY(.verify_certificate = refuse, .ctx = &depth), NULL, "localhost",
          "its certificate was refused by verify_certificate");
    depth = 1;
    fails(KAFC_SECURITY(.verify_certificate = refuse, .ctx = &depth), NULL, "localhost",
          "its authority's certificate (CN=Test CA) was refused by verify_certificate");
    depth = 0;
    fails(KAFC_SECURITY(.verify_certificate = refuse, .ctx = &depth), NULL, "elsewhere",
          "not for 'elsewhere'");
    /* Who takes one thing has not taken the others. */
    fails_cert(KAFC_SECURITY(.verify_certificate = any_name),
               TEST_CERT(.san = "DNS:other", .by = &w.ca, .from = -9, .to = -2), "localhost", "has expired on");
    tls_world_free(&w);
}
END_TEST

START_TEST(nothing_in_common)
{
    tls_world_make(&w);
    SSL_CTX *ctx = test_server_ctx(&w.server, NULL);
    SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION);
    SSL_CTX_up_ref(ctx);
    fails(KAFC_SECURITY(.protocols = "TLSv1.3"), ctx, "localhost",
          "none of our versions|protocols (ssl.enabled.protocols)");
    ck_assert(SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES256-GCM-SHA384"));
    SSL_CTX_up_ref(ctx);
    fails(KAFC_SECURITY(.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256"), ctx, "localhost",
          "handshake failure|cipher in common|ssl.cipher.suites");
    SSL_CTX_free(ctx);
    ctx = test_server_ctx(&w.server, NULL);
    SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
    fails(KAFC_SECURITY(.protocols = "TLSv1.2"), ctx, "localhost",
          "none of our versions|protocols (ssl.enabled.protocols)");
    tls_world_free(&w);
}
END_TEST

START_TEST(our_certificate_is_missing_or_refused)
{
    static const char *const protocols[] = { "TLSv1.2", "TLSv1.3" };
    tls_world_make(&w);
    struct test_cert other = TEST_CERT(.cn = "Other CA", .ca = true),
                     alien = TEST_CERT(.cn = "c", .by = &other),
                     old = TEST_CERT(.cn = "c", .by = &w.ca, .from = -9, .to = -2);
    char *cert[2] = { test_cert_pem(&alien), test_cert_pem(&old) };
    char *key[2] = { test_key_pem(&alien, NULL), test_key_pem(&old, NULL) };
    for (int i = 0; i < 2; i++) {
        fails(
            KAFC_SECURITY(.protocols = protocols[i]), test_server_ctx(&w.server, &w.ca),
            "localhost",
            "it requires a certificate of ours|certificate_location and key_location|keystore_location");
        fails(
            KAFC_SECURITY(.protocols = protocols[i], .certificate_pem = cert[0], .key_pem = key[0]),
            test_server_ctx(&w.server, &w.ca), "localhost",
            "it refuses our certificate|does not trust the authority that signed it|unknown CA");
        fails(
            KAFC_SECURITY(.protocols = protocols[i], .certificate_pem = cert[1], .key_pem = key[1]),
            test_server_ctx(&w.server, &w.ca), "localhost",
            "it refuses our certificate|says that it has expired");
    }
    for (int i = 0; i < 2; i++) {
        free(cert[i]);
        free(key[i]);
    }
    test_cert_free(&other);
    test_cert_free(&alien);
    test_cert_free(&old);
    tls_world_free(&w);
}
END_TEST

/* What a peer says that is no TLS, whole and byte by byte. */
static void answers(const void *bytes, size_t n, const char *words)
{
    struct kafc_tls_context *x = tls_context(&w, PLAIN_TLS);
    for (size_t piece = 1; piece <= n; piece = piece == n ? n + 1 : n) {
        struct kafc_tls *t = kafc__tls_new(x, "localhost", 9092);
        kafc_err code = KAFC_OK;
        kafc_error err;
        bool up;
        ck_assert_int_eq(kafc__tls_handshake(t, &up, &err), KAFC_OK);
        for (size_t at = 0; at < n && code == KAFC_OK; at += piece) {
            void *room;
            size_t cap, k = n - at < piece ? n - at : piece;
            kafc__tls_room(t, &room, &cap);
            ck_assert_uint_ge(cap, k);
            memcpy(room, (const char *)bytes + at, k);
            kafc__tls_received(t, k);
            code = kafc__tls_handshake(t, &up, &err);
            ck_assert(!up);
        }
        ck_assert_int_eq(code, KAFC_ERR_TLS);
        if (getenv("V"))
            printf("%s\n", err.message);
        if (piece == n)
            tls_says(err.message, words);
        ck_assert_int_eq(kafc__tls_handshake(t, &up, &err), KAFC_ERR_TLS); /* and so it stays */
        kafc__tls_free(t);
    }
    kafc__tls_context_free(x);
}

#define ANSWERS(s, words) answers(s, sizeof(s) - 1, words)

START_TEST(peers_that_speak_something_else)
{
    tls_world_make(&w);
    ANSWERS("HTTP/1.1 400 Bad Request\r\n\r\n",
            "does not speak TLS|'HTTP/1.1 400 Bad|security.protocol should be PLAINTEXT");
    ANSWERS("SSH-2.0-OpenSSH\r\n", "does not speak TLS|'SSH-2.0-OpenSSH'");
    ANSWERS("\0\0\0\x0a\0\0\0\0\0\x23",
            "does not speak TLS|00 00 00 0a|PLAINTEXT or SASL_PLAINTEXT");
    ANSWERS("\x16\x04\x01\0\x05hello", "does not speak TLS");
    ANSWERS("\x15\x03\x03\0\x02\x02\x28", "ended TLS (handshake failure)|cipher");
    ANSWERS("\x15\x03\x03\0\x02\x02\x2a", "ended TLS (bad certificate)|log");
    ANSWERS("\x15\x03\x03\0\x02\x02\x70", "unrecognized name|server_name");
    ANSWERS("\x16\x03\x03\0\x04\xff\0\0\0", "the TLS handshake failed: ");
    ANSWERS("\x16\x03\x03\xff\xff\xff\xff\xff\xff", "the TLS handshake failed: ");
    tls_world_free(&w);
}
END_TEST

/* One attempt at a peer that says `answer` and hangs up; is it asked for TLS? */
static bool attempt(struct kafc_tls_context *x, const char *answer, size_t n, kafc_err code,
                    const char *words)
{
    struct kafc_tls *t = kafc__tls_new(x, "localhost", 9092);
    const void *out;
    size_t sent, room;
    void *in;
    bool up, tls;
    kafc_error err;
    ck_assert_int_eq(kafc__tls_handshake(t, &up, &err), KAFC_OK);
    kafc__tls_output(t, &out, &sent);
    ck_assert_uint_gt(sent, 4);
    tls = *(const char *)out == SSL3_RT_HANDSHAKE;
    ck_assert(tls || !memcmp(out, "\0\0\0\x0a\0\x12\0\0", 8)); /* ApiVersions 0 */
    kafc__tls_sent(t, sent);
    kafc__tls_room(t, &in, &room);
    memcpy(in, answer, n);
    if (n)
        kafc__tls_received(t, n);
    ck_assert_int_eq(kafc__tls_handshake(t, &up, &err), code);
    if (code)
        tls_says(err.message, words);
    ck_assert(!up);
    kafc__tls_free(t);
    return tls;
}

START_TEST(who_hangs_up_without_a_word_is_asked_for_plaintext)
{
    tls_world_make(&w);
    struct kafc_tls_context *x = tls_context(&w, KAFC_SECURITY(.resume = KAFC_OFF));
    ck_assert(attempt(x, "", 0, KAFC_OK, ""));
    for (int i = 0; i < 3; i++) /* known once, it is asked each time: TLS would be hung up on without a word */
        ck_assert(!attempt(x, "\0\0\1\xcc\0\0\0\0", 8, KAFC_ERR_TLS,
                           "not speak TLS, but Kafka|PLAINTEXT or SASL_PLAINTEXT"));
    ck_assert(!attempt(x, "", 0, KAFC_OK, "")); /* not any more */
    ck_assert(attempt(x, "", 0, KAFC_OK, ""));
    ck_assert(!attempt(x, "", 0, KAFC_OK, "")); /* it was only about to die */
    ck_assert(attempt(x, "", 0, KAFC_OK, ""));
    ck_assert(!attempt(x, "\x15\3\3\0\2\2\x50", 7, KAFC_ERR_DISCONNECTED,
                       "ended an earlier handshake of TLS without a word"));
    ck_assert(attempt(x, "HTTP/1.0", 8, KAFC_ERR_TLS, "'HTTP/1.0'"));
    ck_assert(attempt(x, "", 0, KAFC_OK, "")); /* who speaks is no matter for that */
    ck_assert(!attempt(x, "SSH-2.0", 7, KAFC_ERR_TLS, "'SSH-2.0'"));
    struct tls_pair p;
    tls_pair_up(&p, &w, x, NULL, "localhost");
    tls_pair_free(&p);
    ck_assert(attempt(x, "\x16\3\3", 3, KAFC_OK, ""));
    ck_assert(attempt(x, "", 0, KAFC_OK, ""));
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

START_TEST(what_may_be_better_another_time_is_a_lost_connection)
{
    tls_world_make(&w);
    struct kafc_tls_context *x = tls_context(&w, PLAIN_TLS);
    struct kafc_tls *t = kafc__tls_new(x, "localhost", 9093);
    kafc_error err;
    bool up;
    void *room;
    size_t n;
    ck_assert_int_eq(kafc__tls_handshake(t, &up, NULL), KAFC_OK);
    kafc__tls_room(t, &room, &n);
    memcpy(room, "\x15\x03\x03\0\x02\x02\x50", 7);
    kafc__tls_received(t, 7);
    ck_assert_int_eq(kafc__tls_handshake(t, &up, &err), KAFC_ERR_DISCONNECTED);
    tls_says(err.message, "it has ended TLS (internal error)");
    kafc__tls_free(t);
    kafc__tls_context_free(x);
    tls_world_free(&w);
}
END_TEST

SUITE_MAIN("tls/failures", 60, whom_we_do_not_trust, the_systems_authorities_do_not_know_it,
           names_that_do_not_fit, dates, revoked, the_application_refuses, nothing_in_common,
           our_certificate_is_missing_or_refused, peers_that_speak_something_else,
           who_hangs_up_without_a_word_is_asked_for_plaintext,
           what_may_be_better_another_time_is_a_lost_connection)

#else

SUITE_MAIN("tls/failures", 60, there_is_no_tls)

#endif
