/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Copies of messages. Called by applications, on any of their threads.
 */
#include <kafc/message.h>

#include "base/mem.h"

/* The size of everything that one copy holds, behind the struct; SIZE_MAX if there is no such size. */
static size_t copy_size(const kafc_message *m)
{
    if (!m || m->key.len < 0 || m->value.len < 0 || m->nheaders < 0)
        return SIZE_MAX;
    /* Each term is below 2^36 and there are fewer than 2^31: no overflow in 64 bits, checked for size_t at last. */
    uint64_t n = (uint64_t)m->nheaders * sizeof(kafc_header);
    n += (uint64_t)m->key.len + (uint64_t)m->value.len + (m->topic ? strlen(m->topic) + 1 : 0);
    n += 2; /* the NULs behind key and value */
    for (int32_t i = 0; i < m->nheaders; i++) {
        if (m->headers[i].name.len < 0 || m->headers[i].value.len < 0)
            return SIZE_MAX;
        n += (uint64_t)m->headers[i].name.len + (uint64_t)m->headers[i].value.len + 2;
    }
    return n < SIZE_MAX - sizeof(*m) ? (size_t)n : SIZE_MAX;
}

/* Copies n bytes and a NUL to *at; null stays null, empty gets an address of its own. */
static void *put(char **at, const void *p, size_t n)
{
    if (!p)
        return NULL;
    char *to = *at;
    if (n)
        memcpy(to, p, n);
    to[n] = 0;
    *at = to + n + 1;
    return to;
}

kafc_message *kafc_message_dup(const kafc_message *m)
{
    size_t size = copy_size(m);
    kafc_message *d = size == SIZE_MAX ? NULL : kafc__alloc(NULL, sizeof(*d) + size);
    if (!d)
        return NULL;
    *d = *m;
    kafc_header *h = (kafc_header *)(d + 1);
    char *at = (char *)(h + m->nheaders);
    d->headers = m->nheaders ? h : NULL;
    d->key.p = put(&at, m->key.p, (size_t)m->key.len);
    d->value.p = put(&at, m->value.p, (size_t)m->value.len);
    d->topic = m->topic ? put(&at, m->topic, strlen(m->topic)) : NULL;
    for (int32_t i = 0; i < m->nheaders; i++) {
        h[i] = m->headers[i];
        h[i].name.p = put(&at, m->headers[i].name.p, (size_t)m->headers[i].name.len);
        h[i].value.p = put(&at, m->headers[i].value.p, (size_t)m->headers[i].value.len);
    }
    return d;
}

void kafc_message_free(kafc_message *m)
{
    kafc__free(NULL, m);
}
