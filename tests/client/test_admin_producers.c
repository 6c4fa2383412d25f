/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Producers and transactions seen from outside: against the mock, and against
 * scripted brokers for what the mock does not do.
 */
#include <check.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>

#include "base/str.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "protocol/api/27_write_txn_markers.h"
#include "protocol/api/66_list_transactions.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/producers.h>

enum { WAIT = 10000, METADATA = 3, INIT = 22, MARK = 27, PRODUCERS = 61, DESCRIBE = 65, LIST = 66 };

static kafc_message message = { .value = { "v", 1 } };

/* The id's transaction with partitions t0 and t2 is open; its producer. */
static int64_t begin(const char *id)
{
    static int32_t partitions[] = { 2, 0 };
    struct kafc_init_producer_id_req init;
    struct kafc_add_partitions_to_txn_req add;
    struct kafc_add_partitions_to_txn_req_topic topic;
    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &init);
    init.transactional_id = kafc__str(id);
    init.transaction_timeout_ms = 60000;
    const struct kafc_init_producer_id_resp *i = raw_call(&kafc_init_producer_id_api, &init);
    ck_assert_int_eq(i->error_code, 0);
    int64_t producer = i->producer_id;
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_schema, &add);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_topic_schema, &topic);
    topic.name = kafc__str("t");
    topic.partitions.v = partitions;
    topic.partitions.n = 2;
    add.v3_and_below_transactional_id = kafc__str(id);
    add.v3_and_below_producer_id = producer;
    add.v3_and_below_producer_epoch = i->producer_epoch;
    add.v3_and_below_topics.v = &topic;
    add.v3_and_below_topics.n = 1;
    raw_ok(raw_call_as(&kafc_add_partitions_to_txn_api, 3, &add, KAFC_BY_ROUTE, WAIT));
    return producer;
}

/* --- In partitions ---------------------------------------------------------------------------- */

START_TEST(leaders_tell_who_has_written)
{
    static const kafc_topic_partition p[] = { { "t", 2 }, { "t", 0 }, { "u", 1 } };
    kafc_producer_list *l;
    raw_up(joining_mock());
    raw_ok(kafc_mock_append(raw_mock, "t", 0, &message, 1, 77));
    raw_ok(kafc_mock_append(raw_mock, "t", 0, &message, 1, 5));
    raw_ok(kafc_mock_append_marker(raw_mock, "t", 0, 5, true));
    raw_ok(kafc_mock_append(raw_mock, "t", 2, &message, 1, 77));
    raw_ok(kafc_admin_describe_producers(raw_client, p, 3, KAFC_BY_ROUTE, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->npartitions, 3);
    const kafc_partition_producers *t0 = &l->partitions[0];
    ck_assert_str_eq(t0->topic, "t");
    ck_assert_int_eq(t0->partition, 0);
    ck_assert_int_eq(t0->nproducers, 2);
    ck_assert_int_eq(t0->producers[0].producer_id, 5);
    ck_assert_int_eq(t0->producers[0].transaction_start, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(t0->producers[0].coordinator_epoch, 0);
    ck_assert_int_eq(t0->producers[1].producer_id, 77);
    ck_assert_int_eq(t0->producers[1].transaction_start, 0);
    ck_assert_int_eq(t0->producers[1].coordinator_epoch, -1);
    ck_assert_int_gt(t0->producers[1].last_timestamp, 0);
    ck_assert_int_eq(l->partitions[1].partition, 2);
    ck_assert_int_eq(l->partitions[1].nproducers, 1);
    ck_assert_str_eq(l->partitions[2].topic, "u");
    ck_assert_int_eq(l->partitions[2].nproducers, 0);
    raw_close();
    kafc_producer_list_free(l); /* outlives the client */
    raw_down();
}
END_TEST

START_TEST(a_broker_can_be_asked_for_its_replica)
{
    static const kafc_topic_partition p[] = { { "t", 0 }, { "t", 1 }, { "no", 3 } };
    kafc_producer_list *l;
    raw_up(joining_mock());
    raw_ok(kafc_admin_describe_producers(raw_client, p, 1, 1, WAIT, &l, &raw_err));
    kafc_producer_list_free(l);
    ck_assert_int_eq(
        kafc_admin_describe_producers(raw_client, p, 3, KAFC_BY_ROUTE, WAIT, &l, &raw_err),
        KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 'no' [3] cannot be asked for its producers");
    ck_assert_int_eq(l->npartitions, 3);
    ck_assert_int_eq(l->partitions[0].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_str_eq(l->partitions[1].topic, "t");
    ck_assert_int_eq(l->partitions[1].result, KAFC_OK);
    kafc_producer_list_free(l);
    raw_down();
}
END_TEST

static kafc_producer_state open_transaction(int32_t partition, int64_t producer)
{
    kafc_topic_partition p = { "t", partition };
    kafc_producer_list *l;
    raw_ok(kafc_admin_describe_producers(raw_client, &p, 1, KAFC_BY_ROUTE, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->partitions[0].nproducers, 1);
    kafc_producer_state s = l->partitions[0].producers[0];
    ck_assert_int_eq(s.producer_id, producer);
    kafc_producer_list_free(l);
    return s;
}

START_TEST(a_transaction_that_hangs_is_aborted)
{
    kafc_mock_log log;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, MARK, 1, (int16_t)(1 + _i % 2)));
    raw_ok(kafc_mock_append(raw_mock, "t", 1, &message, 1, 9));
    kafc_producer_state s = open_transaction(1, 9);
    ck_assert_int_eq(s.transaction_start, 0);
    if (_i < 2) /* the leader moves while it is asked */
        raw_ok(kafc_mock_push_error(raw_mock, MARK, KAFC_ERR_NOT_LEADER_OR_FOLLOWER, 1));
    else
        raw_ok(kafc_mock_push_error(raw_mock, MARK, KAFC_ERR_DISCONNECTED, 1));
    raw_ok(kafc_admin_abort_transaction(raw_client, "t", 1, &s, WAIT, &raw_err));
    raw_ok(kafc_mock_log_get(raw_mock, "t", 1, &log));
    ck_assert_int_eq(log.last_stable, log.high_watermark);
    ck_assert_int_eq(log.records, 2);
    s = open_transaction(1, 9);
    ck_assert_int_eq(s.transaction_start, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "t", 1, &s, WAIT, &raw_err),
                     KAFC_ERR_USAGE);
    raw_says("no transaction is open");
    raw_down();
}
END_TEST

static void *thaw(void *arg)
{
    (void)arg;
    while (kafc_mock_requests(raw_mock, 0, METADATA) < 5)
        sched_yield();
    (void)kafc_mock_freeze_metadata(raw_mock, 1, false);
    (void)kafc_mock_freeze_metadata(raw_mock, 2, false);
    return NULL;
}

/* The broker that leads as far as anybody knows is gone. */
START_TEST(the_next_leader_is_asked)
{
    pthread_t thread;
    raw_up(joining_mock());
    raw_ok(kafc_mock_append(raw_mock, "t", 1, &message, 1, 9));
    kafc_producer_state s = open_transaction(1, 9);
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 1, 3));
    raw_ok(kafc_mock_freeze_metadata(raw_mock, 1, true));
    raw_ok(kafc_mock_freeze_metadata(raw_mock, 2, true));
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    ck_assert_int_eq(pthread_create(&thread, NULL, thaw, NULL), 0);
    raw_ok(kafc_admin_abort_transaction(raw_client, "t", 1, &s, WAIT, &raw_err));
    ck_assert_uint_ge(kafc_mock_requests(raw_mock, 0, METADATA), 5);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_aborted_is_told)
{
    kafc_producer_state s = { .producer_id = 9, .epoch = -1 };
    raw_up(joining_mock());
    raw_ok(kafc_mock_append(raw_mock, "t", 1, &message, 1, 9));
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "t", 1, &s, WAIT, &raw_err),
                     KAFC_ERR_INVALID_PRODUCER_EPOCH);
    raw_says("topic 't' [1] cannot be freed of that transaction");
    ck_assert_int_eq(raw_err.broker, 2);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "t", 4, &s, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "no", 0, &s, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 'no' [0]");
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 1, -1));
    kafc_err rc;
    do { /* its time may end while it asks once more */
        rc = kafc_admin_abort_transaction(raw_client, "t", 1, &s, 200, &raw_err);
    } while (rc == KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(rc, KAFC_ERR_LEADER_NOT_AVAILABLE);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "t", 1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, NULL, 1, &s, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "t", -1, &s, WAIT, NULL),
                     KAFC_ERR_USAGE);
    raw_down();
}
END_TEST

static bool no_markers(struct script *s, int32_t broker, const struct peer_request *q,
                       const void *req, void *resp, struct kafc_arena *a)
{
    (void)s, (void)broker, (void)req, (void)resp, (void)a;
    return q->api->key == MARK;
}

START_TEST(an_answer_without_the_marker_is_none)
{
    static struct script script = {
        .serve = no_markers, .listed = { false, true, true, true }, .topic = "t", .partitions = 1
    };
    kafc_producer_state s = { .producer_id = 9 };
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_abort_transaction(raw_client, "t", 0, &s, WAIT, &raw_err),
                     KAFC_ERR_PROTOCOL);
    raw_close();
    script_stop(&script);
}
END_TEST

/* --- At their coordinators ----------------------------------------------------------------------- */

static kafc_transaction_list *list(const kafc_transaction_filter *f)
{
    kafc_transaction_list *l;
    raw_ok(kafc_admin_list_transactions(raw_client, f, WAIT, &l, &raw_err));
    return l;
}

static void listed(const kafc_transaction_filter *f, const char *want)
{
    char got[100] = "";
    kafc_transaction_list *l = list(f);
    for (int32_t i = 0; i < l->ntransactions; i++) {
        strncat(got, l->transactions[i].transactional_id, 20);
        strncat(got, " ", 2);
    }
    kafc_transaction_list_free(l);
    ck_assert_str_eq(got, want);
}

START_TEST(transactions_are_listed_by_all_coordinators)
{
    char id[] = "a";
    const char *ongoing = "Ongoing", *none = "Ongonig";
    kafc_transaction_list *l;
    raw_up(joining_mock());
    listed(NULL, "");
    for (int i = 0; i < 8; i++, id[0]++)
        begin(id);
    l = list(NULL);
    ck_assert_int_eq(l->ntransactions, 8);
    int64_t producers[] = { l->transactions[5].producer_id, 4711, l->transactions[1].producer_id };
    for (int i = 0; i < 8; i++) {
        const kafc_listed_transaction *t = &l->transactions[i];
        ck_assert_int_eq(t->transactional_id[0], 'a' + i);
        ck_assert_str_eq(t->state, "Ongoing");
        ck_assert_int_eq(t->coordinator,
                         kafc_mock_coordinator(raw_mock, KAFC_MOCK_TRANSACTIONS, t->transactional_id));
    }
    kafc_transaction_list_free(l);
    kafc_fenced_producer f[] = { { .transactional_id = "c" }, { .transactional_id = "h" } };
    raw_ok(kafc_admin_fence_producers(raw_client, f, 2, WAIT, &raw_err));
    listed(&(kafc_transaction_filter){ .states = &ongoing, .nstates = 1 }, "a b d e f g ");
    listed(&(kafc_transaction_filter){ .producer_ids = producers, .nproducer_ids = 3 }, "b f ");
    listed(&(kafc_transaction_filter){ .open_ms = 3600000 }, "");
    listed(&(kafc_transaction_filter){ .pattern = "h.*" }, "h ");
    raw_ok(kafc_mock_push_error(raw_mock, LIST, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, 1));
    listed(NULL, "a b c d e f g h ");
    ck_assert_int_eq(kafc_admin_list_transactions(
                         raw_client, &(kafc_transaction_filter){ .states = &none, .nstates = 1 },
                         WAIT, &l, &raw_err),
                     KAFC_ERR_INVALID_REQUEST);
    raw_says("transactions in the unknown state 'Ongonig' cannot be listed");
    kafc_transaction_list_free(l);
    raw_down();
}
END_TEST

START_TEST(filters_want_brokers_that_know_them)
{
    kafc_transaction_list *l;
    raw_up(joining_mock());
    for (int16_t v = 0; v < 2; v++) {
        kafc_transaction_filter f = { .open_ms = v == 0, .pattern = v == 0 ? NULL : "x" };
        raw_ok(kafc_mock_set_versions(raw_mock, LIST, 0, v));
        ck_assert_int_eq(kafc_admin_list_transactions(raw_client, &f, WAIT, &l, &raw_err),
                         KAFC_ERR_UNSUPPORTED);
        raw_says("too old to choose");
        ck_assert_ptr_null(l);
        listed(NULL, "");
    }
    raw_down();
}
END_TEST

static bool two_lists(struct script *s, int32_t broker, const struct peer_request *q,
                      const void *req, void *resp, struct kafc_arena *a)
{
    struct kafc_list_transactions_resp *r = resp;
    (void)s, (void)q, (void)req;
    if (broker == 2)
        return false;
    r->transaction_states.v = kafc__msg_array(&kafc_list_transactions_resp_transaction_schema, 1,
                                              a);
    r->transaction_states.n = 1;
    r->transaction_states.v[0].transactional_id = raw_text(
        "both"); /* on its way from one to the other */
    return true;
}

START_TEST(a_broker_that_fails_leaves_those_of_the_others)
{
    static struct script script = { .serve = two_lists, .listed = { false, true, true, true } };
    kafc_transaction_list *l = NULL;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    do { /* until the others are quick enough, too */
        kafc_transaction_list_free(l);
        ck_assert_int_ne(kafc_admin_list_transactions(raw_client, NULL, 100, &l, &raw_err), KAFC_OK);
    } while (raw_err.broker != 2 || !l || l->ntransactions == 0);
    ck_assert_int_eq(l->ntransactions, 1);
    ck_assert_str_eq(l->transactions[0].transactional_id, "both");
    kafc_transaction_list_free(l);
    raw_close();
    script_stop(&script);
}
END_TEST

START_TEST(each_transactional_id_is_described_by_its_coordinator)
{
    static const char *const ids[] = { "x", "never was", "y" };
    kafc_transaction_descriptions *d;
    raw_up(joining_mock());
    for (int i = 0; i < 3; i++)
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_TRANSACTIONS, ids[i], i + 1));
    int64_t x = begin("x");
    begin("y");
    raw_ok(kafc_mock_push_error(raw_mock, DESCRIBE, KAFC_ERR_NOT_COORDINATOR, 1));
    ck_assert_int_eq(kafc_admin_describe_transactions(raw_client, ids, 3, WAIT, &d, &raw_err),
                     KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND);
    raw_says("transactional id 'never was' cannot be described");
    ck_assert_int_eq(d->ntransactions, 3);
    const kafc_described_transaction *t = &d->transactions[0];
    ck_assert_str_eq(t->transactional_id, "x");
    ck_assert_str_eq(t->state, "Ongoing");
    ck_assert_int_eq(t->producer_id, x);
    ck_assert_int_eq(t->epoch, 0);
    ck_assert_int_eq(t->timeout_ms, 60000);
    ck_assert_int_gt(t->started_ms, 0);
    ck_assert_int_eq(t->coordinator, kafc_mock_coordinator(raw_mock, KAFC_MOCK_TRANSACTIONS, "x"));
    ck_assert_int_eq(t->npartitions, 2);
    ck_assert_str_eq(t->partitions[0].topic, "t");
    ck_assert_int_eq(t->partitions[0].partition, 0);
    ck_assert_int_eq(t->partitions[1].partition, 2);
    ck_assert_int_eq(d->transactions[1].result, KAFC_ERR_TRANSACTIONAL_ID_NOT_FOUND);
    ck_assert_str_eq(d->transactions[1].state, "");
    ck_assert_int_eq(d->transactions[1].coordinator, -1);
    ck_assert_int_eq(d->transactions[2].result, KAFC_OK);
    raw_close();
    kafc_transaction_descriptions_free(d); /* outlives the client */
    raw_down();
}
END_TEST

START_TEST(fenced_producers_have_no_transaction_any_more)
{
    kafc_fenced_producer q[] = { { .transactional_id = "x" }, { .transactional_id = "new" } };
    kafc_mock_transaction t;
    raw_up(joining_mock());
    int64_t x = begin("x");
    raw_ok(kafc_mock_append(raw_mock, "t", 0, &message, 1, x));
    raw_ok(kafc_mock_set_marker_delay(raw_mock, 50));
    raw_ok(kafc_admin_fence_producers(raw_client, q, 2, WAIT, &raw_err));
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[0].producer_id, x);
    ck_assert_int_gt(q[0].epoch, 0);
    ck_assert_int_eq(q[1].result, KAFC_OK);
    raw_ok(kafc_mock_transaction_get(raw_mock, "x", &t));
    ck_assert_int_eq(t.state, KAFC_MOCK_TXN_EMPTY);
    ck_assert_int_eq(t.partitions, 0);
    ck_assert_int_eq(t.epoch, q[0].epoch);
    raw_ok(kafc_mock_push_error(raw_mock, INIT, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, q, 2, WAIT, &raw_err),
                     KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    raw_says("transactional id 'x' cannot be fenced");
    ck_assert_int_eq(q[0].result, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    ck_assert_int_eq(q[0].producer_id, -1);
    ck_assert_int_eq(q[1].result, KAFC_OK);
    raw_down();
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------ */

START_TEST(what_cannot_be_asked_is_refused)
{
    static const kafc_topic_partition p = { "t", 0 }, none = { NULL, 0 };
    static const char *const empty[] = { "" };
    const char *null[] = { NULL };
    kafc_fenced_producer q = { .transactional_id = NULL };
    kafc_producer_list *pl;
    kafc_transaction_list *tl;
    kafc_transaction_descriptions *d;
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_describe_producers(raw_client, &none, 1, -1, WAIT, &pl, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_producers(raw_client, NULL, -1, -1, WAIT, &pl, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_producers(raw_client, &p, 1, -1, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_producers(raw_client, &p, 1, -1, 0, &pl, NULL),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_ptr_null(pl);
    ck_assert_int_eq(kafc_admin_list_transactions(raw_client, NULL, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_transactions(
                         raw_client, &(kafc_transaction_filter){ .states = null, .nstates = 1 },
                         WAIT, &tl, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_transactions(
                         raw_client, &(kafc_transaction_filter){ .nstates = 1 }, WAIT, &tl, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_transactions(
                         raw_client, &(kafc_transaction_filter){ .open_ms = -1 }, WAIT, &tl, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_null(tl);
    ck_assert_int_eq(kafc_admin_describe_transactions(raw_client, empty, 1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_transactions(raw_client, null, 1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_null(d);
    ck_assert_int_eq(kafc_admin_describe_transactions(raw_client, NULL, 0, WAIT, &d, NULL),
                     KAFC_OK);
    ck_assert_int_eq(d->ntransactions, 0);
    kafc_transaction_descriptions_free(d);
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, &q, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, NULL, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, &q, -1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_fence_producers(raw_client, NULL, 0, WAIT, NULL), KAFC_OK);
    raw_ok(kafc_mock_set_release(raw_mock, "2.1"));
    ck_assert_int_eq(kafc_admin_describe_producers(raw_client, &p, 1, -1, WAIT, &pl, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("DescribeProducers");
    kafc_producer_list_free(pl);
    ck_assert_int_eq(kafc_admin_list_transactions(raw_client, NULL, WAIT, &tl, NULL),
                     KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(kafc_client_close(raw_client, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_list_transactions(raw_client, NULL, WAIT, &tl, NULL),
                     KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

/* All calls. How many of them succeeded; what they gave is whole. */
static int scenario(const kafc_allocator *mem)
{
    static const kafc_topic_partition p[] = { { "t", 0 }, { "t", 1 } };
    static const char *const ids[] = { "x", "y" };
    kafc_fenced_producer q[] = { { .transactional_id = "y" }, { .transactional_id = "z" } };
    kafc_producer_list *pl = NULL;
    kafc_transaction_list *tl = NULL;
    kafc_transaction_descriptions *d = NULL;
    const char *state = "Ongoing";
    kafc_transaction_filter f = { .states = &state, .nstates = 1 };
    int ok = 0;
    raw_ok(kafc_mock_append(raw_mock, "t", 1, &message, 1, 9));
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock),
                                              .allocator = mem, .retry_backoff_ms = 1,
                                              .retry_backoff_max_ms = 2),
                                  &raw_err);
    if (!raw_client)
        return 0;
    if (kafc_admin_describe_producers(raw_client, p, 2, -1, WAIT, &pl, &raw_err) == KAFC_OK)
        ok += pl->npartitions == 2 && pl->partitions[1].nproducers == 1;
    if (kafc_admin_list_transactions(raw_client, &f, WAIT, &tl, &raw_err) == KAFC_OK)
        ok += tl->ntransactions == 1 && strcmp(tl->transactions[0].transactional_id, "x") == 0;
    if (kafc_admin_describe_transactions(raw_client, ids, 1, WAIT, &d, &raw_err) == KAFC_OK)
        ok += d->transactions[0].npartitions == 2;
    ok += kafc_admin_fence_producers(raw_client, q, 2, WAIT, &raw_err) == KAFC_OK;
    if (pl && pl->npartitions == 2 && pl->partitions[1].nproducers == 1)
        ok += kafc_admin_abort_transaction(raw_client, "t", 1, &pl->partitions[1].producers[0],
                                           WAIT, &raw_err) == KAFC_OK;
    kafc_client_free(raw_client);
    raw_client = NULL;
    kafc_producer_list_free(pl);
    kafc_transaction_list_free(tl);
    kafc_transaction_descriptions_free(d);
    return ok;
}

START_TEST(each_allocation_may_fail)
{
    raw_up(joining_mock());
    begin("x");
    raw_close();
    test_alloc_each(scenario, 5);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_producers", 60, ONCE(leaders_tell_who_has_written),
            ONCE(a_broker_can_be_asked_for_its_replica),
            LOOP(a_transaction_that_hangs_is_aborted, 0, 4), ONCE(the_next_leader_is_asked),
            ONCE(what_cannot_be_aborted_is_told), ONCE(an_answer_without_the_marker_is_none),
            ONCE(transactions_are_listed_by_all_coordinators),
            ONCE(filters_want_brokers_that_know_them),
            ONCE(a_broker_that_fails_leaves_those_of_the_others),
            ONCE(each_transactional_id_is_described_by_its_coordinator),
            ONCE(fenced_producers_have_no_transaction_any_more),
            ONCE(what_cannot_be_asked_is_refused), ONCE(each_allocation_may_fail))
