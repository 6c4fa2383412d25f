/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TxnOffsetCommit (28): offsets that count when their transaction commits,
 * sent to the group's coordinator. 5 is for transaction version 2 alone: it
 * needs no AddOffsetsToTxn before.
 */
#ifndef KAFC_PROTOCOL_API_TXN_OFFSET_COMMIT_H
#define KAFC_PROTOCOL_API_TXN_OFFSET_COMMIT_H

#include "protocol/types.h"

struct kafc_txn_offset_commit_req_partition {
    int32_t partition_index;
    int64_t committed_offset;
    int32_t committed_leader_epoch; /* of the last record read; -1: unknown */
    kafc_str committed_metadata;
    struct kafc_tags unknown;
};

struct kafc_txn_offset_commit_req_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_txn_offset_commit_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_txn_offset_commit_req {
    kafc_str transactional_id;
    kafc_str group_id;
    int64_t producer_id;
    int16_t producer_epoch;
    int32_t generation_id; /* -1: outside a membership */
    kafc_str member_id;
    kafc_str group_instance_id; /* null: no static member */
    KAFC_ARRAY(struct kafc_txn_offset_commit_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_txn_offset_commit_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_txn_offset_commit_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_txn_offset_commit_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_txn_offset_commit_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_txn_offset_commit_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_txn_offset_commit);
KAFC_DECLARE_SCHEMA(kafc_txn_offset_commit_req);
KAFC_DECLARE_SCHEMA(kafc_txn_offset_commit_req_topic);
KAFC_DECLARE_SCHEMA(kafc_txn_offset_commit_req_partition);
KAFC_DECLARE_SCHEMA(kafc_txn_offset_commit_resp);
KAFC_DECLARE_SCHEMA(kafc_txn_offset_commit_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_txn_offset_commit_resp_partition);

#endif
