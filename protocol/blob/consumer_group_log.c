/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: KIP-848 groups, rows.
 */
#include "protocol/blob/consumer_group_log.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_consumer_group_metadata_key
ROWS(kafc_consumer_group_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_metadata_key, "ConsumerGroupMetadataKey", 3);
#undef MSG

#define MSG struct kafc_consumer_group_metadata_value
ROWS(kafc_consumer_group_metadata_value) = {
    I32(epoch, "Epoch", SINCE(0)),
    I64(metadata_hash, "MetadataHash", SINCE(0), TAG(0, 0)),
};
DATA(kafc_consumer_group_metadata_value, "ConsumerGroupMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_consumer_group_partition_metadata_key
ROWS(kafc_consumer_group_partition_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_partition_metadata_key, "ConsumerGroupPartitionMetadataKey", 4);
#undef MSG

#define MSG struct kafc_consumer_group_partition_metadata_value_partition
ROWS(kafc_consumer_group_partition_metadata_value_partition) = {
    I32(partition, "Partition", SINCE(0)),
    LIST(racks, "Racks", SINCE(0)),
};
SCHEMA(kafc_consumer_group_partition_metadata_value_partition, "PartitionMetadata");
#undef MSG

#define MSG struct kafc_consumer_group_partition_metadata_value_topic
ROWS(kafc_consumer_group_partition_metadata_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    STR(topic_name, "TopicName", SINCE(0)),
    I32(num_partitions, "NumPartitions", SINCE(0)),
    ARR(partition_metadata, kafc_consumer_group_partition_metadata_value_partition, "PartitionMetadata", SINCE(0)),
};
SCHEMA(kafc_consumer_group_partition_metadata_value_topic, "TopicMetadata");
#undef MSG

#define MSG struct kafc_consumer_group_partition_metadata_value
ROWS(kafc_consumer_group_partition_metadata_value) = {
    ARR(topics, kafc_consumer_group_partition_metadata_value_topic, "Topics", SINCE(0)),
};
DATA(kafc_consumer_group_partition_metadata_value, "ConsumerGroupPartitionMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_consumer_group_member_metadata_key
ROWS(kafc_consumer_group_member_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_member_metadata_key, "ConsumerGroupMemberMetadataKey", 5);
#undef MSG

#define MSG struct kafc_consumer_group_member_metadata_value_protocol
ROWS(kafc_consumer_group_member_metadata_value_protocol) = {
    STR(name, "Name", SINCE(0)),
    BYTES(metadata, "Metadata", SINCE(0)),
};
SCHEMA(kafc_consumer_group_member_metadata_value_protocol, "ClassicProtocol");
#undef MSG

#define MSG struct kafc_consumer_group_member_metadata_value_classic
ROWS(kafc_consumer_group_member_metadata_value_classic) = {
    I32(session_timeout_ms, "SessionTimeoutMs", SINCE(0)),
    ARR(supported_protocols, kafc_consumer_group_member_metadata_value_protocol, "SupportedProtocols", SINCE(0)),
};
SCHEMA(kafc_consumer_group_member_metadata_value_classic, "ClassicMemberMetadata");
#undef MSG

#define MSG struct kafc_consumer_group_member_metadata_value
ROWS(kafc_consumer_group_member_metadata_value) = {
    STR(instance_id, "InstanceId", SINCE(0), NULLABLE(0)),
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0)),
    STR(client_id, "ClientId", SINCE(0)),
    STR(client_host, "ClientHost", SINCE(0)),
    LIST(subscribed_topic_names, "SubscribedTopicNames", SINCE(0)),
    STR(subscribed_topic_regex, "SubscribedTopicRegex", SINCE(0), NULLABLE(0)),
    I32(rebalance_timeout_ms, "RebalanceTimeoutMs", SINCE(0), DEFAULT(-1)),
    STR(server_assignor, "ServerAssignor", SINCE(0), NULLABLE(0)),
    PTR_SOME(classic_member_metadata, kafc_consumer_group_member_metadata_value_classic, "ClassicMemberMetadata",
        SINCE(0), TAG(0, 0), NULLABLE(0)),
};
DATA(kafc_consumer_group_member_metadata_value, "ConsumerGroupMemberMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_consumer_group_target_assignment_metadata_key
ROWS(kafc_consumer_group_target_assignment_metadata_key) = {
    STR(group_id, "GroupId", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_target_assignment_metadata_key, "ConsumerGroupTargetAssignmentMetadataKey", 6);
#undef MSG

#define MSG struct kafc_consumer_group_target_assignment_metadata_value
ROWS(kafc_consumer_group_target_assignment_metadata_value) = {
    I32(assignment_epoch, "AssignmentEpoch", SINCE(0)),
    I64(assignment_timestamp, "AssignmentTimestamp", SINCE(0), TAG(0, 0), IGNORABLE),
};
DATA(kafc_consumer_group_target_assignment_metadata_value, "ConsumerGroupTargetAssignmentMetadataValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_consumer_group_target_assignment_member_key
ROWS(kafc_consumer_group_target_assignment_member_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_target_assignment_member_key, "ConsumerGroupTargetAssignmentMemberKey", 7);
#undef MSG

#define MSG struct kafc_consumer_group_target_assignment_member_value_topic
ROWS(kafc_consumer_group_target_assignment_member_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_consumer_group_target_assignment_member_value_topic, "TopicPartition");
#undef MSG

#define MSG struct kafc_consumer_group_target_assignment_member_value
ROWS(kafc_consumer_group_target_assignment_member_value) = {
    ARR(topic_partitions, kafc_consumer_group_target_assignment_member_value_topic, "TopicPartitions",
        SINCE(0)),
};
DATA(kafc_consumer_group_target_assignment_member_value, "ConsumerGroupTargetAssignmentMemberValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_consumer_group_current_member_assignment_key
ROWS(kafc_consumer_group_current_member_assignment_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_current_member_assignment_key, "ConsumerGroupCurrentMemberAssignmentKey", 8);
#undef MSG

#define MSG struct kafc_consumer_group_current_member_assignment_value_topic
ROWS(kafc_consumer_group_current_member_assignment_value_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
    LIST(assignment_epochs, "AssignmentEpochs", SINCE(0), TAG(0, 0), NULLABLE(0)),
};
SCHEMA(kafc_consumer_group_current_member_assignment_value_topic, "TopicPartitions");
#undef MSG

#define MSG struct kafc_consumer_group_current_member_assignment_value
ROWS(kafc_consumer_group_current_member_assignment_value) = {
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    I32(previous_member_epoch, "PreviousMemberEpoch", SINCE(0)),
    I8(state, "State", SINCE(0)),
    ARR(assigned_partitions, kafc_consumer_group_current_member_assignment_value_topic, "AssignedPartitions", SINCE(0)),
    ARR(partitions_pending_revocation, kafc_consumer_group_current_member_assignment_value_topic,
        "PartitionsPendingRevocation", SINCE(0)),
};
DATA(kafc_consumer_group_current_member_assignment_value, "ConsumerGroupCurrentMemberAssignmentValue", 0, 0, 0);
#undef MSG

#define MSG struct kafc_consumer_group_regular_expression_key
ROWS(kafc_consumer_group_regular_expression_key) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(regular_expression, "RegularExpression", SINCE(0)),
};
LOG_KEY(kafc_consumer_group_regular_expression_key, "ConsumerGroupRegularExpressionKey", 16);
#undef MSG

#define MSG struct kafc_consumer_group_regular_expression_value
ROWS(kafc_consumer_group_regular_expression_value) = {
    LIST(topics, "Topics", SINCE(0)),
    I64(version, "Version", SINCE(0)),
    I64(timestamp, "Timestamp", SINCE(0)),
};
DATA(kafc_consumer_group_regular_expression_value, "ConsumerGroupRegularExpressionValue", 0, 0, 0);
#undef MSG
