/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The hash map: open addressing, linear probes, deletion by shifting back, so
 * that there are no tombstones. One thread at a time.
 */
#include "base/map.h"

#include "base/mem.h"

void kafc__map_init(struct kafc_map *m, const kafc_allocator *mem)
{
    *m = (struct kafc_map){ .mem = mem };
}

void kafc__map_fini(struct kafc_map *m)
{
    kafc__free(m->mem, m->slot);
    kafc__map_init(m, m->mem);
}

static uint64_t mix(uint64_t h)
{
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    return h;
}

static uint64_t hash_key(const void *key, size_t len)
{
    const unsigned char *p = key;
    uint64_t h = mix(len + 0x9e3779b97f4a7c15u);
    while (len >= 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        h = mix(h ^ w) * 0xd6e8feb86659fd93u;
        p += 8;
        len -= 8;
    }
    if (len) {
        uint64_t w = 0;
        memcpy(&w, p, len);
        h = mix(h ^ w) * 0xd6e8feb86659fd93u;
    }
    return mix(h);
}

/* The slot of the key, or the free one where it would go. cap > n, so there is one. */
static struct kafc_map_slot *find(const struct kafc_map *m, const void *key, size_t len,
                                  uint64_t hash)
{
    for (size_t i = (size_t)hash & (m->cap - 1);; i = (i + 1) & (m->cap - 1)) {
        struct kafc_map_slot *s = &m->slot[i];
        if (!s->value)
            return s;
        if (s->hash == hash && s->len == len && (len == 0 || memcmp(s->key, key, len) == 0))
            return s;
    }
}

void *kafc__map_get(const struct kafc_map *m, const void *key, size_t len)
{
    return m->n ? find(m, key, len, hash_key(key, len))->value : NULL;
}

static bool grow(struct kafc_map *m)
{
    struct kafc_map bigger = { .mem = m->mem, .n = m->n, .cap = m->cap ? m->cap * 2 : 8 };
    if (bigger.cap < m->cap)
        return false;
    bigger.slot = kafc__zalloc_array(m->mem, bigger.cap, sizeof(struct kafc_map_slot));
    if (!bigger.slot)
        return false;
    for (size_t i = 0; i < m->cap; i++)
        if (m->slot[i].value)
            *find(&bigger, m->slot[i].key, m->slot[i].len, m->slot[i].hash) = m->slot[i];
    kafc__free(m->mem, m->slot);
    *m = bigger;
    return true;
}

bool kafc__map_put(struct kafc_map *m, const void *key, size_t len, void *value)
{
    uint64_t hash = hash_key(key, len);
    struct kafc_map_slot *s = m->cap ? find(m, key, len, hash) : NULL;
    if (!s || !s->value) {
        if (m->n >= m->cap / 4 * 3) {
            if (!grow(m))
                return false;
            s = find(m, key, len, hash);
        }
        m->n++;
    }
    *s = (struct kafc_map_slot){ .key = key, .len = len, .hash = hash, .value = value };
    return true;
}

void *kafc__map_del(struct kafc_map *m, const void *key, size_t len)
{
    struct kafc_map_slot *s = m->n ? find(m, key, len, hash_key(key, len)) : NULL;
    if (!s || !s->value)
        return NULL;
    void *value = s->value;
    size_t mask = m->cap - 1, hole = (size_t)(s - m->slot);
    for (size_t i = (hole + 1) & mask; m->slot[i].value; i = (i + 1) & mask) {
        /* Moves into the hole unless its own place lies behind the hole. */
        if (((i - (size_t)m->slot[i].hash) & mask) >= ((i - hole) & mask)) {
            m->slot[hole] = m->slot[i];
            hole = i;
        }
    }
    m->slot[hole] = (struct kafc_map_slot){ 0 };
    m->n--;
    return value;
}

void *kafc__map_next(const struct kafc_map *m, size_t *i)
{
    while (*i < m->cap) {
        void *value = m->slot[(*i)++].value;
        if (value)
            return value;
    }
    return NULL;
}
