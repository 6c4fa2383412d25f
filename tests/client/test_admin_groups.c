/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members put out of groups, offsets and lags of many groups, coordinators:
 * against the mock in every version; share groups against scripted brokers.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/02_list_offsets.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/13_leave_group.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/69_consumer_group_describe.h"
#include "protocol/api/77_share_group_describe.h"
#include "protocol/api/90_describe_share_group_offsets.h"
#include "protocol/api/91_alter_share_group_offsets.h"
#include "protocol/api/92_delete_share_group_offsets.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/alloc.h"
#include "tests/support/suite.h"
#include <kafc/groups.h>
#include <kafc/mock.h>

enum { WAIT = 10000, COMMITTED = 9, FIND = 10, LEAVE = 13, DESCRIBE = 15 };

static char member[100];

static void join(const char *group, const char *instance)
{
    static const char *const topics[] = { "u", "t" };
    joining(raw_client, group, instance, topics, 2, "u1 t3 t0", member);
}

static int32_t members(const char *group)
{
    kafc_mock_group g;
    raw_ok(kafc_mock_group_get(raw_mock, group, &g));
    return g.members;
}

static void commit(const char *group, const char *topic, int32_t partition, int64_t offset)
{
    kafc_offset q = {
        .topic = topic, .partition = partition, .offset = offset, .metadata = "note"
    };
    raw_ok(kafc_admin_commit_offsets(raw_client, group, &q, 1, WAIT, &raw_err));
}

/* --- Remove --------------------------------------------------------------------------------- */

START_TEST(members_are_put_out)
{
    kafc_member_removal q[3] = { { .instance_id = "static" }, { .member_id = "nobody" } };
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, LEAVE, 0, (int16_t)_i));
    join("g", "static");
    q[2].member_id = member;
    raw_ok(kafc_admin_remove_members(raw_client, "g", q, 1, "by a test", WAIT, &raw_err));
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(members("g"), 0);
    join("h", NULL);
    q[2].member_id = member;
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "h", q, 3, NULL, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_MEMBER_ID);
    raw_says("member 'static' cannot be removed");
    ck_assert_int_eq(q[0].result, KAFC_ERR_UNKNOWN_MEMBER_ID);
    ck_assert_int_eq(q[1].result, KAFC_ERR_UNKNOWN_MEMBER_ID);
    ck_assert_int_eq(q[2].result, KAFC_OK);
    ck_assert_int_eq(members("h"), 0);
    raw_down();
}
END_TEST

START_TEST(all_members_are_put_out)
{
    raw_up(joining_mock());
    join("g", NULL);
    raw_ok(kafc_mock_push_error(raw_mock, LEAVE, KAFC_ERR_NOT_COORDINATOR, 1));
    raw_ok(
        kafc_admin_remove_members(raw_client, "g", NULL, KAFC_ALL_MEMBERS, NULL, WAIT, &raw_err));
    ck_assert_int_eq(members("g"), 0);
    raw_ok(
        kafc_admin_remove_members(raw_client, "g", NULL, KAFC_ALL_MEMBERS, NULL, WAIT, &raw_err));
    ck_assert_int_eq(
        kafc_admin_remove_members(raw_client, "x", NULL, KAFC_ALL_MEMBERS, NULL, WAIT, &raw_err),
        KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_down();
}
END_TEST

START_TEST(refusals_of_a_removal_are_told)
{
    kafc_member_removal q = { .member_id = "m" };
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, LEAVE, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "g", &q, 1, NULL, WAIT, &raw_err),
                     KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    raw_says("members of group 'g' cannot be removed");
    ck_assert_int_eq(q.result, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    raw_ok(kafc_mock_set_versions(raw_mock, LEAVE, 0, 2));
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "g", &q, 1, NULL, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("too old to remove others");
    raw_down();
}
END_TEST

/* --- Offsets ---------------------------------------------------------------------------------- */

START_TEST(offsets_of_many_groups_come_alike_by_every_version)
{
    static const char *const groups[] = { "h", "never was", "g" };
    kafc_offsets_of_groups *o;
    raw_up(joining_mock());
    for (int i = 0; i < 3; i++)
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_GROUPS, groups[i], 1 + i % 2));
    commit("g", "u", 1, 5);
    commit("g", "t", 2, 7);
    commit("h", "t", 0, 0);
    raw_ok(kafc_mock_set_versions(raw_mock, COMMITTED, 0, (int16_t)_i));
    raw_ok(kafc_admin_offsets_of_groups(raw_client, groups, 3, _i % 2, WAIT, &o, &raw_err));
    ck_assert_int_eq(o->ngroups, 3);
    ck_assert_str_eq(o->groups[0].group, "h");
    ck_assert_int_eq(o->groups[0].noffsets, 1);
    ck_assert_int_eq(o->groups[0].offsets[0].offset, 0);
    ck_assert_int_eq(o->groups[1].noffsets, 0);
    ck_assert_int_eq(o->groups[1].result, KAFC_OK);
    ck_assert_int_eq(o->groups[2].noffsets, 2);
    ck_assert_str_eq(o->groups[2].offsets[0].topic, "t");
    ck_assert_int_eq(o->groups[2].offsets[0].partition, 2);
    ck_assert_int_eq(o->groups[2].offsets[0].offset, 7);
    ck_assert_str_eq(o->groups[2].offsets[0].metadata, "note");
    ck_assert_str_eq(o->groups[2].offsets[1].topic, "u");
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, COMMITTED), _i >= 8 ? 2 : 3);
    raw_close();
    kafc_offsets_of_groups_free(o); /* outlives the client */
    raw_down();
}
END_TEST

static const struct {
    kafc_err code, result;
} codes[] = {
    { KAFC_ERR_NOT_COORDINATOR, KAFC_OK },
    { KAFC_ERR_UNSTABLE_OFFSET_COMMIT, KAFC_OK },
    { KAFC_ERR_DISCONNECTED, KAFC_OK },
    { KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_ERR_GROUP_AUTHORIZATION_FAILED },
};

START_TEST(codes_of_offsets_pass_or_are_told)
{
    static const char *const groups[] = { "g" };
    kafc_offsets_of_groups *o;
    raw_up(joining_mock());
    commit("g", "t", 0, 1);
    if (_i & 1)
        raw_ok(kafc_mock_set_versions(raw_mock, COMMITTED, 0, 7));
    raw_ok(kafc_mock_push_error(raw_mock, COMMITTED, codes[_i / 2].code, 2));
    kafc_err rc = kafc_admin_offsets_of_groups(raw_client, groups, 1, false, WAIT, &o, &raw_err);
    ck_assert_msg(rc == codes[_i / 2].result, "%s: %s", kafc_err_name(rc), raw_err.message);
    ck_assert_int_eq(o->groups[0].result, rc);
    ck_assert_int_eq(o->groups[0].noffsets, rc == KAFC_OK);
    if (rc != KAFC_OK)
        raw_says("group 'g' cannot be asked for its offsets");
    kafc_offsets_of_groups_free(o);
    raw_down();
}
END_TEST

/* --- Lag ---------------------------------------------------------------------------------------- */

static void append(const char *topic, int32_t partition, int n)
{
    kafc_message m = { .value = KAFC_STR("v") };
    while (n-- > 0)
        raw_ok(kafc_mock_append(raw_mock, topic, partition, &m, 1, -1));
}

/* 1: brokers do not list what is committed; 2: nor do they describe groups. */
START_TEST(lags_are_put_together)
{
    static const char *const groups[] = { "g", "offsets" };
    kafc_group_lags *l;
    raw_up(joining_mock());
    append("t", 0, 3);
    append("t", 1, 5);
    append("u", 1, 2);
    commit("g", "t", 0, 1);
    commit("g", "t", 1, 9);
    commit("offsets", "u", 1, 2);
    join("g", NULL);
    if (_i >= 1)
        raw_ok(kafc_mock_set_versions(raw_mock, COMMITTED, 0, 1));
    if (_i >= 2)
        raw_ok(kafc_mock_set_versions(raw_mock, DESCRIBE, -1, -1));
    raw_ok(
        kafc_admin_group_lags(raw_client, groups, 2, KAFC_ISOLATION_DEFAULT, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 2);
    const kafc_group_lag *g = &l->groups[0];
    ck_assert_str_eq(g->group, "g");
    ck_assert_int_eq(g->lag, 2);
    ck_assert_int_eq(g->description != NULL, _i < 2);
    ck_assert_int_eq(g->npartitions, _i < 2 ? 4 : 2); /* t0 t1 t3 u1 */
    ck_assert_int_eq(g->partitions[0].committed, 1);
    ck_assert_int_eq(g->partitions[0].end, 3);
    ck_assert_int_eq(g->partitions[0].lag, 2);
    ck_assert_int_eq(g->partitions[1].lag, 0); /* beyond the end */
    ck_assert_ptr_null(g->partitions[1].member);
    if (_i < 2) {
        ck_assert_str_eq(g->partitions[0].member->member_id, member);
        ck_assert_str_eq(g->description->state, "Stable");
        ck_assert_int_eq(g->partitions[3].committed, KAFC_OFFSET_UNKNOWN);
        ck_assert_int_eq(g->partitions[3].end, 2);
        ck_assert_int_eq(g->partitions[3].lag, KAFC_OFFSET_UNKNOWN);
    }
    ck_assert_int_eq(l->groups[1].npartitions, 1);
    ck_assert_int_eq(l->groups[1].lag, 0);
    raw_close();
    kafc_group_lags_free(l); /* outlives the client */
    raw_down();
}
END_TEST

START_TEST(what_is_known_of_a_lag_is_told)
{
    static const char *const groups[] = { "never was", "g" };
    kafc_group_lags *l;
    raw_up(joining_mock());
    append("t", 0, 3);
    commit("g", "t", 0, 1);
    commit("g", "t", 1, 1);
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, groups, 2, 0, WAIT, &l, &raw_err),
                     KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_says("'never was'");
    ck_assert_int_eq(l->groups[0].result, KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(l->groups[1].result, KAFC_OK);
    ck_assert_int_eq(l->groups[1].lag, 2);
    kafc_group_lags_free(l);
    raw_ok(kafc_mock_set_leader(raw_mock, "t", 1, -1));
    l = NULL;
    RAW_DOUBLING((kafc_group_lags_free(l),
                  (void)kafc_admin_group_lags(raw_client, &groups[1], 1, 0, ms, &l, &raw_err)),
                 l && l->groups[0].result == KAFC_OK && l->groups[0].partitions[0].result == KAFC_OK);
    ck_assert_int_ne(raw_err.code, KAFC_OK);
    ck_assert_int_eq(l->groups[0].result, KAFC_OK);
    ck_assert_int_eq(l->groups[0].partitions[1].result, raw_err.code);
    ck_assert_int_eq(l->groups[0].partitions[1].lag, KAFC_OFFSET_UNKNOWN);
    kafc_group_lags_free(l);
    raw_ok(kafc_mock_push_error(raw_mock, DESCRIBE, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1));
    raw_ok(kafc_mock_push_error(raw_mock, COMMITTED, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, &groups[1], 1, 0, WAIT, &l, &raw_err),
                     KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    raw_says("group 'g' cannot be described");
    ck_assert_int_eq(l->groups[0].npartitions, 0);
    kafc_group_lags_free(l);
    raw_down();
}
END_TEST

/* --- Coordinators --------------------------------------------------------------------------------- */

START_TEST(coordinators_are_found_in_every_version)
{
    static const char *const keys[] = { "a", "b", "c", "d" };
    kafc_coordinators *f;
    raw_up(joining_mock());
    for (int i = 0; i < 4; i++) {
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_GROUPS, keys[i], 1 + i % 3));
        raw_ok(kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_TRANSACTIONS, keys[i], 3));
    }
    raw_ok(kafc_mock_set_versions(raw_mock, FIND, 0, (int16_t)_i));
    raw_ok(kafc_mock_push_error(raw_mock, FIND, KAFC_ERR_COORDINATOR_NOT_AVAILABLE, 1));
    raw_ok(kafc_admin_find_coordinators(raw_client, KAFC_COORDINATED_GROUPS, keys, 4, WAIT, &f,
                                        &raw_err));
    ck_assert_int_eq(f->ncoordinators, 4);
    for (int i = 0; i < 4; i++) {
        ck_assert_str_eq(f->coordinators[i].key, keys[i]);
        ck_assert_int_eq(f->coordinators[i].node,
                         kafc_mock_coordinator(raw_mock, KAFC_MOCK_GROUPS, keys[i]));
        ck_assert_str_eq(f->coordinators[i].host, "127.0.0.1");
        ck_assert_int_eq(f->coordinators[i].port, kafc_mock_port(raw_mock, f->coordinators[i].node));
    }
    kafc_coordinators_free(f);
    kafc_err rc = kafc_admin_find_coordinators(raw_client, KAFC_COORDINATED_TRANSACTIONS, keys, 1,
                                               WAIT, &f, &raw_err);
    ck_assert_msg(_i == 0 ? rc != KAFC_OK : rc == KAFC_OK, "%s", raw_err.message);
    ck_assert_int_eq(f->coordinators[0].node, _i == 0 ? -1 : 3);
    kafc_coordinators_free(f);
    raw_down();
}
END_TEST

START_TEST(a_key_that_may_not_be_asked_for_leaves_the_others_theirs)
{
    static const char *const keys[] = { "a", "b" };
    kafc_coordinators *f;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, FIND, 0, 3));
    raw_ok(kafc_mock_push_error(raw_mock, FIND, KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1));
    ck_assert_int_eq(kafc_admin_find_coordinators(raw_client, KAFC_COORDINATED_GROUPS, keys, 2,
                                                  WAIT, &f, &raw_err),
                     KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    raw_says("'a' cannot be looked up");
    ck_assert_int_eq(f->coordinators[0].node, -1);
    ck_assert_str_eq(f->coordinators[0].host, "");
    ck_assert_int_gt(f->coordinators[1].node, 0);
    kafc_coordinators_free(f);
    raw_down();
}
END_TEST

/* --- Share groups ---------------------------------------------------------------------------------- */

static bool is_far; /* to their ends, in all partitions */

static void tell_offsets(const struct kafc_describe_share_group_offsets_req *q,
                         struct kafc_describe_share_group_offsets_resp *r, struct kafc_arena *a)
{
    r->groups.n = q->groups.n;
    r->groups.v = kafc__msg_array(&kafc_describe_share_group_offsets_resp_group_schema, r->groups.n,
                                  a);
    for (int32_t i = 0; i < r->groups.n; i++) {
        struct kafc_describe_share_group_offsets_resp_group *g = &r->groups.v[i];
        ck_assert_int_eq(q->groups.v[i].topics.n, -1);
        g->group_id = q->groups.v[i].group_id;
        g->error_code = g->group_id.p[0] == 's' ? 0 : KAFC_ERR_GROUP_ID_NOT_FOUND;
        g->topics.v = kafc__msg_array(&kafc_describe_share_group_offsets_resp_topic_schema, 1, a);
        g->topics.n = g->error_code == 0;
        g->topics.v->topic_name = raw_text("t");
        g->topics.v->partitions.v = kafc__msg_array(
            &kafc_describe_share_group_offsets_resp_partition_schema, 3, a);
        g->topics.v->partitions.n = 3;
        for (int32_t p = 0; p < 3; p++) {
            g->topics.v->partitions.v[p].partition_index = 2 - p;
            g->topics.v->partitions.v[p].start_offset = p == 0 ? -1 : 10 * p;
            g->topics.v->partitions.v[p].lag = is_far ? INT64_MAX : p;
            g->topics.v->partitions.v[p].error_code = p == 2 ? KAFC_ERR_TOPIC_AUTHORIZATION_FAILED
                                                             : 0;
        }
    }
}

static void move_offsets(const struct kafc_alter_share_group_offsets_req *q,
                         struct kafc_alter_share_group_offsets_resp *r, struct kafc_arena *a)
{
    r->error_code = q->group_id.p[0] == 's' ? 0 : KAFC_ERR_NON_EMPTY_GROUP;
    r->responses.n = r->error_code == 0 ? q->topics.n : 0;
    r->responses.v = kafc__msg_array(&kafc_alter_share_group_offsets_resp_topic_schema,
                                     r->responses.n, a);
    for (int32_t i = 0; i < r->responses.n; i++) {
        struct kafc_alter_share_group_offsets_resp_topic *t = &r->responses.v[i];
        t->topic_name = q->topics.v[i].topic_name;
        t->partitions.n = q->topics.v[i].partitions.n;
        t->partitions.v = kafc__msg_array(&kafc_alter_share_group_offsets_resp_partition_schema,
                                          t->partitions.n, a);
        for (int32_t p = 0; p < t->partitions.n; p++) {
            t->partitions.v[p].partition_index = q->topics.v[i].partitions.v[p].partition_index;
            if (q->topics.v[i].partitions.v[p].start_offset !=
                100 + t->partitions.v[p].partition_index)
                t->partitions.v[p].error_code = KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
        }
    }
}

static void forget_topics(const struct kafc_delete_share_group_offsets_req *q,
                          struct kafc_delete_share_group_offsets_resp *r, struct kafc_arena *a)
{
    r->error_code = q->group_id.p[0] == 's' ? 0 : KAFC_ERR_GROUP_ID_NOT_FOUND;
    r->error_message = raw_text("no group");
    r->responses.v = kafc__msg_array(&kafc_delete_share_group_offsets_resp_topic_schema,
                                     q->topics.n, a);
    for (int32_t i = 0; r->error_code == 0 && i < q->topics.n; i++) {
        if (q->topics.v[i].topic_name.p[0] == '?')
            continue; /* left out */
        r->responses.v[r->responses.n].topic_name = q->topics.v[i].topic_name;
        r->responses.v[r->responses.n++].error_code = q->topics.v[i].topic_name.p[0] == 't'
                                                          ? 0
                                                          : KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION;
    }
}

/* What it is, and that it is nothing else; the end of "t" is 30. */
static bool tell_group(int16_t api, const void *req, void *resp, struct kafc_arena *a)
{
    struct kafc_describe_groups_resp *c = resp;
    struct kafc_consumer_group_describe_resp *n = resp;
    struct kafc_share_group_describe_resp *s = resp;
    struct kafc_offset_fetch_resp *o = resp;
    const struct kafc_list_offsets_req *lq = req;
    struct kafc_list_offsets_resp *l = resp;
    switch (api) {
    case DESCRIBE:
        c->groups.v = kafc__msg_array(&kafc_describe_groups_resp_group_schema, c->groups.n = 1, a);
        c->groups.v->group_id = raw_text("s1");
        c->groups.v->error_code = KAFC_ERR_GROUP_ID_NOT_FOUND;
        return true;
    case 69:
        n->groups.v = kafc__msg_array(&kafc_consumer_group_describe_resp_group_schema,
                                      n->groups.n = 1, a);
        n->groups.v->group_id = raw_text("s1");
        n->groups.v->error_code = KAFC_ERR_GROUP_ID_NOT_FOUND;
        return true;
    case 77:
        s->groups.v = kafc__msg_array(&kafc_share_group_describe_resp_group_schema, s->groups.n = 1,
                                      a);
        s->groups.v->group_id = raw_text("s1");
        s->groups.v->group_state = raw_text("Empty");
        return true;
    case COMMITTED:
        o->groups.v = kafc__msg_array(&kafc_offset_fetch_resp_group_schema, o->groups.n = 1, a);
        o->groups.v->group_id = raw_text("s1");
        o->groups.v->error_code = KAFC_ERR_GROUP_ID_NOT_FOUND;
        return true;
    case 2:
        l->topics.v = kafc__msg_array(&kafc_list_offsets_resp_topic_schema, l->topics.n = 1, a);
        l->topics.v->name = raw_text("t");
        l->topics.v->partitions.n = lq->topics.v->partitions.n;
        l->topics.v->partitions.v = kafc__msg_array(&kafc_list_offsets_resp_partition_schema,
                                                    lq->topics.v->partitions.n, a);
        for (int32_t i = 0; i < lq->topics.v->partitions.n; i++) {
            l->topics.v->partitions.v[i].partition_index =
                lq->topics.v->partitions.v[i].partition_index;
            l->topics.v->partitions.v[i].offset = 30;
        }
        return true;
    default: return false;
    }
}

static bool share_serve(struct script *s, int32_t broker, const struct peer_request *q,
                        const void *req, void *resp, struct kafc_arena *a)
{
    const struct kafc_find_coordinator_req *f = req;
    struct kafc_find_coordinator_resp *fr = resp;
    (void)s;
    switch (q->api->key) {
    case FIND:
        fr->coordinators.n = f->coordinator_keys.n;
        fr->coordinators.v = kafc__msg_array(&kafc_find_coordinator_resp_coordinator_schema,
                                             f->coordinator_keys.n, a);
        for (int32_t i = 0; i < f->coordinator_keys.n; i++) {
            fr->coordinators.v[i].key = f->coordinator_keys.v[i];
            fr->coordinators.v[i].node_id = 2;
            ck_assert_int_eq(f->key_type, 0);
        }
        return true;
    case 90: tell_offsets(req, resp, a); break;
    case 91: move_offsets(req, resp, a); break;
    case 92: forget_topics(req, resp, a); break;
    default: return tell_group(q->api->key, req, resp, a);
    }
    return broker == 2;
}

static struct script script;

static void script_up(void)
{
    script = (struct script){ .serve = share_serve, .listed = { false, true, true, true } };
    script_start(&script);
    raw_open(script.bootstrap, NULL);
}

static void script_down(void)
{
    raw_close();
    script_stop(&script);
}

START_TEST(offsets_of_share_groups_are_told)
{
    static const char *const groups[] = { "s1", "x", "s2" };
    kafc_share_offsets *o;
    script_up();
    ck_assert_int_eq(kafc_admin_share_group_offsets(raw_client, groups, 3, WAIT, &o, &raw_err),
                     KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_says("share group 'x'");
    ck_assert_int_eq(o->ngroups, 3);
    ck_assert_int_eq(o->groups[1].result, KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(o->groups[1].noffsets, 0);
    ck_assert_str_eq(o->groups[2].group, "s2");
    const kafc_share_offset *v = o->groups[2].offsets;
    ck_assert_int_eq(o->groups[2].noffsets, 3);
    ck_assert_int_eq(v[0].partition, 0);
    ck_assert_int_eq(v[0].result, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_int_eq(v[0].start, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(v[1].start, 10);
    ck_assert_int_eq(v[1].lag, 1);
    ck_assert_int_eq(v[2].start, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(v[2].result, KAFC_OK);
    kafc_share_offsets_free(o);
    script_down();
}
END_TEST

/* What the broker counts is less than the way to the end. */
START_TEST(a_share_group_is_behind_what_its_broker_says)
{
    static const char *const groups[] = { "s1" };
    kafc_group_lags *l;
    script = (struct script){
        .serve = share_serve, .listed = { false, true, true, true }, .topic = "t", .partitions = 3
    };
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, groups, 1, 0, WAIT, &l, &raw_err),
                     KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    const kafc_group_lag *g = &l->groups[0];
    ck_assert_int_eq(g->result, KAFC_OK);
    ck_assert_str_eq(g->description->type, "share");
    ck_assert_int_eq(g->npartitions, 3);
    ck_assert_int_eq(g->partitions[0].result, KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_int_eq(g->partitions[0].lag, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(g->partitions[1].committed, 10);
    ck_assert_int_eq(g->partitions[1].end, 30);
    ck_assert_int_eq(g->partitions[1].lag, 1);
    ck_assert_int_eq(g->partitions[2].committed, KAFC_OFFSET_UNKNOWN);
    ck_assert_int_eq(g->partitions[2].lag, 0);
    ck_assert_int_eq(g->lag, 1);
    kafc_group_lags_free(l);
    is_far = true;
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, groups, 1, 0, WAIT, &l, &raw_err),
                     KAFC_ERR_TOPIC_AUTHORIZATION_FAILED);
    ck_assert_int_eq(l->groups[0].partitions[1].lag, INT64_MAX);
    ck_assert_int_eq(l->groups[0].partitions[2].lag, INT64_MAX);
    ck_assert_int_eq(l->groups[0].lag, INT64_MAX);
    is_far = false;
    raw_close();
    kafc_group_lags_free(l);
    script_stop(&script);
}
END_TEST

START_TEST(offsets_of_share_groups_are_moved)
{
    kafc_share_offset q[] = { { .topic = "u", .partition = 7, .start = 107 },
                              { .topic = "t", .partition = 2, .start = 5 },
                              { .topic = "t", .partition = 1, .start = 101 } };
    script_up();
    ck_assert_int_eq(kafc_admin_alter_share_group_offsets(raw_client, "s", q, 3, WAIT, &raw_err),
                     KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 't' [2] cannot be moved");
    ck_assert_int_eq(atomic_load(&script.asked[0][91]), 1); /* at once */
    ck_assert_int_eq(q[0].result, KAFC_OK);
    ck_assert_int_eq(q[1].result, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(q[2].result, KAFC_OK);
    ck_assert_int_eq(kafc_admin_alter_share_group_offsets(raw_client, "full", q, 3, WAIT, &raw_err),
                     KAFC_ERR_NON_EMPTY_GROUP);
    raw_says("offsets of share group 'full' cannot be moved");
    ck_assert_int_eq(q[0].result, KAFC_ERR_NON_EMPTY_GROUP);
    q[0].start = KAFC_OFFSET_UNKNOWN;
    ck_assert_int_eq(kafc_admin_alter_share_group_offsets(raw_client, "s", q, 3, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_alter_share_group_offsets(raw_client, "", q, 1, WAIT, NULL),
                     KAFC_ERR_USAGE);
    script_down();
}
END_TEST

START_TEST(topics_of_share_groups_are_forgotten)
{
    static const char *const topics[] = { "t", "no", "?" }, *const none[] = { NULL };
    kafc_err result[3];
    script_up();
    ck_assert_int_eq(
        kafc_admin_delete_share_group_offsets(raw_client, "s", topics, 3, result, WAIT, &raw_err),
        KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    raw_says("topic 'no' cannot be forgotten");
    ck_assert_int_eq(result[0], KAFC_OK);
    ck_assert_int_eq(result[1], KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    ck_assert_int_eq(result[2], KAFC_ERR_PROTOCOL);
    raw_ok(kafc_admin_delete_share_group_offsets(raw_client, "s", topics, 1, NULL, WAIT, &raw_err));
    ck_assert_int_eq(
        kafc_admin_delete_share_group_offsets(raw_client, "x", topics, 2, result, WAIT, &raw_err),
        KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_says("no group");
    ck_assert_int_eq(result[0], KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(
        kafc_admin_delete_share_group_offsets(raw_client, "s", none, 1, NULL, WAIT, NULL),
        KAFC_ERR_USAGE);
    script_down();
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------------ */

START_TEST(what_cannot_be_asked_is_refused)
{
    static const char *const g[] = { "g" }, *const empty[] = { "" };
    kafc_member_removal nobody = { .member_id = NULL }, one = { .member_id = "m" };
    kafc_offsets_of_groups *o;
    kafc_group_lags *l;
    kafc_coordinators *f;
    kafc_share_offsets *s;
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "g", &nobody, 1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "", &one, 1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, NULL, &one, 1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "g", NULL, 1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "g", &one, -1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_remove_members(raw_client, "g", NULL, 0, NULL, WAIT, NULL),
                     KAFC_OK);
    ck_assert_int_eq(kafc_admin_offsets_of_groups(raw_client, empty, 1, false, WAIT, &o, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_offsets_of_groups(raw_client, NULL, 1, false, WAIT, &o, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_offsets_of_groups(raw_client, g, 1, false, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_null(o);
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, empty, 1, 0, WAIT, &l, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, g, 1, 0, 0, &l, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, g, 1, 0, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_ptr_null(l);
    raw_ok(kafc_admin_group_lags(raw_client, NULL, 0, 0, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 0);
    kafc_group_lags_free(l);
    ck_assert_int_eq(kafc_admin_find_coordinators(raw_client, 0, g, 1, WAIT, &f, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_find_coordinators(raw_client, 4, g, 1, WAIT, &f, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_find_coordinators(raw_client, 1, empty, 1, WAIT, &f, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_null(f);
    ck_assert_int_eq(kafc_admin_share_group_offsets(raw_client, empty, 1, WAIT, &s, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_null(s);
    ck_assert_int_eq(kafc_client_close(raw_client, WAIT, NULL), KAFC_OK);
    ck_assert_int_eq(kafc_admin_group_lags(raw_client, g, 1, 0, WAIT, &l, NULL), KAFC_ERR_CLOSED);
    ck_assert_ptr_null(l);
    raw_down();
}
END_TEST

/* All calls. How many of them succeeded; what they gave is whole. */
static int scenario(const kafc_allocator *mem)
{
    static const char *const groups[] = { "g", "h" };
    kafc_member_removal q = { .member_id = "nobody" };
    kafc_offsets_of_groups *o = NULL;
    kafc_group_lags *l = NULL;
    kafc_coordinators *f = NULL;
    int ok = 0;
    raw_client = kafc_client_open(KAFC_CLIENT(.brokers = kafc_mock_bootstrap(raw_mock),
                                              .allocator = mem, .retry_backoff_ms = 1,
                                              .retry_backoff_max_ms = 2),
                                  &raw_err);
    if (!raw_client)
        return 0;
    if (kafc_admin_offsets_of_groups(raw_client, groups, 2, false, WAIT, &o, &raw_err) == KAFC_OK)
        ok += o->groups[0].noffsets == 2 && o->groups[1].noffsets == 1;
    if (kafc_admin_group_lags(raw_client, groups, 2, 0, WAIT, &l, &raw_err) == KAFC_OK)
        ok += l->groups[0].lag == 2 && l->groups[0].npartitions == 4;
    if (kafc_admin_find_coordinators(raw_client, KAFC_COORDINATED_GROUPS, groups, 2, WAIT, &f,
                                     &raw_err) == KAFC_OK)
        ok += f->coordinators[1].node > 0;
    ok += kafc_admin_remove_members(raw_client, "g", &q, 1, NULL, WAIT, &raw_err) ==
          KAFC_ERR_UNKNOWN_MEMBER_ID;
    kafc_client_free(raw_client);
    raw_client = NULL;
    kafc_offsets_of_groups_free(o);
    kafc_group_lags_free(l);
    kafc_coordinators_free(f);
    return ok;
}

/* 1: the ways of older brokers. */
START_TEST(each_allocation_may_fail)
{
    raw_up(joining_mock());
    append("t", 0, 3);
    commit("g", "t", 0, 1);
    commit("g", "t", 1, 0);
    commit("h", "t", 0, 3);
    join("g", NULL);
    raw_close();
    if (_i) {
        raw_ok(kafc_mock_set_versions(raw_mock, COMMITTED, 0, 7));
        raw_ok(kafc_mock_set_versions(raw_mock, FIND, 0, 3));
    }
    test_alloc_each(scenario, 4);
    raw_down();
}
END_TEST

SUITE_LOOPS("client/admin_groups", 60, LOOP(members_are_put_out, 3, 6),
            ONCE(all_members_are_put_out), ONCE(refusals_of_a_removal_are_told),
            LOOP(offsets_of_many_groups_come_alike_by_every_version, 2, 11),
            LOOP(codes_of_offsets_pass_or_are_told, 0, 8), LOOP(lags_are_put_together, 0, 3),
            ONCE(what_is_known_of_a_lag_is_told),
            LOOP(coordinators_are_found_in_every_version, 0, 7),
            ONCE(a_key_that_may_not_be_asked_for_leaves_the_others_theirs),
            ONCE(offsets_of_share_groups_are_told),
            ONCE(a_share_group_is_behind_what_its_broker_says),
            ONCE(offsets_of_share_groups_are_moved), ONCE(topics_of_share_groups_are_forgotten),
            ONCE(what_cannot_be_asked_is_refused), LOOP(each_allocation_may_fail, 0, 2))
