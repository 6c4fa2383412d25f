/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SaslAuthenticate (36), rows.
 */
#include "protocol/api/36_sasl_authenticate.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_sasl_authenticate_req
ROWS(kafc_sasl_authenticate_req) = {
    BYTES(auth_bytes, "AuthBytes", SINCE(0)),
};
MESSAGE(kafc_sasl_authenticate_req, "SaslAuthenticateRequest", 36, 0, 2, 2);
#undef MSG

#define MSG struct kafc_sasl_authenticate_resp
ROWS(kafc_sasl_authenticate_resp) = {
    I16(error_code, "ErrorCode", SINCE(0)),
    STR(error_message, "ErrorMessage", SINCE(0), NULLABLE(0)),
    BYTES(auth_bytes, "AuthBytes", SINCE(0)),
    I64(session_lifetime_ms, "SessionLifetimeMs", SINCE(1), IGNORABLE),
};
MESSAGE(kafc_sasl_authenticate_resp, "SaslAuthenticateResponse", 36, 0, 2, 2);
#undef MSG

API(kafc_sasl_authenticate, "SaslAuthenticate", 36, 2, 2, NEVER, KAFC_TO_ANY);
