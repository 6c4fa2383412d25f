/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeGroups (15): state and members of classic groups.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_GROUPS_H
#define KAFC_PROTOCOL_API_DESCRIBE_GROUPS_H

#include "protocol/types.h"

struct kafc_describe_groups_req {
    KAFC_ARRAY(kafc_str) groups;
    bool include_authorized_operations;
    struct kafc_tags unknown;
};

struct kafc_describe_groups_resp_member {
    kafc_str member_id;
    kafc_str group_instance_id; /* null: no static member */
    kafc_str client_id;
    kafc_str client_host;       /* "/10.0.0.1" */
    kafc_bytes member_metadata; /* what it joined with, of the protocol chosen */
    kafc_bytes member_assignment;
    struct kafc_tags unknown;
};

struct kafc_describe_groups_resp_group {
    int16_t error_code;
    kafc_str error_message;
    kafc_str group_id;
    kafc_str group_state; /* "Stable", "Empty", "Dead", "PreparingRebalance", "CompletingRebalance" */
    kafc_str protocol_type;
    kafc_str protocol_data; /* the protocol chosen: an assignor's name */
    KAFC_ARRAY(struct kafc_describe_groups_resp_member) members;
    int32_t authorized_operations; /* bit n: operation n of DescribeAcls; INT32_MIN: not asked */
    struct kafc_tags unknown;
};

struct kafc_describe_groups_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_describe_groups_resp_group) groups;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_groups);
KAFC_DECLARE_SCHEMA(kafc_describe_groups_req);
KAFC_DECLARE_SCHEMA(kafc_describe_groups_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_groups_resp_group);
KAFC_DECLARE_SCHEMA(kafc_describe_groups_resp_member);

#endif
