/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is counted and logged of a link's requests, and told to hooks of them and
 * of its connections. Driver's thread.
 */
#include "base/callback.h"
#include "core/link_internal.h"

/* ---- Connections ---- */

void kafc__watch_opening(struct kafc_watch *w, uint32_t connection, int64_t now)
{
    w->connection = connection;
    w->since = now;
    kafc__watch_tell(w, KAFC_CONNECTION_OPENING, NULL, now);
}

void kafc__watch_tell(const struct kafc_watch *w, kafc_connection_state state, const kafc_error *why,
                      int64_t now)
{
    if (!w->hooks->on_connection)
        return;
    kafc_connection_event e = { .state = state,
                                .connection = w->connection,
                                .broker = w->broker,
                                .host = w->host,
                                .port = w->port,
                                .purpose = w->purpose,
                                .time_us = now > w->since ? now - w->since : 0,
                                .why = why };
    kafc__callback_enter();
    w->hooks->on_connection(w->hooks->ctx, &e);
    kafc__callback_leave();
}

void kafc__link_tell(struct kafc_link *l, kafc_connection_state state, const kafc_error *why, int64_t now)
{
    if (l->cfg.watch)
        kafc__watch_tell(l->cfg.watch, state, why, now);
}

/* ---- Requests ---- */

static struct kafc_api_traffic *traffic_of(struct kafc_link *l, const struct kafc_api *api)
{
    return l->cfg.stats ? kafc__api_traffic(&l->cfg.stats->traffic, api) : NULL;
}

static int64_t between(int64_t from, int64_t to)
{
    return to > from ? to - from : 0;
}

/* What there is to say when it is sent; of its end the rest is filled in. */
static kafc_request_event event_of(const struct kafc_link *l, const struct kafc_slot *s)
{
    return (kafc_request_event){ .name = s->api->name,
                                 .api = s->api->key,
                                 .version = s->version,
                                 .correlation = s->correlation,
                                 .broker = l->node,
                                 .connection = l->cfg.watch ? l->cfg.watch->connection : 0,
                                 .bytes_sent = s->total,
                                 .queue_us = between(s->queued_at, s->begun_at),
                                 .own = s->own };
}

static void log_end(const struct kafc_link *l, const kafc_request_event *e)
{
    kafc__log_in(l->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_PROTOCOL,
                 "%s %s %s v%d #%d: %zu bytes, queue %lld us, write %lld us, wait %lld us, read %lld us%s%s",
                 l->name,
                 e->bytes_received    ? "answers"
                 : e->code == KAFC_OK ? "has taken"
                                      : "does not answer",
                 e->name, e->version, (int)e->correlation, e->bytes_received, (long long)e->queue_us,
                 (long long)e->write_us, (long long)e->wait_us, (long long)e->read_us, e->why ? ": " : "",
                 e->why ? e->why : "");
}

static void tell_end(struct kafc_link *l, const kafc_request_event *e)
{
    const kafc_hooks *h = l->cfg.watch ? l->cfg.watch->hooks : NULL;
    log_end(l, e);
    if (!h || !h->on_response)
        return;
    kafc__callback_enter();
    h->on_response(h->ctx, e);
    kafc__callback_leave();
}

void kafc__link_launched(struct kafc_link *l, const struct kafc_slot *s)
{
    struct kafc_api_traffic *a = traffic_of(l, s->api);
    struct kafc_node_traffic *n = l->cfg.traffic;
    if (l->cfg.stats)
        kafc__count(&l->cfg.stats->requests, 1);
    if (a) {
        atomic_store_explicit(&a->version, s->version < 0 ? 0 : (uint64_t)s->version, /* a bare token has none */
                              memory_order_relaxed);
        kafc__count(&a->requests, 1);
        kafc__count(&a->bytes_sent, s->total);
    }
    if (n) {
        kafc__count(&n->requests, 1);
        kafc__count(&n->bytes_sent, s->total);
    }
}

void kafc__link_begun(struct kafc_link *l, struct kafc_slot *s)
{
    const kafc_hooks *h = l->cfg.watch ? l->cfg.watch->hooks : NULL;
    s->begun = true;
    s->begun_at = s->sent_at;
    kafc_request_event e = event_of(l, s);
    kafc__log_in(l->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_PROTOCOL, "%s is sent %s v%d #%d: %zu bytes, queue %lld us",
                 l->name, e.name, e.version, (int)e.correlation, e.bytes_sent, (long long)e.queue_us);
    if (!h || !h->on_request)
        return;
    kafc__callback_enter();
    h->on_request(h->ctx, &e);
    kafc__callback_leave();
    s->own = e.own;
}

static void count_times(struct kafc_api_traffic *a, const struct kafc_slot *s, const kafc_request_event *e,
                        int64_t now)
{
    kafc__histogram_add(&a->queue_time, e->queue_us);
    kafc__histogram_add(&a->write_time, e->write_us);
    if (s->no_response)
        return;
    kafc__histogram_add(&a->wait_time, e->wait_us);
    kafc__histogram_add(&a->read_time, e->read_us);
    kafc__histogram_add(&a->time, between(s->queued_at, now));
}

void kafc__link_answered(struct kafc_link *l, struct kafc_slot *s, size_t bytes, int64_t now)
{
    struct kafc_api_traffic *a = traffic_of(l, s->api);
    struct kafc_node_traffic *n = l->cfg.traffic;
    kafc_request_event e = event_of(l, s);
    e.bytes_received = bytes;
    e.write_us = between(s->begun_at, s->sent_at);
    e.wait_us = between(s->sent_at, l->front_at);
    e.read_us = between(l->front_at, now);
    if (l->cfg.stats)
        kafc__histogram_add(&l->cfg.stats->request_time, now - s->sent_at);
    if (a)
        kafc__count(&a->bytes_received, bytes);
    if (n) {
        kafc__count(&n->bytes_received, bytes);
        kafc__histogram_add(&n->request_time, now - s->sent_at);
    }
    if (s->ended)
        return;
    s->ended = true;
    if (s->rq && a)
        count_times(a, s, &e, now);
    e.code = s->rq ? KAFC_OK : KAFC_ERR_INTERRUPTED;
    e.why = s->rq ? NULL : kafc_err_text(e.code);
    tell_end(l, &e);
}

void kafc__link_ended(struct kafc_link *l, struct kafc_slot *s, kafc_err code, const kafc_error *why, int64_t now)
{
    struct kafc_api_traffic *a = traffic_of(l, s->api);
    if (!s->begun || s->ended)
        return;
    s->ended = true;
    kafc_request_event e = event_of(l, s);
    bool wanted = s->rq != NULL;
    e.write_us = between(s->begun_at, s->sent_at);
    e.wait_us = s->no_response ? 0 : between(s->sent_at, now);
    e.code = wanted || why ? code : KAFC_ERR_INTERRUPTED;
    e.why = why ? why->message : e.code ? kafc_err_text(e.code) : NULL;
    if (e.code == KAFC_OK && a)
        count_times(a, s, &e, now);
    tell_end(l, &e);
}

void kafc__link_retired(struct kafc_link *l)
{
    if (l->cfg.traffic)
        kafc__count(&l->cfg.traffic->landed, 1);
}

void kafc__link_failed(struct kafc_link *l, const struct kafc_api *api)
{
    struct kafc_api_traffic *a = traffic_of(l, api);
    if (l->cfg.stats)
        kafc__count(&l->cfg.stats->requests_failed, 1);
    if (l->cfg.traffic)
        kafc__count(&l->cfg.traffic->failed, 1);
    if (a)
        kafc__count(&a->failed, 1);
}

void kafc__link_throttled(struct kafc_link *l, const struct kafc_api *api, int16_t version, int32_t ms)
{
    const struct kafc_watch *w = l->cfg.watch;
    if (l->cfg.traffic) {
        kafc__count(&l->cfg.traffic->throttled, 1);
        kafc__histogram_add(&l->cfg.traffic->throttle_time, (int64_t)ms * 1000);
    }
    kafc__log_in(l->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_BROKER, "%s throttles: %s v%d, %d ms", l->name,
                 api->name, version, (int)ms);
    if (!w || !w->hooks->on_throttle)
        return;
    kafc_throttle_event e = { .name = api->name,
                              .api = api->key,
                              .version = version,
                              .broker = l->node,
                              .connection = w->connection,
                              .throttle_ms = ms,
                              .waits = version >= api->throttle_from };
    kafc__callback_enter();
    w->hooks->on_throttle(w->hooks->ctx, &e);
    kafc__callback_leave();
}
