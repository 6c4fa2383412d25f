/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Partitions by topic, into requests and out of answers.
 */
#include "client/parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "protocol/walk.h"
#include <kafc/replicas.h>

/* --- The caller's ------------------------------------------------------------------------ */

static int compare(const struct kafc_part *a, kafc_str topic, int32_t partition, int32_t node)
{
    size_t n = strlen(a->topic), m = (size_t)topic.len;
    int c = memcmp(a->topic, topic.p, n < m ? n : m);
    if (c == 0)
        c = (n > m) - (n < m);
    if (c == 0)
        c = (a->partition > partition) - (a->partition < partition);
    return c ? c : (a->node > node) - (a->node < node);
}

static int by_part(const void *x, const void *y)
{
    const struct kafc_part *b = y;
    return compare(x, kafc__str(b->topic), b->partition, b->node);
}

enum { HEAD = offsetof(kafc_topic_partition, partition) + sizeof(int32_t) };

static kafc_topic_partition read_part(const void *element)
{
    kafc_topic_partition p;
    memcpy(&p, element, HEAD);
    return p;
}

int kafc__parts_order(const void *a, const void *b)
{
    kafc_topic_partition p = read_part(a), q = read_part(b);
    int order = strcmp(p.topic, q.topic);
    return order ? order : (p.partition > q.partition) - (p.partition < q.partition);
}

static kafc_err check(const struct kafc_part *p, bool nodes, kafc_error *err)
{
    if (!p->topic || !*p->topic || strlen(p->topic) > INT16_MAX || p->partition < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "partition %d of %.249s", (int)p->partition,
                           p->topic && *p->topic ? p->topic : "no topic");
    if (nodes && p->node < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s' [%d] on node %d", p->topic,
                           (int)p->partition, (int)p->node);
    return KAFC_OK;
}

/* As the caller has them. false: out of memory. */
static bool list(struct kafc_parts *p, const char *v, size_t stride, int32_t n, size_t node,
                 struct kafc_arena *a)
{
    *p = (struct kafc_parts){ .stride = stride, .n = n };
    p->part = kafc__arena_array(a, (size_t)n, sizeof(*p->part));
    for (int32_t i = 0; p->part && i < n; i++, v += stride) {
        kafc_topic_partition part = read_part(v);
        p->part[i] = (struct kafc_part){ part.topic, part.partition, -1, i };
        if (node != KAFC_PARTS_NO_NODE)
            memcpy(&p->part[i].node, v + node, sizeof(p->part[i].node));
    }
    return p->part != NULL;
}

static void sort(struct kafc_parts *p)
{
    if (p->n > 1)
        qsort(p->part, (size_t)p->n, sizeof(*p->part), by_part);
}

bool kafc__parts_sorted(struct kafc_parts *p, void *v, size_t stride, int32_t n,
                        struct kafc_arena *a)
{
    bool ok = list(p, v, stride, n, KAFC_PARTS_NO_NODE, a);
    p->v = v;
    if (ok)
        sort(p);
    return ok;
}

static kafc_err init(struct kafc_parts *p, const char *v, size_t stride, int32_t n, size_t node,
                     struct kafc_arena *a, kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    if (n < 0 || (n > 0 && !v))
        return kafc__error(err, KAFC_ERR_USAGE, "%d partitions at %s", (int)n,
                           v ? "an address" : "NULL");
    if (!list(p, v, stride, n, node, a))
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for %d partitions", (int)n);
    for (int32_t i = 0; i < n && rc == KAFC_OK; i++)
        rc = check(&p->part[i], node != KAFC_PARTS_NO_NODE, err);
    if (rc != KAFC_OK)
        return rc;
    sort(p);
    for (int32_t i = 1; i < n; i++)
        if (by_part(&p->part[i - 1], &p->part[i]) == 0)
            return kafc__error(err, KAFC_ERR_USAGE, "topic '%.249s' [%d] is named twice",
                               p->part[i].topic, (int)p->part[i].partition);
    return KAFC_OK;
}

kafc_err kafc__parts_init(struct kafc_parts *p, void *v, size_t stride, int32_t n, size_t node,
                          struct kafc_arena *a, kafc_error *err)
{
    kafc_err rc = init(p, v, stride, n, node, a, err);
    p->v = v;
    return rc;
}

kafc_err kafc__parts_given(struct kafc_parts *p, const kafc_topic_partition *v, int32_t n,
                           struct kafc_arena *a, kafc_error *err)
{
    return init(p, (const char *)v, sizeof(*v), n == KAFC_ALL_PARTITIONS ? 0 : n,
                KAFC_PARTS_NO_NODE, a, err);
}

/* node: -1 where it does not matter. NULL: it is none of them. */
static const struct kafc_part *find(const struct kafc_parts *p, kafc_str topic, int32_t partition,
                                    int32_t node)
{
    int32_t lo = 0, hi = p->n;
    while (lo < hi) {
        int32_t mid = lo + (hi - lo) / 2;
        int c = compare(&p->part[mid], topic, partition, node);
        if (c == 0)
            return &p->part[mid];
        if (c < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return NULL;
}

const struct kafc_part *kafc__parts_all(const struct kafc_parts *p, kafc_str topic,
                                        int32_t partition, int32_t *n)
{
    const struct kafc_part *first = find(p, topic, partition, -1);
    *n = 0;
    while (first && first > p->part && by_part(first - 1, first) == 0)
        first--;
    while (first && first + *n < p->part + p->n && by_part(first, first + *n) == 0)
        ++*n;
    return first;
}

/* --- Rows -------------------------------------------------------------------------------- */

/* The first row of a kind, with the name if one is given. */
static const struct kafc_field *row(const struct kafc_schema *s, uint8_t kind, const char *name)
{
    for (uint16_t i = 0; i < s->nfields; i++)
        if (s->field[i].kind == kind && (!name || strcmp(s->field[i].name, name) == 0))
            return &s->field[i];
    return NULL;
}

/* Topics have a name and an array of partitions: numbers, or structs that begin with one. */
static void look(struct kafc_parts_walk *w, const struct kafc_schema *s)
{
    for (uint16_t i = 0; i < s->nfields && !w->topics; i++) {
        const struct kafc_field *f = &s->field[i];
        if (f->kind != KAFC_ARR || f->elem != KAFC_STRUCT || !row(f->sub, KAFC_STRING, NULL) ||
            !row(f->sub, KAFC_ARR, NULL))
            continue;
        w->topics = f;
        w->name = row(f->sub, KAFC_STRING, NULL);
        w->parts = row(f->sub, KAFC_ARR, NULL);
    }
    if (!w->topics || w->parts->elem != KAFC_STRUCT)
        return;
    w->index = row(w->parts->sub, KAFC_I32, NULL);
    w->code = row(w->parts->sub, KAFC_I16, "ErrorCode");
    w->words = row(w->parts->sub, KAFC_STRING, "ErrorMessage");
}

static size_t element_size(const struct kafc_field *array)
{
    return array->elem == KAFC_STRUCT ? array->sub->size : kafc__kind_size(array->elem);
}

/* f NULL: the value is at obj itself. */
static void *place(void *obj, const struct kafc_field *f)
{
    return (char *)obj + (f ? f->off : 0);
}

/* --- Requests ---------------------------------------------------------------------------- */

static bool put_topic(const struct kafc_part *part, int32_t n, const struct kafc_parts_walk *w,
                      void *topic, struct kafc_arena *a)
{
    kafc_str name = kafc__str(part->topic);
    size_t size = element_size(w->parts);
    char *v = w->index ? kafc__msg_array(w->parts->sub, n, a)
                       : kafc__arena_array(a, (size_t)n, size);
    for (int32_t i = 0; v && i < n; i++)
        memcpy(place(v + (size_t)i * size, w->index), &part[i].partition, sizeof(int32_t));
    memcpy(place(topic, w->name), &name, sizeof(name));
    kafc__array_set(place(topic, w->parts), v, n);
    return v != NULL;
}

bool kafc__parts_put(const struct kafc_part *part, int32_t n, const struct kafc_schema *s,
                     void *msg, struct kafc_arena *a)
{
    struct kafc_parts_walk w = { .msg = msg };
    int32_t topics = 0;
    look(&w, s);
    for (int32_t i = 0; i < n; i++)
        topics += i == 0 || strcmp(part[i].topic, part[i - 1].topic) != 0;
    char *v = kafc__msg_array(w.topics->sub, topics, a);
    bool ok = v != NULL;
    kafc__array_set(place(msg, w.topics), v, ok ? topics : 0);
    for (int32_t i = 0, end; ok && i < n; i = end, v += w.topics->sub->size) {
        for (end = i + 1; end < n && strcmp(part[end].topic, part[i].topic) == 0;)
            end++;
        ok = put_topic(&part[i], end - i, &w, v, a);
    }
    return ok;
}

/* --- Answers ----------------------------------------------------------------------------- */

void kafc__parts_walk(struct kafc_parts_walk *w, const struct kafc_schema *s, const void *msg)
{
    *w = (struct kafc_parts_walk){ .msg = msg };
    look(w, s);
}

static const char *element(struct kafc_any_array a, const struct kafc_field *f, int32_t i)
{
    return (const char *)a.v + (size_t)i * element_size(f);
}

bool kafc__parts_next(struct kafc_parts_walk *w, struct kafc_part_said *out)
{
    struct kafc_any_array topics = kafc__array_get(kafc__member(w->msg, w->topics));
    for (; w->topic < topics.n; w->topic++, w->next = 0) {
        const char *topic = element(topics, w->topics, w->topic);
        struct kafc_any_array parts = kafc__array_get(kafc__member(topic, w->parts));
        if (w->next >= parts.n)
            continue;
        const char *part = element(parts, w->parts, w->next++);
        *out = (struct kafc_part_said){ .part = part };
        memcpy(&out->topic, kafc__member(topic, w->name), sizeof(out->topic));
        memcpy(&out->partition, part + (w->index ? w->index->off : 0), sizeof(out->partition));
        if (w->code)
            memcpy(&out->code, kafc__member(part, w->code), sizeof(out->code));
        if (w->words)
            memcpy(&out->words, kafc__member(part, w->words), sizeof(out->words));
        return true;
    }
    return false;
}

/* How many there are to come. */
static int32_t count(const struct kafc_parts_walk *w)
{
    struct kafc_any_array topics = kafc__array_get(kafc__member(w->msg, w->topics));
    int64_t n = 0;
    for (int32_t i = 0; i < topics.n; i++) {
        int32_t of = kafc__array_get(kafc__member(element(topics, w->topics, i), w->parts)).n;
        n += of > 0 ? of : 0;
    }
    return n < INT32_MAX ? (int32_t)n : INT32_MAX; /* a frame has no room for so many */
}

static void take_nothing(struct kafc_arena *a, const struct kafc_part_said *said, void *to)
{
    (void)a, (void)said, (void)to;
}

const struct kafc_part_element kafc__part_alone = { sizeof(kafc_topic_partition), 0, take_nothing };

void *kafc__parts_copy(struct kafc_arena *a, const struct kafc_schema *s, const void *msg,
                       const struct kafc_part_element *e, int32_t *n)
{
    kafc_topic_partition head = { NULL, 0 };
    struct kafc_parts_walk w;
    struct kafc_part_said said;
    kafc__parts_walk(&w, s, msg);
    *n = count(&w);
    char *v = kafc__arena_array(a, (size_t)*n, e->size), *to = v;
    for (; v && kafc__parts_next(&w, &said); to += e->size) {
        head.topic = kafc__piece_again(a, said.topic, head.topic);
        head.partition = said.partition;
        memcpy(to, &head, HEAD);
        e->take(a, &said, to);
    }
    if (!a->failed && *n > 1)
        qsort(v, (size_t)*n, e->size, kafc__parts_order);
    return a->failed ? NULL : v;
}

void *kafc__parts_piece(const kafc_allocator *mem, const struct kafc_schema *s, const void *msg,
                        const struct kafc_part_element *e)
{
    void *piece = kafc__piece_new(mem, sizeof(struct kafc_any_array));
    int32_t n = 0;
    if (!piece)
        return NULL;
    void *v = kafc__parts_copy(kafc__piece_arena(piece), s, msg, e, &n);
    kafc__array_set(piece, v, n);
    return kafc__piece_done(piece);
}

int16_t kafc__parts_whole(const struct kafc_schema *s, const void *resp, kafc_str *words)
{
    const struct kafc_field *code = row(s, KAFC_I16, "ErrorCode");
    const struct kafc_field *text = row(s, KAFC_STRING, "ErrorMessage");
    int16_t c = 0;
    *words = (kafc_str){ NULL, 0 };
    if (code)
        memcpy(&c, kafc__member(resp, code), sizeof(c));
    if (text)
        memcpy(words, kafc__member(resp, text), sizeof(*words));
    return c;
}

bool kafc__parts_item(const struct kafc_schema *s, const void *resp, int32_t i,
                      struct kafc_admin_item *out)
{
    struct kafc_parts_walk w;
    struct kafc_part_said said;
    if (i == 0) {
        out->code = kafc__parts_whole(s, resp, &out->words);
        out->whole = true;
        (void)snprintf(out->name, sizeof(out->name), "partitions");
        return true;
    }
    kafc__parts_walk(&w, s, resp);
    w.topic = out->at[0];
    w.next = out->at[1];
    if (!kafc__parts_next(&w, &said))
        return false;
    out->at[0] = w.topic;
    out->at[1] = w.next;
    out->code = said.code;
    out->words = said.words;
    (void)snprintf(out->name, sizeof(out->name), "topic '%.*s' [%d]",
                   KAFC_STR_HEAD(said.topic, 249), (int)said.partition);
    return true;
}

static void set(const struct kafc_parts *p, int32_t i, size_t result, kafc_err code)
{
    memcpy(p->v + (size_t)i * p->stride + result, &code, sizeof(code));
}

static kafc_err get(const struct kafc_parts *p, int32_t i, size_t result)
{
    kafc_err code;
    memcpy(&code, p->v + (size_t)i * p->stride + result, sizeof(code));
    return code;
}

/* What is not told yet; no broker says so. */
#define OPEN KAFC_ERR_WOULD_BLOCK

static void tell_node(const struct kafc_parts *p, int32_t node, size_t result, kafc_err code)
{
    for (int32_t i = 0; code != KAFC_OK && i < p->n; i++)
        if (p->part[i].node == node && get(p, p->part[i].i, result) == OPEN)
            set(p, p->part[i].i, result, code);
}

static void tell_one(const struct kafc_parts *p, const kafc_answer_part *from,
                     const struct kafc_schema *s, int32_t node, size_t result)
{
    kafc_str words;
    struct kafc_parts_walk w;
    struct kafc_part_said said;
    int16_t code = kafc__parts_whole(s, from->resp, &words);
    tell_node(p, node, result, (kafc_err)code);
    kafc__parts_walk(&w, s, from->resp);
    while (kafc__parts_next(&w, &said)) {
        const struct kafc_part *part = find(p, said.topic, said.partition, node);
        if (!part || code != 0)
            continue;
        set(p, part->i, result, (kafc_err)said.code);
        if (p->out)
            p->out->take(p->arena, &said, p->v + (size_t)part->i * p->stride);
    }
}

kafc_err kafc__parts_tell(const struct kafc_parts *p, const kafc_answer *a,
                          const struct kafc_api *api, size_t result, kafc_err rc, kafc_error *err)
{
    bool by_node = p->n > 0 && p->part[0].node >= 0;
    kafc_err left_out = a ? KAFC_ERR_PROTOCOL : rc;
    for (int32_t i = 0; i < p->n; i++)
        set(p, i, result, OPEN);
    for (int32_t i = 0; a && i < a->nparts; i++) {
        const kafc_answer_part *from = &a->parts[i];
        int32_t node = by_node ? from->broker : -1;
        if (from->resp)
            tell_one(p, from, api->resp, node, result);
        else if (by_node)
            tell_node(p, node, result, from->err);
        else
            left_out = from->err;
    }
    for (int32_t i = 0; i < p->n; i++) {
        const struct kafc_part *part = &p->part[i];
        if (get(p, part->i, result) != OPEN)
            continue;
        set(p, part->i, result, left_out);
        if (rc == KAFC_OK)
            rc = kafc__error(err, left_out, "%s was answered without topic '%.200s' [%d]",
                             api->name, part->topic, (int)part->partition);
    }
    return rc;
}

kafc_err kafc__parts_ask(struct kafc_admin *k, const struct kafc_admin_kind *kind, const void *req,
                         const struct kafc_parts *p, size_t result)
{
    kafc_answer *a = NULL;
    kafc_err rc = req ? kafc__admin_ask(k->c, kind, req, KAFC_BY_ROUTE, k->deadline, &a, k->err)
                      : kafc__admin_no_memory("the partitions", k->err);
    rc = kafc__parts_tell(p, a, kind->api, result, rc, k->err);
    kafc_answer_free(a);
    return rc;
}

void *kafc__parts_named(struct kafc_parts *p, const kafc_allocator *mem, const kafc_answer *a,
                        const struct kafc_api *api, const struct kafc_part_element *e, kafc_err *rc,
                        kafc_error *err)
{
    kafc_topic_partition head = { NULL, 0 };
    if (!a)
        return NULL;
    void *piece = kafc__piece_new(mem, sizeof(struct kafc_any_array));
    if (piece) {
        p->out = e;
        p->stride = e->size;
        p->arena = kafc__piece_arena(piece);
        p->v = kafc__arena_array(p->arena, (size_t)p->n, e->size);
        kafc__array_set(piece, p->v, p->n);
        for (int32_t i = 0; p->v && i < p->n; i++) {
            head.topic = kafc__piece_again(p->arena, kafc__str(p->part[i].topic), head.topic);
            head.partition = p->part[i].partition;
            memcpy(p->v + (size_t)i * e->size, &head, HEAD);
            p->part[i].i = i;
        }
        if (p->v)
            *rc = kafc__parts_tell(p, a, api, e->result, *rc, err);
        piece = kafc__piece_done(piece);
    }
    if (!piece)
        *rc = kafc__admin_no_memory("the partitions", err);
    return piece;
}
