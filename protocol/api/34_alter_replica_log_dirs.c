/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterReplicaLogDirs (34), rows.
 */
#include "protocol/api/34_alter_replica_log_dirs.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_alter_replica_log_dirs_req_topic
ROWS(kafc_alter_replica_log_dirs_req_topic) = {
    STR(name, "Name", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_replica_log_dirs_req_topic, "AlterReplicaLogDirTopic");
#undef MSG

#define MSG struct kafc_alter_replica_log_dirs_req_dir
ROWS(kafc_alter_replica_log_dirs_req_dir) = {
    STR(path, "Path", SINCE(0)),
    ARR(topics, kafc_alter_replica_log_dirs_req_topic, "Topics", SINCE(0)),
};
SCHEMA(kafc_alter_replica_log_dirs_req_dir, "AlterReplicaLogDir");
#undef MSG

#define MSG struct kafc_alter_replica_log_dirs_req
ROWS(kafc_alter_replica_log_dirs_req) = {
    ARR(dirs, kafc_alter_replica_log_dirs_req_dir, "Dirs", SINCE(0)),
};
MESSAGE(kafc_alter_replica_log_dirs_req, "AlterReplicaLogDirsRequest", 34, 0, 2, 2);
#undef MSG

#define MSG struct kafc_alter_replica_log_dirs_resp_partition
ROWS(kafc_alter_replica_log_dirs_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_alter_replica_log_dirs_resp_partition, "AlterReplicaLogDirPartitionResult");
#undef MSG

#define MSG struct kafc_alter_replica_log_dirs_resp_topic
ROWS(kafc_alter_replica_log_dirs_resp_topic) = {
    STR(topic_name, "TopicName", SINCE(0)),
    ARR(partitions, kafc_alter_replica_log_dirs_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_replica_log_dirs_resp_topic, "AlterReplicaLogDirTopicResult");
#undef MSG

#define MSG struct kafc_alter_replica_log_dirs_resp
ROWS(kafc_alter_replica_log_dirs_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(results, kafc_alter_replica_log_dirs_resp_topic, "Results", SINCE(0)),
};
MESSAGE(kafc_alter_replica_log_dirs_resp, "AlterReplicaLogDirsResponse", 34, 0, 2, 2);
#undef MSG

API(kafc_alter_replica_log_dirs, "AlterReplicaLogDirs", 34, 2, 2, 1, KAFC_TO_BROKER);
