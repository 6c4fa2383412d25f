/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a core counts of its requests by API, and of them and its connections
 * by node. Written by the driver's thread, read by any; what was made for an
 * API or a node stays as long as the core does.
 */
#ifndef KAFC_CORE_TRAFFIC_H
#define KAFC_CORE_TRAFFIC_H

#include "base/histogram.h"
#include <kafc/base.h>

struct kafc_api;

/* Times are in µs and of what was answered; an answer that is not wanted any more counts as bytes alone. */
struct kafc_api_traffic {
    const struct kafc_api *api;
    atomic_uint_least64_t version; /* of the last request */
    atomic_uint_least64_t requests, failed, bytes_sent, bytes_received;
    struct kafc_histogram time, queue_time, write_time, wait_time, read_time;
};

struct kafc_node_traffic {
    int32_t node;
    char label[12]; /* its id as text */
    atomic_uint_least64_t opened, ended;    /* connections */
    atomic_uint_least64_t requests, landed; /* became bytes; are on no connection any more */
    atomic_uint_least64_t failed, bytes_sent, bytes_received, throttled;
    struct kafc_histogram request_time, throttle_time;
};

enum {
    KAFC_TRAFFIC_APIS = 128, /* keys from here on are not counted */
    KAFC_TRAFFIC_NODES = 1024
};

/* By the order of first use. */
struct kafc_traffic {
    const kafc_allocator *mem;
    atomic_int napis, nnodes; /* what stands below does not change */
    uint8_t place[KAFC_TRAFFIC_APIS]; /* of a key in api, from 1 on; the driver's */
    struct kafc_api_traffic *api[KAFC_TRAFFIC_APIS];
    struct kafc_node_traffic *node[KAFC_TRAFFIC_NODES];
};

void kafc__traffic_fini(struct kafc_traffic *t);
/* The driver's thread. NULL: not counted, for want of memory. */
struct kafc_api_traffic *kafc__api_traffic(struct kafc_traffic *t, const struct kafc_api *api);
/* -1: the entries of the list that the client began with, together. When there is no place left, others too. */
struct kafc_node_traffic *kafc__node_traffic(struct kafc_traffic *t, int32_t node);

/* Any thread. NULL: not so many. */
const struct kafc_api_traffic *kafc__traffic_api_at(const struct kafc_traffic *t, int32_t i);
const struct kafc_node_traffic *kafc__traffic_node_at(const struct kafc_traffic *t, int32_t i);

#endif
