/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hash map from byte strings (or a 64-bit number) to pointers. Keys are
 * borrowed from the values. One thread at a time.
 */
#ifndef KAFC_BASE_MAP_H
#define KAFC_BASE_MAP_H

#include <kafc/base.h>

struct kafc_map_slot {
    const void *key;
    size_t len;
    uint64_t hash;
    void *value;
};

struct kafc_map {
    const kafc_allocator *mem;
    struct kafc_map_slot *slot;
    size_t n, cap; /* cap is a power of two or 0 */
};

/* A key of eight bytes is a number as well: pass &value->id and sizeof(uint64_t). */
void kafc__map_init(struct kafc_map *m, const kafc_allocator *mem);
void kafc__map_fini(struct kafc_map *m);
void *kafc__map_get(const struct kafc_map *m, const void *key, size_t len); /* or NULL */
/* value is not NULL; replaces. false only when out of memory. The key must live as long as the entry. */
bool kafc__map_put(struct kafc_map *m, const void *key, size_t len, void *value);
/* Gives the value that was there, or NULL. */
void *kafc__map_del(struct kafc_map *m, const void *key, size_t len);
/* Iterates: *i starts at 0; NULL at the end. Deleting while iterating is not allowed. */
void *kafc__map_next(const struct kafc_map *m, size_t *i);

#endif
