/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cluster's shape: brokers that run or not, topics, leaders.
 */
#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"
#include "mock/acl.h"
#include "mock/configs.h"
#include "mock/txn.h"
#include "mock/users.h"
#include "protocol/registry.h"

/* ---- made and unmade ---- */

static kafc_err check_options(const kafc_mock_options *o, kafc_error *err)
{
    if (o->brokers < 1 || o->brokers > KAFC_MOCK_BROKERS_MAX)
        return kafc__error(err, KAFC_ERR_USAGE, "brokers %d is not between 1 and %d",
                           (int)o->brokers, KAFC_MOCK_BROKERS_MAX);
    if (o->partitions < 1 || o->partitions > KAFC_MOCK_PARTITIONS_MAX)
        return kafc__error(err, KAFC_ERR_USAGE, "partitions %d is not between 1 and %d",
                           (int)o->partitions, KAFC_MOCK_PARTITIONS_MAX);
    if (o->port < 0 || (o->port && o->port + o->brokers - 1 > 65535))
        return kafc__error(err, KAFC_ERR_USAGE, "port %d leaves no room for %d brokers",
                           (int)o->port, (int)o->brokers);
    if (o->message_max_bytes < 0 || o->failover_ms < 0 || o->coordinator_load_ms < 0 ||
        o->marker_delay_ms < 0 || o->group_initial_delay_ms < 0 || o->group_min_session_ms < 0 ||
        o->group_max_session_ms < 0 || o->group_max_size < 0 || o->endless_bytes < 0)
        return kafc__error(err, KAFC_ERR_USAGE, "a negative size or time");
    if (o->endless_bytes > KAFC_MENDLESS_VALUE_MAX)
        return kafc__error(err, KAFC_ERR_USAGE, "endless_bytes %d is above %d",
                           (int)o->endless_bytes, KAFC_MENDLESS_VALUE_MAX);
    return KAFC_OK;
}

static void defaults(kafc_mock_options *to, const kafc_mock_options *from)
{
    memset(to, 0, sizeof *to);
    if (from)
        memcpy(to, from, from->size < sizeof *to ? from->size : sizeof *to);
    to->size = sizeof *to;
    if (!to->brokers)
        to->brokers = 3;
    if (!to->partitions)
        to->partitions = 4;
    if (!to->host)
        to->host = "127.0.0.1";
    if (!to->message_max_bytes)
        to->message_max_bytes = 1048588;
    if (!to->seed)
        to->seed = 1;
    if (!to->group_min_session_ms)
        to->group_min_session_ms = 6000;
    if (!to->group_max_session_ms)
        to->group_max_session_ms = 1800000;
    if (!to->group_max_size)
        to->group_max_size = INT32_MAX;
}

static void random_uuid(struct kafc_cluster *c, kafc_uuid *id)
{
    for (size_t i = 0; i < sizeof id->b; i++)
        id->b[i] = (uint8_t)kafc__rand_next(&c->rand);
    id->b[6] = (uint8_t)((id->b[6] & 0x0f) | 0x40);
    id->b[8] = (uint8_t)((id->b[8] & 0x3f) | 0x80);
}

static bool init_brokers(struct kafc_cluster *c)
{
    c->broker = kafc__zalloc_array(&c->mem, (size_t)c->opt.brokers, sizeof *c->broker);
    if (!c->broker)
        return false;
    c->nbrokers = c->opt.brokers;
    for (int32_t i = 0; i < c->nbrokers; i++) {
        struct kafc_mbroker *b = &c->broker[i];
        b->id = i + 1;
        b->port = c->opt.port ? c->opt.port + i : 9092 + i;
        b->running = b->listed = true;
        b->failover_at = INT64_MAX;
        kafc__list_init(&b->sessions);
        b->host = kafc__strdup(&c->mem, c->opt.host);
    }
    for (int32_t i = 0; i < c->nbrokers; i++)
        if (!c->broker[i].host)
            return false;
    c->opt.host = c->broker[0].host;
    return true;
}

struct kafc_cluster *kafc__cluster_new(const kafc_mock_options *o, kafc_error *err)
{
    kafc_mock_options opt;
    struct kafc_cluster *c;
    kafc_uuid id;

    defaults(&opt, o);
    if (check_options(&opt, err))
        return NULL;
    c = kafc__zalloc(opt.allocator, sizeof *c);
    if (!c) {
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a mock cluster");
        return NULL;
    }
    if (opt.allocator)
        c->mem = *opt.allocator; /* else zeroed: the C library's */
    c->opt = opt;
    c->opt.allocator = &c->mem;
    c->log = (struct kafc_logger){ .level = KAFC_LOG_DEBUG, .sink = opt.log, .ctx = opt.ctx };
    kafc__rand_seed(&c->rand, opt.seed);
    kafc__list_init(&c->topics);
    kafc__list_init(&c->graveyard);
    kafc__list_init(&c->conn_list);
    kafc__list_init(&c->ready);
    kafc__list_init(&c->txns);
    kafc__list_init(&c->groups);
    kafc__list_init(&c->acls);
    kafc__mlogins_init(&c->logins);
    kafc__list_init(&c->scrams);
    kafc__list_init(&c->quotas);
    kafc__list_init(&c->tokens);
    kafc__list_init(&c->configs);
    kafc__map_init(&c->by_name, &c->mem);
    kafc__map_init(&c->by_id, &c->mem);
    kafc__map_init(&c->conns, &c->mem);
    for (int i = 0; i < KAFC_MOCK_APIS; i++)
        kafc__list_init(&c->api[i].pushed);
    random_uuid(c, &id);
    for (int i = 0; i < 11; i++)
        snprintf(c->cluster_id + 2 * i, 3, "%02x", id.b[i]);
    c->next_producer = 1000;
    c->txn_version = 2;
    c->features_epoch = 1;
    c->marker_us = (int64_t)opt.marker_delay_ms * 1000;
    c->opt.release = NULL;
    if (kafc__cluster_set_release(c, opt.release)) {
        kafc__error(err, KAFC_ERR_USAGE, "release '%.40s' is not one that the mock plays",
                    opt.release);
        kafc__cluster_free(c);
        return NULL;
    }
    if (!init_brokers(c)) {
        kafc__cluster_free(c);
        kafc__error(err, KAFC_ERR_NO_MEMORY, "out of memory for a mock cluster");
        return NULL;
    }
    if (opt.endless_bytes) {
        c->endless = kafc__mendless_new(&c->mem, opt.endless_bytes, opt.endless_codec, err);
        if (!c->endless) {
            kafc__cluster_free(c);
            return NULL;
        }
    }
    kafc__mock_coordinators_init(c);
    return c;
}

static void free_topic(struct kafc_cluster *c, struct kafc_mtopic *t)
{
    kafc__list_del(&t->node);
    for (int32_t i = 0; t->part && i < t->npartitions; i++) {
        if (t->part[i].log.mem)
            kafc__mlog_fini(&t->part[i].log);
        kafc__free(&c->mem, t->part[i].replica);
        kafc__free(&c->mem, t->part[i].before);
        kafc__free(&c->mem, t->part[i].frozen);
    }
    kafc__free(&c->mem, t->part);
    kafc__free(&c->mem, t->name);
    kafc__free(&c->mem, t);
}

static void free_list(struct kafc_cluster *c, struct kafc_list *l)
{
    struct kafc_mtopic *t;

    while ((t = KAFC_LIST_FIRST(l, struct kafc_mtopic, node)))
        free_topic(c, t);
}

void kafc__cluster_free(struct kafc_cluster *c)
{
    struct kafc_mconn *conn;
    struct kafc_mpushed *pushed;
    kafc_allocator mem;

    if (!c)
        return;
    while ((conn = KAFC_LIST_FIRST(&c->conn_list, struct kafc_mconn, node)))
        kafc__cluster_close(c, conn->id);
    for (int i = 0; i < KAFC_MOCK_APIS; i++)
        while ((pushed = KAFC_LIST_FIRST(&c->api[i].pushed, struct kafc_mpushed, node))) {
            kafc__list_del(&pushed->node);
            kafc__free(&c->mem, pushed);
        }
    kafc__mtxns_free(c);
    kafc__mgroups_free(c);
    kafc__macls_free(c);
    kafc__mlogins_fini(c);
    kafc__musers_free(c);
    kafc__mconfigs_free(c);
    for (int32_t i = 0; i < c->nbrokers; i++) {
        kafc__mock_sessions_drop(c, &c->broker[i]);
        kafc__free(&c->mem, c->broker[i].host);
        kafc__free(&c->mem, c->broker[i].rack);
    }
    kafc__free(&c->mem, c->broker);
    kafc__map_fini(&c->by_name);
    kafc__map_fini(&c->by_id);
    kafc__map_fini(&c->conns);
    free_list(c, &c->topics);
    free_list(c, &c->graveyard);
    kafc__mendless_free(c->endless);
    mem = c->mem;
    kafc__free(&mem, c);
}

void kafc__cluster_time(struct kafc_cluster *c, int64_t now, int64_t wall_ms)
{
    c->now = now;
    c->wall_ms = wall_ms;
}

/* ---- lookups ---- */

struct kafc_mbroker *kafc__mock_broker(const struct kafc_cluster *c, int32_t id)
{
    return id >= 1 && id <= c->nbrokers ? &c->broker[id - 1] : NULL;
}

struct kafc_mtopic *kafc__mock_topic(const struct kafc_cluster *c, kafc_str name)
{
    return name.p ? kafc__map_get(&c->by_name, name.p, (size_t)name.len) : NULL;
}

struct kafc_mpart *kafc__mock_part_of(const struct kafc_cluster *c, kafc_str topic,
                                      int32_t partition)
{
    struct kafc_mtopic *t = kafc__mock_topic(c, topic);

    return t && partition >= 0 && partition < t->npartitions ? &t->part[partition] : NULL;
}

struct kafc_mtopic *kafc__mock_topic_by_id(const struct kafc_cluster *c, const kafc_uuid *id)
{
    return kafc__map_get(&c->by_id, id->b, sizeof id->b);
}

struct kafc_mpart *kafc__mock_part(const struct kafc_cluster *c, const char *topic,
                                   int32_t partition)
{
    struct kafc_mtopic *t = topic ? kafc__map_get(&c->by_name, topic, strlen(topic)) : NULL;

    return t && partition >= 0 && partition < t->npartitions ? &t->part[partition] : NULL;
}

bool kafc__mock_uuid_zero(const kafc_uuid *id)
{
    static const kafc_uuid zero;

    return memcmp(id, &zero, sizeof zero) == 0;
}

int32_t kafc__cluster_brokers(const struct kafc_cluster *c)
{
    return c->nbrokers;
}

bool kafc__cluster_running(const struct kafc_cluster *c, int32_t broker)
{
    const struct kafc_mbroker *b = kafc__mock_broker(c, broker);

    return b && b->running;
}

int32_t kafc__cluster_broker_at(const struct kafc_cluster *c, const char *host, int32_t port)
{
    for (int32_t i = 0; i < c->nbrokers; i++)
        if (c->broker[i].port == port && strcmp(c->broker[i].host, host) == 0)
            return c->broker[i].id;
    return 0;
}

int32_t kafc__mock_controller(const struct kafc_cluster *c)
{
    for (int32_t i = 0; i < c->nbrokers; i++)
        if (c->broker[i].listed)
            return c->broker[i].id;
    return -1;
}

kafc_err kafc__mock_controls(const struct kafc_mrq *rq)
{
    if (rq->forced)
        return rq->forced;
    return kafc__mock_controller(rq->c) == rq->conn->broker->id ? KAFC_OK : KAFC_ERR_NOT_CONTROLLER;
}

kafc_str kafc__mock_words(kafc_err code)
{
    const char *s = code ? kafc_err_text(code) : NULL;

    return (kafc_str){ s, s ? (int32_t)strlen(s) : 0 };
}

bool kafc__mock_in_sync(const struct kafc_cluster *c, int32_t broker)
{
    const struct kafc_mbroker *b = kafc__mock_broker(c, broker);

    return b && b->listed;
}

int32_t kafc__mock_isr(const struct kafc_cluster *c, const struct kafc_mpart *p)
{
    int32_t n = 0;

    for (int32_t i = 0; i < p->nreplicas; i++)
        n += kafc__mock_in_sync(c, p->replica[i]);
    return n;
}

static kafc_err check_epoch(const struct kafc_mpart *p, int32_t epoch)
{
    if (epoch >= 0 && epoch < p->epoch)
        return KAFC_ERR_FENCED_LEADER_EPOCH;
    if (epoch >= 0 && epoch > p->epoch)
        return KAFC_ERR_UNKNOWN_LEADER_EPOCH;
    return KAFC_OK;
}

kafc_err kafc__mock_leads(const struct kafc_mpart *p, const struct kafc_mbroker *b, int32_t epoch)
{
    return p->leader == b->id ? check_epoch(p, epoch) : KAFC_ERR_NOT_LEADER_OR_FOLLOWER;
}

kafc_err kafc__mock_has(const struct kafc_mpart *p, const struct kafc_mbroker *b, int32_t epoch)
{
    for (int32_t i = 0; p->leader >= 0 && i < p->nreplicas; i++)
        if (p->replica[i] == b->id)
            return check_epoch(p, epoch);
    return kafc__mock_leads(p, b, epoch);
}

/* ---- brokers ---- */

kafc_err kafc__cluster_set_rack(struct kafc_cluster *c, int32_t broker, const char *rack)
{
    struct kafc_mbroker *b = kafc__mock_broker(c, broker);
    char *copy = b && rack ? kafc__strdup(&c->mem, rack) : NULL;

    if (!b)
        return KAFC_ERR_USAGE;
    if (rack && !copy)
        return KAFC_ERR_NO_MEMORY;
    kafc__free(&c->mem, b->rack);
    b->rack = copy;
    kafc__mock_wake_parked(c);
    return KAFC_OK;
}

kafc_err kafc__cluster_set_address(struct kafc_cluster *c, int32_t broker, const char *host,
                                   int32_t port)
{
    struct kafc_mbroker *b = kafc__mock_broker(c, broker);
    char *copy;

    if (!b)
        return KAFC_ERR_USAGE;
    copy = kafc__strdup(&c->mem, host);
    if (!copy)
        return KAFC_ERR_NO_MEMORY;
    if (c->opt.host == b->host)
        c->opt.host = copy;
    kafc__free(&c->mem, b->host);
    b->host = copy;
    b->port = port;
    return KAFC_OK;
}

void kafc__mock_move_leader(struct kafc_mpart *p, int32_t broker)
{
    p->leader = broker;
    p->epoch++;
}

/* The broker is no longer a part of the cluster: others lead. */
static void fail_over(struct kafc_cluster *c, struct kafc_mbroker *b)
{
    b->failover_at = INT64_MAX;
    b->listed = false;
    KAFC_MOCK_EACH(&c->topics, struct kafc_mtopic, t)
        for (int32_t i = 0; i < t->npartitions; i++) {
            struct kafc_mpart *p = &t->part[i];
            int32_t next = -1;

            if (p->leader != b->id)
                continue;
            for (int32_t k = 0; next < 0 && k < p->nreplicas; k++)
                if (kafc__cluster_running(c, p->replica[k]) && kafc__mock_in_sync(c, p->replica[k]))
                    next = p->replica[k];
            kafc__mock_move_leader(p, next);
        }
    kafc__mock_coordinators_move(c, b->id);
    kafc__mock_wake_parked(c);
}

kafc_err kafc__cluster_cut(struct kafc_cluster *c, int32_t broker)
{
    if (broker && !kafc__mock_broker(c, broker))
        return KAFC_ERR_USAGE;
    KAFC_MOCK_EACH(&c->conn_list, struct kafc_mconn, conn)
        if (!broker || conn->broker->id == broker)
            kafc__mock_closing(c, conn);
    return KAFC_OK;
}

kafc_err kafc__cluster_stop(struct kafc_cluster *c, int32_t broker)
{
    struct kafc_mbroker *b = kafc__mock_broker(c, broker);

    if (!b)
        return KAFC_ERR_USAGE;
    if (!b->running)
        return KAFC_OK;
    b->running = false;
    kafc__mock_sessions_drop(c, b);
    (void)kafc__cluster_cut(c, broker);
    if (c->opt.failover_ms)
        b->failover_at = c->now + (int64_t)c->opt.failover_ms * 1000;
    else
        fail_over(c, b);
    return KAFC_OK;
}

kafc_err kafc__cluster_start(struct kafc_cluster *c, int32_t broker)
{
    struct kafc_mbroker *b = kafc__mock_broker(c, broker);
    bool was;

    if (!b)
        return KAFC_ERR_USAGE;
    was = b->running;
    b->running = b->listed = true;
    b->failover_at = INT64_MAX;
    KAFC_MOCK_EACH(&c->topics, struct kafc_mtopic, t)
        for (int32_t i = 0; i < t->npartitions; i++)
            for (int32_t k = 0; t->part[i].leader < 0 && k < t->part[i].nreplicas; k++)
                if (t->part[i].replica[k] == broker)
                    kafc__mock_move_leader(&t->part[i], broker);
    KAFC_MOCK_EACH(&c->topics, struct kafc_mtopic, t)
        for (int32_t i = 0; i < t->npartitions; i++)
            kafc__mock_reassigned(c, &t->part[i]);
    if (!was)
        kafc__mock_coordinators_take(c, broker);
    return KAFC_OK;
}

int64_t kafc__cluster_deadline(const struct kafc_cluster *c)
{
    int64_t at = kafc__mtxns_deadline(c), groups = kafc__mgroups_deadline(c);

    if (groups < at)
        at = groups;
    for (int32_t i = 0; i < c->nbrokers; i++)
        if (c->broker[i].failover_at < at)
            at = c->broker[i].failover_at;
    KAFC_MOCK_EACH(&c->conn_list, struct kafc_mconn, conn) {
        const struct kafc_mout *out = KAFC_LIST_FIRST(&conn->out, struct kafc_mout, node);

        if (conn->closing)
            continue;
        if (out && out->ready_at > c->now && out->ready_at < at)
            at = out->ready_at;
        if (conn->busy_until > c->now && conn->busy_until < at)
            at = conn->busy_until;
        if (conn->parked && kafc__mock_fetch_deadline(conn->parked) < at)
            at = kafc__mock_fetch_deadline(conn->parked);
    }
    return at;
}

void kafc__cluster_tick(struct kafc_cluster *c)
{
    for (int32_t i = 0; i < c->nbrokers; i++)
        if (c->broker[i].failover_at <= c->now)
            fail_over(c, &c->broker[i]);
    kafc__mtxns_tick(c);
    kafc__mgroups_tick(c);
    KAFC_MOCK_EACH(&c->conn_list, struct kafc_mconn, conn) {
        const struct kafc_mout *out = KAFC_LIST_FIRST(&conn->out, struct kafc_mout, node);

        if (out && out->ready_at <= c->now && !kafc__list_linked(&conn->ready))
            kafc__list_push(&c->ready, &conn->ready);
        if (conn->parked && kafc__mock_fetch_deadline(conn->parked) <= c->now)
            kafc__mock_fetch_try(c, conn, true);
        kafc__mock_work(c, conn);
    }
}

/* ---- topics ---- */

bool kafc__mock_name_ok(kafc_str name)
{
    if (!name.p || name.len < 1 || name.len > 249)
        return false;
    if (name.p[0] == '.' && (name.len == 1 || (name.len == 2 && name.p[1] == '.')))
        return false;
    for (int32_t i = 0; i < name.len; i++) {
        char ch = name.p[i];
        if (!((ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
              ch == '.' || ch == '_' || ch == '-'))
            return false;
    }
    return true;
}

static bool init_partition(struct kafc_cluster *c, struct kafc_mtopic *t, int32_t i)
{
    struct kafc_mpart *p = &t->part[i];

    p->topic = t;
    p->index = i;
    p->leader = -1;
    p->nreplicas = t->replication;
    kafc__mlog_init(&p->log, &c->mem, c->opt.retention_bytes);
    p->log.end = c->endless ? KAFC_MENDLESS_END : 0;
    p->replica = kafc__zalloc_array(&c->mem, (size_t)t->replication, sizeof *p->replica);
    if (!p->replica)
        return false;
    for (int32_t k = 0; k < t->replication; k++) {
        p->replica[k] = (i + k) % c->nbrokers + 1;
        if (p->leader < 0 && kafc__mock_in_sync(c, p->replica[k]))
            p->leader = p->replica[k];
    }
    return true;
}

/* Until there are n of them; false: out of memory, and nothing has changed. */
static bool add_partitions(struct kafc_cluster *c, struct kafc_mtopic *t, int32_t n)
{
    struct kafc_mpart *old = t->part;
    int32_t was = t->npartitions;

    t->part = kafc__zalloc_array(&c->mem, (size_t)n, sizeof *t->part);
    if (!t->part) {
        t->part = old;
        return false;
    }
    if (was)
        memcpy(t->part, old, (size_t)was * sizeof *old);
    for (int32_t i = was; i < n; i++)
        if (!init_partition(c, t, i)) {
            for (int32_t k = was; k <= i; k++) {
                kafc__mlog_fini(&t->part[k].log);
                kafc__free(&c->mem, t->part[k].replica);
            }
            kafc__free(&c->mem, t->part);
            t->part = old;
            return false;
        }
    kafc__mtxns_moved(c, old, was, t->part);
    kafc__free(&c->mem, old);
    t->npartitions = n;
    return true;
}

kafc_err kafc__mock_grow_topic(struct kafc_cluster *c, struct kafc_mtopic *t, int32_t partitions)
{
    if (partitions <= t->npartitions || partitions > KAFC_MOCK_PARTITIONS_MAX)
        return KAFC_ERR_INVALID_PARTITIONS;
    return add_partitions(c, t, partitions) ? KAFC_OK : KAFC_ERR_NO_MEMORY;
}

kafc_err kafc__mock_make_topic(struct kafc_cluster *c, kafc_str name, int32_t partitions,
                               int32_t replication, struct kafc_mtopic **out)
{
    struct kafc_mtopic *t;

    if (partitions == 0)
        partitions = c->opt.partitions;
    if (replication == 0)
        replication = c->nbrokers < 3 ? c->nbrokers : 3;
    if (!kafc__mock_name_ok(name))
        return KAFC_ERR_INVALID_TOPIC_EXCEPTION;
    if (kafc__mock_topic(c, name))
        return KAFC_ERR_TOPIC_ALREADY_EXISTS;
    if (partitions < 1 || partitions > KAFC_MOCK_PARTITIONS_MAX)
        return KAFC_ERR_INVALID_PARTITIONS;
    if (replication < 1 || replication > c->nbrokers)
        return KAFC_ERR_INVALID_REPLICATION_FACTOR;
    t = kafc__zalloc(&c->mem, sizeof *t);
    if (!t)
        return KAFC_ERR_NO_MEMORY;
    kafc__list_init(&t->node);
    random_uuid(c, &t->id);
    t->replication = replication;
    t->max_bytes = c->opt.message_max_bytes;
    t->min_isr = 1;
    t->name_len = name.len;
    t->name = kafc__strndup(&c->mem, name.p, (size_t)name.len);
    if (!t->name || !add_partitions(c, t, partitions) ||
        !kafc__map_put(&c->by_name, t->name, (size_t)t->name_len, t)) {
        free_topic(c, t);
        return KAFC_ERR_NO_MEMORY;
    }
    if (!kafc__map_put(&c->by_id, t->id.b, sizeof t->id.b, t)) {
        kafc__map_del(&c->by_name, t->name, (size_t)t->name_len);
        free_topic(c, t);
        return KAFC_ERR_NO_MEMORY;
    }
    kafc__list_push(&c->topics, &t->node);
    if (out)
        *out = t;
    return KAFC_OK;
}

/* Sessions and parked fetches may still point at it: it is kept, without its data, as long as the cluster. */
void kafc__mock_bury_topic(struct kafc_cluster *c, struct kafc_mtopic *t)
{
    kafc__mconfig_drop(c, KAFC_MCONFIG_TOPIC, (kafc_str){ t->name, t->name_len });
    kafc__map_del(&c->by_name, t->name, (size_t)t->name_len);
    kafc__map_del(&c->by_id, t->id.b, sizeof t->id.b);
    kafc__list_del(&t->node);
    kafc__list_push(&c->graveyard, &t->node);
    t->deleted = true;
    kafc__mtxns_forget(c, t);
    for (int32_t i = 0; i < t->npartitions; i++) {
        kafc__mlog_fini(&t->part[i].log);
        kafc__mlog_init(&t->part[i].log, &c->mem, 0);
        t->part[i].leader = -1;
    }
    kafc__mock_wake_parked(c);
}

/* Java's longs; what is above an int is as good as any. */
static bool number(kafc_str v, int32_t *out)
{
    int64_t n = 0;

    if (v.len < 1 || v.len > 19)
        return false;
    for (int32_t i = 0; i < v.len; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
        n = n < INT32_MAX ? n * 10 + (v.p[i] - '0') : n;
    }
    *out = n < INT32_MAX ? (int32_t)n : INT32_MAX;
    return true;
}

/* How far timestamps may be off: 0 is any. */
static bool span(kafc_str v, int32_t *out)
{
    bool ok = !v.p || number(v, out);

    *out = !v.p || *out == INT32_MAX ? 0 : *out;
    return ok;
}

kafc_err kafc__mock_config(struct kafc_mtopic *t, kafc_str name, kafc_str value)
{
    struct kafc_mtopic scratch = { .name = NULL }, *to = t ? t : &scratch;
    bool ok = true;

    if (kafc__str_is(name, "message.timestamp.type")) {
        to->append_time = value.p && kafc__str_is(value, "LogAppendTime");
        ok = !value.p || to->append_time || kafc__str_is(value, "CreateTime");
    } else if (kafc__str_is(name, "max.message.bytes")) {
        ok = value.p && number(value, &to->max_bytes);
    } else if (kafc__str_is(name, "min.insync.replicas")) {
        to->min_isr = 1;
        ok = !value.p || number(value, &to->min_isr);
    } else if (kafc__str_is(name, "message.timestamp.before.max.ms")) {
        ok = span(value, &to->before_ms);
    } else if (kafc__str_is(name, "message.timestamp.after.max.ms")) {
        ok = span(value, &to->after_ms);
    } else if (kafc__str_is(name, "cleanup.policy")) {
        to->compact = value.p && value.len >= 7 && memcmp(value.p, "compact", 7) == 0;
    }
    return ok ? KAFC_OK : KAFC_ERR_INVALID_CONFIG;
}
