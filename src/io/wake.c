/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Wake-ups. A flag in front of the descriptor makes a second signal cheap.
 */
#include "io/wake.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>

#include "config.h"

#if KAFC_HAVE_EVENTFD
#include <sys/eventfd.h>

static bool open_ends(struct kafc_wake *w)
{
    w->fd = w->out = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return w->fd >= 0;
}
#else
static bool set_up(int fd)
{
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool open_ends(struct kafc_wake *w)
{
    int p[2];
    if (pipe(p) != 0)
        return false;
    w->fd = p[0];
    w->out = p[1];
    if (set_up(p[0]) && set_up(p[1]))
        return true;
    kafc__wake_fini(w);
    return false;
}
#endif

bool kafc__wake_init(struct kafc_wake *w)
{
    atomic_init(&w->pending, false);
    w->fd = w->out = -1;
    return open_ends(w);
}

void kafc__wake_fini(struct kafc_wake *w)
{
    if (w->out >= 0 && w->out != w->fd)
        (void)close(w->out);
    if (w->fd >= 0)
        (void)close(w->fd);
    w->fd = w->out = -1;
}

void kafc__wake_signal(struct kafc_wake *w)
{
    if (atomic_exchange(&w->pending, true))
        return;
    int saved = errno; /* this may be a signal handler */
    uint64_t one = 1;
    ssize_t rc;
    do
        rc = write(w->out, &one, sizeof(one));
    while (rc < 0 && errno == EINTR);
    errno = saved;
}

void kafc__wake_drain(struct kafc_wake *w)
{
    uint64_t sink[8];
    while (read(w->fd, sink, sizeof(sink)) == (ssize_t)sizeof(sink)) {
    }
    /* Last: a signal that comes before this writes nothing, but what it announces is looked at next anyway. */
    atomic_store(&w->pending, false);
}
