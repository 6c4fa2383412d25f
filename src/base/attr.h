/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the compiler is told about functions on the way of each message.
 */
#ifndef KAFC_BASE_ATTR_H
#define KAFC_BASE_ATTR_H

#if defined(__GNUC__)
#define KAFC_INLINE   static inline __attribute__((always_inline))
#define KAFC_NOINLINE __attribute__((noinline)) /* so that its frame is not the short way's as well */
#define KAFC_COLD     __attribute__((cold, noinline)) /* runs when something is wrong, or has to wait */
#else
#define KAFC_INLINE static inline
#define KAFC_NOINLINE
#define KAFC_COLD
#endif

#endif
