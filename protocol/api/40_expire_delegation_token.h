/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ExpireDelegationToken (40): a token ends, at once with a negative period.
 */
#ifndef KAFC_PROTOCOL_API_EXPIRE_DELEGATION_TOKEN_H
#define KAFC_PROTOCOL_API_EXPIRE_DELEGATION_TOKEN_H

#include "protocol/types.h"

struct kafc_expire_delegation_token_req {
    kafc_bytes hmac;               /* which token */
    int64_t expiry_time_period_ms; /* negative: at once */
    struct kafc_tags unknown;
};

struct kafc_expire_delegation_token_resp {
    int16_t error_code;
    int64_t expiry_timestamp_ms;
    int32_t throttle_time_ms;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_expire_delegation_token);
KAFC_DECLARE_SCHEMA(kafc_expire_delegation_token_req);
KAFC_DECLARE_SCHEMA(kafc_expire_delegation_token_resp);

#endif
