/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bytes of a message by field, without the walkers of the library.
 */
#include "tests/protocol/layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/walk.h" /* for what a default is */
#include "tests/protocol/message.h"

static void lay_struct(struct layout *l, const struct kafc_schema *s, const char *obj);
static void lay_value(struct layout *l, const struct kafc_field *f, unsigned kind, const void *m);

static void emit(struct layout *l, size_t bytes, size_t need)
{
    if (l->n == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 64;
        l->span = realloc(l->span, l->cap * sizeof(*l->span));
        MUST(l->span, "no memory");
    }
    struct span *s = &l->span[l->n++];
    *s = (struct span){ .start = l->size, .end = l->size + bytes, .need = need };
    memcpy(s->path, l->path, sizeof(s->path));
    l->size += bytes;
}

/* Goes into a field and gives the length to come back to. */
static size_t enter(struct layout *l, const char *name, int index)
{
    size_t n = strlen(l->path), room = sizeof(l->path) - n;
    int k = index >= 0 ? snprintf(l->path + n, room, "[%d]", index)
                       : snprintf(l->path + n, room, "%s%s", n ? "." : "", name);
    MUST(k > 0 && (size_t)k < room, "a path too long: %s", l->path);
    return n;
}

static size_t varint(uint64_t v)
{
    size_t n = 1;
    while (v >>= 7)
        n++;
    return n;
}

static void lay_counted(struct layout *l, const void *p, int32_t len, size_t prefix, bool compact)
{
    size_t n = p ? (size_t)len : 0;
    emit(l, compact ? varint(p ? n + 1 : 0) : prefix, n);
    emit(l, n, 0);
}

static void lay_array(struct layout *l, const struct kafc_field *f, const void *m)
{
    KAFC_ARRAY(char) a;
    memcpy(&a, m, sizeof(a));
    emit(l, l->flex ? varint((uint64_t)(a.n + 1)) : 4, a.n > 0 ? (size_t)a.n : 0);
    size_t step = f->elem == KAFC_STRUCT ? f->sub->size : kafc__kind_size(f->elem);
    for (int32_t i = 0; i < a.n; i++) {
        size_t back = enter(l, NULL, i);
        lay_value(l, f, f->elem, a.v + (size_t)i * step);
        l->path[back] = '\0';
    }
}

static void lay_value(struct layout *l, const struct kafc_field *f, unsigned kind, const void *m)
{
    static const uint8_t fixed[] = {
        [KAFC_BOOL] = 1, [KAFC_I8] = 1,  [KAFC_I16] = 2, [KAFC_U16] = 2,
        [KAFC_I32] = 4,  [KAFC_I64] = 8, [KAFC_F64] = 8, [KAFC_UUID] = 16,
    };
    const kafc_str *s = m;
    const kafc_bytes *b = m;
    const struct kafc_records *r = m;
    const char *p;
    switch (kind) {
    case KAFC_STRING: lay_counted(l, s->p, s->len, 2, l->flex && !f->plain); break;
    case KAFC_BLOB: lay_counted(l, b->p, b->len, 4, l->flex); break;
    case KAFC_RECORDS: lay_counted(l, r->p, r->len, 4, l->flex); break;
    case KAFC_STRUCT: lay_struct(l, f->sub, m); break;
    case KAFC_ARR: lay_array(l, f, m); break;
    case KAFC_PTR:
        memcpy(&p, m, sizeof(p));
        emit(l, 1, 0);
        if (p)
            lay_struct(l, f->sub, p);
        break;
    default: emit(l, fixed[kind], 0); break;
    }
}

/* Tag and size belong to the section; from there on it is the field that is short. */
static void lay_tag(struct layout *l, const struct kafc_field *f, const struct kafc_tag *u,
                    const char *obj)
{
    size_t n = l->n, at = l->size, size = u ? (size_t)u->data.len : 0;
    if (f) { /* once to know the size */
        lay_value(l, f, f->kind, obj + f->off);
        size = l->size - at;
        l->n = n;
        l->size = at;
    }
    size_t back = enter(l, "tags", -1);
    emit(l, varint(f ? f->tag : u->tag), 0);
    emit(l, varint(size), 0);
    if (f) {
        l->path[back] = '\0';
        back = enter(l, f->name, -1);
    }
    emit(l, 0, size);
    if (f)
        lay_value(l, f, f->kind, obj + f->off);
    else
        emit(l, size, 0);
    l->path[back] = '\0';
}

static bool written(const struct layout *l, const struct kafc_field *f, const char *obj)
{
    return kafc__in(f->tagged, l->version) && !kafc__field_is_default(f, obj + f->off);
}

/* The lowest tag above `above`, of a field or an unknown one; false: no more. */
static bool next_tag(const struct layout *l, const struct kafc_schema *s, const char *obj,
                     int64_t above, const struct kafc_field **field, const struct kafc_tag **other)
{
    const struct kafc_tags *u = (const struct kafc_tags *)(const void *)(obj + s->unknown);
    int64_t best = INT64_MAX;
    *field = NULL;
    *other = NULL;
    for (const struct kafc_field *f = s->field; f < s->field + s->nfields; f++)
        if (written(l, f, obj) && f->tag > above && f->tag < best) {
            best = f->tag;
            *field = f;
        }
    for (int32_t i = 0; i < u->n; i++)
        if (u->v[i].tag > above && u->v[i].tag < best) {
            best = u->v[i].tag;
            *other = &u->v[i];
            *field = NULL;
        }
    return best != INT64_MAX;
}

static void lay_tags(struct layout *l, const struct kafc_schema *s, const char *obj)
{
    const struct kafc_tags *u = (const struct kafc_tags *)(const void *)(obj + s->unknown);
    const struct kafc_field *f;
    const struct kafc_tag *other;
    size_t count = (size_t)u->n;
    for (f = s->field; f < s->field + s->nfields; f++)
        count += written(l, f, obj);
    size_t back = enter(l, "tags", -1);
    emit(l, varint(count), 0);
    l->path[back] = '\0';
    for (int64_t last = -1; next_tag(l, s, obj, last, &f, &other); last = f ? f->tag : other->tag)
        lay_tag(l, f, other, obj);
}

static void lay_struct(struct layout *l, const struct kafc_schema *s, const char *obj)
{
    for (const struct kafc_field *f = s->field; f < s->field + s->nfields; f++) {
        if (!kafc__in(f->on, l->version) || kafc__in(f->tagged, l->version))
            continue;
        size_t back = enter(l, f->name, -1);
        lay_value(l, f, f->kind, obj + f->off);
        l->path[back] = '\0';
    }
    if (l->flex)
        lay_tags(l, s, obj);
}

void layout_make(struct layout *l, const struct kafc_schema *s, const void *msg, int version)
{
    *l = (struct layout){ .version = version, .flex = s->flex >= 0 && version >= s->flex };
    lay_struct(l, s, msg);
}

void layout_free(struct layout *l)
{
    free(l->span);
}

const struct span *layout_cut(const struct layout *l, size_t cut, size_t *at)
{
    for (const struct span *s = l->span; s < l->span + l->n; s++) {
        if (s->end > cut) {
            *at = s->start;
            return s;
        }
        if (s->need > cut - s->end) {
            *at = s->end;
            return s;
        }
    }
    return NULL;
}

const struct span *layout_at(const struct layout *l, size_t byte)
{
    for (const struct span *s = l->span; s < l->span + l->n; s++)
        if (s->end > byte)
            return s;
    return NULL;
}

bool layout_path_exists(const struct kafc_schema *s, int version, const char *path)
{
    size_t n = strcspn(path, ".[");
    const char *rest = path + n;
    if (n == 4 && !strncmp(path, "tags", n))
        return !*rest;
    for (const struct kafc_field *f = s->field; f < s->field + s->nfields; f++) {
        if (strlen(f->name) != n || strncmp(f->name, path, n) != 0 || !kafc__in(f->on, version))
            continue;
        if (*rest == '[' && (f->kind != KAFC_ARR || !(rest = strchr(rest, ']'))))
            return false;
        rest += *rest == ']';
        return !*rest || (*rest == '.' && f->sub && layout_path_exists(f->sub, version, rest + 1));
    }
    return false;
}
