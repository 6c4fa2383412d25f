/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The orders that the Java client's results depend on: of strings, which it
 * compares by UTF-16 units, and of hash maps. Pure; any thread.
 */
#include "core/assignor_internal.h"

/* The code point at *p, which moves behind it; U+FFFD where there is none. */
static uint32_t code_point(const unsigned char **p, const unsigned char *end)
{
    const unsigned char *s = *p;
    uint32_t c = *s;
    int more = c < 0x80                ? 0
               : c >= 0xc2 && c < 0xe0 ? 1
               : c >= 0xe0 && c < 0xf0 ? 2
               : c >= 0xf0 && c < 0xf5 ? 3
                                       : -1;

    *p = s + 1;
    if (more <= 0)
        return more ? 0xfffd : c;
    if (end - s <= more)
        return 0xfffd;
    c &= 0x3fu >> more;
    for (int i = 1; i <= more; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0xfffd;
        c = c << 6 | (s[i] & 0x3fu);
    }
    *p = s + 1 + more;
    return c;
}

uint32_t kafc__java_hash(kafc_str s)
{
    const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;
    uint32_t h = 0;

    while (p < end) {
        uint32_t c = code_point(&p, end);
        if (c >= 0x10000) {
            h = 31 * h + (0xd800 + ((c - 0x10000) >> 10));
            c = 0xdc00 + (c & 0x3ff);
        }
        h = 31 * h + c;
    }
    return h;
}

/* Bytes sort as UTF-16 does, but for U+E000 to U+FFFF, which it has behind the surrogates. */
static int weight(unsigned char c)
{
    return c == 0xee || c == 0xef ? c + 0x10 : c;
}

int kafc__java_compare(kafc_str a, kafc_str b)
{
    int32_t n = a.len < b.len ? a.len : b.len;

    for (int32_t i = 0; i < n; i++)
        if (a.p[i] != b.p[i])
            return weight((unsigned char)a.p[i]) - weight((unsigned char)b.p[i]);
    return (a.len > b.len) - (a.len < b.len);
}

uint32_t kafc__java_slot(uint32_t hash, uint32_t slots)
{
    return (hash ^ hash >> 16) & (slots - 1);
}

bool kafc__java_order(struct kafc_arena *a, const uint32_t *hashes, int32_t n, int32_t size,
                      int32_t *order)
{
    uint32_t slots = 16;

    while ((uint32_t)size > slots / 4 * 3)
        slots *= 2;
    int32_t *at = kafc__arena_array(a, (size_t)slots + 1, sizeof(*at));
    if (!at)
        return false;
    for (int32_t i = 0; i < n; i++)
        at[kafc__java_slot(hashes[i], slots) + 1]++;
    for (uint32_t i = 0; i < slots; i++)
        at[i + 1] += at[i];
    for (int32_t i = 0; i < n; i++)
        order[at[kafc__java_slot(hashes[i], slots)]++] = i;
    return true;
}
