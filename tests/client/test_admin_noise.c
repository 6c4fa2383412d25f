/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Brokers that answer calls about replicas, producers, features and groups with
 * random messages of the right type, some of which speak of what was asked. An
 * error or a result, which is read to its end; no crash, no hang, nothing
 * leaked.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/10_find_coordinator.h"
#include "protocol/walk.h"
#include "tests/client/noise.h"
#include "tests/client/raw.h"
#include "tests/support/suite.h"
#include <kafc/features.h>
#include <kafc/groups.h>
#include <kafc/producers.h>
#include <kafc/replicas.h>

enum { ROUNDS = 100 };

static const char name[] = "t"; /* of topics, groups, transactional ids */
static const char *const names[] = { name };
static const kafc_topic_partition part = { name, 0 };

/* Without throttling, for which a client waits; in every other message all that is a code is 0, and all that is a text
 * what was asked for, here and in what is inside. */
static void make_sense(const struct kafc_schema *s, void *msg, int16_t version, bool all)
{
    for (uint16_t i = 0; i < s->nfields; i++) {
        const struct kafc_field *f = &s->field[i];
        char *member = (char *)msg + f->off;
        struct kafc_any_array a = { NULL, 0 };
        kafc_str text = raw_text(name);
        if (!kafc__in(f->on, version) && !kafc__in(f->tagged, version))
            continue;
        if (strcmp(f->name, "ThrottleTimeMs") == 0)
            memset(member, 0, sizeof(int32_t));
        if (all && f->kind == KAFC_I16 && strcmp(f->name, "ErrorCode") == 0)
            memset(member, 0, sizeof(int16_t));
        if (all && f->kind == KAFC_STRING)
            memcpy(member, &text, sizeof(text));
        if (all && f->kind == KAFC_STRUCT)
            make_sense(f->sub, member, version, all);
        if (all && f->kind == KAFC_ARR && f->elem == KAFC_STRUCT)
            a = kafc__array_get(member);
        for (int32_t k = 0; k < a.n; k++)
            make_sense(f->sub, (char *)a.v + (size_t)k * f->sub->size, version, all);
    }
}

static bool random_serve(struct script *s, int32_t broker, const struct peer_request *q,
                         const void *req, void *resp, struct kafc_arena *a)
{
    const struct kafc_find_coordinator_req *f = req;
    struct kafc_find_coordinator_resp *r = resp;
    (void)s, (void)broker;
    ck_assert(kafc__msg_random(q->api->resp, resp, q->h.version, &noise_rand, a));
    make_sense(q->api->resp, resp, q->h.version, kafc__rand_below(&noise_rand, 2));
    if (q->api->key != KAFC_API_FIND_COORDINATOR || !kafc__rand_below(&noise_rand, 8))
        return true;
    r->coordinators.n = f->coordinator_keys.n;
    r->coordinators.v = kafc__msg_array(&kafc_find_coordinator_resp_coordinator_schema,
                                        r->coordinators.n, a);
    r->error_code = 0;
    for (int32_t i = 0; i < r->coordinators.n; i++) {
        r->coordinators.v[i].key = f->coordinator_keys.v[i];
        r->coordinators.v[i].node_id = 1;
    }
    return true;
}

/* --- Results read to their end --------------------------------------------------------------- */

static void read_parts(const kafc_topic_partition *v, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        noise_text(v[i].topic);
}

static void read_member(const kafc_group_member *m)
{
    noise_text(m->member_id);
    noise_text(m->instance_id);
    noise_text(m->rack);
    noise_text(m->pattern);
    for (int32_t i = 0; i < m->ntopics; i++)
        noise_text(m->topics[i]);
    read_parts(m->assigned, m->nassigned);
}

/* --- Calls --------------------------------------------------------------------------------------- */

static void reassignments(void)
{
    int32_t to[] = { 1, 2 };
    kafc_reassignment q = { .topic = name, .replicas = to, .nreplicas = 2 };
    kafc_reassignment_list *l;
    noise_results += kafc_admin_reassign_partitions(raw_client, &q, 1, false, NOISE_SHORT_MS, &raw_err) == KAFC_OK;
    (void)kafc_admin_list_reassignments(raw_client, NULL, KAFC_ALL_PARTITIONS, NOISE_SHORT_MS, &l, &raw_err);
    noise_results += l != NULL;
    for (int32_t i = 0; l && i < l->npartitions; i++) {
        noise_text(l->partitions[i].topic);
        noise_ids(l->partitions[i].replicas, l->partitions[i].nreplicas);
        noise_ids(l->partitions[i].adding, l->partitions[i].nadding);
        noise_ids(l->partitions[i].removing, l->partitions[i].nremoving);
    }
    kafc_reassignment_list_free(l);
}

static void elections(void)
{
    kafc_election_results *e;
    (void)kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, &part,
                                   kafc__rand_below(&noise_calls, 2) ? 1 : KAFC_ALL_PARTITIONS, NOISE_SHORT_MS, &e,
                                   &raw_err);
    noise_results += e != NULL;
    for (int32_t i = 0; e && i < e->npartitions; i++) {
        noise_text(e->partitions[i].topic);
        noise_text(e->partitions[i].message);
    }
    kafc_election_results_free(e);
}

static void log_dirs(void)
{
    static const int32_t some[] = { 2, 1 };
    kafc_replica_move q = { .topic = name, .broker = 1, .path = "/a" };
    kafc_log_dirs *d;
    (void)kafc_admin_describe_log_dirs(raw_client, some, kafc__rand_below(&noise_calls, 2) ? 2 : 0, NULL,
                                       KAFC_ALL_PARTITIONS, NOISE_SHORT_MS, &d, &raw_err);
    noise_results += d != NULL;
    for (int32_t i = 0; d && i < d->ndirs; i++) {
        noise_text(d->dirs[i].path);
        for (int32_t k = 0; k < d->dirs[i].nreplicas; k++)
            noise_text(d->dirs[i].replicas[k].topic);
    }
    kafc_log_dirs_free(d);
    (void)kafc_admin_alter_replica_log_dirs(raw_client, &q, 1, NOISE_SHORT_MS, &raw_err);
}

static void producers(void)
{
    kafc_producer_list *l;
    kafc_producer_state s = { .producer_id = 1 };
    (void)kafc_admin_describe_producers(raw_client, &part, 1, KAFC_BY_ROUTE, NOISE_SHORT_MS, &l, &raw_err);
    noise_results += l != NULL;
    for (int32_t i = 0; l && i < l->partitions[0].nproducers; i++)
        noise_sum += (size_t)l->partitions[0].producers[i].producer_id;
    kafc_producer_list_free(l);
    (void)kafc_admin_abort_transaction(raw_client, name, 0, &s, NOISE_SHORT_MS, &raw_err);
}

static void transactions(void)
{
    kafc_transaction_list *l;
    kafc_transaction_descriptions *d;
    kafc_fenced_producer q = { .transactional_id = name };
    (void)kafc_admin_list_transactions(raw_client, NULL, NOISE_SHORT_MS, &l, &raw_err);
    for (int32_t i = 0; l && i < l->ntransactions; i++)
        noise_text(l->transactions[i].transactional_id);
    kafc_transaction_list_free(l);
    (void)kafc_admin_describe_transactions(raw_client, names, 1, NOISE_SHORT_MS, &d, &raw_err);
    noise_results += d && d->transactions[0].result == KAFC_OK;
    if (d)
        read_parts(d->transactions[0].partitions, d->transactions[0].npartitions);
    kafc_transaction_descriptions_free(d);
    (void)kafc_admin_fence_producers(raw_client, &q, 1, NOISE_SHORT_MS, &raw_err);
}

static void features(void)
{
    kafc_feature_update q = { .feature = name, .level = 1 };
    noise_results += kafc_admin_update_features(raw_client, &q, 1, false, NOISE_SHORT_MS, &raw_err) == KAFC_OK;
    noise_results += kafc_admin_unregister_broker(raw_client, 3, NOISE_SHORT_MS, &raw_err) == KAFC_OK;
}

static void groups(void)
{
    kafc_group_descriptions *d;
    kafc_offsets_of_groups *o;
    kafc_member_removal q = { .member_id = name };
    (void)kafc_admin_describe_groups(raw_client, names, 1, NOISE_SHORT_MS, &d, &raw_err);
    noise_results += d && d->groups[0].result == KAFC_OK;
    for (int32_t i = 0; d && i < d->groups[0].nmembers; i++)
        read_member(&d->groups[0].members[i]);
    kafc_group_descriptions_free(d);
    (void)kafc_admin_offsets_of_groups(raw_client, names, 1, false, NOISE_SHORT_MS, &o, &raw_err);
    for (int32_t i = 0; o && i < o->groups[0].noffsets; i++) {
        noise_text(o->groups[0].offsets[i].topic);
        noise_text(o->groups[0].offsets[i].metadata);
    }
    kafc_offsets_of_groups_free(o);
    (void)kafc_admin_remove_members(raw_client, name, &q, 1, NULL, NOISE_SHORT_MS, &raw_err);
}

static void lags(void)
{
    kafc_group_lags *l;
    (void)kafc_admin_group_lags(raw_client, names, 1, KAFC_ISOLATION_DEFAULT, NOISE_SHORT_MS, &l, &raw_err);
    noise_results += l && l->groups[0].npartitions > 0;
    for (int32_t i = 0; l && i < l->groups[0].npartitions; i++) {
        noise_text(l->groups[0].partitions[i].topic);
        if (l->groups[0].partitions[i].member)
            read_member(l->groups[0].partitions[i].member);
    }
    kafc_group_lags_free(l);
}

static void share(void)
{
    kafc_share_offsets *o;
    kafc_share_offset q = { .topic = name };
    kafc_err result;
    (void)kafc_admin_share_group_offsets(raw_client, names, 1, NOISE_SHORT_MS, &o, &raw_err);
    noise_results += o && o->groups[0].result == KAFC_OK;
    for (int32_t i = 0; o && i < o->groups[0].noffsets; i++)
        noise_text(o->groups[0].offsets[i].topic);
    kafc_share_offsets_free(o);
    (void)kafc_admin_alter_share_group_offsets(raw_client, name, &q, 1, NOISE_SHORT_MS, &raw_err);
    (void)kafc_admin_delete_share_group_offsets(raw_client, name, names, 1, &result, NOISE_SHORT_MS,
                                                &raw_err);
}

static void coordinators(void)
{
    kafc_coordinators *f;
    (void)kafc_admin_find_coordinators(raw_client, KAFC_COORDINATED_GROUPS, names, 1, NOISE_SHORT_MS, &f,
                                       &raw_err);
    noise_results += f && f->coordinators[0].result == KAFC_OK;
    if (f)
        noise_text(f->coordinators[0].host);
    kafc_coordinators_free(f);
}

static void (*const calls[])(void) = {
    reassignments, elections, log_dirs, producers, transactions,
    features,      groups,    lags,     share,     coordinators
};
enum { CALLS = sizeof calls / sizeof *calls };

START_TEST(anything_may_be_the_answer)
{
    noise_run(random_serve, name, calls[_i], ROUNDS, _i);
}
END_TEST

SUITE_LOOPS("client/admin_noise", 60, LOOP(anything_may_be_the_answer, 0, CALLS))
