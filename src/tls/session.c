/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is remembered of each peer, by "host:port": its last session, to be
 * resumed, or that it had no word for our handshake. Sessions are taken from
 * connections, not by a callback of the SSL_CTX, which may be the caller's.
 * What is kept, and what is offered, are copies: OpenSSL writes into the
 * session of a connection. Any thread.
 */
#include "tls/internal.h"

#if KAFC_HAVE_OPENSSL

enum { SESSIONS = 1024 }; /* peers, at most */

struct session {
    SSL_SESSION *s; /* or NULL */
    bool silent;
    char peer[];
};

static void session_free(const struct kafc_tls_context *x, struct session *s)
{
    if (s)
        SSL_SESSION_free(s->s);
    kafc__free(x->mem, s);
}

void kafc__tls_sessions_fini(struct kafc_tls_context *x)
{
    struct session *s;
    kafc__lock(&x->lock);
    for (size_t i = 0; (s = kafc__map_next(&x->sessions, &i)) != NULL;)
        session_free(x, s);
    kafc__map_fini(&x->sessions);
    kafc__unlock(&x->lock);
}

/* What was there before, or s itself when there is no room for it. s NULL: nothing is put there. */
static struct session *replace(struct kafc_tls_context *x, const char *peer, struct session *s)
{
    size_t n = strlen(peer);
    kafc__lock(&x->lock);
    struct session *old = kafc__map_del(&x->sessions, peer, n);
    if (s && (x->sessions.n >= SESSIONS || !kafc__map_put(&x->sessions, s->peer, n, s))) {
        session_free(x, old);
        old = s;
    }
    kafc__unlock(&x->lock);
    return old;
}

static struct session *session_new(const struct kafc_tls *t)
{
    size_t n = strlen(t->peer) + 1;
    struct session *s = kafc__zalloc(t->x->mem, sizeof(*s) + n);
    if (s)
        memcpy(s->peer, t->peer, n);
    return s;
}

void kafc__tls_session_offer(struct kafc_tls *t)
{
    struct kafc_tls_context *x = t->x;
    SSL_SESSION *copy = NULL;
    kafc__lock(&x->lock);
    struct session *s = kafc__map_get(&x->sessions, t->peer, strlen(t->peer));
    if (s) {
        copy = s->s ? SSL_SESSION_dup(s->s) : NULL;
        t->probe = s->silent;
        s->silent = false;
    }
    kafc__unlock(&x->lock);
    if (copy)
        (void)SSL_set_session(t->ssl, copy);
    SSL_SESSION_free(copy);
}

void kafc__tls_session_keep(struct kafc_tls *t)
{
    SSL_SESSION *now = SSL_get0_session(t->ssl);
    if (t->kept || !t->x->resume || !now || !SSL_SESSION_is_resumable(now))
        return; /* TLS 1.3: it comes behind the handshake */
    struct session *s = session_new(t);
    t->kept = true;
    if (!s)
        return; /* the next handshake is a full one */
    s->s = SSL_SESSION_dup(now);
    session_free(t->x, s->s ? replace(t->x, t->peer, s) : s);
}

void kafc__tls_session_silent(struct kafc_tls *t)
{
    struct session *s = session_new(t);
    if (!s)
        return;
    s->silent = true;
    session_free(t->x, replace(t->x, t->peer, s));
}

void kafc__tls_session_drop(struct kafc_tls *t)
{
    session_free(t->x, replace(t->x, t->peer, NULL));
}

#endif
