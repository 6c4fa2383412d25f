/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Dialling as a small machine: resolving, connecting, then connected or failed.
 */
#include "io/dial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static enum kafc_dial_state fail(struct kafc_dial *d, kafc_err code)
{
    d->code = code;
    return d->state = KAFC_DIAL_FAILED;
}

/* One more attempt that came to nothing. */
static void note(struct kafc_dial *d, const struct kafc_addr *a, const char *reason)
{
    char text[KAFC_ADDR_TEXT];
    size_t n = strlen(d->why);
    kafc__addr_text(a, text, sizeof(text));
    if (d->named)
        (void)snprintf(d->why + n, sizeof(d->why) - n, "%s%s (%s)", n ? ", " : "", reason, text);
    else
        (void)snprintf(d->why + n, sizeof(d->why) - n, "%s", reason);
}

static void note_errno(struct kafc_dial *d, const struct kafc_addr *a, int err)
{
    char text[128];
    kafc__sock_error_text(err, text, sizeof(text));
    note(d, a, text);
}

/* The next address that takes a connection attempt. */
static enum kafc_dial_state try_next(struct kafc_dial *d, int64_t now)
{
    while (d->next < d->naddr) {
        const struct kafc_addr *a = &d->addr[d->next];
        int64_t left = d->deadline == INT64_MAX ? INT64_MAX : d->deadline - now;
        if (left <= 0) {
            note(d, a, "no time left to try it");
            break;
        }
        int err = 0;
        d->try_deadline = left == INT64_MAX ? INT64_MAX : now + left / (d->naddr - d->next);
        d->next++;
        d->fd = kafc__sock_connect(a, &d->opts, &err);
        if (d->fd >= 0 && err == 0)
            return d->state = KAFC_DIAL_CONNECTED;
        if (d->fd >= 0)
            return d->state = KAFC_DIAL_CONNECTING;
        note_errno(d, a, err);
    }
    return fail(d, KAFC_ERR_CONNECT);
}

void kafc__dial_start(struct kafc_dial *d, const char *host, int port,
                      const struct kafc_resolver *r, const struct kafc_sock_options *o,
                      void (*notify)(void *), void *arg, int64_t now, int64_t deadline)
{
    memset(d, 0, sizeof(*d));
    d->fd = -1;
    d->started = now;
    d->deadline = deadline;
    if (o)
        d->opts = *o;
    if (kafc__addr_numeric(&d->addr[0], host, port)) {
        d->naddr = 1;
        (void)try_next(d, now);
        return;
    }
    d->named = true;
    d->state = KAFC_DIAL_RESOLVING;
    kafc_err code = KAFC_OK;
    d->dns = kafc__dns_ask(host, port, r, notify, arg, &code);
    if (!d->dns) {
        (void)snprintf(d->why, sizeof(d->why), "%s",
                       code == KAFC_ERR_SYSTEM ? "the resolver's thread cannot be started"
                                               : kafc_err_text(code));
        (void)fail(d, code);
    }
}

static enum kafc_dial_state step_resolving(struct kafc_dial *d, int64_t now)
{
    if (kafc__dns_answer(d->dns, d->addr, KAFC_DNS_MAX, &d->naddr, d->why, sizeof(d->why))) {
        kafc__dns_drop(d->dns);
        d->dns = NULL;
        if (d->naddr == 0)
            return fail(d, KAFC_ERR_RESOLVE);
        d->why[0] = '\0';
        return try_next(d, now);
    }
    if (now < d->deadline)
        return d->state;
    kafc__dns_drop(d->dns);
    d->dns = NULL;
    (void)snprintf(d->why, sizeof(d->why), "no answer to the name within %lld ms",
                   (long long)((now - d->started) / 1000));
    return fail(d, KAFC_ERR_RESOLVE);
}

static enum kafc_dial_state step_connecting(struct kafc_dial *d, bool ready, int64_t now)
{
    const struct kafc_addr *a = &d->addr[d->next - 1];
    if (ready) {
        int err = kafc__sock_connected(d->fd);
        if (err == 0)
            return d->state = KAFC_DIAL_CONNECTED;
        note_errno(d, a, err);
    } else if (now >= d->try_deadline) {
        note(d, a, "no answer in time");
    } else {
        return d->state;
    }
    kafc__sock_close(d->fd);
    d->fd = -1;
    return try_next(d, now);
}

enum kafc_dial_state kafc__dial_step(struct kafc_dial *d, bool ready, int64_t now)
{
    switch (d->state) {
    case KAFC_DIAL_RESOLVING: return step_resolving(d, now);
    case KAFC_DIAL_CONNECTING: return step_connecting(d, ready, now);
    case KAFC_DIAL_CONNECTED:
    case KAFC_DIAL_FAILED: break;
    }
    return d->state;
}

int64_t kafc__dial_deadline(const struct kafc_dial *d)
{
    if (d->state == KAFC_DIAL_RESOLVING)
        return d->deadline;
    return d->state == KAFC_DIAL_CONNECTING ? d->try_deadline : INT64_MAX;
}

void kafc__dial_cancel(struct kafc_dial *d)
{
    kafc__dns_drop(d->dns);
    d->dns = NULL;
    kafc__sock_close(d->fd);
    d->fd = -1;
    d->state = KAFC_DIAL_FAILED;
}
