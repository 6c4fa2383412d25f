/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ShareAcknowledge (79), rows.
 */
#include "protocol/api/79_share_acknowledge.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_share_acknowledge_req_ack_batch
ROWS(kafc_share_acknowledge_req_ack_batch) = {
    I64(first_offset, "FirstOffset", SINCE(0)),
    I64(last_offset, "LastOffset", SINCE(0)),
    LIST(acknowledge_types, "AcknowledgeTypes", SINCE(0)),
};
SCHEMA(kafc_share_acknowledge_req_ack_batch, "AcknowledgementBatch");
#undef MSG

#define MSG struct kafc_share_acknowledge_req_partition
ROWS(kafc_share_acknowledge_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    ARR(acknowledgement_batches, kafc_share_acknowledge_req_ack_batch, "AcknowledgementBatches", SINCE(0)),
};
SCHEMA(kafc_share_acknowledge_req_partition, "AcknowledgePartition");
#undef MSG

#define MSG struct kafc_share_acknowledge_req_topic
ROWS(kafc_share_acknowledge_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_share_acknowledge_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_acknowledge_req_topic, "AcknowledgeTopic");
#undef MSG

#define MSG struct kafc_share_acknowledge_req
ROWS(kafc_share_acknowledge_req) = {
    STR(group_id, "GroupId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(member_id, "MemberId", SINCE(0), NULLABLE(0)),
    I32(share_session_epoch, "ShareSessionEpoch", SINCE(0)),
    BOOL(is_renew_ack, "IsRenewAck", SINCE(2)),
    ARR(topics, kafc_share_acknowledge_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_share_acknowledge_req, "ShareAcknowledgeRequest", 79, 0, 2, 0);
#undef MSG

#define MSG struct kafc_share_acknowledge_resp_leader
ROWS(kafc_share_acknowledge_resp_leader) = {
    I32(leader_id, "LeaderId", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_share_acknowledge_resp_leader, "LeaderIdAndEpoch");
#undef MSG

#define MSG struct kafc_share_acknowledge_resp_partition
ROWS(kafc_share_acknowledge_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STRUCT(current_leader, kafc_share_acknowledge_resp_leader, "CurrentLeader", SINCE(0)),
};
SCHEMA(kafc_share_acknowledge_resp_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_share_acknowledge_resp_topic
ROWS(kafc_share_acknowledge_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_share_acknowledge_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_acknowledge_resp_topic, "ShareAcknowledgeTopicResponse");
#undef MSG

#define MSG struct kafc_share_acknowledge_resp_node
ROWS(kafc_share_acknowledge_resp_node) = {
    I32(node_id, "NodeId", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    I32(port, "Port", SINCE(0)),
    STR(rack, "Rack", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_share_acknowledge_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_share_acknowledge_resp
ROWS(kafc_share_acknowledge_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(acquisition_lock_timeout_ms, "AcquisitionLockTimeoutMs", SINCE(2), IGNORABLE),
    ARR(responses, kafc_share_acknowledge_resp_topic, "Responses", SINCE(0)),
    ARR(node_endpoints, kafc_share_acknowledge_resp_node, "NodeEndpoints", SINCE(0)),
};
MESSAGE(kafc_share_acknowledge_resp, "ShareAcknowledgeResponse", 79, 0, 2, 0);
#undef MSG

API_PICK(kafc_share_acknowledge, "ShareAcknowledge", 79, 2, 0, 0, KAFC_TO_LEADER, 1, 2);
