/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Places by name, requests cut, responses merged. Elements of arrays are moved
 * as the bytes of their structs; what they point to stays where it is.
 */
#include "protocol/route.h"

#include <stdlib.h>

#include "base/arena.h"
#include "protocol/walk.h"

/* ---- Places ---- */

/* Kafka's names: how the string ends, how an array of several begins. */
static const struct {
    uint8_t route;
    const char *one, *many;
} words[] = {
    { KAFC_TO_GROUP, "GroupId", "Group" },
    { KAFC_TO_TXN, "TransactionalId", "Transaction" },
    { KAFC_TO_SHARE, "GroupId", NULL },
    { KAFC_TO_RESOURCE, "ResourceName", "Resource" },
};

/* Types of resources that are a broker's own affair. */
enum { BROKER = 4, BROKER_LOGGER = 8 };

static bool ends(const char *s, const char *with)
{
    size_t n = strlen(s), m = strlen(with);
    return n >= m && strcmp(s + n - m, with) == 0;
}

/* The first row of a kind whose name ends so. */
static const struct kafc_field *row(const struct kafc_schema *s, uint8_t kind, const char *end)
{
    for (uint16_t i = 0; i < s->nfields; i++)
        if (s->field[i].kind == kind && ends(s->field[i].name, end))
            return &s->field[i];
    return NULL;
}

/* Topics are an array of structs with an array of partitions: numbers, or structs that begin with one. */
static bool is_topics(const struct kafc_field *f, struct kafc_place *p)
{
    if (f->kind != KAFC_ARR || f->elem != KAFC_STRUCT)
        return false;
    const struct kafc_field *parts = row(f->sub, KAFC_ARR, "");
    const struct kafc_field *index = NULL;
    if (parts && parts->elem == KAFC_STRUCT)
        index = row(parts->sub, KAFC_I32, "");
    if (!parts || !(index || parts->elem == KAFC_I32))
        return false;
    p->many = f;
    p->name = row(f->sub, KAFC_STRING, "");
    p->id = row(f->sub, KAFC_UUID, "TopicId");
    p->parts = parts;
    p->index = index;
    return true;
}

static bool is_many(const struct kafc_field *f, const char *one, const char *many,
                    struct kafc_place *p)
{
    if (f->kind != KAFC_ARR || strncmp(f->name, many, strlen(many)) != 0)
        return false;
    p->name = f->elem == KAFC_STRUCT ? row(f->sub, KAFC_STRING, one) : NULL;
    if (!p->name && f->elem != KAFC_STRING)
        return false;
    p->many = f;
    p->kind = f->elem == KAFC_STRUCT ? row(f->sub, KAFC_I8, "ResourceType") : NULL;
    return true;
}

void kafc__route_place(const struct kafc_api *api, const struct kafc_schema *message,
                       struct kafc_place *p)
{
    bool topics = api->route == KAFC_TO_LEADER || api->route == KAFC_TO_SHARE;
    *p = (struct kafc_place){ 0 };
    for (uint16_t i = 0; topics && i < message->nfields && !p->many; i++)
        is_topics(&message->field[i], p);
    if (message == api->resp)
        return;
    for (size_t k = 0; k < sizeof(words) / sizeof(*words); k++) {
        if (words[k].route != api->route)
            continue;
        p->one = row(message, KAFC_STRING, words[k].one);
        for (uint16_t i = 0; words[k].many && i < message->nfields && !p->many; i++)
            is_many(&message->field[i], words[k].one, words[k].many, p);
    }
}

/* ---- Members without their types ---- */

static size_t element_size(const struct kafc_field *array)
{
    return array->elem == KAFC_STRUCT ? array->sub->size : kafc__kind_size(array->elem);
}

static struct kafc_any_array array_of(const void *obj, const struct kafc_field *f)
{
    struct kafc_any_array a = kafc__array_get(kafc__member(obj, f));
    a.n = a.n > 0 ? a.n : 0;
    return a;
}

static char *at(struct kafc_any_array a, const struct kafc_field *f, int32_t i)
{
    return (char *)a.v + (size_t)i * element_size(f);
}

static void set_array(void *obj, const struct kafc_field *f, void *v, int32_t n)
{
    kafc__array_set((char *)obj + f->off, v, n);
}

/* f NULL: the value is at obj itself. */
static void take(void *to, const void *obj, const struct kafc_field *f, size_t n)
{
    memcpy(to, f ? kafc__member(obj, f) : obj, n);
}

/* ---- Targets ---- */

static int64_t count(const struct kafc_place *p, struct kafc_any_array many)
{
    int64_t n = p->parts ? 0 : many.n;
    for (int32_t i = 0; p->parts && i < many.n; i++)
        n += array_of(at(many, p->many, i), p->parts).n;
    return n;
}

static void name_topics(const struct kafc_place *p, const void *req, struct kafc_any_array many,
                        struct kafc_target *t)
{
    for (int32_t i = 0; i < many.n; i++) {
        const void *topic = at(many, p->many, i);
        struct kafc_any_array parts = array_of(topic, p->parts);
        for (int32_t j = 0; j < parts.n; j++, t++) {
            if (p->one)
                take(&t->name, req, p->one, sizeof(t->name));
            else if (p->name)
                take(&t->name, topic, p->name, sizeof(t->name));
            if (p->id)
                take(&t->id, topic, p->id, sizeof(t->id));
            take(&t->partition, at(parts, p->parts, j), p->index, sizeof(t->partition));
        }
    }
}

/* The number that the name of a broker is, or -1. */
static int32_t broker_of(int8_t kind, kafc_str name)
{
    int64_t id = 0;
    if ((kind != BROKER && kind != BROKER_LOGGER) || name.len <= 0 || name.len > 10)
        return -1;
    for (int32_t i = 0; i < name.len; i++) {
        if (name.p[i] < '0' || name.p[i] > '9')
            return -1;
        id = id * 10 + (name.p[i] - '0');
    }
    return id <= INT32_MAX ? (int32_t)id : -1;
}

static void name_resources(const struct kafc_place *p, struct kafc_any_array many,
                           struct kafc_target *t)
{
    for (int32_t i = 0; i < many.n; i++) {
        int8_t kind;
        take(&kind, at(many, p->many, i), p->kind, sizeof(kind));
        t[i].node = broker_of(kind, t[i].name);
    }
}

struct kafc_target *kafc__route_targets(const struct kafc_api *api, const void *req, int32_t *n,
                                        struct kafc_arena *a)
{
    struct kafc_place p;
    kafc__route_place(api, api->req, &p);
    struct kafc_any_array many = { NULL, 0 };
    if (p.many)
        many = array_of(req, p.many);
    bool single = p.one && !p.parts && many.n == 0;
    int64_t all = single ? 1 : count(&p, many);
    struct kafc_target *t = all <= INT32_MAX ? kafc__arena_array(a, (size_t)all, sizeof(*t)) : NULL;
    if (!t)
        return NULL;
    *n = (int32_t)all;
    if (single)
        take(&t->name, req, p.one, sizeof(t->name));
    else if (p.parts)
        name_topics(&p, req, many, t);
    else
        for (int32_t i = 0; i < many.n; i++)
            take(&t[i].name, at(many, p.many, i), p.name, sizeof(t[i].name));
    if (p.kind)
        name_resources(&p, many, t);
    return t;
}

/* ---- Cutting ---- */

/* Keeps in obj's array, which is copied, the elements whose targets have the node; they begin at t. false when out of
 * memory. */
static bool keep(void *obj, const struct kafc_field *f, const struct kafc_target *t, int32_t node,
                 struct kafc_arena *a)
{
    struct kafc_any_array all = array_of(obj, f), kept = { NULL, 0 };
    kept.v = kafc__arena_array(a, (size_t)all.n, element_size(f));
    for (int32_t i = 0; kept.v && i < all.n; i++)
        if (t[i].node == node)
            memcpy(at(kept, f, kept.n++), at(all, f, i), element_size(f));
    set_array(obj, f, kept.v, kept.n);
    return kept.v != NULL;
}

static bool keep_topics(void *obj, const struct kafc_place *p, const struct kafc_target *t,
                        int32_t node, struct kafc_arena *a)
{
    struct kafc_any_array all = array_of(obj, p->many), kept = { NULL, 0 };
    kept.v = kafc__arena_array(a, (size_t)all.n, element_size(p->many));
    if (!kept.v)
        return false;
    for (int32_t i = 0; i < all.n; i++) {
        char *topic = at(kept, p->many, kept.n);
        memcpy(topic, at(all, p->many, i), element_size(p->many));
        int32_t n = array_of(topic, p->parts).n;
        if (!keep(topic, p->parts, t, node, a))
            return false;
        kept.n += array_of(topic, p->parts).n > 0;
        t += n;
    }
    set_array(obj, p->many, kept.v, kept.n);
    return true;
}

const void *kafc__route_cut(const struct kafc_api *api, const void *req,
                            const struct kafc_target *t, int32_t n, int32_t node,
                            struct kafc_arena *a)
{
    struct kafc_place p;
    kafc__route_place(api, api->req, &p);
    if (n == 0 || !p.many || array_of(req, p.many).n == 0)
        return req;
    void *copy = kafc__arena_alloc(a, api->req->size);
    if (!copy)
        return NULL;
    memcpy(copy, req, api->req->size);
    bool ok = p.parts ? keep_topics(copy, &p, t, node, a) : keep(copy, p.many, t, node, a);
    return ok ? copy : NULL;
}

/* ---- Merging ---- */

/* A topic of an answer. */
struct topic {
    const char *element;
    kafc_str name;
    kafc_uuid id;
    int32_t order;
};

static int same_topic(const struct topic *a, const struct topic *b)
{
    int32_t n = a->name.len < b->name.len ? a->name.len : b->name.len;
    int c = n > 0 ? memcmp(a->name.p, b->name.p, (size_t)n) : 0;
    if (c == 0)
        c = (a->name.len > b->name.len) - (a->name.len < b->name.len);
    return c ? c : memcmp(&a->id, &b->id, sizeof(a->id));
}

static int by_topic(const void *x, const void *y)
{
    const struct topic *a = x, *b = y;
    int c = same_topic(a, b);
    return c ? c : (a->order > b->order) - (a->order < b->order);
}

/* Elements of all the objects' arrays, one behind the other, in `out`'s. */
static bool concatenate(const struct kafc_field *f, const void *const *obj, int32_t n, void *out,
                        struct kafc_arena *a)
{
    size_t total = 0;
    bool some = false;
    for (int32_t i = 0; i < n; i++) {
        total += (size_t)array_of(obj[i], f).n;
        some = some || kafc__array_get(kafc__member(obj[i], f)).n >= 0;
    }
    struct kafc_any_array all = { kafc__arena_array(a, total, element_size(f)), 0 };
    if (!all.v || total > INT32_MAX)
        return false;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_any_array from = array_of(obj[i], f);
        if (from.n > 0)
            memcpy(at(all, f, all.n), from.v, (size_t)from.n * element_size(f));
        all.n += from.n;
    }
    set_array(out, f, some ? all.v : NULL, some ? all.n : -1);
    return true;
}

/* Each element of out's array of topics, which holds those of all answers, becomes one with its namesakes. */
static bool join_topics(const struct kafc_place *p, void *out, struct kafc_arena *a)
{
    struct kafc_any_array all = array_of(out, p->many), kept = { NULL, 0 };
    struct topic *t = kafc__arena_array(a, (size_t)all.n, sizeof(*t));
    const void **same = kafc__arena_array(a, (size_t)all.n, sizeof(*same));
    kept.v = kafc__arena_array(a, (size_t)all.n, element_size(p->many));
    if (!t || !same || !kept.v)
        return false;
    for (int32_t i = 0; i < all.n; i++) {
        t[i] = (struct topic){ .element = at(all, p->many, i), .order = i };
        if (p->name)
            take(&t[i].name, t[i].element, p->name, sizeof(t[i].name));
        if (p->id)
            take(&t[i].id, t[i].element, p->id, sizeof(t[i].id));
    }
    if (all.n > 1)
        qsort(t, (size_t)all.n, sizeof(*t), by_topic);
    for (int32_t i = 0, n; i < all.n; i += n) {
        char *topic = at(kept, p->many, kept.n++);
        memcpy(topic, t[i].element, element_size(p->many));
        for (n = 0; i + n < all.n && same_topic(&t[i], &t[i + n]) == 0; n++)
            same[n] = t[i + n].element;
        if (n > 1 && !concatenate(p->parts, same, n, topic, a))
            return false;
    }
    set_array(out, p->many, kept.v, kept.n);
    return true;
}

/* The first answer that is an error as a whole, or else the first. */
static const void *spokesman(const struct kafc_schema *s, const void *const *resp, int32_t n)
{
    const struct kafc_field *code = row(s, KAFC_I16, "ErrorCode");
    int16_t c = 0;
    for (int32_t i = 0; code && i < n; i++) {
        take(&c, resp[i], code, sizeof(c));
        if (c != 0)
            return resp[i];
    }
    return resp[0];
}

static int32_t throttle(const struct kafc_field *f, const void *const *resp, int32_t n)
{
    int32_t most = 0, ms;
    for (int32_t i = 0; i < n; i++) {
        take(&ms, resp[i], f, sizeof(ms));
        most = ms > most ? ms : most;
    }
    return most;
}

bool kafc__route_merge(const struct kafc_api *api, const void *const *resp, int32_t n, void *out,
                       struct kafc_arena *a)
{
    const struct kafc_schema *s = api->resp;
    struct kafc_place p;
    kafc__route_place(api, s, &p);
    memcpy(out, spokesman(s, resp, n), s->size);
    for (uint16_t i = 0; i < s->nfields; i++)
        if (s->field[i].kind == KAFC_ARR && !concatenate(&s->field[i], resp, n, out, a))
            return false;
    if (p.many && !join_topics(&p, out, a))
        return false;
    const struct kafc_field *f = row(s, KAFC_I32, "ThrottleTimeMs");
    if (f) {
        int32_t ms = throttle(f, resp, n);
        memcpy((char *)out + f->off, &ms, sizeof(ms));
    }
    return true;
}
