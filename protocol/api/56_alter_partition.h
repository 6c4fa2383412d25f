/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterPartition (56): a leader reports its in-sync replicas to the
 * controller.
 */
#ifndef KAFC_PROTOCOL_API_ALTER_PARTITION_H
#define KAFC_PROTOCOL_API_ALTER_PARTITION_H

#include "protocol/types.h"

struct kafc_alter_partition_req_broker {
    int32_t broker_id;
    int64_t broker_epoch;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_req_partition {
    int32_t partition_index;
    int32_t leader_epoch;
    KAFC_ARRAY(int32_t) new_isr;                                            /* to 2 */
    KAFC_ARRAY(struct kafc_alter_partition_req_broker) new_isr_with_epochs; /* from 3 */
    int8_t leader_recovery_state;                                           /* 1: recovers from an unclean election */
    int32_t partition_epoch;                                                /* of the state that is to change */
    struct kafc_tags unknown;
};

struct kafc_alter_partition_req_topic {
    kafc_str topic_name; /* to 1 */
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_alter_partition_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_req {
    int32_t broker_id;
    int64_t broker_epoch;
    KAFC_ARRAY(struct kafc_alter_partition_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    int32_t leader_id;
    int32_t leader_epoch;
    KAFC_ARRAY(int32_t) isr;
    int8_t leader_recovery_state;
    int32_t partition_epoch;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_resp_topic {
    kafc_str topic_name; /* to 1 */
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_alter_partition_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_partition_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_alter_partition_resp_topic) topics;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_alter_partition);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_req);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_req_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_req_partition);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_req_broker);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_resp);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_partition_resp_partition);

#endif
