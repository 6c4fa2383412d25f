/* SPDX-License-Identifier: BSD-2-Clause
 *
 * LeaveGroup (13): members leave a classic group: one up to 2, several from
 * 3.
 */
#ifndef KAFC_PROTOCOL_API_LEAVE_GROUP_H
#define KAFC_PROTOCOL_API_LEAVE_GROUP_H

#include "protocol/types.h"

struct kafc_leave_group_req_member {
    kafc_str member_id; /* "": whoever has the instance id */
    kafc_str group_instance_id;
    kafc_str reason; /* for the broker's log */
    struct kafc_tags unknown;
};

struct kafc_leave_group_req {
    kafc_str group_id;
    kafc_str member_id;                                     /* to 2 */
    KAFC_ARRAY(struct kafc_leave_group_req_member) members; /* from 3 */
    struct kafc_tags unknown;
};

struct kafc_leave_group_resp_member {
    kafc_str member_id;
    kafc_str group_instance_id;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_leave_group_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_leave_group_resp_member) members;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_leave_group);
KAFC_DECLARE_SCHEMA(kafc_leave_group_req);
KAFC_DECLARE_SCHEMA(kafc_leave_group_req_member);
KAFC_DECLARE_SCHEMA(kafc_leave_group_resp);
KAFC_DECLARE_SCHEMA(kafc_leave_group_resp_member);

#endif
