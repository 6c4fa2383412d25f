/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The broker's side of SCRAM (RFC 5802), with passwords that it knows. Lies on
 * demand.
 */
#include "config.h"
#include "mock/login.h"

#if KAFC_HAVE_OPENSSL

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>

#include "base/base64.h"
#include "base/mem.h"
#include "mock/users.h"

enum { ITERATIONS = 4096, HASH_MAX = 64, FIRST_MAX = 4096 };

bool kafc__mscram_there(void)
{
    return true;
}

static const EVP_MD *md(const struct kafc_mlogin *g)
{
    return g->mechanism == KAFC_MSCRAM_256 ? EVP_sha256() : EVP_sha512();
}

static int md_len(const struct kafc_mlogin *g)
{
    return g->mechanism == KAFC_MSCRAM_256 ? 32 : 64;
}

struct known { /* what is known of a user */
    const uint8_t *salt, *salted;
    size_t nsalt;
    int iterations;
};

/* By AlterUserScramCredentials, or by a password. */
static bool know(const struct kafc_cluster *c, const struct kafc_mlogin *g, const char *name,
                 size_t n, struct known *out)
{
    int wide = g->mechanism == KAFC_MSCRAM_512;
    const struct kafc_mscram *s = kafc__mscram_find(c, (kafc_str){ name, (int32_t)n },
                                                    (int8_t)(1 + wide));
    struct kafc_muser *u = s ? NULL : kafc__mlogin_user(c, name, n);

    if (s) {
        *out = (struct known){ (const uint8_t *)s->user + s->len, s->salted, (size_t)s->nsalt,
                               s->iterations };
        return true;
    }
    if (u && !u->ready[wide])
        u->ready[wide] = PKCS5_PBKDF2_HMAC(u->password, (int)strlen(u->password), u->salt,
                                           sizeof u->salt, ITERATIONS, md(g), md_len(g),
                                           u->salted[wide]);
    if (!u || !u->ready[wide])
        return false;
    *out = (struct known){ u->salt, u->salted[wide], sizeof u->salt, ITERATIONS };
    return true;
}

/* The length of the name that stands there, up to a comma, with its "=2C" and "=3D" replaced; *rest is what follows.
 * 0: it is none. */
static size_t read_name(char *name, const char **rest)
{
    char *to = name, *from = name;

    for (; *from && *from != ','; to++) {
        bool comma = strncmp(from, "=2C", 3) == 0, equals = strncmp(from, "=3D", 3) == 0;

        if (*from == '=' && !comma && !equals)
            return 0;
        *to = (char)(comma ? ',' : equals ? '=' : *from);
        from += comma || equals ? 3 : 1;
    }
    *rest = from;
    return (size_t)(to - name);
}

/* What is signed: the client's first message without its header, ours, and the client's last one as it must be. */
static enum kafc_mtoken put_messages(struct kafc_cluster *c, struct kafc_mlogin *g,
                                     const char *bare, const char *header, const char *nonce,
                                     const char *salt, unsigned iterations, kafc_bytes *say)
{
    char ours[40];
    int n = (int)strcspn(nonce, ","), at = (int)strlen(bare) + 1, len;
    size_t cap = strlen(bare) + 2 * (size_t)n + strlen(header) + strlen(salt) + 200;

    g->scram = kafc__alloc(&c->mem, cap);
    if (!g->scram)
        return KAFC_MTOKEN_CUT;
    (void)snprintf(ours, sizeof ours, "%016llx%016llx",
                   (unsigned long long)kafc__rand_next(&c->rand),
                   (unsigned long long)kafc__rand_next(&c->rand));
    if (c->logins.fault == KAFC_MOCK_LOGIN_NONCE)
        n = 0;
    if (c->logins.fault == KAFC_MOCK_LOGIN_ITERATIONS)
        iterations = 1U << 31;
    len = snprintf(g->scram, cap, "%s,r=%.*s%s,s=%s,i=%u", bare, n, nonce, ours, salt, iterations);
    g->final_at = (size_t)len + 1;
    (void)snprintf(g->scram + len, cap - (size_t)len, ",c=%s,r=%.*s%s", header, n, nonce, ours);
    *say = (kafc_bytes){ g->scram + at, len - at };
    return KAFC_MTOKEN_MORE;
}

/* In the arena; NULL: out of memory. */
static const char *base64(struct kafc_arena *a, const void *p, size_t n)
{
    char *text = kafc__arena_alloc(a, KAFC_BASE64_SIZE(n) + 1);

    if (text)
        (void)kafc__base64_encode(kafc__base64_digits, text, p, n);
    return text;
}

/* "n,a=authzid,n=user,r=nonce" */
static enum kafc_mtoken first(struct kafc_cluster *c, struct kafc_mlogin *g, const char *text,
                              struct kafc_arena *a, kafc_bytes *say)
{
    size_t len = strlen(text), gs2 = len > 2 ? 2 + strcspn(text + 2, ",") + 1 : len + 1, n;
    char *name;
    const char *rest, *header, *salt;
    struct known k;

    if (len > FIRST_MAX || gs2 > len || strncmp(text, "n,", 2) != 0 ||
        strncmp(text + gs2, "n=", 2) != 0)
        return KAFC_MTOKEN_REFUSED;
    name = kafc__arena_dup(a, text + gs2 + 2, len - gs2 - 2);
    if (!name)
        return KAFC_MTOKEN_CUT;
    n = read_name(name, &rest);
    if (n == 0 || !know(c, g, name, n, &k) || strncmp(rest, ",r=", 3) != 0)
        return KAFC_MTOKEN_REFUSED;
    header = base64(a, text, gs2);
    salt = base64(a, k.salt, k.nsalt);
    g->claimed = kafc__strndup(&c->mem, name, n);
    return header && salt && g->claimed
               ? put_messages(c, g, text + gs2, header, rest + 3, salt, (unsigned)k.iterations, say)
               : KAFC_MTOKEN_CUT;
}

static bool hmac(const struct kafc_mlogin *g, const uint8_t *key, const char *text, uint8_t *out)
{
    return HMAC(md(g), key, md_len(g), (const uint8_t *)text, strlen(text), out, NULL) != NULL;
}

/* Whether the proof is that of the password, and what proves that we know it, too. */
static bool check(const struct kafc_mlogin *g, const uint8_t *password, const uint8_t *proof,
                  uint8_t *ours)
{
    uint8_t client[HASH_MAX], stored[HASH_MAX], key[HASH_MAX];
    size_t n = (size_t)md_len(g);

    if (!hmac(g, password, "Client Key", client) ||
        !EVP_Digest(client, n, stored, NULL, md(g), NULL) || !hmac(g, stored, g->scram, key))
        return false;
    for (size_t i = 0; i < n; i++)
        key[i] ^= proof[i];
    return memcmp(key, client, n) == 0 && hmac(g, password, "Server Key", key) &&
           hmac(g, key, g->scram, ours);
}

/* "c=…,r=…,p=proof" */
static enum kafc_mtoken final(struct kafc_cluster *c, struct kafc_mlogin *g, const char *text,
                              struct kafc_arena *a, kafc_bytes *say)
{
    const char *expected = g->scram + g->final_at;
    size_t n = strlen(expected), len = (size_t)md_len(g);
    struct known k;
    uint8_t proof[HASH_MAX + 3], ours[HASH_MAX];
    char *answer = kafc__arena_alloc(a, 2 + KAFC_BASE64_SIZE(HASH_MAX));

    if (!answer)
        return KAFC_MTOKEN_CUT;
    if (!know(c, g, g->claimed, strlen(g->claimed), &k) || strncmp(text, expected, n) != 0 ||
        strncmp(text + n, ",p=", 3) != 0)
        return KAFC_MTOKEN_REFUSED;
    text += n + 3;
    if (strlen(text) != KAFC_BASE64_SIZE(len) ||
        kafc__base64_decode(kafc__base64_digits, proof, text, strlen(text)) != (ptrdiff_t)len ||
        !check(g, k.salted, proof, ours))
        return KAFC_MTOKEN_REFUSED;
    ours[0] ^= c->logins.fault == KAFC_MOCK_LOGIN_SIGNATURE;
    memcpy(answer, "v=", 2);
    *say = (kafc_bytes){ answer, 2 + (int32_t)kafc__base64_encode(kafc__base64_digits, answer + 2,
                                                                  ours, len) };
    return KAFC_MTOKEN_DONE;
}

enum kafc_mtoken kafc__mscram_token(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                                    struct kafc_arena *a, kafc_bytes *say)
{
    const char *text = kafc__arena_dup(a, token.len ? token.p : "", (size_t)token.len);

    if (!text)
        return KAFC_MTOKEN_CUT;
    return g->scram ? final(c, g, text, a, say) : first(c, g, text, a, say);
}

#else

bool kafc__mscram_there(void)
{
    return false;
}

enum kafc_mtoken kafc__mscram_token(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                                    struct kafc_arena *a, kafc_bytes *say)
{
    (void)c, (void)g, (void)token, (void)a, (void)say;
    return KAFC_MTOKEN_REFUSED;
}

#endif
