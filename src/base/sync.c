/* SPDX-License-Identifier: BSD-2-Clause
 *
 * pthreads, but for locking, which is inline. What fails aborts: it is a broken
 * program, not a condition to handle.
 */
#include "base/sync.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#ifdef __linux__
#include <sys/prctl.h>
#endif

static void must(int rc)
{
    if (rc != 0)
        abort();
}

void kafc__mutex_init(struct kafc_mutex *m)
{
    must(pthread_mutex_init(&m->m, NULL));
}

void kafc__mutex_fini(struct kafc_mutex *m)
{
    (void)pthread_mutex_destroy(&m->m);
}

#ifdef __APPLE__
#define COND_CLOCK CLOCK_REALTIME /* macOS has no pthread_condattr_setclock */
#else
#define COND_CLOCK CLOCK_MONOTONIC
#endif

void kafc__cond_init(struct kafc_cond *c)
{
    pthread_condattr_t a;
    must(pthread_condattr_init(&a));
#ifndef __APPLE__
    must(pthread_condattr_setclock(&a, COND_CLOCK));
#endif
    must(pthread_cond_init(&c->c, &a));
    (void)pthread_condattr_destroy(&a);
}

void kafc__cond_fini(struct kafc_cond *c)
{
    (void)pthread_cond_destroy(&c->c);
}

/* The deadline as the condition's clock counts it. */
static struct timespec cond_deadline(int64_t deadline)
{
    struct timespec ts = { 0 };
    if (deadline < 0)
        deadline = 0;
#ifdef __APPLE__
    struct timespec mono = { 0 };
    (void)clock_gettime(CLOCK_MONOTONIC, &mono);
    (void)clock_gettime(COND_CLOCK, &ts);
    deadline += (int64_t)(ts.tv_sec - mono.tv_sec) * 1000000 + (ts.tv_nsec - mono.tv_nsec) / 1000;
#endif
    ts.tv_sec = (time_t)(deadline / 1000000);
    ts.tv_nsec = (long)(deadline % 1000000) * 1000;
    return ts;
}

KAFC_UNCHECKED_LOCKS bool kafc__cond_wait(struct kafc_cond *c, struct kafc_mutex *m,
                                          int64_t deadline)
{
    if (deadline == INT64_MAX) {
        must(pthread_cond_wait(&c->c, &m->m));
        return true;
    }
    struct timespec ts = cond_deadline(deadline);
    int rc = pthread_cond_timedwait(&c->c, &m->m, &ts);
    if (rc != ETIMEDOUT)
        must(rc);
    return rc == 0;
}

void kafc__cond_signal(struct kafc_cond *c)
{
    must(pthread_cond_signal(&c->c));
}

void kafc__cond_broadcast(struct kafc_cond *c)
{
    must(pthread_cond_broadcast(&c->c));
}

/* --- Quick locks: those who found one held for long sleep here, by its address --------------------- */

enum { BEDS = 16, TURNS = 100 };

static struct {
    pthread_mutex_t m;
    pthread_cond_t c;
} bed[BEDS];
static pthread_once_t beds_once = PTHREAD_ONCE_INIT;

static void make_beds(void)
{
    for (int i = 0; i < BEDS; i++) {
        must(pthread_mutex_init(&bed[i].m, NULL));
        must(pthread_cond_init(&bed[i].c, NULL));
    }
}

/* In the child of a fork nobody sleeps, and who held a bed is not there to give it back. */
static void begin_beds(void)
{
    make_beds();
    must(pthread_atfork(NULL, NULL, make_beds));
}

static size_t bed_of(const struct kafc_quick_lock *l)
{
    must(pthread_once(&beds_once, begin_beds));
    return (size_t)((uintptr_t)l / 64 % BEDS);
}

static void turn(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

void kafc__quick_wait(struct kafc_quick_lock *l)
{
    for (int i = 0; i < TURNS; i++) {
        int state = atomic_load_explicit(&l->state, memory_order_relaxed);
        if (state == KAFC_QUICK_FREE &&
            atomic_compare_exchange_strong_explicit(&l->state, &state, KAFC_QUICK_HELD,
                                                    memory_order_acquire, memory_order_relaxed))
            return;
        if (state == KAFC_QUICK_WANTED)
            break;
        turn();
    }
    size_t i = bed_of(l);
    must(pthread_mutex_lock(&bed[i].m));
    /* Whoever unlocks it from now on knows that there is a sleeper, and waits for the mutex before it wakes. */
    while (atomic_exchange_explicit(&l->state, KAFC_QUICK_WANTED, memory_order_acquire) !=
           KAFC_QUICK_FREE)
        must(pthread_cond_wait(&bed[i].c, &bed[i].m));
    must(pthread_mutex_unlock(&bed[i].m));
}

void kafc__quick_wake(struct kafc_quick_lock *l)
{
    size_t i = bed_of(l);
    must(pthread_mutex_lock(&bed[i].m));
    must(pthread_cond_broadcast(&bed[i].c));
    must(pthread_mutex_unlock(&bed[i].m));
}

static void *trampoline(void *arg)
{
    struct kafc_thread *t = arg;
#ifdef __linux__
    (void)prctl(PR_SET_NAME, t->name, 0, 0, 0);
#endif
    t->fn(t->arg);
    return NULL;
}

bool kafc__thread_start(struct kafc_thread *t, const char *name, void (*fn)(void *), void *arg)
{
    t->fn = fn;
    t->arg = arg;
    (void)snprintf(t->name, sizeof(t->name), "%s", name);
    /* The new thread inherits the mask, so there is no moment at which it could take a signal. */
    sigset_t all, old;
    (void)sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &old));
    int rc = pthread_create(&t->t, NULL, trampoline, t);
    must(pthread_sigmask(SIG_SETMASK, &old, NULL));
    return rc == 0;
}

void kafc__thread_join(struct kafc_thread *t)
{
    must(pthread_join(t->t, NULL));
}

void kafc__thread_detach(struct kafc_thread *t)
{
    must(pthread_detach(t->t));
}

bool kafc__thread_is_self(const struct kafc_thread *t)
{
    return pthread_equal(t->t, pthread_self()) != 0;
}

void kafc__once(pthread_once_t *once, void (*fn)(void))
{
    must(pthread_once(once, fn));
}

void kafc__at_fork(void (*child)(void))
{
    must(pthread_atfork(NULL, NULL, child));
}
