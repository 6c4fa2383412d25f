/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Envelope (58): a broker passes a client's request on to the controller,
 * with who asked.
 */
#ifndef KAFC_PROTOCOL_API_ENVELOPE_H
#define KAFC_PROTOCOL_API_ENVELOPE_H

#include "protocol/types.h"

struct kafc_envelope_req {
    kafc_bytes request_data;        /* header and body */
    kafc_bytes request_principal;   /* a DefaultPrincipalData behind its version; null: none */
    kafc_bytes client_host_address; /* 4 or 16 bytes */
    struct kafc_tags unknown;
};

struct kafc_envelope_resp {
    kafc_bytes response_data; /* header and body; null with an error */
    int16_t error_code;
    struct kafc_tags unknown;
};

KAFC_DECLARE_API(kafc_envelope);
KAFC_DECLARE_SCHEMA(kafc_envelope_req);
KAFC_DECLARE_SCHEMA(kafc_envelope_resp);

#endif
