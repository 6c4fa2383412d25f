/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Options structs to resolved ones, by the table. Runs when an object is
 * opened, on the caller's thread.
 */
#include "client/options.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "client/options_value.h"

/* --- Suggestions -------------------------------------------------------------- */

enum { WORD = 64 };

static unsigned min3(unsigned a, unsigned b, unsigned c)
{
    unsigned m = a < b ? a : b;
    return m < c ? m : c;
}

unsigned kafc__edit_distance(const char *a, const char *b)
{
    unsigned row[WORD + 1];
    size_t n = strnlen(a, WORD), m = strnlen(b, WORD);
    for (unsigned j = 0; j <= m; j++)
        row[j] = j;
    for (unsigned i = 1; i <= n; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= m; j++) {
            unsigned up = row[j];
            row[j] = min3(up + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1]));
            diagonal = up;
        }
    }
    return row[m];
}

static const char *nearer(const char *name, const char *candidate, const char *best,
                          unsigned *distance)
{
    unsigned d = kafc__edit_distance(name, candidate);
    if (d >= *distance)
        return best;
    *distance = d;
    return candidate;
}

const char *kafc__options_nearest(const char *name, size_t within)
{
    const char *best = "";
    unsigned distance = UINT_MAX;
    for (int k = 0; k < KAFC_OPTION_SETS; k++) {
        const struct kafc_option_set *set = kafc__option_sets[k];
        for (size_t i = 0; i < set->n; i++) {
            if (set->row[i].name)
                best = nearer(name, set->row[i].name, best, &distance);
        }
    }
    return distance <= within && distance < strlen(name) ? best : NULL;
}

/* --- Values from text -------------------------------------------------------- */

/* A choice that ends with a colon takes a duration. */
static bool takes_duration(const struct kafc_choice *c)
{
    size_t n = strlen(c->name);
    return n > 0 && c->name[n - 1] == ':';
}

const char *kafc__choice_text(const struct kafc_choice *c)
{
    return takes_duration(c) ? "by_duration:PnDTnHnMnS" : c->name[0] ? c->name : "\"\"";
}

static bool is_choice(const struct kafc_choice *c, const char *text)
{
    size_t n = strlen(c->name);
    int64_t ms;
    if (!takes_duration(c))
        return strcmp(c->name, text) == 0;
    return strncmp(c->name, text, n) == 0 && kafc__duration_parse(text + n, &ms);
}

static void list_choices(const struct kafc_choice *c, char *buf, size_t cap)
{
    size_t n = 0;
    for (buf[0] = '\0'; c->name && n < cap; c++)
        n += (size_t)snprintf(buf + n, cap - n, "%s%s", n ? ", " : "", kafc__choice_text(c));
}

static kafc_err find_name(const struct kafc_option *row, const char *text, kafc_error *err)
{
    const char *best = "", *name;
    unsigned distance = UINT_MAX;
    for (size_t i = 0; (name = row->names(i)) != NULL; i++)
        best = nearer(text, name, best, &distance);
    if (distance == 0)
        return KAFC_OK;
    return kafc__error(err, KAFC_ERR_USAGE, "'%s' knows no '%.64s'; the nearest is '%s'", row->name,
                       text, best);
}

static kafc_err find_names(const struct kafc_option *row, const char *text, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    char word[WORD + 2]; /* longer ones are cut, and still none */
    for (const char *p = text; rc == KAFC_OK && *p; p += strspn(p, ", ")) {
        size_t n = strcspn(p, ", ");
        (void)snprintf(word, sizeof(word), "%.*s", (int)(n < WORD + 1 ? n : WORD + 1), p);
        if (n)
            rc = find_name(row, word, err);
        p += n;
    }
    return rc;
}

static kafc_err parse_string(const struct kafc_option *row, const char *text, kafc_error *err)
{
    if (row->list)
        return find_names(row, text, err);
    if (text[0] == '\0')
        return kafc__error(err, KAFC_ERR_USAGE, "'%s' must not be empty", row->name);
    return row->names ? find_name(row, text, err) : KAFC_OK;
}

kafc_err kafc__option_parse(const struct kafc_option *row, const char *text, int64_t *value,
                            kafc_error *err)
{
    if (row->kind == KAFC_OPTION_STRING)
        return parse_string(row, text, err);
    if (row->choices) {
        for (const struct kafc_choice *c = row->choices; c->name; c++) {
            if (is_choice(c, text)) {
                *value = c->value;
                return KAFC_OK;
            }
        }
        char list[160];
        list_choices(row->choices, list, sizeof(list));
        return kafc__error(err, KAFC_ERR_USAGE, "'%s' is '%.64s', but must be one of %s", row->name,
                           text, list);
    }
    char *end = NULL;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (end == text || *end != '\0')
        return kafc__error(err, KAFC_ERR_USAGE, "'%s' is '%.64s', but must be a whole number",
                           row->name, text);
    if (errno == ERANGE || v < row->min || v > row->max)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "'%s' is %.64s, but must be from %" PRId64 " to %" PRId64, row->name,
                           text, row->min, row->max);
    *value = v;
    return KAFC_OK;
}

bool kafc__option_named(const struct kafc_option *row, const char *name)
{
    if (!row->name)
        return false;
    if (strcmp(row->name, name) == 0)
        return true;
    size_t n = strlen(name);
    for (const char *a = row->aliases; a && n > 0; a = strchr(a, ',') ? strchr(a, ',') + 1 : NULL) {
        if (strncmp(a, name, n) == 0 && (a[n] == '\0' || a[n] == ','))
            return true;
    }
    return false;
}

/* --- Members ------------------------------------------------------------------- */

static int64_t load(const struct kafc_option *row, const void *opts)
{
    const char *p = (const char *)opts + row->offset;
    int32_t v32;
    int64_t v64;
    if (row->width == sizeof(v64)) {
        memcpy(&v64, p, sizeof(v64));
        return v64;
    }
    memcpy(&v32, p, sizeof(v32));
    return v32;
}

static void store(const struct kafc_option *row, void *opts, int64_t v)
{
    char *p = (char *)opts + row->offset;
    int32_t v32 = (int32_t)v;
    if (row->width == sizeof(v))
        memcpy(p, &v, sizeof(v));
    else
        memcpy(p, &v32, sizeof(v32));
}

static const char *load_string(const struct kafc_option *row, const void *opts)
{
    const char *s;
    memcpy(&s, (const char *)opts + row->offset, sizeof(s));
    return s;
}

static void store_string(const struct kafc_option *row, void *opts, const char *s)
{
    memcpy((char *)opts + row->offset, &s, sizeof(s));
}

/* --- Resolving ------------------------------------------------------------------- */

static kafc_err resolve_number(const char *object, const struct kafc_option *row, const char *text,
                               void *out, kafc_error *err)
{
    int64_t v = load(row, out);
    if (v == 0 && text) {
        kafc_err rc = kafc__option_parse(row, text, &v, err);
        if (rc != KAFC_OK)
            return rc;
        store(row, out, v);
        return KAFC_OK;
    }
    if (v == 0) {
        store(row, out, row->dflt);
        return KAFC_OK;
    }
    v = v == KAFC_ZERO ? 0 : v;
    if (v < row->min || v > row->max || (row->kind == KAFC_OPTION_SWITCH && v == 0))
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s: %s is %" PRId64 ", but must be from %" PRId64 " to %" PRId64,
                           object, row->field, v, row->min, row->max);
    store(row, out, v);
    return KAFC_OK;
}

static kafc_err resolve_position(const char *object, const struct kafc_option *row,
                                 const char *text, void *out, kafc_error *err)
{
    kafc_position at;
    int64_t kind = row->dflt;
    memcpy(&at, (char *)out + row->offset, sizeof(at));
    if (at.kind == KAFC_POSITION_DEFAULT) {
        kafc_err rc = text ? kafc__option_parse(row, text, &kind, err) : KAFC_OK;
        if (rc != KAFC_OK)
            return rc;
        at = kafc_position_make((kafc_position_kind)kind, 0);
        if (kind == KAFC_POSITION_AGO)
            (void)kafc__duration_parse(strchr(text, ':') + 1, &at.value); /* it was checked */
    }
    if ((int)at.kind < 0 || at.kind > KAFC_POSITION_AGO)
        return kafc__error(err, KAFC_ERR_USAGE, "%s: %s is no position", object, row->field);
    if ((at.kind == KAFC_POSITION_OFFSET || at.kind == KAFC_POSITION_TAIL) && at.value < 0)
        return kafc__error(err, KAFC_ERR_USAGE,
                           "%s: %s has the offset %" PRId64 ", but must not be below 0", object,
                           row->field, at.value);
    memcpy((char *)out + row->offset, &at, sizeof(at));
    return KAFC_OK;
}

static kafc_err resolve_row(const char *object, const struct kafc_option *row,
                            const kafc_properties *props, void *out, kafc_error *err)
{
    const char *text = kafc__properties_get(props, row);
    switch (row->kind) {
    case KAFC_OPTION_INT32:
    case KAFC_OPTION_INT64:
    case KAFC_OPTION_SWITCH:
    case KAFC_OPTION_ENUM: return resolve_number(object, row, text, out, err);
    case KAFC_OPTION_POSITION: return resolve_position(object, row, text, out, err);
    case KAFC_OPTION_STRING:
        if (!load_string(row, out))
            store_string(row, out, text ? text : row->text);
        return row->list && load_string(row, out) ? parse_string(row, load_string(row, out), err) : KAFC_OK;
    case KAFC_OPTION_OPAQUE: break;
    }
    return KAFC_OK;
}

/* Every options struct begins so. */
struct head {
    size_t size;
    const kafc_properties *properties;
};

/* Copies as much as both sides know; what a newer program set beyond that is refused. */
static kafc_err copy_in(const struct kafc_option_set *set, const void *user, void *out,
                        kafc_error *err)
{
    size_t own = set->size, size;
    memcpy(&size, user, sizeof(size));
    if (size < sizeof(struct head) || size > own * 16)
        return kafc__error(
            err, KAFC_ERR_USAGE,
            "%s: the options' size is %zu: fill them with the macro or the init function",
            set->object, size);
    for (size_t i = own; i < size; i++) {
        if (((const unsigned char *)user)[i] != 0)
            return kafc__error(err, KAFC_ERR_USAGE,
                               "%s: an option is set that this library (%s) is too old to know",
                               set->object, KAFC_VERSION);
    }
    memcpy(out, user, size < own ? size : own);
    return KAFC_OK;
}

kafc_err kafc__options_resolve(const struct kafc_option_set *set, const void *user, void *out,
                               kafc_error *err)
{
    memset(out, 0, set->size);
    if (user) {
        kafc_err rc = copy_in(set, user, out, err);
        if (rc != KAFC_OK)
            return rc;
    }
    struct head h;
    memcpy(&h, out, sizeof(h));
    for (size_t i = 0; i < set->n; i++) {
        kafc_err rc = resolve_row(set->object, &set->row[i], h.properties, out, err);
        if (rc != KAFC_OK)
            return rc;
    }
    h.size = set->size;
    memcpy(out, &h, sizeof(h));
    return KAFC_OK;
}

size_t kafc__options_bytes(const struct kafc_option_set *set, const void *resolved)
{
    size_t n = 1;
    for (size_t i = 0; i < set->n; i++)
        if (set->row[i].kind == KAFC_OPTION_STRING && load_string(&set->row[i], resolved))
            n += strlen(load_string(&set->row[i], resolved)) + 1;
    return n;
}

char *kafc__options_keep(const struct kafc_option_set *set, void *resolved,
                         const kafc_allocator *mem)
{
    char *block = kafc__alloc(mem, kafc__options_bytes(set, resolved)), *p = block;
    const struct kafc_option *end = set->row + set->n;
    for (const struct kafc_option *row = set->row; row < end && block; row++) {
        const char *s;
        if (row->kind != KAFC_OPTION_STRING || !(s = load_string(row, resolved)))
            continue;
        size_t len = strlen(s) + 1;
        memcpy(p, s, len);
        store_string(row, resolved, p);
        p += len;
    }
    return block;
}
