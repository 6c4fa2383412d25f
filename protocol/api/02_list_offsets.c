/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListOffsets (2), rows. 0 answers with a list of segment starts.
 */
#include "protocol/api/02_list_offsets.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_list_offsets_req_partition
ROWS(kafc_list_offsets_req_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I32(current_leader_epoch, "CurrentLeaderEpoch", SINCE(4), DEFAULT(-1), IGNORABLE),
    I64(timestamp, "Timestamp", SINCE(0)),
    I32(max_num_offsets, "MaxNumOffsets", RANGE(0, 0), DEFAULT(1)),
};
SCHEMA(kafc_list_offsets_req_partition, "ListOffsetsPartition");
#undef MSG

#define MSG struct kafc_list_offsets_req_topic
ROWS(kafc_list_offsets_req_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_list_offsets_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_list_offsets_req_topic, "ListOffsetsTopic");
#undef MSG

#define MSG struct kafc_list_offsets_req
ROWS(kafc_list_offsets_req) = {
    I32(replica_id, "ReplicaId", SINCE(0)),
    I8(isolation_level, "IsolationLevel", SINCE(2)),
    ARR(topics, kafc_list_offsets_req_topic, "Topics", SINCE(0)),
    I32(timeout_ms, "TimeoutMs", SINCE(10), IGNORABLE),
};
MESSAGE(kafc_list_offsets_req, "ListOffsetsRequest", 2, 0, 11, 6);
#undef MSG

#define MSG struct kafc_list_offsets_resp_partition
ROWS(kafc_list_offsets_resp_partition) = {
    I32(partition_index, "PartitionIndex", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    LIST(old_style_offsets, "OldStyleOffsets", RANGE(0, 0)),
    I64(timestamp, "Timestamp", SINCE(1), DEFAULT(-1)),
    I64(offset, "Offset", SINCE(1), DEFAULT(-1)),
    I32(leader_epoch, "LeaderEpoch", SINCE(4), DEFAULT(-1)),
};
SCHEMA(kafc_list_offsets_resp_partition, "ListOffsetsPartitionResponse");
#undef MSG

#define MSG struct kafc_list_offsets_resp_topic
ROWS(kafc_list_offsets_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    ARR(partitions, kafc_list_offsets_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_list_offsets_resp_topic, "ListOffsetsTopicResponse");
#undef MSG

#define MSG struct kafc_list_offsets_resp
ROWS(kafc_list_offsets_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(2), IGNORABLE),
    ARR(topics, kafc_list_offsets_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_list_offsets_resp, "ListOffsetsResponse", 2, 0, 11, 6);
#undef MSG

API(kafc_list_offsets, "ListOffsets", 2, 11, 6, 3, KAFC_TO_LEADER);
