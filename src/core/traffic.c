/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Requests by API and by node: places to count them, and the tables.
 */
#include "core/traffic.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/mem.h"
#include "core/core_stats.h"
#include "core/metrics.h"
#include "protocol/apis.h"

void kafc__traffic_fini(struct kafc_traffic *t)
{
    for (int i = 0; i < atomic_load(&t->napis); i++)
        kafc__free(t->mem, t->api[i]);
    for (int i = 0; i < atomic_load(&t->nnodes); i++)
        kafc__free(t->mem, t->node[i]);
}

struct kafc_api_traffic *kafc__api_traffic(struct kafc_traffic *t, const struct kafc_api *api)
{
    if (api->key < 0 || api->key >= KAFC_TRAFFIC_APIS)
        return NULL;
    if (t->place[api->key])
        return t->api[t->place[api->key] - 1];
    struct kafc_api_traffic *a = kafc__zalloc(t->mem, sizeof(*a));
    if (!a)
        return NULL;
    a->api = api;
    int n = atomic_load_explicit(&t->napis, memory_order_relaxed);
    t->api[n] = a;
    t->place[api->key] = (uint8_t)(n + 1);
    atomic_store_explicit(&t->napis, n + 1, memory_order_release);
    return a;
}

struct kafc_node_traffic *kafc__node_traffic(struct kafc_traffic *t, int32_t node)
{
    int n = atomic_load_explicit(&t->nnodes, memory_order_relaxed);
    for (int i = 0; i < n; i++)
        if (t->node[i]->node == node)
            return t->node[i];
    if (n == KAFC_TRAFFIC_NODES) /* the first is of the list */
        return t->node[0];
    struct kafc_node_traffic *x = kafc__zalloc(t->mem, sizeof(*x));
    if (!x)
        return NULL;
    x->node = node;
    if (node < 0)
        (void)snprintf(x->label, sizeof(x->label), "bootstrap");
    else
        (void)snprintf(x->label, sizeof(x->label), "%" PRId32, node);
    t->node[n] = x;
    atomic_store_explicit(&t->nnodes, n + 1, memory_order_release);
    return x;
}

const struct kafc_api_traffic *kafc__traffic_api_at(const struct kafc_traffic *t, int32_t i)
{
    return i >= 0 && i < atomic_load_explicit(&t->napis, memory_order_acquire) ? t->api[i] : NULL;
}

const struct kafc_node_traffic *kafc__traffic_node_at(const struct kafc_traffic *t, int32_t i)
{
    return i >= 0 && i < atomic_load_explicit(&t->nnodes, memory_order_acquire) ? t->node[i] : NULL;
}

/* --- The tables ----------------------------------------------------------------------------- */

static bool api_part(const void *whole, int32_t i, struct kafc_metrics_source *out)
{
    const struct kafc_core_stats *s = whole;
    const struct kafc_api_traffic *a = kafc__traffic_api_at(&s->traffic, i);
    if (!a)
        return false;
    *out = (struct kafc_metrics_source){ .object = a, .label = "api", .value = a->api->name };
    return true;
}

static bool node_part(const void *whole, int32_t i, struct kafc_metrics_source *out)
{
    const struct kafc_core_stats *s = whole;
    const struct kafc_node_traffic *n = kafc__traffic_node_at(&s->traffic, i);
    if (!n)
        return false;
    *out = (struct kafc_metrics_source){ .object = n, .label = "broker", .value = n->label };
    return true;
}

static uint64_t less(const atomic_uint_least64_t *all, const atomic_uint_least64_t *gone)
{
    uint64_t g = atomic_load_explicit(gone, memory_order_relaxed);
    uint64_t a = atomic_load_explicit(all, memory_order_relaxed);
    return a > g ? a - g : 0;
}

static uint64_t connections(const void *object)
{
    const struct kafc_node_traffic *n = object;
    return less(&n->opened, &n->ended);
}

static uint64_t in_flight(const void *object)
{
    const struct kafc_node_traffic *n = object;
    return less(&n->requests, &n->landed);
}

#define API(m, to)  .at = offsetof(struct kafc_api_traffic, m), .out = offsetof(kafc_api_stats, to)
#define NODE(m, to) .at = offsetof(struct kafc_node_traffic, m), .out = offsetof(kafc_broker_stats, to)
#define OUT(m)      .out = offsetof(kafc_broker_stats, m)

/* clang-format off */
static const struct kafc_metric api_rows[] = {
    { "client_api_requests_total", KAFC_COUNTER, KAFC_UNIT_ONE, API(requests, requests),
      .help = "Requests sent, by API." },
    { "client_api_requests_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, API(failed, failed),
      .help = "Requests that ended without an answer, by API." },
    { "client_api_sent_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, API(bytes_sent, bytes_sent),
      .help = "Bytes of the requests, by API." },
    { "client_api_received_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, API(bytes_received, bytes_received),
      .help = "Bytes of the answers, by API." },
    { "client_api_version", KAFC_GAUGE, KAFC_UNIT_ONE, API(version, version),
      .help = "Version of the last request of the API." },
    { "client_api_request_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, API(time, time_us),
      .help = "Time from a request's queueing until its answer is here." },
    { "client_api_queue_seconds", KAFC_SUMMARY, KAFC_UNIT_US, API(queue_time, queue_time_us),
      .help = "Of it, until the first byte of the request was taken by the system." },
    { "client_api_write_seconds", KAFC_SUMMARY, KAFC_UNIT_US, API(write_time, write_time_us),
      .help = "Of it, from there until its last byte was." },
    { "client_api_wait_seconds", KAFC_SUMMARY, KAFC_UNIT_US, API(wait_time, wait_time_us),
      .help = "Of it, from there until the first byte of the answer came." },
    { "client_api_read_seconds", KAFC_SUMMARY, KAFC_UNIT_US, API(read_time, read_time_us),
      .help = "Of it, from there until the last byte of the answer came." },
};

static const struct kafc_metric node_rows[] = {
    { "client_broker_connections", KAFC_GAUGE, KAFC_UNIT_ONE, OUT(connections), .get = connections,
      .help = "Connections to the broker that are open." },
    { "client_broker_in_flight", KAFC_GAUGE, KAFC_UNIT_ONE, OUT(in_flight), .get = in_flight,
      .help = "Requests that are being sent to the broker, or wait for their answer." },
    { "client_broker_requests_total", KAFC_COUNTER, KAFC_UNIT_ONE, NODE(requests, requests),
      .help = "Requests sent to the broker." },
    { "client_broker_requests_failed_total", KAFC_COUNTER, KAFC_UNIT_ONE, NODE(failed, failed),
      .help = "Requests to the broker that ended without an answer." },
    { "client_broker_sent_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, NODE(bytes_sent, bytes_sent),
      .help = "Bytes of the requests." },
    { "client_broker_received_bytes_total", KAFC_COUNTER, KAFC_UNIT_BYTES, NODE(bytes_received, bytes_received),
      .help = "Bytes of the answers." },
    { "client_broker_throttled_total", KAFC_COUNTER, KAFC_UNIT_ONE, NODE(throttled, throttled),
      .help = "Answers in which the broker throttles." },
    { "client_broker_request_seconds", KAFC_HISTOGRAM, KAFC_UNIT_US, NODE(request_time, request_time_us),
      .help = "Time from the last byte of a request to its answer." },
    { "client_broker_throttle_seconds", KAFC_SUMMARY, KAFC_UNIT_US, NODE(throttle_time, throttle_time_us),
      .help = "Time for which the broker throttled." },
};
/* clang-format on */

const struct kafc_metrics kafc__api_metrics = {
    .row = api_rows, .n = sizeof(api_rows) / sizeof(api_rows[0]), .part = api_part
};
const struct kafc_metrics kafc__node_metrics = {
    .row = node_rows, .n = sizeof(node_rows) / sizeof(node_rows[0]), .part = node_part
};
