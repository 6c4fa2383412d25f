/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A socket, and what is wrong with it.
 */
#include "bench/wire.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/sock.h"

_Noreturn void limit_die(const char *what, const char *why)
{
    fprintf(stderr, "limit: %s: %s\n", what, why);
    exit(1);
}

int limit_dial(const char *broker)
{
    char host[64];
    const char *colon = strrchr(broker, ':');
    struct kafc_addr a;
    int fd, one = 1;

    if (!colon || (size_t)(colon - broker) >= sizeof host)
        limit_die(broker, "HOST:PORT, with a number for a host");
    memcpy(host, broker, (size_t)(colon - broker));
    host[colon - broker] = 0;
    if (!kafc__addr_numeric(&a, strcmp(host, "localhost") ? host : "127.0.0.1", atoi(colon + 1)))
        limit_die(broker, "HOST:PORT, with a number for a host");
    fd = socket(a.ss.ss_family, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&a.ss, a.len))
        limit_die(broker, "cannot connect");
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return fd;
}

void limit_read(int fd, uint8_t *p, size_t n)
{
    ssize_t got;

    for (; n; p += got, n -= (size_t)got)
        if ((got = recv(fd, p, n, MSG_WAITALL)) <= 0)
            limit_die("read", "the broker has gone");
}
