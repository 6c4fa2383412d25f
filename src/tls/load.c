/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Certificates and keys out of files and texts, PEM or PKCS#12. Nothing is
 * ever asked on a terminal, and what was read is wiped.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdio.h>

enum { FIRST = 16384, MOST = 16 << 20 }; /* bytes of a file */

static const char *where(const struct kafc_tls_text *t)
{
    return t->path ? t->path : "its text";
}

static void wipe(const struct kafc_tls_context *x, char *p, size_t n)
{
    if (p)
        OPENSSL_cleanse(p, n);
    kafc__free(x->mem, p);
}

void kafc__tls_text_free(const struct kafc_tls_context *x, struct kafc_tls_text *t)
{
    wipe(x, t->p, t->n);
    t->p = NULL;
}

static kafc_err no_memory(const struct kafc_tls_text *t, kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %s", t->what);
}

/* A file may be a pipe: its size is known at its end. */
static kafc_err slurp(const struct kafc_tls_context *x, struct kafc_tls_text *t, FILE *f,
                      kafc_error *err)
{
    for (size_t cap = FIRST;; cap *= 4) {
        char *p = cap <= MOST ? kafc__alloc(x->mem, cap + 1) : NULL;
        if (cap > MOST)
            return kafc__error(err, KAFC_ERR_USAGE, "%s: %s is larger than %d MB", t->what, t->path,
                               MOST >> 20);
        if (!p)
            return no_memory(t, err);
        if (t->n)
            memcpy(p, t->p, t->n);
        wipe(x, t->p, t->n);
        t->p = p;
        t->n += fread(p + t->n, 1, cap - t->n, f);
        p[t->n] = '\0';
        if (t->n < cap)
            break;
    }
    if (ferror(f))
        return kafc__error(err, KAFC_ERR_USAGE, "%s: %s cannot be read: %s", t->what, t->path,
                           strerror(errno));
    return KAFC_OK;
}

static bool begins(const struct kafc_tls_text *t, const char *magic)
{
    return t->n >= 4 && memcmp(t->p, magic, 4) == 0;
}

kafc_err kafc__tls_load(const struct kafc_tls_context *x, const char *what, const char *path,
                        struct kafc_tls_text *t, kafc_error *err)
{
    *t = (struct kafc_tls_text){ .what = what, .path = path };
    FILE *f = fopen(path, "rb");
    if (!f)
        return kafc__error(err, KAFC_ERR_USAGE, "%s: %s cannot be opened: %s", what, path,
                           strerror(errno));
    (void)setvbuf(f, NULL, _IONBF, 0); /* no copy of a key in a buffer of the C library's */
    kafc_err rc = slurp(x, t, f, err);
    (void)fclose(f);
    if (rc == KAFC_OK && (begins(t, "\xfe\xed\xfe\xed") || begins(t, "\xce\xce\xce\xce")))
        rc = kafc__error(
            err, KAFC_ERR_USAGE,
            "%s: %.100s is a keystore in Java's own format (JKS); make it PKCS#12: keytool "
            "-importkeystore -srckeystore %.60s -destkeystore NEW.p12 -deststoretype PKCS12",
            what, path, path);
    if (rc != KAFC_OK)
        kafc__tls_text_free(x, t);
    return rc;
}

bool kafc__tls_is_pem(const struct kafc_tls_text *t)
{
    return t->p && strstr(t->p, "-----BEGIN ") != NULL;
}

/* Java takes PEM in one line, with spaces where lines would end: they become line ends. */
static void break_lines(char *p)
{
    while ((p = strstr(p, "-----BEGIN ")) != NULL) {
        char *body = strstr(p + 11, "-----");
        char *end = body ? strstr(body, "-----END ") : NULL;
        if (!end)
            return;
        body += 5;
        if (*body == ' ') {
            for (; body < end; body++)
                *body = *body == ' ' ? '\n' : *body;
        }
        p = strstr(end + 9, "-----");
        if (!p)
            return;
        p += 5;
        *p = *p == ' ' ? '\n' : *p;
    }
}

kafc_err kafc__tls_take(const struct kafc_tls_context *x, const char *what, const char *pem,
                        struct kafc_tls_text *t, kafc_error *err)
{
    *t = (struct kafc_tls_text){ .what = what, .n = strlen(pem) };
    t->p = kafc__strndup(x->mem, pem, t->n);
    if (!t->p)
        return no_memory(t, err);
    break_lines(t->p);
    return KAFC_OK;
}

void kafc__tls_bundle_free(struct kafc_tls_bundle *b)
{
    sk_X509_pop_free(b->certificates, X509_free);
    EVP_PKEY_free(b->key);
    *b = (struct kafc_tls_bundle){ NULL, NULL };
}

static BIO *open_text(const struct kafc_tls_text *t)
{
    return BIO_new_mem_buf(t->p, (int)t->n);
}

bool kafc__tls_at_end(void)
{
    unsigned long e = ERR_peek_last_error();
    return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

int kafc__tls_no_password(char *buf, int size, int writing, void *arg)
{
    (void)buf, (void)size, (void)writing, (void)arg;
    return -1;
}

kafc_err kafc__tls_read_certificates(const struct kafc_tls_text *t, struct kafc_tls_bundle *b,
                                     kafc_error *err)
{
    BIO *bio = open_text(t);
    X509 *c = NULL;
    b->certificates = sk_X509_new_null();
    ERR_clear_error();
    bool ok = bio && b->certificates;
    while (ok && (c = PEM_read_bio_X509_AUX(bio, NULL, kafc__tls_no_password, NULL)) != NULL)
        ok = sk_X509_push(b->certificates, c) > 0;
    if (!ok)
        X509_free(c);
    ok = ok && kafc__tls_at_end();
    BIO_free(bio);
    if (!ok)
        return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: a certificate in %s cannot be read",
                                 t->what, where(t));
    ERR_clear_error();
    if (sk_X509_num(b->certificates) == 0)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s: there is no certificate in %s (-----BEGIN CERTIFICATE-----)",
                           t->what, where(t));
    return KAFC_OK;
}

struct asked {
    const char *password;
    bool asked;
};

/* In place of OpenSSL's, which asks on the terminal. */
static int give_password(char *buf, int size, int writing, void *arg)
{
    struct asked *a = arg;
    size_t n = a->password ? strlen(a->password) : 0;
    (void)writing;
    a->asked = true;
    if (!a->password || n > (size_t)size)
        return -1;
    memcpy(buf, a->password, n);
    return (int)n;
}

kafc_err kafc__tls_read_key(const struct kafc_tls_text *t, const struct kafc_tls_password *pw,
                            struct kafc_tls_bundle *b, kafc_error *err)
{
    struct asked a = { pw->value, false };
    BIO *bio = open_text(t);
    ERR_clear_error();
    b->key = bio ? PEM_read_bio_PrivateKey(bio, NULL, give_password, &a) : NULL;
    BIO_free(bio);
    if (b->key) {
        ERR_clear_error(); /* OpenSSL complains of what stands in front of the key */
        return KAFC_OK;
    }
    if (a.asked && a.password)
        return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: the key in %s is not opened by %s",
                                 t->what, where(t), pw->what);
    if (!a.asked && strstr(t->p, "PRIVATE KEY-----"))
        return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: the key in %s cannot be read", t->what,
                                 where(t));
    ERR_clear_error();
    if (a.asked)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s: the key in %s is encrypted, and there is no %s", t->what, where(t),
                           pw->what);
    return kafc__error(err, KAFC_ERR_USAGE,
                       "%s: there is no key in %s (-----BEGIN PRIVATE KEY-----)", t->what,
                       where(t));
}

/* Does the password, which may be none, open the store? */
static bool opens(PKCS12 *p12, const char *password)
{
    if (!PKCS12_mac_present(p12))
        return true;
    if (password && *password)
        return PKCS12_verify_mac(p12, password, -1) == 1;
    return PKCS12_verify_mac(p12, NULL, 0) == 1 || PKCS12_verify_mac(p12, "", 0) == 1;
}

static kafc_err parse(PKCS12 *p12, const struct kafc_tls_text *t,
                      const struct kafc_tls_password *pw, struct kafc_tls_bundle *b,
                      kafc_error *err)
{
    X509 *leaf = NULL;
    if (!opens(p12, pw->value)) {
        if (!pw->value || !*pw->value)
            return kafc__tls_openssl(err, KAFC_ERR_USAGE,
                                     "%s: %s has a password, and there is no %s", t->what, where(t),
                                     pw->what);
        return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: %s is not opened by %s", t->what,
                                 where(t), pw->what);
    }
    if (!PKCS12_parse(p12, pw->value ? pw->value : "", &b->key, &leaf, &b->certificates))
        return kafc__tls_openssl(
            err, KAFC_ERR_USAGE,
            "%s: %s cannot be read; PKCS#12 files with RC2 or RC4 of old programs must "
            "be made again",
            t->what, where(t));
    if (!b->certificates)
        b->certificates = sk_X509_new_null();
    if (!b->certificates || (leaf && sk_X509_unshift(b->certificates, leaf) <= 0)) {
        X509_free(leaf);
        return kafc__tls_openssl(err, KAFC_ERR_NO_MEMORY, "%s", t->what);
    }
    ERR_clear_error();
    return KAFC_OK;
}

kafc_err kafc__tls_read_pkcs12(const struct kafc_tls_text *t, const struct kafc_tls_password *pw,
                               struct kafc_tls_bundle *b, kafc_error *err)
{
    const unsigned char *p = (const unsigned char *)t->p;
    ERR_clear_error();
    PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)t->n);
    if (!p12) {
        ERR_clear_error();
        return kafc__error(err, KAFC_ERR_USAGE, "%s: %s is neither PEM nor PKCS#12", t->what,
                           where(t));
    }
    kafc_err rc = parse(p12, t, pw, b, err);
    PKCS12_free(p12);
    return rc;
}

#endif
