/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: classic groups and committed offsets. On
 * the wire an INT16 stands in front, of keys the record type, of values
 * their version.
 */
#ifndef KAFC_PROTOCOL_BLOB_GROUP_LOG_H
#define KAFC_PROTOCOL_BLOB_GROUP_LOG_H

#include "protocol/types.h"

struct kafc_legacy_offset_commit_key {
    kafc_str group;
    kafc_str topic;
    int32_t partition;
    struct kafc_tags unknown;
};

struct kafc_legacy_offset_commit_value {
    int64_t offset;
    kafc_str metadata;
    int64_t commit_timestamp;
    struct kafc_tags unknown;
};

struct kafc_offset_commit_key {
    kafc_str group;
    kafc_str topic;
    int32_t partition;
    struct kafc_tags unknown;
};

struct kafc_offset_commit_value {
    int64_t offset;
    int32_t leader_epoch;     /* -1: unknown */
    kafc_str metadata;        /* a note of the member's */
    int64_t commit_timestamp; /* ms */
    int64_t expire_timestamp; /* only 1; -1: the broker's retention */
    kafc_uuid topic_id;       /* zero: unknown */
    struct kafc_tags unknown;
};

struct kafc_group_metadata_key {
    kafc_str group;
    struct kafc_tags unknown;
};

struct kafc_group_metadata_value_member {
    kafc_str member_id;
    kafc_str group_instance_id;
    kafc_str client_id;
    kafc_str client_host;
    int32_t rebalance_timeout; /* ms */
    int32_t session_timeout;   /* ms */
    kafc_bytes subscription;   /* of consumers: a version and a subscription */
    kafc_bytes assignment;     /* of consumers: a version and an assignment */
    struct kafc_tags unknown;
};

struct kafc_group_metadata_value {
    kafc_str protocol_type;
    int32_t generation;
    kafc_str protocol; /* an assignor's name; null: no members */
    kafc_str leader;
    int64_t current_state_timestamp; /* ms; -1: unknown */
    KAFC_ARRAY(struct kafc_group_metadata_value_member) members;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_legacy_offset_commit_key);
KAFC_DECLARE_SCHEMA(kafc_legacy_offset_commit_value);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_key);
KAFC_DECLARE_SCHEMA(kafc_offset_commit_value);
KAFC_DECLARE_SCHEMA(kafc_group_metadata_key);
KAFC_DECLARE_SCHEMA(kafc_group_metadata_value);
KAFC_DECLARE_SCHEMA(kafc_group_metadata_value_member);

#endif
