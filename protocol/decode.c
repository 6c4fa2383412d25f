/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Bytes to messages. Every length is hostile: nothing is allocated that the
 * bytes at hand could not fill, all arrays that are open taken together, and
 * nothing outside them is read. A count that cannot be true is not refused at
 * once: the elements are read, into the room that there is, up to the one in
 * which the bytes end, so that the error names that field. Any thread.
 */
#include "base/arena.h"
#include "protocol/walk.h"

enum { MINS = 8 };

struct dec {
    struct kafc_walk w;
    struct kafc_rd *r;
    struct kafc_arena *a;
    uint64_t owed; /* bytes that the elements still to come of all open arrays take at the least */
    bool doomed;   /* a count was met that cannot be true */
    struct {
        const struct kafc_schema *s;
        size_t min;
    } mins[MINS]; /* smallest sizes found so far, by the schema's address */
};

static void get_one(struct dec *d, const struct kafc_schema *s, void *obj);
static void get_struct(struct dec *d, const struct kafc_plan *p, void *obj);
static void get_value(struct dec *d, const struct kafc_field *f, unsigned kind, void *m,
                      bool tagged);

static void no_memory(struct dec *d)
{
    d->w.no_memory = true;
    kafc__rd_fail(d->r, "out of memory");
}

static void refuse_null(struct dec *d, const struct kafc_field *f)
{
    if (!d->r->err && !kafc__in(f->null, d->w.version))
        kafc__rd_fail(d->r, "null, which the version does not allow");
}

/* Of n things of at least min bytes each, how many deserve memory: those that fit, and the one in which the bytes
 * end. */
static size_t room_for(struct dec *d, uint32_t n, size_t min)
{
    size_t left = kafc__rd_left(d->r);
    size_t spare = left > d->owed ? left - (size_t)d->owed : 0;
    if ((uint64_t)n * min <= spare)
        return n;
    d->doomed = true;
    return spare / min + 1;
}

static size_t element_min(struct dec *d, const struct kafc_field *f)
{
    if (f->elem != KAFC_STRUCT)
        return kafc__kind_min(f->elem, d->w.flex);
    unsigned i = ((uintptr_t)f->sub / sizeof(*f->sub)) % MINS;
    if (d->mins[i].s != f->sub) {
        d->mins[i].s = f->sub;
        d->mins[i].min = kafc__schema_min_size(f->sub, (int16_t)d->w.version, d->w.flex);
    }
    return d->mins[i].min;
}

static void get_i32s(struct kafc_rd *r, int32_t *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        v[i] = (int32_t)kafc__load32(r->p + (size_t)i * 4);
    r->p += (size_t)n * 4;
}

/* What a struct holds that its bytes say nothing of. */
static void set_defaults(const struct kafc_plan *p, void *obj)
{
    const struct kafc_field *rows = p->s->field;
    for (int i = 0; i < p->nabsent; i++)
        kafc__field_default(&rows[p->absent[i]], (char *)obj + rows[p->absent[i]].off);
    for (int i = 0; i < p->ntagged; i++)
        kafc__field_default(&rows[p->tagged[i]], (char *)obj + rows[p->tagged[i]].off);
}

/* Each element that is still as it was set up is copied into the next one before it is read. */
static void get_structs(struct dec *d, const struct kafc_schema *s, size_t min, char *v, int32_t n,
                        size_t room)
{
    struct kafc_plan p;
    kafc__plan_make(&p, s, d->w.version);
    set_defaults(&p, v);
    for (int32_t i = 0; i < n && !d->r->err; i++) {
        char *next = (size_t)i + 1 < room ? v + s->size : v;
        if (next != v && p.nabsent + p.ntagged > 0)
            memcpy(next, v, s->size);
        d->owed -= min;
        get_struct(d, &p, v);
        if (d->r->err)
            d->w.index = i;
        v = next;
    }
}

/* What is behind the room's last place goes there too: the message is not going to be given to anybody. */
static void get_elements(struct dec *d, const struct kafc_field *f, size_t min, char *v, int32_t n,
                         size_t room)
{
    d->owed += (uint64_t)n * min;
    if (f->elem == KAFC_STRUCT) {
        get_structs(d, f->sub, min, v, n, room);
        return;
    }
    for (int32_t i = 0; i < n && !d->r->err; i++) {
        d->owed -= min;
        get_value(d, &kafc__element, f->elem, v, false);
        if (d->r->err)
            d->w.index = i;
        if ((size_t)i + 1 < room)
            v += kafc__kind_size(f->elem);
    }
}

static void get_array(struct dec *d, const struct kafc_field *f, void *m)
{
    int32_t n = kafc__rd_count(d->r, d->w.flex);
    kafc__array_set(m, NULL, n);
    if (n < 0)
        refuse_null(d, f);
    if (n <= 0)
        return;
    size_t min = element_min(d, f), room = room_for(d, (uint32_t)n, min);
    char *v = kafc__arena_array(d->a, room,
                                f->elem == KAFC_STRUCT ? f->sub->size : kafc__kind_size(f->elem));
    if (!v) {
        no_memory(d);
        return;
    }
    kafc__array_set(m, v, n);
    if (f->elem == KAFC_I32 && room == (size_t)n && !d->doomed)
        get_i32s(d->r, (int32_t *)(void *)v, n);
    else
        get_elements(d, f, min, v, n, room);
}

static void get_ptr(struct dec *d, const struct kafc_field *f, void *m, bool tagged)
{
    int8_t mark = kafc__rd_i8(d->r);
    void *p = NULL;
    if (d->r->err || mark < 0 || (tagged && mark == 0)) {
        refuse_null(d, f);
    } else {
        p = kafc__arena_alloc(d->a, f->sub->size);
        if (p)
            get_one(d, f->sub, p);
        else
            no_memory(d);
    }
    memcpy(m, &p, sizeof(p));
}

/* The kinds that are most of all messages, for the loop over rows; false: another one. */
static inline bool get_number(struct kafc_rd *r, unsigned kind, void *m)
{
    switch (kind) {
    case KAFC_BOOL: *(bool *)m = kafc__rd_i8(r) != 0; return true;
    case KAFC_I8: *(int8_t *)m = kafc__rd_i8(r); return true;
    case KAFC_I16: *(int16_t *)m = kafc__rd_i16(r); return true;
    case KAFC_I32: *(int32_t *)m = kafc__rd_i32(r); return true;
    case KAFC_I64: *(int64_t *)m = kafc__rd_i64(r); return true;
    default: return false;
    }
}

static void get_value(struct dec *d, const struct kafc_field *f, unsigned kind, void *m,
                      bool tagged)
{
    struct kafc_rd *r = d->r;
    if (get_number(r, kind, m))
        return;
    switch (kind) {
    case KAFC_U16: *(uint16_t *)m = kafc__rd_u16(r); break;
    case KAFC_F64: *(double *)m = kafc__rd_f64(r); break;
    case KAFC_UUID: kafc__rd_uuid(r, m); break;
    case KAFC_STRING:
        *(kafc_str *)m = kafc__rd_str(r, d->w.flex && !f->plain);
        if (!((kafc_str *)m)->p)
            refuse_null(d, f);
        break;
    case KAFC_BLOB:
        *(kafc_bytes *)m = kafc__rd_bytes(r, d->w.flex);
        if (!((kafc_bytes *)m)->p)
            refuse_null(d, f);
        break;
    case KAFC_RECORDS: {
        kafc_bytes b = kafc__rd_bytes(r, d->w.flex);
        *(struct kafc_records *)m = (struct kafc_records){ b.p, b.len, NULL };
        if (!b.p)
            refuse_null(d, f);
        break;
    }
    case KAFC_STRUCT: get_one(d, f->sub, m); break;
    case KAFC_PTR: get_ptr(d, f, m, tagged); break;
    case KAFC_ARR: get_array(d, f, m); break;
    default: kafc__rd_fail(r, "a kind that does not exist"); break;
    }
}

/* The value must fill its declared size; inside it nothing behind it can be read. */
static void get_tag(struct dec *d, const struct kafc_field *f, void *m, uint32_t size)
{
    struct kafc_rd *r = d->r;
    const uint8_t *end = r->end;
    uint64_t owed = d->owed;
    r->end = r->p + size;
    d->owed = 0; /* that is owed behind the field's end */
    get_value(d, f, f->kind, m, true);
    if (!r->err && r->p != r->end)
        kafc__rd_fail(r, "the tagged field is shorter than its declared size");
    if (!r->err)
        r->end = end;
    d->owed = owed;
}

static void keep_tag(struct dec *d, struct kafc_tags *u, uint32_t tag, uint32_t size, size_t room)
{
    struct kafc_tag *v;
    if (u->n == 0) {
        v = kafc__arena_array(d->a, room, sizeof(*v));
        if (!v) {
            no_memory(d);
            return;
        }
        u->v = v;
    } else {
        memcpy(&v, &u->v, sizeof(v)); /* ours, seen through a pointer to const */
    }
    if ((size_t)u->n < room)
        u->n++;
    v[u->n - 1].tag = tag;
    v[u->n - 1].data = (kafc_bytes){ kafc__rd_take(d->r, size), (int32_t)size };
}

static void get_one_tag(struct dec *d, const struct kafc_schema *s, void *obj, int64_t *last,
                        size_t room)
{
    struct kafc_rd *r = d->r;
    uint32_t tag = kafc__rd_uvarint(r), size = kafc__rd_uvarint(r);
    const struct kafc_field *f = NULL;
    if (!r->err && tag <= *last) {
        kafc__rd_fail(r, "tagged fields doubled or out of order");
    } else if (!r->err) {
        *last = tag;
        f = kafc__tag_known(s, tag, d->w.version);
        if (size > kafc__rd_left(r) || size > INT32_MAX)
            kafc__rd_fail(r, "a tagged field longer than the bytes that are left");
        else if (f)
            get_tag(d, f, (char *)obj + f->off, size);
        else
            keep_tag(d, kafc__unknown(s, obj), tag, size, room);
    }
    if (r->err)
        kafc__walk_note(&d->w, f ? f : &kafc__tags);
}

static void get_tags(struct dec *d, const struct kafc_schema *s, void *obj)
{
    uint32_t n = kafc__rd_uvarint(d->r);
    if (n == 0) {
        if (d->r->err)
            kafc__walk_note(&d->w, &kafc__tags);
        return;
    }
    size_t room = room_for(d, n, 2);
    int64_t last = -1;
    for (uint32_t i = 0; i < n && !d->r->err; i++)
        get_one_tag(d, s, obj, &last, room);
}

/* The defaults are set already. */
static void get_struct(struct dec *d, const struct kafc_plan *p, void *obj)
{
    *kafc__unknown(p->s, obj) = (struct kafc_tags){ NULL, 0 };
    for (int i = 0; i < p->nwire; i++) {
        const struct kafc_field *f = &p->s->field[p->wire[i]];
        void *m = (char *)obj + f->off;
        if (!get_number(d->r, f->kind, m))
            get_value(d, f, f->kind, m, false);
        if (d->r->err) {
            kafc__walk_note(&d->w, f);
            return;
        }
    }
    if (d->w.flex)
        get_tags(d, p->s, obj);
}

static void get_one(struct dec *d, const struct kafc_schema *s, void *obj)
{
    struct kafc_plan p;
    kafc__plan_make(&p, s, d->w.version);
    set_defaults(&p, obj);
    get_struct(d, &p, obj);
}

kafc_err kafc__msg_decode_front(struct kafc_rd *r, const struct kafc_schema *s, void *msg,
                                int16_t version, struct kafc_arena *a, kafc_error *e)
{
    kafc_err err = kafc__walk_version(s, version, e);
    if (err)
        return err;
    struct dec d = { .r = r, .a = a };
    kafc__walk_init(&d.w, s, version);
    if (!r->err)
        get_one(&d, s, msg);
    if (!r->err &&
        d.doomed) /* a smallest size is wrong: better an error than a message with holes */
        kafc__rd_fail(r, "more elements than the bytes can hold");
    if (!r->err)
        return KAFC_OK;
    return kafc__walk_error(&d.w, d.w.no_memory ? KAFC_ERR_NO_MEMORY : KAFC_ERR_PROTOCOL, r->at,
                            r->err, e);
}

kafc_err kafc__msg_decode(struct kafc_rd *r, const struct kafc_schema *s, void *msg,
                          int16_t version, struct kafc_arena *a, kafc_error *e)
{
    kafc_err err = kafc__msg_decode_front(r, s, msg, version, a, e);
    if (err || kafc__rd_left(r) == 0)
        return err;
    struct kafc_walk w;
    kafc__walk_init(&w, s, version);
    kafc__rd_fail(r, "bytes behind the end of the message");
    return kafc__walk_error(&w, KAFC_ERR_PROTOCOL, r->at, r->err, e);
}
