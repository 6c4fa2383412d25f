/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SaslHandshake (17), rows.
 */
#include "protocol/api/17_sasl_handshake.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_sasl_handshake_req
ROWS(kafc_sasl_handshake_req) = {
    STR(mechanism, "Mechanism", SINCE(0)),
};
MESSAGE(kafc_sasl_handshake_req, "SaslHandshakeRequest", 17, 0, 1, NEVER);
#undef MSG

#define MSG struct kafc_sasl_handshake_resp
ROWS(kafc_sasl_handshake_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    LIST(mechanisms, "Mechanisms", SINCE(0)),
};
MESSAGE(kafc_sasl_handshake_resp, "SaslHandshakeResponse", 17, 0, 1, NEVER);
#undef MSG

API(kafc_sasl_handshake, "SaslHandshake", 17, 1, NEVER, NEVER, KAFC_TO_ANY);
