/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who we are: a certificate with its chain, and the key that fits it, from
 * one file or two, or from texts.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#define KEYSTORE "keystore_location (ssl.keystore.location)"

static const char *origin(const struct kafc_tls_text *t)
{
    return t->path ? t->path : t->what;
}

/* Of a file, or of a text in its place; neither: nothing. */
static kafc_err get(const struct kafc_tls_context *x, const char *what, const char *path,
                    const char *pem_what, const char *pem, struct kafc_tls_text *t, kafc_error *err)
{
    *t = (struct kafc_tls_text){ .what = what };
    if (path && pem)
        return kafc__error(err, KAFC_ERR_USAGE, "%s and %s: one of them", what, pem_what);
    if (path)
        return kafc__tls_load(x, what, path, t, err);
    return pem ? kafc__tls_take(x, pem_what, pem, t, err) : KAFC_OK;
}

static kafc_err use(struct kafc_tls_context *x, const struct kafc_tls_text *from,
                    const struct kafc_tls_text *key_from, struct kafc_tls_bundle *b,
                    kafc_error *err)
{
    X509 *leaf = sk_X509_shift(b->certificates);
    kafc_err rc = KAFC_OK;
    if (X509_check_private_key(leaf, b->key) != 1) {
        ERR_clear_error();
        rc = kafc__error(
            err, KAFC_ERR_USAGE, "the key of %.150s does not fit the%s certificate of %.150s",
            origin(key_from), sk_X509_num(b->certificates) ? " first" : "", origin(from));
    } else if (SSL_CTX_use_cert_and_key(x->ctx, leaf, b->key, b->certificates, 1) != 1) {
        rc = kafc__tls_openssl(err, KAFC_ERR_USAGE,
                               "%s: the certificate and key of %s cannot be used", from->what,
                               origin(from));
    }
    X509_free(leaf);
    x->identity = rc == KAFC_OK;
    return rc;
}

/* Chains of PKCS#12 files may stand in any order. */
static void sort_chain(struct kafc_tls_context *x)
{
    (void)SSL_CTX_build_cert_chain(x->ctx, SSL_BUILD_CHAIN_FLAG_CHECK |
                                               SSL_BUILD_CHAIN_FLAG_IGNORE_ERROR |
                                               SSL_BUILD_CHAIN_FLAG_CLEAR_ERROR);
    ERR_clear_error();
}

static kafc_err from_keystore(struct kafc_tls_context *x, const kafc_security *s,
                              struct kafc_tls_bundle *b, kafc_error *err)
{
    const struct kafc_tls_password of_store = { "keystore_password (ssl.keystore.password)",
                                                s->keystore_password },
                                   of_key = { "key_password (ssl.key.password)",
                                              s->key_password ? s->key_password
                                                              : s->keystore_password };
    struct kafc_tls_text t;
    kafc_err rc = kafc__tls_load(x, KEYSTORE, s->keystore_location, &t, err);
    if (rc != KAFC_OK)
        return rc;
    bool pem = kafc__tls_is_pem(&t);
    if (pem) {
        rc = kafc__tls_read_certificates(&t, b, err);
        if (rc == KAFC_OK)
            rc = kafc__tls_read_key(&t, &of_key, b, err);
    } else {
        rc = kafc__tls_read_pkcs12(&t, &of_store, b, err);
        if (rc == KAFC_OK && (!b->key || sk_X509_num(b->certificates) == 0))
            rc = kafc__error(err, KAFC_ERR_USAGE, "%s: %s has no %s; a truststore is no keystore",
                             t.what, t.path, b->key ? "certificate" : "key");
    }
    if (rc == KAFC_OK)
        rc = use(x, &t, &t, b, err);
    if (rc == KAFC_OK && !pem)
        sort_chain(x);
    kafc__tls_text_free(x, &t);
    return rc;
}

static kafc_err from_parts(struct kafc_tls_context *x, const kafc_security *s,
                           struct kafc_tls_bundle *b, kafc_error *err)
{
    static const char cert[] = "certificate_location (ssl.certificate.location)",
                      cert_pem[] = "certificate_pem (ssl.keystore.certificate.chain)",
                      key[] = "key_location (ssl.key.location)",
                      key_pem[] = "key_pem (ssl.keystore.key)";
    const struct kafc_tls_password pw = { "key_password (ssl.key.password)", s->key_password };
    struct kafc_tls_text c, k = { .p = NULL };
    kafc_err rc = get(x, cert, s->certificate_location, cert_pem, s->certificate_pem, &c, err);
    if (rc == KAFC_OK)
        rc = get(x, key, s->key_location, key_pem, s->key_pem, &k, err);
    if (rc == KAFC_OK && !c.p)
        rc = kafc__error(err, KAFC_ERR_USAGE, "there is %s, but no certificate: %s is missing",
                         k.what, cert);
    else if (rc == KAFC_OK && !k.p)
        rc = kafc__error(err, KAFC_ERR_USAGE, "there is %s, but no key to it: %s is missing",
                         c.what, key);
    if (rc == KAFC_OK)
        rc = kafc__tls_read_certificates(&c, b, err);
    if (rc == KAFC_OK)
        rc = kafc__tls_read_key(&k, &pw, b, err);
    if (rc == KAFC_OK)
        rc = use(x, &c, &k, b, err);
    kafc__tls_text_free(x, &c);
    kafc__tls_text_free(x, &k);
    return rc;
}

kafc_err kafc__tls_identify(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err)
{
    bool parts = s->certificate_location || s->certificate_pem || s->key_location || s->key_pem;
    struct kafc_tls_bundle b = { NULL, NULL };
    kafc_err rc = KAFC_OK;
    if (s->keystore_location && parts)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s holds certificate and key: there cannot be another of them",
                           KEYSTORE);
    if (s->keystore_location)
        rc = from_keystore(x, s, &b, err);
    else if (parts)
        rc = from_parts(x, s, &b, err);
    kafc__tls_bundle_free(&b);
    return rc;
}

#endif
