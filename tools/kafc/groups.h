/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the parts of `kafc groups` share.
 */
#ifndef KAFC_TOOL_GROUPS_H
#define KAFC_TOOL_GROUPS_H

#include <jansson.h>

#include "tools/kafc/tool.h"

enum { GROUPS_WAIT = 10000 }; /* ms, for each answer */

struct groups {
    const struct tool_options *o;
    kafc_client *client;
    const char *const *names; /* behind the verb */
    int n;
};

int groups_lag(const struct groups *g);
int groups_reset(const struct groups *g);

/* Reports the error; of a group that is not there, which one is near. */
int groups_failed(const struct groups *g, const char *group, const kafc_error *err);
/* Of one group, described; NULL: it was reported why not, with *status. A group that is not there, or a broker that
 * does not describe any: NULL and TOOL_OK, and it was not reported. */
kafc_group_descriptions *groups_look(const struct groups *g, const char *group, kafc_error *err, int *status);
/* A line of JSON on standard output. */
int groups_print(json_t *o);
json_t *groups_text(const char *s); /* null for NULL; what is no UTF-8 becomes U+FFFD */
int groups_no_memory(void);

#endif
