/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A peer that is no Kafka broker, on a free loopback port, in a thread of its
 * own; and the waiting for a condition that tests need.
 */
#ifndef KAFC_TESTS_STRANGER_H
#define KAFC_TESTS_STRANGER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct stranger {
    int port;
    char address[32];       /* "127.0.0.1:port" */
    atomic_int connections; /* taken so far */
    atomic_int received;    /* bytes */
    const void
        *answer; /* sent once for each connection, when its first bytes came; NULL: silence */
    size_t answer_len;
    bool hang_up; /* after the answer */
    void *inside;
};

/* Fails the running test when it cannot. */
void stranger_start(struct stranger *p, const void *answer, size_t len, bool hang_up);
void stranger_stop(struct stranger *p);

/* A loopback port at which nobody listens, and that nobody is given: a mock may ask for it. */
int stranger_closed_port(void);

/* Forks, runs fn in the child, gives what it returned (below 256). The child ends without any clean-up, so that no
 * checker of memory has a say about the parent's. */
int stranger_fork(int (*fn)(void));

/* Until the counter has reached n; fails the test after ten seconds. */
void stranger_await(const atomic_int *counter, int n);

#endif
