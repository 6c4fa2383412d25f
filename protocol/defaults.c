/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Defaults: set them, recognise them. Any thread.
 */
#include "base/arena.h"
#include "protocol/walk.h"

/* What a pointer points to when the default is not null: a struct of defaults, which are all zero in the one message
 * that has such a field (tests/protocol/test_tables checks that). Not to be written to. */
static const struct {
    int64_t zero[8];
} some;

void kafc__field_default(const struct kafc_field *f, void *member)
{
    const char *text = f->null_default ? NULL : "";
    switch (f->kind) {
    case KAFC_BOOL: *(bool *)member = f->dflt != 0; break;
    case KAFC_I8: *(int8_t *)member = (int8_t)f->dflt; break;
    case KAFC_I16: *(int16_t *)member = (int16_t)f->dflt; break;
    case KAFC_U16: *(uint16_t *)member = (uint16_t)f->dflt; break;
    case KAFC_I32: *(int32_t *)member = (int32_t)f->dflt; break;
    case KAFC_I64: *(int64_t *)member = f->dflt; break;
    case KAFC_F64: *(double *)member = (double)f->dflt; break;
    case KAFC_STRING: *(kafc_str *)member = (kafc_str){ text, 0 }; break;
    case KAFC_BLOB: *(kafc_bytes *)member = (kafc_bytes){ text, 0 }; break;
    case KAFC_STRUCT: kafc__msg_defaults(f->sub, member); break;
    case KAFC_ARR: kafc__array_set(member, NULL, f->null_default ? -1 : 0); break;
    case KAFC_PTR: {
        const void *p = f->null_default ? NULL : &some;
        memcpy(member, &p, sizeof(p));
        break;
    }
    case KAFC_UUID:
    case KAFC_RECORDS: /* null, as in Kafka */
    default: memset(member, 0, kafc__kind_size(f->kind)); break;
    }
}

void kafc__msg_defaults(const struct kafc_schema *s, void *msg)
{
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++)
        kafc__field_default(f, (char *)msg + f->off);
    *kafc__unknown(s, msg) = (struct kafc_tags){ NULL, 0 };
}

void *kafc__msg_array(const struct kafc_schema *elem, int32_t n, struct kafc_arena *a)
{
    char *v = n < 0 ? NULL : kafc__arena_array(a, (size_t)n, elem->size);
    for (int32_t i = 0; v && i < n; i++)
        kafc__msg_defaults(elem, v + (size_t)i * elem->size);
    return v;
}

bool kafc__field_is_null(const struct kafc_field *f, const void *member)
{
    switch (f->kind) {
    case KAFC_STRING: return !((const kafc_str *)member)->p;
    case KAFC_BLOB: return !((const kafc_bytes *)member)->p;
    case KAFC_RECORDS: {
        const struct kafc_records *r = member;
        return !r->p && !r->chain;
    }
    case KAFC_ARR: return kafc__array_get(member).n < 0;
    case KAFC_PTR: return !kafc__ptr_get(member);
    default: return false;
    }
}

static bool struct_is_default(const struct kafc_schema *s, const void *obj)
{
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++)
        if (!kafc__field_is_default(f, kafc__member(obj, f)))
            return false;
    return kafc__unknown_const(s, obj)->n == 0;
}

static bool uuid_is_zero(const kafc_uuid *u)
{
    static const kafc_uuid zero;
    return memcmp(u, &zero, sizeof(zero)) == 0;
}

static bool f64_is(double d, double dflt)
{
    return memcmp(&d, &dflt, sizeof(d)) == 0; /* the bits: -0.0 is not 0.0 */
}

static bool text_is_default(const struct kafc_field *f, const void *p, int32_t len)
{
    return f->null_default ? !p : p && len == 0;
}

bool kafc__field_is_default(const struct kafc_field *f, const void *member)
{
    switch (f->kind) {
    case KAFC_BOOL: return *(const bool *)member == (f->dflt != 0);
    case KAFC_I8: return *(const int8_t *)member == f->dflt;
    case KAFC_I16: return *(const int16_t *)member == f->dflt;
    case KAFC_U16: return *(const uint16_t *)member == f->dflt;
    case KAFC_I32: return *(const int32_t *)member == f->dflt;
    case KAFC_I64: return *(const int64_t *)member == f->dflt;
    case KAFC_F64: return f64_is(*(const double *)member, (double)f->dflt);
    case KAFC_UUID: return uuid_is_zero(member);
    case KAFC_STRING:
        return text_is_default(f, ((const kafc_str *)member)->p, ((const kafc_str *)member)->len);
    case KAFC_BLOB:
        return text_is_default(f, ((const kafc_bytes *)member)->p,
                               ((const kafc_bytes *)member)->len);
    case KAFC_STRUCT: return struct_is_default(f->sub, member);
    case KAFC_ARR: {
        int32_t n = kafc__array_get(member).n;
        return f->null_default ? n < 0 : n == 0;
    }
    case KAFC_PTR: {
        const void *p = kafc__ptr_get(member);
        return f->null_default || !p ? f->null_default && !p : struct_is_default(f->sub, p);
    }
    case KAFC_RECORDS:
    default: return kafc__field_is_null(f, member);
    }
}
