/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: streams groups. On the wire an INT16
 * stands in front, of keys the record type, of values their version.
 */
#ifndef KAFC_PROTOCOL_BLOB_STREAMS_GROUP_LOG_H
#define KAFC_PROTOCOL_BLOB_STREAMS_GROUP_LOG_H

#include "protocol/types.h"

struct kafc_streams_group_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_streams_group_metadata_value_config {
    kafc_str key;
    kafc_str value;
    struct kafc_tags unknown;
};

struct kafc_streams_group_metadata_value {
    int32_t epoch;
    int64_t metadata_hash;
    int32_t validated_topology_epoch; /* whose topics are there; -1: none */
    KAFC_ARRAY(struct kafc_streams_group_metadata_value_config) last_assignment_configs;
    struct kafc_tags unknown;
};

struct kafc_streams_group_member_metadata_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_streams_group_member_metadata_value_endpoint {
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_streams_group_member_metadata_value_key_value {
    kafc_str key;
    kafc_str value;
    struct kafc_tags unknown;
};

struct kafc_streams_group_member_metadata_value {
    kafc_str instance_id;
    kafc_str rack_id;
    kafc_str client_id;
    kafc_str client_host;
    int32_t rebalance_timeout_ms;
    int32_t topology_epoch;
    kafc_str process_id;
    struct kafc_streams_group_member_metadata_value_endpoint *user_endpoint;
    KAFC_ARRAY(struct kafc_streams_group_member_metadata_value_key_value) client_tags;
    struct kafc_tags unknown;
};

struct kafc_streams_group_target_assignment_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_streams_group_target_assignment_metadata_value {
    int32_t assignment_epoch;
    int64_t assignment_timestamp;
    struct kafc_tags unknown;
};

struct kafc_streams_group_target_assignment_member_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_streams_group_target_assignment_member_value_tasks {
    kafc_str subtopology_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_streams_group_target_assignment_member_value {
    KAFC_ARRAY(struct kafc_streams_group_target_assignment_member_value_tasks) active_tasks;
    KAFC_ARRAY(struct kafc_streams_group_target_assignment_member_value_tasks) standby_tasks;
    KAFC_ARRAY(struct kafc_streams_group_target_assignment_member_value_tasks) warmup_tasks;
    struct kafc_tags unknown;
};

struct kafc_streams_group_current_member_assignment_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_streams_group_current_member_assignment_value_tasks {
    kafc_str subtopology_id;
    KAFC_ARRAY(int32_t) partitions;
    KAFC_ARRAY(int32_t) assignment_epochs; /* one for each partition; null: unknown */
    struct kafc_tags unknown;
};

struct kafc_streams_group_current_member_assignment_value {
    int32_t member_epoch;
    int32_t previous_member_epoch;
    int8_t state; /* 1 stable, 2 has to give tasks up, 3 waits for others' */
    KAFC_ARRAY(struct kafc_streams_group_current_member_assignment_value_tasks) active_tasks;
    KAFC_ARRAY(struct kafc_streams_group_current_member_assignment_value_tasks) standby_tasks;
    KAFC_ARRAY(struct kafc_streams_group_current_member_assignment_value_tasks) warmup_tasks;
    KAFC_ARRAY(struct kafc_streams_group_current_member_assignment_value_tasks) active_tasks_pending_revocation;
    KAFC_ARRAY(struct kafc_streams_group_current_member_assignment_value_tasks) standby_tasks_pending_revocation;
    KAFC_ARRAY(struct kafc_streams_group_current_member_assignment_value_tasks) warmup_tasks_pending_revocation;
    struct kafc_tags unknown;
};

struct kafc_streams_group_topology_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_streams_group_topology_value_topic_config {
    kafc_str key;
    kafc_str value;
    struct kafc_tags unknown;
};

struct kafc_streams_group_topology_value_topic {
    kafc_str name;
    int32_t partitions;         /* 0: as many as its sources have */
    int16_t replication_factor; /* 0: the broker's default */
    KAFC_ARRAY(struct kafc_streams_group_topology_value_topic_config) topic_configs;
    struct kafc_tags unknown;
};

struct kafc_streams_group_topology_value_copartition_group {
    KAFC_ARRAY(int16_t) source_topics;             /* places in the subtopology's source_topics */
    KAFC_ARRAY(int16_t) source_topic_regex;        /* likewise */
    KAFC_ARRAY(int16_t) repartition_source_topics; /* likewise */
    struct kafc_tags unknown;
};

struct kafc_streams_group_topology_value_subtopology {
    kafc_str subtopology_id;
    KAFC_ARRAY(kafc_str) source_topics;
    KAFC_ARRAY(kafc_str) source_topic_regex;
    KAFC_ARRAY(struct kafc_streams_group_topology_value_topic) state_changelog_topics;
    KAFC_ARRAY(kafc_str) repartition_sink_topics;
    KAFC_ARRAY(struct kafc_streams_group_topology_value_topic) repartition_source_topics;
    KAFC_ARRAY(struct kafc_streams_group_topology_value_copartition_group) copartition_groups;
    struct kafc_tags unknown;
};

struct kafc_streams_group_topology_value {
    int32_t epoch;
    KAFC_ARRAY(struct kafc_streams_group_topology_value_subtopology) subtopologies;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_streams_group_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_streams_group_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_metadata_value_config);
KAFC_DECLARE_SCHEMA(kafc_streams_group_member_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_streams_group_member_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_member_metadata_value_key_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_member_metadata_value_endpoint);
KAFC_DECLARE_SCHEMA(kafc_streams_group_target_assignment_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_streams_group_target_assignment_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_target_assignment_member_key);
KAFC_DECLARE_SCHEMA(kafc_streams_group_target_assignment_member_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_target_assignment_member_value_tasks);
KAFC_DECLARE_SCHEMA(kafc_streams_group_current_member_assignment_key);
KAFC_DECLARE_SCHEMA(kafc_streams_group_current_member_assignment_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_current_member_assignment_value_tasks);
KAFC_DECLARE_SCHEMA(kafc_streams_group_topology_key);
KAFC_DECLARE_SCHEMA(kafc_streams_group_topology_value);
KAFC_DECLARE_SCHEMA(kafc_streams_group_topology_value_subtopology);
KAFC_DECLARE_SCHEMA(kafc_streams_group_topology_value_copartition_group);
KAFC_DECLARE_SCHEMA(kafc_streams_group_topology_value_topic);
KAFC_DECLARE_SCHEMA(kafc_streams_group_topology_value_topic_config);

#endif
