/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sockets, pollers, wake-ups, the resolver.
 */
#include <check.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/dns.h"
#include "io/poller.h"
#include "io/sock.h"
#include "io/wake.h"
#include "tests/client/stranger.h"
#include "tests/support/suite.h"

/* --- Addresses, sockets ------------------------------------------------------------ */

START_TEST(numeric_addresses)
{
    struct kafc_addr a;
    char text[KAFC_ADDR_TEXT];
    ck_assert(kafc__addr_numeric(&a, "127.0.0.1", 9092));
    kafc__addr_text(&a, text, sizeof text);
    ck_assert_str_eq(text, "127.0.0.1:9092");
    ck_assert(kafc__addr_numeric(&a, "[::1]", 1));
    kafc__addr_text(&a, text, sizeof text);
    ck_assert_str_eq(text, "[::1]:1");
    ck_assert(kafc__addr_numeric(&a, "fe80::1:2:3:4", 65535));
    ck_assert_int_eq(kafc__addr_port(&a), 65535);
    ck_assert(!kafc__addr_numeric(&a, "localhost", 1));
    ck_assert(!kafc__addr_numeric(&a, "", 1));
    ck_assert(!kafc__addr_numeric(&a, "[::1", 1));
    ck_assert(!kafc__addr_numeric(&a, "1.2.3.4.5", 1));
}
END_TEST

/* Link-local ones are of an interface. */
START_TEST(addresses_with_a_scope)
{
    struct kafc_addr a;
    struct sockaddr_in6 v6;
    char text[KAFC_ADDR_TEXT], name[IF_NAMESIZE], host[64], want[KAFC_ADDR_TEXT];
    ck_assert_ptr_nonnull(if_indextoname(1, name));
    (void)snprintf(host, sizeof host, "[fe80::1:2%%%s]", name);
    (void)snprintf(want, sizeof want, "[fe80::1:2%%%s]:9092", name);
    for (int i = 0; i < 2; i++) {
        ck_assert(kafc__addr_numeric(&a, i ? "fe80::1:2%1" : host, 9092));
        memcpy(&v6, &a.ss, sizeof v6);
        ck_assert_uint_eq(v6.sin6_scope_id, 1);
        kafc__addr_text(&a, text, sizeof text);
        ck_assert_str_eq(text, want);
    }
    ck_assert(!kafc__addr_numeric(&a, "fe80::1%nowhere", 1));
    ck_assert(!kafc__addr_numeric(&a, "fe80::1%", 1));
    ck_assert(!kafc__addr_numeric(&a, "fe80::1%1x", 1));
    ck_assert(!kafc__addr_numeric(&a, "fe80::1%99999999999", 1));
    ck_assert(!kafc__addr_numeric(&a, "127.0.0.1%1", 1));
}
END_TEST

struct pair {
    int a, b;
};

static struct pair connected(void)
{
    struct kafc_addr at;
    int err = 0;
    struct kafc_sock_options o = { 65536, 65536, NULL };
    ck_assert(kafc__addr_numeric(&at, "127.0.0.1", 0));
    int l = kafc__sock_listen(&at, &err);
    ck_assert_int_ge(l, 0);
    ck_assert(kafc__sock_local(l, &at));
    struct pair p;
    p.a = kafc__sock_connect(&at, &o, &err);
    ck_assert_int_ge(p.a, 0);
    bool woken;
    ck_assert_uint_ne(kafc__poll_one(l, KAFC_POLL_IN, -1, &woken, 5000000), 0);
    p.b = kafc__sock_accept(l, &err);
    ck_assert_int_ge(p.b, 0);
    ck_assert_uint_ne(kafc__poll_one(p.a, KAFC_POLL_OUT, -1, &woken, 5000000), 0);
    ck_assert_int_eq(kafc__sock_connected(p.a), 0);
    kafc__sock_close(l);
    return p;
}

START_TEST(C2_a_closed_peer_raises_no_signal)
{
    struct pair p = connected();
    char byte[1000] = { 0 };
    int64_t rc = 1;
    (void)signal(SIGPIPE, SIG_DFL); /* it would end this process */
    ck_assert_int_eq(kafc__sock_recv(p.a, byte, 1), 0);
    kafc__sock_close(p.b);
    while (rc >= 0) { /* until its reset is here */
        struct iovec v = { byte, sizeof byte };
        rc = kafc__sock_send(p.a, &v, 1);
    }
    ck_assert(rc == -EPIPE || rc == -ECONNRESET);
    kafc__sock_close(p.a);
}
END_TEST

/* The parent is not disturbed by what its children inherited. */
START_TEST(C7_the_peer_hears_of_an_end_whoever_else_holds_the_socket)
{
    struct pair p = connected();
    char byte;
    bool woken;
    int childs = dup(p.a); /* as a fork leaves it behind */
    ck_assert_int_ge(childs, 0);
    kafc__sock_close(p.a);
    ck_assert_uint_ne(kafc__poll_one(p.b, KAFC_POLL_IN, -1, &woken, 5000000), 0);
    ck_assert_int_eq(kafc__sock_recv(p.b, &byte, 1), KAFC_SOCK_EOF);
    (void)close(childs);
    kafc__sock_close(p.b);
}
END_TEST

/* Loopback dials to a broker that is down meet this now and then. */
START_TEST(a_socket_connected_to_itself_is_refused)
{
    struct kafc_addr a;
    int err = 0;
    ck_assert(kafc__addr_numeric(&a, "127.0.0.1", 0));
    int fd = kafc__sock_reserve(&a, &err);
    ck_assert_int_ge(fd, 0);
    ck_assert(kafc__sock_local(fd, &a));
    ck_assert(connect(fd, (struct sockaddr *)&a.ss, a.len) == 0 || errno == EINPROGRESS);
    ck_assert_int_eq(kafc__sock_connected(fd), ECONNREFUSED);
    kafc__sock_close(fd);
}
END_TEST

START_TEST(sending_stops_where_it_would_block)
{
    struct pair p = connected();
    static char chunk[100000], back[100000];
    int64_t rc, sent = 0, got = 0;
    struct iovec v[2] = { { chunk, sizeof chunk }, { chunk, sizeof chunk } };
    while ((rc = kafc__sock_send(p.a, v, 2)) > 0)
        sent += rc;
    ck_assert_int_eq(rc, 0);
    kafc__sock_close(p.a);
    bool woken;
    while (kafc__poll_one(p.b, KAFC_POLL_IN, -1, &woken, 5000000) &&
           (rc = kafc__sock_recv(p.b, back, sizeof back)) > 0)
        got += rc;
    ck_assert_int_eq(rc, KAFC_SOCK_EOF);
    ck_assert_int_eq(sent, got);
    kafc__sock_close(p.b);
}
END_TEST

/* --- Pollers, wake-ups ---------------------------------------------------------------- */

START_TEST(pollers_tell_what_is_ready)
{
    struct kafc_poller *q = kafc__poller_new(NULL, _i ? KAFC_POLLER_POLL : KAFC_POLLER_AUTO);
    struct pair p = connected();
    struct kafc_poll_event ev[4];
    char x = 0;
    struct iovec v = { &x, 1 };
    int one, two;
    ck_assert_ptr_nonnull(q);
    if (_i)
        ck_assert_str_eq(kafc__poller_name(q), "poll");
    ck_assert(kafc__poller_set(q, p.a, KAFC_POLL_IN, &one));
    ck_assert(kafc__poller_set(q, p.b, KAFC_POLL_IN, &two));
    ck_assert_int_eq(kafc__poller_wait(q, ev, 4, 0), 0);
    ck_assert_int_eq(kafc__sock_send(p.a, &v, 1), 1);
    ck_assert_int_eq(kafc__poller_wait(q, ev, 4, 5000000), 1);
    ck_assert_ptr_eq(ev[0].tag, &two);
    ck_assert_uint_eq(ev[0].events, KAFC_POLL_IN);
    ck_assert(kafc__poller_set(q, p.b, KAFC_POLL_OUT, &one)); /* changes it, tag included */
    ck_assert_int_eq(kafc__poller_wait(q, ev, 4, 5000000), 1);
    ck_assert_ptr_eq(ev[0].tag, &one);
    ck_assert_uint_eq(ev[0].events, KAFC_POLL_OUT);
    kafc__poller_del(q, p.b);
    kafc__poller_del(q, p.b); /* not there: ignored */
    ck_assert_int_eq(kafc__poller_wait(q, ev, 4, 0), 0);
    kafc__sock_close(p.b);
    ck_assert_int_eq(kafc__poller_wait(q, ev, 4, 5000000), 1);
    ck_assert(ev[0].events & (KAFC_POLL_IN | KAFC_POLL_ERROR));
    kafc__sock_close(p.a);
    kafc__poller_free(q);
}
END_TEST

START_TEST(a_short_list_starves_nobody)
{
    enum { N = 10 };
    struct kafc_poller *q = kafc__poller_new(NULL, KAFC_POLLER_POLL);
    struct pair p[N];
    bool seen[N] = { false };
    for (int i = 0; i < N; i++) {
        p[i] = connected();
        ck_assert(kafc__poller_set(q, p[i].a, KAFC_POLL_OUT, &seen[i]));
    }
    for (int i = 0; i < N; i++) {
        struct kafc_poll_event ev;
        ck_assert_int_eq(kafc__poller_wait(q, &ev, 1, 0), 1);
        *(bool *)ev.tag = true;
    }
    for (int i = 0; i < N; i++) {
        ck_assert(seen[i]);
        kafc__sock_close(p[i].a);
        kafc__sock_close(p[i].b);
    }
    kafc__poller_free(q);
}
END_TEST

START_TEST(pollers_wait_no_shorter_than_asked)
{
    struct kafc_poller *q = kafc__poller_new(NULL, _i ? KAFC_POLLER_POLL : KAFC_POLLER_AUTO);
    struct kafc_poll_event ev;
    int64_t begin = kafc__clock_mono_us();
    ck_assert_int_eq(kafc__poller_wait(q, &ev, 1, 2500), 0);
    ck_assert_int_ge(kafc__clock_mono_us() - begin, 2500);
    kafc__poller_free(q);
}
END_TEST

static struct kafc_wake *woken_by_signal;

static void on_signal(int sig)
{
    (void)sig;
    kafc__wake_signal(woken_by_signal);
}

START_TEST(C3_a_wake_up_is_safe_in_a_signal_handler)
{
    struct kafc_wake w;
    bool woken;
    ck_assert(kafc__wake_init(&w));
    (void)kafc__poll_one(-1, 0, w.fd, &woken, 0);
    ck_assert(!woken);
    woken_by_signal = &w;
    (void)signal(SIGUSR1, on_signal);
    errno = 1234;
    ck_assert_int_eq(raise(SIGUSR1), 0);
    ck_assert_int_eq(errno, 1234);
    ck_assert_int_eq(raise(SIGUSR1), 0); /* a second one costs nothing and is not lost */
    (void)kafc__poll_one(-1, 0, w.fd, &woken, 5000000);
    ck_assert(woken);
    kafc__wake_drain(&w);
    (void)kafc__poll_one(-1, 0, w.fd, &woken, 0);
    ck_assert(!woken);
    kafc__wake_signal(&w);
    (void)kafc__poll_one(-1, 0, w.fd, &woken, 5000000);
    ck_assert(woken);
    kafc__wake_fini(&w);
}
END_TEST

/* --- The resolver -------------------------------------------------------------------------- */

static void on_answer(void *arg)
{
    kafc__wake_signal(arg);
}

static bool await_wake(struct kafc_wake *w)
{
    bool woken;
    (void)kafc__poll_one(-1, 0, w->fd, &woken, 10000000);
    kafc__wake_drain(w);
    return woken;
}

START_TEST(localhost_resolves)
{
    struct kafc_wake w;
    struct kafc_addr a[KAFC_DNS_MAX];
    kafc_err code = KAFC_OK;
    int n = 0;
    char why[128];
    ck_assert(kafc__wake_init(&w));
    struct kafc_dns_request *rq = kafc__dns_ask("localhost", 9092, NULL, on_answer, &w, &code);
    ck_assert_ptr_nonnull(rq);
    ck_assert(await_wake(&w));
    ck_assert(kafc__dns_answer(rq, a, KAFC_DNS_MAX, &n, why, sizeof why));
    ck_assert_int_gt(n, 0);
    ck_assert_int_eq(kafc__addr_port(&a[0]), 9092);
    kafc__dns_drop(rq);
    kafc__wake_fini(&w);
}
END_TEST

struct gate {
    pthread_mutex_t m;
    pthread_cond_t c;
    bool open;
    atomic_int entered, left;
};

static int blocking_resolve(void *ctx, const char *host, char (*address)[64], int max)
{
    struct gate *g = ctx;
    (void)host, (void)max;
    atomic_fetch_add(&g->entered, 1);
    pthread_mutex_lock(&g->m);
    while (!g->open)
        pthread_cond_wait(&g->c, &g->m);
    pthread_mutex_unlock(&g->m);
    (void)snprintf(address[0], 64, "127.0.0.1");
    atomic_fetch_add(&g->left, 1);
    return 1;
}

static void open_gate(struct gate *g)
{
    pthread_mutex_lock(&g->m);
    g->open = true;
    pthread_cond_broadcast(&g->c);
    pthread_mutex_unlock(&g->m);
}

START_TEST(the_thread_ends_with_its_last_user)
{
    static struct gate g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0, 0 };
    struct kafc_resolver r = { blocking_resolve, &g };
    struct kafc_wake w;
    kafc_err code = KAFC_OK;
    ck_assert(kafc__wake_init(&w));
    for (int i = 0; i < 3; i++) { /* idle, busy, and begun anew after that */
        ck_assert(kafc__dns_hold());
        ck_assert(kafc__dns_hold());
        kafc__dns_release();
        struct kafc_dns_request *rq = kafc__dns_ask("a", 1, &r, on_answer, &w, &code);
        ck_assert_ptr_nonnull(rq);
        if (i == 1) {
            stranger_await(&g.entered, 2); /* it is busy when it is let go */
        } else {
            open_gate(&g);
            ck_assert(await_wake(&w));
        }
        kafc__dns_drop(rq);
        kafc__dns_release();
        if (i == 0)
            g.open = false; /* the thread has ended: nobody else looks */
    }
    stranger_await(&g.left, 3);
    kafc__wake_fini(&w);
}
END_TEST

static void never(void *arg)
{
    (void)arg;
    ck_abort_msg("a request that was dropped has an answer");
}

START_TEST(a_request_can_be_dropped_at_any_time)
{
    static struct gate g = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0, 0 };
    struct kafc_resolver r = { blocking_resolve, &g };
    kafc_err code = KAFC_OK;
    struct kafc_wake w;
    ck_assert(kafc__wake_init(&w));
    struct kafc_dns_request *running = kafc__dns_ask("a", 1, &r, never, NULL, &code);
    struct kafc_dns_request *queued = kafc__dns_ask("b", 1, &r, never, NULL, &code);
    struct kafc_dns_request *last = kafc__dns_ask("c", 1, &r, on_answer, &w, &code);
    stranger_await(&g.entered, 1);
    kafc__dns_drop(running);
    kafc__dns_drop(queued);
    open_gate(&g);
    ck_assert(await_wake(&w));
    kafc__dns_drop(last);
    ck_assert_int_eq(atomic_load(&g.left),
                     2); /* the one that ran, and the last: not the one in the queue */
    kafc__wake_fini(&w);
}
END_TEST

SUITE_LOOPS("io", 60, ONCE(numeric_addresses), ONCE(addresses_with_a_scope),
            ONCE(C2_a_closed_peer_raises_no_signal),
            ONCE(C7_the_peer_hears_of_an_end_whoever_else_holds_the_socket),
            ONCE(a_socket_connected_to_itself_is_refused), ONCE(sending_stops_where_it_would_block),
            LOOP(pollers_tell_what_is_ready, 0, 2), ONCE(a_short_list_starves_nobody),
            LOOP(pollers_wait_no_shorter_than_asked, 0, 2),
            ONCE(C3_a_wake_up_is_safe_in_a_signal_handler), ONCE(localhost_resolves),
            ONCE(the_thread_ends_with_its_last_user), ONCE(a_request_can_be_dropped_at_any_time))
