/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SaslAuthenticate (36): one token of a SASL exchange and its answer. From
 * 1 a session may have an end (KIP-368).
 */
#ifndef KAFC_PROTOCOL_API_SASL_AUTHENTICATE_H
#define KAFC_PROTOCOL_API_SASL_AUTHENTICATE_H

#include "protocol/types.h"

struct kafc_sasl_authenticate_req {
    kafc_bytes auth_bytes; /* a token of the mechanism */
    struct kafc_tags unknown;
};

struct kafc_sasl_authenticate_resp {
    int16_t error_code;
    kafc_str error_message;
    kafc_bytes auth_bytes;
    int64_t session_lifetime_ms; /* 0: no end */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_sasl_authenticate);
KAFC_DECLARE_SCHEMA(kafc_sasl_authenticate_req);
KAFC_DECLARE_SCHEMA(kafc_sasl_authenticate_resp);

#endif
