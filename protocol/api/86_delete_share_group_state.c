/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteShareGroupState (86), rows.
 */
#include "protocol/api/86_delete_share_group_state.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_delete_share_group_state_req_partition
ROWS(kafc_delete_share_group_state_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
};
SCHEMA(kafc_delete_share_group_state_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_delete_share_group_state_req_topic
ROWS(kafc_delete_share_group_state_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_delete_share_group_state_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_delete_share_group_state_req_topic, "DeleteStateData");
#undef MSG

#define MSG struct kafc_delete_share_group_state_req
ROWS(kafc_delete_share_group_state_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_delete_share_group_state_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_delete_share_group_state_req, "DeleteShareGroupStateRequest", 86, 0, 0, 0);
#undef MSG

#define MSG struct kafc_delete_share_group_state_resp_partition
ROWS(kafc_delete_share_group_state_resp_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_delete_share_group_state_resp_partition, "PartitionResult");
#undef MSG

#define MSG struct kafc_delete_share_group_state_resp_topic
ROWS(kafc_delete_share_group_state_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_delete_share_group_state_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_delete_share_group_state_resp_topic, "DeleteStateResult");
#undef MSG

#define MSG struct kafc_delete_share_group_state_resp
ROWS(kafc_delete_share_group_state_resp) = {
    ARR(results, kafc_delete_share_group_state_resp_topic, "Results", SINCE(0)),
};
MESSAGE(kafc_delete_share_group_state_resp, "DeleteShareGroupStateResponse", 86, 0, 0, 0);
#undef MSG

API(kafc_delete_share_group_state, "DeleteShareGroupState", 86, 0, 0, NEVER, KAFC_TO_SHARE);
