/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RenewDelegationToken (39): a token's end is put off.
 */
#ifndef KAFC_PROTOCOL_API_RENEW_DELEGATION_TOKEN_H
#define KAFC_PROTOCOL_API_RENEW_DELEGATION_TOKEN_H

#include "protocol/types.h"

struct kafc_renew_delegation_token_req {
    kafc_bytes hmac;         /* which token */
    int64_t renew_period_ms; /* -1: the broker's default */
    struct kafc_tags unknown;
};

struct kafc_renew_delegation_token_resp {
    int16_t error_code;
    int64_t expiry_timestamp_ms;
    int32_t throttle_time_ms;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_renew_delegation_token);
KAFC_DECLARE_SCHEMA(kafc_renew_delegation_token_req);
KAFC_DECLARE_SCHEMA(kafc_renew_delegation_token_resp);

#endif
