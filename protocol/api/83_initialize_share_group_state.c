/* SPDX-License-Identifier: BSD-2-Clause
 *
 * InitializeShareGroupState (83), rows.
 */
#include "protocol/api/83_initialize_share_group_state.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_initialize_share_group_state_req_partition
ROWS(kafc_initialize_share_group_state_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I32(state_epoch, "StateEpoch", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
};
SCHEMA(kafc_initialize_share_group_state_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_initialize_share_group_state_req_topic
ROWS(kafc_initialize_share_group_state_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_initialize_share_group_state_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_initialize_share_group_state_req_topic, "InitializeStateData");
#undef MSG

#define MSG struct kafc_initialize_share_group_state_req
ROWS(kafc_initialize_share_group_state_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_initialize_share_group_state_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_initialize_share_group_state_req, "InitializeShareGroupStateRequest", 83, 0, 0, 0);
#undef MSG

#define MSG struct kafc_initialize_share_group_state_resp_partition
ROWS(kafc_initialize_share_group_state_resp_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_initialize_share_group_state_resp_partition, "PartitionResult");
#undef MSG

#define MSG struct kafc_initialize_share_group_state_resp_topic
ROWS(kafc_initialize_share_group_state_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_initialize_share_group_state_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_initialize_share_group_state_resp_topic, "InitializeStateResult");
#undef MSG

#define MSG struct kafc_initialize_share_group_state_resp
ROWS(kafc_initialize_share_group_state_resp) = {
    ARR(results, kafc_initialize_share_group_state_resp_topic, "Results", SINCE(0)),
};
MESSAGE(kafc_initialize_share_group_state_resp, "InitializeShareGroupStateResponse", 83, 0, 0, 0);
#undef MSG

API(kafc_initialize_share_group_state, "InitializeShareGroupState", 83, 0, 0, NEVER, KAFC_TO_SHARE);
