/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: share groups, rows.
 */
#include "protocol/blob/share_group_log.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_share_group_partition_metadata_key
ROWS(kafc_share_group_partition_metadata_key) = {
    STR(group_id, "GroupId", RANGE(9, 9)),
};
DATA(kafc_share_group_partition_metadata_key, "ShareGroupPartitionMetadataKey", 9, 9, NEVER);
#undef MSG

#define MSG struct kafc_share_group_partition_metadata_value_topic
ROWS(kafc_share_group_partition_metadata_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    STR(topic_name, "TopicName", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_group_partition_metadata_value_topic, "TopicPartitionsInfo");
#undef MSG

#define MSG struct kafc_share_group_partition_metadata_value_named
ROWS(kafc_share_group_partition_metadata_value_named) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    STR(topic_name, "TopicName", SINCE(0)),
};
SCHEMA(kafc_share_group_partition_metadata_value_named, "TopicInfo");
#undef MSG

#define MSG struct kafc_share_group_partition_metadata_value
ROWS(kafc_share_group_partition_metadata_value) = {
    ARR(initialized_topics, kafc_share_group_partition_metadata_value_topic, "InitializedTopics", SINCE(0)),
    ARR(deleting_topics, kafc_share_group_partition_metadata_value_named, "DeletingTopics", SINCE(0)),
};
DATA(kafc_share_group_partition_metadata_value, "ShareGroupPartitionMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_group_member_metadata_key
ROWS(kafc_share_group_member_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_share_group_member_metadata_key, "ShareGroupMemberMetadataKey", 10);
#undef MSG

#define MSG struct kafc_share_group_member_metadata_value
ROWS(kafc_share_group_member_metadata_value) = {
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0)),
    STR(client_id, "ClientId", SINCE(0)),
    STR(client_host, "ClientHost", SINCE(0)),
    LIST(subscribed_topic_names, "SubscribedTopicNames", SINCE(0)),
};
DATA(kafc_share_group_member_metadata_value, "ShareGroupMemberMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_group_metadata_key
ROWS(kafc_share_group_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_share_group_metadata_key, "ShareGroupMetadataKey", 11);
#undef MSG

#define MSG struct kafc_share_group_metadata_value
ROWS(kafc_share_group_metadata_value) = {
    I32(epoch, "Epoch", SINCE(0)),
    I64(metadata_hash, "MetadataHash", SINCE(0)),
};
DATA(kafc_share_group_metadata_value, "ShareGroupMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_group_target_assignment_metadata_key
ROWS(kafc_share_group_target_assignment_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_share_group_target_assignment_metadata_key, "ShareGroupTargetAssignmentMetadataKey", 12);
#undef MSG

#define MSG struct kafc_share_group_target_assignment_metadata_value
ROWS(kafc_share_group_target_assignment_metadata_value) = {
    I32(assignment_epoch, "AssignmentEpoch", SINCE(0)),
    I64(assignment_timestamp, "AssignmentTimestamp", SINCE(0), TAG(0, 0), IGNORABLE),
};
DATA(kafc_share_group_target_assignment_metadata_value, "ShareGroupTargetAssignmentMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_group_target_assignment_member_key
ROWS(kafc_share_group_target_assignment_member_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_share_group_target_assignment_member_key, "ShareGroupTargetAssignmentMemberKey", 13);
#undef MSG

#define MSG struct kafc_share_group_target_assignment_member_value_topic
ROWS(kafc_share_group_target_assignment_member_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_group_target_assignment_member_value_topic, "TopicPartition");
#undef MSG

#define MSG struct kafc_share_group_target_assignment_member_value
ROWS(kafc_share_group_target_assignment_member_value) = {
    ARR(topic_partitions, kafc_share_group_target_assignment_member_value_topic, "TopicPartitions", SINCE(0)),
};
DATA(kafc_share_group_target_assignment_member_value, "ShareGroupTargetAssignmentMemberValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_group_current_member_assignment_key
ROWS(kafc_share_group_current_member_assignment_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_share_group_current_member_assignment_key, "ShareGroupCurrentMemberAssignmentKey", 14);
#undef MSG

#define MSG struct kafc_share_group_current_member_assignment_value_topic
ROWS(kafc_share_group_current_member_assignment_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_group_current_member_assignment_value_topic, "TopicPartitions");
#undef MSG

#define MSG struct kafc_share_group_current_member_assignment_value
ROWS(kafc_share_group_current_member_assignment_value) = {
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    I32(previous_member_epoch, "PreviousMemberEpoch", SINCE(0)),
    I8(state, "State", SINCE(0)),
    ARR(assigned_partitions, kafc_share_group_current_member_assignment_value_topic, "AssignedPartitions", SINCE(0)),
};
DATA(kafc_share_group_current_member_assignment_value, "ShareGroupCurrentMemberAssignmentValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_share_group_state_partition_metadata_key
ROWS(kafc_share_group_state_partition_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_share_group_state_partition_metadata_key, "ShareGroupStatePartitionMetadataKey", 15);
#undef MSG

#define MSG struct kafc_share_group_state_partition_metadata_value_topic
ROWS(kafc_share_group_state_partition_metadata_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    STR(topic_name, "TopicName", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_group_state_partition_metadata_value_topic, "TopicPartitionsInfo");
#undef MSG

#define MSG struct kafc_share_group_state_partition_metadata_value_named
ROWS(kafc_share_group_state_partition_metadata_value_named) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    STR(topic_name, "TopicName", SINCE(0)),
};
SCHEMA(kafc_share_group_state_partition_metadata_value_named, "TopicInfo");
#undef MSG

#define MSG struct kafc_share_group_state_partition_metadata_value
ROWS(kafc_share_group_state_partition_metadata_value) = {
    ARR(initializing_topics, kafc_share_group_state_partition_metadata_value_topic, "InitializingTopics", SINCE(0)),
    ARR(initialized_topics, kafc_share_group_state_partition_metadata_value_topic, "InitializedTopics", SINCE(0)),
    ARR(deleting_topics, kafc_share_group_state_partition_metadata_value_named, "DeletingTopics", SINCE(0)),
};
DATA(kafc_share_group_state_partition_metadata_value, "ShareGroupStatePartitionMetadataValue", 0, 0, 0);
#undef MSG
