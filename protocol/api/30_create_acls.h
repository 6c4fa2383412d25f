/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateAcls (30): new access rules. Numbers as in DescribeAcls; the
 * answer's results stand in the order of the request.
 */
#ifndef KAFC_PROTOCOL_API_CREATE_ACLS_H
#define KAFC_PROTOCOL_API_CREATE_ACLS_H

#include "protocol/types.h"

struct kafc_create_acls_req_acl {
    int8_t resource_type;
    kafc_str resource_name;
    int8_t resource_pattern_type; /* 3 literal, 4 prefixed */
    kafc_str principal;           /* "User:name" */
    kafc_str host;                /* "*": all */
    int8_t operation;
    int8_t permission_type;
    struct kafc_tags unknown;
};

struct kafc_create_acls_req {
    KAFC_ARRAY(struct kafc_create_acls_req_acl) creations;
    struct kafc_tags unknown;
};

struct kafc_create_acls_resp_result {
    int16_t error_code;
    kafc_str error_message;
    struct kafc_tags unknown;
};

struct kafc_create_acls_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_create_acls_resp_result) results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_create_acls);
KAFC_DECLARE_SCHEMA(kafc_create_acls_req);
KAFC_DECLARE_SCHEMA(kafc_create_acls_req_acl);
KAFC_DECLARE_SCHEMA(kafc_create_acls_resp);
KAFC_DECLARE_SCHEMA(kafc_create_acls_resp_result);

#endif
