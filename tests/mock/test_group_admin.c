/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the mock tells and forgets of groups: DescribeGroups, ListGroups,
 * DeleteGroups, OffsetDelete; and offsets of members in transactions.
 */
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/22_init_producer_id.h"
#include "protocol/api/28_txn_offset_commit.h"
#include "protocol/api/42_delete_groups.h"
#include "protocol/api/47_offset_delete.h"
#include "tests/mock/member.h"
#include "tests/support/suite.h"

#define IS(expr, code) ck_assert_int_eq((expr), (code))
#define TEXT(str, text) \
    do { \
        IS((str).len, (int32_t)strlen(text)); \
        ck_assert_mem_eq((str).p, text, strlen(text)); \
    } while (0)

enum { COMMIT = 8, LEAVE = 5 };

static void settle(struct member *m, const char *assignment)
{
    kafc_err code;
    IS(member_join_now(m), KAFC_OK);
    ck_assert_str_eq(member_sync_now(m, assignment, &code), assignment);
}

static struct kafc_describe_groups_resp_group describe(struct club *c, int16_t version,
                                                       const char *group)
{
    struct kafc_describe_groups_req q;
    struct kafc_describe_groups_resp r;
    kafc_str name = ask_str(group);

    kafc__msg_defaults(&kafc_describe_groups_req_schema, &q);
    q.groups.v = &name;
    q.groups.n = 1;
    q.include_authorized_operations = version >= 3;
    ask_connect(&c->a, 1);
    ask_call(&c->a, KAFC_API_DESCRIBE_GROUPS, version, &q, &r);
    IS(r.groups.n, 1);
    TEXT(r.groups.v[0].group_id, group);
    return r.groups.v[0];
}

static struct kafc_list_groups_resp list(struct club *c, int16_t version, const char *state,
                                         const char *type)
{
    struct kafc_list_groups_req q;
    struct kafc_list_groups_resp r;
    kafc_str one, kind;

    kafc__msg_defaults(&kafc_list_groups_req_schema, &q);
    if (state) {
        one = ask_str(state);
        q.states_filter.v = &one;
        q.states_filter.n = 1;
    }
    if (type) {
        kind = ask_str(type);
        q.types_filter.v = &kind;
        q.types_filter.n = 1;
    }
    ask_connect(&c->a, 1);
    ask_call(&c->a, KAFC_API_LIST_GROUPS, version, &q, &r);
    return r;
}

static kafc_err delete_group(struct club *c, int16_t version, const char *group)
{
    struct kafc_delete_groups_req q;
    struct kafc_delete_groups_resp r;
    kafc_str name = ask_str(group);

    kafc__msg_defaults(&kafc_delete_groups_req_schema, &q);
    q.groups_names.v = &name;
    q.groups_names.n = 1;
    ask_connect(&c->a, 1);
    ask_call(&c->a, KAFC_API_DELETE_GROUPS, version, &q, &r);
    return (kafc_err)r.results.v[0].error_code;
}

static kafc_err delete_offset(struct club *c, const char *topic, int32_t partition)
{
    struct kafc_offset_delete_req q;
    struct kafc_offset_delete_req_topic t;
    struct kafc_offset_delete_req_partition p;
    struct kafc_offset_delete_resp r;

    kafc__msg_defaults(&kafc_offset_delete_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_delete_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_offset_delete_req_partition_schema, &p);
    q.group_id = ask_str("g");
    q.topics.v = &t;
    q.topics.n = 1;
    t.name = ask_str(topic);
    t.partitions.v = &p;
    t.partitions.n = 1;
    p.partition_index = partition;
    ask_connect(&c->a, 1);
    ask_call(&c->a, KAFC_API_OFFSET_DELETE, 0, &q, &r);
    return (kafc_err)(r.error_code ? r.error_code : r.topics.v[0].partitions.v[0].error_code);
}

START_TEST(groups_are_described)
{
    for (int16_t v = 0; v <= 6; v++) {
        struct kafc_describe_groups_resp_group d;
        struct club c;
        struct member m;
        club_open(&c, NULL);
        d = describe(&c, v, "g");
        TEXT(d.group_state, "Dead");
        IS(d.error_code, v == 6 ? KAFC_ERR_GROUP_ID_NOT_FOUND : KAFC_OK);
        if (v == 6)
            TEXT(d.error_message, "Group g not found.");
        member_init(&m, &c);
        m.instance = "one";
        IS(member_join_now(&m), KAFC_OK);
        d = describe(&c, v, "g");
        TEXT(d.group_state, "CompletingRebalance");
        TEXT(d.protocol_type, "consumer");
        TEXT(d.protocol_data, "");
        IS(d.members.n, 1);
        IS(d.members.v[0].member_metadata.len, 0);
        settle(&m, "all");
        d = describe(&c, v, "g");
        TEXT(d.group_state, "Stable");
        TEXT(d.protocol_data, "range");
        TEXT(d.members.v[0].member_id, m.id);
        TEXT(d.members.v[0].client_id, "ask");
        TEXT(d.members.v[0].client_host, "/127.0.0.1");
        ck_assert_mem_eq(d.members.v[0].member_metadata.p, "range 0", 7);
        ck_assert_mem_eq(d.members.v[0].member_assignment.p, "all", 3);
        if (v >= 4)
            TEXT(d.members.v[0].group_instance_id, "one");
        IS(d.authorized_operations, v >= 3 ? 0xd48 : INT32_MIN);
        IS(kafc__cluster_rebalance(c.a.c, "g"), KAFC_OK);
        d = describe(&c, v, "g");
        TEXT(d.group_state, "PreparingRebalance");
        IS(d.members.v[0].member_metadata.len, 0);
        TEXT(d.members.v[0].member_assignment, "all");
        IS(member_join_now(&m), KAFC_OK);
        TEXT(describe(&c, v, "g").members.v[0].member_assignment, "all");
        IS(kafc__cluster_rebalance(c.a.c, "g"), KAFC_OK);
        IS(describe(&c, v, "g").members.v[0].member_assignment.len, 0);
        IS(member_leave(&m, LEAVE), KAFC_OK);
        d = describe(&c, v, "g");
        TEXT(d.group_state, "Empty");
        TEXT(d.protocol_type, "consumer");
        TEXT(describe(&c, v, "").group_state, "Dead");
        IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", -1), KAFC_OK);
        d = describe(&c, v, "g");
        IS(d.error_code, KAFC_ERR_NOT_COORDINATOR);
        TEXT(d.group_state, "");
        club_close(&c);
    }
}
END_TEST

START_TEST(groups_are_listed)
{
    struct club c;
    struct member m;
    club_open(&c, KAFC_MOCK(.brokers = 2, .coordinator_load_ms = 10));
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 1), KAFC_OK);
    for (int16_t v = 0; v <= 5; v++)
        IS(list(&c, v, NULL, NULL).groups.n, 0);
    club_wait(&c, 10);
    member_init(&m, &c);
    settle(&m, "all");
    for (int16_t v = 0; v <= 5; v++) {
        struct kafc_list_groups_resp r = list(&c, v, NULL, NULL);
        IS(r.error_code, KAFC_OK);
        IS(r.groups.n, 1);
        TEXT(r.groups.v[0].group_id, "g");
        TEXT(r.groups.v[0].protocol_type, "consumer");
        if (v >= 4)
            TEXT(r.groups.v[0].group_state, "Stable");
        if (v >= 5)
            TEXT(r.groups.v[0].group_type, "classic");
    }
    IS(list(&c, 4, "stable", NULL).groups.n, 1);
    IS(list(&c, 4, "Empty", NULL).groups.n, 0);
    IS(list(&c, 5, NULL, "Classic").groups.n, 1);
    IS(list(&c, 5, NULL, "consumer").groups.n, 0);
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 1), KAFC_OK);
    IS(list(&c, 5, NULL, NULL).error_code, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 2), KAFC_OK);
    IS(list(&c, 5, NULL, NULL).error_code, KAFC_OK);
    IS(list(&c, 5, NULL, NULL).groups.n, 0);
    IS(kafc__cluster_push_error(c.a.c, KAFC_API_LIST_GROUPS, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED,
                                1),
       KAFC_OK);
    IS(list(&c, 5, NULL, NULL).error_code, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED);
    club_close(&c);
}
END_TEST

START_TEST(empty_groups_are_deleted)
{
    for (int16_t v = 0; v <= 2; v++) {
        struct club c;
        struct member m;
        int64_t offset;
        club_open(&c, NULL);
        IS(delete_group(&c, v, "g"), KAFC_ERR_GROUP_ID_NOT_FOUND);
        IS(delete_group(&c, v, ""), KAFC_ERR_GROUP_ID_NOT_FOUND);
        member_init(&m, &c);
        settle(&m, "all");
        IS(member_commit(&m, COMMIT, 3), KAFC_OK);
        IS(delete_group(&c, v, "g"), KAFC_ERR_NON_EMPTY_GROUP);
        IS(member_leave(&m, LEAVE), KAFC_OK);
        IS(kafc__cluster_committed(c.a.c, "g", "t", 0, &offset), KAFC_OK);
        IS(kafc__cluster_push_error(c.a.c, KAFC_API_DELETE_GROUPS,
                                    KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1),
           KAFC_OK);
        IS(delete_group(&c, v, "g"), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
        IS(delete_group(&c, v, "g"), KAFC_OK);
        IS(kafc__cluster_committed(c.a.c, "g", "t", 0, &offset), KAFC_ERR_GROUP_ID_NOT_FOUND);
        IS(club_look(&c).state, KAFC_MOCK_GROUP_DEAD);
        IS(member_commit(&m, COMMIT, 3), KAFC_ERR_ILLEGAL_GENERATION);
        IS(member_commit(&m, 9, 3), KAFC_ERR_GROUP_ID_NOT_FOUND);
        club_close(&c);
    }
}
END_TEST

START_TEST(offsets_are_deleted_of_topics_that_nobody_reads)
{
    static const char subscribes[] = "\0\1\0\0\0\1\0\1u\377\377\377\377";
    struct club c;
    struct member m;
    int64_t offset;
    club_open(&c, NULL);
    IS(kafc__cluster_create_topic(c.a.c, "u", 1, 0), KAFC_OK);
    IS(delete_offset(&c, "t", 0), KAFC_ERR_GROUP_ID_NOT_FOUND);
    member_init(&m, &c);
    m.raw_metadata = (kafc_bytes){ subscribes, sizeof(subscribes) - 1 };
    settle(&m, "all");
    IS(member_commit(&m, COMMIT, 3), KAFC_OK);
    IS(delete_offset(&c, "u", 0), KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC);
    IS(delete_offset(&c, "t", 1), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(delete_offset(&c, "none", 0), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(kafc__cluster_committed(c.a.c, "g", "t", 0, &offset), KAFC_OK);
    IS(delete_offset(&c, "t", 0), KAFC_OK);
    IS(kafc__cluster_committed(c.a.c, "g", "t", 0, &offset), KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    IS(delete_offset(&c, "t", 0), KAFC_OK); /* again */
    m.raw_metadata.len = 5;                 /* nobody can tell any more */
    settle(&m, "all");
    IS(delete_offset(&c, "t", 0), KAFC_ERR_GROUP_SUBSCRIBED_TO_TOPIC);
    IS(member_leave(&m, LEAVE), KAFC_OK);
    IS(delete_offset(&c, "u", 0), KAFC_OK);
    IS(kafc__cluster_push_error(c.a.c, KAFC_API_OFFSET_DELETE, KAFC_ERR_GROUP_AUTHORIZATION_FAILED,
                                1),
       KAFC_OK);
    IS(delete_offset(&c, "t", 0), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    club_close(&c);
}
END_TEST

static kafc_err send_offset(struct member *m, int64_t pid, int16_t version, int64_t offset)
{
    struct kafc_txn_offset_commit_req q;
    struct kafc_txn_offset_commit_req_topic t;
    struct kafc_txn_offset_commit_req_partition p;
    struct kafc_txn_offset_commit_resp r;

    kafc__msg_defaults(&kafc_txn_offset_commit_req_schema, &q);
    kafc__msg_defaults(&kafc_txn_offset_commit_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_txn_offset_commit_req_partition_schema, &p);
    q.transactional_id = ask_str("x");
    q.group_id = ask_str("g");
    q.producer_id = pid;
    if (version >= 3) {
        q.generation_id = m->generation;
        q.member_id = ask_str(m->id);
        if (m->instance)
            q.group_instance_id = ask_str(m->instance);
    }
    q.topics.v = &t;
    q.topics.n = 1;
    t.name = ask_str("t");
    t.partitions.v = &p;
    t.partitions.n = 1;
    p.committed_offset = offset;
    ask_connect(&m->club->a, 1);
    ask_call(&m->club->a, KAFC_API_TXN_OFFSET_COMMIT, version, &q, &r);
    return (kafc_err)r.topics.v[0].partitions.v[0].error_code;
}

START_TEST(members_commit_in_transactions)
{
    struct kafc_init_producer_id_req q;
    struct kafc_init_producer_id_resp r;
    struct club c;
    struct member m, old;
    club_open(&c, NULL);
    IS(kafc__cluster_set_release(c.a.c, "2.8"), KAFC_OK); /* nobody asks what has joined */
    kafc__msg_defaults(&kafc_init_producer_id_req_schema, &q);
    q.transactional_id = ask_str("x");
    q.transaction_timeout_ms = 60000;
    ask_connect(&c.a, 1);
    ask_call(&c.a, KAFC_API_INIT_PRODUCER_ID, 3, &q, &r);
    member_init(&m, &c);
    m.join_version = 7;
    m.instance = "one";
    m.generation = 4;
    IS(send_offset(&m, r.producer_id, 3, 1), KAFC_ERR_ILLEGAL_GENERATION); /* no group yet */
    settle(&m, "all");
    IS(send_offset(&m, r.producer_id, 3, 1), KAFC_OK);
    IS(send_offset(&m, r.producer_id, 2, 1), KAFC_OK); /* says nothing of a membership */
    m.generation++;
    IS(send_offset(&m, r.producer_id, 3, 1), KAFC_ERR_ILLEGAL_GENERATION);
    m.generation--;
    old = m;
    m.id[0] = '\0';
    IS(member_join_now(&m), KAFC_OK);
    IS(send_offset(&m, r.producer_id, 3, 1), KAFC_OK);
    IS(send_offset(&old, r.producer_id, 3, 1), KAFC_ERR_FENCED_INSTANCE_ID);
    old.instance = NULL;
    IS(send_offset(&old, r.producer_id, 3, 1), KAFC_ERR_UNKNOWN_MEMBER_ID);
    /* It is open when the group goes. */
    IS(member_leave(&m, 4), KAFC_OK);
    IS(delete_group(&c, 2, "g"), KAFC_OK);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_DEAD);
    club_close(&c);
}
END_TEST

SUITE_MAIN("mock-group-admin", 20, groups_are_described, groups_are_listed,
           empty_groups_are_deleted, offsets_are_deleted_of_topics_that_nobody_reads,
           members_commit_in_transactions)
