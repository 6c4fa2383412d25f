/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock's logins, with src/sasl on the other side: what may come before one,
 * each mechanism in each version and bare, sessions that end, brokers that lie.
 */
#include <stdio.h>

#include "config.h"
#include "mock/acl.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/17_sasl_handshake.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/36_sasl_authenticate.h"
#include "protocol/schema.h"
#include "protocol/wire.h"
#include "sasl/sasl.h"
#include "tests/mock/ask.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { BARE = -1 }; /* in place of a version of SaslAuthenticate */

static const char *const all = KAFC_HAVE_OPENSSL ? "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER"
                                                 : "PLAIN,OAUTHBEARER";

static void begin(struct ask *a, int32_t session_ms)
{
    ask_init(a, NULL);
    ck_assert_int_eq(kafc__cluster_set_login(a->c, all, session_ms), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_user(a->c, "alice", "alice-secret"), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_user(a->c, "b,o=b", "bob-secret"), KAFC_OK);
    ask_connect(a, 1);
}

static kafc_err handshake(struct ask *a, int16_t version, const char *mechanism, int32_t *listed)
{
    struct kafc_sasl_handshake_req q = { .mechanism = ask_str(mechanism) };
    struct kafc_sasl_handshake_resp r;
    ask_call(a, KAFC_API_SASL_HANDSHAKE, version, &q, &r);
    if (listed)
        *listed = r.mechanisms.n;
    return (kafc_err)r.error_code;
}

struct verdict {
    kafc_err code;
    char why[488];
    int64_t session_ms;
};

/* A bare frame and its answer; false: the connection has ended. */
static bool bare(struct ask *a, kafc_bytes token, struct kafc_sasl_authenticate_resp *r)
{
    uint8_t size[4];
    kafc__store32(size, (uint32_t)token.len);
    ask_bytes(a, size, 4);
    ask_bytes(a, token.p, (size_t)token.len);
    if (ask_closed(a) || a->in_len < 4)
        return false;
    int32_t n = (int32_t)kafc__load32(a->in);
    ck_assert_uint_eq(a->in_len, 4 + (size_t)n);
    r->auth_bytes = (kafc_bytes){ kafc__arena_dup(&a->arena, a->in + 4, (size_t)n), n };
    a->in_len = 0;
    return true;
}

static void one_token(struct ask *a, int version, kafc_bytes token,
                      struct kafc_sasl_authenticate_resp *r)
{
    struct kafc_sasl_authenticate_req q = { .auth_bytes = token };
    kafc__msg_defaults(&kafc_sasl_authenticate_resp_schema, r);
    if (version != BARE)
        ask_call(a, KAFC_API_SASL_AUTHENTICATE, (int16_t)version, &q, r);
    else if (!bare(a, token, r))
        r->error_code = KAFC_ERR_SASL_AUTHENTICATION_FAILED;
}

static struct verdict converse(struct ask *a, int version, const char *mechanism,
                               const kafc_credentials *c)
{
    static const uint8_t nothing[1];
    struct verdict v = { KAFC_OK, "", 0 };
    struct kafc_sasl_authenticate_resp r;
    const kafc_sasl_mechanism *m = kafc__sasl_find(mechanism);
    kafc_bytes answer, challenge = { NULL, 0 };
    kafc_error err = { .message = "" };
    void *state;
    ck_assert_int_eq(m->start(NULL, NULL, c, &state, &err), KAFC_OK);
    while (!(v.code = m->step(state, challenge, &answer, &err)) && answer.p) {
        one_token(a, version, answer, &r);
        v.session_ms = r.session_lifetime_ms;
        if (r.error_code) {
            v.code = (kafc_err)r.error_code;
            (void)snprintf(err.message, sizeof(err.message), "%.*s", (int)r.error_message.len,
                           r.error_message.p ? r.error_message.p : "");
            break;
        }
        challenge = r.auth_bytes.p ? r.auth_bytes : (kafc_bytes){ nothing, 0 };
    }
    m->end(state);
    (void)snprintf(v.why, sizeof(v.why), "%s", err.message);
    return v;
}

static struct verdict login(struct ask *a, int version, const char *mechanism, const char *user,
                            const char *password)
{
    char buf[1000];
    kafc_credentials c = { .username = user, .password = password };
    if (strcmp(mechanism, "OAUTHBEARER") == 0) {
        char claims[100];
        (void)snprintf(claims, sizeof(claims), "principal=%s lifeSeconds=%s", user, password);
        ck_assert_int_eq(kafc__sasl_unsecured(claims, a->wall_ms, buf, sizeof(buf), &c, NULL),
                         KAFC_OK);
    }
    ck_assert_int_eq(handshake(a, version == BARE ? 0 : 1, mechanism, NULL), KAFC_OK);
    return converse(a, version, mechanism, &c);
}

static bool served(struct ask *a)
{
    struct kafc_metadata_req q;
    struct kafc_metadata_resp r;
    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    ask_send(a, KAFC_API_METADATA, 12, &q);
    return ask_answered(a, KAFC_API_METADATA, 12, &r) && !ask_closed(a);
}

static bool versions(struct ask *a)
{
    struct kafc_api_versions_req q;
    struct kafc_api_versions_resp r;
    kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
    q.client_software_name = q.client_software_version = ask_str("x");
    ask_send(a, KAFC_API_API_VERSIONS, 3, &q);
    return ask_answered(a, KAFC_API_API_VERSIONS, 3, &r) && r.error_code == 0;
}

#define NMECHANISMS (KAFC_HAVE_OPENSSL ? 4 : 2)
static const char *const mechanism[] = { "PLAIN", "OAUTHBEARER", "SCRAM-SHA-256", "SCRAM-SHA-512" };

static const char *password_of(int m)
{
    return m == 1 ? "60" : "alice-secret";
}

START_TEST(every_mechanism_in_every_version_and_bare)
{
    struct ask a;
    begin(&a, 0);
    for (int m = 0; m < NMECHANISMS; m++)
        for (int version = BARE; version <= 2; version++) {
            ask_connect(&a, 1);
            ck_assert(version % 2 || versions(&a));
            struct verdict v = login(&a, version, mechanism[m], "alice", password_of(m));
            ck_assert_msg(v.code == KAFC_OK, "%s v%d: %s", mechanism[m], version, v.why);
            ck_assert(served(&a));
            if (m == 1)
                continue;
            ask_connect(&a, 1);
            v = login(&a, version, mechanism[m], "b,o=b", "bob-secret");
            ck_assert_msg(v.code == KAFC_OK, "%s v%d: %s", mechanism[m], version, v.why);
            ask_connect(&a, 1);
            ck_assert_int_eq(login(&a, version, mechanism[m], "alice", "wrong").code,
                             KAFC_ERR_SASL_AUTHENTICATION_FAILED);
            ck_assert(ask_closed(&a));
            ask_connect(&a, 1);
            ck_assert_int_eq(login(&a, version, mechanism[m], "nobody", "alice-secret").code,
                             KAFC_ERR_SASL_AUTHENTICATION_FAILED);
            ck_assert(ask_closed(&a));
        }
    ask_fini(&a);
}
END_TEST

START_TEST(nothing_comes_before_a_login)
{
    struct ask a;
    begin(&a, 0);
    ck_assert(!served(&a));
    ck_assert(ask_closed(&a));
    ask_connect(&a, 1);
    ck_assert(versions(&a));
    ck_assert(!versions(&a)); /* once */
    ck_assert(ask_closed(&a));
    ask_connect(&a, 1);
    ck_assert(versions(&a));
    ck_assert(!served(&a));
    ck_assert(ask_closed(&a));
    ask_connect(&a, 1); /* in the middle of it: told, and cut */
    ck_assert_int_eq(handshake(&a, 1, "PLAIN", NULL), KAFC_OK);
    struct kafc_api_versions_req q = { .client_software_name = ask_str("x"),
                                       .client_software_version = ask_str("x") };
    struct kafc_api_versions_resp r;
    ask_call(&a, KAFC_API_API_VERSIONS, 3, &q, &r);
    ck_assert_int_eq(r.error_code, KAFC_ERR_ILLEGAL_SASL_STATE);
    ck_assert(ask_closed(&a));
    /* a connection that was there before goes on */
    ck_assert_int_eq(kafc__cluster_set_login(a.c, NULL, 0), KAFC_OK);
    ask_connect(&a, 1);
    ck_assert_int_eq(kafc__cluster_set_login(a.c, "PLAIN", 0), KAFC_OK);
    ck_assert(served(&a));
    ask_fini(&a);
}
END_TEST

START_TEST(a_plain_listener_expects_no_login)
{
    struct ask a;
    struct kafc_sasl_authenticate_resp r;
    int32_t listed;
    ask_init(&a, NULL);
    ck_assert_int_eq(handshake(&a, 1, "PLAIN", &listed), KAFC_ERR_ILLEGAL_SASL_STATE);
    ck_assert_int_eq(listed, 0);
    one_token(&a, 2, (kafc_bytes){ "x", 1 }, &r);
    ck_assert_int_eq(r.error_code, KAFC_ERR_ILLEGAL_SASL_STATE);
    ck_assert(served(&a));
    ask_fini(&a);
}
END_TEST

START_TEST(a_mechanism_that_is_not_there)
{
    struct ask a;
    int32_t listed;
    begin(&a, 0);
    ck_assert_int_eq(handshake(&a, 1, "GSSAPI", &listed), KAFC_ERR_UNSUPPORTED_SASL_MECHANISM);
    ck_assert_int_eq(listed, NMECHANISMS);
    ck_assert(ask_closed(&a));
    ck_assert_int_eq(kafc__cluster_set_login(a.c, "OAUTHBEARER,PLAIN", 0), KAFC_OK);
    ask_connect(&a, 1);
    ck_assert_int_eq(handshake(&a, 0, "SCRAM-SHA-256", &listed),
                     KAFC_ERR_UNSUPPORTED_SASL_MECHANISM);
    ck_assert_int_eq(listed, 2);
    ck_assert_int_eq(kafc__cluster_set_login(a.c, "PLAIN,", 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_login(a.c, "PLAIN,DIGEST", 0), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__cluster_set_login(a.c, "", 0), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__cluster_set_login(a.c, "PLAIN", -1), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__cluster_set_user(a.c, "", "x"), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__cluster_set_user(a.c, "x", ""), KAFC_ERR_USAGE);
    ask_fini(&a);
}
END_TEST

START_TEST(users_come_and_go)
{
    struct ask a;
    begin(&a, 0);
    ck_assert_int_eq(kafc__cluster_set_user(a.c, "alice", "another"), KAFC_OK);
    ck_assert_str_eq(login(&a, 2, "PLAIN", "alice", "alice-secret").why,
                     "Authentication failed: Invalid username or password");
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, 2, "PLAIN", "alice", "another").code, KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_user(a.c, "alice", NULL), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_user(a.c, "alice", NULL), KAFC_OK);
    ck_assert(served(&a));
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, 2, "PLAIN", "alice", "another").code,
                     KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ask_fini(&a);
}
END_TEST

START_TEST(wrong_words)
{
    static const struct {
        const char *mechanism;
        kafc_bytes token;
    } wrong[] = {
        { "PLAIN", { "", 0 } },
        { "PLAIN", { "alice", 5 } },
        { "PLAIN", { "\0alice", 6 } },
        { "PLAIN", { "bob\0alice\0alice-secret", 22 } },
        { "PLAIN", { "\0alice\0alice-secret\0", 20 } },
        { "OAUTHBEARER", { "", 0 } },
        { "OAUTHBEARER", { "n,,\1auth=Bearer x", 17 } },
        { "OAUTHBEARER", { "n,,\1auth=Basic x\1\1", 18 } },
        { "SCRAM-SHA-256", { "", 0 } },
        { "SCRAM-SHA-256", { "n", 1 } },
        { "SCRAM-SHA-256", { "n,", 2 } },
        { "SCRAM-SHA-256", { "n,,", 3 } },
        { "SCRAM-SHA-256", { "y,,n=alice,r=x", 14 } },
        { "SCRAM-SHA-256", { "n,,n=alice", 10 } },
        { "SCRAM-SHA-256", { "n,,n=al=ice,r=x", 15 } },
    };
    struct ask a;
    struct kafc_sasl_authenticate_resp r;
    begin(&a, 0);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        for (int version = BARE; version <= 2; version += 3) {
            if (!KAFC_HAVE_OPENSSL && wrong[i].mechanism[0] == 'S')
                continue;
            ask_connect(&a, 1);
            ck_assert_int_eq(handshake(&a, version == BARE ? 0 : 1, wrong[i].mechanism, NULL),
                             KAFC_OK);
            one_token(&a, version, wrong[i].token, &r);
            ck_assert_int_eq(r.error_code, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
            ck_assert(ask_closed(&a));
        }
    ask_fini(&a);
}
END_TEST

START_TEST(a_token_out_of_date)
{
    struct ask a;
    struct kafc_sasl_authenticate_resp r;
    char buf[1000];
    kafc_credentials c;
    begin(&a, 100000);
    ck_assert_int_eq(kafc__sasl_unsecured("principal=alice lifeSeconds=5", a.wall_ms, buf,
                                          sizeof(buf), &c, NULL),
                     KAFC_OK);
    ck_assert_int_eq(handshake(&a, 1, "OAUTHBEARER", NULL), KAFC_OK);
    struct verdict v = converse(&a, 2, "OAUTHBEARER", &c);
    ck_assert_int_eq(v.code, KAFC_OK);
    ck_assert_int_eq(v.session_ms, 5000); /* the token's, not the brokers' */
    ask_advance(&a, 5000000);
    ck_assert(served(&a));
    ask_advance(&a, 1);
    ck_assert(!served(&a));
    ck_assert(ask_closed(&a));
    ask_connect(&a, 1);
    ck_assert_int_eq(handshake(&a, 1, "OAUTHBEARER", NULL), KAFC_OK);
    v = converse(&a, 2, "OAUTHBEARER", &c);
    ck_assert_int_eq(v.code, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ck_assert_str_eq(v.why, "{\"status\":\"invalid_token\"}");
    for (int i = 0; i < 4; i++) { /* signed, or none of ours */
        static const char *const token[] = { "x", "eyJhbGciOiJub25lIn0", "eyJhbGciOiJub25lIn0.e30.",
                                             "eyJhbGciOiJIUzI1NiJ9.e30.x" };
        char text[100];
        ask_connect(&a, 1);
        ck_assert_int_eq(handshake(&a, 1, "OAUTHBEARER", NULL), KAFC_OK);
        int n = snprintf(text, sizeof(text), "n,,\1auth=Bearer %s\1\1", token[i]);
        one_token(&a, 2, (kafc_bytes){ text, n }, &r);
        ck_assert_int_eq(r.error_code, KAFC_OK);
        ck_assert_int_eq(r.auth_bytes.len, 26);
    }
    ask_connect(&a, 1);
    ck_assert_int_eq(handshake(&a, 1, "OAUTHBEARER", NULL), KAFC_OK);
    static const char forever[] = "n,,\1auth=Bearer eyJhbGciOiJub25lIn0." /* exp is 1e30 */
                                  "eyJzdWIiOiJhbGljZSIsImV4cCI6MWUzMH0.\1\1";
    one_token(&a, 2, (kafc_bytes){ forever, sizeof(forever) - 1 }, &r);
    ck_assert_int_eq(r.auth_bytes.len, 0);
    ck_assert_int_eq(r.session_lifetime_ms, 100000);
    ask_fini(&a);
}
END_TEST

START_TEST(sessions_end_and_are_renewed)
{
    struct ask a;
    begin(&a, 10000);
    for (int version = 0; version <= 2; version++) {
        ask_connect(&a, 1);
        struct verdict v = login(&a, version, "PLAIN", "alice", "alice-secret");
        ck_assert_int_eq(v.session_ms, version ? 10000 : 0); /* v0 cannot say so */
        ask_advance(&a, 10000000);
        ck_assert(served(&a));
        ask_advance(&a, 1);
        ck_assert(!served(&a));
        ck_assert(ask_closed(&a));
    }
    ask_connect(&a, 1);
    ck_assert_int_eq(
        login(&a, 2, mechanism[NMECHANISMS - 1], "alice", password_of(NMECHANISMS - 1)).code,
        KAFC_OK);
    for (int i = 0; i < 3; i++) { /* also when it has ended already */
        ask_advance(&a, i < 2 ? 9000000 : 11000000);
        ck_assert_int_eq(
            login(&a, 2, mechanism[NMECHANISMS - 1], "alice", password_of(NMECHANISMS - 1)).code,
            KAFC_OK);
        ck_assert(served(&a));
    }
    ask_advance(&a, 999999); /* too soon: refused, and nothing has happened */
    ck_assert_int_eq(handshake(&a, 1, mechanism[NMECHANISMS - 1], NULL),
                     KAFC_ERR_ILLEGAL_SASL_STATE);
    ck_assert(served(&a));
    ask_advance(&a, 1);
    ck_assert_int_eq(
        login(&a, 2, mechanism[NMECHANISMS - 1], "alice", password_of(NMECHANISMS - 1)).code,
        KAFC_OK);
    ask_fini(&a);
}
END_TEST

START_TEST(a_renewal_changes_neither_user_nor_mechanism)
{
    struct ask a;
    begin(&a, 10000);
    ck_assert_int_eq(login(&a, 2, "PLAIN", "alice", "alice-secret").code, KAFC_OK);
    struct verdict v = login(&a, 2, "PLAIN", "b,o=b", "bob-secret");
    ck_assert_int_eq(v.code, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ck_assert_str_eq(
        v.why, "Cannot change principals during re-authentication from User.alice: User.b,o=b");
    ck_assert(ask_closed(&a));
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, 2, "PLAIN", "alice", "alice-secret").code, KAFC_OK);
    v = login(&a, 2, "PLAIN", "alice", "wrong");
    ck_assert_int_eq(v.code, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, 2, "PLAIN", "alice", "alice-secret").code, KAFC_OK);
    ck_assert_int_eq(handshake(&a, 1, "OAUTHBEARER", NULL), KAFC_OK);
    struct kafc_sasl_authenticate_req q = { .auth_bytes = { "x", 1 } };
    ask_send(&a, KAFC_API_SASL_AUTHENTICATE, 2, &q);
    ck_assert(ask_closed(&a));
    ask_fini(&a);
}
END_TEST

START_TEST(who_has_logged_in_is_who_acls_speak_of)
{
    static const struct {
        const char *user, *password;
        kafc_err code;
    } who[] = { { "alice", "alice-secret", KAFC_ERR_TOPIC_AUTHORIZATION_FAILED },
                { "b,o=b", "bob-secret", KAFC_OK } };
    struct kafc_macl_spec acl = { KAFC_ACL_TOPIC, KAFC_ACL_LITERAL,  KAFC_ACL_READ,
                                  KAFC_ACL_ALLOW, ask_str("orders"), ask_str("User:b,o=b"),
                                  ask_str("*") };
    struct ask a;
    begin(&a, 0);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "orders", 1, 1), KAFC_OK);
    ck_assert(kafc__macl_add(a.c, &acl));
    for (int i = 0; i < 2; i++) {
        struct kafc_metadata_req q;
        struct kafc_metadata_resp r;
        struct kafc_metadata_req_topic t;
        kafc__msg_defaults(&kafc_metadata_req_schema, &q);
        kafc__msg_defaults(&kafc_metadata_req_topic_schema, &t);
        t.name = ask_str("orders");
        q.topics.v = &t;
        q.topics.n = 1;
        ask_connect(&a, 1);
        ck_assert_int_eq(login(&a, 2, "PLAIN", who[i].user, who[i].password).code, KAFC_OK);
        ask_call(&a, KAFC_API_METADATA, 12, &q, &r);
        ck_assert_int_eq(r.topics.v[0].error_code, who[i].code);
    }
    ask_fini(&a);
}
END_TEST

START_TEST(brokers_that_lie)
{
    static const struct {
        kafc_mock_login_fault fault;
        const char *why;
    } lies[] = {
        { KAFC_MOCK_LOGIN_SIGNATURE, "wrong signature" },
        { KAFC_MOCK_LOGIN_NONCE, "does not continue ours" },
        { KAFC_MOCK_LOGIN_ITERATIONS, "2147483648 iterations" },
        { KAFC_MOCK_LOGIN_GARBAGE, "does not begin with a nonce" },
    };
    struct ask a;
    begin(&a, 0);
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++)
        for (int m = 1; m < NMECHANISMS; m++) {
            ck_assert_int_eq(kafc__cluster_set_login_fault(a.c, lies[i].fault), KAFC_OK);
            ask_connect(&a, 1);
            struct verdict v = login(&a, i % 2 ? BARE : 2, mechanism[m], "alice", password_of(m));
            if (m == 1) {
                ck_assert_int_eq(v.code, lies[i].fault == KAFC_MOCK_LOGIN_GARBAGE
                                             ? KAFC_ERR_SASL_AUTHENTICATION_FAILED
                                             : KAFC_OK);
                continue;
            }
            ck_assert_int_eq(v.code, KAFC_ERR_SASL_AUTHENTICATION_FAILED);
            ck_assert_msg(strstr(v.why, lies[i].why) != NULL, "%s", v.why);
        }
    ck_assert_int_eq(kafc__cluster_set_login_fault(a.c, KAFC_MOCK_LOGIN_RIGHT), KAFC_OK);
    ck_assert_int_eq(
        kafc__cluster_push_error(a.c, KAFC_API_SASL_HANDSHAKE, KAFC_ERR_DISCONNECTED, 1), KAFC_OK);
    struct kafc_sasl_handshake_req q = { .mechanism = ask_str("PLAIN") };
    ask_connect(&a, 1);
    ask_send(&a, KAFC_API_SASL_HANDSHAKE, 1, &q);
    ck_assert(ask_closed(&a));
    ck_assert_int_eq(
        kafc__cluster_push_error(a.c, KAFC_API_SASL_AUTHENTICATE, KAFC_ERR_UNKNOWN_SERVER_ERROR, 1),
        KAFC_OK);
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, 2, "PLAIN", "alice", "alice-secret").code,
                     KAFC_ERR_UNKNOWN_SERVER_ERROR);
    ck_assert(ask_closed(&a));
    ask_fini(&a);
}
END_TEST

START_TEST(former_releases)
{
    struct ask a;
    struct kafc_sasl_handshake_req q = { .mechanism = ask_str("PLAIN") };
    begin(&a, 0);
    ck_assert_int_eq(kafc__cluster_set_release(a.c, "0.11"), KAFC_OK);
    ask_connect(&a, 1);
    ask_send(&a, KAFC_API_SASL_HANDSHAKE, 1, &q);
    ck_assert(ask_closed(&a));
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, BARE, "PLAIN", "alice", "alice-secret").code, KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_release(a.c, "1.1"), KAFC_OK);
    ask_connect(&a, 1);
    ck_assert_int_eq(login(&a, 0, "PLAIN", "alice", "alice-secret").code, KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_release(a.c, "0.9"), KAFC_OK);
    ask_connect(&a, 1);
    ask_send(&a, KAFC_API_SASL_HANDSHAKE, 0, &q);
    ck_assert(ask_closed(&a));
    ask_fini(&a);
}
END_TEST

/* Frames that are none end the connection, also where tokens are bare. */
START_TEST(frames_of_every_size)
{
    struct ask a;
    begin(&a, 0);
    for (int32_t size = -1; size < 8; size++) {
        uint8_t frame[12] = { 0 };
        ask_connect(&a, 1);
        ck_assert_int_eq(handshake(&a, 0, "PLAIN", NULL), KAFC_OK);
        kafc__store32(frame, (uint32_t)size);
        ask_bytes(&a, frame, sizeof(frame));
        ck_assert(ask_closed(&a));
    }
    ask_fini(&a);
}
END_TEST

START_TEST(each_allocation_may_fail)
{
    bool failed = true;
    for (int m = 0; m < NMECHANISMS; m++, failed = true)
        for (long at = 1; failed; at++) {
            struct test_alloc alloc;
            struct ask a;
            test_alloc_init(&alloc);
            ask_init(&a, KAFC_MOCK(.allocator = &alloc.mem));
            ck_assert_int_eq(kafc__cluster_set_login(a.c, all, 0), KAFC_OK);
            ck_assert_int_eq(kafc__cluster_set_user(a.c, "alice", "alice-secret"), KAFC_OK);
            ask_connect(&a, 1);
            ck_assert_int_eq(handshake(&a, 0, mechanism[m], NULL), KAFC_OK);
            alloc.fail_at = alloc.calls + at;
            char buf[1000];
            kafc_credentials c = { .username = "alice", .password = "alice-secret" };
            if (m == 1)
                ck_assert_int_eq(
                    kafc__sasl_unsecured("principal=alice", a.wall_ms, buf, sizeof(buf), &c, NULL),
                    KAFC_OK);
            failed = converse(&a, BARE, mechanism[m], &c).code != KAFC_OK;
            ck_assert(failed == ask_closed(&a));
            ck_assert(failed || at > 2);
            ask_fini(&a);
            ck_assert_int_eq(alloc.live, 0);
        }
    struct test_alloc alloc;
    struct ask a;
    test_alloc_init(&alloc);
    ask_init(&a, KAFC_MOCK(.allocator = &alloc.mem));
    for (long at = 1; at <= 3; at++) {
        alloc.fail_at = alloc.calls + at;
        ck_assert_int_eq(kafc__cluster_set_user(a.c, "u", "p"), KAFC_ERR_NO_MEMORY);
    }
    ask_fini(&a);
    ck_assert_int_eq(alloc.live, 0);
}
END_TEST

SUITE_MAIN("logins", 30, every_mechanism_in_every_version_and_bare, nothing_comes_before_a_login,
           a_plain_listener_expects_no_login, a_mechanism_that_is_not_there, users_come_and_go,
           wrong_words, a_token_out_of_date, sessions_end_and_are_renewed,
           a_renewal_changes_neither_user_nor_mechanism, who_has_logged_in_is_who_acls_speak_of,
           brokers_that_lie, former_releases, frames_of_every_size, each_allocation_may_fail)
