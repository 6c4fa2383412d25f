/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Produce (0), rows. 0-2 are of the time before record batches (magic 2).
 */
#include "protocol/api/00_produce.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_produce_req_partition
ROWS(kafc_produce_req_partition) = {
    I32(index, "Index", SINCE(0)),
    RECORDS(records, "Records", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_produce_req_partition, "PartitionProduceData");
#undef MSG

#define MSG struct kafc_produce_req_topic
ROWS(kafc_produce_req_topic) = {
    STR(name, "Name", RANGE(0, 12), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(13), IGNORABLE),
    ARR(partition_data, kafc_produce_req_partition, "PartitionData", SINCE(0)),
};
SCHEMA(kafc_produce_req_topic, "TopicProduceData");
#undef MSG

#define MSG struct kafc_produce_req
ROWS(kafc_produce_req) = {
    STR(transactional_id, "TransactionalId", SINCE(3), NULLABLE(3), DEFAULT_NULL),
    I16(acks, "Acks", SINCE(0)),
    I32(timeout_ms, "TimeoutMs", SINCE(0)),
    ARR(topic_data, kafc_produce_req_topic, "TopicData", SINCE(0)),
};
MESSAGE(kafc_produce_req, "ProduceRequest", 0, 0, 13, 9);
#undef MSG

#define MSG struct kafc_produce_resp_record_error
ROWS(kafc_produce_resp_record_error) = {
    I32(batch_index, "BatchIndex", SINCE(8)),
    STR(batch_index_error_message, "BatchIndexErrorMessage", SINCE(8), NULLABLE(8), DEFAULT_NULL),
};
SCHEMA(kafc_produce_resp_record_error, "BatchIndexAndErrorMessage");
#undef MSG

#define MSG struct kafc_produce_resp_leader
ROWS(kafc_produce_resp_leader) = {
    I32(leader_id, "LeaderId", SINCE(10), DEFAULT(-1)),
    I32(leader_epoch, "LeaderEpoch", SINCE(10), DEFAULT(-1)),
};
SCHEMA(kafc_produce_resp_leader, "LeaderIdAndEpoch");
#undef MSG

#define MSG struct kafc_produce_resp_partition
ROWS(kafc_produce_resp_partition) = {
    I32(index, "Index", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(base_offset, "BaseOffset", SINCE(0)),
    I64(log_append_time_ms, "LogAppendTimeMs", SINCE(2), DEFAULT(-1), IGNORABLE),
    I64(log_start_offset, "LogStartOffset", SINCE(5), DEFAULT(-1), IGNORABLE),
    ARR(record_errors, kafc_produce_resp_record_error, "RecordErrors", SINCE(8), IGNORABLE),
    STR(error_message, "ErrorMessage", SINCE(8), NULLABLE(8), DEFAULT_NULL, IGNORABLE),
    STRUCT(current_leader, kafc_produce_resp_leader, "CurrentLeader", SINCE(10), TAG(0, 10)),
};
SCHEMA(kafc_produce_resp_partition, "PartitionProduceResponse");
#undef MSG

#define MSG struct kafc_produce_resp_topic
ROWS(kafc_produce_resp_topic) = {
    STR(name, "Name", RANGE(0, 12), IGNORABLE),
    UUID(topic_id, "TopicId", SINCE(13), IGNORABLE),
    ARR(partition_responses, kafc_produce_resp_partition, "PartitionResponses", SINCE(0)),
};
SCHEMA(kafc_produce_resp_topic, "TopicProduceResponse");
#undef MSG

#define MSG struct kafc_produce_resp_node
ROWS(kafc_produce_resp_node) = {
    I32(node_id, "NodeId", SINCE(10)),
    STR(host, "Host", SINCE(10)),
    I32(port, "Port", SINCE(10)),
    STR(rack, "Rack", SINCE(10), NULLABLE(10), DEFAULT_NULL),
};
SCHEMA(kafc_produce_resp_node, "NodeEndpoint");
#undef MSG

#define MSG struct kafc_produce_resp
ROWS(kafc_produce_resp) = {
    ARR(responses, kafc_produce_resp_topic, "Responses", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    ARR(node_endpoints, kafc_produce_resp_node, "NodeEndpoints", SINCE(10), TAG(0, 10)),
};
MESSAGE(kafc_produce_resp, "ProduceResponse", 0, 0, 13, 9);
#undef MSG

API(kafc_produce, "Produce", 0, 13, 9, 6, KAFC_TO_LEADER);
