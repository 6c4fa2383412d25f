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
/* The first one's result that is an error, with text() of it, and who was asked (or NULL). */
struct kafc_ask;
kafc_err kafc__offsets_error(const char *group, const kafc_offset *q, int32_t n,
                             const char *(*text)(kafc_err code), const struct kafc_ask *ask,
                             kafc_error *err);

/* What an OffsetFetch says of a group, in its element of the answer (before version 8: the answer itself), into the
 * arena: by topic and partition, those that are committed or have an error. */
void kafc__offsets_take(struct kafc_arena *a, const void *said, bool group, kafc_offset **v,
                        int32_t *n);

#endif
