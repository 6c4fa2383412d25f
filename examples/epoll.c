/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A client without a thread in a loop of epoll(7): the clock writes a message
 * every 200 ms, and what comes is printed, all on one thread. Ctrl-C, or the
 * number of messages, is the end: the group is left, what was sent is waited
 * for.
 *
 *   epoll [BROKERS [TOPIC [MESSAGES]]]
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <kafc/kafc.h>

static int watch(int epoll, int fd)
{
    struct epoll_event e = { .events = EPOLLIN, .data.fd = fd };

    return fd < 0 ? -1 : epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e);
}

static int signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC);
}

static int ticks(void)
{
    struct itimerspec each = { { 0, 200000000 }, { 0, 1 } };
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);

    timerfd_settime(fd, 0, &each, NULL);
    return fd;
}

/* The verdict of a message. */
static void delivered(void *ctx, const kafc_report *r)
{
    (void)ctx;
    if (r->verdict != KAFC_ACKNOWLEDGED)
        fprintf(stderr, "a message was lost: %s\n", kafc_err_text(r->code));
}

static kafc_err tick(int clock, kafc_writer *w, kafc_error *err)
{
    char text[32];
    uint64_t n;
    kafc_message m = { .value = { text, 0 } };

    if (read(clock, &n, sizeof n) != sizeof n)
        return KAFC_OK;
    m.value.len = snprintf(text, sizeof text, "message of %d", (int)getpid());
    return kafc_writer_send(w, &m, NULL, 0, err); /* never waits: that is for the loop */
}

/* What is there; *left messages are still wanted. */
static kafc_err print_all(kafc_reader *r, long *left, kafc_error *err)
{
    kafc_message m;
    kafc_err rc = KAFC_OK;

    while (*left && !(rc = kafc_reader_fetch(r, &m, 0, err))) {
        printf("%s [%d] %lld: %.*s\n", m.topic, (int)m.partition, (long long)m.offset, (int)m.value.len,
               m.value.p ? (const char *)m.value.p : "");
        --*left;
        rc = kafc_reader_mark(r, &m, err);
        if (rc && rc != KAFC_ERR_NOT_ASSIGNED) /* that partition has gone to another member meanwhile */
            return rc;
    }
    return rc == KAFC_ERR_WOULD_BLOCK || rc == KAFC_ERR_NOT_ASSIGNED ? KAFC_OK : rc;
}

static kafc_err run(kafc_client *c, kafc_writer *w, kafc_reader *r, long left, kafc_error *err)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC), end = signals(), clock = ticks();
    kafc_err rc = KAFC_OK;

    if (watch(epoll, kafc_client_fd(c, err)) || watch(epoll, end) || watch(epoll, clock))
        return KAFC_ERR_SYSTEM;
    while (!rc && left) {
        struct epoll_event e[3];
        int n = epoll_wait(epoll, e, 3, kafc_client_timeout(c));

        for (int i = 0; i < n && !rc; i++) {
            if (e[i].data.fd == end)
                left = 0;
            else if (e[i].data.fd == clock)
                rc = tick(clock, w, err);
        }
        rc = rc ? rc : kafc_client_process(c, err); /* whatever ended the wait */
        rc = rc ? rc : print_all(r, &left, err);
    }
    return rc;
}

int main(int argc, char **argv)
{
    const char *topic = argc > 2 ? argv[2] : "orders";
    kafc_error err = { .message = "epoll(7) cannot be set up" };
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argc > 1 ? argv[1] : "localhost:9092",
                                                  .driven = KAFC_ON), &err);
    kafc_writer *w = !c ? NULL : kafc_writer_open(c, KAFC_WRITER(.topic = topic, .create_topics = KAFC_ON,
                                                                 .on_delivery = delivered), &err);
    kafc_reader *r = !w ? NULL : kafc_reader_open(c, KAFC_READER(.topic = topic, .group = "epoll"), &err);
    kafc_err rc;

    setvbuf(stdout, NULL, _IOLBF, 0);
    rc = r ? run(c, w, r, argc > 3 ? atol(argv[3]) : -1, &err) : err.code;
    if (rc)
        fprintf(stderr, "%s\n", err.message);
    if (r && kafc_reader_close(r, 10000, &err)) /* these wait, and drive the client meanwhile */
        fprintf(stderr, "%s\n", err.message);
    if (w && kafc_writer_close(w, 10000, &err))
        fprintf(stderr, "%s\n", err.message);
    kafc_reader_free(r);
    kafc_writer_free(w);
    kafc_client_free(c);
    return rc ? 1 : 0;
}
