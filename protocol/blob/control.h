/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys and values of control records. On the wire an INT16 version stands
 * in front; the last five types are found in __cluster_metadata only.
 */
#ifndef KAFC_PROTOCOL_BLOB_CONTROL_H
#define KAFC_PROTOCOL_BLOB_CONTROL_H

#include "protocol/types.h"

struct kafc_control_key {
    int16_t type; /* 0 abort, 1 commit, 2 leader change, 3 and 4 snapshot's ends, 5 KRaft version, 6 voters */
    struct kafc_tags unknown;
};

struct kafc_end_txn_marker {
    int32_t coordinator_epoch; /* a marker below the last one's is void */
    struct kafc_tags unknown;
};

struct kafc_leader_change_message_voter {
    int32_t voter_id;
    kafc_uuid voter_directory_id;
    struct kafc_tags unknown;
};

struct kafc_leader_change_message {
    int16_t version;
    int32_t leader_id;
    KAFC_ARRAY(struct kafc_leader_change_message_voter) voters;
    KAFC_ARRAY(struct kafc_leader_change_message_voter) granting_voters;
    struct kafc_tags unknown;
};

struct kafc_snapshot_header_record {
    int16_t version;
    int64_t last_contained_log_timestamp;
    struct kafc_tags unknown;
};

struct kafc_snapshot_footer_record {
    int16_t version;
    struct kafc_tags unknown;
};

struct kafc_kraft_version_record {
    int16_t version;
    int16_t kraft_version;
    struct kafc_tags unknown;
};

struct kafc_voters_record_endpoint {
    kafc_str name;
    kafc_str host;
    uint16_t port;
    struct kafc_tags unknown;
};

struct kafc_voters_record_kraft_version {
    int16_t min_supported_version;
    int16_t max_supported_version;
    struct kafc_tags unknown;
};

struct kafc_voters_record_voter {
    int32_t voter_id;
    kafc_uuid voter_directory_id;
    KAFC_ARRAY(struct kafc_voters_record_endpoint) endpoints;
    struct kafc_voters_record_kraft_version kraft_version_feature;
    struct kafc_tags unknown;
};

struct kafc_voters_record {
    int16_t version;
    KAFC_ARRAY(struct kafc_voters_record_voter) voters;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_control_key);
KAFC_DECLARE_SCHEMA(kafc_end_txn_marker);
KAFC_DECLARE_SCHEMA(kafc_leader_change_message);
KAFC_DECLARE_SCHEMA(kafc_leader_change_message_voter);
KAFC_DECLARE_SCHEMA(kafc_snapshot_header_record);
KAFC_DECLARE_SCHEMA(kafc_snapshot_footer_record);
KAFC_DECLARE_SCHEMA(kafc_kraft_version_record);
KAFC_DECLARE_SCHEMA(kafc_voters_record);
KAFC_DECLARE_SCHEMA(kafc_voters_record_voter);
KAFC_DECLARE_SCHEMA(kafc_voters_record_kraft_version);
KAFC_DECLARE_SCHEMA(kafc_voters_record_endpoint);

#endif
