/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A public struct and its arena in one allocation.
 */
#include "client/piece.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"

struct piece {
    kafc_allocator mem;
    struct kafc_arena arena;
    max_align_t pub[]; /* what the caller sees */
};

void *kafc__piece_new(const kafc_allocator *mem, size_t size)
{
    struct piece *p = kafc__zalloc(mem, sizeof(*p) + size);
    if (!p)
        return NULL;
    p->mem = *mem;
    kafc__arena_init(&p->arena, &p->mem, 0);
    return p->pub;
}

static struct piece *piece_of(void *pub)
{
    return (struct piece *)(void *)((char *)pub - offsetof(struct piece, pub));
}

struct kafc_arena *kafc__piece_arena(void *pub)
{
    return &piece_of(pub)->arena;
}

void kafc__piece_free(void *pub)
{
    if (!pub)
        return;
    struct piece *p = piece_of(pub);
    kafc_allocator mem = p->mem;
    kafc__arena_fini(&p->arena);
    kafc__free(&mem, p);
}

void *kafc__piece_done(void *pub)
{
    if (!pub || !piece_of(pub)->arena.failed)
        return pub;
    kafc__piece_free(pub);
    return NULL;
}

const char *kafc__piece_text(struct kafc_arena *a, kafc_str s, const char *otherwise)
{
    return s.p ? kafc__arena_dup(a, s.p, (size_t)s.len) : otherwise;
}

const char *kafc__piece_again(struct kafc_arena *a, kafc_str s, const char *last)
{
    return last && kafc__str_is(s, last) ? last : kafc__piece_text(a, s, "");
}

int32_t kafc__sort_once(void *v, int32_t n, size_t size, int (*by)(const void *a, const void *b))
{
    char *last = v, *at = last;
    if (n < 2)
        return n > 0;
    qsort(v, (size_t)n, size, by);
    for (int32_t i = 1; i < n; i++) {
        at += size;
        if (by(at, last) != 0)
            memmove(last += size, at, size);
    }
    return (int32_t)((size_t)(last - (char *)v) / size) + 1;
}

int32_t *kafc__piece_ids(struct kafc_arena *a, const int32_t *v, int32_t n, int32_t *count)
{
    void *to = n > 0 ? kafc__arena_dup(a, v, (size_t)n * sizeof(*v)) : NULL;
    *count = to ? n : 0;
    return to;
}
