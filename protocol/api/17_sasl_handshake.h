/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SaslHandshake (17): names the SASL mechanism. After version 0 the tokens
 * follow without Kafka's headers, after 1 in SaslAuthenticate. Never
 * flexible.
 */
#ifndef KAFC_PROTOCOL_API_SASL_HANDSHAKE_H
#define KAFC_PROTOCOL_API_SASL_HANDSHAKE_H

#include "protocol/types.h"

struct kafc_sasl_handshake_req {
    kafc_str mechanism;
    struct kafc_tags unknown;
};

struct kafc_sasl_handshake_resp {
    int16_t error_code;
    KAFC_ARRAY(kafc_str) mechanisms; /* those that the broker has */
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_sasl_handshake);
KAFC_DECLARE_SCHEMA(kafc_sasl_handshake_req);
KAFC_DECLARE_SCHEMA(kafc_sasl_handshake_resp);

#endif
