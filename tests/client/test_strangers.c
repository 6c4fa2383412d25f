/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wrong hosts, refused ports, peers that are no Kafka brokers, brokers that
 * die in mid-answer: a client and a conn say within their timeout what is
 * wrong and where (rule C4), and leave nothing behind.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/client/stranger.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/conn.h>
#include <kafc/mock.h>

enum { TIMEOUT_MS = 250, LATEST_MS = 5000 };

static struct test_alloc memory;

/* Asks a client and dials a conn; both must fail in time. *c, *k: how. */
static void try_for(int ms, const char *address, kafc_resolve_fn resolve, kafc_error *c, kafc_error *k)
{
    kafc_metadata *m;
    int64_t begin = kafc__clock_mono_us();
    test_alloc_init(&memory);
    kafc_client *client = kafc_client_open(KAFC_CLIENT(.brokers = address, .resolve = resolve,
                                                       .connect_timeout_ms = ms / 2,
                                                       .allocator = &memory.mem),
                                           c);
    ck_assert_msg(client != NULL, "%s", c->message);
    kafc_err rc = kafc_client_metadata(client, NULL, 0, ms, &m, c);
    ck_assert_int_ne(rc, KAFC_OK);
    ck_assert_int_eq(rc, c->code);
    ck_assert_ptr_null(m);
    kafc_client_free(client);
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.resolve = resolve, .allocator = &memory.mem),
                                      address, ms, k));
    ck_assert_int_lt(kafc__clock_mono_us() - begin, (LATEST_MS + 2 * ms) * 1000LL);
    ck_assert_int_eq(atomic_load(&memory.live), 0);
}

/* With as much time as it takes until both have seen the reason that is to be told. */
static void try_both(const char *address, kafc_resolve_fn resolve, const char *what, kafc_error *c, kafc_error *k)
{
    int ms = TIMEOUT_MS;
    do
        try_for(ms, address, resolve, c, k);
    while ((!strstr(c->message, what) || !strstr(k->message, what)) && (ms *= 2) < 20000);
}

static void expect(const kafc_error *e, const char *address, const char *what)
{
    ck_assert_msg(strstr(e->message, address) != NULL, "no '%s' in: %s", address, e->message);
    ck_assert_msg(strstr(e->message, what) != NULL, "no '%s' in: %s", what, e->message);
    ck_assert_int_eq(e->cls, kafc_err_class_of(e->code));
}

START_TEST(C4_a_refused_port)
{
    kafc_error c, k;
    char address[64];
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", stranger_closed_port());
    try_both(address, NULL, "connection refused", &c, &k);
    ck_assert_int_eq(c.code, KAFC_ERR_CONNECT);
    ck_assert_int_eq(k.code, KAFC_ERR_CONNECT);
    expect(&c, address, "cannot be reached: connection refused");
    expect(&k, address, "cannot be reached: connection refused");
}
END_TEST

static int finds_nothing(void *ctx, const char *host, char (*address)[64], int max)
{
    (void)ctx, (void)host, (void)address, (void)max;
    return -1;
}

START_TEST(C4_a_host_that_cannot_be_resolved)
{
    kafc_error c, k;
    try_both("broker.example:9092", finds_nothing, "resolve", &c, &k);
    ck_assert_int_eq(c.code, KAFC_ERR_RESOLVE);
    ck_assert_int_eq(k.code, KAFC_ERR_RESOLVE);
    expect(&c, "broker.example:9092", "resolve");
    expect(&k, "broker.example:9092", "resolve");
}
END_TEST

START_TEST(C4_a_host_that_the_system_does_not_know)
{
    kafc_error c, k;
    try_both("no-such-host.invalid", NULL, "", &c, &k);
    expect(&c, "no-such-host.invalid:9092", "");
    expect(&k, "no-such-host.invalid:9092", "");
}
END_TEST

static const struct stranger_case {
    const char *name, *bytes;
    size_t len;
    bool hang_up;
    const char *says; /* the sentence of both holds it */
} cases[] = {
    { "silence", NULL, 0, false, "" },
    { "hang-up", NULL, 0, true, "closed" },
    { "HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n", 48, true, "" },
    { "TLS alert", "\x15\x03\x01\x00\x02\x02\x46", 7, false, "" },
    { "huge length", "\x7f\xff\xff\xff\x00\x00\x00\x00", 8, false, "" },
    { "negative length", "\xff\xff\xff\xff\x00\x00\x00\x00", 8, false, "" },
    { "zero length", "\x00\x00\x00\x00", 4, false, "" },
    { "short frame", "\x00\x00\x00\x02\x00\x00", 6, false, "" },
    { "wrong correlation", "\x00\x00\x00\x0a\x00\x00\xab\xcd\x00\x00\x00\x00\x00\x00", 14, false,
      "" },
    { "dies in mid-answer", "\x00\x00\x01\x00\x00\x00\x00\x01\x00\x00", 10, true, "" },
    { "stalls in mid-answer", "\x00\x00\x01\x00\x00\x00\x00\x01\x00\x00", 10, false, "" },
    { "a byte", "\x00", 1, false, "" },
};

START_TEST(C4_a_peer_that_is_no_broker)
{
    const struct stranger_case *s = &cases[_i];
    struct stranger p;
    kafc_error c, k;
    int before, tries = 0;
    stranger_start(&p, s->bytes, s->len, s->hang_up);
    do { /* until both came as far as to it */
        before = atomic_load(&p.connections);
        try_both(p.address, NULL, s->says, &c, &k);
    } while (atomic_load(&p.connections) < before + 2 && ++tries < 20);
    if (getenv("V"))
        fprintf(stderr, "%s:\n  %s\n  %s\n", s->name, c.message, k.message);
    expect(&c, p.address, s->says);
    expect(&k, p.address, s->says);
    ck_assert_int_lt(tries, 20);
    stranger_stop(&p);
}
END_TEST

/* --- An advertised address that leads nowhere --------------------------------------------- */

static kafc_mock *two_brokers_one_gone(char *gone, size_t cap)
{
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 2), NULL);
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(kafc_mock_create_topic(m, "t", 2, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_leader(m, "t", 1, NULL), 2);
    (void)snprintf(gone, cap, "node 2, advertised as 127.0.0.1:%d by 127.0.0.1:%d",
                   (int)kafc_mock_port(m, 2), (int)kafc_mock_port(m, 1));
    ck_assert_int_eq(kafc_mock_freeze_metadata(m, 1, true), KAFC_OK);
    ck_assert_int_eq(kafc_mock_stop_broker(m, 2), KAFC_OK);
    return m;
}

START_TEST(C4_an_advertised_address_that_leads_nowhere)
{
    char name[128], bootstrap[64];
    kafc_error e;
    kafc_err rc = KAFC_OK;
    kafc_mock *m = two_brokers_one_gone(name, sizeof name);
    (void)snprintf(bootstrap, sizeof bootstrap, "127.0.0.1:%d", (int)kafc_mock_port(m, 1));
    for (int ms = TIMEOUT_MS; ms < 20000 && rc != KAFC_ERR_CONNECT; ms *= 2) { /* until it knows of node 2 */
        ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.topic = "t", .partition = 1), bootstrap, ms, &e));
        rc = e.code;
    }
    ck_assert_int_eq(rc, KAFC_ERR_CONNECT);
    expect(&e, name, "cannot be reached: connection refused");
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = bootstrap), NULL);
    kafc_offset_query q = { .topic = "t", .partition = 1, .at = KAFC_LAST };
    e.message[0] = '\0';
    for (int ms = TIMEOUT_MS; ms < 20000 && !strstr(e.message, "cannot be reached"); ms *= 2) {
        ck_assert_int_ne(kafc_client_offsets(c, &q, 1, KAFC_ISOLATION_DEFAULT, ms, &e), KAFC_OK);
        ck_assert_int_eq(q.result, e.code);
    }
    expect(&e, name, "cannot be reached: connection refused");
    kafc_client_free(c);
    kafc_mock_free(m);
}
END_TEST

/* --- A broker that dies -------------------------------------------------------------------- */

static const kafc_mock_act deaths[] = { KAFC_MOCK_CUT, KAFC_MOCK_PASS_CUT, KAFC_MOCK_SILENT,
                                        KAFC_MOCK_RAW };

static void die(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    a->act = *(const kafc_mock_act *)ctx;
    a->bytes = (kafc_bytes){ "GET / HTTP/1.1\r\n\r\n", 18 };
}

START_TEST(a_broker_that_dies_during_a_call)
{
    kafc_error e;
    kafc_metadata *md;
    kafc_mock_act act = deaths[_i];
    test_alloc_init(&memory);
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 1), NULL);
    const char *where = kafc_mock_bootstrap(m);
    kafc_client *c = kafc_client_open(
        KAFC_CLIENT(.brokers = where, .request_timeout_ms = 200, .allocator = &memory.mem), NULL);
    kafc_conn *k = kafc_conn_dial(KAFC_CONN(.allocator = &memory.mem), where, 5000, &e);
    ck_assert_ptr_nonnull(k);
    ck_assert_int_eq(kafc_mock_hook(m, 3, die, &act), KAFC_OK); /* Metadata */
    int64_t begin = kafc__clock_mono_us();
    ck_assert_int_ne(kafc_client_metadata(c, NULL, 0, TIMEOUT_MS, &md, &e), KAFC_OK);
    expect(&e, act == KAFC_MOCK_SILENT ? "" : where, "");
    int ms = TIMEOUT_MS;
    do /* until it dies of that */
        ck_assert_int_ne(kafc_conn_metadata(k, NULL, 0, ms, &md, &e), KAFC_OK);
    while (act != KAFC_MOCK_SILENT && e.code == KAFC_ERR_TIMED_OUT && (ms *= 2) < 20000);
    expect(&e, act == KAFC_MOCK_SILENT ? "127.0.0.1" : where, "");
    if (act != KAFC_MOCK_SILENT) { /* and then it stays lost, with the same words */
        ck_assert_int_eq(kafc_conn_metadata(k, NULL, 0, TIMEOUT_MS, &md, &e),
                         KAFC_ERR_DISCONNECTED);
        expect(&e, where, "");
    }
    ck_assert_int_lt(kafc__clock_mono_us() - begin, (LATEST_MS + 2 * ms) * 1000LL);
    kafc_mock_hook(m, 3, NULL, NULL);
    ck_assert_int_eq(kafc_client_metadata(c, NULL, 0, 20000, &md, &e),
                     KAFC_OK); /* the client gets over it */
    kafc_metadata_free(md);
    kafc_conn_free(k);
    kafc_client_free(c);
    kafc_mock_free(m);
    ck_assert_int_eq(atomic_load(&memory.live), 0);
}
END_TEST

SUITE_LOOPS("client/strangers", 60, ONCE(C4_a_refused_port),
            ONCE(C4_a_host_that_cannot_be_resolved), ONCE(C4_a_host_that_the_system_does_not_know),
            LOOP(C4_a_peer_that_is_no_broker, 0, (int)(sizeof cases / sizeof cases[0])),
            ONCE(C4_an_advertised_address_that_leads_nowhere),
            LOOP(a_broker_that_dies_during_a_call, 0, (int)(sizeof deaths / sizeof deaths[0])))
