/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is denied. A real broker takes an ACL that allows everything, and one
 * that denies the operation, which wins.
 */
#include "tests/client/denying.h"

#include <check.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/str.h"
#include "protocol/api/29_describe_acls.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"

enum { WAIT = 20000 };

#define ALICE "User:alice"

kafc_mock *denying_mock;
static kafc_client *super;
static kafc_writer *pen;
static kafc_conn *authorizer[2];

const char *denying_brokers(void)
{
    return denying_mock ? kafc_mock_bootstrap(denying_mock) : getenv("KAFC_TEST_ALICE");
}

const kafc_security *denying_login(void)
{
    static kafc_security login;
    if (denying_mock)
        return NULL;
    kafc_security_init(&login);
    login.protocol = KAFC_SASL_PLAINTEXT;
    login.mechanism = "PLAIN";
    login.username = "alice";
    login.password = "alice-secret";
    return &login;
}

/* --- Of a real broker --------------------------------------------------------------------------- */

static void forget_all(void)
{
    const kafc_acl alice = { .principal = ALICE };
    static const char *const groups[] = { "g", "h" }, *const topics[] = { "t", "u", "new", "other" };
    kafc_err result[2], gone[4];
    raw_ok(kafc_admin_delete_acls(super, &alice, 1, WAIT, NULL, &raw_err));
    (void)kafc_admin_delete_topics(super, topics, 4, gone, WAIT, NULL);
    (void)kafc_admin_delete_groups(super, groups, 2, result, WAIT, NULL);
}

static void up_really(const char *brokers)
{
    kafc_new_topic v[] = { { .name = "t", .partitions = 4 }, { .name = "u", .partitions = 4 } };
    super = kafc_client_open(KAFC_CLIENT(.brokers = brokers), &raw_err);
    ck_assert_msg(super != NULL, "%s", raw_err.message);
    pen = kafc_writer_open(super, NULL, &raw_err);
    ck_assert_msg(pen != NULL, "%s", raw_err.message);
    for (int i = 0; i < 2; i++) {
        authorizer[i] = kafc_conn_dial(NULL, i ? getenv("KAFC_TEST_CONTROLLER") : brokers, WAIT, &raw_err);
        ck_assert_msg(authorizer[i] != NULL, "%s", raw_err.message);
    }
    forget_all();
    raw_ok(kafc_admin_create_topics(super, v, 2, NULL, WAIT, NULL, &raw_err));
}

static bool has(kafc_conn *c, const kafc_acl *a)
{
    struct kafc_describe_acls_resp resp;
    const struct kafc_describe_acls_req req = {
        .resource_type_filter = (int8_t)a->resource, .resource_name_filter = kafc__str(a->name),
        .pattern_type_filter = (int8_t)a->pattern,   .principal_filter = kafc__str(a->principal),
        .host_filter = kafc__str(a->host),           .operation = (int8_t)a->operation,
        .permission_type = (int8_t)a->permission,
    };
    raw_ok(kafc_conn_call(c, &kafc_describe_acls_api, -1, &req, &resp, WAIT, &raw_err));
    ck_assert_int_eq(resp.error_code, 0);
    return resp.resources.n > 0;
}

/* Until the broker has heard of it, and the controller, whose authorizer is another one. */
static void await(const kafc_acl *a, bool there)
{
    int64_t until = kafc__clock_mono_us() + (int64_t)WAIT * 1000;
    for (int i = 0; i < 2; i++)
        while (has(authorizer[i], a) != there)
            ck_assert(kafc__clock_mono_us() < until);
}

static kafc_message message(const char *topic, int32_t partition)
{
    return (kafc_message){ .topic = topic, .to_partition = partition ? partition : KAFC_ZERO,
                           .value = KAFC_STR("x") };
}

static void set(kafc_acl_resource resource, const char *name, kafc_acl_operation operation, bool denied)
{
    kafc_acl a[] = {
        { .resource = resource, .pattern = KAFC_ACL_LITERAL, .name = name, .principal = ALICE, .host = "*",
          .operation = operation, .permission = KAFC_ACL_DENY },
        { .resource = resource, .pattern = KAFC_ACL_LITERAL, .name = name, .principal = ALICE, .host = "*",
          .operation = KAFC_ACL_ALL, .permission = KAFC_ACL_ALLOW },
    };
    if (denied)
        raw_ok(kafc_admin_create_acls(super, a, 2, WAIT, &raw_err));
    else
        raw_ok(kafc_admin_delete_acls(super, a, 1, WAIT, NULL, &raw_err));
    await(&a[0], denied);
}

/* A record in each partition, in one go. */
static void fill(void)
{
    kafc_message m[8];
    for (int32_t i = 0; i < 8; i++)
        m[i] = message(i < 4 ? "t" : "u", i % 4);
    if (!denying_mock)
        raw_ok(kafc_writer_write(pen, m, 8, WAIT, &raw_err));
    for (int32_t i = 0; denying_mock && i < 8; i++)
        raw_ok(kafc_mock_append(denying_mock, m[i].topic, i % 4, &m[i], 1, -1));
}

/* --- Of both -------------------------------------------------------------------------------------- */

void denying_up(void)
{
    const char *brokers = getenv("KAFC_TEST_ADMIN");
    if (brokers)
        up_really(brokers);
    else
        denying_mock = joining_mock();
    fill();
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = denying_brokers(), .security = denying_login()),
                                  &raw_err);
    ck_assert_msg(raw_client != NULL, "%s", raw_err.message);
}

void denying_down(void)
{
    raw_close();
    kafc_mock_free(denying_mock);
    denying_mock = NULL;
    if (super)
        forget_all();
    for (int i = 0; i < 2; i++)
        kafc_conn_free(authorizer[i]);
    authorizer[0] = authorizer[1] = NULL;
    kafc_writer_free(pen);
    kafc_client_free(super);
    pen = NULL;
    super = NULL;
}

void denying_put(const char *topic, int32_t partition)
{
    const kafc_message m = message(topic, partition);
    if (denying_mock)
        raw_ok(kafc_mock_append(denying_mock, topic, partition, &m, 1, -1));
    else
        raw_ok(kafc_writer_write(pen, &m, 1, WAIT, &raw_err));
}

void denying_delete_topic(const char *topic)
{
    kafc_err result;
    if (denying_mock)
        raw_ok(kafc_mock_delete_topic(denying_mock, topic));
    else
        (void)kafc_admin_delete_topics(super, &topic, 1, &result, WAIT, NULL);
}

void deny(kafc_acl_resource resource, const char *name, kafc_acl_operation operation)
{
    if (denying_mock)
        raw_ok(kafc_mock_deny(denying_mock, resource, name, operation, true));
    else
        set(resource, name, operation, true);
}

void allow(kafc_acl_resource resource, const char *name, kafc_acl_operation operation)
{
    if (denying_mock)
        raw_ok(kafc_mock_deny(denying_mock, resource, name, operation, false));
    else
        set(resource, name, operation, false);
}
