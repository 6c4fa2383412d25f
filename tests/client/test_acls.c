/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ACLs created, described and deleted: against the mock in every version, and
 * against scripted brokers for what the mock does not do.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/29_describe_acls.h"
#include "protocol/api/30_create_acls.h"
#include "protocol/api/31_delete_acls.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/acls.h>
#include <kafc/mock.h>

enum { WAIT = 10000, DESCRIBE = 29, CREATE = 30, DELETE = 31 };


static kafc_acl acl(kafc_acl_resource resource, const char *name, const char *principal,
                    kafc_acl_operation operation, kafc_acl_permission permission)
{
    return (kafc_acl){ .resource = resource,
                       .name = name,
                       .principal = principal,
                       .operation = operation,
                       .permission = permission };
}

#define TOPIC_ACL(name, who, what) acl(KAFC_ACL_TOPIC, name, who, KAFC_ACL_##what, KAFC_ACL_ALLOW)

static void create(kafc_acl *v, int32_t n)
{
    raw_ok(kafc_admin_create_acls(raw_client, v, n, WAIT, &raw_err));
    for (int32_t i = 0; i < n; i++)
        ck_assert_int_eq(v[i].result, KAFC_OK);
}

static kafc_acl_list *described(const kafc_acl *filter, int32_t n)
{
    kafc_acl_list *l;
    raw_ok(kafc_admin_describe_acls(raw_client, filter, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->nacls, n);
    return l;
}

static void are_described(const kafc_acl *filter, int32_t n)
{
    kafc_acl_list_free(described(filter, n));
}

/* --- Words ----------------------------------------------------------------------------------- */

START_TEST(words_go_both_ways)
{
    for (int i = 1; i <= 15; i++) {
        ck_assert_int_eq(kafc_acl_operation_of(kafc_acl_operation_name((kafc_acl_operation)i)), i);
        if (i <= 7)
            ck_assert_int_eq(kafc_acl_resource_of(kafc_acl_resource_name((kafc_acl_resource)i)), i);
        if (i <= 4)
            ck_assert_int_eq(kafc_acl_pattern_of(kafc_acl_pattern_name((kafc_acl_pattern)i)), i);
        if (i <= 3)
            ck_assert_int_eq(kafc_acl_permission_of(
                                 kafc_acl_permission_name((kafc_acl_permission)i)),
                             i);
    }
    ck_assert_str_eq(kafc_acl_resource_name(KAFC_ACL_TRANSACTIONAL_ID), "TRANSACTIONAL_ID");
    ck_assert_ptr_null(kafc_acl_resource_name((kafc_acl_resource)0));
    ck_assert_ptr_null(kafc_acl_resource_name((kafc_acl_resource)8));
    ck_assert_ptr_null(kafc_acl_pattern_name((kafc_acl_pattern)5));
    ck_assert_ptr_null(kafc_acl_operation_name((kafc_acl_operation)16));
    ck_assert_ptr_null(kafc_acl_permission_name((kafc_acl_permission)255));
    ck_assert_int_eq(kafc_acl_resource_of("TransactionalId"), KAFC_ACL_TRANSACTIONAL_ID);
    ck_assert_int_eq(kafc_acl_resource_of("delegation-token"), KAFC_ACL_DELEGATION_TOKEN);
    ck_assert_int_eq(kafc_acl_operation_of("DescribeConfigs"), KAFC_ACL_DESCRIBE_CONFIGS);
    ck_assert_int_eq(kafc_acl_operation_of("idempotent_write"), KAFC_ACL_IDEMPOTENT_WRITE);
    ck_assert_int_eq(kafc_acl_operation_of("writ"), 0);
    ck_assert_int_eq(kafc_acl_operation_of("writes"), 0);
    ck_assert_int_eq(kafc_acl_operation_of(""), 0);
    ck_assert_int_eq(kafc_acl_operation_of(NULL), 0);
}
END_TEST

/* --- Created, described, deleted ---------------------------------------------------------------- */

START_TEST(acls_are_kept_by_every_version)
{
    kafc_acl v[] = {
        TOPIC_ACL("orders", "User:bob", WRITE),
        TOPIC_ACL("orders", "User:bob", READ),
        acl(KAFC_ACL_CLUSTER, NULL, "User:*", KAFC_ACL_ALL, KAFC_ACL_ALLOW),
        TOPIC_ACL("bills", "User:*", READ),
        TOPIC_ACL("orders", "User:bob", READ), /* twice */
    };
    kafc_acl_deletions *d;
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = DESCRIBE; api <= DELETE; api++)
        raw_ok(kafc_mock_set_versions(raw_mock, api, 0, (int16_t)_i));
    v[3].host = "10.0.0.1";
    create(v, 5);
    kafc_acl_list *l = described(NULL, 4);
    ck_assert_str_eq(l->acls[0].name, "bills");
    ck_assert_str_eq(l->acls[0].host, "10.0.0.1");
    ck_assert_str_eq(l->acls[0].principal, "User:*");
    ck_assert_int_eq(l->acls[0].resource, KAFC_ACL_TOPIC);
    ck_assert_int_eq(l->acls[0].pattern, KAFC_ACL_LITERAL);
    ck_assert_int_eq(l->acls[0].permission, KAFC_ACL_ALLOW);
    ck_assert_int_eq(l->acls[1].operation, KAFC_ACL_READ);
    ck_assert_int_eq(l->acls[2].operation, KAFC_ACL_WRITE);
    ck_assert_str_eq(l->acls[2].host, "*");
    ck_assert_int_eq(l->acls[3].resource, KAFC_ACL_CLUSTER);
    ck_assert_str_eq(l->acls[3].name, "kafka-cluster");
    ck_assert_int_eq(l->acls[3].operation, KAFC_ACL_ALL);
    kafc_acl_list_free(l);
    kafc_acl f[] = {
        { .principal = "User:bob", .operation = KAFC_ACL_WRITE },
        { .resource = KAFC_ACL_CLUSTER },
        { .name = "nothing" },
    };
    raw_ok(kafc_admin_delete_acls(raw_client, f, 3, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->nfilters, 3);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(d->filters[i].result, KAFC_OK);
        ck_assert_int_eq(d->filters[i].nacls, i < 2);
    }
    ck_assert_str_eq(d->filters[0].acls->name, "orders");
    ck_assert_int_eq(d->filters[0].acls->operation, KAFC_ACL_WRITE);
    ck_assert_int_eq(d->filters[0].acls->result, KAFC_OK);
    ck_assert_int_eq(d->filters[1].acls->resource, KAFC_ACL_CLUSTER);
    kafc_acl_deletions_free(d);
    are_described(NULL, 2);
    f[0] = (kafc_acl){ .resource = 0 };
    raw_ok(kafc_admin_delete_acls(raw_client, f, 1, WAIT, NULL, NULL));
    are_described(NULL, 0);
    kafc_acl_list_free(NULL);
    kafc_acl_deletions_free(NULL);
    raw_down();
}
END_TEST

START_TEST(filters_match_as_they_say)
{
    kafc_acl v[] = { TOPIC_ACL("or", "User:bob", READ), TOPIC_ACL("orders", "User:bob", READ),
                     TOPIC_ACL("*", "User:bob", READ), TOPIC_ACL("other", "User:bob", READ) };
    raw_up(kafc_mock_new(NULL, &raw_err));
    v[0].pattern = KAFC_ACL_PREFIXED;
    create(v, 4);
    are_described(&(kafc_acl){ .pattern = KAFC_ACL_PREFIXED }, 1);
    are_described(&(kafc_acl){ .name = "orders" }, 1);
    are_described(&(kafc_acl){ .name = "orders", .pattern = KAFC_ACL_PREFIXED }, 0);
    are_described(&(kafc_acl){ .name = "orders", .pattern = KAFC_ACL_MATCH }, 3);
    are_described(&(kafc_acl){ .name = "or", .pattern = KAFC_ACL_ANY_PATTERN }, 1);
    are_described(&(kafc_acl){ .principal = "User:bob", .host = "*" }, 4);
    are_described(&(kafc_acl){ .principal = "User:bob", .host = "10.0.0.1" }, 0);
    are_described(&(kafc_acl){ .resource = KAFC_ACL_GROUP }, 0);
    raw_down();
}
END_TEST

/* Brokers before 2.0 have literal names. */
START_TEST(what_a_broker_is_too_old_for_is_said)
{
    kafc_acl v = TOPIC_ACL("or", "User:bob", READ);
    kafc_acl prefixed = { .pattern = KAFC_ACL_PREFIXED };
    kafc_acl_deletions *d = NULL;
    kafc_acl_list *l = NULL;
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = DESCRIBE; api <= DELETE; api++)
        raw_ok(kafc_mock_set_versions(raw_mock, api, 0, 0));
    create(&v, 1);
    v.pattern = KAFC_ACL_PREFIXED;
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("from 2.0 on");
    ck_assert_int_eq(v.result, KAFC_ERR_UNSUPPORTED);
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, &prefixed, WAIT, &l, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("from 2.0 on");
    ck_assert_ptr_null(l);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &prefixed, 1, WAIT, &d, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("from 2.0 on");
    ck_assert_ptr_null(d);
    are_described(&(kafc_acl){ .pattern = KAFC_ACL_ANY_PATTERN }, 1);
    raw_ok(kafc_mock_set_versions(raw_mock, DESCRIBE, -1, -1));
    raw_ok(kafc_mock_cut(raw_mock, 0));
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, NULL, WAIT, &l, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("DescribeAcls");
    raw_down();
}
END_TEST

START_TEST(numbers_of_newer_brokers_pass)
{
    kafc_acl v = { .resource = (kafc_acl_resource)99,
                   .pattern = (kafc_acl_pattern)98,
                   .name = "n",
                   .principal = "User:bob",
                   .operation = (kafc_acl_operation)97,
                   .permission = (kafc_acl_permission)96 };
    raw_up(kafc_mock_new(NULL, &raw_err));
    create(&v, 1);
    kafc_acl_list *l = described(&v, 1);
    ck_assert_int_eq(l->acls->resource, 99);
    ck_assert_int_eq(l->acls->pattern, 98);
    ck_assert_int_eq(l->acls->operation, 97);
    ck_assert_int_eq(l->acls->permission, 96);
    kafc_acl_list_free(l);
    v.name = "";
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, WAIT, &raw_err), KAFC_ERR_USAGE);
    raw_down();
}
END_TEST

/* --- Refused ------------------------------------------------------------------------------------- */

START_TEST(each_acl_has_its_own_verdict)
{
    kafc_acl v[] = { TOPIC_ACL("t", "User:bob", READ),
                     acl(KAFC_ACL_CLUSTER, "no-cluster", "User:eve", KAFC_ACL_ALTER, KAFC_ACL_DENY),
                     TOPIC_ACL("u", "User:bob", READ) };
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, v, 3, WAIT, &raw_err),
                     KAFC_ERR_INVALID_REQUEST);
    raw_says("ACL 1, DENY User:eve ALTER on CLUSTER 'no-cluster', cannot be created: "
             "INVALID_REQUEST: The only valid name");
    ck_assert_int_eq(raw_err.api, CREATE);
    ck_assert_int_ge(raw_err.broker, 1);
    ck_assert_int_eq(v[0].result, KAFC_OK);
    ck_assert_int_eq(v[1].result, KAFC_ERR_INVALID_REQUEST);
    ck_assert_int_eq(v[2].result, KAFC_OK);
    are_described(NULL, 2);
    raw_down();
}
END_TEST

static const struct {
    kafc_err code;
    kafc_err result;
} codes[] = {
    { KAFC_ERR_NOT_CONTROLLER, KAFC_OK },
    { KAFC_ERR_REQUEST_TIMED_OUT, KAFC_OK },
    { KAFC_ERR_SECURITY_DISABLED, KAFC_ERR_SECURITY_DISABLED },
    { KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED },
};
enum { CODES = sizeof(codes) / sizeof(*codes) };

START_TEST(codes_pass_or_are_told)
{
    kafc_acl v = TOPIC_ACL("t", "User:bob", READ);
    kafc_acl_deletions *d;
    kafc_acl_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = DESCRIBE; api <= DELETE; api++)
        raw_ok(kafc_mock_push_error(raw_mock, api, codes[_i].code, 1));
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, WAIT, &raw_err), codes[_i].result);
    if (codes[_i].result)
        raw_says("ACL 0, ALLOW User:bob READ on TOPIC 't', cannot be created: ");
    ck_assert_int_eq(v.result, codes[_i].result);
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, NULL, WAIT, &l, &raw_err),
                     codes[_i].result);
    if (codes[_i].result)
        raw_says("the ACLs cannot be described: ");
    ck_assert_int_eq(l != NULL, codes[_i].result == KAFC_OK);
    kafc_acl_list_free(l);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &v, 1, WAIT, &d, &raw_err),
                     codes[_i].result);
    if (codes[_i].result)
        raw_says("what filter 0 matches cannot be deleted: ");
    ck_assert_ptr_nonnull(d);
    ck_assert_int_eq(d->filters->result, codes[_i].result);
    ck_assert_int_eq(d->filters->nacls, codes[_i].result == KAFC_OK);
    kafc_acl_deletions_free(d);
    raw_down();
}
END_TEST

START_TEST(who_may_not_see_or_change_them_is_told)
{
    kafc_acl v = TOPIC_ACL("t", "User:bob", READ);
    kafc_acl_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_ALTER, true));
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, WAIT, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &v, 1, WAIT, NULL, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    are_described(NULL, 2);
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_DESCRIBE, true));
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, NULL, WAIT, &l, &raw_err),
                     KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_DESCRIBE, false));
    raw_ok(kafc_mock_deny(raw_mock, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_ALTER, false));
    create(&v, 1);
    are_described(NULL, 2);
    raw_down();
}
END_TEST

START_TEST(a_deletion_that_may_have_happened_is_not_repeated)
{
    kafc_acl v = TOPIC_ACL("t", "User:bob", READ);
    kafc_acl_deletions *d;
    raw_up(kafc_mock_new(NULL, &raw_err));
    for (int16_t api = DESCRIBE; api <= DELETE; api++)
        raw_ok(kafc_mock_push_error(raw_mock, api, KAFC_ERR_DISCONNECTED, 1));
    create(&v, 1);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &v, 1, WAIT, &d, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_ptr_null(d);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, DELETE), 1);
    are_described(NULL, 1);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, CREATE), 2);
    raw_down();
}
END_TEST

/* --- Brokers that lie --------------------------------------------------------------------------- */

static bool lies(struct script *s, int32_t broker, const struct peer_request *q, const void *req,
                 void *resp, struct kafc_arena *a)
{
    struct kafc_create_acls_resp *r = resp;
    struct kafc_delete_acls_resp *d = resp;
    (void)s, (void)broker, (void)req;
    if (q->api->key == CREATE) {
        r->results.v = kafc__msg_array(&kafc_create_acls_resp_result_schema, 1, a);
        r->results.n = 1;
    } else if (q->api->key == DELETE) {
        d->filter_results.v = kafc__msg_array(&kafc_delete_acls_resp_result_schema, 3, a);
        d->filter_results.n = 3;
    }
    return true;
}

START_TEST(answers_to_other_questions_are_refused)
{
    static struct script script = {
        .serve = lies, .controller = 1, .listed = { false, true, true, true }
    };
    kafc_acl v[] = { TOPIC_ACL("t", "User:bob", READ), TOPIC_ACL("t", "User:bob", WRITE) };
    kafc_acl_deletions *d;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, v, 2, WAIT, &raw_err), KAFC_ERR_PROTOCOL);
    raw_says("CreateAcls of 2 ACLs was answered for 1");
    ck_assert_int_eq(v[0].result, KAFC_OK);
    ck_assert_int_eq(v[1].result, KAFC_ERR_PROTOCOL);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, v, 2, WAIT, &d, &raw_err),
                     KAFC_ERR_PROTOCOL);
    ck_assert_ptr_null(d);
    raw_close();
    script_stop(&script);
}
END_TEST

/* --- Calls that cannot be ------------------------------------------------------------------------- */

static const kafc_acl wrong[] = {
    { .resource = 0 },
    { .resource = KAFC_ACL_ANY_RESOURCE },
    { .resource = (kafc_acl_resource)128 },
    { .pattern = KAFC_ACL_MATCH },
    { .pattern = KAFC_ACL_ANY_PATTERN },
    { .name = "" },
    { .principal = "bob" },
    { .principal = NULL },
    { .operation = 0 },
    { .operation = KAFC_ACL_ANY_OPERATION },
    { .permission = 0 },
    { .permission = KAFC_ACL_ANY_PERMISSION },
};
enum { WRONG = sizeof(wrong) / sizeof(*wrong) };

START_TEST(acls_that_cannot_be_are_refused)
{
    kafc_acl v = TOPIC_ACL("t", "User:bob", READ);
    raw_up(kafc_mock_new(NULL, &raw_err));
    if (_i < 3)
        v.resource = wrong[_i].resource;
    else if (_i < 5)
        v.pattern = wrong[_i].pattern;
    else if (_i < 6)
        v.name = wrong[_i].name;
    else if (_i < 8)
        v.principal = wrong[_i].principal;
    else if (_i < 10)
        v.operation = wrong[_i].operation;
    else
        v.permission = wrong[_i].permission;
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, WAIT, &raw_err), KAFC_ERR_USAGE);
    raw_says("ACL 0 of");
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, CREATE), 0);
    raw_down();
}
END_TEST

START_TEST(what_cannot_be_asked_is_refused)
{
    kafc_acl v = TOPIC_ACL("t", "User:bob", READ), high = { .operation = (kafc_acl_operation)128 };
    kafc_acl_deletions *d;
    kafc_acl_list *l;
    raw_up(kafc_mock_new(NULL, &raw_err));
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, NULL, 1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, -1, WAIT, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, NULL, 0, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, 0, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, NULL, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, &high, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, NULL, 0, &l, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, NULL, 1, WAIT, &d, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &high, 1, WAIT, &d, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &v, 1, 0, NULL, NULL),
                     KAFC_ERR_WOULD_BLOCK);
    raw_ok(kafc_admin_delete_acls(raw_client, NULL, 0, WAIT, &d, &raw_err));
    ck_assert_int_eq(d->nfilters, 0);
    kafc_acl_deletions_free(d);
    raw_ok(kafc_client_close(raw_client, WAIT, &raw_err));
    ck_assert_int_eq(kafc_admin_create_acls(raw_client, &v, 1, WAIT, NULL), KAFC_ERR_CLOSED);
    ck_assert_int_eq(kafc_admin_describe_acls(raw_client, NULL, WAIT, &l, NULL), KAFC_ERR_CLOSED);
    ck_assert_ptr_null(l);
    ck_assert_int_eq(kafc_admin_delete_acls(raw_client, &v, 1, WAIT, &d, NULL), KAFC_ERR_CLOSED);
    raw_down();
}
END_TEST

/* Each allocation from the client's opening on fails once. */
START_TEST(without_memory_nothing_is_left_behind)
{
    bool done = false;
    raw_mock = kafc_mock_new(NULL, &raw_err);
    ck_assert_ptr_nonnull(raw_mock);
    for (long n = 1; !done; n++) {
        kafc_acl v[] = { TOPIC_ACL("t", "User:bob", READ), TOPIC_ACL("u", "User:bob", READ) };
        struct test_alloc a;
        kafc_acl_deletions *d = NULL;
        kafc_acl_list *l = NULL;
        test_alloc_init(&a);
        raw_open(kafc_mock_bootstrap(raw_mock), &a.mem);
        a.fail_at = atomic_load(&a.calls) + n;
        kafc_err rc = kafc_admin_create_acls(raw_client, v, 2, WAIT, &raw_err);
        ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY);
        rc = kafc_admin_describe_acls(raw_client, NULL, WAIT, &l, &raw_err);
        ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY);
        ck_assert_int_eq(rc == KAFC_OK, l != NULL);
        rc = kafc_admin_delete_acls(raw_client, v, 2, WAIT, &d, &raw_err);
        ck_assert(rc == KAFC_OK || rc == KAFC_ERR_NO_MEMORY);
        done = atomic_load(&a.calls) < a.fail_at;
        raw_close();
        kafc_acl_list_free(l);
        kafc_acl_deletions_free(d);
        ck_assert_int_eq(atomic_load(&a.live), 0);
    }
    kafc_mock_free(raw_mock);
}
END_TEST

SUITE_LOOPS("client/acls", 60, ONCE(words_go_both_ways), LOOP(acls_are_kept_by_every_version, 0, 4),
            ONCE(filters_match_as_they_say), ONCE(what_a_broker_is_too_old_for_is_said),
            ONCE(numbers_of_newer_brokers_pass), ONCE(each_acl_has_its_own_verdict),
            LOOP(codes_pass_or_are_told, 0, CODES), ONCE(who_may_not_see_or_change_them_is_told),
            ONCE(a_deletion_that_may_have_happened_is_not_repeated),
            ONCE(answers_to_other_questions_are_refused),
            LOOP(acls_that_cannot_be_are_refused, 0, WRONG), ONCE(what_cannot_be_asked_is_refused),
            ONCE(without_memory_nothing_is_left_behind))
