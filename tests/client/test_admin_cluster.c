/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The cluster described, by brokers of every version; what brokers know; the
 * quorum.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/18_api_versions.h"
#include "protocol/api/55_describe_quorum.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/suite.h"
#include <kafc/cluster.h>
#include <kafc/mock.h>

enum { WAIT = 10000, SHORT = 200, METADATA = 3, VERSIONS = 18, QUORUM = 55, CLUSTER = 60 };


static void up(void)
{
    raw_up(kafc_mock_new(KAFC_MOCK(.brokers = 3), &raw_err));
    raw_ok(kafc_mock_set_rack(raw_mock, 2, "r2"));
}

/* --- Brokers ------------------------------------------------------------------------------- */

/* 0 to 2: by DescribeCluster; from 3 on by the versions of Metadata. */
START_TEST(the_cluster_is_described_alike_by_every_version)
{
    kafc_cluster_description *d;
    int v = _i - 3;
    up();
    raw_narrow(CLUSTER, _i < 3 ? (int16_t)_i : -1);
    if (_i >= 3)
        raw_narrow(METADATA, (int16_t)v);
    raw_ok(kafc_admin_describe_cluster(raw_client, NULL, WAIT, &d, &raw_err));
    raw_close();
    ck_assert_int_eq(d->cluster_id != NULL, _i < 3 || v >= 2);
    ck_assert_int_eq(d->controller, _i < 3 || v >= 1 ? 1 : -1);
    ck_assert_uint_eq(d->operations, _i < 3 || (v >= 8 && v <= 10) ? 0x1fa0 : 0);
    ck_assert_int_eq(d->nnodes, 3);
    for (int32_t i = 0; i < 3; i++) {
        ck_assert_int_eq(d->nodes[i].id, i + 1);
        ck_assert_str_eq(d->nodes[i].host, "127.0.0.1");
        ck_assert_int_eq(d->nodes[i].port, kafc_mock_port(raw_mock, i + 1));
        ck_assert(!d->nodes[i].fenced);
    }
    ck_assert_ptr_null(d->nodes[0].rack);
    if (_i < 3 || v >= 1)
        ck_assert_str_eq(d->nodes[1].rack, "r2");
    kafc_cluster_description_free(d);
    kafc_cluster_description_free(NULL);
    kafc_mock_free(raw_mock);
}
END_TEST

START_TEST(fenced_brokers_and_controllers_take_brokers_that_know_them)
{
    static const kafc_cluster_options all = { .fenced = true }, controllers = { .controllers = true };
    kafc_cluster_description *d;
    up();
    raw_ok(kafc_mock_stop_broker(raw_mock, 3));
    raw_ok(kafc_admin_describe_cluster(raw_client, &all, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->nnodes, 3);
    ck_assert(!d->nodes[1].fenced && d->nodes[2].fenced);
    kafc_cluster_description_free(d);
    raw_ok(kafc_admin_describe_cluster(raw_client, NULL, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->nnodes, 2);
    kafc_cluster_description_free(d);
    ck_assert_int_eq(kafc_admin_describe_cluster(raw_client, &controllers, WAIT, &d, &raw_err),
                     KAFC_ERR_MISMATCHED_ENDPOINT_TYPE);
    raw_says("the cluster cannot be described");
    ck_assert_ptr_null(d);
    for (int16_t v = 1; v >= -1; v--) {
        raw_narrow(CLUSTER, v);
        ck_assert_int_eq(kafc_admin_describe_cluster(raw_client, v > 0 ? &all : &controllers, WAIT, &d, &raw_err),
                         KAFC_ERR_UNSUPPORTED);
        raw_says(v >= 0 ? "too old for fenced brokers" : "DescribeCluster");
        ck_assert_ptr_null(d);
    }
    raw_down();
}
END_TEST

/* --- Versions --------------------------------------------------------------------------------- */

static const kafc_api_range *range(const kafc_broker_versions *v, int16_t api)
{
    int32_t i = 0;
    while (i < v->napis && v->apis[i].api != api)
        i++;
    ck_assert_int_lt(i, v->napis);
    return &v->apis[i];
}

START_TEST(each_broker_tells_what_it_knows)
{
    kafc_broker_versions *v;
    up();
    raw_ok(kafc_mock_set_versions(raw_mock, CLUSTER, 0, 1));
    raw_narrow(VERSIONS, (int16_t)_i);
    raw_ok(kafc_admin_broker_versions(raw_client, 2, WAIT, &v, &raw_err));
    ck_assert_int_eq(v->broker, 2);
    for (int32_t i = 1; i < v->napis; i++)
        ck_assert_int_lt(v->apis[i - 1].api, v->apis[i].api);
    ck_assert_int_eq(range(v, CLUSTER)->max, 1);
    ck_assert_int_eq(range(v, VERSIONS)->max, _i);
    const kafc_feature *f = v->features;
    if (_i < 3) {
        ck_assert_int_eq(v->nfeatures, 0);
        ck_assert_int_eq(v->features_epoch, -1);
    } else {
        while (strcmp(f->name, "transaction.version") != 0)
            ck_assert_int_lt(++f - v->features, v->nfeatures);
        ck_assert_int_eq(f->level, 2);
        ck_assert_int_eq(f->max, _i < 4 ? -1 : 2);
        ck_assert_int_gt(v->features_epoch, 0);
    }
    kafc_broker_versions_free(v);
    raw_ok(kafc_admin_broker_versions(raw_client, KAFC_BY_ROUTE, WAIT, &v, &raw_err));
    raw_close();
    ck_assert_int_gt(v->napis, 20);
    kafc_broker_versions_free(v);
    kafc_broker_versions_free(NULL);
    kafc_mock_free(raw_mock);
}
END_TEST

/* --- Quorum ------------------------------------------------------------------------------------ */

START_TEST(the_quorum_is_described)
{
    kafc_quorum *q;
    up();
    raw_narrow(QUORUM, (int16_t)_i);
    raw_ok(kafc_admin_describe_quorum(raw_client, WAIT, &q, &raw_err));
    raw_close();
    ck_assert_int_eq(q->leader, 1);
    ck_assert_int_eq(q->leader_epoch, 1);
    ck_assert_int_eq(q->nreplicas, 3);
    for (int32_t i = 0; i < 3; i++) {
        ck_assert_int_eq(q->replicas[i].id, i + 1);
        ck_assert(q->replicas[i].voter);
        ck_assert_int_eq(q->replicas[i].fetched_ms > 0, _i >= 1);
    }
    ck_assert_int_eq(q->naddresses, _i >= 2 ? 3 : 0);
    if (_i >= 2) {
        ck_assert_str_eq(q->addresses[1].listener, "CONTROLLER");
        ck_assert_int_eq(q->addresses[1].port, kafc_mock_port(raw_mock, 2));
    }
    kafc_quorum_free(q);
    kafc_quorum_free(NULL);
    kafc_mock_free(raw_mock);
}
END_TEST

/* 0: observers and voters in no order; 1: no partition; 2: two topics; 3: the partition has an error. */
static bool quorum_serve(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                         void *resp, struct kafc_arena *a)
{
    struct kafc_describe_quorum_resp *r = resp;
    int how = *(int *)s->ctx;
    (void)broker, (void)req;
    ck_assert_int_eq(q->api->key, QUORUM);
    r->topics.n = how == 2 ? 2 : 1;
    r->topics.v = kafc__msg_array(&kafc_describe_quorum_resp_topic_schema, 2, a);
    r->topics.v[0].topic_name = r->topics.v[1].topic_name = raw_text("__cluster_metadata");
    struct kafc_describe_quorum_resp_partition *p =
        kafc__msg_array(&kafc_describe_quorum_resp_partition_schema, 1, a);
    r->topics.v[0].partitions.v = p;
    r->topics.v[0].partitions.n = how != 1;
    p->error_code = how == 3 ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION : 0;
    p->leader_id = 7;
    p->observers.v = kafc__msg_array(&kafc_describe_quorum_resp_replica_state_schema, 4, a);
    p->observers.n = 2;
    p->observers.v[0].replica_id = 3;
    p->observers.v[1].replica_id = 1;
    p->observers.v[1].log_end_offset = -1;
    p->current_voters.v = p->observers.v + 2;
    p->current_voters.n = 2;
    p->current_voters.v[0].replica_id = 9;
    p->current_voters.v[1].replica_id = 7;
    return true;
}

START_TEST(nonsense_about_the_quorum_is_an_error)
{
    static struct script s = { .serve = quorum_serve, .controller = 1, .listed = { false, true, true, true } };
    static const int order[] = { 7, 9, 1, 3 };
    kafc_quorum *q;
    s.ctx = &_i;
    script_start(&s);
    raw_open(s.bootstrap, NULL);
    kafc_err rc = kafc_admin_describe_quorum(raw_client, WAIT, &q, &raw_err);
    ck_assert_int_eq(rc, _i == 0   ? KAFC_OK
                         : _i == 3 ? KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION
                                   : KAFC_ERR_PROTOCOL);
    ck_assert_int_eq(q != NULL, _i == 0);
    for (int i = 0; q && i < 4; i++) {
        ck_assert_int_eq(q->replicas[i].id, order[i]);
        ck_assert_int_eq(q->replicas[i].voter, i < 2);
        ck_assert_int_eq(q->replicas[i].offset, i == 2 ? KAFC_OFFSET_UNKNOWN : 0);
    }
    kafc_quorum_free(q);
    raw_close();
    script_stop(&s);
}
END_TEST

/* --- All of them -------------------------------------------------------------------------------- */

static kafc_err call(int16_t api, int timeout_ms)
{
    kafc_cluster_description *d = NULL;
    kafc_broker_versions *v = NULL;
    kafc_quorum *q = NULL;
    kafc_err rc = api == CLUSTER    ? kafc_admin_describe_cluster(raw_client, NULL, timeout_ms, &d, &raw_err)
                  : api == VERSIONS ? kafc_admin_broker_versions(raw_client, 1, timeout_ms, &v, &raw_err)
                                    : kafc_admin_describe_quorum(raw_client, timeout_ms, &q, &raw_err);
    ck_assert_int_eq(rc == KAFC_OK, d || v || q);
    kafc_cluster_description_free(d);
    kafc_broker_versions_free(v);
    kafc_quorum_free(q);
    return rc;
}
static const int16_t apis[] = { CLUSTER, QUORUM, VERSIONS };

static void interrupt_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    kafc_client_interrupt(raw_client);
}

static void be_silent(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
}

START_TEST(a_call_ends_in_time_or_when_it_is_told_to)
{
    int16_t api = apis[_i];
    up();
    raw_ok(call(CLUSTER, WAIT)); /* connections are there, for ApiVersions greets them */
    raw_ok(call(VERSIONS, WAIT));
    raw_ok(kafc_mock_hook(raw_mock, api, be_silent, NULL));
    ck_assert_int_eq(call(api, SHORT), KAFC_ERR_TIMED_OUT);
    ck_assert_int_eq(call(api, 0), KAFC_ERR_WOULD_BLOCK);
    raw_ok(kafc_mock_hook(raw_mock, api, NULL, NULL));
    raw_close();
    raw_open(kafc_mock_bootstrap(raw_mock), NULL);
    raw_ok(call(CLUSTER, WAIT));
    raw_ok(call(VERSIONS, WAIT));
    raw_ok(kafc_mock_hook(raw_mock, api, interrupt_it, NULL));
    ck_assert_int_eq(call(api, -1), KAFC_ERR_INTERRUPTED);
    raw_ok(kafc_mock_hook(raw_mock, api, NULL, NULL));
    raw_ok(kafc_client_close(raw_client, WAIT, &raw_err));
    ck_assert_int_eq(call(api, WAIT), KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

START_TEST(refusals_and_brokers_without_it_are_named)
{
    kafc_cluster_description *d;
    up();
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_DESCRIBE, true));
    ck_assert_int_eq(call(QUORUM, WAIT), KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    raw_says("the quorum cannot be described");
    raw_ok(kafc_admin_describe_cluster(raw_client, NULL, WAIT, &d, &raw_err));
    ck_assert_uint_eq(d->operations, 0);
    kafc_cluster_description_free(d);
    raw_narrow(QUORUM, -1);
    ck_assert_int_eq(call(QUORUM, WAIT), KAFC_ERR_UNSUPPORTED);
    raw_says("from 3.3, without ZooKeeper, on");
    ck_assert_int_eq(kafc_admin_describe_cluster(raw_client, NULL, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_broker_versions(raw_client, 1, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    kafc_broker_versions *v;
    ck_assert_int_eq(kafc_admin_broker_versions(raw_client, -2, WAIT, &v, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_quorum(raw_client, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_cluster", 30,
            LOOP(the_cluster_is_described_alike_by_every_version, 0, 3 + 14),
            ONCE(fenced_brokers_and_controllers_take_brokers_that_know_them),
            LOOP(each_broker_tells_what_it_knows, 0, 5), LOOP(the_quorum_is_described, 0, 3),
            LOOP(nonsense_about_the_quorum_is_an_error, 0, 4),
            LOOP(a_call_ends_in_time_or_when_it_is_told_to, 0, 3),
            ONCE(refusals_and_brokers_without_it_are_named))
