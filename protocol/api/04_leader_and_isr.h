/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LeaderAndIsr (4): a ZooKeeper controller tells a broker which partitions
 * it leads or follows. Gone in 4.0.
 */
#ifndef KAFC_PROTOCOL_API_LEADER_AND_ISR_H
#define KAFC_PROTOCOL_API_LEADER_AND_ISR_H

#include "protocol/types.h"

struct kafc_leader_and_isr_req_partition {
    kafc_str topic_name; /* to 1 */
    int32_t partition_index;
    int32_t controller_epoch;
    int32_t leader;
    int32_t leader_epoch;
    KAFC_ARRAY(int32_t) isr;
    int32_t partition_epoch; /* ZooKeeper's version of the state */
    KAFC_ARRAY(int32_t) replicas;
    KAFC_ARRAY(int32_t) adding_replicas;
    KAFC_ARRAY(int32_t) removing_replicas;
    bool is_new;
    int8_t leader_recovery_state; /* 1: recovers from an unclean election */
    struct kafc_tags unknown;
};

struct kafc_leader_and_isr_req_topic {
    kafc_str topic_name;
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_leader_and_isr_req_partition) partition_states;
    struct kafc_tags unknown;
};

struct kafc_leader_and_isr_req_live_leader {
    int32_t broker_id;
    kafc_str host_name;
    int32_t port;
    struct kafc_tags unknown;
};

struct kafc_leader_and_isr_req {
    int32_t controller_id;
    bool is_kraft_controller;
    int32_t controller_epoch;
    int64_t broker_epoch; /* ZooKeeper's id of the registration; -1: none */
    int8_t type; /* 1 some partitions, 2 all that the broker has */
    KAFC_ARRAY(struct kafc_leader_and_isr_req_partition) ungrouped_partition_states; /* to 1 */
    KAFC_ARRAY(struct kafc_leader_and_isr_req_topic) topic_states;
    KAFC_ARRAY(struct kafc_leader_and_isr_req_live_leader) live_leaders;
    struct kafc_tags unknown;
};

struct kafc_leader_and_isr_resp_partition {
    kafc_str topic_name; /* to 4 */
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_leader_and_isr_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_leader_and_isr_resp_partition) partition_errors;
    struct kafc_tags unknown;
};

struct kafc_leader_and_isr_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_leader_and_isr_resp_partition) partition_errors; /* to 4 */
    KAFC_ARRAY(struct kafc_leader_and_isr_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_leader_and_isr);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_req);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_req_live_leader);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_req_topic);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_req_partition);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_resp);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_leader_and_isr_resp_partition);

#endif
