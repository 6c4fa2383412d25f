/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListConfigResources: topics, brokers, their loggers; and what was set of
 * groups and metrics. Version 0 asks for metrics alone.
 */
#include <stdio.h>

#include "base/str.h"
#include "mock/configs.h"
#include "protocol/api/74_list_config_resources.h"

struct listing {
    struct kafc_mrq *rq;
    struct kafc_list_config_resources_resp *a;
    int32_t room;
};

/* Counts while there is no array. */
static void put(struct listing *l, int8_t kind, const char *name)
{
    if (l->a->config_resources.v) {
        l->a->config_resources.v[l->a->config_resources.n].resource_type = kind;
        l->a->config_resources.v[l->a->config_resources.n++].resource_name = kafc__str(name);
    } else {
        l->room++;
    }
}

static bool put_brokers(struct listing *l, int8_t kind)
{
    const struct kafc_cluster *c = l->rq->c;

    for (int32_t i = 0; i < c->nbrokers; i++) {
        char *id = kafc__arena_alloc(&l->rq->arena, 12);

        if (!id)
            return false;
        (void)snprintf(id, 12, "%d", (int)c->broker[i].id);
        put(l, kind, id);
    }
    return true;
}

static bool put_kind(struct listing *l, int8_t kind)
{
    const struct kafc_cluster *c = l->rq->c;

    if (kind == KAFC_MCONFIG_TOPIC)
        KAFC_MOCK_EACH(&c->topics, struct kafc_mtopic, t)
            put(l, kind, t->name);
    if (kind == KAFC_MCONFIG_BROKER || kind == KAFC_MCONFIG_LOGGER)
        return put_brokers(l, kind);
    if (kind == KAFC_MCONFIG_METRICS || kind == KAFC_MCONFIG_GROUP)
        for (const struct kafc_mconfig *g = KAFC_LIST_FIRST(&c->configs, struct kafc_mconfig, node), *h = NULL;
             g; h = g, g = KAFC_LIST_NEXT(&c->configs, g, struct kafc_mconfig, node))
            if (g->kind == kind && (!h || h->kind != kind || strcmp(h->resource, g->resource) != 0))
                put(l, kind, g->resource);
    return true;
}

static bool put_all(struct listing *l, const struct kafc_list_config_resources_req *q)
{
    static const int8_t all[] = { KAFC_MCONFIG_TOPIC, KAFC_MCONFIG_BROKER, KAFC_MCONFIG_LOGGER,
                                  KAFC_MCONFIG_METRICS, KAFC_MCONFIG_GROUP };

    if (l->rq->version == 0)
        return put_kind(l, KAFC_MCONFIG_METRICS);
    for (size_t i = 0; q->resource_types.n == 0 && i < sizeof all; i++)
        if (!put_kind(l, all[i]))
            return false;
    for (int32_t i = 0; i < q->resource_types.n; i++)
        if (!put_kind(l, q->resource_types.v[i]))
            return false;
    return true;
}

static enum kafc_mdone serve(struct kafc_mrq *rq, const void *req, void *resp)
{
    struct listing l = { rq, resp, 0 };

    l.a->error_code = (int16_t)kafc__mock_refuses_cluster(rq, KAFC_ACL_DESCRIBE_CONFIGS);
    if (l.a->error_code)
        return KAFC_MDONE_ANSWER;
    if (!put_all(&l, req))
        return KAFC_MDONE_CUT;
    l.a->config_resources.v = kafc__msg_array(&kafc_list_config_resources_resp_resource_schema, l.room,
                                              &rq->arena);
    return l.a->config_resources.v && put_all(&l, req) ? KAFC_MDONE_ANSWER : KAFC_MDONE_CUT;
}

const struct kafc_mserve kafc__mock_list_config_resources = {
    KAFC_API_LIST_CONFIG_RESOURCES, 1, serve, 0, { 0 }
};
