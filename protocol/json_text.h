/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The words of JSON: numbers, strings, base64, written into a buffer that need
 * not be there, to learn how much it must hold. Any thread.
 */
#ifndef KAFC_PROTOCOL_JSON_TEXT_H
#define KAFC_PROTOCOL_JSON_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/base64.h"

/* Counts everything, keeps what fits. */
struct kafc_json_out {
    char *p;
    size_t cap, n;
};

static inline void kafc__json_char(struct kafc_json_out *o, char c)
{
    if (o->n < o->cap)
        o->p[o->n] = c;
    o->n++;
}

static inline void kafc__json_text(struct kafc_json_out *o, const char *s)
{
    while (*s)
        kafc__json_char(o, *s++);
}

void kafc__json_int(struct kafc_json_out *o, int64_t v);
/* The length of the valid UTF-8 sequence at s, of which `left` bytes are there, or 0. */
int kafc__utf8_len(const uint8_t *s, size_t left);
/* In quotes; a byte that belongs to no UTF-8 becomes U+FFFD. */
void kafc__json_string(struct kafc_json_out *o, const char *p, int32_t len);

/* Base64 that may be fed in pieces; in quotes if the caller writes them. */
struct kafc_base64 {
    const char *digits; /* one of base/base64.h */
    uint8_t held[3];
    size_t n;
};

void kafc__base64_feed(struct kafc_base64 *b, struct kafc_json_out *o, const uint8_t *p, size_t n);
void kafc__base64_end(struct kafc_base64 *b, struct kafc_json_out *o);

#endif
