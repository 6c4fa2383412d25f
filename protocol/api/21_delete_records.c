/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteRecords (21), rows.
 */
#include "protocol/api/21_delete_records.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_delete_records_req_partition
ROWS(kafc_delete_records_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(offset, "Offset", SINCE(0)),
};
SCHEMA(kafc_delete_records_req_partition, "DeleteRecordsPartition");
#undef MSG

#define MSG struct kafc_delete_records_req_topic
ROWS(kafc_delete_records_req_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_delete_records_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_delete_records_req_topic, "DeleteRecordsTopic");
#undef MSG

#define MSG struct kafc_delete_records_req
ROWS(kafc_delete_records_req) = {
    ARR(topics, kafc_delete_records_req_topic, "Topics", SINCE(0)),
    I32(timeout_ms, "TimeoutMs", SINCE(0)),
};
MESSAGE(kafc_delete_records_req, "DeleteRecordsRequest", 21, 0, 2, 2);
#undef MSG

#define MSG struct kafc_delete_records_resp_partition
ROWS(kafc_delete_records_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I64(low_watermark, "LowWatermark", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_delete_records_resp_partition, "DeleteRecordsPartitionResult");
#undef MSG

#define MSG struct kafc_delete_records_resp_topic
ROWS(kafc_delete_records_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_delete_records_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_delete_records_resp_topic, "DeleteRecordsTopicResult");
#undef MSG

#define MSG struct kafc_delete_records_resp
ROWS(kafc_delete_records_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(topics, kafc_delete_records_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_delete_records_resp, "DeleteRecordsResponse", 21, 0, 2, 2);
#undef MSG

API(kafc_delete_records, "DeleteRecords", 21, 2, 2, 1, KAFC_TO_LEADER);
