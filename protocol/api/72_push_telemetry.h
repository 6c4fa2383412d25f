/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PushTelemetry (72): metrics in OpenTelemetry's form, compressed as agreed
 * (KIP-714).
 */
#ifndef KAFC_PROTOCOL_API_PUSH_TELEMETRY_H
#define KAFC_PROTOCOL_API_PUSH_TELEMETRY_H

#include "protocol/types.h"

struct kafc_push_telemetry_req {
    kafc_uuid client_instance_id;
    int32_t subscription_id;
    bool terminating;        /* the last push */
    int8_t compression_type; /* as in record batches */
    kafc_bytes metrics;
    struct kafc_tags unknown;
};

struct kafc_push_telemetry_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_push_telemetry);
KAFC_DECLARE_SCHEMA(kafc_push_telemetry_req);
KAFC_DECLARE_SCHEMA(kafc_push_telemetry_resp);

#endif
