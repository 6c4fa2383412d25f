/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Dialling: the addresses of a name in turn and side by side (RFC 8305), on
 * loopback, where one port listens, is silent or is closed by the address.
 */
#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "io/dial.h"
#include "io/poller.h"
#include "io/wake.h"
#include "tests/client/stranger.h"
#include "tests/support/suite.h"
#include <kafc/conn.h>
#include <kafc/mock.h>

enum { DELAY_MS = 100, LONG_MS = 40000, LONG_US = 20000000, NAMES = 4 };

/* --- One port, several addresses ------------------------------------------------ */

/* Listens; silent: nobody is taken in any more, so that a connection is neither made nor refused. */
struct end {
    int fd, filler[4];
};

static struct kafc_addr at(const char *address, int port)
{
    struct kafc_addr a;

    ck_assert(kafc__addr_numeric(&a, address, port));
    return a;
}

/* Of which nobody else has the use until the next call. */
static int free_port(void)
{
    static int held = -1;
    struct kafc_addr a = at("127.0.0.1", 0);
    int err;

    kafc__sock_close(held);
    held = kafc__sock_reserve(&a, &err);
    ck_assert(kafc__sock_local(held, &a));
    return kafc__addr_port(&a);
}

static struct end listen_at(const char *address, int port, bool silent)
{
    struct kafc_addr a = at(address, port);
    struct end e = { .filler = { -1, -1, -1, -1 } };
    bool woken;
    int err;

    e.fd = kafc__sock_listen(&a, &err);
    ck_assert_msg(e.fd >= 0, "%s port %d: %s", address, port, strerror(err));
    if (!silent)
        return e;
    ck_assert_int_eq(listen(e.fd, 0), 0);
    for (int i = 0; i < 4; i++) {
        e.filler[i] = kafc__sock_connect(&a, NULL, &err);
        ck_assert_int_ge(e.filler[i], 0);
        if (err == EINPROGRESS && !kafc__poll_one(e.filler[i], KAFC_POLL_OUT, -1, &woken, 50000))
            return e;
    }
    ck_abort_msg("the system takes everybody in");
    return e;
}

static void drop_fillers(struct end *e)
{
    for (int i = 0; i < 4; i++) {
        kafc__sock_close(e->filler[i]);
        e->filler[i] = -1;
    }
}

static void end_free(struct end *e)
{
    drop_fillers(e);
    kafc__sock_close(e->fd);
}

/* Containers may have no IPv6, not even on loopback. */
static bool no_ipv6(void)
{
    struct kafc_addr a = at("::1", 0);
    int err, fd = kafc__sock_reserve(&a, &err);

    kafc__sock_close(fd);
    return fd < 0;
}

/* From whom comes the next connection? */
static struct kafc_addr accept_from(const struct end *e)
{
    struct kafc_addr a = { .len = sizeof a.ss };
    bool woken;
    int err, fd;

    ck_assert_uint_ne(kafc__poll_one(e->fd, KAFC_POLL_IN, -1, &woken, LONG_US), 0);
    fd = kafc__sock_accept(e->fd, &err);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(getpeername(fd, (struct sockaddr *)&a.ss, &a.len), 0);
    kafc__sock_close(fd);
    return a;
}

static int descriptors(void)
{
    DIR *d = opendir("/proc/self/fd");
    int n = 0;

    ck_assert_ptr_nonnull(d);
    while (readdir(d))
        n++;
    (void)closedir(d);
    return n;
}

/* --- One dial --------------------------------------------------------------------- */

struct dialled {
    struct kafc_dial d;
    struct kafc_dial_options o;
    struct kafc_wake w;
    const char *names[NAMES];
    int most;         /* attempts side by side */
    int64_t began;
};

static int resolve(void *ctx, const char *host, char (*address)[64], int max)
{
    const struct dialled *x = ctx;
    int n = 0;

    (void)host;
    for (; n < max && n < NAMES && x->names[n]; n++)
        (void)snprintf(address[n], 64, "%s", x->names[n]);
    return n;
}

static void on_answer(void *arg)
{
    kafc__wake_signal(arg);
}

static void begin(struct dialled *x, const char *host, int port, int64_t timeout_us)
{
    if (!x->o.resolver.fn && strcmp(host, "many") != 0)
        x->o.resolver = (struct kafc_resolver){ resolve, x };
    x->o.fallback_delay_ms = x->o.fallback_delay_ms ? x->o.fallback_delay_ms : DELAY_MS;
    x->began = kafc__clock_mono_us();
    ck_assert(kafc__wake_init(&x->w));
    kafc__dial_start(&x->d, host, port, &x->o, on_answer, &x->w, x->began,
                     x->began + timeout_us);
}

/* Until n attempts are under way, or it is over. */
static void go(struct dialled *x, int n)
{
    struct kafc_dial *d = &x->d;

    while (d->state == KAFC_DIAL_RESOLVING || d->state == KAFC_DIAL_CONNECTING) {
        int fds[KAFC_DNS_MAX], now = kafc__dial_fds(d, fds);
        int64_t left = kafc__dial_deadline(d) - kafc__clock_mono_us();
        bool woken;

        x->most = now > x->most ? now : x->most;
        if (now == n)
            return;
        (void)kafc__poll_any(fds, now, KAFC_POLL_OUT, x->w.fd, &woken, left > 0 ? left : 0);
        if (woken)
            kafc__wake_drain(&x->w);
        (void)kafc__dial_step(d, kafc__clock_mono_us());
    }
}

static int under_way(const struct dialled *x)
{
    int fds[KAFC_DNS_MAX];

    return kafc__dial_fds(&x->d, fds);
}

/* How many ms it took. */
static int dial(struct dialled *x, const char *host, int port, int64_t timeout_us)
{
    begin(x, host, port, timeout_us);
    go(x, -1);
    return (int)((kafc__clock_mono_us() - x->began) / 1000);
}

static void end(struct dialled *x)
{
    kafc__dial_cancel(&x->d);
    kafc__wake_fini(&x->w);
}

static void expect_peer(const struct dialled *x, const char *address)
{
    struct kafc_addr a = { .len = sizeof a.ss };
    char text[KAFC_ADDR_TEXT], *colon;

    ck_assert_msg(x->d.state == KAFC_DIAL_CONNECTED, "%s", x->d.why);
    ck_assert_int_eq(getpeername(x->d.fd, (struct sockaddr *)&a.ss, &a.len), 0);
    kafc__addr_text(&a, text, sizeof text);
    colon = strrchr(text, ':');
    ck_assert_ptr_nonnull(colon);
    *colon = '\0';
    ck_assert_str_eq(text, address);
}

START_TEST(C4_a_refused_port_is_said)
{
    struct dialled x = { .most = 0 };

    (void)dial(&x, "127.0.0.1", stranger_closed_port(), LONG_US);
    ck_assert_int_eq(x.d.state, KAFC_DIAL_FAILED);
    ck_assert_int_eq(x.d.code, KAFC_ERR_CONNECT);
    ck_assert_str_eq(x.d.why, "connection refused");
    end(&x);
}
END_TEST

START_TEST(after_a_failure_the_next_is_tried_at_once)
{
    struct dialled x = { .names = { "::1", "127.0.0.9", "127.0.0.1" },
                         .o.fallback_delay_ms = 10000 };
    int port = free_port();
    struct end e = listen_at("127.0.0.1", port, false);

    ck_assert_int_lt(dial(&x, "broker", port, LONG_US), 10000);
    expect_peer(&x, "127.0.0.1");
    end(&x);
    end_free(&e);
}
END_TEST

START_TEST(C4_all_addresses_are_named_in_the_order_of_trying)
{
    struct dialled x = { .names = { "127.0.0.8", "127.0.0.9", "::1", "127.0.0.1" } };
    char want[256];
    int port = free_port();

    if (no_ipv6())
        return;
    (void)dial(&x, "broker", port, LONG_US);
    ck_assert_int_eq(x.d.code, KAFC_ERR_CONNECT);
    (void)snprintf(want, sizeof want,
                   "connection refused (127.0.0.8:%d), connection refused ([::1]:%d), "
                   "connection refused (127.0.0.9:%d), connection refused (127.0.0.1:%d)",
                   port, port, port, port);
    ck_assert_str_eq(x.d.why, want);
    end(&x);
}
END_TEST

static const char *const silent_first[2][2] = { { "::1", "127.0.0.1" }, { "127.0.0.1", "::1" } };
static const char *const peer[2] = { "127.0.0.1", "[::1]" };

START_TEST(a_silent_address_costs_the_delay_alone)
{
    struct dialled x = { .names = { silent_first[_i][0], silent_first[_i][1] } };
    int port = free_port(), before, ms;
    struct end silent, good;

    if (no_ipv6())
        return;
    silent = listen_at(silent_first[_i][0], port, true);
    good = listen_at(silent_first[_i][1], port, false);
    before = descriptors();
    ms = dial(&x, "broker", port, LONG_US);
    expect_peer(&x, peer[_i]);
    ck_assert_int_ge(ms, DELAY_MS - 1);
    ck_assert_int_lt(ms, LONG_US / 1000 / 2); /* its share of the time */
    ck_assert_int_eq(x.most, 2);
    ck_assert_int_eq(descriptors(), before + 2); /* with the wake-up's: the silent one is closed */
    end(&x);
    ck_assert_int_eq(descriptors(), before);
    end_free(&good);
    end_free(&silent);
}
END_TEST

START_TEST(who_was_first_may_still_win)
{
    struct dialled x = { .names = { "127.0.0.1", "127.0.0.2" } };
    int port = free_port();
    struct end slow = listen_at("127.0.0.1", port, true);
    struct end silent = listen_at("127.0.0.2", port, true);

    begin(&x, "broker", port, LONG_US);
    go(&x, 2);
    ck_assert_int_eq(x.d.state, KAFC_DIAL_CONNECTING);
    drop_fillers(&slow);
    (void)accept_from(&slow); /* there is room again when the system asks anew, in a second or three */
    go(&x, -1);
    expect_peer(&x, "127.0.0.1");
    end(&x);
    end_free(&slow);
    end_free(&silent);
}
END_TEST

START_TEST(C4_all_that_are_silent_are_named)
{
    struct dialled x = { .names = { "127.0.0.1", "127.0.0.2" }, .o.fallback_delay_ms = 50 };
    int port = free_port();
    struct end a = listen_at("127.0.0.1", port, true), b = listen_at("127.0.0.2", port, true);
    char want[128];

    begin(&x, "broker", port, LONG_US);
    go(&x, 2);
    ck_assert_int_eq(kafc__dial_deadline(&x.d), x.began + LONG_US);
    ck_assert_int_eq(kafc__dial_step(&x.d, x.began + LONG_US - 1), KAFC_DIAL_CONNECTING);
    ck_assert_int_eq(kafc__dial_step(&x.d, x.began + LONG_US), KAFC_DIAL_FAILED);
    ck_assert_int_eq(x.d.code, KAFC_ERR_CONNECT);
    (void)snprintf(want, sizeof want,
                   "no answer in time (127.0.0.1:%d), no answer in time (127.0.0.2:%d)", port, port);
    ck_assert_str_eq(x.d.why, want);
    end(&x);
    end_free(&a);
    end_free(&b);
}
END_TEST

START_TEST(a_failure_beside_a_silent_one_goes_on_at_once)
{
    struct dialled x = { .names = { "127.0.0.1", "127.0.0.9", "127.0.0.2" } };
    int port = free_port(), fds[KAFC_DNS_MAX];
    bool woken;
    int64_t second;
    struct end silent = listen_at("127.0.0.1", port, true);
    struct end good = listen_at("127.0.0.2", port, false);

    begin(&x, "broker", port, LONG_US);
    go(&x, 1);
    second = kafc__dial_deadline(&x.d);
    (void)kafc__dial_step(&x.d, second);
    ck_assert_uint_ne(kafc__poll_any(fds, kafc__dial_fds(&x.d, fds), KAFC_POLL_OUT, -1, &woken, LONG_US), 0);
    (void)kafc__dial_step(&x.d, second); /* no time has passed since then */
    ck_assert_int_eq(x.d.next, 3);
    go(&x, -1);
    expect_peer(&x, "127.0.0.2");
    end(&x);
    end_free(&silent);
    end_free(&good);
}
END_TEST

/* -1: each has its part of the time, and goes on beside the next. */
START_TEST(without_a_delay_time_is_shared_out)
{
    struct dialled x = { .names = { "127.0.0.1", "127.0.0.2" }, .o.fallback_delay_ms = -1 };
    int port = free_port();
    int64_t half;
    struct end silent = listen_at("127.0.0.1", port, true);
    struct end good = listen_at("127.0.0.2", port, false);

    begin(&x, "broker", port, LONG_US);
    go(&x, 1);
    half = kafc__dial_deadline(&x.d); /* of what was left when the name had its addresses */
    ck_assert_int_ge(half, x.began + LONG_US / 2);
    ck_assert_int_le(half, (x.began + LONG_US + kafc__clock_mono_us()) / 2);
    (void)kafc__dial_step(&x.d, half - 1);
    ck_assert_int_eq(under_way(&x), 1);
    (void)kafc__dial_step(&x.d, half);
    ck_assert_int_eq(under_way(&x), 2);
    go(&x, -1);
    expect_peer(&x, "127.0.0.2");
    end(&x);
    end_free(&silent);
    end_free(&good);
}
END_TEST

START_TEST(no_time_is_no_time)
{
    struct dialled x = { .most = 0 };

    (void)dial(&x, "127.0.0.1", 1, 0);
    ck_assert_int_eq(x.d.code, KAFC_ERR_CONNECT);
    ck_assert_str_eq(x.d.why, "no time left to try it");
    end(&x);
}
END_TEST

/* _i attempts are under way; at last: it is connected. */
START_TEST(it_can_be_given_up_at_any_time)
{
    static struct dialled names = { .names = { "127.0.0.1", "127.0.0.2", "127.0.0.3" } };
    struct dialled x = { .o = { .fallback_delay_ms = 10, .resolver = { resolve, &names } } }; /* it may outlive us */
    int port = free_port();
    struct end e[3] = { listen_at("127.0.0.1", port, true), listen_at("127.0.0.2", port, true),
                        listen_at("127.0.0.3", port, _i < 3) };
    int before = descriptors();

    begin(&x, "broker", port, LONG_US);
    if (_i > 0)
        go(&x, _i < 3 ? _i : -1);
    if (_i == 3)
        expect_peer(&x, "127.0.0.3");
    end(&x);
    ck_assert_int_eq(descriptors(), before);
    for (int i = 0; i < 3; i++)
        end_free(&e[i]);
}
END_TEST

START_TEST(one_that_never_began_closes_nothing)
{
    static struct kafc_dial zero;
    int before = descriptors();

    kafc__dial_cancel(&zero);
    ck_assert_int_eq(descriptors(), before);
}
END_TEST

/* --- The name ------------------------------------------------------------------------- */

START_TEST(C4_a_name_without_addresses_is_said)
{
    struct dialled x = { .names = { _i ? "not.an.address" : NULL } };

    (void)dial(&x, "broker", 9092, LONG_US);
    ck_assert_int_eq(x.d.state, KAFC_DIAL_FAILED);
    ck_assert_int_eq(x.d.code, KAFC_ERR_RESOLVE);
    ck_assert_ptr_nonnull(strstr(x.d.why, _i ? "not.an.address" : "found nothing"));
    end(&x);
}
END_TEST

/* Until there is something in the pipe. */
static int hangs(void *ctx, const char *host, char (*address)[64], int max)
{
    const int *pipe = ctx;
    struct pollfd p = { .fd = pipe[0], .events = POLLIN };

    (void)host, (void)address, (void)max;
    (void)poll(&p, 1, -1);
    return 0;
}

START_TEST(a_resolver_that_hangs_costs_the_timeout_only)
{
    static int gate[2];
    struct dialled x = { .o.resolver = { hangs, gate } };
    int ms;

    ck_assert_int_eq(pipe(gate), 0);
    ms = dial(&x, "broker", 9092, 50000);
    ck_assert_int_eq(x.d.code, KAFC_ERR_RESOLVE);
    ck_assert_ptr_nonnull(strstr(x.d.why, "no answer"));
    ck_assert_int_ge(ms, 49);
    ck_assert_int_lt(ms, 5000);
    end(&x);
    ck_assert_int_eq(write(gate[1], "", 1), 1);
}
END_TEST

/* getaddrinfo(3) as it is for a name with 20 addresses of IPv6, which lead nowhere, and then one of IPv4. */
static struct {
    struct addrinfo i;
    struct kafc_addr a;
} many[21];

int getaddrinfo(const char *host, const char *port, const struct addrinfo *hints, struct addrinfo **out)
{
    int n = sizeof many / sizeof many[0];

    (void)hints;
    if (strcmp(host, "many") != 0)
        return EAI_NONAME;
    for (int k = 0; k < n; k++) {
        char text[64] = "127.0.0.1";

        if (k < n - 1)
            (void)snprintf(text, sizeof text, "100::%d", k + 1);
        many[k].a = at(text, atoi(port));
        many[k].i = (struct addrinfo){ .ai_family = many[k].a.ss.ss_family,
                                       .ai_addr = (struct sockaddr *)&many[k].a.ss,
                                       .ai_addrlen = many[k].a.len,
                                       .ai_next = k < n - 1 ? &many[k + 1].i : NULL };
    }
    *out = &many[0].i;
    return 0;
}

void freeaddrinfo(struct addrinfo *list)
{
    (void)list;
}

START_TEST(many_addresses_of_a_family_do_not_hide_the_other)
{
    struct dialled x = { .o.fallback_delay_ms = 20 };
    int port = free_port();
    struct end e = listen_at("127.0.0.1", port, false);

    (void)dial(&x, "many", port, 5000000);
    expect_peer(&x, "127.0.0.1");
    ck_assert_int_lt(x.d.next, 3);
    end(&x);
    end_free(&e);
}
END_TEST

/* --- From an address of one's own ----------------------------------------------------- */

START_TEST(it_connects_from_where_it_is_told)
{
    struct dialled x = { .o.sock.local = "127.0.0.7" };
    int port = free_port();
    struct end e = listen_at("127.0.0.1", port, false);
    struct kafc_addr from;
    char text[KAFC_ADDR_TEXT];

    (void)dial(&x, "127.0.0.1", port, LONG_US);
    expect_peer(&x, "127.0.0.1");
    from = accept_from(&e);
    kafc__addr_text(&from, text, sizeof text);
    ck_assert_int_eq(strncmp(text, "127.0.0.7:", 10), 0);
    end(&x);
    end_free(&e);
}
END_TEST

START_TEST(C4_where_it_cannot_connect_from_is_said)
{
    static const char *const local[] = { "192.0.2.1", "::1", "127.0.0.7" };
    static const char *const why[] = { "cannot assign requested address from 192.0.2.1",
                                       "address family not supported by protocol from ::1",
                                       "connection refused from 127.0.0.7" };
    struct dialled x = { .o.sock.local = local[_i] };

    (void)dial(&x, "127.0.0.1", stranger_closed_port(), LONG_US);
    ck_assert_int_eq(x.d.code, KAFC_ERR_CONNECT);
    ck_assert_str_eq(x.d.why, why[_i]);
    end(&x);
}
END_TEST

/* --- Who dials ---------------------------------------------------------------------------- */

static int resolve_both(void *ctx, const char *host, char (*address)[64], int max)
{
    (void)ctx, (void)host, (void)max;
    (void)snprintf(address[0], 64, "::1");
    (void)snprintf(address[1], 64, "127.0.0.1");
    return 2;
}

/* A broker whose name leads to an IPv6 address that swallows everything, first. */
static kafc_mock *half_dead(char *broker, size_t cap, struct end *silent)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 1), &err);

    ck_assert_msg(m != NULL, "%s", err.message);
    *silent = (struct end){ -1, { -1, -1, -1, -1 } };
    if (!no_ipv6()) /* else it fails, which is as good */
        *silent = listen_at("::1", kafc_mock_port(m, 1), true);
    (void)snprintf(broker, cap, "broker:%d", (int)kafc_mock_port(m, 1));
    return m;
}

/* _i: with a thread, without, with poll(2). */
START_TEST(a_client_does_not_wait_for_the_silent_address)
{
    char broker[64];
    struct end silent;
    kafc_mock *m = half_dead(broker, sizeof broker, &silent);
    kafc_metadata *md;
    kafc_error err;
    kafc_client *c;
    int64_t began;

    if (_i == 2)
        ck_assert_int_eq(setenv("KAFC_POLLER", "poll", 1), 0);
    c = kafc_client_open(KAFC_CLIENT(.brokers = broker, .resolve = resolve_both,
                                     .driven = _i == 1 ? KAFC_ON : KAFC_OFF,
                                     .fallback_delay_ms = DELAY_MS, .connect_timeout_ms = LONG_MS), &err);
    ck_assert_int_eq(unsetenv("KAFC_POLLER"), 0);
    ck_assert_msg(c != NULL, "%s", err.message);
    began = kafc__clock_mono_us();
    ck_assert_msg(kafc_client_metadata(c, NULL, 0, LONG_MS, &md, &err) == KAFC_OK, "%s", err.message);
    ck_assert_int_lt((kafc__clock_mono_us() - began) / 1000, LONG_MS / 2); /* its part of the time */
    kafc_metadata_free(md);
    kafc_client_free(c);
    end_free(&silent);
    kafc_mock_free(m);
}
END_TEST

START_TEST(a_conn_does_not_wait_for_the_silent_address)
{
    char broker[64];
    struct end silent;
    kafc_mock *m = half_dead(broker, sizeof broker, &silent);
    int64_t began = kafc__clock_mono_us();
    kafc_error err;
    kafc_conn *c = kafc_conn_dial(KAFC_CONN(.resolve = resolve_both, .fallback_delay_ms = KAFC_ZERO,
                                            .local_address = NULL, .connect_timeout_ms = LONG_MS),
                                  broker, LONG_MS, &err);

    ck_assert_msg(c != NULL, "%s", err.message);
    ck_assert_int_lt((kafc__clock_mono_us() - began) / 1000, LONG_MS / 2);
    kafc_conn_free(c);
    end_free(&silent);
    kafc_mock_free(m);
}
END_TEST

START_TEST(an_address_of_ones_own_is_an_option)
{
    kafc_error err;
    kafc_mock *m = kafc_mock_new(KAFC_MOCK(.brokers = 1), &err);
    kafc_metadata *md;
    kafc_client *c;
    kafc_conn *n;

    ck_assert_ptr_null(kafc_client_open(KAFC_CLIENT(.brokers = "x", .local_address = "eth0"), &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    ck_assert_str_eq(err.message, "local_address: 'eth0' is no address such as 192.0.2.1 or 2001:db8::1");
    ck_assert_ptr_null(kafc_conn_dial(KAFC_CONN(.local_address = ""), "x:1", 1000, &err));
    ck_assert_int_eq(err.code, KAFC_ERR_USAGE);
    n = kafc_conn_dial(KAFC_CONN(.local_address = "127.0.0.7"), kafc_mock_bootstrap(m), LONG_MS, &err);
    ck_assert_msg(n != NULL, "%s", err.message);
    ck_assert_int_eq(strncmp(kafc_conn_local_address(n), "127.0.0.7:", 10), 0);
    kafc_conn_free(n);
    c = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(m), .local_address = "192.0.2.1"),
                         &err);
    ck_assert_msg(c != NULL, "%s", err.message);
    do /* until it has tried in time */
        ck_assert_int_ne(kafc_client_metadata(c, NULL, 0, 200, &md, &err), KAFC_OK);
    while (!strstr(err.message, "cannot assign requested address from 192.0.2.1"));
    kafc_client_free(c);
    kafc_mock_free(m);
}
END_TEST

SUITE_LOOPS("io/dial", 60, ONCE(C4_a_refused_port_is_said),
            ONCE(after_a_failure_the_next_is_tried_at_once),
            ONCE(C4_all_addresses_are_named_in_the_order_of_trying),
            LOOP(a_silent_address_costs_the_delay_alone, 0, 2), ONCE(who_was_first_may_still_win),
            ONCE(C4_all_that_are_silent_are_named),
            ONCE(a_failure_beside_a_silent_one_goes_on_at_once),
            ONCE(without_a_delay_time_is_shared_out), ONCE(no_time_is_no_time),
            LOOP(it_can_be_given_up_at_any_time, 0, 4), ONCE(one_that_never_began_closes_nothing),
            LOOP(C4_a_name_without_addresses_is_said, 0, 2),
            ONCE(a_resolver_that_hangs_costs_the_timeout_only),
            ONCE(many_addresses_of_a_family_do_not_hide_the_other),
            ONCE(it_connects_from_where_it_is_told),
            LOOP(C4_where_it_cannot_connect_from_is_said, 0, 3),
            LOOP(a_client_does_not_wait_for_the_silent_address, 0, 3),
            ONCE(a_conn_does_not_wait_for_the_silent_address),
            ONCE(an_address_of_ones_own_is_an_option))
