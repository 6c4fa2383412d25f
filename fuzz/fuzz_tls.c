/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The filter of TLS, and what a server says to it. Byte 0 says which:
 *
 *   0     the server's bytes as they are
 *   1, 2  a server of OpenSSL's (TLS 1.2, 1.3) whose certificate has a name of the input's, then a program: bytes that
 *         are moved, changed, left out, doubled and made up, data both ways, new keys, last words, handshakes
 *   3     options as text, with form feeds between them: authorities, certificate, key, password, ciphers, protocols
 *
 * What the client reads is what the server wrote, from its beginning, whatever was done to the bytes; errors are
 * sentences that can be printed; nobody waits for ever. Public keys make it slower than others.
 *
 * libFuzzer: -max_len=2048
 */
#define OPENSSL_SUPPRESS_DEPRECATED /* RAND_set_rand_method: equal inputs, equal runs */
#include "config.h"
#include "fuzz/fuzz.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "tls/internal.h"

enum { STEPS = 200, WRITTEN = 1 << 16, PIECE = 20000 };

static void must(int ok)
{
    if (!ok)
        abort();
}

/* --- What runs need, made once -------------------------------------------------- */

static uint64_t draws;

static int draw(unsigned char *p, int n)
{
    for (int i = 0; i < n; i++) {
        draws = draws * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        p[i] = (unsigned char)(draws >> 56);
    }
    return 1;
}

static int ready(void)
{
    return 1;
}

static EVP_PKEY *ca_key, *key;
static X509 *ca;
static char *ca_pem;
static SSL_CTX *server;
static struct kafc_tls_context
    *context[2]; /* with a look at names, and without; the system's authorities take long */

static X509 *certificate(const char *cn, EVP_PKEY *own, EVP_PKEY *by, const uint8_t *san, size_t n)
{
    X509 *x = X509_new();
    X509_NAME *issuer = X509_NAME_new();
    must(x && issuer && X509_set_version(x, 2) && ASN1_INTEGER_set(X509_get_serialNumber(x), 1));
    must(X509_gmtime_adj(X509_getm_notBefore(x), -86400) &&
         X509_gmtime_adj(X509_getm_notAfter(x), 86400));
    must(X509_set_pubkey(x, own));
    must(X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                                    (const unsigned char *)cn, -1, -1, 0));
    must(X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC, (const unsigned char *)"ca", -1, -1,
                                    0));
    must(X509_set_issuer_name(x, issuer));
    X509_NAME_free(issuer);
    if (san) {
        GENERAL_NAMES *all = GENERAL_NAMES_new();
        GENERAL_NAME *g = GENERAL_NAME_new();
        ASN1_IA5STRING *text = ASN1_IA5STRING_new();
        must(all && g && text && ASN1_STRING_set(text, san, (int)n));
        GENERAL_NAME_set0_value(g, GEN_DNS, text);
        must(sk_GENERAL_NAME_push(all, g) && X509_add1_ext_i2d(x, NID_subject_alt_name, all, 0, 0));
        GENERAL_NAMES_free(all);
    } else {
        BASIC_CONSTRAINTS *b = BASIC_CONSTRAINTS_new();
        b->ca = 0xff;
        must(X509_add1_ext_i2d(x, NID_basic_constraints, b, 1, 0));
        BASIC_CONSTRAINTS_free(b);
    }
    must(X509_sign(x, by, EVP_sha256()));
    return x;
}

static void prepare(void)
{
    static const RAND_METHOD even = { NULL, draw, NULL, NULL, draw, ready };
    if (ca)
        return;
    must(RAND_set_rand_method(&even));
    ca_key = EVP_EC_gen("P-256");
    key = EVP_EC_gen("P-256");
    ca = certificate("ca", ca_key, ca_key, NULL, 0);
    static BIO *b; /* ca_pem is its */
    b = BIO_new(BIO_s_mem());
    must(b && PEM_write_bio_X509(b, ca) && BIO_write(b, "", 1) == 1 &&
         BIO_get_mem_data(b, &ca_pem) > 0);
    server = SSL_CTX_new(TLS_server_method());
    must(server && SSL_CTX_set_session_cache_mode(server, SSL_SESS_CACHE_OFF) >= 0);
    for (int i = 0; i < 2; i++) {
        kafc_error err;
        context[i] = kafc__tls_context_new(
            NULL, KAFC_SECURITY(.check_hostname = i ? KAFC_OFF : KAFC_ON, .resume = KAFC_OFF),
            &err);
        must(context[i] && X509_STORE_add_cert(SSL_CTX_get_cert_store(context[i]->ctx), ca));
    }
}

/* --- A run ----------------------------------------------------------------------- */

struct run {
    const uint8_t *p, *end;
    struct kafc_tls *t;
    SSL *server;
    bool up, lost;
    size_t wrote, read; /* of the server's data, whose byte i is i % 251 */
    uint8_t buf[PIECE];
};

static uint8_t next(struct run *r)
{
    return r->p < r->end ? *r->p++ : 0;
}

static void sentence(const kafc_error *err)
{
    size_t n = strlen(err->message);
    must(n > 0 && n < sizeof(err->message));
    for (size_t i = 0; i < n; i++)
        must(err->message[i] >= ' ' && err->message[i] <= '~');
}

/* The client goes on; reads so many bytes at once. */
static void go_on(struct run *r, size_t n)
{
    kafc_error err;
    if (r->lost)
        return;
    if (!r->up) {
        kafc_err code = kafc__tls_handshake(r->t, &r->up, &err);
        if (code) {
            must(code == KAFC_ERR_TLS || code == KAFC_ERR_DISCONNECTED);
            sentence(&err);
            r->lost = true;
        }
        return;
    }
    int64_t got = kafc__tls_read(r->t, r->buf, n, &err);
    if (got < 0) {
        if (got == KAFC_TLS_ERROR)
            sentence(&err);
        r->lost = true;
        return;
    }
    must((size_t)got <= n && r->read + (size_t)got <= r->wrote);
    for (int64_t i = 0; i < got; i++, r->read++)
        must(r->buf[i] == r->read % 251);
}

static void feed(struct run *r, const uint8_t *p, size_t n)
{
    for (int i = 0; n && !r->lost && i < STEPS; i++) {
        void *room;
        size_t k;
        kafc__tls_room(r->t, &room, &k);
        k = k < n ? k : n;
        if (k) {
            memcpy(room, p, k);
            kafc__tls_received(r->t, k);
        }
        p += k;
        n -= k;
        go_on(r, PIECE);
    }
}

/* What the client has to say goes to the server, or nowhere. */
static void flush(struct run *r, bool deliver)
{
    const void *out;
    size_t n;
    kafc__tls_output(r->t, &out, &n);
    must(n <= KAFC_TLS_OUT);
    if (deliver && r->server && n)
        (void)BIO_write(SSL_get_rbio(r->server), out, (int)n);
    kafc__tls_sent(r->t, n);
}

static void serve(struct run *r)
{
    char c[256];
    ERR_clear_error();
    if (!SSL_is_init_finished(r->server))
        (void)SSL_do_handshake(r->server);
    else
        while (SSL_read(r->server, c, sizeof(c)) > 0) {
        }
    ERR_clear_error();
}

static void server_writes(struct run *r, size_t n)
{
    if (!SSL_is_init_finished(r->server) || r->wrote + n > WRITTEN)
        return;
    for (size_t i = 0; i < n; i++)
        r->buf[i] = (uint8_t)((r->wrote + i) % 251);
    if (n && SSL_write(r->server, r->buf, (int)n) > 0)
        r->wrote += n;
    ERR_clear_error();
}

static void client_writes(struct run *r, size_t n)
{
    struct iovec v[3] = { { r->buf, n / 3 }, { r->buf, n }, { r->buf, 0 } };
    kafc_error err;
    int64_t took = r->up ? kafc__tls_write(r->t, v, 3, &err) : 0;
    must(took <= (int64_t)(n / 3 + n) && (took >= 0 || took == KAFC_TLS_ERROR));
}

/* Of the server's bytes the first n come, in the shape that how says. */
static void deliver(struct run *r, size_t n, unsigned how, uint8_t arg)
{
    uint8_t piece[4096];
    int got = BIO_read(SSL_get_wbio(r->server), piece,
                       (int)(n < sizeof(piece) ? n : sizeof(piece)));
    size_t k = got > 0 ? (size_t)got : 0;
    if (k && how == 1)
        piece[arg % k] ^= (uint8_t)(1 << (arg & 7));
    if (how == 2)
        return; /* they are lost */
    feed(r, piece, k);
    if (how == 3)
        feed(r, piece, k);
}

static void step(struct run *r)
{
    uint8_t op = next(r), arg = next(r);
    switch (op % 12) {
    case 0:
    case 1: deliver(r, 4096, 0, 0); break;
    case 2: deliver(r, 1 + arg, 0, 0); break;
    case 3: deliver(r, 4096, 1, arg); break;
    case 4: deliver(r, arg, 1 + arg % 3, next(r)); break;
    case 5: { /* bytes of the input's own */
        size_t n = (size_t)(r->end - r->p) < arg ? (size_t)(r->end - r->p) : arg;
        feed(r, r->p, n);
        r->p += n;
        break;
    }
    case 6: server_writes(r, (size_t)arg * 64); break;
    case 7: client_writes(r, (size_t)arg * 256 % PIECE); break;
    case 8: go_on(r, 1 + arg); break;
    case 9:
        (void)(arg & 1 ? SSL_key_update(r->server, arg & 2 ? 1 : 0) : SSL_shutdown(r->server));
        break;
    case 10:
        (void)SSL_renegotiate(r->server);
        (void)SSL_do_handshake(r->server);
        break;
    default: kafc__tls_close(r->t); break;
    }
    flush(r, arg != 255);
    serve(r);
}

static void make_server(struct run *r, int version)
{
    size_t n = next(r) % 64;
    n = n < (size_t)(r->end - r->p) ? n : (size_t)(r->end - r->p);
    X509 *x = certificate("server", key, ca_key, r->p, n);
    r->p += n;
    r->server = SSL_new(server);
    must(r->server && SSL_use_certificate(r->server, x) && SSL_use_PrivateKey(r->server, key));
    X509_free(x);
    SSL_set_max_proto_version(r->server, version);
    SSL_set_verify(r->server,
                   n & 1 ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT : SSL_VERIFY_NONE,
                   NULL);
    SSL_set_bio(r->server, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_accept_state(r->server);
}

static void connect_run(struct run *r, unsigned kind)
{
    uint8_t how = next(r);
    r->t = kafc__tls_new(context[how & 1], how & 2 ? "10.0.0.1" : "broker", 9093);
    must(r->t != NULL);
    if (kind)
        make_server(r, kind == 1 ? TLS1_2_VERSION : TLS1_3_VERSION);
    go_on(r, 1);
    flush(r, true);
    if (!kind)
        feed(r, r->p, (size_t)(r->end - r->p));
    for (int i = 0; kind && r->p < r->end && i < STEPS; i++)
        step(r);
    kafc__tls_free(r->t);
    SSL_free(r->server);
    kafc__tls_sessions_fini(context[how & 1]); /* nothing is remembered from run to run */
}

static char *line(const uint8_t **p, const uint8_t *end)
{
    const uint8_t *nl = memchr(*p, '\f', (size_t)(end - *p));
    size_t n = (size_t)((nl ? nl : end) - *p);
    char *s = malloc(n + 1);
    must(s != NULL);
    memcpy(s, *p, n);
    s[n] = '\0';
    *p += nl ? n + 1 : n;
    return s;
}

static void options_run(const uint8_t *p, const uint8_t *end)
{
    char *v[6];
    kafc_error err;
    for (int i = 0; i < 6; i++)
        v[i] = line(&p, end);
    for (int i = 0; i < 6; i++) { /* an empty one is not set */
        if (!*v[i]) {
            free(v[i]);
            v[i] = NULL;
        }
    }
    struct kafc_tls_context *x = kafc__tls_context_new(
        NULL,
        KAFC_SECURITY(.ca_pem = v[0] ? v[0] : ca_pem, .certificate_pem = v[1], .key_pem = v[2],
                      .key_password = v[3], .ciphers = v[4], .protocols = v[5]),
        &err);
    must(x || (err.code == KAFC_ERR_USAGE && *err.message));
    kafc__tls_context_free(x);
    for (int i = 0; i < 6; i++)
        free(v[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    prepare();
    draws = 1;
    if (data[0] % 4 == 3) {
        options_run(data + 1, data + size);
        return 0;
    }
    struct run *r = calloc(1, sizeof(*r));
    must(r != NULL);
    r->p = data + 1;
    r->end = data + size;
    connect_run(r, data[0] % 4);
    free(r);
    return 0;
}

#else

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    (void)data;
    (void)size;
    return 0;
}

#endif
