/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ExpireDelegationToken (40), rows.
 */
#include "protocol/api/40_expire_delegation_token.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_expire_delegation_token_req
ROWS(kafc_expire_delegation_token_req) = {
    BYTES(hmac, "Hmac", SINCE(0)),
    I64(expiry_time_period_ms, "ExpiryTimePeriodMs", SINCE(0)),
};
MESSAGE(kafc_expire_delegation_token_req, "ExpireDelegationTokenRequest", 40, 0, 2, 2);
#undef MSG

#define MSG struct kafc_expire_delegation_token_resp
ROWS(kafc_expire_delegation_token_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    I64(expiry_timestamp_ms, "ExpiryTimestampMs", SINCE(0)),
    I32(throttle_time_ms, "ThrottleTimeMs", SINCE(0)),
};
MESSAGE(kafc_expire_delegation_token_resp, "ExpireDelegationTokenResponse", 40, 0, 2, 2);
#undef MSG

API(kafc_expire_delegation_token, "ExpireDelegationToken", 40, 2, 2, 1, KAFC_TO_CONTROLLER);
