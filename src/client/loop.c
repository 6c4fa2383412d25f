/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The loop: one thread that moves bytes between sockets and the core, sleeps
 * exactly until the core's next deadline, and runs jobs that other threads
 * post. Nothing here decides anything about Kafka.
 */
#include "client/loop.h"

#include <errno.h>
#include <stdio.h>

#include "base/callback.h"
#include "base/mem.h"
#include "client/plugs.h"
#include "io/sock.h"
#include "io/wake.h"

enum { EVENTS = 64 };

struct kafc_loop {
    kafc_client *c;
    struct kafc_wake wake;
    struct kafc_poller *poller;
    struct kafc_plugs plugs;
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

/* --- The loop ------------------------------------------------------------------ */

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
    int64_t at = kafc__core_deadline(l->c->core), dials = kafc__plugs_deadline(&l->plugs);
    at = dials < at ? dials : at;
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
        for (int i = 0; i < n; i++) {
            if (ev[i].tag)
                kafc__plugs_event(&l->plugs, &ev[i], now);
            else
                kafc__wake_drain(&l->wake);
        }
        pass_interrupts(l);
        kafc__plugs_step(&l->plugs, now);
        kafc__core_tick(core, now, kafc__clock_wall_ms());
        if (run_jobs(l))
            kafc__core_tick(core, kafc__clock_mono_us(), kafc__clock_wall_ms());
        kafc__plugs_act(&l->plugs);
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
    kafc__mutex_init(&l->lock);
    kafc__cond_init(&l->ran);
    kafc__mutex_init(&l->inline_lock);
    l->wake.fd = l->wake.out = -1;
    l->poller = kafc__poller_new(&c->mem, KAFC_POLLER_AUTO);
    kafc__plugs_init(&l->plugs, c, l->poller);
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
    kafc__plugs_close(&l->plugs);
}

void kafc__loop_free(struct kafc_loop *l)
{
    if (!l)
        return;
    kafc__poller_free(l->poller);
    kafc__wake_fini(&l->wake);
    kafc__plugs_fini(&l->plugs);
    kafc__mutex_fini(&l->lock);
    kafc__cond_fini(&l->ran);
    kafc__mutex_fini(&l->inline_lock);
    kafc__free(&l->c->mem, l);
}
