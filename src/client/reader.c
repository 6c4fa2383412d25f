/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_reader: core/consumer with waits around it.
 */
#include "client/reader.h"

#include <errno.h>

#include "base/callback.h"
#include "base/mem.h"
#include "client/loop.h"
#include "client/options.h"
#include "core/metadata.h"

static void on_ready(void *ctx)
{
    kafc_reader *r = ctx;
    bool watched;

    kafc__lock(&r->lock);
    r->ready = true;
    r->events++;
    watched = r->watch.fd >= 0;
    kafc__unlock(&r->lock);
    /* who wakes finds the lock free; the driver frees r, not before this returns */
    kafc__client_tell(r->client, &r->changed);
    if (watched)
        kafc__wake_signal(&r->watch);
}

uint64_t kafc__reader_events(kafc_reader *r)
{
    uint64_t events;

    kafc__lock(&r->lock);
    events = r->events;
    kafc__unlock(&r->lock);
    return events;
}

bool kafc__reader_await(kafc_reader *r, uint64_t events, int64_t deadline)
{
    bool in_time = true;

    kafc__lock(&r->lock);
    while (r->events == events && in_time)
        in_time = kafc__client_wait(r->client, &r->changed, &r->lock, deadline);
    kafc__unlock(&r->lock);
    return in_time;
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

    if (r->cg)
        kafc__cg_stop(r->cg);
    kafc__consumer_stop(r->consumer);
}

static void set_closed(kafc_reader *r)
{
    kafc__lock(&r->lock);
    atomic_store(&r->closed, true);
    r->events++;
    kafc__client_tell(r->client, &r->changed);
    if (r->watch.fd >= 0)
        kafc__wake_signal(&r->watch);
    kafc__unlock(&r->lock);
}

/* Nothing is fetched any more. */
static void close_now(kafc_reader *r)
{
    set_closed(r);
    kafc__client_run_out(r->client, stop_consumer, r);
}

/* The thread that reads may be in any call meanwhile. */
static kafc_err close_with_client(struct kafc_closable *cl, int64_t deadline, kafc_error *err)
{
    kafc_reader *r = KAFC_CONTAINER(cl, kafc_reader, closable);
    kafc_err code = KAFC_OK;

    set_closed(r);
    if (r->cg)
        code = kafc__reader_leave(r, true, true, deadline, err);
    close_now(r);
    return code;
}

static void destroy(kafc_reader *r)
{
    kafc_client *client = r->client;
    kafc_allocator mem = client->mem;

    kafc__reader_stats_fini(r);
    kafc__reader_group_fini(r);
    if (r->consumer)
        kafc__client_run(r->client, free_consumer, r);
    kafc__free(&mem, r->strings);
    kafc__wake_fini(&r->watch);
    kafc__cond_fini(&r->changed);
    kafc__mutex_fini(&r->lock);
    kafc__free(&mem, r);
    kafc__client_let_go(client);
}

void kafc__reader_hold(kafc_reader *r)
{
    atomic_fetch_add(&r->holders, 1);
}

void kafc__reader_let_go(kafc_reader *r)
{
    if (atomic_fetch_sub(&r->holders, 1) == 1)
        destroy(r);
}

static kafc_err start(kafc_reader *r, const kafc_reader_options *asked, kafc_error *err)
{
    const kafc_reader_options *o = &r->cfg.options;
    kafc_err code = KAFC_OK;

    if (o->topic && !*o->topic)
        return kafc__error(err, KAFC_ERR_USAGE, "reader: the topic is empty");
    if (!o->topic && o->partition >= 0)
        return kafc__error(err, KAFC_ERR_USAGE, "reader: partition %d, and no topic", o->partition);
    if (kafc__reader_group_check(r, asked, err))
        return KAFC_ERR_USAGE;
    if (o->topic && !o->group && *o->topic == '^')
        return kafc__error(err, KAFC_ERR_USAGE,
                           "reader: the topic \"%.200s\" is a regular expression, which wants a group",
                           o->topic);
    if (o->topic && !o->group && !kafc__topic_name_ok(o->topic))
        return kafc__topic_name_bad(o->topic, err);
    r->strings = kafc__options_keep(&kafc__reader_options, &r->cfg.options, &r->client->mem);
    if (r->strings)
        kafc__client_run(r->client, make_consumer, r);
    if (!r->consumer)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a reader");
    if (!kafc__client_add(r->client, &r->closable))
        return kafc__error(err, KAFC_ERR_CLOSED, "the client is closed");
    if (o->group)
        code = kafc__reader_group_start(r, err);
    else if (o->topic)
        code = kafc__consumer_read_topic(r->consumer, o->topic, o->partition, err);
    if (code == KAFC_OK)
        kafc__reader_stats_start(r);
    return code;
}

kafc_reader *kafc_reader_open(kafc_client *c, const kafc_reader_options *o, kafc_error *err)
{
    kafc_reader *r;

    if (kafc__client_enter_outside(c, 0, err))
        return NULL;
    r = kafc__zalloc(&c->mem, sizeof *r);
    if (!r) {
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a reader");
        return NULL;
    }
    r->client = c;
    kafc__client_hold(c);
    r->aside = c->hooks.on_consume != NULL;
    atomic_init(&r->holders, 1);
    r->cfg.mem = c->mem;
    r->cfg.on_ready = on_ready;
    r->cfg.ctx = r;
    r->closable.close = close_with_client;
    r->watch.fd = r->watch.out = -1;
    kafc__list_init(&r->closable.node);
    kafc__list_init(&r->source.node);
    kafc__list_init(&r->member_source.node);
    kafc__mutex_init(&r->lock);
    kafc__cond_init(&r->changed);
    kafc__arena_init(&r->topics_arena, &c->mem, 0);
    kafc__arena_init(&r->committed, &c->mem, 0);
    if (kafc__options_resolve(&kafc__reader_options, o, &r->cfg.options, err) || start(r, o, err)) {
        kafc__client_remove(c, &r->closable);
        destroy(r);
        return NULL;
    }
    return r;
}

kafc_err kafc__reader_enter(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = r ? kafc__client_check(r->client, err)
                      : kafc__error(err, KAFC_ERR_USAGE, "no reader");

    if (code)
        return code;
    if (r->closed) /* only the thread that reads may close, or the client's closing does: see wait */
        return kafc__error(err, KAFC_ERR_CLOSED, "the reader is closed");
    return timeout_ms == 0 ? KAFC_OK : kafc__client_enter(r->client, timeout_ms, err);
}

kafc_err kafc__reader_enter_outside(kafc_reader *r, int timeout_ms, const char *call,
                                    kafc_error *err)
{
    kafc_err code = kafc__reader_enter(r, timeout_ms, err);

    if (code == KAFC_OK && r->inside)
        return kafc__error(err, KAFC_ERR_USAGE, "%s is not allowed inside on_rebalance", call);
    return code;
}

struct why {
    kafc_reader *r;
    kafc_error reason;
    bool known;
};

static void ask_why(void *arg)
{
    struct why *w = arg;
    struct kafc_group *g = w->r->cg ? kafc__cg_group(w->r->cg) : NULL;

    w->known = (g && kafc__group_why(g, &w->reason)) ||
               kafc__consumer_why(w->r->consumer, &w->reason);
}

kafc_err kafc__reader_timed_out(kafc_reader *r, kafc_error *err)
{
    struct why w = { .r = r };

    if (err && (kafc__consumer_in_trouble(r->consumer) ||
                (r->cg && kafc__consumer_reads_nothing(r->consumer))))
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
        in_time = kafc__client_wait(r->client, &r->changed, &r->lock, deadline);
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
    case KAFC_ERR_TIMED_OUT: return kafc__reader_timed_out(r, err);
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
    if (!kafc__consumer_reads_nothing(r->consumer) || (r->cg && kafc__cg_is_subscribed(r->cg)) ||
        r->closed) /* in this order: closing gives up what is read */
        return KAFC_OK;
    return kafc__error(
        err, KAFC_ERR_NOT_ASSIGNED,
        "nothing is assigned to this reader: set its topic, or call kafc_reader_assign or kafc_reader_subscribe");
}

/* The caller takes messages, and is seen (max_poll_interval_ms). No other thread counts, or it does not matter. */
static void count(kafc_reader *r)
{
    unsigned n;

    if (!r->polls)
        return;
    n = atomic_load_explicit(r->polls, memory_order_relaxed);
    atomic_store_explicit(r->polls, n + 1, memory_order_relaxed);
}

/* The same while it waits. */
static kafc_err wait_inside(kafc_reader *r, int64_t deadline, kafc_error *err)
{
    int64_t from = kafc__clock_mono_us();
    kafc_err code;

    if (r->cg)
        kafc__group_enter(kafc__cg_group(r->cg));
    code = wait(r, deadline, err);
    if (r->cg)
        kafc__group_exit(kafc__cg_group(r->cg));
    kafc__consumer_waited(r->consumer, kafc__clock_mono_us() - from);
    return code;
}

kafc_err kafc__reader_begin(kafc_reader *r, int timeout_ms, const char *call, const void *out,
                            kafc_error *err)
{
    kafc_err code = kafc__reader_enter_outside(r, 0, call, err);

    if (code)
        return code;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "%s needs room for what comes, not NULL", call);
    if (take_wake(r, timeout_ms, err))
        return KAFC_ERR_INTERRUPTED;
    count(r);
    return KAFC_OK;
}

/* Where the descriptor was made unreadable. */
enum { DRAINED = -1 };

static bool look_again(kafc_reader *r, int timeout_ms, int64_t *deadline, kafc_err *code, kafc_error *err)
{
    if (*code == KAFC_ERR_REBALANCE_IN_PROGRESS) {
        *code = kafc__reader_notices(r, err);
        return *code == KAFC_OK;
    }
    if (*code == KAFC_ERR_WOULD_BLOCK && timeout_ms == 0 && r->watched && *deadline == 0) {
        kafc__wake_drain(&r->watch);
        *deadline = DRAINED;
        return true; /* perhaps it came just before; what comes from now on is told anew */
    }
    if (*code == KAFC_ERR_WOULD_BLOCK && timeout_ms == 0 && r->cg) { /* who was away is back */
        kafc__group_enter(kafc__cg_group(r->cg));
        kafc__group_exit(kafc__cg_group(r->cg));
    }
    if (*code != KAFC_ERR_WOULD_BLOCK || timeout_ms == 0)
        return false;
    if (*deadline == 0) { /* the clock is read only where there is nothing to read */
        *code = kafc__reader_enter(r, timeout_ms, err);
        if (*code == KAFC_OK)
            *code = check_assigned(r, err);
        if (*code)
            return false;
        *deadline = kafc__deadline_in(timeout_ms);
    }
    *code = wait_inside(r, *deadline, err);
    return *code == KAFC_OK;
}

bool kafc__reader_look_again(kafc_reader *r, int timeout_ms, int64_t *deadline, kafc_err *code,
                             kafc_error *err)
{
    bool again = *code != KAFC_OK && look_again(r, timeout_ms, deadline, code, err);

    if (!again && *deadline == DRAINED && *code != KAFC_ERR_WOULD_BLOCK)
        kafc__wake_signal(&r->watch); /* it came just before, and there may be more */
    return again;
}

/* All that must be true for a message to be given, as enter_outside and take_wake look at it, without a call. */
static inline bool is_open(const kafc_reader *r)
{
    return r->client->generation == kafc__fork_generation() &&
           !atomic_load_explicit(&r->closed, memory_order_relaxed) &&
           !atomic_load_explicit(&r->woken, memory_order_relaxed) && !r->aside;
}

void kafc__reader_tell(const kafc_reader *r, const kafc_message *m)
{
    const kafc_hooks *h = &r->client->hooks;

    kafc__callback_enter();
    h->on_consume(h->ctx, m);
    kafc__callback_leave();
}

static kafc_err fetch(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err)
{
    int64_t deadline = 0;
    kafc_err code = kafc__reader_begin(r, timeout_ms, "fetch", m, err);

    if (code)
        return code;
    do {
        code = kafc__consumer_next(r->taker, m, err);
    } while (kafc__reader_look_again(r, timeout_ms, &deadline, &code, err));
    if (code == KAFC_OK && r->client->hooks.on_consume)
        kafc__reader_tell(r, m);
    return code;
}

kafc_err kafc_reader_fetch(kafc_reader *r, kafc_message *m, int timeout_ms, kafc_error *err)
{
    kafc_err code;

    if (!r || !m || !is_open(r))
        return fetch(r, m, timeout_ms, err);
    count(r);
    code = kafc__consumer_next(r->taker, m, err);
    if (code == KAFC_ERR_REBALANCE_IN_PROGRESS ||
        (code == KAFC_ERR_WOULD_BLOCK && (timeout_ms != 0 || r->cg || r->watched)))
        return fetch(r, m, timeout_ms, err);
    return code;
}

int kafc_reader_fd(kafc_reader *r, kafc_error *err)
{
    int fd, why;

    if (kafc__reader_enter(r, 0, err))
        return -1;
    kafc__lock(&r->lock);
    if (!r->watched && kafc__wake_init(&r->watch))
        kafc__wake_signal(&r->watch); /* who knows what is there already */
    fd = r->watch.fd;
    why = errno;
    kafc__unlock(&r->lock);
    r->watched = fd >= 0;
    return r->watched ? fd : kafc__no_descriptor(why, err);
}

kafc_err kafc_reader_fetch_batch(kafc_reader *r, kafc_batch **out, int timeout_ms, kafc_error *err)
{
    int64_t deadline = 0;
    kafc_err code;

    if (out)
        *out = NULL;
    code = kafc__reader_begin(r, timeout_ms, "fetch_batch", out, err);
    if (code)
        return code;
    do {
        code = kafc__consumer_next_batch(r->taker, out, err);
    } while (kafc__reader_look_again(r, timeout_ms, &deadline, &code, err));
    return code;
}

kafc_err kafc_reader_assign(kafc_reader *r, const kafc_assignment *a, int32_t n, kafc_error *err)
{
    kafc_err code = kafc__reader_enter_outside(r, 0, "assign", err);

    if (code == KAFC_OK && (n < 0 || (n > 0 && !a)))
        return kafc__error(err, KAFC_ERR_USAGE, "assign was given %d assignments at %p", n,
                           (const void *)a);
    if (code)
        return code;
    kafc__reader_sought(r, NULL, 0);
    if (r->cg)
        kafc__cg_commit_soon(r->cg);
    return kafc__consumer_assign(r->consumer, a, n, err);
}

kafc_err kafc_reader_assign_add(kafc_reader *r, const kafc_assignment *a, int32_t n,
                                kafc_error *err)
{
    kafc_err code = kafc__reader_enter(r, 0, err);

    if (code == KAFC_OK && (n < 0 || (n > 0 && !a)))
        return kafc__error(err, KAFC_ERR_USAGE, "assign_add was given %d assignments at %p", n,
                           (const void *)a);
    return code ? code : kafc__consumer_assign_add(r->consumer, a, n, err);
}

/* The door of calls that take partitions. */
static kafc_err enter_with(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                           const char *call, kafc_error *err)
{
    kafc_err code = kafc__reader_enter(r, 0, err);

    if (code == KAFC_OK && (n < 0 || (n > 0 && !v)))
        return kafc__error(err, KAFC_ERR_USAGE, "%s was given %d partitions at %p", call, n,
                           (const void *)v);
    return code;
}

kafc_err kafc_reader_assign_remove(kafc_reader *r, const kafc_topic_partition *v, int32_t n,
                                   kafc_error *err)
{
    kafc_err code = enter_with(r, v, n, "assign_remove", err);

    if (code == KAFC_OK && r->cg)
        kafc__cg_commit_soon(r->cg);
    return code ? code : kafc__consumer_assign_remove(r->consumer, v, n, err);
}

int32_t kafc_reader_assignment(kafc_reader *r, kafc_topic_partition *out, int32_t cap)
{
    if (kafc__reader_enter(r, 0, NULL))
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
    kafc_err code = kafc__reader_enter(r, 0, err);

    if (code)
        return code;
    kafc__reader_sought(r, topic, partition);
    return kafc__consumer_seek(r->consumer, topic, partition, to, err);
}

kafc_err kafc_reader_state_get(kafc_reader *r, const char *topic, int32_t partition,
                               kafc_reader_state *out, kafc_error *err)
{
    kafc_err code = kafc__reader_enter(r, 0, err);

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

static kafc_err close_by(kafc_reader *r, int64_t deadline, kafc_error *err)
{
    kafc_err code = KAFC_OK;

    if (r->cg && !r->left) {
        r->left = true;
        code = kafc__reader_leave(r, true, deadline == 0, deadline, &r->result);
        if (code == KAFC_OK)
            r->result.code = KAFC_OK;
    }
    close_now(r);
    if (r->result.code && err)
        *err = r->result;
    return r->result.code;
}

kafc_err kafc_reader_close(kafc_reader *r, int timeout_ms, kafc_error *err)
{
    kafc_err code = r ? kafc__client_check(r->client, err)
                      : kafc__error(err, KAFC_ERR_USAGE, "no reader");

    if (code)
        return code;
    if (r->inside)
        return kafc__error(err, KAFC_ERR_USAGE, "close is not allowed inside on_rebalance");
    if (kafc__callback_inside() || (r->cg && timeout_ms != 0 && kafc__loop_here()))
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "a call that waits was made from inside a callback of kafc");
    return close_by(r, timeout_ms == 0 ? 0 : kafc__deadline_in(timeout_ms), err);
}

void kafc_reader_free(kafc_reader *r)
{
    if (!r || kafc__client_check(r->client, NULL))
        return;
    if (r->inside || kafc__callback_inside()) { /* what called it goes on with the reader */
        kafc__log(&r->client->log, KAFC_LOG_ERROR,
                  "a reader cannot be freed from inside on_rebalance or a hook: it stays");
        return;
    }
    (void)close_by(r, 0, NULL);
    kafc__client_remove(r->client, &r->closable);
    kafc__reader_let_go(r);
}
