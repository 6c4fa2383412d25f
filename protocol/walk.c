/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the walkers share: error sentences, and facts about kinds. Any thread.
 */
#include "protocol/walk.h"

#include <stdio.h>

#include "base/log.h"
#include "base/seg.h"

const struct kafc_field kafc__element = { .name = "element" };
const struct kafc_field kafc__tags = { .name = "tags" };

static void put(char *buf, size_t cap, size_t *n, const char *s)
{
    while (*s && *n + 1 < cap)
        buf[(*n)++] = *s++;
    buf[*n] = '\0';
}

static void path_text(const struct kafc_walk *w, char *buf, size_t cap)
{
    size_t n = 0;
    buf[0] = '\0';
    for (int i = w->depth - 1; i >= 0; i--) {
        put(buf, cap, &n, w->path[i].name);
        if (w->path[i].index >= 0) {
            char num[16];
            snprintf(num, sizeof(num), "[%d]", (int)w->path[i].index);
            put(buf, cap, &n, num);
        }
        if (i > 0)
            put(buf, cap, &n, ".");
    }
}

kafc_err kafc__walk_error(const struct kafc_walk *w, kafc_err code, size_t at, const char *why,
                          kafc_error *e)
{
    if (!e)
        return code;
    char path[KAFC_WALK_PATH], where[40] = "";
    path_text(w, path, sizeof(path));
    if (at != SIZE_MAX)
        snprintf(where, sizeof(where), " at byte %zu", at);
    (void)kafc__error(e, code, "%s v%d%s%s%s: %s", w->root->name, w->version, *path ? ", " : "",
                      path, where, why);
    e->api = w->root->key;
    e->version = (int16_t)w->version;
    return code;
}

kafc_err kafc__walk_version(const struct kafc_schema *s, int version, kafc_error *e)
{
    if ((version >= s->min && version <= s->max) || (s->alias && version == s->alias))
        return KAFC_OK;
    (void)kafc__error(e, KAFC_ERR_UNSUPPORTED, "%s has versions %d %s %d, not %d", s->name, s->min,
                      s->alias ? "and" : "to", s->alias ? s->alias : s->max, version);
    if (e) {
        e->api = s->key;
        e->version = (int16_t)version;
    }
    return KAFC_ERR_UNSUPPORTED;
}

void kafc__plan_make(struct kafc_plan *p, const struct kafc_schema *s, int version)
{
    p->s = s;
    p->nwire = p->ntagged = p->nabsent = 0;
    for (uint8_t i = 0; i < s->nfields && i < KAFC_WALK_ROWS; i++) {
        if (!kafc__in(s->field[i].on, version))
            p->absent[p->nabsent++] = i;
        else if (kafc__in(s->field[i].tagged, version))
            p->tagged[p->ntagged++] = i;
        else
            p->wire[p->nwire++] = i;
    }
}

size_t kafc__kind_size(unsigned kind)
{
    static const uint8_t size[] = {
        [KAFC_BOOL] = sizeof(bool),
        [KAFC_I8] = 1,
        [KAFC_I16] = 2,
        [KAFC_I32] = 4,
        [KAFC_I64] = 8,
        [KAFC_U16] = 2,
        [KAFC_F64] = sizeof(double),
        [KAFC_UUID] = sizeof(kafc_uuid),
        [KAFC_STRING] = sizeof(kafc_str),
        [KAFC_BLOB] = sizeof(kafc_bytes),
        [KAFC_RECORDS] = sizeof(struct kafc_records),
        [KAFC_PTR] = sizeof(void *),
        [KAFC_ARR] = sizeof(struct kafc_any_array),
    };
    return kind < sizeof(size) ? size[kind] : 0;
}

size_t kafc__kind_min(unsigned kind, bool flex)
{
    switch (kind) {
    case KAFC_BOOL:
    case KAFC_I8:
    case KAFC_PTR: return 1;
    case KAFC_I16:
    case KAFC_U16: return 2;
    case KAFC_I32: return 4;
    case KAFC_I64:
    case KAFC_F64: return 8;
    case KAFC_UUID: return 16;
    case KAFC_STRING: return flex ? 1 : 2;
    case KAFC_BLOB:
    case KAFC_RECORDS:
    case KAFC_ARR: return flex ? 1 : 4;
    default: return 0;
    }
}

static size_t struct_min(const struct kafc_schema *s, int version, bool flex)
{
    size_t n = flex ? 1 : 0;
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++) {
        if (!kafc__in(f->on, version) || kafc__in(f->tagged, version))
            continue;
        n += f->kind == KAFC_STRUCT ? struct_min(f->sub, version, flex)
                                    : kafc__kind_min(f->kind, flex);
    }
    return n;
}

size_t kafc__schema_min_size(const struct kafc_schema *s, int16_t version, bool flex)
{
    return struct_min(s, version, flex);
}

const struct kafc_field *kafc__tag_known(const struct kafc_schema *s, uint32_t tag, int version)
{
    for (const struct kafc_field *f = s->field, *end = f + s->nfields; f < end; f++)
        if (kafc__in(f->tagged, version) && f->tag == tag)
            return f;
    return NULL;
}

const char *kafc__tags_bad(const struct kafc_schema *s, const struct kafc_tags *u, int version,
                           bool flex)
{
    if (u->n != 0 && !flex)
        return "unknown tagged fields in a version without tagged fields";
    for (int32_t i = 0; i < u->n; i++)
        if ((i > 0 && u->v[i].tag <= u->v[i - 1].tag) || kafc__tag_known(s, u->v[i].tag, version) ||
            u->v[i].data.len < 0)
            return "unknown tagged fields out of order, doubled or not unknown";
    return u->n < 0 ? "a negative length" : NULL;
}

const uint8_t *kafc__pieces_next(struct kafc_pieces *it, size_t *n)
{
    if (!it->begun) {
        it->begun = true;
        it->next = it->rec->chain;
        if (!it->rec->chain) {
            *n = (size_t)it->rec->len;
            return it->rec->p && it->rec->len > 0 ? it->rec->p : NULL;
        }
    }
    while (it->next) {
        const struct kafc_seg *s = it->next;
        it->next = s->next;
        if (s->len) {
            *n = s->len;
            return s->data;
        }
    }
    return NULL;
}
