/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages from Apache Kafka's JSON: jansson reads the text, the table says
 * what it means. Recursion goes as deep as the table. Any thread.
 */
#include "tools/kafc/from_json.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"
#include "protocol/walk.h"
#include "tools/kafc/tool.h"

enum { NAME_MAX_LEN = 80, WHY = 240 };

/* One walk. The first failure ends it. */
struct in {
    struct kafc_walk w;
    struct kafc_arena *a;
    bool failed;
    char why[WHY];
};

static void fail(struct in *d, const char *fmt, ...) KAFC_PRINTF(2, 3);

static void fail(struct in *d, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    (void)vsnprintf(d->why, sizeof(d->why), fmt, ap);
    va_end(ap);
    d->failed = true;
}

static void *get_memory(struct in *d, size_t n)
{
    void *p = kafc__arena_alloc(d->a, n);
    if (!p) {
        d->w.no_memory = true;
        fail(d, "out of memory");
    }
    return p;
}

static void refuse(struct in *d, const char *wanted, const json_t *json)
{
    static const char *const type[] = {
        [JSON_OBJECT] = "an object", [JSON_ARRAY] = "an array",     [JSON_STRING] = "a string",
        [JSON_INTEGER] = "a number", [JSON_REAL] = "a real number", [JSON_TRUE] = "true",
        [JSON_FALSE] = "false",      [JSON_NULL] = "null",
    };
    fail(d, "%s is wanted, not %s", wanted, type[json ? json_typeof(json) : JSON_NULL]);
}

/* ---- numbers ---- */

static void get_integer(struct in *d, unsigned kind, void *m, const json_t *json)
{
    static const struct {
        int64_t min, max;
    } range[] = {
        [KAFC_I8] = { INT8_MIN, INT8_MAX },    [KAFC_I16] = { INT16_MIN, INT16_MAX },
        [KAFC_I32] = { INT32_MIN, INT32_MAX }, [KAFC_I64] = { INT64_MIN, INT64_MAX },
        [KAFC_U16] = { 0, UINT16_MAX },
    };
    if (!json_is_integer(json)) {
        refuse(d, "an integer", json);
        return;
    }
    int64_t v = json_integer_value(json), min = range[kind].min, max = range[kind].max;
    if (v < min || v > max) {
        fail(d, "%lld is not within %lld and %lld", (long long)v, (long long)min, (long long)max);
        return;
    }
    switch (kind) {
    case KAFC_I8: *(int8_t *)m = (int8_t)v; break;
    case KAFC_I16: *(int16_t *)m = (int16_t)v; break;
    case KAFC_U16: *(uint16_t *)m = (uint16_t)v; break;
    case KAFC_I32: *(int32_t *)m = (int32_t)v; break;
    default: *(int64_t *)m = v; break;
    }
}

/* JSON has no words for three of them; ours are those that we write. */
static void get_double(struct in *d, double *m, const json_t *json)
{
    static const struct {
        const char *word;
        double value;
    } words[] = { { "NaN", (double)NAN },
                  { "Infinity", (double)INFINITY },
                  { "-Infinity", (double)-INFINITY } };
    if (json_is_number(json)) {
        *m = json_number_value(json);
        return;
    }
    for (size_t i = 0; json_is_string(json) && i < sizeof(words) / sizeof(*words); i++)
        if (!strcmp(json_string_value(json), words[i].word)) {
            *m = words[i].value;
            return;
        }
    refuse(d, "a number, or \"NaN\", \"Infinity\", \"-Infinity\"", json);
}

/* ---- strings and base64 ---- */

static int digit(char c, const char *last)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == last[0] ? 62 : c == last[1] ? 63 : -1;
}

/* n digits, the last two of the alphabet given, to n * 6 / 8 bytes. */
static void get_digits(struct in *d, const char *text, size_t n, const char *last, uint8_t *out)
{
    uint32_t acc = 0;
    int bits = 0;
    for (size_t i = 0; i < n; i++) {
        int v = digit(text[i], last);
        if (v < 0) {
            fail(d, "character %zu of the base64 is none of its digits", i + 1);
            return;
        }
        acc = acc << 6 | (uint32_t)v;
        if ((bits += 6) >= 8) {
            bits -= 8;
            *out++ = (uint8_t)(acc >> bits);
        }
    }
    if (acc & ((1U << bits) - 1))
        fail(d, "the base64 ends with bits that belong to no byte");
}

static void get_uuid(struct in *d, kafc_uuid *m, const json_t *json)
{
    enum { DIGITS = 22 };
    if (!json_is_string(json))
        refuse(d, "an id of 22 characters", json);
    else if (json_string_length(json) != DIGITS)
        fail(d, "an id has 22 characters, not %zu", json_string_length(json));
    else
        get_digits(d, json_string_value(json), DIGITS, "-_", m->b);
}

static kafc_bytes get_base64(struct in *d, const json_t *json)
{
    kafc_bytes none = { NULL, 0 };
    if (!json_is_string(json)) {
        refuse(d, "a string of base64", json);
        return none;
    }
    const char *text = json_string_value(json);
    size_t n = json_string_length(json);
    if (n % 4 != 0) {
        fail(d, "base64 comes in fours of characters, not %zu", n);
        return none;
    }
    for (int pad = 0; pad < 2 && n > 0 && text[n - 1] == '='; pad++)
        n--;
    size_t len = n / 4 * 3 + n % 4 * 6 / 8;
    if (len > INT32_MAX) {
        fail(d, "%zu bytes are too many", len);
        return none;
    }
    uint8_t *p = get_memory(d, len);
    if (p)
        get_digits(d, text, n, "+/", p);
    return (kafc_bytes){ p, (int32_t)len };
}

static void get_string(struct in *d, kafc_str *m, const json_t *json)
{
    if (!json_is_string(json)) {
        refuse(d, "a string", json);
        return;
    }
    size_t n = json_string_length(json);
    if (n > INT32_MAX) {
        fail(d, "%zu bytes are too many", n);
        return;
    }
    char *p = get_memory(d, n);
    if (p && n)
        memcpy(p, json_string_value(json), n);
    *m = (kafc_str){ p, (int32_t)n };
}

/* ---- values ---- */

static void get_struct(struct in *d, const struct kafc_schema *s, void *obj, const json_t *json);
static void get_value(struct in *d, const struct kafc_field *f, unsigned kind, void *m,
                      const json_t *json);

static void get_array(struct in *d, const struct kafc_field *f, void *m, const json_t *json)
{
    if (!json_is_array(json)) {
        refuse(d, "an array", json);
        return;
    }
    size_t n = json_array_size(json);
    bool structs = f->elem == KAFC_STRUCT;
    size_t step = structs ? f->sub->size : kafc__kind_size(f->elem);
    if (n > INT32_MAX || n > SIZE_MAX / step) {
        fail(d, "%zu elements are too many", n);
        return;
    }
    char *v = n ? get_memory(d, n * step) : NULL;
    kafc__array_set(m, v, v ? (int32_t)n : 0);
    for (size_t i = 0; v && i < n && !d->failed; i++) {
        if (structs)
            kafc__msg_defaults(f->sub, v + i * step);
        get_value(d, kafc__element_of(f), f->elem, v + i * step, json_array_get(json, i));
        if (d->failed)
            d->w.index = (int32_t)i;
    }
}

static void get_ptr(struct in *d, const struct kafc_field *f, void *m, const json_t *json)
{
    void *p = get_memory(d, f->sub->size);
    if (p) {
        kafc__msg_defaults(f->sub, p);
        get_struct(d, f->sub, p, json);
    }
    memcpy(m, &p, sizeof(p));
}

static void get_records(struct in *d, struct kafc_records *m, const json_t *json)
{
    if (json_is_object(json)) {
        fail(d, "records are read as base64 alone; {\"batches\":…} is only printed");
        return;
    }
    kafc_bytes b = get_base64(d, json);
    *m = (struct kafc_records){ .p = b.p, .len = b.len };
}

/* true: it was null, and that is settled. */
static bool get_null(struct in *d, const struct kafc_field *f, unsigned kind, void *m,
                     const json_t *json)
{
    static const bool can[] = { [KAFC_STRING] = true,
                                [KAFC_BLOB] = true,
                                [KAFC_RECORDS] = true,
                                [KAFC_PTR] = true,
                                [KAFC_ARR] = true };
    if (!json_is_null(json) || kind >= sizeof(can) || !can[kind])
        return false;
    if (!kafc__in(f->null, d->w.version))
        fail(d, "null, which the version does not allow");
    else if (kind == KAFC_ARR)
        kafc__array_set(m, NULL, -1);
    else
        memset(m, 0, kafc__kind_size(kind));
    return true;
}

static void get_value(struct in *d, const struct kafc_field *f, unsigned kind, void *m,
                      const json_t *json)
{
    if (get_null(d, f, kind, m, json))
        return;
    switch (kind) {
    case KAFC_BOOL:
        if (!json_is_boolean(json))
            refuse(d, "true or false", json);
        *(bool *)m = json_is_true(json);
        break;
    case KAFC_F64: get_double(d, m, json); break;
    case KAFC_UUID: get_uuid(d, m, json); break;
    case KAFC_STRING: get_string(d, m, json); break;
    case KAFC_BLOB: *(kafc_bytes *)m = get_base64(d, json); break;
    case KAFC_RECORDS: get_records(d, m, json); break;
    case KAFC_STRUCT: get_struct(d, f->sub, m, json); break;
    case KAFC_PTR: get_ptr(d, f, m, json); break;
    case KAFC_ARR: get_array(d, f, m, json); break;
    default: get_integer(d, kind, m, json); break;
    }
}

/* ---- structs ---- */

/* Kafka's name with its first letter in lower case. */
static const char *json_name(const char *name, char buf[NAME_MAX_LEN])
{
    size_t n = strnlen(name, NAME_MAX_LEN - 1);
    memcpy(buf, name, n);
    buf[n] = '\0';
    if (*buf >= 'A' && *buf <= 'Z')
        *buf = (char)(*buf - 'A' + 'a');
    return buf;
}

static bool has_field(const struct kafc_schema *s, const char *key)
{
    char name[NAME_MAX_LEN];
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++)
        if (!strcmp(json_name(f->name, name), key))
            return true;
    return false;
}

/* Refuses the first name that is none of the struct's; false: all are. */
static bool refuse_unknown(struct in *d, const struct kafc_schema *s, const json_t *json)
{
    json_t *all;
    memcpy(&all, &json, sizeof(all)); /* not written to, though the iterators ask for it */
    void *it = json_object_iter(all);
    while (it && has_field(s, json_object_iter_key(it)))
        it = json_object_iter_next(all, it);
    if (!it)
        return false;
    struct tool_near near;
    char name[NAME_MAX_LEN];
    tool_near_begin(&near, json_object_iter_key(it));
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++)
        if (kafc__in(f->on, d->w.version))
            tool_near_try(&near, f->name);
    if (near.best)
        fail(d, "there is no field \"%.60s\"; did you mean \"%s\"?", json_object_iter_key(it),
             json_name(near.best, name));
    else
        fail(d, "there is no field \"%.60s\"", json_object_iter_key(it));
    return true;
}

/* What is not there at all. A name that was mistyped says more than the gap that it leaves. true: at the struct. */
static bool missing(struct in *d, const struct kafc_schema *s, const struct kafc_field *f,
                    const json_t *json)
{
    if (!kafc__in(f->on, d->w.version) || kafc__in(f->tagged, d->w.version))
        return false;
    if (refuse_unknown(d, s, json))
        return true;
    fail(d, "missing; only tagged fields have defaults");
    return false;
}

static void get_struct(struct in *d, const struct kafc_schema *s, void *obj, const json_t *json)
{
    size_t used = 0;
    if (!json_is_object(json)) {
        refuse(d, "an object", json);
        return;
    }
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++) {
        char name[NAME_MAX_LEN];
        const json_t *value = json_object_get(json, json_name(f->name, name));
        if (!value) {
            if (missing(d, s, f, json))
                return;
        } else if (kafc__in(f->on, d->w.version)) {
            get_value(d, f, f->kind, (char *)obj + f->off, value);
            used++;
        } else {
            fail(d, "the version does not carry it");
        }
        if (d->failed) {
            kafc__walk_note(&d->w, f);
            return;
        }
    }
    if (used < json_object_size(json))
        (void)refuse_unknown(d, s, json);
}

static kafc_err refuse_text(struct in *d, const json_error_t *why, kafc_error *err)
{
    bool memory = json_error_code(why) == json_error_out_of_memory;
    fail(d, "line %d, column %d (byte %d): %s", why->line, why->column, why->position, why->text);
    return kafc__walk_error(&d->w, memory ? KAFC_ERR_NO_MEMORY : KAFC_ERR_USAGE, SIZE_MAX, d->why,
                            err);
}

kafc_err message_from_json(const struct kafc_schema *s, void *msg, int16_t version,
                           const char *text, size_t n, struct kafc_arena *a, kafc_error *err)
{
    struct in d = { .a = a };
    json_error_t why;
    kafc_err rc = kafc__walk_version(s, version, err);
    if (rc)
        return rc;
    kafc__walk_init(&d.w, s, version);
    json_t *json = json_loadb(text, n, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_ANY,
                              &why);
    if (!json)
        return refuse_text(&d, &why, err);
    kafc__msg_defaults(s, msg);
    get_struct(&d, s, msg, json);
    json_decref(json);
    if (!d.failed)
        return KAFC_OK;
    return kafc__walk_error(&d.w, d.w.no_memory ? KAFC_ERR_NO_MEMORY : KAFC_ERR_USAGE, SIZE_MAX,
                            d.why, err);
}
