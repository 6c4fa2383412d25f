/* SPDX-License-Identifier: BSD-2-Clause
 *
 * StreamsGroupHeartbeat (88), rows.
 */
#include "protocol/api/88_streams_group_heartbeat.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_streams_group_heartbeat_req_key_value
ROWS(kafc_streams_group_heartbeat_req_key_value) = {
    STR(key, "Key", SINCE(0)),
    STR(value, "Value", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_key_value, "KeyValue");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_topic
ROWS(kafc_streams_group_heartbeat_req_topic) = {
    STR(name, "Name", SINCE(0)),
    I32(partitions, "Partitions", SINCE(0)),
    I16(replication_factor, "ReplicationFactor", SINCE(0)),
    ARR(topic_configs, kafc_streams_group_heartbeat_req_key_value, "TopicConfigs", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_topic, "TopicInfo");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_copartition_group
ROWS(kafc_streams_group_heartbeat_req_copartition_group) = {
    LIST(source_topics, "SourceTopics", SINCE(0)),
    LIST(source_topic_regex, "SourceTopicRegex", SINCE(0)),
    LIST(repartition_source_topics, "RepartitionSourceTopics", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_copartition_group, "CopartitionGroup");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_subtopology
ROWS(kafc_streams_group_heartbeat_req_subtopology) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(source_topics, "SourceTopics", SINCE(0)),
    LIST(source_topic_regex, "SourceTopicRegex", SINCE(0)),
    ARR(state_changelog_topics, kafc_streams_group_heartbeat_req_topic, "StateChangelogTopics", SINCE(0)),
    LIST(repartition_sink_topics, "RepartitionSinkTopics", SINCE(0)),
    ARR(repartition_source_topics, kafc_streams_group_heartbeat_req_topic, "RepartitionSourceTopics", SINCE(0)),
    ARR(copartition_groups, kafc_streams_group_heartbeat_req_copartition_group, "CopartitionGroups", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_subtopology, "Subtopology");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_topology
ROWS(kafc_streams_group_heartbeat_req_topology) = {
    I32(epoch, "Epoch", SINCE(0)),
    ARR(subtopologies, kafc_streams_group_heartbeat_req_subtopology, "Subtopologies", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_topology, "Topology");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_tasks
ROWS(kafc_streams_group_heartbeat_req_tasks) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_tasks, "TaskIds");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_endpoint
ROWS(kafc_streams_group_heartbeat_req_endpoint) = {
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_endpoint, "Endpoint");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req_task_offset
ROWS(kafc_streams_group_heartbeat_req_task_offset) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    I32(partition, "Partition", SINCE(0)),
    I64(offset, "Offset", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_req_task_offset, "TaskOffset");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_req
ROWS(kafc_streams_group_heartbeat_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    I32(endpoint_information_epoch, "EndpointInformationEpoch", SINCE(0)),
    STR(instance_id, "InstanceId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(rebalance_timeout_ms, "RebalanceTimeoutMs", SINCE(0), DEFAULT(-1)),
    PTR(topology, kafc_streams_group_heartbeat_req_topology, "Topology", SINCE(0), NULLABLE(0)),
    ARR(active_tasks, kafc_streams_group_heartbeat_req_tasks, "ActiveTasks", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(standby_tasks, kafc_streams_group_heartbeat_req_tasks, "StandbyTasks", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(warmup_tasks, kafc_streams_group_heartbeat_req_tasks, "WarmupTasks", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(process_id, "ProcessId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    PTR(user_endpoint, kafc_streams_group_heartbeat_req_endpoint, "UserEndpoint", SINCE(0), NULLABLE(0)),
    ARR(client_tags, kafc_streams_group_heartbeat_req_key_value, "ClientTags", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(task_offsets, kafc_streams_group_heartbeat_req_task_offset, "TaskOffsets", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(task_end_offsets, kafc_streams_group_heartbeat_req_task_offset, "TaskEndOffsets",
        SINCE(0), NULLABLE(0), DEFAULT_NULL),
    BOOL(shutdown_application, "ShutdownApplication", SINCE(0)),
};
MESSAGE(kafc_streams_group_heartbeat_req, "StreamsGroupHeartbeatRequest", 88, 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_resp_status
ROWS(kafc_streams_group_heartbeat_resp_status) = {
    I8(status_code, "StatusCode", SINCE(0)),
    STR(status_detail, "StatusDetail", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_resp_status, "Status");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_resp_tasks
ROWS(kafc_streams_group_heartbeat_resp_tasks) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_resp_tasks, "TaskIds");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_resp_endpoint
ROWS(kafc_streams_group_heartbeat_resp_endpoint) = {
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_resp_endpoint, "Endpoint");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_resp_topic
ROWS(kafc_streams_group_heartbeat_resp_topic) = {
    STR(topic, "Topic", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_resp_topic, "TopicPartition");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_resp_endpoint_partitions
ROWS(kafc_streams_group_heartbeat_resp_endpoint_partitions) = {
    STRUCT(user_endpoint, kafc_streams_group_heartbeat_resp_endpoint, "UserEndpoint", SINCE(0)),
    ARR(active_partitions, kafc_streams_group_heartbeat_resp_topic, "ActivePartitions", SINCE(0)),
    ARR(standby_partitions, kafc_streams_group_heartbeat_resp_topic, "StandbyPartitions", SINCE(0)),
};
SCHEMA(kafc_streams_group_heartbeat_resp_endpoint_partitions, "EndpointToPartitions");
#undef MSG

#define MSG struct kafc_streams_group_heartbeat_resp
ROWS(kafc_streams_group_heartbeat_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(member_id, "MemberId", SINCE(0)),
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    I32(heartbeat_interval_ms, "HeartbeatIntervalMs", SINCE(0)),
    I32(acceptable_recovery_lag, "AcceptableRecoveryLag", SINCE(0)),
    I32(task_offset_interval_ms, "TaskOffsetIntervalMs", SINCE(0)),
    ARR(status, kafc_streams_group_heartbeat_resp_status, "Status", SINCE(0), NULLABLE(0)),
    ARR(active_tasks, kafc_streams_group_heartbeat_resp_tasks, "ActiveTasks", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(standby_tasks, kafc_streams_group_heartbeat_resp_tasks, "StandbyTasks", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    ARR(warmup_tasks, kafc_streams_group_heartbeat_resp_tasks, "WarmupTasks", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(endpoint_information_epoch, "EndpointInformationEpoch", SINCE(0)),
    ARR(partitions_by_user_endpoint, kafc_streams_group_heartbeat_resp_endpoint_partitions,
        "PartitionsByUserEndpoint", SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
MESSAGE(kafc_streams_group_heartbeat_resp, "StreamsGroupHeartbeatResponse", 88, 0, 0, 0);
#undef MSG

API(kafc_streams_group_heartbeat, "StreamsGroupHeartbeat", 88, 0, 0, 0, KAFC_TO_GROUP);
