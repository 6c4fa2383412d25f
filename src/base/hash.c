/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The hashes of the partitioners, and CRC-32 for message formats 0 and 1.
 * Any thread.
 */
#include "base/hash.h"

#include <zlib.h>

/* Java's ints as bytes are little-endian here whatever the machine is. */
static uint32_t load32le(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

uint32_t kafc__murmur2(const void *data, size_t n)
{
    const uint32_t m = 0x5bd1e995;
    const unsigned char *p = data;
    uint32_t h = 0x9747b28cu ^ (uint32_t)n;
    for (; n >= 4; p += 4, n -= 4) {
        uint32_t k = load32le(p) * m;
        k ^= k >> 24;
        h = (h * m) ^ (k * m);
    }
    if (n > 0) {
        for (size_t i = n; i-- > 0;)
            h ^= (uint32_t)p[i] << (8 * i);
        h *= m;
    }
    h ^= h >> 13;
    h *= m;
    return h ^ (h >> 15);
}

uint32_t kafc__fnv1a(const void *data, size_t n)
{
    const unsigned char *p = data;
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * 16777619u;
    return h;
}

uint32_t kafc__crc32_more(uint32_t crc, const void *p, size_t n)
{
    return (uint32_t)crc32_z(crc, p ? p : (const void *)"", n);
}

uint32_t kafc__crc32(const void *p, size_t n)
{
    return kafc__crc32_more(0, p, n);
}
