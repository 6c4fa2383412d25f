/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a member of a group counts: its transitions, what they took, what came
 * and went. Written by the driver's thread, read by any.
 */
#ifndef KAFC_CORE_GROUP_STATS_H
#define KAFC_CORE_GROUP_STATS_H

#include "core/core_stats.h"
#include "core/metrics.h"

struct kafc_group;

enum { KAFC_GROUP_STATS_STATES = 11 }; /* of the classic machine */

struct kafc_group_stats {
    atomic_uint_least64_t entered[KAFC_GROUP_STATS_STATES]; /* by state */
    atomic_uint_least64_t rebalances, expelled, failed;
    atomic_uint_least64_t owned, assigned, revoked, lost;
    atomic_uint_least64_t heartbeats, commits, commits_failed;
    struct kafc_histogram join_time, sync_time, rebalance_time, commit_time;
};

/* The same, as the table shows it. */
struct kafc_group_numbers {
    size_t size;
    uint64_t entered[KAFC_GROUP_STATS_STATES];
    uint64_t rebalances;              /* that were joined and came to an assignment */
    uint64_t expelled;                /* memberships that ended without a leave */
    uint64_t failed;                  /* times that the group could not be had */
    uint64_t owned;                   /* partitions, now */
    uint64_t assigned, revoked, lost; /* partitions */
    uint64_t heartbeats;              /* answered */
    uint64_t commits, commits_failed; /* OffsetCommit requests, each attempt */
    kafc_summary
        join_time_us; /* from the wish to join to the answer; what others need to come is in it */
    kafc_summary sync_time_us;      /* from there to the assignment */
    kafc_summary rebalance_time_us; /* of the whole, what the owner needs to finish included */
    kafc_summary commit_time_us;    /* round trip */
};

extern const struct kafc_metrics kafc__group_metrics; /* of a struct kafc_group */

#endif
