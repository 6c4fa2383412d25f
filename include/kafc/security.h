/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whom a connection speaks to and who it is: TLS and SASL. One struct for
 * clients and connections; a field that is not set takes the property of its
 * name from the owner's set, so that a file of client properties is enough.
 *
 * Everything is copied when the client is opened or the connection dialled, but
 * for functions and what they use, and mechanisms and ssl_ctx, which must last as long.
 * Passwords, keys and tokens are wiped from memory when they are no longer
 * needed, and never logged. Threads that drive connections have their queue of
 * OpenSSL's errors emptied.
 * A certificate or a login that is refused is not tried again by itself (rule
 * C5): the calls that wait return KAFC_ERR_TLS or
 * KAFC_ERR_SASL_AUTHENTICATION_FAILED with the peer's words, and the next call
 * tries anew.
 */
#ifndef KAFC_SECURITY_H
#define KAFC_SECURITY_H

#include <kafc/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct kafc_properties kafc_properties; /* options by name, see kafc/client.h */

typedef enum kafc_security_protocol {
    KAFC_PLAINTEXT = 1,
    KAFC_SSL = 2, /* TLS; Kafka keeps the old name */
    KAFC_SASL_PLAINTEXT = 3,
    KAFC_SASL_SSL = 4
} kafc_security_protocol;

/* --- TLS --------------------------------------------------------------------- */

/* A certificate of the peer's chain, as OpenSSL has judged it. */
typedef struct kafc_certificate {
    const char *host; /* who was dialled */
    int32_t port;
    int32_t depth;    /* in the chain; 0: the peer's own */
    kafc_bytes der;   /* borrowed, as all here */
    bool ok;          /* nothing is wrong with it */
    int32_t error;    /* X509_V_ERR_…, */
    const char *text; /* in words */
} kafc_certificate;
/* Called for each certificate of the chain during the handshake, from the root down, on the thread that drives the
 * connection: must not block. Once where nothing is wrong with it, else once for each thing that is. Returns whether to
 * go on; true overrules `ok`, and that error alone. Not called where a session is resumed, whose chain was judged
 * before: see `resume`. */
typedef bool (*kafc_verify_fn)(void *ctx, const kafc_certificate *c);

/* --- SASL --------------------------------------------------------------------- */

/* The broker that wants to know who we are. */
typedef struct kafc_sasl_peer {
    const char *mechanism;
    const char *host;
    int32_t port;
    int32_t broker; /* node id, or -1 */
} kafc_sasl_peer;

typedef struct kafc_sasl_extension {
    const char *name, *value;
} kafc_sasl_extension;

/* Strings are UTF-8. */
typedef struct kafc_credentials {
    const char *username, *password; /* PLAIN, SCRAM */
    const char *authorization_id;    /* on whose behalf; NULL: one's own */
    const char *token;               /* OAUTHBEARER: the JWT, in compact form */
    int64_t expires_ms;              /* since 1970, of the token: a connection authenticates again before; 0: unknown */
    const kafc_sasl_extension *extensions; /* of OAUTHBEARER (KIP-342), and of SCRAM (tokenauth=true for a delegation
                                              token, KIP-48) */
    int32_t nextensions;
    kafc_switch saslprep; /* as of kafc_security */
    void *reserved[4];
} kafc_credentials;

/* Asked for credentials each time a connection authenticates, so that they can be rotated. Called on the thread that
 * drives the connection: must not block; one that must fetch a token returns KAFC_ERR_WOULD_BLOCK and hands it to
 * kafc_client_set_credentials() when it is there, for which the connection waits, within its connect timeout. What *out
 * points to must stay until the function is called again, or the client is freed; it is copied, or used, at once. A
 * kafc_conn has nobody to hand it to: there the function may block, as the call does in which it runs. Any other error
 * ends the attempt and is returned by the calls that wait, with err->message: KAFC_ERR_SASL_AUTHENTICATION_FAILED at
 * once, as are credentials that cannot be sent, the others when their time is over; where a login was to be renewed the
 * function is asked again after a second. Like a hook the function must leave the client alone, but for
 * kafc_client_set_credentials(). */
typedef kafc_err (*kafc_credentials_fn)(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out,
                                        kafc_error *err);

/* A mechanism of one's own, or one of kafc's: challenge in, answer out. All on the thread that drives the
 * connection: nothing may block. */
typedef struct kafc_sasl_mechanism {
    const char *name; /* "GSSAPI": upper case, as brokers list it */
    /* Begins an exchange; *state is for step and end. The credentials are borrowed until end. After an error there is
     * no exchange, and no end; KAFC_ERR_USAGE, that there is something wrong with them, is told as a refusal. */
    kafc_err (*start)(void *ctx, const kafc_sasl_peer *peer, const kafc_credentials *c, void **state,
                      kafc_error *err);
    /* challenge: what the broker said, null at first. *answer: what to say, borrowed until the next step or end; null
     * when the exchange is complete: the broker has been believed, and has shown who it is where the mechanism asks for
     * that. An error, KAFC_ERR_SASL_AUTHENTICATION_FAILED, ends the connection with err->message. */
    kafc_err (*step)(void *state, kafc_bytes challenge, kafc_bytes *answer, kafc_error *err);
    void (*end)(void *state); /* always, once, also after an error of step */
    void *ctx;
} kafc_sasl_mechanism;

/* --- Options -------------------------------------------------------------------- */

typedef struct kafc_security {
    size_t size;                       /* set by KAFC_SECURITY() or kafc_security_init() */
    const kafc_properties *properties; /* NULL: those of the client or connection */
    kafc_security_protocol protocol;   /* default plaintext. security.protocol */
    /* TLS: whom we trust, whoever may have signed them. Default: the system's authorities */
    const char *ca_location; /* PEM or PKCS#12 file, or a folder as of c_rehash. ssl.truststore.location,
                                ssl.ca.location */
    const char *ca_password; /* of a PKCS#12 file. ssl.truststore.password */
    const char *ca_pem;      /* PEM text. ssl.truststore.certificates, ssl.ca.pem */
    const char *crl_location; /* PEM file of revoked certificates. ssl.crl.location */
    const char *server_name; /* in place of the host that is dialled, for SNI and the check */
    kafc_switch check_hostname; /* default on. ssl.endpoint.identification.algorithm: https, none */
    kafc_switch verify; /* default on; off: anybody is believed. enable.ssl.certificate.verification */
    kafc_verify_fn verify_certificate; /* NULL: OpenSSL's judgement stands */
    /* TLS: who we are, for brokers that ask (mutual TLS) */
    const char *certificate_location; /* PEM file, leaf first. ssl.certificate.location */
    const char *certificate_pem;      /* ssl.keystore.certificate.chain, ssl.certificate.pem */
    const char *key_location;         /* PEM file. ssl.key.location */
    const char *key_pem;              /* ssl.keystore.key, ssl.key.pem */
    const char *key_password;         /* ssl.key.password */
    const char *keystore_location; /* both in one: PEM or PKCS#12 file. ssl.keystore.location */
    const char *keystore_password; /* of a PKCS#12 file. ssl.keystore.password */
    /* TLS: how */
    const char *protocols; /* "TLSv1.2,TLSv1.3": from the lowest to the highest. ssl.enabled.protocols */
    const char *ciphers;   /* OpenSSL's or Java's names, best first, separated by ',' or ':': no others are used, and a
                              protocol without any is not spoken; words as HIGH leave TLS 1.3 as it is. NULL: OpenSSL's
                              defaults. ssl.cipher.suites */
    kafc_switch resume;    /* sessions are resumed; default on */
    kafc_switch saslprep;  /* SCRAM: name and password are prepared by RFC 4013 before they are sent and hashed. Default
                              off: Kafka's brokers and tools take them byte for byte. sasl.scram.saslprep */
    void *ssl_ctx;         /* an SSL_CTX * of one's own: used as it is, but for host and sessions (OpenSSL's default
                              verifies nobody: SSL_CTX_set_verify); the fields above that say whom to trust and who we
                              are must not be set */
    /* SASL */
    const char *mechanism; /* PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, OAUTHBEARER, or one of `mechanisms`.
                              sasl.mechanism */
    const char *username;  /* sasl.username */
    const char *password;  /* sasl.password */
    const char *jaas;      /* the same, and OAUTHBEARER's unsecured claims, in Java's form. sasl.jaas.config */
    const char *token;     /* OAUTHBEARER: one that lasts. */
    const char *extensions; /* OAUTHBEARER: "name=value,name=value". sasl.oauthbearer.extensions */
    const char *unsecured; /* OAUTHBEARER, for tests: claims of an unsigned token that is made here, as librdkafka has
                              them: "principal=admin lifeSeconds=60". sasl.oauthbearer.config */
    kafc_credentials_fn credentials; /* in place of the five above */
    const kafc_sasl_mechanism *const *mechanisms; /* of one's own */
    int32_t nmechanisms;
    void *ctx; /* for the functions */
} kafc_security;

/* KAFC_SECURITY(.protocol = KAFC_SASL_SSL, …): in C; in C++ use the init function. */
#define KAFC_SECURITY(...) (&(kafc_security){ .size = sizeof(kafc_security), __VA_ARGS__ })
static inline void kafc_security_init(kafc_security *s)
{
    memset(s, 0, sizeof *s);
    s->size = sizeof *s;
}

#ifdef __cplusplus
}
#endif
#endif
