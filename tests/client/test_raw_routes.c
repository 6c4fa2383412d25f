/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_call to coordinators, to all, to any: brokers that are scripted
 * say whether they were the right ones.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/12_heartbeat.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/60_describe_cluster.h"
#include "protocol/api/65_describe_transactions.h"
#include "protocol/api/84_read_share_group_state.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/suite.h"

static struct script script;

static int asked(int broker, const struct kafc_api *api)
{
    return atomic_load(&script.asked[broker][api->key]);
}

/* What is sought has its coordinator in its last digit: "g2" is broker 2's; "…0" is refused. */
static int32_t coordinator_of(kafc_str key)
{
    return key.p[key.len - 1] - '0';
}

static bool find_coordinator(struct script *s, const struct peer_request *q,
                             const struct kafc_find_coordinator_req *req,
                             struct kafc_find_coordinator_resp *r, struct kafc_arena *a)
{
    static const char *const sign[] = { "g", "x", "g1:" };
    atomic_int *late = s->ctx; /* so often there is no coordinator yet */
    bool several = q->h.version >= 4;
    int32_t n = several ? req->coordinator_keys.n : 1;
    r->coordinators.v = kafc__msg_array(&kafc_find_coordinator_resp_coordinator_schema, n, a);
    r->coordinators.n = several ? n : 0;
    for (int32_t i = 0; i < n; i++) {
        struct kafc_find_coordinator_resp_coordinator *c = &r->coordinators.v[i];
        c->key = several ? req->coordinator_keys.v[i] : req->key;
        ck_assert(!strncmp(c->key.p, sign[req->key_type], strlen(sign[req->key_type])));
        c->node_id = coordinator_of(c->key);
        c->error_code = c->node_id ? 0 : KAFC_ERR_GROUP_AUTHORIZATION_FAILED;
        if (late && atomic_load(late) > 0)
            c->error_code = KAFC_ERR_COORDINATOR_NOT_AVAILABLE;
    }
    if (!several) {
        r->node_id = r->coordinators.v[0].node_id;
        r->error_code = r->coordinators.v[0].error_code;
    }
    if (late)
        atomic_fetch_sub(late, 1);
    return true;
}

static int16_t group_code(int32_t broker, kafc_str group)
{
    return coordinator_of(group) == broker ? 0 : KAFC_ERR_NOT_COORDINATOR;
}

static bool describe_groups(int32_t broker, const struct kafc_describe_groups_req *req,
                            struct kafc_describe_groups_resp *r, struct kafc_arena *a)
{
    r->groups.n = req->groups.n;
    r->groups.v = kafc__msg_array(&kafc_describe_groups_resp_group_schema, r->groups.n, a);
    for (int32_t i = 0; i < r->groups.n; i++) {
        r->groups.v[i].group_id = req->groups.v[i];
        r->groups.v[i].error_code = group_code(broker, req->groups.v[i]);
    }
    return true;
}

static bool offset_fetch(int32_t broker, const struct kafc_offset_fetch_req *req,
                         struct kafc_offset_fetch_resp *r, struct kafc_arena *a)
{
    r->groups.n = req->groups.n;
    r->groups.v = kafc__msg_array(&kafc_offset_fetch_resp_group_schema, r->groups.n, a);
    for (int32_t i = 0; i < r->groups.n; i++) {
        r->groups.v[i].group_id = req->groups.v[i].group_id;
        r->groups.v[i].error_code = group_code(broker, req->groups.v[i].group_id);
    }
    if (req->groups.n == 0)
        r->error_code = group_code(broker, req->group_id);
    return true;
}

static bool describe_transactions(int32_t broker, const struct kafc_describe_transactions_req *req,
                                  struct kafc_describe_transactions_resp *r, struct kafc_arena *a)
{
    int32_t n = req->transactional_ids.n;
    r->transaction_states.v = kafc__msg_array(&kafc_describe_transactions_resp_transaction_schema,
                                              n, a);
    r->transaction_states.n = n;
    for (int32_t i = 0; i < n; i++) {
        r->transaction_states.v[i].transactional_id = req->transactional_ids.v[i];
        r->transaction_states.v[i].error_code = group_code(broker, req->transactional_ids.v[i]);
    }
    return true;
}

static bool read_share(int32_t broker, const struct kafc_read_share_group_state_req *req,
                       struct kafc_read_share_group_state_resp *r, struct kafc_arena *a)
{
    r->results.n = req->topics.n;
    r->results.v = kafc__msg_array(&kafc_read_share_group_state_resp_topic_schema, r->results.n, a);
    for (int32_t i = 0; i < r->results.n; i++) {
        struct kafc_read_share_group_state_resp_topic *t = &r->results.v[i];
        t->topic_id = req->topics.v[i].topic_id;
        t->partitions.n = req->topics.v[i].partitions.n;
        t->partitions.v = kafc__msg_array(&kafc_read_share_group_state_resp_partition_schema,
                                          t->partitions.n, a);
        for (int32_t j = 0; j < t->partitions.n; j++) {
            t->partitions.v[j].partition = req->topics.v[i].partitions.v[j].partition;
            t->partitions.v[j].error_code = t->partitions.v[j].partition % 10 == broker
                                                ? 0
                                                : KAFC_ERR_NOT_COORDINATOR;
        }
    }
    return true;
}

static bool list_groups(int32_t broker, struct kafc_list_groups_resp *r, struct kafc_arena *a)
{
    static const char *const name[] = { "", "g1", "g2", "g3" };
    r->groups.v = kafc__msg_array(&kafc_list_groups_resp_group_schema, 1, a);
    r->groups.n = 1;
    r->groups.v[0].group_id = raw_text(name[broker]);
    return true;
}

static bool serve(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                  void *resp, struct kafc_arena *a)
{
    switch (q->h.api) {
    case KAFC_API_FIND_COORDINATOR: return find_coordinator(s, q, req, resp, a);
    case KAFC_API_DESCRIBE_GROUPS: return describe_groups(broker, req, resp, a);
    case KAFC_API_OFFSET_FETCH: return offset_fetch(broker, req, resp, a);
    case KAFC_API_DESCRIBE_TRANSACTIONS: return describe_transactions(broker, req, resp, a);
    case KAFC_API_READ_SHARE_GROUP_STATE: return read_share(broker, req, resp, a);
    case KAFC_API_LIST_GROUPS: return list_groups(broker, resp, a);
    default: return true; /* as the defaults have it */
    }
}

static void script_up(void)
{
    memset(&script, 0, sizeof script);
    script.serve = serve;
    script.controller = 2;
    for (int b = 1; b <= SCRIPT_BROKERS; b++)
        script.listed[b] = true;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
}

static void script_down(void)
{
    raw_close();
    script_stop(&script);
}

static const struct kafc_describe_groups_resp *describe(kafc_str *groups, int32_t n)
{
    struct kafc_describe_groups_req req;
    kafc__msg_defaults(&kafc_describe_groups_req_schema, &req);
    req.groups.v = groups;
    req.groups.n = n;
    const struct kafc_describe_groups_resp *r = raw_call(&kafc_describe_groups_api, &req);
    ck_assert_int_eq(r->groups.n, n);
    for (int32_t i = 0; i < n; i++)
        ck_assert_int_eq(r->groups.v[i].error_code, 0);
    return r;
}

/* In the newest way to look for coordinators, and in the one of one key at a time. */
START_TEST(a_request_is_cut_up_by_coordinators)
{
    kafc_str groups[] = { raw_text("ga1"), raw_text("ga2"), raw_text("gb1"), raw_text("gb2") };
    if (_i)
        script.narrow.api = KAFC_API_FIND_COORDINATOR, script.narrow.max = 3;
    (void)describe(groups, 4);
    ck_assert_int_eq(raw_answer->nparts, 2);
    ck_assert_int_eq(asked(1, &kafc_describe_groups_api), 1);
    ck_assert_int_eq(asked(2, &kafc_describe_groups_api), 1);
    ck_assert_int_eq(asked(0, &kafc_describe_groups_api), 2);
    ck_assert_int_eq(asked(0, &kafc_find_coordinator_api), _i ? 4 : 1);
    (void)describe(groups + 3, 1);
    ck_assert_int_eq(raw_answer->parts[0].broker, 2);
    struct kafc_heartbeat_req beat; /* one name, of the request itself */
    kafc__msg_defaults(&kafc_heartbeat_req_schema, &beat);
    beat.group_id = raw_text("g3");
    (void)raw_call(&kafc_heartbeat_api, &beat);
    ck_assert_int_eq(asked(3, &kafc_heartbeat_api), 1);
}
END_TEST

START_TEST(a_name_stands_where_the_version_has_it)
{
    struct kafc_offset_fetch_req req;
    struct kafc_offset_fetch_req_group groups[3];
    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &req);
    req.group_id = raw_text("g3");
    req.topics.n = -1;
    raw_ok(raw_call_as(&kafc_offset_fetch_api, 7, &req, KAFC_BY_ROUTE, 5000));
    ck_assert_int_eq(((const struct kafc_offset_fetch_resp *)raw_answer->resp)->error_code, 0);
    ck_assert_int_eq(asked(3, &kafc_offset_fetch_api), 1);
    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &req);
    for (int i = 0; i < 3; i++) {
        static const char *const name[] = { "g1", "g2", "g3" };
        kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &groups[i]);
        groups[i].group_id = raw_text(name[i]);
    }
    req.groups.v = groups;
    req.groups.n = 3;
    const struct kafc_offset_fetch_resp *r = raw_call(&kafc_offset_fetch_api, &req);
    ck_assert_int_eq(r->groups.n, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(r->groups.v[i].error_code, 0);
}
END_TEST

START_TEST(transactions_have_coordinators_and_a_null_id_has_none)
{
    struct kafc_init_producer_id_req init;
    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &init);
    init.transactional_id = (kafc_str){ NULL, 0 };
    (void)raw_call(&kafc_init_producer_id_api, &init);
    ck_assert_int_eq(asked(0, &kafc_find_coordinator_api), 0);
    ck_assert_int_eq(raw_answer->parts[0].version, 5); /* 6 is not released: */
    init.transactional_id = raw_text("x2");
    int before = asked(2, &kafc_init_producer_id_api);
    raw_ok(raw_call_as(&kafc_init_producer_id_api, 6, &init, KAFC_BY_ROUTE,
                       5000)); /* who insists has it */
    ck_assert_int_eq(raw_answer->parts[0].version, 6);
    ck_assert_int_eq(asked(2, &kafc_init_producer_id_api), before + 1);
    struct kafc_describe_transactions_req req;
    kafc_str ids[] = { raw_text("x1"), raw_text("x2"), raw_text("x3") };
    kafc__msg_defaults(&kafc_describe_transactions_req_schema, &req);
    req.transactional_ids.v = ids;
    req.transactional_ids.n = 3;
    const struct kafc_describe_transactions_resp *r = raw_call(&kafc_describe_transactions_api,
                                                               &req);
    ck_assert_int_eq(r->transaction_states.n, 3);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(r->transaction_states.v[i].error_code, 0);
}
END_TEST

START_TEST(share_partitions_have_coordinators)
{
    struct kafc_read_share_group_state_req req;
    struct kafc_read_share_group_state_req_topic topic[2];
    struct kafc_read_share_group_state_req_partition part[4];
    kafc__msg_defaults(&kafc_read_share_group_state_req_schema, &req);
    req.group_id = raw_text("g1");
    for (int i = 0; i < 4; i++) {
        kafc__msg_defaults(&kafc_read_share_group_state_req_partition_schema, &part[i]);
        part[i].partition = i < 2 ? i + 1 : i;
    }
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_read_share_group_state_req_topic_schema, &topic[i]);
        topic[i].topic_id.b[0] = (uint8_t)(i + 1);
        topic[i].partitions.v = &part[2 * i];
        topic[i].partitions.n = 2;
    }
    req.topics.v = topic;
    req.topics.n = 2;
    const struct kafc_read_share_group_state_resp *r = raw_call(&kafc_read_share_group_state_api,
                                                                &req);
    ck_assert_int_eq(raw_answer->nparts, 3);
    ck_assert_int_eq(r->results.n, 2);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            ck_assert_int_eq(r->results.v[i].partitions.v[j].error_code, 0);
}
END_TEST

START_TEST(a_coordinator_that_is_not_there_yet_is_waited_for)
{
    atomic_int late = 3;
    kafc_str group = raw_text("g1");
    script.ctx = &late;
    (void)describe(&group, 1);
    ck_assert_int_eq(asked(0, &kafc_find_coordinator_api), 4);
    late = 1 << 20;
    struct kafc_describe_groups_req req;
    kafc__msg_defaults(&kafc_describe_groups_req_schema, &req);
    req.groups.v = &group;
    req.groups.n = 1;
    kafc_err rc;
    do { /* its time may end while it asks once more */
        rc = raw_call_as(&kafc_describe_groups_api, -1, &req, -1, 200);
    } while (rc == KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(rc, KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    raw_says("the coordinator of group 'g1' is not known");
    late = 0;
    group = raw_text("g0");
    ck_assert_int_eq(raw_call_as(&kafc_describe_groups_api, -1, &req, -1, 5000),
                     KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    raw_says("'g0'");
    ck_assert_ptr_null(raw_answer);
}
END_TEST

START_TEST(each_broker_is_asked_and_the_answers_are_one)
{
    struct kafc_list_groups_req req;
    kafc__msg_defaults(&kafc_list_groups_req_schema, &req);
    script.narrow.broker = 2; /* brokers of different age */
    script.narrow.api = KAFC_API_LIST_GROUPS;
    script.narrow.max = 2;
    const struct kafc_list_groups_resp *r = raw_call(&kafc_list_groups_api, &req);
    ck_assert_int_eq(r->groups.n, 3);
    ck_assert_int_eq(raw_answer->nparts, 3);
    int seen = 0;
    for (int i = 0; i < 3; i++) {
        const kafc_answer_part *p = &raw_answer->parts[i];
        const struct kafc_list_groups_resp *own = p->resp;
        ck_assert_int_eq(own->groups.n, 1);
        ck_assert_int_eq(coordinator_of(own->groups.v[0].group_id), p->broker);
        ck_assert_int_eq(p->version, p->broker == 2 ? 2 : kafc_list_groups_api.pick_max);
        seen |= 1 << p->broker;
    }
    ck_assert_int_eq(seen, 14);
    raw_ok(raw_call_as(&kafc_list_groups_api, -1, &req, 3, 5000)); /* one alone */
    ck_assert_int_eq(((const struct kafc_list_groups_resp *)raw_answer->resp)->groups.n, 1);
    ck_assert_int_eq(raw_answer->parts[0].broker, 3);
}
END_TEST

START_TEST(where_no_broker_is_listed_one_speaks_for_all)
{
    struct kafc_list_groups_req req;
    kafc__msg_defaults(&kafc_list_groups_req_schema, &req);
    memset(script.listed, 0, sizeof script.listed);
    const struct kafc_list_groups_resp *r = raw_call(&kafc_list_groups_api, &req);
    ck_assert_int_eq(r->groups.n, 1);
    ck_assert_int_eq(raw_answer->nparts, 1);
}
END_TEST

START_TEST(any_broker_and_the_controller)
{
    struct kafc_describe_cluster_req req;
    kafc__msg_defaults(&kafc_describe_cluster_req_schema, &req);
    (void)raw_call(&kafc_describe_cluster_api, &req);
    ck_assert_int_eq(asked(0, &kafc_describe_cluster_api), 1);
    struct kafc_create_topics_req topics;
    kafc__msg_defaults(&kafc_create_topics_req_schema, &topics);
    (void)raw_call(&kafc_create_topics_api, &topics);
    ck_assert_int_eq(asked(2, &kafc_create_topics_api), 1);
    script.controller = 3; /* seen at once: nothing is remembered */
    (void)raw_call(&kafc_create_topics_api, &topics);
    ck_assert_int_eq(asked(3, &kafc_create_topics_api), 1);
}
END_TEST

SUITE_AROUND(script_up, script_down, "client/raw_routes", 60, LOOP(a_request_is_cut_up_by_coordinators, 0, 2),
             ONCE(a_name_stands_where_the_version_has_it), ONCE(transactions_have_coordinators_and_a_null_id_has_none),
             ONCE(share_partitions_have_coordinators), ONCE(a_coordinator_that_is_not_there_yet_is_waited_for),
             ONCE(each_broker_is_asked_and_the_answers_are_one), ONCE(where_no_broker_is_listed_one_speaks_for_all),
             ONCE(any_broker_and_the_controller))
