/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A coordinator that answers nonsense: what is wrong is said with the broker,
 * the API and the field, nothing hangs, nothing is asked without a pause, and
 * once the answers make sense the group goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/group_internal.h"
#include "tests/core/world.h"
#include "tests/support/suite.h"

enum { SEC = 1000000, APIS = 16, COORDINATOR = 2 };

static struct world w;
static struct kafc_group *group;
static struct {
    int told[KAFC_GROUP_NOTICES];
    int owned;
    kafc_error why; /* of the last that had one */
} owner;

/* What a broker answers in place of what is right, where it says so. */
union answer {
    struct kafc_find_coordinator_resp find;
    struct kafc_join_group_resp join;
    struct kafc_sync_group_resp sync;
    struct kafc_heartbeat_resp beat;
    struct kafc_leave_group_resp leave;
    struct kafc_offset_commit_resp commit;
    struct kafc_offset_fetch_resp fetch;
};
static struct {
    int16_t api; /* -1: none */
    void (*twist)(union answer *a, struct kafc_arena *arena);
    int cut; /* the answer ends after so many bytes of its body; -1: it is whole */
} wrong;
static int asked[APIS];

/* --- What is right ------------------------------------------------------------------------- */

static kafc_bytes packed(const struct kafc_schema *s, const void *msg, struct kafc_arena *a)
{
    enum { ROOM = 1024 };
    struct kafc_wr wr;
    uint8_t *p = kafc__arena_alloc(a, ROOM);
    kafc__wr_init(&wr, p, ROOM, NULL);
    kafc__wr_i16(&wr, 3);
    ck_assert_int_eq(kafc__msg_encode(&wr, s, msg, 3, NULL), KAFC_OK);
    return (kafc_bytes){ p, (int32_t)kafc__wr_len(&wr) };
}

static kafc_bytes subscription(struct kafc_arena *a)
{
    struct kafc_consumer_subscription s;
    kafc__msg_defaults(&kafc_consumer_subscription_schema, &s);
    kafc_str t = kafc__str("t");
    s.topics.v = &t;
    s.topics.n = 1;
    return packed(&kafc_consumer_subscription_schema, &s, a);
}

static kafc_bytes assignment(const char *topic, int32_t partition, struct kafc_arena *a)
{
    struct kafc_consumer_assignment_topic t;
    struct kafc_consumer_assignment s;
    kafc__msg_defaults(&kafc_consumer_assignment_schema, &s);
    kafc__msg_defaults(&kafc_consumer_assignment_topic_schema, &t);
    t.topic = kafc__str(topic);
    t.partitions.v = &partition;
    t.partitions.n = 1;
    s.assigned_partitions.v = &t;
    s.assigned_partitions.n = 1;
    return packed(&kafc_consumer_assignment_schema, &s, a);
}

static void right_find(struct kafc_find_coordinator_resp *f, struct kafc_arena *a)
{
    f->coordinators.v = kafc__msg_array(&kafc_find_coordinator_resp_coordinator_schema, 1, a);
    f->coordinators.n = 1;
    f->coordinators.v[0].key = kafc__str("g");
    f->coordinators.v[0].node_id = COORDINATOR;
    f->coordinators.v[0].host = kafc__str("b");
    f->coordinators.v[0].port = 2;
}

static void right_join(struct kafc_join_group_resp *j, struct kafc_arena *a)
{
    j->generation_id = 1;
    j->protocol_type = kafc__str("consumer");
    j->protocol_name = kafc__str("range");
    j->member_id = j->leader = kafc__str("m-1");
    j->members.v = kafc__msg_array(&kafc_join_group_resp_member_schema, 3, a);
    j->members.n = 1;
    for (int i = 0; i < 3; i++) {
        j->members.v[i].member_id = kafc__str(i ? "m-2" : "m-1");
        j->members.v[i].metadata = subscription(a);
    }
}

static void right_commit(struct kafc_offset_commit_resp *c, struct kafc_arena *a)
{
    c->topics.v = kafc__msg_array(&kafc_offset_commit_resp_topic_schema, 1, a);
    c->topics.n = 1;
    c->topics.v[0].name = kafc__str("t");
    c->topics.v[0].partitions.v = kafc__msg_array(&kafc_offset_commit_resp_partition_schema, 1, a);
    c->topics.v[0].partitions.n = 1;
}

static void right_fetch(struct kafc_offset_fetch_resp *f, struct kafc_arena *a)
{
    f->groups.v = kafc__msg_array(&kafc_offset_fetch_resp_group_schema, 1, a);
    f->groups.n = 1;
    struct kafc_offset_fetch_resp_group *g = &f->groups.v[0];
    g->group_id = kafc__str("g");
    g->topics.v = kafc__msg_array(&kafc_offset_fetch_resp_group_topic_schema, 1, a);
    g->topics.n = 1;
    g->topics.v[0].name = kafc__str("t");
    g->topics.v[0].partitions.v = kafc__msg_array(&kafc_offset_fetch_resp_group_partition_schema, 1,
                                                  a);
    g->topics.v[0].partitions.n = 1;
    g->topics.v[0].partitions.v[0].committed_offset = 7;
}

/* The body without its end, and a frame that says so. */
static void answer_cut(struct peer *p, const struct peer_request *q, const union answer *a)
{
    size_t at = p->nout;
    peer_answer(p, q, a);
    size_t head = 4 + 4 + (q->h.version >= q->api->flex), whole = p->nout - at;
    size_t keep = head + (size_t)wrong.cut;
    p->nout = at + (keep < whole ? keep : whole);
    kafc__store32(p->out + at, (uint32_t)(p->nout - at - 4));
}

static void serve(struct world *world, struct world_link *l, const struct peer_request *q)
{
    union answer a;
    (void)world;
    ck_assert_int_lt(q->h.api, APIS);
    asked[q->h.api]++;
    kafc__msg_defaults(q->api->resp, &a);
    switch (q->h.api) {
    case KAFC_API_FIND_COORDINATOR: right_find(&a.find, &l->peer.arena); break;
    case KAFC_API_JOIN_GROUP: right_join(&a.join, &l->peer.arena); break;
    case KAFC_API_SYNC_GROUP: a.sync.assignment = assignment("t", 0, &l->peer.arena); break;
    case KAFC_API_OFFSET_COMMIT: right_commit(&a.commit, &l->peer.arena); break;
    case KAFC_API_OFFSET_FETCH: right_fetch(&a.fetch, &l->peer.arena); break;
    default: break;
    }
    if (q->h.api == wrong.api && wrong.twist)
        wrong.twist(&a, &l->peer.arena);
    if (q->h.api == wrong.api && wrong.cut >= 0)
        answer_cut(&l->peer, q, &a);
    else
        peer_answer(&l->peer, q, &a);
}

/* --- The other side --------------------------------------------------------------------------- */

static void notice(void *ctx, const struct kafc_group_notice *n)
{
    (void)ctx;
    owner.told[n->kind]++;
    if (n->why)
        owner.why = *n->why;
    if (n->kind == KAFC_GROUP_ASSIGNED)
        owner.owned += n->n;
    if (n->kind == KAFC_GROUP_LOST)
        owner.owned -= n->n;
    if (n->kind == KAFC_GROUP_REVOKED) {
        owner.owned -= n->n;
        kafc__group_settled(group);
    }
}

static void subscribe(void)
{
    static const char *const topic = "t";
    ck_assert_int_eq(kafc__group_subscribe(group, &topic, 1, NULL), KAFC_OK);
}

static void begin(void)
{
    static const struct kafc_assignor *range;
    struct kafc_group_config cfg = { .group = "g",
                                     .session_timeout_ms = 10000,
                                     .heartbeat_interval_ms = 1000,
                                     .max_poll_interval_ms = 600000,
                                     .assignors = &range,
                                     .nassignors = 1,
                                     .notice = notice };
    range = kafc__assignor("range");
    world_init(&w, "a:1");
    world_node(&w, 1, "a", 1);
    world_node(&w, 2, "b", 2);
    world_node(&w, 3, "nowhere", 3)->up = false;
    w.node[2].hidden = true;
    world_topic(&w, "t", 2, 1);
    w.serve = serve;
    memset(&owner, 0, sizeof(owner));
    memset(asked, 0, sizeof(asked));
    wrong.api = -1;
    wrong.cut = -1;
    wrong.twist = NULL;
    ck_assert(world_start(&w));
    group = kafc__group_new(w.core, &cfg);
    ck_assert_ptr_nonnull(group);
}

static void end(void)
{
    kafc__group_free(group);
    world_fini(&w);
}

/* --- Nonsense ------------------------------------------------------------------------------------ */

static void to_nowhere(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->find.coordinators.v[0].node_id = 3;
    a->find.coordinators.v[0].host = kafc__str("nowhere");
    a->find.coordinators.v[0].port = 3;
}
static void to_nobody(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->find.coordinators.v[0].node_id = 77;
    a->find.coordinators.v[0].host = kafc__str("");
    a->find.coordinators.v[0].port = -1;
}
static void to_none(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->find.coordinators.n = 0;
}
static void unknown_protocol(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.protocol_name = kafc__str("best");
}
static void other_type(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.protocol_type = kafc__str("connect");
}
static void no_generation(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.generation_id = -9;
}
static void no_member_id(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.member_id = kafc__str("");
}
static void leader_of_nobody(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.members.n = 0;
}
static void twins(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.members.n = 3;
}
static void an_id_for_ever(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.error_code = KAFC_ERR_MEMBER_ID_REQUIRED;
}
static void garbage_members(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->join.members.n = 2;
    a->join.members.v[1].metadata = (kafc_bytes){ (const uint8_t *)"\0\3\xff\xff\xff", 5 };
}
static void garbage_assignment(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->sync.assignment = (kafc_bytes){ (const uint8_t *)"\0\3\x7f\xff\xff\xff", 6 };
}
static void negative_partition(union answer *a, struct kafc_arena *arena)
{
    a->sync.assignment = assignment("t", -4, arena);
}
static void unknown_topic(union answer *a, struct kafc_arena *arena)
{
    a->sync.assignment = assignment("other", 0, arena);
}
static void other_protocol(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->sync.protocol_name = kafc__str("best");
}

/* How it ends: with the membership in order, without an end, or with FAILED. */
enum outcome { FINE, TRIES, FAILS };
enum { ANY = -9 };

static const struct {
    const char *name;
    int16_t api;
    void (*twist)(union answer *a, struct kafc_arena *arena);
    int cut;
    enum outcome ends;
    int32_t broker;
    const char *says[2];
} rows[] = {
    { "nowhere", 10, to_nowhere, -1, TRIES, 3, { "node 3", "connection refused" } },
    { "nobody", 10, to_nobody, -1, TRIES, 77, { "node 77", "JoinGroup" } },
    { "none", 10, to_none, -1, TRIES, ANY, { "FindCoordinator", "0 coordinators" } },
    { "find, cut", 10, NULL, 3, TRIES, ANY, { "FindCoordinator", "ThrottleTimeMs" } },
    { "protocol", 11, unknown_protocol, -1, FAILS, 2, { "JoinGroup", "\"best\"" } },
    { "type", 11, other_type, -1, FAILS, 2, { "JoinGroup", "\"connect\"" } },
    { "generation", 11, no_generation, -1, TRIES, 2, { "JoinGroup", "generation -9" } },
    { "member id", 11, no_member_id, -1, TRIES, 2, { "JoinGroup", "member id of 0 bytes" } },
    { "nobody to lead", 11, leader_of_nobody, -1, FAILS, 2, { "JoinGroup", "leader of nobody" } },
    { "twins", 11, twins, -1, FAILS, 2, { "JoinGroup", "m-2" } },
    { "an id", 11, an_id_for_ever, -1, TRIES, 2, { "JoinGroup", "member id" } },
    { "members", 11, garbage_members, -1, FINE, 2, { NULL } },
    { "join, cut", 11, NULL, 9, TRIES, 2, { "JoinGroup", "GenerationId" } },
    { "assignment", 14, garbage_assignment, -1, FAILS, 2, { "SyncGroup", "AssignedPartitions" } },
    { "negative", 14, negative_partition, -1, FAILS, 2, { "SyncGroup", "partition -4 of \"t\"" } },
    { "topic", 14, unknown_topic, -1, FINE, 2, { NULL } },
    { "sync", 14, other_protocol, -1, FAILS, 2, { "SyncGroup", "\"best\"" } },
    { "sync, cut", 14, NULL, 5, TRIES, 2, { "SyncGroup", "ErrorCode" } },
    { "beat, cut", 12, NULL, 2, TRIES, 2, { "Heartbeat", "ThrottleTimeMs" } },
};
enum { ROWS = sizeof rows / sizeof rows[0] };

START_TEST(nonsense_is_named_and_survived)
{
    const char *name = rows[_i].name;
    kafc_error why = { .message = "" };
    begin();
    wrong.api = rows[_i].api;
    wrong.twist = rows[_i].twist;
    wrong.cut = rows[_i].cut;
    subscribe();
    world_run(&w, w.now + 30 * SEC);
    ck_assert_msg(owner.told[KAFC_GROUP_FAILED] == (rows[_i].ends == FAILS), "%s: FAILED %d times",
                  name, owner.told[KAFC_GROUP_FAILED]);
    for (int i = 0; i < APIS; i++) /* with pauses of up to a second */
        ck_assert_msg(asked[i] < 150, "%s: API %d was asked %d times", name, i, asked[i]);
    if (rows[_i].ends == FAILS)
        why = owner.why;
    else if (rows[_i].ends == TRIES)
        ck_assert_msg(kafc__group_why(group, &why), "%s: nothing is known to be wrong", name);
    for (int i = 0; i < 2 && rows[_i].says[i]; i++)
        ck_assert_msg(strstr(why.message, rows[_i].says[i]) && strstr(why.message, "group g"),
                      "%s: %s", name, why.message);
    if (rows[_i].says[0])
        ck_assert_msg((why.broker == rows[_i].broker || rows[_i].broker == ANY) && why.api >= 10,
                      "%s: broker %d, API %d", name, (int)why.broker, (int)why.api);
    wrong.api = -1;
    if (rows[_i].ends == FAILS)
        subscribe();
    world_run(&w, w.now + 20 * SEC);
    ck_assert_msg(owner.owned == 1 && group->state == KAFC_GROUP_STABLE, "%s: %s", name,
                  kafc__group_state_name(group));
    end();
}
END_TEST

/* --- Answers to commits and fetches ---------------------------------------------------------------- */

static void nothing_committed(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->commit.topics.n = 0;
}
static void another_partition(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->commit.topics.v[0].partitions.v[0].partition_index = -1;
}
static void no_groups(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->fetch.groups.n = 0;
}
static void nothing_fetched(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->fetch.groups.v[0].topics.n = 0;
}
static void odd_offset(union answer *a, struct kafc_arena *arena)
{
    (void)arena;
    a->fetch.groups.v[0].topics.v[0].partitions.v[0].committed_offset = -1000;
}

static const struct {
    int16_t api;
    void (*twist)(union answer *a, struct kafc_arena *arena);
    int cut;
    const char *says; /* NULL: it goes well */
} calls[] = {
    { 8, nothing_committed, -1, "0 of 1 partitions" },
    { 8, another_partition, -1, "0 of 1 partitions" },
    { 8, NULL, 6, "Topics" },
    { 9, no_groups, -1, "answered for 0 groups" },
    { 9, nothing_fetched, -1, "0 of 1 partitions" },
    { 9, odd_offset, -1, NULL },
    { 9, NULL, 8, "Groups" },
};
enum { CALLS = sizeof calls / sizeof calls[0] };

static struct {
    int done;
    kafc_err code;
    kafc_error err;
} told;

static void done(struct kafc_group_call *call, kafc_err code, const kafc_error *err)
{
    (void)call;
    told.done++;
    told.code = code;
    if (err)
        told.err = *err;
}

START_TEST(calls_end_and_say_what_was_wrong)
{
    struct kafc_group_mark mark = { .topic = "t", .offset = 5, .leader_epoch = -1 };
    struct kafc_group_call call = { .fetch = calls[_i].api == 9, .v = &mark, .n = 1, .done = done };
    const char *api = call.fetch ? "OffsetFetch" : "OffsetCommit";
    begin();
    subscribe();
    world_run(&w, w.now + 5 * SEC);
    wrong.api = calls[_i].api;
    wrong.twist = calls[_i].twist;
    wrong.cut = calls[_i].cut;
    memset(&told, 0, sizeof(told));
    call.deadline = w.now + 10 * SEC;
    kafc__group_call(group, &call);
    world_run(&w, w.now + 11 * SEC);
    ck_assert_int_eq(told.done, 1);
    if (calls[_i].says) {
        ck_assert_int_eq(told.code, KAFC_ERR_TIMED_OUT);
        ck_assert_msg(strstr(told.err.message, api) && strstr(told.err.message, calls[_i].says) &&
                          strstr(told.err.message, "group g"),
                      "%s", told.err.message);
    } else {
        ck_assert_int_eq(told.code, KAFC_OK);
        ck_assert_int_eq(mark.offset, KAFC_OFFSET_UNKNOWN);
    }
    ck_assert_int_lt(asked[calls[_i].api], 100);
    wrong.api = -1;
    world_run(&w, w.now + 5 * SEC);
    call.deadline = w.now + 10 * SEC;
    told.done = 0;
    kafc__group_call(group, &call);
    world_run(&w, w.now + 5 * SEC);
    ck_assert(told.done == 1 && told.code == KAFC_OK);
    ck_assert_int_eq(owner.owned, 1);
    end();
}
END_TEST

SUITE_LOOPS("core/group-hostile", 60, LOOP(nonsense_is_named_and_survived, 0, ROWS),
            LOOP(calls_end_and_say_what_was_wrong, 0, CALLS))
