/* SPDX-License-Identifier: BSD-2-Clause
 *
 * StreamsGroupDescribe (89), rows.
 */
#include "protocol/api/89_streams_group_describe.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_streams_group_describe_req
ROWS(kafc_streams_group_describe_req) = {
    LIST(group_ids, "GroupIds", SINCE(0)),
    BOOL(include_authorized_operations, "IncludeAuthorizedOperations", SINCE(0)),
};
MESSAGE(kafc_streams_group_describe_req, "StreamsGroupDescribeRequest", 89, 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_key_value
ROWS(kafc_streams_group_describe_resp_key_value) = {
    STR(key, "Key", SINCE(0)),
    STR(value, "Value", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_key_value, "KeyValue");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_topic
ROWS(kafc_streams_group_describe_resp_topic) = {
    STR(name, "Name", SINCE(0)),
    I32(partitions, "Partitions", SINCE(0)),
    I16(replication_factor, "ReplicationFactor", SINCE(0)),
    ARR(topic_configs, kafc_streams_group_describe_resp_key_value, "TopicConfigs", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_topic, "TopicInfo");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_subtopology
ROWS(kafc_streams_group_describe_resp_subtopology) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(source_topics, "SourceTopics", SINCE(0)),
    LIST(repartition_sink_topics, "RepartitionSinkTopics", SINCE(0)),
    ARR(state_changelog_topics, kafc_streams_group_describe_resp_topic, "StateChangelogTopics", SINCE(0)),
    ARR(repartition_source_topics, kafc_streams_group_describe_resp_topic, "RepartitionSourceTopics", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_subtopology, "Subtopology");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_topology
ROWS(kafc_streams_group_describe_resp_topology) = {
    I32(epoch, "Epoch", SINCE(0)),
    ARR(subtopologies, kafc_streams_group_describe_resp_subtopology, "Subtopologies",
        SINCE(0), NULLABLE(0), DEFAULT_NULL),
};
SCHEMA(kafc_streams_group_describe_resp_topology, "Topology");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_endpoint
ROWS(kafc_streams_group_describe_resp_endpoint) = {
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_endpoint, "Endpoint");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_task_offset
ROWS(kafc_streams_group_describe_resp_task_offset) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    I32(partition, "Partition", SINCE(0)),
    I64(offset, "Offset", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_task_offset, "TaskOffset");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_tasks
ROWS(kafc_streams_group_describe_resp_tasks) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_tasks, "TaskIds");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_assignment
ROWS(kafc_streams_group_describe_resp_assignment) = {
    ARR(active_tasks, kafc_streams_group_describe_resp_tasks, "ActiveTasks", SINCE(0)),
    ARR(standby_tasks, kafc_streams_group_describe_resp_tasks, "StandbyTasks", SINCE(0)),
    ARR(warmup_tasks, kafc_streams_group_describe_resp_tasks, "WarmupTasks", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_assignment, "Assignment");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_member
ROWS(kafc_streams_group_describe_resp_member) = {
    STR(member_id, "MemberId", SINCE(0)),
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    STR(instance_id, "InstanceId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(client_id, "ClientId", SINCE(0)),
    STR(client_host, "ClientHost", SINCE(0)),
    I32(topology_epoch, "TopologyEpoch", SINCE(0)),
    STR(process_id, "ProcessId", SINCE(0)),
    PTR(user_endpoint, kafc_streams_group_describe_resp_endpoint, "UserEndpoint", SINCE(0), NULLABLE(0)),
    ARR(client_tags, kafc_streams_group_describe_resp_key_value, "ClientTags", SINCE(0)),
    ARR(task_offsets, kafc_streams_group_describe_resp_task_offset, "TaskOffsets", SINCE(0)),
    ARR(task_end_offsets, kafc_streams_group_describe_resp_task_offset, "TaskEndOffsets", SINCE(0)),
    STRUCT(assignment, kafc_streams_group_describe_resp_assignment, "Assignment", SINCE(0)),
    STRUCT(target_assignment, kafc_streams_group_describe_resp_assignment, "TargetAssignment", SINCE(0)),
    BOOL(is_classic, "IsClassic", SINCE(0)),
};
SCHEMA(kafc_streams_group_describe_resp_member, "Member");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp_group
ROWS(kafc_streams_group_describe_resp_group) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(group_id, "GroupId", SINCE(0)),
    STR(group_state, "GroupState", SINCE(0)),
    I32(group_epoch, "GroupEpoch", SINCE(0)),
    I32(assignment_epoch, "AssignmentEpoch", SINCE(0)),
    PTR(topology, kafc_streams_group_describe_resp_topology, "Topology", SINCE(0), NULLABLE(0)),
    ARR(members, kafc_streams_group_describe_resp_member, "Members", SINCE(0)),
    I32(authorized_operations, "AuthorizedOperations", SINCE(0), DEFAULT(-2147483648)),
};
SCHEMA(kafc_streams_group_describe_resp_group, "DescribedGroup");
#undef MSG

#define MSG struct kafc_streams_group_describe_resp
ROWS(kafc_streams_group_describe_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(groups, kafc_streams_group_describe_resp_group, "Groups", SINCE(0)),
};
MESSAGE(kafc_streams_group_describe_resp, "StreamsGroupDescribeResponse", 89, 0, 0, 0);
#undef MSG

API(kafc_streams_group_describe, "StreamsGroupDescribe", 89, 0, 0, 0, KAFC_TO_GROUP);
