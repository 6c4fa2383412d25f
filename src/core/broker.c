/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Connections to nodes: opened on demand, paced after failures, closed when
 * idle; and the search for any node that answers. Driver's thread.
 */
#include "base/mem.h"
#include "core/internal.h"
#include "core/retry.h"

#include <stdio.h>

static void conn_kick(struct kafc_broker_conn *conn);

static int64_t later(int64_t at, int64_t by)
{
    return by < 0 ? at : at > INT64_MAX - by ? INT64_MAX : at + by;
}

/* base * 2^n, at most max, 20 % more or less; never nothing. */
static int64_t backoff(struct kafc_core *c, int64_t base, int64_t max, int n)
{
    max = max > 1000 ? max : 1000;
    int64_t d = base < 1000 ? 1000 : base < max ? base : max;
    while (n-- > 0 && d < max)
        d = d > max / 2 ? max : d * 2;
    uint32_t permille = 800 + kafc__rand_below(&c->rand, 401);
    return d / 1000 * permille + d % 1000 * permille / 1000;
}

int64_t kafc__core_retry_delay(struct kafc_core *c, int attempts)
{
    return backoff(c, c->cfg.retry_backoff_us, c->cfg.retry_backoff_max_us, attempts);
}

/* ---- One connection ---- */

static void act(struct kafc_broker_conn *conn)
{
    if (!kafc__list_linked(&conn->action))
        kafc__list_push(&conn->core->actions, &conn->action);
}

/* For those who are told. */
static const char *purpose_of(const struct kafc_broker_conn *conn)
{
    static const char *const names[KAFC_PURPOSES + 1] = {
        [KAFC_FOR_CONTROL] = "control", [KAFC_FOR_PRODUCE] = "produce",
        [KAFC_FOR_FETCH] = "fetch",     [KAFC_FOR_FETCH_AHEAD] = "fetch ahead",
        [KAFC_FOR_CALLS] = "calls",     [KAFC_FOR_TXN] = "transactions",
        [KAFC_PURPOSES] = "group",
    };
    return names[conn->purpose];
}

static bool make_link(struct kafc_broker_conn *conn)
{
    struct kafc_core *c = conn->core;
    struct kafc_broker *b = conn->broker;
    if (conn->link)
        return true;
    if (!b->traffic)
        b->traffic = kafc__node_traffic(&c->stats.traffic, b->id);
    conn->watch = (struct kafc_watch){ .hooks = &c->cfg.hooks,
                                       .host = b->host,
                                       .port = b->port,
                                       .broker = b->id,
                                       .tls = c->cfg.tls,
                                       .purpose = purpose_of(conn) };
    struct kafc_link_config cfg = {
        .mem = &c->cfg.mem,
        .log = &c->cfg.log,
        .frames = c->frames,
        .client_id = c->cfg.client_id,
        .login = c->cfg.login,
        .host = b->host,
        .port = b->port,
        .rand = &c->rand,
        .receive_max = c->cfg.receive_max,
        /* The greeting is a part of connecting: a silent peer must not hold up the rest of the bootstrap list. */
        .request_timeout_us = c->cfg.connect_timeout_us < c->cfg.request_timeout_us
                                  ? c->cfg.connect_timeout_us
                                  : c->cfg.request_timeout_us,
        .greeting = &b->greeting,
        .stats = &c->stats,
        .traffic = b->traffic,
        .watch = &conn->watch,
        .features = &c->features,
        .told = &b->told,
        .suspect = &b->suspect,
    };
    conn->link = kafc__link_new(&cfg, b->id, b->name);
    return conn->link != NULL;
}

static bool is_ready(const struct kafc_broker_conn *conn)
{
    return conn->link && kafc__link_state(conn->link) >= KAFC_LINK_READY;
}

static bool is_any(const struct kafc_broker_conn *conn)
{
    return conn == &conn->broker->conn[KAFC_FOR_CONTROL];
}

/* Would it be opened, were it not for the pause? */
static bool wanted(const struct kafc_broker_conn *conn)
{
    return conn->link && kafc__link_pending(conn->link) > 0;
}

static bool is_left(const struct kafc_broker_conn *conn)
{
    return kafc__list_linked(&conn->node) && !conn->owner;
}

/* When it ends if nothing is asked of it. */
static int64_t idle_until(const struct kafc_broker_conn *conn)
{
    bool now = conn->broker->renew || kafc__broker_is_gone(conn->broker) || is_left(conn);
    return later(conn->used_at, now ? 0 : conn->core->cfg.connections_max_idle_us);
}

/* When the connection has to be looked at again. */
static int64_t conn_deadline(const struct kafc_broker_conn *conn)
{
    if (!conn->link)
        return INT64_MAX;
    int64_t at = kafc__link_deadline(conn->link);
    if (!conn->id && !wanted(conn))
        return kafc__broker_is_gone(conn->broker) || is_left(conn) ? conn->core->now : at;
    if (!conn->id)
        return conn->broker->not_before < at ? conn->broker->not_before : at;
    if (conn->connect_by < at)
        at = conn->connect_by;
    int64_t idle = idle_until(conn);
    return is_ready(conn) && !wanted(conn) && idle < at ? idle : at;
}

/* A timer that is early is set right when it fires: most requests do not move it. */
static void rearm(struct kafc_broker_conn *conn)
{
    int64_t at = conn_deadline(conn);
    at = at < conn->core->now ? conn->core->now : at;
    if (at != INT64_MAX && (!conn->timer.t.index || at < conn->timer.t.at))
        kafc__core_timer_set(conn->core, &conn->timer, at);
}

static void conn_open(struct kafc_broker_conn *conn)
{
    struct kafc_core *c = conn->core;
    conn->id = ++c->last_conn;
    if (conn->id > UINT32_MAX || !kafc__map_put(&c->conns, &conn->id, sizeof(conn->id), conn)) {
        conn->id = 0; /* out of memory: later perhaps */
        conn->broker->not_before = later(c->now,
                                         kafc__core_retry_delay(c, conn->broker->failures++));
        return;
    }
    conn->open = true;
    conn->broker->renew = false;
    conn->blocked = false;
    conn->connect_by = later(c->now, c->cfg.connect_timeout_us);
    conn->used_at = c->now;
    kafc__link_opening(conn->link);
    act(conn);
}

/* Does what can be done now: opens, sends, or sets the timer for it. */
static void conn_kick(struct kafc_broker_conn *conn)
{
    struct kafc_core *c = conn->core;
    if (!conn->link)
        return;
    if (!conn->id && wanted(conn) && conn->broker->not_before <= c->now)
        conn_open(conn);
    if (conn->id && !conn->blocked && !conn->offered && kafc__link_wants(conn->link, c->now)) {
        conn->send = true;
        act(conn);
    }
    rearm(conn);
}

static void pause_node(struct kafc_broker *b)
{
    struct kafc_core *c = b->conn[0].core;
    if (b->not_before > c->now)
        return; /* several connections were lost at once: that is one failure */
    int64_t pause = backoff(c, c->cfg.reconnect_backoff_us, c->cfg.reconnect_backoff_max_us,
                            b->failures++);
    b->not_before = later(c->now, pause);
    kafc__log_in(&c->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_BROKER,
                 "%s pause of %lld ms before the next connection",
              b->name, (long long)(pause / 1000));
}

static void count_end(struct kafc_broker_conn *conn, kafc_err why)
{
    struct kafc_core_stats *s = &conn->core->stats;
    bool up = kafc__link_state(conn->link) > KAFC_LINK_OPENING;
    kafc__count(&s->ended, up);
    if (conn->broker->traffic)
        kafc__count(&conn->broker->traffic->ended, up);
    kafc__count(up ? &s->lost : &s->failed, why != KAFC_ERR_CLOSED);
}

static bool untried(const struct kafc_list *brokers)
{
    for (struct kafc_broker *b = KAFC_LIST_FIRST(brokers, struct kafc_broker, node); b;
         b = KAFC_LIST_NEXT(brokers, b, struct kafc_broker, node))
        if (!b->failures)
            return true;
    return false;
}

/* Who asks whichever node there is hears of a login or a certificate that is refused (rule C5), once nobody is left who
 * might think otherwise. */
static void refuse_any(struct kafc_core *c, const kafc_error *why)
{
    if (untried(&c->nodes) || (untried(&c->boot) && (!c->cfg.no_rebootstrap || c->by_id.n == 0)))
        return;
    for (struct kafc_request *rq = KAFC_LIST_FIRST(&c->any, struct kafc_request, node); rq;
         rq = KAFC_LIST_NEXT(&c->any, rq, struct kafc_request, node))
        rq->result = why->code;
    kafc__list_splice(&c->failed, &c->any);
}

/* The socket is gone, or shall go (tell: by the driver). Everything on the link fails with the reason. */
static void conn_end(struct kafc_broker_conn *conn, const kafc_error *why, bool tell)
{
    struct kafc_core *c = conn->core;
    bool again = kafc__link_reopens(conn->link, why->code);
    count_end(conn, again ? KAFC_ERR_CLOSED : why->code);
    kafc__map_del(&c->conns, &conn->id, sizeof(conn->id));
    if (conn->open) /* it has not been given out: the end is not told without the beginning */
        kafc__watch_opening(&conn->watch, (uint32_t)conn->id, c->now);
    if (tell && !conn->open) {
        conn->close_id = (uint32_t)conn->id;
        act(conn);
    }
    conn->id = 0;
    conn->open = conn->send = conn->blocked = false;
    conn->offered = 0;
    conn->connect_by = INT64_MAX;
    if (why->code != KAFC_ERR_CLOSED && !again) {
        pause_node(conn->broker);
        if (is_any(conn))
            c->any_why = *why;
        if (is_any(conn) && kafc__retry_refused(why->code))
            refuse_any(c, why);
    }
    kafc__link_down(conn->link, why, c->now);
    if (again && !conn->id)
        conn_open(conn);
    conn_kick(conn);
    if (is_any(conn))
        kafc__any_pump(c);
}

static void conn_fail(struct kafc_broker_conn *conn, kafc_err code, const char *reason, bool tell)
{
    kafc_error why;
    bool opening = kafc__link_state(conn->link) == KAFC_LINK_OPENING;
    if (opening || code == KAFC_ERR_RESOLVE || code == KAFC_ERR_CONNECT)
        kafc__error(&why, code, "%s cannot be reached: %s", conn->broker->name, reason);
    else
        kafc__error(&why, code, "%s is lost: %s", conn->broker->name, reason);
    why.broker = conn->broker->id;
    kafc__link_explain(conn->link, &why);
    conn_end(conn, &why, tell);
}

static void conn_close_idle(struct kafc_broker_conn *conn)
{
    kafc_error why;
    if (conn->id) {
        kafc__error(&why, KAFC_ERR_CLOSED, "%s was idle: the connection is closed",
                    conn->broker->name);
        conn_end(conn, &why, true);
    }
    if (!conn->id && !kafc__link_pending(conn->link)) { /* who waits for any node may have had it opened again */
        kafc__link_free(conn->link);
        conn->link = NULL;
    }
}

void kafc__conn_alarm(void *owner)
{
    struct kafc_broker_conn *conn = owner;
    struct kafc_core *c = conn->core;
    if (!conn->link)
        return;
    kafc_error why;
    if (kafc__link_tick(conn->link, c->now, &why)) {
        conn_end(conn, &why, true);
        return;
    }
    if (conn->id && conn->connect_by <= c->now) {
        char text[64];
        snprintf(text, sizeof(text), "no %s within %lld ms",
                 kafc__link_state(conn->link) == KAFC_LINK_OPENING ? "connection" : "end of the login",
                 (long long)(c->cfg.connect_timeout_us / 1000));
        conn_fail(conn, KAFC_ERR_CONNECT, text, true);
        return;
    }
    bool gone = kafc__broker_is_gone(conn->broker) || is_left(conn);
    if (!wanted(conn) && ((is_ready(conn) && idle_until(conn) <= c->now) || (!conn->id && gone))) {
        conn_close_idle(conn);
        return;
    }
    conn_kick(conn);
}

bool kafc__broker_action(struct kafc_broker_conn *conn, struct kafc_action *out)
{
    *out = (struct kafc_action){ .kind = KAFC_ACTION_NONE, .link = (uint32_t)conn->id };
    if (conn->close_id) {
        out->kind = KAFC_ACTION_CLOSE;
        out->link = conn->close_id;
        conn->close_id = 0;
    } else if (conn->open) {
        out->kind = KAFC_ACTION_OPEN;
        out->host = conn->broker->host;
        out->port = conn->broker->port;
        out->deadline = conn->connect_by;
        conn->open = false;
        kafc__watch_opening(&conn->watch, (uint32_t)conn->id, conn->core->now);
    } else if (conn->send) {
        out->kind = KAFC_ACTION_SEND;
        conn->send = false;
    }
    if (conn->open || conn->send)
        act(conn);
    return out->kind != KAFC_ACTION_NONE;
}

/* ---- The driver's events ---- */

static struct kafc_broker_conn *find(struct kafc_core *c, uint32_t link)
{
    uint64_t key = link;
    return kafc__map_get(&c->conns, &key, sizeof(key));
}

static void became_ready(struct kafc_broker_conn *conn)
{
    conn->broker->failures = 0;
    conn->connect_by = INT64_MAX;
    if (is_any(conn))
        kafc__any_pump(conn->core);
}

void kafc__core_connected(struct kafc_core *c, uint32_t link, int64_t now)
{
    struct kafc_broker_conn *conn = find(c, link);
    now = kafc__core_at(c, now);
    if (conn)
        kafc__watch_tell(&conn->watch, KAFC_CONNECTION_OPENED, NULL, now);
}

void kafc__core_opened(struct kafc_core *c, uint32_t link, int64_t now)
{
    now = kafc__core_at(c, now);
    struct kafc_broker_conn *conn = find(c, link);
    if (!conn)
        return;
    if (!c->cfg.login) /* it is a part of connecting */
        conn->connect_by = INT64_MAX;
    kafc__count(&c->stats.opened, 1);
    if (conn->broker->traffic)
        kafc__count(&conn->broker->traffic->opened, 1);
    kafc__link_up(conn->link, now);
    if (is_ready(conn)) /* an old broker, which is not asked */
        became_ready(conn);
    conn_kick(conn);
}

void kafc__core_closed(struct kafc_core *c, uint32_t link, kafc_err code, const char *reason,
                       int64_t now)
{
    now = kafc__core_at(c, now);
    struct kafc_broker_conn *conn = find(c, link);
    /* With acks 0 a broker that leads no more has no other way to say so than to hang up. */
    if (conn && conn == &conn->broker->conn[KAFC_FOR_PRODUCE] && is_ready(conn))
        kafc__meta_stale(c);
    if (conn)
        conn_fail(conn, code ? code : KAFC_ERR_DISCONNECTED, reason ? reason : kafc_err_text(code),
                  false);
}

void kafc__core_recv_room(struct kafc_core *c, uint32_t link, void **p, size_t *n)
{
    struct kafc_broker_conn *conn = find(c, link);
    kafc_error why;
    *p = NULL;
    *n = 0;
    if (conn && kafc__link_recv_room(conn->link, p, n, &why))
        conn_end(conn, &why, true);
}

void kafc__core_received(struct kafc_core *c, uint32_t link, size_t n, int64_t now)
{
    now = kafc__core_at(c, now);
    struct kafc_broker_conn *conn = find(c, link);
    if (!conn)
        return;
    bool was_ready = is_ready(conn);
    kafc_error why;
    conn->used_at = now;
    kafc__count(&c->stats.bytes_received, n);
    if (kafc__link_received(conn->link, n, now, &why)) {
        conn_end(conn, &why, true);
        return;
    }
    if (!was_ready && is_ready(conn))
        became_ready(conn);
    conn_kick(conn);
}

int kafc__core_send_iov(struct kafc_core *c, uint32_t link, struct iovec *iov, int max, int64_t now)
{
    now = kafc__core_at(c, now);
    struct kafc_broker_conn *conn = find(c, link);
    if (!conn)
        return 0;
    conn->blocked = false;
    conn->offered = 0;
    int n = kafc__link_send_iov(conn->link, iov, max, now);
    for (int i = 0; i < n; i++)
        conn->offered += iov[i].iov_len;
    if (!n)
        rearm(conn); /* a request may have ended, or the link be of no use */
    return n;
}

void kafc__core_sent(struct kafc_core *c, uint32_t link, size_t n, int64_t now)
{
    now = kafc__core_at(c, now);
    struct kafc_broker_conn *conn = find(c, link);
    if (!conn)
        return;
    conn->used_at = now;
    conn->blocked = n < conn->offered;
    conn->offered = 0;
    kafc__count(&c->stats.bytes_sent, n);
    kafc__link_sent(conn->link, n, now);
    conn_kick(conn);
}

static void credentials_came(struct kafc_broker_conn *conn)
{
    if (!conn->link)
        return;
    kafc__link_credentials(conn->link, conn->core->now);
    conn_kick(conn);
}

void kafc__core_credentials(struct kafc_core *c, int64_t now)
{
    struct kafc_list *const lists[] = { &c->nodes, &c->boot, &c->gone };
    c->now = now;
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
        for (struct kafc_broker *b = KAFC_LIST_FIRST(lists[i], struct kafc_broker, node); b;
             b = KAFC_LIST_NEXT(lists[i], b, struct kafc_broker, node)) {
            for (int k = 0; k < KAFC_PURPOSES; k++)
                credentials_came(&b->conn[k]);
            for (struct kafc_broker_conn *o = KAFC_LIST_FIRST(&b->own, struct kafc_broker_conn, node); o;
                 o = KAFC_LIST_NEXT(&b->own, o, struct kafc_broker_conn, node))
                credentials_came(o);
        }
}

/* ---- Requests ---- */

static void fail_later(struct kafc_core *c, struct kafc_request *rq, kafc_err code)
{
    rq->result = code;
    kafc__list_push(&c->failed, &rq->node);
}

void kafc__core_fail_failed(struct kafc_core *c)
{
    struct kafc_list list;
    kafc__list_init(&list);
    kafc__list_splice(&list, &c->failed);
    struct kafc_request *rq;
    while ((rq = KAFC_LIST_FIRST(&list, struct kafc_request, node))) {
        const kafc_error *trouble = kafc__core_trouble(c);
        kafc_error why;
        kafc_err code = c->closing ? KAFC_ERR_CLOSED : rq->result;
        kafc__list_del(&rq->node);
        if (trouble && trouble->code == code && kafc__retry_refused(code))
            why = *trouble;
        else if (code == KAFC_ERR_BROKER_NOT_AVAILABLE && rq->broker >= 0)
            kafc__error(&why, code, "%s cannot be sent: node %d is not in the metadata",
                        rq->api->name, (int)rq->broker);
        else if (code == KAFC_ERR_BROKER_NOT_AVAILABLE)
            kafc__error(&why, code, "%s cannot be sent: the controller is not known%s%.300s",
                        rq->api->name, trouble ? "; the last trouble: " : "",
                        trouble ? trouble->message : "");
        else
            kafc__error(&why, code, "%s cannot be sent: %s", rq->api->name, kafc_err_text(code));
        why.broker = rq->broker;
        why.api = rq->api->key;
        rq->result = code;
        rq->why = &why;
        rq->done(rq);
    }
}

static void submit(struct kafc_broker_conn *conn, struct kafc_request *rq, int64_t deadline)
{
    if (!make_link(conn)) {
        fail_later(conn->core, rq, KAFC_ERR_NO_MEMORY);
        return;
    }
    rq->conn = conn;
    kafc__link_queue_by(conn->link, rq, deadline);
    conn->used_at = conn->core->now;
}

static struct kafc_broker_conn *conn_for(struct kafc_broker *b, enum kafc_purpose purpose, const void *owner)
{
    struct kafc_broker_conn *shared = purpose < KAFC_PURPOSES ? &b->conn[purpose] : NULL;
    if (shared && (!owner || !shared->link || !kafc__link_occupied(shared->link)))
        return shared;
    return kafc__broker_own(b, purpose, owner);
}

static void send_to(struct kafc_core *c, int32_t node, enum kafc_purpose purpose, const void *owner,
                    struct kafc_request *rq)
{
    kafc__request_reset(rq);
    kafc__list_init(&rq->node);
    rq->early = false;
    rq->queued_at = c->now;
    rq->deadline = later(c->now, rq->timeout_us);
    if (c->closing) {
        fail_later(c, rq, KAFC_ERR_CLOSED);
        return;
    }
    bool any = node == KAFC_ANY_NODE;
    if (node == KAFC_CONTROLLER_NODE) {
        node = kafc__meta_controller(c);
        any = node == KAFC_NO_CONTROLLER;
    }
    if (any) {
        kafc__list_push(&c->any, &rq->node);
        kafc__any_pump(c);
        return;
    }
    struct kafc_broker *b = kafc__broker_find(c, node);
    if (!b) {
        rq->broker = node;
        rq->early = c->by_id.n == 0;
        if (!rq->early) {
            fail_later(c, rq, KAFC_ERR_BROKER_NOT_AVAILABLE);
            return;
        }
        kafc__meta_stale(c);
        kafc__list_push(&c->any, &rq->node);
        kafc__any_pump(c);
        return;
    }
    struct kafc_broker_conn *conn = conn_for(b, purpose, owner);
    if (!conn) {
        fail_later(c, rq, KAFC_ERR_NO_MEMORY);
        return;
    }
    submit(conn, rq, rq->deadline);
    conn_kick(conn);
}

void kafc__core_send(struct kafc_core *c, int32_t node, enum kafc_purpose purpose,
                     struct kafc_request *rq)
{
    send_to(c, node, purpose, NULL, rq);
}

void kafc__core_send_own(struct kafc_core *c, int32_t node, const void *owner,
                         struct kafc_request *rq)
{
    send_to(c, node, KAFC_PURPOSES, owner, rq);
}

void kafc__core_send_apart(struct kafc_core *c, int32_t node, enum kafc_purpose purpose, const void *owner,
                           struct kafc_request *rq)
{
    send_to(c, node, purpose, owner, rq);
}

void kafc__core_cancel(struct kafc_core *c, struct kafc_request *rq)
{
    (void)c;
    if (rq->link) {
        kafc__link_cancel(rq->link, rq);
        rearm(rq->conn);
    } else if (rq->node.next) {
        kafc__list_del(&rq->node);
    }
}

/* ---- Any node ---- */

/* The connection for whom it may concern: ready and with the least to do, else one on its way. */
static struct kafc_broker_conn *best_of(struct kafc_list *brokers, struct kafc_broker_conn *best)
{
    for (struct kafc_broker *b = KAFC_LIST_FIRST(brokers, struct kafc_broker, node); b;
         b = KAFC_LIST_NEXT(brokers, b, struct kafc_broker, node)) {
        struct kafc_broker_conn *conn = &b->conn[KAFC_FOR_CONTROL];
        if (!conn->id)
            continue;
        bool better = !best || (is_ready(conn) && !is_ready(best));
        if (best && is_ready(conn) && is_ready(best))
            better = kafc__link_pending(conn->link) < kafc__link_pending(best->link);
        best = better ? conn : best;
    }
    return best;
}

static struct kafc_broker *next_of(struct kafc_list *list, struct kafc_broker *b)
{
    struct kafc_broker *n = b ? KAFC_LIST_NEXT(list, b, struct kafc_broker, node) : NULL;
    return n ? n : KAFC_LIST_FIRST(list, struct kafc_broker, node);
}

/* Known nodes before the list that we began with, but in turn with it once they have failed. */
static int rank(const struct kafc_broker *b)
{
    return b->failures ? 2 * b->failures + (b->id >= 0) : b->id < 0;
}

/* The one with the lowest rank of those that are not paused: `best`, or else the first such one from `start` on, in a
 * circle. *at becomes the earliest end of a pause. */
static struct kafc_broker *candidate(struct kafc_core *c, struct kafc_list *list,
                                     struct kafc_broker *start, struct kafc_broker *best,
                                     int64_t *at)
{
    struct kafc_broker *b = start;
    if (!b)
        return best;
    do {
        if (b->not_before > c->now)
            *at = b->not_before < *at ? b->not_before : *at;
        else if (!best || rank(b) < rank(best))
            best = b;
        b = next_of(list, b);
    } while (b != start);
    return best;
}

static struct kafc_broker *random_node(struct kafc_core *c)
{
    struct kafc_broker *b = KAFC_LIST_FIRST(&c->nodes, struct kafc_broker, node);
    for (uint32_t n = (uint32_t)c->by_id.n, skip = n > 1 ? kafc__rand_below(&c->rand, n) : 0; skip;
         skip--)
        b = next_of(&c->nodes, b);
    return b;
}

static void move_any(struct kafc_core *c, struct kafc_broker_conn *conn)
{
    struct kafc_list list;
    kafc__list_init(&list);
    kafc__list_splice(&list, &c->any);
    c->any_why.code = KAFC_OK;
    struct kafc_request *rq;
    while ((rq = KAFC_LIST_FIRST(&list, struct kafc_request, node))) {
        kafc__list_del(&rq->node);
        if (rq->early)
            kafc__list_push(&c->any, &rq->node);
        else
            submit(conn, rq, rq->deadline);
    }
    conn_kick(conn);
}

void kafc__any_known(struct kafc_core *c)
{
    struct kafc_request *rq = KAFC_LIST_FIRST(&c->any, struct kafc_request, node), *next;
    for (; rq; rq = next) {
        next = KAFC_LIST_NEXT(&c->any, rq, struct kafc_request, node);
        if (!rq->early)
            continue;
        kafc__list_del(&rq->node);
        fail_later(c, rq, KAFC_ERR_BROKER_NOT_AVAILABLE);
    }
}

static int64_t any_deadline(const struct kafc_core *c)
{
    int64_t at = INT64_MAX;
    for (struct kafc_request *rq = KAFC_LIST_FIRST(&c->any, struct kafc_request, node); rq;
         rq = KAFC_LIST_NEXT(&c->any, rq, struct kafc_request, node))
        at = rq->deadline < at ? rq->deadline : at;
    return at;
}

void kafc__any_pump(struct kafc_core *c)
{
    if (kafc__list_empty(&c->any) || c->closing)
        return;
    int64_t at = any_deadline(c);
    struct kafc_broker_conn *conn = best_of(&c->boot, best_of(&c->nodes, NULL));
    if (conn && is_ready(conn)) {
        move_any(c, conn);
        if (kafc__list_empty(&c->any))
            return;
    }
    if (!conn) {
        /* An attempt may take longer than any pause: that a node is not paused does not mean that it can be had. */
        struct kafc_broker *b = candidate(c, &c->nodes, random_node(c), NULL, &at);
        if (!c->cfg.no_rebootstrap || c->by_id.n == 0)
            b = candidate(c, &c->boot, c->boot_next, b, &at);
        if (b && b->id < 0)
            c->boot_next = next_of(&c->boot, b);
        conn = b ? &b->conn[KAFC_FOR_CONTROL] : NULL;
        if (conn && make_link(conn)) {
            conn_open(conn);
            conn_kick(conn);
        }
        if (conn && !conn->id) { /* out of memory */
            int64_t soon = later(c->now, kafc__core_retry_delay(c, 0));
            at = soon < at ? soon : at;
        }
    }
    kafc__core_timer_set(c, &c->any_timer, at);
}

const kafc_error *kafc__core_trouble(struct kafc_core *c)
{
    struct kafc_broker_conn *conn = best_of(&c->boot, best_of(&c->nodes, NULL));
    if (c->any_why.code)
        return &c->any_why;
    if (!conn || !conn->id || is_ready(conn))
        return NULL;
    /* not failed yet, but whoever asks has run out of time */
    kafc__error(&c->any_silent, KAFC_ERR_TIMED_OUT, "%s %s", conn->broker->name,
                kafc__link_state(conn->link) == KAFC_LINK_OPENING
                    ? "is still being connected to"
                    : "has accepted the connection and said nothing: is it a Kafka broker?");
    c->any_silent.broker = conn->broker->id;
    return &c->any_silent;
}

static void fail_any(struct kafc_core *c, struct kafc_request *rq)
{
    kafc_error why;
    const kafc_error *last = kafc__core_trouble(c);
    long long ms = (long long)(rq->timeout_us / 1000);
    if (last)
        kafc__error(&why, KAFC_ERR_NO_BROKERS,
                    "%s: no broker could be reached within %lld ms; the last: %s", rq->api->name,
                    ms, last->message);
    else
        kafc__error(&why, KAFC_ERR_NO_BROKERS, "%s: no broker could be reached within %lld ms",
                    rq->api->name, ms);
    why.api = rq->api->key;
    rq->result = why.code;
    rq->why = &why;
    rq->done(rq);
}

void kafc__any_alarm(void *core)
{
    struct kafc_core *c = core;
    struct kafc_list late;
    kafc__list_init(&late);
    struct kafc_request *rq = KAFC_LIST_FIRST(&c->any, struct kafc_request, node);
    while (rq) {
        struct kafc_request *next = KAFC_LIST_NEXT(&c->any, rq, struct kafc_request, node);
        if (rq->deadline <= c->now) {
            kafc__list_del(&rq->node);
            kafc__list_push(&late, &rq->node);
        }
        rq = next;
    }
    while ((rq = KAFC_LIST_FIRST(&late, struct kafc_request, node))) {
        kafc__list_del(&rq->node);
        fail_any(c, rq);
    }
    kafc__any_pump(c);
}
