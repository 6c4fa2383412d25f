/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls: one request each, tried until it succeeds, fails for good, or its
 * deadline passes. Driver's thread.
 */
#include "core/call.h"

#include "core/retry.h"

static void end(struct kafc_call *call, kafc_err code, const kafc_error *err)
{
    if (call->ended)
        return;
    call->ended = true;
    kafc__core_cancel(call->core, &call->rq);
    kafc__core_timer_stop(call->core, &call->timer);
    kafc__core_remove(call->core, &call->member);
    call->finished(call, code, err); /* may free the call */
}

static void out_of_time(struct kafc_call *call)
{
    kafc_error err;
    const kafc_error *trouble = kafc__core_trouble(call->core);
    const kafc_error *last = call->last.code ? &call->last : trouble;
    const char *api = call->rq.api->name;
    if (last)
        kafc__error(&err, KAFC_ERR_TIMED_OUT, "%s: out of time after %d attempts; the last: %s",
                    api, call->attempts, last->message);
    else
        kafc__error(&err, KAFC_ERR_TIMED_OUT, "%s: out of time, the request was not answered", api);
    err.broker = last ? last->broker : call->rq.broker;
    err.api = call->rq.api->key;
    err.version = call->rq.version;
    end(call, KAFC_ERR_TIMED_OUT, &err);
}

static void try_now(struct kafc_call *call)
{
    struct kafc_core *c = call->core;
    call->attempts++;
    call->rq.timeout_us = kafc__core_config(c)->request_timeout_us;
    /* The deadline of the call may come first: then the request is forgotten, but the connection's patience is that of
     * a whole request (rule C1). */
    kafc__core_timer_set(c, &call->timer, call->deadline);
    kafc__core_send(c, call->node, KAFC_FOR_CONTROL, &call->rq);
}

static void given_up(struct kafc_call *call)
{
    kafc_error err;
    kafc__error(&err, KAFC_ERR_CANCELLED, "%s: given up by the caller", call->rq.api->name);
    end(call, KAFC_ERR_CANCELLED, &err);
}

static void alarm_rang(void *owner)
{
    struct kafc_call *call = owner;
    if (atomic_load(&call->cancelled))
        given_up(call);
    else if (kafc__core_now(call->core) >= call->deadline)
        out_of_time(call);
    else
        try_now(call);
}

/* The error of an attempt: again after a pause, or the end. */
static void attempt_failed(struct kafc_call *call, kafc_err code, const kafc_error *err,
                           bool transport)
{
    struct kafc_core *c = call->core;
    call->last = *err;
    const struct kafc_reaction *r = kafc__retry_reaction(
        kafc__retry_class(transport ? -1 : call->rq.api->key, code));
    if (!r->again || (transport && call->sent_once && call->rq.sent)) {
        end(call, code, err);
        return;
    }
    if (r->refresh)
        kafc__meta_stale(c);
    int64_t pause = kafc__core_retry_delay(c, call->attempts - 1), at = kafc__core_now(c) + pause;
    kafc__log_in(&kafc__core_config(c)->log, KAFC_LOG_DEBUG, KAFC_DEBUG_ADMIN, "%s: again in %lld ms: %s",
                 call->rq.api->name, (long long)(pause / 1000), err->message);
    kafc__core_timer_set(c, &call->timer, at < call->deadline ? at : call->deadline);
}

static void done(struct kafc_request *rq)
{
    struct kafc_call *call = rq->owner;
    if (rq->result) {
        attempt_failed(call, rq->result, rq->why, true);
        return;
    }
    kafc_error err = { .broker = -1, .api = -1, .version = -1 };
    kafc_err code = call->answer(call, &err);
    if (!code) {
        end(call, KAFC_OK, NULL);
        return;
    }
    if (err.code != code)
        kafc__error(&err, code, "%s: %s", rq->api->name, kafc_err_text(code));
    err.broker = rq->broker;
    err.api = rq->api->key;
    err.version = rq->version;
    attempt_failed(call, code, &err, false);
}

static void poked(struct kafc_member *m)
{
    struct kafc_call *call = KAFC_CONTAINER(m, struct kafc_call, member);
    if (atomic_load(&call->cancelled))
        given_up(call);
}

bool kafc__call_init(struct kafc_call *call, struct kafc_core *c, const struct kafc_api *api,
                     const void *msg)
{
    memset(call, 0, sizeof(*call));
    call->core = c;
    call->node = KAFC_ANY_NODE;
    call->member.poked = poked;
    kafc__list_init(&call->member.node);
    kafc__request_init(&call->rq, api, msg);
    call->rq.done = done;
    call->rq.owner = call;
    return kafc__core_timer_init(c, &call->timer, alarm_rang, call);
}

void kafc__call_fini(struct kafc_call *call)
{
    if (call->started && !call->ended) {
        call->ended = true;
        kafc__core_cancel(call->core, &call->rq);
        kafc__core_remove(call->core, &call->member);
    }
    kafc__core_timer_fini(call->core, &call->timer);
}

void kafc__call_start(struct kafc_call *call, int64_t deadline)
{
    call->started = true;
    call->deadline = deadline;
    kafc__core_add(call->core, &call->member);
    if (atomic_load(&call->cancelled)) /* before it began */
        kafc__core_timer_set(call->core, &call->timer, kafc__core_now(call->core));
    else
        try_now(call);
}
