/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages to bytes. Safe also for a message that was not sized first: what
 * cannot be written is refused here too. Any thread.
 */
#include "protocol/walk.h"

struct enc {
    struct kafc_walk w;
    struct kafc_wr *o;
};

static void put_struct(struct enc *c, const struct kafc_plan *p, const void *obj);
static void put_value(struct enc *c, const struct kafc_field *f, unsigned kind, const void *m,
                      bool tagged);

/* A struct by itself. */
static void put_one(struct enc *c, const struct kafc_schema *s, const void *obj)
{
    struct kafc_plan p;
    kafc__plan_make(&p, s, c->w.version);
    put_struct(c, &p, obj);
}

static void put_structs(struct enc *c, const struct kafc_schema *s, const char *v, int32_t n)
{
    struct kafc_plan p;
    kafc__plan_make(&p, s, c->w.version);
    for (int32_t i = 0; i < n && !c->o->err; i++, v += s->size) {
        put_struct(c, &p, v);
        if (c->o->err)
            c->w.index = i;
    }
}

static void put_i32s(struct kafc_wr *o, const int32_t *v, int32_t n)
{
    if (n <= 0 || !kafc__wr_room(o, (size_t)n * 4))
        return;
    for (int32_t i = 0; i < n; i++)
        kafc__store32(o->p + (size_t)i * 4, (uint32_t)v[i]);
    o->p += (size_t)n * 4;
}

static void put_array(struct enc *c, const struct kafc_field *f, const void *m)
{
    struct kafc_any_array a = kafc__array_get(m);
    kafc__wr_count(c->o, a.n, c->w.flex);
    if (f->elem == KAFC_STRUCT) {
        put_structs(c, f->sub, a.v, a.n);
        return;
    }
    if (f->elem == KAFC_I32) {
        put_i32s(c->o, a.v, a.n);
        return;
    }
    size_t step = kafc__kind_size(f->elem);
    const char *v = a.v;
    for (int32_t i = 0; i < a.n && !c->o->err; i++, v += step) {
        put_value(c, &kafc__element, f->elem, v, false);
        if (c->o->err)
            c->w.index = i;
    }
}

/* Null or there; true when there. */
static bool put_marker(struct enc *c, const void *p, bool tagged)
{
    kafc__wr_i8(c->o, p ? 1 : tagged ? 0 : -1);
    return p && !c->o->err;
}

/* The kinds that are most of all messages, for the loop over rows; false: another one. */
static inline bool put_number(struct kafc_wr *o, unsigned kind, const void *m)
{
    switch (kind) {
    case KAFC_BOOL: kafc__wr_i8(o, *(const bool *)m ? 1 : 0); return true;
    case KAFC_I8: kafc__wr_i8(o, *(const int8_t *)m); return true;
    case KAFC_I16: kafc__wr_i16(o, *(const int16_t *)m); return true;
    case KAFC_I32: kafc__wr_i32(o, *(const int32_t *)m); return true;
    case KAFC_I64: kafc__wr_i64(o, *(const int64_t *)m); return true;
    default: return false;
    }
}

static void put_value(struct enc *c, const struct kafc_field *f, unsigned kind, const void *m,
                      bool tagged)
{
    struct kafc_wr *o = c->o;
    if (put_number(o, kind, m))
        return;
    switch (kind) {
    case KAFC_U16: kafc__wr_u16(o, *(const uint16_t *)m); break;
    case KAFC_F64: kafc__wr_f64(o, *(const double *)m); break;
    case KAFC_UUID: kafc__wr_uuid(o, m); break;
    case KAFC_STRING:
        if (!((const kafc_str *)m)->p && !kafc__in(f->null, c->w.version))
            kafc__wr_fail(o, "null, which the version does not allow");
        kafc__wr_str(o, *(const kafc_str *)m, c->w.flex && !f->plain);
        break;
    case KAFC_BLOB:
        if (!((const kafc_bytes *)m)->p && !kafc__in(f->null, c->w.version))
            kafc__wr_fail(o, "null, which the version does not allow");
        kafc__wr_bytes(o, *(const kafc_bytes *)m, c->w.flex);
        break;
    case KAFC_STRUCT: put_one(c, f->sub, m); break;
    case KAFC_RECORDS:
    case KAFC_PTR:
    case KAFC_ARR:
        if (kafc__field_is_null(f, m) && !kafc__in(f->null, c->w.version))
            kafc__wr_fail(o, "null, which the version does not allow");
        else if (kind == KAFC_ARR)
            put_array(c, f, m);
        else if (kind == KAFC_RECORDS)
            kafc__wr_records(o, m, c->w.flex);
        else if (put_marker(c, kafc__ptr_get(m), tagged))
            put_one(c, f->sub, kafc__ptr_get(m));
        break;
    default: kafc__wr_fail(o, "a kind that does not exist"); break;
    }
}

static void put_tag(struct enc *c, const struct kafc_field *f, const void *m)
{
    const char *why;
    size_t size = kafc__tag_size(f, m, c->w.version, &why);
    if (why)
        kafc__wr_fail(c->o, why);
    kafc__wr_uvarint(c->o, f->tag);
    kafc__wr_uvarint(c->o, (uint32_t)size);
    if (!c->o->err)
        put_value(c, f, f->kind, m, true);
    if (c->o->err)
        kafc__walk_note(&c->w, f);
}

/* Unknown tags below `below` that were not written yet. */
static void put_unknown(struct enc *c, const struct kafc_tags *u, int32_t *i, uint64_t below)
{
    for (; *i < u->n && u->v[*i].tag < below; (*i)++) {
        kafc__wr_uvarint(c->o, u->v[*i].tag);
        kafc__wr_uvarint(c->o, (uint32_t)u->v[*i].data.len);
        kafc__wr_raw(c->o, u->v[*i].data.p, (size_t)u->v[*i].data.len);
    }
}

/* Those of the plan's tagged rows that are worth writing, as bits. */
static uint32_t set_tags(const struct kafc_plan *p, const void *obj)
{
    uint32_t set = 0;
    for (int i = 0; i < p->ntagged; i++) {
        const struct kafc_field *f = &p->s->field[p->tagged[i]];
        if (!kafc__field_is_default(f, kafc__member(obj, f)))
            set |= 1u << i;
    }
    return set;
}

/* The one with the lowest tag: rows follow Kafka's order, tags ascend. */
static int lowest_tag(const struct kafc_plan *p, uint32_t set)
{
    int best = __builtin_ctz(set);
    for (int i = best + 1; i < p->ntagged; i++)
        if (set >> i & 1 && p->s->field[p->tagged[i]].tag < p->s->field[p->tagged[best]].tag)
            best = i;
    return best;
}

static void put_tags(struct enc *c, const struct kafc_plan *p, const void *obj)
{
    const struct kafc_tags *u = kafc__unknown_const(p->s, obj);
    uint32_t set = set_tags(p, obj);
    int32_t i = 0;
    kafc__wr_uvarint(c->o, (uint32_t)__builtin_popcount(set) + (uint32_t)u->n);
    while (set) {
        int k = lowest_tag(p, set);
        const struct kafc_field *f = &p->s->field[p->tagged[k]];
        set &= ~(1u << k);
        put_unknown(c, u, &i, f->tag);
        if (c->o->err)
            break;
        put_tag(c, f, kafc__member(obj, f));
        if (c->o->err)
            return;
    }
    put_unknown(c, u, &i, UINT64_MAX);
    if (c->o->err)
        kafc__walk_note(&c->w, &kafc__tags);
}

static void put_struct(struct enc *c, const struct kafc_plan *p, const void *obj)
{
    const struct kafc_field *rows = p->s->field;
    for (int i = 0; i < p->nabsent; i++) {
        const struct kafc_field *f = &rows[p->absent[i]];
        if (!kafc__field_may_drop(f, kafc__member(obj, f))) {
            kafc__wr_fail(c->o, "set, but the version does not carry it");
            kafc__walk_note(&c->w, f);
            return;
        }
    }
    for (int i = 0; i < p->nwire; i++) {
        const struct kafc_field *f = &rows[p->wire[i]];
        const void *m = kafc__member(obj, f);
        if (!put_number(c->o, f->kind, m))
            put_value(c, f, f->kind, m, false);
        if (c->o->err) {
            kafc__walk_note(&c->w, f);
            return;
        }
    }
    const struct kafc_tags *u = kafc__unknown_const(p->s, obj);
    const char *bad = u->n ? kafc__tags_bad(p->s, u, c->w.version, c->w.flex) : NULL;
    if (bad) {
        kafc__wr_fail(c->o, bad);
        kafc__walk_note(&c->w, &kafc__tags);
    } else if (c->w.flex) {
        put_tags(c, p, obj);
    }
}

kafc_err kafc__msg_encode(struct kafc_wr *w, const struct kafc_schema *s, const void *msg,
                          int16_t version, kafc_error *e)
{
    kafc_err err = kafc__walk_version(s, version, e);
    if (err)
        return err;
    struct enc c = { .o = w };
    kafc__walk_init(&c.w, s, version);
    if (!w->err)
        put_one(&c, s, msg);
    if (!w->err)
        return KAFC_OK;
    return kafc__walk_error(&c.w, w->no_memory ? KAFC_ERR_NO_MEMORY : KAFC_ERR_ENCODE,
                            kafc__wr_len(w), w->err, e);
}
