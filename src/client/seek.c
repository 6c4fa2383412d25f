/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Leaders and coordinators for raw requests. The calling thread waits; answers
 * of FindCoordinator are read on the loop's.
 */
#include "client/seek.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/str.h"
#include "protocol/api/10_find_coordinator.h"

static kafc_err no_memory(kafc_error *err)
{
    return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the search");
}

/* --- Leaders ---------------------------------------------------------------------- */

static const kafc_topic *find_topic(const kafc_metadata *m, const char *name, const kafc_uuid *id)
{
    if (name)
        return kafc__topic_find(m->topics, m->ntopics, name);
    for (int32_t i = 0; i < m->ntopics; i++)
        if (memcmp(&m->topics[i].id, id, sizeof(*id)) == 0)
            return &m->topics[i];
    return NULL;
}

static int32_t leader(const kafc_topic *t, int32_t partition)
{
    const kafc_partition *p = t ? kafc__partition_find(t, partition) : NULL;
    return p && p->leader >= 0 ? p->leader : KAFC_ANY_NODE;
}

/* Is it of the topic that the one before is of? */
static bool goes_on(const struct kafc_seek *s, int32_t i)
{
    const struct kafc_target *t = &s->target[i];
    return i > 0 && kafc__str_same(t->name, t[-1].name) && memcmp(&t->id, &t[-1].id, sizeof(t->id)) == 0;
}

/* name: by target; NULL for a topic that only its id names. */
static void take_leaders(struct kafc_seek *s, const kafc_metadata *m, const char *const *name)
{
    const kafc_topic *topic = NULL;
    for (int32_t i = 0; i < s->n; i++) {
        if (!goes_on(s, i))
            topic = find_topic(m, name[i], &s->target[i].id);
        s->target[i].node = leader(topic, s->target[i].partition);
    }
}

kafc_err kafc__seek_leaders(struct kafc_seek *s, kafc_error *err)
{
    const char **name = kafc__arena_array(s->arena, (size_t)s->n, sizeof(*name));
    const char **topics = kafc__arena_array(s->arena, (size_t)s->n, sizeof(*topics));
    int32_t n = 0;
    if (!name || !topics)
        return no_memory(err);
    for (int32_t i = 0; i < s->n; i++) {
        kafc_str t = s->target[i].name;
        if (goes_on(s, i))
            name[i] = name[i - 1];
        else if (t.len > 0 && (name[i] = kafc__arena_dup(s->arena, t.p, (size_t)t.len)) == NULL)
            return no_memory(err);
        else if (n != KAFC_ALL_TOPICS && t.len > 0)
            topics[n++] = name[i];
        else
            n = KAFC_ALL_TOPICS;
    }
    if (n == 0)
        return KAFC_OK;
    struct kafc_asker by = kafc__asker_of(s->c);
    kafc_metadata *m;
    kafc_err rc = kafc__query_metadata(&by, topics, n, false, s->deadline, &m, err);
    if (rc == KAFC_OK)
        take_leaders(s, m, name);
    kafc_metadata_free(m);
    return rc;
}

/* --- Coordinators -------------------------------------------------------------------- */

enum { NOT_FOUND = -3 }; /* beside KAFC_ANY_NODE and KAFC_CONTROLLER_NODE */

/* The wire's number of what is sought, and the word for it. */
static const struct {
    int8_t type;
    const char *what;
} sort[] = {
    [KAFC_TO_GROUP] = { 0, "group" },
    [KAFC_TO_TXN] = { 1, "transactional id" },
    [KAFC_TO_SHARE] = { 2, "share group's partition" },
};

struct search {
    struct kafc_ask ask;
    struct kafc_seek *seek;
    const kafc_allocator *mem;
    const char *what;
    kafc_str *key;    /* by target */
    kafc_str *open;   /* those not found yet, */
    int32_t *open_at; /* with their targets */
    int32_t nopen;
    struct kafc_find_coordinator_req req;
};

static kafc_str key_of(const struct kafc_target *t, enum kafc_route route, struct kafc_arena *a)
{
    if (route != KAFC_TO_SHARE || t->name.len <= 0)
        return t->name;
    char id[KAFC_UUID_TEXT];
    size_t room = (size_t)t->name.len + sizeof(id) + 16;
    char *key = kafc__arena_alloc(a, room);
    kafc__uuid_text(&t->id, id);
    int n = key ? snprintf(key, room, "%.*s:%s:%d", (int)t->name.len, t->name.p, id,
                           (int)t->partition)
                : 0;
    return (kafc_str){ key, n };
}

static void collect_open(struct search *q)
{
    q->nopen = 0;
    for (int32_t i = 0; i < q->seek->n; i++) {
        if (q->seek->target[i].node != NOT_FOUND)
            continue;
        q->open[q->nopen] = q->key[i];
        q->open_at[q->nopen++] = i;
    }
}

/* Several keys at once from version 4 on, before it the first one. */
static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct search *q = ask->owner;
    bool several = rq->version >= 4;
    (void)err;
    q->req.key = several ? (kafc_str){ "", 0 } : q->open[0];
    q->req.coordinator_keys.v = q->open;
    q->req.coordinator_keys.n = several ? q->nopen : 0;
    return KAFC_OK;
}

static kafc_err refused(const struct search *q, kafc_str key, int16_t code, kafc_str message,
                        kafc_error *err)
{
    kafc_err c = (kafc_err)code;
    kafc_str words = kafc__str_head(message, KAFC_ADMIN_WORDS);
    bool told = words.len > 0;
    return kafc__error(err, c, "the coordinator of %s '%.*s' is not known: %s%s%.*s", q->what,
                       KAFC_STR_HEAD(key, 250), told ? kafc_err_name(c) : kafc_err_text(c),
                       told ? ": " : "", (int)words.len, words.p);
}

static kafc_err take_one(struct search *q, int32_t i, int32_t node, int16_t code, kafc_str message,
                         kafc_error *err)
{
    if (code == 0 && node < 0)
        code = KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    if (code != 0 && !q->seek->code)
        return refused(q, q->open[i], code, message, err);
    if (code != 0)
        q->seek->code[q->open_at[i]] = (kafc_err)code;
    q->seek->target[q->open_at[i]].node = code ? KAFC_ANY_NODE : node;
    return KAFC_OK;
}

/* Brokers answer in the order of the keys; where one does not, the key is looked for. */
static int32_t find_open(const struct search *q, kafc_str key, int32_t hint)
{
    if (hint < q->nopen && kafc__str_same(q->open[hint], key))
        return hint;
    int32_t i = 0;
    while (i < q->nopen && !kafc__str_same(q->open[i], key))
        i++;
    return i;
}

static kafc_err take_all(struct search *q, const struct kafc_find_coordinator_resp *r,
                         kafc_error *err)
{
    kafc_err rc = KAFC_OK;
    for (int32_t i = 0; i < r->coordinators.n && rc == KAFC_OK; i++) {
        const struct kafc_find_coordinator_resp_coordinator *c = &r->coordinators.v[i];
        int32_t at = find_open(q, c->key, i);
        if (at < q->nopen)
            rc = take_one(q, at, c->node_id, c->error_code, c->error_message, err);
    }
    for (int32_t i = 0; i < q->nopen && rc == KAFC_OK; i++)
        if (q->seek->target[q->open_at[i]].node == NOT_FOUND)
            rc = take_one(q, i, -1, 0, (kafc_str){ 0 }, err);
    return rc;
}

static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct search *q = ask->owner;
    struct kafc_find_coordinator_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, q->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK && ask->rq.version >= 4)
        rc = take_all(q, &r, err);
    else if (rc == KAFC_OK)
        rc = take_one(q, 0, r.node_id, r.error_code, r.error_message, err);
    kafc__arena_fini(&a);
    return rc;
}

kafc_err kafc__seek_coordinators(struct kafc_seek *s, enum kafc_route route, kafc_error *err)
{
    struct search q = { .seek = s, .mem = &s->c->mem, .what = sort[route].what };
    q.key = kafc__arena_array(s->arena, (size_t)s->n, sizeof(*q.key));
    q.open = kafc__arena_array(s->arena, (size_t)s->n, sizeof(*q.open));
    q.open_at = kafc__arena_array(s->arena, (size_t)s->n, sizeof(*q.open_at));
    if (!q.key || !q.open || !q.open_at)
        return no_memory(err);
    for (int32_t i = 0; i < s->n; i++) {
        q.key[i] = key_of(&s->target[i], route, s->arena);
        s->target[i].node = q.key[i].len > 0 ? NOT_FOUND : KAFC_ANY_NODE;
    }
    if (s->arena->failed)
        return no_memory(err);
    kafc__msg_defaults(&kafc_find_coordinator_req_schema, &q.req);
    q.req.key_type = sort[route].type;
    q.ask.api = &kafc_find_coordinator_api;
    q.ask.msg = &q.req;
    q.ask.node = KAFC_ANY_NODE;
    q.ask.prepare = prepare;
    q.ask.answer = answer;
    q.ask.owner = &q;
    kafc_err rc = KAFC_OK;
    for (collect_open(&q); q.nopen > 0 && rc == KAFC_OK; collect_open(&q))
        rc = kafc__ask(s->c, &q.ask, s->deadline, err);
    return rc;
}

static kafc_err find_group(kafc_client *c, kafc_str group, int64_t deadline, int32_t *node,
                           kafc_error *err)
{
    struct kafc_target t = { .name = group };
    struct kafc_arena a;
    kafc__arena_init(&a, &c->mem, 0);
    struct kafc_seek s = { .c = c, .deadline = deadline, .arena = &a, .target = &t, .n = 1 };
    kafc_err rc = kafc__seek_coordinators(&s, KAFC_TO_GROUP, err);
    *node = t.node;
    kafc__arena_fini(&a);
    return rc;
}

static kafc_err give(const kafc_error *why, kafc_error *err)
{
    if (err)
        *err = *why;
    return why->code;
}

kafc_err kafc__ask_coordinator(kafc_client *c, kafc_str group, struct kafc_ask *a, int64_t deadline,
                               kafc_error *err)
{
    unsigned interrupts = atomic_load(&c->interrupts);
    for (int attempt = 0;; attempt++) {
        kafc_err why, rc = find_group(c, group, deadline, &a->node, err);
        if (rc == KAFC_OK)
            rc = kafc__ask_once(c, a, 1, deadline, interrupts, err);
        if (rc != KAFC_OK && rc != KAFC_ERR_TIMED_OUT)
            return rc;
        if (rc == KAFC_OK && a->code == KAFC_OK)
            return KAFC_OK;
        if (rc != KAFC_OK || !a->again)
            return a->group ? give(&a->err, err) : rc;
        if (!kafc__ask_pause(c, attempt, a->code, deadline, interrupts, &why))
            return why == KAFC_ERR_TIMED_OUT ? give(&a->err, err)
                                             : kafc__error(err, why, "%s", kafc_err_text(why));
    }
}
