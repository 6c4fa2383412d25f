/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RenewDelegationToken (39), rows.
 */
#include "protocol/api/39_renew_delegation_token.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_renew_delegation_token_req
ROWS(kafc_renew_delegation_token_req) = {
    BYTES(hmac, "Hmac", SINCE(0)),
    I64(renew_period_ms, "RenewPeriodMs", SINCE(0)),
};
MESSAGE(kafc_renew_delegation_token_req, "RenewDelegationTokenRequest", 39, 0, 2, 2);
#undef MSG

#define MSG struct kafc_renew_delegation_token_resp
ROWS(kafc_renew_delegation_token_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(expiry_timestamp_ms, "ExpiryTimestampMs", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
};
MESSAGE(kafc_renew_delegation_token_resp, "RenewDelegationTokenResponse", 39, 0, 2, 2);
#undef MSG

API(kafc_renew_delegation_token, "RenewDelegationToken", 39, 2, 2, 1, KAFC_TO_CONTROLLER);
