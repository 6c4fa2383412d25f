/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeAcls (29): the access rules that a filter matches. Types,
 * operations and permissions are numbers: 1 any.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_ACLS_H
#define KAFC_PROTOCOL_API_DESCRIBE_ACLS_H

#include "protocol/types.h"

struct kafc_describe_acls_req {
    int8_t resource_type_filter;
    kafc_str resource_name_filter;
    int8_t pattern_type_filter;
    kafc_str principal_filter;
    kafc_str host_filter;
    int8_t operation;
    int8_t permission_type;
    struct kafc_tags unknown;
};

struct kafc_describe_acls_resp_acl {
    kafc_str principal;
    kafc_str host;
    int8_t operation;
    int8_t permission_type;
    struct kafc_tags unknown;
};

struct kafc_describe_acls_resp_resource {
    int8_t resource_type;
    kafc_str resource_name;
    int8_t pattern_type;
    KAFC_ARRAY(struct kafc_describe_acls_resp_acl) acls;
    struct kafc_tags unknown;
};

struct kafc_describe_acls_resp {
    int32_t throttle_time_ms;
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_describe_acls_resp_resource) resources;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_acls);
KAFC_DECLARE_SCHEMA(kafc_describe_acls_req);
KAFC_DECLARE_SCHEMA(kafc_describe_acls_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_acls_resp_resource);
KAFC_DECLARE_SCHEMA(kafc_describe_acls_resp_acl);

#endif
