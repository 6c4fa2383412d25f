/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc cluster: its brokers, what they know, and who decides.
 */
#include <errno.h>
#include <stdlib.h>

#include "protocol/registry.h"
#include "tools/kafc/table.h"
#include "tools/kafc/verbs.h"

/* --- describe ------------------------------------------------------------------------------------ */

/* By their numbers in ACLs. */
static const char *const operations[] = {
    [5] = "create", [7] = "alter", [8] = "describe", [9] = "cluster_action", [10] = "describe_configs",
    [11] = "alter_configs", [12] = "idempotent_write", [13] = "create_tokens", [14] = "describe_tokens",
};
enum { OPERATIONS = sizeof operations / sizeof *operations };

static int describe_json(const kafc_cluster_description *d)
{
    json_t *brokers = json_array(), *allowed = json_array();

    for (int32_t i = 0; i < d->nnodes; i++) {
        const kafc_cluster_node *n = &d->nodes[i];

        (void)json_array_append_new(brokers, json_pack("{si so si so sb}", "id", (int)n->id, "host",
                                                       verbs_text(n->host), "port", (int)n->port, "rack",
                                                       verbs_text(n->rack), "fenced", n->fenced));
    }
    for (int i = 0; i < OPERATIONS; i++)
        if (d->operations >> i & 1 && operations[i])
            (void)json_array_append_new(allowed, json_string(operations[i]));
    return verbs_print(json_pack("{so si so so}", "cluster_id", verbs_text(d->cluster_id), "controller",
                                 (int)d->controller, "operations", allowed, "brokers", brokers));
}

static int describe_text(const kafc_cluster_description *d, bool controllers)
{
    struct table t;

    printf("cluster %s, controller %d\n", d->cluster_id ? d->cluster_id : "-", (int)d->controller);
    table_begin(&t, controllers ? ">CONTROLLER HOST >PORT RACK STATE" : ">BROKER HOST >PORT RACK STATE");
    for (int32_t i = 0; i < d->nnodes; i++) {
        const kafc_cluster_node *n = &d->nodes[i];

        table_number(&t, n->id);
        table_add(&t, "%s", n->host);
        table_number(&t, n->port);
        table_add(&t, "%s", n->rack ? n->rack : "");
        table_add(&t, "%s", n->fenced ? "fenced" : "active");
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int describe(const struct verb_call *v)
{
    kafc_cluster_options how = { .fenced = v->o->all, .controllers = v->o->controllers };
    kafc_cluster_description *d;
    kafc_error err;
    int status;

    if (kafc_admin_describe_cluster(v->client, &how, VERB_WAIT, &d, &err))
        return verbs_failed(&err);
    status = v->o->json ? describe_json(d) : describe_text(d, v->o->controllers);
    kafc_cluster_description_free(d);
    return status;
}

/* --- versions and features ------------------------------------------------------------------------ */

static int versions_json(const kafc_broker_versions *b)
{
    json_t *apis = json_array();

    for (int32_t i = 0; i < b->napis; i++) {
        const struct kafc_api *api = kafc__api(b->apis[i].api);

        (void)json_array_append_new(apis, json_pack("{si ss? si si}", "key", (int)b->apis[i].api, "name",
                                                    api ? api->name : NULL, "min", (int)b->apis[i].min, "max",
                                                    (int)b->apis[i].max));
    }
    return verbs_print(json_pack("{si so}", "broker", (int)b->broker, "apis", apis));
}

static int versions_text(const kafc_broker_versions *b)
{
    struct table t;

    printf("broker %d\n", (int)b->broker);
    table_begin(&t, ">KEY API >FROM >TO");
    for (int32_t i = 0; i < b->napis; i++) {
        const struct kafc_api *api = kafc__api(b->apis[i].api);

        table_number(&t, b->apis[i].api);
        table_add(&t, "%s", api ? api->name : "");
        table_number(&t, b->apis[i].min);
        table_number(&t, b->apis[i].max);
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int versions_of(const struct verb_call *v, int32_t broker)
{
    kafc_broker_versions *b;
    kafc_error err;
    int status;

    if (kafc_admin_broker_versions(v->client, broker, VERB_WAIT, &b, &err))
        return verbs_failed(&err);
    status = v->o->json ? versions_json(b) : versions_text(b);
    kafc_broker_versions_free(b);
    return status;
}

static int versions_named(const struct verb_call *v, const char *name)
{
    char *end;
    long id;

    errno = 0;
    id = strtol(name, &end, 10);
    if (*name < '0' || *name > '9' || *end || errno || id > INT32_MAX)
        return tool_fail(TOOL_USAGE, "\"%s\" is no id of a broker", name);
    return versions_of(v, (int32_t)id);
}

static int versions(const struct verb_call *v)
{
    kafc_cluster_description *d;
    kafc_error err;
    int status = TOOL_OK;

    if (v->n)
        return verbs_each(v, versions_named);
    if (kafc_admin_describe_cluster(v->client, NULL, VERB_WAIT, &d, &err))
        return verbs_failed(&err);
    for (int32_t i = 0; i < d->nnodes; i++)
        status = verbs_status(status, versions_of(v, d->nodes[i].id));
    kafc_cluster_description_free(d);
    return status;
}

static int features_json(const kafc_broker_versions *b)
{
    json_t *a = json_array();

    for (int32_t i = 0; i < b->nfeatures; i++)
        (void)json_array_append_new(a, json_pack("{so si si si}", "feature", verbs_text(b->features[i].name), "level",
                                                 (int)b->features[i].level, "min", (int)b->features[i].min, "max",
                                                 (int)b->features[i].max));
    return verbs_print(json_pack("{sI so}", "epoch", (json_int_t)b->features_epoch, "features", a));
}

static int features_text(const kafc_broker_versions *b)
{
    struct table t;

    table_begin(&t, "FEATURE >LEVEL >FROM >TO");
    for (int32_t i = 0; i < b->nfeatures; i++) {
        table_add(&t, "%s", b->features[i].name);
        table_number(&t, b->features[i].level);
        table_number(&t, b->features[i].min);
        table_number(&t, b->features[i].max);
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int features(const struct verb_call *v)
{
    kafc_broker_versions *b;
    kafc_error err;
    int status;

    if (kafc_admin_broker_versions(v->client, KAFC_BY_ROUTE, VERB_WAIT, &b, &err))
        return verbs_failed(&err);
    status = v->o->json ? features_json(b) : features_text(b);
    kafc_broker_versions_free(b);
    return status;
}

/* --- quorum ------------------------------------------------------------------------------------------ */

static int quorum_json(const kafc_quorum *q)
{
    json_t *replicas = json_array(), *addresses = json_array();

    for (int32_t i = 0; i < q->nreplicas; i++) {
        const kafc_quorum_replica *r = &q->replicas[i];

        (void)json_array_append_new(replicas, json_pack("{si sb so so so}", "id", (int)r->id, "voter", r->voter,
                                                        "offset", verbs_number(r->offset), "fetched_ms",
                                                        verbs_number(r->fetched_ms), "caught_up_ms",
                                                        verbs_number(r->caught_up_ms)));
    }
    for (int32_t i = 0; i < q->naddresses; i++)
        (void)json_array_append_new(addresses, json_pack("{si so so si}", "id", (int)q->addresses[i].id, "listener",
                                                         verbs_text(q->addresses[i].listener), "host",
                                                         verbs_text(q->addresses[i].host), "port",
                                                         (int)q->addresses[i].port));
    return verbs_print(json_pack("{si si sI so so}", "leader", (int)q->leader, "leader_epoch", (int)q->leader_epoch,
                                 "high_watermark", (json_int_t)q->high_watermark, "replicas", replicas, "addresses",
                                 addresses));
}

static int quorum_text(const kafc_quorum *q)
{
    struct table t;

    printf("leader %d, epoch %d, high watermark %lld\n", (int)q->leader, (int)q->leader_epoch,
           (long long)q->high_watermark);
    table_begin(&t, ">NODE ROLE >OFFSET >BEHIND ADDRESS");
    for (int32_t i = 0; i < q->nreplicas; i++) {
        const kafc_quorum_replica *r = &q->replicas[i];
        const kafc_quorum_address *a = NULL;

        for (int32_t k = 0; k < q->naddresses && !a; k++)
            if (r->voter && q->addresses[k].id == r->id)
                a = &q->addresses[k];
        table_number(&t, r->id);
        table_add(&t, "%s", r->id == q->leader ? "leader" : r->voter ? "voter" : "observer");
        table_number(&t, r->offset);
        table_number(&t, r->offset < 0 ? -1 : r->offset < q->high_watermark ? q->high_watermark - r->offset : 0);
        if (a)
            table_add(&t, "%s:%d", a->host, (int)a->port);
        else
            table_add(&t, "-");
    }
    return table_end(&t) ? TOOL_OK : verbs_no_memory();
}

static int quorum(const struct verb_call *v)
{
    kafc_quorum *q;
    kafc_error err;
    int status;

    if (kafc_admin_describe_quorum(v->client, VERB_WAIT, &q, &err))
        return verbs_failed(&err);
    status = v->o->json ? quorum_json(q) : quorum_text(q);
    kafc_quorum_free(q);
    return status;
}

static const int describes[] = { LONG_ALL, LONG_CONTROLLERS, 0 };
static const struct verb verbs[] = {
    { "describe", describe, 0, 0, describes },
    { "versions", versions, 0, INT_MAX, NULL },
    { "features", features, 0, 0, NULL },
    { "quorum", quorum, 0, 0, NULL },
};

int tool_cluster(const struct tool_options *o)
{
    return verbs_run(o, "cluster", "broker", verbs, sizeof verbs / sizeof verbs[0]);
}
