/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_writer: core/producer with waits around it. Application threads; the
 * loop calls on_event and on_report.
 */
#include <errno.h>
#include <stdio.h>

#include "base/callback.h"
#include "base/mem.h"
#include "client/client.h"
#include "client/loop.h"
#include "client/options.h"
#include "client/writer.h"
#include "core/producer.h"
#include "io/wake.h"
#include <kafc/writer.h>

enum {
    CLOSE_GRACE_US =
        2000000 /* the loop fails what is left at the deadline; so long close waits for that */
};

struct kafc_writer {
    struct kafc_closable closable;
    struct kafc_metrics_source source;
    kafc_client *client;
    struct kafc_producer *producer;
    kafc_writer_options o;
    unsigned direct; /* of fork, as the client's: send may go straight on. With on_send: none, it never may */
    kafc_err started; /* of start_producer */
    kafc_error *start_err;
    atomic_bool claimed;         /* by a call of transaction.c */
    atomic_uint wakes, answered; /* calls of wake; those that some call has answered */
    struct kafc_mutex lock;      /* of events, for the waits alone */
    struct kafc_cond changed;
    uint64_t events;
    struct kafc_wake reports; /* of kafc_writer_fd(), made when it is asked for */
};

/* --- Waiting --------------------------------------------------------------------- */

static void on_event(void *ctx)
{
    kafc_writer *w = ctx;
    kafc__lock(&w->lock);
    w->events++;
    kafc__client_tell(w->client, &w->changed);
    kafc__unlock(&w->lock);
}

static void on_report(void *ctx, const kafc_report *report)
{
    const kafc_writer *w = ctx;
    w->o.on_delivery(w->o.ctx, report);
}

static int32_t on_partition(void *ctx, const kafc_message *m, int32_t npartitions)
{
    const kafc_writer *w = ctx;
    kafc__callback_enter();
    int32_t partition = w->o.on_partition(w->o.ctx, m, npartitions);
    kafc__callback_leave();
    return partition;
}

static void on_batch(void *ctx, kafc_settled *s)
{
    const kafc_writer *w = ctx;
    w->o.on_batch(w->o.ctx, s);
}

static void on_room(void *ctx)
{
    const kafc_writer *w = ctx;
    w->o.on_room(w->o.ctx);
}

static int64_t now_us(void *ctx)
{
    (void)ctx;
    return kafc__clock_mono_us();
}

struct wait {
    kafc_writer *w;
    int64_t deadline;
    int64_t began;   /* to wait for room; 0: not yet */
    unsigned wakes;  /* when the call began; those that nobody has answered yet are news */
    uint64_t events; /* when it last looked */
};

static struct wait wait_begin(kafc_writer *w, int timeout_ms)
{
    struct wait x = { .w = w,
                      .deadline = kafc__deadline_in(timeout_ms),
                      .wakes = atomic_load(&w->answered) };
    return x;
}

/* Before looking at what is waited for. */
static void wait_look(struct wait *x)
{
    kafc__lock(&x->w->lock);
    x->events = x->w->events;
    kafc__unlock(&x->w->lock);
}

/* KAFC_OK: something has happened since wait_look: look again. */
static kafc_err wait_more(struct wait *x)
{
    kafc_writer *w = x->w;
    bool in_time = true;
    kafc_err code = KAFC_OK;
    kafc__lock(&w->lock);
    while (w->events == x->events && atomic_load(&w->wakes) == x->wakes && in_time)
        in_time = kafc__client_wait(w->client, &w->changed, &w->lock, x->deadline);
    unsigned wakes = atomic_load(&w->wakes);
    if (wakes != x->wakes) {
        atomic_store(&w->answered, wakes);
        code = KAFC_ERR_INTERRUPTED;
    } else if (w->events == x->events) {
        code = KAFC_ERR_TIMED_OUT;
    }
    kafc__unlock(&w->lock);
    return code;
}

/* The same, for room. */
static kafc_err wait_room(struct wait *x)
{
    x->began = x->began ? x->began : kafc__clock_mono_us();
    return wait_more(x);
}

/* The end of the wait of a message, if it had to. */
static void waited(const struct wait *x)
{
    if (x->began)
        kafc__producer_waited(x->w->producer, kafc__clock_mono_us() - x->began);
}

struct trouble {
    struct kafc_core *core;
    char text[320];
};

/* On the loop thread, whose matter it is. */
static void ask_trouble(void *arg)
{
    struct trouble *t = arg;
    const kafc_error *e = kafc__core_trouble(t->core);
    (void)snprintf(t->text, sizeof(t->text), "%.319s", e ? e->message : "");
}

static kafc_err with_trouble(kafc_writer *w, kafc_err code, const char *what, kafc_error *err)
{
    struct trouble t = { .core = w->client->core };
    kafc__client_run(w->client, ask_trouble, &t);
    if (!*t.text)
        kafc__producer_why(w->producer, t.text, sizeof(t.text));
    return kafc__error(err, code, "%s%s%s", what, *t.text ? "; the last trouble: " : "", t.text);
}

static kafc_err wait_error(kafc_writer *w, kafc_err code, const char *what, kafc_error *err)
{
    char text[128];
    if (code == KAFC_ERR_INTERRUPTED)
        return kafc__error(err, code, "the writer was woken while it waited for %s", what);
    (void)snprintf(text, sizeof(text), "out of time while waiting for %s", what);
    return with_trouble(w, code, text, err);
}

/* --- Open -------------------------------------------------------------------------- */

static void start_producer(void *arg)
{
    kafc_writer *w = arg;
    w->started = kafc__producer_start(w->producer, w->start_err);
}

static void stop_producer(void *arg)
{
    kafc_writer *w = arg;
    kafc__producer_stop(w->producer);
}

static kafc_err close_by(kafc_writer *w, int64_t deadline, kafc_error *err);

static kafc_err close_with_client(struct kafc_closable *cl, int64_t deadline, kafc_error *err)
{
    return close_by(KAFC_CONTAINER(cl, kafc_writer, closable), deadline, err);
}

static void fill_config(kafc_writer *w, struct kafc_producer_config *cfg)
{
    const kafc_writer_options *o = &w->o;
    int acks = (int)o->acks;
    *cfg = (struct kafc_producer_config){ .mem = w->client->mem,
                                          .topic = o->topic,
                                          .acks = (int16_t)acks };
    cfg->idempotence = o->idempotence == KAFC_ON || (o->idempotence == KAFC_DEFAULT && acks == -1);
    cfg->idempotence_asked = o->idempotence == KAFC_ON || o->transactional_id;
    cfg->compression = o->compression;
    cfg->level = kafc__option_level(o->compression_level);
    cfg->topics = o->topics;
    cfg->ntopics = o->ntopics;
    cfg->linger_us = (int64_t)o->linger_ms * 1000;
    cfg->batch_bytes = o->batch_bytes;
    cfg->batch_messages = o->batch_messages;
    cfg->message_max_bytes = o->message_max_bytes;
    cfg->buffer_bytes = o->buffer_bytes;
    cfg->delivery_timeout_us = (int64_t)o->delivery_timeout_ms * 1000;
    cfg->request_timeout_us = (int64_t)o->request_timeout_ms * 1000;
    cfg->attempts_max = o->retries == INT32_MAX ? 0 : o->retries + 1;
    cfg->max_in_flight = o->max_in_flight ? o->max_in_flight : 5;
    cfg->partitioner = o->partitioner;
    cfg->ignore_keys = o->ignore_keys == KAFC_ON;
    cfg->not_adaptive = o->adaptive == KAFC_OFF;
    cfg->availability_timeout_us = (int64_t)o->availability_timeout_ms * 1000;
    cfg->on_partition = o->on_partition ? on_partition : NULL;
    cfg->partition_ctx = w;
    cfg->metadata_max_idle_us = (int64_t)o->metadata_max_idle_ms * 1000;
    cfg->transactional_id = o->transactional_id;
    cfg->transaction_timeout_ms = o->transaction_timeout_ms;
    cfg->create_topics = o->create_topics == KAFC_ON;
    cfg->reports = o->reports != KAFC_REPORTS_DEFAULT ? o->reports
                   : o->on_delivery || o->on_batch    ? KAFC_REPORTS_ALL
                                                      : KAFC_REPORTS_NONE;
    cfg->report_slots = o->report_slots;
    cfg->seed = kafc__clock_seed();
    cfg->now_us = now_us;
    cfg->on_report = o->on_delivery ? on_report : NULL;
    cfg->on_batch = o->on_batch ? on_batch : NULL;
    cfg->on_room = o->on_room ? on_room : NULL;
    cfg->on_event = on_event;
    cfg->ctx = w;
    w->o.reports = cfg->reports;
}

static void destroy(kafc_writer *w)
{
    kafc_allocator mem = w->client->mem;
    kafc__client_source_remove(w->client, &w->source);
    if (w->producer) {
        kafc__client_run(w->client, stop_producer, w);
        kafc__producer_free(w->producer);
    }
    kafc__wake_fini(&w->reports);
    kafc__cond_fini(&w->changed);
    kafc__mutex_fini(&w->lock);
    kafc__free(&mem, w);
}

static kafc_err start(kafc_writer *w, const kafc_writer_options *o, kafc_error *err)
{
    struct kafc_producer_config cfg;
    kafc_error why; /* the producer may be refused without the caller's asking why */
    kafc_err code = kafc__options_resolve(&kafc__writer_options, o, &w->o, err);
    if (code != KAFC_OK)
        return code;
    if (w->o.topic && !*w->o.topic)
        return kafc__error(err, KAFC_ERR_USAGE, "writer: the topic is empty");
    if (w->o.on_delivery && w->o.on_batch)
        return kafc__error(err, KAFC_ERR_USAGE, "writer: on_delivery and on_batch: one of them");
    if (w->o.reports == KAFC_REPORTS_BATCHES && !w->o.on_batch)
        return kafc__error(err, KAFC_ERR_USAGE, "writer: reports of batches need on_batch");
    if (w->o.linger_ms >= w->o.delivery_timeout_ms)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "writer: delivery_timeout_ms, %d, ends messages before linger_ms, %d, "
                           "lets them be sent",
                           (int)w->o.delivery_timeout_ms, (int)w->o.linger_ms);
    fill_config(w, &cfg);
    w->producer = kafc__producer_new(w->client->core, &cfg, &why);
    if (!w->producer) {
        if (err)
            *err = why;
        return why.code;
    }
    w->start_err = err;
    kafc__client_run(w->client, start_producer, w);
    w->start_err = NULL;
    if (w->started != KAFC_OK)
        return w->started;
    if (!kafc__client_add(w->client, &w->closable))
        return kafc__error(err, KAFC_ERR_CLOSED, "the client is closed");
    w->source = (struct kafc_metrics_source){ .table = &kafc__producer_metrics,
                                              .object = w->producer,
                                              .kind = "writer",
                                              .topic = kafc__producer_topic(w->producer) };
    kafc__client_source_add(w->client, &w->source);
    return KAFC_OK;
}

kafc_writer *kafc_writer_open(kafc_client *c, const kafc_writer_options *o, kafc_error *err)
{
    if (kafc__client_enter_outside(c, 0, err) != KAFC_OK)
        return NULL;
    kafc_writer *w = kafc__zalloc(&c->mem, sizeof(*w));
    if (!w) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a writer");
        return NULL;
    }
    w->client = c;
    w->direct = c->hooks.on_send ? ~c->generation : c->generation;
    w->reports.fd = w->reports.out = -1;
    w->closable.close = close_with_client;
    kafc__list_init(&w->closable.node);
    kafc__list_init(&w->source.node);
    kafc__mutex_init(&w->lock);
    kafc__cond_init(&w->changed);
    if (start(w, o, err) != KAFC_OK) {
        kafc__client_remove(c, &w->closable);
        destroy(w);
        return NULL;
    }
    return w;
}

/* The start of every call. */
static kafc_err enter(const kafc_writer *w, int timeout_ms, kafc_error *err)
{
    if (!w)
        return kafc__error(err, KAFC_ERR_USAGE, "no writer");
    kafc_err code = kafc__client_check(w->client, err);
    if (code != KAFC_OK || timeout_ms == 0)
        return code;
    if (kafc__loop_here())
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "a call that waits was made from inside a callback of kafc");
    return KAFC_OK;
}

/* --- Send ----------------------------------------------------------------------------- */

static int64_t wall_of(const kafc_message *m)
{
    return m->timestamp == 0 ? kafc__clock_coarse_ms() : 0;
}

KAFC_COLD static kafc_err send_slowly(kafc_writer *w, const kafc_message *m, void *opaque,
                                      int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(w, timeout_ms, err);
    if (timeout_ms == 0) {
        kafc__producer_want_room(w->producer);
        return kafc__producer_send(w->producer, m, opaque, wall_of(m), err);
    }
    struct wait x = wait_begin(w, timeout_ms);
    while (code == KAFC_OK) {
        wait_look(&x);
        code = kafc__producer_send(w->producer, m, opaque, wall_of(m), err);
        if (code != KAFC_ERR_WOULD_BLOCK)
            break;
        code = wait_room(&x);
        if (code != KAFC_OK)
            code = wait_error(w, code, "room for a message", err);
    }
    waited(&x);
    return code;
}

/* The message was taken; the next one may come a little later. */
KAFC_COLD static void pause_a_moment(kafc_writer *w, int timeout_ms)
{
    bool in_time = !kafc__loop_here(); /* of any client */
    int64_t longest = timeout_ms < 0 ? w->o.max_block_ms : timeout_ms;
    int64_t pause = kafc__producer_crowded(w->producer);
    pause = longest < 0 || longest * 1000 > pause ? pause : longest * 1000;
    int64_t deadline = kafc__clock_mono_us() + pause;
    kafc__lock(&w->lock);
    unsigned wakes = atomic_load(&w->wakes);
    while (in_time && kafc__producer_crowded(w->producer) && atomic_load(&w->wakes) == wakes)
        in_time = kafc__client_wait(w->client, &w->changed, &w->lock, deadline);
    kafc__unlock(&w->lock);
    kafc__producer_crowd_on(w->producer);
}

KAFC_INLINE kafc_err send(kafc_writer *w, const kafc_message *m, void *opaque, int timeout_ms,
                          kafc_error *err)
{
    if (!m)
        return kafc__error(err, KAFC_ERR_USAGE, "no message");
    kafc_err code = kafc__producer_send(w->producer, m, opaque, wall_of(m), err);
    if (timeout_ms != 0 && kafc__producer_crowded(w->producer))
        pause_a_moment(w, timeout_ms);
    if (code != KAFC_ERR_WOULD_BLOCK)
        return code;
    if (timeout_ms < 0)
        timeout_ms = w->o.max_block_ms;
    return timeout_ms == 0 && !w->o.on_room ? code : send_slowly(w, m, opaque, timeout_ms, err);
}

/* on_send may change a copy of the message. NULL: as it is. */
static const kafc_message *hooked(const kafc_writer *w, const kafc_message *m, kafc_message *copy)
{
    const kafc_hooks *h = &w->client->hooks;
    if (!m || !h->on_send)
        return m;
    *copy = *m;
    kafc__callback_enter();
    h->on_send(h->ctx, copy);
    kafc__callback_leave();
    return copy;
}

KAFC_COLD static kafc_err send_aside(kafc_writer *w, const kafc_message *m, void *opaque, int timeout_ms,
                                     kafc_error *err)
{
    kafc_message copy;
    kafc_err code = enter(w, 0, err);
    return code ? code : send(w, hooked(w, m, &copy), opaque, timeout_ms, err);
}

kafc_err kafc_writer_send(kafc_writer *w, const kafc_message *m, void *opaque, int timeout_ms,
                          kafc_error *err)
{
    if (!w || w->direct != kafc__fork_generation())
        return send_aside(w, m, opaque, timeout_ms, err);
    return send(w, m, opaque, timeout_ms, err);
}

/* --- Write ------------------------------------------------------------------------------ */

static kafc_err add_one(struct wait *x, struct kafc_write *g, int32_t i, const kafc_message *m,
                        kafc_error *err)
{
    kafc_err code = KAFC_OK;
    kafc_message copy;
    m = hooked(x->w, m, &copy);
    x->began = 0;
    while (code == KAFC_OK) {
        wait_look(x);
        code = kafc__producer_write_add(x->w->producer, g, i, m, wall_of(m), err);
        if (code != KAFC_ERR_WOULD_BLOCK)
            break;
        kafc__producer_write_push(x->w->producer);
        code = wait_room(x);
        if (code != KAFC_OK)
            code = wait_error(x->w, code, "room for a message", err);
    }
    waited(x);
    return code;
}

/* Ends early only when nothing more can be added; *why is of the first that was refused. */
static int32_t add_all(struct wait *x, struct kafc_write *g, const kafc_message *m, int32_t n,
                       kafc_err *first, kafc_error *err)
{
    kafc_error why;
    for (int32_t i = 0; i < n; i++) {
        kafc_err code = add_one(x, g, i, &m[i], &why);
        if (code == KAFC_OK)
            continue;
        g->entry[i].report.code = code;
        if (*first == KAFC_OK) {
            *first = code;
            if (err)
                *err = why;
        }
        if (code == KAFC_ERR_TIMED_OUT || code == KAFC_ERR_INTERRUPTED || code == KAFC_ERR_CLOSED) {
            for (int32_t k = i + 1; k < n; k++)
                g->entry[k].report.code = code;
            return i;
        }
    }
    return n;
}

static kafc_err first_failure(kafc_writer *w, const kafc_message *m, const kafc_report *r,
                              int32_t i, kafc_error *err)
{
    char why[256];
    int32_t asked = m->to_partition == KAFC_ZERO ? 0 : m->to_partition ? m->to_partition : -1;
    if (r->why && strcmp(r->why, kafc_err_text(r->code)) != 0)
        (void)snprintf(why, sizeof(why), "%s", r->why);
    else
        kafc__producer_why(w->producer, why, sizeof(why));
    char part[16] = "";
    if (r->partition >= 0 || asked >= 0)
        (void)snprintf(part, sizeof(part), " [%d]", (int)(r->partition >= 0 ? r->partition : asked));
    return kafc__error(err, r->code, "message %d, to %s%s, %s: %s%s%s%s", (int)i,
                       r->topic ? r->topic : "?", part,
                       r->verdict == KAFC_PERHAPS_WRITTEN ? "perhaps written" : "not written",
                       kafc_err_text(r->code), *why ? " (" : "", why, *why ? ")" : "");
}

static kafc_err collect(kafc_writer *w, const kafc_message *m, struct kafc_write *g, int32_t n,
                        kafc_report *results, kafc_err code, kafc_error *err)
{
    kafc_report first = { .code = KAFC_OK };
    int32_t at = -1; /* of first, which was refused for itself if one was */
    for (int32_t i = 0; i < n; i++) {
        struct kafc_write_entry *e = &g->entry[i];
        kafc_report r = { .verdict = KAFC_PERHAPS_WRITTEN,
                          .code = KAFC_ERR_TIMED_OUT,
                          .partition = -1,
                          .broker = -1,
                          .offset = KAFC_OFFSET_UNKNOWN };
        if (!e->taken || atomic_load_explicit(&e->settled, memory_order_acquire))
            r = e->report;
        if (r.code != KAFC_OK && !r.why)
            r.why = kafc_err_text(r.code);
        if (results)
            results[i] = r;
        bool blameless = r.code == KAFC_OK || r.code == KAFC_ERR_OTHER_RECORD_INVALID;
        if ((at < 0 && r.code != KAFC_OK) ||
            (first.code == KAFC_ERR_OTHER_RECORD_INVALID && !blameless)) {
            first = r;
            at = i;
        }
    }
    return code != KAFC_OK || at < 0 ? code : first_failure(w, &m[at], &first, at, err);
}

kafc_err kafc_writer_write_each(kafc_writer *w, const kafc_message *m, int32_t n,
                                kafc_report *results, int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(w, timeout_ms ? timeout_ms : 1, err), first = KAFC_OK;
    if (code != KAFC_OK)
        return code;
    if (n < 0 || (n > 0 && !m))
        return kafc__error(err, KAFC_ERR_USAGE, "%d messages at %s", (int)n,
                           m ? "an address" : "NULL");
    struct kafc_write *g = kafc__producer_write_begin(w->producer, n);
    for (int32_t i = 0; !g && results && i < n; i++)
        results[i] = (kafc_report){ .verdict = KAFC_NOT_WRITTEN,
                                    .code = KAFC_ERR_NO_MEMORY,
                                    .why = kafc_err_text(KAFC_ERR_NO_MEMORY),
                                    .partition = -1,
                                    .broker = -1,
                                    .offset = KAFC_OFFSET_UNKNOWN };
    if (!g)
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d verdicts", (int)n);
    struct wait x = wait_begin(w, timeout_ms);
    (void)add_all(&x, g, m, n, &first, err);
    kafc__producer_write_end(w->producer, g);
    for (;;) {
        wait_look(&x);
        if (kafc__producer_write_done(g))
            break;
        code = wait_more(&x);
        if (code != KAFC_OK) {
            first = first != KAFC_OK ? first : wait_error(w, code, "the verdicts", err);
            break;
        }
    }
    code = collect(w, m, g, n, results, first, err);
    kafc__producer_write_unref(g);
    return code;
}

kafc_err kafc_writer_write(kafc_writer *w, const kafc_message *m, int32_t n, int timeout_ms,
                           kafc_error *err)
{
    return kafc_writer_write_each(w, m, n, NULL, timeout_ms, err);
}

/* --- Reports, flush, statistics ------------------------------------------------------------ */

static kafc_err queue_check(const kafc_writer *w, kafc_error *err)
{
    if (!w->o.on_delivery && !w->o.on_batch && w->o.reports != KAFC_REPORTS_NONE)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_USAGE, "%s",
                       w->o.on_delivery ? "reports go to on_delivery"
                       : w->o.on_batch  ? "reports go to on_batch"
                                        : "the writer was opened without reports");
}

bool kafc_settled_next(kafc_settled *s, kafc_report *report)
{
    return s && report && kafc__producer_settled_next(s, report);
}

static void on_waiting(void *ctx, bool waiting)
{
    kafc_writer *w = ctx;
    if (waiting)
        kafc__wake_signal(&w->reports);
    else
        kafc__wake_drain(&w->reports);
}

int kafc_writer_fd(kafc_writer *w, kafc_error *err)
{
    if (enter(w, 0, err) != KAFC_OK || queue_check(w, err) != KAFC_OK)
        return -1;
    kafc__lock(&w->lock);
    bool fresh = w->reports.fd < 0 && kafc__wake_init(&w->reports);
    int fd = w->reports.fd, why = errno;
    kafc__unlock(&w->lock);
    if (fresh)
        kafc__producer_watch_reports(w->producer, on_waiting, w);
    return fd >= 0 ? fd : kafc__no_descriptor(why, err);
}

kafc_err kafc_writer_poll(kafc_writer *w, kafc_report *reports, int32_t max, int32_t *n,
                          int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(w, timeout_ms, err);
    if (n)
        *n = 0;
    if (code != KAFC_OK)
        return code;
    if (!n || !reports)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "poll needs room for reports and their number, not NULL");
    if (max <= 0)
        return kafc__error(err, KAFC_ERR_USAGE, "no room for reports");
    code = queue_check(w, err);
    if (code != KAFC_OK)
        return code;
    struct wait x = wait_begin(w, timeout_ms);
    for (;;) {
        wait_look(&x);
        bool closed = kafc__producer_closed(w->producer); /* before the look: none comes after it */
        *n = kafc__producer_reports(w->producer, reports, max);
        if (*n)
            return KAFC_OK;
        if (closed)
            return kafc__error(err, KAFC_ERR_CLOSED,
                               "the writer is closed, and all reports were collected");
        if (timeout_ms == 0)
            return kafc__error(err, KAFC_ERR_WOULD_BLOCK, "no reports yet");
        code = wait_more(&x);
        if (code != KAFC_OK)
            return wait_error(w, code, "reports", err);
    }
}

kafc_err kafc_writer_flush(kafc_writer *w, int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(w, timeout_ms ? timeout_ms : 1, err);
    if (code != KAFC_OK)
        return code;
    struct kafc_flush f;
    struct wait x = wait_begin(w, timeout_ms);
    kafc__producer_flush_begin(w->producer, &f);
    while (code == KAFC_OK) {
        wait_look(&x);
        if (atomic_load(&f.done) || kafc__producer_closed(w->producer))
            break;
        code = wait_more(&x);
    }
    kafc__producer_flush_end(w->producer, &f);
    return code == KAFC_OK ? KAFC_OK : wait_error(w, code, "the verdicts of all messages", err);
}

void kafc_writer_stats_get(const kafc_writer *w, kafc_writer_stats *out)
{
    if (out)
        kafc__metrics_get(&kafc__producer_metrics,
                          enter(w, 0, NULL) == KAFC_OK ? w->producer : NULL, out);
}

kafc_err kafc_writer_stats_since(const kafc_writer *w, kafc_stats_mark **mark,
                                 kafc_writer_stats *out, kafc_error *err)
{
    kafc_err code = enter(w, 0, err);
    if (code != KAFC_OK)
        return code;
    return kafc__metrics_since(&w->source, &w->client->mem, mark, out, err);
}

/* --- Close ----------------------------------------------------------------------------------- */

static kafc_err close_by(kafc_writer *w, int64_t deadline, kafc_error *err)
{
    kafc__producer_close(w->producer, deadline);
    if (kafc__client_on_loop(w->client) && !kafc__producer_closed(w->producer))
        return kafc__error(err, KAFC_ERR_TIMED_OUT, "the writer is being closed");
    struct wait x = wait_begin(w, -1);
    x.deadline = deadline > INT64_MAX - CLOSE_GRACE_US ? INT64_MAX : deadline + CLOSE_GRACE_US;
    for (;;) {
        wait_look(&x);
        if (kafc__producer_closed(w->producer))
            break;
        x.wakes = atomic_load(&w->wakes); /* closing is not interrupted: its end is certain */
        if (wait_more(&x) == KAFC_ERR_TIMED_OUT)
            return wait_error(w, KAFC_ERR_TIMED_OUT, "the loop", err);
    }
    if (kafc__producer_closed_in_time(w->producer))
        return KAFC_OK;
    if (w->o.acks == 0)
        return with_trouble(w, KAFC_ERR_TIMED_OUT,
                            "brokers have not said that they have taken all messages", err);
    return wait_error(w, KAFC_ERR_TIMED_OUT, "all verdicts: some messages failed", err);
}

kafc_err kafc_writer_close(kafc_writer *w, int timeout_ms, kafc_error *err)
{
    kafc_err code = enter(w, timeout_ms, err);
    return code != KAFC_OK ? code : close_by(w, kafc__deadline_in(timeout_ms), err);
}

void kafc_writer_free(kafc_writer *w)
{
    if (!w || kafc__client_check(w->client, NULL) != KAFC_OK)
        return;
    if (kafc__loop_here()) { /* what called it goes on with the writer */
        kafc__log(&w->client->log, KAFC_LOG_ERROR,
                  "a writer cannot be freed from inside a callback: it stays");
        return;
    }
    kafc__client_remove(w->client, &w->closable);
    destroy(w);
}

void kafc_writer_wake(kafc_writer *w)
{
    if (!w || kafc__client_check(w->client, NULL) != KAFC_OK)
        return;
    atomic_fetch_add(&w->wakes, 1);
    kafc__producer_wake(
        w->producer); /* the loop signals: a condition is no thing for a signal handler */
}

/* --- For transaction.c ------------------------------------------------------------------------- */

kafc_err kafc__writer_enter(const kafc_writer *w, kafc_error *err)
{
    return enter(w, 1, err);
}

kafc_client *kafc__writer_client(const kafc_writer *w)
{
    return w->client;
}

struct kafc_producer *kafc__writer_producer(const kafc_writer *w)
{
    return w->producer;
}

bool kafc__writer_claim(kafc_writer *w, bool claim)
{
    return !atomic_exchange(&w->claimed, claim) || !claim;
}

kafc_err kafc__writer_await(kafc_writer *w, bool (*over)(void *arg), void *arg, int timeout_ms,
                            const char *what, kafc_error *err)
{
    struct wait x = wait_begin(w, timeout_ms < 0 ? w->o.max_block_ms : timeout_ms);
    for (;;) {
        wait_look(&x);
        if (over(arg))
            return KAFC_OK;
        kafc_err code = wait_more(&x);
        if (code != KAFC_OK)
            return over(arg) ? KAFC_OK : wait_error(w, code, what, err);
    }
}
