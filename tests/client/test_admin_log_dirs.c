/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log directories: against the mock in every version, and against scripted
 * brokers for what the mock does not do.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/34_alter_replica_log_dirs.h"
#include "protocol/api/35_describe_log_dirs.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/mock.h>
#include <kafc/replicas.h>

enum { WAIT = 10000, ALTER = 34, DESCRIBE = 35 };


static kafc_log_dirs *dirs(const int32_t *brokers, int32_t n)
{
    kafc_log_dirs *d;
    raw_ok(kafc_admin_describe_log_dirs(raw_client, brokers, n, NULL, KAFC_ALL_PARTITIONS, WAIT, &d,
                                        &raw_err));
    return d;
}

/* --- Describe ------------------------------------------------------------------------------- */

START_TEST(every_broker_tells_what_it_has)
{
    kafc_message m = { .value = KAFC_STR("a record of some bytes") };
    raw_up(joining_mock());
    raw_ok(kafc_mock_append(raw_mock, "t", 3, &m, 1, -1));
    raw_ok(kafc_mock_set_versions(raw_mock, DESCRIBE, 0, (int16_t)_i));
    kafc_log_dirs *d = dirs(NULL, 0);
    raw_close();
    ck_assert_int_eq(d->ndirs, 6);
    for (int i = 0; i < 6; i++) {
        ck_assert_int_eq(d->dirs[i].broker, 1 + i / 2);
        ck_assert_int_eq(d->dirs[i].result, KAFC_OK);
        ck_assert_int_eq(d->dirs[i].path[strlen(d->dirs[i].path) - 1], i % 2 ? 'b' : 'a');
        ck_assert_int_eq(d->dirs[i].nreplicas, i % 2 ? 0 : i == 0 ? 4 : 2);
        ck_assert_int_eq(d->dirs[i].total_bytes > 0, _i >= 4);
        ck_assert_int_eq(
            d->dirs[i].usable_bytes,
            _i < 4 ? -1 : d->dirs[i].total_bytes - (i == 0 ? d->dirs[0].replicas[1].size : 0));
    }
    const kafc_log_replica *r = d->dirs[0].replicas;
    ck_assert_str_eq(r[1].topic, "t");
    ck_assert_int_eq(r[1].partition, 3);
    ck_assert_int_gt(r[1].size, 61);
    ck_assert_int_eq(r[1].lag, 0);
    ck_assert(!r[1].future);
    ck_assert_str_eq(r[2].topic, "u");
    ck_assert_int_eq(r[2].size, 0);
    kafc_log_dirs_free(d); /* outlives the client */
    raw_down();
}
END_TEST

START_TEST(some_brokers_and_some_partitions_can_be_asked_for)
{
    static const int32_t brokers[] = { 3, 1 };
    static const kafc_topic_partition p[] = { { "u", 2 }, { "t", 0 }, { "t", 1 }, { "no", 0 } };
    kafc_log_dirs *d;
    raw_up(joining_mock());
    raw_ok(kafc_admin_describe_log_dirs(raw_client, brokers, 2, p, 4, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->ndirs, 4);
    ck_assert_int_eq(d->dirs[0].broker, 1);
    ck_assert_int_eq(d->dirs[0].nreplicas, 1);
    ck_assert_str_eq(d->dirs[0].replicas[0].topic, "t");
    ck_assert_int_eq(d->dirs[2].broker, 3);
    ck_assert_int_eq(d->dirs[2].nreplicas, 1);
    ck_assert_str_eq(d->dirs[2].replicas[0].topic, "u");
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 2, DESCRIBE), 0);
    kafc_log_dirs_free(d);
    raw_ok(kafc_admin_describe_log_dirs(raw_client, brokers, 1, p, 0, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->ndirs, 2);
    ck_assert_int_eq(d->dirs[0].nreplicas, 0);
    kafc_log_dirs_free(d);
    raw_down();
}
END_TEST

START_TEST(a_broker_that_does_not_answer_says_why)
{
    static const int32_t brokers[] = { 2, 3 };
    kafc_log_dirs *d = NULL;
    raw_up(joining_mock());
    kafc_log_dirs_free(dirs(NULL, 0)); /* all are known */
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    RAW_DOUBLING((kafc_log_dirs_free(d), (void)kafc_admin_describe_log_dirs(raw_client, brokers, 2, NULL, -1, ms, &d,
                                                                            &raw_err)),
                 d && d->ndirs == 3);
    ck_assert_int_ne(raw_err.code, KAFC_OK);
    ck_assert_int_eq(raw_err.broker, 3);
    ck_assert_ptr_nonnull(d);
    ck_assert_int_eq(d->ndirs, 3);
    ck_assert_int_eq(d->dirs[1].broker, 2);
    ck_assert_int_eq(d->dirs[1].result, KAFC_OK);
    ck_assert_int_eq(d->dirs[2].broker, 3);
    ck_assert_int_eq(d->dirs[2].result, raw_err.code);
    ck_assert_str_eq(d->dirs[2].path, "");
    ck_assert_int_eq(d->dirs[2].total_bytes, -1);
    kafc_log_dirs_free(d);
    raw_ok(kafc_mock_push_error(raw_mock, DESCRIBE, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(
        kafc_admin_describe_log_dirs(raw_client, brokers, 1, NULL, -1, WAIT, &d, &raw_err),
        KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    raw_says("log directories of node ");
    raw_says(" cannot be described");
    ck_assert_int_eq(d->ndirs, 1);
    ck_assert_int_eq(d->dirs[0].result, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    kafc_log_dirs_free(d);
    raw_down();
}
END_TEST

/* A disk that fails, and a replica on its way from one directory to another. */
static bool two_dirs(struct script *s, int32_t broker, const struct peer_request *q,
                     const void *req, void *resp, struct kafc_arena *a)
{
    struct kafc_describe_log_dirs_resp *r = resp;
    (void)s, (void)q, (void)req, (void)broker;
    r->results.v = kafc__msg_array(&kafc_describe_log_dirs_resp_result_schema, 2, a);
    r->results.n = 2;
    r->results.v[0].log_dir = raw_text("/z");
    r->results.v[0].error_code = KAFC_ERR_KAFKA_STORAGE_ERROR;
    r->results.v[1].log_dir = raw_text("/a");
    r->results.v[1].is_cordoned = true;
    r->results.v[1].topics.v = kafc__msg_array(&kafc_describe_log_dirs_resp_topic_schema, 1, a);
    r->results.v[1].topics.n = 1;
    struct kafc_describe_log_dirs_resp_topic *t = r->results.v[1].topics.v;
    t->name = raw_text("t");
    t->partitions.v = kafc__msg_array(&kafc_describe_log_dirs_resp_partition_schema, 1, a);
    t->partitions.n = 1;
    t->partitions.v[0] = (struct kafc_describe_log_dirs_resp_partition){
        .partition_index = 5, .partition_size = 1000, .offset_lag = 7, .is_future_key = true
    };
    return true;
}

START_TEST(a_directory_that_is_offline_is_no_error_of_the_call)
{
    static struct script script = { .serve = two_dirs, .listed = { false, true, true, true } };
    static const int32_t broker = 2;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    kafc_log_dirs *d = dirs(&broker, 1);
    ck_assert_int_eq(d->ndirs, 2);
    ck_assert_str_eq(d->dirs[0].path, "/a");
    ck_assert(d->dirs[0].cordoned);
    ck_assert(d->dirs[0].replicas[0].future);
    ck_assert_int_eq(d->dirs[0].replicas[0].partition, 5);
    ck_assert_int_eq(d->dirs[0].replicas[0].size, 1000);
    ck_assert_int_eq(d->dirs[0].replicas[0].lag, 7);
    ck_assert_int_eq(d->dirs[1].result, KAFC_ERR_KAFKA_STORAGE_ERROR);
    kafc_log_dirs_free(d);
    raw_close();
    script_stop(&script);
}
END_TEST

/* --- Alter ----------------------------------------------------------------------------------- */

/* One partition for several brokers, and each result by broker. */
START_TEST(replicas_move_within_their_brokers)
{
    kafc_replica_move q[] = {
        { .topic = "u", .partition = 1, .broker = 2, .path = "/mock/2/b" },
        { .topic = "t", .partition = 0, .broker = 1, .path = "/mock/1/b" },
        { .topic = "t", .partition = 0, .broker = 2, .path = "/mock/2/b" },
        { .topic = "t", .partition = 3, .broker = 1, .path = "/elsewhere" },
        { .topic = "t", .partition = 9, .broker = 1, .path = "/mock/1/b" },
        { .topic = "u", .partition = 0, .broker = 1, .path = "/mock/1/b" },
    };
    static const kafc_err want[] = { KAFC_OK,
                                     KAFC_OK,
                                     KAFC_ERR_REPLICA_NOT_AVAILABLE,
                                     KAFC_ERR_LOG_DIR_NOT_FOUND,
                                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION,
                                     KAFC_OK };
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, ALTER, 0, (int16_t)_i));
    ck_assert_int_ne(kafc_admin_alter_replica_log_dirs(raw_client, q, 6, WAIT, &raw_err), KAFC_OK);
    raw_says("cannot be moved to that directory");
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(q[i].result, want[i]);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, ALTER), 2);
    kafc_log_dirs *d = dirs(NULL, 0);
    ck_assert_int_eq(d->dirs[0].nreplicas, 2);
    ck_assert_int_eq(d->dirs[1].nreplicas, 2);
    ck_assert_str_eq(d->dirs[1].replicas[1].topic, "u");
    ck_assert_int_eq(d->dirs[3].nreplicas, 1);
    kafc_log_dirs_free(d);
    raw_ok(kafc_admin_alter_replica_log_dirs(raw_client, q, 2, WAIT, &raw_err));
    raw_down();
}
END_TEST

START_TEST(a_broker_that_is_gone_leaves_the_others_theirs)
{
    kafc_replica_move q[] = {
        { .topic = "t", .partition = 0, .broker = 1, .path = "/mock/1/b" },
        { .topic = "t", .partition = 2, .broker = 3, .path = "/mock/3/b" },
        { .topic = "t", .partition = 1, .broker = 2, .path = "/mock/2/b" },
    };
    raw_up(joining_mock());
    kafc_log_dirs_free(dirs(NULL, 0));
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    RAW_DOUBLING(kafc_admin_alter_replica_log_dirs(raw_client, q, 3, ms, &raw_err),
                 q[0].result == KAFC_OK && q[2].result == KAFC_OK);
    ck_assert_int_eq(raw_err.broker, 3);
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[1].result, raw_err.code);
    ck_assert_int_eq(q[2].result, KAFC_OK);
    raw_down();
}
END_TEST

/* --- Both ------------------------------------------------------------------------------------ */

START_TEST(what_cannot_be_asked_is_refused)
{
    static const int32_t minus = -2;
    static const kafc_topic_partition none = { NULL, 0 };
    kafc_log_dirs *d;
    kafc_replica_move q[] = { { .topic = "t", .partition = 0, .broker = 1, .path = "/mock/1/b" },
                              { .topic = "t", .partition = 0, .broker = 1, .path = "/mock/1/a" } };
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_describe_log_dirs(raw_client, &minus, 1, NULL, -1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_log_dirs(raw_client, NULL, 1, NULL, -1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_log_dirs(raw_client, NULL, -1, NULL, -1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_log_dirs(raw_client, NULL, 0, &none, 1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_log_dirs(raw_client, NULL, 0, NULL, -1, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_log_dirs(raw_client, NULL, 0, NULL, -1, 0, &d, NULL),
                     KAFC_ERR_WOULD_BLOCK);
    ck_assert_ptr_null(d);
    ck_assert_int_eq(kafc_admin_alter_replica_log_dirs(raw_client, q, 2, WAIT, &raw_err),
                     KAFC_ERR_USAGE);
    raw_says("is named twice");
    q[0].path = "";
    ck_assert_int_eq(kafc_admin_alter_replica_log_dirs(raw_client, q, 1, WAIT, NULL),
                     KAFC_ERR_USAGE);
    q[0].path = NULL;
    ck_assert_int_eq(kafc_admin_alter_replica_log_dirs(raw_client, q, 1, WAIT, NULL),
                     KAFC_ERR_USAGE);
    q[0].broker = -1;
    ck_assert_int_eq(kafc_admin_alter_replica_log_dirs(raw_client, q, 1, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_alter_replica_log_dirs(raw_client, NULL, 0, WAIT, NULL), KAFC_OK);
    raw_ok(kafc_mock_set_release(raw_mock, "0.11"));
    ck_assert_int_eq(
        kafc_admin_describe_log_dirs(raw_client, NULL, 0, NULL, -1, WAIT, &d, &raw_err),
        KAFC_ERR_UNSUPPORTED);
    raw_says("DescribeLogDirs");
    ck_assert_int_eq(kafc_client_close(raw_client, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_alter_replica_log_dirs(raw_client, &q[1], 1, WAIT, NULL),
                     KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

/* All calls. How many of them succeeded; what they gave is whole. */
static int scenario(const kafc_allocator *mem)
{
    static const int32_t some[] = { 1, 2 };
    kafc_replica_move q[] = { { .topic = "t", .partition = 0, .broker = 1, .path = "/mock/1/a" },
                              { .topic = "u", .partition = 1, .broker = 2, .path = "/mock/2/a" } };
    kafc_log_dirs *d = NULL, *e = NULL;
    int ok = 0;
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock),
                                              .allocator = mem, .retry_backoff_ms = 1,
                                              .retry_backoff_max_ms = 2),
                                  &raw_err);
    if (!raw_client)
        return 0;
    ok += kafc_admin_alter_replica_log_dirs(raw_client, q, 2, WAIT, &raw_err) == KAFC_OK;
    if (kafc_admin_describe_log_dirs(raw_client, NULL, 0, NULL, -1, WAIT, &d, &raw_err) == KAFC_OK)
        ok += d->ndirs == 6 && d->dirs[0].nreplicas == 4;
    if (kafc_admin_describe_log_dirs(raw_client, some, 2, NULL, -1, WAIT, &e, &raw_err) == KAFC_OK)
        ok += e->ndirs == 4 && strcmp(e->dirs[3].path, "/mock/2/b") == 0;
    kafc_client_free(raw_client);
    raw_client = NULL;
    kafc_log_dirs_free(d);
    kafc_log_dirs_free(e);
    return ok;
}

START_TEST(each_allocation_may_fail)
{
    raw_up(joining_mock());
    raw_close();
    test_alloc_each(scenario, 3);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_log_dirs", 60, LOOP(every_broker_tells_what_it_has, 0, 6),
            ONCE(some_brokers_and_some_partitions_can_be_asked_for),
            ONCE(a_broker_that_does_not_answer_says_why),
            ONCE(a_directory_that_is_offline_is_no_error_of_the_call),
            LOOP(replicas_move_within_their_brokers, 0, 3),
            ONCE(a_broker_that_is_gone_leaves_the_others_theirs),
            ONCE(what_cannot_be_asked_is_refused), ONCE(each_allocation_may_fail))
