/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListGroups (16): the groups that the broker asked coordinates.
 */
#ifndef KAFC_PROTOCOL_API_LIST_GROUPS_H
#define KAFC_PROTOCOL_API_LIST_GROUPS_H

#include "protocol/types.h"

struct kafc_list_groups_req {
    KAFC_ARRAY(kafc_str) states_filter; /* from 4; empty: all */
    KAFC_ARRAY(kafc_str) types_filter;  /* from 5; empty: all */
    struct kafc_tags unknown;
};

struct kafc_list_groups_resp_group {
    kafc_str group_id;
    kafc_str protocol_type;
    kafc_str group_state; /* as in DescribeGroups */
    kafc_str group_type;  /* "classic", "consumer", "share", "streams" */
    struct kafc_tags unknown;
};

struct kafc_list_groups_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    KAFC_ARRAY(struct kafc_list_groups_resp_group) groups;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_list_groups);
KAFC_DECLARE_SCHEMA(kafc_list_groups_req);
KAFC_DECLARE_SCHEMA(kafc_list_groups_resp);
KAFC_DECLARE_SCHEMA(kafc_list_groups_resp_group);

#endif
