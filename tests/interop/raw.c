/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Raw requests through a client, for the interoperability tests:
 *
 *   raw BROKERS API VERSION [ARG]...      version -1: the highest that both know
 *
 * Fills the request with the arguments as its table below says, prints the response as JSON on the first line and on
 * the second who answered: "brokers 1 2 3". tests/interop/run builds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "protocol/api/02_list_offsets.h"
#include "protocol/api/08_offset_commit.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/21_delete_records.h"
#include "protocol/api/32_describe_configs.h"
#include "protocol/api/35_describe_log_dirs.h"
#include "protocol/api/42_delete_groups.h"
#include "protocol/api/60_describe_cluster.h"
#include "protocol/api/61_describe_producers.h"
#include "protocol/api/65_describe_transactions.h"
#include "protocol/api/66_list_transactions.h"
#include "protocol/apis.h"
#include <kafc/client.h>

enum { PATIENCE = 30000, MANY = 64 }; /* ms; partitions, names */

static _Noreturn void die(const char *what, const char *why)
{
    fprintf(stderr, "raw: %s: %s\n", what, why);
    exit(1);
}

static kafc_str text(const char *s)
{
    return (kafc_str){ s, (int32_t)strlen(s) };
}

/* Memory that ends with the process, and the struct's defaults in each of n. */
static void *some(const struct kafc_schema *s, int32_t n)
{
    char *v = calloc((size_t)n, s->size);
    for (int32_t i = 0; v && i < n; i++)
        kafc__msg_defaults(s, v + (size_t)i * s->size);
    return v ? v : (die("malloc", "out of memory"), NULL);
}

static kafc_str *texts(char **arg, int32_t *n)
{
    static kafc_str v[MANY];
    for (*n = 0; arg[*n] && *n < MANY; ++*n)
        v[*n] = text(arg[*n]);
    return v;
}

/* TOPIC PARTITIONS: all of them, from 0. */
static void list_offsets(void *req, char **arg)
{
    struct kafc_list_offsets_req *q = req;
    int32_t n = atoi(arg[1]);
    q->replica_id = -1;
    q->topics.v = some(&kafc_list_offsets_req_topic_schema, q->topics.n = 1);
    q->topics.v->name = text(arg[0]);
    q->topics.v->partitions.v = some(&kafc_list_offsets_req_partition_schema, n);
    q->topics.v->partitions.n = n;
    for (int32_t i = 0; i < n; i++) {
        q->topics.v->partitions.v[i].partition_index = i;
        q->topics.v->partitions.v[i].timestamp = -1;
    }
}

/* TOPIC PARTITIONS OFFSET */
static void delete_records(void *req, char **arg)
{
    struct kafc_delete_records_req *q = req;
    int32_t n = atoi(arg[1]);
    q->timeout_ms = PATIENCE / 2;
    q->topics.v = some(&kafc_delete_records_req_topic_schema, q->topics.n = 1);
    q->topics.v->name = text(arg[0]);
    q->topics.v->partitions.v = some(&kafc_delete_records_req_partition_schema, n);
    q->topics.v->partitions.n = n;
    for (int32_t i = 0; i < n; i++) {
        q->topics.v->partitions.v[i].partition_index = i;
        q->topics.v->partitions.v[i].offset = atoi(arg[2]);
    }
}

/* TOPIC PARTITIONS */
static void describe_producers(void *req, char **arg)
{
    struct kafc_describe_producers_req *q = req;
    static int32_t index[MANY];
    q->topics.v = some(&kafc_describe_producers_req_topic_schema, q->topics.n = 1);
    q->topics.v->name = text(arg[0]);
    q->topics.v->partition_indexes.v = index;
    q->topics.v->partition_indexes.n = atoi(arg[1]);
    for (int32_t i = 0; i < MANY; i++)
        index[i] = i;
}

/* GROUP TOPIC OFFSET: of partition 0, by nobody's member */
static void offset_commit(void *req, char **arg)
{
    struct kafc_offset_commit_req *q = req;
    q->group_id = text(arg[0]);
    q->topics.v = some(&kafc_offset_commit_req_topic_schema, q->topics.n = 1);
    q->topics.v->name = text(arg[1]);
    q->topics.v->partitions.v = some(&kafc_offset_commit_req_partition_schema, 1);
    q->topics.v->partitions.n = 1;
    q->topics.v->partitions.v->committed_offset = atoi(arg[2]);
}

/* GROUP... as versions from 8 on have them: all that they committed */
static void offset_fetch(void *req, char **arg)
{
    struct kafc_offset_fetch_req *q = req;
    const kafc_str *names = texts(arg, &q->groups.n);
    q->groups.v = some(&kafc_offset_fetch_req_group_schema, q->groups.n);
    for (int32_t i = 0; i < q->groups.n; i++) {
        q->groups.v[i].group_id = names[i];
        q->groups.v[i].topics.n = -1;
    }
}

/* GROUP as versions to 7 have it */
static void offset_fetch_one(void *req, char **arg)
{
    struct kafc_offset_fetch_req *q = req;
    q->group_id = text(arg[0]);
    q->topics.n = -1;
}

static void find_coordinator(void *req, char **arg)
{
    ((struct kafc_find_coordinator_req *)req)->key = text(arg[0]);
}

static void describe_groups(void *req, char **arg)
{
    struct kafc_describe_groups_req *q = req;
    q->groups.v = texts(arg, &q->groups.n);
}

static void delete_groups(void *req, char **arg)
{
    struct kafc_delete_groups_req *q = req;
    q->groups_names.v = texts(arg, &q->groups_names.n);
}

static void describe_transactions(void *req, char **arg)
{
    struct kafc_describe_transactions_req *q = req;
    q->transactional_ids.v = texts(arg, &q->transactional_ids.n);
}

/* TOPIC PARTITIONS REPLICAS */
static void create_topics(void *req, char **arg)
{
    struct kafc_create_topics_req *q = req;
    q->timeout_ms = PATIENCE / 2;
    q->topics.v = some(&kafc_create_topics_req_topic_schema, q->topics.n = 1);
    q->topics.v->name = text(arg[0]);
    q->topics.v->num_partitions = atoi(arg[1]);
    q->topics.v->replication_factor = (int16_t)atoi(arg[2]);
}

/* TOPIC */
static void describe_configs(void *req, char **arg)
{
    struct kafc_describe_configs_req *q = req;
    q->resources.v = some(&kafc_describe_configs_req_resource_schema, q->resources.n = 1);
    q->resources.v->resource_type = 2;
    q->resources.v->resource_name = text(arg[0]);
    q->resources.v->configuration_keys.n = -1;
}

static void api_versions(void *req, char **arg)
{
    struct kafc_api_versions_req *q = req;
    (void)arg;
    q->client_software_name = q->client_software_version = text("raw");
}

static void describe_log_dirs(void *req, char **arg)
{
    (void)arg;
    ((struct kafc_describe_log_dirs_req *)req)->topics.n = -1;
}

static void nothing(void *req, char **arg)
{
    (void)req, (void)arg;
}

static const struct {
    const char *name;
    const struct kafc_api *api;
    void (*fill)(void *req, char **arg);
    int args;
} known[] = {
    { "ApiVersions", &kafc_api_versions_api, api_versions, 0 },
    { "CreateTopics", &kafc_create_topics_api, create_topics, 3 },
    { "DeleteGroups", &kafc_delete_groups_api, delete_groups, 1 },
    { "DeleteRecords", &kafc_delete_records_api, delete_records, 3 },
    { "DescribeCluster", &kafc_describe_cluster_api, nothing, 0 },
    { "DescribeConfigs", &kafc_describe_configs_api, describe_configs, 1 },
    { "DescribeGroups", &kafc_describe_groups_api, describe_groups, 1 },
    { "DescribeLogDirs", &kafc_describe_log_dirs_api, describe_log_dirs, 0 },
    { "DescribeProducers", &kafc_describe_producers_api, describe_producers, 2 },
    { "DescribeTransactions", &kafc_describe_transactions_api, describe_transactions, 1 },
    { "FindCoordinator", &kafc_find_coordinator_api, find_coordinator, 1 },
    { "ListGroups", &kafc_list_groups_api, nothing, 0 },
    { "ListOffsets", &kafc_list_offsets_api, list_offsets, 2 },
    { "ListTransactions", &kafc_list_transactions_api, nothing, 0 },
    { "OffsetCommit", &kafc_offset_commit_api, offset_commit, 3 },
    { "OffsetFetch", &kafc_offset_fetch_api, offset_fetch, 1 },
    { "OffsetFetchOne", &kafc_offset_fetch_api, offset_fetch_one, 1 },
};

static void print(const struct kafc_api *api, const kafc_answer *a)
{
    int16_t version = a->parts[0].version;
    size_t n = kafc__msg_to_json(api->resp, a->resp, version, NULL, 0) + 1;
    char *json = calloc(n, 1);
    if (!json)
        die("malloc", "out of memory");
    (void)kafc__msg_to_json(api->resp, a->resp, version, json, n);
    printf("%s\nbrokers", json);
    for (int32_t i = 0; i < a->nparts; i++)
        printf(" %d", (int)a->parts[i].broker);
    printf("\n");
    free(json);
}

int main(int argc, char **argv)
{
    size_t i = 0, n = sizeof(known) / sizeof(*known);
    while (argc > 3 && i < n && strcmp(known[i].name, argv[2]) != 0)
        i++;
    if (argc < 4 || i == n || argc - 4 < known[i].args)
        die("usage", "see the top of raw.c");
    kafc_error err;
    kafc_answer *a;
    const struct kafc_api *api = known[i].api;
    void *req = some(api->req, 1);
    known[i].fill(req, argv + 4);
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = argv[1]), &err);
    if (!c)
        die("open", err.message);
    if (kafc_client_call(c, api, atoi(argv[3]), req, KAFC_BY_ROUTE, PATIENCE, &a, &err))
        die(argv[2], err.message);
    print(api, a);
    kafc_answer_free(a);
    kafc_client_free(c);
    free(req);
    return fflush(stdout) ? 1 : 0;
}
