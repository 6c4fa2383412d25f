/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a core counts of its connections and requests. Written by the driver's
 * thread, read by any.
 */
#ifndef KAFC_CORE_CORE_STATS_H
#define KAFC_CORE_CORE_STATS_H

#include "core/traffic.h"

struct kafc_core_stats {
    atomic_uint_least64_t opened, ended, failed, lost;
    atomic_uint_least64_t bytes_sent, bytes_received;
    atomic_uint_least64_t requests, requests_failed;
    struct kafc_histogram request_time;
    struct kafc_traffic traffic;
};

static inline void kafc__count(atomic_uint_least64_t *to, uint64_t n)
{
    atomic_fetch_add_explicit(to, n, memory_order_relaxed);
}

#endif
