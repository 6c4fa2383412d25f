/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The metrics of a member of a group: what a transition counts, and the table.
 * The driver's thread; readers of the table are any.
 */
#include "core/group_internal.h"

_Static_assert((int)KAFC_GROUP_STATS_STATES == (int)KAFC_GROUP_STATES, "a counter for each state");

/* On the way to an assignment? */
static bool in_round(enum kafc_group_state s)
{
    return s == KAFC_GROUP_FINDING || s == KAFC_GROUP_JOINING || s == KAFC_GROUP_SYNCING ||
           s == KAFC_GROUP_REVOKING;
}

static bool joins(enum kafc_group_state s)
{
    return s == KAFC_GROUP_FINDING || s == KAFC_GROUP_JOINING;
}

void kafc__group_stat_moved(struct kafc_group *g, enum kafc_group_state was, bool synced)
{
    struct kafc_group_stats *s = &g->stats;
    int64_t now = kafc__core_now(g->core);
    kafc__count(&s->entered[g->state], 1);
    if (!in_round(was) && in_round(g->state))
        g->round_from = now;
    if (!joins(was) && joins(g->state))
        g->join_from = now;
    if (g->state == KAFC_GROUP_SYNCING) {
        kafc__histogram_add(&s->join_time, now - g->join_from);
        g->sync_from = now;
    }
    if (synced) {
        kafc__count(&s->rebalances, 1);
        kafc__histogram_add(&s->sync_time, now - g->sync_from);
    }
    if (g->state == KAFC_GROUP_STABLE)
        kafc__histogram_add(&s->rebalance_time, now - g->round_from);
    if (g->state == KAFC_GROUP_BROKEN)
        kafc__count(&s->failed, 1);
}

void kafc__group_stat_notice(struct kafc_group *g, enum kafc_group_notice_kind kind, int32_t n)
{
    struct kafc_group_stats *s = &g->stats;
    atomic_uint_least64_t *const to[KAFC_GROUP_NOTICES] = {
        [KAFC_GROUP_ASSIGNED] = &s->assigned,
        [KAFC_GROUP_REVOKED] = &s->revoked,
        [KAFC_GROUP_LOST] = &s->lost,
    };
    if (to[kind])
        kafc__count(to[kind], (uint64_t)n);
}

/* --- The table ---------------------------------------------------------------------------- */

#define OUT(m)  .out = offsetof(kafc_member_stats, m)
#define STAT(m) .at = offsetof(struct kafc_group, stats.m), OUT(m)
#define TIME(m) .at = offsetof(struct kafc_group, stats.m), OUT(m##_us)
#define ENTERED(name, state) \
    { "group_" name "_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(entered[KAFC_GROUP_##state]), \
      .help = "Transitions of the member to the state " #state "." }

/* clang-format off */
static const struct kafc_metric rows[] = {
    ENTERED("idle", IDLE),
    ENTERED("finding", FINDING),
    ENTERED("joining", JOINING),
    ENTERED("syncing", SYNCING),
    ENTERED("stable", STABLE),
    ENTERED("revoking", REVOKING),
    ENTERED("retiring", RETIRING),
    ENTERED("leaving", LEAVING),
    ENTERED("away", AWAY),
    ENTERED("broken", BROKEN),
    ENTERED("stopped", STOPPED),
    { "group_rebalances_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(rebalances),
      .help = "Rebalances that came to an assignment." },
    { "group_expelled_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(expelled),
      .help = "Memberships that ended without being left." },
    { "group_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(failed),
      .help = "Times that the group could not be had." },
    { "group_owned_partitions", KAFC_GAUGE, KAFC_UNIT_ONE, STAT(owned),
      .help = "Partitions that the member owns." },
    { "group_assigned_partitions_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(assigned),
      .help = "Partitions that came." },
    { "group_revoked_partitions_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(revoked),
      .help = "Partitions that were given up in order." },
    { "group_lost_partitions_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(lost),
      .help = "Partitions that were lost with the membership." },
    { "group_heartbeats_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(heartbeats),
      .help = "Heartbeats that the coordinator answered." },
    { "group_commits_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(commits),
      .help = "OffsetCommit requests sent, each attempt." },
    { "group_commits_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, STAT(commits_failed),
      .help = "OffsetCommit requests without an answer, or in whose answer a partition failed." },
    { "group_join_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, TIME(join_time),
      .help = "Time from the wish to join until the group has a new generation." },
    { "group_sync_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, TIME(sync_time),
      .help = "Time from the new generation to the assignment." },
    { "group_rebalance_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, TIME(rebalance_time),
      .help = "Time from the begin of a rebalance until the member is stable." },
    { "group_commit_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, TIME(commit_time),
      .help = "Round trip of OffsetCommit requests." },
};
/* clang-format on */

const struct kafc_metrics kafc__group_metrics = {
    .row = rows, .n = sizeof(rows) / sizeof(rows[0])
};
