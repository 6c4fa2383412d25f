/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_metadata: asks a broker, and turns the answer of any version
 * into one sorted picture in the caller's hands. Built on the loop thread.
 */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/mem.h"
#include "base/str.h"
#include "client/ask.h"
#include "client/piece.h"
#include "protocol/api/03_metadata.h"

struct meta_ask {
    const kafc_allocator *mem;
    const char *const *topics;
    int32_t n;
    unsigned how;
    struct kafc_metadata_req req;
    struct kafc_metadata_req_topic *wanted;
    kafc_metadata *out; /* a piece */
};

void kafc_metadata_free(kafc_metadata *m)
{
    kafc__piece_free(m);
}

static int by_topic(const void *a, const void *b)
{
    return strcmp(((const kafc_topic *)a)->name, ((const kafc_topic *)b)->name);
}

static int by_partition(const void *a, const void *b)
{
    int32_t x = ((const kafc_partition *)a)->id, y = ((const kafc_partition *)b)->id;
    return (x > y) - (x < y);
}

const kafc_topic *kafc__topic_find(const kafc_topic *v, int32_t n, const char *name)
{
    const kafc_topic key = { .name = name };
    return n > 0 ? bsearch(&key, v, (size_t)n, sizeof(*v), by_topic) : NULL;
}

const kafc_partition *kafc__partition_find(const kafc_topic *t, int32_t id)
{
    const kafc_partition key = { .id = id };
    size_t n = (size_t)t->npartitions;
    return n > 0 ? bsearch(&key, t->partitions, n, sizeof(key), by_partition) : NULL;
}

kafc_err kafc__leader_find(const kafc_metadata *m, const char *topic, int32_t partition,
                           int32_t *leader)
{
    const kafc_topic *t = kafc__topic_find(m->topics, m->ntopics, topic);
    if (!t || t->err != KAFC_OK)
        return t ? t->err : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    const kafc_partition *p = kafc__partition_find(t, partition);
    if (!p)
        return KAFC_ERR_UNKNOWN_PARTITION;
    *leader = p->leader;
    return p->leader >= 0 ? KAFC_OK : KAFC_ERR_LEADER_NOT_AVAILABLE;
}

static void put_topic(struct kafc_arena *a, kafc_topic *to,
                      const struct kafc_metadata_resp_topic *t)
{
    int32_t n = t->partitions.n > 0 ? t->partitions.n : 0;
    kafc_partition *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    to->name = kafc__piece_text(a, t->name, NULL);
    to->id = t->topic_id;
    to->err = (kafc_err)t->error_code;
    to->internal = t->is_internal;
    if (t->topic_authorized_operations != INT32_MIN)
        to->operations = (uint32_t)t->topic_authorized_operations;
    to->partitions = v;
    to->npartitions = v ? n : 0;
    for (int32_t i = 0; i < to->npartitions; i++) {
        const struct kafc_metadata_resp_partition *p = &t->partitions.v[i];
        v[i].id = p->partition_index;
        v[i].err = (kafc_err)p->error_code;
        v[i].leader = p->leader_id;
        v[i].leader_epoch = p->leader_epoch;
        v[i].replicas = kafc__piece_ids(a, p->replica_nodes.v, p->replica_nodes.n, &v[i].nreplicas);
        v[i].isr = kafc__piece_ids(a, p->isr_nodes.v, p->isr_nodes.n, &v[i].nisr);
        v[i].offline = kafc__piece_ids(a, p->offline_replicas.v, p->offline_replicas.n, &v[i].noffline);
    }
    if (n > 1 && v)
        qsort(v, (size_t)n, sizeof(*v), by_partition);
}

static int by_name(const void *x, const void *y)
{
    const struct kafc_metadata_resp_topic *a = x, *b = y;
    return kafc__str_order(a->name, b->name);
}

/* The topics that were asked for, and only those: an old broker was asked for all (rule W9). */
static void put_wanted(struct meta_ask *m, kafc_topic *v, struct kafc_metadata_resp *r)
{
    struct kafc_arena *a = kafc__piece_arena(m->out);
    kafc_metadata *pub = m->out;
    size_t n = r->topics.n > 0 ? (size_t)r->topics.n : 0;
    if (n > 1)
        qsort(r->topics.v, n, sizeof(*r->topics.v), by_name);
    for (int32_t i = 0; i < m->n; i++) {
        struct kafc_metadata_resp_topic key = { .name = kafc__str(m->topics[i]) }, *t;
        t = n > 0 ? bsearch(&key, r->topics.v, n, sizeof(key), by_name) : NULL;
        kafc_topic *to = &v[pub->ntopics];
        if (t) {
            put_topic(a, to, t);
        } else {
            to->name = kafc__arena_dup(a, m->topics[i], strlen(m->topics[i]));
            to->err = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
        }
        pub->ntopics += to->name != NULL;
    }
}

static void put_topics(struct meta_ask *m, struct kafc_metadata_resp *r)
{
    kafc_metadata *pub = m->out;
    struct kafc_arena *a = kafc__piece_arena(pub);
    int32_t n = m->n == KAFC_ALL_TOPICS ? r->topics.n : m->n;
    kafc_topic *v = kafc__arena_array(a, n > 0 ? (size_t)n : 0, sizeof(*v));
    pub->topics = v;
    if (!v)
        return;
    if (m->n != KAFC_ALL_TOPICS)
        put_wanted(m, v, r);
    for (int32_t i = 0; m->n == KAFC_ALL_TOPICS && i < n; i++) {
        if (r->topics.v[i].name.p)
            put_topic(a, &v[pub->ntopics++], &r->topics.v[i]);
    }
    pub->ntopics = a->failed ? 0 : kafc__sort_once(v, pub->ntopics, sizeof(*v), by_topic); /* asked for twice */
}

static void put_brokers(kafc_metadata *pub, const struct kafc_metadata_resp *r)
{
    struct kafc_arena *a = kafc__piece_arena(pub);
    int32_t n = r->brokers.n > 0 ? r->brokers.n : 0;
    kafc_broker *v = kafc__arena_array(a, (size_t)n, sizeof(*v));
    for (int32_t i = 0; v && i < n; i++) {
        const struct kafc_metadata_resp_broker *b = &r->brokers.v[i];
        v[i].id = b->node_id;
        v[i].port = b->port;
        v[i].host = kafc__piece_text(a, b->host, "");
        v[i].rack = kafc__piece_text(a, b->rack, NULL);
    }
    pub->brokers = v;
    pub->nbrokers = v ? n : 0;
    pub->cluster_id = kafc__piece_text(a, r->cluster_id, NULL);
    pub->controller = r->controller_id;
    if (r->cluster_authorized_operations != INT32_MIN)
        pub->operations = (uint32_t)r->cluster_authorized_operations;
}

static kafc_err answer(struct kafc_ask *ask, kafc_error *err)
{
    struct meta_ask *m = ask->owner;
    struct kafc_metadata_resp r;
    struct kafc_arena a;
    kafc__arena_init(&a, m->mem, 0);
    kafc_err rc = kafc__request_decode(&ask->rq, &r, &a, err);
    if (rc == KAFC_OK && r.error_code != 0)
        rc = kafc__error(err, (kafc_err)r.error_code, "the broker answers Metadata with %s",
                         kafc_err_name((kafc_err)r.error_code));
    if (rc == KAFC_OK) {
        put_brokers(m->out, &r);
        put_topics(m, &r);
        if (kafc__piece_arena(m->out)->failed)
            rc = kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the metadata");
    }
    kafc__arena_fini(&a);
    return rc;
}

/* Unless topics may be created, nothing may: versions before 4 cannot say so, and are asked for all. */
static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_ask *ask = rq->owner;
    struct meta_ask *m = ask->owner;
    (void)err;
    bool create = m->how & KAFC_META_CREATE;
    bool all = m->n == KAFC_ALL_TOPICS || (m->n > 0 && rq->version < 4 && !create);
    m->req.allow_auto_topic_creation = rq->version < 4 || create; /* true is what older versions mean */
    bool operations = m->how & KAFC_META_OPERATIONS && rq->version >= 8;
    m->req.include_topic_authorized_operations = operations;
    m->req.include_cluster_authorized_operations = operations && rq->version <= 10;
    m->req.topics.v = all ? NULL : m->wanted;
    m->req.topics.n = !all ? m->n : rq->version == 0 ? 0 : -1;
    return KAFC_OK;
}

static kafc_err check_names(const char *const *topics, int32_t n, kafc_error *err)
{
    if (n < KAFC_ALL_TOPICS || (n > 0 && !topics))
        return kafc__error(err, KAFC_ERR_USAGE, "metadata of %d topics, and no names", (int)n);
    for (int32_t i = 0; i < n; i++) {
        if (!topics[i] || topics[i][0] == '\0')
            return kafc__error(err, KAFC_ERR_USAGE, "the name of topic %d is empty", (int)i);
    }
    return KAFC_OK;
}

static struct kafc_ask asking(struct meta_ask *m, int32_t node)
{
    return (struct kafc_ask){ .api = &kafc_metadata_api, .msg = &m->req, .prepare = prepare,
                              .node = node, .answer = answer, .owner = m };
}

static kafc_err make(struct meta_ask *m, kafc_error *err)
{
    const kafc_allocator *mem = m->mem;
    size_t n = m->n > 0 ? (size_t)m->n : 0;
    m->out = kafc__piece_new(mem, sizeof(*m->out));
    m->wanted = kafc__zalloc_array(mem, n ? n : 1, sizeof(*m->wanted));
    if (!m->out || !m->wanted) {
        kafc__piece_free(m->out);
        kafc__free(mem, m->wanted);
        return kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the metadata");
    }
    kafc__msg_defaults(&kafc_metadata_req_schema, &m->req);
    for (size_t i = 0; i < n; i++) {
        kafc__msg_defaults(&kafc_metadata_req_topic_schema, &m->wanted[i]);
        m->wanted[i].name = kafc__str(m->topics[i]);
    }
    return KAFC_OK;
}

kafc_err kafc__query_metadata(const struct kafc_asker *by, const char *const *topics, int32_t n,
                              unsigned how, int64_t deadline, kafc_metadata **out, kafc_error *err)
{
    struct meta_ask m = { .mem = by->mem, .topics = topics, .n = n, .how = how };
    *out = NULL;
    kafc_err rc = check_names(topics, n, err);
    if (rc == KAFC_OK)
        rc = make(&m, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_ask ask = asking(&m, KAFC_ANY_NODE);
    rc = by->how->ask(by, &ask, deadline, err);
    kafc__free(by->mem, m.wanted);
    if (rc == KAFC_OK)
        *out = m.out;
    else
        kafc_metadata_free(m.out);
    return rc;
}

/* Whose answer came keeps it. */
static void collect(struct meta_ask *m, const struct kafc_ask *ask, int32_t n, kafc_metadata **out)
{
    for (int32_t i = 0; i < n; i++) {
        kafc__free(m[i].mem, m[i].wanted);
        if (ask[i].done && ask[i].code == KAFC_OK)
            out[i] = m[i].out;
        else
            kafc_metadata_free(m[i].out);
    }
}

kafc_err kafc__query_metadata_of(kafc_client *c, const kafc_broker *nodes, int32_t nnodes,
                                 const char *const *topics, int32_t n, int64_t deadline,
                                 unsigned interrupts, kafc_metadata **out, kafc_error *err)
{
    struct meta_ask *m = kafc__zalloc_array(&c->mem, (size_t)nnodes, sizeof(*m));
    struct kafc_ask *ask = kafc__zalloc_array(&c->mem, (size_t)nnodes, sizeof(*ask));
    kafc_err rc = m && ask ? KAFC_OK
                           : kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for the metadata");
    int32_t made = 0;
    for (; rc == KAFC_OK && made < nnodes; made++) {
        m[made] = (struct meta_ask){ .mem = &c->mem, .topics = topics, .n = n };
        rc = make(&m[made], err);
        ask[made] = asking(&m[made], nodes[made].id);
        if (rc != KAFC_OK)
            break;
    }
    if (rc == KAFC_OK)
        rc = kafc__ask_once(c, ask, (size_t)nnodes, deadline, interrupts, err);
    memset(out, 0, (size_t)nnodes * sizeof(*out));
    collect(m, ask, made, out);
    kafc__free(&c->mem, ask);
    kafc__free(&c->mem, m);
    return rc;
}

kafc_err kafc_client_metadata(kafc_client *c, const char *const *topics, int32_t n, int timeout_ms,
                              kafc_metadata **out, kafc_error *err)
{
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the metadata");
    *out = NULL;
    kafc_err rc = kafc__ask_begin(c, timeout_ms, err);
    if (rc != KAFC_OK)
        return rc;
    struct kafc_asker by = kafc__asker_of(c);
    rc = kafc__query_metadata(&by, topics, n, false, kafc__deadline_in(timeout_ms), out, err);
    kafc__ask_end(c);
    return rc;
}
