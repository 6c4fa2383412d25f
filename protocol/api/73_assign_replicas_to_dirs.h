/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AssignReplicasToDirs (73): a broker reports which directory holds which
 * replica.
 */
#ifndef KAFC_PROTOCOL_API_ASSIGN_REPLICAS_TO_DIRS_H
#define KAFC_PROTOCOL_API_ASSIGN_REPLICAS_TO_DIRS_H

#include "protocol/types.h"

struct kafc_assign_replicas_to_dirs_req_partition {
    int32_t partition_index;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_req_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_assign_replicas_to_dirs_req_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_req_directory {
    kafc_uuid id;
    KAFC_ARRAY(struct kafc_assign_replicas_to_dirs_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_req {
    int32_t broker_id;
    int64_t broker_epoch;
    KAFC_ARRAY(struct kafc_assign_replicas_to_dirs_req_directory) directories;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_resp_topic {
    kafc_uuid topic_id;
    KAFC_ARRAY(struct kafc_assign_replicas_to_dirs_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_resp_directory {
    kafc_uuid id;
    KAFC_ARRAY(struct kafc_assign_replicas_to_dirs_resp_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_assign_replicas_to_dirs_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_assign_replicas_to_dirs_resp_directory) directories;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_assign_replicas_to_dirs);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_req);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_req_directory);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_req_topic);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_req_partition);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_resp);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_resp_directory);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_assign_replicas_to_dirs_resp_partition);

#endif
