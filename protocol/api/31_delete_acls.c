/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteAcls (31), rows.
 */
#include "protocol/api/31_delete_acls.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_delete_acls_req_filter
ROWS(kafc_delete_acls_req_filter) = {
    I8(resource_type_filter, "ResourceTypeFilter", SINCE(0)),
    STR(resource_name_filter, "ResourceNameFilter", SINCE(0), NULLABLE(0)),
    I8(pattern_type_filter, "PatternTypeFilter", SINCE(1), DEFAULT(3)),
    STR(principal_filter, "PrincipalFilter", SINCE(0), NULLABLE(0)),
    STR(host_filter, "HostFilter", SINCE(0), NULLABLE(0)),
    I8(operation, "Operation", SINCE(0)),
    I8(permission_type, "PermissionType", SINCE(0)),
};
SCHEMA(kafc_delete_acls_req_filter, "DeleteAclsFilter");
#undef MSG

#define MSG struct kafc_delete_acls_req
ROWS(kafc_delete_acls_req) = {
    ARR(filters, kafc_delete_acls_req_filter, "Filters", SINCE(0)),
};
MESSAGE(kafc_delete_acls_req, "DeleteAclsRequest", 31, 0, 3, 2);
#undef MSG

#define MSG struct kafc_delete_acls_resp_acl
ROWS(kafc_delete_acls_resp_acl) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
    I8(pattern_type, "PatternType", SINCE(1), DEFAULT(3)),
    STR(principal, "Principal", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    I8(operation, "Operation", SINCE(0)),
    I8(permission_type, "PermissionType", SINCE(0)),
};
SCHEMA(kafc_delete_acls_resp_acl, "DeleteAclsMatchingAcl");
#undef MSG

#define MSG struct kafc_delete_acls_resp_result
ROWS(kafc_delete_acls_resp_result) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(matching_acls, kafc_delete_acls_resp_acl, "MatchingAcls", SINCE(0)),
};
SCHEMA(kafc_delete_acls_resp_result, "DeleteAclsFilterResult");
#undef MSG

#define MSG struct kafc_delete_acls_resp
ROWS(kafc_delete_acls_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(filter_results, kafc_delete_acls_resp_result, "FilterResults", SINCE(0)),
};
MESSAGE(kafc_delete_acls_resp, "DeleteAclsResponse", 31, 0, 3, 2);
#undef MSG

API(kafc_delete_acls, "DeleteAcls", 31, 3, 2, 1, KAFC_TO_CONTROLLER);
