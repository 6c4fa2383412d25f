/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateDelegationToken (38): a token that stands for its owner (KIP-48).
 */
#ifndef KAFC_PROTOCOL_API_CREATE_DELEGATION_TOKEN_H
#define KAFC_PROTOCOL_API_CREATE_DELEGATION_TOKEN_H

#include "protocol/types.h"

struct kafc_create_delegation_token_req_renewer {
    kafc_str principal_type;
    kafc_str principal_name;
    struct kafc_tags unknown;
};

struct kafc_create_delegation_token_req {
    kafc_str owner_principal_type;
    kafc_str owner_principal_name; /* from 3; null: who asks */
    KAFC_ARRAY(struct kafc_create_delegation_token_req_renewer) renewers;
    int64_t max_lifetime_ms; /* -1: the broker's default */
    struct kafc_tags unknown;
};

struct kafc_create_delegation_token_resp {
    int16_t error_code;
    kafc_str principal_type;
    kafc_str principal_name;
    kafc_str token_requester_principal_type;
    kafc_str token_requester_principal_name;
    int64_t issue_timestamp_ms;
    int64_t expiry_timestamp_ms;
    int64_t max_timestamp_ms; /* no renewal goes beyond */
    kafc_str token_id;
    kafc_bytes hmac; /* the secret */
    int32_t throttle_time_ms;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_create_delegation_token);
KAFC_DECLARE_SCHEMA(kafc_create_delegation_token_req);
KAFC_DECLARE_SCHEMA(kafc_create_delegation_token_req_renewer);
KAFC_DECLARE_SCHEMA(kafc_create_delegation_token_resp);

#endif
