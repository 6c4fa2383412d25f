/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection driven by its callers: a link, a socket, poll(2). Whoever calls
 * holds the connection until the call is over; others wait their turn.
 */
#include "client/conn.h"

#include <stdio.h>
#include <string.h>

#include "base/callback.h"
#include "base/fork.h"
#include "base/mem.h"
#include "client/loop.h"
#include "client/options.h"
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

static int64_t until_of(const kafc_conn *c, enum kafc_conn_way way, int64_t deadline)
{
    return earlier(deadline, atomic_load(&c->deadlines[way]));
}

int64_t kafc__conn_until(const kafc_conn *c, int64_t deadline)
{
    return until_of(c, c->way, deadline);
}

/* Why a call must not go on, apart from the connection itself. */
static kafc_err stopped(const kafc_conn *c, int64_t until)
{
    if (atomic_load(&c->closed))
        return KAFC_ERR_CLOSED;
    if (atomic_load(&c->interrupts) != atomic_load(&c->heard))
        return KAFC_ERR_INTERRUPTED;
    if (kafc__clock_mono_us() >= until)
        return KAFC_ERR_TIMED_OUT;
    return KAFC_OK;
}

kafc_err kafc__conn_hold(kafc_conn *c, enum kafc_conn_way way, int timeout_ms, int64_t *deadline, kafc_error *err)
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
        (void)kafc__cond_wait(&c->changed, &c->lock, until_of(c, way, *deadline));
        rc = c->held ? stopped(c, until_of(c, way, *deadline)) : KAFC_OK;
    }
    if (rc == KAFC_OK && atomic_load(&c->closed))
        rc = KAFC_ERR_CLOSED;
    if (rc == KAFC_ERR_TIMED_OUT && timeout_ms == 0)
        rc = KAFC_ERR_WOULD_BLOCK;
    if (rc == KAFC_OK) {
        c->held = true;
        c->no_wait = timeout_ms == 0;
        c->way = way;
    }
    kafc__unlock(&c->lock);
    if (rc != KAFC_OK)
        return kafc__error(err, rc, "%s: %s", c->name ? c->name : "the connection",
                           kafc_err_text(rc));
    return KAFC_OK;
}

kafc_err kafc__conn_hold_topic(kafc_conn *c, enum kafc_conn_way way, int timeout_ms, int64_t *deadline,
                               kafc_error *err)
{
    kafc_err rc = check(c, err);
    if (rc == KAFC_OK && !c->topic)
        rc = kafc__error(err, KAFC_ERR_USAGE, "the connection was dialled without a topic");
    return rc == KAFC_OK ? kafc__conn_hold(c, way, timeout_ms, deadline, err) : rc;
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

void kafc__conn_hang_up(kafc_conn *c)
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

void kafc__conn_lose(kafc_conn *c, const kafc_error *why)
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
    kafc__conn_lose(c, &why);
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
        kafc__conn_lose(c, &e);
        return false;
    }
    int64_t rc = kafc__channel_recv(&c->ch, to, room, &e);
    if (rc < 0)
        lose_socket(c, &e);
    else if (rc > 0 && kafc__link_received(c->link, (size_t)rc, now, &e) != KAFC_OK)
        kafc__conn_lose(c, &e);
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

void kafc__conn_turn(kafc_conn *c, int64_t deadline, const bool *done)
{
    kafc_error e;
    int64_t now = kafc__clock_mono_us();
    if (kafc__link_tick(c->link, now, &e) != KAFC_OK) {
        kafc__conn_lose(c, &e);
        return;
    }
    bool full = pump_out(c, now);
    if (c->ch.fd < 0 || (done && *done))
        return;
    int64_t until = earlier(kafc__conn_until(c, deadline), kafc__link_deadline(c->link));
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
    while (!w.done && (rc = stopped(c, kafc__conn_until(c, deadline))) == KAFC_OK)
        kafc__conn_turn(c, deadline, &w.done);
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
    while (stopped(c, kafc__conn_until(c, until)) == KAFC_OK) {
        bool woken;
        int64_t left = kafc__conn_until(c, until) - kafc__clock_mono_us();
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

/* --- Life ------------------------------------------------------------------------------- */

static void conn_delete(kafc_conn *c)
{
    kafc_allocator mem = c->mem;
    kafc_batch_free(c->current);
    kafc__conn_hang_up(c);
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
    for (int way = 0; way < KAFC_CONN_WAYS; way++)
        atomic_init(&c->deadlines[way], INT64_MAX);
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
        kafc__conn_check_options(&r, err) != KAFC_OK || kafc__conn_check_addresses(address, err) != KAFC_OK ||
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
    if (c && kafc__conn_dial(c, address, deadline, err) != KAFC_OK) {
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

static kafc_err set_deadlines(kafc_conn *c, enum kafc_conn_way first, enum kafc_conn_way last,
                              int timeout_ms, kafc_error *err)
{
    kafc_err rc = check(c, err);
    if (rc != KAFC_OK)
        return rc;
    int64_t at = kafc__deadline_in(timeout_ms);
    kafc__lock(&c->lock);
    for (unsigned way = first; way <= last; way++)
        atomic_store(&c->deadlines[way], at);
    kafc__cond_broadcast(&c->changed);
    kafc__unlock(&c->lock);
    kafc__wake_signal(&c->wake);
    return KAFC_OK;
}

kafc_err kafc_conn_set_deadline(kafc_conn *c, int timeout_ms, kafc_error *err)
{
    return set_deadlines(c, KAFC_CONN_READS, KAFC_CONN_WRITES, timeout_ms, err);
}

kafc_err kafc_conn_set_read_deadline(kafc_conn *c, int timeout_ms, kafc_error *err)
{
    return set_deadlines(c, KAFC_CONN_READS, KAFC_CONN_READS, timeout_ms, err);
}

kafc_err kafc_conn_set_write_deadline(kafc_conn *c, int timeout_ms, kafc_error *err)
{
    return set_deadlines(c, KAFC_CONN_WRITES, KAFC_CONN_WRITES, timeout_ms, err);
}

const kafc_broker *kafc_conn_broker(const kafc_conn *c)
{
    return c ? &c->broker : NULL;
}
