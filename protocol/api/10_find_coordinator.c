/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FindCoordinator (10), rows.
 */
#include "protocol/api/10_find_coordinator.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_find_coordinator_req
ROWS(kafc_find_coordinator_req) = {
    STR(key, "Key", RANGE(0, 3)),
    I8(key_type, "KeyType", SINCE(1)),
    LIST(coordinator_keys, "CoordinatorKeys", SINCE(4)),
};
MESSAGE(kafc_find_coordinator_req, "FindCoordinatorRequest", 10, 0, 6, 3);
#undef MSG

#define MSG struct kafc_find_coordinator_resp_coordinator
ROWS(kafc_find_coordinator_resp_coordinator) = {
    STR(key, "Key", SINCE(4)),
    I32(node_id, "NodeId", SINCE(4)),
    STR(host, "Host", SINCE(4)),
    I32(port, "Port", SINCE(4)),
    I16(error_code, "ErrorCode", SINCE(4)),
    STR(error_message, "ErrorMessage", SINCE(4), NULLABLE(4), IGNORABLE),
};
SCHEMA(kafc_find_coordinator_resp_coordinator, "Coordinator");
#undef MSG

#define MSG struct kafc_find_coordinator_resp
ROWS(kafc_find_coordinator_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    I16(error_code, "ErrorCode", RANGE(0, 3)),
    STR(error_message, "ErrorMessage", RANGE(1, 3), NULLABLE(1), IGNORABLE),
    I32(node_id, "NodeId", RANGE(0, 3)),
    STR(host, "Host", RANGE(0, 3)),
    I32(port, "Port", RANGE(0, 3)),
    ARR(coordinators, kafc_find_coordinator_resp_coordinator, "Coordinators", SINCE(4)),
};
MESSAGE(kafc_find_coordinator_resp, "FindCoordinatorResponse", 10, 0, 6, 3);
#undef MSG

API(kafc_find_coordinator, "FindCoordinator", 10, 6, 3, 2, KAFC_TO_ANY);
