/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How far a connection's login has come, as Kafka's brokers see it; PLAIN and
 * OAUTHBEARER with tokens that nobody has signed.
 */
#include "mock/login.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base64.h"
#include "base/mem.h"
#include "mock/state.h"

static const char *const names[KAFC_MMECHANISMS] = { [KAFC_MPLAIN] = "PLAIN",
                                                     [KAFC_MSCRAM_256] = "SCRAM-SHA-256",
                                                     [KAFC_MSCRAM_512] = "SCRAM-SHA-512",
                                                     [KAFC_MOAUTH] = "OAUTHBEARER" };

const char *kafc__mlogin_name(enum kafc_mmechanism m)
{
    return names[m];
}

/* KAFC_MMECHANISMS: none is called so. */
static enum kafc_mmechanism mechanism_called(const char *name, size_t n)
{
    enum kafc_mmechanism m = KAFC_MPLAIN;

    while (m < KAFC_MMECHANISMS && (strlen(names[m]) != n || memcmp(names[m], name, n) != 0))
        m++;
    return m;
}

/* ---- of a cluster ---- */

void kafc__mlogins_init(struct kafc_mlogins *l)
{
    kafc__list_init(&l->users);
}

static void free_user(struct kafc_cluster *c, struct kafc_muser *u)
{
    if (!u)
        return;
    kafc__list_del(&u->node);
    kafc__free(&c->mem, u->name);
    kafc__free(&c->mem, u->password);
    kafc__free(&c->mem, u);
}

void kafc__mlogins_fini(struct kafc_cluster *c)
{
    struct kafc_muser *u;

    while ((u = KAFC_LIST_FIRST(&c->logins.users, struct kafc_muser, node)))
        free_user(c, u);
}

struct kafc_muser *kafc__mlogin_user(const struct kafc_cluster *c, const char *name, size_t n)
{
    struct kafc_muser *u = KAFC_LIST_FIRST(&c->logins.users, struct kafc_muser, node);

    while (u && (strlen(u->name) != n || memcmp(u->name, name, n) != 0))
        u = KAFC_LIST_NEXT(&c->logins.users, u, struct kafc_muser, node);
    return u;
}

kafc_err kafc__cluster_set_user(struct kafc_cluster *c, const char *name, const char *password)
{
    struct kafc_muser *u;

    if (!name || !*name || (password && !*password))
        return KAFC_ERR_USAGE;
    free_user(c, kafc__mlogin_user(c, name, strlen(name)));
    if (!password)
        return KAFC_OK;
    u = kafc__zalloc(&c->mem, sizeof *u);
    if (!u)
        return KAFC_ERR_NO_MEMORY;
    kafc__list_push(&c->logins.users, &u->node);
    u->name = kafc__strdup(&c->mem, name);
    u->password = kafc__strdup(&c->mem, password);
    if (!u->name || !u->password) {
        free_user(c, u);
        return KAFC_ERR_NO_MEMORY;
    }
    for (size_t i = 0; i < sizeof u->salt; i++)
        u->salt[i] = (uint8_t)kafc__rand_next(&c->rand);
    return KAFC_OK;
}

kafc_err kafc__cluster_set_login(struct kafc_cluster *c, const char *mechanisms, int32_t session_ms)
{
    unsigned bits = 0;

    if (session_ms < 0)
        return KAFC_ERR_USAGE;
    for (const char *s = mechanisms ? mechanisms : ""; *s;) {
        size_t n = strcspn(s, ",");
        enum kafc_mmechanism m = mechanism_called(s, n);

        if (m == KAFC_MMECHANISMS)
            return KAFC_ERR_USAGE;
        if ((m == KAFC_MSCRAM_256 || m == KAFC_MSCRAM_512) && !kafc__mscram_there())
            return KAFC_ERR_UNSUPPORTED;
        bits |= 1U << m;
        s += n + (s[n] == ',');
    }
    if (mechanisms && !bits)
        return KAFC_ERR_USAGE;
    c->logins.mechanisms = bits;
    c->logins.session_ms = session_ms;
    return KAFC_OK;
}

kafc_err kafc__cluster_set_login_fault(struct kafc_cluster *c, kafc_mock_login_fault fault)
{
    c->logins.fault = fault;
    return KAFC_OK;
}

/* ---- of a connection ---- */

void kafc__mlogin_open(struct kafc_cluster *c, struct kafc_mlogin *g)
{
    g->wanted = c->logins.mechanisms != 0;
    g->state = g->wanted ? KAFC_MLOGIN_HELLO : KAFC_MLOGIN_DONE;
    g->ends_at = INT64_MAX;
    g->renewed_at = INT64_MIN;
}

static void forget_exchange(struct kafc_cluster *c, struct kafc_mlogin *g)
{
    kafc__free(&c->mem, g->scram);
    kafc__free(&c->mem, g->claimed);
    g->scram = g->claimed = NULL;
    g->refused = false;
}

void kafc__mlogin_close(struct kafc_cluster *c, struct kafc_mlogin *g)
{
    forget_exchange(c, g);
    kafc__free(&c->mem, g->user);
    g->user = NULL;
}

/* A second login begins with a handshake, too; after one within the last second it is a request like any other. */
static void perhaps_again(struct kafc_cluster *c, struct kafc_mlogin *g)
{
    enum { SECOND = 1000000 };

    if (g->renewed_at != INT64_MIN && c->now - g->renewed_at < SECOND)
        return;
    g->renewed_at = c->now;
    g->again = true;
    g->state = KAFC_MLOGIN_HANDSHAKE;
}

enum kafc_madmit kafc__mlogin_admit(struct kafc_cluster *c, struct kafc_mlogin *g, int16_t api)
{
    if (g->state == KAFC_MLOGIN_DONE) {
        if (api == KAFC_API_SASL_HANDSHAKE && g->wanted)
            perhaps_again(c, g);
        return g->state == KAFC_MLOGIN_DONE && c->now > g->ends_at ? KAFC_MADMIT_CUT : KAFC_MADMIT;
    }
    if (g->state == KAFC_MLOGIN_TOKENS)
        return api == KAFC_API_SASL_AUTHENTICATE ? KAFC_MADMIT : KAFC_MADMIT_ILLEGAL;
    if (api == KAFC_API_SASL_HANDSHAKE)
        return KAFC_MADMIT;
    if (api != KAFC_API_API_VERSIONS || g->state != KAFC_MLOGIN_HELLO)
        return KAFC_MADMIT_CUT;
    g->state = KAFC_MLOGIN_HANDSHAKE;
    return KAFC_MADMIT;
}

bool kafc__mlogin_begin(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_str mechanism, bool raw)
{
    enum kafc_mmechanism m = mechanism_called(mechanism.p ? mechanism.p : "",
                                              (size_t)mechanism.len);

    if (m == KAFC_MMECHANISMS || !(c->logins.mechanisms >> m & 1))
        return false;
    forget_exchange(c, g);
    g->mechanism = m;
    if (!g->again)
        g->first = m;
    g->raw = raw;
    g->state = KAFC_MLOGIN_TOKENS;
    return true;
}

/* ---- tokens ---- */

static bool claim(struct kafc_cluster *c, struct kafc_mlogin *g, const char *user, size_t n)
{
    kafc__free(&c->mem, g->claimed);
    g->claimed = kafc__strndup(&c->mem, user, n);
    return g->claimed != NULL;
}

/* authzid NUL user NUL password */
static enum kafc_mtoken plain(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                              struct kafc_mtoken_said *said)
{
    const char *p = token.p, *end = p + token.len;
    const char *user = token.len ? memchr(p, 0, (size_t)token.len) : NULL;
    const char *password = user ? memchr(user + 1, 0, (size_t)(end - user - 1)) : NULL;
    size_t nauthzid, nuser, npassword;
    const struct kafc_muser *u;

    if (!password)
        return KAFC_MTOKEN_REFUSED;
    nauthzid = (size_t)(user++ - p);
    nuser = (size_t)(password++ - user);
    npassword = (size_t)(end - password);
    u = kafc__mlogin_user(c, user, nuser);
    if (!u || strlen(u->password) != npassword || memcmp(u->password, password, npassword) != 0)
        said->why = "Authentication failed: Invalid username or password";
    else if (nauthzid && (nauthzid != nuser || memcmp(p, user, nuser) != 0))
        said->why =
            "Authentication failed: Client requested an authorization id that is different from username";
    else
        return claim(c, g, user, nuser) ? KAFC_MTOKEN_DONE : KAFC_MTOKEN_CUT;
    return KAFC_MTOKEN_REFUSED;
}

/* What stands behind "name": in a JSON object of one level, or NULL. */
static const char *member(const char *json, const char *name)
{
    char quoted[16];
    const char *at;

    (void)snprintf(quoted, sizeof quoted, "\"%s\"", name);
    at = strstr(json, quoted);
    at = at ? at + strlen(quoted) : NULL;
    at = at ? at + strspn(at, " ") : NULL;
    return at && *at == ':' ? at + 1 + strspn(at + 1, " ") : NULL;
}

/* A part of a token up to a dot, decoded, or NULL; *s is behind the dot. */
static const char *token_part(const char **s, struct kafc_arena *a)
{
    size_t n = strcspn(*s, ".");
    char *json = (*s)[n] ? kafc__arena_alloc(a, n + 1) : NULL;
    ptrdiff_t len = json ? kafc__base64_decode(kafc__base64_url_digits, json, *s, n) : -1;

    if (len < 0)
        return NULL;
    json[len] = 0;
    *s += n + 1;
    return json;
}

static const int64_t FOREVER_MS = (int64_t)1 << 50; /* what is longer is cut */

/* Takes what is not signed, not out of date, and says who it is for; *left_ms: how long yet. */
static bool token_good(struct kafc_cluster *c, struct kafc_mlogin *g, const char *token,
                       struct kafc_arena *a, int64_t *left_ms)
{
    const char *header = token_part(&token, a), *claims = header ? token_part(&token, a) : NULL;
    const char *alg = claims ? member(header, "alg") : NULL,
               *sub = claims ? member(claims, "sub") : NULL;
    const char *exp = claims ? member(claims, "exp") : NULL;

    if (!alg || strncmp(alg, "\"none\"", 6) != 0 || *token || !exp || !sub || *sub != '"')
        return false;
    double left = strtod(exp, NULL) * 1000 - (double)c->wall_ms;
    if (!(left >= 1))
        return false;
    *left_ms = left < FOREVER_MS ? (int64_t)left : FOREVER_MS;
    return claim(c, g, sub + 1, strcspn(sub + 1, "\""));
}

static enum kafc_mtoken oauth(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                              struct kafc_arena *a, struct kafc_mtoken_said *said)
{
    static const char begin[] = "\1auth=Bearer ", no[] = "{\"status\":\"invalid_token\"}";
    char *text = token.len ? kafc__arena_dup(a, token.p, (size_t)token.len) : NULL, *auth, *end;

    if (g->refused) {
        said->why = no;
        return KAFC_MTOKEN_REFUSED;
    }
    auth = text && strncmp(text, "n,", 2) == 0 ? strstr(text, begin) : NULL;
    if (!auth || (end = strchr(auth + sizeof begin - 1, '\1')) == NULL)
        return KAFC_MTOKEN_REFUSED;
    *end = 0;
    if (token_good(c, g, auth + sizeof begin - 1, a, &said->session_ms))
        return KAFC_MTOKEN_DONE;
    g->refused = true;
    said->token = (kafc_bytes){ no, sizeof no - 1 };
    return KAFC_MTOKEN_MORE;
}

/* The session's life: the token's, or what the brokers allow. */
static void done(struct kafc_cluster *c, struct kafc_mlogin *g, struct kafc_mtoken_said *said)
{
    int64_t most = c->logins.session_ms;

    if (most && (!said->session_ms || said->session_ms > most))
        said->session_ms = most;
    g->ends_at = said->session_ms ? c->now + said->session_ms * 1000 : INT64_MAX;
    kafc__free(&c->mem, g->user);
    g->user = g->claimed;
    g->claimed = NULL;
    forget_exchange(c, g);
    g->state = KAFC_MLOGIN_DONE;
}

static char *print(struct kafc_arena *a, const char *fmt, ...) KAFC_PRINTF(2, 3);
static char *print(struct kafc_arena *a, const char *fmt, ...)
{
    enum { CAP = 400 };
    char *text = kafc__arena_alloc(a, CAP);
    va_list ap;

    va_start(ap, fmt);
    if (text)
        (void)vsnprintf(text, CAP, fmt, ap);
    va_end(ap);
    return text;
}

enum kafc_mtoken kafc__mlogin_token(struct kafc_cluster *c, struct kafc_mlogin *g, kafc_bytes token,
                                    struct kafc_arena *a, struct kafc_mtoken_said *said)
{
    static const char garbage[] = "\1\xff\0garbage=,,";
    enum kafc_mtoken what;

    memset(said, 0, sizeof *said);
    if (g->again && g->mechanism != g->first)
        return KAFC_MTOKEN_CUT;
    what = g->mechanism == KAFC_MPLAIN   ? plain(c, g, token, said)
           : g->mechanism == KAFC_MOAUTH ? oauth(c, g, token, a, said)
                                         : kafc__mscram_token(c, g, token, a, &said->token);
    if (what == KAFC_MTOKEN_DONE && g->again && strcmp(g->user, g->claimed) != 0) {
        said->why = print(a,
                          "Cannot change principals during re-authentication from User.%s: User.%s",
                          g->user, g->claimed);
        return KAFC_MTOKEN_REFUSED;
    }
    if (what == KAFC_MTOKEN_DONE)
        done(c, g, said);
    if (what == KAFC_MTOKEN_REFUSED && !said->why)
        said->why = print(
            a, "Authentication failed during %s due to invalid credentials with SASL mechanism %s",
            g->again ? "re-authentication" : "authentication", names[g->mechanism]);
    if (c->logins.fault == KAFC_MOCK_LOGIN_GARBAGE && what != KAFC_MTOKEN_REFUSED)
        said->token = (kafc_bytes){ garbage, sizeof garbage };
    return what;
}
