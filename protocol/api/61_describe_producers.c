/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeProducers (61), rows.
 */
#include "protocol/api/61_describe_producers.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_producers_req_topic
ROWS(kafc_describe_producers_req_topic) = {
    STR(name, "Name", SINCE(0)),
    LIST(partition_indexes, "PartitionIndexes", SINCE(0)),
};
SCHEMA(kafc_describe_producers_req_topic, "TopicRequest");
#undef MSG

#define MSG struct kafc_describe_producers_req
ROWS(kafc_describe_producers_req) = {
    ARR(topics, kafc_describe_producers_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_describe_producers_req, "DescribeProducersRequest", 61, 0, 0, 0);
#undef MSG

#define MSG struct kafc_describe_producers_resp_producer
ROWS(kafc_describe_producers_resp_producer) = {
    I64(producer_id, "ProducerId", SINCE(0)),
    I32(producer_epoch, "ProducerEpoch", SINCE(0)),
    I32(last_sequence, "LastSequence", SINCE(0), DEFAULT(-1)),
    I64(last_timestamp, "LastTimestamp", SINCE(0), DEFAULT(-1)),
    I32(coordinator_epoch, "CoordinatorEpoch", SINCE(0)),
    I64(current_txn_start_offset, "CurrentTxnStartOffset", SINCE(0), DEFAULT(-1)),
};
SCHEMA(kafc_describe_producers_resp_producer, "ProducerState");
#undef MSG

#define MSG struct kafc_describe_producers_resp_partition
ROWS(kafc_describe_producers_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(active_producers, kafc_describe_producers_resp_producer, "ActiveProducers", SINCE(0)),
};
SCHEMA(kafc_describe_producers_resp_partition, "PartitionResponse");
#undef MSG

#define MSG struct kafc_describe_producers_resp_topic
ROWS(kafc_describe_producers_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_describe_producers_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_describe_producers_resp_topic, "TopicResponse");
#undef MSG

#define MSG struct kafc_describe_producers_resp
ROWS(kafc_describe_producers_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(topics, kafc_describe_producers_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_describe_producers_resp, "DescribeProducersResponse", 61, 0, 0, 0);
#undef MSG

API(kafc_describe_producers, "DescribeProducers", 61, 0, 0, 0, KAFC_TO_LEADER);
