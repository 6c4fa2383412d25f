/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A member of a classic group by raw requests, for the mock's tests.
 */
#include "tests/mock/member.h"

#include <check.h>
#include <stdio.h>

#include "protocol/api/08_offset_commit.h"
#include "protocol/api/12_heartbeat.h"
#include "protocol/api/13_leave_group.h"

enum { PROTOCOLS_MAX = 8, MEMBERS_MAX = 64 };

void club_open(struct club *c, const kafc_mock_options *o)
{
    ask_init(&c->a, o ? o : KAFC_MOCK(.brokers = 1));
    ck_assert_int_eq(kafc__cluster_create_topic(c->a.c, "t", 1, 0), KAFC_OK);
}

void club_close(struct club *c)
{
    ask_fini(&c->a);
}

void club_wait(struct club *c, int ms)
{
    int64_t end = c->a.now + (int64_t)ms * 1000;

    while (c->a.now < end) { /* stops where something is due */
        int64_t next = kafc__cluster_deadline(c->a.c);

        ask_advance(&c->a, (next > c->a.now && next < end ? next : end) - c->a.now);
    }
}

kafc_mock_group club_look(struct club *c)
{
    kafc_mock_group g;

    (void)kafc__cluster_group(c->a.c, "g", &g);
    return g;
}

void member_init(struct member *m, struct club *c)
{
    memset(m, 0, sizeof(*m));
    m->club = c;
    m->conn = kafc__cluster_open(c->a.c, 1);
    ck_assert_uint_ne(m->conn, 0);
    m->protocols = "range";
    m->session_ms = 10000;
    m->rebalance_ms = 20000;
    m->generation = -1;
    m->join_version = 9;
    m->sync_version = 5;
}

void member_gone(struct member *m)
{
    kafc__cluster_close(m->club->a.c, m->conn);
    m->conn = 0;
}

static kafc_str instance_of(const struct member *m, bool known)
{
    return m->instance && known ? ask_str(m->instance) : (kafc_str){ NULL, 0 };
}

/* Requests are counted on each connection by itself, and one is out at a time. */
static struct ask as(const struct member *m)
{
    struct ask a = m->club->a;

    a.conn = m->conn;
    a.correlation = a.answered = 0;
    a.in_len = 0;
    return a;
}

/* What has grown meanwhile belongs to the club's ask again. */
static void give_back(struct member *m, const struct ask *a)
{
    m->club->a.arena = a->arena;
    m->club->a.in = a->in;
    m->club->a.in_cap = a->in_cap;
}

static void send(struct member *m, int16_t api, int16_t version, const void *req)
{
    struct ask a = as(m);

    ask_send(&a, api, version, req);
    give_back(m, &a);
}

static bool answered(struct member *m, int16_t api, int16_t version, void *resp)
{
    struct ask a = as(m);
    bool any = ask_answered(&a, api, version, resp);

    give_back(m, &a);
    return any;
}

static void call(struct member *m, int16_t api, int16_t version, const void *req, void *resp)
{
    send(m, api, version, req);
    ck_assert_msg(answered(m, api, version, resp), "API %d version %d: no answer", api, version);
}

/* ---- joining ---- */

static int32_t split(struct member *m, struct kafc_join_group_req_protocol *v)
{
    const char *p = m->protocols;
    int32_t n = 0;

    while (*p) {
        size_t len = strcspn(p, ",");
        char text[64];

        ck_assert_int_lt(n, PROTOCOLS_MAX);
        kafc__msg_defaults(&kafc_join_group_req_protocol_schema, &v[n]);
        v[n].name = (kafc_str){ p, (int32_t)len };
        snprintf(text, sizeof(text), "%.*s %d", (int)len, p, m->metadata);
        v[n].metadata.p = kafc__arena_dup(&m->club->a.arena, text, strlen(text));
        v[n].metadata.len = (int32_t)strlen(text);
        if (m->raw_metadata.p)
            v[n].metadata = m->raw_metadata;
        n++;
        p += len + (p[len] == ',');
    }
    return n;
}

void member_join(struct member *m)
{
    struct kafc_join_group_req_protocol v[PROTOCOLS_MAX];
    struct kafc_join_group_req q;

    kafc__msg_defaults(&kafc_join_group_req_schema, &q);
    q.group_id = ask_str("g");
    q.session_timeout_ms = m->session_ms;
    q.rebalance_timeout_ms = m->join_version >= 1 ? m->rebalance_ms : -1;
    q.member_id = ask_str(m->id);
    q.group_instance_id = instance_of(m, m->join_version >= 5);
    q.protocol_type = ask_str("consumer");
    q.protocols.v = v;
    q.protocols.n = split(m, v);
    send(m, KAFC_API_JOIN_GROUP, m->join_version, &q);
}

bool member_has_joined(struct member *m)
{
    if (!answered(m, KAFC_API_JOIN_GROUP, m->join_version, &m->joined))
        return false;
    snprintf(m->id, sizeof(m->id), "%.*s", (int)m->joined.member_id.len, m->joined.member_id.p);
    m->generation = m->joined.generation_id;
    return true;
}

kafc_err member_join_now(struct member *m)
{
    member_join(m);
    ck_assert_msg(member_has_joined(m), "JoinGroup waits");
    if (m->joined.error_code != KAFC_ERR_MEMBER_ID_REQUIRED)
        return (kafc_err)m->joined.error_code;
    member_join(m);
    ck_assert_msg(member_has_joined(m), "JoinGroup with an id waits");
    return (kafc_err)m->joined.error_code;
}

bool member_leads(const struct member *m)
{
    return (size_t)m->joined.leader.len == strlen(m->id) &&
           memcmp(m->joined.leader.p, m->id, strlen(m->id)) == 0;
}

/* ---- syncing ---- */

void member_sync(struct member *m, const char *assignments)
{
    struct kafc_sync_group_req_assignment v[MEMBERS_MAX];
    struct kafc_sync_group_req q;
    const char *p = assignments;

    kafc__msg_defaults(&kafc_sync_group_req_schema, &q);
    q.group_id = ask_str("g");
    q.generation_id = m->generation;
    q.member_id = ask_str(m->id);
    q.group_instance_id = instance_of(m, m->sync_version >= 3);
    q.assignments.v = v;
    while (*p) {
        size_t len = strcspn(p, ",");

        ck_assert_int_lt(q.assignments.n, m->joined.members.n);
        kafc__msg_defaults(&kafc_sync_group_req_assignment_schema, &v[q.assignments.n]);
        v[q.assignments.n].member_id = m->joined.members.v[q.assignments.n].member_id;
        v[q.assignments.n].assignment = (kafc_bytes){ p, (int32_t)len };
        q.assignments.n++;
        p += len + (p[len] == ',');
    }
    send(m, KAFC_API_SYNC_GROUP, m->sync_version, &q);
}

bool member_has_synced(struct member *m)
{
    return answered(m, KAFC_API_SYNC_GROUP, m->sync_version, &m->synced);
}

const char *member_sync_now(struct member *m, const char *assignments, kafc_err *code)
{
    member_sync(m, assignments);
    ck_assert_msg(member_has_synced(m), "SyncGroup waits");
    *code = (kafc_err)m->synced.error_code;
    return kafc__arena_dup(&m->club->a.arena, m->synced.assignment.p,
                           (size_t)m->synced.assignment.len);
}

/* ---- the rest ---- */

kafc_err member_beat(struct member *m, int16_t version)
{
    struct kafc_heartbeat_req q;
    struct kafc_heartbeat_resp r;

    kafc__msg_defaults(&kafc_heartbeat_req_schema, &q);
    q.group_id = ask_str("g");
    q.generation_id = m->generation;
    q.member_id = ask_str(m->id);
    q.group_instance_id = instance_of(m, version >= 3);
    call(m, KAFC_API_HEARTBEAT, version, &q, &r);
    return (kafc_err)r.error_code;
}

kafc_err member_leave(struct member *m, int16_t version)
{
    struct kafc_leave_group_req q;
    struct kafc_leave_group_req_member one;
    struct kafc_leave_group_resp r;

    kafc__msg_defaults(&kafc_leave_group_req_schema, &q);
    kafc__msg_defaults(&kafc_leave_group_req_member_schema, &one);
    q.group_id = ask_str("g");
    one.member_id = ask_str(m->id);
    one.group_instance_id = instance_of(m, true);
    if (version >= 3) {
        q.members.v = &one;
        q.members.n = 1;
    } else {
        q.member_id = one.member_id;
    }
    call(m, KAFC_API_LEAVE_GROUP, version, &q, &r);
    return (kafc_err)(version >= 3 && !r.error_code ? r.members.v[0].error_code : r.error_code);
}

kafc_err member_commit(struct member *m, int16_t version, int64_t offset)
{
    struct kafc_offset_commit_req q;
    struct kafc_offset_commit_req_topic qt;
    struct kafc_offset_commit_req_partition qp;
    struct kafc_offset_commit_resp r;

    kafc__msg_defaults(&kafc_offset_commit_req_schema, &q);
    kafc__msg_defaults(&kafc_offset_commit_req_topic_schema, &qt);
    kafc__msg_defaults(&kafc_offset_commit_req_partition_schema, &qp);
    q.group_id = ask_str("g");
    q.generation_id_or_member_epoch = m->generation;
    q.member_id = ask_str(m->id);
    q.group_instance_id = instance_of(m, version >= 7);
    q.topics.v = &qt;
    q.topics.n = 1;
    qt.name = ask_str("t");
    qt.partitions.v = &qp;
    qt.partitions.n = 1;
    qp.committed_offset = offset;
    call(m, KAFC_API_OFFSET_COMMIT, version, &q, &r);
    return (kafc_err)r.topics.v[0].partitions.v[0].error_code;
}
