/* SPDX-License-Identifier: BSD-2-Clause
 *
 * JoinGroup (11), rows.
 */
#include "protocol/api/11_join_group.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_join_group_req_protocol
ROWS(kafc_join_group_req_protocol) = {
    STR(name, "Name", SINCE(0)),
    BYTES(metadata, "Metadata", SINCE(0)),
};
SCHEMA(kafc_join_group_req_protocol, "JoinGroupRequestProtocol");
#undef MSG

#define MSG struct kafc_join_group_req
ROWS(kafc_join_group_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    I32(session_timeout_ms, "SessionTimeoutMs", SINCE(0)),
    I32(rebalance_timeout_ms, "RebalanceTimeoutMs", SINCE(1), DEFAULT(-1), IGNORABLE),
    STR(member_id, "MemberId", SINCE(0)),
    STR(group_instance_id, "GroupInstanceId", SINCE(5), NULLABLE(5), DEFAULT_NULL),
    STR(protocol_type, "ProtocolType", SINCE(0)),
    ARR(protocols, kafc_join_group_req_protocol, "Protocols", SINCE(0)),
    STR(reason, "Reason", SINCE(8), NULLABLE(8), DEFAULT_NULL, IGNORABLE),
};
MESSAGE(kafc_join_group_req, "JoinGroupRequest", 11, 0, 9, 6);
#undef MSG

#define MSG struct kafc_join_group_resp_member
ROWS(kafc_join_group_resp_member) = {
    STR(member_id, "MemberId", SINCE(0)),
    STR(group_instance_id, "GroupInstanceId", SINCE(5), NULLABLE(5), DEFAULT_NULL, IGNORABLE),
    BYTES(metadata, "Metadata", SINCE(0)),
};
SCHEMA(kafc_join_group_resp_member, "JoinGroupResponseMember");
#undef MSG

#define MSG struct kafc_join_group_resp
ROWS(kafc_join_group_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(2), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    I32(generation_id, "GenerationId", SINCE(0), DEFAULT(-1)),
    STR(protocol_type, "ProtocolType", SINCE(7), NULLABLE(7), DEFAULT_NULL, IGNORABLE),
    STR(protocol_name, "ProtocolName", SINCE(0), NULLABLE(7)),
    STR(leader, "Leader", SINCE(0)),
    BOOL(skip_assignment, "SkipAssignment", SINCE(9)),
    STR(member_id, "MemberId", SINCE(0)),
    ARR(members, kafc_join_group_resp_member, "Members", SINCE(0)),
};
MESSAGE(kafc_join_group_resp, "JoinGroupResponse", 11, 0, 9, 6);
#undef MSG

API(kafc_join_group, "JoinGroup", 11, 9, 6, 3, KAFC_TO_GROUP);
