/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_admin_describe_cluster, kafc_admin_broker_versions and
 * kafc_admin_describe_quorum. Strings are copied out of the answers.
 */
#include <kafc/cluster.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "client/admin.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/55_describe_quorum.h"
#include "protocol/api/60_describe_cluster.h"

static int by_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* Ends each call: the answer is given up, and out is what was made of it, or there was no memory. */
static kafc_err done(struct kafc_admin *k, kafc_answer *a, kafc_err rc, const void *out)
{
    kafc_answer_free(a);
    return rc == KAFC_OK && !out ? kafc__admin_no_memory("the cluster", k->err) : rc;
}

/* --- Brokers --------------------------------------------------------------------------- */

enum { BROKERS = 1, CONTROLLERS = 2 }; /* the wire's types of endpoints */

static const struct kafc_admin_kind describing = {
    .api = &kafc_describe_cluster_api,
    .what = "described",
    .too_old = "for fenced brokers (those from 4.0 on know) or controllers (3.7)",
    .whole = "the cluster",
};

static int by_node(const void *a, const void *b)
{
    return by_number(((const kafc_cluster_node *)a)->id, ((const kafc_cluster_node *)b)->id);
}

/* Room for n nodes, whose id, host and the like the caller fills in. */
static kafc_cluster_node *new_nodes(kafc_cluster_description *d, int32_t n)
{
    kafc_cluster_node *v = kafc__arena_array(kafc__piece_arena(d), (size_t)n, sizeof(*v));
    d->nodes = v;
    d->nnodes = v ? n : 0;
    return v;
}

static kafc_cluster_description *sorted(kafc_cluster_description *d, kafc_cluster_node *v)
{
    if (d->nnodes > 1)
        qsort(v, (size_t)d->nnodes, sizeof(*v), by_node);
    return kafc__piece_done(d);
}

static kafc_cluster_description *described(const kafc_allocator *mem,
                                           const struct kafc_describe_cluster_resp *r)
{
    kafc_cluster_description *d = kafc__piece_new(mem, sizeof(*d));
    if (!d)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(d);
    kafc_cluster_node *v = new_nodes(d, r->brokers.n);
    d->cluster_id = kafc__piece_text(a, r->cluster_id, NULL);
    d->controller = r->controller_id;
    if (r->cluster_authorized_operations != INT32_MIN)
        d->operations = (uint32_t)r->cluster_authorized_operations;
    for (int32_t i = 0; i < d->nnodes; i++) {
        v[i].id = r->brokers.v[i].broker_id;
        v[i].host = kafc__piece_text(a, r->brokers.v[i].host, "");
        v[i].port = r->brokers.v[i].port;
        v[i].rack = kafc__piece_text(a, r->brokers.v[i].rack, NULL);
        v[i].fenced = r->brokers.v[i].is_fenced;
    }
    return sorted(d, v);
}

static kafc_cluster_description *of_metadata(const kafc_allocator *mem, const kafc_metadata *m)
{
    kafc_cluster_description *d = kafc__piece_new(mem, sizeof(*d));
    if (!d)
        return NULL;
    struct kafc_arena *a = kafc__piece_arena(d);
    kafc_cluster_node *v = new_nodes(d, m->nbrokers);
    d->cluster_id = kafc__piece_text(a, kafc__str(m->cluster_id), NULL);
    d->controller = m->controller;
    d->operations = m->operations;
    for (int32_t i = 0; i < d->nnodes; i++) {
        v[i].id = m->brokers[i].id;
        v[i].host = kafc__piece_text(a, kafc__str(m->brokers[i].host), "");
        v[i].port = m->brokers[i].port;
        v[i].rack = kafc__piece_text(a, kafc__str(m->brokers[i].rack), NULL);
    }
    return sorted(d, v);
}

/* Of brokers before 2.8, which have no fenced ones and no controllers apart. */
static kafc_err ask_metadata(struct kafc_admin *k, kafc_cluster_description **out)
{
    struct kafc_asker by = kafc__asker_of(k->c);
    kafc_metadata *m;
    kafc_err rc = kafc__query_metadata(&by, NULL, 0, KAFC_META_OPERATIONS, k->deadline, &m, k->err);
    if (rc != KAFC_OK)
        return rc;
    *out = of_metadata(&k->c->mem, m);
    kafc_metadata_free(m);
    return done(k, NULL, rc, *out);
}

static kafc_err describe_cluster(struct kafc_admin *k, const kafc_cluster_options *how,
                                 kafc_cluster_description **out)
{
    struct kafc_describe_cluster_req req;
    kafc_answer *a;
    bool plain = !how || (!how->fenced && !how->controllers);
    kafc__msg_defaults(&kafc_describe_cluster_req_schema, &req);
    req.include_cluster_authorized_operations = true;
    req.endpoint_type = how && how->controllers ? CONTROLLERS : BROKERS;
    req.include_fenced_brokers = how && how->fenced;
    kafc_err rc = kafc__admin_ask(k->c, &describing, &req, KAFC_BY_ROUTE, k->deadline, &a, k->err);
    if (rc == KAFC_ERR_UNSUPPORTED && plain)
        return ask_metadata(k, out); /* there is no answer */
    if (rc == KAFC_OK)
        *out = described(&k->c->mem, a->resp);
    return done(k, a, rc, *out);
}

kafc_err kafc_admin_describe_cluster(kafc_client *c, const kafc_cluster_options *how,
                                     int timeout_ms, kafc_cluster_description **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the cluster");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe_cluster(&k, how, out)) : rc;
}

void kafc_cluster_description_free(kafc_cluster_description *d)
{
    kafc__piece_free(d);
}

/* --- Versions ---------------------------------------------------------------------------- */

static const struct kafc_admin_kind telling = {
    .api = &kafc_api_versions_api,
    .what = "told",
    .since = "0.10",
    .whole = "versions",
};

static int by_api(const void *a, const void *b)
{
    return by_number(((const kafc_api_range *)a)->api, ((const kafc_api_range *)b)->api);
}

static int by_feature(const void *a, const void *b)
{
    return strcmp(((const kafc_feature *)a)->name, ((const kafc_feature *)b)->name);
}

static void put_apis(kafc_broker_versions *out, const struct kafc_api_versions_resp *r)
{
    kafc_api_range *v = kafc__arena_array(kafc__piece_arena(out), (size_t)r->api_keys.n, sizeof(*v));
    for (int32_t i = 0; v && i < r->api_keys.n; i++) {
        v[i].api = r->api_keys.v[i].api_key;
        v[i].min = r->api_keys.v[i].min_version;
        v[i].max = r->api_keys.v[i].max_version;
    }
    if (v && r->api_keys.n > 1)
        qsort(v, (size_t)r->api_keys.n, sizeof(*v), by_api);
    out->apis = v;
    out->napis = v ? r->api_keys.n : 0;
}

/* Those that the broker knows, and those that the cluster holds to: two of one name become one. */
static void put_features(kafc_broker_versions *out, const struct kafc_api_versions_resp *r)
{
    struct kafc_arena *a = kafc__piece_arena(out);
    int32_t n = 0, ns = r->supported_features.n > 0 ? r->supported_features.n : 0,
            nf = r->finalized_features.n > 0 ? r->finalized_features.n : 0;
    kafc_feature *v = kafc__arena_array(a, (size_t)ns + (size_t)nf, sizeof(*v));
    for (int32_t i = 0; v && i < ns; i++)
        v[n++] = (kafc_feature){ .name = kafc__piece_text(a, r->supported_features.v[i].name, ""),
                                 .min = r->supported_features.v[i].min_version,
                                 .max = r->supported_features.v[i].max_version };
    for (int32_t i = 0; v && i < nf; i++)
        v[n++] = (kafc_feature){ .name = kafc__piece_text(a, r->finalized_features.v[i].name, ""),
                                 .level = r->finalized_features.v[i].max_version_level,
                                 .max = -1 };
    if (a->failed)
        return;
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_feature);
    out->nfeatures = n > 0;
    for (int32_t i = 1; i < n; i++) {
        kafc_feature *last = &v[out->nfeatures - 1];
        if (by_feature(&v[i], last) != 0) {
            v[out->nfeatures++] = v[i];
            continue;
        }
        last->level = v[i].level > last->level ? v[i].level : last->level;
        last->min = v[i].max > last->max ? v[i].min : last->min;
        last->max = v[i].max > last->max ? v[i].max : last->max;
    }
    out->features = v;
    out->features_epoch = r->finalized_features_epoch;
}

static kafc_broker_versions *told(const kafc_allocator *mem, const kafc_answer *a)
{
    kafc_broker_versions *out = kafc__piece_new(mem, sizeof(*out));
    if (!out)
        return NULL;
    out->broker = a->parts[0].broker;
    put_apis(out, a->resp);
    put_features(out, a->resp);
    return kafc__piece_done(out);
}

static kafc_err broker_versions(struct kafc_admin *k, int32_t broker, kafc_broker_versions **out)
{
    struct kafc_api_versions_req req;
    kafc_answer *a;
    kafc__msg_defaults(&kafc_api_versions_req_schema, &req);
    req.client_software_name = kafc__str("kafc");
    req.client_software_version = kafc__str(kafc_version());
    kafc_err rc = kafc__admin_ask(k->c, &telling, &req, broker, k->deadline, &a, k->err);
    if (rc == KAFC_OK)
        *out = told(&k->c->mem, a);
    return done(k, a, rc, *out);
}

kafc_err kafc_admin_broker_versions(kafc_client *c, int32_t broker, int timeout_ms,
                                    kafc_broker_versions **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out || broker < KAFC_BY_ROUTE)
        return kafc__error(err, KAFC_ERR_USAGE, out ? "broker %d" : "no place for the versions of broker %d",
                           (int)broker);
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, broker_versions(&k, broker, out)) : rc;
}

void kafc_broker_versions_free(kafc_broker_versions *v)
{
    kafc__piece_free(v);
}

/* --- Quorum -------------------------------------------------------------------------------- */

typedef struct kafc_describe_quorum_resp quorum_resp;
typedef struct kafc_describe_quorum_resp_partition quorum_partition;
typedef struct kafc_describe_quorum_resp_replica_state quorum_state;

static const kafc_str metadata_topic = { "__cluster_metadata", 18 };

/* The partition; NULL: the answer leaves it out. */
static const quorum_partition *partition_of(const quorum_resp *r)
{
    bool there = r->topics.n == 1 && r->topics.v[0].partitions.n == 1;
    return there ? &r->topics.v[0].partitions.v[0] : NULL;
}

static bool quorum_item(const void *resp, int32_t i, struct kafc_admin_item *out)
{
    const quorum_resp *r = resp;
    const quorum_partition *p = partition_of(r);
    (void)snprintf(out->name, sizeof(out->name), "the quorum");
    out->code = r->error_code || !p ? r->error_code : p->error_code;
    out->words = r->error_code || !p ? r->error_message : p->error_message;
    return i == 0;
}

static const struct kafc_admin_kind voting = {
    .api = &kafc_describe_quorum_api,
    .what = "described",
    .since = "3.3, without ZooKeeper,",
    .unknown_stands = true,
    .item = quorum_item,
};

static int by_replica(const void *a, const void *b)
{
    const kafc_quorum_replica *x = a, *y = b;
    return x->voter != y->voter ? y->voter - x->voter : by_number(x->id, y->id);
}

static int by_address(const void *a, const void *b)
{
    return by_number(((const kafc_quorum_address *)a)->id, ((const kafc_quorum_address *)b)->id);
}

static void put_states(kafc_quorum_replica *v, int32_t *n, const quorum_state *s, int32_t count, bool voter)
{
    for (int32_t i = 0; i < count; i++, (*n)++)
        v[*n] = (kafc_quorum_replica){
            .id = s[i].replica_id,
            .voter = voter,
            .directory = s[i].replica_directory_id,
            .offset = s[i].log_end_offset >= 0 ? s[i].log_end_offset : KAFC_OFFSET_UNKNOWN,
            .fetched_ms = s[i].last_fetch_timestamp,
            .caught_up_ms = s[i].last_caught_up_timestamp,
        };
}

static void put_replicas(kafc_quorum *q, const quorum_partition *p)
{
    int32_t n = 0;
    size_t room = (size_t)p->current_voters.n + (size_t)p->observers.n;
    kafc_quorum_replica *v = kafc__arena_array(kafc__piece_arena(q), room, sizeof(*v));
    if (!v)
        return;
    put_states(v, &n, p->current_voters.v, p->current_voters.n, true);
    put_states(v, &n, p->observers.v, p->observers.n, false);
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_replica);
    q->replicas = v;
    q->nreplicas = n;
}

static void put_addresses(kafc_quorum *q, const quorum_resp *r)
{
    struct kafc_arena *a = kafc__piece_arena(q);
    int32_t n = 0;
    size_t room = 0;
    for (int32_t i = 0; i < r->nodes.n; i++)
        room += (size_t)r->nodes.v[i].listeners.n;
    kafc_quorum_address *v = kafc__arena_array(a, room, sizeof(*v));
    for (int32_t i = 0; v && i < r->nodes.n; i++)
        for (int32_t k = 0; k < r->nodes.v[i].listeners.n; k++, n++) {
            v[n].id = r->nodes.v[i].node_id;
            v[n].port = r->nodes.v[i].listeners.v[k].port;
            v[n].host = kafc__piece_text(a, r->nodes.v[i].listeners.v[k].host, "");
            v[n].listener = kafc__piece_text(a, r->nodes.v[i].listeners.v[k].name, "");
        }
    if (n > 1)
        qsort(v, (size_t)n, sizeof(*v), by_address);
    q->addresses = v;
    q->naddresses = n;
}

static kafc_quorum *quorum(const kafc_allocator *mem, const quorum_resp *r, const quorum_partition *p)
{
    kafc_quorum *q = kafc__piece_new(mem, sizeof(*q));
    if (!q)
        return NULL;
    q->leader = p->leader_id;
    q->leader_epoch = p->leader_epoch;
    q->high_watermark = p->high_watermark;
    put_replicas(q, p);
    put_addresses(q, r);
    return kafc__piece_done(q);
}

static kafc_err describe_quorum(struct kafc_admin *k, kafc_quorum **out)
{
    struct kafc_describe_quorum_req_partition partition;
    struct kafc_describe_quorum_req_topic topic;
    struct kafc_describe_quorum_req req;
    kafc_answer *a;
    kafc__msg_defaults(&kafc_describe_quorum_req_schema, &req);
    kafc__msg_defaults(&kafc_describe_quorum_req_topic_schema, &topic);
    kafc__msg_defaults(&kafc_describe_quorum_req_partition_schema, &partition);
    topic.topic_name = metadata_topic;
    topic.partitions.v = &partition;
    req.topics.v = &topic;
    topic.partitions.n = req.topics.n = 1;
    kafc_err rc = kafc__admin_ask(k->c, &voting, &req, KAFC_BY_ROUTE, k->deadline, &a, k->err);
    const quorum_partition *p = rc == KAFC_OK ? partition_of(a->resp) : NULL;
    if (rc == KAFC_OK && !p)
        rc = kafc__error(k->err, KAFC_ERR_PROTOCOL, "DescribeQuorum was answered without the quorum");
    if (rc == KAFC_OK)
        *out = quorum(&k->c->mem, a->resp, p);
    return done(k, a, rc, *out);
}

kafc_err kafc_admin_describe_quorum(kafc_client *c, int timeout_ms, kafc_quorum **out, kafc_error *err)
{
    struct kafc_admin k;
    if (!out)
        return kafc__error(err, KAFC_ERR_USAGE, "there is no place for the quorum");
    *out = NULL;
    kafc_err rc = kafc__admin_begin(&k, c, timeout_ms, err);
    return rc == KAFC_OK ? kafc__admin_end(&k, describe_quorum(&k, out)) : rc;
}

void kafc_quorum_free(kafc_quorum *q)
{
    kafc__piece_free(q);
}
