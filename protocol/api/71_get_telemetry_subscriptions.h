/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GetTelemetrySubscriptions (71): which metrics the brokers want pushed
 * (KIP-714).
 */
#ifndef KAFC_PROTOCOL_API_GET_TELEMETRY_SUBSCRIPTIONS_H
#define KAFC_PROTOCOL_API_GET_TELEMETRY_SUBSCRIPTIONS_H

#include "protocol/types.h"

struct kafc_get_telemetry_subscriptions_req {
    kafc_uuid client_instance_id; /* zero: give me one */
    struct kafc_tags unknown;
};

struct kafc_get_telemetry_subscriptions_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_uuid client_instance_id; /* zero unless it was asked for */
    int32_t subscription_id;
    KAFC_ARRAY(int8_t) accepted_compression_types; /* as in record batches, best first */
    int32_t push_interval_ms;
    int32_t telemetry_max_bytes;
    bool delta_temporality;                 /* counters since the last push, not since the start */
    KAFC_ARRAY(kafc_str) requested_metrics; /* prefixes of names; "": all */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_get_telemetry_subscriptions);
KAFC_DECLARE_SCHEMA(kafc_get_telemetry_subscriptions_req);
KAFC_DECLARE_SCHEMA(kafc_get_telemetry_subscriptions_resp);

#endif
