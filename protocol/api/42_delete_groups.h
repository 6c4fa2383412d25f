/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteGroups (42): deletes groups without members, with their offsets.
 */
#ifndef KAFC_PROTOCOL_API_DELETE_GROUPS_H
#define KAFC_PROTOCOL_API_DELETE_GROUPS_H

#include "protocol/types.h"

struct kafc_delete_groups_req {
    KAFC_ARRAY(kafc_str) groups_names;
    struct kafc_tags unknown;
};

struct kafc_delete_groups_resp_group {
    kafc_str group_id;
    int16_t error_code;
    struct kafc_tags unknown;
};

struct kafc_delete_groups_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_delete_groups_resp_group) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_delete_groups);
KAFC_DECLARE_SCHEMA(kafc_delete_groups_req);
KAFC_DECLARE_SCHEMA(kafc_delete_groups_resp);
KAFC_DECLARE_SCHEMA(kafc_delete_groups_resp_group);

#endif
