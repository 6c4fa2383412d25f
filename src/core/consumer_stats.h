/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a consumer counts, a few additions for each request and each batch.
 * Written by the driver's thread and by those that take messages; read by any.
 */
#ifndef KAFC_CORE_CONSUMER_STATS_H
#define KAFC_CORE_CONSUMER_STATS_H

#include "core/core_stats.h"

struct kafc_consumer_stats {
    atomic_uint_least64_t messages, bytes, fetches, fetch_errors, errors, throttled;
    struct kafc_histogram fetch_messages, fetch_bytes, fetch_time, throttle_time, wait_time;
};

#endif
