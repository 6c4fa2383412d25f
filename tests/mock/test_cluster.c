/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock's cluster: versions, metadata, topics, brokers that stop, hooks,
 * hostile bytes.
 */
#include <stdlib.h>

#include "base/rand.h"
#include "mock/state.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/18_api_versions.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/20_delete_topics.h"
#include "protocol/registry.h"
#include "protocol/schema.h"
#include "tests/mock/ask.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"

static int served(void)
{
    int n = 0;
    while (kafc__mock_serve_at(n))
        n++;
    return n;
}

static void versions(struct ask *a, int16_t v, struct kafc_api_versions_resp *r)
{
    struct kafc_api_versions_req q;

    kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
    q.client_software_name = ask_str("kafc");
    q.client_software_version = ask_str("0.1.0");
    ask_call(a, KAFC_API_API_VERSIONS, v, &q, r);
}

START_TEST(every_version_of_api_versions_lists_what_is_served)
{
    struct ask a;
    struct kafc_api_versions_resp r;
    ask_init(&a, NULL);
    for (int16_t v = 0; v <= kafc_api_versions_api.max; v++) {
        versions(&a, v, &r);
        ck_assert_int_eq(r.error_code, KAFC_OK);
        ck_assert_int_eq(r.api_keys.n, served());
        ck_assert_int_eq(r.api_keys.v[0].api_key, KAFC_API_PRODUCE);
        ck_assert_int_eq(r.api_keys.v[0].min_version, 3);
        ck_assert_int_eq(r.api_keys.v[0].max_version, 13);
    }
    ask_fini(&a);
}
END_TEST

START_TEST(an_older_broker_answers_newer_api_versions_in_version_0)
{
    struct ask a;
    struct kafc_api_versions_req q;
    struct kafc_api_versions_resp r;
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_API_VERSIONS, 0, 2), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_FETCH, 4, 11), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_FETCH, 4, 19), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_INIT_PRODUCER_ID, -1, -1), KAFC_OK);
    kafc__msg_defaults(&kafc_api_versions_req_schema, &q);
    q.client_software_name = q.client_software_version = ask_str("x");
    ask_send(&a, KAFC_API_API_VERSIONS, 3, &q);
    ck_assert(ask_answered(&a, KAFC_API_API_VERSIONS, 0, &r));
    ck_assert_int_eq(r.error_code, KAFC_ERR_UNSUPPORTED_VERSION);
    ck_assert_int_eq(r.api_keys.n, 1);
    ck_assert_int_eq(r.api_keys.v[0].max_version, 2);
    versions(&a, 2, &r);
    ck_assert_int_eq(r.api_keys.n, served() - 1);
    ck_assert_int_eq(r.api_keys.v[1].max_version, 11);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_API_VERSIONS, -1, -1), KAFC_OK);
    ask_send(&a, KAFC_API_API_VERSIONS, 0, &q);
    ck_assert(ask_closed(&a));
    ask_fini(&a);
}
END_TEST

static const struct kafc_metadata_resp *metadata(struct ask *a, int16_t v, const char *topic,
                                                 bool create)
{
    static struct kafc_metadata_resp r;
    struct kafc_metadata_req q;
    struct kafc_metadata_req_topic t;

    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    kafc__msg_defaults(&kafc_metadata_req_topic_schema, &t);
    q.topics.n = v == 0 ? 0 : -1;
    if (topic) {
        t.name = ask_str(topic);
        q.topics.v = &t;
        q.topics.n = 1;
    }
    if (v >= 4)
        q.allow_auto_topic_creation = create;
    ask_call(a, KAFC_API_METADATA, v, &q, &r);
    return &r;
}

START_TEST(every_version_of_metadata)
{
    struct ask a;
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "one", 5, 2), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "two", 0, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "two", 0, 0), KAFC_ERR_TOPIC_ALREADY_EXISTS);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "", 0, 0), KAFC_ERR_INVALID_TOPIC_EXCEPTION);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "x", -1, 0), KAFC_ERR_INVALID_PARTITIONS);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "x", 1, 4),
                     KAFC_ERR_INVALID_REPLICATION_FACTOR);
    for (int16_t v = 0; v <= 13; v++) {
        const struct kafc_metadata_resp *r = metadata(&a, v, NULL, false);
        ck_assert_int_eq(r->brokers.n, 3);
        ck_assert_int_eq(r->topics.n, 2);
        ck_assert_int_eq(r->topics.v[0].partitions.n, 5);
        ck_assert_int_eq(r->topics.v[0].partitions.v[4].leader_id, 2);
        ck_assert_int_eq(r->topics.v[0].partitions.v[4].replica_nodes.n, 2);
        ck_assert_int_eq(r->topics.v[1].partitions.n, 4);
        r = metadata(&a, v, "none", false);
        if (v >= 4)
            ck_assert_int_eq(r->topics.v[0].error_code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
        else
            ck_assert_int_eq(kafc__cluster_delete_topic(a.c, "none"), KAFC_OK);
    }
    ask_fini(&a);
}
END_TEST

START_TEST(a_topic_made_on_demand_has_its_leaders_at_the_second_look)
{
    struct ask a;
    const struct kafc_metadata_resp *r;
    ask_init(&a, NULL);
    r = metadata(&a, 12, "new", true);
    ck_assert_int_eq(r->topics.v[0].error_code, KAFC_ERR_LEADER_NOT_AVAILABLE);
    r = metadata(&a, 12, "new", true);
    ck_assert_int_eq(r->topics.v[0].error_code, KAFC_OK);
    ck_assert_int_eq(r->topics.v[0].partitions.n, 4);
    r = metadata(&a, 12, "no/slash", true);
    ck_assert_int_eq(r->topics.v[0].error_code, KAFC_ERR_INVALID_TOPIC_EXCEPTION);
    ask_fini(&a);
    ask_init(&a, KAFC_MOCK(.auto_create = KAFC_OFF));
    r = metadata(&a, 12, "new", true);
    ck_assert_int_eq(r->topics.v[0].error_code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ask_fini(&a);
}
END_TEST

START_TEST(a_broker_that_stops_is_followed_and_comes_back)
{
    struct ask a;
    const struct kafc_metadata_resp *r;
    int32_t epoch;
    ask_init(&a, KAFC_MOCK(.failover_ms = 100));
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 3, 2), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "alone", 3, 1), KAFC_OK);
    ask_connect(&a, 2);
    ck_assert_int_eq(kafc__cluster_stop(a.c, 1), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_leader(a.c, "t", 0, &epoch), 1);
    ck_assert_int_eq(metadata(&a, 12, "t", false)->brokers.n, 3);
    ask_advance(&a, 100000);
    ck_assert_int_eq(kafc__cluster_leader(a.c, "t", 0, &epoch), 2);
    ck_assert_int_eq(epoch, 1);
    ck_assert_int_eq(kafc__cluster_leader(a.c, "alone", 0, NULL), -1);
    r = metadata(&a, 12, "t", false);
    ck_assert_int_eq(r->brokers.n, 2);
    ck_assert_int_eq(r->controller_id, 2);
    ck_assert_int_eq(r->topics.v[0].partitions.v[0].isr_nodes.n, 1);
    ck_assert_int_eq(r->topics.v[0].partitions.v[0].offline_replicas.n, 1);
    ck_assert_int_eq(metadata(&a, 12, "alone", false)->topics.v[0].partitions.v[0].error_code,
                     KAFC_ERR_LEADER_NOT_AVAILABLE);
    ck_assert_int_eq(kafc__cluster_start(a.c, 1), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_leader(a.c, "alone", 0, NULL), 1);
    ck_assert_int_eq(kafc__cluster_leader(a.c, "t", 0, NULL), 2);
    ck_assert_int_eq(metadata(&a, 12, "t", false)->brokers.n, 3);
    ask_fini(&a);
}
END_TEST

START_TEST(frozen_metadata_is_stale)
{
    struct ask a;
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 1, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_freeze(a.c, 1, true), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_leader(a.c, "t", 0, 3), KAFC_OK);
    ck_assert_int_eq(metadata(&a, 12, "t", false)->topics.v[0].partitions.v[0].leader_id, 1);
    ask_connect(&a, 2);
    ck_assert_int_eq(metadata(&a, 12, "t", false)->topics.v[0].partitions.v[0].leader_id, 3);
    ask_connect(&a, 1);
    ck_assert_int_eq(kafc__cluster_freeze(a.c, 1, false), KAFC_OK);
    ck_assert_int_eq(metadata(&a, 12, "t", false)->topics.v[0].partitions.v[0].leader_id, 3);
    ask_fini(&a);
}
END_TEST

START_TEST(topics_are_made_and_deleted_by_requests)
{
    struct ask a;
    struct kafc_create_topics_req q;
    struct kafc_create_topics_req_topic t;
    struct kafc_create_topics_req_config g;
    struct kafc_create_topics_resp r;
    struct kafc_delete_topics_req dq;
    struct kafc_delete_topics_req_topic dt;
    struct kafc_delete_topics_resp dr;
    kafc_str name = ask_str("made");
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_CREATE_TOPICS, 0, 7), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_set_versions(a.c, KAFC_API_DELETE_TOPICS, 0, 6), KAFC_OK);
    kafc__msg_defaults(&kafc_create_topics_req_schema, &q);
    kafc__msg_defaults(&kafc_create_topics_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_create_topics_req_config_schema, &g);
    kafc__msg_defaults(&kafc_delete_topics_req_schema, &dq);
    kafc__msg_defaults(&kafc_delete_topics_req_topic_schema, &dt);
    t.name = name;
    t.num_partitions = 7;
    t.replication_factor = 2;
    g.name = ask_str("max.message.bytes");
    g.value = ask_str("many");
    t.configs.v = &g;
    t.configs.n = 1;
    q.topics.v = &t;
    q.topics.n = 1;
    for (int16_t v = 0; v <= 7; v++) {
        g.value = ask_str("many");
        ask_call(&a, KAFC_API_CREATE_TOPICS, v, &q, &r);
        ck_assert_int_eq(r.topics.v[0].error_code, KAFC_ERR_INVALID_CONFIG);
        g.value = ask_str("1000");
        ask_call(&a, KAFC_API_CREATE_TOPICS, v, &q, &r);
        ck_assert_int_eq(r.topics.v[0].error_code, KAFC_OK);
        if (v >= 5)
            ck_assert_int_eq(r.topics.v[0].num_partitions, 7);
        ask_call(&a, KAFC_API_CREATE_TOPICS, v, &q, &r);
        ck_assert_int_eq(r.topics.v[0].error_code, KAFC_ERR_TOPIC_ALREADY_EXISTS);
        ck_assert_int_eq(metadata(&a, 12, "made", false)->topics.v[0].partitions.n, 7);
        dq.topic_names.v = &name;
        dq.topic_names.n = v < 6;
        dt.name = (kafc_str){ NULL, 0 };
        dt.topic_id = ask_topic_id(&a, "made");
        dq.topics.v = &dt;
        dq.topics.n = v >= 6;
        ask_call(&a, KAFC_API_DELETE_TOPICS, v < 6 ? v : 6, &dq, &dr);
        ck_assert_int_eq(dr.responses.v[0].error_code, KAFC_OK);
        ask_call(&a, KAFC_API_DELETE_TOPICS, v < 6 ? v : 6, &dq, &dr);
        ck_assert_int_eq(dr.responses.v[0].error_code,
                         v < 6 ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION : KAFC_ERR_UNKNOWN_TOPIC_ID);
    }
    ask_connect(&a, 2);
    ask_call(&a, KAFC_API_CREATE_TOPICS, 7, &q, &r);
    ck_assert_int_eq(r.topics.v[0].error_code, KAFC_ERR_NOT_CONTROLLER);
    ask_fini(&a);
}
END_TEST

static void choose(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    *a = *(kafc_mock_answer *)ctx;
    ck_assert_int_eq(rq->api, KAFC_API_METADATA);
    ck_assert_int_eq(rq->client_id.len, 3);
}

START_TEST(an_answer_can_ask_for_a_pause)
{
    struct ask a;
    struct kafc_metadata_req q;
    struct kafc_metadata_resp r;
    kafc_mock_answer how = { .act = KAFC_MOCK_PASS, .throttle_ms = 300 };
    ask_init(&a, NULL);
    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    ck_assert_int_eq(kafc__cluster_hook(a.c, KAFC_API_METADATA, choose, &how), KAFC_OK);
    ask_call(&a, KAFC_API_METADATA, 12, &q, &r);
    ck_assert_int_eq(r.throttle_time_ms, 300);
    how.throttle_ms = 0;
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    ask_advance(&a, 299999);
    ck_assert(!ask_answered(&a, KAFC_API_METADATA, 12, &r));
    ask_advance(&a, 1);
    ck_assert(ask_answered(&a, KAFC_API_METADATA, 12, &r));
    ck_assert_int_eq(r.throttle_time_ms, 0);
    how.throttle_ms = 300; /* before version 3 there is no word for it */
    ask_call(&a, KAFC_API_METADATA, 2, &q, &r);
    ck_assert_int_eq(r.throttle_time_ms, 0);
    ask_fini(&a);
}
END_TEST

START_TEST(hooks_decide)
{
    struct ask a;
    struct kafc_metadata_req q;
    struct kafc_metadata_resp r;
    kafc_mock_answer how = { .act = KAFC_MOCK_PASS, .delay_ms = 50 };
    const char raw[] = "\0\0\0\4HTTP";
    const void *p;
    size_t n;
    ask_init(&a, NULL);
    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    q.topics.n = -1;
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 0, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_hook(a.c, KAFC_API_METADATA, choose, &how), KAFC_OK);
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    ask_advance(&a, 49999);
    ck_assert(!ask_answered(&a, KAFC_API_METADATA, 12, &r));
    ask_advance(&a, 1);
    ck_assert(ask_answered(&a, KAFC_API_METADATA, 12, &r));
    how = (kafc_mock_answer){ .act = KAFC_MOCK_ERROR, .code = KAFC_ERR_LEADER_NOT_AVAILABLE };
    ask_call(&a, KAFC_API_METADATA, 12, &q, &r);
    ck_assert_int_eq(r.topics.v[0].error_code, KAFC_ERR_LEADER_NOT_AVAILABLE);
    how.act = KAFC_MOCK_RAW;
    how.bytes = (kafc_bytes){ raw, 8 };
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    kafc__cluster_output(a.c, a.conn, &p, &n);
    ck_assert_uint_eq(n, 8);
    ck_assert_int_eq(memcmp(p, raw, 8), 0);
    how.act = KAFC_MOCK_SILENT;
    ask_connect(&a, 2);
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    how.act = KAFC_MOCK_PASS;
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    ask_advance(&a, 100000000);
    ck_assert(!ask_answered(&a, KAFC_API_METADATA, 12, &r));
    how.act = KAFC_MOCK_CUT;
    ask_connect(&a, 2);
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    ck_assert(ask_closed(&a));
    ck_assert_int_eq(kafc__cluster_hook(a.c, KAFC_API_METADATA, NULL, NULL), KAFC_OK);
    ask_connect(&a, 1);
    ck_assert_int_eq(
        kafc__cluster_push_error(a.c, KAFC_API_METADATA, KAFC_ERR_UNKNOWN_SERVER_ERROR, 2),
        KAFC_OK);
    for (int i = 0; i < 3; i++) {
        ask_call(&a, KAFC_API_METADATA, 12, &q, &r);
        ck_assert_int_eq(r.topics.v[0].error_code, i < 2 ? KAFC_ERR_UNKNOWN_SERVER_ERROR : KAFC_OK);
    }
    ck_assert_uint_eq(kafc__cluster_requests(a.c, 0, KAFC_API_METADATA), 8);
    ck_assert_uint_eq(kafc__cluster_requests(a.c, 2, -1), 2);
    ck_assert_int_eq(kafc__cluster_connections(a.c, 0), 1);
    ask_fini(&a);
}
END_TEST

static void lose(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    if (rq->index == 0)
        a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(an_answer_can_be_lost_after_the_work)
{
    struct ask a;
    struct kafc_produce_req q;
    struct kafc_produce_req_topic t;
    struct kafc_produce_req_partition p;
    kafc_mock_log log;
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 1, 0), KAFC_OK);
    ck_assert_int_eq(kafc__cluster_hook(a.c, KAFC_API_PRODUCE, lose, NULL), KAFC_OK);
    kafc__msg_defaults(&kafc_produce_req_schema, &q);
    kafc__msg_defaults(&kafc_produce_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_produce_req_partition_schema, &p);
    q.acks = -1;
    t.name = ask_str("t");
    p.records = ask_make(&a, &(struct ask_batch){ .n = 2, .producer = 5 });
    t.partition_data.v = &p;
    t.partition_data.n = 1;
    q.topic_data.v = &t;
    q.topic_data.n = 1;
    ask_send(&a, KAFC_API_PRODUCE, 9, &q);
    ck_assert(ask_closed(&a));
    ck_assert_int_eq(kafc__cluster_log(a.c, "t", 0, &log), KAFC_OK);
    ck_assert_int_eq(log.high_watermark, 2);
    ask_connect(&a, 1);
    ck_assert_int_eq(ask_produce(&a, 9, -1, "t", 0, p.records)->base_offset, 0);
    ask_fini(&a);
}
END_TEST

START_TEST(round_trips_take_their_time_but_do_not_wait_for_each_other)
{
    struct ask a;
    struct kafc_metadata_req q;
    struct kafc_metadata_resp r;
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_set_rtt(a.c, 0, 10), KAFC_OK);
    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    ask_send(&a, KAFC_API_METADATA, 12, &q);
    ck_assert(!ask_answered(&a, KAFC_API_METADATA, 12, &r));
    ask_advance(&a, 10000);
    ck_assert(ask_answered(&a, KAFC_API_METADATA, 12, &r));
    ck_assert(ask_answered(&a, KAFC_API_METADATA, 12, &r));
    ask_fini(&a);
}
END_TEST

START_TEST(a_peer_that_does_not_read_is_not_served_for_ever)
{
    struct ask a;
    struct kafc_metadata_req q;
    uint64_t served;
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "many", 20000, 0), KAFC_OK);
    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    q.topics.n = -1;
    for (int i = 0; i < 100; i++)
        ask_send(&a, KAFC_API_METADATA, 12, &q);
    served = kafc__cluster_requests(a.c, 0, -1);
    ck_assert_uint_gt(served, 2);
    ck_assert_uint_lt(served, 60);
    struct kafc_metadata_resp r;
    ck_assert(
        ask_answered(&a, KAFC_API_METADATA, 12, &r)); /* it reads again, and is served again */
    ck_assert_uint_gt(kafc__cluster_requests(a.c, 0, -1), served);
    ask_fini(&a);
}
END_TEST

START_TEST(hostile_bytes_end_the_connection_at_most)
{
    struct ask a;
    struct kafc_rand rand;
    kafc__rand_seed(&rand, 3);
    ask_init(&a, NULL);
    ck_assert_int_eq(kafc__cluster_create_topic(a.c, "t", 2, 0), KAFC_OK);
    for (int round = 0; round < 4000; round++) {
        size_t n;
        const struct kafc_api *const *all = kafc__apis(&n);
        const struct kafc_api *api = all[kafc__rand_below(&rand, (uint32_t)n)];
        int16_t v = (int16_t)(api->min + (int16_t)kafc__rand_below(
                                             &rand, (uint32_t)(api->max - api->min + 1)));
        struct kafc_arena arena;
        uint8_t *buf;
        void *msg;
        size_t body, head = kafc__request_header_size(api, v, ask_str("x"));
        struct kafc_wr w;
        kafc__arena_init(&arena, NULL, 0);
        msg = kafc__arena_alloc(&arena, api->req->size);
        ck_assert(kafc__msg_random(api->req, msg, v, &rand, &arena));
        if (kafc__msg_size(api->req, msg, v, &body, NULL, NULL) == KAFC_OK && body < 100000) {
            buf = kafc__arena_alloc(&arena, 4 + head + body);
            kafc__wr_init(&w, buf, 4 + head + body, NULL);
            kafc__wr_i32(&w, (int32_t)(head + body));
            kafc__request_header_put(&w, api, v, round, ask_str("x"));
            ck_assert_int_eq(kafc__msg_encode(&w, api->req, msg, v, NULL), KAFC_OK);
            for (uint32_t k = kafc__rand_below(&rand, 4); k > 0; k--)
                buf[4 + kafc__rand_below(&rand, (uint32_t)(head + body))] ^=
                    (uint8_t)(1u << kafc__rand_below(&rand, 8));
            ask_bytes(&a, buf, kafc__wr_len(&w));
        }
        kafc__arena_fini(&arena);
        ask_advance(&a, 1000);
        a.in_len = 0;
        if (ask_closed(&a) || round % 50 == 0)
            ask_connect(&a, 1);
    }
    ask_connect(&a, 1);
    ck_assert_int_ge(metadata(&a, 12, NULL, false)->brokers.n, 1);
    ask_bytes(&a, "GET / HTTP/1.1\r\n\r\n", 18);
    ck_assert(ask_closed(&a));
    ask_fini(&a);
}
END_TEST

/* Appends, fetches, sessions, topics with each allocation failing in turn. */
START_TEST(memory_that_runs_out_ends_connections_only)
{
    for (long at = 1; at < 400; at++) {
        struct test_alloc mem;
        struct ask a;
        kafc_error err;
        kafc_message m = { .value = KAFC_STR("x") };
        test_alloc_init(&mem);
        mem.fail_at = at;
        memset(&a, 0, sizeof(a));
        a.c = kafc__cluster_new(KAFC_MOCK(.brokers = 2, .allocator = &mem.mem), &err);
        if (a.c) {
            kafc_err code = kafc__cluster_create_topic(a.c, "t", 2, 0);
            ck_assert(code == KAFC_OK || code == KAFC_ERR_NO_MEMORY);
            for (int i = 0; i < 3; i++)
                (void)kafc__cluster_append(a.c, "t", 0, &m, 1, i);
            (void)kafc__cluster_append_marker(a.c, "t", 0, 1, false);
            (void)kafc__cluster_push_error(a.c, KAFC_API_FETCH, KAFC_ERR_CORRUPT_MESSAGE, 1);
            a.conn = kafc__cluster_open(a.c, 1);
            if (a.conn) {
                struct kafc_metadata_req q;
                kafc__arena_init(&a.arena, NULL, 0);
                kafc__msg_defaults(&kafc_metadata_req_schema, &q);
                q.topics.n = -1;
                ask_send(&a, KAFC_API_METADATA, 12, &q);
                (void)ask_closed(&a);
                kafc__arena_fini(&a.arena);
                free(a.in);
            }
        } else {
            ck_assert_int_eq(err.code, KAFC_ERR_NO_MEMORY);
        }
        kafc__cluster_free(a.c);
        ck_assert_int_eq(mem.live, 0);
        if (mem.calls < at)
            break;
        ck_assert_int_lt(at, 399);
    }
}
END_TEST

SUITE_MAIN("mock-cluster", 30, every_version_of_api_versions_lists_what_is_served,
           an_older_broker_answers_newer_api_versions_in_version_0, every_version_of_metadata,
           a_topic_made_on_demand_has_its_leaders_at_the_second_look,
           a_broker_that_stops_is_followed_and_comes_back, frozen_metadata_is_stale,
           topics_are_made_and_deleted_by_requests, an_answer_can_ask_for_a_pause, hooks_decide,
           an_answer_can_be_lost_after_the_work,
           round_trips_take_their_time_but_do_not_wait_for_each_other,
           a_peer_that_does_not_read_is_not_served_for_ever,
           hostile_bytes_end_the_connection_at_most, memory_that_runs_out_ends_connections_only)
