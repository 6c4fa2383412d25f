/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The filter: an SSL between two buffers. What comes is decrypted before more
 * is taken, so that the buffer of ciphertext is either full or empty; what goes
 * is encrypted as long as a whole record has room.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/x509v3.h>
#include <stdio.h>

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* --- The BIO that OpenSSL reads from and writes to -------------------------------------- */

static int bio_read(BIO *b, char *p, int n)
{
    struct kafc_tls *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (t->in_at == t->in_len || n <= 0) {
        BIO_set_retry_read(b);
        return -1;
    }
    size_t k = smaller((size_t)n, t->in_len - t->in_at);
    memcpy(p, t->in + t->in_at, k);
    t->in_at += k;
    return (int)k;
}

static int bio_write(BIO *b, const char *p, int n)
{
    struct kafc_tls *t = BIO_get_data(b);
    BIO_clear_retry_flags(b);
    if (t->out_len == KAFC_TLS_OUT || n <= 0) {
        BIO_set_retry_write(b);
        return -1;
    }
    size_t k = smaller((size_t)n, KAFC_TLS_OUT - t->out_len);
    memcpy(t->out + t->out_len, p, k);
    t->out_len += k;
    return (int)k;
}

static long bio_ctrl(BIO *b, int cmd, long num, void *p)
{
    (void)b;
    (void)num;
    (void)p;
    return cmd == BIO_CTRL_FLUSH;
}

BIO_METHOD *kafc__tls_bio(void)
{
    BIO_METHOD *m = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "kafc");
    if (m && BIO_meth_set_read(m, bio_read) && BIO_meth_set_write(m, bio_write) &&
        BIO_meth_set_ctrl(m, bio_ctrl))
        return m;
    BIO_meth_free(m);
    return NULL;
}

/* --- Life --------------------------------------------------------------------------------- */

static int was_asked(SSL *ssl, void *arg)
{
    struct kafc_tls *t = arg;
    (void)ssl;
    t->asked = true;
    return 1;
}

/* The host as certificates have it: without brackets, a zone, or the dot at the end. */
static char *plain_name(const struct kafc_tls_context *x, const char *host)
{
    size_t n = strlen(host);
    if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
        host++;
        n -= 2;
    }
    if (memchr(host, ':', n))
        n = strcspn(host, "%]");
    else if (n > 1 && host[n - 1] == '.')
        n--;
    return kafc__strndup(x->mem, host, n);
}

static bool name_peer(struct kafc_tls *t, const char *host, int port)
{
    const struct kafc_tls_context *x = t->x;
    size_t n = strlen(host) + 16;
    t->port = port;
    t->host = kafc__strdup(x->mem, host);
    t->name = plain_name(x, x->server_name ? x->server_name : host);
    t->peer = kafc__alloc(x->mem, n);
    if (!t->host || !t->name || !t->peer)
        return false;
    (void)snprintf(t->peer, n, "%s:%d", host, port);
    return true;
}

/* SNI, for names only, and whom the certificate must be for. Where there is no name OpenSSL does not look, and one with
 * a dot in front stands for any host of a domain: nobody's certificate is for either. */
static bool name_server(struct kafc_tls *t)
{
    X509_VERIFY_PARAM *p = SSL_get0_param(t->ssl);
    const char *name = *t->name && *t->name != '.' ? t->name : "?";
    ASN1_OCTET_STRING *ip = a2i_IPADDRESS(t->name);
    bool ok = true;
    if (!ip)
        (void)SSL_set_tlsext_host_name(t->ssl, t->name); /* one that is too long has no SNI */
    if (t->x->check_hostname && ip)
        ok = X509_VERIFY_PARAM_set1_ip(p, ASN1_STRING_get0_data(ip),
                                       (size_t)ASN1_STRING_length(ip)) == 1;
    else if (t->x->check_hostname)
        ok = X509_VERIFY_PARAM_set1_host(p, name, 0) == 1;
    X509_VERIFY_PARAM_set_hostflags(p, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    ASN1_OCTET_STRING_free(ip);
    return ok;
}

static bool make_ssl(struct kafc_tls *t)
{
    SSL *ssl = t->ssl = SSL_new(t->x->ctx);
    BIO *bio = ssl ? BIO_new(t->x->bio) : NULL;
    if (!bio)
        return false;
    BIO_set_data(bio, t);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio);
    SSL_set_connect_state(ssl);
    (void)SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                SSL_MODE_AUTO_RETRY | SSL_MODE_RELEASE_BUFFERS);
    (void)SSL_set_options(ssl, SSL_OP_NO_RENEGOTIATION);
    SSL_set_read_ahead(ssl, 0); /* what OpenSSL had taken and not looked at would not be pending */
    if (t->x->ours) {
        SSL_set_app_data(ssl, t);
        SSL_set_cert_cb(ssl, was_asked, t);
    }
    return name_server(t);
}

struct kafc_tls *kafc__tls_new(struct kafc_tls_context *x, const char *host, int port)
{
    struct kafc_tls *t = kafc__zalloc(x->mem, sizeof(*t));
    if (!t)
        return NULL;
    t->x = x;
    t->in = kafc__alloc(x->mem, KAFC_TLS_IN + KAFC_TLS_OUT + KAFC_TLS_RECORD);
    t->out = t->in ? t->in + KAFC_TLS_IN : NULL;
    t->gather = t->in ? t->out + KAFC_TLS_OUT : NULL;
    ERR_clear_error();
    if (!t->in || !name_peer(t, host, port) || !make_ssl(t)) {
        kafc__tls_free(t);
        ERR_clear_error();
        return NULL;
    }
    kafc__tls_session_offer(t);
    return t;
}

void kafc__tls_free(struct kafc_tls *t)
{
    if (!t)
        return;
    const kafc_allocator *mem = t->x->mem;
    if (t->begun && !t->probe && !t->nfirst && t->out_len == 0)
        kafc__tls_session_silent(t);
    SSL_free(t->ssl);
    X509_free(t->bad);
    if (t->gather)
        OPENSSL_cleanse(t->gather, KAFC_TLS_RECORD);
    kafc__free(mem, t->in);
    kafc__free(mem, t->host);
    kafc__free(mem, t->name);
    kafc__free(mem, t->peer);
    kafc__free(mem, t);
}

/* --- Ciphertext ----------------------------------------------------------------------------- */

void kafc__tls_room(struct kafc_tls *t, void **p, size_t *n)
{
    bool taken = t->in_at == t->in_len;
    *p = t->in;
    *n = taken ? KAFC_TLS_IN : 0;
}

void kafc__tls_received(struct kafc_tls *t, size_t n)
{
    size_t k = smaller(n, sizeof(t->first) - t->nfirst);
    if (k)
        memcpy(t->first + t->nfirst, t->in, k);
    t->nfirst += k;
    t->in_at = 0;
    t->in_len = n;
}

void kafc__tls_output(struct kafc_tls *t, const void **p, size_t *n)
{
    *p = t->out + t->out_at;
    *n = t->out_len - t->out_at;
}

void kafc__tls_sent(struct kafc_tls *t, size_t n)
{
    t->out_at += n;
    if (t->out_at == t->out_len)
        t->out_at = t->out_len = 0;
}

/* --- Plaintext ------------------------------------------------------------------------------- */

static int end(struct kafc_tls *t, int how)
{
    return t->ended = how;
}

static kafc_err failed(struct kafc_tls *t, kafc_error *err)
{
    if (kafc__tls_is_plain_kafka(t))
        kafc__tls_session_silent(t); /* the next one asks as well, and can tell why */
    else
        kafc__tls_session_drop(t);
    (void)end(t, KAFC_TLS_ERROR);
    (void)kafc__tls_failed(t, &t->why);
    if (err)
        *err = t->why;
    return t->why.code;
}

/* A Kafka broker without TLS takes our first bytes for a request of 369 MB, and hangs up without a word, as one does
 * that dies. So the next handshake asks for ApiVersions 0 in plaintext: who answers is no matter for TLS. Everybody
 * else hangs up or complains, and has a true handshake the next time. */
static kafc_err probe(struct kafc_tls *t, kafc_error *err)
{
    static const uint8_t question[] = { 0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    if (!t->begun) {
        memcpy(t->out, question, sizeof(question));
        t->out_len = sizeof(question);
        t->begun = true;
    }
    return t->nfirst ? failed(t, err) : KAFC_OK;
}

kafc_err kafc__tls_handshake(struct kafc_tls *t, bool *up, kafc_error *err)
{
    *up = t->up;
    if (t->up)
        return KAFC_OK;
    ERR_clear_error();
    if (t->probe)
        return probe(t, err);
    t->begun = true;
    int rc = kafc__tls_is_stranger(t) ? 0 : SSL_do_handshake(t->ssl);
    int why = rc < 0 ? SSL_get_error(t->ssl, rc) : SSL_ERROR_NONE;
    if (rc == 1) {
        *up = t->up = true;
        kafc__tls_session_keep(t);
    }
    if (rc == 1 || why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
        return KAFC_OK;
    return failed(t, err);
}

static int told(const struct kafc_tls *t, kafc_error *err)
{
    if (t->ended == KAFC_TLS_ERROR && err)
        *err = t->why;
    return t->ended;
}

/* OpenSSL has refused to go on; 0: not for good. */
static int trouble(struct kafc_tls *t, bool reading)
{
    switch (SSL_get_error(t->ssl, 0)) {
    case SSL_ERROR_WANT_READ: return 0;
    case SSL_ERROR_ZERO_RETURN: return end(t, KAFC_TLS_EOF);
    case SSL_ERROR_WANT_WRITE:
        if (!reading)
            return 0;
        (void)kafc__error(&t->why, KAFC_ERR_DISCONNECTED,
                          "it asks for new keys and does not take the answers");
        return end(t, KAFC_TLS_ERROR);
    default: (void)kafc__tls_failed(t, &t->why); return end(t, KAFC_TLS_ERROR);
    }
}

int64_t kafc__tls_read(struct kafc_tls *t, void *p, size_t n, kafc_error *err)
{
    size_t got = 0, k;
    ERR_clear_error();
    while (got < n && !t->ended) {
        if (SSL_read_ex(t->ssl, (uint8_t *)p + got, n - got, &k))
            got += k;
        else if (trouble(t, true) == 0)
            break;
    }
    if (!t->kept && t->up)
        kafc__tls_session_keep(t);
    return got ? (int64_t)got : told(t, err);
}

bool kafc__tls_pending(const struct kafc_tls *t)
{
    return t->ended || t->in_at < t->in_len || SSL_pending(t->ssl) > 0;
}

/* What is left of iovecs. */
struct rest {
    const struct iovec *iov, *end;
    size_t off;
};

static size_t left(const struct rest *r)
{
    return r->iov < r->end ? r->iov->iov_len - r->off : 0;
}

static void advance(struct rest *r, size_t n)
{
    while (r->iov < r->end && n >= left(r)) {
        n -= left(r);
        r->iov++;
        r->off = 0;
    }
    r->off += n;
}

/* The plaintext of the next record: where it lies, if there is enough of it, else small pieces together. */
static const void *piece(struct kafc_tls *t, struct rest r, size_t *n)
{
    const uint8_t *p = r.iov < r.end ? (const uint8_t *)r.iov->iov_base + r.off : NULL;
    *n = left(&r);
    if (*n >= KAFC_TLS_RECORD || r.iov + 1 >= r.end) {
        *n = smaller(*n, KAFC_TLS_RECORD);
        return p;
    }
    for (*n = 0; r.iov < r.end && left(&r) < KAFC_TLS_RECORD && *n < KAFC_TLS_RECORD;) {
        size_t k = smaller(left(&r), KAFC_TLS_RECORD - *n);
        if (k)
            memcpy(t->gather + *n, (const uint8_t *)r.iov->iov_base + r.off, k);
        *n += k;
        advance(&r, k);
    }
    return t->gather;
}

int64_t kafc__tls_write(struct kafc_tls *t, const struct iovec *iov, int n, kafc_error *err)
{
    struct rest r = { iov, iov + n, 0 };
    size_t done = 0, k, took;
    advance(&r, 0); /* over empty ones */
    ERR_clear_error();
    while (r.iov < r.end && !t->ended && KAFC_TLS_OUT - t->out_len >= KAFC_TLS_SEALED) {
        const void *p = piece(t, r, &k);
        if (SSL_write_ex(t->ssl, p, k, &took)) {
            advance(&r, took);
            done += took;
        } else if (trouble(t, false) == 0)
            break;
    }
    return done || t->ended != KAFC_TLS_ERROR ? (int64_t)done : told(t, err);
}

void kafc__tls_close(struct kafc_tls *t)
{
    if (!t->up || t->ended == KAFC_TLS_ERROR)
        return;
    (void)SSL_shutdown(t->ssl);
    ERR_clear_error();
}

#endif
