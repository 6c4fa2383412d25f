/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Headers, rows.
 */
#include "protocol/api/headers.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_header_req
ROWS(kafc_header_req) = {
    I16(request_api_key, "RequestApiKey", SINCE(0)),
    I16(request_api_version, "RequestApiVersion", SINCE(0)),
    I32(correlation_id, "CorrelationId", SINCE(0)),
    STR(client_id, "ClientId", SINCE(1), NULLABLE(1), PLAIN),
};
DATA(kafc_header_req, "RequestHeader", 0, 2, 2);
#undef MSG

#define MSG struct kafc_header_resp
ROWS(kafc_header_resp) = {
    I32(correlation_id, "CorrelationId", SINCE(0)),
};
DATA(kafc_header_resp, "ResponseHeader", 0, 1, 1);
#undef MSG
