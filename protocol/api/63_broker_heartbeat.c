/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BrokerHeartbeat (63), rows.
 */
#include "protocol/api/63_broker_heartbeat.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_broker_heartbeat_req
ROWS(kafc_broker_heartbeat_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
    I64(broker_epoch, "BrokerEpoch", SINCE(0), DEFAULT(-1)),
    I64(current_metadata_offset, "CurrentMetadataOffset", SINCE(0)),
    BOOL(want_fence, "WantFence", SINCE(0)),
    BOOL(want_shut_down, "WantShutDown", SINCE(0)),
    LIST(offline_log_dirs, "OfflineLogDirs", SINCE(1), TAG(0, 1)),
    LIST(cordoned_log_dirs, "CordonedLogDirs", SINCE(2), TAG(1, 2), NULLABLE(2), DEFAULT_NULL),
};
MESSAGE(kafc_broker_heartbeat_req, "BrokerHeartbeatRequest", 63, 0, 2, 0);
#undef MSG

#define MSG struct kafc_broker_heartbeat_resp
ROWS(kafc_broker_heartbeat_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    BOOL(is_caught_up, "IsCaughtUp", SINCE(0)),
    BOOL(is_fenced, "IsFenced", SINCE(0), DEFAULT(true)),
    BOOL(should_shut_down, "ShouldShutDown", SINCE(0)),
};
MESSAGE(kafc_broker_heartbeat_resp, "BrokerHeartbeatResponse", 63, 0, 2, 0);
#undef MSG

API(kafc_broker_heartbeat, "BrokerHeartbeat", 63, 2, 0, 0, KAFC_TO_QUORUM);
