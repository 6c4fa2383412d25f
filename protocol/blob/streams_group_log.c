/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: streams groups, rows.
 */
#include "protocol/blob/streams_group_log.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_streams_group_metadata_key
ROWS(kafc_streams_group_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_streams_group_metadata_key, "StreamsGroupMetadataKey", 17);
#undef MSG

#define MSG struct kafc_streams_group_metadata_value_config
ROWS(kafc_streams_group_metadata_value_config) = {
    STR(key, "Key", SINCE(0)),
    STR(value, "Value", SINCE(0)),
};
SCHEMA(kafc_streams_group_metadata_value_config, "LastAssignmentConfig");
#undef MSG

#define MSG struct kafc_streams_group_metadata_value
ROWS(kafc_streams_group_metadata_value) = {
    I32(epoch, "Epoch", SINCE(0)),
    I64(metadata_hash, "MetadataHash", SINCE(0)),
    I32(validated_topology_epoch, "ValidatedTopologyEpoch", SINCE(0), TAG(0, 0), DEFAULT(-1)),
    ARR(last_assignment_configs, kafc_streams_group_metadata_value_config, "LastAssignmentConfigs",
        SINCE(0), TAG(1, 0), NULLABLE(0)),
};
DATA(kafc_streams_group_metadata_value, "StreamsGroupMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_member_metadata_key
ROWS(kafc_streams_group_member_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_streams_group_member_metadata_key, "StreamsGroupMemberMetadataKey", 19);
#undef MSG

#define MSG struct kafc_streams_group_member_metadata_value_endpoint
ROWS(kafc_streams_group_member_metadata_value_endpoint) = {
    STR(host, "Host", SINCE(0)),
    U16(port, "Port", SINCE(0)),
};
SCHEMA(kafc_streams_group_member_metadata_value_endpoint, "Endpoint");
#undef MSG

#define MSG struct kafc_streams_group_member_metadata_value_key_value
ROWS(kafc_streams_group_member_metadata_value_key_value) = {
    STR(key, "Key", SINCE(0)),
    STR(value, "Value", SINCE(0)),
};
SCHEMA(kafc_streams_group_member_metadata_value_key_value, "KeyValue");
#undef MSG

#define MSG struct kafc_streams_group_member_metadata_value
ROWS(kafc_streams_group_member_metadata_value) = {
    STR(instance_id, "InstanceId", SINCE(0), NULLABLE(0)),
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0)),
    STR(client_id, "ClientId", SINCE(0)),
    STR(client_host, "ClientHost", SINCE(0)),
    I32(rebalance_timeout_ms, "RebalanceTimeoutMs", SINCE(0), DEFAULT(-1)),
    I32(topology_epoch, "TopologyEpoch", SINCE(0)),
    STR(process_id, "ProcessId", SINCE(0)),
    PTR(user_endpoint, kafc_streams_group_member_metadata_value_endpoint, "UserEndpoint", SINCE(0), NULLABLE(0)),
    ARR(client_tags, kafc_streams_group_member_metadata_value_key_value, "ClientTags", SINCE(0)),
};
DATA(kafc_streams_group_member_metadata_value, "StreamsGroupMemberMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_target_assignment_metadata_key
ROWS(kafc_streams_group_target_assignment_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_streams_group_target_assignment_metadata_key, "StreamsGroupTargetAssignmentMetadataKey", 20);
#undef MSG

#define MSG struct kafc_streams_group_target_assignment_metadata_value
ROWS(kafc_streams_group_target_assignment_metadata_value) = {
    I32(assignment_epoch, "AssignmentEpoch", SINCE(0)),
    I64(assignment_timestamp, "AssignmentTimestamp", SINCE(0), TAG(0, 0), IGNORABLE),
};
DATA(kafc_streams_group_target_assignment_metadata_value, "StreamsGroupTargetAssignmentMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_target_assignment_member_key
ROWS(kafc_streams_group_target_assignment_member_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_streams_group_target_assignment_member_key, "StreamsGroupTargetAssignmentMemberKey", 21);
#undef MSG

#define MSG struct kafc_streams_group_target_assignment_member_value_tasks
ROWS(kafc_streams_group_target_assignment_member_value_tasks) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_streams_group_target_assignment_member_value_tasks, "TaskIds");
#undef MSG

#define MSG struct kafc_streams_group_target_assignment_member_value
ROWS(kafc_streams_group_target_assignment_member_value) = {
    ARR(active_tasks, kafc_streams_group_target_assignment_member_value_tasks, "ActiveTasks", SINCE(0)),
    ARR(standby_tasks, kafc_streams_group_target_assignment_member_value_tasks, "StandbyTasks", SINCE(0)),
    ARR(warmup_tasks, kafc_streams_group_target_assignment_member_value_tasks, "WarmupTasks", SINCE(0)),
};
DATA(kafc_streams_group_target_assignment_member_value, "StreamsGroupTargetAssignmentMemberValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_current_member_assignment_key
ROWS(kafc_streams_group_current_member_assignment_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_streams_group_current_member_assignment_key, "StreamsGroupCurrentMemberAssignmentKey", 22);
#undef MSG

#define MSG struct kafc_streams_group_current_member_assignment_value_tasks
ROWS(kafc_streams_group_current_member_assignment_value_tasks) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
    LIST(assignment_epochs, "AssignmentEpochs", SINCE(0), TAG(0, 0), NULLABLE(0)),
};
SCHEMA(kafc_streams_group_current_member_assignment_value_tasks, "TaskIds");
#undef MSG

#define MSG struct kafc_streams_group_current_member_assignment_value
ROWS(kafc_streams_group_current_member_assignment_value) = {
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    I32(previous_member_epoch, "PreviousMemberEpoch", SINCE(0)),
    I8(state, "State", SINCE(0)),
    ARR(active_tasks, kafc_streams_group_current_member_assignment_value_tasks, "ActiveTasks", SINCE(0)),
    ARR(standby_tasks, kafc_streams_group_current_member_assignment_value_tasks, "StandbyTasks", SINCE(0)),
    ARR(warmup_tasks, kafc_streams_group_current_member_assignment_value_tasks, "WarmupTasks", SINCE(0)),
    ARR(active_tasks_pending_revocation, kafc_streams_group_current_member_assignment_value_tasks,
        "ActiveTasksPendingRevocation", SINCE(0)),
    ARR(standby_tasks_pending_revocation, kafc_streams_group_current_member_assignment_value_tasks,
        "StandbyTasksPendingRevocation", SINCE(0)),
    ARR(warmup_tasks_pending_revocation, kafc_streams_group_current_member_assignment_value_tasks,
        "WarmupTasksPendingRevocation", SINCE(0)),
};
DATA(kafc_streams_group_current_member_assignment_value, "StreamsGroupCurrentMemberAssignmentValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_streams_group_topology_key
ROWS(kafc_streams_group_topology_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_streams_group_topology_key, "StreamsGroupTopologyKey", 23);
#undef MSG

#define MSG struct kafc_streams_group_topology_value_topic_config
ROWS(kafc_streams_group_topology_value_topic_config) = {
    STR(key, "key", SINCE(0)),
    STR(value, "value", SINCE(0)),
};
SCHEMA(kafc_streams_group_topology_value_topic_config, "TopicConfig");
#undef MSG

#define MSG struct kafc_streams_group_topology_value_topic
ROWS(kafc_streams_group_topology_value_topic) = {
    STR(name, "Name", SINCE(0)),
    I32(partitions, "Partitions", SINCE(0)),
    I16(replication_factor, "ReplicationFactor", SINCE(0)),
    ARR(topic_configs, kafc_streams_group_topology_value_topic_config, "TopicConfigs", SINCE(0)),
};
SCHEMA(kafc_streams_group_topology_value_topic, "TopicInfo");
#undef MSG

#define MSG struct kafc_streams_group_topology_value_copartition_group
ROWS(kafc_streams_group_topology_value_copartition_group) = {
    LIST(source_topics, "SourceTopics", SINCE(0)),
    LIST(source_topic_regex, "SourceTopicRegex", SINCE(0)),
    LIST(repartition_source_topics, "RepartitionSourceTopics", SINCE(0)),
};
SCHEMA(kafc_streams_group_topology_value_copartition_group, "CopartitionGroup");
#undef MSG

#define MSG struct kafc_streams_group_topology_value_subtopology
ROWS(kafc_streams_group_topology_value_subtopology) = {
    STR(subtopology_id, "SubtopologyId", SINCE(0)),
    LIST(source_topics, "SourceTopics", SINCE(0)),
    LIST(source_topic_regex, "SourceTopicRegex", SINCE(0)),
    ARR(state_changelog_topics, kafc_streams_group_topology_value_topic, "StateChangelogTopics", SINCE(0)),
    LIST(repartition_sink_topics, "RepartitionSinkTopics", SINCE(0)),
    ARR(repartition_source_topics, kafc_streams_group_topology_value_topic, "RepartitionSourceTopics", SINCE(0)),
    ARR(copartition_groups, kafc_streams_group_topology_value_copartition_group, "CopartitionGroups", SINCE(0)),
};
SCHEMA(kafc_streams_group_topology_value_subtopology, "Subtopology");
#undef MSG

#define MSG struct kafc_streams_group_topology_value
ROWS(kafc_streams_group_topology_value) = {
    I32(epoch, "Epoch", SINCE(0)),
    ARR(subtopologies, kafc_streams_group_topology_value_subtopology, "Subtopologies", SINCE(0)),
};
DATA(kafc_streams_group_topology_value, "StreamsGroupTopologyValue", 0, 0, 0);
#undef MSG
