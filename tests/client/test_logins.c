/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Logins of clients and connections against the mock: each mechanism, what
 * every kind of call says of one that is refused (rule C5), credentials that
 * come late, are rotated or withdrawn, and sessions that end under load.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <kafc/configs.h>
#include <kafc/conn.h>
#include <kafc/group.h>
#include <kafc/groups.h>
#include <kafc/mock.h>
#include <kafc/stats.h>
#include <kafc/topics.h>
#include <kafc/users.h>

#include "base/clock.h"
#include "base/mem.h"
#include "client/security.h"
#include "config.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

enum { WAIT = 10000 };

#define NEEDS_SCRAM() \
    if (!KAFC_HAVE_OPENSSL) \
    return

static kafc_mock *mock;
static kafc_error err;

static void ok(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_OK, "%s: %s", kafc_err_name(rc), err.message);
}

static void refused(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_ERR_SASL_AUTHENTICATION_FAILED, "%s: %s", kafc_err_name(rc), err.message);
}

static void says(const char *words)
{
    ck_assert_msg(strstr(err.message, words) != NULL, "not a word of %s: %s", words, err.message);
    ck_assert_msg(!strstr(err.message, "s3cret") && !strstr(err.message, "wr0ng"), "a secret: %s", err.message);
}

static atomic_int lines, leaks;

/* Every line of every context; the last is how tokens begin that nobody has signed. */
static void on_line(void *ctx, kafc_log_level level, const char *line)
{
    static const char *const secret[] = { "s3cret", "wr0ng", "czNjcmV0", "eyJhbGciOi" };
    (void)ctx;
    (void)level;
    lines++;
    for (size_t i = 0; i < sizeof(secret) / sizeof(secret[0]); i++)
        leaks += strstr(line, secret[i]) != NULL;
}

static void start(const char *mechanisms, int32_t session_ms)
{
    lines = leaks = 0;
    mock = kafc_mock_new(NULL, &err);
    ck_assert_ptr_nonnull(mock);
    ok(kafc_mock_create_topic(mock, "t", 4, 1));
    ok(kafc_mock_set_user(mock, "alice", "s3cret"));
    ok(kafc_mock_set_login(mock, mechanisms, session_ms));
}

static void stop(void)
{
    ck_assert_int_eq(leaks, 0);
    kafc_mock_free(mock);
}

static kafc_client *client(const kafc_security *s)
{
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .security = s,
                                                  .connect_timeout_ms = 3000, .log = on_line, .debug = "all"), &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    return c;
}

#define LOGIN(...) KAFC_SECURITY(.protocol = KAFC_SASL_PLAINTEXT, __VA_ARGS__)

static kafc_err metadata(kafc_client *c)
{
    kafc_metadata *m = NULL;
    kafc_err rc = kafc_client_metadata(c, NULL, 0, WAIT, &m, &err);
    kafc_metadata_free(m);
    return rc;
}

static void round_trip(kafc_client *c)
{
    kafc_message m = { .key = KAFC_STR("k"), .value = KAFC_STR("v") }, got;
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t"), &err);
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = "t"), &err);
    ck_assert(w && r);
    ok(kafc_writer_write(w, &m, 1, WAIT, &err));
    ok(kafc_reader_fetch(r, &got, WAIT, &err));
    ck_assert(got.value.len == 1);
    kafc_reader_free(r);
    kafc_writer_free(w);
}

static const char *const mechanism[] = { "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512" };

START_TEST(each_mechanism_logs_in)
{
    NEEDS_SCRAM();
    start("PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER", 0);
    for (int i = 0; i < 4; i++) {
        kafc_client *c = client(i == 3 ? LOGIN(.mechanism = "OAUTHBEARER", .unsecured = "principal=alice")
                                       : LOGIN(.mechanism = mechanism[i], .username = "alice", .password = "s3cret"));
        round_trip(c);
        kafc_client_free(c);
        kafc_conn *k = kafc_conn_dial(
            KAFC_CONN(.topic = "t", .log = on_line, .debug = "all", .security = i == 3
                          ? LOGIN(.mechanism = "OAUTHBEARER", .unsecured = "principal=alice")
                          : LOGIN(.mechanism = mechanism[i], .username = "alice", .password = "s3cret")),
            kafc_mock_bootstrap(mock), WAIT, &err);
        ck_assert_msg(k != NULL, "%s", err.message);
        kafc_conn_free(k);
    }
    ck_assert_int_gt(lines, 100);
    stop();
}
END_TEST

/* What admin calls have hashed is what the mechanism hashes, and what the mock's own SCRAM believes. */
START_TEST(users_that_were_made_by_admin_calls_log_in)
{
    NEEDS_SCRAM();
    kafc_scram_credential made[] = {
        { .user = "b,o=b", .mechanism = KAFC_SCRAM_SHA_256, .password = "s3cret\u00e9", .salt = KAFC_STR("salt") },
        { .user = "b,o=b", .mechanism = KAFC_SCRAM_SHA_512, .password = "s3cret2", .iterations = 4096 },
        { .user = "alice", .mechanism = KAFC_SCRAM_SHA_512, .password = "s3cret3" },
    };
    start("PLAIN,SCRAM-SHA-256,SCRAM-SHA-512", 0);
    kafc_client *admin = client(LOGIN(.mechanism = "PLAIN", .username = "alice", .password = "s3cret"));
    ok(kafc_admin_upsert_users(admin, made, 3, WAIT, &err));
    for (int i = 0; i < 3; i++) {
        const char *name = kafc_scram_mechanism_name(made[i].mechanism);
        kafc_client *c = client(LOGIN(.mechanism = name, .username = made[i].user, .password = made[i].password));
        ok(metadata(c));
        kafc_client_free(c);
    }
    kafc_client *c = client(LOGIN(.mechanism = "SCRAM-SHA-512", .username = "alice", .password = "s3cret"));
    refused(metadata(c)); /* the newer one counts */
    kafc_client_free(c);
    ok(kafc_admin_delete_users(admin, made, 1, WAIT, &err));
    c = client(LOGIN(.mechanism = "SCRAM-SHA-256", .username = "b,o=b", .password = made[0].password));
    refused(metadata(c));
    kafc_client_free(c);
    kafc_client_free(admin);
    stop();
}
END_TEST

START_TEST(a_mechanism_of_ours_takes_the_clients_memory)
{
    struct test_alloc a;
    struct kafc_secured s;
    test_alloc_init(&a);
    ok(kafc__security_open(&s, LOGIN(.mechanism = "PLAIN", .username = "alice", .password = "s3cret"), NULL, &a.mem,
                           &err));
    long before = a.calls;
    kafc_credentials c = { .username = "alice", .password = "s3cret" };
    void *state;
    ok(s.login.mechanism->start(s.login.mechanism->ctx, NULL, &c, &state, &err));
    ck_assert_int_gt(a.calls, before);
    s.login.mechanism->end(state);
    kafc__security_close(&s);
    ck_assert_int_eq(a.live, 0);
}
END_TEST

START_TEST(brokers_before_1_0_take_bare_tokens)
{
    NEEDS_SCRAM();
    start("PLAIN,SCRAM-SHA-256", 0);
    ok(kafc_mock_set_release(mock, "0.11"));
    for (int i = 0; i < 2; i++) {
        kafc_client *c = client(LOGIN(.mechanism = mechanism[i], .username = "alice", .password = "s3cret"));
        round_trip(c);
        kafc_client_free(c);
        c = client(LOGIN(.mechanism = mechanism[i], .username = "alice", .password = "wr0ng"));
        refused(metadata(c));
        says("login of 'alice'");
        kafc_client_free(c);
    }
    stop();
}
END_TEST

START_TEST(C5_every_call_says_that_the_login_is_refused)
{
    NEEDS_SCRAM();
    kafc_message m = { .value = KAFC_STR("v") }, got;
    kafc_group_list *groups;
    kafc_reader *r;
    start("PLAIN,SCRAM-SHA-512", 0);
    for (int i = 0; i < 3; i += 2) {
        kafc_client *c = client(LOGIN(.mechanism = mechanism[i], .username = "alice", .password = "wr0ng"));
        refused(metadata(c));
        says("refuses the login of 'alice' by ");
        says(mechanism[i]);
        kafc_offset_query q = { .topic = "t", .at = KAFC_LAST };
        refused(kafc_client_offsets(c, &q, 1, KAFC_READ_COMMITTED, WAIT, &err));
        refused(kafc_admin_list_groups(c, NULL, WAIT, &groups, &err));
        const char *name = "g";
        refused(kafc_admin_delete_groups(c, &name, 1, NULL, WAIT, &err));
        kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t"), &err);
        refused(kafc_writer_write(w, &m, 1, WAIT, &err));
        says("refuses the login of 'alice'");
        kafc_writer_free(w);
        r = kafc_reader_open(c, KAFC_READER(.topic = "t"), &err);
        refused(kafc_reader_fetch(r, &got, WAIT, &err));
        says("refuses the login of 'alice'");
        kafc_reader_free(r);
        r = kafc_reader_open(c, KAFC_READER(.topic = "t", .group = "g"), &err);
        refused(kafc_reader_fetch(r, &got, WAIT, &err));
        says("refuses the login of 'alice'");
        kafc_reader_free(r);
        kafc_client_free(c);
        ck_assert_ptr_null(kafc_conn_dial(
            KAFC_CONN(.log = on_line, .debug = "all",
                      .security = LOGIN(.mechanism = mechanism[i], .username = "alice", .password = "wr0ng")),
            kafc_mock_bootstrap(mock), WAIT, &err));
        refused(err.code);
        says("refuses the login of 'alice'");
    }
    stop();
}
END_TEST

static kafc_err create(kafc_client *c, const char *name)
{
    kafc_new_topic t = { .name = name, .partitions = 1, .replication = 1 };
    return kafc_admin_create_topics(c, &t, 1, NULL, WAIT, NULL, &err);
}

static kafc_err describe_broker(kafc_client *c, const char *name)
{
    kafc_config_query q = { .of = { KAFC_CONFIG_BROKER, name } };
    kafc_config_descriptions *d = NULL;
    kafc_err rc = kafc_admin_describe_configs(c, &q, 1, 0, WAIT, &d, &err);
    kafc_config_descriptions_free(d);
    return rc;
}

START_TEST(C5_who_asks_the_controller_or_a_broker_hears_that_the_login_is_refused)
{
    static const struct {
        kafc_err (*call)(kafc_client *c, const char *name);
        const char *name;
    } calls[] = { { create, "new" }, { describe_broker, "1" } };
    start("PLAIN", 0);
    for (size_t i = 0; i < 2; i++) {
        kafc_client *c = client(LOGIN(.mechanism = "PLAIN", .username = "alice", .password = "wr0ng"));
        for (int again = 0; again < 2; again++) {
            int64_t begin = kafc__clock_mono_us();
            refused(calls[i].call(c, calls[i].name));
            says("refuses the login of 'alice'");
            ck_assert_int_lt(kafc__clock_mono_us() - begin, WAIT / 2 * 1000);
        }
        kafc_credentials good = { .username = "alice", .password = "s3cret" };
        ok(kafc_client_set_credentials(c, &good, &err));
        ok(calls[i].call(c, calls[i].name));
        kafc_client_free(c);
    }
    stop();
}
END_TEST

START_TEST(C5_a_login_that_is_mended_lets_the_next_call_through)
{
    NEEDS_SCRAM();
    kafc_message m = { .value = KAFC_STR("v") };
    start("SCRAM-SHA-256", 0);
    kafc_client *c = client(LOGIN(.mechanism = "SCRAM-SHA-256", .username = "alice", .password = "wr0ng"));
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t"), &err);
    refused(kafc_writer_write(w, &m, 1, WAIT, &err));
    kafc_credentials good = { .username = "alice", .password = "s3cret" };
    ok(kafc_client_set_credentials(c, &good, &err));
    ok(kafc_writer_write(w, &m, 1, WAIT, &err));
    /* Withdrawn while it runs: what is written then is told so, and goes on when it is given back. */
    ok(kafc_mock_set_user(mock, "alice", "another"));
    ok(kafc_mock_cut(mock, 1));
    ok(kafc_mock_cut(mock, 2));
    ok(kafc_mock_cut(mock, 3));
    kafc_err rc = kafc_writer_write(w, &m, 1, WAIT, &err);
    refused(rc);
    ok(kafc_mock_set_user(mock, "alice", "s3cret"));
    ok(kafc_writer_write(w, &m, 1, WAIT, &err));
    kafc_writer_free(w);
    kafc_client_free(c);
    stop();
}
END_TEST

START_TEST(two_sides_that_do_not_want_the_same_say_so)
{
    NEEDS_SCRAM();
    start(NULL, 0);
    kafc_client *c = client(LOGIN(.mechanism = "PLAIN", .username = "alice", .password = "s3cret"));
    ck_assert_int_eq(metadata(c), KAFC_ERR_ILLEGAL_SASL_STATE);
    says("expects no login");
    kafc_client_free(c);
    ok(kafc_mock_set_login(mock, "SCRAM-SHA-512", 0));
    c = client(NULL);
    ck_assert_int_eq(metadata(c), KAFC_ERR_ILLEGAL_SASL_STATE);
    says("wants a login");
    says("SCRAM-SHA-512");
    kafc_client_free(c);
    c = client(LOGIN(.mechanism = "PLAIN", .username = "alice", .password = "s3cret"));
    ck_assert_int_eq(metadata(c), KAFC_ERR_UNSUPPORTED_SASL_MECHANISM);
    says("does not offer sasl.mechanism PLAIN; it has SCRAM-SHA-512");
    kafc_client_free(c);
    stop();
}
END_TEST

START_TEST(C5_a_broker_that_is_too_old_for_logins_says_so)
{
    kafc_message m = { .value = KAFC_STR("v") }, got;
    start(NULL, 0);
    ok(kafc_mock_set_release(mock, "0.8"));
    kafc_client *c = client(LOGIN(.mechanism = "PLAIN", .username = "alice", .password = "s3cret"));
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t"), &err);
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = "t"), &err);
    for (int i = 0; i < 3; i++) {
        kafc_err rc = i == 0   ? metadata(c)
                      : i == 1 ? kafc_writer_write(w, &m, 1, WAIT, &err)
                               : kafc_reader_fetch(r, &got, WAIT, &err);
        ck_assert_msg(rc == KAFC_ERR_UNSUPPORTED, "%d: %s: %s", i, kafc_err_name(rc), err.message);
        says("too old for logins");
    }
    kafc_reader_free(r);
    kafc_writer_free(w);
    kafc_client_free(c);
    stop();
}
END_TEST

START_TEST(brokers_that_lie_are_not_believed)
{
    NEEDS_SCRAM();
    static const struct {
        kafc_mock_login_fault fault;
        const char *words;
    } lie[] = { { KAFC_MOCK_LOGIN_SIGNATURE, "password" }, { KAFC_MOCK_LOGIN_NONCE, "nonce" },
                { KAFC_MOCK_LOGIN_ITERATIONS, "2147483648" }, { KAFC_MOCK_LOGIN_GARBAGE, "SCRAM" } };
    start("SCRAM-SHA-256", 0);
    for (size_t i = 0; i < sizeof(lie) / sizeof(lie[0]); i++) {
        ok(kafc_mock_set_login_fault(mock, lie[i].fault));
        kafc_client *c = client(LOGIN(.mechanism = "SCRAM-SHA-256", .username = "alice", .password = "s3cret"));
        refused(metadata(c));
        says(lie[i].words);
        kafc_client_free(c);
    }
    stop();
}
END_TEST

/* --- Credentials from a function -------------------------------------------------------- */

struct vault {
    kafc_err rc;
    const char *password;
    atomic_int asked;
    kafc_client *c;
};

static void sleep_ms(int ms)
{
    struct timespec t = { ms / 1000, (long)(ms % 1000) * 1000000 };
    nanosleep(&t, NULL);
}

static kafc_err open_vault(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out, kafc_error *e)
{
    struct vault *v = ctx;
    ck_assert_str_eq(peer->mechanism, "PLAIN");
    v->asked++;
    if (v->rc != KAFC_OK) {
        snprintf(e->message, sizeof(e->message), "the vault is shut");
        return v->rc;
    }
    *out = (kafc_credentials){ .username = "alice", .password = v->password };
    return KAFC_OK;
}

START_TEST(credentials_are_asked_of_a_function)
{
    struct vault v = { .password = "s3cret" };
    start("PLAIN", 0);
    kafc_client *c = client(LOGIN(.mechanism = "PLAIN", .credentials = open_vault, .ctx = &v));
    round_trip(c);
    ck_assert_int_ge(v.asked, 1);
    kafc_client_free(c);
    v.rc = KAFC_ERR_SASL_AUTHENTICATION_FAILED;
    c = client(LOGIN(.mechanism = "PLAIN", .credentials = open_vault, .ctx = &v));
    refused(metadata(c));
    says("the vault is shut");
    kafc_client_free(c);
    stop();
}
END_TEST

static kafc_err give(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out, kafc_error *e)
{
    (void)peer;
    (void)e;
    *out = *(const kafc_credentials *)ctx;
    return KAFC_OK;
}

static void *give_later(void *arg)
{
    kafc_credentials good = { .username = "alice", .password = "s3cret" };
    struct vault *v = arg;
    good.expires_ms = kafc__clock_wall_ms() + 3600000;
    while (!v->asked)
        sleep_ms(1);
    ck_assert_int_eq(kafc_client_set_credentials(v->c, &good, NULL), KAFC_OK);
    return NULL;
}

START_TEST(credentials_that_come_late_from_another_thread)
{
    for (int driven = 0; driven < 2; driven++) {
        struct vault v = { .rc = KAFC_ERR_WOULD_BLOCK };
        pthread_t t;
        start("PLAIN", 0);
        v.c = kafc_client_open(
            KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .driven = driven ? KAFC_ON : KAFC_OFF,
                        .security = LOGIN(.mechanism = "PLAIN", .credentials = open_vault, .ctx = &v)), &err);
        ck_assert_ptr_nonnull(v.c);
        ck_assert_int_eq(pthread_create(&t, NULL, give_later, &v), 0);
        ok(metadata(v.c));
        ck_assert_int_eq(pthread_join(t, NULL), 0);
        int asked = v.asked;
        round_trip(v.c); /* by other connections, which have them now */
        ck_assert_int_eq(v.asked, asked);
        kafc_client_free(v.c);
        stop();
    }
}
END_TEST

struct meddler {
    kafc_client *c;
    atomic_int code;
};

static kafc_err meddle(void *ctx, const kafc_sasl_peer *peer, kafc_credentials *out, kafc_error *e)
{
    struct meddler *x = ctx;
    (void)peer;
    kafc_writer *w = kafc_writer_open(x->c, KAFC_WRITER(.topic = "t"), e);
    x->code = w ? KAFC_OK : e->code;
    kafc_writer_free(w);
    kafc_client_free(x->c); /* does nothing here */
    *out = (kafc_credentials){ .username = "alice", .password = "s3cret" };
    return KAFC_OK;
}

START_TEST(the_function_for_credentials_leaves_the_client_alone)
{
    struct meddler x = { NULL, -1 };
    start("PLAIN", 0);
    x.c = client(LOGIN(.mechanism = "PLAIN", .credentials = meddle, .ctx = &x));
    ok(metadata(x.c));
    ck_assert_int_eq(x.code, KAFC_ERR_IN_CALLBACK);
    kafc_client_free(x.c);
    stop();
}
END_TEST

START_TEST(C5_credentials_that_cannot_be_said_are_told_at_once)
{
    NEEDS_SCRAM();
    kafc_sasl_extension none = { NULL, NULL }, half = { "tokenauth", NULL };
    struct {
        const char *mechanism;
        kafc_credentials c;
        const char *words;
    } bad[] = {
        { "OAUTHBEARER", { .token = "s3cret\1auth" }, "only letters, digits" },
        { "OAUTHBEARER", { .token = "s3cret\n" }, "only letters, digits" },
        { "OAUTHBEARER", { .username = "alice" }, "wants a token" },
        { "OAUTHBEARER", { .token = "s3cret", .extensions = &none, .nextensions = 1 }, "extension 1" },
        { "OAUTHBEARER", { .token = "s3cret", .extensions = &half, .nextensions = 1 }, "\"tokenauth\"" },
        { "SCRAM-SHA-256", { .username = "alice", .password = "s3cret", .extensions = &half, .nextensions = 1 },
          "extension 1" },
        { "SCRAM-SHA-256", { .username = "alice" }, "a password" },
        { "PLAIN", { .password = "s3cret" }, "a user name" },
    };
    start("PLAIN,SCRAM-SHA-256,OAUTHBEARER", 0);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        kafc_client *c = client(LOGIN(.mechanism = bad[i].mechanism, .credentials = give, .ctx = &bad[i].c));
        refused(metadata(c));
        says(bad[i].words);
        kafc_client_free(c);
    }
    stop();
}
END_TEST

START_TEST(credentials_that_do_not_come_end_the_attempt_in_time)
{
    struct vault v = { .rc = KAFC_ERR_WOULD_BLOCK };
    start("PLAIN", 0);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .connect_timeout_ms = 500,
                    .security = LOGIN(.mechanism = "PLAIN", .credentials = open_vault, .ctx = &v)), &err);
    kafc_metadata *m;
    int64_t end = kafc__clock_mono_us() + WAIT * 1000;
    do /* until it was quick enough to come to the login */
        ck_assert_int_ne(kafc_client_metadata(c, NULL, 0, 1000, &m, &err), KAFC_OK);
    while (!strstr(err.message, "end of the login within 500 ms") && kafc__clock_mono_us() < end);
    says("end of the login within 500 ms");
    kafc_credentials good = { .username = "alice", .password = "s3cret" };
    ok(kafc_client_set_credentials(c, &good, &err));
    ok(metadata(c));
    kafc_client_free(c);
    stop();
}
END_TEST

START_TEST(a_function_is_asked_again_before_what_was_given_ends)
{
    static const struct {
        int64_t left; /* of its life, ms */
        int asked;
    } t[] = { { 3600000, 0 }, { 0, 0 }, { -1000, 0 /* whose clock is wrong is for the broker to say */ }, { 2000, 1 } };
    struct vault v = { .password = "s3cret" };
    const kafc_sasl_peer peer = { .mechanism = "PLAIN" };
    struct kafc_secured s;
    kafc_allocator mem = { 0 };
    ok(kafc__security_open(&s, LOGIN(.mechanism = "PLAIN", .credentials = open_vault, .ctx = &v), NULL, &mem, &err));
    for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
        kafc_credentials got, c = { .username = "given", .password = "p" };
        char *block = NULL;
        size_t n;
        c.expires_ms = t[i].left ? kafc__clock_wall_ms() + t[i].left : 0;
        v.asked = 0;
        ok(kafc__security_give(&s, &c, &err));
        if (t[i].asked)
            sleep_ms((int)t[i].left);
        ok(s.login.credentials(s.login.ctx, &peer, &got, &block, &n, &err));
        ck_assert_int_eq(v.asked, t[i].asked);
        ck_assert_str_eq(got.username, t[i].asked ? "alice" : "given");
        ck_assert(got.expires_ms >= 0 && got.expires_ms <= 3600000); /* what is left */
        ck_assert(t[i].left < 3600000 || got.expires_ms > 3000000);
        kafc__free(&mem, block);
    }
    kafc__security_close(&s);
}
END_TEST

/* --- Sessions that end --------------------------------------------------------------------- */

/* Gives how many connections were lost: a busy machine may come too late for a login in a short session. */
static uint64_t sessions_that_end(int session_ms)
{
    enum { EACH = 50 };
    int rounds = session_ms / 25;
    start("PLAIN,SCRAM-SHA-256", session_ms);
    kafc_client *c = client(LOGIN(.mechanism = "SCRAM-SHA-256", .username = "alice", .password = "s3cret"));
    kafc_writer *w = kafc_writer_open(c, KAFC_WRITER(.topic = "t", .linger_ms = 1), &err);
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = "t", .group = "g"), &err);
    int got = 0;
    for (int i = 0; i < rounds; i++) {
        kafc_message m[EACH], in;
        for (int k = 0; k < EACH; k++)
            m[k] = (kafc_message){ .value = KAFC_STR("v") };
        ok(kafc_writer_write(w, m, EACH, WAIT, &err));
        while (got < (i + 1) * EACH) {
            ok(kafc_reader_fetch(r, &in, WAIT, &err));
            got++;
        }
        ok(kafc_reader_commit(r, &in, 1, WAIT, &err));
        sleep_ms(50);
    }
    kafc_client_stats s = { .size = sizeof(s) };
    kafc_client_stats_get(c, &s);
    ck_assert_uint_ge(kafc_mock_requests(mock, 0, 17), 6); /* more logins than connections */
    kafc_reader_free(r);
    kafc_writer_free(w);
    kafc_client_free(c);
    stop();
    return s.connections_lost;
}

START_TEST(sessions_that_end_lose_nothing)
{
    NEEDS_SCRAM();
    /* Brokers take no login again within a second of the last. */
    for (int tries = 0; sessions_that_end(tries ? 6000 : 1500) > 0; tries++)
        ck_assert_int_lt(tries, 2);
}
END_TEST

START_TEST(options_that_make_no_sense_are_refused_at_once)
{
    static const struct {
        kafc_security s;
        const char *word;
    } bad[] = {
        { { .protocol = KAFC_SASL_PLAINTEXT }, "sasl.mechanism" },
        { { .protocol = KAFC_SASL_PLAINTEXT, .mechanism = "PLAIN" }, "sasl.password" },
        { { .protocol = KAFC_SASL_PLAINTEXT, .mechanism = "SCRAM-SHA-1", .username = "a", .password = "b" },
          "SCRAM-SHA-1" },
        { { .protocol = KAFC_SASL_PLAINTEXT, .mechanism = "PLAIN", .jaas = "com.example.XLoginModule required;" },
          "com.example.X" },
        { { .protocol = KAFC_SASL_PLAINTEXT, .mechanism = "OAUTHBEARER", .token = "a b\x01" }, "token" },
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        kafc_security s = bad[i].s;
        s.size = sizeof(s);
        ck_assert_ptr_null(kafc_client_open(KAFC_CLIENT(.brokers = "localhost:9", .security = &s), &err));
        ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
        says(bad[i].word);
    }
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = "localhost:9"), &err);
    kafc_credentials none = { .username = "a" };
    ck_assert_int_eq(kafc_client_set_credentials(c, &none, &err), KAFC_ERR_USAGE);
    kafc_client_free(c);
}
END_TEST

SUITE_MAIN("client/logins", 60, each_mechanism_logs_in, users_that_were_made_by_admin_calls_log_in,
           a_mechanism_of_ours_takes_the_clients_memory,
           brokers_before_1_0_take_bare_tokens,
           C5_every_call_says_that_the_login_is_refused,
           C5_who_asks_the_controller_or_a_broker_hears_that_the_login_is_refused,
           C5_a_login_that_is_mended_lets_the_next_call_through,
           two_sides_that_do_not_want_the_same_say_so,
           C5_a_broker_that_is_too_old_for_logins_says_so, brokers_that_lie_are_not_believed,
           credentials_are_asked_of_a_function, credentials_that_come_late_from_another_thread,
           the_function_for_credentials_leaves_the_client_alone,
           C5_credentials_that_cannot_be_said_are_told_at_once,
           credentials_that_do_not_come_end_the_attempt_in_time,
           a_function_is_asked_again_before_what_was_given_ends,
           sessions_that_end_lose_nothing, options_that_make_no_sense_are_refused_at_once)
