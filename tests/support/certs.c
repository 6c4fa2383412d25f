/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates and files of tests.
 */
#include "tests/support/certs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/tmp.h"

static void must(bool ok, const char *what)
{
    if (ok)
        return;
    (void)fprintf(stderr, "certs: %s\n", what);
    abort();
}
#define MUST(e) must(e, #e)

#if KAFC_HAVE_OPENSSL

#include <openssl/pem.h>
#include <openssl/x509v3.h>

enum { DAY = 86400 };

static void extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx_nodb(&ctx);
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    must(e && X509_add_ext(x, e, -1), value);
    X509_EXTENSION_free(e);
}

static void name(X509 *x, const char *cn)
{
    X509_NAME *n = X509_get_subject_name(x);
    if (cn)
        MUST(X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const unsigned char *)cn, -1, -1,
                                        0));
}

struct test_cert test_cert_make(const struct test_cert_spec *s)
{
    static long serial = 1000;
    struct test_cert c = { X509_new(), s->rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256") };
    const struct test_cert *by = s->by ? s->by : &c;
    int from = s->from || s->to ? s->from : -1, to = s->from || s->to ? s->to : 1;
    MUST(c.x && c.key);
    MUST(X509_set_version(c.x, 2));
    MUST(ASN1_INTEGER_set(X509_get_serialNumber(c.x), s->serial ? s->serial : ++serial));
    MUST(X509_gmtime_adj(X509_getm_notBefore(c.x), (long)from * DAY) != NULL);
    MUST(X509_gmtime_adj(X509_getm_notAfter(c.x), (long)to * DAY) != NULL);
    MUST(X509_set_pubkey(c.x, c.key));
    name(c.x, s->cn);
    MUST(X509_set_issuer_name(c.x, X509_get_subject_name(by->x)));
    extend(c.x, by->x, NID_basic_constraints, s->ca ? "critical,CA:TRUE" : "CA:FALSE");
    extend(c.x, by->x, NID_subject_key_identifier, "hash");
    if (s->san)
        extend(c.x, by->x, NID_subject_alt_name, s->san);
    MUST(X509_sign(c.x, by->key, EVP_sha256()));
    return c;
}

void test_cert_free(struct test_cert *c)
{
    X509_free(c->x);
    EVP_PKEY_free(c->key);
}

X509_CRL *test_crl_make(const struct test_cert *by, const struct test_cert *revoked)
{
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -DAY), *to = X509_gmtime_adj(NULL, DAY);
    MUST(crl && from && to && X509_CRL_set_version(crl, 1));
    MUST(X509_CRL_set_issuer_name(crl, X509_get_subject_name(by->x)));
    MUST(X509_CRL_set1_lastUpdate(crl, from) && X509_CRL_set1_nextUpdate(crl, to));
    if (revoked) {
        X509_REVOKED *r = X509_REVOKED_new();
        MUST(X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(revoked->x)));
        MUST(X509_REVOKED_set_revocationDate(r, from));
        MUST(X509_CRL_add0_revoked(crl, r));
    }
    MUST(X509_CRL_sign(crl, by->key, EVP_sha256()));
    ASN1_TIME_free(from);
    ASN1_TIME_free(to);
    return crl;
}

static char *text_of(BIO *b)
{
    char *p;
    long n = BIO_get_mem_data(b, &p);
    char *copy = malloc((size_t)n + 1);
    MUST(n > 0 && copy);
    memcpy(copy, p, (size_t)n);
    copy[n] = '\0';
    BIO_free(b);
    return copy;
}

char *test_cert_pem(const struct test_cert *c)
{
    BIO *b = BIO_new(BIO_s_mem());
    MUST(PEM_write_bio_X509(b, c->x));
    return text_of(b);
}

char *test_key_pem(const struct test_cert *c, const char *password)
{
    BIO *b = BIO_new(BIO_s_mem());
    MUST(PEM_write_bio_PKCS8PrivateKey(b, c->key, password ? EVP_aes_128_cbc() : NULL, password,
                                       password ? (int)strlen(password) : 0, NULL, NULL));
    return text_of(b);
}

char *test_crl_pem(X509_CRL *crl)
{
    BIO *b = BIO_new(BIO_s_mem());
    MUST(PEM_write_bio_X509_CRL(b, crl));
    return text_of(b);
}

SSL_CTX *test_server_ctx(const struct test_cert *c, const struct test_cert *ca)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    MUST(ctx && SSL_CTX_set_session_id_context(ctx, (const unsigned char *)"kafc", 4));
    MUST(SSL_CTX_use_certificate(ctx, c->x) && SSL_CTX_use_PrivateKey(ctx, c->key));
    if (ca) {
        MUST(X509_STORE_add_cert(SSL_CTX_get_cert_store(ctx), ca->x));
        SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    }
    return ctx;
}

#endif

void test_folder_make(struct test_folder *f)
{
    static const char name[] = "kafc-XXXXXX"; /* lint: todo because of mkdtemp */
    int n = snprintf(f->path, sizeof(f->path), "%s/%s", test_tmp(), name);
    MUST(n > 0 && (size_t)n < sizeof(f->path));
    MUST(mkdtemp(f->path) != NULL);
}

const char *test_file(struct test_folder *f, const char *name, const void *p, size_t n)
{
    (void)snprintf(f->file, sizeof(f->file), "%s/%s", f->path, name);
    FILE *to = fopen(f->file, "wb");
    MUST(to != NULL);
    MUST(fwrite(p, 1, n, to) == n);
    MUST(fclose(to) == 0);
    return f->file;
}

void test_folder_remove(struct test_folder *f)
{
    DIR *d = opendir(f->path);
    MUST(d != NULL);
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        (void)snprintf(f->file, sizeof(f->file), "%s/%.20s", f->path, e->d_name);
        (void)unlink(f->file);
    }
    (void)closedir(d);
    MUST(rmdir(f->path) == 0);
}
