/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the compiler and the cache are told on the way of each message.
 */
#ifndef KAFC_BASE_ATTR_H
#define KAFC_BASE_ATTR_H

#include <stdint.h>

#if defined(__GNUC__)
#define KAFC_INLINE static inline __attribute__((always_inline))
#define KAFC_NOINLINE \
    __attribute__((noinline)) /* so that its frame is not the short way's as well */
#define KAFC_COLD __attribute__((cold, noinline)) /* runs when something is wrong, or has to wait */
#else
#define KAFC_INLINE static inline
#define KAFC_NOINLINE
#define KAFC_COLD
#endif

/* Asks for a line of the cache that will be read soon; a number, as below. */
KAFC_INLINE void kafc__expect_read(uintptr_t line)
{
#if defined(__GNUC__)
    __builtin_prefetch((const void *)line, 0);
#else
    (void)line;
#endif
}

/* Asks for a line of the cache that will be written soon. A number: it may lie behind what a pointer may point to. */
KAFC_INLINE void kafc__expect_write(uintptr_t line)
{
#if defined(__x86_64__)
    __asm__ volatile("prefetchw (%0)"
                     :
                     : "r"(line)); /* the compiler takes prefetcht0, which fetches to read */
#elif defined(__GNUC__)
    __builtin_prefetch((const void *)line, 1);
#else
    (void)line;
#endif
}

#endif
