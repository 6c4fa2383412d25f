/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Host and port to a connected socket, without blocking: resolves the name,
 * then tries its addresses in turn, each with its part of the time that is
 * left. Driven by the client's loop and by kafc_conn. One thread.
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

struct kafc_dial {
    enum kafc_dial_state state;
    int fd;        /* CONNECTING: wait for it to be writable; CONNECTED: yours */
    kafc_err code; /* FAILED: KAFC_ERR_RESOLVE, _CONNECT, _NO_MEMORY, _SYSTEM */
    char why
        [320]; /* FAILED: "connection refused", with the addresses tried where the host is a name */
    struct kafc_sock_options opts;
    struct kafc_dns_request *dns;
    struct kafc_addr addr[KAFC_DNS_MAX];
    int naddr, next;
    bool named; /* the host is no numeric address */
    int64_t started, deadline, try_deadline;
};

/* Begins. notify(arg) is called on the resolver's thread when it is time for a step. */
void kafc__dial_start(struct kafc_dial *d, const char *host, int port,
                      const struct kafc_resolver *r, const struct kafc_sock_options *o,
                      void (*notify)(void *), void *arg, int64_t now, int64_t deadline);
/* Goes on after notify, when fd is ready, or at the deadline; harmless at other times. fd may be closed and be another
 * one afterwards: take it out of the poller first. ready: fd is writable or in error. */
enum kafc_dial_state kafc__dial_step(struct kafc_dial *d, bool ready, int64_t now);
/* When a step is due at the latest. */
int64_t kafc__dial_deadline(const struct kafc_dial *d);
/* Gives up, closes what is open; of a connected one too, unless fd was taken (set to -1). */
void kafc__dial_cancel(struct kafc_dial *d);

#endif
