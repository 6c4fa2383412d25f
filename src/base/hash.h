/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The hashes that Kafka clients agree on, and the sum of its batches.
 */
#ifndef KAFC_BASE_HASH_H
#define KAFC_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

uint32_t kafc__murmur2(const void *data, size_t n); /* Java's Utils.murmur2, seed 0x9747b28c */
uint32_t kafc__fnv1a(const void *data, size_t n);   /* 32 bit */
uint32_t kafc__crc32(const void *data, size_t n);   /* IEEE, zlib's */
uint32_t kafc__crc32_more(uint32_t crc, const void *data,
                          size_t n); /* of what came before and this */

/* CRC-32C (Castagnoli). `crc` is the sum of what came before, 0 at the start. SSE4.2, ARMv8 or tables, chosen at
 * run time; the tables' version is reachable by itself so that tests compare both. */
uint32_t kafc__crc32c(uint32_t crc, const void *data, size_t n);
uint32_t kafc__crc32c_table(uint32_t crc, const void *data, size_t n);
/* The sum of a concatenation from the sums of its parts; n is the length of the second part. */
uint32_t kafc__crc32c_combine(uint32_t a, uint32_t b, size_t n);

#endif
