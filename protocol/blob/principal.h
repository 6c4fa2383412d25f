/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The principal inside an Envelope request, behind an INT16 version.
 */
#ifndef KAFC_PROTOCOL_BLOB_PRINCIPAL_H
#define KAFC_PROTOCOL_BLOB_PRINCIPAL_H

#include "protocol/types.h"

struct kafc_default_principal {
    kafc_str type;
    kafc_str name;
    bool token_authenticated;
    struct kafc_tags unknown;
};

KAFC_DECLARE_SCHEMA(kafc_default_principal);

#endif
