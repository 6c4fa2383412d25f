/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How a kafc_conn comes to its broker: addresses in turn, TLS, greeting and
 * login, and on to the leader of its partition. The thread that dials.
 */
#include <stdio.h>
#include <string.h>

#include "base/address.h"
#include "base/mem.h"
#include "client/conn.h"
#include "core/retry.h"
#include "io/dial.h"
#include "io/poller.h"

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

kafc_err kafc__conn_check_addresses(const char *list, kafc_error *err)
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
        kafc__conn_turn(c, deadline, NULL);
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
        kafc__conn_lose(c, why);
    kafc__conn_hang_up(c);
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
    int64_t until = own < deadline ? own : deadline;
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
        rc = open_socket(c, a, name, until, &e);
        if (rc == KAFC_OK)
            kafc__conn_note_ends(c);
        if (rc == KAFC_OK)
            rc = shake(c, name, until, &e);
        if (rc == KAFC_OK)
            rc = greet(c, name, until, &e);
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
    const kafc_partition *p = kafc__partition_find(t, c->o.partition);
    if (!p)
        return kafc__error(err, KAFC_ERR_UNKNOWN_PARTITION,
                           "topic '%.249s' has %d partitions, and no partition %d", c->o.topic,
                           (int)t->npartitions, (int)c->o.partition);
    const kafc_broker *b = broker_of(m, p->leader);
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

kafc_err kafc__conn_dial(kafc_conn *c, const char *list, int64_t deadline, kafc_error *err)
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
    kafc__conn_hang_up(c);
    return connect_to(c, &a, node, by, deadline, err);
}
