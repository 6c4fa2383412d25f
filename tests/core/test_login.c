/* SPDX-License-Identifier: BSD-2-Clause
 *
 * core/link_login against a scripted peer: the handshake and the tokens in
 * both of their forms, refusals in words, credentials that come late, renewal
 * on a living connection, and the link's whole table of states.
 */
#include <stdio.h>

#include "base/mem.h"
#include "core/link_internal.h"
#include "protocol/api/03_metadata.h"
#include "tests/core/peer.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { ALL = 1 << 30, SECOND = 1000000, MAX = 16 };

/* --- A mechanism: says "hello", wants "who", answers with the password, wants "ok" ------------------------ */

static int open_states;
static char answer[64];
static kafc_err start_fails;

static kafc_err start(void *ctx, const kafc_sasl_peer *peer, const kafc_credentials *c, void **state,
                      kafc_error *err)
{
    ck_assert_ptr_eq(ctx, &open_states);
    ck_assert_str_eq(peer->mechanism, "TEST");
    ck_assert_str_eq(peer->host, "b");
    ck_assert_int_eq(peer->port, 9092);
    ck_assert_int_eq(peer->broker, 2);
    if (start_fails) {
        snprintf(err->message, sizeof(err->message), "the moon is wrong");
        return start_fails;
    }
    *state = (void *)(uintptr_t)c->password;
    open_states++;
    return KAFC_OK;
}

static kafc_err step(void *state, kafc_bytes challenge, kafc_bytes *out, kafc_error *err)
{
    static const char hello[] = "hello";
    if (!challenge.p) {
        *out = (kafc_bytes){ hello, 5 };
    } else if (challenge.len == 3 && !memcmp(challenge.p, "who", 3)) {
        snprintf(answer, sizeof(answer), "%s", (const char *)state);
        *out = (kafc_bytes){ answer, (int32_t)strlen(answer) };
    } else if (challenge.len != 2 || memcmp(challenge.p, "ok", 2)) {
        snprintf(err->message, sizeof(err->message), "the broker talks nonsense");
        return KAFC_ERR_SASL_AUTHENTICATION_FAILED;
    }
    return KAFC_OK;
}

static void end(void *state)
{
    (void)state;
    ck_assert_int_gt(open_states, 0);
    open_states--;
}

static const kafc_sasl_mechanism mechanism = { "TEST", start, step, end, &open_states };

static kafc_err credentials_fail;
static int64_t token_life;
static int asked;
static const kafc_allocator *mem;

static kafc_err credentials(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out, char **block,
                            size_t *n, kafc_error *err)
{
    (void)peer;
    asked++;
    if (credentials_fail)
        return kafc__error(err, credentials_fail, "the vault is shut");
    *n = 32;
    *block = kafc__zalloc(mem, *n);
    if (!*block)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory");
    snprintf(*block, *n, "%s", (const char *)ctx);
    *out = (kafc_credentials){ .username = "alice", .password = *block, .expires_ms = token_life };
    return KAFC_OK;
}

static char secret[16] = "s3cret";
static const struct kafc_login login = { &mechanism, credentials, secret };

/* --- The two sides ------------------------------------------------------------------------------------------ */

static struct kafc_link_config cfg;
static struct kafc_link *l;
static struct peer p;
static struct kafc_metadata_req ask;
static struct kafc_request rq[MAX];
static kafc_err ended[MAX];
static char words[488];
static int nended;

static void done(struct kafc_request *r)
{
    ended[nended++] = r->result;
    if (r->why)
        snprintf(words, sizeof(words), "%s", r->why->message);
}

static char told[32]; /* what the hook was: opened, in (logged), ready, failed, lost */

static void on_connection(void *ctx, const kafc_connection_event *e)
{
    size_t n = strlen(told);
    (void)ctx;
    told[n < sizeof(told) - 1 ? n : 0] = "??o?irfl?"[e->state];
}

static const kafc_hooks hooks = { .size = sizeof(hooks), .on_connection = on_connection };
static const struct kafc_watch watch = { .hooks = &hooks };

static void setup(void)
{
    memset(told, 0, sizeof(told));
    nended = asked = 0;
    credentials_fail = start_fails = KAFC_OK;
    token_life = 0;
    cfg = (struct kafc_link_config){ .mem = mem,
                                     .client_id = "test",
                                     .login = &login,
                                     .watch = &watch,
                                     .host = "b",
                                     .port = 9092,
                                     .receive_max = 1 << 20,
                                     .request_timeout_us = 10 * SECOND };
    l = kafc__link_new(&cfg, 2, "node 2, advertised as b:9092 by a:9092,");
    peer_init(&p);
    kafc__msg_defaults(&kafc_metadata_req_schema, &ask);
    for (int i = 0; i < MAX; i++) {
        kafc__request_init(&rq[i], &kafc_metadata_api, &ask);
        rq[i].timeout_us = SECOND;
        rq[i].done = done;
    }
}

static void teardown(void)
{
    kafc__link_free(l);
    peer_fini(&p);
    ck_assert_int_eq(open_states, 0);
}

static kafc_err push(int64_t now, kafc_error *err)
{
    return peer_push(&p, l, ALL, now, err);
}

static void next(struct peer_request *q, int16_t api, int64_t now)
{
    peer_pull(&p, l, ALL, now);
    ck_assert(peer_next(&p, q));
    ck_assert_int_eq(q->h.api, api);
}

/* A connection that has asked for the versions; it has the answer. */
static void opened(struct peer_request *q, int64_t now)
{
    kafc__link_opening(l);
    kafc__link_up(l, now);
    peer_reset(&p);
    next(q, KAFC_API_API_VERSIONS, now);
}

static void greeted(struct peer_request *q, int64_t now)
{
    opened(q, now);
    peer_versions(&p, q, 127);
    ck_assert_int_eq(push(now, NULL), KAFC_OK);
}

static void answer_handshake(const struct peer_request *q, int16_t code, const char *list)
{
    struct kafc_sasl_handshake_req req;
    struct kafc_sasl_handshake_resp resp;
    kafc_str m = { list, (int32_t)strlen(list) };
    peer_decode(&p, q, &req);
    ck_assert(req.mechanism.len == 4 && !memcmp(req.mechanism.p, "TEST", 4));
    kafc__msg_defaults(q->api->resp, &resp);
    resp.error_code = code;
    resp.mechanisms.v = &m;
    resp.mechanisms.n = 1;
    peer_answer(&p, q, &resp);
}

static void answer_token(const struct peer_request *q, const char *want, int16_t code, const char *said,
                         int64_t lifetime)
{
    struct kafc_sasl_authenticate_req req;
    struct kafc_sasl_authenticate_resp resp;
    peer_decode(&p, q, &req);
    ck_assert(req.auth_bytes.len == (int32_t)strlen(want) && !memcmp(req.auth_bytes.p, want, strlen(want)));
    kafc__msg_defaults(q->api->resp, &resp);
    resp.error_code = code;
    if (code)
        resp.error_message = (kafc_str){ said, (int32_t)strlen(said) };
    else
        resp.auth_bytes = (kafc_bytes){ said, (int32_t)strlen(said) };
    resp.session_lifetime_ms = lifetime;
    peer_answer(&p, q, &resp);
}

static void log_in(int64_t now, int64_t lifetime)
{
    struct peer_request q;
    next(&q, KAFC_API_SASL_HANDSHAKE, now);
    answer_handshake(&q, 0, "TEST");
    ck_assert_int_eq(push(now, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_AUTHENTICATE, now);
    answer_token(&q, "hello", 0, "who", 0);
    ck_assert_int_eq(push(now, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_AUTHENTICATE, now);
    answer_token(&q, "s3cret", 0, "ok", lifetime);
    ck_assert_int_eq(push(now, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    ck_assert_int_eq(open_states, 0);
}

static void answer_metadata(const struct peer_request *q)
{
    struct kafc_metadata_resp resp;
    kafc__msg_defaults(q->api->resp, &resp);
    peer_answer(&p, q, &resp);
}

static bool secret_is_there(const void *at, size_t n)
{
    for (const char *c = at; c + 6 <= (const char *)at + n; c++)
        if (!memcmp(c, "s3cret", 6))
            return true;
    return false;
}

/* --- Logging in ------------------------------------------------------------------------------------------------ */

START_TEST(requests_wait_until_the_login_is_over)
{
    struct peer_request q;
    setup();
    greeted(&q, 0);
    kafc__link_queue(l, &rq[0], 0);
    log_in(0, 0);
    next(&q, KAFC_API_METADATA, 0);
    answer_metadata(&q);
    ck_assert_int_eq(push(0, NULL), KAFC_OK);
    ck_assert_int_eq(nended, 1);
    ck_assert_int_eq(ended[0], KAFC_OK);
    ck_assert_int_eq(l->login.renew_at, INT64_MAX); /* the session has no end */
    ck_assert_str_eq(told, "oir");
    struct kafc_slot *s = KAFC_LIST_FIRST(&l->spare, struct kafc_slot, node);
    for (; s; s = KAFC_LIST_NEXT(&l->spare, s, struct kafc_slot, node))
        ck_assert(!secret_is_there(s->buf, s->cap));
    teardown();
}
END_TEST

START_TEST(tokens_travel_bare_after_handshake_0)
{
    for (size_t chunk = 1; chunk < 9; chunk++) {
        struct peer_request q;
        setup();
        greeted(&q, 0);
        l->have[KAFC_API_SASL_HANDSHAKE].max = 0;
        l->have[KAFC_API_SASL_AUTHENTICATE].max = -1;
        kafc__link_down(l, &(kafc_error){ .code = KAFC_ERR_DISCONNECTED }, 0);
        opened(&q, 0);
        struct kafc_api_versions_resp v;
        struct kafc_api_versions_resp_api keys[] = { { .api_key = KAFC_API_SASL_HANDSHAKE },
                                                     { .api_key = KAFC_API_METADATA, .max_version = 1 } };
        kafc__msg_defaults(q.api->resp, &v);
        v.api_keys.v = keys;
        v.api_keys.n = 2;
        peer_answer(&p, &q, &v);
        ck_assert_int_eq(peer_push(&p, l, chunk, 0, NULL), KAFC_OK);
        next(&q, KAFC_API_SASL_HANDSHAKE, 0);
        ck_assert_int_eq(q.h.version, 0);
        answer_handshake(&q, 0, "TEST");
        ck_assert_int_eq(peer_push(&p, l, chunk, 0, NULL), KAFC_OK);
        peer_pull(&p, l, chunk, 0);
        ck_assert(p.nin - p.taken == 9 && !memcmp(p.in + p.taken, "\0\0\0\5hello", 9));
        p.taken = p.nin;
        peer_raw(&p, "\0\0\0\3who", 7);
        ck_assert_int_eq(peer_push(&p, l, chunk, 0, NULL), KAFC_OK);
        peer_pull(&p, l, chunk, 0);
        ck_assert(p.nin - p.taken == 10 && !memcmp(p.in + p.taken, "\0\0\0\6s3cret", 10));
        p.taken = p.nin;
        peer_raw(&p, "\0\0\0\2ok", 6);
        kafc__link_queue(l, &rq[0], 0);
        ck_assert_int_eq(peer_push(&p, l, chunk, 0, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
        next(&q, KAFC_API_METADATA, 0);
        answer_metadata(&q);
        ck_assert_int_eq(peer_push(&p, l, chunk, 0, NULL), KAFC_OK);
        ck_assert_int_eq(nended, 1);
        teardown();
    }
}
END_TEST

static void bare(struct peer_request *q)
{
    greeted(q, 0);
    next(q, KAFC_API_SASL_HANDSHAKE, 0);
    answer_handshake(q, 0, "TEST");
    ck_assert_int_eq(push(0, NULL), KAFC_OK);
    l->login.raw = true; /* from here on as after version 0 */
}

START_TEST(hostile_bare_tokens_end_the_connection)
{
    static const struct {
        const char *bytes, *word;
    } bad[] = { { "\x7f\xff\xff\xff", "2147483647 bytes" }, { "\xff\xff\xff\xff", "-1 bytes" },
                { "\0\0\x40\0", "16384 bytes" } };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct peer_request q;
        kafc_error err;
        setup();
        bare(&q);
        peer_pull(&p, l, ALL, 0);
        peer_raw(&p, bad[i].bytes, 4);
        ck_assert_int_eq(push(0, &err), KAFC_ERR_PROTOCOL);
        ck_assert_msg(strstr(err.message, bad[i].word) != NULL, "%s", err.message);
        teardown();
    }
}
END_TEST

/* --- Refusals (rule C5) ------------------------------------------------------------------------------------------- */

static void lost(kafc_error *err)
{
    kafc__link_explain(l, err);
    kafc__link_down(l, err, 0);
}

START_TEST(C5_refusals_have_the_brokers_words)
{
    static const struct {
        int16_t handshake, token;
        const char *said;
        kafc_err code;
        const char *text;
    } t[] = {
        { 33, 0, "PLAIN", KAFC_ERR_UNSUPPORTED_SASL_MECHANISM, "does not offer sasl.mechanism TEST; it has PLAIN" },
        { 34, 0, "", KAFC_ERR_ILLEGAL_SASL_STATE, "expects no login: its listener has security.protocol PLAINTEXT" },
        { 0, 58, "Authentication failed: Invalid username or password", KAFC_ERR_SASL_AUTHENTICATION_FAILED,
          "refuses the login of 'alice' by TEST: Authentication failed: Invalid username or password" },
        { 0, 58, "\x1b[2Jno\n", KAFC_ERR_SASL_AUTHENTICATION_FAILED, "by TEST: ?[2Jno?" },
        { 33, 0, "A\x1b", KAFC_ERR_UNSUPPORTED_SASL_MECHANISM, "it has A?" },
        { 0, 0, "gibberish", KAFC_ERR_SASL_AUTHENTICATION_FAILED, "by TEST: the broker talks nonsense" },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct peer_request q;
        kafc_error err;
        setup();
        greeted(&q, 0);
        kafc__link_queue(l, &rq[0], 0);
        next(&q, KAFC_API_SASL_HANDSHAKE, 0);
        answer_handshake(&q, t[i].handshake, t[i].handshake ? t[i].said : "TEST");
        kafc_err e = push(0, &err);
        if (!t[i].handshake) {
            next(&q, KAFC_API_SASL_AUTHENTICATE, 0);
            answer_token(&q, "hello", t[i].token, t[i].said, 0);
            e = push(0, &err);
        }
        ck_assert_int_eq(e, t[i].code);
        ck_assert_msg(strstr(err.message, t[i].text) != NULL, "%s", err.message);
        ck_assert(!secret_is_there(err.message, sizeof(err.message)));
        ck_assert_int_eq(err.cls, KAFC_CLASS_FATAL);
        lost(&err);
        ck_assert_int_eq(ended[0], t[i].code);
        ck_assert_str_eq(words, err.message);
        teardown();
    }
}
END_TEST

START_TEST(C5_a_close_over_bare_tokens_is_a_refusal)
{
    struct peer_request q;
    kafc_error err;
    setup();
    bare(&q);
    kafc__error(&err, KAFC_ERR_DISCONNECTED, "closed by the peer");
    lost(&err);
    ck_assert_int_eq(err.code, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ck_assert_ptr_nonnull(strstr(err.message, "login of 'alice' by TEST: a broker before 1.0"));
    teardown();
}
END_TEST

START_TEST(a_close_over_other_tokens_is_none)
{
    struct peer_request q;
    kafc_error err;
    setup();
    greeted(&q, 0);
    kafc__error(&err, KAFC_ERR_DISCONNECTED, "closed by the peer");
    lost(&err);
    ck_assert_int_eq(err.code, KAFC_ERR_DISCONNECTED);
    teardown();
}
END_TEST

START_TEST(what_cannot_begin_says_why)
{
    static const struct {
        kafc_err code;
        const char *text;
    } want[] = { { KAFC_ERR_SASL_AUTHENTICATION_FAILED, "the vault is shut" },
                 { KAFC_ERR_SASL_AUTHENTICATION_FAILED, "the moon is wrong" },
                 { KAFC_ERR_UNSUPPORTED, "too old for logins" } };
    for (int i = 0; i < 3; i++) {
        struct peer_request q;
        kafc_error err;
        setup();
        credentials_fail = i == 0 ? KAFC_ERR_SASL_AUTHENTICATION_FAILED : KAFC_OK;
        start_fails = i == 1 ? KAFC_ERR_USAGE : KAFC_OK;
        opened(&q, 0);
        if (i < 2) {
            peer_versions(&p, &q, 127);
        } else {
            struct kafc_api_versions_resp v;
            kafc__msg_defaults(q.api->resp, &v);
            peer_answer(&p, &q, &v);
        }
        kafc_err e = push(0, &err);
        ck_assert_int_eq(e, want[i].code);
        ck_assert_ptr_nonnull(strstr(err.message, want[i].text));
        lost(&err);
        teardown();
    }
}
END_TEST

START_TEST(a_broker_that_leaves_the_login_unanswered_is_given_up)
{
    struct peer_request q;
    kafc_error err;
    setup();
    greeted(&q, 0);
    next(&q, KAFC_API_SASL_HANDSHAKE, 0);
    ck_assert_int_eq(kafc__link_deadline(l), 10 * SECOND);
    ck_assert_int_ne(kafc__link_tick(l, 10 * SECOND, &err), KAFC_OK);
    lost(&err);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_DOWN);
    teardown();
}
END_TEST

/* A connection without a login that is closed over its first request: the next one asks. */
static void shut_out(struct peer_request *q)
{
    kafc_error err;
    setup();
    l->cfg.login = NULL;
    for (int i = 0; i < 2; i++) {
        greeted(q, 0);
        kafc__link_queue(l, &rq[i], 0);
        next(q, i ? KAFC_API_SASL_HANDSHAKE : KAFC_API_METADATA, 0);
        if (i)
            return;
        kafc__error(&err, KAFC_ERR_DISCONNECTED, "closed by the peer");
        lost(&err);
        ck_assert_int_eq(err.code, KAFC_ERR_DISCONNECTED);
        ck_assert_ptr_nonnull(strstr(err.message, "died, or wants a login (security.protocol"));
    }
}

static void answer_suspicion(const struct peer_request *q, int16_t code)
{
    struct kafc_sasl_handshake_resp resp;
    kafc_str m[] = { { "PLAIN", 5 }, { "SCRAM-SHA-512", 13 } };
    kafc__msg_defaults(q->api->resp, &resp);
    resp.error_code = code;
    resp.mechanisms.v = m;
    resp.mechanisms.n = code == KAFC_ERR_UNSUPPORTED_SASL_MECHANISM ? 2 : 0;
    peer_answer(&p, q, &resp);
}

START_TEST(C5_who_has_no_login_and_is_wanted_to_hears_so)
{
    struct peer_request q;
    kafc_error err;
    shut_out(&q);
    for (int i = 0; i < 3; i++) {
        answer_suspicion(&q, KAFC_ERR_UNSUPPORTED_SASL_MECHANISM);
        ck_assert_int_eq(push(0, &err), KAFC_ERR_ILLEGAL_SASL_STATE);
        ck_assert_msg(strstr(err.message, "wants a login: ") &&
                          strstr(err.message, "sasl.mechanism PLAIN, SCRAM-SHA-512"),
                      "%s", err.message);
        lost(&err);
        greeted(&q, 0);
        next(&q, KAFC_API_SASL_HANDSHAKE, 0);
    }
    teardown();
}
END_TEST

START_TEST(a_broker_that_died_over_the_first_request_wants_no_login)
{
    struct peer_request q;
    shut_out(&q);
    answer_suspicion(&q, KAFC_ERR_ILLEGAL_SASL_STATE);
    ck_assert_int_eq(push(0, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    next(&q, KAFC_API_METADATA, 0);
    answer_metadata(&q);
    ck_assert_int_eq(push(0, NULL), KAFC_OK);
    ck_assert_int_eq(ended[1], KAFC_OK);
    ck_assert(!*l->cfg.suspect);
    teardown();
}
END_TEST

/* --- Credentials that come late ---------------------------------------------------- */

START_TEST(credentials_may_come_late)
{
    struct peer_request q;
    setup();
    credentials_fail = KAFC_ERR_WOULD_BLOCK;
    greeted(&q, 0);
    peer_pull(&p, l, ALL, 0);
    ck_assert(!peer_next(&p, &q));
    kafc__link_credentials(l, 1);
    ck_assert_int_eq(asked, 2); /* still none */
    credentials_fail = KAFC_OK;
    kafc__link_credentials(l, 2);
    log_in(2, 0);
    kafc__link_credentials(l, 3); /* nobody waits */
    ck_assert_int_eq(asked, 3);
    teardown();
}
END_TEST

/* --- Renewal (KIP-368) ------------------------------------------------------------- */

START_TEST(a_login_is_renewed_in_front_of_what_is_queued)
{
    struct peer_request q, first;
    setup();
    greeted(&q, 0);
    log_in(0, 10000);
    ck_assert_int_gt(kafc__link_deadline(l), 8 * SECOND); /* an idle one is not renewed */
    rq[0].timeout_us = rq[1].timeout_us = rq[2].timeout_us = 60 * SECOND;
    kafc__link_queue(l, &rq[0], 7 * SECOND);
    ck_assert_int_eq(kafc__link_deadline(l), 8 * SECOND); /* 10 % of 20 s before the end, where nobody draws */
    next(&first, KAFC_API_METADATA, 7 * SECOND);
    ck_assert_int_eq(kafc__link_tick(l, 8 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_RENEWING);
    ck_assert_int_ge(kafc__link_version(l, &kafc_metadata_api, 0, 20), 0);
    kafc__link_queue(l, &rq[1], 8 * SECOND);
    next(&q, KAFC_API_SASL_HANDSHAKE, 8 * SECOND);
    struct peer_request more;
    ck_assert(!peer_next(&p, &more));
    answer_metadata(&first);
    ck_assert_int_eq(push(8 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(nended, 1);
    answer_handshake(&q, 0, "TEST");
    ck_assert_int_eq(push(8 * SECOND, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_AUTHENTICATE, 8 * SECOND);
    ck_assert(!peer_next(&p, &more));
    answer_token(&q, "hello", 0, "who", 0);
    ck_assert_int_eq(push(8 * SECOND, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_AUTHENTICATE, 8 * SECOND);
    answer_token(&q, "s3cret", 0, "ok", 20000);
    ck_assert_int_eq(push(8 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    next(&q, KAFC_API_METADATA, 8 * SECOND);
    answer_metadata(&q);
    ck_assert_int_eq(push(8 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(nended, 2);
    ck_assert_int_eq(l->login.renew_at, 26 * SECOND);
    ck_assert_str_eq(told, "oiri");
    ck_assert_int_eq(asked, 2); /* anew: they may have been rotated */
    teardown();
}
END_TEST

START_TEST(a_login_is_renewed_before_its_token_ends)
{
    static const struct {
        int64_t token, session; /* ms */
        int version;            /* of SaslAuthenticate that the broker knows */
        int64_t renew_at;
    } t[] = {
        { 50000, 0, 127, 45 * SECOND },    { 50000, 60000, 127, 45 * SECOND }, { 60000, 50000, 127, 45 * SECOND },
        { 0, 50000, 127, 45 * SECOND },    { 0, 0, 127, INT64_MAX },           { -1, -1, 127, INT64_MAX },
        { 0, 10000, 127, 8 * SECOND },     { 0, 2000, 127, 1800000 }, /* short ones */
        { 10000, 0, 0, INT64_MAX }, /* before KIP-368 a second login is an error */
        { 0, 1, 127, SECOND },      /* and within a second of the last */
        { INT64_MAX, 0, 127, INT64_MAX },  { 0, INT64_MAX, 127, INT64_MAX },
    };
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        struct peer_request q;
        setup();
        token_life = t[i].token;
        greeted(&q, 0);
        l->have[KAFC_API_SASL_AUTHENTICATE].max = (int8_t)t[i].version;
        log_in(0, t[i].version ? t[i].session : 0);
        ck_assert_int_eq(l->login.renew_at, t[i].renew_at);
        teardown();
    }
}
END_TEST

START_TEST(what_is_parked_in_front_of_a_renewal_may_take_its_time)
{
    struct peer_request q, parked;
    setup();
    greeted(&q, 0);
    log_in(0, 10000);
    rq[0].timeout_us = 300 * SECOND;
    kafc__link_queue(l, &rq[0], SECOND);
    next(&parked, KAFC_API_METADATA, SECOND);
    ck_assert_int_eq(kafc__link_tick(l, 9 * SECOND, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_HANDSHAKE, 9 * SECOND);
    ck_assert_int_eq(kafc__link_tick(l, 200 * SECOND, NULL), KAFC_OK);
    answer_metadata(&parked);
    answer_handshake(&q, 0, "TEST");
    ck_assert_int_eq(push(200 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(ended[0], KAFC_OK);
    next(&q, KAFC_API_SASL_AUTHENTICATE, 200 * SECOND);
    teardown();
}
END_TEST

START_TEST(a_renewal_waits_for_credentials_while_requests_go_on)
{
    static const kafc_err why[] = { KAFC_ERR_WOULD_BLOCK, KAFC_ERR_SYSTEM };
    for (int i = 0; i < 2; i++) {
        struct peer_request q;
        int64_t then = (9 + i) * SECOND; /* who failed is asked again by itself */
        setup();
        greeted(&q, 0);
        log_in(0, 10000);
        credentials_fail = why[i];
        kafc__link_queue(l, &rq[0], 9 * SECOND);
        ck_assert_int_eq(kafc__link_tick(l, 9 * SECOND, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
        next(&q, KAFC_API_METADATA, 9 * SECOND);
        answer_metadata(&q);
        ck_assert_int_eq(push(9 * SECOND, NULL), KAFC_OK);
        credentials_fail = KAFC_OK;
        kafc__link_queue(l, &rq[1], then);
        kafc__link_credentials(l, then);
        ck_assert_int_le(kafc__link_deadline(l), then);
        ck_assert_int_eq(kafc__link_tick(l, then, NULL), KAFC_OK);
        ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_RENEWING);
        log_in(then, 0);
        teardown();
    }
}
END_TEST

START_TEST(an_idle_connection_logs_in_anew_when_it_is_used_again)
{
    struct peer_request q, more;
    setup();
    greeted(&q, 0);
    log_in(0, 10000);
    ck_assert_int_eq(kafc__link_tick(l, 60 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), KAFC_LINK_READY);
    kafc__link_queue(l, &rq[0], 60 * SECOND);
    ck_assert(kafc__link_wants(l, 60 * SECOND)); /* and nothing is sent before */
    next(&q, KAFC_API_SASL_HANDSHAKE, 60 * SECOND);
    ck_assert(!peer_next(&p, &more));
    teardown();
}
END_TEST

START_TEST(a_renewal_that_is_refused_ends_the_connection)
{
    struct peer_request q;
    kafc_error err;
    setup();
    greeted(&q, 0);
    log_in(0, 10000);
    kafc__link_queue(l, &rq[0], 9 * SECOND);
    ck_assert_int_eq(kafc__link_tick(l, 9 * SECOND, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_HANDSHAKE, 9 * SECOND);
    answer_handshake(&q, 0, "TEST");
    ck_assert_int_eq(push(9 * SECOND, NULL), KAFC_OK);
    next(&q, KAFC_API_SASL_AUTHENTICATE, 9 * SECOND);
    answer_token(&q, "hello", 58, "no more", 0);
    ck_assert_int_eq(push(9 * SECOND, &err), KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    lost(&err);
    ck_assert_int_eq(ended[0], KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    teardown();
}
END_TEST

/* --- The table --------------------------------------------------------------------- */

static void reach(int state)
{
    struct peer_request q;
    if (state == KAFC_LINK_OPENING || state == KAFC_LINK_GREETING)
        kafc__link_opening(l);
    if (state == KAFC_LINK_GREETING)
        kafc__link_up(l, 0);
    if (state >= KAFC_LINK_LOGIN)
        greeted(&q, 0);
    if (state >= KAFC_LINK_READY)
        log_in(0, 10000);
    if (state == KAFC_LINK_RENEWING)
        kafc__link_queue(l, &rq[0], 9 * SECOND);
    if (state == KAFC_LINK_RENEWING)
        ck_assert_int_eq(kafc__link_tick(l, 9 * SECOND, NULL), KAFC_OK);
    ck_assert_int_eq(kafc__link_state(l), state);
}

START_TEST(the_table_says_what_each_event_does)
{
    enum {
        DOWN = KAFC_LINK_DOWN,
        OPENING = KAFC_LINK_OPENING,
        GREETING = KAFC_LINK_GREETING,
        LOGIN = KAFC_LINK_LOGIN,
        READY = KAFC_LINK_READY,
        RENEWING = KAFC_LINK_RENEWING
    };
    static const int want[RENEWING + 1][KAFC_LINK_EVENTS] = {
        /* OPEN, UP, AGAIN, VERSIONS, LOGIN, LOGGED_IN, DOWN; -1: means nothing */
        [DOWN] = { OPENING, -1, -1, -1, -1, -1, DOWN },
        [OPENING] = { -1, GREETING, -1, -1, -1, -1, DOWN },
        [GREETING] = { -1, -1, GREETING, READY, LOGIN, -1, DOWN },
        [LOGIN] = { -1, -1, -1, -1, -1, READY, DOWN },
        [READY] = { -1, -1, -1, -1, RENEWING, -1, DOWN },
        [RENEWING] = { -1, -1, -1, -1, -1, READY, DOWN },
    };
    for (int state = DOWN; state <= RENEWING; state++)
        for (int ev = 0; ev < KAFC_LINK_EVENTS; ev++) {
            setup();
            reach(state);
            ck_assert_int_eq(kafc__link_step(l, (enum kafc_link_event)ev, 0), want[state][ev] >= 0);
            ck_assert_int_eq(kafc__link_state(l), want[state][ev] < 0 ? state : want[state][ev]);
            teardown();
        }
}
END_TEST

START_TEST(no_allocation_that_fails_leaks)
{
    struct test_alloc a;
    for (long n = 1;; n++) {
        struct peer_request q;
        kafc_error err;
        test_alloc_init(&a);
        a.fail_at = n;
        mem = &a.mem;
        setup();
        bool ok = l != NULL;
        if (ok) {
            kafc__link_opening(l);
            kafc__link_up(l, 0);
            peer_pull(&p, l, ALL, 0);
        }
        for (int i = 0; ok && i < 8 && peer_next(&p, &q); i++) {
            if (q.h.api == KAFC_API_API_VERSIONS)
                peer_versions(&p, &q, 127);
            else if (q.h.api == KAFC_API_SASL_HANDSHAKE)
                answer_handshake(&q, 0, "TEST");
            else
                answer_token(&q, i == 2 ? "hello" : "s3cret", 0, i == 2 ? "who" : "ok", 0);
            ok = push(0, &err) == KAFC_OK;
            peer_pull(&p, l, ALL, 0);
        }
        bool in = l && kafc__link_state(l) == KAFC_LINK_READY;
        teardown();
        ck_assert_int_eq(a.live, 0);
        if (a.calls < n) {
            ck_assert(in);
            break;
        }
    }
    mem = NULL;
}
END_TEST

SUITE_MAIN("core/login", 60, requests_wait_until_the_login_is_over, tokens_travel_bare_after_handshake_0,
           hostile_bare_tokens_end_the_connection, C5_refusals_have_the_brokers_words,
           C5_a_close_over_bare_tokens_is_a_refusal, C5_who_has_no_login_and_is_wanted_to_hears_so,
           a_broker_that_died_over_the_first_request_wants_no_login, a_close_over_other_tokens_is_none,
           what_cannot_begin_says_why,
           a_broker_that_leaves_the_login_unanswered_is_given_up, credentials_may_come_late,
           a_login_is_renewed_in_front_of_what_is_queued,
           a_login_is_renewed_before_its_token_ends, what_is_parked_in_front_of_a_renewal_may_take_its_time,
           a_renewal_waits_for_credentials_while_requests_go_on,
           an_idle_connection_logs_in_anew_when_it_is_used_again,
           a_renewal_that_is_refused_ends_the_connection,
           the_table_says_what_each_event_does, no_allocation_that_fails_leaks)
