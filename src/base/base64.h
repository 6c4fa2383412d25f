/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Base64 (RFC 4648), in its two alphabets: the standard one is padded, the one
 * for URLs is not.
 */
#ifndef KAFC_BASE_BASE64_H
#define KAFC_BASE_BASE64_H

#include <stddef.h>
#include <stdint.h>

#include <kafc/base.h>

extern const char kafc__base64_digits[], kafc__base64_url_digits[];

/* Characters that n bytes take at most. */
#define KAFC_BASE64_SIZE(n) (((size_t)(n) + 2) / 3 * 4)

/* Returns the characters written; no NUL. */
size_t kafc__base64_encode(const char *digits, char *to, const void *p, size_t n);
/* Returns the bytes written, never more than n / 4 * 3 + 2; -1: not of this alphabet, badly padded, or bits that no
 * byte has are set. */
ptrdiff_t kafc__base64_decode(const char *digits, void *to, const char *s, size_t n);

/* As Kafka writes ids in texts: URL-safe, without padding. */
enum { KAFC_UUID_TEXT = 23 };
static inline void kafc__uuid_text(const kafc_uuid *id, char text[KAFC_UUID_TEXT])
{
    text[kafc__base64_encode(kafc__base64_url_digits, text, id->b, sizeof(id->b))] = '\0';
}

#endif
