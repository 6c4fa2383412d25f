/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Statistics for the application: of a client, and the text of clients and all
 * that hangs on them. Any thread.
 */
#include "client/client.h"
#include "protocol/json_text.h"

/* --- Who is in the text of a client ------------------------------------------------- */

void kafc__client_source_add(kafc_client *c, struct kafc_metrics_source *s)
{
    static atomic_uint_least64_t serials;
    s->serial = atomic_fetch_add(&serials, 1) + 1;
    kafc__lock(&c->sources_lock);
    if (s->kind && s->number == 0)
        s->number = ++c->last_source;
    kafc__list_push(&c->sources, &s->node);
    kafc__unlock(&c->sources_lock);
}

void kafc__client_source_remove(kafc_client *c, struct kafc_metrics_source *s)
{
    kafc__lock(&c->sources_lock);
    kafc__list_del(&s->node);
    kafc__unlock(&c->sources_lock);
}

/* --- A client ------------------------------------------------------------------------- */

void kafc_client_stats_get(const kafc_client *c, kafc_client_stats *out)
{
    bool ours = kafc__client_check(c, NULL) == KAFC_OK;
    if (out)
        kafc__metrics_get(&kafc__client_metrics, ours ? kafc__core_stats(c->core) : NULL, out);
}

kafc_err kafc_client_stats_since(const kafc_client *c, kafc_stats_mark **mark,
                                 kafc_client_stats *out, kafc_error *err)
{
    kafc_err rc = kafc__client_check(c, err);
    if (rc != KAFC_OK)
        return rc;
    return kafc__metrics_since(&c->source, &c->mem, mark, out, err);
}

/* --- Its APIs and brokers ----------------------------------------------------------------- */

bool kafc_client_api_stats_get(const kafc_client *c, int32_t i, kafc_api_stats *out)
{
    const struct kafc_api_traffic *a = NULL;
    if (kafc__client_check(c, NULL) == KAFC_OK && out && out->size >= offsetof(kafc_api_stats, version))
        a = kafc__traffic_api_at(&kafc__core_stats(c->core)->traffic, i);
    if (!a)
        return false;
    out->name = a->api->name;
    out->api = a->api->key;
    kafc__metrics_get(&kafc__api_metrics, a, out);
    return true;
}

bool kafc_client_broker_stats_get(const kafc_client *c, int32_t i, kafc_broker_stats *out)
{
    const struct kafc_node_traffic *n = NULL;
    if (kafc__client_check(c, NULL) == KAFC_OK && out &&
        out->size >= offsetof(kafc_broker_stats, connections))
        n = kafc__traffic_node_at(&kafc__core_stats(c->core)->traffic, i);
    if (!n)
        return false;
    out->broker = n->node;
    kafc__metrics_get(&kafc__node_metrics, n, out);
    return true;
}

/* --- Text --------------------------------------------------------------------------------- */

static const struct kafc_metrics *const tables[] = { &kafc__client_metrics,
                                                     &kafc__api_metrics,
                                                     &kafc__node_metrics,
                                                     &kafc__producer_metrics,
                                                     &kafc__consumer_metrics,
                                                     &kafc__group_metrics };

struct metric_out {
    struct kafc_json_out *x;
    const struct kafc_metric *m;
    bool head; /* HELP and TYPE are written */
};

static void put_sample(struct metric_out *o, const struct kafc_metrics_source *s, const char *client)
{
    if (!o->head)
        kafc__metrics_head(o->x, o->m);
    o->head = true;
    kafc__metrics_sample(o->x, o->m, s, client);
}

/* One metric of all that have it: its lines must stand together. */
static void put_metric(struct kafc_json_out *x, const struct kafc_metrics *t,
                       const struct kafc_metric *m, const kafc_client *const *clients, int32_t n)
{
    struct metric_out o = { x, m, false };
    struct kafc_metrics_source part;
    for (int32_t i = 0; i < n; i++) {
        kafc_client *c = (kafc_client *)(uintptr_t)clients[i]; /* its lock alone is written to */
        if (kafc__client_check(c, NULL) != KAFC_OK)
            continue;
        kafc__lock(&c->sources_lock);
        struct kafc_metrics_source *s = KAFC_LIST_FIRST(&c->sources, struct kafc_metrics_source,
                                                        node);
        for (; s; s = KAFC_LIST_NEXT(&c->sources, s, struct kafc_metrics_source, node)) {
            if (s->table == t)
                put_sample(&o, s, c->o.client_id);
            for (int32_t k = 0; t->part && s->table == &kafc__client_metrics &&
                                t->part(s->object, k, &part);
                 k++)
                put_sample(&o, &part, c->o.client_id);
        }
        kafc__unlock(&c->sources_lock);
    }
}

size_t kafc_stats_text(const kafc_client *const *clients, int32_t n, char *buf, size_t cap)
{
    struct kafc_json_out x = { buf, cap ? cap - 1 : 0, 0 };
    for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++)
        for (size_t i = 0; i < tables[k]->n; i++)
            put_metric(&x, tables[k], &tables[k]->row[i], clients, n);
    if (cap)
        buf[x.n < x.cap ? x.n : x.cap] = '\0';
    return x.n;
}
