/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The principal inside an Envelope request, rows.
 */
#include "protocol/blob/principal.h"
#include "protocol/schema_rows.h"

#define MSG struct kafc_default_principal
ROWS(kafc_default_principal) = {
    STR(type, "Type", SINCE(0)),
    STR(name, "Name", SINCE(0)),
    BOOL(token_authenticated, "TokenAuthenticated", SINCE(0)),
};
DATA(kafc_default_principal, "DefaultPrincipalData", 0, 0, 0);
#undef MSG
