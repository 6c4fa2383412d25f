/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListPartitionReassignments (46): the moves of replicas that are under
 * way.
 */
#ifndef KAFC_PROTOCOL_API_LIST_PARTITION_REASSIGNMENTS_H
#define KAFC_PROTOCOL_API_LIST_PARTITION_REASSIGNMENTS_H

#include "protocol/types.h"

struct kafc_list_partition_reassignments_req_topic {
    kafc_str name;
    KAFC_ARRAY(int32_t) partition_indexes;
    struct kafc_tags unknown;
};

struct kafc_list_partition_reassignments_req {
    int32_t timeout_ms;
    KAFC_ARRAY(struct kafc_list_partition_reassignments_req_topic) topics; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_list_partition_reassignments_resp_partition {
    int32_t partition_index;
    KAFC_ARRAY(int32_t) replicas;
    KAFC_ARRAY(int32_t) adding_replicas;
    KAFC_ARRAY(int32_t) removing_replicas;
    struct kafc_tags unknown;
};

struct kafc_list_partition_reassignments_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_list_partition_reassignments_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_list_partition_reassignments_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_list_partition_reassignments_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_list_partition_reassignments);
KAFC_DECLARE_SCHEMA(kafc_list_partition_reassignments_req);
KAFC_DECLARE_SCHEMA(kafc_list_partition_reassignments_req_topic);
KAFC_DECLARE_SCHEMA(kafc_list_partition_reassignments_resp);
KAFC_DECLARE_SCHEMA(kafc_list_partition_reassignments_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_list_partition_reassignments_resp_partition);

#endif
