/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Both pollers behind one face. poll(2) looks its descriptors up by a linear
 * search: a client has a few dozen.
 */
#include "io/poller.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "config.h"

struct kafc_poller {
    kafc_allocator own; /* of *mem, which is copied */
    const kafc_allocator *mem;
    int epoll; /* -1: poll(2) */
    struct pollfd *fds;
    void **tags;
    size_t n, cap;
    size_t turn; /* where the next scan begins, so that nobody starves when max is small */
};

static int timeout_ms(int64_t us)
{
    if (us < 0)
        return -1;
    int64_t ms = us / 1000 + (us % 1000 != 0);
    return ms > INT_MAX ? INT_MAX : (int)ms;
}

/* --- epoll ---------------------------------------------------------------- */

#if KAFC_HAVE_EPOLL
#include <sys/epoll.h>

enum { EPOLL_BATCH = 64 };

static int ep_open(void)
{
    return epoll_create1(EPOLL_CLOEXEC);
}

static bool ep_set(struct kafc_poller *p, int fd, unsigned events, void *tag)
{
    struct epoll_event e = { .data = { .ptr = tag } };
    e.events = (events & KAFC_POLL_IN ? (uint32_t)EPOLLIN : 0u) |
               (events & KAFC_POLL_OUT ? (uint32_t)EPOLLOUT : 0u);
    if (epoll_ctl(p->epoll, EPOLL_CTL_MOD, fd, &e) == 0)
        return true;
    return errno == ENOENT && epoll_ctl(p->epoll, EPOLL_CTL_ADD, fd, &e) == 0;
}

static void ep_del(struct kafc_poller *p, int fd)
{
    struct epoll_event none = { .events = 0 };
    (void)epoll_ctl(p->epoll, EPOLL_CTL_DEL, fd, &none);
}

static int ep_wait(struct kafc_poller *p, struct kafc_poll_event *ev, int max, int64_t timeout_us)
{
    struct epoll_event e[EPOLL_BATCH];
    int n = epoll_wait(p->epoll, e, max < EPOLL_BATCH ? max : EPOLL_BATCH, timeout_ms(timeout_us));
    for (int i = 0; i < n; i++) {
        ev[i].tag = e[i].data.ptr;
        ev[i].events = (e[i].events & EPOLLIN ? KAFC_POLL_IN : 0u) |
                       (e[i].events & EPOLLOUT ? KAFC_POLL_OUT : 0u) |
                       (e[i].events & (EPOLLERR | EPOLLHUP) ? KAFC_POLL_ERROR : 0u);
    }
    return n < 0 ? 0 : n;
}
#else
static int ep_open(void)
{
    return -1;
}

static bool ep_set(struct kafc_poller *p, int fd, unsigned events, void *tag)
{
    (void)p, (void)fd, (void)events, (void)tag;
    return false;
}

static void ep_del(struct kafc_poller *p, int fd)
{
    (void)p, (void)fd;
}

static int ep_wait(struct kafc_poller *p, struct kafc_poll_event *ev, int max, int64_t timeout_us)
{
    (void)p, (void)ev, (void)max, (void)timeout_us;
    return 0;
}
#endif

/* --- poll(2) -------------------------------------------------------------- */

static short to_poll(unsigned events)
{
    return (short)((events & KAFC_POLL_IN ? POLLIN : 0) | (events & KAFC_POLL_OUT ? POLLOUT : 0));
}

static unsigned from_poll(short r)
{
    return (r & POLLIN ? KAFC_POLL_IN : 0u) | (r & POLLOUT ? KAFC_POLL_OUT : 0u) |
           (r & (POLLERR | POLLHUP | POLLNVAL) ? KAFC_POLL_ERROR : 0u);
}

static size_t find(const struct kafc_poller *p, int fd)
{
    size_t i = 0;
    while (i < p->n && p->fds[i].fd != fd)
        i++;
    return i;
}

static bool grow(struct kafc_poller *p)
{
    size_t cap = p->cap ? p->cap * 2 : 8;
    struct pollfd *fds = kafc__realloc_array(p->mem, p->fds, cap, sizeof(*fds));
    if (!fds)
        return false;
    p->fds = fds;
    void **tags = kafc__realloc_array(p->mem, p->tags, cap, sizeof(*tags));
    if (!tags)
        return false;
    p->tags = tags;
    p->cap = cap;
    return true;
}

static bool pl_set(struct kafc_poller *p, int fd, unsigned events, void *tag)
{
    size_t i = find(p, fd);
    if (i == p->n) {
        if (p->n == p->cap && !grow(p)) {
            errno = ENOMEM;
            return false;
        }
        p->n++;
    }
    p->fds[i] = (struct pollfd){ .fd = fd, .events = to_poll(events) };
    p->tags[i] = tag;
    return true;
}

static void pl_del(struct kafc_poller *p, int fd)
{
    size_t i = find(p, fd);
    if (i == p->n)
        return;
    p->n--;
    p->fds[i] = p->fds[p->n];
    p->tags[i] = p->tags[p->n];
}

static int pl_wait(struct kafc_poller *p, struct kafc_poll_event *ev, int max, int64_t timeout_us)
{
    int ready = poll(p->fds, (nfds_t)p->n, timeout_ms(timeout_us));
    int n = 0;
    for (size_t k = 0; k < p->n && ready > 0 && n < max; k++) {
        size_t i = (p->turn + k) % p->n;
        if (p->fds[i].revents == 0)
            continue;
        ev[n].tag = p->tags[i];
        ev[n++].events = from_poll(p->fds[i].revents);
        if (n == max)
            p->turn = i + 1;
    }
    return n;
}

/* --- The face --------------------------------------------------------------- */

static bool want_poll(enum kafc_poller_kind kind)
{
    const char *env = getenv("KAFC_POLLER");
    return kind == KAFC_POLLER_POLL || (env && strcmp(env, "poll") == 0);
}

struct kafc_poller *kafc__poller_new(const kafc_allocator *mem, enum kafc_poller_kind kind)
{
    struct kafc_poller *p = kafc__zalloc(mem, sizeof(*p));
    if (!p) {
        errno = ENOMEM;
        return NULL;
    }
    if (mem) {
        p->own = *mem;
        p->mem = &p->own;
    }
    p->epoll = want_poll(kind) ? -1 : ep_open();
    return p;
}

void kafc__poller_free(struct kafc_poller *p)
{
    if (!p)
        return;
    if (p->epoll >= 0)
        (void)close(p->epoll);
    kafc__free(p->mem, p->fds);
    kafc__free(p->mem, p->tags);
    kafc_allocator own = p->own;
    kafc__free(p->mem ? &own : NULL, p);
}

const char *kafc__poller_name(const struct kafc_poller *p)
{
    return p->epoll >= 0 ? "epoll" : "poll";
}

bool kafc__poller_set(struct kafc_poller *p, int fd, unsigned events, void *tag)
{
    return p->epoll >= 0 ? ep_set(p, fd, events, tag) : pl_set(p, fd, events, tag);
}

void kafc__poller_del(struct kafc_poller *p, int fd)
{
    if (p->epoll >= 0)
        ep_del(p, fd);
    else
        pl_del(p, fd);
}

int kafc__poller_wait(struct kafc_poller *p, struct kafc_poll_event *ev, int max,
                      int64_t timeout_us)
{
    return p->epoll >= 0 ? ep_wait(p, ev, max, timeout_us) : pl_wait(p, ev, max, timeout_us);
}

int kafc__poller_fd(const struct kafc_poller *p)
{
    return p->epoll;
}

int kafc__poller_fds(const struct kafc_poller *p, struct pollfd *v, int max)
{
    struct pollfd one = { .fd = p->epoll, .events = POLLIN };
    const struct pollfd *fds = p->epoll >= 0 ? &one : p->fds;
    int n = p->epoll >= 0 ? 1 : (int)p->n;
    if (max > 0)
        memcpy(v, fds, (size_t)(n < max ? n : max) * sizeof(*v));
    return n;
}

unsigned kafc__poll_any(const int *fd, int n, unsigned events, int wake_fd, bool *woken,
                        int64_t timeout_us)
{
    struct pollfd f[KAFC_POLL_ANY + 1] = { { .fd = wake_fd, .events = POLLIN } };
    unsigned got = 0;
    for (int i = 0; i < n; i++)
        f[i + 1] = (struct pollfd){ .fd = fd[i], .events = to_poll(events) };
    *woken = false;
    if (poll(f, (nfds_t)n + 1, timeout_ms(timeout_us)) <= 0) /* a negative descriptor is left out */
        return 0;
    *woken = f[0].revents != 0;
    for (int i = 0; i < n; i++)
        got |= from_poll(f[i + 1].revents);
    return got;
}

unsigned kafc__poll_one(int fd, unsigned events, int wake_fd, bool *woken, int64_t timeout_us)
{
    return kafc__poll_any(&fd, 1, events, wake_fd, woken, timeout_us);
}
