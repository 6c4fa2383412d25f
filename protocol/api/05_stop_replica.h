/* SPDX-License-Identifier: BSD-2-Clause
 *
 * StopReplica (5): a ZooKeeper controller tells a broker to give replicas
 * up: named one by one in 0, by topic in 1 and 2, with epochs from 3. Gone
 * in 4.0.
 */
#ifndef KAFC_PROTOCOL_API_STOP_REPLICA_H
#define KAFC_PROTOCOL_API_STOP_REPLICA_H

#include "protocol/types.h"

struct kafc_stop_replica_req_ungrouped {
    kafc_str topic_name;     /* only 0 */
    int32_t partition_index; /* only 0 */
    struct kafc_tags unknown;
};

struct kafc_stop_replica_req_topic {
    kafc_str name;                         /* 1 to 2 */
    KAFC_ARRAY(int32_t) partition_indexes; /* 1 to 2 */
    struct kafc_tags unknown;
};

struct kafc_stop_replica_req_state_partition {
    int32_t partition_index;
    int32_t leader_epoch; /* -1: none; -2: the topic is deleted */
    bool delete_partition;
    struct kafc_tags unknown;
};

struct kafc_stop_replica_req_state_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_stop_replica_req_state_partition) partition_states;
    struct kafc_tags unknown;
};

struct kafc_stop_replica_req {
    int32_t controller_id;
    bool is_kraft_controller;
    int32_t controller_epoch;
    int64_t broker_epoch;                                                    /* -1: none */
    bool delete_partitions;                                                  /* to 2 */
    KAFC_ARRAY(struct kafc_stop_replica_req_ungrouped) ungrouped_partitions; /* only 0 */
    KAFC_ARRAY(struct kafc_stop_replica_req_topic) topics;                   /* 1 to 2 */
    KAFC_ARRAY(struct kafc_stop_replica_req_state_topic) topic_states;
    struct kafc_tags unknown;
};

struct kafc_stop_replica_resp_partition {
    kafc_str topic_name;
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_stop_replica_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_stop_replica_resp_partition) partition_errors;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_stop_replica);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_req);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_req_state_topic);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_req_state_partition);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_req_topic);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_req_ungrouped);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_resp);
KAFC_DECLARE_SCHEMA(kafc_stop_replica_resp_partition);

#endif
