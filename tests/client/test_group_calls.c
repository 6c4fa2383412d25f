/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Groups listed, described and deleted: against the mock in every version, and
 * against scripted brokers for what the mock does not do.
 */
#include <check.h>
#include <string.h>

#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/42_delete_groups.h"
#include "protocol/api/69_consumer_group_describe.h"
#include "protocol/api/77_share_group_describe.h"
#include "tests/client/joining.h"
#include "tests/client/raw.h"
#include "tests/client/script.h"
#include "tests/support/suite.h"
#include <kafc/groups.h>
#include <kafc/mock.h>

enum { WAIT = 10000, SHORT = 100 };

static char member[100];

static void join_g(const char *group, const char *instance)
{
    static const char *const topics[] = { "u", "t" };
    joining(raw_client, group, instance, topics, 2, "u1 t3 t0", member);
}

/* --- List ------------------------------------------------------------------------------- */

START_TEST(all_brokers_groups_are_listed_by_name)
{
    kafc_group_list *l;
    char name[2] = "a";
    raw_up(joining_mock());
    raw_ok(kafc_admin_list_groups(raw_client, NULL, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 0);
    kafc_group_list_free(l);
    for (int i = 0; i < 8; i++, name[0]++) {
        join_g(name, NULL);
        ck_assert_int_eq(
            kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_GROUPS, name, 1 + (name[0] & 1)), KAFC_OK);
    }
    ck_assert_int_eq(kafc_mock_kick(raw_mock, "h", NULL), KAFC_OK);
    raw_ok(kafc_mock_set_versions(raw_mock, 16, 0, (int16_t)_i));
    raw_ok(kafc_admin_list_groups(raw_client, NULL, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 8);
    for (int i = 0; i < 8; i++) {
        const kafc_listed_group *g = &l->groups[i];
        ck_assert_int_eq(g->group[0], 'a' + i);
        ck_assert_str_eq(g->protocol_type, "consumer");
        ck_assert_int_eq(g->coordinator, kafc_mock_coordinator(raw_mock, KAFC_MOCK_GROUPS, g->group));
        if (_i >= 4)
            ck_assert_str_eq(g->state, i == 7 ? "Empty" : "Stable");
        else
            ck_assert_ptr_null(g->state);
        if (_i >= 5)
            ck_assert_str_eq(g->type, "classic");
        else
            ck_assert_ptr_null(g->type);
    }
    kafc_group_list_free(l);
    raw_down();
}
END_TEST

START_TEST(filters_want_brokers_that_know_them)
{
    const char *state = "empty", *type = "Classic", *other = "share";
    kafc_group_filter by_state = { .states = &state, .nstates = 1 };
    kafc_group_filter by_type = { .types = &type, .ntypes = 1 };
    kafc_group_list *l;
    raw_up(joining_mock());
    join_g("a", NULL);
    join_g("b", NULL);
    ck_assert_int_eq(kafc_mock_kick(raw_mock, "b", NULL), KAFC_OK);
    raw_ok(kafc_admin_list_groups(raw_client, &by_state, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 1);
    ck_assert_str_eq(l->groups[0].group, "b");
    kafc_group_list_free(l);
    raw_ok(kafc_admin_list_groups(raw_client, &by_type, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 2);
    kafc_group_list_free(l);
    by_type.types = &other;
    raw_ok(kafc_admin_list_groups(raw_client, &by_type, WAIT, &l, &raw_err));
    ck_assert_int_eq(l->ngroups, 0);
    kafc_group_list_free(l);
    for (int16_t v = 3; v <= 4; v++) {
        raw_ok(kafc_mock_set_versions(raw_mock, 16, 0, v));
        ck_assert_int_eq(kafc_admin_list_groups(raw_client, v == 3 ? &by_state : &by_type, WAIT,
                                                 &l, &raw_err),
                         KAFC_ERR_UNSUPPORTED);
        ck_assert_ptr_null(l);
        raw_says("too old");
    }
    raw_down();
}
END_TEST

/* What a listing meets on its way, and what comes of it. */
static const struct {
    kafc_err code;
    kafc_err result;
} list_codes[] = {
    { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_OK },
    { KAFC_ERR_COORDINATOR_NOT_AVAILABLE, KAFC_OK },
    { KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED, KAFC_ERR_CLUSTER_AUTHORIZATION_FAILED },
    { KAFC_ERR_UNKNOWN_SERVER_ERROR, KAFC_ERR_UNKNOWN_SERVER_ERROR },
};
enum { LIST_CODES = sizeof(list_codes) / sizeof(*list_codes) };

START_TEST(codes_of_a_listing_pass_or_are_told)
{
    kafc_group_list *l;
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, 16, list_codes[_i].code, 1));
    ck_assert_int_eq(kafc_admin_list_groups(raw_client, NULL, WAIT, &l, &raw_err),
                     list_codes[_i].result);
    ck_assert_ptr_nonnull(l); /* the two others answered */
    if (list_codes[_i].result != KAFC_OK) {
        raw_says("groups of node ");
        raw_says(" cannot be listed: ");
        ck_assert_int_gt(raw_err.broker, 0);
        ck_assert_int_eq(raw_err.api, 16);
    }
    kafc_group_list_free(l);
    raw_down();
}
END_TEST

static bool list_serve(struct script *s, int32_t broker, const struct peer_request *q,
                       const void *req, void *resp, struct kafc_arena *a)
{
    struct kafc_list_groups_resp *r = resp;
    (void)s, (void)q, (void)req;
    if (broker == 2)
        return false;
    r->groups.v = kafc__msg_array(&kafc_list_groups_resp_group_schema, 1, a);
    r->groups.n = 1;
    r->groups.v[0].group_id = raw_text("both"); /* on its way from one to the other */
    return true;
}

START_TEST(a_broker_that_fails_leaves_the_groups_of_the_others)
{
    static struct script script = { .serve = list_serve, .listed = { false, true, true, true } };
    kafc_group_list *l = NULL;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
    do { /* until the others are quick enough, too */
        kafc_group_list_free(l);
        ck_assert_int_ne(kafc_admin_list_groups(raw_client, NULL, SHORT, &l, &raw_err), KAFC_OK);
    } while (raw_err.broker != 2 || !l || l->ngroups == 0);
    ck_assert_int_eq(l->ngroups, 1);
    ck_assert_str_eq(l->groups[0].group, "both");
    raw_close();
    kafc_group_list_free(l); /* outlives the client */
    script_stop(&script);
}
END_TEST

/* --- Describe ----------------------------------------------------------------------------- */

static const char *const names[] = { "g", "never was", "e", "h", "g" };

static kafc_group_descriptions *described(const char *const *v, int32_t n, kafc_err rc)
{
    kafc_group_descriptions *d;
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, v, n, WAIT, &d, &raw_err), rc);
    ck_assert_ptr_nonnull(d);
    ck_assert_int_eq(d->ngroups, n);
    return d;
}

START_TEST(groups_are_described_alike_by_every_version)
{
    static const int32_t partition[] = { 0, 3, 1 };
    raw_up(joining_mock());
    join_g("e", NULL);
    ck_assert_int_eq(kafc_mock_kick(raw_mock, "e", NULL), KAFC_OK);
    join_g("h", "static-1");
    join_g("g", NULL);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(
            kafc_mock_set_coordinator(raw_mock, KAFC_MOCK_GROUPS, i == 1 ? "e" : names[i == 2 ? 3 : 0],
                                      i + 1),
            KAFC_OK);
    raw_ok(kafc_mock_set_versions(raw_mock, 15, 0, (int16_t)_i));
    kafc_group_descriptions *d = described(names, 5, KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_says("never was");
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(d->groups[i].group, names[i]);
    ck_assert_int_eq(d->groups[1].result, KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(d->groups[1].coordinator, -1);
    ck_assert_int_eq(d->groups[1].nmembers, 0);
    ck_assert_str_eq(d->groups[2].state, "Empty");
    ck_assert_int_eq(d->groups[2].nmembers, 0);
    const kafc_group_member *m = d->groups[3].members;
    if (_i >= 4)
        ck_assert_str_eq(m->instance_id, "static-1");
    else
        ck_assert_ptr_null(m->instance_id);
    for (int i = 0; i < 5; i += 4) {
        const kafc_described_group *g = &d->groups[i];
        ck_assert_int_eq(g->result, KAFC_OK);
        ck_assert_str_eq(g->state, "Stable");
        ck_assert_str_eq(g->type, "classic");
        ck_assert_str_eq(g->protocol_type, "consumer");
        ck_assert_str_eq(g->assignor, "range");
        ck_assert_int_eq(g->operations != 0, _i >= 3);
        ck_assert_int_eq(g->coordinator, kafc_mock_coordinator(raw_mock, KAFC_MOCK_GROUPS, "g"));
        ck_assert_int_eq(g->nmembers, 1);
        m = g->members;
        ck_assert_str_eq(m->member_id, member);
        ck_assert_ptr_null(m->instance_id);
        ck_assert_str_eq(m->client_id, "kafc");
        ck_assert_str_eq(m->host, "/127.0.0.1");
        ck_assert_str_eq(m->rack, "r1");
        ck_assert_int_eq(m->ntopics, 2);
        ck_assert_str_eq(m->topics[0], "t");
        ck_assert_str_eq(m->topics[1], "u");
        ck_assert_int_eq(m->nassigned, 3);
        for (int k = 0; k < 3; k++) {
            ck_assert_str_eq(m->assigned[k].topic, k < 2 ? "t" : "u");
            ck_assert_int_eq(m->assigned[k].partition, partition[k]);
        }
        ck_assert_int_eq(m->result, KAFC_OK);
        ck_assert_int_gt(m->metadata.len, 0);
        ck_assert_int_gt(m->assignment.len, 0);
    }
    kafc_group_descriptions_free(d);
    kafc_group_descriptions_free(NULL);
    raw_down();
}
END_TEST

START_TEST(what_members_say_is_read_if_they_are_consumers)
{
    static const char *const all[] = { "broken", "connect", "short" };
    kafc_bytes lie = { "\0\0\x7f\xff\xff\xff", 6 }, half = { "\0", 1 };
    raw_up(joining_mock());
    joining_as(raw_client, "broken", "consumer", lie, lie, member);
    joining_as(raw_client, "connect", "connect", lie, half, member);
    joining_as(raw_client, "short", "consumer", half, (kafc_bytes){ "", 0 }, member);
    kafc_group_descriptions *d = described(all, 3, KAFC_OK);
    for (int i = 0; i < 3; i++) {
        const kafc_group_member *m = d->groups[i].members;
        ck_assert_int_eq(d->groups[i].nmembers, 1);
        ck_assert_int_eq(m->result, i == 1 ? KAFC_OK : KAFC_ERR_PROTOCOL);
        ck_assert_int_eq(m->ntopics, 0);
        ck_assert_int_eq(m->nassigned, 0);
        ck_assert_int_eq(m->metadata.len, i == 2 ? 1 : 6);
        ck_assert_mem_eq(m->metadata.p, "\0\0\x7f\xff\xff\xff", (size_t)m->metadata.len);
    }
    ck_assert_str_eq(d->groups[1].protocol_type, "connect");
    kafc_group_descriptions_free(d);
    raw_down();
}
END_TEST

static const struct {
    kafc_err code;
    kafc_err result;
} describe_codes[] = {
    { KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS, KAFC_OK },
    { KAFC_ERR_COORDINATOR_NOT_AVAILABLE, KAFC_OK },
    { KAFC_ERR_NOT_COORDINATOR, KAFC_OK },
    { KAFC_ERR_DISCONNECTED, KAFC_OK },
    { KAFC_ERR_INVALID_GROUP_ID, KAFC_ERR_INVALID_GROUP_ID },
    { KAFC_ERR_GROUP_AUTHORIZATION_FAILED, KAFC_ERR_GROUP_AUTHORIZATION_FAILED },
};
enum { DESCRIBE_CODES = sizeof(describe_codes) / sizeof(*describe_codes) };

START_TEST(codes_of_a_description_pass_or_are_told)
{
    raw_up(joining_mock());
    join_g("g", NULL);
    raw_ok(kafc_mock_push_error(raw_mock, 15, describe_codes[_i].code, 2));
    kafc_group_descriptions *d = described(names, 1, describe_codes[_i].result);
    ck_assert_int_eq(d->groups[0].result, describe_codes[_i].result);
    ck_assert_int_eq(d->groups[0].nmembers, describe_codes[_i].result == KAFC_OK);
    kafc_group_descriptions_free(d);
    raw_down();
}
END_TEST

/* Broker 1 coordinates all; "…?" may not be seen, "c…" is classic, "n…" of the new protocol, with "o…" that is turned
 * off. */
static bool find(const struct peer_request *q, const struct kafc_find_coordinator_req *req,
                 struct kafc_find_coordinator_resp *r, struct kafc_arena *a)
{
    int32_t n = q->h.version >= 4 ? req->coordinator_keys.n : 0;
    if (q->h.version < 4) {
        r->node_id = 1;
        r->error_code = req->key.p[req->key.len - 1] == '?' ? 30 : 0;
    }
    r->coordinators.v = kafc__msg_array(&kafc_find_coordinator_resp_coordinator_schema, n, a);
    r->coordinators.n = n;
    for (int32_t i = 0; i < n; i++) {
        kafc_str key = req->coordinator_keys.v[i];
        r->coordinators.v[i].key = key;
        r->coordinators.v[i].node_id = 1;
        r->coordinators.v[i].error_code = key.p[key.len - 1] == '?'   ? 30
                                           : key.p[key.len - 1] == '!' ? 15
                                                                       : 0;
    }
    return true;
}

static void describe_new(struct kafc_consumer_group_describe_resp_group *g, struct kafc_arena *a)
{
    static int32_t partitions[] = { 5, 2 };
    struct kafc_consumer_group_describe_resp_member *m;
    g->group_state = raw_text("Reconciling");
    g->assignor_name = raw_text("uniform");
    m = g->members.v = kafc__msg_array(&kafc_consumer_group_describe_resp_member_schema, 2, a);
    g->members.n = 2;
    m[0].member_id = raw_text("z");
    m[1].member_id = raw_text("y");
    m[1].instance_id = raw_text("i");
    m[1].client_id = raw_text("c");
    m[1].client_host = raw_text("/h");
    m[1].rack_id = raw_text("r");
    m[1].subscribed_topic_regex = raw_text("t.*");
    m[1].subscribed_topic_names.v = kafc__arena_array(a, 1, sizeof(kafc_str));
    m[1].subscribed_topic_names.v[0] = raw_text("t");
    m[1].subscribed_topic_names.n = 1;
    m[1].assignment.topic_partitions.v = kafc__msg_array(
        &kafc_consumer_group_describe_resp_topic_schema, 1, a);
    m[1].assignment.topic_partitions.n = 1;
    m[1].assignment.topic_partitions.v[0].topic_name = raw_text("t");
    m[1].assignment.topic_partitions.v[0].partitions.v = partitions;
    m[1].assignment.topic_partitions.v[0].partitions.n = 2;
}

static void share_serve(const struct kafc_share_group_describe_req *req,
                        struct kafc_share_group_describe_resp *r, struct kafc_arena *a)
{
    static int32_t partitions[] = { 1, 0 };
    r->groups.n = req->group_ids.n;
    r->groups.v = kafc__msg_array(&kafc_share_group_describe_resp_group_schema, r->groups.n, a);
    for (int32_t i = 0; i < r->groups.n; i++) {
        struct kafc_share_group_describe_resp_group *g = &r->groups.v[i];
        g->group_id = req->group_ids.v[i];
        g->error_code = g->group_id.p[0] == 's' ? 0 : KAFC_ERR_GROUP_ID_NOT_FOUND;
        g->group_state = raw_text("Stable");
        g->assignor_name = raw_text("simple");
        g->authorized_operations = req->include_authorized_operations ? 328 : INT32_MIN;
        g->members.v = kafc__msg_array(&kafc_share_group_describe_resp_member_schema, 1, a);
        g->members.n = g->error_code == 0;
        g->members.v->member_id = raw_text("m");
        g->members.v->assignment.topic_partitions.v = kafc__msg_array(
            &kafc_share_group_describe_resp_topic_schema, 1, a);
        g->members.v->assignment.topic_partitions.n = 1;
        g->members.v->assignment.topic_partitions.v->topic_name = raw_text("t");
        g->members.v->assignment.topic_partitions.v->partitions.v = partitions;
        g->members.v->assignment.topic_partitions.v->partitions.n = 2;
    }
}

static bool new_serve(struct script *s, int32_t broker, const struct peer_request *q,
                      const void *msg, void *resp, struct kafc_arena *a)
{
    const struct kafc_describe_groups_req *req = msg;
    const struct kafc_consumer_group_describe_req *creq = msg;
    struct kafc_describe_groups_resp *r = resp;
    struct kafc_consumer_group_describe_resp *cr = resp;
    (void)s;
    if (q->api->key == KAFC_API_FIND_COORDINATOR)
        return find(q, msg, resp, a);
    if (broker != 1)
        return false;
    if (q->api->key == KAFC_API_DESCRIBE_GROUPS) {
        r->groups.n = req->groups.n;
        r->groups.v = kafc__msg_array(&kafc_describe_groups_resp_group_schema, r->groups.n, a);
        for (int32_t i = 0; i < r->groups.n; i++) {
            r->groups.v[i].group_id = req->groups.v[r->groups.n - 1 - i]; /* in their own order */
            r->groups.v[i].group_state = raw_text(
                r->groups.v[i].group_id.p[0] == 'c' ? "Empty" : "Dead");
            if (q->h.version >= 6 && r->groups.v[i].group_id.p[0] != 'c')
                r->groups.v[i].error_code = KAFC_ERR_GROUP_ID_NOT_FOUND;
        }
        return true;
    }
    if (q->api->key == KAFC_API_SHARE_GROUP_DESCRIBE) {
        share_serve(msg, resp, a);
        return true;
    }
    ck_assert_int_eq(q->api->key, KAFC_API_CONSUMER_GROUP_DESCRIBE);
    cr->groups.n = creq->group_ids.n;
    cr->groups.v = kafc__msg_array(&kafc_consumer_group_describe_resp_group_schema, cr->groups.n,
                                   a);
    for (int32_t i = 0; i < cr->groups.n; i++) {
        cr->groups.v[i].group_id = creq->group_ids.v[i];
        if (creq->group_ids.v[i].p[0] == 'n')
            describe_new(&cr->groups.v[i], a);
        else
            cr->groups.v[i].error_code = creq->group_ids.v[i].p[0] == 'o'
                                             ? KAFC_ERR_UNSUPPORTED_VERSION
                                             : KAFC_ERR_GROUP_ID_NOT_FOUND;
    }
    return true;
}

static struct script script;

static void script_up(int16_t describe_version, int16_t coordinator_version)
{
    script = (struct script){ .serve = new_serve, .listed = { false, true, true, true } };
    script.narrow.api = describe_version < 6 ? 15 : 10;
    script.narrow.max = describe_version < 6 ? describe_version : coordinator_version;
    script_start(&script);
    raw_open(script.bootstrap, NULL);
}

static void script_down(void)
{
    raw_close();
    script_stop(&script);
}

/* Version 5 of DescribeGroups knows dead groups only, 6 has an error for them. */
START_TEST(groups_of_the_new_protocol_are_described_too)
{
    static const char *const all[] = { "c1", "n1", "x1", "c2", "n2", "s1" };
    script_up((int16_t)_i, 6);
    kafc_group_descriptions *d = described(all, 6, KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_says("x1");
    for (int i = 0; i < 6; i++) {
        const kafc_described_group *g = &d->groups[i];
        ck_assert_int_eq(g->result, i == 2 ? KAFC_ERR_GROUP_ID_NOT_FOUND : KAFC_OK);
        ck_assert_int_eq(g->nmembers, i == 1 || i == 4 ? 2 : i == 5);
        ck_assert_str_eq(g->type, i == 2               ? ""
                                  : all[i][0] == 'n' ? "consumer"
                                  : all[i][0] == 's' ? "share"
                                                     : "classic");
    }
    ck_assert_uint_eq(d->groups[5].operations, 328);
    ck_assert_uint_eq(d->groups[1].operations, 0);
    ck_assert_int_eq(d->groups[5].members->nassigned, 2);
    ck_assert_int_eq(d->groups[5].members->assigned[0].partition, 0);
    ck_assert_ptr_null(d->groups[5].members->instance_id);
    const kafc_group_member *m = d->groups[1].members;
    ck_assert_str_eq(d->groups[1].state, "Reconciling");
    ck_assert_str_eq(d->groups[1].assignor, "uniform");
    ck_assert_str_eq(m[0].member_id, "y");
    ck_assert_str_eq(m[0].instance_id, "i");
    ck_assert_str_eq(m[0].rack, "r");
    ck_assert_str_eq(m[0].pattern, "t.*");
    ck_assert_str_eq(m[0].topics[0], "t");
    ck_assert_int_eq(m[0].nassigned, 2);
    ck_assert_int_eq(m[0].assigned[0].partition, 2);
    ck_assert_int_eq(m[0].assigned[1].partition, 5);
    ck_assert_ptr_null(m[1].pattern);
    ck_assert_ptr_null(m[1].rack);
    ck_assert_int_eq(m[1].nassigned, 0);
    kafc_group_descriptions_free(d);
    script_down();
}
END_TEST

START_TEST(where_the_new_protocol_is_off_a_group_is_not_there)
{
    static const char *const all[] = { "c1", "o1" };
    script_up(6, 6);
    kafc_group_descriptions *d = described(all, 2, KAFC_ERR_GROUP_ID_NOT_FOUND);
    raw_says("o1");
    ck_assert_int_eq(d->groups[0].result, KAFC_OK);
    ck_assert_int_eq(d->groups[1].result, KAFC_ERR_GROUP_ID_NOT_FOUND);
    kafc_group_descriptions_free(d);
    script_down();
}
END_TEST

/* One of several whose coordinator is not told leaves the others theirs. */
START_TEST(a_group_that_may_not_be_seen_is_its_own_matter)
{
    static const char *const all[] = { "c1", "c?", "n1" };
    script_up(6, (int16_t)_i);
    kafc_group_descriptions *d = described(all, 3, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    raw_says("c?");
    ck_assert_int_eq(d->groups[0].result, KAFC_OK);
    ck_assert_int_eq(d->groups[1].result, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    ck_assert_int_eq(d->groups[2].result, KAFC_OK);
    kafc_group_descriptions_free(d);
    script_down();
}
END_TEST

/* Nor does it wait for one that is not to be had. */
START_TEST(a_group_without_coordinator_leaves_those_of_the_new_protocol_theirs)
{
    static const char *const all[] = { "c!", "n1" };
    kafc_group_descriptions *d = NULL;
    script_up(6, 6);
    RAW_DOUBLING((kafc_group_descriptions_free(d),
                  (void)kafc_admin_describe_groups(raw_client, all, 2, ms, &d, &raw_err)),
                 d && raw_err.code == KAFC_ERR_COORDINATOR_NOT_AVAILABLE && d->groups[1].result == KAFC_OK);
    ck_assert_int_eq(d->groups[0].result, KAFC_ERR_COORDINATOR_NOT_AVAILABLE);
    ck_assert_int_eq(d->groups[1].result, KAFC_OK);
    kafc_group_descriptions_free(d);
    script_down();
}
END_TEST

/* --- Delete ---------------------------------------------------------------------------------- */

START_TEST(groups_are_deleted_each_with_its_own_verdict)
{
    static const char *const all[] = { "e", "g", "never was" };
    kafc_err result[3];
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, 42, 0, (int16_t)_i));
    join_g("e", NULL);
    ck_assert_int_eq(kafc_mock_kick(raw_mock, "e", NULL), KAFC_OK);
    join_g("g", NULL);
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, all, 3, result, WAIT, &raw_err),
                     KAFC_ERR_NON_EMPTY_GROUP);
    raw_says("'g'");
    raw_says("its members have to leave first");
    ck_assert_int_eq(result[0], KAFC_OK);
    ck_assert_int_eq(result[1], KAFC_ERR_NON_EMPTY_GROUP);
    ck_assert_int_eq(result[2], KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, all, 1, NULL, WAIT, NULL),
                     KAFC_ERR_GROUP_ID_NOT_FOUND);
    ck_assert_int_eq(kafc_mock_kick(raw_mock, "g", NULL), KAFC_OK);
    raw_ok(kafc_mock_push_error(raw_mock, 42, KAFC_ERR_NOT_COORDINATOR, 1));
    raw_ok(kafc_admin_delete_groups(raw_client, &all[1], 1, NULL, WAIT, &raw_err));
    raw_down();
}
END_TEST

START_TEST(a_deletion_that_may_have_happened_is_not_repeated)
{
    static const char *const all[] = { "e" };
    kafc_err result;
    raw_up(joining_mock());
    raw_ok(kafc_mock_push_error(raw_mock, 42, KAFC_ERR_DISCONNECTED, 1));
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, all, 1, &result, WAIT, &raw_err),
                     KAFC_ERR_DISCONNECTED);
    ck_assert_int_eq(result, KAFC_ERR_DISCONNECTED);
    ck_assert_uint_eq(kafc_mock_requests(raw_mock, 0, 42), 1);
    raw_down();
}
END_TEST

/* --- All of them ------------------------------------------------------------------------------- */

START_TEST(what_cannot_be_asked_is_refused)
{
    static const char *const empty[] = { "" };
    const char *none[] = { NULL };
    kafc_group_filter lie = { .nstates = 1 }, hole = { .types = none, .ntypes = 1 };
    kafc_group_descriptions *d;
    kafc_group_list *l;
    raw_up(joining_mock());
    ck_assert_int_eq(kafc_admin_list_groups(raw_client, NULL, WAIT, NULL, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_groups(raw_client, &lie, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_groups(raw_client, &hole, WAIT, &l, NULL), KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_list_groups(raw_client, NULL, 0, &l, NULL), KAFC_ERR_WOULD_BLOCK);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, empty, 1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, none, 1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, NULL, 1, WAIT, &d, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_ptr_null(d);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, names, 1, WAIT, NULL, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, NULL, 0, WAIT, &d, NULL), KAFC_OK);
    ck_assert_int_eq(d->ngroups, 0);
    kafc_group_descriptions_free(d);
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, names, -1, NULL, WAIT, NULL),
                     KAFC_ERR_USAGE);
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, NULL, 0, NULL, WAIT, NULL), KAFC_OK);
    raw_down();
}
END_TEST

static void interrupt_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    kafc_client_interrupt(raw_client);
}

static void close_it(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx, (void)rq;
    a->act = KAFC_MOCK_SILENT;
    (void)kafc_client_close(raw_client, WAIT, NULL);
}

/* A listing, a description, a deletion; with 10 it is the coordinator that is waited for. */
static const int16_t waits[] = { 16, 15, 42, 10 };

START_TEST(C3_a_call_that_waits_is_interrupted)
{
    kafc_err rc, result = KAFC_OK, ended = _i < 4 ? KAFC_ERR_INTERRUPTED : KAFC_ERR_CLOSED;
    kafc_group_descriptions *d = NULL;
    kafc_group_list *l = NULL;
    int16_t api = waits[_i % 4];
    raw_up(joining_mock());
    raw_ok(kafc_mock_hook(raw_mock, api, _i < 4 ? interrupt_it : close_it, NULL));
    if (api == 16)
        rc = kafc_admin_list_groups(raw_client, NULL, -1, &l, &raw_err);
    else if (api == 42)
        rc = kafc_admin_delete_groups(raw_client, names, 1, &result, -1, &raw_err);
    else
        rc = kafc_admin_describe_groups(raw_client, names, 2, -1, &d, &raw_err);
    raw_ok(kafc_mock_hook(raw_mock, api, NULL, NULL)); /* no close is under way any more */
    ck_assert_msg(rc == ended, "%s: %s", kafc_err_name(rc), raw_err.message);
    ck_assert_int_eq(d ? d->groups[0].result : api == 42 ? result : ended, ended);
    kafc_group_descriptions_free(d);
    kafc_group_list_free(l);
    raw_down();
}
END_TEST

/* The versions of brokers that have none of it. */
START_TEST(brokers_without_it_are_named)
{
    kafc_group_descriptions *d;
    kafc_group_list *l;
    raw_up(joining_mock());
    raw_ok(kafc_mock_set_versions(raw_mock, 15, -1, -1));
    raw_ok(kafc_mock_set_versions(raw_mock, 16, -1, -1));
    raw_ok(kafc_mock_set_versions(raw_mock, 42, -1, -1));
    ck_assert_int_eq(kafc_admin_list_groups(raw_client, NULL, WAIT, &l, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("ListGroups");
    ck_assert_ptr_null(l);
    ck_assert_int_eq(kafc_admin_describe_groups(raw_client, names, 1, WAIT, &d, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("DescribeGroups");
    ck_assert_int_eq(d->groups[0].result, KAFC_ERR_UNSUPPORTED);
    kafc_group_descriptions_free(d);
    ck_assert_int_eq(kafc_admin_delete_groups(raw_client, names, 1, NULL, WAIT, &raw_err),
                     KAFC_ERR_UNSUPPORTED);
    raw_says("DeleteGroups");
    raw_down();
}
END_TEST

SUITE_LOOPS("client/groups", 30, LOOP(all_brokers_groups_are_listed_by_name, 0, 6),
            ONCE(filters_want_brokers_that_know_them),
            LOOP(codes_of_a_listing_pass_or_are_told, 0, LIST_CODES),
            ONCE(a_broker_that_fails_leaves_the_groups_of_the_others),
            LOOP(groups_are_described_alike_by_every_version, 0, 7),
            ONCE(what_members_say_is_read_if_they_are_consumers),
            LOOP(codes_of_a_description_pass_or_are_told, 0, DESCRIBE_CODES),
            LOOP(groups_of_the_new_protocol_are_described_too, 5, 7),
            ONCE(where_the_new_protocol_is_off_a_group_is_not_there),
            ONCE(a_group_without_coordinator_leaves_those_of_the_new_protocol_theirs),
            LOOP(a_group_that_may_not_be_seen_is_its_own_matter, 3, 5),
            LOOP(groups_are_deleted_each_with_its_own_verdict, 0, 3),
            ONCE(a_deletion_that_may_have_happened_is_not_repeated),
            ONCE(what_cannot_be_asked_is_refused), LOOP(C3_a_call_that_waits_is_interrupted, 0, 8),
            ONCE(brokers_without_it_are_named))
