/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The arena: chunks that double up to 64 KB, and one of its own for whatever
 * is larger. Decoders put structs and arrays here. One thread at a time.
 */
#include "base/arena.h"

#include <stdalign.h>

#include "base/mem.h"

enum { CHUNK_MIN = 1024, CHUNK_MAX = 65536 };

struct kafc_arena_chunk {
    struct kafc_arena_chunk *older;
    size_t cap, used;
    alignas(max_align_t) unsigned char data[];
};

void kafc__arena_init(struct kafc_arena *a, const kafc_allocator *mem, size_t limit)
{
    *a = (struct kafc_arena){ .mem = mem, .limit = limit };
}

static void free_chunks(struct kafc_arena *a, struct kafc_arena_chunk *c)
{
    while (c) {
        struct kafc_arena_chunk *older = c->older;
        kafc__free(a->mem, c);
        c = older;
    }
}

void kafc__arena_fini(struct kafc_arena *a)
{
    free_chunks(a, a->chunk);
    kafc__arena_init(a, a->mem, a->limit);
}

void kafc__arena_reset(struct kafc_arena *a)
{
    if (a->chunk) {
        free_chunks(a, a->chunk->older);
        a->chunk->older = NULL;
        a->chunk->used = 0;
    }
    a->used = 0;
    a->failed = false;
}

static bool add_chunk(struct kafc_arena *a, size_t size)
{
    size_t cap = a->chunk ? a->chunk->cap * 2 : CHUNK_MIN;
    if (cap > CHUNK_MAX)
        cap = CHUNK_MAX;
    if (cap < size)
        cap = size;
    if (cap > SIZE_MAX - sizeof(struct kafc_arena_chunk))
        return false;
    struct kafc_arena_chunk *c = kafc__alloc(a->mem, sizeof(*c) + cap);
    if (!c)
        return false;
    c->older = a->chunk;
    c->cap = cap;
    c->used = 0;
    a->chunk = c;
    return true;
}

void *kafc__arena_alloc(struct kafc_arena *a, size_t size)
{
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX - align)
        goto out;
    size = size ? (size + align - 1) & ~(align - 1) : align;
    if (a->limit && (a->used > a->limit || size > a->limit - a->used))
        goto out;
    if ((!a->chunk || size > a->chunk->cap - a->chunk->used) && !add_chunk(a, size))
        goto out;
    void *p = a->chunk->data + a->chunk->used;
    a->chunk->used += size;
    a->used += size;
    return memset(p, 0, size);
out:
    a->failed = true;
    return NULL;
}

void *kafc__arena_array(struct kafc_arena *a, size_t n, size_t size)
{
    if (size != 0 && n > SIZE_MAX / size) {
        a->failed = true;
        return NULL;
    }
    return kafc__arena_alloc(a, n * size);
}

char *kafc__arena_dup(struct kafc_arena *a, const void *p, size_t n)
{
    char *d = n == SIZE_MAX ? NULL : kafc__arena_alloc(a, n + 1);
    if (d && n)
        memcpy(d, p, n);
    return d;
}
