/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetch sessions (KIP-227): the partitions that a client has named on a
 * broker, so that later requests name changes only.
 */
#include "base/mem.h"
#include "mock/state.h"
#include "protocol/api/01_fetch.h"

struct kafc_mpart *kafc__mwant_part(const struct kafc_cluster *c, struct kafc_mwant *w)
{
    if (!w->topic || w->topic->deleted)
        w->topic = w->name ? kafc__mock_topic(c, (kafc_str){ w->name, (int32_t)strlen(w->name) })
                           : kafc__mock_topic_by_id(c, &w->id);
    if (!w->topic || w->partition < 0 || w->partition >= w->topic->npartitions)
        return NULL;
    return &w->topic->part[w->partition];
}

static struct kafc_mwant *find(const struct kafc_mwants *w, kafc_str name, const kafc_uuid *id,
                               int32_t partition)
{
    for (int32_t i = 0; i < w->n; i++) {
        struct kafc_mwant *one = &w->v[i];

        if (one->partition != partition)
            continue;
        if (one->name ? kafc__str_is(name, one->name) : memcmp(&one->id, id, sizeof *id) == 0)
            return one;
    }
    return NULL;
}

static struct kafc_mwant *add(struct kafc_cluster *c, struct kafc_mwants *w)
{
    int32_t cap = w->cap ? w->cap * 2 : 16;
    struct kafc_mwant *v;

    if (w->n == w->cap) {
        v = kafc__realloc_array(&c->mem, w->v, (size_t)cap, sizeof *v);
        if (!v)
            return NULL;
        w->v = v;
        w->cap = cap;
    }
    memset(&w->v[w->n], 0, sizeof w->v[w->n]);
    return &w->v[w->n];
}

static bool take_one(struct kafc_cluster *c, struct kafc_mwants *w,
                     const struct kafc_fetch_req_topic *t, const struct kafc_fetch_req_partition *p,
                     bool by_id, int32_t known)
{
    struct kafc_mwants old = { w->v, known, known };
    struct kafc_mwant *one = known ? find(&old, by_id ? (kafc_str){ NULL, 0 } : t->topic,
                                          &t->topic_id, p->partition)
                                   : NULL;

    if (!one) {
        one = add(c, w);
        if (!one)
            return false;
        one->partition = p->partition;
        one->id = t->topic_id;
        one->told_end = one->told_start = -2;
        if (!by_id && !(one->name = kafc__strndup(&c->mem, t->topic.p ? t->topic.p : "",
                                                  (size_t)t->topic.len)))
            return false;
        w->n++;
    }
    one->current_epoch = p->current_leader_epoch;
    one->last_epoch = p->last_fetched_epoch;
    one->max_bytes = p->partition_max_bytes;
    one->offset = p->fetch_offset;
    return true;
}

bool kafc__mwants_take(struct kafc_cluster *c, struct kafc_mwants *w,
                       const struct kafc_fetch_req *q, bool by_id)
{
    int32_t known = w->n;

    for (int32_t i = 0; i < q->topics.n; i++)
        for (int32_t k = 0; k < q->topics.v[i].partitions.n; k++)
            if (!take_one(c, w, &q->topics.v[i], &q->topics.v[i].partitions.v[k], by_id, known))
                return false;
    return true;
}

void kafc__mwants_forget(struct kafc_cluster *c, struct kafc_mwants *w,
                         const struct kafc_fetch_req *q, bool by_id)
{
    for (int32_t i = 0; i < q->forgotten_topics_data.n; i++) {
        const struct kafc_fetch_req_forgotten *f = &q->forgotten_topics_data.v[i];
        for (int32_t k = 0; k < f->partitions.n; k++) {
            struct kafc_mwant *one = find(w, by_id ? (kafc_str){ NULL, 0 } : f->topic, &f->topic_id,
                                          f->partitions.v[k]);
            if (!one)
                continue;
            kafc__free(&c->mem, one->name);
            memmove(one, one + 1, (size_t)(&w->v[w->n] - (one + 1)) * sizeof *one);
            w->n--;
        }
    }
}

void kafc__mwants_clear(struct kafc_cluster *c, struct kafc_mwants *w)
{
    for (int32_t i = 0; i < w->n; i++)
        kafc__free(&c->mem, w->v[i].name);
    kafc__free(&c->mem, w->v);
    memset(w, 0, sizeof *w);
}

struct kafc_msession *kafc__mock_session(const struct kafc_mbroker *b, int32_t id)
{
    KAFC_MOCK_EACH(&b->sessions, struct kafc_msession, s)
        if (s->id == id)
            return s;
    return NULL;
}

struct kafc_msession *kafc__mock_session_new(struct kafc_cluster *c, struct kafc_mbroker *b,
                                             bool by_id)
{
    struct kafc_msession *s = kafc__zalloc(&c->mem, sizeof *s);

    if (!s)
        return NULL;
    if (b->nsessions >= KAFC_MOCK_SESSIONS)
        kafc__mock_session_drop(c, b, KAFC_LIST_FIRST(&b->sessions, struct kafc_msession, node));
    /* Ids do not repeat after a restart, so that sessions of before are not found. */
    b->last_session = b->last_session == INT32_MAX ? 1 : b->last_session + 1;
    s->id = b->last_session;
    s->epoch = 1;
    s->by_id = by_id;
    kafc__list_push(&b->sessions, &s->node);
    b->nsessions++;
    return s;
}

void kafc__mock_session_drop(struct kafc_cluster *c, struct kafc_mbroker *b,
                             struct kafc_msession *s)
{
    if (!s)
        return;
    kafc__list_del(&s->node);
    b->nsessions--;
    kafc__mwants_clear(c, &s->wants);
    kafc__free(&c->mem, s);
}

void kafc__mock_sessions_drop(struct kafc_cluster *c, struct kafc_mbroker *b)
{
    while (b->nsessions > 0)
        kafc__mock_session_drop(c, b, KAFC_LIST_FIRST(&b->sessions, struct kafc_msession, node));
}
