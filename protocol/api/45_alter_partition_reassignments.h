/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterPartitionReassignments (45): moves replicas to other brokers; null
 * replicas cancel a move.
 */
#ifndef KAFC_PROTOCOL_API_ALTER_PARTITION_REASSIGNMENTS_H
#define KAFC_PROTOCOL_API_ALTER_PARTITION_REASSIGNMENTS_H

#include "protocol/types.h"

struct kafc_alter_partition_reassignments_req_partition {
    int32_t partition_index;
    KAFC_ARRAY(int32_t) replicas; /* null: cancel */
    struct kafc_tags unknown;
};

struct kafc_alter_partition_reassignments_req_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_alter_partition_reassignments_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_reassignments_req {
    int32_t timeout_ms;
    bool allow_replication_factor_change;
    KAFC_ARRAY(struct kafc_alter_partition_reassignments_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_reassignments_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_reassignments_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_alter_partition_reassignments_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_reassignments_resp {
    int32_t throttle_time_ms;
    bool allow_replication_factor_change;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_alter_partition_reassignments_resp_topic) responses;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_alter_partition_reassignments);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_reassignments_req);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_reassignments_req_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_reassignments_req_partition);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_reassignments_resp);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_reassignments_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_reassignments_resp_partition);

#endif
