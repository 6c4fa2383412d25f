/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The mock as the coordinator of classic groups: rounds of a rebalance,
 * sessions, static members, coordinators that move.
 */
#include "tests/mock/member.h"
#include "tests/support/suite.h"

#define IS(expr, code) ck_assert_int_eq((expr), (code))

enum { COMMIT = 8, BEAT = 4, LEAVE = 5 }; /* versions, where it does not matter */

/* A member that is alone and has an assignment. */
static void settle(struct member *m)
{
    kafc_err code;
    IS(member_join_now(m), KAFC_OK);
    ck_assert_str_eq(member_sync_now(m, "all", &code), "all");
    IS(code, KAFC_OK);
}

/* Two of them, the first one leads. */
static void settle_two(struct member *a, struct member *b)
{
    kafc_err code;
    settle(a);
    member_join(b);
    if (b->join_version >= 4 && !b->instance) {
        ck_assert(member_has_joined(b));
        member_join(b);
    }
    IS(member_beat(a, BEAT), KAFC_ERR_REBALANCE_IN_PROGRESS);
    member_join(a);
    ck_assert(member_has_joined(a));
    ck_assert(member_has_joined(b));
    ck_assert(member_leads(a));
    ck_assert_int_eq(a->joined.members.n, 2);
    ck_assert_int_eq(b->joined.members.n, 0);
    member_sync(b, "");
    ck_assert(!member_has_synced(b));
    ck_assert_str_eq(member_sync_now(a, "half,rest", &code), "half");
    ck_assert(member_has_synced(b));
    ck_assert_mem_eq(b->synced.assignment.p, "rest", 4);
    IS(club_look(a->club).state, KAFC_MOCK_GROUP_STABLE);
}

START_TEST(a_member_alone_in_every_version)
{
    for (int16_t v = 0; v <= 9; v++) {
        struct club c;
        struct member m;
        kafc_err code;
        club_open(&c, NULL);
        member_init(&m, &c);
        m.join_version = v;
        m.sync_version = v < 5 ? v : 5;
        member_join(&m);
        ck_assert(member_has_joined(&m));
        IS(m.joined.error_code, v < 4 ? KAFC_OK : KAFC_ERR_MEMBER_ID_REQUIRED);
        ck_assert_int_eq(strncmp(m.id, "ask-", 4), 0);
        if (v >= 4) {
            IS(club_look(&c).pending, 1);
            IS(member_join_now(&m), KAFC_OK);
        }
        IS(m.generation, 1);
        ck_assert(member_leads(&m));
        ck_assert_mem_eq(m.joined.protocol_name.p, "range", 5);
        ck_assert_int_eq(m.joined.members.n, 1);
        ck_assert_mem_eq(m.joined.members.v[0].metadata.p, "range 0", 7);
        ck_assert(!m.joined.skip_assignment);
        IS(club_look(&c).state, KAFC_MOCK_GROUP_COMPLETING);
        ck_assert_str_eq(club_look(&c).leader, m.id);
        ck_assert_str_eq(club_look(&c).protocol, "range");
        ck_assert_str_eq(member_sync_now(&m, "all", &code), "all");
        IS(code, KAFC_OK);
        IS(club_look(&c).state, KAFC_MOCK_GROUP_STABLE);
        ck_assert_str_eq(member_sync_now(&m, "", &code), "all"); /* again */
        IS(member_beat(&m, v < 4 ? v : 4), KAFC_OK);
        IS(member_commit(&m, v < 6 ? v + 2 : 8, 5), KAFC_OK);
        IS(member_leave(&m, v < 5 ? v : 5), KAFC_OK);
        IS(club_look(&c).state, KAFC_MOCK_GROUP_EMPTY);
        IS(club_look(&c).generation, 2);
        IS(club_look(&c).offsets, 1);
        IS(member_leave(&m, v < 5 ? v : 5), KAFC_ERR_UNKNOWN_MEMBER_ID);
        IS(member_beat(&m, 0), KAFC_ERR_UNKNOWN_MEMBER_ID);
        club_close(&c);
    }
}
END_TEST

START_TEST(members_come_and_go)
{
    struct club c;
    struct member a, b;
    kafc_err code;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    settle_two(&a, &b);
    IS(a.generation, 2);
    IS(member_beat(&a, BEAT), KAFC_OK);
    /* The leader may join again to begin a round, another member only with something new. */
    member_join(&b);
    ck_assert(member_has_joined(&b));
    IS(b.joined.error_code, KAFC_OK);
    IS(b.generation, 2);
    ck_assert_str_eq(member_sync_now(&b, "", &code), "rest");
    b.metadata = 1;
    member_join(&b);
    ck_assert(!member_has_joined(&b));
    IS(club_look(&c).state, KAFC_MOCK_GROUP_PREPARING);
    IS(club_look(&c).waiting, 1);
    IS(member_commit(&a, COMMIT, 7), KAFC_OK); /* still its own, until it joins */
    member_join(&a);
    ck_assert(member_has_joined(&a));
    ck_assert(member_has_joined(&b));
    ck_assert_mem_eq(a.joined.members.v[1].metadata.p, "range 1", 7);
    IS(member_commit(&a, COMMIT, 7), KAFC_ERR_REBALANCE_IN_PROGRESS);
    /* An answer that was lost: the same again. */
    member_join(&a);
    ck_assert(member_has_joined(&a));
    IS(a.generation, 3);
    ck_assert_int_eq(a.joined.members.n, 2);
    a.generation--;
    member_sync_now(&a, "", &code);
    IS(code, KAFC_ERR_ILLEGAL_GENERATION);
    IS(member_beat(&a, BEAT), KAFC_ERR_ILLEGAL_GENERATION);
    IS(member_commit(&a, COMMIT, 7), KAFC_ERR_ILLEGAL_GENERATION);
    a.generation++;
    /* One leaves while the other waits for its assignment. */
    member_sync(&b, "");
    IS(member_leave(&a, LEAVE), KAFC_OK);
    ck_assert(member_has_synced(&b));
    IS(b.synced.error_code, KAFC_ERR_REBALANCE_IN_PROGRESS);
    IS(member_join_now(&b), KAFC_OK);
    ck_assert(member_leads(&b));
    IS(b.generation, 4);
    club_close(&c);
}
END_TEST

START_TEST(sessions_end)
{
    struct club c;
    struct member a, b;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    b.session_ms = 6000;
    settle_two(&a, &b);
    club_wait(&c, 5999);
    IS(member_beat(&b, BEAT), KAFC_OK);
    club_wait(&c, 5999);
    IS(club_look(&c).members, 1); /* a has said nothing for 11 s */
    IS(club_look(&c).state, KAFC_MOCK_GROUP_PREPARING);
    IS(member_beat(&a, BEAT), KAFC_ERR_UNKNOWN_MEMBER_ID);
    IS(member_beat(&b, BEAT), KAFC_ERR_REBALANCE_IN_PROGRESS);
    IS(member_join_now(&b), KAFC_OK);
    ck_assert(member_leads(&b));
    club_wait(&c, 6000);
    IS(club_look(&c).members, 0);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_EMPTY);
    IS(kafc__cluster_deadline(c.a.c) == INT64_MAX, true);
    club_close(&c);
}
END_TEST

START_TEST(who_does_not_join_again_is_out)
{
    struct club c;
    struct member a, b;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    a.session_ms = b.session_ms = 60000;
    settle_two(&a, &b);
    b.metadata = 1;
    member_join(&b);
    club_wait(&c, 19999);
    ck_assert(!member_has_joined(&b));
    club_wait(&c, 1);
    ck_assert(member_has_joined(&b));
    IS(b.joined.error_code, KAFC_OK);
    ck_assert(member_leads(&b)); /* a led */
    IS(member_beat(&a, BEAT), KAFC_ERR_UNKNOWN_MEMBER_ID);
    /* Nor may one be silent in between. */
    club_wait(&c, 19999);
    IS(club_look(&c).members, 1);
    club_wait(&c, 1);
    IS(club_look(&c).members, 0);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_EMPTY);
    club_close(&c);
}
END_TEST

START_TEST(protocols_are_voted_for)
{
    struct club c;
    struct member m[3];
    club_open(&c, KAFC_MOCK(.brokers = 1, .group_initial_delay_ms = 100));
    for (int i = 0; i < 3; i++) {
        member_init(&m[i], &c);
        m[i].join_version = 3;
    }
    m[0].protocols = "a,b,c";
    m[1].protocols = "d,c,b";
    m[2].protocols = "b,a,c";
    for (int i = 0; i < 3; i++)
        member_join(&m[i]);
    club_wait(&c, 100); /* two have come since the first one: once more */
    ck_assert(!member_has_joined(&m[0]));
    club_wait(&c, 100);
    for (int i = 0; i < 3; i++) {
        ck_assert(member_has_joined(&m[i]));
        IS(m[i].joined.error_code, KAFC_OK);
        ck_assert_mem_eq(m[i].joined.protocol_name.p, "b",
                         1); /* b: two votes, c: one, a and d are not candidates */
        IS(m[i].generation, 1);
    }
    m[1].protocols = "d,a";
    member_join(&m[1]);
    ck_assert(member_has_joined(&m[1]));
    IS(m[1].joined.error_code, KAFC_ERR_INCONSISTENT_GROUP_PROTOCOL);
    IS(m[1].generation, -1);
    club_close(&c);
}
END_TEST

START_TEST(an_empty_group_waits_for_more)
{
    struct club c;
    struct member m[4];
    club_open(&c, KAFC_MOCK(.brokers = 1, .group_initial_delay_ms = 3000));
    for (int i = 0; i < 4; i++) {
        member_init(&m[i], &c);
        m[i].rebalance_ms = 7000;
        m[i].join_version = 3;
    }
    for (int i = 0; i < 3;
         i++) { /* one comes each 2.5 s: at 3 and 6 s there were some, 7 s is the end */
        member_join(&m[i]);
        club_wait(&c, 2500);
        IS(club_look(&c).state, i < 2 ? KAFC_MOCK_GROUP_PREPARING : KAFC_MOCK_GROUP_COMPLETING);
    }
    for (int i = 0; i < 3; i++)
        ck_assert(member_has_joined(&m[i]));
    IS(m[2].generation, 1);
    member_join(&m[3]); /* no delay now, but for the others */
    for (int i = 0; i < 3; i++)
        member_join(&m[i]);
    for (int i = 0; i < 4; i++) {
        ck_assert(member_has_joined(&m[i]));
        IS(m[i].generation, 2);
    }
    club_close(&c);
}
END_TEST

START_TEST(ids_that_nobody_joins_with)
{
    struct club c;
    struct member a, b;
    kafc_err code;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    settle(&a);
    member_join(&b);
    ck_assert(member_has_joined(&b));
    IS(b.joined.error_code, KAFC_ERR_MEMBER_ID_REQUIRED);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_STABLE); /* so far it is no member */
    IS(member_beat(&b, BEAT), KAFC_ERR_UNKNOWN_MEMBER_ID);
    a.metadata = 1;
    member_join(&a);
    ck_assert(!member_has_joined(&a)); /* but is waited for */
    IS(member_leave(&b, LEAVE), KAFC_OK);
    ck_assert(member_has_joined(&a));
    ck_assert_str_eq(member_sync_now(&a, "x", &code), "x");
    member_join(&b); /* its id is gone */
    ck_assert(member_has_joined(&b));
    IS(b.joined.error_code, KAFC_ERR_UNKNOWN_MEMBER_ID);
    b.id[0] = '\0';
    member_join(&b);
    ck_assert(member_has_joined(&b));
    a.metadata = 2;
    member_join(&a);
    club_wait(&c, 9999);
    ck_assert(!member_has_joined(&a));
    club_wait(&c, 1); /* the session of the id has ended */
    ck_assert(member_has_joined(&a));
    IS(club_look(&c).pending, 0);
    club_close(&c);
}
END_TEST

/* In version 8 a static leader that is back is not told that it leads; in 9 it is told not to assign anything. */
START_TEST(static_members_come_back)
{
    for (int16_t v = 5; v <= 9; v++) {
        struct club c;
        struct member a, b, again;
        kafc_err code;
        club_open(&c, NULL);
        member_init(&a, &c);
        member_init(&b, &c);
        a.instance = "one";
        b.instance = "two";
        a.join_version = b.join_version = v;
        settle_two(&a, &b);
        ck_assert_mem_eq(a.joined.members.v[1].group_instance_id.p, "two", 3);
        ck_assert_int_eq(strncmp(b.id, "two-", 4), 0);
        for (int leader = 0; leader < 2; leader++) {
            struct member *old = leader ? &a : &b;
            member_init(&again, &c);
            again.instance = old->instance;
            again.join_version = v;
            again.metadata = 5; /* not looked at */
            IS(member_join_now(&again), KAFC_OK);
            IS(again.generation, 2);
            IS(club_look(&c).state, KAFC_MOCK_GROUP_STABLE);
            IS(club_look(&c).members, 2);
            ck_assert_str_ne(again.id, old->id);
            IS(again.joined.skip_assignment, v == 9 && leader);
            IS(member_leads(&again), v == 9 && leader);
            IS(again.joined.members.n, v == 9 && leader ? 2 : 0);
            if (v < 9)
                ck_assert_mem_eq(again.joined.leader.p, a.id, strlen(a.id));
            ck_assert_str_eq(member_sync_now(&again, "", &code), leader ? "half" : "rest");
            IS(member_beat(&again, BEAT), KAFC_OK);
            IS(member_beat(old, 3), KAFC_ERR_FENCED_INSTANCE_ID);
            IS(member_beat(old, 2), KAFC_ERR_UNKNOWN_MEMBER_ID);
            IS(member_commit(old, COMMIT, 1), KAFC_ERR_FENCED_INSTANCE_ID);
            IS(member_commit(&again, COMMIT, 1), KAFC_OK);
            member_sync_now(old, "", &code);
            IS(code, KAFC_ERR_FENCED_INSTANCE_ID);
            IS(member_join_now(old), KAFC_ERR_FENCED_INSTANCE_ID);
            IS(member_leave(old, LEAVE), KAFC_ERR_FENCED_INSTANCE_ID);
        }
        again.id[0] = '\0'; /* an administrator's way, by the instance alone */
        IS(member_leave(&again, LEAVE), KAFC_OK);
        IS(member_leave(&again, LEAVE), KAFC_ERR_UNKNOWN_MEMBER_ID);
        IS(club_look(&c).members, 1);
        club_close(&c);
    }
}
END_TEST

START_TEST(a_static_member_comes_back_in_the_middle)
{
    struct club c;
    struct member a, b, again;
    kafc_err code;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    member_init(&again, &c);
    b.instance = again.instance = "two";
    settle_two(&a, &b);
    a.metadata = 1;
    member_join(&a); /* a round begins */
    member_join(&b);
    ck_assert(member_has_joined(&a));
    ck_assert(member_has_joined(&b));
    member_sync(&b, "");
    member_join(&again); /* the leader knows the former id: the next round */
    ck_assert(member_has_synced(&b));
    IS(b.synced.error_code, KAFC_ERR_FENCED_INSTANCE_ID);
    ck_assert(!member_has_joined(&again));
    member_sync_now(&a, "x,y", &code);
    IS(code, KAFC_ERR_REBALANCE_IN_PROGRESS);
    b.id[0] = '\0';
    member_join(&b); /* and back, while the other waits */
    ck_assert(member_has_joined(&again));
    IS(again.joined.error_code, KAFC_ERR_FENCED_INSTANCE_ID);
    member_join(&a);
    ck_assert(member_has_joined(&b));
    ck_assert(member_has_joined(&a));
    IS(a.generation, 4);
    /* A round does not drop it, its session does. */
    ck_assert_str_eq(member_sync_now(&a, "x,y", &code), "x");
    a.metadata = 2;
    a.session_ms = 60000;
    a.rebalance_ms = b.rebalance_ms = 5000;
    member_join(&a);
    club_wait(&c, 9999);
    IS(club_look(&c).members, 2);
    club_wait(&c, 1);
    IS(club_look(&c).members, 1);
    ck_assert(member_has_joined(&a));
    club_close(&c);
}
END_TEST

START_TEST(sizes_and_sessions_have_bounds)
{
    struct club c;
    struct member m[3];
    club_open(&c, KAFC_MOCK(.brokers = 1, .group_max_size = 2, .group_min_session_ms = 100,
                            .group_max_session_ms = 20000));
    for (int i = 0; i < 3; i++)
        member_init(&m[i], &c);
    m[2].session_ms = 99;
    IS(member_join_now(&m[2]), KAFC_ERR_INVALID_SESSION_TIMEOUT);
    m[2].session_ms = 20001;
    IS(member_join_now(&m[2]), KAFC_ERR_INVALID_SESSION_TIMEOUT);
    m[2].session_ms = 100;
    settle_two(&m[0], &m[1]);
    IS(member_join_now(&m[2]), KAFC_ERR_GROUP_MAX_SIZE_REACHED);
    ck_assert_str_eq(m[2].id, "");
    IS(member_leave(&m[1], LEAVE), KAFC_OK);
    member_join(&m[2]);
    ck_assert(member_has_joined(&m[2]));
    IS(m[2].joined.error_code, KAFC_ERR_MEMBER_ID_REQUIRED);
    club_close(&c);
}
END_TEST

START_TEST(connections_end_while_members_wait)
{
    struct club c;
    struct member a, b;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    settle_two(&a, &b);
    b.metadata = 1;
    member_join(&b);
    member_gone(&b); /* it has joined all the same */
    IS(club_look(&c).waiting, 1);
    IS(member_join_now(&a), KAFC_OK);
    IS(a.joined.members.n, 2);
    b.conn = kafc__cluster_open(c.a.c, 1);
    member_join(&b); /* asks again, and is told */
    ck_assert(member_has_joined(&b));
    IS(b.joined.error_code, KAFC_OK);
    IS(b.generation, a.generation);
    member_sync(&b, "");
    member_gone(&b);
    b.conn = kafc__cluster_open(c.a.c, 1);
    member_sync(&b, ""); /* twice: the first connection gets no answer any more */
    member_sync(&a, "x,y");
    ck_assert(member_has_synced(&a));
    ck_assert(member_has_synced(&b));
    ck_assert_mem_eq(b.synced.assignment.p, "y", 1);
    club_close(&c);
}
END_TEST

START_TEST(coordinators_move)
{
    struct club c;
    struct member a, b;
    kafc_err code;
    int32_t to;
    club_open(&c, KAFC_MOCK(.brokers = 2, .coordinator_load_ms = 50));
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 1), KAFC_OK);
    club_wait(&c, 50);
    member_init(&a, &c);
    member_init(&b, &c);
    settle_two(&a, &b);
    b.metadata = 1;
    member_join(&b);
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 2), KAFC_OK);
    ck_assert(member_has_joined(&b));
    IS(b.joined.error_code, KAFC_ERR_NOT_COORDINATOR);
    IS(member_beat(&a, BEAT), KAFC_ERR_NOT_COORDINATOR);
    IS(member_commit(&a, COMMIT, 1), KAFC_ERR_NOT_COORDINATOR);
    IS(member_leave(&a, LEAVE), KAFC_ERR_NOT_COORDINATOR);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_STABLE); /* the round has never been */
    for (to = 0; to < 2; to++) {
        struct member *m = to ? &b : &a;
        member_gone(m);
        m->conn = kafc__cluster_open(c.a.c, 2);
        m->generation = 2;
    }
    IS(member_beat(&a, BEAT), KAFC_OK); /* it loads */
    a.generation = 1;
    IS(member_beat(&a, BEAT), KAFC_OK);
    a.generation = 2;
    IS(member_commit(&a, COMMIT, 1), KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    IS(member_join_now(&b), KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    member_sync_now(&a, "", &code);
    IS(code, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS);
    club_wait(&c, 50);
    IS(member_commit(&a, COMMIT, 1), KAFC_OK);
    a.generation = 1;
    IS(member_beat(&a, BEAT), KAFC_ERR_ILLEGAL_GENERATION);
    a.generation = 2;
    ck_assert_str_eq(member_sync_now(&a, "", &code), "half");
    club_wait(&c, 9999); /* sessions began again when it was there */
    IS(club_look(&c).members, 2);
    /* Nobody coordinates: nobody's session ends. */
    IS(member_beat(&a, BEAT), KAFC_OK);
    IS(member_beat(&b, BEAT), KAFC_ERR_ILLEGAL_GENERATION);
    b.generation = 2;
    IS(member_beat(&b, BEAT), KAFC_OK);
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", -1), KAFC_OK);
    club_wait(&c, 100000);
    IS(club_look(&c).members, 2);
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 2), KAFC_OK);
    club_wait(&c, 50);
    /* A member is gone in a round that was never over: the others must join again. */
    IS(member_leave(&a, LEAVE), KAFC_OK);
    member_join(&b);
    ck_assert(member_has_joined(&b));
    IS(b.generation, 3);
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 2), KAFC_OK);
    club_wait(&c, 50);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_PREPARING);
    IS(club_look(&c).generation, 2);
    b.generation = 2;
    IS(member_beat(&b, BEAT), KAFC_ERR_REBALANCE_IN_PROGRESS);
    IS(member_join_now(&b), KAFC_OK);
    IS(b.generation, 3);
    club_close(&c);
}
END_TEST

START_TEST(a_coordinator_dies)
{
    struct club c;
    struct member a, b;
    club_open(&c, KAFC_MOCK(.brokers = 2, .failover_ms = 60000));
    IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 1), KAFC_OK);
    member_init(&a, &c);
    member_init(&b, &c);
    settle_two(&a, &b);
    IS(kafc__cluster_stop(c.a.c, 1), KAFC_OK);
    club_wait(&c, 50000); /* while nobody coordinates, no session ends */
    IS(club_look(&c).members, 2);
    IS(kafc__cluster_start(c.a.c, 1), KAFC_OK);
    member_gone(&a);
    a.conn = kafc__cluster_open(c.a.c, 1);
    club_wait(&c, 9999); /* and those that were open have begun again */
    IS(member_beat(&a, BEAT), KAFC_OK);
    club_wait(&c, 1);
    IS(club_look(&c).members, 1);
    /* Stopped for good, another one takes over. */
    IS(member_join_now(&a), KAFC_OK);
    IS(kafc__cluster_stop(c.a.c, 1), KAFC_OK);
    club_wait(&c, 60000);
    IS(kafc__cluster_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g"), 2);
    IS(club_look(&c).generation, 2); /* the round was not over */
    IS(club_look(&c).state, KAFC_MOCK_GROUP_PREPARING);
    member_gone(&a);
    a.conn = kafc__cluster_open(c.a.c, 2);
    IS(member_join_now(&a), KAFC_OK);
    IS(a.generation, 3);
    club_close(&c);
}
END_TEST

/* The answer is lost, what was asked has happened. */
static void cut(void *ctx, const kafc_mock_request *rq, kafc_mock_answer *a)
{
    (void)ctx;
    (void)rq;
    a->act = KAFC_MOCK_PASS_CUT;
}

START_TEST(answers_are_lost)
{
    struct club c;
    struct member a, b;
    kafc_err code;
    club_open(&c, NULL);
    member_init(&a, &c);
    member_init(&b, &c);
    settle_two(&a, &b);
    a.metadata = 1;
    IS(kafc__cluster_hook(c.a.c, KAFC_API_JOIN_GROUP, cut, NULL), KAFC_OK);
    member_join(&a);
    ck_assert(!member_has_joined(&a));
    ck_assert(kafc__cluster_closing(c.a.c, a.conn));
    IS(kafc__cluster_hook(c.a.c, KAFC_API_JOIN_GROUP, NULL, NULL), KAFC_OK);
    member_gone(&a);
    a.conn = kafc__cluster_open(c.a.c, 1);
    IS(member_join_now(&b), KAFC_OK); /* a has joined */
    IS(b.generation, 3);
    IS(member_join_now(&a), KAFC_OK);
    IS(a.generation, 3);
    ck_assert_int_eq(a.joined.members.n, 2);
    IS(kafc__cluster_hook(c.a.c, KAFC_API_SYNC_GROUP, cut, NULL), KAFC_OK);
    member_sync(&a, "x,y");
    ck_assert(!member_has_synced(&a));
    IS(kafc__cluster_hook(c.a.c, KAFC_API_SYNC_GROUP, NULL, NULL), KAFC_OK);
    member_gone(&a);
    a.conn = kafc__cluster_open(c.a.c, 1);
    ck_assert_str_eq(member_sync_now(&b, "", &code), "y");
    ck_assert_str_eq(member_sync_now(&a, "", &code), "x");
    club_close(&c);
}
END_TEST

START_TEST(former_releases)
{
    static const struct {
        const char *name;
        int16_t join, sync;
        kafc_err loading;
    } releases[] = { { "0.9", 0, 0, KAFC_ERR_REBALANCE_IN_PROGRESS },
                     { "0.10.1", 1, 0, KAFC_ERR_REBALANCE_IN_PROGRESS },
                     { "1.1", 2, 1, KAFC_ERR_REBALANCE_IN_PROGRESS },
                     { "2.1", 3, 2, KAFC_ERR_REBALANCE_IN_PROGRESS },
                     { "2.8", 7, 5, KAFC_ERR_REBALANCE_IN_PROGRESS },
                     { NULL, 9, 5, KAFC_ERR_COORDINATOR_LOAD_IN_PROGRESS } };
    for (size_t i = 0; i < sizeof(releases) / sizeof(*releases); i++) {
        struct club c;
        struct member m;
        kafc_err code;
        club_open(&c,
                  KAFC_MOCK(.brokers = 1, .release = releases[i].name, .coordinator_load_ms = 50));
        member_init(&m, &c);
        m.join_version = releases[i].join;
        m.sync_version = releases[i].sync;
        settle(&m);
        IS(kafc__cluster_set_coordinator(c.a.c, KAFC_MOCK_GROUPS, "g", 1), KAFC_OK);
        member_sync_now(&m, "", &code);
        IS(code, releases[i].loading);
        m.join_version++;
        if (releases[i].name) {
            member_join(&m);
            ck_assert(kafc__cluster_closing(c.a.c, m.conn));
        }
        club_close(&c);
    }
}
END_TEST

START_TEST(tests_may_kick_and_rebalance)
{
    struct club c;
    struct member a, b;
    club_open(&c, NULL);
    IS(kafc__cluster_kick(c.a.c, "g", NULL), KAFC_ERR_GROUP_ID_NOT_FOUND);
    IS(kafc__cluster_rebalance(c.a.c, "g"), KAFC_ERR_GROUP_ID_NOT_FOUND);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_DEAD);
    member_init(&a, &c);
    member_init(&b, &c);
    settle_two(&a, &b);
    IS(kafc__cluster_rebalance(c.a.c, "g"), KAFC_OK);
    IS(member_beat(&a, BEAT), KAFC_ERR_REBALANCE_IN_PROGRESS);
    member_join(&a);
    member_join(&b);
    ck_assert(member_has_joined(&a));
    ck_assert(member_has_joined(&b));
    member_sync(&b, "");
    IS(kafc__cluster_kick(c.a.c, "g", b.id), KAFC_OK);
    ck_assert(member_has_synced(&b));
    IS(b.synced.error_code, KAFC_ERR_UNKNOWN_MEMBER_ID);
    IS(kafc__cluster_kick(c.a.c, "g", b.id), KAFC_ERR_UNKNOWN_MEMBER_ID);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_PREPARING);
    IS(kafc__cluster_kick(c.a.c, "g", NULL), KAFC_OK);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_EMPTY);
    IS(kafc__cluster_rebalance(c.a.c, "g"), KAFC_OK);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_EMPTY);
    club_close(&c);
}
END_TEST

START_TEST(errors_are_forced)
{
    static const int16_t apis[] = { KAFC_API_JOIN_GROUP, KAFC_API_SYNC_GROUP, KAFC_API_HEARTBEAT,
                                    KAFC_API_LEAVE_GROUP };
    struct club c;
    struct member m;
    kafc_err code;
    club_open(&c, NULL);
    for (size_t i = 0; i < sizeof(apis) / sizeof(*apis); i++)
        IS(kafc__cluster_push_error(c.a.c, apis[i], KAFC_ERR_GROUP_AUTHORIZATION_FAILED, 1),
           KAFC_OK);
    member_init(&m, &c);
    IS(member_join_now(&m), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(club_look(&c).state, KAFC_MOCK_GROUP_DEAD);
    IS(member_join_now(&m), KAFC_OK);
    member_sync_now(&m, "x", &code);
    IS(code, KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    ck_assert_str_eq(member_sync_now(&m, "x", &code), "x");
    IS(member_beat(&m, BEAT), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(member_beat(&m, BEAT), KAFC_OK);
    IS(member_leave(&m, LEAVE), KAFC_ERR_GROUP_AUTHORIZATION_FAILED);
    IS(club_look(&c).members, 1);
    club_close(&c);
}
END_TEST

SUITE_MAIN("mock-groups", 20, a_member_alone_in_every_version, members_come_and_go, sessions_end,
           who_does_not_join_again_is_out, protocols_are_voted_for, an_empty_group_waits_for_more,
           ids_that_nobody_joins_with, static_members_come_back,
           a_static_member_comes_back_in_the_middle, sizes_and_sessions_have_bounds,
           connections_end_while_members_wait, coordinators_move, a_coordinator_dies,
           answers_are_lost, former_releases, tests_may_kick_and_rebalance, errors_are_forced)
