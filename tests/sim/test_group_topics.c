/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What members of a group subscribe to, in a simulation: regular expressions,
 * topics that come and go, topics that cannot be read.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/sim/group.h"
#include "tests/support/suite.h"

enum { SEC = 1000000 };

static struct gm_world w;

#define SETTLES(n, sec) ck_assert_msg(gm_settle(&w, n, (int64_t)(sec)*SEC), "not settled")

static void begin(uint64_t seed, const char *assignor)
{
    gm_world_init(&w, seed, assignor);
    w.metadata_age_us = 10 * SEC;
}

static void remove_u(void)
{
    ck_assert_int_eq(kafc__cluster_delete_topic(w.sim->cluster, "u"), KAFC_OK);
    for (int p = 0; p < GM_PARTS; p++)
        w.committed[1][p] = -1;
}

static void make_u(int32_t partitions)
{
    ck_assert_int_eq(kafc__cluster_create_topic(w.sim->cluster, "u", partitions, 1), KAFC_OK);
    w.parts[1] = partitions;
}

static bool subscribed(const struct gm *m, const char *topic)
{
    return kafc__group_subscribed(m->group, (kafc_str){ topic, (int32_t)strlen(topic) });
}

/* Topics that match are read as they appear, and given up when they are gone; every member sees that by itself. */
START_TEST(expressions_follow_the_topics)
{
    const char *const a[] = { "range", "cooperative-sticky" };
    begin(200 + (uint64_t)_i, a[_i]);
    w.patterns = true;
    remove_u();
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(1, 10);
    ck_assert_int_eq(gm_owned(x) + gm_owned(y), 6);
    ck_assert(!subscribed(x, "u"));
    int revoked = x->revoked + y->revoked;
    make_u(3);
    gm_run(&w, 11 * SEC);
    SETTLES(2, 20);
    ck_assert(subscribed(x, "u") && subscribed(y, "u"));
    if (_i)
        ck_assert_int_le(x->revoked + y->revoked - revoked, 3); /* what evens the load */
    remove_u();
    gm_run(&w, 15 * SEC);
    SETTLES(1, 20);
    ck_assert(!subscribed(x, "u") && !subscribed(y, "u"));
    ck_assert_int_eq(gm_owned(x) + gm_owned(y), 6);
    ck_assert_int_eq(x->told[KAFC_GROUP_TOPIC] + y->told[KAFC_GROUP_TOPIC], 0);
    gm_world_fini(&w);
}
END_TEST

/* One rebalance, not two: nobody joins before it is known what the expression matches. */
START_TEST(a_member_joins_once_with_what_matches)
{
    begin(210, "range");
    w.patterns = true;
    struct gm *x = gm_join(&w, 2);
    SETTLES(2, 10);
    gm_run(&w, 40 * SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_ASSIGNED], 1);
    ck_assert_int_eq(gm_owned(x), 9);
    const char *const other[] = { "^t", "u" };
    gm_subscribe_to(x, other, 2); /* another way to say it: the topics are the same */
    gm_run(&w, 5 * SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_ASSIGNED], 1);
    const char *const none[] = { "^nothing-like-that" };
    gm_subscribe_to(x, none, 1);
    gm_run(&w, 5 * SEC);
    ck_assert_str_eq(kafc__group_state_name(x->group), "STABLE");
    ck_assert_int_eq(gm_owned(x), 0);
    gm_world_fini(&w);
}
END_TEST

/* Rule R12: one notice for a topic that there is not, whatever becomes of the others; it is read when it appears. */
START_TEST(R12_a_missing_topic_is_told_once_and_read_when_it_appears)
{
    begin(220 + (uint64_t)_i, _i ? "cooperative-sticky" : "roundrobin");
    remove_u();
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(1, 10);
    gm_run(&w, 30 * SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_TOPIC], 1);
    ck_assert_int_eq(y->told[KAFC_GROUP_TOPIC], 1);
    ck_assert_int_eq(x->why, KAFC_ERR_UNKNOWN_TOPIC_OR_PARTITION);
    gm_subscribe(x, 2); /* the same: nothing new to tell */
    gm_run(&w, SEC);
    ck_assert_int_eq(x->told[KAFC_GROUP_TOPIC], 1);
    make_u(2);
    gm_run(&w, 5 * SEC);
    SETTLES(2, 20);
    ck_assert_int_eq(gm_owned(x) + gm_owned(y), 8);
    gm_world_fini(&w);
}
END_TEST

/* A topic that goes is given up; that is told to those who named it. */
START_TEST(a_topic_is_deleted_under_its_readers)
{
    begin(230, "range");
    struct gm *x = gm_join(&w, 2), *y = gm_join(&w, 2);
    SETTLES(2, 10);
    remove_u();
    kafc__meta_stale(x->core); /* as a fetch that fails does it */
    kafc__meta_stale(y->core);
    gm_run(&w, 5 * SEC);
    SETTLES(1, 10);
    ck_assert_int_eq(gm_owned(x) + gm_owned(y), 6);
    ck_assert_int_eq(x->told[KAFC_GROUP_TOPIC], 1);
    ck_assert_int_eq(x->lost + y->lost, 0);
    gm_world_fini(&w);
}
END_TEST

/* --- KIP-881 ------------------------------------------------------------------------------- */

static const char *rack[] = { "", "east", "west", "north" }; /* of brokers */
static const char *const home[] = { "east", "west", "north" };

/* How many partitions of t are read from another rack than the reader's. */
static int strangers(void)
{
    int n = 0;
    for (int i = 0; i < w.n; i++)
        for (int p = 0; p < w.parts[0]; p++) {
            int32_t leader = kafc__cluster_leader(w.sim->cluster, "t", p, NULL);
            n += w.m[i].owns[0][p] && strcmp(rack[leader], home[i]) != 0;
        }
    return n;
}

/* Each member reads what is near, whoever leads; and does so again when the replicas are elsewhere. */
START_TEST(partitions_go_to_members_in_their_rack)
{
    static const char *const a[] = { "range", "sticky", "cooperative-sticky", "rack-affinity" };
    begin(240 + (uint64_t)_i, a[_i]);
    rack[1] = "east";
    rack[2] = "west";
    for (int32_t b = 1; b <= 3; b++)
        ck_assert_int_eq(kafc__cluster_set_rack(w.sim->cluster, b, rack[b]), KAFC_OK);
    for (int i = 0; i < 3; i++) {
        w.rack = home[i];
        (void)gm_join(&w, 1);
    }
    SETTLES(1, 20);
    ck_assert_int_eq(strangers(), 0);
    gm_run(&w, 30 * SEC);
    int told = w.m[0].told[KAFC_GROUP_ASSIGNED];
    rack[1] = "west";
    rack[2] = "east";
    for (int32_t b = 1; b <= 2; b++)
        ck_assert_int_eq(kafc__cluster_set_rack(w.sim->cluster, b, rack[b]), KAFC_OK);
    gm_run(&w, 25 * SEC);
    SETTLES(1, 20);
    ck_assert_int_gt(w.m[0].told[KAFC_GROUP_ASSIGNED], told);
    ck_assert_int_eq(strangers(), 0);
    gm_world_fini(&w);
}
END_TEST

SUITE_LOOPS("sim-group-topics", 300, LOOP(expressions_follow_the_topics, 0, 2),
            ONCE(a_member_joins_once_with_what_matches),
            LOOP(R12_a_missing_topic_is_told_once_and_read_when_it_appears, 0, 2),
            ONCE(a_topic_is_deleted_under_its_readers),
            LOOP(partitions_go_to_members_in_their_rack, 0, 4))
