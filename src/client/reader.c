/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader: core/consumer with waits around it.
 */
#include <stdatomic.h>

#include "base/mem.h"
#include "client/client.h"
#include "client/options.h"
#include "core/consumer.h"

struct kafc_reader {
    struct kafc_closable closable;
    kafc_client *client;
    struct kafc_consumer *consumer;
    struct kafc_taker *taker; /* the consumer's own */
    struct kafc_consumer_config cfg;
    struct kafc_mutex lock; /* of ready and closed, for the wait alone */
    struct kafc_cond changed;
    bool ready; /* something may be there since the last look */
    atomic_bool closed;
    atomic_bool woken;
};

static void on_ready(void *ctx)
{
    kafc_reader *r = ctx;

    kafc__lock(&r->lock);
    r->ready = true;
    kafc__cond_broadcast(&r->changed);
    kafc__unlock(&r->lock);
}

static void make_consumer(void *arg)
{
    kafc_reader *r = arg;

    r->consumer = kafc__consumer_new(r->client->core, &r->cfg);
    r->taker = r->consumer ? kafc__consumer_taker(r->consumer) : NULL;
}

static void free_consumer(void *arg)
{
    kafc_reader *r = arg;

    kafc__consumer_free(r->consumer);
    r->consumer = NULL;
}

static void stop_consumer(void *arg)
{
    kafc_reader *r = arg;

    kafc__consumer_stop(r->consumer);
}

static kafc_err close_now(kafc_reader *r)
{
    kafc__lock(&r->lock);
    atomic_store(&r->closed, true);
    kafc__cond_broadcast(&r->changed);
    kafc__unlock(&r->lock);
    kafc__client_run(r->client, stop_consumer, r); /* nothing is fetched any more */
    return KAFC_OK;
}

static kafc_err close_with_client(struct kafc_closable *cl, int64_t deadline, kafc_error *err)
{
    (void)deadline;
    (void)err;
    return close_now(KAFC_CONTAINER(cl, kafc_reader, closable));
}

static void destroy(kafc_reader *r)
{
    kafc_allocator mem = r->client->mem;

    if (r->consumer)
        kafc__client_run(r->client, free_consumer, r);
    kafc__cond_fini(&r->changed);
    kafc__mutex_fini(&r->lock);
    kafc__free(&mem, r);
}

static kafc_err start(kafc_reader *r, kafc_error *err)
{
    const kafc_reader_options *o = &r->cfg.options;

    if (o->topic && !*o->topic)
        return kafc__error(err, KAFC_ERR_USAGE, "reader: the topic is empty");
    if (!o->topic && o->partition >= 0)
        return kafc__error(err, KAFC_ERR_USAGE, "reader: partition %d, and no topic", o->partition);
    kafc__client_run(r->client, make_consumer, r);
    if (!r->consumer)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a reader");
    if (!kafc__client_add(r->client, &r->closable))
        return kafc__error(err, KAFC_ERR_CLOSED, "the client is closed");
    if (!o->topic)
        return KAFC_OK;
    return kafc__consumer_read_topic(r->consumer, o->topic, o->partition, err);
}

kafc_reader *kafc_reader_open(kafc_client *c, const kafc_reader_options *o, kafc_error *err)
{
    kafc_reader *r;

    if (kafc__client_enter(c, 0, err))
        return NULL;
    r = kafc__zalloc(&c->mem, sizeof *r);
    if (!r) {
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a reader");
        return NULL;
    }
    r->client = c;
    r->cfg.mem = c->mem;
    r->cfg.on_ready = on_ready;
    r->cfg.ctx = r;
    r->closable.close = close_with_client;
    kafc__list_init(&r->closable.node);
    kafc__mutex_init(&r->lock);
    kafc__cond_init(&r->changed);
    if (kafc__options_resolve(&kafc__reader_options, o, &r->cfg.options, err) || start(r, err)) {
        kafc__client_remove(c, &r->closable);
        destroy(r);
        return NULL;
    }
    return r;
}

/* The start of every call: usable at all? */
static kafc_err enter(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = r ? kafc__client_check(r->client, err)
                      : kafc__error(err, KAFC_ERR_USAGE, "no reader");

    if (code)
        return code;
    if (r->closed) /* only the thread that reads may close, or the client's closing does: see wait */
        return kafc__error(err, KAFC_ERR_CLOSED, "the reader is closed");
    return timeout_ms == 0 ? KAFC_OK : kafc__client_enter(r->client, timeout_ms, err);
}

struct why {
    struct kafc_consumer *consumer;
    kafc_error reason;
    bool known;
};

static void ask_why(void *arg)
{
    struct why *w = arg;

    w->known = kafc__consumer_why(w->consumer, &w->reason);
}

/* Says what and where, if it is not just that nothing was written. */
static kafc_err timed_out(kafc_reader *r, kafc_error *err)
{
    struct why w = { .consumer = r->consumer };

    if (err && kafc__consumer_in_trouble(r->consumer))
        kafc__client_run(r->client, ask_why, &w);
    if (!w.known)
        return kafc__error(err, KAFC_ERR_TIMED_OUT, "no message came within the timeout");
    kafc__error(err, KAFC_ERR_TIMED_OUT,
                "no message came within the timeout; the last trouble: %.400s", w.reason.message);
    err->broker = w.reason.broker;
    return KAFC_ERR_TIMED_OUT;
}

/* Waits until the consumer may have something. KAFC_OK: look again. */
static kafc_err wait(kafc_reader *r, int64_t deadline, kafc_error *err)
{
    kafc_err code = KAFC_OK;
    bool in_time = true;

    kafc__lock(&r->lock);
    while (!r->ready && !r->closed && in_time && !atomic_load(&r->woken))
        in_time = kafc__cond_wait(&r->changed, &r->lock, deadline);
    if (r->closed)
        code = KAFC_ERR_CLOSED;
    else if (atomic_exchange(&r->woken, false))
        code = KAFC_ERR_INTERRUPTED;
    else if (!r->ready)
        code = KAFC_ERR_TIMED_OUT;
    r->ready = false;
    kafc__unlock(&r->lock);
    switch ((int)code) {
    case KAFC_ERR_CLOSED: return kafc__error(err, code, "the reader was closed");
    case KAFC_ERR_INTERRUPTED: return kafc__error(err, code, "the reader was woken");
    case KAFC_ERR_TIMED_OUT: return timed_out(r, err);
    default: return code;
    }
}

/* A wake-up that nobody has answered is for this call, also when there is something to read: a program that reads as
 * fast as it can never waits, and is to end on Ctrl-C as well. */
static bool take_wake(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    if (timeout_ms == 0 || !atomic_load_explicit(&r->woken, memory_order_relaxed))
        return false;
    atomic_store(&r->woken, false);
    kafc__error(err, KAFC_ERR_INTERRUPTED, "the reader was woken");
    return true;
}

/* One thread reads and assigns: while it waited for nothing, nothing could come. */
static kafc_err check_assigned(kafc_reader *r, kafc_error *err)
{
    if (!kafc__consumer_reads_nothing(r->consumer) ||
        r->closed) /* in this order: closing gives up what is read */
        return KAFC_OK;
    return kafc__error(
        err, KAFC_ERR_NOT_ASSIGNED,
        "nothing is assigned to this reader: set its topic or call kafc_reader_assign");
}

/* All that must be true for a message to be given, as enter and take_wake look at it, without a call. */
static inline bool is_open(const kafc_reader *r)
{
    return r->client->generation == kafc__fork_generation() &&
           !atomic_load_explicit(&r->closed, memory_order_relaxed) &&
           !atomic_load_explicit(&r->woken, memory_order_relaxed);
}

static kafc_err fetch(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err)
{
    int64_t deadline = 0;
    kafc_err code = enter(r, 0, err);

    if (code == KAFC_OK && !m)
        return kafc__error(err, KAFC_ERR_USAGE, "fetch needs room for a message, not NULL");
    if (code == KAFC_OK && take_wake(r, timeout_ms, err))
        return KAFC_ERR_INTERRUPTED;
    while (code == KAFC_OK) {
        code = kafc__consumer_next(r->taker, m, err);
        if (code != KAFC_ERR_WOULD_BLOCK || timeout_ms == 0)
            return code;
        if (deadline == 0) { /* the clock is read only where there is nothing to read */
            code = enter(r, timeout_ms, err);
            if (code == KAFC_OK)
                code = check_assigned(r, err);
            deadline = kafc__deadline_in(timeout_ms);
            if (code)
                return code;
        }
        code = wait(r, deadline, err);
    }
    return code;
}

kafc_err kafc_reader_fetch(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err)
{
    kafc_err code;

    if (!r || !m || !is_open(r))
        return fetch(r, m, timeout_ms, err);
    code = kafc__consumer_next(r->taker, m, err);
    return code == KAFC_ERR_WOULD_BLOCK && timeout_ms != 0 ? fetch(r, m, timeout_ms, err) : code;
}

kafc_err kafc_reader_fetch_batch(kafc_reader *r, kafc_batch **out, int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(r, timeout_ms, err);
    int64_t deadline = kafc__deadline_in(timeout_ms);

    if (code == KAFC_OK && !out)
        return kafc__error(err, KAFC_ERR_USAGE, "fetch_batch needs room for a batch, not NULL");
    if (code == KAFC_OK && take_wake(r, timeout_ms, err)) {
        *out = NULL;
        return KAFC_ERR_INTERRUPTED;
    }
    while (code == KAFC_OK) {
        code = kafc__consumer_next_batch(r->taker, out, err);
        if (code != KAFC_ERR_WOULD_BLOCK || timeout_ms == 0)
            return code;
        code = check_assigned(r, err);
        if (code == KAFC_OK)
            code = wait(r, deadline, err);
    }
    return code;
}

kafc_err kafc_reader_assign(kafc_reader *r, const kafc_assignment *a, int32_t n, kafc_error *err)
{
    kafc_err code = enter(r, 0, err);

    if (code == KAFC_OK && (n < 0 || (n > 0 && !a)))
        return kafc__error(err, KAFC_ERR_USAGE, "assign was given %d assignments at %p", n,
                           (const void *)a);
    return code ? code : kafc__consumer_assign(r->consumer, a, n, err);
}

kafc_err kafc_reader_assign_add(kafc_reader *r, const kafc_assignment *a, int32_t n,
                                kafc_error *err)
{
    kafc_err code = enter(r, 0, err);

    if (code == KAFC_OK && (n < 0 || (n > 0 && !a)))
        return kafc__error(err, KAFC_ERR_USAGE, "assign_add was given %d assignments at %p", n,
                           (const void *)a);
    return code ? code : kafc__consumer_assign_add(r->consumer, a, n, err);
}

/* The door of calls that take partitions. */
static kafc_err enter_with(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                           const char *call, kafc_error *err)
{
    kafc_err code = enter(r, 0, err);

    if (code == KAFC_OK && (n < 0 || (n > 0 && !v)))
        return kafc__error(err, KAFC_ERR_USAGE, "%s was given %d partitions at %p", call, n,
                           (const void *)v);
    return code;
}

kafc_err kafc_reader_assign_remove(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                                   kafc_error *err)
{
    kafc_err code = enter_with(r, v, n, "assign_remove", err);

    return code ? code : kafc__consumer_assign_remove(r->consumer, v, n, err);
}

int32_t kafc_reader_assignment(kafc_reader *r, kafc_topic_partition *out, int32_t cap)
{
    if (enter(r, 0, NULL))
        return 0;
    return kafc__consumer_assignment(r->consumer, out, out ? cap : 0);
}

kafc_err kafc_reader_pause(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                           kafc_error *err)
{
    kafc_err code = enter_with(r, v, n, "pause", err);

    return code ? code : kafc__consumer_pause(r->consumer, v, n, true, err);
}

kafc_err kafc_reader_resume(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                            kafc_error *err)
{
    kafc_err code = enter_with(r, v, n, "resume", err);

    return code ? code : kafc__consumer_pause(r->consumer, v, n, false, err);
}

kafc_err kafc_reader_seek(kafc_reader *r, const char *topic, int32_t partition, kafc_position to,
                          kafc_error *err)
{
    kafc_err code = enter(r, 0, err);

    return code ? code : kafc__consumer_seek(r->consumer, topic, partition, to, err);
}

kafc_err kafc_reader_state_get(kafc_reader *r, const char *topic, int32_t partition,
                               kafc_reader_state *out, kafc_error *err)
{
    kafc_err code = enter(r, 0, err);

    if (code == KAFC_OK && !out)
        return kafc__error(err, KAFC_ERR_USAGE, "the state of a partition needs room, not NULL");
    return code ? code : kafc__consumer_state(r->consumer, topic, partition, out, err);
}

void kafc_reader_wake(kafc_reader *r)
{
    if (!r || kafc__client_check(r->client, NULL))
        return;
    atomic_store(&r->woken, true);
    kafc__consumer_poke(
        r->consumer); /* the loop broadcasts: a condition is no thing for a signal handler */
}

kafc_err kafc_reader_close(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = r ? kafc__client_check(r->client, err)
                      : kafc__error(err, KAFC_ERR_USAGE, "no reader");

    (void)timeout_ms; /* a reader without a group has nothing to wait for */
    return code ? code : close_now(r);
}

void kafc_reader_free(kafc_reader *r)
{
    if (!r || kafc__client_check(r->client, NULL))
        return;
    (void)close_now(r);
    kafc__client_remove(r->client, &r->closable);
    destroy(r);
}
