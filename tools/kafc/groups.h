/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of `kafc groups` share.
 */
#ifndef KAFC_TOOL_GROUPS_H
#define KAFC_TOOL_GROUPS_H

#include "tools/kafc/verbs.h"

int groups_lag(const struct verb_call *g);
int groups_reset(const struct verb_call *g);

/* Reports the error; of a group that is not there, which one is near. */
int groups_failed(const struct verb_call *g, const char *group, const kafc_error *err);
/* Of one group, described; NULL: it was reported why not, with *status. A group that is not there, or a broker that
 * does not describe any: NULL and TOOL_OK, and it was not reported. */
kafc_group_descriptions *groups_look(const struct verb_call *g, const char *group, kafc_error *err, int *status);
#endif
