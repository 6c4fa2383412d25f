/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The client's life: open, close, free, interrupt; and the checks that every
 * public function begins with. Application threads.
 */
#include "client/client.h"

#include <stdio.h>
#include <string.h>

#include "base/callback.h"
#include "base/mem.h"
#include "client/loop.h"
#include "client/options.h"
#include "io/dial.h"
#include "io/sock.h"

/* --- Doors ------------------------------------------------------------------- */

kafc_err kafc__client_check(const kafc_client *c, kafc_error *err)
{
    if (!c)
        return kafc__error(err, KAFC_ERR_USAGE, "the client is NULL");
    if (c->generation != kafc__fork_generation())
        return kafc__error(err, KAFC_ERR_FORKED,
                           "the client was opened before a fork: the child must open its own");
    return KAFC_OK;
}

kafc_err kafc__client_enter(const kafc_client *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__client_check(c, err);
    if (rc != KAFC_OK)
        return rc;
    if (atomic_load(&c->closing))
        return kafc__error(err, KAFC_ERR_CLOSED, "the client was closed");
    if (timeout_ms != 0 && kafc__loop_here())
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "a call that waits was made from inside a callback of kafc");
    return KAFC_OK;
}

kafc_err kafc__client_enter_outside(const kafc_client *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__client_enter(c, timeout_ms, err);
    if (rc == KAFC_OK && kafc__callback_inside())
        return kafc__error(err, KAFC_ERR_IN_CALLBACK, "the call was made from inside a hook, or another "
                                                      "callback that must leave the client alone");
    return rc;
}

int64_t kafc__deadline_in(int timeout_ms)
{
    return timeout_ms < 0 ? INT64_MAX : kafc__clock_mono_us() + (int64_t)timeout_ms * 1000;
}

bool kafc__client_add(kafc_client *c, struct kafc_closable *cl)
{
    kafc__lock(&c->lock);
    cl->busy = false;
    kafc__list_init(&cl->node);
    bool open = !atomic_load(&c->closing);
    if (open)
        kafc__list_push(&c->closables, &cl->node);
    kafc__unlock(&c->lock);
    return open;
}

void kafc__client_remove(kafc_client *c, struct kafc_closable *cl)
{
    kafc__lock(&c->lock);
    while (cl->busy)
        (void)kafc__client_wait(c, &c->changed, &c->lock, INT64_MAX);
    kafc__list_del(&cl->node);
    kafc__unlock(&c->lock);
}

/* --- Open ---------------------------------------------------------------------- */

static struct kafc_core_config core_config(kafc_client *c)
{
    const kafc_client_options *o = &c->o;
    struct kafc_core_config cfg = {
        .mem = c->mem,
        .log = c->log,
        .brokers = o->brokers,
        .client_id = o->client_id,
        .rack = o->rack,
        .login = c->security.login.mechanism ? &c->security.login : NULL,
        .hooks = c->hooks,
        .tls = c->security.tls != NULL,
        .connect_timeout_us = (int64_t)o->connect_timeout_ms * 1000,
        .request_timeout_us = (int64_t)o->request_timeout_ms * 1000,
        .retry_backoff_us = (int64_t)o->retry_backoff_ms * 1000,
        .retry_backoff_max_us = (int64_t)o->retry_backoff_max_ms * 1000,
        .reconnect_backoff_us = (int64_t)o->reconnect_backoff_ms * 1000,
        .reconnect_backoff_max_us = (int64_t)o->reconnect_backoff_max_ms * 1000,
        .metadata_max_age_us = (int64_t)o->metadata_max_age_ms * 1000,
        .connections_max_idle_us = o->connections_max_idle_ms > 0
                                       ? (int64_t)o->connections_max_idle_ms * 1000
                                       : INT64_MAX,
        .no_rebootstrap = o->metadata_recovery == KAFC_RECOVERY_NONE,
        .rebootstrap_trigger_us = o->rebootstrap_trigger_ms
                                      ? (int64_t)o->rebootstrap_trigger_ms * 1000
                                      : 1,
        .receive_max = o->receive_max_bytes,
        .seed = kafc__clock_seed(),
        .wake = kafc__loop_wake,
        .ctx = c->loop,
    };
    return cfg;
}

static kafc_client *client_new(const kafc_client_options *o, kafc_error *err)
{
    kafc_client *c = kafc__zalloc(o->allocator, sizeof(*c));
    if (!c) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the client");
        return NULL;
    }
    c->o = *o;
    if (o->allocator)
        c->mem = *o->allocator;
    c->o.allocator = NULL;
    c->log = (struct kafc_logger){ o->log_level, o->log, o->log_error, o->ctx, kafc__debug_mask(o->debug) };
    c->generation = kafc__fork_generation();
    atomic_init(&c->holders, 1);
    kafc__mutex_init(&c->lock);
    kafc__cond_init(&c->changed);
    kafc__list_init(&c->closables);
    kafc__mutex_init(&c->sources_lock);
    kafc__list_init(&c->sources);
    return c;
}

static void client_delete(kafc_client *c)
{
    if (c->core)
        kafc__core_free(c->core);
    kafc__loop_free(c->loop);
    kafc__security_close(&c->security);
    if (c->dns)
        kafc__dns_release();
    kafc__mutex_fini(&c->lock);
    kafc__cond_fini(&c->changed);
    kafc__mutex_fini(&c->sources_lock);
    kafc_allocator mem = c->mem;
    kafc__free(&mem, c->strings);
    kafc__free(&mem, c);
}

static kafc_err start(kafc_client *c, kafc_error *err)
{
    kafc_error own;
    kafc_err rc = kafc__security_open(&c->security, c->o.security, c->o.properties, &c->mem, err ? err : &own);
    c->o.security = NULL;
    c->o.properties = NULL;
    if (rc == KAFC_OK && c->o.hooks)
        rc = kafc__options_resolve(&kafc__hooks_options, c->o.hooks, &c->hooks, err);
    c->o.hooks = NULL;
    if (rc != KAFC_OK)
        return rc;
    c->strings = kafc__options_keep(&kafc__client_options, &c->o, &c->mem);
    if (!c->strings)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the client's options");
    c->dns = kafc__dns_hold();
    kafc_error e = { .code = KAFC_ERR_NO_MEMORY };
    c->loop = kafc__loop_new(c, &e);
    if (c->loop) {
        struct kafc_core_config cfg = core_config(c);
        c->core = kafc__core_new(&cfg, kafc__clock_mono_us(), kafc__clock_wall_ms(), &e);
    }
    if (!c->core) {
        if (err)
            *err = e;
        return e.code;
    }
    c->source = (struct kafc_metrics_source){ .table = &kafc__client_metrics,
                                              .object = kafc__core_stats(c->core) };
    kafc__client_source_add(c, &c->source);
    return kafc__loop_start(c->loop, err);
}

kafc_client *kafc_client_open(const kafc_client_options *o, kafc_error *err)
{
    kafc_client_options r;
    if (!o) {
        (void)kafc__error(err, KAFC_ERR_USAGE, "the client's options are NULL");
        return NULL;
    }
    if (kafc__options_resolve(&kafc__client_options, o, &r, err) != KAFC_OK)
        return NULL;
    if (!r.brokers || r.brokers[0] == '\0') {
        (void)kafc__error(err, KAFC_ERR_USAGE, "client: brokers (bootstrap.servers) is required");
        return NULL;
    }
    if (kafc__dial_check_local(r.local_address, err) != KAFC_OK)
        return NULL;
    kafc__fork_watch();
    kafc_client *c = client_new(&r, err);
    if (c && start(c, err) != KAFC_OK) {
        client_delete(c);
        c = NULL;
    }
    return c;
}

static void credentials_came(void *arg)
{
    kafc_client *c = arg;
    kafc__core_credentials(c->core, kafc__clock_mono_us());
}

kafc_err kafc_client_set_credentials(kafc_client *c, const kafc_credentials *credentials, kafc_error *err)
{
    kafc_err rc = kafc__client_enter(c, 0, err);
    if (rc == KAFC_OK)
        rc = kafc__security_give(&c->security, credentials, err);
    if (rc == KAFC_OK)
        kafc__client_run(c, credentials_came, c);
    return rc;
}

/* --- End ------------------------------------------------------------------------- */

static struct kafc_closable *next_to_close(kafc_client *c)
{
    kafc__lock(&c->lock);
    struct kafc_closable *cl = KAFC_LIST_FIRST(&c->closables, struct kafc_closable, node);
    if (cl) {
        kafc__list_del(&cl->node);
        cl->busy = true;
    }
    kafc__unlock(&c->lock);
    return cl;
}

static void closed(kafc_client *c, struct kafc_closable *cl)
{
    kafc__lock(&c->lock);
    cl->busy = false;
    kafc__client_tell(c, &c->changed);
    kafc__unlock(&c->lock);
}

kafc_err kafc_client_close(kafc_client *c, int timeout_ms, kafc_error *err)
{
    kafc_err rc = kafc__client_check(c, err), first = KAFC_OK;
    if (rc != KAFC_OK)
        return rc;
    if (kafc__loop_here())
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "the client cannot be closed from inside a callback of kafc");
    int64_t deadline = kafc__deadline_in(timeout_ms);
    kafc__lock(&c->lock);
    atomic_store(&c->closing, true);
    kafc__client_tell(c, &c->changed);
    kafc__unlock(&c->lock);
    for (struct kafc_closable *cl; (cl = next_to_close(c)) != NULL; closed(c, cl)) {
        rc = cl->close(cl, deadline, first == KAFC_OK ? err : NULL);
        first = first == KAFC_OK ? rc : first;
    }
    kafc__loop_stop(c->loop);
    kafc__lock(&c->lock);
    while (c->asking > 0) /* they were woken and are on their way out */
        (void)kafc__client_wait(c, &c->changed, &c->lock, INT64_MAX);
    kafc__unlock(&c->lock);
    return first;
}

void kafc_client_free(kafc_client *c)
{
    if (!c || kafc__client_check(c, NULL) != KAFC_OK)
        return; /* a forked child touches nothing (rule C7) */
    if (kafc_client_close(c, 0, NULL) == KAFC_ERR_IN_CALLBACK)
        return;
    kafc__client_let_go(c);
}

void kafc__client_hold(kafc_client *c)
{
    atomic_fetch_add(&c->holders, 1);
}

void kafc__client_let_go(kafc_client *c)
{
    if (atomic_fetch_sub(&c->holders, 1) == 1)
        client_delete(c);
}

void kafc_client_interrupt(kafc_client *c)
{
    if (!c || c->generation != kafc__fork_generation())
        return;
    atomic_fetch_add(&c->interrupts, 1);
    kafc__loop_wake(
        c->loop); /* the loop passes it on: a condition cannot be signalled in a signal handler */
}

int kafc__no_descriptor(int why, kafc_error *err)
{
    char text[128];

    kafc__sock_error_text(why, text, sizeof text);
    (void)kafc__error(err, KAFC_ERR_SYSTEM, "the descriptor cannot be made: %s", text);
    return -1;
}
