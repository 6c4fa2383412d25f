/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which protocols and ciphers are spoken, from the lists of the options.
 * Ciphers may have OpenSSL's names or those of Java, which are IANA's; TLS 1.3
 * has its own.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#include <stdio.h>

#define PROTOCOLS "protocols (ssl.enabled.protocols)"
#define CIPHERS   "ciphers (ssl.cipher.suites)"

/* The next word of a list, or false; *p moves behind it. */
static bool word(const char **p, char *buf, size_t cap)
{
    const char *from = *p + strspn(*p, ",: \t");
    size_t n = strcspn(from, ",: \t");
    *p = from + n;
    n = n < cap ? n : cap - 1;
    memcpy(buf, from, n);
    buf[n] = '\0';
    return n > 0;
}

static int version_of(const char *name)
{
    static const struct {
        const char *name;
        int version;
    } known[] = { { "TLSv1.3", TLS1_3_VERSION },
                  { "TLSv1.2", TLS1_2_VERSION },
                  { "TLSv1.1", TLS1_1_VERSION },
                  { "TLSv1", TLS1_VERSION },
                  { "TLSv1.0", TLS1_VERSION } };
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].version;
    return 0;
}

kafc_err kafc__tls_set_protocols(SSL_CTX *ctx, const char *list, kafc_error *err)
{
    char name[32];
    int low = 0, high = 0;
    for (const char *p = list; word(&p, name, sizeof(name));) {
        int v = version_of(name);
        if (!v)
            return kafc__error(
                err, KAFC_ERR_USAGE,
                "%s: there is no '%s'; there are TLSv1.3, TLSv1.2, TLSv1.1 and TLSv1", PROTOCOLS,
                name);
        low = !low || v < low ? v : low;
        high = v > high ? v : high;
    }
    if (!low)
        return kafc__error(err, KAFC_ERR_USAGE, "%s names no protocol", PROTOCOLS);
    if (!SSL_CTX_set_min_proto_version(ctx, low) || !SSL_CTX_set_max_proto_version(ctx, high))
        return kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: '%s' is not for this OpenSSL", PROTOCOLS,
                                 list);
    return KAFC_OK;
}

struct lists {
    char *old, *suites; /* TLS 1.2 and below; TLS 1.3 */
    size_t nold, nsuites, cap;
    bool words; /* not ciphers only: HIGH, !aNULL, @SECLEVEL=1 */
};

static void append(char *list, size_t *n, size_t cap, const char *name)
{
    int k = snprintf(list + *n, cap - *n, "%s%s", *n ? ":" : "", name);
    *n += (size_t)k < cap - *n ? (size_t)k : 0;
}

/* Is it one cipher, and no class of them or operator? */
static bool is_cipher(const char *name)
{
    return name[strcspn(name, "+!@-")] == '-' && name[0] != '-';
}

static kafc_err sort_in(struct lists *l, SSL_CTX *ctx, const char *name, kafc_error *err)
{
    const char *ours = OPENSSL_cipher_name(name);
    bool iana = strcmp(ours, "(NONE)") != 0;
    bool named = strncmp(name, "TLS_", 4) == 0 || strncmp(name, "SSL_", 4) == 0;
    if (strstr(name, "_SCSV"))
        return KAFC_OK; /* a signal and no cipher, which Java lists among them */
    ours = iana ? ours : name;
    if (iana && strncmp(ours, "TLS_", 4) == 0) {
        append(l->suites, &l->nsuites, l->cap, ours);
        return KAFC_OK;
    }
    bool one = iana || named || is_cipher(name);
    ERR_clear_error();
    if (one && (named > iana || !SSL_CTX_set_cipher_list(ctx, ours))) {
        ERR_clear_error();
        return kafc__error(err, KAFC_ERR_USAGE, "%s: this OpenSSL has no cipher '%s'", CIPHERS,
                           name);
    }
    l->words = l->words || !one;
    append(l->old, &l->nold, l->cap, ours);
    return KAFC_OK;
}

/* Where ciphers are named, these alone are used: a protocol without any of them is not spoken. */
static kafc_err apply(const struct lists *l, SSL_CTX *ctx, kafc_error *err)
{
    ERR_clear_error();
    bool only = !l->words, old_off = only && !l->nold, new_off = only && !l->nsuites;
    if ((new_off && SSL_CTX_get_min_proto_version(ctx) == TLS1_3_VERSION) ||
        (old_off && SSL_CTX_get_max_proto_version(ctx) < TLS1_3_VERSION))
        return kafc__error(err, KAFC_ERR_USAGE, "%s has no cipher for any of %s", CIPHERS,
                           PROTOCOLS);
    bool ok = (!l->nold || SSL_CTX_set_cipher_list(ctx, l->old)) &&
              (!l->nsuites || SSL_CTX_set_ciphersuites(ctx, l->suites)) &&
              (!old_off || SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION)) &&
              (!new_off || SSL_CTX_get_max_proto_version(ctx) < TLS1_3_VERSION ||
               SSL_CTX_set_max_proto_version(ctx, TLS1_2_VERSION));
    return ok ? KAFC_OK
              : kafc__tls_openssl(err, KAFC_ERR_USAGE, "%s: OpenSSL does not take the list",
                                  CIPHERS);
}

kafc_err kafc__tls_set_ciphers(struct kafc_tls_context *x, const char *list, kafc_error *err)
{
    char name[128];
    struct lists l = { .cap = 2 * strlen(list) + 2 };
    kafc_err rc = KAFC_OK;
    l.old = kafc__zalloc(x->mem, l.cap);
    l.suites = kafc__zalloc(x->mem, l.cap);
    if (!l.old || !l.suites)
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %s", CIPHERS);
    for (const char *p = list; rc == KAFC_OK && word(&p, name, sizeof(name));)
        rc = sort_in(&l, x->ctx, name, err);
    if (rc == KAFC_OK && !l.nold && !l.nsuites)
        rc = kafc__error(err, KAFC_ERR_USAGE, "%s names no cipher", CIPHERS);
    if (rc == KAFC_OK)
        rc = apply(&l, x->ctx, err);
    kafc__free(x->mem, l.old);
    kafc__free(x->mem, l.suites);
    return rc;
}

#endif
