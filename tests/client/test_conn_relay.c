/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A kafc_conn whose calls end in the middle of a frame, on the way there or
 * back: what passes between it and the mock is held up by a relay.
 */
#include <check.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "tests/client/stranger.h"
#include "tests/support/suite.h"
#include <kafc/conn.h>
#include <kafc/mock.h>

enum { BIG = 1000000, NEVER = 1 << 30, PATIENT_MS = 30000, REQUEST_MS = 2000 };

static kafc_conn *conn;

/* Between the connection and the broker: so many bytes may pass each way. With the last one there the call ends. */
static struct relay {
    int conn, broker;
    atomic_int there, back;
    pthread_t thread;
} relay;

static bool pass(int from, int to, atomic_int *left)
{
    char buf[65536];
    int may = atomic_load(left), n;
    struct pollfd p = { .fd = from, .events = POLLIN };

    if (may <= 0 || poll(&p, 1, 0) <= 0)
        return true;
    n = (int)recv(from, buf, may < (int)sizeof buf ? (size_t)may : sizeof buf, 0);
    if (n <= 0)
        return false;
    for (int at = 0, rc; at < n; at += rc)
        if ((rc = (int)send(to, buf + at, (size_t)(n - at), MSG_NOSIGNAL)) < 0)
            return false;
    if (may < NEVER / 2 && atomic_fetch_sub(left, n) == n && left == &relay.there)
        kafc_conn_interrupt(conn);
    return true;
}

static void *run(void *arg)
{
    struct relay *r = arg;

    while (pass(r->conn, r->broker, &r->there) && pass(r->broker, r->conn, &r->back)) {
        struct pollfd p[2] = { { .fd = r->conn, .events = POLLIN }, { .fd = r->broker, .events = POLLIN } };

        (void)poll(p, 2, 1);
        (void)poll(NULL, 0, atomic_load(&r->there) > 0 && atomic_load(&r->back) > 0 ? 0 : 2);
    }
    (void)shutdown(r->conn, SHUT_RDWR);
    (void)shutdown(r->broker, SHUT_RDWR);
    return NULL;
}

static int through_the_relay(void *ctx, const char *host, int32_t port, int timeout_ms, kafc_error *err)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int pair[2];

    (void)ctx, (void)host, (void)timeout_ms, (void)err;
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    relay = (struct relay){ .broker = socket(AF_INET, SOCK_STREAM, 0), .there = NEVER, .back = NEVER };
    ck_assert_int_eq(connect(relay.broker, (struct sockaddr *)&a, sizeof a), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    relay.conn = pair[1];
    ck_assert_int_eq(pthread_create(&relay.thread, NULL, run, &relay), 0);
    return pair[0];
}

static kafc_mock *mock;
static kafc_error err;
static char *big;

static void ok(kafc_err rc)
{
    ck_assert_msg(rc == KAFC_OK, "%s", err.message);
}

static void start(const char *release, int request_ms)
{
    mock = kafc_mock_new(KAFC_MOCK(.brokers = 1), &err);
    ck_assert_msg(mock != NULL, "%s", err.message);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 1, 1), KAFC_OK);
    if (release)
        ck_assert_int_eq(kafc_mock_set_release(mock, release), KAFC_OK);
    conn = kafc_conn_dial(KAFC_CONN(.topic = "t", .find_leader = KAFC_OFF, .connect = through_the_relay,
                                    .request_timeout_ms = request_ms, .max_bytes = 2 * BIG),
                          kafc_mock_bootstrap(mock), 30000, &err);
    ck_assert_msg(conn != NULL, "%s", err.message);
    big = calloc(1, BIG);
    ck_assert_ptr_nonnull(big);
}

static void stop(void)
{
    kafc_conn_free(conn);
    pthread_join(relay.thread, NULL);
    (void)close(relay.conn);
    (void)close(relay.broker);
    kafc_mock_free(mock);
    free(big);
}

static void reads(int32_t len)
{
    kafc_message m;

    ok(kafc_conn_read(conn, &m, 30000, &err));
    ck_assert_int_eq(m.value.len, len);
}

/* A batch of which only a part is taken before the call is over. */
static void half_a_batch(void)
{
    kafc_message m = { .value = { big, BIG } };

    atomic_store(&relay.there, 1000);
    ck_assert_int_eq(kafc_conn_produce(conn, &m, 1, 60000, NULL, &err), KAFC_ERR_INTERRUPTED);
}

/* _i: format 2, and the sets of messages before it. */
START_TEST(half_a_request_is_completed_by_the_next_call)
{
    kafc_message m = { .value = KAFC_STR("v") };

    start(_i ? "0.10.1" : NULL, PATIENT_MS);
    half_a_batch();
    atomic_store(&relay.there, NEVER);
    ok(kafc_conn_produce(conn, &m, 1, 30000, NULL, &err));
    reads(BIG);
    reads(1);
    stop();
}
END_TEST

/* Rule C1: the peer cannot answer what it has not been sent. */
START_TEST(C1_half_a_request_is_not_waited_for_while_nobody_drives)
{
    int64_t end;
    kafc_message m = { .value = KAFC_STR("v") };

    start(NULL, REQUEST_MS);
    half_a_batch();
    atomic_store(&relay.there, NEVER);
    for (end = kafc__clock_mono_us() + REQUEST_MS * 1200; kafc__clock_mono_us() < end;) /* the silence is the matter */
        (void)poll(NULL, 0, 10);
    ok(kafc_conn_produce(conn, &m, 1, 30000, NULL, &err));
    reads(BIG);
    reads(1);
    stop();
}
END_TEST

static void *lets_it_pass(void *arg)
{
    (void)arg;
    (void)poll(NULL, 0, 50);
    atomic_store(&relay.back, NEVER);
    return NULL;
}

/* _i: so many bytes of the answer came in time: of its length, of its header, of what it says. */
START_TEST(half_an_answer_is_dropped_when_the_rest_comes)
{
    static const int bytes[] = { 0, 2, 4, 7, 11, 40, 100000 };
    kafc_message m = { .value = { NULL, BIG } };
    int64_t end;
    pthread_t t;

    start(NULL, PATIENT_MS);
    m.value.p = big;
    ok(kafc_conn_produce(conn, &m, 1, 30000, NULL, &err));
    m = (kafc_message){ .value = KAFC_STR("v") };
    ok(kafc_conn_offset_at(conn, KAFC_FIRST, 30000, NULL, &err));
    ok(kafc_conn_seek(conn, KAFC_AT(0), 30000, NULL, &err));
    atomic_store(&relay.back, bytes[_i]);
    ck_assert_int_eq(kafc_conn_read(conn, &m, 100, &err), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(kafc_conn_offset(conn), 0);
    ck_assert_int_eq(pthread_create(&t, NULL, lets_it_pass, NULL), 0);
    ok(kafc_conn_offset_at(conn, KAFC_LAST, 30000, &end, &err));
    ck_assert_int_eq(end, 1);
    reads(BIG);
    pthread_join(t, NULL);
    stop();
}
END_TEST

SUITE_LOOPS("client/conn_relay", 60, LOOP(half_a_request_is_completed_by_the_next_call, 0, 2),
            ONCE(C1_half_a_request_is_not_waited_for_while_nobody_drives),
            LOOP(half_an_answer_is_dropped_when_the_rest_comes, 0, 7))
