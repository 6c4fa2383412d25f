/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterReplicaLogDirs (34): moves replicas between the log directories of
 * the broker asked.
 */
#ifndef KAFC_PROTOCOL_API_ALTER_REPLICA_LOG_DIRS_H
#define KAFC_PROTOCOL_API_ALTER_REPLICA_LOG_DIRS_H

#include "protocol/types.h"

struct kafc_alter_replica_log_dirs_req_topic {
    kafc_str name;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_replica_log_dirs_req_dir {
    kafc_str path;
    KAFC_ARRAY(struct kafc_alter_replica_log_dirs_req_topic) topics;
    struct kafc_tags unknown;
};

struct kafc_alter_replica_log_dirs_req {
    KAFC_ARRAY(struct kafc_alter_replica_log_dirs_req_dir) dirs;
    struct kafc_tags unknown;
};

struct kafc_alter_replica_log_dirs_resp_partition {
    int32_t partition_index;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_alter_replica_log_dirs_resp_topic {
    kafc_str topic_name;
    KAFC_ARRAY(struct kafc_alter_replica_log_dirs_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_alter_replica_log_dirs_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_alter_replica_log_dirs_resp_topic) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_alter_replica_log_dirs);
KAFC_DECLARE_SCHEMA(kafc_alter_replica_log_dirs_req);
KAFC_DECLARE_SCHEMA(kafc_alter_replica_log_dirs_req_dir);
KAFC_DECLARE_SCHEMA(kafc_alter_replica_log_dirs_req_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_replica_log_dirs_resp);
KAFC_DECLARE_SCHEMA(kafc_alter_replica_log_dirs_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_alter_replica_log_dirs_resp_partition);

#endif
