/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Application threads that wait for answers. The request lives in the waiter's
 * memory; before the waiter goes, the loop has forgotten it.
 */
#include "client/ask.h"

#include <stdio.h>
#include <string.h>

#include "core/metadata.h"

struct kafc_asks {
    kafc_client *c;
    struct kafc_ask *v;
    size_t n, left; /* left: under c->lock */
};

kafc_err kafc__ask_begin(kafc_client *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__client_enter(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    kafc__lock(&c->lock);
    bool open = !atomic_load(&c->closing);
    c->asking += open;
    kafc__unlock(&c->lock);
    return open ? KAFC_OK : kafc__error(err, KAFC_ERR_CLOSED, "the client was closed");
}

void kafc__ask_end(kafc_client *c)
{
    kafc__lock(&c->lock);
    c->asking--;
    kafc__cond_broadcast(&c->changed);
    kafc__unlock(&c->lock);
}

static void finish(struct kafc_ask *a, kafc_err code, const kafc_error *why)
{
    kafc_client *c = a->group->c;
    kafc__lock(&c->lock);
    a->done = true;
    a->code = code;
    if (why)
        a->err = *why;
    a->group->left--; /* with the last one the waiter's memory may go, once unlocked */
    kafc__cond_broadcast(&c->changed);
    kafc__unlock(&c->lock);
}

static void on_done(struct kafc_request *rq)
{
    struct kafc_ask *a = rq->owner;
    kafc_error e;
    (void)kafc__error(&e, rq->result, "%s", kafc_err_text(rq->result));
    if (rq->result != KAFC_OK) {
        finish(a, rq->result, rq->why ? rq->why : &e);
        return;
    }
    kafc_err code = a->answer(a, &e);
    if (e.broker < 0)
        e.broker = rq->broker;
    e.api = rq->api->key;
    e.version = rq->version;
    finish(a, code, &e);
}

static void start(void *arg)
{
    struct kafc_asks *g = arg;
    for (size_t i = 0; i < g->n; i++)
        kafc__core_send(g->c->core, g->v[i].node, KAFC_FOR_CONTROL, &g->v[i].rq);
}

static void forget(void *arg)
{
    struct kafc_asks *g = arg;
    for (size_t i = 0; i < g->n; i++) {
        if (!g->v[i].done)
            kafc__core_cancel(g->c->core, &g->v[i].rq);
    }
}

/* The grace lets the core's own time-out of the request come first: its sentence says more. */
enum { GRACE_US = 50000 };

static int64_t plus(int64_t at, int64_t us)
{
    return at == INT64_MAX ? at : at + us;
}

/* Waits until `left` is 0 (or, without a group, only for the time). */
static kafc_err wait_for(kafc_client *c, const size_t *left, int64_t deadline, unsigned interrupts)
{
    kafc_err rc = KAFC_OK;
    kafc__lock(&c->lock);
    while (rc == KAFC_OK && (!left || *left > 0)) {
        if (atomic_load(&c->closing))
            rc = KAFC_ERR_CLOSED;
        else if (atomic_load(&c->interrupts) != interrupts)
            rc = KAFC_ERR_INTERRUPTED;
        else if (!kafc__cond_wait(&c->changed, &c->lock, deadline) && kafc__clock_mono_us() >= deadline)
            rc = KAFC_ERR_TIMED_OUT;
    }
    if (left && *left == 0)
        rc = KAFC_OK;
    kafc__unlock(&c->lock);
    return rc;
}

static void set_up(struct kafc_ask *a, struct kafc_asks *g, int64_t timeout_us)
{
    const int64_t most = (int64_t)g->c->o.request_timeout_ms * 1000;
    a->group = g;
    a->done = false;
    a->code = KAFC_ERR_TIMED_OUT;
    (void)kafc__error(&a->err, KAFC_ERR_TIMED_OUT, "no answer to %s in time", a->api->name);
    kafc__request_init(&a->rq, a->api, a->msg);
    a->rq.timeout_us = timeout_us < most ? timeout_us : most;
    a->rq.prepare = a->prepare;
    a->rq.done = on_done;
    a->rq.owner = a;
}

kafc_err kafc__ask_once(kafc_client *c, struct kafc_ask *a, size_t n, int64_t deadline, unsigned interrupts,
                        kafc_error *err)
{
    struct kafc_asks g = { .c = c, .v = a, .n = n, .left = n };
    int64_t now = kafc__clock_mono_us();
    if (now >= deadline)
        return kafc__error(err, KAFC_ERR_WOULD_BLOCK, "an answer of a broker cannot be had without waiting");
    for (size_t i = 0; i < n; i++)
        set_up(&a[i], &g, deadline == INT64_MAX ? INT64_MAX : deadline - now);
    kafc__client_run(c, start, &g);
    kafc_err rc = wait_for(c, &g.left, plus(deadline, GRACE_US), interrupts);
    if (rc == KAFC_OK)
        return rc;
    kafc__client_run(c, forget, &g);
    return kafc__error(err, rc, "%s", kafc_err_text(rc));
}

bool kafc__ask_again(kafc_err code)
{
    switch (kafc_err_class_of(code)) {
    case KAFC_CLASS_RETRY:
        return code != KAFC_ERR_WOULD_BLOCK && code != KAFC_ERR_INTERRUPTED;
    case KAFC_CLASS_REFRESH:
    case KAFC_CLASS_RECONNECT:
        return true;
    case KAFC_CLASS_NONE:
    case KAFC_CLASS_COORDINATOR:
    case KAFC_CLASS_REJOIN:
    case KAFC_CLASS_ABORT:
    case KAFC_CLASS_FATAL:
    case KAFC_CLASS_USAGE:
        break;
    }
    return false;
}

bool kafc__ask_pause(kafc_client *c, int attempt, int64_t deadline, unsigned interrupts, kafc_err *why)
{
    int64_t us = (int64_t)c->o.retry_backoff_ms * 1000, most = (int64_t)c->o.retry_backoff_max_ms * 1000;
    for (int i = 0; i < attempt && us < most; i++)
        us *= 2;
    us = us < most ? us : most;
    us = us > 1000 ? us : 1000; /* never a busy loop */
    int64_t until = kafc__clock_mono_us() + us;
    if (until >= deadline) {
        *why = KAFC_ERR_TIMED_OUT;
        return false;
    }
    *why = wait_for(c, NULL, until, interrupts);
    return *why == KAFC_ERR_TIMED_OUT;
}

static void refresh(void *arg)
{
    kafc_client *c = arg;
    kafc__meta_stale(c->core);
}

/* The last error that says more than that time ran out, with the time that was spent. */
static kafc_err give_up(const kafc_error *last, int attempts, int64_t begin, kafc_error *err)
{
    if (err) {
        *err = *last;
        size_t n = strlen(err->message);
        if (attempts > 1)
            (void)snprintf(err->message + n, sizeof(err->message) - n, " (%d attempts in %lld ms)", attempts,
                           (long long)((kafc__clock_mono_us() - begin) / 1000));
    }
    return last->code;
}

kafc_err kafc__ask(kafc_client *c, struct kafc_ask *a, int64_t deadline, kafc_error *err)
{
    unsigned interrupts = atomic_load(&c->interrupts);
    int64_t begin = kafc__clock_mono_us();
    kafc_error last = { .code = KAFC_OK };
    for (int attempt = 0;; attempt++) {
        kafc_err why, rc = kafc__ask_once(c, a, 1, deadline, interrupts, err);
        if (rc != KAFC_OK && rc != KAFC_ERR_TIMED_OUT)
            return rc;
        if (rc == KAFC_OK && a->code == KAFC_OK)
            return KAFC_OK;
        if (last.code == KAFC_OK || a->code != KAFC_ERR_TIMED_OUT)
            last = a->err;
        if (rc != KAFC_OK || !kafc__ask_again(a->code))
            return give_up(&last, attempt + 1, begin, err);
        if (kafc_err_class_of(a->code) == KAFC_CLASS_REFRESH)
            kafc__client_run(c, refresh, c);
        if (!kafc__ask_pause(c, attempt, deadline, interrupts, &why))
            return why == KAFC_ERR_TIMED_OUT ? give_up(&last, attempt + 1, begin, err)
                                             : kafc__error(err, why, "%s", kafc_err_text(why));
    }
}

kafc_err kafc__asker_ask(const struct kafc_asker *by, struct kafc_ask *a, int64_t deadline, kafc_error *err)
{
    return by->client ? kafc__ask(by->client, a, deadline, err) : kafc__conn_ask(by->conn, a, deadline, err);
}
