/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TCP sockets, never blocking, never raising SIGPIPE (rule C2), closed on
 * exec, with TCP_NODELAY and SO_KEEPALIVE. Used by the client's loop, by kafc_conn and by the mock's server; any
 * thread, one at a time for each socket.
 */
#ifndef KAFC_IO_SOCK_H
#define KAFC_IO_SOCK_H

#include <limits.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <kafc/base.h>

struct kafc_addr {
    struct sockaddr_storage ss;
    socklen_t len;
};

enum { KAFC_ADDR_TEXT = 80 }; /* bytes that kafc__addr_text() needs at most */

/* "127.0.0.1", "::1", "[::1]", "fe80::1%eth0": false for anything else. Never asks a resolver. */
bool kafc__addr_numeric(struct kafc_addr *a, const char *host, int port);
/* "127.0.0.1:9092", "[::1]:9092", "[fe80::1%eth0]:9092"; "" of another family */
void kafc__addr_text(const struct kafc_addr *a, char *buf, size_t cap);
int kafc__addr_port(const struct kafc_addr *a);

struct kafc_sock_options {
    int32_t send_buffer, receive_buffer; /* SO_SNDBUF, SO_RCVBUF; 0: the system's */
    const char *local;                   /* a numeric address to connect from; NULL: the system's choice */
};

/* What the system says of an errno, without a capital: "connection refused". */
void kafc__sock_error_text(int err, char *buf, size_t cap);

/* Starts to connect: the socket, or -1 with *err. *err is EINPROGRESS when the outcome comes with the socket being
 * writable; then ask kafc__sock_connected(). */
int kafc__sock_connect(const struct kafc_addr *a, const struct kafc_sock_options *o, int *err);
/* 0, or the errno that ended the attempt: ECONNREFUSED as well when the socket is connected to itself. */
int kafc__sock_connected(int fd);

/* Makes a socket that somebody else has connected one like ours; 0, or the errno that says why it is none. */
int kafc__sock_adopt(int fd, const struct kafc_sock_options *o);

/* Bytes moved; 0: it would block; KAFC_SOCK_EOF: the peer has closed; any other negative number: -errno. */
enum { KAFC_SOCK_EOF = INT_MIN };
int64_t kafc__sock_send(int fd, struct iovec *iov, int n);
int64_t kafc__sock_recv(int fd, void *p, size_t n);
int64_t kafc__sock_skip(int fd, size_t n); /* as recv, but nobody sees the bytes */

/* Listens; with port 0 in the address on a free one (ask kafc__sock_local). -1 with *err. */
int kafc__sock_listen(const struct kafc_addr *a, int *err);
/* Binds without listening: keeps an address for a kafc__sock_listen() to come, meanwhile connections are refused. */
int kafc__sock_reserve(const struct kafc_addr *a, int *err);
bool kafc__sock_local(int fd, struct kafc_addr *a);
bool kafc__sock_remote(int fd, struct kafc_addr *a);
/* The next connection, or -1 with *err (EAGAIN: none now). */
int kafc__sock_accept(int fd, int *err);
/* Also for the peer, whatever forked children still hold of the socket. -1 is ignored. */
void kafc__sock_close(int fd);

#endif
