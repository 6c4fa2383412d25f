/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client and a connection over TLS, with a certificate of their own and a
 * login, with each allocation failing in turn: nothing leaked, no crash, no hang,
 * and no other reason told than that. OpenSSL has an allocator of its own.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include "tests/support/tls_front.h"
#include <kafc/client.h>
#include <kafc/conn.h>
#include <kafc/mock.h>

#if KAFC_HAVE_OPENSSL

enum { WAIT = 5000 };

enum { SCRAM, PLAIN, OAUTHBEARER, MECHANISMS };
static const char *const mechanisms[] = { "SCRAM-SHA-512", "PLAIN", "OAUTHBEARER" };

static struct {
    kafc_mock *mock;
    struct tls_front front;
    char address[32]; /* without a name to be looked up */
    char *ca, *certificate, *key;
} server;

static void start(const char *mechanism)
{
    struct test_cert ca = TEST_CERT(.cn = "Test CA", .ca = true);
    struct test_cert of_server = TEST_CERT(.san = "IP:127.0.0.1", .by = &ca);
    struct test_cert of_client = TEST_CERT(.cn = "client", .by = &ca);
    server.ca = test_cert_pem(&ca);
    server.certificate = test_cert_pem(&of_client);
    server.key = test_key_pem(&of_client, "password");
    server.mock = kafc_mock_new(NULL, NULL);
    ck_assert_ptr_nonnull(server.mock);
    ck_assert_int_eq(kafc_mock_set_user(server.mock, "alice", "secret"), KAFC_OK);
    ck_assert_int_eq(kafc_mock_set_login(server.mock, mechanism, 0), KAFC_OK);
    tls_front_start(&server.front, test_server_ctx(&of_server, &ca), kafc_mock_port(server.mock, 1));
    (void)snprintf(server.address, sizeof server.address, "127.0.0.1:%d", server.front.port);
    ck_assert_int_eq(kafc_mock_set_address(server.mock, 1, "127.0.0.1", server.front.port), KAFC_OK);
    test_cert_free(&ca);
    test_cert_free(&of_server);
    test_cert_free(&of_client);
}

static void stop(void)
{
    tls_front_stop(&server.front);
    kafc_mock_free(server.mock);
    free(server.ca);
    free(server.certificate);
    free(server.key);
}

static kafc_security security;

static int well(kafc_err rc, const kafc_error *err)
{
    ck_assert_msg(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY, "%s: %s", kafc_err_name(rc), err->message);
    return rc == KAFC_OK;
}

static int by_client(const kafc_allocator *mem)
{
    kafc_error err;
    kafc_metadata *m = NULL;
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = server.address, .security = &security, .allocator = mem,
                    .reconnect_backoff_ms = 1, .reconnect_backoff_max_ms = 2, .retry_backoff_ms = 1,
                    .retry_backoff_max_ms = 2),
        &err);
    int n = c ? well(kafc_client_metadata(c, NULL, 0, WAIT, &m, &err), &err) : well(err.code, &err);
    kafc_metadata_free(m);
    kafc_client_free(c);
    return n;
}

static int by_conn(const kafc_allocator *mem)
{
    kafc_error err;
    kafc_metadata *m = NULL;
    kafc_conn *c = kafc_conn_dial(KAFC_CONN(.security = &security, .allocator = mem), server.address,
                                  WAIT, &err);
    int n = c ? well(kafc_conn_metadata(c, NULL, 0, WAIT, &m, &err), &err) : well(err.code, &err);
    kafc_metadata_free(m);
    kafc_conn_free(c);
    return n;
}

static const char jaas[] = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required "
                           "unsecuredLoginStringClaim_sub=\"alice\";";

START_TEST(a_login_over_tls)
{
    start(mechanisms[_i]);
    security = *KAFC_SECURITY(.protocol = KAFC_SASL_SSL, .ca_pem = server.ca,
                              .certificate_pem = server.certificate, .key_pem = server.key,
                              .key_password = "password", .mechanism = mechanisms[_i]);
    if (_i == OAUTHBEARER) {
        security.jaas = jaas;
    } else {
        security.username = "alice";
        security.password = "secret";
        security.saslprep = _i == SCRAM ? KAFC_ON : KAFC_DEFAULT;
    }
    test_alloc_each(by_client, 1);
    test_alloc_each(by_conn, 1);
    stop();
}
END_TEST

SUITE_LOOPS("oom/secure", 60, LOOP(a_login_over_tls, 0, MECHANISMS))

#else
int main(void)
{
    return 0;
}
#endif
