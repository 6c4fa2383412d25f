/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Heartbeat (12): a member of a classic group is alive, and hears whether
 * the group rebalances.
 */
#ifndef KAFC_PROTOCOL_API_HEARTBEAT_H
#define KAFC_PROTOCOL_API_HEARTBEAT_H

#include "protocol/types.h"

struct kafc_heartbeat_req {
    kafc_str group_id;
    int32_t generation_id;
    kafc_str member_id;
    kafc_str group_instance_id; /* null: no static member */
    struct kafc_tags unknown;
};

struct kafc_heartbeat_resp {
    int32_t throttle_time_ms;
    int16_t error_code; /* 27: join again */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_heartbeat);
KAFC_DECLARE_SCHEMA(kafc_heartbeat_req);
KAFC_DECLARE_SCHEMA(kafc_heartbeat_resp);

#endif
