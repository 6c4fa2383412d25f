/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeAcls (29): the access rules that a filter matches. Operations: 1
 * any, 2 all, 3 read, 4 write, 5 create, 6 delete, 7 alter, 8 describe, 9
 * cluster action, 10 describe configs, 11 alter configs, 12 idempotent write,
 * 13 create tokens, 14 describe tokens, 15 two-phase commit.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_ACLS_H
#define KAFC_PROTOCOL_API_DESCRIBE_ACLS_H

#include "protocol/types.h"

struct kafc_describe_acls_req {
    int8_t resource_type_filter;   /* 1 any, 2 topic, 3 group, 4 cluster, 5 transactional id, 6 token, 7 user */
    kafc_str resource_name_filter; /* null: any */
    int8_t pattern_type_filter;    /* 1 any, 2 all that match the name, 3 literal, 4 prefixed */
    kafc_str principal_filter;     /* "User:name"; null: any */
    kafc_str host_filter;          /* null: any */
    int8_t operation;
    int8_t permission_type; /* 1 any, 2 deny, 3 allow */
    struct kafc_tags unknown;
};

struct kafc_describe_acls_resp_acl {
    kafc_str principal;
    kafc_str host; /* "*": all */
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
