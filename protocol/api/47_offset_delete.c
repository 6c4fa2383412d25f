/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetDelete (47), rows.
 */
#include "protocol/api/47_offset_delete.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_offset_delete_req_partition
ROWS(kafc_offset_delete_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
};
SCHEMA(kafc_offset_delete_req_partition, "OffsetDeleteRequestPartition");
#undef MSG

#define MSG struct kafc_offset_delete_req_topic
ROWS(kafc_offset_delete_req_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_offset_delete_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_offset_delete_req_topic, "OffsetDeleteRequestTopic");
#undef MSG

#define MSG struct kafc_offset_delete_req
ROWS(kafc_offset_delete_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_offset_delete_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_offset_delete_req, "OffsetDeleteRequest", 47, 0, 0, NEVER);
#undef MSG

#define MSG struct kafc_offset_delete_resp_partition
ROWS(kafc_offset_delete_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_offset_delete_resp_partition, "OffsetDeleteResponsePartition");
#undef MSG

#define MSG struct kafc_offset_delete_resp_topic
ROWS(kafc_offset_delete_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_offset_delete_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_offset_delete_resp_topic, "OffsetDeleteResponseTopic");
#undef MSG

#define MSG struct kafc_offset_delete_resp
ROWS(kafc_offset_delete_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0), IGNORABLE),
    ARR(topics, kafc_offset_delete_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_offset_delete_resp, "OffsetDeleteResponse", 47, 0, 0, NEVER);
#undef MSG

API(kafc_offset_delete, "OffsetDelete", 47, 0, NEVER, 0, KAFC_TO_GROUP);
