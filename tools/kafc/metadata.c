/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc metadata: brokers, topics, partitions.
 */
#include "tools/kafc/tool.h"

static void print_ids(const char *name, const int32_t *v, int32_t n)
{
    printf(", %s: ", name);
    for (int32_t i = 0; i < n; i++)
        printf("%s%d", i ? "," : "", v[i]);
}

static void print_topic(const kafc_topic *t)
{
    printf("  topic \"%s\" with %d partitions:", t->name, t->npartitions);
    if (t->err)
        printf(" %s: %s", kafc_err_name(t->err), kafc_err_text(t->err));
    putchar('\n');
    for (int32_t i = 0; i < t->npartitions; i++) {
        const kafc_partition *p = &t->partitions[i];

        printf("    partition %d, leader %d", p->id, p->leader);
        print_ids("replicas", p->replicas, p->nreplicas);
        print_ids("isrs", p->isr, p->nisr);
        if (p->err)
            printf(", %s", kafc_err_name(p->err));
        putchar('\n');
    }
}

static void print_text(const kafc_metadata *m)
{
    printf("cluster %s\n", m->cluster_id ? m->cluster_id : "without an id");
    printf(" %d brokers:\n", m->nbrokers);
    for (int32_t i = 0; i < m->nbrokers; i++) {
        const kafc_broker *b = &m->brokers[i];

        printf("  broker %d at %s:%d%s%s%s\n", b->id, b->host, b->port, b->rack ? ", rack " : "",
               b->rack ? b->rack : "", b->id == m->controller ? " (controller)" : "");
    }
    printf(" %d topics:\n", m->ntopics);
    for (int32_t i = 0; i < m->ntopics; i++)
        print_topic(&m->topics[i]);
}

int tool_metadata(const struct tool_options *o)
{
    kafc_client *c = tool_client(o);
    kafc_metadata *m;
    kafc_error err;
    int status = TOOL_OK;

    if (!c)
        return TOOL_USAGE;
    if (kafc_client_metadata(c, o->topics, o->ntopics ? o->ntopics : KAFC_ALL_TOPICS, 10000, &m, &err)) {
        status = tool_fail(TOOL_FAILED, "%s", err.message);
    } else {
        if (o->json)
            (void)tool_json_metadata(stdout, m);
        else
            print_text(m);
        for (int32_t i = 0; i < m->ntopics && o->ntopics; i++)
            if (m->topics[i].err)
                status = tool_fail_topic(m->topics[i].name, m->topics[i].err);
        kafc_metadata_free(m);
    }
    kafc_client_free(c);
    return status;
}
