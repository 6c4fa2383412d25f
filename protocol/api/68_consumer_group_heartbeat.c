/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ConsumerGroupHeartbeat (68), rows.
 */
#include "protocol/api/68_consumer_group_heartbeat.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_consumer_group_heartbeat_req_topic
ROWS(kafc_consumer_group_heartbeat_req_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_consumer_group_heartbeat_req_topic, "TopicPartitions");
#undef MSG

#define MSG struct kafc_consumer_group_heartbeat_req
ROWS(kafc_consumer_group_heartbeat_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    STR(instance_id, "InstanceId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(rebalance_timeout_ms, "RebalanceTimeoutMs", SINCE(0), DEFAULT(-1)),
    LIST(subscribed_topic_names, "SubscribedTopicNames", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(subscribed_topic_regex, "SubscribedTopicRegex", SINCE(1), NULLABLE(1), DEFAULT_NULL),
    STR(server_assignor, "ServerAssignor", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(topic_partitions, kafc_consumer_group_heartbeat_req_topic, "TopicPartitions",
        SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
MESSAGE(kafc_consumer_group_heartbeat_req, "ConsumerGroupHeartbeatRequest", 68, 0, 1, 0);
#undef MSG

#define MSG struct kafc_consumer_group_heartbeat_resp_topic
ROWS(kafc_consumer_group_heartbeat_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_consumer_group_heartbeat_resp_topic, "TopicPartitions");
#undef MSG

#define MSG struct kafc_consumer_group_heartbeat_resp_assignment
ROWS(kafc_consumer_group_heartbeat_resp_assignment) = {
    ARR(topic_partitions, kafc_consumer_group_heartbeat_resp_topic, "TopicPartitions", SINCE(0)),
};
SCHEMA(kafc_consumer_group_heartbeat_resp_assignment, "Assignment");
#undef MSG

#define MSG struct kafc_consumer_group_heartbeat_resp
ROWS(kafc_consumer_group_heartbeat_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(member_id, "MemberId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    I32(heartbeat_interval_ms, "HeartbeatIntervalMs", SINCE(0)),
    PTR(assignment, kafc_consumer_group_heartbeat_resp_assignment, "Assignment", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_consumer_group_heartbeat_resp, "ConsumerGroupHeartbeatResponse", 68, 0, 1, 0);
#undef MSG

API(kafc_consumer_group_heartbeat, "ConsumerGroupHeartbeat", 68, 1, 0, 0, KAFC_TO_GROUP);
