/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SCRAM (RFC 5802, 7677) with SHA-256 and SHA-512, without channel binding,
 * which no broker offers. The password is hashed on the thread that drives the
 * connection: about 2 ms for the 4096 iterations that are usual, so what a
 * broker may ask for has a bound.
 *
 * Kafka's brokers, its tools and most clients hash a password byte for byte, so
 * that a prepared one would be another one to them; hence SASLprep only where it
 * is asked for.
 */
#include "base/log.h"
#include "config.h"
#include "sasl/internal.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"

enum {
    HASH_MAX = 64,
    NONCE = 24,            /* random bytes of it */
    ITERATIONS_MIN = 4096, /* Kafka's bound, and RFC 7677's */
    ITERATIONS_MAX = 1000000,
    MESSAGE_MAX = 8192,
    SALT_MAX = 1024
};

struct hash {
    const EVP_MD *(*md)(void);
    int len;
};

struct piece {
    const char *p;
    size_t n;
};

struct scram {
    const kafc_allocator *mem;
    const struct hash *hash;
    const char *password; /* the caller's, or */
    char *prepared;
    struct kafc_sasl_text first; /* the first message: "n,," and what is signed of it */
    size_t gs2;                  /* length of "n,,"; 3 and more */
    struct kafc_sasl_text
        signing;          /* the three messages; the last one, with the proof, is what is said */
    size_t nonce, nnonce; /* in `first` */
    uint8_t server[HASH_MAX]; /* the signature that shows that the broker knows us */
    enum { SAY_FIRST, SAY_FINAL, VERIFY, DONE } stage;
};

/* ---- what the broker says ---- */

static kafc_err refuse(kafc_error *err, const char *why)
{
    return kafc__error(err, KAFC_ERR_SASL_AUTHENTICATION_FAILED,
                       "the login is given up: the broker's SCRAM message %s", why);
}

/* The attribute in front, up to a comma, with the comma; false: it has another name. */
static bool attribute(struct piece *in, char name, struct piece *value)
{
    const char *comma;

    if (in->n < 2 || in->p[0] != name || in->p[1] != '=')
        return false;
    comma = memchr(in->p, ',', in->n);
    *value = (struct piece){ in->p + 2, (comma ? (size_t)(comma - in->p) : in->n) - 2 };
    in->n -= value->n + 2 + (comma != NULL);
    in->p = value->p + value->n + (comma != NULL);
    return true;
}

/* "name=value,…" may follow and is ignored, but for a second value of what was there. */
static bool extensions_ok(struct piece in)
{
    struct piece value;

    while (in.n) {
        size_t n = 0;

        while (n + 1 < in.n && kafc__sasl_letter(in.p[n + 1]))
            n++;
        if (!kafc__sasl_letter(in.p[0]) || (n == 0 && strchr("rsimve", in.p[0])))
            return false;
        in.p += n;
        in.n -= n;
        if (!attribute(&in, in.p[0], &value))
            return false;
    }
    return true;
}

struct server_first {
    struct piece nonce;
    uint8_t salt[SALT_MAX];
    size_t nsalt;
    int iterations;
};

static kafc_err get_salt(struct piece text, struct server_first *out, kafc_error *err)
{
    ptrdiff_t n;

    if (text.n > SALT_MAX / 3 * 4)
        return refuse(err, "has a salt of more than 1023 bytes");
    n = kafc__base64_decode(kafc__base64_digits, out->salt, text.p, text.n);
    out->nsalt = n > 0 ? (size_t)n : 0;
    return n > 0 ? KAFC_OK : refuse(err, n ? "has a salt that is no base64" : "has an empty salt");
}

static kafc_err get_iterations(struct piece text, struct server_first *out, kafc_error *err)
{
    char quoted[KAFC_SASL_QUOTE];
    int64_t v = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] < '0' || text.p[i] > '9')
            return refuse(err, "has iterations that are no number");
        if (v <= ITERATIONS_MAX)
            v = v * 10 + (text.p[i] - '0');
    }
    if (v < ITERATIONS_MIN || v > ITERATIONS_MAX)
        return kafc__error(
            err, KAFC_ERR_SASL_AUTHENTICATION_FAILED,
            "the login is given up: the broker wants %.20s iterations of SCRAM, which is not between %d "
            "and %d",
            kafc__sasl_quote(quoted, text.p, text.n), ITERATIONS_MIN, ITERATIONS_MAX);
    out->iterations = (int)v;
    return KAFC_OK;
}

/* "r=…,s=…,i=…", in this order. */
static kafc_err parse_first(const struct scram *s, struct piece in, struct server_first *out,
                            kafc_error *err)
{
    struct piece salt, iterations;
    kafc_err code;

    if (in.n > MESSAGE_MAX)
        return refuse(err, "is longer than 8192 bytes");
    if (in.n && in.p[0] == 'm')
        return refuse(err, "wants an extension (m=) that kafc does not know");
    if (!attribute(&in, 'r', &out->nonce))
        return refuse(err, "does not begin with a nonce (r=)");
    if (out->nonce.n <= s->nnonce || memcmp(out->nonce.p, s->first.p + s->nonce, s->nnonce) != 0)
        return refuse(err,
                      "has a nonce that does not continue ours: it is no answer to this login");
    if (!attribute(&in, 's', &salt))
        return refuse(err, "has no salt (s=) behind its nonce");
    if (!attribute(&in, 'i', &iterations))
        return refuse(err, "has no iterations (i=) behind its salt");
    if (!extensions_ok(in))
        return refuse(err, "has something wrong behind its iterations");
    code = get_salt(salt, out, err);
    return code ? code : get_iterations(iterations, out, err);
}

/* ---- proof and signature ---- */

static bool hash_password(const struct hash *h, const char *password, const void *salt, size_t nsalt,
                          int iterations, uint8_t *out)
{
    return PKCS5_PBKDF2_HMAC(password, (int)strlen(password), salt, (int)nsalt, iterations, h->md(),
                             h->len, out) == 1;
}

static bool hmac(const struct hash *h, const uint8_t *key, const void *p, size_t n, uint8_t *out)
{
    return HMAC(h->md(), key, h->len, p, n, out, NULL) != NULL;
}

static bool compute(struct scram *s, const struct server_first *f, uint8_t *proof)
{
    const struct hash *h = s->hash;
    uint8_t salted[HASH_MAX], client[HASH_MAX], key[HASH_MAX];
    bool ok = hash_password(h, s->password, f->salt, f->nsalt, f->iterations, salted) &&
              hmac(h, salted, "Client Key", 10, client) &&
              EVP_Digest(client, (size_t)h->len, key, NULL, h->md(), NULL) &&
              hmac(h, key, s->signing.p, s->signing.n, proof) &&
              hmac(h, salted, "Server Key", 10, key) &&
              hmac(h, key, s->signing.p, s->signing.n, s->server);

    for (int i = 0; ok && i < h->len; i++)
        proof[i] ^= client[i];
    kafc__sasl_wipe(salted, sizeof salted);
    kafc__sasl_wipe(client, sizeof client);
    kafc__sasl_wipe(key, sizeof key);
    return ok;
}

static kafc_err say_final(struct scram *s, kafc_bytes challenge, kafc_bytes *answer,
                          kafc_error *err)
{
    struct kafc_sasl_text *t = &s->signing;
    struct server_first f;
    uint8_t proof[HASH_MAX];
    size_t last;
    kafc_err code = parse_first(s, (struct piece){ challenge.p, (size_t)challenge.len }, &f, err);

    if (code)
        return code;
    kafc__sasl_add(t, s->first.p + s->gs2, s->first.n - s->gs2);
    kafc__sasl_adds(t, ",");
    kafc__sasl_add(t, challenge.p, (size_t)challenge.len);
    kafc__sasl_adds(t, ",");
    last = t->n;
    kafc__sasl_adds(t, "c=");
    kafc__sasl_add_base64(t, kafc__base64_digits, s->first.p, s->gs2);
    kafc__sasl_adds(t, ",r=");
    kafc__sasl_add(t, f.nonce.p, f.nonce.n);
    if (!t->failed && !compute(s, &f, proof))
        return kafc__error(err, KAFC_ERR_UNSUPPORTED, "OpenSSL does not give what SCRAM needs");
    kafc__sasl_adds(t, ",p=");
    kafc__sasl_add_base64(t, kafc__base64_digits, proof, (size_t)s->hash->len);
    code = kafc__sasl_say(t, answer, err);
    if (!code)
        *answer = (kafc_bytes){ t->p + last, (int32_t)(t->n - last) };
    return code;
}

static kafc_err verify(const struct scram *s, kafc_bytes challenge, kafc_error *err)
{
    struct piece in = { challenge.p, (size_t)challenge.len }, value;
    uint8_t said[HASH_MAX + 3];
    char quoted[KAFC_SASL_QUOTE];

    if (attribute(&in, 'e', &value))
        return kafc__error(err, KAFC_ERR_SASL_AUTHENTICATION_FAILED,
                           "the broker refuses the login: %s",
                           kafc__sasl_quote(quoted, value.p, value.n));
    if (!attribute(&in, 'v', &value) || !extensions_ok(in))
        return refuse(err, "is neither a signature (v=) nor an error (e=)");
    if (value.n != KAFC_BASE64_SIZE(s->hash->len) ||
        kafc__base64_decode(kafc__base64_digits, said, value.p, value.n) != s->hash->len ||
        CRYPTO_memcmp(said, s->server, (size_t)s->hash->len) != 0)
        return refuse(
            err,
            "has a wrong signature: who sent it does not know the password, and is not the broker");
    return KAFC_OK;
}

/* ---- an exchange ---- */

static kafc_err step(void *state, kafc_bytes challenge, kafc_bytes *answer, kafc_error *err)
{
    struct scram *s = state;

    *answer = (kafc_bytes){ NULL, 0 };
    switch (s->stage) {
    case SAY_FIRST: s->stage = SAY_FINAL; return kafc__sasl_say(&s->first, answer, err);
    case SAY_FINAL: s->stage = VERIFY; return say_final(s, challenge, answer, err);
    case VERIFY: s->stage = DONE; return verify(s, challenge, err);
    case DONE: break;
    }
    return refuse(err, "comes after the last one");
}

static void end(void *state)
{
    struct scram *s = state;
    const kafc_allocator *mem = s->mem;

    if (s->prepared)
        kafc__sasl_wipe(s->prepared, strlen(s->prepared));
    kafc__free(mem, s->prepared);
    kafc__sasl_text_free(&s->first);
    kafc__sasl_text_free(&s->signing);
    kafc__sasl_wipe(s, sizeof *s);
    kafc__free(mem, s);
}

static bool value_ok(const char *s)
{
    size_t n = 0;

    while (s && s[n] >= ' ' && s[n] <= '~' && s[n] != ',')
        n++;
    return n && !s[n];
}

static kafc_err check(const kafc_credentials *c, kafc_error *err)
{
    if (!c->username || !*c->username || !c->password || !*c->password)
        return kafc__error(err, KAFC_ERR_USAGE, "SCRAM wants a user name and a password");
    for (int32_t i = 0; i < c->nextensions; i++)
        if (!kafc__sasl_letters(c->extensions[i].name) || !value_ok(c->extensions[i].value))
            return kafc__error(
                err, KAFC_ERR_USAGE,
                "extension %d of SCRAM: a name has letters only, a value printable ASCII without commas",
                (int)i + 1);
    return KAFC_OK;
}

/* "n,a=authzid," "n=user,r=nonce,tokenauth=true" */
static kafc_err put_first(struct scram *s, const kafc_credentials *c, const char *nonce,
                          kafc_error *err)
{
    struct kafc_sasl_text *t = &s->first;
    char *name = NULL;

    if (c->saslprep == KAFC_ON) {
        kafc_err code = kafc__saslprep(s->mem, c->password, true, "password", &s->prepared, err);

        if (!code)
            code = kafc__saslprep(s->mem, c->username, false, "user name", &name, err);
        if (code)
            return code;
        s->password = s->prepared;
    }
    kafc__sasl_add_gs2(t, c);
    s->gs2 = t->n;
    kafc__sasl_adds(t, "n=");
    kafc__sasl_add_name(t, name ? name : c->username);
    kafc__sasl_adds(t, ",r=");
    kafc__sasl_adds(t, nonce);
    s->nnonce = strlen(nonce);
    s->nonce = t->n - s->nnonce;
    kafc__sasl_add_extensions(t, ",", c);
    kafc__free(s->mem, name);
    return KAFC_OK;
}

static const struct hash sha256 = { EVP_sha256, 32 }, sha512 = { EVP_sha512, 64 };

kafc_err kafc__scram_begin(const kafc_allocator *mem, bool wide, const kafc_credentials *c,
                           const char *nonce, void **state, kafc_error *err)
{
    struct scram *s;
    kafc_err code = check(c, err);

    if (code)
        return code;
    s = kafc__zalloc(mem, sizeof *s);
    if (!s)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a login");
    s->mem = s->first.mem = s->signing.mem = mem;
    s->hash = wide ? &sha512 : &sha256;
    s->password = c->password;
    code = put_first(s, c, nonce, err);
    if (code)
        end(s);
    else
        *state = s;
    return code;
}

kafc_err kafc__scram_salted(bool wide, const char *password, kafc_bytes salt, int iterations,
                            uint8_t *out, kafc_error *err)
{
    return hash_password(wide ? &sha512 : &sha256, password, salt.p, (size_t)salt.len, iterations,
                         out)
               ? KAFC_OK
               : kafc__error(err, KAFC_ERR_UNSUPPORTED, "OpenSSL does not give what SCRAM needs");
}

kafc_err kafc__scram_random(void *p, size_t n, kafc_error *err)
{
    return RAND_bytes(p, (int)n) == 1
               ? KAFC_OK
               : kafc__error(err, KAFC_ERR_SYSTEM, "OpenSSL has no random bytes for SCRAM");
}

static kafc_err start(const kafc_allocator *mem, bool wide, const kafc_credentials *c, void **state,
                      kafc_error *err)
{
    uint8_t bytes[NONCE];
    char nonce[KAFC_BASE64_SIZE(NONCE) + 1];

    kafc_err code = kafc__scram_random(bytes, sizeof bytes, err);

    if (code)
        return code;
    nonce[kafc__base64_encode(kafc__base64_digits, nonce, bytes, sizeof bytes)] = 0;
    return kafc__scram_begin(mem, wide, c, nonce, state, err);
}

#else

static kafc_err without(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_UNSUPPORTED, "SCRAM needs OpenSSL, which was configured out");
}

kafc_err kafc__scram_salted(bool wide, const char *password, kafc_bytes salt, int iterations,
                            uint8_t *out, kafc_error *err)
{
    (void)wide, (void)password, (void)salt, (void)iterations, (void)out;
    return without(err);
}

kafc_err kafc__scram_random(void *p, size_t n, kafc_error *err)
{
    (void)p, (void)n;
    return without(err);
}

kafc_err kafc__scram_begin(const kafc_allocator *mem, bool wide, const kafc_credentials *c,
                           const char *nonce, void **state, kafc_error *err)
{
    (void)mem, (void)wide, (void)c, (void)nonce, (void)state;
    return without(err);
}

static kafc_err start(const kafc_allocator *mem, bool wide, const kafc_credentials *c, void **state,
                      kafc_error *err)
{
    return kafc__scram_begin(mem, wide, c, "", state, err);
}

static kafc_err step(void *state, kafc_bytes challenge, kafc_bytes *answer, kafc_error *err)
{
    (void)state, (void)challenge, (void)answer, (void)err;
    return KAFC_ERR_UNSUPPORTED;
}

static void end(void *state)
{
    (void)state;
}

#endif

static kafc_err start_256(void *ctx, const kafc_sasl_peer *peer, const kafc_credentials *c,
                          void **state, kafc_error *err)
{
    (void)peer;
    return start(ctx, false, c, state, err);
}

static kafc_err start_512(void *ctx, const kafc_sasl_peer *peer, const kafc_credentials *c,
                          void **state, kafc_error *err)
{
    (void)peer;
    return start(ctx, true, c, state, err);
}

const kafc_sasl_mechanism kafc__sasl_scram_sha_256 = { "SCRAM-SHA-256", start_256, step, end,
                                                       NULL };
const kafc_sasl_mechanism kafc__sasl_scram_sha_512 = { "SCRAM-SHA-512", start_512, step, end,
                                                       NULL };
