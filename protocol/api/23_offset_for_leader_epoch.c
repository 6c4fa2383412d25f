/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OffsetForLeaderEpoch (23), rows.
 */
#include "protocol/api/23_offset_for_leader_epoch.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_offset_for_leader_epoch_req_partition
ROWS(kafc_offset_for_leader_epoch_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I32(current_leader_epoch, "CurrentLeaderEpoch", SINCE(2), DEFAULT(-1), IGNORABLE),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_offset_for_leader_epoch_req_partition, "OffsetForLeaderPartition");
#undef MSG

#define MSG struct kafc_offset_for_leader_epoch_req_topic
ROWS(kafc_offset_for_leader_epoch_req_topic) = {
    STR(topic, "Topic", SINCE(0)),
    ARR(partitions, kafc_offset_for_leader_epoch_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_offset_for_leader_epoch_req_topic, "OffsetForLeaderTopic");
#undef MSG

#define MSG struct kafc_offset_for_leader_epoch_req
ROWS(kafc_offset_for_leader_epoch_req) = {
    I32(replica_id, "ReplicaId", SINCE(3), DEFAULT(-2), IGNORABLE),
    ARR(topics, kafc_offset_for_leader_epoch_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_offset_for_leader_epoch_req, "OffsetForLeaderEpochRequest", 23, 0, 4, 4);
#undef MSG

#define MSG struct kafc_offset_for_leader_epoch_resp_partition
ROWS(kafc_offset_for_leader_epoch_resp_partition) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(partition, "Partition", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(1), DEFAULT(-1), IGNORABLE),
    I64(end_offset, "EndOffset", SINCE(0), DEFAULT(-1)),
};
SCHEMA(kafc_offset_for_leader_epoch_resp_partition, "EpochEndOffset");
#undef MSG

#define MSG struct kafc_offset_for_leader_epoch_resp_topic
ROWS(kafc_offset_for_leader_epoch_resp_topic) = {
    STR(topic, "Topic", SINCE(0)),
    ARR(partitions, kafc_offset_for_leader_epoch_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_offset_for_leader_epoch_resp_topic, "OffsetForLeaderTopicResult");
#undef MSG

#define MSG struct kafc_offset_for_leader_epoch_resp
ROWS(kafc_offset_for_leader_epoch_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(2), IGNORABLE),
    ARR(topics, kafc_offset_for_leader_epoch_resp_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_offset_for_leader_epoch_resp, "OffsetForLeaderEpochResponse", 23, 0, 4, 4);
#undef MSG

API(kafc_offset_for_leader_epoch, "OffsetForLeaderEpoch", 23, 4, 4, 2, KAFC_TO_LEADER);
