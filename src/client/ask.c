/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Application threads that wait for answers. The request lives in the waiter's
 * memory; before the waiter goes, the loop has forgotten it.
 */
#include "client/ask.h"

#include <stdio.h>
#include <string.h>

#include "core/metadata.h"
#include "core/retry.h"
#include "protocol/api/00_produce.h"

struct kafc_asks {
    kafc_client *c;
    struct kafc_ask *v;
    size_t n, left;     /* left: under c->lock */
    kafc_error trouble; /* what the core had to complain of when time ran out */
};

kafc_err kafc__ask_begin(kafc_client *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__client_enter(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    if (timeout_ms == 0)
        return kafc__error(err, KAFC_ERR_WOULD_BLOCK,
                           "an answer of a broker cannot be had without waiting");
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
    kafc__client_tell(c, &c->changed);
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
    kafc__client_tell(c, &c->changed);
    kafc__unlock(&c->lock);
}

static void on_done(struct kafc_request *rq)
{
    struct kafc_ask *a = rq->owner;
    kafc_error e;
    (void)kafc__error(&e, rq->result, "%s", kafc_err_text(rq->result));
    a->again = kafc__ask_again(-1, rq->result) && !(a->once && rq->sent);
    if (rq->result != KAFC_OK) {
        finish(a, rq->result, rq->why ? rq->why : &e);
        return;
    }
    kafc_err code = a->answer(a, &e);
    if (e.broker < 0)
        e.broker = rq->broker;
    e.api = rq->api->key;
    e.version = rq->version;
    a->again = kafc__ask_again(rq->api->key, code);
    finish(a, code, &e);
}

static void start(void *arg)
{
    struct kafc_asks *g = arg;
    for (size_t i = 0; i < g->n; i++)
        kafc__core_send(g->c->core, g->v[i].node, g->v[i].purpose, &g->v[i].rq);
}

static void forget(void *arg)
{
    struct kafc_asks *g = arg;
    const kafc_error *trouble = kafc__core_trouble(g->c->core);
    if (trouble)
        g->trouble = *trouble;
    for (size_t i = 0; i < g->n; i++) {
        if (!g->v[i].done)
            kafc__core_cancel(g->c->core, &g->v[i].rq);
    }
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
        else if (!kafc__client_wait(c, &c->changed, &c->lock, deadline) &&
                 kafc__clock_mono_us() >= deadline)
            rc = KAFC_ERR_TIMED_OUT;
    }
    if (left && *left == 0)
        rc = KAFC_OK;
    kafc__unlock(&c->lock);
    return rc;
}

static void set_up(struct kafc_ask *a, struct kafc_asks *g)
{
    a->group = g;
    a->done = a->again = false;
    a->code = KAFC_ERR_TIMED_OUT;
    if (a->node == KAFC_ANY_NODE)
        (void)kafc__error(&a->err, KAFC_ERR_TIMED_OUT,
                          "%s was not answered in time by any of %.250s", a->api->name,
                          g->c->o.brokers);
    else if (a->node == KAFC_CONTROLLER_NODE)
        (void)kafc__error(&a->err, KAFC_ERR_TIMED_OUT,
                          "%s was not answered in time by the controller", a->api->name);
    else
        (void)kafc__error(&a->err, KAFC_ERR_TIMED_OUT, "%s was not answered in time by node %d",
                          a->api->name, (int)a->node);
    a->err.broker = a->node >= 0 ? a->node : -1;
    a->err.api = a->api->key;
    kafc__request_init(&a->rq, a->api, a->msg);
    /* The call's deadline may come first: then the request is forgotten, but the connection's patience is that of a
     * whole request (rule C1). */
    a->rq.timeout_us = (int64_t)g->c->o.request_timeout_ms * 1000;
    if (a->ceiling) {
        a->rq.min_version = a->floor;
        a->rq.max_version = a->ceiling;
    }
    if (a->pinned)
        a->rq.min_version = a->rq.max_version = a->version;
    a->rq.no_response = a->no_response;
    a->rq.prepare = a->prepare;
    a->rq.done = on_done;
    a->rq.owner = a;
}

kafc_err kafc__ask_once(kafc_client *c, struct kafc_ask *a, size_t n, int64_t deadline,
                        unsigned interrupts, kafc_error *err)
{
    struct kafc_asks g = { .c = c, .v = a, .n = n, .left = n };
    for (size_t i = 0; i < n; i++)
        set_up(&a[i], &g);
    kafc__client_run(c, start, &g);
    kafc_err rc = wait_for(c, &g.left, deadline, interrupts);
    if (rc == KAFC_OK)
        return rc;
    kafc__client_run(c, forget, &g);
    for (size_t i = 0; i < n && rc == KAFC_ERR_TIMED_OUT && g.trouble.code != KAFC_OK; i++) {
        if (!a[i].done) {
            a[i].err = g.trouble;
            a[i].code = g.trouble.code;
        }
    }
    return kafc__error(err, rc, "%s", kafc_err_text(rc));
}

bool kafc__ask_again(int16_t api, kafc_err code)
{
    return code != KAFC_OK && kafc__retry_reaction(kafc__retry_class(api, code))->again;
}

struct pause {
    kafc_client *c;
    int attempt;
    kafc_err code;
    int64_t us;
};

/* While a node is not known the refresh is all that is waited for. */
enum { NODE_PAUSE_US = 5000 };

static void plan_pause(void *arg)
{
    struct pause *p = arg;
    p->us = kafc__core_retry_delay(p->c->core, p->attempt);
    if (p->code == KAFC_ERR_BROKER_NOT_AVAILABLE) {
        int64_t soon = p->attempt < 10 ? (int64_t)NODE_PAUSE_US << p->attempt : INT64_MAX;
        p->us = soon < p->us ? soon : p->us;
    }
    if (kafc__retry_reaction(kafc__retry_class(-1, p->code))->refresh)
        kafc__meta_stale(p->c->core);
}

bool kafc__ask_pause(kafc_client *c, int attempt, kafc_err code, int64_t deadline,
                     unsigned interrupts, kafc_err *why)
{
    struct pause p = { .c = c, .attempt = attempt, .code = code };
    kafc__client_run(c, plan_pause, &p);
    int64_t until = kafc__clock_mono_us() + (p.us > 1000 ? p.us : 1000); /* never a busy loop */
    if (until >= deadline) {
        *why = KAFC_ERR_TIMED_OUT;
        return false;
    }
    *why = wait_for(c, NULL, until, interrupts);
    return *why == KAFC_ERR_TIMED_OUT;
}

/* The last error that says more than that time ran out, with the time that was spent. That somebody was asked and kept
 * silent does say more. */
static kafc_err give_up(const kafc_error *last, int attempts, int64_t begin, kafc_error *err)
{
    if (err) {
        *err = *last;
        size_t n = strlen(err->message);
        if (attempts > 1)
            (void)snprintf(err->message + n, sizeof(err->message) - n, " (%d attempts in %lld ms)",
                           attempts, (long long)((kafc__clock_mono_us() - begin) / 1000));
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
        if (last.code == KAFC_OK || a->code != KAFC_ERR_TIMED_OUT || a->rq.sent)
            last = a->err;
        if (rc != KAFC_OK || !a->again)
            return give_up(&last, attempt + 1, begin, err);
        if (!kafc__ask_pause(c, attempt, a->code, deadline, interrupts, &why))
            return why == KAFC_ERR_TIMED_OUT ? give_up(&last, attempt + 1, begin, err)
                                             : kafc__error(err, why, "%s", kafc_err_text(why));
    }
}

int kafc__left_ms(int64_t deadline)
{
    if (deadline == INT64_MAX)
        return -1;
    int64_t ms = (deadline - kafc__clock_mono_us() + 999) / 1000;
    return ms < 1 ? 1 : ms > INT32_MAX ? INT32_MAX : (int)ms;
}

kafc_err kafc__raw_check(const struct kafc_api *api, int version, const void *req, kafc_error *err)
{
    if (!api || !req)
        return kafc__error(err, KAFC_ERR_USAGE, "%s without a request", api ? api->name : "a call");
    if (version > api->max || (version >= 0 && version < api->min))
        return kafc__error(err, KAFC_ERR_UNSUPPORTED, "kafc knows %s %d to %d, not %d", api->name,
                           api->min, api->max, version);
    return KAFC_OK;
}

bool kafc__raw_unanswered(const struct kafc_api *api, const void *req)
{
    return api->key == KAFC_API_PRODUCE && ((const struct kafc_produce_req *)req)->acks == 0;
}

static kafc_err ask_by_client(const struct kafc_asker *by, struct kafc_ask *a, int64_t deadline,
                              kafc_error *err)
{
    return kafc__ask(by->client, a, deadline, err);
}

const struct kafc_asking kafc__asking_by_client = { ask_by_client, kafc__ask_once,
                                                    kafc__ask_pause };
