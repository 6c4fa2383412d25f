/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tables as text, to read and to compare in review. Any thread.
 */
#include <stdarg.h>
#include <stdio.h>

#include "protocol/walk.h"

struct out {
    char *p;
    size_t cap, n;
};

static void put(struct out *o, const char *fmt, ...) KAFC_PRINTF(2, 3);

static void put(struct out *o, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    size_t room = o->n < o->cap ? o->cap - o->n : 0;
    int n = vsnprintf(room ? o->p + o->n : NULL, room, fmt, ap);
    va_end(ap);
    if (n > 0)
        o->n += (size_t)n;
}

static const char *kind_name(unsigned kind)
{
    static const char *const name[] = {
        [KAFC_BOOL] = "bool",   [KAFC_I8] = "int8",         [KAFC_I16] = "int16",
        [KAFC_I32] = "int32",   [KAFC_I64] = "int64",       [KAFC_U16] = "uint16",
        [KAFC_F64] = "float64", [KAFC_UUID] = "uuid",       [KAFC_STRING] = "string",
        [KAFC_BLOB] = "bytes",  [KAFC_RECORDS] = "records",
    };
    return kind > 0 && kind < sizeof(name) / sizeof(*name) ? name[kind] : "?";
}

static void put_range(struct out *o, const char *word, struct kafc_range r)
{
    if (r.hi == 127)
        put(o, "%s%d+", word, r.lo);
    else if (r.hi - r.lo == 1)
        put(o, "%s%d", word, r.lo);
    else
        put(o, "%s%d-%d", word, r.lo, r.hi - 1);
}

/* What is not zero, false, empty. */
static void put_default(struct out *o, const struct kafc_field *f)
{
    if (f->null_default)
        put(o, " default null");
    else if (f->kind == KAFC_BOOL && f->dflt)
        put(o, " default true");
    else if (f->dflt)
        put(o, " default %lld", (long long)f->dflt);
}

static void put_fields(struct out *o, const struct kafc_schema *s, int depth)
{
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++) {
        put(o, "%*s%s ", depth * 2, "", f->name);
        put(o, "%s%s", f->kind == KAFC_ARR ? "[]" : "",
            f->sub ? f->sub->name : kind_name(f->kind == KAFC_ARR ? f->elem : f->kind));
        put_range(o, " ", f->on);
        if (f->null.hi)
            put_range(o, " null ", f->null);
        if (f->tagged.hi) {
            put(o, " tag %d", f->tag);
            put_range(o, " ", f->tagged);
        }
        put_default(o, f);
        put(o, "%s%s\n", f->plain ? " length int16" : "", f->ignorable ? " ignorable" : "");
        if (f->sub)
            put_fields(o, f->sub, depth + 1);
    }
}

size_t kafc__schema_text(const struct kafc_schema *s, char *buf, size_t cap)
{
    struct out o = { .p = buf, .cap = cap };
    if (cap)
        buf[0] = '\0';
    put(&o, "%s", s->name);
    if (s->key >= 0)
        put(&o, " api %d", s->key);
    if (s->min >= 0 && s->min == s->max)
        put(&o, " version %d", s->min);
    else if (s->min >= 0)
        put(&o, " versions %d-%d", s->min, s->max);
    if (s->alias)
        put(&o, " or %d", s->alias);
    if (s->flex >= 0 && s->flex < 127)
        put(&o, " flexible %d+", s->flex);
    put(&o, "\n");
    put_fields(&o, s, 1);
    return o.n;
}
