/* SPDX-License-Identifier: BSD-2-Clause
 *
 * UnregisterBroker (64), rows.
 */
#include "protocol/api/64_unregister_broker.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_unregister_broker_req
ROWS(kafc_unregister_broker_req) = {
    I32(broker_id, "BrokerId", SINCE(0)),
};
MESSAGE(kafc_unregister_broker_req, "UnregisterBrokerRequest", 64, 0, 0, 0);
#undef MSG

#define MSG struct kafc_unregister_broker_resp
ROWS(kafc_unregister_broker_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_unregister_broker_resp, "UnregisterBrokerResponse", 64, 0, 0, 0);
#undef MSG

API(kafc_unregister_broker, "UnregisterBroker", 64, 0, 0, 0, KAFC_TO_CONTROLLER);
