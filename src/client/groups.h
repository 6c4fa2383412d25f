/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the calls of kafc/groups.h share. Application threads, inside a call.
 */
#ifndef KAFC_CLIENT_GROUPS_H
#define KAFC_CLIENT_GROUPS_H

#include "client/sweep.h"
#include <kafc/groups.h>

/* --- Offsets ------------------------------------------------------------------------- */

/* KAFC_ERR_USAGE for a group or partitions that cannot be. */
kafc_err kafc__offsets_check(const char *group, const kafc_offset *q, int32_t n, kafc_error *err);
/* The first one's result that is an error, with text() of it. */
kafc_err kafc__offsets_error(const char *group, const kafc_offset *q, int32_t n,
                             const char *(*text)(kafc_err code), kafc_error *err);

#endif
