/* SPDX-License-Identifier: BSD-2-Clause
 *
 * kafc_client_call to leaders and controllers, whom the mock tells from others;
 * what is sent again and what is not, versions, wrong calls, full memory.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/00_produce.h"
#include "protocol/api/01_fetch.h"
#include "protocol/api/02_list_offsets.h"
#include "protocol/api/19_create_topics.h"
#include "protocol/api/27_write_txn_markers.h"
#include "protocol/api/52_vote.h"
#include "tests/client/raw.h"
#include "tests/client/stranger.h"
#include "tests/core/peer.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/writer.h>


static void mock_up(void)
{
    raw_up(kafc_mock_new(KAFC_MOCK(.brokers = 3), &raw_err));
    ck_assert_int_eq(kafc_mock_create_topic(raw_mock, "a", 6, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_create_topic(raw_mock, "b", 2, 1), KAFC_OK);
}

enum { PARTITIONS = 8 };

/* All six of a and the two of b. */
struct offsets_request {
    struct kafc_list_offsets_req req;
    struct kafc_list_offsets_req_topic topic[2];
    struct kafc_list_offsets_req_partition part[PARTITIONS];
};

static void ask_offsets(struct offsets_request *x)
{
    kafc__msg_defaults(&kafc_list_offsets_req_schema, &x->req);
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_list_offsets_req_topic_schema, &x->topic[i]);
        x->topic[i].name = raw_text(i ? "b" : "a");
        x->topic[i].partitions.v = &x->part[i ? 6 : 0];
        x->topic[i].partitions.n = i ? 2 : 6;
    }
    for (int i = 0; i < PARTITIONS; i++) {
        kafc__msg_defaults(&kafc_list_offsets_req_partition_schema, &x->part[i]);
        x->part[i].partition_index = i < 6 ? i : i - 6;
        x->part[i].timestamp = -1;
    }
    x->req.replica_id = -1;
    x->req.topics.v = x->topic;
    x->req.topics.n = 2;
}

static int count_ok(const struct kafc_list_offsets_resp *r, const char *topic)
{
    int n = 0;
    for (int32_t i = 0; i < r->topics.n; i++) {
        const struct kafc_list_offsets_resp_topic *t = &r->topics.v[i];
        for (int32_t j = 0; t->name.p[0] == topic[0] && j < t->partitions.n; j++)
            n += t->partitions.v[j].error_code == 0;
    }
    return n;
}

START_TEST(a_request_is_cut_up_by_leaders)
{
    struct offsets_request x;
    ask_offsets(&x);
    const struct kafc_list_offsets_resp *r = raw_call(&kafc_list_offsets_api, &x.req);
    ck_assert_int_eq(r->topics.n, 2);
    ck_assert_int_eq(count_ok(r, "a"), 6);
    ck_assert_int_eq(count_ok(r, "b"), 2);
    ck_assert_int_eq(raw_answer->nparts, 3);
    for (int b = 1; b <= 3; b++)
        ck_assert_uint_eq(kafc_mock_requests(raw_mock, b, KAFC_API_LIST_OFFSETS), 1);
    for (int i = 0; i < 3; i++) {
        const kafc_answer_part *p = &raw_answer->parts[i];
        const struct kafc_list_offsets_resp *own = p->resp;
        ck_assert_int_eq(p->err, KAFC_OK);
        ck_assert_int_eq(p->version, kafc_list_offsets_api.pick_max);
        ck_assert_int_eq(count_ok(own, "a"), 2);
        ck_assert_int_eq(
            kafc_mock_leader(raw_mock, "a", own->topics.v[0].partitions.v[0].partition_index, NULL),
            p->broker);
    }
    /* Leaders that moved are found by the next call. */
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(kafc_mock_set_leader(raw_mock, "a", i, 1 + i % 2), KAFC_OK);
    ck_assert_int_eq(count_ok(raw_call(&kafc_list_offsets_api, &x.req), "a"), 6);
}
END_TEST

START_TEST(what_has_no_leader_is_left_to_the_brokers_to_say)
{
    struct offsets_request x;
    ask_offsets(&x);
    x.topic[1].name = raw_text("nowhere");
    x.part[5].partition_index = 77;
    ck_assert_int_eq(kafc_mock_set_leader(raw_mock, "a", 0, -1), KAFC_OK);
    const struct kafc_list_offsets_resp *r = raw_call(&kafc_list_offsets_api, &x.req);
    ck_assert_int_eq(count_ok(r, "a"), 4);
    ck_assert_int_eq(count_ok(r, "nowhere"), 0);
    int bad = 0;
    for (int32_t i = 0; i < r->topics.n; i++)
        for (int32_t j = 0; j < r->topics.v[i].partitions.n; j++)
            bad += r->topics.v[i].partitions.v[j].error_code != 0;
    ck_assert_int_eq(bad, 4);
    x.req.topics.n = 0;
    r = raw_call(&kafc_list_offsets_api, &x.req);
    ck_assert_int_eq(r->topics.n, 0);
    ck_assert_int_eq(raw_answer->nparts, 1);
}
END_TEST

START_TEST(topics_are_named_by_id_too)
{
    struct kafc_fetch_req req;
    struct kafc_fetch_req_topic topic;
    struct kafc_fetch_req_partition part[6];
    kafc_metadata *m;
    const char *names[] = { "a" };
    kafc_message msg = { .key = KAFC_STR("k"), .value = KAFC_STR("v") };
    raw_ok(kafc_client_metadata(raw_client, names, 1, 5000, &m, &raw_err));
    kafc__msg_defaults(&kafc_fetch_req_schema, &req);
    kafc__msg_defaults(&kafc_fetch_req_topic_schema, &topic);
    topic.topic_id = m->topics[0].id;
    kafc_metadata_free(m);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(kafc_mock_append(raw_mock, "a", i, &msg, 1, -1), KAFC_OK);
        kafc__msg_defaults(&kafc_fetch_req_partition_schema, &part[i]);
        part[i].partition = i;
        part[i].partition_max_bytes = 1000;
    }
    topic.partitions.v = part;
    topic.partitions.n = 6;
    req.topics.v = &topic;
    req.topics.n = 1;
    const struct kafc_fetch_resp *r = raw_call(&kafc_fetch_api, &req);
    ck_assert_int_eq(raw_answer->nparts, 3);
    ck_assert_int_ge(raw_answer->parts[0].version, 13);
    ck_assert_int_eq(r->responses.n, 1);
    ck_assert_int_eq(r->responses.v[0].partitions.n, 6);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(r->responses.v[0].partitions.v[i].error_code, 0);
        ck_assert_int_gt(r->responses.v[0].partitions.v[i].records.len, 60);
    }
}
END_TEST

START_TEST(the_controller_is_found)
{
    struct kafc_create_topics_req req;
    struct kafc_create_topics_req_topic topic;
    for (int b = 1; b <= 2; b++) {
        kafc__msg_defaults(&kafc_create_topics_req_schema, &req);
        kafc__msg_defaults(&kafc_create_topics_req_topic_schema, &topic);
        topic.name = raw_text(b == 1 ? "one" : "two");
        topic.num_partitions = 1;
        topic.replication_factor = 1;
        req.topics.v = &topic;
        req.topics.n = 1;
        req.timeout_ms = 1000;
        const struct kafc_create_topics_resp *r = raw_call(&kafc_create_topics_api, &req);
        ck_assert_int_eq(r->topics.v[0].error_code, 0);
        ck_assert_int_eq(raw_answer->parts[0].broker, b);
        ck_assert_int_eq(kafc_mock_stop_broker(raw_mock, b), KAFC_OK); /* the next one controls */
    }
    raw_ok(raw_call_as(&kafc_create_topics_api, -1, &req, 3, 5000)); /* the caller's choice */
    ck_assert_int_eq(raw_answer->parts[0].broker, 3);
}
END_TEST

static int32_t produced(int16_t acks, struct peer_produce *x)
{
    peer_produce_make(x, acks);
    x->topic.name = raw_text("a");
    for (int i = 0; i < 2; i++) {
        x->part[i].index = i;
        x->part[i].records = (struct kafc_records){ NULL, 0, NULL };
    }
    raw_ok(raw_call_as(&kafc_produce_api, 12, &x->msg, KAFC_BY_ROUTE, 5000));
    const struct kafc_produce_resp *r = raw_answer->resp;
    return r->responses.n ? r->responses.v[0].partition_responses.n : 0;
}

START_TEST(produce_with_acks_0_is_not_waited_for)
{
    struct peer_produce x;
    ck_assert_int_eq(produced(1, &x), 2);
    peer_produce_free(&x);
    ck_assert_int_eq(produced(0, &x), 0);
    ck_assert_int_eq(raw_answer->nparts, 2);
    ck_assert_ptr_nonnull(raw_answer->parts[0].resp);
    peer_produce_free(&x);
}
END_TEST

/* One of three does not answer: what the others said is kept, and the error says who. */
START_TEST(a_broker_that_fails_leaves_the_answers_of_the_others)
{
    struct offsets_request x;
    ask_offsets(&x);
    raw_ok(raw_call_as(&kafc_list_offsets_api, -1, &x.req, KAFC_BY_ROUTE, 5000));
    ck_assert_int_eq(kafc_mock_freeze_metadata(raw_mock, 1, true), KAFC_OK);
    ck_assert_int_eq(kafc_mock_freeze_metadata(raw_mock, 3, true), KAFC_OK);
    ck_assert_int_eq(kafc_mock_stop_broker(raw_mock, 2), KAFC_OK);
    kafc_err rc;
    RAW_DOUBLING(rc = raw_call_as(&kafc_list_offsets_api, -1, &x.req, KAFC_BY_ROUTE, ms),
                 strstr(raw_err.message, "refused") && raw_answer && count_ok(raw_answer->resp, "a") == 4);
    ck_assert_int_ne(rc, KAFC_OK);
    raw_says("node 2");
    raw_says("refused"); /* what it failed of, not that time ran out */
    ck_assert_int_eq(raw_err.broker, 2);
    ck_assert_ptr_nonnull(raw_answer);
    ck_assert_int_eq(count_ok(raw_answer->resp, "a"), 4);
    int failed = 0;
    for (int i = 0; i < raw_answer->nparts; i++) {
        const kafc_answer_part *p = &raw_answer->parts[i];
        ck_assert_int_eq(p->err != KAFC_OK, p->broker == 2);
        ck_assert_int_eq(p->resp == NULL, p->broker == 2);
        failed += p->err != KAFC_OK;
    }
    ck_assert_int_eq(failed, 1);
    /* Once the metadata knows better, the same request finds other leaders before its time is over. */
    ck_assert_int_eq(kafc_mock_freeze_metadata(raw_mock, 1, false), KAFC_OK);
    ck_assert_int_eq(kafc_mock_freeze_metadata(raw_mock, 3, false), KAFC_OK);
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(kafc_mock_set_leader(raw_mock, "a", i, 3), KAFC_OK);
    ck_assert_int_eq(count_ok(raw_call(&kafc_list_offsets_api, &x.req), "a"), 6);
}
END_TEST

static void thaw(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)a;
    if (rq->index < 3)
        return;
    for (int b = 1; b <= 3; b++)
        (void)kafc_mock_freeze_metadata(raw_mock, b, false);
}

START_TEST(what_reached_nobody_is_cut_up_anew)
{
    struct offsets_request x;
    ask_offsets(&x);
    for (int b = 1; b <= 3; b++)
        ck_assert_int_eq(kafc_mock_freeze_metadata(raw_mock, b, true), KAFC_OK);
    ck_assert_int_eq(kafc_mock_stop_broker(raw_mock, 2), KAFC_OK);
    for (int i = 0; i < PARTITIONS; i++) /* what broker 2 led is shared by the others */
        ck_assert_int_eq(kafc_mock_set_leader(raw_mock, i < 6 ? "a" : "b", i % 6, 1 + i % 2 * 2),
                         KAFC_OK);
    ck_assert_int_eq(kafc_mock_hook(raw_mock, KAFC_API_METADATA, thaw, NULL), KAFC_OK);
    const struct kafc_list_offsets_resp *r = raw_call(&kafc_list_offsets_api, &x.req);
    ck_assert_int_eq(r->topics.n, 2);
    ck_assert_int_ge(raw_answer->nparts, 3);
    ck_assert_int_eq(r->topics.v[0].partitions.n + r->topics.v[1].partitions.n, PARTITIONS);
    for (int i = 0; i < raw_answer->nparts; i++)
        ck_assert_int_ne(raw_answer->parts[i].broker, 2);
}
END_TEST

static void cut_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_CUT;
}

START_TEST(what_a_broker_may_have_received_is_not_sent_again)
{
    struct offsets_request x;
    ask_offsets(&x);
    ck_assert_int_eq(kafc_mock_hook(raw_mock, KAFC_API_LIST_OFFSETS, cut_it, NULL), KAFC_OK);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, &x.req, 2, 5000),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, KAFC_API_LIST_OFFSETS), 1);
    ck_assert_ptr_null(raw_answer);
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
    struct offsets_request x;
    ask_offsets(&x);
    ck_assert_int_eq(kafc_mock_hook(raw_mock, KAFC_API_LIST_OFFSETS, interrupt_it, NULL), KAFC_OK);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, &x.req, 2, -1), KAFC_ERR_INTERRUPTED);
    ck_assert_ptr_null(raw_answer);
    ck_assert_int_eq(kafc_mock_hook(raw_mock, KAFC_API_LIST_OFFSETS, NULL, NULL), KAFC_OK);
    raw_ok(raw_call_as(&kafc_list_offsets_api, -1, &x.req, 3, 5000));
}
END_TEST

static void close_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)rq;
    a->act = KAFC_MOCK_SILENT;
    *(kafc_err *)ctx = kafc_client_close(raw_client, 5000, NULL);
}

START_TEST(a_call_that_waits_ends_when_the_client_is_closed)
{
    struct offsets_request x;
    kafc_err closed = KAFC_ERR_TIMED_OUT;
    ask_offsets(&x);
    ck_assert_int_eq(kafc_mock_hook(raw_mock, KAFC_API_LIST_OFFSETS, close_it, &closed), KAFC_OK);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, &x.req, 2, -1), KAFC_ERR_CLOSED);
    ck_assert_ptr_null(raw_answer);
    ck_assert_int_eq(kafc_mock_hook(raw_mock, KAFC_API_LIST_OFFSETS, NULL, NULL), KAFC_OK);
    ck_assert_int_eq(closed, KAFC_OK);
}
END_TEST

static void call_inside(void *ctx, const kafc_report *r)
{
    struct offsets_request x;
    (void)r;
    ask_offsets(&x);
    *(kafc_err *)ctx = raw_call_as(&kafc_list_offsets_api, -1, &x.req, -1, 5000);
}

START_TEST(C6_a_call_inside_a_callback_is_an_error)
{
    kafc_err inside = KAFC_OK;
    kafc_message m = { .value = KAFC_STR("v") };
    kafc_writer *w = kafc_writer_open(
        raw_client, KAFC_WRITER(.topic = "a", .on_delivery = call_inside, .ctx = &inside),
        &raw_err);
    ck_assert_ptr_nonnull(w);
    raw_ok(kafc_writer_send(w, &m, NULL, 5000, &raw_err));
    raw_ok(kafc_writer_close(w, 5000, &raw_err));
    kafc_writer_free(w);
    ck_assert_int_eq(inside, KAFC_ERR_IN_CALLBACK);
    ck_assert_ptr_null(raw_answer);
}
END_TEST

static int call_in_child(void)
{
    struct offsets_request x;
    ask_offsets(&x);
    return raw_call_as(&kafc_list_offsets_api, -1, &x.req, -1, 5000) != KAFC_ERR_FORKED;
}

START_TEST(C7_a_forked_child_calls_nobody)
{
    struct offsets_request x;
    ask_offsets(&x);
    (void)raw_call(&kafc_list_offsets_api, &x.req);
    ck_assert_int_eq(stranger_fork(call_in_child), 0);
    ck_assert_int_eq(count_ok(raw_call(&kafc_list_offsets_api, &x.req), "a"), 6);
}
END_TEST

/* --- Versions ------------------------------------------------------------------------------- */

START_TEST(C8_versions_suit_both_or_the_error_says_who_is_too_old)
{
    struct offsets_request x;
    ask_offsets(&x);
    ck_assert_int_eq(kafc_mock_set_versions(raw_mock, KAFC_API_LIST_OFFSETS, 2, 5), KAFC_OK);
    (void)raw_call(&kafc_list_offsets_api, &x.req);
    ck_assert_int_eq(raw_answer->parts[0].version, 5);
    raw_ok(raw_call_as(&kafc_list_offsets_api, 3, &x.req, KAFC_BY_ROUTE, 5000));
    ck_assert_int_eq(raw_answer->parts[0].version, 3);
    uint64_t sent = kafc_mock_requests(raw_mock, 0, KAFC_API_LIST_OFFSETS);
    for (int v = 0; v <= kafc_list_offsets_api.max; v++) {
        kafc_err rc = raw_call_as(&kafc_list_offsets_api, v, &x.req, 1, 5000);
        ck_assert_int_eq(rc, v < 2 || v > 5 ? KAFC_ERR_UNSUPPORTED : KAFC_OK);
        if (rc != KAFC_OK)
            raw_says("knows ListOffsets 2 to 5, not ");
    }
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, KAFC_API_LIST_OFFSETS), sent + 4);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, 99, &x.req, KAFC_BY_ROUTE, 5000),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("kafc knows ListOffsets 0 to 11, not 99");
}
END_TEST

START_TEST(wrong_calls)
{
    struct offsets_request x;
    ask_offsets(&x);
    ck_assert_int_eq(
        kafc_client_call(raw_client, &kafc_list_offsets_api, -1, &x.req, -1, 1, NULL, &raw_err),
        KAFC_ERR_USAGE);
    ck_assert_int_eq(raw_call_as(NULL, -1, &x.req, -1, 5000), KAFC_ERR_USAGE);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, NULL, -1, 5000), KAFC_ERR_USAGE);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, &x.req, -1, 0), KAFC_ERR_WOULD_BLOCK);
    ck_assert_ptr_null(raw_answer);
    struct kafc_write_txn_markers_req markers;
    kafc__msg_defaults(&kafc_write_txn_markers_req_schema, &markers);
    ck_assert_int_eq(raw_call_as(&kafc_write_txn_markers_api, -1, &markers, -1, 5000),
                     KAFC_ERR_USAGE);
    raw_says("WriteTxnMarkers");
    struct kafc_vote_req vote;
    kafc__msg_defaults(&kafc_vote_req_schema, &vote);
    ck_assert_int_eq(raw_call_as(&kafc_vote_api, -1, &vote, -1, 5000), KAFC_ERR_USAGE);
    ck_assert_int_eq(raw_call_as(&kafc_vote_api, -1, &vote, 1, 5000), KAFC_ERR_UNSUPPORTED);
    raw_says("does not know Vote");
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, &x.req, 9, 100),
                     KAFC_ERR_BROKER_NOT_AVAILABLE);
    raw_says("node 9");
    kafc_answer_free(NULL);
    x.req.isolation_level = 1; /* version 1 has no place for it */
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, 1, &x.req, -1, 5000), KAFC_ERR_ENCODE);
    raw_says("IsolationLevel");
    ck_assert_int_eq(kafc_client_close(raw_client, 0, NULL), KAFC_OK);
    ck_assert_int_eq(raw_call_as(&kafc_list_offsets_api, -1, &x.req, -1, 5000), KAFC_ERR_CLOSED);
}
END_TEST

/* --- Memory ------------------------------------------------------------------------------------- */

static int scenario(const kafc_allocator *mem)
{
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock),
                                              .allocator = mem, .retry_backoff_ms = 1,
                                              .retry_backoff_max_ms = 1, .reconnect_backoff_ms = 1,
                                              .reconnect_backoff_max_ms = 1),
                                  &raw_err);
    if (!raw_client)
        return false;
    struct offsets_request x;
    ask_offsets(&x);
    kafc_err rc = kafc_client_call(raw_client, &kafc_list_offsets_api, -1, &x.req, -1, 5000,
                                   &raw_answer, &raw_err);
    if (rc == KAFC_OK)
        ck_assert_int_eq(count_ok(raw_answer->resp, "a"), 6);
    raw_close();
    return rc == KAFC_OK;
}

/* What cannot be had is an error or is got over; nothing is lost, and nothing half is called whole. */
START_TEST(each_allocation_may_fail)
{
    kafc_client_free(raw_client);
    raw_client = NULL;
    test_alloc_each(scenario, 1);
}
END_TEST

SUITE_AROUND(mock_up, raw_down, "client/raw", 60, ONCE(a_request_is_cut_up_by_leaders),
             ONCE(what_has_no_leader_is_left_to_the_brokers_to_say), ONCE(topics_are_named_by_id_too),
             ONCE(the_controller_is_found), ONCE(produce_with_acks_0_is_not_waited_for),
             ONCE(a_broker_that_fails_leaves_the_answers_of_the_others), ONCE(what_reached_nobody_is_cut_up_anew),
             ONCE(what_a_broker_may_have_received_is_not_sent_again), ONCE(C3_a_call_that_waits_is_interrupted),
             ONCE(a_call_that_waits_ends_when_the_client_is_closed), ONCE(C6_a_call_inside_a_callback_is_an_error),
             ONCE(C7_a_forked_child_calls_nobody), ONCE(C8_versions_suit_both_or_the_error_says_who_is_too_old),
             ONCE(wrong_calls), ONCE(each_allocation_may_fail))
