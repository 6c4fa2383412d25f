/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Heartbeat (12), rows.
 */
#include "protocol/api/12_heartbeat.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_heartbeat_req
ROWS(kafc_heartbeat_req) = {
    STR(group_id, "GroupId", SINCE(0)),
    I32(generation_id, "GenerationId", SINCE(0)),
    STR(member_id, "MemberId", SINCE(0)),
    STR(group_instance_id, "GroupInstanceId", SINCE(3), NULLABLE(3), DEFAULT_NULL),
};
MESSAGE(kafc_heartbeat_req, "HeartbeatRequest", 12, 0, 4, 4);
#undef MSG

#define MSG struct kafc_heartbeat_resp
ROWS(kafc_heartbeat_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
};
MESSAGE(kafc_heartbeat_resp, "HeartbeatResponse", 12, 0, 4, 4);
#undef MSG

API(kafc_heartbeat, "Heartbeat", 12, 4, 4, 2, KAFC_TO_GROUP);
