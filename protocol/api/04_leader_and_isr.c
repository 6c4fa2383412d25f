/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LeaderAndIsr (4), rows.
 */
#include "protocol/api/04_leader_and_isr.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_leader_and_isr_req_partition
ROWS(kafc_leader_and_isr_req_partition) = {
    STR(topic_name, "TopicName", RANGE(0, 1), IGNORABLE),
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(controller_epoch, "ControllerEpoch", SINCE(0)),
    I32(leader, "Leader", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    LIST(isr, "Isr", SINCE(0)),
    I32(partition_epoch, "PartitionEpoch", SINCE(0)),
    LIST(replicas, "Replicas", SINCE(0)),
    LIST(adding_replicas, "AddingReplicas", SINCE(3), IGNORABLE),
    LIST(removing_replicas, "RemovingReplicas", SINCE(3), IGNORABLE),
    BOOL(is_new, "IsNew", SINCE(1), IGNORABLE),
    I8(leader_recovery_state, "LeaderRecoveryState", SINCE(6)),
};
SCHEMA(kafc_leader_and_isr_req_partition, "LeaderAndIsrPartitionState");
#undef MSG

#define MSG struct kafc_leader_and_isr_req_topic
ROWS(kafc_leader_and_isr_req_topic) = {
    STR(topic_name, "TopicName", SINCE(2)),
    UUID(topic_id, "TopicId", SINCE(5), IGNORABLE),
    ARR(partition_states, kafc_leader_and_isr_req_partition, "PartitionStates", SINCE(2)),
};
SCHEMA(kafc_leader_and_isr_req_topic, "LeaderAndIsrTopicState");
#undef MSG

#define MSG struct kafc_leader_and_isr_req_live_leader
ROWS(kafc_leader_and_isr_req_live_leader) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    STR(host_name, "HostName", SINCE(0)),
    I32(port, "Port", SINCE(0)),
};
SCHEMA(kafc_leader_and_isr_req_live_leader, "LeaderAndIsrLiveLeader");
#undef MSG

#define MSG struct kafc_leader_and_isr_req
ROWS(kafc_leader_and_isr_req) = {
    I32(controller_id, "ControllerId", SINCE(0)),
    BOOL(is_kraft_controller, "isKRaftController", SINCE(7)),
    I32(controller_epoch, "ControllerEpoch", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(2), DEFAULT(-1), IGNORABLE),
    I8(type, "Type", SINCE(5)),
    ARR(ungrouped_partition_states, kafc_leader_and_isr_req_partition, "UngroupedPartitionStates", RANGE(0, 1)),
    ARR(topic_states, kafc_leader_and_isr_req_topic, "TopicStates", SINCE(2)),
    ARR(live_leaders, kafc_leader_and_isr_req_live_leader, "LiveLeaders", SINCE(0)),
};
MESSAGE(kafc_leader_and_isr_req, "LeaderAndIsrRequest", 4, 0, 7, 4);
#undef MSG

#define MSG struct kafc_leader_and_isr_resp_partition
ROWS(kafc_leader_and_isr_resp_partition) = {
    STR(topic_name, "TopicName", RANGE(0, 4), IGNORABLE),
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_leader_and_isr_resp_partition, "LeaderAndIsrPartitionError");
#undef MSG

#define MSG struct kafc_leader_and_isr_resp_topic
ROWS(kafc_leader_and_isr_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(5)),
    ARR(partition_errors, kafc_leader_and_isr_resp_partition, "PartitionErrors", SINCE(5)),
};
SCHEMA(kafc_leader_and_isr_resp_topic, "LeaderAndIsrTopicError");
#undef MSG

#define MSG struct kafc_leader_and_isr_resp
ROWS(kafc_leader_and_isr_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(partition_errors, kafc_leader_and_isr_resp_partition, "PartitionErrors", RANGE(0, 4)),
    ARR(topics, kafc_leader_and_isr_resp_topic, "Topics", SINCE(5)),
};
MESSAGE(kafc_leader_and_isr_resp, "LeaderAndIsrResponse", 4, 0, 7, 4);
#undef MSG

API(kafc_leader_and_isr, "LeaderAndIsr", 4, 7, 4, NEVER, KAFC_TO_BROKER);
