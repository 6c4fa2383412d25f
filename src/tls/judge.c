/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether the peer's chain is believed. OpenSSL judges; where the application
 * wants to, it is asked about each certificate, and each thing that OpenSSL has
 * found wrong with it. What is wrong first is kept for the sentence.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/x509.h>

#include "base/callback.h"

enum { DEPTHS = 32 }; /* that the application is told apart */

static struct kafc_tls *judging(X509_STORE_CTX *sc)
{
    SSL *ssl = X509_STORE_CTX_get_ex_data(sc, SSL_get_ex_data_X509_STORE_CTX_idx());
    return SSL_get_app_data(ssl);
}

static void note(struct kafc_tls *t, int error, int depth, X509 *c)
{
    if (t->wrong)
        return;
    t->wrong = error;
    t->depth = depth;
    if (c && X509_up_ref(c))
        t->bad = c;
}

/* OpenSSL has found something, or nothing. */
static int found(int ok, X509_STORE_CTX *sc)
{
    struct kafc_tls *t = judging(sc);
    int error = X509_STORE_CTX_get_error(sc), depth = X509_STORE_CTX_get_error_depth(sc);
    if (ok)
        return ok;
    if (error == X509_V_ERR_UNABLE_TO_GET_CRL && depth > 0) {
        X509_STORE_CTX_set_error(
            sc, X509_V_OK); /* lists need not be there of authorities above the last one */
        return 1;
    }
    note(t, error, depth, X509_STORE_CTX_get_current_cert(sc));
    if (!t->judged)
        return ok;
    depth = depth < 0 ? 0 : depth < DEPTHS ? depth : DEPTHS - 1;
    for (int i = 0; i < KAFC_TLS_WRONGS; i++) {
        int *e = &t->judged[depth][i];
        *e = *e ? *e : error;
        if (*e == error)
            return 1; /* there may be more */
    }
    return 0; /* more than can be told */
}

/* Does the application go on with this certificate? */
static bool passes(struct kafc_tls *t, X509 *cert, int depth, int error)
{
    unsigned char *der = NULL;
    int n = i2d_X509(cert, &der);
    if (n < 0)
        return false;
    kafc_certificate c = { .host = t->host,
                           .port = t->port,
                           .depth = depth,
                           .der = { der, n },
                           .ok = error == X509_V_OK,
                           .error = error,
                           .text = X509_verify_cert_error_string(error) };
    kafc__callback_enter();
    bool go = t->x->verify(t->x->verify_ctx, &c);
    kafc__callback_leave();
    OPENSSL_free(der);
    return go;
}

/* *error: what the application does not go on with. */
static bool passes_all(struct kafc_tls *t, X509 *cert, int depth, const int errors[KAFC_TLS_WRONGS], int *error)
{
    int i = 0;
    bool go;
    do
        go = passes(t, cert, depth, *error = errors[i++]);
    while (go && i < KAFC_TLS_WRONGS && errors[i]);
    return go;
}

static int ask(struct kafc_tls *t, X509_STORE_CTX *sc, int (*errors)[KAFC_TLS_WRONGS])
{
    static const int none[KAFC_TLS_WRONGS];
    STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(sc);
    int n = sk_X509_num(chain), e;
    for (int i = n - 1; i >= 0; i--) {
        const int *all = i < DEPTHS ? errors[i] : none;
        for (int above = i + 1; i == n - 1 && !*all && above < DEPTHS; above++)
            all = errors[above]; /* of one that is missing in the chain */
        if (passes_all(t, sk_X509_value(chain, i), i, all, &e))
            continue;
        e = e ? e : X509_V_ERR_APPLICATION_VERIFICATION;
        X509_free(t->bad);
        t->bad = NULL;
        t->wrong = X509_V_OK;
        note(t, e, i, sk_X509_value(chain, i));
        X509_STORE_CTX_set_error(sc, e);
        return 0;
    }
    if (n <= 0)
        return 0;
    t->wrong = X509_V_OK;
    X509_STORE_CTX_set_error(sc, X509_V_OK);
    return 1;
}

static int judge(X509_STORE_CTX *sc, void *arg)
{
    struct kafc_tls *t = judging(sc);
    int errors[DEPTHS][KAFC_TLS_WRONGS] = { { X509_V_OK } };
    (void)arg;
    t->judged = t->x->verify ? errors : NULL;
    int rc = X509_verify_cert(sc);
    if (rc > 0 && t->judged)
        rc = ask(t, sc, errors);
    t->judged = NULL;
    return rc;
}

void kafc__tls_judge(SSL_CTX *ctx)
{
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, found);
    SSL_CTX_set_cert_verify_callback(ctx, judge, NULL);
}

#endif
