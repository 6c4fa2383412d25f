/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdbool.h>
#include <string.h>

#include "base/base64.h"

const char kafc__base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const char kafc__base64_url_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

size_t kafc__base64_encode(const char *digits, char *to, const void *p, size_t n)
{
    const uint8_t *from = p;
    char *start = to;

    for (size_t i = 0; i < n; i += 3) {
        size_t have = n - i < 3 ? n - i : 3;
        uint32_t v = (uint32_t)from[i] << 16;

        if (have > 1)
            v |= (uint32_t)from[i + 1] << 8;
        if (have > 2)
            v |= from[i + 2];
        for (size_t k = 0; k < 4; k++)
            if (k <= have)
                *to++ = digits[v >> (18 - 6 * k) & 63];
            else if (digits == kafc__base64_digits)
                *to++ = '=';
    }
    return (size_t)(to - start);
}

ptrdiff_t kafc__base64_decode(const char *digits, void *to, const char *s, size_t n)
{
    uint8_t *out = to;
    uint32_t bits = 0;
    int held = 0;

    if (digits == kafc__base64_digits) {
        if (n % 4)
            return -1;
        if (n && s[n - 1] == '=')
            n -= s[n - 2] == '=' ? 2 : 1;
    }
    if (n % 4 == 1)
        return -1;
    for (size_t i = 0; i < n; i++) {
        const char *digit = s[i] ? strchr(digits, s[i]) : NULL;

        if (!digit)
            return -1;
        bits = bits << 6 | (uint32_t)(digit - digits);
        held += 6;
        if (held >= 8) {
            held -= 8;
            *out++ = (uint8_t)(bits >> held);
        }
    }
    if (bits & ((1U << held) - 1))
        return -1;
    return out - (uint8_t *)to;
}
