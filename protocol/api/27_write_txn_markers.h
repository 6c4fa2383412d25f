/* SPDX-License-Identifier: BSD-2-Clause
 *
 * WriteTxnMarkers (27): a transaction coordinator has leaders write commit
 * and abort markers; an administrator, too, to end a hanging transaction.
 * Each leader gets its own partitions only.
 */
#ifndef KAFC_PROTOCOL_API_WRITE_TXN_MARKERS_H
#define KAFC_PROTOCOL_API_WRITE_TXN_MARKERS_H

#include "protocol/types.h"

struct kafc_write_txn_markers_req_topic {
    kafc_str name;
    KAFC_ARRAY(int32_t) partition_indexes;
    struct kafc_tags unknown;
};

struct kafc_write_txn_markers_req_marker {
    int64_t producer_id;
    int16_t producer_epoch;
    bool transaction_result; /* true: commit */
    KAFC_ARRAY(struct kafc_write_txn_markers_req_topic) topics;
    int32_t coordinator_epoch;  /* of the coordinator's partition, as the marker keeps it */
    int8_t transaction_version; /* 2: the epoch is bumped with every transaction */
    struct kafc_tags unknown;
};

struct kafc_write_txn_markers_req {
    KAFC_ARRAY(struct kafc_write_txn_markers_req_marker) markers;
    struct kafc_tags unknown;
};

struct kafc_write_txn_markers_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_write_txn_markers_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_write_txn_markers_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_write_txn_markers_resp_marker {
    int64_t producer_id;
    KAFC_ARRAY(struct kafc_write_txn_markers_resp_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_write_txn_markers_resp {
    KAFC_ARRAY(struct kafc_write_txn_markers_resp_marker) markers;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_write_txn_markers);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_req);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_req_marker);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_req_topic);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_resp);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_resp_marker);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_write_txn_markers_resp_partition);

#endif
