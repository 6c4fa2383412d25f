/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The loop: moves bytes between sockets and the core, sleeps exactly until the
 * core's next deadline, and runs what other threads hand over. A thread of the
 * client's own drives it, or else whoever calls, one thread at a time. Nothing
 * here decides anything about Kafka.
 */
#include "client/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "base/callback.h"
#include "base/mem.h"
#include "client/plugs.h"
#include "io/sock.h"
#include "io/wake.h"
#include <kafc/loop.h>

enum { EVENTS = 64 };

/* A function for the loop thread, in the memory of the thread that waits for it. */
struct call {
    struct call *next;
    void (*fn)(void *arg);
    void *arg;
    bool done;
};

struct kafc_loop {
    kafc_client *c;
    bool driven; /* by those who call: there is no thread */
    struct kafc_wake wake;
    struct kafc_poller *poller;
    struct kafc_plugs plugs;
    unsigned interrupts; /* as last seen */
    struct kafc_thread thread;
    bool started;

    struct kafc_mutex lock; /* of what follows; no other is taken under it */
    struct kafc_cond ran;   /* a call is done, the drive is free, or something was told */
    struct call *first, **last;
    bool stop, ended;
    bool busy;       /* some thread drives: driven, or inline after the end */
    unsigned wanted; /* by so many threads, for a moment */
    uint64_t told;   /* driven: how often kafc__client_tell() was called */
    bool asked;      /* driven: somebody polls by what was told, and is woken whenever that may have changed */
};

/* Whom this thread drives; several when a callback of one client calls another. */
struct driving {
    const kafc_client *c;
    struct driving *outer;
};
static _Thread_local struct driving *driving;

static void drive_begin(const struct kafc_loop *l, struct driving *d)
{
    *d = (struct driving){ l->c, driving };
    driving = d;
}

static void drive_end(const struct driving *d)
{
    driving = d->outer;
}

bool kafc__loop_here(void)
{
    return driving != NULL || kafc__callback_inside();
}

bool kafc__client_on_loop(const kafc_client *c)
{
    const struct driving *d = driving;
    while (d && d->c != c)
        d = d->outer;
    return d != NULL;
}

void kafc__loop_wake(void *loop)
{
    struct kafc_loop *l = loop;
    kafc__wake_signal(&l->wake);
}

/* --- One turn ------------------------------------------------------------------ */

static struct call *take_calls(struct kafc_loop *l)
{
    kafc__lock(&l->lock);
    struct call *k = l->first;
    l->first = NULL;
    l->last = &l->first;
    kafc__unlock(&l->lock);
    return k;
}

/* true if there were some. */
static bool run_calls(struct kafc_loop *l)
{
    struct call *k = take_calls(l);
    bool any = k != NULL;
    while (k) {
        struct call *next = k->next;
        k->fn(k->arg);
        kafc__lock(&l->lock);
        k->done = true; /* its caller may be gone from the unlock on */
        kafc__cond_broadcast(&l->ran);
        kafc__unlock(&l->lock);
        k = next;
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
    kafc__client_tell(l->c, &l->c->changed);
    kafc__unlock(&l->c->lock);
}

static int64_t next_deadline(const struct kafc_loop *l)
{
    int64_t core = kafc__core_deadline(l->c->core), dials = kafc__plugs_deadline(&l->plugs);
    return dials < core ? dials : core;
}

/* May the loop sleep, and how long, if it is wanted back at `until`? */
static int64_t sleep_time(struct kafc_loop *l, int64_t until)
{
    kafc__lock(&l->lock);
    bool busy = l->first != NULL || l->stop;
    kafc__unlock(&l->lock);
    if (!kafc__core_sleep(l->c->core) || busy)
        return 0;
    int64_t at = next_deadline(l);
    at = until < at ? until : at;
    if (at == INT64_MAX)
        return -1;
    int64_t us = at - kafc__clock_mono_us();
    return us > 0 ? us : 0;
}

static void turn(struct kafc_loop *l, int64_t until)
{
    struct kafc_core *core = l->c->core;
    struct kafc_poll_event ev[EVENTS];
    int n = kafc__poller_wait(l->poller, ev, EVENTS, sleep_time(l, until));
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
    if (run_calls(l))
        kafc__core_tick(core, kafc__clock_mono_us(), kafc__clock_wall_ms());
    kafc__plugs_act(&l->plugs);
}

/* --- The thread ------------------------------------------------------------------ */

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
    struct driving d;
    drive_begin(l, &d);
    while (!stopping(l))
        turn(l, INT64_MAX);
    drive_end(&d);
}

/* --- The drive, where there is no thread (any more) -------------------------------- */

static void take(struct kafc_loop *l) KAFC_REQUIRES(&l->lock);
static void leave(struct kafc_loop *l) KAFC_REQUIRES(&l->lock);
static bool drive(struct kafc_loop *l, int64_t deadline) KAFC_REQUIRES(&l->lock);

/* Who drives steps aside for a moment. */
static void take(struct kafc_loop *l)
{
    l->wanted++;
    if (l->busy)
        kafc__wake_signal(&l->wake);
    while (l->busy)
        (void)kafc__cond_wait(&l->ran, &l->lock, INT64_MAX);
    l->wanted--;
    l->busy = true;
}

static void leave(struct kafc_loop *l)
{
    /* From here on pokes wake; what is left to do, and news for who polls already, do so at once. */
    bool more = !kafc__core_sleep(l->c->core) || l->asked;
    l->busy = false;
    kafc__cond_broadcast(&l->ran);
    if (more)
        kafc__wake_signal(&l->wake);
}

/* false: the deadline has passed. */
static bool drive(struct kafc_loop *l, int64_t deadline)
{
    uint64_t told = l->told;
    struct driving d;
    bool in_time;
    l->busy = true;
    drive_begin(l, &d);
    do {
        kafc__unlock(&l->lock);
        turn(l, deadline);
        in_time = deadline == INT64_MAX || kafc__clock_mono_us() < deadline;
        kafc__lock(&l->lock);
    } while (in_time && l->told == told && l->wanted == 0);
    drive_end(&d);
    leave(l);
    return in_time;
}

/* --- From other threads ------------------------------------------------------------ */

/* In place of a thread that never was, or has ended. */
static void run_inline(struct kafc_loop *l, void (*fn)(void *arg), void *arg, bool out)
{
    struct kafc_core *core = l->c->core;
    struct driving d;
    kafc__lock(&l->lock);
    take(l);
    kafc__unlock(&l->lock);
    int64_t now = kafc__clock_mono_us(), wall = kafc__clock_wall_ms();
    drive_begin(l, &d);
    kafc__core_clock(core, now, wall);
    fn(arg);
    if (out && !l->ended) { /* who drives alone can change that */
        kafc__core_tick(core, now, wall);
        kafc__plugs_act(&l->plugs);
    }
    drive_end(&d);
    kafc__lock(&l->lock);
    leave(l);
    kafc__unlock(&l->lock);
}

/* false: there is no thread. */
static bool run_there(struct kafc_loop *l, struct call *k)
{
    kafc__lock(&l->lock);
    bool ok = !l->driven && !l->ended, first = l->first == NULL;
    if (ok) {
        *l->last = k;
        l->last = &k->next;
    }
    if (ok && first)
        kafc__wake_signal(&l->wake);
    while (ok && !k->done)
        (void)kafc__cond_wait(&l->ran, &l->lock, INT64_MAX);
    kafc__unlock(&l->lock);
    return ok;
}

static void run_for(kafc_client *c, void (*fn)(void *arg), void *arg, bool out)
{
    struct call k = { .fn = fn, .arg = arg };
    if (kafc__client_on_loop(c))
        fn(arg);
    else if (!run_there(c->loop, &k))
        run_inline(c->loop, fn, arg, out);
}

void kafc__client_run(kafc_client *c, void (*fn)(void *arg), void *arg)
{
    run_for(c, fn, arg, false);
}

void kafc__client_run_out(kafc_client *c, void (*fn)(void *arg), void *arg)
{
    run_for(c, fn, arg, true);
}

KAFC_UNCHECKED_LOCKS bool kafc__client_wait(kafc_client *c, struct kafc_cond *cond,
                                            struct kafc_mutex *m, int64_t deadline)
{
    struct kafc_loop *l = c->loop;
    bool in_time = true;
    if (!l->driven)
        return kafc__cond_wait(cond, m, deadline);
    kafc__lock(&l->lock);
    uint64_t told = l->told; /* what is told from here on has not been looked at */
    kafc__unlock(m);
    while (l->told == told && in_time) {
        if (l->busy || l->wanted || l->ended)
            in_time = kafc__cond_wait(&l->ran, &l->lock, deadline);
        else
            in_time = drive(l, deadline);
    }
    kafc__unlock(&l->lock);
    kafc__lock(m);
    return in_time;
}

void kafc__client_tell(kafc_client *c, struct kafc_cond *cond)
{
    struct kafc_loop *l = c->loop;
    if (!l->driven) {
        kafc__cond_broadcast(cond);
        return;
    }
    kafc__lock(&l->lock);
    l->told++;
    kafc__cond_broadcast(&l->ran);
    bool elsewhere = l->busy && !kafc__client_on_loop(c);
    kafc__unlock(&l->lock);
    if (elsewhere)
        kafc__wake_signal(&l->wake);
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
    l->driven = c->o.driven == KAFC_ON;
    l->last = &l->first;
    l->ended = true; /* until start */
    kafc__mutex_init(&l->lock);
    kafc__cond_init(&l->ran);
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
    l->started = l->driven || kafc__thread_start(&l->thread, "kafc-loop", run, l);
    if (l->started)
        return KAFC_OK;
    l->ended = true;
    return kafc__error(err, KAFC_ERR_SYSTEM, "the loop thread cannot be started");
}

static void stop_thread(struct kafc_loop *l)
{
    kafc__lock(&l->lock);
    l->stop = true;
    kafc__unlock(&l->lock);
    kafc__wake_signal(&l->wake);
    kafc__thread_join(&l->thread);
}

static void stop_drivers(struct kafc_loop *l)
{
    kafc__lock(&l->lock);
    take(l);
    l->ended = true;
    leave(l);
    kafc__unlock(&l->lock);
}

void kafc__loop_stop(struct kafc_loop *l)
{
    if (!l->started)
        return;
    if (l->driven)
        stop_drivers(l);
    else
        stop_thread(l);
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
    kafc__free(&l->c->mem, l);
}

/* --- For those who drive -------------------------------------------------------------- */

static kafc_err enter(kafc_client *c, kafc_error *err)
{
    kafc_err code = kafc__client_enter(c, 0, err);
    if (code == KAFC_OK && !c->loop->driven)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "the client has a thread that drives it: open it with .driven = KAFC_ON");
    return code;
}

int kafc_client_fd(kafc_client *c, kafc_error *err)
{
    if (enter(c, err) != KAFC_OK)
        return -1;
    int fd = kafc__poller_fd(c->loop->poller);
    if (fd < 0)
        (void)kafc__error(err, KAFC_ERR_UNSUPPORTED,
                          "one descriptor for all needs epoll(7): use kafc_client_pollfds()");
    return fd;
}

int kafc_client_pollfds(kafc_client *c, struct pollfd *v, int max, kafc_error *err)
{
    if (enter(c, err) != KAFC_OK)
        return -1;
    struct kafc_loop *l = c->loop;
    kafc__lock(&l->lock);
    int n = 1;
    l->asked = true;
    if (!l->busy)
        n = kafc__poller_fds(l->poller, v, max);
    else if (max > 0) /* the others are about to change; then it is woken */
        *v = (struct pollfd){ .fd = l->wake.fd, .events = POLLIN };
    kafc__unlock(&l->lock);
    return n;
}

int kafc_client_timeout(kafc_client *c)
{
    if (enter(c, NULL) != KAFC_OK)
        return 0;
    struct kafc_loop *l = c->loop;
    kafc__lock(&l->lock);
    l->asked = true;
    int64_t at = l->busy ? INT64_MAX : next_deadline(l);
    kafc__unlock(&l->lock);
    if (at == INT64_MAX)
        return -1;
    int64_t us = at - kafc__clock_mono_us();
    return us <= 0 ? 0 : us / 1000 >= INT_MAX ? INT_MAX : (int)((us + 999) / 1000);
}

kafc_err kafc_client_process(kafc_client *c, kafc_error *err)
{
    kafc_err code = enter(c, err);
    if (code != KAFC_OK)
        return code;
    if (kafc__loop_here())
        return kafc__error(err, KAFC_ERR_IN_CALLBACK,
                           "a client cannot be driven from inside a callback of kafc");
    struct kafc_loop *l = c->loop;
    kafc__lock(&l->lock);
    if (!l->busy && !l->ended) {
        l->asked = false;
        (void)drive(l, 0);
    }
    kafc__unlock(&l->lock);
    return KAFC_OK;
}
