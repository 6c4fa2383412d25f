/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The words of JSON, for messages and for records. Any thread.
 */
#include "protocol/json_text.h"

#include <stdio.h>

void kafc__json_int(struct kafc_json_out *o, int64_t v)
{
    char num[24];
    snprintf(num, sizeof(num), "%lld", (long long)v);
    kafc__json_text(o, num);
}

int kafc__utf8_len(const uint8_t *s, size_t left)
{
    static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
    int n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    if (n == 0 || (size_t)n > left)
        return 0;
    if (n == 1)
        return 1;
    uint32_t c = s[0] & (0xffU >> (n + 1));
    for (int i = 1; i < n; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        c = c << 6 | (s[i] & 0x3f);
    }
    return c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000) ? 0 : n;
}

static void put_escape(struct kafc_json_out *o, uint8_t c)
{
    static const char names[] = "\bb\ff\nn\rr\tt\"\"\\\\", hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i + 1 < sizeof(names); i += 2)
        if ((uint8_t)names[i] == c) {
            kafc__json_char(o, '\\');
            kafc__json_char(o, names[i + 1]);
            return;
        }
    kafc__json_text(o, "\\u00");
    kafc__json_char(o, hex[c >> 4]);
    kafc__json_char(o, hex[c & 15]);
}

void kafc__json_string(struct kafc_json_out *o, const char *p, int32_t len)
{
    kafc__json_char(o, '"');
    const uint8_t *s = (const uint8_t *)p, *end = s + (len > 0 ? len : 0);
    while (s < end) {
        int n = kafc__utf8_len(s, (size_t)(end - s));
        if (n == 0) {
            kafc__json_text(o, "\xef\xbf\xbd"); /* U+FFFD */
            s++;
        } else if (n == 1 && (*s < 0x20 || *s == '"' || *s == '\\')) {
            put_escape(o, *s++);
        } else {
            while (n-- > 0)
                kafc__json_char(o, (char)*s++);
        }
    }
    kafc__json_char(o, '"');
}

void kafc__base64_feed(struct kafc_base64 *b, struct kafc_json_out *o, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        b->held[b->n++] = p[i];
        if (b->n == sizeof(b->held))
            kafc__base64_end(b, o);
    }
}

void kafc__base64_end(struct kafc_base64 *b, struct kafc_json_out *o)
{
    char digit[4];
    size_t n = kafc__base64_encode(b->digits, digit, b->held, b->n);
    for (size_t i = 0; i < n; i++)
        kafc__json_char(o, digit[i]);
    b->n = 0;
}
