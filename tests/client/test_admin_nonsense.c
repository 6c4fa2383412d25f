/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Brokers that answer calls of administration with anything that can be
 * encoded: random messages of the right type, some of which speak of what was
 * asked. An error or a result, which is read to its end; no crash, no hang,
 * nothing leaked.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/18_api_versions.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/20_delete_topics.h"
#include "protocol/api/21_delete_records.h"
#include "protocol/api/23_offset_for_leader_epoch.h"
#include "protocol/api/32_describe_configs.h"
#include "protocol/api/33_alter_configs.h"
#include "protocol/api/37_create_partitions.h"
#include "protocol/api/44_incremental_alter_configs.h"
#include "protocol/api/55_describe_quorum.h"
#include "protocol/api/60_describe_cluster.h"
#include "protocol/api/74_list_config_resources.h"
#include "protocol/api/75_describe_topic_partitions.h"
#include "tests/client/noise.h"
#include "tests/client/raw.h"
#include "tests/support/suite.h"
#include <kafc/cluster.h>
#include <kafc/topics.h>

enum { ROUNDS = 150 };

static const char topic[] = "t";

/* What was asked stands in it, as far as there is room. */
static void speak_of_it(const struct kafc_api *api, void *resp)
{
    switch (api->key) {
#define NAMED(key, type, list, field) \
    case key: { \
        type *r = resp; \
        if (r->list.n > 0) { \
            r->list.v[0].field = raw_text(topic); \
            r->list.v[0].error_code = 0; \
        } \
        break; \
    }
#define RESOURCE(key, type, list) \
    case key: { \
        type *r = resp; \
        if (r->list.n > 0) { \
            r->list.v[0].resource_type = KAFC_CONFIG_TOPIC; \
            r->list.v[0].resource_name = raw_text(topic); \
            r->list.v[0].error_code = 0; \
        } \
        break; \
    }
        NAMED(KAFC_API_CREATE_TOPICS, struct kafc_create_topics_resp, topics, name)
        NAMED(KAFC_API_DELETE_TOPICS, struct kafc_delete_topics_resp, responses, name)
        NAMED(KAFC_API_CREATE_PARTITIONS, struct kafc_create_partitions_resp, results, name)
        NAMED(KAFC_API_DESCRIBE_TOPIC_PARTITIONS, struct kafc_describe_topic_partitions_resp, topics, name)
        RESOURCE(KAFC_API_DESCRIBE_CONFIGS, struct kafc_describe_configs_resp, results)
        RESOURCE(KAFC_API_ALTER_CONFIGS, struct kafc_alter_configs_resp, responses)
        RESOURCE(KAFC_API_INCREMENTAL_ALTER_CONFIGS, struct kafc_incremental_alter_configs_resp, responses)
    case KAFC_API_DESCRIBE_CLUSTER: ((struct kafc_describe_cluster_resp *)resp)->error_code = 0; break;
    case KAFC_API_DESCRIBE_QUORUM: {
        struct kafc_describe_quorum_resp *r = resp;
        r->error_code = 0;
        r->topics.n = r->topics.n > 1 ? 1 : r->topics.n;
        if (r->topics.n == 1 && r->topics.v[0].partitions.n > 0) {
            r->topics.v[0].partitions.n = 1;
            r->topics.v[0].partitions.v[0].error_code = 0;
        }
        break;
    }
    case KAFC_API_LIST_CONFIG_RESOURCES: ((struct kafc_list_config_resources_resp *)resp)->error_code = 0; break;
    default: break;
    }
}

/* Else the client would leave the broker alone for as long. */
static void no_throttling(const struct kafc_schema *s, void *resp)
{
    for (uint16_t i = 0; i < s->nfields; i++)
        if (strcmp(s->field[i].name, "ThrottleTimeMs") == 0)
            memset((char *)resp + s->field[i].off, 0, sizeof(int32_t));
}

static bool random_serve(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                         void *resp, struct kafc_arena *a)
{
    (void)s, (void)broker, (void)req;
    ck_assert(kafc__msg_random(q->api->resp, resp, q->h.version, &noise_rand, a));
    no_throttling(q->api->resp, resp);
    if (kafc__rand_below(&noise_rand, 4))
        speak_of_it(q->api, resp);
    return true;
}

/* --- Results read to their end --------------------------------------------------------------- */

static void read_topics(kafc_topic_descriptions *d)
{
    noise_results += d != NULL;
    for (int32_t i = 0; d && i < d->ntopics; i++) {
        noise_text(d->topics[i].name);
        for (int32_t k = 0; k < d->topics[i].npartitions; k++) {
            const kafc_partition *p = &d->topics[i].partitions[k];
            noise_ids(p->replicas, p->nreplicas);
            noise_ids(p->isr, p->nisr);
            noise_ids(p->offline, p->noffline);
            noise_ids(p->eligible, p->neligible);
            noise_ids(p->last_eligible, p->nlast_eligible);
        }
    }
    kafc_topic_descriptions_free(d);
}

static void read_entries(const kafc_config_entry *e, int32_t n)
{
    for (int32_t i = 0; i < n; i++) {
        noise_text(e[i].name);
        noise_text(e[i].value);
        noise_text(e[i].documentation);
        for (int32_t k = 0; k < e[i].nsynonyms; k++) {
            noise_text(e[i].synonyms[k].name);
            noise_text(e[i].synonyms[k].value);
        }
    }
}

static void read_cluster(kafc_cluster_description *d)
{
    noise_results += d != NULL;
    for (int32_t i = 0; d && i < d->nnodes; i++) {
        noise_text(d->nodes[i].host);
        noise_text(d->nodes[i].rack);
    }
    kafc_cluster_description_free(d);
}

static void read_quorum(kafc_quorum *q)
{
    noise_results += q != NULL;
    for (int32_t i = 0; q && i < q->nreplicas; i++)
        noise_sum += (size_t)q->replicas[i].offset;
    for (int32_t i = 0; q && i < q->naddresses; i++) {
        noise_text(q->addresses[i].host);
        noise_text(q->addresses[i].listener);
    }
    kafc_quorum_free(q);
}

/* --- Calls --------------------------------------------------------------------------------------- */

static void create(void)
{
    static const kafc_create_options how = { .no_wait = true };
    kafc_new_topic t = { .name = topic };
    kafc_created_topics *made;
    (void)kafc_admin_create_topics(raw_client, &t, 1, &how, NOISE_SHORT_MS, &made, &raw_err);
    noise_results += made && made->topics[0].result == KAFC_OK;
    for (int32_t i = 0; made && i < made->ntopics; i++)
        read_entries(made->topics[i].configs, made->topics[i].nconfigs);
    kafc_created_topics_free(made);
}

static void grow_and_delete(void)
{
    static const kafc_create_options how = { .no_wait = true };
    static const char *const name = topic;
    kafc_grown_topic g = { .name = topic, .partitions = 9 };
    kafc_err result;
    noise_results += kafc_admin_grow_topics(raw_client, &g, 1, &how, NOISE_SHORT_MS, &raw_err) == KAFC_OK;
    (void)kafc_admin_delete_topics(raw_client, &name, 1, &result, NOISE_SHORT_MS, &raw_err);
}

static void describe(void)
{
    static const char *const name = topic;
    kafc_topic_descriptions *d;
    (void)kafc_admin_describe_topics(raw_client, &name, kafc__rand_below(&noise_calls, 2) ? 1 : KAFC_ALL_TOPICS,
                                     NOISE_SHORT_MS, &d, &raw_err);
    read_topics(d);
}

static void records(void)
{
    kafc_deletion q = { .topic = topic, .before = KAFC_AT(1) };
    kafc_epoch_end e = { .topic = topic };
    (void)kafc_admin_delete_records(raw_client, &q, 1, NOISE_SHORT_MS, &raw_err);
    (void)kafc_admin_epoch_ends(raw_client, &e, 1, NOISE_SHORT_MS, &raw_err);
    noise_results++; /* nothing to be read */
}

static void configs(void)
{
    static const kafc_config_query q[] = { { .of = { KAFC_CONFIG_TOPIC, topic } },
                                           { .of = { KAFC_CONFIG_BROKER, "2" } } };
    kafc_config_descriptions *d;
    kafc_config_resources *r;
    (void)kafc_admin_describe_configs(raw_client, q, 2, 3, NOISE_SHORT_MS, &d, &raw_err);
    noise_results += d && d->resources[0].result == KAFC_OK;
    for (int32_t i = 0; d && i < d->nresources; i++)
        read_entries(d->resources[i].entries, d->resources[i].nentries);
    kafc_config_descriptions_free(d);
    (void)kafc_admin_list_config_resources(raw_client, 0, NOISE_SHORT_MS, &r, &raw_err);
    for (int32_t i = 0; r && i < r->nresources; i++)
        noise_text(r->resources[i].name);
    kafc_config_resources_free(r);
}

static void change(void)
{
    kafc_config_change g = { .name = "a", .value = "b" };
    kafc_config_changes c[] = { { .of = { KAFC_CONFIG_TOPIC, topic }, .changes = &g, .nchanges = 1 },
                                { .of = { KAFC_CONFIG_BROKER, "1" }, .changes = &g, .nchanges = 1 } };
    kafc_config_replacement r = { .of = { KAFC_CONFIG_TOPIC, topic } };
    (void)kafc_admin_alter_configs(raw_client, c, 2, false, NOISE_SHORT_MS, &raw_err);
    (void)kafc_admin_replace_configs(raw_client, &r, 1, false, NOISE_SHORT_MS, &raw_err);
    noise_results += c[0].result == KAFC_OK || r.result == KAFC_OK;
}

static void cluster(void)
{
    kafc_cluster_description *d;
    kafc_quorum *q;
    (void)kafc_admin_describe_cluster(raw_client, NULL, NOISE_SHORT_MS, &d, &raw_err);
    read_cluster(d);
    (void)kafc_admin_describe_quorum(raw_client, NOISE_SHORT_MS, &q, &raw_err);
    read_quorum(q);
}

static void (*const calls[])(void) = { create, grow_and_delete, describe, records, configs, change, cluster };
enum { CALLS = sizeof calls / sizeof *calls };

START_TEST(anything_may_be_the_answer)
{
    noise_run(random_serve, topic, calls[_i], ROUNDS, _i);
}
END_TEST

SUITE_LOOPS("client/admin_nonsense", 60, LOOP(anything_may_be_the_answer, 0, CALLS))
