/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ReadShareGroupState (84), rows.
 */
#include "protocol/api/84_read_share_group_state.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_read_share_group_state_req_partition
ROWS(kafc_read_share_group_state_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_read_share_group_state_req_topic
ROWS(kafc_read_share_group_state_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_read_share_group_state_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_req_topic, "ReadStateData");
#undef MSG

#define MSG struct kafc_read_share_group_state_req
ROWS(kafc_read_share_group_state_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_read_share_group_state_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_read_share_group_state_req, "ReadShareGroupStateRequest", 84, 0, 0, 0);
#undef MSG

#define MSG struct kafc_read_share_group_state_resp_state_batch
ROWS(kafc_read_share_group_state_resp_state_batch) = {
    I64(first_offset, "FirstOffset", SINCE(0)),
    I64(last_offset, "LastOffset", SINCE(0)),
    I8(delivery_state, "DeliveryState", SINCE(0)),
    I16(delivery_count, "DeliveryCount", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_resp_state_batch, "StateBatch");
#undef MSG

#define MSG struct kafc_read_share_group_state_resp_partition
ROWS(kafc_read_share_group_state_resp_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(state_epoch, "StateEpoch", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
    ARR(state_batches, kafc_read_share_group_state_resp_state_batch, "StateBatches", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_resp_partition, "PartitionResult");
#undef MSG

#define MSG struct kafc_read_share_group_state_resp_topic
ROWS(kafc_read_share_group_state_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_read_share_group_state_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_resp_topic, "ReadStateResult");
#undef MSG

#define MSG struct kafc_read_share_group_state_resp
ROWS(kafc_read_share_group_state_resp) = {
    ARR(results, kafc_read_share_group_state_resp_topic, "Results", SINCE(0)),
};
MESSAGE(kafc_read_share_group_state_resp, "ReadShareGroupStateResponse", 84, 0, 0, 0);
#undef MSG

API(kafc_read_share_group_state, "ReadShareGroupState", 84, 0, 0, NEVER, KAFC_TO_SHARE);
