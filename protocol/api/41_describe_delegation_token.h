/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeDelegationToken (41): the tokens of owners; a null list asks for
 * all that the caller may see.
 */
#ifndef KAFC_PROTOCOL_API_DESCRIBE_DELEGATION_TOKEN_H
#define KAFC_PROTOCOL_API_DESCRIBE_DELEGATION_TOKEN_H

#include "protocol/types.h"

struct kafc_describe_delegation_token_req_owner {
    kafc_str principal_type;
    kafc_str principal_name;
    struct kafc_tags unknown;
};

struct kafc_describe_delegation_token_req {
    KAFC_ARRAY(struct kafc_describe_delegation_token_req_owner) owners; /* null: all */
    struct kafc_tags unknown;
};

struct kafc_describe_delegation_token_resp_renewer {
    kafc_str principal_type;
    kafc_str principal_name;
    struct kafc_tags unknown;
};

struct kafc_describe_delegation_token_resp_token {
    kafc_str principal_type;
    kafc_str principal_name;
    kafc_str token_requester_principal_type;
    kafc_str token_requester_principal_name;
    int64_t issue_timestamp;
    int64_t expiry_timestamp;
    int64_t max_timestamp;
    kafc_str token_id;
    kafc_bytes hmac;
    KAFC_ARRAY(struct kafc_describe_delegation_token_resp_renewer) renewers;
    struct kafc_tags unknown;
};

struct kafc_describe_delegation_token_resp {
    int16_t error_code;
    KAFC_ARRAY(struct kafc_describe_delegation_token_resp_token) tokens;
    int32_t throttle_time_ms;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_describe_delegation_token);
KAFC_DECLARE_SCHEMA(kafc_describe_delegation_token_req);
KAFC_DECLARE_SCHEMA(kafc_describe_delegation_token_req_owner);
KAFC_DECLARE_SCHEMA(kafc_describe_delegation_token_resp);
KAFC_DECLARE_SCHEMA(kafc_describe_delegation_token_resp_token);
KAFC_DECLARE_SCHEMA(kafc_describe_delegation_token_resp_renewer);

#endif
