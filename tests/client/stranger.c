/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The peer's thread: poll(2) over a listener and its connections.
 */
#include "tests/client/stranger.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "io/sock.h"
#include "io/wake.h"

enum { CONNECTIONS = 60 };

struct inside {
    pthread_t thread;
    struct kafc_wake stop;
    struct pollfd fds[CONNECTIONS + 2]; /* stop, listener, connections */
    bool answered[CONNECTIONS + 2];
    nfds_t n;
};

static void serve_one(struct stranger *p, struct inside *in, nfds_t i)
{
    char buf[4096];
    int64_t got = kafc__sock_recv(in->fds[i].fd, buf, sizeof buf);
    bool over = got < 0;
    if (got > 0) {
        atomic_fetch_add(&p->received, (int)got);
        if (p->answer && !in->answered[i]) {
            struct iovec v = { (void *)(uintptr_t)p->answer, p->answer_len };
            (void)kafc__sock_send(in->fds[i].fd, &v, 1);
        }
        over = over || (p->hang_up && !in->answered[i]);
        in->answered[i] = true;
    }
    if (!over)
        return;
    kafc__sock_close(in->fds[i].fd);
    in->n--;
    in->fds[i] = in->fds[in->n];
    in->answered[i] = in->answered[in->n];
}

static void *serve(void *arg)
{
    struct stranger *p = arg;
    struct inside *in = p->inside;
    for (;;) {
        (void)poll(in->fds, in->n, -1);
        if (in->fds[0].revents)
            return NULL;
        for (nfds_t i = in->n; i-- > 2;) {
            if (in->fds[i].revents)
                serve_one(p, in, i);
        }
        int err, fd;
        if (in->fds[1].revents && in->n < CONNECTIONS + 2 &&
            (fd = kafc__sock_accept(in->fds[1].fd, &err)) >= 0) {
            in->answered[in->n] = false;
            in->fds[in->n++] = (struct pollfd){ .fd = fd, .events = POLLIN };
            atomic_fetch_add(&p->connections, 1);
        }
    }
}

void stranger_start(struct stranger *p, const void *answer, size_t len, bool hang_up)
{
    struct inside *in = calloc(1, sizeof *in);
    struct kafc_addr a;
    int err;
    ck_assert_ptr_nonnull(in);
    ck_assert(kafc__addr_numeric(&a, "127.0.0.1", 0));
    in->fds[1] = (struct pollfd){ .fd = kafc__sock_listen(&a, &err), .events = POLLIN };
    ck_assert_int_ge(in->fds[1].fd, 0);
    ck_assert(kafc__sock_local(in->fds[1].fd, &a));
    ck_assert(kafc__wake_init(&in->stop));
    in->fds[0] = (struct pollfd){ .fd = in->stop.fd, .events = POLLIN };
    in->n = 2;
    *p = (struct stranger){
        .port = kafc__addr_port(&a), .answer = answer, .answer_len = len, .hang_up = hang_up
    };
    p->inside = in;
    (void)snprintf(p->address, sizeof p->address, "127.0.0.1:%d", p->port);
    ck_assert_int_eq(pthread_create(&in->thread, NULL, serve, p), 0);
}

void stranger_stop(struct stranger *p)
{
    struct inside *in = p->inside;
    kafc__wake_signal(&in->stop);
    pthread_join(in->thread, NULL);
    for (nfds_t i = 1; i < in->n; i++)
        kafc__sock_close(in->fds[i].fd);
    kafc__wake_fini(&in->stop);
    free(in);
}

int stranger_closed_port(void)
{
    struct kafc_addr a;
    int err, fd;
    ck_assert(kafc__addr_numeric(&a, "127.0.0.1", 0));
    fd = kafc__sock_reserve(&a, &err); /* for as long as the process runs: others look for ports, too */
    ck_assert_int_ge(fd, 0);
    ck_assert(kafc__sock_local(fd, &a));
    return kafc__addr_port(&a);
}

int stranger_fork(int (*fn)(void))
{
    int ends[2], status;
    unsigned char result = 255;
    ck_assert_int_eq(pipe(ends), 0);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        result = (unsigned char)fn();
        if (write(ends[1], &result, 1) == 1)
            (void)kill(getpid(), SIGKILL);
        _exit(1);
    }
    (void)close(ends[1]);
    ssize_t n = read(ends[0], &result, 1);
    (void)close(ends[0]);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(n, 1);
    return result;
}

void stranger_await(const atomic_int *counter, int n)
{
    struct timespec ms = { .tv_nsec = 1000000 };
    for (int i = 0; i < 10000 && atomic_load(counter) < n; i++)
        nanosleep(&ms, NULL);
    ck_assert_int_ge(atomic_load(counter), n);
}
