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
#include "mock/state.h"

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

/* The user whose name stands there with its "=2C" and "=3D", up to a comma; *rest is what follows. */
static struct kafc_muser *user_of(struct kafc_cluster *c, char *name, const char **rest)
{
    char *to = name, *from = name;

    for (; *from && *from != ','; to++) {
        bool comma = strncmp(from, "=2C", 3) == 0, equals = strncmp(from, "=3D", 3) == 0;

        if (*from == '=' && !comma && !equals)
            return NULL;
        *to = (char)(comma ? ',' : equals ? '=' : *from);
        from += comma || equals ? 3 : 1;
    }
    *rest = from;
    return kafc__mlogin_user(c, name, (size_t)(to - name));
}

/* What is signed: the client's first message without its header, ours, and the client's last one as it must be. */
static enum kafc_mtoken put_messages(struct kafc_cluster *c, struct kafc_mlogin *g,
                                     const char *bare, const char *header, const char *nonce,
                                     const uint8_t *salt, kafc_bytes *say)
{
    char ours[40], salted[KAFC_BASE64_SIZE(16) + 1];
    int n = (int)strcspn(nonce, ","), at = (int)strlen(bare) + 1, len;
    size_t cap = strlen(bare) + 2 * (size_t)n + strlen(header) + 200;

    g->scram = kafc__alloc(&c->mem, cap);
    if (!g->scram)
        return KAFC_MTOKEN_CUT;
    (void)snprintf(ours, sizeof ours, "%016llx%016llx",
                   (unsigned long long)kafc__rand_next(&c->rand),
                   (unsigned long long)kafc__rand_next(&c->rand));
    if (c->logins.fault == KAFC_MOCK_LOGIN_NONCE)
        n = 0;
    salted[kafc__base64_encode(kafc__base64_digits, salted, salt, 16)] = 0;
    len = snprintf(g->scram, cap, "%s,r=%.*s%s,s=%s,i=%u", bare, n, nonce, ours, salted,
                   c->logins.fault == KAFC_MOCK_LOGIN_ITERATIONS ? 1U << 31 : ITERATIONS);
    g->final_at = (size_t)len + 1;
    (void)snprintf(g->scram + len, cap - (size_t)len, ",c=%s,r=%.*s%s", header, n, nonce, ours);
    *say = (kafc_bytes){ g->scram + at, len - at };
    return KAFC_MTOKEN_MORE;
}

/* "n,a=authzid,n=user,r=nonce" */
static enum kafc_mtoken first(struct kafc_cluster *c, struct kafc_mlogin *g, const char *text,
                              struct kafc_arena *a, kafc_bytes *say)
{
    size_t len = strlen(text), gs2 = len > 2 ? 2 + strcspn(text + 2, ",") + 1 : len + 1;
    char *name, *header;
    const char *rest;
    const struct kafc_muser *u;

    if (len > FIRST_MAX || gs2 > len || strncmp(text, "n,", 2) != 0 ||
        strncmp(text + gs2, "n=", 2) != 0)
        return KAFC_MTOKEN_REFUSED;
    name = kafc__arena_dup(a, text + gs2 + 2, len - gs2 - 2);
    header = kafc__arena_alloc(a, KAFC_BASE64_SIZE(gs2) + 1);
    if (!name || !header)
        return KAFC_MTOKEN_CUT;
    (void)kafc__base64_encode(kafc__base64_digits, header, text, gs2);
    u = user_of(c, name, &rest);
    if (!u || strncmp(rest, ",r=", 3) != 0)
        return KAFC_MTOKEN_REFUSED;
    g->claimed = kafc__strdup(&c->mem, u->name);
    return g->claimed ? put_messages(c, g, text + gs2, header, rest + 3, u->salt, say)
                      : KAFC_MTOKEN_CUT;
}

static const uint8_t *salted(const struct kafc_mlogin *g, struct kafc_muser *u)
{
    int i = g->mechanism == KAFC_MSCRAM_512;

    if (!u->ready[i])
        u->ready[i] = PKCS5_PBKDF2_HMAC(u->password, (int)strlen(u->password), u->salt,
                                        sizeof u->salt, ITERATIONS, md(g), md_len(g), u->salted[i]);
    return u->ready[i] ? u->salted[i] : NULL;
}

static bool hmac(const struct kafc_mlogin *g, const uint8_t *key, const char *text, uint8_t *out)
{
    return HMAC(md(g), key, md_len(g), (const uint8_t *)text, strlen(text), out, NULL) != NULL;
}

/* Whether the proof is that of the password, and what proves that we know it, too. */
static bool check(const struct kafc_mlogin *g, struct kafc_muser *u, const uint8_t *proof,
                  uint8_t *ours)
{
    uint8_t client[HASH_MAX], stored[HASH_MAX], key[HASH_MAX];
    const uint8_t *password = salted(g, u);
    size_t n = (size_t)md_len(g);

    if (!password || !hmac(g, password, "Client Key", client) ||
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
    struct kafc_muser *u = kafc__mlogin_user(c, g->claimed, strlen(g->claimed));
    uint8_t proof[HASH_MAX + 3], ours[HASH_MAX];
    char *answer = kafc__arena_alloc(a, 2 + KAFC_BASE64_SIZE(HASH_MAX));

    if (!answer)
        return KAFC_MTOKEN_CUT;
    if (!u || strncmp(text, expected, n) != 0 || strncmp(text + n, ",p=", 3) != 0)
        return KAFC_MTOKEN_REFUSED;
    text += n + 3;
    if (strlen(text) != KAFC_BASE64_SIZE(len) ||
        kafc__base64_decode(kafc__base64_digits, proof, text, strlen(text)) != (ptrdiff_t)len ||
        !check(g, u, proof, ours))
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
