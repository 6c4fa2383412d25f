/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DeleteAcls (31): deletes the access rules that filters match, and lists
 * them. Numbers as in DescribeAcls.
 */
#ifndef KAFC_PROTOCOL_API_DELETE_ACLS_H
#define KAFC_PROTOCOL_API_DELETE_ACLS_H

#include "protocol/types.h"

struct kafc_delete_acls_req_filter {
    int8_t resource_type_filter;
    kafc_str resource_name_filter;
    int8_t pattern_type_filter;
    kafc_str principal_filter;
    kafc_str host_filter;
    int8_t operation;
    int8_t permission_type;
    struct kafc_tags unknown;
};

struct kafc_delete_acls_req {
    KAFC_ARRAY(struct kafc_delete_acls_req_filter) filters;
    struct kafc_tags unknown;
};

struct kafc_delete_acls_resp_acl {
    int16_t error_code;
    kafc_str error_message;
    int8_t resource_type;
    kafc_str resource_name;
    int8_t pattern_type;
    kafc_str principal;
    kafc_str host;
    int8_t operation;
    int8_t permission_type;
    struct kafc_tags unknown;
};

struct kafc_delete_acls_resp_result {
    int16_t error_code;
    kafc_str error_message;
    KAFC_ARRAY(struct kafc_delete_acls_resp_acl) matching_acls;
    struct kafc_tags unknown;
};

struct kafc_delete_acls_resp {
    int32_t throttle_time_ms;
    KAFC_ARRAY(struct kafc_delete_acls_resp_result) filter_results;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_delete_acls);
KAFC_DECLARE_SCHEMA(kafc_delete_acls_req);
KAFC_DECLARE_SCHEMA(kafc_delete_acls_req_filter);
KAFC_DECLARE_SCHEMA(kafc_delete_acls_resp);
KAFC_DECLARE_SCHEMA(kafc_delete_acls_resp_result);
KAFC_DECLARE_SCHEMA(kafc_delete_acls_resp_acl);

#endif
