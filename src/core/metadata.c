/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Metadata: one request at a time for all topics that are wanted, another one
 * for those that may be created by asking (rule W9), and what its answers
 * change: nodes, leaders, news to the members. Driver's thread.
 */
#include "core/metadata.h"

#include "base/mem.h"
#include "core/internal.h"
#include "core/retry.h"

#include <stdio.h>

static void ask(struct kafc_core *c);

static struct kafc_meta_entry *entry_of(struct kafc_meta_topic *t)
{
    return KAFC_CONTAINER(t, struct kafc_meta_entry, t);
}

/* ---- When to ask ---- */

/* Pulls the next request forward to `at`; when one is in flight the answer decides. */
static void ask_at(struct kafc_core *c, int64_t at)
{
    struct kafc_meta *m = &c->meta;
    if (m->busy || c->closing)
        return;
    at = at < c->now ? c->now : at;
    if (!m->timer.t.index || at < m->timer.t.at)
        kafc__core_timer_set(c, &m->timer, at);
}

void kafc__meta_stale(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    struct kafc_meta_entry *e = NULL;
    if (m->stale_from != m->number + 1 || m->telling) /* else all of them are stale already */
        e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node);
    m->stale_from = m->number + 1;
    for (; e; e = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node)) {
        e->t.fresh = false;
        e->needs = m->number + 1;
    }
    m->stale = true;
    ask_at(c, m->number ? m->asked_at + kafc__core_retry_delay(c, m->attempts) : c->now);
}

void kafc__meta_stale_all(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    m->all_at = m->number ? m->asked_at + kafc__core_retry_delay(c, m->attempts) : c->now;
    ask_at(c, m->all_at);
}

void kafc__meta_want_all(struct kafc_core *c)
{
    c->meta.alls++;
    c->meta.all_at = c->now;
    if (c->meta.deaf)
        kafc__meta_stale_all(c);
    else
        ask_at(c, c->now);
}

void kafc__meta_drop_all(struct kafc_core *c)
{
    c->meta.alls--;
}

/* ---- Topics ---- */

static struct kafc_meta_entry *new_entry(struct kafc_core *c, const char *name)
{
    struct kafc_meta *m = &c->meta;
    struct kafc_meta_entry *e = kafc__zalloc(&c->cfg.mem, sizeof(*e));
    char *copy = kafc__strdup(&c->cfg.mem, name);
    if (e && copy && kafc__map_put(&m->by_name, copy, strlen(copy), e)) {
        e->t.name = copy;
        e->needs = m->number + !m->naming;
        e->asked = m->naming;
        kafc__list_push(&m->topics, &e->node);
        return e;
    }
    kafc__free(&c->cfg.mem, e);
    kafc__free(&c->cfg.mem, copy);
    return NULL;
}

struct kafc_meta_topic *kafc__meta_want(struct kafc_core *c, const char *name, bool allow_create)
{
    struct kafc_meta *m = &c->meta;
    struct kafc_meta_entry *e = kafc__map_get(&m->by_name, name, strlen(name));
    bool known = e != NULL;
    if (!e && !(e = new_entry(c, name)))
        return NULL;
    e->t.refs++;
    e->t.creators += allow_create;
    if (!e->t.npartitions && !m->naming) {
        m->stale = true;
        /* At once, together with what else is wanted in this turn, unless the cluster does not answer anyway or was
         * asked for it just now. */
        bool wait = m->deaf || (known && m->attempts);
        ask_at(c, wait ? m->asked_at + kafc__core_retry_delay(c, m->attempts) : c->now);
    }
    return &e->t;
}

void kafc__meta_want_places(struct kafc_core *c, struct kafc_meta_topic *t)
{
    struct kafc_meta *m = &c->meta;
    if (t->placed)
        return;
    t->placed = true;
    t->fresh = false;
    entry_of(t)->needs = m->number + !m->naming;
    if (m->naming)
        return;
    m->stale = true;
    ask_at(c, m->deaf ? m->asked_at + kafc__core_retry_delay(c, m->attempts) : c->now);
}

const int32_t *kafc__meta_replicas(const struct kafc_meta_topic *t, int32_t partition, int32_t *n)
{
    *n = 0;
    if (!t->place || partition < 0 || partition >= t->npartitions)
        return NULL;
    int32_t from = partition ? t->place[partition - 1] : t->npartitions;
    *n = t->place[partition] - from;
    return t->place + from;
}

static void free_entry(struct kafc_core *c, struct kafc_meta_entry *e)
{
    struct kafc_meta *m = &c->meta;
    if (m->walk == e)
        m->walk = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node);
    kafc__map_del(&m->by_name, e->t.name, strlen(e->t.name));
    kafc__list_del(&e->node);
    kafc__free(&c->cfg.mem, e->t.name);
    kafc__free(&c->cfg.mem, e->t.partition);
    kafc__free(&c->cfg.mem, e->t.place);
    kafc__free(&c->cfg.mem, e);
}

void kafc__meta_drop(struct kafc_core *c, struct kafc_meta_topic *t, bool allowed_create)
{
    t->creators -= allowed_create;
    if (--t->refs == 0)
        free_entry(c, entry_of(t));
}

int32_t kafc__meta_leader(const struct kafc_meta_topic *t, int32_t partition, int32_t *epoch)
{
    bool known = partition >= 0 && partition < t->npartitions;
    if (epoch)
        *epoch = known ? t->partition[partition].leader_epoch : -1;
    return known ? t->partition[partition].leader : -1;
}

int32_t kafc__meta_controller(const struct kafc_core *c)
{
    return c->meta.controller;
}

/* ---- Asking ---- */

/* No broker takes a longer name (nor does the wire from 32768 bytes on): asked, it would cost all topics their
 * answer. */
enum { NAME_MAX_BYTES = 249 };

bool kafc__topic_name_ok(const char *name)
{
    size_t len = strlen(name);
    static const char legal[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    return len > 0 && len <= NAME_MAX_BYTES && strspn(name, legal) == len &&
           strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
}

/* What is no sign of ASCII as \xHH: the sentence is UTF-8 whatever the name is. */
kafc_err kafc__topic_name_bad(const char *name, kafc_error *err)
{
    char text[80];
    size_t n = 0;
    const unsigned char *c = (const unsigned char *)name;
    for (; *c && n + 5 < sizeof(text); c++)
        n += (size_t)snprintf(text + n, sizeof(text) - n, *c >= ' ' && *c < 0x7f ? "%c" : "\\x%02x",
                              *c);
    text[n] = '\0';
    return kafc__error(err, KAFC_ERR_USAGE,
                       "\"%s%s\" is no topic name: those have 1 to 249 letters, digits, dots, "
                       "underscores and hyphens",
                       text, *c ? "…" : "");
}

static bool is_legal(const struct kafc_meta_entry *e)
{
    return strlen(e->t.name) <= NAME_MAX_BYTES;
}

/* Asking by name creates the topic, where the broker allows it: only for those who want that, and only when needed. */
static bool is_to_be_created(const struct kafc_meta_entry *e)
{
    return e->t.creators > 0 && is_legal(e) &&
           (e->t.npartitions == 0 || e->t.error == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
}

static int32_t count(const struct kafc_meta *m, bool creating)
{
    int32_t n = 0;
    for (struct kafc_meta_entry *e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node); e;
         e = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node))
        n += is_to_be_created(e) == creating;
    return n;
}

/* Names in a request of version 3 or below would create their topics: a lookup asks for all topics then. */
static kafc_err prepare(struct kafc_request *rq, kafc_error *err)
{
    struct kafc_core *c = rq->owner;
    struct kafc_meta *m = &c->meta;
    (void)err;
    m->whole = m->by_age || (rq->version < 4 && !m->creating && m->msg.topics.n != 0);
    if (m->whole)
        m->msg.topics.n = rq->version == 0 ? 0 : -1;
    if (rq->version < 4)
        m->msg.allow_auto_topic_creation =
            true; /* the versions have no flag; true is its default */
    return KAFC_OK;
}

static bool fill(struct kafc_core *c, bool creating)
{
    struct kafc_meta *m = &c->meta;
    kafc__arena_reset(&m->arena);
    int32_t n = count(m, creating);
    kafc__msg_defaults(&kafc_metadata_req_schema, &m->msg);
    m->msg.topics.v = kafc__msg_array(&kafc_metadata_req_topic_schema, n, &m->arena);
    if (!m->msg.topics.v)
        return false;
    m->msg.topics.n = n;
    m->msg.allow_auto_topic_creation = creating;
    m->by_age = !creating && m->alls > 0 && m->all_at <= c->now;
    int32_t i = 0;
    for (struct kafc_meta_entry *e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node); e;
         e = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node)) {
        e->asked = is_to_be_created(e) == creating;
        e->answered = false;
        if (!e->asked || !is_legal(e))
            continue;
        /* A copy: the topic may be dropped before the request is sent. */
        const char *name = kafc__arena_dup(&m->arena, e->t.name, strlen(e->t.name));
        m->msg.topics.v[i++].name = (kafc_str){ name, (int32_t)strlen(e->t.name) };
        if (!name)
            return false;
    }
    m->msg.topics.n = i;
    return true;
}

/* Forgets the nodes, and connections to the list as well: they may lead elsewhere now. */
static void begin_anew(struct kafc_core *c)
{
    struct kafc_broker *b;
    c->meta.failing_from = c->now;
    if (c->cfg.no_rebootstrap)
        return;
    while ((b = KAFC_LIST_FIRST(&c->nodes, struct kafc_broker, node)))
        kafc__broker_retire(b);
    for (b = KAFC_LIST_FIRST(&c->boot, struct kafc_broker, node); b;
         b = KAFC_LIST_NEXT(&c->boot, b, struct kafc_broker, node))
        kafc__broker_renew(b);
}

static void failed(struct kafc_core *c, const char *why)
{
    struct kafc_meta *m = &c->meta;
    int64_t pause = kafc__core_retry_delay(c, m->attempts++);
    m->deaf = true;
    if (!m->failing_from)
        m->failing_from = m->asked_at;
    if (c->cfg.rebootstrap_trigger_us &&
        c->now - m->failing_from >= c->cfg.rebootstrap_trigger_us) {
        kafc__log(&c->cfg.log, KAFC_LOG_WARN,
                  "no metadata for %lld ms: begins anew with the list of brokers",
                  (long long)((c->now - m->failing_from) / 1000));
        begin_anew(c);
    }
    kafc__log_in(&c->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_METADATA, "Metadata: again in %lld ms: %s",
                 (long long)(pause / 1000), why);
    ask_at(c, c->now + pause);
}

static void ask_for(struct kafc_core *c, bool creating)
{
    struct kafc_meta *m = &c->meta;
    m->number++;
    m->asked_at = c->now;
    m->creating = creating;
    if (!creating || count(m, false) == 0)
        m->stale = false; /* what waits for a lookup still waits behind a request that creates */
    if (!fill(c, creating)) {
        failed(c, "out of memory");
        return;
    }
    m->rq.timeout_us = c->cfg.request_timeout_us;
    m->busy = true;
    kafc__core_timer_stop(c, &m->timer);
    kafc__core_send(c, KAFC_ANY_NODE, KAFC_FOR_CONTROL, &m->rq);
}

static void ask(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    bool all = m->alls > 0 && m->all_at <= c->now;
    m->again = false;
    /* A lookup also when nothing is wanted but to be created: it is what learns the nodes. */
    ask_for(c, !all && count(m, true) > 0 && count(m, false) == 0);
}

static void alarm_rang(void *core)
{
    ask(core);
}

/* ---- What an answer changes ---- */

enum {
    NODES_MAX =
        10000, /* ten times what the largest clusters have: a node costs far more than its bytes on the wire */
    BY_MAX = 320
};

/* A broker in sentences that tell what it said. */
static const char *by_name(const struct kafc_request *rq, char text[BY_MAX])
{
    const struct kafc_broker *by = rq->conn->broker;
    snprintf(text, BY_MAX, "%.300s:%d", by->host, (int)by->port);
    return text;
}

static bool learn_node(struct kafc_core *c, int32_t id, kafc_str host, int32_t port, const char *by)
{
    struct kafc_broker *b = kafc__broker_find(c, id);
    if (id < 0 || port < 1 || port > 65535 || host.len < 1 || memchr(host.p, 0, (size_t)host.len))
        return true; /* a node that nobody can reach: older brokers list such while they start */
    if (b && b->port == port && strlen(b->host) == (size_t)host.len &&
        !memcmp(b->host, host.p, (size_t)host.len)) {
        b->seen = true;
        return true;
    }
    struct kafc_broker *n = kafc__broker_new(c, id, host.p, (size_t)host.len, port, by);
    if (!n)
        return false;
    n->seen = true;
    if (b)
        kafc__broker_retire(b);
    if (!kafc__map_put(&c->by_id, &n->key, sizeof(n->key), n)) {
        kafc__broker_free(n);
        return false;
    }
    kafc__list_push(&c->nodes, &n->node);
    return true;
}

static void learn_at(struct kafc_core *c, int32_t node, const struct kafc_meta_endpoint *at)
{
    char by[BY_MAX];
    if (c->by_id.n < NODES_MAX)
        (void)learn_node(c, node, at->host, at->port, by_name(at->by, by));
}

void kafc__meta_node(struct kafc_core *c, int32_t node, const struct kafc_meta_endpoint *at)
{
    if (!kafc__broker_find(c, node))
        learn_at(c, node, at);
}

static void set_leader(const struct kafc_core *c, struct kafc_meta_topic *t, int32_t i, int32_t leader,
                       int32_t epoch, kafc_err error)
{
    struct kafc_meta_partition *p = &t->partition[i];
    if (leader != p->leader || epoch != p->leader_epoch)
        kafc__log_in(&c->cfg.log, KAFC_LOG_DEBUG, KAFC_DEBUG_TOPIC, "%s [%d]: leader %d, epoch %d; it was %d, epoch %d",
                     t->name, (int)i, (int)leader, (int)epoch, (int)p->leader, (int)p->leader_epoch);
    *p = (struct kafc_meta_partition){ .leader = leader, .leader_epoch = epoch, .error = error };
}

void kafc__meta_hint(struct kafc_core *c, struct kafc_meta_topic *t, int32_t partition,
                     int32_t leader, int32_t epoch, const struct kafc_meta_endpoint *at)
{
    if (partition < 0 || partition >= t->npartitions ||
        epoch <= t->partition[partition].leader_epoch)
        return;
    if (at)
        learn_at(c, leader, at);
    if (kafc__broker_find(c, leader))
        set_leader(c, t, partition, leader, epoch, KAFC_OK);
}

static bool learn_rack(struct kafc_core *c, int32_t id, kafc_str rack)
{
    struct kafc_broker *b = kafc__broker_find(c, id);
    size_t n = rack.p ? (size_t)rack.len : 0;
    if (!b || (b->rack ? n == strlen(b->rack) && !memcmp(b->rack, rack.p, n) : n == 0))
        return true;
    char *copy = n ? kafc__strndup(&c->cfg.mem, rack.p, n) : NULL;
    if (n && !copy)
        return false;
    kafc__free(&c->cfg.mem, b->rack);
    b->rack = copy;
    return true;
}

const char *kafc__meta_rack(const struct kafc_core *c, int32_t node)
{
    const struct kafc_broker *b = kafc__broker_find(c, node);
    return b && !b->rack ? "" : b ? b->rack : NULL;
}

static bool learn_nodes(struct kafc_core *c, const struct kafc_metadata_resp *resp, const char *by)
{
    bool ok = true;
    struct kafc_broker *b, *next;
    for (b = KAFC_LIST_FIRST(&c->nodes, struct kafc_broker, node); b;
         b = KAFC_LIST_NEXT(&c->nodes, b, struct kafc_broker, node))
        b->seen = false;
    for (int32_t i = 0; i < resp->brokers.n; i++) {
        const struct kafc_metadata_resp_broker *r = &resp->brokers.v[i];
        ok = learn_node(c, r->node_id, r->host, r->port, by) && ok;
        ok = learn_rack(c, r->node_id, r->rack) && ok;
    }
    for (b = KAFC_LIST_FIRST(&c->nodes, struct kafc_broker, node); b && ok && resp->brokers.n > 0;
         b = next) {
        next = KAFC_LIST_NEXT(&c->nodes, b, struct kafc_broker, node);
        if (!b->seen)
            kafc__broker_retire(b);
    }
    return ok;
}

static bool same_id(const kafc_uuid *a, const kafc_uuid *b)
{
    return !memcmp(a, b, sizeof(*a));
}

static bool resize(struct kafc_core *c, struct kafc_meta_topic *t, int32_t n)
{
    if (n <= t->npartitions)
        return true;
    struct kafc_meta_partition *p = kafc__realloc_array(&c->cfg.mem, t->partition, (size_t)n,
                                                        sizeof(*p));
    if (!p)
        return false;
    t->partition = p;
    for (int32_t i = t->npartitions; i < n; i++)
        p[i] = (struct kafc_meta_partition){ .leader = -1,
                                             .leader_epoch = -1,
                                             .error = KAFC_ERR_LEADER_NOT_AVAILABLE };
    t->npartitions = n;
    return true;
}

static void learn_partition(const struct kafc_core *c, struct kafc_meta_topic *t,
                            const struct kafc_metadata_resp_partition *r)
{
    if (r->partition_index < 0 || r->partition_index >= t->npartitions)
        return;
    /* Else it is of a broker that lags behind: what is known is newer. */
    if (r->leader_epoch < 0 || r->leader_epoch >= t->partition[r->partition_index].leader_epoch)
        set_leader(c, t, r->partition_index, r->leader_id, r->leader_epoch, (kafc_err)r->error_code);
}

/* In one piece, made anew by each answer: partitions that it does not name have no place. */
static bool learn_places(struct kafc_core *c, struct kafc_meta_topic *t,
                         const struct kafc_metadata_resp_topic *r)
{
    size_t n = (size_t)t->npartitions;
    for (int32_t i = 0; i < r->partitions.n; i++)
        n += (size_t)r->partitions.v[i].replica_nodes.n;
    kafc__free(&c->cfg.mem, t->place);
    int32_t *v = t->place = n && n <= INT32_MAX ? kafc__zalloc_array(&c->cfg.mem, n, sizeof(*v))
                                                : NULL;
    if (!v)
        return n == 0;
    for (int32_t i = 0; i < r->partitions.n; i++) {
        int32_t p = r->partitions.v[i].partition_index;
        if (p >= 0 && p < t->npartitions)
            v[p] = i + 1;
    }
    int32_t end = t->npartitions;
    for (int32_t p = 0; p < t->npartitions; p++) {
        const struct kafc_metadata_resp_partition *x = v[p] ? &r->partitions.v[v[p] - 1] : NULL;
        for (int32_t i = 0; x && i < x->replica_nodes.n; i++)
            v[end++] = x->replica_nodes.v[i];
        v[p] = end;
    }
    return true;
}

static bool learn_topic(struct kafc_core *c, struct kafc_meta_entry *e,
                        const struct kafc_metadata_resp_topic *r)
{
    static const kafc_uuid none;
    struct kafc_meta_topic *t = &e->t;
    e->answered = true;
    t->refused = false;
    if (kafc_err_class_of((kafc_err)r->error_code) == KAFC_CLASS_RETRY) {
        /* The broker could not say: that is no news of the topic, what was known still holds. */
        e->needs = c->meta.number + 1;
        c->meta.stale = c->meta.again = true;
        t->error = t->npartitions ? t->error : KAFC_ERR_LEADER_NOT_AVAILABLE;
        return true;
    }
    t->error = (kafc_err)r->error_code;
    if (r->error_code)
        return true;
    if (!same_id(&r->topic_id, &none) && !same_id(&r->topic_id, &t->id)) {
        if (!same_id(&t->id, &none)) /* deleted and created again: its epochs begin anew */
            t->npartitions = 0;
        t->id = r->topic_id;
    }
    if (!resize(c, t, r->partitions.n)) {
        kafc__free(&c->cfg.mem, t->place); /* it may be of more partitions than there are */
        t->place = NULL;
        t->error = KAFC_ERR_LEADER_NOT_AVAILABLE;
        return false;
    }
    for (int32_t i = 0; i < r->partitions.n; i++)
        learn_partition(c, t, &r->partitions.v[i]);
    return !t->placed || learn_places(c, t, r);
}

static bool learn_topics(struct kafc_core *c, const struct kafc_metadata_resp *resp)
{
    struct kafc_meta *m = &c->meta;
    bool ok = true;
    for (int32_t i = 0; i < resp->topics.n; i++) {
        const struct kafc_metadata_resp_topic *r = &resp->topics.v[i];
        struct kafc_meta_entry *e = r->name.p
                                        ? kafc__map_get(&m->by_name, r->name.p, (size_t)r->name.len)
                                        : NULL;
        if (e)
            ok = learn_topic(c, e, r) && ok;
    }
    return ok;
}

/* ---- News ---- */

static void tell(struct kafc_core *c, struct kafc_meta_topic *t)
{
    c->walk = KAFC_LIST_FIRST(&c->members, struct kafc_member, node);
    while (c->walk && t->refs > 1) {
        struct kafc_member *m = c->walk;
        c->walk = KAFC_LIST_NEXT(&c->members, m, struct kafc_member, node);
        if (m->topic_news)
            m->topic_news(m, t);
    }
    c->walk = NULL;
}

/* Gives news of what was asked; true if a topic is worth asking for again soon. */
static bool tell_news(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    bool again = false;
    for (struct kafc_meta_entry *e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node); e;
         e = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node))
        e->current = e->needs <= m->number;
    m->walk = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node);
    m->telling = true;
    while (m->walk) {
        struct kafc_meta_entry *e = m->walk;
        m->walk = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node);
        if (!e->asked)
            continue;
        if (!e->answered)
            e->t.error = is_legal(e) ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION
                                     : KAFC_ERR_INVALID_TOPIC_EXCEPTION;
        e->asked = false;
        e->t.fresh = e->current;
        kafc_err_class cls = kafc_err_class_of(e->t.error);
        bool passes = cls == KAFC_CLASS_REFRESH || cls == KAFC_CLASS_RETRY ||
                      e->t.error == KAFC_ERR_TOPIC_AUTHORIZATION_FAILED; /* it may be allowed */
        e->t.refs++; /* the members may drop it */
        tell(c, &e->t);
        e->t.fresh = e->t.fresh && e->needs <= m->number;
        again = again || (e->t.refs > 1 && passes);
        kafc__meta_drop(c, &e->t, false);
    }
    m->telling = false;
    m->stale_from = 0;
    return again;
}

/* Of a topic that is wanted and missing among all of them it is not known whether it is denied: only its name tells. */
static void ask_for_the_rest(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    for (struct kafc_meta_entry *e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node); e;
         e = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node))
        if (e->asked && !e->answered) {
            e->asked = false;
            m->stale = true;
        }
}

/* ---- The answer ---- */

/* Before what is wanted by name is looked for in the answer: who wants a topic now finds it there. */
static void tell_all(struct kafc_core *c, const struct kafc_metadata_resp *resp)
{
    c->meta.all_at = c->now + c->cfg.metadata_max_age_us;
    c->meta.naming = true;
    c->walk = KAFC_LIST_FIRST(&c->members, struct kafc_member, node);
    while (c->walk && c->meta.alls > 0) {
        struct kafc_member *m = c->walk;
        c->walk = KAFC_LIST_NEXT(&c->members, m, struct kafc_member, node);
        if (m->all_topics)
            m->all_topics(m, resp);
    }
    c->walk = NULL;
    c->meta.naming = false;
}

static void learned(struct kafc_core *c, bool ok)
{
    struct kafc_meta *m = &c->meta;
    bool created = m->creating, waiting = m->stale;
    m->busy = m->deaf = false;
    m->failing_from = 0;
    m->stale = false;
    if (m->by_age)
        ask_for_the_rest(c);
    m->again = tell_news(c) || m->again ||
               m->stale; /* who asks again at once has heard nothing new */
    m->stale = m->stale || waiting;
    if (!ok) {
        failed(c, "out of memory");
        return;
    }
    if (!created && count(m, true) > 0) { /* those that the lookup did not name */
        ask_for(c, true);
        return;
    }
    m->attempts = m->again ? m->attempts + 1 : 0;
    if (m->again || m->stale)
        ask_at(c, m->asked_at + kafc__core_retry_delay(c, m->attempts));
    if (!kafc__list_empty(&m->topics))
        ask_at(c, c->now + c->cfg.metadata_max_age_us);
    if (m->alls > 0)
        ask_at(c, m->all_at);
}

/* An error of the whole answer (a code of its own from version 13 on). */
static bool refused(struct kafc_core *c, const struct kafc_broker *by,
                    const struct kafc_metadata_resp *resp, kafc_error *err)
{
    kafc_err code = (kafc_err)resp->error_code;
    if (resp->brokers.n > NODES_MAX)
        kafc__error(err, KAFC_ERR_PROTOCOL, "%s answers Metadata with %d nodes: that is no cluster",
                    by->name, (int)resp->brokers.n);
    else if (code)
        kafc__error(err, code, "%s answers Metadata with %s: %s", by->name, kafc_err_name(code),
                    kafc_err_text(code));
    else
        return false;
    err->broker = by->id;
    err->api = KAFC_API_METADATA;
    if (code == KAFC_ERR_REBOOTSTRAP_REQUIRED)
        begin_anew(c);
    return true;
}

/* Who waits for a topic of which nothing is known hears that no broker lets us in, or is let in (rule C5). */
static void refuse_topics(struct kafc_core *c, kafc_err code)
{
    struct kafc_meta *m = &c->meta;
    uint64_t stale_from = m->stale_from;
    for (struct kafc_meta_entry *e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node); e;
         e = KAFC_LIST_NEXT(&m->topics, e, struct kafc_meta_entry, node)) {
        e->asked = e->answered = e->t.npartitions == 0;
        if (e->asked) {
            e->t.error = code;
            e->t.refused = true;
        }
    }
    (void)tell_news(c);
    m->stale_from = stale_from;
}

const char *kafc__meta_words(struct kafc_core *c, const struct kafc_meta_topic *t)
{
    const kafc_error *trouble = t->refused ? kafc__core_trouble(c) : NULL;
    return trouble && trouble->code == t->error ? trouble->message : kafc_err_text(t->error);
}

static void answered(struct kafc_request *rq)
{
    struct kafc_core *c = rq->owner;
    struct kafc_meta *m = &c->meta;
    struct kafc_metadata_resp resp;
    kafc_error err;
    kafc__arena_reset(&m->arena);
    if (!rq->result && !kafc__request_decode(rq, &resp, &m->arena, &err) &&
        !refused(c, rq->conn->broker, &resp, &err)) {
        char by[BY_MAX];
        c->any_why.code = KAFC_OK;
        /* Version 0 names none: brokers that know no other have no API that needs one, and say so. */
        m->controller = rq->version > 0 ? resp.controller_id : KAFC_NO_CONTROLLER;
        bool ok = learn_nodes(c, &resp, by_name(rq, by));
        kafc__any_known(c);
        if (m->whole && m->alls > 0)
            tell_all(c, &resp);
        ok = learn_topics(c, &resp) && ok;
        learned(c, ok);
        if (m->whole && !m->busy) /* that may be large */
            kafc__arena_reset(&m->arena);
        return;
    }
    m->busy = false;
    if (rq->result)
        err = *rq->why;
    if (err.code != KAFC_ERR_NO_BROKERS) /* that sentence ends with the trouble itself */
        c->any_why = err;
    if (kafc__retry_refused(err.code))
        refuse_topics(c, err.code);
    failed(c, err.message);
}

/* ---- Birth and death ---- */

bool kafc__meta_init(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    kafc__list_init(&m->topics);
    kafc__map_init(&m->by_name, &c->cfg.mem);
    kafc__arena_init(&m->arena, &c->cfg.mem, 0);
    m->controller = -1;
    kafc__request_init(&m->rq, &kafc_metadata_api, &m->msg);
    m->rq.prepare = prepare;
    m->rq.done = answered;
    m->rq.owner = c;
    return kafc__core_timer_init(c, &m->timer, alarm_rang, c);
}

void kafc__meta_fini(struct kafc_core *c)
{
    struct kafc_meta *m = &c->meta;
    if (!m->topics.next)
        return; /* never begun */
    if (m->busy)
        kafc__core_cancel(c, &m->rq);
    m->busy = false;
    struct kafc_meta_entry *e;
    while ((e = KAFC_LIST_FIRST(&m->topics, struct kafc_meta_entry, node)))
        free_entry(c, e);
    kafc__map_fini(&m->by_name);
    kafc__arena_fini(&m->arena);
    kafc__core_timer_fini(c, &m->timer);
}
