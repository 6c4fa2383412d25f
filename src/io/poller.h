/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Waits for descriptors: epoll where there is one, else poll(2). Level
 * triggered. One thread.
 */
#ifndef KAFC_IO_POLLER_H
#define KAFC_IO_POLLER_H

#include <poll.h>

#include <kafc/base.h>

enum {
    KAFC_POLL_IN = 1,
    KAFC_POLL_OUT = 2,
    KAFC_POLL_ERROR = 4
}; /* ERROR is only told, never asked for */

enum kafc_poller_kind {
    KAFC_POLLER_AUTO, /* the best there is; the environment's KAFC_POLLER=poll takes poll(2) */
    KAFC_POLLER_POLL
};

struct kafc_poller;

struct kafc_poll_event {
    void *tag;
    unsigned events;
};

struct kafc_poller *kafc__poller_new(const kafc_allocator *mem,
                                     enum kafc_poller_kind kind); /* NULL: errno says why */
void kafc__poller_free(struct kafc_poller *p);
const char *kafc__poller_name(const struct kafc_poller *p); /* "epoll", "poll" */
/* Adds the descriptor, or changes what is waited for. false: errno says why, and nothing changed. */
bool kafc__poller_set(struct kafc_poller *p, int fd, unsigned events, void *tag);
void kafc__poller_del(struct kafc_poller *p, int fd); /* before it is closed; not there: ignored */
/* Waits at most timeout_us (-1: for ever; rounded up to what the system can), fills up to max events, returns how many;
 * 0 also when a signal came. */
int kafc__poller_wait(struct kafc_poller *p, struct kafc_poll_event *ev, int max,
                      int64_t timeout_us);
/* What somebody else may poll in its stead, who calls wait(…, 0) then: the descriptor that is readable when there is
 * an event, -1 with poll(2). */
int kafc__poller_fd(const struct kafc_poller *p);
/* The same for poll(2): how many there are, of which max are filled in. */
int kafc__poller_fds(const struct kafc_poller *p, struct pollfd *v, int max);

/* For a few descriptors and a thread of the caller's own: which events came for any of them, 0 at the deadline or after
 * a signal. wake_fd (or -1) ends the wait too: *woken. */
enum { KAFC_POLL_ANY = 16 }; /* at most so many */
unsigned kafc__poll_any(const int *fd, int n, unsigned events, int wake_fd, bool *woken,
                        int64_t timeout_us);
unsigned kafc__poll_one(int fd, unsigned events, int wake_fd, bool *woken, int64_t timeout_us);

#endif
