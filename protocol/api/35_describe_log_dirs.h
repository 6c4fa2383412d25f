/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeLogDirs (35): log directories of the broker asked, and what lies
 * in them.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_LOG_DIRS_H
#define KAFC_PROTOCOL_API_DESCRIBE_LOG_DIRS_H

#include "protocol/types.h"

struct kafc_describe_log_dirs_req_topic {
    kafc_str topic;
    KAFC_ARRAY(int32_t) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_log_dirs_req {
    KAFC_ARRAY(struct kafc_describe_log_dirs_req_topic) topics; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_describe_log_dirs_resp_partition {
    int32_t partition_index;
    int64_t partition_size; /* bytes */
    int64_t offset_lag;     /* behind the high watermark; of a future replica: behind the present one */
    bool is_future_key;     /* a copy that AlterReplicaLogDirs makes */
    struct kafc_tags unknown;
};

struct kafc_describe_log_dirs_resp_topic {
    kafc_str name;
    KAFC_ARRAY(struct kafc_describe_log_dirs_resp_partition) partitions;
    struct kafc_tags unknown;
};

struct kafc_describe_log_dirs_resp_result {
    int16_t error_code;
    kafc_str log_dir;
    KAFC_ARRAY(struct kafc_describe_log_dirs_resp_topic) topics;
    int64_t total_bytes;  /* of the volume; -1: unknown */
    int64_t usable_bytes; /* of the volume; -1: unknown */
    bool is_cordoned;     /* takes no new replicas */
    struct kafc_tags unknown;
};

struct kafc_describe_log_dirs_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_describe_log_dirs_resp_result) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_log_dirs);
KAFC_DECLARE_SCHEMA(kafc_describe_log_dirs_req);
KAFC_DECLARE_SCHEMA(kafc_describe_log_dirs_req_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_log_dirs_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_log_dirs_resp_result);
KAFC_DECLARE_SCHEMA(kafc_describe_log_dirs_resp_topic);
KAFC_DECLARE_SCHEMA(kafc_describe_log_dirs_resp_partition);

#endif
