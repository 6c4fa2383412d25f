/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Envelope (58), rows.
 */
#include "protocol/api/58_envelope.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_envelope_req
ROWS(kafc_envelope_req) = {
    BYTES(request_data, "RequestData", SINCE(0)),
    BYTES(request_principal, "RequestPrincipal", SINCE(0), NULLABLE(0)),
    BYTES(client_host_address, "ClientHostAddress", SINCE(0)),
};
MESSAGE(kafc_envelope_req, "EnvelopeRequest", 58, 0, 0, 0);
#undef MSG

#define MSG struct kafc_envelope_resp
ROWS(kafc_envelope_resp) = {
    BYTES(response_data, "ResponseData", SINCE(0), NULLABLE(0), DEFAULT_NULL),
    I16(error_code, "ErrorCode", SINCE(0)),
};
MESSAGE(kafc_envelope_resp, "EnvelopeResponse", 58, 0, 0, 0);
#undef MSG

API(kafc_envelope, "Envelope", 58, 0, 0, NEVER, KAFC_TO_QUORUM);
