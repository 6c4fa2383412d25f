/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PushTelemetry (72), rows.
 */
#include "protocol/api/72_push_telemetry.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_push_telemetry_req
ROWS(kafc_push_telemetry_req) = {
    UUID(client_instance_id, "ClientInstanceId", SINCE(0)),
    I32(subscription_id, "SubscriptionId", SINCE(0)),
    BOOL(terminating, "Terminating", SINCE(0)),
    I8(compression_type, "CompressionType", SINCE(0)),
    BYTES(metrics, "Metrics", SINCE(0)),
};
MESSAGE(kafc_push_telemetry_req, "PushTelemetryRequest", 72, 0, 0, 0);
#undef MSG

#define MSG struct kafc_push_telemetry_resp
ROWS(kafc_push_telemetry_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
MESSAGE(kafc_push_telemetry_resp, "PushTelemetryResponse", 72, 0, 0, 0);
#undef MSG

API(kafc_push_telemetry, "PushTelemetry", 72, 0, 0, 0, KAFC_TO_ANY);
