/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A connection without its socket: the states, the queue, the deadlines. Bytes
 * come in through link_in.c and leave through link_out.c. Driver's thread.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"
#include "core/link_internal.h"

/* ---- States ---- */

static void drop(struct kafc_link *l, int64_t now)
{
    kafc__link_drop_slots(l, now);
    kafc__link_drop_input(l);
    kafc__link_login_end(l);
    if (!l->keep) {
        kafc__list_splice(&l->lost, &l->queue);
        l->nqueued = 0;
        l->alarm = INT64_MAX;
    }
    l->throttled_until = 0;
    l->broken.code = KAFC_OK;
    l->heard = l->served = false;
}

static void nothing(struct kafc_link *l, int64_t now)
{
    (void)l;
    (void)now;
}

struct transition {
    void (*act)(struct kafc_link *l, int64_t now); /* NULL: the event means nothing here */
    enum kafc_link_state next;
};

static const struct transition table[KAFC_LINK_RENEWING + 1][KAFC_LINK_EVENTS] = {
    [KAFC_LINK_DOWN] = {
        [KAFC_LINK_EV_OPEN] = { nothing, KAFC_LINK_OPENING },
        [KAFC_LINK_EV_DOWN] = { drop, KAFC_LINK_DOWN },
    },
    [KAFC_LINK_OPENING] = {
        [KAFC_LINK_EV_UP] = { kafc__link_greet, KAFC_LINK_GREETING },
        [KAFC_LINK_EV_DOWN] = { drop, KAFC_LINK_DOWN },
    },
    [KAFC_LINK_GREETING] = {
        [KAFC_LINK_EV_AGAIN] = { kafc__link_greet, KAFC_LINK_GREETING },
        [KAFC_LINK_EV_VERSIONS] = { nothing, KAFC_LINK_READY },
        [KAFC_LINK_EV_LOGIN] = { kafc__link_login, KAFC_LINK_LOGIN },
        [KAFC_LINK_EV_DOWN] = { drop, KAFC_LINK_DOWN },
    },
    [KAFC_LINK_LOGIN] = {
        [KAFC_LINK_EV_LOGGED_IN] = { nothing, KAFC_LINK_READY },
        [KAFC_LINK_EV_DOWN] = { drop, KAFC_LINK_DOWN },
    },
    [KAFC_LINK_READY] = {
        [KAFC_LINK_EV_LOGIN] = { kafc__link_login, KAFC_LINK_RENEWING },
        [KAFC_LINK_EV_DOWN] = { drop, KAFC_LINK_DOWN },
    },
    [KAFC_LINK_RENEWING] = {
        [KAFC_LINK_EV_LOGGED_IN] = { nothing, KAFC_LINK_READY },
        [KAFC_LINK_EV_DOWN] = { drop, KAFC_LINK_DOWN },
    },
};

static const char *const state_name[] = { "down", "opening", "greeting", "login", "ready", "renewing" };

int kafc__link_next_state(enum kafc_link_state s, enum kafc_link_event ev)
{
    return table[s][ev].act ? (int)table[s][ev].next : -1;
}

bool kafc__link_step(struct kafc_link *l, enum kafc_link_event ev, int64_t now)
{
    const struct transition *t = &table[l->state][ev];
    if (!t->act)
        return false;
    if (ev == KAFC_LINK_EV_UP)
        kafc__link_tell(l, l->cfg.watch && l->cfg.watch->tls ? KAFC_CONNECTION_SECURED : KAFC_CONNECTION_OPENED,
                        NULL, now);
    t->act(l, now);
    if (t->next != l->state)
        kafc__log_in(l->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_BROKER, "%s: %s -> %s", l->name,
                     state_name[l->state], state_name[t->next]);
    bool usable = t->next == KAFC_LINK_READY && l->state < KAFC_LINK_READY;
    l->state = t->next;
    if (ev == KAFC_LINK_EV_LOGGED_IN)
        kafc__link_tell(l, KAFC_CONNECTION_LOGGED_IN, NULL, now);
    if (usable)
        kafc__link_tell(l, KAFC_CONNECTION_READY, NULL, now);
    return true;
}

/* ---- Errors ---- */

void kafc__link_break(struct kafc_link *l, kafc_err code, const char *fmt, ...)
{
    if (l->broken.code)
        return;
    char text[sizeof(l->broken.message)];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    kafc__error(&l->broken, code, "%s %s", l->name, n < 0 ? "failed" : text);
    l->broken.broker = l->node;
}

static kafc_err report(const struct kafc_link *l, kafc_error *err)
{
    if (l->broken.code && err)
        *err = l->broken;
    return l->broken.code;
}

void kafc__link_finish(struct kafc_link *l, struct kafc_request *rq, kafc_err code,
                       const kafc_error *why)
{
    kafc_error own;
    if (why) {
        own = *why;
        own.broker = l->node;
        own.api = rq->api->key;
        own.version = rq->version;
    }
    if (code != KAFC_OK)
        kafc__link_failed(l, rq->api);
    rq->link = NULL;
    rq->slot = NULL;
    rq->result = code;
    rq->why = why ? &own : NULL;
    rq->done(rq);
}

static void flush_lost(struct kafc_link *l, const kafc_error *why, bool theirs)
{
    struct kafc_list list;
    kafc__list_init(&list);
    kafc__list_splice(&list, &l->lost); /* what done() queues is not meant */
    struct kafc_request *rq;
    while ((rq = KAFC_LIST_FIRST(&list, struct kafc_request, node))) {
        kafc__list_del(&rq->node);
        rq->over = theirs;
        kafc__link_finish(l, rq, why->code, why);
    }
}

/* ---- Birth and death ---- */

struct kafc_link *kafc__link_new(const struct kafc_link_config *cfg, int32_t node, const char *name)
{
    size_t n = strlen(name) + 1;
    struct kafc_link *l = kafc__zalloc(cfg->mem, sizeof(*l) + n);
    if (!l)
        return NULL;
    l->cfg = *cfg;
    l->node = node;
    memcpy(l->name, name, n);
    kafc__list_init(&l->queue);
    kafc__list_init(&l->flight);
    kafc__list_init(&l->spare);
    kafc__list_init(&l->lost);
    l->alarm = l->login.renew_at = INT64_MAX;
    if (!l->cfg.greeting)
        l->cfg.greeting = &l->own_greeting;
    if (!l->cfg.suspect)
        l->cfg.suspect = &l->own_suspect;
    for (int i = 0; i < KAFC_LINK_APIS; i++)
        l->have[i].max = -1;
    return l;
}

void kafc__link_free(struct kafc_link *l)
{
    if (!l)
        return;
    kafc_error why;
    kafc__error(&why, KAFC_ERR_CLOSED, "the connection to %s was closed", l->name);
    do
        kafc__link_down(l, &why, l->heard_at); /* the last that is known of the time */
    while (kafc__link_pending(l));
    struct kafc_slot *s;
    while ((s = KAFC_LIST_FIRST(&l->spare, struct kafc_slot, node))) {
        kafc__list_del(&s->node);
        kafc__arena_fini(&s->arena);
        kafc__free(l->cfg.mem, s);
    }
    kafc__free(l->cfg.mem, l);
}

enum kafc_link_state kafc__link_state(const struct kafc_link *l)
{
    return l->state;
}

void kafc__link_opening(struct kafc_link *l)
{
    kafc__link_step(l, KAFC_LINK_EV_OPEN, 0);
}

void kafc__link_up(struct kafc_link *l, int64_t now)
{
    l->asked = -1;
    l->greeted = 0;
    l->greeting = *l->cfg.greeting;
    l->heard_at = now;
    if (kafc__link_step(l, KAFC_LINK_EV_UP, now) && l->greeting == KAFC_GREET_OLD)
        kafc__link_step(l, l->cfg.login ? KAFC_LINK_EV_LOGIN : KAFC_LINK_EV_VERSIONS, now);
}

/* A listener that wants a login answers ApiVersions, and closes the connection over anything else, without a word. So
 * may a broker that dies: the next connection asks. */
static bool shut_out(const struct kafc_link *l, kafc_err why)
{
    return l->state == KAFC_LINK_READY && !l->served && !l->broken.code && l->nflight &&
           !l->cfg.login && l->greeting == KAFC_GREET_ASK && why == KAFC_ERR_DISCONNECTED;
}

void kafc__link_explain(const struct kafc_link *l, kafc_error *why)
{
    if (l->login.state_set && kafc__link_login_cut(l, why)) {
        why->broker = l->node;
        return;
    }
    if (shut_out(l, why->code)) {
        kafc__error(why, why->code,
                    "%s closed the connection over the first request: it died, or wants a login (security.protocol "
                    "SASL_PLAINTEXT or SASL_SSL)", l->name);
        why->broker = l->node;
        return;
    }
    bool probing = l->greeting != KAFC_GREET_ASK, again = kafc__link_reopens(l, why->code);
    if (l->state != KAFC_LINK_GREETING || l->broken.code || why->code != KAFC_ERR_DISCONNECTED ||
        (l->heard && !again))
        return;
    kafc__error(why, why->code, "%s closed the connection when asked for its API versions%s",
                l->name,
                !probing ? ": brokers before 0.10 do that, and listeners that expect TLS"
                : again  ? ", and only then: it is a broker before 0.10"
                         : ", and when asked as a broker before 0.10: it may expect TLS");
    why->broker = l->node;
}

/* A broker that stays away is told of once, and again when the trouble is of another kind. */
kafc_log_level kafc__link_loudness(struct kafc_link *l, kafc_err code)
{
    if (code == KAFC_ERR_CLOSED)
        return KAFC_LOG_INFO;
    if (l->cfg.told && *l->cfg.told == code)
        return KAFC_LOG_DEBUG;
    if (l->cfg.told)
        *l->cfg.told = code;
    return KAFC_LOG_WARN;
}

void kafc__link_down(struct kafc_link *l, const kafc_error *why, int64_t now)
{
    kafc_error own = *why;
    bool theirs = why->code == KAFC_ERR_DISCONNECTED && !l->broken.code;
    kafc_connection_state end = l->state >= KAFC_LINK_READY ? KAFC_CONNECTION_LOST : KAFC_CONNECTION_FAILED;
    bool was = l->state != KAFC_LINK_DOWN;
    l->keep = kafc__link_reopens(l, why->code);
    kafc__link_explain(l, &own);
    *l->cfg.suspect = *l->cfg.suspect || shut_out(l, why->code);
    if (was)
        kafc__log_in(l->cfg.log, l->keep ? KAFC_LOG_INFO : kafc__link_loudness(l, own.code), KAFC_DEBUG_BROKER, "%s",
                     own.message);
    *l->cfg.greeting = kafc__link_learn(l, why->code);
    l->why = &own;
    kafc__link_step(l, KAFC_LINK_EV_DOWN, now);
    l->why = NULL;
    flush_lost(l, &own, theirs);
    if (was)
        kafc__link_tell(l, l->keep || own.code == KAFC_ERR_CLOSED ? KAFC_CONNECTION_CLOSED : end, &own, now);
}

/* ---- The queue ---- */

static int64_t later(int64_t at, int64_t timeout)
{
    return timeout < 0 ? at : at > INT64_MAX - timeout ? INT64_MAX : at + timeout;
}

void kafc__link_queue_by(struct kafc_link *l, struct kafc_request *rq, int64_t deadline)
{
    kafc__request_reset(rq);
    rq->link = l;
    rq->broker = l->node;
    rq->deadline = deadline;
    if (rq->deadline < l->alarm)
        l->alarm = rq->deadline;
    kafc__list_push(&l->queue, &rq->node);
    l->nqueued++;
}

void kafc__link_queue(struct kafc_link *l, struct kafc_request *rq, int64_t now)
{
    rq->queued_at = now;
    kafc__link_queue_by(l, rq, later(now, rq->timeout_us));
}

void kafc__link_cancel(struct kafc_link *l, struct kafc_request *rq)
{
    if (rq->slot) {
        struct kafc_slot *s = rq->slot;
        s->rq = NULL;
        l->nflight--;
        kafc__link_orphan(l, s);
    } else {
        /* On the queue, or on a list of those to be failed in this very moment. */
        struct kafc_request *q = KAFC_LIST_FIRST(&l->queue, struct kafc_request, node);
        while (q && q != rq)
            q = KAFC_LIST_NEXT(&l->queue, q, struct kafc_request, node);
        if (q)
            l->nqueued--;
        kafc__list_del(&rq->node);
    }
    rq->link = NULL;
    rq->slot = NULL;
}

size_t kafc__link_pending(const struct kafc_link *l)
{
    return l->nqueued + l->nflight;
}

bool kafc__link_occupied(const struct kafc_link *l)
{
    return l->nqueued || !kafc__list_empty(&l->flight);
}

/* ---- Time ---- */

/* When the silence of the peer has lasted as long as the oldest request may wait (rule C1). */
static int64_t silence(const struct kafc_link *l)
{
    const struct kafc_slot *s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node);
    if (!s || s->sent_at < 0)
        return INT64_MAX;
    return later(s->sent_at > l->heard_at ? s->sent_at : l->heard_at, s->timeout_us);
}

int64_t kafc__link_deadline(const struct kafc_link *l)
{
    if (l->broken.code)
        return 0;
    int64_t at = silence(l);
    if (l->alarm < at)
        at = l->alarm;
    if (l->login.renew_at < at && kafc__link_pending(l))
        at = l->login.renew_at;
    if (l->throttled_until && l->nqueued && l->throttled_until < at)
        at = l->throttled_until;
    return at;
}

/* Moves the requests whose time is over to `late` and sets the alarm for the others. */
static void collect_late(struct kafc_link *l, struct kafc_list *late, int64_t now)
{
    int64_t next = INT64_MAX;
    l->alarm = INT64_MAX;
    struct kafc_request *rq = KAFC_LIST_FIRST(&l->queue, struct kafc_request, node);
    while (rq) {
        struct kafc_request *after = KAFC_LIST_NEXT(&l->queue, rq, struct kafc_request, node);
        if (rq->deadline <= now) {
            kafc__list_del(&rq->node);
            kafc__list_push(late, &rq->node);
            l->nqueued--;
        } else if (rq->deadline < next) {
            next = rq->deadline;
        }
        rq = after;
    }
    struct kafc_slot *s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node);
    while (s) {
        if (s->rq && s->rq->deadline <= now)
            kafc__link_ended(l, s, KAFC_ERR_TIMED_OUT, NULL, now);
        struct kafc_slot *after = KAFC_LIST_NEXT(&l->flight, s, struct kafc_slot, node);
        rq = s->rq;
        if (rq && rq->deadline <= now) {
            s->rq = NULL;
            rq->slot = NULL;
            l->nflight--;
            kafc__list_push(late, &rq->node);
            kafc__link_orphan(l, s);
        } else if (rq && rq->deadline < next) {
            next = rq->deadline;
        }
        s = after;
    }
    l->alarm = next < l->alarm ? next : l->alarm;
}

static void check_silence(struct kafc_link *l, int64_t now)
{
    const struct kafc_slot *s = KAFC_LIST_FIRST(&l->flight, struct kafc_slot, node);
    if (!s || silence(l) > now)
        return;
    kafc__link_break(l, KAFC_ERR_DISCONNECTED,
                     "sent nothing for %lld ms while %s v%d waited: the connection is given up",
                     (long long)(s->timeout_us / 1000), s->api->name, s->version);
}

static void fail_late(struct kafc_link *l, struct kafc_request *rq)
{
    kafc_error why;
    long long ms = (long long)(rq->timeout_us / 1000);
    if (rq->sent)
        kafc__error(&why, KAFC_ERR_TIMED_OUT, "%s v%d was not answered by %s within %lld ms",
                    rq->api->name, rq->version, l->name, ms);
    else
        kafc__error(&why, KAFC_ERR_TIMED_OUT,
                    "%s could not be sent to %s within %lld ms: the connection is %s",
                    rq->api->name, l->name, ms,
                    l->throttled_until ? "throttled by the broker" : state_name[l->state]);
    kafc__link_finish(l, rq, KAFC_ERR_TIMED_OUT, &why);
}

kafc_err kafc__link_tick(struct kafc_link *l, int64_t now, kafc_error *err)
{
    if (l->throttled_until <= now)
        l->throttled_until = 0;
    if (l->broken.code || now < kafc__link_deadline(l))
        return report(l, err);
    kafc__link_renew(l, now);
    check_silence(l, now); /* first: its head may be one of the late */
    struct kafc_list late;
    kafc__list_init(&late);
    collect_late(l, &late, now);
    struct kafc_request *rq;
    while ((rq = KAFC_LIST_FIRST(&late, struct kafc_request, node))) {
        kafc__list_del(&rq->node);
        fail_late(l, rq);
    }
    return report(l, err);
}

/* ---- Versions ---- */

int kafc__link_version(const struct kafc_link *l, const struct kafc_api *api, int min, int max)
{
    if (l->state < KAFC_LINK_READY || api->key < 0 || api->key >= KAFC_LINK_APIS)
        return -1;
    int lo = l->have[api->key].min, hi = l->have[api->key].max;
    lo = min > lo ? min : lo;
    hi = max < hi ? max : hi;
    return lo <= hi ? hi : -1;
}

bool kafc__link_range(const struct kafc_link *l, int16_t key, int16_t *min, int16_t *max)
{
    if (l->state < KAFC_LINK_READY || l->have[key].max < 0)
        return false;
    *min = l->have[key].min;
    *max = l->have[key].max;
    return true;
}
