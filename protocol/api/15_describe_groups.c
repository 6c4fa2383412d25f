/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeGroups (15), rows.
 */
#include "protocol/api/15_describe_groups.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_groups_req
ROWS(kafc_describe_groups_req) = {
    LIST(groups, "Groups", SINCE(0)),
    BOOL(include_authorized_operations, "IncludeAuthorizedOperations", SINCE(3)),
};
MESSAGE(kafc_describe_groups_req, "DescribeGroupsRequest", 15, 0, 6, 5);
#undef MSG

#define MSG struct kafc_describe_groups_resp_member
ROWS(kafc_describe_groups_resp_member) = {
    STR(member_id, "MemberId", SINCE(0)),
    STR(group_instance_id, "GroupInstanceId", SINCE(4), NULLABLE(4), DEFAULT_NULL, IGNORABLE),
    STR(client_id, "ClientId", SINCE(0)),
    STR(client_host, "ClientHost", SINCE(0)),
    BYTES(member_metadata, "MemberMetadata", SINCE(0)),
    BYTES(member_assignment, "MemberAssignment", SINCE(0)),
};
SCHEMA(kafc_describe_groups_resp_member, "DescribedGroupMember");
#undef MSG

#define MSG struct kafc_describe_groups_resp_group
ROWS(kafc_describe_groups_resp_group) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(6), NULLABLE(6), DEFAULT_NULL),
    STR(group_id, "GroupId", SINCE(0)),
    STR(group_state, "GroupState", SINCE(0)),
    STR(protocol_type, "ProtocolType", SINCE(0)),
    STR(protocol_data, "ProtocolData", SINCE(0)),
    ARR(members, kafc_describe_groups_resp_member, "Members", SINCE(0)),
    I32(authorized_operations, "AuthorizedOperations", SINCE(3), DEFAULT(-2147483648)),
};
SCHEMA(kafc_describe_groups_resp_group, "DescribedGroup");
#undef MSG

#define MSG struct kafc_describe_groups_resp
ROWS(kafc_describe_groups_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    ARR(groups, kafc_describe_groups_resp_group, "Groups", SINCE(0)),
};
MESSAGE(kafc_describe_groups_resp, "DescribeGroupsResponse", 15, 0, 6, 5);
#undef MSG

API(kafc_describe_groups, "DescribeGroups", 15, 6, 5, 2, KAFC_TO_GROUP);
