/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Members of a classic group by hand, many of their requests wrong in some way, to one broker:
 *
 *   membership BROKER TOPIC GROUP
 *
 * GROUP was never used. Prints what was asked and what came of it, a line each. A real broker (4.x, whose
 * group.initial.rebalance.delay.ms is 0) and the mock print the same. tests/interop/run builds it.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "protocol/api/08_offset_commit.h"
#include "protocol/api/09_offset_fetch.h"
#include "protocol/api/10_find_coordinator.h"
#include "protocol/api/11_join_group.h"
#include "protocol/api/12_heartbeat.h"
#include "protocol/api/13_leave_group.h"
#include "protocol/api/14_sync_group.h"
#include "protocol/api/15_describe_groups.h"
#include "protocol/api/16_list_groups.h"
#include "protocol/api/42_delete_groups.h"
#include "protocol/api/47_offset_delete.h"
#include "protocol/apis.h"
#include "protocol/wire.h"
#include <kafc/kafc.h>

enum { PATIENCE = 60000, TRIES = 1500, PAUSE_NS = 20000000, MEMBERS = 3 };

struct member {
    const char *name;
    kafc_conn *conn;
    const char *instance;
    const char *protocol[2];
    const char *subscribes; /* to this topic */
    int session, rebalance, version;
    char id[128], leader[128];
    int32_t generation;
    /* the call under way */
    pthread_t thread;
    struct kafc_join_group_req join;
    uint8_t subscription[128];
    struct kafc_join_group_req_protocol protocols[2];
    struct kafc_join_group_resp joined;
    struct kafc_sync_group_req sync;
    struct kafc_sync_group_req_assignment assignments[MEMBERS];
    struct kafc_sync_group_resp synced;
};

static struct member all[MEMBERS];
static kafc_conn *admin;
static const char *topic;
static kafc_str group;

static kafc_str text(const char *s)
{
    return (kafc_str){ s, s ? (int32_t)strlen(s) : 0 };
}

static void call(kafc_conn *c, const struct kafc_api *api, int version, const void *req, void *resp)
{
    kafc_error err;

    if (kafc_conn_call(c, api, version, req, resp, PATIENCE, &err)) {
        fprintf(stderr, "membership: %s %d: %s\n", api->name, version, err.message);
        exit(1);
    }
}

static void keep(char *to, size_t n, kafc_str s)
{
    snprintf(to, n, "%.*s", (int)s.len, s.len ? s.p : "");
}

static const char *who(const char *id)
{
    for (int i = 0; i < MEMBERS; i++)
        if (*id && !strcmp(all[i].id, id))
            return all[i].name;
    return *id ? "another" : "nobody";
}

static const char *who_is(kafc_str s)
{
    char id[128];

    keep(id, sizeof id, s);
    return who(id);
}

/* ---- JoinGroup ---- */

static void *do_join(void *arg)
{
    struct member *m = arg;

    call(m->conn, &kafc_join_group_api, m->version, &m->join, &m->joined);
    return NULL;
}

/* Of version 0, one topic, no user data; 4.3 cannot complete a round with what it cannot read. */
static kafc_bytes subscription(struct member *m)
{
    struct kafc_wr w;

    kafc__wr_init(&w, m->subscription, sizeof m->subscription, NULL);
    kafc__wr_i16(&w, 0);
    kafc__wr_i32(&w, 1);
    kafc__wr_i16(&w, (int16_t)strlen(m->subscribes));
    kafc__wr_raw(&w, m->subscribes, strlen(m->subscribes));
    kafc__wr_i32(&w, -1);
    return (kafc_bytes){ m->subscription, (int32_t)kafc__wr_len(&w) };
}

/* The topic in it. */
static kafc_str subscribed(kafc_bytes b)
{
    return (kafc_str){ b.len > 12 ? (const char *)b.p + 8 : "", b.len > 12 ? b.len - 12 : 0 };
}

static void fill_join(struct member *m, int version)
{
    m->version = version;
    kafc__msg_defaults(&kafc_join_group_req_schema, &m->join);
    m->join.group_id = group;
    m->join.session_timeout_ms = m->session;
    m->join.rebalance_timeout_ms = version ? m->rebalance : -1;
    m->join.member_id = text(m->id);
    m->join.group_instance_id = text(version >= 5 ? m->instance : NULL);
    m->join.protocol_type = text("consumer");
    m->join.protocols.v = m->protocols;
    for (int i = 0; i < 2 && m->protocol[i]; i++) {
        kafc__msg_defaults(&kafc_join_group_req_protocol_schema, &m->protocols[i]);
        m->protocols[i].name = text(m->protocol[i]);
        m->protocols[i].metadata = subscription(m);
        m->join.protocols.n++;
    }
}

static void start(struct member *m, void *(*what)(void *))
{
    if (pthread_create(&m->thread, NULL, what, m)) {
        fprintf(stderr, "membership: no thread\n");
        exit(1);
    }
}

static void start_join(struct member *m, int version)
{
    fill_join(m, version);
    start(m, do_join);
}

static void say_joined(struct member *m)
{
    const struct kafc_join_group_resp *r = &m->joined;
    const char *prefix = m->instance && m->version >= 5 ? m->instance : "membership";
    bool same = (size_t)r->member_id.len == strlen(m->id) &&
                !memcmp(r->member_id.p, m->id, strlen(m->id));

    if (!same)
        keep(m->id, sizeof m->id, r->member_id);
    printf("join      %s v%d: %s, %s id", m->name, m->version, kafc_err_name(r->error_code),
           same                                      ? "same"
           : !*m->id                                 ? "no"
           : !strncmp(m->id, prefix, strlen(prefix)) ? "new"
                                                     : "odd");
    if (!r->error_code) {
        m->generation = r->generation_id;
        keep(m->leader, sizeof m->leader, r->leader);
        printf(", generation %d, %.*s, %s leads, %d members%s:", (int)r->generation_id,
               (int)r->protocol_name.len, r->protocol_name.p, who(m->leader), (int)r->members.n,
               r->skip_assignment ? ", skips" : "");
        for (int i = 0; i < MEMBERS; i++) /* in our order; brokers have none */
            for (int32_t k = 0; k < r->members.n; k++)
                if (!strcmp(who_is(r->members.v[k].member_id), all[i].name))
                    printf(
                        " %s %.*s %.*s", all[i].name, (int)subscribed(r->members.v[k].metadata).len,
                        subscribed(r->members.v[k].metadata).p,
                        (int)r->members.v[k].group_instance_id.len,
                        r->members.v[k].group_instance_id.len ? r->members.v[k].group_instance_id.p
                                                              : "");
    } else {
        printf(", generation %d, '%.*s', '%.*s', %d members", (int)r->generation_id,
               (int)r->protocol_name.len, r->protocol_name.len ? r->protocol_name.p : "",
               (int)r->leader.len, r->leader.len ? r->leader.p : "", (int)r->members.n);
    }
    printf("\n");
}

static void end_join(struct member *m)
{
    (void)pthread_join(m->thread, NULL);
    say_joined(m);
}

static void join(struct member *m, int version)
{
    fill_join(m, version);
    (void)do_join(m);
    say_joined(m);
}

/* ---- SyncGroup ---- */

static void *do_sync(void *arg)
{
    struct member *m = arg;

    call(m->conn, &kafc_sync_group_api, m->version, &m->sync, &m->synced);
    return NULL;
}

/* A leader gives each member its name. */
static void fill_sync(struct member *m, int version)
{
    m->version = version;
    kafc__msg_defaults(&kafc_sync_group_req_schema, &m->sync);
    m->sync.group_id = group;
    m->sync.generation_id = m->generation;
    m->sync.member_id = text(m->id);
    m->sync.group_instance_id = text(version >= 3 ? m->instance : NULL);
    if (version >= 5) {
        m->sync.protocol_type = text("consumer");
        m->sync.protocol_name = text(m->protocol[0]);
    }
    m->sync.assignments.v = m->assignments;
    for (int i = 0; i < MEMBERS && !strcmp(m->leader, m->id); i++) {
        if (!*all[i].id)
            continue;
        struct kafc_sync_group_req_assignment *a = &m->assignments[m->sync.assignments.n++];

        kafc__msg_defaults(&kafc_sync_group_req_assignment_schema, a);
        a->member_id = text(all[i].id);
        a->assignment = (kafc_bytes){ all[i].name, (int32_t)strlen(all[i].name) };
    }
}

static void say_synced(const struct member *m)
{
    const struct kafc_sync_group_resp *r = &m->synced;

    printf("sync      %s v%d: %s, '%.*s' for '%.*s' '%.*s'\n", m->name, m->version,
           kafc_err_name(r->error_code), (int)r->assignment.len,
           r->assignment.len ? (const char *)r->assignment.p : "", (int)r->protocol_type.len,
           r->protocol_type.len ? r->protocol_type.p : "", (int)r->protocol_name.len,
           r->protocol_name.len ? r->protocol_name.p : "");
}

static void start_sync(struct member *m, int version)
{
    fill_sync(m, version);
    start(m, do_sync);
}

static void end_sync(struct member *m)
{
    (void)pthread_join(m->thread, NULL);
    say_synced(m);
}

static void sync_now(struct member *m, int version)
{
    fill_sync(m, version);
    (void)do_sync(m);
    say_synced(m);
}

/* ---- the others ---- */

static void beat(struct member *m, int version)
{
    struct kafc_heartbeat_req q;
    struct kafc_heartbeat_resp r;

    kafc__msg_defaults(&kafc_heartbeat_req_schema, &q);
    q.group_id = group;
    q.generation_id = m->generation;
    q.member_id = text(m->id);
    q.group_instance_id = text(version >= 3 ? m->instance : NULL);
    call(m->conn, &kafc_heartbeat_api, version, &q, &r);
    printf("heartbeat %s v%d: %s\n", m->name, version, kafc_err_name(r.error_code));
}

static void leave(struct member *m, int version)
{
    struct kafc_leave_group_req q;
    struct kafc_leave_group_req_member one[2];
    struct kafc_leave_group_resp r;

    kafc__msg_defaults(&kafc_leave_group_req_schema, &q);
    q.group_id = group;
    for (int i = 0; i < 2; i++) { /* the second one is unknown */
        kafc__msg_defaults(&kafc_leave_group_req_member_schema, &one[i]);
        one[i].member_id = text(i ? "unknown" : m->id);
        one[i].group_instance_id = text(i ? NULL : m->instance);
    }
    q.member_id = text(version < 3 ? m->id : "");
    q.members.v = one;
    q.members.n = version < 3 ? 0 : 2;
    call(m->conn, &kafc_leave_group_api, version, &q, &r);
    printf("leave     %s v%d: %s", m->name, version, kafc_err_name(r.error_code));
    for (int32_t i = 0; i < r.members.n; i++)
        printf(", %s %s", who_is(r.members.v[i].member_id),
               kafc_err_name(r.members.v[i].error_code));
    printf("\n");
}

static void commit(struct member *m, int version, int64_t offset)
{
    struct kafc_offset_commit_req q;
    struct kafc_offset_commit_req_topic qt;
    struct kafc_offset_commit_req_partition qp;
    struct kafc_offset_commit_resp r;

    kafc__msg_defaults(&kafc_offset_commit_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_commit_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_offset_commit_req_partition_schema, &qp);
    q.group_id = group;
    q.generation_id_or_member_epoch = m->generation;
    q.member_id = text(m->id);
    q.group_instance_id = text(version >= 7 ? m->instance : NULL);
    q.topics.v = &qt;
    q.topics.n = 1;
    qt.name = text(topic);
    qt.partitions.v = &qp;
    qt.partitions.n = 1;
    qp.committed_offset = offset;
    call(m->conn, &kafc_offset_commit_api, version, &q, &r);
    printf("commit    %s v%d %d: %s\n", m->name, version, (int)m->generation,
           kafc_err_name(r.topics.v[0].partitions.v[0].error_code));
}

/* By one who says it is a member, which classic groups do not look at. */
static void committed(struct member *m, int version)
{
    struct kafc_offset_fetch_req q;
    struct kafc_offset_fetch_req_group g;
    struct kafc_offset_fetch_req_group_topic t;
    struct kafc_offset_fetch_resp r;
    int32_t zero = 0;

    kafc__msg_defaults(&kafc_offset_fetch_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_fetch_req_group_schema, &g);
    kafc__msg_defaults(&kafc_offset_fetch_req_group_topic_schema, &t);
    q.groups.v = &g;
    q.groups.n = 1;
    g.group_id = group;
    if (version >= 9) {
        g.member_id = text(m->id);
        g.member_epoch = m->generation;
    }
    g.topics.v = &t;
    g.topics.n = 1;
    t.name = text(topic);
    t.partition_indexes.v = &zero;
    t.partition_indexes.n = 1;
    call(m->conn, &kafc_offset_fetch_api, version, &q, &r);
    printf("fetch     %s v%d: %s", m->name, version, kafc_err_name(r.groups.v[0].error_code));
    if (r.groups.v[0].topics.n)
        printf(", %lld", (long long)r.groups.v[0].topics.v[0].partitions.v[0].committed_offset);
    printf("\n");
}

static void describe(int version, struct kafc_describe_groups_resp *r)
{
    struct kafc_describe_groups_req q;

    kafc__msg_defaults(&kafc_describe_groups_req_schema, &q);
    q.groups.v = &group;
    q.groups.n = 1;
    q.include_authorized_operations = version >= 3;
    call(admin, &kafc_describe_groups_api, version, &q, r);
}

/* Real brokers make a topic first, and load it. */
static void find(void)
{
    const struct timespec pause = { 0, PAUSE_NS };
    struct kafc_find_coordinator_req q;
    struct kafc_find_coordinator_resp r;
    struct kafc_describe_groups_resp d;

    kafc__msg_defaults(&kafc_find_coordinator_req_schema, &q);
    q.key = group;
    for (int i = 0; i < TRIES; i++) {
        call(admin, &kafc_find_coordinator_api, 2, &q, &r);
        describe(5, &d);
        if (!r.error_code && !d.groups.v[0].error_code)
            return;
        nanosleep(&pause, NULL);
    }
}

/* Once the group has come to this state with so many members. */
static void await(const char *state, int members)
{
    const struct timespec pause = { 0, PAUSE_NS };
    struct kafc_describe_groups_resp r;

    for (int i = 0; i < TRIES; i++) {
        describe(5, &r);
        if ((size_t)r.groups.v[0].group_state.len == strlen(state) &&
            !memcmp(r.groups.v[0].group_state.p, state, strlen(state)) &&
            r.groups.v[0].members.n == members)
            break;
        nanosleep(&pause, NULL);
    }
    printf("group     %.*s, %d members\n", (int)r.groups.v[0].group_state.len,
           r.groups.v[0].group_state.p, (int)r.groups.v[0].members.n);
}

static void show(int version)
{
    struct kafc_describe_groups_resp r;
    const struct kafc_describe_groups_resp_group *g;

    describe(version, &r);
    g = r.groups.v;
    printf("describe  v%d: %s '%.*s', %.*s, '%.*s' '%.*s', operations %d, %d members", version,
           kafc_err_name(g->error_code), (int)g->error_message.len,
           g->error_message.len ? g->error_message.p : "", (int)g->group_state.len,
           g->group_state.p, (int)g->protocol_type.len, g->protocol_type.p,
           (int)g->protocol_data.len, g->protocol_data.p, (int)g->authorized_operations,
           (int)g->members.n);
    for (int i = 0; i < MEMBERS; i++)
        for (int32_t k = 0; k < g->members.n; k++)
            if (!strcmp(who_is(g->members.v[k].member_id), all[i].name))
                printf(", %s %.*s '%.*s' '%.*s'", all[i].name, (int)g->members.v[k].client_id.len,
                       g->members.v[k].client_id.p,
                       (int)subscribed(g->members.v[k].member_metadata).len,
                       subscribed(g->members.v[k].member_metadata).p,
                       (int)g->members.v[k].member_assignment.len,
                       (const char *)g->members.v[k].member_assignment.p);
    printf("\n");
}

static void list(int version, const char *state, const char *type)
{
    struct kafc_list_groups_req q;
    struct kafc_list_groups_resp r;
    kafc_str s = text(state), t = text(type);

    kafc__msg_defaults(&kafc_list_groups_req_schema, &q);
    q.states_filter.v = &s;
    q.states_filter.n = state != NULL;
    q.types_filter.v = &t;
    q.types_filter.n = type != NULL;
    call(admin, &kafc_list_groups_api, version, &q, &r);
    printf("list      v%d %s %s: %s", version, state ? state : "all", type ? type : "all",
           kafc_err_name(r.error_code));
    for (int32_t i = 0; i < r.groups.n; i++)
        if (r.groups.v[i].group_id.len == group.len &&
            !memcmp(r.groups.v[i].group_id.p, group.p, (size_t)group.len))
            printf(", '%.*s' '%.*s' '%.*s'", (int)r.groups.v[i].protocol_type.len,
                   r.groups.v[i].protocol_type.p, (int)r.groups.v[i].group_state.len,
                   r.groups.v[i].group_state.len ? r.groups.v[i].group_state.p : "",
                   (int)r.groups.v[i].group_type.len,
                   r.groups.v[i].group_type.len ? r.groups.v[i].group_type.p : "");
    printf("\n");
}

static void delete_group(int version, const char *name)
{
    struct kafc_delete_groups_req q;
    struct kafc_delete_groups_resp r;
    kafc_str s = text(name);

    kafc__msg_defaults(&kafc_delete_groups_req_schema, &q);
    q.groups_names.v = &s;
    q.groups_names.n = 1;
    call(admin, &kafc_delete_groups_api, version, &q, &r);
    printf("delete    v%d '%s': %s\n", version, *name ? "it" : "",
           kafc_err_name(r.results.v[0].error_code));
}

static void delete_offset(const char *of, int32_t partition)
{
    struct kafc_offset_delete_req q;
    struct kafc_offset_delete_req_topic t;
    struct kafc_offset_delete_req_partition p;
    struct kafc_offset_delete_resp r;

    kafc__msg_defaults(&kafc_offset_delete_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_delete_req_topic_schema, &t);
    kafc__msg_defaults(&kafc_offset_delete_req_partition_schema, &p);
    q.group_id = group;
    q.topics.v = &t;
    q.topics.n = 1;
    t.name = text(of);
    t.partitions.v = &p;
    t.partitions.n = 1;
    p.partition_index = partition;
    call(admin, &kafc_offset_delete_api, 0, &q, &r);
    printf("forget    %s %d: %s", strcmp(of, topic) ? "none" : "topic", (int)partition,
           kafc_err_name(r.error_code));
    if (r.topics.n)
        printf(", %s", kafc_err_name(r.topics.v[0].partitions.v[0].error_code));
    printf("\n");
}

/* ---- the conversation ---- */

static void reset(struct member *m, const char *instance)
{
    m->id[0] = m->leader[0] = '\0';
    m->generation = -1;
    m->instance = instance;
    m->protocol[0] = "range";
    m->protocol[1] = NULL;
    m->subscribes = "first";
    m->session = 30000;
    m->rebalance = 30000;
}

static void before_anybody_joins(struct member *a)
{
    const char *range = a->protocol[0];

    snprintf(a->id, sizeof a->id, "unknown");
    show(5);
    show(6);
    join(a, 9);
    join(a, 3);
    beat(a, 4);
    sync_now(a, 5);
    leave(a, 2);
    leave(a, 5);
    a->generation = 3;
    commit(a, 8, 1);
    commit(a, 9, 1);
    a->generation = -1;
    delete_group(2, group.p);
    delete_group(2, "");
    delete_offset(topic, 0);
    a->id[0] = '\0';
    a->session = 100;
    join(a, 9);
    a->session = 100000000;
    join(a, 5);
    a->session = 30000;
    a->protocol[0] = NULL;
    join(a, 9);
    join(a, 2);
    a->protocol[0] = range;
    kafc_str name = group;
    group = text("");
    join(a, 9);
    join(a, 4);
    beat(a, 2);
    sync_now(a, 2);
    leave(a, 3);
    show(4);
    delete_offset(topic, 0);
    commit(a, 8, 5); /* as consumers without a name once did */
    committed(a, 8);
    group = name;
}

static void alone(struct member *a)
{
    for (int v = 0; v <= 9; v++) {
        reset(a, NULL);
        join(a, v);
        if (v >= 4)
            join(a, v);
        await("CompletingRebalance", 1);
        commit(a, 8, 2);
        join(a, v); /* the answer was lost */
        a->generation++;
        sync_now(a, v < 5 ? v : 5);
        a->generation--;
        a->protocol[0] = "another";
        sync_now(a, 5);
        a->protocol[0] = "range";
        sync_now(a, v < 5 ? v : 5);
        sync_now(a, v < 5 ? v : 5);
        beat(a, v < 4 ? v : 4);
        commit(a, v < 7 ? v + 2 : 9, 10 + v);
        committed(a, v < 5 ? 8 : 9);
        a->generation--;
        beat(a, 4);
        commit(a, 8, 2);
        a->generation++;
        leave(a, v < 5 ? v : 5);
        await("Empty", 0);
        beat(a, 4);
        commit(a, 8, 2);
        leave(a, v < 5 ? v : 5);
    }
    reset(a, NULL);
    commit(a, 8, 40); /* of one who is no member, of a group that has none */
    committed(a, 8);
    show(6);
    list(5, NULL, NULL);
}

static void two(struct member *a, struct member *b)
{
    reset(a, NULL);
    reset(b, NULL);
    a->subscribes = topic;
    b->protocol[0] = "sticky";
    b->protocol[1] = "range";
    join(a, 9);
    join(a, 9);
    sync_now(a, 5);
    join(b, 4);
    start_join(b, 4);
    await("PreparingRebalance", 2);
    show(6);
    beat(a, 3);
    sync_now(a, 5);
    commit(a, 8, 50);
    start_join(a, 9);
    end_join(a);
    end_join(b);
    beat(a, 3);
    beat(b, 3);
    b->protocol[0] = "range";
    b->protocol[1] = NULL;
    start_sync(b, 3);
    sync_now(a, 5);
    end_sync(b);
    await("Stable", 2);
    show(6);
    list(4, "stable", NULL);
    list(5, "Empty", NULL);
    list(5, NULL, "classic");
    list(5, NULL, "consumer");
    delete_group(1, group.p);
    delete_offset(topic, 0);
}

static void changes(struct member *a, struct member *b)
{
    start_join(b, 9); /* it knew one protocol more before */
    await("PreparingRebalance", 2);
    beat(a, 4);
    sync_now(a, 5);
    join(a, 9);
    end_join(b);
    show(6);
    join(b, 9);
    start_sync(b, 5);
    leave(a, 5);
    end_sync(b);
    show(6);
    join(b, 9);
    sync_now(b, 5);
    join(b, 9); /* a leader may always begin a round */
    sync_now(b, 5);
    reset(a, NULL);
    a->protocol[0] = "other";
    join(a, 3);
    join(a, 9);
    a->protocol[0] = "range";
    join(a, 9);
    start_join(b, 9);
    await("PreparingRebalance", 1); /* the one with the new id is waited for */
    leave(a, 5);
    end_join(b);
    sync_now(b, 5);
    delete_offset(topic, 0); /* nobody subscribes to it now */
    leave(b, 1);
    await("Empty", 0);
}

static void come_back(struct member *a, struct member *b, struct member *c)
{
    for (int v = 5; v <= 9; v++) {
        struct member *next = v & 1 ? c : b, *old = v & 1 ? b : c;
        reset(next, "two");
        next->subscribes = v == 9 ? "second" : "first"; /* not looked at */
        join(next, v);
        sync_now(next, 5);
        beat(next, 4);
        beat(old, 3);
        beat(old, 2);
        commit(old, 8, 1);
        commit(next, 8, 60 + v);
        sync_now(old, 4);
        join(old, v);
        leave(old, 5);
    }
    reset(b, "one"); /* the leader, which is not told so before version 9 */
    join(b, 8);
    sync_now(b, 5);
    reset(a, "one");
    join(a, 9);
    sync_now(a, 5);
    await("Stable", 2);
}

static void fixed(struct member *a, struct member *b, struct member *c)
{
    reset(a, "one");
    reset(b, "two");
    join(a, 9);
    sync_now(a, 5);
    start_join(b, 9);
    await("PreparingRebalance", 2);
    join(a, 9);
    end_join(b);
    start_sync(b, 5);
    sync_now(a, 5);
    end_sync(b);
    await("Stable", 2);
    come_back(a, b, c);
    start_join(a, 9);
    await("PreparingRebalance", 2);
    join(c, 9);
    end_join(a);
    reset(b, "two");
    start_join(b, 9); /* in the middle of a round */
    await("PreparingRebalance", 2);
    show(4);
    beat(c, 4);
    sync_now(a, 5);
    join(a, 9);
    end_join(b);
    show(4);
    start_sync(b, 5);
    sync_now(a, 5);
    end_sync(b);
    b->id[0] = '\0';
    leave(b, 5);
    leave(b, 5);
    a->session = 6000;
    join(a, 9);
    sync_now(a, 5);
    await("Empty", 0);
    beat(a, 4);
}

static void afterwards(void)
{
    list(4, NULL, NULL);
    delete_offset(topic, 0);
    delete_offset(topic, 0);
    delete_offset(topic, 9);
    delete_offset("none", 0);
    delete_group(2, group.p);
    delete_group(0, group.p);
    show(3);
    show(6);
}

int main(int argc, char **argv)
{
    kafc_error err;

    if (argc != 4) {
        fprintf(stderr, "usage: membership BROKER TOPIC GROUP\n");
        return 1;
    }
    topic = argv[2];
    group = text(argv[3]);
    for (int i = 0; i <= MEMBERS; i++) {
        kafc_conn *c = kafc_conn_dial(
            KAFC_CONN(.client_id = "membership", .log_level = KAFC_LOG_ERROR), argv[1], PATIENCE,
            &err);
        if (!c) {
            fprintf(stderr, "membership: %s\n", err.message);
            return 1;
        }
        if (i == MEMBERS) {
            admin = c;
            continue;
        }
        all[i].conn = c;
        all[i].name = (const char *const[]){ "a", "b", "c" }[i];
        reset(&all[i], NULL);
    }
    setvbuf(stdout, NULL, _IOLBF, 0);
    find();
    before_anybody_joins(&all[0]);
    alone(&all[0]);
    two(&all[0], &all[1]);
    changes(&all[0], &all[1]);
    fixed(&all[0], &all[1], &all[2]);
    afterwards();
    for (int i = 0; i < MEMBERS; i++)
        kafc_conn_free(all[i].conn);
    kafc_conn_free(admin);
    return fflush(stdout) ? 1 : 0;
}
