/* SPDX-License-Identifier: BSD-2-Clause
 *
 * AlterPartition (56), rows.
 */
#include "protocol/api/56_alter_partition.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_alter_partition_req_broker
ROWS(kafc_alter_partition_req_broker) = {
    I32(broker_id, "BrokerId", SINCE(3)),
    I64(broker_epoch, "BrokerEpoch", SINCE(3), DEFAULT(-1)),
};
SCHEMA(kafc_alter_partition_req_broker, "BrokerState");
#undef MSG

#define MSG struct kafc_alter_partition_req_partition
ROWS(kafc_alter_partition_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    LIST(new_isr, "NewIsr", RANGE(0, 2)),
    ARR(new_isr_with_epochs, kafc_alter_partition_req_broker, "NewIsrWithEpochs", SINCE(3)),
    I8(leader_recovery_state, "LeaderRecoveryState", SINCE(1)),
    I32(partition_epoch, "PartitionEpoch", SINCE(0)),
};
SCHEMA(kafc_alter_partition_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_alter_partition_req_topic
ROWS(kafc_alter_partition_req_topic) = {
    STR(topic_name, "TopicName", RANGE(0, 1), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(2), IGNORABLE),
    ARR(partitions, kafc_alter_partition_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_partition_req_topic, "TopicData");
#undef MSG

#define MSG struct kafc_alter_partition_req
ROWS(kafc_alter_partition_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(0), DEFAULT(-1)),
    ARR(topics, kafc_alter_partition_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_alter_partition_req, "AlterPartitionRequest", 56, 0, 3, 0);
#undef MSG

#define MSG struct kafc_alter_partition_resp_partition
ROWS(kafc_alter_partition_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    LIST(isr, "Isr", SINCE(0)),
    I8(leader_recovery_state, "LeaderRecoveryState", SINCE(1), IGNORABLE),
    I32(partition_epoch, "PartitionEpoch", SINCE(0)),
};
SCHEMA(kafc_alter_partition_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_alter_partition_resp_topic
ROWS(kafc_alter_partition_resp_topic) = {
    STR(topic_name, "TopicName", RANGE(0, 1), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(2), IGNORABLE),
    ARR(partitions, kafc_alter_partition_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_alter_partition_resp_topic, "TopicData");
#undef MSG

#define MSG struct kafc_alter_partition_resp
ROWS(kafc_alter_partition_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(topics, kafc_alter_partition_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_alter_partition_resp, "AlterPartitionResponse", 56, 0, 3, 0);
#undef MSG

API(kafc_alter_partition, "AlterPartition", 56, 3, 0, 0, KAFC_TO_QUORUM);
