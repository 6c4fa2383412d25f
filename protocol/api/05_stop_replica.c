/* SPDX-License-Identifier: BSD-2-Clause
 *
 * StopReplica (5), rows.
 */
#include "protocol/api/05_stop_replica.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_stop_replica_req_ungrouped
ROWS(kafc_stop_replica_req_ungrouped) = {
    STR(topic_name, "TopicName", RANGE(0, 0)),
    I32(partition_index, "PartitionIndex", RANGE(0, 0)),
};
SCHEMA(kafc_stop_replica_req_ungrouped, "StopReplicaPartitionV0");
#undef MSG

#define MSG struct kafc_stop_replica_req_topic
ROWS(kafc_stop_replica_req_topic) = {
    STR(name, "Name", RANGE(1, 2)),
    LIST(partition_indexes, "PartitionIndexes", RANGE(1, 2)),
};
SCHEMA(kafc_stop_replica_req_topic, "StopReplicaTopicV1");
#undef MSG

#define MSG struct kafc_stop_replica_req_state_partition
ROWS(kafc_stop_replica_req_state_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(3)),
    I32(leader_epoch, "LeaderEpoch", SINCE(3), DEFAULT(-1)),
    BOOL(delete_partition, "DeletePartition", SINCE(3)),
};
SCHEMA(kafc_stop_replica_req_state_partition, "StopReplicaPartitionState");
#undef MSG

#define MSG struct kafc_stop_replica_req_state_topic
ROWS(kafc_stop_replica_req_state_topic) = {
    STR(topic_name, "TopicName", SINCE(3)),
    ARR(partition_states, kafc_stop_replica_req_state_partition, "PartitionStates", SINCE(3)),
};
SCHEMA(kafc_stop_replica_req_state_topic, "StopReplicaTopicState");
#undef MSG

#define MSG struct kafc_stop_replica_req
ROWS(kafc_stop_replica_req) = {
    I32(controller_id, "ControllerId", SINCE(0)),
    BOOL(is_kraft_controller, "isKRaftController", SINCE(4)),
    I32(controller_epoch, "ControllerEpoch", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(1), DEFAULT(-1), IGNORABLE),
    BOOL(delete_partitions, "DeletePartitions", RANGE(0, 2)),
    ARR(ungrouped_partitions, kafc_stop_replica_req_ungrouped, "UngroupedPartitions", RANGE(0, 0)),
    ARR(topics, kafc_stop_replica_req_topic, "Topics", RANGE(1, 2)),
    ARR(topic_states, kafc_stop_replica_req_state_topic, "TopicStates", SINCE(3)),
};
MESSAGE(kafc_stop_replica_req, "StopReplicaRequest", 5, 0, 4, 2);
#undef MSG

#define MSG struct kafc_stop_replica_resp_partition
ROWS(kafc_stop_replica_resp_partition) = {
    STR(topic_name, "TopicName", SINCE(0)),
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_stop_replica_resp_partition, "StopReplicaPartitionError");
#undef MSG

#define MSG struct kafc_stop_replica_resp
ROWS(kafc_stop_replica_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(partition_errors, kafc_stop_replica_resp_partition, "PartitionErrors", SINCE(0)),
};
MESSAGE(kafc_stop_replica_resp, "StopReplicaResponse", 5, 0, 4, 2);
#undef MSG

API(kafc_stop_replica, "StopReplica", 5, 4, 2, NEVER, KAFC_TO_BROKER);
