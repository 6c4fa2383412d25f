/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ListGroups (16), rows.
 */
#include "protocol/api/16_list_groups.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_list_groups_req
ROWS(kafc_list_groups_req) = {
    LIST(states_filter, "StatesFilter", SINCE(4)),
    LIST(types_filter, "TypesFilter", SINCE(5)),
};
MESSAGE(kafc_list_groups_req, "ListGroupsRequest", 16, 0, 5, 3);
#undef MSG

#define MSG struct kafc_list_groups_resp_group
ROWS(kafc_list_groups_resp_group) = {
    STR(group_id, "GroupId", SINCE(0)),
    STR(protocol_type, "ProtocolType", SINCE(0)),
    STR(group_state, "GroupState", SINCE(4), IGNORABLE),
    STR(group_type, "GroupType", SINCE(5), IGNORABLE),
};
SCHEMA(kafc_list_groups_resp_group, "ListedGroup");
#undef MSG

#define MSG struct kafc_list_groups_resp
ROWS(kafc_list_groups_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(1), IGNORABLE),
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(groups, kafc_list_groups_resp_group, "Groups", SINCE(0)),
};
MESSAGE(kafc_list_groups_resp, "ListGroupsResponse", 16, 0, 5, 3);
#undef MSG

API(kafc_list_groups, "ListGroups", 16, 5, 3, 2, KAFC_TO_ALL);
