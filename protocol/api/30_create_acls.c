/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateAcls (30), rows.
 */
#include "protocol/api/30_create_acls.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_create_acls_req_acl
ROWS(kafc_create_acls_req_acl) = {
    I8(resource_type, "ResourceType", SINCE(0)),
    STR(resource_name, "ResourceName", SINCE(0)),
    I8(resource_pattern_type, "ResourcePatternType", SINCE(1), DEFAULT(3)),
    STR(principal, "Principal", SINCE(0)),
    STR(host, "Host", SINCE(0)),
    I8(operation, "Operation", SINCE(0)),
    I8(permission_type, "PermissionType", SINCE(0)),
};
SCHEMA(kafc_create_acls_req_acl, "AclCreation");
#undef MSG

#define MSG struct kafc_create_acls_req
ROWS(kafc_create_acls_req) = {
    ARR(creations, kafc_create_acls_req_acl, "Creations", SINCE(0)),
};
MESSAGE(kafc_create_acls_req, "CreateAclsRequest", 30, 0, 3, 2);
#undef MSG

#define MSG struct kafc_create_acls_resp_result
ROWS(kafc_create_acls_resp_result) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
};
SCHEMA(kafc_create_acls_resp_result, "AclCreationResult");
#undef MSG

#define MSG struct kafc_create_acls_resp
ROWS(kafc_create_acls_resp) = {
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
    ARR(results, kafc_create_acls_resp_result, "Results", SINCE(0)),
};
MESSAGE(kafc_create_acls_resp, "CreateAclsResponse", 30, 0, 3, 2);
#undef MSG

API(kafc_create_acls, "CreateAcls", 30, 3, 2, 1, KAFC_TO_CONTROLLER);
