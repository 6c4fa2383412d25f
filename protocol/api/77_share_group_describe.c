/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ShareGroupDescribe (77), rows.
 */
#include "protocol/api/77_share_group_describe.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_share_group_describe_req
ROWS(kafc_share_group_describe_req) = {
    LIST(group_ids, "GroupIds", SINCE(0)),
    BOOL(include_authorized_operations, "IncludeAuthorizedOperations", SINCE(0)),
};
MESSAGE(kafc_share_group_describe_req, "ShareGroupDescribeRequest", 77, 0, 1, 0);
#undef MSG

#define MSG struct kafc_share_group_describe_resp_topic
ROWS(kafc_share_group_describe_resp_topic) = {
    UUID(topic_id, "TopicId", SINCE(0)),
    STR(topic_name, "TopicName", SINCE(0)),
    LIST(partitions, "Partitions", SINCE(0)),
};
SCHEMA(kafc_share_group_describe_resp_topic, "TopicPartitions");
#undef MSG

#define MSG struct kafc_share_group_describe_resp_assignment
ROWS(kafc_share_group_describe_resp_assignment) = {
    ARR(topic_partitions, kafc_share_group_describe_resp_topic, "TopicPartitions", SINCE(0)),
};
SCHEMA(kafc_share_group_describe_resp_assignment, "Assignment");
#undef MSG

#define MSG struct kafc_share_group_describe_resp_member
ROWS(kafc_share_group_describe_resp_member) = {
    STR(member_id, "MemberId", SINCE(0)),
    STR(rack_id, "RackId", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I32(member_epoch, "MemberEpoch", SINCE(0)),
    STR(client_id, "ClientId", SINCE(0)),
    STR(client_host, "ClientHost", SINCE(0)),
    LIST(subscribed_topic_names, "SubscribedTopicNames", SINCE(0)),
    STRUCT(assignment, kafc_share_group_describe_resp_assignment, "Assignment", SINCE(0)),
};
SCHEMA(kafc_share_group_describe_resp_member, "Member");
#undef MSG

#define MSG struct kafc_share_group_describe_resp_group
ROWS(kafc_share_group_describe_resp_group) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    STR(group_id, "GroupId", SINCE(0)),
    STR(group_state, "GroupState", SINCE(0)),
    I32(group_epoch, "GroupEpoch", SINCE(0)),
    I32(assignment_epoch, "AssignmentEpoch", SINCE(0)),
    STR(assignor_name, "AssignorName", SINCE(0)),
    ARR(members, kafc_share_group_describe_resp_member, "Members", SINCE(0)),
    I32(authorized_operations, "AuthorizedOperations", SINCE(0), DEFAULT(-2147483648)),
};
SCHEMA(kafc_share_group_describe_resp_group, "DescribedGroup");
#undef MSG

#define MSG struct kafc_share_group_describe_resp
ROWS(kafc_share_group_describe_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(groups, kafc_share_group_describe_resp_group, "Groups", SINCE(0)),
};
MESSAGE(kafc_share_group_describe_resp, "ShareGroupDescribeResponse", 77, 0, 1, 0);
#undef MSG

API_PICK(kafc_share_group_describe, "ShareGroupDescribe", 77, 1, 0, 0, KAFC_TO_GROUP, 1, 1);
