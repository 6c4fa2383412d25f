/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Dialling as a small machine: resolving, connecting, then connected or failed.
 */
#include "io/dial.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "io/poller.h"

_Static_assert((int)KAFC_DNS_MAX <= (int)KAFC_POLL_ANY, "kafc__poll_any() takes all attempts");

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
    char text[128], from[128];
    kafc__sock_error_text(err, text, sizeof(text));
    (void)snprintf(from, sizeof(from), "%.60s from %.60s", text, d->o.sock.local ? d->o.sock.local : "");
    note(d, a, d->o.sock.local ? from : text);
}

/* --- Attempts ------------------------------------------------------------------- */

int kafc__dial_fds(const struct kafc_dial *d, int *fds)
{
    int n = 0;
    for (int i = 0; i < d->next; i++) {
        if (d->attempt[i] >= 0)
            fds[n++] = d->attempt[i];
    }
    return n;
}

static void close_attempt(struct kafc_dial *d, int i)
{
    kafc__sock_close(d->attempt[i]);
    d->attempt[i] = -1;
}

/* The others were too late. */
static enum kafc_dial_state won(struct kafc_dial *d, int i)
{
    d->fd = d->attempt[i];
    d->attempt[i] = -1;
    for (int k = 0; k < d->next; k++)
        close_attempt(d, k);
    return d->state = KAFC_DIAL_CONNECTED;
}

static bool under_way(const struct kafc_dial *d)
{
    int fds[KAFC_DNS_MAX];
    return kafc__dial_fds(d, fds) > 0;
}

/* The next address; true: it has connected. */
static bool try_next(struct kafc_dial *d, int64_t now)
{
    int i = d->next++, err = 0;
    int64_t left = d->deadline == INT64_MAX ? INT64_MAX : d->deadline - now;
    int64_t wait = left / (d->naddr - i), delay = (int64_t)d->o.fallback_delay_ms * 1000;
    wait = delay >= 0 && delay < wait ? delay : wait;
    d->attempt[i] = kafc__sock_connect(&d->addr[i], &d->o.sock, &err);
    if (d->attempt[i] >= 0 && err == 0)
        return true;
    d->next_at = now; /* after a failure: at once */
    if (d->attempt[i] >= 0)
        d->next_at = wait > INT64_MAX - now ? INT64_MAX : now + wait;
    else
        note_errno(d, &d->addr[i], err);
    return false;
}

static enum kafc_dial_state go_on(struct kafc_dial *d, int64_t now)
{
    while (d->next < d->naddr && now < d->deadline && (now >= d->next_at || !under_way(d))) {
        if (try_next(d, now))
            return won(d, d->next - 1);
    }
    if (under_way(d))
        return d->state = KAFC_DIAL_CONNECTING;
    if (d->next < d->naddr)
        note(d, &d->addr[d->next], "no time left to try it");
    return fail(d, KAFC_ERR_CONNECT);
}

static enum kafc_dial_state step_connecting(struct kafc_dial *d, int64_t now)
{
    for (int i = 0; i < d->next; i++) {
        bool woken;
        if (d->attempt[i] < 0)
            continue;
        if (kafc__poll_any(&d->attempt[i], 1, KAFC_POLL_OUT, -1, &woken, 0)) {
            int err = kafc__sock_connected(d->attempt[i]);
            if (err == 0)
                return won(d, i);
            note_errno(d, &d->addr[i], err);
            d->next_at = now;
        } else if (now >= d->deadline) {
            note(d, &d->addr[i], "no answer in time");
        } else {
            continue;
        }
        close_attempt(d, i);
    }
    return go_on(d, now);
}

/* --- The name --------------------------------------------------------------------- */

/* The families in turn, the resolver's first one first: one that does not work is noticed after a single address. */
static void interleave(struct kafc_addr *v, int n)
{
    struct kafc_addr in[KAFC_DNS_MAX];
    int at[2] = { 0, 0 }; /* how far the addresses of the first family, and of the others, were taken */
    memcpy(in, v, (size_t)n * sizeof(*v));
    for (int k = 0, other = 0; k < n; other = !other) {
        while (at[other] < n && (in[at[other]].ss.ss_family != in[0].ss.ss_family) != other)
            at[other]++;
        if (at[other] < n)
            v[k++] = in[at[other]++];
    }
}

kafc_err kafc__dial_check_local(const char *local, kafc_error *err)
{
    struct kafc_addr a;
    if (!local || kafc__addr_numeric(&a, local, 0))
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_USAGE,
                       "local_address: '%.100s' is no address such as 192.0.2.1 or 2001:db8::1", local);
}

void kafc__dial_start(struct kafc_dial *d, const char *host, int port,
                      const struct kafc_dial_options *o, void (*notify)(void *), void *arg,
                      int64_t now, int64_t deadline)
{
    memset(d, 0, sizeof(*d));
    d->fd = -1;
    d->started = now;
    d->deadline = deadline;
    d->o = *o;
    if (kafc__addr_numeric(&d->addr[0], host, port)) {
        d->naddr = 1;
        (void)go_on(d, now);
        return;
    }
    d->named = true;
    d->state = KAFC_DIAL_RESOLVING;
    kafc_err code = KAFC_OK;
    d->dns = kafc__dns_ask(host, port, &d->o.resolver, notify, arg, &code);
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
        interleave(d->addr, d->naddr);
        return go_on(d, now);
    }
    if (now < d->deadline)
        return d->state;
    kafc__dns_drop(d->dns);
    d->dns = NULL;
    (void)snprintf(d->why, sizeof(d->why), "no answer to the name within %lld ms",
                   (long long)((now - d->started) / 1000));
    return fail(d, KAFC_ERR_RESOLVE);
}

/* --- The machine -------------------------------------------------------------------- */

enum kafc_dial_state kafc__dial_step(struct kafc_dial *d, int64_t now)
{
    switch (d->state) {
    case KAFC_DIAL_RESOLVING: return step_resolving(d, now);
    case KAFC_DIAL_CONNECTING: return step_connecting(d, now);
    case KAFC_DIAL_CONNECTED:
    case KAFC_DIAL_FAILED: break;
    }
    return d->state;
}

int64_t kafc__dial_deadline(const struct kafc_dial *d)
{
    if (d->state == KAFC_DIAL_RESOLVING)
        return d->deadline;
    if (d->state != KAFC_DIAL_CONNECTING)
        return INT64_MAX;
    return d->next < d->naddr && d->next_at < d->deadline ? d->next_at : d->deadline;
}

void kafc__dial_cancel(struct kafc_dial *d)
{
    kafc__dns_drop(d->dns);
    d->dns = NULL;
    for (int i = 0; i < d->next; i++)
        close_attempt(d, i);
    if (d->state == KAFC_DIAL_CONNECTED)
        kafc__sock_close(d->fd);
    d->fd = -1;
    d->state = KAFC_DIAL_FAILED;
}
