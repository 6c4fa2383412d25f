/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What of kafc_admin_* the command does not do, on real brokers:
 *
 *   administer made BROKERS TOPIC PARTITIONS REPLICAS NAME=VALUE   makes it; what was made of it
 *   administer operations BROKERS TOPIC                            what may be done with it, and with the cluster
 *   administer replace BROKERS TOPIC NAME=VALUE                    has no other config then
 *   administer delete-id BROKERS TOPIC                             by its id; and once more
 *   administer delete-records BROKERS TOPIC OFFSET|end             of partition 0; where the log begins then
 *   administer epoch BROKERS TOPIC EPOCH                           of partition 0; where it ends
 *   administer place BROKERS TOPIC first|last|max|local|tiered|MS  offset and timestamp in partition 0
 *
 * Prints a line, or on standard error what went wrong, and exits with 1. tests/interop/run builds it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <kafc/cluster.h>
#include <kafc/topics.h>

enum { PATIENCE = 20000 }; /* ms */

static kafc_client *client;
static kafc_error err;

static void must(kafc_err e, const char *what)
{
    if (!e)
        return;
    fprintf(stderr, "admin: %s: %s: %s\n", what, kafc_err_name(e), err.message);
    exit(1);
}

static kafc_config config_of(char *arg)
{
    char *eq = strchr(arg, '=');

    *eq = 0;
    return (kafc_config){ arg, eq + 1 };
}

static void made(const char *topic, char **arg)
{
    kafc_config c = config_of(arg[2]);
    kafc_new_topic t = { .name = topic, .partitions = atoi(arg[0]), .replication = atoi(arg[1]), .configs = &c,
                         .nconfigs = 1 };
    static const kafc_uuid none;
    kafc_created_topics *m;

    must(kafc_admin_create_topics(client, &t, 1, NULL, PATIENCE, &m, &err), "create");
    printf("partitions %d replicas %d id %s configs %s", m->topics[0].partitions, m->topics[0].replication,
           memcmp(&m->topics[0].id, &none, sizeof none) ? "yes" : "no", m->topics[0].nconfigs > 10 ? "yes" : "no");
    for (int32_t i = 0; i < m->topics[0].nconfigs; i++)
        if (m->topics[0].configs[i].source == KAFC_SOURCE_TOPIC)
            printf(" %s=%s", m->topics[0].configs[i].name, m->topics[0].configs[i].value);
    putchar('\n');
    kafc_created_topics_free(m);
}

static void operations(const char *topic, char **arg)
{
    kafc_topic_descriptions *t;
    kafc_cluster_description *c;

    (void)arg;
    must(kafc_admin_describe_topics(client, &topic, 1, PATIENCE, &t, &err), "describe");
    must(kafc_admin_describe_cluster(client, NULL, PATIENCE, &c, &err), "cluster");
    printf("topic %x cluster %x\n", t->topics[0].operations, c->operations);
    kafc_topic_descriptions_free(t);
    kafc_cluster_description_free(c);
}

static void replace(const char *topic, char **arg)
{
    kafc_config c = config_of(arg[0]);
    kafc_config_replacement q = { .of = { KAFC_CONFIG_TOPIC, topic }, .configs = &c, .nconfigs = 1 };

    must(kafc_admin_replace_configs(client, &q, 1, false, PATIENCE, &err), "replace");
    puts("replaced");
}

static void delete_id(const char *topic, char **arg)
{
    kafc_metadata *m;
    kafc_uuid id;
    kafc_err result;

    (void)arg;
    must(kafc_client_metadata(client, &topic, 1, PATIENCE, &m, &err), "metadata");
    id = m->topics[0].id;
    kafc_metadata_free(m);
    must(kafc_admin_delete_topic_ids(client, &id, 1, &result, PATIENCE, &err), "delete");
    do /* until the broker that is asked has heard of it */
        result = kafc_admin_delete_topic_ids(client, &id, 1, NULL, PATIENCE, &err);
    while (result == KAFC_OK);
    printf("deleted, then %s\n", kafc_err_name(result));
}

static void delete_records(const char *topic, char **arg)
{
    kafc_deletion q = { .topic = topic,
                        .before = strcmp(arg[0], "end") == 0 ? KAFC_LAST : KAFC_AT(atoll(arg[0])) };

    must(kafc_admin_delete_records(client, &q, 1, PATIENCE, &err), "delete records");
    printf("begins at %lld\n", (long long)q.log_start);
}

static void epoch(const char *topic, char **arg)
{
    kafc_epoch_end q = { .topic = topic, .leader_epoch = atoi(arg[0]) };

    must(kafc_admin_epoch_ends(client, &q, 1, PATIENCE, &err), "epoch");
    printf("epoch %d ends at %lld\n", q.found_epoch, (long long)q.offset);
}

static void place(const char *topic, char **arg)
{
    const struct {
        const char *name;
        kafc_position at;
    } known[] = { { "first", KAFC_FIRST },
                  { "last", KAFC_LAST },
                  { "max", KAFC_MAX_TIMESTAMP },
                  { "local", KAFC_FIRST_LOCAL },
                  { "tiered", KAFC_LAST_TIERED } };
    kafc_offset_query q = { .topic = topic, .at = KAFC_AT_TIME(atoll(arg[0])) };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(arg[0], known[i].name) == 0)
            q.at = known[i].at;
    must(kafc_client_offsets(client, &q, 1, KAFC_READ_UNCOMMITTED, PATIENCE, &err), "offsets");
    printf("offset %lld timestamp %lld\n", (long long)q.offset, (long long)q.timestamp);
}

static const struct {
    const char *name;
    void (*run)(const char *topic, char **arg);
    int args;
} known[] = {
    { "made", made, 3 },   { "operations", operations, 0 },         { "replace", replace, 1 },
    { "delete-id", delete_id, 0 }, { "delete-records", delete_records, 1 }, { "epoch", epoch, 1 },
    { "place", place, 1 },
};

int main(int argc, char **argv)
{
    size_t i = 0;

    while (i < sizeof known / sizeof *known &&
           (argc != known[i].args + 4 || strcmp(argv[1], known[i].name) != 0))
        i++;
    if (i == sizeof known / sizeof *known) {
        fprintf(stderr, "usage: admin WHAT BROKERS TOPIC ARG...; see tests/interop/admin.c\n");
        return 2;
    }
    client = kafc_client_open(KAFC_CLIENT(.brokers = argv[2]), &err);
    must(client ? KAFC_OK : err.code, "client");
    known[i].run(argv[3], argv + 4);
    kafc_client_free(client);
    return 0;
}
