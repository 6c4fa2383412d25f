/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SyncGroup (14): the leader of a classic group hands out assignments,
 * every member takes its own.
 */
#ifndef KAFC_PROTOCOL_API_SYNC_GROUP_H
#define KAFC_PROTOCOL_API_SYNC_GROUP_H

#include "protocol/types.h"

struct kafc_sync_group_req_assignment {
    kafc_str member_id;
    kafc_bytes assignment; /* what the protocol makes of it */
    struct kafc_tags unknown;
};

struct kafc_sync_group_req {
    kafc_str group_id;
    int32_t generation_id;
    kafc_str member_id;
    kafc_str group_instance_id;
    kafc_str protocol_type;
    kafc_str protocol_name;
    KAFC_ARRAY(struct kafc_sync_group_req_assignment) assignments; /* from the leader only */
    struct kafc_tags unknown;
};

struct kafc_sync_group_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str protocol_type;
    kafc_str protocol_name;
    kafc_bytes assignment; /* of consumers: a version and an assignment */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_sync_group);
KAFC_DECLARE_SCHEMA(kafc_sync_group_req);
KAFC_DECLARE_SCHEMA(kafc_sync_group_req_assignment);
KAFC_DECLARE_SCHEMA(kafc_sync_group_resp);

#endif
