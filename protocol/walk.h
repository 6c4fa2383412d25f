/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the walkers share: where in a message they are when something is wrong,
 * arrays without their element type, and the questions "null?", "default?".
 * Included by the walkers in protocol/ and by the JSON reader in tools/kafc only; any thread.
 */
#ifndef KAFC_PROTOCOL_WALK_H
#define KAFC_PROTOCOL_WALK_H

#include "protocol/schema.h"

enum {
    KAFC_WALK_DEPTH = 8,  /* of structs; Kafka's deepest message has 6 */
    KAFC_WALK_ROWS = 32,  /* of a struct; Kafka's longest has 17 */
    KAFC_WALK_PATH = 200, /* of a path as text */
};

/* One walk over one message. The path is collected on the way out of a failure, innermost first. */
struct kafc_walk {
    const struct kafc_schema *root;
    int version;
    bool flex;
    bool no_memory;
    int32_t index; /* of the element that failed, until the array's field is noted; -1 */
    int depth;
    struct {
        const char *name;
        int32_t index;
    } path[KAFC_WALK_DEPTH];
};

static inline void kafc__walk_init(struct kafc_walk *w, const struct kafc_schema *root, int version)
{
    w->root = root;
    w->version = version;
    w->flex = root->flex >= 0 && version >= root->flex;
    w->no_memory = false;
    w->index = -1;
    w->depth = 0;
}

/* The failure passes out of this field. */
static inline void kafc__walk_note(struct kafc_walk *w, const struct kafc_field *f)
{
    if (w->depth < KAFC_WALK_DEPTH) {
        w->path[w->depth].name = f->name;
        w->path[w->depth++].index = w->index;
    }
    w->index = -1;
}

/* "MetadataResponse v9, Topics[3].Name at byte 117: …" into e. at == SIZE_MAX: no position. Returns code. */
kafc_err kafc__walk_error(const struct kafc_walk *w, kafc_err code, size_t at, const char *why,
                          kafc_error *e);
/* KAFC_ERR_UNSUPPORTED with a sentence, or KAFC_OK. */
kafc_err kafc__walk_version(const struct kafc_schema *s, int version, kafc_error *e);

/* Any KAFC_ARRAY. Copied, not pointed at: the members have other pointer types. */
struct kafc_any_array {
    void *v;
    int32_t n;
};

static inline struct kafc_any_array kafc__array_get(const void *member)
{
    struct kafc_any_array a;
    memcpy(&a, member, sizeof(a));
    return a;
}

static inline void kafc__array_set(void *member, void *v, int32_t n)
{
    struct kafc_any_array a;
    memset(&a, 0, sizeof(a));
    a.v = v;
    a.n = n;
    memcpy(member, &a, sizeof(a));
}

/* The struct behind a KAFC_PTR member. */
static inline void *kafc__ptr_get(const void *member)
{
    void *p;
    memcpy(&p, member, sizeof(p));
    return p;
}

static inline const void *kafc__member(const void *obj, const struct kafc_field *f)
{
    return (const char *)obj + f->off;
}

static inline struct kafc_tags *kafc__unknown(const struct kafc_schema *s, void *obj)
{
    return (struct kafc_tags *)(void *)((char *)obj + s->unknown);
}

static inline const struct kafc_tags *kafc__unknown_const(const struct kafc_schema *s,
                                                          const void *obj)
{
    return (const struct kafc_tags *)(const void *)((const char *)obj + s->unknown);
}

/* Stands for the elements of an array of scalars: never null. */
extern const struct kafc_field kafc__element;
/* Stands for a section of tagged fields in a path. */
extern const struct kafc_field kafc__tags;

/* The field that an array's elements are walked with. */
static inline const struct kafc_field *kafc__element_of(const struct kafc_field *f)
{
    return f->elem == KAFC_STRUCT ? f : &kafc__element;
}

/* Bytes in memory, and the fewest on the wire, of a kind; 0 for structs. */
size_t kafc__kind_size(unsigned kind);
size_t kafc__kind_min(unsigned kind, bool flex);

bool kafc__field_is_null(const struct kafc_field *f, const void *member);
bool kafc__field_is_default(const struct kafc_field *f, const void *member);
void kafc__field_default(const struct kafc_field *f, void *member);

/* May the field be left out of a version that does not carry it? Null says nothing, so it may. */
static inline bool kafc__field_may_drop(const struct kafc_field *f, const void *member)
{
    return f->ignorable || kafc__field_is_default(f, member) || kafc__field_is_null(f, member);
}

/* The rows of a struct sorted by what a version makes of them: found once for all elements of an array. */
struct kafc_plan {
    const struct kafc_schema *s;
    uint8_t nwire, ntagged, nabsent; /* rows written in order, behind a tag, and not at all */
    uint8_t wire[KAFC_WALK_ROWS], tagged[KAFC_WALK_ROWS], absent[KAFC_WALK_ROWS];
};
void kafc__plan_make(struct kafc_plan *p, const struct kafc_schema *s, int version);

/* The field that has the tag in the version, or NULL. */
const struct kafc_field *kafc__tag_known(const struct kafc_schema *s, uint32_t tag, int version);
/* NULL, or why the unknown tagged fields cannot be written in the version. */
const char *kafc__tags_bad(const struct kafc_schema *s, const struct kafc_tags *u, int version,
                           bool flex);

/* The size of a tag's payload, as size.c counts it; *why, when it cannot be written. */
size_t kafc__tag_size(const struct kafc_field *f, const void *member, int version,
                      const char **why);

/* Walks the bytes of a records field, whatever it is made of: NULL at the end. */
struct kafc_pieces {
    const struct kafc_records *rec;
    const struct kafc_seg *next;
    bool begun;
};
const uint8_t *kafc__pieces_next(struct kafc_pieces *it, size_t *n);

#endif
