/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages as Apache Kafka's JSON: what its request logs print. Numbers of 64
 * bits stay whole, bytes are base64, ids URL-safe base64. Any thread.
 */
#include <stdio.h>
#include <stdlib.h>

#include "protocol/walk.h"

/* Counts everything, keeps what fits. */
struct out {
    char *p;
    size_t cap, n;
};

static void put_char(struct out *o, char c)
{
    if (o->n < o->cap)
        o->p[o->n] = c;
    o->n++;
}

static void put_text(struct out *o, const char *s)
{
    while (*s)
        put_char(o, *s++);
}

static void put_int(struct out *o, int64_t v)
{
    char num[24];
    snprintf(num, sizeof(num), "%lld", (long long)v);
    put_text(o, num);
}

/* The shortest digits that read back exactly, in Java's layout: 123.5, 1.235E8. JSON has no NaN and no infinity. */
static void put_double(struct out *o, double d)
{
    char num[40];
    if (d - d != 0) { /* not finite */
        put_text(o, d > 0 ? "\"Infinity\"" : d < 0 ? "\"-Infinity\"" : "\"NaN\"");
        return;
    }
    int digits = 1;
    for (; digits <= 17; digits++) {
        snprintf(num, sizeof(num), "%.*e", digits - 1, d);
        double back = strtod(num, NULL);
        if (memcmp(&back, &d, sizeof(d)) == 0)
            break;
    }
    char *e = strchr(num, 'e');
    int exponent = e ? (int)strtol(e + 1, NULL, 10) : 0;
    if (exponent >= -3 && exponent < 7) {
        int decimals = digits - 1 - exponent;
        snprintf(num, sizeof(num), "%.*f", decimals > 1 ? decimals : 1, d);
        put_text(o, num);
        return;
    }
    if (e)
        *e = '\0';
    put_text(o, num);
    if (!strchr(num, '.'))
        put_text(o, ".0");
    put_char(o, 'E');
    put_int(o, exponent);
}

/* The length of the valid UTF-8 sequence at s, or 0. */
static int utf8_len(const uint8_t *s, size_t left)
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

static void put_escape(struct out *o, uint8_t c)
{
    static const char names[] = "\bb\ff\nn\rr\tt\"\"\\\\", hex[] = "0123456789ABCDEF";
    for (size_t i = 0; i + 1 < sizeof(names); i += 2)
        if ((uint8_t)names[i] == c) {
            put_char(o, '\\');
            put_char(o, names[i + 1]);
            return;
        }
    put_text(o, "\\u00");
    put_char(o, hex[c >> 4]);
    put_char(o, hex[c & 15]);
}

static void put_string(struct out *o, const char *p, int32_t len)
{
    put_char(o, '"');
    const uint8_t *s = (const uint8_t *)p, *end = s + (len > 0 ? len : 0);
    while (s < end) {
        int n = utf8_len(s, (size_t)(end - s));
        if (n == 0) {
            put_text(o, "\xef\xbf\xbd"); /* U+FFFD */
            s++;
        } else if (n == 1 && (*s < 0x20 || *s == '"' || *s == '\\')) {
            put_escape(o, *s++);
        } else {
            while (n-- > 0)
                put_char(o, (char)*s++);
        }
    }
    put_char(o, '"');
}

/* Base64 that may be fed in pieces. */
struct base64 {
    const char *digits;
    uint32_t acc;
    int n;
};

static const char STANDARD[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static const char URL_SAFE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void base64_feed(struct base64 *b, struct out *o, const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        b->acc = b->acc << 8 | p[i];
        if (++b->n < 3)
            continue;
        for (int shift = 18; shift >= 0; shift -= 6)
            put_char(o, b->digits[b->acc >> shift & 63]);
        b->n = 0;
        b->acc = 0;
    }
}

static void base64_end(struct base64 *b, struct out *o, bool pad)
{
    if (b->n == 0)
        return;
    uint32_t acc = b->acc << (8 * (3 - b->n));
    for (int i = 0; i < 4; i++) {
        if (i <= b->n)
            put_char(o, b->digits[acc >> (18 - 6 * i) & 63]);
        else if (pad)
            put_char(o, '=');
    }
}

static void put_base64(struct out *o, const struct kafc_records *rec)
{
    struct base64 b = { .digits = STANDARD };
    struct kafc_pieces it = { .rec = rec };
    size_t n;
    put_char(o, '"');
    for (const uint8_t *p; (p = kafc__pieces_next(&it, &n)) != NULL;)
        base64_feed(&b, o, p, n);
    base64_end(&b, o, true);
    put_char(o, '"');
}

static void put_uuid(struct out *o, const kafc_uuid *u)
{
    struct base64 b = { .digits = URL_SAFE };
    put_char(o, '"');
    base64_feed(&b, o, u->b, sizeof(u->b));
    base64_end(&b, o, false);
    put_char(o, '"');
}

static void put_struct(struct out *o, const struct kafc_schema *s, const void *obj, int version);
static void put_value(struct out *o, const struct kafc_field *f, unsigned kind, const void *m,
                      int version);

static void put_array(struct out *o, const struct kafc_field *f, const void *m, int version)
{
    struct kafc_any_array a = kafc__array_get(m);
    size_t step = f->elem == KAFC_STRUCT ? f->sub->size : kafc__kind_size(f->elem);
    put_char(o, '[');
    for (int32_t i = 0; i < a.n; i++) {
        if (i > 0)
            put_char(o, ',');
        put_value(o, kafc__element_of(f), f->elem, (const char *)a.v + (size_t)i * step, version);
    }
    put_char(o, ']');
}

static void put_number(struct out *o, unsigned kind, const void *m)
{
    switch (kind) {
    case KAFC_I8: put_int(o, *(const int8_t *)m); break;
    case KAFC_I16: put_int(o, *(const int16_t *)m); break;
    case KAFC_U16: put_int(o, *(const uint16_t *)m); break;
    case KAFC_I32: put_int(o, *(const int32_t *)m); break;
    default: put_int(o, *(const int64_t *)m); break;
    }
}

static bool elem_is_null(unsigned kind, const void *m)
{
    struct kafc_field f = { .kind = (uint8_t)kind };
    return kafc__field_is_null(&f, m);
}

static void put_value(struct out *o, const struct kafc_field *f, unsigned kind, const void *m,
                      int version)
{
    if (elem_is_null(kind, m)) {
        put_text(o, "null");
        return;
    }
    switch (kind) {
    case KAFC_BOOL: put_text(o, *(const bool *)m ? "true" : "false"); break;
    case KAFC_F64: put_double(o, *(const double *)m); break;
    case KAFC_UUID: put_uuid(o, m); break;
    case KAFC_STRING: put_string(o, ((const kafc_str *)m)->p, ((const kafc_str *)m)->len); break;
    case KAFC_BLOB:
        put_base64(o, &(struct kafc_records){ .p = ((const kafc_bytes *)m)->p,
                                              .len = ((const kafc_bytes *)m)->len });
        break;
    case KAFC_RECORDS: put_base64(o, m); break;
    case KAFC_STRUCT: put_struct(o, f->sub, m, version); break;
    case KAFC_PTR: put_struct(o, f->sub, kafc__ptr_get(m), version); break;
    case KAFC_ARR: put_array(o, f, m, version); break;
    default: put_number(o, kind, m); break;
    }
}

static void put_name(struct out *o, const char *name)
{
    put_char(o, '"');
    put_char(o, *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name);
    put_text(o, name + 1);
    put_text(o, "\":");
}

static void put_struct(struct out *o, const struct kafc_schema *s, const void *obj, int version)
{
    bool first = true;
    put_char(o, '{');
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++) {
        const void *m = kafc__member(obj, f);
        if (!kafc__in(f->on, version) ||
            (kafc__in(f->tagged, version) && kafc__field_is_default(f, m)))
            continue;
        if (!first)
            put_char(o, ',');
        first = false;
        put_name(o, f->name);
        put_value(o, f, f->kind, m, version);
    }
    put_char(o, '}');
}

size_t kafc__msg_to_json(const struct kafc_schema *s, const void *msg, int16_t version, char *buf,
                         size_t cap)
{
    struct out o = { .p = buf, .cap = cap ? cap - 1 : 0 };
    put_struct(&o, s, msg, version);
    if (cap)
        buf[o.n < cap ? o.n : cap - 1] = '\0';
    return o.n;
}
