/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: share groups. On the wire an INT16 stands
 * in front, of keys the record type, of values their version.
 */
#ifndef KAFC_PROTOCOL_BLOB_SHARE_GROUP_LOG_H
#define KAFC_PROTOCOL_BLOB_SHARE_GROUP_LOG_H

#include "protocol/types.h"

struct kafc_share_group_partition_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_partition_metadata_value_topic {
    kafc_uuid topic_id;
    kafc_str topic_name;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_partition_metadata_value_named {
    kafc_uuid topic_id;
    kafc_str topic_name;
    struct kafc_tags unknown;
};

struct kafc_share_group_partition_metadata_value {
    KAFC_ARRAY(struct kafc_share_group_partition_metadata_value_topic) initialized_topics;
    KAFC_ARRAY(struct kafc_share_group_partition_metadata_value_named) deleting_topics;
    struct kafc_tags unknown;
};

struct kafc_share_group_member_metadata_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_member_metadata_value {
    kafc_str rack_id;
    kafc_str client_id;
    kafc_str client_host;
    KAFC_ARRAY(kafc_str) subscribed_topic_names;
    struct kafc_tags unknown;
};

struct kafc_share_group_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_metadata_value {
    int32_t epoch;
    int64_t metadata_hash; /* of all topics subscribed to */
    struct kafc_tags unknown;
};

struct kafc_share_group_target_assignment_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_target_assignment_metadata_value {
    int32_t assignment_epoch;
    int64_t assignment_timestamp;
    struct kafc_tags unknown;
};

struct kafc_share_group_target_assignment_member_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_target_assignment_member_value_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_target_assignment_member_value {
    KAFC_ARRAY(struct kafc_share_group_target_assignment_member_value_topic) topic_partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_current_member_assignment_key {
    kafc_str group_id;
    kafc_str member_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_current_member_assignment_value_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_current_member_assignment_value {
    int32_t member_epoch;
    int32_t previous_member_epoch;
    int8_t state;
    KAFC_ARRAY(struct kafc_share_group_current_member_assignment_value_topic) assigned_partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_state_partition_metadata_key {
    kafc_str group_id;
    struct kafc_tags unknown;
};

struct kafc_share_group_state_partition_metadata_value_topic {
    kafc_uuid topic_id;
    kafc_str topic_name;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_share_group_state_partition_metadata_value_named {
    kafc_uuid topic_id;
    kafc_str topic_name;
    struct kafc_tags unknown;
};

struct kafc_share_group_state_partition_metadata_value {
    KAFC_ARRAY(struct kafc_share_group_state_partition_metadata_value_topic) initializing_topics;
    KAFC_ARRAY(struct kafc_share_group_state_partition_metadata_value_topic) initialized_topics;
    KAFC_ARRAY(struct kafc_share_group_state_partition_metadata_value_named) deleting_topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_share_group_partition_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_partition_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_partition_metadata_value_named);
KAFC_DECLARE_SCHEMA(kafc_share_group_partition_metadata_value_topic);
KAFC_DECLARE_SCHEMA(kafc_share_group_member_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_member_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_target_assignment_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_target_assignment_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_target_assignment_member_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_target_assignment_member_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_target_assignment_member_value_topic);
KAFC_DECLARE_SCHEMA(kafc_share_group_current_member_assignment_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_current_member_assignment_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_current_member_assignment_value_topic);
KAFC_DECLARE_SCHEMA(kafc_share_group_state_partition_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_share_group_state_partition_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_share_group_state_partition_metadata_value_named);
KAFC_DECLARE_SCHEMA(kafc_share_group_state_partition_metadata_value_topic);

#endif
