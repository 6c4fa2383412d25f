/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sentences: what is wrong with the peer, its certificate or ours, and what to
 * do. Each is a clause about the peer, whom the caller has named before. What
 * the peer says is shown as far as it can be printed.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/x509v3.h>
#include <stdarg.h>
#include <stdio.h>

#define GIVE_CA "give it by ca_location (ssl.truststore.location)"
#define OUR_CERT \
    "certificate_location and key_location, or keystore_location (ssl.keystore.location)"
#define NOT_PLAIN \
    "security.protocol should be PLAINTEXT or SASL_PLAINTEXT here, or the port is another's"

kafc_err kafc__tls_openssl(kafc_error *err, kafc_err code, const char *fmt, ...)
{
    char text[400];
    unsigned long e = ERR_peek_last_error();
    const char *why = e ? ERR_reason_error_string(e) : NULL;
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
        code = KAFC_ERR_NO_MEMORY;
    ERR_clear_error();
    return kafc__error(err, code, "%s%s%s", text, why ? ": " : "", why ? why : "");
}

/* --- What certificates say ---------------------------------------------------------- */

static void printable(char *p)
{
    for (; *p; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
}

/* Takes the text and frees the BIO. */
static void take_text(BIO *bio, char buf[KAFC_TLS_NAME])
{
    int n = bio ? BIO_read(bio, buf, KAFC_TLS_NAME - 1) : 0;
    buf[n > 0 ? n : 0] = '\0';
    if (n == KAFC_TLS_NAME - 1)
        memcpy(buf + n - 3, "...", 3);
    printable(buf);
    BIO_free(bio);
}

static const char *distinguished(const X509_NAME *name, char buf[KAFC_TLS_NAME])
{
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio && name)
        (void)X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
    take_text(bio, buf);
    return buf;
}

/* Whom the certificate is for: "DNS:a, DNS:b", or its common name; "" if it does not say. */
static void names_of(X509 *c, char buf[KAFC_TLS_NAME])
{
    BIO *bio = BIO_new(BIO_s_mem());
    GENERAL_NAMES *all = c ? X509_get_ext_d2i(c, NID_subject_alt_name, NULL, NULL) : NULL;
    int shown = 0, dns = 0;
    for (int i = 0; bio && i < sk_GENERAL_NAME_num(all) && i < 32; i++) {
        GENERAL_NAME *g = sk_GENERAL_NAME_value(all, i);
        if (g->type != GEN_DNS && g->type != GEN_IPADD)
            continue;
        dns += g->type == GEN_DNS;
        (void)BIO_puts(bio, shown++ ? ", " : "");
        (void)GENERAL_NAME_print(bio, g);
    }
    GENERAL_NAMES_free(all);
    char cn[64];
    if (bio && c && !dns &&
        X509_NAME_get_text_by_NID(X509_get_subject_name(c), NID_commonName, cn, sizeof(cn)) > 0)
        (void)BIO_printf(bio, "%sCN=%s", shown ? ", " : "", cn);
    take_text(bio, buf);
}

static const char *date(const ASN1_TIME *at, char buf[32])
{
    struct tm tm = { .tm_year = 0 };
    if (at && ASN1_TIME_to_tm(at, &tm))
        (void)snprintf(buf, 32, "%04d-%02d-%02d %02d:%02d:%02d UTC", (tm.tm_year + 1900) % 10000,
                       (tm.tm_mon + 1) % 100, tm.tm_mday % 100, tm.tm_hour % 100, tm.tm_min % 100,
                       tm.tm_sec % 100);
    else
        (void)snprintf(buf, 32, "an unknown date");
    return buf;
}

static kafc_err mismatch(const struct kafc_tls *t, kafc_error *err)
{
    char names[KAFC_TLS_NAME];
    names_of(t->bad, names);
    if (!t->bad) /* the caller's SSL_CTX has judged */
        return kafc__error(err, KAFC_ERR_TLS,
                           "its certificate is not for '%.64s': say whom it is for by server_name",
                           t->name);
    if (!*names)
        return kafc__error(
            err, KAFC_ERR_TLS,
            "its certificate has no names at all, so that it is not for '%.64s': it needs that as a "
            "subjectAltName; ssl.endpoint.identification.algorithm=none would not look",
            t->name);
    return kafc__error(
        err, KAFC_ERR_TLS,
        "its certificate is not for '%.64s' but for %s: dial it by a name of these, or say which by "
        "server_name; ssl.endpoint.identification.algorithm=none would not look",
        t->name, names);
}

/* "its certificate" or, above it, "its authority CN=…" */
static const char *which(const struct kafc_tls *t, char buf[KAFC_TLS_NAME + 32])
{
    char name[KAFC_TLS_NAME];
    if (t->depth <= 0 || !t->bad)
        return "its certificate";
    (void)snprintf(buf, KAFC_TLS_NAME + 32, "its authority's certificate (%s)",
                   distinguished(X509_get_subject_name(t->bad), name));
    return buf;
}

static kafc_err untrusted(const struct kafc_tls *t, kafc_error *err)
{
    char name[KAFC_TLS_NAME];
    const X509_NAME *by = t->bad ? X509_get_issuer_name(t->bad) : NULL;
    const char *folder = t->x->folder ? " (a folder is made ready by 'openssl rehash')" : "";
    if (t->wrong == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT)
        return kafc__error(
            err, KAFC_ERR_TLS,
            "its certificate (%s) is signed by itself, and not one that we trust: %s%s",
            distinguished(by, name), GIVE_CA, folder);
    return kafc__error(
        err, KAFC_ERR_TLS,
        "its certificate is not signed by an authority that we trust, but by %s: if that is right, %s%s",
        by ? distinguished(by, name) : "another", GIVE_CA, folder);
}

static kafc_err certificate(const struct kafc_tls *t, kafc_error *err)
{
    char buf[KAFC_TLS_NAME + 32], when[32];
    const char *it = which(t, buf);
    switch (t->wrong) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return mismatch(t, err);
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_CERT_UNTRUSTED: return untrusted(t, err);
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return kafc__error(
            err, KAFC_ERR_TLS,
            "%s has expired on %s: it must be renewed, or this machine's clock is wrong", it,
            date(t->bad ? X509_get0_notAfter(t->bad) : NULL, when));
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return kafc__error(err, KAFC_ERR_TLS,
                           "%s is not valid before %s: is this machine's clock right?", it,
                           date(t->bad ? X509_get0_notBefore(t->bad) : NULL, when));
    case X509_V_ERR_CERT_REVOKED:
        return kafc__error(err, KAFC_ERR_TLS,
                           "%s has been revoked, says crl_location (ssl.crl.location)", it);
    case X509_V_ERR_UNABLE_TO_GET_CRL:
        return kafc__error(
            err, KAFC_ERR_TLS,
            "crl_location (ssl.crl.location) has no list of its certificate's authority");
    case X509_V_ERR_CRL_HAS_EXPIRED:
        return kafc__error(
            err, KAFC_ERR_TLS,
            "the list of revoked certificates in crl_location (ssl.crl.location) is out of date");
    case X509_V_ERR_APPLICATION_VERIFICATION:
        return kafc__error(err, KAFC_ERR_TLS, "%s was refused by verify_certificate", it);
    default:
        return kafc__error(err, KAFC_ERR_TLS, "%s cannot be believed: %s", it,
                           X509_verify_cert_error_string(t->wrong));
    }
}

/* --- What the peer says ------------------------------------------------------------- */

enum { OF_OURS = 1, LATER = 2 }; /* about our certificate; it may be better another time */

static const struct {
    int alert, flags;
    const char *text;
} alerts[] = {
    { SSL_AD_BAD_CERTIFICATE, OF_OURS, "cannot use it" },
    { SSL_AD_UNSUPPORTED_CERTIFICATE, OF_OURS, "does not support its kind" },
    { SSL_AD_CERTIFICATE_REVOKED, OF_OURS, "says that it has been revoked" },
    { SSL_AD_CERTIFICATE_EXPIRED, OF_OURS, "says that it has expired" },
    { SSL_AD_CERTIFICATE_UNKNOWN, OF_OURS, "does not accept it" },
    { SSL_AD_UNKNOWN_CA, OF_OURS, "does not trust the authority that signed it" },
    { SSL_AD_ACCESS_DENIED, OF_OURS, "denies access with it" },
    { SSL_AD_DECRYPT_ERROR, OF_OURS, "finds its signature wrong" },
    { SSL3_AD_NO_CERTIFICATE, OF_OURS, "wants another" },
    { TLS13_AD_CERTIFICATE_REQUIRED, OF_OURS, "requires one" },
    { SSL_AD_HANDSHAKE_FAILURE, 0,
      "there may be no cipher in common: ciphers (ssl.cipher.suites)" },
    { SSL_AD_INSUFFICIENT_SECURITY, 0, "it wants stronger ciphers: ciphers (ssl.cipher.suites)" },
    { SSL_AD_PROTOCOL_VERSION, 0,
      "it speaks none of our versions of TLS: protocols (ssl.enabled.protocols)" },
    { SSL_AD_UNRECOGNIZED_NAME, 0,
      "it does not know itself by the name that was dialled, or server_name" },
    { SSL_AD_INTERNAL_ERROR, LATER, "its log says why" },
    { SSL_AD_USER_CANCELLED, LATER, "it has given up" },
};

static kafc_err alerted(const struct kafc_tls *t, int alert, kafc_error *err)
{
    const char *name = alert == TLS13_AD_CERTIFICATE_REQUIRED ? "certificate required"
                                                              : SSL_alert_desc_string_long(alert);
    const char *text = "its log may say why";
    int flags = 0;
    for (size_t i = 0; i < sizeof(alerts) / sizeof(*alerts); i++) {
        if (alerts[i].alert != alert)
            continue;
        text = alerts[i].text;
        flags = alerts[i].flags;
    }
    /* Before TLS 1.3 there is no word of its own for it. */
    if (t->asked && !t->x->identity &&
        ((flags & OF_OURS) || (alert == SSL_AD_HANDSHAKE_FAILURE && !t->up)))
        return kafc__error(err, KAFC_ERR_TLS,
                           "it requires a certificate of ours (%s): give one by %s", name,
                           OUR_CERT);
    if ((flags & OF_OURS) && (t->x->identity || !t->x->ours))
        return kafc__error(err, KAFC_ERR_TLS, "it refuses our certificate, it %s (%s): see %s",
                           text, name, OUR_CERT);
    if (flags & OF_OURS)
        text = "its log may say why";
    kafc_err code = (flags & LATER) || t->up ? KAFC_ERR_DISCONNECTED : KAFC_ERR_TLS;
    return kafc__error(err, code, "it has ended TLS (%s): %s", name, text);
}

bool kafc__tls_is_stranger(const struct kafc_tls *t)
{
    return !t->up &&
           ((t->nfirst >= 1 && t->first[0] != SSL3_RT_ALERT && t->first[0] != SSL3_RT_HANDSHAKE) ||
            (t->nfirst >= 2 && t->first[1] != SSL3_VERSION_MAJOR));
}

bool kafc__tls_is_plain_kafka(const struct kafc_tls *t)
{
    return t->probe && t->nfirst && t->first[0] == 0;
}

static kafc_err stranger(const struct kafc_tls *t, kafc_error *err)
{
    char text[3 * sizeof(t->first) + 1] = "";
    size_t n = 0;
    bool words = true;
    if (kafc__tls_is_plain_kafka(t))
        return kafc__error(
            err, KAFC_ERR_TLS,
            "it does not speak TLS, but Kafka: security.protocol should be PLAINTEXT or "
            "SASL_PLAINTEXT here");
    for (size_t i = 0; i < t->nfirst; i++)
        words = words && (t->first[i] >= ' ' || t->first[i] == '\r' || t->first[i] == '\n') &&
                t->first[i] <= '~';
    for (size_t i = 0; i < t->nfirst && n < sizeof(text) - 3 && !(words && t->first[i] < ' '); i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              words ? "%c"
                              : n   ? " %02x"
                                    : "%02x",
                              t->first[i]);
    return kafc__error(err, KAFC_ERR_TLS, "it does not speak TLS (it begins with %s%s%s): %s",
                       words ? "'" : "", text, words ? "'" : "", NOT_PLAIN);
}

static kafc_err mishap(const struct kafc_tls *t, unsigned long e, kafc_error *err)
{
    static const struct {
        int reason;
        const char *text;
    } known[] = {
        { SSL_R_UNSUPPORTED_PROTOCOL,
          "it speaks none of our versions of TLS: protocols (ssl.enabled.protocols)" },
        { SSL_R_NO_PROTOCOLS_AVAILABLE,
          "no protocol is left by protocols (ssl.enabled.protocols) and ciphers" },
        { SSL_R_NO_CIPHERS_AVAILABLE,
          "no cipher is left by ciphers (ssl.cipher.suites) and protocols" },
        { SSL_R_WRONG_CIPHER_RETURNED, "it has chosen a cipher that we did not offer" },
    };
    const char *why = e ? ERR_reason_error_string(e) : NULL;
    for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
        if (ERR_GET_LIB(e) == ERR_LIB_SSL && ERR_GET_REASON(e) == known[i].reason)
            return kafc__error(err, KAFC_ERR_TLS, "%s", known[i].text);
    return kafc__error(err, t->up ? KAFC_ERR_DISCONNECTED : KAFC_ERR_TLS, "%s: %s",
                       t->up ? "what it sent is no TLS of this connection"
                             : "the TLS handshake failed",
                       why ? why : "it was ended");
}

kafc_err kafc__tls_failed(struct kafc_tls *t, kafc_error *err)
{
    unsigned long e = ERR_peek_error();
    int reason = ERR_GET_REASON(e);
    long verdict = t->x->ours ? X509_V_OK : SSL_get_verify_result(t->ssl);
    kafc_err rc;
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED && !t->wrong)
        t->wrong = (int)verdict; /* by the caller's SSL_CTX */
    if (reason == ERR_R_MALLOC_FAILURE)
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for TLS");
    else if (kafc__tls_is_stranger(t))
        rc = stranger(t, err);
    else if (t->probe)
        rc = kafc__error(err, KAFC_ERR_DISCONNECTED,
                         "it has ended an earlier handshake of TLS without a word");
    else if (t->wrong)
        rc = certificate(t, err);
    else if (ERR_GET_LIB(e) == ERR_LIB_SSL && reason >= SSL_AD_REASON_OFFSET)
        rc = alerted(t, reason - SSL_AD_REASON_OFFSET, err);
    else
        rc = mishap(t, e, err);
    ERR_clear_error();
    return rc;
}

#endif
