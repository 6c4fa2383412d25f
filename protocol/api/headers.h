/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The headers of requests and responses as messages, for tools; what a
 * connection itself puts and gets is in apis.h.
 */
#ifndef KAFC_PROTOCOL_API_HEADERS_H
#define KAFC_PROTOCOL_API_HEADERS_H

#include "protocol/types.h"

struct kafc_header_req {
    int16_t request_api_key;
    int16_t request_api_version;
    int32_t correlation_id;
    kafc_str client_id; /* a length of two bytes in every version */
    struct kafc_tags unknown;
};

struct kafc_header_resp {
    int32_t correlation_id;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_header_req);
KAFC_DECLARE_SCHEMA(kafc_header_resp);

#endif
