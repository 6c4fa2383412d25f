/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sockets over the system's calls.
 */
#include "io/sock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0 /* such systems have SO_NOSIGPIPE, set in sock_setup() */
#endif
#ifdef SOCK_CLOEXEC
#define SOCK_TYPE (SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK)
#else
#define SOCK_TYPE SOCK_STREAM
#endif

/* "%eth0" or "%2" behind an address of IPv6: the interface that it is of (RFC 4007 11). */
static bool scope_of(const char *zone, uint32_t *scope)
{
    char *end;
    *scope = if_nametoindex(zone);
    if (*scope == 0 && *zone >= '0' && *zone <= '9') {
        unsigned long n = strtoul(zone, &end, 10);
        *scope = *end == '\0' && n <= UINT32_MAX ? (uint32_t)n : 0;
    }
    return *scope != 0;
}

bool kafc__addr_numeric(struct kafc_addr *a, const char *host, int port)
{
    memset(a, 0, sizeof(*a));
    struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        memcpy(&a->ss, &v4, sizeof(v4));
        a->len = (socklen_t)sizeof(v4);
        return true;
    }
    char plain[INET6_ADDRSTRLEN + IF_NAMESIZE];
    size_t n = strlen(host);
    if (n >= 2 && host[0] == '[' && host[n - 1] == ']') {
        host++;
        n -= 2;
    }
    if (n >= sizeof(plain))
        return false;
    memcpy(plain, host, n);
    plain[n] = '\0';
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
    char *zone = strchr(plain, '%');
    if (zone)
        *zone++ = '\0';
    if (inet_pton(AF_INET6, plain, &v6.sin6_addr) != 1 || (zone && !scope_of(zone, &v6.sin6_scope_id)))
        return false;
    memcpy(&a->ss, &v6, sizeof(v6));
    a->len = (socklen_t)sizeof(v6);
    return true;
}

void kafc__addr_text(const struct kafc_addr *a, char *buf, size_t cap)
{
    char ip[INET6_ADDRSTRLEN + IF_NAMESIZE];
    bool v6 = a->ss.ss_family == AF_INET6;
    buf[0] = '\0';
    if ((v6 || a->ss.ss_family == AF_INET) &&
        getnameinfo((const struct sockaddr *)&a->ss, a->len, ip, sizeof(ip), NULL, 0, NI_NUMERICHOST) == 0)
        (void)snprintf(buf, cap, "%s%s%s:%d", v6 ? "[" : "", ip, v6 ? "]" : "", kafc__addr_port(a));
}

int kafc__addr_port(const struct kafc_addr *a)
{
    if (a->ss.ss_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, &a->ss, sizeof(v6));
        return ntohs(v6.sin6_port);
    }
    struct sockaddr_in v4;
    memcpy(&v4, &a->ss, sizeof(v4));
    return ntohs(v4.sin_port);
}

void kafc__sock_error_text(int err, char *buf, size_t cap)
{
    if (strerror_r(err, buf, cap) != 0)
        (void)snprintf(buf, cap, "error %d", err);
    if (buf[0] >= 'A' && buf[0] <= 'Z')
        buf[0] = (char)(buf[0] - 'A' + 'a');
}

static bool set_flags(int fd)
{
    int fl = fcntl(fd, F_GETFL);
    return fl >= 0 && fcntl(fd, F_SETFL, fl | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static void set_int(int fd, int level, int name, int value)
{
    (void)setsockopt(fd, level, name, &value,
                     (socklen_t)sizeof(value)); /* an optimisation: may fail */
}

static void set_common(int fd)
{
    set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
#ifdef SO_NOSIGPIPE
    set_int(fd, SOL_SOCKET, SO_NOSIGPIPE, 1);
#endif
}

static void set_buffers(int fd, const struct kafc_sock_options *o)
{
    if (o && o->send_buffer > 0)
        set_int(fd, SOL_SOCKET, SO_SNDBUF, o->send_buffer);
    if (o && o->receive_buffer > 0)
        set_int(fd, SOL_SOCKET, SO_RCVBUF, o->receive_buffer);
}

/* A port of the system's own choice may be the very one that is dialled, when nobody listens there:
 * TCP then connects the socket to itself, and the broker that comes back finds its port taken. */
static bool is_own_peer(int fd)
{
    struct sockaddr_storage here, there;
    socklen_t n = (socklen_t)sizeof(here), m = (socklen_t)sizeof(there);
    memset(&here, 0, sizeof(here));
    memset(&there, 0, sizeof(there));
    return getsockname(fd, (struct sockaddr *)&here, &n) == 0 &&
           getpeername(fd, (struct sockaddr *)&there, &m) == 0 && n == m &&
           memcmp(&here, &there, n) == 0;
}

int kafc__sock_connected(int fd)
{
    int err = 0;
    socklen_t n = (socklen_t)sizeof(err);
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &n) != 0)
        return errno;
    return err == 0 && is_own_peer(fd) ? ECONNREFUSED : err;
}

/* From this address; the port is the system's choice, made by connect(2) where that can be: so many as there are
 * connections to one peer, not to all. */
static bool bind_to(int fd, const char *local, sa_family_t family)
{
    struct kafc_addr from;
    if (!kafc__addr_numeric(&from, local, 0) || from.ss.ss_family != family) {
        errno = EAFNOSUPPORT;
        return false;
    }
#ifdef IP_BIND_ADDRESS_NO_PORT
    set_int(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
#endif
    return bind(fd, (const struct sockaddr *)&from.ss, from.len) == 0;
}

int kafc__sock_connect(const struct kafc_addr *a, const struct kafc_sock_options *o, int *err)
{
    int fd = socket(a->ss.ss_family, SOCK_TYPE, 0);
    if (fd < 0 || !set_flags(fd) || (o && o->local && !bind_to(fd, o->local, a->ss.ss_family))) {
        *err = errno;
        kafc__sock_close(fd);
        return -1;
    }
    set_common(fd);
    set_buffers(fd, o); /* before connecting: the window's scale is settled by the handshake */
    *err = connect(fd, (const struct sockaddr *)&a->ss, a->len) == 0 ? kafc__sock_connected(fd)
                                                                     : errno;
    if (*err == EINTR)
        *err = EINPROGRESS;
    if (*err != 0 && *err != EINPROGRESS) {
        kafc__sock_close(fd);
        return -1;
    }
    return fd;
}

int kafc__sock_adopt(int fd, const struct kafc_sock_options *o)
{
    struct sockaddr_storage peer;
    socklen_t n = (socklen_t)sizeof(peer);
    int type = 0;
    socklen_t m = (socklen_t)sizeof(type);
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &m) != 0 || getpeername(fd, (struct sockaddr *)&peer, &n) != 0)
        return errno;
    if (type != SOCK_STREAM)
        return EPROTOTYPE;
    if (!set_flags(fd))
        return errno;
    set_common(fd);
    set_buffers(fd, o);
    return 0;
}

static bool would_block(int err)
{
    return err == EAGAIN || err == EINTR
#if EAGAIN != EWOULDBLOCK
           || err == EWOULDBLOCK
#endif
        ;
}

int64_t kafc__sock_send(int fd, struct iovec *iov, int n)
{
    struct msghdr m;
    memset(&m, 0, sizeof(m));
    m.msg_iov = iov;
#ifdef __APPLE__
    m.msg_iovlen = n;
#else
    m.msg_iovlen = (size_t)n;
#endif
    ssize_t rc = sendmsg(fd, &m, MSG_NOSIGNAL);
    if (rc >= 0)
        return rc;
    return would_block(errno) ? 0 : -errno;
}

static int64_t received(ssize_t rc, size_t n)
{
    if (rc > 0)
        return rc;
    if (rc == 0)
        return n == 0 ? 0 : KAFC_SOCK_EOF;
    return would_block(errno) ? 0 : -errno;
}

int64_t kafc__sock_recv(int fd, void *p, size_t n)
{
    return received(recv(fd, p, n, 0), n);
}

int64_t kafc__sock_skip(int fd, size_t n)
{
#ifdef __linux__
    return received(recv(fd, NULL, n, MSG_TRUNC), n); /* tcp(7): not even copied */
#else
    char here[16384];

    return received(recv(fd, here, n < sizeof here ? n : sizeof here, 0), n);
#endif
}

static int bound(const struct kafc_addr *a, bool listening, int *err)
{
    *err = 0;
    int fd = socket(a->ss.ss_family, SOCK_TYPE, 0);
    if (fd >= 0 && set_flags(fd)) {
        set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        if (bind(fd, (const struct sockaddr *)&a->ss, a->len) == 0 &&
            (!listening || listen(fd, SOMAXCONN) == 0))
            return fd;
    }
    *err = errno;
    kafc__sock_close(fd);
    return -1;
}

int kafc__sock_listen(const struct kafc_addr *a, int *err)
{
    return bound(a, true, err);
}

int kafc__sock_reserve(const struct kafc_addr *a, int *err)
{
    return bound(a, false, err);
}

bool kafc__sock_local(int fd, struct kafc_addr *a)
{
    memset(a, 0, sizeof(*a));
    a->len = (socklen_t)sizeof(a->ss);
    return getsockname(fd, (struct sockaddr *)&a->ss, &a->len) == 0;
}

bool kafc__sock_remote(int fd, struct kafc_addr *a)
{
    memset(a, 0, sizeof(*a));
    a->len = (socklen_t)sizeof(a->ss);
    return getpeername(fd, (struct sockaddr *)&a->ss, &a->len) == 0;
}

int kafc__sock_accept(int fd, int *err)
{
    int c = accept(fd, NULL, NULL);
    if (c < 0) {
        *err = would_block(errno) || errno == ECONNABORTED ? EAGAIN : errno;
        return -1;
    }
    if (!set_flags(c)) {
        *err = errno;
        kafc__sock_close(c);
        return -1;
    }
    set_common(c);
    return c;
}

void kafc__sock_close(int fd)
{
    if (fd < 0)
        return;
    (void)shutdown(fd, SHUT_RDWR);
    (void)close(fd);
}
