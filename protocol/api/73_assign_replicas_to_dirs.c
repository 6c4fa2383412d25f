/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AssignReplicasToDirs (73), rows.
 */
#include "protocol/api/73_assign_replicas_to_dirs.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_assign_replicas_to_dirs_req_partition
ROWS(kafc_assign_replicas_to_dirs_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
};
SCHEMA(kafc_assign_replicas_to_dirs_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_req_topic
ROWS(kafc_assign_replicas_to_dirs_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_assign_replicas_to_dirs_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_assign_replicas_to_dirs_req_topic, "TopicData");
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_req_directory
ROWS(kafc_assign_replicas_to_dirs_req_directory) = {
    UUID(id, "Id", SINCE(0)),
    ARR(topics, kafc_assign_replicas_to_dirs_req_topic, "Topics", SINCE(0)),
};
SCHEMA(kafc_assign_replicas_to_dirs_req_directory, "DirectoryData");
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_req
ROWS(kafc_assign_replicas_to_dirs_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(0), DEFAULT(-1)),
    ARR(directories, kafc_assign_replicas_to_dirs_req_directory, "Directories", SINCE(0)),
};
MESSAGE(kafc_assign_replicas_to_dirs_req, "AssignReplicasToDirsRequest", 73, 0, 0, 0);
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_resp_partition
ROWS(kafc_assign_replicas_to_dirs_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_assign_replicas_to_dirs_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_resp_topic
ROWS(kafc_assign_replicas_to_dirs_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_assign_replicas_to_dirs_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_assign_replicas_to_dirs_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_resp_directory
ROWS(kafc_assign_replicas_to_dirs_resp_directory) = {
    UUID(id, "Id", SINCE(0)),
    ARR(topics, kafc_assign_replicas_to_dirs_resp_topic, "Topics", SINCE(0)),
};
SCHEMA(kafc_assign_replicas_to_dirs_resp_directory, "DirectoryData");
#undef MSG

#define MSG struct kafc_assign_replicas_to_dirs_resp
ROWS(kafc_assign_replicas_to_dirs_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(directories, kafc_assign_replicas_to_dirs_resp_directory, "Directories", SINCE(0)),
};
MESSAGE(kafc_assign_replicas_to_dirs_resp, "AssignReplicasToDirsResponse", 73, 0, 0, 0);
#undef MSG

API(kafc_assign_replicas_to_dirs, "AssignReplicasToDirs", 73, 0, 0, 0, KAFC_TO_QUORUM);
