/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Host names to addresses, on one thread of the process that starts with the
 * first name asked for and ends with its last user: getaddrinfo(3) knows no
 * deadline. Whoever asked can go
 * away at any time. Any thread.
 */
#ifndef KAFC_IO_DNS_H
#define KAFC_IO_DNS_H

#include "io/sock.h"
#include <kafc/error.h>

enum { KAFC_DNS_MAX = 16 }; /* addresses of a name that are looked at */

/* A caller's way to resolve, in place of getaddrinfo: kafc_resolve_fn. fn NULL: getaddrinfo. */
struct kafc_resolver {
    int (*fn)(void *ctx, const char *host, char (*address)[64], int max);
    void *ctx;
};

struct kafc_dns_request;

/* Whoever may ask holds the resolver as long as it lives. When the last one lets go, the thread ends: at once if it is
 * idle, else after the name that it is busy with. hold: false when out of memory. */
bool kafc__dns_hold(void);
void kafc__dns_release(void);

/* Asks. notify(arg) is called on the resolver's thread when there is an answer; it must not block or ask. NULL on
 * error: KAFC_ERR_NO_MEMORY or KAFC_ERR_SYSTEM in *code. */
struct kafc_dns_request *kafc__dns_ask(const char *host, int port, const struct kafc_resolver *r,
                                       void (*notify)(void *arg), void *arg, kafc_err *code);
/* false: no answer yet. The answer: n addresses, or 0 with the reason in why. */
bool kafc__dns_answer(struct kafc_dns_request *rq, struct kafc_addr *out, int max, int *n,
                      char *why, size_t cap);
/* Always, at the end. After the return notify is not called any more, and a resolve function that has not been called
 * yet never will be; one that runs goes on until it returns, and nobody looks. NULL is ignored. */
void kafc__dns_drop(struct kafc_dns_request *rq);

#endif
