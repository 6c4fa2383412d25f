/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The few types that every header of kafc shares: strings, bytes, the
 * allocator, log sinks, and the way to say "really zero". Any layer may
 * include this file; it includes nothing of kafc.
 */
#ifndef KAFC_BASE_H
#define KAFC_BASE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define KAFC_VERSION_MAJOR 0
#define KAFC_VERSION_MINOR 1
#define KAFC_VERSION_PATCH 0
#define KAFC_VERSION       "0.1.0"

#if defined(__GNUC__)
#define KAFC_API                __attribute__((visibility("default")))
#define KAFC_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))
#define KAFC_NODISCARD          __attribute__((warn_unused_result))
#else
#define KAFC_API
#define KAFC_PRINTF(fmt, first)
#define KAFC_NODISCARD
#endif

/* Zero in an options struct, or in a field of a message to write, is the
 * default. Where zero is also a legal value, KAFC_ZERO says it: linger 0 is
 * `.linger_ms = KAFC_ZERO`, partition 0 is `.to_partition = KAFC_ZERO`. */
#define KAFC_ZERO INT32_MIN

/* A yes or no with a default: zero leaves the default in force. */
typedef enum kafc_switch { KAFC_DEFAULT = 0, KAFC_ON = 1, KAFC_OFF = 2 } kafc_switch;

/* Text on the wire: UTF-8 by convention, kept byte for byte, not ended by NUL.
 * p == NULL is null (len is 0 then); len == 0 with p != NULL is empty. Borrowed. */
typedef struct kafc_str {
    const char *p;
    int32_t len;
} kafc_str;

/* Bytes, with the same rule for null and empty. Borrowed. */
typedef struct kafc_bytes {
    const void *p;
    int32_t len;
} kafc_bytes;

/* A NUL-ended C string as the bytes of a key or value; NULL gives null. */
static inline kafc_bytes kafc_bytes_of(const char *s)
{
    kafc_bytes b = { s, s ? (int32_t)strlen(s) : 0 };
    return b;
}
#define KAFC_STR(s) kafc_bytes_of(s)

/* A 128-bit id as it stands on the wire, most significant byte first. */
typedef struct kafc_uuid {
    uint8_t b[16];
} kafc_uuid;

/* Where all memory of a client comes from, but the contexts that libzstd and
 * liblz4 make for themselves, and what the system's resolver takes. Every
 * function may be called from any thread at any time and must be thread-safe;
 * `ctx` must live as long as anything of the client. malloc and realloc return NULL when out of memory;
 * kafc reports that as KAFC_ERR_NO_MEMORY and goes on. `realloc` is never
 * called with size 0; `free` takes NULL. */
typedef struct kafc_allocator {
    void *(*malloc)(void *ctx, size_t size);
    void *(*realloc)(void *ctx, void *p, size_t size);
    void (*free)(void *ctx, void *p);
    void *ctx;
} kafc_allocator;

/* Severity of a log line. */
typedef enum kafc_log_level {
    KAFC_LOG_NONE = 0, /* in options: the default, KAFC_LOG_INFO */
    KAFC_LOG_ERROR = 1,
    KAFC_LOG_WARN = 2,
    KAFC_LOG_INFO = 3,
    KAFC_LOG_DEBUG = 4
} kafc_log_level;

/* A sink for log lines: one line, without a newline, NUL-ended, valid during
 * the call. Called on the thread that logs (the loop's, or the caller's own);
 * must not block and must not call kafc. */
typedef void (*kafc_log_fn)(void *ctx, kafc_log_level level, const char *line);

/* The version of the library that is linked, such as "0.1.0". */
KAFC_API const char *kafc_version(void);

#ifdef __cplusplus
}
#endif
#endif
