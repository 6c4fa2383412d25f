/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The login of a connection (SASL): a handshake that names the mechanism, then
 * its tokens, as SaslAuthenticate requests, or bare where the handshake is of
 * version 0 (brokers before 1.0). And again on a living connection before the
 * broker's patience ends (KIP-368): what is under way is answered in front of
 * it, what is queued waits behind. Driver's thread, from the link's state
 * table.
 */
#include "base/mem.h"
#include "base/rand.h"
#include "base/str.h"
#include "core/link_internal.h"
#include "core/retry.h"
#include "sasl/sasl.h"

#include <stdio.h>

enum { AGAIN_US = 1000000 }; /* between two renewals, at least */

static const kafc_sasl_mechanism *mechanism(const struct kafc_link *l)
{
    return l->cfg.login->mechanism;
}

static void refuse(struct kafc_link *l, kafc_err code, const char *what, kafc_str words)
{
    const char *user = l->login.credentials.username;
    kafc__link_break(l, code, "%s %s%.100s%s by %s%s%.*s", what, user ? "'" : "", user ? user : "us",
                     user ? "'" : "", mechanism(l)->name, words.len > 0 ? ": " : "",
                     KAFC_STR_HEAD(words, 300));
}

/* ---- The exchange ---- */

void kafc__link_login_end(struct kafc_link *l)
{
    struct kafc_link_login *g = &l->login;
    if (g->state_set)
        mechanism(l)->end(g->state);
    if (g->block)
        kafc__sasl_wipe(g->block, g->nblock);
    kafc__free(l->cfg.mem, g->block);
    memset(&g->credentials, 0, sizeof(g->credentials));
    g->block = NULL;
    g->state_set = g->raw = g->waiting = false;
    g->renew_at = INT64_MAX;
}

/* When 85 to 95 % of the life of the session have passed, or of the token if that is shorter, so that the connections
 * of a client do not all come at once; of a short one 1 to 3 s before its end, so that a stall is not the end of it.
 * Brokers take no other login within a second of the last, and before KIP-368 none at all. */
static int64_t renew_at(const struct kafc_link *l, int64_t now, int64_t session_ms)
{
    int64_t token_ms = l->login.credentials.expires_ms;
    int64_t life = session_ms <= 0 || (token_ms > 0 && token_ms < session_ms) ? token_ms : session_ms;
    if (life <= 0 || life > INT64_MAX / 2000 || l->have[KAFC_API_SASL_AUTHENTICATE].max < 1)
        return INT64_MAX;
    int64_t left = (life < 20000 ? 20000 : life) * (50 + (l->cfg.rand ? kafc__rand_below(l->cfg.rand, 101) : 50));
    int64_t late = life > 1200 ? life * 900 : AGAIN_US;
    return now + (left < life * 500 ? life * 1000 - left : late);
}

static void complete(struct kafc_link *l, int64_t lifetime_ms)
{
    bool again = l->state == KAFC_LINK_RENEWING;
    int64_t at = renew_at(l, l->heard_at, lifetime_ms);
    kafc__link_login_end(l);
    kafc__log_in(l->cfg.log, again ? KAFC_LOG_DEBUG : KAFC_LOG_INFO, KAFC_DEBUG_SECURITY,
                 "%s %s the login by %s", l->name, again ? "has renewed" : "has accepted", mechanism(l)->name);
    l->login.renew_at = at;
    kafc__link_step(l, KAFC_LINK_EV_LOGGED_IN, l->heard_at);
    if (l->cfg.told)
        *l->cfg.told = KAFC_OK;
}

static void token_done(struct kafc_request *rq);

static void send_token(struct kafc_link *l, kafc_bytes token, int64_t now)
{
    const struct kafc_api *api = &kafc_sasl_authenticate_api;
    struct kafc_link_login *g = &l->login;
    int16_t max = (int16_t)l->have[api->key].max;
    kafc__msg_defaults(api->req, &g->token);
    g->token.auth_bytes = token;
    if (!g->raw && max < 0)
        kafc__link_break(l, KAFC_ERR_UNSUPPORTED, "knows SaslHandshake v1, but no SaslAuthenticate");
    else
        kafc__link_ask(l, &g->rq, api, max < api->pick_max ? max : api->pick_max, &g->token, token_done, now);
}

/* What the broker said goes to the mechanism, its answer to the broker; there is none when all has been said. */
static void converse(struct kafc_link *l, kafc_bytes challenge, int64_t lifetime_ms, int64_t now)
{
    kafc_bytes answer = { NULL, 0 };
    kafc_error err;
    (void)kafc__error(&err, KAFC_ERR_SASL_AUTHENTICATION_FAILED, "the mechanism does not say why");
    kafc_err e = mechanism(l)->step(l->login.state, challenge, &answer, &err);
    if (e)
        refuse(l, e, "cannot log in", kafc__str(err.message));
    else if (answer.p)
        send_token(l, answer, now);
    else
        complete(l, lifetime_ms);
}

static void token_done(struct kafc_request *rq)
{
    struct kafc_link *l = rq->owner;
    struct kafc_sasl_authenticate_resp resp;
    struct kafc_arena a;
    kafc_error err;
    static const char nothing[] = "";
    if (!l->login.state_set)
        return; /* the connection is gone */
    if (rq->result) {
        kafc__link_break(l, rq->result, "did not answer the login: %s", rq->why->message);
        return;
    }
    kafc__msg_defaults(rq->api->resp, &resp);
    kafc__arena_init(&a, l->cfg.mem, 0);
    if (l->login.raw)
        resp.auth_bytes = (kafc_bytes){ rq->body, (int32_t)(rq->end - rq->body) };
    else if (kafc__request_decode(rq, &resp, &a, &err))
        kafc__link_break(l, err.code, "answered SaslAuthenticate v%d with bytes that are none: %s",
                         rq->version, err.message);
    if (resp.auth_bytes.len == 0)
        resp.auth_bytes = (kafc_bytes){ nothing, 0 }; /* it is no null: that would be the beginning */
    if (!l->broken.code && resp.error_code)
        refuse(l, (kafc_err)resp.error_code, "refuses the login of", resp.error_message);
    if (!l->broken.code)
        converse(l, resp.auth_bytes, resp.session_lifetime_ms, l->heard_at);
    kafc__arena_fini(&a);
}

/* ---- The handshake ---- */

/* "PLAIN, SCRAM-SHA-256", as far as there is room. */
static void list_mechanisms(const struct kafc_sasl_handshake_resp *resp, char *buf, size_t cap)
{
    size_t n = 0;
    buf[0] = '\0';
    for (int32_t i = 0; i < resp->mechanisms.n && n < cap; i++)
        n += (size_t)snprintf(buf + n, cap - n, "%s%.*s", n ? ", " : "",
                              KAFC_STR_HEAD(resp->mechanisms.v[i], 40));
}

static void handshake_refused(struct kafc_link *l, const struct kafc_sasl_handshake_resp *resp)
{
    char list[200];
    kafc_err code = (kafc_err)resp->error_code;
    list_mechanisms(resp, list, sizeof(list));
    if (code == KAFC_ERR_UNSUPPORTED_SASL_MECHANISM)
        kafc__link_break(l, code, "does not offer sasl.mechanism %s; it has %s", mechanism(l)->name,
                         list[0] ? list : "none");
    else if (code == KAFC_ERR_ILLEGAL_SASL_STATE && l->state == KAFC_LINK_LOGIN)
        kafc__link_break(l, code, "expects no login: its listener has security.protocol PLAINTEXT or SSL");
    else
        kafc__link_break(l, code, "refuses SaslHandshake with %s: %s", kafc_err_name(code),
                         kafc_err_text(code));
}

/* We have no login, and the broker was asked for a mechanism that nobody has: one that wants a login lists its own. So
 * does the next connection: it would be closed over its first request, and nobody would know why. */
static void suspicion_done(struct kafc_link *l, const struct kafc_sasl_handshake_resp *resp)
{
    char list[200];
    *l->cfg.suspect = resp->error_code == KAFC_ERR_UNSUPPORTED_SASL_MECHANISM;
    if (*l->cfg.suspect) {
        list_mechanisms(resp, list, sizeof(list));
        kafc__link_break(
            l, KAFC_ERR_ILLEGAL_SASL_STATE,
            "wants a login: its listener has security.protocol SASL_PLAINTEXT or SASL_SSL, and sasl.mechanism %s",
            list);
    } else {
        kafc__link_step(l, KAFC_LINK_EV_LOGGED_IN, l->heard_at);
    }
}

static void handshake_done(struct kafc_request *rq)
{
    struct kafc_link *l = rq->owner;
    struct kafc_sasl_handshake_resp resp;
    struct kafc_arena a;
    kafc_error err;
    if (l->cfg.login ? !l->login.state_set : l->state != KAFC_LINK_LOGIN)
        return; /* the connection is gone */
    if (rq->result) {
        kafc__link_break(l, rq->result, "did not answer %s: %s", rq->api->name, rq->why->message);
        return;
    }
    kafc__arena_init(&a, l->cfg.mem, 0);
    if (kafc__request_decode(rq, &resp, &a, &err))
        kafc__link_break(l, err.code, "answered SaslHandshake with bytes that are none: %s", err.message);
    else if (!l->cfg.login)
        suspicion_done(l, &resp);
    else if (resp.error_code)
        handshake_refused(l, &resp);
    kafc__arena_fini(&a);
    if (l->broken.code || !l->cfg.login)
        return;
    l->login.raw = rq->version == 0;
    converse(l, (kafc_bytes){ NULL, 0 }, 0, l->heard_at);
}

/* ---- The beginning ---- */

/* Credentials for the mechanism, and its state. false: there are none yet, or the link is broken. */
static bool prepare(struct kafc_link *l, int64_t now)
{
    struct kafc_link_login *g = &l->login;
    const kafc_sasl_peer peer = { mechanism(l)->name, l->cfg.host, l->cfg.port, l->node };
    kafc_error err;
    kafc_err e = l->cfg.login->credentials(l->cfg.login->ctx, &peer, &g->credentials, &g->block, &g->nblock,
                                           &err);
    g->waiting = e == KAFC_ERR_WOULD_BLOCK;
    if (g->waiting)
        return false;
    if (e && l->state == KAFC_LINK_READY && !kafc__retry_refused(e)) { /* the last login is still good for a while */
        kafc__log_in(l->cfg.log, kafc__link_loudness(l, e), KAFC_DEBUG_SECURITY,
                     "%s cannot be logged in to anew at the moment: %s", l->name, err.message);
        g->renew_at = now + AGAIN_US;
        return false;
    }
    if (e) {
        kafc__link_break(l, e, "cannot be logged in to: %s", err.message);
        return false;
    }
    (void)kafc__error(&err, KAFC_ERR_SASL_AUTHENTICATION_FAILED, "the mechanism does not say why");
    e = mechanism(l)->start(mechanism(l)->ctx, &peer, &g->credentials, &g->state, &err);
    if (e == KAFC_ERR_USAGE) /* what cannot be said is not said better the next time (rule C5) */
        e = KAFC_ERR_SASL_AUTHENTICATION_FAILED;
    if (e)
        refuse(l, e, "cannot log in", kafc__str(err.message));
    g->state_set = !e;
    return !e;
}

void kafc__link_login(struct kafc_link *l, int64_t now)
{
    const struct kafc_api *api = &kafc_sasl_handshake_api;
    struct kafc_link_login *g = &l->login;
    int max = l->have[api->key].max;
    if (max < 0) {
        kafc__link_break(l, KAFC_ERR_UNSUPPORTED, "knows no SaslHandshake: it is too old for logins");
        return;
    }
    if (l->cfg.login && !g->state_set && !prepare(l, now))
        return;
    const char *name = l->cfg.login ? mechanism(l)->name : "NONE";
    g->renew_at = INT64_MAX;
    kafc__msg_defaults(api->req, &g->hello);
    g->hello.mechanism = kafc__str(name);
    kafc__link_ask(l, &g->rq, api, (int16_t)(max < 1 ? max : 1), &g->hello, handshake_done, now);
}

void kafc__link_renew(struct kafc_link *l, int64_t now)
{
    if (l->state != KAFC_LINK_READY || l->login.renew_at > now || !kafc__link_pending(l))
        return; /* an idle connection needs no login, and shall end for its idleness */
    l->login.renew_at = INT64_MAX;
    if (prepare(l, now)) /* else requests go on, and the credentials are waited for */
        kafc__link_step(l, KAFC_LINK_EV_LOGIN, now);
}

void kafc__link_credentials(struct kafc_link *l, int64_t now)
{
    if (!l->login.waiting)
        return;
    l->login.waiting = false;
    if (l->state == KAFC_LINK_LOGIN)
        kafc__link_login(l, now);
    else
        l->login.renew_at = now;
}

bool kafc__link_login_cut(const struct kafc_link *l, kafc_error *why)
{
    const char *user = l->login.credentials.username;
    if (l->broken.code || why->code != KAFC_ERR_DISCONNECTED || !l->login.raw)
        return false;
    kafc__error(why, KAFC_ERR_SASL_AUTHENTICATION_FAILED,
                "%s closed the connection during the login of %s%.100s%s by %s: a broker before 1.0 does that when it "
                "refuses it", l->name, user ? "'" : "", user ? user : "us", user ? "'" : "", mechanism(l)->name);
    return true;
}
