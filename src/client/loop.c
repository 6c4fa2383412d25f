/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The loop: one thread that moves bytes between sockets and the core, sleeps
 * exactly until the core's next deadline, and runs jobs that other threads
 * post. Nothing here decides anything about Kafka.
 */
#include "client/loop.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/callback.h"
#include "base/map.h"
#include "base/mem.h"
#include "io/dial.h"
#include "io/poller.h"
#include "io/wake.h"

enum {
    EVENTS = 64,
    IOVECS = 256,
    READ_FAIR = 1 << 20, /* bytes read from one socket before the others have their turn */
    WRITE_ROUNDS = 16    /* the same for sendmsg calls */
};

/* A link's socket. */
struct plug {
    struct kafc_list node; /* of loop->dialling while it dials */
    struct kafc_loop *loop;
    uint64_t id; /* the link's */
    int fd;
    unsigned polled;        /* what the poller waits for; 0: not in the poller */
    struct kafc_dial *dial; /* while it dials */
};

struct kafc_loop {
    kafc_client *c;
    struct kafc_wake wake;
    struct kafc_poller *poller;
    struct kafc_map plugs;
    struct kafc_list dialling;
    unsigned interrupts; /* as last seen */
    struct kafc_thread thread;
    bool started;

    struct kafc_mutex lock; /* of what follows */
    struct kafc_cond ran;   /* a job of kafc__client_run is done */
    struct kafc_job *first, **last;
    bool stop, ended;
    struct kafc_mutex inline_lock; /* after the end: who runs things inline */
};

/* Whom this thread drives. */
static _Thread_local const kafc_client *driving;

bool kafc__loop_here(void)
{
    return driving != NULL || kafc__callback_inside();
}

bool kafc__client_on_loop(const kafc_client *c)
{
    return driving == c;
}

void kafc__loop_wake(void *loop)
{
    struct kafc_loop *l = loop;
    kafc__wake_signal(&l->wake);
}

/* --- Sockets ------------------------------------------------------------------ */

static void plug_poll(struct plug *p, unsigned events)
{
    if (p->polled == events || p->fd < 0)
        return;
    if (events == 0)
        kafc__poller_del(p->loop->poller, p->fd);
    else if (!kafc__poller_set(p->loop->poller, p->fd, events, p))
        return; /* tried again with the next change; a call that waits on it ends by its timeout */
    p->polled = events;
}

static void plug_free(struct plug *p)
{
    plug_poll(p, 0);
    kafc__list_del(&p->node);
    if (p->dial) {
        p->dial->fd = -1; /* it is p->fd */
        kafc__dial_cancel(p->dial);
        kafc__free(&p->loop->c->mem, p->dial);
    }
    kafc__sock_close(p->fd);
    (void)kafc__map_del(&p->loop->plugs, &p->id, sizeof(p->id));
    kafc__free(&p->loop->c->mem, p);
}

/* The socket is of no use any more: tells the core, forgets it. */
static void plug_lost(struct plug *p, kafc_err code, const char *why)
{
    struct kafc_core *core = p->loop->c->core;
    uint32_t id = (uint32_t)p->id;
    char text[sizeof(((struct kafc_dial *)0)->why)];
    (void)snprintf(text, sizeof(text), "%s", why); /* it may be the dial's, which goes */
    plug_free(p);
    kafc__core_closed(core, id, code, text, kafc__clock_mono_us());
}

static void plug_failed(struct plug *p, int64_t rc)
{
    char text[128];
    if (rc == KAFC_SOCK_EOF)
        (void)snprintf(text, sizeof(text), "closed by the peer");
    else
        kafc__sock_error_text((int)-rc, text, sizeof(text));
    plug_lost(p, KAFC_ERR_DISCONNECTED, text);
}

static void plug_send(struct plug *p)
{
    struct kafc_core *core = p->loop->c->core;
    struct iovec iov[IOVECS];
    for (int i = 0; i < WRITE_ROUNDS; i++) {
        int n = kafc__core_send_iov(core, (uint32_t)p->id, iov, IOVECS, kafc__core_now(core));
        if (n <= 0) {
            plug_poll(p, KAFC_POLL_IN);
            return;
        }
        int64_t rc = kafc__sock_send(p->fd, iov, n);
        if (rc < 0) {
            plug_failed(p, rc);
            return;
        }
        if (rc == 0)
            break;
        kafc__core_sent(core, (uint32_t)p->id, (size_t)rc, kafc__core_now(core));
    }
    plug_poll(p, KAFC_POLL_IN | KAFC_POLL_OUT);
}

static void plug_receive(struct plug *p, int64_t now)
{
    struct kafc_core *core = p->loop->c->core;
    for (size_t got = 0; got < READ_FAIR;) {
        void *to = NULL;
        size_t room = 0;
        kafc__core_recv_room(core, (uint32_t)p->id, &to, &room);
        if (room == 0)
            return; /* the link is gone: a CLOSE follows */
        int64_t rc = kafc__sock_recv(p->fd, to, room);
        if (rc < 0)
            plug_failed(p, rc);
        if (rc <= 0)
            return;
        kafc__core_received(core, (uint32_t)p->id, (size_t)rc, now);
        got += (size_t)rc;
        if ((size_t)rc < room)
            return; /* that was all there is */
    }
}

static void dial_outcome(struct plug *p)
{
    struct kafc_dial *d = p->dial;
    p->fd = d->fd;
    switch (d->state) {
    case KAFC_DIAL_RESOLVING: break;
    case KAFC_DIAL_CONNECTING: plug_poll(p, KAFC_POLL_OUT); break;
    case KAFC_DIAL_CONNECTED:
        kafc__list_del(&p->node);
        kafc__free(&p->loop->c->mem, d);
        p->dial = NULL;
        plug_poll(p, KAFC_POLL_IN);
        kafc__core_opened(p->loop->c->core, (uint32_t)p->id, kafc__clock_mono_us());
        break;
    case KAFC_DIAL_FAILED: plug_lost(p, d->code, d->why); break;
    }
}

static void dial_step(struct plug *p, bool ready, int64_t now)
{
    plug_poll(p, 0); /* its descriptor may change */
    (void)kafc__dial_step(p->dial, ready, now);
    dial_outcome(p);
}

static void open_link(struct kafc_loop *l, const struct kafc_action *a, int64_t now)
{
    const kafc_allocator *mem = &l->c->mem;
    struct plug *p = kafc__zalloc(mem, sizeof(*p));
    struct kafc_dial *d = p ? kafc__zalloc(mem, sizeof(*d)) : NULL;
    if (p) {
        p->loop = l;
        p->id = a->link;
        p->fd = -1;
        p->dial = d;
        kafc__list_init(&p->node);
    }
    if (!d || !kafc__map_put(&l->plugs, &p->id, sizeof(p->id), p)) {
        kafc__free(mem, d);
        kafc__free(mem, p);
        kafc__core_closed(l->c->core, a->link, KAFC_ERR_NO_MEMORY,
                          kafc_err_text(KAFC_ERR_NO_MEMORY), now);
        return;
    }
    const kafc_client_options *o = &l->c->o;
    struct kafc_resolver r = { o->resolve, o->ctx };
    struct kafc_sock_options so = { o->send_buffer_bytes, o->receive_buffer_bytes };
    kafc__list_push(&l->dialling, &p->node);
    kafc__dial_start(d, a->host, a->port, &r, &so, kafc__loop_wake, l, now, a->deadline);
    dial_outcome(p);
}

/* --- The loop ------------------------------------------------------------------ */

static struct plug *plug_of(struct kafc_loop *l, uint32_t link)
{
    uint64_t id = link;
    return kafc__map_get(&l->plugs, &id, sizeof(id));
}

static void do_actions(struct kafc_loop *l)
{
    struct kafc_action a;
    for (;;) {
        kafc__core_next(l->c->core, &a);
        if (a.kind == KAFC_ACTION_NONE)
            return;
        struct plug *p = a.kind == KAFC_ACTION_OPEN ? NULL : plug_of(l, a.link);
        if (a.kind == KAFC_ACTION_OPEN)
            open_link(l, &a, kafc__clock_mono_us());
        else if (p && a.kind == KAFC_ACTION_CLOSE)
            plug_free(p);
        else if (p && !p->dial)
            plug_send(p);
    }
}

static void handle(struct kafc_loop *l, const struct kafc_poll_event *e, int64_t now)
{
    struct plug *p = e->tag;
    if (!p) {
        kafc__wake_drain(&l->wake);
        return;
    }
    if (p->dial) {
        dial_step(p, true, now);
        return;
    }
    uint64_t id = p->id;
    /* What came is read before a loss is seen: an answer may stand in front of the end. */
    if (e->events & (KAFC_POLL_IN | KAFC_POLL_ERROR))
        plug_receive(p, now);
    if ((e->events & KAFC_POLL_OUT) && (p = plug_of(l, (uint32_t)id)) != NULL)
        plug_send(p);
}

/* Dials that got a name's answer, or are at a deadline. */
static void step_dials(struct kafc_loop *l, int64_t now)
{
    struct plug *p = KAFC_LIST_FIRST(&l->dialling, struct plug, node);
    while (p) {
        struct plug *next = KAFC_LIST_NEXT(&l->dialling, p, struct plug, node);
        if (p->dial->state == KAFC_DIAL_RESOLVING || now >= kafc__dial_deadline(p->dial))
            dial_step(p, false, now);
        p = next;
    }
}

static int64_t next_deadline(struct kafc_loop *l)
{
    int64_t at = kafc__core_deadline(l->c->core);
    for (struct plug *p = KAFC_LIST_FIRST(&l->dialling, struct plug, node); p;
         p = KAFC_LIST_NEXT(&l->dialling, p, struct plug, node)) {
        int64_t d = kafc__dial_deadline(p->dial);
        at = d < at ? d : at;
    }
    return at;
}

static struct kafc_job *take_jobs(struct kafc_loop *l)
{
    kafc__lock(&l->lock);
    struct kafc_job *j = l->first;
    l->first = NULL;
    l->last = &l->first;
    kafc__unlock(&l->lock);
    return j;
}

/* true if there were some. */
static bool run_jobs(struct kafc_loop *l)
{
    struct kafc_job *j = take_jobs(l);
    bool any = j != NULL;
    while (j) {
        struct kafc_job *next = j->next; /* run may give j back */
        j->run(j);
        j = next;
    }
    return any;
}

/* Calls that wait look again when somebody interrupted them. */
static void pass_interrupts(struct kafc_loop *l)
{
    unsigned now = atomic_load(&l->c->interrupts);
    if (now == l->interrupts)
        return;
    l->interrupts = now;
    kafc__lock(&l->c->lock);
    kafc__cond_broadcast(&l->c->changed);
    kafc__unlock(&l->c->lock);
}

/* May the loop sleep, and how long? */
static int64_t sleep_time(struct kafc_loop *l)
{
    kafc__lock(&l->lock);
    bool busy = l->first != NULL || l->stop;
    kafc__unlock(&l->lock);
    if (!kafc__core_sleep(l->c->core) || busy)
        return 0;
    int64_t at = next_deadline(l);
    if (at == INT64_MAX)
        return -1;
    int64_t us = at - kafc__clock_mono_us();
    return us > 0 ? us : 0;
}

static bool stopping(struct kafc_loop *l)
{
    kafc__lock(&l->lock);
    bool stop = l->stop && l->first == NULL;
    l->ended = stop;
    kafc__unlock(&l->lock);
    return stop;
}

static void run(void *arg)
{
    struct kafc_loop *l = arg;
    struct kafc_core *core = l->c->core;
    struct kafc_poll_event ev[EVENTS];
    driving = l->c;
    while (!stopping(l)) {
        int n = kafc__poller_wait(l->poller, ev, EVENTS, sleep_time(l));
        kafc__core_awake(core);
        int64_t now = kafc__clock_mono_us();
        for (int i = 0; i < n; i++)
            handle(l, &ev[i], now);
        pass_interrupts(l);
        step_dials(l, now);
        kafc__core_tick(core, now, kafc__clock_wall_ms());
        if (run_jobs(l))
            kafc__core_tick(core, kafc__clock_mono_us(), kafc__clock_wall_ms());
        do_actions(l);
    }
    driving = NULL;
}

/* --- From other threads ---------------------------------------------------------- */

/* After the loop's end: in its place, one thread at a time. A job may post and run further ones. */
static void run_inline(struct kafc_loop *l, struct kafc_job *job)
{
    const kafc_client *before = driving;
    if (before == l->c) {
        job->run(job);
        return;
    }
    kafc__lock(&l->inline_lock);
    driving = l->c;
    job->run(job);
    driving = before;
    kafc__unlock(&l->inline_lock);
}

/* false: the loop has ended, the job is still the caller's. */
static bool enqueue(struct kafc_loop *l, struct kafc_job *job)
{
    kafc__lock(&l->lock);
    bool ok = !l->ended;
    bool first = l->first == NULL;
    if (ok) {
        job->next = NULL;
        *l->last = job;
        l->last = &job->next;
    }
    kafc__unlock(&l->lock);
    if (ok && first && driving != l->c)
        kafc__wake_signal(&l->wake);
    return ok;
}

void kafc__client_post(kafc_client *c, struct kafc_job *job)
{
    if (!enqueue(c->loop, job))
        run_inline(c->loop, job);
}

struct call {
    struct kafc_job job;
    struct kafc_loop *loop;
    void (*fn)(void *arg);
    void *arg;
    bool done;
};

static void run_call(struct kafc_job *job)
{
    struct call *k = KAFC_CONTAINER(job, struct call, job);
    struct kafc_loop *l = k->loop;
    k->fn(k->arg);
    kafc__lock(&l->lock);
    k->done = true; /* its caller may be gone from the unlock on */
    kafc__cond_broadcast(&l->ran);
    kafc__unlock(&l->lock);
}

void kafc__client_run(kafc_client *c, void (*fn)(void *arg), void *arg)
{
    struct kafc_loop *l = c->loop;
    if (driving == c) {
        fn(arg);
        return;
    }
    struct call k = { .job = { .run = run_call }, .loop = l, .fn = fn, .arg = arg };
    if (!enqueue(l, &k.job)) {
        run_inline(l, &k.job);
        return;
    }
    kafc__lock(&l->lock);
    while (!k.done)
        (void)kafc__cond_wait(&l->ran, &l->lock, INT64_MAX);
    kafc__unlock(&l->lock);
}

/* --- Life --------------------------------------------------------------------------- */

struct kafc_loop *kafc__loop_new(kafc_client *c, kafc_error *err)
{
    struct kafc_loop *l = kafc__zalloc(&c->mem, sizeof(*l));
    if (!l) {
        (void)kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the loop");
        return NULL;
    }
    l->c = c;
    l->last = &l->first;
    l->ended = true; /* until start */
    kafc__list_init(&l->dialling);
    kafc__map_init(&l->plugs, &c->mem);
    kafc__mutex_init(&l->lock);
    kafc__cond_init(&l->ran);
    kafc__mutex_init(&l->inline_lock);
    l->wake.fd = l->wake.out = -1;
    l->poller = kafc__poller_new(&c->mem, KAFC_POLLER_AUTO);
    if (l->poller && kafc__wake_init(&l->wake) &&
        kafc__poller_set(l->poller, l->wake.fd, KAFC_POLL_IN, NULL))
        return l;
    char text[128];
    kafc_err code = errno == ENOMEM ? KAFC_ERR_NO_MEMORY : KAFC_ERR_SYSTEM;
    kafc__sock_error_text(errno, text, sizeof(text));
    (void)kafc__error(err, code, "the loop's descriptors cannot be made: %s", text);
    kafc__loop_free(l);
    return NULL;
}

kafc_err kafc__loop_start(struct kafc_loop *l, kafc_error *err)
{
    l->ended = false; /* nobody else knows it yet */
    l->started = kafc__thread_start(&l->thread, "kafc-loop", run, l);
    if (l->started)
        return KAFC_OK;
    l->ended = true;
    return kafc__error(err, KAFC_ERR_SYSTEM, "the loop thread cannot be started");
}

void kafc__loop_stop(struct kafc_loop *l)
{
    if (!l->started)
        return;
    kafc__lock(&l->lock);
    l->stop = true;
    kafc__unlock(&l->lock);
    kafc__wake_signal(&l->wake);
    kafc__thread_join(&l->thread);
    l->started = false;
    struct plug *p;
    for (size_t i = 0; (p = kafc__map_next(&l->plugs, &i)) != NULL; i = 0)
        plug_free(p);
}

void kafc__loop_free(struct kafc_loop *l)
{
    if (!l)
        return;
    kafc__poller_free(l->poller);
    kafc__wake_fini(&l->wake);
    kafc__map_fini(&l->plugs);
    kafc__mutex_fini(&l->lock);
    kafc__cond_fini(&l->ran);
    kafc__mutex_fini(&l->inline_lock);
    kafc__free(&l->c->mem, l);
}
