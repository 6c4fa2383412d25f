/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UpdateMetadata (6), rows.
 */
#include "protocol/api/06_update_metadata.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_update_metadata_req_partition
ROWS(kafc_update_metadata_req_partition) = {
    STR(topic_name, "TopicName", RANGE(0, 4), IGNORABLE),
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(controller_epoch, "ControllerEpoch", SINCE(0)),
    I32(leader, "Leader", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    LIST(isr, "Isr", SINCE(0)),
    I32(zk_version, "ZkVersion", SINCE(0)),
    LIST(replicas, "Replicas", SINCE(0)),
    LIST(offline_replicas, "OfflineReplicas", SINCE(4), IGNORABLE),
};
SCHEMA(kafc_update_metadata_req_partition, "UpdateMetadataPartitionState");
#undef MSG

#define MSG struct kafc_update_metadata_req_topic
ROWS(kafc_update_metadata_req_topic) = {
    STR(topic_name, "TopicName", SINCE(5)),
    UUID(topic_id, "TopicId", SINCE(7), IGNORABLE),
    ARR(partition_states, kafc_update_metadata_req_partition, "PartitionStates", SINCE(5)),
};
SCHEMA(kafc_update_metadata_req_topic, "UpdateMetadataTopicState");
#undef MSG

#define MSG struct kafc_update_metadata_req_endpoint
ROWS(kafc_update_metadata_req_endpoint) = {
    I32(port, "Port", SINCE(1)),
    STR(host, "Host", SINCE(1)),
    STR(listener, "Listener", SINCE(3), IGNORABLE),
    I16(security_protocol, "SecurityProtocol", SINCE(1)),
};
SCHEMA(kafc_update_metadata_req_endpoint, "UpdateMetadataEndpoint");
#undef MSG

#define MSG struct kafc_update_metadata_req_broker
ROWS(kafc_update_metadata_req_broker) = {
    I32(id, "Id", SINCE(0)),
    STR(v0_host, "V0Host", RANGE(0, 0), IGNORABLE),
    I32(v0_port, "V0Port", RANGE(0, 0), IGNORABLE),
    ARR(endpoints, kafc_update_metadata_req_endpoint, "Endpoints", SINCE(1), IGNORABLE),
    STR(rack, "Rack", SINCE(2), NULLABLE(0), IGNORABLE),
};
SCHEMA(kafc_update_metadata_req_broker, "UpdateMetadataBroker");
#undef MSG

#define MSG struct kafc_update_metadata_req
ROWS(kafc_update_metadata_req) = {
    I32(controller_id, "ControllerId", SINCE(0)),
    BOOL(is_kraft_controller, "isKRaftController", SINCE(8)),
    I8(type, "Type", SINCE(8), TAG(0, 8)),
    I32(controller_epoch, "ControllerEpoch", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(5), DEFAULT(-1), IGNORABLE),
    ARR(ungrouped_partition_states, kafc_update_metadata_req_partition, "UngroupedPartitionStates", RANGE(0, 4)),
    ARR(topic_states, kafc_update_metadata_req_topic, "TopicStates", SINCE(5)),
    ARR(live_brokers, kafc_update_metadata_req_broker, "LiveBrokers", SINCE(0)),
};
MESSAGE(kafc_update_metadata_req, "UpdateMetadataRequest", 6, 0, 8, 6);
#undef MSG

#define MSG struct kafc_update_metadata_resp
ROWS(kafc_update_metadata_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
};
MESSAGE(kafc_update_metadata_resp, "UpdateMetadataResponse", 6, 0, 8, 6);
#undef MSG

API(kafc_update_metadata, "UpdateMetadata", 6, 8, 6, NEVER, KAFC_TO_BROKER);
