/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The machine of classic groups by itself: its table of states, what errors
 * mean to it, sets of partitions. What it does with coordinators is in
 * tests/sim/test_group.c.
 */
#include <stdio.h>
#include <string.h>

#include "core/group_internal.h"
#include "tests/support/suite.h"

/* --- States ----------------------------------------------------------------------------- */

#define I 1u << KAFC_GROUP_IDLE
#define F 1u << KAFC_GROUP_FINDING
#define J 1u << KAFC_GROUP_JOINING
#define Y 1u << KAFC_GROUP_SYNCING
#define S 1u << KAFC_GROUP_STABLE
#define V 1u << KAFC_GROUP_REVOKING
#define T 1u << KAFC_GROUP_RETIRING
#define L 1u << KAFC_GROUP_LEAVING
#define A 1u << KAFC_GROUP_AWAY
#define B 1u << KAFC_GROUP_BROKEN
#define X 1u << KAFC_GROUP_STOPPED

#define EV(e) [KAFC_GROUP_EV_##e]

/* Where nothing stands, the event means nothing. */
static const unsigned matrix[KAFC_GROUP_STATES][KAFC_GROUP_EVENTS] = {
    [KAFC_GROUP_IDLE] = { EV(BEGIN) = F | J, EV(STOP) = X },
    [KAFC_GROUP_FINDING] = { EV(FOUND) = J, EV(GONE) = A, EV(LEAVE) = T | L, EV(FATAL) = B },
    [KAFC_GROUP_JOINING] = { EV(UNFOUND) = F, EV(NAMED) = J, EV(JOINED) = Y, EV(EXPELLED) = F | J,
                             EV(GONE) = A, EV(LEAVE) = T | L, EV(FATAL) = B },
    [KAFC_GROUP_SYNCING] = { EV(UNFOUND) = F, EV(SYNCED) = S | V, EV(REBALANCE) = F | J | V,
                             EV(EXPELLED) = F | J, EV(GONE) = A, EV(LEAVE) = T | L, EV(FATAL) = B },
    [KAFC_GROUP_STABLE] = { EV(REBALANCE) = F | J | V, EV(EXPELLED) = F | J, EV(GONE) = A,
                            EV(LEAVE) = T | L, EV(FATAL) = B },
    [KAFC_GROUP_REVOKING] = { EV(EXPELLED) = F | J, EV(SETTLED) = F | J, EV(GONE) = A,
                              EV(LEAVE) = T | L, EV(FATAL) = B },
    [KAFC_GROUP_RETIRING] = { EV(EXPELLED) = L, EV(SETTLED) = L, EV(GONE) = L, EV(FATAL) = L },
    [KAFC_GROUP_LEAVING] = { EV(LEFT) = I },
    [KAFC_GROUP_AWAY] = { EV(BACK) = F | J, EV(LEAVE) = I },
    [KAFC_GROUP_BROKEN] = { EV(BEGIN) = F | J, EV(LEAVE) = I },
    [KAFC_GROUP_STOPPED] = { 0 },
};

START_TEST(the_table_is_the_matrix)
{
    for (int s = 0; s < KAFC_GROUP_STATES; s++)
        for (int e = 0; e < KAFC_GROUP_EVENTS; e++)
            ck_assert_msg(kafc__group_next_states((enum kafc_group_state)s,
                                                  (enum kafc_group_event)e) == matrix[s][e],
                          "%s, event %d", kafc__group_name_of((enum kafc_group_state)s), e);
}
END_TEST

static unsigned reached(unsigned from, unsigned events)
{
    for (int round = 0; round < KAFC_GROUP_STATES; round++)
        for (int s = 0; s < KAFC_GROUP_STATES; s++)
            for (int e = 0; e < KAFC_GROUP_EVENTS; e++)
                if (from & 1u << s && events & 1u << e)
                    from |= matrix[s][e];
    return from;
}

START_TEST(every_state_can_be_reached)
{
    ck_assert_uint_eq(reached(I, ~0u), (1u << KAFC_GROUP_STATES) - 1);
}
END_TEST

/* Of what the owner, the caller and the clock do by themselves nothing else is needed. */
START_TEST(a_stop_leads_to_the_end_from_everywhere)
{
    unsigned own = 1u << KAFC_GROUP_EV_LEAVE | 1u << KAFC_GROUP_EV_SETTLED |
                   1u << KAFC_GROUP_EV_LEFT | 1u << KAFC_GROUP_EV_STOP;
    for (int s = 0; s < KAFC_GROUP_STATES; s++) {
        unsigned last = X;
        ck_assert_msg(reached(1u << s, own) & last, "%s",
                      kafc__group_name_of((enum kafc_group_state)s));
    }
}
END_TEST

/* --- Errors -------------------------------------------------------------------------------- */

#define AGAIN  KAFC_GROUP_AGAIN
#define FIND   KAFC_GROUP_FIND
#define FATAL  KAFC_GROUP_FATAL
#define TOLD   KAFC_GROUP_TOLD
#define STALE  KAFC_GROUP_STALE
#define LOST   KAFC_GROUP_UNKNOWN
#define REJOIN KAFC_GROUP_REJOIN
#define FINE   KAFC_GROUP_FINE
enum { NONE = -1 };

static const int apis[] = { 10, 11, 14, 12, 8, 9, 13 };
/* clang-format off */
static const struct {
    int code, what[7];
} meaning[] = {
    /*       find   join             sync    beat    commit  fetch  leave */
    { 0,   { FINE,  FINE,            FINE,   FINE,   FINE,   FINE,  FINE } },
    { 14,  { AGAIN, AGAIN,           AGAIN,  AGAIN,  AGAIN,  AGAIN, NONE } },
    { 15,  { AGAIN, FIND,            FIND,   FIND,   FIND,   FIND,  FIND } },
    { 16,  { AGAIN, FIND,            FIND,   FIND,   FIND,   FIND,  FIND } },
    { 22,  { NONE,  STALE,           STALE,  STALE,  STALE,  TOLD,  FINE } },
    { 25,  { NONE,  LOST,            LOST,   LOST,   LOST,   TOLD,  FINE } },
    { 27,  { NONE,  AGAIN,           REJOIN, REJOIN, REJOIN, TOLD,  FINE } },
    { 79,  { NONE,  KAFC_GROUP_NAME, NONE,   NONE,   NONE,   NONE,  NONE } },
    { 82,  { FATAL, FATAL,           FATAL,  FATAL,  FATAL,  TOLD,  FINE } },
    { 23,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 24,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 26,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 30,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 81,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 35,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 3,   { NONE,  NONE,            NONE,   NONE,   AGAIN,  TOLD,  NONE } },
    { 7,   { AGAIN, AGAIN,           AGAIN,  AGAIN,  FIND,   AGAIN, NONE } },
    { 12,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 28,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 29,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 88,  { AGAIN, AGAIN,           AGAIN,  AGAIN,  AGAIN,  AGAIN, NONE } },
    { 113, { NONE,  REJOIN,          REJOIN, REJOIN, TOLD,   TOLD,  FINE } },
    { -1,  { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
    { 999, { FATAL, FATAL,           FATAL,  FATAL,  TOLD,   TOLD,  FINE } },
};
/* clang-format on */

START_TEST(every_row_of_the_errors)
{
    for (size_t i = 0; i < sizeof meaning / sizeof meaning[0]; i++)
        for (int a = 0; a < 7; a++)
            ck_assert_msg(
                meaning[i].what[a] == NONE ||
                    (int)kafc__group_reaction((int16_t)apis[a], (kafc_err)meaning[i].code) ==
                        meaning[i].what[a],
                "code %d of API %d: %d", meaning[i].code, apis[a],
                (int)kafc__group_reaction((int16_t)apis[a], (kafc_err)meaning[i].code));
    static const kafc_err transport[] = { KAFC_ERR_TIMED_OUT, KAFC_ERR_DISCONNECTED,
                                          KAFC_ERR_CONNECT, KAFC_ERR_BROKER_NOT_AVAILABLE,
                                          KAFC_ERR_PROTOCOL };
    for (size_t i = 0; i < sizeof transport / sizeof transport[0]; i++)
        ck_assert_int_eq(kafc__group_reaction(-1, transport[i]), FIND);
    ck_assert_int_eq(kafc__group_reaction(-1, KAFC_ERR_UNSUPPORTED), FATAL);
    ck_assert_int_eq(kafc__group_reaction(-1, KAFC_ERR_NO_MEMORY), AGAIN);
}
END_TEST

/* --- Sets ------------------------------------------------------------------------------------- */

START_TEST(a_set_is_sorted_once_each_and_gives_up_its_tail)
{
    int32_t some[] = { 3, 1, 3 }, other[] = { 0 };
    struct kafc_consumer_assignment_topic t[3] = {
        { .topic = { "b", 1 }, .partitions = { some, 3 } },
        { .topic = { "a", 1 }, .partitions = { other, 1 } },
        { .topic = { "b", 1 }, .partitions = { some, 1 } },
    };
    struct kafc_consumer_assignment a = { .assigned_partitions = { t, 3 } };
    struct kafc_group_set s;
    kafc__group_set_init(&s, NULL);
    ck_assert(kafc__group_set_fill(&s, &a));
    ck_assert_int_eq(s.n, 3);
    ck_assert_int_eq(s.kept, 3);
    ck_assert_str_eq(s.v[0].topic, "a");
    ck_assert_int_eq(s.v[1].partition, 1);
    s.v[0].moves = true;
    kafc__group_set_sort(&s);
    ck_assert_int_eq(s.kept, 2);
    ck_assert_str_eq(s.v[2].topic, "a");
    ck_assert_ptr_eq(kafc__group_set_find(&s, "a", 0), &s.v[2]);
    ck_assert_ptr_eq(kafc__group_set_find(&s, "b", 3), &s.v[1]);
    ck_assert_ptr_null(kafc__group_set_find(&s, "b", 2));
    a.assigned_partitions.n = 0;
    ck_assert(kafc__group_set_fill(&s, &a));
    ck_assert_int_eq(s.n, 0);
    kafc__group_set_fini(&s);
}
END_TEST

/* --- Memberships ---------------------------------------------------------------------------- */

/* The copy is whole when what it was taken from is gone. */
START_TEST(a_membership_is_kept)
{
    char member[] = "m-1", instance[] = "i";
    struct kafc_membership m = { .member = member, .generation = 7, .instance = instance };
    struct kafc_membership *copy = kafc__membership_dup(&m, NULL);
    ck_assert_ptr_nonnull(copy);
    memset(member, 'x', sizeof member - 1);
    memset(instance, 'x', sizeof instance - 1);
    ck_assert_str_eq(copy->member, "m-1");
    ck_assert_int_eq(copy->generation, 7);
    ck_assert_str_eq(copy->instance, "i");
    kafc__membership_free(copy, NULL);
    m.instance = NULL;
    copy = kafc__membership_dup(&m, NULL);
    ck_assert(copy && !copy->instance);
    kafc__membership_free(copy, NULL);
}
END_TEST

SUITE_MAIN("core/group", 10, the_table_is_the_matrix, every_state_can_be_reached,
           a_stop_leads_to_the_end_from_everywhere, every_row_of_the_errors,
           a_set_is_sorted_once_each_and_gives_up_its_tail,
           a_membership_is_kept)
