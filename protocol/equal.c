/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Are two messages the same? For tests, fuzzing and tools. Any thread.
 */
#include "protocol/walk.h"

static bool same_bytes(const void *a, int32_t na, const void *b, int32_t nb)
{
    if (!a || !b)
        return a == b;
    return na == nb && (na <= 0 || memcmp(a, b, (size_t)na) == 0);
}

/* One side or both may be chains, cut at different places. */
static bool same_records(const struct kafc_records *a, const struct kafc_records *b)
{
    bool null_a = !a->p && !a->chain, null_b = !b->p && !b->chain;
    if (null_a || null_b)
        return null_a == null_b;
    struct kafc_pieces ia = { .rec = a }, ib = { .rec = b };
    size_t na = 0, nb = 0;
    const uint8_t *pa = kafc__pieces_next(&ia, &na), *pb = kafc__pieces_next(&ib, &nb);
    while (pa && pb) {
        size_t n = na < nb ? na : nb;
        if (memcmp(pa, pb, n) != 0)
            return false;
        pa += n;
        pb += n;
        if ((na -= n) == 0)
            pa = kafc__pieces_next(&ia, &na);
        if ((nb -= n) == 0)
            pb = kafc__pieces_next(&ib, &nb);
    }
    return !pa && !pb;
}

static bool same_value(const struct kafc_field *f, unsigned kind, const void *a, const void *b);

static bool same_array(const struct kafc_field *f, const void *a, const void *b)
{
    struct kafc_any_array x = kafc__array_get(a), y = kafc__array_get(b);
    if (x.n != y.n)
        return x.n < 0 && y.n < 0;
    size_t step = f->elem == KAFC_STRUCT ? f->sub->size : kafc__kind_size(f->elem);
    for (int32_t i = 0; i < x.n; i++)
        if (!same_value(f, f->elem, (const char *)x.v + (size_t)i * step,
                        (const char *)y.v + (size_t)i * step))
            return false;
    return true;
}

static bool same_value(const struct kafc_field *f, unsigned kind, const void *a, const void *b)
{
    switch (kind) {
    case KAFC_BOOL: return *(const bool *)a == *(const bool *)b;
    case KAFC_STRING:
        return same_bytes(((const kafc_str *)a)->p, ((const kafc_str *)a)->len,
                          ((const kafc_str *)b)->p, ((const kafc_str *)b)->len);
    case KAFC_BLOB:
        return same_bytes(((const kafc_bytes *)a)->p, ((const kafc_bytes *)a)->len,
                          ((const kafc_bytes *)b)->p, ((const kafc_bytes *)b)->len);
    case KAFC_RECORDS: return same_records(a, b);
    case KAFC_STRUCT: return kafc__msg_equal(f->sub, a, b);
    case KAFC_PTR: {
        const void *x = kafc__ptr_get(a), *y = kafc__ptr_get(b);
        return x && y ? kafc__msg_equal(f->sub, x, y) : x == y;
    }
    case KAFC_ARR: return same_array(f, a, b);
    default: return memcmp(a, b, kafc__kind_size(kind)) == 0;
    }
}

bool kafc__msg_equal(const struct kafc_schema *s, const void *a, const void *b)
{
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++)
        if (!same_value(f, f->kind, kafc__member(a, f), kafc__member(b, f)))
            return false;
    const struct kafc_tags *x = kafc__unknown_const(s, a), *y = kafc__unknown_const(s, b);
    if (x->n != y->n)
        return false;
    for (int32_t i = 0; i < x->n; i++)
        if (x->v[i].tag != y->v[i].tag ||
            !same_bytes(x->v[i].data.p, x->v[i].data.len, y->v[i].data.p, y->v[i].data.len))
            return false;
    return true;
}
