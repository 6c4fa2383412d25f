/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The allocator of a client, and malloc(3) behind it when there is none.
 * Called by everything, on any thread.
 */
#include "base/mem.h"

#include <stdlib.h>

void *kafc__alloc(const kafc_allocator *mem, size_t size)
{
    if (size == 0)
        size = 1;
    return mem && mem->malloc ? mem->malloc(mem->ctx, size) : malloc(size);
}

void *kafc__zalloc(const kafc_allocator *mem, size_t size)
{
    if (!mem || !mem->malloc)
        return calloc(1, size ? size : 1);
    void *p = kafc__alloc(mem, size);
    if (p)
        memset(p, 0, size);
    return p;
}

void *kafc__zalloc_array(const kafc_allocator *mem, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return NULL;
    return kafc__zalloc(mem, n * size);
}

void *kafc__realloc_array(const kafc_allocator *mem, void *p, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size)
        return NULL;
    size_t bytes = n * size;
    if (bytes == 0)
        bytes = 1;
    if (!p)
        return kafc__alloc(mem, bytes);
    return mem && mem->malloc ? mem->realloc(mem->ctx, p, bytes) : realloc(p, bytes);
}

void kafc__free(const kafc_allocator *mem, void *p)
{
    if (!p)
        return;
    if (mem && mem->malloc)
        mem->free(mem->ctx, p);
    else
        free(p);
}

char *kafc__strndup(const kafc_allocator *mem, const char *s, size_t n)
{
    if (n == SIZE_MAX)
        return NULL;
    char *d = kafc__alloc(mem, n + 1);
    if (!d)
        return NULL;
    if (n)
        memcpy(d, s, n);
    d[n] = 0;
    return d;
}

char *kafc__strdup(const kafc_allocator *mem, const char *s)
{
    return kafc__strndup(mem, s, strlen(s));
}
