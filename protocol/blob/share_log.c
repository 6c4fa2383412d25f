/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __share_group_state, rows.
 */
#include "protocol/blob/share_log.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_share_snapshot_key
ROWS(kafc_share_snapshot_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    UUID(topic_id, "TopicId", SINCE(0)),
    I32(partition, "Partition", SINCE(0)),
};
LOG_KEY(kafc_share_snapshot_key, "ShareSnapshotKey", 0);
#undef MSG

#define MSG struct kafc_share_snapshot_value_state_batch
ROWS(kafc_share_snapshot_value_state_batch) = {
    I64(first_offset, "FirstOffset", SINCE(0)),
    I64(last_offset, "LastOffset", SINCE(0)),
    I8(delivery_state, "DeliveryState", SINCE(0)),
    I16(delivery_count, "DeliveryCount", SINCE(0)),
};
SCHEMA(kafc_share_snapshot_value_state_batch, "StateBatch");
#undef MSG

#define MSG struct kafc_share_snapshot_value
ROWS(kafc_share_snapshot_value) = {
    I32(snapshot_epoch, "SnapshotEpoch", SINCE(0)),
    I32(state_epoch, "StateEpoch", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
    I32(delivery_complete_count, "DeliveryCompleteCount", SINCE(0), TAG(0, 0), DEFAULT(-1)),
    I64(create_timestamp, "CreateTimestamp", SINCE(0)),
    I64(write_timestamp, "WriteTimestamp", SINCE(0)),
    ARR(state_batches, kafc_share_snapshot_value_state_batch, "StateBatches", SINCE(0)),
};
DATA(kafc_share_snapshot_value, "ShareSnapshotValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_update_key
ROWS(kafc_share_update_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    UUID(topic_id, "TopicId", SINCE(0)),
    I32(partition, "Partition", SINCE(0)),
};
LOG_KEY(kafc_share_update_key, "ShareUpdateKey", 1);
#undef MSG

#define MSG struct kafc_share_update_value_state_batch
ROWS(kafc_share_update_value_state_batch) = {
    I64(first_offset, "FirstOffset", SINCE(0)),
    I64(last_offset, "LastOffset", SINCE(0)),
    I8(delivery_state, "DeliveryState", SINCE(0)),
    I16(delivery_count, "DeliveryCount", SINCE(0)),
};
SCHEMA(kafc_share_update_value_state_batch, "StateBatch");
#undef MSG

#define MSG struct kafc_share_update_value
ROWS(kafc_share_update_value) = {
    I32(snapshot_epoch, "SnapshotEpoch", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
    I32(delivery_complete_count, "DeliveryCompleteCount", SINCE(0), TAG(0, 0), DEFAULT(-1)),
    ARR(state_batches, kafc_share_update_value_state_batch, "StateBatches", SINCE(0)),
};
DATA(kafc_share_update_value, "ShareUpdateValue", 0, 0, 0);
#undef MSG
