/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Random messages that a version can carry: edges more often than chance
 * would have them. For tests, fuzz seeds and benchmarks. Any thread.
 */
#include "base/arena.h"
#include "base/rand.h"
#include "protocol/walk.h"

struct rnd {
    struct kafc_rand *r;
    struct kafc_arena *a;
    int version;
    bool flex;
};

static bool make_struct(struct rnd *g, const struct kafc_schema *s, void *obj);
static bool make_value(struct rnd *g, const struct kafc_field *f, unsigned kind, void *m);

static int64_t number(struct rnd *g, int64_t min, int64_t max)
{
    int64_t small;
    switch (kafc__rand_below(g->r, 6)) {
    case 0: return min;
    case 1: return max;
    case 2: return min < 0 ? -1 : 0;
    case 3: small = (int64_t)kafc__rand_below(g->r, 100); return small > max ? max : small;
    default: break;
    }
    uint64_t u = kafc__rand_next(g->r);
    if (max == INT64_MAX)
        return (int64_t)u;
    return min + (int64_t)(u % ((uint64_t)(max - min) + 1));
}

/* Of any size, though neither infinite nor no number: JSON has no words for these. */
static double real(struct rnd *g)
{
    uint64_t u = kafc__rand_next(g->r);
    double d;
    if (kafc__rand_below(g->r, 2))
        return (double)number(g, INT64_MIN, INT64_MAX) / 3;
    if ((u >> 52 & 0x7ff) == 0x7ff)
        u ^= (uint64_t)1 << 62;
    memcpy(&d, &u, sizeof(d));
    return d;
}

static int32_t length(struct rnd *g)
{
    uint32_t often = kafc__rand_below(g->r, 4096);
    /* around the second and the third byte of a compact length */
    if (often < 2)
        return (int32_t)(16380 + kafc__rand_below(g->r, 8));
    switch (often % 16) {
    case 0: return (int32_t)(120 + kafc__rand_below(g->r, 20));
    case 1:
    case 2: return 0;
    default: return (int32_t)kafc__rand_below(g->r, 14);
    }
}

/* A character of at most so many bytes; NUL, other control characters and those beyond 16 bits among them. */
static int32_t character(struct rnd *g, uint8_t *p, int32_t room)
{
    static const uint32_t first[] = { 0, 0x80, 0x800, 0x10000, 0x110000 };
    static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };
    uint32_t more = kafc__rand_below(g->r, 8);
    more = more < 4 ? 0 : more - 4;
    if (more >= (uint32_t)room)
        more = 0;
    uint32_t c = first[more] + kafc__rand_below(g->r, first[more + 1] - first[more]);
    if (c >= 0xd800 && c < 0xe000)
        c -= 0x800; /* UTF-8 has no surrogates */
    for (uint32_t i = more; i > 0; i--, c >>= 6)
        p[i] = (uint8_t)(0x80 | (c & 0x3f));
    p[0] = (uint8_t)(lead[more] | c);
    return (int32_t)more + 1;
}

static char *text(struct rnd *g, int32_t n)
{
    uint8_t *p = kafc__arena_alloc(g->a, (size_t)n);
    for (int32_t i = 0; p && i < n;)
        i += character(g, p + i, n - i);
    return (char *)p;
}

static char *blob(struct rnd *g, int32_t n)
{
    char *p = kafc__arena_alloc(g->a, (size_t)n);
    for (int32_t i = 0; p && i < n; i++)
        p[i] = (char)kafc__rand_next(g->r);
    return p;
}

static bool make_array(struct rnd *g, const struct kafc_field *f, void *m)
{
    int32_t n = (int32_t)kafc__rand_below(g->r, 4);
    size_t step = f->elem == KAFC_STRUCT ? f->sub->size : kafc__kind_size(f->elem);
    char *v = kafc__arena_array(g->a, (size_t)n, step);
    for (int32_t i = 0; v && i < n; i++)
        if (!make_value(g, kafc__element_of(f), f->elem, v + (size_t)i * step))
            return false;
    kafc__array_set(m, v, n);
    return v;
}

static bool make_text(struct rnd *g, unsigned kind, void *m)
{
    int32_t n = length(g);
    char *p = kind == KAFC_STRING ? text(g, n) : blob(g, n);
    if (kind == KAFC_STRING)
        *(kafc_str *)m = (kafc_str){ p, n };
    else if (kind == KAFC_BLOB)
        *(kafc_bytes *)m = (kafc_bytes){ p, n };
    else
        *(struct kafc_records *)m = (struct kafc_records){ p, n, NULL };
    return p;
}

static void make_number(struct rnd *g, unsigned kind, void *m)
{
    switch (kind) {
    case KAFC_BOOL: *(bool *)m = kafc__rand_below(g->r, 2) != 0; break;
    case KAFC_I8: *(int8_t *)m = (int8_t)number(g, INT8_MIN, INT8_MAX); break;
    case KAFC_I16: *(int16_t *)m = (int16_t)number(g, INT16_MIN, INT16_MAX); break;
    case KAFC_U16: *(uint16_t *)m = (uint16_t)number(g, 0, UINT16_MAX); break;
    case KAFC_I32: *(int32_t *)m = (int32_t)number(g, INT32_MIN, INT32_MAX); break;
    case KAFC_I64: *(int64_t *)m = number(g, INT64_MIN, INT64_MAX); break;
    case KAFC_F64: *(double *)m = real(g); break;
    default:
        for (size_t i = 0; i < sizeof(kafc_uuid); i++)
            ((kafc_uuid *)m)->b[i] = (uint8_t)kafc__rand_next(g->r);
        break;
    }
}

static bool make_value(struct rnd *g, const struct kafc_field *f, unsigned kind, void *m)
{
    switch (kind) {
    case KAFC_STRING:
    case KAFC_BLOB:
    case KAFC_RECORDS: return make_text(g, kind, m);
    case KAFC_STRUCT: return make_struct(g, f->sub, m);
    case KAFC_PTR: {
        void *p = kafc__arena_alloc(g->a, f->sub->size);
        memcpy(m, &p, sizeof(p));
        return p && make_struct(g, f->sub, p);
    }
    case KAFC_ARR: return make_array(g, f, m);
    default: make_number(g, kind, m); return true;
    }
}

static bool set_null(const struct kafc_field *f, void *m)
{
    if (f->kind == KAFC_ARR)
        kafc__array_set(m, NULL, -1);
    else
        memset(m, 0, kafc__kind_size(f->kind));
    return true;
}

/* One or two tags far above those that Kafka knows. */
static bool make_unknown(struct rnd *g, struct kafc_tags *u)
{
    int32_t n = 1 + (int32_t)kafc__rand_below(g->r, 2);
    struct kafc_tag *v = kafc__arena_array(g->a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++) {
        v[i].tag = (uint32_t)(100 + i * 10000) + kafc__rand_below(g->r, 1000);
        v[i].data.len = length(g);
        v[i].data.p = blob(g, v[i].data.len);
        if (!v[i].data.p)
            return false;
    }
    *u = (struct kafc_tags){ v, v ? n : 0 };
    return v;
}

static bool make_struct(struct rnd *g, const struct kafc_schema *s, void *obj)
{
    kafc__msg_defaults(s, obj);
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++) {
        void *m = (char *)obj + f->off;
        if (!kafc__in(f->on, g->version))
            continue;
        bool null = kafc__in(f->null, g->version) && kafc__rand_below(g->r, 4) == 0;
        /* a default may be null outside the versions that allow null */
        bool keep = kafc__rand_below(g->r, 10) == 0 &&
                    (!kafc__field_is_null(f, m) || kafc__in(f->null, g->version));
        if (!keep && !(null ? set_null(f, m) : make_value(g, f, f->kind, m)))
            return false;
    }
    if (g->flex && kafc__rand_below(g->r, 8) == 0)
        return make_unknown(g, kafc__unknown(s, obj));
    return true;
}

bool kafc__msg_random(const struct kafc_schema *s, void *msg, int16_t version,
                      struct kafc_rand *rnd, struct kafc_arena *a)
{
    struct rnd g = {
        .r = rnd, .a = a, .version = version, .flex = s->flex >= 0 && version >= s->flex
    };
    return make_struct(&g, s, msg);
}
