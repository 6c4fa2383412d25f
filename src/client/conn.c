/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection driven by its callers: a link, a socket, poll(2). Whoever calls
 * holds the connection until the call is over; others wait their turn.
 */
#include "client/conn.h"

#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/callback.h"
#include "base/fork.h"
#include "base/mem.h"
#include "client/loop.h"
#include "client/options.h"
#include "core/retry.h"
#include "io/dial.h"
#include "io/poller.h"

enum { IOVECS = 32 };

/* --- Doors --------------------------------------------------------------------- */

static kafc_err check(const kafc_conn *c, kafc_error *err)
{
    if (!c)
        return kafc__error(err, KAFC_ERR_USAGE, "the connection is NULL");
    if (c->generation != kafc__fork_generation())
        return kafc__error(err, KAFC_ERR_FORKED,
                           "the connection was dialled before a fork: the child must dial its own");
    return KAFC_OK;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Why a call must not go on, apart from the connection itself. */
static kafc_err stopped(const kafc_conn *c, int64_t deadline)
{
    if (atomic_load(&c->closed))
        return KAFC_ERR_CLOSED;
    if (atomic_load(&c->interrupts) != atomic_load(&c->heard))
        return KAFC_ERR_INTERRUPTED;
    if (kafc__clock_mono_us() >= earlier(deadline, atomic_load(&c->deadline)))
        return KAFC_ERR_TIMED_OUT;
    return KAFC_OK;
}

kafc_err kafc__conn_hold(kafc_conn *c, int timeout_ms, int64_t *deadline, kafc_error *err)
{
    kafc_err rc = check(c, err);
    if (rc != KAFC_OK)
        return rc;
    if (kafc__loop_here() && timeout_ms != 0)
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "a call that waits was made from inside a callback of kafc");
    *deadline = kafc__deadline_in(timeout_ms);
    kafc__lock(&c->lock);
    while (c->held && rc == KAFC_OK) {
        (void)kafc__cond_wait(&c->changed, &c->lock, earlier(*deadline, atomic_load(&c->deadline)));
        rc = c->held ? stopped(c, *deadline) : KAFC_OK;
    }
    if (rc == KAFC_OK && atomic_load(&c->closed))
        rc = KAFC_ERR_CLOSED;
    if (rc == KAFC_ERR_TIMED_OUT && timeout_ms == 0)
        rc = KAFC_ERR_WOULD_BLOCK;
    if (rc == KAFC_OK) {
        c->held = true;
        c->no_wait = timeout_ms == 0;
    }
    kafc__unlock(&c->lock);
    if (rc != KAFC_OK)
        return kafc__error(err, rc, "%s: %s", c->name ? c->name : "the connection",
                           kafc_err_text(rc));
    return KAFC_OK;
}

kafc_err kafc__conn_hold_topic(kafc_conn *c, int timeout_ms, int64_t *deadline, kafc_error *err)
{
    kafc_err rc = check(c, err);
    if (rc == KAFC_OK && !c->topic)
        rc = kafc__error(err, KAFC_ERR_USAGE, "the connection was dialled without a topic");
    return rc == KAFC_OK ? kafc__conn_hold(c, timeout_ms, deadline, err) : rc;
}

static const struct kafc_channel no_channel = { -1, NULL };

/* A connection that is taken out under the lock and ended, which logs, without it. */
struct remains {
    struct kafc_link *link;
    struct kafc_channel ch;
};

static struct remains take_down(kafc_conn *c)
{
    struct remains r = { c->link, c->ch };
    c->link = NULL;
    c->ch = no_channel;
    return r;
}

static void bury(struct remains *r)
{
    kafc__link_free(r->link);
    kafc__channel_close(&r->ch);
}

static void hang_up(kafc_conn *c)
{
    struct remains r = take_down(c);
    bury(&r);
}

void kafc__conn_release(kafc_conn *c)
{
    struct remains r = { NULL, no_channel };
    kafc__lock(&c->lock);
    c->held = false;
    if (atomic_load(&c->closed)) /* while this thread was inside */
        r = take_down(c);
    kafc__cond_broadcast(&c->changed);
    kafc__unlock(&c->lock);
    bury(&r);
}

/* --- Driving --------------------------------------------------------------------- */

/* The socket is of no use any more: everything that waits is done with `why`. */
static void lose(kafc_conn *c, const kafc_error *why)
{
    c->lost = *why;
    if (c->link && kafc__link_state(c->link) != KAFC_LINK_DOWN)
        kafc__link_down(c->link, why, kafc__clock_mono_us());
    kafc__channel_close(&c->ch);
}

static void lose_socket(kafc_conn *c, const kafc_error *because)
{
    kafc_error why;
    (void)kafc__error(&why, because->code, "the connection to %s was lost: %s", c->name,
                      because->message);
    why.broker = c->broker.id;
    kafc__link_explain(c->link, &why);
    lose(c, &why);
}

/* true: the socket takes no more at the moment. */
static bool pump_out(kafc_conn *c, int64_t now)
{
    struct iovec iov[IOVECS];
    kafc_error e;
    bool left = kafc__channel_unsent(&c->ch);
    int n;
    while (c->ch.fd >= 0 && ((n = kafc__link_send_iov(c->link, iov, IOVECS, now)) > 0 || left)) {
        int64_t rc = kafc__channel_send(&c->ch, iov, n, &e);
        if (rc == 0)
            return n > 0 || kafc__channel_unsent(&c->ch);
        left = false;
        if (rc > 0)
            kafc__link_sent(c->link, (size_t)rc, now);
        else
            lose_socket(c, &e);
    }
    return kafc__channel_unsent(&c->ch);
}

/* true: there may be more. */
static bool pump_in(kafc_conn *c, int64_t now)
{
    kafc_error e;
    void *to;
    size_t room;
    if (kafc__link_recv_room(c->link, &to, &room, &e) != KAFC_OK) {
        lose(c, &e);
        return false;
    }
    int64_t rc = kafc__channel_recv(&c->ch, to, room, &e);
    if (rc < 0)
        lose_socket(c, &e);
    else if (rc > 0 && kafc__link_received(c->link, (size_t)rc, now, &e) != KAFC_OK)
        lose(c, &e);
    return rc > 0 && c->ch.fd >= 0;
}

/* Takes what came while nobody was inside, and completes what was left half sent: neither is a silence of the peer
 * (rule C1), and a connection that has ended is better known before something is sent. */
static void catch_up(kafc_conn *c)
{
    while (c->link && c->ch.fd >= 0 && pump_in(c, kafc__clock_mono_us())) {
    }
    if (c->link && c->ch.fd >= 0)
        (void)pump_out(c, kafc__clock_mono_us());
}

/* One turn: sends, sleeps until something happens, receives; over as soon as *done (or NULL). */
static void turn(kafc_conn *c, int64_t deadline, const bool *done)
{
    kafc_error e;
    int64_t now = kafc__clock_mono_us();
    if (kafc__link_tick(c->link, now, &e) != KAFC_OK) {
        lose(c, &e);
        return;
    }
    bool full = pump_out(c, now);
    if (c->ch.fd < 0 || (done && *done))
        return;
    int64_t until = earlier(earlier(deadline, atomic_load(&c->deadline)),
                            kafc__link_deadline(c->link));
    int64_t us = until == INT64_MAX ? -1 : until > now ? until - now : 0;
    bool woken;
    unsigned ev = kafc__poll_one(c->ch.fd, KAFC_POLL_IN | (full ? KAFC_POLL_OUT : 0u), c->wake.fd,
                                 &woken, kafc__channel_pending(&c->ch) ? 0 : us);
    if (kafc__channel_pending(&c->ch))
        ev |= KAFC_POLL_IN;
    if (woken)
        kafc__wake_drain(&c->wake);
    if (ev & (KAFC_POLL_IN | KAFC_POLL_ERROR))
        (void)pump_in(c, kafc__clock_mono_us());
}

struct waiting {
    kafc_conn *c;
    bool done;
    kafc_err code;
    kafc_error err;
    kafc_err (*answer)(struct kafc_request *rq, void *arg, kafc_error *err);
    void *arg;
};

static void on_done(struct kafc_request *rq)
{
    struct waiting *w = rq->owner;
    w->done = true;
    w->code = rq->result;
    (void)kafc__error(&w->err, rq->result, "%s", kafc_err_text(rq->result));
    if (rq->result != KAFC_OK && rq->why)
        w->err = *rq->why;
    else if (rq->result == KAFC_OK && w->answer)
        w->code = w->answer(rq, w->arg, &w->err);
}

/* The connection is held by the caller; it may have been lost. */
static kafc_err usable(const kafc_conn *c, kafc_error *err)
{
    if (c->link && c->ch.fd >= 0)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_DISCONNECTED, "%.480s", c->lost.message);
}

static kafc_err give_up(kafc_conn *c, const char *what, kafc_err code, int64_t begin,
                        kafc_error *err)
{
    if (code == KAFC_ERR_INTERRUPTED)
        atomic_store(&c->heard, atomic_load(&c->interrupts));
    kafc_err rc = code == KAFC_ERR_TIMED_OUT
                      ? kafc__error(err, code, "%s was not answered by %s within %lld ms", what,
                                    c->name, (long long)((kafc__clock_mono_us() - begin) / 1000))
                      : kafc__error(err, code, "%s to %s: %s", what, c->name, kafc_err_text(code));
    if (err)
        err->broker = c->broker.id;
    return rc;
}

kafc_err kafc__conn_request(kafc_conn *c, struct kafc_request *rq, int64_t deadline,
                            kafc_err (*answer)(struct kafc_request *rq, void *arg, kafc_error *err),
                            void *arg, kafc_error *err)
{
    struct waiting w = { .c = c, .answer = answer, .arg = arg };
    int64_t begin = kafc__clock_mono_us();
    catch_up(c);
    kafc_err rc = usable(c, err);
    if (rc != KAFC_OK)
        return rc;
    if (c->no_wait)
        return kafc__error(err, KAFC_ERR_WOULD_BLOCK, "%s to %s cannot be answered without waiting",
                           rq->api->name, c->name);
    /* The silence that ends the connection (rule C1); the call's own deadline only ends the call. */
    rq->timeout_us += (int64_t)c->o.request_timeout_ms * 1000;
    rq->done = on_done;
    rq->owner = &w;
    kafc__link_queue(c->link, rq, begin);
    while (!w.done && (rc = stopped(c, deadline)) == KAFC_OK)
        turn(c, deadline, &w.done);
    if (!w.done) {
        kafc__link_cancel(c->link, rq);
        return give_up(c, rq->api->name, rc, begin, err);
    }
    if (err)
        *err = w.err;
    return w.code;
}

void kafc__conn_pause(kafc_conn *c, int64_t us, int64_t deadline)
{
    int64_t until = earlier(kafc__clock_mono_us() + us, deadline);
    while (stopped(c, until) == KAFC_OK) {
        bool woken;
        int64_t left = earlier(until, atomic_load(&c->deadline)) - kafc__clock_mono_us();
        (void)kafc__poll_one(-1, 0, c->wake.fd, &woken, left > 0 ? left : 0);
        if (woken)
            kafc__wake_drain(&c->wake);
    }
}

/* --- Asks of queries ---------------------------------------------------------------- */

static kafc_err prepare_ask(struct kafc_request *rq, kafc_error *err)
{
    struct waiting *w = rq->owner;
    struct kafc_ask *a = w->arg;
    rq->owner = a; /* what prepare was promised */
    kafc_err rc = a->prepare ? a->prepare(rq, err) : KAFC_OK;
    rq->owner = w;
    return rc;
}

static kafc_err answer_ask(struct kafc_request *rq, void *arg, kafc_error *err)
{
    struct kafc_ask *a = arg;
    (void)rq; /* it is a's */
    return a->answer(a, err);
}

/* The calling thread holds the connection. */
static kafc_err ask_by_conn(const struct kafc_asker *by, struct kafc_ask *a, int64_t deadline,
                            kafc_error *err)
{
    kafc__request_init(&a->rq, a->api, a->msg);
    a->rq.prepare = prepare_ask;
    a->rq.timeout_us = 0;
    a->code = kafc__conn_request(by->conn, &a->rq, deadline, answer_ask, a, &a->err);
    if (err)
        *err = a->err;
    return a->code;
}

const struct kafc_asking kafc__asking_by_conn = { ask_by_conn, NULL, NULL };

/* --- Dialling --------------------------------------------------------------------------- */

struct address {
    char host[KAFC_HOST_MAX + 1];
    int port;
};

/* false: that was all. */
static bool next_address(const char **list, struct address *to)
{
    struct kafc_address a;
    bool there = kafc__address_next(list, &a);
    to->port = there ? a.port : 0;
    if (to->port > 0)
        (void)snprintf(to->host, sizeof(to->host), "%.*s", (int)a.nhost, a.host);
    return there;
}

static kafc_err check_addresses(const char *list, kafc_error *err)
{
    struct kafc_address a;
    int n = 0;
    for (const char *p = list; p && kafc__address_next(&p, &a); n++)
        if (a.port == 0)
            return kafc__error(err, KAFC_ERR_USAGE, "\"%.*s\" is not host:port",
                               (int)(a.nentry < 200 ? a.nentry : 200), a.entry);
    return n > 0 ? KAFC_OK : kafc__error(err, KAFC_ERR_USAGE, "there is no address to dial");
}

static void wake(void *arg)
{
    kafc__wake_signal(arg);
}

static kafc_err open_socket(kafc_conn *c, const struct address *a, const char *name,
                            int64_t deadline, kafc_error *err)
{
    if (c->o.connect)
        return kafc__conn_take_socket(c, a->host, a->port, name, deadline, err);
    struct kafc_dial *d = kafc__zalloc(&c->mem, sizeof(*d));
    if (!d)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for dialling");
    struct kafc_dial_options o = {
        .resolver = { c->o.resolve, c->o.ctx },
        .sock = { c->o.send_buffer_bytes, c->o.receive_buffer_bytes, c->o.local_address },
        .fallback_delay_ms = c->o.fallback_delay_ms,
    };
    int64_t now = kafc__clock_mono_us();
    kafc__dial_start(d, a->host, a->port, &o, wake, &c->wake, now, deadline);
    while (d->state == KAFC_DIAL_RESOLVING || d->state == KAFC_DIAL_CONNECTING) {
        int64_t at = kafc__dial_deadline(d);
        int fds[KAFC_DNS_MAX], n = kafc__dial_fds(d, fds);
        bool woken;
        (void)kafc__poll_any(fds, n, KAFC_POLL_OUT, c->wake.fd, &woken,
                             at == INT64_MAX ? -1
                             : at > now      ? at - now
                                             : 0);
        if (woken)
            kafc__wake_drain(&c->wake);
        now = kafc__clock_mono_us();
        (void)kafc__dial_step(d, now);
    }
    kafc_err rc = KAFC_OK;
    if (d->state == KAFC_DIAL_CONNECTED)
        c->ch.fd = d->fd;
    else
        rc = kafc__error(err, d->code, "%s cannot be %s: %s", name,
                         d->code == KAFC_ERR_RESOLVE ? "resolved" : "reached", d->why);
    kafc__free(&c->mem, d);
    return rc;
}

/* TLS on the socket, if it is to be. */
static kafc_err shake(kafc_conn *c, const char *name, int64_t deadline, kafc_error *err)
{
    kafc_error why;
    int64_t begin = kafc__clock_mono_us(), now = begin;
    if (!kafc__channel_open(&c->ch, c->ch.fd, c->security.tls, c->host, c->broker.port))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for TLS");
    if (c->watch.tls)
        kafc__watch_tell(&c->watch, KAFC_CONNECTION_OPENED, NULL, now);
    for (bool up = false; !up; now = kafc__clock_mono_us()) {
        bool woken;
        if (kafc__channel_shake(&c->ch, &up, &why) != KAFC_OK)
            return kafc__error(err, why.code, "%s cannot be reached: %s", name, why.message);
        if (!up && now >= deadline)
            return kafc__error(err, KAFC_ERR_TIMED_OUT,
                               "%s took the connection, but the handshake of TLS was not over within %lld ms",
                               name, (long long)((now - begin) / 1000));
        if (!up)
            (void)kafc__poll_one(
                c->ch.fd, KAFC_POLL_IN | (kafc__channel_unsent(&c->ch) ? KAFC_POLL_OUT : 0u), -1, &woken,
                deadline == INT64_MAX ? -1 : deadline - now);
    }
    return KAFC_OK;
}

static kafc_err greet(kafc_conn *c, const char *name, int64_t deadline, kafc_error *err)
{
    struct kafc_link_config cfg = {
        .mem = &c->mem,
        .log = &c->log,
        .client_id = c->o.client_id,
        .login = c->security.login.mechanism ? &c->security.login : NULL,
        .host = c->host,
        .port = c->broker.port,
        .receive_max = c->o.receive_max_bytes,
        .request_timeout_us = (int64_t)c->o.request_timeout_ms * 1000,
        .greeting = &c->greeting,
        .watch = &c->watch,
    };
    int64_t begin = kafc__clock_mono_us();
    c->link = kafc__link_new(&cfg, c->broker.id, name);
    if (!c->link)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a connection");
    kafc__link_opening(c->link);
    kafc__link_up(c->link, begin);
    while (c->ch.fd >= 0 && kafc__link_state(c->link) < KAFC_LINK_READY) {
        if (kafc__clock_mono_us() >= deadline)
            return kafc__error(
                err, KAFC_ERR_TIMED_OUT,
                "%s took the connection, but %s within %lld ms", name,
                kafc__link_state(c->link) == KAFC_LINK_LOGIN ? "the login was not over"
                                                            : "did not say its API versions",
                (long long)((kafc__clock_mono_us() - begin) / 1000));
        turn(c, deadline, NULL);
    }
    if (c->ch.fd >= 0)
        return KAFC_OK;
    if (err)
        *err = c->lost;
    return c->lost.code;
}

/* The address is of no use: what there is of a connection ends for that reason. */
static void give_up_dialling(kafc_conn *c, const kafc_error *why)
{
    if (!c->link)
        kafc__watch_tell(&c->watch, KAFC_CONNECTION_FAILED, why, kafc__clock_mono_us());
    else if (c->ch.fd >= 0)
        lose(c, why);
    hang_up(c);
}

/* Connects to one address. Afterwards c->link is ready, or there is none. */
static kafc_err connect_to(kafc_conn *c, const struct address *a, int32_t node, const char *by,
                           int64_t deadline, kafc_error *err)
{
    char at[KAFC_HOST_MAX + 10], name[600];
    kafc__address_text(at, sizeof(at), a->host, a->port);
    if (by)
        (void)snprintf(name, sizeof(name), "node %d, advertised as %s by %.250s", (int)node, at, by);
    else
        (void)snprintf(name, sizeof(name), "%s", at);
    int64_t own = kafc__clock_mono_us() + (int64_t)c->o.connect_timeout_ms * 1000;
    char *host = kafc__strdup(&c->mem, a->host), *copy = kafc__strdup(&c->mem, name);
    kafc__free(&c->mem, c->host);
    kafc__free(&c->mem, c->name);
    c->host = host;
    c->name = copy;
    if (!host || !copy)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for an address");
    c->broker = (kafc_broker){ .id = node, .port = a->port, .host = host };
    enum kafc_greeting how;
    kafc_error e;
    kafc_err rc;
    c->greeting = KAFC_GREET_ASK;
    c->watch = (struct kafc_watch){ .hooks = &c->hooks, .host = host, .port = a->port, .broker = node,
                                    .purpose = "conn", .connection = c->watch.connection,
                                    .tls = c->security.tls != NULL };
    do { /* again as long as more is known about the broker: it is an old one (rule C8) */
        how = c->greeting;
        kafc__watch_opening(&c->watch, c->watch.connection + 1, kafc__clock_mono_us());
        rc = open_socket(c, a, name, earlier(deadline, own), &e);
        if (rc == KAFC_OK)
            kafc__conn_note_ends(c);
        if (rc == KAFC_OK)
            rc = shake(c, name, earlier(deadline, own), &e);
        if (rc == KAFC_OK)
            rc = greet(c, name, earlier(deadline, own), &e);
        if (rc != KAFC_OK)
            give_up_dialling(c, &e);
    } while (rc == KAFC_ERR_DISCONNECTED && c->greeting > how);
    if (rc != KAFC_OK && err)
        *err = e;
    return rc;
}

/* The first address of the list that answers, each with its share of the time. */
static kafc_err connect_first(kafc_conn *c, const char *list, int64_t deadline, kafc_error *err)
{
    kafc_error last;
    struct address a;
    int n = 0, tried = 0;
    for (const char *p = list; next_address(&p, &a);)
        n++;
    for (const char *p = list; next_address(&p, &a); tried++) {
        int64_t now = kafc__clock_mono_us();
        int64_t share = deadline == INT64_MAX ? INT64_MAX : now + (deadline - now) / (n - tried);
        kafc_err rc = connect_to(c, &a, -1, NULL, share, &last);
        if (rc == KAFC_OK)
            return rc;
    }
    if (n == 1) {
        if (err)
            *err = last;
        return last.code;
    }
    return kafc__error(err, kafc__retry_refused(last.code) ? last.code : KAFC_ERR_NO_BROKERS,
                       "none of %d brokers can be used; the last one: %.400s", n, last.message);
}

static const kafc_broker *broker_of(const kafc_metadata *m, int32_t id)
{
    for (int32_t i = 0; i < m->nbrokers; i++) {
        if (m->brokers[i].id == id)
            return &m->brokers[i];
    }
    return NULL;
}

/* Where the partition's leader is. An error worth another try is of class refresh or retry. */
static kafc_err leader_of(kafc_conn *c, const kafc_metadata *m, struct address *a, int32_t *node,
                          kafc_error *err)
{
    const kafc_topic *t = m->ntopics > 0 ? &m->topics[0] : NULL;
    if (!t || t->err != KAFC_OK) {
        kafc_err code = t ? t->err : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
        return kafc__error(err, code, "topic '%.249s': %s, says %.150s", c->o.topic,
                           kafc_err_text(code), c->name);
    }
    for (int32_t i = 0; i < t->npartitions; i++) {
        if (t->partitions[i].id != c->o.partition)
            continue;
        const kafc_broker *b = broker_of(m, t->partitions[i].leader);
        if (!b)
            return kafc__error(err, KAFC_ERR_LEADER_NOT_AVAILABLE,
                               "%.249s [%d] has no leader at the moment", c->o.topic,
                               (int)c->o.partition);
        if (b->port < 1 || b->port > UINT16_MAX)
            return kafc__error(err, KAFC_ERR_PROTOCOL, "node %d has the port %d, says %.150s",
                               (int)b->id, (int)b->port, c->name);
        *node = b->id;
        a->port = b->port;
        (void)snprintf(a->host, sizeof(a->host), "%s", b->host);
        c->topic_id = t->id;
        return KAFC_OK;
    }
    return kafc__error(err, KAFC_ERR_UNKNOWN_PARTITION,
                       "topic '%.249s' has %d partitions, and no partition %d", c->o.topic,
                       (int)t->npartitions, (int)c->o.partition);
}

/* Asks for the leader until there is one. That time ran out says less than what was answered before. */
static kafc_err find_leader(kafc_conn *c, int64_t deadline, struct address *a, int32_t *node,
                            kafc_error *err)
{
    struct kafc_asker by = kafc__asker_of_conn(c);
    unsigned create = c->o.create_topic == KAFC_ON ? KAFC_META_CREATE : 0;
    kafc_error last = { .code = KAFC_OK };
    for (int64_t pause = 50000;; pause = pause < 800000 ? pause * 2 : pause) {
        kafc_metadata *m = NULL;
        kafc_err rc = kafc__query_metadata(&by, &c->o.topic, 1, create, deadline, &m, err);
        if (rc == KAFC_ERR_TIMED_OUT && last.code != KAFC_OK)
            return kafc__error(err, last.code, "%s", last.message);
        if (rc != KAFC_OK)
            return rc;
        rc = leader_of(c, m, a, node, &last);
        kafc_metadata_free(m);
        if (rc != KAFC_OK && err)
            *err = last;
        bool again = rc == KAFC_ERR_LEADER_NOT_AVAILABLE ||
                     (create && rc == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
        int64_t now = kafc__clock_mono_us();
        if (!again || deadline - now < pause)
            return rc;
        kafc__conn_pause(c, pause, deadline);
    }
}

static kafc_err dial(kafc_conn *c, const char *list, int64_t deadline, kafc_error *err)
{
    kafc_err rc = connect_first(c, list, deadline, err);
    if (rc != KAFC_OK || !c->o.topic)
        return rc;
    struct address a;
    char by[300];
    int32_t node = -1;
    c->topic = kafc__name_new(&c->mem, c->o.topic);
    if (!c->topic)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a connection");
    if (c->o.find_leader == KAFC_OFF)
        return KAFC_OK;
    rc = find_leader(c, deadline, &a, &node, err);
    if (rc != KAFC_OK)
        return rc;
    if (strcmp(a.host, c->host) == 0 && a.port == c->broker.port) {
        c->broker.id = node; /* it was the leader that answered */
        return KAFC_OK;
    }
    kafc__address_text(by, sizeof(by), c->host, (int)c->broker.port);
    hang_up(c);
    return connect_to(c, &a, node, by, deadline, err);
}

/* --- Life ------------------------------------------------------------------------------- */

static void conn_delete(kafc_conn *c)
{
    kafc_allocator mem = c->mem;
    kafc_batch_free(c->current);
    hang_up(c);
    kafc__frame_unref(c->frame);
    kafc__arena_fini(&c->arena);
    kafc__name_unref(c->topic);
    if (c->dns)
        kafc__dns_release();
    kafc__wake_fini(&c->wake);
    kafc__cond_fini(&c->changed);
    kafc__mutex_fini(&c->lock);
    kafc__free(&mem, c->host);
    kafc__free(&mem, c->name);
    kafc__security_close(&c->security);
    kafc__free(&mem, c->strings);
    kafc__free(&mem, c);
}

static kafc_conn *conn_new(const kafc_conn_options *o, kafc_error *err)
{
    kafc_conn *c = kafc__zalloc(o->allocator, sizeof(*c));
    if (!c) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a connection");
        return NULL;
    }
    if (o->allocator)
        c->mem = *o->allocator;
    c->o = *o;
    c->o.allocator = NULL;
    c->log = (struct kafc_logger){ o->log_level, o->log, o->log_error, o->ctx, kafc__debug_mask(o->debug) };
    c->generation = kafc__fork_generation();
    atomic_init(&c->deadline, INT64_MAX);
    c->ch = no_channel;
    c->broker.id = -1;
    c->start = KAFC_FIRST;
    c->offset = KAFC_OFFSET_UNKNOWN;
    kafc__mutex_init(&c->lock);
    kafc__cond_init(&c->changed);
    kafc__arena_init(&c->arena, &c->mem, 0);
    (void)kafc__error(&c->lost, KAFC_ERR_DISCONNECTED, "there is no connection");
    c->dns = kafc__dns_hold();
    bool woken = kafc__wake_init(&c->wake);
    c->strings = kafc__options_keep(&kafc__conn_options, &c->o, &c->mem);
    kafc_error own;
    kafc_err rc = kafc__security_open(&c->security, o->security, o->properties, &c->mem, err ? err : &own);
    if (rc == KAFC_OK && o->hooks)
        rc = kafc__options_resolve(&kafc__hooks_options, o->hooks, &c->hooks, err);
    c->o.hooks = NULL;
    c->o.security = NULL;
    c->o.properties = NULL;
    if (woken && c->strings && rc == KAFC_OK)
        return c;
    if (rc == KAFC_OK)
        (void)kafc__error(err, woken ? KAFC_ERR_NO_MEMORY : KAFC_ERR_SYSTEM,
                      "a connection cannot be made: %s",
                      woken ? "out of memory" : "no descriptor for its wake-up");
    conn_delete(c);
    return NULL;
}

kafc_conn *kafc_conn_dial(const kafc_conn_options *o, const char *address, int timeout_ms,
                          kafc_error *err)
{
    kafc_conn_options r;
    if (kafc__options_resolve(&kafc__conn_options, o, &r, err) != KAFC_OK ||
        kafc__conn_check_options(&r, err) != KAFC_OK || check_addresses(address, err) != KAFC_OK ||
        kafc__dial_check_local(r.local_address, err) != KAFC_OK)
        return NULL;
    if (kafc__loop_here()) {
        (void)kafc__error(err, KAFC_ERR_IN_CALLBACK,
                          "a call that waits was made from inside a callback of kafc");
        return NULL;
    }
    int64_t deadline = kafc__deadline_in(timeout_ms);
    kafc__fork_watch();
    kafc_conn *c = conn_new(&r, err);
    if (c && dial(c, address, deadline, err) != KAFC_OK) {
        conn_delete(c);
        c = NULL;
    }
    return c;
}

kafc_err kafc_conn_close(kafc_conn *c, kafc_error *err)
{
    kafc_err rc = check(c, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__lock(&c->lock);
    atomic_store(&c->closed, true);
    kafc__cond_broadcast(&c->changed);
    struct remains r = { NULL, no_channel };
    if (!c->held) /* else the thread that is inside is woken, and does it */
        r = take_down(c);
    kafc__unlock(&c->lock);
    bury(&r);
    kafc__wake_signal(&c->wake);
    return KAFC_OK;
}

void kafc_conn_free(kafc_conn *c)
{
    if (!c || check(c, NULL) != KAFC_OK || kafc__callback_inside())
        return; /* a forked child touches nothing (rule C7); a hook of its own is inside */
    conn_delete(c);
}

void kafc_conn_interrupt(kafc_conn *c)
{
    if (!c || c->generation != kafc__fork_generation())
        return;
    atomic_fetch_add(&c->interrupts, 1);
    kafc__wake_signal(&c->wake);
}

kafc_err kafc_conn_set_deadline(kafc_conn *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = check(c, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__lock(&c->lock);
    atomic_store(&c->deadline, kafc__deadline_in(timeout_ms));
    kafc__cond_broadcast(&c->changed);
    kafc__unlock(&c->lock);
    kafc__wake_signal(&c->wake);
    return KAFC_OK;
}

const kafc_broker *kafc_conn_broker(const kafc_conn *c)
{
    return c ? &c->broker : NULL;
}
