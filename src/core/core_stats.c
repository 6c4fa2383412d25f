/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The metrics of a client: the table. Any thread.
 */
#include "core/core_stats.h"

#include "core/metrics.h"

static uint64_t open_now(const void *object)
{
    const struct kafc_core_stats *s = object;
    uint64_t ended = atomic_load_explicit(&s->ended, memory_order_relaxed);
    uint64_t opened = atomic_load_explicit(&s->opened, memory_order_relaxed);
    return opened > ended ? opened - ended : 0;
}

#define AT(m)  .at = offsetof(struct kafc_core_stats, m)
#define OUT(m) .out = offsetof(kafc_client_stats, m)

/* clang-format off */
static const struct kafc_metric rows[] = {
    { "client_connections", KAFC_GAUGE, KAFC_UNIT_ONE, OUT(connections_open), .get = open_now,
      .help = "Connections to brokers that are open." },
    { "client_connections_opened_total", KAFC_COUNTER, KAFC_UNIT_ONE, AT(opened), OUT(connections_opened),
      .help = "Connections that were opened." },
    { "client_connections_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, AT(failed), OUT(connections_failed),
      .help = "Attempts at a connection that came to nothing." },
    { "client_connections_lost_total", KAFC_COUNTER, KAFC_UNIT_ONE, AT(lost), OUT(connections_lost),
      .help = "Connections that were lost, idle ones left out." },
    { "client_sent_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, AT(bytes_sent), OUT(bytes_sent),
      .help = "Bytes sent to brokers." },
    { "client_received_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, AT(bytes_received), OUT(bytes_received),
      .help = "Bytes received from brokers." },
    { "client_requests_total", KAFC_COUNTER, KAFC_UNIT_ONE, AT(requests), OUT(requests),
      .help = "Requests sent." },
    { "client_requests_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, AT(requests_failed), OUT(requests_failed),
      .help = "Requests that ended without an answer." },
    { "client_request_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, AT(request_time), OUT(request_time_us),
      .help = "Time from the last byte of a request to its answer." },
};
/* clang-format on */

const struct kafc_metrics kafc__client_metrics = {
    .row = rows, .n = sizeof(rows) / sizeof(rows[0])
};
