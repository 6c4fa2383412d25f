/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options into a context: files, folders, texts and keystores that are taken,
 * and the sentence of each that is not.
 */
#include "tests/support/suite.h"
#include "tests/tls/peer.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/ui.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct tls_world w;
static struct test_folder f;

static void begin(void)
{
    tls_world_make(&w);
    test_folder_make(&f);
}

/* Until the end of the test. */
static char *kept[64];
static int nkept;

static char *keep(char *p)
{
    ck_assert(p && nkept < 64);
    return kept[nkept++] = p;
}

static void end(void)
{
    while (nkept)
        free(kept[--nkept]);
    test_folder_remove(&f);
    tls_world_free(&w);
}

/* A file with the text. */
static const char *file(const char *name, const char *text)
{
    return keep(strdup(test_file(&f, name, text, strlen(text))));
}

static void refused(const kafc_security *s, const char *words)
{
    kafc_error err;
    struct kafc_tls_context *x = kafc__tls_context_new(NULL, s, &err);
    ck_assert_msg(!x, "taken, but it should say '%s'", words);
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    tls_says(err.message, words);
    ck_assert(!strstr(err.message, "secret"));
    ck_assert_uint_eq(ERR_peek_error(), 0);
    if (getenv("V"))
        printf("%s\n", err.message);
}

/* With it a server that asks for a certificate of ours is shaken hands with, if ours is to be shown. */
static void taken(const kafc_security *s, bool mutual)
{
    struct kafc_tls_context *x = tls_context(&w, s);
    struct tls_pair p;
    char c;
    tls_pair_up(&p, &w, x, test_server_ctx(&w.server, mutual ? &w.ca : NULL), "localhost");
    ck_assert_int_eq(tls_pair_read(&p, &c, 1), 0);
    ck_assert(!mutual || SSL_get0_peer_certificate(p.server));
    tls_pair_free(&p);
    kafc__tls_context_free(x);
}

static const char *pkcs12(const char *name, const char *password, const struct test_cert *c,
                          STACK_OF(X509) * ca)
{
    unsigned char *der = NULL;
    PKCS12 *p = PKCS12_create(password, "kafc", c ? c->key : NULL, c ? c->x : NULL, ca, 0, 0, 0,
                              password ? 0 : -1, 0);
    ck_assert_ptr_nonnull(p);
    int n = i2d_PKCS12(p, &der);
    ck_assert_int_gt(n, 0);
    const char *path = keep(strdup(test_file(&f, name, der, (size_t)n)));
    OPENSSL_free(der);
    PKCS12_free(p);
    return path;
}

START_TEST(authorities)
{
    begin();
    char two[8192], *other = keep(test_cert_pem(&w.client));
    (void)snprintf(two, sizeof(two), "An authority:\n%s\n%s", other, w.ca_pem);
    STACK_OF(X509) *ca = sk_X509_new_null();
    ck_assert(sk_X509_push(ca, w.ca.x));
    taken(KAFC_SECURITY(.ca_pem = w.ca_pem), false);
    taken(KAFC_SECURITY(.ca_pem = two), false);
    taken(KAFC_SECURITY(.ca_location = file("ca.pem", two)), false);
    taken(KAFC_SECURITY(.ca_location = file("other.pem", other), .ca_pem = w.ca_pem), false);
    const char *store = pkcs12("trust.p12", "secret", NULL, ca),
               *open = pkcs12("open.p12", NULL, NULL, ca);
    taken(KAFC_SECURITY(.ca_location = store, .ca_password = "secret"), false);
    taken(KAFC_SECURITY(.ca_location = open), false);
    refused(KAFC_SECURITY(.ca_location = store),
            "ca_location (ssl.truststore.location)|trust.p12 has a password, and there is "
            "no ca_password (ssl.truststore.password)");
    refused(KAFC_SECURITY(.ca_location = store, .ca_password = "secret2"),
            "not opened by ca_password");
    refused(KAFC_SECURITY(.ca_location = "/nowhere/ca.pem"),
            "ca_location (ssl.truststore.location): /nowhere/ca.pem cannot be "
            "opened: No such file");
    refused(KAFC_SECURITY(.ca_location = file("empty", "")), "neither PEM nor PKCS#12");
    refused(KAFC_SECURITY(.ca_location = file("words", "none here")), "neither PEM nor PKCS#12");
    refused(KAFC_SECURITY(.ca_location = file("key.pem", keep(test_key_pem(&w.client, NULL)))),
            "there is no certificate in|BEGIN");
    refused(KAFC_SECURITY(.ca_pem = "words"),
            "ca_pem (ssl.truststore.certificates)|no certificate");
    strstr(w.ca_pem, "\nMII")[5] = '!';
    refused(KAFC_SECURITY(.ca_pem = w.ca_pem),
            "ca_pem (ssl.truststore.certificates): a certificate in its text cannot be read");
    refused(KAFC_SECURITY(.ca_location = file("java.jks", "\xfe\xed\xfe\xed\x01\x01")),
            "java.jks is a keystore in Java's own format (JKS)|keytool -importkeystore|PKCS12");
    sk_X509_free(ca);
    end();
}
END_TEST

START_TEST(a_folder_of_authorities)
{
    begin();
    char name[32];
    (void)snprintf(name, sizeof(name), "%08lx.0",
                   X509_NAME_hash_ex(X509_get_subject_name(w.ca.x), NULL, NULL, NULL));
    (void)file(name, w.ca_pem);
    taken(KAFC_SECURITY(.ca_location = f.path), false);
    end();
}
END_TEST

START_TEST(files_that_are_no_files)
{
    begin();
    char *huge = calloc(1, 17 << 20);
    const char *path = keep(strdup(test_file(&f, "huge", huge, 17 << 20)));
    refused(KAFC_SECURITY(.ca_location = path), "huge is larger than 16 MB");
    refused(KAFC_SECURITY(.keystore_location = f.path),
            "keystore_location (ssl.keystore.location)|cannot be read: Is a dir");
    refused(KAFC_SECURITY(.crl_location = file("no.crl", "x")),
            "crl_location (ssl.crl.location): there is no list in|no.crl");
    X509_CRL *crl = test_crl_make(&w.ca, NULL);
    char *list = keep(test_crl_pem(crl)), two[4096];
    X509_CRL_free(crl);
    (void)snprintf(two, sizeof(two), "%s%s", list, list);
    strstr(two + strlen(list), "\nMI")[5] = '!';
    refused(KAFC_SECURITY(.crl_location = file("broken.crl", two)),
            "a list in|broken.crl cannot be read");
    free(huge);
    end();
}
END_TEST

START_TEST(certificate_and_key_in_files_and_texts)
{
    begin();
    char *cert = keep(test_cert_pem(&w.client)), *key = keep(test_key_pem(&w.client, NULL)),
         *locked = keep(test_key_pem(&w.client, "secret"));
    const char *cf = file("c.pem", cert), *kf = file("k.pem", key), *lf = file("l.pem", locked);
    taken(KAFC_SECURITY(.certificate_location = cf, .key_location = kf), true);
    taken(KAFC_SECURITY(.certificate_location = cf, .key_pem = key), true);
    taken(KAFC_SECURITY(.certificate_pem = cert, .key_location = lf, .key_password = "secret"),
          true);
    taken(KAFC_SECURITY(.certificate_pem = cert, .key_pem = key, .key_password = "of no use"),
          true);
    refused(KAFC_SECURITY(.certificate_location = cf),
            "there is certificate_location (ssl.certificate.location), but no key to "
            "it: key_location (ssl.key.location)");
    refused(KAFC_SECURITY(.key_pem = key),
            "there is key_pem (ssl.keystore.key), but no certificate: certificate_location");
    refused(KAFC_SECURITY(.certificate_location = cf, .certificate_pem = cert, .key_pem = key),
            "one of them");
    refused(KAFC_SECURITY(.certificate_location = cf, .key_location = kf, .key_pem = key),
            "key_pem (ssl.keystore.key): one of them");
    refused(
        KAFC_SECURITY(.certificate_location = cf, .key_location = lf),
        "key_location (ssl.key.location)|l.pem is encrypted, and there is no key_password (ssl.key.password)");
    refused(KAFC_SECURITY(.certificate_location = cf, .key_pem = locked, .key_password = "secret2"),
            "key_pem (ssl.keystore.key)|is not opened by key_password (ssl.key.password)");
    refused(KAFC_SECURITY(.certificate_location = cf, .key_location = cf),
            "there is no key in|c.pem");
    refused(KAFC_SECURITY(.certificate_location = kf, .key_location = kf),
            "there is no certificate in|k.pem");
    strstr(key, "\nMIG")[5] = '!';
    refused(KAFC_SECURITY(.certificate_location = cf, .key_pem = key),
            "the key in its text cannot be read");
    char *alien = keep(test_key_pem(&w.server, NULL));
    refused(KAFC_SECURITY(.certificate_location = cf, .key_location = file("alien.pem", alien)),
            "alien.pem does not fit the certificate of|c.pem");
    refused(KAFC_SECURITY(.certificate_location = cf, .key_location = kf, .keystore_location = kf),
            "keystore_location (ssl.keystore.location) holds certificate and key");
    end();
}
END_TEST

START_TEST(keystores)
{
    begin();
    struct test_cert middle = TEST_CERT(.cn = "Middle", .ca = true, .by = &w.ca),
                     leaf = TEST_CERT(.cn = "leaf", .by = &middle);
    STACK_OF(X509) *chain = sk_X509_new_null();
    ck_assert(sk_X509_push(chain, w.ca.x) && sk_X509_push(chain, middle.x));
    const char *store = pkcs12("k.p12", "secret", &leaf, chain),
               *trust = pkcs12("t.p12", "secret", NULL, chain);
    taken(KAFC_SECURITY(.keystore_location = store, .keystore_password = "secret"), true);
    refused(KAFC_SECURITY(.keystore_location = store),
            "k.p12 has a password, and there is no keystore_password");
    refused(KAFC_SECURITY(.keystore_location = store, .keystore_password = "Secret"),
            "k.p12 is not opened by keystore_password (ssl.keystore.password)");
    refused(KAFC_SECURITY(.keystore_location = trust, .keystore_password = "secret"),
            "has no key; a truststore is no keystore");
    char text[16384];
    char *cert = keep(test_cert_pem(&leaf)), *above = keep(test_cert_pem(&middle)),
         *key = keep(test_key_pem(&leaf, "secret"));
    (void)snprintf(text, sizeof(text), "%s%s%s", key, cert, above);
    const char *pem = file("k.pem", text);
    taken(KAFC_SECURITY(.keystore_location = pem, .key_password = "secret"), true);
    taken(KAFC_SECURITY(.keystore_location = pem, .keystore_password = "secret"), true);
    refused(KAFC_SECURITY(.keystore_location = pem),
            "the key in|k.pem is encrypted, and there is no key_password");
    (void)snprintf(text, sizeof(text), "%s%s%s", key, above, cert);
    refused(KAFC_SECURITY(.keystore_location = file("turned.pem", text), .key_password = "secret"),
            "does not fit the first certificate of");
    refused(KAFC_SECURITY(.keystore_location = file("k.jks", "\xce\xce\xce\xce....")),
            "Java's own format (JKS)");
    sk_X509_free(chain);
    test_cert_free(&middle);
    test_cert_free(&leaf);
    end();
}
END_TEST

/* As it stands in properties files of Java: one line, or with spaces for line ends. */
static void in_one_line(char *pem)
{
    for (; *pem; pem++)
        *pem = *pem == '\n' ? ' ' : *pem;
}

START_TEST(pem_in_one_line)
{
    begin();
    char chain[8192], *key = keep(test_key_pem(&w.client, "secret")),
                      *cert = keep(test_cert_pem(&w.client));
    (void)snprintf(chain, sizeof(chain), "%s%s", cert, w.ca_pem);
    in_one_line(chain);
    in_one_line(key);
    in_one_line(w.ca_pem);
    taken(KAFC_SECURITY(.certificate_pem = chain, .key_pem = key, .key_password = "secret",
                        .ca_pem = w.ca_pem),
          true);
    refused(KAFC_SECURITY(.ca_pem = "-----BEGIN CERTIFICATE----- "), "cannot be read");
    refused(KAFC_SECURITY(.ca_pem = "-----BEGIN CERTIFICATE-----"), "ca_pem");
    refused(KAFC_SECURITY(.ca_pem = "-----BEGIN CERTIFICATE----- x -----END "), "ca_pem");
    end();
}
END_TEST

START_TEST(protocols_and_ciphers)
{
    begin();
    refused(KAFC_SECURITY(.protocols = "TLSv1.2,TLSv2"),
            "protocols (ssl.enabled.protocols): there is no 'TLSv2'; there are TLSv1.3");
    refused(KAFC_SECURITY(.protocols = " , "),
            "protocols (ssl.enabled.protocols) names no protocol");
    refused(KAFC_SECURITY(.ciphers = ","), "ciphers (ssl.cipher.suites) names no cipher");
    refused(KAFC_SECURITY(.ciphers = "ECDHE-RSA-AES128-GCM-SHA256,ECDHE-RSA-ROT13"),
            "this OpenSSL has no cipher 'ECDHE-RSA-ROT13'");
    refused(KAFC_SECURITY(.ciphers = "TLS_RSA_WITH_ROT13"),
            "this OpenSSL has no cipher 'TLS_RSA_WITH_ROT13'");
    refused(KAFC_SECURITY(.ciphers = "SSL_RSA_WITH_3DES_EDE_CBC_SHA"),
            "no cipher 'SSL_RSA_WITH_3DES_EDE_CBC_SHA'");
    refused(KAFC_SECURITY(.ciphers = "NONSENSE"), "OpenSSL does not take the list");
    refused(
        KAFC_SECURITY(.ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256", .protocols = "TLSv1.3"),
        "ciphers (ssl.cipher.suites) has no cipher for any of protocols (ssl.enabled.protocols)");
    refused(KAFC_SECURITY(.ciphers = "TLS_AES_128_GCM_SHA256", .protocols = "TLSv1.2"),
            "has no cipher for any of");
    taken(KAFC_SECURITY(.protocols = "TLSv1.3, TLSv1.2"), false);
    taken(KAFC_SECURITY(.ciphers = "DEFAULT:@SECLEVEL=1", .protocols = "TLSv1,TLSv1.2"), false);
    end();
}
END_TEST

static bool accept(void *ctx, const kafc_certificate *c)
{
    (void)ctx;
    (void)c;
    return true;
}

START_TEST(options_that_contradict_each_other)
{
    begin();
    SSL_CTX *own = SSL_CTX_new(TLS_client_method());
    refused(KAFC_SECURITY(.verify = KAFC_OFF, .verify_certificate = accept),
            "verify (enable.ssl.certificate.verification) is off");
    refused(KAFC_SECURITY(.ssl_ctx = own, .ca_pem = w.ca_pem), "ca_pem is set, and ssl_ctx");
    refused(KAFC_SECURITY(.ssl_ctx = own, .ca_location = "x"), "ca_location is set");
    refused(KAFC_SECURITY(.ssl_ctx = own, .crl_location = "x"), "crl_location is set");
    refused(KAFC_SECURITY(.ssl_ctx = own, .verify = KAFC_OFF), "verify is set");
    refused(KAFC_SECURITY(.ssl_ctx = own, .verify_certificate = accept),
            "verify_certificate is set");
    refused(KAFC_SECURITY(.ssl_ctx = own, .keystore_location = "x"), "keystore_location is set");
    refused(KAFC_SECURITY(.ssl_ctx = own, .key_pem = "x"), "key_pem is set");
    refused(KAFC_SECURITY(.ssl_ctx = own, .ciphers = "HIGH"), "ciphers is set");
    SSL_CTX_free(own);
    end();
}
END_TEST

static int terminal;

static int no_terminal(UI *ui)
{
    (void)ui;
    terminal++;
    return 0;
}

START_TEST(nothing_is_asked_on_a_terminal)
{
    begin();
    UI_METHOD *m = UI_create_method("test");
    ck_assert(m && UI_method_set_opener(m, no_terminal) == 0);
    UI_set_default_method(m);
    char *pem;
    BIO *bio = BIO_new(BIO_s_mem()); /* certificates and lists may be encrypted as well, as far as PEM is concerned */
    X509_CRL *crl = test_crl_make(&w.ca, NULL);
    ck_assert(PEM_ASN1_write_bio((i2d_of_void *)i2d_X509, PEM_STRING_X509, bio, w.ca.x, EVP_aes_128_cbc(),
                                 (const unsigned char *)"secret", 6, NULL, NULL));
    ck_assert(PEM_ASN1_write_bio((i2d_of_void *)i2d_X509_CRL, PEM_STRING_X509_CRL, bio, crl, EVP_aes_128_cbc(),
                                 (const unsigned char *)"secret", 6, NULL, NULL));
    long n = BIO_get_mem_data(bio, &pem);
    const char *path = keep(strdup(test_file(&f, "encrypted.pem", pem, (size_t)n)));
    refused(KAFC_SECURITY(.ca_location = path), "a certificate in|encrypted.pem cannot be read");
    refused(KAFC_SECURITY(.certificate_location = path, .key_location = path), "a certificate in|cannot be read");
    refused(KAFC_SECURITY(.keystore_location = path), "a certificate in|cannot be read");
    refused(KAFC_SECURITY(.crl_location = path), "a list in|encrypted.pem cannot be read");
    refused(KAFC_SECURITY(.certificate_pem = w.ca_pem, .key_pem = keep(test_key_pem(&w.client, "secret"))),
            "is encrypted, and there is no key_password");
    ck_assert_int_eq(terminal, 0);
    X509_CRL_free(crl);
    BIO_free(bio);
    UI_set_default_method(UI_OpenSSL());
    UI_destroy_method(m);
    end();
}
END_TEST

SUITE_MAIN("tls/context", 60, authorities, a_folder_of_authorities, files_that_are_no_files,
           certificate_and_key_in_files_and_texts, keystores, pem_in_one_line,
           protocols_and_ciphers, options_that_contradict_each_other, nothing_is_asked_on_a_terminal)

#else

SUITE_MAIN("tls/context", 60, there_is_no_tls)

#endif
