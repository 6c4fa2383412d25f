/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FetchSnapshot (59): a piece of a KRaft snapshot.
 */
#ifndef KAFC_PROTOCOL_API_FETCH_SNAPSHOT_H
#define KAFC_PROTOCOL_API_FETCH_SNAPSHOT_H

#include "protocol/types.h"

struct kafc_fetch_snapshot_req_snapshot {
    int64_t end_offset;
    int32_t epoch;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_req_partition {
    int32_t partition;
    int32_t current_leader_epoch;
    struct kafc_fetch_snapshot_req_snapshot snapshot_id;
    int64_t position; /* byte in the snapshot */
    kafc_uuid replica_directory_id;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_req_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_fetch_snapshot_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_req {
    kafc_str cluster_id;
    int32_t replica_id;
    int32_t max_bytes;
    KAFC_ARRAY(struct kafc_fetch_snapshot_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_resp_snapshot {
    int64_t end_offset;
    int32_t epoch;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_resp_leader {
    int32_t leader_id;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_resp_partition {
    int32_t index;
    int16_t error_code;
    struct kafc_fetch_snapshot_resp_snapshot snapshot_id;
    struct kafc_fetch_snapshot_resp_leader current_leader;
    int64_t size; /* bytes of the whole snapshot */
    int64_t position;
    struct kafc_records unaligned_records; /* batches cut anywhere */
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_fetch_snapshot_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_resp_node {
    int32_t node_id;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_fetch_snapshot_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_fetch_snapshot_resp_topic) topics;
    KAFC_ARRAY(struct kafc_fetch_snapshot_resp_node) node_endpoints;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_fetch_snapshot);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_req);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_req_topic);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_req_partition);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_req_snapshot);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_resp);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_resp_node);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_resp_leader);
KAFC_DECLARE_SCHEMA(kafc_fetch_snapshot_resp_snapshot);

#endif
