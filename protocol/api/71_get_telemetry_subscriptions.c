/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GetTelemetrySubscriptions (71), rows.
 */
#include "protocol/api/71_get_telemetry_subscriptions.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_get_telemetry_subscriptions_req
ROWS(kafc_get_telemetry_subscriptions_req) = {
    UUID(client_instance_id, "ClientInstanceId", SINCE(0)),
};
MESSAGE(kafc_get_telemetry_subscriptions_req, "GetTelemetrySubscriptionsRequest", 71, 0, 0, 0);
#undef MSG

#define MSG struct kafc_get_telemetry_subscriptions_resp
ROWS(kafc_get_telemetry_subscriptions_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    UUID(client_instance_id, "ClientInstanceId", SINCE(0)),
    I32(subscription_id, "SubscriptionId", SINCE(0)),
    LIST(accepted_compression_types, "AcceptedCompressionTypes", SINCE(0)),
    I32(push_interval_ms, "PushIntervalMs", SINCE(0)),
    I32(telemetry_max_bytes, "TelemetryMaxBytes", SINCE(0)),
    BOOL(delta_temporality, "DeltaTemporality", SINCE(0)),
    LIST(requested_metrics, "RequestedMetrics", SINCE(0)),
};
MESSAGE(kafc_get_telemetry_subscriptions_resp, "GetTelemetrySubscriptionsResponse", 71, 0, 0, 0);
#undef MSG

API(kafc_get_telemetry_subscriptions, "GetTelemetrySubscriptions", 71, 0, 0, 0, KAFC_TO_ANY);
