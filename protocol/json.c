/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages as Apache Kafka's JSON: what its request logs print. Numbers of 64
 * bits stay whole, bytes are base64, ids URL-safe base64. Any thread.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "protocol/json_text.h"
#include "protocol/walk.h"

/* The shortest digits that read back exactly, and the power of ten of the first; at least one digit. No point is among
 * them: the locale has its own. */
static int shortest(double d, char digits[18], int *n)
{
    char num[40];
    for (int precision = 0; precision <= 16; precision++) {
        snprintf(num, sizeof(num), "%.*e", precision, d);
        double back = strtod(num, NULL);
        if (memcmp(&back, &d, sizeof(d)) == 0)
            break;
    }
    const char *s = num;
    for (*n = 0; *s && *s != 'e'; s++)
        if (*s >= '0' && *s <= '9')
            digits[(*n)++] = *s;
    return *s ? (int)strtol(s + 1, NULL, 10) : 0;
}

/* In Java's layout: 123.5, 1.235E8. JSON has no NaN and no infinity. */
static void put_double(struct kafc_json_out *o, double d)
{
    char digits[18];
    int n;
    if (d - d != 0) { /* not finite */
        kafc__json_text(o, d > 0 ? "\"Infinity\"" : d < 0 ? "\"-Infinity\"" : "\"NaN\"");
        return;
    }
    int exponent = shortest(d, digits, &n);
    bool plain = exponent >= -3 && exponent < 7;
    int first = plain ? exponent : 0, last = first - (n - 1); /* powers of ten of the digits */
    if (signbit(d))
        kafc__json_char(o, '-');
    for (int k = first > 0 ? first : 0; k >= (last < -1 ? last : -1); k--) {
        kafc__json_char(o, k <= first && k >= last ? digits[first - k] : '0');
        if (k == 0)
            kafc__json_char(o, '.');
    }
    if (!plain) {
        kafc__json_char(o, 'E');
        kafc__json_int(o, exponent);
    }
}

static void put_base64(struct kafc_json_out *o, const struct kafc_records *rec)
{
    struct kafc_base64 b = { .digits = kafc__base64_digits };
    struct kafc_pieces it = { .rec = rec };
    size_t n;
    kafc__json_char(o, '"');
    for (const uint8_t *p; (p = kafc__pieces_next(&it, &n)) != NULL;)
        kafc__base64_feed(&b, o, p, n);
    kafc__base64_end(&b, o);
    kafc__json_char(o, '"');
}

static void put_uuid(struct kafc_json_out *o, const kafc_uuid *u)
{
    struct kafc_base64 b = { .digits = kafc__base64_url_digits };
    kafc__json_char(o, '"');
    kafc__base64_feed(&b, o, u->b, sizeof(u->b));
    kafc__base64_end(&b, o);
    kafc__json_char(o, '"');
}

/* One walk. What cannot be printed ends it; only records that a hook prints can fail. */
struct writer {
    struct kafc_walk w;
    struct kafc_json_out *o;
    const struct kafc_json_hook *hook; /* may be NULL */
    kafc_error why;
    kafc_err err;
};

static void put_struct(struct writer *c, const struct kafc_schema *s, const void *obj);
static void put_value(struct writer *c, const struct kafc_field *f, unsigned kind, const void *m);

static void put_array(struct writer *c, const struct kafc_field *f, const void *m)
{
    struct kafc_any_array a = kafc__array_get(m);
    size_t step = f->elem == KAFC_STRUCT ? f->sub->size : kafc__kind_size(f->elem);
    kafc__json_char(c->o, '[');
    for (int32_t i = 0; i < a.n && !c->err; i++) {
        if (i > 0)
            kafc__json_char(c->o, ',');
        put_value(c, kafc__element_of(f), f->elem, (const char *)a.v + (size_t)i * step);
        if (c->err)
            c->w.index = i;
    }
    kafc__json_char(c->o, ']');
}

static void put_number(struct kafc_json_out *o, unsigned kind, const void *m)
{
    switch (kind) {
    case KAFC_I8: kafc__json_int(o, *(const int8_t *)m); break;
    case KAFC_I16: kafc__json_int(o, *(const int16_t *)m); break;
    case KAFC_U16: kafc__json_int(o, *(const uint16_t *)m); break;
    case KAFC_I32: kafc__json_int(o, *(const int32_t *)m); break;
    default: kafc__json_int(o, *(const int64_t *)m); break;
    }
}

static bool elem_is_null(unsigned kind, const void *m)
{
    struct kafc_field f = { .kind = (uint8_t)kind };
    return kafc__field_is_null(&f, m);
}

static void put_records(struct writer *c, const struct kafc_records *rec)
{
    if (c->hook)
        c->err = c->hook->records(c->hook->ctx, c->o, rec, &c->why);
    else
        put_base64(c->o, rec);
}

static void put_value(struct writer *c, const struct kafc_field *f, unsigned kind, const void *m)
{
    struct kafc_json_out *o = c->o;
    if (elem_is_null(kind, m)) {
        kafc__json_text(o, "null");
        return;
    }
    switch (kind) {
    case KAFC_BOOL: kafc__json_text(o, *(const bool *)m ? "true" : "false"); break;
    case KAFC_F64: put_double(o, *(const double *)m); break;
    case KAFC_UUID: put_uuid(o, m); break;
    case KAFC_STRING:
        kafc__json_string(o, ((const kafc_str *)m)->p, ((const kafc_str *)m)->len);
        break;
    case KAFC_BLOB:
        put_base64(o, &(struct kafc_records){ .p = ((const kafc_bytes *)m)->p,
                                              .len = ((const kafc_bytes *)m)->len });
        break;
    case KAFC_RECORDS: put_records(c, m); break;
    case KAFC_STRUCT: put_struct(c, f->sub, m); break;
    case KAFC_PTR: put_struct(c, f->sub, kafc__ptr_get(m)); break;
    case KAFC_ARR: put_array(c, f, m); break;
    default: put_number(o, kind, m); break;
    }
}

static void put_name(struct kafc_json_out *o, const char *name)
{
    kafc__json_char(o, '"');
    kafc__json_char(o, *name >= 'A' && *name <= 'Z' ? (char)(*name - 'A' + 'a') : *name);
    kafc__json_text(o, name + 1);
    kafc__json_text(o, "\":");
}

static void put_struct(struct writer *c, const struct kafc_schema *s, const void *obj)
{
    bool first = true;
    kafc__json_char(c->o, '{');
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++) {
        const void *m = kafc__member(obj, f);
        if (!kafc__in(f->on, c->w.version) ||
            (kafc__in(f->tagged, c->w.version) && kafc__field_is_default(f, m)))
            continue;
        if (!first)
            kafc__json_char(c->o, ',');
        first = false;
        put_name(c->o, f->name);
        put_value(c, f, f->kind, m);
        if (c->err) {
            kafc__walk_note(&c->w, f);
            return;
        }
    }
    kafc__json_char(c->o, '}');
}

kafc_err kafc__msg_json_put(struct kafc_json_out *o, const struct kafc_schema *s, const void *msg,
                            int16_t version, const struct kafc_json_hook *hook, kafc_error *e)
{
    struct writer c = { .o = o, .hook = hook };
    kafc__walk_init(&c.w, s, version);
    put_struct(&c, s, msg);
    return c.err ? kafc__walk_error(&c.w, c.err, SIZE_MAX, c.why.message, e) : KAFC_OK;
}

size_t kafc__msg_to_json(const struct kafc_schema *s, const void *msg, int16_t version, char *buf,
                         size_t cap)
{
    struct kafc_json_out o = { .p = buf, .cap = cap ? cap - 1 : 0 };
    (void)kafc__msg_json_put(&o, s, msg, version, NULL, NULL);
    if (cap)
        buf[o.n < cap ? o.n : cap - 1] = '\0';
    return o.n;
}
