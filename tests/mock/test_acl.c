/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the mock's ACLs decide, and how brokers refuse: each resource for
 * itself, the others beside it go on.
 */
#include "mock/acl.h"
#include "base/str.h"
#include "protocol/api/00_produce.h"
#include "protocol/api/03_metadata.h"
#include "protocol/api/24_add_partitions_to_txn.h"
#include "tests/mock/member.h"
#include "tests/mock/tx.h"
#include "tests/support/suite.h"

#define IS(expr, code) ck_assert_int_eq((expr), (code))

/* --- What they decide ---------------------------------------------------------------------- */

#define LIT(name, what, may) \
    { KAFC_ACL_TOPIC, KAFC_ACL_LITERAL, KAFC_ACL_##what, KAFC_ACL_##may, { name, sizeof(name) - 1 }, \
      { "User:ANONYMOUS", 14 }, { "127.0.0.1", 9 } }
#define PRE(name, what, may) \
    { KAFC_ACL_TOPIC, KAFC_ACL_PREFIXED, KAFC_ACL_##what, KAFC_ACL_##may, { name, sizeof(name) - 1 }, \
      { "User:*", 6 }, { "*", 1 } }
#define BOB(name, what, may) \
    { KAFC_ACL_TOPIC, KAFC_ACL_LITERAL, KAFC_ACL_##what, KAFC_ACL_##may, { name, sizeof(name) - 1 }, \
      { "User:bob", 8 }, { "*", 1 } }
#define FAR(name, what, may) \
    { KAFC_ACL_TOPIC, KAFC_ACL_LITERAL, KAFC_ACL_##what, KAFC_ACL_##may, { name, sizeof(name) - 1 }, \
      { "User:*", 6 }, { "10.0.0.1", 8 } }

/* May the topic "orders" be read? */
static const struct {
    struct kafc_macl_spec acl[3];
    int n;
    kafc_acl_operation operation;
    bool allowed;
} cases[] = {
    { .operation = KAFC_ACL_READ, .allowed = true },
    { { LIT("other", READ, DENY) }, 1, KAFC_ACL_READ, true },
    { { LIT("orders", READ, ALLOW) }, 1, KAFC_ACL_READ, true },
    { { LIT("orders", READ, ALLOW) }, 1, KAFC_ACL_WRITE, false },
    { { LIT("orders", READ, ALLOW) }, 1, KAFC_ACL_DESCRIBE, true },
    { { LIT("orders", WRITE, ALLOW) }, 1, KAFC_ACL_DESCRIBE, true },
    { { LIT("orders", CREATE, ALLOW) }, 1, KAFC_ACL_DESCRIBE, false },
    { { LIT("orders", ALTER_CONFIGS, ALLOW) }, 1, KAFC_ACL_DESCRIBE_CONFIGS, true },
    { { LIT("orders", ALTER_CONFIGS, ALLOW) }, 1, KAFC_ACL_DESCRIBE, false },
    { { LIT("orders", ALL, ALLOW) }, 1, KAFC_ACL_WRITE, true },
    { { LIT("orders", ALL, ALLOW), LIT("orders", WRITE, DENY) }, 2, KAFC_ACL_WRITE, false },
    { { LIT("orders", ALL, ALLOW), LIT("orders", WRITE, DENY) }, 2, KAFC_ACL_DESCRIBE, true },
    { { LIT("orders", READ, ALLOW), PRE("ord", ALL, DENY) }, 2, KAFC_ACL_READ, false },
    { { PRE("ord", READ, ALLOW) }, 1, KAFC_ACL_READ, true },
    { { PRE("ordersx", READ, DENY) }, 1, KAFC_ACL_READ, true },
    { { LIT("*", READ, DENY) }, 1, KAFC_ACL_READ, false },
    { { LIT("*", READ, ALLOW) }, 1, KAFC_ACL_READ, true },
    { { BOB("orders", READ, ALLOW) }, 1, KAFC_ACL_READ, false },
    { { BOB("orders", READ, DENY), LIT("orders", READ, ALLOW) }, 2, KAFC_ACL_READ, true },
    { { FAR("orders", READ, ALLOW) }, 1, KAFC_ACL_READ, false },
    { { FAR("orders", READ, DENY), LIT("orders", READ, ALLOW) }, 2, KAFC_ACL_READ, true },
};
enum { CASES = sizeof cases / sizeof *cases };

START_TEST(acls_decide_as_kafkas_authorizer_does)
{
    struct ask a;
    ask_init(&a, NULL);
    for (int i = 0; i < CASES; i++) {
        kafc__macls_free(a.c);
        for (int k = 0; k < cases[i].n; k++)
            ck_assert(kafc__macl_add(a.c, &cases[i].acl[k]));
        ck_assert_msg(kafc__macl_refuses(a.c, NULL, KAFC_ACL_TOPIC, ask_str("orders"),
                                         cases[i].operation) ==
                          (cases[i].allowed ? KAFC_OK : KAFC_ERR_TOPIC_AUTHORIZATION_FAILED),
                      "case %d", i);
        IS(kafc__macl_refuses(a.c, NULL, KAFC_ACL_GROUP, ask_str("orders"), cases[i].operation), KAFC_OK);
    }
    ask_fini(&a);
}
END_TEST

static void deny(struct ask *a, kafc_acl_resource resource, const char *name,
                 kafc_acl_operation operation)
{
    IS(kafc__cluster_deny(a->c, resource, name, operation, true), KAFC_OK);
}

START_TEST(one_operation_is_refused_and_given_back)
{
    struct ask a;
    ask_init(&a, NULL);
    for (int i = 0; i < 2; i++) {
        deny(&a, KAFC_ACL_TOPIC, "t", KAFC_ACL_READ);
        IS(kafc__macl_refuses(a.c, NULL, KAFC_ACL_TOPIC, ask_str("t"), KAFC_ACL_READ),
           KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    }
    IS(kafc__macl_refuses(a.c, NULL, KAFC_ACL_TOPIC, ask_str("t"), KAFC_ACL_WRITE), KAFC_OK);
    IS(kafc__macl_refuses(a.c, NULL, KAFC_ACL_TOPIC, ask_str("t"), KAFC_ACL_DESCRIBE), KAFC_OK);
    IS(kafc__cluster_deny(a.c, KAFC_ACL_TOPIC, "t", KAFC_ACL_READ, false), KAFC_OK);
    IS(kafc__macl_refuses(a.c, NULL, KAFC_ACL_TOPIC, ask_str("t"), KAFC_ACL_READ), KAFC_OK);
    IS(kafc__cluster_deny(a.c, KAFC_ACL_TOPIC, NULL, KAFC_ACL_READ, true), KAFC_ERR_USAGE);
    IS(kafc__cluster_deny(a.c, KAFC_ACL_ANY_RESOURCE, "t", KAFC_ACL_READ, true), KAFC_ERR_USAGE);
    IS(kafc__cluster_deny(a.c, KAFC_ACL_TOPIC, "t", KAFC_ACL_ANY_OPERATION, true), KAFC_ERR_USAGE);
    ask_fini(&a);
}
END_TEST

/* --- How brokers refuse ------------------------------------------------------------------------ */

static struct kafc_metadata_resp metadata(struct ask *a, int16_t version, const char *const *names,
                                          int n, bool create)
{
    struct kafc_metadata_req q;
    struct kafc_metadata_resp r;
    struct kafc_metadata_req_topic t[4];

    kafc__msg_defaults(&kafc_metadata_req_schema, &q);
    for (int i = 0; i < n; i++) {
        kafc__msg_defaults(&kafc_metadata_req_topic_schema, &t[i]);
        t[i].name = ask_str(names[i]);
    }
    q.topics.v = t;
    q.topics.n = n;
    q.allow_auto_topic_creation = create;
    ask_call(a, KAFC_API_METADATA, version, &q, &r);
    return r;
}

START_TEST(topics_that_may_not_be_seen_are_named_or_left_out)
{
    static const char *const names[] = { "t", "hidden", "new" };
    struct kafc_metadata_resp r;
    struct ask a;
    ask_init(&a, NULL);
    IS(kafc__cluster_create_topic(a.c, "t", 1, 0), KAFC_OK);
    IS(kafc__cluster_create_topic(a.c, "hidden", 1, 0), KAFC_OK);
    deny(&a, KAFC_ACL_TOPIC, "hidden", KAFC_ACL_DESCRIBE);
    deny(&a, KAFC_ACL_TOPIC, "new", KAFC_ACL_CREATE);
    deny(&a, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_CREATE);
    r = metadata(&a, 12, names, 3, true);
    IS(r.topics.n, 3);
    IS(r.topics.v[0].error_code, KAFC_OK);
    IS(r.topics.v[1].error_code, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    IS(r.topics.v[1].partitions.n, 0);
    ck_assert(kafc__mock_uuid_zero(&r.topics.v[1].topic_id));
    IS(r.topics.v[2].error_code, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    r = metadata(&a, 12, &names[2], 1, false);
    IS(r.topics.v[0].error_code, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    r = metadata(&a, 12, NULL, -1, false);
    IS(r.topics.n, 1);
    IS(kafc__cluster_deny(a.c, KAFC_ACL_CLUSTER, "kafka-cluster", KAFC_ACL_CREATE, false), KAFC_OK);
    r = metadata(&a, 12, &names[2], 1, true);
    IS(r.topics.v[0].error_code, KAFC_ERR_LEADER_NOT_AVAILABLE); /* made */
    ask_fini(&a);
}
END_TEST

START_TEST(topics_are_refused_one_by_one)
{
    struct ask a;
    ask_init(&a, KAFC_MOCK(.brokers = 1));
    IS(kafc__cluster_create_topic(a.c, "t", 1, 0), KAFC_OK);
    IS(kafc__cluster_create_topic(a.c, "u", 1, 0), KAFC_OK);
    deny(&a, KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    deny(&a, KAFC_ACL_TOPIC, "no such topic", KAFC_ACL_WRITE);
    for (int16_t v = 9; v <= 13; v += 4) {
        struct kafc_records b = ask_make(&a, &(struct ask_batch){ .n = 1 });
        IS(ask_produce(&a, v, -1, "t", 0, b)->error_code, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
        b = ask_make(&a, &(struct ask_batch){ .n = 1 });
        IS(ask_produce(&a, v, -1, "u", 0, b)->error_code, KAFC_OK);
    }
    IS(ask_append(&a, "no such topic", 0, &(struct ask_batch){ .n = 1 })->error_code,
       KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    (void)ask_produce(&a, 9, 0, "t", 0, ask_make(&a, &(struct ask_batch){ .n = 1 }));
    ck_assert(ask_closed(&a)); /* there is no other way to say it */
    ask_fini(&a);
}
END_TEST

/* --- Transactions ---------------------------------------------------------------------------------- */

START_TEST(a_transactional_id_is_refused_at_each_step)
{
    struct tx t;
    tx_setup(&t);
    deny(&t.a, KAFC_ACL_TRANSACTIONAL_ID, "x", KAFC_ACL_WRITE);
    IS(tx_init(&t, 4, -1, -1), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    IS(kafc__cluster_deny(t.a.c, KAFC_ACL_TRANSACTIONAL_ID, "x", KAFC_ACL_WRITE, false), KAFC_OK);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    IS(tx_add(&t, 0), KAFC_OK);
    deny(&t.a, KAFC_ACL_TRANSACTIONAL_ID, "x", KAFC_ACL_WRITE);
    IS(tx_add(&t, 0), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    IS(tx_produce(&t, 9, 0, 0), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    IS(tx_add_offsets(&t, 3, "g"), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    IS(tx_send_offset(&t, 3, "g", 0, 1), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    IS(tx_end(&t, 3, false), KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
    ask_fini(&t.a);
}
END_TEST

START_TEST(a_group_or_topic_is_refused_inside_a_transaction)
{
    struct tx t;
    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    deny(&t.a, KAFC_ACL_GROUP, "g", KAFC_ACL_READ);
    IS(tx_add_offsets(&t, 3, "g"), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(tx_send_offset(&t, 3, "g", 0, 1), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(tx_add_offsets(&t, 3, "h"), KAFC_OK);
    deny(&t.a, KAFC_ACL_TOPIC, "t", KAFC_ACL_READ);
    IS(tx_send_offset(&t, 3, "h", 0, 1), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ask_fini(&t.a);
}
END_TEST

START_TEST(partitions_beside_one_that_is_refused_are_not_tried)
{
    struct kafc_add_partitions_to_txn_req q;
    struct kafc_add_partitions_to_txn_resp r;
    struct kafc_add_partitions_to_txn_req_topic topics[2];
    int32_t zero = 0;
    struct tx t;

    tx_setup(&t);
    IS(tx_init(&t, 4, -1, -1), KAFC_OK);
    IS(kafc__cluster_create_topic(t.a.c, "u", 1, 0), KAFC_OK);
    deny(&t.a, KAFC_ACL_TOPIC, "t", KAFC_ACL_WRITE);
    kafc__msg_defaults(&kafc_add_partitions_to_txn_req_schema, &q);
    for (int i = 0; i < 2; i++) {
        kafc__msg_defaults(&kafc_add_partitions_to_txn_req_topic_schema, &topics[i]);
        topics[i].name = ask_str(i ? "u" : "t");
        topics[i].partitions.v = &zero;
        topics[i].partitions.n = 1;
    }
    q.v3_and_below_transactional_id = ask_str("x");
    q.v3_and_below_producer_id = t.pid;
    q.v3_and_below_producer_epoch = t.epoch;
    q.v3_and_below_topics.v = topics;
    q.v3_and_below_topics.n = 2;
    ask_call(&t.a, KAFC_API_ADD_PARTITIONS_TO_TXN, 3, &q, &r);
    IS(r.results_by_topic_v3_and_below.v[0].results_by_partition.v->partition_error_code,
       KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    IS(r.results_by_topic_v3_and_below.v[1].results_by_partition.v->partition_error_code,
       KAFC_ERR_OPERATION_NOT_ATTEMPTED);
    ask_fini(&t.a);
}
END_TEST

/* --- Groups ------------------------------------------------------------------------------------------ */

START_TEST(a_member_is_refused_at_each_step)
{
    struct club c;
    struct member m;
    kafc_err code;

    club_open(&c, NULL);
    member_init(&m, &c);
    IS(member_join_now(&m), KAFC_OK);
    (void)member_sync_now(&m, "0=x", &code);
    IS(member_commit(&m, 7, 1), KAFC_OK);
    deny(&c.a, KAFC_ACL_TOPIC, "t", KAFC_ACL_READ);
    IS(member_commit(&m, 7, 1), KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    deny(&c.a, KAFC_ACL_GROUP, "g", KAFC_ACL_READ);
    IS(member_commit(&m, 7, 1), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(member_beat(&m, 4), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(member_leave(&m, 4), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    (void)member_sync_now(&m, "", &code);
    IS(code, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(member_join_now(&m), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    member_gone(&m);
    club_close(&c);
}
END_TEST

SUITE_MAIN("mock-acl", 30, acls_decide_as_kafkas_authorizer_does,
           one_operation_is_refused_and_given_back,
           topics_that_may_not_be_seen_are_named_or_left_out, topics_are_refused_one_by_one,
           a_transactional_id_is_refused_at_each_step,
           a_group_or_topic_is_refused_inside_a_transaction,
           partitions_beside_one_that_is_refused_are_not_tried, a_member_is_refused_at_each_step)
