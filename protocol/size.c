/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The size of a message on the wire, and whether it can be written at all.
 * Runs before encode, which then knows its buffer. Any thread.
 */
#include "base/seg.h"
#include "protocol/walk.h"

struct sizer {
    struct kafc_walk w;
    uint64_t n, spliced;
    const char *err;
};

static void add_one(struct sizer *z, const struct kafc_schema *s, const void *obj);
static void add_structs(struct sizer *z, const struct kafc_schema *s, const char *v, int32_t n);

static void fail(struct sizer *z, const char *why)
{
    if (!z->err)
        z->err = why;
}

/* A length prefix and its bytes; len < 0 is null. */
static void add_counted(struct sizer *z, int64_t len, unsigned prefix, bool flex)
{
    z->n += flex ? kafc__uvarint_size((uint32_t)(len + 1)) : prefix;
    if (len > 0)
        z->n += (uint64_t)len;
}

static void add_records(struct sizer *z, const struct kafc_records *r)
{
    int32_t len = r->p || r->chain ? r->len : -1;
    add_counted(z, len, 4, z->w.flex);
    if (!r->chain)
        return;
    uint64_t sum = 0;
    for (const struct kafc_seg *s = r->chain; s; s = s->next)
        sum += s->len;
    if (len < 0 || sum != (uint64_t)len)
        fail(z, "the chain's length is not the sum of its segments");
    z->spliced += sum;
}

static void add_value(struct sizer *z, const struct kafc_field *f, unsigned kind, const void *m,
                      bool tagged);

static void add_array(struct sizer *z, const struct kafc_field *f, const void *m)
{
    struct kafc_any_array a = kafc__array_get(m);
    z->n += z->w.flex ? kafc__uvarint_size((uint32_t)a.n + 1) : 4;
    if (a.n <= 0)
        return;
    if (f->elem == KAFC_STRUCT) {
        add_structs(z, f->sub, a.v, a.n);
        return;
    }
    if (f->elem != KAFC_STRING && f->elem != KAFC_BLOB) {
        z->n += (uint64_t)a.n * kafc__kind_min(f->elem, z->w.flex);
        return;
    }
    size_t step = kafc__kind_size(f->elem);
    const char *v = a.v;
    for (int32_t i = 0; i < a.n && !z->err; i++, v += step) {
        add_value(z, &kafc__element, f->elem, v, false);
        if (z->err)
            z->w.index = i;
    }
}

static void check_null(struct sizer *z, const struct kafc_field *f, bool null, int64_t len)
{
    if (null && !kafc__in(f->null, z->w.version))
        fail(z, "null, which the version does not allow");
    else if (!null && len < 0)
        fail(z, "a negative length");
}

static void add_text(struct sizer *z, const struct kafc_field *f, unsigned kind, const void *p,
                     int32_t len)
{
    check_null(z, f, !p, len);
    if (kind == KAFC_STRING && len > INT16_MAX)
        fail(z, "a string above 32767 bytes");
    add_counted(z, p ? len : -1, kind == KAFC_STRING ? 2 : 4, z->w.flex && !f->plain);
}

static void add_value(struct sizer *z, const struct kafc_field *f, unsigned kind, const void *m,
                      bool tagged)
{
    switch (kind) {
    case KAFC_STRING:
        add_text(z, f, kind, ((const kafc_str *)m)->p, ((const kafc_str *)m)->len);
        break;
    case KAFC_BLOB:
        add_text(z, f, kind, ((const kafc_bytes *)m)->p, ((const kafc_bytes *)m)->len);
        break;
    case KAFC_RECORDS:
        check_null(z, f, kafc__field_is_null(f, m), ((const struct kafc_records *)m)->len);
        add_records(z, m);
        break;
    case KAFC_STRUCT: add_one(z, f->sub, m); break;
    case KAFC_PTR:
        z->n++;
        (void)tagged; /* one byte in both forms */
        if (kafc__ptr_get(m))
            add_one(z, f->sub, kafc__ptr_get(m));
        else
            check_null(z, f, true, 0);
        break;
    case KAFC_ARR: {
        int32_t n = kafc__array_get(m).n;
        check_null(z, f, n == -1, n);
        if (!z->err)
            add_array(z, f, m);
        break;
    }
    default: z->n += kafc__kind_min(kind, z->w.flex); break;
    }
}

static const char too_big[] = "a tagged field above 2 GB";

/* The payload's size has to be known for its prefix: counted apart, then added. */
static void add_tag(struct sizer *z, const struct kafc_field *f, const void *m, uint32_t *count)
{
    uint64_t before = z->n;
    add_value(z, f, f->kind, m, true);
    uint64_t size = z->n - before;
    if (size > INT32_MAX)
        fail(z, too_big);
    z->n += kafc__uvarint_size(f->tag) + kafc__uvarint_size((uint32_t)size);
    (*count)++;
}

/* And the section's count. */
static void add_unknown(struct sizer *z, const struct kafc_tags *u, uint32_t count)
{
    for (int32_t i = 0; i < u->n; i++)
        z->n += kafc__uvarint_size(u->v[i].tag) + kafc__uvarint_size((uint32_t)u->v[i].data.len) +
                (uint64_t)u->v[i].data.len;
    z->n += kafc__uvarint_size(count + (uint32_t)u->n);
}

/* A plan and what it costs without looking: `fixed` bytes for the rows that are always as large. */
struct costs {
    struct kafc_plan p;
    uint32_t fixed;
};

static void find_costs(struct sizer *z, struct costs *c, const struct kafc_schema *s)
{
    struct kafc_plan *p = &c->p;
    kafc__plan_make(p, s, z->w.version);
    uint8_t n = 0;
    c->fixed = 0;
    for (int i = 0; i < p->nwire; i++) {
        unsigned kind = s->field[p->wire[i]].kind;
        if (kind <= KAFC_UUID)
            c->fixed += (uint32_t)kafc__kind_min(kind, z->w.flex);
        else
            p->wire[n++] = p->wire[i];
    }
    p->nwire = n;
}

/* false: the failure passes out of this field. */
static bool passed(struct sizer *z, const struct kafc_field *f)
{
    if (z->err)
        kafc__walk_note(&z->w, f);
    return !z->err;
}

static void add_struct(struct sizer *z, const struct costs *c, const void *obj)
{
    const struct kafc_plan *p = &c->p;
    const struct kafc_field *rows = p->s->field, *f;
    uint32_t tags = 0;
    z->n += c->fixed;
    for (int i = 0; i < p->nabsent; i++) {
        f = &rows[p->absent[i]];
        if (!kafc__field_may_drop(f, kafc__member(obj, f)))
            fail(z, "set, but the version does not carry it");
        if (!passed(z, f))
            return;
    }
    for (int i = 0; i < p->nwire; i++) {
        f = &rows[p->wire[i]];
        add_value(z, f, f->kind, kafc__member(obj, f), false);
        if (!passed(z, f))
            return;
    }
    for (int i = 0; i < p->ntagged; i++) {
        f = &rows[p->tagged[i]];
        if (!kafc__field_is_default(f, kafc__member(obj, f)))
            add_tag(z, f, kafc__member(obj, f), &tags);
        if (!passed(z, f))
            return;
    }
    const struct kafc_tags *u = kafc__unknown_const(p->s, obj);
    const char *bad = u->n ? kafc__tags_bad(p->s, u, z->w.version, z->w.flex) : NULL;
    if (bad) {
        fail(z, bad);
        kafc__walk_note(&z->w, &kafc__tags);
    } else if (z->w.flex) {
        add_unknown(z, u, tags);
    }
}

static void add_one(struct sizer *z, const struct kafc_schema *s, const void *obj)
{
    struct costs c;
    find_costs(z, &c, s);
    add_struct(z, &c, obj);
}

static void add_structs(struct sizer *z, const struct kafc_schema *s, const char *v, int32_t n)
{
    struct costs c;
    find_costs(z, &c, s);
    for (int32_t i = 0; i < n && !z->err; i++, v += s->size) {
        add_struct(z, &c, v);
        if (z->err)
            z->w.index = i;
    }
}

size_t kafc__tag_size(const struct kafc_field *f, const void *member, int version, const char **why)
{
    struct sizer z = { .n = 0 };
    z.w.version = version;
    z.w.flex = true;
    add_value(&z, f, f->kind, member, true);
    *why = z.err ? z.err : z.n > INT32_MAX ? too_big : NULL;
    return (size_t)z.n;
}

kafc_err kafc__msg_size(const struct kafc_schema *s, const void *msg, int16_t version, size_t *size,
                        size_t *spliced, kafc_error *e)
{
    *size = 0;
    if (spliced)
        *spliced = 0;
    kafc_err err = kafc__walk_version(s, version, e);
    if (err)
        return err;
    struct sizer z = { .n = 0 };
    kafc__walk_init(&z.w, s, version);
    add_one(&z, s, msg);
    if (!z.err && z.n > INT32_MAX)
        fail(&z, "a message above 2 GB");
    if (z.err)
        return kafc__walk_error(&z.w, KAFC_ERR_ENCODE, SIZE_MAX, z.err, e);
    *size = (size_t)z.n;
    if (spliced)
        *spliced = (size_t)z.spliced;
    return KAFC_OK;
}
