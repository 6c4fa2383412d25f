/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fetch (1): batches from a leader or a follower, with sessions from 7 on.
 */
#ifndef KAFC_PROTOCOL_API_FETCH_H
#define KAFC_PROTOCOL_API_FETCH_H

#include "protocol/types.h"

struct kafc_fetch_req_replica_state {
    int32_t replica_id;
    int64_t replica_epoch; /* a broker's epoch; -1: none */
    struct kafc_tags unknown;
};

struct kafc_fetch_req_partition {
    int32_t partition;
    int32_t current_leader_epoch; /* what the client believes; -1: no check */
    int64_t fetch_offset;
    int32_t last_fetched_epoch; /* of followers; -1: consumers */
    int64_t log_start_offset;   /* of followers; -1: consumers */
    int32_t partition_max_bytes;
    kafc_uuid replica_directory_id;
    int64_t high_watermark; /* of followers, the last one known */
    struct kafc_tags unknown;
};

struct kafc_fetch_req_topic {
    kafc_str topic;     /* to 12 */
    kafc_uuid topic_id; /* from 13 */
    KAFC_ARRAY(struct kafc_fetch_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_fetch_req_forgotten {
    kafc_str topic;
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_fetch_req {
    kafc_str cluster_id;                               /* KRaft replicas say it; null: no check */
    int32_t replica_id;                                /* to 14; a consumer leaves it at -1 */
    struct kafc_fetch_req_replica_state replica_state; /* from 15 in place of replica_id */
    int32_t max_wait_ms;                               /* how long to wait for min_bytes */
    int32_t min_bytes;
    int32_t max_bytes;
    int8_t isolation_level;                                            /* 0 read_uncommitted, 1 read_committed */
    int32_t session_id;                                                /* 0: a new session, or none */
    int32_t session_epoch;                                             /* 0 begins a session, -1 does without */
    KAFC_ARRAY(struct kafc_fetch_req_topic) topics;                    /* in a session: what is new or changed */
    KAFC_ARRAY(struct kafc_fetch_req_forgotten) forgotten_topics_data; /* what leaves the session */
    kafc_str rack_id;                                                  /* "": no follower is looked for */
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_epoch_end {
    int32_t epoch;
    int64_t end_offset;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_leader {
    int32_t leader_id;
    int32_t leader_epoch;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_snapshot {
    int64_t end_offset;
    int32_t epoch;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_aborted {
    int64_t producer_id;
    int64_t first_offset;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    int64_t high_watermark;
    int64_t last_stable_offset; /* first offset of an open transaction */
    int64_t log_start_offset;
    struct kafc_fetch_resp_epoch_end diverging_epoch; /* for followers: truncate to here */
    struct kafc_fetch_resp_leader current_leader;
    struct kafc_fetch_resp_snapshot snapshot_id;                     /* KRaft: fetch this snapshot first */
    KAFC_ARRAY(struct kafc_fetch_resp_aborted) aborted_transactions; /* null unless read_committed */
    int32_t preferred_read_replica;                                  /* ask this broker next; -1: the leader */
    struct kafc_records records;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_topic {
    kafc_str topic;
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_fetch_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp_node {
    int32_t node_id;
    kafc_str host;
    int32_t port;
    kafc_str rack;
    struct kafc_tags unknown;
};

struct kafc_fetch_resp {
    int32_t throttle_time_ms;
    int16_t error_code; /* of the session */
    int32_t session_id; /* 0: none */
    KAFC_ARRAY(struct kafc_fetch_resp_topic) responses;
    KAFC_ARRAY(struct kafc_fetch_resp_node) node_endpoints;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_fetch);
KAFC_DECLARE_SCHEMA(kafc_fetch_req);
KAFC_DECLARE_SCHEMA(kafc_fetch_req_replica_state);
KAFC_DECLARE_SCHEMA(kafc_fetch_req_topic);
KAFC_DECLARE_SCHEMA(kafc_fetch_req_partition);
KAFC_DECLARE_SCHEMA(kafc_fetch_req_forgotten);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_partition);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_epoch_end);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_leader);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_snapshot);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_aborted);
KAFC_DECLARE_SCHEMA(kafc_fetch_resp_node);

#endif
