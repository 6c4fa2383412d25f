/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the public objects share behind their doors: the client's core, its
 * loop and the ways onto it, how to wait, what to close with it. Included by
 * src/client and the writer's and reader's public halves only.
 */
#ifndef KAFC_CLIENT_CLIENT_H
#define KAFC_CLIENT_CLIENT_H

#include <stdatomic.h>

#include "base/clock.h"
#include "base/fork.h"
#include "base/list.h"
#include "base/log.h"
#include "base/sync.h"
#include "client/security.h"
#include "core/core.h"
#include "core/metrics.h"
#include <kafc/client.h>

struct kafc_loop; /* loop.c */

/* A writer or reader that kafc_client_close() must close. close() is called on the thread that closes the client,
 * without locks, at most once, while the loop still runs; it must return by the deadline (monotonic µs). */
struct kafc_closable {
    struct kafc_list node;
    kafc_err (*close)(struct kafc_closable *cl, int64_t deadline, kafc_error *err);
    bool busy; /* close() runs: remove waits for it */
};

struct kafc_client {
    kafc_allocator mem; /* what everything of this client is allocated with */
    struct kafc_logger log;
    struct kafc_core *core; /* touch on the loop thread only, but for poke */
    kafc_client_options
        o; /* resolved: every default filled in, real zeros as 0; strings live in `strings` */
    char *strings;
    struct kafc_secured security;
    kafc_hooks hooks;
    unsigned generation; /* of fork */
    struct kafc_loop *loop;
    atomic_bool closing;    /* refuses new work; set first by close */
    atomic_uint holders;    /* the application, and each reader: the last that lets go deletes it */
    atomic_uint interrupts; /* how often kafc_client_interrupt() was called */
    struct kafc_mutex lock; /* of closables, and of the results of calls that wait */
    struct kafc_cond
        changed; /* a result, an interrupt, the close, or a closable not busy any more */
    struct kafc_list closables;
    struct kafc_mutex sources_lock; /* of what follows; neither the loop nor sending takes it */
    struct kafc_list sources;       /* kafc_metrics_source */
    uint32_t last_source;
    struct kafc_metrics_source source; /* the client's own */
    bool dns;                          /* holds the resolver */
    int asking;                        /* threads inside calls that wait for answers */
};

/* -1: errno was `why`. */
int kafc__no_descriptor(int why, kafc_error *err);

/* KAFC_ERR_USAGE for NULL, KAFC_ERR_FORKED in the child of a fork (rule C7: nothing is touched then). A load and a
 * compare; not a system call. Every public function of client, writer and reader starts with it. */
kafc_err kafc__client_check(const kafc_client *c, kafc_error *err);
/* That it would answer KAFC_OK. */
static inline bool kafc__client_ok(const kafc_client *c)
{
    return c && c->generation == kafc__fork_generation();
}
/* The same, then KAFC_ERR_CLOSED for a closed client, and KAFC_ERR_IN_CALLBACK when timeout_ms is not 0 and the
 * calling thread is some client's loop: the start of every call that may wait. */
kafc_err kafc__client_enter(const kafc_client *c, int timeout_ms, kafc_error *err);
/* The same for calls that must not be made from inside hooks, whether they wait or not. */
kafc_err kafc__client_enter_outside(const kafc_client *c, int timeout_ms, kafc_error *err);
/* timeout_ms as an absolute monotonic deadline; INT64_MAX for -1. */
int64_t kafc__deadline_in(int timeout_ms);

/* Does this thread drive the client: its loop, a call that drives, or a function that runs inline? */
bool kafc__client_on_loop(const kafc_client *c);

/* Runs fn(arg) on the loop thread and waits for it. Inline when called on the loop thread, when there is none, and
 * after its end (kafc_client_close), one thread at a time. Callers hold no lock that the loop may take. */
void kafc__client_run(kafc_client *c, void (*fn)(void *arg), void *arg);

/* The same for what is about to go: its last words, such as LeaveGroup, are on their way when it returns. Callbacks may
 * run. */
void kafc__client_run_out(kafc_client *c, void (*fn)(void *arg), void *arg);

/* kafc__cond_wait() and kafc__cond_broadcast() of threads that wait for something of the client's, to be used as a
 * pair. Where no thread drives it, who waits does (rule C6), with m unlocked; no other lock may be held. */
bool kafc__client_wait(kafc_client *c, struct kafc_cond *cond, struct kafc_mutex *m,
                       int64_t deadline) KAFC_REQUIRES(m);
void kafc__client_tell(kafc_client *c, struct kafc_cond *cond);

/* It stays in memory, though perhaps closed, until as many have let go. Any thread. */
void kafc__client_hold(kafc_client *c);
void kafc__client_let_go(kafc_client *c);

/* cl->close is set. false: the client is closed already. */
bool kafc__client_add(kafc_client *c, struct kafc_closable *cl);
/* Waits for a close() of it that runs on another thread. Ignored when it is not registered (any more); the node must
 * be initialised by kafc__client_add or kafc__list_init. */
void kafc__client_remove(kafc_client *c, struct kafc_closable *cl);

/* Into kafc_stats_text() and out of it; the source's fields but node and serial are set, and the
 * number, if it is not to be a new one. stats.c */
void kafc__client_source_add(kafc_client *c, struct kafc_metrics_source *s);
void kafc__client_source_remove(kafc_client *c,
                                struct kafc_metrics_source *s); /* ignored if not in */

#endif
