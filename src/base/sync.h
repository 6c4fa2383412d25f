/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Mutex, condition and thread over pthreads, with clang's thread-safety
 * annotations. The only place that calls pthread_*.
 */
#ifndef KAFC_BASE_SYNC_H
#define KAFC_BASE_SYNC_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#if defined(__clang__)
#define KAFC_TS_(x) __attribute__((x))
#else
#define KAFC_TS_(x)
#endif
#define KAFC_CAPABILITY(name) KAFC_TS_(capability(name))
#define KAFC_GUARDED_BY(m)    KAFC_TS_(guarded_by(m))
#define KAFC_ACQUIRES(...)    KAFC_TS_(acquire_capability(__VA_ARGS__))
#define KAFC_RELEASES(...)    KAFC_TS_(release_capability(__VA_ARGS__))
#define KAFC_REQUIRES(...)    KAFC_TS_(requires_capability(__VA_ARGS__))
#define KAFC_UNCHECKED_LOCKS  KAFC_TS_(no_thread_safety_analysis) /* with a comment why */

struct KAFC_CAPABILITY("mutex") kafc_mutex {
    pthread_mutex_t m;
};

/* A lock for what takes some nanoseconds and is taken for each message: without a call while nobody else wants it,
 * after some turns on the spot with the sleepers of sync.c. Zero is free; there is nothing to undo. */
struct KAFC_CAPABILITY("mutex") kafc_quick_lock {
    atomic_int state; /* free, held, held and perhaps somebody sleeps */
};
enum { KAFC_QUICK_FREE, KAFC_QUICK_HELD, KAFC_QUICK_WANTED };

struct kafc_cond {
    pthread_cond_t c; /* on CLOCK_MONOTONIC */
};

void kafc__mutex_init(struct kafc_mutex *m);
void kafc__mutex_fini(struct kafc_mutex *m);

/* A lock that fails is a broken program, not a condition to handle: it aborts. Inline, as each message takes one. */
static inline void kafc__lock(struct kafc_mutex *m) KAFC_ACQUIRES(m);
KAFC_UNCHECKED_LOCKS static inline void kafc__lock(struct kafc_mutex *m)
{
    if (pthread_mutex_lock(&m->m) != 0)
        abort();
}

static inline void kafc__unlock(struct kafc_mutex *m) KAFC_RELEASES(m);
KAFC_UNCHECKED_LOCKS static inline void kafc__unlock(struct kafc_mutex *m)
{
    if (pthread_mutex_unlock(&m->m) != 0)
        abort();
}

void kafc__quick_wait(struct kafc_quick_lock *l); /* the rest of locking */
void kafc__quick_wake(struct kafc_quick_lock *l); /* and of unlocking */

static inline void kafc__quick_lock(struct kafc_quick_lock *l) KAFC_ACQUIRES(l);
KAFC_UNCHECKED_LOCKS static inline void kafc__quick_lock(struct kafc_quick_lock *l)
{
    int state = KAFC_QUICK_FREE;
    if (!atomic_compare_exchange_strong_explicit(&l->state, &state, KAFC_QUICK_HELD,
                                                 memory_order_acquire, memory_order_relaxed))
        kafc__quick_wait(l);
}

static inline void kafc__quick_unlock(struct kafc_quick_lock *l) KAFC_RELEASES(l);
KAFC_UNCHECKED_LOCKS static inline void kafc__quick_unlock(struct kafc_quick_lock *l)
{
    if (atomic_exchange_explicit(&l->state, KAFC_QUICK_FREE, memory_order_release) ==
        KAFC_QUICK_WANTED)
        kafc__quick_wake(l);
}

void kafc__cond_init(struct kafc_cond *c);
void kafc__cond_fini(struct kafc_cond *c);
/* Waits until signalled or until `deadline` (kafc__clock_mono_us; INT64_MAX: for ever). false: the deadline passed. */
bool kafc__cond_wait(struct kafc_cond *c, struct kafc_mutex *m, int64_t deadline) KAFC_REQUIRES(m);
void kafc__cond_signal(struct kafc_cond *c);
void kafc__cond_broadcast(struct kafc_cond *c);

struct kafc_thread {
    pthread_t t;
    void (*fn)(void *);
    void *arg;
    char name[16];
};
/* Starts a thread that blocks all signals (rule C2). *t stays where it is until the join. name: at most 15 bytes.
 * false: the system refused. */
bool kafc__thread_start(struct kafc_thread *t, const char *name, void (*fn)(void *), void *arg);
void kafc__thread_join(struct kafc_thread *t);
/* In place of join: nobody waits for its end. *t stays where it is until then. */
void kafc__thread_detach(struct kafc_thread *t);
bool kafc__thread_is_self(const struct kafc_thread *t);
void kafc__once(pthread_once_t *once, void (*fn)(void));
/* fn runs in the child of every later fork(2), before fork returns there. */
void kafc__at_fork(void (*child)(void));

#endif
