/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Results that are one piece of memory: a public struct with an arena behind
 * it, on which all stands that it points to. It may outlive the client. One
 * thread at a time.
 */
#ifndef KAFC_CLIENT_PIECE_H
#define KAFC_CLIENT_PIECE_H

#include "base/arena.h"

/* `size` zeroed bytes for the public struct, with an arena behind it. NULL when out of memory. */
void *kafc__piece_new(const kafc_allocator *mem, size_t size);
struct kafc_arena *kafc__piece_arena(void *pub);
void kafc__piece_free(void *pub); /* NULL is ignored */

/* pub; or NULL, and it is freed, if there was not memory enough for all of it. */
void *kafc__piece_done(void *pub);

/* A NUL-ended copy; of null NULL, or `otherwise`. */
const char *kafc__piece_text(struct kafc_arena *a, kafc_str s, const char *otherwise);
/* `last`, if it is the same text, else a copy. */
const char *kafc__piece_again(struct kafc_arena *a, kafc_str s, const char *last);
/* Sorts n elements, of which each stays once: so many. */
int32_t kafc__sort_once(void *v, int32_t n, size_t size, int (*by)(const void *a, const void *b));
/* A copy of n numbers, *count of them; of none NULL. */
int32_t *kafc__piece_ids(struct kafc_arena *a, const int32_t *v, int32_t n, int32_t *count);

#endif
