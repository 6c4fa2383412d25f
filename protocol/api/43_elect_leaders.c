/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ElectLeaders (43), rows.
 */
#include "protocol/api/43_elect_leaders.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_elect_leaders_req_topic
ROWS(kafc_elect_leaders_req_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_elect_leaders_req_topic, "TopicPartitions");
#undef MSG

#define MSG struct kafc_elect_leaders_req
ROWS(kafc_elect_leaders_req) = {
    I8(election_type, "ElectionType", SINCE(1)),
    ARR(topic_partitions, kafc_elect_leaders_req_topic, "TopicPartitions", SINCE(0), NULLABLE(0)),
    I32(timeout_ms, "TimeoutMs", SINCE(0), DEFAULT(60000)),
};
MESSAGE(kafc_elect_leaders_req, "ElectLeadersRequest", 43, 0, 2, 2);
#undef MSG

#define MSG struct kafc_elect_leaders_resp_partition
ROWS(kafc_elect_leaders_resp_partition) = {
    I32(partition_id, "PartitionId", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_elect_leaders_resp_partition, "PartitionResult");
#undef MSG

#define MSG struct kafc_elect_leaders_resp_topic
ROWS(kafc_elect_leaders_resp_topic) = {
    STR(topic, "Topic", SINCE(0)),
    ARR(partition_result, kafc_elect_leaders_resp_partition, "PartitionResult", SINCE(0)),
};
SCHEMA(kafc_elect_leaders_resp_topic, "ReplicaElectionResult");
#undef MSG

#define MSG struct kafc_elect_leaders_resp
ROWS(kafc_elect_leaders_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(1)),
    ARR(replica_election_results, kafc_elect_leaders_resp_topic, "ReplicaElectionResults", SINCE(0)),
};
MESSAGE(kafc_elect_leaders_resp, "ElectLeadersResponse", 43, 0, 2, 2);
#undef MSG

API(kafc_elect_leaders, "ElectLeaders", 43, 2, 2, 0, KAFC_TO_CONTROLLER);
