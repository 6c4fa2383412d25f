/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates of tests, made when they run, so that none expires; and a
 * folder of files that is gone afterwards. What fails aborts. Only where kafc has
 * OpenSSL. For benchmarks, too.
 */
#ifndef KAFC_TESTS_CERTS_H
#define KAFC_TESTS_CERTS_H

#include <stdbool.h>
#include <stddef.h>

#include "config.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/ssl.h>

struct test_cert {
    X509 *x;
    EVP_PKEY *key;
};

struct test_cert_spec {
    const char *cn;             /* common name; NULL: none */
    const char *san;            /* subjectAltName, as in "DNS:localhost,IP:127.0.0.1"; NULL: none */
    const struct test_cert *by; /* who signs; NULL: itself */
    bool ca, rsa;               /* rsa: else on P-256 */
    int from, to;               /* days from now; 0 and 0: from yesterday to tomorrow */
    long serial;                /* 0: some */
};

/* TEST_CERT(.cn = "localhost", …) */
#define TEST_CERT(...) test_cert_make(&(struct test_cert_spec){ __VA_ARGS__ })
struct test_cert test_cert_make(const struct test_cert_spec *s);
void test_cert_free(struct test_cert *c);
X509_CRL *test_crl_make(const struct test_cert *by,
                        const struct test_cert *revoked); /* revoked: or NULL */

/* PEM; the caller frees. */
char *test_cert_pem(const struct test_cert *c);
char *test_key_pem(const struct test_cert *c, const char *password);
char *test_crl_pem(X509_CRL *crl);

/* A server's SSL_CTX with this certificate, which asks for others that `ca` signed (NULL: does not ask). */
SSL_CTX *test_server_ctx(const struct test_cert *c, const struct test_cert *ca);

#endif

struct test_folder {
    char path[64];
    char file[96]; /* of the last test_file() */
};
void test_folder_make(struct test_folder *f);
/* Writes a file of the folder and gives its path, until the next call. */
const char *test_file(struct test_folder *f, const char *name, const void *p, size_t n);
void test_folder_remove(struct test_folder *f);

#endif
