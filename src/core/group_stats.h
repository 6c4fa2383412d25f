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

_Static_assert((int)KAFC_GROUP_STATS_STATES == (int)KAFC_MEMBER_STATES, "the public array");


#endif
