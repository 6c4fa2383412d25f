/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Records of __consumer_offsets: classic groups, committed offsets, rows.
 */
#include "protocol/blob/group_log.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_legacy_offset_commit_key
ROWS(kafc_legacy_offset_commit_key) = {
    STR(group, "group", SINCE(0)),
    STR(topic, "topic", SINCE(0)),
    I32(partition, "partition", SINCE(0)),
};
LOG_KEY(kafc_legacy_offset_commit_key, "LegacyOffsetCommitKey", 0);
#undef MSG

#define MSG struct kafc_legacy_offset_commit_value
ROWS(kafc_legacy_offset_commit_value) = {
    I64(offset, "offset", RANGE(0, 0)),
    STR(metadata, "metadata", RANGE(0, 0)),
    I64(commit_timestamp, "commitTimestamp", RANGE(0, 0)),
};
DATA(kafc_legacy_offset_commit_value, "LegacyOffsetCommitValue", 0, 0, NEVER);
#undef MSG

#define MSG struct kafc_offset_commit_key
ROWS(kafc_offset_commit_key) = {
    STR(group, "group", SINCE(0)),
    STR(topic, "topic", SINCE(0)),
    I32(partition, "partition", SINCE(0)),
};
LOG_KEY(kafc_offset_commit_key, "OffsetCommitKey", 1);
#undef MSG

#define MSG struct kafc_offset_commit_value
ROWS(kafc_offset_commit_value) = {
    I64(offset, "offset", SINCE(0)),
    I32(leader_epoch, "leaderEpoch", SINCE(3), DEFAULT(-1), IGNORABLE),
    STR(metadata, "metadata", SINCE(0)),
    I64(commit_timestamp, "commitTimestamp", SINCE(0)),
    I64(expire_timestamp, "expireTimestamp", RANGE(1, 1), DEFAULT(-1), IGNORABLE),
    UUID(topic_id, "topicId", SINCE(4), TAG(0, 4), IGNORABLE),
};
DATA(kafc_offset_commit_value, "OffsetCommitValue", 0, 4, 4);
#undef MSG

#define MSG struct kafc_group_metadata_key
ROWS(kafc_group_metadata_key) = {
    STR(group, "group", SINCE(0)),
};
LOG_KEY(kafc_group_metadata_key, "GroupMetadataKey", 2);
#undef MSG

#define MSG struct kafc_group_metadata_value_member
ROWS(kafc_group_metadata_value_member) = {
    STR(member_id, "memberId", SINCE(0)),
    STR(group_instance_id, "groupInstanceId", SINCE(3), NULLABLE(3), DEFAULT_NULL, IGNORABLE),
    STR(client_id, "clientId", SINCE(0)),
    STR(client_host, "clientHost", SINCE(0)),
    I32(rebalance_timeout, "rebalanceTimeout", SINCE(1), DEFAULT(-1), IGNORABLE),
    I32(session_timeout, "sessionTimeout", SINCE(0)),
    BYTES(subscription, "subscription", SINCE(0)),
    BYTES(assignment, "assignment", SINCE(0)),
};
SCHEMA(kafc_group_metadata_value_member, "MemberMetadata");
#undef MSG

#define MSG struct kafc_group_metadata_value
ROWS(kafc_group_metadata_value) = {
    STR(protocol_type, "protocolType", SINCE(0)),
    I32(generation, "generation", SINCE(0)),
    STR(protocol, "protocol", SINCE(0), NULLABLE(0)),
    STR(leader, "leader", SINCE(0), NULLABLE(0)),
    I64(current_state_timestamp, "currentStateTimestamp", SINCE(2), DEFAULT(-1), IGNORABLE),
    ARR(members, kafc_group_metadata_value_member, "members", SINCE(0)),
};
DATA(kafc_group_metadata_value, "GroupMetadataValue", 0, 4, 4);
#undef MSG
