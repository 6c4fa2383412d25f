/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Metadata (3), rows.
 */
#include "protocol/api/03_metadata.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_metadata_req_topic
ROWS(kafc_metadata_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(10), IGNORABLE),
    STR(name, "Name", SINCE(0), NULLABLE(10)),
};
SCHEMA(kafc_metadata_req_topic, "MetadataRequestTopic");
#undef MSG

#define MSG struct kafc_metadata_req
ROWS(kafc_metadata_req) = {
    ARR(topics, kafc_metadata_req_topic, "Topics", SINCE(0), NULLABLE(1)),
    BOOL(allow_auto_topic_creation, "AllowAutoTopicCreation", SINCE(4), DEFAULT(true)),
    BOOL(include_cluster_authorized_operations, "IncludeClusterAuthorizedOperations", RANGE(8, 10)),
    BOOL(include_topic_authorized_operations, "IncludeTopicAuthorizedOperations", SINCE(8)),
};
MESSAGE(kafc_metadata_req, "MetadataRequest", 3, 0, 13, 9);
#undef MSG

#define MSG struct kafc_metadata_resp_broker
ROWS(kafc_metadata_resp_broker) = {
    I32(node_id, "NodeId", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    I32(port, "Port", SINCE(0)),
    STR(rack, "Rack", SINCE(1), NULLABLE(1), DEFAULT_NULL, IGNORABLE),
};
SCHEMA(kafc_metadata_resp_broker, "MetadataResponseBroker");
#undef MSG

#define MSG struct kafc_metadata_resp_partition
ROWS(kafc_metadata_resp_partition) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(7), DEFAULT(-1), IGNORABLE),
    LIST(replica_nodes, "ReplicaNodes", SINCE(0)),
    LIST(isr_nodes, "IsrNodes", SINCE(0)),
    LIST(offline_replicas, "OfflineReplicas", SINCE(5), IGNORABLE),
};
SCHEMA(kafc_metadata_resp_partition, "MetadataResponsePartition");
#undef MSG

#define MSG struct kafc_metadata_resp_topic
ROWS(kafc_metadata_resp_topic) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(name, "Name", SINCE(0), NULLABLE(12)),
    UUID(topic_id, "TopicId", SINCE(10), IGNORABLE),
    BOOL(is_internal, "IsInternal", SINCE(1), IGNORABLE),
    ARR(partitions, kafc_metadata_resp_partition, "Partitions", SINCE(0)),
    I32(topic_authorized_operations, "TopicAuthorizedOperations", SINCE(8), DEFAULT(INT32_MIN)),
};
SCHEMA(kafc_metadata_resp_topic, "MetadataResponseTopic");
#undef MSG

#define MSG struct kafc_metadata_resp
ROWS(kafc_metadata_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(3), IGNORABLE),
    ARR(brokers, kafc_metadata_resp_broker, "Brokers", SINCE(0)),
    STR(cluster_id, "ClusterId", SINCE(2), NULLABLE(2), DEFAULT_NULL, IGNORABLE),
    I32(controller_id, "ControllerId", SINCE(1), DEFAULT(-1), IGNORABLE),
    ARR(topics, kafc_metadata_resp_topic, "Topics", SINCE(0)),
    I32(cluster_authorized_operations, "ClusterAuthorizedOperations", RANGE(8, 10), DEFAULT(INT32_MIN)),
    I16(error_code, "ErrorCode", SINCE(13), IGNORABLE),
};
MESSAGE(kafc_metadata_resp, "MetadataResponse", 3, 0, 13, 9);
#undef MSG

API(kafc_metadata, "Metadata", 3, 13, 9, 6, KAFC_TO_ANY);
