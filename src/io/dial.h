/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Host and port to a connected socket, without blocking: resolves the name,
 * then tries its addresses (RFC 8305): the families in turn, the next one
 * beside those that have not answered for a while, or at once when one fails;
 * the first that connects wins. Driven by the client's loop and by kafc_conn.
 * One thread.
 */
#ifndef KAFC_IO_DIAL_H
#define KAFC_IO_DIAL_H

#include "io/dns.h"

enum kafc_dial_state {
    KAFC_DIAL_RESOLVING,
    KAFC_DIAL_CONNECTING,
    KAFC_DIAL_CONNECTED,
    KAFC_DIAL_FAILED
};

struct kafc_dial_options {
    struct kafc_resolver resolver;
    struct kafc_sock_options sock;
    int32_t fallback_delay_ms; /* until another address is tried, too; -1: its part of the time that is left */
};

struct kafc_dial {
    enum kafc_dial_state state;
    int fd;        /* CONNECTED: yours */
    kafc_err code; /* FAILED: KAFC_ERR_RESOLVE, _CONNECT, _NO_MEMORY, _SYSTEM */
    char why
        [320]; /* FAILED: "connection refused", with the addresses tried where the host is a name */
    struct kafc_dial_options o;
    struct kafc_dns_request *dns;
    struct kafc_addr addr[KAFC_DNS_MAX];
    int attempt[KAFC_DNS_MAX]; /* the sockets under way to them, or -1 */
    int naddr, next;           /* next: so many were begun */
    bool named;                /* the host is no numeric address */
    int64_t started, deadline, next_at;
};

/* KAFC_ERR_USAGE if it is neither NULL nor a numeric address. */
kafc_err kafc__dial_check_local(const char *local, kafc_error *err);
/* Begins. notify(arg) is called on the resolver's thread when it is time for a step. What *o points to must last. */
void kafc__dial_start(struct kafc_dial *d, const char *host, int port,
                      const struct kafc_dial_options *o, void (*notify)(void *), void *arg,
                      int64_t now, int64_t deadline);
/* CONNECTING: the descriptors to wait for until one is writable or in error, up to KAFC_DNS_MAX of them; how many. */
int kafc__dial_fds(const struct kafc_dial *d, int *fds);
/* Goes on after notify, when a descriptor is ready, or at the deadline; harmless at other times. The descriptors may be
 * closed and be others afterwards: take them out of the poller first. */
enum kafc_dial_state kafc__dial_step(struct kafc_dial *d, int64_t now);
/* When a step is due at the latest. */
int64_t kafc__dial_deadline(const struct kafc_dial *d);
/* Gives up, closes what is open; of a connected one too, unless fd was taken (set to -1). One that never began,
 * all zero, has nothing open. */
void kafc__dial_cancel(struct kafc_dial *d);

#endif
