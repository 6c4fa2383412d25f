/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteGroups (42), rows.
 */
#include "protocol/api/42_delete_groups.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_delete_groups_req
ROWS(kafc_delete_groups_req) = {
    LIST(groups_names, "GroupsNames", SINCE(0)),
};
MESSAGE(kafc_delete_groups_req, "DeleteGroupsRequest", 42, 0, 2, 2);
#undef MSG

#define MSG struct kafc_delete_groups_resp_group
ROWS(kafc_delete_groups_resp_group) = {
    STR(group_id, "GroupId", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
};
SCHEMA(kafc_delete_groups_resp_group, "DeletableGroupResult");
#undef MSG

#define MSG struct kafc_delete_groups_resp
ROWS(kafc_delete_groups_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(results, kafc_delete_groups_resp_group, "Results", SINCE(0)),
};
MESSAGE(kafc_delete_groups_resp, "DeleteGroupsResponse", 42, 0, 2, 2);
#undef MSG

API(kafc_delete_groups, "DeleteGroups", 42, 2, 2, 1, KAFC_TO_GROUP);
