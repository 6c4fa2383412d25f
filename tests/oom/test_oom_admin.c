/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Calls of administration with each allocation failing in turn: an error or
 * none, nothing leaked, no crash, no hang; without a failure they succeed.
 */
#include <check.h>
#include <stdio.h>

#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/cluster.h>
#include <kafc/mock.h>
#include <kafc/topics.h>

enum { WAIT = 5000, ROUNDS_MAX = 2000 };

/* name: of nothing that is there yet. */
typedef kafc_err (*call_fn)(kafc_client *c, const char *name, kafc_error *err);

static kafc_err create(kafc_client *c, const char *name, kafc_error *err)
{
    static const int32_t on[] = { 1, 2 };
    kafc_config config = { "max.message.bytes", "2000" };
    kafc_replicas r = { on, 2 };
    kafc_new_topic t = { .name = name, .configs = &config, .nconfigs = 1, .assignments = &r, .nassignments = 1 };
    kafc_created_topics *made;
    kafc_err rc = kafc_admin_create_topics(c, &t, 1, NULL, WAIT, &made, err);
    kafc_created_topics_free(made);
    return rc;
}

static kafc_err grow(kafc_client *c, const char *name, kafc_error *err)
{
    static int32_t partitions = 4;
    kafc_grown_topic t = { .name = "t", .partitions = ++partitions };
    (void)name;
    return kafc_admin_grow_topics(c, &t, 1, NULL, WAIT, err);
}

static kafc_err describe(kafc_client *c, const char *name, kafc_error *err)
{
    static const char *const names[] = { "t", "big" };
    kafc_topic_descriptions *d;
    (void)name;
    kafc_err rc = kafc_admin_describe_topics(c, names, 2, WAIT, &d, err);
    ck_assert_int_eq(rc == KAFC_OK, d != NULL);
    kafc_topic_descriptions_free(d);
    return rc;
}

static kafc_err delete(kafc_client *c, const char *name, kafc_error *err)
{
    static const char *const names[] = { "gone" };
    kafc_err result, rc = kafc_admin_delete_topics(c, names, 1, &result, WAIT, err);
    (void)name;
    ck_assert_int_eq(rc, result);
    return rc == KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION ? KAFC_OK : rc;
}

static kafc_err describe_configs(kafc_client *c, const char *name, kafc_error *err)
{
    static const kafc_config_query q[] = { { .of = { KAFC_CONFIG_TOPIC, "t" } },
                                           { .of = { KAFC_CONFIG_BROKER, "2" } } };
    kafc_config_descriptions *d;
    kafc_err rc = kafc_admin_describe_configs(c, q, 2, KAFC_CONFIG_SYNONYMS | KAFC_CONFIG_DOCUMENTATION, WAIT, &d,
                                              err);
    (void)name;
    kafc_config_descriptions_free(d);
    return rc;
}

static kafc_err alter_configs(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_config_change g = { .name = "min.insync.replicas", .value = "1" };
    kafc_config_changes q[] = { { .of = { KAFC_CONFIG_TOPIC, "t" }, .changes = &g, .nchanges = 1 },
                                { .of = { KAFC_CONFIG_BROKER, "2" }, .changes = &g, .nchanges = 1 } };
    kafc_err rc = kafc_admin_alter_configs(c, q, 2, false, WAIT, err);
    (void)name;
    ck_assert_int_eq(rc == KAFC_OK, q[0].result == KAFC_OK && q[1].result == KAFC_OK);
    return rc;
}

static kafc_err replace_configs(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_config g = { "min.insync.replicas", "1" };
    kafc_config_replacement q = { .of = { KAFC_CONFIG_TOPIC, "t" }, .configs = &g, .nconfigs = 1 };
    (void)name;
    return kafc_admin_replace_configs(c, &q, 1, false, WAIT, err);
}

static kafc_err list_resources(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_config_resources *r;
    kafc_err rc = kafc_admin_list_config_resources(c, KAFC_CONFIG_TOPIC, WAIT, &r, err);
    (void)name;
    ck_assert_int_eq(rc == KAFC_OK, r != NULL);
    kafc_config_resources_free(r);
    return rc;
}

static kafc_err delete_records(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_deletion q[] = { { .topic = "t", .before = KAFC_AT(0) },
                          { .topic = "t", .partition = 1, .before = KAFC_AT(0) } };
    (void)name;
    return kafc_admin_delete_records(c, q, 2, WAIT, err);
}

static kafc_err epoch_ends(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_epoch_end q[] = { { .topic = "t" }, { .topic = "t", .partition = 1 } };
    (void)name;
    return kafc_admin_epoch_ends(c, q, 2, WAIT, err);
}

static kafc_err describe_cluster(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_cluster_options all = { .fenced = true };
    kafc_cluster_description *d;
    kafc_err rc = kafc_admin_describe_cluster(c, &all, WAIT, &d, err);
    (void)name;
    ck_assert_int_eq(rc == KAFC_OK, d != NULL);
    kafc_cluster_description_free(d);
    return rc;
}

static kafc_err broker_versions(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_broker_versions *v;
    kafc_err rc = kafc_admin_broker_versions(c, 1, WAIT, &v, err);
    (void)name;
    kafc_broker_versions_free(v);
    return rc;
}

static kafc_err describe_quorum(kafc_client *c, const char *name, kafc_error *err)
{
    kafc_quorum *q;
    kafc_err rc = kafc_admin_describe_quorum(c, WAIT, &q, err);
    (void)name;
    kafc_quorum_free(q);
    return rc;
}

static const call_fn calls[] = { create, grow, describe, delete, describe_configs, alter_configs, replace_configs,
                                 list_resources, delete_records, epoch_ends, describe_cluster, broker_versions,
                                 describe_quorum };
enum { CALLS = sizeof calls / sizeof *calls };

static kafc_err once(const kafc_mock *mock, const kafc_allocator *mem, call_fn call, long at, kafc_error *err)
{
    char name[32];
    kafc_client *c = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(mock), .allocator = mem,
                                                  .retry_backoff_ms = 1, .retry_backoff_max_ms = 2,
                                                  .reconnect_backoff_ms = 1, .reconnect_backoff_max_ms = 2),
                                      err);
    kafc_err rc = KAFC_ERR_NO_MEMORY;

    (void)snprintf(name, sizeof name, "n%ld", at);
    if (c)
        rc = call(c, name, err);
    kafc_client_free(c);
    return rc;
}

START_TEST(calls_with_one_allocation_failing)
{
    kafc_error err;
    kafc_mock *mock = kafc_mock_new(KAFC_MOCK(.brokers = 2), &err);
    kafc_err rc = KAFC_OK;
    long at = 0;

    ck_assert_ptr_nonnull(mock);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "t", 4, 1), KAFC_OK);
    ck_assert_int_eq(kafc_mock_create_topic(mock, "big", 2100, 1), KAFC_OK);
    for (struct test_alloc a = { .calls = 1 }; atomic_load(&a.calls) >= at;) {
        test_alloc_init(&a);
        a.fail_at = ++at;
        rc = once(mock, &a.mem, calls[_i], at, &err);
        ck_assert_msg(atomic_load(&a.live) == 0, "allocation %ld failed: %ld are leaked", at, atomic_load(&a.live));
        ck_assert_int_lt(at, ROUNDS_MAX);
    }
    ck_assert_msg(rc == KAFC_OK, "%s", err.message); /* none failed any more */
    ck_assert_int_gt(at, 25);
    kafc_mock_free(mock);
}
END_TEST

SUITE_LOOPS("oom/admin", 100, LOOP(calls_with_one_allocation_failing, 0, CALLS))
