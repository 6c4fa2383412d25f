/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The resolver's thread. Its state belongs to a process: after a fork the
 * child leaves the parent's alone and starts its own. Memory is the C
 * library's, since a request may outlive the client that asked.
 */
#include "io/dns.h"

#include <netdb.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/fork.h"
#include "base/list.h"
#include "base/mem.h"
#include "base/sync.h"

enum ask_state { ASK_QUEUED, ASK_RUNNING, ASK_ANSWERED };

struct kafc_dns_request {
    struct kafc_list node; /* of the queue */
    struct dns_worker *worker;
    enum ask_state state;
    bool dropped;
    int port, n;
    struct kafc_resolver resolver;
    void (*notify)(void *arg);
    void *arg;
    struct kafc_addr addr[KAFC_DNS_MAX];
    char why[128];
    char host[];
};

struct dns_worker {
    struct dns_worker *older; /* of the processes forked from: reachable, never used */
    unsigned generation;
    struct kafc_mutex lock;
    struct kafc_cond work;
    struct kafc_cond gone; /* the thread has ended */
    struct kafc_list queue;
    struct kafc_thread thread;
    int users;
    bool running, busy;
    bool stopping; /* somebody joins it */
    bool detached; /* it was busy when its last user went: nobody joins it */
};

static _Atomic(struct dns_worker *) current;

static void lower_first(char *s)
{
    if (s[0] >= 'A' && s[0] <= 'Z' && s[1] >= 'a' && s[1] <= 'z')
        s[0] = (char)(s[0] - 'A' + 'a');
}

/* A system may be without /etc/hosts, as containers are; RFC 6761 6.3 says what localhost is all the same. */
static bool loopback(struct kafc_dns_request *rq)
{
    static const char *const address[] = { "127.0.0.1", "::1" };
    for (int i = 0; i < 2; i++)
        if (kafc__addr_numeric(&rq->addr[rq->n], address[i], rq->port))
            rq->n++;
    return rq->n > 0;
}

static int family_of(const struct addrinfo *i)
{
    return i->ai_family == AF_INET ? 0 : i->ai_family == AF_INET6 ? 1 : -1;
}

/* What there is room for, and of a family not so many that the other one, which may be all that works, has none. */
static void take_addresses(struct kafc_dns_request *rq, const struct addrinfo *list)
{
    int n[2] = { 0, 0 }, f;
    for (const struct addrinfo *i = list; i; i = i->ai_next)
        if ((f = family_of(i)) >= 0)
            n[f]++;
    int half = KAFC_DNS_MAX / 2, left[2] = { KAFC_DNS_MAX - (n[1] < half ? n[1] : half),
                                             KAFC_DNS_MAX - (n[0] < half ? n[0] : half) };
    for (const struct addrinfo *i = list; i; i = i->ai_next) {
        if ((f = family_of(i)) < 0 || left[f]-- <= 0)
            continue;
        struct kafc_addr *a = &rq->addr[rq->n++];
        memcpy(&a->ss, i->ai_addr, i->ai_addrlen);
        a->len = i->ai_addrlen;
    }
}

static void ask_system(struct kafc_dns_request *rq)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    char port[16];
    (void)snprintf(port, sizeof(port), "%d", rq->port);
    hints.ai_flags = AI_NUMERICSERV;
    struct addrinfo *list = NULL;
    int rc = getaddrinfo(rq->host, port, &hints, &list);
    if (rc != 0) {
        if (strcasecmp(rq->host, "localhost") == 0 && loopback(rq))
            return;
        (void)snprintf(rq->why, sizeof(rq->why), "%s", gai_strerror(rc));
        lower_first(rq->why);
        return;
    }
    take_addresses(rq, list);
    freeaddrinfo(list);
}

static void ask_caller(struct kafc_dns_request *rq)
{
    char text[KAFC_DNS_MAX][64];
    memset(text, 0, sizeof(text));
    int n = rq->resolver.fn(rq->resolver.ctx, rq->host, text, KAFC_DNS_MAX);
    for (int i = 0; i < n && i < KAFC_DNS_MAX; i++) {
        text[i][sizeof(text[i]) - 1] = '\0';
        if (kafc__addr_numeric(&rq->addr[rq->n], text[i], rq->port))
            rq->n++;
        else
            (void)snprintf(rq->why, sizeof(rq->why),
                           "the resolve function gave '%.60s', which is no address", text[i]);
    }
    if (n <= 0)
        (void)snprintf(rq->why, sizeof(rq->why), "the resolve function found nothing");
}

static void serve(void *arg)
{
    struct dns_worker *w = arg;
    kafc__lock(&w->lock);
    for (;;) {
        struct kafc_dns_request *rq = KAFC_LIST_FIRST(&w->queue, struct kafc_dns_request, node);
        if (!rq && (w->stopping || (w->detached && w->users == 0)))
            break;
        if (!rq) {
            (void)kafc__cond_wait(&w->work, &w->lock, INT64_MAX);
            continue;
        }
        kafc__list_del(&rq->node);
        rq->state = ASK_RUNNING;
        w->busy = true;
        kafc__unlock(&w->lock);
        if (rq->resolver.fn)
            ask_caller(rq);
        else
            ask_system(rq);
        if (rq->n == 0 && rq->why[0] == '\0')
            (void)snprintf(rq->why, sizeof(rq->why), "no address of a usable kind");
        kafc__lock(&w->lock);
        w->busy = false;
        rq->state = ASK_ANSWERED;
        if (rq->dropped)
            kafc__free(NULL, rq);
        else
            rq->notify(rq->arg);
    }
    if (w->detached) {
        w->running = w->detached = false;
        kafc__cond_broadcast(&w->gone);
    }
    kafc__unlock(&w->lock);
}

/* This process's worker, made if need be. */
static struct dns_worker *worker(void)
{
    kafc__fork_watch();
    struct dns_worker *w = atomic_load(&current);
    if (w && w->generation == kafc__fork_generation())
        return w;
    struct dns_worker *fresh = kafc__zalloc(NULL, sizeof(*fresh));
    if (!fresh)
        return NULL;
    fresh->older = w;
    fresh->generation = kafc__fork_generation();
    kafc__mutex_init(&fresh->lock);
    kafc__cond_init(&fresh->work);
    kafc__cond_init(&fresh->gone);
    kafc__list_init(&fresh->queue);
    if (atomic_compare_exchange_strong(&current, &w, fresh))
        return fresh;
    kafc__cond_fini(&fresh->gone);
    kafc__cond_fini(&fresh->work);
    kafc__mutex_fini(&fresh->lock);
    kafc__free(NULL, fresh);
    return w; /* another thread was faster */
}

bool kafc__dns_hold(void)
{
    struct dns_worker *w = worker();
    if (!w)
        return false;
    kafc__lock(&w->lock);
    w->users++;
    kafc__unlock(&w->lock);
    return true;
}

void kafc__dns_release(void)
{
    struct dns_worker *w = worker();
    if (!w)
        return;
    kafc__lock(&w->lock);
    bool last = --w->users == 0 && w->running && !w->stopping;
    bool join = last && !w->detached && !w->busy && kafc__list_empty(&w->queue);
    if (last && !w->detached && !join) {
        w->detached = true;
        kafc__thread_detach(&w->thread);
    }
    w->stopping = w->stopping || join;
    kafc__cond_signal(&w->work);
    kafc__unlock(&w->lock);
    if (!join)
        return;
    kafc__thread_join(&w->thread);
    kafc__lock(&w->lock);
    w->running = w->stopping = false;
    kafc__cond_broadcast(&w->gone);
    kafc__unlock(&w->lock);
}

struct kafc_dns_request *kafc__dns_ask(const char *host, int port, const struct kafc_resolver *r,
                                       void (*notify)(void *arg), void *arg, kafc_err *code)
{
    size_t len = strlen(host) + 1;
    struct dns_worker *w = worker();
    struct kafc_dns_request *rq = w ? kafc__zalloc(NULL, sizeof(*rq) + len) : NULL;
    if (!rq) {
        *code = KAFC_ERR_NO_MEMORY;
        return NULL;
    }
    memcpy(rq->host, host, len);
    rq->worker = w;
    rq->port = port;
    if (r)
        rq->resolver = *r;
    rq->notify = notify;
    rq->arg = arg;
    kafc__lock(&w->lock);
    while (w->stopping) /* an idle thread: soon */
        (void)kafc__cond_wait(&w->gone, &w->lock, INT64_MAX);
    if (!w->running)
        w->running = kafc__thread_start(&w->thread, "kafc-dns", serve, w);
    bool ok = w->running;
    if (ok) {
        kafc__list_push(&w->queue, &rq->node);
        kafc__cond_signal(&w->work);
    }
    kafc__unlock(&w->lock);
    if (ok)
        return rq;
    kafc__free(NULL, rq);
    *code = KAFC_ERR_SYSTEM;
    return NULL;
}

bool kafc__dns_answer(struct kafc_dns_request *rq, struct kafc_addr *out, int max, int *n,
                      char *why, size_t cap)
{
    struct dns_worker *w = rq->worker;
    kafc__lock(&w->lock);
    bool there = rq->state == ASK_ANSWERED;
    kafc__unlock(&w->lock);
    if (!there)
        return false;
    *n = rq->n < max ? rq->n : max;
    memcpy(out, rq->addr, (size_t)*n * sizeof(*out));
    (void)snprintf(why, cap, "%s", rq->why);
    return true;
}

void kafc__dns_drop(struct kafc_dns_request *rq)
{
    if (!rq)
        return;
    struct dns_worker *w = rq->worker;
    kafc__lock(&w->lock);
    bool running = rq->state == ASK_RUNNING;
    if (rq->state == ASK_QUEUED)
        kafc__list_del(&rq->node);
    rq->dropped = true;
    kafc__unlock(&w->lock);
    if (!running)
        kafc__free(NULL, rq);
}
