/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a producer counts, a few additions for each batch and each request.
 * Written by the driver's thread, but for the waits of senders; read by any.
 */
#ifndef KAFC_CORE_PRODUCER_STATS_H
#define KAFC_CORE_PRODUCER_STATS_H

#include "core/core_stats.h"

struct kafc_batch_out;
struct kafc_flight;
struct kafc_producer;

struct kafc_producer_stats {
    atomic_uint_least64_t writes, bytes, plain_bytes, errors, retries, splits, throttled;
    struct kafc_histogram batch_messages, batch_bytes, compression;
    struct kafc_histogram batch_queue_time, batch_time, delivery_time;
    struct kafc_histogram write_time, throttle_time, send_wait_time;
};

/* The request becomes bytes now. */
void kafc__producer_stat_sent(struct kafc_producer *p, const struct kafc_flight *f);
/* A broker throttles. */
void kafc__producer_stat_throttle(struct kafc_producer *p, int32_t ms);

#endif
