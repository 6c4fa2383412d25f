/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Configurations, kept as they were set. Of a topic's the mock acts on some
 * (kafc__mock_config); the others are told as they are.
 */
#include "mock/configs.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/str.h"

#define LONG_MAX_TEXT "9223372036854775807"

enum { T = KAFC_MCONFIG_TOPIC, B = KAFC_MCONFIG_BROKER, L = KAFC_MCONFIG_LOGGER,
       M = KAFC_MCONFIG_METRICS, G = KAFC_MCONFIG_GROUP };

static const struct kafc_mconfig_row rows[] = {
    { "cleanup.policy", T, KAFC_TYPE_LIST, "delete", "log.cleanup.policy", false },
    { "compression.gzip.level", T, KAFC_TYPE_INT, "-1", NULL, false },
    { "compression.lz4.level", T, KAFC_TYPE_INT, "9", NULL, false },
    { "compression.type", T | B, KAFC_TYPE_STRING, "producer", "compression.type", false },
    { "compression.zstd.level", T, KAFC_TYPE_INT, "3", NULL, false },
    { "delete.retention.ms", T, KAFC_TYPE_LONG, "86400000", NULL, false },
    { "file.delete.delay.ms", T, KAFC_TYPE_LONG, "60000", NULL, false },
    { "flush.messages", T, KAFC_TYPE_LONG, LONG_MAX_TEXT, NULL, false },
    { "flush.ms", T, KAFC_TYPE_LONG, LONG_MAX_TEXT, NULL, false },
    { "follower.replication.throttled.replicas", T, KAFC_TYPE_LIST, "", NULL, false },
    { "index.interval.bytes", T, KAFC_TYPE_INT, "4096", NULL, false },
    { "leader.replication.throttled.replicas", T, KAFC_TYPE_LIST, "", NULL, false },
    { "local.retention.bytes", T, KAFC_TYPE_LONG, "-2", NULL, false },
    { "local.retention.ms", T, KAFC_TYPE_LONG, "-2", NULL, false },
    { "max.compaction.lag.ms", T, KAFC_TYPE_LONG, LONG_MAX_TEXT, NULL, false },
    { "max.message.bytes", T, KAFC_TYPE_INT, "1048588", "message.max.bytes", false },
    { "message.timestamp.after.max.ms", T, KAFC_TYPE_LONG, LONG_MAX_TEXT, NULL, false },
    { "message.timestamp.before.max.ms", T, KAFC_TYPE_LONG, LONG_MAX_TEXT, NULL, false },
    { "message.timestamp.type", T, KAFC_TYPE_STRING, "CreateTime", "log.message.timestamp.type", false },
    { "min.cleanable.dirty.ratio", T, KAFC_TYPE_DOUBLE, "0.5", NULL, false },
    { "min.compaction.lag.ms", T, KAFC_TYPE_LONG, "0", NULL, false },
    { "min.insync.replicas", T | B, KAFC_TYPE_INT, "1", "min.insync.replicas", false },
    { "preallocate", T, KAFC_TYPE_BOOLEAN, "false", NULL, false },
    { "remote.storage.enable", T, KAFC_TYPE_BOOLEAN, "false", NULL, false },
    { "retention.bytes", T, KAFC_TYPE_LONG, "-1", "log.retention.bytes", false },
    { "retention.ms", T, KAFC_TYPE_LONG, "604800000", "log.retention.ms", false },
    { "segment.bytes", T, KAFC_TYPE_INT, "1073741824", NULL, false },
    { "segment.index.bytes", T, KAFC_TYPE_INT, "10485760", NULL, false },
    { "segment.jitter.ms", T, KAFC_TYPE_LONG, "0", NULL, false },
    { "segment.ms", T, KAFC_TYPE_LONG, "604800000", NULL, false },
    { "unclean.leader.election.enable", T | B, KAFC_TYPE_BOOLEAN, "false", NULL, false },
    { "background.threads", B, KAFC_TYPE_INT, "10", NULL, false },
    { "listeners", B, KAFC_TYPE_STRING, "PLAINTEXT://:9092", NULL, true },
    { "log.cleaner.threads", B, KAFC_TYPE_INT, "1", NULL, false },
    { "log.retention.ms", B, KAFC_TYPE_LONG, "604800000", NULL, false },
    { "message.max.bytes", B, KAFC_TYPE_INT, "1048588", NULL, false },
    { "num.partitions", B, KAFC_TYPE_INT, "1", NULL, true },
    { "ssl.keystore.password", B, KAFC_TYPE_PASSWORD, NULL, NULL, false },
    { "kafka.server.KafkaApis", L, KAFC_TYPE_STRING, "INFO", NULL, false },
    { "root", L, KAFC_TYPE_STRING, "INFO", NULL, false },
    { "interval.ms", M, KAFC_TYPE_INT, "300000", NULL, false },
    { "match", M, KAFC_TYPE_LIST, "", NULL, false },
    { "metrics", M, KAFC_TYPE_LIST, "", NULL, false },
    { "consumer.heartbeat.interval.ms", G, KAFC_TYPE_INT, "5000", NULL, false },
    { "consumer.session.timeout.ms", G, KAFC_TYPE_INT, "45000", NULL, false },
};
enum { ROWS = sizeof rows / sizeof *rows };

const struct kafc_mconfig_row *kafc__mconfig_row(int8_t kind, kafc_str name)
{
    for (size_t i = 0; i < ROWS; i++)
        if (rows[i].kinds & kind && kafc__str_is(name, rows[i].name))
            return &rows[i];
    return NULL;
}

/* ---- what can be set ---- */

static bool is_number(kafc_str v)
{
    int32_t i = v.len > 0 && v.p[0] == '-';

    if (i == v.len)
        return false;
    for (; i < v.len; i++)
        if (v.p[i] < '0' || v.p[i] > '9')
            return false;
    return true;
}

kafc_err kafc__mconfig_check(int8_t kind, kafc_str name, kafc_str value)
{
    const struct kafc_mconfig_row *row = kafc__mconfig_row(kind, name);

    if (!row)
        return KAFC_ERR_INVALID_CONFIG;
    if (row->read_only)
        return KAFC_ERR_INVALID_REQUEST;
    if (!value.p)
        return KAFC_OK;
    if ((row->type == KAFC_TYPE_INT || row->type == KAFC_TYPE_LONG) && !is_number(value))
        return KAFC_ERR_INVALID_CONFIG;
    if (row->type == KAFC_TYPE_BOOLEAN && !kafc__str_is(value, "true") && !kafc__str_is(value, "false"))
        return KAFC_ERR_INVALID_CONFIG;
    return kind == KAFC_MCONFIG_TOPIC ? kafc__mock_config(NULL, name, value) : KAFC_OK;
}

/* ---- what was set ---- */

static struct kafc_mconfig *first(const struct kafc_cluster *c)
{
    return KAFC_LIST_FIRST(&c->configs, struct kafc_mconfig, node);
}

static struct kafc_mconfig *next(const struct kafc_cluster *c, const struct kafc_mconfig *g)
{
    return KAFC_LIST_NEXT(&c->configs, g, struct kafc_mconfig, node);
}

static bool is_of(const struct kafc_mconfig *g, int8_t kind, kafc_str resource)
{
    return g->kind == kind && kafc__str_is(resource, g->resource);
}

struct kafc_mconfig *kafc__mconfig_find(const struct kafc_cluster *c, int8_t kind,
                                        kafc_str resource, const struct kafc_mconfig_row *row)
{
    for (struct kafc_mconfig *g = first(c); g; g = next(c, g))
        if (g->row == row && is_of(g, kind, resource))
            return g;
    return NULL;
}

static void unset(struct kafc_cluster *c, struct kafc_mconfig *g)
{
    kafc__list_del(&g->node);
    kafc__free(&c->mem, g->value);
    kafc__free(&c->mem, g->resource);
    kafc__free(&c->mem, g);
}

static void act(struct kafc_cluster *c, int8_t kind, kafc_str resource, kafc_str name, kafc_str value)
{
    struct kafc_mtopic *t = kind == KAFC_MCONFIG_TOPIC ? kafc__mock_topic(c, resource) : NULL;

    if (!t)
        return;
    if (!value.p && kafc__str_is(name, "max.message.bytes"))
        t->max_bytes = c->opt.message_max_bytes;
    else
        (void)kafc__mock_config(t, name, value);
}

static struct kafc_mconfig *add(struct kafc_cluster *c, int8_t kind, kafc_str resource,
                                const struct kafc_mconfig_row *row)
{
    struct kafc_mconfig *g = kafc__zalloc(&c->mem, sizeof *g);

    if (!g)
        return NULL;
    kafc__list_init(&g->node);
    g->row = row;
    g->kind = kind;
    g->resource = kafc__strndup(&c->mem, resource.p, (size_t)resource.len);
    kafc__list_push(&c->configs, &g->node);
    return g;
}

kafc_err kafc__mconfig_set(struct kafc_cluster *c, int8_t kind, kafc_str resource, kafc_str name,
                           kafc_str value)
{
    const struct kafc_mconfig_row *row = kafc__mconfig_row(kind, name);
    struct kafc_mconfig *g = row ? kafc__mconfig_find(c, kind, resource, row) : NULL;
    char *copy = value.p ? kafc__strndup(&c->mem, value.p, (size_t)value.len) : NULL;

    if (!row)
        return KAFC_ERR_INVALID_CONFIG;
    if (value.p && !g)
        g = add(c, kind, resource, row);
    if (value.p && (!copy || !g || !g->resource)) {
        kafc__free(&c->mem, copy);
        if (g && !g->value)
            unset(c, g);
        return KAFC_ERR_NO_MEMORY;
    }
    if (value.p) {
        kafc__free(&c->mem, g->value);
        g->value = copy;
    } else if (g) {
        unset(c, g);
    }
    act(c, kind, resource, name, value);
    return KAFC_OK;
}

void kafc__mconfig_drop(struct kafc_cluster *c, int8_t kind, kafc_str resource)
{
    for (struct kafc_mconfig *g = first(c), *after; g; g = after) {
        after = next(c, g);
        if (!is_of(g, kind, resource))
            continue;
        act(c, kind, resource, kafc__str(g->row->name), (kafc_str){ NULL, 0 });
        unset(c, g);
    }
}

void kafc__mconfigs_free(struct kafc_cluster *c)
{
    struct kafc_mconfig *g;

    while ((g = first(c)))
        unset(c, g);
}

/* ---- what a resource has ---- */

static int8_t source_of(int8_t kind, kafc_str resource)
{
    switch (kind) {
    case KAFC_MCONFIG_TOPIC: return KAFC_SOURCE_TOPIC;
    case KAFC_MCONFIG_BROKER:
        return resource.len ? KAFC_SOURCE_DYNAMIC_BROKER : KAFC_SOURCE_DYNAMIC_BROKER_DEFAULT;
    case KAFC_MCONFIG_LOGGER: return KAFC_SOURCE_BROKER_LOGGER;
    case KAFC_MCONFIG_METRICS: return KAFC_SOURCE_CLIENT_METRICS;
    default: return KAFC_SOURCE_GROUP;
    }
}

static void from(struct kafc_mconfig_told *t, const char *name, const char *value, int8_t source)
{
    t->from[t->n].name = name;
    t->from[t->n].value = value;
    t->from[t->n++].source = source;
}

struct kafc_mconfig_told *kafc__mconfig_tell(const struct kafc_cluster *c, int8_t kind,
                                             kafc_str resource, int32_t *n, struct kafc_arena *a)
{
    static const kafc_str all = { "", 0 };
    bool of_all = kind == KAFC_MCONFIG_BROKER && !resource.len; /* has what was set, and nothing else */
    struct kafc_mconfig_told *v = kafc__arena_array(a, ROWS, sizeof *v);

    *n = 0;
    for (size_t i = 0; v && i < ROWS; i++) {
        const struct kafc_mconfig_row *row = &rows[i];
        const struct kafc_mconfig *g = kafc__mconfig_find(c, kind, resource, row);
        struct kafc_mconfig_told *t = &v[*n];

        if (!(row->kinds & kind) || (of_all && !g))
            continue;
        (*n)++;
        t->row = row;
        if (g)
            from(t, row->name, g->value, source_of(kind, resource));
        g = kind == KAFC_MCONFIG_BROKER && !of_all ? kafc__mconfig_find(c, kind, all, row) : NULL;
        if (g)
            from(t, row->name, g->value, KAFC_SOURCE_DYNAMIC_BROKER_DEFAULT);
        if (!of_all)
            from(t, row->broker && kind == KAFC_MCONFIG_TOPIC ? row->broker : row->name, row->value,
                 row->read_only ? KAFC_SOURCE_STATIC_BROKER : KAFC_SOURCE_DEFAULT);
    }
    return v;
}

static bool is_this(const struct kafc_mrq *rq, kafc_str resource)
{
    char id[12];

    (void)snprintf(id, sizeof id, "%d", (int)rq->conn->broker->id);
    return kafc__str_is(resource, id);
}

kafc_err kafc__mconfig_resource(const struct kafc_mrq *rq, int8_t kind, kafc_str resource,
                                kafc_acl_operation operation)
{
    kafc_err code = kind == KAFC_MCONFIG_TOPIC   ? kafc__mock_refuses(rq, KAFC_ACL_TOPIC, resource, operation)
                    : kind == KAFC_MCONFIG_GROUP ? kafc__mock_refuses(rq, KAFC_ACL_GROUP, resource, operation)
                                                 : kafc__mock_refuses_cluster(rq, operation);

    if (code)
        return code;
    switch (kind) {
    case KAFC_MCONFIG_TOPIC:
        if (!kafc__mock_name_ok(resource))
            return KAFC_ERR_INVALID_TOPIC_EXCEPTION;
        return kafc__mock_topic(rq->c, resource) ? KAFC_OK : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    case KAFC_MCONFIG_BROKER:
        return resource.len == 0 || is_this(rq, resource) ? KAFC_OK : KAFC_ERR_INVALID_REQUEST;
    case KAFC_MCONFIG_LOGGER: return is_this(rq, resource) ? KAFC_OK : KAFC_ERR_INVALID_REQUEST;
    case KAFC_MCONFIG_METRICS:
    case KAFC_MCONFIG_GROUP: return resource.len > 0 ? KAFC_OK : KAFC_ERR_INVALID_REQUEST;
    default: return KAFC_ERR_INVALID_REQUEST;
    }
}
