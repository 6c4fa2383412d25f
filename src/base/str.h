/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between C strings and text as it stands on the wire.
 */
#ifndef KAFC_BASE_STR_H
#define KAFC_BASE_STR_H

#include <kafc/base.h>

/* Borrows; NULL gives null. */
static inline kafc_str kafc__str(const char *s)
{
    return (kafc_str){ s, s ? (int32_t)strlen(s) : 0 };
}

/* Null is no name, and not the empty one. */
static inline bool kafc__str_is(kafc_str s, const char *name)
{
    return s.p && (size_t)s.len == strlen(name) && memcmp(s.p, name, (size_t)s.len) == 0;
}

static inline bool kafc__str_same(kafc_str a, kafc_str b)
{
    return a.len == b.len && (a.len <= 0 || memcmp(a.p, b.p, (size_t)a.len) == 0);
}

/* Not more than so many bytes of it; of null none. */
static inline kafc_str kafc__str_head(kafc_str s, int32_t max)
{
    return s.p ? (kafc_str){ s.p, s.len < max ? s.len : max } : (kafc_str){ "", 0 };
}

/* The same for "%.*s" in a sentence. */
#define KAFC_STR_HEAD(s, max) (int)kafc__str_head(s, max).len, kafc__str_head(s, max).p

/* As strcmp(); null is before all others. */
static inline int kafc__str_order(kafc_str a, kafc_str b)
{
    int32_t n = a.len < b.len ? a.len : b.len;
    int c = n > 0 ? memcmp(a.p, b.p, (size_t)n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

#endif
