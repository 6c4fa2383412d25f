/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: KIP-848 groups. On the wire an INT16
 * stands in front, of keys the record type, of values their version.
 */
#ifndef KAFC_PROTOCOL_BLOB_CONSUMER_GROUP_LOG_H
#define KAFC_PROTOCOL_BLOB_CONSUMER_GROUP_LOG_H

#include "protocol/types.h"

struct kafc_consumer_group_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_metadata_value {
    int32_t epoch;
    int64_t metadata_hash; /* of all topics subscribed to; 0: unknown */
    struct kafc_tags unknown;
};

struct kafc_consumer_group_partition_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_partition_metadata_value_partition {
    int32_t partition;
    KAFC_ARRAY(kafc_str) racks;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_partition_metadata_value_topic {
    kafc_uuid topic_id;
    kafc_str topic_name;
    int32_t num_partitions;
    KAFC_ARRAY(struct kafc_consumer_group_partition_metadata_value_partition) partition_metadata;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_partition_metadata_value {
    KAFC_ARRAY(struct kafc_consumer_group_partition_metadata_value_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_member_metadata_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_member_metadata_value_protocol {
    kafc_str name;
    kafc_bytes metadata;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_member_metadata_value_classic {
    int32_t session_timeout_ms;
    KAFC_ARRAY(struct kafc_consumer_group_member_metadata_value_protocol) supported_protocols;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_member_metadata_value {
    kafc_str instance_id;
    kafc_str rack_id;
    kafc_str client_id;
    kafc_str client_host;
    KAFC_ARRAY(kafc_str) subscribed_topic_names;
    kafc_str subscribed_topic_regex;
    int32_t rebalance_timeout_ms; /* -1: none */
    kafc_str server_assignor;
    /* null: it speaks ConsumerGroupHeartbeat */
    struct kafc_consumer_group_member_metadata_value_classic *classic_member_metadata;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_target_assignment_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_target_assignment_metadata_value {
    int32_t assignment_epoch;
    int64_t assignment_timestamp;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_target_assignment_member_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_target_assignment_member_value_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_target_assignment_member_value {
    KAFC_ARRAY(struct kafc_consumer_group_target_assignment_member_value_topic) topic_partitions;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_current_member_assignment_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_current_member_assignment_value_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    KAFC_ARRAY(int32_t) assignment_epochs; /* one for each partition; null: unknown */
    struct kafc_tags unknown;
};

struct kafc_consumer_group_current_member_assignment_value {
    int32_t member_epoch;
    int32_t previous_member_epoch;
    int8_t state; /* 0 stable, 1 has to give partitions up, 2 waits for others' */
    KAFC_ARRAY(struct kafc_consumer_group_current_member_assignment_value_topic) assigned_partitions;
    KAFC_ARRAY(struct kafc_consumer_group_current_member_assignment_value_topic) partitions_pending_revocation;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_regular_expression_key {
    kafc_str group_id;
    kafc_str regular_expression;
    struct kafc_tags unknown;
};

struct kafc_consumer_group_regular_expression_value {
    KAFC_ARRAY(kafc_str) topics;
    int64_t version;
    int64_t timestamp;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_consumer_group_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_partition_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_partition_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_partition_metadata_value_topic);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_partition_metadata_value_partition);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_member_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_member_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_member_metadata_value_classic);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_member_metadata_value_protocol);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_target_assignment_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_target_assignment_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_target_assignment_member_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_target_assignment_member_value);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_target_assignment_member_value_topic);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_current_member_assignment_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_current_member_assignment_value);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_current_member_assignment_value_topic);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_regular_expression_key);
KAFC_DECLARE_SCHEMA(kafc_consumer_group_regular_expression_value);

#endif
