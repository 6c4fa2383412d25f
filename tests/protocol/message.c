/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Helpers of the codec's tests. JSON is read here by jansson and the table,
 * independently of how the library writes it.
 */
#include "tests/protocol/message.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Either alphabet, padded or not. */
static int32_t base64(const char *text, struct kafc_arena *a, const void **out)
{
    size_t len = strlen(text);
    uint8_t *p = kafc__arena_alloc(a, len * 3 / 4 + 1);
    ck_assert_ptr_nonnull(p);
    uint32_t acc = 0;
    int bits = 0;
    int32_t n = 0;
    for (size_t i = 0; i < len && text[i] != '='; i++) {
        ck_assert_int_ge(digit(text[i]), 0);
        acc = acc << 6 | (uint32_t)digit(text[i]);
        if ((bits += 6) >= 8) {
            bits -= 8;
            p[n++] = (uint8_t)(acc >> bits);
        }
    }
    *out = p;
    return n;
}

static void set_struct(const struct kafc_schema *s, void *obj, int version, const json_t *json,
                       struct kafc_arena *a);
static void set_value(const struct kafc_field *f, unsigned kind, void *m, int version,
                      const json_t *json, struct kafc_arena *a);

static size_t elem_size(const struct kafc_field *f)
{
    switch (f->elem) {
    case KAFC_STRUCT: return f->sub->size;
    case KAFC_I8:
    case KAFC_BOOL: return 1;
    case KAFC_I16:
    case KAFC_U16: return 2;
    case KAFC_I32: return 4;
    case KAFC_UUID: return sizeof(kafc_uuid);
    case KAFC_STRING: return sizeof(kafc_str);
    case KAFC_BLOB: return sizeof(kafc_bytes);
    default: return 8;
    }
}

static void set_array(const struct kafc_field *f, void *m, int version, const json_t *json,
                      struct kafc_arena *a)
{
    KAFC_ARRAY(void) *array = m;
    array->n = json_is_null(json) ? -1 : (int32_t)json_array_size(json);
    array->v = NULL;
    if (array->n <= 0)
        return;
    char *v = kafc__arena_array(a, (size_t)array->n, elem_size(f));
    ck_assert_ptr_nonnull(v);
    array->v = v;
    for (int32_t i = 0; i < array->n; i++)
        set_value(f, f->elem, v + (size_t)i * elem_size(f), version,
                  json_array_get(json, (size_t)i), a);
}

static void set_string(kafc_str *s, const json_t *json, struct kafc_arena *a)
{
    *s = (kafc_str){ NULL, 0 };
    if (json_is_null(json))
        return;
    ck_assert(json_is_string(json));
    s->len = (int32_t)json_string_length(json);
    s->p = kafc__arena_dup(a, json_string_value(json), (size_t)s->len);
}

static void set_number(unsigned kind, void *m, const json_t *json)
{
    ck_assert(json_is_integer(json));
    json_int_t v = json_integer_value(json);
    switch (kind) {
    case KAFC_I8: *(int8_t *)m = (int8_t)v; break;
    case KAFC_I16: *(int16_t *)m = (int16_t)v; break;
    case KAFC_U16: *(uint16_t *)m = (uint16_t)v; break;
    case KAFC_I32: *(int32_t *)m = (int32_t)v; break;
    default: *(int64_t *)m = v; break;
    }
}

static void set_value(const struct kafc_field *f, unsigned kind, void *m, int version,
                      const json_t *json, struct kafc_arena *a)
{
    const void *bytes = NULL;
    switch (kind) {
    case KAFC_BOOL: *(bool *)m = json_is_true(json); break;
    case KAFC_F64: *(double *)m = json_number_value(json); break;
    case KAFC_UUID:
        ck_assert_int_eq(base64(json_string_value(json), a, &bytes), 16);
        memcpy(m, bytes, 16);
        break;
    case KAFC_STRING: set_string(m, json, a); break;
    case KAFC_BLOB:
        *(kafc_bytes *)m = (kafc_bytes){ NULL, 0 };
        if (!json_is_null(json))
            ((kafc_bytes *)m)->len = base64(json_string_value(json), a, &((kafc_bytes *)m)->p);
        break;
    case KAFC_RECORDS:
        *(struct kafc_records *)m = (struct kafc_records){ NULL, 0, NULL };
        if (!json_is_null(json))
            ((struct kafc_records *)m)->len = base64(json_string_value(json), a,
                                                     &((struct kafc_records *)m)->p);
        break;
    case KAFC_STRUCT: set_struct(f->sub, m, version, json, a); break;
    case KAFC_PTR: {
        void *p = json_is_null(json) ? NULL : kafc__msg_array(f->sub, 1, a);
        if (p)
            set_struct(f->sub, p, version, json, a);
        memcpy(m, &p, sizeof(p));
        break;
    }
    case KAFC_ARR: set_array(f, m, version, json, a); break;
    default: set_number(kind, m, json); break;
    }
}

static void set_struct(const struct kafc_schema *s, void *obj, int version, const json_t *json,
                       struct kafc_arena *a)
{
    ck_assert(json_is_object(json));
    kafc__msg_defaults(s, obj);
    size_t used = 0;
    for (int i = 0; i < s->nfields; i++) {
        const struct kafc_field *f = &s->field[i];
        char name[80];
        snprintf(name, sizeof(name), "%s", f->name);
        if (name[0] >= 'A' && name[0] <= 'Z')
            name[0] = (char)(name[0] - 'A' + 'a');
        const json_t *value = json_object_get(json, name);
        if (value) {
            set_value(f, f->kind, (char *)obj + f->off, version, value, a);
            used++;
        }
    }
    ck_assert_uint_eq(used, json_object_size(json));
}

void message_from_json(const struct kafc_schema *s, void *msg, int version, const json_t *json,
                       struct kafc_arena *a)
{
    set_struct(s, msg, version, json, a);
}

unsigned char *message_encode(const struct kafc_schema *s, const void *msg, int version, size_t *n)
{
    kafc_error e = { .code = KAFC_OK };
    ck_assert_msg(kafc__msg_size(s, msg, (int16_t)version, n, NULL, &e) == KAFC_OK, "%s",
                  e.message);
    unsigned char *buf = malloc(*n + 1);
    ck_assert_ptr_nonnull(buf);
    struct kafc_wr w;
    kafc__wr_init(&w, buf, *n, NULL);
    ck_assert_msg(kafc__msg_encode(&w, s, msg, (int16_t)version, &e) == KAFC_OK, "%s", e.message);
    ck_assert_uint_eq(kafc__wr_len(&w), *n);
    return buf;
}

void *message_new(const struct kafc_schema *s)
{
    void *p = calloc(1, s->size);
    ck_assert_ptr_nonnull(p);
    return p;
}
