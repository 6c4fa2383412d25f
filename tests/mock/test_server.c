/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock behind real sockets: ports, brokers that stop and start, the
 * functions from other threads and from hooks.
 */
#include <stdlib.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/sync.h"
#include "io/poller.h"
#include "io/sock.h"
#include "protocol/api/03_metadata.h"
#include "protocol/apis.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>

enum { WAIT_US = 5000000 };

static unsigned wait_for(int fd, unsigned events)
{
    bool woken;

    return kafc__poll_one(fd, events, -1, &woken, WAIT_US);
}

static int dial(const kafc_mock *m, int32_t broker, int *err)
{
    struct kafc_addr addr;
    int fd;

    ck_assert(kafc__addr_numeric(&addr, "127.0.0.1", kafc_mock_port(m, broker)));
    fd = kafc__sock_connect(&addr, NULL, err);
    if (fd >= 0 && *err) {
        (void)wait_for(fd, KAFC_POLL_OUT);
        *err = kafc__sock_connected(fd);
        if (*err) {
            kafc__sock_close(fd);
            fd = -1;
        }
    }
    return fd;
}

/* Reads n bytes; false: the peer closed. */
static bool take(int fd, void *p, size_t n)
{
    char *to = p;

    while (n > 0) {
        int64_t got = kafc__sock_recv(fd, to, n);
        if (got < 0)
            return false;
        if (got == 0)
            ck_assert_uint_ne(wait_for(fd, KAFC_POLL_IN), 0);
        to += got;
        n -= (size_t)got;
    }
    return true;
}

/* Metadata of no topic; the controller's id, or 0 when the peer closed. */
static int32_t ask_controller(int fd)
{
    const struct kafc_api *api = &kafc_metadata_api;
    struct kafc_metadata_req q;
    struct kafc_metadata_resp r;
    struct kafc_arena arena;
    uint8_t buf[4096];
    struct kafc_wr w;
    struct kafc_rd rd;
    struct iovec iov;
    int32_t correlation, size, controller;

    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    kafc__wr_init(&w, buf, sizeof(buf), NULL);
    kafc__wr_i32(&w, 0);
    kafc__request_header_put(&w, api, 12, 7, (kafc_str){ "me", 2 });
    ck_assert_int_eq(kafc__msg_encode(&w, api->req, &q, 12, NULL), KAFC_OK);
    kafc__store32(buf, (uint32_t)kafc__wr_len(&w) - 4);
    iov = (struct iovec){ buf, kafc__wr_len(&w) };
    if (kafc__sock_send(fd, &iov, 1) < 0 || !take(fd, buf, 4))
        return 0;
    size = (int32_t)kafc__load32(buf);
    ck_assert_int_lt(size, (int)sizeof(buf));
    if (!take(fd, buf, (size_t)size))
        return 0;
    kafc__arena_init(&arena, NULL, 0);
    kafc__rd_init(&rd, buf, (size_t)size);
    ck_assert(kafc__response_header_get(&rd, api, 12, &correlation));
    ck_assert_int_eq(correlation, 7);
    ck_assert_int_eq(kafc__msg_decode(&rd, api->resp, &r, 12, &arena, NULL), KAFC_OK);
    controller = r.controller_id;
    kafc__arena_fini(&arena);
    return controller;
}

START_TEST(brokers_answer_stop_and_start_on_the_same_port)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 2), &err);
    int e, fd;
    int32_t port;
    ck_assert_msg(m != NULL, "%s", err.message);
    ck_assert_ptr_nonnull(strchr(kafc_mock_bootstrap(m), ','));
    port = kafc_mock_port(m, 1);
    fd = dial(m, 1, &e);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ask_controller(fd), 1);
    ck_assert_int_eq(kafc_mock_connections(m, 1), 1);
    ck_assert_int_eq(kafc_mock_stop_broker(m, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_connections(m, 0), 0);
    ck_assert_int_eq(ask_controller(fd), 0);
    kafc__sock_close(fd);
    ck_assert_int_lt(dial(m, 1, &e), 0);
    fd = dial(m, 2, &e);
    ck_assert_int_eq(ask_controller(fd), 2);
    kafc__sock_close(fd);
    ck_assert_int_eq(kafc_mock_start_broker(m, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_port(m, 1), port);
    fd = dial(m, 1, &e);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(ask_controller(fd), 1);
    ck_assert_int_eq(kafc_mock_cut(m, 0), KAFC_OK);
    ck_assert_int_eq(ask_controller(fd), 0);
    kafc__sock_close(fd);
    ck_assert_uint_eq(kafc_mock_requests(m, 0, KAFC_API_METADATA), 3);
    kafc_mock_free(m);
}
END_TEST

START_TEST(a_taken_port_is_an_error_that_says_so)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 1), &err), *n;
    ck_assert_ptr_nonnull(m);
    n = kafc_mock_new(KAFC_MOCK(.brokers = 1, .port = kafc_mock_port(m, 1)), &err);
    ck_assert_ptr_null(n);
    ck_assert_int_eq(err.code, KAFC_ERR_SYSTEM);
    ck_assert_ptr_nonnull(strstr(err.message, "in use"));
    ck_assert_ptr_null(kafc_mock_new(KAFC_MOCK(.brokers = 65), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_ptr_null(kafc_mock_new(KAFC_MOCK(.host = "example.invalid"), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    kafc_mock_free(m);
    kafc_mock_free(NULL);
}
END_TEST

static void stop_from_inside(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)a;
    ck_assert_int_eq(kafc_mock_stop_broker(ctx, rq->broker), KAFC_OK);
}

START_TEST(a_hook_may_stop_its_own_broker)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 2), &err);
    int e, fd;
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(kafc_mock_hook(m, KAFC_API_METADATA, stop_from_inside, m), KAFC_OK);
    fd = dial(m, 1, &e);
    ck_assert_int_eq(ask_controller(fd), 0);
    kafc__sock_close(fd);
    ck_assert_int_lt(dial(m, 1, &e), 0);
    kafc_mock_free(m);
}
END_TEST

static void churn(void *arg)
{
    kafc_mock *m = arg;

    for (int i = 0; i < 100; i++) {
        (void)kafc_mock_stop_broker(m, 2);
        (void)kafc_mock_set_leader(m, "t", 0, 1 + i % 2);
        (void)kafc_mock_append(m, "t", 0, &(kafc_message){ .value = KAFC_STR("x") }, 1, -1);
        (void)kafc_mock_start_broker(m, 2);
    }
}

START_TEST(threads_call_while_clients_ask)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 2), &err);
    struct kafc_thread t;
    kafc_mock_log log;
    int answers = 0;
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(kafc_mock_create_topic(m, "t", 1, 1), KAFC_OK);
    ck_assert(kafc__thread_start(&t, "churn", churn, m));
    for (int i = 0; i < 200; i++) {
        int e, fd = dial(m, 1 + i % 2, &e);
        if (fd < 0)
            continue;
        answers += ask_controller(fd) > 0;
        kafc__sock_close(fd);
    }
    kafc__thread_join(&t);
    ck_assert_int_ge(answers, 100);
    ck_assert_int_eq(kafc_mock_log_get(m, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 100);
    kafc_mock_free(m);
}
END_TEST

START_TEST(answers_to_come_come_in_time)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 1), &err);
    int64_t t0 = kafc__clock_mono_us();
    int e, fd;
    ck_assert_ptr_nonnull(m);
    ck_assert_int_eq(kafc_mock_set_rtt(m, 1, 30), KAFC_OK);
    fd = dial(m, 1, &e);
    ck_assert_int_eq(ask_controller(fd), 1);
    ck_assert_int_ge(kafc__clock_mono_us() - t0, 30000);
    kafc__sock_close(fd);
    kafc_mock_free(m);
}
END_TEST

START_TEST(coordinators_follow_the_tests_wishes)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 2), &err);
    kafc_mock_transaction t;
    int64_t offset;

    ck_assert_ptr_nonnull(m);
    for (int32_t b = 1; b <= 2; b++) {
        ck_assert_int_eq(kafc_mock_set_coordinator(m, KAFC_MOCK_TRANSACTIONS, "x", b), KAFC_OK);
        ck_assert_int_eq(kafc_mock_set_coordinator(m, KAFC_MOCK_GROUPS, "x", 3 - b), KAFC_OK);
        ck_assert_int_eq(kafc_mock_coordinator(m, KAFC_MOCK_TRANSACTIONS, "x"), b);
        ck_assert_int_eq(kafc_mock_coordinator(m, KAFC_MOCK_GROUPS, "x"), 3 - b);
    }
    ck_assert_int_eq(kafc_mock_set_coordinator(m, KAFC_MOCK_GROUPS, "x", 3), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_mock_set_coordinator(m, KAFC_MOCK_GROUPS, "x", -1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_stop_broker(m, 2), KAFC_OK);
    ck_assert_int_eq(kafc_mock_coordinator(m, KAFC_MOCK_TRANSACTIONS, "x"), 1);
    ck_assert_int_eq(kafc_mock_stop_broker(m, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_coordinator(m, KAFC_MOCK_TRANSACTIONS, "x"), -1);
    ck_assert_int_eq(kafc_mock_start_broker(m, 2), KAFC_OK);
    ck_assert_int_eq(kafc_mock_coordinator(m, KAFC_MOCK_TRANSACTIONS, "x"), 2);
    ck_assert_int_eq(kafc_mock_set_marker_delay(m, -2), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_mock_set_marker_delay(m, 10), KAFC_OK);
    ck_assert_int_eq(kafc_mock_set_transaction_version(m, -1), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_mock_set_transaction_version(m, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_transaction_get(m, "x", &t), KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND);
    ck_assert_int_eq(kafc_mock_committed(m, "g", "t", 0, &offset), KAFC_ERR_GROUP_ID_NOT_FOUND);
    kafc_mock_free(m);
}
END_TEST

SUITE_MAIN("mock-server", 30, coordinators_follow_the_tests_wishes,
           brokers_answer_stop_and_start_on_the_same_port, a_taken_port_is_an_error_that_says_so,
           a_hook_may_stop_its_own_broker, threads_call_while_clients_ask,
           answers_to_come_come_in_time)
