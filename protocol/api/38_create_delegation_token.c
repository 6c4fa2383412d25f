/* SPDX-License-Identifier: BSD-2-Clause
 *
 * CreateDelegationToken (38), rows.
 */
#include "protocol/api/38_create_delegation_token.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_create_delegation_token_req_renewer
ROWS(kafc_create_delegation_token_req_renewer) = {
    STR(principal_type, "PrincipalType", SINCE(0)),
    STR(principal_name, "PrincipalName", SINCE(0)),
};
SCHEMA(kafc_create_delegation_token_req_renewer, "CreatableRenewers");
#undef MSG

#define MSG struct kafc_create_delegation_token_req
ROWS(kafc_create_delegation_token_req) = {
    STR(owner_principal_type, "OwnerPrincipalType", SINCE(3), NULLABLE(3)),
    STR(owner_principal_name, "OwnerPrincipalName", SINCE(3), NULLABLE(3)),
    ARR(renewers, kafc_create_delegation_token_req_renewer, "Renewers", SINCE(0)),
    I64(max_lifetime_ms, "MaxLifetimeMs", SINCE(0)),
};
MESSAGE(kafc_create_delegation_token_req, "CreateDelegationTokenRequest", 38, 0, 3, 2);
#undef MSG

#define MSG struct kafc_create_delegation_token_resp
ROWS(kafc_create_delegation_token_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(principal_type, "PrincipalType", SINCE(0)),
    STR(principal_name, "PrincipalName", SINCE(0)),
    STR(token_requester_principal_type, "TokenRequesterPrincipalType", SINCE(3)),
    STR(token_requester_principal_name, "TokenRequesterPrincipalName", SINCE(3)),
    I64(issue_timestamp_ms, "IssueTimestampMs", SINCE(0)),
    I64(expiry_timestamp_ms, "ExpiryTimestampMs", SINCE(0)),
    I64(max_timestamp_ms, "MaxTimestampMs", SINCE(0)),
    STR(token_id, "TokenId", SINCE(0)),
    BYTES(hmac, "Hmac", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
};
MESSAGE(kafc_create_delegation_token_resp, "CreateDelegationTokenResponse", 38, 0, 3, 2);
#undef MSG

API(kafc_create_delegation_token, "CreateDelegationToken", 38, 3, 2, 1, KAFC_TO_CONTROLLER);
