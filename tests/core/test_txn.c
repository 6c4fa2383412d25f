/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The transaction machine by itself: its states, what errors mean to it, how
 * offsets become a request. What it does with brokers is in
 * tests/client/test_transactions.c.
 */
#include <check.h>
#include <string.h>

#include "core/txn_internal.h"
#include "tests/support/suite.h"

/* --- States ------------------------------------------------------------------------- */

enum { NO = -1 };
#define U KAFC_TXN_UNINITIALIZED
#define I KAFC_TXN_INITIALIZING
#define R KAFC_TXN_READY
#define T KAFC_TXN_IN_TRANSACTION
#define C KAFC_TXN_COMMITTING
#define A KAFC_TXN_ABORTING
#define B KAFC_TXN_BUMPING
#define E KAFC_TXN_ABORTABLE_ERROR
#define F KAFC_TXN_FATAL_ERROR

/* init begin commit abort identified ended stale reset failed fatal */
static const int matrix[KAFC_TXN_STATES][KAFC_TXN_EVENTS] = {
    [U] = { I, NO, NO, NO, NO, NO, NO, NO, NO, NO },
    [I] = { NO, NO, NO, NO, R, NO, NO, NO, E, F },
    [R] = { NO, T, NO, NO, NO, NO, NO, NO, NO, NO },
    [T] = { NO, NO, C, A, NO, NO, NO, NO, E, F },
    [C] = { NO, NO, NO, NO, NO, R, B, NO, E, F },
    [A] = { NO, NO, NO, NO, NO, R, B, U, E, F },
    [B] = { NO, NO, NO, NO, R, NO, NO, NO, E, F },
    [E] = { NO, NO, NO, A, NO, NO, NO, NO, NO, F },
    [F] = { NO, NO, NO, NO, NO, NO, NO, NO, NO, NO },
};

START_TEST(the_table_is_the_matrix)
{
    for (int s = 0; s < KAFC_TXN_STATES; s++)
        for (int e = 0; e < KAFC_TXN_EVENTS; e++)
            ck_assert_msg(kafc__txn_next_state((kafc_txn_state)s, (enum kafc_txn_event)e) ==
                              matrix[s][e],
                          "%s, event %d", kafc_txn_state_name((kafc_txn_state)s), e);
}
END_TEST

/* From every state that is no end, an abort or a commit leads back to READY, whatever happens but a fatal error. */
START_TEST(ready_can_be_reached_from_everywhere_but_the_end)
{
    for (int from = 0; from < KAFC_TXN_STATES; from++) {
        bool seen[KAFC_TXN_STATES] = { false };
        seen[from] = true;
        for (int round = 0; round < KAFC_TXN_STATES; round++)
            for (int s = 0; s < KAFC_TXN_STATES; s++)
                for (int e = 0; e < KAFC_TXN_EVENTS; e++)
                    if (seen[s] && e != KAFC_TXN_EV_FATAL && matrix[s][e] != NO)
                        seen[matrix[s][e]] = true;
        ck_assert_int_eq(seen[KAFC_TXN_READY], from != KAFC_TXN_FATAL_ERROR);
    }
}
END_TEST

START_TEST(states_have_names)
{
    ck_assert_str_eq(kafc_txn_state_name(KAFC_TXN_IN_TRANSACTION), "IN_TRANSACTION");
    ck_assert_str_eq(kafc_txn_state_name(KAFC_TXN_FATAL_ERROR), "FATAL_ERROR");
    ck_assert_str_eq(kafc_txn_state_name(KAFC_TXN_NONE), "NONE");
    ck_assert_str_eq(kafc_txn_state_name((kafc_txn_state)KAFC_TXN_STATES), "NONE");
}
END_TEST

/* --- Errors ------------------------------------------------------------------------- */

/* Of each API and code: tests/sim/test_txn_errors.c. */
START_TEST(codes_mean_what_the_api_means_by_them)
{
    ck_assert_int_eq(kafc__txn_class(10, KAFC_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED),
                     KAFC_TXN_ABORT);
    ck_assert_int_eq(kafc__txn_class(10, KAFC_ERR_GROUP_AUTHORIZATION_FAILED), KAFC_TXN_ABORT);
    ck_assert_int_eq(kafc__txn_class(10, KAFC_ERR_COORDINATOR_NOT_AVAILABLE), KAFC_TXN_RETRY);
    ck_assert_int_eq(kafc__txn_class(-1, KAFC_ERR_TIMED_OUT), KAFC_TXN_RETRY);
    ck_assert_int_eq(kafc__txn_class(-1, KAFC_ERR_UNSUPPORTED), KAFC_TXN_FATAL);
    ck_assert_int_eq(kafc__txn_class(26, (kafc_err)9999), KAFC_TXN_FATAL);
}
END_TEST

/* --- Offsets ------------------------------------------------------------------------- */

static struct kafc_arena arena;
static kafc_error err;

static kafc_err fill(struct kafc_txn_offset_commit_req *req, const kafc_group_metadata *g,
                     const kafc_offset *o, int32_t n)
{
    return kafc__txn_offsets_fill(req, g, o, n, &arena, &err);
}

START_TEST(offsets_stand_together_by_topic)
{
    kafc__arena_init(&arena, NULL, 0);
    struct kafc_membership m = { .member = "m-1", .generation = 7, .instance = "i" };
    kafc_group_metadata g = { .group = "g", .membership = &m };
    kafc_offset o[] = {
        { .topic = "a", .partition = 1, .offset = 10, .leader_epoch = 3, .metadata = "x" },
        { .topic = "b", .partition = 0, .offset = 0 },
        { .topic = "a", .partition = 0, .offset = 11, .leader_epoch = KAFC_ZERO },
        { .topic = "a", .partition = 2, .offset = 12, .leader_epoch = -1 },
    };
    struct kafc_txn_offset_commit_req r;
    ck_assert_int_eq(fill(&r, &g, o, 4), KAFC_OK);
    memset(o, 0x5a, sizeof o); /* nothing is borrowed */
    ck_assert_int_eq(r.topics.n, 2);
    ck_assert_int_eq(r.topics.v[0].partitions.n, 3);
    ck_assert_int_eq(r.topics.v[1].partitions.n, 1);
    ck_assert_int_eq(r.topics.v[0].partitions.v[0].committed_leader_epoch, 3);
    ck_assert_int_eq(r.topics.v[0].partitions.v[1].committed_leader_epoch, 0);
    ck_assert_int_eq(r.topics.v[0].partitions.v[2].committed_leader_epoch, -1);
    ck_assert_int_eq(r.topics.v[1].partitions.v[0].committed_leader_epoch, -1);
    ck_assert_int_eq(r.topics.v[0].partitions.v[2].committed_offset, 12);
    ck_assert(memcmp(r.topics.v[0].partitions.v[0].committed_metadata.p, "x", 2) == 0);
    ck_assert_int_eq(r.topics.v[0].partitions.v[1].committed_metadata.len, 0);
    ck_assert_int_eq(r.generation_id, 7);
    ck_assert(memcmp(r.member_id.p, "m-1", 4) == 0 && memcmp(r.group_instance_id.p, "i", 2) == 0);
    kafc__arena_fini(&arena);
}
END_TEST

/* Coordinators before 4.0 answer once for a partition, however often it was asked. */
START_TEST(of_a_partition_named_twice_the_later_offset_holds)
{
    kafc__arena_init(&arena, NULL, 0);
    kafc_group_metadata g = { .group = "g" };
    kafc_offset o[] = {
        { .topic = "a", .partition = 1, .offset = 10, .leader_epoch = 3, .metadata = "x" },
        { .topic = "a", .partition = 2, .offset = 20 },
        { .topic = "a", .partition = 1, .offset = 9 },
    };
    struct kafc_txn_offset_commit_req r;
    ck_assert_int_eq(fill(&r, &g, o, 3), KAFC_OK);
    ck_assert_int_eq(r.topics.n, 1);
    ck_assert_int_eq(r.topics.v[0].partitions.n, 2);
    ck_assert_int_eq(r.topics.v[0].partitions.v[0].committed_offset, 9);
    ck_assert_int_eq(r.topics.v[0].partitions.v[0].committed_leader_epoch, -1);
    ck_assert_int_eq(r.topics.v[0].partitions.v[0].committed_metadata.len, 0);
    ck_assert_int_eq(r.topics.v[0].partitions.v[1].partition_index, 2);
    kafc__arena_fini(&arena);
}
END_TEST

START_TEST(offsets_that_cannot_be_are_refused)
{
    kafc__arena_init(&arena, NULL, 0);
    kafc_group_metadata g = { .group = "g" }, none = { .group = "" };
    static const kafc_offset bad[] = {
        { .topic = NULL, .partition = 0, .offset = 1 },
        { .topic = "", .partition = 0, .offset = 1 },
        { .topic = "t", .partition = -1, .offset = 1 },
        { .topic = "t", .partition = 0, .offset = KAFC_OFFSET_UNKNOWN },
    };
    kafc_offset good = { .topic = "t", .partition = 0, .offset = 1 };
    struct kafc_txn_offset_commit_req r;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_int_eq(fill(&r, &g, &bad[i], 1), KAFC_ERR_USAGE);
    ck_assert_int_eq(fill(&r, &none, &good, 1), KAFC_ERR_USAGE);
    ck_assert_int_eq(fill(&r, NULL, &good, 1), KAFC_ERR_USAGE);
    ck_assert_int_eq(fill(&r, &g, &good, 1), KAFC_OK);
    ck_assert_int_eq(r.generation_id, -1);
    ck_assert_int_eq(r.member_id.len, 0);
    kafc__arena_fini(&arena);
}
END_TEST

SUITE_MAIN("core/txn", 10, the_table_is_the_matrix,
           ready_can_be_reached_from_everywhere_but_the_end, states_have_names,
           codes_mean_what_the_api_means_by_them, offsets_stand_together_by_topic,
           of_a_partition_named_twice_the_later_offset_holds, offsets_that_cannot_be_are_refused)
