/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeAcls (29), rows.
 */
#include "protocol/api/29_describe_acls.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_acls_req
ROWS(kafc_describe_acls_req) = {
    I8(resource_type_filter, "ResourceTypeFilter", SINCE(0)),
    STR(resource_name_filter, "ResourceNameFilter", SINCE(0), NULLABLE(0)),
    I8(pattern_type_filter, "PatternTypeFilter", SINCE(1), DEFAULT(3)),
    STR(principal_filter, "PrincipalFilter", SINCE(0), NULLABLE(0)),
    STR(host_filter, "HostFilter", SINCE(0), NULLABLE(0)),
    I8(operation, "Operation", SINCE(0)),
    I8(permission_type, "PermissionType", SINCE(0)),
};
MESSAGE(kafc_describe_acls_req, "DescribeAclsRequest", 29, 0, 3, 2);
#undef MSG

#define MSG struct kafc_describe_acls_resp_acl
ROWS(kafc_describe_acls_resp_acl) = {
    STR(principal, "Principal", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    I8(operation, "Operation", SINCE(0)),
    I8(permission_type, "PermissionType", SINCE(0)),
};
SCHEMA(kafc_describe_acls_resp_acl, "AclDescription");
#undef MSG

#define MSG struct kafc_describe_acls_resp_resource
ROWS(kafc_describe_acls_resp_resource) = {
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
    I8(pattern_type, "PatternType", SINCE(1), DEFAULT(3)),
    ARR(acls, kafc_describe_acls_resp_acl, "Acls", SINCE(0)),
};
SCHEMA(kafc_describe_acls_resp_resource, "DescribeAclsResource");
#undef MSG

#define MSG struct kafc_describe_acls_resp
ROWS(kafc_describe_acls_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    ARR(resources, kafc_describe_acls_resp_resource, "Resources", SINCE(0)),
};
MESSAGE(kafc_describe_acls_resp, "DescribeAclsResponse", 29, 0, 3, 2);
#undef MSG

API(kafc_describe_acls, "DescribeAcls", 29, 3, 2, 1, KAFC_TO_ANY);
