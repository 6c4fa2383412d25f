/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SyncGroup (14), rows.
 */
#include "protocol/api/14_sync_group.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_sync_group_req_assignment
ROWS(kafc_sync_group_req_assignment) = {
    STR(member_id, "MemberId", SINCE(0)),
    BYTES(assignment, "Assignment", SINCE(0)),
};
SCHEMA(kafc_sync_group_req_assignment, "SyncGroupRequestAssignment");
#undef MSG

#define MSG struct kafc_sync_group_req
ROWS(kafc_sync_group_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    I32(generation_id, "GenerationId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
    STR(group_instance_id, "GroupInstanceId", SINCE(3), NULLABLE(3), DEFAULT_NULL),
    STR(protocol_type, "ProtocolType", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
    STR(protocol_name, "ProtocolName", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
    ARR(assignments, kafc_sync_group_req_assignment, "Assignments", SINCE(0)),
};
MESSAGE(kafc_sync_group_req, "SyncGroupRequest", 14, 0, 5, 4);
#undef MSG

#define MSG struct kafc_sync_group_resp
ROWS(kafc_sync_group_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(protocol_type, "ProtocolType", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
    STR(protocol_name, "ProtocolName", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
    BYTES(assignment, "Assignment", SINCE(0)),
};
MESSAGE(kafc_sync_group_resp, "SyncGroupResponse", 14, 0, 5, 4);
#undef MSG

API(kafc_sync_group, "SyncGroup", 14, 5, 4, 2, KAFC_TO_GROUP);
