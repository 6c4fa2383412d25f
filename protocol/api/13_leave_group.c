/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LeaveGroup (13), rows.
 */
#include "protocol/api/13_leave_group.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_leave_group_req_member
ROWS(kafc_leave_group_req_member) = {
    STR(member_id, "MemberId", SINCE(3)),
    STR(group_instance_id, "GroupInstanceId", SINCE(3), NULLABLE(3), DEFAULT_NULL),
    STR(reason, "Reason", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
};
SCHEMA(kafc_leave_group_req_member, "MemberIdentity");
#undef MSG

#define MSG struct kafc_leave_group_req
ROWS(kafc_leave_group_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(member_id, "MemberId", RANGE(0, 2)),
    ARR(members, kafc_leave_group_req_member, "Members", SINCE(3)),
};
MESSAGE(kafc_leave_group_req, "LeaveGroupRequest", 13, 0, 5, 4);
#undef MSG

#define MSG struct kafc_leave_group_resp_member
ROWS(kafc_leave_group_resp_member) = {
    STR(member_id, "MemberId", SINCE(3)),
    STR(group_instance_id, "GroupInstanceId", SINCE(3), NULLABLE(3)),
    I16(error_code, "ErrorCode", SINCE(3)),
};
SCHEMA(kafc_leave_group_resp_member, "MemberResponse");
#undef MSG

#define MSG struct kafc_leave_group_resp
ROWS(kafc_leave_group_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(members, kafc_leave_group_resp_member, "Members", SINCE(3)),
};
MESSAGE(kafc_leave_group_resp, "LeaveGroupResponse", 13, 0, 5, 4);
#undef MSG

API(kafc_leave_group, "LeaveGroup", 13, 5, 4, 2, KAFC_TO_GROUP);
