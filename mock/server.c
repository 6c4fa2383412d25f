/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock's thread: accepts, reads, writes and keeps time for the cluster.
 * The thread holds the lock except while it waits.
 */
#include "mock/server.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/list.h"
#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/sync.h"
#include "io/poller.h"
#include "io/sock.h"
#include "io/wake.h"
#include "mock/sieve.h"

enum { EVENTS = 64, READ_ROUNDS = 4, SIFT_ROUNDS = 16, PIECES = 64 };

enum kind { LISTENER, CONNECTION };

struct sock {
    enum kind kind;
    int fd;
    unsigned events; /* what the poller waits for */
    int32_t broker;
    uint64_t conn;            /* the cluster's id; the map's key */
    struct kafc_sieve *sieve; /* of a connection to a cluster that keeps nothing; or NULL */
    struct kafc_list node;
    bool dead; /* closed, to be freed after this round of events */
};

struct listener {
    struct sock sock;
    struct kafc_addr addr;
    int reserved; /* keeps the port while the broker is stopped */
    bool listening;
};

struct kafc_server {
    kafc_allocator mem;
    struct kafc_cluster *cluster;
    struct kafc_mutex lock;
    struct kafc_cond settled;
    struct kafc_thread thread;
    struct kafc_wake wake;
    struct kafc_poller *poller;
    struct listener *listener;
    int32_t nbrokers;
    struct kafc_map socks; /* connections by the cluster's id */
    struct kafc_list list, dead;
    char *bootstrap;
    uint64_t asked, done; /* changes by other threads; those that the sockets have followed */
    bool started, stop, inited, blackhole;
};

/* ---- sockets ---- */

static void want(struct kafc_server *s, struct sock *k, unsigned events)
{
    if (k->events == events)
        return;
    if (events == 0)
        kafc__poller_del(s->poller, k->fd);
    else if (!kafc__poller_set(s->poller, k->fd, events, k))
        return;
    k->events = events;
}

static void close_sock(struct kafc_server *s, struct sock *k)
{
    if (k->dead)
        return;
    kafc__map_del(&s->socks, &k->conn, sizeof k->conn);
    kafc__poller_del(s->poller, k->fd);
    kafc__sock_close(k->fd);
    kafc__cluster_close(s->cluster, k->conn);
    k->dead = true;
    kafc__list_del(&k->node);
    kafc__list_push(&s->dead, &k->node);
}

static void free_dead(struct kafc_server *s)
{
    struct sock *k;

    while ((k = KAFC_LIST_FIRST(&s->dead, struct sock, node))) {
        kafc__list_del(&k->node);
        kafc__sieve_free(k->sieve);
        kafc__free(&s->mem, k);
    }
}

/* Sends what can be sent; closes if the cluster wants it. */
static void flush(struct kafc_server *s, struct sock *k)
{
    bool full = false;

    while (!k->dead && !full) {
        struct iovec iov[PIECES];
        int n = kafc__cluster_outputs(s->cluster, k->conn, iov, PIECES);
        int64_t got;

        if (n == 0)
            break;
        got = kafc__sock_send(k->fd, iov, n);
        if (got < 0) {
            close_sock(s, k);
            return;
        }
        full = got == 0;
        kafc__cluster_consumed(s->cluster, k->conn, (size_t)got);
    }
    if (!k->dead && kafc__cluster_closing(s->cluster, k->conn)) {
        close_sock(s, k);
        return;
    }
    if (!k->dead) {
        void *p;
        size_t n;
        kafc__cluster_recv_room(s->cluster, k->conn, &p, &n);
        want(s, k, (n ? KAFC_POLL_IN : 0u) | (full ? KAFC_POLL_OUT : 0u));
    }
}

/* false: the cluster does not take it now, which is for ever here. */
static bool give(struct kafc_server *s, const struct sock *k, const uint8_t *from, size_t left)
{
    while (left) {
        void *p;
        size_t n;

        kafc__cluster_recv_room(s->cluster, k->conn, &p, &n);
        if (n == 0)
            return false;
        n = n < left ? n : left;
        memcpy(p, from, n);
        kafc__cluster_received(s->cluster, k->conn, n);
        from += n;
        left -= n;
    }
    return true;
}

/* As read_sock, through the sieve. */
static void sift_sock(struct kafc_server *s, struct sock *k)
{
    bool more = true;

    for (int i = 0; i < SIFT_ROUNDS && more && !k->dead; i++) {
        size_t n = kafc__sieve_skip(k->sieve), len;
        bool skip = n > 0;
        void *p = skip ? NULL : kafc__sieve_room(k->sieve, &n);
        int64_t got = skip ? kafc__sock_skip(k->fd, n) : kafc__sock_recv(k->fd, p, n);
        enum kafc_sieved sieved;
        const void *frame;

        more = got == (int64_t)n;
        if (got > 0 && skip)
            kafc__sieve_skipped(k->sieve, (size_t)got);
        else if (got > 0)
            kafc__sieve_received(k->sieve, (size_t)got);
        while ((sieved = kafc__sieve_next(k->sieve, &frame, &len)) == KAFC_SIEVED_FRAME)
            if (!give(s, k, frame, len))
                sieved = KAFC_SIEVED_BAD;
        if (got < 0 || sieved == KAFC_SIEVED_BAD)
            close_sock(s, k);
    }
}

static void read_sock(struct kafc_server *s, struct sock *k)
{
    if (k->sieve) {
        sift_sock(s, k);
        return;
    }
    for (int i = 0; i < READ_ROUNDS && !k->dead; i++) {
        void *p;
        size_t n;
        int64_t got;

        kafc__cluster_recv_room(s->cluster, k->conn, &p, &n);
        if (n == 0)
            break;
        got = kafc__sock_recv(k->fd, p, n);
        if (got < 0) {
            close_sock(s, k);
            return;
        }
        if (got == 0)
            break;
        kafc__cluster_received(s->cluster, k->conn, (size_t)got);
        if ((size_t)got < n)
            break;
    }
}

static void accept_all(struct kafc_server *s, struct sock *l)
{
    for (;;) {
        struct sock *k;
        int err, fd = kafc__sock_accept(l->fd, &err);

        if (fd < 0)
            return;
        k = kafc__zalloc(&s->mem, sizeof *k);
        if (!k) {
            kafc__sock_close(fd);
            continue;
        }
        k->kind = CONNECTION;
        k->fd = fd;
        k->broker = l->broker;
        k->conn = kafc__cluster_open(s->cluster, l->broker);
        kafc__list_init(&k->node);
        if (s->blackhole)
            k->sieve = kafc__sieve_new(&s->mem);
        if (k->conn == 0 || (s->blackhole && !k->sieve) ||
            !kafc__map_put(&s->socks, &k->conn, sizeof k->conn, k)) {
            kafc__cluster_close(s->cluster, k->conn);
            kafc__sock_close(fd);
            kafc__sieve_free(k->sieve);
            kafc__free(&s->mem, k);
            continue;
        }
        kafc__list_push(&s->list, &k->node);
        want(s, k, KAFC_POLL_IN);
    }
}

/* Listens for brokers that run, and not for those that do not. */
static void follow_brokers(struct kafc_server *s)
{
    for (int32_t i = 0; i < s->nbrokers; i++) {
        struct listener *l = &s->listener[i];
        bool run = kafc__cluster_running(s->cluster, i + 1);
        int err;

        if (run == l->listening)
            continue;
        if (run) {
            l->sock.fd = kafc__sock_listen(&l->addr, &err);
            l->listening = l->sock.fd >= 0;
            if (l->listening)
                want(s, &l->sock, KAFC_POLL_IN);
        } else {
            want(s, &l->sock, 0);
            kafc__sock_close(l->sock.fd);
            l->sock.fd = -1;
            l->listening = false;
        }
    }
}

/* ---- the thread ---- */

static void settle(struct kafc_server *s)
{
    uint64_t id, asked = s->asked;

    follow_brokers(s);
    while ((id = kafc__cluster_next(s->cluster))) {
        struct sock *k = kafc__map_get(&s->socks, &id, sizeof id);
        if (k)
            flush(s, k);
    }
    free_dead(s);
    if (s->done != asked) {
        s->done = asked;
        kafc__cond_broadcast(&s->settled);
    }
}

static void handle(struct kafc_server *s, const struct kafc_poll_event *ev)
{
    struct sock *k = ev->tag;

    if (ev->tag == &s->wake) {
        kafc__wake_drain(&s->wake);
        return;
    }
    if (k->kind == LISTENER) {
        if (k->fd >= 0)
            accept_all(s, k);
        return;
    }
    if (k->dead)
        return;
    if (ev->events & (KAFC_POLL_IN | KAFC_POLL_ERROR)) {
        read_sock(s, k);
        follow_brokers(s); /* a hook may have stopped one: it refuses before its connections end */
    }
    flush(s, k);
}

static void now(struct kafc_server *s)
{
    kafc__cluster_time(s->cluster, kafc__clock_mono_us(), kafc__clock_wall_ms());
}

static int64_t time_left(const struct kafc_server *s)
{
    int64_t at = kafc__cluster_deadline(s->cluster), left;

    if (at == INT64_MAX)
        return -1;
    left = at - kafc__clock_mono_us();
    return left < 0 ? 0 : left;
}

static void run(void *arg)
{
    struct kafc_server *s = arg;
    struct kafc_poll_event ev[EVENTS];

    kafc__lock(&s->lock);
    while (!s->stop) {
        int64_t left = time_left(s);
        int n;

        kafc__unlock(&s->lock);
        n = kafc__poller_wait(s->poller, ev, EVENTS, left);
        kafc__lock(&s->lock);
        now(s);
        for (int i = 0; i < n; i++)
            handle(s, &ev[i]);
        kafc__cluster_tick(s->cluster);
        settle(s);
    }
    kafc__unlock(&s->lock);
}

/* ---- made and unmade ---- */

static bool make_listener(struct kafc_server *s, struct listener *l, const char *host, int port,
                          kafc_error *err)
{
    char why[128];
    int e = 0;

    l->sock.kind = LISTENER;
    l->sock.fd = -1;
    kafc__list_init(&l->sock.node);
    if (!kafc__addr_numeric(&l->addr, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, port)) {
        kafc__error(err, KAFC_ERR_USAGE, "the mock listens on numeric addresses, not on %s", host);
        return false;
    }
    l->reserved = kafc__sock_reserve(&l->addr, &e);
    if (l->reserved >= 0 && kafc__sock_local(l->reserved, &l->addr))
        l->sock.fd = kafc__sock_listen(&l->addr, &e);
    if (l->sock.fd < 0) {
        kafc__sock_error_text(e, why, sizeof why);
        kafc__error(err, KAFC_ERR_SYSTEM, "cannot listen on %s:%d: %s", host, port, why);
        return false;
    }
    l->listening = true;
    want(s, &l->sock, KAFC_POLL_IN);
    return true;
}

static bool make_listeners(struct kafc_server *s, const kafc_mock_options *o, kafc_error *err)
{
    const char *host = o && o->host ? o->host : "127.0.0.1";
    int32_t port = o ? o->port : 0;
    size_t cap = ((size_t)s->nbrokers * (strlen(host) + 8)) + 1, used = 0;

    s->listener = kafc__zalloc_array(&s->mem, (size_t)s->nbrokers, sizeof *s->listener);
    s->bootstrap = kafc__zalloc(&s->mem, cap);
    if (!s->listener || !s->bootstrap) {
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the mock's sockets");
        return false;
    }
    for (int32_t i = 0; i < s->nbrokers; i++)
        s->listener[i].reserved = -1;
    for (int32_t i = 0; i < s->nbrokers; i++) {
        struct listener *l = &s->listener[i];

        l->sock.broker = i + 1;
        if (!make_listener(s, l, host, port ? port + i : 0, err))
            return false;
        used += (size_t)snprintf(s->bootstrap + used, cap - used, "%s%s:%d", i ? "," : "", host,
                                 kafc__addr_port(&l->addr));
        if (kafc__cluster_set_address(s->cluster, i + 1, host, kafc__addr_port(&l->addr))) {
            kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the mock's sockets");
            return false;
        }
    }
    return true;
}

struct kafc_server *kafc__server_new(const kafc_mock_options *o, kafc_error *err)
{
    const kafc_allocator *mem = o ? o->allocator : NULL;
    struct kafc_cluster *c = kafc__cluster_new(o, err);
    struct kafc_server *s = c ? kafc__zalloc(mem, sizeof *s) : NULL;

    if (!s) {
        if (c)
            kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a mock");
        kafc__cluster_free(c);
        return NULL;
    }
    if (mem)
        s->mem = *mem;
    s->cluster = c;
    s->nbrokers = kafc__cluster_brokers(c);
    s->blackhole = o && o->blackhole;
    kafc__mutex_init(&s->lock);
    kafc__cond_init(&s->settled);
    kafc__map_init(&s->socks, &s->mem);
    kafc__list_init(&s->list);
    kafc__list_init(&s->dead);
    now(s);
    s->inited = kafc__wake_init(&s->wake);
    s->poller = kafc__poller_new(&s->mem, KAFC_POLLER_AUTO);
    if (!s->inited || !s->poller ||
        !kafc__poller_set(s->poller, s->wake.fd, KAFC_POLL_IN, &s->wake)) {
        kafc__error(err, KAFC_ERR_SYSTEM, "the mock cannot make its poller");
    } else if (make_listeners(s, o, err)) {
        s->started = kafc__thread_start(&s->thread, "kafc-mock", run, s);
        if (s->started)
            return s;
        kafc__error(err, KAFC_ERR_SYSTEM, "the mock cannot start its thread");
    }
    kafc__server_free(s);
    return NULL;
}

void kafc__server_free(struct kafc_server *s)
{
    kafc_allocator mem;
    struct sock *k;

    if (!s)
        return;
    if (s->started) {
        kafc__lock(&s->lock);
        s->stop = true;
        kafc__unlock(&s->lock);
        kafc__wake_signal(&s->wake);
        kafc__thread_join(&s->thread);
    }
    while ((k = KAFC_LIST_FIRST(&s->list, struct sock, node)))
        close_sock(s, k);
    free_dead(s);
    for (int32_t i = 0; s->listener && i < s->nbrokers; i++) {
        if (s->listener[i].listening)
            kafc__sock_close(s->listener[i].sock.fd);
        kafc__sock_close(s->listener[i].reserved);
    }
    if (s->poller)
        kafc__poller_free(s->poller);
    if (s->inited)
        kafc__wake_fini(&s->wake);
    kafc__map_fini(&s->socks);
    kafc__cluster_free(s->cluster);
    kafc__mutex_fini(&s->lock);
    kafc__cond_fini(&s->settled);
    kafc__free(&s->mem, s->listener);
    kafc__free(&s->mem, s->bootstrap);
    mem = s->mem;
    kafc__free(&mem, s);
}

const char *kafc__server_bootstrap(const struct kafc_server *s)
{
    return s->bootstrap;
}

int32_t kafc__server_port(const struct kafc_server *s, int32_t broker)
{
    return broker >= 1 && broker <= s->nbrokers ? kafc__addr_port(&s->listener[broker - 1].addr)
                                                : 0;
}

/* The mock's own thread holds the lock already, which the analysis cannot see. */
KAFC_UNCHECKED_LOCKS struct kafc_cluster *kafc__server_enter(struct kafc_server *s)
{
    if (!kafc__thread_is_self(&s->thread)) {
        kafc__lock(&s->lock);
        now(s);
    }
    return s->cluster;
}

KAFC_UNCHECKED_LOCKS void kafc__server_leave(struct kafc_server *s, bool wait)
{
    if (kafc__thread_is_self(&s->thread))
        return;
    s->asked++;
    kafc__wake_signal(&s->wake);
    if (wait) {
        uint64_t mine = s->asked;
        while (s->done < mine)
            (void)kafc__cond_wait(&s->settled, &s->lock, INT64_MAX);
    }
    kafc__unlock(&s->lock);
}
