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

SUITE_MAIN("mock-groups", 20, a_member_alone_in_every_version, members_come_and_go, sessions_end,
           who_does_not_join_again_is_out)
