/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Clients, writers, readers and conns over TLS, to a mock with TLS in front of
 * each broker: round trips, resumption, certificates of both sides, peers that
 * stall, hang up or speak something else, connections that are cut.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "client/client.h"
#include "tests/client/stranger.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include "tests/support/tls_front.h"
#include <kafc/conn.h>
#include <kafc/mock.h>
#include <kafc/reader.h>
#include <kafc/writer.h>

#if KAFC_HAVE_OPENSSL

enum { BROKERS = 2, SOON = 20000, QUICK = 15000 };

static struct {
    kafc_mock *mock;
    struct test_cert ca, server, client;
    char *ca_pem, *client_pem, *client_key;
    struct tls_front front[BROKERS];
    struct test_alloc memory;
    int32_t send_buffer; /* of sockets; 0: the system's */
} w;

/* Brokers with TLS; mutual: they ask for our certificate. */
static void begin(bool mutual, int max_version)
{
    kafc_error err;
    w.ca = TEST_CERT(.cn = "Test CA", .ca = true);
    w.server = TEST_CERT(.san = "DNS:localhost", .by = &w.ca);
    w.client = TEST_CERT(.cn = "client", .by = &w.ca);
    w.ca_pem = test_cert_pem(&w.ca);
    w.client_pem = test_cert_pem(&w.client);
    w.client_key = test_key_pem(&w.client, "secret");
    w.mock = kafc_mock_new(KAFC_MOCK(.brokers = BROKERS), &err);
    ck_assert_msg(w.mock != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_mock_create_topic(w.mock, "t", 4, 0), KAFC_OK);
    for (int i = 0; i < BROKERS; i++) {
        SSL_CTX *ctx = test_server_ctx(&w.server, mutual ? &w.ca : NULL);
        SSL_CTX_set_max_proto_version(ctx, max_version);
        tls_front_start(&w.front[i], ctx, kafc_mock_port(w.mock, i + 1));
        ck_assert_int_eq(kafc_mock_set_address(w.mock, i + 1, "localhost", w.front[i].port),
                         KAFC_OK);
    }
    test_alloc_init(&w.memory);
}

static void end(void)
{
    ck_assert_int_eq(atomic_load(&w.memory.live), 0);
    for (int i = 0; i < BROKERS; i++)
        tls_front_stop(&w.front[i]);
    kafc_mock_free(w.mock);
    test_cert_free(&w.ca);
    test_cert_free(&w.server);
    test_cert_free(&w.client);
    free(w.ca_pem);
    free(w.client_pem);
    free(w.client_key);
}

static int resumed(void)
{
    return atomic_load(&w.front[0].resumed) + atomic_load(&w.front[1].resumed);
}

static kafc_client *open_client(const char *address, const kafc_security *s)
{
    kafc_error err;
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = address, .security = s, .allocator = &w.memory.mem,
                    .send_buffer_bytes = w.send_buffer, .connect_timeout_ms = 2000,
                    .reconnect_backoff_ms = 5, .reconnect_backoff_max_ms = 50,
                    .retry_backoff_ms = 5, .retry_backoff_max_ms = 50),
        &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    return c;
}

static const kafc_security *trusting(void)
{
    static kafc_security s;
    s = *KAFC_SECURITY(.protocol = KAFC_SSL, .ca_pem = w.ca_pem);
    return &s;
}

/* Values of all sizes, each with its number in front. */
static size_t fill(char *buf, int i)
{
    size_t n = i % 1000 == 0 ? 300000 : i % 50 == 0 ? 20000 : (size_t)(20 + i % 700);
    memset(buf, 'a' + i % 26, n);
    (void)snprintf(buf, 16, "%d", i);
    return n;
}

static void write_all(kafc_client *c, int n)
{
    static char buf[300000];
    kafc_error err;
    kafc_writer *wr = kafc_writer_open(c, KAFC_WRITER(.topic = "t", .linger_ms = 1), &err);
    ck_assert_msg(wr != NULL, "%s", err.message);
    for (int i = 0; i < n; i++) {
        kafc_message m = { .value = { buf, (int32_t)fill(buf, i) } };
        ck_assert_msg(kafc_writer_send(wr, &m, NULL, SOON, &err) == KAFC_OK, "%s", err.message);
        if (i % 50 == 49) /* more requests */
            ck_assert_msg(kafc_writer_flush(wr, SOON, &err) == KAFC_OK, "%s", err.message);
    }
    ck_assert_msg(kafc_writer_flush(wr, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_msg(kafc_writer_close(wr, SOON, &err) == KAFC_OK, "%s", err.message);
    kafc_writer_free(wr);
}

/* Each of them once, whole. */
static void read_all(kafc_client *c, int n)
{
    static char want[300000];
    kafc_error err;
    bool *seen = calloc((size_t)n, sizeof(*seen));
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.topic = "t"), &err);
    ck_assert_msg(r != NULL, "%s", err.message);
    for (int i = 0; i < n; i++) {
        kafc_message m;
        ck_assert_msg(kafc_reader_fetch(r, &m, SOON, &err) == KAFC_OK, "after %d: %s", i,
                      err.message);
        long k = strtol(m.value.p, NULL, 10);
        ck_assert(k >= 0 && k < n && !seen[k]);
        seen[k] = true;
        ck_assert_uint_eq((size_t)m.value.len, fill(want, (int)k));
        ck_assert_mem_eq(m.value.p, want, (size_t)m.value.len);
    }
    (void)kafc_reader_close(r, SOON, &err);
    kafc_reader_free(r);
    free(seen);
}

START_TEST(a_writer_and_a_reader_over_tls)
{
    enum { N = 4000 };
    for (int i = 0; i < 2; i++) {
        begin(false, i ? TLS1_2_VERSION : TLS1_3_VERSION);
        w.send_buffer = i ? 4096 : 0; /* sockets that are full */
        kafc_client *c = open_client(w.front[0].address, trusting());
        write_all(c, N);
        read_all(c, N);
        kafc_client_free(c);
        ck_assert_int_gt(resumed(), 0);
        w.send_buffer = 0;
        end();
    }
}
END_TEST

static char told[40]; /* of the first connection: a letter for each state */

static void on_connection(void *ctx, const kafc_connection_event *e)
{
    (void)ctx;
    size_t n = strlen(told);
    if (e->connection == 1 && n < sizeof(told) - 1)
        told[n] = "?otslrfLc"[e->state];
}

static void expect_told(const char *address, const kafc_security *s, const char *client, const char *conn)
{
    kafc_error err;
    kafc_metadata *m = NULL;
    const kafc_hooks *hooks = KAFC_HOOKS(.on_connection = on_connection);
    memset(told, 0, sizeof(told));
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = address, .security = s, .hooks = hooks,
                                                  .connect_timeout_ms = 2000),
                                      &err);
    ck_assert_int_eq(kafc_client_metadata(c, NULL, 0, QUICK, &m, NULL) == KAFC_OK, client[3] == 'r');
    kafc_metadata_free(m);
    kafc_client_free(c);
    ck_assert_str_eq(told, client);
    memset(told, 0, sizeof(told));
    kafc_conn_free(kafc_conn_dial(KAFC_CONN(.security = s, .hooks = hooks), address, QUICK, NULL));
    ck_assert_str_eq(told, conn);
}

/* Opening, TCP, secured, ready; closed or failed. */
START_TEST(hooks_are_told_when_tls_is_up)
{
    begin(false, 0);
    expect_told(w.front[0].address, trusting(), "otsrc", "otsrc");
    expect_told(w.front[0].address, KAFC_SECURITY(.protocol = KAFC_SSL), "otf", "otf"); /* who is that? */
    end();
}
END_TEST

START_TEST(a_conn_over_tls)
{
    static char buf[300000];
    begin(false, 0);
    for (int32_t p = 0; p < 2; p++) { /* the second has its leader elsewhere */
        kafc_error err;
        kafc_message m = { .value = { buf, (int32_t)fill(buf, 0) } }, got;
        kafc_conn *c = kafc_conn_dial(KAFC_CONN(.security = trusting(), .topic = "t",
                                                .partition = p, .allocator = &w.memory.mem),
                                      w.front[0].address, SOON, &err);
        ck_assert_msg(c != NULL, "%s", err.message);
        for (int i = 0; i < 20; i++)
            ck_assert_msg(kafc_conn_produce(c, &m, 1, SOON, NULL, &err) == KAFC_OK, "%s",
                          err.message);
        for (int i = 0; i < 20; i++) {
            ck_assert_msg(kafc_conn_read(c, &got, SOON, &err) == KAFC_OK, "%s", err.message);
            ck_assert_int_eq(got.value.len, m.value.len);
            ck_assert_mem_eq(got.value.p, buf, (size_t)m.value.len);
        }
        kafc_conn_free(c);
    }
    end();
}
END_TEST

START_TEST(options_by_name)
{
    begin(true, 0);
    kafc_error err;
    struct test_folder f;
    test_folder_make(&f);
    char ca[96], pem[8192];
    (void)snprintf(ca, sizeof(ca), "%s", test_file(&f, "ca.pem", w.ca_pem, strlen(w.ca_pem)));
    (void)snprintf(pem, sizeof(pem), "%s%s", w.client_key, w.client_pem);
    const char *const set[][2] = { { "security.protocol", "SSL" },
                                   { "ssl.truststore.type", "PEM" },
                                   { "ssl.truststore.location", ca },
                                   { "ssl.keystore.type", "PEM" },
                                   { "ssl.keystore.location",
                                     test_file(&f, "key.pem", pem, strlen(pem)) },
                                   { "ssl.key.password", "secret" },
                                   { "ssl.enabled.protocols", "TLSv1.3" } };
    kafc_properties *p = kafc_properties_new();
    for (size_t i = 0; i < sizeof(set) / sizeof(*set); i++)
        ck_assert_msg(kafc_properties_set(p, set[i][0], set[i][1], &err) == KAFC_OK, "%s",
                      err.message);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = w.front[0].address, .properties = p, .allocator = &w.memory.mem),
        &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    write_all(c, 10);
    kafc_client_free(c);
    kafc_properties_free(p);
    test_folder_remove(&f);
    end();
}
END_TEST

START_TEST(keys_and_their_passwords_are_wiped_when_they_were_read)
{
    begin(true, 0);
    kafc_error err;
    struct kafc_secured s;
    const kafc_security *o = KAFC_SECURITY(.protocol = KAFC_SSL, .ca_pem = w.ca_pem, .certificate_pem = w.client_pem,
                                           .key_pem = w.client_key, .key_password = "secret",
                                           .ca_password = "secret", .keystore_password = "secret");
    kafc_err rc = kafc__security_open(&s, o, NULL, &w.memory.mem, &err);
    ck_assert_msg(rc == KAFC_OK, "%s", err.message);
    for (size_t i = 0; i < s.nstrings; i++)
        s.strings[i] = s.strings[i] ? s.strings[i] : ' '; /* to be searched as one */
    s.strings[s.nstrings - 1] = '\0';
    ck_assert_ptr_nonnull(strstr(s.strings, "BEGIN CERTIFICATE"));
    ck_assert_ptr_null(strstr(s.strings, "PRIVATE KEY"));
    ck_assert_ptr_null(strstr(s.strings, "secret"));
    kafc__security_close(&s);
    end();
}
END_TEST

/* What a client and a conn say, and how soon; each must have all the words, separated by '|'. */
static void refused(const char *address, const kafc_security *s, kafc_err code, const char *words)
{
    kafc_error err[2];
    kafc_metadata *m;
    int64_t start = kafc__clock_mono_us();
    kafc_client *c = open_client(address, s);
    ck_assert_int_eq(kafc_client_metadata(c, NULL, 0, SOON, &m, &err[0]), code);
    kafc_writer *wr = kafc_writer_open(c, KAFC_WRITER(.topic = "t"), NULL);
    kafc_message v = { .value = KAFC_STR("x") };
    ck_assert_int_eq(kafc_writer_write(wr, &v, 1, SOON, &err[1]), code);
    kafc_writer_free(wr);
    kafc_client_free(c);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.security = s, .allocator = &w.memory.mem), address,
                                      SOON, &err[1]));
    ck_assert_int_lt(kafc__clock_mono_us() - start, QUICK * 1000);
    ck_assert_int_eq(err[1].code == code || code == KAFC_ERR_TLS, true);
    for (int i = 0; i < 2 && words; i++) {
        char *copy = strdup(words), *save = NULL;
        for (char *word = strtok_r(copy, "|", &save); word; word = strtok_r(NULL, "|", &save))
            ck_assert_msg(strstr(err[i].message, word) != NULL, "'%s' does not say '%s'",
                          err[i].message, word);
        free(copy);
    }
}

START_TEST(C5_certificates_that_are_refused_are_told_at_once)
{
    begin(true, 0);
    refused(w.front[0].address, KAFC_SECURITY(.protocol = KAFC_SSL, .ca_pem = w.client_pem),
            KAFC_ERR_TLS,
            "localhost:|its certificate is not signed by an authority that we trust|ca_location");
    refused(w.front[0].address,
            KAFC_SECURITY(.protocol = KAFC_SSL, .ca_pem = w.ca_pem, .server_name = "other"),
            KAFC_ERR_TLS, "not for 'other' but for DNS:localhost");
    /* That one of ours is missing is said by TLS 1.3 when the connection is up. */
    refused(w.front[0].address, trusting(), KAFC_ERR_TLS,
            "localhost:|it requires a certificate of ours|keystore_location");
    char *alien = test_cert_pem(&w.ca), *key = test_key_pem(&w.ca, NULL);
    struct test_cert own = TEST_CERT(.cn = "client");
    char *own_pem = test_cert_pem(&own), *own_key = test_key_pem(&own, NULL);
    refused(w.front[0].address,
            KAFC_SECURITY(.protocol = KAFC_SSL, .ca_pem = w.ca_pem, .certificate_pem = own_pem,
                          .key_pem = own_key),
            KAFC_ERR_TLS, "it refuses our certificate|does not trust the authority");
    free(alien);
    free(key);
    free(own_pem);
    free(own_key);
    test_cert_free(&own);
    end();
}
END_TEST

START_TEST(plaintext_to_a_port_with_tls_and_the_reverse)
{
    begin(false, 0);
    char plain[32];
    (void)snprintf(plain, sizeof(plain), "127.0.0.1:%d", kafc_mock_port(w.mock, 1));
    refused(w.front[0].address, NULL, KAFC_ERR_TLS,
            "speaks TLS here: security.protocol should be SSL or SASL_SSL");
    refused(plain, trusting(), KAFC_ERR_TLS, NULL);
    kafc_error err;
    kafc_metadata *m;
    kafc_client *c = open_client(plain, trusting());
    ck_assert_int_eq(kafc_client_metadata(c, NULL, 0, SOON, &m, &err), KAFC_ERR_TLS);
    ck_assert_ptr_nonnull(strstr(
        err.message, "does not speak TLS, but Kafka: security.protocol should be PLAINTEXT"));
    kafc_client_free(c);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.security = trusting()), plain, SOON, &err));
    ck_assert_msg(
        strstr(err.message, "in the handshake of TLS: perhaps it is plaintext (security.protocol)"),
        "%s", err.message);
    end();
}
END_TEST

/* With so much time for a connection; c, k: what a client and a conn say. */
static void stalls_for(const char *address, int ms, kafc_error *c, kafc_error *k)
{
    kafc_metadata *m;
    int64_t start = kafc__clock_mono_us();
    kafc_client *client = kafc_client_open(
        KAFC_CLIENT(.brokers = address, .security = trusting(), .allocator = &w.memory.mem,
                    .connect_timeout_ms = ms, .reconnect_backoff_ms = SOON,
                    .reconnect_backoff_max_ms = SOON),
        c);
    ck_assert_int_ne(kafc_client_metadata(client, NULL, 0, 2 * ms, &m, c), KAFC_OK);
    kafc_client_free(client);
    ck_assert_ptr_null(kafc_conn_dial(
        KAFC_CONN(.security = trusting(), .connect_timeout_ms = ms, .allocator = &w.memory.mem),
        address, SOON, k));
    ck_assert_int_eq(k->code, KAFC_ERR_TIMED_OUT);
    ck_assert_int_lt(kafc__clock_mono_us() - start, (QUICK + 3 * ms) * 1000LL);
}

/* As long as it takes to come so far. */
static void stalls(const char *address)
{
    static const char words[] = "took the connection, but the handshake of TLS was not over within";
    kafc_error c, k;
    int ms = 200;
    do
        stalls_for(address, ms, &c, &k);
    while ((!strstr(c.message, words) || !strstr(k.message, words)) && (ms *= 2) < 10000);
    ck_assert_msg(strstr(c.message, words), "%s", c.message);
    ck_assert_msg(strstr(k.message, words), "%s", k.message);
}

START_TEST(a_peer_that_stalls_in_the_handshake_is_given_up)
{
    struct stranger silent, half;
    begin(false, 0);
    stranger_start(&silent, NULL, 0, false);
    stranger_start(&half, "\x16\3\3\0\x7a\2\0", 7, false); /* the beginning of a ServerHello */
    stalls(silent.address);
    stalls(half.address);
    stranger_stop(&silent);
    stranger_stop(&half);
    end();
}
END_TEST

START_TEST(connections_that_are_cut_lose_nothing)
{
    enum { N = 2000 };
    begin(false, 0);
    kafc_client *c = open_client(w.front[0].address, trusting());
    for (int i = 0; i < BROKERS; i++)
        atomic_store(&w.front[i].cut_after, 850); /* plaintext bytes of answers: some more than a greeting */
    write_all(c, N);
    ck_assert_int_gt(atomic_load(&w.front[0].taken) + atomic_load(&w.front[1].taken), 10);
    for (int i = 0; i < BROKERS; i++)
        atomic_store(&w.front[i].cut_after, 2000000);
    read_all(c, N);
    kafc_client_free(c);
    end();
}
END_TEST

enum { HUGE_VALUE = 8000000 };

/* On the loop thread: a message that is larger than what a turn reads, and the loop does not turn until it is here. */
static void hold_the_loop(void *arg)
{
    kafc_message *m = arg;
    ck_assert_int_eq(kafc_mock_append(w.mock, "t", 0, m, 1, -1), KAFC_OK);
    stranger_await(&w.front[0].blocked, 1);
}

START_TEST(what_is_left_in_the_filter_is_read_without_the_socket)
{
    begin(false, 0);
    kafc_error err;
    char *value = malloc(HUGE_VALUE);
    for (size_t i = 0; i < HUGE_VALUE; i++)
        value[i] = (char)(i * 7 / 3);
    ck_assert_int_eq(kafc_mock_set_config(w.mock, "t", "max.message.bytes", "10000000"), KAFC_OK);
    ck_assert_int_eq(kafc_mock_set_leader(w.mock, "t", 0, 1), KAFC_OK);
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = w.front[0].address,
                                                  .security = trusting(),
                                                  .receive_buffer_bytes = 1500000), /* the system may double it */
                                      &err);
    kafc_reader *r = kafc_reader_open(c, KAFC_READER(.max_wait_ms = SOON), &err);
    ck_assert_int_eq(kafc_reader_assign(r, &(kafc_assignment){ .topic = "t" }, 1, &err), KAFC_OK);
    kafc_message got, m = { .value = { value, HUGE_VALUE } };
    while (kafc_mock_requests(w.mock, 1, 1) == 0)
        ck_assert_int_eq(kafc_reader_fetch(r, &got, 1, &err), KAFC_ERR_TIMED_OUT);
    kafc__client_run(c, hold_the_loop, &m);
    ck_assert_msg(kafc_reader_fetch(r, &got, SOON, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_eq(got.value.len, HUGE_VALUE);
    ck_assert_mem_eq(got.value.p, value, HUGE_VALUE);
    kafc_reader_free(r);
    kafc_client_free(c);
    free(value);
    end();
}
END_TEST

/* A peer that hangs up in mid-handshake, after the bytes of answer. */
static void hangs_up(const char *answer, size_t n, const char *words)
{
    struct stranger s;
    kafc_error err;
    stranger_start(&s, answer, n, true);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.security = trusting(), .allocator = &w.memory.mem),
                                      s.address, SOON, &err));
    ck_assert_msg(strstr(err.message, s.address) && strstr(err.message, words), "%s", err.message);
    stranger_stop(&s);
}

START_TEST(peers_that_hang_up_or_speak_something_else)
{
    begin(false, 0);
    hangs_up("", 0, "in the handshake of TLS");
    hangs_up("\x16\3\3\0\x7a\2\0", 7, "in the handshake of TLS");
    hangs_up("\x15\3\3\0\2\2\x28", 7, "it has ended TLS (handshake failure)");
    hangs_up("HTTP/1.1 400\r\n\r\n", 16, "it does not speak TLS (it begins with 'HTTP/1.1 400')");
    end();
}
END_TEST

SUITE_MAIN("client/tls", 120, a_writer_and_a_reader_over_tls, hooks_are_told_when_tls_is_up, a_conn_over_tls,
           options_by_name, keys_and_their_passwords_are_wiped_when_they_were_read,
           C5_certificates_that_are_refused_are_told_at_once,
           plaintext_to_a_port_with_tls_and_the_reverse,
           a_peer_that_stalls_in_the_handshake_is_given_up, connections_that_are_cut_lose_nothing,
           what_is_left_in_the_filter_is_read_without_the_socket,
           peers_that_hang_up_or_speak_something_else)

#else

START_TEST(without_openssl_nothing_is_opened)
{
    kafc_error err;
    const kafc_security *s = KAFC_SECURITY(.protocol = KAFC_SSL);
    ck_assert_ptr_null(
        kafc_client_open(KAFC_CLIENT(.brokers = "localhost:9093", .security = s), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_UNSUPPORTED);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.security = s), "localhost:9093", 1000, &err));
    ck_assert_int_eq(err.code, KAFC_ERR_UNSUPPORTED);
}
END_TEST

SUITE_MAIN("client/tls", 60, without_openssl_nothing_is_opened)

#endif
