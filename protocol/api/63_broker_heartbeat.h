/* SPDX-License-Identifier: BSD-2-Clause
 *
 * BrokerHeartbeat (63): a broker is alive, and asks to be let in or out.
 */
#ifndef KAFC_PROTOCOL_API_BROKER_HEARTBEAT_H
#define KAFC_PROTOCOL_API_BROKER_HEARTBEAT_H

#include "protocol/types.h"

struct kafc_broker_heartbeat_req {
    int32_t broker_id;
    int64_t broker_epoch;
    int64_t current_metadata_offset; /* how far it has read the metadata log */
    bool want_fence;                 /* leads nothing, does not count as in sync */
    bool want_shut_down;
    KAFC_ARRAY(kafc_uuid) offline_log_dirs;
    KAFC_ARRAY(kafc_uuid) cordoned_log_dirs; /* from 2; null: unchanged */
    struct kafc_tags unknown;
};

struct kafc_broker_heartbeat_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    bool is_caught_up;
    bool is_fenced;
    bool should_shut_down;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_broker_heartbeat);
KAFC_DECLARE_SCHEMA(kafc_broker_heartbeat_req);
KAFC_DECLARE_SCHEMA(kafc_broker_heartbeat_resp);

#endif
