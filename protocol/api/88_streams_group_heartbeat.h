/* SPDX-License-Identifier: BSD-2-Clause
 *
 * StreamsGroupHeartbeat (88): a member of a streams group (KIP-1071). Null:
 * unchanged since the last one.
 */
#ifndef KAFC_PROTOCOL_API_STREAMS_GROUP_HEARTBEAT_H
#define KAFC_PROTOCOL_API_STREAMS_GROUP_HEARTBEAT_H

#include "protocol/types.h"

struct kafc_streams_group_heartbeat_req_key_value {
    kafc_str key;
    kafc_str value;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_topic {
    kafc_str name;
    int32_t partitions;         /* 0: as many as its sources have */
    int16_t replication_factor; /* 0: the broker's default */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_key_value) topic_configs;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_copartition_group {
    KAFC_ARRAY(int16_t) source_topics;             /* places in the subtopology's source_topics */
    KAFC_ARRAY(int16_t) source_topic_regex;        /* likewise */
    KAFC_ARRAY(int16_t) repartition_source_topics; /* likewise */
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_subtopology {
    kafc_str subtopology_id;
    KAFC_ARRAY(kafc_str) source_topics;
    KAFC_ARRAY(kafc_str) source_topic_regex; /* RE2 */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_topic) state_changelog_topics;
    KAFC_ARRAY(kafc_str) repartition_sink_topics;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_topic) repartition_source_topics;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_copartition_group) copartition_groups;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_topology {
    int32_t epoch;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_subtopology) subtopologies;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_tasks {
    kafc_str subtopology_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_endpoint {
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req_task_offset {
    kafc_str subtopology_id;
    int32_t partition;
    int64_t offset;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_req {
    kafc_str group_id;
    kafc_str member_id;
    int32_t member_epoch;               /* 0 joins, -1 leaves, -2 leaves for a while (static) */
    int32_t endpoint_information_epoch; /* of what it knows of the others' endpoints */
    kafc_str instance_id;
    kafc_str rack_id;
    int32_t rebalance_timeout_ms;                               /* to give tasks up; -1: unchanged */
    struct kafc_streams_group_heartbeat_req_topology *topology; /* when it joins */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_tasks) active_tasks;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_tasks) standby_tasks;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_tasks) warmup_tasks;
    kafc_str process_id;                                             /* of all members of one program */
    struct kafc_streams_group_heartbeat_req_endpoint *user_endpoint; /* where its state can be asked for */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_key_value) client_tags;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_task_offset) task_offsets;     /* how far its state stores are */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_req_task_offset) task_end_offsets; /* how far they could be */
    bool shutdown_application;                                                        /* every member shall end */
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_resp_status {
    int8_t status_code;
    kafc_str status_detail;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_resp_tasks {
    kafc_str subtopology_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_resp_endpoint {
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_resp_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_resp_endpoint_partitions {
    struct kafc_streams_group_heartbeat_resp_endpoint user_endpoint;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_topic) active_partitions;
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_topic) standby_partitions;
    struct kafc_tags unknown;
};

struct kafc_streams_group_heartbeat_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    kafc_str member_id;
    int32_t member_epoch;
    int32_t heartbeat_interval_ms;
    int32_t acceptable_recovery_lag;                                          /* a warm-up task this close is ready */
    int32_t task_offset_interval_ms;                                          /* how often to send task_offsets */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_status) status;       /* null: unchanged */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_tasks) active_tasks;  /* null: unchanged */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_tasks) standby_tasks; /* null: unchanged */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_tasks) warmup_tasks;  /* null: unchanged */
    int32_t endpoint_information_epoch;
    /* null: unchanged */
    KAFC_ARRAY(struct kafc_streams_group_heartbeat_resp_endpoint_partitions) partitions_by_user_endpoint;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_streams_group_heartbeat);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_task_offset);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_endpoint);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_tasks);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_topology);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_subtopology);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_copartition_group);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_topic);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_req_key_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_resp);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_resp_endpoint_partitions);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_resp_endpoint);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_resp_tasks);
KAFC_DECLARE_SCHEMA(kafc_streams_group_heartbeat_resp_status);

#endif
