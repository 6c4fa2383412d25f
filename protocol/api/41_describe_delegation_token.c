/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DescribeDelegationToken (41), rows.
 */
#include "protocol/api/41_describe_delegation_token.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_describe_delegation_token_req_owner
ROWS(kafc_describe_delegation_token_req_owner) = {
    STR(principal_type, "PrincipalType", SINCE(0)),
    STR(principal_name, "PrincipalName", SINCE(0)),
};
SCHEMA(kafc_describe_delegation_token_req_owner, "DescribeDelegationTokenOwner");
#undef MSG

#define MSG struct kafc_describe_delegation_token_req
ROWS(kafc_describe_delegation_token_req) = {
    ARR(owners, kafc_describe_delegation_token_req_owner, "Owners", SINCE(0), NULLABLE(0)),
};
MESSAGE(kafc_describe_delegation_token_req, "DescribeDelegationTokenRequest", 41, 0, 3, 2);
#undef MSG

#define MSG struct kafc_describe_delegation_token_resp_renewer
ROWS(kafc_describe_delegation_token_resp_renewer) = {
    STR(principal_type, "PrincipalType", SINCE(0)),
    STR(principal_name, "PrincipalName", SINCE(0)),
};
SCHEMA(kafc_describe_delegation_token_resp_renewer, "DescribedDelegationTokenRenewer");
#undef MSG

#define MSG struct kafc_describe_delegation_token_resp_token
ROWS(kafc_describe_delegation_token_resp_token) = {
    STR(principal_type, "PrincipalType", SINCE(0)),
    STR(principal_name, "PrincipalName", SINCE(0)),
    STR(token_requester_principal_type, "TokenRequesterPrincipalType", SINCE(3)),
    STR(token_requester_principal_name, "TokenRequesterPrincipalName", SINCE(3)),
    I64(issue_timestamp, "IssueTimestamp", SINCE(0)),
    I64(expiry_timestamp, "ExpiryTimestamp", SINCE(0)),
    I64(max_timestamp, "MaxTimestamp", SINCE(0)),
    STR(token_id, "TokenId", SINCE(0)),
    BYTES(hmac, "Hmac", SINCE(0)),
    ARR(renewers, kafc_describe_delegation_token_resp_renewer, "Renewers", SINCE(0)),
};
SCHEMA(kafc_describe_delegation_token_resp_token, "DescribedDelegationToken");
#undef MSG

#define MSG struct kafc_describe_delegation_token_resp
ROWS(kafc_describe_delegation_token_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    ARR(tokens, kafc_describe_delegation_token_resp_token, "Tokens", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
};
MESSAGE(kafc_describe_delegation_token_resp, "DescribeDelegationTokenResponse", 41, 0, 3, 2);
#undef MSG

API(kafc_describe_delegation_token, "DescribeDelegationToken", 41, 3, 2, 1, KAFC_TO_ANY);
