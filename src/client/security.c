/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options of TLS and SASL to what connections use. Opened on the caller's
 * thread; credentials are given out on the driver's.
 */
#include "client/security.h"

#include <stdio.h>

#include "base/callback.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "client/options.h"

/* --- Credentials ----------------------------------------------------------------- */

static void wiped(const kafc_allocator *mem, char *p, size_t n)
{
    if (p)
        kafc__sasl_wipe(p, n);
    kafc__free(mem, p);
}

static size_t length(const char *s)
{
    return s ? strlen(s) + 1 : 0;
}

static const char *put(char **to, const char *s)
{
    size_t n = length(s);
    char *at = *to;
    if (!s)
        return NULL;
    memcpy(at, s, n);
    *to += n;
    return at;
}

/* All that *c points to, in one block. NULL: out of memory. */
static char *copy(const kafc_allocator *mem, const kafc_credentials *c, kafc_credentials *out,
                  size_t *n)
{
    size_t m = c->extensions && c->nextensions > 0 ? (size_t)c->nextensions : 0;
    *n = m * sizeof(kafc_sasl_extension) + length(c->username) + length(c->password) +
         length(c->authorization_id) + length(c->token) + 1;
    for (size_t i = 0; i < m; i++)
        *n += length(c->extensions[i].name) + length(c->extensions[i].value);
    char *block = kafc__alloc(mem, *n);
    if (!block)
        return NULL;
    kafc_sasl_extension *x = (kafc_sasl_extension *)(void *)block;
    char *to = block + m * sizeof(*x);
    *out = *c;
    out->username = put(&to, c->username);
    out->password = put(&to, c->password);
    out->authorization_id = put(&to, c->authorization_id);
    out->token = put(&to, c->token);
    out->extensions = m ? x : NULL;
    out->nextensions = (int32_t)m;
    for (size_t i = 0; i < m; i++) {
        const char *name = put(&to, c->extensions[i].name);
        x[i] = (kafc_sasl_extension){ name, put(&to, c->extensions[i].value) };
    }
    return block;
}

enum { FIXED = 16384 }; /* bytes for what is made of options */

/* What the options themselves say. buf: FIXED bytes. */
static kafc_err fixed(const kafc_security *o, char *buf, kafc_credentials *out, kafc_error *err)
{
    if (o->jaas)
        return kafc__sasl_jaas(o->jaas, o->mechanism, kafc__clock_wall_ms(), buf, FIXED, out, err);
    if (o->unsecured)
        return kafc__sasl_unsecured(o->unsecured, kafc__clock_wall_ms(), buf, FIXED, out, err);
    out->username = o->username;
    out->password = o->password;
    out->token = o->token;
    return o->extensions ? kafc__sasl_extensions(o->extensions, buf, FIXED, out, err) : KAFC_OK;
}

static kafc_err from_options(struct kafc_secured *s, kafc_credentials *out, char **block, size_t *n,
                             kafc_error *err)
{
    kafc_credentials c = { 0 };
    char *buf = kafc__alloc(&s->mem, FIXED);
    kafc_err rc = buf ? fixed(&s->o, buf, &c, err) : KAFC_ERR_NO_MEMORY;
    c.saslprep = s->o.saslprep;
    if (rc == KAFC_OK && !(*block = copy(&s->mem, &c, out, n)))
        rc = KAFC_ERR_NO_MEMORY;
    wiped(&s->mem, buf, FIXED);
    return rc == KAFC_ERR_NO_MEMORY ? kafc__error(err, rc, "out of memory for credentials") : rc;
}

static kafc_err from_function(struct kafc_secured *s, const kafc_sasl_peer *peer,
                              kafc_credentials *out, char **block, size_t *n, kafc_error *err)
{
    kafc_credentials c = { 0 };
    (void)kafc__error(err, KAFC_ERR_SASL_AUTHENTICATION_FAILED, "the function for credentials has none");
    kafc__callback_enter();
    kafc_err rc = s->o.credentials(s->o.ctx, peer, &c, err);
    kafc__callback_leave();
    if (rc != KAFC_OK)
        return rc;
    if (c.saslprep == KAFC_DEFAULT)
        c.saslprep = s->o.saslprep;
    *block = copy(&s->mem, &c, out, n);
    return *block ? KAFC_OK : kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for credentials");
}

static kafc_err credentials(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out,
                            char **block, size_t *n, kafc_error *err)
{
    struct kafc_secured *s = ctx;
    int64_t now = kafc__clock_wall_ms();
    kafc_err rc = KAFC_OK;
    kafc__lock(&s->lock);
    bool given = s->block && !(s->o.credentials && now >= s->stale_ms);
    if (given && !(*block = copy(&s->mem, &s->given, out, n)))
        rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for credentials");
    kafc__unlock(&s->lock);
    if (!given)
        rc = s->o.credentials ? from_function(s, peer, out, block, n, err)
                              : from_options(s, out, block, n, err);
    if (rc == KAFC_OK)
        out->expires_ms = out->expires_ms > now ? out->expires_ms - now : 0;
    return rc;
}

/* Before a token's last fifth, so that another is asked for when logins are renewed. One that has ended by our clock
 * is the broker's to judge: it may know the time better. */
static int64_t stale_at(int64_t expires_ms)
{
    int64_t now = kafc__clock_wall_ms();
    return expires_ms > now ? now + (expires_ms - now) / 5 * 4 : INT64_MAX;
}

kafc_err kafc__security_give(struct kafc_secured *s, const kafc_credentials *c, kafc_error *err)
{
    kafc_credentials given;
    size_t n;
    if (!c)
        return kafc__error(err, KAFC_ERR_USAGE, "the credentials are NULL");
    if (!s->login.mechanism)
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "credentials are of no use without SASL: security.protocol is not SASL_PLAINTEXT or SASL_SSL");
    char *block = copy(&s->mem, c, &given, &n);
    if (!block)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for credentials");
    kafc__lock(&s->lock);
    char *old = s->block;
    size_t nold = s->nblock;
    s->block = block;
    s->nblock = n;
    s->given = given;
    s->stale_ms = stale_at(c->expires_ms);
    kafc__unlock(&s->lock);
    wiped(&s->mem, old, nold);
    return KAFC_OK;
}

/* --- Opening --------------------------------------------------------------------- */

static bool has_tls(const kafc_security *o)
{
    return o->protocol == KAFC_SSL || o->protocol == KAFC_SASL_SSL;
}

static bool has_sasl(const kafc_security *o)
{
    return o->protocol == KAFC_SASL_PLAINTEXT || o->protocol == KAFC_SASL_SSL;
}

static const kafc_sasl_mechanism *find(struct kafc_secured *s)
{
    const kafc_security *o = &s->o;
    for (int32_t i = 0; o->mechanisms && i < o->nmechanisms; i++)
        if (o->mechanisms[i] && o->mechanisms[i]->name &&
            strcmp(o->mechanisms[i]->name, o->mechanism) == 0)
            return o->mechanisms[i];
    const kafc_sasl_mechanism *ours = kafc__sasl_find(o->mechanism);
    if (!ours)
        return NULL;
    s->own = *ours;
    s->own.ctx = &s->mem;
    return &s->own;
}

/* A mechanism of ours says without a broker what it cannot send. */
static kafc_err rehearse(const kafc_sasl_mechanism *m, const kafc_credentials *c, kafc_error *err)
{
    const kafc_sasl_peer nobody = { m->name, "", 0, -1 };
    void *state = NULL;
    kafc_error why;
    kafc_err rc = m->start(m->ctx, &nobody, c, &state, &why);
    if (rc == KAFC_OK)
        m->end(state);
    return rc == KAFC_OK ? rc
                         : kafc__error(err, rc == KAFC_ERR_SASL_AUTHENTICATION_FAILED ? KAFC_ERR_USAGE : rc,
                                       "security: %.400s", why.message);
}

/* What the options say must make sense now, not at the first connection; what it says is not kept. */
static kafc_err try_options(struct kafc_secured *s, kafc_error *err)
{
    kafc_credentials c = { 0 };
    char *block = NULL;
    size_t n = 0;
    kafc_err rc = s->o.credentials ? KAFC_OK : from_options(s, &c, &block, &n, err);
    bool named = !strncmp(s->o.mechanism, "SCRAM-", 6) || !strcmp(s->o.mechanism, "PLAIN");
    if (rc == KAFC_OK && !s->o.credentials && named && (!c.username || !c.password))
        rc = kafc__error(err, KAFC_ERR_USAGE,
                         "security: %s wants a username and a password (sasl.username and sasl.password, "
                         "sasl.jaas.config, or a function for credentials)", s->o.mechanism);
    if (rc == KAFC_OK && !s->o.credentials && s->login.mechanism == &s->own)
        rc = rehearse(s->login.mechanism, &c, err);
    wiped(&s->mem, block, n);
    return rc;
}

static kafc_err open_login(struct kafc_secured *s, kafc_error *err)
{
    if (!s->o.mechanism)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "security: sasl.mechanism is required where security.protocol is SASL_PLAINTEXT or "
                           "SASL_SSL: PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER");
    const kafc_sasl_mechanism *m = find(s);
    if (!m || !m->start || !m->step || !m->end)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "security: there is no mechanism '%.64s': PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 and "
                           "OAUTHBEARER are kafc's own, others can be given in `mechanisms`", s->o.mechanism);
    s->login = (struct kafc_login){ m, credentials, s };
    return try_options(s, err);
}

/* The context has read them. */
static void forget_keys(struct kafc_secured *s)
{
    const kafc_security *o = &s->o;
    const char *const keys[] = { o->key_pem, o->key_password, o->keystore_password, o->ca_password };
    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
        if (keys[i])
            kafc__sasl_wipe(s->strings + (keys[i] - s->strings), strlen(keys[i]));
}

kafc_err kafc__security_open(struct kafc_secured *s, const kafc_security *security,
                             const kafc_properties *properties, const kafc_allocator *mem,
                             kafc_error *err)
{
    kafc_security user;
    kafc_security_init(&user);
    memset(s, 0, sizeof(*s));
    s->mem = *mem;
    kafc__mutex_init(&s->lock);
    if (!security) {
        user.properties = properties;
        security = &user;
    }
    kafc_err rc = kafc__options_resolve(&kafc__security_options, security, &s->o, err); /* looks at all of it */
    if (rc != KAFC_OK)
        return rc;
    if (!s->o.properties) {
        memcpy(&user, security, security->size < sizeof(user) ? security->size : sizeof(user));
        user.size = sizeof(user);
        user.properties = properties;
        rc = kafc__options_resolve(&kafc__security_options, &user, &s->o, err);
    }
    if (rc != KAFC_OK)
        return rc;
    s->nstrings = kafc__options_bytes(&kafc__security_options, &s->o);
    s->strings = kafc__options_keep(&kafc__security_options, &s->o, &s->mem);
    if (!s->strings)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the options of security");
    s->o.properties = NULL;
    if (has_tls(&s->o) && !(s->tls = kafc__tls_context_new(&s->mem, &s->o, err)))
        return err ? err->code : KAFC_ERR_USAGE;
    forget_keys(s);
    return has_sasl(&s->o) ? open_login(s, err) : KAFC_OK;
}

void kafc__security_close(struct kafc_secured *s)
{
    kafc__tls_context_free(s->tls);
    wiped(&s->mem, s->block, s->nblock);
    wiped(&s->mem, s->strings, s->nstrings);
    kafc__mutex_fini(&s->lock);
    memset(s, 0, sizeof(*s));
}
