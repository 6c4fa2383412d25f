/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of src/tls share: tls.c (the filter), context.c (options),
 * ciphers.c, identity.c and load.c (certificates, keys and their files),
 * session.c (peers), judge.c (whom we believe), words.c (sentences). Nobody else
 * includes it, but their own tests. none.c is all there is without OpenSSL.
 */
#ifndef KAFC_TLS_INTERNAL_H
#define KAFC_TLS_INTERNAL_H

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sync.h"
#include "config.h"
#include "tls/tls.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/err.h>
#include <openssl/ssl.h>

enum {
    KAFC_TLS_IN = 65536,     /* ciphertext that was received, at most */
    KAFC_TLS_RECORD = 16384, /* plaintext of a record, */
    KAFC_TLS_SEALED = 17408, /* which encrypted has so many bytes at most, and something to spare */
    /* That waits to be sent. With one record at a time sending costs 15 % more. */
    KAFC_TLS_OUT = 3 * KAFC_TLS_SEALED,
    KAFC_TLS_WRONGS = 8, /* things that may be wrong with a certificate which the application believes nevertheless */
    KAFC_TLS_NAME = 160 /* of what we show of a peer's certificate */
};

struct kafc_tls_context {
    const kafc_allocator *mem; /* NULL, or &own */
    kafc_allocator own;
    SSL_CTX *ctx;
    BIO_METHOD *bio;
    bool ours;     /* ctx was made here, and not by the caller */
    bool identity; /* there is a certificate to show */
    bool folder;   /* whom we trust is in a folder */
    bool check_hostname, resume;
    char *server_name;     /* or NULL: the host that is dialled */
    kafc_verify_fn verify; /* or NULL */
    void *verify_ctx;
    struct kafc_mutex lock;   /* of the sessions */
    struct kafc_map sessions; /* of struct session, by "host:port" */
};

struct kafc_tls {
    struct kafc_tls_context *x;
    SSL *ssl;
    char *host; /* as dialled */
    char *
        name; /* what the certificate must be for: server_name, or the host as certificates have it */
    char *peer; /* "host:port", the key of its session */
    int32_t port;
    bool up;           /* the handshake is over */
    bool begun;        /* its first bytes went into `out` */
    bool probe;        /* they ask whether the peer speaks Kafka in plaintext */
    bool asked;        /* for a certificate of ours */
    bool kept;         /* the session was put aside */
    int wrong;         /* X509_V_ERR_… of the peer's chain, the first; 0: none */
    int depth;         /* where, */
    X509 *bad;         /* and with which certificate; or NULL */
    int (*judged)[KAFC_TLS_WRONGS]; /* while the application judges: X509_V_ERR_… by depth */
    int ended;         /* 0, or what read gives from now on, */
    kafc_error why;    /* and the reason */
    uint8_t first[16]; /* of the peer's bytes */
    size_t nfirst;
    size_t in_at, in_len, out_at, out_len;
    uint8_t *in, *out; /* one allocation, */
    uint8_t *gather;   /* as are the bytes of a record before it is encrypted */
};

/* --- load.c: files and texts -----------------------------------------------------

 * what: names the option in errors, as "ca_location (ssl.truststore.location)". */
struct kafc_tls_text {
    const char *what;
    const char *path; /* or NULL: the option's own text */
    char *p;          /* ended by NUL; wiped when it is freed */
    size_t n;
};
kafc_err kafc__tls_load(const struct kafc_tls_context *x, const char *what, const char *path,
                        struct kafc_tls_text *t, kafc_error *err);
kafc_err kafc__tls_take(const struct kafc_tls_context *x, const char *what, const char *pem,
                        struct kafc_tls_text *t, kafc_error *err);
void kafc__tls_text_free(const struct kafc_tls_context *x, struct kafc_tls_text *t);
bool kafc__tls_is_pem(const struct kafc_tls_text *t);

struct kafc_tls_password {
    const char *what, *value; /* value: or NULL */
};
/* What a text holds: certificates in their order, and a key. */
struct kafc_tls_bundle {
    STACK_OF(X509) * certificates; /* or NULL */
    EVP_PKEY *key;                 /* or NULL */
};
kafc_err kafc__tls_read_certificates(const struct kafc_tls_text *t, struct kafc_tls_bundle *b,
                                     kafc_error *err);
kafc_err kafc__tls_read_key(const struct kafc_tls_text *t, const struct kafc_tls_password *pw,
                            struct kafc_tls_bundle *b, kafc_error *err);
/* The certificate that fits the key comes first. A truststore has no key. */
kafc_err kafc__tls_read_pkcs12(const struct kafc_tls_text *t, const struct kafc_tls_password *pw,
                               struct kafc_tls_bundle *b, kafc_error *err);
/* For what needs no password: OpenSSL's own function would ask for one on the terminal. */
int kafc__tls_no_password(char *buf, int size, int writing, void *arg);
/* Is what stands in OpenSSL's queue the end of a PEM text, and nothing worse? */
bool kafc__tls_at_end(void);
void kafc__tls_bundle_free(struct kafc_tls_bundle *b);

/* --- identity.c: our certificate and its key, if the options give one */
kafc_err kafc__tls_identify(struct kafc_tls_context *x, const kafc_security *s, kafc_error *err);

/* --- ciphers.c: protocols and ciphers */
kafc_err kafc__tls_set_protocols(SSL_CTX *ctx, const char *list, kafc_error *err);
kafc_err kafc__tls_set_ciphers(struct kafc_tls_context *x, const char *list, kafc_error *err);

/* --- session.c */
void kafc__tls_sessions_fini(struct kafc_tls_context *x);
void kafc__tls_session_offer(struct kafc_tls *t);  /* before the handshake */
void kafc__tls_session_keep(struct kafc_tls *t);   /* after it, until there is one */
void kafc__tls_session_drop(struct kafc_tls *t);   /* a handshake failed */
void kafc__tls_session_silent(struct kafc_tls *t); /* it ended without a word of the peer */

/* --- judge.c: the peer's chain, as OpenSSL and the application see it */
void kafc__tls_judge(SSL_CTX *ctx);

/* --- words.c */
/* The sentence, and what OpenSSL has to say; empties its queue. KAFC_ERR_NO_MEMORY, or `code`. */
kafc_err kafc__tls_openssl(kafc_error *err, kafc_err code, const char *fmt, ...) KAFC_PRINTF(3, 4);
/* Why the handshake failed, or the connection afterwards; empties OpenSSL's queue. */
kafc_err kafc__tls_failed(struct kafc_tls *t, kafc_error *err);
/* Did the peer begin with bytes that are no TLS? */
bool kafc__tls_is_stranger(const struct kafc_tls *t);
/* Did it answer the question of a probe, as Kafka without TLS does? */
bool kafc__tls_is_plain_kafka(const struct kafc_tls *t);

/* --- tls.c */
BIO_METHOD *kafc__tls_bio(void); /* or NULL */

#endif
#endif
