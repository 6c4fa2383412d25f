/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ReadShareGroupStateSummary (87), rows.
 */
#include "protocol/api/87_read_share_group_state_summary.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_read_share_group_state_summary_req_partition
ROWS(kafc_read_share_group_state_summary_req_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_summary_req_partition, "PartitionData");
#undef MSG

#define MSG struct kafc_read_share_group_state_summary_req_topic
ROWS(kafc_read_share_group_state_summary_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_read_share_group_state_summary_req_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_summary_req_topic, "ReadStateSummaryData");
#undef MSG

#define MSG struct kafc_read_share_group_state_summary_req
ROWS(kafc_read_share_group_state_summary_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    ARR(topics, kafc_read_share_group_state_summary_req_topic, "Topics", SINCE(0)),
};
MESSAGE(kafc_read_share_group_state_summary_req, "ReadShareGroupStateSummaryRequest", 87, 0, 1, 0);
#undef MSG

#define MSG struct kafc_read_share_group_state_summary_resp_partition
ROWS(kafc_read_share_group_state_summary_resp_partition) = {
    I32(partition, "Partition", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(state_epoch, "StateEpoch", SINCE(0)),
    I32(leader_epoch, "LeaderEpoch", SINCE(0)),
    I64(start_offset, "StartOffset", SINCE(0)),
    I32(delivery_complete_count, "DeliveryCompleteCount", SINCE(1), DEFAULT(-1), IGNORABLE),
};
SCHEMA(kafc_read_share_group_state_summary_resp_partition, "PartitionResult");
#undef MSG

#define MSG struct kafc_read_share_group_state_summary_resp_topic
ROWS(kafc_read_share_group_state_summary_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    ARR(partitions, kafc_read_share_group_state_summary_resp_partition, "Partitions", SINCE(0)),
};
SCHEMA(kafc_read_share_group_state_summary_resp_topic, "ReadStateSummaryResult");
#undef MSG

#define MSG struct kafc_read_share_group_state_summary_resp
ROWS(kafc_read_share_group_state_summary_resp) = {
    ARR(results, kafc_read_share_group_state_summary_resp_topic, "Results", SINCE(0)),
};
MESSAGE(kafc_read_share_group_state_summary_resp, "ReadShareGroupStateSummaryResponse", 87, 0, 1, 0);
#undef MSG

API(kafc_read_share_group_state_summary, "ReadShareGroupStateSummary", 87, 1, 0, NEVER, KAFC_TO_SHARE);
