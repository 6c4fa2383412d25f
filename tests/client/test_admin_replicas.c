/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reassignments and elections: against the mock in every version, and against
 * scripted brokers for what the mock does not do.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "protocol/api/43_elect_leaders.h"
#include "protocol/api/45_alter_partition_reassignments.h"
#include "protocol/api/46_list_partition_reassignments.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/replicas.h>

enum { WAIT = 10000, ELECT = 43, REASSIGN = 45, LIST = 46 };

static const int32_t on_3[] = { 3 }, on_2_3[] = { 2, 3 }, on_9[] = { 9 };

/* "2 3/2": replicas of a partition of "t", and who leads. */
static void stands(int32_t partition, const char *want)
{
    static const char *const topic = "t";
    char got[100] = "";
    kafc_metadata *m;
    raw_ok(kafc_client_metadata(raw_client, &topic, 1, WAIT, &m, &raw_err));
    const kafc_partition *p = &m->topics[0].partitions[partition];
    for (int32_t i = 0; i < p->nreplicas; i++)
        (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%d", i ? " " : "",
                       (int)p->replicas[i]);
    (void)snprintf(got + strlen(got), sizeof got - strlen(got), "/%d", (int)p->leader);
    kafc_metadata_free(m);
    ck_assert_str_eq(got, want);
}

static kafc_reassignment *one(int32_t partition, const int32_t *replicas, int32_t n)
{
    static kafc_reassignment q;
    q = (kafc_reassignment){ .topic = "t", .partition = partition, .replicas = replicas };
    q.nreplicas = n;
    q.result = KAFC_ERR_CLOSED;
    return &q;
}

static kafc_err reassign(int32_t partition, const int32_t *replicas, int32_t n)
{
    kafc_reassignment *q = one(partition, replicas, n);
    kafc_err rc = kafc_admin_reassign_partitions(raw_client, q, 1, false, WAIT, &raw_err);
    ck_assert_int_eq(q->result, rc);
    return rc;
}

/* --- Reassign ----------------------------------------------------------------------------- */

START_TEST(replicas_move_and_what_waits_is_listed)
{
    static const kafc_topic_partition some[] = { { "t", 1 }, { "t", 0 }, { "never was", 0 } };
    kafc_reassignment_list *l;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, REASSIGN, 0, (int16_t)_i));
    raw_ok(reassign(0, on_2_3, 2));
    stands(0, "2 3/2");
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    raw_ok(reassign(1, on_3, 1));
    stands(1, "3 2/2");
    for (int named = 0; named < 2; named++) {
        raw_ok(kafc_admin_list_reassignments(raw_client, named ? some : NULL,
                                             named ? 3 : KAFC_ALL_PARTITIONS, WAIT, &l, &raw_err));
        ck_assert_int_eq(l->npartitions, 1);
        ck_assert_str_eq(l->partitions[0].topic, "t");
        ck_assert_int_eq(l->partitions[0].partition, 1);
        ck_assert_int_eq(l->partitions[0].nreplicas, 2);
        ck_assert_int_eq(l->partitions[0].replicas[0], 3);
        ck_assert_int_eq(l->partitions[0].nadding, 1);
        ck_assert_int_eq(l->partitions[0].adding[0], 3);
        ck_assert_int_eq(l->partitions[0].nremoving, 1);
        ck_assert_int_eq(l->partitions[0].removing[0], 2);
        kafc_reassignment_list_free(l);
    }
    raw_ok(reassign(1, NULL, 0));
    stands(1, "2/2");
    ck_assert_int_eq(reassign(1, NULL, 0), KAFC_ERR_NO_REASSIGNMENT_IN_PROGRESS);
    raw_ok(reassign(1, on_3, 1));
    raw_ok(kafc_mock_start_broker(raw_mock, 3));
    stands(1, "3/3");
    raw_ok(
        kafc_admin_list_reassignments(raw_client, NULL, KAFC_ALL_PARTITIONS, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->npartitions, 0);
    raw_close();
    kafc_reassignment_list_free(l); /* outlives the client */
    raw_down();
}
END_TEST

START_TEST(each_partition_has_its_own_result)
{
    kafc_reassignment q[] = {
        { .topic = "u", .partition = 3, .replicas = on_2_3, .nreplicas = 2 },
        { .topic = "t", .partition = 2, .replicas = on_9, .nreplicas = 1 },
        { .topic = "t", .partition = 4, .replicas = on_3, .nreplicas = 1 },
        { .topic = "no", .partition = 0 },
        { .topic = "t", .partition = 0, .replicas = on_3, .nreplicas = 1 },
    };
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, q, 5, false, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 'no' [0] cannot be reassigned: UNKNOWN_TOPIC_OR_PARTITION");
    ck_assert_int_eq(raw_err.api, REASSIGN);
    ck_assert_int_eq(raw_err.broker, 1);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, REASSIGN), 1); /* at once */
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[1].result, KAFC_ERR_INVALID_REPLICA_ASSIGNMENT);
    ck_assert_int_eq(q[2].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[3].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[4].result, KAFC_OK);
    stands(0, "3/3");
    raw_down();
}
END_TEST

START_TEST(the_number_of_replicas_can_be_kept)
{
    kafc_reassignment *q = one(0, on_2_3, 2);
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, q, 1, true, WAIT, &raw_err),
                     KAFC_ERR_INVALID_REPLICATION_FACTOR);
    ck_assert_int_eq(q->result, KAFC_ERR_INVALID_REPLICATION_FACTOR);
    stands(0, "1/1");
    raw_ok(kafc_mock_set_versions(raw_mock, REASSIGN, 0, 0));
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, q, 1, true, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("too old to keep the number of replicas");
    ck_assert_ptr_null(strstr(raw_err.message, "2.4"));
    ck_assert_int_eq(q->result, KAFC_ERR_UNSUPPORTED);
    raw_ok(kafc_admin_reassign_partitions(raw_client, one(0, on_3, 1), 1, false, WAIT, &raw_err));
    raw_down();
}
END_TEST

/* What a request meets on its way, and what comes of it. */
static const struct {
    int16_t api;
    kafc_err code, result;
} codes[] = {
    { REASSIGN, KAFC_ERR_NOT_CONTROLLER, KAFC_OK },
    { REASSIGN, KAFC_ERR_REQUEST_TIMED_OUT, KAFC_OK },
    { REASSIGN, KAFC_ERR_DISCONNECTED, KAFC_OK }, /* to say it twice does no harm */
    { REASSIGN, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED },
    { LIST, KAFC_ERR_NOT_CONTROLLER, KAFC_OK },
    { LIST, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED },
    { ELECT, KAFC_ERR_NOT_CONTROLLER, KAFC_OK },
    { ELECT, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED },
};
enum { CODES = sizeof(codes) / sizeof(*codes) };

START_TEST(codes_pass_or_are_told)
{
    kafc_topic_partition p = { "t", 0 };
    kafc_reassignment_list *l = NULL;
    kafc_election_results *e = NULL;
    kafc_err rc;
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, codes[_i].api, codes[_i].code, 1));
    if (codes[_i].api == REASSIGN)
        rc = reassign(0, on_2_3, 2);
    else if (codes[_i].api == LIST)
        rc = kafc_admin_list_reassignments(raw_client, NULL, KAFC_ALL_PARTITIONS, WAIT, &l,
                                           &raw_err);
    else
        rc = kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, &p, 1, WAIT, &e, &raw_err);
    ck_assert_msg(rc == codes[_i].result, "%s: %s", kafc_err_name(rc), raw_err.message);
    if (rc != KAFC_OK)
        raw_says("cannot be");
    kafc_reassignment_list_free(l);
    kafc_election_results_free(e);
    raw_down();
}
END_TEST

START_TEST(the_next_controller_goes_on)
{
    raw_up(joining_mock());
    raw_ok(reassign(0, on_3, 1));
    raw_ok(kafc_mock_stop_broker(raw_mock, 1));
    raw_ok(reassign(1, on_3, 1));
    stands(1, "3/3");
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 2, REASSIGN), 1);
    raw_down();
}
END_TEST

/* --- Elect ---------------------------------------------------------------------------------- */

static const kafc_topic_partition asked[] = { { "t", 1 }, { "t", 0 } };

START_TEST(the_preferred_replica_leads_again)
{
    kafc_election_results *e;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, ELECT, 0, (int16_t)_i));
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 0, 3));
    raw_ok(
        kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, asked, 2, WAIT, &e, &raw_err));
    ck_assert_int_eq(e->npartitions, 2);
    ck_assert_int_eq(e->partitions[0].partition, 0);
    ck_assert_int_eq(e->partitions[0].result, KAFC_OK);
    ck_assert_ptr_null(e->partitions[0].message);
    ck_assert_int_eq(e->partitions[1].partition, 1);
    ck_assert_int_eq(e->partitions[1].result, KAFC_ERR_ELECTION_NOT_NEEDED);
    ck_assert_ptr_nonnull(e->partitions[1].message);
    kafc_election_results_free(e);
    stands(0, "1 3/1");
    raw_ok(kafc_mock_set_leader(raw_mock, "u", 2, 1));
    raw_ok(kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, NULL, KAFC_ALL_PARTITIONS,
                                    WAIT, &e, &raw_err));
    ck_assert_int_eq(e->npartitions, 1);
    ck_assert_str_eq(e->partitions[0].topic, "u");
    ck_assert_int_eq(kafc_mock_leader(raw_mock, "u", 2, NULL), 3);
    kafc_election_results_free(e);
    raw_down();
}
END_TEST

START_TEST(one_that_is_not_there_leaves_the_others_theirs)
{
    static const kafc_topic_partition p[] = { { "t", 0 }, { "t", 1 }, { "t", 2 }, { "x", 0 } };
    kafc_election_results *e;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 0, 2));
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 2, 2));
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    ck_assert_int_eq(
        kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, p, 4, WAIT, &e, &raw_err),
        KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE);
    raw_says("topic 't' [2]");
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ELECT), 1); /* at once */
    ck_assert_int_eq(e->partitions[0].result, KAFC_OK);
    ck_assert_int_eq(e->partitions[1].result, KAFC_ERR_ELECTION_NOT_NEEDED);
    ck_assert_int_eq(e->partitions[2].result, KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE);
    ck_assert_int_eq(e->partitions[3].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    kafc_election_results_free(e);
    stands(0, "1 2/1");
    ck_assert_int_eq(
        kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, p, 4, WAIT, NULL, NULL),
        KAFC_ERR_PREFERRED_LEADER_NOT_AVAILABLE);
    raw_down();
}
END_TEST

START_TEST(an_unclean_election_gives_a_leader_where_there_is_none)
{
    kafc_election_results *e;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 0, -1));
    raw_ok(kafc_admin_elect_leaders(raw_client, KAFC_ELECT_UNCLEAN, asked, 2, WAIT, &e, &raw_err));
    ck_assert_int_eq(e->partitions[0].result, KAFC_OK);
    ck_assert_int_eq(e->partitions[1].result, KAFC_ERR_ELECTION_NOT_NEEDED);
    kafc_election_results_free(e);
    ck_assert_int_eq(kafc_mock_leader(raw_mock, "t", 0, NULL), 1);
    raw_ok(kafc_mock_set_versions(raw_mock, ELECT, 0, 0));
    ck_assert_int_eq(
        kafc_admin_elect_leaders(raw_client, KAFC_ELECT_UNCLEAN, asked, 2, WAIT, &e, &raw_err),
        KAFC_ERR_UNSUPPORTED);
    raw_says("too old for an unclean election");
    ck_assert_ptr_null(e);
    raw_down();
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------ */

/* An answer that leaves out one partition and tells of two that nobody has named. */
static bool lie(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                void *resp, struct kafc_arena *a)
{
    static const struct {
        const char *topic;
        int32_t partition;
    } told[] = { { "t", 0 }, { "t", 7 }, { "tt", 1 } };
    struct kafc_alter_partition_reassignments_resp *r = resp;
    (void)s, (void)broker, (void)req;
    if (q->api->key != REASSIGN)
        return false;
    r->responses.v = kafc__msg_array(&kafc_alter_partition_reassignments_resp_topic_schema, 3, a);
    for (; r->responses.n < 3; r->responses.n++) {
        struct kafc_alter_partition_reassignments_resp_topic *t = &r->responses.v[r->responses.n];
        t->name = raw_text(told[r->responses.n].topic);
        t->partitions.v = kafc__msg_array(&kafc_alter_partition_reassignments_resp_partition_schema,
                                          1, a);
        t->partitions.n = 1;
        t->partitions.v[0].partition_index = told[r->responses.n].partition;
    }
    return true;
}

START_TEST(what_an_answer_leaves_out_is_told)
{
    static struct script script = { .serve = lie,
                                    .listed = { false, true, true, true },
                                    .controller = 1 };
    kafc_reassignment q[] = { { .topic = "t", .partition = 0 }, { .topic = "t", .partition = 1 } };
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, q, 2, false, WAIT, &raw_err),
                     KAFC_ERR_PROTOCOL);
    raw_says("AlterPartitionReassignments was answered without topic 't' [1]");
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[1].result, KAFC_ERR_PROTOCOL);
    raw_close();
    script_stop(&script);
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    static const kafc_topic_partition wrong[] = { { NULL, 0 }, { "", 0 }, { "t", -1 } };
    static const kafc_topic_partition twice[] = { { "t", 1 }, { "u", 1 }, { "t", 1 } };
    kafc_reassignment_list *l;
    kafc_election_results *e;
    kafc_reassignment none = { .topic = "t", .replicas = on_3 };
    raw_up(joining_mock());
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, &wrong[i], 1, WAIT, &l, NULL),
                         KAFC_ERR_USAGE);
        ck_assert_ptr_null(l);
        ck_assert_int_eq(
            kafc_admin_elect_leaders(raw_client, KAFC_ELECT_UNCLEAN, &wrong[i], 1, WAIT, &e, NULL),
            KAFC_ERR_USAGE);
        ck_assert_ptr_null(e);
    }
    ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, twice, 3, WAIT, &l, &raw_err),
                     KAFC_ERR_USAGE);
    raw_says("'t' [1] is named twice");
    ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, NULL, 1, WAIT, &l, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, twice, -2, WAIT, &l, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, twice, 1, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, twice, 1, 0, &l, NULL),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_list_reassignments(NULL, twice, 1, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_elect_leaders(raw_client, 3, twice, 1, WAIT, &e, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, &none, 1, false, WAIT, &raw_err),
                     KAFC_ERR_USAGE);
    raw_says("'t' [0] on 0 replicas");
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, NULL, 0, false, WAIT, NULL),
                     KAFC_OK);
    ck_assert_int_eq(kafc_client_close(raw_client, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(reassign(0, on_3, 1), KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

START_TEST(brokers_without_it_are_named)
{
    kafc_reassignment_list *l;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_release(raw_mock, "2.1"));
    ck_assert_int_eq(reassign(0, on_3, 1), KAFC_ERR_UNSUPPORTED);
    raw_says("AlterPartitionReassignments");
    raw_says("brokers from 2.4 on know it");
    ck_assert_int_eq(kafc_admin_list_reassignments(raw_client, NULL, -1, WAIT, &l, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("ListPartitionReassignments");
    ck_assert_int_eq(
        kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, asked, 2, WAIT, NULL, &raw_err),
        KAFC_ERR_UNSUPPORTED);
    raw_says("ElectLeaders");
    raw_down();
}
END_TEST

static void interrupt_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    kafc_client_interrupt(raw_client);
}

START_TEST(C3_a_call_that_waits_is_interrupted)
{
    kafc_reassignment *q = one(0, on_3, 1);
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, REASSIGN, interrupt_it, NULL));
    ck_assert_int_eq(kafc_admin_reassign_partitions(raw_client, q, 1, false, -1, &raw_err),
                     KAFC_ERR_INTERRUPTED);
    ck_assert_int_eq(q->result, KAFC_ERR_INTERRUPTED);
    raw_down();
}
END_TEST

/* All calls. How many of them succeeded; what they gave is whole. */
static int scenario(const kafc_allocator *mem)
{
    kafc_reassignment q[] = {
        { .topic = "t", .partition = 0, .replicas = on_2_3, .nreplicas = 2 },
        { .topic = "u", .partition = 1, .replicas = on_3, .nreplicas = 1 },
    };
    kafc_reassignment_list *l = NULL;
    kafc_election_results *e = NULL;
    int ok = 0;
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock),
                                              .allocator = mem, .retry_backoff_ms = 1,
                                              .retry_backoff_max_ms = 2),
                                  &raw_err);
    if (!raw_client)
        return 0;
    ok += kafc_admin_reassign_partitions(raw_client, q, 2, false, WAIT, &raw_err) == KAFC_OK &&
          q[0].result == KAFC_OK && q[1].result == KAFC_OK;
    if (kafc_admin_list_reassignments(raw_client, NULL, KAFC_ALL_PARTITIONS, WAIT, &l, &raw_err) ==
        KAFC_OK)
        ok += l->npartitions == 2 && l->partitions[0].nreplicas == 3 &&
              l->partitions[1].adding[0] == 3;
    if (kafc_admin_elect_leaders(raw_client, KAFC_ELECT_PREFERRED, asked, 2, WAIT, &e, &raw_err) ==
            KAFC_OK &&
        e->npartitions == 2)
        ok += e->partitions[1].result == KAFC_ERR_ELECTION_NOT_NEEDED;
    kafc_client_free(raw_client);
    raw_client = NULL;
    kafc_reassignment_list_free(l);
    kafc_election_results_free(e);
    return ok;
}

START_TEST(each_allocation_may_fail)
{
    raw_up(joining_mock());
    raw_close();
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    test_alloc_each(scenario, 3);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_replicas", 60, LOOP(replicas_move_and_what_waits_is_listed, 0, 2),
            ONCE(each_partition_has_its_own_result), ONCE(the_number_of_replicas_can_be_kept),
            LOOP(codes_pass_or_are_told, 0, CODES), ONCE(the_next_controller_goes_on),
            LOOP(the_preferred_replica_leads_again, 0, 3),
            ONCE(one_that_is_not_there_leaves_the_others_theirs),
            ONCE(an_unclean_election_gives_a_leader_where_there_is_none),
            ONCE(what_an_answer_leaves_out_is_told), ONCE(what_cannot_be_asked_is_refused),
            ONCE(brokers_without_it_are_named), ONCE(C3_a_call_that_waits_is_interrupted),
            ONCE(each_allocation_may_fail))
