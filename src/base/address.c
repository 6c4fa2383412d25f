/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Lists of host:port.
 */
#include "base/address.h"

#include <stdio.h>
#include <string.h>

static bool blank(char ch)
{
    return ch == ' ' || ch == '\t' || ch == '\n';
}

static int32_t port_of(const char *p, size_t n)
{
    int32_t v = 0;
    if (n < 1 || n > 5)
        return 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return 0;
        v = v * 10 + (p[i] - '0');
    }
    return v <= UINT16_MAX ? v : 0;
}

/* colon: the first one, or NULL. */
static bool is_v6(const char *p, const char *colon, const char *end)
{
    const char *zone = p + strspn(p, "0123456789abcdefABCDEF:.");
    return colon && memchr(colon + 1, ':', (size_t)(end - colon) - 1) && (zone >= end || *zone == '%');
}

/* Where the colon before the port is, if there is one. false: no host and no port. */
static bool split(struct kafc_address *a, const char **colon)
{
    const char *p = a->entry, *end = p + a->nentry, *close = memchr(p, ']', a->nentry);
    *colon = memchr(p, ':', a->nentry);
    if (*p == '[') {
        if (!close || (close + 1 < end && close[1] != ':'))
            return false;
        *colon = close + 1 < end ? close + 1 : NULL;
        a->host = p + 1;
        a->nhost = (size_t)(close - p) - 1;
        return true;
    }
    if (is_v6(p, *colon, end)) /* without a port */
        *colon = NULL;
    a->host = p;
    a->nhost = *colon ? (size_t)(*colon - p) : a->nentry;
    return true;
}

static void parse(struct kafc_address *a)
{
    const char *colon;
    a->port = 0;
    for (size_t i = 0; i < a->nentry; i++)
        if (blank(a->entry[i]))
            return;
    if (split(a, &colon) && a->nhost > 0 && a->nhost <= KAFC_HOST_MAX)
        a->port = colon ? port_of(colon + 1, (size_t)(a->entry + a->nentry - colon) - 1) : 9092;
}

bool kafc__address_next(const char **list, struct kafc_address *a)
{
    const char *p = *list;
    while (*p == ',' || blank(*p))
        p++;
    a->entry = p;
    a->nentry = strcspn(p, ",");
    *list = p + a->nentry;
    while (a->nentry && blank(p[a->nentry - 1]))
        a->nentry--;
    if (a->nentry)
        parse(a);
    return a->nentry > 0;
}

void kafc__address_text(char *buf, size_t cap, const char *host, int port)
{
    bool v6 = strchr(host, ':') != NULL;
    (void)snprintf(buf, cap, "%s%.*s%s:%d", v6 ? "[" : "", KAFC_HOST_MAX, host, v6 ? "]" : "", port);
}
