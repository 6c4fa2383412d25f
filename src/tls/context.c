/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options into an SSL_CTX: whom we trust, who we are, what we speak. Or the
 * caller's own, of which only connections are made.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/pem.h>
#include <sys/stat.h>

static const struct kafc_tls_password ca_password = { "ca_password (ssl.truststore.password)",
                                                      NULL };

static kafc_err trust_all(SSL_CTX *ctx, const struct kafc_tls_text *t,
                          const struct kafc_tls_bundle *b, kafc_error *err)
{
    X509_STORE *store = SSL_CTX_get_cert_store(ctx);
    ERR_clear_error();
    for (int i = 0; i < sk_X509_num(b->certificates); i++)
        if (!X509_STORE_add_cert(store, sk_X509_value(b->certificates, i)))
            return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: a certificate cannot be used",
                                     t->what);
    return KAFC_OK;
}

static kafc_err trust_text(struct kafc_tls_context *x, const struct kafc_tls_text *t,
                           const char *password, kafc_error *err)
{
    struct kafc_tls_bundle b = { NULL, NULL };
    struct kafc_tls_password pw = ca_password;
    pw.value = password;
    kafc_err rc = kafc__tls_is_pem(t) || !t->path ? kafc__tls_read_certificates(t, &b, err)
                                                  : kafc__tls_read_pkcs12(t, &pw, &b, err);
    if (rc == KAFC_OK && sk_X509_num(b.certificates) == 0)
        rc = kafc__error(err, KAFC_ERR_USAGE, "%s: there is no certificate in %s", t->what,
                         t->path);
    if (rc == KAFC_OK)
        rc = trust_all(x->ctx, t, &b, err);
    kafc__tls_bundle_free(&b);
    return rc;
}

static kafc_err trust_location(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err)
{
    static const char what[] = "ca_location (ssl.truststore.location)";
    struct kafc_tls_text t;
    struct stat st;
    if (stat(s->ca_location, &st) == 0 && S_ISDIR(st.st_mode)) {
        x->folder = true;
        return X509_STORE_load_path(SSL_CTX_get_cert_store(x->ctx), s->ca_location)
                   ? KAFC_OK
                   : kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: %s cannot be used", what,
                                       s->ca_location);
    }
    kafc_err rc = kafc__tls_load(x, what, s->ca_location, &t, err);
    if (rc == KAFC_OK)
        rc = trust_text(x, &t, s->ca_password, err);
    kafc__tls_text_free(x, &t);
    return rc;
}

static kafc_err add_lists(X509_STORE *store, const struct kafc_tls_text *t, kafc_error *err)
{
    BIO *bio = BIO_new_mem_buf(t->p, (int)t->n);
    X509_CRL *crl;
    int n = 0;
    bool ok = bio != NULL;
    ERR_clear_error();
    for (; ok && (crl = PEM_read_bio_X509_CRL(bio, NULL, kafc__tls_no_password, NULL)) != NULL; n++) {
        ok = X509_STORE_add_crl(store, crl);
        X509_CRL_free(crl);
    }
    BIO_free(bio);
    ok = ok && kafc__tls_at_end();
    if (ok && n == 0) {
        ERR_clear_error();
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s: there is no list in %s (-----BEGIN X509 CRL-----)", t->what,
                           t->path);
    }
    if (!ok)
        return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: a list in %s cannot be read", t->what,
                                 t->path);
    ERR_clear_error();
    return KAFC_OK;
}

static kafc_err revoke(struct kafc_tls_context *x, const char *path, kafc_error *err)
{
    X509_STORE *store = SSL_CTX_get_cert_store(x->ctx);
    struct kafc_tls_text t;
    kafc_err rc = kafc__tls_load(x, "crl_location (ssl.crl.location)", path, &t, err);
    if (rc == KAFC_OK)
        rc = add_lists(store, &t, err);
    if (rc == KAFC_OK)
        (void)X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
    kafc__tls_text_free(x, &t);
    return rc;
}

/* Who is named is trusted, whoever has signed it, as in Java: an authority in the middle, or a server. */
static kafc_err trust(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err)
{
    struct kafc_tls_text t;
    kafc_err rc = KAFC_OK;
    kafc__tls_judge(x->ctx);
    if (s->ca_location)
        rc = trust_location(x, s, err);
    if (rc == KAFC_OK && s->ca_pem) {
        rc = kafc__tls_take(x, "ca_pem (ssl.truststore.certificates)", s->ca_pem, &t, err);
        if (rc == KAFC_OK)
            rc = trust_text(x, &t, NULL, err);
        kafc__tls_text_free(x, &t);
    }
    if (s->ca_location || s->ca_pem)
        (void)X509_STORE_set_flags(SSL_CTX_get_cert_store(x->ctx), X509_V_FLAG_PARTIAL_CHAIN);
    else
        (void)SSL_CTX_set_default_verify_paths(x->ctx);
    if (rc == KAFC_OK && s->crl_location)
        rc = revoke(x, s->crl_location, err);
    return rc;
}

static kafc_err make(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err)
{
    bool verify = s->verify != KAFC_OFF;
    x->ours = true;
    if (!verify && s->verify_certificate)
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "verify (enable.ssl.certificate.verification) is off, and verify_certificate would judge");
    x->ctx = SSL_CTX_new(TLS_client_method());
    if (!x->ctx)
        return kafc__tls_openssl(err, KAFC_ERR_NO_MEMORY, "TLS");
    kafc_err rc = kafc__tls_set_protocols(x->ctx, s->protocols ? s->protocols : "TLSv1.2,TLSv1.3",
                                          err);
    if (rc == KAFC_OK && s->ciphers)
        rc = kafc__tls_set_ciphers(x, s->ciphers, err);
    if (rc == KAFC_OK && verify)
        rc = trust(x, s, err);
    return rc == KAFC_OK ? kafc__tls_identify(x, s, err) : rc;
}

/* The caller's SSL_CTX says already what these would. */
static kafc_err adopt(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err)
{
    const struct {
        const char *name;
        bool set;
    } fields[] = { { "ca_location", s->ca_location },
                   { "ca_pem", s->ca_pem },
                   { "crl_location", s->crl_location },
                   { "verify_certificate", s->verify_certificate },
                   { "verify", s->verify == KAFC_OFF },
                   { "certificate_location", s->certificate_location },
                   { "certificate_pem", s->certificate_pem },
                   { "key_location", s->key_location },
                   { "key_pem", s->key_pem },
                   { "keystore_location", s->keystore_location },
                   { "ciphers", s->ciphers } };
    for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
        if (fields[i].set)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "%s is set, and ssl_ctx, which should say that itself",
                               fields[i].name);
    if (!SSL_CTX_up_ref(s->ssl_ctx))
        return kafc__tls_openssl(err, KAFC_ERR_NO_MEMORY, "ssl_ctx");
    x->ctx = s->ssl_ctx;
    return KAFC_OK;
}

static kafc_err fill(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err)
{
    x->check_hostname = s->check_hostname != KAFC_OFF;
    x->resume = s->resume != KAFC_OFF;
    x->verify = s->verify_certificate;
    x->verify_ctx = s->ctx;
    x->bio = kafc__tls_bio();
    x->server_name = s->server_name ? kafc__strdup(x->mem, s->server_name) : NULL;
    if (!x->bio || (s->server_name && !x->server_name))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for TLS");
    return s->ssl_ctx ? adopt(x, s, err) : make(x, s, err);
}

struct kafc_tls_context *kafc__tls_context_new(const kafc_allocator *mem, const kafc_security *s,
                                               kafc_error *err)
{
    /* Threads of clients that nobody has closed run on while a program ends. */
    (void)OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, NULL);
    struct kafc_tls_context *x = kafc__zalloc(mem, sizeof(*x));
    if (!x) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for TLS");
        return NULL;
    }
    x->own = mem ? *mem : x->own;
    x->mem = mem ? &x->own : NULL;
    kafc__mutex_init(&x->lock);
    kafc__map_init(&x->sessions, x->mem);
    ERR_clear_error();
    if (fill(x, s, err) == KAFC_OK)
        return x;
    kafc__tls_context_free(x);
    return NULL;
}

void kafc__tls_context_free(struct kafc_tls_context *x)
{
    if (!x)
        return;
    kafc_allocator own = x->own;
    bool given = x->mem != NULL;
    kafc__tls_sessions_fini(x);
    kafc__mutex_fini(&x->lock);
    SSL_CTX_free(x->ctx);
    BIO_meth_free(x->bio);
    kafc__free(x->mem, x->server_name);
    kafc__free(given ? &own : NULL, x);
}

#endif
